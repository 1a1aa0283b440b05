"""Exhibits on how far the ranking can be trusted: how sure, what would change it, other methods, what to collect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..errors import shown
from ..text import YARDSTICKS, Yardstick, joined, percent, points
from . import wording
from .exhibit import (
    Column,
    Exhibit,
    Room,
    Table,
    Text,
    not_shown,
    notes,
    number_column,
    table_share,
    to_show,
    why_scored,
    why_weighed,
    widest,
)
from .result_tables import methods_table

if TYPE_CHECKING:
    from ..analysis import Fragility, Study

TAKES_LEAD = {"below": "Below, leads", "above": "Above, leads"}
"""Headings of who leads on either side of the range in which the leader stays."""


def sureness(study: Study, case: Case, room: Room) -> Exhibit | None:
    """Rank acceptability, the verdict with its rule, and the yardstick its words come from."""
    tests, ranking = study.fragility, study.ranking
    if tests is None:
        return None
    verdict = (f"Verdict: {tests.verdict.word}. {tests.verdict.rule}", *tests.verdict.gaps)
    if tests.acceptability is None:
        return Exhibit(wording.NO_RANGE, "No ranges were judged, so nothing was drawn.", [[Text(verdict)]])
    shares = tests.acceptability.rank_acceptability
    shares = shares.sort_values(list(shares.columns), ascending=False)
    options, three = to_show(shares.index, room), min(3, shares.shape[1])
    among_first = shares.iloc[:, :three].sum(axis=1)
    table = Table(
        [
            Column("Option", 2.6, case.options["short"][options], lines=1),
            number_column("Ranks first", 1.2, shares[1][options].map(percent)),
            number_column(f"Among first {three}", 1.4, among_first[options].map(percent)),
        ],
        "Shares of the draws in which each option ranks first, and among the first three.",
        strong=[k for k, option in enumerate(options) if option in ranking.leaders],
    )
    yardstick, width = YARDSTICKS[case.about.yardstick], table_share(room)
    scale = yardstick_table(yardstick)
    table = room.fit(table, len(shares), foot=[scale], share=width - 0.1)
    error = 100 * tests.acceptability.standard_error["rank_acceptability"].to_numpy().max()
    beside = Text(
        [*verdict, not_shown(len(shares) - len(table.rows))],
        extra=[
            f"Shares of {tests.acceptability.draws:,} draws of {wording.drawn_as(case, ranking.weights)}; largest "
            f"standard error {error:.1g} %. They are not the chance that an option is right."
        ],
    )
    leader = ranking.leaders[0]
    rival = shares.index[shares.index != leader][0]
    return Exhibit(
        wording.how_sure(tests, ranking, case),
        notes(
            f"{yardstick.name}: {yardstick.source}, {yardstick.date}.",
            "The scores least sure for the leader and for the option that most often takes its place:",
            why_scored(case, widest(case, (leader, rival))),
        ),
        [[table], [beside]],
        shares=(width - 0.1, 1.1 - width),
        below=[scale],
    )


def yardstick_table(yardstick: Yardstick) -> Table:
    """The yardstick's terms, each above its range."""
    return Table(
        [
            Column(yardstick.name, 1.0, ["Per cent"]),
            *(Column(term.words, 1.25, [term.shown]) for term in yardstick.terms),
        ],
        f"Likelihood terms of {yardstick.name} and their ranges in per cent. {yardstick.tie_rule}",
    )


def other_draws(tests: Fragility, case: Case, room: Room) -> Exhibit | None:
    """How often the leader leads when errors, ranges or weights are drawn in another way."""
    title, short, stress = wording.drawn_otherwise(tests, case), case.options["short"], tests.stress
    if not title:
        return None
    table = Table(
        [
            Column("Drawn", 3.2, stress.index, lines=1),
            number_column(f"{short[stress.attrs['leader']]} first", 2.4, stress["leader_share"].map(percent)),
            Column("Next most often first", 3.2, short[stress["runner_up"]], lines=1),
            number_column("In what share", 1.6, stress["runner_up_share"].map(percent)),
        ],
        "Shares of draws in which the leader, and the option next to it, ranks first.",
        strong=[0],
    )
    below = Text(["One choice is changed at a time; all rows rest on the same random numbers."])
    remarks = "How errors, ranges and weights are drawn is a choice of the analyst's."
    return Exhibit(title, remarks, [[table]], below=[below])


def changes(tests: Fragility, case: Case, room: Room) -> Exhibit:
    """The nearest flip, and how far each weight can move by itself."""
    known = tests.stability.dropna(subset=["low", "high"])
    known = known.loc[(known["high"] - known["low"]).sort_values(kind="stable").index]
    note = Text(
        [wording.single_scores(tests)],
        extra=["One weight moves at a time here; the others keep their proportions."],
    )
    ranges = [f"{percent(low)} to {percent(high)}" for low, high in known[["low", "high"]].to_numpy()]
    table = Table(
        [
            Column("Weight of (narrowest first)", 3.6, case.criteria["name"][known.index], lines=1),
            number_column("Now", 0.9, known["current"].map(percent)),
            Column("The leader stays from", 2.3, ranges, lines=1),
            *(Column(heading, 2.4, _short_names(known[side], case), lines=1) for side, heading in TAKES_LEAD.items()),
        ],
        "How far each weight can move by itself before another option leads.",
    )
    # A side on which nobody takes the lead needs no column.
    table = room.fit(table, len(known), foot=[note]).filled()
    flip, rest = tests.flip, len(known) - len(table.rows)
    moved = [flip.changes.idxmin(), flip.changes.idxmax()] if flip.challenger else []
    rivals = [option for option in (flip.leader, flip.challenger) if option]
    return Exhibit(
        wording.min_shift(tests, case),
        notes(
            "Behind the smallest change of weights that changes the leader:",
            why_weighed(case, moved, case.profiles[:1]),
            why_scored(case, [(option, leaf) for leaf in moved for option in rivals]),
            f"{rest} more criteria have wider ranges and are not shown." if rest else "",
        ),
        [[table]],
        below=[note],
    )


def other_methods(tests: Fragility, case: Case, room: Room) -> Exhibit | None:
    """Who leads by each cross-check method, and how alike the orders are."""
    comparison = tests.methods
    if comparison is None:
        return None
    table = methods_table(comparison, case)
    alike = ["Kendall tau-b", "Weighted Spearman"]
    table[alike] = table[alike].map(lambda number: "" if pd.isna(number) else f"{number:.2f}")
    widths = zip(table.columns, (2.6, 2.6, 3.2, 1.6, 2), (1, 1, 2, 1, 1), strict=True)
    block = Table(
        [Column(name, share, table[name], lines, right=name in alike) for name, share, lines in widths],
        "Who leads by each cross-check method, and how alike its order is to the additive one; 1 is the same.",
    ).filled()
    leaders = list(comparison.ranks.index[comparison.ranks["additive"] == 1])
    highest = [(option, leaf) for option in leaders[:2] for leaf in case.values.loc[option].nlargest(3).index]
    below = Text(
        [wording.methods_apart(tests, case)],
        extra=[
            "The additive model decides; the others show whether its order hangs on its formula. The leader leads in "
            "a family when every method there puts it first; the additive family is not counted."
        ],
    )
    return Exhibit(
        wording.methods_agree(tests, case),
        notes(
            "Methods not used, and why:",
            [f"{wording.method_name(method)}: {reason}." for method, reason in comparison.refused.items()],
            "What the leader's place rests on by the additive model:",
            why_scored(case, highest),
        ),
        [[block]],
        below=[below],
    )


def evidence_to_collect(tests: Fragility, case: Case, room: Room) -> Exhibit:
    """Which evidence would be worth the most for the choice."""
    title, information = wording.to_collect(tests, case), tests.information
    if not (information["spread"] > 0).any():
        remedy = "With a low and a high for each score, the evidence to collect first can be named."
        return Exhibit(title, remedy, [[Text([remedy])]])
    worth, bearing = tests.evidence[tests.evidence["value"] >= 0.0005].head(6), information.head(3)
    claims = case.register["claim"].reindex(worth.index)
    remarks = notes(
        "Worth: what settling all scores that rest on an item of evidence would add to the value of the choice.",
        [f"{item}: {claim}" for item, claim in claims.dropna().items()],
        why_scored(case, bearing[["option", "criterion"]].itertuples(index=False, name=None)),
    )
    blocks: list[Table | Text]
    if worth.empty:
        lines = [
            f"{case.options.at[row['option'], 'short']} on {case.criteria.at[row['criterion'], 'name']}: "
            f"{points(row['value'], 3)}, the leader changes in {percent(row['probability'])} of the draws."
            for _, row in bearing[bearing["value"] > 0].iterrows()
        ]
        blocks = [Text(["What each score, known perfectly, would be worth:", *lines])] if lines else []
    else:
        table = Table(
            [
                Column("In the register", 2.5, worth.index.map(str)),
                Column("What it says", 5.0, claims.fillna("")),
                number_column("Worth, points", 1.1, worth["value"].map("{:.3f}".format)),
                number_column("Choice changes", 1.4, worth["probability"].map(percent)),
                Column("Mostly to", 2.1, _short_names(worth["switches_to"], case), lines=1),
            ],
            "Items of evidence by what settling them would be worth for the choice.",
        )
        note = "Worth is counted in value points out of 100. The scores that cite an item are settled together."
        blocks = [table, Text((), extra=[note])]
    return Exhibit(title, remarks, [[*blocks, least_sure(tests, case, 2 if room.narrow else 3)]])


def least_sure(tests: Fragility, case: Case, each: int) -> Table:
    """The judged scores with the widest ranges among the options that lead most often."""
    first = None if tests.acceptability is None else tests.acceptability.rank_acceptability[1]
    leading = tests.information["option"].unique()[:2] if first is None else first.nlargest(2).index
    pairs = widest(case, list(leading), each)
    scores = case.scores.loc[pairs]
    ranges = [
        f"{shown(likely)}, {shown(low)} to {shown(high)}"
        for likely, low, high in scores[["likely", "low", "high"]].to_numpy()
    ]
    return Table(
        [
            Column("Least sure scores of", 2.4, [case.options.at[option, "short"] for option, _ in pairs], lines=1),
            Column("On", 3.4, [case.criteria.at[leaf, "name"] for _, leaf in pairs], lines=1),
            Column("Judged, range", 2.2, ranges, lines=1),
            Column("Rests on", 4.1, ["; ".join(ids) or "none cited" for ids in scores["evidence"]], lines=2),
        ],
        "The judged scores with the widest ranges among the two options that lead most often.",
        spare=True,
    )


def _short_names(cells: pd.Series, case: Case) -> list[str]:
    """Ids of options, joined by ``;`` in each cell, by their short names."""
    short, ids = case.options["short"], ("" if pd.isna(cell) else str(cell).split(";") for cell in cells)
    return [joined(short[each] for each in options if each in short.index) for options in ids]
