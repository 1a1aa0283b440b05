# SPDX-License-Identifier: Apache-2.0
"""Every notebook is thin, committed without outputs, and runs where it is read, asking nothing of the network."""

from __future__ import annotations

import ast
import re
import runpy
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import nbformat
import papermill
import pytest
from conftest import ROOT
from lab import PATIENCE, Lab
from nbformat.sign import NotebookNotary
from pptx import Presentation
from thin_cases import NOT_RANGED, RANGED, Cases, crowd, small

import aukus_mcda
from aukus_mcda import Case, load_case, rank, saved_weights, study, verify
from aukus_mcda.analysis import Study
from aukus_mcda.lab.start import FIRST_NOTEBOOK, new_case, prepare, working_notebooks
from aukus_mcda.lab.store import save_weights
from aukus_mcda.layout import Shown
from aukus_mcda.story import EXHIBITS, ON_SCREEN, exhibit

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
    assert len(cells[0].source) < 220, "what stands above the answer is a title and a line or two"
    assert cells[1].metadata == {"tags": ["parameters"]}
    assert all(isinstance(node, ast.Assign) for node in ast.parse(cells[1].source).body)
    assert max(map(len, cells[1].source.splitlines())) < 104, "or JupyterLab at 1280 points hides the end of a line"
    reads = "read_table(" if path.stem == "10_your_own_case" else "own=True"
    assert cells[2].source.startswith("# ") and reads in cells[2].source
    for cell in cells[2:]:
        if cell.cell_type == "code":
            assert cell.metadata["jupyter"] == {"source_hidden": True}
            assert len(cell.source.splitlines()) <= 15
            kinds = {type(node) for node in ast.walk(ast.parse(cell.source))}
            assert not kinds & {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda}


def test_weights_can_be_set_where_nothing_shows_a_score() -> None:
    """It imports nothing that ranks: the questions, and the case that they are about."""
    (path,) = (path for path in NOTEBOOKS if path.stem == BEFORE_TOTALS)
    code = "\n".join(cell.source for cell in read(path).cells if cell.cell_type == "code")
    names = [
        alias.name for node in ast.walk(ast.parse(code)) if isinstance(node, ast.ImportFrom) for alias in node.names
    ]
    assert names == ["SwingGuide", "load_case"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_imports_from_the_top(path: Path) -> None:
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    nodes = [node for source in cells for node in ast.walk(ast.parse(source))]
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    modules += [alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names]
    assert [module for module in modules if module.startswith("aukus_mcda.")] == []


BEFORE_TOTALS = "12_before_totals"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_valid_and_papermill_knows_its_parameters(path: Path) -> None:
    nbformat.validate(read(path))
    assert {"where", "table"} & papermill.inspect_notebook(path).keys()


def test_papermill_runs_a_notebook_with_other_parameters(tmp_path: Path) -> None:
    given = {"profile": "seoul"}
    path, into = NOTEBOOKS[2], tmp_path / "seoul.ipynb"
    papermill.execute_notebook(path, into, given, kernel_name="python3", cwd=tmp_path, progress_bar=False)
    assert "Seoul weights" in str(read(into).cells)


LITTLE = Cases(
    {
        "three options and no more": small,
        "options that exclude each other": lambda: RANGED["all exclude each other"],
        "one option": lambda: RANGED["one option"],
        "futures": lambda: NOT_RANGED["futures"],
        "one criterion": lambda: RANGED["one criterion"],
        "forty options": partial(crowd, "Aim", 2, tuple(f"plan{k}" for k in range(40))),
    }
)


@pytest.mark.parametrize("name", LITTLE)
def test_every_notebook_runs_for_a_case_with_little_in_it(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in a kernel each, which would take minutes: their code, with what each cell shows written as it is shown."""
    shutil.copy(ROOT / "notebooks" / "sites.csv", tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(aukus_mcda, "load_case", lambda where, own: LITTLE[name])
    studies: dict[str, Study] = {}

    def studied(asked: Case, *profile: Any, **named: Any) -> Study:
        """One study of a case, though each notebook asks for it."""
        key = repr((asked.digest, profile, named))
        studies[key] = studies.get(key) or study(asked, *profile, draws=200, **named)
        return studies[key]

    monkeypatch.setattr(aukus_mcda, "study", studied)
    shown = []
    for path in NOTEBOOKS:
        names: dict[str, Any] = {}
        for cell in (cell for cell in read(path).cells if cell.cell_type == "code"):
            *lines, last = ast.parse(cell.source.replace(", draws=2_000", "")).body
            exec(compile(ast.Module(lines, []), path.stem, "exec"), names)
            if isinstance(last, ast.Expr):
                each = eval(compile(ast.Expression(last.value), path.stem, "eval"), names)
                shown.append(each._repr_html_() if isinstance(each, Shown) else repr(each))
            else:
                exec(compile(ast.Module([last], []), path.stem, "exec"), names)
    ids = " capital|capitals "
    assert len(shown) > 60 and not [each for each in shown if re.search(ids, each)]
    if name == "options that exclude each other":
        assert sum("one of them is to be chosen" in each for each in shown) == 1


# ---- run beforehand, as `aukus-mcda lab` does, and looked at in JupyterLab ------------------------------------------


@pytest.fixture(scope="module")
def home(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A working folder with every notebook prepared; that they are trusted is noted in a folder of the test's own."""
    folder = tmp_path_factory.mktemp("suite")
    shutil.copytree(prepared, folder / "home" / "notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(folder / "data"))
        patch.setenv("PYTHONPATH", str(ROOT))
        notary = NotebookNotary()
        for path in (folder / "home" / "notebooks").glob("*.ipynb"):
            notary.sign(read(path))
        notary.store.close()
        yield folder / "home"


@pytest.fixture(scope="module")
def page(lab: Lab) -> Any:
    """JupyterLab at the first notebook; from there to another it is never loaded anew, as where a link is followed."""
    page = lab.page()
    page.set_viewport_size({"width": 1280, "height": 800})
    lab.open(page, f"notebooks/{FIRST_NOTEBOOK}")
    return page


IN_SIGHT = ".jp-NotebookPanel:not(.lm-mod-hidden)"
"""Where only some tests are run, the first notebook stays open behind the one looked at."""


TO_THE_BOARD = """async () => {
    const notebook = jupyterapp.shell.currentWidget.content;
    const board = notebook.widgets.findIndex((cell) => cell.model.sharedModel.source.includes("WeightBoard(case"));
    await notebook.scrollToItem(board, "start");
}"""
"""Lab draws a cell that is out of sight when it has time to, which may be late."""


RUN_BY_ITSELF = """() => {
    const notebook = jupyterapp.shell.currentWidget, cells = notebook.content.widgets.map(({ model }) => model);
    const ran = cells.every((cell) => cell.type !== "code" || cell.executionCount);
    return ran && notebook.node.dataset.aukus === "ran";
}"""


EMPTIED = """() => {
    window.emptied = 0;
    setInterval(() => {
        const cells = jupyterapp.shell.currentWidget?.content?.widgets?.map(({ model }) => model) ?? [];
        const empty = cells.filter((cell) => cell.type === "code" && !cell.outputs.length);
        window.emptied = Math.max(window.emptied, empty.length);
    }, 50);
}"""


def outputs(path: Path) -> list[Any]:
    return [output for cell in read(path).cells if cell.cell_type == "code" for output in cell.outputs]


@pytest.mark.parametrize("name", [path.name for path in NOTEBOOKS])
def test_a_notebook_runs_without_an_error_or_a_warning(home: Path, name: str) -> None:
    ran = outputs(home / "notebooks" / name)
    assert ran and [output for output in ran if output.output_type in ("error", "stream")] == []


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem != BEFORE_TOTALS], ids=lambda path: path.stem)
def test_a_notebook_opens_with_its_answer_and_a_picture(lab: Lab, page: Any, path: Path) -> None:
    """No key is pressed."""
    lab.open(page, f"notebooks/{path.name}", anew=False)
    outputs_shown = page.locator(f"{IN_SIGHT} .jp-OutputArea-output")
    answer = outputs_shown.locator("[role=heading]").first
    assert top_of(page, answer) < 500
    if path.stem != "09_export":  # it shows the four numbers that a deck begins with
        assert top_of(page, outputs_shown.locator("img, td, .awb, .awg").first) < 700
    if path.stem in ("00_start_here", "03_weights", "06_capitals", "09_export"):  # all were run beforehand
        page.evaluate(EMPTIED)
        page.wait_for_function(RUN_BY_ITSELF, timeout=1000 * PATIENCE)
        assert page.evaluate("window.emptied") <= 2, (
            "the cell of parameters, and the one that runs: all others keep theirs"
        )
        line = page.locator(f"{IN_SIGHT} .awo").first
        assert line.inner_text().startswith("Baseline weights.")
        assert top_of(page, answer) < 500, "who was reading stays where they were"
    if path.stem == "00_start_here":
        board_of_a_notebook_just_opened(lab, page)
        page.wait_for_function("document.querySelector('.awo-news')?.textContent.includes('have changed since')")
        run_from_the_line(page, lab.folder / "notebooks" / path.name)
        shutil.rmtree(lab.folder / "notebooks" / "work" / "aukus_plus_two")
    if path.stem == "03_weights":
        page.evaluate(TO_THE_BOARD)
        order = page.locator(f"{IN_SIGHT} .awb[data-order]").first.get_attribute("data-order").split(" ")
        assert order == list(rank(load_case("aukus_plus_two"), "baseline").ranked.index)
    if path.stem == "09_export":
        exported(page, lab.folder / "notebooks")
    lab.close_notebooks(page)


def top_of(page: Any, shown: Any) -> float:
    """Where something begins on the page; while a notebook runs itself, an output is gone for a moment."""
    deadline = time.monotonic() + PATIENCE
    while (box := shown.bounding_box()) is None:
        assert time.monotonic() < deadline
        page.wait_for_timeout(100)
    return float(box["y"])


def board_of_a_notebook_just_opened(lab: Lab, page: Any) -> None:
    """Nobody ran a cell, and what is set on the board is saved."""
    slider = page.locator('.awb [data-node="escalation"] input[type="range"]')
    slider.scroll_into_view_if_needed()
    before = page.get_attribute(".awb[data-order]", "data-order")
    slider.focus()
    for _ in range(3):
        page.keyboard.press("PageUp")
    page.wait_for_function("document.querySelector('.awb[data-order]')?.dataset.pending === '0'")
    after = page.get_attribute(".awb[data-order]", "data-order")
    work, case = lab.folder / "notebooks" / "work" / "aukus_plus_two", load_case("aukus_plus_two")
    assert after != before
    assert list(rank(case, saved_weights(case, work)).ranked.index) == after.split(" ")


def run_from_the_line(page: Any, path: Path) -> None:
    """The line says so at once, as what is left to be read is a copy of it; the new answers are saved."""
    press = """button => {
        button.click();
        return [...document.querySelectorAll(".awo-news")].map((news) => news.textContent);
    }"""
    said = page.locator(f"{IN_SIGHT} .awo").get_by_role("button", name="Run all cells").evaluate(press)
    assert said and all("is being run" in news for news in said)
    page.wait_for_function(RUN_BY_ITSELF, timeout=1000 * PATIENCE)
    (line,) = page.locator(f"{IN_SIGHT} .awo-line").all_text_contents()
    assert line != "Baseline weights." and line in str(outputs(path))


def exported(page: Any, folder: Path) -> None:
    """Files are made when asked for, download by their links, are verified, and are left alone once edited."""
    out = folder / "out" / "aukus_plus_two"
    assert not out.exists()  # nobody asked yet
    panel = page.locator(".awb-export")
    panel.get_by_role("checkbox", name="Seoul").check()

    def make_files(count: int) -> None:
        panel.get_by_role("button", name="Make the files").click()
        page.wait_for_function(
            "count => document.querySelectorAll('.awb-file').length === count"
            " && document.querySelector('.awb-export').dataset.busy === 'false'",
            arg=count,
            timeout=1000 * PATIENCE,
        )

    make_files(2)
    made = {path.name for path in out.iterdir()}
    assert made == {"slides.pptx", "slides_seoul.pptx"}
    with page.expect_download() as download:
        panel.get_by_role("button", name="Download slides_seoul.pptx").click()
    deck = Presentation(str(download.value.path()))
    assert download.value.suggested_filename == "slides_seoul.pptx" and len(deck.slides) == 10
    assert "Seoul weights" in " ".join(shape.text_frame.text for shape in deck.slides[1].shapes if shape.has_text_frame)
    panel.get_by_role("button", name="Verify slides.pptx").click()
    page.wait_for_selector('.awb-file[data-path="out/aukus_plus_two/slides.pptx"][data-state^="Verified"]')
    deck.save(out / "slides.pptx")
    edited = (out / "slides.pptx").read_bytes()
    panel.get_by_role("checkbox", name="Seoul").uncheck()
    make_files(3)
    assert (out / "slides.pptx").read_bytes() == edited
    assert panel.get_by_text("slides.pptx is not as it was exported from this case").count() == 1
    assert verify(out / "slides-2.pptx", load_case("aukus_plus_two")).same


def test_no_table_is_wider_than_its_place_beside_a_side_bar(lab: Lab, tested: Study) -> None:
    """An output is 828 points wide where JupyterLab is 1280 and shows its files; no table scrolls from side to side."""
    told = [exhibit(tested, name) for name in (*EXHIBITS, *ON_SCREEN)]
    page = lab.browser.new_page(viewport={"width": 828, "height": 800})
    page.set_content(f"<body style='margin:0'>{Shown(*filter(None, told))._repr_html_()}</body>")
    boxes = page.evaluate(
        """[...document.querySelectorAll("[role=region]")]
            .map((box) => [box.scrollWidth - box.clientWidth, box.ariaLabel])"""
    )
    page.close()
    assert len(boxes) > 20 and [label for over, label in boxes if over > 1] == []


def test_the_tile_of_the_launcher_opens_the_first_notebook(lab: Lab, page: Any) -> None:
    page.evaluate("async () => { await jupyterapp.commands.execute('launcher:create'); }")
    tile = page.locator(".jp-LauncherCard:visible", has_text="Compare options")
    tile.wait_for()
    tile.click()
    page.wait_for_function(f"jupyterapp.shell.currentWidget?.context?.path === 'notebooks/{FIRST_NOTEBOOK}'")
    lab.open(page, f"notebooks/{FIRST_NOTEBOOK}", anew=False)  # ready, so that it can be closed
    lab.close_notebooks(page)


def test_a_broken_case_shows_its_faults_and_no_traceback(lab: Lab, page: Any) -> None:
    new_case(lab.folder / "broken")
    scores = lab.folder / "broken" / "scores.csv"
    scores.write_text(scores.read_text("utf-8").replace("likely", "liekly", 1), "utf-8")
    cells = (
        "from aukus_mcda import load_case\nload_case('broken')",
        "load_case('aukus_plus_two').weights({'<script>\u202e\x1b[31m': 1})",
    )
    lab.open(page, lab.write("broken.ipynb", *cells, go_on=True), anew=False)
    (fault,), (strange,) = lab.run_all(page)
    said = "\n".join(fault["traceback"])
    assert fault["ename"] == "CaseError" and said.startswith("1 fault in scores.csv:")
    assert "Traceback" not in said and "load_case(" not in said
    assert "<script>" in strange["traceback"][0] and "\\u202e\\u001b[31m" in strange["traceback"][0]


def test_nothing_was_asked_of_any_other_machine(lab: Lab) -> None:
    assert lab.requests and lab.outside() == []


def in_a_thread(function: Callable[..., Any], given: Any) -> Any:
    """What a function returns that needs an event loop of its own: the tests' browser has one in this thread."""
    with ThreadPoolExecutor(1) as one:
        return one.submit(function, given).result()


def test_only_what_changed_is_run_again_and_what_is_yours_is_left(home: Path) -> None:
    scores, mine = (home / "notebooks" / f"{name}.ipynb" for name in ("02_options_and_scores", "05_sensitivity"))
    assert prepare(scores) == prepare(mine) == "up to date"
    book = read(mine)
    book.cells[0].source += " Mine."
    nbformat.write(book, mine)
    kept = mine.read_bytes()
    case = load_case("aukus_plus_two")
    save_weights(case, home / "notebooks" / "work" / case.about.id, case.profile("tokyo").points.to_dict(), "tokyo")
    working_notebooks(home)
    assert prepare(mine) == "yours, left as it is" and mine.read_bytes() == kept
    assert in_a_thread(prepare, scores).startswith("ready after")
    assert NotebookNotary().check_signature(read(scores))
    assert any("Tokyo weights" in str(output) for output in outputs(scores))
