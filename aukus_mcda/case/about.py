"""What a case says of itself: the question, who asks it, and how to show the answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import LONG, Fault, shown
from .tables import ABOUT, ABOUT_OPTIONAL, DATE, SHARE


@dataclass(frozen=True)
class About:
    """The entries of case.toml; a case made from DataFrames may leave any of them out.

    ``shared_error`` is the correlation of the errors of one option's scores, 0 to 1, and None where the case
    is silent; ``ranges`` says what low and high mean: the ``ends`` of what is possible, or its ``5-95`` per cent.
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
    disclaimer: str = ""
    shared_error: float | None = None
    ranges: str = "ends"
    weights_judged_for: str = ""


def read_about(
    said: Mapping[str, Any], file: str, faults: list[Fault], *, every_key: bool, rows: Mapping[str, int] | None = None
) -> About:
    """`About` from what was said; what is wrong with it is added to ``faults`` and left out.

    Parameters
    ----------
    said : mapping
        Text, dates, numbers, and a list of text for the authors.
    file : str
        What to call it in the faults.
    every_key : bool
        Whether a needed key that is absent or blank is a fault.
    rows : mapping, optional
        The row each key is in.
    """
    rows = rows or {}
    good: dict[str, Any] = {}
    for key, rule in ABOUT.items():
        entry = said.get(key)
        parts = list(entry) if isinstance(entry, list | tuple) and key == "authors" else [entry]
        if entry is None or entry == "" or not parts:
            if every_key and key not in ABOUT_OPTIONAL:
                expected = rule.expected
                faults.append(Fault(file, rows.get(key, ""), key, "nothing", expected, f"Add {key} = ..."))
        elif all(_fits(part, key) for part in parts):
            good[key] = tuple(parts) if key == "authors" else _typed(entry, key)
        else:
            faults.append(Fault(file, rows.get(key, ""), key, shown(entry), rule.expected, rule.remedy))
    for key in sorted(said.keys() - ABOUT.keys()):
        keys = f"the keys {', '.join(ABOUT)}"
        what = f"an unknown key {shown(key)}"
        faults.append(Fault(file, rows.get(key, ""), key[:LONG], what, keys, "Rename or remove it."))
    return About(**good)


def _fits(part: Any, key: str) -> bool:
    rule = ABOUT[key]
    dated = rule is DATE and isinstance(part, dt.date) and not isinstance(part, dt.datetime)
    number = rule is SHARE and isinstance(part, int | float) and not isinstance(part, bool) and rule.holds(str(part))
    return dated or number or (isinstance(part, str) and rule.holds(part))


def _typed(entry: Any, key: str) -> Any:
    if ABOUT[key] is DATE and isinstance(entry, str):
        return dt.date.fromisoformat(entry)
    return float(entry) if ABOUT[key] is SHARE else entry
