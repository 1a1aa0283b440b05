# SPDX-License-Identifier: Apache-2.0
"""All weights at once, exact: the smallest change that flips the leader, and what holds under any weights.

Weights are points of a polytope: 0 or more, adding up to 1, and within whatever
else is known of them. Scores are linear in them, so each question is a linear or
a least-distance program. Only options that pass every screen compete.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, WeightsError, label_faults, listed, refuse
from ..guard import guarded
from ..weights import TIE, Array, GivenWeights, WeightSet, best_margins, between, least_advantages, nearest_leads
from .additive import competing, contest

MOST_SETTLED = 2_000_000
"""Options x options x leaves of a case in which the flip of every challenger is worked out: seconds."""

MOST_COMPARED = 40_000_000
"""Options x options x leaves that are compared: more take minutes, and gigabytes."""

PROGRAM = 20
"""How many times as long a pair of options takes when it needs a linear program."""

FARTHEST = 2.0
"""No weights are farther from any others, by either norm."""

Space: TypeAlias = WeightSet | Mapping[str, tuple[float, float]] | Sequence[str] | None


@dataclass(frozen=True, eq=False)
class Flip:
    """The smallest change of weights that puts a challenger level with the lead.

    Attributes
    ----------
    leader, challenger : str
        Who leads now, and who would. With several challengers level in distance, the
        first by id; blank where no option could ever take the lead.
    distance : float
        ``l1``: sum of the absolute changes, twice the weight that moves from some
        criteria to others; ``l2``: the Euclidean length. Infinite when there is none.
    weights, changes : pandas.Series
        Weights per leaf at the flip, and less the weights now; NaN when there is none.
    norm : {"l1", "l2"}
    table : DataFrame
        By challenger, nearest first: distance, and the reason where it is infinite. In a
        case of more than `MOST_SETTLED` options x options x leaves only the nearest are
        worked out; for the others the distance is NaN, and the reason says at least how far.
    """

    leader: str
    challenger: str
    distance: float
    weights: pd.Series
    changes: pd.Series
    norm: str
    table: pd.DataFrame


@guarded(WeightsError)
def nearest_flip(
    case: Case,
    weights: GivenWeights,
    challenger: str | None = None,
    *,
    norm: Literal["l1", "l2"] = "l1",
    space: Space = None,
) -> Flip:
    """The smallest change of all weights together that changes the leader.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion.
    challenger : str, optional
        Who should lead instead; without it, whoever is nearest.
    norm : {"l1", "l2"}
        How change is measured: the sum of absolute changes, or the Euclidean length.
    space : optional
        Which weights to consider: None for all; a mapping from leaves to (low, high);
        a list of leaves, the heaviest first; or a set of weights.

    Returns
    -------
    Flip
        At its weights the challenger ties for the lead among all options, and some way
        beyond leads alone. Where options tie for the lead now, the first by id counts as
        the leader, another if that is the challenger, and the others are at distance 0,
        unless they can do no more than tie.

    Raises
    ------
    WeightsError
        When the weights do not fit the case or lie outside the space, or the space is
        empty or names an unknown leaf.
    AukusMcdaError
        When the challenger is unknown, screened out, or already leads alone, or the
        norm is unknown.

    References
    ----------
    Lawson and Hanson (1974), *Solving Least Squares Problems*, ch. 23,
    doi:10.1137/1.9781611971217.

    Examples
    --------
    >>> from aukus_mcda import load_case, nearest_flip
    >>> flip = nearest_flip(load_case("aukus_plus_two"), "baseline")
    >>> flip.challenger == flip.table.index[0], round(float(flip.weights.sum()), 9)
    (True, 1.0)
    """
    run = contest(case, weights)
    options, now = run.score.index, run.share
    if challenger is not None and challenger not in options:
        why = "fails a screen" if challenger in case.options.index else "is not an option"
        raise AukusMcdaError(f"{challenger!r} {why}. Those that compete are: {listed(options)}.")
    leaders = [option for option in options[run.leads] if option != challenger]
    if not leaders:
        raise AukusMcdaError(f"{challenger} leads already.")
    leader = leaders[0]
    a, b = constraints(space, list(now.index))
    if len(a) and (a @ now.to_numpy() > b + TIE).any():
        raise WeightsError("The weights now lie outside the space of weights to consider.")
    grid = run.values.to_numpy()
    table = pd.DataFrame({"distance": np.nan, "reason": pd.Series("", index=options, dtype=object)}).drop(leader)
    flips = pd.DataFrame(np.nan, index=options, columns=now.index)

    def settle(challengers: list[str]) -> None:
        """Work out the flips of some challengers, and why those that have none have none."""
        places = options.get_indexer(challengers)
        reasons = _reasons(grid, places, options.get_loc(leader), leader, a, b)
        able = [place for place, reason in zip(places, reasons, strict=True) if not reason]
        flips.loc[options[able]] = nearest_leads(grid, now.to_numpy(), able, norm, a, b)
        length = np.linalg.norm(flips.loc[challengers] - now, ord=1 if norm == "l1" else 2, axis=1)
        table.loc[challengers, "reason"] = reasons
        table.loc[challengers, "distance"] = np.where(np.isnan(length), np.inf, length)

    if len(options) * grid.size <= MOST_SETTLED:
        settle(list(table.index))
    else:
        bounds = least_changes(grid, now.to_numpy(), options.get_loc(leader), norm)
        bound = pd.Series(bounds, index=options).drop(leader)
        for option in bound.sort_values(kind="stable").index if challenger is None else [challenger]:
            if challenger is None and not bound[option] <= np.fmin(table["distance"].min(), FARTHEST) + TIE:
                break
            settle([option])
        left = bound[table["distance"].isna()]
        table.loc[left.index, "reason"] = [f"at least {least:.3g} away; not worked out" for least in left]
        hopeless = left.index[np.isinf(left)]
        table.loc[hopeless] = [np.inf, f"no better than {leader} on any leaf"]
    table = table.sort_values("distance", kind="stable").rename_axis("challenger")
    if challenger is None:
        least = table["distance"].min()
        challenger = min(table.index[table["distance"] <= least + TIE], default="") if np.isfinite(least) else ""
    at = flips.loc[challenger] if challenger else pd.Series(np.nan, index=now.index)
    order = list(case.leaves)
    return Flip(
        leader=leader,
        challenger=challenger,
        distance=float(table["distance"].get(challenger, np.inf)),
        weights=at[order].rename("weight"),
        changes=(at - now)[order].rename("change"),
        norm=norm,
        table=table,
    )


def _reasons(values: Array, places: NDArray[np.intp], first: int, leader: str, a: Array, b: Array) -> list[str]:
    """Why options can never take the lead from the one that is first now; blank when they can."""
    alike = np.abs(values[places] - values[first]).max(axis=1) <= TIE
    margins = best_margins(values, a, b, places[~alike]).best[places]
    behind = ("" if gap > TIE else f"at best {max(-gap, 0):.3g} points behind, whatever the weights" for gap in margins)
    return [f"the same values as {leader}" if same else reason for same, reason in zip(alike, behind, strict=True)]


def least_changes(values: Array, weights: Array, leader: int, norm: str) -> Array:
    """The least change of weights after which each option is level with the leader, other options apart, shape (n,).

    No option leads any nearer; infinite where no weights make it level. By L1, weight moves to the leaf that is
    best for the option, first from the leaves that are worst for it.

    Examples
    --------
    >>> values = np.array([[100.0, 0.0], [0.0, 100.0], [60.0, 60.0]])
    >>> least_changes(values, np.array([0.8, 0.2]), 0, "l1").round(9).tolist()
    [0.0, 0.6, 0.4]
    """
    lead = values - values[leader]
    gap = np.maximum(-lead @ weights, 0.0)
    if norm == "l2":
        steepest = np.linalg.norm(lead - lead.mean(axis=1, keepdims=True), axis=1)
        return np.asarray(np.divide(gap, steepest, out=np.where(gap > TIE, np.inf, 0.0), where=steepest > 0))
    rise = lead.max(axis=1, keepdims=True) - lead
    order = np.argsort(-rise, axis=1)
    rise, room = np.take_along_axis(rise, order, axis=1), weights[order]
    gained = np.cumsum(rise * room, axis=1)
    part = np.divide(gap[:, None] - gained + rise * room, rise, out=np.zeros_like(rise), where=rise > 0)
    part = np.clip(part, 0, room)
    return np.where(gained[:, -1] < gap - TIE, np.inf, 2 * part.sum(axis=1))


@guarded(WeightsError)
def never_leads(case: Case, *, space: Space = None) -> pd.DataFrame:
    """Options that are never ahead of all others, whatever the weights, and the proof.

    Parameters
    ----------
    case : Case
    space : optional
        Which weights to consider, as for `nearest_flip`.

    Returns
    -------
    DataFrame
        By option: margin, how far it stays behind at best (0 when it can tie for the lead
        but not hold it alone), and a column per competing option: the mixture of others,
        adding up to 1, that scores at least as much under all weights considered, by
        -margin or more. Under all weights at all, it is at least as good on every leaf.
        Copies of an option do not count against it.

    Raises
    ------
    WeightsError
        When the space is empty or names an unknown leaf.

    Examples
    --------
    >>> from aukus_mcda import load_case, never_leads
    >>> never_leads(load_case("aukus_plus_two")).index.tolist()
    []
    """
    values = competing(case)
    require_comparable(values)
    margins = best_margins(values.to_numpy(), *constraints(space, list(values.columns)))
    table = pd.DataFrame(margins.mixture, index=values.index, columns=values.index)
    table.insert(0, "margin", margins.best)
    return table[table["margin"] <= TIE].rename_axis("option")


def require_comparable(values: pd.DataFrame, each: int = 1) -> None:
    """Refuse, before any work, a case with too many options to compare every one with every other."""
    options, leaves = values.shape
    if options * options * leaves * each > MOST_COMPARED:
        remedy = "take the best of them by rank() into a case of their own, or ask for nearest_flip()."
        many = f"{options:,} options on {leaves:,} leaves are too many to compare every one with every other"
        raise AukusMcdaError(f"{many}: {remedy}")


@dataclass(frozen=True, eq=False)
class Preference:
    """What holds between each two options over a set of possible weights.

    Attributes
    ----------
    least : DataFrame
        Options x options: the least the row's option scores above the column's.
    """

    least: pd.DataFrame

    @property
    def necessary(self) -> pd.DataFrame:
        """Whether the row's option scores at least as much as the column's under all weights."""
        return self.least >= -TIE

    @property
    def possible(self) -> pd.DataFrame:
        """Whether it does under some weights."""
        return self.least.T <= TIE


@guarded(WeightsError)
def preference(case: Case, *, space: Space = None) -> Preference:
    """Which options are at least as good as which under all weights, and which under some.

    Parameters
    ----------
    case : Case
    space : optional
        Which weights to consider, as for `nearest_flip`.

    Returns
    -------
    Preference
        ``least``, in value points, and ``necessary`` and ``possible``, True or False; all options x options.

    Raises
    ------
    WeightsError
        When the space is empty or names an unknown leaf.

    References
    ----------
    Greco, Mousseau and Słowiński (2008), doi:10.1016/j.ejor.2007.08.013.

    Examples
    --------
    >>> from aukus_mcda import load_case, preference
    >>> found = preference(load_case("aukus_plus_two"))
    >>> bool((found.necessary <= found.possible).all(axis=None))
    True
    """
    values = competing(case)
    require_comparable(values, each=1 if space is None else PROGRAM)
    least = least_advantages(values.to_numpy(), *constraints(space, list(values.columns)))
    return Preference(pd.DataFrame(least, index=values.index, columns=values.index.rename("than")))


def constraints(space: Space, leaves: Sequence[str]) -> tuple[Array, Array]:
    """What is known of the weights as ``a @ w <= b``, shapes (r, k) and (r,), columns in the order of leaves.

    Raises
    ------
    WeightsError
        When a leaf is unknown or named twice, or bounds are not 0 <= low <= high <= 1.

    Examples
    --------
    >>> a, b = constraints({"cost": (0.1, 0.4)}, ["reach", "cost"])
    >>> (a + 0).tolist(), b.tolist()
    ([[0.0, -1.0], [0.0, 1.0]], [-0.1, 0.4])
    """
    space = between() if space is None else space
    if isinstance(space, WeightSet):
        return space.inequalities(leaves)
    refuse(label_faults(space, leaves, unknown="No leaf called {}. There are: {known}."))
    if isinstance(space, Mapping):
        refuse(f"{leaf} needs two bounds, low and high, not {ends}." for leaf, ends in space.items() if len(ends) != 2)
        low, high = ({leaf: ends[place] for leaf, ends in space.items()} for place in (0, 1))
        return between(low, high).inequalities(leaves)
    steps = [({heavy: 1.0, light: -1.0}, ">=", 0.0) for heavy, light in pairwise(space)]
    return between(constraints=steps).inequalities(leaves)
