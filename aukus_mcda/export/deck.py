"""A presentation being written: exhibits laid out on slides so that everything fits, in type that can be read."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from ..story import Block, Chart, Column, Exhibit, Table
from . import measuring, theme
from .measuring import printable
from .native_charts import AXIS, Frame, draw_chart
from .slide_tables import (
    CELL_PAD,
    Grid,
    add_text,
    cards_height,
    draw_cards,
    draw_grid,
    draw_steps,
    grid,
    part,
    steps_heights,
    write,
)
from .templates import TITLES, Layouts, Look, colour_override, find_layouts, footer_of, look_of

TITLE_SIZES = (26, 24, 22, 20, 18, 16, 14)
STORY_SIZES, ANNEX_SIZES = (18.0, 16.0, 14.0), (12.0,)
FOOT_SIZE = 12.0
"""Of the marking, the foot and the number."""
BETWEEN = 10.0
"""Points between blocks."""
COLUMN_GAP = 28.0
"""Points between blocks side by side."""
MOST_ROW, LEAST_ROW = 44.0, 21.0
"""Points of height of a row beside a mark, or filled by heat."""
LEFT_OUT = "More rows, in the workbook: {}."


class Area(NamedTuple):
    """Where the blocks of a slide go, in points."""

    left: float
    top: float
    width: float
    bottom: float


@dataclass
class Deck:
    """A presentation being written.

    Attributes
    ----------
    presentation : Presentation
        Empty, in the house look or from a template.
    marking : str
        At the top and at the foot of every slide.
    foot : str
        Whose weights and judgements these are.
    """

    presentation: Any
    marking: str
    foot: str
    layouts: Layouts = field(init=False)
    look: Look = field(init=False)
    area: Area = field(init=False)

    def __post_init__(self) -> None:
        self.layouts = find_layouts(self.presentation)
        self.look = look_of(self.layouts.content)
        layout = self.layouts.content
        title = next(shape for shape in layout.placeholders if shape.placeholder_format.type in TITLES)
        wide, tall = Emu(self.presentation.slide_width).pt, Emu(self.presentation.slide_height).pt
        edge = max(Emu(title.left).pt, 0.03 * wide)
        number = footer_of(layout, KIND.SLIDE_NUMBER)
        low = Emu(number.top).pt if number is not None and number.top > 0.7 * Emu(Pt(tall)) else tall - 30
        self.area = Area(edge, max(0.05 * tall, 24.0) + 44.0, wide - 2 * edge, min(low, tall - 40) - 6)

    def cover(self, exhibit: Exhibit) -> None:
        """The first slide: a title, the question, and the lines below it."""
        slide = self._added(self.layouts.cover)
        area, size = self.area, 20.0
        title = slide.shapes.title
        self._title(title, exhibit.title, Emu(title.width).pt, Emu(title.height).pt, (36, 32, 28, 24, 20, 18, 16, 14))
        top = max(Emu(title.top + title.height).pt + 14, area.top)
        room = area.bottom - top
        left, width = Emu(title.left).pt, Emu(title.width).pt
        lines = [exhibit.subtitle, *(block for block in exhibit.flat if isinstance(block, str))]
        while size > 12 and sum(self._text_height(line, width, size) for line in lines) > room:
            size -= 1
        words = measuring.clipped(
            "\n".join(filter(None, lines)), width, room - 8 * len(lines), size, face=self.look.face
        )
        add_text(slide, words.split("\n"), (left, top, width, room), size, None, self.look)
        self._finish(slide, exhibit)

    def page(self, exhibit: Exhibit, *, annex: bool = False) -> None:
        """An exhibit on one slide, or in the annex on as many as it needs."""
        sizes = ANNEX_SIZES if annex else STORY_SIZES
        todo: list[Block | tuple[Block, ...]] = list(exhibit.blocks)
        pages: list[list[tuple[Block | tuple[Block, ...], float]]] = []
        while todo or not pages:
            first = not pages
            room = self._room(exhibit, sizes, first)
            placed, todo = self._placed(todo, room, sizes, annex)
            pages.append(placed)
            if not annex:
                break
        for number, placed in enumerate(pages, start=1):
            title = f"{exhibit.title} ({number} of {len(pages)})" if len(pages) > 1 else exhibit.title
            self._page(exhibit, title, placed, sizes, first=number == 1)

    def _room(self, exhibit: Exhibit, sizes: Sequence[float], first: bool) -> float:
        head = self._head_height(exhibit, sizes) if first else 0.0
        return self.area.bottom - self.area.top - head - self._foot_height(exhibit, sizes)

    def _head_height(self, exhibit: Exhibit, sizes: Sequence[float]) -> float:
        if not exhibit.subtitle:
            return BETWEEN if exhibit.badge[0] else 0.0
        return self._text_height(exhibit.subtitle, self._subtitle_width(exhibit), sizes[0]) + BETWEEN

    def _subtitle_width(self, exhibit: Exhibit) -> float:
        return self.area.width - (150 if exhibit.badge[0] else 0)

    def _foot_height(self, exhibit: Exhibit, sizes: Sequence[float]) -> float:
        return self._text_height(exhibit.footnote, self.area.width, sizes[-1]) + 4 if exhibit.footnote else 0.0

    def _text_height(self, text: str, width: float, size: float) -> float:
        return measuring.height(text, width, size, face=self.look.face) + 6 if text else 0.0

    def _placed(
        self, todo: list[Any], room: float, sizes: Sequence[float], annex: bool
    ) -> tuple[list[tuple[Any, float]], list[Any]]:
        """The blocks that fit a height, each with its size of type, and what is left for another slide."""
        for size in sizes:
            if sum(self._least(block, self.area.width, size) + BETWEEN for block in todo) - BETWEEN <= room:
                return [(block, size) for block in todo], []
        size, placed = sizes[-1], []
        rest = list(todo)
        while rest:
            block = rest[0]
            tall = self._least(block, self.area.width, size)
            if tall <= room:
                placed.append((block, size))
                room -= tall + BETWEEN
                rest.pop(0)
                continue
            shorter, more = self._cut(block, room - (0 if annex else 24), size, alone=not placed)
            if shorter is not None:
                placed.append((shorter, size))
                rest[0:1] = [more] if more is not None else []
                if not annex and more is not None:
                    count = len(more.rows) if isinstance(more, Table) else len(more.labels)
                    placed.append((LEFT_OUT.format(count), size))
            break
        return placed, rest if annex else []

    def _cut(self, block: Any, room: float, size: float, *, alone: bool) -> tuple[Any, Any]:
        """As many rows as fit, and the rest; nothing of what has no rows to leave out, unless it stands alone."""
        if isinstance(block, tuple):
            tables = [(self._cut(each, room, size, alone=alone)[0] or each) for each in block]
            return tuple(tables), None
        if isinstance(block, str):
            return (
                (measuring.clipped(block, self.area.width, room, size, face=self.look.face), None)
                if alone
                else (None, block)
            )
        if isinstance(block, Chart):
            heading = max(self._laid(block, self.area.width, size, LEAST_ROW).heights[0], 0)
            count = max(1, int((room - heading - AXIS) / self._row(block, size)))
            return _chart_part(block, 0, count), _chart_part(block, count, len(block.labels))
        if block.look in ("cards", "steps"):
            return block, None
        laid = grid(block, self.area.width, size, self.look)
        count = laid.first(room)
        if count == 0 and not alone:
            return None, block
        if count == 0:
            return self._clipped(laid, room), part(block, 1, len(block.rows)) if len(block.rows) > 1 else None
        return part(block, 0, count), part(block, count, len(block.rows)) if count < len(block.rows) else None

    def _clipped(self, laid: Grid, room: float) -> Table:
        """The first row, its cells cut to a height."""
        tall = room - laid.heights[0] - 2 * laid.pad
        columns = [
            Column(
                column.heading,
                [measuring.clipped(column.texts[0], wide - 2 * CELL_PAD, tall, laid.size, face=self.look.face)],
                share=wide,
            )
            for column, wide in zip(laid.table.columns, laid.columns, strict=True)
        ]
        return Table(columns, laid.table.alt, "plain", laid.table.tones[:1])

    def _least(self, block: Any, width: float, size: float) -> float:
        """The points of height a block needs at least."""
        if isinstance(block, tuple):
            wide = (width - COLUMN_GAP * (len(block) - 1)) / len(block)
            return max(self._least(each, wide, size) for each in block)
        if isinstance(block, str):
            return self._text_height(block, width, size)
        if isinstance(block, Chart):
            laid = self._laid(block, width, size, self._row(block, size))
            return laid.height + AXIS
        if block.look == "cards":
            return cards_height(block, width, size, self.look)
        if block.look == "steps":
            return sum(tall + 6 for tall in steps_heights(block, width, size, self.look))
        return grid(block, width, size, self.look, least=LEAST_ROW if block.look == "heat" else 0.0).height

    def _row(self, chart: Chart, size: float) -> float:
        """The points of height of each row of a chart: all of them have as much as the tallest label."""
        widths = self._chart_widths(chart, self.area.width, size)
        tallest = max(
            measuring.height(label, widths[0] - 2 * CELL_PAD, size, True, self.look.face) for label in chart.labels
        )
        return max(LEAST_ROW, tallest + 3)

    def _chart_widths(self, chart: Chart, width: float, size: float) -> list[float]:
        """Points of width of the labels, of the marks, and of each column beside them."""
        face = self.look.face
        labels = max(measuring.width(label, size, True, face) for label in chart.labels) + 2 * CELL_PAD + 4
        beside = []
        for column in chart.columns:
            words = [*column.heading.split(), *column.texts]
            beside.append(
                max((measuring.width(word, size, True, face) for word in words), default=0.0) + 2 * CELL_PAD + 4
            )
        first = min(labels, 0.34 * width)
        return [first, max(width - first - sum(beside), 0.2 * width), *beside]

    def _laid(self, chart: Chart, width: float, size: float, row: float) -> Grid:
        """The labels and columns of a chart as a table, whose second column is left to the marks."""
        widths = self._chart_widths(chart, width, size)
        columns = [Column("", chart.labels), Column("", [""] * len(chart.labels)), *chart.columns]
        table = Table(columns, chart.alt, tones=list(chart.tones) or ["grey"] * len(chart.labels))
        headings = tuple(column.heading for column in columns)
        tall = max(
            measuring.height(heading, wide - 2 * CELL_PAD, size, True, self.look.face) if heading else 0.0
            for heading, wide in zip(headings, widths, strict=True)
        )
        cells = (headings, *table.rows)
        heights = (tall + 6 if any(headings) else 0.0, *[row] * len(chart.labels))
        return Grid(table, self.look, size, 0.0, tuple(widths), cells, heights)

    def _page(
        self, exhibit: Exhibit, title: str, placed: Sequence[tuple[Any, float]], sizes: Sequence[float], *, first: bool
    ) -> None:
        slide = self._added(self.layouts.content)
        area = self.area
        heading = slide.shapes.title
        heading.left, heading.top = Pt(area.left), Pt(area.top - 44)
        heading.width, heading.height = Pt(area.width), Pt(42)
        self._title(heading, title, area.width, 42, TITLE_SIZES)
        top = area.top
        if first:
            self._badge(slide, exhibit)
            if exhibit.subtitle:
                wide = self._subtitle_width(exhibit)
                tall = self._text_height(exhibit.subtitle, wide, sizes[0])
                colour = None if self.look.dark else theme.GREY
                add_text(slide, [exhibit.subtitle], (area.left, top, wide, tall), sizes[0], colour, self.look)
            top += self._head_height(exhibit, sizes)
        bottom = area.bottom - self._foot_height(exhibit, sizes)
        spare = bottom - top - sum(self._least(block, area.width, size) + BETWEEN for block, size in placed) + BETWEEN
        growing = [block for block, _ in placed if self._grows(block)]
        for block, size in placed:
            extra = max(0.0, spare) / len(growing) if self._grows(block) else 0.0
            top += self._draw(slide, block, area.left, top, area.width, size, extra) + BETWEEN
        if exhibit.footnote:
            tall = self._foot_height(exhibit, sizes)
            colour = None if self.look.dark else theme.GREY
            add_text(slide, [exhibit.footnote], (area.left, bottom, area.width, tall), sizes[-1], colour, self.look)
        self._finish(slide, exhibit)

    def _grows(self, block: Any) -> bool:
        """Whether a block takes what room is left."""
        parts = block if isinstance(block, tuple) else (block,)
        return any(isinstance(each, Chart) or getattr(each, "look", "") == "heat" for each in parts)

    def _draw(self, slide: Any, block: Any, left: float, top: float, width: float, size: float, extra: float) -> float:
        """Draw a block, and give the points of height it took."""
        if isinstance(block, tuple):
            wide = (width - COLUMN_GAP * (len(block) - 1)) / len(block)
            taken = [
                self._draw(slide, each, left + place * (wide + COLUMN_GAP), top, wide, size, extra)
                for place, each in enumerate(block)
            ]
            return max(taken)
        tall = self._least(block, width, size)
        if isinstance(block, str):
            add_text(slide, [block], (left, top, width, tall), size, None, self.look)
        elif isinstance(block, Chart):
            row = min(self._row(block, size) + extra / len(block.labels), max(MOST_ROW, self._row(block, size)))
            laid = self._laid(block, width, size, row)
            draw_grid(slide, laid, left, top)
            across = laid.columns[0]
            frame = Frame(left + across + 20, top + laid.heights[0], laid.columns[1] - 40, row * len(block.labels))
            draw_chart(slide, block, frame, FOOT_SIZE if size < 14 else 14.0, self.look)
            tall = laid.height + AXIS
        elif block.look == "cards":
            draw_cards(slide, block, left, top, width, size, self.look)
        elif block.look == "steps":
            draw_steps(slide, block, left, top, width, size, self.look)
        else:
            heat = block.look == "heat"
            row = min(LEAST_ROW + extra / max(len(block.rows), 1), MOST_ROW) if heat else 0.0
            laid = grid(block, width, size, self.look, least=row)
            draw_grid(slide, laid, left, top)
            tall = laid.height
        return tall

    def _badge(self, slide: Any, exhibit: Exhibit) -> None:
        """The word of the verdict, in a corner below the title."""
        word, tone = exhibit.badge
        if not word:
            return
        wide = measuring.width(word, 14, True, self.look.face) + 26
        left = self.area.left + self.area.width - wide
        box = slide.shapes.add_shape(MSO_SHAPE.ROUNDED_RECTANGLE, Pt(left), Pt(self.area.top), Pt(wide), Pt(26))
        box.name, box.shadow.inherit = "Verdict", False
        box.fill.solid()
        box.fill.fore_color.rgb = RGBColor.from_string(theme.TONES[tone][1:])
        box.line.fill.background()
        frame = box.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        frame.vertical_anchor = MSO_ANCHOR.MIDDLE
        write(frame, [word], 14, theme.PAPER, bold=True, align=PP_ALIGN.CENTER)

    def _title(self, heading: Any, title: str, width: float, tall: float, sizes: Sequence[int]) -> None:
        """The title in the largest type that fits, at the top of its place."""
        face, bold = self.look.title_face, self.look.title_bold
        written = title.upper() if self.look.capitals else title
        size = measuring.fitted(written, width - 4, tall, tuple(sizes), bold, face) or sizes[-1]
        frame = heading.text_frame
        frame.text = printable(title)
        frame.paragraphs[0].font.size = Pt(size)
        frame.vertical_anchor = MSO_ANCHOR.TOP
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0

    def _added(self, layout: Any) -> Any:
        """A new slide, with no placeholder but its title."""
        slide = self.presentation.slides.add_slide(layout)
        override = colour_override(layout)
        if override is not None:  # a slide does not inherit it
            slide._element.find(qn("p:clrMapOvr"))[:] = [copy.deepcopy(override)]
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in TITLES:
                shape._element.getparent().remove(shape._element)
        return slide

    def _finish(self, slide: Any, exhibit: Exhibit) -> None:
        """The marking, the foot and the number, read after the content; and the notes."""
        area, tall = self.area, Emu(self.presentation.slide_height).pt
        colour = None if self.look.dark else theme.GREY
        for top, name in ((4.0, "Marking"), (tall - 20, "Marking at the foot")) if self.marking else ():
            text = measuring.one_line(self.marking, area.width, FOOT_SIZE, True, self.look.face)
            box = (area.left, top, area.width, 16.0)
            mark = add_text(slide, [text], box, FOOT_SIZE, None, self.look, bold=True, align=PP_ALIGN.CENTER)
            mark.name = name
        bottom = area.bottom + 3
        size = FOOT_SIZE if measuring.lines(self.foot, area.width - 50, FOOT_SIZE, face=self.look.face) == 1 else 10.0
        add_text(slide, [self.foot], (area.left, bottom, area.width - 46, 30), size, colour, self.look).name = "Foot"
        place = (area.left + area.width - 44, bottom, 44.0, 18.0)
        number = add_text(slide, [""], place, FOOT_SIZE, colour, self.look, align=PP_ALIGN.RIGHT)
        number.name = "Number"
        paragraph = number.text_frame.paragraphs[0]._p
        for run in paragraph.findall(qn("a:r")):
            paragraph.remove(run)
        count = len(self.presentation.slides)
        paragraph.append(
            parse_xml(
                f'<a:fld {nsdecls("a")} id="{{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}}" type="slidenum">'
                f'<a:rPr lang="en-GB" sz="{round(100 * FOOT_SIZE)}"/><a:t>{count}</a:t></a:fld>'
            )
        )
        notes = "\n".join(exhibit.notes)
        if notes:
            slide.notes_slide.notes_text_frame.text = printable(notes)

    def save(self, path: Any) -> None:
        """Write the file, its parts numbered in the order of the slides, as other programs number them."""
        for number, slide in enumerate(self.presentation.slides, start=1):
            slide.part.partname = PackURI(f"/ppt/slides/slide{number}.xml")
            if slide.has_notes_slide:
                slide.notes_slide.part.partname = PackURI(f"/ppt/notesSlides/notesSlide{number}.xml")
        self.presentation.save(path)


def _chart_part(chart: Chart, start: int, stop: int) -> Chart | None:
    """Some rows of a chart; None of no rows."""
    if start >= stop or start >= len(chart.labels):
        return None
    rows = slice(start, stop)
    return Chart(
        chart.look,
        chart.labels[rows],
        chart.axis,
        chart.ends,
        chart.alt,
        at=chart.at[rows],
        low=chart.low[rows],
        high=chart.high[rows],
        columns=[column._replace(cells=list(column.cells)[rows]) for column in chart.columns],
        tones=chart.tones[rows],
        before=chart.before[rows],
        after=chart.after[rows],
        kind=chart.kind,
    )
