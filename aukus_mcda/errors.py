"""What can go wrong, in words an analyst can act on.

::

    AukusMcdaError
    ├── CaseError      the case has faults; all of them are in ``.faults``
    ├── WeightsError   weights that cannot be used, and why
    ├── MethodError    a cross-check method that cannot be applied, and why
    ├── ExportError    a file that cannot be written, and what to do
    └── StampError     a file of which nobody can tell what it was made from, and why
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

import pandas as pd


class Fault(NamedTuple):
    """One thing that is wrong with the input, where it is, and how to mend it.

    ``row`` counts as a spreadsheet does (the header is row 1) when the table
    came from a file, and is the row's index label when it came from a DataFrame.
    """

    file: str
    row: int | str
    column: str
    found: str
    expected: str
    remedy: str


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
    """Base of every error this package raises on purpose."""

    def _render_traceback_(self) -> list[str]:
        """What a notebook shows: the message alone. An analyst is to mend the input, not to read our code."""
        return escaped(str(self)).split("\n")


class CaseError(AukusMcdaError):
    """The case cannot be used; ``faults`` lists everything wrong with it at once.

    Parameters
    ----------
    faults
        One `Fault` each.

    Attributes
    ----------
    faults : pandas.DataFrame
        Columns file, row, column, found, expected, remedy; one row per fault.
    """

    SHOWN = 10

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = pd.DataFrame(list(faults), columns=list(Fault._fields), dtype=object)
        super().__init__(self._sentence())

    def _sentence(self) -> str:
        count = len(self.faults)
        lines = [f"The case has {count} fault{'s' if count != 1 else ''}:"]
        for fault in self.faults.head(self.SHOWN).itertuples(index=False):
            place = ", ".join(
                part
                for part in (
                    str(fault.file),
                    f"row {fault.row}" if fault.row != "" else "",
                    f"column {fault.column}" if fault.column != "" else "",
                )
                if part
            )
            lines.append(f"  {place}: found {fault.found}; expected {fault.expected}. {fault.remedy}")
        if count > self.SHOWN:
            lines.append(f"  ... and {count - self.SHOWN} more; see .faults")
        return "\n".join(lines)


class WeightsError(AukusMcdaError):
    """The weights cannot be used; the message says which criterion and why."""


class MethodError(AukusMcdaError):
    """A cross-check method cannot be applied; the message says to what and why."""


class ExportError(AukusMcdaError):
    """A file could not be written; the message says which and what to do."""


class StampError(AukusMcdaError):
    """Nobody can tell what a file was made from; the message says which file and why."""
