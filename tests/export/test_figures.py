# SPDX-License-Identifier: Apache-2.0
"""Pictures of charts: every row and text is there and inside, and the bytes do not change."""

from __future__ import annotations

import io
import math
import re
import warnings
from pathlib import Path
from typing import Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image

from aukus_mcda import lab
from aukus_mcda.errors import ExportError
from aukus_mcda.form import Chart, Column, Table, Tone
from aukus_mcda.layout.charts import figure, picture
from aukus_mcda.layout.theme import (
    ACCENT,
    INK,
    MARKS,
    ON_DARK,
    PAPER,
    THIN_LINE,
    TINT,
    TONES,
    contrast,
    heat,
    readable_on,
)

LONG = "A joint programme for the sharing of maritime domain awareness among five navies and coast guards"
NAMES = ["Maritime picture", LONG, "مراقبة بحرية", "日本との共同監視", "$x_1$ & <b>"]


def dots(rows: int, **more: Any) -> Chart:
    names = [f"{place + 1}  {NAMES[place % len(NAMES)]}" for place in range(rows)]
    at = [60 - place / 2 for place in range(rows)]
    low, high = [each - 5 for each in at], [each + 5 for each in at]
    columns = [Column("Score", at, "score"), Column("Ranks first", [0.8, *[0.004] * (rows - 1)], "share")]
    tones = ["accent", *["grey"] * (rows - 1)]
    given = {"at": at, "low": low, "high": high, "columns": columns, "tones": tones, "kind": "score"} | more
    return Chart("dots", names, "Score, 0 to 100", (30, 80), **given)


SPANS = Chart(
    "spans", ["Deterrence", "Escalation"], "Share of the weight", (0, 1),
    at=[0.3, math.nan], low=[0, 0.1], high=[0.55, 1], before=["", "Early dialogue"], after=["Integrated posture", ""],
    kind="share",
)  # fmt: skip
BARS = Chart("bars", ["Dialogue", "Trials"], "Months", (0, 60), at=[6, 48], after=["6 months", "48 months"])
HEAT = Table(
    [Column("Option", ["a", LONG, "c"]), Column("Tokyo", [1, 2, 3], "rank"), Column("Seoul", [3, None, 1], "rank"),
     Column("Red lines", ["none", "Seoul", ""])],
    "heat", ["accent", "plain", "warn"],
)  # fmt: skip
CHARTS = {"3": dots(3), "10": dots(10), "40": dots(40), "spans": SPANS, "bars": BARS}


def texts(chart: Chart, **size: float) -> tuple[list[str], list[Any]]:
    """What is written in a figure, and where, as shares of its size."""
    drawing = figure(chart, **size)
    FigureCanvasAgg(drawing).draw()
    written = [text for axes in drawing.axes for text in axes.findobj(lambda artist: hasattr(artist, "get_text"))]
    shown = [text for text in written if text.get_text() and text.get_visible()]
    back = drawing.transFigure.inverted()
    return [text.get_text() for text in shown], [text.get_window_extent().transformed(back) for text in shown]


@pytest.mark.parametrize("width", [9.0, 6.5])
@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_every_text_is_inside_the_picture_and_none_is_warned_of(chart: Chart, width: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warnings.filterwarnings("ignore", "Glyph")  # no machine has a font for every script
        words, places = texts(chart, width=width)
    assert len(words) >= len(chart.labels)
    assert all(place.x0 > -0.01 and place.x1 < 1.01 and place.y0 > -0.01 and place.y1 < 1.01 for place in places)


@pytest.mark.parametrize("chart", CHARTS.values(), ids=CHARTS)
def test_the_same_chart_gives_the_same_bytes_and_no_date(chart: Chart) -> None:
    image = picture(chart)
    assert image == picture(chart)
    opened = Image.open(io.BytesIO(image))
    assert opened.format == "PNG" and opened.width == 9 * 192 and set(opened.info) <= {"dpi"}


def test_numbers_are_written_by_their_kind_and_missing_ones_are_blank() -> None:
    words, _ = texts(dots(3, at=[60, None, 58.25]))
    assert {"60.0", "80 %", "below 1 %", "40", "Score, 0 to 100"} <= {*words}
    words, _ = texts(SPANS)
    assert {"0 %", "100 %", "Early dialogue", "Integrated posture"} <= {*words}


def test_texts_at_the_ends_of_a_span_find_room_beyond_the_axis() -> None:
    chart = Chart("spans", ["x"], "", (0, 1), low=[0], high=[1], before=["Early dialogue"], after=["Trials"])
    words, places = texts(chart, width=6)
    by_words = dict(zip(words, places, strict=True))
    assert by_words["x"].x1 < by_words["Early dialogue"].x0 and by_words["Trials"].x1 <= 1


def test_a_chart_without_rows_is_refused() -> None:
    with pytest.raises(ExportError, match="no rows"):
        figure(Chart("dots", [], "", (0, 1)))


def test_texts_and_marks_stand_out_from_their_ground() -> None:
    assert all(contrast(colour, ground) >= 4.5 for colour in TONES.values() for ground in (PAPER, TINT))
    assert all(contrast(colour, PAPER) >= 3 for colour in MARKS.values())
    assert contrast(THIN_LINE, PAPER) < 1.5


@pytest.mark.parametrize("tone", ["accent", "warn"])
def test_what_opens_in_a_browser_has_the_colours_of_slides(tone: Tone) -> None:
    styles = "".join(path.read_text() for path in Path(*lab.__path__).glob("*.css"))
    pairs = re.findall(rf"--(?:awb-)?{tone}: light-dark\((#\w+), (#\w+)\)", styles)
    assert pairs and {(light.upper(), dark.upper()) for light, dark in pairs} == {(TONES[tone], ON_DARK[tone])}


def test_links_of_the_file_to_send_have_the_accent() -> None:
    style = Path(*lab.__path__, "one_file.css").read_text()
    assert {colour.upper() for colour in re.findall(r"(?:color|solid)[: ]+(#\w+)", style)} >= {ACCENT}


def test_heat_is_darkest_at_the_best_and_tells_gain_from_loss() -> None:
    shares = heat(Table([Column("", ["a", "b"]), Column("", [1.0, 0.0], "share")], "heat"))
    assert shares[0] == ["", ACCENT]
    ranks = heat(HEAT)
    assert ranks[0][1] == ACCENT == ranks[2][2] and ranks[1][2] == ""
    gains = heat(Table([Column("", [4.0, 0.0, -4.0], "points")], "heat"))
    assert gains[0][0] == ACCENT and gains[2][0] == TONES["warn"]
    many = heat(Table([Column("", range(-300, 301), "points"), Column("", range(601), "points")], "heat"))
    for table in (shares, ranks, gains, many):
        inks = {ground: readable_on(ground) for row in table for ground in row if ground}
        assert all(contrast(ink, ground) >= 4.5 for ground, ink in inks.items())
        assert {*inks.values()} <= {INK, PAPER}
    assert heat(Table([Column("", [1.0, 0.0], "share")])) == [[""], [""]]
