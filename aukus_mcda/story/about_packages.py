"""Packages: what to do when, which options are in the good combinations, and what more effort would buy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError
from ..form import Chart, Column, Exhibit, Table, cited, rest_of, titled_as
from ..perspectives import BORDERLINE, CORE, EXTERIOR, LEFT_OUT, PHASES, Packages, packages
from ..text import joined, points
from .words import by_root, counted, numeral, short, span, spelt, verb

if TYPE_CHECKING:
    from ..analysis import Study

STATUS = {CORE: "in all", BORDERLINE: "in some", EXTERIOR: "in none", LEFT_OUT: LEFT_OUT}
"""How many of the good packages hold an option."""
NEARLY_ALWAYS = 0.95
"""An option in the best package in so great a share of the trials is named."""
LEAST_LOSS = 0.05
"""An option that loses fewer points is not named."""
MOST_PACKAGES = 20
"""Packages that a table shows."""


def timeline(study: Study, case: Case) -> Exhibit | None:
    """The best package as bars by month, with the effort, and what waits for what."""
    result = study.packages
    if result is None or result.phases.empty:
        return None
    phases = result.phases
    known = phases[phases["effect"].notna()]
    now = list(known.index[known["phase"] == PHASES[0]])
    unknown = [each for each in phases.index if each not in known.index]
    waits = [short(case, each.split(";")) if each else "" for each in known["waits_for"]]
    chart = Chart(
        "spans",
        list(case.options["short"][known.index]),
        "Months from the decision",
        (0.0, 12.0 * math.ceil(1.3 * float(known["effect"].max()) / 12) if len(known) else 12.0),
        "When each option of the best package begins and takes effect.",
        low=list(known["starts"]),
        high=list(known["effect"]),
        after=[
            f"{month:g} months{f', after {wait}' if wait else ''}"
            for month, wait in zip(known["effect"], waits, strict=True)
        ],
        columns=[Column("Effort", list(known["effort"]), "number")],
        tones=["accent" if each in now else "grey" for each in known.index],
    )
    missing = f"When {short(case, unknown)} would take effect was not judged." if unknown else ""
    return Exhibit(
        _title(result, now, [each for each in known.index if each not in now], case),
        limit(result, case),
        [chart if len(known) else "", missing],
        footnote="Effort is judged from 0 to 10 and is no criterion. The package is the best at the likely scores.",
        notes=[
            in_good_packages(result, case),
            crossing(result, case) or "No option in the package crosses a red line.",
            "How each option is meant to work:",
            *(
                f"{row['short']}: {row['mechanism'] or row['description'] or 'Not described.'}{cited(row['evidence'])}"
                for _, row in case.options.loc[list(phases.index)].iterrows()
            ),
        ],
    )


def _title(result: Packages, now: list[str], later: list[str], case: Case) -> str:
    within = span(result.horizons[0])
    if not now:
        return f"Nothing in the best package takes effect within {within}"
    start = f"{counted(len(now), 'step', sentence=True)} {verb(len(now), 'take')} effect within {within}"
    if not later:
        return start
    return titled_as(
        f"{start}; {short(case, later, 2)} {verb(len(later), 'follow')}",
        f"{start}; {numeral(len(later))} more later",
    )


def limit(result: Packages, case: Case) -> str:
    """How much effort the package takes, of the limit that `Study.packages` sets."""
    used = float(case.options.loc[list(result.best), "effort"].sum())
    ours = f"The limit of {result.effort:g}, half of what all options take, is ours: nobody has set one."
    return f"Together they take {used:g} in effort. {ours}"


def in_good_packages(result: Packages, case: Case) -> str:
    """Which options are in every good package, or nearly always in the best."""
    options, clause = _always_in(result)
    return f"{short(case, options)} {clause}." if options else "No option is in every good package."


def _always_in(result: Packages) -> tuple[list[str], str]:
    """The options that are in every good package, else those nearly always in the best, and the clause on them."""
    core = list(result.having(CORE))
    options = core or list(result.options.index[result.options["share"] >= NEARLY_ALWAYS])
    return options, f"{verb(len(options), 'are')} {'in every good' if core else 'almost always in the best'} package"


def crossing(result: Packages, case: Case) -> str:
    """Which options of the best package cross a red line, or blank."""
    over = [option for option in result.best if option in set(result.breaches["option"])]
    return f"A red line is crossed by {short(case, over)} at the likely scores." if over else ""


def good_packages(study: Study, case: Case) -> Exhibit | None:
    """How many of the packages that no other beats hold each option."""
    result = study.packages
    if result is None:
        return None
    among = result.options[result.options["status"] != LEFT_OUT].sort_values(
        ["share", "core_index"], ascending=False, kind="stable"
    )
    held = among["status"].map(STATUS).where(among["proven"], "not settled")
    columns = [
        Column("Option", list(case.options["short"][among.index]), share=2.5),
        Column("Of good packages", list(among["core_index"]), "share"),
        Column("In the best package", list(among["share"]), "share"),
    ]
    if held.nunique() > 1:
        columns.append(Column("That is", list(held)))
    some = "" if result.complete else "At least "
    count = len(result.nondominated)
    best = result.nondominated.head(MOST_PACKAGES)
    listing = Table(
        [
            Column(
                "Good packages, most often best first",
                [short(case, options, None) or "nothing" for options in best["options"]],
                share=6,
            ),
            Column("Effort", list(best["effort"]), "number"),
            Column("Points", list(best["value"]), "points"),
            Column("Best", list(best["best"]), "share"),
        ],
        "Packages that no other beats.",
    )
    always, clause = _always_in(result)
    return Exhibit(
        titled_as(f"{short(case, always)} {clause}", f"{counted(len(always), 'option', sentence=True)} {clause}")
        if always
        else "No option is in every good package",
        f"{some}{counted(count, 'package', sentence=not some)} {verb(count, 'are')} good: no other beats any of them "
        "under all weights and scores.",
        [
            Table(columns, "How many of the good packages hold each option."),
            listing,
            rest_of(count - len(best), "packages"),
        ],
        footnote=f"In the best package: share of {result.draws:,} trials of the scores and weights that are possible.",
    )


def as_proposed(study: Study, case: Case) -> Exhibit | None:
    """What somebody proposes, what each option of the first adds, and the best for as much effort as that; or None.

    Points are counted from the status quo, so a case that names none has nothing to show.
    """
    if case.proposals.empty or not case.about.status_quo or study.packages is None:
        return None
    crossing = set(study.packages.breaches["option"])
    rows: dict[str, pd.Series] = {}
    refused: list[str] = []
    for name, row in case.proposals.iterrows():
        try:
            others = set(case.competing) - {*row["options"], case.about.status_quo}
            rows[str(name)] = _best(study, case, effort=math.inf, include=row["options"], exclude=others)
        except AukusMcdaError as error:
            refused.append(f"{name} cannot be taken as a whole. {spelt(str(error), case)}")
    notes = [f"{name}: {row['rationale']}{cited(row['evidence'])}" for name, row in case.proposals.iterrows()]
    if not rows:
        return Exhibit("What is proposed cannot be taken as a whole", blocks=refused, notes=notes)
    effort = next(iter(rows.values()))["effort"]
    table = pd.DataFrame(rows | {f"The best for {effort:g} of effort": _best(study, case, effort=effort)}).T
    over = [short(case, [each for each in options if each in crossing], None) for options in table["options"]]
    compared = Table(
        [
            Column("Package", list(table.index), share=2),
            Column("Effort", list(table["effort"]), "number", 0.7),
            Column("Points", list(table["value"]), "score", 0.7),
            Column("Options", [short(case, options, None) for options in table["options"]], share=5),
            Column("Crosses a red line", over, share=1.5),
        ],
        "What is proposed, and the best package for as much effort.",
        tones=["accent" if name in case.proposals.index else "plain" for name in table.index],
    )
    proposed = set(case.proposals["options"].explode())
    also = " Every option of the best one is proposed too." if proposed >= set(table["options"].iloc[-1]) else ""
    adds = _what_each_adds(study, case, table["options"].iloc[0])
    losing = list(case.options["short"][adds.index[adds.sum(axis=1) < -LEAST_LOSS]])
    lose = f"{numeral(len(losing)).capitalize()} of its {numeral(len(adds))} options lose points: {joined(losing)}."
    return Exhibit(
        _as_good(table),
        lose if losing else "None of its options loses points.",
        [_adding(adds, case), compared, *refused],
        footnote="Points over the status quo at likely scores; a risk avoided is a gain. Packages count overlaps too."
        + also,
        notes=notes,
    )


def _what_each_adds(study: Study, case: Case, options: Sequence[str]) -> pd.DataFrame:
    """Points that options add to the status quo, by top criterion, the option that adds most first."""
    parts = by_root(study.ranking.contributions, case)
    adds = parts.loc[list(options)] - parts.loc[case.about.status_quo]
    return adds.loc[adds.sum(axis=1).sort_values(ascending=False, kind="stable").index]


def _adding(adds: pd.DataFrame, case: Case) -> Table:
    return Table(
        [
            Column("It holds", list(case.options["short"][adds.index]), share=2),
            *(Column(case.criteria.at[root, "name"], list(adds[root]), "points") for root in adds),
            Column("In all", list(adds.sum(axis=1)), "points"),
        ],
        "What each option of the package adds by itself.",
        "heat",
    )


def _best(study: Study, case: Case, **rules: Any) -> pd.Series:
    """Effort, value and options of the best package at the likely scores and by the weights of the ranking.

    Raises
    ------
    AukusMcdaError
        When no package keeps the rules.
    """
    result = packages(case, study.ranking.weights, scores="fixed", draws=1, **rules)
    return result.nondominated.iloc[0]


def _as_good(table: pd.DataFrame) -> str:
    """What the first package that is proposed takes and gains, and the best for as much effort, as a title."""
    (effort, value), *_, (less, best) = table[["effort", "value"]].to_numpy(dtype=float)
    takes = f"{table.index[0]} takes {effort:g} of effort for {value:.0f} points"
    if best - value < 0.5:
        return titled_as(f"{takes}, the most there is", "What is proposed gains the most for its effort")
    return titled_as(f"{takes}; {less:g} gets {best:.0f}", "As much effort, or less, could gain more than is proposed")


def at_effort(study: Study, case: Case, effort: float) -> Exhibit:
    """The best package at one level of effort, option by option."""
    assert study.packages is not None
    frontier = study.packages.frontier.set_index("effort")
    row = frontier.loc[effort]
    rows = case.options.loc[list(row["options"])]
    columns = [
        Column("Option", list(rows["name"]), share=5),
        Column("Effort", list(rows["effort"]), "number"),
        Column("Months to effect", list(rows["time_to_effect"]), "number"),
    ]
    more = frontier.loc[frontier.index > effort]
    further = "More effort would buy no better package."
    if len(more):
        further = f"The next step takes {more.index[0]:g} and adds {points(more['value'].iloc[0] - row['value'])}."
    return Exhibit(
        f"With {effort:g} of effort, {counted(len(rows), 'option')} and {points(row['value'])}",
        further,
        [Table(columns, "The best package at a level of effort.").filled()] if len(rows) else ["Nothing can be done."],
    )


def gains_and_overlaps(study: Study, case: Case) -> Exhibit | None:
    """What options add to or take from one another when they are done together; None where none can be."""
    if study.packages is None:
        return None
    rows = case.synergies
    if rows.empty:
        return Exhibit("The case names no gains or overlaps between options")
    columns = [
        Column("Together", [short(case, options, None) for options in rows["options"]], share=3),
        Column("On", list(case.criteria["name"][rows["criterion"]]), share=2),
        Column("Value", list(rows["value"]), "points"),
        Column("Why", list(rows["rationale"]), share=5),
    ]
    return Exhibit(
        "What options add to or take from one another", blocks=[Table(columns, "Gains and overlaps of options.")]
    )


def effort_frontier(study: Study, case: Case) -> Exhibit | None:
    """The best package at every level of effort, and what the limits keep out."""
    result = study.packages
    if result is None:
        return None
    frontier = result.frontier
    table = Table(
        [
            Column("Effort", list(frontier["effort"]), "number"),
            Column("Points", list(frontier["value"]), "score"),
            Column("Best package", [short(case, options, None) for options in frontier["options"]], share=7),
        ],
        "The best package at every level of effort, by the likely scores.",
    )
    binding = result.limits[result.limits["binds"]]
    if binding.empty:
        return Exhibit("More effort would buy no better package", limit(result, case), [table])
    row = binding.iloc[0]
    title = f"Without the limit the best package gains {points(row['without'])}"
    more = (
        f"One more unit of {binding.index[0]} adds {points(row['one_more'])}."
        if row["one_more"] > 0
        else "One more unit is too little for another option."
    )
    return Exhibit(title, more, [table])
