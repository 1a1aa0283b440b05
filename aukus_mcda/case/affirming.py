"""Recording in a case which anchors its weights were judged for, and changing nothing else in its file."""

from __future__ import annotations

import io
import json
import re
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
from lxml import etree

from ..errors import AukusMcdaError, ExportError
from .about import changed_scales, judged_line
from .case import Case
from .files import replacing
from .reading import find_case, load_case, load_unaffirmed

KEY = "weights_judged_for"
_ENTRY = re.compile(
    rf"""^(\ufeff?[ \t]*["']?{KEY}["']?[ \t]*=[ \t]*)("(?:[^"\\\n]|\\.)*"|'[^'\n]*')""",
    re.MULTILINE,
)
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Affirmation(NamedTuple):
    """What was recorded.

    ``changes`` says of each scale that is not as it was recorded before: ``changed``, ``new`` or ``gone``.
    """

    file: Path
    case: Case
    changes: dict[str, str]

    @property
    def sentences(self) -> list[str]:
        """What was recorded, a sentence a scale."""
        if not self.changes:
            return [f"No anchor has changed since the weights were affirmed. {self.file} is as it was."]
        wording = {"changed": "Changed", "new": "Recorded for the first time", "gone": "No longer a scale"}
        sentences = [
            f"{wording[change]}: {leaf}{'' if change == 'gone' else _ends(self.case.criteria.loc[leaf])}."
            for leaf, change in self.changes.items()
        ]
        profiles = ", ".join(self.case.profiles)
        affirmed = f"The weights ({profiles}) are now affirmed for the anchors as they stand. Recorded in {self.file}."
        return [*sentences, affirmed]


def _ends(scale: pd.Series) -> str:
    unit = f" {scale['unit']}" if scale["unit"] else ""
    return f" ({scale['name']}), from {scale['worst']:.15g} to {scale['best']:.15g}{unit}"


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
    case, recorded = load_unaffirmed(path)
    changes = changed_scales(recorded, case.scale_digests)
    file = path / "case.toml" if path.is_dir() else path
    if changes:
        line = judged_line(case.scale_digests)
        edited = _with_line if path.is_dir() else _with_cell
        with replacing(file) as beside:
            beside.write_bytes(edited(file.read_bytes(), line))
            if not path.is_dir():
                _require_recorded(beside, line)
    return Affirmation(file, case, changes)


def _with_line(raw: bytes, line: str) -> bytes:
    """A case.toml with the entry, put in its old place or, when it is new, as far down as TOML allows."""
    text, entry = raw.decode("utf-8"), json.dumps(line, ensure_ascii=False)
    wanted = _parsed(text) | {KEY: line}
    for edited in (*_replaced(text, entry), *_added(text, entry)):
        try:
            if _parsed(edited) == wanted:
                return edited.encode("utf-8")
        except tomllib.TOMLDecodeError:  # inside a text of many lines, or beneath the header of a table
            continue
    raise ExportError(f"Cannot find the place in case.toml. Write into it yourself: {KEY} = {entry}")


def _parsed(text: str) -> dict[str, object]:
    return tomllib.loads(text.removeprefix("\ufeff"))


def _replaced(text: str, entry: str) -> Iterator[str]:
    for old in _ENTRY.finditer(text):
        yield f"{text[: old.start()]}{old[1]}{entry}{text[old.end() :]}"


def _added(text: str, entry: str) -> Iterator[str]:
    ending = "\r\n" if "\r\n" in text else "\n"
    ends = [each.end() for each in re.finditer(r"\n|\Z", text)]
    for end in reversed(ends):
        above = text[:end] if text[:end].endswith("\n") else text[:end] + ending
        yield f"{above}{KEY} = {entry}{ending}{text[end:]}"


def _with_cell(raw: bytes, line: str) -> bytes:
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


def _require_recorded(workbook: Path, line: str) -> None:
    try:
        recorded = load_case(workbook).about.weights_judged_for == line
    except AukusMcdaError:
        recorded = False
    if not recorded:
        raise ExportError(f"Cannot write into the sheet case. Write into it yourself: key {KEY}, value {line}")
