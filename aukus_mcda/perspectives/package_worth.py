"""What a package is worth: its options' values over the baseline, and what they add or take together.

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

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError, is_number, listed
from ..weights import Array
from .package_rules import Members

MOST_VALUE = 1e6
"""No baseline is further from 0."""


@dataclass(frozen=True, eq=False)
class Worth:
    """Values of the parts that packages of n options are made of, on k leaves, in value points.

    The parts are the options, then the s synergies. Options are measured from the
    baseline, all of a package from one value of it.

    Attributes
    ----------
    low, likely, high : array (n, k)
        Ends of the values an option can have, not yet over the baseline, and the likely ones.
    base_low, base, base_high : array (k,)
        The same of the baseline.
    together : array (s, n), of bool
        The options of each synergy.
    extra : array (s, k)
        What a package that holds them all gains.
    """

    low: Array
    likely: Array
    high: Array
    base_low: Array
    base: Array
    base_high: Array
    together: Members
    extra: Array

    @property
    def certain(self) -> bool:
        """Whether no value can differ from the likely one."""
        return bool((self.low == self.high).all() and (self.base_low == self.base_high).all())

    @property
    def gains(self) -> Array:
        """The likely values of the parts over the baseline, ``(n + s, k)``."""
        return self.over(self.likely, self.base)

    def weighted(self, weights: Array) -> Array:
        """The same, weighted, ``(n + s,)``."""
        return np.concatenate([(self.likely - self.base) @ weights, self.extra @ weights])

    def over(self, values: Array, base: Array) -> Array:
        """Values of the parts over the baseline when options have ``(n, k)`` and it has ``(k,)``, ``(n + s, k)``."""
        return np.vstack([values - base, self.extra])

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
        ends = [
            more @ self.over(self.low, base) + less @ self.over(self.high, base)
            for base in (self.base_high, self.base_low)
        ]
        longer = parts[:, : self.together.shape[1]].sum(axis=1, keepdims=True) > 0
        return np.where(longer, *ends)

    def greatest(self, parts: Array) -> Array:
        """The greatest, ``(p, k)``."""
        return 0 - self.least(-parts)


def worth_of(
    case: Case, options: Sequence[str], leaves: Sequence[str], baseline: object = None, *, certain: bool = False
) -> tuple[Worth, str]:
    """Values of a case's options, and what they are measured from, in words.

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
    frames = (lows, values, highs)
    source, words = _baseline(case, leaves, baseline)
    synergies = [row for row in case.synergies.itertuples() if set(row.options) <= set(options)]
    extra = [[row.value * (leaf == row.criterion) for leaf in leaves] for row in synergies]
    together = [[option in row.options for option in options] for row in synergies]
    low, likely, high = (frame.loc[list(options)].to_numpy(dtype=float) for frame in frames)
    base_low, base, base_high = (
        frame.loc[source].to_numpy(dtype=float) if isinstance(source, str) else source for frame in frames
    )
    held = np.reshape(together, (len(synergies), len(options))).astype(bool)
    added = np.reshape(extra, (len(synergies), len(leaves))).astype(float)
    return Worth(low, likely, high, base_low, base, base_high, held, added), words


def baseline_option(case: Case, baseline: object) -> str:
    """The option the others are measured from, or blank when it is not an option."""
    if baseline is None:
        return case.about.status_quo
    return baseline if isinstance(baseline, str) else ""


def _is_value(given: Any) -> bool:
    """Whether it can be a value on a scale of 0 to 100, or some way beyond."""
    return is_number(given) and abs(given) <= MOST_VALUE


def _baseline(case: Case, leaves: Sequence[str], baseline: Any) -> tuple[str | Array, str]:
    """An option's id or a value for each leaf, and the words for it."""
    option = baseline_option(case, baseline)
    if option:
        if option not in case.options.index:
            raise AukusMcdaError(f"baseline: no option called {option}. There are: {listed(case.options.index)}.")
        quo = option == case.about.status_quo
        return option, "over the status quo" if quo else f"over {case.options.at[option, 'short']}"
    if baseline is None:
        return np.zeros(len(leaves)), "over a value of 0 on every criterion"
    if _is_value(baseline):
        return np.full(len(leaves), float(baseline)), f"over a value of {float(baseline):g} on every criterion"
    if not isinstance(baseline, Mapping | pd.Series):
        raise AukusMcdaError("The baseline is an option's id, a value, or a mapping or Series of values by criterion.")
    values = pd.Series(baseline, dtype=object)
    missing = [leaf for leaf in leaves if leaf not in values.index or not _is_value(values[leaf])]
    unknown = [name for name in values.index if name not in leaves]
    if missing or unknown:
        raise AukusMcdaError(
            "The baseline needs a value for every leaf: "
            f"missing {listed(missing) or 'none'}; unknown {listed(unknown) or 'none'}."
        )
    return values[list(leaves)].to_numpy(dtype=float), "over the values given"
