"""Which combinations of options are allowed: limits, what requires or excludes what, and what conflicts.

A package is any set of options, the empty one too. The status quo is no part of
one: it is what there is when nothing is done.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import RESOURCE, Case
from ..errors import AukusMcdaError, is_number, listed, shown
from ..weights import Array

Masks = NDArray[np.int64]

EXHAUSTIVE = 20
"""Up to so many options every combination is looked at."""

SLACK = 1e-9
"""Sums of amounts are no finer than this: 0.1 + 0.2 is within a limit of 0.3."""


@dataclass(frozen=True, eq=False)
class Rules:
    """What a package of n options must keep, by position; label k is ``options[k]``.

    Attributes
    ----------
    options : tuple of str
        Those that can be in a package, each after all that it requires.
    left_out : dict of str to str
        Why the others cannot.
    requires, excludes : tuple of (int, int)
        The first needs the second; the two bar each other.
    resources : tuple of str
        Names of what is limited.
    amounts : array (r, n)
        What each option takes of each.
    bounds : array (r,)
        How much there is.
    forced : frozenset of int
        Options that must be in.
    """

    options: tuple[str, ...]
    left_out: Mapping[str, str]
    requires: tuple[tuple[int, int], ...]
    excludes: tuple[tuple[int, int], ...]
    resources: tuple[str, ...]
    amounts: Array
    bounds: Array
    forced: frozenset[int]

    def with_bound(self, resource: str, bound: float) -> Rules:
        """The same with another limit of one resource."""
        bounds = self.bounds.copy()
        bounds[self.resources.index(resource)] = bound
        return replace(self, bounds=bounds)

    def feasible(self) -> Masks:
        """Every allowed package as a number whose bit k says whether ``options[k]`` is in it, ascending.

        Packages grow an option at a time; one that breaks a rule is dropped at once,
        as nothing that is added later can mend it.
        """
        masks, used = np.zeros(1, dtype=np.int64), np.zeros((len(self.bounds), 1))
        most = self._most()[:, None]
        for k in range(len(self.options)):
            needs = sum(1 << j for i, j in self.requires if i == k)
            bars = sum(1 << (j if i == k else i) for i, j in self.excludes if k in (i, j))
            more = used + self.amounts[:, [k]]
            fits = (more <= most).all(axis=0) & (masks & needs == needs) & (masks & bars == 0)
            grown = masks[fits] | (1 << k)
            if k in self.forced:
                masks, used = grown, more[:, fits]
            else:
                masks, used = np.concatenate([masks, grown]), np.hstack([used, more[:, fits]])
        return masks

    def used(self, members: NDArray[Any]) -> Array:
        """What packages ``members (p, n)`` take of each resource, ``(p, r)``."""
        return np.asarray(members @ self.amounts.T)

    def _most(self) -> Array:
        return np.asarray(self.bounds + SLACK * np.maximum(1, self.bounds))


def members_of(masks: Masks, count: int) -> NDArray[np.bool_]:
    """Which of ``count`` options are in each package, ``(p, count)``."""
    return np.asarray((masks[:, None] >> np.arange(count)) & 1 == 1)


def rules_for(
    case: Case,
    limits: Mapping[str, Any],
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    barred: Mapping[str, str] | None = None,
    measured: str = "",
) -> Rules:
    """The rules of a case's packages.

    Parameters
    ----------
    case : Case
    limits : mapping
        By resource: how much there is, or a pair of the amounts by option and how much
        there is. An infinite limit is none.
    include, exclude : iterable of str
        Options that must, or must not, be in the package.
    barred : mapping of str to str, optional
        Further options that cannot be in one, and why.
    measured : str
        The option the others are measured from, if any: like the status quo it is what
        there is when nothing is done, so it is in no package and always at hand.

    Raises
    ------
    AukusMcdaError
        When an option or resource is unknown, an amount is missing, a limit is no
        number of 0 or more, or no package keeps all rules: then with a smallest set
        of rules that conflict.
    """
    wanted, unwanted = _known(include, case, "include"), _known(exclude, case, "exclude")
    given = {measured: "is the baseline"} | {case.about.status_quo: "is the status quo"}
    given.pop("", None)
    if set(given) & set(wanted):
        raise AukusMcdaError(f"{listed(set(given) & set(wanted))} stands for doing nothing and is in no package.")
    out = dict(barred or {})
    out |= {option: f"fails a screen: {reason}" for option, reason in case.screened.items()}
    out |= dict.fromkeys(unwanted, "is to be left out")
    out |= given
    needs = {option: [name for name in row if name not in given] for option, row in case.options["requires"].items()}
    resources = _resources(case, limits, [option for option in case.options.index if option not in out])
    pairs = {(min(a, b), max(a, b)) for a, row in case.options["excludes"].items() for b in row}
    bars = sorted(pair for pair in pairs if not set(pair) & set(given))
    _refuse_conflict(wanted, out, needs, bars, resources)

    changed = True
    while changed:  # what requires an option that cannot be, cannot be either
        lost = {a: f"requires {listed(b for b in row if b in out)}" for a, row in needs.items() if set(row) & set(out)}
        changed = bool(set(lost) - set(out))
        out = lost | out
    ordered: list[str] = []
    waiting = sorted(option for option in case.options.index if option not in out)
    while waiting:
        ready = next(option for option in waiting if set(needs[option]) <= set(ordered))
        waiting.remove(ready)
        ordered.append(ready)
    place = {option: k for k, option in enumerate(ordered)}
    return Rules(
        options=tuple(ordered),
        left_out=out,
        requires=tuple((place[a], place[b]) for a in ordered for b in needs[a]),
        excludes=tuple((place[a], place[b]) for a, b in bars if a in place and b in place),
        resources=tuple(resources),
        amounts=np.array([amounts[ordered] for amounts, _ in resources.values()], dtype=float).reshape(
            len(resources), len(ordered)
        ),
        bounds=np.array([bound for _, bound in resources.values()], dtype=float),
        forced=frozenset(place[option] for option in wanted),
    )


def _known(given: Iterable[str], case: Case, what: str) -> list[str]:
    """Options as a list, each once, or an error that names those there are not."""
    names = list(dict.fromkeys([given] if isinstance(given, str) else given))
    unknown = [name for name in names if name not in case.options.index]
    if unknown:
        raise AukusMcdaError(f"{what}: no option called {listed(unknown)}. There are: {listed(case.options.index)}.")
    return names


def _resources(case: Case, limits: Mapping[str, Any], options: Sequence[str]) -> dict[str, tuple[pd.Series, float]]:
    """Amounts by option and the limit of each resource that has one; all that is wrong at once."""
    found, faults = {}, []
    for name, given in limits.items():
        amounts, bound = given if isinstance(given, tuple) and len(given) == 2 else (None, given)
        if not (is_number(bound) or bound == math.inf) or bound < 0:
            faults.append(f"The limit of {name} must be a number, 0 or more, or infinite for none: {shown(bound)}.")
            continue
        if bound == math.inf and amounts is None and name not in _columns(case):
            continue
        if amounts is None:
            column = _columns(case).get(name)
            if column is None:
                faults.append(f"No resource called {name!r}: options.csv has {listed(_columns(case))}.")
                continue
            amounts = case.options[column]
        amounts = pd.Series(amounts, dtype=object).reindex(list(options))
        bad = [option for option in options if not is_number(amounts[option]) or amounts[option] < 0]
        if bad and bound < math.inf:
            faults.append(f"No {name} of 0 or more for {listed(bad, 6)}; a missing amount is never 0.")
        elif not bad:
            found[name] = (amounts.astype(float), float(bound))
    if faults:
        raise AukusMcdaError(" ".join(faults))
    return found


def _columns(case: Case) -> dict[str, str]:
    """The columns of options.csv that say how much of something an option takes, by the resource's name."""
    named = {column.removeprefix(RESOURCE): column for column in case.options if column.startswith(RESOURCE)}
    return {"effort": "effort"} | named


def _refuse_conflict(
    wanted: Sequence[str],
    out: Mapping[str, str],
    needs: Mapping[str, Sequence[str]],
    bars: Sequence[tuple[str, str]],
    resources: Mapping[str, tuple[pd.Series, float]],
) -> None:
    """Raise, with a smallest set of rules that cannot all be kept: each is dropped in turn if it is not needed."""
    rules: list[tuple[str, str, str]] = [("must", option, "") for option in wanted]
    rules += [("needs", a, b) for a, row in needs.items() for b in row]
    rules += [("bars", a, b) for a, b in bars]
    rules += [("out", option, "") for option in out] + [("limit", name, "") for name in resources]

    def kept(given: Sequence[tuple[str, str, str]]) -> bool:
        """Whether the least package that has all it must have keeps the rest."""
        package = {a for kind, a, _ in given if kind == "must"}
        while more := {b for kind, a, b in given if kind == "needs" and a in package} - package:
            package |= more
        for kind, a, b in given:
            if (kind == "out" and a in package) or (kind == "bars" and {a, b} <= package):
                return False
            if kind == "limit":
                amounts, bound = resources[a]
                taken = math.fsum(amounts.get(option, 0.0) for option in package)
                if taken > bound + SLACK * max(1, bound):
                    return False
        return True

    if kept(rules):
        return
    for rule in reversed(rules):  # limits first: a conflict that no money mends is the one to tell of
        fewer = [other for other in rules if other != rule]
        if not kept(fewer):
            rules = fewer
    said = {
        "must": "{a} is to be included",
        "needs": "{a} requires {b}",
        "bars": "{a} and {b} exclude each other",
        "out": "{a} {why}",
        "limit": "{a} at most {bound:g}",
    }
    named = [
        said[kind].format(a=a, b=b, why=out.get(a, "").rstrip("."), bound=resources[a][1] if kind == "limit" else 0)
        for kind, a, b in rules
    ]
    raise AukusMcdaError(f"No package keeps all of these: {'; '.join(named)}. Loosen or drop one of them.")
