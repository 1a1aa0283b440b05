"""The same bytes for the same content: Office files written again with one moment in place of every clock reading.

An .xlsx, .pptx or .docx is a zip of XML parts. The libraries that write them put the time of writing
into the zip, into the properties, and into the workbook behind every chart.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from lxml import etree

LARGEST = 256 * 1024 * 1024
"""Bytes that a file may take, or unpack to, before it is taken for one made to fill the memory."""

Parts = dict[str, bytes]

CORE, CUSTOM = "docProps/core.xml", "docProps/custom.xml"
CONTENT_TYPES, RELATIONS = "[Content_Types].xml", "_rels/.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_VALUES = f"{_OFFICE}/docPropsVTypes"
_CUSTOM = f"{_OFFICE}/custom-properties"
_SET_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of all custom properties, in every Office file


def repack(
    path: Path,
    made: dt.datetime,
    record: Callable[[Parts], Mapping[str, str]] | None = None,
    change: Callable[[Parts], None] = lambda parts: None,
) -> None:
    """Write an Office file again, in place, so that its bytes depend on its content alone.

    Parameters
    ----------
    path : Path
        A file nobody else reads yet: see `files.replacing`.
    made : datetime
        Stands for every time in it.
    record : callable, optional
        Given every other part as it is written; returns the custom properties to add, in place of any there are.
    change : callable
        Given the parts by name, to change them first.
    """
    path.write_bytes(_repacked(path.read_bytes(), made, record, change))


def _repacked(
    raw: bytes,
    made: dt.datetime,
    record: Callable[[Parts], Mapping[str, str]] | None = None,
    change: Callable[[Parts], None] = lambda parts: None,
) -> bytes:
    parts = unpack(raw)
    change(parts)
    for name in parts:
        if name.endswith(".xlsx"):
            parts[name] = _repacked(parts[name], made)
    if CORE in parts:
        parts[CORE] = _dated(parts[CORE], made)
    if record is not None:
        if parts.pop(CUSTOM, None) is None:
            _declare_custom(parts)
        parts[CUSTOM] = custom_part(record(parts))
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w") as written:
        # Readers expect the list of content types first.
        for name in sorted(parts, key=lambda name: (name != CONTENT_TYPES, name)):
            entry = zipfile.ZipInfo(name, made.timetuple()[:6])
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            written.writestr(entry, parts[name], compresslevel=6)
    return new.getvalue()


def unpack(raw: bytes) -> Parts:
    """The parts of an Office file by name.

    Raises
    ------
    zipfile.BadZipFile
        When it is no Office file, holds two parts of one name, or unpacks to more than `LARGEST`. The zip
        reader may raise others on a damaged file.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        entries = file.infolist()
        names = {entry.filename for entry in entries}
        if CONTENT_TYPES not in names or len(names) < len(entries):
            raise zipfile.BadZipFile("It is no Office file, or holds two parts of one name.")
        # Only these two unpack no further than asked; an entry may hold more than it says.
        if any(entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for entry in entries):
            raise zipfile.BadZipFile("It is not packed as an Office file is.")
        if len(raw) > LARGEST or sum(entry.file_size for entry in entries) > LARGEST:
            raise zipfile.BadZipFile(f"It takes or unpacks to more than {LARGEST} bytes.")
        parts = {}
        for entry in entries:
            with file.open(entry) as part:
                parts[entry.filename] = part.read(entry.file_size)
    return parts


def holds_only_parts(raw: bytes) -> bool:
    """Whether an Office file is its parts one behind the other, with nothing before, between or behind them."""
    at = directory = 0
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        for entry in file.infolist():
            header = entry.FileHeader(zip64=False)
            if not raw.startswith(header, at):
                return False
            at += len(header) + entry.compress_size
            directory += 46 + len(entry.filename.encode())
    return len(raw) == at + directory + 22  # 46 and 22 are what the format's tables take beside the names


def _dated(core: bytes, made: dt.datetime) -> bytes:
    """The core properties with one time for when the file was created and modified."""
    tree = etree.fromstring(core)
    for name in ("created", "modified"):
        for node in tree.iter(f"{{http://purl.org/dc/terms/}}{name}"):
            node.text = f"{made:%Y-%m-%dT%H:%M:%SZ}"
    return _written(tree)


def custom_part(properties: Mapping[str, str]) -> bytes:
    """The part that holds custom properties."""
    tree = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap={None: _CUSTOM, "vt": _VALUES})
    for number, (name, text) in enumerate(properties.items(), start=2):  # 0 and 1 are taken by the format
        entry = etree.SubElement(tree, f"{{{_CUSTOM}}}property", fmtid=_SET_ID, pid=str(number), name=name)
        etree.SubElement(entry, f"{{{_VALUES}}}lpwstr").text = text
    return _written(tree)


def _declare_custom(parts: Parts) -> None:
    types = etree.fromstring(parts[CONTENT_TYPES])
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    etree.SubElement(types, f"{{{_PACKAGE}/content-types}}Override", PartName=f"/{CUSTOM}", ContentType=kind)
    parts[CONTENT_TYPES] = _written(types)
    relations = etree.fromstring(parts[RELATIONS])
    etree.SubElement(
        relations,
        f"{{{_PACKAGE}/relationships}}Relationship",
        Id="rIdCustom",
        Target=CUSTOM,
        Type=f"{_OFFICE}/relationships/custom-properties",
    )
    parts[RELATIONS] = _written(relations)


def custom_properties(part: bytes) -> dict[str, str]:
    """The text of every custom property, by name, from the part that holds them.

    Raises
    ------
    etree.XMLSyntaxError
        When it cannot be read.
    """
    tree = etree.fromstring(part, etree.XMLParser(resolve_entities=False))
    return {entry.get("name", ""): "".join(entry.itertext()) for entry in tree.iter(f"{{{_CUSTOM}}}property")}


def _written(tree: etree._Element) -> bytes:
    written: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return written
