"""Scores as straight lines: what each becomes as a criterion's share of the weight goes from 0 to 1.

The *share* of a criterion, at any level of the value tree, is the sum of its
leaves' weights. As it moves, leaves inside it keep their proportions and so do
leaves outside it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, WeightsError
from ..weights import TIE, Array, Points, Weights, by_siblings, down_branches, shares_of
from .additive import require_case

SAME = 1e-12
"""Shares nearer to each other than this are one share."""


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
        parts = np.where(
            parts.any(axis=1, keepdims=True), parts, np.where(held.sum(axis=1, keepdims=True) == 1, held, 0.0)
        )
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
        first = rivals[shares <= shares.min() + SAME]
        found.append(float(shares.min()))
        leader = first[at1[first].argmax()]


def bounds_of_order(
    at0: Array, at1: Array, share: Array, better: NDArray[np.intp], worse: NDArray[np.intp]
) -> tuple[Array, Array]:
    """The share at which each pair's order turns, going down and going up from now.

    Parameters
    ----------
    at0, at1 : array, shape (m, n)
        Scores of n options at share 0 and 1 of m nodes.
    share : array, shape (m,)
        The nodes' shares now.
    better, worse : array, shape (p,)
        Positions of pairs that now stand in this order or tie.

    Returns
    -------
    low, high : array, shape (m, p)
        -inf or inf where the order never turns on that side. A pair that ties
        now turns where it stands, unless it ties at every share.
    """
    gap0, gap1 = at0[:, better] - at0[:, worse], at1[:, better] - at1[:, worse]
    now = share[:, None]
    tied = np.abs(gap0 + (gap1 - gap0) * now) <= TIE
    turns = np.divide(gap0, gap0 - gap1, out=np.zeros_like(gap0), where=np.abs(gap0 - gap1) > TIE)
    low = np.where(gap0 < -TIE, np.where(tied, now, np.minimum(turns, now)), -np.inf)
    high = np.where(gap1 < -TIE, np.where(tied, now, np.maximum(turns, now)), np.inf)
    return low, high


@dataclass(frozen=True, eq=False)
class Contest:
    """The options that compete, those that pass every screen, and the weights, all in the order of ids.

    Attributes
    ----------
    values : DataFrame
        Options x leaves, 0-100.
    weights : Weights
    share : Series
        Weights of the leaves.
    score : Series
        Scores of the options.
    """

    values: pd.DataFrame
    weights: Weights
    share: pd.Series
    score: pd.Series

    @property
    def leads(self) -> NDArray[np.bool_]:
        """Which options lead or tie for the lead, shape (n,)."""
        return np.asarray(self.score >= self.score.max() - TIE)


def competing(case: Case) -> pd.DataFrame:
    """Values 0-100 of the options that pass every screen; options and leaves in the order of ids.

    Raises
    ------
    AukusMcdaError
        When there is none.
    """
    require_case(case)
    values = case.values.drop(index=case.screened.index).sort_index().sort_index(axis=1)
    if values.empty:
        raise AukusMcdaError("No option passes every screen: there is nothing to compare.")
    return values


def contest(case: Case, weights: Weights | str | Points) -> Contest:
    """What competes under which weights.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.
    AukusMcdaError
        When no option passes every screen.
    """
    values, fitted = competing(case), case.weights(weights)
    share = fitted.values[values.columns]
    score = np.ascontiguousarray(values.to_numpy()) @ share.to_numpy()
    return Contest(values, fitted, share, pd.Series(score, index=values.index, name="score"))


def best_of(options: pd.Index, scores: Array) -> str:
    """The options with the greatest score, ids joined by ``;``."""
    return ";".join(sorted(options[scores >= scores.max() - TIE]))


@dataclass(frozen=True, eq=False)
class Lines:
    """Scores now, (n,), and at share 0 and 1 of each of m nodes, (m, n).

    ``every`` node asked for is either among ``nodes`` or, if it cannot be swept,
    in ``refused`` with its share and the reason.
    """

    options: pd.Index
    now: Array
    every: list[str]
    nodes: list[str]
    share: Array
    at0: Array
    at1: Array
    refused: dict[str, tuple[float, str]]


def lines(case: Case, weights: Weights | str | Points, criterion: str | None = None) -> Lines:
    """The lines of every criterion, or of one.

    Raises
    ------
    WeightsError
        When the criterion is unknown or cannot be swept.
    """
    require_case(case)
    parents = case.criteria["parent"].to_dict()
    if criterion is not None and criterion not in parents:
        raise WeightsError(f"No criterion called {criterion!r}. There are: {', '.join(parents)}.")
    run = contest(case, weights)
    given = run.share
    held = {node: {node} for node in parents}
    for leaf in case.leaves:
        node = leaf
        while node := parents[node]:
            held[node].add(leaf)
    nodes = list(parents) if criterion is None else [criterion]
    inside = np.array([[leaf in held[node] for leaf in given.index] for node in nodes])
    share, without, alone = share_ends(given.to_numpy(), inside)
    refused = {}
    for place, node in enumerate(nodes):
        if np.isnan(alone[place]).any() and run.weights.parents.to_dict() == parents:
            alone[place] = _by_points(run.weights, node, inside[place], given.index)
        if np.isnan(without[place]).any():
            refused[node] = (share[place], f"{node} has all the weight; the others have no proportions to keep.")
        elif np.isnan(alone[place]).any():
            refused[node] = (share[place], f"Every leaf of {node} has weight 0; they have no proportions to keep.")
    if criterion in refused:
        raise WeightsError(refused[criterion][1])
    kept = np.array([node not in refused for node in nodes])
    values = np.ascontiguousarray(run.values.to_numpy()).T
    return Lines(
        options=run.values.index,
        now=run.score.to_numpy(),
        every=nodes,
        nodes=[node for node in nodes if node not in refused],
        share=share[kept],
        at0=without[kept] @ values,
        at1=alone[kept] @ values,
        refused=refused,
    )


def _by_points(weights: Weights, node: str, inside: NDArray[np.bool_], leaves: pd.Index) -> Array:
    """Weights of the leaves, shape (k,), with all of it in a branch, split by the swing points inside."""
    tree, shares = weights.parents.copy(), by_siblings(shares_of, weights.points, weights.parents)
    tree[node], shares[node] = "", 1.0
    split = down_branches(shares, tree, leaves[inside])
    return np.array([split.get(leaf, 0.0) for leaf in leaves])
