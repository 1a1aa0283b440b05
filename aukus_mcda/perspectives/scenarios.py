"""The futures of a case: what each does to the scores and to the weights; and regret over futures.

A scenario shifts scores and re-weights criteria. Put into a case it gives another
case, which every analysis can be made of. Regret is what an option gives up, in each
future, beside the best that could have been chosen there.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case
from ..errors import MethodError, listed
from ..guard import guarded
from ..ranking import Ranking, rank, require_case
from ..weights import TIE, Points, Weights

AS_JUDGED = "as_judged"
"""The future in which nothing shifts: the case as it was judged."""


def future_names(case: Case) -> pd.Series:
    """Readable names of a case's futures by id, the case as judged first.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.
    MethodError
        When a scenario is called ``as_judged``, which is taken.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> list(future_names(load_case("aukus_plus_two")).index[:3])
    ['as_judged', 'coercion', 'cyber']
    """
    require_case(case)
    table = case.scenarios.drop_duplicates("scenario").set_index("scenario")["name"]
    if AS_JUDGED in table.index:
        raise MethodError(f"Give the scenario {AS_JUDGED!r} another id: the case without any shift is called so.")
    names = table.where(table != "", table.index.to_series())
    named = pd.concat([pd.Series({AS_JUDGED: "As judged"}, dtype=object), names.astype(object)])
    return named.rename("name").rename_axis("future")


def in_future(case: Case, future: str) -> Case:
    """The case as it would be in a future.

    Shifts of a score add up and move its low, likely and high alike; what passes an
    anchor is put on it. Weight factors multiply the swing points of every profile;
    among siblings the greatest likely points become 100 again.

    Parameters
    ----------
    case : Case
    future : str
        A scenario's id, or ``as_judged``, which gives the case itself.

    Raises
    ------
    MethodError
        When there is no such future, or it leaves siblings without any weight.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two")
    >>> moved = in_future(case, "relapse").performance - case.performance
    >>> float(moved.at["info_umbrella", "int_data"])
    -3.0
    """
    rows = _rows(case, future)
    if rows.empty:
        return case
    return replace(case, scores=_shifted(case, rows), points=_pointed(case, _factors(rows)))


def weights_in(case: Case, weights: Weights | str | Points, future: str) -> Weights:
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


def rank_in(case: Case, weights: Weights | str | Points, future: str) -> Ranking:
    """The ranking in a future, on likely scores."""
    return rank(in_future(case, future), weights_in(case, weights, future))


def leads_in(case: Case, weights: Weights | str | Points = "baseline") -> tuple[int, int] | None:
    """As `futures_led`, of the rankings on likely scores.

    `verdicts.verdict_from` takes None as a test that was not made.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> leads_in(load_case("aukus_plus_two"))[1]
    7
    """
    return futures_led({future: rank_in(case, weights, future) for future in future_names(case).index})


def futures_led(rankings: Mapping[str, Ranking]) -> tuple[int, int] | None:
    """In how many of a case's scenarios today's leaders still come first, alone or tied, and how many there are.

    The one way in which futures are counted. The case as judged is not among them: it is
    today, and the leader leads there by definition. None without scenarios or leaders.

    Parameters
    ----------
    rankings : mapping of str to Ranking
        By future, the case as judged among them.
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
    names, short = future_names(case), case.options["short"]
    rows = {
        names[future]: {
            profile: " and ".join(short[list(rank_in(case, profile, future).leaders)]) for profile in case.profiles
        }
        for future in names.index
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("future")


def weight_factors(case: Case, future: str) -> dict[str, float]:
    """What a future multiplies the weight of a criterion by, for those it changes."""
    return _factors(_rows(case, future))


def reweighted(
    weights: NDArray[np.float64], case: Case, leaves: list[str], factors: Mapping[str, float]
) -> NDArray[np.float64]:
    """Leaf weights ``(k, n)``, a row per leaf, after factors on criteria at any level of the tree.

    Raises
    ------
    MethodError
        When all the weight of siblings is multiplied by 0.
    """
    if not factors:
        return weights
    row = {leaf: weights[number] for number, leaf in enumerate(leaves)}
    children: dict[str, list[str]] = {}
    for criterion, parent in case.criteria["parent"].items():
        children.setdefault(parent, []).append(criterion)
    out = np.empty_like(weights)

    def total(criterion: str) -> NDArray[np.float64]:
        if criterion in row:
            return np.asarray(row[criterion])
        return np.asarray(np.add.reduce([total(child) for child in children[criterion]]))

    def down(siblings: list[str], scale: NDArray[np.float64] | float) -> None:
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


def _rows(case: Case, future: str) -> pd.DataFrame:
    """What the case says of a future; nothing for the case as judged."""
    names = future_names(case)
    if future not in names.index:
        there = f"There are: {listed(names.index)}." if len(names) > 1 else "The case has no scenarios."
        raise MethodError(f"No future called {future!r}. {there}")
    return case.scenarios[case.scenarios["scenario"] == future]


def _factors(rows: pd.DataFrame) -> dict[str, float]:
    """The factor of each criterion that has one; several multiply."""
    factors = rows.dropna(subset=["weight_factor"]).groupby("criterion", sort=False)["weight_factor"].prod()
    return {str(criterion): float(factor) for criterion, factor in factors.items()}


def _shifted(case: Case, rows: pd.DataFrame) -> pd.DataFrame:
    """The scores with all shifts of each added up, within the anchors."""
    shift = pd.Series(0.0, index=case.scores.index)
    for option, criterion, by in rows.dropna(subset=["shift"])[["option", "criterion", "shift"]].itertuples(
        index=False
    ):
        if option:
            shift[option, criterion] += by
        else:
            shift[shift.index.get_level_values("criterion") == criterion] += by
    ends = case.criteria.loc[case.scores.index.get_level_values("criterion"), ["worst", "best"]].to_numpy(dtype=float)
    moved = case.scores.copy()
    touched = (shift != 0).to_numpy()
    for column in ("low", "likely", "high"):
        clipped = np.clip(moved[column] + shift, ends.min(axis=1), ends.max(axis=1))
        moved[column] = moved[column].where(~touched, clipped)
    return moved


def _pointed(case: Case, factors: Mapping[str, float]) -> pd.DataFrame:
    """The swing points of every profile times their factors, 100 the greatest among siblings again."""
    if not factors or case.points.empty:
        return case.points
    moved = case.points.copy()
    criterion = moved.index.get_level_values("criterion")
    columns = ["low", "likely", "high"]
    moved[columns] = moved[columns].mul(criterion.map(lambda name: factors.get(name, 1.0)).to_numpy(float), axis=0)
    siblings = [moved.index.get_level_values("profile"), case.criteria["parent"].reindex(criterion).to_numpy()]
    now, most = (table["likely"].groupby(siblings).transform("max") for table in (case.points, moved))
    gone = sorted(set(criterion[(most == 0) & (now > 0)]))
    if gone:
        raise MethodError(f"A future takes all weight from {listed(gone)}: their factors are 0.")
    changed = (most != now).to_numpy()
    moved.loc[changed, columns] = moved.loc[changed, columns].mul((100 / most[changed]).to_numpy(), axis=0)
    return moved


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
    >>> payoffs = pd.DataFrame({"fall": [-4, -2, 3], "level": [4, 3, 2], "rise": [12, 8, 1]},
    ...                        index=["stocks", "bonds", "money market"])
    >>> result = regret(payoffs)
    >>> result.greatest.to_dict(), result.minimax_regret, result.maximin
    ({'stocks': 7.0, 'bonds': 5.0, 'money market': 11.0}, ('bonds',), ('money market',))
    """
    if not isinstance(payoffs, pd.DataFrame) or payoffs.empty:
        raise MethodError("Give the payoffs as a DataFrame, options x futures, with at least one of each.")
    if payoffs.index.has_duplicates or payoffs.columns.has_duplicates:
        raise MethodError("Every option and every future must have a label of its own.")
    numbers = payoffs.apply(pd.to_numeric, errors="coerce").astype(float)
    if not np.isfinite(numbers.to_numpy()).all():
        bad = [f"{payoffs.index[i]} in {payoffs.columns[j]}" for i, j in np.argwhere(~np.isfinite(numbers.to_numpy()))]
        raise MethodError(f"Every payoff must be a finite number; missing or unusable: {', '.join(bad[:6])}.")
    table = numbers.max() - numbers
    greatest, least = table.max(axis=1), numbers.min(axis=1)
    return Regret(
        table=table,
        greatest=greatest.rename("greatest_regret"),
        least=least.rename("least"),
        minimax_regret=tuple(greatest.index[greatest <= greatest.min() + TIE]),
        maximin=tuple(least.index[least >= least.max() - TIE]),
    )
