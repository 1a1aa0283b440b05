"""Writing without losing: a new file takes the old one's place only when whole; and what `affirm` records in a case."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import re
import secrets
import time
import tomllib
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from ..errors import AukusMcdaError, ExportError
from .case import Case, case_from
from .reading import find_case, load_case, read_case
from .tables import changed_scales

BOM = "\ufeff"
KEY = "weights_judged_for"
_ENTRY = re.compile(
    rf"""^({BOM}?[ \t]*["']?{KEY}["']?[ \t]*=[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""",
    re.MULTILINE,
)
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
        _clear_leftovers(path)
        beside.touch(exist_ok=False)
        yield beside
        beside.replace(path)
    except OSError as error:
        raise ExportError(
            f"Cannot write {path}: {error.strerror or error}. "
            "Close the file if it is open elsewhere, or choose another folder."
        ) from error
    finally:
        with suppress(OSError):
            beside.unlink(missing_ok=True)


def _clear_leftovers(path: Path) -> None:
    """Remove what a killed run left beside ``path``, once it is too old to be another run's."""
    for leftover in path.parent.glob(f".{path.stem}-????????{path.suffix}"):
        if time.time() - leftover.stat().st_mtime > 3600:
            leftover.unlink(missing_ok=True)


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
        raise ExportError(
            f"SOURCE_DATE_EPOCH is {epoch!r}; it must be whole seconds since the start of 1970, "
            f"{LATEST.timestamp():.0f} at most, or not set at all."
        )
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


class Affirmation(NamedTuple):
    """What `affirm` recorded: how scales differ from those recorded before, by id, and the same in sentences."""

    changes: dict[str, str]
    sentences: list[str]


def affirm(where: str | Path) -> Affirmation:
    """Record in a case that its weights are judged for its anchors as they stand.

    One entry of case.toml, or of the sheet ``case``, is written; when nothing has changed, nothing is.

    Parameters
    ----------
    where : str or Path
        A case folder or workbook.

    Raises
    ------
    CaseError
        When the case has any other fault.
    ExportError
        When the entry cannot be written.

    Examples
    --------
    >>> affirm("aukus_plus_two").changes
    {}
    """
    path = find_case(where).resolve()
    reading = read_case(path)
    recorded, reading.about = reading.about.weights_judged_for, replace(reading.about, weights_judged_for="")
    case = case_from(reading)  # whatever anchors its weights were judged for
    digests = case.scale_digests
    changes = changed_scales(recorded, digests)
    file = path / "case.toml" if path.is_dir() else path
    if not changes:
        return Affirmation({}, [f"No anchor has changed since the weights were affirmed. {file} is as it was."])
    entry = ";".join(f"{leaf} {digest}" for leaf, digest in digests.items())
    with replacing(file) as beside:
        edited = _toml_with if path.is_dir() else _workbook_with
        beside.write_bytes(edited(file.read_bytes(), entry))
        if not path.is_dir() and not _records(beside, entry):
            raise ExportError(f"Cannot write into the sheet case. Write into it yourself: key {KEY}, value {entry}")
    wording = {"changed": "Changed", "new": "Recorded for the first time", "gone": "No longer a scale"}
    sentences = [f"{wording[change]}: {leaf}{_ends(case, leaf)}." for leaf, change in changes.items()]
    profiles = ", ".join(case.profiles)
    affirmed = f"The weights ({profiles}) are now affirmed for the anchors as they stand. Recorded in {file}."
    return Affirmation(changes, [*sentences, affirmed])


def _ends(case: Case, leaf: str) -> str:
    if leaf not in case.leaves:
        return ""
    scale = case.criteria.loc[leaf]
    unit = f" {scale['unit']}" if scale["unit"] else ""
    return f" ({scale['name']}), from {scale['worst']:.15g} to {scale['best']:.15g}{unit}"


def _toml_with(raw: bytes, line: str) -> bytes:
    """A case.toml with the entry, put in its old place or, when it is new, at the end: a case has no TOML tables."""
    text, entry = raw.decode("utf-8"), json.dumps(line, ensure_ascii=False)
    line_end = "\r\n" if "\r\n" in text else "\n"
    apart = "" if text.endswith("\n") else line_end
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
    sheet = book["case"]
    sheet.reset_dimensions()
    keys = ["" if key is None else str(key).strip() for (key, *_) in sheet.iter_rows(max_col=1, values_only=True)]
    filled = [number for number, key in enumerate(keys, start=1) if key]
    row = keys.index(KEY) + 1 if KEY in keys else filled[-1] + 1
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == sheet._worksheet_path:
                content = _sheet_with(content, row, line)
            new.writestr(part, content)
    return changed.getvalue()


def _sheet_with(part: bytes, number: int, line: str) -> bytes:
    tree = etree.fromstring(part, etree.XMLParser(resolve_entities=False))
    for size in tree.findall(f"{_MAIN}dimension"):  # may not be true any more, and need not be there
        tree.remove(size)
    row = _child(tree.find(f"{_MAIN}sheetData"), "row", str(number))
    for column, text in (("A", KEY), ("B", line)):
        cell = _child(row, "c", f"{column}{number}")
        for old in list(cell):
            cell.remove(old)
        cell.set("t", "inlineStr")
        etree.SubElement(etree.SubElement(cell, f"{_MAIN}is"), f"{_MAIN}t").text = text
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written


def _child(parent: etree._Element, kind: str, place: str) -> etree._Element:
    """The row or cell at a place, or a new one in the order that Excel demands."""
    places = [child.get("r", "") for child in parent]
    if place not in places:
        before = sum((len(there), there) < (len(place), place) for there in places)
        parent.insert(before, etree.Element(f"{_MAIN}{kind}", r=place))
        return parent[before]
    return parent[places.index(place)]


def _records(workbook: Path, entry: str) -> bool:
    try:
        return load_case(workbook).about.weights_judged_for == entry
    except AukusMcdaError:
        return False
