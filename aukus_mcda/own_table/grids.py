# SPDX-License-Identifier: Apache-2.0
"""A file or DataFrame of any shape to a grid of cells, each of which knows its place, and which way round it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..case import ABOUT, Reading
from ..case.reading import UnreadableError, read_text, split_rows
from ..errors import AukusMcdaError, is_missing, is_number, shown
from ..written import PARTS, Held, heading, preferred, scored, special

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")

CORNER = re.compile("criteri|attribute|factor|measure|indicator|metric", re.IGNORECASE)
"""What stands above criteria that go down."""
OPTIONS = re.compile(r"(option|alternative|site)s?\b(?!.*criteri)", re.IGNORECASE)
"""What stands above options that go down."""
_Held = dict[tuple[int, int], Held]
NOTHING = Held("", "")


def grid_of(
    table: str | Path | pd.DataFrame, sheet: str | None, area: str | None, reading: Reading
) -> tuple[list[list[Held]], bool]:
    """The cells of a table in rows of one length, and whether semicolons stand between them: commas may be decimal.

    What is left out of it is noted in ``reading``.
    """
    held, mark = {}, ""
    is_book = not isinstance(table, pd.DataFrame) and Path(table).suffix.lower() in WORKBOOKS
    if sheet is not None and not is_book:
        raise AukusMcdaError(f"Only a workbook has sheets: leave {sheet!r} out.")
    if isinstance(table, pd.DataFrame):
        held = _framed(table)
    elif is_book:
        from ..case.cells import held_in  # what reads workbooks loads only when it is wanted

        held = held_in(Path(table), sheet, reading)
    else:
        lines, mark = _lines(read_text(Path(table), wide=True))
        rows = enumerate(lines, start=1)
        texts = {(row, column): text for row, line in rows for column, text in enumerate(line, start=1) if text.strip()}
        held = {place: Held(_bare(text), _called(place)) for place, text in texts.items()}
    return _grid(held if area is None else _within(held, area), reading), mark == ";"


def _bare(text: str) -> str:
    """A cell's text without bold type as Markdown has it."""
    return " ".join((text.replace("**", "") if re.search(r"\w", text) else text).split())


def _called(place: tuple[int, int]) -> str:
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(place[1])}{place[0]}"


def _framed(frame: pd.DataFrame) -> _Held:
    """The cells of a DataFrame, its index before them where it names rows; blank ones have a place too."""
    if frame.index.nlevels > 1 or frame.columns.nlevels > 1:
        raise AukusMcdaError("A table has one label for each row and column, not several levels of them.")
    named = not isinstance(frame.index, pd.RangeIndex)
    whole = frame.reset_index(names=str(frame.index.name or ""), allow_duplicates=True) if named else frame
    heads = enumerate(("" if is_missing(head) else str(head) for head in whole.columns), start=1)
    held = {(1, column): Held(head, f"column {head or column}") for column, head in heads}
    for row, (label, values) in enumerate(zip(frame.index, whole.itertuples(index=False), strict=True), start=2):
        for column, (head, value) in enumerate(zip(whole.columns, values, strict=True), start=1):
            number = float(value) if is_number(value) else None
            text = "" if is_missing(value) else " ".join(str(value).split()) if number is None else shown(number)
            text = {"True": "yes", "False": "no"}.get(text, text)
            held[row, column] = Held(text, f"{label}, {head}".removesuffix(", "), number)
    return held


def _lines(text: str) -> tuple[list[list[str]], str]:
    """The rows of a text, and the mark between its cells: the first that stands in every filled line, or in most."""
    shapes = {}
    for mark, lines in split_rows(text.lstrip("\ufeff"), "\t;|,").items():
        filled = [line for line in lines if any(cell.strip() for cell in line)]
        shapes[mark] = sum(len(line) > 1 for line in filled) / max(len(filled), 1), lines
    mark = max(shapes, key=lambda each: min(shapes[each][0], 0.7))
    ruled = re.compile(r"[\s:|-]*-{2,}[\s:|-]*")  # the line beneath the heading of a table in Markdown
    lines = shapes[mark][1]
    return [[] if mark == "|" and ruled.fullmatch(mark.join(line)) else line for line in lines], mark


def _within(held: _Held, area: str) -> _Held:
    from openpyxl.utils import range_boundaries

    try:
        left, top, right, bottom = map(int, range_boundaries(area.strip().upper()))
        (left, right), (top, bottom) = sorted((left, right)), sorted((top, bottom))
    except (TypeError, ValueError):
        raise AukusMcdaError(f"The cells of a table are like B3:F12, not {area!r}.") from None
    return {place: cell for place, cell in held.items() if top <= place[0] <= bottom and left <= place[1] <= right}


def _grid(held: _Held, reading: Reading) -> list[list[Held]]:
    """Cells in rows of one length, without lone lines above the table, or beneath it after a gap.

    The first line above it is what the case is called.
    """
    per_row = Counter(row for row, _ in held)
    rows = sorted(per_row)
    lone: list[int] = []
    first = min((column for _, column in held), default=1)
    while rows and per_row[rows[0]] == 1 and (rows[0], first) in held:
        lone.append(rows.pop(0))
    called = 0
    if lone and reading.about and ABOUT["title"].holds(title := held[lone[0], first].text):
        reading.about, called = replace(reading.about, title=title), lone[0]
    while len(rows) > 1 and per_row[rows[-1]] == 1 and rows[-1] > rows[-2] + 1:
        lone.append(rows.pop())
    notes = {row: ", taken for the title" if row == called else "" for row in lone}
    alone = [(row, each) for (row, _), each in held.items() if row in notes]
    reading.notes["left-out"] += [f"{each.place} ({each.text[:40]!r}){notes[row]}" for row, each in alone]
    columns = sorted({column for row, column in held if row in rows})
    if len(rows) < 2 or len(columns) < 2:
        raise UnreadableError("", "no table")
    return [[held.get((row, column)) or Held("", _called((row, column))) for column in columns] for row in rows]


def criteria_go_down(grid: list[list[Held]], decimal: str) -> bool:
    """Whether the heading row states things of criteria, so that each row is one."""
    across, down = grid[0][1:], [line[0] for line in grid[1:]]
    corner = bool(CORNER.match(grid[0][0].text))
    if OPTIONS.match(grid[0][0].text):
        return False

    def states(label: Held, cells: Iterable[Held], *, heading: bool) -> bool:
        what, filled = special(label.text), [cell for cell in cells if cell.text]
        if what == "direction":
            return bool(filled) and all(preferred(cell.text) for cell in filled)
        if what.startswith("weights") and heading and not corner:  # of a device, say: only shares are weights
            total = sum(score.likely or 0 for cell in filled if (score := scored(cell, decimal)))
            return any(abs(total / whole - 1) < 0.015 for whole in (1, 100))
        return what.startswith("weights") or what in ("unit", "worst", "best")

    columns = [[line[place] for line in grid[1:]] for place in range(1, len(grid[0]))]
    stated_across = sum(states(label, cells, heading=True) for label, cells in zip(across, columns, strict=True))
    stated_down = sum(states(line[0], line[1:], heading=False) for line in grid[1:])
    if stated_across != stated_down:
        return stated_across > stated_down
    marked_across, marked_down = (sum(bool(heading(cell.text)[1]) for cell in each) for each in (across, down))
    return marked_down > marked_across if marked_down != marked_across else corner


def holds_parts(grid: list[list[Held]], row: int) -> bool:
    """Whether a row says which of low, likely and high stands beneath it."""
    label, *cells = grid[row] if row < len(grid) - 1 else [Held("", "")]
    heads = zip(filled_on(grid[row - 1])[1:], cells, strict=False)
    parts = [(head.text, PARTS.get(cell.text.lower())) for head, cell in heads if cell.text]
    if special(label.text) or not all(part for _, part in parts) or len(set(parts)) < len(parts):
        return False
    spans = Counter(head for head, _ in parts).values()
    return (min if label.text else max)(spans, default=0) > 1  # or else words, or which way is better


def filled_on(line: list[Held]) -> list[Held]:
    """Headings, each of which stands above the blanks at its right too."""
    filled: list[Held] = []
    for cell in line:
        filled.append(cell if cell.text or len(filled) < 2 else filled[-1])
    return filled


def groups_over(above: list[Held], heads: list[Held], merged: list[Any]) -> tuple[list[Held], list[Held]]:
    """The group above each heading, and the headings.

    A criterion merged with the cell above it, or alone beneath its own name, is in no group. Where groups are merged
    cells, they end with them.
    """
    spans = [area for area in merged if sum(cell.place in area for cell in above) > 1]
    groups = [
        NOTHING if spans and not (cell.text or any(cell.place in area for area in spans)) else group
        for cell, group in zip(above, filled_on(above), strict=True)
    ]
    counts = Counter(group.text for group in groups)
    names = [heading(head.text or group.text)[0] for head, group in zip(heads, groups, strict=True)]
    alone = [
        counts[group.text] == 1 and heading(group.text)[0] == name for group, name in zip(groups, names, strict=True)
    ]
    named = [group if out and not head.text else head for head, group, out in zip(heads, groups, alone, strict=True)]
    return [NOTHING if out else group for group, out in zip(groups, alone, strict=True)], named


def width_of(lines: list[list[Held]]) -> int:
    """How many columns these rows have, up to the last that holds something; labels and one more at least."""
    return max(place for line in lines for place, cell in enumerate(line, start=1) if cell.text or place == 2)
