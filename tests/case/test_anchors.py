# SPDX-License-Identifier: Apache-2.0
"""Weights are kept for the anchors they were judged for: a change is noticed, named, and affirmed by hand."""

from __future__ import annotations

import re
import shutil
import tomllib
import zipfile
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from typer.testing import CliRunner

from aukus_mcda import CaseError, cli, load_case
from aukus_mcda.case.reading import find_case
from aukus_mcda.case.writing import affirm
from aukus_mcda.errors import ExportError
from aukus_mcda.lab.start import new_case

KEY = "weights_judged_for"
UNCHANGED = "No anchor has changed"


@pytest.fixture(scope="module", params=[False, True], ids=["folder", "workbook"])
def new(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new case in each of its two forms."""
    return new_case(tmp_path_factory.mktemp("new") / "mine", workbook=request.param)


@pytest.fixture
def mine(new: Path, tmp_path: Path) -> Path:
    """A copy to change."""
    whole = new if new.is_dir() else new.parent
    return shutil.copytree(whole, tmp_path / "mine") / new.relative_to(whole)


def put(where: Path, table: str, row: str, column: str, entry: object) -> None:
    """Write into every row of a table whose first cell, or criterion, is ``row``."""
    if where.is_dir():
        path = where / f"{table}.csv"
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        named = (frame.iloc[:, 0] == row) | (frame.get("criterion", "") == row)
        frame.loc[named, column] = str(entry)
        frame.to_csv(path, index=False)
        return
    book = openpyxl.load_workbook(where)
    heads, *rows = book[table].iter_rows()
    columns = [cell.value for cell in heads]
    for cells in rows:
        if row in (cells[0].value, cells[columns.index("criterion")].value if "criterion" in columns else None):
            cells[columns.index(column)].value = entry
    book.save(where)


def renamed(where: Path, old: str, new: str) -> None:
    put(where, "criteria", old, "id", new)
    for table in ("scores", "weights", "redlines", "synergies", "scenarios", "responses"):
        put(where, table, old, "criterion", new)
    put(where, "probes", old, "criterion", new)
    put(where, "probes", "quality", "beside", new)


def wanting(where: Path) -> Path:
    """The case without the entry, as cases were before there was one."""
    if where.is_dir():
        path = where / "case.toml"
        path.write_text(re.sub(f"{KEY}.*\n", "", path.read_text("utf-8")), "utf-8")
        return where
    book = openpyxl.load_workbook(where)
    sheet = book["case"]
    sheet.delete_rows(next(row for row in range(1, 30) if sheet.cell(row, 1).value == KEY))
    book.save(where)
    return where


@pytest.mark.parametrize(
    ("column", "entry"),
    [("worst", 500), ("best", -5), ("unit", "millions"), ("worst_means", "All that we have."), ("best_means", "")],
)
def test_a_changed_anchor_is_a_fault_that_names_the_scale_until_it_is_affirmed(
    mine: Path, column: str, entry: object
) -> None:
    put(mine, "criteria", "cost", column, entry)
    with pytest.raises(CaseError, match=r"other anchors of 'cost'.*judge the swings again, then run aukus-mcda affirm"):
        load_case(mine)
    done = CliRunner().invoke(cli.app, ["affirm", str(mine)])
    assert done.exit_code == 0 and done.output.startswith("Changed: cost (Cost in the first year), from ")
    assert "The weights (baseline, treasury) are now affirmed" in done.output
    load_case(mine)
    assert "No anchor has changed" in CliRunner().invoke(cli.app, ["affirm", str(mine)]).output


def test_a_scale_the_other_way_round_is_another_scale(tmp_path: Path) -> None:
    mine = new_case(tmp_path / "mine")
    for column, entry in (("direction", "min"), ("worst", 10), ("best", 0)):
        put(mine, "criteria", "quality", column, entry)
    with pytest.raises(CaseError, match="other anchors of 'quality'") as caught:
        load_case(mine)
    assert caught.value.faults[["file", "row"]].values.tolist() == [["criteria.csv", 3]]


def test_every_changed_scale_is_named_and_one_that_came_or_went(mine: Path) -> None:
    put(mine, "criteria", "quality", "best_means", "The best there is.")
    renamed(mine, "staff", "people")
    with pytest.raises(CaseError) as caught:
        load_case(mine)
    assert list(caught.value.faults["found"]) == [
        "other anchors of 'quality' than the weights were judged for",
        "a scale 'people' that the weights were not judged for",
        "no scale 'staff', which the weights were judged for",
    ]
    changed, new, gone, _ = affirm(mine)
    assert changed.startswith("Changed: quality") and new.startswith("Recorded for the first time: people")
    assert gone == "No longer a scale: staff."
    assert affirm(mine)[0].startswith(UNCHANGED)


def test_what_is_no_anchor_may_change(mine: Path) -> None:
    before = load_case(mine).anchors_digest
    for column, entry in (("shape", "100:60"), ("name", "Money"), ("question", "How much?"), ("excludes_meaning", "")):
        put(mine, "criteria", "cost", column, entry)
    assert load_case(mine).anchors_digest == before


def test_a_number_written_in_another_way_is_the_same_anchor(tmp_path: Path) -> None:
    mine = new_case(tmp_path / "mine")
    put(mine, "criteria", "cost", "worst", "4.00e2")
    load_case(mine)


def test_a_case_that_does_not_say_is_read_with_a_finding_and_affirmed_whole(mine: Path) -> None:
    case = load_case(wanting(mine))
    assert "anchors-unrecorded" in set(case.findings["code"])
    put(mine, "criteria", "cost", "worst", 500)
    load_case(mine)  # nobody can tell
    *new, _ = affirm(mine)
    begun = [f"Recorded for the first time: {leaf}" for leaf in case.leaves]
    assert all(sentence.startswith(each) for sentence, each in zip(new, begun, strict=True))
    assert "anchors-unrecorded" not in set(load_case(mine).findings["code"])


def test_an_entry_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    mine = wanting(new_case(tmp_path / "mine"))
    with (mine / "case.toml").open("a", encoding="utf-8") as toml:
        toml.write(f'{KEY} = "all of them"\n')
    with pytest.raises(CaseError, match="Delete the entry, then run aukus-mcda affirm"):
        load_case(mine)


def test_the_shipped_cases_say_what_their_weights_were_judged_for() -> None:
    for name in ("aukus_plus_two", "starter"):
        before = (find_case(name) / "case.toml").read_bytes()
        assert affirm(name)[0].startswith(UNCHANGED)
        assert load_case(name).about.weights_judged_for and (find_case(name) / "case.toml").read_bytes() == before


ENTRY = f'{KEY} = "quality 00000000"'
WRITTEN = {
    "with a remark": (f"{ENTRY}  # judged in May\n", "{}  # judged in May\n"),
    "in single quotation marks": (f"  {KEY}  =  'quality 00000000'\n", f"  {KEY}  =  {{value}}\n"),
    "first, and blank": (f'{KEY} = ""\n', "{}\n"),
    "missing, with lines as on Windows": ("", "{}\r\n"),
    "missing, and no end of the last line": ("", "\n{}\n"),
}


@pytest.mark.parametrize("how", WRITTEN)
def test_affirming_changes_one_entry_and_no_other_byte_of_case_toml(how: str, tmp_path: Path) -> None:
    mine = wanting(new_case(tmp_path / "mine"))
    file = mine / "case.toml"
    # A text of many lines that looks like the entry, remarks, and blanks at the ends of lines.
    looks = f'disclaimer = """\nInvented.\n{ENTRY}\n"""  # not the entry\n\n# The end.  \n'
    rest = re.sub("disclaimer.*\n", lambda _: looks, file.read_text("utf-8"))
    old, new = WRITTEN[how]
    if "Windows" in how:
        rest = rest.replace("\n", "\r\n")
    if "no end" in how:
        rest = rest.rstrip("\n ")
    before, after = (old, "") if "first" in how else ("", old)
    file.write_bytes(f"{before}{rest}{after}".encode())
    affirm(mine)
    value = re.search(r'"quality [^"]*;[^"]*"', file.read_text("utf-8"))[0]
    entry = new.replace("{value}", value).format(f"{KEY} = {value}")
    assert file.read_bytes().decode() == (f"{entry}{rest}" if "first" in how else f"{rest}{entry}")
    assert tomllib.loads(file.read_bytes().decode())[KEY] == load_case(mine).about.weights_judged_for


def test_a_name_with_quotation_marks_and_blanks_is_recorded_as_it_is(mine: Path) -> None:
    renamed(mine, "staff", 'the "good" staff = 1\\2')
    affirm(mine)
    assert 'the "good" staff = 1\\2 ' in load_case(mine).about.weights_judged_for


@pytest.mark.parametrize("silent", [False, True])
def test_affirming_a_workbook_leaves_every_other_part_and_cell_as_it_was(silent: bool, tmp_path: Path) -> None:
    book = new_case(tmp_path / "mine", workbook=True)
    if silent:
        wanting(book)
    put(book, "criteria", "cost", "worst", 500)

    def parts() -> dict[str, bytes]:
        with zipfile.ZipFile(book) as file:
            return {name: file.read(name) for name in file.namelist()}

    before, cells = parts(), openpyxl.load_workbook(book)
    affirm(book)
    after, now = parts(), openpyxl.load_workbook(book)
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == {
        "xl/worksheets/sheet1.xml"
    }
    lines = [[cell.value for cell in row] for row in now["case"].iter_rows()]
    assert [line for line in lines if line[0] != KEY] == [
        [cell.value for cell in row] for row in cells["case"].iter_rows() if row[0].value != KEY
    ]
    assert [line[1] for line in lines if line[0] == KEY] == [load_case(book).about.weights_judged_for]


def test_a_case_with_another_fault_is_not_affirmed_and_stays_as_it_was(mine: Path) -> None:
    put(mine, "criteria", "cost", "worst", 500)
    put(mine, "scores", "speed", "likely", "soon")
    file = mine / "case.toml" if mine.is_dir() else mine
    before = file.read_bytes()
    with pytest.raises(CaseError, match="'soon'") as caught:
        affirm(mine)
    assert not caught.value.faults["found"].str.contains("anchors").any()
    assert file.read_bytes() == before


def test_a_file_in_which_the_place_is_not_found_stays_as_it_was(tmp_path: Path) -> None:
    mine = wanting(new_case(tmp_path / "mine"))
    file = mine / "case.toml"
    file.write_bytes(file.read_bytes() + f'{KEY} = """quality 00000000"""\n'.encode())
    before = file.read_bytes()
    with pytest.raises(ExportError, match=f"Write into it yourself: {KEY} = "):
        affirm(mine)
    assert file.read_bytes() == before and not list(mine.glob(".case*"))
