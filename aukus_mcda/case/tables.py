# SPDX-License-Identifier: Apache-2.0
"""What may stand in a case, as columns.csv, kinds.csv and `About` say: tables, columns, entries, what a cell holds.

Every table is checked as text, as it stands in the file, so a fault can quote
what was found; `typed` turns the checked text into numbers, dates and lists.

What an analyst keeps lies in ``work/<case id>`` as ``scores.csv`` and ``weights.csv``, in the columns of the case's own
tables, and ``shapes.csv``. A score there is a later judgement of the same score, a set of weights one more profile, a
shape stands for that of its criterion. The case's files stay as they are.
"""

from __future__ import annotations

import csv
import datetime as dt
import difflib
import hashlib
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache, partial
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from ..errors import LONG, Fault, is_key, is_missing, is_number, listed, shown
from ..text import YARDSTICKS

MOST_ROWS, MOST_COLUMNS = 100_000, 200
"""No table of a case is longer or wider."""

SET_NOTES, OWN_WEIGHTS = "sets.json", "weights.json"
"""Beside them: who saved each set of weights, when, why, and between which anchors; and the weights in force."""
PANEL = "panel"
"""The folder beside them that holds what judges answered."""
OWN_TABLES = ("scores", "weights", "shapes", "probes")
"""The files that an analyst can keep; shapes are no table of a case, and answers to probes replace the case's."""
SHAPE_COLUMNS = ("criterion", "shape", "reason", "judged_by", "as_of", "anchors")

_JUDGED_SCALE = re.compile("[^;]+ [0-9a-f]{8}")
_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)

UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML, and so a slide or a workbook, cannot hold, and what a terminal obeys."""

ERROR_VALUE = re.compile(r"#(N/A|GETTING_DATA|[A-Z]+(/0)?[!?]|##+)|Err:\d+")
"""What a spreadsheet shows, and writes to CSV, in the place of a result it could not compute or fit in."""


RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that stand for devices on Windows, whatever the ending: no folder there can have them."""


class CellRule(NamedTuple):
    """What a cell may hold, what to tell whoever finds it otherwise, and what becomes of it.

    ``kind`` is ``text``, ``word`` (an id or one of ``words``), ``date``, ``number`` or ``ids``.
    """

    expected: str
    remedy: str
    holds: Callable[[str], bool]
    kind: str = "text"
    words: tuple[str, ...] = ()


@lru_cache(maxsize=10_000)
def alike(text: str) -> str:
    """What two texts share that a reader cannot tell apart: Unicode form, case, width and blanks do not count.

    Examples
    --------
    >>> alike(" Cafe\u0301  Nord") == alike("CAF\u00c9 \u200bNord")
    True
    """
    visible = "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", " ".join(visible.split()).casefold())


def number(text: str) -> float:
    """The finite number that a text holds: plain digits, a point, an exponent, and nothing else.

    Raises
    ------
    ValueError
        When the text has another form. Python alone would read ``1_0`` and ``infinity`` too.

    Examples
    --------
    >>> number("-2.5e3")
    -2500.0
    """
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(f"{text!r} is not a plain number")
    return float(text) + 0.0  # -0 is 0


def is_text(cell: str) -> bool:
    """Whether a cell holds nothing that XML cannot, and no error value."""
    return not UNFIT.search(cell) and not ERROR_VALUE.fullmatch(cell)


@lru_cache(maxsize=10_000)
def is_id(cell: str) -> bool:
    """Every sign of an id can be seen, so that two ids never look the same."""
    unseen = any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Zs") for sign in cell.replace(" ", ""))
    return bool(cell) and cell == cell.strip() and ";" not in cell and not unseen and is_text(cell)


def _is_file_id(cell: str) -> bool:
    """Results go into a folder of this name, on any system: it must not lead elsewhere."""
    leads_elsewhere = set(cell) & set('/\\:*?"<>|') or cell.startswith(".") or cell.endswith(".")
    return is_id(cell) and len(cell) <= 80 and not leads_elsewhere and not RESERVED.fullmatch(cell)


def _are_ids(cell: str) -> bool:
    ids = cell.split(";")
    return all(map(is_id, ids)) and len(set(ids)) == len(ids)


def _is_date(cell: str) -> bool:
    try:  # `fromisoformat` takes weeks too, which do not sort as text
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", cell) and dt.date.fromisoformat(cell))
    except ValueError:
        return False


MAY_BE_ASSUMED = ("direction", "worst", "best", "levels", "likely", "weight", "decimals")


UNJUDGED = "unknown"
"""The distribution of a score that nobody could judge: its cells are blank, and it may lie anywhere on its scale."""

RESOURCE = "uses_"
"""A column of the options that begins so says how much of a resource each takes: ``uses_people``."""


def rows_beside(name: str) -> list[dict[str, str]]:
    """The rows of a table of texts that lies beside this module."""
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


_SENTENCES = {row["fault"]: (row["found"], row["expected"], row["remedy"]) for row in rows_beside("faults.csv")}


def fault_at(file: str, row: int | str, column: str, fault: str, /, **words: Any) -> Fault:
    """A fault of ``faults.csv`` at a place, with these words in its sentences."""
    return Fault(file, row, column, *(sentence.format(**words) for sentence in _SENTENCES[fault]))


_HOLDS: dict[str, Callable[[str], bool]] = {
    "text": is_text,
    "name": lambda cell: is_text(cell) and bool(cell.strip()),
    "id": is_id,
    "file id": _is_file_id,
    "ids": _are_ids,
    "assumptions": lambda cell: _are_ids(cell) and set(cell.split(";")) <= set(MAY_BE_ASSUMED),
    "scales judged for": lambda cell: is_text(cell) and all(map(_JUDGED_SCALE.fullmatch, cell.split(";"))),
    "date": _is_date,
    "partial date": lambda cell: _is_date(f"{cell}-01-01"[:10]) and len(cell) in (4, 7, 10),
}
"""What fits a kind of cell that is not a number."""


def _rule_of(kind: Mapping[str, str]) -> CellRule:
    """The rule of a row of ``kinds.csv``; numbers have ends."""

    def within(cell: str) -> bool:
        return bool(_NUMBER.fullmatch(cell)) and float(kind["least"]) <= float(cell) <= float(kind["most"])

    return CellRule(kind["expected"], kind["remedy"], _HOLDS.get(kind["kind"], within), kind["cell"])


RULES = {kind["kind"]: _rule_of(kind) for kind in rows_beside("kinds.csv")}
"""What a cell may hold, as ``columns.csv`` says it: one of these, with a ``?`` where it may be blank; or words with
``|`` between."""


def _rule(holds: str) -> CellRule:
    if "|" in holds:
        words = tuple(holds.split("|"))
        expected = f"one of: {listed(word or 'blank' for word in words)}"
        return CellRule(expected, "Use one of the words listed.", lambda cell: cell in words, "word", words)
    rule = RULES[holds.removesuffix("?")]
    if not holds.endswith("?"):
        return rule
    return rule._replace(expected=f"{rule.expected}, or blank", holds=lambda cell: cell == "" or rule.holds(cell))


TEXT, NUMBER, AMOUNT = map(_rule, ("text", "number", "amount?"))


_ROWS = rows_beside("columns.csv")
_BY_TABLE = {name: list(rows) for name, rows in groupby(_ROWS, itemgetter("table"))}
TABLES = {
    name: {row["column"]: _rule(row["holds"] or "|".join(YARDSTICKS)) for row in rows}
    for name, rows in _BY_TABLE.items()
}
"""What the columns of each table hold, in the order of the tables and of their headings."""
ABOUT = TABLES.pop("case")
"""What the entries of case.toml hold, in the order of `About`."""
NEEDED, KEYS = (
    {name: [row["column"] for row in rows if row[what]] for name, rows in _BY_TABLE.items()}
    for what in ("needed", "key")
)
"""The columns that each table cannot do without: every other column, and every other table, may be left out. And what
names a row of each table: two rows that share it would be counted twice."""

OF_IDS = {column for rules in TABLES.values() for column, rule in rules.items() if rule.kind == "ids"}
"""Columns whose cells may hold several ids, in whichever table."""

KEPT_IDS = {"criteria": ("option", "score"), "options": ("margin",), "weights": ("total", "worst")}
"""By table: ids that tables of results need for columns of their own, which stand beside such ids."""

REFERENCES = {(row["table"], row["column"]): row["from"].partition(".")[::2] for row in _ROWS if row["from"]}
"""By table and column, or ``case`` and entry: the table and column whose ids it may hold."""


@dataclass(frozen=True)
class About:
    """The entries of case.toml, any of which may be left out.

    ``shared_error`` is the correlation of the errors of one option's scores, 0 to 1, and None where the case
    is silent; ``ranges`` says what low and high mean: the ``ends`` of what is possible, or its ``5-95`` per cent.
    ``reviewer`` is who reviewed the case independently, by role, with interests, day and result.
    ``register_searched`` is the day of the last search for evidence, ``register_covers_to`` the last day it covers.
    """

    id: str = "case"
    title: str = "Untitled case"
    question: str = ""
    decision_maker: str = ""
    as_of: dt.date | None = None
    status_quo: str = ""
    marking: str = ""
    yardstick: str = "icd203"
    authors: tuple[str, ...] = ()
    review_by: dt.date | None = None
    reviewer: str = ""
    reviewer_interests: str = ""
    reviewed_on: dt.date | None = None
    review_result: str = ""
    disclaimer: str = ""
    shared_error: float | None = None
    ranges: str = "ends"
    weights_judged_for: str = ""
    stakeholder: str = "profile"
    cost_unit: str = ""
    register_searched: dt.date | None = None
    register_covers_to: dt.date | None = None

    @property
    def day(self) -> str:
        """The case's date, ISO, or blank: scores dated later do not count."""
        return self.as_of.isoformat() if self.as_of else ""


Rows: TypeAlias = list[tuple[int | str, dict[str, Any]]]
"""Rows of a table, each with its place in what was read."""


@dataclass
class Reading:
    """What was read of a case: tables as text with their rows labelled, what each is called, what is wrong with them.

    Attributes
    ----------
    files : mapping of str to str
        What to call each table, and the entries as ``case``, in a fault.
    own : mapping of str to collection
        What the analyst added: the labels of rows of scores, profiles among the weights, criteria of other shapes.
    notes : mapping of str to list of str
        By the code of a finding on what was read, its places: what was hidden, left out or set aside.
    entry_rows : mapping of str to int
        The row that an entry is in, if it has one.
    mark_taken : str
        Where no cell showed the decimal mark, which was taken, and a cell as it was written.
    weights_assumed : bool
        Whether the case has no weights of its own.
    places : mapping of (row, column) to str
        The cell that a fault is in, where it is not that of its row.
    merged : list
        The areas of merged cells, each of which holds places.
    """

    files: Mapping[str, str]
    about: About = field(default_factory=About)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    own: dict[str, Collection[Any]] = field(default_factory=lambda: defaultdict(tuple))
    notes: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    entry_rows: Mapping[str, int] = field(default_factory=dict)
    mark_taken: str = ""
    weights_assumed: bool = False
    places: dict[tuple[int | str, str], str] = field(default_factory=dict)
    merged: list[Any] = field(default_factory=list)

    def read_about(self, entries: Mapping[str, Any], rows: Mapping[str, int]) -> None:
        """Take entries, the row each is in if it has one; what is wrong with them is a fault and left out.

        Entries are text, dates, numbers, and a list of text for the authors.
        """
        good: dict[str, Any] = {}
        self.entry_rows = rows
        for key, rule in ABOUT.items():
            entry, row = entries.get(key), rows.get(key, "")
            parts = list(entry) if isinstance(entry, list | tuple) and key == "authors" else [entry]
            texts = [_entry_text(part, rule) for part in parts]
            if entry is None or (isinstance(entry, str | list | tuple) and not entry):
                continue
            if not all(text is not None and rule.holds(text) for text in texts):
                self.faults.append(Fault(self.files["case"], row, key, shown(entry), rule.expected, rule.remedy))
            elif key == "authors":
                good[key] = tuple(texts)
            elif rule.kind == "date":
                good[key] = dt.date.fromisoformat(str(texts[0]))
            else:
                good[key] = float(entry) if rule.kind == "number" else entry
        for key, near in unknown_columns(sorted(entries), ABOUT).items():
            remedy = f"Rename it to {near}." if near else "Rename or remove it."
            words = {"key": shown(key), "known": listed(ABOUT), "remedy": remedy}
            self.fault("case", rows.get(key, ""), key[:LONG], "unknown key", **words)
        self.about = replace(self.about, **good)

    def complete(self) -> None:
        """Take the options from the scores where they have no table, and give a case without weights equal swings."""
        scores, criteria, weights = (self.tables.get(name) for name in ("scores", "criteria", "weights"))
        if "options" not in self.tables and scores is not None and "option" in scores:
            self.tables["options"] = _ids(scores, "option").to_frame("id")
            self.files = {**self.files, "options": self.files["scores"]}
        unread = any(self.files["weights"] in (fault.file, fault.expected) for fault in self.faults)
        blank = not unread if weights is None else weights.empty and weights.columns.is_unique
        if blank and criteria is not None and "id" in criteria:
            why = "Assumed: the case gives no weights, so every swing counts the same."
            equal = {"profile": "baseline", "criterion": _ids(criteria, "id"), "likely": "100", "rationale": why}
            self.tables["weights"] = pd.concat([weights, pd.DataFrame(equal)]).fillna("")
            self.weights_assumed = True

    def put(self, name: str, rows: Rows) -> None:
        """Make a table of rows, if there are any; those of one place are told apart by a number."""
        if rows:
            places = pd.Series([place for place, _ in rows], dtype=object)
            again = places.groupby(places, sort=False).cumcount() + 1
            labels = [f"{place} ({count})" if count > 1 else place for place, count in zip(places, again, strict=True)]
            self.tables[name] = as_text(pd.DataFrame([cells for _, cells in rows], index=labels, dtype=object))

    def fault(self, name: str, row: int | str, column: str, fault: str, /, **words: Any) -> None:
        """Note what is wrong with a table, or with the entries as ``case``; see `fault_at`."""
        self.faults.append(fault_at(self.files[name], row, column, fault, **words))


def _ids(table: pd.DataFrame, column: str) -> pd.Series:
    """The ids in a column, each once, that can be ids."""
    cells = table.loc[:, ~table.columns.duplicated()][column]
    return cells[cells.map(is_id)].drop_duplicates()


def _entry_text(entry: Any, rule: CellRule) -> str | None:
    """An entry as the text that a workbook would hold, when it is of the kind asked for."""
    if rule.kind == "date" and isinstance(entry, dt.date) and not isinstance(entry, dt.datetime):
        return entry.isoformat()
    if rule.kind == "number" and is_number(entry):
        return str(entry)
    return entry if isinstance(entry, str) else None


def rules_of(name: str, columns: Iterable[str]) -> dict[str, CellRule]:
    """The rule of each column a table may have, those of the resources it names among them."""
    uses = [column for column in columns if name == "options" and column.startswith(RESOURCE) and column != RESOURCE]
    return TABLES[name] | dict.fromkeys(uses, AMOUNT)


def cell_faults(reading: Reading, name: str) -> Iterator[Fault]:
    """Faults of one table's columns and cells; relations between tables are `checks`' work."""
    table, file = reading.tables[name], reading.files[name]
    rules = rules_of(name, table.columns)
    yield from column_faults(file, table.columns, list(rules), NEEDED[name])
    table = table.loc[:, ~table.columns.duplicated()]
    for column in table.columns.intersection(list(rules)):
        rule, cells = rules[column], table[column]
        here = any(cells) or column != "name" or column in NEEDED[name]  # where no row has a name, ids are names
        unfit = {cell for cell in set(cells) if here and not rule.holds(cell)}
        for row, cell in cells.items() if unfit else ():
            if cell in unfit:
                yield Fault(file, row, column, shown(cell) if cell else "nothing", rule.expected, rule.remedy)


def unknown_columns(columns: Collection[str], known: Collection[str]) -> dict[str, str]:
    """Each column or entry that is not known, with the one it is nearly called, of those not there; else blank."""
    meant = dict[str, str]()
    for column in dict.fromkeys(columns):
        if column not in known:
            absent = [each for each in known if each not in {*columns, *meant.values()}]
            meant[column] = next(iter(difflib.get_close_matches(alike(column), absent, n=1)), "")
    return meant


def column_faults(file: str, columns: pd.Index, known: Sequence[str], needed: Sequence[str]) -> Iterator[Fault]:
    """Faults of a header row: columns that are there twice, unknown or missing."""
    for column in sorted(set(columns[columns.duplicated()]) - {""}):
        yield fault_at(file, 1, column, "column twice")
    meant = unknown_columns(columns, known)
    absent = [column for column in needed if column not in {*columns, *meant.values()}]
    for column, near in meant.items():
        lacking = [near] if near else absent
        remedy = f"Rename it to {' or '.join(lacking)}." if lacking else "Remove the column."
        place = column or str(list(columns).index(column) + 1)
        yield fault_at(file, 1, place, "unknown column", column=column, known=listed(known), remedy=remedy)
    for column in absent:
        yield fault_at(file, 1, column, "no column", column=column, needed=listed(needed))


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell as the text a CSV file would hold, in composed letters; a missing cell is blank."""
    labels = list(frame.index)
    if any(is_missing(each) or not is_key(each) for each in labels) or len({*labels}) < len(labels):  # it names no row
        frame = frame.reset_index(drop=True)
    text = frame.astype(object)
    text.columns = [str(column).strip() for column in frame.columns]
    for place, column in enumerate(text):
        text.isetitem(place, text.iloc[:, place].map(partial(_cell_text, several=column in OF_IDS)))
    return text


def _cell_text(cell: object, several: bool) -> str:
    if is_missing(cell):
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    try:
        text = str(cell)
        if isinstance(cell, list | tuple | set | frozenset | np.ndarray):  # nothing but ids may be several in a cell
            text = ";".join(map(str, cell)) if several else shown(cell)
    except (TypeError, ValueError, RecursionError):  # a number too long to write, lists too deep, a lone array
        text = shown(cell)
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n"))


_STR, _DTYPES = pd.StringDtype(na_value=math.nan), {"number": np.dtype(float), "ids": np.dtype(object)}


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A checked table with its numbers as floats, lists as tuples, absent columns blank."""
    rules = rules_of(name, table.columns)
    full = {}
    for column, rule in rules.items():
        cells: Any = list(table[column]) if column in table else [""] * len(table)
        if rule.kind == "number":
            cells = [number(cell) if cell else math.nan for cell in cells]
        elif column in ("name", "short"):  # read in one line, in headings too
            cells = [" ".join(line.strip() for line in cell.splitlines()) for cell in cells]
        elif rule.kind == "text":
            cells = [cell if cell.strip() else "" for cell in cells]
        elif rule.kind == "ids":
            cells = [tuple(cell.split(";")) if cell else () for cell in cells]
        full[column] = pd.array(cells, dtype=_DTYPES.get(rule.kind, _STR))
    return pd.DataFrame(full, index=table.index)


@cache
def empty(name: str) -> pd.DataFrame:
    """A table without rows. Making one costs as much as many rows do, and most cases lack some tables."""
    return typed(name, pd.DataFrame())


def leaves_of(criteria: pd.DataFrame) -> list[str]:
    """Ids of the criteria that are nobody's parent, in the table's order."""
    return list(criteria.loc[~criteria["id"].isin(criteria["parent"]), "id"])


def with_names(table: pd.DataFrame) -> pd.DataFrame:
    """Options or criteria with a name each: one left blank is the id, a short one the name."""
    for column, instead in (("name", "id"), ("short", "name")):
        if {"id", column} <= {*table.columns} and (table[column] == "").any():
            table = table.assign(**{column: table[column].mask(table[column] == "", table[instead])})
    return table


def work_folder(case_id: str, work: str | Path | None = None) -> Path:
    """Where what is set for a case is kept: ``work/<case id>`` beside the notebook, unless another is given.

    Examples
    --------
    >>> work_folder("aukus_plus_two").as_posix()
    'work/aukus_plus_two'
    """
    return Path("work") / folder_name(case_id) if work is None else Path(work)


def own_files(folder: Path) -> dict[str, Path]:
    """What a working folder holds that bears on answers, a panel of judges too; nothing where it is no such folder."""
    names = (*(f"{name}.csv" for name in OWN_TABLES), SET_NOTES, OWN_WEIGHTS, PANEL)
    return {f"own/{name}": folder / name for name in names if (folder / name).exists()}


def folder_name(name: str) -> str:
    """A name as that of a folder or a part of a file's, on any system: letters of every script stay."""
    seen = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", name))
    # All of ASCII but letters, digits, _ and -, and every blank; systems count the length in bytes.
    plain = re.sub(r"[\0-,./:-@[-^`{-\x7f\s]+", "_", seen).encode()[:60].decode(errors="ignore")
    if plain == name and not RESERVED.fullmatch(name):
        return plain
    return f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def add_own_rows(reading: Reading, name: str, table: pd.DataFrame, path: Path, *, moves: bool = True) -> None:
    """Add rows of the analyst's own to a table that was read; a fault in one names their file.

    Of two judgements of one score on one day the analyst's own counts. With ``moves`` a case that is as of a day
    becomes as of the latest of them, or else they would not count; what the case judges after its day still does not.
    """
    table.index = pd.Index([f"{row} of {path}" for row in table.index], dtype=object)
    reading.own[name] = table["profile"] if name == "weights" else table.index
    held = reading.tables.get(name, pd.DataFrame())
    if name == "scores":
        dated = ABOUT["as_of"]
        for row in table.index[table.get("as_of", pd.Series("", table.index)) == ""]:  # else the oldest, never in force
            reading.fault(name, row, "as_of", "no day", date=dated.expected)
        if moves and reading.about.as_of and "as_of" in table:
            day = reading.about.day
            held = held[[not (dated.holds(each) and each > day) for each in held.get("as_of", [""] * len(held))]]
            own_days = [dt.date.fromisoformat(each) for each in table["as_of"] if each and dated.holds(each)]
            reading.about = replace(reading.about, as_of=max([reading.about.as_of, *own_days]))
    if name == "probes" and len(held):
        pair = ["criterion", "beside"]
        held = held[~held[pair].apply(tuple, axis=1).isin(table[pair].apply(tuple, axis=1))]
    reading.tables[name] = pd.concat([held, table]).fillna("")


def put_own_shapes(reading: Reading, table: pd.DataFrame, digests: Mapping[str, str], path: Path) -> None:
    """Put the bends of scales in the place of the case's; those found between other anchors are set aside."""
    criteria, put = reading.tables["criteria"], dict[str, Any]()
    criteria = criteria if "shape" in criteria else criteria.assign(shape="")
    for row, cells in table.iterrows():
        id_, rows = cells["criterion"], criteria.index[criteria["id"] == cells["criterion"]]
        if not len(rows):
            reading.fault("shapes", row, "criterion", "no criterion", id=id_)
        elif id_ in put:
            reading.fault("shapes", row, "criterion", "repeated row", cells=repr(id_), first=put[id_], keys="criterion")
        elif cells.get("anchors", "") not in ("", digests.get(id_)):
            reading.notes["set-aside"].append(id_)
        else:
            criteria.loc[rows, "shape"] = cells["shape"]
            criteria = criteria.rename(index={rows[0]: f"{row} of {path}"})
            put[id_] = row
    reading.tables["criteria"], reading.own["shapes"] = criteria, tuple(put)
