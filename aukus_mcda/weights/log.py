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

import datetime as dt
import json
import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
import pandas as pd

from ..errors import ExportError, WeightsError, is_number, label_faults, listed, refuse, shown
from ..guard import FilePath, guarded
from .best_worst import MODELS, bwm
from .other_ways import ORDER_RULES, over_tree, rank_order
from .pairwise import LEAST_TIMES, MOST_TIMES, PAIR_RULES, ahp
from .swing_weights import Weights, swing

Entry: TypeAlias = dict[str, Any]

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
"""The fields that each kind of entry needs."""

MAY_HAVE = {"start": ("settings",), "points": ("low", "high")}

ANSWERS = {
    "swing": ("biggest", "points", "ratio", "profile"),
    "rank_order": ("order",),
    "ahp": ("comparison", "skip"),
    "bwm": ("best", "worst", "best_to_other", "other_to_worst"),
}
"""The kinds of answer that each method asks for."""

METHOD_SETTINGS: dict[str, dict[str, tuple[str, ...]]] = {
    "swing": {"parents": (), "anchors": (), "name": ()},
    "rank_order": {"rule": ORDER_RULES, "anchors": (), "name": ()},
    "ahp": {"rule": PAIR_RULES, "parents": (), "anchors": (), "name": ()},
    "bwm": {"model": tuple(MODELS), "best": (), "worst": (), "parents": (), "anchors": (), "name": ()},
}
"""The settings of each method, and the words there are to choose from."""

LEAST_ANSWER = {"comparison": LEAST_TIMES, "best_to_other": 1.0, "other_to_worst": 1.0}
"""The least answer in times, where the method has a least and a greatest."""


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
            One of `KINDS`.
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
        return Replay(None, "The log does not say which method is used.", (), tuple(skipped))
    settings = dict(start.get("settings", {}))
    name = settings.pop("name", "")
    try:
        weights, unfinished = replace(FOLDS[start["method"]](counting, settings), name=name), ""
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
    if kind not in KINDS:
        return [f"No kind of answer called {shown(kind)}. There are: {listed(KINDS)}."]
    fields = [name for name in entry if name not in ("kind", "at", *MAY_HAVE.get(kind, ()))]
    faults = label_faults(fields, KINDS[kind], missing=f"{kind} needs {{}}.", unknown=f"{kind} has no {{}}.")
    for name in ("criterion", "a", "b"):
        if name in entry and not isinstance(entry[name], str):
            faults.append(f"{name} must be a criterion's id, not {shown(entry[name])}.")
        elif name in entry:
            faults += label_faults([entry[name]])
    check = {"start": _start_faults, "order": _order_faults, "profile": _profile_faults}.get(kind, _answer_faults)
    return faults or check(entry)


def _start_faults(entry: Entry) -> list[str]:
    method, settings = entry["method"], entry.get("settings", {})
    if not isinstance(method, str) or method not in ANSWERS:
        return [f"No method called {shown(method)}. There are: {listed(ANSWERS)}."]
    if not isinstance(settings, dict):
        return ["The settings must be a mapping."]
    faults = []
    for name, value in settings.items():
        if name not in METHOD_SETTINGS[method]:
            faults.append(f"{method} has no setting called {name}.")
        elif name == "parents":
            if not isinstance(value, dict) or not all(isinstance(parent, str) for parent in value.values()):
                faults.append("The setting parents must be a mapping from criterion to its parent, blank for a root.")
        elif not isinstance(value, str):
            faults.append(f"The setting {name} must be text, not {shown(value)}.")
        elif METHOD_SETTINGS[method][name] and value not in METHOD_SETTINGS[method][name]:
            faults.append(f"No {name} called {shown(value)}. There are: {listed(METHOD_SETTINGS[method][name])}.")
    return faults


def _order_faults(entry: Entry) -> list[str]:
    try:
        rank_order(entry["best_first"])
    except WeightsError as error:
        return [str(error)]
    return []


def _profile_faults(entry: Entry) -> list[str]:
    points = entry["points"]
    if not isinstance(points, dict):
        return ["The points of a profile must be a mapping."]
    bad = [f"{name} has {shown(value)}" for name, value in points.items() if not _is_points(value)]
    faults = [f"The points of a profile must be finite numbers, 0 or more: {listed(bad)}."] if bad else []
    return label_faults(points) + faults


def _answer_faults(entry: Entry) -> list[str]:
    """What is wrong with the numbers of an answer, as far as it can be told without the others."""
    numbers = {name: entry[name] for name in ("points", "low", "high") if name in entry}
    faults = [
        f"{name} must be a finite number, 0 or more, not {shown(value)}."
        for name, value in numbers.items()
        if not _is_points(value)
    ]
    if numbers and not faults:
        points = numbers["points"]
        low, high = numbers.get("low", points), numbers.get("high", points)
        if not low <= points <= high:
            faults.append(f"{shown(points)} points lie outside the range {shown(low)} to {shown(high)}.")
    if "a" in entry and entry["a"] == entry["b"]:
        faults.append(f"{entry['a']} compared with itself says nothing.")
    if "times" in entry:
        times, least = entry["times"], LEAST_ANSWER.get(entry["kind"])
        if not is_number(times) or times <= 0:
            faults.append(f"times must be a finite number above 0, not {shown(times)}.")
        elif least is not None and not least <= times <= MOST_TIMES:
            faults.append(f"times must lie between {least:g} and {MOST_TIMES:g}, not {shown(times)}.")
    return faults


def _is_points(value: Any) -> bool:
    return is_number(value) and bool(value >= 0)


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
    """Swing weights from points, ranges and ratios; a new biggest swing has its siblings judged anew."""
    points: dict[str, float] = {}
    ends: dict[str, dict[str, float]] = {"low": {}, "high": {}}
    ratios: dict[tuple[str, str], float] = {}
    biggest: dict[str, str] = {}
    group = _groups(settings.get("parents"))
    for answer in answers:
        if answer["kind"] == "ratio":
            _replace_pair(ratios, answer)
        elif answer["kind"] == "profile":
            points, ends = dict(answer["points"]), {"low": {}, "high": {}}
        elif answer["kind"] == "biggest":
            chosen = answer["criterion"]
            here = group(chosen)
            if biggest.get(here) != chosen:  # the others were judged beside another
                for judged in (points, *ends.values()):
                    _forget(judged, here, group)
                ratios = {pair: times for pair, times in ratios.items() if group(pair[0]) != here}
            biggest[here], points[chosen] = chosen, 100.0
        else:
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


def _fold_comparisons(answers: list[Entry], settings: Entry) -> Weights:
    """AHP weights, group by group where the settings hold a tree."""
    comparisons: dict[tuple[str, str], float] = {}
    for answer in answers:
        _replace_pair(comparisons, answer)
    group = _groups(settings.get("parents"))
    refuse(f"{a} and {b} are not siblings in the tree." for a, b in comparisons if group(a) != group(b))

    def part(here: str, settings: Entry) -> Weights:
        return ahp({pair: times for pair, times in comparisons.items() if group(pair[0]) == here}, **settings)

    return _over_groups(part, (group(a) for a, _ in comparisons), settings)


def _fold_best_worst(answers: list[Entry], settings: Entry) -> Weights:
    """Best-worst weights, group by group where the settings hold a tree."""
    sides: dict[str, dict[str, float]] = {"best_to_other": {}, "other_to_worst": {}}
    chosen: dict[str, dict[str, str]] = {"best": {}, "worst": {}}
    group = _groups(settings.get("parents"))
    for answer in answers:
        kind, criterion = answer["kind"], answer["criterion"]
        if kind not in chosen:
            sides[kind][criterion] = answer["times"]
        elif chosen[kind].get(group(criterion)) != criterion:  # the others were compared with another
            _forget(sides["best_to_other" if kind == "best" else "other_to_worst"], group(criterion), group)
            chosen[kind][group(criterion)] = criterion
    to_others, to_worst = sides.values()
    for here, best in chosen["best"].items():
        to_others[best] = 1.0
        worst = chosen["worst"].get(here)
        if worst is not None:
            to_worst[worst] = 1.0
        if worst in to_others:  # the same question
            to_worst[best] = to_others[worst]

    def part(here: str, settings: Entry) -> Weights:
        named = {role: one[here] for role, one in chosen.items() if here in one}
        best_to, to_the_worst = (
            {name: times for name, times in side.items() if group(name) == here} for side in (to_others, to_worst)
        )
        return bwm(best_to, to_the_worst, **(settings | named))

    return _over_groups(part, map(group, to_others), settings)


def _over_groups(part: Callable[[str, Entry], Weights], groups: Iterable[str], settings: Entry) -> Weights:
    """The weights of the one group, or of the tree that the settings hold."""
    parents = settings.pop("parents", None)
    if parents is None:
        return part("", settings)
    parts = {here: part(here, settings) for here in dict.fromkeys(groups)}
    return over_tree(parts, parents, anchors=settings.get("anchors"))


def _groups(parents: Mapping[str, str] | None) -> Callable[[str], str]:
    """Which group of siblings a criterion belongs to: its parent, or one group of all without a tree."""
    return lambda criterion: "" if parents is None else parents.get(criterion, "")


def _forget(judged: dict[str, float], here: str, group: Callable[[str], str]) -> None:
    """Drop what was judged of one group's criteria."""
    for name in [name for name in judged if group(name) == here]:
        del judged[name]


def _replace_pair(pairs: dict[tuple[str, str], float], answer: Entry) -> None:
    """An answer on a pair replaces an earlier one, either way round; without ``times`` it only takes that back."""
    a, b = answer["a"], answer["b"]
    pairs.pop((b, a), None)
    pairs.pop((a, b), None)
    if "times" in answer:
        pairs[a, b] = answer["times"]


FOLDS: dict[str, Callable[[list[Entry], Entry], Weights]] = {
    "swing": _fold_swing,
    "rank_order": _fold_order,
    "ahp": _fold_comparisons,
    "bwm": _fold_best_worst,
}
"""The weights that a method makes of answers and settings: later answers replace earlier ones."""
