# SPDX-License-Identifier: Apache-2.0
"""Writing without losing: a file takes its place only when whole; a case written down; what `affirm` records in one."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import secrets
import tempfile
import time
import tomllib
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from lxml import etree

from ..errors import ExportError, WeightsError, listed
from .case import Case, case_from
from .reading import REGISTER, find_case, load_case, paths_in, read_case, reading_of
from .tables import ABOUT, KEYS, MOST_ROWS, NEEDED, REFERENCES, TABLES, About, CellRule, rules_of
from .values import changed_scales

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

BOM = "\ufeff"
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
"""What a workbook would take for the beginning of a sign that it writes out, such as _x000D_."""
HOW_TO = Path(__file__).with_name("how_to.txt").read_text(encoding="utf-8").splitlines()
"""What a workbook that is a case says of itself."""
KEY = "weights_judged_for"
OTHER_FORMATS = (".csv", ".json", ".ods", ".tsv", ".txt", ".xls", ".xlsb", ".xlsm")
"""Endings of files of other kinds: a folder that had one would pass for such a file."""
_ENTRY = re.compile(rf"""^({BOM}?[ \t]*["']?{KEY}["']?[ \t]*=[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""", re.MULTILINE)
_TALLEST = 400
"""Points that a row may be high."""
FONT_PARTS = ("b", "i", "sz", "color", "name", "family", "scheme")
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` that becomes it when the block ends well.

    Raises
    ------
    ExportError
        When the folder cannot be written to, or the old file is in use.
    """
    beside = path.parent / f".{path.stem}-{secrets.token_hex(4)}{path.suffix}"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        for leftover in path.parent.glob(f".{path.stem}-????????{path.suffix}"):
            with suppress(FileNotFoundError):  # another run has just put it in its place
                if time.time() - leftover.stat().st_mtime > 3600:  # of one that was killed: none takes so long
                    leftover.unlink()
        beside.touch(exist_ok=False)
        yield beside
        beside.replace(path)
    except OSError as error:
        remedy = "Close the file if it is open elsewhere, or choose another folder."
        raise ExportError(f"Cannot write {path}: {error.strerror or error}. {remedy}") from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes) -> None:
    """Put a text, or bytes, in the place of a file, in one move."""
    with replacing(path) as beside:
        beside.write_bytes(content.encode() if isinstance(content, str) else content)


@contextmanager
def made_whole(folder: Path) -> Iterator[Path]:
    """A temporary folder beside ``folder`` that becomes it when the block ends well.

    Raises
    ------
    ExportError
        When there is something there already, or it cannot be written.
    """
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ExportError(f"{folder} is there already and not empty. Nothing was changed; choose another name.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as room:
            beside = Path(room) / folder.name
            beside.mkdir()
            yield beside
            if folder.is_dir():
                folder.rmdir()
            beside.rename(folder)
    except OSError as error:
        raise ExportError(f"Cannot write {folder}: {error.strerror or error}. Choose another folder.") from error


EARLIEST, LATEST = dt.datetime(1980, 1, 1, tzinfo=dt.UTC), dt.datetime(2107, 12, 31, tzinfo=dt.UTC)
"""A zip knows no time before, nor one after."""


def prescribed() -> dt.datetime | None:
    """The time that ``SOURCE_DATE_EPOCH`` prescribes, or None when it is not set.

    Raises
    ------
    ExportError
        When it is set to anything but whole seconds from 1970 to 2107.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return None
    if not re.fullmatch("[0-9]{1,10}", epoch) or int(epoch) > LATEST.timestamp():
        wanted = f"whole seconds since the start of 1970, {LATEST.timestamp():.0f} at most, or not set at all"
        raise ExportError(f"SOURCE_DATE_EPOCH is {epoch!r}; it must be {wanted}.")
    return max(dt.datetime.fromtimestamp(int(epoch), dt.UTC), EARLIEST)


def clock() -> dt.datetime:
    """Now, or the moment that a build which must be repeatable prescribes."""
    return prescribed() or dt.datetime.now(dt.UTC)


def moment(as_of: dt.date | None) -> dt.datetime:
    """The time to write into files: ``SOURCE_DATE_EPOCH``, else the case's date, else the first day of 1980.

    Raises
    ------
    ExportError
        As `prescribed`.

    Examples
    --------
    >>> import datetime
    >>> moment(datetime.date(2025, 12, 30)).isoformat()
    '2025-12-30T00:00:00+00:00'
    """
    dated = dt.datetime.combine(as_of, dt.time(), dt.UTC) if as_of else EARLIEST
    return prescribed() or min(max(dated, EARLIEST), LATEST)


def write_case(case: Case, where: str | Path, xmcda: Literal["4.0", "3.1"], at_last: Path | None = None) -> Path:
    """Write a case as a folder, as a workbook or as an XMCDA document, as the name ends; see `Case.save`.

    A folder that somebody moves afterwards lies ``at_last`` there.
    """
    path = Path(where)
    named = set(case.redlines.index.get_level_values("profile"))
    if case.weights_assumed and case.own_profiles and not named & set(case.given_profiles):  # nothing needs the assumed
        case = replace(case, points=case.points.loc[list(case.own_profiles)])
    kind = path.suffix.lower()
    if kind in OTHER_FORMATS:
        kinds = "a folder, a workbook (.xlsx) or an XMCDA document (.xml)"
        raise ExportError(f"A case is saved as {kinds}, not as {kind}. Choose another name than {path.name}.")
    whole = kind in (".xlsx", ".xml")
    if whole and path.exists():
        raise ExportError(f"{path} is there already. Nothing was changed; choose another name.")
    with replacing(path) if whole else made_whole(path.resolve()) as beside:
        if kind == ".xml":
            from .exchange import document

            beside.write_bytes(document(case, xmcda))
            return path
        write = _write_book if whole else partial(_write_folder, at_last=at_last or path)
        write(case, beside)
        if load_case(beside).digest != case.digest:
            raise ExportError(
                f"{path} would not read back as the same case. Nothing was written; try a folder instead."
            )
    return path


def _tables_as_text(case: Case, *, blank: bool) -> dict[str, pd.DataFrame]:
    """The tables that hold something, without what reading fills in again, and ``blank`` columns only if wanted."""
    tables = reading_of(case).tables
    # Of two judgements of one day the analyst's own counts.
    tables["scores"] = tables["scores"].drop_duplicates(KEYS["scores"], keep="last")
    if case.weights_assumed and not case.own_profiles:
        tables["weights"] = tables["weights"].iloc[:0]
        if not blank:
            del tables["weights"]
    for name, table in tables.items():
        for column, source in (("short", "name"), ("name", "id")):
            if {column, source} <= set(table) and (table[column] == table[source]).all():
                table = table.drop(columns=column)
        if name in ("scores", "weights"):
            ends = ["low", "high"]
            table[ends] = table[ends].mask(table["low"] == table["high"], "")
        there = [each for each in TABLES[name] if each in table and each not in NEEDED[name]]
        idle = [each for each in there if (table[each] == "").all()]
        tables[name] = table.drop(columns=[each for each in idle if not (blank and TABLES[name][each].holds(""))])
    return tables


def _entries(case: Case) -> dict[str, Any]:
    """What case.toml has to say: the case's id and title, and whatever is not as it would be without an entry."""
    stated, silent = vars(case.about), vars(About())
    return {key: entry for key, entry in stated.items() if key in ("id", "title") or entry != silent[key]}


def _write_folder(case: Case, folder: Path, at_last: Path) -> None:
    lines = [f"{key} = {_as_toml(entry)}\n" for key, entry in _entries(case).items()]
    (folder / "case.toml").write_text("".join(lines), encoding="utf-8", newline="\n")
    tables = _tables_as_text(case, blank=False)
    # Or else the register of a folder above would be read.
    above = [file for name, file in paths_in(at_last).items() if "seeds/" in name]
    if not {*REGISTER} & tables.keys() and any(file.is_file() for file in above):
        tables["evidence"] = pd.DataFrame(columns=["id"])
    for name, table in tables.items():
        file = folder / ("seeds" if name in REGISTER else ".") / f"{name}.csv"
        file.parent.mkdir(exist_ok=True)
        table.to_csv(file, index=False, encoding="utf-8", lineterminator="\n")


def _as_toml(entry: Any) -> str:
    return str(entry) if isinstance(entry, dt.date) else json.dumps(entry, ensure_ascii=False)


def _write_book(case: Case, path: Path) -> None:
    """A sheet for each table: its headings say what a column means, its cells offer what they may hold."""
    import openpyxl
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    means = pd.read_csv(Path(__file__).with_name("columns.csv"), index_col=["table", "column"])["meaning"]
    entries = {key: ";".join(each) if key == "authors" else str(each) for key, each in _entries(case).items()}
    about = pd.DataFrame({"key": [*ABOUT], "value": [entries.get(key, "") for key in ABOUT]})
    about["what it means"] = [f"{means['case', key]} {_expected('case', key, rule)}" for key, rule in ABOUT.items()]
    about["how to fill in this workbook"] = pd.Series(HOW_TO).reindex(about.index, fill_value="")
    tables = {"case": about, **_tables_as_text(case, blank=True)}
    book = openpyxl.Workbook()
    book.remove(book.active)
    wrapped = Alignment(wrap_text=True, vertical="top")
    for name, table in tables.items():
        sheet, rules = book.create_sheet(name), rules_of(name, table.columns) if name in TABLES else {}
        for column, (title, texts) in enumerate(table.items(), start=1):
            head, rule = sheet.cell(1, column, title), rules.get(title)
            head.font, head.fill = Font(name="Calibri", size=11, bold=True), PatternFill("solid", fgColor="DDE5EE")
            letter, width = head.column_letter, min(max(9, *map(len, (title, *texts))), 48) + 2
            sheet.column_dimensions[letter].width = width
            for row, text in enumerate(texts, start=2):
                written = _ESCAPE.sub("_x005F_", text) or None
                cell, lines = sheet.cell(row, column, written), 1 + len(text) // width
                if 15 * lines > (sheet.row_dimensions[row].height or 15):  # LibreOffice finds no height by itself
                    sheet.row_dimensions[row].height = min(15 * lines, _TALLEST)
                cell.alignment = wrapped
                if text and rule and rule.kind == "number" and float(f"{float(text):.16g}") == float(text):
                    cell.value = float(text)  # openpyxl writes sixteen digits; what has more stays text
                elif text:
                    cell.data_type = "s"  # a text that begins with = is no formula
            if rule:
                meaning = means.get((name, title), "How much of it the option takes.")
                note = f"{meaning} {_expected(name, title, rule)}"
                head.comment = Comment(note, "aukus-mcda", width=280, height=20 * (2 + len(note) // 40))
                _offer(sheet, f"{letter}2:{letter}{MOST_ROWS}", title, rule, tables)
        sheet.freeze_panes = "A2"
    for row, (key, rule) in enumerate(ABOUT.items(), start=2):
        _offer(book["case"], f"B{row}", key, rule, tables)
    whole = io.BytesIO()
    book.save(whole)
    path.write_bytes(_with_part(whole.getvalue(), "xl/styles.xml", order_fonts))


def _source(name: str, column: str) -> tuple[str, str]:
    """The table and column whose ids a column may hold, unless it is itself; or blanks."""
    source = REFERENCES.get((name, column), ("", ""))
    return ("", "") if source == (name, column) else source


def _expected(name: str, column: str, rule: CellRule) -> str:
    """What a cell may hold, for those who fill it in."""
    table, key = _source(name, column)
    if table:
        several = "; several with ; between" if rule.kind == "ids" else ""
        return f"Expected: from the column {key} of the sheet {table}{several}."
    return "" if rule.kind == "text" else f"Expected: {rule.expected}."


def _offer(sheet: Worksheet, cells: str, column: str, rule: CellRule, tables: Mapping[str, pd.DataFrame]) -> None:
    """A drop-down of the words, or of another sheet's ids, that cells may hold."""
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    table, key = _source(sheet.title, column)
    if rule.words:
        formula = f'"{",".join(filter(None, rule.words))}"'
    elif table in tables:
        ids = f"{table}!${get_column_letter([*tables[table]].index(key) + 1)}"
        # From the heading on: whoever deletes the first rows of an example leaves it where it is.
        formula = f"OFFSET({ids}$1,1,0,MAX(1,COUNTA({ids}:{ids[-2:]})-1),1)"
    else:
        return
    check = DataValidation("list", formula1=formula, allow_blank=True, error=_expected(sheet.title, column, rule))
    check.errorStyle = "stop" if rule.words else "warning"  # an id may come before the row that it names
    check.showErrorMessage = rule.kind != "ids"  # of which there may be several
    check.add(cells)
    sheet.add_data_validation(check)


def affirm(where: str | Path) -> list[str]:
    """Record in a case that its weights are judged for its anchors as they stand.

    One entry of case.toml, or of the sheet ``case``, is written; when nothing has changed, nothing is.

    Parameters
    ----------
    where : str or Path
        A case folder or workbook.

    Returns
    -------
    list of str
        How scales differ from those recorded before, a sentence each, and what was written.

    Raises
    ------
    CaseError
        When the case has any other fault.
    WeightsError
        When it has no weights.
    ExportError
        When the entry cannot be written.

    Examples
    --------
    >>> affirm("aukus_plus_two")[0].partition(". ")[0]
    'No anchor has changed since the weights were affirmed'
    """
    path = find_case(where).resolve()
    if not path.is_dir() and path.suffix.lower() == ".xml":
        raise ExportError("An XMCDA document has no place for what weights were judged for: save the case as a folder.")
    reading = read_case(path)
    recorded, reading.about = reading.about.weights_judged_for, replace(reading.about, weights_judged_for="")
    case = case_from(reading)  # whatever anchors its weights were judged for
    digests = case.scale_digests
    changes = changed_scales(recorded, digests)
    file = path / "case.toml" if path.is_dir() else path
    if case.weights_assumed:
        raise WeightsError("The case has no weights to affirm: write swing points into its table weights first.")
    if not changes:
        return [f"No anchor has changed since the weights were affirmed. {file} is as it was."]
    entry = ";".join(f"{leaf} {digest}" for leaf, digest in digests.items())
    with replacing(file) as beside:
        edited = _toml_with if path.is_dir() else _workbook_with
        beside.write_bytes(edited(file.read_bytes() if file.exists() else b"", entry))
        if not path.is_dir() and read_case(beside).about.weights_judged_for != entry:
            raise ExportError(f"Cannot write into the sheet case. Write into it yourself: key {KEY}, value {entry}")
    wording = {"changed": "Changed", "new": "Recorded for the first time", "gone": "No longer a scale"}
    sentences = [f"{wording[change]}: {leaf}{_ends(case, leaf)}." for leaf, change in changes.items()]
    affirmed = f"The weights ({listed(case.profiles)}) are now affirmed for the anchors as they stand."
    return [*sentences, f"{affirmed} Recorded in {file}."]


def _ends(case: Case, leaf: str) -> str:
    if leaf not in case.leaves:
        return ""
    scale = case.criteria.loc[leaf]
    unit = f" {scale['unit']}" if scale["unit"] else ""
    name = f" ({scale['name']})" if scale["name"] != leaf else ""
    return f"{name}, from {scale['worst']:.15g} to {scale['best']:.15g}{unit}"


def _toml_with(raw: bytes, line: str) -> bytes:
    """A case.toml with the entry, put in its old place or, when it is new, at the end: a case has no TOML tables."""
    text, entry = raw.decode("utf-8"), json.dumps(line, ensure_ascii=False)
    line_end = "\r\n" if "\r\n" in text else "\n"
    apart = "" if text.endswith("\n") or not text else line_end
    replaced = [f"{text[: old.start(2)]}{entry}{text[old.end(2) :]}" for old in _ENTRY.finditer(text)]
    for edited in (*replaced, f"{text}{apart}{KEY} = {entry}{line_end}"):
        try:
            if tomllib.loads(edited.removeprefix(BOM)) == tomllib.loads(text.removeprefix(BOM)) | {KEY: line}:
                return edited.encode("utf-8")
        except tomllib.TOMLDecodeError:  # what was replaced is inside a text of many lines, or the entry is there twice
            continue
    raise ExportError(f"Cannot find the place in case.toml. Write into it yourself: {KEY} = {entry}")


def _workbook_with(raw: bytes, line: str) -> bytes:
    """A workbook with the entry in its sheet ``case``; every other part keeps its bytes.

    openpyxl would drop what formulas come to, pictures and more on saving, so the sheet's XML is changed.
    """
    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(raw), read_only=True)
    if "case" not in book.sheetnames:
        raise ExportError(f"The workbook has no sheet case. Add one: key {KEY}, value {line}")
    sheet = book["case"]
    sheet.reset_dimensions()
    keys = ["" if key is None else str(key).strip() for (key, *_) in sheet.iter_rows(max_col=1, values_only=True)]
    filled = [number for number, key in enumerate(keys, start=1) if key]
    row = keys.index(KEY) + 1 if KEY in keys else filled[-1] + 1
    return _with_part(raw, sheet._worksheet_path, partial(_put_entry, number=row, line=line))


def _with_part(raw: bytes, name: str, change: Callable[[etree._Element], None]) -> bytes:
    """An archive in which the XML of one part is changed."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == name:
                tree = etree.fromstring(content, etree.XMLParser(resolve_entities=False))
                change(tree)
                content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
            new.writestr(part, content)
    return changed.getvalue()


def order_fonts(styles: etree._Element) -> None:
    """Put the parts of each font into the order that the schema has; openpyxl has another."""
    for font in styles.iter(f"{_MAIN}font"):
        font[:] = sorted(font, key=lambda part: FONT_PARTS.index(etree.QName(part).localname))


def _put_entry(tree: etree._Element, number: int, line: str) -> None:
    etree.strip_elements(tree, f"{_MAIN}dimension", with_tail=False)  # it may not be true any more; none is needed
    row = _child(tree.find(f"{_MAIN}sheetData"), "row", str(number))
    for column, text in (("A", KEY), ("B", line)):
        cell = _child(row, "c", f"{column}{number}")
        del cell[:]
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t").text = text


def _child(parent: etree._Element, kind: str, place: str) -> etree._Element:
    """The row or cell at a place, or a new one in the order that Excel demands."""
    places = [child.get("r", "") for child in parent]
    if place not in places:
        before = sum((len(there), there) < (len(place), place) for there in places)
        parent.insert(before, etree.Element(f"{_MAIN}{kind}", r=place))
        return parent[before]
    return parent[places.index(place)]


def write_own_rows(folder: Path, name: str, table: pd.DataFrame) -> None:
    """Put rows in the place of those that a folder holds, in one move."""
    with replacing(folder / f"{name}.csv") as beside:
        table.to_csv(beside, index=False, encoding="utf-8", lineterminator="\n")
