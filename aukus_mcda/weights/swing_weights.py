# SPDX-License-Identifier: Apache-2.0
"""Swing weights: what going from worst to best on each scale is worth, and between which ends it was judged.

Points are given among siblings of the value tree, 100 to the biggest swing; a
leaf's weight is the product of its branch's shares. All weights are keyed by
criterion id and add up to 1 over the leaves.

Points with a range are drawn as they were judged: those of a group by PERT between low, likely and high, each by
itself, and divided by their sum, then down the tree. What can be drawn is exactly what keeps the ratios that the ends
allow among siblings (``docs/decisions/0013-weights-drawn-as-judged.md``).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import WeightsError, is_key, is_number, keyed, label_faults, listed, number_faults, refuse, shown
from ..guard import OrEndless, guarded
from .programs import Array
from .sampling import fill_pert

Points: TypeAlias = Mapping[str, float] | pd.Series
Ratios: TypeAlias = Mapping[tuple[str, str], float] | pd.Series

CLOSE = 0.05
"""Shares of weight and of leaves this near to each other suggest that counting leaves set the weights."""

PART = 4_096
"""Draws that are made together, few enough to stay in the processor's cache. Part of what a seed means."""


@guarded(WeightsError)
@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of the leaves, and how they came about.

    Attributes
    ----------
    values : pandas.Series
        Weight per leaf, indexed by criterion id; non-negative, sums to 1.
    method : str
        How they were set, e.g. ``swing``.
    name : str
        The profile's name, or blank.
    points : pandas.Series
        The swing points the weights were made from, for every node of the tree;
        empty for other methods.
    parents : pandas.Series
        The parent of every node, ``""`` for a root.
    low, high : pandas.Series or None
        Least and greatest weight of each leaf that the answers allow; None when
        they say nothing of a range. They are bounds, each reached by itself; weights
        are drawn from what was judged, see `weight_range`.
    point_range : pandas.DataFrame or None
        Low and high swing points per node, where they were given.
    consistency : float or None
        The method's own measure of consistency, where it has one.
    details : dict
        Further figures of the method, by name.
    findings : tuple of str
        What a reviewer should know about these weights.
    anchors : str or None
        Digest of the anchors the swings were judged on; weights are refused for
        a case whose anchors differ. None: not tied to a case.

    Examples
    --------
    >>> from aukus_mcda import swing
    >>> swing({"reach": 100, "cost": 25}).values.to_dict()
    {'reach': 0.8, 'cost': 0.2}
    """

    values: pd.Series
    method: str
    name: str = ""
    points: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    parents: pd.Series = field(default_factory=lambda: pd.Series(dtype=str))
    low: pd.Series | None = None
    high: pd.Series | None = None
    point_range: pd.DataFrame | None = None
    consistency: OrEndless | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    anchors: str | None = None

    @property
    def vary(self) -> bool:
        """Whether the answers allow other weights than these: low and high are given and differ."""
        return self.low is not None and self.high is not None and bool((self.high - self.low > 1e-9).any())

    @property
    def judged(self) -> pd.DataFrame:
        """Low, likely and high points by node; where no points have a range, the leaves' weights with their ends.

        Examples
        --------
        >>> from aukus_mcda import swing
        >>> swing({"reach": 100, "cost": 50}, low={"cost": 40}).judged.loc["cost"].to_dict()
        {'low': 40.0, 'likely': 50.0, 'high': 50.0}
        """
        if self.point_range is not None:
            ends = self.point_range
            refuse(label_faults(ends.index, self.points.index, unknown="There is a range and no points for {}."))
            return ends.assign(likely=self.points)[["low", "likely", "high"]]
        likely = self.values
        low, high = (likely if end is None else end for end in (self.low, self.high))
        return pd.DataFrame({"low": low.clip(upper=likely), "likely": likely, "high": high.clip(lower=likely)})

    @property
    def shares(self) -> pd.Series:
        """Each node's share in the points of its siblings, by id."""
        return by_siblings(shares_of, self.points, self.parents)

    def share_range(self, one: str, other: str) -> tuple[float, float]:
        """The least and the greatest share that one of two siblings can have of the weight of both, as judged.

        Their points lie anywhere between low and high; where no range was judged at all, the share is anywhere from 0
        to 1.

        Raises
        ------
        WeightsError
            When one of them is no criterion that these weights were made for.
        """
        refuse(label_faults([one, other], self.points.index, unknown="No criterion called {}; there are {known}."))
        if self.point_range is None:
            return 0.0, 1.0
        low, high = self.point_range["low"], self.point_range["high"]
        ends = [(low[one], high[other]), (high[one], low[other])]
        least, greatest = (float(ours / (ours + theirs)) if ours + theirs > 0 else 0.5 for ours, theirs in ends)
        return least, greatest

    def change(self, points: Points) -> Weights:
        """The same weights with some swing points changed, the others kept.

        A changed criterion loses its low and high points; they were judged
        around the old ones.

        Parameters
        ----------
        points
            New swing points by criterion id, at any level of the tree.

        Raises
        ------
        WeightsError
            When a criterion is unknown, its points are not a number >= 0, or
            these weights were not made from swing points.

        Examples
        --------
        >>> from aukus_mcda import swing
        >>> two = swing({"deterrence": 100, "escalation": 50})
        >>> two.change({"escalation": 100}).values.to_dict()
        {'deterrence': 0.5, 'escalation': 0.5}
        """
        if self.points.empty:
            raise WeightsError(f"These weights come from {self.method}, not from swing points: none can be changed.")
        changed = keyed(points, "Swing points")
        unknown = "No criterion called {}. There are: {known}."
        refuse(number_faults(changed, "Swing points") + label_faults(changed.index, self.points.index, unknown=unknown))
        points = self.points.copy()
        points.loc[changed.index] = changed.astype(float)
        ends = pd.DataFrame() if self.point_range is None else self.point_range.drop(index=changed.index)
        weights = swing(points, parents=self.parents, **ends, ratios=self.details.get("ratios"), anchors=self.anchors)
        return replace(weights, name=f"{self.name}, changed" if self.name else "")


GivenWeights: TypeAlias = Weights | str | Points
"""What names the weights of a case: weights, a profile's name, or swing points by id."""


@guarded(WeightsError)
def swing(
    points: Points,
    *,
    parents: Mapping[str, str] | pd.Series | None = None,
    low: Points | None = None,
    high: Points | None = None,
    ratios: Ratios | None = None,
    anchors: str | None = None,
) -> Weights:
    """Weights from swing points: a leaf's weight is the product of shares down its branch.

    Parameters
    ----------
    points : mapping or Series
        Points per criterion, 100 for the biggest swing among siblings; the others
        say what their swing is worth beside it.
    parents : mapping or Series, optional
        The parent of each criterion, ``""`` for a root. Without it all criteria
        are siblings.
    low, high : mapping or Series, optional
        Least and greatest points, for some or all criteria. The range of leaf
        weights they allow is in ``.low`` and ``.high``.
    ratios : mapping, optional
        Answers to control questions: ``(a, b)`` to how many times b's swing a's
        is worth, for siblings.
    anchors : str, optional
        Digest of the anchors the swings were judged on.

    Returns
    -------
    Weights
        ``.values`` over the leaves, summing to 1. With ``ratios``,
        ``.consistency`` is the factor by which the answer furthest from the
        points departs from them: 1 is perfect agreement, 1.5 half as much again.
        ``.details["branches"]`` sets each branch's share of weight beside its
        share of the leaves; a finding speaks up where, among siblings with
        unequal numbers of leaves, every share is within 0.05 of the other.

    Raises
    ------
    WeightsError
        With every fault: points missing, negative, not numbers, or all zero
        among siblings; a criterion or parent unknown, a tree that runs in a
        circle; low above points or high below; a ratio that is not above 0 or
        not between siblings.

    References
    ----------
    von Winterfeldt and Edwards (1986), *Decision Analysis and Behavioral Research*;
    Edwards and Barron (1994), doi:10.1006/obhd.1994.1087; splitting bias: Weber,
    Eisenführ and von Winterfeldt (1988), doi:10.1287/mnsc.34.4.431.

    Examples
    --------
    >>> from aukus_mcda import swing
    >>> swing({"reach": 100, "cost": 60, "time": 40}).values.to_dict()
    {'reach': 0.5, 'cost': 0.3, 'time': 0.2}
    >>> tree = {"gain": "", "risk": "", "war": "risk", "trade": "risk"}
    >>> swing({"gain": 100, "risk": 100, "war": 100, "trade": 25}, parents=tree).values.to_dict()
    {'gain': 0.5, 'war': 0.4, 'trade': 0.1}
    >>> swing({"reach": 100, "cost": 50}, ratios={("reach", "cost"): 3}).consistency
    1.5
    """
    judged = keyed(points, "Swing points")
    tree = pd.Series(dict.fromkeys(judged.index, "") if parents is None else parents, dtype=object).fillna("")
    missing, unknown = "No swing points for {}.", "No criterion called {}."
    faults = number_faults(judged, "Swing points") + tree_faults(tree)
    faults += label_faults(judged.index, tree.index, missing=missing, unknown=unknown, repeated="")
    given = {word: end for word, end in (("low", low), ("high", high)) if end is not None and len(end)}
    ends = {word: keyed(end, f"The {word} points") for word, end in given.items()}
    for word, end in ends.items():
        unknown = f"The {word} points name {{}}, which is not a criterion."
        faults += number_faults(end, f"The {word} points")
        faults += label_faults(end.index, tree.index, unknown=unknown, repeated="")
    answers = {} if ratios is None else dict(ratios.items())
    refuse(faults + ratio_faults(answers, tree))

    judged = judged[tree.index].astype(float) + 0.0  # -0.0 becomes 0.0
    span = pd.DataFrame({word: ends.get(word, judged).reindex(tree.index) for word in ("low", "high")}, dtype=float)
    span = span.apply(lambda end: end.fillna(judged)) + 0.0
    outside = ~judged.between(span["low"], span["high"])
    for name, least, most in span[outside].itertuples():
        faults.append(f"{name} has {shown(judged[name])} points, outside {shown(least)} to {shown(most)}.")
    for parent, siblings in judged.groupby(tree, sort=False):
        if not siblings.any():
            where = f"under {parent}" if parent else "at the top of the tree"
            faults.append(f"All swing points {where} are 0; at least one swing must matter.")
    refuse(faults)

    leaves = [name for name in tree.index if name not in set(tree)]
    shares = by_siblings(shares_of, judged, tree)
    weights = down_branches(shares, tree, leaves)
    weights = (weights / math.fsum(weights)).rename("weight")
    table = _branches(shares, tree)
    consistency, departures = ratio_departure(answers, judged)
    least = most = None
    if ends:
        least = down_branches(by_siblings(_extreme_shares, span, tree), tree, leaves).clip(upper=weights)
        greatest = by_siblings(_extreme_shares, span[["high", "low"]], tree)
        most = down_branches(greatest, tree, leaves).clip(lower=weights)
    return Weights(
        weights,
        "swing",
        points=judged,
        parents=tree,
        low=least,
        high=most,
        point_range=span if ends else None,
        consistency=consistency,
        details={"branches": table} | ({"ratios": answers} if answers else {}),
        findings=(*_untopped(judged, tree), *_splitting(table), *departures),
        anchors=anchors,
    )


@guarded(WeightsError)
def equal(criteria: Iterable[str], *, anchors: str | None = None) -> Weights:
    """The same weight for every criterion.

    Parameters
    ----------
    criteria : iterable of str
        The ids of the leaves.
    anchors : str, optional
        Digest of the anchors the weights are for.

    Returns
    -------
    Weights
        1/n each.

    Raises
    ------
    WeightsError
        When there is no criterion, or one is named twice or is not an id.

    Examples
    --------
    >>> from aukus_mcda import equal
    >>> equal(["reach", "cost"]).values.to_dict()
    {'reach': 0.5, 'cost': 0.5}
    """
    names = list(criteria)
    refuse(label_faults(names))
    return replace(swing(dict.fromkeys(names, 100.0), anchors=anchors), method="equal")


def tree_faults(tree: pd.Series) -> list[str]:
    """What keeps ``tree`` (node to parent, ``""`` for a root) from being a tree."""
    faults = label_faults(tree.index, repeated="{} has more than one parent.")
    odd = [(node, shown(parent)) for node, parent in tree.items() if not is_key(parent)]
    faults += [f"{node} has the parent {parent}, which is not an id." for node, parent in odd]
    if faults:
        return faults
    above = dict(tree)
    for node, parent in above.items():
        if parent and parent not in above:
            faults.append(f"{node} has the parent {parent}, which is not a criterion.")
        seen = {node}
        while parent in above and parent not in seen:
            seen.add(parent)
            parent = above[parent]
        if parent == node:
            faults.append(f"{node} is its own ancestor.")
    return faults


def ratio_faults(ratios: Mapping[Any, Any], tree: pd.Series) -> list[str]:
    """What is wrong with ratio answers ``(a, b) -> times``, given node to parent."""
    faults = []
    for pair, times in ratios.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            faults.append(f"A ratio is about two criteria, (a, b); {shown(pair)} is not.")
            continue
        a, b = pair
        unknown = [name for name in pair if name not in tree.index]
        if unknown:
            faults.append(f"The ratio of {a} to {b}: no criterion called {listed(unknown)}.")
        elif a == b:
            faults.append(f"The ratio of {a} to itself says nothing.")
        elif tree.index.is_unique and tree[a] != tree[b]:
            faults.append(f"The ratio of {a} to {b}: they are not siblings in the tree.")
        if not is_number(times) or times <= 0:
            faults.append(f"The ratio of {a} to {b} must be a finite number above 0, not {shown(times)}.")
    return faults


def ratio_departure(ratios: Mapping[tuple[str, str], float], points: pd.Series) -> tuple[float | None, list[str]]:
    """The greatest factor between a ratio answer and the points, and a finding on it.

    Examples
    --------
    >>> ratio_departure({("reach", "cost"): 4.0}, pd.Series({"reach": 100.0, "cost": 50.0}))[0]
    2.0
    """
    if not ratios:
        return None, []
    factors = {}
    for (a, b), times in ratios.items():
        known = points[a] > 0 and points[b] > 0
        one = float(times) * (points[b] / points[a]) if known else math.inf
        factors[a, b] = max(one, 1 / one)
    worst = max(sorted(factors, key=str), key=lambda pair: factors[pair])
    if factors[worst] <= 1 + 1e-9:
        return float(factors[worst]), []
    a, b = worst
    return float(factors[worst]), [
        f"The ratio answers depart from the swing points by up to a factor of {factors[worst]:.3g}: {a} was said to be "
        f"worth {ratios[worst]:.3g} times {b}, while their points are {points[a]:g} and {points[b]:g}."
    ]


def _untopped(points: pd.Series, tree: pd.Series) -> list[str]:
    """Findings on siblings none of which has the 100 points of the biggest swing."""
    return [
        f"None of {listed(siblings.index)} has 100 points: the biggest swing among siblings should, and "
        "the others be judged against it."
        for _, siblings in points.groupby(tree, sort=False)
        if len(siblings) > 1 and siblings.max() != 100
    ]


def _branches(shares: pd.Series, tree: pd.Series) -> pd.DataFrame:
    """Each node's share of its siblings' weight beside its share of their leaves.

    Returns
    -------
    DataFrame
        By node: parent, leaves (how many), share, share_of_leaves.
    """
    leaves = pd.Series(0, index=tree.index)
    for leaf in tree.index.difference(pd.Index(tree.unique())):
        node = leaf
        while node:
            leaves[node] += 1
            node = tree[node]
    table = pd.DataFrame({"parent": tree, "leaves": leaves, "share": shares})
    table["share_of_leaves"] = leaves / leaves.groupby(tree).transform("sum")
    return table.rename_axis("criterion")


def _splitting(table: pd.DataFrame) -> Iterator[str]:
    """Findings on branches whose weights follow the number of their leaves."""
    for _, siblings in table.groupby("parent", sort=False):
        close = (siblings["share"] - siblings["share_of_leaves"]).abs().max() <= CLOSE
        if siblings["leaves"].nunique() > 1 and close:
            yield (
                f"The weights of {listed(siblings.index)} follow the number of their leaves "
                f"({listed(siblings['leaves'])}): a sign of splitting bias. Ask for the branches' "
                "swings again without showing their leaves (Weber, Eisenführ and von Winterfeldt 1988)."
            )


def shares_of(points: pd.Series) -> pd.Series:
    """The share of each sibling in their points.

    Examples
    --------
    >>> shares_of(pd.Series({"reach": 100.0, "cost": 60.0, "time": 40.0})).to_dict()
    {'reach': 0.5, 'cost': 0.3, 'time': 0.2}
    """
    scaled = _scaled(points)
    return scaled / math.fsum(scaled)


def _extreme_shares(ends: pd.DataFrame) -> pd.Series:
    """The share of each sibling with its own points at the first end, and the others' at the second.

    Where all these are 0, so low and others high, any share is possible for it.
    """
    own, others = (list(scaled) for scaled in _scaled(ends).to_numpy().T)
    totals = [math.fsum([*others[:place], each, *others[place + 1 :]]) for place, each in enumerate(own)]
    none = float(ends.columns[0] == "low")
    shares = [each / total if total else none for each, total in zip(own, totals, strict=True)]
    return pd.Series(shares, index=ends.index)


def _scaled(points: Any) -> Any:
    """Points over a power of two, so that no sum overflows and no bit changes."""
    return np.ldexp(points, -math.frexp(points.to_numpy().max())[1])


def by_siblings(rule: Callable[[Any], pd.Series], points: pd.Series | pd.DataFrame, tree: pd.Series) -> pd.Series:
    """A rule applied to each group of siblings, put together again."""
    groups = points.groupby(tree.to_numpy(), sort=False)  # by a Series, pandas would write out all of it each time
    return pd.concat([rule(siblings) for _, siblings in groups])[tree.index]


def down_branches(shares: pd.Series, tree: pd.Series, leaves: Iterable[str], top: str = "") -> pd.Series:
    """The product of the shares from the root, or from another top, down to each leaf; 0 for a leaf not beneath it."""

    def down(node: str) -> float:
        if node == top:
            return 1.0
        return down(tree[node]) * float(shares[node]) if node else 0.0

    return pd.Series({leaf: down(leaf) for leaf in leaves}, dtype=float)


@dataclass(frozen=True, eq=False)
class SiblingPoints:
    """Ends of swing points over a value tree, as arrays; nodes in the order of their ids.

    Weighted sums need no program: in each group the children that gain least have the most.

    Attributes
    ----------
    nodes : tuple of str
    low, likely, high : array (n,)
        Points, those of each group over a power of two so that no sum overflows.
    groups : tuple of (int, array of int)
        From the top down: the node above, -1 at the top, and its children.
    leaves : array of int (k,)
        The nodes that are leaves, in the order wanted of the weights.
    """

    nodes: tuple[str, ...]
    low: Array
    likely: Array
    high: Array
    groups: tuple[tuple[int, NDArray[np.intp]], ...]
    leaves: NDArray[np.intp]

    @classmethod
    def of(cls, points: pd.DataFrame, parents: pd.Series, leaves: Sequence[str]) -> SiblingPoints:
        """From low, likely and high by node, and the parent of each, ``""`` for a root."""
        nodes = sorted(points.index)
        place = {node: number for number, node in enumerate(nodes)}
        ends = points.loc[nodes, ["low", "likely", "high"]].to_numpy(dtype=float).T.copy()
        children: dict[int, list[int]] = {}
        for node in nodes:
            children.setdefault(place.get(parents[node], -1), []).append(place[node])
        groups, above = [], [-1]
        for parent in above:  # grows while it is walked
            members = np.array(children[parent])
            above += [member for member in children[parent] if member in children]
            groups.append((parent, members))
            _, power = np.frexp(ends[2, members].max())
            ends[:, members] = np.ldexp(ends[:, members], -power) if len(members) > 1 else 1.0
        low, likely, high = ends
        return cls(tuple(nodes), low, likely, high, tuple(groups), np.array([place[leaf] for leaf in leaves]))

    @property
    def uncertain(self) -> NDArray[np.intp]:
        """The nodes whose points vary."""
        return np.flatnonzero(self.low < self.high)

    def units(self, rng: np.random.Generator, count: int) -> Array:
        """How far from low to high the points that vary lie, 0 to 1, shape ``(u, count)``."""
        vary = self.uncertain
        width = self.high[vary] - self.low[vary]
        drawn = rng.random((len(vary), count))
        if len(vary):
            fill_pert(drawn, tuple(((self.likely[vary] - self.low[vary]) / width).tolist()))
        return np.maximum(drawn, 0, out=drawn)  # the table can fall short of 0 by 1e-20

    def weigh(self, units: Array, out: Array) -> None:
        """Fill ``out (k, n)`` with the leaves' weights for ``units (u, n)``, which are used up."""
        share: list[Array | float] = self.likely.tolist()
        for node, unit in zip(self.uncertain, units, strict=True):
            unit *= self.high[node] - self.low[node]
            unit += self.low[node]
            share[node] = unit
        for parent, members in self.groups:
            total = sum(share[member] for member in members)
            factor = (share[parent] if parent >= 0 else 1.0) / total
            for member in members:
                share[member] = share[member] * factor
        for row, leaf in zip(out, self.leaves, strict=True):
            row[:] = share[leaf]

    def fill(self, rng: np.random.Generator, out: Array) -> None:
        """Fill ``out (k, n)`` with weights drawn as they were judged."""
        for start in range(0, out.shape[1], PART):
            part = out[:, start : start + PART]
            self.weigh(self.units(rng, part.shape[1]), part)

    def lightest(self, gains: Array) -> Array:
        """Weights (m, k) that give each of ``gains (m, k)`` the least weighted sum: group by group, from the bottom up.

        A node is worth the least its children can give it: a weighted mean of theirs, so
        some that are worth least have their high points, the others their low ones.
        """
        worth, share = np.empty((2, len(self.nodes), len(gains)))
        worth[self.leaves] = gains.T
        for parent, members in reversed(self.groups):
            order = members[np.argsort(worth[members], axis=0, kind="stable")]
            ordered = np.take_along_axis(worth, order, axis=0)
            low, high = self.low[order], self.high[order]
            more = np.cumsum(high - low, axis=0)
            points = low.sum(axis=0) + more
            with np.errstate(divide="ignore", invalid="ignore"):  # no points at all are no weights
                mean = ((low * ordered).sum(axis=0) + np.cumsum((high - low) * ordered, axis=0)) / points
            raised = np.where(points > 0, mean, np.inf).argmin(axis=0)
            chosen = np.where(np.arange(len(members))[:, None] <= raised, high, low)
            np.put_along_axis(share, order, chosen / chosen.sum(axis=0), axis=0)
            if parent >= 0:
                worth[parent] = (share[members] * worth[members]).sum(axis=0)
        for parent, members in self.groups:
            if parent >= 0:
                share[members] *= share[parent]
        return share[self.leaves].T

    @property
    def inequalities(self) -> tuple[Array, Array]:
        """``a`` and ``b`` such that ``a @ w <= b``: of siblings i and j, low_j w_i <= high_i w_j.

        A weight is that of all leaves beneath. Weights keep these exactly when there are
        points between low and high that give them.
        """
        beneath = np.zeros((len(self.nodes), len(self.leaves)))
        beneath[self.leaves, np.arange(len(self.leaves))] = 1
        for parent, members in reversed(self.groups[1:]):
            beneath[parent] = beneath[members].sum(axis=0)
        rows = []
        for _, members in self.groups:
            sure = members[(self.low == self.high)[members] & (self.low > 0)[members]]
            for i, j in permutations(members, 2):
                if not len(sure) or sure[0] in (i, j):  # beside one that is certain the others follow
                    rows.append(self.low[j] * beneath[i] - self.high[i] * beneath[j])
            rows += [beneath[i] for i in members if self.high[i] == 0]
        return np.array(rows).reshape(-1, len(self.leaves)), np.zeros(len(rows))
