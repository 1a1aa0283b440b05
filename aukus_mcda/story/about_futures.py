"""The futures, and where the uncertainty about who leads comes from: sentences and exhibits."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import starmap

from ..case import Case
from ..perspectives import AS_JUDGED, Futures, Joint, Threshold
from ..text import joined, percent, points, weights_named
from ..uncertainty import drawn
from . import palette
from .exhibit import (
    Bars,
    Column,
    Content,
    Exhibit,
    Room,
    Table,
    Text,
    cited,
    not_shown,
    notes,
    number_column,
    reasons_of,
    table_share,
    to_show,
    why_scored,
    widest,
)
from .wording import method_name

SOURCES = {"evidence": "the evidence", "preferences": "preferences", "method": "the method", "future": "the future"}
"""The factors as a sentence calls them."""
PALE = "#A9C1D9"
"""The colour of what a factor adds together with others."""


def leads_in_futures(result: Futures, case: Case) -> str:
    """In how many futures today's leader leads, and who leads in the others."""
    short = case.options["short"]
    if result.leads_in is None:
        return "The case describes no futures: the ranking was tested as judged only."
    first, of = result.leads_in
    today = result.rankings[AS_JUDGED]
    under = weights_named(today.weights.name)
    ranks_first = f"{joined(short[list(today.leaders)])} rank{'s' if len(today.leaders) == 1 else ''} first"
    if first == of:
        where = "the one future" if of == 1 else f"all {of} futures"
        return f"{ranks_first} in {where} that the case describes, by the likely scores and {under}."
    others: dict[str, list[str]] = {}
    for future in _described(result):
        top = result.rankings[future].leaders
        if not set(today.leaders) <= set(top):
            others.setdefault(joined(short[list(top)]), []).append(future)
    elsewhere = "; ".join(f"{who} leads in {_quoted(result, where)}" for who, where in others.items())
    counts = f"{first} of {of} futures that the case describes, by the likely scores and {under}"
    return f"{ranks_first} in {counts}. {elsewhere}."


def regrets(result: Futures, case: Case) -> str:
    """What the leader can give up, and who gives up least at worst."""
    short = case.options["short"]
    greatest, lowest = result.summary["greatest_regret"], result.summary["least_score"]
    best = joined(short[list(result.minimax_regret)])
    least = greatest[result.minimax_regret[0]]
    one = len(result.minimax_regret) == 1
    verb = "gives" if one else "give"
    if least <= 1e-9:
        start = f"{best} {verb} up nothing in any future: no other option is better there on the likely scores"
    else:
        start = f"{best} {verb} up least at worst: {points(least)} of value"
        if result.leader not in result.minimax_regret:
            start += f", against {points(greatest[result.leader])} for {short[result.leader]}"
    worst = f"{lowest[result.maximin[0]]:.1f}"
    if set(result.maximin) == set(result.minimax_regret):
        return f"{start}. {'It also has' if one else 'They also have'} the best worst score, {worst}."
    return f"{start}. The best worst score, {worst}, is that of {joined(short[list(result.maximin)])}."


def within(result: Futures, case: Case) -> str:
    """How often the leader, and the next best by that measure, is near the best."""
    ranges = _drawn(result, case)
    if not ranges:
        return ""
    share, short = result.summary["within"], case.options["short"]
    other = share.drop(result.leader).idxmax()
    return (
        f"With {joined(ranges)} uncertain too, {short[result.leader]} is within {result.margin:g} points of the best "
        f"in {percent(share[result.leader])} of futures and draws, {short[other]} in {percent(share[other])}."
    )


def counted(result: Futures | Joint, case: Case) -> str:
    """What each future counts, and that nobody has judged how likely it is."""
    names = case.scenarios.drop_duplicates("scenario").set_index("scenario")["name"]
    if result.chances is None:
        return (
            "Every future, and the case as judged, counts the same: that is a way of counting, and no judgement of how "
            "likely it is."
        )
    shares = [f"{names.get(future, 'as judged')} {100 * share:g} %" for future, share in result.chances.items()]
    return f"The futures count as the analyst set them: {'; '.join(shares)}."


def failing(result: Futures, case: Case) -> str:
    """The rule for when the leader does not lead, and how good a rule it is."""
    if not _drawn(result, case):
        return "No ranges were judged, so each future shows the likely scores and weights alone."
    rule, short = result.failure, case.options["short"]
    leader = short[result.leader]
    if rule.base_rate == 0 and not rule.futures:
        return f"{leader} leads in every future and draw that was tried."
    over = f"{percent(rule.base_rate)} of futures and draws"
    ahead = f" {short[rule.rivals[0]]} is then most often ahead." if rule.rivals else ""
    rest = [future for future in result.names.index if future not in rule.futures]
    if not rest and not rule.thresholds:
        return f"{leader} does not lead in {over}; no short rule says when.{ahead}"
    few = len(rule.futures) <= len(rest)
    where = f"in {_quoted(result, rule.futures)}" if few else f"outside {_quoted(result, rest)}" if rest else ""
    conditions = " and ".join(_condition(each, result.leader, case) for each in rule.thresholds)
    when = f"when {conditions}" if conditions else ""
    return (
        f"{leader} does not lead in {over}. It fails most {' '.join(filter(None, (where, when)))}: there it does not "
        f"lead in {percent(rule.density)} of draws, and {percent(rule.coverage)} of its failures lie there.{ahead}"
    )


def announced(result: Futures, case: Case) -> str:
    """How many assumptions share evidence with a future, so that their signposts may announce it."""
    futures = _described(result)
    if not futures:
        return "The case describes no futures, so there is nothing to announce."
    links = result.signposts[result.signposts["assumption"] != ""]
    bare = [future for future in futures if future not in set(links["future"])]
    count, reached = links["assumption"].nunique(), links["future"].nunique()
    if not count:
        return "No assumption cites the same evidence as a future, so the case names nothing to watch."
    verb, whose = ("shares", "its signpost is") if count == 1 else ("share", "their signposts are")
    start = f"{count} assumption{'s' if count > 1 else ''} {verb} evidence with {reached} of {len(futures)} futures"
    end = f"; none does with {_quoted(result, bare)}" if bare else ""
    return f"{start}: {whose} what to watch{end}."


def untested(result: Futures, case: Case) -> str:
    """Critical assumptions that no future puts to the test, or blank."""
    if not result.unlinked or result.leads_in is None:
        return ""
    statements = case.assumptions["statement"][list(result.unlinked)]
    numbered = " ".join(f"({number}) {each}" for number, each in enumerate(statements, 1))
    return f"Load-bearing and vulnerable, yet no future cites the same evidence: {numbered}"


def comes_from(result: Joint, case: Case) -> str:
    """Where the uncertainty about who leads comes from, in a sentence."""
    if not result.effects["varied"].any():
        return "Nothing could be varied, so where uncertainty about who leads comes from cannot be said."
    if result.uncertainty == 0:
        leader = case.options.at[result.leads.idxmax(), "short"]
        alike = " or ties for the lead" if result.leads.max() < 1 - 1e-9 else ""
        return f"{leader} leads{alike} in every combination that was tried."
    shares = result.effects.loc[result.effects["varied"], "share"].sort_values(ascending=False, kind="stable")
    first, *rest = (f"{SOURCES[factor]} ({percent(max(0.0, share))})" for factor, share in shares.items())
    if not rest:
        return f"Only {SOURCES[shares.index[0]]} could be varied: what else the lead hangs on cannot be said."
    shared = "with what they bring together shared out evenly"
    if shares.iloc[0] > 0.5:
        return f"Most of the uncertainty about who leads comes from {first}, the rest from {joined(rest)}, {shared}."
    return f"The uncertainty about who leads comes from {joined([first, *rest])}, {shared}."


def how_read(result: Joint, case: Case) -> str:
    """What the shares mean: how much uncertainty there is, alone and together, and what was held fixed."""
    if result.uncertainty == 0:
        return ""
    start = f"Two combinations taken at random have different leaders in {percent(result.uncertainty)} of cases."
    if result.effects["varied"].sum() > 1:
        alone, together = percent(result.effects["main"].sum()), percent(max(0.0, result.together))
        start += (
            f" Known by themselves, the sources would remove {alone} of that; the other {together} lies in several "
            "acting together and is shared out evenly among them."
        )
    fixed = [name for factor, name in SOURCES.items() if not result.effects.at[factor, "varied"]]
    return start + (f" Held fixed: {joined(fixed)}." if fixed else "")


def varied(result: Joint, case: Case) -> str:
    """What was combined."""
    whose = "every profile's swing points" if result.preferences == "profiles" else "the swing points"
    futures = len(result.futures) - 1
    parts = {
        "evidence": "scores within their low-high range",
        "preferences": f"{whose} within their low-high range",
        "method": f"{len(result.methods)} methods of different families",
        "future": f"{futures} future{'' if futures == 1 else 's'} beside the case as judged",
    }
    combined = joined(part for factor, part in parts.items() if result.effects.at[factor, "varied"])
    return f"{result.draws:,} combinations of {combined}." if combined else "Nothing was varied."


def futures_compared(result: Futures, case: Case, room: Room) -> Exhibit | None:
    """How each option fares over all futures, and when today's leader fails; None without futures."""
    if result.leads_in is None:
        return None
    summary = result.summary.sort_values(["greatest_regret", "within"], ascending=[True, False], kind="stable")
    options = to_show(summary.index, room)
    rows = summary.loc[options]
    near = rows["within"].map(percent) if _drawn(result, case) else [""] * len(rows)
    table = Table(
        [
            Column("Option", 2.3, case.options["short"][options], lines=1),
            number_column("Leads in", 1.0, rows["first_in"].map(str) + " of " + rows["of"].map(str)),
            number_column("Gives up at most", 1.2, rows["greatest_regret"].map("{:.1f}".format)),
            number_column("Worst score", 1.0, rows["least_score"].map("{:.1f}".format)),
            number_column(f"Within {result.margin:g} points", 1.3, near),
        ],
        "How each option fares over all futures.",
    ).filled()
    width = table_share(room)
    table = room.fit(table, len(summary), share=width)
    beside = Text(
        [regrets(result, case), counted(result, case), not_shown(len(summary) - len(table.rows))],
        extra=[
            failing(result, case),
            within(result, case),
            "Points given up are beside the best option of each future and of the case as judged, on likely scores.",
        ],
    )
    reasons = reasons_of(case.scenarios.drop_duplicates("scenario"), "rationale", "name")
    remarks = notes("What each future changes first, and why:", reasons)
    return Exhibit(leads_in_futures(result, case), remarks, [[table], [beside]], shares=(width, 1 - width))


def signposts_to_watch(result: Futures, case: Case, room: Room) -> Exhibit | None:
    """What would announce each future, and which critical assumptions no future tests; None without assumptions."""
    assumptions = case.assumptions
    if result.leads_in is None or assumptions.empty:
        return None
    rows = []
    for future, links in result.signposts.groupby("future", sort=False):
        heads = [(result.names[future], joined(case.options["short"][list(result.rankings[str(future)].leaders)]))]
        for _, row in links.iterrows():
            critical = "yes" if row["load_bearing"] == "yes" and row["vulnerable"] == "yes" else ""
            statement = row["statement"] or "No assumption cites the same evidence."
            rows.append((*(heads.pop() if heads else ("", "")), statement, critical, row["signpost"]))
    for number, (_, row) in enumerate(assumptions.loc[list(result.unlinked)].iterrows()):
        rows.append(("" if number else "None tests it", "", row["statement"], "yes", row["signpost"]))
    headings = ("Future", "Leads there", "Assumption at stake", "Critical", "Signpost to watch")
    columns = zip(headings, (2.1, 1.6, 3.9, 0.95, 3.55), zip(*rows, strict=True), strict=True)
    table = Table(list(starmap(Column, columns)), "What would announce each future.", sizes=(12,))
    linked = [f"{row['statement']}{cited(row['evidence'])}" for _, row in assumptions.iterrows()]
    return Exhibit(announced(result, case), notes("Evidence each assumption rests on:", linked), [[table]])


def sources_of_uncertainty(result: Joint, case: Case, room: Room) -> Exhibit:
    """Where the uncertainty about who leads comes from, as bars of main effect and what is added with others."""
    effects, short = result.effects[result.effects["varied"]], case.options["short"]
    top = result.leads.sort_values(ascending=False, kind="stable").head(3)
    leads = joined(f"{short[option]} leads in {percent(share)}" for option, share in top.items() if share > 0)
    error = effects[["main_error", "total_error", "share_error"]].to_numpy(dtype=float)
    methods = f"One method a family, each counting the same: {joined(map(method_name, result.methods))}."
    more_varied = "More is varied here than in the draws of other slides, so shares of who leads differ from theirs."
    words = Text(
        [
            how_read(result, case),
            f"{varied(result, case)} {leads}.",
            counted(result, case) if "future" in effects.index else "",
        ],
        extra=[
            f"Largest standard error: {100 * error.max():.1g} %." if error.size and error.max() > 0 else "",
            methods if "method" in effects.index else "",
            more_varied if {"evidence", "preferences"} & set(effects.index) else "",
        ],
    )
    least_sure = why_scored(case, widest(case, list(top.index[:2])))
    remarks = notes(
        "Each source is varied alone and with the others; the bars are shares of the uncertainty about who leads.",
        "The least sure scores of the options that lead most often:" if least_sure else "",
        least_sure,
    )
    columns: list[list[Content]] = [[words]]
    if result.uncertainty > 0:
        parts = 100 * effects[["main", "total", "share"]].astype(float).clip(lower=0)
        parts = parts.sort_values("share", ascending=False, kind="stable")
        more = (parts["total"] - parts["main"]).clip(lower=0)
        bars = Bars(
            labels=tuple(f"{factor.capitalize()}: {share:.0f} %" for factor, share in parts["share"].items()),
            series=(("By itself", tuple(parts["main"].round(1))), ("More, with others", tuple(more.round(1)))),
            colours=(palette.BRIGHT[0], PALE),
            alt="Stacked bars: per cent of the uncertainty about who leads, by source, by itself and with others.",
        )
        columns.insert(0, [bars])
    return Exhibit(comes_from(result, case), remarks, columns)


def _described(result: Futures) -> list[str]:
    """Futures of the case, without the case as judged."""
    return [future for future in result.names.index if future != AS_JUDGED]


def _drawn(result: Futures, case: Case) -> list[str]:
    """What was drawn at random."""
    return list(drawn(case, result.rankings[AS_JUDGED].weights))


def _condition(threshold: Threshold, leader: str, case: Case) -> str:
    """A threshold in words; scores stand in their own unit, before a future shifts them."""
    where, side = threshold.input, "above" if threshold.above else "below"
    name = _phrase(case.criteria.at[where.criterion, "name"])
    if where.kind == "weight":
        return f"the weight of {name} is {side} {100 * threshold.number:.0f} %"
    whose = "its" if where.option == leader else f"{case.options.at[where.option, 'short']}'s"
    return f"{whose} judged score on {name} is {side} {threshold.number:.3g}"


def _quoted(result: Futures, futures: Sequence[str]) -> str:
    """Names of futures, in quotation marks as they are phrases."""
    return joined("the case as judged" if each == AS_JUDGED else _phrase(result.names[each]) for each in futures)


def _phrase(name: str) -> str:
    """A name in quotation marks: lower case would spoil one that begins with a proper name."""
    return f"\N{LEFT DOUBLE QUOTATION MARK}{name}\N{RIGHT DOUBLE QUOTATION MARK}"
