# SPDX-License-Identifier: Apache-2.0
"""Exhibits show what the results are in few words, whatever the case; numbers in headlines are worked out again."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from thin_cases import ALIKE, NOT_RANGED, RANGED, TIED, crowd, small, thin

from aukus_mcda import Case, ExportError, rank, read_table, study
from aukus_mcda.analysis import Study
from aukus_mcda.case.tables import MAY_BE_ASSUMED
from aukus_mcda.story import EXHIBITS, MOST_LETTERS, Chart, Column, Exhibit, Table, exhibit, exhibits, who_leads
from aukus_mcda.story.about_sureness import confidence
from aukus_mcda.story.words import counted, passed, trials, verb, whose
from tools.lint_words import lint

NOT_A_WORD = re.compile(r"\b(?:nan|inf|NaT)\b|<NA>|\bNone\b(?! of|\.)")
CERTAIN = re.compile(r"\btrials?\b|\(\d+-\d+%\)", re.IGNORECASE)
"""What may not be told where nothing has a range."""
NAMES = ["Quito trade", "McRae load", "iPad reach", "It support", "There and back"]


def texts(shown: Exhibit) -> Iterator[str]:
    """All that a reader sees of an exhibit."""
    yield from (shown.title, shown.subtitle, shown.footnote, *shown.notes)
    for block in shown.flat:
        if isinstance(block, str):
            yield block
            continue
        yield block.alt
        if isinstance(block, Chart):
            yield from (*block.labels, block.axis, *block.before, *block.after)
        for column in block.columns:
            yield from (column.heading, *column.texts)


def told(result: Study, audience: str | None = None) -> dict[str, Exhibit]:
    return dict(exhibits(result, audience, EXHIBITS))


def made(result: Study, name: str) -> Exhibit:
    only = exhibit(result, name)
    assert only is not None
    return only


def check(result: Study, shown: dict[str, Exhibit]) -> None:
    """What holds of every exhibit of any case."""
    for name, each in shown.items():
        assert 0 < len(each.title) <= MOST_LETTERS or name == "cover", each.title
        assert not each.title.endswith("."), each.title
        assert [text for text in texts(each) if NOT_A_WORD.search(text)] == [], name
        for block in each.flat:
            if isinstance(block, str):
                continue
            count = len(block.labels) if isinstance(block, Chart) else len(block.rows)
            assert count, f"{name}: nothing to show"
            assert {len(column.cells) for column in block.columns} <= {count} and len(block.tones) in (0, count)
            if isinstance(block, Chart):
                sizes = {len(side) for side in (block.at, block.low, block.high, block.before, block.after)}
                assert sizes <= {0, count}, name
                numbers = [*block.at, *block.low, *block.high]
                assert (
                    block.ends[0] < block.ends[1] and block.ends[0] <= min(numbers) and max(numbers) <= block.ends[1]
                ), name
            assert block.alt


@pytest.fixture(scope="module")
def shipped(case: Case) -> Study:
    return study(case, draws=5_000)


def test_what_a_heading_says_of_the_order_of_its_rows_is_so(tested: Study) -> None:
    _, packages, *_ = made(tested, "good packages").flat
    assert packages.columns[0].heading == "Good packages, most points first"
    assert list(packages.columns[2].cells) == sorted(packages.columns[2].cells, reverse=True)


def test_weights_that_never_agree_agree_in_none_of_the_futures() -> None:
    criteria = pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10})
    case = Case.from_frames(
        criteria=criteria,
        scores=pd.DataFrame(
            [("a", "x", 9), ("a", "y", 1), ("b", "x", 1), ("b", "y", 9)], columns=["option", "criterion", "likely"]
        ),
        weights=pd.DataFrame(
            [("p", "x", 100), ("p", "y", 10), ("q", "x", 10), ("q", "y", 100)],
            columns=["profile", "criterion", "likely"],
        ),
        scenarios=pd.DataFrame([("calm", "a", "x", 0.5)], columns=["scenario", "option", "criterion", "shift"]),
    )
    title = made(study(case, "p", draws=100), "futures by weights").title
    assert title == "All weights have the same leader in none of two futures"


@pytest.mark.parametrize("audience", [None, "us", "uk"])
def test_every_exhibit_of_the_shipped_case_is_short_whole_and_clean(shipped: Study, audience: str | None) -> None:
    shown = told(shipped, audience)
    asked_for = ("own ", "panel", "since")  # exhibits on what was not set, asked or given here
    assert list(shown) == [name for name in EXHIBITS if not name.startswith(asked_for)]
    check(shipped, shown)
    yardstick = "phia" if audience == "uk" else "icd203"
    words = "\n\n".join(text for each in shown.values() for text in texts(each) if text)
    assert lint(words, yardstick) == []


def test_no_id_of_an_option_criterion_or_profile_is_shown(shipped: Study) -> None:
    ids = {*shipped.case.options.index, *shipped.case.criteria.index} - {
        "acceptability",
        "deterrence",
        "interoperability",
    }
    ids -= {"escalation", "experimentation", "incubator"}  # words too
    for name, each in told(shipped).items():
        if name != "provenance":
            seen = [text for text in texts(replace(each, notes=())) if ids & set(re.findall(r"[\w-]+", text))]
            assert seen == [], name


def test_the_story_of_the_shipped_case_is_drawn_not_written(shipped: Study) -> None:
    shown = dict(exhibits(shipped))
    drawn = [
        each
        for each in shown.values()
        if any(isinstance(b, Chart) or getattr(b, "look", "") == "heat" for b in each.flat)
    ]
    assert len(shown) == 10 and len(drawn) >= 7
    for name, each in shown.items():
        words = sum(
            len(block.split()) for block in (each.subtitle, each.footnote, *each.flat) if isinstance(block, str)
        )
        assert words <= 90, name


@pytest.mark.parametrize(
    ("ranged", "name"), [*((False, name) for name in NOT_RANGED), *((True, name) for name in RANGED)]
)
def test_a_thin_case_is_told_in_words_and_nothing_is_told_as_sure(ranged: bool, name: str) -> None:
    case = (RANGED if ranged else NOT_RANGED)[name]
    result = study(case, draws=400)
    shown = told(result)
    check(result, shown)
    if not ranged and result.fragility is not None:
        for where, each in shown.items():
            assert where == "packages" or not any(CERTAIN.search(text) for text in (each.title, each.subtitle)), where
        assert shown["sureness"].title.startswith("No range judged bears on the order")
        assert shown["recommendation"].badge[0] != "Verdict: robust"
    if result.packages is None:
        assert not {"packages", "good packages", "effort"} & set(shown)


@pytest.mark.parametrize("name", ["made-up criterion number", "M" * 90, "word " * 30, "\N{HEBREW LETTER ALEF}" * 40])
def test_a_crowd_of_long_names_leaves_titles_short(name: str) -> None:
    case = crowd(name)
    result = study(case, dict.fromkeys(case.leaves, 100), draws=200)
    check(result, told(result))


def test_names_stay_as_they_are_written() -> None:
    plain = thin({"ash": (7, 4, 4, 5, 6), "It plan": (4, 7, 3, 5, 5)}, points=(100, 60, 80, 20, 20), spread=1)
    case = replace(plain, criteria=plain.criteria.assign(name=NAMES))
    changed = [each.swapcase()[0] + each[1:] for each in NAMES]
    for where, each in told(study(case, draws=200)).items():
        assert [text for text in texts(each) if any(re.search(rf"\b{name}", text) for name in changed)] == [], where


def test_the_cards_are_the_results(shipped: Study, case: Case) -> None:
    shown = dict(exhibits(shipped))["recommendation"]
    cards = shown.flat[0]
    assert isinstance(cards, Table) and cards.look == "cards"
    numbers = dict(zip(["share", "capitals", "futures", "weight"], cards.columns[0].cells, strict=True))
    tests = shipped.fragility
    assert tests is not None and tests.acceptability is not None
    leader = shipped.ranking.table["score"].idxmax()
    share = float(tests.acceptability.rank_acceptability.at[leader, 1])
    assert numbers["share"] == f"{100 * share:.0f} of 100"
    firsts = [rank(case, name).table["score"].drop(list(case.screened.index)).idxmax() for name in case.profiles[1:]]
    assert numbers["capitals"] == f"{firsts.count(leader)} of {len(firsts)}"
    others = np.abs(tests.flip.weights - shipped.ranking.weights.values).sum() / 2
    assert numbers["weight"] == f"{100 * others:.0f} points"
    assert shown.badge == (f"Verdict: {tests.verdict.word}", "warn")


def test_dots_whiskers_and_shares_come_from_the_ranking_and_its_draws(shipped: Study) -> None:
    chart = dict(exhibits(shipped))["ranking"].flat[0]
    ranked, drawn = shipped.ranking.ranked, shipped.acceptability
    assert isinstance(chart, Chart) and drawn is not None
    assert list(chart.at) == list(ranked["score"])
    assert chart.axis == "Score (0 worst, 100 best)" and chart.ends[0] > 0, "the axis is drawn in part"
    assert list(chart.low) == list(drawn.interval.loc[ranked.index, "low"])
    assert list(chart.columns[1].cells) == list(drawn.rank_acceptability.loc[ranked.index, 1])
    assert [tone == "accent" for tone in chart.tones] == [option in shipped.ranking.leaders for option in ranked.index]


def test_gains_add_up_to_the_difference_in_score(shipped: Study, case: Case) -> None:
    table = dict(exhibits(shipped))["reasons"].flat[0]
    assert isinstance(table, Table)
    scores = shipped.ranking.ranked["score"]
    options = [option for option in scores.index if option != case.about.status_quo]
    gain = (scores[options] - scores[case.about.status_quo]).to_numpy()
    np.testing.assert_allclose(table.columns[-1].cells, gain, atol=1e-9)
    np.testing.assert_allclose(np.sum([column.cells for column in table.columns[1:-1]], axis=0), gain, atol=1e-9)


def test_a_flip_moves_the_weight_that_its_title_says(shipped: Study, case: Case) -> None:
    tests = shipped.fragility
    assert tests is not None
    title = dict(exhibits(shipped))["changes"].title
    moved = re.search(r"If (\d+) points in 100", title)
    assert moved and abs(int(moved[1]) - 50 * tests.flip.distance) <= 0.5
    after = case.values.drop(list(case.screened.index)) @ tests.flip.weights[list(case.leaves)]
    assert (
        abs(after[tests.flip.challenger] - after.max()) < 1e-6
        and case.options.at[tests.flip.challenger, "short"] in title
    )


def test_ties_and_options_alike_are_told_apart() -> None:
    tie, alike = (study(thin(scores), draws=100) for scores in (TIED, ALIKE))
    for result in (tie, alike):
        assert "lead together" in dict(exhibits(result))["recommendation"].title
    assert dict(exhibits(tie))["changes"].subtitle == "The least change of weights parts them."
    assert dict(exhibits(alike))["changes"].title == "No change of weights changes the leader"


def test_a_leader_that_crosses_a_red_line_is_not_recommended() -> None:
    lines = pd.DataFrame({"profile": ["mason"], "criterion": "q", "least_value": 45, "reason": "r"})
    case = thin(profiles=("baseline", "mason"), redlines=lines, points=(100, 20))
    shown = made(study(case, draws=100), "recommendation")
    assert shown.title == "Plan ash ranks first but crosses a red line"
    assert any("Plan ash crosses the authors' red line for Mason." in text for text in texts(shown))


def test_a_step_whose_time_was_not_judged_is_told_as_such() -> None:
    scores = {"ash": (2, 2), "elm": (9, 9), "fir": (5, 5)}
    case = thin(scores, columns={"time_to_effect": [6, None, None], "effort": 1}, spread=1)
    steps = made(study(case, draws=100), "recommendation").of(Table)[-1]
    assert steps.rows == [("Time to effect not judged", "Plan elm")]


def test_a_score_that_nobody_knows_is_not_told_as_a_judgement() -> None:
    result = study(RANGED["a score nobody knows"], draws=400)
    shown = told(result)
    every = ((name, row) for name in shown for table in shown[name].of(Table) for row in table.rows)
    rows = {name: row for name, row in every if "Aim q" in row and "Plan elm" not in row}
    assert rows["least certain"][2:5] == rows["to find out"][2:5] == ("0", "?", "10")
    assert rows["premortem"][2].startswith("Not known (anything from 0 to 10; 5 stands in)")
    (gains,), (values,) = (shown[name].of(Table) for name in ("reasons", "values"))
    assert dict(zip([each.heading for each in gains.columns], gains.rows[0], strict=True))["Aim q"].endswith(" ?")
    assert values.rows[0][-1] == "?" and shown["reasons"].footnote.endswith("?: rests on a score that is not known.")
    notes = [line for each in shown.values() for line in each.notes if "ash on Aim q" in line]
    assert notes and all("not known" in line and "judged" not in line for line in notes)
    assert "judged 7" not in (changes := "".join(shown["changes"].notes)) and "judged 8 (7 to 9)" in changes


def test_a_better_option_that_excludes_one_of_the_package_is_told(shipped: Study, case: Case) -> None:
    chosen = shipped.packages
    assert chosen is not None
    above = shipped.ranking.ranked["rank"] < shipped.ranking.ranked["rank"][list(chosen.best)].max()
    assert [each for each in above.index[above] if each not in chosen.best] == ["assurance_first"]
    assert set(case.options.at["assurance_first", "excludes"]) & set(chosen.best) == {"experimentation"}
    slide = told(shipped)["packages"]
    sentence = "Assurance first, at rank 4, is left out: it cannot go with Experimentation."
    assert slide.subtitle.endswith(sentence) and sentence in slide.notes
    assert "Integrated posture" not in slide.subtitle, "it excludes one too, but ranks below all that are taken"
    # One of a pair may say it for both.
    excludes = case.options["excludes"].map(lambda _: ())
    excludes["experimentation"] = ("assurance_first",)
    turned = replace(case, options=case.options.assign(excludes=excludes))
    assert made(study(turned, draws=200), "packages").subtitle.endswith(sentence)


def test_what_crosses_a_red_line_is_no_step_of_the_package(shipped: Study, case: Case) -> None:
    assert shipped.packages is not None
    values = case.values.loc[list(shipped.packages.best)]
    leaf = (np.sort(values, axis=0)[1] - values.min()).idxmax()
    over, least = values[leaf].idxmin(), float(values[leaf].nsmallest(2).mean())
    line = case.redlines.iloc[:1].assign(least_value=least)
    line.index = pd.MultiIndex.from_tuples([(line.index[0][0], leaf)], names=line.index.names)
    shown, name = dict(exhibits(study(replace(case, redlines=line), draws=200))), case.options.at[over, "short"]
    slide = shown["packages"]
    assert f"Among them, {name} crosses a red line: leave it aside." in slide.subtitle and name not in slide.title
    (chart,) = slide.of(Chart)
    assert [tone == "warn" for tone in chart.tones] == [each == case.options.at[over, "name"] for each in chart.labels]
    cards = next(each for each in shown["recommendation"].flat if isinstance(each, Table) and each.look == "steps")
    assert [name in row for row in cards.columns[1].cells] == [*[False] * (len(cards.tones) - 1), True]


def test_what_a_step_waits_for_is_told_whole_beside_its_bar(case: Case) -> None:
    chart = made(study(case, "washington", draws=200), "packages").of(Chart)[0]
    assert chart.after == ["18 months", "18 months", "24 months", "108 months"]
    assert {column.heading: column.texts[-1] for column in chart.columns} == {
        "After": "Information umbrella and Experimentation",
        "Effort": "9",
    }


def test_a_package_of_one_option_gains_what_the_option_scores_above_the_status_quo(shipped: Study) -> None:
    assert shipped.packages is not None
    alone = {options[0]: gain for _, gain, options in shipped.packages.frontier.to_numpy() if len(options) == 1}
    scores = shipped.ranking.table["score"]
    assert len(alone) >= 4 and alone == pytest.approx({each: scores[each] - scores["status_quo"] for each in alone})


@pytest.mark.parametrize(("scores", "lead"), [((6.077, 5.944), "1.3 points (unrounded) ahead of Plan elm;"),
                                              ((6.08, 5.94), "1.4 points ahead of Plan elm;")])  # fmt: skip
def test_a_lead_that_the_scores_beside_it_do_not_give_says_so(scores: tuple[float, float], lead: str) -> None:
    plans = {name: (score, score) for name, score in zip(("ash", "elm"), scores, strict=True)}
    slide = made(study(thin(plans, spread=1), draws=100), "ranking")
    (chart,) = slide.of(Chart)
    assert chart.columns[0].texts == ["60.8", "59.4"] and lead in slide.subtitle


def test_what_evidence_is_worth_is_told_in_two_digits_at_most(shipped: Study) -> None:
    shown = told(shipped)["to find out"]
    worth = next(column for column in shown.of(Table)[0].columns if column.heading == "Worth, points")
    assert worth.texts and all(len(text.replace(".", "").lstrip("0")) <= 2 for text in worth.texts)
    assert re.search(r"Knowing them all is worth \d+\.\d points\.$", shown.subtitle)


def test_one_step_is_told_as_one() -> None:
    scores = {"ash": (2, 2), "elm": (9, 9), "fir": (1, 1)}
    case = thin(scores, columns={"time_to_effect": 6, "effort": [2, 2, 9]}, spread=1)
    slide = made(study(case, draws=100), "packages")
    assert slide.title == "One step takes effect within two years" and slide.subtitle.startswith(
        "The one option takes 2 in"
    )


def test_what_is_given_up_begins_with_the_future_where_most_is_lost(shipped: Study) -> None:
    slide = told(shipped)["regrets"]
    assert shipped.futures is not None
    regret = shipped.futures.regret
    worst = regret.max(axis=1).sort_values(kind="stable")
    future = shipped.futures.names[regret.loc[worst.index[0]].idxmax()]
    (table,) = slide.of(Table)
    assert table.columns[1].heading == future and table.columns[1].cells[0] == pytest.approx(-worst.iloc[0])
    assert len(table.columns) == 1 + len(regret.columns) and slide.of(str) == []
    assert future in slide.subtitle and slide.title.rstrip(".") not in slide.subtitle
    first = f"In its worst future Maritime picture is {worst.iloc[0]:.1f} points behind the best"
    assert slide.title == first and told(shipped)["futures"].subtitle == f"{first}, less than any other."


def test_an_unclear_lead_is_told_as_one(case: Case) -> None:
    harsh = replace(case, redlines=case.redlines.assign(least_value=99.0))
    shown = made(study(harsh, "washington", draws=2_000), "recommendation")
    assert shown.badge[0] == "Verdict: inconclusive" and "crosses red lines" in shown.title


def test_own_weights_stand_beside_the_baseline(case: Case) -> None:
    result = study(case, case.weights(dict.fromkeys(case.roots, 1) | dict.fromkeys(case.leaves, 1)), draws=200)
    shown = dict(exhibits(result))
    assert len(shown) == 11
    table = shown["own weights"].flat[0]
    assert isinstance(table, Table)
    assert list(table.columns[1].cells) == pytest.approx([0.25] * 4) and math.fsum(
        table.columns[3].cells
    ) == pytest.approx(0)
    assert "The analyst's own weights." in whose(result)


def test_only_what_was_assumed_of_a_table_is_told_as_not_confirmed() -> None:
    case = thin()
    for assumed, told_as in (
        (("worst", "best"), "Not confirmed: scales assumed from the table."),
        (("levels",), "Not confirmed: levels assumed from the table."),
        (("best", "decimals"), "Not confirmed: scales and decimal marks assumed from the table."),
        (("direction", *MAY_BE_ASSUMED), "Not confirmed: directions, scales and 4 others assumed from the table."),
    ):
        open_to_doubt = replace(case, criteria=case.criteria.assign(assumed=[assumed, ()]))
        assert told_as in whose(study(open_to_doubt, draws=100)), assumed
    assert "Not confirmed" not in whose(study(case, draws=100))


def test_confidence_follows_its_rule(shipped: Study) -> None:
    tests = shipped.fragility
    assert tests is not None
    by_word = {
        word: replace(shipped, fragility=replace(tests, verdict=replace(tests.verdict, word=word)))
        for word in ("robust", "sensitive", "inconclusive")
    }
    assert [confidence(by_word[word]) for word in ("sensitive", "inconclusive")] == ["moderate", "low"]
    robust = by_word["robust"]
    ungraded = shipped.case.sources.assign(reliability="F")
    assert confidence(replace(robust, case=replace(shipped.case, sources=ungraded))) == "low"
    graded = shipped.case.sources.assign(reliability="A")
    assert confidence(replace(robust, case=replace(shipped.case, sources=graded))) == "high"


def test_unknown_names_are_refused_with_the_list(shipped: Study) -> None:
    with pytest.raises(ExportError, match="No exhibit is named 'rankings'; there are cover, recommendation"):
        exhibit(shipped, "rankings")
    with pytest.raises(ExportError, match="No audience is named 'fr'"):
        exhibit(shipped, "ranking", "fr")


def test_numbers_are_written_by_their_kind() -> None:
    kinds = {"score": "59.6", "points": "+59.6", "rank": "60", "count": "60", "number": "59.6"}
    assert {kind: Column("", [59.56], kind).texts[0] for kind in kinds} == kinds  # type: ignore[arg-type]
    assert Column("", [0.996, 0.004, None, math.nan, 1.0], "share").texts == [
        "above 99 %",
        "below 1 %",
        "",
        "",
        "100 %",
    ]
    assert Column("", [-13.96], "score").texts == ["\N{MINUS SIGN}14.0"]
    assert Column("", [-2.04, 0.01], "points").texts == ["\N{MINUS SIGN}2.0", "0.0"]
    assert (counted(1, "step"), counted(3, "party"), verb(1, "cross"), trials(0.996)) == (
        "one step", "three parties", "crosses", "more than 99 of 100 trials",
    )  # fmt: skip


def test_who_leads_names_a_tie_and_a_sole_option() -> None:
    assert (
        who_leads(rank(thin(TIED), "baseline"))
        == "Plan ash and Plan elm rank first together under the baseline weights."
    )
    assert who_leads(rank(thin(out=("elm", "fir")), "baseline")).endswith("is the only option that passes the screens.")


def test_what_was_not_tested_is_said_and_nothing_is_advised_on_it() -> None:
    tested = study(small(), draws=500)
    assert tested.fragility is not None and tested.fragility.verdict.code == "not-all-tested"
    answer = exhibit(tested, "recommendation")
    assert answer.title.endswith(" ranks first, as far as this was tested")
    assert re.search(
        r"passes \d of \d tests, but \d more could not be made: the answer is inconclusive", answer.subtitle
    )
    decided = tested.fragility.verdict
    code, test = next((code, test) for code, test in decided.tests.items() if test.passed)
    assert passed(replace(decided, tests={code: test})) == ("1 of 1 test", 0)


def test_slides_count_alike_who_puts_the_leader_first_and_how_much_weight_moves() -> None:
    table = pd.DataFrame({"Speed (0-10)": ["Max", 8, 4], "Care (0-10)": ["Max", 4, 8]}, index=["Direction", "A", "B"])
    points = {"Weight: Home": [50.5, 49.5], "Weight: Navy": [50, 50], "Weight: Army": [40, 60]}
    for label, each in points.items():
        table.loc[label] = each
    case = read_table(table)
    shown = told(study(case, "Home", draws=2_000))
    tables = (shown[name].of(Table)[0].columns for name in ("recommendation", "sureness"))
    cards, tests = (dict(zip(first.texts, second.texts, strict=True)) for first, second, *_ in tables)
    assert cards["1 of 3"] == "profiles put it first alone; by Army's weights, B scores 8.0 points more"
    assert tests["Other weights led"] == "0 of 2", "its own set is not among the others"
    assert "0.5 points" in cards and shown["changes"].title == "If 0.5 points in 100 of weight move, B takes the lead"
    assert shown["capitals"].title == "By their weights, the three profiles would put different options first"
    two = exhibit(study(read_table(table.drop(index="Weight: Home")), "Army", draws=2_000), "capitals")
    assert two is not None and two.title == "By their weights, both profiles would put B first, or level"


def test_who_is_second_and_which_scores_could_change_it_are_named_and_costs_are_numbers() -> None:
    rows = {
        "Direction": ["max", "min"],
        "Weight": [60, 40],
        "A": [7, "200-300"],
        "B": [5, 120],
        "C": ["3-4", 40],
        "D": [8, 400],
    }
    case = read_table(pd.DataFrame.from_dict(rows, orient="index", columns=["Benefit (0-10)", "Cost"]))
    result = study(replace(case, options=case.options.assign(cost_likely=[250.0, 1200.0, 40.0, math.nan])), draws=2_000)
    shown = told(result)
    assert shown["recommendation"].of(Table)[-1].rows == [("First choice", "B"), ("Runners-up", "A and C")]
    assert shown["changes"].of(str) == [
        "Two scores could each change the leader within the range judged: A on Cost and C on Benefit."
    ]
    cost = shown["ranking"].of(Chart)[0].columns[-1]
    assert (cost.heading, cost.kind, cost.texts) == ("Cost", "number", ["1,200", "250", "40", ""])
    assert [repr(result.show(name)) for name in ("assumptions", "sources")] == [
        "The case names no assumptions (assumptions.csv).",
        "The case cites no evidence (seeds/evidence.csv).",
    ]


def test_what_passes_the_tests_is_told_beside_what_ranks_first() -> None:
    rows = {"A": [8, 5], "B": [4, "?"]}
    answer = exhibit(
        study(read_table(pd.DataFrame.from_dict(rows, orient="index", columns=["X (0-10)", "Y (0-10)"])), draws=2_000),
        "answer",
    )
    assert answer is not None
    said = str(answer.flat[0])
    assert re.match(r"Of two options, “A” ranks first\. It passes \d of \d tests.* Some scores are unknown: ", said), (
        said
    )


@pytest.mark.parametrize(
    ("changes", "title"),
    [
        ({}, "Start with Boat; Airship follows"),
        ({("boat", "time_to_effect"): 30}, "Prepare Airship"),
        ({("airship", "effort"): 30}, "Airship ranks first, but is not in the best package"),
        ({("airship", "requires"): "", ("airship", "time_to_effect"): ""}, "Start with Airship"),
        ({("airship", "requires"): ""}, "Start with Airship; add Boat"),
    ],
)
def test_the_title_says_when_the_first_option_can_take_effect(
    changes: dict[tuple[str, str], object], title: str
) -> None:
    columns = ["id", "name", "requires", "effort", "time_to_effect"]
    rows = [("airship", "Airship", "boat", 3, 12), ("boat", "Boat", "", 4, 18), ("cart", "Cart", "", 9, 60)]
    options = pd.DataFrame([*rows, ("as_is", "As is", "", 0, 0)], columns=columns, dtype=object).set_index("id")
    for place, cell in changes.items():
        options.loc[place] = cell
    criteria = pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10})
    likely = {"airship": (9, 4), "boat": (4, 8), "cart": (2, 2), "as_is": (1, 1)}
    weights = [("baseline", "x", 100), ("baseline", "y", 60), ("navy", "x", 20), ("navy", "y", 100)]
    scores = [(option, leaf, each) for option, pair in likely.items() for leaf, each in zip("xy", pair, strict=True)]
    case = Case.from_frames(
        criteria=criteria,
        options=options.reset_index(),
        scores=pd.DataFrame(scores, columns=["option", "criterion", "likely"]).assign(
            low=lambda rows: rows["likely"] - 1, high=lambda rows: rows["likely"] + 1
        ),
        weights=pd.DataFrame(weights, columns=["profile", "criterion", "likely"]),
        about={"status_quo": "as_is"},
    )
    result = study(case, draws=2_000)
    assert result.packages is not None and result.ranking.leaders == ("airship",)
    shown = exhibit(result, "recommendation")
    assert shown is not None and shown.title.startswith(title)
    now = [texts for heading, texts in shown.of(Table)[-1].rows if heading.startswith("Do now")]
    assert ("Airship" in "".join(now)) == title.startswith("Start with Airship;")
