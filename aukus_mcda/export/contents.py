"""What a file is made of: a digest of every part, where a reader meets it, and one of its words and numbers."""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from lxml import etree

from .repacking import LARGEST, Parts

LARGEST_READ = LARGEST // 16
"""Bytes of a part, and letters in it, up to which its words are read: a tree takes many times as much."""
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
        for word in _words(etree.fromstring(part, etree.XMLParser(resolve_entities=False)), strings):
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
        tree = etree.fromstring(part, etree.XMLParser(resolve_entities=False)) if len(part) <= LARGEST_READ else ()
    except etree.XMLSyntaxError:
        return []
    return ["".join(text for node in item.iter("{*}t") for text in node.itertext()) for item in tree]


def places(parts: Parts) -> dict[str, str]:
    """Where a reader meets each part of a deck, workbook or page just written, or else the part's own name.

    Such as ``{"ppt/charts/chart1.xml": "slide 5: chart"}``.
    """
    found = dict(_pages(parts))
    waiting = list(found)
    for owner in waiting:
        for part in _linked(parts, owner):
            word = BELONGING.get(re.sub(r"\d*\.\w+$", "", posixpath.basename(part)))
            if word and part not in found:
                found[part] = f"{found[owner].partition(':')[0]}: {word}"
                waiting.append(part)  # a chart has a sheet behind it
    links = {_links(owner): f"{place}: links" for owner, place in found.items()}
    return {name: name for name in parts} | found | {name: place for name, place in links.items() if name in parts}


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
