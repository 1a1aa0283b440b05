# SPDX-License-Identifier: Apache-2.0
"""Which better evidence could change the choice, and what that is worth in value points.

The choice at hand is the option with the greatest *expected* score. Knowing
something is worth what the choice made after knowing it is expected to gain on
that one. Under the additive model, knowing some independent scores moves an option's
expected score by w_j (v_ij - E v_ij) for each: no inner simulation is needed, and
for one score not even an outer one. Where a case says that errors are shared, one
score tells something of the option's others too.

Errors are standard normal, with correlation r within an option. Given the errors z of n of them, each
other one is normal with mean r sum(z) / (1 + (n - 1) r) and variance 1 - r^2 n / (1 + (n - 1) r). Every
expectation is a sum over a grid of errors, weighted by the normal probability of the cell around each.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import attrgetter
from typing import Annotated, Any, Literal, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from ..case import Case, UncertainValue, uncertain_values
from ..errors import WeightsError
from ..guard import MOST_DRAWS, Seed, guarded, whole_number
from ..ranking import competitors, ranks
from ..weights import TIE, Array, GivenWeights
from .engine import Cluster, Counts, Source, total
from .rank_acceptability import source_of

Score = tuple[str, str]
_Worth = tuple[float, float, float]

GRID = np.linspace(-6, 6, 401)
"""Errors at which values are worked out."""


@lru_cache(maxsize=256)
def _smoothing(scale: float, deviation: float) -> Array:
    """Probabilities of the cells around `GRID`, errors being normal: a row for each mean ``scale * GRID``."""
    from scipy.special import ndtr

    edges = np.r_[-np.inf, (GRID[1:] + GRID[:-1]) / 2, np.inf]
    below = ndtr((edges - scale * GRID[:, None]) / max(deviation, 1e-9))
    return np.asarray(np.diff(below, axis=1))


def raw_at(value: UncertainValue, errors: ArrayLike) -> Array:
    """The raw scores that errors stand for: the greater the error, the more the score is worth."""
    from scipy.special import ndtr

    _, values = value.function.corners
    sign = 1 if values[-1] > values[0] else -1
    return value.distribution.ppf(ndtr(sign * np.asarray(errors)))


def chance() -> Array:
    """Probability of the cell around each point of `GRID`; asked for when needed, as SciPy takes long to load."""
    return np.asarray(_smoothing(0.0, 1.0)[0])


class SharedErrors:
    """One option's weighted values along `GRID`, and what some of them say of the others.

    Parameters
    ----------
    values : Series of `UncertainValue`
        By leaf.
    share : Series
        The leaves' weights.
    correlation : float
        Of the errors, 0 to 1.
    """

    def __init__(self, values: pd.Series, share: pd.Series, correlation: float) -> None:
        self.correlation = correlation
        self.worth = {leaf: share[leaf] * value.function(raw_at(value, GRID)) for leaf, value in values.items()}
        self.mean = math.fsum(share[leaf] * value.mean for leaf, value in values.items())
        self._off = self.mean - float(chance() @ sum(self.worth.values(), np.zeros(len(GRID))))

    def pull(self, known: int) -> float:
        """What the errors of so many known scores, added up, are multiplied by for the mean of the others."""
        return self.correlation / (1 + (known - 1) * self.correlation)

    def others(self, known: list[str]) -> Array:
        """The expected part of the other leaves, for each mean of their errors on `GRID`."""
        variance = 1 - len(known) * self.correlation * self.pull(len(known))
        unknown = [worth for leaf, worth in self.worth.items() if leaf not in known]
        expected = _smoothing(1.0, math.sqrt(max(variance, 0.0))) @ sum(unknown, np.zeros(len(GRID)))
        return np.asarray(expected + self._off)

    def expected(self, leaf: str) -> Array:
        """The option's expected score when the error of one leaf is known, on `GRID`."""
        return np.asarray(self.worth[leaf] + np.interp(self.correlation * GRID, GRID, self.others([leaf])))


@dataclass(frozen=True, eq=False)
class Beliefs:
    """What is believed of the options that pass the screens, under certain weights.

    Attributes
    ----------
    case : Case
    weights : Series
        By leaf, in the order of their ids.
    values : DataFrame of UncertainValue
        Options x leaves.
    errors : mapping of str to SharedErrors
        By option; empty where errors are independent.
    expected : Series
        Expected scores (0-100), the best first. A likely score is a mode: where low and high lie unevenly about it, or
        a value function bends, its value is not the expected one, and the two may have different leaders.
    """

    case: Case
    weights: pd.Series
    values: pd.DataFrame
    errors: Mapping[str, SharedErrors]
    expected: pd.Series

    @classmethod
    def of(cls, case: Case, weights: GivenWeights) -> Beliefs:
        """From the case's judgements; options that are expected to be equal stand in the order of their ids."""
        share, shared = case.weights(weights).values.sort_index(), case.about.shared_error
        values = uncertain_values(case).loc[competitors(case)]
        errors = {option: SharedErrors(row, share, shared) for option, row in values.iterrows()} if shared else {}
        expected = (values.map(attrgetter("mean"))[share.index] * share).apply(math.fsum, axis=1)
        order = np.argsort(ranks(expected.to_numpy()), kind="stable")
        return cls(case, share, values, errors, expected.iloc[order])


@guarded(WeightsError)
def information_value(case: Case, weights: GivenWeights = "baseline") -> pd.DataFrame:
    """What knowing one score perfectly is worth for the choice, for each score; exact for independent errors.

    With L the greatest and R the second greatest expected score, g_i = L - E S_i
    and v* = E v_ij + g_i / w_j, knowing the score of option i on criterion j is
    worth w_j E[max(v_ij - v*, 0)]: it can put i ahead. For the leader g = R - L and
    it is worth w_j E[max(v* - v_ij, 0)]: it can put the runner-up ahead.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        A profile's name, weights, or swing points by criterion.

    Returns
    -------
    DataFrame
        A row per score of an option that is not screened, the most valuable first:
        option, criterion, value (expected gain, in value points), switches_to (who
        would take the lead; blank when no score between the anchors lets another),
        probability (that the choice changes), threshold (the score, in the
        criterion's unit, at which it does; NaN when none), spread (standard deviation
        of what the score contributes, in value points; it orders scores of equal
        value). ``.attrs`` has the leader on expected scores, which the values are for.

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
    >>> from aukus_mcda import Case, information_value
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
    return _score_by_score(Beliefs.of(case, weights))


def _score_by_score(beliefs: Beliefs) -> pd.DataFrame:
    """`information_value` of what is believed."""
    errors, expected = beliefs.errors, beliefs.expected
    leader, *others = expected.index
    rows = []
    for option in expected.index:
        leads = option == leader
        rival = next(iter(others), None) if leads else leader
        level = expected[rival] if rival else -math.inf
        for leaf, weight in beliefs.weights.items():
            value = beliefs.values.at[option, leaf]
            if value.distribution.fixed or not errors:
                worth, probability, threshold = _alone(value, weight, level - expected[option], leads)
            else:
                worth, probability, threshold = _telling(errors[option], leaf, value, level, leads)
            taker = "" if math.isnan(threshold) else (rival if leads else option)
            spread = weight * math.sqrt(value.variance)
            rows.append((option, leaf, worth, taker, probability, threshold, spread))
    named = ["option", "criterion", "value", "switches_to", "probability", "threshold", "spread"]
    frame = pd.DataFrame(rows, columns=named)
    order = ["value", "spread", "option", "criterion"]
    frame = frame.sort_values(order, ascending=[False, False, True, True], ignore_index=True)
    frame.attrs = {"leader": leader}
    return frame


def joint_information(
    beliefs: Beliefs,
    sets: Mapping[Any, Collection[Score]],
    *,
    draws: int,
    seed: int = 0,
    cluster: Cluster | None = None,
) -> pd.DataFrame:
    """What knowing each set of scores together is worth for the choice, by simulation.

    Each draw of a set's scores gives every option's expected score exactly, so
    there is one loop where the general method nests two, and no bias. What is averaged
    is the lead that the best option then has over the choice at hand: never
    negative, and 0 without error when the set cannot change the choice. All
    sets are judged on the same draws, 2 or more.

    Returns
    -------
    DataFrame
        By set, in the order given: value and its standard_error (value points),
        probability (that the choice changes), switches_to (who takes the lead most
        often; blank when nobody did), scores (how many are in the set). Scores of screened options count for nothing.

    References
    ----------
    Felli and Hazen (1998), doi:10.1177/0272989X9801800117.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> beliefs = Beliefs.of(load_case("aukus_plus_two"), "baseline")
    >>> known = joint_information(beliefs, {"everything": beliefs.case.scores.index}, draws=20_000).loc["everything"]
    >>> bool(known["value"] > 10 * known["standard_error"])
    True
    """
    source = source_of(beliefs.case, [], seed=seed)
    options, leader = sorted(beliefs.expected.index), beliefs.expected.index[0]
    weights, expected = beliefs.weights.to_numpy(), beliefs.expected[options].to_numpy()
    known = [_known(beliefs, scores) for scores in sets.values()]
    gains = partial(_gains, source, weights, expected, options.index(leader), known)
    counts = total(gains, draws, at_once=source.at_once, cluster=cluster)
    mean, changed = counts["gain"] / draws, counts["leads"].sum(axis=1)
    variance = np.maximum(counts["squares"] / draws - mean**2, 0.0)
    takers = np.array(options, dtype=object)[counts["leads"].argmax(axis=1)] if sets else []
    columns = {"value": mean, "standard_error": np.sqrt(variance / (draws - 1)), "probability": changed / draws}
    columns |= {"switches_to": np.where(changed > 0, takers, ""), "scores": [*map(len, map(set, sets.values()))]}
    frame = pd.DataFrame(columns, index=list(sets))
    frame.attrs = {"leader": leader, "draws": draws, "seed": int(seed)}
    return frame


class _Known(NamedTuple):
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
    others: Array | None
    pull: float

    def added(self, values: Array, errors: Array, weights: Array) -> Array:
        """By draw, from values and errors ``(k, n)`` and weights ``(k,)``."""
        more = np.einsum("jn,j->n", values[self.rows], weights[self.rows]) - self.usual
        if self.others is not None:
            more += np.interp(self.pull * errors[self.rows].sum(axis=0), GRID, self.others)
        return np.asarray(more)


def _known(beliefs: Beliefs, scores: Collection[Score]) -> dict[int, _Known]:
    """What a set says of each option that it says anything of, by the option's place."""
    leaves: dict[str, list[str]] = {}
    for option, leaf in sorted(set(scores)):
        if option not in beliefs.values.index or not (beliefs.weights[leaf] > 0 or beliefs.errors):
            continue
        if not beliefs.values.at[option, leaf].distribution.fixed:
            leaves.setdefault(option, []).append(leaf)
    places, share, known = sorted(beliefs.values.index), beliefs.weights, {}
    for option, names in leaves.items():
        usual = math.fsum(share[leaf] * beliefs.values.at[option, leaf].mean for leaf in names)
        others, pull = None, 0.0
        if beliefs.errors:
            errors = beliefs.errors[option]
            others, pull = errors.others(names) - (errors.mean - usual), errors.pull(len(names))
        known[places.index(option)] = _Known(share.index.get_indexer(names), usual, others, pull)
    return known


def _gains(
    source: Source,
    weights: Array,
    expected: Array,
    leader: int,
    sets: Sequence[dict[int, _Known]],
    chunk: int,
    size: int,
) -> Counts:
    """Reducer: what knowing each set of scores gains over the choice at hand, its square, and who then leads.

    Parameters
    ----------
    source : Source
    weights : array (k,)
    expected : array (m,)
        Scores when nothing is known.
    leader : int
        The choice at hand.
    sets : sequence of dict of int to _Known
        By option, what each set says of it.
    chunk, size : int
    """
    options = len(expected)
    errors = np.zeros((source.scores.together, len(weights), size))
    rest = np.tile(expected, (len(sets), 1))
    for place, known in enumerate(sets):
        rest[place, list(known)] = -np.inf
    best, chosen = np.empty((2, len(sets), size))
    best[:], chosen[:] = rest.max(axis=1)[:, None], expected[leader]
    leads = np.repeat(rest.argmax(axis=1)[:, None], size, axis=1)
    for option, values in enumerate(source.block(chunk, size).values(errors.reshape(-1, size))):
        own = errors[option % len(errors)]
        for place, known in enumerate(sets):
            if option not in known:
                continue
            score = expected[option] + known[option].added(values, own, weights)
            np.copyto(leads[place], option, where=score > best[place])
            np.maximum(best[place], score, out=best[place])
            if option == leader:
                chosen[place] = score
    gain = best - chosen
    gain[gain <= TIE] = 0
    won = [np.bincount(row[more], minlength=options) for row, more in zip(leads, gain > 0, strict=True)]
    leads = np.reshape(won, (len(sets), options))
    return Counts(gain=gain.sum(axis=1), squares=(gain**2).sum(axis=1), leads=leads)


@guarded(WeightsError)
def evidence_value(
    case: Case,
    weights: GivenWeights = "baseline",
    *,
    by: Literal["evidence", "source"] = "evidence",
    draws: Annotated[int, whole_number(2, MOST_DRAWS)] = 100_000,
    seed: Seed = 0,
    cluster: Cluster | None = None,
) -> pd.DataFrame:
    """What settling all the scores that rest on an item of evidence, or a source, is worth.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        A profile's name, weights, or swing points by criterion.
    by : {"evidence", "source"}
        Whether scores are taken together that cite one item, or items of one source.
    draws, seed : int
        2 draws or more.
    cluster : distributed.Client, optional
        Draw there.

    Returns
    -------
    DataFrame
        By item or source that a score cites, the most valuable first: value and its
        standard_error (value points), probability (that the choice changes), switches_to
        (who takes the lead most often), scores (how many cite it).

    Raises
    ------
    WeightsError
        When the weights do not fit the case, draws or seed are out of range, or ``by`` is something else.

    Examples
    --------
    >>> from aukus_mcda import evidence_value, load_case
    >>> by_source = evidence_value(load_case("aukus_plus_two"), by="source", draws=10_000)
    >>> bool(by_source["value"].is_monotonic_decreasing), by_source.index.name
    (True, 'source')
    """
    beliefs = Beliefs.of(case, weights)
    return _item_by_item(beliefs, by, draws, seed, cluster)[0]


def _item_by_item(
    beliefs: Beliefs, by: str, draws: int, seed: int, cluster: Cluster | None
) -> tuple[pd.DataFrame, pd.Series]:
    """`evidence_value` of what is believed, and what knowing all scores at once is worth."""
    case = beliefs.case
    cited = case.scores["evidence"].explode().dropna().reset_index(name="item")
    cited = cited[~cited["option"].isin(case.screened.index)]
    cited["name"] = cited["item"] if by == "evidence" else cited["item"].replace(case.register["source"])
    named = dict(list(cited.groupby("name")))
    sets = {name: list(zip(rows["option"], rows["criterion"], strict=True)) for name, rows in named.items()}
    frame = joint_information(beliefs, sets | {None: case.scores.index}, draws=draws, seed=seed, cluster=cluster)
    every, frame = frame.iloc[-1], frame.iloc[:-1]
    return frame.rename_axis(by).sort_values("value", ascending=False, kind="stable"), every


def worth_knowing(
    case: Case, weights: GivenWeights, *, draws: int, seed: int, cluster: Cluster | None = None
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """`information_value`, `evidence_value`, and what knowing all scores at once is worth, of one drawing."""
    beliefs = Beliefs.of(case, weights)
    return _score_by_score(beliefs), *_item_by_item(beliefs, "evidence", draws, seed, cluster)


def _alone(value: UncertainValue, weight: float, ahead: float, leads: bool) -> _Worth:
    """Worth, probability and threshold of a score that tells nothing of others; the rival is so far ahead."""
    level = value.mean + ahead / weight if weight else math.nan
    threshold = float(value.function.inverse(level))
    if math.isnan(threshold) or value.distribution.fixed:
        return 0.0, 0.0, threshold
    probability, excess = value.beyond(level, above=not leads)
    return weight * excess, probability, threshold


def _telling(errors: SharedErrors, leaf: str, value: UncertainValue, level: float, leads: bool) -> _Worth:
    """The same of a score that tells something of the option's others; the rival is expected at ``level``."""
    from scipy.special import ndtr

    expected = errors.expected(leaf)
    turn = float(np.interp(level, expected, GRID))
    if not expected[0] < level < expected[-1]:
        return 0.0, 0.0, math.nan
    gain = np.maximum(level - expected if leads else expected - level, 0.0)
    probability = float(ndtr(turn if leads else -turn))
    return float(chance() @ gain), probability, float(raw_at(value, turn))
