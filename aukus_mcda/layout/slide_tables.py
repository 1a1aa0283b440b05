# SPDX-License-Identifier: Apache-2.0
"""Tables and texts on slides, native and measured: plain, with heat, as cards with large numbers, as steps."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import Any

from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from ..story import Column, Table, Tone
from ..text import markup
from . import measuring, theme
from .measuring import printable
from .templates import Place, filled_box

CELL_PAD, NUMBER_PAD = 5.0, 16.0
"""Points left and right of a cell's text; right of a number, which is set right, where a text stands beside it."""
LINE_PAD, HEAT_PAD = 3.0, 2.0
"""Points above and below it, and within a box of text; in a cell filled by heat."""
BIG = 30.0
"""Points of the number on a card."""
CARD_GAP, CARD_PAD = 14.0, 12.0
HEADING_SHARE = 0.3
"""Of the width of steps that their headings take."""
LABEL_SHARE = 0.28
"""Of the width that labels beside heat may take to stand in one line, so that more rows fit."""
EDGE_WIDE, STEP_GAP = 5.0, 8.0
"""Points of width of the coloured edge of a step, and between steps."""
RANK = re.compile(r"^\s*\d+=? +")
"""What may stand before the name of an option."""


@dataclass(frozen=True)
class Font:
    """How text is set: its size in points, its font, its colour and what is behind it."""

    size: float
    face: str
    ink: str
    ground: str

    def height(self, text: str, room: float, *, bold: bool = False) -> float:
        """Points of height of a text wrapped to a width; nothing for a blank one."""
        return measuring.height(printable(text), room, self.size, bold, self.face) if text else 0.0

    def width(self, text: str, *, bold: bool = True) -> float:
        """Points of width of a text."""
        return measuring.width(printable(text), self.size, bold, self.face)

    def clipped(self, text: str, room: float, tall: float, *, bold: bool = True) -> str:
        """As much of a text as fits a box."""
        return measuring.clipped(printable(text), room, tall, self.size, bold, self.face)

    @property
    def line(self) -> str:
        """The colour of thin lines."""
        return theme.THIN_LINE if theme.contrast(theme.INK, self.ground) > 4.5 else theme.GREY

    def tone(self, tone: Tone) -> str:
        """The colour of a text of a tone."""
        return self.ink if tone == "plain" else theme.seen_on(self.ground, theme.TONES[tone], tone)

    def mark(self, tone: Tone) -> str:
        """The colour of a dot or a bar of a tone."""
        return theme.seen_on(self.ground, theme.MARKS[tone], tone, least=3)


class Laid:
    """A block laid out at a width: points of height of its heading and of each row, and of what is beneath.

    ``rooms`` are the points of width that the texts of each column have.
    """

    def __init__(self, font: Font, width: float, heights: Sequence[float], rooms: Sequence[float]) -> None:
        self.font, self.width, self.heights, self.rooms = font, width, heights, rooms
        self.height = sum(heights)

    def draw(self, slide: Any, left: float, top: float) -> None:
        """Put it on a slide."""
        raise NotImplementedError

    def rows_in(self, tall: float) -> int:
        """How many rows below the heading fit a height."""
        return sum(end <= tall for end in list(accumulate(self.heights))[1:])


class Sentence(Laid):
    """A text across the slide."""

    def __init__(self, text: str, width: float, font: Font) -> None:
        super().__init__(font, width, (0.0, font.height(text, width) + 2 * LINE_PAD), (width,))
        self.text = text

    def draw(self, slide: Any, left: float, top: float) -> None:
        """Put it on a slide, unless it is blank."""
        if self.text:
            add_text(slide, self.text, Place(left, top, self.width, self.height), self.font)


class Cards(Laid):
    """A tinted box for each row, side by side and as tall as the tallest: its number large, its text below."""

    def __init__(self, table: Table, width: float, font: Font) -> None:
        count = len(table)
        wide = (width - CARD_GAP * (count - 1)) / count
        room = wide - 2 * CARD_PAD
        widest = max(replace(font, size=BIG).width(number) for number, *_ in table.rows)
        big = replace(font, size=min(BIG, max(font.size, int(BIG * room / (widest + 1)))))
        tallest = max(
            big.height(number, room, bold=True) + font.height("\n".join(texts), room) for number, *texts in table.rows
        )
        super().__init__(font, wide, (0.0, tallest + 2 * CARD_PAD), (room, room))
        self.table, self.big = table, big.size

    def draw(self, slide: Any, left: float, top: float) -> None:
        """Put them on a slide."""
        for place, (number, *texts) in enumerate(self.table.rows):
            across = left + place * (self.width + CARD_GAP)
            box = filled_box(slide.shapes, Place(across, top, self.width, self.height), theme.TINT, f"Card {place + 1}")
            frame = frame_of(box, CARD_PAD, CARD_PAD / 2)
            colour = theme.seen_on(theme.TINT, theme.TONES[self.table.tones[place]])
            write(frame, number, self.big, colour, bold=True)
            write(frame, "\n".join(texts), self.font.size, theme.INK)


class Steps(Laid):
    """A coloured edge, a heading and its text for each row."""

    def __init__(self, table: Table, width: float, font: Font) -> None:
        head = HEADING_SHARE * width - EDGE_WIDE - 3 * CELL_PAD
        body = width - HEADING_SHARE * width
        heights = [
            max(font.height(heading, head, bold=True), font.height("\n".join(texts), body)) + 2 * LINE_PAD + STEP_GAP
            for heading, *texts in table.rows
        ]
        super().__init__(font, width, (0.0, *heights), (head, body))
        self.table = table

    def draw(self, slide: Any, left: float, top: float) -> None:
        """Put them on a slide."""
        rows = zip(self.table.rows, self.table.tones, self.heights[1:], strict=True)
        for number, ((heading, *texts), tone, taken) in enumerate(rows, start=1):
            tall = taken - STEP_GAP
            filled_box(slide.shapes, Place(left, top, EDGE_WIDE, tall), self.font.mark(tone), f"Edge {number}")
            box = Place(left + EDGE_WIDE + 2 * CELL_PAD, top, self.rooms[0], tall)
            add_text(slide, heading, box, self.font, self.font.tone(tone), bold=True)
            box = Place(left + HEADING_SHARE * self.width, top, self.rooms[1], tall)
            add_text(slide, "\n".join(texts), box, self.font)
            top += taken


class TableGrid(Laid):
    """A table with a ruled heading and hairlines between rows, every row at least so tall."""

    def __init__(
        self, table: Table, width: float, font: Font, least: float = 0.0, columns: Sequence[float] = ()
    ) -> None:
        columns = columns or _widths(table, width, font)
        rooms = [wide - CELL_PAD - right for wide, right in zip(columns, _rights(table), strict=True)]
        if table.look == "heat":
            pairs = zip(table.columns, rooms, strict=True)
            cut = [replace(each, heading=font.clipped(each.heading, room, 5 * font.size)) for each, room in pairs]
            table = replace(table, columns=[cut_to(cut[0], rooms[0], font, 2, bold=True), *cut[1:]])
        pad = self.pad = HEAT_PAD if table.look == "heat" else LINE_PAD

        def tall(row: Iterable[str], bold: bool) -> float:
            return max(font.height(cell, room, bold=bold) for cell, room in zip(row, rooms, strict=True))

        head = tall([column.heading for column in table.columns], True)
        rows = [tall(row, tone in theme.LOUD) for row, tone in zip(table.rows, table.tones, strict=True)]
        heights = [head + 2 * pad if head else 0.0, *(max(each + 2 * pad, least) for each in rows)]
        super().__init__(font, sum(columns), heights, rooms)
        self.table, self.columns = table, columns

    def cells(self) -> list[list[theme.Cell]]:
        """What is written where and how: the headings, then row by row."""
        return theme.drawn_cells(self.table, self.font.tone)

    def draw(self, slide: Any, left: float, top: float) -> None:
        """A native table, no style of its own."""
        frame = slide.shapes.add_table(1, 1, Pt(left), Pt(top), Pt(self.width), Pt(self.height))
        frame.name = "Table"
        frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(self.table.alt))
        drawn = frame._element.find(f".//{qn('a:tbl')}")
        how = {"grid": self, "size": round(100 * self.font.size), "left": CELL_PAD, "rights": _rights(self.table)}
        how |= {"namespace": nsdecls("a"), "units": _units, "printable": printable, "right_to_left": right_to_left}
        # Cell by cell, python-pptx takes ten times as long.
        drawn.getparent().replace(drawn, parse_xml(markup("layout/slide_table.xml").render(how)))


def _rights(table: Table) -> list[float]:
    """Points right of the text of each column."""
    texts = [column.kind == "text" or table.look != "plain" for column in table.columns]
    return [
        NUMBER_PAD if after and not text else CELL_PAD for text, after in zip(texts, [*texts[1:], False], strict=True)
    ]


def _units(points: float) -> int:
    return int(Pt(points))


def cut_to(column: Column, room: float, font: Font, lines: float, *, bold: bool) -> Column:
    """A column with its texts cut to so many lines: at the end, or in the middle where two would read alike."""
    tall = (lines + 0.2) * font.size * measuring.LINE
    cells = [font.clipped(text, room, tall, bold=bold) for text in column.texts]
    names = [RANK.sub("", cell) for cell in cells]
    alike = Counter(name for name, _ in set(zip(names, (RANK.sub("", text) for text in column.texts), strict=True)))
    for place, text in enumerate(column.texts):
        if cells[place] != text and alike[names[place]] > 1:
            words = text.split(" ")
            halves = (" ".join([*words[:many], "...", *words[-many:]]) for many in range(len(words) // 2, 0, -1))
            fitting = (each for each in halves if font.height(each, room, bold=bold) <= tall)
            cells[place] = next(fitting, cells[place])
    return replace(column, cells=cells, kind="text")


def needs_of(column: Column, width: float, font: Font, in_one_line: float = 0.0) -> float:
    """Points without which a word of a column is broken, but for a word that takes half of the slide.

    Or the heading or a cell, where it takes no more than the share ``in_one_line`` of the width.
    """
    cells = [cell for cell in column.texts if font.width(cell) <= in_one_line * width or column.kind != "text"]
    words = {word for cell in column.texts for word in cell.split()} if column.kind == "text" else set()
    heading = [column.heading] if font.width(column.heading) <= in_one_line * width else column.heading.split()
    longest = max(map(font.width, [*heading, *cells, *words]), default=0.0)
    return min(longest + 2 * CELL_PAD + 2, 0.4 * width)


def _needs(table: Table, width: float, font: Font) -> list[float]:
    """What each column needs; labels beside heat stand in one line, unless that takes much of the width."""
    in_one_line = [LABEL_SHARE if table.look == "heat" else 0.0, *[0.0] * len(table.columns)]
    parts = zip(table.columns, in_one_line, _rights(table), strict=False)
    return [needs_of(column, width, font, share) + right - CELL_PAD for column, share, right in parts]


def _widths(table: Table, width: float, font: Font) -> list[float]:
    """Each column's share of the width, but no less than it needs where the others can spare it."""
    total = sum(column.share for column in table.columns)
    shares = [width * column.share / total for column in table.columns]
    needs = _needs(table, width, font)
    if table.look == "heat":
        widest = max(need for need, column in zip(needs, table.columns, strict=True) if column.kind != "text")
        alike = [need if column.kind == "text" else widest for need, column in zip(needs, table.columns, strict=True)]
        needs = alike if sum(alike) <= width else needs
    short = sum(max(0.0, need - share) for need, share in zip(needs, shares, strict=True))
    spare = sum(max(0.0, share - need) for need, share in zip(needs, shares, strict=True))
    if spare < short:
        return [width * need / sum(needs) for need in needs]
    given = short / spare if spare else 0.0
    return [max(need, share - (share - need) * given) for need, share in zip(needs, shares, strict=True)]


def is_whole(table: Table, width: float, font: Font) -> bool:
    """Whether a table is wide enough for its words."""
    return table.look == "cards" or sum(_needs(table, width, font)) <= width


def in_widths(table: Table, width: float, font: Font) -> list[Table]:
    """A table cut between columns of numbers where it is too wide for its words, its texts on each part."""
    needs = _needs(table, width, font)
    texts = [place for place, column in enumerate(table.columns) if column.kind == "text"]
    numbers = [place for place in range(len(needs)) if place not in texts]
    if is_whole(table, width, font) or len(numbers) < 2 or table.look == "steps":
        return [table]
    room = width - sum(needs[place] for place in texts)
    parts: list[list[int]] = [[]]
    for place in numbers:
        if parts[-1] and sum(needs[each] for each in [*parts[-1], place]) > room:
            parts.append([])
        parts[-1].append(place)
    return [replace(table, columns=[table.columns[place] for place in sorted([*texts, *part])]) for part in parts]


def frame_of(shape: Any, across: float = 0.0, down: float = 0.0, anchor: Any = MSO_ANCHOR.TOP) -> Any:
    """The frame of a shape's text, with so many points left and right of it, and above and below."""
    frame = shape.text_frame
    frame.margin_left = frame.margin_right = Pt(across)
    frame.margin_top = frame.margin_bottom = Pt(down)
    frame.vertical_anchor = anchor
    return frame


def add_text(
    slide: Any, text: str, box: Place, font: Font, colour: str = "", *, bold: bool = False, align: Any = PP_ALIGN.LEFT
) -> Any:
    """A box of text."""
    shape = slide.shapes.add_textbox(*map(Pt, box))
    frame = frame_of(shape, 0.0, LINE_PAD)
    write(frame, text, font.size, colour or font.ink, bold=bold, align=align)
    return shape


def write(frame: Any, text: str, size: float, colour: str, *, bold: bool = False, align: Any = PP_ALIGN.LEFT) -> None:
    """A text at the end of a frame, a paragraph a line; those that begin in a right-to-left script run so."""
    frame.word_wrap = True
    for line in printable(text).split("\n"):
        paragraph = frame.add_paragraph() if frame.text else frame.paragraphs[0]
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold, paragraph.alignment = Pt(size), bold, align
        run.font.color.rgb = RGBColor.from_string(colour[1:])
        if right_to_left(line):
            paragraph._p.get_or_add_pPr().set("rtl", "1")
            paragraph.alignment = PP_ALIGN.RIGHT if align == PP_ALIGN.LEFT else align


def right_to_left(text: str) -> bool:
    """Whether the first letter of a text is of a script that runs so."""
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return first != "L"
