"""Small linear and least-distance programs over weights: arrays in, arrays out.

Weights w of shape (k,) are 0 or more, add up to 1 and satisfy ``a @ w <= b``, with
``a`` of shape (r, k); r may be 0. Values are of shape (n, k), 0-100.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..errors import AukusMcdaError, WeightsError
from .arrays import TIE, Array

SCALE = 100.0
"""Values are 0-100; the programs are solved on 0-1, where one tolerance suits values and weights."""
CELLS = 20_000
"""Small programs are solved together, up to this many coefficients: a call costs more than they do."""


class Margins(NamedTuple):
    """How far ahead of all others each option can get, and why no further.

    ``best`` (n,), the greatest margin, infinite without rivals; ``weights`` (n, k)
    that give it; ``mixture`` (n, n), convex combinations of the others, a row per
    option, which score at least as much as it less ``best`` under all weights.
    """

    best: Array
    weights: Array
    mixture: Array


def best_margins(values: Array, a: Array, b: Array) -> Margins:
    """The greatest margin by which each option can lead, over weights with ``a @ w <= b``.

    Parameters
    ----------
    values : array, shape (n, k)
        Copies of an option are not its rivals.
    a, b : array, shape (r, k) and (r,)

    Raises
    ------
    WeightsError
        When no weights satisfy the constraints.

    Notes
    -----
    Greatest d such that (v_c - v_i) w >= d for each rival i; the multipliers of
    these rows are the mixture.

    Examples
    --------
    >>> values = np.array([[100.0, 0.0], [0.0, 100.0], [40.0, 40.0]])
    >>> found = best_margins(values, np.empty((0, 2)), np.empty(0))
    >>> found.best.round(9).tolist(), found.mixture[2].round(9).tolist()
    ([60.0, 60.0, -10.0], [0.5, 0.5, 0.0])
    """
    n, k = values.shape
    rivals = [_rivals(values, option) for option in range(n)]
    asked = [option for option in range(n) if len(rivals[option])]
    programs = []
    for option in asked:
        gaps = (values[rivals[option]] - values[option]) / SCALE
        rows = np.vstack([np.c_[gaps, np.ones(len(gaps))], np.c_[a, np.zeros(len(a))]])
        programs.append(
            _Program(
                cost=np.r_[np.zeros(k), -1.0],
                rows=rows,
                most=np.r_[np.zeros(len(gaps)), b],
                total=np.r_[np.ones(k), 0.0],
                equals=1.0,
                high=np.full(k + 1, np.inf),
                low=np.r_[np.zeros(k), -np.inf],
            )
        )
    best, weights, mixture = np.full(n, np.inf), np.full((n, k), np.nan), np.zeros((n, n))
    for option, (found, multipliers) in zip(asked, _solve(programs), strict=True):
        best[option], weights[option] = SCALE * found[-1], found[:-1]
        mixture[option, rivals[option]] = multipliers[: len(rivals[option])]
    return Margins(best, weights, np.abs(mixture))


def nearest_leads(values: Array, weights: Array, challengers: Sequence[int], norm: str, a: Array, b: Array) -> Array:
    """The nearest weights at which each challenger is level with the lead, shape (c, k).

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

    Notes
    -----
    L1 is a linear program in the gains and losses of the leaves. L2 is a least
    distance program, solved by non-negative least squares (Lawson and Hanson).

    Examples
    --------
    >>> values = np.array([[100.0, 0.0], [0.0, 100.0]])
    >>> nearest_leads(values, np.array([0.7, 0.3]), [1], "l2", np.empty((0, 2)), np.empty(0)).round(9).tolist()
    [[0.5, 0.5]]
    """
    cuts = [np.vstack([(values - values[c])[_rivals(values, c)] / SCALE, a]) for c in challengers]
    mosts = [np.r_[np.zeros(len(cut) - len(b)), b] for cut in cuts]
    if norm == "l2":
        found = [_project(weights, cut, most) for cut, most in zip(cuts, mosts, strict=True)]
        return np.array(found).reshape(-1, len(weights))
    k = len(weights)
    programs = [
        _Program(
            cost=np.ones(2 * k),
            rows=np.c_[cut, -cut],
            most=most - cut @ weights,
            total=np.r_[np.ones(k), -np.ones(k)],
            equals=0.0,
            high=np.r_[np.full(k, np.inf), weights],
            low=np.zeros(2 * k),
        )
        for cut, most in zip(cuts, mosts, strict=True)
    ]
    moved = np.array([found for found, _ in _solve(programs)]).reshape(-1, 2, k)
    return _tidy(weights + moved[:, 0] - moved[:, 1])


def least_advantages(values: Array, a: Array, b: Array) -> Array:
    """The least that each option scores above each other one, shape (n, n), over weights with ``a @ w <= b``.

    Examples
    --------
    >>> least_advantages(np.array([[100.0, 40.0], [0.0, 50.0]]), np.empty((0, 2)), np.empty(0)).tolist()
    [[0.0, -10.0], [-100.0, 0.0]]
    """
    n, k = values.shape
    gaps = values[:, None, :] - values[None, :, :]
    if not len(a):
        return np.asarray(gaps.min(axis=2))
    off = [(i, j) for i in range(n) for j in range(n) if i != j]
    whole, ones, zeros = np.full(k, np.inf), np.ones(k), np.zeros(k)
    programs = [_Program(gaps[pair] / SCALE, a, b, ones, 1.0, whole, zeros) for pair in off]
    least = np.zeros((n, n))
    for pair, (found, _) in zip(off, _solve(programs), strict=True):
        least[pair] = gaps[pair] @ found
    return least


def _rivals(values: Array, option: int) -> NDArray[np.intp]:
    """Positions of the options whose values differ from one's."""
    return np.flatnonzero(np.abs(values - values[option]).max(axis=1) > TIE)


def _tidy(weights: Array) -> Array:
    """Weights (c, k) without the solver's rounding: none below 0, adding up to 1."""
    kept = np.maximum(weights, 0.0)
    return np.asarray(kept / kept.sum(axis=1, keepdims=True))


def nonnegative_least_squares(matrix: Array, target: Array) -> Array:
    """The x >= 0 of shape (m,) that makes ``matrix @ x`` nearest to target, matrix of shape (k, m).

    The active set method of Lawson and Hanson. SciPy 1.17's own returns a residual of 0
    and a wrong x for some degenerate problems of this kind.

    Raises
    ------
    AukusMcdaError
        When rounding keeps it from ending, in 10 m steps.

    Examples
    --------
    >>> nonnegative_least_squares(np.array([[1.0, 0.0], [0.0, 1.0]]), np.array([3.0, -4.0])).tolist()
    [3.0, 0.0]
    """
    x, free, barred = np.zeros(matrix.shape[1]), *np.zeros((2, matrix.shape[1]), dtype=bool)
    for _ in range(10 * len(x)):
        slope = np.where(free | barred, -np.inf, matrix.T @ (target - matrix @ x))
        new = slope.argmax()
        if slope[new] <= 1e-13:
            return x
        free[new] = True
        step = _least_squares(matrix, target, free)
        if step[new] <= 0:  # its slope was rounding
            free[new], barred[new] = False, True
            continue
        while (out := np.flatnonzero(free & (step <= 0))).size:
            parts = x[out] / (x[out] - step[out])
            x += parts.min() * (step - x)
            free[out[parts.argmin()]] = False
            x[~free] = 0.0
            step = _least_squares(matrix, target, free)
        x, barred[:] = step, False
    raise AukusMcdaError("The nearest weights could not be found: the options are too nearly alike.")


def _least_squares(matrix: Array, target: Array, free: NDArray[np.bool_]) -> Array:
    """Least squares over the free entries, the others 0."""
    x = np.zeros(len(free))
    x[free] = np.linalg.lstsq(matrix[:, free], target, rcond=None)[0]
    return x


class _Program(NamedTuple):
    """Least ``cost @ x`` with ``rows @ x <= most``, ``total @ x == equals`` and ``low <= x <= high``."""

    cost: Array
    rows: Array
    most: Array
    total: Array
    equals: float
    high: Array
    low: Array


def _solve(programs: list[_Program]) -> list[tuple[Array, Array]]:
    """The solution and the multipliers of the rows of each program; several go to the solver as one."""
    from scipy.optimize import linprog
    from scipy.sparse import block_diag

    found: list[tuple[Array, Array]] = []
    size = max((program.rows.size for program in programs), default=1)
    step = max(1, CELLS // max(size, 1))
    for start in range(0, len(programs), step):
        batch = programs[start : start + step]
        solved = linprog(
            np.concatenate([program.cost for program in batch]),
            A_ub=block_diag([program.rows for program in batch], format="csc"),
            b_ub=np.concatenate([program.most for program in batch]),
            A_eq=block_diag([program.total[None] for program in batch], format="csc"),
            b_eq=np.array([program.equals for program in batch]),
            bounds=np.concatenate([np.c_[program.low, program.high] for program in batch]),
            method="highs",
            options={"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10, "presolve": False},
        )
        if solved.status == 2:
            raise WeightsError("No weights, 0 or more and adding up to 1, keep to the space given: loosen it.")
        if solved.status != 0:
            raise AukusMcdaError(f"The linear program could not be solved: {solved.message}")
        at = np.cumsum([len(program.cost) for program in batch])[:-1]
        row = np.cumsum([len(program.rows) for program in batch])[:-1]
        found += zip(np.split(solved.x, at), np.split(solved.ineqlin.marginals, row), strict=True)
    return found


def _project(weights: Array, cut: Array, most: Array) -> Array:
    """The point nearest to weights, shape (k,), among those >= 0, adding up to 1, with ``cut @ w <= most``.

    With w = weights + basis @ y, where the basis is orthonormal and its columns add up to 0,
    the shortest y with ``g @ y >= h`` follows from non-negative least squares.
    """
    k = len(weights)
    basis = np.linalg.qr(np.c_[np.ones(k), np.eye(k)[:, 1:]])[0][:, 1:]
    g = np.vstack([-cut, np.eye(k)]) @ basis
    h = np.r_[cut @ weights - most, -weights]
    length = np.linalg.norm(g, axis=1)
    length[length == 0] = 1.0
    stacked = np.vstack([g.T, h]) / length
    target = np.r_[np.zeros(k - 1), 1.0]
    residual = stacked @ nonnegative_least_squares(stacked, target) - target
    return np.asarray(_tidy((weights - basis @ (residual[:-1] / residual[-1]))[None])[0])
