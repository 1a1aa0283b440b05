"""What must hold between the rows and tables of a case; every fault, not the first.

Tables come as text with their rows labelled for the reader. A table that is
absent or lacks a column says so itself; the rules that need it then stay silent
instead of burying that one fault under its consequences.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice

import pandas as pd

from ..errors import Fault, listed, shown
from .anchors import anchor_digests, changed_scales
from .tables import IDS, TABLES, alike, cell_faults, needed_columns, rules_of, split_ids, typed
from .values import GREATEST, NEAREST, ValueFunction, parse_bends

MOST = 1000
"""So many faults of one kind are told; a table pasted wrongly could have a million."""

SUGGESTED = 100
"""For so many unknown ids the nearest known one is looked up; of a table pasted wrongly nobody reads more."""

Tables = Mapping[str, pd.DataFrame]

KEYS = {
    "options": ["id"],
    "criteria": ["id"],
    "scores": ["option", "criterion", "as_of"],
    "weights": ["profile", "criterion"],
    "screens": ["option", "screen"],
    "assumptions": ["id"],
    "redlines": ["profile", "criterion"],
    "synergies": ["options", "criterion"],
    "scenarios": ["scenario", "option", "criterion", "shift", "weight_factor"],
    "sources": ["id"],
    "evidence": ["id"],
}
"""What names a row of each table: two rows that share it would be counted twice."""

MAY_BE_BLANK = {"as_of", "option", "shift", "weight_factor"}
"""Columns of a key that say something when they are blank: any date, every option, no such effect."""

REFERENCES = [
    ("options", "requires", "options", "id"),
    ("options", "excludes", "options", "id"),
    ("criteria", "parent", "criteria", "id"),
    ("scores", "option", "options", "id"),
    ("scores", "criterion", "criteria", "id"),
    ("weights", "criterion", "criteria", "id"),
    ("screens", "option", "options", "id"),
    ("scenarios", "option", "options", "id"),
    ("scenarios", "criterion", "criteria", "id"),
    ("redlines", "criterion", "criteria", "id"),
    ("redlines", "profile", "weights", "profile"),
    ("synergies", "options", "options", "id"),
    ("synergies", "criterion", "criteria", "id"),
    ("evidence", "source", "sources", "id"),
    ("evidence", "see", "evidence", "id"),
    *((name, "evidence", "evidence", "id") for name, rules in TABLES.items() if "evidence" in rules),
]


def table_faults(
    tables: Tables,
    *,
    files: Mapping[str, str],
    every_column: bool,
    as_of: str = "",
    status_quo: str = "",
    judged_for: str = "",
    faults: tuple[Fault, ...] = (),
) -> list[Fault]:
    """Every fault in a case's tables.

    Parameters
    ----------
    tables : mapping of str to DataFrame of str
        By the names in `schemas.TABLES`; the index labels the rows in the faults.
    files : mapping of str to str
        What to call each table in the faults.
    every_column : bool
        Whether a table must have all its columns.
    as_of : str
        The case's date, ISO, or blank; scores dated later do not count.
    status_quo : str
        The option that stands for no change, or blank.
    judged_for : str
        The scales that the weights were judged for, as a case records them, or blank.
    faults : tuple of Fault
        Those found while reading; they come first, and their cells are judged no further.
    """
    found = list(faults)
    sound: dict[str, pd.DataFrame] = {}
    for name, table in tables.items():
        unread = {fault[:3] for fault in faults if fault.row != "" and fault.column}
        own = cell_faults(name, table, files[name], every_column=every_column)
        found += islice((fault for fault in own if fault[:3] not in unread), MOST)
        if set(needed_columns(name, every_column)) <= set(table.columns):
            bad = {(fault.row, fault.column) for fault in found if fault.file == files[name]}
            sound[name] = _without_bad_cells(name, table, bad)
    rules: list[Callable[[Tables, Mapping[str, str]], Iterator[Fault]]] = [
        _repeats,
        _same_names,
        _references,
        _cycles,
        _anchors,
        _ranges,
        _leaf_only,
        _profiles,
        _screens,
        _scenario_rows,
    ]
    bad_cells = {fault[:3] for fault in found}
    for rule in rules:
        found += islice((fault for fault in rule(sound, files) if fault[:3] not in bad_cells), MOST)
    found += islice(_anachronisms(sound, files, as_of), MOST)
    found += islice(_coverage(sound, files, as_of), MOST)
    if judged_for and not any(fault.file == files["criteria"] for fault in found):
        found += _judged_for(sound, files, judged_for)
    if status_quo and "options" in sound and status_quo not in set(sound["options"]["id"]):
        found.append(
            Fault(
                "case.toml",
                "",
                "status_quo",
                repr(status_quo),
                f"an id in {files['options']}",
                _nearest(status_quo, list(sound["options"]["id"])),
            )
        )
    return found


def _without_bad_cells(name: str, table: pd.DataFrame, bad: set[tuple[int | str, str]]) -> pd.DataFrame:
    """The table, typed, with the cells that are already faults left blank."""
    kept = table.loc[:, ~table.columns.duplicated()]
    kept = kept[[column for column in rules_of(name, kept.columns) if column in kept]].copy()
    for row, column in bad:
        if column in kept and row in kept.index:
            kept.loc[row, column] = ""
    return typed(name, kept)


def _nearest(word: str, known: Iterable[str]) -> str:
    same = [one for one in known if alike(one) == alike(word)]
    if same:
        return f"It looks like {same[0]} but is written with other signs (capitals, width or form): copy that id."
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Correct it, add what it names, or delete this row."


def _repeats(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    for name, keys in KEYS.items():
        if name not in tables:
            continue
        table = tables[name]
        cells = pd.DataFrame({key: table[key].map(_joined) for key in keys}, index=table.index)
        told = (cells[[key for key in keys if key not in MAY_BE_BLANK]] != "").all(axis=1)
        marks = cells[told].map(alike)
        first: dict[tuple[str, ...], int | str] = {}
        for row, mark in zip(marks.index, marks.itertuples(index=False, name=None), strict=True):
            if mark not in first:
                first[mark] = row
                continue
            one, other = cells.loc[row], cells.loc[first[mark]]
            what = ", ".join(repr(cell) for cell in one if cell)
            again = " again, as" if one.equals(other) else ", which looks the same as what stands"
            yield Fault(
                files[name],
                row,
                "criterion" if "criterion" in keys else keys[-1],
                f"{what}{again} in row {first[mark]}",
                "each " + " and ".join(keys) + " once",
                "Delete or rename one of the rows, or put both into one.",
            )


def _joined(cell: object) -> str:
    """A cell of a key as text; the options of a synergy are the same in any order."""
    if isinstance(cell, tuple):
        return ";".join(sorted(cell))
    if _blank(cell):
        return ""
    return cell if isinstance(cell, str) else shown(cell)


def _same_names(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    """Names that readers could not tell apart: those left blank are the ids, and short ones the names."""
    for table, columns in (("options", ("name", "short")), ("criteria", ("name",))):
        if table not in tables:
            continue
        names = tables[table]["id"]
        for column in columns:
            written = tables[table][column] != ""
            names = tables[table][column].where(written, names)
            marks = names.map(alike)
            for row, name in names[marks.duplicated() & (names != "")].items():
                first = names.index[marks == marks[row]][0]
                if not (written[row] or written[first]):
                    continue  # the fault of the column before
                what = " again, as" if names[first] == name else f", which a reader cannot tell from {names[first]!r}"
                yield Fault(
                    files[table],
                    row,
                    column,
                    f"{name!r}{what} in row {first}",
                    "a name that nothing else has here",
                    "Tell them apart: readers see names, not ids.",
                )
    if "scenarios" in tables:
        rows = tables["scenarios"].query("scenario != '' and name != ''")
        for column, other in (("name", "scenario"), ("scenario", "name")):
            ids: dict[str, str] = {}
            for row, mark, name in zip(rows.index, rows[other].map(alike), rows[column], strict=True):
                if alike(ids.setdefault(mark, name)) != alike(name):
                    yield Fault(
                        files["scenarios"],
                        row,
                        column,
                        f"{name!r} where another row has {ids[mark]!r}",
                        "one name for each scenario, and one scenario for each name",
                        "Give the rows of one scenario the same id and name, and another scenario others.",
                    )


def _references(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    for name, column, target, key in REFERENCES:
        if name not in tables or target not in tables:
            continue
        known_ids = dict.fromkeys(tables[target][key])
        suggested: dict[str, str] = {}
        many = TABLES[name][column] is IDS
        for row, cell in tables[name][column].items():
            for word in cell if many else (cell,):
                if word and word not in known_ids:
                    if word not in suggested and len(suggested) < SUGGESTED:
                        suggested[word] = _nearest(word, known_ids)
                    yield Fault(
                        files[name],
                        row,
                        column,
                        repr(word),
                        f"{'a profile' if key == 'profile' else 'an id'} in {files[target]}",
                        suggested.get(word, "Correct it, or add what it names."),
                    )


def _cycles(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    for name, column in (("criteria", "parent"), ("options", "requires")):
        if name not in tables:
            continue
        table = tables[name].drop_duplicates("id")
        onward = {
            key: (cell if isinstance(cell, tuple) else split_ids(cell))
            for key, cell in zip(table["id"], table[column], strict=True)
        }
        for row, start in table["id"].items():
            way = _way_back(start, onward)
            if way:
                yield Fault(
                    files[name],
                    row,
                    column,
                    " > ".join(way),
                    "no way round back to itself",
                    f"Take one of these out of the column {column}.",
                )
    if "options" in tables:
        for row, option in tables["options"].iterrows():
            both = set(option["requires"]) & set(option["excludes"])
            if option["id"] in option["excludes"] or both:
                yield Fault(
                    files["options"],
                    row,
                    "excludes",
                    ";".join(option["excludes"]),
                    "neither the option itself nor one that it requires",
                    "Take it out.",
                )
                continue
            needed = _with_required(option["id"], tables["options"])
            clash = [f"{one} excludes {other}" for one in needed for other in needed[one] if other in needed]
            if clash:
                yield Fault(
                    files["options"],
                    row,
                    "requires",
                    f"{clash[0]}, and {option['id']} needs both of them",
                    "options that can be chosen together",
                    "Take one of the two out.",
                )


def _with_required(start: str, options: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """An option and all that it requires, in turn too, each with what it excludes."""
    rows = options.drop_duplicates("id").set_index("id")
    needed: dict[str, tuple[str, ...]] = {}
    waiting = [start]
    while waiting:
        option = waiting.pop()
        if option in rows.index and option not in needed:
            needed[option] = rows.at[option, "excludes"]
            waiting += rows.at[option, "requires"]
    return needed


def _way_back(start: str, onward: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The shortest way from ``start`` back to itself, or nothing."""
    ways, seen = [[start]], {start}
    for way in ways:
        for step in onward.get(way[-1], ()):
            if step == start:
                return [*way, start]
            if step not in seen:
                seen.add(step)
                ways.append([*way, step])
    return []


def leaves_of(criteria: pd.DataFrame) -> list[str]:
    """Ids of the criteria that are nobody's parent, in the table's order."""
    return [key for key in criteria["id"] if key not in set(criteria["parent"])]


def _blank(cell: object) -> bool:
    return cell == "" or cell != cell


def _anchors(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    if "criteria" not in tables:
        return
    leaves = set(leaves_of(tables["criteria"]))
    for row, criterion in tables["criteria"].iterrows():
        cells = criterion[["direction", "worst", "best", "shape"]]
        worst, best, direction = criterion["worst"], criterion["best"], criterion["direction"]
        if criterion["id"] not in leaves:
            for column, cell in cells.items():
                if not _blank(cell):
                    yield Fault(
                        files["criteria"],
                        row,
                        column,
                        repr(cell),
                        "blank: it has criteria beneath it",
                        "Only the leaves of the tree are scored; clear the cell.",
                    )
            continue
        for column in ("direction", "worst", "best"):
            if _blank(cells[column]):
                yield Fault(
                    files["criteria"],
                    row,
                    column,
                    "nothing",
                    "the scale of a leaf of the tree",
                    "State direction, worst and best; no anchor is ever guessed.",
                )
        if math.isnan(worst) or math.isnan(best):
            continue
        if abs(best - worst) < max(NEAREST * max(abs(worst), abs(best)), 1 / GREATEST):
            yield Fault(
                files["criteria"],
                row,
                "best",
                f"worst {shown(worst)} and best {shown(best)}, too near each other",
                f"anchors at least {NEAREST:g} of their size apart, and {1 / GREATEST:g} or more",
                "Correct the anchors, use a smaller unit, or count from another zero.",
            )
        elif direction and (best > worst) != (direction == "max"):
            yield Fault(
                files["criteria"],
                row,
                "best",
                f"worst {shown(worst)} and best {shown(best)} with direction {direction}",
                "best above worst for max, below it for min",
                "Correct the anchors or the direction.",
            )
        else:
            try:
                ValueFunction(worst, best, parse_bends(criterion["shape"]))
            except ValueError as error:
                yield Fault(
                    files["criteria"],
                    row,
                    "shape",
                    repr(criterion["shape"]),
                    "raw:value pairs joined by ';' between the anchors, values 0 to 100",
                    f"Correct the pairs ({error}) or leave it blank for a straight line.",
                )


def _ranges(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    scale = {}
    if "criteria" in tables:
        bounds = tables["criteria"].drop_duplicates("id").set_index("id")[["worst", "best"]]
        scale = {key: sorted(pair) for key, pair in bounds.T.items() if not pair.isna().any()}
    for name in [name for name in ("scores", "weights") if name in tables]:
        for row, cells in zip(tables[name].index, tables[name].to_dict("records"), strict=True):
            low, likely, high = cells["low"], cells["likely"], cells["high"]
            if math.isnan(low) != math.isnan(high):
                column = "low" if math.isnan(low) else "high"
                yield Fault(
                    files[name],
                    row,
                    column,
                    "nothing",
                    "both low and high, or neither",
                    f"Fill in {column}, or clear the other.",
                )
            if low > likely or low > high:
                yield Fault(
                    files[name],
                    row,
                    "low",
                    f"low {shown(low)} above likely {shown(likely)} or high {shown(high)}",
                    "low <= likely <= high",
                    "Put the three in order; low is the lower number.",
                )
            if likely > high:
                yield Fault(
                    files[name],
                    row,
                    "high",
                    f"high {shown(high)} below likely {shown(likely)}",
                    "low <= likely <= high",
                    "Put the three in order; high is the higher number.",
                )
            if name == "scores" and cells["criterion"] in scale:
                least, most = scale[cells["criterion"]]
                for column in ("low", "likely", "high"):
                    if cells[column] < least or cells[column] > most:
                        yield Fault(
                            files[name],
                            row,
                            column,
                            shown(cells[column]),
                            f"between the anchors {shown(least)} and {shown(most)} of {cells['criterion']}",
                            "Correct the score, or widen the anchors and judge the weights again.",
                        )


def _leaf_only(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    if "criteria" not in tables:
        return
    branches = set(tables["criteria"]["parent"]) - {""}
    for name in [name for name in ("scores", "synergies", "scenarios") if name in tables]:
        table = tables[name]
        if name == "scenarios":
            table = table[table["shift"].notna()]
        for row, criterion in table["criterion"].items():
            if criterion in branches:
                yield Fault(
                    files[name],
                    row,
                    "criterion",
                    repr(criterion),
                    "a leaf of the tree",
                    "It has criteria beneath it; score those.",
                )


def _profiles(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    if not {"weights", "criteria"} <= tables.keys():
        return
    if tables["weights"].empty:
        yield Fault(files["weights"], "", "profile", "no weight profile", "at least one", "Add a row per criterion.")
    criteria = tables["criteria"].drop_duplicates("id").set_index("id")["parent"]
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        points = rows.drop_duplicates("criterion").set_index("criterion")["likely"]
        for missing in criteria.index.difference(points.index, sort=False).drop("", errors="ignore"):
            yield Fault(
                files["weights"],
                "",
                "criterion",
                f"no swing points for {missing} in profile {profile}",
                "points for every criterion of the tree",
                f"Add a row for {profile} and {missing}.",
            )
        known = points[points.index.isin(criteria.index)]
        for parent, siblings in known.groupby(criteria):
            if (siblings == 0).all():
                where = f"under {parent}" if parent else "at the top"
                row = rows.index[rows["criterion"] == siblings.index[0]][0]
                yield Fault(
                    files["weights"],
                    row,
                    "likely",
                    f"only zeros {where} in profile {profile}",
                    "100 for the biggest swing among siblings",
                    "At least one swing must matter.",
                )


def _judged_for(tables: Tables, files: Mapping[str, str], judged_for: str) -> Iterator[Fault]:
    if not {"weights", "criteria"} <= tables.keys() or tables["weights"].empty:
        return
    criteria = tables["criteria"]
    rows = dict(zip(criteria["id"], criteria.index, strict=True))
    scales = criteria.set_index("id").loc[leaves_of(criteria)]
    wording = {
        "changed": "other anchors of {!r} than the weights were judged for",
        "new": "a scale {!r} that the weights were not judged for",
        "gone": "no scale {!r}, which the weights were judged for",
    }
    for leaf, change in changed_scales(judged_for, anchor_digests(scales)).items():
        yield Fault(
            files["criteria"],
            rows.get(leaf, ""),
            "",
            wording[change].format(leaf),
            "the scales that weights_judged_for records",
            "Put them back; or judge the swings again, then run aukus-mcda affirm on the case.",
        )


def _screens(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    """An option that a screen does not mention has not passed it."""
    if not {"screens", "options"} <= tables.keys():
        return
    options = [option for option in tables["options"]["id"] if option]
    for screen, judged in tables["screens"].groupby("screen", sort=False)["option"]:
        missing = [option for option in options if option not in set(judged)]
        if screen and missing:
            yield Fault(
                files["screens"],
                "",
                "option",
                f"no row for {listed(missing)} on the screen {screen}",
                "a row for every option on each screen",
                "Add the rows: what was not judged has not passed.",
            )


def _scenario_rows(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    for row, cells in tables.get("scenarios", pd.DataFrame()).iterrows():
        given = [column for column in ("shift", "weight_factor") if not math.isnan(cells[column])]
        if len(given) != 1 or (given == ["weight_factor"] and cells["option"]):
            yield Fault(
                files["scenarios"],
                row,
                "shift",
                f"{' and '.join(given) or 'neither shift nor weight_factor'}"
                + (" for one option" if cells["option"] else ""),
                "either a shift of scores, or a weight_factor with no option",
                "Split or clear the row.",
            )
    for row, cell in tables.get("synergies", pd.DataFrame(columns=["options"]))["options"].items():
        if len(set(cell)) < 2:
            yield Fault(
                files["synergies"],
                row,
                "options",
                ";".join(cell) or "nothing",
                "two options or more",
                "Join their ids with ';'.",
            )


def _anachronisms(tables: Tables, files: Mapping[str, str], as_of: str) -> Iterator[Fault]:
    if not {"scores", "evidence"} <= tables.keys():
        return
    known_from = tables["evidence"].drop_duplicates("id").set_index("id")["known_from"]
    for row, cells in zip(tables["scores"].index, tables["scores"].to_dict("records"), strict=True):
        for item in cells["evidence"]:
            day = known_from.get(item, "")
            judged = cells["as_of"] or as_of
            if judged and day > judged:
                yield Fault(
                    files["scores"],
                    row,
                    "evidence",
                    f"{item}, known from {day}",
                    f"evidence known by {judged}, the score's date",
                    "Cite what was known then, or date the score later.",
                )


def _coverage(tables: Tables, files: Mapping[str, str], as_of: str) -> Iterator[Fault]:
    if not {"scores", "criteria", "options"} <= tables.keys():
        return
    if len(tables["options"]) == 0:
        yield Fault(files["options"], "", "id", "no options", "at least one option", "Add rows.")
    if len(tables["criteria"]) == 0:
        yield Fault(files["criteria"], "", "id", "no criteria", "at least one criterion", "Add rows.")
    scores = tables["scores"]
    counted = scores[scores["as_of"] <= as_of] if as_of else scores
    if len(scores) and counted.empty:
        first, last = scores["as_of"].min(), scores["as_of"].max()
        yield Fault(
            files["scores"],
            "",
            "as_of",
            f"no score made by {as_of}",
            f"a day from {first}, the first judgements, on",
            f"Ask for {first} or later; the last judgements are of {last}.",
        )
        return
    have = set(zip(counted["option"], counted["criterion"], strict=True))
    when = f" by {as_of}" if as_of else ""
    for option in tables["options"]["id"]:
        for leaf in leaves_of(tables["criteria"]):
            if option and leaf and (option, leaf) not in have:
                yield Fault(
                    files["scores"],
                    "",
                    "likely",
                    f"no score for {option} on {leaf}{when}",
                    "a score for every option and leaf",
                    "Add the row; a missing score is never 0.",
                )
