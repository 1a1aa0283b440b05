# SPDX-License-Identifier: Apache-2.0
"""Fill arrays with random weights and PERT numbers: the array functions beneath the sets of weights, and scores.

Arrays have shape ``(k, n)``, a row per leaf and a column per draw: rows are long
and contiguous, so each step is one pass over memory that NumPy vectorises. No
sum is left to BLAS, whose order of addition may depend on its threads. PERT numbers, for scores and for the
swing points that weights are made of, come from a table of quantiles at the price of two look-ups.

Weights under linear constraints are a polytope. The tightest bounds come from linear programs,
and draws within them (`BoxSampler`) are kept when they satisfy the constraints, which is exact, if
at least 1 in 200 of 20,000 trials does; otherwise hit-and-run: 512 chains side by side from an inner
point, `WARM_UP` steps a dimension first, then one draw of each chain every `THIN` steps a dimension.

References
----------
Smith (1984), doi:10.1287/opre.32.6.1296; Tervonen, van Valkenhoef, Basturk and
Postmus (2013), doi:10.1016/j.ejor.2012.08.026.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from itertools import count, product
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .programs import FLAT, Array, lightest, tightened

Sampler: TypeAlias = Callable[[np.random.Generator, Array], None]
"""Fills an array (k, n), a row per leaf and a column per draw."""

ACCEPTED = 1 / 200
"""Least share of proposals that must be kept for rejection to be used."""

CHAINS, WARM_UP, THIN = 512, 30, 8
"""Chains side by side; steps a dimension before the first draw; steps a dimension between draws."""

PEAK = 4.0
"""How much a PERT distribution trusts the likely number: its mean counts it 4 times."""

CHUNK = 8_192
"""Draws in a chunk, few enough to stay in the cache. Part of what a seed means: another number gives other draws."""

WEIGHTS, SCORES = 0, 1
"""Streams of one seed: weights do not change when scores are drawn too, nor scores with the set of weights."""

FEW_DRAWS, FEW_MODES, KEPT_MODES = 4_096, 8, 512
"""Draws below which a batch has no tables of its own, but uses those kept for so many modes.

Where a chunk has few draws, the second is part of what a seed means.
"""

_OCTAVES, _CELLS = 31, 32  # quantiles from 2^-32 to 1/2; cells per halving
_KNOTS = np.append(np.ldexp(1 + np.arange(_CELLS) / _CELLS, np.arange(-1 - _OCTAVES, -1)[:, None]).ravel(), 0.5)
_HALF = _OCTAVES * _CELLS
_BITS = 47  # of a double's 64, those below the first five of the mantissa
_FIRST, _SIGN = (1022 - _OCTAVES) * _CELLS, 1 << (63 - _BITS)
_SHAPES = 128


def chunk_rng(seed: int, chunk: int, stream: int = WEIGHTS) -> np.random.Generator:
    """The generator of one chunk: ``SeedSequence(seed).spawn(...)[stream].spawn(...)[chunk]``.

    The seed 0 is one like any other.

    Examples
    --------
    >>> spawned = np.random.SeedSequence(7).spawn(1)[WEIGHTS].spawn(3)[2]
    >>> chunk_rng(7, 2).random() == np.random.default_rng(spawned).random()
    True
    """
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(stream, chunk)))


def fill_point(rng: np.random.Generator, out: Array, *, point: Array) -> None:
    """The same weights ``(k,)`` in every draw."""
    out[:] = point[:, None]


def fill_simplex(rng: np.random.Generator, out: Array) -> None:
    """Uniform on the simplex: exponentials divided by their sum."""
    for row in out:
        rng.standard_exponential(out=row)
    out /= out.sum(axis=0)


def fill_ordered(rng: np.random.Generator, out: Array, *, groups: tuple[tuple[int, ...], ...]) -> None:
    """Uniform on the weights that fall from group to group of rows.

    The simplex is k exponentials divided by their sum; put in order, the steps from
    one up to the next are independent, an exponential divided by how many are still
    to come. Climb from the lightest, then shuffle each group.
    """
    level, to_come = np.zeros(out.shape[1]), sum(map(len, groups))
    for group in reversed(groups):
        for row in group:
            climb = rng.standard_exponential(out=out[row])
            climb /= to_come
            climb += level
            level, to_come = climb, to_come - 1
    for rows in (list(group) for group in groups if len(group) > 1):
        out[rows] = rng.permuted(out[rows], axis=0)
    out /= out.sum(axis=0)


def fill_dirichlet(rng: np.random.Generator, out: Array, *, shapes: Array) -> None:
    """Dirichlet with parameters ``shapes (k,)``, 0 allowed: gammas divided by their sum."""
    for row, shape in zip(out, shapes.tolist(), strict=True):
        rng.standard_gamma(shape, out=row)
    out /= out.sum(axis=0)


def fill_pert(out: Array, peaks: tuple[float, ...]) -> None:
    """Uniform numbers ``out (r, n)`` to PERT ones on [0, 1] with modes ``peaks (r,)``, in place.

    The uniform number u is taken as s = u - 1/2: positive s is that far from 0, negative
    s that far from 1. The first bits of a double are its sign, its exponent and the head
    of its mantissa: they are the cell's number, 32 cells to every halving of the distance.
    """
    lines, own = _PERT.of(peaks, out.shape[1])
    out -= 0.5
    bits = out.view(np.uint64) >> _BITS
    np.minimum(bits, bits - (_SIGN - _HALF), out=bits)  # for s > 0 the difference is below 0 and wraps round
    cell = bits.view(np.int64)
    cell += own - _FIRST
    np.maximum(cell, own, out=cell)
    line = lines.take(cell, mode="clip")
    out *= line.imag
    out += line.real


class ModeTables:
    """A table for every mode, all of one length, such as `fill_pert` looks up in.

    Batches of many draws and modes have one of their own, made of their modes in one go. For few draws that would take
    longer than the draws, and few modes are met again in other batches: there each mode's table is made once and kept
    beside the others, until there are too many.
    """

    def __init__(self, cells: int, make: Callable[[tuple[float, ...]], NDArray[np.complex128]]) -> None:
        self.cells, self.make, self.make_own = cells, make, lru_cache(maxsize=64)(make)
        self.lock = threading.Lock()
        self.kept = np.empty(0, dtype=complex)
        self.begins: dict[float, int] = {}

    def of(self, peaks: tuple[float, ...], draws: int) -> tuple[NDArray[np.complex128], NDArray[np.intp]]:
        """Tables one after the other, those of ``peaks (r,)`` among them, and where each of these begins ``(r, 1)``."""
        if draws >= FEW_DRAWS and len(peaks) > FEW_MODES:
            return self.make_own(peaks), self.cells * np.arange(len(peaks))[:, None]
        with self.lock:
            new = [peak for peak in dict.fromkeys(peaks) if peak not in self.begins]
            if (len(self.begins) + len(new)) * self.cells > len(self.kept):  # full; who reads in the old one keeps it
                new, self.begins = list(dict.fromkeys(peaks)), {}
                self.kept = np.empty(max(KEPT_MODES, len(new)) * self.cells, dtype=complex)
            if new:
                start, tables = len(self.begins) * self.cells, self.make(tuple(new))
                self.kept[start : start + len(tables)] = tables
                self.begins |= zip(new, count(start, self.cells))
            return self.kept, np.array([[self.begins[peak]] for peak in peaks], dtype=np.intp)


def _lines(peaks: tuple[float, ...]) -> NDArray[np.complex128]:
    """Quantiles of PERT on [0, 1], modes ``peaks (r,)``, as a line ``start + slope * s`` on each cell.

    PERT is Beta(1 + 4 peak, 5 - 4 peak). Its lines come from those of four neighbouring modes out of 129 by
    cubic interpolation (Lagrange). Against
    `scipy.stats.beta.ppf` the greatest error is 1.5e-5 of the range, 0.0015 of 100 value
    points, for quantiles from 2^-32 to 1 - 2^-32: for all but one draw in 2e9.

    Returns
    -------
    array of complex (1985 r,)
        The start and, as imaginary part, the slope, so that one look-up finds both: for one peak after the other
        the cells for s > 0 (quantile s), then for s < 0 (quantile 1 + s), the last also for s = -1/2.

    References
    ----------
    Malcolm, Roseboom, Clark and Fazar (1959), doi:10.1287/opre.7.5.646.
    """
    place = np.array(peaks) * _SHAPES
    first = np.clip(place.astype(int) - 1, 0, _SHAPES - 3)
    t = place - first
    shares = (
        -(t - 1) * (t - 2) * (t - 3) / 6,
        t * (t - 2) * (t - 3) / 2,
        -t * (t - 1) * (t - 3) / 2,
        t * (t - 1) * (t - 2) / 6,
    )
    near = _shape_lines()[first + np.arange(4)[:, None]]
    table: NDArray[np.complex128] = np.einsum("ir,irj->rj", shares, near).view(complex)
    table.real[:, _HALF:] += 1
    return table.ravel()


_PERT = ModeTables(2 * _HALF + 1, _lines)
"""What `fill_pert` looks up in."""


@cache
def _shape_lines() -> Array:
    """The lines of `_lines` for every mode ``shape / 128``, but that those for s < 0 start from 0: ``(129, 3970)``."""
    near = np.array([_quantiles_of(shape / _SHAPES) for shape in range(_SHAPES + 1)])
    slope = np.diff(near) / np.diff(_KNOTS)
    start = near[:, :-1] - slope * _KNOTS[:-1]
    far = (1j * slope - start)[::-1]  # what is this far from 1 for a mode is that far from 0 for the mirrored one
    return np.concatenate([start + 1j * slope, far, far[:, -1:]], axis=1).view(float)


def _quantiles_of(mode: float) -> Array:
    """Lower quantiles of PERT with a mode at the knots.

    Where the quantile is found by a Hermite spline of log x against log F(x), whose slope is known.
    """
    from scipy.interpolate import CubicHermiteSpline
    from scipy.special import betainc, betaln

    a, b = 1 + PEAK * mode, 1 + PEAK * (1 - mode)
    lowest = (np.log(_KNOTS[0] / 2) + np.log(a) + betaln(a, b)) / a
    x = np.exp(np.linspace(lowest, np.log(0.95), 600))
    below = betainc(a, b, x)
    density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - betaln(a, b))
    spline = CubicHermiteSpline(np.log(below), np.log(x), below / (x * density))
    return np.asarray(np.exp(spline(np.log(_KNOTS))))


def fill_from(propose: Callable[[np.random.Generator, int], Array], rng: np.random.Generator, out: Array) -> None:
    """Fill ``out (k, n)`` with what ``propose(rng, count)`` keeps, asking until there is enough."""
    filled = 0
    while filled < out.shape[1]:
        kept = propose(rng, min(out.shape[1], 2 * (out.shape[1] - filled) + 1_000))
        taken = min(kept.shape[1], out.shape[1] - filled)
        out[:, filled : filled + taken] = kept[:, :taken]
        filled += taken


@dataclass(frozen=True, eq=False)
class BoxSampler:
    """Exact uniform draws of weights within bounds: ``low <= w <= high``, sum 1.

    Write w = base + sign x with 0 <= x <= width and sum x = total, where base is
    ``low`` (sign 1) or ``high`` (sign -1). On that slice exp(-tilt sum x) is
    constant, so x drawn independently with density exp(-tilt x_i) and then held to
    the sum is uniform for any tilt. The ``loose`` widest leaves take what the others
    leave over, t, shared out as a uniform simplex, whose size goes as t^(loose - 1);
    so a proposal is kept with probability proportional to t^(loose - 1) exp(-tilt t),
    if the loose leaves stay within their widths.

    Attributes
    ----------
    low, high, width : array (k,)
        Bounds, and their distance; tightened, see `tightened`.
    sign, total, tilt : float
        As above; the tilt makes the expected sum ``total``.
    order : array of int (k,)
        Rows from the widest to the narrowest.
    loose : int
        How many of the widest share what is left over.
    """

    low: Array
    high: Array
    sign: float
    total: float
    tilt: float
    order: NDArray[np.intp]
    loose: int

    def __call__(self, rng: np.random.Generator, out: Array) -> None:
        """Fill ``out (k, n)``."""
        if self.total > (self.high - self.low).min() * (1 + 1e-12):
            return fill_from(self.propose, rng, out)
        fill_simplex(rng, out)  # no leaf can reach its other bound: nothing to reject
        out *= self.sign * self.total
        out += (self.low if self.sign > 0 else self.high)[:, None]
        np.clip(out, self.low[:, None], self.high[:, None], out=out)

    def propose(self, rng: np.random.Generator, count: int) -> Array:
        """What is kept of ``count`` proposals, shape ``(k, kept)``."""
        width = (self.high - self.low)[:, None]
        shared, drawn = self.order[: self.loose], self.order[self.loose :]
        x = rng.random((len(drawn), count))
        if self.tilt:  # density exp(-tilt x) from 0 to the width, by inversion
            x *= np.expm1(-self.tilt * width[drawn])
            x += 1
            np.log(x, out=x)
            x *= -1 / self.tilt
        else:
            x *= width[drawn]
        rest, most = self.total - x.sum(axis=0), min(self.total, float(width[shared].sum()))
        keep = (rest >= 0) & (rest <= most)
        if len(drawn):
            keep &= self._chosen(rng, rest, most)
        columns = np.flatnonzero(keep)
        parts = rest[None, columns]
        if self.loose > 1:
            parts = rng.standard_exponential((self.loose, len(columns)))
            parts *= rest[columns] / parts.sum(axis=0)
            fits = np.flatnonzero((parts <= width[shared]).all(axis=0))
            columns, parts = columns[fits], parts.take(fits, axis=1)
        kept = np.empty((len(width), len(columns)))
        kept[shared], kept[drawn] = parts, x.take(columns, axis=1)
        kept *= self.sign
        kept += (self.low if self.sign > 0 else self.high)[:, None]
        return np.clip(kept, self.low[:, None], self.high[:, None], out=kept)

    def _chosen(self, rng: np.random.Generator, rest: Array, most: float) -> NDArray[np.bool_]:
        power = self.loose - 1
        mode = most if self.tilt == 0 else min(most, power / self.tilt)
        with np.errstate(divide="ignore", invalid="ignore"):  # a rest below 0 is out already
            log_odds = power * np.log(rest / mode) if power else 0.0
        return np.asarray(log_odds - self.tilt * (rest - mode) >= -rng.standard_exponential(len(rest)))


def box_sampler(low: Array, high: Array) -> BoxSampler:
    """The quickest exact sampler for weights within bounds that leave room.

    How many leaves are loose is chosen by trying each number on 2,000 proposals
    from a fixed seed, so the choice is part of the space, not of the draws.
    """
    low, high = tightened(low, high)
    width, above, below = high - low, 1 - low.sum(), high.sum() - 1
    tilt = _tilt(width, above)
    sign, total = (1.0, above) if tilt >= 0 else (-1.0, below)
    tilt = abs(tilt) if abs(tilt) * width.max() > 0.1 else 0.0
    order = np.argsort(-width, kind="stable")
    wide = int((width > 0).sum())
    choices = product(sorted({0.0, tilt}, reverse=True), range(1, wide + 1))
    tried = (BoxSampler(low, high, sign, total, each, order, loose) for each, loose in choices)
    return max(tried, key=_kept_for_effort)


def _kept_for_effort(sampler: BoxSampler) -> float:
    """Kept draws by effort: a number takes about twice as long with a tilt as without."""
    drawn = len(sampler.order) - sampler.loose
    effort = sampler.loose + drawn * (1.0 if sampler.tilt else 0.5)
    return float(sampler.propose(np.random.default_rng(0), 2_000).shape[1] / effort)


def _tilt(width: Array, total: float) -> float:
    """The tilt at which independent draws have the expected sum ``total``."""
    from scipy.optimize import brentq

    wide = width[width > 0]

    def excess(tilt: float) -> float:
        t = np.clip(tilt * wide, -500, 500)
        t[np.abs(t) < 1e-5] = 1e-5  # the mean is 1/2 - t/12 there: no matter
        return float((wide * (1 / t - 1 / np.expm1(t))).sum() - total)

    reach = 2 * len(wide) / min(total, wide.sum() - total)
    return float(brentq(excess, -reach, reach, xtol=1e-6 * reach))


def polytope_sampler(a: Array, b: Array) -> Sampler:
    """A sampler of the weights with ``a @ w <= b``, of which there are some.

    Raises
    ------
    WeightsError
        When no weights satisfy the constraints, or hardly any that the solver can tell from none.
    """
    from scipy.linalg import null_space

    size = a.shape[1]
    unit = np.eye(size)
    low, high = lightest(unit, a, b), lightest(-unit, a, b)
    corners = np.vstack([lightest(a, a, b), high])  # where each row has most slack
    bounded, limits = np.vstack([a, -unit]), np.append(b, np.zeros(size))
    tight = limits - np.einsum("ij,ij->i", bounded, corners) <= FLAT
    inside = corners.mean(axis=0)  # has some slack in every row that has any
    if not tight.any():
        box = box_sampler(np.clip(low.diagonal() - FLAT, 0, 1), np.clip(high.diagonal() + FLAT, 0, 1))
        propose = partial(propose_within, box=box, a=a, b=b)
        if propose(np.random.default_rng(0), 20_000).shape[1] >= ACCEPTED * 20_000:
            return partial(fill_from, propose)
    equal, values = np.vstack([np.ones(size), bounded[tight]]), np.append(1.0, limits[tight])
    inside = inside + np.linalg.lstsq(equal, values - equal @ inside)[0]
    basis = null_space(equal, rcond=1e-10)
    if basis.shape[1] == 0:
        return partial(fill_point, point=np.clip(inside, 0, 1))
    onto = basis @ basis.T
    walk = {"start": inside, "dimensions": basis.shape[1], "a": bounded[~tight], "b": limits[~tight]}
    return partial(hit_and_run, directions=[_directions(unit, onto), _directions(corners.T, onto)], **walk)


def propose_within(rng: np.random.Generator, count: int, *, box: BoxSampler, a: Array, b: Array) -> Array:
    """What is kept of ``count`` proposals from a box, shape ``(k, kept)``: those with ``a @ w <= b`` in every row."""
    drawn = box.propose(rng, count)
    return np.compress((_times(a, drawn) <= b[:, None]).all(axis=0), drawn, axis=1)


def hit_and_run(
    rng: np.random.Generator, out: Array, *, start: Array, dimensions: int, directions: list[Array], a: Array, b: Array
) -> None:
    """From where a chain stands, a random direction, and a uniform point on the chord along it.

    Every other step goes along the line between two corners drawn at random, and the
    others shift weight from one leaf to another, as far as equalities allow. On a
    simplex these are its edges, along which a chain reaches into sharp corners that
    it would take long to find in directions drawn all around.

    Parameters
    ----------
    rng : Generator
    out : array (k, n)
        Filled with the first of every chain, then the second of every chain, and so on.
    start : array (k,)
        Where every chain starts: the mean of the corners.
    dimensions : int
        Of the polytope.
    directions : list of array (k, p)
        Unit steps from leaf to leaf, brought to where the equalities hold, and from
        corner to corner; as corners count those where a row has most slack.
    a, b : array (m, k), (m,)
        The rows ``a @ w <= b`` that leave room.
    """
    leaves, count = out.shape
    choices = [np.vstack([each, -_times(a, each)]) for each in directions if each.size]
    for each in choices:
        each[np.abs(each) < 1e-12] = 0
    w = np.repeat(start[:, None], CHAINS, axis=1)
    steps = WARM_UP * dimensions
    for first in range(0, count, CHAINS):
        state = np.vstack([w, b[:, None] - _times(a, w)])  # the weights, and the slack of every row
        for step in range(steps):
            choice = choices[step % len(choices)]
            chosen = rng.integers(choice.shape[1], size=CHAINS)
            change = choice.take(chosen, axis=1, mode="clip")  # quicker than choice[:, chosen]
            with np.errstate(divide="ignore", invalid="ignore"):
                reach = -state[leaves:] / change[leaves:]
            back = np.where(change[leaves:] > 0, reach, -np.inf).max(axis=0)
            ahead = np.where(change[leaves:] < 0, reach, np.inf).min(axis=0)
            change *= back + rng.random(CHAINS) * (ahead - back)
            state += change
        w = state[:leaves]
        taken = out[:, first : first + CHAINS]
        np.clip(w[:, : taken.shape[1]], 0, 1, out=taken)
        steps = THIN * dimensions


def _directions(points: Array, onto: Array) -> Array:
    """Between every two columns of ``points``, projected by ``onto``, length 1; those of no length left out."""
    one, other = np.triu_indices(points.shape[1], 1)
    apart = onto @ (points[:, one] - points[:, other])
    length = np.linalg.norm(apart, axis=0)
    return np.asarray(apart[:, length > FLAT] / length[length > FLAT])


def _times(a: Array, b: Array) -> Array:
    """``a @ b``, added up in one fixed order."""
    return np.asarray(np.einsum("ij,jk->ik", a, b))
