"""A folder of CSV files, or one workbook, to a `Case`, or one error with every fault."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import difflib
import io
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from itertools import islice
from pathlib import Path

import pandas as pd

from ..errors import AukusMcdaError, CaseError, Fault
from ..guard import FilePath, guarded
from .case import Case, case_from
from .tables import ABOUT, MOST_COLUMNS, MOST_ROWS, TABLES, Reading

OPTIONAL = ("redlines", "synergies")
REGISTER = ("sources", "evidence")
TEXT_MEGABYTES = 32
"""No table of text is larger."""
LONGEST_TOML = 32_000
"""A case.toml is a page at most."""


class UnreadableError(Exception):
    """A file or sheet that holds no table: the row, or blank, what was found there, what was expected, the remedy."""


@contextmanager
def _noting(reading: Reading, name: str) -> Iterator[None]:
    """Go on after a file or sheet that holds no table, its fault noted."""
    try:
        yield
    except UnreadableError as error:
        row, *sentences = error.args
        reading.fault(name, row, "", *sentences)


def shipped() -> Path:
    """Where the shipped data, seeds and notebooks are: in the package, or beside it in a checkout."""
    inside = Path(__file__).parent.parent / "shipped"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent


def find_case(where: str | Path) -> Path:
    """The folder or workbook that ``where`` names: a path, or a shipped case's name.

    Raises
    ------
    CaseError
        When there is nothing of that name.
    """
    path = Path(where)
    cases = {folder.name: folder for folder in sorted((shipped() / "data").glob("*")) if folder.is_dir()}
    # A folder of results may have the shipped case's name; it is no case without a case.toml.
    if str(where) in cases and not (path / "case.toml").is_file():
        return cases[str(where)]
    if path.exists():
        return path
    expected = f"a case folder, an .xlsx workbook, or a shipped case: {', '.join(cases)}"
    remedy = "Check the spelling and the folder you are in."
    raise CaseError([Fault(str(where), "", "", "no such folder or workbook", expected, remedy)])


@guarded(AukusMcdaError)
def load_case(where: FilePath, *, as_of: str | dt.date | None = None) -> Case:
    """A checked case from a folder of CSV files, a workbook, or a shipped case's name.

    Parameters
    ----------
    where : str or Path
        For example ``"aukus_plus_two"``, ``"my_case/"`` or ``"my_case.xlsx"``.
    as_of : date or ISO text, optional
        Rank with the judgements made by this day instead of the case's own date.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every fault in every file: file, row, column, found, expected, remedy.

    Examples
    --------
    >>> case = load_case("aukus_plus_two", as_of="2023-06-30")
    >>> case.about.as_of.isoformat()
    '2023-06-30'
    """
    reading = read_case(where)
    if as_of is not None and ABOUT["as_of"].holds(str(as_of)):
        reading.about = replace(reading.about, as_of=dt.date.fromisoformat(str(as_of)))
    elif as_of is not None:
        reading.faults.append(Fault("as_of", "", "", repr(as_of), ABOUT["as_of"].expected, ABOUT["as_of"].remedy))
    return case_from(reading)


def read_case(where: str | Path) -> Reading:
    """What is read of a case, not yet checked."""
    path = find_case(where)
    return _read_folder(path) if path.is_dir() else _read_workbook(path)


def input_files(where: str | Path) -> dict[str, Path]:
    """Every file a case is read from, the register included, by the name it has in faults."""
    path = find_case(where)
    paths = _paths_in(path) if path.is_dir() else {path.name: path}
    return {name: file for name, file in paths.items() if file.is_file()}


def _paths_in(folder: Path) -> dict[str, Path]:
    """Where everything of a case is, or would be, by the name it has in faults.

    The register is in seeds/ in the case's folder, or up to two levels above.
    """
    here = folder.resolve()
    above = [place / "seeds" for place in (here, *list(here.parents)[:2])]
    register = next((place for place in above if place.is_dir()), above[0])
    own = ["case.toml", *(f"{name}.csv" for name in TABLES if name not in REGISTER)]
    seeds = {f"seeds/{name}.csv": register / f"{name}.csv" for name in REGISTER}
    return {file: folder / file for file in own} | seeds


def _read_folder(folder: Path) -> Reading:
    files = _paths_in(folder)
    paths = {path.stem: path for path in files.values()}
    reading = Reading({path.stem: file for file, path in files.items()})
    there = [name for name, path in paths.items() if path.is_file()]
    for name in there:
        with _noting(reading, name):
            if name == "case":
                _read_toml(paths[name], reading)
            else:
                reading.tables[name] = _read_csv(paths[name], reading)
    _note_missing(reading, there)
    # What macOS and Excel put beside a file, such as ._scores.csv and ~$scores.csv, is no table.
    strays = {path.stem: path.name for path in folder.glob("*.csv") if not path.name.startswith((".", "~$"))}
    _note_strays(reading, strays, [name for name in TABLES if name not in REGISTER])
    return reading


def _note_missing(reading: Reading, there: Iterable[str]) -> None:
    """Note what is not there, the register where it is cited, or is there in part."""
    cited = {name: table.loc[:, table.columns == "evidence"] != "" for name, table in reading.tables.items()}
    citing = [reading.files[name] for name, cells in cited.items() if cells.any(axis=None)]
    remedy = "Add it, with at least its header row."
    for name in [each for each in ("case", *TABLES) if each not in (*there, *OPTIONAL, *REGISTER)]:
        expected = f"{'keys' if name == 'case' else 'columns'} {', '.join(TABLES.get(name, ABOUT))}"
        reading.fault(name, "", "", "no such file", expected, remedy)
    remedy = "Put a folder seeds/ in the case's folder or above it; in a workbook, a sheet of that name."
    for name in [each for each in REGISTER if each not in there]:
        if citing or {*REGISTER} & {*there}:
            expected = f"the evidence register, cited by {', '.join(citing) or 'nothing yet'}"
            reading.fault(name, "", "", "no such file", expected, remedy)


def _note_strays(reading: Reading, strays: Mapping[str, str], known: Iterable[str]) -> None:
    """Note a file or sheet whose name is nearly one of those known: by its own name, what to call it."""
    for name, file in sorted(strays.items()):
        near = [] if name in known else difflib.get_close_matches(name.lower(), known, n=1, cutoff=0.7)
        for each in near:
            reading.faults.append(Fault(file, "", "", "a name no case has", reading.files[each], "Rename it."))


def _read_text(path: Path) -> str:
    """The file's text in composed letters, or an `UnreadableError` that names what is wrong with its bytes."""
    expected, remedy = "text in UTF-8", "Save it as UTF-8; in Excel as 'CSV UTF-8 (Comma delimited)'."
    try:
        size = path.stat().st_size
        raw = path.read_bytes() if size <= TEXT_MEGABYTES * 2**20 else b""
    except OSError as error:
        found = f"a file that cannot be read ({error.strerror})"
        raise UnreadableError("", found, "a readable file", "Check it.") from None
    if size > TEXT_MEGABYTES * 2**20:
        raise UnreadableError("", f"more than {TEXT_MEGABYTES} megabytes", "a table of text", "Shorten it.")
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw:
        raise UnreadableError(1, "text in UTF-16, or bytes that are no text", expected, remedy)
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise UnreadableError("", "an empty file", "a header row", "Restore it, or write the header row.")
    try:
        return unicodedata.normalize("NFC", raw.decode("utf-8-sig").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        found = f"byte 0x{raw[error.start]:02x}, which is not UTF-8"
        raise UnreadableError(line, found, expected, remedy) from None


def _read_csv(path: Path, reading: Reading) -> pd.DataFrame:
    text, expected = _read_text(path), "cells split by commas"
    # Excel takes a first line sep=; for itself: it does not show it, nor count it as a row.
    stated = re.match(r'"?sep=([^\w\s"]|\t)"?[,;\t]*\r?\n', text, re.IGNORECASE)
    text = text[stated.end() :] if stated else text
    if not stated and (apart := _other_mark(text, TABLES[path.stem])):
        raise UnreadableError(1, f"cells split by {apart!r}", expected, "Save it as CSV with commas.")
    lines = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=stated[1] if stated else ",")
    try:
        return _table(lines, path.stem, reading)
    except csv.Error as error:
        found = f"text that is no CSV ({error})"
        raise UnreadableError("", found, expected, "Check the quotation marks.") from None


def _other_mark(text: str, columns: Iterable[str]) -> str:
    """What stands between the names of known columns in the first line, where commas do not."""
    header = text[:LONGEST_TOML].lstrip("\n").partition("\n")[0].rstrip("\r")
    marks = [mark for mark in ",;\t|" if {name.strip('"') for name in header.split(mark)} & set(columns)]
    return "" if "," in marks or not marks else marks[0]


def _table(lines: Iterable[list[str]], name: str, reading: Reading) -> pd.DataFrame:
    """Header and rows to a frame whose index counts rows as a spreadsheet does; blank ends are cut off."""
    numbered = enumerate(lines, start=1)
    _, header = next(numbered, (1, []))
    if not any(cell.strip() for cell in header):
        raise UnreadableError(1, "a blank first line", "a header row", "Delete the blank line.")
    filled = ((number, line) for number, line in numbered if any(cell.strip() for cell in line))
    rows = dict(islice(filled, MOST_ROWS + 1))
    if len(rows) > MOST_ROWS or len(header) > MOST_COLUMNS:
        found, expected = f"{len(rows):,} rows and {len(header):,} columns", f"at most {MOST_ROWS:,} and {MOST_COLUMNS}"
        raise UnreadableError("", found, expected, "Delete what is no row or column of the table.")
    width = max(number for number, cell in enumerate(header, start=1) if cell.strip() or number == 1)
    for number, line in rows.items():
        beyond = [cell for cell in line[width:] if cell.strip()]
        if len(line) < width or beyond:
            found = f"{width + len(beyond) if beyond else len(line)} cells"
            remedy = "Put quotation marks round a cell that holds a comma; give every column a name."
            reading.fault(name, number, "", found, f"{width} cells, as in the header", remedy)
        rows[number] = (line + [""] * width)[:width]
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=header[:width], dtype=object)


def _read_workbook(path: Path) -> Reading:
    from .cells import read_sheets  # a folder is read without what reads workbooks

    sheets = read_sheets(path)
    reading = Reading({name: f"{path.name}, sheet {name}" for name in ("case", *TABLES)})
    for name in [name for name in reading.files if name in sheets]:
        sheet = sheets[name]
        reading.faults += sheet.faults
        with _noting(reading, name):
            if not sheet.rows and not sheet.faults:
                raise UnreadableError("", "an empty sheet", "a header row", "Write the header row.")
            if sheet.rows and name == "case":
                _read_case_sheet(sheet.rows, reading)
            elif sheet.rows:
                reading.tables[name] = _table(sheet.rows, name, reading)
    _note_missing(reading, sheets)
    _note_strays(reading, {title: f"{path.name}, sheet {title}" for title in sheets}, reading.files)
    reading.hidden = "; ".join(f"{name}: {sheet.hidden}" for name, sheet in sheets.items() if sheet.hidden)
    return reading


def _read_case_sheet(lines: Iterable[list[str]], reading: Reading) -> None:
    """What the sheet ``case`` says, a key in the first column and its entry in the second."""
    entries: dict[str, str | list[str]] = {}
    rows: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        key, entry = [*line, ""][:2]
        if key in ("", "key"):
            continue
        if key in entries:
            reading.fault("case", number, key, f"{key} again", "each key once", "Delete one of the rows.")
        entries[key], rows[key] = entry, number
    if "authors" in entries:
        entries["authors"] = [name.strip() for name in str(entries["authors"]).split(";") if name.strip()]
    reading.read_about(entries, rows)


def _read_toml(path: Path, reading: Reading) -> None:
    text = _read_text(path)
    if len(text) > LONGEST_TOML:  # the parser's time grows with the square of it
        found, remedy = f"{len(text):,} signs of text", "Shorten it; it holds one line a key."
        raise UnreadableError("", found, f"at most {LONGEST_TOML:,}", remedy)
    try:
        entries = tomllib.loads(text)
    except RecursionError:
        raise UnreadableError("", "lists or tables too deep", 'key = "value"', "Write one value a key.") from None
    except ValueError as error:
        line = re.search(r"line (\d+)", str(error))
        remedy = "Check quotation marks and the equals sign; a date is a day that there is, like 2026-02-28."
        found, expected = f"text that is no TOML ({error})", 'key = "value" on each line'
        raise UnreadableError(int(line[1]) if line else "", found, expected, remedy) from None
    keys = (re.match(r"\s*([\w-]+)\s*=", line) for line in text.split("\n"))
    rows = {key[1]: number for number, key in enumerate(keys, start=1) if key}
    reading.read_about(entries, rows)
