# SPDX-License-Identifier: Apache-2.0
"""A workbook is read as it shows itself, or refused with the place and the cause."""

from __future__ import annotations

import datetime as dt
import io
import resource
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT
from mutations import as_workbook
from openpyxl.formatting.rule import CellIsRule, Rule
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.workbook.protection import WorkbookProtection

from aukus_mcda import Case, CaseError, load_case
from aukus_mcda.case.tables import TABLES

STARTER = ROOT / "data" / "starter"
Change = Callable[[openpyxl.Workbook], object]


@pytest.fixture(scope="module")
def plain() -> Case:
    return load_case("starter")


@pytest.fixture
def book() -> openpyxl.Workbook:
    return as_workbook(STARTER, STARTER / "seeds")


def loaded(book: openpyxl.Workbook, folder: Path) -> Case:
    book.save(folder / "case.xlsx")
    return load_case(folder / "case.xlsx")


def refused(book: openpyxl.Workbook, folder: Path) -> list[tuple[str, object, str, str]]:
    """Sheet, row, column and what was found, of each fault."""
    with pytest.raises(CaseError) as caught:
        loaded(book, folder)
    faults = caught.value.faults
    assert (faults[["found", "expected", "remedy"]] != "").all(axis=None)
    sheets = faults["file"].str.removeprefix("case.xlsx, sheet ")
    return list(zip(sheets, faults["row"], faults["column"], faults["found"], strict=True))


def columns_of(book: openpyxl.Workbook) -> list[tuple[str, str, str]]:
    """Sheet, heading and address of a cell in the second row of every column of every table."""
    return [
        (sheet.title, cell.value, f"{cell.column_letter}2")
        for sheet in book.worksheets
        if sheet.title != "case"
        for cell in sheet[1]
        if cell.value
    ]


@pytest.mark.parametrize(
    ("kind", "told"),
    [("formula", "a formula without a stored result"), ("per cent", "0.05, shown as a per cent"), ("time", "a time"),
     ("duration", "a time or duration"), ("hidden", "hides or changes"), ("no year", "not shown with its year")],
)  # fmt: skip
def test_a_cell_that_is_not_shown_as_stored_is_refused_in_every_column(
    kind: str, told: str, book: openpyxl.Workbook, tmp_path: Path
) -> None:
    value, code = {
        "formula": ("=A1", "General"), "per cent": (0.05, "0%"), "time": (dt.time(5, 30), "h:mm"),
        "duration": (dt.timedelta(hours=30), "[h]:mm"), "hidden": ("something", ";;;"),
        "no year": (dt.datetime(2026, 3, 5), "d-mmm"),
    }[kind]  # fmt: skip
    places = columns_of(book)
    for sheet, _, address in places:
        book[sheet][address].value = value
        book[sheet][address].number_format = code
    book["case"]["B3"].value, book["case"]["B3"].number_format = value, code
    faults = refused(book, tmp_path)
    assert {(sheet, 2, column) for sheet, column, _ in places} <= {fault[:3] for fault in faults if told in fault[3]}
    assert ("case", 3, "title") in {fault[:3] for fault in faults}


@pytest.mark.parametrize("value", ["#N/A", "#REF!", "#DIV/0!", "#####"])
def test_an_error_value_is_refused_in_every_column(value: str, book: openpyxl.Workbook, tmp_path: Path) -> None:
    places = columns_of(book)
    for sheet, _, address in places:
        book[sheet][address].value = value
    faults = {fault[:3] for fault in refused(book, tmp_path)}
    assert {(sheet, 2, column) for sheet, column, _ in places} <= faults


@pytest.mark.parametrize("value", [True, dt.datetime(2026, 3, 5)])
def test_truth_values_and_days_stand_for_no_number_and_no_word(
    value: object, book: openpyxl.Workbook, tmp_path: Path
) -> None:
    places = [
        (sheet, column, address)
        for sheet, column, address in columns_of(book)
        if TABLES[sheet][column].kind == "number"
        or TABLES[sheet][column].expected.startswith("one of")
        or (value is not True and TABLES[sheet][column].kind in ("word", "ids"))  # TRUE, as it is shown, can be an id
    ]
    for sheet, _, address in places:
        book[sheet][address].value = value
    faults = {fault[:3] for fault in refused(book, tmp_path)}
    assert {(sheet, 2, column) for sheet, column, _ in places} <= faults


@pytest.mark.parametrize(
    ("code", "value"),
    [("0,", 8000.0), ("0.0,,", 5e6), ('"many"', 8.0), ('"1"0', 8.0), ('0" m"', 8.0), ("-0", 8.0), ("# ?/?", 8.5),
     ("0", 8.5), ("0.0", 8.25), ("#", 0), ('0;0;"none"', 0), ("0;0", -8.0), ("[>5]0;0.0", 8.0), ("[DBNum1]0", 8.0),
     (";;;", 8.0), (";;", 8.0), ('" "', 8.0), ('"-"', -8.0), ("0.0E+00", 8.25), ("0.00%", 8.0), ("#,##0.0,", 8000.0)],
)  # fmt: skip
def test_a_number_that_is_shown_as_another_is_refused(
    code: str, value: float, book: openpyxl.Workbook, tmp_path: Path
) -> None:
    book["scores"]["D2"].value, book["scores"]["D2"].number_format = value, code
    assert ("scores", 2, "likely") in {fault[:3] for fault in refused(book, tmp_path)}


@pytest.mark.parametrize(
    "code",
    ["General", "0", "0.0", "#,##0.000", "@", "[Red]0.0", "[$€-407] #,##0.00", '"¥"#,##0', "0.0E+00", "0_);(0)", "000",
     '_-* #,##0.00_-;\\-* #,##0.00_-;_-* "-"??_-;_-@_-'],
)  # fmt: skip
def test_a_number_that_is_shown_as_it_is_is_read(
    code: str, book: openpyxl.Workbook, plain: Case, tmp_path: Path
) -> None:
    assert book["scores"]["D2"].value == 4
    book["scores"]["D2"].number_format = code
    assert loaded(book, tmp_path).digest == plain.digest


def test_a_number_with_noughts_before_it_is_an_id_as_it_is_shown(book: openpyxl.Workbook, tmp_path: Path) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows(min_row=2):
            for cell in row:
                if cell.value == "as_now":
                    cell.value, cell.number_format = 7, "000"
    assert "007" in loaded(book, tmp_path).options.index


@pytest.mark.parametrize(
    ("code", "shown"),
    [("yyyy-mm-dd", "2023-02-22"), ("dd/mm/yyyy", "2023-02-22"), ("[$-409]d mmmm yyyy;@", "2023-02-22"),
     ("mmm-yy", "2023-02"), ('yyyy"年"m"月"', "2023-02"), ("yyyy", "2023")],
)  # fmt: skip
def test_a_day_is_read_as_far_as_it_is_shown(code: str, shown: str, book: openpyxl.Workbook, tmp_path: Path) -> None:
    cell = book["sources"]["D2"]
    assert book["sources"]["D1"].value == "published"
    cell.value, cell.number_format = dt.datetime(2023, 2, 22), code
    assert loaded(book, tmp_path).sources["published"].iloc[0] == shown
    day = book["evidence"]["E2"]
    assert book["evidence"]["E1"].value == "known_from"
    day.value, day.number_format = dt.datetime(2023, 2, 22), code
    if len(shown) < 10:
        assert refused(book, tmp_path) == [("evidence", 2, "known_from", repr(shown))]
    else:
        assert loaded(book, tmp_path).register["known_from"].iloc[0] == shown


def test_a_formula_with_its_result_is_read(book: openpyxl.Workbook, plain: Case, tmp_path: Path) -> None:
    book["scores"]["D2"].value = "=2+2"
    book["options"]["C2"].value = '=""&"As now"'
    book.save(tmp_path / "new.xlsx")
    with zipfile.ZipFile(tmp_path / "new.xlsx") as old, zipfile.ZipFile(tmp_path / "case.xlsx", "w") as new:
        for name in old.namelist():
            part = (
                old.read(name)
                .replace(b"<f>2+2</f><v></v>", b"<f>2+2</f><v>4</v>")
                .replace(b"<f>2+2</f><v/>", b"<f>2+2</f><v>4</v>")
            )
            text = b' t="str"><f>""&amp;"As now"</f><v>As now</v>'
            for end in (b"<v></v>", b"<v/>"):
                part = part.replace(b'><f>""&amp;"As now"</f>' + end, text)
            new.writestr(name, part)
    assert load_case(tmp_path / "case.xlsx").digest == plain.digest


@pytest.mark.parametrize("sheet", ["options", "scores", "case"])
def test_merged_cells_are_named_and_nothing_else(sheet: str, book: openpyxl.Workbook, tmp_path: Path) -> None:
    book[sheet].merge_cells("A2:A4")
    book[sheet].merge_cells("Z50:Z51")
    column = {"options": "id", "scores": "option", "case": "key"}[sheet]
    faults = refused(book, tmp_path)
    assert (sheet, 2, column, "merged cells A2:A4") in faults
    assert sheet == "case" or len(faults) == 1


def test_what_is_hidden_is_told(book: openpyxl.Workbook, plain: Case, tmp_path: Path) -> None:
    assert "hidden-cells" not in set(loaded(book, tmp_path).findings["code"])
    book["options"].row_dimensions[4].hidden = True
    book["options"].row_dimensions[400].hidden = True
    book["scores"].column_dimensions["G"].hidden = True
    book["screens"].sheet_state = "veryHidden"
    book["weights"].sheet_view.showZeros = False
    book["weights"]["C3"].value = 0
    case = loaded(book, tmp_path)
    finding = case.findings.set_index("code").loc["hidden-cells"]
    places = {"options: row 4", "scores: column G", "weights: every 0", "screens: the whole sheet"}
    assert set(finding["place"].split("; ")) == places
    assert len(case.options) == len(plain.options)


def test_formats_far_away_are_as_if_they_were_not_there(book: openpyxl.Workbook, plain: Case, tmp_path: Path) -> None:
    for sheet in book.worksheets:
        sheet["XFD1048576"].number_format = "0.00"
        sheet["XFD1048576"].value = " "
        sheet.column_dimensions["C"].number_format = "0.00"
    start = time.perf_counter()
    assert loaded(book, tmp_path).digest == plain.digest
    assert time.perf_counter() - start < 10


@pytest.mark.parametrize(("address", "place"), [("A1048576", "row 1,048,576, column A"), ("XFD2", "row 2, column XFD")])
def test_a_cell_far_away_is_named(address: str, place: str, book: openpyxl.Workbook, tmp_path: Path) -> None:
    book["scores"][address].value = "x"
    (fault,) = refused(book, tmp_path)
    assert fault[0] == "scores" and place in fault[3]


def test_a_conditional_format_that_changes_numbers_is_named(
    book: openpyxl.Workbook, plain: Case, tmp_path: Path
) -> None:
    sheet = book["scores"]
    sheet.conditional_formatting.add("D2:D9", CellIsRule("greaterThan", ["5"], font=openpyxl.styles.Font(bold=True)))
    assert loaded(book, tmp_path).digest == plain.digest
    hiding = DifferentialStyle(numFmt=NumberFormat(numFmtId=200, formatCode=";;;"))
    sheet.conditional_formatting.add("D2:D9", Rule("expression", dxf=hiding, formula=["TRUE"]))
    (fault,) = refused(book, tmp_path)
    assert fault[0] == "scores" and "conditional format" in fault[3]


def test_blank_columns_and_rows_at_the_end_are_cut_off(book: openpyxl.Workbook, plain: Case, tmp_path: Path) -> None:
    for sheet in book.worksheets:
        sheet.cell(sheet.max_row + 3, sheet.max_column + 3).value = "  "
    assert loaded(book, tmp_path).digest == plain.digest


def saved(book: openpyxl.Workbook) -> bytes:
    whole = io.BytesIO()
    book.save(whole)
    return whole.getvalue()


def rezipped(raw: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return whole.getvalue()


def without_a_sheet(raw: bytes) -> bytes:
    """The workbook names the sheet of screens, and the file holds nothing of it."""
    whole = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(whole, "w") as new:
        parts = {name: old.read(name) for name in old.namelist()}
        kept = {name: part for name, part in parts.items() if b"passes" not in part}
        assert len(kept) == len(parts) - 1
        for name, part in kept.items():
            new.writestr(name, part)
    return whole.getvalue()


def strict(raw: bytes) -> bytes:
    change = (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    )
    return rezipped(raw, lambda name, part: part.replace(*change))


def with_part(name: str, part: bytes) -> Callable[[bytes], bytes]:
    def act(raw: bytes) -> bytes:
        whole = io.BytesIO(raw)
        with zipfile.ZipFile(whole, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(name, part)
        return whole.getvalue()

    return act


def understated(raw: bytes) -> bytes:
    """The directory says that a sheet is small; it holds more."""
    whole = bytearray(with_part("xl/worksheets/sheet99.xml", b" " * 10**8)(raw))
    place = whole.rindex(b"PK\x01\x02")
    whole[place + 24 : place + 28] = struct.pack("<L", 10)
    return bytes(whole)


def many_cells(raw: bytes) -> bytes:
    row = b'<row r="9">' + b"<c/>" * 2_500_000 + b"</row></sheetData>"
    return rezipped(raw, lambda name, part: part.replace(b"</sheetData>", row) if name.endswith("sheet4.xml") else part)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(1000)
OTHER_FILES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "strict": (strict, "Strict Open XML"),
    "protected": (lambda raw: OLE + "EncryptedPackage".encode("utf-16-le"), "by a password or a sensitivity label"),
    "of 2003": (lambda raw: OLE + "Workbook".encode("utf-16-le"), r"until 2007 \(.xls\)"),
    "binary": (with_part("xl/workbook.bin", b"x"), r"binary workbook \(.xlsb\)"),
    "open document": (with_part("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"), "OpenDocument"),
    "a bomb": (with_part("xl/media/image1.png", bytes(10**8)), "unpacks to more than 64 megabytes"),
    "a bomb that lies": (understated, "no workbook"),
    "too many cells": (many_cells, "XML tags"),
    "entities": (
        lambda raw: rezipped(raw, lambda name, part: b'<!DOCTYPE a [<!ENTITY a "b">]>' * ("styles" in name) + part),
        "a document type",
    ),
    "entities in a part of any name": (
        with_part("xl/worksheets/sheet1.DAT", '<!DOCTYPE a [<!ENTITY a "b">]>'.encode("utf-16")), "a document type",
    ),
    "text": (lambda raw: b"option,criterion,likely\n", "no workbook"),
    "nothing": (lambda raw: b"", "no workbook"),
    "a sheet that is lost": (without_a_sheet, "no workbook"),
    "half": (lambda raw: raw[: len(raw) // 2], "no workbook"),
}  # fmt: skip


@pytest.mark.parametrize("name", OTHER_FILES)
def test_another_kind_of_file_is_named_in_one_fault(name: str, book: openpyxl.Workbook, tmp_path: Path) -> None:
    change, told = OTHER_FILES[name]
    (tmp_path / "case.xlsx").write_bytes(change(saved(book)))
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.perf_counter()
    with pytest.raises(CaseError, match=told) as caught:
        load_case(tmp_path / "case.xlsx")
    assert len(caught.value.faults) == 1 and (caught.value.faults["remedy"] != "").all()
    assert time.perf_counter() - start < 10
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 500_000  # kilobytes


def test_a_protected_structure_and_strange_parts_bring_no_warning(
    book: openpyxl.Workbook, plain: Case, tmp_path: Path
) -> None:
    book.security = WorkbookProtection(lockStructure=True)
    unknown = b'<extLst><ext uri="{0}" xmlns:x14="http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"/></extLst></worksheet>'
    raw = rezipped(saved(book), lambda name, part: part.replace(b"</worksheet>", unknown))
    raw = with_part("xl/printerSettings/printerSettings1.bin", b"<!DOCTYPE plist><plist/>")(
        raw
    )  # as Excel for Mac does
    (tmp_path / "case.xlsx").write_bytes(raw)
    ran = subprocess.run(
        [sys.executable, "-m", "aukus_mcda.cli", "check", str(tmp_path / "case.xlsx")],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ran.returncode == 0 and ran.stderr == ""
    assert load_case(tmp_path / "case.xlsx").digest == plain.digest
