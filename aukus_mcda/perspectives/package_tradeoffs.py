"""The best package at the likely scores, and what more or less of each resource would buy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from ..weights import TIE, Array
from .combinations import EXHAUSTIVE, SLACK, Masks, Rules, members_of
from .package_programs import Program
from .package_values import Members, Worth

LEVELS = 25
"""Levels of effort for which the best package is sought beyond 20 options."""
ROWS = 1 << 16
"""Packages whose value is worked out together."""


@dataclass(frozen=True, eq=False)
class Tradeoff:
    """Best packages at one set of weights ``(k,)`` under changing limits."""

    rules: Rules
    worth: Worth
    weights: Array

    @cached_property
    def gains(self) -> Array:
        """Weighted values of the options over the baseline, then of the synergies, ``(n + s,)``."""
        return np.concatenate([(self.worth.likely - self.worth.base) @ self.weights, self.worth.extra @ self.weights])

    @cached_property
    def all(self) -> tuple[Masks, Array, Array]:
        """Every package without any limit: as a mask, its value ``(p,)``, and what it uses ``(p, r)``."""
        free = self.rules
        for name in free.resources:
            free = free.with_bound(name, math.inf)
        masks, count = free.feasible(), len(free.options)
        values, used = [], []
        for start in range(0, len(masks), ROWS):
            held = members_of(masks[start : start + ROWS], count)
            values.append(self.value(held))
            used.append(free.used(held))
        return masks, np.concatenate(values), np.vstack(used)

    def value(self, members: Members) -> Array:
        """Values of packages ``(p, n)``, ``(p,)``."""
        return np.asarray(np.hstack([members, self.worth.synergies(members)]) @ self.gains)

    def best(self, bounds: Array) -> Members:
        """The best package within bounds ``(r,)``, as ``(n,)``; of equals the one that uses least, then has fewest."""
        if len(self.rules.options) > EXHAUSTIVE:
            rules = self.rules
            for name, bound in zip(rules.resources, bounds, strict=True):
                rules = rules.with_bound(name, float(bound))
            return Program.of(rules, self.worth.together).must(self.gains)
        masks, values, used = self.all
        fits = (used <= bounds + SLACK * np.maximum(1, bounds)).all(axis=1)
        top = np.flatnonzero(fits & (values >= values[fits].max() - TIE))
        held = members_of(masks[top], len(self.rules.options))
        first = min(
            range(len(top)), key=lambda row: (*used[top[row]].round(9), held[row].sum(), *np.flatnonzero(held[row]))
        )
        return np.asarray(held[first])


def frontier_of(trade: Tradeoff) -> pd.DataFrame:
    """The best value for each level of effort, other limits kept: effort, value and members, each better than the last.

    Up to 20 options at every level at which the best package changes; beyond, at so many
    even levels.
    """
    columns, rules = ["effort", "value", "options"], trade.rules
    if "effort" not in rules.resources:
        return pd.DataFrame(columns=columns)
    place = rules.resources.index("effort")
    if len(rules.options) <= EXHAUSTIVE:
        masks, values, used = trade.all
        others = np.delete(np.arange(len(rules.bounds)), place)
        bounds = rules.bounds[others]
        fits = np.flatnonzero((used[:, others] <= bounds + SLACK * np.maximum(1, bounds)).all(axis=1))
        order = fits[np.lexsort((-values[fits], used[fits, place].round(9)))]
        ahead = np.concatenate([[-math.inf], np.maximum.accumulate(values[order])[:-1]])
        steps = order[values[order] > ahead + TIE]
        found = members_of(masks[steps], len(rules.options))
    else:
        total = float(rules.amounts[place].sum())
        least = float(rules.amounts[place, sorted(rules.forced)].sum())
        levels = np.linspace(least, total, LEVELS)
        rows = []
        for level in levels:
            bounds = rules.bounds.copy()
            bounds[place] = level
            rows.append(trade.best(bounds))
        found = np.unique(np.array(rows), axis=0)
    table = pd.DataFrame({"effort": rules.used(found)[:, place], "value": trade.value(found), "options": list(found)})
    table = table.sort_values(["effort", "value"], ascending=[True, False], ignore_index=True)
    better = table["value"] > table["value"].cummax().shift(fill_value=-math.inf) + TIE
    return table[better].reset_index(drop=True)[columns]


def limits_of(trade: Tradeoff, best: Members) -> pd.DataFrame:
    """What the best package ``(n,)`` uses of each limited resource, and what more of it would add to the value."""
    rules = trade.rules
    value, used, rows = trade.value(best[None])[0], rules.used(best[None])[0], []
    for place, name in enumerate(rules.resources):
        bound = rules.bounds[place]
        if not np.isfinite(bound):
            continue
        gains = []
        for more in (bound + 1, math.inf):
            bounds = rules.bounds.copy()
            bounds[place] = more
            gains.append(max(0.0, float(trade.value(trade.best(bounds)[None])[0] - value)))
        rows.append((name, bound, used[place], bound - used[place], gains[1] > TIE, *gains))
    columns = ["resource", "limit", "used", "slack", "binds", "one_more", "without"]
    return pd.DataFrame(rows, columns=columns).set_index("resource")
