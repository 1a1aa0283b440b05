"""What slides are filled with: native text and tables, measured, and taken apart where they do not fit.

A block says how tall it is at a width, gives up as much of itself as fits a room, and draws itself.
Widths and places are in inches, heights in points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, Protocol
from xml.sax.saxutils import escape

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from . import measuring
from .templates import Ink, Look

SMALLEST = 12
CELL_PAD = 5.0
"""Points on each side of a cell's text."""
BOX_PAD = 8.0
"""Points above and below a box's text together."""
GAP = 7
"""Points after a paragraph."""
PER_CENT = "\N{NO-BREAK SPACE}%"
"""The sign as it follows a number: on the same line."""
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid", known to every PowerPoint
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Block(Protocol):
    """What a column of a slide is made of."""

    def height(self, width: float, look: Look) -> float:
        """Points it takes at a width in inches."""

    def take(self, width: float, tall: float, look: Look) -> tuple[Block | None, Block | None]:
        """What of it fits a height, and what is left."""

    def broken(self, width: float, tall: float, look: Look) -> tuple[Block, Block | None]:
        """The first of it, cut to a height it is too tall for, and the rest."""

    def compact(self) -> Block:
        """The same in the smallest type."""

    def full(self) -> tuple[Block, ...]:
        """All of it."""

    def lean(self) -> tuple[Block, ...]:
        """What cannot be left to the speaker."""

    def draw(self, slide: Any, left: float, top: float, width: float, tall: float, look: Look) -> Any:
        """Put it on a slide."""


@dataclass(frozen=True)
class Text:
    """Paragraphs, set in the largest of ``sizes`` that fits; ``extra`` ones can be left to the speaker."""

    paragraphs: tuple[str, ...]
    sizes: tuple[int, ...] = (16, 14, SMALLEST)
    extra: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "paragraphs", tuple(map(glued, self.paragraphs)))

    def height(self, width: float, look: Look) -> float:
        """Points it takes at the smallest size."""
        return self._tall(width, self.sizes[-1], look)

    def take(self, width: float, tall: float, look: Look) -> tuple[Text | None, Text | None]:
        """As many paragraphs as fit; one that would fill a slide by itself is broken between words."""
        if fitting := next((size for size in self.sizes if self._tall(width, size, look) <= tall), None):
            return replace(self, sizes=(fitting,)), None
        smallest = replace(self, sizes=self.sizes[-1:])
        for count in range(len(self.paragraphs) - 1, 0, -1):
            part = replace(smallest, paragraphs=self.paragraphs[:count])
            if part.height(width, look) <= tall:
                return part, replace(self, paragraphs=self.paragraphs[count:])
        return None, self

    def broken(self, width: float, tall: float, look: Look) -> tuple[Text, Text | None]:
        """The first paragraph as far as it fits, and the rest."""
        size, first = self.sizes[-1], self.paragraphs[0]
        cut = measuring.clipped(first, width * 72, tall - BOX_PAD - GAP, size, face=look.face)
        if cut == first:
            return Text((first,), (size,)), replace(self, paragraphs=self.paragraphs[1:])
        words = cut.removesuffix(" ...")
        kept = words.rsplit(" ", 1)[0] if " " in words else words
        rest = (first[len(kept) :].strip(), *self.paragraphs[1:])
        return Text((kept,), (size,)), replace(self, paragraphs=rest)

    def compact(self) -> Text:
        """The same in the smallest type."""
        return replace(self, sizes=self.sizes[-1:])

    def full(self) -> tuple[Text, ...]:
        """Itself, the extra paragraphs among the others; nothing when it has none at all."""
        every = (*self.paragraphs, *self.extra)
        return (replace(self, paragraphs=every, extra=()),) if every else ()

    def lean(self) -> tuple[Text, ...]:
        """Itself without what can be left to the speaker."""
        return (replace(self, extra=()),) if self.paragraphs else ()

    def draw(self, slide: Any, left: float, top: float, width: float, tall: float, look: Look) -> Any:
        """A box of text, as tall as it needs."""
        needed = min(self._tall(width, self.sizes[0], look), tall)
        box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Pt(needed))
        frame = box.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = 0
        frame.margin_top = frame.margin_bottom = Pt(BOX_PAD / 2)
        fill_frame(frame, self.paragraphs, self.sizes[0], look)
        return box

    def _tall(self, width: float, size: int, look: Look) -> float:
        inner = sum(measuring.height(each, width * 72, size, face=look.face) for each in self.paragraphs)
        return inner + GAP * (len(self.paragraphs) - 1) + BOX_PAD


@dataclass(frozen=True)
class Table:
    """A native table: a ruled header, hairlines between rows, no style of its own.

    Attributes
    ----------
    shares : sequence of float
        The columns' shares of the width; they add up to 1 when put in proportion.
    right, strong : collection of int
        Columns set to the right; rows set in bold.
    lines : sequence of int
        Most lines a cell of each column may take, 0 for any number.
    spare : bool
        It can be left out where it would need another slide.
    fixed : bool
        Columns keep their shares whatever their words: those of a table that goes on over several slides.
    alt : str
        What the table shows, for those who cannot see it.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]
    alt: str
    right: Collection[int] = ()
    strong: Collection[int] = ()
    lines: tuple[int, ...] = ()
    sizes: tuple[int, ...] = (14, SMALLEST)
    spare: bool = False
    fixed: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "rows", tuple(tuple(map(glued, row)) for row in self.rows))

    def filled(self) -> Table:
        """The same without the columns that are blank in every row."""
        kept = [k for k in range(len(self.header)) if any(row[k] for row in self.rows)]
        return replace(
            self,
            header=tuple(self.header[k] for k in kept),
            rows=tuple(tuple(row[k] for k in kept) for row in self.rows),
            shares=tuple(self.shares[k] for k in kept),
            right=[place for place, k in enumerate(kept) if k in self.right],
            lines=tuple(self.lines[k] for k in kept) if self.lines else (),
        )

    def height(self, width: float, look: Look) -> float:
        """Points it takes at the smallest size."""
        return sum(self._heights(self._cells(width, self.sizes[-1], look), width, self.sizes[-1], look))

    def take(self, width: float, tall: float, look: Look) -> tuple[Table | None, Table | None]:
        """As many rows as fit below the header."""
        for size in self.sizes:
            cells = self._cells(width, size, look)
            heights = self._heights(cells, width, size, look)
            # Smaller type comes before cutting a name off.
            if sum(heights) <= tall and (size == self.sizes[-1] or cells[1:] == list(self.rows)):
                return replace(self, sizes=(size,)), None
        count = evenly(heights[1:], tall - heights[0])
        if count == 0:
            return None, self
        whole = replace(self.compact(), shares=tuple(self._columns(width, self.sizes[-1], look)), fixed=True)
        return whole._some(0, count), whole._some(count, len(self.rows))

    def broken(self, width: float, tall: float, look: Look) -> tuple[Table, Table | None]:
        """A first row that would fill a slide by itself, cut to it, and the rest."""
        size = self.sizes[-1]
        room = tall - self._heights(self._cells(width, size, look)[:1], width, size, look)[0] - 2 * CELL_PAD
        cells = zip(self.rows[0], self._rooms(width, size, look), strict=True)
        cut = tuple(measuring.clipped(cell, each, room, size, face=look.face) for cell, each in cells)
        whole = replace(self.compact(), shares=tuple(self._columns(width, size, look)), fixed=True)
        rest = whole._some(1, len(self.rows)) if len(self.rows) > 1 else None
        return replace(whole._some(0, 1), rows=(cut,), lines=()), rest

    def compact(self) -> Table:
        """The same in the smallest type."""
        return replace(self, sizes=self.sizes[-1:])

    def full(self) -> tuple[Table, ...]:
        """Itself."""
        return (self,)

    def lean(self) -> tuple[Table, ...]:
        """Itself, unless it is spare."""
        return () if self.spare else (self,)

    def first(self, width: float, tall: float, look: Look) -> Table:
        """As many rows from the top as fit a height in the smallest type, one at least."""
        size = self.sizes[-1]
        header, *heights = self._heights(self._cells(width, size, look), width, size, look)
        ends = list(accumulate(heights, initial=header))
        return self._some(0, max(1, sum(end <= tall for end in ends[1:])))

    def draw(self, slide: Any, left: float, top: float, width: float, tall: float, look: Look) -> Any:
        """The table, its rows as tall as their texts."""
        size = self.sizes[0]
        cells = self._cells(width, size, look)
        heights = self._heights(cells, width, size, look)
        frame = slide.shapes.add_table(1, 1, Inches(left), Inches(top), Inches(width), Pt(sum(heights)))
        columns = [int(Pt(each)) for each in self._columns(width, size, look)]
        frame._element.nvGraphicFramePr.cNvPr.set("descr", self.alt)
        table = frame._element.find(f".//{qn('a:tbl')}")
        table.getparent().replace(table, parse_xml(self._xml(cells, heights, columns, size, look)))
        return frame

    def _some(self, start: int, stop: int) -> Table:
        strong = {row - start for row in self.strong if start <= row < stop}
        return replace(self, rows=self.rows[start:stop], strong=strong)

    def _columns(self, width: float, size: int, look: Look) -> list[float]:
        """Points of width of each column: its share, or, where a word is longer than that, what all columns need."""
        whole = 72 * width
        shares = [whole * share / sum(self.shares) for share in self.shares]
        needs = []
        for column in range(0 if self.fixed else len(self.header)):
            # Numbers, and what may take one line only, stay whole; a text may be broken between words.
            cells = [row[column] for row in self.rows]
            kept = column in self.right or (self.lines and self.lines[column] == 1)
            words = cells if kept else _pieces(cells)
            longest = max(
                [measuring.width(word, size, True, look.face) for word in _pieces([self.header[column]])]
                + [measuring.width(word, size, bool(self.strong), look.face) for word in words],
                default=0.0,
            )
            # Not even the longest word takes more than this from the other columns.
            most = min(0.4 * whole, max(1.6 * shares[column], 0.12 * whole))
            needs.append(min(most, longest + self._indent(column) + CELL_PAD + 1))
        if all(need <= share for need, share in zip(needs, shares, strict=False)):
            return shares
        spare = whole - sum(needs)
        if spare < 0:
            return [whole * need / sum(needs) for need in needs]
        # Each gets what its longest word needs; the rest goes to those with more, or where the longest texts are.
        more = [max(0.0, share - need) for need, share in zip(needs, shares, strict=True)]
        texts = [float(max(map(len, (head, *cells)))) for head, *cells in zip(self.header, *self.rows, strict=True)]
        ways = (
            tuple(need + spare * part / sum(parts) for need, part in zip(needs, parts, strict=True))
            for parts in (more, texts)
        )
        lowest = min(ways, key=lambda way: replace(self, shares=way, fixed=True).height(width, look))
        return list(lowest)

    def _rooms(self, width: float, size: int, look: Look) -> list[float]:
        """Points of width for the text of each column."""
        columns = self._columns(width, size, look)
        return [each - self._indent(column) - CELL_PAD for column, each in enumerate(columns)]

    def _indent(self, column: int) -> float:
        """Points left of a cell's text: more where the column before ends in numbers."""
        return 3 * CELL_PAD if column - 1 in self.right and column not in self.right else CELL_PAD

    def _cells(self, width: float, size: int, look: Look) -> list[tuple[str, ...]]:
        """Header and rows, cut to the lines they may take."""
        rooms, most = self._rooms(width, size, look), self.lines or (0,) * len(self.header)
        cut = (
            tuple(
                measuring.one_line(cell, room, size, number in self.strong, look.face, most=many) if many else cell
                for cell, room, many in zip(row, rooms, most, strict=True)
            )
            for number, row in enumerate(self.rows)
        )
        return [self.header, *cut]

    def _heights(self, cells: Sequence[Sequence[str]], width: float, size: int, look: Look) -> list[float]:
        rooms = self._rooms(width, size, look)
        return [
            max(
                measuring.height(cell, room, size, number == 0 or number - 1 in self.strong, look.face)
                for cell, room in zip(row, rooms, strict=True)
            )
            + 2 * CELL_PAD
            for number, row in enumerate(cells)
        ]

    def _xml(
        self, cells: Sequence[Sequence[str]], heights: Sequence[float], columns: Sequence[int], size: int, look: Look
    ) -> str:
        """The whole table as XML: cell by cell, python-pptx takes ten times as long."""
        ink, pad = _fill(look.ink), int(Pt(CELL_PAD))
        around = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
        grid = "".join(f'<a:gridCol w="{wide}"/>' for wide in columns)
        body = []
        for number, (row, tall) in enumerate(zip(cells, heights, strict=True)):
            bold = int(number == 0 or number - 1 in self.strong)
            line, fill = (19050, ink) if number == 0 else (6350, _fill(look.ink, pale=True))
            below = f'<a:lnB w="{line}">{fill}</a:lnB>'
            run = f'lang="en-GB" sz="{100 * size}" b="{bold}"'
            body.append(f'<a:tr h="{int(Pt(tall))}">')
            for column, cell in enumerate(row):
                side = "r" if column in self.right else "l"
                text = "".join(
                    f'<a:p><a:pPr algn="{side}"{_direction(part)}><a:defRPr sz="{100 * size}" b="{bold}"/></a:pPr>'
                    + (f"<a:r><a:rPr {run}>{ink}</a:rPr><a:t>{escape(part)}</a:t></a:r>" if part else "")
                    + f'<a:endParaRPr sz="{100 * size}"/></a:p>'
                    for part in plain(cell).split("\n")
                )
                body.append(
                    f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{text}</a:txBody>"
                    f'<a:tcPr marL="{int(Pt(self._indent(column)))}" marR="{pad}" marT="{pad}" marB="{pad}" '
                    f'anchor="{"b" if number == 0 else "t"}">{around}{below}<a:noFill/></a:tcPr></a:tc>'
                )
            body.append("</a:tr>")
        return (
            f'<a:tbl {nsdecls("a")}><a:tblPr firstRow="1"><a:tableStyleId>{NO_STYLE}</a:tableStyleId></a:tblPr>'
            f"<a:tblGrid>{grid}</a:tblGrid>{''.join(body)}</a:tbl>"
        )


def _pieces(cells: Sequence[str]) -> list[str]:
    return [piece for cell in cells for word in measuring.broken(cell) for piece in measuring.hyphenated(word)]


def evenly(heights: Sequence[float], room: float) -> int:
    """How many rows go on the first of as few pages as they need, so that no page is left with a single row.

    Examples
    --------
    >>> evenly([10] * 7, 60), evenly([10] * 3, 60), evenly([70], 60)
    (4, 3, 0)
    """

    def pages(rows: Sequence[float]) -> int:
        count, used = 0, room + 1
        for row in rows:
            count, used = (count, used + row) if used + row <= room else (count + 1, row)
        return count

    needed = pages(heights)
    ends = list(accumulate(heights))
    for count, end in enumerate(ends, start=1):
        if end > room:
            return count - 1
        if end >= ends[-1] / needed and pages(heights[count:]) < needed:
            return count
    return 0


def fill_frame(frame: Any, paragraphs: Sequence[str], size: float, look: Look, *, bold: bool | None = None) -> None:
    """Paragraphs into a text frame, in the ink of the deck; those that begin in a right-to-left script run so."""
    parts = [part for each in paragraphs for part in plain(each).split("\n")]
    for number, part in enumerate(parts):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = part
        run.font.size, run.font.bold = Pt(size), bold
        paint(run.font.color, look.ink)
        if number < len(parts) - 1:
            paragraph.space_after = Pt(GAP)
        if _direction(part):
            paragraph._p.get_or_add_pPr().set("rtl", "1")
            paragraph.alignment = PP_ALIGN.RIGHT


def paint(colour: Any, ink: Ink) -> None:
    """Give a python-pptx colour the ink of the deck."""
    if ink.kind == "schemeClr":
        colour.theme_color = MSO_THEME_COLOR.from_xml(ink.value)
    else:
        colour.rgb = RGBColor.from_string(ink.value)


def glued(text: str) -> str:
    """Text in which a number and its per cent sign stay on one line."""
    return text.replace(" %", PER_CENT)


def plain(text: str) -> str:
    """Text without the characters that XML cannot hold, all breaks of lines alike."""
    return UNPRINTABLE.sub("", measuring.BREAKS.sub("\n", text))


def _fill(ink: Ink, *, pale: bool = False) -> str:
    inner = '<a:lumMod val="40000"/><a:lumOff val="60000"/>' if pale else ""
    return f'<a:solidFill><a:{ink.kind} val="{ink.value}">{inner}</a:{ink.kind}></a:solidFill>'


def _direction(text: str) -> str:
    """The attribute of a paragraph whose first letter is of a right-to-left script."""
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return "" if first == "L" else ' rtl="1"'
