# SPDX-License-Identifier: Apache-2.0
"""Linear and least-distance programs over weights, and the extremes of weighted sums that they give.

Weights w of shape (k,) are 0 or more, add up to 1 and satisfy ``a @ w <= b``, with
``a`` of shape (r, k); r may be 0. Values are of shape (n, k), 0-100.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import AukusMcdaError, WeightsError

Array: TypeAlias = NDArray[np.float64]

TIE = 1e-9
"""Scores closer than this, in value points, are equal: sums of floats are no finer."""
SCALE = 100.0
"""Values are 0-100; the programs are solved on 0-1, where one tolerance suits values and weights."""
BATCH_CELLS = 20_000
"""Small programs are solved together, up to this many coefficients: a call costs more than they do."""
FLAT = 1e-9
"""Weights that vary by less than this do not vary."""


class Program(NamedTuple):
    """Least ``cost @ x`` with ``rows @ x <= most``, ``total @ x == equals`` and ``low <= x <= high``."""

    cost: Array
    rows: Array
    most: Array
    total: Array
    equals: float
    low: Array | float = 0.0
    high: Array | float = np.inf


def solve(programs: Sequence[Program]) -> list[tuple[Array, Array]]:
    """The best point of each program and the multipliers of its rows; several go to the solver as one.

    Raises
    ------
    WeightsError
        When no point satisfies a program.
    """
    from scipy.optimize import linprog
    from scipy.sparse import block_diag, coo_array

    solutions: list[tuple[Array, Array]] = []
    size = max((program.rows.size for program in programs), default=1)
    step = max(1, BATCH_CELLS // max(size, 1))
    for start in range(0, len(programs), step):
        batch = programs[start : start + step]
        ends = [np.broadcast_arrays(program.low, program.high, program.cost)[:2] for program in batch]
        result = linprog(
            np.concatenate([program.cost for program in batch]),
            A_ub=block_diag([coo_array(program.rows) for program in batch], format="csc"),
            b_ub=np.concatenate([program.most for program in batch]),
            A_eq=block_diag([coo_array(program.total[None]) for program in batch], format="csc"),
            b_eq=np.array([program.equals for program in batch]),
            bounds=np.hstack(ends).T,
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10, "presolve": False},
        )
        if result.status == 2:
            raise WeightsError("No weights, 0 or more and adding up to 1, keep to what is given: loosen it.")
        if result.status != 0:
            raise AukusMcdaError(f"The linear program could not be solved: {result.message}")
        points = np.split(result.x, np.cumsum([len(program.cost) for program in batch])[:-1])
        multipliers = np.split(result.ineqlin.marginals, np.cumsum([len(program.rows) for program in batch])[:-1])
        solutions += zip(points, multipliers, strict=True)
    return solutions


def smallest_conflict(rules: Iterable[int], possible: Callable[[list[int]], bool]) -> list[int]:
    """What is left of rules that cannot all be kept when each, in turn, that the conflict does not need is dropped.

    The deletion filter of Chinneck and Dravnieks (1991), *ORSA Journal on Computing* 3(2).
    """
    needed = list(rules)
    for rule in tuple(needed):
        fewer = [other for other in needed if other != rule]
        if not possible(fewer):
            needed = fewer
    return needed


def lightest(gains: Array, a: Array, b: Array) -> Array:
    """Weights (m, k) with ``a @ w <= b`` that give each of ``gains (m, k)`` the least weighted sum."""
    programs = [Program(gain / SCALE, a, b, np.ones(len(gain)), 1.0) for gain in gains]
    return _tidy(np.array([point for point, _ in solve(programs)]).reshape(gains.shape))


def lightest_within(gains: Array, low: Array, high: Array) -> Array:
    """The same for weights from ``low`` to ``high``, shape (k,), whose ends can be reached, see `tightened`.

    All have their low ends, and what is left goes to the leaves that gain the least.
    """
    order = np.argsort(gains, axis=1, kind="stable")
    room = (high - low)[order]
    before = np.cumsum(room, axis=1) - room
    weights = np.empty_like(gains)
    np.put_along_axis(weights, order, np.clip(1 - low.sum() - before, 0, room), axis=1)
    return weights + low


@dataclass(frozen=True, eq=False)
class Extremes:
    """How small and how great weighted sums can be over all weights that are possible.

    Attributes
    ----------
    lightest : function
        Gives the weights (m, k) that give each of ``gains (m, k)`` the least weighted sum.
    corners : array (e, k)
        Some of the extreme points.
    complete : bool
        Whether they are all of them.
    """

    lightest: Callable[[Array], Array]
    corners: Array
    complete: bool = False

    @classmethod
    def of(cls, lightest: Callable[[Array], Array], leaves: int) -> Extremes:
        """With the corners where each of the leaves has the least, and the most."""
        unit = np.eye(leaves)
        return cls(lightest, np.unique(np.vstack([lightest(unit), lightest(-unit)]).round(12), axis=0))

    @classmethod
    def between(cls, corners: Array) -> Extremes:
        """Of all weights between ``corners (e, k)``."""
        return cls(lambda gains: corners[(gains @ corners.T).argmin(axis=1)], corners, complete=True)

    def least(self, gains: Array) -> Array:
        """The least weighted sum of each of ``gains (m, k)``, shape (m,)."""
        return np.asarray((self.lightest(gains) * gains).sum(axis=1))

    def greatest(self, gains: Array) -> Array:
        """The greatest, shape (m,)."""
        return -self.least(-gains)

    def never_negative(self, gains: Array) -> NDArray[np.bool_]:
        """For which of ``gains (m, k)`` the weighted sum is 0 or more under all weights.

        The bounds of every leaf, which all weights keep, leave few in doubt: it may take a program for each of these.
        """
        low, high = self.corners.min(axis=0) - FLAT, self.corners.max(axis=0) + FLAT
        low, high = tightened(np.clip(low, 0, 1), np.clip(high, 0, 1))
        holds = np.asarray((lightest_within(gains, low, high) * gains).sum(axis=1) >= -TIE)
        doubtful = np.flatnonzero(~holds)
        holds[doubtful] = self.least(gains[doubtful]) >= -TIE
        return holds


def tightened(low: Array, high: Array) -> tuple[Array, Array]:
    """The least and greatest each weight can be, given the bounds of the others and the sum 1."""
    least = np.maximum(low, 1 - (high.sum() - high))
    most = np.minimum(high, 1 - (low.sum() - low))
    return np.minimum(least, most), np.maximum(least, most)


class Margins(NamedTuple):
    """How far ahead of all others each option can get, and why no further.

    ``best`` (n,), the greatest margin, infinite without rivals; ``weights`` (n, k)
    that give it; ``mixture`` (n, n), convex combinations of the others, a row per
    option, which score at least as much as it less ``best`` under all weights.
    """

    best: Array
    weights: Array
    mixture: Array


def best_margins(values: Array, a: Array, b: Array, options: Iterable[int] | None = None) -> Margins:
    """The greatest margin by which each option can lead, over weights with ``a @ w <= b``.

    The greatest d such that (v_c - v_i) w >= d for each rival i; the multipliers of
    these rows are the mixture. Copies of an option, among ``values (n, k)``, are not its rivals.
    ``options`` are the positions of those to ask for; without them, all.

    Raises
    ------
    WeightsError
        When no weights satisfy the constraints.

    Examples
    --------
    >>> values = np.array([[100.0, 0.0], [0.0, 100.0], [40.0, 40.0]])
    >>> margins = best_margins(values, np.empty((0, 2)), np.empty(0))
    >>> margins.best.round(9).tolist(), margins.mixture[2].round(9).tolist()
    ([60.0, 60.0, -10.0], [0.5, 0.5, 0.0])
    """
    n, k = values.shape
    rivals = {option: _rivals(values, option) for option in (range(n) if options is None else options)}
    rivals = {option: others for option, others in rivals.items() if len(others)}
    programs = []
    for option, others in rivals.items():
        gaps = (values[others] - values[option]) / SCALE
        rows = np.vstack([np.c_[gaps, np.ones(len(gaps))], np.c_[a, np.zeros(len(a))]])
        most = np.r_[np.zeros(len(gaps)), b]
        low = np.r_[np.zeros(k), -np.inf]
        programs.append(Program(np.r_[np.zeros(k), -1.0], rows, most, np.r_[np.ones(k), 0.0], 1.0, low))
    best, weights, mixture = np.full(n, np.inf), np.full((n, k), np.nan), np.zeros((n, n))
    for (option, others), (point, multipliers) in zip(rivals.items(), solve(programs), strict=True):
        best[option], weights[option] = SCALE * point[-1], point[:-1]
        mixture[option, others] = multipliers[: len(others)]
    return Margins(best, weights, np.abs(mixture))


def nearest_leads(values: Array, weights: Array, challengers: Sequence[int], norm: str, a: Array, b: Array) -> Array:
    """The nearest weights at which each challenger is level with the lead, shape (c, k).

    L1 is a linear program in the gains and losses of the leaves, L2 a least distance program.

    Parameters
    ----------
    values : array, shape (n, k)
    weights : array, shape (k,)
        Weights now, adding up to 1.
    challengers : sequence of int, length c
        Positions of options that can lead.
    norm : {"l1", "l2"}
    a, b : array, shape (r, k) and (r,)
        ``a @ w <= b`` for all weights considered.

    Examples
    --------
    >>> values = np.array([[100.0, 0.0], [0.0, 100.0]])
    >>> nearest_leads(values, np.array([0.7, 0.3]), [1], "l2", np.empty((0, 2)), np.empty(0)).round(9).tolist()
    [[0.5, 0.5]]
    """
    k = len(weights)
    cuts = [np.vstack([(values - values[c])[_rivals(values, c)] / SCALE, a]) for c in challengers]
    mosts = [np.r_[np.zeros(len(cut) - len(b)), b] for cut in cuts]
    if norm == "l2":
        nearest = [_project(weights, cut, most) for cut, most in zip(cuts, mosts, strict=True)]
        return _tidy(np.array(nearest).reshape(-1, k))
    total, high = np.r_[np.ones(k), -np.ones(k)], np.r_[np.full(k, np.inf), weights]
    both, costs = zip(cuts, mosts, strict=True), np.ones(2 * k)
    programs = [Program(costs, np.c_[cut, -cut], most - cut @ weights, total, 0.0, high=high) for cut, most in both]
    moved = np.array([point for point, _ in solve(programs)]).reshape(-1, 2, k)
    return _tidy(weights + moved[:, 0] - moved[:, 1])


def least_advantages(values: Array, a: Array, b: Array) -> Array:
    """The least that each option scores above each other one, shape (n, n), over weights with ``a @ w <= b``.

    Examples
    --------
    >>> least_advantages(np.array([[100.0, 40.0], [0.0, 50.0]]), np.empty((0, 2)), np.empty(0)).tolist()
    [[0.0, -10.0], [-100.0, 0.0]]
    """
    gaps = values[:, None, :] - values[None, :, :]
    if not len(a):
        return np.asarray(gaps.min(axis=2))
    apart = ~np.eye(len(values), dtype=bool)
    least = np.zeros(apart.shape)
    least[apart] = (gaps[apart] * lightest(gaps[apart], a, b)).sum(axis=1)
    return least


def _rivals(values: Array, option: int) -> NDArray[np.intp]:
    """Positions of the options whose values differ from one's."""
    return np.flatnonzero(np.abs(values - values[option]).max(axis=1) > TIE)


def _tidy(weights: Array) -> Array:
    """Weights (m, k) without the solver's rounding: none below 0, adding up to 1."""
    weights = np.maximum(weights, 0.0)
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def _project(weights: Array, cut: Array, most: Array) -> Array:
    """The point nearest to weights, shape (k,), among those >= 0, adding up to 1, with ``cut @ w <= most``.

    With w = weights + basis @ y, where the basis is orthonormal and its columns add up to 0,
    the shortest y with ``g @ y >= h`` follows from non-negative least squares (Lawson and Hanson 1974, ch. 23).
    """
    from scipy.optimize import lsq_linear

    k = len(weights)
    basis = np.linalg.qr(np.c_[np.ones(k), np.eye(k)[:, 1:]])[0][:, 1:]
    g = np.vstack([-cut, np.eye(k)]) @ basis
    h = np.r_[cut @ weights - most, -weights]
    length = np.linalg.norm(g, axis=1)
    length[length == 0] = 1.0
    stacked = np.vstack([g.T, h]) / length
    target = np.r_[np.zeros(k - 1), 1.0]
    # SciPy 1.17's `nnls` is quicker, and wrong for some degenerate problems of this kind.
    nearest = lsq_linear(stacked, target, bounds=(0, np.inf), method="bvls", tol=1e-14).x
    residual = stacked @ nearest - target
    return np.asarray(weights - basis @ (residual[:-1] / residual[-1]))
