"""Slides on how far the ranking can be trusted: how sure, what would change it, other methods, what to collect."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from ..case import Case
from ..errors import shown
from ..fragility import Fragility
from ..ranking import Ranking
from ..story import judged, listed, methods_table, notes, weighed, widest, wording
from ..text import YARDSTICKS, Yardstick, joined, percent, points
from .blocks import Table, Text
from .deck import Deck


def how_sure(deck: Deck, tests: Fragility, ranking: Ranking, case: Case, chosen: Sequence[str] | None = None) -> None:
    """Rank acceptability, the verdict with its rule, and the yardstick its words come from."""
    found = tests.acceptability
    if found is None:
        deck.page(
            wording.NO_RANGE,
            "No ranges were judged, so nothing was drawn.",
            [text(f"Verdict: {tests.verdict.word}. {tests.verdict.rule}", *tests.verdict.gaps)],
        )
        return
    shares = found.rank_acceptability.sort_values(list(found.rank_acceptability.columns), ascending=False)
    three = min(3, shares.shape[1])
    yardstick = YARDSTICKS[case.about.yardstick]
    scale = yardstick_table(yardstick)
    shown = listed(shares.index, chosen)
    table = Table(
        ("Option", "Ranks first", f"Among first {three}"),
        tuple(
            (case.options.at[each, "short"], percent(shares.at[each, 1]), percent(shares.loc[each].iloc[:three].sum()))
            for each in shown
        ),
        (2.6, 1.2, 1.4),
        "Shares of the draws in which each option ranks first, and among the first three.",
        right=(1, 2),
        lines=(1, 1, 1),
        strong=[k for k, option in enumerate(shown) if option in ranking.leaders],
    )
    table, rest = deck.fit(table, len(shares), foot=[scale], share=deck.table_share - 0.1, columns=2)
    error = 100 * found.standard_error["rank_acceptability"].to_numpy().max()
    said = text(
        f"Verdict: {tests.verdict.word}. {tests.verdict.rule}",
        *tests.verdict.gaps,
        rest,
        extra=(
            f"Shares of {found.draws:,} draws of {wording.drawn_as(case, ranking.weights)}; largest "
            f"standard error {error:.1g} %. They are not the chance that an option is right.",
        ),
    )
    leader, rival = ranking.leaders[0], shares.index[shares.index != ranking.leaders[0]][0]
    deck.page(
        wording.how_sure(tests, ranking, case),
        notes(
            f"{yardstick.name}: {yardstick.source}, {yardstick.date}.",
            "The scores least sure for the leader and for the option that most often takes its place:",
            judged(case, widest(case, (leader, rival))),
        ),
        [table],
        [said],
        shares=(deck.table_share - 0.1, 1.1 - deck.table_share),
        below=[scale],
    )


def in_other_ways(deck: Deck, tests: Fragility, case: Case) -> None:
    """How often the leader leads when errors, ranges or weights are drawn in another way."""
    if not (title := wording.drawn_otherwise(tests, case)):
        return
    short, stress = case.options["short"], tests.stress
    rows = tuple(
        (choice, percent(row["leader_share"]), short[row["runner_up"]], percent(row["runner_up_share"]))
        for choice, row in stress.iterrows()
    )
    table = Table(
        ("Drawn", f"{short[stress.attrs['leader']]} first", "Next most often first", "In what share"),
        rows,
        (3.2, 2.4, 3.2, 1.6),
        "Shares of draws in which the leader, and the option next to it, ranks first.",
        right=(1, 3),
        lines=(1, 1, 1, 1),
        strong=(0,),
    )
    note = text("One choice is changed at a time; all rows rest on the same random numbers.")
    deck.page(title, "How errors, ranges and weights are drawn is a choice of the analyst's.", [table], below=[note])


def yardstick_table(yardstick: Yardstick) -> Table:
    """The yardstick's terms, each above its range."""
    return Table(
        (yardstick.name, *(each.words for each in yardstick.terms)),
        (("Per cent", *(each.shown for each in yardstick.terms)),),
        (1.0, *(1.25 for _ in yardstick.terms)),
        f"Likelihood terms of {yardstick.name} and their ranges in per cent. {yardstick.tie_rule}",
    )


def what_would_change(deck: Deck, tests: Fragility, case: Case) -> None:
    """The nearest flip, and how far each weight can move by itself."""
    known = tests.stability.dropna(subset=["low", "high"])
    order = (known["high"] - known["low"]).sort_values(kind="stable").index
    note = text(
        wording.single_scores(tests),
        extra=("One weight moves at a time here; the others keep their proportions.",),
    )
    sides = {"below": "Below, leads", "above": "Above, leads"}

    def table_of(shown: pd.Index, kept: Sequence[str]) -> Table:
        return Table(
            ("Weight of (narrowest first)", "Now", "The leader stays from", *(sides[side] for side in kept)),
            tuple(
                (
                    case.criteria.at[criterion, "name"],
                    percent(row["current"]),
                    f"{percent(row['low'])} to {percent(row['high'])}",
                    *(_who(row[side], case) for side in kept),
                )
                for criterion, row in known.loc[shown].iterrows()
            ),
            (3.6, 0.9, 2.3, *(2.4 for _ in kept)),
            "How far each weight can move by itself before another option leads.",
            right=(1,),
            lines=(1,) * (3 + len(kept)),
        )

    shown = order[: len(deck.fit(table_of(order, list(sides)), len(order), foot=[note])[0].rows)]
    # A side on which nobody takes the lead needs no column.
    table = table_of(shown, [side for side in sides if any(_who(who, case) for who in known.loc[shown, side])])
    flip = tests.flip
    moved = [flip.changes.idxmin(), flip.changes.idxmax()] if flip.challenger else []
    rivals = [option for option in (flip.leader, flip.challenger) if option]
    deck.page(
        wording.flips(tests, case),
        notes(
            "Behind the smallest change of weights that changes the leader:",
            weighed(case, moved, case.profiles[:1]),
            judged(case, [(option, leaf) for leaf in moved for option in rivals]),
            f"{len(order) - len(shown)} more criteria have wider ranges and are not shown."
            if len(order) > len(shown)
            else "",
        ),
        [table],
        below=[note],
    )


def other_methods(deck: Deck, tests: Fragility, case: Case) -> None:
    """Who leads by each cross-check method, and how alike the orders are."""
    found = tests.methods
    if found is None:
        return
    shown = methods_table(found, case)
    alike = ["Kendall tau-b", "Weighted Spearman"]
    shown[alike] = shown[alike].map(lambda number: "" if pd.isna(number) else f"{number:.2f}")
    table = Table(
        tuple(shown.columns),
        tuple(shown.itertuples(index=False, name=None)),
        (2.6, 2.6, 3.2, 1.6, 2),
        "Who leads by each cross-check method, and how alike its order is to the additive one; 1 is the same.",
        right=(3, 4),
        lines=(1, 1, 2, 1, 1),
    ).filled()
    leaders = list(found.ranks.index[found.ranks["additive"] == 1])
    deck.page(
        wording.methods_agree(tests, case),
        notes(
            "Methods not used, and why:",
            [f"{wording.method_name(method)}: {reason}." for method, reason in found.refused.items()],
            "What the leader's place rests on by the additive model:",
            judged(
                case, [(option, leaf) for option in leaders[:2] for leaf in case.values.loc[option].nlargest(3).index]
            ),
        ),
        [table],
        below=[
            text(
                wording.methods_apart(tests, case),
                extra=(
                    "The additive model decides; the others show whether its order hangs on its formula. The leader "
                    "leads in a family when every method there puts it first; the additive family is not counted.",
                ),
            )
        ],
    )


def to_collect(deck: Deck, tests: Fragility, case: Case) -> None:
    """Which evidence would be worth the most for the choice."""
    worth = tests.evidence[tests.evidence["value"] >= 0.0005].head(6)
    known = [item for item in worth.index if item in case.register.index]
    title = wording.to_collect(tests, case)
    bearing = tests.information.head(3)
    said = notes(
        "Worth: what settling all scores that rest on an item of evidence would add to the value of the choice.",
        [f"{item}: {case.register.at[item, 'claim']}" for item in known],
        judged(case, [(row["option"], row["criterion"]) for _, row in bearing.iterrows()]),
    )
    if not (tests.information["spread"] > 0).any():
        remedy = "With a low and a high for each score, the evidence to collect first can be named."
        deck.page(title, remedy, [text(remedy)])
        return
    if worth.empty:
        bearing = bearing[bearing["value"] > 0]
        first = [
            f"{case.options.at[row['option'], 'short']} on {case.criteria.at[row['criterion'], 'name']}: "
            f"{points(row['value'], 3)}, the leader changes in {percent(row['probability'])} of the draws."
            for _, row in bearing.iterrows()
        ]
        deck.page(
            title,
            said,
            [
                *([text("What each score, known perfectly, would be worth:", *first)] if first else []),
                least_sure(tests, case, 2 if deck.narrow else 3),
            ],
        )
        return
    rows = tuple(
        (
            str(item),
            case.register.at[item, "claim"] if item in case.register.index else "",
            f"{row['value']:.3f}",
            percent(row["probability"]),
            _who(row["switches_to"], case),
        )
        for item, row in worth.iterrows()
    )
    table = Table(
        ("In the register", "What it says", "Worth, points", "Choice changes", "Mostly to"),
        rows,
        (2.5, 5.0, 1.1, 1.4, 2.1),
        "Items of evidence by what settling them would be worth for the choice.",
        right=(2, 3),
        lines=(0, 0, 1, 1, 1),
    )
    note = "Worth is counted in value points out of 100. The scores that cite an item are settled together."
    deck.page(
        title,
        said,
        [
            table,
            text(extra=(note,)),
            least_sure(tests, case, 2 if deck.narrow else 3),
        ],
    )


def least_sure(tests: Fragility, case: Case, each: int) -> Table:
    """The judged scores with the widest ranges among the options that lead most often."""
    first = None if tests.acceptability is None else tests.acceptability.rank_acceptability[1]
    leading = tests.information["option"].unique()[:2] if first is None else first.nlargest(2).index
    rows = tuple(
        (
            case.options.at[option, "short"],
            case.criteria.at[leaf, "name"],
            f"{shown(row['likely'])}, {shown(row['low'])} to {shown(row['high'])}",
            "; ".join(row["evidence"]) or "none cited",
        )
        for option, leaf in widest(case, list(leading), each)
        for row in [case.scores.loc[(option, leaf)]]
    )
    return Table(
        ("Least sure scores of", "On", "Judged, range", "Rests on"),
        rows,
        (2.4, 3.4, 2.2, 4.1),
        "The judged scores with the widest ranges among the two options that lead most often.",
        lines=(1, 1, 1, 2),
        spare=True,
    )


def text(*paragraphs: str, extra: Sequence[str] = ()) -> Text:
    """Sentences beside or below a table, blank ones left out."""
    return Text(tuple(filter(None, paragraphs)), extra=tuple(filter(None, extra)))


def _who(options: object, case: Case) -> str:
    """Short names of options joined by ``;``."""
    ids: Sequence[str] = str(options).split(";") if options and not pd.isna(options) else ()
    return joined(case.options.at[option, "short"] for option in ids if option in case.options.index)
