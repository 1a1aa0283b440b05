"""A ranking in each of several futures: who leads, what is regretted, when the leader fails, what would announce it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import MethodError, WeightsError, is_number, keyed, listed, shown
from ..guard import Draws, Seed, guarded
from ..ranking import Ranking, rank
from ..uncertainty import Cluster, total
from ..weights import TIE, Array, Points, Weights, whole
from .failing import FailureRule, failure_rule
from .future_draws import FutureCounts, Sample
from .regrets import regret
from .scenarios import AS_JUDGED, future_names, futures_led, rank_in

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
        (how many there are), counted as in ``leads_in``; over ``as_judged`` too:
        greatest_regret, worst_future, least_score, leads and within (shares of futures x
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
        evidence that a scenario and an assumption both cite: the only link there is
        between them. A future with none has a row with blanks.
    unlinked : tuple of str
        Assumptions that are load-bearing and vulnerable, and share evidence with no future.
    margin : float
    chances : Series or None
        What the analyst gave; None when every future counts the same, which is a way of
        counting and no probability.
    draws, seed : int
    digest : str
        The case's.
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
    chances: pd.Series | None
    draws: int
    seed: int
    digest: str


@guarded(WeightsError)
def futures(
    case: Case,
    weights: Weights | str | Points = "baseline",
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
        As for `rank`.
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
    >>> from aukus_mcda import load_case
    >>> found = futures(load_case("aukus_plus_two"), draws=2_000)
    >>> found.scores.shape, found.leads_in[1], len(found.minimax_regret)
    ((10, 8), 7, 1)
    """
    names = future_names(case)
    today = rank(case, weights)
    if len(today.ranked) < 2:
        raise MethodError("Futures compare options: at least two must pass the screens.")
    if not is_number(margin) or not 0 <= margin < math.inf:
        raise MethodError(f"The margin must be a number of value points, 0 or more: {margin!r}.")
    given = None if chances is None else chances_of(chances, names.index)
    shares = np.full(len(names), 1 / len(names)) if given is None else given.to_numpy(dtype=float)
    count, seed = whole(draws, "The number of draws", 1), whole(seed, "The seed", 0)

    rankings = {name: rank_in(case, today.weights, name) for name in names.index}
    order = list(today.ranked.index)
    scores = pd.DataFrame({name: each.table["score"] for name, each in rankings.items()}).loc[order]
    ranked = pd.DataFrame({name: each.table["rank"] for name, each in rankings.items()}).loc[order]
    for table in (scores, ranked):
        table.columns.name = "future"
    regrets = regret(scores)

    reducer = FutureCounts.of(case, today, list(names.index), float(margin), seed)
    counts = total(reducer, count, cluster=cluster)
    ranks = pd.RangeIndex(1, len(order) + 1, name="rank")
    acceptability = {
        name: pd.DataFrame(ranked_so / count, pd.Index(reducer.options, name="option"), ranks).loc[order]
        for name, ranked_so in zip(names.index, counts["ranks"], strict=True)
    }
    leads = pd.DataFrame({name: shown[1] for name, shown in acceptability.items()})
    within = pd.DataFrame(counts["within"].T / count, pd.Index(reducer.options, name="option"), list(names.index)).loc[
        order
    ]
    leads.columns.name = within.columns.name = "future"
    summary = pd.DataFrame(
        {
            "first_in": (ranked.drop(columns=AS_JUDGED) == 1).sum(axis=1),
            "of": len(names) - 1,
            "greatest_regret": regrets.greatest,
            "worst_future": regrets.table.idxmax(axis=1).where(regrets.greatest > TIE, ""),
            "least_score": regrets.least,
            "leads": leads @ shares,
            "within": within @ shares,
        }
    )
    if given is not None:
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
        chances=given,
        draws=count,
        seed=seed,
        digest=case.digest,
    )


def chances_of(given: Mapping[str, float] | pd.Series, names: pd.Index) -> pd.Series:
    """What each future counts, in the futures' order.

    Raises
    ------
    MethodError
        When a future has none or is unknown, a chance is no number from 0 to 1, or they
        do not add up to 1.
    """
    if not isinstance(given, Mapping | pd.Series):
        raise MethodError("Give the chances as a mapping or Series keyed by future.")
    chances = keyed(given, "Chances")
    missing = [name for name in names if name not in chances.index]
    unknown = [name for name in chances.index if name not in names]
    said = [f"No chance for {listed(missing)}."] if missing else []
    said += [f"No future called {listed(unknown)}; there are {listed(names)}."] if unknown else []
    bad = [name for name, chance in chances.items() if not is_number(chance) or not 0 <= chance <= 1]
    said += [f"A chance must be a number from 0 to 1: look at {listed(bad)}."] if bad else []
    if not said and not math.isclose(total := math.fsum(chances), 1, abs_tol=1e-9):
        said.append(f"The chances add up to {shown(total)}, not to 1.")
    if said:
        raise MethodError(" ".join(said))
    return chances[list(names)].astype(float).rename("chance").rename_axis("future")


def signposts(case: Case) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Assumptions beside the futures whose evidence they share, and the critical ones beside none.

    Returns
    -------
    links : DataFrame
        As `Futures.signposts`.
    unlinked : tuple of str
        Ids of assumptions that are load-bearing and vulnerable, and share no evidence
        with any future.
    """
    columns = ["statement", "load_bearing", "vulnerable", "signpost", "hedge"]
    cited = {
        future: {item for ids in rows["evidence"] for item in ids}
        for future, rows in case.scenarios.groupby("scenario", sort=False)
    }
    rows: list[tuple[str, ...]] = []
    linked = set()
    for future, evidence in cited.items():
        found = [
            (name, assumption, ";".join(item for item in assumption["evidence"] if item in evidence))
            for name, assumption in case.assumptions.iterrows()
            if evidence & set(assumption["evidence"])
        ]
        linked |= {name for name, _, _ in found}
        rows += [(future, name, *assumption[columns], shared) for name, assumption, shared in found]
        if not found:
            rows.append((future, *[""] * (len(columns) + 2)))
    table = pd.DataFrame(rows, columns=["future", "assumption", *columns, "evidence"], dtype=object)
    critical = case.assumptions[(case.assumptions["load_bearing"] == "yes") & (case.assumptions["vulnerable"] == "yes")]
    return table, tuple(name for name in critical.index if name not in linked)


def _rule(reducer: FutureCounts, samples: list[Sample], names: pd.Series, shares: Array) -> FailureRule:
    """The failure rule, with who is ahead where the leader fails."""
    lead, inputs, rival = (np.concatenate(pieces, axis=1) for pieces in zip(*samples, strict=True))
    fails = lead < -TIE
    found = failure_rule(fails, lead, reducer.inputs, inputs, list(names.index), shares)
    often = np.zeros(len(reducer.options))
    for share, failing, ahead in zip(shares, fails, rival, strict=True):
        often += share * np.bincount(ahead[failing], minlength=len(often)) / lead.shape[1]
    order = [place for place in np.argsort(-often, kind="stable") if often[place] > 0]
    return replace(found, rivals=tuple(reducer.options[place] for place in order))
