"""Fill arrays with random weights: the array functions beneath the weight spaces.

Arrays have shape ``(k, n)``, a row per leaf and a column per draw: rows are long
and contiguous, so each step is one pass over memory that NumPy vectorises. No
sum is left to BLAS, whose order of addition may depend on its threads.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

Real = TypeVar("Real", float, NDArray[np.float64])


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
    to come. Climb from the lightest: the heaviest of a group is a sum of such steps;
    the others of the group are exponentials cut off there, and each is as likely as
    the next to be the heaviest.
    """
    level, above = np.zeros(out.shape[1]), sum(map(len, groups))
    for heaviest, *others in reversed(groups):
        climb = rng.standard_exponential(out=out[heaviest])
        climb /= above
        for row in others:
            above -= 1
            climb += rng.standard_exponential(out=out[row]) / above
        above -= 1
        for row in others:
            rng.standard_exponential(out=out[row])
            _modulo(out[row], climb)
            out[row] += level
        climb += level
        if others:
            level = climb.copy()
            rows, columns = np.array([heaviest, *others]), np.arange(len(level))
            chosen = rows[rng.integers(len(rows), size=len(level))]
            out[heaviest] = out[chosen, columns]
            out[chosen, columns] = level
        else:
            level = climb
    out /= out.sum(axis=0)


def fill_dirichlet(rng: np.random.Generator, out: Array, *, shapes: Array) -> None:
    """Dirichlet with parameters ``shapes (k,)``, 0 allowed: gammas divided by their sum."""
    room = _room(out.shape[1])
    for row, shape in zip(out, shapes.tolist(), strict=True):
        fill_gamma(rng, row, shape, room)
    out /= out.sum(axis=0)


def _room(count: int) -> Array:
    """To work in: memory that is asked for once is not cleared by the system for every row."""
    return np.empty((2, count + count % 2))


def fill_gamma(rng: np.random.Generator, out: Array, shape: float, room: Array | None = None) -> None:
    """Gamma of one shape, after Marsaglia and Tsang (2000), in whole-array steps.

    With x normal and v = (1 + c x)^3, d v is kept with a probability that falls
    away from x = 0 on both sides, and is hardly below 1 near it. So where the size of x is
    below a limit, eight bits of a uniform settle nearly every case; the others get
    the rest of their uniform and the full test, and what fails is drawn again by
    NumPy's gamma. A shape below 1 is made from the one above it.
    """
    if shape == 0:
        out[:] = 0
        return
    big = shape if shape >= 1 else shape + 1
    d = big - 1 / 3
    c, scale = 1 / math.sqrt(9 * d), d ** (1 / 3)
    limit, sure = _sure(d)
    x = _normals(rng, len(out), _room(len(out)) if room is None else room)
    np.multiply(x, scale * c, out=out)
    out += scale
    bits = rng.bit_generator.random_raw(-(-len(out) // 8)).view(np.uint8)[: len(out)]
    unsure = bits >= sure
    unsure |= x > limit
    unsure |= x < -limit
    left = np.flatnonzero(unsure)
    some = x[left]
    np.multiply(out, out, out=x)
    out *= x
    u = (bits[left] + rng.random(len(left))) / 256
    with np.errstate(invalid="ignore", divide="ignore"):  # v <= 0 fails, as it must
        passed = np.log(u) < _log_odds(some, c, d, np.log(1 + c * some))
    again = left[~passed]
    out[again] = rng.standard_gamma(big, size=len(again))
    if shape < 1:
        power = np.subtract(1, rng.random(out=x), out=x)
        np.log(power, out=power)
        power *= 1 / shape
        out *= np.exp(power, out=power)


@lru_cache(maxsize=1_000)
def _sure(d: float) -> tuple[float, int]:
    """A limit, and how many 256ths of the values below it are kept whatever they are.

    Of some limits, the one that leaves the fewest values for the full test.
    """
    c = 1 / math.sqrt(9 * d)
    best = (1.0, 0.0, 0)
    for limit in np.arange(0.5, min(6, 0.99 / c), 0.05).tolist():
        odds = min(_log_odds(x, c, d, math.log1p(c * x)) for x in (-limit, limit))
        sure = math.floor(256 * math.exp(odds) * (1 - 1e-9))
        best = min(best, (math.erfc(limit / math.sqrt(2)) + 1 - sure / 256, limit, sure))
    return best[1:]


def _log_odds(x: Real, c: float, d: float, log: Real) -> Real:
    """Logarithm of the probability that d (1 + c x)^3 is kept; ``log`` is that of 1 + c x."""
    return x * x / 2 - d * c * x * (3 + c * x * (3 + c * x)) + 3 * d * log


def _normals(rng: np.random.Generator, count: int, room: Array) -> Array:
    """Standard normals in pairs (Box and Muller 1958), half the angle's tangent giving its cosine and sine."""
    pairs = room[0].reshape(2, -1)
    square, factor = room[1].reshape(2, -1)
    radius, t = rng.random(out=pairs)
    np.subtract(1, radius, out=radius)
    np.log(radius, out=radius)
    radius *= -2
    np.sqrt(radius, out=radius)
    t -= 0.5
    t *= np.pi
    np.tan(t, out=t)
    np.multiply(t, t, out=square)
    np.add(square, 1, out=factor)
    np.divide(radius, factor, out=factor)
    np.subtract(1, square, out=square)
    np.multiply(square, factor, out=radius)
    factor *= 2
    t *= factor
    return room[0, :count]


def _modulo(row: Array, period: Array | float) -> None:
    """What is left of exponentials after whole periods: exponentials cut off at ``period``, exactly."""
    row /= period
    row -= np.floor(row)
    row *= period


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
        width = self.high - self.low
        shared, drawn = self.order[: self.loose], self.order[self.loose :]
        most = min(self.total, float(width[shared].sum()))
        x, rest = (self._tilted if self.tilt else self._even)(rng, count, width[drawn].tolist(), most)
        keep = (rest >= 0) & (rest <= most)
        if len(drawn):
            keep &= self._chosen(rng, rest, most)
        columns = np.flatnonzero(keep)
        parts = rest[None, columns]
        if self.loose > 1:
            parts = rng.standard_exponential((self.loose, len(columns)))
            parts *= rest[columns] / parts.sum(axis=0)
            fits = np.flatnonzero((parts <= width[shared, None]).all(axis=0))
            columns, parts = columns[fits], parts.take(fits, axis=1)
        kept = np.empty((len(width), len(columns)))
        kept[shared] = parts
        for place, row in zip(drawn, x, strict=True):
            row.take(columns, out=kept[place], mode="clip")
        kept *= self.sign
        kept += (self.low if self.sign > 0 else self.high)[:, None]
        return np.clip(kept, self.low[:, None], self.high[:, None], out=kept)

    def _tilted(self, rng: np.random.Generator, count: int, wide: list[float], most: float) -> tuple[Array, Array]:
        """Density exp(-tilt x) on [0, wide] a row, by inversion; and what they leave of the total."""
        x, rest = _kept_room(len(wide), count), np.full(count, self.total)
        for row, each in zip(x, wide, strict=True):
            rng.random(out=row)
            row *= math.expm1(-self.tilt * each)
            row += 1
            np.log(row, out=row)
            row *= -1 / self.tilt
            rest -= row
        return x, rest

    def _even(self, rng: np.random.Generator, count: int, wide: list[float], most: float) -> tuple[Array, Array]:
        """Uniform on [0, wide] a row, where they may leave from 0 to ``most``; and what they leave.

        The first sixteen bits tell nearly always whether they do; only then come the
        others, and the caller decides on all of them.
        """
        bits = rng.bit_generator.random_raw(len(wide) * -(-count // 4)).view(np.uint16)
        bits = bits.reshape(len(wide), -(-count // 4) * 4)[:, :count]
        reach = math.fsum(wide)
        margin = (1 + len(wide)) * (self.total + reach) * 2.0**-22  # more than single precision can be wrong by
        about, scaled = np.full(count, self.total, np.float32), np.empty(count, np.float32)
        for some, each in zip(bits, wide, strict=True):
            np.multiply(some, np.float32(each / 2**16), out=scaled)
            about -= scaled
        can = about >= -margin
        can &= about <= most + reach / 2**16 + margin
        columns = np.flatnonzero(can)
        x, rest = _kept_room(len(wide), len(columns)), np.full(len(columns), self.total)
        for row, some, each in zip(x, bits, wide, strict=True):
            rng.random(out=row)
            row += some.take(columns)
            row *= each / 2**16
            rest -= row
        return x, rest

    def _chosen(self, rng: np.random.Generator, rest: Array, most: float) -> NDArray[np.bool_]:
        power = self.loose - 1
        mode = most if self.tilt == 0 else min(most, power / self.tilt)
        with np.errstate(divide="ignore", invalid="ignore"):  # a rest below 0 is out already
            log_odds = power * np.log(rest / mode) if power else 0.0
        return np.asarray(log_odds - self.tilt * (rest - mode) >= -rng.standard_exponential(len(rest)))


def _kept_room(rows: int, count: int) -> Array:
    """Memory for proposals, kept by each thread: asked for anew, the system would clear it every time."""
    if not hasattr(_kept, "room") or rows * count > len(_kept.room):
        _kept.room = np.empty(rows * count)
    room: Array = _kept.room[: rows * count]
    return room.reshape(rows, count)


_kept = threading.local()


def tightened(low: Array, high: Array) -> tuple[Array, Array]:
    """The least and greatest each weight can be, given the bounds of the others and the sum 1."""
    least = np.maximum(low, 1 - (high.sum() - high))
    most = np.minimum(high, 1 - (low.sum() - low))
    return np.minimum(least, most), np.maximum(least, most)


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
    tried = [
        BoxSampler(low, high, sign, total, each, order, loose)
        for each in sorted({0.0, tilt}, reverse=True)
        for loose in range(1, wide + 1)
    ]
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
