# SPDX-License-Identifier: Apache-2.0
"""Cross-check methods: whether another published way of ranking gives another answer; weights from the scores alone.

The only module that imports pymcdm, and only when a method is run: its formulas, behind guards for
what they cannot use. The additive model decides; these methods show whether its order hangs on its formula. Their
scores are on different scales and are never averaged into one ranking. Kindred methods
agree because they share a formula, so what is counted is families, not methods
(``docs/decisions/0011``).

Here labels become positions: a case and its weights as arrays, rows and columns sorted by label, so the order in
which they are given changes nothing, not even the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import MethodError, WeightsError, is_number, label_faults, listed, refuse
from ..guard import guarded
from ..weights import TIE, Array, GivenWeights, Weights, equal
from .additive import rank, ranks, tau_b

NOISE = 1e-12
"""Scores of a criterion that differ by less than this share of the greatest are equal."""

MOST_NAMES = 6
"""Names that a message or a note lists before it counts the others."""


@dataclass(frozen=True, eq=False)
class Grid:
    """Arrays of one problem, n options by k criteria.

    Parameters
    ----------
    x : (n, k)
        Performance, in the criteria's units; scores that differ by noise are equal.
    w : (k,)
        Weights; positive, sum to 1.
    sign : (k,)
        1 where more is better, -1 where less is.
    bounds : (k, 2)
        Ends of the declared scales, the lower first.
    """

    x: Array
    w: Array
    sign: Array
    bounds: Array

    @cached_property
    def varies(self) -> NDArray[np.bool_]:
        """Which criteria tell any two options apart, ``(k,)``."""
        return np.asarray(self.x.max(axis=0) > self.x.min(axis=0))

    @cached_property
    def even(self) -> Array:
        """Scores, each column over a power of 2, ``(n, k)``: the greatest is 1/2 to 1, so squares are finite."""
        return np.asarray(np.ldexp(self.x, -np.frexp(np.abs(self.x).max(axis=0))[1]))

    @cached_property
    def unit(self) -> Array:
        """Min-max normalised towards the best, ``(n, k)``; 1 where all agree."""
        good = self.sign * self.even
        spread = np.where(self.varies, np.ptp(good, axis=0), 1.0)
        return np.where(self.varies, (good - good.min(axis=0)) / spread, 1.0)

    def only(self, criteria: NDArray[Any]) -> Grid:
        """The same options on some of the criteria, by position or mask."""
        return Grid(self.x[:, criteria], self.w[criteria], self.sign[criteria], self.bounds[criteria])

    def evened(self) -> Grid:
        """The same with `even` scores."""
        return replace(self, x=self.even)

    def varying(self) -> Grid:
        """The same on the criteria that vary: on one that all options agree on many formulas divide by 0."""
        return self.evened().only(self.varies)


@dataclass(frozen=True, eq=False)
class Problem:
    """A `Grid` and the labels of its rows and columns, each in the order of ids."""

    grid: Grid
    options: pd.Index
    criteria: pd.Index

    def series(self, numbers: Array, name: str) -> pd.Series:
        """Numbers ``(n,)`` by option.

        Raises
        ------
        MethodError
            Naming the method and the options that have no finite number.
        """
        lost = self.options[~np.isfinite(numbers)]
        if len(lost):
            lacking = listed(lost, MOST_NAMES)
            raise MethodError(f"{name} divides by 0 on these scores and weights: no score for {lacking}.")
        return pd.Series(numbers, index=self.options, name=name)

    def require(self, method: str, least: str) -> None:
        """Refuse scores that a method which divides by scores cannot use.

        Raises
        ------
        MethodError
            Naming each option and criterion with a score that is not ``above 0``, or ``0 or more``.
        """
        x = self.grid.x
        bad = np.argwhere(x < 0 if least == "0 or more" else x <= 0)
        if len(bad):
            cells = listed((f"{self.options[i]} on {self.criteria[j]} ({x[i, j]:g})" for i, j in bad), MOST_NAMES)
            raise MethodError(f"{method} divides by scores, so all must be {least}: {cells}.")


def problem(case: Case, weights: Weights) -> Problem:
    """The likely scores of the options that pass every screen, on the criteria that have weight.

    Raises
    ------
    MethodError
        When fewer than two options pass, or no criterion with weight tells them apart.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("starter")
    >>> aligned = problem(case, case.profile("baseline"))
    >>> aligned.grid.x.shape == (len(aligned.options), len(aligned.criteria)), float(aligned.grid.w.sum().round(9))
    (True, 1.0)
    """
    weight = weights.values[weights.values > 0].sort_index()
    scores = case.performance.drop(index=case.screened.index).sort_index()[weight.index]
    if len(scores) < 2:
        raise MethodError(f"A comparison needs two options that pass every screen; there are {len(scores)}.")
    scales = case.criteria.loc[weight.index]
    bounds = np.sort(scales[["worst", "best"]].to_numpy(dtype=float), axis=1)
    x, w = _without_noise(scores.to_numpy(dtype=float)), (weight / weight.sum()).to_numpy(dtype=float)
    sign = np.where(scales["direction"] == "max", 1.0, -1.0)
    grid = Grid(x, w, sign, bounds)
    if not grid.varies.any():
        where = listed(scores.columns, MOST_NAMES)
        raise MethodError(f"The options score alike wherever there is weight ({where}): nothing to rank by.")
    return Problem(grid, scores.index, scores.columns)


def _without_noise(x: Array) -> Array:
    """Scores ``(n, k)`` in which those of a column that differ by rounding only are equal."""
    equal = x.copy()
    for column in equal.T:
        order = np.argsort(column, kind="stable")
        rising = column[order]
        starts = np.diff(rising, prepend=-np.inf) > NOISE * np.abs(column).max()  # of each run of equal scores
        column[order] = rising[starts][np.cumsum(starts) - 1]
    return equal


Family = Literal["additive", "distance to an ideal", "outranking", "ratios and products"]
FAMILIES: tuple[Family, ...] = get_args(Family)
"""What kinds of formula there are; the first is that of the model that decides."""


class Method(NamedTuple):
    """One cross-check method.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    title : str
        Its name as its authors write it.
    score : callable
        `Grid` in, scores ``(n,)`` out.
    better : {"higher", "lower"}
        Which scores are better, as published.
    least : {"", "0 or more", "above 0"}
        The least score the formula can use; blank where any will do.
    all_worst : bool
        Can score an option that is worst on everything.
    """

    family: Family
    title: str
    score: Callable[[Grid], Array]
    better: str = "higher"
    least: str = ""
    all_worst: bool = True

    def upward(self, scores: Any) -> Any:
        """Scores turned round if need be, so that higher is better."""
        return scores if self.better == "higher" else -scores


def pymcdm_part(name: str) -> Any:
    """Something of pymcdm by its path, e.g. ``methods.MABAC``; imported when asked for."""
    module, _, member = f"pymcdm.{name}".rpartition(".")
    return getattr(import_module(module), member)


def _run(name: str, grid: Grid, *parts: Any, **how: Any) -> Any:
    """What a method of pymcdm, made of its parts, gives on a problem; afresh, as some work only once."""
    method = pymcdm_part(f"methods.{name}")(*parts)
    with np.errstate(all="ignore"):
        return method(grid.x, grid.w, grid.sign, validation=False, **how)


def published(name: str, view: Callable[[Grid], Grid] = Grid.varying) -> Callable[[Grid], Array]:
    """A method of pymcdm that needs no parts, on the view of the problem it can use."""
    return lambda grid: np.asarray(_run(name, view(grid)), dtype=float)


def _on_declared_scales(name: str) -> Callable[[Grid], Array]:
    """A method of pymcdm that measures against the declared scales, whose size a case keeps within bounds."""
    return lambda grid: np.asarray(_run(name, grid, grid.bounds), dtype=float)


def _topsis(normalisation: str) -> Callable[[Grid], Array]:
    """TOPSIS; squares of the weights do not vanish beside a great weight on what all options agree on."""

    def score(grid: Grid) -> Array:
        seen = grid.varying()
        even = replace(seen, w=seen.w / seen.w.max())
        return np.asarray(_run("TOPSIS", even, pymcdm_part(f"normalizations.{normalisation}")), dtype=float)

    return score


def _net_flow(grid: Grid) -> Array:
    """PROMETHEE II: any lead counts in full. By criterion, as pymcdm holds a table of all pairs for each."""
    each = (grid.evened().only(np.array([place])) for place in range(len(grid.w)))
    return np.asarray(np.sum([_run("PROMETHEE_II", one, "usual") for one in each], axis=0), dtype=float)


def vikor_regrets(grid: Grid) -> tuple[Array, Array, Array]:
    """VIKOR's S (weighted sum of regrets), R (the greatest) and Q (their mix), each ``(n,)``; lower is better.

    S and R are pymcdm's. Its Q divides by 0 when all options tie on S or R, so they are mixed here.
    """
    tables = _run("VIKOR", grid.varying(), verbose=True).results
    total, greatest = (np.asarray(table.data) for table in tables[3:5])
    return total, greatest, (_stretched(total) + _stretched(greatest)) / 2


def _stretched(numbers: Array) -> Array:
    """Numbers, 0 or more, from 0 at the least to 1 at the greatest; all 0 when they tie."""
    spread = np.ptp(numbers)
    return (numbers - numbers.min()) / spread if spread > TIE * numbers.max() else np.zeros_like(numbers)


METHODS: dict[str, Method] = {
    "spotis": Method("additive", "SPOTIS", _on_declared_scales("SPOTIS"), better="lower"),
    "mabac": Method("additive", "MABAC", published("MABAC")),
    "topsis_vector": Method("distance to an ideal", "TOPSIS (vector norm)", _topsis("vector_normalization")),
    "topsis_minmax": Method("distance to an ideal", "TOPSIS (min-max)", _topsis("minmax_normalization")),
    "rim": Method("distance to an ideal", "RIM", _on_declared_scales("RIM")),
    "vikor": Method("distance to an ideal", "VIKOR", lambda grid: vikor_regrets(grid)[2], better="lower"),
    "promethee_ii": Method("outranking", "PROMETHEE II", _net_flow),
    "edas": Method("ratios and products", "EDAS", published("EDAS"), least="0 or more"),
    "waspas": Method("ratios and products", "WASPAS", published("WASPAS", Grid.evened), least="above 0"),
    "marcos": Method("ratios and products", "MARCOS", published("MARCOS", Grid.evened), least="above 0"),
    "cocoso": Method("ratios and products", "CoCoSo", published("COCOSO"), all_worst=False),
}
"""The methods on offer by name, family by family; `docs/explanation/other-methods.md` gives the reasons."""


@cache
def not_offered() -> dict[str, str]:
    """Methods that are not offered, and why, as `tools/preflight.py` found."""
    table = pd.read_csv(Path(__file__).with_name("methods_examined.csv"), index_col="method")
    return dict(table.loc[table["standing"] != "offered", "reason"])


@dataclass(frozen=True, eq=False)
class MethodComparison:
    """What other methods make of the same case and weights.

    Attributes
    ----------
    scores : DataFrame
        Options x methods, each in the method's own published scale.
    better : Series
        By method, whether a ``higher`` or a ``lower`` score is better.
    ranks : DataFrame
        Options x methods, the additive model first; 1 is best, equal scores share
        the better rank.
    agreement : DataFrame
        By method, its ranks beside the additive model's: ``weighted_spearman``
        (r_w) and ``ws`` weigh the top more, ``kendall_tau_b`` does not; 1 is the same
        order. ``same_leader``: the same options come first, by the method's own score.
    refused : Series
        Why a method is not shown, by method.
    notes : tuple of str
        What VIKOR's conditions say.
    compromise : tuple
        VIKOR's compromise set, its leader by Q first; empty when ``vikor`` is not shown.
    """

    scores: pd.DataFrame
    better: pd.Series
    ranks: pd.DataFrame
    agreement: pd.DataFrame
    refused: pd.Series
    notes: tuple[str, ...]
    compromise: tuple[Hashable, ...] = ()

    @property
    def families(self) -> pd.DataFrame:
        """The methods that are shown, by family.

        Returns
        -------
        DataFrame
            By family: ``methods``; ``apart``, those of them that put another option
            first, or one beside the leader; ``leads``, whether there is none.
        """
        same = self.agreement["same_leader"].astype(bool)
        family = same.index.map(lambda name: METHODS[name].family)
        own = {each: same[family == each] for each in FAMILIES if (family == each).any()}
        rows = {each: (tuple(leads.index), tuple(leads.index[~leads])) for each, leads in own.items()}
        table = pd.DataFrame.from_dict(rows, orient="index", columns=["methods", "apart"]).rename_axis("family")
        return table.assign(leads=table["apart"].map(len) == 0)

    @property
    def leads_in(self) -> tuple[int, int] | None:
        """In how many families other than its own the leader leads, and how many there are.

        It leads in a family when it comes first by every method of the family that can rank
        the options. None when no method of another family can.
        """
        others = self.families["leads"].drop(FAMILIES[0], errors="ignore")
        return (int(others.sum()), len(others)) if len(others) else None


@guarded(MethodError)
def compare_methods(
    case: Case, weights: GivenWeights = "baseline", methods: str | Iterable[str] | None = None
) -> MethodComparison:
    """Rank a case's options by other published methods, beside the additive model.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion id.
    methods : iterable of str, optional
        Names of methods; by default all that have passed the examination.

    Returns
    -------
    MethodComparison
        Every method that is not shown is in ``.refused`` with its reason.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.
    MethodError
        When a method is unknown, or the options cannot be compared at all.
    WeightsError
        When the weights do not fit the case.

    Examples
    --------
    >>> from aukus_mcda import compare_methods, load_case
    >>> found = compare_methods(load_case("aukus_plus_two"), "baseline", ["topsis_vector", "copras"])
    >>> list(found.ranks.columns), list(found.refused.index)
    (['additive', 'topsis_vector'], ['copras'])
    """
    ranking = rank(case, weights)
    withheld = not_offered()
    known = [*METHODS, *withheld]
    names = known if methods is None else [methods] if isinstance(methods, str) else list(methods)
    refuse(label_faults(names, known, unknown="No method called {}. There are: {known}.", repeated=""), MethodError)
    aligned = problem(case, ranking.weights)
    scores, refused = {}, {}
    for name in dict.fromkeys(names):
        try:
            if name in withheld:
                raise MethodError(withheld[name])
            scores[name] = method_scores(name, aligned)
        except MethodError as reason:
            refused[name] = str(reason)
    order = {"additive": ranking.ranked["rank"].astype(int)}
    for name, score in scores.items():
        order[name] = pd.Series(ranks(METHODS[name].upward(score.to_numpy())), index=score.index)
    agreement = {name: rank_agreement(order["additive"], order[name]) for name in scores}
    shown = pd.Index(scores, name="method")
    clear, stable, chosen = compromise(aligned) if "vikor" in scores else (False, False, ())
    return MethodComparison(
        scores=pd.DataFrame(scores, index=ranking.ranked.index, columns=shown),
        better=pd.Series({name: METHODS[name].better for name in scores}, index=shown, dtype=object),
        ranks=pd.DataFrame(order, index=ranking.ranked.index).rename_axis(columns="method"),
        agreement=pd.DataFrame(list(agreement.values()), index=shown, columns=Agreement._fields),
        refused=pd.Series(refused, dtype=object).rename_axis("method"),
        notes=(_vikor_told(clear, stable, chosen),) if chosen else (),
        compromise=chosen,
    )


def method_scores(name: str, aligned: Problem) -> pd.Series:
    """Scores of a method on offer by option, as published.

    Raises
    ------
    MethodError
        When it cannot use the input.
    """
    method, grid = METHODS[name], aligned.grid
    if method.least:
        aligned.require(name, method.least)
    worst = aligned.options[(grid.unit[:, grid.varies] == 0).all(axis=1)]
    if len(worst) and not method.all_worst:
        where = listed(worst, MOST_NAMES)
        raise MethodError(f"{name} divides by 0 when an option is worst on every criterion that varies: {where}.")
    return aligned.series(method.score(grid), name)


def compromise(aligned: Problem) -> tuple[bool, bool, tuple[Hashable, ...]]:
    """VIKOR's compromise solution (Opricovic and Tzeng 2004), and whether its leader is good enough to stand alone.

    Returns
    -------
    c1 : bool
        Acceptable advantage: the leader's Q is lower than the next by 1/(n - 1).
    c2 : bool
        Acceptable stability: the leader is also best by S or by R.
    options : tuple
        The leader alone when both hold; with the second when only C2 fails; all
        that are closer than 1/(n - 1) when C1 fails.
    """
    total, greatest, mix = vikor_regrets(aligned.grid)
    order = np.lexsort((greatest, total, np.round(mix / TIE)))  # options are sorted by id: it settles the rest
    first, second = order[:2]
    lead, advantage = mix[order] - mix[first], 1 / (len(mix) - 1)
    c1 = bool(lead[1] >= advantage - TIE)
    c2 = any(bool(each[first] <= each.min() + TIE * each.max()) for each in (total, greatest))
    if not c1:
        chosen = order[lead < advantage - TIE]
    elif not c2:
        chosen = order[mix[order] <= mix[second] + TIE]
    else:
        chosen = order[:1]
    return c1, c2, tuple(aligned.options[chosen])


def _vikor_told(clear: bool, stable: bool, chosen: tuple[Hashable, ...]) -> str:
    """What VIKOR's own conditions say of its leader."""
    c1, c2 = ("holds" if met else "fails" for met in (clear, stable))
    result = "its leader stands alone" if len(chosen) == 1 else "its answer is a compromise set"
    return f"vikor: C1 (a clear lead) {c1}, C2 (best by S or R too) {c2}, so {result}: {listed(chosen)}."


class Agreement(NamedTuple):
    """How alike two rankings are; see `rank_agreement`."""

    weighted_spearman: float
    ws: float
    kendall_tau_b: float
    same_leader: bool


@guarded(MethodError)
def rank_agreement(reference: pd.Series, other: pd.Series) -> Agreement:
    """How far two rankings of the same options agree; 1 is the same order.

    Parameters
    ----------
    reference, other : Series
        Ranks by option, 1 is best. Equal ranks are averaged first. WS is not
        symmetric: the reference says where the top is. tau-b is NaN when either
        ranking ties all options.

    Returns
    -------
    Agreement
        ``weighted_spearman``, ``ws`` and ``kendall_tau_b``, each at most 1, and ``same_leader``.

    Raises
    ------
    MethodError
        When they are not Series of numbers, or do not rank the same options, or
        fewer than two.

    References
    ----------
    Pinto da Costa and Soares (2005), doi:10.1111/j.1467-842X.2005.00413.x; Salabun
    and Urbaniak (2020), doi:10.1007/978-3-030-50417-5_47; Kendall (1945),
    doi:10.1093/biomet/33.3.239.

    Examples
    --------
    >>> import pandas as pd
    >>> from aukus_mcda import rank_agreement
    >>> first = pd.Series({"A": 1, "B": 2, "C": 3, "D": 4, "E": 5})
    >>> round(rank_agreement(first, first[["A", "C", "B", "D", "E"]].set_axis(first.index)).ws, 4)
    0.8542
    """
    for ranked in (reference, other):
        if not isinstance(ranked, pd.Series) or not all(map(is_number, ranked)):
            raise MethodError("Give each ranking as a Series of ranks by option, every rank a finite number.")
    repeated = reference.index.has_duplicates or other.index.has_duplicates
    if len(reference) < 2 or set(reference.index) != set(other.index) or repeated:
        raise MethodError("Two rankings must rank the same options, at least two.")
    x, y = (each.astype(float).rank().to_numpy() for each in (reference, other.loc[reference.index]))
    return Agreement(
        weighted_spearman=float(pymcdm_part("correlations.weighted_spearman")(x, y)),
        ws=float(pymcdm_part("correlations.rank_similarity_coef")(x, y)),
        kendall_tau_b=tau_b(x, y),
        same_leader=bool(((x == x.min()) == (y == y.min())).all()),
    )


DESCRIBES = "The weights describe the data, not a preference: they say where options differ, not what matters."


DATA_RULES = {"entropy": "entropy", "critic": "critic", "merec": "merec", "std": "standard_deviation"}
"""The rules by name, and how pymcdm's function for each begins."""

ON_RATIOS = ("entropy", "merec")
"""Rules that take logarithms of raw scores; the others measure spread on the range that is seen."""


@guarded(WeightsError)
def objective(case: Case, rule: str = "entropy") -> Weights:
    """Weights from how the options' scores vary; a description, never a preference.

    Parameters
    ----------
    case : Case
        Its likely scores are used, without screened options.
    rule : {"entropy", "critic", "merec", "std"}
        ``entropy``: how unevenly a criterion's raw scores are shared out.
        ``critic``: spread on the range seen times how little it goes with other
        criteria. ``merec``: what leaving the criterion out changes. ``std``: the
        spread alone.

    Returns
    -------
    Weights
        ``.method`` is ``objective: <rule>``; a criterion all options agree on has weight 0.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.
    WeightsError
        When the rule is unknown; when entropy or merec, which take logarithms,
        meet a score of 0 or less; when nothing varies, or critic finds every
        criterion in perfect step with every other.

    References
    ----------
    Entropy: Hwang and Yoon (1981), doi:10.1007/978-3-642-48318-9. CRITIC and
    standard deviation: Diakoulaki, Mavrotas and Papayannakis (1995),
    doi:10.1016/0305-0548(94)00059-H. MEREC: Keshavarz-Ghorabaee et al. (2021),
    doi:10.3390/sym13040525.

    Examples
    --------
    >>> from aukus_mcda import load_case, objective
    >>> weights = objective(load_case("aukus_plus_two"), "critic")
    >>> weights.method, float(round(weights.values.sum(), 12))
    ('objective: critic', 1.0)
    """
    if rule not in DATA_RULES:
        raise WeightsError(f"No rule called {rule!r}; there are {listed(DATA_RULES)}.")
    try:
        aligned = problem(case, equal(case.leaves))
        if rule in ON_RATIOS:
            aligned.require(rule, "above 0")
    except MethodError as reason:
        raise WeightsError(str(reason)) from None
    points = pd.Series(100 * _shares(aligned.grid, rule), index=aligned.criteria)
    weights = case.weights(points[list(case.leaves)])
    return replace(weights, method=f"objective: {rule}", findings=(DESCRIBES, *_findings(aligned, rule)))


def _shares(grid: Grid, rule: str) -> Array:
    """Weights ``(k,)`` by a rule; 0 where all options agree."""
    weigh = pymcdm_part(f"weights.{DATA_RULES[rule]}_weights")
    share = np.zeros(len(grid.w))
    if rule in ON_RATIOS:
        share[grid.varies] = weigh(grid.even, types=grid.sign.astype(int))[grid.varies]
    else:
        unit = grid.unit[:, grid.varies]  # towards the best: pymcdm's CRITIC does not know directions
        if rule == "critic" and np.corrcoef(unit, rowvar=False).min() > 1 - TIE:
            raise WeightsError("critic finds all criteria in perfect step with each other: weights would be 0/0.")
        share[grid.varies] = weigh(unit)
    if not np.isfinite(share).all() or not share.max() > 0:
        raise WeightsError(f"{rule} divides by 0 on these scores: it gives no weights.")
    return np.asarray(share.clip(min=0) / share.clip(min=0).sum())


def _findings(aligned: Problem, rule: str) -> Iterator[str]:
    flat = aligned.criteria[~aligned.grid.varies]
    if len(flat):
        where = listed(flat, MOST_NAMES)
        yield f"All options score alike on {where}, so the weight is 0 whatever the criterion is worth."
    if rule in ON_RATIOS:
        yield f"{rule} reads raw scores as ratios: on a scale whose 0 is not a true zero its weights mean little."
    else:
        yield f"{rule} measures spread on the range of these options, not on the declared anchors."
