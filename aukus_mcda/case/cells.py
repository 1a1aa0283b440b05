# SPDX-License-Identifier: Apache-2.0
"""A workbook as rows of text: what its cells show, what cannot be told of them, and what is hidden.

A file stores a number and how to show it apart. Here a cell is read as it is shown;
where that is not what is stored, as for a per cent, nobody can say which was meant,
and the cell is a fault.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, product
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any

import pandas as pd
from lxml import etree
from openpyxl.cell.read_only import ReadOnlyCell
from openpyxl.reader.excel import ExcelReader
from openpyxl.utils import get_column_letter, range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet._reader import WorkSheetParser
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.xml.functions import iterparse

from ..errors import CaseError, Fault, listed, shown
from ..written import Held, figures_in, multiple_in
from .reading import UnreadableError
from .tables import ABOUT, ERROR_VALUE, MOST_COLUMNS, MOST_ROWS, TEXT, CellRule, Reading, fault_at, rules_of

BOOK_MEGABYTES, TAGS = 64, 1_000_000
"""A workbook that unpacks to more, or has more XML tags, is refused before any of it is parsed."""

BOOK, BOOK_OR_ODS = "an .xlsx workbook", "an .xlsx or .ods workbook"
SAVE_AS = "In Excel choose File, Save As, Excel Workbook (*.xlsx)."
WRITE_OUT = "Format the cell as General and write the number that is meant."
AS_TEXT = "Format the cell as Text and write in it what is meant."

_PARTS = ("office", "table", "text")
_OFFICE, _TABLE, _TEXT = (f"{{urn:oasis:names:tc:opendocument:xmlns:{part}:1.0}}" for part in _PARTS)
_TOKEN = re.compile(r'"[^"]*"|\\.|[_*].|\[[^\]]*\]|General|.', re.IGNORECASE | re.DOTALL)
"""The parts of a number format: literal text, a filling, a colour or condition, General, any other sign."""

_DIGITS = re.compile(r"(?P<minus>[-(]?)(?P<whole>[0#?][0#?,]*)?(\.(?P<part>[0#?]*))?(?P<power>E[+-]?[0#?]+)?\)?", re.I)
"""A number format that shows the number itself."""


_LITERAL = re.compile(r'\[\$([^-\]]*).*\]|"(.*)"|\\(.)|([€£$¥₩%])', re.DOTALL)
"""A part of a number format that is shown beside the number as it stands, such as a unit."""


def read_sheets(path: Path, reading: Reading) -> dict[str, list[list[str]] | None]:
    """The rows of each sheet as text, by its title; what is wrong with a sheet, or hidden in it, is noted.

    There is None for a sheet that no case has, and for one of which nobody can tell what it shows.

    Raises
    ------
    CaseError
        When the file is another kind of file, protected, damaged or too large.
    """
    of_a_table = "make a case of a table of options by criteria: aukus-mcda new DIR --from TABLE."
    remedy = f"Name the folder of a case in CSV files, or save it as .xlsx; or {of_a_table}"
    with _opened(path, remedy) as sheets:
        return {name: _as_text(sheet(), reading) if name in reading.files else None for name, sheet in sheets.items()}


@contextmanager
def _opened(path: Path, remedy: str, expected: str = BOOK) -> Iterator[dict[str, Callable[[], _Survey]]]:
    """The sheets of a workbook, each to be read when it is wanted; what a library says of a bad file in our words."""
    try:
        with path.open("rb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what a library does not know of a workbook is no fault of the case
            if expected == BOOK_OR_ODS and path.suffix.lower() == ".ods":
                _check(file, path.name, BOOK_OR_ODS)
                yield _open_document(file)
            else:
                _check(file, path.name)
                reader = ExcelReader(file, read_only=True, data_only=True)
                reader.read()
                if any(part.target not in reader.valid_files for _, part in reader.parser.find_sheets()):
                    raise KeyError("a sheet that is not in the file, which openpyxl leaves out")
                yield {sheet.title: partial(_survey, sheet) for sheet in reader.wb.worksheets}
    except CaseError:
        raise
    except OSError as error:
        raise _refused(path.name, "closed file", expected, reason=error.strerror) from None
    except Exception:  # openpyxl raises whatever the zip or XML beneath it does
        raise _refused(path.name, "no workbook", expected, remedy=remedy) from None


def _refused(name: str, fault: str, expected: str = BOOK, **words: Any) -> CaseError:
    return CaseError([fault_at(name, "", "", fault, expected=expected, **words)])


def _check(file: IO[bytes], name: str, expected: str = BOOK) -> None:
    """Refuse other kinds of file, and what would unpack to too much.

    `zipfile` gives no more of a member than the archive's directory says, so what is said there holds.
    """
    if file.read(8) == b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1":  # a compound file, as Office wrote until 2007
        if "EncryptedPackage".encode("utf-16-le") in file.read(BOOK_MEGABYTES * 2**20):
            raise _refused(name, "protected")
        raise _refused(name, "xls")
    with zipfile.ZipFile(file) as archive:
        members = archive.infolist()
        names = {member.filename for member in members}
        if "xl/workbook.bin" in names:
            raise _refused(name, "xlsb")
        if "mimetype" in names and expected == BOOK:
            raise _refused(name, "ods")
        if sum(member.file_size for member in members) > BOOK_MEGABYTES * 2**20:
            raise _refused(name, "large", expected, most=BOOK_MEGABYTES)
        tags = 0
        for member in members:
            part = archive.read(member).replace(b"\0", b"")  # as in UTF-16
            tags += part.count(b"<")
            # A sheet's part may have any name; pictures, and Excel's print settings on a Mac, may have a type.
            if b"<!DOCTYPE" in part and not member.filename.startswith(("xl/media/", "xl/printerSettings/")):
                raise _refused(name, "document type", expected, part=member.filename)
            if member.filename == "META-INF/manifest.xml" and b"encryption-data" in part:  # of an OpenDocument file
                raise _refused(name, "protected", expected)
            if member.filename.endswith("workbook.xml") and b"http://purl.oclc.org/ooxml/" in part:
                raise _refused(name, "strict")
        if tags > TAGS:
            raise _refused(name, "many tags", expected, most=TAGS)


@dataclass
class _Survey:
    """What the XML of a sheet holds. A cell that is only formatted is as if it were not there."""

    title: str
    hidden: bool
    cells: dict[tuple[int, int], Any] = field(default_factory=dict)  # None for a formula that was never computed
    merged: list[tuple[str, int, int]] = field(default_factory=list)
    rows: set[int] = field(default_factory=set)
    columns: set[int] = field(default_factory=set)
    zeros: bool = False
    conditional: bool = False


def _survey(sheet: Any) -> _Survey:
    book = sheet.parent
    dates = {"date_formats": book._date_formats, "timedelta_formats": book._timedelta_formats}
    parser = WorkSheetParser(None, sheet._shared_strings, data_only=True, epoch=book.epoch, **dates)
    survey = _Survey(sheet.title, hidden=sheet.sheet_state != "visible")
    with sheet._get_source() as source:
        for _, element in iterparse(source):
            match element.tag.rpartition("}")[2]:
                case "row":
                    number, cells = parser.parse_row(element)
                    if element.get("hidden") in ("1", "true") or element.get("ht") == "0":
                        survey.rows.add(number)
                    for cell, child in zip(cells, element, strict=True):
                        place = cell["row"], cell["column"]
                        if place in survey.cells:
                            raise ValueError("a cell that stands twice")
                        parts = {part.tag.rpartition("}")[2] for part in child}
                        # An empty result is a text; a number that is not there was never computed.
                        if "f" in parts and cell["value"] is None and not (child.get("t") == "str" and "v" in parts):
                            survey.cells[place] = None
                        elif cell["value"] is not None and str(cell["value"]).strip():
                            survey.cells[place] = ReadOnlyCell(sheet, **cell)
                    element.clear()
                case "col" if element.get("hidden") in ("1", "true") or element.get("width") == "0":
                    last = min(int(element.get("max")), MOST_COLUMNS)
                    survey.columns.update(range(int(element.get("min")), last + 1))
                case "mergeCell":
                    left, top, *_ = range_boundaries(element.get("ref"))
                    survey.merged.append((element.get("ref"), top, left))
                case "sheetView" if element.get("showZeros") in ("0", "false"):
                    survey.zeros = True
                case "numFmt":  # of a conditional format that later versions of Excel added
                    survey.conditional = True
                case "cfRule" if element.get("dxfId"):
                    style = book._differential_styles[int(element.get("dxfId"))]
                    survey.conditional = survey.conditional or style.numFmt is not None
    return survey


def _as_text(survey: _Survey, reading: Reading) -> list[list[str]] | None:
    if not survey.cells:
        return []
    file = reading.files[survey.title]
    far = [(row, column) for row, column in survey.cells if row > MOST_ROWS or column > MOST_COLUMNS]
    if far:
        row, column = far[0]
        words = {"row": row, "column": get_column_letter(column)}
        limits = {"most_rows": MOST_ROWS, "most_columns": MOST_COLUMNS}
        reading.fault(survey.title, row, "", "far cell", **words, **limits)
        return None
    last_row, last_column = map(max, zip(*survey.cells, strict=True))
    rows = [[""] * last_column for _ in range(last_row)]
    faults: list[Fault] = []
    doubts: list[Fault] = []
    for (row, column), cell in sorted(survey.cells.items(), key=lambda item: item[0]):
        # A heading says what its column may hold; on the sheet of the case the cell at the left does.
        label = rows[row - 1][0] if survey.title == "case" else rows[0][column - 1]
        rules = ABOUT if survey.title == "case" else rules_of(survey.title, [label])
        try:
            rows[row - 1][column - 1] = _shown(cell, rules.get(label, TEXT))
        except UnreadableError as error:
            unread = doubts if row == 1 and survey.title != "case" else faults  # without headings nothing can be told
            unread.append(fault_at(file, row, label or get_column_letter(column), str(error), **error.words))
    merged = [each for each in survey.merged if each[1] <= last_row and each[2] <= last_column]
    doubts += [fault_at(file, top, rows[0][left - 1], "merged", area=area) for area, top, left in merged]
    if survey.conditional:
        doubts.append(fault_at(file, "", "", "conditional format"))
    reading.faults += doubts or faults
    if doubts:
        return None
    if hidden := "; ".join(_hidden(survey)):
        reading.notes["hidden-cells"].append(f"{survey.title}: {hidden}")
    return rows


def _hidden(survey: _Survey) -> Iterator[str]:
    rows, columns = ({*places} for places in zip(*survey.cells, strict=True))
    hidden_columns = [get_column_letter(column) for column in sorted(columns & survey.columns)]
    if survey.hidden:
        yield "the whole sheet"
    for noun, hidden in (("row", sorted(rows & survey.rows)), ("column", hidden_columns)):
        if hidden:
            yield f"{noun}{'s' * (len(hidden) > 1)} {listed(hidden, most=10)}"
    if survey.zeros and any(cell and cell.value == 0 for cell in survey.cells.values()):
        yield "every 0"


def _shown(cell: Any, rule: CellRule) -> str:
    """The text of a cell as it is shown.

    Raises
    ------
    UnreadableError
        With what it holds and what to do.
    """
    if cell is None:
        raise UnreadableError("", "no result")
    value = cell.value
    sections = _sections(cell.number_format)
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        formats = sections[3:4] or [section for section in sections if "@" in section]
        as_written = all("".join(section).lower() in ("@", "general") for section in formats)
        _require(as_written, f"{value[:60]!r}, which its number format hides or changes", AS_TEXT)
        return unicodedata.normalize("NFC", unescape(value).replace("\r\n", "\n"))
    if isinstance(value, int | float):
        return _number(value, sections, cell.number_format)
    _require(isinstance(value, dt.date), f"a time or duration ({value})", WRITE_OUT)
    code = "".join(part for part in sections[0] if len(part) == 1).lower()
    text = _date(value, code if cell.is_date else "yyyy-mm-dd")
    _require(rule.kind in ("date", "text"), f"a date ({text})", AS_TEXT)
    return text


def held_in(path: Path, sheet: str | None, reading: Reading) -> dict[tuple[int, int], Held]:
    """The filled cells of one sheet of an ``.xlsx`` or ``.ods`` file by row and column.

    Without a sheet it is the first that holds something. What it hides or merges, and which others there are, is noted.

    Raises
    ------
    CaseError
        When the file is another kind of file, protected, damaged or too large, or has no such sheet.
    """
    held: dict[tuple[int, int], Held] = {}
    with _opened(path, SAVE_AS, BOOK_OR_ODS) as sheets:
        for title in [each for each in sheets if sheet in (None, each)]:
            survey = sheets[title]()
            held = {place: _as_held(cell, place) for place, cell in survey.cells.items()}
            if held:
                others = listed(each for each in sheets if each != title)
                reading.notes["left-out"] += [f"the other sheets {others}"] if others else []
                reading.notes["hidden-cells"] += [f"{title}: {each}" for each in _hidden(survey)]
                reading.merged = [CellRange(area) for area, *_ in survey.merged]
                if survey.conditional:
                    reading.fault("scores", "", "", "conditional format")
                break
    if sheet is not None and sheet not in sheets:
        raise _refused(path.name, "no sheet", sheet=sheet, sheets=listed(sheets))
    return held


def _as_held(cell: Any, place: tuple[int, int]) -> Held:
    name, value = f"{get_column_letter(place[1])}{place[0]}", None if cell is None else cell.value
    if value is None:
        return Held("", name, fault="no result")
    if isinstance(value, bool):
        return Held("yes" if value else "no", name)
    if isinstance(value, int | float):
        sections = _sections(cell.number_format)
        number, unit = _in_its_unit(value, sections[0])
        seen = any(part.lower() in (*"0#?@", "general") for part in _section_for(value, sections))
        return Held(shown(number) + "%" * (unit == "%"), name, number, "" if seen else "hidden number", unit)
    if isinstance(value, dt.date | dt.time | dt.timedelta):
        return Held(str(value), name, fault="day or time")
    text = unicodedata.normalize("NFC", " ".join(unescape(str(value)).split()))
    return Held(text, name, fault="error value" if ERROR_VALUE.fullmatch(text) else "")


def _in_its_unit(value: int | float, section: list[str]) -> tuple[float, str]:
    """A number in the unit that its format shows, and the unit: 0.07 may be shown as 7%, and 24000 as 24k."""
    literals = (match.groups("") for part in section if (match := _LITERAL.fullmatch(part)))
    unit = " ".join("".join(chain(*literals)).split())
    unit = unit if re.search(r"[^\W\d_]|[€£$¥₩%°]", unit) else ""
    unit = "rank" if unit in ("st", "nd", "rd", "th") else unit
    signs = "".join(part for part in section if len(part) == 1)
    scaled = re.search(r"[0#?](,+)(?![0#?,])", signs)  # a comma after the last digit divides by 1000
    thousands = len(scaled[1]) if scaled else 0
    if thousands and not multiple_in(unit):
        name = ("thousand", "million", "billion", "trillion")[min(thousands, 4) - 1]
        unit = f"{name} {unit}" if len(unit) > 1 else name
    factor = 100.0 ** section.count("%") / 1000.0**thousands
    number = float(str(value))  # as text, since an integer may be beyond floats
    return number if factor == 1 else float(f"{number * factor:.12g}"), unit


def _open_document(file: IO[bytes]) -> dict[str, Callable[[], _Survey]]:
    """The sheets of an OpenDocument file, each to be read when it is wanted."""
    with zipfile.ZipFile(file) as archive:
        part = archive.read("content.xml")
    root = etree.fromstring(part, etree.XMLParser(resolve_entities=False, huge_tree=True))
    unseen = root.xpath("//*[*/@*[local-name()='display']='false']/@*[local-name()='name']")  # styles of hidden sheets
    return {table.get(f"{_TABLE}name"): partial(_survey_open, table, unseen) for table in root.iter(f"{_TABLE}table")}


def _survey_open(table: Any, unseen: list[str]) -> _Survey:
    survey, row, column = _Survey(table.get(f"{_TABLE}name"), table.get(f"{_TABLE}style-name") in unseen), 1, 1
    for each in table.iter(f"{_TABLE}table-column"):
        start, column = column, column + int(each.get(f"{_TABLE}number-columns-repeated", 1))
        if each.get(f"{_TABLE}visibility") in ("collapse", "filter"):
            survey.columns |= {*range(start, min(column, MOST_COLUMNS + 1))}
    for line in table.iter(f"{_TABLE}table-row"):
        repeated, column = int(line.get(f"{_TABLE}number-rows-repeated", 1)), 1
        rows = range(row, min(row + min(repeated, 2), MOST_ROWS + 1))  # twice is the same fault as ten times
        survey.rows |= {*rows} if line.get(f"{_TABLE}visibility") in ("collapse", "filter") else set()
        for cell in line:
            kind, value = cell.get(f"{_OFFICE}value-type"), cell.get(f"{_OFFICE}value")
            count = int(cell.get(f"{_TABLE}number-columns-repeated", 1))
            text = "\n".join("".join(each.itertext()) for each in cell.findall(f"{_TEXT}p"))
            held: Any = text if value is None else float(value)
            figures = [each for mark in ".," if value is not None and (each := figures_in(text, mark))]
            # Rounding moves a number by a half at most; what is further off is scaled, and so may be a multiple.
            units = [each.unit for each in figures if abs((each.likely or 0) - held) <= 0.5]
            units = [unit for unit in units if not unit.startswith("of ") and not multiple_in(unit)]
            shown_as = "0%" if kind == "percentage" else f'General"{"".join(units[:1])}"'
            if kind == "date":
                held = dt.date.fromisoformat(cell.get(f"{_OFFICE}date-value")[:10])
            elif kind == "time":
                held = pd.Timedelta(cell.get(f"{_OFFICE}time-value")).to_pytimedelta()
            elif kind == "boolean":
                held = cell.get(f"{_OFFICE}boolean-value") == "true"
            filled = SimpleNamespace(value=held, number_format=shown_as) if held != "" else None
            if filled or (kind is None and cell.get(f"{_TABLE}formula")):
                places = product(rows, range(column, min(column + count, MOST_COLUMNS + 1)))
                survey.cells |= dict.fromkeys(places, filled)
            wide, high = (int(cell.get(f"{_TABLE}number-{each}-spanned", 1)) - 1 for each in ("columns", "rows"))
            if wide or high:
                area = CellRange(None, column, row, column + wide, row + high).coord
                survey.merged.append((area, row, column))
            column += count
        row += repeated
    return survey


def _require(holds: bool, found: str, remedy: str) -> None:
    if not holds:
        raise UnreadableError("", "hiding cell", what=found, remedy=remedy)


def _sections(code: str) -> list[list[str]]:
    """A number format's sections, for positive numbers, negative ones, 0 and text, as their parts without fillings."""
    sections: list[list[str]] = [[]]
    for token in _TOKEN.findall(code):
        if token == ";":
            sections.append([])
        elif token[0] not in "_*" and not token.isspace():
            sections[-1].append(token)
    return sections


def _section_for(value: int | float, sections: list[list[str]]) -> list[str]:
    place = 1 if value < 0 else 2 if value == 0 else 0
    return sections[place if place < len(sections) else 0]


def _number(value: int | float, sections: list[list[str]], code: str) -> str:
    """A number as text, when its format shows the number itself."""
    text = str(value) if isinstance(value, int) else shown(value)
    section = _section_for(value, sections)
    _require("%" not in section, f"{text}, shown as a per cent", WRITE_OUT)
    bare = "".join(map(_bare, section))
    if bare.lower() in ("general", "@"):
        return text
    digits = _DIGITS.fullmatch(bare)
    if not digits:
        what = f"{text}, which the number format {code!r} hides or changes"
        raise UnreadableError("", "hiding cell", what=what, remedy=WRITE_OUT)
    whole, part = digits["whole"] or "", digits["part"] or ""
    style = "e" if digits["power"] else "f"
    rounded = float(f"{abs(value):.{len(part)}{style}}")
    signed = bool(digits["minus"]) == (value < 0 and len(sections) > 1)
    exact = math.isclose(rounded, abs(value), rel_tol=1e-14, abs_tol=0) and not whole.endswith(",")
    seen = bool(whole + part) if value else "0" in whole + part
    _require(signed and exact and seen, f"{text}, which the number format {code!r} shows otherwise", WRITE_OUT)
    return text.zfill(whole.count("0")) if text.isdigit() else text


def _bare(part: str) -> str:
    """A part of a number format without what leaves the number as it is: colours, currencies, signs between quotes."""
    if part[0] == "[":
        currency = part[1:].partition("-")[0]
        harmless = part[1:-1].isalpha() or (currency[0] == "$" and not any(map(str.isdigit, currency)))
        return "" if harmless else part
    sign = part.strip('"\\').strip()
    if not sign or (len(sign) == 1 and unicodedata.category(sign) == "Sc"):
        return ""
    return sign if sign in ("-", "(", ")") else part


def _date(value: dt.date, code: str) -> str:
    """A date as far as its format shows it."""
    if isinstance(value, dt.datetime) and value.time() != dt.time() and ("h" in code or "s" in code):
        return value.isoformat(sep=" ", timespec="seconds")
    day = value.isoformat()[:10]
    parts = "".join(sign for sign in "ymd" if sign in code)
    _require(parts in ("y", "ym", "ymd"), f"a date ({day}) that is not shown with its year", AS_TEXT)
    return day[: {"y": 4, "ym": 7, "ymd": 10}[parts]]
