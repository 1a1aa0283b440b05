# SPDX-License-Identifier: Apache-2.0
"""Packages: which combinations of options no other beats, within the limits there are.

Options are not rivals in practice: a decision is a set of them, in phases. Packages
are compared as robust portfolio modelling does, over every weight and score that
is possible, and the options by how many of the good packages they are in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from typing import Any, Literal

import numpy as np
import pandas as pd

from ..case import Case, one_to_choose
from ..errors import AukusMcdaError, WeightsError
from ..guard import Draws, OrEndless, Seed, guarded
from ..uncertainty import Cluster, Source, possible_weights, score_draws
from ..weights import TIE, Array, GivenWeights, WeightSet
from .by_capital import breaches_of
from .package_comparison import best_by_program, compared, drawn_gains, searched
from .package_rules import Members, Rules, Worth, baseline_option, keeps_to, rules_for, worth_of

CORE, BORDERLINE, EXTERIOR, LEFT_OUT = "core", "borderline", "exterior", "left out"
PHASES = ("now", "next", "later", "not judged")
HORIZONS = (24.0, 60.0)
"""Months by which what takes effect counts as now, and as next: two years and five."""

EXHAUSTIVE = 20
"""Up to so many options every combination is looked at."""
LEVELS = 25
"""Levels of effort for which the best package is sought beyond that."""
ROWS = 1 << 16
"""Packages whose value is worked out together."""


@dataclass(frozen=True, eq=False)
class Packages:
    """Combinations of options, compared.

    Attributes
    ----------
    nondominated : DataFrame
        Packages that no other beats, by number, the greatest value first: options (ids),
        effort and other resources used, value at the likely scores and central weights,
        least and greatest (value under all scores and weights that are possible),
        and best, the share of draws in which it is worth the most (NaN where nothing has a range).
    options : DataFrame
        By option: core_index, the share of the non-dominated packages that hold it; status,
        core (in all), exterior (in none), borderline or left out; proven, whether
        more searching could not change the status; share, the share of draws in which
        it is in the best package, with standard_error, NaN where nothing has a range;
        reason, why it is left out.
    best : tuple of str
        The options of the best package at the likely scores and central weights; of several
        equals the one that takes the least effort.
    value : float
        What it is worth, in value points over the baseline.
    frontier : DataFrame
        Best value for each level of effort, other limits kept: effort, value, options.
        Empty when the case states no effort.
    limits : DataFrame
        By resource: limit, used by the best package, slack, binds (whether more of it would
        buy a better package), one_more and without (what one more unit, and no limit at
        all, would add to the value).
    phases : DataFrame
        The best package in phases, from `phases`.
    breaches : DataFrame
        Red lines that options breach at the likely scores: option, profile, criterion, value,
        least_value, reason.
    effort : float
        The limit given.
    horizons : tuple of float
        Months by which an option's effect counts as now, and as next.
    complete : bool
        Whether ``nondominated`` holds all there are; if not, all in it are non-dominated
        but others may be too.
    draws, seed : int
    """

    nondominated: pd.DataFrame
    options: pd.DataFrame
    best: tuple[str, ...]
    value: float
    frontier: pd.DataFrame
    limits: pd.DataFrame
    phases: pd.DataFrame
    breaches: pd.DataFrame
    effort: OrEndless
    horizons: tuple[float, float]
    complete: bool
    draws: int
    seed: int

    @guarded(WeightsError)
    def having(self, status: str) -> tuple[str, ...]:
        """The options with a status, in the case's order."""
        return tuple(self.options.index[self.options["status"] == status])


@guarded(WeightsError)
def packages(
    case: Case,
    weights: WeightSet | GivenWeights = "baseline",
    *,
    effort: OrEndless,
    limits: Mapping[str, Any] | None = None,
    include: str | Iterable[str] = (),
    exclude: str | Iterable[str] = (),
    baseline: object = None,
    respect_redlines: bool = False,
    scores: Literal["uncertain", "fixed"] = "uncertain",
    horizons: tuple[float, float] = HORIZONS,
    draws: Draws = 10_000,
    seed: Seed = 0,
    progress: Callable[[float], object] = lambda done: None,
    cluster: Cluster | None = None,
) -> Packages:
    """Combinations of options under limits: which no other beats, and which options are in them.

    A package keeps every limit, holds all that its options require and no two that
    exclude each other, and no option that fails a screen. The status quo is in
    none: it is the empty package. Values add up over options, each measured from the
    baseline, with the case's synergies. A package is dominated when another is worth
    no less under all weights and all low-high scores, and more under some.

    Parameters
    ----------
    case : Case
    weights : WeightSet, Weights, str, mapping or Series
        Which weights are possible: a set, such as `any_weights` gives. Single weights are taken as certain.
    effort : float
        The most effort a package may take, as summed from options.csv; ``math.inf`` for no limit.
    limits : mapping, optional
        Limits of other resources by name: a number for a column ``uses_<name>`` of
        options.csv, or a pair (amounts by option, number).
    include, exclude : iterable of str
        Options that must, or must not, be in every package.
    baseline : None, str, number, mapping or Series
        What an option is worth nothing over: by default the status quo's values, or 0 where
        the case names none; otherwise an option's id, a value, or one for each leaf.
    respect_redlines : bool
        Leave out options that breach a red line of any profile at the likely scores. They
        are listed in ``breaches`` either way.
    scores : {"uncertain", "fixed"}
        ``uncertain``: from low to high; ``fixed``: the likely ones.
    horizons : tuple of float
        Months by which an option's effect counts as now, and as next.
    draws, seed : int
        For the shares of draws. Where not all packages can be compared a program is solved for each,
        so at most 300 are made.
    progress : callable, optional
        Told now and then which share of the draws is done.
    cluster : distributed.Client, optional
        Where to draw; see docs/how-to/cluster.md.

    Returns
    -------
    Packages
        The good packages, the best one, and in how many each option is; values in points over the baseline.

    Raises
    ------
    WeightsError
        When the weights do not fit the case, or a number is out of range.
    AukusMcdaError
        When a resource, an amount or an option is missing, or no package keeps all rules:
        then with a smallest set of rules that conflict.

    Notes
    -----
    Up to 20 options every package is looked at, and the result is exact unless so little is known
    that tens of thousands are left. Then, and beyond 20, what is found is best in some draw, hence
    non-dominated, but there may be more: ``complete`` is False; see docs/explanation/packages.md.

    More information (narrower weights or scores) keeps core options core and exterior
    ones exterior as long as it leaves some of the inside of what was possible before
    (Liesiö, Mild and Salo 2007).

    References
    ----------
    Liesiö, Mild and Salo (2007), doi:10.1016/j.ejor.2005.12.041, and (2008), *European Journal
    of Operational Research* 190, 679-695; for the baseline Clemen and Smith (2009),
    *Decision Analysis* 6.

    Examples
    --------
    >>> import pandas as pd
    >>> from aukus_mcda import Case, any_weights, packages
    >>> case = Case.from_frames(
    ...     criteria=pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10}),
    ...     scores=pd.DataFrame({"option": list("AABBCC"), "criterion": list("xyxyxy"),
    ...                          "likely": [8, 1, 2, 7, 5, 5]}),
    ...     options=pd.DataFrame({"id": list("ABC"), "effort": [4, 4, 4]}),
    ... )
    >>> found = packages(case, any_weights(), effort=8, draws=1_000)
    >>> found.nondominated["options"].tolist()
    [('A', 'C'), ('B', 'C'), ('A', 'B')]
    >>> found.options["core_index"].round(2).to_dict()
    {'A': 0.67, 'B': 0.67, 'C': 0.67}
    """
    if limits and "effort" in limits:
        raise AukusMcdaError("Give the limit of effort as effort=, not among the limits.")
    leaves, certain = sorted(case.leaves), scores == "fixed"
    weight_set = possible_weights(case, weights)
    possible = weight_set.extremes(leaves)
    breaches = breaches_of(case)
    reasons = dict(zip(breaches["option"], breaches["reason"], strict=True)) if respect_redlines else {}
    barred = {option: f"breaches a red line: {reason}" for option, reason in reasons.items()}
    limited_to, measured = {"effort": effort, **(limits or {})}, baseline_option(case, baseline)
    rules = rules_for(case, limited_to, include=include, exclude=exclude, barred=barred, measured=measured)
    worth = worth_of(case, rules.options, leaves, baseline, certain=certain)

    names = sorted({*case.competing, measured} - {""})
    source = Source(score_draws(case, names, leaves, certain=certain), (weight_set.sampler(leaves),), seed)
    rows = np.array([names.index(option) for option in (*rules.options, measured) if option], dtype=np.intp)
    gains = partial(drawn_gains, source, rows, worth)
    middle = weight_set.typical(leaves, seed)
    limited = Limited(rules, worth, worth.weighted(middle))
    good = None
    if len(rules.options) <= EXHAUSTIVE:
        kinds = case.scores.loc[case.scores["low"] < case.scores["high"], "distribution"]
        beyond = not source.scores.certain and (case.about.ranges != "ends" or "normal" in set(kinds))
        every, _, used = limited.every
        allowed = every[keeps_to(used, rules.bounds)]
        good = compared(allowed, worth, possible, gains, draws, beyond=beyond, progress=progress, cluster=cluster)
    if good is None:
        good = searched(rules, worth, possible, gains, draws, progress)

    best = limited.best(rules.bounds)
    options = rules.ids(best)[0]
    parts = worth.parts(good.members).astype(float)
    table = pd.DataFrame({"options": rules.ids(good.members)})
    table[list(rules.resources)] = rules.used(good.members)
    least, greatest = possible.least(worth.least(parts)), possible.greatest(worth.greatest(parts))
    table = table.assign(value=parts @ worth.gains @ middle, least=least, greatest=greatest, best=good.best)
    best_first = sorted(table.itertuples(), key=lambda row: (-round(row.value, 9), len(row.options), row.options))
    order = [row.Index for row in best_first]
    table = table.loc[order].set_axis(pd.RangeIndex(1, len(order) + 1, name="package"))
    core, share = good.members.mean(axis=0), np.clip(good.share, 0, 1).round(12)
    if np.allclose(table["least"], table["greatest"], rtol=0, atol=TIE):  # nothing has a range: no draw says more
        share, table["best"] = np.full_like(share, np.nan), np.nan
    status = np.select([core == 1, core == 0], [CORE, EXTERIOR], BORDERLINE)
    columns = {"core_index": core, "status": status, "proven": good.proven, "share": share}
    columns |= {"standard_error": np.sqrt(share * (1 - share) / good.draws)}
    by_option = pd.DataFrame(columns, index=list(rules.options)).reindex(case.options.index)
    by_option["status"] = by_option["status"].fillna(LEFT_OUT)
    by_option["proven"] = by_option["proven"].eq(True) | (by_option["status"] == LEFT_OUT)
    by_option["reason"] = [rules.left_out.get(option, "") for option in by_option.index]
    return Packages(
        nondominated=table,
        options=by_option.rename_axis("option"),
        best=options,
        value=float(limited.value(best)[0]),
        frontier=limited.frontier(),
        limits=limited.limits(best),
        phases=phases(case, options, horizons=horizons),
        breaches=breaches,
        effort=float(effort),
        horizons=horizons,
        complete=good.complete,
        draws=good.draws,
        seed=seed,
    )


def not_combined(case: Case) -> str:
    """Why options are not combined into packages, in a sentence; blank when they can be.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> not_combined(load_case("aukus_plus_two"))
    ''
    """
    out = [*case.screened.index, case.about.status_quo]
    if one_to_choose(case.options["excludes"].drop(index=out, errors="ignore")):
        return "No two options can be combined: one of them is to be chosen."
    if math.isnan(half_effort(case)):
        return "The effort of some options is not known, so what can be done together is not worked out."
    return ""


def half_effort(case: Case) -> float:
    """Half the effort of all options that can be in a package, NaN where one is not known: where a study begins.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> half_effort(load_case("aukus_plus_two"))
    20.0
    """
    out = [*case.screened.index, case.about.status_quo]
    return float(case.options["effort"].drop(index=out, errors="ignore").sum(skipna=False) / 2)


@dataclass(frozen=True, eq=False)
class Limited:
    """Best packages under changing limits, where ``gains`` ``(n + s,)`` are weighted values over the baseline."""

    rules: Rules
    worth: Worth
    gains: Array

    def value(self, packages: Members) -> Array:
        """Values of packages ``(p, n)``, ``(p,)``."""
        return np.asarray(self.worth.parts(packages) @ self.gains)

    @cached_property
    def every(self) -> tuple[Members, Array, Array]:
        """Every package without any limit, its value ``(p,)``, and what it uses ``(p, r)``."""
        packages = self.rules.every()
        blocks = np.array_split(packages, 1 + len(packages) // ROWS)
        return packages, np.hstack([self.value(each) for each in blocks]), np.vstack([*map(self.rules.used, blocks)])

    def best(self, bounds: Array) -> Members:
        """The best package within bounds ``(r,)``, ``(1, n)``; of equals the one that uses least, then has fewest."""
        if len(self.rules.options) > EXHAUSTIVE:
            return best_by_program(replace(self.rules, bounds=bounds), self.worth, self.gains)
        packages, values, used = self.every
        fits = keeps_to(used, bounds)
        top = np.flatnonzero(fits & (values >= values[fits].max() - TIE))
        first = min(top, key=lambda row: (*used[row].round(9), packages[row].sum(), *np.flatnonzero(packages[row])))
        return packages[[first]]

    def frontier(self) -> pd.DataFrame:
        """Effort, value and options of the best package at each level of effort, each better than the last.

        Up to 20 options at every level at which the best package changes; beyond, at so many
        even levels.
        """
        rules = self.rules
        if "effort" not in rules.resources:
            return pd.DataFrame(columns=["effort", "value", "options"])
        place = rules.resources.index("effort")
        if len(rules.options) > EXHAUSTIVE:
            least = rules.amounts[place, rules.forced].sum()
            levels = np.linspace(least, rules.amounts[place].sum(), LEVELS)
            packages = np.vstack([self.best(self._bounds(place, level)) for level in levels])
            value, used = self.value(packages), rules.used(packages)
        else:
            packages, value, used = self.every
        fits = np.flatnonzero(keeps_to(used, self._bounds(place, math.inf)))
        order = fits[np.lexsort((-value[fits], used[fits, place].round(9)))]
        before = np.r_[-math.inf, np.maximum.accumulate(value[order])[:-1]]
        better = packages[order[value[order] > before + TIE]]
        columns = {"effort": rules.used(better)[:, place], "value": self.value(better), "options": rules.ids(better)}
        return pd.DataFrame(columns)

    def limits(self, best: Members) -> pd.DataFrame:
        """What the best package ``(1, n)`` uses of each limited resource, and what more would add to the value."""
        value, used, rows = self.value(best)[0], self.rules.used(best)[0], []
        for place, (name, bound) in enumerate(zip(self.rules.resources, self.rules.bounds, strict=True)):
            if bound < math.inf:
                more = [self.value(self.best(self._bounds(place, level)))[0] for level in (bound + 1, math.inf)]
                one_more, without = (max(0.0, float(other - value)) for other in more)
                rows.append((name, bound, used[place], bound - used[place], without > TIE, one_more, without))
        columns = ["resource", "limit", "used", "slack", "binds", "one_more", "without"]
        return pd.DataFrame(rows, columns=columns).set_index("resource")

    def _bounds(self, place: int, bound: float) -> Array:
        """The bounds with another one of one resource."""
        bounds = self.rules.bounds.copy()
        bounds[place] = bound
        return bounds


def phases(case: Case, options: Sequence[str], *, horizons: tuple[float, float] = HORIZONS) -> pd.DataFrame:
    """When each option of a package starts and takes effect.

    An option starts once all that it requires has taken effect, and takes effect
    ``time_to_effect`` months later. So no option is in an earlier phase than one it
    requires. Where a time is missing the phase is ``not judged``, also for all that
    waits for it.

    Parameters
    ----------
    case : Case
    options : sequence of str
        Those of the package. What they require and is not among them is taken to be there.
    horizons : tuple of float
        Months by which an option must take effect to count as now, and as next.

    Returns
    -------
    DataFrame
        By option, in order of effect: starts and effect (months from the decision), phase,
        waits_for (ids joined by ``;``) and effort.

    Raises
    ------
    AukusMcdaError
        When the horizons are not two rising numbers.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> phases(load_case("aukus_plus_two"), ["forward_laydown", "info_umbrella"])[["starts", "effect", "phase"]]
                     starts  effect  phase
    option
    info_umbrella       0.0    24.0    now
    forward_laydown    24.0    66.0  later
    """
    if not 0 <= horizons[0] < horizons[1]:
        raise AukusMcdaError(f"Give two numbers of months as horizons, the shorter first: {horizons!r}.")
    months = case.options["time_to_effect"]
    waits = {option: [name for name in case.options.at[option, "requires"] if name in options] for option in options}

    @cache
    def starts(option: str) -> float:
        return float(np.max([0.0, *(starts(name) + months[name] for name in waits[option])]))  # NaN where one is

    rows = [(option, starts(option), starts(option) + months[option]) for option in options]
    table = pd.DataFrame(rows, columns=["option", "starts", "effect"]).set_index("option")
    effect = table["effect"]
    known = [effect.isna(), *(effect <= each for each in horizons)]
    table["phase"] = np.select(known, [PHASES[3], *PHASES[:2]], PHASES[2])
    table["waits_for"] = [";".join(waits[option]) for option in options]
    table["effort"] = case.options["effort"].reindex(table.index)
    return table.sort_values("effect", kind="stable")
