# SPDX-License-Identifier: Apache-2.0
"""The futures, what would announce them, earlier dates, and where the doubt about who leads comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..case import Case
from ..form import WRITTEN, Chart, Column, Exhibit, Most, Table, Tone, recorded, rest_of, titled_as, why_scored
from ..perspectives import AS_JUDGED, Futures, Joint, Threshold, Vintages, leaders_by_profile, vintages
from ..ranking import Ranking
from ..text import joined, percent, points, titled
from ..uncertainty import drawn
from .about_case import columns_of, next_review
from .about_sureness import widest
from .words import ahead_by, counted, leaders, leading, method_name, numeral, quoted, short, tens_around, trials, verb

if TYPE_CHECKING:
    from ..analysis import Study

ALL_ALIKE = "All futures count the same; nobody has judged how likely each is."
MOVED = 0.05
"""Points by which a score moves the ranking if it is to be named."""
SOURCES = {
    "evidence": "Evidence",
    "preferences": "Whose weights",
    "method": "Method",
    "future": "Future",
    "judges": "Which judge",
}
"""The factors as a reader knows them."""


def ranks_in_futures(case: Case, ranking: Ranking, futures: Futures) -> Exhibit:
    """The rank of each option in each future."""
    options, today = ranking.ranked.index, futures.rankings[AS_JUDGED]
    ranks = pd.DataFrame({future: each.table["rank"][options] for future, each in futures.rankings.items()}).T
    # Where the leader falls furthest comes first: the rest may not fit.
    order = sorted(futures.names.index, key=lambda future: (future != AS_JUDGED, -ranks.at[future, options[0]]))
    ordered, names = ranks.loc[order].rename(columns=case.options["short"]), futures.names[order]
    table = Table.heat(
        Column("Future", names, share=5), ordered, "rank", strong=[AS_JUDGED], across="options", down="futures"
    )
    reasons = case.scenarios.drop_duplicates("scenario").query("rationale != ''")
    assert futures.leads_in is not None
    first, of = futures.leads_in
    where = {1: "the one future", 2: "both futures"}.get(of, f"all {counted(of, 'future')}")
    if first < of:
        where = f"{first} of {of} futures" if of > 1 else "today, but not in the one future"
    title = titled_as(*(f"{who} in {where}" for who in (leading(today, case), "The first option leads")))
    footnote = f"Ranks at the likely scores; darker is better. {ALL_ALIKE}"
    notes = [failing(futures, case), within(futures, case)] if drawn(case, ranking.weights) else []
    notes += ["What each future changes first, and why:", *recorded(reasons, "{name}: {rationale}")]
    return Exhibit(title, regrets(futures, case), [table], footnote, notes)


def leaders_by_weights(case: Case, futures: Futures) -> Exhibit | None:
    """Who leads in each future by the weights of each profile; None without other profiles."""
    if len(case.profiles) < 2:
        return None
    first = leaders_by_profile(case)
    alike = first.nunique(axis=1) == 1
    tones: list[Tone] = ["plain" if same else "warn" for same in alike]
    leads = [Column(titled(name), first[name]) for name in first]
    table = Table([Column("Future", first.index, share=2), *leads], tones=tones)
    in_many = numeral(int(alike.sum())) if alike.any() else "none"
    title = f"All weights have the same leader in {in_many} of {counted(len(first), 'future')}"
    return Exhibit(title, "The case as judged is counted among them.", [table], "By the likely scores.")


def given_up(case: Case, futures: Futures) -> Exhibit:
    """What each option gives up in each future beside the best there."""
    worst = futures.regret.max(axis=1).sort_values(kind="stable")
    losses = futures.regret.loc[worst.index].round(9)
    # Where the one on top loses most comes first, then where the next does: the rest may not fit.
    lost = -losses[sorted(losses, key=lambda each: tuple(-losses[each]))].head(Most.OPTIONS)
    lost = lost.rename(columns=futures.names)
    strong, loss = futures.minimax_regret, points(float(worst.iloc[0]))
    first, where = _at_worst(futures, case), f"That is in {quoted(lost.columns[:1])}. "
    table = Table.heat(Column.options(case, lost.index), lost, "points", strong=strong, across="futures")
    if worst.iloc[0] < 0.05:
        first, where = f"{short(case, strong)} {verb(len(strong), 'give')} up nothing in any future", ""
    others = [f"{short(case, [each])} comes next, {points(loss)}." for each, loss in worst.iloc[1:2].items()]
    title = titled_as(first, f"One option is at most {loss} behind in every future")
    footnote = "Points behind the best option of each future; 0.0 is the best. The smallest greatest loss is on top."
    return Exhibit(title, "".join([where, *others]), [table, rest_of(len(worst) - len(lost))], footnote)


def _at_worst(result: Futures, case: Case) -> str:
    """How far behind the best of a future those are at most that lose least so, as a clause."""
    best, loss = result.minimax_regret, float(result.summary.at[result.minimax_regret[0], "greatest_regret"])
    theirs = "its worst future" if len(best) == 1 else "their worst futures"
    return f"In {theirs} {short(case, best)} {verb(len(best), 'are')} {points(loss)} behind the best"


def regrets(result: Futures, case: Case) -> str:
    """What the leader gives up at worst, and who gives up least."""
    greatest = result.summary["greatest_regret"]
    best, least = short(case, result.minimax_regret), float(greatest[result.minimax_regret[0]])
    give = verb(len(result.minimax_regret), "give")
    if least <= 1e-9:
        return f"{best} {give} up nothing in any future: no other option scores higher there."
    sentence = f"{_at_worst(result, case)}, less than any other"
    if result.leader not in result.minimax_regret:
        sentence += f"; {short(case, [result.leader])} is up to {points(float(greatest[result.leader]))} behind"
    return f"{sentence}."


def failing(result: Futures, case: Case) -> str:
    """When the leader does not lead: a short rule, and how good a rule it is."""
    rule, name = result.failure, case.options.at[result.leader, "short"]
    if rule.base_rate == 0:
        return f"{name} leads in every future and trial."
    start = f"{name} does not lead in {trials(rule.base_rate)} over all futures"
    some = rule.futures and not set(result.names.index) <= set(rule.futures)
    where = [f"in {quoted(result.names[list(rule.futures)])}"] if some else []
    conditions = where + [_condition(each, result.leader, case) for each in rule.thresholds]
    ahead = f" {case.options.at[rule.rivals[0], 'short']} is then most often ahead." if rule.rivals else ""
    if not conditions:
        return f"{start}; no short rule tells when.{ahead}"
    share = f"there it does not lead in {trials(rule.density)}, and {percent(rule.coverage)} of its failures lie there"
    return f"{start}. It fails most {'' if some else 'when '}{' and '.join(conditions)}: {share}.{ahead}"


def within(result: Futures, case: Case) -> str:
    """How often the leader is near the best."""
    name, share = case.options.at[result.leader, "short"], float(result.summary.at[result.leader, "within"])
    return f"{name} is within {result.margin:g} points of the best in {trials(share)}."


def _condition(threshold: Threshold, leader: str, case: Case) -> str:
    """A threshold in words; scores stand in their own unit, before a future shifts them."""
    where, side = threshold.input, "above" if threshold.above else "below"
    name = case.criteria.at[where.criterion, "name"]
    if where.kind == "weight":
        return f"the weight of {name} is {side} {100 * threshold.number:.0f} %"
    whose = "its" if where.option == leader else f"{case.options.at[where.option, 'short']}'s"
    known = "unknown" if case.unknown.at[where.option, where.criterion] else "judged"
    return f"{whose} {known} score on {name} is {side} {threshold.number:.3g}"


def signposts_to_watch(futures: Futures, assumptions: pd.DataFrame) -> Exhibit:
    """What would announce each future, and which critical assumptions no future tests."""
    untested = assumptions.loc[list(futures.unlinked)]
    rows = pd.concat([futures.signposts, untested.assign(future=None)])[["future", "statement", "signpost"]]
    named = rows["future"].map(futures.names).fillna("No future tests it")
    table = Table.of(
        Column("Future", named.mask(rows["future"].duplicated(), ""), share=2),
        Column("Assumption at stake", rows["statement"].replace("", "No assumption is at stake."), share=4),
        Column("Sign to watch", rows["signpost"], share=4),
    )
    linked = futures.signposts.query("assumption != ''")["future"].nunique()
    of, who = counted(len(futures.names) - 1, "future"), numeral(linked).capitalize() if linked else "None"
    subtitle = "A future is linked to the assumptions that it breaks, and to those that cite the same evidence."
    notes = ["Evidence each assumption rests on:", *recorded(assumptions, "{statement}")]
    return Exhibit(f"{who} of {of} {verb(linked, 'have')} a sign", subtitle, [table], notes=notes)


def sources_of_doubt(case: Case, joint: Joint) -> Exhibit:
    """Where the doubt about who leads comes from."""
    effects, short_names = joint.effects[joint.effects["varied"]], case.options["short"]
    if effects.empty:
        return Exhibit("Nothing could be varied, so no doubt can be traced")
    lead = joint.leads.sort_values(ascending=False, kind="stable").head(3)
    often = joined(f"{short_names[option]} {percent(float(share))}" for option, share in lead.items() if share > 0)
    if joint.uncertainty == 0:
        return Exhibit("One option leads in every combination tried", f"First: {often}.", notes=[combined(joint)])
    parts = effects[["main", "share"]].astype(float).clip(lower=0).sort_values("share", ascending=False, kind="stable")
    tones: list[Tone] = ["grey" if place else "accent" for place in range(len(parts))]
    chart = chart_of_doubt(parts["share"], Column("By itself", parts["main"], "share"), tones=tones)
    first = SOURCES[parts.index[0]].lower()
    some = "Most of" if parts["share"].iloc[0] > 0.5 else "The largest part of"
    title = f"{some} the doubt about who leads is {first}" if len(parts) > 1 else f"Only {first} could be varied"
    footnote = f"{combined(joint)} What sources bring together is split evenly."
    notes = [
        f"One method a family: {joined(method_name(each) for each in joint.methods)}.",
        ALL_ALIKE,
        "The least sure scores of the options that lead most often:",
        *why_scored(case, widest(case, list(lead.index[:2]))),
    ]
    return Exhibit(title, f"First over all combinations: {often}.", [chart], footnote, notes)


def chart_of_doubt(shares: pd.Series, *more: Column, tones: Sequence[Tone]) -> Chart:
    """The shares of the doubt about who leads, by source."""
    axis, columns = "Share of the doubt about who leads", [Column("Share", shares, "share"), *more]
    names = [SOURCES[source] for source in shares.index]
    return Chart("bars", names, axis, (0.0, 1.0), at=shares, columns=columns, tones=tones, kind="share")


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


def one_future(case: Case, futures: Futures, future: str) -> Exhibit:
    """The ranking in one future beside that of today, and what the future changes, with the reasons."""
    now, then = futures.rankings[AS_JUDGED], futures.rankings[future]
    table, today = then.ranked, now.table.loc[then.ranked.index]
    moved = Table.of(
        Column.options(case, table.index, 3),
        Column("Rank then", table["rank"], "rank"),
        Column("Rank today", today["rank"], "rank"),
        Column("Score then", table["score"], "score"),
        Column("Change", table["score"] - today["score"], "points"),
        tones=["accent" if option in then.leaders else "plain" for option in table.index],
    )
    rows = case.scenarios[case.scenarios["scenario"] == future]
    named = case.options["short"].reindex(rows["option"]).fillna("every option")
    on = Column("On", case.criteria["name"].reindex(rows["criterion"]).fillna(""), share=2.5)
    changed = columns_of(rows, "shift weight_factor rationale")
    shifts = Table.of(Column("Changes the score of", named, share=2), on, *changed)
    title = titled_as(f"{leading(then, case)} then", "Who leads then")
    return Exhibit(title, f"{futures.names[future]}.", [moved, shifts.filled()])


def since_a_day(study: Study, case: Case, earlier: str) -> Exhibit:
    """What changed since an earlier day, as a table: it is shown as soon as the day is picked."""
    whole = since_last_time(study, case, vintages(case, earlier, weights=study.ranking.weights))
    charts = whole.of(Chart)
    if not charts:
        return whole
    (chart,) = charts
    moved = Column("Moved most by", chart.after, share=2)
    table = Table.of(Column("Option", chart.labels), *chart.columns, moved)
    return replace(whole, blocks=[table if block is chart else block for block in whole.blocks])


def two_dates(study: Study, case: Case, vintages: Vintages) -> Exhibit | None:
    """What changed since the first day on which all was judged; None where another day was asked about."""
    return None if study.since else since_last_time(study, case, vintages)


def since_last_time(study: Study, case: Case, since: Vintages) -> Exhibit:
    """What the ranking did, which scores moved it, what evidence is new, and what the next review is for."""
    both = since.table.dropna(subset=["rank_earlier", "rank_later"])
    earlier, later = (f"{day.day} {day:%b %Y}" for day in (since.earlier, since.later))
    then, now = both["score_earlier"], both["score_later"]
    places = list(zip(both["rank_earlier"], both["rank_later"], strict=True))
    moved = since.restated[since.restated["option"].isin(both.index) & (since.restated["effect"].abs() >= MOVED)]
    towards = moved[np.sign(moved["effect"]) == np.sign(both["change"][moved["option"]].to_numpy())]
    most = towards.drop_duplicates("option").set_index("option")
    parts = most["name"] + " " + most["effect"].map(WRITTEN["points"])
    columns = [
        Column("Rank", [f"{was}" if was == now else f"{was}\N{RIGHTWARDS ARROW}{now}" for was, now in places]),
        Column("Then", then, "score"),
        Column("Now", now, "score"),
        Column("Change", both["change"], "points"),
    ]
    axis = f"Score on {earlier}, at the mark on {later}, and what moved it most"
    spans, after = (now, np.minimum(then, now), np.maximum(then, now)), parts.reindex(both.index, fill_value="")
    tones: list[Tone] = ["accent" if option in since.rankings[1].leaders else "grey" for option in both.index]
    chart = Chart("spans", both["short"], axis, tens_around([*then, *now]), *spans, columns, tones, after=after)
    top, changed = moved.head(Most.JUDGEMENTS), sum(was != now for was, now in places)
    count, cited_now = len(since.news), int((since.news["scores"] > 0).sum())
    news = f"{counted(count, 'new item')} of evidence; {counted(len(since.restated), 'score')} judged anew"
    subtitle = f"Since {earlier}: {news}; {changed} of {len(both)} options changed places."
    footnote = "Weights, screens and scales are today's on both days."
    notes = [
        *since.statements,
        "Why these scores moved:" if len(top) else "",
        *why_scored(case, zip(top["option"], top["criterion"], strict=True)),
        f"New evidence, the most cited first; scores cite {cited_now} of {count} items:" if count else "",
        *recorded(since.news.head(Most.NAMED), "{claim}"),
        rest_of(max(count - Most.NAMED, 0), "items"),
    ]
    return Exhibit(_then_and_now(since, case), subtitle, [chart, next_review(study, case)], footnote, notes)


def _then_and_now(result: Vintages, case: Case) -> str:
    """Who leads now and led then, as a title, with the lead where the same one does."""
    before, after = result.rankings
    first, led = leaders(after, case), verb(len(after.leaders), "lead")
    if before.leaders != after.leaders:
        return titled_as(f"The lead passed to {first}", "The lead passed to another option")
    then, now = map(ahead_by, result.rankings)
    gap = "" if then is None or now is None else f": {now:.1f} points ahead, {then:.1f} then"
    return titled_as(f"{first} still {led}{gap}", f"The same option still leads{gap}")
