# SPDX-License-Identifier: Apache-2.0
"""Weights drawn as they were judged: swing points between low, likely and high among siblings, then down the tree.

The points of a group are drawn by PERT, each by itself, and divided by their sum; a
leaf's weight is the product of these shares down its branch. What can be drawn is
exactly what keeps the ratios that the ends allow among siblings
(``docs/decisions/0013-weights-drawn-as-judged.md``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import permutations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import WeightsError
from ..guard import guarded
from .programs import Array, Extremes
from .sampling import Sampler, fill_pert
from .swing_weights import Weights, swing
from .weight_sets import WeightSet, leaf_names

PART = 4_096
"""Draws that are made together, few enough to stay in the processor's cache. Part of what a seed means."""


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


@dataclass(frozen=True, eq=False)
class SwingRange(WeightSet):
    """Weights whose swing points lie between low and high, drawn as they were judged. See `weight_range`.

    Attributes
    ----------
    points : DataFrame
        low, likely and high swing points for every node of the value tree.
    parents : pandas.Series
        The parent of every node, ``""`` for a root.
    anchors : str or None
        Digest of the anchors the swings were judged on.
    """

    points: pd.DataFrame
    parents: pd.Series
    anchors: str | None = None

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """Swing points by PERT, then down the tree."""
        return self.siblings(leaves).fill

    def extremes(self, leaves: Iterable[str]) -> Extremes:
        """Group by group, from the bottom of the tree."""
        tree = self.siblings(leaves)
        return Extremes.of(tree.lightest, len(tree.leaves))

    def typical(self, leaves: Iterable[str], seed: int) -> Array:
        """The weights at the likely points, as a ranking has them."""
        weights = swing(self.points["likely"], parents=self.parents).values[leaf_names(leaves)]
        return np.asarray(weights, dtype=float)

    def siblings(self, leaves: Iterable[str]) -> SiblingPoints:
        """The same as arrays, for leaves in this order."""
        names = leaf_names(leaves, sorted(set(self.parents.index) - set(self.parents)))
        return SiblingPoints.of(self.points, self.parents, names)

    def inequalities(self, leaves: Iterable[str]) -> tuple[Array, Array]:
        """``a`` and ``b`` such that ``a @ w <= b``."""
        return self.siblings(leaves).inequalities


@guarded(WeightsError)
def weight_range(weights: Weights) -> SwingRange | Weights:
    """All weights that the answers allow, drawn as they were judged; the weights themselves without a range.

    Swing points are drawn between low, likely and high by PERT, each by itself, and
    made to add up to 1 among siblings; a leaf's weight is the product down its branch.
    Where a method gives ranges of weights and not of points (several judges, the
    best-worst method), the leaves are siblings and their weights the points.

    Parameters
    ----------
    weights : Weights

    Returns
    -------
    SwingRange or Weights
        What `smaa` and `draw_weights` take.

    References
    ----------
    Malcolm, Roseboom, Clark and Fazar (1959), doi:10.1287/opre.7.5.646.

    Examples
    --------
    >>> from aukus_mcda import draw_weights, swing, weight_range
    >>> judged = swing({"a": 100, "b": 75, "c": 75}, low={"b": 50, "c": 50}, high={"b": 100, "c": 100})
    >>> a, b, c = draw_weights(weight_range(judged), ["a", "b", "c"], 1000).T
    >>> bool((b <= a).all()), bool((2 * c >= a).all())
    (True, True)
    """
    if not weights.vary:
        return weights
    points = weights.judged
    return SwingRange(points, weights.parents.reindex(points.index, fill_value=""), weights.anchors)
