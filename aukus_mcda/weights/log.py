# SPDX-License-Identifier: Apache-2.0
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

import codecs
import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from ..errors import ExportError, WeightsError, is_number, keys_once, label_faults, listed, number_faults, refuse, shown
from ..guard import FilePath, Limit, guarded, kind_of, misfit
from .other_ways import OrderRule, places_in, rank_order
from .swing_weights import Weights, ratio_faults, swing

Entry: TypeAlias = dict[str, Any]

Amount: TypeAlias = Annotated[float, Limit(lambda value: is_number(value) and value >= 0, "a finite number, 0 or more")]

FIELDS: dict[str, dict[str, Any]] = {
    "start": {"method": Literal["swing", "rank_order"], "settings": Mapping},
    "biggest": {"criterion": str},
    "points": {"criterion": str, "points": Amount, "low": Amount, "high": Amount},
    "ratio": {"a": str, "b": str, "times": object},
    "profile": {"name": str, "points": Mapping},
    "order": {"best_first": list},
    "undo": {},
    "reset": {},
}
"""The fields of each kind of entry, and what they hold."""

MAY_BE_ABSENT = ("settings", "low", "high")

SWING = ("points", "low", "high")
"""What is judged of a criterion's swing."""

ANSWERS = {"swing": ("biggest", "points", "ratio", "profile"), "rank_order": ("order",)}
"""The kinds of answer that each method asks for."""

SETTINGS: dict[str, dict[str, Any]] = {
    "swing": {"parents": Mapping[str, str], "anchors": str, "name": str},
    "rank_order": {"rule": OrderRule, "anchors": str, "name": str},
}
"""The settings of each method, and what they hold."""


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
    >>> from pathlib import Path
    >>> from aukus_mcda import ElicitationLog, replay
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
        now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds")
        try:
            line = json.dumps({"at": now, "kind": kind, **answer}, default=_plain)
            entry = json.loads(line)
        except (TypeError, ValueError, RecursionError) as error:
            raise WeightsError(f"The answer {shown(kind)} cannot be written down: {error}.") from error
        refuse(entry_faults(entry) or self._method_faults(kind))
        append_line(self.path, entry)

    def _method_faults(self, kind: str) -> list[str]:
        """What keeps the method that the file's last start line names from using an answer."""
        try:
            lines = self.path.read_bytes().split(b"\n")
        except OSError:
            return []
        entries = (read_entry(line, last=False)[0] for line in reversed(lines) if b"start" in line)
        start = next((entry for entry in entries if entry and entry["kind"] == "start"), None)
        return _method_faults(start, kind)


def append_line(path: Path, entry: Entry) -> None:
    """Write an entry as one whole line at the end of a file, in a single write, and flush it to the disk.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    line = json.dumps(entry).encode() + b"\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+b", buffering=0) as file:
            file.seek(max(file.seek(0, os.SEEK_END) - 1, 0))
            # A line cut short must not swallow this one. A line that another writer is in the middle of looks cut short
            # too: an empty line then stands before this one, which readers pass over.
            torn = file.read(1) not in (b"", b"\n")
            file.write(b"\n" + line if torn else line)
            os.fsync(file.fileno())
    except OSError as error:
        raise ExportError(f"The answer could not be written to {path}: {error.strerror}.") from error


def _method_faults(start: Entry | None, kind: str) -> list[str]:
    """What keeps the method a log started with from using an answer."""
    if start is None or kind in ("start", "undo", "reset", *ANSWERS[start["method"]]):
        return []
    return [f"{start['method']} does not ask for {kind}."]


@guarded(WeightsError)
def replay(path: FilePath) -> Replay:
    """The weights a log of answers gives, the same to the bit each time.

    Parameters
    ----------
    path : str or Path
        A file `ElicitationLog` wrote. A line cut short or damaged is skipped and
        reported, never fatal; so is an answer the method does not ask for.

    Returns
    -------
    Replay
        The weights, or why there are none yet; the answers that count; the lines that do not.

    Raises
    ------
    WeightsError
        When the file cannot be read at all, or ``path`` is not a path.

    Examples
    --------
    >>> from pathlib import Path
    >>> from aukus_mcda import ElicitationLog, replay
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     log = ElicitationLog(Path(folder) / "log.jsonl")
    ...     log.append("start", method="rank_order")
    ...     log.append("order", best_first=["reach", "cost"])
    ...     replay(log.path).weights.values.round(2).to_dict()
    {'reach': 0.75, 'cost': 0.25}
    """
    try:
        lines = Path(path).read_bytes().removeprefix(codecs.BOM_UTF8).split(b"\n")
    except OSError as error:
        raise WeightsError(f"The log {path} cannot be read: {error.strerror}.") from error
    start: Entry | None = None
    entries: list[Entry] = []
    skipped: list[Skipped] = []
    for number, line in enumerate(lines, start=1):
        entry, reason = read_entry(line, last=number == len(lines)) if line.strip() else (None, "")
        if entry and entry["kind"] == "start":
            start, entries = entry, []
        elif entry and start is None:
            reason = "no entry before it says which method is used"
        elif entry and entry["kind"] == "undo":
            reason = "" if entries else "there is no answer to take back"
            entries = entries[:-1]
        elif entry:
            reason = " ".join(_method_faults(start, entry["kind"]))
            entries += [] if reason else [entry]
        skipped += [Skipped(number, reason)] if reason else []
    counting = entries[max((i + 1 for i, entry in enumerate(entries) if entry["kind"] == "reset"), default=0) :]
    if start is None:
        first = "".join(f" Line {skip.line}: {skip.reason}" for skip in skipped[:1])
        return Replay(None, f"The log does not say which method is used.{first}", (), tuple(skipped))
    settings = dict(start.get("settings", {}))
    name = settings.pop("name", "")
    try:
        if start["method"] == "swing":
            weights = _fold_swing(counting, settings)
        else:
            weights = rank_order(counting[-1]["best_first"] if counting else [], **settings)
    except WeightsError as error:
        return Replay(None, str(error), (start, *counting), tuple(skipped))
    return Replay(replace(weights, name=name), "", (start, *counting), tuple(skipped))


def read_entry(line: bytes, *, last: bool) -> tuple[Entry | None, str]:
    """An entry, or None and why the line is not one."""
    try:
        entry = json.loads(line.decode(), object_pairs_hook=keys_once)
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
    if kind not in FIELDS:
        return [f"No kind of answer called {shown(kind)}. There are: {listed(FIELDS)}."]
    fields = {name: value for name, value in entry.items() if name not in ("kind", "at")}
    needed = [name for name in FIELDS[kind] if name not in MAY_BE_ABSENT]
    faults = label_faults(fields, needed, missing=f"{kind} needs {{}}.")
    faults += _misfits(fields, FIELDS[kind], f"{kind} has no {{}}.")
    return faults or _content_faults(entry)


def _misfits(given: Mapping[str, Any], kinds: Mapping[str, Any], unknown: str) -> list[str]:
    """What is wrong with fields or settings, each alone: its name, and the kind of value it holds."""
    faults = label_faults(given, kinds, unknown=unknown)
    wrong = {name: misfit(value, kinds[name]) for name, value in given.items() if name in kinds}
    return faults + [f"{name} must be {kind_of(kinds[name]).words}{words}." for name, words in wrong.items() if words]


def _content_faults(entry: Entry) -> list[str]:
    """What is wrong with an entry whose fields hold what they should, as far as it can be told without the others."""
    faults = label_faults((entry[field] for field in ("criterion", "a", "b") if field in entry), repeated="")
    match entry["kind"]:
        case "start":
            method = entry["method"]
            faults += _misfits(entry.get("settings", {}), SETTINGS[method], f"{method} has no setting called {{}}.")
        case "points":
            points = entry["points"]
            low, high = entry.get("low", points), entry.get("high", points)
            if not low <= points <= high:
                place = f"{shown(points)} points, outside {shown(low)} to {shown(high)}."
                faults.append(f"{entry['criterion']} has {place}")
        case "ratio":
            a, b = entry["a"], entry["b"]
            faults += ratio_faults({(a, b): entry["times"]}, pd.Series({a: "", b: ""}))
        case "profile":
            faults += number_faults(pd.Series(entry["points"], dtype=object), "The points of a profile")
        case "order":
            faults += places_in(entry["best_first"])[1]
    return faults


def _plain(value: Any) -> Any:
    """A value in kinds that JSON knows: numbers out of NumPy, Series as mappings, sets as lists."""
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, Mapping | pd.Series):
        return dict(value.items())
    if isinstance(value, set | frozenset):
        return sorted(value, key=str)
    raise TypeError(f"{shown(value)} is neither text, number, list nor mapping")


def _fold_swing(answers: list[Entry], settings: Entry) -> Weights:
    """Swing weights from points, ranges and ratios; later answers replace earlier ones.

    A new biggest swing has its siblings judged anew: they were judged beside another.
    """
    judged: dict[str, dict[str, float]] = {}
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
                judged = {criterion: {"points": points} for criterion, points in answer["points"].items()}
            case "biggest":
                chosen = answer["criterion"]
                group = parents.get(chosen, "")
                if biggest.get(group) != chosen:
                    judged = {name: own for name, own in judged.items() if parents.get(name, "") != group}
                    ratios = {pair: times for pair, times in ratios.items() if parents.get(pair[0], "") != group}
                biggest[group], judged[chosen] = chosen, judged.get(chosen, {}) | {"points": 100.0}
            case "points":  # with the ends that were judged around them
                judged[answer["criterion"]] = {word: answer[word] for word in SWING if word in answer}
    points, low, high = ({name: own[word] for name, own in judged.items() if word in own} for word in SWING)
    return swing(points, low=low, high=high, ratios=ratios, **settings)
