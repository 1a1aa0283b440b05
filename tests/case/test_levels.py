# SPDX-License-Identifier: Apache-2.0
"""Levels between the ends of a scale, and what options depend on: read, checked, told where they are wanting."""

from __future__ import annotations

import pandas as pd
import pytest

from aukus_mcda import AukusMcdaError, Case, CaseError, load_case, study
from aukus_mcda.analysis import Study
from aukus_mcda.form import Table
from aukus_mcda.perspectives.in_futures import signposts
from aukus_mcda.story.overview import exhibit

CRITERIA = pd.DataFrame(
    {
        "id": ["all", "reach", "cost"], "parent": ["", "all", "all"], "direction": ["", "max", "min"],
        "worst": ["", 0, 50], "best": ["", 10, 0], "worst_means": ["", "Nobody.", "All."],
        "best_means": ["", "Everybody.", "Nothing."],
    }
)  # fmt: skip
SCORES = pd.DataFrame(
    {"option": ["a", "a", "b", "b"], "criterion": ["reach", "cost"] * 2, "likely": [8, 40, 5, 10]},
)
LEVELS = pd.DataFrame(
    {"criterion": ["cost", "reach", "cost"], "level": [10, 5, 40], "means": ["Little.", "Half.", "Much."]}
)


def test_levels_stand_between_the_anchors_from_worst_to_best() -> None:
    starter = load_case("starter")
    case = Case.from_frames(criteria=CRITERIA, scores=SCORES, levels=LEVELS)
    assert list(case.levels_of("cost").items()) == [(50, "All."), (40, "Much."), (10, "Little."), (0, "Nothing.")]
    assert list(case.levels_of("reach")) == ["Nobody.", "Half.", "Everybody."]
    plain = Case.from_frames(criteria=CRITERIA, scores=SCORES)
    assert list(plain.levels_of("reach")) == ["Nobody.", "Everybody."]
    assert plain.anchors_digest == case.anchors_digest, "a level between the ends does not change the swing"
    assert plain.digest != case.digest
    for ask in (starter.levels_of, starter.value_function):
        with pytest.raises(AukusMcdaError, match="No leaf called 'benefit'"):
            ask("benefit")


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        (("cost", 50, "All."), "level", "50"), (("cost", 60, "More."), "level", "60"),
        (("reach", 0, "None."), "level", "0"),
        (("all", 5, "Half."), "criterion", "all"), (("reach", 5, "Half again."), "criterion", "reads like row"),
        (("reach", 7, ""), "means", "nothing"), (("speed", 5, "Fast."), "criterion", "speed"),
    ],
)  # fmt: skip
def test_a_level_that_cannot_be_is_a_fault_in_its_place(row: tuple[object, ...], column: str, found: str) -> None:
    levels = pd.concat([LEVELS, pd.DataFrame([row], columns=LEVELS.columns)], ignore_index=True)
    with pytest.raises(CaseError) as caught:
        Case.from_frames(criteria=CRITERIA, scores=SCORES, levels=levels)
    faults = caught.value.faults
    assert ((faults["file"] == "levels") & (faults["row"] == 3) & (faults["column"] == column)).any()
    assert faults["found"].str.contains(found, regex=False).any()


@pytest.mark.parametrize(("broken_in", "untested"), [("", True), ("flood", False)])
def test_what_an_option_depends_on_and_no_future_breaks_is_a_finding(broken_in: str, untested: bool) -> None:
    case = Case.from_frames(
        criteria=CRITERIA,
        scores=SCORES,
        options=pd.DataFrame({"id": ["a", "b"], "depends_on": ["dry", ""]}),
        assumptions=pd.DataFrame(
            {"id": ["dry", "idle"], "statement": ["It is dry.", "x"], "broken_in": [broken_in, ""]}
        ),
        scenarios=pd.DataFrame({"scenario": ["flood"], "name": "Flood", "criterion": "cost", "shift": 1}),
    )
    told = case.findings[case.findings["code"] == "untested-dependency"]
    assert list(told["place"]) == ["dry"] * untested
    assert told["finding"].str.contains("an assumption behind a: It is dry.").all()
    links, _ = signposts(case)
    assert list(links["assumption"]) == ["" if untested else "dry"]


def test_a_dependency_and_a_future_that_are_not_there_are_faults() -> None:
    with pytest.raises(CaseError) as caught:
        Case.from_frames(
            criteria=CRITERIA,
            scores=SCORES,
            options=pd.DataFrame({"id": ["a", "b"], "depends_on": ["wet", ""]}),
            assumptions=pd.DataFrame({"id": ["dry"], "statement": "It is dry.", "broken_in": "fire"}),
            scenarios=pd.DataFrame({"scenario": ["flood"], "name": "Flood", "criterion": "cost", "shift": 1}),
        )
    assert {(fault.file, fault.column) for fault in caught.value.faults.itertuples()} == {
        ("options", "depends_on"), ("assumptions", "broken_in"),
    }  # fmt: skip


PROBES = pd.DataFrame(
    {
        "criterion": ["reach", "cost"],
        "beside": ["cost", "reach"],
        "answer": ["matters", "matters"],
        "reason": ["So.", ""],
    }
)


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ((), "Nobody was asked whether Reach still counts where Cost is settled. Nobody was asked whether Cost"),
        (("matters",), "Reach is wanted wherever Cost stands. Nobody was asked whether Cost"),
        (("matters", "matters"), "Asked both ways, each is wanted wherever the other stands."),
        (("depends", "matters"), "What Reach is worth hangs on Cost, which a sum cannot show"),
        (("indifferent", "matters"), "Reach counts for nothing where Cost is settled"),
    ],
)
def test_criteria_that_may_count_twice_are_a_finding_until_asked_about_both_ways(
    answers: tuple[str, ...], told: str
) -> None:
    names = CRITERIA.assign(name=CRITERIA["id"].str.capitalize())
    probes = PROBES.head(len(answers)).assign(answer=list(answers))
    means = Case.from_frames(criteria=names.assign(means_to=["", "cost", ""]), scores=SCORES, probes=probes)
    rests = Case.from_frames(criteria=names, scores=SCORES.assign(depends_on=["cost", "", "", ""]), probes=probes)
    for case, why in ((means, "Reach serves Cost as a means. "), (rests, "1 score on Reach could not be judged")):
        (finding,) = case.findings.loc[case.findings["code"] == "preference-dependence", "finding"]
        assert finding.startswith(why) and told in finding
        assert list(case.doubtful_pairs) == [("reach", "cost")]
    assert "preference-dependence" not in set(Case.from_frames(criteria=names, scores=SCORES).findings["code"])


def test_a_criterion_beside_itself_is_a_fault() -> None:
    with pytest.raises(CaseError) as caught:
        Case.from_frames(
            criteria=CRITERIA.assign(means_to=["", "reach", ""]),
            scores=SCORES.assign(depends_on=["reach", "", "", ""]),
            probes=PROBES.assign(beside=["reach", "reach"]),
        )
    faults = caught.value.faults
    assert list(zip(faults["file"], faults["column"], strict=True)) == [
        ("criteria", "means_to"), ("scores", "depends_on"), ("probes", "beside"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("unit", "base", "due"), [("%", "", True), ("per cent", "", True), ("%", "of 2026", False), ("points", "", False)]
)
def test_a_percentage_says_of_what(unit: str, base: str, due: bool) -> None:
    case = Case.from_frames(criteria=CRITERIA.assign(unit=["", unit, ""], base=["", base, ""]), scores=SCORES)
    assert ("base-unstated" in set(case.findings["code"])) == due


def test_costs_stand_beside_the_score_and_never_in_it() -> None:
    costs = {"cost_low": [100, None], "cost_likely": [120, 80], "cost_high": [150, None]}
    options = pd.DataFrame({"id": ["a", "b"], **costs})
    frames = {"criteria": CRITERIA, "scores": SCORES}
    priced = Case.from_frames(**frames, options=options, about={"cost_unit": "million yen"})
    plain = study(Case.from_frames(**frames, options=options[["id"]]), draws=100)
    told = study(priced, draws=100)
    assert told.ranking.table.equals(plain.ranking.table)
    for name in ("whole ranking", "options"):
        (table,) = exhibit(told, name).of(Table)
        (column,) = (each for each in table.columns if each.heading == "Cost, million yen")
        assert sorted(column.texts) == ["120 (100 to 150)", "80"]
    for wrong in (
        {"cost_low": [130, None]},
        {"cost_high": [110, None]},
        {"cost_likely": [None, 80]},
        {"cost_high": None},
    ):
        with pytest.raises(CaseError, match="options"):
            Case.from_frames(**frames, options=options.assign(**wrong))
    unpriced = Case.from_frames(**frames, options=options)
    assert unpriced.findings["finding"].str.contains("what costs are counted in").any()


def test_the_scale_in_question_is_told_with_all_its_levels(starter: Study) -> None:
    shown = starter.show("scale in question")
    first, second = starter.ranking.ranked.index[:2]
    leaf = (starter.ranking.contributions.loc[first] - starter.ranking.contributions.loc[second]).idxmax()
    assert starter.case.criteria.at[leaf, "name"] in str(shown)
    assert all(means in str(shown) for means in starter.case.levels_of(leaf))
