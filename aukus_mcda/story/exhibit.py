"""What an exhibit is: a finding, the blocks that show it and notes to speak from, as data that any medium can draw."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import pandas as pd

from ..errors import shown

PER_CENT = "\N{NO-BREAK SPACE}%"
"""The sign as it follows a number: on the same line."""
SMALLEST = 12
"""Points of the smallest type that can be read from the back of a room."""


@dataclass(frozen=True)
class Text:
    """Paragraphs, but for blank ones, in the largest of ``sizes`` that fits; ``extra`` may be left to the speaker."""

    paragraphs: Sequence[str]
    extra: Sequence[str] = ()
    sizes: tuple[int, ...] = (16, 14, SMALLEST)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paragraphs", tuple(glued(each) for each in self.paragraphs if each))
        object.__setattr__(self, "extra", tuple(filter(None, self.extra)))


class Column(NamedTuple):
    """A column of a table.

    Attributes
    ----------
    heading : str
    share : float
        Its share of the width, in proportion to those of the others.
    cells : sequence of str
    lines : int
        Most lines a cell may take; 0 for any number.
    right : bool
        Cells are set to the right.
    """

    heading: str
    share: float
    cells: Sequence[str]
    lines: int = 0
    right: bool = False


def number_column(heading: str, share: float, cells: Sequence[str]) -> Column:
    """A column of number_column: to the right, each on one line."""
    return Column(heading, share, cells, lines=1, right=True)


@dataclass(frozen=True)
class Table:
    """Columns of cells.

    Attributes
    ----------
    alt : str
        What the table shows, for those who cannot see it.
    strong : collection of int
        Rows set in bold.
    sizes : tuple of int
        Sizes of type in points, the one to be tried first in front.
    spare : bool
        It can be left out where it would need another slide.
    """

    columns: Sequence[Column]
    alt: str
    strong: Collection[int] = ()
    sizes: tuple[int, ...] = (14, SMALLEST)
    spare: bool = False

    def __post_init__(self) -> None:
        columns = tuple(each._replace(cells=tuple(map(glued, each.cells))) for each in self.columns)
        object.__setattr__(self, "columns", columns)

    @property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells row by row."""
        return list(zip(*(column.cells for column in self.columns), strict=True))

    def filled(self) -> Table:
        """The same without the columns that are blank in every row, where there are rows."""
        return replace(self, columns=[column for column in self.columns if any(column.cells) or not column.cells])

    def part(self, start: int, stop: int) -> Table:
        """Some of its rows."""
        columns = [column._replace(cells=column.cells[start:stop]) for column in self.columns]
        return replace(self, columns=columns, strong={row - start for row in self.strong if start <= row < stop})


@dataclass(frozen=True)
class Bars:
    """Bars from 0, first label on top, drawn as tall as there is room.

    Attributes
    ----------
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


Content = Text | Table | Bars


@dataclass(frozen=True)
class Exhibit:
    """A finding and what shows it.

    Attributes
    ----------
    title : str
        The finding.
    notes : str
        What the speaker should have at hand.
    columns : sequences of Content
        Side by side, each from top to bottom.
    shares : sequence of float
        The columns' shares of the width; equal when not given.
    below : sequence of Content
        Across the foot.
    """

    title: str
    notes: str
    columns: Sequence[Sequence[Content]]
    shares: Sequence[float] = ()
    below: Sequence[Content] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "title", glued(self.title))


class Room(Protocol):
    """What a medium can hold, asked while an exhibit is built, so that the exhibit names what it leaves out."""

    chosen: Sequence[str] | None
    """Ids of the options to be shown; all that fit when None."""

    @property
    def narrow(self) -> bool:
        """Whether what is second in importance is left to the speaker for want of width."""

    @property
    def low(self) -> bool:
        """Whether it is so for want of height."""

    def fit(self, table: Table, of: int, *, foot: Sequence[Content] = (), share: float = 1.0) -> Table:
        """The first rows of a table of options, of which there are ``of``, that can be held above ``foot``."""

    def bars(self, note: Text) -> int:
        """How many bars can be read above a note."""


def to_show(options: Iterable[str], room: Room) -> list[str]:
    """The options to be shown, in their order."""
    return [option for option in options if room.chosen is None or option in room.chosen]


def not_shown(count: int) -> str:
    """A line on the options that are left out, or blank."""
    verb = "s are" if count > 1 else " is"
    return f"{count} more option{verb} not shown here; the annex ranks them all." if count else ""


def table_share(room: Room) -> float:
    """The share of the width that a table takes beside a text."""
    return 0.62 if room.narrow else 0.55


def notes(*parts: str | Iterable[str]) -> str:
    """Sentences and lists of them, a paragraph each, blanks left out."""
    lines = [line for part in parts for line in ((part,) if isinstance(part, str) else part)]
    return "\n".join(line for line in lines if line)


def numeral(number: float) -> str:
    """A number as short as it can be written; blank when it is not known."""
    return "" if pd.isna(number) else shown(number)


def glued(text: str) -> str:
    """Text in which a number and its per cent sign stay on one line."""
    return text.replace(" %", PER_CENT)
