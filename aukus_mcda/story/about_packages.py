# SPDX-License-Identifier: Apache-2.0
"""Packages: what to do when, which options are in the good combinations, and what more effort would buy."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError
from ..form import Chart, Column, Exhibit, Most, Table, recorded, rest_of, titled_as
from ..perspectives import BORDERLINE, CORE, EXTERIOR, LEFT_OUT, PHASES, Packages
from ..perspectives import packages as choose_packages
from ..ranking import Ranking
from ..text import joined, points, with_minus
from .about_case import columns_of
from .words import by_root, counted, numeral, short, span, spelt, verb

STATUS = {CORE: "in all", BORDERLINE: "in some", EXTERIOR: "in none"}
"""How many of the good packages hold an option."""
NEARLY_ALWAYS = 0.95
"""An option in the best package in so great a share of the trials is named."""
LEAST_LOSS = 0.05
"""An option that loses fewer points is not named."""


def timeline(case: Case, packages: Packages, ranking: Ranking) -> Exhibit | None:
    """The best package as bars by month, with the effort, and what waits for what."""
    phases = packages.phases
    if phases.empty:
        return None
    known = phases[phases["effect"].notna()]
    taken = ~known.index.isin(packages.breaches["option"])  # what crosses a red line is not recommended
    now, later = taken & (known["phase"] == PHASES[0]), taken & (known["phase"] != PHASES[0])
    unknown = phases.index.difference(known.index, sort=False)
    waits = [short(case, filter(None, each.split(";")), None) for each in known["waits_for"]]
    options, names = case.options.loc[phases.index], case.options["short"]
    months, axis = known["effect"], "Months from the decision"
    labels = case.options["name"][known.index]  # in full: short names may say little
    ends = (0.0, 12.0 * math.ceil(1.3 * float(months.max()) / 12) if len(known) else 12.0)
    columns = [*([Column("After", waits)] if any(waits) else []), Column("Effort", known["effort"], "number")]
    tones, after = np.select([~taken, now], ["warn", "accent"], "grey").tolist(), months.map("{:g} months".format)
    chart = Chart("spans", labels, axis, ends, (), known["starts"], months, columns, tones, after=after)
    out, ranks = excluding(case, packages, ranking), ranking.ranked["rank"]
    aside = [f"{names[each]}, at rank {ranks[each]:.0f}, is left out: it {clause}." for each, clause in out.items()]
    title, crosses = _title(packages, known.index[now], known.index[later], case), crossing(packages, case)
    subtitle = " ".join(filter(None, [limit(packages, case), crosses, *aside[:2]]))
    unjudged = f"When {short(case, unknown)} would take effect was not judged." if len(unknown) else ""
    footnote = "No other options within the limit gain more together, at the likely scores. "
    footnote += "Effort is judged from 0 to 10 and is no criterion."
    means = options["mechanism"].mask(options["mechanism"] == "", options["description"]).replace("", "Not described.")
    notes = [
        crosses or "No option in the package crosses a red line.",
        *aside,
        "How each option is meant to work:",
        *recorded(options.assign(means=means), "{short}: {means}"),
    ]
    return Exhibit(title, subtitle, [chart, unjudged], footnote, notes)


def _title(result: Packages, now: Sequence[str], later: Sequence[str], case: Case) -> str:
    within = span(result.horizons[0])
    if not len(now):
        return f"Nothing in the best package takes effect within {within}"
    start = f"{counted(len(now), 'step', sentence=True)} {verb(len(now), 'take')} effect within {within}"
    follow = f"{start}; {short(case, later, 2)} {verb(len(later), 'follow')}"
    return titled_as(follow, f"{start}; {numeral(len(later))} more later") if len(later) else start


def limit(result: Packages, case: Case) -> str:
    """How much effort the package takes, of the limit that `Study.packages` sets."""
    used = float(case.options.loc[list(result.best), "effort"].sum())
    ours = f"The limit of {result.effort:g}, half of what all options take, is ours: nobody has set one."
    steps = (
        "The one option takes" if len(result.best) == 1 else f"The {counted(len(result.best), 'option')} together take"
    )
    return f"{steps} {used:g} in effort. {ours}"


def excluding(case: Case, result: Packages, ranking: Ranking) -> dict[str, str]:
    """What ranks above an option of the best package, but excludes one: by option, what it excludes, as a clause."""
    ranks, excludes, clauses = ranking.ranked["rank"], case.options["excludes"], {}
    for option in ranks.index[ranks < ranks.reindex(result.best).max()].difference(result.best, sort=False):
        against = [each for each in result.best if each in excludes[option] or option in excludes[each]]
        if against:
            clauses[option] = f"cannot go with {short(case, against)}"
    return clauses


def crossing(result: Packages, case: Case) -> str:
    """Which options of the best package cross a red line, and so are left aside, or blank."""
    over = [option for option in result.best if option in set(result.breaches["option"])]
    aside = f"leave {'it' if len(over) == 1 else 'them'} aside"
    return f"Among them, {short(case, over)} {verb(len(over), 'cross')} a red line: {aside}." if over else ""


def good_packages(case: Case, packages: Packages) -> Exhibit:
    """How many of the packages that no other beats hold each option."""
    options, good = packages.options[packages.options["status"] != LEFT_OUT], packages.nondominated
    among = options.sort_values(["share", "core_index"], ascending=False, kind="stable")
    held = among["status"].map(STATUS).where(among["proven"], "not settled")
    holding = Table.of(
        Column.options(case, among.index, 2.5),
        Column("Of good packages", among["core_index"], "share"),
        Column("In the best package", among["share"], "share"),
        *([Column("That is", held)] if held.nunique() > 1 else []),
    )
    best = good.head(Most.PACKAGES)
    listing = Table.of(
        Column("Good packages, most points first", _held(case, best["options"], "nothing"), share=6),
        Column("Effort", best["effort"], "number"),
        Column("Points", best["value"], "points"),
        Column("Best", best["best"], "share"),
    )
    core = list(packages.having(CORE))
    always = core or list(packages.options.index[packages.options["share"] >= NEARLY_ALWAYS])
    clause = f"{verb(len(always), 'are')} {'in every good' if core else 'almost always in the best'} package"
    whose = short(case, always), counted(len(always), "option", sentence=True)
    title = titled_as(*(f"{who} {clause}" for who in whose)) if always else "No option is in every good package"
    some = "" if packages.complete else "At least "
    count = f"{some}{counted(len(good), 'package', sentence=not some)} {verb(len(good), 'are')} good"
    subtitle = f"{count}: no other beats any of them under all weights and scores."
    footnote = f"In the best package: share of {packages.draws:,} trials of the possible scores and weights."
    return Exhibit(title, subtitle, [holding, listing, rest_of(len(good) - len(best), "packages")], footnote)


def _held(case: Case, packages: Iterable[Sequence[str]], nothing: str = "") -> list[str]:
    """The options of each package by their short names."""
    return [short(case, options, None) or nothing for options in packages]


def as_proposed(case: Case, ranking: Ranking, packages: Packages, proposals: pd.DataFrame) -> Exhibit | None:
    """What somebody proposes, what each option of the first adds, and the best for as much effort as that; or None.

    Points are counted from the status quo, so a case that names none has nothing to show.
    """
    unchanged = case.about.status_quo
    if not unchanged:
        return None
    rows: dict[str, pd.Series] = {}
    refused: list[str] = []
    for name, options in proposals["options"].items():
        try:
            others = set(case.competing) - {*options, unchanged}
            rows[str(name)] = _best(ranking, case, effort=math.inf, include=options, exclude=others)
        except AukusMcdaError as error:
            refused.append(f"{name} cannot be taken as a whole. {spelt(str(error), case)}")
    notes = recorded(proposals.assign(name=proposals.index), "{name}: {rationale}")
    if not rows:
        return Exhibit("What is proposed cannot be taken as a whole", blocks=refused, notes=notes)
    effort = next(iter(rows.values()))["effort"]
    table = pd.DataFrame(rows | {f"The best for {effort:g} of effort": _best(ranking, case, effort=effort)}).T
    over = table["options"].map(lambda options: [each for each in options if each in set(packages.breaches["option"])])
    compared = Table.of(
        Column("Package", table.index, share=2),
        Column("Effort", table["effort"], "number", 0.7),
        Column("Points", table["value"], "score", 0.7),
        Column("Options", _held(case, table["options"]), share=5),
        Column("Crosses a red line", _held(case, over), share=1.5),
        tones=["accent" if name in proposals.index else "plain" for name in table.index],
    )
    parts = by_root(ranking.contributions, case)
    adds = parts.loc[list(table["options"].iloc[0])] - parts.loc[unchanged]
    adds = adds.loc[adds.sum(axis=1).sort_values(ascending=False, kind="stable").index]
    holds = Column("It holds", case.options["short"][adds.index], share=2)
    whole = Column("In all", adds.sum(axis=1), "points")
    adding = Table.heat(holds, adds.rename(columns=case.criteria["name"]), "points", whole)
    losing = list(case.options["short"][adds.index[adds.sum(axis=1) < -LEAST_LOSS]])
    lose = f"{numeral(len(losing)).capitalize()} of its {numeral(len(adds))} options lose points: {joined(losing)}."
    subtitle = lose if losing else "None of its options loses points."
    footnote = "Points over the status quo at likely scores; a risk avoided is a gain. Packages count overlaps too."
    return Exhibit(_as_good(table), subtitle, [adding, compared, *refused], footnote, notes)


def _best(ranking: Ranking, case: Case, **rules: Any) -> pd.Series:
    """Effort, value and options of the best package at the likely scores and by the weights of the ranking.

    Raises
    ------
    AukusMcdaError
        When no package keeps the rules.
    """
    result = choose_packages(case, ranking.weights, scores="fixed", draws=1, **rules)
    return result.nondominated.iloc[0]


def _as_good(table: pd.DataFrame) -> str:
    """What the first package that is proposed takes and gains, and the best for as much effort, as a title."""
    (effort, value), *_, (less, best) = table[["effort", "value"]].to_numpy(dtype=float)
    takes = f"{table.index[0]} takes {effort:g} of effort for {with_minus(str(round(value)))} points"
    if best - value < 0.5:
        return titled_as(f"{takes}, the most there is", "What is proposed gains the most for its effort")
    return titled_as(f"{takes}; {less:g} gets {best:.0f}", "As much effort, or less, could gain more than is proposed")


def at_effort(case: Case, packages: Packages, effort: float) -> Exhibit:
    """The best package at one level of effort, option by option."""
    frontier = packages.frontier.set_index("effort")
    row, more = frontier.loc[effort], frontier.loc[frontier.index > effort]
    rows = case.options.loc[list(row["options"])]
    table = Table(columns_of(rows, "name effort time_to_effect")).filled()
    further = "More effort would buy no better package."
    if len(more):
        further = f"The next step takes {more.index[0]:g} and adds {points(more['value'].iloc[0] - row['value'])}."
    title = f"With {effort:g} of effort, {counted(len(rows), 'option')} and {points(row['value'])}"
    return Exhibit(title, further, [table if len(rows) else "Nothing can be done."])


def gains_and_overlaps(case: Case, packages: Packages) -> Exhibit:
    """What options add to or take from one another when they are done together."""
    rows = case.synergies
    if rows.empty:
        return Exhibit("The case names no gains or overlaps between options")
    together = Column("Together", _held(case, rows["options"]), share=3)
    on = Column("On", case.criteria["name"][rows["criterion"]], share=2)
    table = Table.of(together, on, *columns_of(rows, "value rationale"))
    return Exhibit("What options add to or take from one another", blocks=[table])


def effort_frontier(case: Case, packages: Packages) -> Exhibit:
    """The best package at every level of effort, and what the limits keep out."""
    frontier, binding = packages.frontier, packages.limits[packages.limits["binds"]]
    table = Table.of(
        Column("Effort", frontier["effort"], "number"),
        Column("Points", frontier["value"], "score"),
        Column("Best package", _held(case, frontier["options"]), share=7),
    )
    if binding.empty:
        return Exhibit("More effort would buy no better package", limit(packages, case), [table])
    row, more = binding.iloc[0], "One more unit is too little for another option."
    if row["one_more"] > 0:
        more = f"One more unit of {binding.index[0]} adds {points(row['one_more'])}."
    return Exhibit(f"Without the limit the best package gains {points(row['without'])}", more, [table])
