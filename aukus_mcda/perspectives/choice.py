"""Packages: which combinations of options no other beats, within the limits there are.

Options are not rivals in practice: a decision is a set of them, in phases. Packages
are compared as robust portfolio modelling does, over every weight and score that
is possible, and the options by how many of the good packages they are in.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from ..case import Case, one_to_choose
from ..errors import AukusMcdaError, WeightsError
from ..guard import Draws, OrEndless, Seed, guarded
from ..ranking import require_case
from ..uncertainty import possible_weights, score_draws
from ..weights import TIE, Array, Extremes, Points, Weights, WeightSet
from .combinations import EXHAUSTIVE, Masks, Rules, members_of, rules_for
from .package_dominance import improved_away, non_dominated
from .package_draws import PackageDraws, shares_of_best
from .package_search import Found, searched
from .package_tradeoffs import Tradeoff, frontier_of, limits_of
from .package_values import Members, Worth, baseline_option, worth_of
from .phases import HORIZONS, phases
from .redlines import breaches_of

CORE, BORDERLINE, EXTERIOR, LEFT_OUT = "core", "borderline", "exterior", "left out"


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
    members : DataFrame
        Packages x options: whether the option is in it.
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
        The best package in phases, from `phases.phases`.
    breaches : DataFrame
        Red lines that options breach at the likely scores: option, profile, criterion, value,
        least_value, reason.
    weights : Series
        The central weights.
    baseline : str
        What values are measured from, in words.
    effort : float
        The limit given.
    horizons : tuple of float
        Months by which an option's effect counts as now, and as next.
    complete : bool
        Whether ``nondominated`` holds all there are; if not, all in it are non-dominated
        but others may be too.
    draws, seed : int
    digest : str
        The case's.
    """

    nondominated: pd.DataFrame
    members: pd.DataFrame
    options: pd.DataFrame
    best: tuple[str, ...]
    value: float
    frontier: pd.DataFrame
    limits: pd.DataFrame
    phases: pd.DataFrame
    breaches: pd.DataFrame
    weights: pd.Series
    baseline: str
    effort: OrEndless
    horizons: tuple[float, float]
    complete: bool
    draws: int
    seed: int
    digest: str

    @property
    def core_index(self) -> pd.Series:
        """The share of the non-dominated packages that hold each option that can be in one."""
        return self.options["core_index"].dropna()

    @guarded(WeightsError)
    def having(self, status: str) -> tuple[str, ...]:
        """The options with a status, in the case's order."""
        return tuple(self.options.index[self.options["status"] == status])


@guarded(WeightsError)
def packages(
    case: Case,
    weights: WeightSet | Weights | str | Points = "baseline",
    *,
    effort: OrEndless,
    limits: Mapping[str, Any] | None = None,
    include: str | Iterable[str] = (),
    exclude: str | Iterable[str] = (),
    baseline: object = None,
    respect_redlines: bool = False,
    scores: str = "uncertain",
    horizons: tuple[float, float] = HORIZONS,
    draws: Draws = 10_000,
    seed: Seed = 0,
    progress: Callable[[float], object] = lambda done: None,
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
        Which weights are possible; anything but a space is taken as certain.
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
    scores : str
        ``uncertain``: from low to high; ``fixed``: the likely ones.
    horizons : tuple of float
        As for `phases.phases`.
    draws, seed : int
        For the shares of draws. Where not all packages can be compared a program is solved for each,
        so at most `package_search.SOLVED` are made.
    progress : callable, optional
        Told now and then which share of the draws is done.

    Returns
    -------
    Packages

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
    non-dominated, but there may be more: ``complete`` is False; see docs/packages.md.

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
    >>> from aukus_mcda import any_weights
    >>> case = Case.from_frames(
    ...     criteria=pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10}),
    ...     scores=pd.DataFrame({"option": list("AABBCC"), "criterion": list("xyxyxy"),
    ...                          "likely": [8, 1, 2, 7, 5, 5]}),
    ...     options=pd.DataFrame({"id": list("ABC"), "effort": [4, 4, 4]}),
    ... )
    >>> found = packages(case, any_weights(), effort=8, draws=1_000)
    >>> found.nondominated["options"].tolist()
    [('A', 'C'), ('B', 'C'), ('A', 'B')]
    >>> found.core_index.round(2).to_dict()
    {'A': 0.67, 'B': 0.67, 'C': 0.67}
    """
    require_case(case)
    if scores not in ("uncertain", "fixed"):
        raise AukusMcdaError(f"scores is uncertain or fixed, not {scores!r}.")
    if limits and "effort" in limits:
        raise AukusMcdaError("Give the limit of effort as effort=, not among the limits.")
    leaves = sorted(case.leaves)
    weight_set = possible_weights(case, weights)
    sampler, possible = weight_set.sampler(leaves), weight_set.extremes(leaves)
    breaches = breaches_of(case)
    barred = {}
    if respect_redlines:
        barred = {
            option: f"breaches a red line: {reason}"
            for option, reason in zip(breaches["option"], breaches["reason"], strict=True)
        }
    measured = baseline_option(case, baseline)
    rules = rules_for(
        case,
        {"effort": effort, **(limits or {})},
        include=include,
        exclude=exclude,
        barred=barred,
        measured=measured,
    )
    worth, said = worth_of(case, rules.options, leaves, baseline, certain=scores == "fixed")
    middle = weight_set.typical(leaves, seed)
    drawn = _draws(case, sampler, rules, worth, leaves, measured, certain=scores == "fixed")

    seen = None
    if len(rules.options) <= EXHAUSTIVE:
        masks = rules.feasible()
        kept = non_dominated(masks, worth, possible)
        if kept is not None:
            good = members_of(kept, len(rules.options))
            seen = _looked_at(case, masks, good, worth, possible, drawn, draws, seed, progress)
    if seen is None:
        seen = searched(rules, worth, possible, middle, drawn, draws, seed, progress)
    trade = Tradeoff(rules, worth, middle)
    best = trade.best(rules.bounds)
    return _result(
        case,
        rules,
        worth,
        possible,
        middle,
        leaves,
        seen,
        best,
        frontier=frontier_of(trade),
        limits=limits_of(trade, best),
        phases=phases(case, _ids(case, rules, best), horizons=horizons),
        breaches=breaches,
        baseline=said,
        effort=float(effort),
        horizons=horizons,
        complete=seen.complete,
        draws=seen.draws,
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
    out = [*case.screened.index, *([case.about.status_quo] if case.about.status_quo else [])]
    return float(case.options["effort"].drop(index=out, errors="ignore").sum(skipna=False) / 2)


def _draws(
    case: Case, sampler: Any, rules: Rules, worth: Worth, leaves: list[str], measured: str, *, certain: bool
) -> PackageDraws:
    """How values are drawn; scores in the same order as `smaa` draws them."""
    names = sorted(set(case.options.index) - set(case.screened.index) | {measured} - {""})
    return PackageDraws(
        sampler=sampler,
        scores=score_draws(case, names, leaves, certain=certain),
        rows=np.array([names.index(option) for option in rules.options], dtype=np.intp),
        base_row=names.index(measured) if measured else None,
        base=worth.base,
        extra=worth.extra,
    )


def _looked_at(
    case: Case,
    masks: Masks,
    good: Members,
    worth: Worth,
    possible: Extremes,
    drawn: PackageDraws,
    draws: int,
    seed: int,
    progress: Callable[[float], object],
) -> Found:
    """What draws say of all the good packages there are.

    A draw within the low-high ends is always won by a non-dominated package. A normal
    score goes beyond them, up to the anchors, and so do all where low and high are
    percentiles: then others compete too.
    """
    every = np.ones(good.shape[1], dtype=bool)
    kinds = case.scores.loc[case.scores["low"] < case.scores["high"], "distribution"]
    if drawn.scores.certain or (case.about.ranges == "ends" and "normal" not in set(kinds)):
        shares = shares_of_best(drawn, good, worth, draws, seed, progress)
        return Found(good, shares, shares @ good, every, draws, complete=True)
    anchored = replace(
        worth,
        low=np.zeros_like(worth.low),
        high=np.full_like(worth.high, 100.0),
        base_low=np.zeros_like(worth.base),
        base_high=np.full_like(worth.base, 100.0),
    )
    rivals = members_of(improved_away(masks, anchored, possible), good.shape[1])
    shares = shares_of_best(drawn, rivals, worth, draws, seed, progress)
    by_package = dict(zip(map(bytes, np.packbits(rivals, axis=1)), shares, strict=True))
    best = np.array([by_package.get(bytes(row), 0.0) for row in np.packbits(good, axis=1)])
    return Found(good, best, shares @ rivals, every, draws, complete=True)


def _ids(case: Case, rules: Rules, members: Members) -> tuple[str, ...]:
    """The ids of the options in one package ``(n,)``, in the case's order."""
    held = {option for option, isin in zip(rules.options, members, strict=True) if isin}
    return tuple(option for option in case.options.index if option in held)


def _result(
    case: Case,
    rules: Rules,
    worth: Worth,
    possible: Extremes,
    middle: Array,
    leaves: list[str],
    seen: Found,
    best: Members,
    **known: Any,
) -> Packages:
    """Labels for what was found."""
    good = seen.good
    value = worth.likely_of(good) @ middle
    low, high = worth.ends(good)
    table = pd.DataFrame({"options": [_ids(case, rules, row) for row in good]})
    for name, column in zip(rules.resources, rules.used(good).T, strict=True):
        table[name] = column
    table = table.assign(value=value, least=possible.least(low), greatest=possible.greatest(high), best=seen.best)
    order = sorted(
        range(len(table)),
        key=lambda row: (-round(float(value[row]), 9), len(table.at[row, "options"]), table.at[row, "options"]),
    )
    table = table.loc[order].set_axis(pd.RangeIndex(1, len(order) + 1, name="package"))
    members = pd.DataFrame(good[order], index=table.index, columns=pd.Index(rules.options, name="option"))
    shown = [option for option in case.options.index if option in set(rules.options)]
    core, share = members.mean(), np.clip(seen.share, 0, 1).round(12)
    if np.allclose(table["least"], table["greatest"], rtol=0, atol=TIE):  # nothing has a range: no draw says more
        share, table["best"] = np.full_like(share, np.nan), np.nan
    by_option = pd.DataFrame(
        {
            "core_index": core,
            "status": np.select([core == 1, core == 0], [CORE, EXTERIOR], BORDERLINE),
            "proven": seen.proven,
            "share": share,
            "standard_error": np.sqrt(share * (1 - share) / seen.draws),
        },
        index=pd.Index(rules.options, name="option"),
    ).reindex(case.options.index)
    by_option["status"] = by_option["status"].fillna(LEFT_OUT)
    by_option["proven"] = by_option["proven"].eq(True) | (by_option["status"] == LEFT_OUT)
    by_option["reason"] = [rules.left_out.get(option, "") for option in by_option.index]
    for name in ("frontier", "limits"):
        if "options" in known[name]:
            known[name]["options"] = [_ids(case, rules, row) for row in known[name]["options"]]
    return Packages(
        nondominated=table,
        members=members[shown],
        options=by_option.rename_axis("option"),
        best=_ids(case, rules, best),
        value=float((worth.likely_of(best[None]) @ middle)[0]),
        weights=pd.Series(middle, index=leaves, name="weight")[list(case.leaves)],
        digest=case.digest,
        **known,
    )
