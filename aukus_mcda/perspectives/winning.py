# SPDX-License-Identifier: Apache-2.0
"""What would make another option win: the least error in its favour, shared out over all judgements and all futures.

Every judgement has a range. If each errs by the same part of its own range in an option's favour (its scores towards
their better ends, those of the others towards their worse ends, swing points anywhere so near), there is a least part
at which some weights put the option first. It is sought in each future; none is needed where the option leads there
anyway. So one number says how far the case for an option is from the judgements, and the moves say where to attack.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
import pandas as pd

from ..case import Case
from ..ranking import rank
from ..weights import TIE, Array, GivenWeights, SiblingPoints, Weights, best_margins
from .scenarios import AS_JUDGED, future_names, in_future, weight_factors, weights_in

PRECISION = 1e-6
"""How near the part comes to the least."""


@dataclass(frozen=True, eq=False)
class Win:
    """The least error that lets an option lead.

    Attributes
    ----------
    option : str
    part : float
        Of every range, 0 to 1; infinite when it does not lead even with every judgement at its favourable end.
    future : str
        Where so little is enough, the case as judged if it is there; blank when there is none.
    as_judged : float
        The part it takes when no future comes.
    moves : DataFrame
        What changes, the greatest gain first: criterion, option (blank for a weight), now, then (scores in their unit,
        weights of top criteria 0 to 1) and gain, in value points on today's leader. Gains add up to the lead it has
        in that future on likely judgements.
    """

    option: str
    part: float
    future: str
    as_judged: float
    moves: pd.DataFrame


@dataclass(frozen=True, eq=False)
class _Future:
    """A case and weights in one future: values as judged with their ends, options x leaves, and swing points."""

    case: Case
    likely: pd.DataFrame
    least: Array
    greatest: Array
    points: SiblingPoints
    weights: Weights

    @classmethod
    def of(cls, case: Case, weights: Weights, future: str) -> _Future:
        points = weights.judged
        for criterion, factor in weight_factors(case, future).items():
            beneath = [leaf for leaf in points.index if leaf in case.leaves and criterion in case.branch_of(leaf)]
            points.loc[[criterion] if criterion in points.index else beneath] *= factor
        there, leaves = in_future(case, future), list(case.leaves)
        likely, *ends = (each.loc[list(case.competing), leaves] for each in (there.values, *there.value_range))
        least, greatest = (end.to_numpy(dtype=float) for end in ends)
        tree = SiblingPoints.of(points, weights.parents.reindex(points.index, fill_value=""), leaves)
        return cls(there, likely, least, greatest, tree, weights_in(case, weights, future))

    def values(self, option: str, part: float) -> Array:
        """Values when every score errs by a part of its range in favour of one option."""
        likely = self.likely.to_numpy(dtype=float)
        favoured = (self.likely.index == option)[:, None]
        return np.asarray(likely + part * (np.where(favoured, self.greatest, self.least) - likely))

    def space(self, part: float) -> SiblingPoints:
        """The swing points that are possible when each errs by a part of its range."""
        points = self.points
        low, high = (points.likely + part * (end - points.likely) for end in (points.low, points.high))
        return replace(points, low=low, high=high)

    def best(self, option: str, part: float) -> tuple[float, Array]:
        """By how much the option can lead then, and the weights under which it does."""
        place = self.likely.index.get_loc(option)
        margins = best_margins(self.values(option, part), *self.space(part).inequalities, options=[place])
        return float(margins.best[place]), margins.weights[place]

    def ahead_of_each(self, option: str, part: float) -> float:
        """Below 0 where one rival is ahead under all weights: no program is needed to tell."""
        values = self.values(option, part)
        gaps = values[self.likely.index == option] - values[self.likely.index != option]
        return float((self.space(part).lightest(-gaps) * gaps).sum(axis=1).min()) + 2 * TIE

    def ahead(self, option: str, part: float) -> float:
        """0 or more where some weights put it first."""
        return self.best(option, part)[0] + TIE

    def enough(self, option: str, most: float) -> float:
        """The least part at which some weights put it first; infinite where ``most`` does not."""
        from scipy.optimize import brentq

        part = 0.0
        for test in (self.ahead_of_each, self.ahead):
            ahead = cache(partial(test, option))  # the search for the least begins with both ends again
            if ahead(part) < 0:
                if ahead(most) < 0:
                    return np.inf
                part = min(brentq(ahead, part, most, xtol=PRECISION) + PRECISION, most)
        return part

    def moves(self, option: str, leader: str, part: float) -> pd.DataFrame:
        """What each change gains the option on the leader."""
        leaves, weights = list(self.likely.columns), self.best(option, part)[1]
        places = self.likely.index.get_indexer([option, leader])
        both = np.array([each[places] for each in (self.likely.to_numpy(dtype=float), self.values(option, part))])
        gains = weights * (both[1] - both[0]) * np.array([[1.0], [-1.0]])
        scores = [self.case.value_function(leaf).inverse(both[:, :, column]) for column, leaf in enumerate(leaves)]
        now, then = np.stack(scores, axis=2)
        before = self.weights.values[leaves].to_numpy(dtype=float)
        by_leaf = np.transpose([before, weights, (weights - before) * (both[0, 0] - both[0, 1])])
        of_roots = pd.DataFrame(by_leaf).groupby(list(map(self.case.root_of, leaves)), sort=False).sum()
        numbers = np.vstack([*np.stack([now, then, gains], axis=2), of_roots])
        table = pd.DataFrame(numbers, columns=["now", "then", "gain"])
        table.insert(0, "criterion", [*leaves, *leaves, *of_roots.index])
        table.insert(1, "option", [option] * len(leaves) + [leader] * len(leaves) + [""] * len(of_roots))
        return table[table["gain"].abs() > TIE].sort_values("gain", ascending=False, kind="stable", ignore_index=True)


def wins(case: Case, weights: GivenWeights = "baseline") -> dict[str, Win]:
    """The least error in favour of each option that does not lead, by id, the nearest first.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        Those with ranges may err within them; others are taken as certain.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> all(0 <= win.part <= 1 or win.part == float("inf") for win in wins(load_case("starter")).values())
    True
    """
    fitted = case.weights(weights)
    leaders = rank(case, fitted).leaders
    futures = {str(future): _Future.of(case, fitted, str(future)) for future in future_names(case).index}
    nearest = {}
    for option in case.competing:
        if option in leaders:
            continue
        parts: dict[str, float] = {}
        for name, future in futures.items():
            least = min([1.0, *parts.values()])
            if least > 0 and (part := future.enough(option, least)) < np.inf:
                parts[name] = part
        where = min(parts, key=lambda name: parts[name], default="")
        part = parts.get(where, np.inf)
        moves = futures[where].moves(option, leaders[0], part) if where else pd.DataFrame()
        nearest[option] = Win(option, part, where, parts.get(AS_JUDGED, np.inf), moves)
    return dict(sorted(nearest.items(), key=lambda each: (each[1].part, each[0])))
