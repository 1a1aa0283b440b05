# SPDX-License-Identifier: Apache-2.0
"""How charts are drawn, their rows those of a table: such as PowerPoint can edit, and as pictures where none can be."""

from __future__ import annotations

import io
import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from ..errors import ExportError, is_number
from ..form import WRITTEN, Chart, Column, Table
from . import theme
from .measuring import LINE, printable, wrapped
from .slide_tables import CELL_PAD, Font, Laid, TableGrid, cut_to, needs_of
from .templates import Place

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

AXIS = 26.0
"""Points beneath the rows that the axis takes."""
AROUND = 20.0
"""Points left and right of the plot, for the first and the last number of the axis."""
LEAST_MARKS = 0.45
"""Of the width that the marks take at least."""
MOST_BESIDE = 0.2
"""Of the width that a text beside the marks may take to stand in one line."""
MARK = 0.006
"""Of the length of the axis: the mark that says where a number is now."""
LETTERS, AXIS_LETTERS, ROW_TALL = 10.0, 9.0, 24.0
"""Points of type of rows, and of the axis; of height of a row at least."""
DOTS_PER_INCH = 192
GROUND = {"facecolor": theme.PAPER, "edgecolor": "none", "pad": 1.0}
"""Behind a text that lies over thin lines."""


class Plot(Laid):
    """A chart, its labels and columns in a table whose second column is left to the marks.

    All rows are as tall as the tallest; an axis without length is given one.
    """

    def __init__(self, chart: Chart, width: float, font: Font, least: float = 0.0) -> None:
        start, end = chart.ends
        chart = replace(chart, ends=(start, end if end > start else start + 1))
        labels = Column("", chart.labels)
        beside = [needs_of(column, width, font, MOST_BESIDE) for column in chart.columns]
        longest = max(map(font.width, chart.labels)) + 2 * CELL_PAD + 2
        first = min(longest, max(width * (1 - LEAST_MARKS) - sum(beside), 0.2 * width))
        widths = [first, width - first - sum(beside), *beside]
        blank = Column(chart.axis, [""] * len(chart))
        columns = [cut_to(labels, first - 2 * CELL_PAD, font, 2, bold=True), blank, *chart.columns]
        table = Table(columns, tones=chart.tones)
        tallest = max(TableGrid(table, width, font, least, widths).heights[1:])
        grid = TableGrid(table, width, font, tallest, widths)
        super().__init__(font, width, (grid.heights[0] + AXIS, *grid.heights[1:]), grid.rooms)
        self.chart, self.grid = chart, grid

    @property
    def whole(self) -> bool:
        """Whether no text at an end of a bar is cut."""
        texts = [text for text in (*self.chart.before, *self.chart.after) if text]
        return all(_short(text, self.grid.columns[1], self.font) == printable(text) for text in texts)

    def places(self, left: float, top: float) -> tuple[Place, Place]:
        """Where the marks stand, and in it the axis: room is left for the texts that stand beyond its ends."""
        before, wide, *_ = self.grid.columns
        head, *rows = self.grid.heights
        place, (start, end) = Place(left + before, top + head, wide, sum(rows)), self.chart.ends
        highest = self.chart.high if self.chart.look == "spans" else self.chart.at
        beyond = ((self.chart.before, self.chart.low, start), (self.chart.after, highest, end))
        sides = [AROUND, AROUND]
        for side in (0, 1) * 3:  # what one side takes makes the axis shorter, so that the other needs more
            texts, numbers, edge = beyond[side]
            for text, number in zip(texts, numbers, strict=False):
                free = min(abs(float(number) - edge) / (end - start), 0.9)
                needed = self.font.width(_short(text, wide, self.font), bold=False) + 12 if text else 0.0
                room = (needed - free * (wide - sides[1 - side])) / (1 - free)
                sides[side] = max(sides[side], min(room, 0.45 * wide))
        return place, place._replace(left=place.left + sides[0], width=wide - sum(sides))

    def draw(self, slide: Any, left: float, top: float) -> None:
        """The table, and the chart in its second column."""
        self.grid.draw(slide, left, top)
        chart, font = self.chart, self.font
        place, axis = self.places(left, top)
        frame = (_dots if chart.look == "dots" else _bars)(slide, chart, place, font)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", printable(chart.alt))
        frame.name, native = "Chart", frame.chart
        native.has_legend = native.has_title = False
        native.font.size, native.font.color.rgb = Pt(font.size), _rgb(font.ink)
        _place_rows(native, place, axis)
        _scale(native.category_axis if chart.look == "dots" else native.value_axis, chart, font, axis.width)
        for part in native._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
            part.set("val", part.get("val").lstrip("-"))  # the schema has no negative ids


def _dots(slide: Any, chart: Chart, place: Place, font: Font) -> Any:
    """A scatter: the dots, and a line for each option's range; the first row stands highest.

    LibreOffice draws no error bars across, and of series that differ in length only the last: a line is therefore as
    long as the dots, its end repeated.
    """
    count = len(chart)
    length = max(count, 2)
    rows = [count - row - 0.5 for row in range(count)]
    data = XyChartData(number_format="0.0")
    for label, low, high, height in zip(chart.labels, chart.low, chart.high, rows, strict=False):
        line = data.add_series(printable(label))
        for number in (low, *[high] * (length - 1)):
            line.add_data_point(float(number), height)
    dots = data.add_series(printable(chart.axis))
    for row in [*range(count), *[0] * (length - count)]:
        dots.add_data_point(float(chart.at[row]), rows[row])
    frame = _added(slide, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, place, data)
    upright = frame.chart.value_axis
    upright.minimum_scale, upright.maximum_scale, upright.visible = 0, count, False
    upright.has_major_gridlines = False
    *lines, points = frame.chart.plots[0].series
    for line, tone in zip(lines, chart.tones, strict=False):
        line.format.line.color.rgb, line.format.line.width = _rgb(font.mark(tone)), Pt(2)
        line.marker.style = XL_MARKER_STYLE.NONE
    points.format.line.fill.background()
    for row, tone in enumerate(chart.tones):
        marker = points.points[row].marker
        marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 11
        _paint(marker.format, font.mark(tone))
        marker.format.line.color.rgb = _rgb(font.mark(tone))
    return frame


def _bars(slide: Any, chart: Chart, place: Place, font: Font) -> Any:
    """Stacked bars behind an invisible one; a mark within each where there is a number of now; texts at the ends.

    The invisible one begins at 0, wherever the axis does.
    """
    start, end = chart.ends
    spans, count = chart.look == "spans", len(chart)
    low = [float(number) for number in chart.low] if spans else [start] * count
    high = [max(float(number), least) for number, least in zip(chart.high if spans else chart.at, low, strict=True)]
    marks = [float(number) for number in chart.at] if spans and chart.at else [math.nan] * count
    half = MARK * (end - start) / 2
    edges = [
        (0.0, first, last, last, last, end)
        if math.isnan(now)
        else (0.0, first, max(first, now - half), min(max(now, first) + half, end), max(last, now + half), end)
        for first, last, now in zip(low, high, marks, strict=True)
    ]
    names = ("Before", chart.axis, "Now", f"{chart.axis} ", "After")
    data = CategoryChartData(number_format="0.00" if chart.kind == "share" else "0.0")
    data.categories = [printable(label) for label in chart.labels]
    for number, name in enumerate(names):
        data.add_series(printable(name), [max(0.0, each[number + 1] - each[number]) for each in edges])
    frame = _added(slide, XL_CHART_TYPE.BAR_STACKED, place, data)
    native, bars = frame.chart, frame.chart.plots[0]
    native.category_axis.reverse_order, native.category_axis.visible = True, False
    bars.gap_width, bars.overlap = 70, 100
    before, shown, now, rest, after = bars.series
    for hidden in (before, after):
        hidden.format.fill.background()
        hidden.format.line.fill.background()
    _paint(now.format, font.ink)
    for row, tone in enumerate(chart.tones):
        for series in (shown, rest):
            _paint(series.points[row].format, font.mark(tone))
    ends = (chart.before, before, XL_LABEL_POSITION.INSIDE_END), (chart.after, after, XL_LABEL_POSITION.INSIDE_BASE)
    for texts, beyond, position in ends:
        for row, text in enumerate(texts):
            if text:
                label = beyond.points[row].data_label
                label.text_frame.text, label.position = _short(text, place.width, font), position
                label.text_frame.word_wrap = False
                letters = label.text_frame.paragraphs[0].runs[0].font
                letters.size, letters.color.rgb = Pt(font.size), _rgb(font.ink)
    return frame


def _short(text: str, width: float, font: Font) -> str:
    """A text at an end of a bar, which leaves the bars a part of the width."""
    return font.clipped(text, 0.42 * width, font.size * 1.3, bold=False)


def _added(slide: Any, kind: Any, place: Place, data: Any) -> Any:
    """A chart in its place, with its axis beneath."""
    return slide.shapes.add_chart(kind, *map(Pt, place._replace(height=place.height + AXIS)), data)


def _place_rows(native: Any, place: Place, plot: Place) -> None:
    """Fix the plot where the rows of the table beside it are."""
    wide, tall = place.width, place.height + AXIS
    parts = {"x": (plot.left - place.left) / wide, "y": 0.0, "w": plot.width / wide, "h": plot.height / tall}
    inner = "".join(f'<c:{side}Mode val="edge"/>' for side in "xy")
    inner += "".join(f'<c:{name} val="{value:.6f}"/>' for name, value in parts.items())
    area = native._chartSpace.find(f".//{qn('c:plotArea')}")
    for old in area.findall(qn("c:layout")):
        area.remove(old)
    layout = f"<c:layout {nsdecls('c')}><c:manualLayout>{{}}</c:manualLayout></c:layout>"
    area.insert(0, parse_xml(layout.format(f'<c:layoutTarget val="inner"/>{inner}')))


def _scale(axis: Any, chart: Chart, font: Font, width: float) -> None:
    """The axis of the numbers, at the foot, with thin lines."""
    axis.minimum_scale, axis.maximum_scale = chart.ends
    axis.major_unit = axis_step(chart, width / (3.5 * font.size))
    labels = axis.tick_labels
    labels.number_format, labels.number_format_is_linked = "0\\ %" if chart.kind == "share" else "0", False
    labels.font.size = Pt(font.size)
    # With the rows in reverse order "high" is the foot of the chart.
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW if chart.look == "dots" else XL_TICK_LABEL_POSITION.HIGH
    axis.has_major_gridlines = True
    axis.major_gridlines.format.line.color.rgb = _rgb(font.line)
    axis.format.line.fill.background()


def axis_step(chart: Chart, most: float = 8) -> float:
    """The distance between the numbers of an axis: years of months, or 1, 2 or 5 times a power of ten.

    There are no more of them than ``most``, but two at least.

    Examples
    --------
    >>> axis_step(Chart("dots", [], "Score", (40, 70))), axis_step(Chart("spans", [], "Months", (0, 60)))
    (5.0, 12.0)
    """
    length, most = chart.ends[1] - chart.ends[0], max(2.0, min(most, 8.0))
    if chart.look == "spans" and chart.kind == "number" and length % 12 == 0:
        return 12.0 * math.ceil(length / (12 * most))
    power = 10.0 ** math.floor(math.log10(length / most))
    return next(times * power for times in (1, 2, 5, 10) if length / (times * power) <= most)


def _paint(form: Any, colour: str) -> None:
    form.fill.solid()
    form.fill.fore_color.rgb = _rgb(colour)


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour[1:])


@contextmanager
def _themed() -> Iterator[None]:
    """The look of every figure; what a name holds is never read as mathematics."""
    import seaborn as sns
    from matplotlib import rc_context

    look = {"font.family": _fonts(), "text.color": theme.INK, "text.parse_math": False, "figure.dpi": DOTS_PER_INCH}
    fonts = logging.getLogger("matplotlib.font_manager")
    level = fonts.level
    fonts.setLevel(logging.ERROR)  # a font for other scripts may have no bold face
    with sns.axes_style("white"), sns.plotting_context("paper"), rc_context(look), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph")  # a sign that no font has is drawn as a box
        try:
            yield
        finally:
            fonts.setLevel(level)


@cache
def _fonts() -> list[str]:
    """Those that are installed, and after them what has the letters of other scripts."""
    from matplotlib import font_manager

    installed = font_manager.get_font_names()
    others = sorted(name for name in installed if any(word in name for word in ("CJK", "YaHei", "Malgun", "Fallback")))
    return [name for name in (*theme.FONTS, *others) if name in installed]


@_themed()
def figure(chart: Chart, *, width: float = 9.0) -> Figure:
    """A chart as a matplotlib figure.

    Parameters
    ----------
    chart : Chart
    width : float
        In inches; the height follows from the rows.

    Raises
    ------
    ExportError
        For a chart that has no rows.

    Examples
    --------
    >>> from aukus_mcda.form import Chart
    >>> chart = Chart("dots", ["Uncrewed trials", "Early dialogue"], "Score, 0 to 100", (0, 100), at=[57, 53])
    >>> float(figure(chart).get_size_inches()[0])
    9.0
    """
    from matplotlib.figure import Figure

    if not chart.labels:
        raise ExportError("A chart of no rows cannot be drawn.")
    face = "" if _fonts()[0] in theme.LIKE_ARIAL else _fonts()[0]
    plot = Plot(chart, 72 * width, Font(LETTERS, face, theme.INK, theme.PAPER), ROW_TALL)
    full, tall = plot.width, plot.height - AXIS + 2 * AXIS_LETTERS
    drawing = Figure(figsize=(width, tall / 72))
    sheet = drawing.add_axes((0, 0, 1, 1), xlim=(0, full), ylim=(tall, 0))
    sheet.set_axis_off()
    top = 0.0
    for cells, high in zip(plot.grid.cells(), plot.grid.heights, strict=True):
        left = 0.0
        for cell, wide, room in zip(cells, plot.grid.columns, plot.grid.rooms, strict=True):
            x, side = (left + CELL_PAD, "left") if cell.align == "l" else (left + wide - CELL_PAD, "right")
            lines = wrapped(printable(cell.text), room, LETTERS, cell.bold, plot.font.face)
            for number, line in enumerate(lines):  # each on a baseline that a whole row shares
                y = top + high / 2 + LETTERS * (LINE * (number - (len(lines) - 1) / 2) + 0.36)
                weight = "bold" if cell.bold else "normal"
                sheet.text(x, y, line, ha=side, va="baseline", size=LETTERS, color=cell.ink, weight=weight)
            left += wide
        top += high
        sheet.axhline(top, color=theme.THIN_LINE if top > plot.grid.heights[0] else theme.INK, linewidth=0.6)
    marks, axis = plot.places(0.0, 0.0)
    axes = drawing.add_axes((axis.left / full, 1 - marks.bottom / tall, axis.width / full, marks.height / tall))
    _marks(axes, plot, axis.width)
    return drawing


@_themed()
def picture(chart: Chart, *, width: float = 9.0) -> bytes:
    """The same as a PNG: the same bytes for the same chart.

    Examples
    --------
    >>> from aukus_mcda.form import Chart
    >>> picture(Chart("bars", ["Trials"], "Months", (0, 60), at=[18]))[1:4]
    b'PNG'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    held, canvas = io.BytesIO(), FigureCanvasAgg(figure(chart, width=width))
    canvas.draw()
    image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image.quantize(128, dither=Image.Dither.NONE).save(held, "PNG", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return held.getvalue()


def _marks(axes: Axes, plot: Plot, wide: float) -> None:
    """The marks of each row above thin lines of a common axis."""
    chart = plot.chart
    rows = range(len(chart))
    at, low, high = (_numbers(given, len(rows)) for given in (chart.at, chart.low, chart.high))
    colours = [theme.MARKS[tone] for tone in chart.tones]
    if chart.look == "bars":
        low, high = [0.0] * len(rows), at
        axes.barh(rows, at, color=colours, height=0.56)
    elif chart.look == "spans":
        axes.barh(rows, np.subtract(high, low), left=low, color=colours, height=0.46)
        for colour, thick, tall in ((theme.PAPER, 5.0, 19), (theme.INK, 2.4, 16)):
            axes.plot(at, rows, "|", color=colour, markersize=tall, markeredgewidth=thick, zorder=3, clip_on=False)
    else:
        axes.hlines(rows, low, high, color=colours, linewidth=1.6)
        axes.scatter(at, rows, s=62, color=colours, zorder=3, clip_on=False)
    look: dict[str, Any] = {"size": AXIS_LETTERS, "va": "center_baseline", "annotation_clip": False, "bbox": GROUND}
    for ends, texts, side, away in ((low, chart.before, "right", -5), (high, chart.after, "left", 5)):
        for row, (end, text) in enumerate(zip(ends, texts, strict=False)):
            axes.annotate(text, (end, row), (away, 0), textcoords="offset points", ha=side, **look)
    start, end = chart.ends
    step = axis_step(chart, wide / (3.5 * AXIS_LETTERS))
    ticks = np.arange(start, end + step / 100, step)
    axes.set(xlim=chart.ends, ylim=(len(rows) - 0.5, -0.5), yticks=[])
    axes.set_xticks(ticks, [WRITTEN[chart.kind](tick).removesuffix(".0") for tick in ticks])
    axes.tick_params(axis="x", length=0, labelsize=AXIS_LETTERS, labelcolor=theme.GREY)
    axes.grid(axis="x", color=theme.THIN_LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.set_frame_on(False)


def _numbers(given: Sequence[float], count: int) -> list[float]:
    return [float(each) if is_number(each) else math.nan for each in given] or [math.nan] * count
