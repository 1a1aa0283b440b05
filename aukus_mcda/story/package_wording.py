"""Packages, in sentences and exhibits: what is in every good one, which limit binds, what comes first."""

from __future__ import annotations

from collections.abc import Iterable

from ..case import Case
from ..perspectives import BORDERLINE, CORE, EXTERIOR, LEFT_OUT, PHASES, UNKNOWN, Packages, half_effort
from ..text import joined, percent, points
from ..weights import TIE
from .exhibit import (
    Column,
    Exhibit,
    Room,
    Table,
    Text,
    cited,
    how_meant,
    not_shown,
    notes,
    number_column,
    numeral,
    table_share,
    to_show,
)

STATUS = {CORE: "in all", BORDERLINE: "in some", EXTERIOR: "in none", LEFT_OUT: LEFT_OUT}
"""How many of the good packages hold an option, in a table."""
NEARLY_ALWAYS = 0.95
"""An option in the best package in so great a share of the draws is named."""


def in_good_packages(result: Packages, case: Case) -> str:
    """Which options are in every package that no other beats, or, if none is, nearly always in the best."""
    core = result.having(CORE)
    if core:
        sole = "the only package" if len(result.nondominated) == 1 and result.complete else "every good package"
        return f"{_named(core, case)} {_be(core)} in {sole}{_within(result)}"
    often = result.options.index[result.options["share"] >= NEARLY_ALWAYS]
    if len(often):
        share = int(100 * result.options.loc[often, "share"].min() + 1e-9)
        in_draws = "all draws" if share == 100 else f"at least {share} % of the draws"
        though = "it is not" if len(often) == 1 else "none is"
        best = f"{_named(often, case)} {_be(often)} in the best package{_within(result)} in {in_draws}"
        return f"{best}, though {though} in every good package"
    return f"No option is in every good package{_within(result)}"


def best_package(result: Packages, case: Case) -> str:
    """The best package at the likely scores, and what it is worth."""
    if not result.best:
        return f"At the likely scores no package is worth more than doing nothing, measured {result.baseline}."
    taken = float(case.options.loc[list(result.best), "effort"].sum())
    effort = f" It takes {taken:g} of effort." if taken == taken else ""
    worth = f"{points(result.value)} {result.baseline}"
    return f"At the likely scores the best package is {_named(result.best, case)}: {worth}.{effort}"


def how_many(result: Packages, case: Case) -> str:
    """How many packages no other beats, and which options are in none of them."""
    count = len(result.nondominated)
    some = "" if result.complete else "At least "
    beaten = (
        f"{some}{count} package{'s are' if count != 1 else ' is'} beaten by no other under all scores and weights that"
    )
    none = result.having(EXTERIOR)
    rest = f" {_named(none, case)} {_be(none)} in none of them." if none and result.complete else ""
    return f"{beaten} are possible.{rest}"


def binding(result: Packages) -> str:
    """Which limits bind, and what one more unit of each would add."""
    sentences = []
    for name, row in result.limits[result.limits["binds"]].iterrows():
        more = row["one_more"]
        gain = (
            f"one more unit would add {points(more)}"
            if more > TIE
            else "one more unit is too little for another option"
        )
        sentences.append(
            f"The limit of {row['limit']:g} on {name} keeps better packages out: {gain}, "
            f"no limit would add {points(row['without'])}."
        )
    return " ".join(sentences) or "No limit binds: a higher one would buy no better package."


def limited(result: Packages, case: Case) -> str:
    """Where the limit of effort comes from when nobody set it, and which options are beyond it; or blank."""
    if result.effort != half_effort(case):
        return ""
    effort = case.options["effort"]
    large = [
        option for option in result.options.index if effort[option] > result.effort and option not in case.screened
    ]
    out = f"; {_named(large, case)} take{'s' if len(large) == 1 else ''} more and can be in none" if large else ""
    return f"The limit, {result.effort:g}, is half of the effort of all options: an assumption, set by nobody{out}."


def first_phase(result: Packages, case: Case) -> str:
    """What takes effect first, and what is to follow."""
    now, by = result.phases.index[result.phases["phase"] == PHASES[0]], result.horizons[0]
    later = [option for option in result.phases.index if option not in set(now)]
    if not len(result.phases):
        return "There is no package to put in phases"
    if not len(now):
        return f"Nothing in the best package is judged to take effect within {by:g} months"
    follow = (
        "nothing is left for later" if not later else f"{_named(later, case)} follow{'s' if len(later) == 1 else ''}"
    )
    takes = f"take{'s' if len(now) == 1 else ''} effect within {by:g} months"
    return f"Of the best package, {_named(now, case)} {takes}; {follow}"


def unknown_times(result: Packages, case: Case) -> str:
    """Which options of the best package have no time to effect, or blank."""
    without = result.phases.index[result.phases["phase"] == UNKNOWN]
    return f"When {_named(without, case)} would take effect was not judged." if len(without) else ""


def breaching(result: Packages, case: Case) -> str:
    """Which options of the best package breach a red line, or blank."""
    over = [option for option in result.best if option in set(result.breaches["option"])]
    if not over:
        return ""
    return f"A red line of some capital is breached by {_named(over, case)} at the likely scores."


def _within(result: Packages) -> str:
    return "" if result.effort == float("inf") else f" within an effort of {result.effort:g}"


def _named(options: Iterable[str], case: Case) -> str:
    return joined(case.options["short"][list(options)])


def _be(options: Iterable[str]) -> str:
    return "is" if len(list(options)) == 1 else "are"


def good_packages(result: Packages, case: Case, room: Room) -> Exhibit:
    """How many of the packages that no other beats hold each option, what limits them, and what comes first."""
    among = result.options[result.options["status"] != LEFT_OUT]
    among = among.sort_values(["share", "core_index"], ascending=False, kind="stable")
    rows = among.loc[to_show(among.index, room)]
    phases = result.phases["phase"].reindex(rows.index).fillna("")
    held = rows["status"].map(STATUS).where(rows["proven"], "not settled")
    table = Table(
        [
            Column("Option", 2.4, case.options["short"][rows.index], lines=1),
            number_column("Of good packages", 1.2, rows["core_index"].map(percent)),
            *([] if room.narrow else [Column("That is", 1.1, held, lines=1)]),
            number_column("In the best package", 1.3, rows["share"].map(percent)),
            Column("Phase", 0.9, phases, lines=1),
        ],
        "How many of the good packages hold each option, and in which phase the best package has it.",
    ).filled()
    width, count = table_share(room), len(result.core_index)
    table = room.fit(table, count, share=width)
    drawn = f"In the best package: share of {result.draws:,} draws of the scores and weights that are possible."
    beside = Text(
        [
            best_package(result, case),
            breaching(result, case),
            limited(result, case),
            "Scores, and what options gain from each other, are judgements.",
            not_shown(count - len(table.rows)),
        ],
        extra=[
            first_phase(result, case) + ".",
            binding(result),
            how_many(result, case),
            drawn if among["share"].notna().any() else "",
        ],
    )
    gains = [
        f"{' and '.join(case.options['short'][list(row['options'])])} on {case.criteria.at[row['criterion'], 'name']}, "
        f"{row['value']:+g}: {row['rationale']}{cited(row['evidence'])}"
        for _, row in case.synergies.iterrows()
    ]
    told = notes("What the best package holds, and how it is meant to work:", how_meant(case, result.best), gains)
    return Exhibit(in_good_packages(result, case) + ".", told, [[table], [beside]], shares=(width, 1 - width))


def packages_in_phases(result: Packages, case: Case, room: Room) -> Exhibit:
    """The best package: what takes effect now, next and later, and what is left out of it."""
    short, (near, far) = case.options["short"], result.horizons
    spans = zip(
        PHASES, (f"within {near:g} months", f"{near:g} to {far:g} months", f"after {far:g} months"), strict=True
    )
    headings = {phase: f"{phase.capitalize()}: {span}" for phase, span in spans} | {UNKNOWN: UNKNOWN.capitalize()}
    phases = result.phases
    rows = phases.loc[[option for phase in headings for option in phases.index[phases["phase"] == phase]]]
    table = Table(
        [
            Column("Takes effect", 2.5, rows["phase"].map(headings).mask(rows["phase"].duplicated(), ""), lines=1),
            Column("Option", 2.4, short[rows.index], lines=1),
            number_column("Starts, month", 1.1, rows["starts"].map(numeral)),
            number_column("Effect, month", 1.1, rows["effect"].map(numeral)),
            number_column("Effort", 0.95, rows["effort"].map(numeral)),
            Column("Waits for", 4.1, [", ".join(short[ids.split(";")]) if ids else "" for ids in rows["waits_for"]], 2),
        ],
        "The best package in phases.",
    )
    left = [option for option in result.core_index.index if option not in result.best]
    beneath = Text(
        [
            f"Not in the best package: {', '.join(short[left])}." if left else "",
            "An option starts once all that it requires has taken effect. Times and efforts are judgements.",
            unknown_times(result, case),
        ]
    )
    told = notes("How each part is meant to work:", how_meant(case, phases.index))
    return Exhibit(first_phase(result, case) + ".", told, [[table, beneath] if len(rows) else [beneath]])
