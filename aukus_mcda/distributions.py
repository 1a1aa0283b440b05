"""What is believed of a score: its distribution, and the mean and tails of its value, in closed form.

A value function is piecewise linear, so every expectation needed of a value is a
sum over its pieces of partial moments E[X^r; X <= x], which are known for each
kind of distribution. Nothing is integrated numerically.

==========  =================================================================
pert        beta on low-high, mean (low + 4 likely + high) / 6; the default
triangular  on low-high, with its mode at likely
uniform     on low-high; likely plays no part
normal      mean likely, 5th to 95th percentile as far apart as low and high;
            what falls beyond an anchor is moved to the anchor
fixed       likely; so is any score whose low is its high
==========  =================================================================
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from .pert import PEAK
from .values import ValueFunction

if TYPE_CHECKING:
    from .case import Case

Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""

ROUNDING = 1e-12
"""Values closer than this, on 0-100, are equal."""


@dataclass(frozen=True)
class ScoreDistribution:
    """The distribution of one raw score.

    Parameters
    ----------
    kind : str
        pert (or blank), triangular, uniform, normal or fixed.
    low, likely, high : float
        The judgement, in the criterion's unit.
    least, greatest : float
        The anchors, the lower number first.

    References
    ----------
    Malcolm, Roseboom, Clark and Fazar (1959), doi:10.1287/opre.7.5.646, for PERT.

    Examples
    --------
    >>> judged = ScoreDistribution("pert", 2, 3, 7, 0, 10)
    >>> round(judged.mean, 6), round(float(judged.cdf(3)), 4)
    (3.5, 0.3316)
    """

    kind: str
    low: float
    likely: float
    high: float
    least: float
    greatest: float

    @property
    def fixed(self) -> bool:
        """Whether there is nothing left to know."""
        return self.kind == "fixed" or self.low == self.high

    def unit(self, raw: ArrayLike) -> NDArray[np.float64]:
        """Raw scores on the scale where low is 0 and high is 1, the one moments are taken on."""
        x = np.asarray(raw, dtype=float)
        return x - self.likely if self.fixed else (x - self.low) / (self.high - self.low)

    def partial_moments(self, raw: ArrayLike) -> NDArray[np.float64]:
        """E[U^r; X <= raw] for r = 0, 1, 2, where U is X on the `unit` scale; shape ``(3, *raw.shape)``."""
        from scipy import special

        x, mode = self.unit(raw), float(self.unit(self.likely))
        if self.fixed:
            return np.array([x >= 0, np.zeros_like(x), np.zeros_like(x)], dtype=float)
        if self.kind == "normal":
            return self._normal_moments(x)
        u = np.clip(x, 0, 1)
        if self.kind == "uniform":
            return np.array([u, u**2 / 2, u**3 / 3])
        if self.kind == "triangular":
            t = 1 - u  # what is left above; beyond the mode its moments are exact, differences are not
            whole = (1.0, (1 + mode) / 3, (1 + mode + mode**2) / 6)
            rest = (t**2, t**2 - 2 * t**3 / 3, t**2 - 4 * t**3 / 3 + t**4 / 2)
            rising = [2 * u ** (r + 2) / ((r + 2) * (mode or 1)) for r in range(3)]
            falling = [whole[r] - rest[r] / ((1 - mode) or 1) for r in range(3)]
            return np.where(u < mode, rising, falling)
        a, b = 1 + PEAK * mode, 1 + PEAK * (1 - mode)
        whole = (1.0, a / (a + b), a * (a + 1) / ((a + b) * (a + b + 1)))
        return np.array([whole[r] * special.betainc(a + r, b, u) for r in range(3)])

    def _normal_moments(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        from scipy import special

        mean, deviation = float(self.unit(self.likely)), 0.5 / Z95
        ends = self.unit([self.least, self.greatest])
        powers = ends ** np.arange(3)[:, None]

        def below(u: NDArray[np.float64]) -> NDArray[np.float64]:
            z = (u - mean) / deviation
            share, density = special.ndtr(z), deviation * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
            return np.array(
                [share, mean * share - density, (mean**2 + deviation**2) * share - (u + mean) * density]
            )  # fmt: skip

        beyond = special.ndtr((ends - mean) / deviation * np.array([1, -1]))
        first, last = (powers * beyond).T.reshape(2, 3, *[1] * x.ndim)
        between = below(np.clip(x, *ends)) - below(ends[0].reshape([1] * x.ndim))
        moments = first + between + np.where(x >= ends[1], last, 0.0)
        return np.asarray(np.where(x < ends[0], 0.0, moments))

    def cdf(self, raw: ArrayLike) -> NDArray[np.float64]:
        """P(X <= raw), of the shape of ``raw``."""
        return np.asarray(self.partial_moments(raw)[0])

    def partial_mean(self, raw: ArrayLike) -> NDArray[np.float64]:
        """E[X; X <= raw], in the criterion's unit, of the shape of ``raw``."""
        share, moment, _ = self.partial_moments(raw)
        origin, width = (self.likely, 1.0) if self.fixed else (self.low, self.high - self.low)
        return np.asarray(origin * share + width * moment)

    @property
    def mean(self) -> float:
        """E[X], in the criterion's unit."""
        return float(self.partial_mean(np.inf if self.kind != "normal" else self.greatest))

    def ppf(self, share: ArrayLike) -> NDArray[np.float64]:
        """The score that a share of the distribution does not exceed, of the shape of ``share``."""
        from scipy import special

        p = np.asarray(share, dtype=float)
        if self.fixed:
            return np.full_like(p, self.likely)
        width, mode = self.high - self.low, float(self.unit(self.likely))
        if self.kind == "normal":
            return np.asarray(np.clip(self.likely + width / (2 * Z95) * special.ndtri(p), self.least, self.greatest))
        if self.kind == "uniform":
            u = p
        elif self.kind == "triangular":
            u = np.where(p < mode, np.sqrt(p * mode), 1 - np.sqrt((1 - p) * (1 - mode)))
        else:
            u = special.betaincinv(1 + PEAK * mode, 1 + PEAK * (1 - mode), p)
        return np.clip(self.low + width * u, self.low, self.high)

    def draw(self, rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        """Independent draws, shape ``(count,)``."""
        if self.fixed or self.kind in ("normal", "uniform", "triangular"):
            return self.ppf(rng.random(count))
        mode = float(self.unit(self.likely))
        u = rng.beta(1 + PEAK * mode, 1 + PEAK * (1 - mode), count)  # far quicker than inverting the cdf
        return np.clip(self.low + (self.high - self.low) * u, self.low, self.high)


def expectation(
    distribution: ScoreDistribution, raw: NDArray[np.float64], worth: NDArray[np.float64], power: int = 1
) -> float:
    """E[f(X)^power] of the piecewise-linear f through points (raw, worth), exact but for rounding.

    Parameters
    ----------
    distribution : ScoreDistribution
        Of X; all of it between the first and last point.
    raw, worth : array, shape (p,)
        The points; ``raw`` strictly increasing.
    power : int
        1 or 2.

    Examples
    --------
    >>> judged = ScoreDistribution("uniform", 0, 5, 10, 0, 10)
    >>> expectation(judged, np.array([0.0, 5.0, 10.0]), np.array([0.0, 0.0, 1.0]))
    0.25
    """
    share, first, second = _steps(distribution, raw)
    u = distribution.unit(raw)
    run, rise = np.diff(u), np.diff(worth)
    slope = np.divide(rise, run, out=np.zeros_like(rise), where=run > 0)
    level = worth[:-1] - slope * u[:-1]
    if power == 1:
        return float(np.sum(level * share + slope * first))
    return float(np.sum(level**2 * share + 2 * level * slope * first + slope**2 * second))


def _steps(distribution: ScoreDistribution, raw: NDArray[np.float64]) -> NDArray[np.float64]:
    """Moments of each piece; what lies on the first point belongs to the first piece."""
    moments = distribution.partial_moments(raw)
    steps = np.diff(moments, axis=1)
    steps[:, 0] += moments[:, 0]
    return np.asarray(steps)


@dataclass(frozen=True)
class UncertainValue:
    """The value V = v(X), 0-100, of a score X that is not known for certain.

    Examples
    --------
    >>> judged = ScoreDistribution("uniform", 2, 5, 8, 0, 10)
    >>> value = UncertainValue(judged, ValueFunction(worst=0, best=10))
    >>> round(value.mean, 9), round(value.variance, 9)
    (50.0, 300.0)
    >>> probability, excess = value.beyond(60)  # 20 of 60 points lie above, 10 above on average
    >>> round(probability, 9), round(excess, 9)
    (0.333333333, 3.333333333)
    """

    distribution: ScoreDistribution
    function: ValueFunction

    @cached_property
    def corners(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Raw scores, increasing, and values of the points the value function joins."""
        scale = self.function
        raw, value = np.array(sorted([(scale.worst, 0.0), *scale.bends, (scale.best, 100.0)]), dtype=float).T
        return raw, value

    @cached_property
    def mean(self) -> float:
        """E[V]."""
        if self.distribution.fixed:
            return float(self.function(self.distribution.likely))
        return expectation(self.distribution, *self.corners)

    @cached_property
    def variance(self) -> float:
        """Var[V], in squared value points."""
        raw, value = self.corners
        spread = 0.0 if self.distribution.fixed else expectation(self.distribution, raw, value - self.mean, power=2)
        return max(0.0, spread)

    def raw_at(self, level: float) -> float:
        """The raw score that has a value, or NaN when the value is not from 0 to 100."""
        raw, value = self.corners
        if not 0 <= level <= 100:
            return float("nan")
        rising = 1 if value[-1] > value[0] else -1
        return float(np.interp(level, value[::rising], raw[::rising]))

    def beyond(self, level: float, *, above: bool = True) -> tuple[float, float]:
        """P(V > level) and E[max(V - level, 0)]; below the level instead, when not ``above``."""
        raw, value = self.corners
        if 0 < level < 100 and np.abs(value - level).min() > ROUNDING:
            split = np.union1d(raw, self.raw_at(level))
            raw, value = split, np.interp(split, raw, value)
        over = (value - level) * (1 if above else -1)
        over = np.where(over > ROUNDING, over, 0.0)
        share = _steps(self.distribution, raw)[0]
        # What lies on an anchor itself counts only if the anchor's own value is beyond the level.
        share[0] -= float(self.distribution.cdf(raw[0])) * (over[0] == 0)
        share[-1] -= (1 - float(self.distribution.cdf(np.nextafter(raw[-1], raw[0])))) * (over[-1] == 0)
        probability = max(0.0, float(np.sum(share[over[:-1] + over[1:] > 0])))
        return probability, max(0.0, expectation(self.distribution, raw, over)) if probability else 0.0


def uncertain_values(case: Case) -> pd.DataFrame:
    """What is believed of each value, options x leaves.

    Screened options are left out; rows and columns are in the order of their ids,
    so that no result depends on the order of the input.

    Parameters
    ----------
    case : Case

    Returns
    -------
    DataFrame of `UncertainValue`

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> values = uncertain_values(load_case("aukus_plus_two"))
    >>> values.columns[0], 0 < values.at["status_quo", values.columns[0]].mean < 100
    ('acc_canberra', True)
    """
    kept = sorted(case.options.index.difference(case.screened.index))
    functions = {leaf: case.value_function(leaf) for leaf in sorted(case.leaves)}

    def believed(option: str, leaf: str) -> UncertainValue:
        function, score = functions[leaf], case.scores.loc[(option, leaf)]
        ends = sorted((function.worst, function.best))
        judged: list[Any] = [score["distribution"] or "pert", score["low"], score["likely"], score["high"]]
        return UncertainValue(ScoreDistribution(*judged, *ends), function)

    grid = {leaf: [believed(option, leaf) for option in kept] for leaf in functions}
    return pd.DataFrame(grid, index=pd.Index(kept, name="option"), dtype=object).rename_axis(columns="criterion")
