# SPDX-License-Identifier: Apache-2.0
"""What an exhibit is, as data that any medium can draw: a title, a subtitle, tables, charts and sentences, notes.

Nothing here knows a colour, a font or a file. A medium writes a number by the kind of its column.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar

import pandas as pd

from .case import UNJUDGED, Case
from .text import exact, percent, with_minus

MOST_LETTERS = 75
"""Of a title: what is read in one look."""
Kind: TypeAlias = Literal["text", "rank", "count", "score", "points", "share", "correlation", "number"]
TableLook: TypeAlias = Literal["plain", "heat", "cards", "steps"]
Tone: TypeAlias = Literal["plain", "accent", "grey", "warn"]
"""What a row is to the reader: the answer, the rest, or a warning. A medium gives each one look."""
Row: TypeAlias = tuple[Any, ...]
"""The texts of a row of a table, and its tone at the end."""
WRITTEN: Mapping[str, Any] = {
    "text": str,
    "rank": lambda number: f"{number:.0f}",
    "count": lambda number: f"{math.floor(number + 0.5):,}",  # halves go up, as spreadsheets and browsers have them
    "score": lambda number: with_minus(f"{number:.1f}"),
    "points": lambda number: with_minus(f"{number:+.1f}") if abs(number) >= 0.05 else "0.0",
    "share": percent,
    "correlation": lambda number: with_minus(f"{number:.2f}"),
    "number": lambda number: exact(float(f"{number:.3g}")) if abs(number) < 1000 else f"{number:,.0f}",
}
"""How a number of each kind is written where it is read; a share is held from 0 to 1."""


class Most:
    """How much of a thing an exhibit shows; the workbook, the annex or the tables of the case have it all."""

    OPTIONS = 12
    ACROSS = 8  # columns of a heatmap, criteria of a chart
    ROOTS = 7  # top criteria beside one another; smaller ones are added up
    NAMED = 15  # items of evidence, and scores, in a table or in notes
    JUDGEMENTS = 6  # that a speaker can be asked to have at hand
    PACKAGES = 20
    ASSUMPTIONS = 5
    ANSWERED = 5  # options to which the best answers stand in full
    CONDITIONS = 4
    REASONS = 2  # weak scores, red lines, and items of evidence to attack for one option
    SIGNS = 2


@dataclass(frozen=True)
class Column:
    """A column of a table: texts, or numbers of one kind.

    Attributes
    ----------
    heading : str
    cells : iterable of str or of float
        Kept as a list; a missing number is blank.
    kind : str
        One of `WRITTEN`; all but texts are set to the right.
    share : float
        Of the width, in proportion to those of the others.
    """

    heading: str
    cells: Iterable[Any]
    kind: Kind = "text"
    share: float = 1.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "cells", list(self.cells))

    @classmethod
    def options(cls, case: Case, options: Iterable[str], share: float = 2) -> Column:
        """The short names of options, as a table of them begins."""
        return cls("Option", case.options["short"][list(options)], share=share)

    @cached_property
    def texts(self) -> list[str]:
        """The cells as they are read."""
        write = WRITTEN[self.kind]  # words among numbers, such as the mark of what is not known, stay as they are
        return ["" if _missing(cell) else cell if isinstance(cell, str) else write(cell) for cell in self.cells]


@dataclass(frozen=True)
class Table:
    """Columns of cells, row by row.

    Attributes
    ----------
    columns : sequence of Column
    look : str
        ``plain``; ``heat``: cells with numbers are filled by them, together, from light (worst) to dark (best), or,
        when of the kind ``points``, by gain and loss; ``cards``: each row a large first cell above its others;
        ``steps``: each row a heading and what belongs under it.
    tones : sequence of str
        A tone for each row: all plain when not given.
    across, down : str
        What its columns of numbers and its rows are, where some of them do not fit a slide.
    """

    columns: Sequence[Column]
    look: TableLook = "plain"
    tones: Sequence[Tone] = ()
    across: str = "columns"
    down: str = "rows"

    def __post_init__(self) -> None:
        object.__setattr__(self, "tones", self.tones or ["plain"] * len(self))

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, *columns: Column, look: TableLook = "plain", tones: Sequence[Tone] = ()) -> Table:
        """A table of these columns."""
        return cls(columns, look, tones)

    @classmethod
    def by_rows(
        cls, rows: Iterable[Row], headings: Mapping[str, float] = MappingProxyType({}), look: TableLook = "plain"
    ) -> Table:
        """A table of texts given row by row, under headings, if any, with their shares of the width."""
        *cells, tones = list(zip(*rows, strict=True)) or [()]
        named = headings.items() or [("", 1.0)] * len(cells)
        columns = [Column(heading, texts, share=share) for (heading, share), texts in zip(named, cells, strict=False)]
        return cls(columns, look, tones)

    @classmethod
    def heat(
        cls,
        labels: Column,
        numbers: pd.DataFrame,
        kind: Kind,
        *more: Column,
        strong: Collection[Any] = (),
        across: str = "columns",
        down: str = "options",
    ) -> Table:
        """A table filled by the numbers of a frame, row by row as labelled; the rows named strong in the accent."""
        columns = [Column(str(name), cells, kind) for name, cells in numbers.items()]
        tones: list[Tone] = ["accent" if row in strong else "plain" for row in numbers.index]
        return cls([labels, *columns, *more], "heat", tones, across, down)

    @property
    def alt(self) -> str:
        """What the table shows, for those who cannot see it: its headings."""
        return f"Table: {', '.join(column.heading for column in self.columns if column.heading)}."

    @cached_property
    def rows(self) -> list[tuple[str, ...]]:
        """The cells row by row, as they are read."""
        return list(zip(*(column.texts for column in self.columns), strict=True))

    def filled(self) -> Table:
        """The same without the columns that are blank in every row."""
        return replace(self, columns=[each for each in self.columns if any(each.texts)])


@dataclass(frozen=True)
class Chart:
    """A mark for each row of labels, with columns of a table aligned to its right.

    Attributes
    ----------
    look : str
        ``dots``: a dot at ``at``, a whisker from ``low`` to ``high``; ``spans``: a bar from ``low`` to ``high``, a mark
        at ``at`` where there is one; ``bars``: a bar from 0 to ``at``.
    labels : sequence of str
        From top to bottom; kept as a list, as are the numbers and the texts at the ends.
    at, low, high : sequence of float
        A number for each label; what a look does not need is left out.
    axis : str
        What is measured, with its unit.
    ends : (float, float)
        Where the axis begins and ends.
    columns : sequence of Column
    tones : sequence of str
        A tone for each row; all grey when not given.
    before, after : sequence of str
        Short texts at the lower and the upper end of each span.
    kind : str
        How the numbers are written on the axis.
    down : str
        What its rows are, as of a table.
    """

    look: Literal["dots", "spans", "bars"]
    labels: Sequence[str]
    axis: str
    ends: tuple[float, float]
    at: Sequence[float] = ()
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    columns: Sequence[Column] = ()
    tones: Sequence[Tone] = ()
    before: Sequence[str] = ()
    after: Sequence[str] = ()
    kind: Kind = "number"
    down: str = "options"

    def __post_init__(self) -> None:
        for name in ("labels", "at", "low", "high", "before", "after"):
            object.__setattr__(self, name, list(getattr(self, name)))
        object.__setattr__(self, "tones", self.tones or ["grey"] * len(self))

    def __len__(self) -> int:
        return len(self.labels)

    @property
    def alt(self) -> str:
        """What the chart shows, for those who cannot see it: what is measured, and its rows as they are read."""
        low, high = (Column("", numbers, self.kind).texts for numbers in (self.low, self.high))
        words = [self.labels, [f"{least} to {most}" for least, most in zip(low, high, strict=True)]]
        at_ends = "at the lower end {}", "at the upper end {}" if low else "{}"
        for texts, phrase in zip((self.before, self.after), at_ends, strict=True):
            words.append([text and phrase.format(text) for text in texts])
        words += [[text and f"{column.heading} {text}".strip() for text in column.texts] for column in self.columns]
        rows = zip(*filter(None, words), strict=True)
        return f"{self.axis}: {'; '.join(', '.join(filter(None, row)) for row in rows)}."


Piece: TypeAlias = str | Table | Chart
Kept = TypeVar("Kept", str, Table, Chart)


@dataclass(frozen=True)
class Exhibit:
    """A finding and what shows it.

    Attributes
    ----------
    title : str
        The finding, in at most `MOST_LETTERS` letters, without a full stop.
    subtitle : str
        The figures behind it.
    blocks : sequence
        Sentences, tables and charts from top to bottom, without those that are blank or have no rows; a tuple of
        blocks stands side by side.
    footnote : str
        How to read it, and what it rests on.
    notes : sequence of str
        The reasoning and the evidence, a paragraph each: what a speaker should have at hand.
    badge : (str, str)
        A word and its tone, in a corner.
    whole : bool
        Whether slides show every row, on as many as they need; else the last are left out where there is no room.
    """

    title: str
    subtitle: str = ""
    blocks: Sequence[Piece | tuple[Piece, ...]] = ()
    footnote: str = ""
    notes: Sequence[str] = field(default_factory=tuple)
    badge: tuple[str, Tone] = ("", "plain")
    whole: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", tuple(block for block in self.blocks if block))
        object.__setattr__(self, "notes", tuple(filter(None, self.notes)))

    @property
    def flat(self) -> list[Piece]:
        """The blocks one after the other."""
        return [each for block in self.blocks for each in (block if isinstance(block, tuple) else (block,))]

    def of(self, kind: type[Kept]) -> list[Kept]:
        """The blocks of one kind: sentences (``str``), tables or charts."""
        return [block for block in self.flat if isinstance(block, kind)]


def titled_as(*wordings: str) -> str:
    """The first wording that a title can hold; the last is short whatever the names in a case.

    Examples
    --------
    >>> titled_as("A very long name " * 6 + "leads", "One option leads")
    'One option leads'
    """
    return next((each for each in wordings if len(each) <= MOST_LETTERS), wordings[-1])


def rest_of(count: int, things: str = "options") -> str:
    """A line on the rows that are left out, or blank."""
    return (
        f"{count} more {things} are not shown." if count > 1 else f"One of the {things} is not shown." if count else ""
    )


def cited(evidence: Iterable[str]) -> str:
    """Evidence ids in brackets, or blank.

    Examples
    --------
    >>> cited(("ipmda-design", "quad-members")), cited(())
    (' [ipmda-design; quad-members]', '')
    """
    ids = "; ".join(dict.fromkeys(evidence))
    return f" [{ids}]" if ids else ""


def recorded(rows: pd.DataFrame, wording: str) -> list[str]:
    """A paragraph for each row, with its evidence: a row of the register is its own."""
    evidence = rows.get("evidence", rows.index.map(lambda item: (item,)))
    cells = zip(rows.to_dict("records"), evidence, strict=True)
    return [f"{wording.format(**row)}{cited(ids)}" for row, ids in cells]


def place_of(case: Case, option: str, leaf: str) -> str:
    """A score by the names of its option and its criterion."""
    return f"{case.options.at[option, 'short']} on {case.criteria.at[leaf, 'name']}"


def as_judged(score: pd.Series) -> str:
    """A score with its range, such as ``7.5 (6 to 8.5)``, or that it is not known."""
    likely, spread = exact(score["likely"]), f"{exact(score['low'])} to {exact(score['high'])}"
    if score.get("distribution") == UNJUDGED:
        return f"not known (anything from {spread}; {likely} stands in)"
    return f"{likely} ({spread})" if score["low"] < score["high"] else likely


def judged_as(score: pd.Series) -> str:
    """A score as a clause: *judged 7.5 (6 to 8.5)*, or that it is not known."""
    return f"{'' if score['distribution'] == UNJUDGED else 'judged '}{as_judged(score)}"


def costs(case: Case, options: Sequence[str]) -> Column:
    """What options cost over their lives, with the range where one was judged; blank where the case does not say."""
    ends = ["low", "likely", "high"]
    rows = case.options.loc[list(options), [f"cost_{end}" for end in ends]].set_axis(ends, axis=1)
    heading = f"Cost, {case.about.cost_unit}" if case.about.cost_unit else "Cost"
    if not (rows["low"] < rows["high"]).any():
        return Column(heading, rows["likely"], "number")
    known = rows["likely"].notna()
    return Column(heading, [as_judged(row) if known[option] else "" for option, row in rows.iterrows()], share=1.6)


def why_scored(case: Case, pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Why options were scored as they were: score, range, reason and evidence of the first (option, leaf) pairs."""
    lines = []
    for option, leaf in list(dict.fromkeys(pairs))[: Most.JUDGEMENTS]:
        row = case.scores.loc[(option, leaf)]
        reason = f": {row['rationale']}" if row["rationale"] else ""
        lines.append(f"{place_of(case, option, leaf)}, {judged_as(row)}{reason}{cited(row['evidence'])}")
    return lines


def _missing(cell: Any) -> bool:
    return cell is None or (not isinstance(cell, str) and bool(pd.isna(cell)))
