# SPDX-License-Identifier: Apache-2.0
"""A folder of CSV files, or one workbook, to a `Case`, or one error with every fault."""

from __future__ import annotations

import codecs
import csv
import datetime as dt
import difflib
import io
import json
import os
import re
import tomllib
import unicodedata
import zipfile
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pandas as pd

from ..errors import AukusMcdaError, CaseError, Fault, keys_once, listed, unreadable
from ..guard import FilePath, first_bytes, guarded
from . import tables
from .case import Case, case_from
from .findings import OF_FILES, SET_ASIDE
from .tables import ABOUT, NEEDED, OWN_TABLES, SET_NOTES, SHAPE_COLUMNS, TABLES, About, Reading, fault_at
from .values import anchor_digests, anchors_digest

REGISTER = ("sources", "evidence")
TEXT_MEGABYTES = 32
"""No table of text is larger."""
LONGEST_TOML = 32_000
"""A case.toml is a page at most."""
NEARLY_A_TABLE = re.compile(r"([^.~].*?)(?:(\.csv|\.tsv|\.toml)(?:\.txt)?|\.txt)", re.IGNORECASE)
"""A file that may be meant for a table of the case, or for its entries."""
SEP_LINE = re.compile(r'\A"?sep=([^\w\s"]|\t)"?[,;\t]*\n', re.IGNORECASE)
"""Excel takes a first line sep=; for itself: it does not show it, nor count it as a row."""
PIECE = "aukus-mcda stamp "
"""What the custom properties of a study's workbook are called, each with its number."""


class UnreadableError(Exception):
    """A file or sheet that holds no table: the row, or blank, and the fault with its words."""

    def __init__(self, row: int | str, fault: str, **words: Any) -> None:
        super().__init__(fault)
        self.row, self.words = row, words


@contextmanager
def noting(reading: Reading, name: str) -> Iterator[None]:
    """Go on after a file or sheet that holds no table, its fault noted."""
    try:
        yield
    except UnreadableError as error:
        reading.fault(name, error.row, "", str(error), **error.words)


def shipped() -> Path:
    """Where the shipped data, seeds and notebooks are: in the package, or beside it in a checkout."""
    inside = Path(__file__).parent.parent / "shipped"
    return inside if inside.is_dir() else Path(__file__).parent.parent.parent


def find_case(where: str | Path) -> Path:
    """The folder or file that ``where`` names: a path, a folder that holds one workbook, or a shipped case's name.

    Raises
    ------
    CaseError
        When there is nothing of that name, or a folder holds several workbooks, or one beside XMCDA documents.
    """
    path = Path(where)
    cases = {folder.name: folder for folder in sorted((shipped() / "data").glob("*")) if folder.is_dir()}
    # What Excel and macOS put beside a workbook, such as ~$case.xlsx, is none; nor is a study's workbook a case.
    workbooks = [] if _holds_tables(path) or not path.is_dir() else sorted(path.iterdir())
    workbooks = [book for book in workbooks if book.suffix.lower() == ".xlsx" and book.is_file()]
    books = [book for book in workbooks if not book.name.startswith((".", "~$")) and not _is_of_a_study(book)]
    files = [*books, *_documents(path)]
    # A folder of results, or of one's own weights, may have the shipped case's name: neither is a case.
    begun = any((path / name).is_file() for name in ("criteria.csv", "case.toml"))
    if str(where) in cases and not begun and not files:
        return cases[str(where)]
    if books:
        if len(files) == 1:
            return books[0]
        names = listed(each.name for each in files)
        raise CaseError([fault_at(str(where), "", "", "several files", files=names, first=books[0])])
    if path.is_file() or path.is_dir():
        return path
    raise CaseError([fault_at(str(where), "", "", "no case", shipped=listed(cases))])


def _is_of_a_study(book: Path) -> bool:
    with suppress(Exception), zipfile.ZipFile(book) as parts:  # of a damaged one the faults speak later
        return PIECE.encode() in parts.open("docProps/custom.xml").read(2**16)
    return False


@guarded(AukusMcdaError)
def load_case(where: FilePath, *, as_of: str | dt.date | None = None, own: bool | FilePath = False) -> Case:
    """A checked case from a folder of CSV files, a workbook, XMCDA documents, or a shipped case's name.

    Parameters
    ----------
    where : str or Path
        For example ``"aukus_plus_two"``, ``"my_case/"``, ``"my_case.xlsx"`` or ``"my_case.xml"``.
    as_of : date or ISO text, optional
        Rank with the judgements made by this day instead of the case's own date.
    own : bool, str or Path
        True: with the scores, sets of weights, bends of scales and answers to probes of the analyst's own, which
        notebooks keep in ``work/<case id>``; or the folder they are kept in.

    Returns
    -------
    Case
        Checked: all frames by id, values from 0 to 100.

    Raises
    ------
    CaseError
        With every fault in every file: file, row, column, found, expected, remedy.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two", as_of="2023-08-17")
    >>> case.about.as_of.isoformat()
    '2023-08-17'
    """
    reading = read_case(where)
    if as_of is not None and ABOUT["as_of"].holds(str(as_of)):
        reading.about = replace(reading.about, as_of=dt.date.fromisoformat(str(as_of)))
    elif as_of is not None:
        reading.faults.append(Fault("as_of", "", "", repr(as_of), ABOUT["as_of"].expected, ABOUT["as_of"].remedy))
    work = None if isinstance(own, bool) else Path(own)
    usual = tables.work_folder(reading.about.id).as_posix()
    if work is not None and not work.is_dir():
        reading.faults.append(fault_at(str(own), "", "", "no own folder", usual=usual))
    elif work is not None and not tables.own_files(work) and any(map(tables.own_files, work.iterdir())):
        reading.faults.append(fault_at(str(own), "", "", "nothing own", usual=usual))  # it is the folder above
    elif own is not False:
        _read_own(reading, tables.work_folder(reading.about.id, work), moves=as_of is None)
    return case_from(reading)


def read_case(where: str | Path) -> Reading:
    """What is read of a case, not yet checked."""
    path = find_case(where)
    if documents := _documents(path):
        from .exchange import read_documents  # a folder is read without what reads XML

        files = dict.fromkeys(("case", *TABLES), path.name) | {each.name: each.name for each in documents}
        reading = Reading(files, about=called(path))
        read_documents(documents, reading)
    else:
        reading = _read_folder(path) if path.is_dir() else _read_workbook(path)
    reading.complete()
    return reading


def called(path: Path) -> About:
    """What a case is called that does not say so: as its folder or workbook is."""
    name = path.resolve().name if path.is_dir() else path.stem
    fit = name if ABOUT["id"].holds(name) else tables.folder_name(name)
    return About(id=fit, title=name if ABOUT["title"].holds(name) else fit)


def _documents(path: Path) -> list[Path]:
    """The documents of a case in an exchange format: one file, or a folder that holds nothing else of a case."""
    if path.is_dir():
        return [] if _holds_tables(path) else sorted(path.glob("*.xml"))
    return [path] if path.suffix.lower() == ".xml" else []


def _holds_tables(folder: Path) -> bool:
    """Whether a folder holds a table of a case itself: a register may lie above it."""
    return any(file.parent == folder and file.is_file() for file in paths_in(folder).values())


def _read_own(reading: Reading, folder: Path, *, moves: bool) -> None:
    digests: dict[str, str] = {}
    with suppress(ValueError, KeyError):  # a case that cannot be read so far says so elsewhere
        criteria = tables.typed("criteria", reading.tables["criteria"])
        digests = anchor_digests(criteria.set_index("id").loc[tables.leaves_of(criteria)])
    if folder.is_dir():
        known = Reading({name: f"{name}.csv" for name in OWN_TABLES})
        _note_missing(known, known.files, _beside(folder, known.files.values(), OWN_TABLES))
        reading.faults += [fault._replace(file=str(folder / fault.file)) for fault in known.faults]
    for name in OWN_TABLES:
        path, own = folder / f"{name}.csv", _own_table(folder, name)
        reading.faults += own.faults
        if own.faults or name not in own.tables:
            continue
        reading.files = {name: str(path), **reading.files}  # shapes are no table of a case
        table = own.tables[name]
        if name == "weights":
            aside = table["profile"].isin(_of_other_anchors(digests, folder / SET_NOTES, reading))
            reading.notes[SET_ASIDE] += list(table["profile"][aside])
            table = table[~aside]
        if name != "shapes":
            tables.add_own_rows(reading, name, table, path, moves=moves)
        elif "id" in reading.tables.get("criteria", ()):
            tables.put_own_shapes(reading, table, digests, path)


def _own_table(folder: Path, name: str) -> Reading:
    """One of `OWN_TABLES`, if the folder has it, and the faults of its file: writing would lose unknown columns."""
    path = folder / f"{name}.csv"
    reading = Reading({name: str(path)})
    if os.path.lexists(path):
        with noting(reading, name):
            _read_csv(path, reading)
            known, needed = list(TABLES.get(name, SHAPE_COLUMNS)), NEEDED.get(name, SHAPE_COLUMNS[:2])
            reading.faults += tables.column_faults(str(path), reading.tables[name].columns, known, needed)
    return reading


def _of_other_anchors(digests: Mapping[str, str], path: Path, reading: Reading) -> set[str]:
    """The sets of weights that were judged for swings between other anchors than the case's, by the notes on them."""
    here = anchors_digest(digests)
    try:
        notes = json.loads(first_bytes(path).decode("utf-8-sig"), object_pairs_hook=keys_once).get("sets", {})
        return {name for name, note in notes.items() if digests and note.get("anchors", here) != here}
    except FileNotFoundError:
        pass
    except (OSError, ValueError, TypeError, AttributeError, RecursionError) as error:
        reading.faults.append(fault_at(str(path), "", "", "no notes", reason=unreadable(error)))
    return set()


def own_rows_in(folder: Path, name: str) -> pd.DataFrame:
    """The rows of the analyst's own that a folder holds, one of `OWN_TABLES`, as text; none where there are none.

    Raises
    ------
    CaseError
        When the file cannot be read as a table, or has other columns than the table.
    """
    reading = _own_table(folder, name)
    if reading.faults:
        raise CaseError(reading.faults)
    table = reading.tables.get(name, pd.DataFrame())
    return table.reindex(columns=list(TABLES.get(name, SHAPE_COLUMNS)), fill_value="")


def with_own_scores(case: Case, rows: pd.DataFrame, path: Path) -> Case:
    """A case with these scores of the analyst's own instead of those it has: rows of text of the file ``path``.

    Raises
    ------
    CaseError
        With every fault that they bring in.
    """
    reading = reading_of(case)
    reading.tables["scores"] = reading.tables["scores"].drop(index=case.own_judgements.index)
    tables.add_own_rows(reading, "scores", rows.set_axis(range(2, len(rows) + 2)), path)
    return case_from(reading)


def with_shape(case: Case, criterion: str, shape: str) -> Case:
    """A case in which the value function of one criterion has other bends, in the form of its cell ``shape``."""
    reading = reading_of(case)
    criteria = reading.tables["criteria"]
    criteria.loc[criteria["id"] == criterion, "shape"] = shape
    reading.notes[SET_ASIDE] = [name for name in reading.notes[SET_ASIDE] if name != criterion]
    return case_from(reading)


def reading_of(case: Case) -> Reading:
    """A checked case as tables of text, to be changed and checked anew."""
    assumed = case.weights_assumed
    reading = Reading({name: name for name in ("case", *TABLES)}, about=case.about, weights_assumed=assumed)
    for code in (*OF_FILES, SET_ASIDE):
        reading.notes[code] += list(case.findings.loc[case.findings["code"] == code, "place"])
    for name in TABLES:
        table = getattr(case, {"weights": "points", "scores": "history", "evidence": "register"}.get(name, name))
        if name == "scores":
            table = table.assign(**table[["low", "likely", "high"]].mask(table["distribution"] == tables.UNJUDGED))
        if not table.empty:
            text = tables.as_text(table.reset_index(drop=table.index.names == [None]))
            rules = tables.rules_of(name, text.columns)
            # What may not be blank, and is in every row, the case leaves out.
            absent = [column for column in text if (text[column] == "").all() and not rules[column].holds("")]
            reading.tables[name] = text.drop(columns=absent)
    reading.own |= {"scores": case.own_judgements.index, "weights": case.own_profiles, "shapes": case.own_shapes}
    return reading


def input_files(where: str | Path, own: Path | None = None) -> dict[str, Path]:
    """Every file a case is read from, the register and the analyst's own included, by the name it has in faults."""
    path = find_case(where)
    documents = {file.name: file for file in _documents(path)}
    paths = documents or (paths_in(path) if path.is_dir() else {path.name: path})
    if own is not None:
        paths |= tables.own_files(own)
    return {name: file for name, file in paths.items() if file.is_file()}


def paths_in(folder: Path) -> dict[str, Path]:
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
    files = paths_in(folder)
    paths = {path.stem: path for path in files.values()}
    reading = Reading({path.stem: file for file, path in files.items()}, about=called(folder))
    there = [name for name, path in paths.items() if os.path.lexists(path)]
    for name in there:
        with noting(reading, name):
            (_read_toml if name == "case" else _read_csv)(paths[name], reading)
    # What macOS and Excel put beside a file, such as ._scores.csv and ~$scores.csv, is no table; scores.txt may be
    # notes, but not where the table itself is wanting.
    _note_missing(reading, there, _beside(folder, files, {"criteria", "scores", "case"} - {*there}))
    return reading


def _beside(folder: Path, files: Collection[str], wanting: Collection[str] = ()) -> dict[str, str]:
    """What else in a folder may be meant for a table, and by which name; without its ending where one is wanting."""
    others = [path.name for path in folder.iterdir() if path.is_file() and path.name not in files]
    beside = filter(None, map(NEARLY_A_TABLE.fullmatch, others))
    return {each[0]: each[1] for each in beside if each[2] or each[1].lower() in wanting}


def _note_missing(reading: Reading, there: Iterable[str], strays: Mapping[str, str]) -> None:
    """Note what no case can do without and is not there: criteria, scores, and the register where it is cited.

    Before it, files or sheets that are none of the case's, if their names, by what to call them, are nearly one of
    theirs: what is there by such a name is not missing.
    """
    for file, name in sorted(strays.items()):
        for each in difflib.get_close_matches(name.lower(), reading.files, n=1, cutoff=0.7):
            if each not in REGISTER or each == name.lower():  # resources are no sources
                reading.faults.append(fault_at(file, "", "", "stray file", known=reading.files[each]))
    misnamed = {fault.expected for fault in reading.faults}
    absent = {name for name, file in reading.files.items() if file not in misnamed} - {*there}
    for name in sorted(absent & {"criteria", "scores"}):
        reading.fault(name, "", "", "no file", needed=listed(NEEDED[name]))
    for name, column in (("sources", "source"), ("evidence", "evidence")):
        others = reading.tables if name in absent else {}
        cited = {each: table.loc[:, table.columns == column] != "" for each, table in others.items()}
        citing = [reading.files[each] for each, cells in cited.items() if cells.any(axis=None)]
        if citing:
            reading.fault(name, "", "", "no register", citing=listed(citing))


def read_text(path: Path, *, wide: bool = False) -> str:
    """The file's text in composed letters, or an `UnreadableError` that names what is wrong with its bytes.

    ``wide`` takes UTF-16 with its mark too, in which Excel saves text to paste.
    """
    by_hand = "Save it as UTF-8 in a text editor"
    written = {".xml": f'{by_hand}, with encoding="UTF-8" in its first line.', ".toml": f"{by_hand}."}
    save = written.get(path.suffix.lower(), "Save it as UTF-8; in Excel as 'CSV UTF-8 (Comma delimited)'.")
    try:
        raw = first_bytes(path, TEXT_MEGABYTES * 2**20 + 1)
    except OSError as error:
        raise UnreadableError("", "closed file", reason=error.strerror, expected="a readable file") from None
    if len(raw) > TEXT_MEGABYTES * 2**20:
        raise UnreadableError("", "long text", most=TEXT_MEGABYTES)
    if wide and raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raw = raw.decode("utf-16", errors="replace").encode()
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in raw[:2]:
        raise UnreadableError(1, "UTF-16", save=save)
    if not raw.removeprefix(codecs.BOM_UTF8).strip():
        raise UnreadableError("", "no text")
    try:
        return unicodedata.normalize("NFC", raw.decode("utf-8").lstrip("\ufeff").replace("\r\n", "\n"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise UnreadableError(line, "not UTF-8", byte=raw[error.start], save=save) from None


def _read_csv(path: Path, reading: Reading) -> None:
    text = read_text(path)
    stated = SEP_LINE.match(text)
    mark, wanted = (stated[1], f"{stated[1]!r}, as its line sep= says") if stated else (",", "commas")
    header = SEP_LINE.sub("", text)[:LONGEST_TOML].lstrip("\n").partition("\n")[0].rstrip("\r")
    known = set(TABLES.get(path.stem, SHAPE_COLUMNS))
    marks = [each for each in ",;\t|" if {name.strip('"') for name in header.split(each)} & known]
    if marks and mark not in marks:
        raise UnreadableError(1, "other mark", mark=marks[0], wanted=wanted)
    (lines,) = split_rows(text, ",").values()
    _read_table(lines, path.stem, reading)


def split_rows(text: str, marks: str) -> dict[str, list[list[str]]]:
    """The rows of a text by each mark that can stand between its cells, or by the one that it states itself."""
    stated = SEP_LINE.match(text)
    text, split, wrong, row = text[stated.end() :] if stated else text, {}, "", 0
    for mark in stated[1] if stated else marks:
        lines: list[list[str]] = []
        try:
            lines.extend(csv.reader(io.StringIO(text, newline=""), delimiter=mark, strict=True))
            split[mark] = lines
        except csv.Error as error:  # quotation marks may be right by another mark
            row = len(lines) + 1
            wrong = f"text that is no table ({str(error).replace('field', 'cell')})"
    if not split:
        raise UnreadableError(row, "quotes", what=wrong)
    return split


def _read_table(lines: Iterable[list[str]], name: str, reading: Reading) -> None:
    """Header and rows to a table whose index counts rows as a spreadsheet does; blank ends are cut off."""
    numbered = enumerate(lines, start=1)
    _, header = next(numbered, (1, []))
    if not any(cell.strip() for cell in header):
        raise UnreadableError(1, "blank line")
    filled = ((number, line) for number, line in numbered if any(cell.strip() for cell in line))
    rows = dict(islice(filled, tables.MOST_ROWS + 1))
    if len(rows) > tables.MOST_ROWS or len(header) > tables.MOST_COLUMNS:
        limits = {"most_rows": tables.MOST_ROWS, "most_columns": tables.MOST_COLUMNS}
        raise UnreadableError("", "long table", rows=len(rows), columns=len(header), **limits)
    known, needed = TABLES.get(name, SHAPE_COLUMNS), NEEDED.get(name, SHAPE_COLUMNS[:2])
    below = [] if set(known) & set(header) else [number for number, line in rows.items() if set(needed) <= set(line)]
    if below:
        raise UnreadableError(1, "title line", header=below[0])
    under = {place for line in rows.values() for place, cell in enumerate(line, start=1) if cell.strip()}
    width = max(place for place, cell in enumerate(header, start=1) if cell.strip() or place == 1 or place in under)
    for number, line in rows.items():
        beyond = [cell for cell in line[width:] if cell.strip()]
        if line[:width] == header[:width]:
            reading.fault(name, number, "", "header again")
        elif len(line) < width or beyond:
            count = min(width, len(line)) + len(beyond)
            reading.fault(name, number, "", "ragged row", count=count, width=width)
        rows[number] = (line + [""] * width)[:width]
    reading.tables[name] = pd.DataFrame(list(rows.values()), index=list(rows), columns=header[:width], dtype=object)


def _read_workbook(path: Path) -> Reading:
    from .cells import read_sheets  # a folder is read without what reads workbooks

    files = {name: f"{path.name}, sheet {name}" for name in ("case", *TABLES)}
    reading = Reading(files, about=called(path))
    sheets = read_sheets(path, reading)
    for name in reading.files:
        rows = sheets.get(name)
        with noting(reading, name):
            if rows == []:
                raise UnreadableError("", "empty sheet")
            if rows and name == "case":
                _read_case_sheet(rows, reading)
            elif rows:
                _read_table(rows, name, reading)
    strays = {f"{path.name}, sheet {title}": title for title in sheets if title not in reading.files}
    _note_missing(reading, sheets, strays)
    return reading


def _read_case_sheet(lines: Iterable[list[str]], reading: Reading) -> None:
    """What the sheet ``case`` says, a key in the first column and its entry in the second."""
    entries: dict[str, str | list[str]] = {}
    rows: dict[str, int] = {}
    for number, line in enumerate(lines, start=1):
        key, entry = [*line, ""][:2]
        if key == "key" or not key + entry:
            continue
        if key in entries:
            reading.fault("case", number, key, "key twice", key=key)
        entries[key], rows[key] = entry, number
    if "authors" in entries:
        entries["authors"] = [name.strip() for name in str(entries["authors"]).split(";") if name.strip()]
    reading.read_about(entries, rows)


def _read_toml(path: Path, reading: Reading) -> None:
    text = read_text(path)
    if len(text) > LONGEST_TOML:  # the parser's time grows with the square of it
        raise UnreadableError("", "long TOML", signs=len(text), most=LONGEST_TOML)
    try:
        entries = tomllib.loads(text)
    except RecursionError:
        raise UnreadableError("", "deep TOML") from None
    except ValueError as error:
        line = re.search(r"line (\d+)", str(error))
        raise UnreadableError(int(line[1]) if line else "", "no TOML", error=error) from None
    keys = (re.match(r"\s*([\w-]+)\s*=", line) for line in text.split("\n"))
    rows = {key[1]: number for number, key in enumerate(keys, start=1) if key}
    reading.read_about(entries, rows)
