"""Exhibits on the answer: the options, how they were judged, their ranking and what drives it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ..case import Case
from ..text import joined, titled
from . import palette, wording
from .exhibit import (
    PER_CENT,
    Bars,
    Column,
    Content,
    Exhibit,
    Room,
    Table,
    Text,
    heaviest_parts,
    how_meant,
    not_shown,
    notes,
    number_column,
    numeral,
    to_show,
    why_scored,
    why_weighed,
)
from .result_tables import INTERVAL_HEADING, by_root, rank_labels, ranking_table

if TYPE_CHECKING:
    from ..analysis import Study

STACKED = 8
"""Segments a bar can hold; smaller ones are added up."""
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")
GLANCE = 14
"""Options that are all shown at a glance, on two slides if need be."""


def the_answer(study: Study, case: Case, room: Room) -> Exhibit:
    """The answer, what to know beside it, and who leads under each set of weights."""
    ranking, tests = study.ranking, study.fragility
    beside = Text(
        [
            f"Question: {case.about.question}" if case.about.question else "",
            "" if tests is None else wording.how_sure(tests, ranking, case),
            "" if tests is None else wording.leads_more_often(tests, ranking, case),
            wording.refused(ranking, case),
            wording.profiles_agree(study.by_profile, case),
        ],
        extra=[wording.overlap(ranking, study.acceptability), wording.near_ties(study.by_profile)],
    )
    columns: list[list[Content]] = [[beside]]
    if study.by_profile:
        own = {} if ranking.weights.name in study.by_profile else {"": ranking}
        rankings = own | dict(study.by_profile)
        leaders = [joined(case.options["short"][list(each.leaders)]) for each in rankings.values()]
        leads = [wording.lead(each) for each in rankings.values()]
        table = Table(
            [
                Column("Weights", 1.5, [titled(profile) or "These weights" for profile in rankings], lines=1),
                Column("Who leads", 2.6, leaders, lines=2),
                number_column("Ahead by", 1.1, ["" if gap is None else f"{gap:.1f}" for gap in leads]),
            ],
            "Who leads under each profile of weights, and by how many points.",
        )
        columns.append([table])
    heaviest = heaviest_parts(ranking, ranking.leaders[:2], 3)
    return Exhibit(
        study.answer,
        notes("What gives the leader most of its score:", why_scored(case, heaviest)),
        columns,
        shares=(6.3, 5.4)[: len(columns)],
        below=[Text([case.about.disclaimer or wording.ILLUSTRATIVE])],
    )


def at_a_glance(study: Study, case: Case, room: Room) -> Exhibit:
    """Every option in a line, with effort and time, and what is screened out."""
    ranking, options = study.ranking, case.options
    out = ranking.table[ranking.table["screened"]]
    reasons = [f"Screened out: {options.at[option, 'short']}. {row['reason']}" for option, row in out.iterrows()]
    # The first sentence of a reason stands on the slide, all of it in the notes.
    brief = Text([" ".join(SENTENCE_END.split(reason)[:2]) for reason in reasons[:3]])
    count = len(ranking.table)
    title = f"{count} options were compared"
    title += ", the status quo among them" if case.about.status_quo in options.index else ""
    if len(out):
        verb = "is" if len(out) == 1 else "are"
        title += f"; {joined(out['name'].head(3))} {verb} screened out and not ranked"
    shown = to_show(ranking.table.index, room)
    judgements = {"effort": "Effort of 10", "time_to_effect": "Effect, months"}
    table = Table(
        [
            Column("Rank", 0.8, rank_labels(ranking)[shown], lines=1),
            Column("Option", 2.4, options["short"][shown], lines=1),
            Column("What it is", 6.0, options["name"][shown], lines=2),
            *(
                number_column(heading, 1.1, options[name][shown].map(numeral))
                for name, heading in judgements.items()
                if options[name].notna().any()
            ),
        ],
        "The options with their rank, effort and time to effect.",
    )
    rest = 0
    if count > GLANCE or len(shown) < count:
        table = room.fit(table, count, foot=[brief])
        rest = count - len(table.rows)
    remarks = notes(
        reasons,
        "Effort and time to effect are judgements beside the ranking; they are no criteria. "
        "How each option is meant to work:",
        how_meant(case, shown[: len(table.rows)]),
    )
    return Exhibit(title + ".", remarks, [[table]], below=[Text([*brief.paragraphs, not_shown(rest)])])


def value_tree(study: Study, case: Case, room: Room) -> Exhibit:
    """The value tree with its weights."""
    weights, name = study.ranking.weights.values, case.criteria["name"]
    leaves = {root: [leaf for leaf in case.leaves if case.root_of(leaf) == root] for root in case.roots}
    shares = [f"{100 * sum(weights[leaf] for leaf in beneath):.1f} %" for beneath in leaves.values()]
    parts = [
        "; ".join(f"{name[leaf]} {100 * weights[leaf]:.1f}{PER_CENT}" for leaf in beneath if leaf != root)
        for root, beneath in leaves.items()
    ]
    roots = list(case.roots)
    questions = case.criteria["question"][roots]
    columns = [
        Column("Criterion", 2.2, name[roots], lines=3),
        Column("What was asked", 3.8, questions),
        Column("Weight", 1.0, shares, right=True),
        Column("Made up of", 5.0, [each or "not divided" for each in parts]),
    ]
    if room.narrow or not any(questions):  # on a narrow slide the questions are left to the speaker
        del columns[1]
    count = len(case.leaves)
    scored = (
        f"Every option is scored on {count} scale{'s' if count > 1 else ''} from 0, the worst considered, to 100, the "
        "best. A weight compares the step from worst to best on each."
    )
    weighing = study.ranking.weights.name
    profile = [weighing] if weighing in case.profiles else list(case.profiles[:1])
    return Exhibit(
        wording.heaviest(study.ranking, case),
        notes(
            [f"{name[root]}: {question}" for root, question in questions.items() if question],
            "Why the criteria weigh as they do:",
            why_weighed(case, case.roots, profile),
        ),
        [[Table(columns, "The value tree: criteria, their weights and what they are made up of.")]],
        below=[Text(["Scores and weights are illustrative judgements."], extra=[scored])],
    )


def scores_and_shares(study: Study, case: Case, room: Room) -> Exhibit | None:
    """Scores as bars with their ranges, and how often each option ranks first."""
    ranking, acceptability, short = study.ranking, study.acceptability, case.options["short"]
    drawn_as = wording.drawn_as(case, ranking.weights) if acceptability else ""
    lines = f" Line: 90 % of the draws; ranks first: share of the draws, of {drawn_as}." if drawn_as else ""
    note = Text(["Scores are illustrative judgements." + lines])
    shown = to_show(ranking.ranked.index, room)[: room.bars(note)]
    if not shown:
        return None
    readable = ranking_table(ranking, acceptability).loc[shown]
    # On a narrow slide the chart alone names the options.
    columns = [
        Column("Rank", 0.8, readable["Rank"], lines=1),
        *([] if room.narrow else [Column("Option", 2.3, short[shown], lines=1)]),
        *(
            number_column(name, share, readable[name])
            for name, share in {"Score": 0.9, INTERVAL_HEADING: 1.0, "Ranks first": 1.2}.items()
            if name in readable
        ),
    ]
    numbers = Table(
        columns,
        "Rank, score, interval and share of first ranks of each option.",
        strong=[k for k, option in enumerate(shown) if option in ranking.leaders],
    )
    shares = (0.58, 0.42) if room.narrow else (0.5, 0.5)
    numbers = room.fit(numbers, len(ranking.ranked), foot=[note], share=shares[1])
    rest = len(ranking.ranked) - len(numbers.rows)
    shown = shown[: len(numbers.rows)]
    colours = palette.option_colours(case)
    intervals = acceptability.interval.loc[shown].to_numpy().tolist() if acceptability else []
    bars = Bars(
        labels=tuple(f"{readable['Rank'][option]}  {short[option]}" for option in shown),
        series=(("Score", tuple(ranking.table["score"][shown])),),
        colours=tuple(colours[option] for option in shown),
        alt=f"Bars of scores from 0 to 100{', with the interval of the draws' if intervals else ''}. {study.answer}",
        ranges=tuple(map(tuple, intervals)),
    )
    return Exhibit(
        wording.spread(ranking, case),
        notes("What gives the first three most of their score:", why_scored(case, heaviest_parts(ranking, shown[:3]))),
        [[bars], [numbers]],
        shares=shares,
        below=[Text([*note.paragraphs, not_shown(rest)])],
    )


def drivers(study: Study, case: Case, room: Room) -> Exhibit | None:
    """What each criterion adds to each option's score."""
    ranking = study.ranking
    note = Text(
        ["Value points per criterion; a bar's length is the option's score. A risk avoided counts as value gained."],
        extra=["Scores and weights are illustrative judgements."],
    )
    shown = to_show(ranking.ranked.index, room)[: room.bars(note)]
    if not shown:
        return None
    parts = by_root(ranking.contributions.loc[shown], case)
    colours = palette.criterion_colours(case)
    heavy = parts.sum().nlargest(STACKED if len(case.roots) <= STACKED else STACKED - 1).index
    series = [(wording.gained(case, root), tuple(parts[root])) for root in case.roots if root in heavy]
    fills = [colours[root] for root in case.roots if root in heavy]
    others = [root for root in case.roots if root not in heavy]
    if others:
        series.append((f"The other {len(others)}", tuple(parts[others].sum(axis=1))))
        fills.append(palette.SCREENED)
    labels = tuple(case.options["short"][shown])
    gain = ranking.contributions.loc[shown[0]] - ranking.contributions.loc[shown[-1]]
    apart = [(option, leaf) for leaf in gain.abs().nlargest(3).index for option in (shown[0], shown[-1])]
    alt = "Stacked bars: value points each criterion contributes to each option's score."
    return Exhibit(
        wording.strongest(ranking, case) or "What each criterion contributes.",
        notes(f"Where {labels[0]} and {labels[-1]} differ most:", why_scored(case, apart)),
        [[Bars(labels, tuple(series), tuple(fills), alt)]],
        below=[note],
    )


def strengths(study: Study, case: Case, room: Room) -> Exhibit | None:
    """Where the first three gain and lose points against the average option, and their main risks."""
    ranking, name, short = study.ranking, case.criteria["name"], case.options["short"]
    if len(ranking.ranked) < 2:
        return None
    top = to_show(ranking.ranked.index, room)[:3]
    parts = ranking.contributions.loc[ranking.ranked.index]
    gain = parts.loc[top] - parts.mean()
    most = 2 if room.narrow else 3
    strong, weak, pairs = [], [], []
    for option in top:
        best, worst = gain.loc[option].nlargest(most), gain.loc[option].nsmallest(most)
        ups, downs = best[best > 0.05], worst[worst < -0.05]
        pairs += [(option, leaf) for leaf in (*ups.index[:1], *downs.index[:1])]
        strong.append("\n".join(f"+{points:.1f} {name[leaf]}" for leaf, points in ups.items()) or "none")
        weak.append("\n".join(f"\N{MINUS SIGN}{-points:.1f} {name[leaf]}" for leaf, points in downs.items()) or "none")
    risks, remedies = case.options["risk"][top], case.options["mitigation"][top]
    columns = [
        Column("Option", 1.7, short[top], lines=2),
        Column("Strongest on", 2.7, strong),
        Column("Weakest on", 2.7, weak),
        Column("Main risk", 2.6, risks),
        Column("What would lessen it", 2.6, remedies),
    ]
    # Where there is little room the remedies are left to the speaker.
    kept = 3 if not any(risks) else 5 if any(remedies) and not room.low else 4
    first = gain.loc[top[0]]
    ahead = f"{short[top[0]]} stands out most on {name[first.idxmax()]}"
    behind = f" and falls behind most on {name[first.idxmin()]}" if first.min() < -0.05 else ""
    note = "Value points more or less than the average ranked option, weights included; judged scores."
    return Exhibit(
        f"{ahead}{behind}." if first.max() > 0.05 else f"{short[top[0]]} differs little from the average option.",
        notes(
            "The judgements behind the greatest strength and weakness of each:",
            why_scored(case, pairs),
            "What would lessen the main risks:" if any(remedies) else "",
            [f"{short[option]}. Remedy: {remedy}" for option, remedy in remedies.items() if remedy],
        ),
        [[Table(columns[:kept], "Strengths and weaknesses of the first three options.")]],
        below=[Text((), extra=[note])],
    )


def whole_ranking(study: Study, case: Case, room: Room) -> Exhibit:
    """Every option with its score, range and share of first ranks."""
    readable = ranking_table(study.ranking, study.acceptability).drop(columns="Screened out because")
    shares = {"Rank": 0.9, "Option": 7.6, "Score": 1.1, "Ranks first": 1.3}
    columns = [
        Column(
            name, shares.get(name, 1.2), readable[name], 2 if name == "Option" else 1, name not in ("Rank", "Option")
        )
        for name in readable.columns
    ]
    remarks = "Scores are illustrative judgements."
    if study.acceptability is not None:
        remarks += " Interval: the scores that 90 % of the draws lie between."
    count = len(readable)
    every = f"All {count}" if count > 2 else "Both" if count == 2 else "The only"
    table = Table(columns, "All options with their ranks and scores.")
    return Exhibit(f"{every} option{'s' if count > 1 else ''}, ranked by score.", remarks, [[table]])
