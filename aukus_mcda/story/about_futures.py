"""The futures, what would announce them, earlier dates, and where the doubt about who leads comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..case import Case
from ..perspectives import AS_JUDGED, Futures, Joint, Threshold, Vintages, leaders_by_profile, vintages
from ..text import joined, percent, points, titled
from ..uncertainty import drawn
from .about_sureness import widest
from .form import MOST_OPTIONS, Chart, Column, Exhibit, Table, cited, rest_of, titled_as, why_scored
from .words import METHOD_NAMES, counted, leaders, numeral, short, trials, verb

if TYPE_CHECKING:
    from ..analysis import Study

ACROSS = 8
"""Options that a heatmap shows side by side."""
ALL_ALIKE = "All futures count the same; nobody has judged how likely each is."
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


def leaders_by_weights(study: Study, case: Case) -> Exhibit | None:
    """Who leads in each future by the weights of each profile; None without futures or other profiles."""
    if study.futures is None or study.futures.leads_in is None or len(case.profiles) < 2:
        return None
    leading = leaders_by_profile(case)
    same = int((leading.nunique(axis=1) == 1).sum())
    return Exhibit(
        f"All weights have the same leader in {numeral(same)} of {counted(len(leading), 'future')}",
        "The case as judged is counted among them.",
        [
            Table(
                [
                    Column("Future", list(leading.index), share=2),
                    *(Column(titled(name), list(leading[name])) for name in leading),
                ],
                "Who leads in each future by the weights of each profile.",
                tones=["plain" if len({*row}) == 1 else "warn" for row in leading.to_numpy()],
            )
        ],
        footnote="By the likely scores.",
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
    """The ranking on an earlier day beside that of now."""
    return _dates_compared(vintages(case, earlier, study.today, weights=study.ranking.weights), case)


def two_dates(study: Study, case: Case) -> Exhibit | None:
    """The ranking at two dates side by side; None without an earlier one."""
    return None if study.vintages is None else _dates_compared(study.vintages, case)


def _dates_compared(result: Vintages, case: Case) -> Exhibit:
    table = result.table
    earlier, later = (f"{day.day} {day:%b %Y}" for day in (result.earlier, result.later))
    moved = Table(
        [
            Column("Option", list(table["short"]), share=3),
            Column(f"Rank, {earlier}", list(table["rank_earlier"]), "rank"),
            Column(f"Rank, {later}", list(table["rank_later"]), "rank"),
            Column(f"Score, {earlier}", list(table["score_earlier"]), "score"),
            Column(f"Score, {later}", list(table["score_later"]), "score"),
            Column("Change", list(table["change"]), "points"),
        ],
        f"Ranks and scores on {earlier} and {later}.",
    )
    before, after = result.rankings
    most = table.loc[table["change"].where(table["rank_later"].notna()).fillna(0).idxmax()]
    same = before.leaders == after.leaders
    first = leaders(after, case)
    return Exhibit(
        titled_as(
            f"{first} {verb(len(after.leaders), 'lead')} at both dates" if same else f"The lead passed to {first}",
            "The same option leads at both dates" if same else "The lead passed to another option",
        ),
        f"{most['short']} gained most, {points(most['change'])}." if most["change"] > 0 else "",
        [moved],
        notes=list(result.statements),
    )
