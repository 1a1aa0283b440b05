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
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, is_number, listed
from ..weights import Array

Members = NDArray[np.bool_]

MOST_VALUE = 1e6
"""No baseline is further from 0."""


@dataclass(frozen=True, eq=False)
class Worth:
    """Values of n options on k leaves, in value points, and of what they do together.

    Attributes
    ----------
    low, likely, high : array (n, k)
        Ends of the values an option can have, not yet over the baseline.
    base_low, base, base_high : array (k,)
        The same of the baseline. All options are measured from one draw of it.
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

    def synergies(self, members: Members) -> Members:
        """Which synergies packages ``(p, n)`` hold, ``(p, s)``."""
        needed = self.together.sum(axis=1)
        return np.asarray(members.astype(np.float32) @ self.together.T.astype(np.float32) == needed)

    def of(self, members: Members, option_values: Array, base: Array) -> Array:
        """Values of packages ``(p, n)`` on each leaf when options have ``(n, k)`` and the baseline ``(k,)``."""
        values = members.astype(float) @ (option_values - base)
        return values + self.synergies(members) @ self.extra if len(self.together) else np.asarray(values)

    def likely_of(self, members: Members) -> Array:
        """Values of packages ``(p, n)`` at the likely scores, ``(p, k)``."""
        return self.of(members, self.likely, self.base)

    def ends(self, members: Members) -> tuple[Array, Array]:
        """Least and greatest values of packages ``(p, n)`` on each leaf, ``(p, k)``."""
        return self.of(members, self.low, self.base_high), self.of(members, self.high, self.base_low)

    def least_gap(self, one: Members, other: Members) -> Array:
        """The least by which packages are ahead of others on each leaf, pair by pair, ``(p, k)``.

        What both hold cancels; weights are never negative, so each score can be taken at
        its worse end whatever they are.
        """
        return self._gap(one, other, self.low, self.high, (self.base_high, self.base_low))

    def greatest_gap(self, one: Members, other: Members) -> Array:
        """The greatest, ``(p, k)``."""
        return self._gap(one, other, self.high, self.low, (self.base_low, self.base_high))

    def _gap(self, one: Members, other: Members, gained: Array, lost: Array, base: tuple[Array, Array]) -> Array:
        """What only the one holds, less what only the other does; the longer is charged ``base[0]`` for each."""
        gap = (one & ~other).astype(float) @ gained - (other & ~one).astype(float) @ lost
        more = one.sum(axis=1)[:, None] - other.sum(axis=1)[:, None].astype(float)
        gap -= np.where(more > 0, more * base[0], more * base[1])
        if len(self.together):
            gap += (self.synergies(one).astype(float) - self.synergies(other)) @ self.extra
        return np.asarray(gap)


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
        When the baseline is none of these.
    """
    likely = case.values[list(leaves)]
    low, high = (end[list(leaves)] for end in case.value_range)
    fixed = (case.scores["distribution"] == "fixed").unstack("criterion").loc[likely.index, list(leaves)]
    low, high = (likely if certain else end.where(~fixed, likely) for end in (low, high))
    source, said = _baseline(case, leaves, baseline)
    base = [
        frame.loc[source].to_numpy(dtype=float) if isinstance(source, str) else source for frame in (low, likely, high)
    ]
    rows = case.synergies[["options", "criterion", "value"]].itertuples(index=False)
    synergies = [row for row in rows if set(row.options) <= set(options)]
    together = np.array([[option in row.options for option in options] for row in synergies], dtype=bool)
    extra = np.array([[row.value * (leaf == row.criterion) for leaf in leaves] for row in synergies], dtype=float)
    low, likely, high = (frame.loc[list(options)].to_numpy(dtype=float) for frame in (low, likely, high))
    found = Worth(
        low,
        likely,
        high,
        base[0],
        base[1],
        base[2],
        together.reshape(len(synergies), len(options)),
        extra.reshape(len(synergies), len(leaves)),
    )
    return found, said


def baseline_option(case: Case, baseline: object) -> str:
    """The option the others are measured from, or blank when it is none."""
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
    given = pd.Series(baseline, dtype=object)
    missing = [leaf for leaf in leaves if leaf not in given.index or not _is_value(given[leaf])]
    unknown = [name for name in given.index if name not in leaves]
    if missing or unknown:
        raise AukusMcdaError(
            "The baseline needs a value for every leaf: "
            f"missing {listed(missing) or 'none'}; unknown {listed(unknown) or 'none'}."
        )
    return given[list(leaves)].to_numpy(dtype=float), "over the values given"
