"""Where the uncertainty about who leads comes from: the evidence, the preferences, the method or the future."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .answers import listed
from .case import Case
from .draws import SCORES, WEIGHTS, chunk_rng, whole
from .errors import MethodError, WeightsError
from .future_draws import FutureDraws, ValueLines, future_draws
from .futures import chances_of, weight_sampler
from .method_blocks import BLOCK_METHODS, Block, lead_shares, usable
from .ranking import rank
from .sampling import fill_point
from .scenarios import AS_JUDGED, future_names, in_future, reweighted, weight_factors
from .spaces import Sampler, WeightSpace
from .weights import Points, Weights

Array = NDArray[np.float64]

FACTORS = ("evidence", "preferences", "method", "future")
"""What can vary: the uncertain scores; the weights; the way of ranking; the scenario."""

ROWS = 128
"""Draws of evidence and preferences in a batch. Like `draws.CHUNK`, part of what a seed means."""
BATCHES = 8
"""The fewest batches that errors are taken from."""
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
        known), main_error and total_error (standard errors). Main effects add up to at
        most 1; what is missing lies in factors acting together.
    together : float
        1 less the main effects.
    uncertainty : float
        How often two combinations taken at random have different leaders; 0 when one
        leads in all.
    leads : Series
        By option: the share of combinations it leads in; a tie is shared.
    by_method, by_future : DataFrame
        The same by option for each method, and for each future.
    methods, futures : tuple of str
    left_out : Series
        Why a method was not used, by method.
    preferences : str
        ``own`` or ``profiles``; see `joint`.
    chances : Series or None
        What the analyst gave for the futures; None when each counts the same.
    draws : int
        Combinations that were worked out.
    seed : int
    digest : str
        The case's.
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
    preferences: str
    chances: pd.Series | None
    draws: int
    seed: int
    digest: str


def joint(
    case: Case,
    weights: WeightSpace | Weights | str | Points = "baseline",
    *,
    draws: int = 1_000_000,
    seed: int = 0,
    vary: Iterable[str] = FACTORS,
    preferences: str = "own",
    chances: Mapping[str, float] | pd.Series | None = None,
) -> Joint:
    """Vary scores, weights, method and future at once, and attribute who leads to each.

    The result of a combination is its leader, as a vector with 1 for that option and 0
    for the others; its variance, added up over options, is shared out. Methods and futures
    are gone through in full; evidence and preferences are drawn twice each, and all four
    pairings of them worked out (pick and freeze).

    Parameters
    ----------
    case : Case
    weights : WeightSpace, Weights, str, mapping or Series
        As for `smaa`. Anything but a space is drawn between its own low and high points.
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
        each method. Both are ways of counting, no probabilities.

    Returns
    -------
    Joint

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
    doi:10.1016/j.cpc.2009.09.018.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> found = joint(load_case("aukus_plus_two"), vary=["method", "future"])
    >>> list(found.effects.columns), float(found.effects.at["evidence", "total"])
    (['varied', 'main', 'main_error', 'total', 'total_error'], 0.0)
    """
    names = future_names(case)
    asked = [vary] if isinstance(vary, str) else list(vary)
    unknown = [each for each in asked if each not in FACTORS]
    if unknown:
        raise MethodError(f"No factor called {listed(unknown)}; there are {listed(FACTORS)}.")
    if preferences not in ("own", "profiles"):
        raise MethodError(f"preferences is own or profiles, not {preferences!r}.")
    given = None if chances is None else chances_of(chances, names.index)
    futures = list(names.index) if "future" in asked else [AS_JUDGED]
    shares = np.full(len(futures), 1 / len(futures)) if given is None or len(futures) == 1 else given.to_numpy()
    wanted, seed = whole(draws, "The number of draws", 1), whole(seed, "The seed", 0)

    options = sorted(option for option in case.options.index if option not in case.screened.index)
    if len(options) < 2:
        raise MethodError("Who leads is a question for two options or more that pass the screens.")
    leaves = sorted(case.leaves)
    anchors = case.criteria.loc[leaves, ["worst", "best"]].to_numpy(dtype=float)
    left_out = usable(anchors)
    methods = [name for name in BLOCK_METHODS if name not in left_out] if "method" in asked else ["additive"]
    samplers = _samplers(case, weights, leaves, preferences, "preferences" in asked)
    combining = Combining(
        case=case,
        options=options,
        leaves=leaves,
        methods=methods,
        futures=futures,
        shares=shares,
        samplers=samplers,
        scores=future_draws(
            case, [in_future(case, name) for name in futures], options, leaves, certain="evidence" not in asked
        ),
        factors=[weight_factors(case, name) for name in futures],
        anchors=anchors,
        seed=seed,
    )
    batches = max(BATCHES, math.ceil(wanted / combining.size))
    with ThreadPoolExecutor() as pool:
        found = list(pool.map(combining.batch, range(batches)))
    table = np.array([each.moments for each in found])
    effects, uncertainty = _effects(table, combining.varied)
    order = [option for option in case.options.index if option in set(options)]
    leads = np.mean([each.leads for each in found], axis=0)  # (F, M, m)
    index = pd.Index(options, name="option")
    return Joint(
        effects=effects,
        together=float(1 - effects["main"].sum()) if uncertainty > 0 else 0.0,
        uncertainty=uncertainty,
        leads=pd.Series(shares @ leads.mean(axis=1), index, name="leads").loc[order],
        by_method=pd.DataFrame(np.einsum("f,fmi->im", shares, leads), index, pd.Index(methods, name="method")).loc[order],
        by_future=pd.DataFrame(leads.mean(axis=1).T, index, pd.Index(futures, name="future")).loc[order],
        methods=tuple(methods),
        futures=tuple(futures),
        left_out=pd.Series(left_out, dtype=object).rename_axis("method"),
        preferences=preferences,
        chances=given,
        draws=batches * combining.size,
        seed=seed,
        digest=case.digest,
    )


@dataclass(frozen=True, eq=False)
class Found:
    """Of one batch: ``moments (9,)``, see `Combining.batch`, and ``leads (F, M, m)``."""

    moments: Array
    leads: Array


@dataclass(frozen=True, eq=False)
class Combining:
    """Everything a batch of combinations needs."""

    case: Case
    options: list[str]
    leaves: list[str]
    methods: list[str]
    futures: list[str]
    shares: Array
    samplers: list[Sampler]
    scores: FutureDraws
    factors: list[dict[str, float]]
    anchors: Array
    seed: int

    @property
    def varied(self) -> dict[str, bool]:
        """Whether each factor varies at all."""
        fixed = len(self.samplers) == 1 and getattr(self.samplers[0], "func", None) is fill_point
        return {
            "evidence": not self.scores.certain,
            "preferences": not fixed,
            "method": len(self.methods) > 1,
            "future": int((self.shares > 0).sum()) > 1,
        }

    @property
    def size(self) -> int:
        """Combinations in a batch."""
        varied = self.varied
        twice = (1 + varied["evidence"]) * (1 + varied["preferences"])
        return ROWS * twice * len(self.methods) * len(self.futures)

    def batch(self, number: int) -> Found:
        """Who leads in a batch, as sums from which the effects are made.

        Y is the leader's vector, M and F are averaged over in full, and a prime marks the
        second draw. ``moments`` are the means over the batch of: |Y|^2; <Y(E,W), Y(E',W')>
        averaged over M and F before the product, which estimates |E Y|^2; the same
        for equal E, for equal W; for equal M, for equal F (products of the batch's
        means); then what is left to each factor, given all others: E, W, M, F as last.
        """
        varied = self.varied
        evidence = [self._raw(number, SCORES)]
        preferences = [self._weights(number, WEIGHTS)]
        if varied["evidence"]:
            evidence.append(self._raw(number, SCORES + _OTHER))
        if varied["preferences"]:
            preferences.append(self._weights(number, WEIGHTS + _OTHER))
        cells = [[self._leaders(raw, weights) for weights in preferences] for raw in evidence]
        (a, b), (c, d) = [[cells[i % len(cells)][j % len(preferences)] for j in (0, 1)] for i in (0, 1)]
        # a = (E, W), b = (E, W'), c = (E', W), d = (E', W'); each (F, M, m, n)
        p = np.full(len(self.methods), 1 / len(self.methods))
        q = self.shares

        def over(weighing: str, *arrays: Array) -> Array:
            return np.asarray(np.einsum(weighing, *arrays))

        def both(one: Array, other: Array) -> float:
            return float(over("fmin,fmin,f,m->", one, other, q, p)) / ROWS

        means = [over("fmin,f,m->in", each, q, p) for each in (a, b, c, d)]

        def product(one: int, other: int) -> float:
            return float((means[one] * means[other]).sum()) / ROWS

        square = np.mean([both(each, each) for each in (a, b, c, d)])
        apart = (product(0, 3) + product(1, 2)) / 2
        same_e = (product(0, 1) + product(2, 3)) / 2
        same_w = (product(0, 2) + product(1, 3)) / 2
        rest_e = square - (both(a, c) + both(b, d)) / 2
        rest_w = square - (both(a, b) + both(c, d)) / 2
        by_f_m = [each.mean(axis=3) for each in (a, b, c, d)]
        main_m = main_f = 0.0
        for one, other in ((0, 3), (1, 2)):
            grand = [over("fmi,f,m->i", by_f_m[k], q, p) for k in (one, other)]
            level = float(grand[0] @ grand[1])
            by_m = [over("fmi,f->mi", by_f_m[k], q) for k in (one, other)]
            by_f = [over("fmi,m->fi", by_f_m[k], p) for k in (one, other)]
            main_m += (float(p @ (by_m[0] * by_m[1]).sum(axis=1)) - level) / 2
            main_f += (float(q @ (by_f[0] * by_f[1]).sum(axis=1)) - level) / 2
        rest_m = rest_f = 0.0
        for each in (a, b, c, d):
            over_m, over_f = over("fmin,m->fin", each, p), over("fmin,f->min", each, q)
            rest_m += (both(each, each) - float(over("fin,fin,f->", over_m, over_m, q)) / ROWS) / 4
            rest_f += (both(each, each) - float(over("min,min,m->", over_f, over_f, p)) / ROWS) / 4
        moments = np.array(
            [square - apart, same_e - apart, same_w - apart, main_m, main_f, rest_e, rest_w, rest_m, rest_f]
        )
        return Found(moments, np.mean(by_f_m, axis=0))

    def _raw(self, number: int, stream: int) -> Array:
        """Raw scores ``(F, m, k, n)``."""
        rng = chunk_rng(self.seed, number, stream)
        raw = np.empty((len(self.futures), len(self.options), len(self.leaves), ROWS))
        for option in range(len(self.options)):
            self.scores.fill(rng, option, raw[:, option])
        return raw

    def _weights(self, number: int, stream: int) -> Array:
        """Weights as judged ``(k, n)``; of several samplers, one at random for each draw."""
        rng = chunk_rng(self.seed, number, stream)
        out = np.empty((len(self.leaves), ROWS))
        self.samplers[0](rng, out)
        if len(self.samplers) > 1:
            whose = rng.integers(len(self.samplers), size=ROWS)
            for position, sampler in enumerate(self.samplers[1:], start=1):
                other = np.empty_like(out)
                sampler(rng, other)
                np.copyto(out, other, where=whose == position)
        return out

    def _leaders(self, raw: Array, weights: Array) -> Array:
        """Who leads ``(F, M, m, n)``."""
        lines = ValueLines.of(self.case, self.leaves)
        worst, best = self.anchors.T
        out = np.empty((len(self.futures), len(self.methods), len(self.options), ROWS))
        values = np.empty(raw.shape[1:])
        for future, factors in enumerate(self.factors):
            lines(raw[future], values)
            block = Block(raw[future], values, reweighted(weights, self.case, self.leaves, factors), worst, best)
            for number, method in enumerate(self.methods):
                out[future, number] = lead_shares(block.scores(method))
        return out


def _effects(table: Array, varied: Mapping[str, bool]) -> tuple[pd.DataFrame, float]:
    """Effects and their standard errors from the batches' moments ``(b, 9)``, and the whole variance."""
    variance = float(table[:, 0].mean())
    rows = []
    for position, factor in enumerate(FACTORS):
        numbers: list[float] = []
        for part in (table[:, 1 + position], table[:, 5 + position]):
            if not varied[factor] or variance <= 1e-12:
                numbers += [0.0, 0.0]
                continue
            share = float(part.mean()) / variance
            spread = (part - share * table[:, 0]).std(ddof=1) / math.sqrt(len(part))  # the delta method for a ratio
            numbers += [share, float(spread) / variance]
        rows.append((varied[factor], *numbers))
    columns = ["varied", "main", "main_error", "total", "total_error"]
    return pd.DataFrame(rows, columns=columns, index=pd.Index(FACTORS, name="factor")), max(0.0, variance)


def _samplers(
    case: Case, weights: WeightSpace | Weights | str | Points, leaves: list[str], preferences: str, vary: bool
) -> list[Sampler]:
    """How weights are drawn: by one sampler, or by one for each profile."""
    if isinstance(weights, WeightSpace):
        if getattr(weights, "anchors", None) not in (None, case.anchors_digest):
            raise WeightsError("This weight space was made for other anchors than this case's; judge the swings again.")
        own = weights.sampler(leaves)
    else:
        fitted = rank(case, weights).weights
        own = weight_sampler(fitted, leaves)
    if not vary:
        if isinstance(weights, WeightSpace):
            mean = weights.mean(leaves)
            if mean is None:
                raise WeightsError("To hold preferences fixed, give weights, not a space whose mean is not known.")
            point = mean
        else:
            point = fitted.values
        fixed: Callable[..., None] = partial(fill_point, point=point[leaves].to_numpy(dtype=float))
        return [fixed]
    if preferences == "own":
        return [own]
    if not case.profiles:
        raise MethodError("The case has no weight profiles to draw preferences from; use preferences='own'.")
    return [weight_sampler(case.profile(name), leaves) for name in case.profiles]
