"""What a case says of itself: the question, who asks it, how to show the answer, what its weights were judged for."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from ..errors import LONG, Fault, is_number, shown
from ..text import YARDSTICKS
from .tables import DATE, ID, NAMED, PLAIN_NUMBER, CellRule, from_to, is_id, is_text, leaves_of, one_of

RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that stand for devices on Windows, whatever the ending: no folder there can have them."""


def _is_file_id(cell: str) -> bool:
    """Results go into a folder of this name, on any system: it must not lead elsewhere."""
    leads_elsewhere = set(cell) & set('/\\:*?"<>|') or cell.startswith(".") or cell.endswith(".")
    return is_id(cell) and len(cell) <= 80 and not leads_elsewhere and not RESERVED.fullmatch(cell)


def _is_judged_line(cell: str) -> bool:
    return is_text(cell) and all(re.fullmatch("[^;]+ [0-9a-f]{8}", part) for part in cell.split(";"))


FILE_ID = CellRule(
    "an id that can name a folder, on Windows too",
    "Use letters, digits, - and _, and no name that Windows keeps for itself, such as con or aux.",
    _is_file_id,
)
CORRELATION = CellRule("a number from 0 to 1", PLAIN_NUMBER, from_to(0, 1))
JUDGED_FOR = CellRule(
    "the scales that weights were judged for, as aukus-mcda affirm writes them",
    "Delete the entry, then run aukus-mcda affirm on the case.",
    _is_judged_line,
)

ABOUT: dict[str, CellRule] = {
    "id": FILE_ID,
    "title": NAMED,
    "question": NAMED,
    "decision_maker": NAMED,
    "as_of": DATE,
    "status_quo": ID,
    "marking": NAMED,
    "yardstick": one_of(*YARDSTICKS),
    "authors": NAMED,
    "review_by": DATE,
    "disclaimer": NAMED,
    "shared_error": CORRELATION,
    "ranges": one_of("ends", "5-95"),
    "weights_judged_for": JUDGED_FOR,
    "stakeholder": NAMED,
}
ABOUT_OPTIONAL = ("shared_error", "ranges", "weights_judged_for", "stakeholder")
"""What a case.toml may leave out; what follows is said as a finding where it matters."""


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
    stakeholder: str = "profile"

    @property
    def day(self) -> str:
        """The case's date, ISO, or blank: scores dated later do not count."""
        return self.as_of.isoformat() if self.as_of else ""


def read_about(
    entries: Mapping[str, Any],
    file: str,
    faults: list[Fault],
    *,
    every_key: bool,
    rows: Mapping[str, int] | None = None,
) -> About:
    """`About` from its entries; what is wrong with them is added to ``faults`` and left out.

    Parameters
    ----------
    entries : mapping
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
        entry = entries.get(key)
        parts = list(entry) if isinstance(entry, list | tuple) and key == "authors" else [entry]
        if entry is None or entry == "" or not parts:
            if every_key and key not in ABOUT_OPTIONAL:
                expected = rule.expected
                faults.append(Fault(file, rows.get(key, ""), key, "nothing", expected, f"Add {key} = ..."))
        elif all(_fits(part, key) for part in parts):
            good[key] = tuple(parts) if key == "authors" else _typed(entry, key)
        else:
            faults.append(Fault(file, rows.get(key, ""), key, shown(entry), rule.expected, rule.remedy))
    for key in sorted(entries.keys() - ABOUT.keys()):
        keys = f"the keys {', '.join(ABOUT)}"
        what = f"an unknown key {shown(key)}"
        faults.append(Fault(file, rows.get(key, ""), key[:LONG], what, keys, "Rename or remove it."))
    return About(**good)


def _fits(part: Any, key: str) -> bool:
    rule = ABOUT[key]
    dated = rule is DATE and isinstance(part, dt.date) and not isinstance(part, dt.datetime)
    number = rule is CORRELATION and is_number(part) and rule.holds(str(part))
    return dated or number or (isinstance(part, str) and rule.holds(part))


def _typed(entry: Any, key: str) -> Any:
    if ABOUT[key] is DATE and isinstance(entry, str):
        return dt.date.fromisoformat(entry)
    return float(entry) if ABOUT[key] is CORRELATION else entry


ANCHORS = ["direction", "unit", "worst", "best", "worst_means", "best_means"]
"""The two ends of a swing, as a judge is shown them. A bend between them does not change what the swing is worth."""


def anchor_digests(scales: pd.DataFrame) -> dict[str, str]:
    """Eight hexadecimal digits that stand for the anchors of each scale.

    Parameters
    ----------
    scales : DataFrame
        The leaves of a value tree by id, numbers as numbers.
    """
    rows = scales[ANCHORS].astype(object).map(repr)
    return {
        str(leaf): hashlib.sha256(json.dumps(row).encode()).hexdigest()[:8]
        for leaf, row in zip(rows.index, rows.to_numpy().tolist(), strict=True)
    }


def judged_line(digests: Mapping[str, str]) -> str:
    """The entry ``weights_judged_for`` of a case that records these digests.

    Examples
    --------
    >>> judged_line({"reach": "0f3a21bc", "net cost": "77e0d1aa"})
    'reach 0f3a21bc;net cost 77e0d1aa'
    """
    return ";".join(f"{leaf} {digest}" for leaf, digest in digests.items())


def changed_scales(line: str, digests: Mapping[str, str]) -> dict[str, str]:
    """How scales differ from those an entry ``weights_judged_for`` records: ``changed``, ``new`` or ``gone``, by id.

    Examples
    --------
    >>> changed_scales("reach 0f3a21bc;net cost 77e0d1aa", {"reach": "0f3a21bc", "delay": "a4c01b7e"})
    {'delay': 'new', 'net cost': 'gone'}
    """
    recorded = {leaf: digest for leaf, _, digest in (part.rpartition(" ") for part in line.split(";") if part)}
    now = {leaf: "changed" if leaf in recorded else "new" for leaf in digests if recorded.get(leaf) != digests[leaf]}
    return now | {leaf: "gone" for leaf in recorded if leaf not in digests}


def judged_for_faults(criteria: pd.DataFrame, line: str, file: str) -> Iterator[Fault]:
    """Scales that are not those an entry ``weights_judged_for`` records."""
    wording = {
        "changed": "other anchors of {!r} than the weights were judged for",
        "new": "a scale {!r} that the weights were not judged for",
        "gone": "no scale {!r}, which the weights were judged for",
    }
    rows = dict(zip(criteria["id"], criteria.index, strict=True))
    remedy = "Put them back; or judge the swings again, then run aukus-mcda affirm on the case."
    for leaf, change in changed_scales(line, anchor_digests(criteria.set_index("id").loc[leaves_of(criteria)])).items():
        found, expected = wording[change].format(leaf), "the scales that weights_judged_for records"
        yield Fault(file, rows.get(leaf, ""), "", found, expected, remedy)
