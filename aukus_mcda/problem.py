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

from .errors import MethodError, WeightsError
from .weights import Weights

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
        return np.asarray(np.ptp(self.x, axis=0) > 0)

    @cached_property
    def unit(self) -> Floats:
        """Min-max normalised towards the best, ``(n, k)``; 1 where all agree."""
        good = self.sign * self.x
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
        """Numbers ``(n,)`` by option, in the order the options were given."""
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
            cells = listed(f"{self.options[i]} on {self.criteria[j]} ({x[i, j]:g})" for i, j in bad)
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
    sign = by_criterion(directions, scores.columns, "direction").map({"max": 1.0, "min": -1.0})
    if sign.isna().any():
        raise MethodError(f"The direction must be 'max' or 'min': look at {listed(sign.index[sign.isna()])}.")
    low = high = None
    if bounds is not None:
        low, high = _bounds(bounds, scores)
    options = sorted(scores.index, key=str)
    criteria = [name for name in sorted(scores.columns, key=str) if weight[name] > 0]
    scores = scores.loc[options, criteria]
    grid = Grid(
        x=_without_noise(scores.to_numpy(dtype=float)),
        w=weight[criteria].to_numpy(dtype=float) / weight[criteria].sum(),
        sign=sign[criteria].to_numpy(dtype=float),
        low=None if low is None else low[criteria].to_numpy(dtype=float),
        high=None if high is None else high[criteria].to_numpy(dtype=float),
    )
    if not grid.varies.any():
        raise MethodError(f"The options score alike wherever there is weight ({listed(criteria)}): nothing to rank by.")
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
        said = [f"No {what} for {listed(missing)}."] if missing else []
        said += [f"No criterion called {listed(unknown)}; there are {listed(criteria)}."] if unknown else []
        raise error(" ".join(said))
    return series[criteria]


def listed(names: Iterable[Any], most: int = 6) -> str:
    """Names joined by commas, with a count of those beyond the first few."""
    every = [str(name) for name in names]
    more = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + more


def _scores(performance: pd.DataFrame) -> pd.DataFrame:
    if not isinstance(performance, pd.DataFrame):
        raise MethodError("Give the performance as a DataFrame, options x criteria.")
    for what, labels in (("option", performance.index), ("criterion", performance.columns)):
        if labels.has_duplicates:
            raise MethodError(f"More than one {what} is called {listed(labels[labels.duplicated()].unique())}.")
    if len(performance) < 2 or performance.shape[1] == 0:
        raise MethodError(
            f"A comparison needs two options and a criterion; there are {len(performance)} and {performance.shape[1]}."
        )
    scores = performance.apply(_numbers)
    bad = np.argwhere(~np.isfinite(scores.to_numpy()))
    if len(bad):
        cells = listed(f"{performance.index[i]} on {performance.columns[j]}" for i, j in bad)
        raise MethodError(f"Every score must be a finite number; missing or unusable: {cells}.")
    return scores


def _numbers(cells: pd.Series) -> pd.Series:
    """Cells as floats; NaN for what is no number, also for one written as text."""
    if not pd.api.types.is_numeric_dtype(cells):
        cells = cells.where(~cells.map(lambda cell: isinstance(cell, str | bool)))
    return pd.to_numeric(cells, errors="coerce").astype(float)


def _without_noise(x: Floats) -> Floats:
    """Scores ``(n, k)`` in which those of a column that differ by rounding only are equal."""
    order = np.argsort(x, axis=0, kind="stable")
    rising = np.take_along_axis(x, order, axis=0)
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
        raise WeightsError(f"A weight must be a finite number, 0 or more: look at {listed(bad)}.")
    if not weight.sum() > 0:
        raise WeightsError("All weights are 0; at least one criterion must count.")
    return weight


def _bounds(given: pd.DataFrame | Keyed, scores: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    pairs = given.apply(tuple, axis=1) if isinstance(given, pd.DataFrame) else given
    ends: Any = by_criterion(pairs, scores.columns, "pair of bounds")
    try:
        ends = [[float(end) for end in pair] for pair in ends]
        sound = all(len(pair) == 2 and np.isfinite(pair).all() for pair in ends)
    except (TypeError, ValueError):
        sound = False
    if not sound:
        raise MethodError("The bounds of each criterion must be two finite numbers.")
    low, high = (pd.Series(map(end, ends), index=scores.columns, dtype=float) for end in (min, max))
    flat = low.index[low == high]
    if len(flat):
        raise MethodError(f"The two bounds must differ: look at {listed(flat)}.")
    outside = scores.lt(low, axis=1) | scores.gt(high, axis=1)
    if outside.to_numpy().any():
        cells = listed(f"{scores.index[i]} on {scores.columns[j]}" for i, j in np.argwhere(outside.to_numpy()))
        raise MethodError(f"Scores lie outside their bounds: {cells}.")
    return low, high
