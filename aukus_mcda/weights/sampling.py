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

import numpy as np
from numpy.typing import NDArray

from .arrays import Array
from .gammas import fill_gamma


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
    for row, shape in zip(out, shapes.tolist(), strict=True):
        fill_gamma(rng, row, shape=shape)
    out /= out.sum(axis=0)


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
    threads : int
        More do not help: picking what is kept holds the interpreter's lock.
    """

    low: Array
    high: Array
    sign: float
    total: float
    tilt: float
    order: NDArray[np.intp]
    loose: int
    threads: int = 1

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
        if self.sign < 0:
            np.negative(kept, out=kept)
        base = self.low if self.sign > 0 else self.high
        if base.any():  # a pass over memory that most boxes do not need
            kept += base[:, None]
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
