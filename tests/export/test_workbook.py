"""The workbook: Excel's own arithmetic gives Python's ranking, before and after a change, and text stays text."""

from __future__ import annotations

import subprocess
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pandas as pd
import pytest
from test_slides import crowded, small

from aukus_mcda import Case, load_case, rank, study
from aukus_mcda.analysis import Study
from aukus_mcda.export import measuring
from aukus_mcda.export.sheets import Book, put, text_for
from aukus_mcda.export.workbook import export_workbook
from aukus_mcda.text import joined
from aukus_mcda.weights.swing_weights import Weights


def bent() -> Case:
    """Less is better on one bent scale; two options tie; one fails a screen; a name hides a formula."""
    return Case.from_frames(
        criteria=pd.DataFrame(
            {
                "id": ["top", "risk", "gain"], "parent": ["", "top", "top"], "direction": ["", "min", "max"],
                "worst": [None, 10, 0], "best": [None, 0, 8], "shape": ["", "2:90;6:30", ""],
            }
        ),
        scores=pd.DataFrame(
            {
                "option": np.repeat(["=b", "a", "c", "d"], 2), "criterion": ["risk", "gain"] * 4,
                "likely": [1, 5, 1, 5, 8, 2, 3, 8],
            }
        ),
        options=pd.DataFrame({"id": ["=b", "a", "c", "d"]}),
        screens=pd.DataFrame(
            {
                "option": ["=b", "a", "c", "d"], "screen": "law", "passes": ["yes", "yes", "yes", "no"],
                "reason": "Forbidden.",
            }
        ),
        weights=pd.DataFrame({"profile": "p", "criterion": ["top", "risk", "gain"], "likely": [100, 100, 40]}),
    )  # fmt: skip


@dataclass(frozen=True)
class Written:
    study: Study
    weights: Weights
    path: Path
    calculated: Any
    case: Case


SHEETS = (
    "ranking", "weights", "values", "contributions", "acceptability", "sensitivity", "profiles", "capitals", "futures",
    "uncertainty", "packages", "findings", "inputs", "scores", "evidence", "sources", "provenance",
)  # fmt: skip
TOLD = set(SHEETS) - {"ranking", "weights", "values", "contributions", "scores"}


def edited(path: Path, to: Path, changes: dict[str, tuple[dict[str, Any], dict[tuple[str, str], Any]]]) -> None:
    """Save without any formula's result, so that the program that opens it must calculate: as it is, and changed.

    By the name of each file: points by criterion and likely scores by option and criterion, as they are shown. The
    changed ones are without the sheets that only tell.
    """
    book = openpyxl.load_workbook(path)
    points = {row[0].value: row[2] for row in book["weights"].iter_rows(max_col=3)}
    scores = {(row[0].value, row[1].value): row[4] for row in book["scores"].iter_rows(max_col=5)}
    book.save(to / path.name)
    for name in TOLD & set(book.sheetnames):
        del book[name]
    for name, (new_points, new_scores) in changes.items():
        cells = {points[node]: value for node, value in new_points.items()}
        cells |= {scores[pair]: value for pair, value in new_scores.items()}
        before = {cell: cell.value for cell in cells}
        for cell, value in cells.items():
            cell.value = value
        book.save(to / f"{name}.xlsx")
        for cell, value in before.items():
            cell.value = value


def with_score(case: Case, option: str, leaf: str, likely: float) -> Case:
    scores = case.scores.copy()
    scores.loc[(option, leaf), ["low", "likely", "high"]] = [min(likely, scores.at[(option, leaf), "low"]), likely, 10]
    return replace(case, scores=scores)


def untested(case: Case, weights: Any = "baseline") -> Study:
    """A study without the tests of its ranking, which the formulas know nothing of."""
    made = Study(case=case, ranking=rank(case, weights), by_profile={}, fragility=None, draws=0, seed=0)
    vars(made).update(dict.fromkeys(("capitals", "futures", "joint", "packages")))
    return made


RANDOM = np.random.default_rng(3)
MADE = ("shipped", "crowded", "small", "bent", "flat", "given")


@pytest.fixture(scope="module")
def written(
    tmp_path_factory: pytest.TempPathFactory, tested: Study, office_programs: None
) -> dict[str, Written]:  # fmt: skip
    """Workbooks of many kinds, each saved without results and calculated by LibreOffice, in one go."""
    folder = tmp_path_factory.mktemp("workbooks")
    case, base = tested.case, tested.ranking.weights
    names = case.criteria["name"]
    plain = {
        "shipped": tested, "crowded": untested(crowded()), "small": study(small(), draws=1000),
        "bent": untested(bent(), "p"), "flat": untested(case, dict.fromkeys(case.leaves, 1.0)),
        "given": untested(case, replace(base, points=base.points[:0], method="ahp")),
    }  # fmt: skip
    made = {name: (result, result.ranking.weights, result.case) for name, result in plain.items()}
    changes: dict[str, dict[str, Any]] = {name: {} for name in plain}
    for number in range(3):
        points = {node: float(RANDOM.integers(1, 101)) for node in RANDOM.choice(case.criteria.index, 8, replace=False)}
        changes["shipped"][f"changed{number}"] = {names[node]: value for node, value in points.items()}, {}
        made[f"changed{number}"] = tested, base.change(points), case
    changes["shipped"]["zero"] = {names["esc_coercion"]: 0.0}, {}
    made["zero"] = tested, base.change({"esc_coercion": 0.0}), case
    changes["shipped"]["scored"] = {}, {("Status quo", names["det_picture"]): 9.5}
    made["scored"] = tested, base, with_score(case, "status_quo", "det_picture", 9.5)
    for name, wrong in UNRANKED.items():
        changes["shipped"][name] = ({names["escalation"]: wrong}, {})
        if name != "negative":  # a score beyond its scale counts as the nearer end
            changes["shipped"][f"{name} score"] = ({}, {("Status quo", names["det_picture"]): wrong})
    result = plain["bent"]
    changes["bent"]["bent_changed"] = {"gain": 90.0}, {("c", "risk"): 5.0}
    made["bent_changed"] = result, result.ranking.weights.change({"gain": 90}), with_score(result.case, "c", "risk", 5)
    (folder / "edited").mkdir()
    for name, result in plain.items():
        edited(export_workbook(result, folder / f"{name}.xlsx"), folder / "edited", changes[name])
    command = ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", "xlsx",
               "--outdir", folder / "out", *sorted((folder / "edited").iterdir())]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    made |= {name: (tested, base, case) for name in changes["shipped"] if name not in made}
    return {
        name: Written(result, weights, folder / f"{name}.xlsx", calculated(folder / "out" / f"{name}.xlsx"), changed)
        for name, (result, weights, changed) in made.items()
    }


def calculated(path: Path) -> Any:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl knows not all that LibreOffice writes
        return openpyxl.load_workbook(path, data_only=True)


KINDS = (*MADE, "scored", "zero", "bent_changed", *(f"changed{k}" for k in range(3)))


@pytest.mark.parametrize("kind", KINDS)
def test_the_formulas_give_the_scores_ranks_and_order_that_python_gives(kind: str, written: dict[str, Written]) -> None:
    made = written[kind]
    expected = rank(made.case, made.weights).table
    sheet = made.calculated["ranking"]
    options = list(made.study.ranking.table.index)
    first = next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == "Rank now") + 1
    for row, option in enumerate(options, start=first):
        assert sheet.cell(row, 11).value == pytest.approx(expected.at[option, "score"], abs=1e-9), option
        assert (sheet.cell(row, 12).value or None) == (
            None if expected.at[option, "screened"] else expected.at[option, "rank"]
        ), option
    for row, (_, said) in enumerate(expected.iterrows(), start=first):
        assert sheet.cell(row, 2).value == text_for(said["name"])
        assert sheet.cell(row, 3).value == pytest.approx(said["score"], abs=1e-9)
        assert sheet.cell(row, 1).value == ("out" if said["screened"] else said["rank"])
    beside = made.calculated["weights"]
    names = [row[10].value for row in beside.iter_rows(min_row=1, max_col=12) if row[9].value not in (None, "Rank now")]
    assert names == [text_for(name) for name in expected["name"]]


def test_the_changes_change_the_order(written: dict[str, Written]) -> None:
    orders = {tuple(rank(written[kind].case, written[kind].weights).table.index) for kind in KINDS if "changed" in kind}
    assert len(orders) > 3
    sheets = {kind: written[kind].calculated["ranking"] for kind in ("shipped", "changed0", "scored")}
    said = {kind: str(sheet["A4"].value or sheet["A5"].value) for kind, sheet in sheets.items()}
    assert said["shipped"].startswith("These are the scores as exported")
    assert said["changed0"] == said["scored"] and said["scored"].startswith("Weights or scores were changed")


UNRANKED = {"blank": None, "text": "many", "negative": -5.0}


@pytest.mark.parametrize("kind", [*UNRANKED, "blank score", "text score"])
def test_a_weight_or_a_score_that_is_no_number_leaves_no_ranking(kind: str, written: dict[str, Written]) -> None:
    sheet = written[kind].calculated["ranking"]
    assert any("there is no ranking" in str(sheet.cell(row, 1).value) for row in (4, 5))
    first = next(row[0].row for row in sheet.iter_rows(max_col=1) if row[0].value == "Rank now") + 1
    for row in range(first, first + len(written[kind].study.ranking.table)):
        said = [sheet.cell(row, column).value for column in (1, 3)]
        assert not any(isinstance(cell, int | float) for cell in said), (row, said)


@pytest.mark.parametrize("kind", MADE)
def test_every_formula_carries_the_result_it_calculates_to(kind: str, written: dict[str, Written]) -> None:
    path = written[kind].path
    formulas, results = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    count = 0
    for sheet in formulas:
        for cell in (cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"):
            ours = results[sheet.title][cell.coordinate].value
            theirs = written[kind].calculated[sheet.title][cell.coordinate].value
            if isinstance(ours, int | float):
                assert theirs == pytest.approx(ours, abs=1e-9), (sheet.title, cell.coordinate, cell.value)
            else:
                assert (theirs or "") == (ours or ""), (sheet.title, cell.coordinate, cell.value)
            count += 1
    assert count > 20


@pytest.fixture(scope="module")
def shipped(tested: Study, written: dict[str, Written]) -> tuple[Study, Path]:
    return tested, written["shipped"].path


def test_sheets_are_marked_frozen_sized_and_set_up_to_print(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book = openpyxl.load_workbook(path)
    assert tuple(book.sheetnames) == SHEETS and all(len(name) <= 31 for name in book.sheetnames)
    for sheet in book:
        assert sheet["A1"].value == result.case.about.marking
        assert sheet.oddHeader.center.text == sheet.oddFooter.center.text == result.case.about.marking
        assert sheet.page_setup.orientation == "landscape" and sheet.page_setup.fitToWidth == 1
        assert sheet.column_dimensions["A"].width > 5
    for name in ("ranking", "weights", "values", "contributions", "scores", "evidence"):
        assert book[name].freeze_panes, name
    assert {"swing_points", "leaf_weights", "scores_now", "ranks_now"} <= set(book.defined_names)
    assert book["weights"]["C6"].fill.fgColor.rgb.endswith("FFF3C4")
    assert "do not follow" not in str(book["acceptability"]["A3"].value)
    assert "does not follow a change" in str(book["acceptability"]["A3"].value)


def test_every_row_is_as_tall_as_its_text(shipped: tuple[Study, Path]) -> None:
    book = openpyxl.load_workbook(shipped[1])
    for name in ("findings", "scores", "evidence", "acceptability", "profiles", "provenance"):
        sheet = book[name]
        merged = {cell for block in sheet.merged_cells.ranges for row in block.rows for cell in row}
        for row in sheet.iter_rows():
            for cell in (each for each in row if isinstance(each.value, str) and (each.row, each.column) not in merged):
                room = sheet.column_dimensions[cell.column_letter].width * 5.25 - 8
                tall = 10 * 1.2 * measuring.lines(cell.value, room, 10)
                assert (sheet.row_dimensions[cell.row].height or 15) >= tall or tall > 400, (name, cell.coordinate)


def test_named_ranges_cover_what_they_say(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book = openpyxl.load_workbook(path, data_only=True)

    def numbers(name: str) -> list[float]:
        ((sheet, place),) = book.defined_names[name].destinations
        return [cell.value for row in book[sheet][place] for cell in row]

    assert numbers("leaf_weights") == pytest.approx(result.ranking.weights.values[list(result.case.leaves)].tolist())
    assert numbers("swing_points") == result.ranking.weights.points.tolist()
    assert numbers("scores_now") == pytest.approx(result.ranking.table["score"].tolist())
    assert numbers("option_values") == pytest.approx(result.case.values.to_numpy().ravel().tolist())


def test_everything_that_was_put_in_is_there(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    book = openpyxl.load_workbook(path, data_only=True)
    texts = {
        cell for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)
    }
    case = result.case
    for frame, column in (
        (case.options, "description"), (case.criteria, "worst_means"), (case.scores, "rationale"),
        (case.screens, "reason"), (case.assumptions, "statement"), (case.evidence, "claim"), (case.points, "rationale"),
        (result.findings, "finding"), (case.sources[case.sources.index.isin(case.evidence["source"])], "title"),
    ):  # fmt: skip
        assert {text for text in frame[column] if text} <= texts, column
    assert case.digest in texts


def test_no_text_becomes_a_formula_and_nothing_links_elsewhere(written: dict[str, Written]) -> None:
    path = written["crowded"].path
    book = openpyxl.load_workbook(path)
    hostile = [
        cell for sheet in book for row in sheet.iter_rows() for cell in row if str(cell.value).startswith("=1+1")
    ]
    assert len(hostile) > 10
    for cell in hostile:
        assert cell.data_type == "s" and cell.quotePrefix, cell.coordinate
    with zipfile.ZipFile(path) as file:
        assert not [name for name in file.namelist() if "externalLink" in name or "vba" in name.lower()]
        assert not [name for name in file.namelist() if name.endswith(".rels") and b"External" in file.read(name)]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "#N/A", "=cmd|' /C calc'!A0"])
def test_what_looks_like_a_formula_is_written_as_text(text: str, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    put(book.active["A1"], text)
    book.save(tmp_path / "text.xlsx")
    with zipfile.ZipFile(tmp_path / "text.xlsx") as file:
        xml = file.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in xml and (b't="inlineStr"' in xml or b't="s"' in xml)
    cell = openpyxl.load_workbook(tmp_path / "text.xlsx").active["A1"]
    assert cell.value == text and bool(cell.quotePrefix) == (text[0] in "=+-@\t")


@pytest.mark.parametrize("make", [lambda: "x" * 50_000, lambda: "\N{ROCKET}" * 20_000, lambda: "a\x01b\x0bc"])
def test_text_is_cut_to_what_a_cell_holds(make: Callable[[], str]) -> None:
    cut = text_for(make())
    assert len(cut.encode("utf-16-le")) <= 2 * 32_767
    assert not set(cut) & set("\x01\x0b")


def test_missing_is_blank_and_never_zero() -> None:
    page = Book("").page("one", "Title", "", (10, 10))
    page.listing("", ["a", "b"], [[float("nan"), None]])
    assert page.sheet.cell(page.row - 1, 1).value is None and page.sheet.cell(page.row - 1, 2).value is None


def test_the_same_study_gives_the_same_bytes(starter: Study, tmp_path: Path) -> None:
    path = export_workbook(starter, tmp_path / "workbook.xlsx")
    again = export_workbook(study(load_case("starter"), draws=1000), tmp_path / "again.xlsx")
    assert again.read_bytes() == path.read_bytes()
    other = export_workbook(study(starter.case, draws=1000, seed=1), tmp_path / "other.xlsx")
    assert other.read_bytes() != path.read_bytes()


def test_nothing_ranked_and_one_option_still_give_a_workbook(tmp_path: Path) -> None:
    case = small()
    screens = pd.DataFrame(
        {"screen": "law", "passes": "no", "reason": "Forbidden.", "evidence": [()] * 3}, index=list("abc")
    )
    screens = screens.set_index("screen", append=True).rename_axis(["option", "screen"])
    for number, out in enumerate((screens, screens[:2])):
        path = export_workbook(study(replace(case, screens=out), draws=1000), tmp_path / f"{number}.xlsx")
        assert "acceptability" not in openpyxl.load_workbook(path).sheetnames


def tables(path: Path, name: str) -> dict[str, pd.DataFrame]:
    """The tables of a sheet, each by its first heading, columns as they are headed."""
    sheet, found, header = openpyxl.load_workbook(path)[name], {}, ()
    for row in sheet.iter_rows():
        cells = [cell.value for cell in row]
        if row[0].fill.fgColor.rgb.endswith("E8ECF2"):
            header, rows = cells, []
            found[" ".join(str(sheet.cell(row[0].row - 1, 1).value or cells[0]).split()[:3])] = header, rows
        elif header and cells[0] is not None and row[0].coordinate not in sheet.merged_cells:
            rows.append(cells)
    return {title: pd.DataFrame(rows, columns=header) for title, (header, rows) in found.items()}


def test_capitals_futures_uncertainty_and_packages_have_sheets_of_their_own(shipped: tuple[Study, Path]) -> None:
    result, path = shipped
    short, near = result.case.options["short"], {"check_exact": False, "check_dtype": False, "check_names": False}

    def same(said: pd.DataFrame, column: str, expected: pd.Series) -> None:
        expected = expected.rename(index=short).astype(float)
        read = said.set_index("Option")[column].astype(float)
        pd.testing.assert_series_equal(read.loc[expected.index], expected, **near)

    capitals = tables(path, "capitals")
    assert list(capitals["Capital"]["Capital"]) == ["Washington", "Canberra", "London", "Tokyo", "Seoul"]
    same(capitals["Points of 100"], "At worst", result.capitals.regrets["worst"])
    same(capitals["The share of"], "Seoul", result.capitals.shifts.table["seoul"])
    lines = capitals["Red lines: the"]
    assert (lines["Breaches"] == "yes").sum() == (
        result.capitals.red_lines.table.query("breaches and not screened").shape[0]
    )
    futures = tables(path, "futures")
    same(futures["Option"], "Worst score", result.futures.summary["least_score"])
    same(futures["Score of each"], "A crisis over Taiwan or at sea", result.futures.scores["sea_crisis"])
    same(futures["Share of the"], "As judged", result.futures.leads["as_judged"])
    assert len(futures["What would announce"]) == (result.futures.signposts["statement"] != "").sum()
    uncertainty = tables(path, "uncertainty")
    shares = uncertainty["Source"].set_index("Source")["Share, shared out evenly"].astype(float)
    expected = result.joint.effects["share"].astype(float).rename(index=str.capitalize)
    pd.testing.assert_series_equal(shares, expected, **near)
    same(uncertainty["By way of"], "rim", result.joint.by_method["rim"])
    packages = tables(path, "packages")
    same(packages["Option"], "In the best package, of draws", result.packages.options["share"])
    every = packages["Packages that no"]
    assert every["Value"].tolist() == pytest.approx(result.packages.nondominated["value"].tolist())
    assert every["Options"][0] == joined(short[list(result.packages.nondominated["options"].iloc[0])])
    for name in ("capitals", "futures", "uncertainty", "packages"):
        sheet = openpyxl.load_workbook(path)[name]
        assert str(sheet["A2"].value).endswith(".") and "does not follow a change" in sheet["A3"].value
        said = {cell for row in sheet.iter_rows(values_only=True) for cell in row if isinstance(cell, str)}
        assert not said & {*result.case.options.index, *result.case.criteria.index, *result.futures.scores.columns}
        assert sheet.freeze_panes == "B2"


def test_no_table_stands_under_the_headings_of_another(shipped: tuple[Study, Path]) -> None:
    book = openpyxl.load_workbook(shipped[1])
    count = 0
    for sheet in book:
        headers = [row[0].row for row in sheet.iter_rows(max_col=1) if row[0].fill.fgColor.rgb.endswith("E8ECF2")]
        assert sheet.freeze_panes and headers, sheet.title
        several = len(headers) > 1
        count += several
        assert bool(sheet.print_title_rows) != several, sheet.title
        if several:
            assert sheet.freeze_panes == "B2", sheet.title  # the names and the marking stay
        else:
            assert sheet.print_title_rows == f"${headers[0]}:${headers[0]}"
            assert int(sheet.freeze_panes[1:]) == headers[0] + 1, sheet.title
    assert count >= 8


def test_a_case_without_ranges_capitals_futures_or_efforts_has_no_sheets_on_them(tmp_path: Path) -> None:
    names = openpyxl.load_workbook(export_workbook(study(small(), draws=1000), tmp_path / "w.xlsx")).sheetnames
    assert (
        set(SHEETS) - set(names) == {"acceptability", "capitals", "futures", "packages", "evidence", "sources"}
        and "uncertainty" in names
    )
