# SPDX-License-Identifier: Apache-2.0
"""Raw scores to 0-100 values on declared anchors; the distributions of scores, exactly; what anchors were judged.

The value of a score is measured between the *declared* worst and best, never
between the worst and best that happen to be among the options, so adding or
dropping an option cannot change what the others are worth.

A value function is piecewise linear, so every expectation needed of an uncertain
value is a sum over its pieces of partial moments E[X^r; X <= x], which are known for
each kind of distribution. Nothing is integrated numerically. How they are drawn: `uncertainty.drawing`.

==========  =================================================================
pert        beta on low-high, mean (low + 4 likely + high) / 6; the default
triangular  on low-high, with its mode at likely
uniform     on low-high; likely plays no part
normal      mean likely, 5th to 95th percentile as far apart as low and high
fixed       likely; so is any score whose low is its high
unknown     uniform between the anchors, whatever the case says of its ranges
==========  =================================================================

Where the case says ``ranges = "5-95"``, low and high are the 5th and 95th
percentiles of the first three too. What falls beyond an anchor is moved to it.

That an unknown score may lie anywhere on its scale is what Jiménez, Mateos and Ríos-Insua (2009), *Missing
consequences in multiattribute utility theory*, Omega 37, 395-410, propose; SMAA, too, represents what is missing
by a distribution.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..errors import GREATEST, shown
from ..weights import PEAK, Array
from .tables import UNJUDGED, number

if TYPE_CHECKING:
    from .case import Case

Z95 = 1.6448536269514722
"""The 95th percentile of the standard normal distribution."""

NEAREST = 1e-9
"""Anchors nearer than this part of their size are one: their difference would lose all precision."""

_ROUNDING = 1e-12
"""Values closer than this, on 0-100, are equal."""


class BrokenLine(NamedTuple):
    """A value as a function of a number x: ``start + slope * x``, and from each bend (x, turn) on a changed slope."""

    start: float
    slope: float
    bends: tuple[tuple[float, float], ...]

    @classmethod
    def through(cls, x: Sequence[float] | Array, values: Sequence[float] | Array) -> BrokenLine:
        """The line through points, ``x`` increasing; NumPy would take ten times as long over so few.

        Examples
        --------
        >>> BrokenLine.through([0.0, 4.0, 10.0], [0.0, 80.0, 110.0])
        BrokenLine(start=0.0, slope=20.0, bends=((4.0, -15.0),))
        """
        steps = zip(pairwise(x), pairwise(values), strict=True)
        slopes = [(after - before) / (right - left) for (left, right), (before, after) in steps]
        bends = zip(x[1:-1], (after - before for before, after in pairwise(slopes)), strict=True)
        return cls(values[0] - slopes[0] * x[0], slopes[0], tuple(bends))

    def fill(self, x: Array, out: Array) -> None:
        """Values of ``x`` into ``out``, of the same shape."""
        np.multiply(x, self.slope, out=out)
        out += self.start
        for at, turn in self.bends:
            out += np.maximum(x - at, 0) * turn


def parse_bends(shape: str) -> tuple[tuple[float, float], ...]:
    """Read the ``shape`` cell of criteria.csv: ``raw:value`` pairs joined by ``;``.

    Raises
    ------
    ValueError
        When the text has another form.

    Examples
    --------
    >>> parse_bends("3:20; 7:80")
    ((3.0, 20.0), (7.0, 80.0))
    >>> parse_bends("")
    ()
    """
    pairs = (pair.partition(":") for pair in shape.split(";") if pair.strip())
    return tuple((number(raw), number(value)) for raw, _, value in pairs)


@dataclass(frozen=True)
class ValueFunction:
    """Piecewise-linear value of a raw score: 0 at ``worst``, 100 at ``best``.

    Parameters
    ----------
    worst, best : float
        The anchors, in the criterion's unit. ``worst > best`` where less is better.
    bends : tuple of (raw, value), optional
        Points between the anchors through which the function passes; a straight
        line when empty.

    Raises
    ------
    ValueError
        When the anchors coincide, or a bend lies outside them or makes a better
        score worth less.

    References
    ----------
    Belton and Stewart (2002), *Multiple Criteria Decision Analysis*, ch. 5,
    doi:10.1007/978-1-4615-1495-4.

    Examples
    --------
    >>> risk = ValueFunction(worst=10, best=0)
    >>> risk([10, 7.5, 0]).tolist()
    [0.0, 25.0, 100.0]
    >>> quick_gains = ValueFunction(worst=0, best=10, bends=((4, 70),))
    >>> float(quick_gains(7))
    85.0
    """

    worst: float
    best: float
    bends: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of(cls, scale: Mapping[str, Any] | pd.Series) -> ValueFunction:
        """That of a row of criteria, with its worst, best and shape."""
        return cls(scale["worst"], scale["best"], parse_bends(scale["shape"]))

    def __post_init__(self) -> None:
        if not (np.isfinite(self.worst) and np.isfinite(self.best)) or self.worst == self.best:
            raise ValueError("worst and best must be two different finite numbers")
        raw, value = self.corners
        rising = 1 if self.best > self.worst else -1
        if {raw[0], raw[-1]} != {self.worst, self.best} or np.any(np.diff(raw) <= 0) or np.ptp(value) > 100:
            raise ValueError("each bend: a score between worst and best, a value from 0 to 100, no two at one score")
        if not np.all(np.diff(value) * rising >= 0):
            raise ValueError("a better score must never be worth less")

    @cached_property
    def corners(self) -> tuple[Array, Array]:
        """Raw scores, increasing, and their values: what `numpy.interp` wants."""
        corners = sorted([(self.worst, 0.0), *self.bends, (self.best, 100.0)])
        raw, value = np.array(corners, dtype=float).T
        return raw, value

    def __call__(self, raw: ArrayLike) -> Array:
        """Values of raw scores of any shape; NaN stays NaN.

        Raises
        ------
        ValueError
            When a score lies outside the anchors, where the scale says nothing.
        """
        scores = np.asarray(raw, dtype=float)
        corners, values = self.corners
        if np.any((scores < corners[0]) | (scores > corners[-1])):
            raise ValueError(f"a score lies outside the anchors {shown(self.worst)} and {shown(self.best)}")
        return np.asarray(np.interp(scores, corners, values))

    def inverse(self, value: ArrayLike, *, side: Literal["better", "worse"] = "better") -> Array:
        """Raw scores worth these values, of any shape; NaN for values outside 0-100.

        Where a stretch of scores is worth the same, its better or worse end. A value
        within 1e-9 of a corner's is the corner's.

        Examples
        --------
        >>> ValueFunction(worst=10, best=0).inverse([0, 25, 110]).tolist()
        [10.0, 7.5, nan]
        """
        raw, worth = self.corners
        if self.best < self.worst:
            raw, worth = raw[::-1], worth[::-1]
        values = np.asarray(value, dtype=float)
        corner = worth[np.abs(values[..., None] - worth).argmin(axis=-1)]
        values = np.where(np.abs(values - corner) <= 1e-9, corner, values)
        scores = np.interp(values, worth, raw) if side == "better" else np.interp(-values, -worth[::-1], raw[::-1])
        return np.where((values < 0) | (values > 100), np.nan, scores)


def rounded_limits(least: float, greatest: float) -> tuple[float, float]:
    """The round numbers next below and above some scores, in steps of a power of ten no wider than their spread.

    Examples
    --------
    >>> rounded_limits(12.3, 48.0), rounded_limits(5, 5)
    ((10.0, 50.0), (5.0, 6.0))
    """
    power = math.floor(math.log10(max(greatest - least or abs(greatest) or 1, 1 / GREATEST)))
    step = 10.0**power
    low, high = (round(steps * step, -power) for steps in (math.floor(least / step), math.ceil(greatest / step)))
    low, high = min(low, least), max(high, greatest)
    return low, high if high > low else low + step


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
    >>> round(float(judged.cdf(3)), 4), judged.ppf([0, 1]).tolist()
    (0.3316, [2.0, 7.0])
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

    def unit(self, raw: ArrayLike) -> Array:
        """Raw scores on the scale where low is 0 and high is 1, the one moments are taken on."""
        x = np.asarray(raw, dtype=float)
        return x - self.likely if self.fixed else (x - self.low) / (self.high - self.low)

    def partial_moments(self, raw: ArrayLike) -> Array:
        """E[U^r; X <= raw] for r = 0, 1, 2, where U is X on the `unit` scale; shape ``(3, *raw.shape)``.

        What falls beyond an anchor counts as lying on it.
        """
        x = self.unit(raw)
        if self.fixed:
            return np.array([x >= 0, np.zeros_like(x), np.zeros_like(x)], dtype=float)
        if self.kind != "normal" and self.least <= self.low and self.high <= self.greatest:
            return self._moments_below(np.clip(x, 0, 1))
        ends = self.unit([self.least, self.greatest])
        powers = ends ** np.arange(3)[:, None]
        under = self._moments_below(ends[0])
        beyond = np.array([under[0], self.at_greatest])
        first, last = (powers * beyond).T.reshape(2, 3, *[1] * x.ndim)
        between = self._moments_below(np.clip(x, *ends)) - under.reshape(-1, *[1] * x.ndim)
        moments = first + between + np.where(x >= ends[1], last, 0.0)
        return np.asarray(np.where(x < ends[0], 0.0, moments))

    @property
    def at_greatest(self) -> float:
        """P(X is the greatest anchor), with all that falls beyond it."""
        from scipy import special

        if self.fixed:
            return float(self.likely >= self.greatest)
        if self.kind == "normal":  # far out in the tail 1 less the share below is 0
            return float(special.ndtr((self.likely - self.greatest) / (self.high - self.low) * 2 * Z95))
        return float(1 - self._moments_below(self.unit(self.greatest))[0])

    def _moments_below(self, u: Array) -> Array:
        """E[U^r; U <= u] for r = 0, 1, 2, without regard to the anchors."""
        from scipy import special

        mode = float(self.unit(self.likely))
        if self.kind == "normal":
            deviation = 0.5 / Z95
            z = (u - mode) / deviation
            share, density = special.ndtr(z), deviation * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)
            return np.array([share, mode * share - density, (mode**2 + deviation**2) * share - (u + mode) * density])
        u = np.clip(u, 0, 1)
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

    def cdf(self, raw: ArrayLike) -> Array:
        """P(X <= raw), of the shape of ``raw``."""
        return np.asarray(self.partial_moments(raw)[0])

    def ppf(self, share: ArrayLike) -> Array:
        """The score that a share of the distribution does not exceed, of the shape of ``share``."""
        from scipy import special

        p = np.asarray(share, dtype=float)
        if self.fixed:
            return np.full_like(p, self.likely)
        width, mode = self.high - self.low, float(self.unit(self.likely))
        if self.kind == "normal":
            x = self.likely + width / (2 * Z95) * special.ndtri(p)
        else:
            x = np.clip(self.low + width * _unit_quantiles(self.kind, mode, p), self.low, self.high)
        return np.asarray(np.clip(x, self.least, self.greatest))


def judged(case: Case) -> pd.DataFrame:
    """The distribution of each score, by (option, criterion).

    Where the case says that its ranges are the 5th and 95th percentiles, the ends of PERT,
    triangular and uniform scores are put so far out that they are, around the same likely score.

    Returns
    -------
    DataFrame
        ``kind``: pert, triangular, uniform, normal, or ``fixed`` where nothing varies; ``low``, ``likely`` and
        ``high``: the ends and the mode, or for a normal score its percentiles. The ends may lie beyond the anchors.

    Examples
    --------
    >>> from aukus_mcda import Case
    >>> case = Case.from_frames(
    ...     criteria=pd.DataFrame({"id": ["reach"], "direction": "max", "worst": 0, "best": 10}),
    ...     scores=pd.DataFrame({"option": ["A"], "criterion": "reach", "low": 1, "likely": 5, "high": 9}),
    ...     about={"ranges": "5-95"},
    ... )
    >>> judged(case)[["low", "likely", "high"]].round(2).to_numpy().tolist()
    [[-1.44, 5.0, 11.44]]
    """
    kinds, (low, likely, high) = judged_ends(case)
    return pd.DataFrame({"kind": kinds, "low": low, "likely": likely, "high": high}, case.scores.index)


def judged_ends(case: Case) -> tuple[NDArray[np.object_], Array]:
    """The columns of `judged` as arrays: the kinds ``(r,)``, and low, likely and high ``(3, r)``."""
    scores = case.scores
    stated = scores["distribution"].to_numpy(dtype=object)
    ends = np.array([scores[each].to_numpy(dtype=float) for each in ("low", "likely", "high")])
    kinds = np.where(stated == "", "pert", np.where(stated == UNJUDGED, "uniform", stated))
    kinds = np.where(ends[0] < ends[2], kinds, "fixed")
    for kind in ("pert", "triangular", "uniform") if case.about.ranges == "5-95" else ():
        rows = (kinds == kind) & (stated != UNJUDGED)  # what is unknown has ends already
        ends[0, rows], ends[2, rows] = _ends(kind, *ends[:, rows])
    return kinds, ends


def _ends(kind: str, low: Array, likely: Array, high: Array) -> tuple[Array, Array]:
    """The ends that put 5 per cent below ``low`` and 5 above ``high``, the mode being at ``likely``.

    On the scale from one end to the other the likely score has some place, the mode. Every mode puts the
    percentiles somewhere, and so the mode between them; the one sought puts it where it was judged.
    """
    modes, lower, upper = _percentiles(kind)
    place = (likely - low) / (high - low)
    mode = np.interp(place, (modes - lower) / (upper - lower), modes)
    lower, upper = (np.interp(mode, modes, each) for each in (lower, upper))
    width = (high - low) / (upper - lower)
    return low - lower * width, high + (1 - upper) * width


def expectation(distribution: ScoreDistribution, raw: Array, worth: Array, power: int = 1) -> float:
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


def _steps(distribution: ScoreDistribution, raw: Array) -> Array:
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
    def mean(self) -> float:
        """E[V]."""
        if self.distribution.fixed:
            return float(self.function(self.distribution.likely))
        return expectation(self.distribution, *self.function.corners)

    @cached_property
    def variance(self) -> float:
        """Var[V], in squared value points."""
        raw, value = self.function.corners
        spread = 0.0 if self.distribution.fixed else expectation(self.distribution, raw, value - self.mean, power=2)
        return max(0.0, spread)

    def beyond(self, level: float, *, above: bool = True) -> tuple[float, float]:
        """P(V > level) and E[max(V - level, 0)]; below the level instead, when not ``above``."""
        raw, value = self.function.corners
        if 0 < level < 100 and np.abs(value - level).min() > _ROUNDING:
            split = np.union1d(raw, self.function.inverse(level))
            raw, value = split, np.interp(split, raw, value)
        over = (value - level) * (1 if above else -1)
        over = np.where(over > _ROUNDING, over, 0.0)
        share = _steps(self.distribution, raw)[0]
        # What lies on an anchor itself counts only if the anchor's own value is beyond the level.
        share[0] -= float(self.distribution.cdf(raw[0])) * (over[0] == 0)
        share[-1] -= self.distribution.at_greatest * (over[-1] == 0)
        probability = max(0.0, float(np.sum(share[over[:-1] + over[1:] > 0])))
        return probability, max(0.0, expectation(self.distribution, raw, over)) if probability else 0.0


def _unit_quantiles(kind: str, mode: Array | float, share: Array) -> Array:
    """What shares of a distribution from 0 to 1 do not exceed, by its mode."""
    from scipy import special

    if kind == "uniform":
        return share
    if kind == "triangular":
        return np.where(share < mode, np.sqrt(share * mode), 1 - np.sqrt((1 - share) * (1 - mode)))
    return np.asarray(special.betaincinv(1 + PEAK * mode, 1 + PEAK * (1 - mode), share))


@lru_cache
def _percentiles(kind: str) -> tuple[Array, Array, Array]:
    """The 5th and 95th percentiles of a kind on the scale from end to end, for many modes."""
    modes = np.linspace(0, 1, 513)
    lower, upper = (_unit_quantiles(kind, modes, np.full(len(modes), share)) for share in (0.05, 0.95))
    return modes, lower, upper


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
    options, scores = sorted(case.competing), judged(case)
    values: dict[str, list[UncertainValue]] = {}
    for leaf in sorted(case.leaves):
        function = case.value_function(leaf)
        ends = sorted((function.worst, function.best))
        rows = scores.xs(leaf, level="criterion").loc[options].to_numpy().tolist()
        distributions = [ScoreDistribution(*row, *ends) for row in rows]
        values[leaf] = [UncertainValue(distribution, function) for distribution in distributions]
    return pd.DataFrame(values, index=pd.Index(options, name="option"), dtype=object).rename_axis(columns="criterion")


ANCHORS = ["direction", "unit", "worst", "best", "worst_means", "best_means"]
"""The two ends of a swing, as a judge is shown them. A bend between them does not change what the swing is worth."""


def as_meant(criteria: pd.DataFrame, circling: Collection[Any]) -> pd.DataFrame:
    """Criteria as they are meant: none in a circle, and what has no scale in the place of parents that are not there.

    Those parents are told already; so what follows from them is not.
    """
    parents = criteria["parent"].mask(criteria.index.isin(circling), "")
    unscaled = (criteria["direction"] == "") & criteria["worst"].isna() & criteria["best"].isna()
    meant = criteria["id"][unscaled & ~criteria["id"].isin(parents)]
    absent = parents[(parents != "") & ~parents.isin(criteria["id"])].unique()
    return criteria.assign(parent=parents.replace(dict(zip(absent, meant, strict=False))))


def scale_faults(criteria: pd.DataFrame) -> Iterator[tuple[pd.Series, str, str, dict[str, Any]]]:
    """What is wrong with leaves without a scale, or with one that cannot be, and with branches that have one.

    Yields
    ------
    tuple
        The rows at fault, the column, the fault of ``faults.csv``, and the words of its sentences.
    """
    branch, leaf = criteria["id"].isin({*criteria["parent"]} - {""}), ~criteria["id"].isin({*criteria["parent"], ""})
    worst, best, direction = criteria["worst"], criteria["best"], criteria["direction"]
    for column in ("direction", "worst", "best", "shape"):
        filled = criteria[column].notna() & (criteria[column] != "")
        yield branch & filled, column, "scaled branch", {}
        yield leaf & ~filled & (column != "shape"), column, "no scale", {}
    room = NEAREST * criteria[["worst", "best"]].abs().max(axis=1)
    near = ~branch & ((best - worst).abs() < room.clip(lower=1 / GREATEST))
    yield near, "best", "near anchors", {"nearest": NEAREST, "smallest": 1 / GREATEST}
    turned = ((direction == "max") & (best < worst)) | ((direction == "min") & (best > worst))
    yield ~branch & ~near & turned, "best", "turned anchors", {}
    for row, scale in criteria[~branch & ~near & worst.notna() & best.notna()].iterrows():
        try:
            ValueFunction.of(scale)
        except ValueError as error:
            at_fault = pd.Series(criteria.index == row, criteria.index)
            yield at_fault, "shape", "bends", {"shape": scale["shape"], "error": error}


def anchor_digests(scales: pd.DataFrame) -> dict[str, str]:
    """Eight hexadecimal digits that stand for the anchors of each scale.

    Parameters
    ----------
    scales : DataFrame
        The leaves of a value tree by id, numbers as numbers.
    """
    rows = zip(scales.index, *(map(repr, scales[column].tolist()) for column in ANCHORS), strict=True)
    return {str(leaf): hashlib.sha256(json.dumps(row).encode()).hexdigest()[:8] for leaf, *row in rows}


def anchors_digest(scales: Mapping[str, str]) -> str:
    """SHA-256 of the digests of all scales: what swing weights were judged on."""
    return hashlib.sha256(json.dumps(scales, sort_keys=True).encode()).hexdigest()


def changed_scales(line: str, digests: Mapping[str, str]) -> dict[str, str]:
    """How scales differ from those an entry ``weights_judged_for`` records: ``changed``, ``new`` or ``gone``, by id.

    Examples
    --------
    >>> changed_scales("reach 0f3a21bc;net cost 77e0d1aa", {"reach": "0f3a21bc", "delay": "a4c01b7e"})
    {'delay': 'new', 'net cost': 'gone'}
    """
    recorded = {leaf: digest for leaf, _, digest in (part.rpartition(" ") for part in line.split(";") if part)}
    now = {leaf: "changed" if leaf in recorded else "new" for leaf in digests if recorded.get(leaf) != digests[leaf]}
    return now | {leaf: "gone" for leaf in recorded if leaf not in digests}
