"""What every way of asking for weights needs: answers checked, and all that is wrong said at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .errors import WeightsError

LEAST, MOST = 1e-6, 1e6
"""No swing is judged to be worth less, or more, times another: an answer beyond these is a slip of the pen."""

SAATY = 9
"""The top of the scale on which pairs are compared (Saaty 1977)."""

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
        said = repr(value)
    except (ValueError, RecursionError):  # it holds a whole number too long to write, or lists too deep
        said = f"a {type(value).__name__}"
    return said if len(said) <= LONG else said[: LONG - 3] + "..."


def refuse(faults: Iterable[str]) -> None:
    """Raise one `WeightsError` with every fault, if there are any."""
    said = list(dict.fromkeys(faults))
    if said:
        raise WeightsError(" ".join(said))


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
        When they are not keyed by criterion, or there are none.
    """
    if not isinstance(answers, Mapping | pd.Series) or len(answers) == 0:
        raise WeightsError(f"{what} must be a mapping or Series keyed by criterion id, with at least one in it.")
    if isinstance(answers, pd.Series) and answers.index.nlevels > 1:
        raise WeightsError(f"{what} must be keyed by one criterion id each, not by several levels of labels.")
    return pd.Series(answers, dtype=object)


def is_one_of(value: Any, choices: Iterable[str]) -> bool:
    """Whether a value is one of some words; anything may be asked, lists and arrays too."""
    return isinstance(value, str) and value in choices


def is_key(value: Any) -> bool:
    """Whether a value can be looked up at all."""
    try:
        hash(value)
    except TypeError:
        return False
    return True


def id_faults(names: Iterable[Any]) -> list[str]:
    """What is wrong with criterion ids: blank ones, and missing values in their place.

    Examples
    --------
    >>> id_faults(["reach", " ", float("nan")])
    ['A blank id names no criterion.', 'nan is no criterion id.']
    """
    every = list(names)
    blank = any(isinstance(name, str) and not name.strip() for name in every)
    missing = [name for name in every if is_missing(name)]
    said = [f"{listed(missing)} is no criterion id."] if missing else []
    return ["A blank id names no criterion."] * blank + said


def is_missing(value: Any) -> bool:
    """Whether a value stands for none: None, NaN, NA or NaT."""
    return value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and math.isnan(value))


def number_faults(answers: pd.Series, what: str, *, least: float = 0, most: float = math.inf) -> list[str]:
    """What is wrong with answers that must be numbers, from ``least`` to ``most``, one a criterion."""
    repeated = answers.index[answers.index.duplicated()].unique()
    bad = [
        f"{name} has {shown(value)}"
        for name, value in answers.items()
        if not is_number(value) or not least <= value <= most
    ]
    faults = id_faults(answers.index)
    faults += [f"{what}: {listed(repeated)} named more than once."] if len(repeated) else []
    span = f"{least:g} or more" if most == math.inf else f"{least:g} to {most:g}"
    return faults + ([f"{what} must be finite numbers, {span}: {listed(bad)}."] if bad else [])


def steady(names: Iterable[Any]) -> list[Any]:
    """Names in one order however they were given, so that results do not depend on it to the last bit."""
    return sorted(names, key=lambda name: (str(name), str(type(name))))
