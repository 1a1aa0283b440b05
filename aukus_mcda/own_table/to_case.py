"""A grid of cells, options by criteria, to a case; what had to be assumed is in the case.

Either way round; rows or columns may state directions, weights, units, ends and groups. A cell holds a number, a range
or a word of an ordered scale. What cannot be read is a fault that names the cell.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from ..case import TABLES, UNJUDGED, Case, Reading, UnreadableError, as_text, called, case_from, noting, rounded_limits
from ..errors import AukusMcdaError, is_number, keyed, label_faults
from ..guard import FilePath, guarded
from ..weights import Points
from ..written import (
    EITHER_MARK,
    LESS_IS_BETTER,
    NO_PART,
    NOBODY_KNOWS,
    PARTS,
    Figures,
    Held,
    decimal_marks,
    ends_of,
    heading,
    levels_of,
    preferred,
    scored,
    special,
)
from .grids import CORNER, criteria_go_down, filled_on, grid_of, holds_parts, left_out

_Rows = list[tuple[str, dict[str, Any]]]
"""Rows of a table of the case, each with the cell it comes from."""
NEVER_ZERO = "Write it, or ? where nobody knows it: a missing score is never 0."


@dataclass
class _Criterion:
    """A criterion: its heading, what is stated of it, and its cells by option and by the part of a score they hold."""

    head: Held
    name: str
    group: str
    unit: str = ""
    stated: dict[str, Held] = field(default_factory=dict)
    cells: dict[str, dict[str, Held]] = field(default_factory=dict)


@guarded(AukusMcdaError)
def read_table(
    table: FilePath | pd.DataFrame,
    *,
    direction: Mapping[str, str] | None = None,
    worst: Mapping[str, float | str] | None = None,
    best: Mapping[str, float | str] | None = None,
    weights: Points | None = None,
    sheet: str | None = None,
    cells: str | None = None,
) -> Case:
    """A case from a table of options by criteria in a spreadsheet, a text file or a DataFrame.

    Either way round; see `docs/your-own-table.md` for all that it may hold. What it does not state is assumed, and each
    assumption is a finding on the case.

    Parameters
    ----------
    table : str, Path or DataFrame
        An ``.xlsx``, ``.ods``, ``.csv`` or other text file. Of a DataFrame the index names the options, or else the
        first column.
    direction : mapping of str to str, optional
        ``max`` or ``min`` by criterion, before what the table states.
    worst, best : mapping of str to float or str, optional
        The ends of the scales by criterion, in its unit or one of its words.
    weights : mapping or Series, optional
        Swing points by criterion, for the profile ``baseline``.
    sheet : str, optional
        Of a workbook; else the first that holds something.
    cells : str, optional
        The part that holds the table, such as ``"B3:F12"``.

    Raises
    ------
    CaseError
        With every cell that cannot be read, and what to do.

    Examples
    --------
    >>> import pandas as pd
    >>> sites = pd.DataFrame({"Cost (min)": ["12-18", "15 +- 3"], "Reach": ["low", "high"]}, index=["Quay", "Pier"])
    >>> case = read_table(sites)
    >>> case.scores[["low", "likely", "high"]].loc["Quay"].values.tolist()
    [[12.0, 15.0, 18.0], [1.0, 1.0, 1.0]]
    """
    source = "table" if isinstance(table, pd.DataFrame) else Path(table).name
    reading = Reading(dict.fromkeys(("case", *TABLES), source))
    if not isinstance(table, pd.DataFrame):
        reading.about = called(Path(table))
    with noting(reading, "scores"):
        plain = _Plain(*grid_of(table, sheet, cells, reading), reading)
        plain.read({"direction": direction or {}, "worst": worst or {}, "best": best or {}}, weights)
    reading.complete()
    return case_from(reading)


class _Plain:
    """A grid of cells on its way to the tables of a case."""

    def __init__(self, grid: list[list[Held]], semicolons: bool, reading: Reading) -> None:
        counted = [line[0].text for line in grid[1:]] == [str(number) for number in range(1, len(grid))]
        if counted and len(grid[0]) > 2 and levels_of([line[1] for line in grid[1:]], ".")[0] is None:
            left_out(reading, [f"the numbers of rows under {grid[0][0].place}"])
            grid = [line[1:] for line in grid]
        if special(grid[0][0].text)[0] == "group" and CORNER.match(grid[0][1].text):
            grid = [[line[1], line[0], *line[2:]] for line in grid]
        self.reading, self.grid = reading, grid
        texts = [cell.text for line in grid[1:] for cell in line[1:] if cell.number is None]
        marks = Counter(mark for text in texts for mark in decimal_marks(text))
        self.mark = "," if marks[","] > marks["."] or (semicolons and marks[","] == marks["."]) else "."
        self.mark_assumed = not marks
        self.criteria: dict[tuple[str, str], _Criterion] = {}
        self.groups: dict[str, str] = {}
        self.options: dict[str, Held] = {}
        self.profiles: dict[str, str] = {}

    def fault(self, cell: Held, column: str, found: str, expected: str, remedy: str) -> None:
        """Note what is wrong with a cell."""
        self.reading.fault("scores", cell.place, column, found, expected, remedy)

    def read(self, given: dict[str, Mapping[str, Any]], weights: Points | None) -> None:
        """Put what the grid says into the reading, before it what was given beside it."""
        if criteria_go_down(self.grid, self.mark):
            self.grid = [list(column) for column in zip(*self.grid, strict=True)]
        grouped = [line for line in self.grid if special(line[0].text)[0] == "group"][:1]
        self.grid = grouped + [line for line in self.grid if line not in grouped]
        self._rows(self._headings())
        if not self.reading.faults and not (self.criteria and self.options):
            raise UnreadableError(
                "", "no option or no criterion", "options by criteria", "Name its sheet or its cells."
            )
        names = [criterion.name for criterion in self.criteria.values()]
        points = pd.Series(dtype=object) if weights is None else keyed(weights, "Swing points")
        missing = "" if weights is None else "No swing points for {}."
        for what, wanted in (*((each, "") for each in given.values()), (points, missing)):
            unknown = "No criterion called {}. There are: {known}."
            if faults := label_faults(what.keys(), names, unknown=unknown, missing=wanted):
                raise AukusMcdaError(" ".join(faults))
        criteria: _Rows = [(place, {"id": self._group_id(each), "name": each}) for each, place in self.groups.items()]
        scores: _Rows = []
        for each in self.criteria.values():
            self._criterion(each, {what: by.get(each.name) for what, by in given.items()}, criteria, scores)
        options = [(cell.place, {"id": _id(name), "name": name}) for name, cell in self.options.items()]
        tables = {"options": options, "criteria": criteria, "scores": scores, "weights": self._weights(points)}
        for name, rows in tables.items():
            if rows:
                frame = pd.DataFrame([cells for _, cells in rows], index=[place for place, _ in rows], dtype=object)
                self.reading.tables[name] = as_text(frame)

    def _headings(self) -> list[list[Held]]:
        """Take the criteria from the heading rows; the rows beneath them."""
        grid, top = self.grid, 0

        gaps = any(not cell.text for cell in grid[0][1:]) and not holds_parts(grid, 1)
        words = all(cell.text and cell.number is None and not preferred(cell.text) for cell in grid[1][1:])
        groups = [Held("", "")] * len(grid[0])
        if len(grid) > 2 and (
            special(grid[0][0].text)[0] == "group" or (gaps and words and not special(grid[1][0].text)[0])
        ):
            groups, top = filled_on(grid[0]), 1
        parts = grid[top + 1] if holds_parts(grid, top + 1) else None
        heads = grid[top] if parts is None else filled_on(grid[top])
        body = grid[top + 1 + (parts is not None) :]
        read = [heading(cell.text) for cell in heads]
        bases = Counter(name for name, *_ in read)
        section, self.columns = Held("", ""), []
        for place, head in enumerate(heads):
            filled = any(line[place].text or line[place].fault for line in body)
            name, way, unit, part = read[place]
            if place == 0 or not (filled or head.text):
                continue
            if not filled:
                section = head  # a line that holds its heading alone stands above those beneath it
            elif not head.text:
                self.fault(head, "", "no heading", "the name of a criterion", "Name it, or leave its cells out.")
            elif NO_PART.fullmatch(head.text):
                left_out(self.reading, [f"{head.place} ({head.text})"])
            else:
                if part and bases[name] == 1 and parts is None:  # a heading that only ends in such a word
                    name, part = (name if way else head.text), ""
                elif part:
                    way = ""
                group = groups[place] if groups[place].text else section
                if group.text:
                    self.groups.setdefault(group.text, group.place)
                key = (group.text, name)
                criterion = self.criteria.setdefault(key, _Criterion(head, name, group.text))
                criterion.unit = criterion.unit or unit
                self._state(criterion, "direction", Held(way, head.place))
                named = PARTS[parts[place].text.lower()] if parts and parts[place].text else part or "likely"
                self.columns.append((place, criterion, named))
        return body

    def _rows(self, body: list[list[Held]]) -> None:
        """Take what rows state of the criteria, and the options with their cells."""
        for line in body:
            label = line[0]
            what, profile = special(label.text)
            filled = [cell for cell in line[1:] if cell.text]
            ways = bool(filled) and all(preferred(cell.text) for cell in filled)
            if what == "direction" and not ways and label.text.lower().strip(" :") != "direction":
                what = ""
            if not label.text and ways:
                what = "direction"
            if not label.text and not what:
                if filled:
                    self.fault(label, "", "no name", "the name of an option", "Name it, or leave its cells out.")
            elif NO_PART.fullmatch(label.text):
                left_out(self.reading, [f"{label.place} ({label.text})"])
            elif what:
                key = f"weight {profile or 'baseline'}" if what == "weight" else what
                if what == "weight":
                    self.profiles[profile or "baseline"] = label.place
                for place, criterion, _ in self.columns:
                    self._state(criterion, key, line[place])
            elif label.text in self.options:
                first = self.options[label.text].place
                self.fault(label, "", f"{label.text!r} again, as in {first}", "each option once", "Rename one of them.")
            else:
                self.options[label.text] = label
                for place, criterion, part in self.columns:
                    cells = criterion.cells.setdefault(label.text, {})
                    if part in cells:
                        remedy = "Rename one of the two columns."
                        self.fault(criterion.head, "", f"{criterion.name!r} twice", "each criterion once", remedy)
                    cells[part] = line[place]

    def _state(self, criterion: _Criterion, what: str, cell: Held) -> None:
        """Take what is stated of a criterion, unless it is stated otherwise already."""
        held = criterion.stated.get(what, cell)
        if held.text and cell.text and len({preferred(each.text) or each.text for each in (held, cell)}) > 1:
            found = f"{cell.text!r}, stated twice: {held.text!r} in {held.place}"
            self.fault(cell, criterion.name, found, "each thing stated once", "Leave one of the two out.")
        elif cell.text or not held.text:
            criterion.stated[what] = cell

    def _criterion(self, criterion: _Criterion, given: dict[str, Any], criteria: _Rows, scores: _Rows) -> None:
        """Rows for a criterion and its scores."""
        name, stated = criterion.name, criterion.stated
        cells = [cell for each in criterion.cells.values() for cell in each.values() if cell.text and not cell.fault]
        known = [cell for cell in cells if cell.text.lower() not in NOBODY_KNOWS]
        levels, way = levels_of(known, self.mark)
        if levels is None:
            quoted = ", ".join(repr(cell.text[:30]) for cell in known[:2])
            remedy = "Leave the column out, or write numbers, or words such as low, medium and high."
            self.fault(criterion.head, name, f"words in no known order: {quoted}", "scores", remedy)
        figures = {cell: scored(cell, self.mark, levels) for cell in known}
        unit = stated["unit"].text if "unit" in stated else criterion.unit
        usual = self._one_unit({cell: (name, score) for cell, score in figures.items()}, unit)
        for cell, score in figures.items():
            if score is None and levels is not None:
                self._unread(cell, name, levels)
        for option, parts in criterion.cells.items():
            row, place = self._row(parts, name, figures)
            scores.append((place, {"option": _id(option), "criterion": self._id(criterion)} | row))
        parent = self._group_id(criterion.group) if criterion.group else ""
        row = {"id": self._id(criterion), "name": name, "parent": parent}
        row["unit"] = unit if unit or "unit" in stated or usual == "rank" else usual
        row |= {what: stated[what].text for what in ("question", "shape") if what in stated}
        way = way or ("min" if usual == "rank" else "")
        numbers = [number for score in figures.values() if score for number in score[:3] if number is not None]
        scale = self._scale(criterion, given, levels, way, numbers, row["unit"])
        row["unit"] = "" if ends_of(row["unit"]) else row["unit"]
        criteria.append((criterion.head.place, row | scale))

    def _one_unit(self, figures: Mapping[Held, tuple[str, Figures | None]], stated: str) -> str:
        """The unit of most cells; another is a fault, as is none beside per cents or marks, unless one is stated."""
        units = Counter(score.unit for _, score in figures.values() if score and score.unit)
        usual = units.most_common(1)[0][0] if units else ""
        needs = usual == "%" or usual.startswith("of ")
        for cell, (name, score) in figures.items():
            if score and score.unit != usual and (score.unit or (needs and not stated)):
                shown, wanted = (re.sub("^of ", "marks out of ", each) or "no unit" for each in (score.unit, usual))
                self.fault(cell, name, f"{cell.text!r}, in {shown}", f"{wanted}, as in other cells", "Use one unit.")
        return usual

    def _scale(
        self,
        criterion: _Criterion,
        given: dict[str, Any],
        levels: tuple[str, ...] | None,
        way: str,
        numbers: list[float],
        unit: str,
    ) -> dict[str, Any]:
        """Direction and ends of a scale, what the ends mean, and what of it was assumed."""
        worst, best = (self._end(criterion, what, given[what], levels) for what in ("worst", "best"))
        texts = [cell.text for each in criterion.cells.values() for cell in each.values() if self.mark_assumed]
        assumed = ["levels"] * bool(levels) + ["decimals"] * any(map(EITHER_MARK.search, texts))
        stated = criterion.stated.get("direction")
        direction = given["direction"] or ""
        if not direction and stated and stated.text:
            direction = preferred(stated.text)
            if not direction:
                self.fault(stated, criterion.name, repr(stated.text), "max or min", "Write max or min.")
        direction = direction or way
        if not direction and worst is not None and best is not None:
            direction = "max" if best > worst else "min"
        if not direction:
            assumed.append("direction")
            direction = "min" if LESS_IS_BETTER.search(criterion.name) else "max"
        if levels is None:
            worst, best = (0, 1) if direction == "max" else (1, 0)  # its words are a fault already
        elif numbers:
            stated_ends = (1.0, float(len(levels))) if levels else ends_of(unit)
            limits = stated_ends or rounded_limits(min(numbers), max(numbers))
            low, high = limits if direction == "max" else limits[::-1]
            assumed += [what for what, end in (("worst", worst), ("best", best)) if end is None and not stated_ends]
            worst, best = low if worst is None else worst, high if best is None else best
        ends = {"worst": worst, "best": best}
        steps_at = dict(enumerate(levels or (), start=1))
        means = {f"{what}_means": steps_at[int(end)] for what, end in ends.items() if end in steps_at}
        return {"direction": direction, **ends, **means, "assumed": assumed}

    def _unread(self, cell: Held, name: str, levels: tuple[str, ...]) -> None:
        expected, remedy = "a number or a range", "Write 15, 12-18, 15 +- 3 or 12/15/18, or ? where nobody knows it."
        if levels:
            expected, remedy = f"one of: {', '.join(levels)}", "Write one of these words."
        elif set(decimal_marks(cell.text)) - {self.mark}:
            expected = f"{self.mark!r} as decimal mark, as in other cells"
            remedy = "Use one decimal mark in the whole table."
        self.fault(cell, name, repr(cell.text), expected, remedy)

    def _row(
        self, parts: dict[str, Held], name: str, figures: dict[Held, Figures | None]
    ) -> tuple[dict[str, Any], str]:
        """Low, likely and high of one score, and the cell that it stands in."""
        first = parts.get("likely") or next(iter(parts.values()))
        unknown = {"likely": None, "distribution": UNJUDGED}, first.place
        if all(cell.text.lower() in NOBODY_KNOWS for cell in parts.values()):
            return unknown
        for cell in parts.values():
            if cell.fault:
                self.fault(cell, name, cell.fault, "a score", "Format the cell as Text and write what is meant.")
            elif not cell.text:
                self.fault(cell, name, "nothing", "a score", NEVER_ZERO)
        scores = {part: figures.get(cell) for part, cell in parts.items()}
        if any(score is None for score in scores.values()):  # a fault says why
            return unknown
        row = {part: score.likely for part, score in scores.items() if score}
        if (only := scores.get("likely")) and len(scores) == 1:
            row = {"low": only.low, "likely": only.likely, "high": only.high}
        low, high = row.get("low"), row.get("high")
        if row.get("likely") is None and low is not None and high is not None:
            return {**row, "likely": (low + high) / 2, "distribution": "uniform"}, first.place
        return row, first.place

    def _end(self, criterion: _Criterion, what: str, given: Any, levels: tuple[str, ...] | None) -> float | None:
        """A stated end of a scale, as a number."""
        if is_number(given):
            return float(given)
        stated = criterion.stated.get(what, Held("", ""))
        cell = stated if given is None else Held(str(given), f"{what} of {criterion.name}")
        if not cell.text:
            return None
        score = scored(cell, self.mark, levels)
        if score is None or score.likely is None:
            self.fault(
                cell, criterion.name, repr(cell.text), f"the {what} end of the scale", "Write one number or word."
            )
            return None
        return score.likely

    def _weights(self, points: pd.Series) -> _Rows:
        """Swing points among siblings that give each leaf its share."""
        every: dict[str, dict[str, tuple[float, str]]] = {}
        for profile in self.profiles | ({"baseline": "weights"} if len(points) else {}):
            figures = {}
            for criterion in self.criteria.values():
                cell = criterion.stated.get(f"weight {profile}", Held("", ""))
                if profile == "baseline" and len(points):
                    given = points[criterion.name]
                    number = float(given) if is_number(given) else None
                    cell = Held(str(given), f"weights of {criterion.name}", number)
                score = scored(cell, self.mark)
                figures[cell] = criterion.name, score
                number = score.likely if score and score.likely is not None else -1.0
                if number < 0:
                    found, remedy = repr(cell.text) if cell.text else "nothing", "Write a number; 0 counts for nothing."
                    self.fault(cell, criterion.name, found, "a weight of 0 or more", remedy)
                every.setdefault(profile, {})[self._id(criterion)] = abs(number), cell.place
            self._one_unit(figures, "")
        rows: _Rows = []
        parents = {self._id(each): self._group_id(each.group) for each in self.criteria.values() if each.group}
        for profile, stated in every.items():
            whole = {name: number for name, (number, _) in stated.items()}
            for name, parent in parents.items():
                whole[parent] = whole.get(parent, 0) + whole.get(name, 0)
            for name, number in whole.items():
                most = max(other for each, other in whole.items() if parents.get(each) == parents.get(name))
                place = stated[name][1] if name in stated else f"{self.profiles.get(profile, profile)} ({name})"
                likely = 100 * number / most if most > 0 else 0
                rows.append((place, {"profile": profile, "criterion": name, "likely": likely}))
        return rows

    def _id(self, criterion: _Criterion) -> str:
        same = [each for each in self.criteria.values() if each.name == criterion.name]
        return _id(criterion.name if len(same) == 1 else f"{criterion.group}: {criterion.name}")

    def _group_id(self, group: str) -> str:
        return _id(f"{group} (group)" if group in {each.name for each in self.criteria.values()} else group)


def _id(name: str) -> str:
    return name.strip().replace(";", ",")
