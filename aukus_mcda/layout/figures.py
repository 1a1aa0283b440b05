# SPDX-License-Identifier: Apache-2.0
"""Charts as pictures, for media that hold no charts of their own: laid out as on a slide, drawn by matplotlib."""

from __future__ import annotations

import io
import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ExportError, is_number
from ..form import WRITTEN, Chart
from . import theme
from .measuring import LINE, printable, wrapped
from .native_charts import Plot, axis_step
from .slide_tables import CELL_PAD, Font

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LETTERS, AXIS_LETTERS, ROW_TALL = 10.0, 9.0, 24.0
"""Points of type of rows, and of the axis; of height of a row at least."""
DOTS_PER_INCH = 192
GROUND = {"facecolor": theme.PAPER, "edgecolor": "none", "pad": 1.0}
"""Behind a text that lies over thin lines."""


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
    full, tall = plot.width, plot.height
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
    rows = range(len(chart.labels))
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
