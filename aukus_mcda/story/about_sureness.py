"""How far the ranking can be trusted: the tests of the verdict, what would change the leader, what to find out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..text import YARDSTICKS, joined, percent, points, terms_around, titled
from .exhibit import Chart, Column, Exhibit, Table, Tone, titled_as, why_scored
from .words import counted, not_varied, passed, short, stakeholders, trials, verb, weight_of, what_was_drawn

if TYPE_CHECKING:
    from ..analysis import Fragility, Study

NO_RANGE = "No ranges were judged: how sure the order is cannot be told"
TOP_CRITERIA = 8
"""Criteria whose weights a chart shows."""
GOOD = ("A", "B")
"""Reliability of a source that can be leaned on."""
HIGH, LOW = 0.75, 0.50
"""Shares of scores that rest on a good source, from which confidence is high, and below which it is low."""
CONFIDENCE_RULE = (
    f"Confidence is high when the answer is robust and at least {HIGH:.0%} of scores cite a source graded A or B, "
    f"low when it is inconclusive or fewer than {LOW:.0%} do, and moderate otherwise."
).replace("%", " %")


def sureness(study: Study, case: Case) -> Exhibit | None:
    """How often the leader leads, the tests of the verdict, and the same when drawn in other ways."""
    tests, ranking = study.fragility, study.ranking
    if tests is None:
        return None
    good, made = passed(tests.verdict)
    table = _tests_table(study, case)
    ending = f"{good} of {made} tests passed"
    notes = [f"Verdict: {tests.verdict.word}. {tests.verdict.rule}", *tests.verdict.gaps]
    rated = f"Confidence in the analysis: {confidence(study)}."
    if tests.acceptability is None:
        return Exhibit(NO_RANGE, f"{ending.capitalize()}. {rated}", [table], CONFIDENCE_RULE, notes, _badge(tests))
    lead = tests.flip.leader
    share = float(tests.acceptability.rank_acceptability.at[lead, 1])
    name, often = case.options.at[lead, "short"], trials(share)
    stress = tests.stress
    ways = Table(
        [
            Column("Drawn", [each[:1].upper() + each[1:] for each in stress.index], share=2.2),
            Column("Leader first", list(stress["leader_share"]), "share"),
        ],
        "How often the leader ranks first when errors, ranges or weights are drawn in other ways.",
        tones=["accent", *("plain" if ahead else "warn" for ahead in stress["leads_most_often"][1:])],
    )
    return Exhibit(
        titled_as(f"{name} ranks first in {often}; {ending}", f"The leader ranks first in {often}; {ending}"),
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
        badge=_badge(tests),
    )


def _badge(tests: Fragility) -> tuple[str, Tone]:
    return tests.verdict.word.capitalize(), "accent" if tests.verdict.word == "robust" else "warn"


def _tests_table(study: Study, case: Case) -> Table:
    """Each test of the verdict: what was seen, what is needed, and whether it was passed."""
    tests = study.fragility
    assert tests is not None
    shares = None if tests.acceptability is None else tests.acceptability.rank_acceptability[1]
    lead, families = tests.flip.leader, None if tests.methods is None else tests.methods.leads_in
    others = stakeholders(study)
    agree = sum(study.by_profile[name].leaders == study.ranking.leaders for name in others)
    ways = tests.stress["leads_most_often"].iloc[1:]
    moved = tests.flip.distance * 50
    seen = [
        "" if shares is None else trials(float(shares[lead])),
        "" if shares is None else trials(float(shares.drop(lead).max())),
        "nothing changes it" if moved == float("inf") else f"{moved:.1f} points in 100",
        _of(study.futures.leads_in if study.futures is not None else None),
        _of(families),
        _of((agree, len(others)) if others else None),
        _of((int(ways.sum()), len(ways)) if len(ways) else None),
    ]
    names = (
        "Leader ranks first",
        "Runner-up ranks first",
        "Weight to move for another leader",
        "Futures it leads in",
        "Other families of methods",
        f"{case.about.stakeholder.capitalize()}s it leads under",
        "Other ways to draw",
    )
    words: dict[bool | None, str] = {True: "passed", False: "failed", None: "not tested"}
    results = [test.passed for test in tests.verdict.tests]
    return Table(
        [
            Column("Test", names, share=2.4),
            Column(
                "Seen", ["" if result is None else each for each, result in zip(seen, results, strict=True)], share=1.9
            ),
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
    terms = terms_around(share, case.about.yardstick, standard_error=error)
    words = joined(dict.fromkeys(each.words for each in terms if each is not None)).replace(" and ", " to ")
    if not words or share in (0, 1):
        return ""
    return f"If these judgements hold, {words} ({percent(share)}) by {YARDSTICKS[case.about.yardstick].name}."


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
    if word == "robust" and backed >= HIGH:
        return "high"
    return "low" if word == "inconclusive" or backed < LOW else "moderate"


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
    tops = tops.loc[(tops["high"] - tops["low"]).sort_values(kind="stable").index][:TOP_CRITERIA]
    title, subtitle = _flip_words(tests, case)
    within = int(tests.switches["within_range"].sum())
    single = (
        f"{counted(within, 'single score', sentence=True)} could change the leader within the range judged."
        if within
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
        subtitle,
        [chart, single] if len(tops) and len(case.leaves) > 1 else [single],
        footnote="Bar: where the leader stays, one weight moving at a time. Mark: now. Name: who leads beyond.",
        notes=[
            "Behind the smallest change of weights:",
            *why_scored(case, [(each, leaf) for leaf in moved for each in rivals]),
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


def _flip_words(tests: Fragility, case: Case) -> tuple[str, str]:
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
        else f"{50 * flip.distance:.1f}"
        if flip.distance >= 0.001
        else "under 0.1"
    )
    amount = f"{moved} point{'' if moved == '1' else 's'} in 100"
    title = titled_as(
        f"Move {amount} of weight, and {challenger} leads", f"Another option leads once {amount} of weight move"
    )
    part = 2 * min(flip.changes.max(), -flip.changes.min()) / flip.changes.abs().sum()
    much = "" if part > 1 - 1e-6 else "Most of it goes " if part > 0.5 else "The largest part goes "
    path = f"{name[flip.changes.idxmin()]} to {name[flip.changes.idxmax()]}"
    return title, f"{f'{much}from' if much else 'From'} {path}. No smaller shift changes the leader."


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
    """Which evidence would be worth the most for the choice; None where nothing is compared."""
    tests = study.fragility
    if tests is None:
        return None
    if not (tests.information["spread"] > 0).any():
        return Exhibit("No score was given a range", "What better evidence would be worth cannot be told.")
    share = float(tests.together["probability"])
    worth = tests.evidence[tests.evidence["value"] >= 0.0005].head(8)
    claims = case.register["claim"].reindex(worth.index).fillna("")
    titles = (
        "More evidence on any one item would not change the choice",
        "One item of evidence could change the choice",
    )
    evidence = Table(
        [
            Column("What is to be settled", list(claims), share=5),
            Column("Worth, points", list(worth["value"]), "number"),
            Column("Choice changes", list(worth["probability"]), "share"),
            Column("Mostly to", _rivals(worth["switches_to"], case), share=2),
            Column("In the register", list(map(str, worth.index)), share=2),
        ],
        "Items of evidence by what settling them would be worth for the choice.",
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
        titles[bool(len(worth))],
        f"{every} Knowing them all is worth {points(float(tests.together['value']), 2)}.",
        [evidence, least_sure] if len(worth) else [least_sure],
        footnote="Worth: what settling all scores that cite an item would add to the choice, in points of 100.",
        notes=why_scored(case, pairs),
    )
