# SPDX-License-Identifier: Apache-2.0
"""Exhibits as HTML, for notebooks and pages: nothing is fetched, styles are inline, and a name is never markup."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from functools import cache
from typing import Any

from ..form import Chart, Column, Exhibit, Table
from ..text import markup
from . import theme

MOST_SHOWN = 15
"""Rows of a table; more scroll in a box."""
MOST_UPRIGHT = 9
"""Headings of heat that stand side by side; more are turned."""
SHORT_HEADING, LONG_CELL = 6, 45
"""Letters of a heading that stands upright beside any number of others, and of a cell that wants a wide column."""
IN_THE_DARK = '[data-jp-theme-light="false"] .aukus-mcda{filter:invert(0.92) hue-rotate(180deg)}'
"""In a dark notebook light and dark change places, in pictures too, and hues stay; greys stay as far apart."""


class Shown:
    """Exhibits where they are read, one below the other: HTML in a notebook, plain text elsewhere.

    Attributes
    ----------
    exhibits : tuple of Exhibit
    """

    def __init__(self, *exhibits: Exhibit) -> None:
        self.exhibits = exhibits

    @property
    def exhibit(self) -> Exhibit:
        """The first of them."""
        return self.exhibits[0]

    def _repr_html_(self) -> str:
        parts = "".join(_pieces().exhibit(each, notebook=True) for each in self.exhibits)
        return f'<style>{IN_THE_DARK}</style><div class="aukus-mcda">{parts}</div>'

    def __repr__(self) -> str:
        """Title, subtitle, and every block line by line."""
        return "\n\n".join(map(_plain, self.exhibits))


def html_of(exhibit: Exhibit) -> str:
    """An exhibit as a piece of HTML on a ground of its own, so that it reads in light and dark surroundings.

    Examples
    --------
    >>> html = html_of(Exhibit("<b> leads", "By 2 points", ["It holds."], badge=("Robust", "accent")))
    >>> "&lt;b&gt; leads" in html, "<b>" in html, "Robust" in html
    (True, False, True)
    """
    return str(_pieces().exhibit(exhibit, notebook=False))


@cache
def _pieces() -> Any:
    """The pieces that HTML is put together from; they load when something is first shown."""
    return markup("layout/exhibit.html").make_module(GLOBALS)


def png(chart: Chart, width: float) -> str:
    """A chart as a picture, so many inches wide, for the address of an image."""
    from .charts import picture  # it takes longer to load than the rest of a notebook's page

    return base64.b64encode(picture(chart, width=width)).decode("ascii")


def set_of(table: Table) -> dict[str, Any]:
    """How a table is set: its cells, how wide its columns are, whether it scrolls, and whether headings are turned."""
    columns, rows = table.columns, theme.drawn_cells(table, theme.TONES.__getitem__)[1:]
    filled = sum(column.kind != "text" for column in columns) if table.look == "heat" else 0
    longest = max(len(column.heading) for column in columns)
    return {
        "rows": rows,
        "filled": filled,
        "long": len(rows) > MOST_SHOWN,
        "turned": filled > MOST_UPRIGHT and longest > SHORT_HEADING,
        "widths": _widths(columns, filled),
    }


def _widths(columns: Sequence[Column], filled: int) -> list[float]:
    """Per cent of the width for each column, those of heat alike; 0 where the columns find their widths themselves."""
    shares = [column.share for column in columns]
    if not filled:
        return [100 * share / sum(shares) if len({*shares}) > 1 else 0.0 for share in shares]
    texts = sum(column.share for column in columns if column.kind == "text")
    return [38 * each.share / texts if each.kind == "text" else 62 / filled for each in columns]


def _plain(exhibit: Exhibit) -> str:
    lines = [exhibit.title, exhibit.subtitle]
    for block in exhibit.flat:
        lines += ["", *([block] if isinstance(block, str) else _lines(block))]
    return "\n".join([*lines, "", exhibit.footnote]).strip()


def _lines(block: Chart | Table) -> list[str]:
    """The rows of a block as plain text beneath their headings, column by column."""
    labels = [Column("", block.labels)] if isinstance(block, Chart) else []
    columns = [[column.heading, *column.texts] for column in [*labels, *block.columns]]
    wide = [max(map(len, texts)) for texts in columns]
    rows = ["  ".join(map(str.ljust, row, wide)).rstrip() for row in zip(*columns, strict=True)]
    return rows if rows[0] else rows[1:]


def longest_word(text: str) -> int:
    """How many letters the longest word of a text has."""
    return max(map(len, text.split()), default=0)


GLOBALS = {"theme": theme, "LONG_CELL": LONG_CELL, "png": png, "set_of": set_of, "longest_word": longest_word}
"""What templates can ask for."""
