"""PROMETHEE I and II: how strongly each option is preferred to each other one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import MethodError, is_number, listed, shown
from ..guard import guarded
from ..weights import TIE, Weights
from .problem import Floats, Grid, Keyed, Problem, abridged, problem

SHAPES: dict[str, tuple[str, ...]] = {
    "usual": (),
    "u-shape": ("q",),
    "v-shape": ("p",),
    "level": ("q", "p"),
    "v-shape-indifference": ("q", "p"),
    "gaussian": ("s",),
}
"""The six preference functions and the thresholds each needs."""


@guarded(MethodError)
@dataclass(frozen=True)
class Preference:
    """How a lead on one criterion becomes a preference between 0 and 1.

    Parameters
    ----------
    shape : str
        ``usual`` (I): any lead counts in full. ``u-shape`` (II, quasi): a lead
        above q does. ``v-shape`` (III): grows to 1 at p. ``level`` (IV): 1/2 above
        q, 1 above p. ``v-shape-indifference`` (V): grows from 0 at q to 1 at p.
        ``gaussian`` (VI): 1 - exp(-d**2 / 2 s**2).
    q, p, s : float, optional
        Indifference and preference threshold, and the gaussian's point of
        inflection, in the criterion's unit. ``p`` is the whole lead, not what it
        has beyond q.

    Raises
    ------
    MethodError
        When the shape is unknown, or its thresholds are missing, one too many,
        negative or out of order.

    References
    ----------
    Brans and Vincke (1985), doi:10.1287/mnsc.31.6.647.

    Examples
    --------
    >>> Preference("v-shape-indifference", q=5, p=50)(np.array([-10.0, 5.0, 27.5, 60.0])).tolist()
    [0.0, 0.0, 0.5, 1.0]
    """

    shape: str = "usual"
    q: float | None = None
    p: float | None = None
    s: float | None = None

    def __post_init__(self) -> None:
        if not isinstance(self.shape, str) or self.shape not in SHAPES:
            raise MethodError(f"No preference function called {self.shape!r}; there are {listed(SHAPES)}.")
        needs = SHAPES[self.shape]
        given = {name: getattr(self, name) for name in "qps" if getattr(self, name) is not None}
        if set(given) != set(needs):
            wanted = " and ".join(needs) or "no threshold"
            raise MethodError(f"The {self.shape} preference function takes {wanted}; it got {listed(given) or 'none'}.")
        for name, value in given.items():
            usable = isinstance(value, int | float | np.number) and is_number(value)
            if not usable or value < 0 or (name != "q" and value == 0):
                least = "0 or more" if name == "q" else "above 0"
                raise MethodError(f"Threshold {name} must be a finite number, {least}; it is {value!r}.")
        if needs == ("q", "p") and not given["q"] < given["p"]:
            raise MethodError(f"Threshold q must be below p; they are {shown(given['q'])} and {shown(given['p'])}.")

    def __call__(self, lead: Floats) -> Floats:
        """Preference for leads of any shape; 0 wherever there is no lead."""
        for threshold in (self.q, self.p):
            if threshold:  # a lead that differs from a threshold by rounding only is at it
                lead = np.where(np.isclose(lead, threshold, rtol=1e-9, atol=0.0), threshold, lead)
        q, p, s = self.q or 0.0, self.p or 0.0, self.s or 1.0
        with np.errstate(over="ignore"):  # a lead of many thresholds counts in full
            match self.shape:
                case "usual" | "u-shape":
                    grade = (lead > q).astype(float)
                case "level":
                    grade = 0.5 * (lead > q) + 0.5 * (lead > p)
                case "gaussian":
                    grade = -np.expm1(-((lead / s) ** 2) / 2)
                case _:
                    grade = np.clip((lead - q) / (p - q), 0.0, 1.0)
        return np.where(lead > 0, grade, 0.0)


@dataclass(frozen=True, eq=False)
class Promethee:
    """Preference flows between options, and the two orders they give.

    Attributes
    ----------
    pi : DataFrame
        Preference index of the row over the column, 0-1.
    positive, negative : Series
        Mean preference over the others, and of the others over it, 0-1.
    net : Series
        ``positive - negative``, -1 to 1; higher is better. Its order is PROMETHEE II.
    partial : DataFrame
        PROMETHEE I, row against column: ``P`` preferred, ``P-`` the other is,
        ``I`` indifferent, ``R`` incomparable (better by one flow, worse by the other).
    """

    pi: pd.DataFrame
    positive: pd.Series
    negative: pd.Series
    net: pd.Series
    partial: pd.DataFrame


@guarded(MethodError)
def promethee(
    performance: pd.DataFrame,
    weights: Weights | Keyed,
    directions: Keyed,
    functions: Preference | str | Mapping[Any, Preference] | pd.Series = "usual",
) -> Promethee:
    """Preference flows (PROMETHEE II) and incomparabilities (PROMETHEE I).

    Parameters
    ----------
    performance, weights, directions
        As `problem.problem` takes them.
    functions : Preference, str or mapping, optional
        A preference function for every criterion, or one for all. ``"usual"``
        needs no thresholds.

    Raises
    ------
    MethodError, WeightsError
        When the input cannot be used, or a criterion has no preference function.

    References
    ----------
    Brans and Vincke (1985), doi:10.1287/mnsc.31.6.647; Brans, Vincke and Mareschal
    (1986), doi:10.1016/0377-2217(86)90044-5.

    Examples
    --------
    >>> table = pd.DataFrame({"reach": [8, 5, 5], "cost": [40, 10, 45]}, index=list("ABC"))
    >>> flows = promethee(table, {"reach": 1, "cost": 1}, {"reach": "max", "cost": "min"})
    >>> flows.net.to_dict()
    {'A': 0.5, 'B': 0.25, 'C': -0.75}
    >>> flows.partial.loc["A", "C"]
    'P'
    """
    aligned = problem(performance, weights, directions)
    pi = preference_index(aligned.grid, _functions(functions, performance.columns, aligned))
    share = len(pi) - 1
    positive, negative = pi.sum(axis=1) / share, pi.sum(axis=0) / share
    more, less = _compare(positive), -_compare(negative)
    partial = np.select(
        [more * less < 0, more + less > 0, more + less < 0], np.array(["R", "P", "P-"], dtype=object), "I"
    )
    return Promethee(
        pi=aligned.square(pi),
        positive=aligned.series(positive, "positive"),
        negative=aligned.series(negative, "negative"),
        net=aligned.series(positive - negative, "net"),
        partial=aligned.square(partial.astype(object)),
    )


def preference_index(grid: Grid, functions: list[Preference]) -> Floats:
    """Weighted preference of each option over each other, ``(n, n)``."""
    pi = np.zeros((len(grid.x), len(grid.x)))
    for column, sign, weight, function in zip(grid.x.T, grid.sign, grid.w, functions, strict=True):
        with np.errstate(over="ignore"):  # a lead too great for a float is above every threshold
            lead = sign * (column[:, None] - column[None, :])
        pi += weight * function(lead)
    return pi


def net_flow(grid: Grid) -> Floats:
    """PROMETHEE II net flows with the usual preference function, ``(n,)``."""
    pi = preference_index(grid, [Preference()] * len(grid.w))
    return np.asarray((pi - pi.T).sum(axis=1) / (len(pi) - 1))


def _compare(flow: Floats) -> Floats:
    """Per pair 1, 0 or -1 as the row's flow is above, equal to or below the column's."""
    gap = flow[:, None] - flow[None, :]
    return np.sign(np.where(np.abs(gap) > TIE, gap, 0.0))


def _functions(given: Any, criteria: pd.Index, aligned: Problem) -> list[Preference]:
    if isinstance(given, str):
        given = Preference(given)
    if isinstance(given, Preference):
        return [given] * len(aligned.criteria)
    if not isinstance(given, Mapping | pd.Series):
        raise MethodError("Give preference functions as a mapping keyed by criterion, or one for all.")
    every = dict(given)
    missing = [name for name in criteria if name not in every]
    unknown = [name for name in every if name not in criteria]
    if missing or unknown:
        said = [f"No preference function for {abridged(missing)}."] if missing else []
        said += [f"No criterion called {abridged(unknown)}; there are {abridged(criteria)}."] if unknown else []
        raise MethodError(" ".join(said))
    every = {name: Preference(entry) if isinstance(entry, str) else entry for name, entry in every.items()}
    wrong = [name for name, entry in every.items() if not isinstance(entry, Preference)]
    if wrong:
        raise MethodError(f"A preference function must be a Preference: look at {abridged(wrong)}.")
    return [every[name] for name in aligned.criteria]
