"""The comparison of capitals, in sentences and exhibits: each capital for its own advisers, and all together."""

from __future__ import annotations

import math
from itertools import starmap

import pandas as pd

from ..case import Case
from ..perspectives import AUTHORS, Capitals
from ..ranking import Ranking
from ..text import joined, likelihood, percent, points, titled
from ..uncertainty import drawn
from .exhibit import Column, Exhibit, Room, Table, Text, cited, notes, number_column, why_weighed
from .wording import NO_SCORE_RANGED, how_much, lead, what_was_drawn

SEEN = 0.01
"""A probability of breach below this is left to the table."""
MOST_CAPITALS = 10
"""Capitals a slide can hold with the notes beneath."""


def statement(result: Capitals, case: Case, name: str) -> tuple[str, ...]:
    """What one capital's adviser should know: its own view, where it stands apart, its lines, what it would give.

    Parameters
    ----------
    result : Capitals
    case : Case
    name : str
        A profile of the case.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> from aukus_mcda.perspectives.by_capital import capitals
    >>> case = load_case("aukus_plus_two")
    >>> statement(capitals(case, draws=2_000), case, "tokyo")[0].startswith("Under Tokyo's weights, ")
    True
    """
    own = (_view(result.rankings[name], case, name), *_sureness(result, case, name))
    if name not in result.names:
        aside = "This is the authors' own view" if name == AUTHORS else f"{titled(name)} is not among those compared"
        return (*own, f"{aside}: it stands beside the capitals and does not count as one.")
    return (*own, _apart(result, case, name), *_lines(result, case, name), *_giving(result, case, name))


def together(result: Capitals, case: Case) -> tuple[str, ...]:
    """How far the capitals agree, what none would refuse, and what it would take to agree."""
    return (
        _agreed(result, case),
        _accepted(result, case),
        _compromise(result, case),
        _shift(result, case),
        *_never(result, case),
        "Weights and red lines are judgements recorded for each capital, not commitments by it.",
    )


def _view(ranking: Ranking, case: Case, name: str) -> str:
    short, ranked = case.options["short"], ranking.ranked
    leaders = joined(short[list(ranking.leaders)])
    if len(ranking.leaders) > 1:
        return f"Under {_whose(name)}, {leaders} rank first together."
    gap, second = lead(ranking) or 0.0, short[ranked.index[1]]
    near = ": under one point reads as a tie" if gap < 1 else ""
    return f"Under {_whose(name)}, {leaders} ranks first, {points(gap)} of 100 ahead of {second}{near}."


def _whose(name: str) -> str:
    return "the authors' baseline weights" if name == AUTHORS else f"{titled(name)}'s weights"


def _sureness(result: Capitals, case: Case, name: str) -> tuple[str, ...]:
    """How likely the leader is to lead, and who leads more often if another does."""
    if name not in result.acceptability:
        return ()
    ranking, acceptability = result.rankings[name], result.acceptability[name]
    leader, short = ranking.leaders[0], case.options["short"]
    first = acceptability.rank_acceptability[1]
    sentences = [
        likelihood(
            short[leader],
            "ranks first" if len(ranking.leaders) == 1 else "ranks first, a shared lead counting in part",
            float(first[leader]),
            case.about.yardstick,
            draws=acceptability.draws,
            standard_error=float(acceptability.standard_error["rank_acceptability"].at[leader, 1]),
            given=what_was_drawn(case, ranking.weights),
        )
    ]
    most = str(acceptability.leader)
    if most not in ranking.leaders and first[most] > first[leader]:
        sentences.append(
            f"{short[most]} ranks first in more of the draws, {_percent(first[most])}: "
            "the likely scores and their ranges point to different leaders, so the lead is not settled."
        )
    return tuple(sentences)


def first_share(result: Capitals, name: str) -> float:
    """In what share of the draws a capital's own leader ranks first; NaN where nothing was drawn."""
    if name not in result.acceptability:
        return math.nan
    return float(result.acceptability[name].rank_acceptability.at[result.rankings[name].leaders[0], 1])


def _apart(result: Capitals, case: Case, name: str) -> str:
    """Which capital it stands furthest from, on which options and because of which criterion."""
    sizes = result.disagreement.sum(axis=1)
    mine = {pair: size for pair, size in sizes.items() if name in pair}
    pair = max(mine, key=lambda each: mine[each])
    here = titled(name)
    if mine[pair] < 0.05:
        return f"{here} scores the options as every other capital does."
    other = next(each for each in pair if each != name)
    part = result.parting(name, other)
    top, total = part.iloc[0], part["points"].sum()
    favoured, against = (case.options.at[top[side], "short"] for side in ("favoured", "against"))
    there = titled(other)
    heaviest = f'"{case.criteria.at[part.index[0], "name"]}"'
    more = f"{top['points']:.1f} of that from {heaviest}"
    if top["points"] > total + 0.05:  # a part greater than the whole: the other criteria draw the two together
        more = f"and {top['points']:.1f} higher on {heaviest} alone"
    return (
        f"{here} stands furthest from {there}: set against {against}, it rates {favoured} {points(total)} higher than "
        f"{there} does, {more}, which gets {_percent(top['weight_one'])} of {here}'s weight and "
        f"{_percent(top['weight_other'])} of {there}'s."
    )


def _lines(result: Capitals, case: Case, name: str) -> tuple[str, ...]:
    """Which options breach each of its red lines, and which comes nearest of the others."""
    table, here, short = result.red_lines.table, titled(name), case.options["short"]
    if name not in set(table.index.get_level_values("profile")):
        return (f"The case records no red line for {here}.",)
    own = table[(table.index.get_level_values("profile") == name) & ~table["screened"]]
    uncertain = "scores" in drawn(case, result.rankings[name].weights)
    sentences = []
    for criterion, rows in own.groupby(level="criterion", sort=False):
        line = rows.reset_index(["profile", "criterion"], drop=True)
        beneath = [leaf for leaf in case.leaves if criterion in case.branch_of(leaf)]
        best = "the least of it" if (case.criteria.loc[beneath, "direction"] == "min").all() else "best"
        asked = f'a value of at least {line["least_value"].iloc[0]:g} on "{case.criteria.at[criterion, "name"]}"'
        breaching = line[line["breaches"]]
        by = joined(f"{short[option]} ({_measured(row)})" for option, row in breaching.iterrows()) or "no option"
        others = line[~line["breaches"]]["probability"]
        near = "no other comes near" if len(breaching) else "none comes near"
        if len(others) and others.max() >= SEEN:
            near = f"{short[others.idxmax()]} comes nearest{' of the others' if len(breaching) else ''}, with a "
            near += f"{_percent(others.max())} probability of breach"
        if not uncertain:
            near = f"{NO_SCORE_RANGED}, so who may come near it cannot be said"
        sentences.append(
            f"The red line recorded for {here}, {asked} (100 is {best}), is breached by {by} at the likely scores; "
            f"{near}."
        )
    return tuple(sentences)


def _measured(row: pd.Series) -> str:
    """The value of an option that breaches a line, and how probable a breach is where that is not settled."""
    chance = f", with a probability of {_percent(row['probability'])}" if row["probability"] < 1 else ""
    return f"{row['value']:.0f}{chance}"


def _giving(result: Capitals, case: Case, name: str) -> tuple[str, ...]:
    """What the compromise costs it, how little it would have to give, and what its own choice asks of others."""
    short, here, ranking = case.options["short"], titled(name), result.rankings[name]
    mine = [option for option in result.compromise if option in ranking.leaders]
    option = (mine or result.compromise)[0]
    several = f"One of the {len(result.compromise)} compromises"
    which = (
        f"{several if len(result.compromise) > 1 else 'The compromise'} with the least worst regret, {short[option]},"
    )
    if mine:
        return (f"{which} is its own leader: none of its weight would have to move.{_forgone(ranking, case)}",)
    own = ranking.leaders[0]
    price = f"{which} costs {here} {points(result.regrets.at[option, name])} against its own leader"
    sentences = [f"{price}, and would lead under no weights at all."]
    if pd.notna(result.shifts.table.at[option, name]):
        change = result.shifts.weights[option].loc[name] - ranking.weights.values[result.shifts.weights[option].columns]
        down, up = (case.criteria.at[criterion, "name"] for criterion in (change.idxmin(), change.idxmax()))
        share = _percent(result.shifts.table.at[option, name])
        sentences = [
            f"{price}; it would draw level once {share} of the weight moved, "
            f'{how_much(change)} from "{down}" to "{up}".'
        ]
    asked = result.shifts.table.loc[own, list(result.names)].drop(name)
    most = str(asked.idxmax())
    asking = (
        f"For {short[own]} to lead everywhere, {titled(most)} would have to move most, {_percent(asked[most])} of its"
    )
    refusing = [titled(each) for each in result.red_lines.options.at[own, "breached_by"] if each != name]
    return (
        *sentences,
        asking
        + " weight"
        + (f"; {short[own]} breaches red lines recorded for {joined(refusing)}." if refusing else "."),
    )


def _forgone(ranking: Ranking, case: Case) -> str:
    """What the leader gives up beside the runner-up, where it gives up anything."""
    leader, second = ranking.ranked.index[:2]
    lost = ranking.contributions.loc[second] - ranking.contributions.loc[leader]
    by_root = lost.groupby({leaf: case.root_of(leaf) for leaf in case.leaves}).sum()
    if by_root.max() < 0.05:
        return ""
    most = case.criteria.at[by_root.idxmax(), "name"]
    return f' Beside {case.options.at[second, "short"]} it gives up {points(by_root.max())} on "{most}".'


def _agreed(result: Capitals, case: Case) -> str:
    sizes = result.disagreement.sum(axis=1)
    one, other = sizes.idxmax()
    if pd.isna(result.agreement.w):
        return f"All {len(result.names)} capitals rank all options alike: there is no order to agree on."
    furthest = f"{titled(one)} and {titled(other)} stand furthest apart" if sizes.max() > 1e-9 else "none stands apart"
    short, count = case.options["short"], len(result.names)
    firsts = pd.Series([option for name in result.names for option in result.rankings[name].leaders]).value_counts()
    often = firsts.max()
    top = joined(short[sorted(firsts.index[firsts == often])])
    verb = "are each" if (firsts == often).sum() > 1 else "is"
    where = ("both" if count == 2 else f"all {count}") if often == count else f"{often} of the {count}"
    # The authors' own view counts where there is hardly anybody else, but it is no capital.
    judges = "profiles" if AUTHORS in result.names else "capitals"
    return (
        f"{top} {verb} first in {where} {judges}; {furthest} (Kendall W {result.agreement.w:.2f}, where 1 is the same "
        "order everywhere)."
    )


def _accepted(result: Capitals, case: Case) -> str:
    options = result.red_lines.options
    competing = options[options["probability"].notna()]
    refused = competing[~competing["acceptable"]]
    if result.red_lines.table.empty:
        return "The case records no red lines, so nothing is ruled out by any capital."
    if refused.empty:
        return "No option breaches any capital's red line at the likely scores."
    refusals = [
        f"{case.options.at[option, 'short']} ({joined(map(titled, row['breached_by']))})"
        for option, row in refused.iterrows()
    ]
    verb, clear = "breaches" if len(refusals) == 1 else "breach", len(competing) - len(refused)
    rest = f"{clear} of {len(competing)} options breach nobody's" if clear else "no option keeps to every line"
    return f"{joined(refusals)} {verb} red lines at the likely scores; {rest}."


def _compromise(result: Capitals, case: Case) -> str:
    short, chosen = case.options["short"], list(result.compromise)
    row, one = result.regrets.loc[chosen[0]], len(chosen) == 1
    who = joined(short[chosen])
    if row["worst"] <= 1e-9:
        start = f"{who} {'leads' if one else 'share the lead'} in every capital"
    elif one:
        start = (
            f"{who} is the compromise with the least worst regret: at most {points(row['worst'])} behind any "
            f"capital's own leader ({titled(str(row.drop('worst').idxmax()))}'s)"
        )
    else:
        start = f"{who} share the least worst regret: at most {points(row['worst'])} behind any capital's own leader"
    lines = {option: result.red_lines.options.at[option, "breached_by"] for option in chosen}
    if not any(lines.values()):
        kept = ", and it breaches nobody's red line." if one else ", and none of them breaches a red line."
        return start + (kept if len(result.red_lines.table) else ".")
    within = result.compromise_within_lines
    instead = f"within the lines it is {joined(short[list(within)])}" if within else "no option keeps to all lines"
    breaches = [
        f"{'it' if one else short[option]} breaches a red line of {joined(map(titled, by))}"
        for option, by in lines.items()
        if by
    ]
    return f"{start}, but {joined(breaches)}; {instead}."


def _shift(result: Capitals, case: Case) -> str:
    """The least change of weights to agree, and the next least."""
    short, table = case.options["short"], result.shifts.table.dropna()
    if table.empty:
        return "No option could lead in every capital, whatever the weights."
    option, row = table.index[0], table.iloc[0]
    if row["total"] <= 1e-12:
        start = f"{short[option]} leads everywhere without any change of weights"
    else:
        movers = row.drop("total")[lambda part: part > 1e-12].sort_values(ascending=False, kind="stable")
        given = joined(f"{titled(str(name))} {_percent(part)}" for name, part in movers.items())
        start = f"{short[option]} needs the smallest shift of weights to lead in every capital ({given})"
    if len(table) < 2:
        return start + "."
    second = table.iloc[1]
    most = second.drop("total").idxmax()
    refusing = result.red_lines.options.at[table.index[1], "breached_by"]
    lines = f", and which breaches red lines of {joined(map(titled, refusing))}" if refusing else ""
    return (
        f"{start}; next comes {short[table.index[1]]}, for which {titled(str(most))} would have to move most, "
        f"{_percent(second[most])}{lines}."
    )


def _never(result: Capitals, case: Case) -> tuple[str, ...]:
    lost = result.shifts.table.index[result.shifts.table["total"].isna()]
    if lost.empty:
        return ()
    return (
        f"Under no weights at all could {joined(case.options['short'][lost])} lead: no shift of any capital would do.",
    )


def _percent(share: float) -> str:
    """A share as a per cent, with a decimal where it is small, and never rounded to nothing or to all."""
    number = 100 * share
    if 0 < number < 0.05:
        return "below 0.1 %"
    if 99.95 < number < 100:
        return "above 99.9 %"
    return f"{number:.1f} %" if number < 20 else f"{number:.0f} %"


def capitals_compared(result: Capitals, case: Case, room: Room) -> Exhibit:
    """Who leads in each capital, how surely, where it stands apart, and what the compromise asks of it."""
    sentences, short, compromise = together(result, case), case.options["short"], result.compromise[0]
    names, sizes = list(result.names[:MOST_CAPITALS]), result.disagreement.sum(axis=1)
    leads = [lead(result.rankings[name]) for name in names]
    furthest, reasons = [], []
    for name in names:
        pair = max((each for each in sizes.index if name in each), key=lambda each: sizes[each])
        other = next(each for each in pair if each != name)
        parting = result.parting(name, other).index[0]
        reasons += why_weighed(case, case.branch_of(parting), (name,))
        furthest.append(f"{titled(other)}: {case.criteria.at[parting, 'name']}" if sizes[pair] > 1e-9 else "none")
    table = Table(
        [
            Column("Capital", 1.5, list(map(titled, names)), lines=1),
            Column("Leads there", 2.2, [joined(short[list(result.rankings[name].leaders)]) for name in names], lines=1),
            number_column("Ahead by", 1.0, ["" if gap is None else f"{gap:.1f}" for gap in leads]),
            number_column("Ranks first", 1.1, [percent(first_share(result, name)) for name in names]),
            Column("Furthest from, on", 3.4, furthest, lines=2),
            number_column("Costs it", 1.0, result.regrets.loc[compromise, names].map("{:.1f}".format)),
            number_column("Would give", 1.2, result.shifts.table.loc[compromise, names].map(_moved)),
        ],
        "For each capital: who leads by its weights and how surely, whom it stands furthest from, and what the "
        "compromise asks of it.",
    ).filled()
    rest = len(result.names) - len(names)
    beneath = Text(
        [sentences[1], sentences[-1], f"{rest} more capitals are not shown." if rest else ""],
        extra=[
            f"Costs it, would give: for {short[compromise]} to lead, points behind its own leader, and the share of "
            "its weight that would have to move.",
            sentences[0],
            sentences[3],
        ],
    )
    drawn_from = "Ranks first: share of draws of the uncertain scores and of that capital's own range of weights."
    told = notes(
        drawn_from if result.acceptability else "",
        "Why each capital weighs as it does where it stands furthest from another:",
        reasons,
    )
    return Exhibit(sentences[2], told, [[table, beneath]])


def red_lines_drawn(result: Capitals, case: Case, room: Room) -> Exhibit | None:
    """Every red line, who breaches it, and who may; None when the case has none."""
    table = result.red_lines.table
    if table.empty:
        return None
    rows, reasons = [], []
    for (profile, criterion), line in table.groupby(level=["profile", "criterion"], sort=False):
        own = line.reset_index(["profile", "criterion"], drop=True)
        own = own[~own["screened"]]
        near = own[~own["breaches"] & (own["probability"] >= 0.005)].sort_values("probability", ascending=False)
        capital, name = titled(str(profile)), case.criteria.at[criterion, "name"]
        rows.append(
            (
                capital,
                f"{name}: at least {own['least_value'].iloc[0]:g}",
                _breaching(own[own["breaches"]], case),
                _breaching(near, case),
                str(line["reason"].iloc[0]),
            )
        )
        recorded = (profile, criterion) in case.redlines.index
        evidence = case.redlines.loc[(profile, criterion)]["evidence"] if recorded else ()
        reasons.append(f"{capital} on {name}{cited(evidence)}")
    headings = (
        "Capital",
        "Red line: least value (100 is best)",
        "Breached by (probability)",
        "May be breached by",
        "Why it is drawn",
    )
    columns = zip(headings, (1.3, 2.3, 2.3, 2.3, 3.93), zip(*rows, strict=True), strict=True)
    alt = "Red lines of each capital, and the options that breach them."
    block = Table(list(starmap(Column, columns)), alt, sizes=(12,))
    return Exhibit(together(result, case)[1], notes("Evidence each red line rests on:", reasons), [[block]])


def _breaching(rows: pd.DataFrame, case: Case) -> str:
    """Options with the probability of a breach where that is not settled, or none."""
    chances = zip(case.options["short"][rows.index], rows["probability"], strict=True)
    return "; ".join(f"{name} ({percent(chance)})" if chance < 1 else name for name, chance in chances) or "none"


def _moved(share: float) -> str:
    if pd.isna(share):
        return "never"
    return "nothing" if share == 0 else f"{100 * share:.1f} %"
