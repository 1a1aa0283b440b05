# SPDX-License-Identifier: Apache-2.0
"""The evidence register and the shipped case hold together, and say where the source is wrong."""

from __future__ import annotations

import csv
import datetime as dt
import re
from dataclasses import replace

import pandas as pd
import pytest
from conftest import ROOT

from aukus_mcda import Case, load_case, rank
from aukus_mcda.analysis import Study
from aukus_mcda.case import findings_on
from aukus_mcda.story import Table, exhibit

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


@pytest.mark.parametrize(("line", "status"), [("L6", "unsupported"), ("L15", "unsupported"), ("L22", "contradicted")])
def test_where_the_source_is_wrong_is_recorded_with_what_shows_it(case: Case, line: str, status: str) -> None:
    paper = case.register[(case.register["source"] == "pacnet") & (case.register["where"] == line)]
    wrong = paper[paper["status"].isin(["contradicted", "unsupported"])]
    assert list(wrong["status"]) == [status]
    for others in wrong["see"]:
        assert others and (case.register.loc[list(others), "source"] != "pacnet").all()


def test_what_overtakes_a_row_is_linked_with_it_both_ways(case: Case) -> None:
    register = case.register
    late = register.index[register["status"] == "overtaken"]
    newer = [
        (old, each)
        for each, others in register["see"].items()
        for old in others
        if old in late and register.at[each, "known_from"] > register.at[old, "known_from"]
        if register.at[each, "source"] != "pacnet"  # the paper overtakes nothing
    ]
    assert {old for old, _ in newer} == set(late)
    assert [pair for pair in newer if pair[1] not in register.at[pair[0], "see"]] == []


def test_an_address_that_is_incomplete_says_so(case: Case) -> None:
    address, note = case.sources["address"], case.sources["note"]
    incomplete = address.str.contains("…") | ~address.str.contains("/") | address.str.contains(" ")
    marked = note.str.contains("only the site is|shortened form|article number|was not shown", case=False)
    assert list(address[incomplete & ~marked & (address.index != "pacnet")]) == []
    assert not address.str.contains("://").any(), "without the scheme: no page of ours links outside"


def test_scores_are_of_the_day_of_the_case_and_the_register_reaches_as_far_as_it_says(case: Case) -> None:
    about = case.about
    assert about.as_of is not None and about.as_of.isoformat() == case.scores["as_of"].max()
    if about.register_covers_to:
        assert about.register_covers_to.isoformat() == case.register["known_from"].max()


def test_the_case_has_what_the_question_needs(case: Case) -> None:
    assert list(case.roots) == ["deterrence", "escalation", "interoperability", "acceptability"]
    sizes = pd.Series([case.root_of(leaf) for leaf in case.leaves]).value_counts()
    assert sizes.between(3, 6).all()
    assert set(case.profiles) == {"baseline", "washington", "canberra", "london", "tokyo", "seoul"}
    assert case.scenarios["scenario"].nunique() == 14
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


LEAST_WIDTH = {"firm": 1.5, "fair": 2.5, "weak": 3.5}
"""The least width of a range by the grade of the evidence that a score cites: decision 0005."""


def grade_of(case: Case, cited: tuple[str, ...]) -> str:
    items = case.register.loc[list(cited)].join(case.sources["reliability"], on="source")
    items = items[(items["status"] == "stands") & (items["role"] != "argument")]
    firm = items[items["reliability"].isin([*"AB"]) & items["credibility"].isin([*"12"])]
    fair = items["reliability"].isin([*"ABC"]) & items["credibility"].isin([*"123"])
    return "firm" if firm["source"].nunique() > 1 else "fair" if fair.any() else "weak"


def test_a_range_is_as_wide_as_its_evidence_is_weak(case: Case) -> None:
    scores = case.scores[case.scores["as_of"] == case.last_judged]
    scales = case.criteria.loc[scores.index.get_level_values("criterion")]
    ends = scales[["worst", "best"]].astype(float).agg(["min", "max"], axis=1).set_axis(scores.index)
    grades = scores["evidence"].map(lambda cited: grade_of(case, cited))
    width = scores["high"] - scores["low"]
    cut = (scores["low"] == ends["min"]) | (scores["high"] == ends["max"])
    assert list(scores.index[(width < grades.map(LEAST_WIDTH)) & ~cut]) == []
    mean = width.groupby(grades).mean()
    assert mean["firm"] < mean["fair"] < mean["weak"]


def test_no_score_rests_on_what_does_not_stand(case: Case) -> None:
    stands = case.evidence["status"] == "stands"
    fallen = {index: cited for index, cited in case.scores["evidence"].items() if not stands[list(cited)].any()}
    assert fallen == {}
    assert not {"overtaken-evidence", "contradicted-evidence", "unsupported-evidence"} & set(case.findings["code"])


def test_every_dependency_of_an_option_has_a_future_that_breaks_it(case: Case) -> None:
    competing = case.options.loc[list(case.competing), "depends_on"]
    assert competing.map(len).min() >= 1
    for option, assumptions in competing.items():
        for each in assumptions:
            futures = case.assumptions.at[each, "broken_in"]
            assert futures and set(futures) <= set(case.scenarios["scenario"]), (option, each)
    assert "untested-dependency" not in set(case.findings["code"])


def test_every_scale_describes_five_levels_and_bends_only_there(case: Case) -> None:
    for leaf in case.leaves:
        levels = case.levels_of(leaf)
        assert sorted(levels.index) == [0, 2.5, 5, 7.5, 10] and levels.str.len().min() > 20 and levels.is_unique
        assert {bend for bend, _ in case.value_function(leaf).bends} <= {2.5, 5, 7.5}


def test_a_capitals_weight_or_red_line_cites_a_source_or_is_marked_a_judgement(case: Case) -> None:
    judged = case.points[case.points["evidence"].map(len) == 0]["rationale"]
    assert judged.str.startswith("Our judgement").all()
    assert case.redlines["reason"].str.startswith("Our judgement").all()
    own = {(each, f"acc_{each}") for each in case.profiles}
    assert not own & set(case.redlines.index), "a line on a capital's own acceptability is circular"
    reasons = case.redlines["evidence"].explode()
    assert (case.evidence.loc[sorted(set(reasons)), "status"] == "stands").all()


def cited_text(case: Case, cited: tuple[str, ...]) -> str:
    rows = case.register.loc[list(cited)]
    return " ".join(rows[["claim", "happened", "known_from"]].to_numpy().ravel())


def test_a_figure_in_a_rationale_is_in_the_evidence_it_cites(case: Case) -> None:
    said = [
        *case.scores[["rationale", "evidence"]].itertuples(index=False, name=None),
        *case.points[["rationale", "evidence"]].itertuples(index=False, name=None),
        *case.screens[["reason", "evidence"]].itertuples(index=False, name=None),
        *case.scenarios[["rationale", "evidence"]].itertuples(index=False, name=None),
        *case.assumptions[["statement", "evidence"]].itertuples(index=False, name=None),
        *case.options[["description", "evidence"]].itertuples(index=False, name=None),
    ]
    lost = [
        (number, text)
        for text, cited in said
        for number in NUMBER.findall(text)
        if number not in NUMBER.findall(cited_text(case, cited)) and number not in cited_text(case, cited)
    ]
    assert lost == []


def test_illustrative_is_said(case: Case) -> None:
    assert "llustrative" in case.about.disclaimer
    assert set(case.scores["judged_by"]) == {"aukus-mcda authors"}
    assert case.about.review_by is not None


def test_nothing_is_overtaken_by_what_nobody_knew_yet(case: Case) -> None:
    then = load_case("aukus_plus_two", as_of="2023-08-17")
    assert case.evidence.at["L29-years-away", "status"] == "overtaken"
    assert then.evidence.at["L29-years-away", "status"] == "stands"
    assert then.evidence.at["L22-trilateral-dialogue", "status"] == "contradicted"
    assert then.register.equals(case.register)
    by = {"rok-submarine-statement-2025": "2025-11-14", "japan-defence-spending-2022": "2025-10-24"}
    for item, day in by.items():
        eve = (dt.date.fromisoformat(day) - dt.timedelta(days=1)).isoformat()
        for when, status in ((eve, "stands"), (day, "overtaken")):
            assert load_case("aukus_plus_two", as_of=when).evidence.at[item, "status"] == status


@pytest.mark.parametrize(
    ("cell", "value", "code"),
    [
        ("evidence", ("L22-trilateral-dialogue",), "contradicted-evidence"),
        ("evidence", ("L15-kishida-scepticism",), "unsupported-evidence"),
        ("evidence", ("L29-years-away",), "overtaken-evidence"),
        ("evidence", (), "no-evidence"),
        ("rationale", "", "no-rationale"),
    ],
)
def test_bad_practice_in_a_score_is_a_finding(case: Case, cell: str, value: object, code: str) -> None:
    scores = case.scores.reset_index()
    scores.at[0, cell] = value
    found = changed(case, scores=scores).findings.set_index("code")
    assert f"{scores.at[0, 'option']} on {scores.at[0, 'criterion']}" in found.at[code, "place"]
    assert found.at[code, "finding"].startswith("1 scores") or code == "overtaken-evidence"
    assert found.at[code, "standard"]


def test_a_weak_score_without_a_range_is_a_finding(case: Case) -> None:
    weak = case.register.index[case.register["credibility"] == "6"][0]
    scores = case.scores.reset_index()
    scores.at[0, "evidence"] = (weak,)
    assert "weak-without-spread" not in set(changed(case, scores=scores).findings["code"])
    scores.loc[0, ["low", "high"]] = scores.at[0, "likely"]
    assert "weak-without-spread" in set(changed(case, scores=scores).findings["code"])


def test_bad_practice_in_options_criteria_and_weights_is_a_finding(case: Case) -> None:
    options = case.options.reset_index()
    options.at[1, "mitigation"] = ""
    criteria = case.criteria.reset_index()
    criteria.loc[criteria["id"] == "det_picture", "best_means"] = ""
    scores = case.scores.reset_index()
    scores.loc[scores["criterion"] == "int_data", ["low", "likely", "high"]] = [4, 5, 6]
    weights = case.points.reset_index()
    weights.loc[weights["criterion"] == "deterrence", ["low", "likely", "high"]] = [50, 60, 70]
    found = changed(case, options=options, criteria=criteria, scores=scores, weights=weights).findings
    assert {
        ("risk-without-mitigation", "early_dialogue"), ("anchor-undescribed", "det_picture"),
        ("no-difference", "int_data"), ("swing-not-anchored", "baseline"), ("not-exclusive", "options"),
        ("anchors-unrecorded", "weights"),
    } <= set(zip(found["code"], found["place"], strict=True))  # fmt: skip
    scores.loc[scores["criterion"] == "int_data", "distribution"] = ["unknown"] + [""] * (len(case.options) - 1)
    screens = pd.DataFrame({"option": case.options.index, "screen": "law", "passes": "no", "reason": "Not allowed."})
    blank = scores.assign(**scores[["low", "likely", "high"]].mask(scores["distribution"] == "unknown"))
    found = changed(case, scores=blank, criteria=criteria, weights=weights, screens=screens).findings
    assert not {"no-difference", "scores-certain"} & set(found["code"])
    few = scores[scores["option"].isin(["status_quo", "incubator"])]
    found = Case.from_frames(criteria=criteria, scores=few[["option", "criterion", "likely"]]).findings
    assert {"few-options", "not-stated", "weights-assumed"} <= set(found["code"])


LEFT_OUT = {
    "question": "the question",
    "decision_maker": "who decides",
    "authors": "who judged",
    "as_of": "of which day it is",
    "review_by": "when it is to be reviewed",
    "status_quo": "which option changes nothing",
}


@pytest.mark.parametrize("entry", LEFT_OUT)
def test_what_a_case_leaves_out_is_named(case: Case, entry: str) -> None:
    of_the_case, whole, without = (
        each.findings.set_index("code").at["not-stated", "finding"]
        for each in (case, changed(case), changed(case, about={entry: ""}))
    )
    assert LEFT_OUT[entry] in without and LEFT_OUT[entry] not in whole
    assert "its assumptions" in whole and "its assumptions" not in of_the_case  # `changed` has no table of them


def test_an_option_without_a_main_risk_is_a_finding_and_so_is_a_case_without_any(case: Case) -> None:
    options = case.options.reset_index()
    options.loc[options["id"].isin(["incubator", "early_dialogue", "nuclear_sharing"]), "risk"] = ""
    found = changed(case, options=options).findings.set_index("code")
    assert found.at["no-risk", "place"] == "early_dialogue; incubator"  # what is screened out is not compared
    assert "no-risk" not in set(case.findings["code"])
    found = changed(case, options=options.assign(risk="")).findings.set_index("code")
    assert "no-risk" not in found.index and "what could go wrong" in found.at["not-stated", "finding"]


def test_a_score_that_cites_arguments_alone_or_one_source_is_a_finding(case: Case) -> None:
    rows = [set(case.register.loc[list(ids), "role"]) for ids in case.scores["evidence"]]
    found = case.findings.set_index("code")["finding"]
    assert (
        found["arguments-alone"]
        == f"{rows.count({'argument'})} of {len(rows)} scores with evidence cite arguments alone."
    )
    sources = [set(case.register.loc[list(ids), "source"]) for ids in case.scores["evidence"]]
    alone = [each for each in sources if len(each) == 1]
    assert found["one-source"].startswith(f"{len(alone)} of {len(rows)} scores with evidence cite one source only; ")
    assert f"for {alone.count({'pacnet'})} it is PacNet 63" in found["one-source"]
    known = case.register.reset_index().assign(role="event")
    assert "arguments-alone" not in set(changed(case, evidence=known).findings["code"])


def test_an_independent_review_is_shown_and_what_is_left_out_of_it_is_a_finding(case: Case) -> None:
    entries = {
        "reviewer": ("A methods unit", "who reviewed it independently"),
        "reviewer_interests": ("none in the answer", "what interests its reviewer has"),
        "reviewed_on": ("2026-11-01", "when it was reviewed"),
        "review_result": ("Two ranges were too narrow.", "what the review found"),
    }
    given: dict[str, str] = {}
    for entry, (text, _) in entries.items():
        given[entry] = text
        reviewed = changed(case, about=given)
        told = " ".join(reviewed.findings.query("code == 'not-stated'")["finding"])
        assert [words in told for _, words in entries.values()] == [each not in given for each in entries]
        for day in ("2026-10-31", "2026-11-01"):
            today = findings_on(reviewed.findings, reviewed.about, dt.date.fromisoformat(day))
            to_come = today["finding"].str.contains("as reviewed_on, a day that is yet to come").any()
            assert to_come == ("reviewed_on" in given and day == "2026-10-31")
        assert review_shown(reviewed) == "; ".join(given.values()).replace("; none in", "; interests: none in")
    searched = findings_on(case.findings, case.about, case.about.register_searched - dt.timedelta(days=1))
    assert "as register_searched, a day that is yet to come" in searched["finding"].str.cat()
    of_tomorrow = findings_on(case.findings, replace(case.about, as_of=dt.date(2030, 1, 2)), dt.date(2030, 1, 1))
    assert "The case gives 2030-01-02 as as_of, a day that is yet to come." in set(of_tomorrow["finding"])
    told = case.findings.set_index("code").at["not-stated", "finding"]
    assert told == "The case does not say who reviewed it independently: a reader will ask."
    assert review_shown(case) == "none recorded"


@pytest.mark.parametrize(
    ("as_of", "review_by", "codes"),
    [
        ("2025-11-20", "2025-12-31", set()), ("2026-01-28", "2026-01-28", set()),
        ("2026-01-29", "2026-01-28", {"evidence-old", "review-overdue"}),
        ("2026-03-31", "2026-04-01", {"evidence-old"}),
    ],
)  # fmt: skip
def test_old_evidence_and_a_review_that_was_due_are_findings(as_of: str, review_by: str, codes: set[str]) -> None:
    evidence = {
        "id": ["late", "early", "after"], "source": "book", "where": "page 1", "claim": "It is so.",
        "known_from": ["2025-10-30", "2020-01-01", "2026-09-01"], "credibility": "2", "status": "stands",
    }  # fmt: skip
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame({"option": ["a", "b"], "criterion": "x", "likely": [1, 2]}),
        sources=pd.DataFrame({"id": ["book"], "title": "A book", "reliability": "A"}),
        evidence=pd.DataFrame(evidence),
        about={"as_of": as_of, "review_by": review_by},
    )
    findings = case.findings.set_index("code")["finding"]
    assert codes == set(findings.index) & {"evidence-old", "review-overdue"}
    if "evidence-old" in codes:
        days = (dt.date.fromisoformat(as_of) - dt.date(2025, 10, 30)).days
        assert findings["evidence-old"] == (
            f"The latest evidence is of 2025-10-30, {days} days before the date of the case."
        )
    if "review-overdue" in codes:
        assert f"{review_by} (review_by)" in findings["review-overdue"]


def test_judgements_of_a_later_day_than_the_case_do_not_count_and_are_told() -> None:
    scores = {
        "option": ["a", "a", "b"],
        "criterion": "x",
        "likely": [1, 9, 5],
        "as_of": ["2026-01-01", "2026-03-02", ""],
    }
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame(scores),
        about={"as_of": "2026-03-01"},
    )
    assert case.scores["likely"].tolist() == [1, 5]
    told = case.findings.set_index("code").loc["later-scores"]
    assert told["place"] == "a on x"
    assert told["finding"] == "Judgements of a later day than the case, 2026-03-01, do not count: 1 in all."


def review_shown(case: Case) -> str:
    untested = Study(case=case, ranking=rank(case), by_profile={}, fragility=None, draws=0, seed=0)
    provenance = exhibit(untested, "provenance")
    assert provenance is not None
    (table,) = provenance.of(Table)
    return dict(table.rows)["independent review"]


def changed(case: Case, about: dict[str, str] | None = None, **tables: pd.DataFrame) -> Case:
    """The shipped case with some of its tables, and entries, replaced."""
    whole = {
        "options": case.options.reset_index(), "criteria": case.criteria.reset_index(),
        "scores": case.scores.reset_index(), "weights": case.points.reset_index(),
        "screens": case.screens.reset_index(), "sources": case.sources.reset_index(),
        "evidence": case.register.reset_index(),
    }  # fmt: skip
    return Case.from_frames(**(whole | tables), about=vars(case.about) | {"weights_judged_for": ""} | (about or {}))
