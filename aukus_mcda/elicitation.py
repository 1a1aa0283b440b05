"""A log of the answers weights are made from, written as they are given and replayed to the bit.

One JSON object a line. The first says the method and its settings; each later one
is an answer, or takes one back. The log holds answers, never weights: replaying
folds the answers and asks the method again.

========================  ==========================  =================================
kind                      fields                      methods
========================  ==========================  =================================
start                     method, settings            all; begins afresh
points                    criterion, points, and      swing
                          perhaps low, high
ratio                     a, b, times                 swing
profile                   name, points (by id)        swing; replaces all points
order                     best_first                  rank_order
comparison                a, b, times                 ahp
best_to_other             criterion, times            bwm
other_to_worst            criterion, times            bwm
undo                                                  all; takes the last one back
reset                                                 all; forgets the answers
========================  ==========================  =================================
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from .answers import listed, refuse
from .best_worst import bwm
from .errors import WeightsError
from .pairwise import ahp
from .rank_orders import rank_order
from .weights import Weights, swing

KINDS: dict[str, tuple[str, ...]] = {
    "start": ("method",),
    "points": ("criterion", "points"),
    "ratio": ("a", "b", "times"),
    "profile": ("name", "points"),
    "order": ("best_first",),
    "comparison": ("a", "b", "times"),
    "best_to_other": ("criterion", "times"),
    "other_to_worst": ("criterion", "times"),
    "undo": (),
    "reset": (),
}
MAY_HAVE = {"start": ("settings",), "points": ("low", "high")}
ANSWERS = {
    "swing": ("points", "ratio", "profile"),
    "rank_order": ("order",),
    "ahp": ("comparison",),
    "bwm": ("best_to_other", "other_to_worst"),
}
SETTINGS = {
    "swing": ("parents", "anchors", "name"),
    "rank_order": ("rule", "anchors", "name"),
    "ahp": ("rule", "anchors", "name"),
    "bwm": ("model", "best", "worst", "anchors", "name"),
}


class Skipped(NamedTuple):
    """A line of a log that does not count: its number, from 1, and why."""

    line: int
    reason: str


@dataclass(frozen=True, eq=False)
class Replay:
    """What a log amounts to.

    Attributes
    ----------
    weights : Weights or None
        None while the answers are not enough for weights.
    unfinished : str
        Why there are no weights yet; blank when there are.
    answers : tuple of dict
        The entries that count, in order, each with the time it was given.
    skipped : tuple of Skipped
        Lines that do not count, and why.
    """

    weights: Weights | None
    unfinished: str
    answers: tuple[dict[str, Any], ...]
    skipped: tuple[Skipped, ...]


class ElicitationLog:
    """Answers, appended to a file as they are given and on the disk before the call returns.

    Parameters
    ----------
    path : str or Path
        A ``.jsonl`` file; made with the first answer, never overwritten.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "ann.jsonl"
    >>> log = ElicitationLog(path)
    >>> log.append("start", method="swing")
    >>> log.append("points", criterion="reach", points=100)
    >>> log.append("points", criterion="cost", points=50)
    >>> log.append("points", criterion="cost", points=25)
    >>> replay(path).weights.values.to_dict()
    {'reach': 0.8, 'cost': 0.2}
    """

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)

    def append(self, kind: str, **answer: Any) -> None:
        """Write one entry: a single write of one whole line, flushed to the disk.

        Parameters
        ----------
        kind : str
            One of `KINDS`.
        **answer
            Its fields, as in the table above; ``settings`` of a start are those
            in `SETTINGS`.

        Raises
        ------
        WeightsError
            When the kind is unknown, fields are missing or unknown, or a value
            is not a finite number, text, or a list or mapping of them.
        """
        entry = {"kind": kind, **{name: _plain(value) for name, value in answer.items()}}
        refuse(_entry_faults(entry))
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        try:
            line = json.dumps({"at": now, **entry}, allow_nan=False).encode() + b"\n"
        except (TypeError, ValueError) as error:
            raise WeightsError(f"The answer {kind} cannot be written down: {error}.") from error
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(file).st_size
            os.lseek(file, max(size - 1, 0), os.SEEK_SET)
            torn = size > 0 and os.read(file, 1) != b"\n"  # a line cut short must not swallow this one
            os.write(file, b"\n" + line if torn else line)
            os.fsync(file)
        finally:
            os.close(file)


def replay(path: str | Path) -> Replay:
    """The weights a log of answers gives, the same to the bit each time.

    Parameters
    ----------
    path : str or Path
        A file `ElicitationLog` wrote. A line cut short or damaged is skipped and
        reported, never fatal; so is an answer the method does not ask for.

    Raises
    ------
    WeightsError
        When the file cannot be read at all.
    """
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError as error:
        raise WeightsError(f"The log {path} cannot be read: {error.strerror}.") from error
    start: dict[str, Any] | None = None
    entries: list[dict[str, Any]] = []
    skipped: list[Skipped] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        entry, reason = _read(line, last=number == len(lines))
        if entry is None:
            skipped.append(Skipped(number, reason))
        elif entry["kind"] == "start":
            start, entries = entry, []
        elif start is None:
            skipped.append(Skipped(number, "no entry before it says which method is used"))
        elif entry["kind"] == "undo" and not entries:
            skipped.append(Skipped(number, "there is no answer to take back"))
        elif entry["kind"] == "undo":
            entries.pop()
        elif entry["kind"] != "reset" and entry["kind"] not in ANSWERS[start["method"]]:
            skipped.append(Skipped(number, f"{start['method']} does not ask for {entry['kind']}"))
        else:
            entries.append(entry)
    counting = entries[max((i + 1 for i, entry in enumerate(entries) if entry["kind"] == "reset"), default=0) :]
    if start is None:
        return Replay(None, "The log does not say which method is used.", (), tuple(skipped))
    try:
        weights, unfinished = _weigh(start, counting), ""
    except WeightsError as error:
        weights, unfinished = None, str(error)
    return Replay(weights, unfinished, (start, *counting), tuple(skipped))


def _weigh(start: Mapping[str, Any], answers: list[dict[str, Any]]) -> Weights:
    settings = dict(start.get("settings", {}))
    name = settings.pop("name", "")
    return replace(FOLDS[start["method"]](answers, settings), name=name)


def _fold_swing(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    points: dict[str, float] = {}
    ends: dict[str, dict[str, float]] = {"low": {}, "high": {}}
    ratios: dict[tuple[str, str], float] = {}
    for answer in answers:
        if answer["kind"] == "ratio":
            ratios[answer["a"], answer["b"]] = answer["times"]
        elif answer["kind"] == "profile":
            points, ends = dict(answer["points"]), {"low": {}, "high": {}}
        else:
            criterion = answer["criterion"]
            points[criterion] = answer["points"]
            for word, end in ends.items():
                end.pop(criterion, None)  # judged around the points before
                if word in answer:
                    end[criterion] = answer[word]
    return swing(points, low=ends["low"] or None, high=ends["high"] or None, ratios=ratios or None, **settings)


def _fold_order(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    return rank_order(answers[-1]["best_first"] if answers else [], **settings)


def _fold_comparisons(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    comparisons: dict[tuple[str, str], float] = {}
    for answer in answers:
        comparisons.pop((answer["b"], answer["a"]), None)  # asked again the other way round
        comparisons[answer["a"], answer["b"]] = answer["times"]
    return ahp(comparisons, **settings)


def _fold_best_worst(answers: list[dict[str, Any]], settings: dict[str, Any]) -> Weights:
    sides: dict[str, dict[str, float]] = {"best_to_other": {}, "other_to_worst": {}}
    for answer in answers:
        sides[answer["kind"]][answer["criterion"]] = answer["times"]
    return bwm(sides["best_to_other"], sides["other_to_worst"], **settings)


FOLDS: dict[str, Callable[[list[dict[str, Any]], dict[str, Any]], Weights]] = {
    "swing": _fold_swing,
    "rank_order": _fold_order,
    "ahp": _fold_comparisons,
    "bwm": _fold_best_worst,
}


def _read(line: bytes, *, last: bool) -> tuple[dict[str, Any] | None, str]:
    """An entry, or None and why the line is not one."""
    try:
        entry = json.loads(line.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None, "the line is cut short" if last else "the line cannot be read"
    faults = _entry_faults(entry)
    return (None, " ".join(faults)) if faults else (entry, "")


def _entry_faults(entry: Any) -> list[str]:
    if not isinstance(entry, dict) or not isinstance(entry.get("kind"), str):
        return ["An entry is an object with a kind."]
    kind = entry["kind"]
    if kind not in KINDS:
        return [f"No kind of answer called {kind!r}. There are: {listed(KINDS)}."]
    must, may = KINDS[kind], MAY_HAVE.get(kind, ())
    missing = [name for name in must if name not in entry]
    unknown = [name for name in entry if name not in (*must, *may, "kind", "at")]
    faults = [f"{kind} needs {listed(missing)}."] if missing else []
    faults += [f"{kind} has no {listed(unknown)}."] if unknown else []
    for name in ("criterion", "a", "b"):
        if name in entry and not isinstance(entry[name], str):
            faults.append(f"{name} must be a criterion's id, not {entry[name]!r}.")
    if kind == "profile" and not isinstance(entry.get("points", {}), dict):
        faults.append("The points of a profile must be a mapping.")
    return faults + (_start_faults(entry) if kind == "start" and not faults else [])


def _start_faults(entry: dict[str, Any]) -> list[str]:
    method, settings = entry["method"], entry.get("settings", {})
    if not isinstance(method, str) or method not in FOLDS:
        return [f"No method called {method!r}. There are: {listed(FOLDS)}."]
    if not isinstance(settings, dict):
        return ["The settings must be a mapping."]
    unknown = [name for name in settings if name not in SETTINGS[method]]
    return [f"{method} has no setting called {listed(unknown)}."] if unknown else []


def _plain(value: Any) -> Any:
    """A value as JSON knows it: numbers out of NumPy, Series as mappings, any collection as a list."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping | pd.Series):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(one) for one in (sorted(value, key=str) if isinstance(value, set | frozenset) else value)]
    return value


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")
