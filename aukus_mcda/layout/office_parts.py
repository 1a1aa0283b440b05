# SPDX-License-Identifier: Apache-2.0
"""The parts of Office files: packed so that the same content has the same bytes, digested, and named for a reader.

An .xlsx, .pptx or .docx is a zip of XML parts. The libraries that write them put the time of writing
into the zip, into the properties, and into the workbook behind every chart.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
import posixpath
import re
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any

from lxml import etree

LARGEST = 256 * 1024 * 1024
"""Bytes that a file may take, or unpack to, before it is taken for one made to fill the memory."""
LARGEST_READ = LARGEST // 16
"""Bytes of a part, and letters in it, up to which its words are read: a tree takes many times as much."""

Parts = dict[str, bytes]

CORE_PROPERTIES, CUSTOM = "docProps/core.xml", "docProps/custom.xml"
CONTENT_TYPES, RELATIONS = "[Content_Types].xml", "_rels/.rels"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_VALUES = f"{_OFFICE}/docPropsVTypes"
_CUSTOM = f"{_OFFICE}/custom-properties"
_SET_ID = "{D5CDD505-2E9C-101B-9397-08002B2CF9AE}"  # of all custom properties, in every Office file
SLIDE = re.compile(r"ppt/slides/slide(\d+)\.xml")
SHEET = re.compile(r"xl/worksheets/sheet(\d+)\.xml")
BELONGING = {
    "chart": "chart",
    "Microsoft_Excel_Sheet": "numbers behind the chart",
    "image": "picture",
    "notesSlide": "notes",
    "header": "header",
    "footer": "footer",
}
"""What a part is to the slide or page that it belongs to, by its name without the number."""


def repacked(
    raw: bytes,
    moment: dt.datetime,
    record: Callable[[Parts], Mapping[str, str]] | None = None,
    change: Callable[[Parts], None] | None = None,
) -> bytes:
    """An Office file written again, so that its bytes depend on its content alone.

    Parameters
    ----------
    raw : bytes
    moment : datetime
        Stands for every time in it.
    record : callable, optional
        From every other part as it is written, the custom properties to put in place of any there are.
    change : callable, optional
        Changes the parts first.
    """
    parts = unpack(raw)
    if change is not None:
        change(parts)
    for name in parts:
        if name.endswith(".xlsx"):
            parts[name] = repacked(parts[name], moment)
    if CORE_PROPERTIES in parts:
        parts[CORE_PROPERTIES] = _dated(parts[CORE_PROPERTIES], moment)
    if record is not None:
        if parts.pop(CUSTOM, None) is None:
            _declare_custom(parts)
        parts[CUSTOM] = custom_part(record(parts))
    return packed(parts, moment)


def packed(parts: Parts, moment: dt.datetime) -> bytes:
    """Parts as one file, whose bytes depend on them and on the moment alone."""
    new = io.BytesIO()
    with zipfile.ZipFile(new, "w") as file:
        # Readers expect the list of content types first.
        for name in sorted(parts, key=lambda name: (name != CONTENT_TYPES, name)):
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type, entry.create_system, entry.external_attr = zipfile.ZIP_DEFLATED, 0, 0
            file.writestr(entry, parts[name], compresslevel=6)
    return new.getvalue()


def unpack(raw: bytes) -> Parts:
    """The parts of an Office file by name.

    Raises
    ------
    zipfile.BadZipFile
        When it is not an Office file, holds two parts of one name, or unpacks to more than `LARGEST`. The zip
        reader may raise others on a damaged file.
    """
    if raw.startswith(b"\xd0\xcf\x11\xe0"):
        raise zipfile.BadZipFile("It has a password or a sensitivity label, or Office wrote it before 2007.")
    if not zipfile.is_zipfile(io.BytesIO(raw)):
        raise zipfile.BadZipFile("It is not an Office file, or breaks off.")
    with zipfile.ZipFile(io.BytesIO(raw)) as file:
        entries = file.infolist()
        names = {entry.filename for entry in entries}
        if CONTENT_TYPES not in names or len(names) < len(entries):
            raise zipfile.BadZipFile("It is not an Office file, or holds two parts of one name.")
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


def _dated(core: bytes, moment: dt.datetime) -> bytes:
    """The core properties with one time for when the file was created and modified."""
    tree = etree.fromstring(core)
    for name in ("created", "modified"):
        for node in tree.iter(f"{{http://purl.org/dc/terms/}}{name}"):
            node.text = f"{moment:%Y-%m-%dT%H:%M:%SZ}"
    return xml_of(tree)


def custom_part(properties: Mapping[str, str]) -> bytes:
    """The part that holds custom properties."""
    tree = etree.Element(f"{{{_CUSTOM}}}Properties", nsmap={None: _CUSTOM, "vt": _VALUES})
    for number, (name, text) in enumerate(properties.items(), start=2):  # 0 and 1 are taken by the format
        entry = etree.SubElement(tree, f"{{{_CUSTOM}}}property", fmtid=_SET_ID, pid=str(number), name=name)
        etree.SubElement(entry, f"{{{_VALUES}}}lpwstr").text = text
    return xml_of(tree)


def _declare_custom(parts: Parts) -> None:
    kind = "application/vnd.openxmlformats-officedocument.custom-properties+xml"
    link = f"{_OFFICE}/relationships/custom-properties"
    entries = {
        CONTENT_TYPES: f'<Override xmlns="{_PACKAGE}/content-types" PartName="/{CUSTOM}" ContentType="{kind}"/>',
        RELATIONS: f'<Relationship xmlns="{_PACKAGE}/relationships" Id="rIdCustom" Target="{CUSTOM}" Type="{link}"/>',
    }
    for name, entry in entries.items():
        tree = etree.fromstring(parts[name])
        tree.append(etree.fromstring(entry))
        parts[name] = xml_of(tree)


def custom_properties(part: bytes) -> dict[str, str]:
    """The text of every custom property, by name, from the part that holds them.

    Raises
    ------
    etree.XMLSyntaxError
        When it cannot be read.
    """
    return {entry.get("name", ""): "".join(entry.itertext()) for entry in parsed(part).iter(f"{{{_CUSTOM}}}property")}


def xml_of(tree: etree._Element) -> bytes:
    """A part as it is written."""
    part: bytes = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
    return part


def parsed(part: bytes) -> etree._Element:
    """A part of any file, which may be hostile: its entities as they stand and nothing fetched for it."""
    return etree.fromstring(part, etree.XMLParser(resolve_entities=False))


def digest(value: Any) -> str:
    """Twelve hexadecimal digits that stand for a value made of lists and text.

    Examples
    --------
    >>> digest(["one", "two"])
    '298a99126b35'
    """
    return hashlib.sha256(json.dumps(value, ensure_ascii=True).encode()).hexdigest()[:12]


def part_digest(part: bytes) -> str:
    """The digest that tells whether a part is, byte for byte, what it was."""
    return hashlib.sha256(part).hexdigest()


def text_digest(part: bytes, strings: Sequence[str] = ()) -> str:
    """A digest of a part's words and numbers in their order, however cut into runs; "" without any.

    Parameters
    ----------
    part : bytes
    strings : sequence of str
        See `shared_strings`.

    Examples
    --------
    >>> text_digest(b"<p><r><t>One </t></r><t>two</t></p>") == text_digest(b"<p><t>One two</t></p>")
    True
    """
    words, length = hashlib.sha256(), 0
    if len(part) > LARGEST_READ:
        return ""
    try:
        for word in _words(parsed(part), strings):
            words.update(word.encode())
            length += len(word)
            if length > LARGEST_READ:  # many cells may name one long string
                return ""
    except (etree.XMLSyntaxError, ValueError, IndexError):  # a picture, or damaged
        return ""
    return words.hexdigest()[:12] if length else ""


def _words(tree: etree._Element, strings: Sequence[str]) -> Iterator[str]:
    """Programs differ in blanks, in a number's last digits, and in what a slide's number reads before it is shown."""
    for node in tree.iter("{*}t", "{*}v"):
        around, text = node.getparent(), "".join(node.itertext())
        if around is not None and around.tag.endswith("}fld"):
            continue
        if node.tag.endswith("v") and around is not None and around.get("t") == "s":
            text = strings[int(text)]
        elif node.tag.endswith("v"):
            with suppress(ValueError):
                # To fifteen figures first, as LibreOffice writes them; no minus before nought.
                text = f"{float(f'{float(text):.15g}') + 0:.9g}"
        yield "".join(text.split())


def shared_strings(parts: Parts) -> list[str]:
    """The words that the cells of a workbook saved by another program name by number."""
    part = parts.get("xl/sharedStrings.xml", b"")
    try:
        tree = parsed(part) if len(part) <= LARGEST_READ else ()
    except etree.XMLSyntaxError:
        return []
    return ["".join(text for node in item.iter("{*}t") for text in node.itertext()) for item in tree]


def places(parts: Parts) -> dict[str, str]:
    """Where a reader meets each part of a deck, workbook or page just written, or else the part's own name.

    Such as ``{"ppt/charts/chart1.xml": "slide 5: chart"}``.
    """
    met = dict(_pages(parts))
    owners = list(met)
    for owner in owners:
        for part in _linked(parts, owner):
            word = BELONGING.get(re.sub(r"\d*\.\w+$", "", posixpath.basename(part)))
            if word and part not in met:
                met[part] = f"{met[owner].partition(':')[0]}: {word}"
                owners.append(part)  # a chart has a sheet behind it
    links = {_links(owner): f"{place}: links" for owner, place in met.items()}
    return {name: met.get(name) or links.get(name) or name for name in parts}


def _pages(parts: Parts) -> Iterator[tuple[str, str]]:
    sheets = etree.fromstring(parts["xl/workbook.xml"]).iter("{*}sheet") if "xl/workbook.xml" in parts else ()
    titles = [sheet.get("name") for sheet in sheets]
    for name in parts:
        if match := SLIDE.fullmatch(name):
            yield name, f"slide {match[1]}"
        elif match := SHEET.fullmatch(name):
            yield name, f"sheet {titles[int(match[1]) - 1]}"
        elif name == "word/document.xml":
            yield name, "page"


def _links(part: str) -> str:
    folder, name = posixpath.split(part)
    return f"{folder}/_rels/{name}.rels"


def _linked(parts: Parts, owner: str) -> Iterator[str]:
    if _links(owner) in parts:
        for link in etree.fromstring(parts[_links(owner)]):
            target = posixpath.normpath(posixpath.join(posixpath.dirname(owner), link.get("Target")))
            if target in parts:
                yield target
