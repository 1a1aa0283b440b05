# SPDX-License-Identifier: Apache-2.0
"""Weights by the best-worst method: two criteria compared with all others, and with each other."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..errors import WeightsError, keyed, label_faults, listed, number_faults, refuse, shown, steady
from ..guard import guarded
from .pairwise import MOST_TIMES, SAATY
from .programs import Array, Program, solve
from .swing_weights import Points, Weights

WIDE = 1e-7
"""Weight intervals wider than this are intervals; the solver is no finer."""

THRESHOLDS = pd.read_csv(Path(__file__).with_name("bwm_thresholds.csv"), index_col=0).rename(columns=int)
"""Greatest acceptable input-based consistency ratio, best-to-worst answer x number of criteria.

Liang, Brunelli and Rezaei (2020), Table 3, doi:10.1016/j.omega.2019.102175.
"""


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
