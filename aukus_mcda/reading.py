"""A folder of CSV files, or one workbook, to a `Case`, or one error with every fault."""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import io
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pandas as pd

from .about import About, read_about
from .case import Case
from .errors import AukusMcdaError, CaseError, Fault
from .guard import FilePath, guarded
from .schemas import ABOUT, TABLES, as_text

OPTIONAL = ("redlines", "synergies")
REGISTER = ("sources", "evidence")
FOLDER = tuple(name for name in TABLES if name not in REGISTER)


def shipped() -> Path:
    """Where the shipped data, seeds and notebooks are: in the package, or beside it in a checkout."""
    inside = Path(__file__).parent / "shipped"
    return inside if inside.is_dir() else Path(__file__).parent.parent


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
    raise CaseError(
        [
            Fault(
                str(where), "", "", "no such folder or workbook",
                f"a case folder, an .xlsx workbook, or a shipped case: {', '.join(cases)}",
                "Check the spelling and the folder you are in.",
            )
        ]
    )  # fmt: skip


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
    faults: list[Fault] = []
    about, tables, files = _read(find_case(where), faults)
    if as_of is not None:
        about = _dated(about, as_of, faults)
    return Case.from_tables(tables, about, files=files, every_column=True, faults=tuple(faults))


def load_unaffirmed(where: str | Path) -> tuple[Case, str]:
    """A checked case, whatever anchors its weights were judged for, and what it records of them.

    Raises
    ------
    CaseError
        With every other fault, as `load_case`.
    """
    faults: list[Fault] = []
    about, tables, files = _read(find_case(where), faults)
    unaffirmed = replace(about, weights_judged_for="")
    case = Case.from_tables(tables, unaffirmed, files=files, every_column=True, faults=tuple(faults))
    return case, about.weights_judged_for


def _read(path: Path, faults: list[Fault]) -> tuple[About, dict[str, pd.DataFrame], dict[str, str]]:
    if not path.is_dir():
        return _read_workbook(path, faults)
    about = _read_toml(path / "case.toml", faults)
    return about, *_read_folder(path, faults)


def input_files(where: str | Path) -> dict[str, Path]:
    """Every file a case is read from, the register included, by the name it has in faults."""
    path = find_case(where)
    if not path.is_dir():
        return {path.name: path}
    paths = {"case.toml": path / "case.toml", **_folder_files(path)}
    return {name: file for name, file in paths.items() if file.is_file()}


def _folder_files(folder: Path) -> dict[str, Path]:
    """Where each table of a case in a folder is, or would be, by the name it has in faults."""
    files = {f"{name}.csv": folder / f"{name}.csv" for name in FOLDER}
    register = _register_of(folder)
    return files | ({f"seeds/{name}.csv": register / f"{name}.csv" for name in REGISTER} if register else {})


def _register_of(folder: Path) -> Path | None:
    """The evidence register of a case: seeds/ in its folder, or up to two levels above."""
    folder = folder.resolve()
    places = (place / "seeds" for place in (folder, *list(folder.parents)[:2]))
    return next((place for place in places if place.is_dir()), None)


def _read_folder(folder: Path, faults: list[Fault]) -> tuple[dict[str, pd.DataFrame], dict[str, str]]:
    paths = _folder_files(folder)
    files = {path.stem: name for name, path in paths.items()}
    tables = {}
    for file, path in paths.items():
        if path.is_file():
            table = _read_csv(path, file, faults)
            if table is not None:
                tables[path.stem] = table
        elif path.stem not in OPTIONAL:
            faults.append(_missing(file, path.stem))
    if "evidence" not in files:
        faults += _without_register(tables, files, REGISTER)
    for stray in sorted(folder.glob("*.csv")):
        near = [] if stray.stem in FOLDER else difflib.get_close_matches(stray.stem, FOLDER, n=1, cutoff=0.7)
        if near:
            faults.append(Fault(stray.name, "", "", "a file no case has", f"{near[0]}.csv", "Rename it."))
    return tables, files


def _missing(file: str, name: str) -> Fault:
    columns = ", ".join(TABLES[name])
    return Fault(file, "", "", "no such file", f"columns {columns}", "Add it, with at least its header row.")


def _without_register(
    tables: Mapping[str, pd.DataFrame], files: Mapping[str, str], missing: Iterable[str]
) -> list[Fault]:
    """A fault for each part of the register that is not there although evidence is cited."""
    cells = ((files[name], table.get("evidence", pd.Series())) for name, table in tables.items())
    citing = [file for file, cited in cells if (cited != "").any()]
    return [
        Fault(
            f"seeds/{name}.csv", "", "", "no such file", f"the evidence register, cited by {', '.join(citing)}",
            "Put a folder seeds/ in the case's folder or above it; in a workbook, a sheet of that name.",
        )
        for name in missing if citing
    ]  # fmt: skip


def _read_text(path: Path, file: str, faults: list[Fault]) -> str | None:
    """The file's text, or None and a fault that names what is wrong with its bytes."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        faults.append(
            Fault(file, "", "", f"a file that cannot be read ({error.strerror})", "a readable file", "Check it.")
        )
        return None
    expected, remedy = "text in UTF-8 without a byte-order mark", "Save it as UTF-8 without a byte-order mark."
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        faults.append(Fault(file, 1, "", "a UTF-16 byte-order mark", expected, remedy))
    elif raw.startswith(b"\xef\xbb\xbf"):
        faults.append(Fault(file, 1, "", "a byte-order mark", expected, remedy + " Or use the workbook form."))
    elif not raw.strip():
        faults.append(Fault(file, "", "", "an empty file", "a header row", "Restore it, or write the header row."))
    else:
        try:
            return raw.decode("utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            byte = f"byte 0x{raw[error.start]:02x}, which is not UTF-8"
            faults.append(Fault(file, line, "", byte, expected, remedy))
    return None


def _read_csv(path: Path, file: str, faults: list[Fault]) -> pd.DataFrame | None:
    text = _read_text(path, file, faults)
    if text is None:
        return None
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        faults.append(
            Fault(file, "", "", f"text that is no CSV ({error})", "cells split by commas", "Check the quotation marks.")
        )
        return None
    header = lines[0]
    if not any(cell.strip() for cell in header):
        faults.append(Fault(file, 1, "", "a blank first line", "a header row", "Delete the blank line."))
        return None
    if len(header) == 1 and (apart := next((mark for mark in ";\t|" if mark in header[0]), "")):
        found = f"cells split by {apart!r}"
        faults.append(Fault(file, 1, "", found, "cells split by commas", "Save it as CSV with commas."))
        return None
    return _table(lines, file, faults)


def _table(lines: list[list[str]], file: str, faults: list[Fault]) -> pd.DataFrame:
    """Header and rows to a frame whose index counts rows as a spreadsheet does."""
    header, *rest = lines
    rows = {number: line for number, line in enumerate(rest, start=2) if any(cell.strip() for cell in line)}
    for number, line in rows.items():
        if len(line) != len(header):
            faults.append(
                Fault(
                    file, number, "", f"{len(line)} cells", f"{len(header)} cells, as in the header",
                    "Put quotation marks round a cell that holds a comma.",
                )
            )  # fmt: skip
            rows[number] = (line + [""] * len(header))[: len(header)]
    return pd.DataFrame(list(rows.values()), index=list(rows), columns=header, dtype=object)


def _read_workbook(path: Path, faults: list[Fault]) -> tuple[About, dict[str, pd.DataFrame], dict[str, str]]:
    sheets = _sheets(path)
    files = {name: f"{path.name}, sheet {name}" for name in ("case", *TABLES)}
    tables = {}
    for name in TABLES:
        if sheets.get(name):
            tables[name] = _table(sheets[name], files[name], faults)
        elif name in sheets:
            faults.append(Fault(files[name], "", "", "an empty sheet", "a header row", "Write the header row."))
        elif name not in (*OPTIONAL, *REGISTER):
            faults.append(_missing(files[name], name))
    absent = [name for name in REGISTER if name not in sheets]
    for fault in _without_register(tables, files, absent):
        faults.append(fault._replace(file=files[fault.file[6:-4]]))
    for stray in sorted(sheets.keys() - files.keys()):
        near = difflib.get_close_matches(stray.lower(), files, n=1, cutoff=0.7)
        if near:
            file = f"{path.name}, sheet {stray}"
            faults.append(Fault(file, "", "", "a sheet no case has", f"a sheet {near[0]}", "Rename it."))
    if "case" not in sheets:
        faults.append(_missing_about(files["case"]))
        return About(), tables, files
    said: dict[str, Any] = {}
    rows: dict[str, int] = {}
    for number, line in enumerate(sheets["case"], start=1):
        key, entry = [*line, "", ""][:2]
        if key in ("", "key"):
            continue
        if key in said:
            faults.append(Fault(files["case"], number, key, f"{key} again", "each key once", "Delete one of the rows."))
        said[key], rows[key] = entry, number
    if "authors" in said:
        said["authors"] = [name.strip() for name in said["authors"].split(";") if name.strip()]
    return read_about(said, files["case"], faults, every_key=True, rows=rows), tables, files


def _sheets(path: Path) -> dict[str, list[list[str]]]:
    """Every sheet as rows of text, without the columns and rows that are merely formatted."""
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheets = {}
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # some programs write a wrong one
            columns = zip_longest(*sheet.iter_rows(values_only=True))  # rows may differ in length
            cells = as_text(pd.DataFrame(dict(enumerate(columns)), dtype=object))
            used = [number for number, column in enumerate(cells) if (cells[column] != "").any()]
            sheets[sheet.title] = cells.iloc[:, : used[-1] + 1].to_numpy().tolist() if used else []
        book.close()
    except Exception as error:  # openpyxl raises whatever the zip or XML beneath it does
        found = f"a file that is no workbook ({type(error).__name__}: {error})"
        raise CaseError([Fault(path.name, "", "", found, "an .xlsx workbook", "Save it as .xlsx.")]) from None
    return sheets


def _missing_about(file: str) -> Fault:
    return Fault(file, "", "", "no such file", f"the keys {', '.join(ABOUT)}", "Add it.")


def _read_toml(path: Path, faults: list[Fault]) -> About:
    if not path.is_file():
        faults.append(_missing_about(path.name))
        return About()
    text = _read_text(path, path.name, faults)
    if text is None:
        return About()
    try:
        said = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        remedy = "Check quotation marks and the equals sign."
        if "date" in str(error):
            remedy = "Write a day that there is, as year-month-day: 2026-02-28."
        faults.append(
            Fault(
                path.name, int(line[1]) if line else "", "", f"text that is no TOML ({error})",
                'key = "value" on each line', remedy,
            )
        )  # fmt: skip
        return About()
    keys = (re.match(r"\s*([\w-]+)\s*=", line) for line in text.split("\n"))
    rows = {key[1]: number for number, key in enumerate(keys, start=1) if key}
    return read_about(said, path.name, faults, every_key=True, rows=rows)


def _dated(about: About, as_of: str | dt.date, faults: list[Fault]) -> About:
    if not ABOUT["as_of"].holds(str(as_of)):
        faults.append(Fault("as_of", "", "", repr(as_of), ABOUT["as_of"].expected, ABOUT["as_of"].remedy))
        return about
    return replace(about, as_of=dt.date.fromisoformat(str(as_of)))
