"""Slides on packages: what is in the good ones, and the best one in phases."""

from __future__ import annotations

from collections.abc import Sequence

from ..case import Case
from ..perspectives import LEFT_OUT, PHASES, UNKNOWN, Packages
from ..story import cited, described, listed, notes, numeral
from ..story import package_wording as wording
from ..text import percent
from .blocks import Table
from .deck import Deck
from .fragility_slides import text


def good_packages(deck: Deck, found: Packages, case: Case, chosen: Sequence[str] | None = None) -> None:
    """How many of the packages that no other beats hold each option, what limits them, and what comes first."""
    among = found.options[found.options["status"] != LEFT_OUT]
    among = among.sort_values(["share", "core_index"], ascending=False, kind="stable")
    shown = listed(among.index, chosen)
    phase = found.phases["phase"].reindex(among.index).fillna("")
    among = among.loc[shown]
    columns = {
        "Option": (2.4, case.options["short"]),
        "Of good packages": (1.2, among["core_index"].map(percent)),
        "That is": (1.1, among["status"].map(wording.STATUS).where(among["proven"], "not settled")),
        "In the best package": (1.3, among["share"].map(percent)),
        "Phase": (0.9, phase),
    }
    if deck.narrow:
        del columns["That is"]
    drawn = among["share"].notna().any()
    table = Table(
        tuple(columns),
        tuple(tuple(column[option] for _, column in columns.values()) for option in shown),
        tuple(share for share, _ in columns.values()),
        "How many of the good packages hold each option, and in which phase the best package has it.",
        right=[k for k, name in enumerate(columns) if name.startswith(("Of", "In"))],
        lines=(1,) * len(columns),
    ).filled()
    table, rest = deck.fit(table, len(found.core_index), share=deck.table_share, columns=2)
    beside = text(
        wording.best_package(found, case),
        wording.breaching(found, case),
        wording.limited(found, case),
        "Scores, and what options gain from each other, are judgements.",
        rest,
        extra=(
            wording.first_phase(found, case) + ".",
            wording.binding(found),
            wording.how_many(found, case),
            f"In the best package: share of {found.draws:,} draws of the scores and weights that are possible."
            if drawn
            else "",
        ),
    )
    gains = [
        f"{' and '.join(case.options['short'][list(row['options'])])} on {case.criteria.at[row['criterion'], 'name']}, "
        f"{row['value']:+g}: {row['rationale']}{cited(row['evidence'])}"
        for _, row in case.synergies.iterrows()
    ]
    told = notes("What the best package holds, and how it is meant to work:", described(case, found.best), gains)
    deck.page(
        wording.in_good_packages(found, case) + ".",
        told,
        [table],
        [beside],
        shares=(deck.table_share, 1 - deck.table_share),
    )


def in_phases(deck: Deck, found: Packages, case: Case) -> None:
    """The best package: what takes effect now, next and later, and what is left out of it."""
    near, far = (f"{months:g}" for months in found.horizons)
    spans = dict(zip(PHASES, (f"within {near} months", f"{near} to {far} months", f"after {far} months"), strict=True))
    rows = []
    for phase in (*PHASES, UNKNOWN):
        part = found.phases[found.phases["phase"] == phase]
        for number, (option, row) in enumerate(part.iterrows()):
            waits = ", ".join(case.options["short"][row["waits_for"].split(";")]) if row["waits_for"] else ""
            when = f"{phase.capitalize()}: {spans[phase]}" if phase in spans else phase.capitalize()
            rows.append(
                (
                    when if number == 0 else "",
                    case.options.at[option, "short"],
                    numeral(row["starts"]),
                    numeral(row["effect"]),
                    numeral(row["effort"]),
                    waits,
                )
            )
    table = Table(
        ("Takes effect", "Option", "Starts, month", "Effect, month", "Effort", "Waits for"),
        tuple(rows),
        (2.5, 2.4, 1.1, 1.1, 0.95, 4.1),
        "The best package in phases.",
        right=(2, 3, 4),
        lines=(1, 1, 1, 1, 1, 2),
    )
    left = [option for option in found.core_index.index if option not in found.best]
    beneath = text(
        f"Not in the best package: {', '.join(case.options['short'][left])}." if left else "",
        "An option starts once all that it requires has taken effect. Times and efforts are judgements.",
        wording.unknown_times(found, case),
    )
    told = notes("How each part is meant to work:", described(case, found.phases.index))
    deck.page(wording.first_phase(found, case) + ".", told, [table, beneath] if rows else [beneath])
