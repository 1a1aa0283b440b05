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

from ..story import SMALLEST, Bars, palette
from . import measuring
from .blocks import paint, printable
from .templates import Look

A_BAR = 19.0
"""Points a bar and its label need at least."""
A_LABEL = 30.0
"""Points a number needs inside a bar."""
AROUND = 58.0
"""Points of a chart that its legend or axis takes."""
CHARTED = 12
"""Bars a chart can hold and still be read from the back of a room."""


def room_for_bars(tall: float) -> int:
    """How many bars can be read in a chart of ``tall`` points."""
    return max(2, min(CHARTED, int((tall - AROUND) / A_BAR)))


@dataclass(frozen=True)
class SetBars:
    """Bars from 0, drawn as tall as there is room; several series lie end to end."""

    bars: Bars
    width: float
    look: Look

    @property
    def stacked(self) -> bool:
        """Whether there are several series."""
        return len(self.bars.series) > 1

    @property
    def top(self) -> float:
        """The end of the scale: the next ten above all bars and ranges."""
        ends = [sum(parts) for parts in zip(*(numbers for _, numbers in self.bars.series), strict=True)]
        return float(min(100, 10 * math.ceil(max([10.0, *ends, *(high for _, high in self.bars.ranges)]) / 10)))

    def height(self) -> float:
        """Points it needs at least."""
        return A_BAR * len(self.bars.labels) + AROUND

    def take(self, tall: float, *, alone: bool) -> tuple[SetBars, None]:
        """Itself: a chart is as tall as its room."""
        return self, None

    def draw(self, slide: Any, left: float, top: float, tall: float) -> None:
        """The chart, its numbers in a sheet that PowerPoint opens."""
        data = CategoryChartData(number_format="0.0")
        bars, look = self.bars, self.look
        data.categories = [self._short(label) for label in bars.labels]
        for name, numbers in bars.series:
            data.add_series(self._short(name), numbers)
        kind = XL_CHART_TYPE.BAR_STACKED if self.stacked else XL_CHART_TYPE.BAR_CLUSTERED
        frame = slide.shapes.add_chart(kind, Inches(left), Inches(top), Inches(self.width), Pt(tall), data)
        frame._element.nvGraphicFramePr.cNvPr.set("descr", bars.alt)
        chart = frame.chart
        chart.font.size = Pt(SMALLEST)
        paint(chart.font.color, look.ink)
        chart.has_title, chart.has_legend = False, self.stacked
        if self.stacked:
            chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.TOP, False
        self._axes(chart)
        plot = chart.plots[0]
        plot.gap_width, plot.vary_by_categories = 45, False
        if self.stacked:
            plot.overlap = 100
            for each, colour in zip(plot.series, bars.colours, strict=True):
                _paint(each.format, colour, look)
                _label(each.data_labels, colour, XL_LABEL_POSITION.CENTER, least=A_LABEL / (43 * self.width) * self.top)
        else:
            only = plot.series[0]
            _paint(only.format, bars.colours[0], look)
            for number, colour in enumerate(bars.colours):
                point = only.points[number]
                _paint(point.format, colour, look)
                if bars.ranges:
                    _point_label(only, number, colour)
            if bars.ranges:
                self._error_bars(chart, only)
            else:
                plot.has_data_labels = True
                _label(plot.data_labels, "", XL_LABEL_POSITION.OUTSIDE_END)

    def _short(self, label: str) -> str:
        """A label that leaves the bars the greater part of the width."""
        return measuring.one_line(printable(label), 0.4 * self.width * 72, SMALLEST, face=self.look.face)

    def _axes(self, chart: Any) -> None:
        names, numbers = chart.category_axis, chart.value_axis
        names.reverse_order, names.has_major_gridlines = True, False
        names.tick_label_position = XL_TICK_LABEL_POSITION.LOW
        paint(names.format.line.color, self.look.ink)
        numbers.minimum_scale, numbers.maximum_scale = 0, self.top
        numbers.has_major_gridlines, numbers.visible = False, bool(self.bars.ranges)
        if self.bars.ranges:
            # With the labels in reverse order "high" is the foot of the chart.
            numbers.major_unit, numbers.tick_label_position = 20, XL_TICK_LABEL_POSITION.HIGH
            numbers.tick_labels.number_format, numbers.tick_labels.number_format_is_linked = "0", False
            numbers.format.line.fill.background()

    def _error_bars(self, chart: Any, series: Any) -> None:
        """From each bar's end down to its low and up to its high, as columns of the chart's own sheet."""
        numbers, ranges = self.bars.series[0][1], self.bars.ranges
        down = [max(0.0, number - low) for number, (low, _) in zip(numbers, ranges, strict=True)]
        up = [max(0.0, high - number) for number, (_, high) in zip(numbers, ranges, strict=True)]
        _add_columns(chart, {"Down to low": down, "Up to high": up})
        ink = f'<a:{self.look.ink.kind} val="{self.look.ink.value}"/>'
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
