"""Slides on packages: what is in the good ones, and the best one in phases."""

from __future__ import annotations

from . import package_wording as wording
from .case import Case
from .deck import BELOW_TITLE, BOTTOM, LEFT, WIDTH, Deck, add_table, text_box
from .fragility_slides import SHOWN, percent
from .measuring import one_line
from .packages import LEFT_OUT, Packages
from .phases import PHASES, UNKNOWN

TALLEST = 9
"""Rows of 14 points that leave room for the note below."""
STATUS = {"core": "in all", "exterior": "in none", "borderline": "in some"}
SIDE = 6.9
"""Where the text beside the table begins, in inches."""


def good_packages(deck: Deck, found: Packages, case: Case) -> None:
    """How many of the packages that no other beats hold each option, and what limits them."""
    slide = deck.slide(wording.in_good_packages(found, case) + ".")
    shown = found.options[found.options["status"] != LEFT_OUT]
    shown = shown.sort_values(["share", "core_index"], ascending=False, kind="stable").head(SHOWN)
    rows = [
        [
            one_line(case.options.at[option, "short"], 72 * 2.5 - 10, 12),
            percent(row["core_index"]),
            STATUS[row["status"]] if row["proven"] else "not settled",
            percent(row["share"]),
        ]
        for option, row in shown.iterrows()
    ]
    header = ["Option", "Of good packages", "That is", "In the best package"]
    add_table(slide, header, rows, LEFT, BELOW_TITLE, (2.5, 1.15, 1.05, 1.3), 12, right=(1, 3))
    beyond = len(found.core_index) - len(shown)
    said = [
        wording.best_package(found, case),
        wording.binding(found),
        wording.how_many(found, case),
        f"In the best package: share of {found.draws:,} draws of the scores between their low and high ends, and of "
        "the weights that are possible. Values add up over options; scores, and what options gain from each other, are "
        "judgements.",
        wording.breaching(found, case),
        f"{beyond} more option{'s are' if beyond > 1 else ' is'} not shown." if beyond else "",
    ]
    text = "\n\n".join(filter(None, said))
    text_box(slide, text, SIDE, BELOW_TITLE, LEFT + WIDTH - SIDE, BOTTOM - BELOW_TITLE)


def in_phases(deck: Deck, found: Packages, case: Case) -> None:
    """The best package: what takes effect now, next and later, and what is left out of it."""
    slide = deck.slide(wording.first_phase(found, case) + ".")
    near, far = (f"{months:g}" for months in found.horizons)
    spans = dict(zip(PHASES, (f"within {near} months", f"{near} to {far} months", f"after {far} months"), strict=True))
    rows = []
    for phase in (*PHASES, UNKNOWN):
        part = found.phases[found.phases["phase"] == phase]
        for option, row in part.iterrows():
            waits = ", ".join(case.options["short"][row["waits_for"].split(";")]) if row["waits_for"] else ""
            rows.append(
                [
                    f"{phase.capitalize()}: {spans[phase]}" if phase in spans else phase.capitalize(),
                    one_line(case.options.at[option, "short"], 72 * 2.4 - 10, 14),
                    _number(row["starts"]),
                    _number(row["effect"]),
                    _number(row["effort"]),
                    one_line(waits, 72 * 4.48 - 10, 14),
                ]
            )
    for later, earlier in zip(reversed(rows), reversed(rows[:-1]), strict=False):
        later[0] = "" if later[0] == earlier[0] else later[0]
    header = ["Takes effect", "Option", "Starts, month", "Effect, month", "Effort", "Waits for"]
    table = rows[:TALLEST]
    if table:
        add_table(slide, header, table, LEFT, BELOW_TITLE, (2.4, 2.4, 1.0, 1.0, 0.85, 4.48), 14, right=(2, 3, 4))
    left = [option for option in found.core_index.index if option not in found.best]
    outside = f"Not in the best package: {', '.join(case.options['short'][left])}." if left else ""
    said = [
        outside,
        "An option starts once all that it requires has taken effect. Times and efforts are judgements.",
        wording.unknown_times(found, case),
        f"{len(rows) - len(table)} more in the package not shown." if len(rows) > len(table) else "",
    ]
    text_box(slide, " ".join(filter(None, said)), LEFT, 6.05, WIDTH, BOTTOM - 6.05, size=12)


def _number(number: float) -> str:
    return "" if number != number else f"{number:g}"
