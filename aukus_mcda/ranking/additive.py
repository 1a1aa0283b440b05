# SPDX-License-Identifier: Apache-2.0
"""The additive model: who competes, scores, ranks, what each leaf contributes, who is dominated."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, WeightsError
from ..guard import guarded
from ..weights import TIE, Array, GivenWeights, Weights


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
        somewhere better, so no weights can put ``option`` ahead of it. A score that
        is unknown counts as the best for ``option`` and as the worst for ``by``.
    unplaced : DataFrame
        The options with unknown scores, which cannot be placed better than from
        best_rank to worst_rank: also the leaves concerned (``unknown``), and least and
        greatest, their score with all that is unknown of them at its worst and at its
        best. What is unknown of the others is at its best for worst_rank, and the reverse.
    weights : Weights
        The weights used.
    """

    table: pd.DataFrame
    contributions: pd.DataFrame
    dominated: pd.DataFrame
    unplaced: pd.DataFrame
    weights: Weights

    def __repr__(self) -> str:
        """What a reader asks of it first."""
        return repr(self.table[["score", "rank"]])

    @property
    def ranked(self) -> pd.DataFrame:
        """The part of the table that is ranked."""
        return self.table[~self.table["screened"]]

    @property
    def leaders(self) -> tuple[str, ...]:
        """The options that rank first; more than one only when they tie."""
        return tuple(self.table.index[self.table["rank"] == 1])


@guarded(WeightsError)
def rank(case: Case, weights: GivenWeights = "baseline") -> Ranking:
    """Rank a case's options by the additive value model.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Weights, a profile's name, or swing points by criterion id.

    Returns
    -------
    Ranking
        Scores from 0 to 100, ranks from 1, contributions in points; options that fail a screen have no rank.

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
    Jiménez, Mateos and Ríos-Insua (2009), *Missing consequences in multiattribute
    utility theory*, Omega 37, 395-410, for scores that are unknown.

    Examples
    --------
    >>> from aukus_mcda import load_case, rank
    >>> ranking = rank(load_case("aukus_plus_two"), "baseline")
    >>> ranking.table["rank"].iloc[:3].tolist()
    [1, 2, 3]
    """
    fitted = case.weights(weights)
    shares = fitted.values.sort_index()
    values = case.values
    contributions = values[shares.index] * shares
    ends = (end[shares.index] * shares for end in case.value_range)
    score, least, greatest = map(_exact_sums, (contributions, *ends))
    reasons = case.screened
    ranked = ~score.index.isin(reasons.index)
    placed = pd.array([pd.NA] * len(score), dtype="Int64")
    placed[ranked] = ranks(score[ranked].to_numpy())
    columns = {"name": case.options["name"], "score": score, "rank": placed, "screened": ~ranked}
    columns |= {"reason": reasons.reindex(score.index, fill_value=""), "least": least, "greatest": greatest}
    table = pd.DataFrame(columns)
    place = np.where(ranked, table["rank"].to_numpy(dtype=float, na_value=0), -score)
    unknown = case.unknown[ranked]
    order = score.index[np.lexsort((score.index, place, ~ranked))]
    return Ranking(
        table=table.loc[order].rename_axis("option"),
        contributions=contributions.loc[order, list(case.leaves)].rename_axis("option"),
        dominated=dominated(values[ranked], unknown),
        unplaced=_unplaced(contributions[ranked], 100 * shares, unknown),
        weights=fitted,
    )


def _exact_sums(rows: pd.DataFrame) -> pd.Series:
    return pd.Series([math.fsum(row) for row in rows.to_numpy(dtype=float)], index=rows.index)


def _unplaced(contributions: pd.DataFrame, most: pd.Series, unknown: pd.DataFrame) -> pd.DataFrame:
    """Within which ranks the options with unknown scores must lie; ``most`` is what each leaf can contribute."""
    unknown = unknown[contributions.columns]
    if not unknown.to_numpy().any():  # as in most cases, which are ranked again and again
        columns = ["unknown", "least", "greatest", "best_rank", "worst_rank"]
        return pd.DataFrame(columns=columns).rename_axis("option")
    least, greatest = (_exact_sums(contributions.mask(unknown, end, axis=1)) for end in (0 * most, most))
    table = pd.DataFrame({"unknown": [tuple(row.index[row]) for _, row in unknown.iterrows()]}, index=unknown.index)
    table = table.assign(least=least, greatest=greatest)
    table["best_rank"] = [1 + int((least > end + TIE).sum()) for end in greatest]
    table["worst_rank"] = [1 + int((greatest.drop(option) > end + TIE).sum()) for option, end in least.items()]
    return table[unknown.any(axis=1)].sort_index().rename_axis("option")


@dataclass(frozen=True, eq=False)
class Contest:
    """The options that compete, those that pass every screen, and the weights, all in the order of ids.

    Attributes
    ----------
    values : DataFrame
        Options x leaves, 0-100.
    weights : Weights
    share : Series
        Weights of the leaves.
    score : Series
        Scores of the options.
    """

    values: pd.DataFrame
    weights: Weights
    share: pd.Series
    score: pd.Series

    @property
    def leads(self) -> NDArray[np.bool_]:
        """Which options lead or tie for the lead, shape (n,)."""
        return np.asarray(self.score >= self.score.max() - TIE)


def competitors(case: Case) -> list[str]:
    """The options that pass every screen, in the order of ids.

    Raises
    ------
    AukusMcdaError
        When there is none.
    """
    options = sorted(case.competing)
    if not options:
        raise AukusMcdaError("Every option fails a screen: there is nothing to compare.")
    return options


def competing(case: Case) -> pd.DataFrame:
    """Values 0-100 of the `competitors`; options and leaves in the order of ids."""
    return case.values.loc[competitors(case), sorted(case.leaves)]


def contest(case: Case, weights: GivenWeights) -> Contest:
    """What competes under which weights.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.
    AukusMcdaError
        When no option passes every screen.
    """
    values, fitted = competing(case), case.weights(weights)
    share = fitted.values[values.columns]
    score = np.ascontiguousarray(values.to_numpy()) @ share.to_numpy()
    return Contest(values, fitted, share, pd.Series(score, index=values.index, name="score"))


def best_of(options: pd.Index, scores: Array) -> str:
    """The options with the greatest score, ids joined by ``;``."""
    return ";".join(sorted(options[scores >= scores.max() - TIE]))


def ranks(scores: Array) -> NDArray[np.int64]:
    """Ranks of scores of shape ``(n,)``, 1 for the greatest; within `TIE` they share it.

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
        if top - scores[position] > TIE:
            shared, top = place, scores[position]
        result[position] = shared
    return result


def tau_b(x: NDArray[Any], y: NDArray[Any]) -> float:
    """Kendall's rank correlation with ties, of two rankings ``(n,)``; NaN when either ties all options.

    SciPy's own needs `scipy.stats`, which takes longer to import than a whole comparison.
    """
    above, over = (np.sign(ranked[:, None] - ranked) for ranked in (x, y))
    untied = math.sqrt(float((above**2).sum()) * float((over**2).sum()))
    return float((above * over).sum()) / untied if untied else math.nan


def dominated(values: pd.DataFrame, unknown: pd.DataFrame) -> pd.DataFrame:
    """Pairs (option, by) in which ``by`` is at least as good on every leaf and better on one.

    Parameters
    ----------
    values : DataFrame
        Values, options x leaves.
    unknown : DataFrame
        Which of them may lie anywhere from 0 to 100: nothing is dominated for what is unknown.

    Examples
    --------
    >>> values = pd.DataFrame({"reach": [9, 5], "cost": [3, 3]}, index=["A", "B"])
    >>> dominated(values, values.isna())
      option by
    0      B  A
    """
    values = values.sort_index()
    grid, at_best = (values.mask(unknown, end).to_numpy(dtype=float) for end in (0, 100))
    beaten = np.empty((len(grid), len(grid)), dtype=bool)  # row by row, as all gaps at once are too many for a big case
    for place, own in enumerate(at_best):
        beaten[place] = (grid >= own - TIE).all(axis=1) & (grid > own + TIE).any(axis=1)
    option, by = np.nonzero(beaten)
    return pd.DataFrame({"option": values.index[option], "by": values.index[by]}, dtype=object)
