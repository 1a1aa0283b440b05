# SPDX-License-Identifier: Apache-2.0
"""Robust, sensitive or inconclusive: what the tests of a ranking add up to, by fixed rules.

The thresholds are this package's own and are printed with every verdict.
``docs/explanation/words.md`` gives the reason for each.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, TypeAlias

from ..text import joined, of_100, titled
from ..weights import TIE

LEAD = 0.80
"""Share of draws a robust leader leads in: where "very likely" begins (ICD 203)."""
UNLIKELY = 0.45
"""Below this share it is "unlikely" that the leader leads (ICD 203)."""
FLIP = 0.20
"""L1 distance of the nearest weights that change the leader: 10 of 100 points of weight moved."""
FUTURES = 0.80
"""Share of futures a robust leader leads in."""
SHARE_OF_FAMILIES = 0.50
"""A robust leader leads in more than this share of the other families of methods: "half" in verdicts.toml."""
ERRORS = 2
"""Standard errors that a share must clear a threshold by."""

_NUMBERS = {"ERRORS": ERRORS, "FLIP": FLIP, "moved": 50 * FLIP}
_NUMBERS |= {"lead": 100 * LEAD, "unlikely": 100 * UNLIKELY, "futures": 100 * FUTURES}
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
VERDICT_RULES: dict[str, str] = {code: rule.format(**_NUMBERS) for code, rule in _WORDS["rules"].items()}
"""The rules, in the order in which they are tried; the first that fits decides."""
TESTS = {code: {what: text.format(**_NUMBERS) for what, text in test.items()} for code, test in _WORDS["tests"].items()}
"""What is tested by each test, and what a robust leader does; both in a word or two as well."""
WAYS_TOLD: dict[str, str] = _WORDS["choices"]
"""The choices of `stress` in words that anybody reads."""
OTHERS, WAYS = TESTS["methods"]["name"], TESTS["draws"]["name"]

Result: TypeAlias = tuple[str, str, bool]
"""What a test saw, in a word or two; that and the margin in a sentence; and whether it was passed."""


class Share(NamedTuple):
    """A share of draws, 0 to 1, and its Monte Carlo standard error."""

    value: float
    error: float

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} of 100 trials (standard error {100 * self.error:.2f})"

    @property
    def least(self) -> float:
        """What remains when the error is taken off."""
        return self.value - ERRORS * self.error


class Check(NamedTuple):
    """One test of a ranking.

    Attributes
    ----------
    name, needed : str
        What is tested, and what a robust leader does.
    label, least : str
        The same in a word or two, as a table has them.
    seen, finding : str
        What was found, in a word or two; that, and how far it is from what is needed, in a sentence. Both are blank
        when the test was not made.
    passed : bool or None
        None when the test was not made.
    """

    name: str
    needed: str
    label: str
    least: str
    seen: str = ""
    finding: str = ""
    passed: bool | None = None

    @property
    def unmet(self) -> str:
        """What a robust leader would have to do, or that the test was not made."""
        return f"Not tested: {self.name}." if self.passed is None else f"A robust leader {self.needed}."


@dataclass(frozen=True)
class Verdict:
    """One word on a ranking, the rule that gave it, and why.

    Attributes
    ----------
    word : str
        ``robust``, ``sensitive`` or ``inconclusive``.
    code : str
        The rule that decided: its key in `VERDICT_RULES`.
    tests : mapping of str to Check
        Every test by its code, with what was found, what is needed, and the margin between them.
    """

    word: str
    code: str
    tests: Mapping[str, Check]

    @property
    def rule(self) -> str:
        """The text of the rule that decided."""
        return VERDICT_RULES[self.code]

    @property
    def reasons(self) -> tuple[str, ...]:
        """What each test that was made found, and by what margin."""
        return tuple(test.finding for test in self.tests.values() if test.passed is not None)

    @property
    def unmet(self) -> tuple[str, ...]:
        """What a robust leader would have to have and this one has not, or was not tested for."""
        return tuple(test.unmet for test in self.tests.values() if not test.passed)

    @property
    def gaps(self) -> tuple[str, ...]:
        """The same, each behind what was found."""
        return tuple(f"{test.finding} {test.unmet}".strip() for test in self.tests.values() if not test.passed)

    def __str__(self) -> str:
        return "\n".join((f"Verdict: {self.word}.", f"Rule: {self.rule}", *self.reasons, *self.unmet))


def verdict_from(
    lead: Share | None = None,
    runner_up: Share | None = None,
    *,
    flip_distance: float | None = None,
    families: tuple[int, int] | None = None,
    futures: tuple[int, int] | None = None,
    agreeing: Mapping[str, bool] | None = None,
    ahead: Mapping[str, float] | None = None,
) -> Verdict:
    """The verdict that numbers already computed add up to.

    None stands for a test that was not made; it never helps.

    Parameters
    ----------
    lead, runner_up : Share, optional
        Share of draws in which the leader, and the best of the others, ranks first.
    flip_distance : float, optional
        L1 distance, 0 to 2, from the weights to the nearest that change the leader;
        infinite when none do, 0 for a tie. Half of it is the weight moved.
    families, futures : (int, int), optional
        In how many the leader leads, and how many there are: families of methods other
        than the additive one (`MethodComparison.leads_in`), and scenarios of the case
        (`futures_led`).
    agreeing : mapping of str to bool, optional
        Whether the leader leads alone under each other profile.
    ahead : mapping of str to float, optional
        By how large a share of draws, -1 to 1, the leader is ahead of the option that otherwise leads most
        often, for each other way to draw; see `stress`.

    Returns
    -------
    Verdict

    References
    ----------
    HM Treasury (2024), *Use of multi-criteria decision analysis in options appraisal*,
    asks how robust the selection is; the thresholds are ours.

    Examples
    --------
    >>> result = verdict_from(Share(0.71, 0.002), Share(0.2, 0.002), flip_distance=0.31,
    ...                      families=(2, 3), futures=(7, 7), agreeing={"tokyo": True},
    ...                      ahead={"Weights certain": 0.6})
    >>> result.word, result.unmet
    ('sensitive', ('A robust leader leads in at least 80 of 100 trials with 2 standard errors taken off.',))
    """
    results = {
        "share": None if lead is None else _lead(lead),
        "runner-up": None if lead is None or runner_up is None else _ahead(lead, runner_up),
        "weights": None if flip_distance is None else _flip(flip_distance),
        "futures": _count("futures", futures, FUTURES),
        "methods": _count(OTHERS, families, SHARE_OF_FAMILIES, strictly=True),
        "profiles": _profiles(agreeing) if agreeing else None,
        "draws": _ways(ahead) if ahead else None,
    }
    checks = {code: Check(*test.values(), *(results[code] or ())) for code, test in TESTS.items()}
    lead_unclear = lead is not None and (lead.least < UNLIKELY - TIE or checks["runner-up"].passed is False)
    if lead_unclear or flip_distance == 0:
        word, code = "inconclusive", "no-clear-leader"
    elif any(check.passed is False for check in checks.values()):
        word, code = "sensitive", "test-failed"
    elif any(check.passed is None for check in checks.values()):
        word, code = "inconclusive", "not-all-tested"
    else:
        word, code = "robust", "all-passed"
    return Verdict(word, code, checks)


def _margin(points: float) -> str:
    """How far a figure is beyond what is needed, or short of it; what is off by little is never told as none."""
    if abs(points) <= 100 * TIE:
        return "Margin: none."
    size = "less than 0.1" if abs(points) < 0.05 else f"{abs(points):.1f}"
    return f"Margin: {size} points {'to spare' if points > 0 else 'short'}."


def _lead(lead: Share) -> Result:
    finding = f"The leader leads in {lead}. {_margin(100 * (lead.least - LEAD))}"
    return of_100(lead.value), finding, lead.least >= LEAD - TIE


def _ahead(lead: Share, runner_up: Share) -> Result:
    # Two shares of the same draws: the error of their difference is at most the sum of theirs.
    clear = lead.value - runner_up.value - ERRORS * (lead.error + runner_up.error)
    return of_100(runner_up.value), f"The runner-up leads in {runner_up}. {_margin(100 * clear)}", clear > 0


def _flip(distance: float) -> Result:
    passed = distance >= FLIP - TIE
    if math.isinf(distance):
        return "nothing changes it", "No weights change the leader.", passed
    seen = "under 0.1" if 0 < distance < 0.001 else f"{50 * distance:.1f}"
    moved = f"{seen} of 100 points of weight move (a distance of {distance:.3f})"
    finding = f"The leader changes when {moved}." if distance else "Another option has the same score."
    return f"{seen} points", f"{finding} {_margin(50 * (distance - FLIP))}", passed


def _count(name: str, led: tuple[int, int] | None, least: float, strictly: bool = False) -> Result | None:
    if led is None or led[1] == 0:
        return None
    wins, count = led
    enough = math.floor(least * count) + 1 if strictly else math.ceil(round(least * count, 9))
    spare = wins - enough
    margin = f"Margin: {abs(spare)} {'to spare' if spare > 0 else 'short'}." if spare else "Margin: none."
    seen = f"{wins} of {count}"
    return seen, f"It leads in {seen} {name}. {margin}", spare >= 0


def _profiles(agreeing: Mapping[str, bool]) -> Result:
    apart = sorted(name for name, agrees in agreeing.items() if not agrees)
    seen = f"{sum(agreeing.values())} of {len(agreeing)}"
    if not apart:
        return seen, "It leads under every profile.", True
    named = joined(map(titled, apart))
    return seen, f"Another option leads, or shares the lead, under {named}. Margin: {len(apart)} short.", False


def _ways(ahead: Mapping[str, float]) -> Result:
    lost = [way for way, margin in ahead.items() if margin <= 0]
    nearest = min(ahead, key=lambda way: ahead[way])
    seen = f"{len(ahead) - len(lost)} of {len(ahead)}"
    margin = f"{_margin(100 * ahead[nearest])[:-1]} ({nearest})."
    return seen, f"It leads most often in {seen} {WAYS}. {margin}", not lost
