# SPDX-License-Identifier: Apache-2.0
"""What can go wrong, in words an analyst can act on, and the checks of labels and numbers that every room shares.

::

    AukusMcdaError
    ├── CaseError      the case has faults; all of them are in ``.faults``
    ├── WeightsError   weights that cannot be used, and why
    ├── MethodError    a cross-check method that cannot be applied, and why
    ├── ExportError    a file that cannot be written, and what to do
    └── StampError     a file of which nobody can tell what it was made from, and why
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

import numpy as np
import pandas as pd


class Fault(NamedTuple):
    """One thing that is wrong with the input, where it is, and how to mend it.

    ``row`` counts as a spreadsheet does (the header is row 1) when the table
    came from a file, is a cell such as B7 in a table of one's own, and the row's
    index label when the table came from a DataFrame.
    """

    file: str
    row: int | str
    column: str
    found: str
    expected: str
    remedy: str


GREATEST = 1e30
"""No raw score is beyond this, nor are two anchors nearer than its inverse: products of scores stay finite."""

_UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""Signs that colour, move or turn round what stands beside them: shown by their numbers."""


def escaped(text: str) -> str:
    r"""Text with every control character but the line break shown by its number: a terminal obeys them.

    Examples
    --------
    >>> print(escaped(chr(27) + "[2J gone"))
    \u001b[2J gone
    """
    return "\n".join(_UNSEEN.sub(lambda sign: f"\\u{ord(sign[0]):04x}", line) for line in text.split("\n"))


class AukusMcdaError(Exception):
    """Base of every error this package raises on purpose.

    Examples
    --------
    >>> from aukus_mcda import AukusMcdaError, load_case
    >>> try:
    ...     load_case("no_such_case")
    ... except AukusMcdaError as error:
    ...     print(type(error).__name__)
    CaseError
    """

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message alone. An analyst is to mend the input, not to read our code."""
        return escaped(str(self)).split("\n")


class CaseError(AukusMcdaError):
    """The case cannot be used; ``faults`` lists everything wrong with it at once.

    Parameters
    ----------
    faults : iterable of Fault
        Where each is, what stands there, what was expected, and how to mend it.

    Attributes
    ----------
    faults : pandas.DataFrame
        Columns file, row, column, found, expected, remedy; one row per fault.

    Examples
    --------
    >>> from aukus_mcda import CaseError, load_case
    >>> try:
    ...     load_case("no_such_case")
    ... except CaseError as error:
    ...     print(error.faults["remedy"].iloc[0])
    Check the spelling and the folder you are in.
    """

    SHOWN = 10

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = pd.DataFrame(list(faults), columns=list(Fault._fields), dtype=object)
        count = len(self.faults)
        lines = [f"{count} fault{'s' if count != 1 else ''} in {listed(self.faults['file'].unique(), 3)}:"]
        for fault in self.faults.head(self.SHOWN).itertuples(index=False):
            place = "cell" if re.fullmatch("[A-Z]{1,3}[0-9]+", str(fault.row)) else "row"
            row = f", {place} {fault.row}" if fault.row != "" else ""
            column = f", column {fault.column}" if fault.column != "" else ""
            lines.append(f"  {fault.file}{row}{column}: found {fault.found}; expected {fault.expected}. {fault.remedy}")
        if count > self.SHOWN:
            lines.append(f"  ... and {count - self.SHOWN} more; see .faults")
        super().__init__(escaped("\n".join(lines)))


class WeightsError(AukusMcdaError):
    """The weights cannot be used; the message says which criterion and why.

    Examples
    --------
    >>> from aukus_mcda import swing
    >>> swing({"reach": 100, "cost": -5})
    Traceback (most recent call last):
    ...
    aukus_mcda.errors.WeightsError: Swing points must be finite numbers, 0 or more: cost has -5.
    """


class MethodError(AukusMcdaError):
    """A cross-check method cannot be applied; the message says to what and why.

    Examples
    --------
    >>> import pandas as pd
    >>> from aukus_mcda import rank_agreement
    >>> rank_agreement(pd.Series({"a": 1, "b": 2}), pd.Series({"a": 1, "c": 2}))
    Traceback (most recent call last):
    ...
    aukus_mcda.errors.MethodError: Two rankings must rank the same options, at least two.
    """


class ExportError(AukusMcdaError):
    """A file could not be written; the message says which and what to do.

    Examples
    --------
    >>> from aukus_mcda import load_case, study
    >>> study(load_case("starter"), draws=1_000).export("brief.odt")
    Traceback (most recent call last):
    ...
    aukus_mcda.errors.ExportError: A file name ends in .pptx, .xlsx, .docx (export_html writes .html),
    not in '.odt': brief.odt
    """


class StampError(AukusMcdaError):
    """Nobody can tell what a file was made from; the message says which file and why.

    Examples
    --------
    >>> from aukus_mcda import load_case, verify
    >>> verify("README.md", load_case("starter"))
    Traceback (most recent call last):
    ...
    aukus_mcda.errors.StampError: README.md is not a deck, workbook or document that can be read, or has a
    password; other files carry no stamp.
    """


LONG = 60
"""What is quoted from an answer is cut to this many characters."""


def listed(names: Iterable[Any], most: int | None = None) -> str:
    """Names in a row, for a sentence; with ``most``, a count of those beyond the first few.

    Examples
    --------
    >>> listed("abcd"), listed("abcd", most=2)
    ('a, b, c, d', 'a, b and 2 more')
    """
    every = list(map(str, names))
    more = 0 if most is None else max(len(every) - most, 0)
    return ", ".join(every[: len(every) - more]) + (f" and {more} more" if more else "")


def shown(value: Any) -> str:
    """A value as a message quotes it, never long.

    Examples
    --------
    >>> [shown(value) for value in (0.5, 2.0, "3", True, 10**400)]
    ['0.5', '2', "'3'", 'True', 'about 1e+400']
    """
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        try:
            return repr(float(value)).removesuffix(".0")  # the shortest text that no other number has
        except OverflowError:
            whole = int(value)
            return f"about {'-' if whole < 0 else ''}1e+{int(math.log10(abs(whole)))}"
    try:
        text = str(value) if isinstance(value, dt.date | dt.time) else repr(value)
    except (ValueError, RecursionError):  # it holds a whole number too long to write, or lists too deep
        text = f"a {type(value).__name__}"
    return text if len(text) <= LONG else text[: LONG - 3] + "..."


def unreadable(error: Exception) -> str:
    """Why a file of JSON cannot be read, without the words of what read it."""
    if isinstance(error, OSError):
        return str(error.strerror)
    if isinstance(error, UnicodeDecodeError):
        return "bytes that are not text"
    if isinstance(error, TypeError | KeyError | AttributeError):
        return "an entry that is missing, or of another kind"
    return f"{error!s:.80}" if type(error) is ValueError else "a file that breaks off, or is not JSON"


def keys_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of JSON in which no key stands twice: a reader takes the last, and says nothing of the others."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key that stands twice")
    return dict(pairs)


def refuse(faults: Iterable[str], error: type[AukusMcdaError] = WeightsError) -> None:
    """Raise one error with every fault, each said once, if there are any."""
    sentences = list(dict.fromkeys(faults))
    if sentences:
        raise error(" ".join(sentences))


def is_number(value: Any) -> bool:
    """Whether a value is a finite number, not text or a truth value.

    Examples
    --------
    >>> [is_number(value) for value in (3, 0.5, float("nan"), "3", True, None)]
    [True, True, False, False, False, False]
    """
    try:
        return math.isfinite(float(value)) and not isinstance(value, str | bytes | bool | np.bool_)
    except (TypeError, ValueError, OverflowError):
        return False


def keyed(answers: Any, what: str) -> pd.Series:
    """Answers as a Series by criterion id, as they were given.

    Raises
    ------
    WeightsError
        When they are not keyed by criterion, or nothing is there.
    """
    if not isinstance(answers, Mapping | pd.Series) or len(answers) == 0:
        raise WeightsError(f"{what} must be a mapping or Series keyed by criterion id, with at least one in it.")
    if isinstance(answers, pd.Series) and answers.index.nlevels > 1:
        raise WeightsError(f"{what} must be keyed by one criterion id each, not by several levels of labels.")
    return pd.Series(answers, dtype=object)


def is_key(value: Any) -> bool:
    """Whether a value can be looked up at all."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def is_missing(value: Any) -> bool:
    """Whether a value stands for nothing: None, NA, NaT, or a number that is NaN, also one that signals it."""
    if isinstance(value, Decimal):
        return value.is_nan()
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def label_faults(
    labels: Iterable[Any],
    known: Iterable[Any] | None = None,
    *,
    missing: str = "",
    unknown: str = "",
    repeated: str = "{} named more than once.",
) -> list[str]:
    """What is wrong with labels: those that are blank or cannot be one, repeated, missing or unknown.

    Parameters
    ----------
    labels : iterable
        Ids of criteria, options, profiles or others, as they were given.
    known : iterable, optional
        The labels there are. Without them none is missing or unknown.
    missing, unknown, repeated : str
        The sentence for each kind of fault, with ``{}`` for the labels at fault and ``{known}`` for those there are.
        What has no sentence is not a fault.

    Examples
    --------
    >>> label_faults(["reach", "reach", " ", float("nan")])
    ['A blank id names nothing.', 'nan is not an id.', 'reach named more than once.']
    >>> label_faults(["cots"], ["reach", "cost"], missing="No points for {}.", unknown="No criterion called {}.")
    ['No criterion called cots.', 'No points for reach, cost.']
    """
    names = list(labels)
    odd = [name for name in names if is_missing(name) or not is_key(name)]
    counts = Counter(name for name in names if is_key(name))
    there = dict.fromkeys(() if known is None else known)
    kinds = (
        ("A blank id names nothing.", [name for name in counts if isinstance(name, str) and not name.strip()]),
        ("{} is not an id.", list(map(shown, odd))),
        (repeated, [name for name, count in counts.items() if count > 1]),
        (unknown, [name for name in counts if known is not None and name not in there]),
        (missing, [name for name in there if name not in counts]),
    )
    return [sentence.format(listed(bad), known=listed(there)) for sentence, bad in kinds if sentence and bad]


def number_faults(answers: pd.Series, what: str, *, least: float = 0, most: float = math.inf) -> list[str]:
    """What is wrong with answers that must be numbers, from ``least`` to ``most``, one a criterion."""
    odd = [(name, value) for name, value in answers.items() if not is_number(value) or not least <= value <= most]
    bad = [f"{name} has {shown(value)}" for name, value in odd]
    span = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g}"
    faults = label_faults(answers.index, repeated=f"{what}: {{}} named more than once.")
    return faults + ([f"{what} must be finite numbers, {span}: {listed(bad)}."] if bad else [])


def steady(names: Iterable[Any]) -> list[Any]:
    """Names in one order however they were given, so that results do not depend on it to the last bit."""
    return sorted(names, key=lambda name: (str(name), str(type(name))))
