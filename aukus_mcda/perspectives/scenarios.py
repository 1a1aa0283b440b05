# SPDX-License-Identifier: Apache-2.0
"""The futures of a case: what each does to scores, to weights and to draws of both; and regret over futures.

A scenario shifts scores and re-weights criteria. A draw stands for one state of knowledge: the quantile at
which each score lies within its own range. A future moves the range, so what differs between the futures of
a draw is the future alone. The case as judged gets the very scores that `smaa` draws.

Regret is what an option gives up, in each future, beside the best that could have been chosen there.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import BrokenLine, Case, judged
from ..errors import MethodError, is_number, label_faults, listed, refuse
from ..guard import guarded
from ..ranking import Ranking, competing, rank
from ..uncertainty import Batch, Scales, ScoreDraws, score_draws
from ..weights import TIE, Array, GivenWeights, Weights

AS_JUDGED = "as_judged"
"""The future in which nothing shifts: the case as it was judged."""


def future_names(case: Case) -> pd.Series:
    """Readable names of a case's futures by id, the case as judged first.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> list(future_names(load_case("aukus_plus_two")).index[:3])
    ['as_judged', 'coercion', 'cyber']
    """
    table = case.scenarios.drop_duplicates("scenario").set_index("scenario")["name"]
    names = table.where(table != "", table.index.to_series())
    named = pd.concat([pd.Series({AS_JUDGED: "As judged"}, dtype=object), names.astype(object)])
    return named.rename("name").rename_axis("future")


_FUTURES: WeakKeyDictionary[Case, dict[str, tuple[Case, dict[str, float]]]] = WeakKeyDictionary()
"""A case in the futures that were asked for, and the factors there, as long as the case itself is there."""


def in_future(case: Case, future: str) -> Case:
    """The case with its scores as they would be in a future; its weights there are for `weights_in`.

    Shifts of a score add up and move its low, likely and high alike; what passes an
    anchor is put on it.

    Parameters
    ----------
    case : Case
    future : str
        A scenario's id, or ``as_judged``, which gives the case itself.

    Raises
    ------
    MethodError
        When there is no such future.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two")
    >>> moved = in_future(case, "relapse").performance - case.performance
    >>> float(moved.at["info_umbrella", "int_data"])
    -3.0
    """
    return _moved(case, future)[0]


def weight_factors(case: Case, future: str) -> dict[str, float]:
    """What a future multiplies the weight of each criterion by that it changes; several factors multiply."""
    return _moved(case, future)[1]


def _moved(case: Case, future: str) -> tuple[Case, dict[str, float]]:
    """A case with the scores of a future, and the factors on its weights there."""
    kept = _FUTURES.setdefault(case, {})
    if future == AS_JUDGED:
        return case, {}
    if future not in kept:
        rows = case.scenarios[case.scenarios["scenario"] == future]
        if rows.empty:
            futures = future_names(case).index
            there = f"There are: {listed(futures)}." if len(futures) > 1 else "The case has no scenarios."
            raise MethodError(f"No future called {future!r}. {there}")
        factors = rows.dropna(subset=["weight_factor"]).groupby("criterion", sort=False)["weight_factor"].prod()
        kept[future] = replace(case, scores=_shifted(case, rows.dropna(subset=["shift"]))), factors.to_dict()
    return kept[future]


def _shifted(case: Case, shifts: pd.DataFrame) -> pd.DataFrame:
    """The scores after some shifts, each within its anchors."""
    scores = case.scores.copy()
    options, criteria = (scores.index.get_level_values(level) for level in ("option", "criterion"))
    shift = np.zeros(len(scores))
    for row in shifts.itertuples():
        shift[(criteria == row.criterion) & (options == row.option if row.option else True)] += row.shift
    anchors = np.sort(case.criteria.loc[criteria, ["worst", "best"]].to_numpy(dtype=float), axis=1)
    for column in ("low", "likely", "high"):
        scores[column] = (scores[column] + shift).clip(*anchors.T)
    return scores


def weights_in(case: Case, weights: GivenWeights, future: str) -> Weights:
    """Weights as they would be in a future.

    Each criterion's weight is multiplied by its factor and the siblings are made to add
    up to what they did; below them the proportions stay.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As judged today.
    future : str

    Raises
    ------
    MethodError, WeightsError
        When there is no such future, it leaves siblings without any weight, or the
        weights do not fit the case.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two")
    >>> now, then = case.profile("baseline"), weights_in(case, "baseline", "provocation")
    >>> bool(then.values["det_assurance"] > now.values["det_assurance"]), round(float(then.values.sum()), 12)
    (True, 1.0)
    """
    fitted = case.weights(weights)
    factors = weight_factors(case, future)
    if not factors:
        return fitted
    leaves = list(case.leaves)
    now = fitted.values[leaves].to_numpy(dtype=float)
    then = pd.Series(reweighted(now[:, None], case, leaves, factors)[:, 0], index=leaves, name="weight")
    name = f"{fitted.name or 'given'}, in {future}"
    return Weights(then / math.fsum(then), fitted.method, name=name, anchors=fitted.anchors)


def rank_in(case: Case, weights: GivenWeights, future: str) -> Ranking:
    """The ranking in a future, on likely scores."""
    return rank(in_future(case, future), weights_in(case, weights, future))


@lru_cache(maxsize=1)
def rankings_in(case: Case, weights: Weights | str) -> Mapping[str, Ranking]:
    """The ranking in every future, by its id, the case as judged first; kept, as a study asks for it twice."""
    return {str(future): rank_in(case, weights, str(future)) for future in future_names(case).index}


def futures_led(rankings: Mapping[str, Ranking]) -> tuple[int, int] | None:
    """In how many of a case's scenarios today's leaders still come first, alone or tied, and how many there are.

    The one way in which futures are counted. The case as judged is not among them: it is
    today, and the leader leads there by definition. None without scenarios or leaders;
    `verdicts.verdict_from` takes it as a test that was not made.

    Parameters
    ----------
    rankings : mapping of str to Ranking
        By future, the case as judged among them.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> futures_led(rankings_in(load_case("aukus_plus_two"), "baseline"))[1]
    14
    """
    leaders = set(rankings[AS_JUDGED].leaders)
    others = [ranking for future, ranking in rankings.items() if future != AS_JUDGED]
    if not others or not leaders:
        return None
    return sum(leaders <= set(ranking.leaders) for ranking in others), len(others)


def leaders_by_profile(case: Case) -> pd.DataFrame:
    """Who leads in each future under each profile's weights, by the likely scores.

    Returns
    -------
    DataFrame of str
        Futures (by name, the case as judged first) x profiles: short names; several only when they tie.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> leaders_by_profile(load_case("starter")).loc["As judged"].to_dict()
    {'baseline': 'Exchange', 'treasury': 'Exchange'}
    """
    short, leaves = case.options["short"], list(case.leaves)
    now = np.transpose([case.profile(name).values[leaves] for name in case.profiles])
    rows: dict[str, list[str]] = {}
    for future, name in future_names(case).items():
        values = competing(in_future(case, str(future)))[leaves]
        then = reweighted(now, case, leaves, weight_factors(case, str(future)))
        scores = (values.to_numpy() @ (then / then.sum(axis=0))).T
        rows[name] = [" and ".join(short[values.index[each >= each.max() - TIE]]) for each in scores]
    return pd.DataFrame.from_dict(rows, orient="index", columns=[*case.profiles]).rename_axis("future")


def reweighted(weights: Array, case: Case, leaves: list[str], factors: Mapping[str, float]) -> Array:
    """Leaf weights ``(k, n)``, a row per leaf, after factors on criteria at any level of the tree.

    Raises
    ------
    MethodError
        When all the weight of siblings is multiplied by 0.
    """
    if not factors:
        return weights
    row: dict[str, Array] = dict(zip(leaves, weights, strict=True))
    out = np.empty_like(weights)
    children: dict[str, list[str]] = {}
    for criterion, parent in case.criteria["parent"].items():
        children.setdefault(parent, []).append(criterion)

    def total(criterion: str) -> Array:
        if criterion in row:
            return row[criterion]
        return np.asarray(np.add.reduce([total(child) for child in children[criterion]]))

    def down(siblings: list[str], scale: Array | float) -> None:
        if any(factors.get(each, 1.0) != 1 for each in siblings):
            totals = {each: total(each) for each in siblings}
            before = np.add.reduce(list(totals.values()))
            after = np.add.reduce([factors.get(each, 1.0) * totals[each] for each in siblings])
            if np.any((after <= 0) & (before > 0)):
                raise MethodError(f"A future takes all weight from {listed(siblings)}: their factors are 0.")
            scale = scale * np.divide(before, after, out=np.ones_like(before), where=after > 0)
        for each in siblings:
            own = scale * factors.get(each, 1.0)
            if each in row:
                np.multiply(row[each], own, out=out[leaves.index(each)])
            else:
                down(children[each], own)

    down(children[""], 1.0)
    return out


class OptionInFuture(NamedTuple):
    """How one option's raw scores are drawn in a future.

    For some ``leaves (r,)``: their ``likely`` scores ``(r,)``, and ``batches`` of those that vary. Each batch comes
    with its place among the option's batches as judged, and the rows of that one's random numbers it is made of.
    """

    leaves: NDArray[np.intp]
    likely: Array
    batches: list[tuple[int, list[int], Batch]]


@dataclass(frozen=True, eq=False)
class FutureDraws:
    """How raw scores and weights are drawn in several futures at once, from the same random numbers.

    Attributes
    ----------
    case : Case
    leaves : list of str
    judged : ScoreDraws
        The scores as judged.
    options : list of list of OptionInFuture
        By option and future: all leaves in the first, which is as judged; in others those whose scores differ.
    lines : list of BrokenLine
        By leaf, from raw scores to values 0-100.
    factors : list of dict
        By future, as from `weight_factors`.
    """

    case: Case
    leaves: list[str]
    judged: ScoreDraws
    options: list[list[OptionInFuture]]
    lines: list[BrokenLine]
    factors: list[dict[str, float]]

    @classmethod
    def of(
        cls, case: Case, futures: Sequence[str], options: list[str], leaves: list[str], *, certain: bool = False
    ) -> FutureDraws:
        """Of some options of a case; the first of the futures is `AS_JUDGED`. Certain scores stay at their likely."""
        drawn = score_draws(case, options, leaves, certain=certain)
        ends = np.sort(case.criteria.loc[leaves, ["worst", "best"]].to_numpy(dtype=float), axis=1)
        labels = pd.MultiIndex.from_product([options, leaves])
        ranges = [judged(in_future(case, future)).loc[labels, ["low", "likely", "high"]] for future in futures]
        grid = np.reshape(ranges, (len(futures), len(options), len(leaves), 3))
        differs = (grid != grid[0]).any(axis=3)
        differs[0] = True
        by_option = [
            [
                _in_future(table, np.flatnonzero(rows), batches, (ends, ends))
                for table, rows in zip(grid[:, option], differs[:, option], strict=True)
            ]
            for option, batches in enumerate(drawn.batches)
        ]
        lines = [BrokenLine.through(*case.value_function(leaf).corners) for leaf in leaves]
        return cls(case, leaves, drawn, by_option, lines, [weight_factors(case, future) for future in futures])

    @cached_property
    def moved(self) -> list[NDArray[np.intp]]:
        """By future, the leaves on which any option's scores are drawn otherwise than as judged; at first all."""
        futures = zip(*self.options, strict=True)
        return [np.unique(np.concatenate([each.leaves for each in options])) for options in futures]

    def draw(self, rng: np.random.Generator, option: int, draws: int) -> list[tuple[NDArray[np.intp], Array]]:
        """By future, leaves ``(r,)`` and one option's raw scores on them ``(r, n)``; see `options` for which leaves."""
        numbers = self.judged.numbers(self.judged.draw(rng, option, np.empty((len(self.leaves), draws))), option)
        futures = []
        for leaves, likely, batches in self.options[option]:
            raw = np.repeat(likely[:, None], draws, axis=1)
            for place, rows, batch in batches:
                used = numbers[place][rows]
                batch.value(used)
                raw[np.searchsorted(leaves, batch.rows)] = used
            futures.append((leaves, raw))
        return futures

    def weights(self, drawn: Array) -> list[Array]:
        """By future, weights ``(k, n)`` that were drawn as judged today."""
        return [reweighted(drawn, self.case, self.leaves, factors) for factors in self.factors]


def _in_future(ranges: Array, leaves: NDArray[np.intp], batches: Sequence[Batch], scales: Scales) -> OptionInFuture:
    """How an option's scores are drawn on some leaves, from ``ranges (k, 3)``, where these are drawn as judged."""
    moved = []
    for place, batch in enumerate(batches):
        rows = [row for row, leaf in enumerate(batch.rows) if leaf in leaves and ranges[leaf, 0] < ranges[leaf, 2]]
        if rows:
            own = batch.rows[rows]
            moved.append((place, rows, Batch.of(batch.kind, own, ranges[own].T, scales, shared=batch.shared)))
    return OptionInFuture(leaves, ranges[leaves, 1], moved)


@dataclass(frozen=True, eq=False)
class Regret:
    """Regrets, and the two rules of choice that need no probabilities.

    Attributes
    ----------
    table : DataFrame
        Options x futures, in the payoffs' unit; 0 for the best in a future.
    greatest, least : Series
        By option: the greatest regret, and the least payoff, over all futures.
    minimax_regret, maximin : tuple
        The options with the smallest greatest regret, and with the greatest least
        payoff; several only when they tie.
    """

    table: pd.DataFrame
    greatest: pd.Series
    least: pd.Series
    minimax_regret: tuple[Hashable, ...]
    maximin: tuple[Hashable, ...]


@guarded(MethodError)
def regret(payoffs: pd.DataFrame) -> Regret:
    """What each option gives up in each future, and who gives up least at worst.

    Minimax regret depends on the options compared: dropping one that is never chosen
    can change whom it picks. Maximin does not.

    Parameters
    ----------
    payoffs : DataFrame
        Options x futures, more is better, all in one unit.

    Returns
    -------
    Regret
        Options x futures, in the payoffs' unit.

    Raises
    ------
    MethodError
        When there is no option or no future, a label is repeated, or a payoff is
        missing or not a finite number.

    References
    ----------
    Savage (1951), doi:10.1080/01621459.1951.10500768.

    Examples
    --------
    >>> import pandas as pd
    >>> from aukus_mcda import regret
    >>> payoffs = pd.DataFrame({"fall": [-4, -2, 3], "level": [4, 3, 2], "rise": [12, 8, 1]},
    ...                        index=["stocks", "bonds", "money market"])
    >>> result = regret(payoffs)
    >>> result.greatest.to_dict(), result.minimax_regret, result.maximin
    ({'stocks': 7.0, 'bonds': 5.0, 'money market': 11.0}, ('bonds',), ('money market',))
    """
    if payoffs.empty:
        raise MethodError("Give the payoffs as a DataFrame, options x futures, with at least one of each.")
    alike = "Every option and every future must have a label of its own: {} named more than once."
    refuse([*label_faults(payoffs.index, repeated=alike), *label_faults(payoffs.columns, repeated=alike)], MethodError)
    unusable = np.argwhere(~payoffs.astype(object).map(is_number).to_numpy())
    bad = [f"{payoffs.index[i]} in {payoffs.columns[j]}" for i, j in unusable]
    if bad:
        raise MethodError(f"Every payoff must be a finite number; missing or unusable: {', '.join(bad[:6])}.")
    numbers = payoffs.astype(float)
    table = numbers.max() - numbers
    greatest, least = table.max(axis=1), numbers.min(axis=1)
    least_regret, safest = greatest.index[greatest <= greatest.min() + TIE], least.index[least >= least.max() - TIE]
    named = greatest.rename("greatest_regret"), least.rename("least")
    return Regret(table, *named, minimax_regret=tuple(least_regret), maximin=tuple(safest))
