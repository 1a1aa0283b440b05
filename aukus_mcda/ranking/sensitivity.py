"""One-way sensitivity, exact: what one criterion's weight, one criterion or one score does to the ranking.

The *share* of a criterion, at any level of the value tree, is the sum of its
leaves' weights. As it goes from 0 to 1, leaves inside it keep their proportions
and so do leaves outside it. Every score is then a straight line in the share, so
everything here is in closed form. Only options that pass every screen compete.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import WeightsError
from ..guard import Whole, guarded
from ..weights import TIE, Array, Points, Weights
from .shares import SAME, Lines, best_of, bounds_of_order, contest, leader_changes, lines

Shares: TypeAlias = Annotated[int, Whole(2, 100_001)]
Steps: TypeAlias = Annotated[int, Whole(1, 1000)]


@guarded(WeightsError)
def sweep(case: Case, weights: Weights | str | Points, criterion: str, *, points: Shares = 101) -> pd.DataFrame:
    """Scores of all ranked options as one criterion's share of the weight goes from 0 to 1.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.
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
    >>> from aukus_mcda import load_case
    >>> sweep(load_case("aukus_plus_two"), "baseline", "escalation").shape
    (101, 10)
    """
    run = lines(case, weights, criterion)
    shares = np.linspace(0, 1, points)[:, None]
    scores = run.at0 * (1 - shares) + run.at1 * shares
    best_first = np.argsort(-run.now, kind="stable")
    return pd.DataFrame(scores, index=pd.Index(shares[:, 0], name="share"), columns=run.options).iloc[:, best_first]


@guarded(WeightsError)
def break_points(case: Case, weights: Weights | str | Points, criterion: str | None = None) -> pd.DataFrame:
    """Every share at which the leader changes, and at which any two options change order.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.
    criterion : str, optional
        One criterion, at any level of the tree; without it, all that can be swept.

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

    Notes
    -----
    With d0 and d1 a pair's difference in score at share 0 and 1, the break point is
    d0 / (d0 - d1); those of the leader are where the upper envelope of the lines bends.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> found = break_points(load_case("aukus_plus_two"), "baseline", "escalation")
    >>> list(found.columns)
    ['criterion', 'share', 'current', 'kind', 'below', 'above', 'distance']
    """
    run = lines(case, weights, criterion)
    first, second = np.triu_indices(len(run.options), 1)
    gap0, gap1 = (end[:, first] - end[:, second] for end in (run.at0, run.at1))
    node, pair = np.nonzero(((gap0 > TIE) & (gap1 < -TIE)) | ((gap0 < -TIE) & (gap1 > TIE)))
    d0, d1 = gap0[node, pair], gap1[node, pair]
    names = run.options.to_numpy(dtype=object)
    low, high = names[first[pair]], names[second[pair]]
    pairs = pd.DataFrame(
        {
            "node": node,
            "share": d0 / (d0 - d1),
            "kind": "pair",
            "below": np.where(d0 > 0, low, high),
            "above": np.where(d0 > 0, high, low),
        }
    )
    rows = []
    for place, (at0, at1) in enumerate(zip(run.at0, run.at1, strict=True)):
        breaks = leader_changes(at0, at1)
        between = np.convolve([0.0, *breaks, 1.0], [0.5, 0.5], "valid")
        led = [best_of(run.options, at0 * (1 - share) + at1 * share) for share in between]
        rows += [(place, *row) for row in zip(breaks, ["leader"] * len(breaks), led[:-1], led[1:], strict=True)]
    found = pd.concat([pd.DataFrame(rows, columns=pairs.columns).astype(pairs.dtypes), pairs])
    found = found.sort_values(["node", "share", "kind", "below", "above"], kind="stable", ignore_index=True)
    at = found.pop("node").to_numpy(dtype=int)
    found.insert(0, "criterion", np.array(run.nodes, dtype=object)[at])
    found.insert(2, "current", run.share[at])
    return found.assign(distance=(found["share"] - found["current"]).abs())


@guarded(WeightsError)
def stability(case: Case, weights: Weights | str | Points, keep: Literal["leader", "order"] = "leader") -> pd.DataFrame:
    """How far each criterion's share can move before the leader, or the whole order, changes.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.
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
    WeightsError
        When the weights do not fit the case.

    References
    ----------
    Mareschal (1988), "Weight stability intervals in multicriteria decision aid",
    European Journal of Operational Research 33.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> found = stability(load_case("aukus_plus_two"), "baseline")
    >>> bool((found["low"] <= found["current"]).all() and (found["current"] <= found["high"]).all())
    True
    """
    run = lines(case, weights)
    front = run.now >= run.now.max() - TIE if keep == "leader" else np.full(len(run.now), True)
    stands = front[:, None] & (run.now[:, None] - run.now >= -TIE) & ~np.eye(len(run.now), dtype=bool)
    better, worse = np.nonzero(stands)
    table = pd.DataFrame({"current": run.share}, index=run.nodes)
    turns = bounds_of_order(run.at0, run.at1, run.share, better, worse)
    table["low"] = turns[0].max(axis=1, initial=0.0)
    table["high"] = turns[1].min(axis=1, initial=1.0)
    for side, turn, end, beyond in (
        ("below", turns[0], table["low"], run.at0),
        ("above", turns[1], table["high"], run.at1),
    ):
        binding = np.abs(turn - end.to_numpy()[:, None]) <= SAME
        table[side] = _texts(
            best_of(run.options[challengers], scores[challengers]) if len(challengers) else ""
            for challengers, scores in zip((np.unique(worse[bound]) for bound in binding), beyond, strict=True)
        )
    table = _with_refused(table, run)
    table["current"] = table["current"].fillna({node: share for node, (share, _) in run.refused.items()})
    return table


@guarded(WeightsError)
def leave_one_out(case: Case, weights: Weights | str | Points) -> pd.DataFrame:
    """The ranking without each criterion, the others keeping their proportions.

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
    >>> from aukus_mcda import load_case
    >>> list(leave_one_out(load_case("aukus_plus_two"), "baseline").columns)
    ['leader', 'leader_changes', 'order_changes', 'kendall_tau', 'note']
    """
    run = lines(case, weights)
    now, without = (_signs(scores) for scores in (run.now[None], run.at0))
    ties = np.sqrt((now**2).sum(axis=(1, 2)) * (without**2).sum(axis=(1, 2)))
    tau = np.divide((now * without).sum(axis=(1, 2)), ties, out=np.full(len(ties), np.nan), where=ties > 0)
    table = pd.DataFrame({"leader": _texts(best_of(run.options, scores) for scores in run.at0)}, index=run.nodes)
    table["leader_changes"] = (table["leader"] != best_of(run.options, run.now)).astype("boolean")
    table["order_changes"] = pd.array((now != without).any(axis=(1, 2)), dtype="boolean")
    return _with_refused(table.assign(kendall_tau=tau), run)


@guarded(WeightsError)
def switch_points(case: Case, weights: Weights | str | Points) -> pd.DataFrame:
    """How far each single score must move, in its own unit, to change the leader.

    A leader's score gets worse until the best of the others draws level; another
    option's gets better until it draws level with the leader.

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
    >>> from aukus_mcda import load_case
    >>> found = switch_points(load_case("aukus_plus_two"), "baseline")
    >>> bool((found["within_range"] <= found["switch"].notna()).all())
    True
    """
    run = contest(case, weights)
    options, now, leads = run.score.index, run.score.to_numpy(), run.leads
    others = np.where(np.eye(len(now), dtype=bool), -np.inf, now)
    rival = others.max(axis=1)
    gap = np.where(leads, np.minimum(rival - now, 0), rival - now)
    heirs = [
        best_of(options, row) if led and len(now) > 1 else option
        for led, row, option in zip(leads, others, options, strict=True)
    ]
    low, likely, high = (
        case.scores[end].unstack("criterion").loc[options, list(case.leaves)] for end in ("low", "likely", "high")
    )
    share = run.share[likely.columns].to_numpy()
    free = np.isfinite(gap)[:, None] & (share > 0)
    needs = np.divide(gap[:, None], share, out=np.full(likely.shape, np.nan), where=free)
    target = case.values.loc[options, likely.columns] + needs
    switch, slack = target.copy(), {}
    for leaf in likely:
        scale = case.value_function(leaf)
        better, worse = (scale.inverse(target[leaf], side=side) for side in ("better", "worse"))
        switch[leaf], slack[leaf] = np.where(leads, worse, better), SAME * abs(scale.best - scale.worst)
    within = (low - pd.Series(slack) <= switch) & (switch <= high + pd.Series(slack))
    shape = likely.shape
    return pd.DataFrame(
        {
            "likely": likely.to_numpy().ravel(),
            "switch": switch.to_numpy().ravel(),
            "change": (switch - likely).to_numpy().ravel(),
            "leads": np.repeat(leads, shape[1]),
            "new_leader": np.where(switch.isna(), "", np.array(heirs, dtype=object)[:, None]).ravel(),
            "within_range": within.to_numpy().ravel(),
        },
        index=pd.MultiIndex.from_product([options, likely.columns], names=["option", "criterion"]),
    )


@guarded(WeightsError)
def leaders_over(
    case: Case,
    weights: Weights | str | Points,
    criteria: tuple[str, str, str],
    *,
    steps: Steps = 60,
) -> pd.DataFrame:
    """Who leads as three criteria share the weight they have between them.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`; the other criteria keep their weights.
    criteria : tuple of three str
        At any level of the tree, none beneath another.
    steps : int
        How finely each side of the triangle is divided.

    Returns
    -------
    DataFrame
        A row per point of the triangle: the share of each of the three, and leader
        (by id where several tie).

    Raises
    ------
    WeightsError
        When a criterion is unknown, beneath another of the three, or without weight.
    AukusMcdaError
        When the number of steps is none, or no option passes every screen.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> three = ("deterrence", "escalation", "acceptability")
    >>> found = leaders_over(load_case("aukus_plus_two"), "baseline", three, steps=10)
    >>> len(found), list(found.columns)[-1]
    (66, 'leader')
    """
    run = contest(case, weights)
    beneath = {each: [leaf for leaf in case.leaves if each in case.branch_of(leaf)] for each in criteria}
    held = [leaf for leaves in beneath.values() for leaf in leaves]
    if len(set(criteria)) < 3 or len(set(held)) < len(held) or not all(beneath.values()):
        raise WeightsError(f"Name three criteria of the case, none beneath another, not {', '.join(criteria)}.")
    share = run.share
    now = {each: float(share[leaves].sum()) for each, leaves in beneath.items()}
    if min(now.values()) <= 0:
        raise WeightsError("Each of the three criteria needs some weight now: its leaves have no proportions to keep.")
    values = case.values.loc[run.score.index]
    each_alone = np.stack([values[leaves] @ share[leaves] / now[each] for each, leaves in beneath.items()])
    rest = (values.drop(columns=held) @ share.drop(held)).to_numpy()
    grid = np.array([(a, b, steps - a - b) for a in range(steps + 1) for b in range(steps + 1 - a)]) / steps
    grid *= sum(now.values())
    scores = grid @ each_alone + rest
    ids = sorted(range(len(run.score)), key=lambda place: str(run.score.index[place]))
    best = np.array(ids)[np.argmax(scores[:, ids] >= scores.max(axis=1, keepdims=True) - TIE, axis=1)]
    return pd.DataFrame(grid, columns=list(criteria)).assign(leader=run.score.index.to_numpy()[best])


def _with_refused(table: pd.DataFrame, run: Lines) -> pd.DataFrame:
    """A table by node with the nodes that cannot be swept, blank but for a note that says why."""
    whole = table.reindex(run.every)
    whole = whole.fillna({name: "" for name in ("leader", "below", "above") if name in whole})
    notes = [run.refused[node][1] if node in run.refused else "" for node in run.every]
    return whole.assign(note=_texts(notes)).rename_axis("criterion")


def _texts(words: Iterable[str]) -> NDArray[np.object_]:
    return np.array(list(words), dtype=object)


def _signs(scores: Array) -> NDArray[np.int64]:
    """Who of each two is ahead, shape (m, n, n), from scores (m, n): 1, -1, or 0 for a tie."""
    gap = scores[:, :, None] - scores[:, None, :]
    return (gap > TIE).astype(np.int64) - (gap < -TIE)
