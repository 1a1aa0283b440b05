"""TOPSIS, VIKOR, SPOTIS and RIM: how far each option is from an ideal."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..errors import MethodError, is_number, listed
from ..guard import guarded
from ..weights import TIE, Weights
from .problem import Floats, Grid, Keyed, Problem, abridged, binary_size, by_criterion, problem


@dataclass(frozen=True, eq=False)
class Vikor:
    """The compromise solution, and whether it is good enough to stand alone.

    Attributes
    ----------
    S, R, Q : Series
        Weighted sum of regrets, the greatest regret, and their mix; lower is better.
    C1 : bool
        Acceptable advantage: the leader's Q is lower than the next by 1/(n - 1).
    C2 : bool
        Acceptable stability: the leader is also best by S or by R.
    compromise : tuple
        The leader alone when both hold; with the second when only C2 fails; all
        that are closer than 1/(n - 1) when C1 fails.
    """

    S: pd.Series
    R: pd.Series
    Q: pd.Series
    C1: bool
    C2: bool
    compromise: tuple[Hashable, ...]


@guarded(MethodError)
def topsis(
    performance: pd.DataFrame, weights: Weights | Keyed, directions: Keyed, normalisation: str = "vector"
) -> pd.Series:
    """Closeness to the best and distance from the worst seen; 0-1, higher is better.

    Parameters
    ----------
    performance, weights, directions
        As `problem.problem` takes them.
    normalisation : {"vector", "minmax"}
        Columns over their Euclidean length, as first published, or on the range
        of the options. The two can have different winners.

    Raises
    ------
    MethodError, WeightsError
        When the input cannot be used.

    References
    ----------
    Hwang and Yoon (1981), doi:10.1007/978-3-642-48318-9; Opricovic and Tzeng (2004),
    doi:10.1016/S0377-2217(03)00020-1.

    Examples
    --------
    >>> table = pd.DataFrame({"risk": [1, 2, 5], "height": [3000, 3750, 4500]}, index=["A1", "A2", "A3"])
    >>> task = (table, {"risk": 0.5, "height": 0.5}, {"risk": "min", "height": "max"})
    >>> topsis(*task).round(3).to_dict()
    {'A1': 0.762, 'A2': 0.722, 'A3': 0.238}
    >>> topsis(*task, normalisation="minmax").round(3).to_dict()
    {'A1': 0.5, 'A2': 0.617, 'A3': 0.5}
    """
    closeness = {"vector": topsis_vector, "minmax": topsis_minmax}
    if not isinstance(normalisation, str) or normalisation not in closeness:
        raise MethodError(f"No normalisation called {normalisation!r}; there are {listed(closeness)}.")
    aligned = problem(performance, weights, directions)
    return aligned.series(closeness[normalisation](aligned.grid), f"topsis_{normalisation}")


@guarded(MethodError)
def vikor(performance: pd.DataFrame, weights: Weights | Keyed, directions: Keyed, *, v: float = 0.5) -> Vikor:
    """Compromise between the least total regret and the least greatest regret.

    Parameters
    ----------
    performance, weights, directions
        As `problem.problem` takes them.
    v : float
        Weight of the total regret against the greatest, 0-1.

    Raises
    ------
    MethodError, WeightsError
        When the input cannot be used.

    References
    ----------
    Opricovic and Tzeng (2004), doi:10.1016/S0377-2217(03)00020-1.

    Examples
    --------
    >>> table = pd.DataFrame({"risk": [1, 2, 5], "height": [3000, 3750, 4500]}, index=["A1", "A2", "A3"])
    >>> found = vikor(table, {"risk": 0.5, "height": 0.5}, {"risk": "min", "height": "max"})
    >>> found.Q.to_dict(), found.compromise
    ({'A1': 1.0, 'A2': 0.0, 'A3': 1.0}, ('A2',))
    """
    if not is_number(v) or not 0 <= v <= 1:
        raise MethodError(f"The weight v of the total regret must be a number between 0 and 1; it is {v!r}.")
    return solution(problem(performance, weights, directions), v)


def solution(aligned: Problem, v: float = 0.5) -> Vikor:
    """VIKOR's answer to an aligned problem."""
    total, greatest, mix = regrets(aligned.grid, v)
    order = np.lexsort((greatest, total, np.round(mix / TIE)))  # options are sorted by label: it settles the rest
    lead, advantage = mix[order] - mix[order[0]], 1 / (len(mix) - 1)
    first, second = order[0], order[1]
    c1 = bool(lead[1] >= advantage - TIE)
    c2 = any(bool(each[first] <= each.min() + TIE * each.max()) for each in (total, greatest))
    if not c1:
        kept = order[lead < advantage - TIE]
    elif not c2:
        kept = order[mix[order] <= mix[second] + TIE]
    else:
        kept = order[:1]
    return Vikor(
        S=aligned.series(total, "S"),
        R=aligned.series(greatest, "R"),
        Q=aligned.series(mix, "Q"),
        C1=c1,
        C2=c2,
        compromise=tuple(aligned.options[kept]),
    )


@guarded(MethodError)
def spotis(
    performance: pd.DataFrame,
    weights: Weights | Keyed,
    directions: Keyed,
    bounds: pd.DataFrame | Keyed,
    *,
    expected: Keyed | None = None,
) -> pd.Series:
    """Weighted distance from the best of the declared scales; 0-1, lower is better.

    As the scales are declared, other options cannot change an option's distance:
    ranks never reverse.

    Parameters
    ----------
    performance, weights, directions, bounds
        As `problem.problem` takes them.
    expected : mapping or Series, optional
        The solution hoped for, one score by criterion within its bounds; without
        it, the better bound.

    Raises
    ------
    MethodError, WeightsError
        When the input cannot be used.

    References
    ----------
    Dezert, Tchamova, Han and Tacnet (2020), doi:10.23919/FUSION45008.2020.9190347.

    Examples
    --------
    >>> table = pd.DataFrame({"reach": [8, 5], "cost": [40, 10]}, index=["A", "B"])
    >>> spotis(table, {"reach": 1, "cost": 1}, {"reach": "max", "cost": "min"},
    ...        {"reach": (0, 10), "cost": (0, 50)}).round(3).to_dict()
    {'A': 0.5, 'B': 0.35}
    """
    aligned = problem(performance, weights, directions, bounds)
    if expected is None:
        return aligned.series(distance(aligned.grid), "spotis")
    point = by_criterion(expected, performance.columns, "expected score")
    ends = _intervals(point, aligned)
    if np.any(ends[:, 0] != ends[:, 1]):
        raise MethodError("The expected solution must be one score by criterion.")
    return aligned.series(distance(aligned.grid, ends[:, 0]), "spotis")


@guarded(MethodError)
def rim(
    performance: pd.DataFrame,
    weights: Weights | Keyed,
    directions: Keyed,
    bounds: pd.DataFrame | Keyed,
    *,
    ideal: Keyed | None = None,
) -> pd.Series:
    """Closeness to a reference ideal on the declared scales; 0-1, higher is better.

    Parameters
    ----------
    performance, weights, directions, bounds
        As `problem.problem` takes them.
    ideal : mapping or Series, optional
        The ideal score, or the two ends of an ideal interval, by criterion, within
        its bounds; without it, the better bound.

    Raises
    ------
    MethodError, WeightsError
        When the input cannot be used.

    References
    ----------
    Cables, Lamata and Verdegay (2016), doi:10.1016/j.ins.2015.12.011.

    Examples
    --------
    >>> table = pd.DataFrame({"reach": [8, 5], "cost": [40, 10]}, index=["A", "B"])
    >>> rim(table, {"reach": 1, "cost": 1}, {"reach": "max", "cost": "min"},
    ...     {"reach": (0, 10), "cost": (0, 50)}).round(3).to_dict()
    {'A': 0.5, 'B': 0.637}
    """
    aligned = problem(performance, weights, directions, bounds)
    if ideal is None:
        return aligned.series(reference_ideal(aligned.grid), "rim")
    ends = _intervals(by_criterion(ideal, performance.columns, "ideal"), aligned)
    return aligned.series(reference_ideal(aligned.grid, ends), "rim")


def topsis_vector(grid: Grid) -> Floats:
    """Closeness ``(n,)`` after vector normalisation."""
    length = np.sqrt((grid.even**2).sum(axis=0))
    return _closeness(grid.sign * grid.even / np.where(length > 0, length, 1.0) * grid.telling)


def topsis_minmax(grid: Grid) -> Floats:
    """Closeness ``(n,)`` after min-max normalisation."""
    return _closeness(grid.unit * grid.telling)


def regrets(grid: Grid, v: float = 0.5) -> tuple[Floats, Floats, Floats]:
    """S, R and Q of VIKOR, each ``(n,)``; a criterion all agree on gives no regret."""
    regret = grid.w * (1.0 - grid.unit)
    total, greatest = regret.sum(axis=1), regret.max(axis=1)
    return total, greatest, v * _stretched(total) + (1 - v) * _stretched(greatest)


def distance(grid: Grid, point: Floats | None = None) -> Floats:
    """SPOTIS distance ``(n,)`` from a point ``(k,)``, by default the better bounds."""
    low, high = grid.bounds.T
    ideal = np.where(grid.sign > 0, high, low) if point is None else point
    x, low, high, ideal = _on_scales(grid, low, high, ideal)
    return np.asarray((np.abs(x - ideal) / (high - low) * grid.w).sum(axis=1))


def reference_ideal(grid: Grid, ends: Floats | None = None) -> Floats:
    """RIM closeness ``(n,)`` to ideal intervals ``(k, 2)``, by default the better bounds."""
    low, high = grid.bounds.T
    if ends is None:
        ends = np.repeat(np.where(grid.sign > 0, high, low)[:, None], 2, axis=1)
    x, low, high, start, end = _on_scales(grid, low, high, *ends.T)
    below, above = np.maximum(start - x, 0), np.maximum(x - end, 0)
    near = 1 - below / np.where(start > low, start - low, 1) - above / np.where(high > end, high - end, 1)
    away = np.sqrt(((grid.w * (1 - near)) ** 2).sum(axis=1))
    reached = np.sqrt(((grid.w * near) ** 2).sum(axis=1))
    return np.asarray(reached / (away + reached))


def _on_scales(grid: Grid, *ends: Floats) -> tuple[Floats, ...]:
    """Scores and ends ``(k,)`` over a power of 2 by scale, so that no difference is too great or small for a float."""
    size = binary_size(grid.bounds, axis=1) + 1
    return tuple(np.ldexp(numbers, -size) for numbers in (grid.x, *ends))


def _closeness(weighted: Floats) -> Floats:
    to_best = np.sqrt(((weighted - weighted.max(axis=0)) ** 2).sum(axis=1))
    to_worst = np.sqrt(((weighted - weighted.min(axis=0)) ** 2).sum(axis=1))
    return np.asarray(to_worst / (to_best + to_worst))


def _stretched(numbers: Floats) -> Floats:
    """Numbers, 0 or more, from 0 at the least to 1 at the greatest; all 0 when they tie."""
    spread = np.ptp(numbers)
    return (numbers - numbers.min()) / spread if spread > TIE * numbers.max() else np.zeros_like(numbers)


def _intervals(given: pd.Series, aligned: Problem) -> Floats:
    """Scores or pairs of scores as ``(k, 2)``, each within its bounds."""
    ends = np.empty((len(aligned.criteria), 2))
    for row, name in enumerate(aligned.criteria):
        found = _parts(given[name])
        if len(found) not in (1, 2) or not all(map(is_number, found)):
            raise MethodError(f"The ideal of {name} must be a number or two numbers.")
        ends[row] = min(found), max(found)
    low, high = aligned.grid.bounds.T[:, :, None]
    outside = ~((ends >= low) & (ends <= high)).all(axis=1)
    if outside.any():
        named = abridged(name for name, out in zip(aligned.criteria, outside, strict=True) if out)
        raise MethodError(f"The ideal lies outside the bounds: look at {named}.")
    return ends


def _parts(given: Any) -> list[Any]:
    """A number, or the members of what is not one."""
    if is_number(given):
        return [given]
    try:
        return list(given)
    except TypeError:
        return []
