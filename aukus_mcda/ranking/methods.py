"""Cross-check methods: whether another published way of ranking gives another answer.

The only module that imports pymcdm, and only when a method is run. The additive
model decides; these methods show whether its order hangs on its formula. Their
scores are on different scales and are never averaged into one ranking. Kindred methods
agree because they share a formula, so what is counted is families, not methods
(``docs/decisions/0011``).
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files
from typing import Any, Literal, NamedTuple, get_args

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import MethodError, listed
from ..guard import guarded
from ..weights import TIE, Points, Weights
from . import compromise, outranking
from .additive import rank, ranks
from .compromise import Vikor, rim, spotis, topsis, vikor
from .concordance import Agreement, rank_agreement
from .outranking import Preference, Promethee, promethee
from .problem import Floats, Grid, Keyed, Problem, abridged, problem

__all__ = [
    "FAMILIES",
    "METHODS",
    "Agreement",
    "Method",
    "MethodComparison",
    "Preference",
    "Promethee",
    "Vikor",
    "compare_methods",
    "method_scores",
    "promethee",
    "rank_agreement",
    "rim",
    "spotis",
    "topsis",
    "vikor",
]


Family = Literal["additive", "distance to an ideal", "outranking", "ratios and products"]
FAMILIES: tuple[Family, ...] = get_args(Family)
"""What kinds of formula there are; the first is that of the model that decides."""


class Method(NamedTuple):
    """One cross-check method.

    Attributes
    ----------
    family : str
        One of `FAMILIES`.
    score : callable
        `Grid` in, scores ``(n,)`` out.
    better : {"higher", "lower"}
        Which scores are better, as published.
    least : {"any", "zero", "above zero"}
        The least score the formula can use.
    anchors : bool
        Measures against the declared scales, so that other options cannot change
        an option's score.
    all_worst : bool
        Can score an option that is worst on everything.
    """

    family: Family
    score: Callable[[Grid], Floats]
    better: str = "higher"
    least: str = "any"
    anchors: bool = False
    all_worst: bool = True


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
        What a reader must know: who is left out, which methods use the anchors,
        what VIKOR's conditions say.
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
        rows = {
            each: (tuple(same.index[family == each]), tuple(same.index[(family == each) & ~same]))
            for each in FAMILIES
            if (family == each).any()
        }
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
    case: Case, weights: Weights | str | Points = "baseline", methods: str | Iterable[str] | None = None
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
    >>> from aukus_mcda import load_case
    >>> found = compare_methods(load_case("aukus_plus_two"), "baseline", ["topsis_vector", "copras"])
    >>> list(found.ranks.columns), list(found.refused.index)
    (['additive', 'topsis_vector'], ['copras'])
    """
    ranking = rank(case, weights)
    withheld = not_offered()
    asked = _asked(methods, withheld)
    leaves = list(case.leaves)
    scales = case.criteria.loc[leaves]
    aligned = problem(
        case.performance.loc[ranking.ranked.index, leaves],
        ranking.weights,
        scales["direction"],
        scales[["worst", "best"]],
    )
    scores, refused = {}, {}
    for name in asked:
        try:
            if name in withheld:
                raise MethodError(withheld[name])
            scores[name] = _score(name, aligned)
        except MethodError as reason:
            refused[name] = str(reason)
    order = {"additive": ranking.ranked["rank"].astype(int)}
    order |= {name: _ranks(name, score) for name, score in scores.items()}
    agreement = {name: rank_agreement(order["additive"], order[name]) for name in scores}
    answer = compromise.solution(aligned) if "vikor" in scores else None
    return MethodComparison(
        scores=pd.DataFrame(scores, index=aligned.given).rename_axis(index="option", columns="method"),
        better=pd.Series({name: METHODS[name].better for name in scores}, dtype=object).rename_axis("method"),
        ranks=pd.DataFrame(order).rename_axis(index="option", columns="method"),
        agreement=pd.DataFrame(list(agreement.values()), index=list(agreement), columns=Agreement._fields).rename_axis(
            "method"
        ),
        refused=pd.Series(refused, dtype=object).rename_axis("method"),
        notes=(*_notes(case, aligned, list(scores)), *_on_compromise(answer)),
        compromise=answer.compromise if answer else (),
    )


def method_scores(
    method: str,
    performance: pd.DataFrame,
    weights: Weights | Keyed,
    directions: Keyed,
    bounds: pd.DataFrame | Keyed | None = None,
) -> pd.Series:
    """Scores of one method by option, as published.

    Parameters
    ----------
    method : str
        One of `METHODS`. ``vikor`` (Q) and ``spotis`` are distances: lower is
        better; for all others higher is.
    performance, weights, directions, bounds
        As `problem.problem` takes them; ``spotis`` and ``rim`` need bounds.

    Raises
    ------
    MethodError, WeightsError
        When there is no such method or it cannot use the input.

    Examples
    --------
    >>> table = pd.DataFrame({"reach": [8, 5, 6], "cost": [40, 10, 20]}, index=list("ABC"))
    >>> method_scores("waspas", table, {"reach": 1, "cost": 1}, {"reach": "max", "cost": "min"}).round(3).to_dict()
    {'A': 0.562, 'B': 0.802, 'C': 0.619}
    """
    (name,) = _asked([method], {})
    return _score(name, problem(performance, weights, directions, bounds))


def pymcdm_part(name: str) -> Any:
    """Something of pymcdm by its path, e.g. ``methods.MABAC``; imported when asked for."""
    module, _, member = f"pymcdm.{name}".rpartition(".")
    return getattr(import_module(module), member)


@cache
def not_offered() -> dict[str, str]:
    """Methods that are not offered, and why, as `tools/preflight.py` found."""
    table = files("aukus_mcda.ranking").joinpath("methods_examined.csv").read_text(encoding="utf-8")
    return {row["method"]: row["reason"] for row in csv.DictReader(table.splitlines()) if row["standing"] != "offered"}


def _published(name: str, *, drop_flat: bool = True) -> Callable[[Grid], Floats]:
    """A pymcdm method, a fresh object each time; without criteria all options agree on, or its formula divides by 0."""

    def score(grid: Grid) -> Floats:
        kept = grid.varies if drop_flat else np.full(len(grid.w), True)
        with np.errstate(all="ignore"):
            found = pymcdm_part(f"methods.{name}")()(
                grid.even[:, kept], grid.w[kept], grid.sign[kept], validation=False
            )
        return np.asarray(found, dtype=float)

    return score


METHODS: dict[str, Method] = {
    "spotis": Method("additive", compromise.distance, better="lower", anchors=True),
    "mabac": Method("additive", _published("MABAC")),
    "topsis_vector": Method("distance to an ideal", compromise.topsis_vector),
    "topsis_minmax": Method("distance to an ideal", compromise.topsis_minmax),
    "rim": Method("distance to an ideal", compromise.reference_ideal, anchors=True),
    "vikor": Method("distance to an ideal", lambda grid: compromise.regrets(grid)[2], better="lower"),
    "promethee_ii": Method("outranking", outranking.net_flow),
    "edas": Method("ratios and products", _published("EDAS"), least="zero"),
    "waspas": Method("ratios and products", _published("WASPAS", drop_flat=False), least="above zero"),
    "marcos": Method("ratios and products", _published("MARCOS", drop_flat=False), least="above zero"),
    "cocoso": Method("ratios and products", _published("COCOSO"), all_worst=False),
}
"""The methods on offer by name, family by family; `docs/ranking.md` gives the reasons."""


def _asked(methods: str | Iterable[str] | None, withheld: dict[str, str]) -> list[str]:
    known = [*METHODS, *withheld]
    if methods is None:
        return known
    asked = [methods] if isinstance(methods, str) else list(methods) if isinstance(methods, Iterable) else [methods]
    unknown = [name for name in asked if name not in known]
    if unknown:
        raise MethodError(f"No method called {abridged(unknown)}. There are: {listed(known)}.")
    return list(dict.fromkeys(asked))


def _score(name: str, aligned: Problem) -> pd.Series:
    method = METHODS[name]
    if method.least != "any":
        aligned.require_positive(name, zero=method.least == "zero")
    grid = aligned.grid
    worst = aligned.options[(grid.unit[:, grid.varies] == 0).all(axis=1)]
    if len(worst) and not method.all_worst:
        raise MethodError(
            f"{name} divides by 0 when an option is worst on every criterion that varies: {abridged(worst)}."
        )
    return aligned.series(method.score(grid), name)


def _ranks(name: str, score: pd.Series) -> pd.Series:
    upward = score.to_numpy(dtype=float) * (1 if METHODS[name].better == "higher" else -1)
    return pd.Series(ranks(upward, TIE), index=score.index)


def _notes(case: Case, aligned: Problem, shown: list[str]) -> Iterable[str]:
    if len(case.screened):
        yield f"Left out, as they fail a screen: {abridged(case.screened.index)}."
    flat = [name for name, told in zip(aligned.criteria, aligned.grid.varies, strict=True) if not told]
    if flat:
        yield f"All options score alike on {abridged(flat)}: it cannot tell them apart."
    bent = [leaf for leaf in case.leaves if case.criteria.at[leaf, "shape"]]
    if bent:
        yield f"Only the additive model uses the value functions' bends ({abridged(bent)}); the methods use raw scores."
    fixed = [name for name in shown if METHODS[name].anchors]
    free = [name for name in shown if not METHODS[name].anchors]
    if fixed:
        yield f"Measured against the declared anchors, like the additive model: {listed(fixed)}."
    if free:
        yield (
            f"Measured against the options at hand, so adding or dropping one can change the order of others: "
            f"{listed(free)}."
        )
    if "promethee_ii" in shown:
        yield "promethee_ii counts any lead in full (usual criterion); promethee() takes thresholds."


def _on_compromise(answer: Vikor | None) -> Iterable[str]:
    """What VIKOR's own conditions say of its leader."""
    if answer:
        said = [
            f"{name} ({what}) {'holds' if met else 'fails'}"
            for name, what, met in (
                ("C1", "a clear lead", answer.C1),
                ("C2", "best by S or R too", answer.C2),
            )
        ]
        alone = len(answer.compromise) == 1
        result = "its leader stands alone" if alone else "its answer is a compromise set"
        yield f"vikor: {said[0]}, {said[1]}, so {result}: {listed(answer.compromise)}."
