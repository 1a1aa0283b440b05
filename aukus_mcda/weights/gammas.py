"""Gamma draws at the price of two exponentials, for weights scattered about a centre.

A gamma number is drawn by inversion: an exponential number e has the same place in its
distribution as the gamma number x that takes its stead. On logarithms the way from e to
x is nearly straight, with slope 1/shape far to the left and nearly flat far to the right,
so a table of short lines gives it. `Generator.standard_gamma` takes five to nine
exponentials for the same (``docs/decisions/0009-gamma-draws-from-a-table.md``).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from .arrays import Array

FROM, TO = -24, 5
"""Of log e. Less happens once in 3e10 draws and follows the first line; more never does."""
MOST = 1e6
"""The greatest shape drawn from a table: beyond, its quantiles are not known well enough."""
_CELLS = 256  # to every unit of log e
_KNOTS = 16  # to every unit: quantiles worked out, the rest of the table is interpolated


def fill_gamma(rng: np.random.Generator, out: Array, *, shape: float) -> None:
    """Fill ``out (n,)`` with gamma numbers of scale 1; shape 0 gives 0.

    Each is off by at most 3e-7 of itself for shapes of 1 or more, and by 1e-6 / shape of
    itself below; and, for shapes of 0.05 or more, by at most 5e-5 of a standard deviation.
    """
    if shape == 0:
        out[:] = 0
        return
    if shape > MOST:
        rng.standard_gamma(shape, out=out)
        return
    start, slope = _lines(shape)
    np.log(rng.standard_exponential(out=out), out=out)
    place = out * _CELLS
    place -= FROM * _CELLS
    np.maximum(place, 0, out=place)
    cell = place.astype(np.intp)
    out *= slope.take(cell, mode="clip", out=place)
    out += start.take(cell, mode="clip", out=place)
    np.exp(out, out=out)


@lru_cache(maxsize=256)
def _lines(shape: float) -> tuple[Array, Array]:
    """``log x = start + slope * log e`` on each cell.

    Quantiles at the knots; between them a Hermite spline, for the slope of log x is known too:
    e exp(-e) / (x f(x)), with f the gamma density.
    """
    from scipy.interpolate import CubicHermiteSpline
    from scipy.special import gammainccinv, gammaincinv, gammaln, xlogy

    t = np.arange(FROM * _KNOTS, TO * _KNOTS + 1) / _KNOTS
    e = np.exp(t)
    below = -np.expm1(-e)
    x = np.where(e < 0.7, gammaincinv(shape, below), gammainccinv(shape, np.exp(-e)))
    with np.errstate(divide="ignore", invalid="ignore"):  # a quantile too small for a double: put right below
        log_x = np.log(x)
        slope = np.exp(t - e - (xlogy(shape, x) - x - gammaln(shape)))
    tiny = x < 1e-250  # there F(x) = x^shape / gamma(shape + 1)
    log_x[tiny] = (np.log(below[tiny]) + gammaln(shape + 1)) / shape
    slope[tiny] = np.exp(t - e)[tiny] / (below[tiny] * shape)
    at = np.arange(FROM * _CELLS, TO * _CELLS + 1) / _CELLS
    fine = CubicHermiteSpline(t, log_x, slope)(at)
    slopes = np.diff(fine) * _CELLS
    return fine[:-1] - slopes * at[:-1], slopes
