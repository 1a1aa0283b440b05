"""What the cross-check methods work on: a case and its weights as arrays, the labels beside them.

The one place of the room where labels become positions. Rows and columns are sorted by label,
so the order in which they are given changes nothing, not even the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import MethodError, listed
from ..weights import Array, Weights

NOISE = 1e-12
"""Scores of a criterion that differ by less than this share of the greatest are equal."""

MOST_NAMES = 6
"""Names that a message or a note lists before it counts the others."""


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
    low, high : (k,)
        Ends of the declared scales.
    """

    x: Array
    w: Array
    sign: Array
    low: Array
    high: Array

    @cached_property
    def varies(self) -> NDArray[np.bool_]:
        """Which criteria tell any two options apart, ``(k,)``."""
        return np.asarray(self.x.max(axis=0) > self.x.min(axis=0))

    @cached_property
    def even(self) -> Array:
        """Scores, each column over a power of 2, ``(n, k)``: the greatest is 1/2 to 1, so squares are finite."""
        return np.asarray(np.ldexp(self.x, -binary_size(self.x, axis=0)))

    @cached_property
    def unit(self) -> Array:
        """Min-max normalised towards the best, ``(n, k)``; 1 where all agree."""
        good = self.sign * self.even
        spread = np.where(self.varies, np.ptp(good, axis=0), 1.0)
        return np.where(self.varies, (good - good.min(axis=0)) / spread, 1.0)

    @property
    def bounds(self) -> Array:
        """Declared scales as ``(k, 2)``, low and high."""
        return np.column_stack([self.low, self.high])

    def only(self, criteria: NDArray[Any]) -> Grid:
        """The same options on some of the criteria, by position or mask."""
        return Grid(self.x[:, criteria], *(each[criteria] for each in (self.w, self.sign, self.low, self.high)))

    def evened(self) -> Grid:
        """The same with `even` scores."""
        return replace(self, x=self.even)

    def varying(self) -> Grid:
        """The same on the criteria that vary: on one that all options agree on many formulas divide by 0."""
        return self.evened().only(self.varies)


@dataclass(frozen=True, eq=False)
class Problem:
    """A `Grid` and the labels of its rows and columns, each in the order of ids."""

    grid: Grid
    options: pd.Index
    criteria: pd.Index

    def series(self, numbers: Array, name: str) -> pd.Series:
        """Numbers ``(n,)`` by option.

        Raises
        ------
        MethodError
            Naming the method and the options that have no finite number.
        """
        lost = self.options[~np.isfinite(numbers)]
        if len(lost):
            raise MethodError(
                f"{name} divides by 0 on these scores and weights: no score for {listed(lost, MOST_NAMES)}."
            )
        return pd.Series(numbers, index=self.options, name=name)

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
            cells = listed((f"{self.options[i]} on {self.criteria[j]} ({x[i, j]:g})" for i, j in bad), MOST_NAMES)
            least = "0 or more" if zero else "above 0"
            raise MethodError(f"{method} divides by scores, so all must be {least}: {cells}.")


def problem(case: Case, weights: Weights) -> Problem:
    """The likely scores of the options that pass every screen, on the criteria that have weight.

    Raises
    ------
    MethodError
        When fewer than two options pass, or no criterion with weight tells them apart.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("starter")
    >>> aligned = problem(case, case.profile("baseline"))
    >>> aligned.grid.x.shape == (len(aligned.options), len(aligned.criteria)), float(aligned.grid.w.sum().round(9))
    (True, 1.0)
    """
    weight = weights.values[weights.values > 0].sort_index()
    scores = case.performance.drop(index=case.screened.index).sort_index()[weight.index]
    if len(scores) < 2:
        raise MethodError(f"A comparison needs two options that pass every screen; there are {len(scores)}.")
    scales = case.criteria.loc[weight.index]
    ends = scales[["worst", "best"]].to_numpy(dtype=float)
    grid = Grid(
        x=_without_noise(scores.to_numpy(dtype=float)),
        w=(weight / weight.sum()).to_numpy(dtype=float),
        sign=np.where(scales["direction"] == "max", 1.0, -1.0),
        low=ends.min(axis=1),
        high=ends.max(axis=1),
    )
    if not grid.varies.any():
        where = listed(scores.columns, MOST_NAMES)
        raise MethodError(f"The options score alike wherever there is weight ({where}): nothing to rank by.")
    return Problem(grid, scores.index, scores.columns)


def binary_size(numbers: Array, axis: int) -> NDArray[np.int_]:
    """The power of 2 just above the greatest absolute number: dividing by it changes no digit."""
    return np.asarray(np.frexp(np.abs(numbers).max(axis=axis))[1])


def _without_noise(x: Array) -> Array:
    """Scores ``(n, k)`` in which those of a column that differ by rounding only are equal."""
    equal = x.copy()
    for column in equal.T:
        order = np.argsort(column, kind="stable")
        rising = column[order]
        starts = np.diff(rising, prepend=-np.inf) > NOISE * np.abs(column).max()  # of each run of equal scores
        column[order] = rising[starts][np.cumsum(starts) - 1]
    return equal
