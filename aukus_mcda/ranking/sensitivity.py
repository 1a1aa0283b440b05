# SPDX-License-Identifier: Apache-2.0
"""One-way sensitivity, exact: break-points of a weight, and what one criterion or one score does to the ranking.

The *share* of a criterion, at any level of the value tree, is the sum of its
leaves' weights. As it goes from 0 to 1, leaves inside it keep their proportions
and so do leaves outside it. Every score is then a straight line in the share, so
everything here is in closed form. Only options that pass every screen compete.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, WeightsError
from ..guard import guarded, whole_number
from ..weights import TIE, Array, GivenWeights, down_branches
from .additive import best_of, contest, ranks, tau_b

Shares: TypeAlias = Annotated[int, whole_number(2, 100_001)]
Stretch = tuple[float, float, int]
"""From which share to which an option leads, and its position."""

SAME_SHARE = 1e-12
"""Shares nearer to each other than this are one share."""

MOST_PAIRS = 8_000_000
"""Pairs of options by criteria whose order is followed: more take minutes, and gigabytes for the table."""


@guarded(WeightsError)
def sweep(case: Case, weights: GivenWeights, criterion: str, *, points: Shares = 101) -> pd.DataFrame:
    """Scores of all ranked options as one criterion's share of the weight goes from 0 to 1.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion.
    criterion : str
        A criterion at any level of the tree.
    points : int
        How many evenly spaced shares, 2 or more.

    Returns
    -------
    DataFrame
        Scores 0-100, shares x options, the options in their order now.

    Raises
    ------
    WeightsError
        When the criterion is unknown, or the weights have no proportions to keep:
        nothing outside the criterion has weight, or nothing inside it while it has
        several leaves. A branch given 0 swing points still has its leaves' points
        and keeps their proportions.

    References
    ----------
    Goodwin and Wright (2014), *Decision Analysis for Management Judgment*, ch. 3.

    Examples
    --------
    >>> from aukus_mcda import load_case, sweep
    >>> sweep(load_case("aukus_plus_two"), "baseline", "escalation").shape
    (101, 10)
    """
    run = score_lines(case, weights, criterion)
    shares = np.linspace(0, 1, points)[:, None]
    scores = run.at0 * (1 - shares) + run.at1 * shares
    best_first = np.argsort(-run.now, kind="stable")
    return pd.DataFrame(scores, index=pd.Index(shares[:, 0], name="share"), columns=run.options).iloc[:, best_first]


@guarded(WeightsError)
def break_points(
    case: Case, weights: GivenWeights, criterion: str | None = None, *, pairs: bool = True
) -> pd.DataFrame:
    """Every share at which the leader changes, and at which any two options change order.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion.
    criterion : str, optional
        One criterion, at any level of the tree; without it, all that can be swept.
    pairs : bool
        Whether to list the changes of order of any two options beside those of the leader.

    Returns
    -------
    DataFrame
        A row per break point, by criterion and share: criterion, share, current (the
        share now), kind (``leader`` or ``pair``), below and above (who is ahead on
        either side), distance (from current). Options that tie for the lead all along
        are named together, joined by ``;``. Pairs that tie at one end or all along,
        to 1e-9 points, do not change order.

    Raises
    ------
    WeightsError
        As `sweep`, for one criterion.
    AukusMcdaError
        When there are more than 8 million pairs to follow.

    Notes
    -----
    With d0 and d1 a pair's difference in score at share 0 and 1, the break point is
    d0 / (d0 - d1); those of the leader are where the upper envelope of the lines bends.

    Examples
    --------
    >>> from aukus_mcda import break_points, load_case
    >>> found = break_points(load_case("aukus_plus_two"), "baseline", "escalation")
    >>> list(found.columns)
    ['criterion', 'share', 'current', 'kind', 'below', 'above', 'distance']
    """
    run = score_lines(case, weights, criterion)
    table = _leader_breaks(run)
    if pairs:
        require_few_pairs(run, "Ask for one criterion, or for the leader's alone: break_points(..., pairs=False).")
        table = pd.concat([table, _pair_breaks(run)]) if len(table) else _pair_breaks(run)
    table = table.sort_values(["node", "share", "kind", "below", "above"], kind="stable", ignore_index=True)
    node = table.pop("node").to_numpy(dtype=int)
    table.insert(0, "criterion", np.array(run.nodes, dtype=object)[node])
    table.insert(2, "current", run.share[node])
    return table.assign(distance=(table["share"] - table["current"]).abs())


def _leader_breaks(run: Lines) -> pd.DataFrame:
    """Where the leader changes: a row per node's place, share, kind, and who leads below and above."""
    rows = []
    for node in np.flatnonzero(run.notes == ""):
        at0, at1 = run.at0[node], run.at1[node]
        breaks = leader_changes(at0, at1)
        between = np.convolve([0.0, *breaks, 1.0], [0.5, 0.5], "valid")
        leaders = [best_of(run.options, at0 * (1 - share) + at1 * share) for share in between]
        rows += [(node, *row) for row in zip(breaks, leaders[:-1], leaders[1:], strict=True)]
    table = pd.DataFrame(rows, columns=["node", "share", "below", "above"]).astype({"node": int, "share": float})
    table.insert(2, "kind", "leader")
    return table


def _pair_breaks(run: Lines) -> pd.DataFrame:
    """The same of every two options that change order."""
    first, second = np.triu_indices(len(run.options), 1)
    gap0, gap1 = (end[:, first] - end[:, second] for end in (run.at0, run.at1))
    node, pair = np.nonzero(((gap0 > TIE) & (gap1 < -TIE)) | ((gap0 < -TIE) & (gap1 > TIE)))
    d0, d1 = gap0[node, pair], gap1[node, pair]
    names = run.options.to_numpy(dtype=object)
    one, other = names[first[pair]], names[second[pair]]
    below, above = np.where(d0 > 0, one, other), np.where(d0 > 0, other, one)
    return pd.DataFrame({"node": node, "share": d0 / (d0 - d1), "kind": "pair", "below": below, "above": above})


def require_few_pairs(run: Lines, remedy: str) -> None:
    """Refuse, before any work with pairs, a case in which there are too many."""
    options, nodes = len(run.options), int((run.notes == "").sum())
    pairs = options * (options - 1) // 2 * nodes
    if pairs > MOST_PAIRS:
        many = f"{options:,} options on {nodes:,} criteria make {pairs:,} pairs whose order may change"
        raise AukusMcdaError(f"{many}; at most {MOST_PAIRS:,} are followed. {remedy}")


@guarded(WeightsError)
def stability(case: Case, weights: GivenWeights, keep: Literal["leader", "order"] = "leader") -> pd.DataFrame:
    """How far each criterion's share can move before the leader, or the whole order, changes.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion.
    keep : {"leader", "order"}
        What must stay.

    Returns
    -------
    DataFrame
        By criterion, at every level of the tree: current (the share now); low and
        high, the ends of the interval around it in which every option that leads now
        still does, or no two options turn their order; below and above, who moves up
        just outside (blank where the end is 0 or 1); note, why a criterion cannot be
        swept, with NaN for its ends. Where options tie now and part, the interval is
        the share itself.

    Raises
    ------
    AukusMcdaError
        When there are more than 8 million pairs whose order is to stay.

    References
    ----------
    Mareschal (1988), "Weight stability intervals in multicriteria decision aid",
    European Journal of Operational Research 33.

    Examples
    --------
    >>> from aukus_mcda import load_case, stability
    >>> found = stability(load_case("aukus_plus_two"), "baseline")
    >>> bool((found["low"] <= found["current"]).all() and (found["current"] <= found["high"]).all())
    True
    """
    run = score_lines(case, weights)
    if keep == "order":
        require_few_pairs(run, "Ask how far the leader keeps its place: keep='leader'.")
    front = run.now >= run.now.max() - TIE if keep == "leader" else np.full(len(run.now), True)
    stands = front[:, None] & (run.now[:, None] - run.now >= -TIE) & ~np.eye(len(run.now), dtype=bool)
    better, worse = np.nonzero(stands)
    gap0, gap1 = (end[:, better] - end[:, worse] for end in (run.at0, run.at1))
    now = run.share[:, None]
    tied = np.abs(gap0 + (gap1 - gap0) * now) <= TIE  # turns where it stands, unless it ties at every share
    turns = np.divide(gap0, gap0 - gap1, out=np.zeros_like(gap0), where=np.abs(gap0 - gap1) > TIE)
    below = np.where(gap0 < -TIE, np.where(tied, now, np.minimum(turns, now)), -np.inf)
    above = np.where(gap1 < -TIE, np.where(tied, now, np.maximum(turns, now)), np.inf)
    low, high = below.max(axis=1, initial=0.0), above.min(axis=1, initial=1.0)
    table = pd.DataFrame({"current": run.share, "low": low, "high": high}, index=run.nodes)
    for side, turn, end, beyond in (("below", below, low, run.at0), ("above", above, high, run.at1)):
        rising = [np.unique(worse[bound]) for bound in np.abs(turn - end[:, None]) <= SAME_SHARE]
        ends = zip(rising, beyond, strict=True)
        table[side] = [best_of(run.options[each], scores[each]) if len(each) else "" for each, scores in ends]
    return _noted(table, run, ["low", "high"])


@guarded(WeightsError)
def leave_one_out(case: Case, weights: GivenWeights) -> pd.DataFrame:
    """The ranking without each criterion, the others keeping their proportions.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion.

    Returns
    -------
    DataFrame
        By criterion, leaves and branches: leader without it, leader_changes,
        order_changes (some two options stand or tie otherwise than now), kendall_tau
        (rank correlation tau-b with the ranking now; NaN when either is all ties),
        note, why a criterion cannot be left out, the rest then blank.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.

    References
    ----------
    Kendall (1945), "The treatment of ties in ranking problems",
    doi:10.1093/biomet/33.3.239.

    Examples
    --------
    >>> from aukus_mcda import leave_one_out, load_case
    >>> list(leave_one_out(load_case("aukus_plus_two"), "baseline").columns)
    ['leader', 'leader_changes', 'order_changes', 'kendall_tau', 'note']
    """
    run = score_lines(case, weights)
    now = ranks(run.now)
    without = [ranks(scores) for scores in run.at0]
    leaders = [best_of(run.options, scores) for scores in run.at0]
    table = pd.DataFrame({"leader": leaders}, index=run.nodes)
    table["leader_changes"] = (table["leader"] != best_of(run.options, run.now)).astype("boolean")
    table["order_changes"] = pd.array([(now != other).any() for other in without], dtype="boolean")
    table["kendall_tau"] = np.array([tau_b(now, other) for other in without], dtype=float)
    return _noted(table, run, ["leader_changes", "order_changes", "kendall_tau"])


@guarded(WeightsError)
def switch_points(case: Case, weights: GivenWeights) -> pd.DataFrame:
    """How far each single score must move, in its own unit, to change the leader.

    A leader's score gets worse until the best of the others draws level; another
    option's gets better until it draws level with the leader.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion.

    Returns
    -------
    DataFrame
        By option and criterion (a leaf): likely, the score now; switch, the score at
        which the lead is tied, any further changing it, and NaN where no score between
        the anchors does it; change, switch less likely; leads, whether the option leads
        now; new_leader, who leads beyond it; within_range, whether switch lies from low
        to high.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.

    Notes
    -----
    A gap of g points takes g / w points of value on a leaf of weight w, read back
    through the leaf's value function. Where that is flat, the far end counts.

    Examples
    --------
    >>> from aukus_mcda import load_case, switch_points
    >>> found = switch_points(load_case("aukus_plus_two"), "baseline")
    >>> bool((found["within_range"] <= found["switch"].notna()).all())
    True
    """
    run = contest(case, weights)
    options, now, leads = run.score.index, run.score.to_numpy(), run.leads
    others = np.where(np.eye(len(now), dtype=bool), -np.inf, now)
    rival = others.max(axis=1)
    gap = np.where(leads, np.minimum(rival - now, 0), rival - now)
    rows = zip(leads, others, options, strict=True)
    heirs = [best_of(options, row) if led and len(now) > 1 else option for led, row, option in rows]
    scores = case.scores[["low", "likely", "high"]].unstack("criterion").loc[options]
    low, likely, high = (scores[end][list(case.leaves)] for end in ("low", "likely", "high"))
    share = run.share[likely.columns].to_numpy()
    free = np.isfinite(gap)[:, None] & (share > 0)
    needs = np.divide(gap[:, None], share, out=np.full(likely.shape, np.nan), where=free)
    target = case.values.loc[options, likely.columns] + needs
    switch, slack = target.copy(), {}
    for leaf in likely:
        scale = case.value_function(leaf)
        better, worse = (scale.inverse(target[leaf], side=side) for side in ("better", "worse"))
        switch[leaf], slack[leaf] = np.where(leads, worse, better), SAME_SHARE * abs(scale.best - scale.worst)
    within = (low - pd.Series(slack) <= switch) & (switch <= high + pd.Series(slack))
    table = {
        "likely": likely,
        "switch": switch,
        "change": switch - likely,
        "leads": np.repeat(leads[:, None], len(likely.columns), axis=1),
        "new_leader": np.where(switch.isna(), "", np.array(heirs, dtype=object)[:, None]),
        "within_range": within,
    }
    index = pd.MultiIndex.from_product([options, likely.columns], names=["option", "criterion"])
    return pd.DataFrame({name: np.ravel(each) for name, each in table.items()}, index=index)


def _noted(table: pd.DataFrame, run: Lines, columns: list[str]) -> pd.DataFrame:
    """A table by node with why a node cannot be swept, and then nothing in some of its columns."""
    table.loc[run.notes != "", columns] = np.nan
    return table.assign(note=run.notes).rename_axis("criterion")


def share_ends(weights: Array, inside: NDArray[np.bool_]) -> tuple[Array, Array, Array]:
    """Each node's share, and the weights when it is 0 and when it is 1.

    Parameters
    ----------
    weights : array, shape (k,)
        Weights of the leaves.
    inside : array, shape (m, k)
        Which leaves each node holds.

    Returns
    -------
    share : array, shape (m,)
    without, alone : array, shape (m, k)
        Weights with the share at 0 and at 1. A row is NaN where the leaves that
        have to take the weight have none now, hence no proportions to keep; one
        leaf alone needs none.

    Examples
    --------
    >>> share, without, alone = share_ends(np.array([0.5, 0.25, 0.25]), np.array([[False, True, True]]))
    >>> share.tolist(), without.tolist(), alone.tolist()
    ([0.5], [[1.0, 0.0, 0.0]], [[0.0, 0.5, 0.5]])
    """
    scaled = []
    for held in (~inside, inside):
        parts = np.where(held, weights, 0.0)
        alone = np.where(held.sum(axis=1, keepdims=True) == 1, held, 0.0)
        parts = np.where(parts.any(axis=1, keepdims=True), parts, alone)
        total = parts.sum(axis=1, keepdims=True)
        scaled.append(np.divide(parts, total, out=np.full(parts.shape, np.nan), where=total > 0))
    return np.where(inside, weights, 0.0).sum(axis=1) / weights.sum(), scaled[0], scaled[1]


def leader_changes(at0: Array, at1: Array) -> list[float]:
    """The shares at which the upper envelope of straight lines bends, in order.

    Parameters
    ----------
    at0, at1 : array, shape (n,)
        Each line's height at 0 and at 1. Lines equal at both ends, to the tie
        tolerance, are one line.

    Examples
    --------
    >>> leader_changes(np.array([80.0, 60.0, 0.0]), np.array([0.0, 60.0, 90.0]))
    [0.25, 0.6666666666666666]
    """
    found: list[float] = []
    top = np.flatnonzero(at0 >= at0.max() - TIE)
    leader = top[at1[top].argmax()]
    while True:
        ahead, behind = at0[leader] - at0, at1 - at1[leader]
        rivals = np.flatnonzero((ahead > TIE) & (behind > TIE))
        if not len(rivals):
            return found
        shares = ahead[rivals] / (ahead[rivals] + behind[rivals])
        first = rivals[shares <= shares.min() + SAME_SHARE]
        found.append(float(shares.min()))
        leader = first[at1[first].argmax()]


@dataclass(frozen=True, eq=False)
class Lines:
    """Scores now, (n,), and at share 0 and 1 of each of m nodes, (m, n): NaN where a note says why it has none."""

    options: pd.Index
    now: Array
    nodes: list[str]
    share: Array
    at0: Array
    at1: Array
    notes: Array


def score_lines(case: Case, weights: GivenWeights, criterion: str | None = None) -> Lines:
    """The lines of every criterion, or of one.

    Raises
    ------
    WeightsError
        When the criterion is unknown or cannot be swept.
    """
    parents = case.criteria["parent"].to_dict()
    if criterion is not None and criterion not in parents:
        raise WeightsError(f"No criterion called {criterion!r}. There are: {', '.join(parents)}.")
    run = contest(case, weights)
    given = run.share
    nodes = list(parents) if criterion is None else [criterion]
    branches = [case.branch_of(leaf) for leaf in given.index]
    inside = np.array([[node in branch for branch in branches] for node in nodes])
    share, without, alone = share_ends(given.to_numpy(), inside)
    notes = np.full(len(nodes), "", dtype=object)
    for place, node in enumerate(nodes):
        if np.isnan(alone[place]).any() and run.weights.parents.to_dict() == parents:
            alone[place] = down_branches(run.weights.shares, run.weights.parents, given.index, node)
        if np.isnan(without[place]).any():
            notes[place] = f"{node} has all the weight; the others have no proportions to keep."
        elif np.isnan(alone[place]).any():
            notes[place] = f"Every leaf of {node} has weight 0; they have no proportions to keep."
    if criterion is not None and notes[0]:
        raise WeightsError(notes[0])
    values, kept = np.ascontiguousarray(run.values.to_numpy()).T, notes == ""
    at0, at1 = np.full((2, len(nodes), len(run.score)), np.nan)
    at0[kept], at1[kept] = without[kept] @ values, alone[kept] @ values
    return Lines(run.values.index, run.score.to_numpy(), nodes, share, at0, at1, notes)


def leaders_along(start: Array, slope: Array, low: float, high: float) -> list[Stretch]:
    """Which of some straight lines is highest, from ``low`` to ``high``: exact, stretch by stretch.

    Examples
    --------
    >>> import numpy as np
    >>> leaders_along(np.array([1.0, 0.0]), np.array([0.0, 2.0]), 0, 1)
    [(0, 0.5, 0), (0.5, 1.0, 1)]
    """
    breaks = leader_changes(start + slope * low, start + slope * high)
    shares = [low, *(low + share * (high - low) for share in breaks), float(high)]
    return [(at, to, int((start + slope * (at + to) / 2).argmax())) for at, to in pairwise(shares)]


def doubt(stretches: list[Stretch]) -> float:
    """How evenly a range is split between leaders: the part of it that the most frequent one does not lead in."""
    parts = pd.Series([to - start for start, to, _ in stretches]).groupby([each for *_, each in stretches]).sum()
    return float(1 - parts.max() / parts.sum()) if parts.sum() > 0 else 0.0
