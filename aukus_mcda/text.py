# SPDX-License-Identifier: Apache-2.0
"""Probabilities in the words of a published yardstick, and only where it has a word.

Two yardsticks are kept as their tables stand: ICD 203 (United States) and PHIA
(United Kingdom). A probability no term covers gets none, and a sentence says so.
"""

from __future__ import annotations

import datetime as dt
import math
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

SNAP = 1e-12
"""A probability this close to a boundary is on it: shares of draws are no finer."""


@dataclass(frozen=True)
class Term:
    """One term of a yardstick and the probabilities it covers.

    Attributes
    ----------
    words : str
        As a sentence says it.
    low, high : float
        Ends of its range, 0 to 1.
    shown : str
        The range as the table prints it, "approximately" marks kept.
    synonym : str
        The table's other word for the same range, or blank; never used beside ``words``.
    ends : str
        Which ends belong to it: "[]", "[)", "(]" or "()".
    """

    words: str
    low: float
    high: float
    shown: str
    synonym: str = ""
    ends: str = "[)"

    @property
    def label(self) -> str:
        """The term with its range: ``very likely (80-95 %)``."""
        return f"{self.words} ({self.shown} %)"

    def starts_by(self, probability: float) -> bool:
        """Whether the range has begun at a probability."""
        return self.low < probability or (self.ends[0] == "[" and self.low == probability)

    def lasts_to(self, probability: float) -> bool:
        """Whether the range has not yet ended at a probability."""
        return probability < self.high or (self.ends[1] == "]" and self.high == probability)


@dataclass(frozen=True)
class Yardstick:
    """A published table of likelihood terms, lowest first."""

    name: str
    source: str
    date: str
    tie_rule: str
    terms: tuple[Term, ...]


YARDSTICKS = {
    key: Yardstick(**table | {"terms": tuple(Term(**each) for each in table["terms"])})
    for key, table in tomllib.loads(Path(__file__).with_name("yardsticks.toml").read_text(encoding="utf-8")).items()
}


def terms_around(
    probability: float, yardstick: str = "icd203", *, standard_error: float = 0.0
) -> tuple[Term | None, Term | None]:
    """The terms at, or next beyond, the two ends of an estimate plus and minus two standard errors.

    They are the same term when the estimate lies within one. An end beyond the
    table's last term is None.

    Parameters
    ----------
    probability : float
        From 0 to 1.
    yardstick : str
        ``icd203`` or ``phia``.
    standard_error : float
        Of an estimated probability.

    References
    ----------
    ICD 203 (2015), D.6.e(2)(a); Cabinet Office, PHIA (2025).

    Examples
    --------
    >>> [each.label for each in terms_around(0.22, "phia")]
    ['highly unlikely (≈10-≈20 %)', 'unlikely (≈25-≈35 %)']
    """
    reach = 2 * standard_error
    terms = YARDSTICKS[yardstick].terms
    boundaries = {end for each in terms for end in (each.low, each.high)} - {0.0, 1.0}

    def snapped(number: float) -> float:
        return next((end for end in boundaries if abs(end - number) < SNAP), number)

    # What was seen in some draws and not in others is neither impossible nor certain.
    least = max(snapped(probability - reach), min(probability, SNAP))
    greatest = min(snapped(probability + reach), max(probability, 1 - SNAP))
    lower = [each for each in terms if each.starts_by(least)]
    upper = [each for each in terms if each.lasts_to(greatest)]
    return (lower[-1] if lower else None), (upper[0] if upper else None)


def likelihood(probability: float, yardstick: str = "icd203", *, standard_error: float = 0.0) -> str:
    """A probability in the yardstick's words; between two terms in those of both; blank beyond them.

    Parameters are those of `terms_around`.

    Examples
    --------
    >>> likelihood(0.58), likelihood(0.79, "phia"), likelihood(0.7996, standard_error=0.002)
    ('likely (58 %)', 'likely to highly likely (79 %)', 'likely to very likely (79.96 %)')
    """
    terms = terms_around(probability, yardstick, standard_error=standard_error)
    words = [each.words for each in dict.fromkeys(terms) if each is not None]
    if None in terms or probability in (0, 1):
        return ""
    return f"{' to '.join(words)} ({_percent(probability, yardstick)})"


def _percent(probability: float, yardstick: str) -> str:
    """Per cent to the first decimal at which rounding moves it over no boundary."""
    placed = terms_around(probability, yardstick)
    for decimals in range(12):
        rounded = round(probability, decimals + 2)
        if rounded not in (0, 1) and terms_around(rounded, yardstick) == placed:
            return f"{100 * probability:.{decimals}f} %"
    return f"{100 * probability:g} %"


UNKNOWN = "?"
"""In the place of a score that nobody knows."""
FEW = 5
"""Names that a sentence lists before it counts the rest."""


def joined(words: Iterable[str], most: int | None = None) -> str:
    """Words as a list in a sentence; of more than ``most`` the last ones are counted.

    Examples
    --------
    >>> joined(["Tokyo", "Seoul", "London"])
    'Tokyo, Seoul and London'
    >>> joined(["Tokyo", "Seoul", "London", "Canberra"], most=3)
    'Tokyo, Seoul and 2 others'
    """
    names = list(words)
    if most is not None and len(names) > most:
        names[most - 1 :] = [f"{len(names) - most + 1} others"]
    *most_of_them, last = names or [""]
    return f"{', '.join(most_of_them)} and {last}" if most_of_them else last


def titled(profile: str) -> str:
    """A profile's id as a heading: capitals where the id has none, otherwise as it stands.

    Examples
    --------
    >>> titled("new_delhi"), titled("uk"), titled("MoD")
    ('New Delhi', 'UK', 'MoD')
    """
    if not profile.islower():
        return profile
    words = profile.replace("_", " ").split()
    return " ".join(word.upper() if len(word) < 3 else word.capitalize() for word in words)


def points(number: float) -> str:
    """Value points, singular where it reads as one; what is more than nothing is never said to be 0.

    Examples
    --------
    >>> points(3.14159), points(1.0), points(0.004)
    ('3.1 points', '1.0 point', 'less than 0.1 points')
    """
    text = f"{number:.1f}"
    if number > 0 and text == "0.0":
        return "less than 0.1 points"
    return f"{text} point{'' if text == '1.0' else 's'}"


def with_minus(number: str) -> str:
    """A number as written, with a minus sign in the place of a hyphen."""
    return number.replace("-", "\N{MINUS SIGN}")


def exact(number: float) -> str:
    """A number in all its digits, its thousands apart.

    Examples
    --------
    >>> exact(10000.0), exact(7.5)
    ('10,000', '7.5')
    """
    return f"{number:,.15g}"


def percent(share: float) -> str:
    """A share as a per cent that never rounds to a certainty it is not."""
    if math.isnan(share):
        return ""
    rounded = f"{100 * share:.0f} %"
    if rounded in ("0 %", "100 %") and 1e-12 < share < 1 - 1e-12:
        return "below 1 %" if share < 0.5 else "above 99 %"
    return rounded


def of_100(share: float) -> str:
    """A share of the draws as so many of 100, never rounded to none or all of them.

    Examples
    --------
    >>> of_100(0.84), of_100(0.999), of_100(1.0)
    ('84 of 100', 'more than 99 of 100', '100 of 100')
    """
    count = f"{100 * share:.0f}"
    rounded = {"0": "fewer than 1", "100": "more than 99"} if 0 < share < 1 else {}
    return f"{rounded.get(count, count)} of 100"


def in_full(day: dt.date, month: str = "%B") -> str:
    """A day as it is written in a sentence: 25 July 2026."""
    return f"{day.day} {day.strftime(month)} {day.year}"


def weights_named(name: str) -> str:
    """Weights as a sentence calls them, from their name."""
    if not name:
        return "the weights given"
    profile = name.removesuffix(", changed")
    whose = profile if profile == "baseline" else titled(profile)
    return f"the {whose} weights" if profile == name else f"weights changed from the {whose} ones"


@cache
def markup(file: str) -> Any:
    """A template among this package's files, without the blanks around its lines; what is put in is escaped."""
    from jinja2 import Environment  # asked for when something is first shown

    lines = map(str.strip, (Path(__file__).parent / file).read_text(encoding="utf-8").splitlines())
    return Environment(autoescape=True).from_string("".join(lines))
