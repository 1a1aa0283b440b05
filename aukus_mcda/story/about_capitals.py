# SPDX-License-Identifier: Apache-2.0
"""Those who hold the weights, capitals or judges: who leads for each, where they part, their red lines."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from ..case import Case
from ..form import Chart, Column, Exhibit, Most, Table, Tone, cited, place_of, rest_of, titled_as
from ..panel import Panel
from ..perspectives import Capitals, future_names
from ..ranking import Ranking
from ..text import in_full, joined, percent, points, titled
from .about_case import weights_side_by_side
from .about_futures import chart_of_doubt
from .words import counted, leading, numeral, read_by_us, short, trials, verb

NO_RED_LINES = "The case records no red lines."
MAY_BREACH = 0.005
"""A probability of breach from which an option is named."""


def ranks_compared(case: Case, ranking: Ranking, capitals: Capitals) -> Exhibit:
    """The rank of each option by each profile's weights, and whose red lines it crosses."""
    names, options, noun = capitals.names[: Most.ACROSS], ranking.ranked.index, case.about.stakeholder
    shown = options[: Most.OPTIONS]
    columns = [Column(titled(name), capitals.rankings[name].table["rank"][shown], "rank") for name in names]
    if ranking.weights.name not in case.profiles:
        columns.append(Column("The analyst", ranking.table["rank"][shown], "rank"))
    by = capitals.red_lines.options["breached_by"][shown]
    crossed = Column("Red lines crossed", [joined(map(titled, each)) for each in by], share=2.6)
    tones: list[Tone] = ["warn" if by[each] else "accent" if each in capitals.compromise else "plain" for each in shown]
    table = Table([Column.options(case, shown, 2.2), *columns, crossed], "heat", tones, down="options").filled()
    more = rest_of(len(options) - len(shown)), rest_of(len(capitals.names) - len(names), f"{noun}s")
    footnote = f"Ranks by {'our reading of ' if read_by_us(case) else ''}each {noun}'s weights; darker is better."
    alone = case.points.loc[list(capitals.names), "evidence"].map(len) == 0
    if alone.any() and not alone.all():
        footnote += f" {int(alone.sum())} of {len(alone)} swings cite no source."
    notes = [how_alike(capitals), *refused_by_none(capitals), *by_stakeholder(capitals, case)]
    return Exhibit(_title(capitals, case), safest(capitals, case), [table, *more], footnote, notes)


def _title(result: Capitals, case: Case) -> str:
    """How many put the same option first, by the authors' reading of their weights."""
    noun, count = case.about.stakeholder, len(result.names)
    by = "By our reading" if read_by_us(case) else "By their weights"
    leaders = [result.rankings[name].leaders for name in result.names]
    firsts = pd.Series([option for each in leaders for option in each]).value_counts()
    most, often = int(firsts.max()), sorted(firsts.index[firsts == firsts.max()])
    if len(often) > 1 or most == 1:
        apart = f"{by}, the {counted(count, noun)} would put different options first"
        return titled_as(apart, "They put different options first")
    who, many = f"{numeral(most)} of {counted(count, noun)}", "Most"
    if most == count:
        who, many = f"both {noun}s" if count == 2 else f"all {counted(count, noun)}", "All"
    whats = (case.options.at[often[0], "short"], "the same option")
    level = ", or level" if max(len(each) for each in leaders if often[0] in each) > 1 else ""
    wordings = (f"{by}, {who} would put {each} first{level}" for each in whats)
    return titled_as(*wordings, f"{many} put the same option first")


def safest(result: Capitals, case: Case) -> str:
    """The option with the least worst regret, and whether it keeps to the red lines."""
    chosen, noun = list(result.compromise), case.about.stakeholder
    worst = float(result.regrets.at[chosen[0], "worst"])
    names = short(case, chosen)
    if worst <= 1e-9:
        start = f"{names} {verb(len(chosen), 'lead')} for every {noun}"
    else:
        near = f"no {noun} scores it more than {points(max(worst, 0.1))} below its own first choice"
        start = f"The safest compromise is {names}: {near}"
    crossed = sorted({titled(each) for option in chosen for each in result.red_lines.options.at[option, "breached_by"]})
    if crossed:
        within = result.compromise_within_lines
        instead = f"within all lines it is {short(case, within)}" if within else "no option keeps to all lines"
        return f"{start}, but it crosses a red line of {joined(crossed)}; {instead}."
    return f"{start}{', and it crosses no red line' if len(result.red_lines.table) else ''}."


def how_alike(result: Capitals) -> str:
    """How alike the orders are, and who stand furthest apart."""
    sizes = result.disagreement.sum(axis=1)
    if pd.isna(result.agreement.w) or sizes.max() <= 1e-9:
        return f"All {len(result.names)} rank all options alike."
    apart = f"{joined(map(titled, sizes.idxmax()))} stand furthest apart"
    return f"{apart} (Kendall W {result.agreement.w:.2f}, where 1 is the same order everywhere)."


def refused_by_none(result: Capitals) -> list[str]:
    """Why no red line is shown as crossed, where none is."""
    if result.red_lines.table.empty:
        return [NO_RED_LINES]
    if result.red_lines.options["breached_by"].map(len).any():
        return []
    return ["No option crosses a red line at the likely scores."]


def by_stakeholder(result: Capitals, case: Case) -> list[str]:
    """A paragraph for each: who leads, how surely, and over what it parts from the one furthest away."""
    lines, sizes = [], result.disagreement.sum(axis=1)
    for name in result.names:
        ranking = result.rankings[name]
        line = f"{titled(name)}: {leading(ranking, case)}"
        if name in result.acceptability:
            shares = result.acceptability[name].rank_acceptability[1]
            line += f", first in {trials(float(shares[ranking.leaders[0]]))}"
        pair = max((each for each in sizes.index if name in each), key=lambda each: sizes[each])
        if sizes[pair] > 1e-9:
            other = next(each for each in pair if each != name)
            top = result.disagreement.loc[pair].idxmax()
            mine, theirs = (100 * result.rankings[each].weights.values[top] for each in (name, other))
            shares = f"{mine:.1f} % of its weight and {theirs:.1f} % of theirs"
            line += f"; furthest from {titled(other)}, most over {case.criteria.at[top, 'name']}, which gets {shares}"
        lines.append(f"{line}.")
    return lines


def what_it_takes(case: Case, capitals: Capitals) -> Exhibit:
    """For each option, what it would cost everyone, and how much weight would have to move for it to lead."""
    names, shifts = capitals.names, capitals.shifts.table
    behind = capitals.regrets.loc[shifts.index]
    lost = [Column(f"Points behind, {titled(name)}", behind[name], "score") for name in names]
    moved = [Column(f"Weight to move, {titled(name)}", shifts[name], "share") for name in names]
    table = Table.of(Column.options(case, shifts.index), *lost, *moved)
    known = shifts["total"].dropna()
    first = short(case, known.index[:1])
    title = titled_as(f"{first} needs the smallest shift to lead everywhere", "What it would take to agree")
    if known.empty:
        title = "No option could lead everywhere, whatever the weights"
    elif known.iloc[0] <= 1e-12:
        title = titled_as(*(f"{each} leads everywhere already" for each in (first, "One option")))
    unable = shifts.index.difference(known.index, sort=False)
    never = f" Under no weights could {short(case, unable)} lead." if len(unable) else ""
    return Exhibit(title, safest(capitals, case), [table], f"Blank: no weights would do it.{never}")


def where_they_part(case: Case, capitals: Capitals) -> Exhibit:
    """How far each two profiles differ over the options, and how much of it each top criterion makes."""
    parts = capitals.disagreement_by_root(case)
    order = parts.sum(axis=1).sort_values(ascending=False, kind="stable")
    shown = parts.loc[order.index[: Most.OPTIONS]]
    pairs = [joined(map(titled, pair)) for pair in shown.index]
    parted = shown.round(1).add(0.0).rename(columns=case.criteria["name"])
    whole = Column("In all", [f"{each:.1f}" for each in order[: len(shown)]])
    table = Table.heat(Column("Between", pairs, share=2.2), parted, "score", whole)
    most = case.criteria.at[shown.iloc[0].idxmax(), "name"]
    title = titled_as(f"{pairs[0]} stand furthest apart, most over {most}", "Where the weights part over the options")
    subtitle = f"They differ by {points(float(order.iloc[0]))} over all options."
    footnote = "Points of score over all options; a row's parts add up to the whole, "
    footnote += "and one below 0 draws the two together."
    return Exhibit(title, subtitle, [table, rest_of(len(parts) - len(shown), "pairs")], footnote)


def red_lines_drawn(case: Case, capitals: Capitals) -> Exhibit | None:
    """Every red line, who crosses it, and who may; None without any."""
    rows, notes = [], ["Evidence each red line rests on:"]
    for (profile, criterion), line in capitals.red_lines.table.groupby(level=["profile", "criterion"], sort=False):
        own = line[~line["screened"]].droplevel(["profile", "criterion"])
        near = own[~own["breaches"] & (own["probability"] >= MAY_BREACH)].sort_values("probability", ascending=False)
        name, whose = case.criteria.at[criterion, "name"], titled(str(profile))
        least, why = own[["least_value", "reason"]].iloc[0]
        crossed, near_it = (_crossing(each, case) for each in (own[own["breaches"]], near))
        rows.append((whose, f"{name}: at least {least:g}", crossed, near_it, why, "plain"))
        notes.append(f"{whose} on {name}{cited(case.redlines.loc[(profile, criterion)]['evidence'])}")
    if not rows:
        return None
    shares = {"Whose": 1, "Least value (100 is best)": 2, "Crossed by": 1.3, "May be crossed by": 2}
    table = Table.by_rows(rows, shares | {"Why it is drawn": 6})
    crossing = capitals.red_lines.options
    count = int((~crossing["acceptable"] & crossing["probability"].notna()).sum())
    many = counted(count, "option", sentence=True) if count else "No option"
    title = f"{many} {verb(count or 1, 'cross')} a red line at the likely scores"
    subtitle = "No score makes up for crossing a red line. Lines are the authors' reading, not statements."
    return Exhibit(title, subtitle, [table.filled()], notes=notes)


def _crossing(rows: pd.DataFrame, case: Case) -> str:
    """Options, with the trials in which they cross the line where that is not settled."""
    chances = zip(case.options["short"][rows.index], rows["probability"], strict=True)
    return "; ".join(f"{name} ({trials(chance)})" if chance < 1 else name for name, chance in chances)


def judges_compared(panel: Panel, case: Case) -> Exhibit:
    """How often each option ranks first by each judge's view, and by all of them; nothing is averaged."""
    whole, judges = panel.acceptability.rank_acceptability[1], list(panel.rankings)
    options = sorted(whole.index, key=lambda each: -whole[each])[: Most.OPTIONS]
    every = Column("All judges", whole[options], "share")
    each_judge, more = panel.leads.loc[options], [every]
    if len(judges) > Most.ACROSS:
        firsts = [len(panel.camps.get(each, ())) for each in options]
        each_judge, more = each_judge[[]], [Column("Judges who put it first", firsts, "count"), every]
    table = Table.heat(Column.options(case, options), each_judge, "share", *more, strong=options[:1])
    counts = [len(each.scores) for each in panel.judges]
    most, given = max(counts), sum(bool(each.points) for each in panel.judges)
    scores = f"{min(counts)} to {most}" if min(counts) < most else f"{most}"
    ranked = case.scores.index.get_level_values("option").isin(whole.index)
    certain = sum(int((each.scores["low"] == "").sum()) for each in panel.judges)
    alike = f"on the order Kendall's W {panel.concordance:.2f}." if len(judges) > 1 else "one judge alone answered."
    if panel.agreement == panel.agreement:  # NaN where nothing was judged by all
        alike = f"on scores ICC(2,1) {panel.agreement:.2f}, {alike}"
    subtitle = f"Of the doubt about who leads, {percent(panel.between)} lies between judges. Agreement, at most 1: "
    footnote = (
        f"Each of {panel.acceptability.draws:,} trials takes one judge's whole view, each judge as often. Each judged "
        f"{scores} of {ranked.sum()} scores, {given} of {len(judges)} gave weights; the rest is the case's own."
    )
    footnote += f" {counted(certain, 'answer', sentence=True)} without a range count as certain." if certain else ""
    footnote += f" Closed on {in_full(dt.date.fromisoformat(panel.closed[:10]))} at {panel.closed[11:16]} UTC."
    notes = [f"{case.options.at[each, 'short']}: {joined(members)}." for each, members in panel.camps.items()]
    blocks = table, rest_of(len(whole) - len(options))
    return Exhibit(camps_told(panel, case), subtitle + alike, blocks, footnote, notes)


def camps_told(panel: Panel, case: Case) -> str:
    """Who would put what first: a split is told as one."""
    (leading, members), *others = panel.camps.items()
    count, first = len(panel.judges), case.options.at[leading, "short"]
    if not others:
        who = "The one judge puts" if count == 1 else f"All {counted(count, 'judge')} put"
        return titled_as(f"{who} {first} first", "All judges put the same option first")
    if len(others) > 1 and len(members) == 1:
        return f"{numeral(count).capitalize()} judges put {numeral(count)} different options first"
    split = f"{numeral(len(members)).capitalize()} of {counted(count, 'judge')} put {first} first"
    second, rest = others[0]
    beside = f"{numeral(len(rest))} {case.options.at[second, 'short']}"
    if len(others) > 1 and len(others[1][1]) == len(rest):  # none of them is second
        beside = "the others other options"
    return titled_as(f"{split}, {beside}", split, "The judges are split")


def cells_to_discuss(panel: Panel, case: Case) -> Exhibit:
    """The scores on which judges part and which matter most to the choice, each judge's range of the first of them."""
    cells = panel.cells[panel.cells["apart"] > 0]
    if cells.empty:
        return Exhibit("Nothing was judged by two judges" if panel.cells.empty else "On no score do two judges part")
    top, name = cells.head(Most.OPTIONS), case.criteria["name"]
    options, leaves = (list(top.index.get_level_values(level)) for level in (0, 1))
    table = Table.of(
        Column.options(case, options),
        Column("Criterion", name[leaves], share=2.5),
        Column("Lowest judge", top["least"], "number"),
        Column("Highest judge", top["greatest"], "number"),
        Column("Moves the total by", top["moves"], "score", 1.3),
        Column("Worth settling", top["worth"].where(top["decides"]), "score"),
        Column("May change a first choice", ["yes" if each else "" for each in top["decides"]], share=1.3),
    )
    option, leaf = top.index[0]
    answers = pd.concat({each.judge: each.scores.set_index(["option", "criterion"]) for each in panel.judges})
    judged = answers.xs((option, leaf), level=(1, 2))
    scale, place = case.criteria.loc[leaf], place_of(case, option, leaf)
    numbers = judged[["low", "likely", "high"]].mask(judged == "").T.fillna(judged["likely"]).T.astype(float)
    numbers = pd.concat([numbers, numbers.mean().to_frame("All, by quantile").T])  # whatever a judge is called
    least, greatest = sorted((scale["worst"], scale["best"]))
    axis, columns = f"{place}, {scale['unit'] or 'score'}", [Column("Likely", numbers["likely"], "number")]
    tones: list[Tone] = ["grey" if row < len(judged) else "accent" for row in range(len(numbers))]
    marks = numbers["likely"], numbers["low"], numbers["high"]
    chart = Chart("dots", numbers.index, axis, (least, greatest), *marks, columns, tones)
    title, subtitle = f"Judges part most on {place}", "On no score would persuasion change a first choice."
    if decide := int(cells["decides"].sum()):
        changing = f"{counted(decide, 'score', sentence=True)} could change a judge's first choice"
        title, subtitle = f"To discuss first: {place}", f"{changing}, if another persuaded that judge."
    worth = "Worth settling: points that a judge gains by choosing anew once persuaded by another, on average. "
    footnote = worth if top["decides"].any() else ""
    footnote += "All, by quantile: the mean of their least, likely and greatest scores; no trial uses it."
    notes = [f"{judge}, {row['likely']}: {row['rationale'] or 'no reason given.'}" for judge, row in judged.iterrows()]
    blocks = chart, table.filled(), rest_of(len(cells) - len(top), "scores on which judges part")
    return Exhibit(titled_as(title, "Where the judges part"), subtitle, blocks, footnote, notes)


def judges_in_futures(panel: Panel, case: Case) -> Exhibit | None:
    """How often each option ranks first in each future by all judges; None for a case without futures."""
    leads = panel.in_futures
    if leads is None:
        return None
    leads = leads.loc[leads.mean(axis=1).sort_values(ascending=False, kind="stable").index]
    first, shares = leads.idxmax(), leads.head(Most.ACROSS).rename(case.options["short"]).T
    labels = Column("Future", future_names(case)[leads.columns], share=4)
    table = Table.heat(labels, shares, "share", strong=leads.columns[:1])
    same, most = numeral(int((first[1:] == first.iloc[0]).sum())), case.options.at[first.iloc[0], "short"]
    leads_in = f"leads in {same} of {counted(len(first) - 1, 'future')}"
    title = titled_as(f"Over all judges, {most} {leads_in}", f"The same option {leads_in}")
    footnote = "Each trial takes one judge's whole view into every future, each judge as often."
    beside, rest = "Counted beside the case as judged, in the first row.", rest_of(len(leads.iloc[Most.ACROSS :]))
    return Exhibit(title, beside, [table, rest], footnote)


def doubt_between_judges(panel: Panel, case: Case) -> Exhibit:
    """Whether the doubt about who leads lies between judges or within their views, and what settling it is worth."""
    doubt = panel.doubt[panel.doubt > 0].sort_values(ascending=False, kind="stable")
    best = panel.information.head(1)
    known = [f"knowing {place_of(case, *cell)}, {worth:.1f}" for cell, worth in best.items() if worth >= 0.05]
    chart = chart_of_doubt(doubt, tones=["accent" if source == "judges" else "grey" for source in doubt.index])
    title = f"{percent(panel.doubt['judges'])} of all doubt about who leads lies between judges"
    also = "".join(f"; {each}, on average over judges" for each in known)
    footnote = "Over scores, weights, methods and futures; the panel's table has scores and weights alone. "
    footnote += "The other shares lie within the judges' own views."
    none = "" if len(doubt) else "One option leads in every combination tried."
    worth = f"Knowing whose view is right would be worth {panel.settling:.1f} points{also}."
    return Exhibit(title, worth, [chart, none], footnote)


def moved_between_rounds(panel: Panel, case: Case) -> Exhibit | None:
    """What judges answered anew in the last round; None after one round."""
    if panel.moved.empty:
        return None
    last = int(panel.moved.index.get_level_values("round").max())
    rows = panel.moved.loc[last].sort_values("moved", ascending=False, kind="stable")
    shown = rows.head(Most.OPTIONS)
    table = Table.of(
        Column("Judge", shown.index.get_level_values("judge"), share=1.5),
        Column("Score", [place_of(case, *cell) for _, *cell in shown.index], share=4),
        Column("Before", shown["before"], "number"),
        Column("After", shown["after"], "number"),
        Column("Why", shown["why"], share=4),
        tones=["accent" if each else "plain" for each in shown["moved"]],
    )
    count = int(rows["moved"].sum())
    resting = len(panel.resting & {(option, leaf) for _, option, leaf in rows.index})
    many = numeral(count).capitalize() if count else "None"
    title = f"{many} of {counted(len(rows), 'answer')} moved in round {last}"
    rest = f"On {counted(resting, 'score')} nobody moved: asked of all, these rest." if resting else ""
    blocks = table, rest_of(len(rows) - len(shown), "answers")
    return Exhibit(title, rest, blocks, "A blank: the judge could not say.")


def judges_weights(panel: Panel, case: Case) -> Exhibit | None:
    """The weight of each top criterion by each judge who gave weights; None where nobody did."""
    given = {each.judge: panel.rankings[each.judge] for each in panel.judges if each.points}
    return weights_side_by_side(case, given) if given else None
