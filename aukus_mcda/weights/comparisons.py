# SPDX-License-Identifier: Apache-2.0
"""Weights from comparisons: of every two criteria (AHP), or of the best and the worst with all others (best-worst)."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import (
    WeightsError,
    is_missing,
    is_number,
    keyed,
    label_faults,
    listed,
    number_faults,
    refuse,
    shown,
    steady,
)
from ..guard import guarded
from .programs import Array, Program, solve
from .swing_weights import Points, Weights

LEAST_TIMES, MOST_TIMES = 1e-6, 1e6
"""No swing is judged to be worth less, or more, times another: an answer beyond these is a slip of the pen."""

SAATY = 9
"""The top of the scale on which pairs are compared (Saaty 1977)."""

ROUNDED = 0.005
"""The most a reciprocal below 1 may be off for being written to two decimals or more (0.33 for 1/3)."""

RANDOM_INDEX = dict(enumerate((0, 0, 0.58, 0.9, 1.12, 1.24, 1.32, 1.41, 1.45, 1.49, 1.51, 1.48, 1.56, 1.57, 1.59), 1))
"""Mean CI of random reciprocal matrices by size, 1 to 15: Saaty (1980), *The Analytic Hierarchy Process*."""

LIMIT = 0.10
"""A consistency ratio above this is a finding (Saaty 1980)."""

FAR = 1e-100
"""The least weight beside the greatest that can still be worked with."""

WIDE = 1e-7
"""Weight intervals wider than this are intervals; the solver is no finer."""

THRESHOLDS = pd.read_csv(Path(__file__).with_name("bwm_thresholds.csv"), index_col=0).rename(columns=int)
"""Greatest acceptable input-based consistency ratio, best-to-worst answer x number of criteria.

Liang, Brunelli and Rezaei (2020), Table 3, doi:10.1016/j.omega.2019.102175.
"""


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


@guarded(WeightsError)
def bwm(
    best_to_others: Points,
    others_to_worst: Points,
    model: Literal["linear", "nonlinear"] = "linear",
    *,
    best: str | None = None,
    worst: str | None = None,
    anchors: str | None = None,
) -> Weights:
    """Weights from how the best criterion compares with all, and all with the worst.

    Parameters
    ----------
    best_to_others : mapping or Series
        How many times as much the best criterion's swing is worth as each one's:
        1 or more, itself 1.
    others_to_worst : mapping or Series
        How many times as much each one's swing is worth as the worst's: 1 or
        more, the worst itself 1.
    model : {"linear", "nonlinear"}
        ``linear`` makes the greatest of abs(w_B - a_Bj w_j) and
        abs(w_j - a_jW w_W) least; ``nonlinear`` that of abs(w_B/w_j - a_Bj) and
        abs(w_j/w_W - a_jW).
    best, worst : str, optional
        Needed only when several criteria have the answer 1.
    anchors : str, optional
        Digest of the anchors the swings were judged on.

    Returns
    -------
    Weights
        ``.consistency`` is the least such maximum, xi (0: no contradiction).
        Where several sets of weights reach it, ``.low`` and ``.high`` are the
        ends of each weight and ``.values`` the middles, scaled to sum to 1.
        ``.details`` holds best, worst, a_bw, input_ratio (CR^I) and its
        threshold (None where the source gives none) and, for the nonlinear
        model, consistency_index and output_ratio, xi / CI. Answers above 9 are a
        finding.

    Raises
    ------
    WeightsError
        With every fault: criteria that differ, answers not numbers from 1 to 1e6,
        no best or worst or several, one that is both, an own answer that is not
        1, two different answers about best and worst, an unknown model.

    Notes
    -----
    The linear model is solved by HiGHS through scipy. In the nonlinear one
    r = w_B/w_W must lie between (a_Bj - xi)(a_jW - xi) and (a_Bj + xi)(a_jW + xi)
    for every j and within xi of a_BW. The greatest lower bound falls and the
    least upper bound rises with xi, so they meet once: xi and r are unique, the
    root is found to the last bits of a float, and only the weights between best
    and worst may have room.

    References
    ----------
    Rezaei (2015), doi:10.1016/j.omega.2014.11.009; Rezaei (2016),
    doi:10.1016/j.omega.2015.12.001; Liang, Brunelli and Rezaei (2020),
    doi:10.1016/j.omega.2019.102175.

    Examples
    --------
    >>> from aukus_mcda import bwm
    >>> weights = bwm({"reach": 1, "cost": 2, "time": 6}, {"reach": 6, "cost": 3, "time": 1})
    >>> weights.values.round(3).to_dict()
    {'reach': 0.6, 'cost': 0.3, 'time': 0.1}
    """
    from_best = keyed(best_to_others, "The answers for the best criterion")
    to_worst = keyed(others_to_worst, "The answers for the worst criterion")
    faults = number_faults(from_best, "Best-to-others answers", least=1, most=MOST_TIMES)
    faults += number_faults(to_worst, "Others-to-worst answers", least=1, most=MOST_TIMES)
    for one, other, role in ((from_best, to_worst, "worst"), (to_worst, from_best, "best")):
        uncompared = f"No answer compares {{}} with the {role} criterion."
        faults += label_faults(other.index, one.index, missing=uncompared, repeated="")
    best = _chosen(from_best, best, "best", faults)
    worst = _chosen(to_worst, worst, "worst", faults)
    if len(from_best) < 2:
        faults.append("The best-worst method needs at least two criteria.")
    elif best is not None and best == worst:
        faults.append(f"{best} cannot be both the best and the worst criterion.")
    refuse(faults)
    there, back = from_best[worst], to_worst[best]
    if there != back:
        raise WeightsError(f"{best} to {worst} has two answers to one question, {shown(there)} and {shown(back)}.")

    order = steady(from_best.index)
    a, b = from_best[order].to_numpy(dtype=float), to_worst[order].to_numpy(dtype=float)
    optimum = _linear if model == "linear" else _nonlinear
    xi, low, high = optimum(a, b, order.index(best), order.index(worst))
    ends = pd.DataFrame({"low": low, "high": high, "weight": (low + high) / 2}, index=order).loc[from_best.index]
    details, findings = _consistency(a, b, float(there), order)
    if model == "nonlinear":
        index = consistency_index(details["a_bw"])
        details |= {"consistency_index": index, "output_ratio": xi / index if index else 0.0}
    wide = bool(np.max(high - low) > WIDE)
    if wide:
        findings.append("Several sets of weights fit the answers equally well; the middles of their ranges are used.")
    return Weights(
        ends["weight"] / math.fsum(ends["weight"]),
        f"BWM ({model})",
        low=ends["low"] if wide else None,
        high=ends["high"] if wide else None,
        consistency=xi,
        details={"best": best, "worst": worst, **details},
        findings=tuple(findings),
        anchors=anchors,
    )


def consistency_index(a_bw: float) -> float:
    """The greatest xi of the nonlinear model for a best-to-worst answer (Rezaei 2015, Table 1).

    Examples
    --------
    >>> [round(consistency_index(a), 2) for a in (1, 2, 3, 4, 9)]
    [0.0, 0.44, 1.0, 1.63, 5.23]
    """
    return (1 + 2 * a_bw - math.sqrt(1 + 8 * a_bw)) / 2


def _chosen(answers: pd.Series, named: str | None, role: str, faults: list[str]) -> Any:
    """The criterion an answer of 1 marks as best or worst; the one ``named`` if that is one of several."""
    ones = [name for name, answer in answers.items() if answer == 1]
    if named is not None:
        if named not in answers.index:
            faults.append(f"The {role} criterion, {named}, has no answers.")
        elif named not in ones:
            own = shown(answers[named])
            faults.append(f"The {role} criterion, {named}, compared with itself must be 1, not {own}.")
        return named
    if len(ones) > 1:
        faults.append(f"{listed(ones)} could each be the {role} criterion: all have 1. Say which with {role}=.")
    elif not ones:
        faults.append(f"No criterion has 1 among the answers about the {role}: the {role} compared with itself is 1.")
    return ones[0] if len(ones) == 1 else None


def _consistency(a: Array, b: Array, a_bw: float, order: list[Any]) -> tuple[dict[str, Any], list[str]]:
    """CR^I of answers of shape ``(n,)``, its threshold, and what to say."""
    gaps = np.abs(a * b - a_bw) / (a_bw**2 - a_bw) if a_bw > 1 else np.zeros(len(a))
    ratio, n = float(gaps.max()), len(a)
    known = a_bw in THRESHOLDS.index and n in THRESHOLDS.columns
    threshold = float(THRESHOLDS.at[a_bw, n]) if known else None
    findings = []
    if threshold is not None and ratio > threshold:
        j = int(gaps.argmax())
        findings.append(
            f"Input-based consistency ratio {ratio:.3f} is above {threshold:.4f} (Liang, Brunelli and Rezaei 2020). "
            f"{order[j]} disturbs it most: {a[j]:g} times {b[j]:g} should be near the best-to-worst answer, {a_bw:g}."
        )
    greatest = pd.Series(np.maximum(a, b), index=order)
    if greatest.max() > a_bw:
        beyond = listed(greatest.index[greatest > a_bw])
        findings.append(f"{beyond} is compared beyond {a_bw:g}, the answer for best to worst: check which are which.")
    if greatest.max() > SAATY:
        beyond = listed(greatest.index[greatest > SAATY])
        findings.append(f"Beyond Saaty's 1-9 scale: {beyond}, in one answer or both. Check the answers.")
    return {"a_bw": a_bw, "input_ratio": ratio, "threshold": threshold}, findings


def _linear(a: Array, b: Array, best: int, worst: int) -> tuple[float, Array, Array]:
    """Least xi and the ends of the weights ``(n,)`` that reach it, from answers ``(n,)``."""
    n = len(a)
    eye = np.eye(n)
    gaps = np.vstack([eye[best] - a[:, None] * eye, eye - b[:, None] * eye[worst]])
    gaps = gaps[gaps.any(axis=1)]
    rows = np.column_stack([np.vstack([gaps, -gaps]), -np.ones(2 * len(gaps))])
    total = np.append(np.ones(n), 0.0)

    def least(costs: Array, most: float) -> Array:
        """Weights, and xi up to ``most``, of the least cost ``(c, n + 1)`` each."""
        high = np.append(np.full(n, np.inf), most)
        programs = [Program(cost, rows, np.zeros(len(rows)), total, 1.0, high=high) for cost in costs]
        return np.array([point for point, _ in solve(programs)])

    point = least(np.append(np.zeros(n), 1.0)[None], np.inf)[0]
    xi, weights = max(float(point[n]), 0.0), np.maximum(point[:n], 0.0)
    each = np.column_stack([eye, np.zeros(n)])
    low = least(each, xi + 1e-10)[:, :n].diagonal()
    high = least(-each, xi + 1e-10)[:, :n].diagonal()
    return (xi, weights, weights) if np.max(high - low) <= WIDE else (xi, low, high)


def _nonlinear(a: Array, b: Array, best: int, worst: int) -> tuple[float, Array, Array]:
    """Least xi and the ends of the weights ``(n,)`` that reach it, from answers ``(n,)``."""
    a_bw, between = a[worst], np.ones(len(a), dtype=bool)
    between[[best, worst]] = False
    c, d = a[between], b[between]

    def bounds(xi: float) -> tuple[float, float]:
        least = np.append(np.maximum(c - xi, 0) * np.maximum(d - xi, 0), a_bw - xi)
        most = np.append((c + xi) * (d + xi), a_bw + xi)
        return float(least.max()), float(most.min())

    under, over = 0.0, float(max(a.max(), b.max()))  # at the latter every lower bound is 0 or less
    if bounds(0.0)[0] <= bounds(0.0)[1]:
        over = 0.0
    while under < (half := (under + over) / 2) < over:
        under, over = (under, half) if bounds(half)[0] <= bounds(half)[1] else (half, over)
    xi = over
    r = math.fsum(bounds(xi)) / 2
    low, high = np.ones(len(a)), np.ones(len(a))  # beside the worst, which is 1
    low[best] = high[best] = r
    with np.errstate(divide="ignore"):
        low[between] = np.maximum(d - xi, r / (c + xi))
        high[between] = np.minimum(d + xi, np.where(c > xi, r / (c - xi), np.inf))
    high = np.maximum(low, high)
    least = np.array([low[j] / (low[j] + math.fsum(np.delete(high, j))) for j in range(len(a))])
    most = np.array([high[j] / (high[j] + math.fsum(np.delete(low, j))) for j in range(len(a))])
    return xi, least, most
