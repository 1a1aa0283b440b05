"""The additive model: scores, ranks, what each leaf contributes, who is dominated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import PurePath

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, WeightsError
from ..guard import guarded
from ..weights import TIE, Points, Weights


@dataclass(frozen=True, eq=False)
class Ranking:
    """Options in order of their weighted value, best first.

    Attributes
    ----------
    table : DataFrame
        By option: name, score (0-100), rank (1 is best; equal scores share the
        better rank; blank for a screened option), screened, reason, and least and
        greatest, the score with all its low-high judgements at their worse or
        better end. Screened options stand last.
    contributions : DataFrame
        Options x leaves, in value points; a row adds up to the option's score.
    dominated : DataFrame
        Pairs option, by: ``by`` is nowhere worse on the likely scores and
        somewhere better, so no weights can put ``option`` ahead of it.
    weights : Weights
        The weights used.
    """

    table: pd.DataFrame
    contributions: pd.DataFrame
    dominated: pd.DataFrame
    weights: Weights

    @property
    def ranked(self) -> pd.DataFrame:
        """The part of the table that is ranked."""
        return self.table[~self.table["screened"]]

    @property
    def leaders(self) -> tuple[str, ...]:
        """The options that rank first; more than one only when they tie."""
        return tuple(self.table.index[self.table["rank"] == 1])


@guarded(WeightsError)
def rank(case: Case, weights: Weights | str | Points = "baseline") -> Ranking:
    """Rank a case's options by the additive value model.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion id.

    Returns
    -------
    Ranking

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.
    WeightsError
        When the weights do not fit the case.

    References
    ----------
    Keeney and Raiffa (1976), *Decisions with Multiple Objectives*,
    doi:10.1017/CBO9781139174084.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> ranking = rank(load_case("aukus_plus_two"), "baseline")
    >>> ranking.table["rank"].iloc[:3].tolist()
    [1, 2, 3]
    """
    require_case(case)
    fitted = case.weights(weights)
    shares = fitted.values.sort_index()
    values = case.values
    contributions = values[shares.index] * shares
    score = contributions.apply(math.fsum, axis=1)
    least, greatest = ((end[shares.index] * shares).apply(math.fsum, axis=1) for end in case.value_range)
    table = pd.DataFrame(
        {
            "name": case.options["name"],
            "score": score,
            "rank": pd.array([pd.NA] * len(score), dtype="Int64"),
            "screened": score.index.isin(case.screened.index),
            "reason": case.screened.reindex(score.index, fill_value=""),
            "least": least,
            "greatest": greatest,
        }
    )
    kept = ~table["screened"]
    table.loc[kept, "rank"] = ranks(score[kept].to_numpy())
    order = sorted(table.index, key=lambda option: (table.at[option, "screened"], _place(table, option), option))
    return Ranking(
        table=table.loc[order].rename_axis("option"),
        contributions=contributions.loc[order, list(case.leaves)].rename_axis("option"),
        dominated=dominated(values[kept]),
        weights=fitted,
    )


def require_case(given: object) -> None:
    """Refuse what is no `Case`, such as the name of one.

    Raises
    ------
    AukusMcdaError
        Saying how to load it.
    """
    if not isinstance(given, Case):
        load = (
            f"load_case({given!r})" if isinstance(given, str | PurePath) else "load_case(...) or Case.from_frames(...)"
        )
        raise AukusMcdaError(f"The case is a {type(given).__name__}, not a Case; load it first: {load}.")


def ranks(scores: NDArray[np.float64], tie: float = TIE) -> NDArray[np.int64]:
    """Ranks of scores of shape ``(n,)``, 1 for the greatest; within ``tie`` they share it.

    A group of equals is counted from its greatest score, so a chain of small
    steps cannot make first and last equal.

    Examples
    --------
    >>> ranks(np.array([40.0, 70.0, 70.0 - 1e-12, 10.0])).tolist()
    [3, 1, 1, 4]
    """
    result = np.empty(len(scores), dtype=np.int64)
    shared, top = 0, math.inf
    for place, position in enumerate(np.argsort(-scores, kind="stable"), start=1):
        if top - scores[position] > tie:
            shared, top = place, scores[position]
        result[position] = shared
    return result


def dominated(values: pd.DataFrame) -> pd.DataFrame:
    """Pairs (option, by) in which ``by`` is at least as good on every leaf and better on one.

    Parameters
    ----------
    values : DataFrame
        Values, options x leaves.

    Examples
    --------
    >>> dominated(pd.DataFrame({"reach": [9, 5], "cost": [3, 3]}, index=["A", "B"]))
      option by
    0      B  A
    """
    grid = values.to_numpy(dtype=float)
    gap = grid[None, :, :] - grid[:, None, :]  # (option, by, leaf): what `by` has more
    beaten = np.all(gap >= -TIE, axis=2) & np.any(gap > TIE, axis=2)
    pairs = [(values.index[i], values.index[j]) for i, j in np.argwhere(beaten)]
    return pd.DataFrame(sorted(pairs), columns=["option", "by"], dtype=object)


def _place(table: pd.DataFrame, option: str) -> float:
    place = table.at[option, "rank"]
    return -table.at[option, "score"] if place is pd.NA else float(place)
