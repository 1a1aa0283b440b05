"""Every notebook is thin, committed without outputs, and runs where it is read, asking nothing of the network."""

from __future__ import annotations

import ast
import runpy
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest
from conftest import ROOT
from lab import Lab, jupyterlab
from pptx import Presentation

from aukus_mcda import load_case, rank
from aukus_mcda.lab.start import new_case

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def read(path: Path) -> nbformat.NotebookNode:
    return nbformat.read(path, as_version=4)


def test_there_are_notebooks() -> None:
    assert ROOT / "notebooks" / "00_start_here.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_committed_without_outputs(path: Path) -> None:
    for cell in read(path).cells:
        if cell.cell_type == "code":
            assert cell.outputs == [] and cell.execution_count is None


def test_each_notebook_leads_to_its_neighbours() -> None:
    linked = runpy.run_path(str(ROOT / "notebooks" / "link.py"))["linked"]
    stale = [path.name for path, text in linked(ROOT / "notebooks").items() if path.read_text("utf-8") != text]
    assert stale == [], "run python notebooks/link.py"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_thin_and_explains_itself(path: Path) -> None:
    cells = read(path).cells
    assert cells[0].cell_type == "markdown" and cells[0].source.startswith("# ")
    for cell in cells:
        if cell.cell_type == "code":
            assert len(cell.source.splitlines()) <= 15
            kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
            assert not kinds & {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_from_the_top_or_from_a_room(path: Path) -> None:
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    nodes = [node for source in cells for node in ast.walk(ast.parse(source))]
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    assert [module for module in modules if module.count(".") > 1] == []


# ---- in JupyterLab, each run once, in a folder and a kernel of its own ----------------------------------------------


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("suite") / "notebooks"
    folder.mkdir()
    with jupyterlab(folder) as made:
        yield made


@pytest.fixture(scope="module")
def page(lab: Lab) -> Any:
    return lab.page()


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_without_an_error_or_a_warning(lab: Lab, page: Any, path: Path) -> None:
    folder = lab.folder / path.stem
    folder.mkdir()
    shutil.copy(path, folder)
    lab.open(page, f"{path.stem}/{path.name}")
    lab.run_well(page, timeout=120)
    if path.stem == "03_weights":
        order = page.locator(".awb[data-order]").first.get_attribute("data-order").split(" ")
        assert order == list(rank(load_case("aukus_plus_two"), "baseline").ranked.index)
    if path.stem == "09_export":
        page.get_by_role("button", name="Write slides and workbook").click()
        page.get_by_text("Written to").wait_for(timeout=60_000)
        deck = Presentation(str(folder / "out" / "slides.pptx"))
        assert len(deck.slides) > 10
        assert (folder / "out" / "workbook.xlsx").stat().st_size > 10_000
    lab.close_notebook(page)


def test_a_broken_case_shows_its_faults_and_no_traceback(lab: Lab, page: Any) -> None:
    new_case(lab.folder / "broken")
    scores = lab.folder / "broken" / "scores.csv"
    scores.write_text(scores.read_text("utf-8").replace("likely", "liekly", 1), "utf-8")
    cells = (
        "from aukus_mcda import load_case\nload_case('broken')",
        "load_case('aukus_plus_two').weights({'<script>\u202e\x1b[31m': 1})",
    )
    lab.open(page, lab.write("broken.ipynb", *cells, go_on=True))
    (fault,), (strange,) = lab.run_all(page)
    said = "\n".join(fault["traceback"])
    assert fault["ename"] == "CaseError" and said.startswith("The case has") and "scores.csv" in said
    assert "Traceback" not in said and "load_case(" not in said
    assert "<script>" in strange["traceback"][0] and "\\u202e\\u001b[31m" in strange["traceback"][0]


def test_nothing_was_asked_of_any_other_machine(lab: Lab) -> None:
    assert lab.requests and lab.outside() == []
