"""Weights from pairwise comparisons (AHP): eigenvector or geometric mean, gaps filled in, consistency shown."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import WeightsError, is_one_of, listed, refuse, shown, steady
from ..guard import guarded
from .arrays import Array
from .comparisons import SAATY, read_comparisons
from .swing_weights import Weights

RULES = ("eigenvector", "geometric")

RANDOM_INDEX = dict(
    enumerate((0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59), start=1)
)
"""Mean CI of random reciprocal matrices by size, 1 to 15: Saaty (1980), *The Analytic Hierarchy Process*."""

LIMIT = 0.10
"""A consistency ratio above this is a finding (Saaty 1980)."""

FAR = 1e-100
"""The least weight beside the greatest that can still be worked with."""


@guarded(WeightsError)
def ahp(
    comparisons: pd.DataFrame | Mapping[tuple[str, str], float],
    rule: str = "eigenvector",
    *,
    anchors: str | None = None,
) -> Weights:
    """Weights from pairwise comparisons, with Saaty's consistency ratio.

    Parameters
    ----------
    comparisons : DataFrame or mapping
        How many times as much the row's swing is worth as the column's: a square
        DataFrame with the same criteria on both axes, or ``{(a, b): times}``.
        Reciprocals are filled in. Pairs that are left out (NaN in a DataFrame)
        are completed, as long as the others link all criteria.
    rule : {"eigenvector", "geometric"}
        Principal right eigenvector, or geometric mean of the rows (least squares
        of the logarithms). Gaps are completed to suit: so that the greatest
        eigenvalue is least, or by least squares over the pairs that were given.
    anchors : str, optional
        Digest of the anchors the swings were judged on.

    Returns
    -------
    Weights
        ``.consistency`` is CR = CI / RI with CI = (lambda_max - n) / (n - 1) and
        RI from `RANDOM_INDEX`; None above 15 criteria, for which Saaty gives no
        RI. ``.details`` holds lambda_max, consistency_index, random_index, matrix
        (completed) and completed (pair to value). A CR above 0.10 is a finding
        that names the three comparisons furthest from the weights, by
        abs(log(a_ij w_j / w_i)), and what would agree with them, w_i / w_j.

        An answer beyond Saaty's scale of 1 to 9 is a finding too.

    Raises
    ------
    WeightsError
        With every fault: labels that differ, repeat or are blank, a matrix not
        square, a cell that is not a number from 1e-6 to 1e6, a pair that is not
        reciprocal,
        groups of criteria that no comparison links, an unknown rule.

    References
    ----------
    Saaty (1977), doi:10.1016/0022-2496(77)90033-5; Crawford and Williams (1985),
    doi:10.1016/0022-2496(85)90002-1; Bozóki, Fülöp and Rónyai (2010),
    doi:10.1016/j.mcm.2010.02.047.

    Examples
    --------
    >>> weights = ahp({("reach", "cost"): 2, ("cost", "time"): 3, ("reach", "time"): 6})
    >>> weights.values.round(3).to_dict()
    {'reach': 0.6, 'cost': 0.3, 'time': 0.1}
    >>> abs(round(weights.consistency, 9))
    0.0
    """
    faults = [] if is_one_of(rule, RULES) else [f"No rule called {shown(rule)}. There are: {listed(RULES)}."]
    table, rounded = read_comparisons(comparisons, faults)
    labels = list(table.index)
    table = table.loc[steady(labels), steady(labels)]
    given = table.to_numpy(dtype=float)
    groups = _linked(~np.isnan(given))
    if len(groups) > 1:
        apart = "; ".join(listed(table.index[group]) for group in groups)
        refuse([f"No comparison links these groups: {apart}. Compare at least one of each with one of another."])

    fitted = _log_least_squares(given)
    if fitted.min() < FAR * fitted.max():
        first, last = table.index[fitted.argmax()], table.index[fitted.argmin()]
        refuse([f"The comparisons make {first} worth more than {1 / FAR:g} times {last}; ask again."])
    full = _filled(given, fitted)
    if rule == "eigenvector":
        full = _least_eigenvalue(given, full)
        weights = _principal(full)[1]
    else:
        weights = fitted
    n = len(labels)
    lambda_max = max(_principal(full)[0], float(n))
    index = (lambda_max - n) / (n - 1) if n > 1 else 0.0
    random_index = RANDOM_INDEX.get(n)
    ratio = None if random_index is None else index / random_index if random_index else 0.0
    gaps = np.argwhere(np.triu(np.isnan(given)))
    completed = {(table.index[i], table.index[j]): float(full[i, j]) for i, j in gaps}
    matrix = pd.DataFrame(full, index=table.index, columns=table.columns).loc[labels, labels]
    values = pd.Series(weights / math.fsum(weights), index=table.index, name="weight").loc[labels]
    return Weights(
        values,
        f"AHP ({rule})",
        consistency=ratio,
        details={
            "lambda_max": lambda_max,
            "consistency_index": index,
            "random_index": random_index,
            "matrix": matrix,
            "completed": completed,
        },
        findings=(*rounded, *_completed(completed), *_inconsistent(ratio, n, table, values), *_beyond(table)),
        anchors=anchors,
    )


def _completed(completed: Mapping[tuple[Any, Any], float]) -> list[str]:
    if not completed:
        return []
    count = f"{len(completed)} comparison{'s' * (len(completed) > 1)}"
    values = ", ".join(f"{a} to {b} {times:.3g}" for (a, b), times in completed.items())
    return [
        f"{count} not given, completed from the others: {values}. They agree with the others as far as they can, "
        "so CR flatters the answers."
    ]


def _inconsistent(ratio: float | None, n: int, given: pd.DataFrame, weights: pd.Series) -> list[str]:
    if ratio is None:
        return [f"No consistency ratio: Saaty's random indices end at {max(RANDOM_INDEX)} criteria, and there are {n}."]
    if ratio <= LIMIT:
        return []
    departures = []
    for i, a in enumerate(given.index):
        for b in given.index[i + 1 :]:
            times, fits = given.at[a, b], weights[a] / weights[b]
            if not math.isnan(times):
                first = (a, b, times, fits) if times >= 1 else (b, a, 1 / times, 1 / fits)
                departures.append((abs(math.log(times / fits)), *first))
    worst = sorted(departures, key=lambda entry: -round(entry[0], 9))[:3]
    said = "; ".join(f"{a} to {b} is {times:.3g}, {fits:.3g} would fit" for _, a, b, times, fits in worst)
    size = f"{ratio:.3f}" if ratio < 1000 else f"{ratio:.3g}"
    return [f"CR {size} is above {LIMIT:.2f} (Saaty 1980). What disturbs it most: {said}."]


def _beyond(given: pd.DataFrame) -> list[str]:
    """A finding on the answers beyond Saaty's scale; a rounding error past 9 is not."""
    over = [
        f"{a} to {b} ({given.at[a, b]:g})"
        for a in given.index
        for b in given.columns
        if given.at[a, b] > SAATY * (1 + 1e-9)
    ]
    return (
        [f"Beyond Saaty's 1-9 scale: {listed(over, most=6)}. Check the answers, or the criteria compared."]
        if over
        else []
    )


def _principal(matrix: Array) -> tuple[float, Array]:
    """Greatest eigenvalue of a positive matrix of shape ``(n, n)`` and its eigenvector ``(n,)``, positive.

    The matrix is scaled by the geometric means of its rows first, so that very
    unequal weights lose nothing.
    """
    logs = np.log(matrix).mean(axis=1)
    scale = np.exp(logs - logs.max())
    values, vectors = np.linalg.eig(matrix * (scale[None, :] / scale[:, None]))
    place = int(np.argmax(values.real))
    vector = scale * np.abs(vectors[:, place].real)
    return float(values[place].real), vector / vector.sum()


def _log_least_squares(given: Array) -> Array:
    """Weights of shape ``(n,)`` that fit the given cells of ``(n, n)`` best in logarithms."""
    known = ~np.isnan(given) & ~np.eye(len(given), dtype=bool)
    laplacian = np.diag(known.sum(axis=1)) - known
    right = np.where(known, np.log(np.where(known, given, 1.0)), 0.0).sum(axis=1)
    logs: Array = np.linalg.solve(laplacian + 1 / len(given), right)  # the added part makes the logs sum to 0
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _filled(given: Array, weights: Array) -> Array:
    return np.where(np.isnan(given), weights[:, None] / weights[None, :], given)


def _least_eigenvalue(given: Array, start: Array) -> Array:
    """The gaps filled so that the greatest eigenvalue is least; convex in the logarithms of the gaps."""
    rows, columns = np.nonzero(np.triu(np.isnan(given)))
    if not len(rows):
        return start
    from scipy.optimize import minimize

    def fill(logs: Array) -> Array:
        full = given.copy()
        full[rows, columns], full[columns, rows] = np.exp(logs), np.exp(-logs)
        return full

    def log_eigenvalue(logs: Array) -> tuple[float, Array]:
        full = fill(logs)
        value, right = _principal(full)
        left = _principal(full.T)[1]
        slope = left[rows] * full[rows, columns] * right[columns] - left[columns] * full[columns, rows] * right[rows]
        return math.log(value), slope / (value * (left @ right))

    first = np.log(start[rows, columns])
    found = minimize(log_eigenvalue, first, jac=True, method="BFGS", options={"gtol": 1e-12, "maxiter": 1000})
    return fill(found.x)


def _linked(known: NDArray[np.bool_]) -> list[list[int]]:
    """Groups of positions that known cells link, from a symmetric ``(n, n)``."""
    groups, left = [], set(range(len(known)))
    while left:
        group, new = set(), {min(left)}
        while new:
            group |= new
            new = {int(j) for i in new for j in np.flatnonzero(known[i])} - group
        groups.append(sorted(group))
        left -= group
    return groups
