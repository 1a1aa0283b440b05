"""What must hold between the cells, rows and tables of a case; every fault, not the first.

Tables come as text with their rows labelled for the reader. A table that is
absent or lacks a column says so itself; the rules then take it for an empty one and stay silent
instead of burying that one fault under its consequences. Rules name the table
at fault, `checked_tables` the file it came from.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping, Set
from itertools import islice, product
from typing import Any

import pandas as pd

from ..errors import CaseError, Fault, listed, shown
from .tables import (
    GREATEST,
    KEYS,
    NEEDED,
    NUMBER,
    REFERENCES,
    TABLES,
    UNJUDGED,
    About,
    Reading,
    alike,
    cell_faults,
    empty,
    leaves_of,
    typed,
    with_names,
)
from .values import ValueFunction, anchor_digests, changed_scales

MOST_FAULTS = 1000
"""So many faults of one kind are told; a table pasted wrongly could have a million."""

SUGGESTED = 100
"""For so many unknown ids the nearest known one is looked up; of a table pasted wrongly nobody reads more."""

NEAREST = 1e-9
"""Anchors nearer than this part of their size are one: their difference would lose all precision."""

ONE_FOR_EACH = (
    ("options", "name", "id", "name"),
    ("options", "short", "id", "short"),
    ("criteria", "name", "id", "name"),
    ("scenarios", "scenario", "name", "name"),
    ("scenarios", "name", "scenario", "scenario"),
)
"""Table, and two columns: rows that are alike in the first are alike in the second. The third is the one at fault."""

Tables = Mapping[str, pd.DataFrame]


def checked_tables(reading: Reading) -> dict[str, pd.DataFrame]:
    """All tables a case can have, typed, those not given empty; or one `CaseError` with every fault in them.

    The faults found while reading come first; their cells are judged no further, and for the rules they are blank.
    """
    files, about, every = reading.files, reading.about, list(reading.faults)
    unread = {fault[:3] for fault in every if fault.row != "" and fault.column}
    sound: dict[str, pd.DataFrame] = {}
    for name, table in reading.tables.items():
        every += islice((fault for fault in cell_faults(reading, name) if fault[:3] not in unread), MOST_FAULTS)
        if set(NEEDED[name]) <= set(table.columns):
            known = table.loc[:, ~table.columns.duplicated()].copy()
            for row, column in {(fault.row, fault.column) for fault in every if fault.file == files[name]}:
                if column in known and row in known.index:
                    known.loc[row, column] = ""
            sound[name] = typed(name, known)
    bad_cells = {fault[:3] for fault in every}
    full = {name: sound[name] if name in sound else empty(name).copy() for name in TABLES}
    own = reading.own["scores"].index if "scores" in reading.own else ()
    for rule in _rules(full, about, {name: files[name] for name in sound}, set(own)):
        faults = (fault._replace(file=files[fault.file]) for fault in rule)
        every += islice((fault for fault in faults if fault[:3] not in bad_cells), MOST_FAULTS)
    if "criteria" in sound and not any(fault.file == files["criteria"] for fault in every):
        every += (fault._replace(file=files[fault.file]) for fault in _judged_for(full, about.weights_judged_for))
    if every:
        raise CaseError(every)
    return full


def _rules(tables: Tables, about: About, given: Mapping[str, str], own: Set[object]) -> Iterator[Iterator[Fault]]:
    """What each rule says of the tables; ``given`` are the files of those that are there and have their columns.

    ``own`` are the rows of scores that the analyst added: one may be of the day of the case's.
    """
    yield _repeats(tables, own)
    yield _one_for_each(tables)
    yield _references({**tables, "case": pd.DataFrame({"status_quo": [about.status_quo]}, index=[""])}, given)
    yield _circles(tables)
    yield _scales(tables["criteria"])
    yield _unknown(tables["scores"])
    yield _ranges(tables)
    yield _on_scale(tables)
    yield _scenarios(tables["scenarios"])
    yield _packages(tables)
    if {"weights", "criteria"} <= given.keys():
        yield _profiles(tables)
    yield _screens(tables)
    yield _anachronisms(tables, about.day)
    if {"scores", "criteria", "options"} <= given.keys():
        yield _coverage(tables, about.day)


def _in_rows(
    rows: pd.DataFrame, at_fault: pd.Series, table: str, column: str, found: str, expected: str, remedy: str
) -> Iterator[Fault]:
    """A fault in each row of a table at fault; sentences take a row's cells in braces, the one at fault as {cell}."""
    if not at_fault.any():
        return
    for row, cells in rows[at_fault].iterrows():
        words = {name: _text(cell) or "nothing" for name, cell in cells.items()} | {"cell": shown(cells[column])}
        yield Fault(table, row, column, found.format(**words), expected.format(**words), remedy)


def _text(cell: object) -> str:
    """A cell as a sentence has it; the options of a synergy are the same in any order."""
    if isinstance(cell, tuple):
        return ";".join(sorted(cell))
    if isinstance(cell, str):
        return cell
    return "" if pd.isna(cell) else shown(cell)


def _nearest(word: str, known: Iterable[str]) -> str:
    known = list(known)
    same = [one for one in known if alike(one) == alike(word)]
    if same:
        return f"It looks like {same[0]} but is written with other signs (capitals, width or form): copy that id."
    near = difflib.get_close_matches(word, known, n=1)
    return f"Did you mean {near[0]}?" if near else "Correct it, add what it names, or delete this row."


def _again(marks: Mapping[Any, object] | pd.Series) -> Iterator[tuple[int | str, int | str]]:
    """Each row whose mark stands in a row above it too, and the first row that has it."""
    first: dict[object, int | str] = {}
    for row, mark in marks.items():
        if first.setdefault(mark, row) != row:
            yield row, first[mark]


def _repeats(tables: Tables, own: Set[object]) -> Iterator[Fault]:
    """Rows that the columns of their table's key do not tell apart."""
    for name, table in tables.items():
        if table.empty:
            continue
        keys = KEYS[name]
        needed = [place for place, key in enumerate(keys) if not TABLES[name][key].holds("")]
        rows = {row: list(map(_text, cells)) for row, *cells in table[keys].itertuples(name=None)}
        filled = {row: cells for row, cells in rows.items() if all(cells[place] for place in needed)}
        marks = {row: (name == "scores" and row in own, *map(alike, cells)) for row, cells in filled.items()}
        for row, first in _again(marks):
            column = "criterion" if "criterion" in keys else keys[-1]
            found = f"{', '.join(repr(cell) for cell in rows[row] if cell)}, which reads like row {first}"
            remedy = "Delete or rename one of the rows, or put both into one."
            yield Fault(name, row, column, found, f"each {' and '.join(keys)} once", remedy)


def _one_for_each(tables: Tables) -> Iterator[Fault]:
    """Names that readers could not tell apart, and one thing under two names."""
    remedy = "Tell apart what is not the same, and write alike what is: readers see names, not ids."
    for name, same, other, at_fault in ONE_FOR_EACH:
        if tables[name].empty:
            continue
        written, table = tables[name][same] != "", with_names(tables[name])
        for row, first in _again(table.loc[(table[same] != "") & (table[other] != ""), same].map(alike)):
            differ = alike(table.at[row, other]) != alike(table.at[first, other])
            if differ and (written[row] or written[first]):  # or else it is the fault of another column
                words = "which reads like" if at_fault == same else "another than"
                found = f"{table.at[row, at_fault]!r}, {words} {table.at[first, at_fault]!r} in row {first}"
                yield Fault(name, row, at_fault, found, f"each {same} for one {other} only", remedy)


def _references(tables: Tables, given: Mapping[str, str]) -> Iterator[Fault]:
    """Ids that no row of the table they refer to has."""
    filled = {name: table for name, table in tables.items() if not table.empty}
    places = [(name, column) for name, table in filled.items() for column in table if column in REFERENCES]
    for name, column in places:
        target, key = REFERENCES[column]
        if target not in given:
            continue
        known_ids = dict.fromkeys(tables[target][key])
        expected = f"{'a profile' if key == 'profile' else 'an id'} in {given[target]}"
        suggested: dict[str, str] = {}
        for row, word in tables[name][column].explode().dropna().items():
            if word and word not in known_ids:
                if word not in suggested and len(suggested) < SUGGESTED:
                    suggested[word] = _nearest(word, known_ids)
                remedy = suggested.get(word, "Correct it, or add what it names.")
                yield Fault(name, row, column, repr(word), expected, remedy)


def _before(start: str, onward: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    """Each id that an id leads to, itself if it leads back, with the one before it on the shortest way there."""
    before: dict[str, str] = {}
    waiting = [start]
    for each in waiting:
        news = [step for step in onward.get(each, ()) if step not in before]
        before |= dict.fromkeys(news, each)
        waiting += news
    return before


def _circles(tables: Tables) -> Iterator[Fault]:
    """Criteria that are beneath themselves, and options that require themselves."""
    for name, column in (("criteria", "parent"), ("options", "requires")):
        table = tables[name].drop_duplicates("id").set_index("id")
        onward = {key: (cell,) * bool(cell) if column == "parent" else cell for key, cell in table[column].items()}
        for row, start in tables[name]["id"].items():
            before = _before(start, onward)
            if start in before:
                way = [start, before[start]]
                while way[-1] != start:
                    way.append(before[way[-1]])
                remedy = f"Take one of these out of the column {column}."
                yield Fault(name, row, column, " > ".join(reversed(way)), "no way round back to itself", remedy)


def _packages(tables: Tables) -> Iterator[Fault]:
    """Options that exclude what they require, in turn too, or require two that exclude each other; lone synergies."""
    options = tables["options"].drop_duplicates("id").set_index("id")
    requires, excludes = options["requires"].to_dict(), options["excludes"].to_dict()
    for row, option in tables["options"]["id"].items():
        needed = dict.fromkeys([option, *(each for each in _before(option, requires) if each in requires)])
        clashes = [(one, other) for one in needed for other in excludes[one] if other in needed]
        for one, other in clashes[:1]:
            column = "excludes" if one == option else "requires"
            found = f"{one} excludes {other}, and {option} needs both of them"
            expected = "options that can be chosen together"
            yield Fault("options", row, column, found, expected, "Take one of the two out.")
    synergies, remedy = tables["synergies"], "Join their ids with ';'."
    alone = synergies["options"].map(len) < 2
    yield from _in_rows(synergies, alone, "synergies", "options", "{options}", "two options or more", remedy)


def _scales(criteria: pd.DataFrame) -> Iterator[Fault]:
    """Leaves without a scale or with one that cannot be, and branches with one."""
    branch = criteria["id"].isin(set(criteria["parent"]) - {""})
    worst, best, direction = criteria["worst"], criteria["best"], criteria["direction"]
    for column in ("direction", "worst", "best", "shape"):
        filled = criteria[column].notna() & (criteria[column] != "")
        expected = "blank: it has criteria beneath it"
        remedy = "Only the leaves of the tree are scored; clear the cell."
        yield from _in_rows(criteria, branch & filled, "criteria", column, "{cell}", expected, remedy)
        if column != "shape":
            expected, remedy = "the scale of a leaf", "State direction, worst and best; no anchor is ever guessed."
            yield from _in_rows(criteria, ~branch & ~filled, "criteria", column, "nothing", expected, remedy)
    room = NEAREST * criteria[["worst", "best"]].abs().max(axis=1)
    near = ~branch & ((best - worst).abs() < room.clip(lower=1 / GREATEST))
    found = "worst {worst} and best {best}, too near each other"
    expected = f"anchors at least {NEAREST:g} of their size apart, and {1 / GREATEST:g} or more"
    remedy = "Correct the anchors, use a smaller unit, or count from another zero."
    yield from _in_rows(criteria, near, "criteria", "best", found, expected, remedy)
    turned = ((direction == "max") & (best < worst)) | ((direction == "min") & (best > worst))
    found = "worst {worst} and best {best} with direction {direction}"
    expected, remedy = "best above worst for max, below it for min", "Correct the anchors or the direction."
    yield from _in_rows(criteria, ~branch & ~near & turned, "criteria", "best", found, expected, remedy)
    for row, scale in criteria[~branch & ~near & worst.notna() & best.notna()].iterrows():
        try:
            ValueFunction.of(scale)
        except ValueError as error:
            expected = "raw:value pairs joined by ';' between the anchors, values 0 to 100"
            remedy = f"Correct the pairs ({error}) or leave it blank for a straight line."
            yield Fault("criteria", row, "shape", repr(scale["shape"]), expected, remedy)


def _unknown(scores: pd.DataFrame) -> Iterator[Fault]:
    """Scores that are blank without saying that they are unknown, or say so beside a number."""
    unknown, blank = scores["distribution"] == UNJUDGED, scores["likely"].isna()
    remedy = f"Write the score; or {UNJUDGED} in the column distribution: a missing score is never 0."
    yield from _in_rows(scores, blank & ~unknown, "scores", "likely", "nothing", NUMBER.expected, remedy)
    for column in ("low", "likely", "high"):
        at_fault = unknown & scores[column].notna()
        expected, remedy = f"nothing, as the score is {UNJUDGED}", "Clear the cell, or the column distribution."
        yield from _in_rows(scores, at_fault, "scores", column, "{cell}", expected, remedy)


def _ranges(tables: Tables) -> Iterator[Fault]:
    """Ranges with one end only, or out of order."""
    expected, remedy = "low <= likely <= high", "Put the three in order; low is the lower number, high the higher."
    for name in ("scores", "weights"):
        rows = tables[name]
        low, likely, high = rows["low"], rows["likely"], rows["high"]
        for column, end, other in (("low", low, high), ("high", high, low)):
            fill = f"Fill in {column}, or clear the other."
            alone = end.isna() & other.notna()
            yield from _in_rows(rows, alone, name, column, "nothing", "both low and high, or neither", fill)
        found = "low {low} above likely {likely} or high {high}"
        yield from _in_rows(rows, (low > likely) | (low > high), name, "low", found, expected, remedy)
        yield from _in_rows(rows, likely > high, name, "high", "high {high} below likely {likely}", expected, remedy)


def _on_scale(tables: Tables) -> Iterator[Fault]:
    """Scores beyond the anchors, and scores of what has criteria beneath it."""
    criteria, scores = tables["criteria"], tables["scores"]
    ends = criteria.drop_duplicates("id").set_index("id")[["worst", "best"]].dropna().agg(["min", "max"], axis=1)
    ends.columns = ["least", "most"]
    placed, levels = (table.join(ends, on="criterion") for table in (scores, tables["levels"]))
    expected = "between the anchors {least} and {most} of {criterion}"
    remedy = "Correct the score, or widen the anchors and judge the weights again."
    for column in ("low", "likely", "high"):
        beyond = (placed[column] < placed["least"]) | (placed[column] > placed["most"])
        yield from _in_rows(placed, beyond, "scores", column, "{cell}", expected, remedy)
    at_end = (levels["level"] <= levels["least"]) | (levels["level"] >= levels["most"])
    inside, ends_told = "a level between the anchors {least} and {most}", "The table of criteria describes the ends."
    yield from _in_rows(levels, at_end, "levels", "level", "{cell}", inside, f"{ends_told} Delete the row.")
    branches = set(criteria["parent"]) - {""}
    for name in ("scores", "levels", "synergies", "scenarios", "responses"):
        table = tables[name]
        above = table["criterion"].isin(branches)
        if name == "scenarios":  # a factor of weight may be a branch's
            above &= table["shift"].notna()
        remedy = "It has criteria beneath it; score those."
        yield from _in_rows(table, above, name, "criterion", "{cell}", "a leaf of the tree", remedy)


def _scenarios(scenarios: pd.DataFrame) -> Iterator[Fault]:
    """Rows that say nothing of a future, or two things."""
    shift, factor = scenarios["shift"].notna(), scenarios["weight_factor"].notna()
    for found, at_fault in (
        ("shift and weight_factor", shift & factor),
        ("neither shift nor weight_factor", ~shift & ~factor),
        ("weight_factor for one option", ~shift & factor & (scenarios["option"] != "")),
    ):
        expected = "either a shift of scores, or a weight_factor with no option"
        yield from _in_rows(scenarios, at_fault, "scenarios", "shift", found, expected, "Split or clear the row.")


def _profiles(tables: Tables) -> Iterator[Fault]:
    """Profiles without points for a criterion, or with nothing but zeros among siblings."""
    parents = dict(zip(tables["criteria"]["id"], tables["criteria"]["parent"], strict=True))
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        pointed = {"", *rows["criterion"]}
        for missing in [criterion for criterion in parents if criterion not in pointed]:
            found = f"no swing points for {missing} in profile {profile}"
            expected, remedy = "points for every criterion of the tree", f"Add a row for {profile} and {missing}."
            yield Fault("weights", "", "criterion", found, expected, remedy)
        for parent, siblings in rows.groupby(rows["criterion"].map(parents)):
            if (siblings["likely"] == 0).all():
                found = f"only zeros {f'under {parent}' if parent else 'at the top'} in profile {profile}"
                expected, remedy = "100 for the biggest swing among siblings", "At least one swing must matter."
                yield Fault("weights", siblings.index[0], "likely", found, expected, remedy)


def _screens(tables: Tables) -> Iterator[Fault]:
    """Options that a screen does not mention: they have not passed it."""
    for screen, judged in tables["screens"].groupby("screen", sort=False)["option"]:
        mentioned = {"", *judged}
        missing = [option for option in tables["options"]["id"] if option not in mentioned]
        if screen and missing:
            found = f"no row for {listed(missing)} on the screen {screen}"
            expected = "a row for every option on each screen"
            remedy = "Add the rows: what was not judged has not passed."
            yield Fault("screens", "", "option", found, expected, remedy)


def _anachronisms(tables: Tables, as_of: str) -> Iterator[Fault]:
    """Scores that cite what was not yet known when they were judged."""
    known_from = dict(zip(tables["evidence"]["id"], tables["evidence"]["known_from"], strict=True))
    cited = tables["scores"][["evidence", "as_of"]].explode("evidence").dropna()
    for row, item, dated in cited.itertuples(name=None):
        day, judged = known_from.get(item, ""), dated or as_of
        if judged and day > judged:
            expected = f"evidence known by {judged}, the score's date"
            remedy = "Cite what was known then, or date the score later."
            yield Fault("scores", row, "evidence", f"{item}, known from {day}", expected, remedy)


def _coverage(tables: Tables, as_of: str) -> Iterator[Fault]:
    """Options and leaves without a score that counts on the case's date."""
    for name, each in (("options", "option"), ("criteria", "criterion")):
        if tables[name].empty:
            yield Fault(name, "", "id", f"no {name}", f"at least one {each}", "Add rows.")
    latest_first = tables["scores"].sort_values("as_of", ascending=False)
    days = latest_first.set_index(["option", "criterion"])["as_of"].to_dict()  # of equal keys the last stays
    expected = "a score for every option and leaf"
    late = []
    for option, leaf in product(tables["options"]["id"], leaves_of(tables["criteria"])):
        if as_of and days.get((option, leaf), "") > as_of:
            late.append((option, leaf))
        elif option and leaf and (option, leaf) not in days:
            found, remedy = f"no score for {option} on {leaf}", "Add the row; a missing score is never 0."
            yield Fault("scores", "", "likely", found, expected, remedy)
    ask = f"Ask for {max((days[pair] for pair in late), default='')} or later"
    if late and len(late) == len(days):
        yield Fault("scores", "", "as_of", f"no score made by {as_of}", expected, f"{ask}, when all were judged.")
    else:
        for option, leaf in late:
            found, remedy = f"no score for {option} on {leaf} by {as_of}", f"{ask}, or add what was judged before."
            yield Fault("scores", "", "likely", found, expected, remedy)


def _judged_for(tables: Tables, line: str) -> Iterator[Fault]:
    """Scales that are not those an entry ``weights_judged_for`` records."""
    if not line or tables["weights"].empty or tables["criteria"].empty:
        return
    criteria = tables["criteria"]
    wording = {
        "changed": "other anchors of {!r} than the weights were judged for",
        "new": "a scale {!r} that the weights were not judged for",
        "gone": "no scale {!r}, which the weights were judged for",
    }
    rows = dict(zip(criteria["id"], criteria.index, strict=True))
    expected = "the scales that weights_judged_for records"
    remedy = "Put them back; or judge the swings again, then run aukus-mcda affirm on the case."
    for leaf, change in changed_scales(line, anchor_digests(criteria.set_index("id").loc[leaves_of(criteria)])).items():
        yield Fault("criteria", rows.get(leaf, ""), "", wording[change].format(leaf), expected, remedy)
