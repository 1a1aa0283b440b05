"""Slides on how far the ranking can be trusted: how sure, what would change it, other methods, what to collect."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from . import wording
from .case import Case
from .deck import BELOW_TITLE, BOTTOM, LEFT, WIDTH, Deck, add_table, text_box
from .fragility import Fragility
from .measuring import one_line
from .ranking import Ranking
from .wording import percent as percent
from .yardsticks import YARDSTICKS

SHOWN = 12
"""Rows a table can hold on one slide."""


def how_sure(deck: Deck, tests: Fragility, ranking: Ranking, case: Case) -> None:
    """Rank acceptability, the words for it, and the verdict with its rule."""
    slide = deck.slide(wording.how_sure(tests, ranking, case))
    shares = tests.acceptability.rank_acceptability.sort_values(
        list(tests.acceptability.rank_acceptability.columns), ascending=False
    )
    three = min(3, shares.shape[1])
    rows = [
        [
            one_line(case.options.at[option, "short"], 72 * 2.4 - 10, 12),
            percent(row[1]),
            percent(row.iloc[:three].sum()),
        ]
        for option, row in shares.head(SHOWN).iterrows()
    ]
    widths = (2.4, 1.3, 1.6)
    add_table(
        slide, ["Option", "Ranks first", f"Among first {three}"], rows, LEFT, BELOW_TITLE, widths, 12, right=(1, 2)
    )
    yardstick = YARDSTICKS[case.about.yardstick]
    found = tests.acceptability
    said = [
        f"Shares of {found.draws:,} draws of the scores between their low and high ends, and of the weights between "
        "theirs. They are not the chance that an option is right.",
        f"Largest standard error: {100 * found.standard_error['rank_acceptability'].to_numpy().max():.1g} %. "
        f"Words: {yardstick.name}. {yardstick.tie_rule}",
        f"Verdict: {tests.verdict.word}. {tests.verdict.rule}",
        *tests.verdict.unmet,
    ]
    text_box(slide, "\n\n".join(said), 6.5, BELOW_TITLE, 6.23, BOTTOM - BELOW_TITLE)


def what_would_change(deck: Deck, tests: Fragility, case: Case) -> None:
    """The nearest flip, and how far each weight can move by itself."""
    slide = deck.slide(wording.flips(tests, case))
    known = tests.stability.dropna(subset=["low", "high"])
    room = (known["high"] - known["low"]).sort_values(kind="stable").index
    rows = [
        [
            one_line(case.criteria.at[criterion, "name"], 72 * 3.6 - 10, 12),
            percent(row["current"]),
            f"{percent(row['low'])} to {percent(row['high'])}",
            one_line(_who(row["below"], case), 72 * 2.3 - 10, 12),
            one_line(_who(row["above"], case), 72 * 2.3 - 10, 12),
        ]
        for criterion, row in known.loc[room].head(SHOWN).iterrows()
    ]
    header = ["Weight of (narrowest first)", "Now", "The leader stays from", "Below, leads", "Above, leads"]
    add_table(slide, header, rows, LEFT, BELOW_TITLE, (3.6, 1.1, 2.6, 2.3, 2.3), 12, right=(1,))
    possible = int(tests.switches["within_range"].sum())
    note = (
        f"{possible} of {len(tests.switches)} single scores could change the leader within their own low-high range."
        if possible
        else "No single score changes the leader within its own low-high range."
    )
    text_box(slide, note, LEFT, 6.3, WIDTH, 0.4, size=14)


def other_methods(deck: Deck, tests: Fragility, case: Case) -> None:
    """Who leads by each cross-check method, and how alike the orders are."""
    found = tests.methods
    if found is None:
        return
    rows = []
    for method, row in found.agreement.head(SHOWN).iterrows():
        leaders = case.options["short"][list(found.ranks.index[found.ranks[method] == 1])]
        leads = one_line(wording.joined(leaders), 72 * 4 - 10, 12)
        rows.append([str(method), leads, f"{row['kendall_tau_b']:.2f}", f"{row['weighted_spearman']:.2f}"])
    slide = deck.slide(wording.methods_agree(tests, case))
    header = ["Method", "Leads", "Kendall tau-b", "Weighted Spearman"]
    add_table(slide, header, rows, LEFT, BELOW_TITLE, (3.2, 4, 2.2, 2.7), 12, right=(2, 3))
    note = (
        "The additive model decides; the others show whether its order hangs on its formula. They are never averaged."
    )
    text_box(slide, note, LEFT, 6.3, WIDTH, 0.4, size=14)


def to_collect(deck: Deck, tests: Fragility, case: Case) -> None:
    """Which evidence would be worth the most for the choice."""
    worth = tests.evidence[tests.evidence["value"] >= 0.0005].head(8)
    if worth.empty:
        return
    rows = [
        [
            str(item),
            case.register.at[item, "claim"] if item in case.register.index else "",
            f"{row['value']:.3f}",
            percent(row["probability"]),
            one_line(_who(row["switches_to"], case), 72 * 1.9 - 10, 12),
        ]
        for item, row in worth.iterrows()
    ]
    deck.table_pages(
        wording.to_collect(tests, case),
        ["Evidence", "What it says", "Worth, points", "Choice changes", "Mostly to"],
        rows,
        (2.7, 5.0, 1.2, 1.3, 1.9),
        size=12,
    )


def _who(options: object, case: Case) -> str:
    """Short names of options joined by ``;``."""
    ids: Sequence[str] = str(options).split(";") if options and not pd.isna(options) else ()
    return wording.joined(case.options.at[option, "short"] for option in ids if option in case.options.index)
