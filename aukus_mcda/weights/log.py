"""A log of the answers weights are made from, written as they are given and replayed to the bit.

One JSON object a line. The first says the method and its settings; each later one
is an answer, or takes one back. The log holds answers, never weights: replaying
folds the answers and asks the method again. `entries` lists what a line may say.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from ..errors import ExportError, WeightsError, refuse, shown
from ..guard import FilePath, guarded
from .entries import ANSWERS, entry_faults, plain, read_entry
from .folds import FOLDS
from .swing_weights import Weights


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
            One of `entries.KINDS`.
        **answer
            Its fields, as `entries` lists them.

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
            entry = {"kind": kind, **{name: plain(value) for name, value in answer.items()}}
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
    start: dict[str, Any] | None = None
    entries: list[dict[str, Any]] = []
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
    try:
        weights, unfinished = _weigh(start, counting), ""
    except WeightsError as error:
        weights, unfinished = None, str(error)
    return Replay(weights, unfinished, (start, *counting), tuple(skipped))


def _weigh(start: Mapping[str, Any], answers: list[dict[str, Any]]) -> Weights:
    settings = dict(start.get("settings", {}))
    name = settings.pop("name", "")
    return replace(FOLDS[start["method"]](answers, settings), name=name)
