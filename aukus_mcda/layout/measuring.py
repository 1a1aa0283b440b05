# SPDX-License-Identifier: Apache-2.0
"""How much room a text takes on a slide.

Slides are set in Arial, which is seldom at hand where they are made; its letters are as wide as those of
Helvetica, whose widths matplotlib always brings. A letter that Helvetica lacks is taken from DejaVu Sans.
The font of a template is taken to be as wide as DejaVu Sans, which is wider than most: whoever opens the file
may lack that font and see another in its place, and the same deck is laid out alike on every machine.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

BREAKS = re.compile(r"[\n\r\x1c-\x1e\x85\u2028\u2029]")
"""What ends a line, in whatever program the text was typed."""
SPARE = 1.02
"""What a text may be wider where the slides are shown: programs round widths each in their own way."""
LINE = 1.2
"""Height of a line in multiples of the font size."""
SPACE = re.compile(r"[^\S\xa0\u2007\u202f]+")
HYPHEN = re.compile(r"(?<=[^\W\d]-)(?=[^\W\d])")
"""Between letters only: not every program breaks a line at a hyphen beside a number."""
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


@lru_cache(maxsize=10_000)
def printable(text: str) -> str:
    """Text without the characters that XML cannot hold, all breaks of lines alike."""
    return UNPRINTABLE.sub("", BREAKS.sub("\n", text))


@cache
def _helvetica(bold: bool) -> dict[str, float]:
    """Widths of letters in thousandths of the font size."""
    import matplotlib
    from fontTools import agl
    from fontTools.afmLib import AFM

    face = AFM(Path(matplotlib.get_data_path()) / "fonts" / "afm" / ("phvb8a.afm" if bold else "phvr8a.afm"))
    widths = {agl.toUnicode(name): float(face[name][1]) for name in face.chars()}
    return widths | {"\N{NO-BREAK SPACE}": widths[" "]}


@cache
def _dejavu(bold: bool) -> FreeTypeFont:
    import matplotlib
    from PIL import ImageFont

    face = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return ImageFont.truetype(str(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / face), 100)


@cache
def _letter_width(letter: str, bold: bool) -> float:
    """Width of one letter in thousandths of the font size; an accent takes none."""
    known = _helvetica(bold)
    bare = letter if letter in known else unicodedata.normalize("NFD", letter)[0]
    if bare in known:
        return known[bare]
    if unicodedata.combining(bare):
        return 0.0
    return 1000.0 if unicodedata.east_asian_width(bare) in "WF" else 10 * _dejavu(bold).getlength(bare)


@lru_cache(maxsize=100_000)
def _unit_width(text: str, bold: bool, face: str) -> float:
    """Width of the widest line of a text set at one point."""
    if BREAKS.search(text):
        return max(_unit_width(line, bold, face) for line in BREAKS.split(text))
    house = SPARE * sum(_letter_width(letter, bold) for letter in text) / 1000
    return max(house, _dejavu(bold).getlength(text) / 100) if face else house


def width(text: str, size: float, bold: bool = False, face: str = "") -> float:
    """Width in points of a text's widest line, at a font size in points; ``face`` is a template's font."""
    return _unit_width(text, bold, face) * size


def wrapped(text: str, room: float, size: float, bold: bool = False, face: str = "") -> list[str]:
    r"""The lines that a text takes in ``room`` points of width; long words are broken.

    Examples
    --------
    >>> wrapped("one two", 200, 12), wrapped("one\ntwo", 200, 12), wrapped("one two", 30, 12)
    (['one two'], ['one', 'two'], ['one', 'two'])
    """
    lines: list[str] = []
    for paragraph in BREAKS.split(text):
        used, begun = 0.0, [""]
        for word, blank in _words(paragraph, room, size, bold, face):
            space, need = width(blank, size, bold, face), width(word, size, bold, face)
            if used and used + space + need <= room:
                begun[-1] += blank + word
                used += space + need
                continue
            parts = 1
            while need > room:  # every break can waste up to a letter
                parts, need = parts + 1, need - max(room - size, size)
            ends = [len(word) * part // parts for part in range(parts + 1)]
            begun = [*(begun if used else begun[:-1]), *(word[start:end] for start, end in pairwise(ends))]
            used = need
        lines += begun
    return lines


@lru_cache(maxsize=10_000)
def lines(text: str, room: float, size: float, bold: bool = False, face: str = "") -> int:
    """How many lines a text takes in ``room`` points of width."""
    return len(wrapped(text, room, size, bold, face))


def _words(text: str, room: float, size: float, bold: bool, face: str) -> Iterator[tuple[str, str]]:
    """What lines are broken between, each with the space before it; a word too wide for a line, at its hyphens."""
    for word, blank in zip(SPACE.split(text), ["", *SPACE.findall(text)], strict=True):
        if word:
            first, *others = HYPHEN.split(word) if width(word, size, bold, face) > room else [word]
            yield first, blank
            yield from ((piece, "") for piece in others)


def height(text: str, room: float, size: float, bold: bool = False, face: str = "") -> float:
    """Height in points of a text wrapped to ``room`` points of width."""
    return lines(text, room, size, bold, face) * size * LINE


def clipped(text: str, room: float, tall: float, size: float, bold: bool = False, face: str = "") -> str:
    """The text, or as many of its words as fit a box, ended with three points; a word is cut only where it is alone.

    Examples
    --------
    >>> clipped("a short line", 300, 20, 12)
    'a short line'
    >>> clipped("a line that is too long for its box", 100, 20, 12)
    'a line that is too ...'
    """
    if height(text, room, size, bold, face) <= tall:
        return text

    def over(letters: int) -> bool:
        return height(text[:letters].rstrip() + " ...", room, size, bold, face) > tall

    fits = bisect_left(range(1, len(text)), True, key=over)
    start = text[:fits]
    if not SPACE.match(text, fits):
        start = start.removesuffix(SPACE.split(start)[-1])
    return (start.rstrip(" ,;:") or text[:fits].rstrip()) + " ..."
