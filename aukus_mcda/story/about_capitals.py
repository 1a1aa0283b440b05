"""Those who hold the weights, capitals for example: who leads for each, where they part, what none would refuse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..form import MOST_OPTIONS, Column, Exhibit, Table, cited, rest_of, titled_as
from ..perspectives import Capitals, leaders_by_profile
from ..text import joined, points, titled
from .words import counted, numeral, short, trials, verb

if TYPE_CHECKING:
    from ..analysis import Study

MOST_PROFILES = 8
"""Profiles that a heatmap can hold."""
MAY_BREACH = 0.005
"""A probability of breach from which an option is named."""


def ranks_compared(study: Study, case: Case) -> Exhibit | None:
    """The rank of each option by each profile's weights, and whose red lines it crosses."""
    result = study.capitals
    if result is None:
        return None
    names = list(result.names[:MOST_PROFILES])
    options = [each for each in study.ranking.ranked.index if each in result.regrets.index]
    shown = options[:MOST_OPTIONS]
    ranks = {name: result.rankings[name].table["rank"] for name in names}
    columns = [Column(titled(name), [int(ranks[name][option]) for option in shown], "rank") for name in names]
    if study.ranking.weights.name not in case.profiles:
        columns.append(Column("The analyst", list(study.ranking.table["rank"][shown]), "rank"))
    by = {option: result.red_lines.options.at[option, "breached_by"] for option in shown}
    if any(by.values()):
        columns.append(Column("Red lines crossed", [joined(map(titled, by[option])) for option in shown], share=2.6))
    table = Table(
        [Column("Option", list(case.options["short"][shown]), share=2.2), *columns],
        f"Rank of each option by the weights of each {case.about.stakeholder}; red lines crossed at the likely scores.",
        "heat",
        ["warn" if by[option] else "accent" if option in result.compromise else "plain" for option in shown],
    )
    return Exhibit(
        _title(result, case),
        safest(result, case),
        [
            table,
            rest_of(len(options) - len(shown)),
            rest_of(len(result.names) - len(names), f"{case.about.stakeholder}s"),
        ],
        footnote=f"Ranks by the authors' reading of each {case.about.stakeholder}'s weights; a stronger colour is "
        f"better. Red lines at the likely scores. {_uncited(list(result.names), case)}".strip(),
        notes=[how_alike(result, case), refused(result, case), *by_stakeholder(result, case)],
    )


def _uncited(names: list[str], case: Case) -> str:
    """How many swings rest on no source, in a sentence; blank where all of them do, or none."""
    alone = case.points.loc[names, "evidence"].map(len) == 0
    told = f"{int(alone.sum())} of {len(alone)} swings cite no source: they are judgements alone."
    return told if alone.any() and not alone.all() else ""


def _title(result: Capitals, case: Case) -> str:
    """How many put the same option first, by the authors' reading of their weights."""
    noun, count = case.about.stakeholder, len(result.names)
    firsts = pd.Series([option for name in result.names for option in result.rankings[name].leaders]).value_counts()
    often = sorted(firsts.index[firsts == firsts.max()])
    if len(often) > 1 or firsts.max() == 1:
        apart = f"By our reading, the {counted(count, noun)} would put different options first"
        return titled_as(apart, "They put different options first")
    name = case.options.at[often[0], "short"]
    if firsts.max() == count:
        who = f"both {noun}s" if count == 2 else f"all {counted(count, noun)}"
    else:
        who = f"{numeral(int(firsts.max()))} of {counted(count, noun)}"
    return titled_as(
        *(f"By our reading, {who} would put {each} first" for each in (name, "the same option")),
        f"{'All' if firsts.max() == count else 'Most'} put the same option first",
    )


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


def how_alike(result: Capitals, case: Case) -> str:
    """How alike the orders are, and who stand furthest apart."""
    if pd.isna(result.agreement.w):
        return f"All {len(result.names)} rank all options alike."
    sizes = result.disagreement.sum(axis=1)
    one, other = sizes.idxmax()
    apart = f"{titled(one)} and {titled(other)} stand furthest apart" if sizes.max() > 1e-9 else "none stands apart"
    return f"{apart} (Kendall W {result.agreement.w:.2f}, where 1 is the same order everywhere)."


def refused(result: Capitals, case: Case) -> str:
    """Which options cross a red line of anyone at the likely scores."""
    options = result.red_lines.options
    competing = options[options["probability"].notna()]
    crossing = competing[~competing["acceptable"]]
    if result.red_lines.table.empty:
        return "The case records no red lines."
    if crossing.empty:
        return "No option crosses a red line at the likely scores."
    each = [
        f"{case.options.at[option, 'short']} ({joined(map(titled, row['breached_by']))})"
        for option, row in crossing.iterrows()
    ]
    rest = f"{len(competing) - len(crossing)} of {len(competing)} options cross none"
    return f"{joined(each)} {verb(len(each), 'cross')} red lines at the likely scores; {rest}."


def by_stakeholder(result: Capitals, case: Case) -> list[str]:
    """A paragraph for each: who leads, how surely, and over what it parts from the one furthest away."""
    lines, sizes = [], result.disagreement.sum(axis=1)
    for name in result.names:
        ranking = result.rankings[name]
        line = f"{titled(name)}: {short(case, ranking.leaders)} {verb(len(ranking.leaders), 'lead')}"
        if name in result.acceptability:
            line += (
                f", first in {trials(float(result.acceptability[name].rank_acceptability.at[ranking.leaders[0], 1]))}"
            )
        pair = max((each for each in sizes.index if name in each), key=lambda each: sizes[each])
        if sizes[pair] > 1e-9:
            other = next(each for each in pair if each != name)
            top = result.parting(name, other).iloc[0]
            criterion = case.criteria.at[result.parting(name, other).index[0], "name"]
            shares = f"{100 * top['weight_one']:.1f} % of its weight and {100 * top['weight_other']:.1f} % of theirs"
            line += f"; furthest from {titled(other)}, most over {criterion}, which gets {shares}"
        lines.append(f"{line}.")
    return lines


def what_it_takes(study: Study, case: Case) -> Exhibit | None:
    """For each option, what it would cost everyone, and how much weight would have to move for it to lead."""
    result = study.capitals
    if result is None:
        return None
    names, shifts = list(result.names), result.shifts.table
    order = list(shifts.index)
    columns = [
        *(Column(f"{titled(name)}: points behind", list(result.regrets.loc[order, name]), "score") for name in names),
        *(Column(f"{titled(name)}: weight to move", list(shifts[name]), "share") for name in names),
    ]
    table = Table(
        [Column("Option", list(case.options["short"][order]), share=2), *columns],
        "Points behind each one's own leader, and the least share of its weight that would have to move.",
    )
    known = shifts["total"].dropna()
    if known.empty:
        title = "No option could lead everywhere, whatever the weights"
    elif known.iloc[0] <= 1e-12:
        title = titled_as(
            f"{short(case, [known.index[0]])} leads everywhere already", "One option leads everywhere already"
        )
    else:
        title = titled_as(
            f"{short(case, [known.index[0]])} needs the smallest shift to lead everywhere",
            "What it would take to agree",
        )
    lost = list(shifts.index[shifts["total"].isna()])
    never = f"Under no weights could {short(case, lost)} lead." if lost else ""
    return Exhibit(title, safest(result, case), [table], footnote=f"Blank: no weights would do it. {never}".strip())


def where_they_part(study: Study, case: Case) -> Exhibit | None:
    """How far each two profiles differ over the options, and how much of it each top criterion makes."""
    result = study.capitals
    if result is None:
        return None
    parts = result.disagreement_by_root(case)
    order = parts.sum(axis=1).sort_values(ascending=False, kind="stable")
    shown = parts.loc[order.index[:MOST_OPTIONS]]
    pairs = [joined(map(titled, pair)) for pair in shown.index]
    columns = [
        Column(case.criteria.at[root, "name"], list(shown[root].round(1) + 0.0), "score") for root in shown.columns
    ]
    table = Table(
        [
            Column("Between", pairs, share=2.2),
            *columns,
            Column("In all", [f"{each:.1f}" for each in order[: len(shown)]]),
        ],
        "Points by which each two differ over all options, criterion by criterion.",
        "heat",
    )
    most = case.criteria.at[shown.iloc[0].idxmax(), "name"]
    return Exhibit(
        titled_as(f"{pairs[0]} stand furthest apart, most over {most}", "Where the weights part over the options"),
        f"They differ by {points(float(order.iloc[0]))} over all options.",
        [table, rest_of(len(parts) - len(shown), "pairs")],
        footnote="Points of score over all options; a row's parts add up to the whole, and one below 0 draws the two "
        "together.",
    )


def red_lines_drawn(study: Study, case: Case) -> Exhibit | None:
    """Every red line, who crosses it, and who may; None without any."""
    result = study.capitals
    if result is None or result.red_lines.table.empty:
        return None
    rows, reasons = [], []
    for (profile, criterion), line in result.red_lines.table.groupby(level=["profile", "criterion"], sort=False):
        own = line.reset_index(["profile", "criterion"], drop=True)
        own = own[~own["screened"]]
        near = own[~own["breaches"] & (own["probability"] >= MAY_BREACH)].sort_values("probability", ascending=False)
        name = case.criteria.at[criterion, "name"]
        least = f"{name}: at least {own['least_value'].iloc[0]:g}"
        rows.append(
            (
                titled(str(profile)),
                least,
                _crossing(own[own["breaches"]], case),
                _crossing(near, case),
                str(line["reason"].iloc[0]),
            )
        )
        recorded = (profile, criterion) in case.redlines.index
        evidence = case.redlines.loc[(profile, criterion)]["evidence"] if recorded else ()
        reasons.append(f"{titled(str(profile))} on {name}{cited(evidence)}")
    whose, lines, crossed, near_it, why = zip(*rows, strict=True)
    table = Table(
        [
            Column("Whose", whose),
            Column("Least value (100 is best)", lines, share=2),
            Column("Crossed by", crossed, share=2),
            Column("May be crossed by", near_it, share=2),
            Column("Why it is drawn", why, share=3.5),
        ],
        "Red lines, and the options that cross them.",
    ).filled()
    crossing = result.red_lines.options
    count = int((~crossing["acceptable"] & crossing["probability"].notna()).sum())
    return Exhibit(
        f"{counted(count, 'option', sentence=True)} {verb(count, 'cross')} a red line at the likely scores"
        if count
        else "No option crosses a red line at the likely scores",
        "No score makes up for crossing a red line. Lines are the authors' reading, not statements.",
        [table],
        notes=["Evidence each red line rests on:", *reasons],
    )


def _crossing(rows: pd.DataFrame, case: Case) -> str:
    """Options, with the trials in which they cross the line where that is not settled."""
    chances = zip(case.options["short"][rows.index], rows["probability"], strict=True)
    return "; ".join(f"{name} ({trials(chance)})" if chance < 1 else name for name, chance in chances)


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
