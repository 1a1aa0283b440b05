"""Tables on slides, native and measured: plain, filled by heat, as cards with large numbers, and as steps."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from xml.sax.saxutils import escape

from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from ..story import Column, Table
from . import measuring, theme
from .measuring import printable
from .templates import Ink, Look

CELL_PAD = 5.0
"""Points left and right of a cell's text."""
GAP = 7.0
"""Points between paragraphs."""
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid", known to every PowerPoint
BIG = 30.0
"""Points of the number on a card."""
HEADING_SHARE = 0.24
"""Of the width of steps that their headings take."""
EDGE = 5.0
"""Points of width of the coloured edge of a step."""


@dataclass(frozen=True)
class Grid:
    """A table in one size of type at one width: its cells from the heading down, and what they measure in points."""

    table: Table
    look: Look
    size: float
    pad: float
    columns: tuple[float, ...]
    cells: tuple[tuple[str, ...], ...]
    heights: tuple[float, ...]

    @property
    def height(self) -> float:
        """Of all rows."""
        return sum(self.heights)

    def first(self, tall: float) -> int:
        """How many rows below the heading fit a height."""
        return sum(end <= tall for end in list(accumulate(self.heights))[1:])


def grid(table: Table, width: float, size: float, look: Look, *, pad: float = 3.0, least: float = 0.0) -> Grid:
    """A table laid out at a width in points; every row is at least so tall."""
    columns = _widths(table.columns, width, size, look)
    headings = tuple(column.heading for column in table.columns)
    rows = [headings, *table.rows] if any(headings) else [tuple("" for _ in headings), *table.rows]
    heights = []
    for number, row in enumerate(rows):
        bold = number == 0 or _tone(table, number - 1) == "accent"
        tall = max(
            measuring.height(cell, wide - 2 * CELL_PAD, size, bold, look.face) if cell else 0.0
            for cell, wide in zip(row, columns, strict=True)
        )
        heights.append(max(tall + 2 * pad, least) if any(row) or number else 0.0)
    return Grid(table, look, size, pad, tuple(columns), tuple(rows), tuple(heights))


def _widths(columns: Sequence[Column], width: float, size: float, look: Look) -> list[float]:
    """Each column's share of the width, but no less than its longest word where the others can spare it."""
    total = sum(column.share for column in columns)
    shares = [width * column.share / total for column in columns]
    needs = []
    for column in columns:
        whole = column.texts if column.kind != "text" else [word for cell in column.texts for word in cell.split()]
        words = [*column.heading.split(), *whole]
        longest = max((measuring.width(word, size, True, look.face) for word in words), default=0.0)
        needs.append(min(longest + 2 * CELL_PAD + 2, 0.4 * width))
    short = sum(max(0.0, need - share) for need, share in zip(needs, shares, strict=True))
    spare = sum(max(0.0, share - need) for need, share in zip(needs, shares, strict=True))
    if short <= 0:
        return shares
    if spare < short:
        return [width * need / sum(needs) for need in needs]
    return [
        need if need >= share else share - (share - need) * short / spare
        for need, share in zip(needs, shares, strict=True)
    ]


def part(table: Table, start: int, stop: int) -> Table:
    """Some rows of a table."""
    columns = [column._replace(cells=list(column.cells)[start:stop]) for column in table.columns]
    return Table(columns, table.alt, table.look, table.tones[start:stop])


def draw_grid(slide: Any, laid: Grid, left: float, top: float) -> None:
    """A native table with a ruled heading and hairlines between rows, no style of its own."""
    frame = slide.shapes.add_table(1, 1, Pt(left), Pt(top), Pt(sum(laid.columns)), Pt(laid.height))
    frame.name = "Table"
    frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(laid.table.alt))
    drawn = frame._element.find(f".//{qn('a:tbl')}")
    drawn.getparent().replace(drawn, parse_xml(_xml(laid)))


def _xml(laid: Grid) -> str:
    """The whole table as XML: cell by cell, python-pptx takes ten times as long."""
    table, look = laid.table, laid.look
    heat = theme.heat(table) if table.look == "heat" else None
    size, pad, side = round(100 * laid.size), int(Pt(laid.pad)), int(Pt(CELL_PAD))
    ink = _fill(look.ink)
    body = []
    for number, (row, tall) in enumerate(zip(laid.cells, laid.heights, strict=True), start=-1):
        if number < 0 and not tall:
            continue
        tone = _tone(table, number) if number >= 0 else "plain"
        body.append(f'<a:tr h="{int(Pt(tall))}">')
        for place, cell in enumerate(row):
            filled = heat[number][place] if heat is not None and number >= 0 else None
            strong = number < 0 or (tone in ("accent", "warn") and place == 0) or tone == "accent"
            centred = filled is not None or (heat is not None and table.columns[place].kind != "text")
            align = "ctr" if centred else "l" if table.columns[place].kind == "text" else "r"
            if filled is not None:
                colour, ground = _rgb(filled.ink), _rgb(filled.ground)
            else:
                ground = "<a:noFill/>"
                toned = number >= 0 and tone != "plain" and not look.dark
                colour = _rgb(theme.TONES[tone]) if toned else ink
            body.append(_cell(cell, align, size, strong, colour, ground, pad, side, heading=number < 0, ink=ink))
        body.append("</a:tr>")
    columns = "".join(f'<a:gridCol w="{int(Pt(wide))}"/>' for wide in laid.columns)
    first = ' firstRow="1"' if laid.heights[0] else ""
    return (
        f"<a:tbl {nsdecls('a')}><a:tblPr{first}><a:tableStyleId>{NO_STYLE}</a:tableStyleId></a:tblPr>"
        f"<a:tblGrid>{columns}</a:tblGrid>{''.join(body)}</a:tbl>"
    )


def _cell(
    text: str,
    align: str,
    size: int,
    strong: bool,
    colour: str,
    ground: str,
    pad: int,
    side: int,
    *,
    heading: bool,
    ink: str,
) -> str:
    around = "".join(f'<a:{edge} w="0"><a:noFill/></a:{edge}>' for edge in ("lnL", "lnR", "lnT"))
    line = f'<a:lnB w="12700">{ink}</a:lnB>' if heading else f'<a:lnB w="6350">{_rgb(theme.LINE)}</a:lnB>'
    runs = "".join(
        f'<a:p><a:pPr algn="{align}"{_direction(each)}/>'
        + (
            f'<a:r><a:rPr lang="en-GB" sz="{size}" b="{int(strong)}">{colour}</a:rPr><a:t>{escape(each)}</a:t></a:r>'
            if each
            else ""
        )
        + f'<a:endParaRPr lang="en-GB" sz="{size}"/></a:p>'
        for each in printable(text).split("\n")
    )
    return (
        f"<a:tc><a:txBody><a:bodyPr/><a:lstStyle/>{runs}</a:txBody>"
        f'<a:tcPr marL="{side}" marR="{side}" marT="{pad}" marB="{pad}" anchor="{"b" if heading else "ctr"}">'
        f"{around}{line}{ground}</a:tcPr></a:tc>"
    )


def cards_height(table: Table, width: float, size: float, look: Look) -> float:
    """Points that cards take side by side."""
    wide = _card_width(table, width) - 24
    texts = max(measuring.height(text, wide, size, face=look.face) for text in table.columns[1].texts)
    return BIG * 1.25 + texts + 26


def _card_width(table: Table, width: float) -> float:
    count = max(len(table.rows), 1)
    return (width - 14 * (count - 1)) / count


def draw_cards(slide: Any, table: Table, left: float, top: float, width: float, size: float, look: Look) -> None:
    """A tinted box for each row: its number large, its text below."""
    wide, tall = _card_width(table, width), cards_height(table, width, size, look)
    for place, (number, text) in enumerate(table.rows):
        box = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(left + place * (wide + 14)), Pt(top), Pt(wide), Pt(tall))
        box.name = f"Card {place + 1}"
        box.shadow.inherit = False
        box.fill.solid()
        box.fill.fore_color.rgb = RGBColor.from_string(theme.TINT[1:])
        box.line.fill.background()
        frame = box.text_frame
        frame.word_wrap = True
        frame.margin_left = frame.margin_right = Pt(12)
        frame.margin_top = frame.margin_bottom = Pt(8)
        frame.vertical_anchor = 1  # top
        write(frame, [number], BIG, theme.TONES[_tone(table, place)], bold=True)
        write(frame, [text], size, theme.INK, more=True)


def steps_heights(table: Table, width: float, size: float, look: Look) -> list[float]:
    """Points that each step takes."""
    head, body = HEADING_SHARE * width - EDGE - 10, (1 - HEADING_SHARE) * width - 10
    return [
        max(measuring.height(heading, head, size, True, look.face), measuring.height(text, body, size, face=look.face))
        + 10
        for heading, text in table.rows
    ]


def draw_steps(slide: Any, table: Table, left: float, top: float, width: float, size: float, look: Look) -> None:
    """A coloured edge, a heading and its text for each row."""
    for place, ((heading, text), tall) in enumerate(
        zip(table.rows, steps_heights(table, width, size, look), strict=True)
    ):
        colour = theme.TONES[_tone(table, place)]
        edge = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, Pt(left), Pt(top), Pt(EDGE), Pt(tall - 4))
        edge.name, edge.shadow.inherit = f"Edge {place + 1}", False
        edge.fill.solid()
        edge.fill.fore_color.rgb = RGBColor.from_string(colour[1:])
        edge.line.fill.background()
        head = HEADING_SHARE * width
        add_text(
            slide,
            [heading],
            (left + EDGE + 6, top, head - EDGE - 10, tall),
            size,
            None if look.dark else colour,
            look,
            bold=True,
        )
        add_text(slide, [text], (left + head, top, width - head, tall), size, None, look)
        top += tall + 6


def add_text(
    slide: Any,
    paragraphs: Sequence[str],
    box: tuple[float, float, float, float],
    size: float,
    colour: str | None,
    look: Look,
    *,
    bold: bool = False,
    align: Any = None,
) -> Any:
    """A box of text at a place in points; in the ink of the deck where no colour is given."""
    shape = slide.shapes.add_textbox(*map(Pt, box))
    frame = shape.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    frame.margin_top = frame.margin_bottom = Pt(2)
    write(frame, paragraphs, size, colour, bold=bold, ink=look.ink, align=align)
    return shape


def write(
    frame: Any,
    paragraphs: Sequence[str],
    size: float,
    colour: str | None,
    *,
    bold: bool | None = None,
    ink: Ink | None = None,
    align: Any = None,
    more: bool = False,
) -> None:
    """Paragraphs into a frame; those that begin in a right-to-left script run so."""
    lines = [line for each in paragraphs for line in printable(each).split("\n")]
    for number, line in enumerate(lines):
        paragraph = frame.add_paragraph() if number or more else frame.paragraphs[0]
        run = paragraph.add_run()
        run.text = line
        run.font.size, run.font.bold = Pt(size), bold
        if colour is not None:
            run.font.color.rgb = RGBColor.from_string(colour[1:])
        elif ink is not None:
            paint(run.font.color, ink)
        paragraph.alignment = PP_ALIGN.LEFT if align is None else align
        if number < len(lines) - 1:
            paragraph.space_after = Pt(GAP)
        if _direction(line):
            paragraph._p.get_or_add_pPr().set("rtl", "1")
            paragraph.alignment = PP_ALIGN.RIGHT


def paint(colour: Any, ink: Ink) -> None:
    """Give a python-pptx colour the ink of the deck."""
    if ink.kind == "schemeClr":
        colour.theme_color = MSO_THEME_COLOR.from_xml(ink.value)
    else:
        colour.rgb = RGBColor.from_string(ink.value)


def _tone(table: Table, row: int) -> Any:
    return table.tones[row] if table.tones else "plain"


def _fill(ink: Ink) -> str:
    return f'<a:solidFill><a:{ink.kind} val="{ink.value}"/></a:solidFill>'


def _rgb(colour: str) -> str:
    return f'<a:solidFill><a:srgbClr val="{colour[1:]}"/></a:solidFill>'


def _direction(text: str) -> str:
    """The attribute of a paragraph whose first letter is of a right-to-left script."""
    first = next((kind for kind in map(unicodedata.bidirectional, text) if kind in ("L", "R", "AL")), "L")
    return "" if first == "L" else ' rtl="1"'
