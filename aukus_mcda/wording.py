"""Sentences made from results, for people who will not read tables."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from .case import Case
from .ranking import Ranking
from .weights import Weights
from .yardsticks import likelihood

if TYPE_CHECKING:
    from .fragility import Fragility

PROPER = (
    "African", "American", "Asian", "Australian", "British", "Chinese", "European", "Indian", "Indonesian", "Japanese",
    "Korean", "North Korean", "Pacific", "Philippine", "Russian", "South Korean", "Taiwanese", "Ukrainian",
)  # fmt: skip
"""First words of a name that keep their capital inside a sentence."""

ILLUSTRATIVE = "Scores and weights are illustrative judgements by the authors."


def joined(words: Iterable[str]) -> str:
    """Words as a list in a sentence.

    Examples
    --------
    >>> joined(["Tokyo", "Seoul", "London"])
    'Tokyo, Seoul and London'
    """
    *most, last = list(words) or [""]
    return f"{', '.join(most)} and {last}" if most else last


def titled(profile: str) -> str:
    """A profile's id as a heading: capitals where the id has none, otherwise as it stands.

    Examples
    --------
    >>> titled("new_delhi"), titled("uk"), titled("MoD")
    ('New Delhi', 'UK', 'MoD')
    """
    if not profile.islower():
        return profile
    words = profile.replace("_", " ").split()
    return " ".join(word.upper() if len(word) < 3 else word.capitalize() for word in words)


def in_sentence(name: str) -> str:
    """A name as it reads inside a sentence; acronyms keep their capitals.

    Examples
    --------
    >>> in_sentence("Deterrence value"), in_sentence("US trust"), in_sentence("Chinese coercion")
    ('deterrence value', 'US trust', 'Chinese coercion')
    """
    lowered = name[1:2].islower() and not name.startswith(PROPER)
    return name[:1].lower() + name[1:] if lowered else name


def points(number: float, decimals: int = 1) -> str:
    """Value points, singular where it reads as one; what is more than nothing is never said to be 0.

    Examples
    --------
    >>> points(3.14159), points(1.0), points(0.004), points(0.004, decimals=2)
    ('3.1 points', '1.0 point', 'less than 0.1 points', 'less than 0.01 points')
    """
    said = f"{number:.{decimals}f}"
    if number > 0 and float(said) == 0:
        return f"less than {10.0**-decimals:g} points"
    return f"{said} point{'' if float(said) == 1 else 's'}"


def percent(share: float) -> str:
    """A share as a per cent that never rounds to a certainty it is not."""
    if math.isnan(share):
        return ""
    rounded = f"{100 * share:.0f} %"
    if rounded in ("0 %", "100 %") and 1e-12 < share < 1 - 1e-12:
        return "below 1 %" if share < 0.5 else "above 99 %"
    return rounded


def weights_named(ranking: Ranking) -> str:
    """The weights as a sentence calls them."""
    name = ranking.weights.name
    if not name:
        return "the weights given"
    profile = name.removesuffix(", changed")
    whose = profile if profile == "baseline" else titled(profile)
    return f"the {whose} weights" if profile == name else f"weights changed from the {whose} ones"


def answer(ranking: Ranking) -> str:
    """Which option ranks first, and by how much.

    Examples
    --------
    >>> from aukus_mcda import load_case, rank
    >>> answer(rank(load_case("aukus_plus_two"))).endswith("under the baseline weights.")
    True
    """
    under = weights_named(ranking)
    ranked = ranking.ranked
    if ranked.empty:
        return "No option passes the screens, so there is nothing to rank."
    first = joined(ranked.loc[list(ranking.leaders), "name"])
    behind = ranked[ranked["rank"] > 1]
    if len(ranking.leaders) > 1:
        return f"{first} rank first together under {under}."
    if behind.empty:
        return f"{first} is the only option that passes the screens."
    gap = ranked["score"].iloc[0] - behind["score"].iloc[0]
    return f"{first} ranks first, {points(gap)} ahead of {behind['name'].iloc[0]}, under {under}."


def agreement(rankings: Mapping[str, Ranking], case: Case) -> str:
    """Under how many weight profiles each leader leads, or blank without profiles."""
    leads: dict[tuple[str, ...], list[str]] = {}
    for profile, ranking in rankings.items():
        leads.setdefault(ranking.leaders, []).append(titled(profile))
    leads.pop((), None)
    if not leads:
        return ""
    short = case.options["short"]
    said = []
    for leaders, profiles in leads.items():
        verb = "leads" if len(leaders) == 1 else "lead together"
        where = f"all {len(rankings)} weight profiles" if len(leads) == 1 and len(rankings) > 1 else joined(profiles)
        said.append(f"{joined(short[list(leaders)])} {verb} under {where}")
    return "; ".join(said) + "."


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
    return f"Under {joined(near)} the lead is less than one point: read it as a tie." if near else ""


def overlap(ranking: Ranking) -> str:
    """Which options the leader's low-high range does not separate from it."""
    ranked = ranking.ranked
    if len(ranking.leaders) > 1:
        return "The leaders tie: the scores do not choose between them."
    if len(ranked) < 2:
        return ""
    least = ranked["least"].iloc[0]
    near = ranked.iloc[1:]
    count, reaching = len(near), int((near["greatest"] > least).sum())
    if not reaching:
        return "With every score at its worse end, the leader still beats every other option at its best."
    end = "the leader's: the likely scores alone do not settle the order."
    if count == 1:
        return f"The score range of the other option overlaps {end}"
    all_of = "both other options" if count == 2 else f"all the other {count} options"
    if reaching == count:
        return f"The score ranges of {all_of} overlap {end}"
    start = "The score range of 1" if reaching == 1 else f"The score ranges of {reaching}"
    return f"{start} of the other {count} options overlap{'s' if reaching == 1 else ''} {end}"


def refused(ranking: Ranking, case: Case) -> str:
    """Whose red lines a leader breaches at the likely scores, or blank."""
    from .redlines import breaches_of  # brings the drawing of scores, which words do not need

    found = breaches_of(case)
    said = []
    for leader in ranking.leaders:
        whose = list(dict.fromkeys(found.loc[found["option"] == leader, "profile"]))
        if whose:
            said.append(
                f"{case.options.at[leader, 'short']} breaches red lines recorded for {joined(map(titled, whose))}"
            )
    return "; ".join(said) + ", which no score outweighs." if said else ""


def leads_more_often(tests: Fragility, ranking: Ranking, case: Case) -> str:
    """Which option ranks first in more of the draws than the leader does, or blank."""
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
    by_root = gain.groupby({leaf: case.root_of(leaf) for leaf in case.leaves}).sum()
    ups = by_root[by_root > 0.05].sort_values(ascending=False, kind="stable")
    downs = by_root[by_root < -0.05].sort_values(kind="stable")
    name, short = case.criteria["name"].map(in_sentence), case.options["short"]
    against = "the status quo" if other == unchanged else short[other]
    won = joined(f"{value:.1f} on {name[root]}" for root, value in ups.items())
    lost = joined(f"{-value:.1f} on {name[root]}" for root, value in downs.items())
    sentence = f"{short[leader]} gains {won or 'nothing'} over {against}"
    return sentence + (f", and gives up {lost}." if lost else ".")


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
    sentence = f"{joined(case.options['short'][list(ranking.leaders)])} {verb} {best:.1f} of 100"
    if len(ranked) == 1:
        return sentence + "."
    return f"{sentence}; all {len(ranked)} ranked options lie within {points(best - ranked['score'].iloc[-1])}."


def heaviest(ranking: Ranking, case: Case, *, named: int | None = None) -> str:
    """Which criterion at the top of the tree weighs most; of several at most ``named`` by name."""
    weights = ranking.weights.values
    shares = {root: sum(weights[leaf] for leaf in case.leaves if case.root_of(leaf) == root) for root in case.roots}
    most = [root for root in case.roots if shares[root] > max(shares.values()) - 1e-9]
    verb, each = ("weighs", "") if len(most) == 1 else ("weigh", " each")
    names = joined(case.criteria["name"][most[:named]])
    return f"{names} {verb} most under {weights_named(ranking)}, {100 * shares[most[0]]:.1f} %{each}."


def not_varied(weights: Weights, case: Case) -> str:
    """Which weights were taken as certain although they could differ: how sure it is says nothing of them."""
    if weights.point_range is None:
        return (
            "The weights were taken as certain: no low and high points were given, so how sure it is leaves them out."
        )
    ends, points = weights.point_range, weights.points
    alone = weights.parents.map(weights.parents.value_counts()) == 1
    certain = [name for name in points.index if ends.at[name, "low"] == ends.at[name, "high"] and not alone[name]]
    if not certain:
        return ""
    named = joined(in_sentence(case.criteria["name"].get(name, name)) for name in certain)
    return f"Taken as certain, for lack of low and high points: the weight of {named}."


def how_sure(tests: Fragility, ranking: Ranking, case: Case) -> str:
    """How likely the leader is to lead, in the audience's own words."""
    option = ranking.leaders[0]
    found = tests.acceptability
    statement = "ranks first" if len(ranking.leaders) == 1 else "ranks first, a shared lead counting in part"
    said = likelihood(
        case.options.at[option, "short"], statement, float(found.rank_acceptability.at[option, 1]),
        case.about.yardstick, draws=found.draws,
        standard_error=float(found.standard_error["rank_acceptability"].at[option, 1]),
    )  # fmt: skip
    opening = said.split(" ", 1)[0]
    if opening not in ("It", "There"):
        return said
    weights = "those weights that have a range" if not_varied(ranking.weights, case) else "weights"
    varied = {"scores": (case.scores["low"] < case.scores["high"]).any(), weights: ranking.weights.vary}
    given = joined(what for what, really in varied.items() if really)
    return f"Given the uncertain {given}, {in_sentence(said)}" if given else said


def how_much(changes: pd.Series) -> str:
    """How much of a change of weights goes from the criterion that loses most to the one that gains most."""
    part = 2 * min(changes.max(), -changes.min()) / changes.abs().sum()
    return "all of it" if part > 1 - 1e-6 else "most of it" if part > 0.5 else "the largest part"


def flips(tests: Fragility, case: Case) -> str:
    """The smallest change of weights that changes the leader."""
    flip = tests.flip
    if not flip.challenger:
        return "No change of weights changes the leader."
    short, name = case.options["short"], case.criteria["name"].map(in_sentence)
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
    return f"{joined(case.options['short'][list(leaders)])} {also} in {families}."


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
        f"{joined(methods)} put{'s' if len(methods) == 1 else ''} {joined(short[list(first)])} first"
        for first, methods in by_first.items()
    ]
    return "; ".join(parts) + "." if parts else ""


def to_collect(tests: Fragility, case: Case) -> str:
    """Which better evidence could change the choice."""
    single, best = tests.information, tests.evidence
    if not (single["value"] > 0).any():
        start = "No single score, known perfectly, would change the choice"
    else:
        top = single.iloc[0]
        on = f"{case.options.at[top['option'], 'short']} on {in_sentence(case.criteria.at[top['criterion'], 'name'])}"
        start = f"Knowing one score perfectly is worth most for {on}: {points(top['value'], 2)}"
    if best.empty or best["value"].iloc[0] <= 0:
        return start + "."
    worth = points(best["value"].iloc[0], 2)
    most = "" if worth.startswith("less") else "at most "
    return f"{start}; settling all that rests on one item of evidence ({best.index[0]}) is worth {most}{worth}."
