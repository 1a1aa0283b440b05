"""Texts and tables of a slide: native, measured, and taken apart where they do not fit.

Every kind of block is set at a width, says how tall it is, gives up as much of itself as fits
a height, and draws itself. Widths and places are in inches, heights in points.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any, NamedTuple, Protocol, Self
from xml.sax.saxutils import escape

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from ..story import Table, Text
from . import measuring
from .templates import Ink, Look

CELL_PAD = 5.0
"""Points on each side of a cell's text."""
BOX_PAD = 8.0
"""Points above and below a box's text together."""
GAP = 7
"""Points after a paragraph."""
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid", known to every PowerPoint
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


class Setting(Protocol):
    """A block set at a width."""

    def height(self) -> float:
        """Points it takes in its smallest type."""

    def take(self, tall: float, *, alone: bool) -> tuple[Self | None, Self | None]:
        """What of it fits a height, and what is left; what is ``alone`` on its slide is cut rather than sent on."""

    def draw(self, slide: Any, left: float, top: float, tall: float) -> None:
        """Put it on a slide."""


@dataclass(frozen=True)
class SetText:
    """Paragraphs in a box."""

    text: Text
    width: float
    look: Look

    def height(self) -> float:
        """Points it takes in its smallest type."""
        return self._height(self.text.sizes[-1])

    def take(self, tall: float, *, alone: bool) -> tuple[SetText | None, SetText | None]:
        """As many paragraphs as fit; one that would fill a slide by itself is broken between words."""
        if fitting := next((size for size in self.text.sizes if self._height(size) <= tall), None):
            return self._with(self.text.paragraphs, sizes=(fitting,)), None
        for count in range(len(self.text.paragraphs) - 1, 0, -1):
            part = self._with(self.text.paragraphs[:count], sizes=self.text.sizes[-1:])
            if part.height() <= tall:
                return part, self._with(self.text.paragraphs[count:])
        return self._broken(tall) if alone else (None, self)

    def draw(self, slide: Any, left: float, top: float, tall: float) -> None:
        """A box of text, as tall as it needs."""
        needed = min(self._height(self.text.sizes[0]), tall)
        frame = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(self.width), Pt(needed)).text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = 0
        frame.margin_top = frame.margin_bottom = Pt(BOX_PAD / 2)
        fill_frame(frame, self.text.paragraphs, self.text.sizes[0], self.look)

    def _broken(self, tall: float) -> tuple[SetText, SetText]:
        """The first paragraph as far as it fits, and the rest."""
        size, first, others = self.text.sizes[-1], self.text.paragraphs[0], self.text.paragraphs[1:]
        cut = measuring.clipped(first, self.width * 72, tall - BOX_PAD - GAP, size, face=self.look.face)
        words = cut.removesuffix(" ...")
        start = words.rsplit(" ", 1)[0] if " " in words else words
        return self._with([start], sizes=(size,)), self._with([first[len(start) :].strip(), *others])

    def _with(self, paragraphs: Sequence[str], **changed: Any) -> SetText:
        return replace(self, text=replace(self.text, paragraphs=paragraphs, **changed))

    def _height(self, size: int) -> float:
        paragraphs, face = self.text.paragraphs, self.look.face
        inner = sum(measuring.height(each, self.width * 72, size, face=face) for each in paragraphs)
        return inner + GAP * (len(paragraphs) - 1) + BOX_PAD


class TableGrid(NamedTuple):
    """A table in one size of type: widths of its columns, their rooms for text, cells from the header down, heights."""

    columns: list[float]
    rooms: list[float]
    cells: list[tuple[str, ...]]
    heights: list[float]


@dataclass(frozen=True)
class SetTable:
    """A ruled header, hairlines between rows, no style of its own.

    When ``fixed``, columns keep their shares whatever their words: those of a table that goes on over several slides.
    """

    table: Table
    width: float
    look: Look
    fixed: bool = False

    def height(self) -> float:
        """Points it takes in its smallest type."""
        return sum(self.grid(self.table.sizes[-1]).heights)

    def take(self, tall: float, *, alone: bool) -> tuple[SetTable | None, SetTable | None]:
        """As many rows as fit below the header; a first row that would fill a slide by itself is cut."""
        rows, sizes = self.table.rows, self.table.sizes
        for size in sizes:
            grid = self.grid(size)
            # Smaller type comes before cutting a name off.
            if sum(grid.heights) <= tall and (size == sizes[-1] or grid.cells[1:] == rows):
                return replace(self, table=replace(self.table, sizes=(size,))), None
        count = evenly(grid.heights[1:], tall - grid.heights[0])
        if not count and not alone:
            return None, self
        columns = [each._replace(share=wide) for each, wide in zip(self.table.columns, grid.columns, strict=True)]
        whole = replace(self, table=replace(self.table, columns=columns, sizes=sizes[-1:]), fixed=True)
        first = whole.part(0, count) if count else whole._cut(grid, tall)
        return first, whole.part(count or 1, len(rows)) if len(rows) > (count or 1) else None

    def draw(self, slide: Any, left: float, top: float, tall: float) -> None:
        """The table, its rows as tall as their texts."""
        grid = self.grid(self.table.sizes[0])
        frame = slide.shapes.add_table(1, 1, Inches(left), Inches(top), Inches(self.width), Pt(sum(grid.heights)))
        frame._element.nvGraphicFramePr.cNvPr.set("descr", self.table.alt)
        drawn = frame._element.find(f".//{qn('a:tbl')}")
        drawn.getparent().replace(drawn, parse_xml(self._xml(grid)))

    def part(self, start: int, stop: int) -> SetTable:
        """Some of its rows."""
        return replace(self, table=self.table.part(start, stop))

    def first(self, tall: float) -> Table:
        """As many rows from the top as fit a height in the smallest type, one at least."""
        ends = list(accumulate(self.grid(self.table.sizes[-1]).heights))
        return self.table.part(0, max(1, sum(end <= tall for end in ends[1:])))

    def grid(self, size: int) -> TableGrid:
        """The table in a size of type, cells cut to the lines they may take."""
        table, face = self.table, self.look.face
        columns = self._columns(size)
        rooms = [each - self._indent(column) - CELL_PAD for column, each in enumerate(columns)]
        cells = [tuple(column.heading for column in table.columns)]
        for number, row in enumerate(table.rows):
            strong = number in table.strong
            cells.append(
                tuple(
                    measuring.one_line(cell, room, size, strong, face, most=column.lines) if column.lines else cell
                    for cell, room, column in zip(row, rooms, table.columns, strict=True)
                )
            )
        heights = []
        for number, row in enumerate(cells, start=-1):
            bold = number in (-1, *table.strong)
            tallest = max(measuring.height(cell, room, size, bold, face) for cell, room in zip(row, rooms, strict=True))
            heights.append(tallest + 2 * CELL_PAD)
        return TableGrid(columns, rooms, cells, heights)

    def _cut(self, grid: TableGrid, tall: float) -> SetTable:
        """The first row, its cells cut to a height."""
        size, room = self.table.sizes[-1], tall - grid.heights[0] - 2 * CELL_PAD
        columns = [
            column._replace(cells=[measuring.clipped(column.cells[0], wide, room, size, face=self.look.face)], lines=0)
            for column, wide in zip(self.table.columns, grid.rooms, strict=True)
        ]
        return replace(self, table=replace(self.table.part(0, 1), columns=columns))

    def _columns(self, size: int) -> list[float]:
        """Points of width of each column: its share, or, where a word is longer than that, what all columns need."""
        columns, whole = self.table.columns, 72 * self.width
        total = sum(column.share for column in columns)
        shares = [whole * column.share / total for column in columns]
        if self.fixed:
            return shares
        needs = []
        for number, (column, share) in enumerate(zip(columns, shares, strict=True)):
            # Numbers, and what may take one line only, stay whole; a text may be broken between words.
            words = column.cells if column.right or column.lines == 1 else _pieces(column.cells)
            longest = max(
                [measuring.width(word, size, True, self.look.face) for word in _pieces([column.heading])]
                + [measuring.width(word, size, bool(self.table.strong), self.look.face) for word in words],
                default=0.0,
            )
            # Not even the longest word takes more than this from the other columns.
            most = min(0.4 * whole, max(1.6 * share, 0.12 * whole))
            needs.append(min(most, longest + self._indent(number) + CELL_PAD + 1))
        if all(need <= share for need, share in zip(needs, shares, strict=True)):
            return shares
        spare = whole - sum(needs)
        if spare < 0:
            return [whole * need / sum(needs) for need in needs]
        # Each gets what its longest word needs; the rest goes to those with more, or where the longest texts are.
        more = [max(0.0, share - need) for need, share in zip(needs, shares, strict=True)]
        texts = [float(max(map(len, (column.heading, *column.cells)))) for column in columns]
        ways = [
            [need + spare * part / sum(parts) for need, part in zip(needs, parts, strict=True)]
            for parts in (more, texts)
        ]
        return min(ways, key=self._height_at)

    def _height_at(self, widths: Sequence[float]) -> float:
        """Its height with columns of given widths."""
        columns = [each._replace(share=wide) for each, wide in zip(self.table.columns, widths, strict=True)]
        return replace(self, table=replace(self.table, columns=columns), fixed=True).height()

    def _indent(self, number: int) -> float:
        """Points left of a cell's text: more where the column before ends in numbers."""
        columns = self.table.columns
        return 3 * CELL_PAD if number and columns[number - 1].right and not columns[number].right else CELL_PAD

    def _xml(self, grid: TableGrid) -> str:
        """The whole table as XML: cell by cell, python-pptx takes ten times as long."""
        ink, pad, size = _fill(self.look.ink), int(Pt(CELL_PAD)), 100 * self.table.sizes[0]
        around = "".join(f'<a:{side} w="0"><a:noFill/></a:{side}>' for side in ("lnL", "lnR", "lnT"))
        columns = "".join(f'<a:gridCol w="{int(Pt(wide))}"/>' for wide in grid.columns)
        body = []
        for number, (row, tall) in enumerate(zip(grid.cells, grid.heights, strict=True)):
            bold = int(number == 0 or number - 1 in self.table.strong)
            line, fill = (19050, ink) if number == 0 else (6350, _fill(self.look.ink, pale=True))
            below = f'<a:lnB w="{line}">{fill}</a:lnB>'
            body.append(f'<a:tr h="{int(Pt(tall))}">')
            for place, cell in enumerate(row):
                side = "r" if self.table.columns[place].right else "l"
                text = "".join(
                    f'<a:p><a:pPr algn="{side}"{_direction(part)}><a:defRPr sz="{size}" b="{bold}"/></a:pPr>'
                    + (
                        f'<a:r><a:rPr lang="en-GB" sz="{size}" b="{bold}">{ink}</a:rPr><a:t>{escape(part)}</a:t></a:r>'
                        if part
                        else ""
                    )
                    + f'<a:endParaRPr sz="{size}"/></a:p>'
                    for part in printable(cell).split("\n")
                )
                body.append(
                    f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{text}</a:txBody>"
                    f'<a:tcPr marL="{int(Pt(self._indent(place)))}" marR="{pad}" marT="{pad}" marB="{pad}" '
                    f'anchor="{"b" if number == 0 else "t"}">{around}{below}<a:noFill/></a:tcPr></a:tc>'
                )
            body.append("</a:tr>")
        return (
            f'<a:tbl {nsdecls("a")}><a:tblPr firstRow="1"><a:tableStyleId>{NO_STYLE}</a:tableStyleId></a:tblPr>'
            f"<a:tblGrid>{columns}</a:tblGrid>{''.join(body)}</a:tbl>"
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
    parts = [part for each in paragraphs for part in printable(each).split("\n")]
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


def printable(text: str) -> str:
    """Text without the characters that XML cannot hold, all breaks of lines alike."""
    return UNPRINTABLE.sub("", measuring.BREAKS.sub("\n", text))


def _fill(ink: Ink, *, pale: bool = False) -> str:
    inner = '<a:lumMod val="40000"/><a:lumOff val="60000"/>' if pale else ""
    return f'<a:solidFill><a:{ink.kind} val="{ink.value}">{inner}</a:{ink.kind}></a:solidFill>'


def _direction(text: str) -> str:
    """The attribute of a paragraph whose first letter is of a right-to-left script."""
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return "" if first == "L" else ' rtl="1"'
