"""Bar charts that PowerPoint can edit, with the range of each bar as native error bars."""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pptx.chart.data import CategoryChartData
from pptx.dml.color import RGBColor
from pptx.enum.chart import XL_CHART_TYPE, XL_LABEL_POSITION, XL_LEGEND_POSITION, XL_TICK_LABEL_POSITION
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Inches, Pt

from ..story import palette
from . import measuring
from .blocks import SMALLEST, paint, plain
from .templates import Look

A_BAR = 19.0
"""Points a bar and its label need at least."""
A_LABEL = 30.0
"""Points a number needs inside a bar."""
AROUND = 58.0
"""Points of a chart that its legend or axis takes."""


def room_for_bars(tall: float, most: int) -> int:
    """How many bars can be read in a chart of ``tall`` points."""
    return max(2, min(most, int((tall - AROUND) / A_BAR)))


@dataclass(frozen=True)
class Bars:
    """Bars from 0, first label on top, drawn as tall as there is room.

    Attributes
    ----------
    labels : tuple of str
    series : tuple of (name, numbers)
        A number per label; two series may have the same name.
    colours : tuple of str
        A colour per series, or, for a single series, per bar.
    alt : str
        What the chart shows, for those who cannot see it.
    ranges : tuple of (low, high), optional
        The range of each bar of a single series.
    """

    labels: tuple[str, ...]
    series: tuple[tuple[str, tuple[float, ...]], ...]
    colours: tuple[str, ...]
    alt: str
    ranges: tuple[tuple[float, float], ...] = ()

    @property
    def stacked(self) -> bool:
        """Several series lie end to end."""
        return len(self.series) > 1

    @property
    def top(self) -> float:
        """The end of the scale: the next ten above all bars and ranges."""
        ends = [sum(parts) for parts in zip(*(numbers for _, numbers in self.series), strict=True)]
        return float(min(100, 10 * math.ceil(max([10.0, *ends, *(high for _, high in self.ranges)]) / 10)))

    def height(self, width: float, look: Look) -> float:
        """Points it needs at least."""
        return A_BAR * len(self.labels) + AROUND

    def take(self, width: float, tall: float, look: Look) -> tuple[Bars | None, None]:
        """Itself: a chart is as tall as its room."""
        return self, None

    def broken(self, width: float, tall: float, look: Look) -> tuple[Bars, None]:
        """Itself."""
        return self, None

    def compact(self) -> Bars:
        """Itself."""
        return self

    def full(self) -> tuple[Bars, ...]:
        """Itself."""
        return (self,)

    def lean(self) -> tuple[Bars, ...]:
        """Itself."""
        return (self,)

    def draw(self, slide: Any, left: float, top: float, width: float, tall: float, look: Look) -> Any:
        """The chart, its numbers in a sheet that PowerPoint opens."""
        data = CategoryChartData(number_format="0.0")
        room = 0.4 * width * 72
        data.categories = [measuring.one_line(plain(label), room, SMALLEST, face=look.face) for label in self.labels]
        for name, numbers in self.series:
            data.add_series(measuring.one_line(plain(name), room, SMALLEST, face=look.face), numbers)
        kind = XL_CHART_TYPE.BAR_STACKED if self.stacked else XL_CHART_TYPE.BAR_CLUSTERED
        frame = slide.shapes.add_chart(kind, Inches(left), Inches(top), Inches(width), Pt(tall), data)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", self.alt)
        chart = frame.chart
        chart.font.size = Pt(SMALLEST)
        paint(chart.font.color, look.ink)
        chart.has_title, chart.has_legend = False, self.stacked
        if self.stacked:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        self._axes(chart, look)
        plot = chart.plots[0]
        plot.gap_width, plot.vary_by_categories = 45, False
        if self.stacked:
            plot.overlap = 100
            for each, colour in zip(plot.series, self.colours, strict=True):
                _paint(each.format, colour, look)
                _label(each.data_labels, colour, XL_LABEL_POSITION.CENTER, least=A_LABEL / (43 * width) * self.top)
        else:
            only = plot.series[0]
            _paint(only.format, self.colours[0], look)
            for number, colour in enumerate(self.colours):
                point = only.points[number]
                _paint(point.format, colour, look)
                if self.ranges:
                    _point_label(only, number, colour)
            if self.ranges:
                self._error_bars(chart, only, look)
            else:
                plot.has_data_labels = True
                _label(plot.data_labels, "", XL_LABEL_POSITION.OUTSIDE_END)
        return frame

    def _axes(self, chart: Any, look: Look) -> None:
        names, numbers = chart.category_axis, chart.value_axis
        names.reverse_order, names.has_major_gridlines = True, False
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        paint(names.format.line.color, look.ink)
        numbers.minimum_scale, numbers.maximum_scale = 0, self.top
        numbers.has_major_gridlines, numbers.visible = False, bool(self.ranges)
        if self.ranges:
            # With the labels in reverse order "high" is the foot of the chart.
            numbers.major_unit, numbers.tick_label_position = 20, XL_TICK_LABEL_POSITION.HIGH
            numbers.tick_labels.number_format, numbers.tick_labels.number_format_is_linked = "0", False
            numbers.format.line.fill.background()

    def _error_bars(self, chart: Any, series: Any, look: Look) -> None:
        """From each bar's end down to its low and up to its high, as columns of the chart's own sheet."""
        numbers = self.series[0][1]
        down = [max(0.0, number - low) for number, (low, _) in zip(numbers, self.ranges, strict=True)]
        up = [max(0.0, high - number) for number, (_, high) in zip(numbers, self.ranges, strict=True)]
        _add_columns(chart, {"Down to low": down, "Up to high": up})
        ink = f'<a:{look.ink.kind} val="{look.ink.value}"/>'
        bars = parse_xml(
            f'<c:errBars {nsdecls("c", "a")}><c:errBarType val="both"/><c:errValType val="cust"/>'
            f'<c:noEndCap val="0"/><c:plus>{_reference("D", up)}</c:plus><c:minus>{_reference("C", down)}</c:minus>'
            f'<c:spPr><a:ln w="15875"><a:solidFill>{ink}</a:solidFill></a:ln></c:spPr></c:errBars>'
        )
        series._element.find(qn("c:cat")).addprevious(bars)


def _reference(column: str, numbers: Sequence[float]) -> str:
    points = "".join(f'<c:pt idx="{k}"><c:v>{number!r}</c:v></c:pt>' for k, number in enumerate(numbers))
    return (
        f"<c:numRef><c:f>Sheet1!${column}$2:${column}${len(numbers) + 1}</c:f><c:numCache>"
        f'<c:formatCode>0.0</c:formatCode><c:ptCount val="{len(numbers)}"/>{points}</c:numCache></c:numRef>'
    )


def _add_columns(chart: Any, columns: dict[str, Sequence[float]]) -> None:
    """More columns in the sheet behind a chart, so that "Edit data" shows where the ranges come from."""
    from openpyxl import load_workbook

    held = chart.part.chart_workbook.xlsx_part
    book = load_workbook(io.BytesIO(held.blob))
    sheet = book.active
    for column, (name, numbers) in enumerate(columns.items(), start=sheet.max_column + 1):
        for row, value in enumerate([name, *numbers], start=1):
            sheet.cell(row, column, value)
    written = io.BytesIO()
    book.save(written)
    held._blob = written.getvalue()


def _paint(form: Any, colour: str, look: Look) -> None:
    """A bar's fill; on a dark slide with an outline, without which a dark bar is lost."""
    form.fill.solid()
    form.fill.fore_color.rgb = _rgb(colour)
    if look.dark:
        paint(form.line.color, look.ink)
        form.line.width = Pt(0.75)


def _label(labels: Any, colour: str, position: Any, least: float = 0) -> None:
    """Numbers on bars, but for segments too short for one."""
    labels.show_value = True
    labels.number_format, labels.number_format_is_linked = f'[<{least:g}]"";0.0' if least else "0.0", False
    labels.font.size, labels.position = Pt(SMALLEST), position
    if colour:
        labels.font.color.rgb = _rgb(_readable_on(colour))


def _point_label(series: Any, number: int, colour: str) -> None:
    """The score at the foot of a bar, where the range does not cross it."""
    label = series.points[number].data_label
    label.font.size, label.font.color.rgb = Pt(SMALLEST), _rgb(_readable_on(colour))
    label.position = XL_LABEL_POSITION.INSIDE_BASE
    shown = label._dLbl
    for name in ("showLegendKey", "showVal", "showCatName", "showSerName", "showPercent", "showBubbleSize"):
        flag = shown.find(qn(f"c:{name}"))
        if flag is not None:
            flag.set("val", "1" if name == "showVal" else "0")
    shown.find(qn("c:idx")).addnext(parse_xml(f'<c:numFmt {nsdecls("c")} formatCode="0.0" sourceLinked="0"/>'))


def _rgb(colour: str) -> RGBColor:
    return RGBColor.from_string(colour[1:])


def _readable_on(colour: str) -> str:
    red, green, blue = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#FFFFFF" if 0.299 * red + 0.587 * green + 0.114 * blue < 140 else palette.INK
