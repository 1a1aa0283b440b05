"""How far the ranking can be trusted: the tests of the verdict, what would change the leader, what to find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..errors import shown
from ..form import Chart, Column, Exhibit, Table, Tone, rest_of, titled_as, why_scored
from ..text import YARDSTICKS, joined, likelihood, percent, points, titled
from ..uncertainty import FLIP, FUTURES, LEAD
from .words import counted, not_varied, of_100, passed, short, trials, verb, weight_of, what_was_drawn

if TYPE_CHECKING:
    from ..analysis import Fragility, Study

TEST_NAMES = {
    "share": ("Trials led", f"{100 * LEAD:g}"),
    "runner-up": ("Runner-up leads", "fewer"),
    "weights": ("Weight to move", f"{50 * FLIP:g}"),
    "futures": ("Futures led", f"{100 * FUTURES:g} %"),
    "methods": ("Method families", "over half"),
    "profiles": ("Other weights", "all"),
    "draws": ("Other draws", "all"),
}
"""The tests of the verdict as a table names them, and what each needs."""
NO_RANGE = "No ranges were judged: how sure the order is cannot be told"
TOP_CRITERIA = 8
"""Criteria whose weights a chart shows."""
MOST_DECIDING = 15
"""Scores that could change the leader alone: so many are named."""
GOOD = ("A", "B")
"""Reliability of a source that can be leaned on."""
WELL_BACKED, ILL_BACKED = 0.75, 0.50
"""Shares of scores that rest on a good source, from which confidence is high, and below which it is low."""
CONFIDENCE_RULE = (
    f"Confidence is high when the answer is robust and at least {WELL_BACKED:.0%} of scores cite a source "
    f"graded A or B, low when it is inconclusive or fewer than {ILL_BACKED:.0%} do, and moderate otherwise."
).replace("%", " %")


def sureness(study: Study, case: Case) -> Exhibit | None:
    """How often the leader leads, the tests of the verdict, and the same when drawn in other ways."""
    tests, ranking = study.fragility, study.ranking
    if tests is None:
        return None
    good, made = passed(tests.verdict)
    table = _tests_table(study, case)
    missing = len(tests.verdict.tests) - made
    ending = f"{good} of {made} tests passed{f', {missing} not made' if missing else ''}"
    notes = [f"Verdict: {tests.verdict.word}. {tests.verdict.rule}", *tests.verdict.gaps]
    rated = f"Confidence in the analysis: {confidence(study)}."
    if tests.acceptability is None:
        return Exhibit(NO_RANGE, f"{ending.capitalize()}. {rated}", [table], CONFIDENCE_RULE, notes, badge(tests))
    lead = tests.flip.leader
    share = float(tests.acceptability.rank_acceptability.at[lead, 1])
    name, often = case.options.at[lead, "short"], trials(share)
    stress = tests.stress
    ways = Chart(
        "bars",
        [each[:1].upper() + each[1:] for each in stress.index],
        "Drawn in other ways",
        (0.0, 1.0),
        "How often the leader ranks first when errors, ranges or weights are drawn in other ways.",
        at=list(stress["leader_share"]),
        columns=[Column("First", list(stress["leader_share"]), "share", 0.6)],
        tones=["accent", *("grey" if ahead else "warn" for ahead in stress["leads_most_often"][1:])],
        kind="share",
    )
    return Exhibit(
        titled_as(f"{name} ranks first in {often}; {ending}", f"The leader ranks first in {often}; {ending}", ending),
        " ".join(filter(None, (_likelihood(tests, share, case), rated, more_often(study, case)))),
        [(table, ways)] if len(stress) > 1 else [table],
        footnote=f"{tests.acceptability.draws:,} trials vary {what_was_drawn(case, ranking.weights)}. "
        + not_varied(ranking.weights, case),
        notes=[
            *notes,
            CONFIDENCE_RULE,
            *_yardstick_notes(case),
            "The scores least sure of those that lead:",
            *why_scored(case, widest(case, _leading(tests)[:2])),
        ],
        badge=badge(tests),
    )


def badge(tests: Fragility) -> tuple[str, Tone]:
    """The verdict, and its tone: by itself its word could be taken for a marking."""
    return f"Verdict: {tests.verdict.word}", "accent" if tests.verdict.word == "robust" else "warn"


def _tests_table(study: Study, case: Case) -> Table:
    """Each test of the verdict: what was seen, what is needed, and whether it was passed."""
    tests = study.fragility
    assert tests is not None
    shares = None if tests.acceptability is None else tests.acceptability.rank_acceptability[1]
    lead, families = tests.flip.leader, None if tests.methods is None else tests.methods.leads_in
    apart = {study.ranking.weights.name, *case.own_profiles}
    others = [other for name, other in study.by_profile.items() if name not in apart]
    agree = sum(other.leaders == study.ranking.leaders for other in others)
    ways = tests.stress["leads_most_often"].iloc[1:]
    moved = tests.flip.distance * 50
    seen = {
        "share": "" if shares is None else of_100(float(shares[lead])),
        "runner-up": "" if shares is None else of_100(float(shares.drop(lead).max())),
        "weights": "nothing changes it" if moved == float("inf") else f"{moved:.1f} points",
        "futures": _of(tests.futures),
        "methods": _of(families),
        "profiles": _of((agree, len(others)) if others else None),
        "draws": _of((int(ways.sum()), len(ways)) if len(ways) else None),
    }
    words: dict[bool | None, str] = {True: "passed", False: "failed", None: "not tested"}
    results = [tests.verdict.tests[code].passed for code in TEST_NAMES]
    return Table(
        [
            Column("Test", [name for name, _ in TEST_NAMES.values()], share=2.4),
            Column(
                "Seen",
                ["" if result is None else seen[code] for code, result in zip(TEST_NAMES, results, strict=True)],
                share=1.9,
            ),
            Column("Needed", [needed for _, needed in TEST_NAMES.values()], share=1.2),
            Column("Result", [words[result] for result in results], share=1.1),
        ],
        "The tests of the verdict, and which were passed.",
        tones=["plain" if result else "warn" if result is False else "grey" for result in results],
    )


def _of(counts: tuple[int, int] | None) -> str:
    return "" if counts is None or not counts[1] else f"{counts[0]} of {counts[1]}"


def _likelihood(tests: Fragility, share: float, case: Case) -> str:
    """The yardstick's word for a share, where it has one, and what it is conditional on."""
    assert tests.acceptability is not None
    lead = tests.flip.leader
    error = float(tests.acceptability.standard_error["rank_acceptability"].at[lead, 1])
    words = likelihood(share, case.about.yardstick, standard_error=error)
    return f"If these judgements hold, {words} by {YARDSTICKS[case.about.yardstick].name}." if words else ""


def _yardstick_notes(case: Case) -> list[str]:
    yardstick = YARDSTICKS[case.about.yardstick]
    terms = "; ".join(each.label for each in yardstick.terms)
    return [f"{yardstick.name}: {yardstick.source}, {yardstick.date}. {terms}. {yardstick.tie_rule}"]


def confidence(study: Study) -> str:
    """High, moderate or low confidence in the analysis, by `CONFIDENCE_RULE`."""
    case, tests = study.case, study.fragility
    grades = case.evidence["source"].map(case.sources["reliability"])
    good = set(grades.index[grades.isin(GOOD)])
    backed = float(case.scores["evidence"].map(lambda ids: not good.isdisjoint(ids)).mean())
    word = "inconclusive" if tests is None else tests.verdict.word
    if word == "robust" and backed >= WELL_BACKED:
        return "high"
    return "low" if word == "inconclusive" or backed < ILL_BACKED else "moderate"


def more_often(study: Study, case: Case) -> str:
    """Which option ranks first in more of the trials than the leader does, in a sentence; or blank."""
    if study.acceptability is None:
        return ""
    shares, ranking = study.acceptability.rank_acceptability[1], study.ranking
    often = str(shares.idxmax())
    if often in ranking.leaders or shares[often] <= shares[list(ranking.leaders)].max():
        return ""
    clause = f"ranks first more often, in {trials(float(shares[often]))}: the lead is not settled."
    return f"{case.options.at[often, 'short']} {clause}"


def changes(study: Study, case: Case) -> Exhibit | None:
    """How far each top weight can move by itself, and the smallest change of all that puts another option first."""
    tests = study.fragility
    if tests is None:
        return None
    known = tests.stability.dropna(subset=["low", "high"])
    tops = known.loc[[root for root in case.roots if root in known.index]]
    every = tops.loc[(tops["high"] - tops["low"]).sort_values(kind="stable").index]
    tops = every[:TOP_CRITERIA]
    title, subtitle = flip_words(tests, case)
    decide = tests.switches[tests.switches["within_range"].eq(True)].reset_index()
    single = (
        f"{counted(len(decide), 'single score', sentence=True)} could change the leader within the range judged."
        if len(decide)
        else f"No single score changes the leader within the range judged{_together(tests)}."
    )
    flip = tests.flip
    moved = [flip.changes.idxmin(), flip.changes.idxmax()] if flip.challenger else []
    rivals = [option for option in (flip.leader, flip.challenger) if option]
    chart = Chart(
        "spans",
        list(case.criteria["name"][tops.index]),
        "Share of all weight",
        (0.0, 1.0),
        "How far the weight of each criterion can move before another option leads.",
        at=list(tops["current"]),
        low=list(tops["low"]),
        high=list(tops["high"]),
        before=_rivals(tops["below"], case),
        after=_rivals(tops["above"], case),
        columns=[Column("Now", list(tops["current"]), "share")],
        kind="share",
    )
    return Exhibit(
        title,
        f"{subtitle} No smaller shift changes the leader."
        if tests.flip.challenger and tests.flip.distance
        else subtitle,
        [chart, rest_of(len(every) - len(tops), "criteria"), single]
        if len(tops) and len(case.leaves) > 1
        else [single],
        footnote="Bar: where the leader stays, one weight moving at a time. Mark: now. Name: who leads beyond.",
        notes=[
            "Behind the smallest change of weights:",
            *why_scored(case, [(each, leaf) for leaf in moved for each in rivals]),
            *(["Single scores that could put another option first:"] if len(decide) else []),
            *(
                f"{case.options.at[row['option'], 'short']} on {case.criteria.at[row['criterion'], 'name']}, judged "
                f"{shown(row['likely'])}: at {row['switch']:.3g}, {short(case, row['new_leader'].split(';'))}."
                for _, row in decide.head(MOST_DECIDING).iterrows()
            ),
            rest_of(max(0, len(decide) - MOST_DECIDING), "scores"),
        ],
    )


def _together(tests: Fragility) -> str:
    """What all scores, known at once, could do: a clause; blank where nothing has a range."""
    share = float(tests.together["probability"])
    if not (tests.information["spread"] > 0).any():
        return ""
    return f"; all of them together do in {trials(share)}" if share else ", nor do all of them together in any trial"


def _rivals(cells: pd.Series, case: Case) -> list[str]:
    """Ids of options, joined by ``;`` in each cell, by their short names."""
    ids = [
        [] if pd.isna(cell) else [each for each in str(cell).split(";") if each in case.options.index] for cell in cells
    ]
    return [short(case, options, 2) for options in ids]


def flip_words(tests: Fragility, case: Case) -> tuple[str, str]:
    """The smallest change of weights that changes the leader, as a title and a sentence."""
    flip, name = tests.flip, case.criteria["name"]
    if len(case.leaves) == 1:
        return "No change of weights changes the leader", "There is only one criterion."
    if not flip.challenger:
        return (
            "No change of weights changes the leader",
            f"{case.options.at[flip.leader, 'short']} scores at least as well throughout.",
        )
    challenger = case.options.at[flip.challenger, "short"]
    if flip.distance == 0:
        both = f"{challenger} and {case.options.at[flip.leader, 'short']}"
        return titled_as(
            f"{both} lead together", "Two options lead together"
        ), "The least change of weights parts them."
    moved = (
        f"{50 * flip.distance:.0f}"
        if flip.distance >= 0.03
        else f"{50 * flip.distance:.1f}".removesuffix(".0")
        if flip.distance >= 0.001
        else "under 0.1"
    )
    amount = f"{moved} point{'' if moved == '1' else 's'} in 100 of weight move{'s' if moved == '1' else ''}"
    title = titled_as(f"If {amount}, {challenger} takes the lead", f"Another option leads once {amount}")
    part = 2 * min(flip.changes.max(), -flip.changes.min()) / flip.changes.abs().sum()
    much = "" if part > 1 - 1e-6 else "Most of it goes " if part > 0.5 else "The largest part goes "
    path = f"{name[flip.changes.idxmin()]} to {name[flip.changes.idxmax()]}"
    return title, f"{f'{much}from' if much else 'From'} {path}."


def weights_in_force(study: Study, case: Case) -> Exhibit:
    """Every weight: what it is, and between what ends the leader stays when it moves by itself."""
    weights, tests = study.ranking.weights, study.fragility
    ids = [each for root in case.roots for each in case.criteria.index if case.root_of(each) == root]
    shares = [weight_of(study.ranking, case, each) for each in ids]
    named = [("" if each in case.roots else "   ") + case.criteria.at[each, "name"] for each in ids]
    columns = [Column("Criterion", named, share=3), Column("Weight", shares, "share")]
    if tests is not None:
        known = tests.stability.reindex(ids)
        columns += [
            Column("Leader stays from", list(known["low"]), "share"),
            Column("to", list(known["high"]), "share"),
            Column("Below, leads", _rivals(known["below"], case), share=2),
            Column("Above, leads", _rivals(known["above"], case), share=2),
        ]
    tones: list[Tone] = ["accent" if each in case.roots else "plain" for each in ids]
    top = {root: weight_of(study.ranking, case, root) for root in case.roots}
    most = max(top, key=lambda root: top[root])
    tied = [root for root in top if top[root] > top[most] - 1e-9]
    names = joined(case.criteria["name"][tied], 2)
    return Exhibit(
        titled_as(
            f"{names} {verb(len(tied), 'weigh')} most, {percent(top[most])}", f"The top weight is {percent(top[most])}"
        ),
        not_varied(weights, case),
        [Table(columns, "The weights, and how far each can move before another option leads.", tones=tones).filled()],
        footnote="A weight says what the step from worst to best on a scale is worth, beside the others.",
    )


def points_given(study: Study, case: Case) -> Exhibit | None:
    """Every profile's swing points with the reason for them; None without profiles."""
    if case.points.empty:
        return None
    rows = case.points.reset_index()
    table = Table(
        [
            Column("Whose", list(rows["profile"].map(titled)), share=1.2),
            Column("Criterion", list(case.criteria["name"][rows["criterion"]]), share=2.2),
            *(Column(end.capitalize(), list(rows[end]), "number", 0.7) for end in ("low", "likely", "high")),
            Column("Why", list(rows["rationale"]), share=5),
        ],
        "Swing points by profile, with reasons.",
    )
    title = f"{counted(len(case.profiles), 'set', sentence=True)} of weights, with the reasons for each"
    return Exhibit(
        title, "Points from 0 to 100 beside the biggest step among siblings: judgements, not statements.", [table]
    )


def widest(case: Case, options: list[str], each: int = 3) -> list[tuple[str, str]]:
    """The leaves on which each option's value is judged least sure; those without a range are not among them."""
    low, high = case.value_range
    spread = (high - low).loc[options]
    ranged = {option: row[row > 0] for option, row in spread.iterrows()}
    return [(option, leaf) for option in options for leaf in ranged[option].nlargest(each).index]


def _leading(tests: Fragility) -> list[str]:
    """The options that lead, the one that does so most often in front."""
    if tests.acceptability is None:
        return list(tests.information["option"].unique())
    return list(tests.acceptability.rank_acceptability[1].sort_values(ascending=False, kind="stable").index)


def to_find_out(study: Study, case: Case) -> Exhibit | None:
    """Which evidence, or where none is cited which score, is worth most to know; None where nothing is compared."""
    tests = study.fragility
    if tests is None:
        return None
    if not (tests.information["spread"] > 0).any():
        return Exhibit("No score was given a range", "What better evidence would be worth cannot be told.")
    share = float(tests.together["probability"])
    cited = bool(len(tests.evidence))
    noun, of, such = ("item", " of evidence", "all scores that cite an item") if cited else ("score", "", "a score")
    every_item = tests.evidence if cited else tests.information
    every_item = every_item[every_item["value"] >= 0.0005]
    worth = every_item.head(8)
    if cited:
        register = [Column("In the register", list(map(str, worth.index)), share=2)]
        unsettled = list(case.register["claim"].reindex(worth.index).fillna(""))
    else:
        register, places = [], zip(worth["option"], worth["criterion"], strict=True)
        unsettled = [
            f"{case.options.at[option, 'short']} on {case.criteria.at[leaf, 'name']}" for option, leaf in places
        ]
    many = len(every_item)
    title = (
        f"{counted(many, noun, sentence=True)}{of} could {'each ' if many > 1 else ''}change the choice"
        if many
        else f"More evidence on any one {noun} would not change the choice"
    )
    evidence = Table(
        [
            Column("What is to be settled", unsettled, share=5),
            Column("Worth, points", list(worth["value"]), "number"),
            Column("Choice changes", list(worth["probability"]), "share"),
            Column("Mostly to", _rivals(worth["switches_to"], case), share=2),
            *register,
        ],
        "What is unsure, by what settling it would be worth for the choice.",
    )
    pairs = widest(case, _leading(tests)[:2])
    scores = case.scores.loc[pairs]
    least_sure = Table(
        [
            Column("Least sure scores of", [case.options.at[option, "short"] for option, _ in pairs], share=2),
            Column("On", [case.criteria.at[leaf, "name"] for _, leaf in pairs], share=3),
            *(Column(end.capitalize(), list(scores[end]), "number") for end in ("low", "likely", "high")),
        ],
        "The judged scores with the widest ranges among the two options that lead most often.",
    )
    every = (
        f"All scores together could: in {trials(share)} another option wins."
        if share
        else "Nor would all scores together."
    )
    return Exhibit(
        title,
        f"{every} Knowing them all is worth {points(float(tests.together['value']), 2)}.",
        [evidence, rest_of(len(every_item) - len(worth), f"{noun}s"), least_sure] if len(worth) else [least_sure],
        footnote=f"Worth: what settling {such} would add to the choice, in points of 100.",
        notes=why_scored(case, pairs),
    )
