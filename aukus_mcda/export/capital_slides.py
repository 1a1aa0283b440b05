"""Slides on the capitals: what each one's weights say and would give, and the red lines."""

from __future__ import annotations

import pandas as pd

from ..case import Case
from ..perspectives import Capitals
from ..story import cited, first_share, notes, together, weighed, wording
from ..text import joined, percent, titled
from .blocks import Table
from .deck import Deck
from .fragility_slides import text

SHOWN = 10
"""Capitals a slide can hold with the notes beneath."""


def five_capitals(deck: Deck, found: Capitals, case: Case) -> None:
    """Who leads in each capital, how surely, where it stands apart, and what the compromise asks of it."""
    said = together(found, case)
    shown = found.names[:SHOWN]
    short, compromise = case.options["short"], found.compromise[0]
    sizes = found.disagreement.sum(axis=1)
    rows, apart = [], []
    for name in shown:
        ranking = found.rankings[name]
        first = first_share(found, name)
        gap = wording.lead(ranking)
        pair = max((each for each in sizes.index if name in each), key=lambda each: sizes[each])
        other = next(each for each in pair if each != name)
        parting = found.parting(name, other).index[0]
        top = case.criteria.at[parting, "name"]
        apart.append(weighed(case, case.branch_of(parting), (name,)))
        rows.append(
            (
                titled(name),
                joined(short[list(ranking.leaders)]),
                "" if gap is None else f"{gap:.1f}",
                percent(first),
                f"{titled(other)}: {top}" if sizes[pair] > 1e-9 else "none",
                f"{found.regrets.at[compromise, name]:.1f}",
                _moved(found.shifts.table.at[compromise, name]),
            )
        )
    table = Table(
        ("Capital", "Leads there", "Ahead by", "Ranks first", "Furthest from, on", "Costs it", "Would give"),
        tuple(rows),
        (1.5, 2.2, 1.0, 1.1, 3.4, 1.0, 1.2),
        "For each capital: who leads by its weights and how surely, whom it stands furthest from, and what the "
        "compromise asks of it.",
        right=(2, 3, 5, 6),
        lines=(1, 1, 1, 1, 2, 1, 1),
    ).filled()
    rest = len(found.names) - len(shown)
    beneath = text(
        said[1],
        said[-1],
        f"{rest} more capitals are not shown." if rest else "",
        extra=(
            f"Costs it, would give: for {short[compromise]} to lead, points behind its own leader, and the share of "
            "its weight that would have to move.",
            said[0],
            said[3],
        ),
    )
    deck.page(
        said[2],
        notes(
            "Ranks first: share of draws of the uncertain scores and of that capital's own range of weights."
            if found.acceptability
            else "",
            "Why each capital weighs as it does where it stands furthest from another:",
            [line for lines in apart for line in lines],
        ),
        [table, beneath],
    )


def red_lines(deck: Deck, found: Capitals, case: Case) -> None:
    """Every red line, who breaches it, and who may; nothing when the case has none."""
    table = found.red_lines.table
    if table.empty:
        return
    short = case.options["short"]
    rows, reasons = [], []
    for (profile, criterion), line in table.groupby(level=["profile", "criterion"], sort=False):
        own = line.reset_index(["profile", "criterion"], drop=True)
        own = own[~own["screened"]]
        breaching = own[own["breaches"]]
        others = own[~own["breaches"] & (own["probability"] >= 0.005)].sort_values("probability", ascending=False)
        name = case.criteria.at[criterion, "name"]
        rows.append(
            (
                titled(str(profile)),
                f"{name}: at least {own['least_value'].iloc[0]:g}",
                _listed(breaching, short) or "none",
                _listed(others, short) or "none",
                str(line["reason"].iloc[0]),
            )
        )
        drawn = case.redlines.loc[(profile, criterion)] if (profile, criterion) in case.redlines.index else None
        evidence = () if drawn is None else drawn["evidence"]
        reasons.append(f"{titled(str(profile))} on {name}{cited(evidence)}")
    header = (
        "Capital",
        "Red line: least value (100 is best)",
        "Breached by (probability)",
        "May be breached by",
        "Why it is drawn",
    )
    lines = Table(
        header, tuple(rows), (1.3, 2.3, 2.3, 2.3, 3.93), "Red lines of each capital, and the options that breach them."
    ).compact()
    deck.page(together(found, case)[1], notes("Evidence each red line rests on:", reasons), [lines])


def _listed(rows: pd.DataFrame, short: pd.Series) -> str:
    return "; ".join(
        f"{short[option]} ({percent(row['probability'])})" if row["probability"] < 1 else short[option]
        for option, row in rows.iterrows()
    )


def _moved(share: float) -> str:
    if pd.isna(share):
        return "never"
    return "nothing" if share == 0 else f"{100 * share:.1f} %"
