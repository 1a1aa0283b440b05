"""The evidence register and the shipped case hold together, and say where the source is wrong."""

from __future__ import annotations

import csv
import re

import pandas as pd
import pytest
from conftest import ROOT

from aukus_mcda import Case

NUMBER = re.compile(r"\d[\d,.]*\d|\d")


@pytest.fixture(scope="module")
def coverage() -> list[dict[str, str]]:
    text = (ROOT / "seeds" / "coverage.csv").read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def test_all_96_items_of_the_source_are_accounted_for(coverage: list[dict[str, str]]) -> None:
    assert {int(row["item"]) for row in coverage} == set(range(1, 97))
    assert all(re.fullmatch(r"L([1-9]|[12]\d|3[0-3])(-L?\d+)?", row["line"]) for row in coverage)


def test_every_reference_resolves(coverage: list[dict[str, str]], case: Case) -> None:
    actors = {name for cell in case.register["actor"] for name in cell.split(";")}
    known = {
        "option": set(case.options.index),
        "criterion": set(case.criteria.index),
        "evidence": set(case.register.index),
        "stakeholder": set(case.profiles) | actors,
        "scenario": set(case.scenarios["scenario"]),
        "screen": set(case.screens.index.get_level_values("screen")),
        "assumption": set(case.assumptions.index),
    }
    lost = [
        (row["item"], row["kind"], row["reference"]) for row in coverage if row["reference"] not in known[row["kind"]]
    ]
    assert lost == []


@pytest.mark.parametrize(("line", "count"), [("L6", 1), ("L15", 1), ("L22", 1)])
def test_where_the_source_is_wrong_is_recorded_with_what_contradicts_it(case: Case, line: str, count: int) -> None:
    paper = case.register[(case.register["source"] == "pacnet") & (case.register["where"] == line)]
    wrong = paper[paper["status"] == "contradicted"]
    assert len(wrong) == count
    for others in wrong["see"]:
        assert others and (case.register.loc[list(others), "source"] != "pacnet").all()


def test_the_latest_vintage_is_the_latest_date_in_the_register(case: Case) -> None:
    assert case.about.as_of is not None
    assert case.about.as_of.isoformat() == case.register["known_from"].max() == case.scores["as_of"].max()


def test_the_case_has_what_the_question_needs(case: Case) -> None:
    assert list(case.roots) == ["deterrence", "escalation", "interoperability", "acceptability"]
    sizes = pd.Series([case.root_of(leaf) for leaf in case.leaves]).value_counts()
    assert sizes.between(3, 6).all()
    assert set(case.profiles) == {"baseline", "washington", "canberra", "london", "tokyo", "seoul"}
    assert case.scenarios["scenario"].nunique() == 7
    assert list(case.screened.index) == ["nuclear_sharing"]
    assert set(case.screens.index.get_level_values("screen")) == {"no_nuclear_sharing", "licence_path"}
    assert (case.options[["description", "mechanism", "risk", "mitigation"]] != "").all(axis=None)
    assert (case.criteria.loc[list(case.leaves), ["worst_means", "best_means", "excludes_meaning"]] != "").all(
        axis=None
    )


def test_every_score_says_why_and_cites_evidence_of_its_day(case: Case) -> None:
    assert (case.scores["rationale"].str.len() > 20).all()
    assert case.scores["rationale"].is_unique
    assert case.scores["evidence"].map(len).min() >= 1
    assert (case.points["rationale"].str.len() > 20).all()
    cited = {item for cell in case.scores["evidence"] for item in cell}
    assert not (case.register.loc[sorted(cited), "status"] == "contradicted").any()


def test_no_figure_in_the_case_that_the_register_does_not_hold(case: Case) -> None:
    """A number in a rationale is in the register, or is the criterion's own scale or a year."""
    register = set(NUMBER.findall(" ".join(case.register["claim"])))
    texts = [
        *case.scores["rationale"],
        *case.points["rationale"],
        *case.screens["reason"],
        *case.assumptions["statement"],
    ]
    used = {number for text in texts for number in NUMBER.findall(text)}
    years = {number for number in used if re.fullmatch(r"(19|20)\d\d", number)}
    assert used - register - years == set()


def test_illustrative_is_said(case: Case) -> None:
    assert "llustrative" in case.about.disclaimer
    assert set(case.scores["judged_by"]) == {"aukus-mcda authors"}
    assert case.about.review_by is not None
