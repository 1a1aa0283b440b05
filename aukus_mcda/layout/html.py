# SPDX-License-Identifier: Apache-2.0
"""Exhibits as HTML, for notebooks and pages: nothing is fetched, styles are inline, and a name is never markup."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape
from pathlib import Path

from ..form import Chart, Column, Exhibit, Piece, Table
from . import theme

MOST_SHOWN = 15
"""Rows of a table; more scroll in a box."""
MOST_UPRIGHT = 9
"""Headings of heat that stand side by side; more are turned."""
SHORT_HEADING, LONG_CELL = 6, 45
"""Letters of a heading that stands upright beside any number of others, and of a cell that wants a wide column."""
SCROLLING_BOX = '<div class="long"'
"""How the box of a table begins that scrolls."""
FILTER_FIELD = Path(__file__).with_name("filter_field.html").read_text(encoding="utf-8").strip()
"""Above such a table, where it is read in a notebook."""
IN_THE_DARK = '[data-jp-theme-light="false"] .aukus-mcda{filter:invert(0.92) hue-rotate(180deg)}'
"""In a dark notebook light and dark change places, in pictures too, and hues stay; greys stay as far apart."""
STEP = "display:flex;flex-wrap:wrap;gap:4px 16px;padding:5px 0 5px 12px;margin-bottom:8px;border-left:4px solid "
CARD = f"flex:1;min-width:150px;background:{theme.TINT};border-radius:4px;padding:12px 14px"


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
        parts = "".join(map(html_of, self.exhibits)).replace(SCROLLING_BOX, f"{FILTER_FIELD}{SCROLLING_BOX}")
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
    word, tone = exhibit.badge
    colour = theme.TONES[tone]
    corner = f"float:right;margin-left:16px;padding:2px 10px;border:1.5px solid {colour};border-radius:11px"
    badge = _text("span", word, f"{corner};color:{colour};font-size:13px;font-weight:700")
    title = _text(
        "div", exhibit.title, "font-size:20px;font-weight:700;line-height:1.3", 'role="heading" aria-level="3"'
    )
    subtitle = _text(
        "div", exhibit.subtitle if exhibit.title else "", f"font-size:15px;color:{theme.GREY};margin-top:4px"
    )
    blocks = "".join(f'<div style="margin-top:9px">{_row(block)}</div>' for block in exhibit.blocks)
    footnote = _text("div", exhibit.footnote, f"font-size:12px;color:{theme.GREY};margin-top:12px")
    notes = "".join(_text("p", note, "margin:8px 0") for note in exhibit.notes)
    if notes:
        notes = (
            f'<details style="margin-top:10px;font-size:13px"><summary style="cursor:pointer;color:{theme.ACCENT}">'
            f"{escape(exhibit.subtitle) if not exhibit.title else 'Reasons and evidence'}</summary>{notes}</details>"
        )
    families = ",".join(f"'{font}'" if " " in font else font for font in theme.FONTS)
    return (
        f'<div class="mathjax_ignore tex2jax_ignore" style="background:{theme.PAPER};color:{theme.INK};'
        f"max-width:960px;padding:10px 20px;border-radius:6px;font:14px/1.45 {families},sans-serif;color-scheme:light;"
        f'box-sizing:border-box">{badge}{title}{subtitle}{blocks}{footnote}{notes}</div>'
    )


def _row(block: Piece | tuple[Piece, ...], width: float = 9.0) -> str:
    """A block, or several side by side as far as there is room; pictures are made so many inches wide."""
    if isinstance(block, tuple):
        parts = (_row(each, width / len(block)) for each in block)
        inside = "".join(f'<div style="flex:1;min-width:300px">{part}</div>' for part in parts)
        return f'<div style="display:flex;flex-wrap:wrap;gap:28px">{inside}</div>'
    if isinstance(block, str):
        return _text("div", block)
    if isinstance(block, Chart):
        from .charts import picture  # it takes longer to load than the rest of a notebook's page

        data = base64.b64encode(picture(block, width=width)).decode("ascii")
        alt = escape(block.alt)
        return f'<img alt="{alt}" src="data:image/png;base64,{data}" style="width:100%;height:auto">'
    return _boxed(block) if block.look in ("cards", "steps") else _table(block)


def _boxed(table: Table) -> str:
    """Cards side by side, each with a large first cell; or steps, each a heading and what belongs under it."""
    cards = table.look == "cards"
    boxes = ""
    for tone, (first, *others) in zip(table.tones, table.rows, strict=True):
        colour = theme.TONES[tone]
        if cards:
            box, body = CARD, "font-size:13px;margin-top:4px"
            head = f"font-size:26px;font-weight:700;line-height:1.2;color:{colour}"
        else:
            box, body = f"{STEP}{colour}", "flex:1;min-width:260px"
            head = f"flex:none;width:215px;font-weight:700;color:{colour}"
        texts = _text("div", first, head) + "".join(_text("div", other, body) for other in others)
        boxes += f'<div style="{box}">{texts}</div>'
    return f'<div style="display:flex;flex-wrap:wrap;gap:12px">{boxes}</div>' if cards else boxes


def _table(table: Table) -> str:
    """A table with its headings; a long one scrolls beneath them."""
    filled = sum(column.kind != "text" for column in table.columns) if table.look == "heat" else 0
    longest = max(len(column.heading) for column in table.columns)
    widths = _widths(table.columns, filled)
    looks = [
        _look(column, filled > 0) + (f"width:{width:.1f}%;" if width else "")
        for column, width in zip(table.columns, widths, strict=True)
    ]
    heads = "".join(
        _heading(column, look, turned=filled > MOST_UPRIGHT and longest > SHORT_HEADING)
        for column, look in zip(table.columns, looks, strict=True)
    )
    body = []
    for row in theme.drawn_cells(table, theme.TONES.__getitem__)[1:]:
        written = ""
        for (text, _, bold, ink, ground), look in zip(row, looks, strict=True):
            wide = "font-weight:700;" if bold else ""
            wide += "min-width:11em;" if len(text) > LONG_CELL else ""
            wide += "overflow-wrap:anywhere;" if max(map(len, text.split()), default=0) > LONG_CELL / 2 else ""
            paint = f"background:{ground or theme.PAPER};color:{ink}"
            written += f'<td dir="auto" style="{paint};{look}{wide}">{escape(text)}</td>'
        body.append(f'<tr style="background:{theme.PAPER}">{written}</tr>')
    scroll = "max-height:440px;" if len(body) > MOST_SHOWN else ""
    box = SCROLLING_BOX if scroll else "<div"
    across = "width:100%;" if any(widths) else ""
    return (
        f'{box} role="region" tabindex="0" aria-label="{escape(table.alt)}" style="overflow:auto;{scroll}">'
        f'<table style="border-collapse:collapse;table-layout:auto;font-size:13px;margin:0;{across}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def _heading(column: Column, look: str, *, turned: bool) -> str:
    """The heading of a column, which stays in sight; those of heat stand on their side where there are many."""
    text = escape(column.heading)
    if turned and column.kind != "text":
        text = f'<span style="writing-mode:vertical-rl;transform:rotate(180deg);max-height:150px">{text}</span>'
    ground = f"position:sticky;top:0;background:{theme.PAPER};color:{theme.GREY};white-space:normal"
    return f'<th scope="col" dir="auto" style="{look}{ground};vertical-align:bottom">{text}</th>'


def _widths(columns: Sequence[Column], filled: int) -> list[float]:
    """Per cent of the width for each column, those of heat alike; 0 where the columns find their widths themselves."""
    shares = [column.share for column in columns]
    if not filled:
        return [100 * share / sum(shares) if len({*shares}) > 1 else 0.0 for share in shares]
    texts = sum(column.share for column in columns if column.kind == "text")
    return [38 * each.share / texts if each.kind == "text" else 62 / filled for each in columns]


def _look(column: Column, filled: bool) -> str:
    """How the cells of a column are set, in a table with heat or one without."""
    if filled and column.kind != "text":
        return f"text-align:center;padding:5px 4px;border:1px solid {theme.PAPER};"
    line = f"padding:4px 14px 4px {'8px' if filled else '0'};border:0;border-bottom:1px solid {theme.THIN_LINE};"
    if column.kind == "text":
        return line + f"text-align:left;vertical-align:{'middle' if filled else 'top'};"
    return line + "text-align:right;vertical-align:top;white-space:nowrap;font-variant-numeric:tabular-nums;"


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


def _text(tag: str, text: str, look: str = "", more: str = "") -> str:
    """A text in an element, its direction its own; nothing for a blank one."""
    return f'<{tag} dir="auto" style="{look}" {more}>{escape(text)}</{tag}>' if text else ""
