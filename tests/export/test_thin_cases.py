# SPDX-License-Identifier: Apache-2.0
"""Cases in which little is uncertain, or little is there: nothing is told as sure, and nothing missing as a number."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import cache, partial
from itertools import pairwise
from pathlib import Path
from typing import TypeAlias

import docx
import pytest
from docx.oxml.ns import qn
from pptx import Presentation
from test_valid import check
from test_words_exported import book_texts, deck_texts
from thin_cases import NOT_RANGED, RANGED, TIED, thin
from typer.testing import CliRunner

from aukus_mcda import Case, cli, stability, stress, study, verdict
from aukus_mcda.lab.browser import nodes
from aukus_mcda.perspectives.package_choice import not_combined
from aukus_mcda.story import exhibit
from aukus_mcda.story.about_sureness import NO_RANGE
from aukus_mcda.uncertainty import WAYS_TOLD
from aukus_mcda.uncertainty.drawing import drawn
from aukus_mcda.uncertainty.information import Beliefs, joint_information

CERTAIN = re.compile(r"leads in [\d.]+ of 100|ranks first in|\(\d+-\d+%\)|known perfectly", re.IGNORECASE)
"""What may not be told where nothing has a range."""
NOT_A_WORD = re.compile(r"\b(?:nan|inf|NaT)\b|<NA>|\bNone\b(?! of|\.)")


Brief: TypeAlias = tuple[Path, dict[str, list[str]]]


@pytest.fixture(scope="module")
def brief(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Brief]:
    """The folder of a brief with its annex, on few draws, and all its words by the file they stand in: made once."""

    @cache
    def of(case: Case) -> Brief:
        made = tmp_path_factory.mktemp("out") / case.about.id
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys.modules["aukus_mcda.analysis"], "study", partial(study, draws=400))
            patch.setattr(cli, "load_case", lambda name, **_: case)
            patch.setattr(cli, "input_files", lambda *_: {})
            arguments = ["brief", "shed", "--annex", "--out", str(made.parent)]
            done = CliRunner().invoke(cli.app, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        page = docx.Document(str(made / "one_page.docx"))
        return made, {
            "terminal": done.stdout.splitlines(),
            "slides": list(deck_texts(made / "slides.pptx")),
            "workbook": [text for texts in book_texts(made / "workbook.xlsx").values() for text in texts],
            "page": [node.text or "" for node in page.element.iter(qn("w:t"))],
            "titles": [slide.shapes.title.text for slide in Presentation(str(made / "slides.pptx")).slides],
        }

    return of


@pytest.mark.parametrize("name", NOT_RANGED)
def test_without_ranges_nothing_is_told_as_sure(name: str, brief: Callable[[Case], Brief]) -> None:
    case = NOT_RANGED[name]
    for where, texts in brief(case)[1].items():
        assert [text for text in texts if CERTAIN.search(text) or NOT_A_WORD.search(text)] == [], where
        assert not any("within the range judged" in text for text in texts), where
        assert where != "slides" or NO_RANGE in texts
        assert where != "terminal" or not [a for a, b in pairwise(texts) if a.endswith(":") and not b.startswith("- ")]
    assert "scores-certain" in set(case.findings["code"])
    told = verdict(case, draws=400)
    assert told.word != "robust" and any("how often the leader leads" in each for each in told.unmet)


@pytest.mark.parametrize("name", RANGED)
def test_a_thin_case_is_told_in_words(name: str, brief: Callable[[Case], Brief]) -> None:
    _, words = brief(RANGED[name])
    for where, texts in words.items():
        assert [text for text in texts if NOT_A_WORD.search(text)] == [], where
    if not_combined(RANGED[name]):
        assert [text for texts in words.values() for text in texts if "package" in text.lower()] == []


@pytest.mark.parametrize(
    "case",
    [
        *(partial(RANGED.get, name) for name in ("one option", "all alike", "all exclude each other")),
        *(partial(NOT_RANGED.get, name) for name in ("no ranges", "a tie", "futures", "profiles and a line")),
        partial(NOT_RANGED.get, "one criterion"),
    ],
    ids=lambda case: case.args[0],
)
def test_the_validator_finds_nothing(
    case: Callable[[], Case], brief: Callable[[Case], Brief], validated: Callable[[Path], list[str]]
) -> None:
    folder, words = brief(case())
    check([folder / name for name in ("slides.pptx", "workbook.xlsx", "one_page.docx")], validated)
    assert len(words["titles"]) >= 5


def test_a_lead_that_an_unknown_score_may_end_is_told_with_the_answer(brief: Callable[[Case], Brief]) -> None:
    folder, words = brief(RANGED["a score nobody knows"])
    texts = words | {"workbook": book_texts(folder / "workbook.xlsx")["start"]}
    for where in ("terminal", "slides", "workbook", "page"):
        told = [
            text for text in texts[where] if "Some scores are unknown: Plan ash may rank anywhere from 1 to 2." in text
        ]
        assert told and (
            where == "workbook"
            or "Of two options, \N{LEFT DOUBLE QUOTATION MARK}Plan ash\N{RIGHT DOUBLE QUOTATION MARK} ranks" in told[0]
        ), where


def test_what_was_not_drawn_is_told() -> None:
    for name, varied, certain in (
        ("scores alone", "scores between their low and high ends", True),
        ("weights alone", "swing points between their low and high ends", False),
        ("a tie", "scores and swing points between their low and high ends", False),
        ("only some scores", "scores between their low and high ends", True),
    ):
        result = study(RANGED[name], draws=400)
        told = exhibit(result, "sureness")
        assert told is not None and f"trials vary {varied}" in told.footnote, name
        assert ("aken as certain" in told.footnote) == certain, name
        assert ("scores-certain" in set(result.findings["code"])) == (name == "weights alone")
    unweighed = thin(TIED, spread=[0, 1, 0, 1], points=(100, 0))
    assert drawn(unweighed, unweighed.profile("baseline")) == ()
    tests = study(unweighed, draws=400).fragility
    assert tests is not None and tests.acceptability is None and tests.stress.empty


def test_weights_that_are_equal_are_told_as_equal() -> None:
    for case, title in (
        (thin(), "Aim p and Aim q weigh most, 50 %"),
        (NOT_RANGED["one criterion"], "Aim p weighs most, 100 %"),
    ):
        told = exhibit(study(case, draws=100), "weights")
        assert told is not None and told.title == title


def test_stability_names_a_challenger_once() -> None:
    case = thin({"ash": (6, 4), "elm": (6, 4), "fir": (4, 6)}, points=(100, 95))
    found = stability(case, "baseline")
    assert found.at["q", "above"] == "fir" and found.at["p", "below"] == "fir"


def test_all_scores_together_are_told_beside_single_ones(case: Case) -> None:
    result = study(case, draws=5000)
    tests = result.fragility
    assert tests is not None
    every = joint_information(Beliefs.of(case, "baseline"), {"all": case.scores.index}, draws=1000).loc["all"]
    assert tests.together["probability"] == every["probability"] and tests.together["value"] == every["value"]
    parts = (("probability", every["probability"], f"do in {100 * every['probability']:.0f} of 100 trials."),
             ("probability", 0.0, "nor do all of them together in any trial."),
             ("probability", 0.001, "do in fewer than 1 of 100 trials."))  # fmt: skip
    for name, share, ending in parts:
        together = tests.together.where(tests.together.index != name, share)
        alone = replace(tests, together=together, switches=tests.switches.assign(within_range=False))
        told = exhibit(replace(result, fragility=alone), "changes")
        assert told is not None and told.of(str)[0].endswith(ending)


def test_names_stay_as_they_are_written(brief: Callable[[Case], Brief]) -> None:
    names = ["Quito trade", "McRae load", "iPad reach", "It support", "There and back"]
    plain = thin({"ash": (7, 4, 4, 5, 6), "It plan": (4, 7, 3, 5, 5)}, points=(100, 60, 80, 20, 20), spread=1)
    case = replace(plain, criteria=plain.criteria.assign(name=names))
    _, words = brief(case)
    changed = [name.swapcase()[0] + name[1:] for name in names]
    for where, texts in words.items():
        assert [text for text in texts if any(re.search(rf"\b{each}", text) for each in changed)] == [], where
        assert where in ("page",) or any(names[0] in text for text in texts), where
    assert [node["name"] for node in nodes(case, case.criteria["parent"].to_dict())] == names


def test_a_way_to_draw_that_changes_nothing_or_draws_nothing_has_no_row() -> None:
    weights_alone = stress(RANGED["weights alone"], draws=100)
    assert list(weights_alone.index) == ["as stated"]
    for kind, missing in (("uniform", "scores uniform"), ("normal", "ranges as 5-95 %")):
        ways = stress(thin(spread=1, least=0.9, kind=kind), draws=100).index
        assert missing not in ways and "weights certain" in ways
        assert {*ways} <= {*WAYS_TOLD}, "each is worded for readers"
    assert stress(NOT_RANGED["ranges that are not drawn from"], draws=100).empty
