"""Every notebook is thin, committed without outputs, and runs in a fresh kernel."""

from __future__ import annotations

import ast
import runpy
from pathlib import Path

import nbformat
import pytest
from conftest import ROOT
from nbclient import NotebookClient

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
def test_a_notebook_imports_from_the_top(path: Path) -> None:
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    nodes = [node for source in cells for node in ast.walk(ast.parse(source))]
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    assert [module for module in modules if module.startswith("aukus_mcda.")] == []


def test_a_broken_case_shows_its_faults_and_no_traceback(tmp_path: Path) -> None:
    new_case(tmp_path / "broken")
    scores = tmp_path / "broken" / "scores.csv"
    scores.write_text(scores.read_text("utf-8").replace("likely", "liekly", 1), "utf-8")
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_code_cell("from aukus_mcda import load_case\nload_case('broken')"),
            nbformat.v4.new_code_cell("load_case('aukus_plus_two').weights({'<script>\u202e\x1b[31m': 1})"),
        ]
    )
    NotebookClient(
        notebook, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}}, allow_errors=True,
        shutdown_kernel="immediate",
    ).execute()  # fmt: skip
    (shown,) = notebook.cells[0].outputs
    said = "\n".join(shown.traceback)
    assert shown.ename == "CaseError" and said.startswith("The case has") and "scores.csv" in said
    assert "Traceback" not in said and "load_case(" not in said
    (shown,) = notebook.cells[1].outputs
    assert "<script>" in shown.traceback[0] and "\\u202e\\u001b[31m" in shown.traceback[0]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_in_a_fresh_kernel(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    notebook = read(path)
    client = NotebookClient(
        notebook, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(tmp_path)}},
        shutdown_kernel="immediate",
    )  # fmt: skip
    client.execute()
    said = "".join(
        output.get("text", "")
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.get("name") == "stderr"
    )
    assert said == ""
