"""Cases in which little is uncertain, or little is there: nothing is told as sure, and nothing missing as a number."""

from __future__ import annotations

import re
import sys
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import docx
import matplotlib.pyplot as plt
import nbformat
import pandas as pd
import pytest
from conftest import ROOT
from docx.oxml.ns import qn
from pptx import Presentation
from test_words_exported import book_texts, deck_texts
from typer.testing import CliRunner

import aukus_mcda
from aukus_mcda import Case, cli, export_slides, rank, stability, stress, study, verdict
from aukus_mcda.errors import MethodError
from aukus_mcda.lab.browser import nodes
from aukus_mcda.perspectives.package_choice import not_combined
from aukus_mcda.story import wording
from aukus_mcda.uncertainty.drawing import drawn
from aukus_mcda.uncertainty.information import Beliefs, joint_information

Scores = dict[str, tuple[float, ...]]
PLANS: Scores = {"ash": (6.3, 4.0), "elm": (4.0, 6.2), "fir": (5.0, 5.0)}
ALIKE: Scores = dict.fromkeys(PLANS, (5, 5))
TIED: Scores = {"ash": (8, 5), "elm": (5, 8)}
CERTAIN = re.compile(r"\bdraws\b|worse end|\(\d+-\d+%\)|known perfectly|every future and", re.IGNORECASE)
"""What may not be said where nothing has a range."""
NOT_A_WORD = re.compile(r"\b(?:nan|inf|NaT)\b|<NA>|\bNone\b(?! of|\.)")


def thin(
    scores: Scores = PLANS,
    *,
    spread: float | list[float] = 0,
    points: tuple[float, ...] = (100, 100),
    least: float = 1,
    profiles: tuple[str, ...] = ("baseline",),
    out: tuple[str, ...] = (),
    columns: dict[str, Any] | None = None,
    kind: str = "",
    **tables: pd.DataFrame,
) -> Case:
    """Options whose scores lie ``spread`` either way of the likely ones, their weights from ``least`` of the points."""
    leaves = "pqrstuvw"[: len(points)]
    rows = [(option, leaf, score) for option, each in scores.items() for leaf, score in zip(leaves, each, strict=True)]
    frame = pd.DataFrame(rows, columns=["option", "criterion", "likely"])
    swings = [(name, leaf, least * each, each) for name in profiles for leaf, each in zip(leaves, points, strict=True)]
    weights = pd.DataFrame(swings, columns=["profile", "criterion", "low", "likely"])
    named = {"id": list(scores), "name": [f"Plan {option}" for option in scores], "effort": 2, "time_to_effect": 6}
    criteria = {"id": list(leaves), "name": [f"Aim {leaf}" for leaf in leaves], "direction": "max"}
    screens = pd.DataFrame({"option": list(scores), "screen": "law", "passes": "yes", "reason": "r"})
    return Case.from_frames(
        criteria=pd.DataFrame(criteria).assign(worst=0, best=10),
        scores=frame.assign(low=frame["likely"] - spread, high=frame["likely"] + spread, distribution=kind),
        weights=weights.assign(high=weights["likely"]),
        options=pd.DataFrame(named | (columns or {})),
        screens=screens.assign(passes=["no" if option in out else "yes" for option in scores]),
        about={"id": "shed", "title": "A shelter for bicycles", "status_quo": next(iter(scores))},
        **tables,
    )


FUTURES = pd.DataFrame(
    {"scenario": ["rain"], "name": "A wet year", "option": "ash", "criterion": "p", "shift": -3, "rationale": "r"}
)
LINES = pd.DataFrame({"profile": ["mason"], "criterion": "p", "least_value": 45, "reason": "r"})
NOT_RANGED = {
    "no ranges": thin(),
    "ranges that are not drawn from": thin(spread=1, kind="fixed"),
    "a tie": thin(TIED),
    "all alike": thin(ALIKE),
    "futures": thin(scenarios=FUTURES),
    "profiles and a line": thin(profiles=("baseline", "mason"), redlines=LINES),
    "one criterion": thin({"ash": (6,), "elm": (4,)}, points=(100,)),
    "no effort": thin(columns={"effort": None}),
    "no time": thin(columns={"time_to_effect": None}),
}
RANGED = {
    "a tie": thin(TIED, spread=1, least=0.9),
    "all alike": thin(ALIKE, spread=1, least=0.9),
    "six weigh the same": thin({"ash": (8, 5, 4, 3, 6, 5), "elm": (4, 6, 5, 5, 3, 6)}, points=(100,) * 6, spread=1),
    "one option": thin({"ash": (6, 4)}, spread=1),
    "all but one screened out": thin(out=("elm", "fir"), spread=1),
    "all screened out but two": thin(out=("fir",), spread=1),
    "one criterion": thin({"ash": (6,), "elm": (5,)}, points=(100,), spread=2),
    "scores alone": thin(spread=1),
    "weights alone": thin(least=0.5),
    "only some scores": thin(TIED, spread=[0, 0, 1, 1]),
    "a criterion of no weight": thin(points=(100, 0), spread=1),
    "all exclude each other": thin(columns={"excludes": ["", "fir", ""]}, spread=1, least=0.9),
    "no effort": thin(columns={"effort": [1, None, 2]}, spread=1),
    "profiles that tie": thin(TIED, profiles=("baseline", "mason"), spread=1),
}


def brief(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """All words of a brief by the file they stand in, on few draws."""
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", partial(study, draws=400))
    monkeypatch.setattr(cli, "load_case", lambda name, as_of: case)
    monkeypatch.setattr(cli, "input_files", lambda name: {})
    done = CliRunner().invoke(cli.app, ["brief", "shed", "--out", str(folder)], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    made = folder / "shed"
    page = docx.Document(str(made / "one_page.docx"))
    return {
        "terminal": done.stdout.splitlines(),
        "slides": list(deck_texts(made / "slides.pptx")),
        "workbook": [text for texts in book_texts(made / "workbook.xlsx").values() for text in texts],
        "page": [node.text or "" for node in page.element.iter(qn("w:t"))],
        "titles": [slide.shapes.title.text for slide in Presentation(str(made / "slides.pptx")).slides],
    }


@pytest.mark.parametrize("name", NOT_RANGED)
def test_without_ranges_nothing_is_told_as_sure(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    case = NOT_RANGED[name]
    for where, texts in brief(case, tmp_path, monkeypatch).items():
        assert [text for text in texts if CERTAIN.search(text) or NOT_A_WORD.search(text)] == [], where
        assert where in ("titles", "workbook") or wording.NO_RANGE in texts, where
    assert "scores-certain" in set(case.findings["code"])
    told = verdict(case, draws=400)
    assert told.word != "robust" and any("how often the leader leads" in each for each in told.unmet)


@pytest.mark.parametrize("name", RANGED)
def test_a_thin_case_is_told_in_words(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = brief(RANGED[name], tmp_path, monkeypatch)
    for where, texts in words.items():
        assert [text for text in texts if NOT_A_WORD.search(text)] == [], where
    if not_combined(RANGED[name]):
        assert [text for texts in words.values() for text in texts if "package" in text.lower()] == []


def test_what_was_not_drawn_is_said() -> None:
    for name, start in (
        ("scores alone", "Given the uncertain scores, with the weights taken as certain, "),
        ("weights alone", "Given the uncertain weights, with the scores taken as certain, "),
        ("a tie", "Given the uncertain scores and weights, "),
        ("only some scores", "Given the scores that have a range, with the weights taken as certain, "),
    ):
        case = RANGED[name]
        result = study(case, draws=400)
        assert wording.how_sure(result.fragility, result.ranking, case).startswith(start), name
        assert ("scores-certain" in set(result.findings["code"])) == (name == "weights alone")
    unweighed = thin(TIED, spread=[0, 1, 0, 1], points=(100, 0))
    assert drawn(unweighed, unweighed.profile("baseline")) == ()
    tests = study(unweighed, draws=400).fragility
    assert tests is not None and tests.acceptability is None and tests.stress.empty


def test_weights_that_are_equal_are_told_as_equal() -> None:
    six = RANGED["six weigh the same"]
    assert wording.heaviest(rank(six), six) == "All 6 criteria weigh the same under the baseline weights, 16.7 % each."
    assert wording.heaviest(rank(thin()), thin()).startswith("Aim p and Aim q weigh the same ")
    some = thin({"ash": (5,) * 8, "elm": (6,) * 8}, points=(100,) * 6 + (20, 20))
    assert wording.heaviest(rank(some), some).startswith("6 of the 8 criteria weigh most ")
    one = NOT_RANGED["one criterion"]
    assert wording.heaviest(rank(one), one).endswith("is on Aim p, the only criterion at the top of the tree.")


def test_options_that_are_alike_cannot_be_parted() -> None:
    for case, end in (
        (thin(ALIKE), "no weights can part them."),
        (thin(TIED), "the least change of weights can part them."),
    ):
        assert wording.min_shift(study(case, draws=100).fragility, case).endswith(end)


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
    single = replace(tests, information=tests.information.assign(value=0.0))
    trials = f"in {100 * every['probability']:.0f} of 100 trials another option wins."
    said = "No single score, known perfectly, would change the choice; all of them together might: "
    assert wording.to_collect(single, case) == said + trials
    none = replace(single, switches=tests.switches.assign(within_range=False))
    assert wording.single_scores(none).endswith(trials)
    never = replace(single, together=tests.together.where(tests.together.index != "probability", 0))
    assert wording.to_collect(never, case).endswith("; nor, in any trial, would all of them together.")
    rare = replace(single, together=tests.together.where(tests.together.index != "probability", 0.001))
    assert "in fewer than 1 of 100 trials" in wording.to_collect(rare, case)


def test_names_stay_as_they_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["Quito trade", "McRae load", "iPad reach", "It support", "There and back"]
    plain = thin({"ash": (7, 4, 4, 5, 6), "It plan": (4, 7, 3, 5, 5)}, points=(100, 60, 80, 20, 20), spread=1)
    case = replace(plain, criteria=plain.criteria.assign(name=names))
    words = brief(case, tmp_path, monkeypatch)
    changed = [name.swapcase()[0] + name[1:] for name in names]
    for where, texts in words.items():
        assert [text for text in texts if any(re.search(rf"\b{each}", text) for each in changed)] == [], where
        assert where in ("page",) or any(names[0] in text for text in texts), where
    assert [node["name"] for node in nodes(case, case.criteria["parent"].to_dict())] == names


@pytest.mark.parametrize("name", ["made-up criterion number", "M" * 90, "word " * 30])
def test_a_crowd_of_criteria_leaves_titles_short_and_whole(name: str, tmp_path: Path) -> None:
    many, options = 40, ("ash", "elm", "fir")
    criteria = pd.DataFrame({"id": [f"k{k}" for k in range(many)], "name": [f"{name} {k}" for k in range(many)]})
    rows = [(option, leaf, 1 + (7 * k + 3 * place) % 8) for place, option in enumerate(options)
            for k, leaf in enumerate(criteria["id"])]  # fmt: skip
    scores = pd.DataFrame(rows, columns=["option", "criterion", "likely"])
    case = Case.from_frames(
        criteria=criteria.assign(direction="max", worst=0, best=10),
        scores=scores.assign(low=scores["likely"] - 1, high=scores["likely"] + 1),
        options=pd.DataFrame({"id": options, "name": [f"{name} for {option}" for option in options]}),
    )
    result = study(case, dict.fromkeys(case.leaves, 100), draws=200)
    path = export_slides(result, tmp_path / "slides.pptx")
    for slide in Presentation(str(path)).slides:
        title, told = slide.shapes.title.text, slide.notes_slide.notes_text_frame.text
        assert len(title) <= 200
        if " ..." in title:  # what stands before the points is the beginning of a sentence in the notes, up to a word
            start = re.sub(r" \(\d+ of \d+\)$", "", title.split(" ...")[0]).replace("\N{NO-BREAK SPACE}", " ")
            whole = next(line for line in told.replace("\N{NO-BREAK SPACE}", " ").split("\n") if line.startswith(start))
            assert whole[len(start)] in " ,;:" or len(start.split()) == 1


@pytest.mark.parametrize("case", [NOT_RANGED["no ranges"], RANGED["one criterion"], RANGED["one option"]])
@pytest.mark.parametrize("path", sorted((ROOT / "notebooks").glob("0*.ipynb")), ids=lambda path: path.stem)
def test_notebooks_run_for_a_thin_case(case: Case, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run in this process, on few draws: a kernel for each would take a minute a case."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(aukus_mcda, "load_case", lambda where: case)
    for name in ("study", "capitals", "futures", "joint"):
        monkeypatch.setattr(aukus_mcda, name, partial(getattr(aukus_mcda, name), draws=400))
    shown: list[str] = []
    monkeypatch.setattr("IPython.display.display", lambda each: shown.append(str(getattr(each, "data", each))))
    names: dict[str, Any] = {}
    alone = path.stem == "07_futures" and len(case.options) == 1
    with pytest.raises(MethodError, match="at least two must pass") if alone else nullcontext():
        for cell in nbformat.read(path, as_version=4).cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, path.name, "exec"), names)
    plt.close("all")
    assert (shown or alone) and [text for text in shown if NOT_A_WORD.search(text)] == []


def test_a_way_to_draw_that_changes_nothing_or_draws_nothing_has_no_row() -> None:
    weights_alone = stress(RANGED["weights alone"], draws=100)
    assert list(weights_alone.index) == ["as stated"]
    for kind, missing in (("uniform", "scores uniform"), ("normal", "ranges as 5-95 %")):
        ways = stress(thin(spread=1, least=0.9, kind=kind), draws=100).index
        assert missing not in ways and "weights certain" in ways
    assert stress(NOT_RANGED["ranges that are not drawn from"], draws=100).empty
