"""Slides on the question, the options, how they were judged, the ranking and what drives it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence

from ..analysis import Study
from ..case import Case
from ..ranking import Ranking
from ..story import (
    INTERVAL,
    by_root,
    cited,
    described,
    heaviest_parts,
    judged,
    listed,
    notes,
    numeral,
    palette,
    rank_labels,
    ranking_table,
    weighed,
    wording,
)
from ..text import joined, titled
from .blocks import PER_CENT, Block, Table
from .deck import Deck
from .fragility_slides import text
from .native_charts import Bars, room_for_bars

CHARTED = 12
"""Bars a chart can hold and still be read from the back of a room."""
STACKED = 8
"""Segments a bar can hold; smaller ones are added up."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
GLANCE = 14
"""Options that are all shown at a glance, on two slides if need be."""
Chosen = Sequence[str] | None


def cover(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """Title, question, who is to decide, and whose judgements these are."""
    about = case.about
    told = f"{wording.ILLUSTRATIVE} {case_date(case)}"
    decides = f"For: {about.decision_maker}" if about.decision_maker else ""
    deck.cover(
        about.title or "Options compared", (about.question, decides, about.disclaimer or wording.ILLUSTRATIVE), told
    )


def answer(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """The answer, what to know beside it, and who leads under each set of weights."""
    ranking, tests = study.ranking, study.fragility
    said = text(
        f"Question: {case.about.question}" if case.about.question else "",
        "" if tests is None else wording.how_sure(tests, ranking, case),
        "" if tests is None else wording.leads_more_often(tests, ranking, case),
        wording.refused(ranking, case),
        wording.agreement(study.by_profile, case),
        extra=(wording.overlap(ranking, study.acceptability), wording.near_ties(study.by_profile)),
    )
    told = notes(
        "What gives the leader most of its score:",
        judged(case, heaviest_parts(ranking, ranking.leaders[:2], 3)),
    )
    columns: list[list[Block]] = [[said]]
    if study.by_profile:
        rows = []
        own: dict[str, Ranking] = {} if ranking.weights.name in study.by_profile else {"": ranking}
        for profile, other in (own | dict(study.by_profile)).items():
            gap = wording.lead(other)
            leaders = joined(case.options["short"][list(other.leaders)])
            rows.append((titled(profile) or "These weights", leaders, "" if gap is None else f"{gap:.1f}"))
        columns.append(
            [
                Table(
                    ("Weights", "Who leads", "Ahead by"),
                    tuple(rows),
                    (1.5, 2.6, 1.1),
                    "Who leads under each profile of weights, and by how many points.",
                    right=(2,),
                    lines=(1, 2, 1),
                )
            ]
        )
    whose = text(case.about.disclaimer or wording.ILLUSTRATIVE)
    deck.page(study.answer, told, *columns, shares=(6.3, 5.4)[: len(columns)], below=[whose])


def at_a_glance(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """Every option in a line, with effort and time, and what is screened out."""
    ranking, options = study.ranking, case.options
    places = rank_labels(ranking)
    out = ranking.table[ranking.table["screened"]]
    reasons = [f"Screened out: {options.at[option, 'short']}. {row['reason']}" for option, row in out.iterrows()]
    # The first sentence of a reason stands on the slide, all of it in the notes.
    brief = text(*(" ".join(SENTENCE_END.split(reason)[:2]) for reason in reasons[:3]))
    count = len(ranking.table)
    title = f"{count} options were compared"
    title += ", the status quo among them" if case.about.status_quo in options.index else ""
    if len(out):
        verb = "is" if len(out) == 1 else "are"
        title += f"; {joined(out['name'].head(3))} {verb} screened out and not ranked"
    shown = listed(ranking.table.index, chosen)
    columns = {"effort": "Effort of 10", "time_to_effect": "Effect, months"}
    known = [column for column in columns if options[column].notna().any()]
    rows = tuple(
        (
            places[option],
            options.at[option, "short"],
            options.at[option, "name"],
            *(numeral(options.at[option, column]) for column in known),
        )
        for option in shown
    )
    table = Table(
        ("Rank", "Option", "What it is", *(columns[column] for column in known)),
        rows,
        (0.8, 2.4, 6.0, *(1.1 for _ in known)),
        "The options with their rank, effort and time to effect.",
        right=(3, 4),
        lines=(1, 1, 2, *(1 for _ in known)),
    )
    rest = ""
    if count > GLANCE or len(shown) < count:
        table, rest = deck.fit(table, count, foot=brief.full())
    told = notes(
        reasons,
        "Effort and time to effect are judgements beside the ranking; they are no criteria. "
        "How each option is meant to work:",
        described(case, shown[: len(table.rows)]),
    )
    deck.page(title + ".", told, [table], below=[text(*brief.paragraphs, rest)])


def judged_how(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """The value tree with its weights."""
    weights, name = study.ranking.weights.values, case.criteria["name"]
    shares = {root: sum(weights[leaf] for leaf in case.leaves if case.root_of(leaf) == root) for root in case.roots}
    rows: list[tuple[str, ...]] = []
    asked = []
    for root in case.roots:
        leaves = [leaf for leaf in case.leaves if case.root_of(leaf) == root]
        beneath = "; ".join(f"{name[leaf]} {100 * weights[leaf]:.1f}{PER_CENT}" for leaf in leaves if leaf != root)
        asked.append(case.criteria.at[root, "question"])
        rows.append((name[root], f"{100 * shares[root]:.1f} %", beneath or "not divided"))
    header, columns = ["Criterion", "Weight", "Made up of"], [2.2, 1.0, 5.0]
    if any(asked) and not deck.narrow:  # on a narrow slide the questions are left to the speaker
        header.insert(1, "What was asked")
        columns.insert(1, 3.8)
        rows = [(row[0], question, *row[1:]) for row, question in zip(rows, asked, strict=True)]
    table = Table(
        tuple(header),
        tuple(rows),
        tuple(columns),
        "The value tree: criteria, their weights and what they are made up of.",
        right=(len(header) - 2,),
        lines=(3, *(0 for _ in header[1:])),
    )
    count = len(case.leaves)
    scored = (
        f"Every option is scored on {count} scale{'s' if count > 1 else ''} from 0, the worst considered, to 100, the "
        "best. A weight compares the step from worst to best on each."
    )
    weighing = study.ranking.weights.name
    profile = [weighing] if weighing in case.profiles else list(case.profiles[:1])
    deck.page(
        wording.heaviest(study.ranking, case),
        notes(
            [f"{name[root]}: {question}" for root, question in zip(case.roots, asked, strict=True) if question],
            "Why the criteria weigh as they do:",
            weighed(case, case.roots, profile),
        ),
        [table],
        below=[text("Scores and weights are illustrative judgements.", extra=(scored,))],
    )


def ranked(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """Scores as bars with their ranges, and how often each option ranks first."""
    ranking = study.ranking
    drawn_as = wording.drawn_as(case, ranking.weights) if study.acceptability else ""
    note = text(
        "Scores are illustrative judgements."
        + (f" Line: 90 % of the draws; ranks first: share of the draws, of {drawn_as}." if drawn_as else "")
    )
    room = deck.area.tall - note.height(deck.area.width, deck.look) - 40
    shown = listed(ranking.ranked.index, chosen)[: room_for_bars(room, CHARTED)]
    if not shown:
        return
    places = rank_labels(ranking)
    readable = ranking_table(ranking, study.acceptability).reindex(
        columns=["Score", INTERVAL, "Ranks first"], fill_value=""
    )
    interval = study.acceptability.interval.loc[shown] if study.acceptability else None
    # On a narrow slide the chart alone names the options.
    columns = {
        "Rank": (0.8, places),
        "Option": (2.3, case.options["short"]),
        "Score": (0.9, readable["Score"]),
        INTERVAL: (1.0, readable[INTERVAL]),
        "Ranks first": (1.2, readable["Ranks first"]),
    }
    if deck.narrow:
        del columns["Option"]
    numbers = Table(
        tuple(columns),
        tuple(tuple(column[option] for _, column in columns.values()) for option in shown),
        tuple(share for share, _ in columns.values()),
        "Rank, score, interval and share of first ranks of each option.",
        right=range(len(columns) - 3, len(columns)),
        lines=(1,) * len(columns),
        strong=[k for k, option in enumerate(shown) if option in ranking.leaders],
    ).filled()
    shares = (0.5, 0.5) if "Option" in columns else (0.58, 0.42)
    numbers, rest = deck.fit(numbers, len(ranking.ranked), foot=note.full(), share=shares[1], columns=2)
    shown = shown[: len(numbers.rows)]
    colours, table = palette.option_colours(case), ranking.table.loc[shown]
    lines = "" if interval is None else ", with the interval of the draws"
    bars = Bars(
        labels=tuple(f"{places[option]}  {case.options.at[option, 'short']}" for option in shown),
        series=(("Score", tuple(table["score"])),),
        colours=tuple(colours[option] for option in shown),
        alt=f"Bars of scores from 0 to 100{lines}. {study.answer}",
        ranges=() if interval is None else tuple(map(tuple, interval.loc[shown].to_numpy().tolist())),
    )
    deck.page(
        wording.spread(ranking, case),
        notes("What gives the first three most of their score:", judged(case, heaviest_parts(ranking, shown[:3]))),
        [bars],
        [numbers],
        shares=shares,
        below=[text(*note.paragraphs, rest)],
    )


def drivers(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """What each criterion adds to each option's score."""
    ranking = study.ranking
    note = text(
        "Value points per criterion; a bar's length is the option's score. A risk avoided counts as value gained.",
        extra=("Scores and weights are illustrative judgements.",),
    )
    room = deck.area.tall - note.height(deck.area.width, deck.look) - 40
    shown = listed(ranking.ranked.index, chosen)[: room_for_bars(room, CHARTED)]
    if not shown:
        return
    parts = by_root(ranking.contributions.loc[shown], case)
    colours = palette.criterion_colours(case)
    heavy = parts.sum().nlargest(STACKED if len(case.roots) <= STACKED else STACKED - 1).index
    series = [(wording.gained(case, root), tuple(parts[root])) for root in case.roots if root in heavy]
    fills = [colours[root] for root in case.roots if root in heavy]
    others = [root for root in case.roots if root not in heavy]
    if others:
        series.append((f"The other {len(others)}", tuple(parts[others].sum(axis=1))))
        fills.append(palette.SCREENED)
    labels = tuple(case.options.at[option, "short"] for option in shown)
    alt = "Stacked bars: value points each criterion contributes to each option's score."
    gain = ranking.contributions.loc[shown[0]] - ranking.contributions.loc[shown[-1]]
    deck.page(
        wording.strongest(ranking, case) or "What each criterion contributes.",
        notes(
            f"Where {labels[0]} and {labels[-1]} differ most:",
            judged(case, [(option, leaf) for leaf in gain.abs().nlargest(3).index for option in (shown[0], shown[-1])]),
        ),
        [Bars(labels, tuple(series), tuple(fills), alt)],
        below=[note],
    )


def strengths(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """Where the first three gain and lose points against the average option, and their main risks."""
    ranking, name = study.ranking, case.criteria["name"]
    if len(ranking.ranked) < 2:
        return
    top = [option for option in ranking.ranked.index if chosen is None or option in chosen][:3]
    parts = ranking.contributions.loc[ranking.ranked.index]
    gain = parts.loc[top] - parts.mean()
    most = 2 if deck.narrow else 3
    rows: list[tuple[str, ...]] = []
    pairs = []
    for option in top:
        best, worst = gain.loc[option].nlargest(most), gain.loc[option].nsmallest(most)
        ups, downs = best[best > 0.05], worst[worst < -0.05]
        pairs += [(option, leaf) for leaf in (*ups.index[:1], *downs.index[:1])]
        rows.append(
            (
                case.options.at[option, "short"],
                "\n".join(f"+{gained:.1f} {name[leaf]}" for leaf, gained in ups.items()) or "none",
                "\n".join(f"\N{MINUS SIGN}{-lost:.1f} {name[leaf]}" for leaf, lost in downs.items()) or "none",
                case.options.at[option, "risk"],
                case.options.at[option, "mitigation"],
            )
        )
    header = ["Option", "Strongest on", "Weakest on", "Main risk", "What would lessen it"]
    shares: tuple[float, ...] = (1.7, 2.7, 2.7, 2.6, 2.6)
    remedies = [f"{row[0]}. Remedy: {row[4]}" for row in rows if row[4]]
    # Where there is little room the remedies are left to the speaker.
    kept = 3 if not any(row[3] for row in rows) else 5 if remedies and deck.area.tall > 300 else 4
    header, shares, rows = header[:kept], shares[:kept], [row[:kept] for row in rows]
    first = gain.loc[top[0]]
    short = case.options["short"]
    ahead = f"{short[top[0]]} stands out most on {name[first.idxmax()]}"
    behind = f" and falls behind most on {name[first.idxmin()]}" if first.min() < -0.05 else ""
    table = Table(
        tuple(header),
        tuple(rows),
        shares,
        "Strengths and weaknesses of the first three options.",
        lines=(2, 0, 0, 0, 0)[: len(header)],
    )
    note = text(extra=("Value points more or less than the average ranked option, weights included; judged scores.",))
    deck.page(
        f"{ahead}{behind}." if first.max() > 0.05 else f"{short[top[0]]} differs little from the average option.",
        notes(
            "The judgements behind the greatest strength and weakness of each:",
            judged(case, pairs),
            "What would lessen the main risks:" if remedies else "",
            remedies,
        ),
        [table],
        below=[note],
    )


def risks(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    """The assumptions that carry the answer and may fail, with what to watch and what to hold ready.

    The risks of the options themselves stand beside their strengths.
    """
    table = case.assumptions
    if table.empty:
        return
    critical = table[(table["load_bearing"] == "yes") & (table["vulnerable"] == "yes")]
    shown = critical if len(critical) else table
    block = Table(
        ("Assumption", "Sign that it fails", "What lessens the harm"),
        tuple((row["statement"], row["signpost"], row["hedge"]) for _, row in shown.iterrows()),
        (4.6, 3.9, 3.6),
        "Assumptions that carry the answer, the sign that each fails, and what lessens the harm.",
    )
    count = len(critical)
    verb = "s are" if count != 1 else " is"
    title = (
        f"{count} assumption{verb} both load-bearing and vulnerable: the answer has to be looked at again if one fails."
        if count
        else f"The answer rests on {len(table)} assumption{'s'[: len(table) != 1]}; none is both load-bearing and "
        "vulnerable."
    )
    told = notes(
        "Evidence each assumption rests on, and what could be done to keep it true:",
        [f"{row['statement']} {row['shaping']}{cited(row['evidence'])}" for _, row in shown.iterrows()],
    )
    deck.page(title, told, [block])


def case_date(case: Case, *, short: bool = False) -> str:
    """The day of the latest judgement in a sentence, or blank."""
    if not case.last_judged:
        return ""
    day = dt.date.fromisoformat(case.last_judged)
    return f"To {day.day} {day:%b %Y}." if short else f"Judgements to {day.day} {day:%B %Y}."
