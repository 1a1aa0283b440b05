"""Charts and heat tables as pictures, for media that hold no charts of their own: the page, notebooks and HTML."""

from __future__ import annotations

import io
import logging
import math
import textwrap
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import ExportError, is_number
from ..story.exhibit import WRITTEN, Chart, Column, Table
from . import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.backends.backend_agg import RendererAgg
    from matplotlib.figure import Figure

TEXT, SMALL = 10.0, 9.0
"""Sizes in points: of rows, and of headings and the axis."""
LINE, GAP = 0.175, 0.2
"""Height of a line, and room between columns, in inches."""
DOTS_PER_INCH = 192
GROUND = {"facecolor": theme.PAPER, "edgecolor": "none", "pad": 1.0}
"""Behind a text that lies over thin lines."""
LETTERS, LEAST = (34, 26, 20, 16), 0.36
"""The most letters on a line of a text that leave this share of the width to the marks."""


def figure(block: Chart | Table, *, width: float = 9.0, scale: float = 1.0) -> Figure:
    """A chart, or a table whose numbers are cells filled by heat, as a matplotlib figure.

    Parameters
    ----------
    block : Chart or Table
    width : float
        In inches; the height follows from the rows.
    scale : float
        Of texts and rows.

    Raises
    ------
    ExportError
        For a block that has no rows, and a table without numbers.

    Examples
    --------
    >>> from aukus_mcda.story.exhibit import Chart
    >>> chart = Chart("dots", ["Uncrewed trials", "Early dialogue"], "Score, 0 to 100", (0, 100), "Scores", at=[57, 53])
    >>> float(figure(chart, width=6).get_size_inches()[0])
    6.0
    """
    with _themed():
        return _drawn(block, width, scale)


def picture(block: Chart | Table, *, width: float = 9.0, scale: float = 1.0) -> bytes:
    """The same as a PNG: the same bytes for the same block.

    Examples
    --------
    >>> from aukus_mcda.story.exhibit import Chart
    >>> picture(Chart("bars", ["Trials"], "Months", (0, 60), "Months to effect", at=[18]))[1:4]
    b'PNG'
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    held = io.BytesIO()
    with _themed():
        canvas = FigureCanvasAgg(_drawn(block, width, scale))
        canvas.draw()
        image = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
    image.quantize(128, dither=Image.Dither.NONE).save(held, "PNG", optimize=True, dpi=(DOTS_PER_INCH, DOTS_PER_INCH))
    return held.getvalue()


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
        yield
    fonts.setLevel(level)


@cache
def _fonts() -> list[str]:
    """Those that are installed, and after them what has the letters of other scripts."""
    from matplotlib import font_manager

    installed = font_manager.get_font_names()
    others = sorted(name for name in installed if any(word in name for word in ("CJK", "YaHei", "Malgun", "Fallback")))
    return [name for name in (*theme.FONTS, *others) if name in installed]


def _drawn(block: Chart | Table, width: float, scale: float) -> Figure:
    """Labels at the left, marks or heat in the middle, columns at the right, row by row; places are inches."""
    from matplotlib.figure import Figure

    left, middle, right = _parted(block)
    beside, rows = [*left, *right], len(left[0].cells)
    for letters in LETTERS:
        heads = [textwrap.fill(column.heading, letters // 2) for column in beside]
        texts = [[textwrap.fill(text, letters) for text in column.texts] for column in beside]
        wide = [
            max(_wide(SMALL * scale, head), _wide(TEXT * scale, *cells))
            for head, cells in zip(heads, texts, strict=True)
        ]
        inner = max(width - sum(wide) - GAP * len(wide), 0.2 * width)
        if inner >= (LEAST if isinstance(block, Chart) else 0.5) * width:
            break
    begin = sum(wide[: len(left)]) + GAP * len(left)
    reach = max(inner / max(1, len(middle)) - 0.08, 0.1)
    names, turned = _names(middle, reach, scale)
    axis = _filled(block.axis, width - begin, scale) if isinstance(block, Chart) else ""
    line = LINE * scale
    head = line * max((_lines(text) for text in (*heads, *names) if text), default=0) + 0.08
    head = max(head, _wide(SMALL * scale, *names) + 0.2) if turned else head
    row = line * max(_lines(text) for cells in texts for text in cells) + 0.16 * scale
    foot = line * (_lines(axis) + 1.6) if axis else 0.04
    height = head + row * rows + foot
    drawing = Figure(figsize=(width, height))
    axes = drawing.add_axes((begin / width, foot / height, inner / width, row * rows / height))
    sheet = drawing.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    sheet.set_axis_off()
    small: dict[str, Any] = {"size": SMALL * scale, "color": theme.GREY}

    def write(x: float, last: float, text: str, **look: Any) -> None:
        """Line by line, the last on a baseline that a whole row shares."""
        for above, words in enumerate(reversed(text.split("\n"))):
            sheet.text(x, last - line * above, words, va="baseline", **look)

    for place, name in enumerate(names):
        x = begin + inner * (place + 0.5) / len(names)
        if turned:
            sheet.text(x, head - 0.08, name, ha="center", va="bottom", rotation=90, weight="bold", **small)
        else:
            write(x, head - 0.09, name, ha="center", weight="bold", **small)
    tones = [*block.tones] or ["plain"] * rows
    start = 0.0
    for number, (column, across, heading, cells) in enumerate(zip(beside, wide, heads, texts, strict=True)):
        start = begin + inner + GAP if number == len(left) else start
        x, side = (start, "left") if column.kind == "text" else (start + across, "right")
        write(x, head - 0.09, heading, ha=side, weight="bold", **small)
        for place, (cell, tone) in enumerate(zip(cells, tones, strict=True)):
            loud = tone in ("accent", "warn") if number == 0 else tone == "accent" and column.kind != "text"
            look = {"color": theme.TONES[tone] if loud else theme.INK, "weight": "bold" if loud else "normal"}
            write(
                x,
                head + row * (place + 0.5) + line * (_lines(cell) / 2 - 0.24),
                cell,
                ha=side,
                size=TEXT * scale,
                **look,
            )
        start += across + GAP
    if isinstance(block, Chart):
        write(begin, height - 0.06, axis, **small)
        _marks(axes, block, inner, scale)
    else:
        _heat(axes, Table(middle, block.alt), scale)
    return drawing


def _names(columns: Sequence[Column], reach: float, scale: float) -> tuple[list[str], bool]:
    """The headings of cells that are so many inches wide, and whether they have to be turned to stand on their side."""
    size = SMALL * scale
    if any(_wide(size, *column.heading.split()) > reach for column in columns):
        return [textwrap.shorten(column.heading, 40, placeholder=" ...") for column in columns], True
    return [_filled(column.heading, reach, scale) for column in columns], False


def _filled(text: str, reach: float, scale: float) -> str:
    """A small text on lines of at most so many inches."""
    return textwrap.fill(text, max(5, int(reach / (0.6 * scale * SMALL / 72))), break_long_words=False)


def _parted(block: Chart | Table) -> tuple[list[Column], list[Column], list[Column]]:
    """What stands left of the marks or the heat, what is filled, and what stands right of it."""
    if isinstance(block, Chart):
        if not block.labels:
            raise ExportError("A chart of no rows cannot be drawn.")
        return [Column("", block.labels)], [], list(block.columns)
    columns = list(block.columns)
    filled = [column for column in columns if column.kind != "text"]
    if not filled or not block.rows:
        raise ExportError("A table without numbers cannot be drawn as heat.")
    first = columns.index(filled[0])
    before = columns[:first] or [Column("", [""] * len(block.rows))]
    return before, filled, [column for column in columns[first:] if column.kind == "text"]


def _lines(text: str) -> int:
    return text.count("\n") + 1


def _wide(size: float, *texts: str) -> float:
    """The width of the widest line of some texts, in inches, when they are bold."""
    from matplotlib.font_manager import FontProperties

    bold, renderer = FontProperties(size=size, weight="bold"), _renderer()
    lines = [line for text in texts for line in text.split("\n")]
    widths = [renderer.get_text_width_height_descent(line, bold, False)[0] for line in lines]
    return max(widths, default=0.0) / DOTS_PER_INCH


@cache
def _renderer() -> RendererAgg:
    from matplotlib.backends.backend_agg import RendererAgg

    return RendererAgg(1, 1, DOTS_PER_INCH)


def _heat(axes: Axes, table: Table, scale: float) -> None:
    """Cells filled by their numbers, which stand in them."""
    import seaborn as sns
    from matplotlib.colors import ListedColormap

    fills = theme.heat(table)
    grounds = [theme.PAPER if fill is None else fill.ground for row in fills for fill in row]
    order = np.arange(len(grounds)).reshape(len(fills), -1)
    look = {"cmap": ListedColormap(grounds), "vmin": -0.5, "vmax": len(grounds) - 0.5, "linewidths": 1.2}
    sns.heatmap(order, ax=axes, cbar=False, xticklabels=False, yticklabels=False, **look)
    for y, (row, texts) in enumerate(zip(fills, table.rows, strict=True)):
        for x, (fill, text) in enumerate(zip(row, texts, strict=True)):
            ink = theme.INK if fill is None else fill.ink
            axes.text(x + 0.5, y + 0.5, text, ha="center", va="center_baseline", size=TEXT * scale, color=ink)


def _marks(axes: Axes, chart: Chart, inner: float, scale: float) -> None:
    """The marks of each row above thin lines of a common axis."""
    from matplotlib.ticker import MaxNLocator

    rows = range(len(chart.labels))
    at, low, high = (_numbers(given, len(rows)) for given in (chart.at, chart.low, chart.high))
    colours = [theme.MARKS[tone] for tone in chart.tones or ["grey"] * len(rows)]
    if chart.look == "bars":
        low, high = [0.0] * len(rows), at
        axes.barh(rows, at, color=colours, height=0.56)
    elif chart.look == "spans":
        lengths = [end - start for start, end in zip(low, high, strict=True)]
        axes.barh(rows, lengths, left=low, color=colours, height=0.46)
        for colour, thick, tall in ((theme.PAPER, 5.0, 19), (theme.INK, 2.4, 16)):
            axes.plot(at, rows, "|", color=colour, markersize=tall * scale, markeredgewidth=thick * scale, zorder=3)
    else:
        axes.hlines(rows, low, high, color=colours, linewidth=1.6 * scale)
        axes.scatter(at, rows, s=62 * scale**2, color=colours, zorder=3)
    for ends, texts, side, away in ((low, chart.before, "right", -5), (high, chart.after, "left", 5)):
        for row, (end, text) in enumerate(zip(ends, texts, strict=False)):
            look: dict[str, Any] = {
                "size": SMALL * scale,
                "ha": side,
                "va": "center_baseline",
                "annotation_clip": False,
            }
            axes.annotate(text, (end, row), (away, 0), textcoords="offset points", bbox=GROUND, **look)
    start, end = chart.ends
    before, after = _room(chart, low, high, inner, scale)
    per_inch = (end - start) / (inner - before - after)
    axes.set(xlim=(start - before * per_inch, end + after * per_inch), ylim=(len(rows) - 0.5, -0.5))
    ticks = [tick for tick in MaxNLocator(8, steps=[1, 2, 2.5, 5, 10]).tick_values(start, end) if start <= tick <= end]
    written = [WRITTEN[chart.kind](tick) for tick in ticks]
    whole = all(text.endswith(".0") for text in written)
    axes.set_xticks(ticks, [text.removesuffix(".0") if whole else text for text in written])
    axes.tick_params(axis="x", length=0, labelsize=SMALL * scale, labelcolor=theme.GREY)
    axes.set_yticks([])
    axes.grid(axis="x", color=theme.LINE, linewidth=0.8)
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _room(chart: Chart, low: Sequence[float], high: Sequence[float], inner: float, scale: float) -> tuple[float, float]:
    """Inches before and after the axis that the texts at the ends of the spans need."""
    (start, end), length = chart.ends, chart.ends[1] - chart.ends[0]
    needs = [
        [(_wide(SMALL * scale, text) + 0.1, share) for text, share in zip(texts, shares, strict=False)]
        for texts, shares in (
            (chart.before, [(number - start) / length for number in low]),
            (chart.after, [(end - number) / length for number in high]),
        )
    ]
    before = after = 0.2
    for _ in range(4):  # room at one side narrows the axis, and with it what is free at the other
        axis = inner - before - after
        before, after = (
            max([0.2, *(need - share * axis for need, share in side if not math.isnan(share))]) for side in needs
        )
    return min(before, 0.3 * inner), min(after, 0.3 * inner)


def _numbers(given: Sequence[float], count: int) -> list[float]:
    return [float(each) if is_number(each) else math.nan for each in given] or [math.nan] * count
