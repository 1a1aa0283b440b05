"""The tables of a case: their columns, and what each cell may hold.

Every table is checked as text, as it stands in the file, so a fault can quote
what was found; `typed` turns the checked text into numbers, dates and lists.
"""

from __future__ import annotations

import datetime as dt
import difflib
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from ..errors import Fault

GREATEST = 1e30
"""No raw score is beyond this, nor are two anchors nearer than its inverse: products of scores stay finite."""

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)

DISTRIBUTIONS = ("pert", "triangular", "uniform", "normal", "fixed")


@dataclass(frozen=True)
class CellRule:
    """What a cell may hold, and what to tell whoever finds it otherwise."""

    expected: str
    remedy: str
    holds: Callable[[str], bool]


UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
"""What XML, and so a slide or a workbook, cannot hold, and what a terminal obeys."""

ERROR_VALUE = re.compile(r"#(N/A|GETTING_DATA|[A-Z]+(/0)?[!?]|##+)|Err:\d+")
"""What a spreadsheet shows, and writes to CSV, in the place of a result it could not compute or fit in."""


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


def is_text(cell: str) -> bool:
    """Whether a cell holds nothing that XML cannot, and no error value."""
    return not UNFIT.search(cell) and not ERROR_VALUE.fullmatch(cell)


def is_id(cell: str) -> bool:
    """Every sign of an id can be seen, so that two ids never look the same."""
    unseen = any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Zs") for sign in cell.replace(" ", ""))
    return bool(cell) and cell == cell.strip() and ";" not in cell and not unseen and is_text(cell)


def _are_ids(cell: str) -> bool:
    ids = cell.split(";")
    return all(map(is_id, ids)) and len(set(ids)) == len(ids)


def _is_number(cell: str) -> bool:
    try:
        return abs(number(cell)) <= GREATEST
    except ValueError:
        return False


def _is_date(cell: str) -> bool:
    try:  # `fromisoformat` takes weeks too, which do not sort as text
        return bool(re.fullmatch(r"\d{4}-\d\d-\d\d", cell) and dt.date.fromisoformat(cell))
    except ValueError:
        return False


def _is_partial_date(cell: str) -> bool:
    """A year, a year and month, or a day."""
    return _is_date(f"{cell}-01-01"[:10]) and len(cell) in (4, 7, 10)


def from_to(low: float, high: float) -> Callable[[str], bool]:
    """Whether a cell is a number from ``low`` to ``high``."""
    return lambda cell: _is_number(cell) and low <= number(cell) <= high


def _or_blank(holds: Callable[[str], bool]) -> Callable[[str], bool]:
    return lambda cell: cell == "" or holds(cell)


def one_of(*allowed: str) -> CellRule:
    """The rule of a cell that holds one of some words."""
    words = ", ".join(word or "blank" for word in allowed)
    return CellRule(f"one of: {words}", "Use one of the words listed.", lambda cell: cell in allowed)


PLAIN_NUMBER = "Write a plain number with a point as decimal mark, no unit."
TEXT = CellRule(
    "text without control characters or error values",
    "Remove the control characters; put what was meant in the place of an error value.",
    is_text,
)
NAMED = CellRule(
    f"{TEXT.expected}, not blank",
    f"Fill in the cell. {TEXT.remedy}",
    lambda cell: is_text(cell) and bool(cell.strip()),
)
ID = CellRule(
    "an id: not blank, no semicolon, no blanks around it, no invisible signs", "Give the row an id of its own.", is_id
)
ID_OR_BLANK = CellRule("an id or blank", "Correct the id.", _or_blank(is_id))
IDS = CellRule(
    "ids joined by semicolons, each once, or blank",
    "Join the ids with ';' and nothing else.",
    _or_blank(_are_ids),
)
_LARGE = f"a finite number up to {GREATEST:g}"
NUMBER = CellRule(_LARGE, PLAIN_NUMBER + " A missing score is never 0.", _is_number)
NUMBER_OR_BLANK = CellRule(_LARGE + ", or blank", PLAIN_NUMBER, _or_blank(_is_number))
GAIN = CellRule("value points from -100 to 100", PLAIN_NUMBER, from_to(-100, 100))
AMOUNT = CellRule("a number from 0 to 1e12, or blank", PLAIN_NUMBER, _or_blank(from_to(0, 1e12)))
POINTS = CellRule("swing points from 0 to 100", "Give 100 to the biggest swing.", from_to(0, 100))
POINTS_OR_BLANK = CellRule(POINTS.expected + ", or blank", POINTS.remedy, _or_blank(from_to(0, 100)))
DATE = CellRule("a date like 2025-12-30", "Write year-month-day.", _is_date)
DATE_OR_BLANK = CellRule("a date like 2025-12-30, or blank", "Write year-month-day.", _or_blank(_is_date))
PARTIAL_DATE = CellRule(
    "a date, possibly only a year or a month, or blank",
    "Write 2023, 2023-02 or 2023-02-22.",
    _or_blank(_is_partial_date),
)
YES_NO = one_of("yes", "no")
NUMBERS = (NUMBER, NUMBER_OR_BLANK, GAIN, AMOUNT, POINTS, POINTS_OR_BLANK)
DATES = (DATE, DATE_OR_BLANK, PARTIAL_DATE)

RESOURCE = "uses_"
"""A column of the options that begins so says how much of a resource each takes: ``uses_people``."""

TABLES: dict[str, dict[str, CellRule]] = {
    "options": {
        "id": ID,
        "name": NAMED,
        "short": TEXT,
        "description": TEXT,
        "mechanism": TEXT,
        "risk": TEXT,
        "mitigation": TEXT,
        "effort": AMOUNT,
        "time_to_effect": AMOUNT,
        "requires": IDS,
        "excludes": IDS,
        "evidence": IDS,
    },
    "criteria": {
        "id": ID,
        "parent": ID_OR_BLANK,
        "name": NAMED,
        "question": TEXT,
        "direction": one_of("max", "min", ""),
        "unit": TEXT,
        "worst": NUMBER_OR_BLANK,
        "best": NUMBER_OR_BLANK,
        "worst_means": TEXT,
        "best_means": TEXT,
        "shape": TEXT,
        "excludes_meaning": TEXT,
    },
    "scores": {
        "option": ID,
        "criterion": ID,
        "low": NUMBER_OR_BLANK,
        "likely": NUMBER,
        "high": NUMBER_OR_BLANK,
        "distribution": one_of("", *DISTRIBUTIONS),
        "rationale": TEXT,
        "evidence": IDS,
        "judged_by": TEXT,
        "as_of": DATE_OR_BLANK,
    },
    "weights": {
        "profile": ID,
        "criterion": ID,
        "low": POINTS_OR_BLANK,
        "likely": POINTS,
        "high": POINTS_OR_BLANK,
        "rationale": TEXT,
        "evidence": IDS,
    },
    "screens": {"option": ID, "screen": ID, "passes": YES_NO, "reason": NAMED, "evidence": IDS},
    "scenarios": {
        "scenario": ID,
        "name": NAMED,
        "option": ID_OR_BLANK,
        "criterion": ID,
        "shift": NUMBER_OR_BLANK,
        "weight_factor": AMOUNT,
        "rationale": TEXT,
        "evidence": IDS,
    },
    "assumptions": {
        "id": ID,
        "statement": NAMED,
        "load_bearing": YES_NO,
        "vulnerable": YES_NO,
        "signpost": TEXT,
        "shaping": TEXT,
        "hedge": TEXT,
        "evidence": IDS,
    },
    "redlines": {
        "profile": ID,
        "criterion": ID,
        "least_value": POINTS,
        "reason": NAMED,
        "evidence": IDS,
    },
    "synergies": {
        "options": IDS,
        "criterion": ID,
        "value": GAIN,
        "rationale": TEXT,
        "evidence": IDS,
    },
    "sources": {
        "id": ID,
        "title": NAMED,
        "publisher": TEXT,
        "published": PARTIAL_DATE,
        "kind": TEXT,
        "reliability": one_of(*"ABCDEF"),
        "address": TEXT,
        "note": TEXT,
    },
    "evidence": {
        "id": ID,
        "source": ID,
        "where": NAMED,
        "happened": PARTIAL_DATE,
        "known_from": DATE,
        "claim": NAMED,
        "role": TEXT,
        "actor": TEXT,
        "credibility": one_of(*"123456"),
        "status": one_of("stands", "contradicted", "overtaken"),
        "see": IDS,
    },
}

NEEDED: dict[str, tuple[str, ...]] = {
    "options": ("id",),
    "criteria": ("id", "direction", "worst", "best"),
    "scores": ("option", "criterion", "likely"),
    "weights": ("profile", "criterion", "likely"),
    "screens": ("option", "screen", "passes"),
    "scenarios": ("scenario", "criterion"),
    "assumptions": ("id", "statement"),
    "redlines": ("profile", "criterion", "least_value"),
    "synergies": ("options", "criterion", "value"),
    "sources": ("id",),
    "evidence": ("id",),
}


KEY_OF = {
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

REFERENCES = {
    "option": ("options", "id"),
    "options": ("options", "id"),
    "requires": ("options", "id"),
    "excludes": ("options", "id"),
    "criterion": ("criteria", "id"),
    "parent": ("criteria", "id"),
    "profile": ("weights", "profile"),
    "source": ("sources", "id"),
    "evidence": ("evidence", "id"),
    "see": ("evidence", "id"),
}
"""The table and column whose ids a column of this name may hold, whatever table it is in."""


def rules_of(name: str, columns: Iterable[str]) -> dict[str, CellRule]:
    """The rule of each column a table may have, those of the resources it names among them."""
    uses = [column for column in columns if name == "options" and column.startswith(RESOURCE) and column != RESOURCE]
    return TABLES[name] | dict.fromkeys(uses, AMOUNT)


def cell_faults(name: str, table: pd.DataFrame, file: str, *, every_column: bool) -> Iterator[Fault]:
    """Faults of one table's columns and cells; relations between tables are `checks`' work.

    Parameters
    ----------
    name : str
        A key of `TABLES`.
    table : DataFrame of str
        Its index labels name the rows in the faults.
    file : str
        What to call the table in the faults.
    every_column : bool
        Whether all columns must be there, or only those that are needed.
    """
    rules, needed = rules_of(name, table.columns), needed_columns(name, every_column)
    twice = sorted(set(table.columns[table.columns.duplicated()]))
    for column in twice:
        yield Fault(file, 1, column, "a column named twice", "each column once", "Delete one of them.")
    table = table.loc[:, ~table.columns.duplicated()]
    strange = [column for column in table.columns if column not in rules]
    absent = [column for column in needed if column not in table.columns]
    for column in strange:
        near = difflib.get_close_matches(column, absent or list(rules), n=1)
        absent = [each for each in absent if each not in near]
        yield Fault(
            file,
            1,
            column,
            f"an unknown column {column!r}",
            f"columns {', '.join(rules)}",
            f"Rename it to {near[0]}." if near else "Remove the column.",
        )
    for column in absent:
        yield Fault(file, 1, column, "no such column", f"columns {', '.join(needed)}", f"Add the column {column}.")
    for column in [column for column in rules if column in table]:
        rule, cells = rules[column], table[column]
        fits = {cell: rule.holds(cell) for cell in set(cells)}
        for row, cell in cells.items():
            if not fits[cell]:
                yield Fault(file, row, column, repr(cell) if cell else "nothing", rule.expected, rule.remedy)


def needed_columns(name: str, every_column: bool) -> tuple[str, ...]:
    """The columns a table cannot do without: all of them in a file, fewer in a DataFrame."""
    return tuple(TABLES[name]) if every_column else NEEDED[name]


def as_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Every cell as the text a CSV file would hold, in composed letters; a missing cell is blank."""
    if not frame.index.is_unique:  # a label that names several rows names none
        frame = frame.reset_index(drop=True)
    text = frame.astype(object).map(_cell_text)
    text.columns = [str(column).strip() for column in frame.columns]
    return text


def _cell_text(cell: object) -> str:
    if isinstance(cell, list | tuple | set | frozenset | np.ndarray):
        cell = ";".join(map(str, cell))
    if pd.isna(cell):
        return ""
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return unicodedata.normalize("NFC", str(cell).replace("\r\n", "\n"))


def typed(name: str, table: pd.DataFrame) -> pd.DataFrame:
    """A checked table with its numbers as floats, lists as tuples, absent columns blank."""
    rules = rules_of(name, table.columns)
    full = table.astype(object).reindex(columns=list(rules), fill_value="")
    for column, rule in rules.items():
        if rule in NUMBERS:
            full[column] = [number(cell) if cell else math.nan for cell in full[column]]
        elif rule is IDS:
            full[column] = full[column].map(lambda cell: tuple(cell.split(";")) if cell else ()).astype(object)
        else:
            full[column] = full[column].astype("str")
    return full


def parse_bends(shape: str) -> tuple[tuple[float, float], ...]:
    """Read the ``shape`` cell of criteria.csv: ``raw:value`` pairs joined by ``;``.

    Raises
    ------
    ValueError
        When the text has another form.

    Examples
    --------
    >>> parse_bends("3:20; 7:80")
    ((3.0, 20.0), (7.0, 80.0))
    >>> parse_bends("")
    ()
    """
    pairs = (pair.split(":") for pair in shape.split(";") if pair.strip())
    return tuple((number(raw), number(value)) for raw, value in pairs)


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
    return float(text)


def leaves_of(criteria: pd.DataFrame) -> list[str]:
    """Ids of the criteria that are nobody's parent, in the table's order."""
    parents = set(criteria["parent"])
    return [key for key in criteria["id"] if key not in parents]
