"""What an exhibit is, as data that any medium can draw: a finding, the blocks that show it, notes to speak from.

The notes hold the reasoning behind an exhibit and the ids of the evidence it rests on.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, Protocol

import pandas as pd

from ..case import Case
from ..errors import shown
from ..ranking import Ranking
from ..text import titled

PER_CENT = "\N{NO-BREAK SPACE}%"
"""The sign as it follows a number: on the same line."""
SMALLEST = 12
"""Points of the smallest type that can be read from the back of a room."""
MOST_JUDGEMENTS = 6
"""Judgements a speaker can be asked to have at hand for one exhibit."""


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


def cited(evidence: Iterable[str]) -> str:
    """Evidence ids in brackets, or blank.

    Examples
    --------
    >>> cited(("ipmda-design", "quad-members")), cited(())
    (' [ipmda-design; quad-members]', '')
    """
    ids = "; ".join(dict.fromkeys(evidence))
    return f" [{ids}]" if ids else ""


def why_scored(case: Case, pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Why options were scored as they were: score, range, reason and evidence of the first (option, leaf) pairs."""
    lines = []
    for option, leaf in list(dict.fromkeys(pairs))[:MOST_JUDGEMENTS]:
        row = case.scores.loc[(option, leaf)]
        spread = f" ({shown(row['low'])} to {shown(row['high'])})" if row["low"] < row["high"] else ""
        place = f"{case.options.at[option, 'short']} on {case.criteria.at[leaf, 'name']}"
        reason = row["rationale"] or "No reason is recorded."
        lines.append(f"{place}, judged {shown(row['likely'])}{spread}: {reason}{cited(row['evidence'])}")
    return lines


def heaviest_parts(ranking: Ranking, options: Sequence[str], each: int = 2) -> list[tuple[str, str]]:
    """The leaves that give each option most of its score."""
    parts = ranking.contributions.loc[list(options)]
    return [(option, leaf) for option in options for leaf in parts.loc[option].nlargest(each).index]


def widest(case: Case, options: Sequence[str], each: int = 3) -> list[tuple[str, str]]:
    """The leaves on which each option's value is judged least sure; those without a range are not among them."""
    low, high = case.value_range
    spread = (high - low).loc[list(options)]
    ranged = {option: row[row > 0] for option, row in spread.iterrows()}
    return [(option, leaf) for option in options for leaf in ranged[option].nlargest(each).index]


def why_weighed(case: Case, criteria: Iterable[str], profiles: Iterable[str]) -> list[str]:
    """Why criteria were given their weight, by profile."""
    pairs = [(profile, criterion) for profile in profiles for criterion in criteria]
    rows = case.points.loc[[pair for pair in pairs if pair in case.points.index]]
    return [
        f"{titled(profile)} on {case.criteria.at[criterion, 'name']}, {shown(row['likely'])} swing points: "
        f"{row['rationale'] or 'No reason is recorded.'}{cited(row['evidence'])}"
        for (profile, criterion), row in rows.iterrows()
    ]


def how_meant(case: Case, options: Iterable[str]) -> list[str]:
    """How each option is meant to work, with its evidence."""
    return [
        f"{row['short']}: {row['mechanism'] or row['description'] or 'Not described.'}{cited(row['evidence'])}"
        for _, row in case.options.loc[list(options)].iterrows()
    ]


def reasons_of(table: pd.DataFrame, reason: str, start: str) -> list[str]:
    """The reasons of a table's rows, each behind what names the row, with their evidence."""
    return [f"{row[start]}: {row[reason]}{cited(row['evidence'])}" for _, row in table.iterrows() if row[reason]]


def numeral(number: float) -> str:
    """A number as short as it can be written; blank when it is not known."""
    return "" if pd.isna(number) else shown(number)


def glued(text: str) -> str:
    """Text in which a number and its per cent sign stay on one line."""
    return text.replace(" %", PER_CENT)
