"""Sentences made from results, for people who will not read tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..ranking import Ranking
from ..text import FEW, joined, likelihood, percent, points, titled, weights_named
from ..uncertainty import drawn, spread_drawn
from ..weights import Weights

if TYPE_CHECKING:
    from ..analysis import Fragility
    from ..uncertainty import Acceptability

ILLUSTRATIVE = "Scores and weights are illustrative judgements by the authors."


def who_leads(ranking: Ranking) -> str:
    """Which option ranks first, and by how much.

    Examples
    --------
    >>> from aukus_mcda import load_case, rank
    >>> who_leads(rank(load_case("aukus_plus_two"))).endswith("under the baseline weights.")
    True
    """
    under = weights_named(ranking.weights.name)
    ranked = ranking.ranked
    if ranked.empty:
        return "No option passes the screens, so there is nothing to rank."
    first = joined(ranked.loc[list(ranking.leaders), "name"], FEW)
    behind = ranked[ranked["rank"] > 1]
    if len(ranking.leaders) > 1:
        return f"{first} rank first together under {under}."
    if behind.empty:
        return f"{first} is the only option that passes the screens."
    gap = ranked["score"].iloc[0] - behind["score"].iloc[0]
    return f"{first} ranks first, {points(gap)} ahead of {behind['name'].iloc[0]}, under {under}."


def profiles_agree(rankings: Mapping[str, Ranking], case: Case) -> str:
    """Under how many weight profiles each leader leads, or blank without profiles."""
    leads: dict[tuple[str, ...], list[str]] = {}
    for profile, ranking in rankings.items():
        leads.setdefault(ranking.leaders, []).append(titled(profile))
    leads.pop((), None)
    if not leads:
        return ""
    short = case.options["short"]
    sentences = []
    for leaders, profiles in leads.items():
        verb = "leads" if len(leaders) == 1 else "lead together"
        where = joined(profiles, FEW)
        if len(leads) == 1 and len(rankings) > 1:
            where = "both weight profiles" if len(rankings) == 2 else f"all {len(rankings)} weight profiles"
        sentences.append(f"{joined(short[list(leaders)], FEW)} {verb} under {where}")
    return "; ".join(sentences) + "."


def lead(ranking: Ranking) -> float | None:
    """Points between the leader and the next option; 0 in a tie, None when there is no other."""
    ranked = ranking.ranked
    if len(ranked) < 2:
        return None
    return 0.0 if len(ranking.leaders) > 1 else float(ranked["score"].iloc[0] - ranked["score"].iloc[1])


def near_ties(rankings: Mapping[str, Ranking]) -> str:
    """The weight profiles under which the lead is less than a point."""
    leads = {profile: lead(ranking) for profile, ranking in rankings.items()}
    near = [titled(profile) for profile, gap in leads.items() if gap is not None and gap < 1]
    return f"Under {joined(near, FEW)} the lead is less than one point: read it as a tie." if near else ""


def overlap(ranking: Ranking, acceptability: Acceptability | None) -> str:
    """Which options the draws of scores and weights do not separate from the leader."""
    ranked = ranking.ranked
    if len(ranking.leaders) > 1:
        return "The leaders tie: the scores do not choose between them."
    if len(ranked) < 2:
        return ""
    if acceptability is None:
        return f"{NO_SCORE_RANGED}: how far the scores settle the order cannot be said."
    interval = acceptability.interval
    # Of the scores drawn: 5 per cent of the draws lie below it and 5 above.
    interval_of = "The 5-95\N{NO-BREAK SPACE}% interval of"
    least, others = interval["low"][ranking.leaders[0]], interval.drop(ranking.leaders[0])
    count, reaching = len(others), int((others["high"] > least).sum())
    if not reaching:
        return f"{interval_of} the leader lies above that of every other option."
    if reaching == count:
        others_named = {1: "the other option", 2: "both other options"}.get(count, f"all the other {count} options")
    else:
        others_named = f"{reaching} of the other {count} options"
    return f"{interval_of} {others_named} overlaps that of the leader: the likely scores alone do not settle the order."


def refused(ranking: Ranking, case: Case) -> str:
    """Whose red lines a leader breaches at the likely scores, or blank."""
    from ..perspectives import breaches_of  # brings the drawing of scores, which words do not need

    breaches = breaches_of(case)
    clauses = []
    for leader in ranking.leaders:
        whose = breaches.loc[breaches["option"] == leader, "profile"].unique()
        if len(whose):
            capitals = joined(map(titled, whose))
            clauses.append(f"{case.options.at[leader, 'short']} breaches red lines recorded for {capitals}")
    return "; ".join(clauses) + ", which no score outweighs." if clauses else ""


def leads_more_often(tests: Fragility, ranking: Ranking, case: Case) -> str:
    """Which option ranks first in more of the draws than the leader does, or blank."""
    if tests.acceptability is None:
        return ""
    shares = tests.acceptability.rank_acceptability[1]
    often = str(shares.idxmax())
    leader = max(ranking.leaders, key=lambda option: float(shares[option]))
    if often in ranking.leaders or shares[often] <= shares[leader]:
        return ""
    share = percent(float(shares[often]))
    return (
        f"{case.options.at[often, 'short']} ranks first in more of the draws, {share}: the likely scores and weights "
        "and their ranges point to different leaders, so the lead is not settled."
    )


def strongest(ranking: Ranking, case: Case) -> str:
    """Where the leader gains and gives up points against the status quo, or the runner-up."""
    ranked = ranking.ranked
    if len(ranked) < 2:
        return ""
    leader = ranked.index[0]
    unchanged = case.about.status_quo
    other = unchanged if unchanged in ranked.index[1:] else ranked.index[1]
    gain = ranking.contributions.loc[leader] - ranking.contributions.loc[other]
    gain = gain.groupby({leaf: case.root_of(leaf) for leaf in case.leaves}).sum()
    ups = gain[gain > 0.05].sort_values(ascending=False, kind="stable")
    downs = -gain[gain < -0.05].sort_values(kind="stable")
    name, short = case.criteria["name"], case.options["short"]
    against = "the status quo" if other == unchanged else short[other]
    lost = f", and gives up {_parts(downs, name)}" if len(downs) else ""
    return f"{short[leader]} gains {_parts(ups, name) or 'nothing'} over {against}{lost}."


def _parts(points_on: pd.Series, name: pd.Series) -> str:
    """Points by criterion; of more than three the smaller ones are added up."""
    parts = [f"{value:.1f} on {name[root]}" for root, value in points_on.items()]
    if len(parts) > 3:
        parts[2:] = [f"{points_on.iloc[2:].sum():.1f} on {len(parts) - 2} others"]
    return joined(parts)


def gained(case: Case, root: str) -> str:
    """What more points on a criterion at the top of the tree mean: of a risk, that more of it is avoided."""
    beneath = [leaf for leaf in case.leaves if case.root_of(leaf) == root]
    avoided = (case.criteria.loc[beneath, "direction"] == "min").all()
    return f"{case.criteria.at[root, 'name']}{' avoided' if avoided else ''}"


def spread(ranking: Ranking, case: Case) -> str:
    """The leader's score and how close together the ranked options lie."""
    ranked = ranking.ranked
    best = ranked["score"].iloc[0]
    verb = "score" if len(ranking.leaders) > 1 else "scores"
    sentence = f"{joined(case.options['short'][list(ranking.leaders)], FEW)} {verb} {best:.1f} of 100"
    if len(ranked) == 1:
        return sentence + "."
    every = "both" if len(ranked) == 2 else f"all {len(ranked)}"
    return f"{sentence}; {every} ranked options lie within {points(best - ranked['score'].iloc[-1])}."


def heaviest(ranking: Ranking, case: Case) -> str:
    """Which criterion at the top of the tree weighs most, or that all weigh the same."""
    weights = ranking.weights.values
    shares = {root: sum(weights[leaf] for leaf in case.leaves if case.root_of(leaf) == root) for root in case.roots}
    most = [root for root, share in shares.items() if share > max(shares.values()) - 1e-9]
    under, names = weights_named(ranking.weights.name), case.criteria["name"][most]
    if len(shares) == 1:
        return f"All weight under {under} is on {names.iloc[0]}, the only criterion at the top of the tree."
    if len(most) == 1:
        return f"{names.iloc[0]} weighs most under {under}, {100 * shares[most[0]]:.1f} %."
    each = f"{100 * shares[most[0]]:.1f} % each"
    if len(most) == len(shares):
        every = joined(names) if len(most) == 2 else f"All {len(most)} criteria"
        return f"{every} weigh the same under {under}, {each}."
    which = joined(names) if len(most) < FEW else f"{len(most)} of the {len(shares)} criteria"
    return f"{which} weigh most under {under}, {each}."


def not_varied(weights: Weights, case: Case) -> str:
    """Which weights were taken as certain although they could differ: how sure the order is leaves them out."""
    if weights.point_range is None:
        return (
            "The weights were taken as certain: no low and high points were given, so how sure the order is "
            "leaves them out."
        )
    ends, points = weights.point_range, weights.points
    alone = weights.parents.map(weights.parents.value_counts()) == 1
    certain = [name for name in points.index if ends.at[name, "low"] == ends.at[name, "high"] and not alone[name]]
    if not certain:
        return ""
    named = joined((case.criteria["name"].get(name, name) for name in certain), FEW)
    return f"Taken as certain, for lack of low and high points: the weight of {named}."


def what_was_drawn(case: Case, weights: Weights) -> str:
    """What was drawn and what was not, as a sentence on the draws begins; blank when nothing was.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two")
    >>> what_was_drawn(case, case.weights({leaf: 1 for leaf in case.leaves}))
    'Given the uncertain scores, with the weights taken as certain'
    """
    varied = drawn(case, weights)
    if not varied:
        return ""
    partly = {"scores": (spread_drawn(case, weights) == 0).to_numpy().any(), "weights": bool(not_varied(weights, case))}
    names = joined(varied)
    start = (
        f"Given the {names} that have a range"
        if any(partly[what] for what in varied)
        else f"Given the uncertain {names}"
    )
    certain = [what for what in partly if what not in varied]
    return f"{start}, with the {certain[0]} taken as certain" if certain else start


def drawn_as(case: Case, weights: Weights) -> str:
    """What the draws are of, as a note on them says it."""
    low_and_high = {"ends": "between their low and high ends", "5-95": "around their 5-95 % ranges"}[case.about.ranges]
    shared = f", errors of one option shared at {case.about.shared_error:g}" if case.about.shared_error else ""
    parts = {
        "scores": f"the scores {low_and_high}{shared}",
        "weights": "the swing points between their low and high ends",
    }
    return ", and ".join(parts[what] for what in drawn(case, weights))


NO_RANGE = "No ranges were judged: scores and weights are taken as certain, so how sure the order is cannot be said."
NOT_COMPARED = "Fewer than two options are ranked, so there is nothing to test."
NO_SCORE_RANGED = "No score was given a range"


def how_sure(tests: Fragility | None, ranking: Ranking, case: Case) -> str:
    """How likely the leader is to lead, in the audience's own words; without ranges, that nobody can say."""
    if tests is None:
        return NOT_COMPARED
    option, acceptability = ranking.leaders[0], tests.acceptability
    if acceptability is None:
        return NO_RANGE
    return likelihood(
        case.options.at[option, "short"],
        "ranks first" if len(ranking.leaders) == 1 else "ranks first, a shared lead counting in part",
        float(acceptability.rank_acceptability.at[option, 1]),
        case.about.yardstick,
        draws=acceptability.draws,
        standard_error=float(acceptability.standard_error["rank_acceptability"].at[option, 1]),
        given=what_was_drawn(case, ranking.weights),
    )


def drawn_otherwise(tests: Fragility, case: Case) -> str:
    """How often the leader leads when errors, ranges or weights are drawn in another way, or blank."""
    ways = tests.stress.iloc[1:]  # the first is as stated
    if ways.empty:
        return ""
    share, leader = ways["leader_share"], case.options.at[tests.stress.attrs["leader"], "short"]
    least, most = share.idxmin(), share.idxmax()
    lost = [str(way) for way in ways.index[~ways["leads_most_often"]]]
    often = (
        f"; with {joined(lost, 2)} another option leads as often or more often" if lost else ", and still most often"
    )
    if len(ways) == 1:
        return f"Drawn in one other way ({least}), {leader} leads in {percent(share[least])} of the draws{often}."
    return (
        f"Drawn in {len(ways)} other ways, {leader} leads in between {percent(share[least])} ({least}) and "
        f"{percent(share[most])} ({most}) of the draws{often}."
    )


def how_much(changes: pd.Series) -> str:
    """How much of a change of weights goes from the criterion that loses most to the one that gains most."""
    part = 2 * min(changes.max(), -changes.min()) / changes.abs().sum()
    return "all of it" if part > 1 - 1e-6 else "most of it" if part > 0.5 else "the largest part"


def min_shift(tests: Fragility | None, case: Case) -> str:
    """The smallest change of weights that changes the leader."""
    if tests is None:
        return NOT_COMPARED
    flip = tests.flip
    if len(case.leaves) == 1:
        return "There is one criterion: no change of weights changes the leader."
    short, name = case.options["short"], case.criteria["name"]
    if not flip.challenger:
        values = case.values.drop(index=list(case.screened.index))
        alike = values.index[(values == values.loc[flip.leader]).all(axis=1)]
        if len(alike) > 1:
            return f"{joined(short[alike], FEW)} lead together and score alike throughout: no weights can part them."
        return "No change of weights changes the leader."
    if flip.distance == 0:
        together = f"{short[flip.challenger]} and {short[flip.leader]} lead together"
        return f"{together}: the least change of weights can part them."
    most, least = flip.changes.idxmax(), flip.changes.idxmin()
    much = how_much(flip.changes)
    moved = f"{50 * flip.distance:.1f} %" if flip.distance >= 0.001 else "less than 0.1 %"
    return (
        f"{short[flip.challenger]} leads once {moved} of the weight moves, {much} from "
        f"{name[least]} to {name[most]}: no smaller change of weights changes the leader."
    )


METHOD_NAMES = {
    "additive": "the additive model",
    "topsis_vector": "TOPSIS (vector norm)",
    "topsis_minmax": "TOPSIS (min-max)",
    "vikor": "VIKOR",
    "spotis": "SPOTIS",
    "rim": "RIM",
    "promethee_ii": "PROMETHEE II",
    "mabac": "MABAC",
    "cocoso": "CoCoSo",
    "edas": "EDAS",
    "waspas": "WASPAS",
    "marcos": "MARCOS",
}
"""Ways of ranking as their authors write them."""


def method_name(method: str) -> str:
    """A way of ranking as its authors write it."""
    return METHOD_NAMES.get(method, method)


def methods_agree(tests: Fragility, case: Case) -> str:
    """In how many other families of methods the leader leads too."""
    if tests.methods is None:
        return "The options score alike, so cross-check methods have nothing to rank by."
    if tests.methods.leads_in is None:
        return "No method of another family can rank these options."
    ranks = tests.methods.ranks
    leaders = ranks.index[ranks["additive"] == 1]
    leads, count = tests.methods.leads_in
    also = f"{'also ' if leads else ''}{'leads' if len(leaders) == 1 else 'lead'}"
    families = f"{leads or 'none'} of {count} other famil{'y' if count == 1 else 'ies'} of methods"
    return f"{joined(case.options['short'][list(leaders)], FEW)} {also} in {families}."


def methods_apart(tests: Fragility, case: Case) -> str:
    """Which methods, of whatever family, put another option first, or blank."""
    if tests.methods is None:
        return ""
    ranks, same = tests.methods.ranks, tests.methods.agreement["same_leader"]
    by_first: dict[tuple[str, ...], list[str]] = {}
    for method in same.index[~same.astype(bool)]:
        by_first.setdefault(tuple(ranks.index[ranks[method] == 1]), []).append(method_name(method))
    short = case.options["short"]
    parts = [
        f"{joined(methods)} put{'s' if len(methods) == 1 else ''} {joined(short[list(first)], FEW)} first"
        for first, methods in by_first.items()
    ]
    return "; ".join(parts) + "." if parts else ""


def to_collect(tests: Fragility, case: Case) -> str:
    """Whether better evidence on one score, or on all of them, could change the choice."""
    single, every = tests.information, tests.together
    if not (single["spread"] > 0).any():
        return f"{NO_SCORE_RANGED}, so what better evidence would be worth cannot be said."
    if not (single["value"] > 0).any():
        return f"No single score, known perfectly, would change the choice; {all_together(tests)}."
    top = single.iloc[0]
    on = f"{case.options.at[top['option'], 'short']} on {case.criteria.at[top['criterion'], 'name']}"
    best = f"Knowing one score perfectly is worth most for {on}: {points(top['value'], 2)}"
    return f"{best}; knowing all of them, {points(every['value'], 2)}."


def all_together(tests: Fragility) -> str:
    """Whether all scores, known at once, would change the choice: a clause that follows one on single scores."""
    share = float(tests.together["probability"])
    if share == 0:
        return "nor, in any trial, would all of them together"
    count = f"{100 * share:.0f}"
    trials = {"0": "fewer than 1", "100": "more than 99"}.get(count, count)
    return f"all of them together might: in {trials} of 100 trials another option wins"


def single_scores(tests: Fragility) -> str:
    """How many single scores could change the leader within their own range."""
    if not (tests.information["spread"] > 0).any():
        return f"{NO_SCORE_RANGED}, so which of them could change the leader cannot be said."
    count = int(tests.switches["within_range"].sum())
    if count:
        return (
            f"{count} of {len(tests.switches)} single scores could change the leader within their own low-high range."
        )
    return f"No single score changes the leader within its own low-high range; {all_together(tests)}."


def settling(worth: pd.DataFrame) -> str:
    """What settling all that rests on one item of evidence is worth, from `evidence_value`; blank when nothing."""
    if worth.empty or worth["value"].iloc[0] <= 0:
        return ""
    gain = points(worth["value"].iloc[0], 2)
    most = "" if gain.startswith("less") else "at most "
    return f"Settling all that rests on one item of evidence ({worth.index[0]}) is worth {most}{gain}."
