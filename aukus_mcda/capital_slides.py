"""Slides on the capitals: what each one's weights say and would give, and the red lines."""

from __future__ import annotations

import pandas as pd

from . import wording
from .capital_wording import together
from .capitals import Capitals
from .case import Case
from .deck import BELOW_TITLE, BOTTOM, LEFT, WIDTH, Deck, add_table, row_heights, text_box
from .fragility_slides import percent
from .measuring import LINE, clipped

SHOWN = 10
"""Rows the table can hold with the notes beneath it."""


def five_capitals(deck: Deck, found: Capitals, case: Case) -> None:
    """Who leads in each capital, how surely, where it stands apart, and what the compromise asks of it."""
    said = together(found, case)
    slide = deck.slide(said[2])
    shown = found.names[:SHOWN]
    size = 14 if len(shown) <= 6 else 12
    widths = (1.5, 2.4, 1.1, 1.35, 3.38, 1.1, 1.3)
    lines = (1, 1, 1, 1, 2, 1, 1)
    short, compromise = case.options["short"], found.compromise[0]
    sizes = found.disagreement.sum(axis=1)
    rows = []
    for name in shown:
        ranking = found.rankings[name]
        first = float(found.acceptability[name].rank_acceptability.at[ranking.leaders[0], 1])
        gap = wording.lead(ranking)
        pair = max((each for each in sizes.index if name in each), key=lambda each: sizes[each])
        other = next(each for each in pair if each != name)
        top = case.criteria.at[found.parting(name, other).index[0], "name"]
        cells = (
            wording.titled(name),
            wording.joined(short[list(ranking.leaders)]),
            "" if gap is None else f"{gap:.1f}",
            percent(first),
            f"{wording.titled(other)}: {top}" if sizes[pair] > 1e-9 else "none",
            f"{found.regrets.at[compromise, name]:.1f}",
            _moved(found.shifts.table.at[compromise, name]),
        )
        rows.append(
            [
                clipped(cell, 0.9 * (72 * width - 10), most * size * LINE, size)
                for cell, width, most in zip(cells, widths, lines, strict=True)
            ]
        )
    header = ["Capital", "Leads there", "Ahead by", "Ranks first", "Furthest from, on", "Costs it", "Would give"]
    heights = row_heights([header], widths, size, bold=True) + row_heights(rows, widths, size)
    add_table(slide, header, rows, LEFT, BELOW_TITLE, widths, size, right=(2, 3, 5, 6))
    rest = len(found.names) - len(shown)
    notes = [
        said[0], said[3], said[-1],
        f"Ranks first: share of draws of the uncertain scores and of that capital's own range of weights. Costs it, "
        f"would give: for {short[compromise]} to lead, points behind its own leader, and the share of its weight that "
        "would have to move.",
        *([f"{rest} more capitals are not shown."] if rest else []),
    ]  # fmt: skip
    top_of_notes = BELOW_TITLE + sum(heights) / 72 + 0.25
    text_box(slide, "\n".join(notes), LEFT, top_of_notes, WIDTH, BOTTOM - top_of_notes, size=size)


def red_lines(deck: Deck, found: Capitals, case: Case) -> None:
    """Every red line, who breaches it, and who may; nothing when the case has none."""
    table = found.red_lines.table
    if table.empty:
        return
    short = case.options["short"]
    rows = []
    for (profile, criterion), line in table.groupby(level=["profile", "criterion"], sort=False):
        own = line.reset_index(["profile", "criterion"], drop=True)
        own = own[~own["screened"]]
        breaching = own[own["breaches"]]
        others = own[~own["breaches"] & (own["probability"] >= 0.005)].sort_values("probability", ascending=False)
        rows.append(
            [
                wording.titled(str(profile)),
                f"{case.criteria.at[criterion, 'name']}: at least {own['least_value'].iloc[0]:g}",
                _listed(breaching, short) or "none",
                _listed(others, short) or "none",
                str(line["reason"].iloc[0]),
            ]
        )
    header = [
        "Capital",
        "Red line: least value (100 is best)",
        "Breached by (probability)",
        "May be breached by",
        "Why it is drawn",
    ]
    deck.table_pages(together(found, case)[1], header, rows, (1.3, 2.3, 2.3, 2.3, 3.93), size=12)


def _listed(rows: pd.DataFrame, short: pd.Series) -> str:
    return "; ".join(f"{short[option]} ({percent(row['probability'])})" for option, row in rows.iterrows())


def _moved(share: float) -> str:
    if pd.isna(share):
        return "never"
    return "nothing" if share == 0 else f"{100 * share:.1f} %"
