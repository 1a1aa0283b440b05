# SPDX-License-Identifier: Apache-2.0
"""The look of every exhibit, in one place: one accent, greys, one warning colour, and how a heat table is filled.

Text stands out from what is behind it by 4.5 to 1, a mark by 3 to 1.
"""

from __future__ import annotations

import colorsys
import math
from collections.abc import Callable, Mapping
from typing import Literal, NamedTuple

from ..case import Case
from ..errors import is_number
from ..form import Table, Tone

INK, PAPER = "#1B2A41", "#FFFFFF"
ACCENT, GREY, WARN = "#1F5A99", "#5B6675", "#A9480C"
THIN_LINE, TINT = "#D9DEE5", "#E7EFF7"
"""Thin rules, and the ground of cards."""
LIKE_ARIAL = ("Arial", "Liberation Sans", "Helvetica")
FONTS = (*LIKE_ARIAL, "DejaVu Sans")
"""The first that is installed; those like Arial have letters as wide as its."""
TONES: Mapping[Tone, str] = {"plain": INK, "accent": ACCENT, "grey": GREY, "warn": WARN}
"""The colour of a text of each tone."""
MARKS: Mapping[Tone, str] = {**TONES, "plain": "#848E9D", "grey": "#848E9D"}
"""The colour of a dot or a bar of each tone."""
ON_DARK: Mapping[Tone, str] = {"plain": PAPER, "accent": "#8FBCEB", "grey": "#C3CAD4", "warn": "#F5AD78"}
"""The colour of both where the ground is dark."""
BRIGHT = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")
"""Paul Tol's *bright* scheme, which stays apart for colour-blind readers (https://personal.sron.nl/~pault/)."""
PALEST, LOSS = "#F3F6FA", "#FBF4EF"
"""Where the shades of a gain and of a loss begin."""


LOUD: tuple[Tone, ...] = ("accent", "warn")
"""Tones of rows whose first cell is bold."""


class Cell(NamedTuple):
    """A cell of a table as it is drawn, aligned as an Office file says it; one without a fill has no ground."""

    text: str
    align: Literal["l", "ctr", "r"]
    bold: bool
    ink: str
    ground: str = ""


def criterion_colours(case: Case) -> dict[str, str]:
    """A hex colour for each criterion at the top of the tree: the named ones, then evenly spaced hues."""
    more = len(case.roots) - len(BRIGHT)
    hues = (colorsys.hls_to_rgb(k / more, 0.45, 0.4) for k in range(max(more, 0)))
    others = ("#" + "".join(f"{round(255 * part):02X}" for part in hue) for hue in hues)
    return dict(zip(case.roots, (*BRIGHT, *others), strict=False))


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, from 1 to 21, as WCAG 2 reckons it.

    Examples
    --------
    >>> contrast(WARN, PAPER) >= 4.5
    True
    """
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable_on(ground: str) -> str:
    """The colour of a text on any ground.

    Examples
    --------
    >>> readable_on(ACCENT), readable_on(TINT)
    ('#FFFFFF', '#1B2A41')
    """
    return next(colour for colour in (INK, PAPER, "#000000") if contrast(colour, ground) >= 4.5)


def seen_on(ground: str, colour: str, tone: Tone = "plain", *, least: float = 4.5) -> str:
    """A colour where it stands out from a ground; else that of its tone on dark, or what is read on any ground.

    Examples
    --------
    >>> seen_on(PAPER, ACCENT, "accent"), seen_on("#0B1830", ACCENT, "accent")
    ('#1F5A99', '#8FBCEB')
    """
    fitting = (each for each in (colour, ON_DARK[tone]) if contrast(each, ground) >= least)
    return next(fitting, readable_on(ground))


def heat(table: Table) -> list[list[str]]:
    """For each row of a table and each of its cells the ground; blank for texts, blanks and other looks.

    A rank is the better the lower it is. Points are filled by gain and loss, away from none; the other numbers from the
    least to the greatest.

    Examples
    --------
    >>> from aukus_mcda.form import Column
    >>> heat(Table([Column("Option", ["a", "b"]), Column("Tokyo", [1, 9], "rank")], "heat"))[0]
    ['', '#1F5A99']
    """
    kinds = {column.kind for column in table.columns if table.look == "heat"} - {"text"}
    columns = [
        [float(cell) if column.kind in kinds and is_number(cell) else math.nan for cell in column.cells]
        for column in table.columns
    ]
    numbers = [number for cells in columns for number in cells if not math.isnan(number)] or [0.0]
    least, greatest = min(numbers), max(numbers)
    furthest = max(map(abs, numbers)) or 1.0

    def filled(number: float) -> str:
        if math.isnan(number):
            return ""
        if "points" in kinds:
            return _shade(LOSS, WARN, -number / furthest) if number < 0 else _shade(PALEST, ACCENT, number / furthest)
        height = (number - least) / (greatest - least) if greatest > least else 0.0
        return _shade(PALEST, ACCENT, 1 - height if "rank" in kinds else height)

    return [[filled(number) for number in row] for row in zip(*columns, strict=True)]


def drawn_cells(table: Table, ink: Callable[[Tone], str]) -> list[list[Cell]]:
    """What is written where and how: the headings, then row by row; ``ink`` gives the colour of a tone."""
    aligned: list[Literal["l", "ctr", "r"]] = [
        "l" if column.kind == "text" else "ctr" if table.look == "heat" else "r" for column in table.columns
    ]
    rows = [[Cell(each.heading, side, True, ink("grey")) for each, side in zip(table.columns, aligned, strict=True)]]
    for texts, grounds, tone in zip(table.rows, heat(table), table.tones, strict=True):
        strong = [tone == "accent" or (tone in LOUD and not place) for place in range(len(texts))]
        inks = [readable_on(ground) if ground else ink(tone) for ground in grounds]
        rows.append(list(map(Cell, texts, aligned, strong, inks, grounds)))
    return rows


def _shade(one: str, other: str, share: float) -> str:
    """A colour some way from a pale one to a dark one, without the middle, where neither ink nor paper is read well."""
    part = 0.88 * share if share < 0.7 else 0.88 + 0.4 * (share - 0.7)
    mixed = (first + part * (second - first) for first, second in zip(_parts(one), _parts(other), strict=True))
    return "#" + "".join(f"{round(255 * channel):02X}" for channel in mixed)


def _luminance(colour: str) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in _parts(colour)]
    return sum(share * part for share, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _parts(colour: str) -> list[float]:
    return [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
