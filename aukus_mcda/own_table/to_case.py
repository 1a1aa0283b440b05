# SPDX-License-Identifier: Apache-2.0
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

from .. import written
from ..case import TABLES, UNJUDGED, Case, Reading, called, case_from, rounded_limits
from ..case.reading import UnreadableError, noting
from ..case.tables import Rows, alike, is_id
from ..errors import AukusMcdaError, is_number, keyed, label_faults, listed, shown
from ..guard import FilePath, guarded
from ..weights import Points
from ..written import EITHER_MARK, NO_PART, NOBODY_KNOWS, OF_WHAT, Figures, Held, one_sign, preferred, scored, special
from .grids import CORNER, NOTHING, OPTIONS, criteria_go_down, filled_on, grid_of, groups_over, holds_parts, width_of

_Ends = tuple[float, float]
NO_WORDS = re.compile(f"{written.DATE.pattern}|inf|nan", re.IGNORECASE)
"""What is no word of a remark, but a number gone wrong."""
BASELINE = "weights baseline"
"""What the row of weights that stand alone states."""


@dataclass
class _Criterion:
    """A criterion: its heading, what is stated of it, and its cells by option and by the part of a score they hold."""

    name: str
    head: Held
    group: str
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

    Either way round; see ``docs/reference/own-table.md`` for all that it may hold. What it does not state is
    assumed, and each assumption is a finding on the case.

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

    Returns
    -------
    Case
        As `load_case` gives it, with a finding for all that was assumed.

    Raises
    ------
    CaseError
        With every cell that cannot be read, and what to do.

    Examples
    --------
    >>> from aukus_mcda import read_table
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
        plain.read({"direction": direction or {}, "worst": worst or {}, "best": best or {}, BASELINE: weights})
    reading.complete()
    return case_from(reading)


class _Plain:
    """A grid of cells on its way to the tables of a case."""

    def __init__(self, grid: list[list[Held]], semicolons: bool, reading: Reading) -> None:
        counted = [line[0].text for line in grid[1:]] == [str(number) for number in range(1, len(grid))]
        if counted and len(grid[0]) > 2 and written.levels_of([line[1] for line in grid[1:]], ".")[0] is None:
            reading.notes["left-out"].append(f"the numbers of rows under {grid[0][0].place}")
            grid = [line[1:] for line in grid]
        if special(grid[0][0].text) == "group" and CORNER.match(grid[0][1].text):
            grid = [[line[1], line[0], *line[2:]] for line in grid]
        texts = [cell.text for line in grid[1:] for cell in line[1:] if cell.number is None]
        marks = Counter(mark for text in texts for mark in written.decimal_marks(text))
        self.mark = "," if marks[","] > marks["."] or (semicolons and marks[","] == marks["."]) else "."
        self.mark_assumed = not marks
        self.reading = reading
        grid = self._without_longer_rows(grid)
        self.turned = criteria_go_down(grid, self.mark)
        if self.turned:
            grid = [list(column) for column in zip(*grid, strict=True)]
        grouped = [line for line in grid if special(line[0].text) == "group"][:1]
        self.grid = grouped + [line for line in grid if line not in grouped]
        self.criteria: dict[str, _Criterion] = {}
        self.groups: dict[str, Held] = {}
        self.options: dict[str, Held] = {}
        self.columns: list[tuple[int, str, str]] = []
        self.rows: dict[str, Rows] = {name: [] for name in ("options", "criteria", "scores", "weights")}

    def fault(self, cell: Held, column: str, fault: str, /, **words: Any) -> None:
        """Note what is wrong with a cell; of a blank one, what made it blank."""
        place, merged = cell.place, self.reading.merged  # what was given beside the table has no place in it
        area = next((each.coord for each in merged if place.isalnum() and place in each), "")
        fault = fault if cell.text else cell.fault or ("merged" if area else fault)
        self.reading.fault("scores", place, column, fault, text=cell.text, area=area, **words)

    def read(self, given: Mapping[str, Any]) -> None:
        """Put what the grid says into the reading, before it what was given beside it."""
        self._options(self._headings())
        if not self.reading.faults and not (self.criteria and self.options):
            raise UnreadableError("", "no option")
        for what, values in given.items():
            if values is not None:
                self._give(what, values)
        self.rows["options"] = [
            (cell.place, {"id": _id(cell.text), "name": cell.text}) for cell in self.options.values()
        ]
        self.rows["criteria"] = [(cell.place, {"id": _id(name), "name": name}) for name, cell in self.groups.items()]
        for criterion in self.criteria.values():
            self._criterion(criterion)
        for what in dict.fromkeys(what for each in self.criteria.values() for what in each.stated):
            if what.startswith("weights "):
                self._weights(what)
        for table, rows in self.rows.items():
            self.reading.put(table, rows)

    def _give(self, what: str, values: Any) -> None:
        """State what was given beside the table, in the place of what it says."""
        missing = "No swing points for {}." if what == BASELINE else ""
        values = keyed(values, "Swing points") if what == BASELINE else values
        unknown = f"{'weights' if what == BASELINE else what}: no criterion called {{}}. There are: {{known}}."
        if faults := label_faults(values.keys(), self.criteria, unknown=unknown, missing=missing):
            raise AukusMcdaError(" ".join(faults))
        for name, value in values.items():
            text, number = (shown(float(value)), float(value)) if is_number(value) else (str(value), None)
            self.criteria[name].stated[what] = Held(text, f"{what.split()[0]} of {name}", number)

    def _without_longer_rows(self, grid: list[list[Held]]) -> list[list[Held]]:
        """The grid as wide as its headings; a row that has more cells is a fault, unless every row has them."""
        heads = 1 + self._grouped(grid)
        heads += holds_parts(grid, heads)
        width = width_of(grid[:heads])
        beyond = [[cell for cell in line[width:] if cell.text or cell.fault] for line in grid[heads:]]
        if all(len(cells) == len(grid[0]) - width for cells in beyond):  # it is a heading that is missing
            return grid
        for cells in filter(None, beyond):
            self.fault(cells[0], "", "ragged row", count=width + len(cells), width=width)
        return [line[:width] for line in grid]

    def _grouped(self, grid: list[list[Held]]) -> bool:
        """Whether the first row holds groups, and the second the criteria beneath them."""
        if len(grid) < 3:
            return False
        first, second = (line[: width_of(grid[:2])] for line in grid[:2])
        if special(first[0].text) == "group":
            return True
        gaps = [place for place, cell in enumerate(first) if place and cell.text in ("", first[place - 1].text)]
        merged = second[0].text in ("", first[0].text)  # then a heading may stand above a blank that is its own
        names = all(cell.text or (merged and above.text) for above, cell in zip(first[1:], second[1:], strict=True))
        filled = [cell for cell in second[1:] if cell.text]
        stated = special(second[0].text) or any(preferred(cell.text) for cell in filled)
        if not gaps or not names or stated or holds_parts(grid, 1):
            return False
        at_end = len(first) - gaps[0] == len(gaps)  # an option with a cell too many looks like that
        if at_end and not all(any(line[place].text for line in grid[2:]) for place in gaps):
            return False
        figures = [scored(cell, self.mark) for cell in filled]
        bare = any(each and not each.unit for each in figures)
        return None in figures and not bare and not written.levels_of(filled, self.mark)[0]

    def _headings(self) -> list[list[Held]]:
        """Take the criteria from the heading rows; the rows beneath them."""
        grid, top = self.grid, 0
        groups, heads = [NOTHING] * len(grid[0]), grid[0]
        if self._grouped(grid):
            groups, heads = groups_over(grid[0], grid[1], self.reading.merged)
            top = 1
        if holds_parts(grid, top + 1):
            parts, top = [f" ({cell.text})" if cell.text else "" for cell in grid[top + 1]], top + 1
            heads = [Held(head.text + part, head.place) for head, part in zip(filled_on(heads), parts, strict=True)]
        body, bases = grid[top + 1 :], Counter(written.heading(cell.text)[0] for cell in heads)
        sections, taken, names = [NOTHING], dict[tuple[str, str], str](), dict[str, str]()
        corner, apart = heads[0].text, not heads[1].place.isalnum()  # a frame has its headings apart
        speaks = apart or CORNER.match(corner) or OPTIONS.match(corner)
        if not speaks and all(scored(cell, self.mark) for cell in heads[1:] if cell.text):
            self.fault(heads[1], "", "no heading")  # it is an option, or a number of each row
        criterion = written.LESS_IS_BETTER.search(corner) or any(written.heading(corner)[1:3])
        labels = [line[0] for line in body if not special(line[0].text)]
        if criterion and not OPTIONS.match(corner) and all(scored(label, self.mark) for label in labels):
            self.fault(heads[0], "", "numbers as names")
        for place, head in enumerate(heads[1:], start=1):
            if not any(line[place].text or line[place].fault for line in body) and (self.turned or not head.text):
                sections += [head] if head.text else []  # a line of its heading alone stands above those beneath it
            elif head.fault or not head.text:
                self.fault(head, "", head.fault or "no heading")
            elif not is_id(_id(head.text)):
                self.fault(head, "", "unseen sign")
            elif NO_PART.fullmatch(head.text):
                self.reading.notes["left-out"].append(f"{head.place} ({head.text})")
            else:
                name, way, unit, part = written.heading(head.text)
                if part and bases[name] == 1:  # a heading that only ends in such a word
                    name, part = (name if set(head.text) & set("([\uff08") else head.text), ""
                which, name = part or "likely", names.setdefault(alike(name), name)
                group = groups[place] if groups[place].text else sections[-1]
                self.groups |= {group.text: group} if group.text and group.text not in self.groups else {}
                self.criteria.setdefault(name, _Criterion(name, head, group.text))
                if first := taken.get((name, which)):
                    self.fault(head, "", "heading twice", name=head.text, first=first)
                    continue
                taken[name, which] = head.place
                self._state(name, "direction", Held("" if part else way, head.place))
                self._state(name, "unit", Held(unit, head.place))
                self.columns.append((place, name, which))
        idle = [head for head in sections[1:] if head.text not in self.groups]
        self.reading.notes["left-out"] += [f"{head.place} ({head.text})" for head in idle]
        return body

    def _options(self, body: list[list[Held]]) -> None:
        """Take what rows state of the criteria, and the options with their cells."""
        for line in body:
            label, filled = line[0], [cell for cell in line[1:] if cell.text]
            what, ways = special(label.text), bool(filled) and all(preferred(cell.text) for cell in filled)
            what = "direction" if not label.text and ways else what
            if label.fault:
                self.fault(label, "", label.fault)
            elif what:
                for place, name, _ in self.columns:
                    self._state(name, what, line[place])
            elif NO_PART.fullmatch(label.text):
                self.reading.notes["left-out"].append(f"{label.place} ({label.text})")
            elif not label.text and filled:
                self.fault(label, "", "no name")
            elif written.NO_OPTION.fullmatch(label.text):
                self.fault(label, "", "scale as option")
            elif label.text and not is_id(_id(label.text)):
                self.fault(label, "", "unseen sign")
            elif (key := alike(label.text)) in self.options:
                self.fault(label, "", "name twice", name=label.text, first=self.options[key].place)
            elif label.text:
                self.options[key] = label
                for place, name, part in self.columns:
                    self.criteria[name].cells.setdefault(label.text, {})[part] = line[place]

    def _state(self, name: str, what: str, cell: Held) -> None:
        """Take what is stated of a criterion, unless it is stated otherwise already."""
        stated = self.criteria[name].stated
        held = stated.setdefault(what, cell)
        if held.text and cell.text and len({preferred(each.text) or each.text for each in (held, cell)}) > 1:
            self.fault(cell, name, "stated twice", first=held.text, place=held.place)
        elif cell.text:
            stated[what] = cell

    def _criterion(self, criterion: _Criterion) -> None:
        """Rows for a criterion and its scores."""
        name = criterion.name
        stated, cells = criterion.stated, [cell for parts in criterion.cells.values() for cell in parts.values()]
        for cell in stated.values():
            if cell.fault:
                self.fault(cell, name, cell.fault)
        known = [cell for cell in cells if cell.text and not cell.fault and cell.text.lower() not in NOBODY_KNOWS]
        levels, way = written.levels_of(known, self.mark)
        figures = {cell: scored(cell, self.mark, levels) for cell in known}
        numbers = [number for score in figures.values() if score for number in score[:3] if number is not None]
        unread = [cell for cell in known if figures[cell] is None]
        if levels is None:
            unread = [cell for cell in unread if cell.number is not None or NO_WORDS.fullmatch(cell.text)]
            if not unread:
                self.fault(criterion.head, name, "no order", words=listed(repr(cell.text[:30]) for cell in known[:2]))
            numbers = [0.0, 1.0]  # of its scale there is no more to say
        for cell in unread:
            other_mark = set(written.decimal_marks(cell.text)) - {self.mark}
            fault = "other word" if levels else "other decimal mark" if other_mark else "no number"
            fault = "date" if written.DATE.fullmatch(cell.text) else fault
            self.fault(cell, name, fault, words=listed(levels or ()), mark=self.mark)
        if not any(cell.text for cell in cells):
            numbers = [0.0, 1.0]  # that they are blank is told of each
        usual = self._one_unit({cell: (name, score) for cell, score in figures.items()}, stated["unit"].text)
        told = {fault.row for fault in self.reading.faults}  # of a number in another unit there is no more to say
        figures = {cell: score for cell, score in figures.items() if cell.place not in told}
        unit = stated["unit"].text or ("" if usual == "rank" else usual)
        limits = written.ends_of(unit)
        if limits and unit.startswith(("/", "out of")) and any(not limits[0] <= each <= limits[1] for each in numbers):
            limits = None  # no marks then, but a number each so many
        scale = self._scale(criterion, levels or (), way or ("min" if usual == "rank" else ""), numbers, limits)
        open_to_both = [cell for cell in cells if cell.number is None and EITHER_MARK.search(one_sign(cell.text))]
        if self.mark_assumed and open_to_both:
            scale["assumed"].append("decimals")
            mark, cell = "comma" if self.mark == "," else "point", open_to_both[0]
            self.reading.mark_taken = self.reading.mark_taken or f", taken to be a {mark} ({cell.place}: {cell.text!r})"
        row = {"id": _id(name), "name": name, "parent": _id(criterion.group), "unit": "" if limits else unit}
        row |= {what: stated[what].text for what in ("question", "shape") if what in stated}
        self.rows["criteria"].append((criterion.head.place, row | scale))
        self.reading.places |= {(criterion.head.place, what): cell.place for what, cell in stated.items() if cell.text}
        for option, parts in criterion.cells.items():
            place = (parts.get("likely") or next(iter(parts.values()))).place
            row = {"option": _id(option), "criterion": _id(name)}
            self.rows["scores"].append((place, row | self._score(parts, name, figures)))
            self.reading.places |= {(place, part): cell.place for part, cell in parts.items()}

    def _one_unit(self, figures: Mapping[Held, tuple[str, Figures | None]], stated: str) -> str:
        """The unit of most cells; another is a fault, as is none beside per cents, marks or thousands.

        A stated unit is that of bare numbers; one without the multiple, as EUR beside 1.5k, is another unit.
        """
        units = {cell: score.unit for cell, (_, score) in figures.items() if score}
        if "%" in units.values() or re.search("(?i)%|per ?cent", stated) or not (stated or "" in units.values()):
            units = {cell: "%" if unit == OF_WHAT else unit for cell, unit in units.items()}
        counts = Counter(units.values())
        usual = next((unit for unit, _ in counts.most_common() if unit and OF_WHAT not in unit), "")
        multiple = written.multiple_in(usual, stated)
        lacks = multiple and stated and multiple != written.multiple_in(stated)
        usual = stated if lacks else usual
        needs = multiple or usual == "%" or usual.startswith("of ")
        if not (stated or needs or usual == "rank" or written.measures(usual)) and counts[usual] < counts[""]:
            usual = ""  # an O in the place of a nought, or a remark
        for cell, unit in units.items():
            if OF_WHAT in unit:
                self.fault(cell, figures[cell][0], "per cent of what")
            elif _parts(unit) != _parts(usual) and (unit or (needs and not stated)):
                words = [re.sub("^of ", "marks out of ", each) or "no unit" for each in (unit, usual)]
                fault = "other multiple" if lacks else "other unit"
                self.fault(cell, figures[cell][0], fault, unit=words[0], usual=words[1])
            elif (known := written.measures(unit)) and (meant := written.measures(stated)) and not known & meant:
                self.fault(cell, figures[cell][0], "other unit", unit=unit, usual=stated)
        return usual

    def _scale(
        self, criterion: _Criterion, levels: tuple[str, ...], way: str, numbers: list[float], limits: _Ends | None
    ) -> dict[str, Any]:
        """Direction and ends of a scale, what the ends mean, and what of it was assumed."""
        name, stated = criterion.name, criterion.stated
        worst, best = (self._end(name, what, stated.get(what, NOTHING), levels) for what in ("worst", "best"))
        direction = preferred(stated["direction"].text)
        if stated["direction"].text and not direction and not stated["direction"].fault:
            self.fault(stated["direction"], name, "no direction")
        direction = direction or way
        if not direction and worst is not None and best is not None:
            direction = "max" if best > worst else "min"
        assumed = ["levels"] * bool(levels) + ["direction"] * (not direction)
        direction = direction or ("min" if written.LESS_IS_BETTER.search(name) else "max")
        if numbers:
            limits = (1.0, float(len(levels))) if levels else limits
            low, high = (limits or rounded_limits(min(numbers), max(numbers)))[:: 1 if direction == "max" else -1]
            assumed += [what for what, end in (("worst", worst), ("best", best)) if end is None and not limits]
            worst, best = low if worst is None else worst, high if best is None else best
        row = {"direction": direction, "worst": worst, "best": best, "assumed": assumed}
        steps = dict(enumerate(levels, start=1))
        return row | {f"{what}_means": steps[int(end)] for what in ("worst", "best") if (end := row[what]) in steps}

    def _end(self, name: str, what: str, cell: Held, levels: tuple[str, ...]) -> float | None:
        """A stated end of a scale, as a number."""
        score = scored(cell, self.mark, levels if cell.number is None else ())
        if cell.text and not cell.fault and (score is None or score.likely is None):
            self.fault(cell, name, "no end", what=what)
        return score.likely if score else None

    def _score(self, parts: dict[str, Held], name: str, figures: Mapping[Held, Figures | None]) -> dict[str, Any]:
        """Low, likely and high of one score."""
        for cell in parts.values():
            if cell.fault or not cell.text:
                self.fault(cell, name, cell.fault or "no cell")
        scores = {part: score for part, cell in parts.items() if (score := figures.get(cell))}
        if len(scores) < len(parts):  # nobody knows it, or a fault says why
            return {"likely": None, "distribution": UNJUDGED}
        row = {part: score.likely for part, score in scores.items()}
        if list(scores) == ["likely"]:
            row = dict(zip(("low", "likely", "high"), scores["likely"][:3], strict=True))
        low, high = row.get("low"), row.get("high")
        rising = [number for part in ("low", "likely", "high") if (number := row.get(part)) is not None]
        if rising != sorted(rising):
            cells = list(parts.values())
            self.fault(cells[0], name, "turned", cells=" ".join(cell.text for cell in cells))
            return {"likely": None, "distribution": UNJUDGED}
        if row.get("likely") is None and low is not None and high is not None:
            return {**row, "likely": (low + high) / 2, "distribution": "uniform"}
        return row

    def _weights(self, what: str) -> None:
        """Swing points of one set, among siblings, that give each leaf its share."""
        figures, rows = {}, {}
        for name, criterion in self.criteria.items():
            cell = criterion.stated[what]
            score = scored(cell, self.mark)
            number = score.likely if score and score.likely is not None else -1.0
            if number < 0 and not cell.fault:
                self.fault(cell, name, "no weight", what=repr(cell.text) if cell.text else "nothing")
            figures[cell], rows[name] = (name, score), (abs(number), cell.place, criterion.group)
        self._one_unit(figures, "")
        for group in self.groups:
            whole = sum(number for number, _, parent in rows.values() if parent == group)
            rows[group] = whole, f"{what} of {group}", ""
        for name, (number, place, group) in rows.items():
            most = max(other for other, _, parent in rows.values() if parent == group)
            points = float(f"{100 * number / most:.12g}") if most > 0 else 0  # a spreadsheet keeps 15 figures
            row = {"profile": what.removeprefix("weights "), "criterion": _id(name), "likely": points}
            self.rows["weights"].append((place, row))


def _parts(unit: str) -> list[str]:
    """The words and signs of a unit, in whatever order: € k and k€ are one."""
    return sorted(re.findall(r"[€£$¥₩%]|[^\s€£$¥₩%]+", unit))


def _id(name: str) -> str:
    return name.strip().replace(";", ",")
