"""All weights at once, exact: the smallest change that flips the leader, and what holds under any weights.

Weights are points of a polytope: 0 or more, adding up to 1, and within whatever
else is known of them. Scores are linear in them, so each question is a linear or
a least-distance program. Only options that pass every screen compete.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError, WeightsError, is_number, listed, refuse, shown
from ..guard import guarded
from ..weights import TIE, Array, Points, Weights, WeightSet, best_margins, least_advantages, nearest_leads
from .shares import competing, contest

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
        By challenger, nearest first: distance, and the reason where it is infinite.
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
    weights: Weights | str | Points,
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
        As for `rank`.
    challenger : str, optional
        Who should lead instead; without it, whoever is nearest.
    norm : {"l1", "l2"}
        How change is measured: the sum of absolute changes, or the Euclidean length.
    space : optional
        Which weights to consider: None for all; a mapping from leaves to (low, high);
        a list of leaves, the heaviest first; or a weight space.

    Returns
    -------
    Flip
        At its weights the challenger ties for the lead among all options, and some way
        beyond leads alone. Where options tie for the lead now, the first by id counts as
        the leader, another if that is the challenger, and the others are at distance 0.

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
    >>> from aukus_mcda import load_case
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
    reasons = _reasons(options, grid, leader, best_margins(grid, a, b).best)
    able = [place for place, option in enumerate(options) if reasons.get(option) == ""]
    found = pd.DataFrame(nearest_leads(grid, now.to_numpy(), able, norm, a, b), index=options[able], columns=now.index)
    length = np.linalg.norm(found - now, ord=1 if norm == "l1" else 2, axis=1)
    table = pd.DataFrame({"distance": np.inf, "reason": pd.Series(reasons, dtype=object)})
    table.loc[found.index, "distance"] = length
    table = table.sort_values("distance", kind="stable").rename_axis("challenger")
    if challenger is None:
        near = table.index[table["distance"] <= table["distance"].min() + TIE] if able else []
        challenger = min(near, default="")
    at = found.loc[challenger] if challenger in found.index else pd.Series(np.nan, index=now.index)
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


def _reasons(options: pd.Index, values: Array, leader: str, margins: Array) -> dict[str, str]:
    """Why each option but the leader can never take the lead; blank when it can."""
    own, said = values[options.get_loc(leader)], {}
    for option, row, margin in zip(options, values, margins, strict=True):
        if np.abs(row - own).max() <= TIE:
            said[option] = f"the same values as {leader}"
        else:
            said[option] = "" if margin > TIE else f"at best {max(-margin, 0):.3g} points behind, whatever the weights"
    return {option: reason for option, reason in said.items() if option != leader}


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
    >>> from aukus_mcda import load_case
    >>> never_leads(load_case("aukus_plus_two")).index.tolist()
    []
    """
    values = competing(case)
    margins = best_margins(values.to_numpy(), *constraints(space, list(values.columns)))
    table = pd.DataFrame(margins.mixture, index=values.index, columns=values.index)
    table.insert(0, "margin", margins.best)
    return table[table["margin"] <= TIE].rename_axis("option")


@dataclass(frozen=True, eq=False)
class Preference:
    """What holds between each two options over a space of weights.

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

    Raises
    ------
    WeightsError
        When the space is empty or names an unknown leaf.

    References
    ----------
    Greco, Mousseau and Słowiński (2008), doi:10.1016/j.ejor.2007.08.013.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> found = preference(load_case("aukus_plus_two"))
    >>> bool((found.necessary <= found.possible).all(axis=None))
    True
    """
    values = competing(case)
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
    >>> a.tolist(), b.tolist()
    ([[-0.0, -1.0], [0.0, 1.0]], [-0.1, 0.4])
    >>> constraints(["reach", "cost"], ["reach", "cost"])[0].tolist()
    [[-1.0, 1.0]]
    """
    unit = dict(zip(leaves, np.eye(len(leaves)), strict=True))
    if space is None:
        return np.empty((0, len(leaves))), np.empty(0)
    if isinstance(space, Mapping):
        _known(space, leaves)
        refuse(
            f"The bounds of {leaf} must be 0 <= low <= high <= 1, not {shown(ends)}."
            for leaf, ends in space.items()
            if not _is_range(ends)
        )
        rows = [
            (sign * unit[leaf], sign * end)
            for leaf, (low, high) in space.items()
            for sign, end in ((-1, low), (1, high))
        ]
        return np.array([row for row, _ in rows]).reshape(-1, len(leaves)), np.array(
            [end for _, end in rows], dtype=float
        )
    if isinstance(space, WeightSet):
        return space.inequalities(leaves)
    _known(space, leaves)
    pairs = [unit[lighter] - unit[heavier] for heavier, lighter in pairwise(space)]
    return np.array(pairs).reshape(-1, len(leaves)), np.zeros(len(pairs))


def _known(named: Iterable[str], leaves: Sequence[str]) -> None:
    names = list(named)
    unknown = [name for name in names if name not in leaves]
    twice = sorted({name for name in names if names.count(name) > 1}, key=str)
    refuse(
        ([f"No leaf called {listed(unknown)}. There are: {listed(leaves)}."] if unknown else [])
        + ([f"{listed(twice)} named more than once."] if twice else [])
    )


def _is_range(ends: Any) -> bool:
    pair = list(ends) if isinstance(ends, Sequence) and not isinstance(ends, str) else []
    return len(pair) == 2 and all(map(is_number, pair)) and 0 <= pair[0] <= pair[1] <= 1
