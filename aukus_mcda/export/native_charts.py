"""Charts that PowerPoint can edit: dots with whiskers, spans and bars, their rows those of a table beside them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from pptx.chart.data import CategoryChartData, XyChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_MARKER_STYLE, XL_TICK_LABEL_POSITION
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import PP_ALIGN
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Pt

from ..story import Chart, Tone
from . import measuring, theme
from .measuring import printable
from .slide_tables import add_text
from .templates import Look

AXIS = 34.0
"""Points beneath the rows that the axis takes."""
NUMBER_FORMATS = {"share": "0%", "score": "0", "number": "0"}
MARK = 3.0
"""Points of width of the mark that says where a weight is now."""


class Frame(NamedTuple):
    """Where the rows of a chart stand on a slide, in points."""

    left: float
    top: float
    width: float
    height: float


def draw_chart(slide: Any, chart: Chart, frame: Frame, size: float, look: Look) -> None:
    """A chart whose rows fill a frame; its axis stands beneath, in type of a size."""
    tones = list(chart.tones) or ["grey"] * len(chart.labels)
    drawn = _dots(slide, chart, tones, frame) if chart.look == "dots" else _bars(slide, chart, tones, frame, size, look)
    drawn._element.nvGraphicFramePr.cNvPr.set("descr", printable(chart.alt))
    drawn.name = "Chart"
    native = drawn.chart
    native.has_legend = native.has_title = False
    native.font.size = Pt(size)
    _colour(native.font.color, theme.INK if not look.dark else theme.PAPER)
    _place_rows(native, frame)
    _scale(native.category_axis if chart.look == "dots" else native.value_axis, chart, size, look)
    for axis in native._chartSpace.iter(qn("c:axId"), qn("c:crossAx")):
        axis.set("val", axis.get("val").lstrip("-"))  # the schema has no negative ids


def _dots(slide: Any, chart: Chart, tones: Sequence[Tone], frame: Frame) -> Any:
    """A scatter: the dots, and a line for each option's range; the first row stands highest.

    LibreOffice draws no error bars across, and of series that differ in length only the last: a line is therefore as
    long as the dots, its end repeated.
    """
    count = len(chart.labels)
    length = max(count, 2)
    rows = [count - place - 0.5 for place in range(count)]
    data = XyChartData(number_format="0.0")
    for label, low, high, row in zip(chart.labels, chart.low, chart.high, rows, strict=False):
        line = data.add_series(printable(label))
        for number in (low, *[high] * (length - 1)):
            line.add_data_point(float(number), row)
    dots = data.add_series(printable(chart.axis))
    for place in [*range(count), *[0] * (length - count)]:
        dots.add_data_point(float(chart.at[place]), rows[place])
    drawn = _added(slide, XL_CHART_TYPE.XY_SCATTER_LINES_NO_MARKERS, frame, data)
    upright = drawn.chart.value_axis
    upright.minimum_scale, upright.maximum_scale, upright.visible = 0, count, False
    upright.has_major_gridlines = False
    *lines, points = drawn.chart.plots[0].series
    for line, tone in zip(lines, tones, strict=False):
        _colour(line.format.line.color, theme.MARKS[tone])
        line.format.line.width, line.marker.style = Pt(2), XL_MARKER_STYLE.NONE
    points.format.line.fill.background()
    for place, tone in enumerate(tones):
        marker = points.points[place].marker
        marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 11
        _fill(marker, theme.MARKS[tone])
        _colour(marker.format.line.color, theme.MARKS[tone])
    return drawn


def _bars(slide: Any, chart: Chart, tones: Sequence[Tone], frame: Frame, size: float, look: Look) -> Any:
    """Stacked bars behind an invisible one; what stands at an end of a span is a label of an invisible bar."""
    start, end = chart.ends
    spans = chart.look == "spans"
    low = [float(number) for number in chart.low] if spans else [start] * len(chart.labels)
    high = [float(number) for number in (chart.high if spans else chart.at)]
    data = CategoryChartData(number_format="0.00" if chart.kind == "share" else "0.0")
    data.categories = [printable(label) for label in chart.labels]
    data.add_series("To the start", [number - start for number in low])
    data.add_series(printable(chart.axis), [last - first for first, last in zip(low, high, strict=True)])
    data.add_series("To the end", [max(end - number, 0.0) for number in high])
    drawn = _added(slide, XL_CHART_TYPE.BAR_STACKED, frame, data)
    native, plot = drawn.chart, drawn.chart.plots[0]
    native.category_axis.reverse_order, native.category_axis.visible = True, False
    plot.gap_width, plot.overlap = 70, 100
    before, shown, after = plot.series
    for hidden in (before, after):
        hidden.format.fill.background()
        hidden.format.line.fill.background()
    for point, tone in enumerate(tones):
        _fill(shown.points[point].format, theme.MARKS[tone])
    if spans:
        _texts_at_ends(slide, chart, frame, size, look)
        _marks_now(slide, chart, frame)
    return drawn


def _texts_at_ends(slide: Any, chart: Chart, frame: Frame, size: float, look: Look) -> None:
    """What stands at the ends of a span: outside it, or, where there is no room, inside."""
    start, end = chart.ends
    row = frame.height / len(chart.labels)
    for texts, numbers, lower in ((chart.before, chart.low, True), (chart.after, chart.high, False)):
        for place, (text, number) in enumerate(zip(texts, numbers, strict=False)):
            if not text:
                continue
            wide = measuring.width(text, size, False, look.face) + 8
            at = frame.left + frame.width * (float(number) - start) / (end - start)
            outside = at - frame.left >= wide if lower else frame.left + frame.width - at >= wide
            left = at - wide - 3 if lower == outside else at + 3
            colour = (None if look.dark else theme.INK) if outside else theme.PAPER
            box = (left, frame.top + row * place + (row - 1.2 * size - 4) / 2, wide, 1.2 * size + 4)
            add_text(
                slide, [text], box, size, colour, look, align=PP_ALIGN.RIGHT if lower == outside else PP_ALIGN.LEFT
            )


def _marks_now(slide: Any, chart: Chart, frame: Frame) -> None:
    """A line in each span at the number as it is now."""
    start, end = chart.ends
    row = frame.height / len(chart.labels)
    for place, number in enumerate(chart.at):
        across = frame.left + frame.width * (float(number) - start) / (end - start) - MARK / 2
        mark = slide.shapes.add_shape(
            MSO_SHAPE.RECTANGLE, Pt(across), Pt(frame.top + row * (place + 0.16)), Pt(MARK), Pt(row * 0.68)
        )
        mark.name = "Now"
        mark._element.nvSpPr.cNvPr.set("descr", printable(f"{chart.labels[place]}: now"))
        _fill(mark, theme.INK)
        mark.line.fill.background()
        mark.shadow.inherit = False


def _added(slide: Any, kind: Any, frame: Frame, data: Any) -> Any:
    """A chart around a frame, wide enough for the first and the last number of its axis."""
    around = 20.0
    return slide.shapes.add_chart(
        kind, Pt(frame.left - around), Pt(frame.top), Pt(frame.width + 2 * around), Pt(frame.height + AXIS), data
    )


def _place_rows(native: Any, frame: Frame) -> None:
    """Fix the plot where the rows of the table beside it are."""
    wide, tall = frame.width + 40.0, frame.height + AXIS
    parts = {"x": 20.0 / wide, "y": 0.0, "w": frame.width / wide, "h": frame.height / tall}
    inner = "".join(f'<c:{side}Mode val="edge"/>' for side in "xy")
    inner += "".join(f'<c:{name} val="{value:.6f}"/>' for name, value in parts.items())
    plot = native._chartSpace.find(f".//{qn('c:plotArea')}")
    for old in plot.findall(qn("c:layout")):
        plot.remove(old)
    layout = (
        f'<c:layout {nsdecls("c")}><c:manualLayout><c:layoutTarget val="inner"/>{inner}</c:manualLayout></c:layout>'
    )
    plot.insert(0, parse_xml(layout))


def _scale(axis: Any, chart: Chart, size: float, look: Look) -> None:
    """The axis of the numbers, at the foot, with thin lines."""
    axis.minimum_scale, axis.maximum_scale = chart.ends
    axis.major_unit = step(chart.ends)
    axis.tick_labels.number_format, axis.tick_labels.number_format_is_linked = (
        NUMBER_FORMATS.get(chart.kind, "0"),
        False,
    )
    axis.tick_labels.font.size = Pt(size)
    # With the rows in reverse order "high" is the foot of the chart.
    axis.tick_label_position = XL_TICK_LABEL_POSITION.LOW if chart.look == "dots" else XL_TICK_LABEL_POSITION.HIGH
    axis.has_major_gridlines = True
    _colour(axis.major_gridlines.format.line.color, theme.MARKS["grey"] if look.dark else theme.LINE)
    axis.format.line.fill.background()


def step(ends: tuple[float, float]) -> float:
    """The distance between the numbers of an axis: 1, 2 or 5 times a power of ten, or 12 months.

    Examples
    --------
    >>> step((40, 70)), step((0, 1)), step((0, 48))
    (5.0, 0.2, 10.0)
    """
    length = ends[1] - ends[0]
    power = 10.0 ** math.floor(math.log10(length / 5))
    return next(times * power for times in (1, 2, 5, 10) if length / (times * power) <= 7)


def _fill(form: Any, colour: str) -> None:
    holder = form if hasattr(form, "fill") else form.format
    holder.fill.solid()
    holder.fill.fore_color.rgb = RGBColor.from_string(colour[1:])


def _colour(font_colour: Any, colour: str) -> None:
    font_colour.rgb = RGBColor.from_string(colour[1:])
