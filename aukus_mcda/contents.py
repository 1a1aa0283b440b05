"""What a file shows, place by place: the same after a program has saved it again, another after an edit by hand.

Digests are of what a reader sees (words, table cells, what a chart draws, pictures), not of bytes or
of how the words are cut into runs, which every program writes in its own way.
"""

from __future__ import annotations

import hashlib
import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RUNS = re.compile("vbaProject|vbaData|activeX|oleObject|externalLink", re.IGNORECASE)
"""Parts that do something, or fetch something, when a file is opened: nothing we write has one."""

KINDS = ("text", "table", "chart", "picture", "other shape", "hidden", "notes")
"""What is told apart on a slide."""

Shown = list[tuple[str, dict[str, str]]]
"""Each slide, sheet or part in order, with a digest for each kind of thing on it."""


def shown(path: Path, kind: str) -> Shown:
    """Digests of what an Office file shows.

    Parameters
    ----------
    path : Path
    kind : str
        ``pptx``, ``xlsx`` or ``docx``; a file being written may have another name.

    Returns
    -------
    list of (place, digest by kind)
        Such as ``("slide 4", {"chart": "0f3a...", "text": "..."})``.
    """
    found = {"pptx": _deck, "xlsx": _workbook, "docx": _document}[kind](path)
    with zipfile.ZipFile(path) as file:
        code = [name for name in file.namelist() if RUNS.search(name)]
    return [*found, ("macros", {"code": digest(sorted(code))})] if code else found


def digest(said: Any) -> str:
    """Twelve hexadecimal digits that stand for a value made of lists and text.

    Examples
    --------
    >>> digest(["one", "two"])
    '298a99126b35'
    """
    return hashlib.sha256(json.dumps(said, ensure_ascii=True).encode()).hexdigest()[:12]


def _deck(path: Path) -> Shown:
    from pptx import Presentation

    found = []
    for number, slide in enumerate(Presentation(str(path)).slides, start=1):
        said: dict[str, list[Any]] = {
            "text": [],
            "table": [],
            "chart": [],
            "picture": [],
            "other shape": [],
            "hidden": [],
            "notes": [],
        }
        for shape in _shapes(slide.shapes):
            if shape.has_text_frame and 'type="slidenum"' not in shape._element.xml:
                said["text"].append(_plain(shape.text_frame.text))
            elif shape.has_table:
                said["table"].append([[_plain(cell.text_frame.text) for cell in row.cells] for row in shape.table.rows])
            elif shape.has_chart:
                said["chart"].append(list(_drawn(shape.chart._chartSpace)))
            elif hasattr(shape, "image"):
                said["picture"].append(hashlib.sha256(shape.image.blob).hexdigest())
            elif not shape.has_text_frame:
                said["other shape"].append(_tag(shape._element))
        if slide._element.get("show") in ("0", "false"):
            said["hidden"].append("yes")
        if slide.has_notes_slide and slide.notes_slide.notes_text_frame is not None:
            said["notes"].append(_plain(slide.notes_slide.notes_text_frame.text))
        # A box nobody sees, or notes that say nothing, may come and go.
        kept = {kind: [each for each in items if each] for kind, items in said.items()}
        found.append((f"slide {number}", {kind: digest(items) for kind, items in kept.items() if items}))
    return found


def _shapes(shapes: Any) -> Iterator[Any]:
    """All shapes, those inside groups too."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _shapes(shape.shapes)
        else:
            yield shape


def _drawn(chart: Any) -> Iterator[Any]:
    """What a chart draws: for each series its name, categories and numbers; then its titles."""
    for series in chart.iter("{*}ser"):
        parts = [[_value(node) for node in part.iter("{*}v")] for part in series if _tag(part) in ("tx", "cat", "val")]
        yield parts
    yield [_plain("".join(node.text or "" for node in chart.iter("{*}t")))]


def _tag(node: Any) -> str:
    return str(node.tag).rpartition("}")[2]


def _value(node: Any) -> str:
    """A number to 12 digits, as programs differ in the last ones, or a text."""
    text = node.text or ""
    try:
        return f"{float(text):.12g}"
    except ValueError:
        return _plain(text)


def _plain(text: str) -> str:
    return " ".join(text.split())


def _workbook(path: Path) -> Shown:
    import openpyxl

    found = []
    with path.open("rb") as file:
        book = openpyxl.load_workbook(file)
        for sheet in book.worksheets:
            every = [cell for row in sheet.iter_rows() for cell in row]
            cells = [[cell.coordinate, _cell(cell.value)] for cell in every if cell.value is not None]
            cells += [[cell.coordinate, _plain(cell.comment.text)] for cell in every if cell.comment]
            kinds = {"cells": digest(cells)}
            if sheet._images or sheet._charts:
                kinds["drawing"] = digest([len(sheet._images), len(sheet._charts)])
            if sheet.sheet_state != "visible":
                kinds["hidden"] = digest("yes")
            found.append((f"sheet {sheet.title}", kinds))
    return found


def _cell(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, int | float):
        # A formula is the same with or without blanks and quotes round a sheet's name.
        return str(value).replace(" ", "").replace("'", "") if str(value).startswith("=") else _plain(str(value))
    return f"{float(value):.12g}"


def _document(path: Path) -> Shown:
    import docx

    with path.open("rb") as file:
        document = docx.Document(file)
    pictures = [
        hashlib.sha256(part.blob).hexdigest()
        for part in document.part.package.iter_parts()
        if str(part.partname).startswith("/word/media/")
    ]
    said: dict[str, list[Any]] = {
        "text": [_plain(node.text) for node in document.paragraphs],
        "table": [[[_plain(cell.text) for cell in row.cells] for row in table.rows] for table in document.tables],
        "picture": sorted(pictures),
        "header or footer": [
            _plain(node.text)
            for section in document.sections
            for part in (section.header, section.footer)
            for node in part.paragraphs
        ],
    }
    kept = {kind: [each for each in items if each] for kind, items in said.items()}
    return [("page", {kind: digest(items) for kind, items in kept.items() if items})]
