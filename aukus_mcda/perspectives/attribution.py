"""Where the uncertainty about who leads comes from: the evidence, the preferences, the method or the future."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import MethodError, WeightsError, listed
from ..guard import Draws, Seed, guarded
from ..ranking import rank
from ..weights import Array, Points, Sampler, Weights, WeightSet, fill_point, whole
from .combining import FACTORS, SUBSETS, Combining
from .future_counting import weight_sampler
from .future_draws import ValueLines, future_draws
from .in_futures import chances_of
from .method_blocks import BLOCK_METHODS, usable
from .scenarios import AS_JUDGED, future_names, in_future, weight_factors

BATCHES = 8
"""The fewest batches that errors are taken from."""
LEAST = 1e-12
"""Variance below this is rounding: the same option leads everywhere."""


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


@guarded(WeightsError)
def joint(
    case: Case,
    weights: WeightSet | Weights | str | Points = "baseline",
    *,
    draws: Draws = 1_000_000,
    seed: Seed = 0,
    vary: str | Iterable[str] = FACTORS,
    preferences: str = "own",
    chances: Mapping[str, float] | pd.Series | None = None,
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
        As for `smaa`. Anything but a space is drawn as it was judged, see `weight_range`.
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
    doi:10.1016/j.cpc.2009.09.018. Shares: Owen (2014), doi:10.1137/130936233.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> found = joint(load_case("aukus_plus_two"), vary=["method", "future"])
    >>> float(found.effects.at["evidence", "total"]), round(float(found.effects["share"].sum()), 9)
    (0.0, 1.0)
    """
    names = future_names(case)
    if not isinstance(vary, Iterable):
        raise MethodError(f"vary is a list of factors, of {listed(FACTORS)}, not {vary!r}.")
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
        lines=ValueLines.of(case, leaves),
        factors=[weight_factors(case, name) for name in futures],
        anchors=anchors,
        seed=seed,
    )
    # Where nothing is drawn all batches are the same, and two show that there is no error.
    batches = max(BATCHES, math.ceil(wanted / combining.size)) if combining.drawn else 2
    known, leads = [], np.zeros((len(futures), len(methods), len(options)))
    with ThreadPoolExecutor() as pool:
        for each in pool.map(combining.batch, range(batches)):
            known.append(each.known)
            leads += each.leads / batches
    effects, uncertainty = _effects(np.array(known), combining.varied)
    order = [option for option in case.options.index if option in set(options)]
    index = pd.Index(options, name="option")
    return Joint(
        effects=effects,
        together=float(1 - effects["main"].sum()) if uncertainty > 0 else 0.0,
        uncertainty=uncertainty,
        leads=pd.Series(shares @ leads.mean(axis=1), index, name="leads").loc[order],
        by_method=pd.DataFrame(np.einsum("f,fmi->im", shares, leads), index, pd.Index(methods, name="method")).loc[
            order
        ],
        by_future=pd.DataFrame(leads.mean(axis=1).T, index, pd.Index(futures, name="future")).loc[order],
        methods=tuple(methods),
        futures=tuple(futures),
        left_out=pd.Series(left_out, dtype=object).rename_axis("method"),
        preferences=preferences,
        chances=given,
        draws=combining.size * (batches if combining.drawn else 1),
        seed=seed,
        digest=case.digest,
    )


def _effects(table: Array, varied: Mapping[str, bool]) -> tuple[pd.DataFrame, float]:
    """Effects and their standard errors from what each batch knows ``(b, 15)``, and the whole variance."""
    free = [factor for factor in FACTORS if varied[factor]]
    column = {subset: table[:, position] for position, subset in enumerate(SUBSETS)}

    def known(*factors: str) -> Array:
        """The variance known with some factors, by batch; one held fixed adds nothing."""
        found = tuple(factor for factor in free if factor in factors)
        return column[found] if found else np.zeros(len(table))

    whole_of = known(*FACTORS)
    variance = float(whole_of.mean())

    def share(part: Array) -> tuple[float, float]:
        """A part of the variance, and its standard error by the delta method for a ratio."""
        if variance <= LEAST:
            return 0.0, 0.0
        found = float(part.mean()) / variance
        return found, float((part - found * whole_of).std(ddof=1)) / math.sqrt(len(part)) / variance

    rows = []
    for factor in FACTORS:
        others = [each for each in free if each != factor]
        total = whole_of - known(*others)
        fair = np.zeros(len(table))
        if factor in free:
            for size in range(len(free)):
                weight = 1 / (len(free) * math.comb(len(free) - 1, size))
                for before in combinations(others, size):
                    fair = fair + weight * (known(*before, factor) - known(*before))
        rows.append((varied[factor], *share(known(factor)), *share(total), *share(fair)))
    columns = ["varied", "main", "main_error", "total", "total_error", "share", "share_error"]
    table_of = pd.DataFrame(rows, columns=columns, index=pd.Index(FACTORS, name="factor"))
    return table_of, variance if variance > LEAST else 0.0


def _samplers(
    case: Case, weights: WeightSet | Weights | str | Points, leaves: list[str], preferences: str, vary: bool
) -> list[Sampler]:
    """How weights are drawn: by one sampler, or by one for each profile."""
    if isinstance(weights, WeightSet):
        if weights.anchors not in (None, case.anchors_digest):
            raise WeightsError("This weight space was made for other anchors than this case's; judge the swings again.")
        own = weights.sampler(leaves)
    else:
        fitted = rank(case, weights).weights
        own = weight_sampler(fitted, leaves)
    if not vary:
        if isinstance(weights, WeightSet):
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
