"""A folder of CSV files, or one workbook, to a `Case`, or one error with every fault."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from .case import About, Case, about_from
from .errors import CaseError, Fault
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
    if path.exists():
        return path
    cases = {folder.name: folder for folder in sorted((shipped() / "data").glob("*")) if folder.is_dir()}
    if str(where) in cases:
        return cases[str(where)]
    raise CaseError(
        [
            Fault(
                str(where), "", "", "no such folder or workbook",
                f"a case folder, an .xlsx workbook, or a shipped case: {', '.join(cases)}",
                "Check the spelling and the folder you are in.",
            )
        ]
    )  # fmt: skip


def load_case(where: str | Path, *, as_of: str | dt.date | None = None) -> Case:
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
    path = find_case(where)
    faults: list[Fault] = []
    if path.is_dir():
        said = _read_toml(path / "case.toml", faults)
        tables, files = _read_folder(path, faults)
    else:
        said, tables, files = _read_workbook(path, faults)
    about = _about(said, files.pop("case", "case.toml"), faults)
    if as_of is not None:
        about = _dated(about, as_of, faults)
    return Case.from_tables(tables, about, files=files, every_column=True, faults=tuple(faults))


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
        faults += _without_register(tables, files)
    return tables, files


def _missing(file: str, name: str) -> Fault:
    columns = ", ".join(TABLES[name])
    return Fault(file, "", "", "no such file", f"columns {columns}", "Add it, with at least its header row.")


def _without_register(tables: Mapping[str, pd.DataFrame], files: Mapping[str, str]) -> list[Fault]:
    citing = [files[name] for name, table in tables.items() if (table.get("evidence", pd.Series()) != "").any()]
    if not citing:
        return []
    return [
        Fault(
            "seeds/", "", "", "no evidence register", f"evidence.csv and sources.csv, cited by {', '.join(citing)}",
            "Put a folder seeds/ in the case's folder or above it.",
        )
    ]  # fmt: skip


def _read_text(path: Path, file: str, faults: list[Fault]) -> str | None:
    """The file's text, or None and a fault that names what is wrong with its bytes."""
    raw = path.read_bytes()
    expected, remedy = "text in UTF-8 without a byte-order mark", "Save it as UTF-8 without a byte-order mark."
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        faults.append(Fault(file, 1, "", "a UTF-16 byte-order mark", expected, remedy))
    elif raw.startswith(b"\xef\xbb\xbf"):
        faults.append(
            Fault(
                file, 1, "", "a byte-order mark", expected, remedy + " Excel always writes one: use the workbook form."
            )
        )
    elif not raw.strip():
        faults.append(Fault(file, "", "", "an empty file", "a header row", "Restore it, or write the header row."))
    else:
        try:
            return raw.decode("utf-8")
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
    for name in sorted({name for name in header if header.count(name) > 1}):
        faults.append(Fault(file, 1, name, "a column named twice", "each column once", "Delete one of them."))
    table = pd.DataFrame(list(rows.values()), index=list(rows), columns=header, dtype=object)
    return table.loc[:, ~table.columns.duplicated()]


def _read_workbook(
    path: Path, faults: list[Fault]
) -> tuple[dict[str, Any] | None, dict[str, pd.DataFrame], dict[str, str]]:
    import openpyxl

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever the zip or XML beneath it does
        raise CaseError(
            [
                Fault(
                    path.name, "", "", f"a file that is no workbook ({error})", "an .xlsx workbook", "Save it as .xlsx."
                )
            ]
        ) from None
    files = {name: f"{path.name}, sheet {name}" for name in ("case", *TABLES)}
    sheets: dict[str, list[list[str]]] = {}
    for sheet in book.worksheets:
        cells = as_text(pd.DataFrame(list(sheet.iter_rows(values_only=True)), dtype=object))
        sheets[sheet.title] = cells.to_numpy().tolist()
    book.close()
    tables = {}
    for name in TABLES:
        if sheets.get(name):
            tables[name] = _table(sheets[name], files[name], faults)
        elif name in sheets:
            faults.append(Fault(files[name], "", "", "an empty sheet", "a header row", "Write the header row."))
        elif name not in (*OPTIONAL, *REGISTER):
            faults.append(_missing(files[name], name))
    if not set(REGISTER) & tables.keys():
        faults += _without_register(tables, files)
    if "case" not in sheets:
        faults.append(_missing_about(files["case"]))
        return None, tables, files
    said = {row[0]: row[1] for row in sheets["case"] if len(row) > 1 and row[0] not in ("", "key")}
    return {key: cell for key, cell in said.items() if cell}, tables, files


def _missing_about(file: str) -> Fault:
    return Fault(file, "", "", "no such file", f"the keys {', '.join(ABOUT)}", "Add it.")


def _read_toml(path: Path, faults: list[Fault]) -> dict[str, Any] | None:
    if not path.is_file():
        faults.append(_missing_about(path.name))
        return None
    text = _read_text(path, path.name, faults)
    if text is None:
        return None
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        faults.append(
            Fault(
                path.name, int(line[1]) if line else "", "", f"text that is no TOML ({error})",
                'key = "value" on each line', "Check quotation marks and the equals sign.",
            )
        )  # fmt: skip
        return None


def _about(said: Mapping[str, Any] | None, file: str, faults: list[Fault]) -> About:
    """The case's own description; keys that are wrong are faults and left out."""
    if said is None:
        return About()
    good = {}
    for key, rule in ABOUT.items():
        cell = said.get(key)
        parts = cell if isinstance(cell, list) and cell else [cell]
        if cell is None or cell == []:
            faults.append(Fault(file, "", key, "no such key", rule.expected, f"Add {key} = ..."))
        elif (isinstance(cell, list) and key != "authors") or not all(
            isinstance(part, str | dt.date) and rule.holds(str(part)) for part in parts
        ):
            faults.append(Fault(file, "", key, repr(cell), rule.expected, rule.remedy))
        else:
            good[key] = cell
    for key in said.keys() - ABOUT.keys():
        faults.append(
            Fault(file, "", key, f"an unknown key {key!r}", f"the keys {', '.join(ABOUT)}", "Rename or remove it.")
        )
    return about_from(good)


def _dated(about: About, as_of: str | dt.date, faults: list[Fault]) -> About:
    if not ABOUT["as_of"].holds(str(as_of)):
        faults.append(Fault("as_of", "", "", repr(as_of), ABOUT["as_of"].expected, ABOUT["as_of"].remedy))
        return about
    return replace(about, as_of=dt.date.fromisoformat(str(as_of)))
