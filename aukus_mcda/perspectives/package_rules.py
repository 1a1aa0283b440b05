# SPDX-License-Identifier: Apache-2.0
"""Which packages of options are allowed, and what a package is worth.

A package is any set of options, the empty one too, held as a row of booleans, one for
each option. The status quo is in none: it is what there is when nothing is done.

Value is additive over options, so each must be measured from what there is without
it. 0 of 100 is the worst that was declared, not what not doing an option leaves:
with the zero there, an option that does harm could be worth having. The baseline is
the status quo where the case names one, which makes the value of doing nothing 0.

References
----------
Clemen and Smith (2009), *Decision Analysis* 6, on the choice of baselines; their
argument is taken up by Morton (2015), *European Journal of Operational Research*
245(3), 789-796.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import RESOURCE, Case
from ..errors import AukusMcdaError, is_number, label_faults, listed, number_faults, refuse, shown
from ..weights import Array, smallest_conflict

Members: TypeAlias = NDArray[np.bool_]
Rule: TypeAlias = tuple[str, Mapping[str, float], float]
"""A sentence; numbers by option; what those of the options in a package may add up to."""

SLACK = 1e-9
"""Sums of amounts are no finer than this: 0.1 + 0.2 is within a limit of 0.3."""
MOST_VALUE = 1e6
"""No baseline is further from 0."""


@dataclass(frozen=True, eq=False)
class Rules:
    """What a package of n options must keep, by position; label k is ``options[k]``.

    Attributes
    ----------
    options : tuple of str
        Those that can be in a package, each after all that it requires.
    order : list of int
        Where the first, second, ... in the case's order is among them.
    left_out : dict of str to str
        Why the others cannot.
    forced : list of int
        Options that must be in.
    rows, upper : array (c, n), (c,), of whole numbers
        Of the options in a package, ``rows`` add up to ``upper`` at most: what must be in, what requires and
        what excludes what.
    resources : tuple of str
        Names of what is limited.
    amounts : array (r, n)
        What each option takes of each.
    bounds : array (r,)
        How much there is.
    """

    options: tuple[str, ...]
    order: list[int]
    left_out: Mapping[str, str]
    forced: list[int]
    rows: NDArray[np.int8]
    upper: NDArray[np.int8]
    resources: tuple[str, ...]
    amounts: Array
    bounds: Array

    def every(self) -> Members:
        """Every package that keeps the rules, whatever the limits, ``(p, n)``.

        Packages grow an option at a time; one that breaks a rule whatever is added later is dropped at once.
        """
        packages = np.zeros((1, len(self.options)), dtype=bool)
        sums = np.zeros((1, len(self.upper)), dtype=np.int8)
        for k in range(len(self.options)):
            grown = packages.copy()
            grown[:, k] = True
            packages, sums = np.vstack([packages, grown]), np.vstack([sums, sums + self.rows[:, k]])
            mended = np.minimum(self.rows[:, k + 1 :], 0).sum(axis=1)
            fits = (sums + mended <= self.upper).all(axis=1)
            packages, sums = packages[fits], sums[fits]
        return packages

    def used(self, members: Members) -> Array:
        """What packages ``(p, n)`` take of each resource, ``(p, r)``."""
        return np.asarray(members @ self.amounts.T)

    def ids(self, members: Members) -> list[tuple[str, ...]]:
        """The ids of the options in packages ``(p, n)``, in the case's order."""
        names = np.array(self.options, dtype=object)[self.order]
        return [tuple(names[held]) for held in members[:, self.order]]


def keeps_to(used: Array, bounds: Array) -> NDArray[np.bool_]:
    """Which of amounts ``(..., r)`` keep to all bounds ``(r,)``."""
    return np.asarray((used <= bounds + SLACK * np.maximum(1, bounds)).all(axis=-1))


def rules_for(
    case: Case,
    limits: Mapping[str, Any],
    *,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    barred: Mapping[str, str],
    measured: str = "",
) -> Rules:
    """The rules of a case's packages.

    Parameters
    ----------
    case : Case
    limits : mapping
        By resource: how much there is, or a pair of the amounts by option and how much
        there is. With an infinite limit there is none.
    include, exclude : iterable of str
        Options that must, or must not, be in the package.
    barred : mapping of str to str
        Further options that cannot be in one, and why.
    measured : str
        The option the others are measured from, if any: like the status quo it is what
        there is when nothing is done, so it is in no package and always at hand.

    Raises
    ------
    AukusMcdaError
        When an option or resource is unknown, an amount is missing, a limit is not a
        number of 0 or more, or no package keeps all rules: then with a smallest set
        of rules that conflict.
    """
    wanted, unwanted = _known(include, case, "include"), _known(exclude, case, "exclude")
    at_hand = {measured: "is the baseline"} | {case.about.status_quo: "is the status quo"}
    at_hand.pop("", None)
    if set(at_hand) & set(wanted):
        raise AukusMcdaError(f"{listed(set(at_hand) & set(wanted))} stands for doing nothing and is in no package.")
    left_out = dict(barred)
    left_out |= {option: f"fails a screen: {reason}" for option, reason in case.screened.items()}
    left_out |= dict.fromkeys(unwanted, "is to be left out") | at_hand
    requires = {a: [b for b in row if b not in at_hand] for a, row in case.options["requires"].items()}
    excludes = {(min(a, b), max(a, b)) for a, row in case.options["excludes"].items() for b in row}
    resources = _resources(case, limits, [option for option in case.options.index if option not in left_out])

    rules: list[Rule] = [(f"{a} is to be included", {a: -1}, -1) for a in wanted]
    rules += [(f"{a} requires {b}", {a: 1, b: -1}, 0) for a, row in requires.items() for b in row]
    rules += [(f"{a} and {b} exclude each other", {a: 1, b: 1}, 1) for a, b in sorted(excludes)]
    rules += [(f"{a} {reason.rstrip('.')}", {a: 1}, 0) for a, reason in left_out.items()]
    rules += [(f"{name} at most {bound:g}", amounts, bound) for name, (amounts, bound) in resources.items()]
    table = pd.DataFrame([row for _, row, _ in rules], columns=case.options.index, dtype=float).fillna(0.0)
    upper = np.array([bound for _, _, bound in rules], dtype=float)
    _refuse_conflict([sentence for sentence, _, _ in rules], table.to_numpy(), upper)

    options: list[str] = []
    waiting = sorted(case.options.index)
    while waiting:  # each after what it requires; what requires an option that cannot be, cannot be either
        option = next(each for each in waiting if not set(requires[each]) & set(waiting))
        waiting.remove(option)
        lost = [needed for needed in requires[option] if needed in left_out]
        if lost:
            left_out.setdefault(option, f"requires {listed(lost)}")
        if option not in left_out:
            options.append(option)
    kept, count = table[options].to_numpy(), len(rules) - len(resources)
    used = kept[:count].any(axis=1)
    return Rules(
        options=tuple(options),
        order=[options.index(option) for option in case.options.index if option in options],
        left_out=left_out,
        forced=[options.index(option) for option in wanted],
        rows=kept[:count][used].astype(np.int8),
        upper=upper[:count][used].astype(np.int8),
        resources=tuple(resources),
        amounts=kept[count:],
        bounds=upper[count:],
    )


def _known(options: Iterable[str], case: Case, argument: str) -> list[str]:
    """Options as a list, each once, or an error that names those there are not."""
    names = list(dict.fromkeys([options] if isinstance(options, str) else options))
    unknown = f"{argument}: no option called {{}}. There are: {{known}}."
    refuse(label_faults(names, case.options.index, unknown=unknown), AukusMcdaError)
    return names


def _resources(
    case: Case, limits: Mapping[str, Any], options: Sequence[str]
) -> dict[str, tuple[dict[str, float], float]]:
    """Amounts by option and the limit of each resource that has one; all that is wrong at once."""
    columns = {column.removeprefix(RESOURCE): column for column in case.options if column.startswith(RESOURCE)}
    columns = {"effort": "effort"} | columns
    resources, faults = {}, []
    for name, limit in limits.items():
        given, bound = limit if isinstance(limit, tuple) and len(limit) == 2 else (None, limit)
        if not (is_number(bound) or bound == math.inf) or bound < 0:
            faults.append(f"The limit of {name} must be a number, 0 or more, or infinite for none: {shown(bound)}.")
        elif given is None and name not in columns:
            faults += [f"No resource called {name!r}: options.csv has {listed(columns)}."] if bound < math.inf else []
        else:
            amounts = pd.Series(case.options[columns[name]] if given is None else given, dtype=object).reindex(options)
            bad = [option for option, amount in amounts.items() if not is_number(amount) or amount < 0]
            if not bad:
                resources[name] = amounts.astype(float).to_dict(), float(bound)
            elif bound < math.inf:
                faults.append(f"No {name} of 0 or more for {listed(bad, 6)}; a missing amount is never 0.")
    refuse(faults, AukusMcdaError)
    return resources


def _refuse_conflict(sentences: Sequence[str], rows: Array, upper: Array) -> None:
    """Raise, with a smallest set of rules that cannot all be kept: each is dropped in turn if it is not needed."""

    def can_be_kept(rules: list[int]) -> bool:
        """Whether the least package that has all it must have keeps the rest."""
        package = np.zeros(rows.shape[1])
        while True:
            broken = [rule for rule in rules if not keeps_to(rows[[rule]] @ package, upper[[rule]])]
            lacking = [rule for rule in broken if (rows[rule] < 0).any()]
            if not lacking:
                return not broken
            package[rows[lacking[0]] < 0] = 1

    every = list(range(len(sentences)))
    if can_be_kept(every):
        return
    # Limits go first: a conflict that no money mends is the one to tell of.
    conflict = "; ".join(sentences[rule] for rule in sorted(smallest_conflict(reversed(every), can_be_kept)))
    raise AukusMcdaError(f"No package keeps all of these: {conflict}. Loosen or drop one of them.")


@dataclass(frozen=True, eq=False)
class Worth:
    """Values of the parts that packages of n options are made of, on k leaves, in value points.

    The parts are the options, then the s synergies. Options are measured from the
    baseline, all of a package from one value of it.

    Attributes
    ----------
    low, likely, high : array (n + 1, k)
        Ends of the values that an option can have, and last the baseline, and the likely ones.
    together : array (s, n), of bool
        The options of each synergy.
    extra : array (s, k)
        What a package that holds them all gains.
    """

    low: Array
    likely: Array
    high: Array
    together: Members
    extra: Array

    @property
    def certain(self) -> bool:
        """Whether no value can differ from the likely one."""
        return bool((self.low == self.high).all())

    @property
    def gains(self) -> Array:
        """The likely values of the parts over the baseline, ``(n + s, k)``."""
        return self.over(self.likely, self.likely[-1])

    def weighted(self, weights: Array) -> Array:
        """The same, weighted, ``(n + s,)``."""
        return np.concatenate([(self.likely[:-1] - self.likely[-1]) @ weights, self.extra @ weights])

    def over(self, values: Array, base: Array) -> Array:
        """Values of the parts ``(n + s, k)`` over a baseline ``(k,)``, from ``(n + 1, k)`` less the last."""
        return np.vstack([values[:-1] - base, self.extra])

    def parts(self, members: Members) -> Members:
        """Which parts packages ``(p, n)`` have, ``(p, n + s)``."""
        needed = self.together.sum(axis=1)
        synergies = members.astype(np.float32) @ self.together.T.astype(np.float32) == needed
        return np.hstack([members, synergies])

    def least(self, parts: Array) -> Array:
        """The least value on each leaf of so many of each part, or less than none of it, ``(p, n + s)``: ``(p, k)``.

        Weights are never negative, so each value can be taken at its worse end whatever they are.
        """
        more, less = np.maximum(parts, 0), np.minimum(parts, 0)
        bases = self.high[-1], self.low[-1]
        ends = [more @ self.over(self.low, base) + less @ self.over(self.high, base) for base in bases]
        longer = parts[:, : self.together.shape[1]].sum(axis=1, keepdims=True) > 0
        return np.where(longer, *ends)

    def greatest(self, parts: Array) -> Array:
        """The greatest, ``(p, k)``."""
        return 0 - self.least(-parts)


def worth_of(case: Case, options: Sequence[str], leaves: Sequence[str], baseline: object, *, certain: bool) -> Worth:
    """Values of a case's options, over the baseline.

    Parameters
    ----------
    case : Case
    options, leaves : sequence of str
        Rows and columns, in the order wanted.
    baseline : None, str, number, mapping or Series
        None: the status quo, or 0 where none is named. An option's id, one value on
        all leaves, or a value for each.
    certain : bool
        Leave all scores at their likely values.

    Raises
    ------
    AukusMcdaError
        When the baseline is not one of these.
    """
    values = case.values[list(leaves)]
    fixed = (case.scores["distribution"] == "fixed").unstack("criterion").loc[values.index, list(leaves)]
    lows, highs = (values if certain else end[list(leaves)].where(~fixed, values) for end in case.value_range)
    source = baseline_option(case, baseline)
    synergies = [row for row in case.synergies.itertuples() if set(row.options) <= set(options)]
    extra = [[row.value * (leaf == row.criterion) for leaf in leaves] for row in synergies]
    together = [[option in row.options for option in options] for row in synergies]
    held = np.reshape(together, (len(synergies), len(options))).astype(bool)
    added = np.reshape(extra, (len(synergies), len(leaves))).astype(float)

    def with_base(frame: pd.DataFrame) -> Array:
        base = frame.loc[source].to_numpy(dtype=float) if source else _stated(leaves, baseline)
        return np.vstack([frame.loc[list(options)].to_numpy(dtype=float), base])

    return Worth(with_base(lows), with_base(values), with_base(highs), held, added)


def baseline_option(case: Case, baseline: object) -> str:
    """The option the others are measured from, or blank when it is not an option."""
    if baseline is None:
        return case.about.status_quo
    return _known(baseline, case, "baseline")[0] if isinstance(baseline, str) and baseline else ""


def _stated(leaves: Sequence[str], baseline: Any) -> Array:
    """A value for each leaf, of a baseline that is not an option."""
    everywhere = 0.0 if baseline is None else baseline
    if is_number(everywhere) and abs(everywhere) <= MOST_VALUE:
        return np.full(len(leaves), float(everywhere))
    if not isinstance(baseline, Mapping | pd.Series):
        raise AukusMcdaError("The baseline is an option's id, a value, or a mapping or Series of values by criterion.")
    values = pd.Series(baseline, dtype=object)
    faults = label_faults(values.index, leaves, missing="Baseline: missing {}.", unknown="Baseline: unknown {}.")
    faults += number_faults(values, "Values of the baseline", least=-MOST_VALUE, most=MOST_VALUE)
    refuse(faults, AukusMcdaError)
    return np.asarray(values[list(leaves)], dtype=float)
