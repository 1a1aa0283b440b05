"""The least and greatest of a weighted sum over all weights that are possible, exactly.

`draws` asks how a weight space is spread; here only its ends count. One set of
weights, any, and ordered weights are told by their corners; bounds by filling the
cheapest leaves first; bounds with further constraints by linear programs, where
the corners found so far and the bounds leave a doubt. Swing points within their
ranges need no program: in each group the children that gain least have the most.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..case import Case
from ..weights import (
    CHUNK,
    FLAT,
    TIE,
    AnyWeights,
    Around,
    Array,
    Between,
    Ordered,
    Points,
    Sampler,
    SiblingPoints,
    SwingRange,
    Weights,
    WeightSpace,
    chunk_rng,
    tightened,
)
from .rank_acceptability import sampler_for

MOST_CORNERS = 5_000
"""Ordered weights with more corners are taken as constraints."""


class WeightSet(ABC):
    """Weights of k leaves that are possible; ``corners`` ``(e, k)`` are some of their extreme points.

    ``complete`` says whether they are all of them.
    """

    corners: Array
    complete: bool = False

    @abstractmethod
    def least(self, gains: Array) -> Array:
        """The least of ``gains (m, k)`` weighted, over all weights of the set, ``(m,)``."""

    def greatest(self, gains: Array) -> Array:
        """The greatest, ``(m,)``."""
        return -self.least(-gains)

    def never_negative(self, gains: Array) -> NDArray[np.bool_]:
        """For which ``gains (m, k)`` the weighted sum is 0 or more under all weights."""
        return np.asarray(self.least(gains) >= -TIE)


@dataclass(frozen=True, eq=False)
class Corners(WeightSet):
    """All that lies between a few corners."""

    corners: Array
    complete: bool = True

    def least(self, gains: Array) -> Array:
        """As `WeightSet.least`: at one of the corners."""
        return np.asarray((gains @ self.corners.T).min(axis=1))


@dataclass(frozen=True, eq=False)
class Box(WeightSet):
    """Weights from ``low`` to ``high`` that add up to 1, ``(k,)`` each, all within reach."""

    low: Array
    high: Array

    @cached_property
    def corners(self) -> Array:  # type: ignore[override]
        """Where each leaf has the least, and the most."""
        unit = np.eye(len(self.low))
        return np.unique(np.vstack([self._at(unit), self._at(-unit)]).round(15), axis=0)

    def least(self, gains: Array) -> Array:
        """As `WeightSet.least`: all at their low ends, what is left to the leaves that gain the least."""
        return np.asarray((self._at(gains) * gains).sum(axis=1))

    def _at(self, gains: Array) -> Array:
        """The weights ``(m, k)`` that give the least."""
        order = np.argsort(gains, axis=1, kind="stable")
        room = (self.high - self.low)[order]
        before = np.cumsum(room, axis=1) - room
        taken = np.clip(1 - self.low.sum() - before, 0, room)
        weights = np.empty_like(gains)
        np.put_along_axis(weights, order, taken, axis=1)
        return weights + self.low


@dataclass(frozen=True, eq=False)
class Constrained(WeightSet):
    """Weights with ``a @ w <= b``, 0 or more, adding up to 1.

    ``corners`` are known, and all weights lie in ``box``.
    """

    a: Array
    b: Array
    corners: Array
    box: Box

    @classmethod
    def of(cls, a: Array, b: Array) -> Constrained:
        """Find where each leaf has the least, and the most."""
        size = a.shape[1]
        found = np.array([_lightest(sign * each, a, b) for each in np.eye(size) for sign in (1, -1)])
        low, high = np.clip(found.min(axis=0) - FLAT, 0, 1), np.clip(found.max(axis=0) + FLAT, 0, 1)
        return cls(a, b, np.unique(found.round(12), axis=0), Box(*tightened(low, high)))

    def least(self, gains: Array) -> Array:
        """As `WeightSet.least`, by a linear program each."""
        return np.array([each @ _lightest(each, self.a, self.b) for each in gains])

    def never_negative(self, gains: Array) -> NDArray[np.bool_]:
        """As `WeightSet.never_negative`; programs are solved only between what is sure to hold and what does not."""
        holds = np.asarray((gains @ self.corners.T >= -TIE).all(axis=1))
        for row in np.flatnonzero(holds & ~self.box.never_negative(gains)):
            holds[row] = self.least(gains[[row]])[0] >= -TIE
        return holds


@dataclass(frozen=True, eq=False)
class WithinPoints(WeightSet):
    """Weights that swing points between their ends give."""

    points: SiblingPoints

    @cached_property
    def corners(self) -> Array:  # type: ignore[override]
        """Where each leaf has the least, and the most."""
        unit = np.eye(len(self.points.leaves))
        return np.unique(np.vstack([self._at(unit), self._at(-unit)]).round(15), axis=0)

    def least(self, gains: Array) -> Array:
        """As `WeightSet.least`: group by group, from the bottom up."""
        return np.asarray((self._at(gains) * gains).sum(axis=1))

    def _at(self, gains: Array) -> Array:
        """The weights ``(m, k)`` that give the least.

        A node is worth the least its children can give it: a weighted mean of theirs, so
        some that are worth least have their high points, the others their low ones.
        """
        tree = self.points
        worth, share = np.empty((2, len(tree.nodes), len(gains)))
        worth[tree.leaves] = gains.T
        for parent, members in reversed(tree.groups):
            order = members[np.argsort(worth[members], axis=0, kind="stable")]
            ordered = np.take_along_axis(worth, order, axis=0)
            low, high = tree.low[order], tree.high[order]
            more = np.cumsum(high - low, axis=0)
            points = low.sum(axis=0) + more
            with np.errstate(divide="ignore", invalid="ignore"):  # no points at all are no weights
                mean = ((low * ordered).sum(axis=0) + np.cumsum((high - low) * ordered, axis=0)) / points
            raised = np.where(points > 0, mean, np.inf).argmin(axis=0)
            chosen = np.where(np.arange(len(members))[:, None] <= raised, high, low)
            np.put_along_axis(share, order, chosen / chosen.sum(axis=0), axis=0)
            if parent >= 0:
                worth[parent] = (share[members] * worth[members]).sum(axis=0)
        for parent, members in tree.groups:
            if parent >= 0:
                share[members] *= share[parent]
        return share[tree.leaves].T


def weight_set(
    case: Case, weights: WeightSpace | Weights | str | Points, leaves: list[str]
) -> tuple[WeightSet, Sampler]:
    """The weights that are possible, with their columns as ``leaves``, and how to draw them.

    Anything but a space is certain. Weights scattered `around` a centre have no ends:
    all weights of the leaves that have any are possible.

    Raises
    ------
    WeightsError
        When the weights do not fit the case or the space is empty.
    """
    sampler = sampler_for(case, weights, leaves)
    unit = np.eye(len(leaves))
    if isinstance(weights, AnyWeights):
        return Corners(unit), sampler
    if isinstance(weights, Ordered):
        corners = _ordered_corners([[leaves.index(name) for name in group] for group in weights.groups], len(leaves))
        return Constrained.of(*weights.inequalities(leaves)) if corners is None else Corners(corners), sampler
    if isinstance(weights, Between):
        a, b = weights.inequalities(leaves)
        if weights.constraints:
            return Constrained.of(a, b), sampler
        low = np.array([weights.low.get(leaf, 0.0) for leaf in leaves])
        high = np.array([weights.high.get(leaf, 1.0) for leaf in leaves])
        return Box(*tightened(low, high)), sampler
    if isinstance(weights, SwingRange):
        return WithinPoints(weights.siblings(leaves)), sampler
    if isinstance(weights, Around) and np.isfinite(weights.concentration):
        return Corners(unit[weights.mean(leaves).to_numpy() > 0]), sampler
    point = np.empty((len(leaves), 1))
    sampler(chunk_rng(0, 0), point)
    return Corners(point.T), sampler


def central(weights: object, sampler: Sampler, leaves: list[str], seed: int) -> Array:
    """One set of weights that stands for all: the mean, of draws where it is not known, ``(k,)``."""
    mean = weights.mean(leaves) if isinstance(weights, WeightSpace) else None
    if mean is not None:
        return np.asarray(mean[leaves].to_numpy(dtype=float))
    drawn = np.empty((len(leaves), CHUNK))
    sampler(chunk_rng(seed, 0), drawn)
    middle = drawn.mean(axis=1) if np.ptp(drawn, axis=1).max() > 0 else drawn[:, 0]
    return np.asarray(middle / middle.sum())


def _ordered_corners(groups: list[list[int]], size: int) -> Array | None:
    """Even weights on all leaves of the first groups and on some of the next; None when there are too many."""
    if sum(2 ** len(group) for group in groups) > MOST_CORNERS:
        return None
    corners: list[Array] = []
    above: list[int] = []
    for place, group in enumerate(groups):
        sizes = [1] if place == 0 else range(1, len(group) + 1)
        for count in sizes:
            for chosen in combinations(group, count):
                corner = np.zeros(size)
                corner[[*above, *chosen]] = 1 / (len(above) + count)
                corners.append(corner)
        above += group
    return np.array(corners)


def _lightest(gain: Array, a: Array, b: Array) -> Array:
    """Weights with ``a @ w <= b`` and the least ``gain @ w``."""
    from scipy.optimize import linprog

    size = len(gain)
    found = linprog(
        gain,
        A_ub=a if len(a) else None,
        b_ub=b if len(a) else None,
        A_eq=np.ones((1, size)),
        b_eq=[1.0],
        bounds=(0, 1),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10},
    )
    weights = np.clip(found.x, 0, 1)
    return np.asarray(weights / weights.sum())
