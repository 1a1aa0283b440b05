"""Which better evidence could change the choice, and what that is worth in value points.

The choice at hand is the option with the greatest *expected* score. Knowing
something is worth what the choice made after knowing it is expected to gain on
that one. Under the additive model, knowing some independent scores moves an option's
expected score by w_j (v_ij - E v_ij) for each: no inner simulation is needed, and
for one score not even an outer one. Where a case says that errors are shared, one
score tells something of the option's others too; see `shared_errors`.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case, UncertainValue, uncertain_values
from ..errors import AukusMcdaError, MethodError, WeightsError, is_key, shown
from ..guard import Draws, Seed, guarded
from ..ranking import ranks, require_case
from ..weights import CHUNK, SCORES, TIE, Points, Weights, chunk_rng, whole
from .drawing import score_draws
from .shared_errors import CHANCE, GRID, SharedErrors, raw_at, shared_errors

Score = tuple[str, str]

DRAWS_AT_ONCE = 1_024
"""Draws in memory at once, a divisor of `CHUNK`."""


def expected_scores(case: Case, weights: Weights | str | Points = "baseline") -> pd.DataFrame:
    """Scores of the likely judgements beside the scores to expect, which can differ.

    A likely score is a mode: where low and high lie unevenly about it, or a value
    function bends, the value of the likely score is not the expected value. The two
    may even have different leaders; then the low-high judgements say that the option
    that leads on likely scores is not the best choice.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.

    Returns
    -------
    DataFrame
        By option, best expected first, without screened options: likely and
        expected score (0-100), standard_deviation (value points), likely_rank,
        expected_rank.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> table = expected_scores(load_case("aukus_plus_two"))
    >>> list(table.columns), list(table["expected_rank"].head(3))
    (['likely', 'expected', 'standard_deviation', 'likely_rank', 'expected_rank'], [1, 2, 3])
    """
    require_case(case)
    share = case.weights(weights).values.sort_index()
    values = uncertain_values(case)
    return _expected(case, share, values, shared_errors(case, values, share))


@guarded(WeightsError)
def information_value(case: Case, weights: Weights | str | Points = "baseline") -> pd.DataFrame:
    """What knowing one score perfectly is worth for the choice, for each score; exact for independent errors.

    With L the greatest and R the second greatest expected score, g_i = L - E S_i
    and v* = E v_ij + g_i / w_j, knowing the score of option i on criterion j is
    worth w_j E[max(v_ij - v*, 0)]: it can put i ahead. For the leader g = R - L and
    it is worth w_j E[max(v* - v_ij, 0)]: it can put the runner-up ahead.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.

    Returns
    -------
    DataFrame
        A row per score of an option that is not screened, the most valuable first:
        option, criterion, value (expected gain, in value points), switches_to (who
        would take the lead; blank when no score between the anchors lets another),
        probability (that the choice changes), threshold (the score, in the
        criterion's unit, at which it does; NaN when none), spread (standard deviation
        of what the score contributes, in value points; it orders scores of equal
        value), evidence (ids joined by
        ``;``), reliability and credibility (the weakest grade of that evidence; see
        `weakest`). ``.attrs`` has the leader on expected scores, which the values
        are for, and likely_leader.

    Raises
    ------
    WeightsError
        When the weights do not fit the case.

    References
    ----------
    Raiffa and Schlaifer (1961), *Applied Statistical Decision Theory*. Felli and
    Hazen (1998), doi:10.1177/0272989X9801800117.

    Examples
    --------
    >>> import pandas as pd
    >>> from aukus_mcda import Case
    >>> case = Case.from_frames(
    ...     criteria=pd.DataFrame({"id": ["reach", "cost"], "direction": "max", "worst": 0, "best": 100}),
    ...     scores=pd.DataFrame(
    ...         [("A", "reach", 60, 60, 60), ("A", "cost", 50, 50, 50),
    ...          ("B", "reach", 20, 50, 80), ("B", "cost", 50, 50, 50)],
    ...         columns=["option", "criterion", "low", "likely", "high"],
    ...     ).assign(distribution="uniform"),
    ... )

    B trails by 5 points and passes A when its reach is above 60: with probability 1/3,
    then by 10 x 0.5 points on average.

    >>> information_value(case, {"reach": 50, "cost": 50}).iloc[:1, :6].round(3)
      option criterion  value switches_to  probability  threshold
    0      B     reach  1.667           B        0.333       60.0
    """
    require_case(case)
    share = case.weights(weights).values.sort_index()
    values = uncertain_values(case)
    errors = shared_errors(case, values, share)
    table = _expected(case, share, values, errors)
    order, expected = list(table.index), table["expected"]
    rows = []
    for option in order:
        leads = option == order[0]
        rival = order[0] if not leads else next(iter(order[1:]), None)
        level = expected[rival] if rival else -math.inf
        for leaf, weight in share.items():
            value = values.at[option, leaf]
            if value.distribution.fixed or not errors:
                worth, probability, threshold = _alone(value, weight, level - expected[option], leads)
            else:
                worth, probability, threshold = _telling(errors[option], leaf, value, level, leads)
            taker = "" if math.isnan(threshold) else (rival if leads else option)
            spread = weight * math.sqrt(value.variance)
            rows.append((option, leaf, worth, taker, probability, threshold, spread))
    named = ["option", "criterion", "value", "switches_to", "probability", "threshold", "spread"]
    frame = pd.DataFrame(rows, columns=named)
    cited = case.scores["evidence"].loc[list(zip(frame["option"], frame["criterion"], strict=True))]
    frame["evidence"] = [";".join(ids) for ids in cited]
    frame["reliability"], frame["credibility"] = zip(*(weakest(case, ids) for ids in cited), strict=True)
    order_by = {"value": False, "spread": False, "option": True, "criterion": True}
    frame = frame.sort_values(list(order_by), ascending=list(order_by.values()), ignore_index=True)
    frame.attrs = _leaders(table)
    return frame


@guarded(WeightsError)
def joint_information(
    case: Case,
    weights: Weights | str | Points,
    sets: Mapping[str, Collection[Score]],
    *,
    draws: Draws = 100_000,
    seed: Seed = 0,
) -> pd.DataFrame:
    """What knowing a set of scores together is worth for the choice, by simulation.

    Each draw of a set's scores gives every option's expected score exactly, so
    there is one loop where the general method nests two, and no bias. What is averaged
    is the lead that the best option then has over the choice at hand: never
    negative, and 0 without error when the set cannot change the choice. All
    sets are judged on the same draws.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.
    sets : mapping of str to collection of (option, criterion)
        Scores of screened options count for nothing.
    draws : int
        2 or more.
    seed : int
        0 or more.

    Returns
    -------
    DataFrame
        By set, in the order given: value and its standard_error (value points),
        probability (that the choice changes), switches_to (who takes the lead most
        often; blank when nobody did), scores (how many are in the set).

    Raises
    ------
    MethodError
        When a set names a score that the case does not have.
    WeightsError
        When the weights do not fit the case, or draws or seed are out of range.

    References
    ----------
    Felli and Hazen (1998), doi:10.1177/0272989X9801800117.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two")
    >>> everything = [(option, leaf) for option in case.options.index for leaf in case.leaves]
    >>> known = joint_information(case, "baseline", {"everything": everything}, draws=20_000).loc["everything"]
    >>> bool(known["value"] > 10 * known["standard_error"])
    True
    """
    count = whole(draws, "The number of draws", 2)
    require_case(case)
    share = case.weights(weights).values.sort_index()
    values = uncertain_values(case)
    errors = shared_errors(case, values, share)
    table = _expected(case, share, values, errors)
    odd = [score for known in sets.values() for score in known if not (isinstance(score, tuple) and is_key(score))]
    if odd:
        raise MethodError(f"A score is a pair of an option and a criterion, not {shown(odd[0])}.")
    unknown = sorted({score for known in sets.values() for score in known} - set(case.scores.index))
    if unknown:
        raise MethodError(f"The case has no score of {unknown[0][0]!r} on {unknown[0][1]!r}.")
    order, leaves, weight = list(table.index), list(share.index), share.to_numpy()
    uncertain = {
        (option, leaf)
        for option in order
        for leaf in leaves
        if (share[leaf] > 0 or errors) and not values.at[option, leaf].distribution.fixed
    }
    known: dict[str, dict[str, _Known]] = {}
    for name, scores in sets.items():
        told: dict[str, list[str]] = {}
        for option, leaf in sorted(set(scores) & uncertain):
            told.setdefault(option, []).append(leaf)
        known[name] = {
            option: _Known.of(some, share, values.loc[option], errors.get(option)) for option, some in told.items()
        }
    drawn = score_draws(case, order, leaves)
    base = table["expected"].to_numpy()
    sums = {name: np.zeros(2) for name in sets}
    leads = {name: np.zeros(len(order), dtype=int) for name in sets}
    worth, off = np.zeros((2, len(order), len(leaves), DRAWS_AT_ONCE))
    for start in range(0, count, DRAWS_AT_ONCE):
        if start % CHUNK == 0:
            rng = chunk_rng(seed, start // CHUNK, SCORES)
        size = min(DRAWS_AT_ONCE, count - start)
        for place in range(len(order)):
            drawn.fill(rng, place, worth[place], off[place])
            worth[place] *= weight[:, None]
        for name, options in known.items():
            scores = np.repeat(base[:, None], size, axis=1)  # (options, draws)
            for option, part in options.items():
                place = order.index(option)
                scores[place] += part(worth[place, :, :size], off[place, :, :size])
            gain = scores.max(axis=0) - scores[0]
            gain[gain <= TIE] = 0
            best = scores.argmax(axis=0)[gain > 0]
            sums[name] += gain.sum(), (gain**2).sum()
            leads[name] += np.bincount(best, minlength=len(order))
    rows = {}
    for name, (total, squares) in sums.items():
        mean, changed = total / count, leads[name]
        error = math.sqrt(max(0.0, squares / count - mean**2) / (count - 1))
        taker = order[int(changed.argmax())] if changed.any() else ""
        rows[name] = (mean, error, changed.sum() / count, taker, len(set(sets[name])))
    named = ["value", "standard_error", "probability", "switches_to", "scores"]
    frame = pd.DataFrame.from_dict(rows, orient="index", columns=named)
    frame.attrs = _leaders(table) | {"draws": count, "seed": int(seed)}
    return frame


@guarded(WeightsError)
def evidence_value(
    case: Case,
    weights: Weights | str | Points = "baseline",
    *,
    by: Literal["evidence", "source"] = "evidence",
    draws: Draws = 100_000,
    seed: Seed = 0,
) -> pd.DataFrame:
    """What settling all the scores that rest on an item of evidence, or a source, is worth.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        As for `rank`.
    by : {"evidence", "source"}
        Whether scores are taken together that cite one item, or items of one source.
    draws, seed : int
        As in `joint_information`.

    Returns
    -------
    DataFrame
        By item or source that a score cites, the most valuable first: the columns
        of `joint_information`, then reliability and credibility. A source's
        credibility is that of the weakest of its items cited.

    Raises
    ------
    WeightsError
        As in `joint_information`, or when ``by`` is something else.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> by_source = evidence_value(load_case("aukus_plus_two"), by="source", draws=10_000)
    >>> bool(by_source["value"].is_monotonic_decreasing), by_source.at["pacnet", "reliability"]
    (True, 'C')
    """
    require_case(case)
    source = case.register["source"]
    sets: dict[str, list[Score]] = {}
    items: dict[str, set[str]] = {}
    for score, cited in case.scores["evidence"].items():
        for item in cited if score[0] not in case.screened.index else ():
            name = source.get(item, item) if by == "source" else item
            sets.setdefault(name, []).append(score)
            items.setdefault(name, set()).add(item)
    frame = joint_information(case, weights, dict(sorted(sets.items())), draws=draws, seed=seed)
    grades = [weakest(case, items[name]) for name in frame.index]
    frame["reliability"], frame["credibility"] = zip(*grades, strict=True) if grades else ((), ())
    return frame.rename_axis(by).sort_values("value", ascending=False, kind="stable")


def weakest(case: Case, items: Iterable[str]) -> tuple[str, str]:
    """The weakest reliability (A-E) and the weakest credibility (1-5) among items of evidence.

    The two are never made into one. F and 6 mean that nobody could judge, not that
    the evidence is bad: they stand after the weakest grade given, as in ``C;F``, or
    alone. Blank without evidence.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> weakest(load_case("aukus_plus_two"), ["L02-pathway", "ipmda-design"])
    ('C', '3')
    """
    cited = case.register.loc[[item for item in items if item in case.register.index]]
    reliability = case.sources["reliability"].reindex(cited["source"]).fillna("F")
    return _weakest(reliability, "F"), _weakest(cited["credibility"], "6")


def _weakest(grades: Iterable[str], unjudged: str) -> str:
    given = set(grades)
    judged = sorted(given - {unjudged})[-1:]
    return ";".join([*judged, *(given & {unjudged})])


@dataclass(frozen=True, eq=False)
class _Known:
    """What the known scores of one option add to its expected score.

    Attributes
    ----------
    rows : array of int
        Which leaves are known.
    usual : float
        What they are worth on average.
    others : array or None
        What is expected beyond the usual of the option's other scores, along `GRID`; None when errors are not shared.
    pull : float
        See `SharedErrors.pull`.
    """

    rows: NDArray[np.intp]
    usual: float
    others: NDArray[np.float64] | None
    pull: float

    @classmethod
    def of(cls, leaves: list[str], share: pd.Series, values: pd.Series, errors: SharedErrors | None) -> _Known:
        """From the leaves known of one option."""
        usual = math.fsum(share[leaf] * values[leaf].mean for leaf in leaves)
        rows = share.index.get_indexer(leaves)
        if errors is None:
            return cls(rows, usual, None, 0.0)
        return cls(rows, usual, errors.others(leaves) - (errors.mean - usual), errors.pull(len(leaves)))

    def __call__(self, worth: NDArray[np.float64], error: NDArray[np.float64]) -> NDArray[np.float64]:
        """By draw, from weighted values and errors ``(k, n)``."""
        added = worth[self.rows].sum(axis=0) - self.usual
        if self.others is not None:
            added += np.interp(self.pull * error[self.rows].sum(axis=0), GRID, self.others)
        return np.asarray(added)


def _alone(value: UncertainValue, weight: float, ahead: float, leads: bool) -> tuple[float, float, float]:
    """Worth, probability and threshold of a score that tells nothing of others; the rival is so far ahead."""
    level = value.mean + ahead / weight if weight else math.nan
    threshold = value.raw_at(level)
    if math.isnan(threshold) or value.distribution.fixed:
        return 0.0, 0.0, threshold
    probability, excess = value.beyond(level, above=not leads)
    return weight * excess, probability, threshold


def _telling(
    errors: SharedErrors, leaf: str, value: UncertainValue, level: float, leads: bool
) -> tuple[float, float, float]:
    """The same of a score that tells something of the option's others; the rival is expected at ``level``."""
    from scipy.special import ndtr

    expected = errors.expected(leaf)
    turn = float(np.interp(level, expected, GRID))
    if not expected[0] < level < expected[-1]:
        return 0.0, 0.0, math.nan
    gain = np.maximum(level - expected if leads else expected - level, 0.0)
    probability = float(ndtr(turn if leads else -turn))
    return float(CHANCE @ gain), probability, float(raw_at(value, turn))


def _expected(case: Case, share: pd.Series, values: pd.DataFrame, errors: Mapping[str, SharedErrors]) -> pd.DataFrame:
    """`expected_scores` from weights in the order of their ids; equals stand in the order of theirs."""
    if values.empty:
        raise AukusMcdaError("Every option fails a screen: there is none to choose.")
    means = values.map(lambda value: value.mean)[share.index]
    variances = values.map(lambda value: value.variance)[share.index]
    together = pd.Series({option: errors[option].covariance if errors else 0.0 for option in values.index})
    table = pd.DataFrame(
        {
            "likely": (case.values.loc[values.index, share.index] * share).apply(math.fsum, axis=1),
            "expected": (means * share).apply(math.fsum, axis=1),
            "standard_deviation": (variances * share**2).apply(math.fsum, axis=1).add(together) ** 0.5,
        }
    )
    for what in ("likely", "expected"):
        table[f"{what}_rank"] = ranks(table[what].to_numpy())
    return table.sort_values("expected_rank", kind="stable")


def _leaders(table: pd.DataFrame) -> dict[str, str]:
    return {"leader": table.index[0], "likely_leader": table["likely_rank"].idxmin()}
