"""What must hold between the cells, rows and tables of a case; every fault, not the first.

Tables come as text with their rows labelled for the reader. A table that is
absent or lacks a column says so itself; the rules that need it then stay silent
instead of burying that one fault under its consequences. Rules name the table
at fault, `checked_tables` the file it came from.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice, product
from typing import NamedTuple

import pandas as pd

from ..errors import CaseError, Fault, listed, shown
from .about import About, judged_for_faults
from .tables import GREATEST, KEY_OF, REFERENCES, TABLES, alike, cell_faults, leaves_of, needed_columns, rules_of, typed
from .values import ValueFunction

MOST_FAULTS = 1000
"""So many faults of one kind are told; a table pasted wrongly could have a million."""

SUGGESTED = 100
"""For so many unknown ids the nearest known one is looked up; of a table pasted wrongly nobody reads more."""

NEAREST = 1e-9
"""Anchors nearer than this part of their size are one: their difference would lose all precision."""

Tables = Mapping[str, pd.DataFrame]


class RowRule(NamedTuple):
    """What must hold within each row of a table.

    ``broken`` is a query for the rows at fault, on the columns of `_with_context`. The sentences take the row's
    cells in braces: the one at fault is ``{cell}``.
    """

    table: str
    column: str
    broken: str
    found: str
    expected: str
    remedy: str


BRANCH_BLANK = "blank: it has criteria beneath it", "Only the leaves of the tree are scored; clear the cell."
LEAF_SCALED = "the scale of a leaf of the tree", "State direction, worst and best; no anchor is ever guessed."
APART = (
    f"anchors at least {NEAREST:g} of their size apart, and {1 / GREATEST:g} or more",
    "Correct the anchors, use a smaller unit, or count from another zero.",
)
DIRECTED = "best above worst for max, below it for min", "Correct the anchors or the direction."
LOW_AND_HIGH = "both low and high, or neither", "Fill in {column}, or clear the other."
IN_ORDER = "low <= likely <= high", "Put the three in order; low is the lower number, high the higher."
ON_SCALE = (
    "between the anchors {least} and {most} of {criterion}",
    "Correct the score, or widen the anchors and judge the weights again.",
)
LEAF_ONLY = "a leaf of the tree", "It has criteria beneath it; score those."
ONE_EFFECT = "either a shift of scores, or a weight_factor with no option", "Split or clear the row."
SEVERAL = "two options or more", "Join their ids with ';'."
NO_CLASH = "neither the option itself nor one that it requires", "Take it out."

ROW_RULES = [
    *(
        RowRule("criteria", column, f"branch and {column}.notna() and {column} != ''", "{cell}", *BRANCH_BLANK)
        for column in ("direction", "worst", "best", "shape")
    ),
    *(
        RowRule("criteria", column, f"not branch and ({column}.isna() or {column} == '')", "nothing", *LEAF_SCALED)
        for column in ("direction", "worst", "best")
    ),
    RowRule("criteria", "best", "near", "worst {worst} and best {best}, too near each other", *APART),
    *(
        RowRule(
            "criteria",
            "best",
            f"not branch and not near and direction == '{direction}' and best {against} worst",
            "worst {worst} and best {best} with direction {direction}",
            *DIRECTED,
        )
        for direction, against in (("max", "<"), ("min", ">"))
    ),
    *(
        RowRule(table, column, broken, found, *rule)
        for table in ("scores", "weights")
        for column, broken, found, rule in (
            ("low", "low.isna() and high.notna()", "nothing", LOW_AND_HIGH),
            ("high", "high.isna() and low.notna()", "nothing", LOW_AND_HIGH),
            ("low", "low > likely or low > high", "low {low} above likely {likely} or high {high}", IN_ORDER),
            ("high", "likely > high", "high {high} below likely {likely}", IN_ORDER),
        )
    ),
    *(
        RowRule("scores", column, f"{column} < least or {column} > most", "{cell}", *ON_SCALE)
        for column in ("low", "likely", "high")
    ),
    RowRule("scores", "criterion", "branch", "{cell}", *LEAF_ONLY),
    RowRule("synergies", "criterion", "branch", "{cell}", *LEAF_ONLY),
    RowRule("scenarios", "criterion", "branch and shift.notna()", "{cell}", *LEAF_ONLY),
    *(
        RowRule("scenarios", "shift", broken, found, *ONE_EFFECT)
        for found, broken in (
            ("shift and weight_factor", "shift.notna() and weight_factor.notna()"),
            ("neither shift nor weight_factor", "shift.isna() and weight_factor.isna()"),
            ("weight_factor for one option", "shift.isna() and weight_factor.notna() and option != ''"),
        )
    ),
    RowRule("synergies", "options", "options.str.len() < 2", "{options}", *SEVERAL),
    RowRule("options", "excludes", "clash", "{excludes}", *NO_CLASH),
]


def checked_tables(
    tables: Tables, about: About, *, files: Mapping[str, str], every_column: bool, faults: tuple[Fault, ...] = ()
) -> dict[str, pd.DataFrame]:
    """A case's tables, typed, or one `CaseError` with every fault in them.

    Parameters
    ----------
    tables : mapping of str to DataFrame of str
        By the names in `TABLES`; the index labels the rows in the faults.
    about : About
        With the date, the status quo and the scales the weights were judged for.
    files : mapping of str to str
        What to call each table in the faults.
    every_column : bool
        Whether a table must have all its columns.
    faults : tuple of Fault
        Those found while reading; they come first, and their cells are judged no further.
    """
    every = list(faults)
    unread = {fault[:3] for fault in faults if fault.row != "" and fault.column}
    sound: dict[str, pd.DataFrame] = {}
    for name, table in tables.items():
        own = cell_faults(name, table, files[name], every_column=every_column)
        every += islice((fault for fault in own if fault[:3] not in unread), MOST_FAULTS)
        if set(needed_columns(name, every_column)) <= set(table.columns):
            bad = {(fault.row, fault.column) for fault in every if fault.file == files[name]}
            sound[name] = _without_bad_cells(name, table, bad)
    bad_cells = {fault[:3] for fault in every}
    rows = _with_context(sound)
    rules = [
        _repeats(sound),
        _same_names(sound),
        _scenario_names(sound),
        _references(sound, files),
        _circles(sound),
        *(_row_faults(rule, rows[rule.table]) for rule in ROW_RULES if rule.table in rows),
        _required_together(rows),
        _shapes(rows),
        _profiles(sound),
        _screens(sound),
        _anachronisms(sound, about.day),
        _coverage(sound, about.day),
    ]
    for rule in rules:
        own = (fault._replace(file=files[fault.file]) for fault in rule)
        every += islice((fault for fault in own if fault[:3] not in bad_cells), MOST_FAULTS)
    weighed = {"criteria", "weights"} <= sound.keys() and len(sound["weights"])
    if about.weights_judged_for and weighed and not any(fault.file == files["criteria"] for fault in every):
        every += judged_for_faults(sound["criteria"], about.weights_judged_for, files["criteria"])
    if about.status_quo and "options" in sound and about.status_quo not in set(sound["options"]["id"]):
        found, expected = repr(about.status_quo), f"an id in {files['options']}"
        remedy = _nearest(about.status_quo, sound["options"]["id"])
        every.append(Fault("case.toml", "", "status_quo", found, expected, remedy))
    if every:
        raise CaseError(every)
    return sound


def _without_bad_cells(name: str, table: pd.DataFrame, bad: set[tuple[int | str, str]]) -> pd.DataFrame:
    """The table, typed, with the cells that are already faults left blank."""
    known = table.loc[:, ~table.columns.duplicated()]
    known = known[[column for column in rules_of(name, known.columns) if column in known]].copy()
    for row, column in bad:
        if column in known and row in known.index:
            known.loc[row, column] = ""
    return typed(name, known)


def _with_context(tables: Tables) -> dict[str, pd.DataFrame]:
    """The tables with what rules ask of a row beside its own columns.

    ``clash``: the option excludes itself or what it requires. ``branch``: the criterion has others beneath it,
    ``least`` and ``most``: its anchors, the lower first, ``near``: they are too near each other.
    """
    rows = dict(tables)
    if "options" in tables:
        options = tables["options"][["id", "requires", "excludes"]]  # names of resources may not suit a query
        clash = [not {option, *needs}.isdisjoint(out) for option, needs, out in options.itertuples(index=False)]
        rows["options"] = options.assign(clash=pd.Series(clash, index=options.index, dtype=bool))
    criteria = tables["criteria"] if "criteria" in tables else typed("criteria", pd.DataFrame())
    branches = set(criteria["parent"]) - {""}
    ends = criteria.drop_duplicates("id").set_index("id")[["worst", "best"]].dropna()
    for name in tables.keys() & {"criteria", "scores", "synergies", "scenarios"}:
        criterion = tables[name]["id" if name == "criteria" else "criterion"]
        rows[name] = tables[name].assign(
            branch=criterion.isin(branches), least=criterion.map(ends.min(axis=1)), most=criterion.map(ends.max(axis=1))
        )
    if "criteria" in rows:
        scale = rows["criteria"][["worst", "best"]]
        room = (NEAREST * scale.abs().max(axis=1)).clip(lower=1 / GREATEST)
        near = (scale["best"] - scale["worst"]).abs() < room
        rows["criteria"] = rows["criteria"].assign(near=near & ~rows["criteria"]["branch"])
    return rows


def _row_faults(rule: RowRule, table: pd.DataFrame) -> Iterator[Fault]:
    for row, cells in table.query(rule.broken, engine="python").iterrows():
        words = {column: _text(cell) or "nothing" for column, cell in cells.items()}
        words |= {"cell": shown(cells[rule.column]), "column": rule.column}
        sentences = (sentence.format(**words) for sentence in (rule.found, rule.expected, rule.remedy))
        yield Fault(rule.table, row, rule.column, *sentences)


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


def _again(marks: pd.Series) -> Iterator[tuple[int | str, int | str]]:
    """Each row whose mark stands in a row above it too, and the first row that has it."""
    first: dict[object, int | str] = {}
    for row, mark in marks.items():
        if first.setdefault(mark, row) != row:
            yield row, first[mark]


def _repeats(tables: Tables) -> Iterator[Fault]:
    """Rows that the columns of their table's key do not tell apart."""
    for name in KEY_OF.keys() & tables.keys():
        keys = KEY_OF[name]
        cells = tables[name][keys].map(_text)
        needed = [key for key in keys if not TABLES[name][key].holds("")]
        whole = (cells[needed] != "").all(axis=1)
        marks = pd.Series(list(cells.map(alike).itertuples(index=False, name=None)), index=cells.index)
        for row, first in _again(marks[whole]):
            same = cells.loc[row].equals(cells.loc[first])
            what = ", ".join(repr(cell) for cell in cells.loc[row] if cell)
            column = "criterion" if "criterion" in keys else keys[-1]
            found = f"{what}{' again, as' if same else ', which looks the same as what stands'} in row {first}"
            expected = f"each {' and '.join(keys)} once"
            yield Fault(name, row, column, found, expected, "Delete or rename one of the rows, or put both into one.")


def _same_names(tables: Tables) -> Iterator[Fault]:
    """Names that readers could not tell apart: those left blank are the ids, and short ones the names."""
    for table, columns in (("options", ("name", "short")), ("criteria", ("name",))):
        if table not in tables:
            continue
        names = tables[table]["id"]
        for column in columns:
            written = tables[table][column] != ""
            names = tables[table][column].where(written, names)
            for row, first in _again(names[names != ""].map(alike)):
                if not (written[row] or written[first]):
                    continue  # the fault of the column before
                again = f" again, as in row {first}"
                if names[first] != names[row]:
                    again = f", which a reader cannot tell from {names[first]!r} in row {first}"
                expected, remedy = "a name that nothing else has here", "Tell them apart: readers see names, not ids."
                yield Fault(table, row, column, f"{names[row]!r}{again}", expected, remedy)


def _scenario_names(tables: Tables) -> Iterator[Fault]:
    """Rows of one scenario under two names, and two scenarios under one."""
    if "scenarios" not in tables:
        return
    rows = tables["scenarios"].query("scenario != '' and name != ''")
    expected = "one name for each scenario, and one scenario for each name"
    remedy = "Give the rows of one scenario the same id and name, and another scenario others."
    for column, other in (("name", "scenario"), ("scenario", "name")):
        for row, first in _again(rows[other].map(alike)):
            one, before = rows.at[row, column], rows.at[first, column]
            if alike(one) != alike(before):
                found = f"{one!r} where another row has {before!r}"
                yield Fault("scenarios", row, column, found, expected, remedy)


def _references(tables: Tables, files: Mapping[str, str]) -> Iterator[Fault]:
    """Ids that no row of another table has."""
    places = [(name, column) for name, table in tables.items() for column in table if column in REFERENCES]
    for name, column in places:
        target, key = REFERENCES[column]
        if target not in tables:
            continue
        known_ids = dict.fromkeys(tables[target][key])
        expected = f"{'a profile' if key == 'profile' else 'an id'} in {files[target]}"
        suggested: dict[str, str] = {}
        for row, word in tables[name][column].explode().dropna().items():
            if word and word not in known_ids:
                if word not in suggested and len(suggested) < SUGGESTED:
                    suggested[word] = _nearest(word, known_ids)
                remedy = suggested.get(word, "Correct it, or add what it names.")
                yield Fault(name, row, column, repr(word), expected, remedy)


def _ways(start: str, onward: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    """The shortest way from an id to each that it leads to, itself among them when it leads back."""
    ways: dict[str, list[str]] = {}
    waiting = [[start]]
    for way in waiting:
        for step in onward.get(way[-1], ()):
            if step not in ways:
                ways[step] = [*way, step]
                waiting.append(ways[step])
    return ways


def _circles(tables: Tables) -> Iterator[Fault]:
    """Criteria that are beneath themselves, and options that require themselves."""
    for name, column in (("criteria", "parent"), ("options", "requires")):
        if name not in tables:
            continue
        table = tables[name].drop_duplicates("id")
        onward = {
            key: cell if isinstance(cell, tuple) else (cell,) * bool(cell)
            for key, cell in zip(table["id"], table[column], strict=True)
        }
        for row, start in table["id"].items():
            way = _ways(start, onward).get(start)
            if way:
                remedy = f"Take one of these out of the column {column}."
                yield Fault(name, row, column, " > ".join(way), "no way round back to itself", remedy)


def _required_together(tables: Tables) -> Iterator[Fault]:
    """Options that require, in turn too, two that exclude each other."""
    if "options" not in tables:
        return
    options = tables["options"].drop_duplicates("id").set_index("id")
    requires, excludes = options["requires"].to_dict(), options["excludes"].to_dict()
    for row, option in tables["options"].loc[~tables["options"]["clash"], "id"].items():
        needed = dict.fromkeys([option, *(each for each in _ways(option, requires) if each in requires)])
        clash = [f"{one} excludes {other}" for one in needed for other in excludes[one] if other in needed]
        if clash:
            found = f"{clash[0]}, and {option} needs both of them"
            expected = "options that can be chosen together"
            yield Fault("options", row, "requires", found, expected, "Take one of the two out.")


def _shapes(tables: Tables) -> Iterator[Fault]:
    """Bends of a value function that do not fit its anchors."""
    if "criteria" not in tables:
        return
    scaled = tables["criteria"].query("not branch and not near and worst.notna() and best.notna()", engine="python")
    for row, scale in scaled.iterrows():
        try:
            ValueFunction.of(scale)
        except ValueError as error:
            expected = "raw:value pairs joined by ';' between the anchors, values 0 to 100"
            remedy = f"Correct the pairs ({error}) or leave it blank for a straight line."
            yield Fault("criteria", row, "shape", repr(scale["shape"]), expected, remedy)


def _profiles(tables: Tables) -> Iterator[Fault]:
    """Profiles without points for a criterion, or with nothing but zeros among siblings."""
    if not {"weights", "criteria"} <= tables.keys():
        return
    if tables["weights"].empty:
        yield Fault("weights", "", "profile", "no weight profile", "at least one", "Add a row per criterion.")
    parents = tables["criteria"].drop_duplicates("id").set_index("id")["parent"]
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        points = rows.drop_duplicates("criterion").set_index("criterion")["likely"]
        for missing in parents.index.difference(points.index, sort=False).drop("", errors="ignore"):
            found = f"no swing points for {missing} in profile {profile}"
            expected, remedy = "points for every criterion of the tree", f"Add a row for {profile} and {missing}."
            yield Fault("weights", "", "criterion", found, expected, remedy)
        for parent, siblings in points[points.index.isin(parents.index)].groupby(parents):
            if (siblings == 0).all():
                row = rows.index[rows["criterion"] == siblings.index[0]][0]
                found = f"only zeros {f'under {parent}' if parent else 'at the top'} in profile {profile}"
                expected = "100 for the biggest swing among siblings"
                yield Fault("weights", row, "likely", found, expected, "At least one swing must matter.")


def _screens(tables: Tables) -> Iterator[Fault]:
    """Options that a screen does not mention: they have not passed it."""
    if not {"screens", "options"} <= tables.keys():
        return
    for screen, judged in tables["screens"].groupby("screen", sort=False)["option"]:
        missing = [option for option in tables["options"]["id"] if option and option not in set(judged)]
        if screen and missing:
            found = f"no row for {listed(missing)} on the screen {screen}"
            expected = "a row for every option on each screen"
            remedy = "Add the rows: what was not judged has not passed."
            yield Fault("screens", "", "option", found, expected, remedy)


def _anachronisms(tables: Tables, as_of: str) -> Iterator[Fault]:
    """Scores that cite what was not yet known when they were judged."""
    if not {"scores", "evidence"} <= tables.keys():
        return
    known_from = tables["evidence"].drop_duplicates("id").set_index("id")["known_from"].to_dict()
    cited = tables["scores"][["evidence", "as_of"]].explode("evidence")
    for row, item, dated in cited.itertuples(name=None):
        day, judged = known_from.get(item, ""), dated or as_of
        if judged and day > judged:
            expected = f"evidence known by {judged}, the score's date"
            remedy = "Cite what was known then, or date the score later."
            yield Fault("scores", row, "evidence", f"{item}, known from {day}", expected, remedy)


def _coverage(tables: Tables, as_of: str) -> Iterator[Fault]:
    """Options and leaves without a score that counts on the case's date."""
    if not {"scores", "criteria", "options"} <= tables.keys():
        return
    for name, each in (("options", "option"), ("criteria", "criterion")):
        if tables[name].empty:
            yield Fault(name, "", "id", f"no {name}", f"at least one {each}", "Add rows.")
    scores = tables["scores"]
    counted = scores[scores["as_of"] <= as_of] if as_of else scores
    if len(scores) and counted.empty:
        first, last = scores["as_of"].min(), scores["as_of"].max()
        expected = f"a day from {first}, the first judgements, on"
        remedy = f"Ask for {first} or later; the last judgements are of {last}."
        yield Fault("scores", "", "as_of", f"no score made by {as_of}", expected, remedy)
        return
    scored = set(zip(counted["option"], counted["criterion"], strict=True))
    when = f" by {as_of}" if as_of else ""
    for option, leaf in product(tables["options"]["id"], leaves_of(tables["criteria"])):
        if option and leaf and (option, leaf) not in scored:
            found, expected = f"no score for {option} on {leaf}{when}", "a score for every option and leaf"
            yield Fault("scores", "", "likely", found, expected, "Add the row; a missing score is never 0.")
