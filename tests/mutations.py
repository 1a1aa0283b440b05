# SPDX-License-Identifier: Apache-2.0
"""Mutations of the shipped cases, and an oracle that shares nothing with the library.

A mutated folder or workbook is either refused with an error of ours, or its additive
scores are those that the oracle computes from the files alone. Nothing else may happen:
no other exception, no hang, no blow-up of memory.

A slice runs with the tests. The whole of it::

    python -m tests.mutations                  # 5,000 folders and 300 workbooks
    python -m tests.mutations 500 30 --seed 7  # fewer, and others
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import io
import itertools
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
import tomllib
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils import get_column_letter

from aukus_mcda import load_case, rank
from aukus_mcda.errors import AukusMcdaError

ROOT = Path(__file__).parent.parent
SECONDS = 60
"""No input may take longer."""

REGISTER = ("sources", "evidence")
NAMES = ("options", "criteria", "scores", "weights", "screens", "scenarios", "assumptions", "redlines", "synergies")
Table = list[list[str]]


# --- What the files say: the oracle -------------------------------------------------------------


class MustRefuseError(Exception):
    """What a file shows is not what it stores, or not a case: accepting it is a fault."""


def oracle(where: Path) -> dict[tuple[str, str], float]:
    """Additive scores by (profile, option), from the files alone.

    Raises
    ------
    MustRefuseError
        When no score can be had from what the files show.
    """
    try:
        tables, about = _from_folder(where) if where.is_dir() else _from_workbook(where)
        return _scores(tables, about)
    except (KeyError, ValueError, IndexError, ZeroDivisionError, RecursionError) as error:
        raise MustRefuseError(f"{type(error).__name__}: {error}") from error


def _from_folder(folder: Path) -> tuple[dict[str, list[dict[str, str]]], dict[str, Any]]:
    tables = {}
    for path in folder.glob("*.csv"):
        if path.stem in NAMES:
            text = unicodedata.normalize("NFC", path.read_bytes().decode("utf-8-sig"))
            apart, first = ",", text.split("\n")[0].strip("\r")
            if first.strip('"').lower().startswith("sep="):
                apart, text = first.strip('"')[4], text.partition("\n")[2]
            tables[path.stem] = _records(list(csv.reader(io.StringIO(text, newline=""), delimiter=apart)))
    entries = folder / "case.toml"
    return tables, tomllib.loads(entries.read_bytes().decode("utf-8-sig")) if entries.exists() else {}


def _records(lines: Table) -> list[dict[str, str]]:
    header = lines[0]
    named = [name for name in header if name.strip()]
    if len(set(named)) < len(named):
        raise MustRefuseError("a column twice")
    rows = []
    for line in lines[1:]:
        if any(map(str.strip, line)):
            cells = dict(zip(header, line, strict=False))
            if any(cell.strip() for cell in line[len(header) :]) or cells.get("", "").strip():
                raise MustRefuseError("a cell under no name")
            rows.append(cells)
    return rows


def _from_workbook(path: Path) -> tuple[dict[str, list[dict[str, str]]], dict[str, Any]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stored, results = openpyxl.load_workbook(path), openpyxl.load_workbook(path, data_only=True)
    tables, about = {}, {}
    for sheet in stored.worksheets:
        held = {place: cell for place, cell in sheet._cells.items() if cell.value is not None}
        if not held:
            continue
        rows = [[""] * max(column for _, column in held) for _ in range(max(row for row, _ in held))]
        for (row, column), cell in held.items():
            result = results[sheet.title]._cells[row, column].value
            if cell.data_type == "f" and result is None:
                raise MustRefuseError(f"a formula without a result in {sheet.title}!{cell.coordinate}")
            rows[row - 1][column - 1] = _as_shown(result, cell.number_format)
        if any(area.min_row <= len(rows) and area.min_col <= len(rows[0]) for area in sheet.merged_cells.ranges):
            raise MustRefuseError(f"merged cells in {sheet.title}")
        if sheet.title == "case":
            about = {line[0]: line[1] for line in rows if line[0] not in ("", "key")}
        else:
            tables[sheet.title] = _records(rows)
    return tables, about


SHOWS: dict[str, Callable[[float], str]] = {
    "General": lambda number: repr(number),
    "@": lambda number: repr(number),
    "0": lambda number: f"{number:.0f}",
    "0.0": lambda number: f"{number:.1f}",
    "0.00": lambda number: f"{number:.2f}",
    "#,##0.000": lambda number: f"{number:,.3f}",
    "[Red]0.0##": lambda number: f"{number:.3f}",
    "[$€-407] #,##0.00": lambda number: f"€ {number:,.2f}",
    "0.0E+00": lambda number: f"{number:.1E}",
    "0%": lambda number: f"{100 * number:.0f}%",
    "0.00%": lambda number: f"{100 * number:.2f}%",
    "0,": lambda number: f"{number / 1000:.0f}",
    "0.0,,": lambda number: f"{number / 1e6:.1f}",
    '"many"': lambda number: "many",
    '"1"0': lambda number: f"1{number:.0f}",
    '0" m"': lambda number: f"{number:.0f} m",
    ";;;": lambda number: "",
    "-0": lambda number: f"-{number:.0f}",
    '0;0;"none"': lambda number: f"{abs(number):.0f}" if number else "none",
    "# ?/?": lambda number: f"{number:.0f} 0/1",
}
DATED = {"yyyy-mm-dd": 10, "dd/mm/yyyy": 10, "d mmmm yyyy": 10, "mmm-yy": 7, "mm/yyyy": 7, "yyyy": 4}
HIDING_DATES = ("d-mmm", "dddd", "h:mm", "[h]:mm")


def _as_shown(value: object, code: str) -> str:
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int | float):
        shown = SHOWS[code](value)
        return shown.replace(",", "").removeprefix("€ ")
    if isinstance(value, dt.datetime):
        if code not in DATED:
            raise MustRefuseError(f"a date shown as {code}")
        return value.date().isoformat()[: DATED[code]]
    if isinstance(value, str) and code in (";;;",):
        raise MustRefuseError("a text that is hidden")
    if not isinstance(value, str) and value is not None:
        raise MustRefuseError(f"a cell of {type(value).__name__}")
    return unicodedata.normalize("NFC", value or "")


def _number(text: str) -> float:
    if not text.strip(" \t\n\r\f\v0123456789.eE+-") == "":
        raise MustRefuseError(f"{text!r} is no number")
    return float(text)


def _scores(tables: dict[str, list[dict[str, str]]], about: dict[str, Any]) -> dict[tuple[str, str], float]:
    criteria = {row["id"]: row for row in tables["criteria"]}
    if len(criteria) < len(tables["criteria"]):
        raise MustRefuseError("a criterion twice")
    leaves = [key for key in criteria if not any(row.get("parent") == key for row in criteria.values())]
    latest: dict[tuple[str, str], tuple[str, float]] = {}
    for row in tables["scores"]:
        pair, day = (row["option"], row["criterion"]), row.get("as_of", "")
        if day <= str(about.get("as_of") or "9999"):
            if pair in latest and latest[pair][0] == day:
                raise MustRefuseError(f"{pair} twice on {day}")
            if pair not in latest or latest[pair][0] < day:
                latest[pair] = day, _number(row["likely"])
    points: dict[str, dict[str, float]] = {}
    options = (
        [row["id"] for row in tables["options"]]
        if "options" in tables
        else list(dict.fromkeys(row["option"] for row in tables["scores"]))
    )
    equal = [{"profile": "baseline", "criterion": key, "likely": "100"} for key in criteria]
    for row in tables.get("weights") or equal:
        if row["criterion"] in points.setdefault(row["profile"], {}):
            raise MustRefuseError("points twice")
        points[row["profile"]][row["criterion"]] = _number(row["likely"])
    values = {(option, leaf): _value(latest[option, leaf][1], criteria[leaf]) for option in options for leaf in leaves}
    return {
        (profile, option): sum(_weight(leaf, criteria, given) * values[option, leaf] for leaf in leaves)
        for profile, given in points.items()
        for option in options
    }


def _value(raw: float, scale: dict[str, str]) -> float:
    corners = [(_number(scale["worst"]), 0.0), (_number(scale["best"]), 100.0)]
    corners += [
        (_number(x), _number(y)) for x, y in (p.split(":") for p in scale.get("shape", "").split(";") if p.strip())
    ]
    corners.sort()
    for (x0, y0), (x1, y1) in itertools.pairwise(corners):
        if x0 <= raw <= x1:
            return y0 + (y1 - y0) * (raw - x0) / (x1 - x0)
    raise MustRefuseError(f"{raw} is outside its anchors")


def _weight(key: str, criteria: dict[str, dict[str, str]], points: dict[str, float]) -> float:
    weight = 1.0
    while key:
        parent = criteria[key].get("parent", "")
        weight *= points[key] / sum(points[other] for other, row in criteria.items() if row.get("parent", "") == parent)
        key = parent
    return weight


# --- Mutations ----------------------------------------------------------------------------------

ODD = (
    "", " ", "0", "-1", "5", "1e9", "1e-9", "1e31", "nan", "inf", "3,5", "7%", "\uff17", "1_0", "0x10", "yes", "no",
    "TRUE", "=1+1", "#N/A", "#REF!", "####", "\x1b[2J", "a\x9bb", "\u202eabc", "cafe\u0301", "\u200b", "x\u00a0y",
    "a;a", "a;b", ";", '"', "a\nb", "CON", "2025-13-01", "2023-02", "31/03/2026", "x" * 3000, "max", "min",
    "A", "6", " 5", "5 ",
)  # fmt: skip


def _tables_of(folder: Path) -> list[Path]:
    return sorted([*folder.glob("*.csv"), *(folder / "seeds").glob("*.csv")])


def _load(path: Path) -> Table:
    if not path.is_file():
        return []
    return list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8", "replace"), newline="")))


def _store(path: Path, lines: Table) -> None:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(lines)
    path.write_text(text.getvalue(), encoding="utf-8")


def _on_lines(change: Callable[[random.Random, Table], None]) -> Callable[[random.Random, Path], None]:
    def act(rng: random.Random, folder: Path) -> None:
        path = rng.choice(_tables_of(folder))
        lines = _load(path)
        if len(lines) > 1 and lines[0]:
            change(rng, lines)
            _store(path, lines)

    act.__name__ = change.__name__
    return act


def odd_cell(rng: random.Random, lines: Table) -> None:
    line = rng.choice(lines[1:])
    if line:
        line[rng.randrange(len(line))] = rng.choice(ODD)


def cell_of_another_row(rng: random.Random, lines: Table) -> None:
    one, other = rng.choice(lines[1:]), rng.choice(lines[1:])
    column = rng.randrange(min(len(one), len(other)) or 1)
    one[column : column + 1] = other[column : column + 1]


def number_changed(rng: random.Random, lines: Table) -> None:
    cells = [(line, k) for line in lines[1:] for k, cell in enumerate(line) if cell.replace(".", "", 1).isdigit()]
    if cells:
        line, column = rng.choice(cells)
        line[column] = rng.choice(
            (f"{float(line[column]) * rng.choice((0.9, 1.1, -1, 1000)):g}", line[column] + "0", "0")
        )


def row_again(rng: random.Random, lines: Table) -> None:
    lines.insert(rng.randrange(1, len(lines) + 1), list(rng.choice(lines[1:])))


def row_dropped(rng: random.Random, lines: Table) -> None:
    del lines[rng.randrange(1, len(lines))]


def rows_shuffled(rng: random.Random, lines: Table) -> None:
    rest = lines[1:]
    rng.shuffle(rest)
    lines[1:] = rest


def row_shifted(rng: random.Random, lines: Table) -> None:
    line = rng.choice(lines[1:])
    line.insert(rng.randrange(len(line) + 1), rng.choice(("", "5")))
    if rng.random() < 0.5:
        line.pop()


def column_dropped(rng: random.Random, lines: Table) -> None:
    column = rng.randrange(len(lines[0]))
    for line in lines:
        del line[column : column + 1]


def column_again(rng: random.Random, lines: Table) -> None:
    column = rng.randrange(len(lines[0]))
    for line in lines:
        line += line[column : column + 1]


def columns_shuffled(rng: random.Random, lines: Table) -> None:
    order = rng.sample(range(len(lines[0])), len(lines[0]))
    for line in lines:
        if len(line) == len(order):
            line[:] = [line[column] for column in order]


def column_renamed(rng: random.Random, lines: Table) -> None:
    lines[0][rng.randrange(len(lines[0]))] = rng.choice((*ODD, "uses_people", "id", "likely", "option "))


def blank_ends(rng: random.Random, lines: Table) -> None:
    count = rng.randrange(1, 4)
    for line in lines:
        line += [""] * count
    lines += [[""] * len(lines[0])] * count


def _on_bytes(change: Callable[[random.Random, bytes], bytes]) -> Callable[[random.Random, Path], None]:
    def act(rng: random.Random, folder: Path) -> None:
        path = rng.choice([*_tables_of(folder), folder / "case.toml"])
        if path.is_file():
            path.write_bytes(change(rng, path.read_bytes()))

    act.__name__ = change.__name__
    return act


def byte_flipped(rng: random.Random, raw: bytes) -> bytes:
    place = rng.randrange(len(raw) or 1)
    return raw[:place] + bytes([raw[place] ^ (1 << rng.randrange(8))]) + raw[place + 1 :] if raw else raw


def bytes_cut(rng: random.Random, raw: bytes) -> bytes:
    place = rng.randrange(len(raw) or 1)
    return raw[:place] if rng.random() < 0.5 else raw[:place] + raw[place + rng.randrange(1, 40) :]


def other_encoding(rng: random.Random, raw: bytes) -> bytes:
    text = raw.decode("utf-8", "replace")
    coding = rng.choice(("utf-8-sig", "utf-16", "utf-16-be", "cp1252", "shift_jis"))
    return text.encode(coding, "replace")


def other_line_ends(rng: random.Random, raw: bytes) -> bytes:
    return raw.replace(b"\n", rng.choice((b"\r\n", b"\r", b"\n\n")))


def decomposed(rng: random.Random, raw: bytes) -> bytes:
    return unicodedata.normalize("NFD", raw.decode("utf-8", "replace")).encode()


def separated(rng: random.Random, folder: Path) -> None:
    path, mark = rng.choice(_tables_of(folder)), rng.choice(",;\t|")
    text = io.StringIO()
    csv.writer(text, lineterminator="\n", delimiter=mark).writerows(_load(path))
    path.write_text(f"sep={mark}\n" * (rng.random() < 0.7) + text.getvalue(), encoding="utf-8")


def file_gone(rng: random.Random, folder: Path) -> None:
    rng.choice([*_tables_of(folder), folder / "case.toml"]).unlink(missing_ok=True)


def file_beside(rng: random.Random, folder: Path) -> None:
    name = rng.choice(
        ("._scores.csv", "~$scores.csv", ".DS_Store", "Thumbs.db", "desktop.ini", "score.csv", "notes.csv")
    )
    (folder / name).write_bytes(rng.randbytes(20))


def files_swapped(rng: random.Random, folder: Path) -> None:
    one, other = rng.sample(_tables_of(folder), 2)
    first = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(first)


def id_renamed(rng: random.Random, folder: Path) -> None:
    """An id written otherwise in every table, or in all but one."""
    lines = _load(folder / "options.csv")
    if len(lines) < 2 or not lines[1]:
        return
    old = rng.choice(lines[1:])[0]
    new = rng.choice((old.upper(), f"{old} ", "cafe\u0301", "Stra\u00dfe", "5", "\uff41", "a b", "NUL", "x" * 200))
    paths = _tables_of(folder)
    if rng.random() < 0.3:
        paths.remove(rng.choice(paths))
    for path in [*paths, folder / "case.toml"]:
        if path.is_file() and old:
            text = path.read_bytes().decode("utf-8", "replace")
            path.write_text(text.replace(f"{old},", f"{new},").replace(f'"{old}"', f'"{new}"'), encoding="utf-8")


def unit_changed(rng: random.Random, folder: Path) -> None:
    """One scale in a thousandth or a billion of its unit, everywhere: the scores stay."""
    factor = 10.0 ** rng.choice((-12, -9, -3, 3, 9, 13))
    criteria = _load(folder / "criteria.csv")
    if len(criteria) < 2 or not {"id", "worst", "best", "shape"} <= set(criteria[0]):
        return
    leaf = rng.choice(criteria[1:])[0]
    toml = folder / "case.toml"
    if toml.is_file():  # the weights were judged for the unit there was
        lines = toml.read_bytes().split(b"\n")
        toml.write_bytes(b"\n".join(line for line in lines if not line.startswith(b"weights_judged_for")))
    for name, columns in (
        ("criteria", ("worst", "best")),
        ("scores", ("low", "likely", "high")),
        ("scenarios", ("shift",)),
    ):
        lines = _load(folder / f"{name}.csv")
        for line in lines[1:]:
            if len(line) == len(lines[0]) and leaf in line[:4]:
                for column in columns:
                    place = lines[0].index(column) if column in lines[0] else 0
                    if place and line[place].replace(".", "", 1).lstrip("-").isdigit():
                        line[place] = repr(float(line[place]) * factor)
                if name == "criteria":
                    line[lines[0].index("shape")] = ""
        if lines:
            _store(folder / f"{name}.csv", lines)


def toml_changed(rng: random.Random, folder: Path) -> None:
    path = folder / "case.toml"
    if not path.is_file():
        return
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    place = rng.randrange(len(lines))
    key = lines[place].partition("=")[0].strip() or "id"
    lines[place] = rng.choice((
        "", lines[place] + "\n" + lines[place], f"{key} = 5", f"{key} = true", f'{key} = "{rng.choice(ODD[3:])}"',
        f"{key} = {'[' * rng.choice((3, 500, 20_000))}", f"{key} = {'9' * 5000}", f"{key} = 2024-06-30",
        f"{key} = {{a = 1}}", f"{key}{'.a' * rng.choice((2, 5000))} = 1", f"[{key}]", f"{key} = 1e400",
        f"{key} = 2025-01-01T10:00:00Z", f'"\\u001b[31m{key}" = "x"', f'{key} = """', f"{key} = ['a', 5]", "\x00",
    ))  # fmt: skip
    path.write_text("\n".join(lines), encoding="utf-8")


ON_FOLDERS: tuple[Callable[[random.Random, Path], None], ...] = (
    *map(_on_lines, (
        odd_cell, odd_cell, odd_cell, cell_of_another_row, cell_of_another_row, number_changed, number_changed,
        row_again, row_dropped, rows_shuffled, row_shifted, column_dropped, column_again, columns_shuffled,
        column_renamed, blank_ends,
    )),
    *map(_on_bytes, (byte_flipped, byte_flipped, bytes_cut, other_encoding, other_line_ends, decomposed)),
    separated, file_gone, file_beside, files_swapped, id_renamed, unit_changed, toml_changed, toml_changed,
)  # fmt: skip


def as_workbook(folder: Path, register: Path) -> openpyxl.Workbook:
    """A case's files as sheets, numbers as numbers and days as days."""
    book = openpyxl.Workbook()
    book.active.title = "case"
    book.active.append(["key", "value"])
    for key, entry in tomllib.loads((folder / "case.toml").read_text(encoding="utf-8")).items():
        book.active.append([key, ";".join(entry) if isinstance(entry, list) else entry])
    for path in [*sorted(folder.glob("*.csv")), *(register / f"{name}.csv" for name in REGISTER)]:
        sheet = book.create_sheet(path.stem)
        for line in _load(path):
            sheet.append([_typed(cell) for cell in line])
    return book


def _typed(cell: str) -> object:
    try:
        return float(cell) if "." in cell else int(cell)
    except ValueError:
        return cell or None


Book = openpyxl.Workbook


def _a_cell(rng: random.Random, book: Book, *, numeric: bool = False) -> Any:
    sheet = rng.choice([sheet for sheet in book.worksheets if sheet.max_row > 1])
    cells = [cell for (row, _), cell in sheet._cells.items() if row > 1 and cell.value is not None]
    numbers = [cell for cell in cells if isinstance(cell.value, int | float)]
    return rng.choice((numbers if numeric else cells) or [sheet.cell(2, 1)])


def sheet_cell_odd(rng: random.Random, book: Book) -> None:
    text = rng.choice([text for text in ODD if not set(text) & set("\x1b\x9b")])
    _a_cell(rng, book).value = rng.choice(
        (text, True, False, 0, -1, 1e9, 0.1 + 0.2, dt.timedelta(hours=30), dt.time(5))
    )


def sheet_number_format(rng: random.Random, book: Book) -> None:
    _a_cell(rng, book, numeric=rng.random() < 0.9).number_format = rng.choice(list(SHOWS))


def sheet_column_format(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book, numeric=True)
    code = rng.choice(list(SHOWS))
    for (other,) in cell.parent.iter_rows(min_row=2, min_col=cell.column, max_col=cell.column):
        other.number_format = code


def sheet_date(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book)
    if rng.random() < 0.6:  # where a day may stand
        cell = rng.choice([c for name in ("scores", "evidence") for c in book[name][2] if c.column_letter in "EFJ"])
        if rng.random() < 0.6 and isinstance(cell.value, str) and len(cell.value) == 10:
            cell.value = dt.datetime.fromisoformat(cell.value)
            cell.number_format = rng.choice(list(DATED))
            return
    cell.value = dt.datetime(2023, 2, rng.choice((1, 22)))
    cell.number_format = rng.choice((*DATED, *HIDING_DATES))


def sheet_formula(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book, numeric=rng.random() < 0.7)
    cell.value = rng.choice(("=1+1", "=A2", "=NA()", '="x"'))


def sheet_error(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book)
    cell.value, cell.data_type = rng.choice(("#N/A", "#DIV/0!", "#NAME?")), "e"


def sheet_merge(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book)
    more = rng.choice(((0, 1), (2, 0), (1, 1)))
    cell.parent.merge_cells(
        start_row=cell.row, start_column=cell.column, end_row=cell.row + more[0], end_column=cell.column + more[1]
    )


def sheet_hidden(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book)
    what = rng.randrange(3)
    if what == 0:
        cell.parent.row_dimensions[cell.row].hidden = True
    elif what == 1:
        cell.parent.column_dimensions[get_column_letter(cell.column)].hidden = True
    else:
        cell.parent.sheet_state = "veryHidden"


def sheet_far(rng: random.Random, book: Book) -> None:
    sheet = rng.choice(book.worksheets)
    cell = sheet.cell(rng.choice((500, 1_048_576)), rng.choice((3, 50, 16_384)))
    cell.number_format = "0.00"
    if rng.random() < 0.3:
        cell.value = "x"


def sheet_row(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book)
    what = rng.randrange(3)
    if what == 0:
        cell.parent.append([other.value for other in cell.parent[cell.row]])
    elif what == 1:
        cell.parent.delete_rows(cell.row)
    else:
        cell.parent.insert_rows(cell.row)


def sheet_column(rng: random.Random, book: Book) -> None:
    cell = _a_cell(rng, book)
    cell.parent.insert_cols(cell.column) if rng.random() < 0.5 else cell.parent.delete_cols(cell.column)


def sheet_gone(rng: random.Random, book: Book) -> None:
    sheet = rng.choice(book.worksheets)
    if rng.random() < 0.5 and len(book.worksheets) > 2:
        book.remove(sheet)
    else:
        sheet.title = sheet.title.title() + rng.choice(("", " ", "2"))


ON_BOOKS: tuple[Callable[[random.Random, Book], None], ...] = (
    sheet_cell_odd, sheet_cell_odd, sheet_number_format, sheet_number_format, sheet_column_format, sheet_column_format,
    sheet_date, sheet_date, sheet_formula, sheet_error, sheet_merge, sheet_hidden, sheet_hidden, sheet_far, sheet_far,
    sheet_row, sheet_column, sheet_gone,
)  # fmt: skip


def file_damaged(rng: random.Random, path: Path) -> None:
    """What happens to a workbook's bytes, or to one of the parts in it."""
    raw = path.read_bytes()
    what = rng.randrange(5)
    if what < 2:
        path.write_bytes((byte_flipped, bytes_cut)[what](rng, raw))
        return
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if what == 2 and name == chosen:
                part = byte_flipped(rng, part)
            elif what == 3 and name == chosen:
                continue
            elif what == 4:
                part = part.replace(b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                                    b"http://purl.oclc.org/ooxml/spreadsheetml/main")  # fmt: skip
            new.writestr(name, part)


# --- One input after another --------------------------------------------------------------------


def cases() -> dict[str, tuple[Path, Path]]:
    """The shipped cases: the folder of each, and its register."""
    data = ROOT / "data"
    return {
        "starter": (data / "starter", data / "starter" / "seeds"),
        "aukus_plus_two": (data / "aukus_plus_two", ROOT / "seeds"),
    }


def mutated(seed: int, where: Path, *, workbook: bool, only: str = "") -> tuple[Path, str]:
    """A mutated case in an empty folder, and what was done to it."""
    rng = random.Random(f"{seed} {workbook}")
    name = only or rng.choice(list(cases()))
    folder, register = cases()[name]
    actions: list[str] = [name]
    if not workbook:
        case = Path(shutil.copytree(folder, where / "case"))
        if not (case / "seeds").is_dir():
            shutil.copytree(register, case / "seeds")
        for act in rng.choices(ON_FOLDERS, k=rng.choice((1, 1, 1, 2, 3))):
            act(rng, case)
            actions.append(act.__name__)
        return case, " ".join(actions)
    book = as_workbook(folder, register)
    # A cell far away comes last: others would walk through all rows up to it.
    for change in sorted(rng.choices(ON_BOOKS, k=rng.choice((1, 1, 2, 3))), key=lambda each: each is sheet_far):
        change(rng, book)
        actions.append(change.__name__)
    path = where / "case.xlsx"
    book.save(path)
    if rng.random() < 0.15:
        file_damaged(rng, path)
        actions.append(file_damaged.__name__)
    return path, " ".join(actions)


def verdict(where: Path) -> str:
    """``refused`` or ``accepted``, or what went wrong."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            case = load_case(where)
            scores = {name: case.values @ case.profile(name).values for name in case.profiles}
            first = rank(case, case.profiles[0]).table["score"]
    except AukusMcdaError as error:
        return "refused" if str(error).strip() else "an error without words"
    except TimeoutError:
        return f"took longer than {SECONDS} s"
    except Exception as error:
        return f"{type(error).__name__}: {error}"
    try:
        expected = oracle(where)
    except MustRefuseError as error:
        return f"accepted, though {error}"
    got = {(profile, option): score for profile, column in scores.items() for option, score in column.items()}
    got |= {(case.profiles[0], option): score for option, score in first.items()}
    if got.keys() != expected.keys():
        return f"accepted with other options or profiles: {sorted(got.keys() ^ expected.keys())[:4]}"
    apart = max(abs(got[pair] - expected[pair]) for pair in got)
    return "accepted" if apart < 1e-6 else f"accepted with scores {apart:g} points from the oracle's"


def run(seeds: range, *, workbook: bool, only: str = "") -> Iterator[tuple[int, str, str]]:
    """Seed, what was done, and the verdict, one input after another."""
    for seed in seeds:
        with tempfile.TemporaryDirectory() as folder:
            where, what = mutated(seed, Path(folder), workbook=workbook, only=only)
            yield seed, what, verdict(where)


def _too_long(*_: object) -> None:
    raise TimeoutError


def main() -> int:
    """Run all, print what went wrong and the counts; 1 when anything did."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=int, nargs="?", default=5000)
    parser.add_argument("workbooks", type=int, nargs="?", default=300)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    given = parser.parse_args()
    signal.signal(signal.SIGALRM, _too_long)
    resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
    wrong = 0
    for kind, count, workbook in (("folders", given.folders, False), ("workbooks", given.workbooks, True)):
        counts: Counter[str] = Counter()
        start = last = time.monotonic()
        slowest = 0.0
        results = run(range(given.seed, given.seed + count), workbook=workbook)
        while True:
            signal.alarm(SECONDS)
            result = next(results, None)
            signal.alarm(0)
            if result is None:
                break
            slowest, last = max(slowest, time.monotonic() - last), time.monotonic()
            seed, what, said = result
            counts[said if said in ("accepted", "refused") else "wrong"] += 1
            if said not in ("accepted", "refused"):
                wrong += 1
                print(f"{kind} seed {seed} ({what}): {said}", flush=True)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(
            f"{kind}: {dict(counts)}; {time.monotonic() - start:.0f} s, slowest {slowest:.1f} s, "
            f"peak memory {memory:.0f} MB",
            flush=True,
        )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
