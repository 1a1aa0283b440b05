# SPDX-License-Identifier: Apache-2.0
"""A case that is saved reads back equal, as a folder and as a workbook, and nothing that is there is written over."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from thin_cases import bare, crowded

from aukus_mcda import Case, CaseError, ExportError, load_case
from aukus_mcda.case import ABOUT, TABLES, affirm, shipped

BARE = bare()

HOSTILE = st.sampled_from(
    ["=1+1", " padded ", "  ", 'quo"te, comma; semicolon', "two\nlines\ttab", "שלום", "\N{ROCKET}", "7", "1e5",
     "'", "a_x0041_", "a\u2028b", "TRUE"]
)  # fmt: skip
WORDS = HOSTILE | st.text("abc ,;\"'=#\\\n\t\u00e9\u2028", max_size=8)
DAYS = st.sampled_from(["", "2024-02-29", "2025-12-30"])


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Cases with a branch, bent scales, odd numbers and words, vintages, unknown scores, and tables left out."""
    leaves, options = (
        [f"l{k}" for k in range(draw(st.integers(1, 3)))],
        [f"o{k}" for k in range(draw(st.integers(1, 3)))],
    )
    criteria: list[dict[str, Any]] = [{"id": "branch", "name": "All of it", "direction": ""}]
    scores: list[dict[str, Any]] = []
    for leaf in leaves:
        worst, best = draw(st.sampled_from([(0, 10), (-0.0, 1e22), (0.1 + 0.2, -1e-7), (1 / 3, 1e-7)]))
        direction = "max" if best > worst else "min"
        scale = {"parent": draw(st.sampled_from(["", "branch"])) if leaf != "l0" else "branch", "unit": draw(WORDS)}
        criteria.append(
            {"id": leaf, "direction": direction, "worst": worst, "best": best, "best_means": draw(WORDS), "name": leaf}
            | scale
        )
        for option in options:
            low, likely, high = sorted(draw(st.floats(*sorted((worst, best)))) for _ in range(3))
            judged = draw(
                st.sampled_from([{}, {"low": low, "high": high}, {"likely": None, "distribution": "unknown"}])
            )
            row = {"option": option, "criterion": leaf, "likely": likely, "rationale": draw(WORDS)}
            scores += [row | judged | {"as_of": day} for day in {"2024-01-31", draw(DAYS)}]
    tables: dict[str, pd.DataFrame] = {}
    if draw(st.booleans()):
        points = {
            "profile": draw(st.sampled_from(["baseline", "o'k"])),
            "criterion": ["branch", *leaves],
            "likely": 99.5,
        }
        tables["weights"] = pd.DataFrame(points)
    if draw(st.booleans()):
        text = draw(WORDS)
        tables["options"] = pd.DataFrame(
            {"id": options, "description": text, "uses_people": draw(st.none() | st.just(2.5))}
        )
    if draw(st.booleans()):
        tables["evidence"] = pd.DataFrame({"id": ["e1", "e2"], "claim": "It is = so", "known_from": "2023-01-01"})
        scores[0]["evidence"] = ["e1", "e2"]
    about = {"id": "cased", "title": f"T {draw(WORDS)}", "authors": draw(st.lists(st.just("A. B."), max_size=2))}
    about |= {"as_of": "2025-12-30"} if draw(st.booleans()) else {}
    return Case.from_frames(criteria=pd.DataFrame(criteria), scores=pd.DataFrame(scores), about=about, **tables)


@settings(max_examples=8)
@given(cases())
def test_a_saved_case_reads_back_equal(case: Case) -> None:
    with tempfile.TemporaryDirectory() as room:
        for name in ("folder", "book.xlsx"):
            read = load_case(case.save(Path(room) / name))
            assert read.digest == case.digest and read.weights_assumed == case.weights_assumed
            assert read.findings.equals(case.findings)
            pd.testing.assert_frame_equal(read.history, case.history)


@pytest.mark.parametrize("name", ["mine", "mine.xlsx"])
def test_every_shipped_case_reads_back_equal(name: str, case: Case, tmp_path: Path) -> None:
    others = [load_case(path.name) for path in (shipped() / "data").iterdir() if path.name != case.about.id]
    for number, each in enumerate((case, *others, crowded())):
        assert load_case(each.save(tmp_path / str(number) / name)).digest == each.digest


def test_a_register_above_is_not_taken_for_the_cases_own(folder: Path) -> None:
    saved = BARE.save(folder.parent / "bare")
    assert load_case(saved).digest == BARE.digest and (saved / "seeds" / "evidence.csv").is_file()
    assert sorted(path.name for path in BARE.save(folder / "a").iterdir()) == [
        "case.toml", "criteria.csv", "options.csv", "scores.csv",
    ]  # fmt: skip


def test_scores_of_ones_own_are_the_cases_own_once_saved(tmp_path: Path) -> None:
    score = {"option": "shared_desk", "criterion": "speed", "likely": 30, "as_of": "2026-11-29"}
    tmp_path.joinpath("work").mkdir()
    pd.DataFrame([score]).to_csv(tmp_path / "work" / "scores.csv", index=False)
    own = load_case("starter", own=tmp_path / "work")
    read = load_case(own.save(tmp_path / "merged"))
    assert own.own_scores and not read.own_scores and read.digest == own.digest


def test_a_set_of_ones_own_takes_the_place_of_weights_that_were_assumed(tmp_path: Path) -> None:
    path = BARE.save(tmp_path / "bare")
    points = BARE.points.reset_index()[["profile", "criterion", "likely"]].assign(profile="mine")
    points.to_csv(tmp_path / "weights.csv", index=False)
    for name in ("whole", "whole.xlsx"):
        read = load_case(load_case(path, own=tmp_path).save(tmp_path / name))
        assert read.profiles == ("mine",) and not read.weights_assumed


def test_nothing_that_is_there_is_written_over(tmp_path: Path) -> None:
    for name in ("folder", "book.xlsx", "one.xml"):
        path = BARE.save(tmp_path / name)
        with pytest.raises(ExportError, match="Nothing was changed"):
            BARE.save(path)
    for name in ("mine.csv", "mine.XLS"):
        with pytest.raises(ExportError, match=f"not as {name[4:].lower()}"):
            BARE.save(tmp_path / name)
    kept = sorted(path.name for path in tmp_path.iterdir())
    assert kept == ["book.xlsx", "folder", "one.xml"]
    long = Case.from_frames(
        criteria=BARE.criteria.reset_index(),
        scores=BARE.scores.reset_index().assign(rationale="x" * 40_000),  # more than a cell of Excel holds
    )
    with pytest.raises(ExportError, match="try a folder"):
        long.save(tmp_path / "long.xlsx")
    assert sorted(path.name for path in tmp_path.iterdir()) == kept


def offered(sheet: Any) -> dict[str, tuple[str, str | None, bool | None]]:
    """By its first cell: what a column offers, what happens to anything else, and whether that is said at all."""
    checks = sheet.data_validations.dataValidation
    return {str(each.sqref).split(":")[0]: (each.formula1, each.errorStyle, each.showErrorMessage) for each in checks}


def test_a_workbook_tells_what_its_columns_may_hold_and_offers_it(
    tmp_path: Path, validated: Callable[[Path], list[str]]
) -> None:
    path = load_case("starter").save(tmp_path / "book.xlsx")
    assert validated(path) == []
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["case", *TABLES]
    assert [cell.value for cell in book["case"]["A"][1:]] == list(ABOUT)
    heads = {cell.value: cell for cell in book["criteria"][1]}
    assert heads["worst"].comment.text.endswith("Expected: a finite number up to 1e+30, or blank.")
    assert heads["parent"].comment.text.endswith("Expected: from the column id of the sheet criteria.")
    assert book["scores"].freeze_panes == "A2" and isinstance(book["scores"]["D2"].value, int | float)
    options, evidence = (f"OFFSET({name}!$A$1,1,0,MAX(1,COUNTA({name}!$A:$A)-1),1)" for name in ("options", "evidence"))
    scores = offered(book["scores"])
    assert scores["A2"] == (options, "warning", True)
    assert scores["F2"] == ('"pert,triangular,uniform,normal,fixed,unknown"', "stop", True)
    assert scores["H2"] == (evidence, "warning", False)  # several may be cited
    assert offered(book["criteria"])["E2"][0] == '"max,min"' and "A2" not in offered(book["criteria"])
    assert offered(book["screens"])["C2"][0] == '"yes,no"' and "A2" not in offered(book["weights"])
    assert [given[0] for given in offered(book["case"]).values()] == [options, '"icd203,phia"', '"ends,5-95"']
    few = openpyxl.load_workbook(BARE.save(tmp_path / "few.xlsx"))
    assert few.sheetnames == ["case", "options", "criteria", "scores", "weights"] and few["weights"].max_row == 1
    assert "A2" in offered(few["scores"]) and "E2" not in offered(few["weights"])  # there is no evidence to cite


def test_every_column_and_entry_has_a_meaning() -> None:
    meanings = pd.read_csv(ROOT / "aukus_mcda" / "case" / "columns.csv", keep_default_na=False)
    columns = [(name, column) for name, columns in ({"case": ABOUT} | TABLES).items() for column in columns]
    assert list(zip(meanings["table"], meanings["column"], strict=True)) == columns
    assert meanings["meaning"].str.endswith(".").all()


def test_an_example_is_cleared_by_deleting_rows(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(load_case("starter").save(tmp_path / "book.xlsx"))
    for name in set(book.sheetnames) - {"case", "options", "criteria", "scores"}:
        book[name].delete_rows(2, book[name].max_row)
    for sheet in (book["scores"], book["options"]):
        column = [cell.value for cell in sheet[1]].index("evidence") + 1
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, column).value = None
    book.save(tmp_path / "book.xlsx")
    case = load_case(tmp_path / "book.xlsx")
    assert case.weights_assumed and case.performance.equals(load_case("starter").performance)


def test_a_folder_that_holds_one_workbook_is_that_case(tmp_path: Path) -> None:
    path = load_case("starter").save(tmp_path / "mine" / "table.xlsx")
    (path.parent / "~$table.xlsx").write_bytes(b"")  # Excel puts it there while the workbook is open
    assert load_case(path.parent).digest == load_case("starter").digest
    assert affirm(path.parent)[0].startswith("No anchor has changed")
    BARE.save(path.parent / "other.xlsx")
    with pytest.raises(CaseError, match="Name the one that is the case") as caught:
        load_case(path.parent)
    assert caught.value.faults["found"].tolist() == ["the files other.xlsx, table.xlsx"]
    BARE.save(tmp_path / "bare")
    BARE.save(tmp_path / "bare" / "a.xlsx"), BARE.save(tmp_path / "bare" / "b.xlsx")
    assert load_case(tmp_path / "bare").digest == BARE.digest  # the tables go first
    BARE.save(tmp_path / "parts" / "a.xml"), BARE.save(tmp_path / "parts" / "a.xlsx")
    with pytest.raises(CaseError, match=r"the files a\.xlsx, a\.xml"):  # nobody can tell which is meant
        load_case(tmp_path / "parts")
