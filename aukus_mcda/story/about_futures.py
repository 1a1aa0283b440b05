"""The futures, what would announce them, earlier dates, and where the doubt about who leads comes from."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ..case import Case
from ..form import (
    MOST_JUDGEMENTS,
    MOST_OPTIONS,
    WRITTEN,
    Chart,
    Column,
    Exhibit,
    Table,
    cited,
    rest_of,
    titled_as,
    why_scored,
)
from ..perspectives import AS_JUDGED, Futures, Joint, Threshold, Vintages, vintages
from ..text import joined, percent, points
from ..uncertainty import drawn
from .about_case import MOST_NAMED, next_review
from .about_sureness import widest
from .words import METHOD_NAMES, ahead_by, counted, leaders, numeral, short, trials, verb

if TYPE_CHECKING:
    from ..analysis import Study

ACROSS = 8
"""Options that a heatmap shows side by side."""
ALL_ALIKE = "All futures count the same; nobody has judged how likely each is."
MOVED = 0.05
"""Points by which a score moves the ranking if it is to be named."""
SOURCES = {"evidence": "Evidence", "preferences": "Whose weights", "method": "Method", "future": "Future"}
"""The factors as a reader knows them."""


def ranks_in_futures(study: Study, case: Case) -> Exhibit | None:
    """The rank of each option in each future; None without futures."""
    result = study.futures
    if result is None or result.leads_in is None:
        return None
    options = list(study.ranking.ranked.index)
    shown = options[:ACROSS]
    leaders = {future: int(each.table["rank"][options[0]]) for future, each in result.rankings.items()}
    # Where the leader falls furthest comes first: the rest may not fit.
    order = sorted(result.names.index, key=lambda future: (future != AS_JUDGED, -leaders[future]))
    table = Table(
        [
            Column("Future", list(result.names[order]), share=5),
            *(
                Column(
                    case.options.at[each, "short"],
                    [int(result.rankings[future].table["rank"][each]) for future in order],
                    "rank",
                )
                for each in shown
            ),
        ],
        "Rank of each option in each future.",
        "heat",
        ["accent" if future == AS_JUDGED else "plain" for future in order],
    )
    reasons = case.scenarios.drop_duplicates("scenario")
    return Exhibit(
        _title(result, case),
        regrets(result, case),
        [table, rest_of(len(options) - len(shown))],
        footnote="Ranks on the likely scores, each future as the case shifts them; a stronger colour is better. "
        + ALL_ALIKE,
        notes=[
            *((failing(result, case), within(result, case)) if drawn(case, study.ranking.weights) else ()),
            "What each future changes first, and why:",
            *(
                f"{row['name']}: {row['rationale']}{cited(row['evidence'])}"
                for _, row in reasons.iterrows()
                if row["rationale"]
            ),
        ],
    )


def given_up(study: Study, case: Case) -> Exhibit | None:
    """What each option gives up in each future beside the best there; None without futures."""
    result = study.futures
    if result is None or result.leads_in is None:
        return None
    worst = result.regret.max(axis=1).sort_values(kind="stable")
    lost = -result.regret.loc[worst.index[:MOST_OPTIONS]]
    columns = [Column(result.names[future], list(lost[future]), "points") for future in lost.columns[:ACROSS]]
    table = Table(
        [Column("Option", list(case.options["short"][lost.index]), share=2.2), *columns],
        "Points each option gives up in each future, beside the best option there.",
        "heat",
        ["accent" if option in result.minimax_regret else "plain" for option in lost.index],
    )
    loss = points(float(worst.iloc[0]))
    least = "nothing in any future" if worst.iloc[0] < 0.05 else f"least at worst, {loss}"
    titles = (
        f"{short(case, result.minimax_regret)} {verb(len(result.minimax_regret), 'give')} up {least}",
        f"The least that can be given up at worst is {loss}",
    )
    return Exhibit(
        titled_as(*titles),
        regrets(result, case),
        [table, rest_of(len(worst) - len(lost)), rest_of(len(lost.columns) - len(columns), "futures")],
        footnote="Points behind the best option of each future; 0.0 is the best. The smallest greatest loss is on top.",
    )


def _title(result: Futures, case: Case) -> str:
    assert result.leads_in is not None
    first, of = result.leads_in
    today = result.rankings[AS_JUDGED]
    if first < of:
        where = f"{first} of {of} futures" if of > 1 else "today, but not in the one future"
    else:
        where = {1: "the one future", 2: "both futures"}.get(of, f"all {counted(of, 'future')}")
    return titled_as(
        f"{leaders(today, case)} {verb(len(today.leaders), 'lead')} in {where}", f"The first option leads in {where}"
    )


def regrets(result: Futures, case: Case) -> str:
    """What the leader gives up at worst, and who gives up least."""
    greatest = result.summary["greatest_regret"]
    best, least = short(case, result.minimax_regret), float(greatest[result.minimax_regret[0]])
    give = verb(len(result.minimax_regret), "give")
    if least <= 1e-9:
        return f"{best} {give} up nothing in any future: no other option scores higher there."
    sentence = f"{best} {give} up least at worst, {points(least)}"
    if result.leader not in result.minimax_regret:
        sentence += f"; {case.options.at[result.leader, 'short']} up to {points(float(greatest[result.leader]))}"
    return f"{sentence}."


def within(result: Futures, case: Case) -> str:
    """How often the leader is near the best."""
    share = float(result.summary.at[result.leader, "within"])
    return (
        f"{case.options.at[result.leader, 'short']} is within {result.margin:g} points of the best in {trials(share)}."
    )


def failing(result: Futures, case: Case) -> str:
    """When the leader does not lead: a short rule, and how good a rule it is."""
    rule, name = result.failure, case.options.at[result.leader, "short"]
    if rule.base_rate == 0:
        return f"{name} leads in every future and trial."
    start = f"{name} does not lead in {trials(rule.base_rate)} over all futures"
    rest = [future for future in result.names.index if future not in rule.futures]
    where = [f"in {_quoted(result, rule.futures)}"] if rest and rule.futures else []
    conditions = where + [_condition(each, result.leader, case) for each in rule.thresholds]
    ahead = f" {case.options.at[rule.rivals[0], 'short']} is then most often ahead." if rule.rivals else ""
    if not conditions:
        return f"{start}; no short rule tells when.{ahead}"
    share = f"there it does not lead in {trials(rule.density)}, and {percent(rule.coverage)} of its failures lie there"
    return f"{start}. It fails most {'when' if not where else ''} {' and '.join(conditions)}: {share}.{ahead}".replace(
        "  ", " "
    )


def _condition(threshold: Threshold, leader: str, case: Case) -> str:
    """A threshold in words; scores stand in their own unit, before a future shifts them."""
    where, side = threshold.input, "above" if threshold.above else "below"
    name = case.criteria.at[where.criterion, "name"]
    if where.kind == "weight":
        return f"the weight of {name} is {side} {100 * threshold.number:.0f} %"
    whose = "its" if where.option == leader else f"{case.options.at[where.option, 'short']}'s"
    return f"{whose} judged score on {name} is {side} {threshold.number:.3g}"


def _quoted(result: Futures, futures: tuple[str, ...]) -> str:
    """Names of futures in quotation marks, as they are phrases."""
    return joined(
        f"\N{LEFT DOUBLE QUOTATION MARK}{result.names[each]}\N{RIGHT DOUBLE QUOTATION MARK}" for each in futures
    )


def signposts_to_watch(study: Study, case: Case) -> Exhibit | None:
    """What would announce each future, and which critical assumptions no future tests; None without assumptions."""
    result = study.futures
    if result is None or result.leads_in is None or case.assumptions.empty:
        return None
    rows = []
    for future, links in result.signposts.groupby("future", sort=False):
        name = result.names[future]
        for _, row in links.iterrows():
            rows.append((name, row["statement"] or "No assumption is at stake.", row["signpost"]))
            name = ""
    for number, (_, row) in enumerate(case.assumptions.loc[list(result.unlinked)].iterrows()):
        rows.append(("" if number else "No future tests it", row["statement"], row["signpost"]))
    futures, statements, signs = zip(*rows, strict=True)
    links = result.signposts[result.signposts["assumption"] != ""]
    count, of = links["future"].nunique(), len(result.names) - 1
    table = Table(
        [
            Column("Future", futures, share=2),
            Column("Assumption at stake", statements, share=4),
            Column("Sign to watch", signs, share=4),
        ],
        "What would announce each future.",
    )
    return Exhibit(
        f"{numeral(count).capitalize() if count else 'None'} of {counted(of, 'future')} {verb(count, 'have')} a sign",
        "A future is linked to the assumptions that it breaks, and to those that cite the same evidence.",
        [table],
        notes=[
            "Evidence each assumption rests on:",
            *(f"{row['statement']}{cited(row['evidence'])}" for _, row in case.assumptions.iterrows()),
        ],
    )


def sources_of_doubt(study: Study, case: Case) -> Exhibit | None:
    """Where the doubt about who leads comes from; None where nothing is compared."""
    result = study.joint
    if result is None:
        return None
    effects = result.effects[result.effects["varied"]]
    if effects.empty:
        return Exhibit("Nothing could be varied, so no doubt can be traced")
    lead = result.leads.sort_values(ascending=False, kind="stable").head(3)
    often = joined(
        f"{case.options.at[option, 'short']} {percent(float(share))}" for option, share in lead.items() if share > 0
    )
    if result.uncertainty == 0:
        return Exhibit("One option leads in every combination tried", f"First: {often}.", notes=[combined(result)])
    parts = effects[["main", "share"]].astype(float).clip(lower=0).sort_values("share", ascending=False, kind="stable")
    chart = Chart(
        "bars",
        [SOURCES[factor] for factor in parts.index],
        "Share of the doubt about who leads",
        (0.0, 1.0),
        "The share of the doubt about who leads that each source brings.",
        at=list(parts["share"]),
        columns=[Column("Share", list(parts["share"]), "share"), Column("By itself", list(parts["main"]), "share")],
        tones=["accent" if place == 0 else "grey" for place in range(len(parts))],
        kind="share",
    )
    first = SOURCES[parts.index[0]]
    some = {True: "Most of", False: "The largest part of"}[bool(parts["share"].iloc[0] > 0.5)]
    only = (
        f"Only {first.lower()} could be varied"
        if len(parts) == 1
        else f"{some} the doubt about who leads is {first.lower()}"
    )
    return Exhibit(
        only,
        f"First over all combinations: {often}.",
        [chart],
        footnote=f"{combined(result)} What sources bring together is split evenly.",
        notes=[
            f"One method a family: {joined(METHOD_NAMES.get(each, each) for each in result.methods)}.",
            ALL_ALIKE,
            "The least sure scores of the options that lead most often:",
            *why_scored(case, widest(case, list(lead.index[:2]))),
        ],
    )


def combined(result: Joint) -> str:
    """What was combined."""
    parts = {
        "evidence": "scores within their ranges",
        "preferences": "the weights within their ranges",
        "method": f"{len(result.methods)} methods",
        "future": f"{len(result.futures)} futures, today's among them",
    }
    varied = joined(part for factor, part in parts.items() if result.effects.at[factor, "varied"])
    return f"{result.draws:,} combinations of {varied}." if varied else "Nothing was varied."


def one_future(study: Study, case: Case, future: str) -> Exhibit:
    """The ranking in one future beside that of today, and what the future changes, with the reasons."""
    assert study.futures is not None
    now, then = study.futures.rankings[AS_JUDGED], study.futures.rankings[future]
    table, today = then.ranked, now.table.loc[then.ranked.index]
    moved = Table(
        [
            Column("Option", list(case.options["short"][table.index]), share=3),
            Column("Rank then", list(table["rank"]), "rank"),
            Column("Rank today", list(today["rank"]), "rank"),
            Column("Score then", list(table["score"]), "score"),
            Column("Change", list(table["score"] - today["score"]), "points"),
        ],
        "The ranking in one future beside today's.",
        tones=["accent" if option in then.leaders else "plain" for option in table.index],
    )
    rows = case.scenarios[case.scenarios["scenario"] == future]
    named = case.options["short"].reindex(rows["option"]).fillna("every option")
    shifts = Table(
        [
            Column("Changes the score of", list(named), share=2),
            Column("On", list(case.criteria["name"].reindex(rows["criterion"]).fillna("")), share=2.5),
            Column("By", list(rows["shift"]), "points"),
            Column("Weight, times", list(rows["weight_factor"]), "number"),
            Column("Why", list(rows["rationale"]), share=5),
        ],
        "What the future changes.",
    )
    first, name = leaders(then, case), study.futures.names[future]
    return Exhibit(
        titled_as(f"{first} {verb(len(then.leaders), 'lead')} then", "Who leads then"),
        f"{name}.",
        [moved, shifts.filled()],
    )


def since_a_day(study: Study, case: Case, earlier: str) -> Exhibit:
    """What changed since an earlier day, as a table: it is shown as soon as the day is picked."""
    whole = _changes(vintages(case, earlier, weights=study.ranking.weights), study, case)
    blocks = [
        Table([Column("Option", each.labels), *each.columns, Column("Moved most by", each.after, share=2)], each.alt)
        if isinstance(each, Chart)
        else each
        for each in whole.flat
    ]
    return replace(whole, blocks=blocks)


def since_last_time(study: Study, case: Case) -> Exhibit | None:
    """What changed since the day that the study was asked about; None where it was asked about none."""
    return None if study.since is None else _changes(study.since, study, case)


def two_dates(study: Study, case: Case) -> Exhibit | None:
    """What changed since the first day on which all was judged; None without one, or where another day was asked."""
    return None if study.since or study.vintages is None else _changes(study.vintages, study, case)


def _changes(result: Vintages, study: Study, case: Case) -> Exhibit:
    """What the ranking did, which scores moved it, what evidence is new, and what the next review is for."""
    both = result.table.dropna(subset=["rank_earlier", "rank_later"])
    earlier, later = (f"{day.day} {day:%b %Y}" for day in (result.earlier, result.later))
    then, now = both["score_earlier"], both["score_later"]
    ends = [*then, *now]
    places = list(zip(both["rank_earlier"], both["rank_later"], strict=True))
    moved = result.restated[result.restated["option"].isin(both.index) & (result.restated["effect"].abs() >= MOVED)]
    towards = moved[np.sign(moved["effect"]) == np.sign(both["change"][moved["option"]].to_numpy())]
    most = towards.drop_duplicates("option").set_index("option")
    parts = most["name"] + " " + most["effect"].map(WRITTEN["points"])
    chart = Chart(
        "spans",
        list(both["short"]),
        f"Score on {earlier}, at the mark on {later}, and what moved it most",
        (10.0 * math.floor(min(ends, default=0) / 10), 10.0 * math.ceil(max(ends, default=0) / 10 + 1e-9)),
        f"Scores on {earlier} and on {later}, ranks, and the score that moved each option most.",
        at=list(now),
        low=list(np.minimum(then, now)),
        high=list(np.maximum(then, now)),
        columns=[
            Column("Rank", [f"{was}" if was == now else f"{was}\N{RIGHTWARDS ARROW}{now}" for was, now in places]),
            Column("Then", list(then), "score"),
            Column("Now", list(now), "score"),
            Column("Change", list(both["change"]), "points"),
        ],
        after=list(parts.reindex(both.index, fill_value="")),
        tones=["accent" if option in result.rankings[1].leaders else "grey" for option in both.index],
    )
    top = moved.head(MOST_JUDGEMENTS)
    count, cited_now = len(result.news), int((result.news["scores"] > 0).sum())
    changed = sum(was != now for was, now in places)
    return Exhibit(
        _then_and_now(result, case),
        f"Since {earlier}: {counted(count, 'new item')} of evidence; {counted(len(result.restated), 'score')} judged "
        f"anew; {changed} of {len(both)} options changed places.",
        [chart if len(both) else "", next_review(study, case)],
        footnote="Weights, screens and scales are today's on both days.",
        notes=[
            *result.statements,
            "Why these scores moved:" if len(top) else "",
            *why_scored(case, zip(top["option"], top["criterion"], strict=True)),
            f"New evidence, the most cited first; scores cite {cited_now} of {count} items:" if count else "",
            *(f"{row['claim']}{cited([str(item)])}" for item, row in result.news.head(MOST_NAMED).iterrows()),
            rest_of(max(count - MOST_NAMED, 0), "items"),
        ],
    )


def _then_and_now(result: Vintages, case: Case) -> str:
    """Who leads now and led then, as a title, with the lead where the same one does."""
    before, after = result.rankings
    first, led = leaders(after, case), verb(len(after.leaders), "lead")
    if before.leaders != after.leaders:
        return titled_as(f"The lead passed to {first}", "The lead passed to another option")
    then, now = map(ahead_by, result.rankings)
    gap = "" if then is None or now is None else f": {now:.1f} points ahead, {then:.1f} then"
    return titled_as(f"{first} still {led}{gap}", f"The same option still leads{gap}")
