# SPDX-License-Identifier: Apache-2.0
"""Weights from pairwise comparisons (AHP): eigenvector or geometric mean, gaps filled in, consistency shown."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import WeightsError, is_missing, is_number, label_faults, listed, refuse, shown, steady
from ..guard import guarded
from .programs import Array
from .swing_weights import Weights

LEAST_TIMES, MOST_TIMES = 1e-6, 1e6
"""No swing is judged to be worth less, or more, times another: an answer beyond these is a slip of the pen."""

SAATY = 9
"""The top of the scale on which pairs are compared (Saaty 1977)."""

ROUNDED = 0.005
"""The most a reciprocal below 1 may be off for being written to two decimals or more (0.33 for 1/3)."""

_INDICES = (0, 0, 0.58, 0.90, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59)
RANDOM_INDEX = dict(enumerate(_INDICES, start=1))
"""Mean CI of random reciprocal matrices by size, 1 to 15: Saaty (1980), *The Analytic Hierarchy Process*."""

LIMIT = 0.10
"""A consistency ratio above this is a finding (Saaty 1980)."""

FAR = 1e-100
"""The least weight beside the greatest that can still be worked with."""


@guarded(WeightsError)
def ahp(
    comparisons: pd.DataFrame | Mapping[tuple[str, str], float],
    rule: Literal["eigenvector", "geometric"] = "eigenvector",
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
        RI from Saaty's table; None above 15 criteria, for which Saaty gives no
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
        reciprocal, groups of criteria that no comparison links, an unknown rule.

    References
    ----------
    Saaty (1977), doi:10.1016/0022-2496(77)90033-5; Crawford and Williams (1985),
    doi:10.1016/0022-2496(85)90002-1; Bozóki, Fülöp and Rónyai (2010),
    doi:10.1016/j.mcm.2010.02.047.

    Examples
    --------
    >>> from aukus_mcda import ahp
    >>> weights = ahp({("reach", "cost"): 2, ("cost", "time"): 3, ("reach", "time"): 6})
    >>> weights.values.round(3).to_dict()
    {'reach': 0.6, 'cost': 0.3, 'time': 0.1}
    >>> abs(round(weights.consistency, 9))
    0.0
    """
    from scipy.sparse.csgraph import connected_components

    table, rounded = _read_comparisons(comparisons)
    labels = table.index
    table = table.loc[steady(labels), steady(labels)]
    answers = table.to_numpy(dtype=float)
    count, group = connected_components(~np.isnan(answers), directed=False)
    if count > 1:
        apart = "; ".join(listed(table.index[group == number]) for number in range(count))
        raise WeightsError(f"No comparison links these groups: {apart}. Compare one of each with one of another.")
    fitted = _log_least_squares(answers)
    if fitted.min() < FAR * fitted.max():
        first, last = table.index[fitted.argmax()], table.index[fitted.argmin()]
        raise WeightsError(f"The comparisons make {first} worth more than {1 / FAR:g} times {last}; ask again.")
    full, weights = np.where(np.isnan(answers), fitted[:, None] / fitted[None, :], answers), fitted
    if rule == "eigenvector":
        full = _least_eigenvalue(answers, full)
        weights = _principal(full)[1]
    n = len(labels)
    lambda_max = max(_principal(full)[0], float(n))
    index = (lambda_max - n) / (n - 1) if n > 1 else 0.0
    random_index = RANDOM_INDEX.get(n)
    ratio = None if random_index is None else index / random_index if random_index else 0.0
    gaps = np.argwhere(np.triu(np.isnan(answers)))
    completed = {(table.index[i], table.index[j]): float(full[i, j]) for i, j in gaps}
    details = {"lambda_max": lambda_max, "consistency_index": index, "random_index": random_index}
    matrix = pd.DataFrame(full, index=table.index, columns=table.columns).loc[labels, labels]
    values = pd.Series(weights / math.fsum(weights), index=table.index, name="weight").loc[labels]
    return Weights(
        values,
        f"AHP ({rule})",
        consistency=ratio,
        details=details | {"matrix": matrix, "completed": completed},
        findings=(*rounded, *_findings(completed, ratio, table, values)),
        anchors=anchors,
    )


def _findings(
    completed: Mapping[tuple[Any, Any], float], ratio: float | None, table: pd.DataFrame, weights: pd.Series
) -> Iterator[str]:
    """What was completed, how consistent the answers are, and which are beyond Saaty's scale."""
    if completed:
        count = f"{len(completed)} comparison{'s' * (len(completed) > 1)}"
        values = ", ".join(f"{a} to {b} {times:.3g}" for (a, b), times in completed.items())
        flattered = "They agree with the others as far as they can, so CR flatters the answers."
        yield f"{count} not given, completed from the others: {values}. {flattered}"
    if ratio is None:
        most, n = max(RANDOM_INDEX), len(table)
        yield f"No consistency ratio: Saaty's random indices end at {most} criteria, and there are {n}."
    elif ratio > LIMIT:
        compared = [(a, b) for a, b in combinations(table.index, 2) if table.at[a, b] > 0]
        pairs = [(a, b) if table.at[a, b] >= 1 else (b, a) for a, b in compared]
        departures = {(a, b): abs(math.log(table.at[a, b] * weights[b] / weights[a])) for a, b in pairs}
        worst = sorted(pairs, key=lambda pair: -round(departures[pair], 9))[:3]
        fits = {(a, b): weights[a] / weights[b] for a, b in worst}
        answers = "; ".join(f"{a} to {b} is {table.at[a, b]:.3g}, {fit:.3g} would fit" for (a, b), fit in fits.items())
        size = f"{ratio:.3f}" if ratio < 1000 else f"{ratio:.3g}"
        yield f"CR {size} is above {LIMIT:.2f} (Saaty 1980). What disturbs it most: {answers}."
    times = table.stack()
    beyond = times[times > SAATY * (1 + 1e-9)]  # a rounding error past 9 is not
    if len(beyond):
        far = listed((f"{a} to {b} ({each:g})" for (a, b), each in beyond.items()), most=6)
        yield f"Beyond Saaty's 1-9 scale: {far}. Check the answers, or the criteria compared."


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


def _log_least_squares(answers: Array) -> Array:
    """Weights of shape ``(n,)`` that fit the known cells of ``(n, n)`` best in logarithms."""
    known = ~np.isnan(answers) & ~np.eye(len(answers), dtype=bool)
    laplacian = np.diag(known.sum(axis=1)) - known
    right = np.where(known, np.log(np.where(known, answers, 1.0)), 0.0).sum(axis=1)
    logs: Array = np.linalg.solve(laplacian + 1 / len(answers), right)  # the added part makes the logs sum to 0
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def _least_eigenvalue(answers: Array, start: Array) -> Array:
    """The gaps filled so that the greatest eigenvalue is least; convex in the logarithms of the gaps."""
    rows, columns = np.nonzero(np.triu(np.isnan(answers)))
    if not len(rows):
        return start
    from scipy.optimize import minimize

    def fill(logs: Array) -> Array:
        full = answers.copy()
        full[rows, columns], full[columns, rows] = np.exp(logs), np.exp(-logs)
        return full

    def log_eigenvalue(logs: Array) -> tuple[float, Array]:
        full = fill(logs)
        value, right = _principal(full)
        left = _principal(full.T)[1]
        slope = left[rows] * full[rows, columns] * right[columns] - left[columns] * full[columns, rows] * right[rows]
        return math.log(value), slope / (value * (left @ right))

    first = np.log(start[rows, columns])
    best = minimize(log_eigenvalue, first, jac=True, method="BFGS", options={"gtol": 1e-12, "maxiter": 1000})
    return fill(best.x)


def _read_comparisons(comparisons: Any) -> tuple[pd.DataFrame, list[str]]:
    """Comparisons as a reciprocal table, 1 on the diagonal and NaN for what was not asked, and findings."""
    if not len(comparisons):
        ask = "Give the comparisons as a square DataFrame with the criteria on both axes, or as (a, b): times."
        raise WeightsError(ask)
    faults = []
    if isinstance(comparisons, pd.DataFrame):
        labels, columns = list(comparisons.index), list(comparisons)
        for axis, names, others in (("rows", labels, columns), ("columns", columns, labels)):
            only = f"{{}} only in the {axis}; both axes must name the same criteria."
            faults += label_faults(names, others, unknown=only, repeated=f"{{}} repeated in the {axis}.")
        rows = zip(labels, comparisons.astype(object).to_numpy(), strict=True)
        cells = {(a, b): times for a, row in rows for b, times in zip(columns, row, strict=True)}
        cells = {pair: times for pair, times in cells.items() if not is_missing(times)}
    else:
        odd = [shown(pair) for pair in comparisons if len(pair) != 2]
        faults += [f"A comparison is between two criteria, (a, b); not {listed(odd)}."] if odd else []
        cells = {pair: times for pair, times in comparisons.items() if len(pair) == 2}
        labels = list(dict.fromkeys(name for pair in cells for name in pair))
        faults += label_faults(labels)
    unlabelled, valid = bool(faults), {}
    for (a, b), times in cells.items():
        if not is_number(times) or not LEAST_TIMES <= times <= MOST_TIMES:
            faults.append(f"{a} to {b} must be a number from {LEAST_TIMES:g} to {MOST_TIMES:g}, not {shown(times)}.")
        elif a == b and times != 1:
            faults.append(f"{a} to itself must be 1, not {shown(times)}.")
        else:
            valid[a, b] = float(times)
    if unlabelled:
        refuse(faults)

    table = pd.DataFrame(np.eye(len(labels)), index=labels, columns=labels).replace(0, np.nan)
    rounded = []
    for a, b in combinations(labels, 2):
        there, back = (valid.get(pair, math.nan) for pair in ((a, b), (b, a)))
        if not math.isnan(there * back) and not math.isclose(there * back, 1, rel_tol=1e-9):
            if not _reciprocal(there, back):
                answers = f"{a} to {b} is {shown(there)} but {b} to {a} is {shown(back)}"
                faults.append(f"{answers}; one must be 1 / the other.")
            rounded.append(f"{b} to {a} ({back:g})" if back < there else f"{a} to {b} ({there:g})")
        if math.isnan(there) or back > there:  # of two, the one that was not rounded
            there = 1 / back
        else:
            back = 1 / there
        table.at[a, b], table.at[b, a] = there, back
    refuse(faults)
    return table, [f"Rounded reciprocals were read as exact ones: {listed(rounded)}."] if rounded else []


def _reciprocal(one: float, other: float) -> bool:
    """Whether the smaller is 1 / the greater, rounded to the decimals it is written with."""
    small, great = sorted((one, other))
    unit = 10.0 ** int(Decimal(repr(small)).as_tuple().exponent)
    return small < 1 < great and abs(small - 1 / great) <= min(unit / 2, ROUNDED) * (1 + 1e-9)
