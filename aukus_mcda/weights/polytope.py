"""Weights under linear constraints: is there any, which constraints conflict, and uniform draws.

A polytope is the weights (0 or more, adding up to 1) with ``a.w >= b`` for every
row. Bounds alone go to `sampling.BoxSampler`, which is exact. With other
constraints the tightest bounds are found by linear programs, and their draws kept
when they satisfy the constraints (exact) if at least 1 in 200 of 20,000 trials does;
otherwise hit-and-run: 512 chains side by side from an inner point, `WARM_UP` steps
a dimension first, then one draw of each chain every `THIN` steps a dimension.

References
----------
Smith (1984), doi:10.1287/opre.32.6.1296; Tervonen, van Valkenhoef, Basturk and
Postmus (2013), doi:10.1016/j.ejor.2012.08.026; for the smallest conflicting set,
the deletion filter of Chinneck and Dravnieks (1991), *ORSA Journal on Computing* 3(2).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import NoReturn

import numpy as np

from ..errors import WeightsError
from .arrays import Array
from .sampling import BoxSampler, box_sampler, fill_from, fill_point, tightened

FLAT = 1e-9
"""A polytope thinner than this, in weight, has no width in that direction."""

ROUNDING = 1e-12
"""Bounds that miss a sum of 1 by less than this meet it: sums of decimals are no finer."""

ACCEPTED = 1 / 200
"""Least share of proposals that must be kept for rejection to be used."""

CHAINS, WARM_UP, THIN = 512, 30, 8
"""Chains side by side; steps a dimension before the first draw; steps a dimension between draws."""

Sampler = Callable[[np.random.Generator, Array], None]


class Rows:
    """Rows ``a.w >= b`` over ``size`` leaves, each with the words it was stated in."""

    def __init__(self, size: int) -> None:
        self.a = np.empty((0, size))
        self.b = np.empty(0)
        self.said: list[str] = []

    def add(self, a: Array, b: float, said: str) -> None:
        """One more row, scaled to length 1 so that its slack is a distance.

        Scaled by its greatest coefficient first, as squares of 1e-170 or 1e308 are no
        numbers. A bound no weights come near, in either direction, is brought to 2.

        Raises
        ------
        WeightsError
            When a coefficient or the bound is not finite, or all coefficients are 0.
        """
        size = float(np.abs(a).max())
        if not (size > 0 and math.isfinite(size) and math.isfinite(b)):
            raise WeightsError(f"A constraint needs finite numbers and a factor other than 0: {said}.")
        a, b = a / size, float(b) / size
        length = float(np.linalg.norm(a))
        self.a = np.vstack([self.a, a / length])
        self.b = np.append(self.b, min(max(b / length, -2.0), 2.0))
        self.said.append(said)


def polytope_sampler(rows: Rows, *, simple: bool) -> Sampler:
    """A sampler of the polytope; ``simple`` when all rows are bounds on one weight.

    Raises
    ------
    WeightsError
        When the polytope is empty, with a smallest set of rows that conflict.
    """
    size = rows.a.shape[1]
    if simple:
        low, high = np.zeros(size), np.ones(size)
        for a, b in zip(rows.a, rows.b, strict=True):
            leaf = int(np.flatnonzero(a)[0])
            low[leaf], high[leaf] = (b, high[leaf]) if a[leaf] > 0 else (low[leaf], -b)
        if math.fsum(low) > 1 + ROUNDING or math.fsum(high) < 1 - ROUNDING:
            _refuse(rows)
        low, high = tightened(low, high)
        if (high - low).max() <= 1e-14:
            return partial(fill_point, point=low)
        return box_sampler(low, high)
    return _constrained(rows)


def _constrained(rows: Rows) -> Sampler:
    size = rows.a.shape[1]
    if _greatest(np.zeros(size), rows.a, rows.b) is None:
        _refuse(rows)
    a, b = np.vstack([rows.a, np.eye(size)]), np.append(rows.b, np.zeros(size))
    corners = np.array([_corner(each, a, b) for each in a])  # where each row has most slack
    slack = np.einsum("ij,ij->i", a, corners) - b
    tight = slack <= FLAT
    inside = corners.mean(axis=0)  # has some slack in every row that has any
    if not tight.any():
        low = np.array([_corner(-each, a, b)[leaf] for leaf, each in enumerate(np.eye(size))])
        high = corners[-size:].diagonal()
        box = box_sampler(np.clip(low - FLAT, 0, 1), np.clip(high + FLAT, 0, 1))
        rejection = Rejection(box, rows.a, rows.b)
        if rejection.propose(np.random.default_rng(0), 20_000).shape[1] >= ACCEPTED * 20_000:
            return rejection
    equal, values = np.vstack([np.ones(size), a[tight]]), np.append(1.0, b[tight])
    inside = inside + np.linalg.lstsq(equal, values - equal @ inside)[0]
    basis = _null_space(equal)
    if basis.shape[1] == 0:
        return partial(fill_point, point=np.clip(inside, 0, 1))
    onto = basis @ basis.T
    directions = (_directions(np.eye(size), onto), _directions(corners.T, onto))
    return HitAndRun(inside, basis.shape[1], directions, a[~tight], b[~tight])


@dataclass(frozen=True, eq=False)
class Rejection:
    """Exact: draws from a box, kept when ``a.w >= b`` in every row."""

    box: BoxSampler
    a: Array
    b: Array

    def __call__(self, rng: np.random.Generator, out: Array) -> None:
        """Fill ``out (k, n)``."""
        fill_from(self.propose, rng, out)

    def propose(self, rng: np.random.Generator, count: int) -> Array:
        """What is kept of ``count`` proposals, shape ``(k, kept)``."""
        drawn = self.box.propose(rng, count)
        return np.compress((_times(self.a, drawn) >= self.b[:, None]).all(axis=0), drawn, axis=1)


@dataclass(frozen=True, eq=False)
class HitAndRun:
    """From where a chain stands, a random direction, and a uniform point on the chord along it.

    Every other step goes along the line between two corners drawn at random, and the
    others shift weight from one leaf to another, as far as equalities allow. On a
    simplex these are its edges, along which a chain reaches into sharp corners that
    it would take long to find in directions drawn all around.

    Attributes
    ----------
    start : array (k,)
        Where every chain starts: the mean of the corners.
    dimensions : int
        Of the polytope.
    directions : pair of array (k, p)
        Unit steps from leaf to leaf, brought to where the equalities hold, and from
        corner to corner; as corners count those where a row has most slack.
    a, b : array (m, k), (m,)
        The rows ``a.w >= b`` that leave room.
    """

    start: Array
    dimensions: int
    directions: tuple[Array, Array]
    a: Array
    b: Array

    def __call__(self, rng: np.random.Generator, out: Array) -> None:
        """Fill ``out (k, n)``: the first of every chain, then the second of every chain, and so on."""
        leaves, count = out.shape
        directions = [np.vstack([each, _times(self.a, each)]) for each in self.directions if each.size]
        for each in directions:
            each[np.abs(each) < 1e-12] = 0
        w = np.repeat(self.start[:, None], CHAINS, axis=1)
        steps = WARM_UP * self.dimensions
        for start in range(0, count, CHAINS):
            state = np.vstack([w, _times(self.a, w) - self.b[:, None]])  # the weights, and the slack of every row
            for step in range(steps):
                choice = directions[step % len(directions)]
                change = choice[:, rng.integers(choice.shape[1], size=CHAINS)]
                with np.errstate(divide="ignore", invalid="ignore"):
                    reach = -state[leaves:] / change[leaves:]
                back = np.where(change[leaves:] > 0, reach, -np.inf).max(axis=0)
                ahead = np.where(change[leaves:] < 0, reach, np.inf).min(axis=0)
                change *= back + rng.random(CHAINS) * (ahead - back)
                state += change
            w = state[:leaves]
            taken = out[:, start : start + CHAINS]
            np.clip(w[:, : taken.shape[1]], 0, 1, out=taken)
            steps = THIN * self.dimensions


def _refuse(rows: Rows) -> NoReturn:
    """Raise, with a smallest conflicting set: drop each row that is not needed for the conflict."""
    kept = list(range(len(rows.said)))
    zero = np.zeros(rows.a.shape[1])
    for row in list(kept):
        fewer = [other for other in kept if other != row]
        if _greatest(zero, rows.a[fewer], rows.b[fewer]) is None:
            kept = fewer
    said = "; ".join(dict.fromkeys(rows.said[row] for row in kept))
    remedy = "Loosen or drop one of them." if len(kept) > 1 else "Loosen or drop it."
    raise WeightsError(f"No weights (0 or more, adding up to 1) keep all of these: {said}. {remedy}")


def _greatest(gain: Array, a: Array, b: Array) -> Array | None:
    """Weights within ``a.w >= b`` with the greatest ``gain.w``, or None when there are none."""
    from scipy.optimize import linprog

    size = a.shape[1]
    found = linprog(
        -gain,
        A_ub=-a if len(a) else None,
        b_ub=-b if len(a) else None,
        A_eq=np.ones((1, size)),
        b_eq=[1.0],
        bounds=(0, 1),
        method="highs",
        options={"primal_feasibility_tolerance": 1e-10},
    )
    return None if found.x is None else np.asarray(found.x, dtype=float)


def _corner(gain: Array, a: Array, b: Array) -> Array:
    found = _greatest(gain, a, b)
    if found is None:  # there are some, but only just: the solver's tolerance decides
        raise WeightsError("The constraints leave no room that can be told from none. Loosen one of them.")
    return found


def _null_space(a: Array) -> Array:
    _, singular, vectors = np.linalg.svd(a)
    rank = int((singular > 1e-10 * singular[0]).sum())
    return np.asarray(vectors[rank:].T)


def _directions(points: Array, onto: Array) -> Array:
    """Between every two columns of ``points``, projected by ``onto``, length 1; those of no length left out."""
    one, other = np.triu_indices(points.shape[1], 1)
    apart = onto @ (points[:, one] - points[:, other])
    length = np.linalg.norm(apart, axis=0)
    return np.asarray(apart[:, length > FLAT] / length[length > FLAT])


def _times(a: Array, b: Array) -> Array:
    """``a @ b``, added up in one fixed order."""
    return np.asarray(np.einsum("ij,jk->ik", a, b))
