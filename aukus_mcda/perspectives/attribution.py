# SPDX-License-Identifier: Apache-2.0
"""Where the uncertainty about who leads comes from: the evidence, the preferences, the method or the future."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations
from types import EllipsisType
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import MethodError, WeightsError, label_faults, refuse
from ..guard import Draws, Seed, guarded
from ..ranking import NOISE
from ..uncertainty import Cluster, lead_shares, possible_weights, run
from ..weights import SCORES, WEIGHTS, Array, GivenWeights, Sampler, WeightSet, chunk_rng, fill_point, weight_range
from .in_futures import chances_of
from .scenarios import AS_JUDGED, FutureDraws, future_names

FACTORS = ("evidence", "preferences", "method", "future")
"""What can vary: the uncertain scores; the weights; the way of ranking; the scenario."""

Subset: TypeAlias = tuple[str, ...]
Averages: TypeAlias = dict[Subset, Array]
SUBSETS: tuple[Subset, ...] = tuple(subset for size in range(1, 5) for subset in combinations(FACTORS, size))
"""Sets of factors that may be known together."""

BATCH_ROWS = 128
"""Draws of evidence and preferences in a batch, or up to 16 times as many where they meet few methods and futures.
Like `CHUNK`, part of what a seed means."""
BATCHES = 8
"""The fewest batches that errors are taken from."""
ROUNDING = 1e-12
"""Variance below this is rounding: the same option leads everywhere."""

_OTHER = 16
"""Added to a stream for the second, independent draw of the same factor."""


@dataclass(frozen=True, eq=False)
class Joint:
    """How much of the uncertainty about who leads is due to what.

    Attributes
    ----------
    effects : DataFrame
        By factor: varied (whether it was), main (the share of the uncertainty that goes
        when the factor alone is known), total (the share that stays when all others are
        known) and share (Shapley's: what it adds on average over every order in which
        the factors may become known), each with its standard error. Main effects add up
        to at most 1, total effects to at least 1, shares to 1. All 0 for a factor held
        fixed, and where nothing is uncertain.
    together : float
        1 less the main effects: what lies in factors acting together.
    uncertainty : float
        How often two combinations taken at random have different leaders; 0 when one
        leads in all.
    leads : Series
        By option: the share of combinations it leads in; a tie is shared.
    by_method, by_future : DataFrame
        The same by option for each method, and for each future.
    methods : tuple of str
        One of each family, the additive model first.
    futures : tuple of str
        ``as_judged`` and the scenarios.
    left_out : Series
        Why a method was not used, by method.
    draws : int
        Combinations that were worked out.
    seed : int
    """

    effects: pd.DataFrame
    together: float
    uncertainty: float
    leads: pd.Series
    by_method: pd.DataFrame
    by_future: pd.DataFrame
    methods: tuple[str, ...]
    futures: tuple[str, ...]
    left_out: pd.Series
    draws: int
    seed: int


@guarded(WeightsError)
def joint(
    case: Case,
    weights: WeightSet | GivenWeights = "baseline",
    *,
    draws: Draws = 1_000_000,
    seed: Seed = 0,
    vary: str | Iterable[str] = FACTORS,
    preferences: Literal["own", "profiles"] = "own",
    chances: Mapping[str, float] | pd.Series | None = None,
    cluster: Cluster | None = None,
) -> Joint:
    """Vary scores, weights, method and future at once, and attribute who leads to each.

    The result of a combination is its leader, as a vector with 1 for that option and 0
    for the others; its variance, added up over options, is shared out. Methods, one of each
    family, and futures are gone through in full; evidence and preferences are drawn twice
    each, and all four pairings of them worked out (pick and freeze).

    Parameters
    ----------
    case : Case
    weights : WeightSet, Weights, str, mapping or Series
        As for `smaa`. Single weights are drawn as they were judged, see `weight_range`.
    draws : int
        Combinations at least; rounded up to whole batches.
    seed : int
        0 or more.
    vary : iterable of str
        Of ``evidence``, ``preferences``, ``method`` and ``future``. One left out is held at
        the likely scores, the weights themselves, the additive model, the case as judged.
    preferences : {"own", "profiles"}
        Whose preferences are uncertain: those of ``weights``, within their own range; or
        those of every profile of the case, each counting the same, within its range.
    chances : mapping or Series, optional
        What each future counts, as for `futures`; without, each counts the same. So does
        each family of methods. Both are ways of counting, no probabilities.
    cluster : distributed.Client, optional
        Draw there.

    Returns
    -------
    Joint
        By factor the share of the doubt, 0 to 1, with its standard error.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.
    MethodError
        When fewer than two options are ranked, a factor is unknown, preferences are to be
        of profiles and there are none, or a chance is unusable.
    WeightsError
        When the weights do not fit the case, or draws or seed are out of range.

    References
    ----------
    Indices of a vector: Gamboa, Janon, Klein and Lagnoux (2014), doi:10.1214/14-EJS895.
    Estimators: Jansen (1999), doi:10.1016/S0010-4655(98)00154-4; Saltelli et al. (2010),
    doi:10.1016/j.cpc.2009.09.018. Shares: Owen (2014), doi:10.1137/130936233.

    Examples
    --------
    >>> from aukus_mcda import joint, load_case
    >>> result = joint(load_case("aukus_plus_two"), vary=["method", "future"])
    >>> float(result.effects.at["evidence", "total"]), round(float(result.effects["share"].sum()), 9)
    (0.0, 1.0)
    """
    names = future_names(case)
    asked = [vary] if isinstance(vary, str) else list(vary)
    refuse(label_faults(asked, FACTORS, unknown="No factor called {}; there are {known}.", repeated=""), MethodError)
    shares = chances_of(chances, names.index).to_numpy()
    order = list(case.competing)
    if len(order) < 2:
        raise MethodError("Who leads is a question for two options or more that pass the screens.")
    futures = list(names.index)
    if "future" not in asked:
        futures, shares = [AS_JUDGED], np.ones(1)
    leaves = sorted(case.leaves)
    anchors = case.criteria.loc[leaves, ["worst", "best"]].to_numpy(dtype=float)
    left_out = {"edas": BELOW_ZERO} if (anchors < 0).any() else {}
    methods = [name for name in BLOCK_METHODS if name not in left_out] if "method" in asked else ["additive"]
    samplers = _samplers(case, weights, leaves, preferences, "preferences" in asked)
    scores = FutureDraws.of(case, futures, sorted(order), leaves, certain="evidence" not in asked)
    varied = {
        "evidence": not scores.judged.certain,
        "preferences": len(samplers) > 1 or getattr(samplers[0], "func", None) is not fill_point,
        "method": len(methods) > 1,
        "future": int((shares > 0).sum()) > 1,
    }
    drawn, across = varied["evidence"] or varied["preferences"], len(methods) * len(futures)
    rows = BATCH_ROWS * min(16, max(1, 64 // across)) if drawn else 1
    combinations_in_batch = rows * (1 + varied["evidence"]) * (1 + varied["preferences"]) * across
    # Where nothing is drawn all batches are the same, and two show that there is no error.
    batches = max(BATCHES, math.ceil(draws / combinations_in_batch)) if drawn else 2
    combining = _Combining(methods, shares, samplers, scores, anchors, seed, varied)
    parts = list(run(combining, ((number, rows) for number in range(batches)), cluster=cluster))
    leads = np.add.reduce([mean / batches for _, mean in parts])
    effects, uncertainty = _effects(np.array([known for known, _ in parts]), varied)
    index = pd.Index(sorted(order), name="option")
    by_method = pd.DataFrame(np.einsum("f,fmi->im", shares, leads), index, pd.Index(methods, name="method"))
    by_future = pd.DataFrame(leads.mean(axis=1).T, index, pd.Index(futures, name="future"))
    return Joint(
        effects=effects,
        together=float(1 - effects["main"].sum()) if uncertainty > 0 else 0.0,
        uncertainty=uncertainty,
        leads=pd.Series(shares @ leads.mean(axis=1), index, name="leads").loc[order],
        by_method=by_method.loc[order],
        by_future=by_future.loc[order],
        methods=tuple(methods),
        futures=tuple(futures),
        left_out=pd.Series(left_out, dtype=object).rename_axis("method"),
        draws=combinations_in_batch * (batches if drawn else 1),
        seed=seed,
    )


def _samplers(
    case: Case, weights: WeightSet | GivenWeights, leaves: list[str], preferences: str, vary: bool
) -> list[Sampler]:
    """How weights are drawn: by one sampler, or by one for each profile."""
    given = possible_weights(case, weights)
    if not vary:
        point = given.mean(leaves)
        if point is None:
            raise WeightsError("To hold preferences fixed, give weights, not a set of weights whose mean is not known.")
        return [partial(fill_point, point=point.to_numpy(dtype=float))]
    if preferences == "own":
        own = weights if isinstance(weights, WeightSet) else weight_range(case.weights(weights))
        return [possible_weights(case, own).sampler(leaves)]
    if case.weights_assumed:
        raise MethodError("The case has no weight profiles to draw preferences from; use preferences='own'.")
    return [possible_weights(case, weight_range(case.profile(name))).sampler(leaves) for name in case.profiles]


def _effects(table: Array, varied: Mapping[str, bool]) -> tuple[pd.DataFrame, float]:
    """Effects and their standard errors from what each batch knows ``(b, 15)``, and the whole variance."""
    free = [factor for factor in FACTORS if varied[factor]]
    column = {subset: table[:, position] for position, subset in enumerate(SUBSETS)}

    def known(*factors: str) -> Array:
        """The variance known with some factors, by batch; one held fixed adds nothing."""
        subset = tuple(factor for factor in free if factor in factors)
        return column[subset] if subset else np.zeros(len(table))

    whole_of = known(*FACTORS)
    variance = float(whole_of.mean())

    def share(part: Array) -> tuple[float, float]:
        """A part of the variance, and its standard error by the delta method for a ratio."""
        if variance <= ROUNDING:
            return 0.0, 0.0
        ratio = float(part.mean()) / variance
        return ratio, float((part - ratio * whole_of).std(ddof=1)) / math.sqrt(len(part)) / variance

    rows = []
    for factor in FACTORS:
        others = [each for each in free if each != factor]
        fair = np.zeros(len(table))
        for before in ((), *SUBSETS):
            if factor in free and set(before) <= set(others):
                weight = 1 / (len(free) * math.comb(len(free) - 1, len(before)))
                fair = fair + weight * (known(*before, factor) - known(*before))
        rows.append((varied[factor], *share(known(factor)), *share(whole_of - known(*others)), *share(fair)))
    columns = ["varied", "main", "main_error", "total", "total_error", "share", "share_error"]
    table_of = pd.DataFrame(rows, columns=columns, index=pd.Index(FACTORS, name="factor"))
    return table_of, variance if variance > ROUNDING else 0.0


@dataclass(frozen=True, eq=False)
class _Combining:
    """Reducer: who leads in a batch of combinations of scores, weights, methods and futures.

    It gives the variance known with each of `SUBSETS`, and how often each option leads, ``(F, M, m)``.
    """

    methods: list[str]
    shares: Array
    samplers: list[Sampler]
    scores: FutureDraws
    anchors: Array
    seed: int
    varied: Mapping[str, bool]

    def __call__(self, number: int, rows: int) -> tuple[Array, Array]:
        """Of one batch; the products of who leads give the effects."""
        evidence = [self._raw(number, SCORES + _OTHER * again, rows) for again in range(1 + self.varied["evidence"])]
        twice = range(1 + self.varied["preferences"])
        preferences = [self._weights(number, WEIGHTS + _OTHER * again, rows) for again in twice]
        cells = [[_averages(leads, self.shares) for leads in self._leads(raw, preferences)] for raw in evidence]
        # By the draw of evidence, then of preferences; a factor that does not vary has one draw, taken twice.
        (a, b), (c, d) = [(row[0], row[-1]) for row in (cells[0], cells[-1])]
        pairs = {
            (): ((a, d), (b, c)),
            ("evidence",): ((a, b), (c, d)),
            ("preferences",): ((a, c), (b, d)),
            ("evidence", "preferences"): ((a, a), (b, b), (c, c), (d, d)),
        }
        means = [_averages(each["method", "future"].mean(axis=3)[..., None], self.shares) for each in (a, b, c, d)]
        across = (means[0], means[3]), (means[1], means[2])
        apart = np.mean([self._alike(*each, ()) for each in pairs[()]])
        known = np.zeros(len(SUBSETS))
        for position, subset in enumerate(SUBSETS):
            drawn = tuple(factor for factor in subset if factor in FACTORS[:2])
            if drawn:
                known[position] = np.mean([self._alike(*each, subset) for each in pairs[drawn]]) - apart
            else:  # the means of a batch are independent too, and their products vary less
                known[position] = np.mean([self._alike(*each, subset) - self._alike(*each, ()) for each in across])
        return known, np.mean([each["method", "future"][..., 0] for each in means], axis=0)

    def _alike(self, one: Averages, other: Averages, subset: Subset) -> float:
        """How often two have one leader, over their draws, method and future being the same where in ``subset``."""
        given = tuple(factor for factor in ("method", "future") if factor in subset)
        left, right = one[given], other[given]
        futures = zip(self.shares.tolist(), left, right, strict=True) if "future" in given else [(1.0, left, right)]
        # Added up by NumPy and not by BLAS.
        alike = sum(share * float(np.einsum("i,i->", ours.ravel(), theirs.ravel())) for share, ours, theirs in futures)
        methods = len(self.methods) if "method" in given else 1
        return alike / methods / int(left.shape[-1])

    def _raw(self, number: int, stream: int, rows: int) -> Array:
        """Raw scores ``(F, m, k, n)``."""
        rng = chunk_rng(self.seed, number, stream)
        out = np.empty((len(self.shares), *self.scores.judged.shape, rows))
        for option in range(out.shape[1]):
            (_, out[:, option]), *moved = self.scores.draw(rng, option, rows)
            for future, (leaves, raw) in enumerate(moved, start=1):
                out[future, option, leaves] = raw
        return out

    def _weights(self, number: int, stream: int, rows: int) -> list[Array]:
        """Weights ``(k, n)`` in each future; of several samplers, one at random for each draw."""
        rng = chunk_rng(self.seed, number, stream)
        out = np.empty((len(self.anchors), rows))
        self.samplers[0](rng, out)
        whose = rng.integers(len(self.samplers), size=rows) if len(self.samplers) > 1 else 0
        for place, sampler in enumerate(self.samplers[1:], start=1):
            other = np.empty_like(out)
            sampler(rng, other)
            np.copyto(out, other, where=whose == place)
        return self.scores.weights(out)

    def _leads(self, raw: Array, preferences: list[list[Array]]) -> Array:
        """Who leads under each preferences ``(p, F, M, m, n)``."""
        futures, options, _, rows = raw.shape
        out = np.empty((len(preferences), futures, len(self.methods), options, rows))
        judged: MethodBlock | None = None
        for future, moved in enumerate(self.scores.moved):
            values = np.empty(raw.shape[1:]) if judged is None else judged.values.copy()
            for leaf in moved:
                self.scores.lines[leaf].fill(raw[future, :, leaf], values[:, leaf])
            worst, best = self.anchors.T
            block = MethodBlock(raw[future], values, worst, best, judged, moved)
            judged = judged or block
            for own, leads in zip(preferences, out, strict=True):
                for number, method in enumerate(self.methods):
                    leads[future, number] = lead_shares(block.scores(method, own[future]))
        return out


def _averages(leads: Array, shares: Array) -> Averages:
    """``leads (F, M, m, n)``, 1 for the leader, and averages of it: over futures, over methods, over both."""
    by_method = np.einsum("fmin,f->min", leads, shares)
    averages: Averages = {("method", "future"): leads, ("method",): by_method, ("future",): leads.mean(axis=1)}
    return averages | {(): by_method.mean(axis=0)}


BLOCK_METHODS = ("additive", "rim", "promethee_ii", "edas")
"""The methods by name, one for each of `FAMILIES` and in that order; ``docs/explanation/doubt.md`` says why these
stand for theirs."""
BELOW_ZERO = "It divides by the mean score, and a scale of this case goes below 0."

DECIMALS = 12
"""Decimals of a place on its scale, 0 to 1, beyond which two scores are the same."""


@dataclass(frozen=True, eq=False)
class MethodBlock:
    """The scores of one block of draws: what several methods, and several weights, need is worked out once.

    Parameters
    ----------
    raw : array (m, k, n)
        Scores in their criteria's units.
    values : array (m, k, n)
        Their values 0-100, for the additive model.
    worst, best : array (k,)
        The declared anchors.
    usual : MethodBlock, optional
        What differs from it on some leaves alone is worked out on those.
    moved : array of int (r,)
        These leaves.
    """

    raw: Array
    values: Array
    worst: Array
    best: Array
    usual: MethodBlock | None = None
    moved: NDArray[np.intp] | EllipsisType = ...

    @cached_property
    def varies(self) -> NDArray[np.bool_]:
        """Where a leaf tells any two options apart by more than noise ``(k, n)``."""
        low, high = self.raw.min(axis=0), self.raw.max(axis=0)
        return np.asarray(high - low > NOISE * np.maximum(np.abs(low), np.abs(high)))

    @cached_property
    def near(self) -> Array:
        """Scores from 0 at the declared worst to 1 at the declared best ``(m, k, n)``, along a straight line."""
        return np.asarray((self.raw - self.worst[:, None]) / (self.best - self.worst)[:, None])

    @cached_property
    def beaten(self) -> NDArray[np.int32]:
        """Options that each option beats on a leaf, less those that beat it there ``(m, k, n)``."""
        near = np.round(self.near[:, self.moved], DECIMALS)
        beaten = np.zeros(near.shape, dtype=np.int32)
        for option in near:
            beaten += near > option
            beaten -= near < option
        if self.usual is None:
            return beaten
        whole = self.usual.beaten.copy()
        whole[:, self.moved] = beaten
        return whole

    def scores(self, method: str, weights: Array) -> Array:
        """Scores ``(m, n)`` by one of `BLOCK_METHODS`, higher is better; ``weights (k, n)`` add up to 1."""
        scores: Array = getattr(self, f"_{method}")(weights)
        return scores

    def _additive(self, weights: Array) -> Array:
        return np.asarray(np.einsum("mkn,kn->mn", self.values, weights))

    def _rim(self, weights: Array) -> Array:
        squares, away = weights**2, 1 - self.near
        away = np.sqrt(np.einsum("mkn,mkn,kn->mn", away, away, squares, optimize=False))
        reached = np.sqrt(np.einsum("mkn,mkn,kn->mn", self.near, self.near, squares, optimize=False))
        return np.asarray(reached / (away + reached))

    def _promethee_ii(self, weights: Array) -> Array:
        return np.asarray(np.einsum("mkn,kn->mn", self.beaten, weights) / (len(self.beaten) - 1))

    def _edas(self, weights: Array) -> Array:
        mean, sign = self.raw.mean(axis=0), np.sign(self.best - self.worst)[:, None]
        scale = np.divide(sign * weights * self.varies, mean, out=np.zeros_like(mean), where=mean > 0)
        gain = (self.raw - mean) * scale
        above = np.maximum(gain, 0).sum(axis=1)
        below = above - gain.sum(axis=1)
        return (_ratio(above, above.max(axis=0)) + 1 - _ratio(below, below.max(axis=0))) / 2


def _ratio(part: Array, whole: Array) -> Array:
    """Part over whole, 0 where the whole is 0: then all options are alike."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
