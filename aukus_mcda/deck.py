"""The parts slides are made of: a titled slide, native tables and charts, all measured to fit."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt

from . import measuring, palette
from .house import blank_deck

TITLE_SIZES = (26, 24, 22, 20, 18, 16)
BODY_SIZES = (20, 18, 16, 14, 12)
SMALLEST = 12
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # "No Style, No Grid", known to every PowerPoint
CELL_PAD = 5.0  # points, each side
BELOW_TITLE = 1.75  # inches
LEFT, WIDTH, BOTTOM = 0.6, 12.13, 6.75


@dataclass
class Deck:
    """A presentation being written, every slide with its marking, footer and number."""

    marking: str
    footer: str
    presentation: Any = field(default_factory=blank_deck)

    def slide(self, title: str, layout: str = "Title only", part: str = "") -> Any:
        """A new slide; its title, with ``part`` behind it, is fitted to the box, never below 16 points."""
        chosen = next(each for each in self.presentation.slide_layouts if each.name == layout)
        slide = self.presentation.slides.add_slide(chosen)
        heading = slide.shapes.title
        room, tall = heading.width.pt, heading.height.pt - 8
        sizes = (36, *TITLE_SIZES) if layout == "Title" else TITLE_SIZES
        size = measuring.fitted(title + part, room, tall, sizes, bold=True) or sizes[-1]
        fitting = measuring.clipped(title, room, tall - (size * measuring.LINE if part else 0), size, bold=True)
        heading.text_frame.text = (
            title if measuring.height(title + part, room, size, True) <= tall else fitting
        ) + part
        heading.text_frame.paragraphs[0].font.size = Pt(size)
        self._footers(slide, chosen)
        return slide

    def _footers(self, slide: Any, layout: Any) -> None:
        # PowerPoint shows footers only when the slide itself holds them.
        said = {PP_PLACEHOLDER.DATE: self.footer, PP_PLACEHOLDER.FOOTER: self.marking}
        for shape in layout.placeholders:
            kind = shape.placeholder_format.type
            if kind == PP_PLACEHOLDER.SLIDE_NUMBER or said.get(kind):
                slide.shapes._spTree.append(copy.deepcopy(shape._element))
                if kind in said:
                    placed = slide.placeholders[shape.placeholder_format.idx]
                    placed.text_frame.text = measuring.one_line(said[kind], placed.width.pt, SMALLEST)
                    run = placed.text_frame.paragraphs[0].runs[0]
                    # LibreOffice forgets the theme's font in a footer unless the run names it.
                    run.font.name, run.font.size, run.font.bold = "+mn-lt", Pt(SMALLEST), kind == PP_PLACEHOLDER.FOOTER
                    run.font.color.rgb = rgb(palette.INK if run.font.bold else palette.FAINT)
        if not self.marking:
            return
        top = text_box(slide, self.marking, 3.0, 0.1, 7.33, 0.34, size=SMALLEST, bold=True)
        top.name = "Marking"
        top.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER

    def table_pages(
        self, title: str, header: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], size: int = 14
    ) -> None:
        """A table over as many slides as its rows need at ``size`` points."""
        tall = (BOTTOM - BELOW_TITLE) * 72 - max(row_heights([header], widths, size, bold=True))
        rooms = [72 * width - 2 * CELL_PAD for width in widths]
        # Only a text that would fill a slide by itself is ever cut.
        cut = [
            [measuring.clipped(cell, room, tall - 2 * CELL_PAD, size) for cell, room in zip(row, rooms, strict=True)]
            for row in rows
        ]
        pages = paged(cut, row_heights(cut, widths, size), tall)
        for number, page in enumerate(pages, start=1):
            part = f" ({number} of {len(pages)})" if len(pages) > 1 else ""
            add_table(self.slide(title, part=part), header, page, LEFT, BELOW_TITLE, widths, size)

    def save(self, path: Any) -> None:
        """Write the file."""
        self.presentation.save(path)


def text_box(
    slide: Any, text: str, left: float, top: float, width: float, height: float, *, size: int | None = None,
    bold: bool = False, colour: str = palette.INK,
) -> Any:  # fmt: skip
    """A box of text in inches, at ``size`` or at the largest body size that fits."""
    box = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = 0
    room, tall = width * 72, height * 72 - 8
    size = size or measuring.fitted(text, room, tall, BODY_SIZES, bold) or SMALLEST
    text = measuring.clipped(text, room, tall, size, bold)
    for number, part in enumerate(text.split("\n")):
        paragraph = frame.paragraphs[0] if number == 0 else frame.add_paragraph()
        run = paragraph.add_run()
        run.text = part
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, rgb(colour)
    return box


def rgb(colour: str) -> RGBColor:
    """A python-pptx colour from ``#RRGGBB``."""
    return RGBColor.from_string(colour[1:])


def row_heights(rows: Sequence[Sequence[str]], widths: Sequence[float], size: int, bold: bool = False) -> list[float]:
    """Height in points of each row of a table whose columns are ``widths`` inches wide."""
    return [
        max(
            measuring.height(cell, width * 72 - 2 * CELL_PAD, size, bold) + 2 * CELL_PAD
            for cell, width in zip(row, widths, strict=True)
        )
        for row in rows
    ]


def paged(rows: Sequence[Any], heights: Sequence[float], tall: float) -> list[list[Any]]:
    """Rows dealt onto pages of a height, at least one a page.

    Examples
    --------
    >>> paged("abcd", [10, 10, 10, 25], 22)
    [['a', 'b'], ['c'], ['d']]
    """
    pages: list[list[Any]] = [[]]
    used = 0.0
    for row, height in zip(rows, heights, strict=True):
        if pages[-1] and used + height > tall:
            pages.append([])
            used = 0.0
        pages[-1].append(row)
        used += height
    return pages


def add_table(
    slide: Any, header: Sequence[str], rows: Sequence[Sequence[str]], left: float, top: float,
    widths: Sequence[float], size: int = 14, *, strong: Sequence[int] = (), right: Sequence[int] = (),
) -> Any:  # fmt: skip
    """A native table: a ruled header, hairlines between rows, no default style.

    Parameters
    ----------
    widths : sequence of float
        Column widths in inches.
    strong : sequence of int
        Rows set in bold.
    right : sequence of int
        Columns aligned to the right.
    """
    heights = row_heights([header], widths, size, bold=True) + row_heights(rows, widths, size)
    shape = slide.shapes.add_table(
        len(rows) + 1, len(header), Inches(left), Inches(top), Inches(sum(widths)), Pt(sum(heights))
    )
    table = shape.table
    shape._element.find(f".//{qn('a:tableStyleId')}").text = NO_STYLE
    table.horz_banding = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Inches(width)
    for number, (cells, height) in enumerate(zip([header, *rows], heights, strict=True)):
        table.rows[number].height = Pt(height)
        for column, text in enumerate(cells):
            cell = table.cell(number, column)
            cell.margin_left = cell.margin_right = cell.margin_top = cell.margin_bottom = Pt(CELL_PAD)
            cell.vertical_anchor = MSO_ANCHOR.MIDDLE if number == 0 else MSO_ANCHOR.TOP
            cell.text_frame.text = text
            for paragraph in cell.text_frame.paragraphs:
                paragraph.alignment = PP_ALIGN.RIGHT if column in right else PP_ALIGN.LEFT
                paragraph.font.size = Pt(size)
                paragraph.font.bold = number == 0 or number - 1 in strong
                paragraph.font.color.rgb = rgb(palette.INK)
            _underline(cell, palette.INK if number == 0 else "#C9CED6", 1.5 if number == 0 else 0.75)
    return shape


def _underline(cell: Any, colour: str, points: float) -> None:
    properties = cell._tc.get_or_add_tcPr()
    line = etree.SubElement(properties, qn("a:lnB"), w=str(int(Pt(points))))
    fill = etree.SubElement(line, qn("a:solidFill"))
    etree.SubElement(fill, qn("a:srgbClr"), val=colour[1:])
    properties.insert(0, line)


def add_bars(
    slide: Any, labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], colours: Sequence[str],
    place: tuple[float, float, float, float], *, stacked: bool = False, point_colours: Sequence[str] = (),
    alt: str = "",
) -> Any:  # fmt: skip
    """A native, editable bar chart, first label on top; values run from 0 to 100.

    Parameters
    ----------
    series : sequence of (name, numbers)
        A number per label; two series may have the same name.
    colours : sequence of str
        A colour per series.
    place : tuple of float
        Left, top, width, height in inches.
    point_colours : sequence of str
        A colour per bar instead, for a single series.
    alt : str
        What the chart shows, for those who cannot see it.
    """
    data = CategoryChartData(number_format="0.0")
    room = 0.4 * place[2] * 72
    data.categories = [measuring.one_line(label, room, SMALLEST) for label in labels]
    for name, numbers in series:
        data.add_series(measuring.one_line(name, room, SMALLEST), numbers)
    kind = XL_CHART_TYPE.BAR_STACKED if stacked else XL_CHART_TYPE.BAR_CLUSTERED
    frame = slide.shapes.add_chart(kind, *map(Inches, place), data)
    frame._element.nvGraphicFramePr.cNvPr.set("descr", alt)
    chart = frame.chart
    chart.font.size, chart.font.color.rgb = Pt(SMALLEST), rgb(palette.INK)
    chart.has_title = False
    chart.has_legend = stacked
    if stacked:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
    plot = chart.plots[0]
    plot.gap_width = 45
    plot.vary_by_categories = False
    if stacked:
        plot.overlap = 100
    chart.category_axis.reverse_order = True
    chart.category_axis.format.line.color.rgb = rgb(palette.FAINT)
    chart.category_axis.has_major_gridlines = False
    chart.category_axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW
    axis = chart.value_axis
    axis.minimum_scale, axis.maximum_scale = 0, 100
    axis.has_major_gridlines, axis.visible = False, False
    plot.has_data_labels = True
    labels_format = plot.data_labels
    labels_format.number_format, labels_format.number_format_is_linked = "0.0", False
    labels_format.font.size = Pt(SMALLEST)
    labels_format.position = XL_LABEL_POSITION.CENTER if stacked else XL_LABEL_POSITION.OUTSIDE_END
    for each, colour in zip(plot.series, colours, strict=True):
        each.format.fill.solid()
        each.format.fill.fore_color.rgb = rgb(colour)
        if stacked:
            each.data_labels.show_value = True
            each.data_labels.number_format, each.data_labels.number_format_is_linked = "0.0", False
            each.data_labels.font.size = Pt(SMALLEST)
            each.data_labels.font.color.rgb = rgb(_readable_on(colour))
    for number, colour in enumerate(point_colours):
        fill = plot.series[0].points[number].format.fill
        fill.solid()
        fill.fore_color.rgb = rgb(colour)
    return frame


def _readable_on(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#FFFFFF" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else palette.INK
