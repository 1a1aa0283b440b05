"""PERT numbers at the price of two look-ups: for scores, and for the swing points that weights are made of.

Uniform numbers go through a table of quantiles whose cells grow with the distance
from either end; see `pert_table` for how far it can be off.
"""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np

from .arrays import Array

PEAK = 4.0
"""How much a PERT distribution trusts the likely number: its mean counts it 4 times."""

_OCTAVES, _CELLS = 31, 32  # quantiles from 2^-32 to 1/2; cells per halving
_KNOTS = np.append(np.ldexp(1 + np.arange(_CELLS) / _CELLS, np.arange(-1 - _OCTAVES, -1)[:, None]).ravel(), 0.5)
_HALF = _OCTAVES * _CELLS
_BITS = 47  # of a double's 64, those below the first five of the mantissa
_FIRST, _SIGN = (1022 - _OCTAVES) * _CELLS, 1 << (63 - _BITS)
_SHAPES = 128


def fill_pert(out: Array, peaks: tuple[float, ...]) -> None:
    """Uniform numbers ``out (r, n)`` to PERT ones on [0, 1] with modes ``peaks (r,)``, in place.

    The uniform number u is taken as s = u - 1/2: positive s is that far from 0, negative
    s that far from 1. The first bits of a double are its sign, its exponent and the head
    of its mantissa: they are the cell's number, 32 cells to every halving of the distance.
    """
    start, slope = _tables(peaks)
    out -= 0.5
    cell = out.view(np.int64) >> _BITS
    beyond = cell >> 63
    beyond &= _SIGN + _HALF
    cell += beyond
    cell -= _FIRST
    np.maximum(cell, 0, out=cell)
    cell += 2 * _HALF * np.arange(len(peaks))[:, None]
    line = slope.take(cell, mode="clip")
    out *= line
    out += start.take(cell, mode="clip", out=line)


@lru_cache(maxsize=64)
def _tables(peaks: tuple[float, ...]) -> tuple[Array, Array]:
    start, slope = zip(*map(pert_table, peaks), strict=True)
    return np.concatenate(start), np.concatenate(slope)


def pert_table(peak: float) -> tuple[Array, Array]:
    """Quantiles of PERT on [0, 1], mode ``peak``, as a line ``start + slope * s`` on each cell.

    PERT is Beta(1 + 4 peak, 5 - 4 peak). Its quantiles at the knots come from those of
    four neighbouring modes out of 129 by cubic interpolation. Against
    `scipy.stats.beta.ppf` the greatest error is 1.5e-5 of the range, 0.0015 of 100 value
    points, for quantiles from 2^-32 to 1 - 2^-32: for all but one draw in 2e9.

    Returns
    -------
    start, slope : array (1984,)
        Cells for s > 0 (quantile s), then for s < 0 (quantile 1 + s).

    References
    ----------
    Malcolm, Roseboom, Clark and Fazar (1959), doi:10.1287/opre.7.5.646.
    """
    near_low, near_high = _blended(peak), _blended(1 - peak)
    start, slope = np.empty(2 * _HALF), np.empty(2 * _HALF)
    steps = np.diff(_KNOTS)
    np.divide(np.diff(near_low), steps, out=slope[:_HALF])
    np.divide(np.diff(near_high), steps, out=slope[_HALF:])
    start[:_HALF] = near_low[:-1] - slope[:_HALF] * _KNOTS[:-1]
    start[_HALF:] = 1 - near_high[:-1] + slope[_HALF:] * _KNOTS[:-1]
    return start, slope


def _blended(peak: float) -> Array:
    """Lower quantiles at the knots for any mode: the cubic through four neighbours (Lagrange)."""
    place = peak * _SHAPES
    first = min(max(int(place) - 1, 0), _SHAPES - 3)
    t = place - first
    shares = (
        -(t - 1) * (t - 2) * (t - 3) / 6,
        t * (t - 2) * (t - 3) / 2,
        -t * (t - 1) * (t - 3) / 2,
        t * (t - 1) * (t - 2) / 6,
    )
    total = np.zeros(len(_KNOTS))
    for i, share in enumerate(shares):
        total += share * _quantiles(first + i)
    return total


@cache
def _quantiles(shape: int) -> Array:
    """Lower quantiles of PERT with mode ``shape / 128`` at the knots.

    Where the quantile is found by a Hermite spline of log x against log F(x), whose slope is known.
    """
    from scipy.interpolate import CubicHermiteSpline
    from scipy.special import betainc, betaln

    mode = shape / _SHAPES
    a, b = 1 + PEAK * mode, 1 + PEAK * (1 - mode)
    lowest = (np.log(_KNOTS[0] / 2) + np.log(a) + betaln(a, b)) / a
    x = np.exp(np.linspace(lowest, np.log(0.95), 600))
    below = betainc(a, b, x)
    density = np.exp((a - 1) * np.log(x) + (b - 1) * np.log1p(-x) - betaln(a, b))
    spline = CubicHermiteSpline(np.log(below), np.log(x), below / (x * density))
    return np.asarray(np.exp(spline(np.log(_KNOTS))))
