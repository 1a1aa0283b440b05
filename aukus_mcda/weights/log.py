"""A log of the answers weights are made from, written as they are given and replayed to the bit.

One JSON object a line. The first says the method and its settings; each later one is an answer, or takes one back.
The log holds answers, never weights: replaying folds the answers and asks the method again.

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
undo                                                  all; takes the last one back
reset                                                 all; forgets the answers
========================  ==========================  =================================
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from ..errors import ExportError, WeightsError, is_one_of, label_faults, listed, number_faults, refuse, shown
from ..guard import FilePath, guarded
from .other_ways import ORDER_RULES, rank_order
from .swing_weights import Weights, ratio_faults, swing

Entry: TypeAlias = dict[str, Any]

FIELDS: dict[str, tuple[str, ...]] = {
    "start": ("method",),
    "biggest": ("criterion",),
    "points": ("criterion", "points"),
    "ratio": ("a", "b", "times"),
    "profile": ("name", "points"),
    "order": ("best_first",),
    "undo": (),
    "reset": (),
}
"""The fields that each kind of entry needs."""

MAY_HAVE = {"start": ("settings",), "points": ("low", "high")}

ANSWERS = {"swing": ("biggest", "points", "ratio", "profile"), "rank_order": ("order",)}
"""The kinds of answer that each method asks for."""

SETTINGS = {"swing": ("parents", "anchors", "name"), "rank_order": ("rule", "anchors", "name")}
"""The settings of each method."""


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
    answers: tuple[Entry, ...]
    skipped: tuple[Skipped, ...]


@guarded(WeightsError)
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

    def __init__(self, path: FilePath) -> None:
        self.path = Path(path)
        self._method: str | None = None  # what the last start line says, once it is known

    def append(self, kind: str, **answer: Any) -> None:
        """Write one entry: a single write of one whole line, flushed to the disk.

        Parameters
        ----------
        kind : str
            One of `FIELDS`.
        **answer
            Its fields, as the module's docstring lists them.

        Raises
        ------
        WeightsError
            When the kind is unknown or not one the log's method asks for,
            fields are missing or unknown, an id is blank, or a number is not
            finite or not one the method can use. Nothing is written then.
        ExportError
            When the file cannot be written.
        """
        try:
            entry = {"kind": kind, **{name: as_json(value) for name, value in answer.items()}}
        except RecursionError:
            raise WeightsError(f"The answer {shown(kind)} holds lists in lists without end.") from None
        refuse(entry_faults(entry) or self._kind_faults(kind))
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        try:
            line = json.dumps({"at": now, **entry}, allow_nan=False).encode() + b"\n"
        except (TypeError, ValueError, RecursionError) as error:
            raise WeightsError(f"The answer {kind} cannot be written down: {error}.") from error
        try:
            self._write(line)
        except OSError as error:
            raise ExportError(f"The answer could not be written to {self.path}: {error.strerror}.") from error
        self._method = answer["method"] if kind == "start" else self._method

    def _kind_faults(self, kind: str) -> list[str]:
        """What keeps the log's method from using an answer; the file is read once, and again before refusing."""
        if kind in ("start", "undo", "reset"):
            return []
        if self._method is None or kind not in ANSWERS[self._method]:
            self._method = _method_of(self.path)
        if self._method is None or kind in ANSWERS[self._method]:
            return []
        return [f"{self._method} does not ask for {kind}."]

    def _write(self, line: bytes) -> None:
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            size = os.fstat(file).st_size
            os.lseek(file, max(size - 1, 0), os.SEEK_SET)
            torn = size > 0 and os.read(file, 1) != b"\n"  # a line cut short must not swallow this one
            os.write(file, b"\n" + line if torn else line)
            os.fsync(file)
        finally:
            os.close(file)


def _method_of(path: Path) -> str | None:
    """The method the last start line of a log names; None without one, or without a file."""
    try:
        lines = path.read_bytes().split(b"\n")
    except OSError:
        return None
    entries = (read_entry(line, last=False)[0] for line in reversed(lines) if b"start" in line)
    return next((str(entry["method"]) for entry in entries if entry and entry["kind"] == "start"), None)


@guarded(WeightsError)
def replay(path: FilePath) -> Replay:
    """The weights a log of answers gives, the same to the bit each time.

    Parameters
    ----------
    path : str or Path
        A file `ElicitationLog` wrote. A line cut short or damaged is skipped and
        reported, never fatal; so is an answer the method does not ask for.

    Raises
    ------
    WeightsError
        When the file cannot be read at all, or ``path`` is not a path.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = ElicitationLog(Path(folder) / "log.jsonl")
    ...     log.append("start", method="rank_order")
    ...     log.append("order", best_first=["reach", "cost"])
    ...     replay(log.path).weights.values.round(2).to_dict()
    {'reach': 0.75, 'cost': 0.25}
    """
    try:
        lines = Path(path).read_bytes().split(b"\n")
    except OSError as error:
        raise WeightsError(f"The log {path} cannot be read: {error.strerror}.") from error
    start: Entry | None = None
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        entry, reason = read_entry(line, last=number == len(lines))
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
        first = "".join(f" Line {skip.line}: {skip.reason}" for skip in skipped[:1])
        return Replay(None, f"The log does not say which method is used.{first}", (), tuple(skipped))
    settings = dict(start.get("settings", {}))
    name = settings.pop("name", "")
    fold = _fold_swing if start["method"] == "swing" else _fold_order
    try:
        weights, unfinished = replace(fold(counting, settings), name=name), ""
    except WeightsError as error:
        weights, unfinished = None, str(error)
    return Replay(weights, unfinished, (start, *counting), tuple(skipped))


def read_entry(line: bytes, *, last: bool) -> tuple[Entry | None, str]:
    """An entry, or None and why the line is not one."""
    try:
        entry = json.loads(line.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None, "the line is cut short" if last else "the line cannot be read"
    faults = entry_faults(entry)
    return (None, " ".join(faults)) if faults else (entry, "")


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number")


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
    if kind not in FIELDS:
        return [f"No kind of answer called {shown(kind)}. There are: {listed(FIELDS)}."]
    fields = [name for name in entry if name not in ("kind", "at", *MAY_HAVE.get(kind, ()))]
    faults = label_faults(fields, FIELDS[kind], missing=f"{kind} needs {{}}.", unknown=f"{kind} has no {{}}.")
    for name in ("criterion", "a", "b"):
        if name in entry and not isinstance(entry[name], str):
            faults.append(f"{name} must be a criterion's id, not {shown(entry[name])}.")
        elif name in entry:
            faults += label_faults([entry[name]])
    return faults or _content_faults(entry)


def _content_faults(entry: Entry) -> list[str]:
    """What is wrong with an entry that has its fields, as far as it can be told without the others."""
    match entry["kind"]:
        case "start":
            return _start_faults(entry["method"], entry.get("settings", {}))
        case "ratio":
            a, b = entry["a"], entry["b"]
            return ratio_faults({(a, b): entry["times"]}, pd.Series({a: "", b: ""}))
        case "profile":
            if not isinstance(entry["points"], dict):
                return ["The points of a profile must be a mapping."]
            return number_faults(pd.Series(entry["points"], dtype=object), "The points of a profile")
        case "points":
            criterion, points = entry["criterion"], entry["points"]
            low, high = entry.get("low", points), entry.get("high", points)
            numbers = pd.Series({"points": points, "low": low, "high": high}, dtype=object)
            faults = number_faults(numbers, f"The points of {criterion}")
            if not faults and not low <= points <= high:
                faults.append(f"{criterion} has {shown(points)} points, outside {shown(low)} to {shown(high)}.")
            return faults
        case "order":
            try:
                rank_order(entry["best_first"])
            except WeightsError as error:
                return [str(error)]
    return []


def _start_faults(method: Any, settings: Any) -> list[str]:
    """What is wrong with a method and its settings."""
    if not is_one_of(method, ANSWERS):
        return [f"No method called {shown(method)}. There are: {listed(ANSWERS)}."]
    if not isinstance(settings, dict):
        return ["The settings must be a mapping."]
    faults = label_faults(settings, SETTINGS[method], unknown=f"{method} has no setting called {{}}.")
    parents, rule = settings.get("parents", {}), settings.get("rule", ORDER_RULES[0])
    if not isinstance(parents, dict) or not all(isinstance(parent, str) for parent in parents.values()):
        faults.append("The setting parents must be a mapping from criterion to its parent, blank for a root.")
    for name in ("anchors", "name"):
        if not isinstance(settings.get(name, ""), str):
            faults.append(f"The setting {name} must be text, not {shown(settings[name])}.")
    if not is_one_of(rule, ORDER_RULES):
        faults.append(f"No rule called {shown(rule)}. There are: {listed(ORDER_RULES)}.")
    return faults


def as_json(value: Any) -> Any:
    """A value as JSON knows it: numbers out of NumPy, Series as mappings, any collection as a list."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping | pd.Series):
        return {name: as_json(one) for name, one in value.items()}
    if isinstance(value, set | frozenset):
        value = sorted(value, key=str)
    return [as_json(one) for one in value] if isinstance(value, list | tuple) else value


def _fold_swing(answers: list[Entry], settings: Entry) -> Weights:
    """Swing weights from points, ranges and ratios; later answers replace earlier ones.

    A new biggest swing has its siblings judged anew: they were judged beside another.
    """
    points: dict[str, float] = {}
    ends: dict[str, dict[str, float]] = {"low": {}, "high": {}}
    ratios: dict[tuple[str, str], float] = {}
    biggest: dict[str, str] = {}
    parents = settings.get("parents", {})
    for answer in answers:
        match answer["kind"]:
            case "ratio":
                a, b = answer["a"], answer["b"]
                for pair in ((a, b), (b, a)):  # asked again, perhaps the other way round
                    ratios.pop(pair, None)
                ratios[a, b] = answer["times"]
            case "profile":
                points, ends = dict(answer["points"]), {"low": {}, "high": {}}
            case "biggest":
                chosen = answer["criterion"]
                group = parents.get(chosen, "")
                if biggest.get(group) != chosen:
                    for judged in (points, *ends.values()):
                        for name in [name for name in judged if parents.get(name, "") == group]:
                            del judged[name]
                    ratios = {pair: times for pair, times in ratios.items() if parents.get(pair[0], "") != group}
                biggest[group], points[chosen] = chosen, 100.0
            case "points":
                criterion = answer["criterion"]
                points[criterion] = answer["points"]
                for word, end in ends.items():
                    end.pop(criterion, None)  # judged around the points before
                    if word in answer:
                        end[criterion] = answer[word]
    return swing(points, low=ends["low"] or None, high=ends["high"] or None, ratios=ratios or None, **settings)


def _fold_order(answers: list[Entry], settings: Entry) -> Weights:
    """Weights from the last order given."""
    return rank_order(answers[-1]["best_first"] if answers else [], **settings)
