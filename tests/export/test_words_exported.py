# SPDX-License-Identifier: Apache-2.0
"""Everything a reader is shown obeys the rules of wording, and breaking one is noticed."""

from __future__ import annotations

import json
import re
import sys
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import docx
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from docx.oxml.ns import qn
from pptx import Presentation
from typer.testing import CliRunner

from aukus_mcda import Case, cli, export_html, export_slides, rank
from aukus_mcda.analysis import Study
from aukus_mcda.export.page import export_one_page
from aukus_mcda.export.workbook import export_workbook
from aukus_mcda.story import STORY, judged_by
from tools.lint_words import Problem, lint

OFFENDING = "It is very likely (80-95%), with high confidence, that this option ranks first."
MIXING = "It is highly likely that it lasts. It is very unlikely that it fails."
WRITTEN = [ROOT / "README.md", *sorted((ROOT / "notebooks").glob("*.ipynb"))]


def deck_texts(path: Path) -> Iterator[str]:
    """Titles, boxes, cells, the words of charts, what is read aloud for them, and notes."""
    for slide in Presentation(str(path)).slides:
        for shape in slide.shapes:
            if shape.has_text_frame:
                yield from (paragraph.text for paragraph in shape.text_frame.paragraphs)
            if shape.has_table:
                for row in shape.table.rows:
                    yield from (paragraph.text for cell in row.cells for paragraph in cell.text_frame.paragraphs)
            if shape.has_chart:
                xml = shape.chart._chartSpace
                yield from (node.text or "" for node in xml.iter("{*}t", "{*}v"))
            yield from shape._element.xpath(".//p:cNvPr/@descr | .//p:cNvPr/@title")
        if slide.has_notes_slide:
            yield from (paragraph.text for paragraph in slide.notes_slide.notes_text_frame.paragraphs)


def linted(texts: Iterator[str], yardstick: str) -> list[Problem]:
    """Each text is a block of its own; which terms are mixed is asked of all together."""
    return lint("\n\n".join(texts), yardstick)


def written(path: Path) -> str:
    """A page, or what a notebook says between its cells."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".md":
        return text
    cells = json.loads(text)["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")


@pytest.fixture(scope="module")
def deck(tested: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return export_slides(tested, tmp_path_factory.mktemp("deck") / "slides.pptx")


def test_the_shipped_deck_is_clean(deck: Path, tested: Study) -> None:
    texts = list(deck_texts(deck))
    assert "Maritime picture" in " ".join(texts)
    assert linted(iter(texts), tested.case.about.yardstick) == []


def book_texts(path: Path) -> dict[str, list[str]]:
    """What is written in the cells of each sheet, formulas as they come out."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    return {
        sheet.title: [cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)]
        for sheet in book
    }


def test_the_shipped_workbook_is_clean(tested: Study, tmp_path: Path) -> None:
    sheets = book_texts(export_workbook(tested, tmp_path / "workbook.xlsx"))
    assert {"capitals", "futures", "sureness", "packages"} <= set(sheets)
    for name, texts in sheets.items():
        assert linted(iter(texts), tested.case.about.yardstick) == [], name
        said = linted(iter([*texts, OFFENDING]), tested.case.about.yardstick)
        assert "confidence" in {problem.rule for problem in said}, name


def test_the_shipped_page_is_clean(tested: Study, tmp_path: Path) -> None:
    page = docx.Document(str(export_one_page(tested, tmp_path / "page.docx")))
    texts = [node.text for node in page.element.iter(qn("w:t"))]
    assert len(texts) > 12
    assert linted(iter(texts), tested.case.about.yardstick) == []
    assert [problem.rule for problem in linted(iter([*texts, OFFENDING]), "icd203")] == ["confidence"]


@pytest.mark.parametrize("where", ["title", "question", "description", "name", "source", "criterion"])
def test_an_offence_anywhere_in_the_deck_is_noticed(where: str, tested: Study, tmp_path: Path) -> None:
    case = tested.case

    def said(table: pd.DataFrame, column: str) -> pd.DataFrame:
        return table.assign(**{column: table[column].where(table.index != table.index[0], OFFENDING)})

    cited = {item for cell in case.scores["evidence"] for item in cell}
    used = case.sources.index == case.evidence.loc[case.evidence.index.isin(cited), "source"].iloc[0]
    broken = {
        "title": lambda: {"about": replace(case.about, title=OFFENDING)},
        "question": lambda: {"about": replace(case.about, question=OFFENDING)},
        "description": lambda: {"options": said(case.options, "description")},
        "name": lambda: {"options": said(case.options, "name")},
        "source": lambda: {"sources": case.sources.assign(title=case.sources["title"].mask(used, OFFENDING))},
        "criterion": lambda: {"criteria": case.criteria.assign(worst_means=OFFENDING)},
    }[where]()  # fmt: skip
    changed = replace(case, **broken)
    slides = ["cover", "ranking", "options", "scales", "sources"]  # for the others nothing is computed
    result = replace(tested, case=changed, ranking=rank(changed, "baseline"))
    path = export_slides(result, tmp_path / "slides.pptx", slides=slides)
    assert "confidence" in {problem.rule for problem in linted(deck_texts(path), "icd203")}


def test_an_offence_in_a_chart_its_description_or_the_notes_is_noticed(deck: Path, tmp_path: Path) -> None:
    for place in ("chart", "description", "notes"):
        edited = Presentation(str(deck))
        slide, shape = next((each, one) for each in edited.slides for one in each.shapes if one.has_chart)
        if place == "chart":
            shape.chart.has_title = True
            shape.chart.chart_title.text_frame.text = OFFENDING
        elif place == "description":
            shape._element.xpath(".//p:cNvPr")[0].set("descr", OFFENDING)
        else:
            slide.notes_slide.notes_text_frame.text = OFFENDING
        edited.save(tmp_path / "broken.pptx")
        assert [problem.rule for problem in linted(deck_texts(tmp_path / "broken.pptx"), "icd203")] == ["confidence"]


@pytest.mark.parametrize("audience", ["us", "uk"])
def test_a_share_a_count_and_a_verdict_read_the_same_in_every_medium(
    audience: str, tested: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", lambda *_, **__: tested)
    done = CliRunner().invoke(
        cli.app, ["brief", "aukus_plus_two", "--out", str(tmp_path), "--audience", audience, "--full"]
    )
    assert done.exit_code == 0, done.output
    folder = tmp_path / tested.case.about.id
    page = docx.Document(str(folder / "one_page.docx")).element.iter(qn("w:p"))
    media = {
        "slides": list(deck_texts(folder / "slides.pptx")),
        "workbook": [
            text
            for name, texts in book_texts(folder / "workbook.xlsx").items()
            if name not in ("evidence", "register")
            for text in texts
        ],
        "page": ["".join(node.text for node in paragraph.iter(qn("w:t"))) for paragraph in page],
        "terminal": done.output.splitlines(),
        "notebook": [repr(tested.show(name, audience=audience)) for name in STORY if not name.startswith("own ")],
        "verdict": str(tested.fragility.verdict).splitlines(),
    }
    tests, leader = tested.fragility, tested.ranking.leaders[0]
    assert tests is not None and tests.acceptability is not None and tests.methods is not None
    share = f"{100 * tests.acceptability.rank_acceptability.at[leader, 1]:.0f} of 100 trials"
    good = sum(test.passed for test in tests.verdict.tests.values() if test.passed is not None)
    led = tests.futures
    other = {"us": "realistic possibility", "uk": "roughly even chance"}[audience]
    for medium, texts in media.items():
        text = " ".join(" ".join(texts).split())
        if medium != "verdict":
            assert share in text, medium
            assert set(re.findall(r"(\d+) of (\d+) tests", text)) == {(str(good), str(len(tests.verdict.tests)))}, (
                medium
            )
            assert set(re.findall(r": the answer is (\w+)", text)) == {tests.verdict.word}, medium
        assert set(re.findall(r"(\d+) of (\d+) other famil", text)) <= {tuple(map(str, tests.methods.leads_in))}, medium
        assert set(re.findall(r"(\d+) of (\d+) futures(?! ha)", text)) <= {tuple(map(str, led))}, medium
        assert other not in text and not re.search(r"\d%", text), medium


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: path.stem)
def test_what_is_written_is_clean(path: Path) -> None:
    text = written(path)
    assert lint(text, "icd203") == []
    assert [problem.rule for problem in lint(f"{text}\n\n- {OFFENDING}", "icd203")] == ["confidence"]
    assert [problem.rule for problem in lint(f"{text}\n\n{MIXING}")] == ["mixed"]


def test_the_shipped_case_is_clean(case: Case) -> None:
    frames = (case.options, case.criteria, case.scores, case.assumptions, case.evidence, case.sources, case.findings)
    texts = [cell for frame in frames for cell in frame.to_numpy().ravel() if isinstance(cell, str)]
    assert len(texts) > 1000
    assert linted(iter(texts), case.about.yardstick) == []
    assert [problem.rule for problem in linted(iter([*texts, OFFENDING]), "icd203")] == ["confidence"]


def test_every_file_says_that_it_informs_and_does_not_decide(starter: Study, tmp_path: Path) -> None:
    told = judged_by(starter.case)
    assert told == f"This informs a decision and does not make one. {starter.case.about.disclaimer}"
    assert told in export_html(starter, tmp_path / "study.html").read_text("utf-8")
    parts = {
        "slides.pptx": r"ppt/slides/slide\d+\.xml",
        "page.docx": r"word/footer\d*\.xml",
        "book.xlsx": r"xl/.*\.xml",
    }
    for name, pattern in parts.items():
        with zipfile.ZipFile(starter.export(tmp_path / name)) as archive:
            texts = [archive.read(each).decode() for each in archive.namelist() if re.fullmatch(pattern, each)]
        held = [told in text for text in texts]
        assert any(held) if name == "book.xlsx" else all(held) and held, name
