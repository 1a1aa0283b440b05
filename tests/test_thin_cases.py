"""Cases in which little is uncertain, or little is there: nothing is told as sure, and nothing missing as a number."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import Any

import docx
import pandas as pd
import pytest
from docx.oxml.ns import qn
from pptx import Presentation
from test_words_exported import book_texts, deck_texts
from typer.testing import CliRunner

from aukus_mcda import Case, cli, stress, study, verdict, wording

Scores = dict[str, tuple[float, ...]]
PLANS: Scores = {"ash": (6.3, 4.0), "elm": (4.0, 6.2), "fir": (5.0, 5.0)}
ALIKE: Scores = dict.fromkeys(PLANS, (5, 5))
TIED: Scores = {"ash": (8, 5), "elm": (5, 8)}
CERTAIN = re.compile(r"\bdraws\b|worse end|\(\d+-\d+%\)|known perfectly|every future and", re.IGNORECASE)
"""What may not be said where nothing has a range."""
NOT_A_WORD = re.compile(r"\b(?:nan|inf|None|NaT|<NA>)\b")


def thin(
    scores: Scores = PLANS, *, spread: float = 0, points: tuple[float, ...] = (100, 100), least: float = 1,
    profiles: tuple[str, ...] = ("baseline",), out: tuple[str, ...] = (), columns: dict[str, Any] | None = None,
    kind: str = "", **tables: pd.DataFrame,
) -> Case:  # fmt: skip
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
    "a criterion of no weight": thin(points=(100, 0), spread=1),
    "all exclude each other": thin(columns={"excludes": ["", "fir", ""]}, spread=1, least=0.9),
    "no effort": thin(columns={"effort": [1, None, 2]}, spread=1),
    "profiles that tie": thin(TIED, profiles=("baseline", "mason"), spread=1),
}


def brief(case: Case, folder: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, list[str]]:
    """All words of a brief by the file they stand in, on few draws."""
    monkeypatch.setattr(sys.modules["aukus_mcda.study"], "study", partial(study, draws=400))
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
    for where, texts in brief(RANGED[name], tmp_path, monkeypatch).items():
        assert [text for text in texts if NOT_A_WORD.search(text)] == [], where


def test_a_way_to_draw_that_changes_nothing_or_draws_nothing_has_no_row() -> None:
    weights_alone = stress(RANGED["weights alone"], draws=100)
    assert list(weights_alone.index) == ["as stated"]
    for kind, missing in (("uniform", "scores uniform"), ("normal", "ranges as 5-95 %")):
        ways = stress(thin(spread=1, least=0.9, kind=kind), draws=100).index
        assert missing not in ways and "weights certain" in ways
    assert stress(NOT_RANGED["ranges that are not drawn from"], draws=100).empty
