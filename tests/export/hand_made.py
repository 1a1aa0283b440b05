# SPDX-License-Identifier: Apache-2.0
"""Exhibits of every kind, with few rows and many, names that are long or run from right to left, numbers missing."""

from __future__ import annotations

import math
from collections.abc import Iterator

from aukus_mcda.story import Chart, Column, Exhibit, Table, Tone

LONG = "A joint programme for the sharing of maritime domain awareness among five navies and coast guards of the region"
NAMES = ("Maritime picture", LONG, "مراقبة بحرية مشتركة", "日本との共同監視", "W" * 60, "=1+1 <b>&", "שיחה מוקדמת")
TITLE = "The maritime picture leads in all of the seven futures, but ranges overlap"
SUBTITLE = "Of ten options, Maritime picture ranks first. It passes 4 of 7 tests: the answer is sensitive."
FOOTNOTE = "Dot: the score at the likely judgements. Line: 90 of 100 trials, which vary scores between low and high."
NAN = math.nan


def named(rows: int) -> list[str]:
    """So many names, each its own."""
    return [f"{NAMES[place % len(NAMES)]} {place}" for place in range(rows)]


def toned(rows: int) -> list[Tone]:
    """The first leads, the last is a warning."""
    return ["accent", *["grey"] * (rows - 2), "warn"]  # type: ignore[list-item]


def dots(rows: int) -> Chart:
    at = [60 - place / 2 for place in range(rows)]
    columns = [Column("Score", at, "score"), Column("Ranks first", [0.8, *[0.004] * (rows - 1)], "share")]
    low, high = [each - 5 for each in at], [each + 5 for each in at]
    return Chart("dots", named(rows), "Score, 0 to 100", (20, 80), at, low, high, columns, toned(rows))


def spans(rows: int) -> Chart:
    more = rows - 2
    return Chart(
        "spans", named(rows), "Share of all weight", (0, 1),
        at=[0.3, NAN, *[0.5] * more], low=[0, 0.1, *[0.4] * more], high=[0.55, 1, *[0.9] * more],
        columns=[Column("Now", [0.3, None, *[0.5] * more], "share")], tones=toned(rows),
        before=["", "Early dialogue", *[LONG] * more], after=["Integrated posture", *["Trials"] * (rows - 1)],
        kind="share",
    )  # fmt: skip


def bars(rows: int) -> Chart:
    return Chart("bars", named(rows), "Months", (0, 60), at=[6] * rows, after=["6 months"] * rows)


def heat(rows: int, columns: int) -> Table:
    cells = [[None if (row + place) % 11 == 5 else (7 * place + 3 * row) % 10 + 1 for row in range(rows)]
             for place in range(columns)]  # fmt: skip
    ranks = [Column(f"Interoperability {place}", cells[place], "rank") for place in range(columns)]
    crossed = Column("Red lines", ["Seoul and London" if row % 3 else "" for row in range(rows)])
    return Table([Column("Option", named(rows)), *ranks, crossed], "heat", toned(rows))


def plain(rows: int) -> Table:
    texts = Column("Description", [LONG] * rows, share=3)
    return Table([Column("Option", named(rows)), texts, Column("Score", [None, *range(1, rows)], "score")])


def cards() -> Table:
    texts = (
        LONG,
        "capitals put it first",
        "futures leave it first",
        "of weight in 100, moved, put Trials ahead",
    )
    tones: list[Tone] = ["warn", "warn", "accent", "plain"]
    numbers = ["57 in 100", "4 of 5", "7 of 7", "5 points"]
    return Table([Column("", numbers), Column("", texts)], "cards", tones)


def steps(rows: int) -> Table:
    texts = [" \N{MIDDLE DOT} ".join(named(rows)), "Tech incubator", LONG]
    headings = Column("", ["Do now (within two years)", "Prepare (within five years)", "Leave aside"])
    return Table([headings, Column("", texts)], "steps", toned(3))


def exhibits(rows: int, columns: int) -> Iterator[Exhibit]:
    """A cover, and an exhibit of every kind of block."""
    yield Exhibit(f"Ways to engage {LONG}", f"{LONG}?", ["For: ministers", "Baseline weights.", LONG], notes=["cover"])
    yield Exhibit(
        TITLE, SUBTITLE, [cards(), steps(rows)], notes=["why", "[source]"], badge=("Verdict: sensitive", "warn")
    )
    yield Exhibit(TITLE, SUBTITLE, [dots(rows), "A sentence on the rest."], FOOTNOTE)
    yield Exhibit("Weights can move", SUBTITLE, [spans(min(rows, 8)), LONG], FOOTNOTE)
    yield Exhibit("Months", "", [bars(rows)])
    yield Exhibit("צבע הכחול מוביל", SUBTITLE, [heat(rows, columns)], FOOTNOTE)
    yield Exhibit("W" * 75, SUBTITLE, [plain(rows)], FOOTNOTE)
    yield Exhibit(TITLE, "", [(plain(rows), heat(rows, 3))], FOOTNOTE, badge=("Verdict: inconclusive", "warn"))
    yield Exhibit("Nothing but words", "", [LONG * 20])
