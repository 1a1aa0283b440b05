"""What the cross-check methods work on: labelled tables in, aligned arrays out.

The one place where labels become positions. Rows and columns are sorted by label,
so the order in which they are given changes nothing, not even the last bit.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import MethodError, WeightsError, is_number, listed, steady
from ..weights import Weights

Floats: TypeAlias = NDArray[np.float64]
Keyed: TypeAlias = Mapping[Any, Any] | pd.Series
NOISE = 1e-12
"""Scores of a criterion that differ by less than this share of the greatest are equal."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Arrays of one problem, n options by k criteria.

    Parameters
    ----------
    x : (n, k)
        Performance, in the criteria's units; scores that differ by noise are equal.
    w : (k,)
        Weights; positive, sum to 1.
    sign : (k,)
        1 where more is better, -1 where less is.
    low, high : (k,), optional
        Ends of the declared scales.
    """

    x: Floats
    w: Floats
    sign: Floats
    low: Floats | None = None
    high: Floats | None = None

    @cached_property
    def varies(self) -> NDArray[np.bool_]:
        """Which criteria tell any two options apart, ``(k,)``."""
        return np.asarray(self.x.max(axis=0) > self.x.min(axis=0))

    @cached_property
    def even(self) -> Floats:
        """Scores, each column over a power of 2, ``(n, k)``: the greatest is 1/2 to 1, so squares are finite."""
        return np.asarray(np.ldexp(self.x, -binary_size(self.x, axis=0)))

    @cached_property
    def telling(self) -> Floats:
        """Weights of the criteria that vary over a power of 2, 0 for the others, ``(k,)``; the greatest is 1/2 to 1."""
        w = np.where(self.varies, self.w, 0.0)
        return np.asarray(np.ldexp(w, -binary_size(w)))

    @cached_property
    def unit(self) -> Floats:
        """Min-max normalised towards the best, ``(n, k)``; 1 where all agree."""
        good = self.sign * self.even
        spread = np.where(self.varies, np.ptp(good, axis=0), 1.0)
        return np.where(self.varies, (good - good.min(axis=0)) / spread, 1.0)

    @property
    def bounds(self) -> Floats:
        """Declared scales as ``(k, 2)``, low and high."""
        if self.low is None or self.high is None:
            raise MethodError("This method measures against declared scales; give bounds for every criterion.")
        return np.column_stack([self.low, self.high])


@dataclass(frozen=True, eq=False)
class Problem:
    """A `Grid` and the labels of its rows and columns."""

    grid: Grid
    options: pd.Index
    criteria: tuple[Hashable, ...]
    given: pd.Index

    def series(self, numbers: Floats, name: str) -> pd.Series:
        """Numbers ``(n,)`` by option, in the order the options were given.

        Raises
        ------
        MethodError
            Naming the method and the options that have no finite number.
        """
        lost = self.options[~np.isfinite(numbers)]
        if len(lost):
            raise MethodError(f"{name} divides by 0 on these scores and weights: no score for {abridged(lost)}.")
        return pd.Series(numbers, index=self.options, name=name).loc[self.given].rename_axis("option")

    def square(self, cells: NDArray[Any]) -> pd.DataFrame:
        """Cells ``(n, n)`` by option and option, in the order the options were given."""
        frame = pd.DataFrame(cells, index=self.options, columns=self.options)
        return frame.loc[self.given, self.given].rename_axis(index="option", columns="versus")

    def require_positive(self, method: str, *, zero: bool = False) -> None:
        """Refuse scores that a method which divides by scores cannot use.

        Raises
        ------
        MethodError
            Naming each option and criterion with a score below 0, or of 0 unless ``zero``.
        """
        x = self.grid.x
        bad = np.argwhere(x < 0 if zero else x <= 0)
        if len(bad):
            cells = abridged(f"{self.options[i]} on {self.criteria[j]} ({x[i, j]:g})" for i, j in bad)
            raise MethodError(
                f"{method} divides by scores, so all must be {'0 or more' if zero else 'above 0'}: {cells}."
            )


def problem(
    performance: pd.DataFrame,
    weights: Weights | Keyed,
    directions: Keyed,
    bounds: pd.DataFrame | Keyed | None = None,
) -> Problem:
    """Check and align what a method needs, by label.

    Parameters
    ----------
    performance : DataFrame
        Options x criteria, in the criteria's units.
    weights : Weights, mapping or Series
        Weight of every criterion, 0 or more; taken as shares of their sum. A
        criterion with weight 0 is left out.
    directions : mapping or Series
        ``"max"`` or ``"min"`` of every criterion.
    bounds : DataFrame or mapping, optional
        Two ends of every criterion's declared scale, in either order: a frame
        with two columns by criterion, or pairs.

    Raises
    ------
    WeightsError
        When a weight is missing, unknown, negative or not a number, or all are 0.
    MethodError
        When there are fewer than two options or no criterion, a label occurs twice,
        a score is missing or outside its bounds, a direction or bound is
        unusable, or no criterion with weight tells the options apart.

    Examples
    --------
    >>> table = pd.DataFrame({"reach": [8, 5], "cost": [40, 10]}, index=["A", "B"])
    >>> aligned = problem(table, {"cost": 1, "reach": 3}, {"reach": "max", "cost": "min"})
    >>> aligned.criteria, aligned.grid.w.tolist(), aligned.grid.sign.tolist()
    (('cost', 'reach'), [0.25, 0.75], [-1.0, 1.0])
    """
    scores = _scores(performance)
    weight = _weights(weights, scores.columns)
    signs = {"max": 1.0, "min": -1.0}
    sign = by_criterion(directions, scores.columns, "direction").map(
        lambda word: signs.get(word, np.nan) if isinstance(word, str) else np.nan
    )
    if sign.isna().any():
        raise MethodError(f"The direction must be 'max' or 'min': look at {abridged(sign.index[sign.isna()])}.")
    low = high = None
    if bounds is not None:
        low, high = _bounds(bounds, scores)
    options = steady(scores.index)
    criteria = [name for name in steady(scores.columns) if weight[name] > 0]
    scores = scores.loc[options, criteria]
    grid = Grid(
        x=_without_noise(scores.to_numpy(dtype=float)),
        w=weight[criteria].to_numpy(dtype=float),
        sign=sign[criteria].to_numpy(dtype=float),
        low=None if low is None else low[criteria].to_numpy(dtype=float),
        high=None if high is None else high[criteria].to_numpy(dtype=float),
    )
    if not grid.varies.any():
        raise MethodError(
            f"The options score alike wherever there is weight ({abridged(criteria)}): nothing to rank by."
        )
    return Problem(grid, scores.index, tuple(criteria), performance.index)


def by_criterion(
    given: Keyed, criteria: pd.Index, what: str, error: type[MethodError] | type[WeightsError] = MethodError
) -> pd.Series:
    """One entry per criterion, in the criteria's order, or an error that names the misfits."""
    if not isinstance(given, Mapping | pd.Series):
        raise error(f"Give a {what} for every criterion, as a mapping or Series keyed by criterion.")
    series = pd.Series(dict(given), dtype=object)
    if len(series) != len(given):
        raise error(f"A criterion has more than one {what}.")
    missing = [name for name in criteria if name not in series.index]
    unknown = [name for name in series.index if name not in criteria]
    if missing or unknown:
        said = [f"No {what} for {abridged(missing)}."] if missing else []
        said += [f"No criterion called {abridged(unknown)}; there are {abridged(criteria)}."] if unknown else []
        raise error(" ".join(said))
    return series[criteria]


def abridged(names: Iterable[Any], most: int = 6) -> str:
    """Names joined by commas, with a count of those beyond the first few."""
    every = list(names)
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return listed(every[:most]) + more


def binary_size(numbers: Floats, axis: int | None = None) -> Any:
    """The power of 2 just above the greatest absolute number: dividing by it changes no digit."""
    return np.frexp(np.abs(numbers).max(axis=axis))[1]


def _scores(performance: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(performance, pd.DataFrame):
        raise MethodError("Give the performance as a DataFrame, options x criteria.")
    for what, labels in (("option", performance.index), ("criterion", performance.columns)):
        if labels.nlevels > 1 or labels.isna().any():
            raise MethodError(f"Every {what} needs a name, in one level: look at {abridged(labels)}.")
        if labels.has_duplicates:
            raise MethodError(f"More than one {what} is called {abridged(labels[labels.duplicated()].unique())}.")
    if len(performance) < 2 or performance.shape[1] == 0:
        raise MethodError(
            f"A comparison needs two options and a criterion; there are {len(performance)} and {performance.shape[1]}."
        )
    scores = performance.apply(_numbers)
    bad = np.argwhere(~np.isfinite(scores.to_numpy()))
    if len(bad):
        cells = abridged(f"{performance.index[i]} on {performance.columns[j]}" for i, j in bad)
        raise MethodError(f"Every score must be a finite number; missing or unusable: {cells}.")
    return scores


def _numbers(cells: pd.Series) -> pd.Series:
    """Cells as floats; NaN for what is no finite number, also for text and truth values."""
    numbers = [float(cell) if is_number(cell) else np.nan for cell in cells]
    return pd.Series(numbers, index=cells.index, dtype=float)


def _without_noise(x: Floats) -> Floats:
    """Scores ``(n, k)`` in which those of a column that differ by rounding only are equal."""
    order = np.argsort(x, axis=0, kind="stable")
    rising = np.take_along_axis(x, order, axis=0)
    with np.errstate(over="ignore"):  # a step too great for a float is a step
        step = np.diff(rising, axis=0) > NOISE * np.abs(x).max(axis=0)
    place = np.vstack([np.zeros(x.shape[1], dtype=int), np.where(step, np.arange(1, len(x))[:, None], 0)])
    first = np.maximum.accumulate(place, axis=0)
    snapped = np.empty_like(x)
    np.put_along_axis(snapped, order, np.take_along_axis(rising, first, axis=0), axis=0)
    return snapped


def _weights(given: Weights | Keyed, criteria: pd.Index) -> pd.Series:
    values = given.values if isinstance(given, Weights) else given
    weight = by_criterion(values, criteria, "weight", WeightsError)
    weight = _numbers(weight)
    bad = weight.index[~(np.isfinite(weight) & (weight >= 0))]
    if len(bad):
        raise WeightsError(f"A weight must be a finite number, 0 or more: look at {abridged(bad)}.")
    if not (weight > 0).any():
        raise WeightsError("All weights are 0; at least one criterion must count.")
    even = np.ldexp(weight, -binary_size(weight.to_numpy()))
    return even / even[[name for name in steady(criteria) if even[name] > 0]].sum()


def _bounds(given: pd.DataFrame | Keyed, scores: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    pairs = given.apply(tuple, axis=1) if isinstance(given, pd.DataFrame) else given
    ends: Any = by_criterion(pairs, scores.columns, "pair of bounds")
    try:
        ends = [list(pair) for pair in ends]
    except TypeError:
        ends = [[]]
    if not all(len(pair) == 2 and all(map(is_number, pair)) for pair in ends):
        raise MethodError("The bounds of each criterion must be two finite numbers.")
    low, high = (pd.Series(map(end, ends), index=scores.columns, dtype=float) for end in (min, max))
    flat = low.index[low == high]
    if len(flat):
        raise MethodError(f"The two bounds must differ: look at {abridged(flat)}.")
    outside = scores.lt(low, axis=1) | scores.gt(high, axis=1)
    if outside.to_numpy().any():
        cells = abridged(f"{scores.index[i]} on {scores.columns[j]}" for i, j in np.argwhere(outside.to_numpy()))
        raise MethodError(f"Scores lie outside their bounds: {cells}.")
    return low, high
