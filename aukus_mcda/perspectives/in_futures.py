# SPDX-License-Identifier: Apache-2.0
"""A ranking in each of several futures: who leads, what is regretted, when the leader fails, what would announce it.

Scenario discovery in its simplest form. Of all rules "in these futures, when this is
above and that below", with at most two thresholds, the one is taken that is best on one
half of the draws by coverage and density together; both are then measured on the other
half, so that the search does not flatter its own find.

Best by the F-measure in which density counts twice what coverage does: with c the draws
rightly taken in, h all taken in and t all in which the leader fails, 1.25 c / (h + 0.25 t).
A reader is told when to worry, so worrying in vain is the worse fault.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import GREATEST, MethodError, WeightsError, label_faults, number_faults, refuse, shown
from ..guard import Draws, Seed, guarded
from ..ranking import Ranking, rank
from ..uncertainty import Block, Cluster, Counts, Source, count_ranks, possible_weights, total
from ..weights import CHUNK, TIE, Array, GivenWeights, weight_range
from .scenarios import AS_JUDGED, FutureDraws, future_names, futures_led, rankings_in, regret

Cuts: TypeAlias = tuple[tuple[int, bool, float], ...]

STEPS = 19
"""Thresholds tried for an input: its 5th, 10th, ... 95th percentiles."""
INPUTS = 8
"""Inputs tried: those that go most closely with the lead."""
WORTH = 0.02
"""What one more threshold must add to the F-measure, to be worth reading."""
RIVALS = 3
"""Options next to the leader whose scores a failure rule may name."""


class Input(NamedTuple):
    """Something that is drawn: a criterion's ``weight``, or the ``score`` of an option on a leaf."""

    kind: str
    criterion: str
    option: str = ""


class Threshold(NamedTuple):
    """An input above, or below, a number: a share of the weight, or a score in its own unit, as judged today."""

    input: Input
    above: bool
    number: float


@dataclass(frozen=True)
class FailureRule:
    """When today's leader is not the best, in a line.

    Attributes
    ----------
    futures : tuple of str
        Those in which it holds; all of them when the future makes little difference.
    thresholds : tuple of Threshold
        None, one or two, all of which must hold.
    coverage : float
        Of the draws in which the leader fails, the share that the rule takes in.
    density : float
        Of the draws the rule takes in, the share in which the leader fails.
    base_rate : float
        The share of all futures x draws in which it fails: the density of no rule.
    rivals : tuple of str
        Who is ahead of the leader where it fails, the most frequent first.
    """

    futures: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    coverage: float = float("nan")
    density: float = float("nan")
    base_rate: float = 0.0
    rivals: tuple[str, ...] = ()


def failure_rule(
    fails: NDArray[np.bool_], lead: Array, inputs: Sequence[Input], drawn: Array, futures: Sequence[str], shares: Array
) -> FailureRule:
    """The best short rule for when something fails.

    Parameters
    ----------
    fails : array of bool (F, n)
        Whether it fails, by future and draw.
    lead : array (F, n)
        By how much it does not; inputs are chosen by their correlation with it.
    inputs : sequence of Input
    drawn : array (i, n)
        What was drawn of each input; the same in every future.
    futures : sequence of str
    shares : array (F,)
        What each future counts; adds up to 1.

    Returns
    -------
    FailureRule
        Without coverage and density when it never fails.

    References
    ----------
    Friedman and Fisher (1999), doi:10.1023/A:1008894516817; Bryant and Lempert (2010),
    doi:10.1016/j.techfore.2009.08.002.
    """
    count = fails.shape[1]
    half = max(1, count // 2)
    seek, check = slice(0, half), slice(half, None) if count > 1 else slice(0, None)
    base = float(shares @ fails[:, check].mean(axis=1))
    rates = fails[:, seek].mean(axis=1)
    if not (rates * shares).any():
        return FailureRule(base_rate=base)

    order = np.argsort(-rates, kind="stable")
    order = order[shares[order] > 0]
    chosen = _telling(lead, drawn, shares, seek)
    best: float = 0.0
    rule: tuple[int, Cuts] = (len(order), ())
    for size in range(3):
        for group in combinations(chosen, size):
            quality, taken, cuts = _best_cuts(fails[:, seek], drawn[:, seek], group, order, shares)
            if quality > best + (WORTH if size else 0):
                best, rule = quality, (taken, cuts)
    taken, cuts = rule
    inside = np.ones(drawn[:, check].shape[1], dtype=bool)
    for row, above, number in cuts:
        inside &= drawn[row, check] > number if above else drawn[row, check] < number
    weight = np.zeros(len(shares))
    weight[order[:taken]] = shares[order[:taken]]
    caught = float(weight @ (fails[:, check] & inside).mean(axis=1))
    held = float(weight.sum() * inside.mean())
    return FailureRule(
        futures=tuple(futures[position] for position in sorted(order[:taken])),
        thresholds=tuple(Threshold(inputs[row], above, number) for row, above, number in cuts),
        coverage=caught / base if base else float("nan"),
        density=caught / held if held else float("nan"),
        base_rate=base,
    )


def _telling(lead: Array, drawn: Array, shares: Array, seek: slice) -> list[tuple[int, bool]]:
    """The inputs that go most closely with the lead, and whether more of them is what makes it fail."""
    y = np.einsum("f,fn->n", shares, lead[:, seek])
    x = drawn[:, seek]
    x = x / np.abs(x).max(axis=1, keepdims=True, initial=1 / GREATEST)  # the units of scores are what they like
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean()
    spread = np.sqrt((x**2).sum(axis=1) * (y**2).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        together = np.where(spread > 1e-12, np.einsum("in,n->i", x, y) / spread, 0.0)
    strongest = np.argsort(-np.abs(together), kind="stable")[:INPUTS]
    return [(int(row), bool(together[row] < 0)) for row in strongest if abs(together[row]) > 1e-9]


def _best_cuts(
    fails: NDArray[np.bool_], drawn: Array, group: Sequence[tuple[int, bool]], order: NDArray[np.intp], shares: Array
) -> tuple[float, int, Cuts]:
    """The best thresholds of a group of inputs: F-measure, how many futures, and (row, above, number) each.

    Draws are counted in cells between percentiles once; sums of cells then give every rule.
    """
    cell = np.zeros(fails.shape[1], dtype=np.int64)
    sides = []
    for row, above in group:
        x = -drawn[row] if above else drawn[row]
        grid = np.unique(np.quantile(x, np.arange(1, STEPS + 1) / (STEPS + 1)))
        sides.append(grid)
        cell = cell * (len(grid) + 1) + np.searchsorted(grid, x, side="right")
    shape = tuple(len(grid) + 1 for grid in sides)
    size = int(np.prod(shape))
    every = np.bincount(cell, minlength=size).astype(float)
    failing = np.array([np.bincount(cell, fails[future], size) for future in order])
    held = np.multiply.outer(np.cumsum(shares[order]), every).reshape(-1, *shape)
    caught = np.cumsum(shares[order, None] * failing, axis=0).reshape(-1, *shape)
    for axis in range(1, len(shape) + 1):
        held, caught = held.cumsum(axis=axis), caught.cumsum(axis=axis)
    quality = 1.25 * caught / (held + 0.25 * caught.max())
    # A threshold at the far end of an input holds always: smaller groups have tried that.
    inner = (slice(None), *(slice(0, length - 1) for length in shape))
    if 0 in quality[inner].shape:
        return 0.0, 0, ()
    place = np.unravel_index(int(quality[inner].argmax()), quality[inner].shape)
    cuts = []
    for (row, above), grid, at in zip(group, sides, place[1:], strict=True):
        cuts.append((row, above, float(-grid[at] if above else grid[at])))
    return float(quality[inner][place]), int(place[0]) + 1, tuple(cuts)


SAMPLED = 2
"""Chunks in which a failure rule is sought."""


@dataclass(frozen=True, eq=False)
class FutureCounts:
    """Reducer: in every future ranks ``(F, m, m)``, who is ``within (F, m)`` the margin, and some of the draws.

    ``order`` has today's leader first.
    """

    source: Source
    scores: FutureDraws
    options: list[str]
    order: list[int]
    margin: float

    @property
    def inputs(self) -> list[Input]:
        """What a failure rule may name: every criterion's weight; scores of the leader and the next options."""
        scored = [self.options[place] for place in self.order[: 1 + RIVALS]]
        weights = [Input("weight", criterion) for criterion in self.scores.case.criteria.index]
        return weights + [Input("score", leaf, option) for option in scored for leaf in self.scores.leaves]

    def __call__(self, chunk: int, size: int) -> Counts:
        """Of the first ``size`` draws of a chunk."""
        options, futures = len(self.options), len(self.scores.factors)
        block = self.source.block(chunk, size)
        weights, rng = self.scores.weights(block.weights[0]), block.rng()
        values = np.empty((len(self.scores.leaves), CHUNK))
        scores, near = np.empty((futures, options, size)), {}
        for option in range(options):
            (leaves, today), *moved = self.scores.draw(rng, option, CHUNK)
            self._fill(values, leaves, today)
            np.einsum("jn,jn->n", values[:, :size], weights[0], out=scores[0, option])
            for future, (leaves, raw) in enumerate(moved, start=1):
                usual = values[leaves]
                self._fill(values, leaves, raw)
                np.einsum("jn,jn->n", values[:, :size], weights[future], out=scores[future, option])
                values[leaves] = usual
            if option in self.order[: 1 + RIVALS]:
                near[option] = today[:, :size]
        return Counts(
            ranks=np.array([count_ranks(each)["ranks"] for each in scores]),
            within=(scores >= scores.max(axis=1, keepdims=True) - self.margin - TIE).sum(axis=2),
            sample=[self._sample(scores, block, near)] if chunk < SAMPLED else [],
        )

    def _fill(self, values: Array, leaves: NDArray[np.intp], raw: Array) -> None:
        """Put the values of raw scores ``(r, n)`` on some leaves in their rows of ``values (k, n)``."""
        for leaf, row in zip(leaves, raw, strict=True):
            self.scores.lines[leaf].fill(row, values[leaf])

    def _sample(self, scores: Array, block: Block, raw: Mapping[int, Array]) -> tuple[Array, ...]:
        """Where a failure rule is sought: the lead ``(F, n)``, inputs ``(i, n)``, and the best other ``(F, n)``."""
        leader, *others = self.order
        best = np.array(others)[scores[:, others].argmax(axis=1)]
        lead = scores[:, leader] - scores[:, others].max(axis=1)
        branches = [self.scores.case.branch_of(leaf) for leaf in self.scores.leaves]
        beneath = [[float(criterion in branch) for branch in branches] for criterion in self.scores.case.criteria.index]
        shares = np.einsum("ck,kn->cn", beneath, block.weights[0])
        return lead, np.vstack([shares, *(raw[option] for option in self.order[: 1 + RIVALS])]), best


MARGIN = 2.0
"""Value points behind the best within which an option is as good as the best for most purposes."""


@dataclass(frozen=True, eq=False)
class Futures:
    """What becomes of a ranking in each future. The first, ``as_judged``, is the case as it stands.

    Attributes
    ----------
    names : Series
        Readable names by future.
    rankings : mapping of str to Ranking
        On likely scores and the weights themselves.
    scores, ranks, regret : DataFrame
        Options x futures, of these rankings; regret is what an option gives up beside the
        best of a future, in value points.
    minimax_regret, maximin : tuple of str
        The options with the smallest greatest regret, and with the greatest least score;
        several only when they tie.
    rank_acceptability : mapping of str to DataFrame
        By future, options x ranks, shares of draws of uncertain scores and weights.
    leads, within : DataFrame
        Options x futures: the share of draws in which the option ranks first, and is at
        most ``margin`` value points behind the best.
    summary : DataFrame
        By option: first_in (scenarios in which it ranks first on likely scores) and of
        (how many there are), counted as in `futures_led`; over ``as_judged`` too:
        greatest_regret, least_score, leads and within (shares of futures x
        draws), and with ``chances`` expected_regret.
    leader : str
        Who ranks first as judged; of several that tie, the first by id.
    leads_in : (int, int) or None
        In how many scenarios today's leaders still rank first, of how many; ``as_judged``
        does not count. None without scenarios.
    failure : FailureRule
        When today's leader is not the best.
    signposts : DataFrame
        future, assumption, statement, load_bearing, vulnerable, signpost, hedge and the
        evidence that a scenario and an assumption both cite, blank where the case alone
        says that the one breaks the other. A future with none has a row with blanks.
    unlinked : tuple of str
        Assumptions that are load-bearing and vulnerable, and linked with no future.
    margin : float
    draws, seed : int
    """

    names: pd.Series
    rankings: Mapping[str, Ranking]
    scores: pd.DataFrame
    ranks: pd.DataFrame
    regret: pd.DataFrame
    minimax_regret: tuple[str, ...]
    maximin: tuple[str, ...]
    rank_acceptability: Mapping[str, pd.DataFrame]
    leads: pd.DataFrame
    within: pd.DataFrame
    summary: pd.DataFrame
    leader: str
    leads_in: tuple[int, int] | None
    failure: FailureRule
    signposts: pd.DataFrame
    unlinked: tuple[str, ...]
    margin: float
    draws: int
    seed: int


@guarded(WeightsError)
def futures(
    case: Case,
    weights: GivenWeights = "baseline",
    *,
    draws: Draws = 100_000,
    seed: Seed = 0,
    margin: float = MARGIN,
    chances: Mapping[str, float] | pd.Series | None = None,
    cluster: Cluster | None = None,
) -> Futures:
    """Rank a case in each of its futures, with the scores and weights as uncertain as they were judged.

    Weights with low and high points are drawn between them, as judged today, and then
    re-weighted by the future; scores keep their quantile from future to future.

    Parameters
    ----------
    case : Case
        Its scenarios are the futures, beside itself as judged.
    weights : Weights, str, mapping or Series
        A profile's name, weights, or swing points by criterion.
    draws : int
        Of scores and weights, the same in every future.
    seed : int
        0 or more.
    margin : float
        Value points, 0 or more.
    chances : mapping or Series, optional
        A share for every future, ``as_judged`` among them, adding up to 1. Nothing is
        assumed without: every future counts the same.
    cluster : distributed.Client, optional
        Draw there.

    Returns
    -------
    Futures
        Scores, ranks and regret, options x futures, in points of 0-100; shares of draws from 0 to 1.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.
    MethodError
        When fewer than two options are ranked, a scenario takes all weight from
        siblings, or the margin or a chance is unusable.
    WeightsError
        When the weights do not fit the case, or draws or seed are out of range.

    References
    ----------
    Minimax regret: Savage (1951), doi:10.1080/01621459.1951.10500768. Assumptions and
    signposts: Dewar, Builder, Hix and Levin (1993), *Assumption-Based Planning*, RAND
    MR-114-A.

    Examples
    --------
    >>> from aukus_mcda import futures, load_case
    >>> result = futures(load_case("aukus_plus_two"), draws=2_000)
    >>> result.scores.shape, result.leads_in[1], len(result.minimax_regret)
    ((10, 15), 14, 1)
    """
    names = future_names(case)
    today = rank(case, weights)
    if len(today.ranked) < 2:
        raise MethodError("Futures compare options: at least two must pass the screens.")
    if margin < 0:
        raise MethodError(f"The margin must be a number of value points, 0 or more: {margin!r}.")
    shares = chances_of(chances, names.index).to_numpy()
    rankings = rankings_in(case, today.weights)
    order = list(today.ranked.index)
    tables = {name: each.table.loc[order, ["score", "rank"]] for name, each in rankings.items()}
    both = pd.concat(tables, axis=1, names=["future"])
    scores, ranked = (both.xs(what, axis=1, level=1) for what in ("score", "rank"))
    regrets = regret(scores)

    leaves = sorted(case.leaves)
    drawn = FutureDraws.of(case, list(names.index), sorted(order), leaves)
    sampler = possible_weights(case, weight_range(today.weights)).sampler(leaves)
    places_of = [sorted(order).index(option) for option in order]
    reducer = FutureCounts(Source(drawn.judged, (sampler,), seed), drawn, sorted(order), places_of, margin)
    counts = total(reducer, draws, at_once=reducer.source.at_once, cluster=cluster)
    options, places = pd.Index(sorted(order), name="option"), pd.RangeIndex(1, len(order) + 1, name="rank")
    grids = dict(zip(names.index, counts["ranks"] / draws, strict=True))
    acceptability = {name: pd.DataFrame(grid, options, places).loc[order] for name, grid in grids.items()}
    often = counts["ranks"][:, :, 0], counts["within"]
    leads, within = (pd.DataFrame(grid.T / draws, options, names.index).loc[order] for grid in often)
    summary = pd.DataFrame(
        {
            "first_in": (ranked.drop(columns=AS_JUDGED) == 1).sum(axis=1),
            "of": len(names) - 1,
            "greatest_regret": regrets.greatest,
            "least_score": regrets.least,
            "leads": leads @ shares,
            "within": within @ shares,
        }
    )
    if chances is not None:
        summary["expected_regret"] = regrets.table @ shares
    links, unlinked = signposts(case)
    return Futures(
        names=names,
        rankings=rankings,
        scores=scores,
        ranks=ranked,
        regret=regrets.table,
        minimax_regret=tuple(map(str, regrets.minimax_regret)),
        maximin=tuple(map(str, regrets.maximin)),
        rank_acceptability=acceptability,
        leads=leads,
        within=within,
        summary=summary,
        leader=str(order[0]),
        leads_in=futures_led(rankings),
        failure=_rule(reducer, counts["sample"], names, shares),
        signposts=links,
        unlinked=unlinked,
        margin=float(margin),
        draws=draws,
        seed=seed,
    )


def chances_of(given: Mapping[str, float] | pd.Series | None, names: pd.Index) -> pd.Series:
    """What each future counts, in the futures' order; without chances, all the same.

    Raises
    ------
    MethodError
        When a future has none or is unknown, a chance is not a number from 0 to 1, or they
        do not add up to 1.
    """
    chances = pd.Series(dict.fromkeys(names, 1 / len(names)) if given is None else given, dtype=object)
    unknown = "No future called {}; there are {known}."
    faults = label_faults(chances.index, names, missing="No chance for {}.", unknown=unknown)
    faults += number_faults(chances, "Chances", most=1)
    if not faults and not math.isclose(math.fsum(chances), 1, abs_tol=1e-9):
        faults.append(f"The chances add up to {shown(math.fsum(chances))}, not to 1.")
    refuse(faults, MethodError)
    return chances[list(names)].astype(float).rename("chance").rename_axis("future")


def signposts(case: Case) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Assumptions beside the futures that break them or share their evidence, and the critical ones beside none.

    Returns
    -------
    links : DataFrame
        As `Futures.signposts`.
    unlinked : tuple of str
        Ids of assumptions that are load-bearing and vulnerable, and that no future
        breaks or shares evidence with.
    """
    columns = ["statement", "load_bearing", "vulnerable", "signpost", "hedge"]
    futures_cite = case.scenarios.groupby("scenario", sort=False)["evidence"]
    cited = {future: {item for ids in evidence for item in ids} for future, evidence in futures_cite}
    rows: list[tuple[str, ...]] = []
    for future, evidence in cited.items():
        links = [
            (future, name, *assumption[columns], ";".join(item for item in assumption["evidence"] if item in evidence))
            for name, assumption in case.assumptions.iterrows()
            if future in assumption["broken_in"] or evidence & set(assumption["evidence"])
        ]
        rows += links or [(future, *[""] * (len(columns) + 2))]
    table = pd.DataFrame(rows, columns=["future", "assumption", *columns, "evidence"], dtype=object)
    critical = case.assumptions.index[(case.assumptions[["load_bearing", "vulnerable"]] == "yes").all(axis=1)]
    return table, tuple(critical[~critical.isin(table["assumption"])])


def _rule(reducer: FutureCounts, samples: list[tuple[Array, ...]], names: pd.Series, shares: Array) -> FailureRule:
    """The failure rule, with who is ahead where the leader fails."""
    lead, inputs, rival = (np.concatenate(pieces, axis=1) for pieces in zip(*samples, strict=True))
    fails = lead < -TIE
    rule = failure_rule(fails, lead, reducer.inputs, inputs, list(names.index), shares)
    often = np.zeros(len(reducer.options))
    for share, failing, ahead in zip(shares, fails, rival, strict=True):
        often += share * np.bincount(ahead[failing], minlength=len(often)) / lead.shape[1]
    order = [place for place in np.argsort(-often, kind="stable") if often[place] > 0]
    return replace(rule, rivals=tuple(reducer.options[place] for place in order))
