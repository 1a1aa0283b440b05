"""How far a ranking can be trusted: every test of it, made once, and the verdict they add up to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pandas as pd

from .case import Case
from .errors import MethodError, WeightsError
from .guard import Draws, Seed, guarded
from .perspectives import leads_in
from .ranking import (
    Flip,
    MethodComparison,
    Ranking,
    break_points,
    compare_methods,
    nearest_flip,
    rank,
    stability,
    switch_points,
)
from .uncertainty import (
    AS_STATED,
    Acceptability,
    Share,
    Verdict,
    drawn,
    evidence_value,
    information_value,
    joint_information,
    smaa,
    stress,
    verdict_from,
)
from .weights import Points, Weights, weight_range

Progress = Callable[[str], object]


@dataclass(frozen=True, eq=False)
class Fragility:
    """The tests of one ranking.

    Attributes
    ----------
    acceptability : Acceptability or None
        Under the uncertain scores, and weights drawn as they were judged; None when
        neither has a range, and there is nothing to draw.
    flip : Flip
        The smallest change of weights that changes the leader (L1).
    breaks, stability, switches : DataFrame
        From `break_points`, `stability` and `switch_points`.
    methods : MethodComparison or None
        The cross-check methods beside the additive model; None when they cannot
        compare the options at all.
    information, evidence : DataFrame
        What knowing each score, or all that rest on an item of evidence, is worth.
    together : Series
        What knowing all scores at once is worth: value, probability, switches_to.
    stress : DataFrame
        How often the leader leads under other ways to draw, from `ways_to_draw.stress`.
    verdict : Verdict
        Robust, sensitive or inconclusive, and the rule that decided.
    """

    acceptability: Acceptability | None
    flip: Flip
    breaks: pd.DataFrame
    stability: pd.DataFrame
    switches: pd.DataFrame
    methods: MethodComparison | None
    information: pd.DataFrame
    evidence: pd.DataFrame
    together: pd.Series
    stress: pd.DataFrame
    verdict: Verdict


def fragility(
    case: Case,
    ranking: Ranking,
    by_profile: Mapping[str, Ranking],
    *,
    draws: int = 100_000,
    seed: int = 0,
    progress: Progress = lambda step: None,
) -> Fragility | None:
    """Make every test of a ranking; None when fewer than two options are ranked.

    Parameters
    ----------
    case : Case
    ranking : Ranking
        Of the case, under the weights in question.
    by_profile : mapping of str to Ranking
        The ranking under each profile of the case.
    draws, seed : int
        For all that is drawn at random.
    progress : callable, optional
        Told what is being done.
    """
    if len(ranking.ranked) < 2:
        return None
    weights = ranking.weights
    progress("Drawing scores and weights")
    found = smaa(case, weight_range(weights), draws=draws, seed=seed) if drawn(case, weights) else None
    progress("Finding what would change the leader")
    flip = nearest_flip(case, weights)
    try:
        methods = compare_methods(case, weights)
    except MethodError:  # all options score alike: other methods have nothing to go by
        methods = None
    progress("Drawing in other ways")
    ways = stress(case, weights, draws=draws, seed=seed)
    progress("Weighing what better evidence would be worth")
    fewer = max(2, draws // 5)
    every = joint_information(case, weights, {"every score": case.scores.index}, draws=fewer, seed=seed)
    return Fragility(
        acceptability=found,
        flip=flip,
        breaks=break_points(case, weights),
        stability=stability(case, weights),
        switches=switch_points(case, weights),
        methods=methods,
        information=information_value(case, weights),
        evidence=evidence_value(case, weights, draws=fewer, seed=seed),
        together=every.loc["every score"],
        stress=ways,
        verdict=_verdict(case, ranking, by_profile, found, flip, methods, ways),
    )


def _verdict(
    case: Case,
    ranking: Ranking,
    by_profile: Mapping[str, Ranking],
    found: Acceptability | None,
    flip: Flip,
    methods: MethodComparison | None,
    ways: pd.DataFrame,
) -> Verdict:
    """The verdict; a test with nothing to go by, as of certain scores or of one criterion's weight, is not made."""
    others = {name: other for name, other in by_profile.items() if name != ranking.weights.name}
    distance = 0.0 if len(ranking.leaders) > 1 else flip.distance
    ahead = (ways["leader_share"] - ways["runner_up_share"]).drop(AS_STATED, errors="ignore").to_dict()
    return verdict_from(
        *(None, None) if found is None else _shares(found, ranking.leaders[0]),
        flip_distance=None if distance and len(case.leaves) == 1 else distance,
        families=None if methods is None else methods.leads_in,
        futures=leads_in(case, ranking.weights),
        dissenting=[name for name, other in others.items() if other.leaders != ranking.leaders] if others else None,
        ahead=None if found is None else ahead,
    )


def _shares(found: Acceptability, leader: str) -> tuple[Share, Share]:
    """In what share of the draws the leader, and the best of the others, ranks first."""
    first, error = found.rank_acceptability[1], found.standard_error["rank_acceptability"][1]
    rival = first.drop(leader).idxmax()
    return Share(float(first[leader]), float(error[leader])), Share(float(first[rival]), float(error[rival]))


@guarded(WeightsError)
def verdict(
    case: Case, weights: Weights | str | Points = "baseline", *, draws: Draws = 100_000, seed: Seed = 0
) -> Verdict:
    """Robust, sensitive or inconclusive, by the rules that are printed with it.

    A case without scenarios has not been tested in any future: nothing there is called robust.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.
    draws, seed : int
        For the draws of scores and weights.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.
    MethodError
        When fewer than two options are ranked.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> verdict(load_case("aukus_plus_two"), draws=20_000).word in ("sensitive", "inconclusive")
    True
    """
    ranking = rank(case, weights)
    tests = fragility(case, ranking, {name: rank(case, name) for name in case.profiles}, draws=draws, seed=seed)
    if tests is None:
        raise MethodError("A verdict needs at least two options that pass the screens.")
    return tests.verdict
