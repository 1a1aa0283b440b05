"""Levels between the ends of a scale, and what options depend on: read, checked, told where they are wanting."""

from __future__ import annotations

import pandas as pd
import pytest

from aukus_mcda import Case, CaseError
from aukus_mcda.analysis import Study
from aukus_mcda.perspectives.in_futures import signposts

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
    case = Case.from_frames(criteria=CRITERIA, scores=SCORES, levels=LEVELS)
    assert list(case.levels_of("cost").items()) == [(50, "All."), (40, "Much."), (10, "Little."), (0, "Nothing.")]
    assert list(case.levels_of("reach")) == ["Nobody.", "Half.", "Everybody."]
    plain = Case.from_frames(criteria=CRITERIA, scores=SCORES)
    assert list(plain.levels_of("reach")) == ["Nobody.", "Everybody."]
    assert plain.anchors_digest == case.anchors_digest, "a level between the ends does not change the swing"
    assert plain.digest != case.digest


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


def test_the_scale_in_question_is_told_with_all_its_levels(starter: Study) -> None:
    shown = starter.show("scale in question")
    first, second = starter.ranking.ranked.index[:2]
    leaf = (starter.ranking.contributions.loc[first] - starter.ranking.contributions.loc[second]).idxmax()
    assert starter.case.criteria.at[leaf, "name"] in str(shown)
    assert all(means in str(shown) for means in starter.case.levels_of(leaf))
