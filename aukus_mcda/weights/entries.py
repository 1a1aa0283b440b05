"""What a line of an elicitation log may say.

========================  ==========================  =================================
kind                      fields                      methods
========================  ==========================  =================================
start                     method, settings            all; begins afresh
biggest                   criterion                   swing; 100 points to it, and
                                                      its siblings judged anew
points                    criterion, points, and      swing
                          perhaps low, high
ratio                     a, b, times                 swing
profile                   name, points (by id)        swing; replaces all points
order                     best_first                  rank_order
comparison                a, b, times                 ahp
skip                      a, b                        ahp; cannot say
best, worst               criterion                   bwm; the chosen one, the
                                                      comparisons with it anew
best_to_other             criterion, times            bwm
other_to_worst            criterion, times            bwm
undo                                                  all; takes the last one back
reset                                                 all; forgets the answers
========================  ==========================  =================================
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import WeightsError, is_number, is_one_of, label_faults, listed, shown
from . import best_worst, other_ways, pairwise
from .pairwise import LEAST_TIMES, MOST_TIMES

KINDS: dict[str, tuple[str, ...]] = {
    "start": ("method",),
    "biggest": ("criterion",),
    "points": ("criterion", "points"),
    "ratio": ("a", "b", "times"),
    "profile": ("name", "points"),
    "order": ("best_first",),
    "comparison": ("a", "b", "times"),
    "skip": ("a", "b"),
    "best": ("criterion",),
    "worst": ("criterion",),
    "best_to_other": ("criterion", "times"),
    "other_to_worst": ("criterion", "times"),
    "undo": (),
    "reset": (),
}
MAY_HAVE = {"start": ("settings",), "points": ("low", "high")}
ANSWERS = {
    "swing": ("biggest", "points", "ratio", "profile"),
    "rank_order": ("order",),
    "ahp": ("comparison", "skip"),
    "bwm": ("best", "worst", "best_to_other", "other_to_worst"),
}
SETTINGS = {
    "swing": ("parents", "anchors", "name"),
    "rank_order": ("rule", "anchors", "name"),
    "ahp": ("rule", "parents", "anchors", "name"),
    "bwm": ("model", "best", "worst", "parents", "anchors", "name"),
}
CHOICES: dict[tuple[str, str], tuple[str, ...]] = {
    ("rank_order", "rule"): other_ways.ORDER_RULES,
    ("ahp", "rule"): pairwise.PAIR_RULES,
    ("bwm", "model"): tuple(best_worst.MODELS),
}


def read_entry(line: bytes, *, last: bool) -> tuple[dict[str, Any] | None, str]:
    """An entry, or None and why the line is not one."""
    try:
        entry = json.loads(line.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None, "the line is cut short" if last else "the line cannot be read"
    faults = entry_faults(entry)
    return (None, " ".join(faults)) if faults else (entry, "")


def entry_faults(entry: Any) -> list[str]:
    """What is wrong with an entry: its kind, the fields it needs and has, ids and numbers.

    Examples
    --------
    >>> entry_faults({"kind": "ratio", "a": "reach", "b": "cost"})
    ['ratio needs times.']
    """
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        return ["An entry is an object with a kind."]
    kind = entry["kind"]
    if kind not in KINDS:
        return [f"No kind of answer called {shown(kind)}. There are: {listed(KINDS)}."]
    must, may = KINDS[kind], MAY_HAVE.get(kind, ())
    missing = [name for name in must if name not in entry]
    unknown = [name for name in entry if name not in (*must, *may, "kind", "at")]
    faults = [f"{kind} needs {listed(missing)}."] if missing else []
    faults += [f"{kind} has no {listed(unknown)}."] if unknown else []
    for name in ("criterion", "a", "b"):
        if name in entry and not isinstance(entry[name], str):
            faults.append(f"{name} must be a criterion's id, not {shown(entry[name])}.")
        elif name in entry:
            faults += label_faults([entry[name]])
    if faults:
        return faults
    if kind == "start":
        return _start_faults(entry)
    return _order_faults(entry) if kind == "order" else _number_faults(entry)


def _order_faults(entry: dict[str, Any]) -> list[str]:
    try:
        other_ways.rank_order(entry["best_first"])
    except WeightsError as error:
        return [str(error)]
    return []


def _number_faults(entry: dict[str, Any]) -> list[str]:
    """What is wrong with the numbers of an answer, as far as it can be told without the others."""
    kind = entry["kind"]
    if kind == "profile" and not isinstance(entry["points"], dict):
        return ["The points of a profile must be a mapping."]
    if kind == "profile":
        bad = [f"{name} has {shown(value)}" for name, value in entry["points"].items() if not _is_points(value)]
        said = [f"The points of a profile must be finite numbers, 0 or more: {listed(bad)}."] if bad else []
        return label_faults(entry["points"]) + said
    faults = [
        f"{name} must be a finite number, 0 or more, not {shown(entry[name])}."
        for name in ("points", "low", "high")
        if name in entry and not _is_points(entry[name])
    ]
    if not faults and "points" in entry:
        low, points, high = entry.get("low", entry["points"]), entry["points"], entry.get("high", entry["points"])
        if not low <= points <= high:
            faults.append(f"{shown(points)} points lie outside the range {shown(low)} to {shown(high)}.")
    if "a" in entry and entry["a"] == entry["b"]:
        faults.append(f"{entry['a']} compared with itself says nothing.")
    return faults + (_times_faults(kind, entry["times"]) if "times" in entry else [])


def _times_faults(kind: str, times: Any) -> list[str]:
    if not is_number(times) or times <= 0:
        return [f"times must be a finite number above 0, not {shown(times)}."]
    least = {"comparison": LEAST_TIMES, "best_to_other": 1.0, "other_to_worst": 1.0}.get(kind)
    if least is not None and not least <= times <= MOST_TIMES:
        return [f"times must lie between {least:g} and {MOST_TIMES:g}, not {shown(times)}."]
    return []


def _is_points(value: Any) -> bool:
    return is_number(value) and bool(value >= 0)


def _start_faults(entry: dict[str, Any]) -> list[str]:
    method, settings = entry["method"], entry.get("settings", {})
    if not isinstance(method, str) or method not in ANSWERS:
        return [f"No method called {shown(method)}. There are: {listed(ANSWERS)}."]
    if not isinstance(settings, dict):
        return ["The settings must be a mapping."]
    unknown = [name for name in settings if name not in SETTINGS[method]]
    faults = [f"{method} has no setting called {listed(unknown)}."] if unknown else []
    texts = {name: value for name, value in settings.items() if name != "parents"}
    faults += [
        f"The setting {name} must be text, not {shown(value)}." for name, value in texts.items() if not _is_text(value)
    ]
    faults += [
        f"No {name} called {shown(value)}. There are: {listed(CHOICES[method, name])}."
        for name, value in texts.items()
        if _is_text(value) and not is_one_of(value, CHOICES.get((method, name), (value,)))
    ]
    parents = settings.get("parents", {})
    if not isinstance(parents, dict) or not all(_is_text(parent) for parent in parents.values()):
        faults.append("The setting parents must be a mapping from criterion to its parent, blank for a root.")
    return faults


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def plain(value: Any) -> Any:
    """A value as JSON knows it: numbers out of NumPy, Series as mappings, any collection as a list."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping | pd.Series):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(one) for one in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")
