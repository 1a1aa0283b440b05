"""What every way of asking for weights needs: answers checked, and all that is wrong said at once."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from .errors import WeightsError


def listed(names: Iterable[Any]) -> str:
    """Names in a row, for a sentence."""
    return ", ".join(map(str, names))


def refuse(faults: Iterable[str]) -> None:
    """Raise one `WeightsError` with every fault, if there are any."""
    said = list(faults)
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
    return pd.Series(answers, dtype=object)


def number_faults(answers: pd.Series, what: str, *, least: float = 0) -> list[str]:
    """What is wrong with answers that must be numbers, ``least`` or more, one a criterion."""
    repeated = answers.index[answers.index.duplicated()].unique()
    bad = [f"{name} has {_shown(value)}" for name, value in answers.items() if not is_number(value) or value < least]
    faults = [f"{what}: {listed(repeated)} named more than once."] if len(repeated) else []
    return faults + ([f"{what} must be finite numbers, {least:g} or more: {', '.join(bad)}."] if bad else [])


def _shown(value: Any) -> str:
    return str(value) if isinstance(value, np.number) else repr(value)


def steady(names: Iterable[Any]) -> list[Any]:
    """Names in one order however they were given, so that results do not depend on it to the last bit."""
    return sorted(names, key=lambda name: (str(name), str(type(name))))
