"""Sentences on the futures and on where the uncertainty about who leads comes from."""

from __future__ import annotations

from collections.abc import Sequence

from ..case import Case
from ..perspectives import AS_JUDGED, FACTORS, Futures, Joint, Threshold
from ..text import joined, percent, points, weights_named
from ..uncertainty import drawn

SAID = {"evidence": "the evidence", "preferences": "preferences", "method": "the method", "future": "the future"}
"""The factors as a sentence calls them."""


def in_futures(found: Futures, case: Case) -> str:
    """In how many futures today's leader leads, and who leads in the others."""
    short = case.options["short"]
    if found.leads_in is None:
        return "The case describes no futures: the ranking was tested as judged only."
    first, of = found.leads_in
    today = found.rankings[AS_JUDGED]
    under = weights_named(today.weights.name)
    ranks_first = f"{joined(short[list(today.leaders)])} rank{'s' if len(today.leaders) == 1 else ''} first"
    if first == of:
        where = "the one future" if of == 1 else f"all {of} futures"
        return f"{ranks_first} in {where} that the case describes, by the likely scores and {under}."
    others: dict[str, list[str]] = {}
    for future in found.names.index:
        top = found.rankings[future].leaders
        if future != AS_JUDGED and not set(today.leaders) <= set(top):
            others.setdefault(joined(short[list(top)]), []).append(future)
    said = "; ".join(f"{who} leads in {_quoted(found, where)}" for who, where in others.items())
    counted = f"{first} of {of} futures that the case describes, by the likely scores and {under}"
    return f"{ranks_first} in {counted}. {said}."


def regrets(found: Futures, case: Case) -> str:
    """What the leader can give up, and who gives up least at worst."""
    short = case.options["short"]
    greatest, lowest = found.summary["greatest_regret"], found.summary["least_score"]
    chosen = joined(short[list(found.minimax_regret)])
    least = greatest[found.minimax_regret[0]]
    one = len(found.minimax_regret) == 1
    verb = "gives" if one else "give"
    if least <= 1e-9:
        start = f"{chosen} {verb} up nothing in any future: no other option is better there on the likely scores"
    else:
        start = f"{chosen} {verb} up least at worst: {points(least)} of value"
        if found.leader not in found.minimax_regret:
            start += f", against {points(greatest[found.leader])} for {short[found.leader]}"
    cautious = joined(short[list(found.maximin)])
    same = set(found.maximin) == set(found.minimax_regret)
    worst = f"{lowest[found.maximin[0]]:.1f}"
    end = (
        f"{'It also has' if one else 'They also have'} the best worst score, {worst}."
        if same
        else f"The best worst score, {worst}, is that of {cautious}."
    )
    return f"{start}. {end}"


def within(found: Futures, case: Case) -> str:
    """How often the leader, and the next best by that measure, is near the best."""
    varied = drawn(case, found.rankings[AS_JUDGED].weights)
    if not varied:
        return ""
    share = found.summary["within"]
    short = case.options["short"]
    other = share.drop(found.leader).idxmax()
    return (
        f"With {joined(varied)} uncertain too, {short[found.leader]} is within {found.margin:g} points of the best "
        f"in {percent(share[found.leader])} of futures and draws, {short[other]} in {percent(share[other])}."
    )


def counted(found: Futures | Joint, case: Case) -> str:
    """What each future counts, and that nobody has judged how likely it is."""
    names = case.scenarios.drop_duplicates("scenario").set_index("scenario")["name"]
    if found.chances is None:
        return (
            "Every future, and the case as judged, counts the same: that is a way of counting, and no judgement of how "
            "likely it is."
        )
    shares = [f"{names.get(future, 'as judged')} {100 * share:g} %" for future, share in found.chances.items()]
    return f"The futures count as the analyst set them: {'; '.join(shares)}."


def failing(found: Futures, case: Case) -> str:
    """The rule for when the leader does not lead, and how good a rule it is."""
    if not drawn(case, found.rankings[AS_JUDGED].weights):
        return "No ranges were judged, so each future shows the likely scores and weights alone."
    rule, short = found.failure, case.options["short"]
    leader = short[found.leader]
    if rule.base_rate == 0 and not rule.futures:
        return f"{leader} leads in every future and draw that was tried."
    over = f"{percent(rule.base_rate)} of futures and draws"
    ahead = f" {short[rule.rivals[0]]} is then most often ahead." if rule.rivals else ""
    every = len(rule.futures) == len(found.names)
    if every and not rule.thresholds:
        return f"{leader} does not lead in {over}; no short rule says when.{ahead}"
    conditions = [_condition(each, found.leader, case) for each in rule.thresholds]
    rest = [future for future in found.names.index if future not in rule.futures]
    few = len(rule.futures) <= len(rest)
    where = "" if every else f"in {_quoted(found, rule.futures)}" if few else f"outside {_quoted(found, rest)}"
    when = f"when {' and '.join(conditions)}" if conditions else ""
    return (
        f"{leader} does not lead in {over}. It fails most {' '.join(filter(None, (where, when)))}: there it does not "
        f"lead in {percent(rule.density)} of draws, and {percent(rule.coverage)} of its failures lie there.{ahead}"
    )


def announced(found: Futures, case: Case) -> str:
    """How many assumptions share evidence with a future, so that their signposts may announce it."""
    futures = [future for future in found.names.index if future != AS_JUDGED]
    if not futures:
        return "The case describes no futures, so there is nothing to announce."
    links = found.signposts[found.signposts["assumption"] != ""]
    bare = [future for future in futures if future not in set(links["future"])]
    count, reached = links["assumption"].nunique(), links["future"].nunique()
    if not count:
        return "No assumption cites the same evidence as a future, so the case names nothing to watch."
    verb, whose = ("shares", "its signpost is") if count == 1 else ("share", "their signposts are")
    said = f"{count} assumption{'s' if count > 1 else ''} {verb} evidence with {reached} of {len(futures)} futures"
    end = f"; none does with {_quoted(found, bare)}" if bare else ""
    return f"{said}: {whose} what to watch{end}."


def untested(found: Futures, case: Case) -> str:
    """Critical assumptions that no future puts to the test, or blank."""
    if not found.unlinked or found.leads_in is None:
        return ""
    said = " ".join(
        f"({number}) {case.assumptions.at[name, 'statement']}" for number, name in enumerate(found.unlinked, 1)
    )
    return f"Load-bearing and vulnerable, yet no future cites the same evidence: {said}"


def comes_from(found: Joint, case: Case) -> str:
    """Where the uncertainty about who leads comes from, in a sentence."""
    if not found.effects["varied"].any():
        return "Nothing could be varied, so where uncertainty about who leads comes from cannot be said."
    if found.uncertainty == 0:
        leader = case.options.at[found.leads.idxmax(), "short"]
        alike = " or ties for the lead" if found.leads.max() < 1 - 1e-9 else ""
        return f"{leader} leads{alike} in every combination that was tried."
    shares = found.effects.loc[found.effects["varied"], "share"].sort_values(ascending=False, kind="stable")
    said = [f"{SAID[factor]} ({percent(max(0.0, share))})" for factor, share in shares.items()]
    if len(said) == 1:
        return f"Only {SAID[shares.index[0]]} could be varied: what else the lead hangs on cannot be said."
    shared = "with what they bring together shared out evenly"
    if shares.iloc[0] > 0.5:
        return (
            f"Most of the uncertainty about who leads comes from {said[0]}, the rest from {joined(said[1:])}, {shared}."
        )
    return f"The uncertainty about who leads comes from {joined(said)}, {shared}."


def how_read(found: Joint, case: Case) -> str:
    """What the shares mean: how much uncertainty there is, alone and together, and what was held fixed."""
    if found.uncertainty == 0:
        return ""
    said = f"Two combinations taken at random have different leaders in {percent(found.uncertainty)} of cases."
    if found.effects["varied"].sum() > 1:
        said += (
            f" Known by themselves, the sources would remove {percent(found.effects['main'].sum())} of that; the other "
            f"{percent(max(0.0, found.together))} lies in several acting together and is shared out evenly among them."
        )
    fixed = [SAID[factor] for factor in FACTORS if not found.effects.at[factor, "varied"]]
    return said + (f" Held fixed: {joined(fixed)}." if fixed else "")


def varied(found: Joint, case: Case) -> str:
    """What was combined."""
    whose = "every profile's swing points" if found.preferences == "profiles" else "the swing points"
    parts = {
        "evidence": "scores within their low-high range",
        "preferences": f"{whose} within their low-high range",
        "method": f"{len(found.methods)} methods of different families",
        "future": f"{len(found.futures) - 1} future{'' if len(found.futures) == 2 else 's'} beside the case as judged",
    }
    said = joined(parts[factor] for factor in FACTORS if found.effects.at[factor, "varied"])
    return f"{found.draws:,} combinations of {said}." if said else "Nothing was varied."


def _condition(threshold: Threshold, leader: str, case: Case) -> str:
    """A threshold in words; scores stand in their own unit, before a future shifts them."""
    given, side = threshold.input, "above" if threshold.above else "below"
    name = _phrase(case.criteria.at[given.criterion, "name"])
    if given.kind == "weight":
        return f"the weight of {name} is {side} {100 * threshold.number:.0f} %"
    whose = "its" if given.option == leader else f"{case.options.at[given.option, 'short']}'s"
    return f"{whose} judged score on {name} is {side} {threshold.number:.3g}"


def _quoted(found: Futures, futures: Sequence[str]) -> str:
    """Names of futures, in quotation marks as they are phrases."""
    return joined("the case as judged" if each == AS_JUDGED else _phrase(found.names[each]) for each in futures)


def _phrase(name: str) -> str:
    """A name in quotation marks: lower case would spoil one that begins with a proper name."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
