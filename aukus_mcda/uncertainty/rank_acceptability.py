# SPDX-License-Identifier: Apache-2.0
"""SMAA: how often each option takes each rank when weights and scores are uncertain, and under other ways to draw them.

Every figure is a share of draws from the distributions that were stated: what
follows from the judgements, not the probability that they are right.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from ..case import Case, judged
from ..errors import MethodError, WeightsError, is_number, label_faults, refuse
from ..guard import Draws, Numbers, Seed, Threads, guarded
from ..ranking import Ranking, competitors, rank
from ..weights import CHUNK, Array, GivenWeights, Weights, WeightSet, weight_range
from .counting import confirm, count_ranks, lead_shares
from .drawing import drawn, possible_weights, score_draws
from .engine import Cluster, Counts, Source, run, total

KEPT, ENOUGH = 4_000_000, 16 * CHUNK
"""Scores kept for their quantiles, and of how many draws, at most: the first of each chunk."""

AS_STATED, CERTAIN = "as stated", "weights certain"

OTHER_WAYS = 20_000
"""Draws of the other ways where the case as stated has more: each costs as much, and is read to a whole per cent."""

CONFIRMED = 100_000
"""Draws behind confidence factors where there are more, or a fifth of those: they add at most 0.16 points of error."""

MOST_CHUNKS = 1 << 20
"""Of one view in a mixture: more than the most draws have."""

LEAST_ERROR = 1e-4
"""A smaller error would take more draws than one call makes."""


@dataclass(frozen=True, eq=False)
class Acceptability:
    """What the draws say of each option, and how far each share can be trusted.

    Attributes
    ----------
    rank_acceptability : DataFrame
        Options x ranks: the share of draws in which the option takes the rank. Equals
        (within 1e-9 value points) share the ranks they take up evenly, so rows
        and columns add up to 1.
    central_weights : DataFrame
        Options x leaves: the mean of the weights under which the option leads, what
        someone who favours it typically thinks. NaN for an option that never leads.
    pairwise : DataFrame or None
        Options x options: the share of draws in which the row's is ahead of the column's,
        a tie counting half to each. The diagonal is 0. None beyond 64 options.
    entropy : Series
        By option, in bits: 0 when its rank is certain, log2 of the number of options when
        every rank is as likely.
    standard_error : dict of str to DataFrame or Series
        Monte Carlo standard errors of each of these, by name and with the same labels.
        An estimate of exactly 0 or 1 has 0; the true share then lies within 3 / draws
        of it (95%).
    draws : int
    seed : int or None
        None when the draws were made elsewhere.
    digest : str
        The case's, or blank.
    interval : DataFrame
        By option: the scores, ``low`` and ``high``, that 5 per cent of the draws lie below and above.
    """

    rank_acceptability: pd.DataFrame
    central_weights: pd.DataFrame
    pairwise: pd.DataFrame | None
    entropy: pd.Series
    standard_error: Mapping[str, pd.DataFrame | pd.Series]
    draws: int
    seed: int | None = None
    digest: str = ""
    interval: pd.DataFrame = field(default_factory=pd.DataFrame)
    _confirm: Callable[[], dict[str, pd.Series]] = field(default=dict, repr=False)

    @cached_property
    def _confirmed(self) -> dict[str, pd.Series]:
        return self._confirm()

    @property
    def confidence(self) -> pd.Series | None:
        """By option, the share of draws of scores in which it leads at its central weights; drawn when first asked for.

        Of the first 100,000 draws of `smaa`, or the first fifth, whichever is more. NaN where it has none; None beyond
        64 options.
        """
        return self._confirmed.get("confidence")

    @property
    def confidence_error(self) -> pd.Series | None:
        """Its standard errors, which count in that the central weights are estimates too."""
        return self._confirmed.get("error")

    @property
    def leader(self) -> Hashable:
        """The option that ranks first in the most draws; of several, the one listed first."""
        found: Hashable = self.rank_acceptability[1].idxmax()
        return found

    @property
    def leader_share(self) -> float:
        """The share of draws in which the leader ranks first."""
        return float(self.rank_acceptability[1].max())


@guarded(WeightsError)
def smaa(
    case: Case,
    weights: WeightSet | GivenWeights = "baseline",
    *,
    draws: Draws = 100_000,
    seed: Seed = 0,
    tolerance: float | None = None,
    scores: Literal["uncertain", "fixed"] = "uncertain",
    threads: Threads | None = None,
    cluster: Cluster | None = None,
    progress: Callable[[float], object] | None = None,
) -> Acceptability:
    """How often each option takes each rank when weights and scores are uncertain (SMAA).

    Scores are drawn with the error that the case says an option's scores share, and
    independently of the weights. Options that fail a screen do not compete.

    Parameters
    ----------
    case : Case
    weights : WeightSet, Weights, str, mapping or Series
        Which weights are possible: a set, such as `any_weights` gives. Single weights, a profile's say,
        are taken as certain; ``weight_range(case.profile("baseline"))`` gives those within a profile's ranges, as a
        study draws them.
    draws : int
        How many, at most 100 million. Time is proportional to them; memory does not grow.
    seed : int
        0 or more. The same seed gives the same result on any number of threads and
        on a cluster, and does not depend on the order of options and criteria.
    tolerance : float, optional
        Go on, a chunk of 8,192 at a time, until the greatest standard error of a rank
        acceptability is at most this; ``draws`` is then not used, and ``.draws`` says
        how many it took. Never more than 1 / (4 tolerance**2), rounded up to a chunk.
    scores : {"uncertain", "fixed"}
        ``uncertain``: each drawn between its low and its high, as the case says.
        ``fixed``: the likely ones.
    threads : int, optional
        As many as there are cores, if not given.
    cluster : distributed.Client, optional
        Work there instead; needs the extra ``cluster``.
    progress : callable, optional
        Told now and then which share of the work is done, from 0 to 1.

    Returns
    -------
    Acceptability
        Shares of draws from 0 to 1, each with its standard error.

    Raises
    ------
    WeightsError
        When the weights do not fit the case, or a number is out of range.
    AukusMcdaError
        When every option fails a screen.

    References
    ----------
    Lahdelma, Hokkanen and Salminen (1998), doi:10.1016/S0377-2217(97)00163-X;
    Lahdelma and Salminen (2001), doi:10.1287/opre.49.3.444.11220;
    Tervonen and Figueira (2008), doi:10.1002/mcda.407.

    Examples
    --------
    >>> import numpy as np
    >>> from aukus_mcda import any_weights, load_case, smaa
    >>> result = smaa(load_case("aukus_plus_two"), any_weights(), draws=20_000, seed=1)
    >>> bool(np.allclose(result.rank_acceptability.sum(), 1)), result.draws, result.leader
    (True, 20000, 'maritime_picture')
    """
    source = source_of(case, [weights], seed=seed, certain=scores == "fixed")
    if tolerance is not None:
        if not LEAST_ERROR / 2 <= tolerance < 1:
            raise WeightsError(f"The tolerance must lie between {LEAST_ERROR / 2:g} and 1: {tolerance!r}.")
        draws = CHUNK * math.ceil(0.25 / tolerance**2 / CHUNK)
    return simulated(case, source, draws, tolerance or 0, threads=threads, cluster=cluster, progress=progress)[0][0]


def smaa_each(
    case: Case, weights: Mapping[str, WeightSet | Weights], *, draws: int, seed: int, cluster: Cluster | None = None
) -> dict[str, Acceptability]:
    """What `smaa` gives for each of several weights, by name; the scores are drawn once for all."""
    if not weights:
        return {}
    source = source_of(case, list(weights.values()), seed=seed)
    return dict(zip(weights, simulated(case, source, draws, cluster=cluster)[0], strict=True))


def acceptability_of_mixture(
    case: Case, views: Mapping[tuple[Case, Weights], int], *, draws: int, seed: int, cluster: Cluster | None = None
) -> tuple[Acceptability, list[pd.Series]]:
    """`smaa` where each draw takes one of several views of a case, as often as it is held; who leads how often in each.

    One view alone is drawn as `smaa` draws it, to the bit. Confidence factors are those of one view and left out.
    """
    sources: list[tuple[Source, int]] = []
    chunks: list[tuple[int, int]] = []
    judges = sum(views.values())
    for place, ((view, own), held) in enumerate(views.items()):
        size = math.ceil(draws * held / judges)
        kept = KEPT * min(CHUNK, size) // len(case.competing) // (draws + CHUNK)
        width = CHUNK if len(views) == 1 else min(CHUNK, size)
        source = source_of(view, [weight_range(own)], seed=seed, width=width)
        sources.append((source, max(1, kept)))
        chunks += [(place * MOST_CHUNKS + start // CHUNK, min(CHUNK, size - start)) for start in range(0, size, CHUNK)]
    at_once = min(source.at_once for source, _ in sources)
    counts = sum(run(partial(_mixed, sources), chunks, at_once=at_once, cluster=cluster), Counts())
    labels = _labels_of(case)
    each = [counts[place] for place in range(len(views))]
    led = [labels.series(counted["ranks"][:, 0] / counted["draws"], "first") for counted in each]
    whole = sum(each, Counts())
    return replace(_result(whole, labels, lambda *_: {}), seed=seed, digest=case.digest), led


def source_of(
    case: Case,
    weights: Sequence[WeightSet | GivenWeights],
    *,
    seed: int,
    certain: bool = False,
    width: int = CHUNK,
) -> Source:
    """What is drawn of a case: the options that pass the screens and the leaves, in the order of their ids."""
    options, leaves = competitors(case), sorted(case.leaves)
    samplers = tuple(possible_weights(case, each).sampler(leaves) for each in weights)
    return Source(score_draws(case, options, leaves, certain=certain, draws=width), samplers, int(seed), width=width)


def _ranked(source: Source, sampled: int, chunk: int, size: int) -> Counts:
    """Reducer: who ranks where under each of the source's samplers, with the scores of the first draws of a chunk.

    And how often each option leads in each of the source's other ways, ``leads (ways, m)``.
    """
    block = source.block(chunk, size)
    scores, sets = block.weighted(), len(block.weights)
    leads = [lead_shares(grid).sum(axis=1) for grid in scores[sets:]]
    counts = Counts(leads=np.reshape(leads, (len(leads), scores.shape[1])))
    for place, (grid, weights) in enumerate(zip(scores[:sets], block.weights, strict=True)):
        counts[place] = Counts(count_ranks(grid, weights), sample=[grid[:, :sampled].copy()])
    return counts


def _mixed(views: Sequence[tuple[Source, int]], chunk: int, size: int) -> Counts:
    """Reducer: who ranks where in one of several views, by its place: its chunks begin at `MOST_CHUNKS` times that."""
    place = chunk // MOST_CHUNKS
    return Counts({place: _ranked(*views[place], chunk, size)[0]})


def _confirmed(source: Source, central: Array, chunk: int, size: int) -> Array:
    """Reducer: what `confirm` counts at each option's central weights ``(m, k)``."""
    if source.scores.certain:
        return confirm(source.scores.likely[:, :, None], 1, central) * size
    return confirm(source.block(chunk, size), size, central)


def _confirmed_of(values: Array, central: Array, chunk: int, size: int) -> Array:
    """The same where the values ``(n, m, k)`` were drawn elsewhere."""
    return confirm(values[chunk * CHUNK :][:size].transpose(1, 2, 0), size, central)


def simulated(
    case: Case,
    source: Source,
    draws: int,
    tolerance: float = 0.0,
    *,
    progress: Callable[[float], object] | None = None,
    **where: Any,
) -> tuple[list[Acceptability], Array]:
    """`smaa` under each of the source's samplers; how often each option leads in its other ways, shape (ways, m).

    ``where`` are the threads or the cluster; see `engine.run`.
    """

    def enough(counted: Counts) -> bool:
        shares, done = counted[0]["ranks"], counted[0]["draws"]
        return bool(tolerance and _error(shares / done, done).max() <= tolerance)

    kept = min(ENOUGH, KEPT // source.scores.shape[0] // len(source.samplers))
    ranked = partial(_ranked, source, max(1, kept // math.ceil(draws / CHUNK)))
    counts = total(ranked, draws, progress=progress, enough=enough, at_once=source.at_once, **where)
    labels, alone = _labels_of(case), replace(source, samplers=(), others=())
    confidence = partial(_confidence, labels, partial(_confirmed, alone), 5, where | {"at_once": alone.at_once})
    every = [_result(counts[place], labels, confidence) for place in range(len(source.samplers))]
    results = [replace(each, seed=source.seed, digest=case.digest) for each in every]
    return results, counts["leads"] / counts[0]["draws"]


@guarded(WeightsError)
def acceptability(
    value_draws: Numbers,
    weight_draws: Numbers,
    *,
    options: Sequence[Hashable] | None = None,
    leaves: Sequence[Hashable] | None = None,
) -> Acceptability:
    """The same as `smaa` from draws made elsewhere.

    Parameters
    ----------
    value_draws : array (n, m, k) or (m, k)
        Values of m options on k leaves in n draws, or the same in all of them. Any
        unit, as long as it is one; equals are within 1e-9.
    weight_draws : array (n, k) or (k,)
        Weights, used as they are, or the same in all draws.
    options, leaves : sequence, optional
        Labels; if not given, those of the values or weights where they are a DataFrame,
        1, 2, ... otherwise. The rows and columns of a DataFrame are found by their labels.

    Returns
    -------
    Acceptability
        Of the draws given: shares from 0 to 1, central weights in the unit of ``weight_draws``; ``seed`` is None.

    Raises
    ------
    WeightsError
        When the shapes or labels do not fit, a number is missing or infinite, or a weight is negative.

    Examples
    --------
    >>> import numpy as np
    >>> from aukus_mcda import acceptability
    >>> result = acceptability(np.eye(2), [[0.7, 0.3], [0.6, 0.4], [0.2, 0.8]], options=["A", "B"])
    >>> result.rank_acceptability.loc["A"].round(3).tolist(), result.central_weights.loc["A"].round(3).tolist()
    ([0.667, 0.333], [0.65, 0.35])
    """
    weight_draws = weight_draws.to_frame().T if isinstance(weight_draws, pd.Series) else weight_draws
    for frame in (value_draws, weight_draws):
        leaves = list(frame.columns) if leaves is None and isinstance(frame, pd.DataFrame) else leaves
    if isinstance(value_draws, pd.DataFrame):
        options = list(value_draws.index) if options is None else options
        value_draws = _in_order(_in_order(value_draws, leaves).T, options).T
    if isinstance(weight_draws, pd.DataFrame):
        weight_draws = _in_order(weight_draws, leaves)
    values, weights = _numbers(value_draws, "values"), np.atleast_2d(_numbers(weight_draws, "weights"))
    if weights.ndim != 2 or values.ndim not in (2, 3) or 0 in values.shape + weights.shape:
        shapes = "(draws, options, leaves) or (options, leaves), weights (draws, leaves) or (leaves,)"
        raise WeightsError(f"Values have shape {shapes}; not {values.shape} and {weights.shape}.")
    draws, count = len(values) if values.ndim == 3 and len(weights) == 1 else len(weights), values.shape[-2]
    if values.shape[-1] != weights.shape[1] or (values.ndim == 3 and len(values) != draws):
        raise WeightsError(f"Values {values.shape} and weights {weights.shape} differ in draws or leaves.")
    if not (np.isfinite(values).all() and np.isfinite(weights).all()):
        raise WeightsError("A value or weight is missing or infinite.")
    if (weights < 0).any():
        raise WeightsError("A weight is below 0.")
    names = list(range(1, count + 1)) if options is None else list(options)
    criteria = list(range(1, weights.shape[1] + 1)) if leaves is None else list(leaves)
    for given, size, what in ((names, count, "options"), (criteria, weights.shape[1], "leaves")):
        if len(set(given)) != size or len(given) != size:
            raise WeightsError(f"There must be {size} different labels of {what}.")

    values, weights = (np.broadcast_to(each, (draws, *each.shape[-n:])) for each, n in ((values, 2), (weights, 1)))
    labels = _Labels(names, criteria, names, criteria)

    def ranked(chunk: int, size: int) -> Counts:
        now = slice(chunk * CHUNK, chunk * CHUNK + size)
        drawn = np.ascontiguousarray(weights[now].T)
        scores = np.einsum("nik,kn->in", values[now], drawn)
        return Counts(count_ranks(scores, drawn), sample=[scores])

    confidence = partial(_confidence, labels, partial(_confirmed_of, values), 1, {"threads": 1})
    return _result(total(ranked, draws, threads=1), labels, confidence)


def _in_order(table: pd.DataFrame, labels: Any) -> pd.DataFrame:
    """The columns of a table in the order of these labels, which are its own, unless pandas numbered them."""
    if isinstance(table.columns, pd.RangeIndex):
        return table
    refuse(label_faults(labels, table.columns, missing="No label for {}.", unknown="The table has {known}, not {}."))
    return table[list(labels)]


def _numbers(given: Numbers, what: str) -> Array:
    try:
        held = np.asarray(given)
        if held.dtype.kind in "bcmMSU" or (held.dtype == object and not all(map(is_number, held.flat))):
            raise TypeError  # NumPy would turn them into numbers
        return held.astype(float)
    except (TypeError, ValueError):
        raise WeightsError(f"The {what} must be an array of numbers, each row as long as the others.") from None


def _error(share: Array, draws: int) -> Array:
    """Standard errors of shares of draws; with shared ranks, slightly too large."""
    return np.sqrt(np.clip(share * (1 - share), 0, None) / draws)


def _confidence(
    labels: _Labels,
    counting: Callable[..., Array],
    part: int,
    where: Mapping[str, Any],
    central: Array,
    varying: Array,
    draws: int,
) -> dict[str, pd.Series]:
    """Confidence factors and their standard errors, by option, from what is counted in a part of so many draws.

    The error has two parts: that of a share at given weights, and that of the central weights,
    by the delta method with the slopes that the draws show.
    """
    draws = min(draws, max(CONFIRMED, draws // part))
    confirmed = total(partial(counting, central), draws, **where) / draws
    share, slope = confirmed[:, 0], confirmed[:, 1:]
    weights = np.einsum("ij,ijl,il->i", slope, varying, slope)
    columns = {"confidence": share, "error": np.sqrt(_error(share, draws) ** 2 + np.clip(weights, 0, None))}
    never = np.isnan(central[:, 0])
    return {name: labels.series(np.where(never, np.nan, each), name) for name, each in columns.items()}


def _entropy(share: Array, draws: int) -> tuple[Array, Array]:
    """Entropy of each row in bits, and its standard error by the delta method."""
    bits = -np.log2(np.where(share > 0, share, 1))
    entropy = (share * bits).sum(axis=1)
    return entropy, np.sqrt(np.clip((share * bits**2).sum(axis=1) - entropy**2, 0, None) / draws)


class _Labels(NamedTuple):
    """Options and leaves in the order they are drawn in, and in the order they are shown in."""

    options: Sequence[Hashable]
    leaves: Sequence[Hashable]
    shown: Sequence[Hashable]
    criteria: Sequence[Hashable]

    def series(self, column: Array, name: str) -> pd.Series:
        """By option."""
        return pd.Series(column, pd.Index(self.options, name="option"), name=name).loc[list(self.shown)]

    def table(self, grid: Array, columns: str) -> pd.DataFrame | pd.Series:
        """Options x options, leaves or ranks; by option alone where each has one number."""
        if grid.ndim == 1:
            return self.series(grid, columns)
        ranks = range(1, len(self.options) + 1)
        orders = {"rank": (ranks, ranks), "over": (self.options, self.shown), "criterion": (self.leaves, self.criteria)}
        across, order = orders[columns]
        index, names = pd.Index(self.options, name="option"), pd.Index(across, name=columns)
        return pd.DataFrame(grid, index, names).loc[list(self.shown), list(order)]


def _labels_of(case: Case) -> _Labels:
    return _Labels(sorted(case.competing), sorted(case.leaves), list(case.competing), list(case.leaves))


def _result(
    counts: Counts, labels: _Labels, confidence: Callable[[Array, Array, int], dict[str, pd.Series]]
) -> Acceptability:
    """Labels for what was counted; ``confidence`` is of central weights, how they vary between samples, and draws."""
    draws, often = counts["draws"], counts["ranks"][:, :1]
    share = counts["ranks"] / draws
    with np.errstate(divide="ignore", invalid="ignore"):  # NaN where an option never leads
        central = counts["sums"] / often
        spread = counts["products"] / often[:, :, None] - central[:, :, None] * central[:, None, :]
        varying = spread / often[:, :, None]
    central_error = np.sqrt(np.clip(np.diagonal(varying, axis1=1, axis2=2), 0, None))
    estimates = {
        "rank_acceptability": (share, _error(share, draws), "rank"),
        "central_weights": (central, central_error, "criterion"),
        "entropy": (*_entropy(share, draws), "entropy"),
    }
    if "wins" in counts:
        wins = counts["wins"] / draws
        estimates["pairwise"] = (wins, _error(wins, draws), "over")
    figures: dict[str, Any] = {name: labels.table(each, columns) for name, (each, _, columns) in estimates.items()}
    errors = {name: labels.table(error, columns) for name, (_, error, columns) in estimates.items()}
    sample = np.concatenate(counts["sample"], axis=1)
    low, high = np.quantile(sample, [0.05, 0.95], axis=1, overwrite_input=True)
    return Acceptability(
        **{"pairwise": None} | figures,
        standard_error=errors,
        draws=draws,
        interval=pd.DataFrame({"low": labels.series(low, "low"), "high": labels.series(high, "high")}),
        _confirm=partial(confidence, central, varying, draws) if "wins" in counts else dict,
    )


@guarded(WeightsError)
def stress(
    case: Case,
    weights: GivenWeights = "baseline",
    *,
    draws: Draws = 100_000,
    seed: Seed = 0,
    cluster: Cluster | None = None,
) -> pd.DataFrame:
    """How often the leader leads as the case is stated, and under each other choice.

    One choice is changed at a time: errors independent, or shared at 0.25 or 0.5; ranges read as 5th to 95th
    percentiles, or half as wide again, cut off at the anchors; every score uniform between its ends; weights
    certain; every value function straight. A choice that is the case's own, changes nothing, or leaves nothing to
    draw has no row.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping or Series
        A profile's name, weights, or swing points by criterion.
    draws, seed : int
        Of the first row. The others rest on the same random numbers, beyond 20,000 draws on the first fifth of them,
        or the first 20,000.
    cluster : distributed.Client, optional
        Draw there.

    Returns
    -------
    DataFrame
        By choice, ``as stated`` first: leader_share and its standard_error; runner_up, the other option that
        leads most often, and runner_up_share; leads_most_often, whether the leader's share is the greater. All
        shares are of draws, 0 to 1. ``.attrs["leader"]`` is the option that leads on likely scores as stated.
        Empty when neither scores nor weights have a range.

    Raises
    ------
    WeightsError
        When the weights do not fit the case, or a number is out of range.
    MethodError
        When fewer than two options are ranked.

    References
    ----------
    Why ranges are tried wider: Teigen and Jørgensen (2005), doi:10.1002/acp.1085.

    Examples
    --------
    >>> from aukus_mcda import load_case, stress
    >>> table = stress(load_case("aukus_plus_two"), draws=20_000)
    >>> table.index[0], table.index[-1], bool((table["leader_share"] > table["runner_up_share"]).all())
    ('as stated', 'value functions straight', True)
    """
    ranking = rank(case, weights)
    if len(ranking.ranked) < 2:
        raise MethodError("How often an option leads is a question for two options or more that pass the screens.")
    return in_every_way(case, ranking, draws=draws, seed=seed, cluster=cluster)[1]


def in_every_way(
    case: Case, ranking: Ranking, *, draws: int, seed: int, **where: Any
) -> tuple[Acceptability | None, pd.DataFrame]:
    """What `smaa` gives as the case is stated, and the table of `stress`; all ways are drawn together.

    None, and no rows, when neither scores nor weights have a range. See `simulated` for ``where``.
    """
    leader, options, leaves = ranking.leaders[0], sorted(ranking.ranked.index), sorted(case.leaves)
    stated, rows, fewer = None, {}, draws
    if drawn(case, ranking.weights):
        certain = replace(ranking.weights, low=None, high=None, point_range=None)
        cases = dict(_cases(case, ranking.weights))
        others = {choice: changed for choice, changed in cases.items() if changed is not case}
        sets = [ranking.weights, certain] if CERTAIN in cases else [ranking.weights]
        source = source_of(case, list(map(weight_range, sets)), seed=seed)
        tables = (score_draws(other, options, leaves, draws=CHUNK) for other in others.values())
        ways = replace(source, others=tuple(tables))
        fewer = min(draws, max(OTHER_WAYS, draws // 5))
        (stated, *sure), leads = simulated(case, ways, fewer, **where)
        if fewer < draws:
            (stated,), _ = simulated(case, replace(source, samplers=source.samplers[:1]), draws, **where)
        by_choice = dict(zip(others, leads, strict=True))
        by_choice |= {choice: sure[0].rank_acceptability[1] for choice in cases if choice not in others}
        rows = {AS_STATED: stated.rank_acceptability[1]} | {choice: by_choice[choice] for choice in cases}
    by_way = {choice: pd.Series(row, index=options) for choice, row in rows.items()}
    shares = pd.DataFrame(by_way, index=options, dtype=float).T.rename_axis("choice")
    share, rest = shares.get(leader, shares.sum(axis=1)), shares.drop(columns=leader, errors="ignore")
    table = pd.DataFrame(
        {
            "leader_share": share,
            "standard_error": np.sqrt(share * (1 - share) / np.where(shares.index == AS_STATED, draws, fewer)),
            "runner_up": rest.idxmax(axis=1) if rows else pd.Series(dtype=object),
            "runner_up_share": rest.max(axis=1),
            "leads_most_often": share > rest.max(axis=1),
        }
    )
    table.attrs["leader"] = leader
    return stated, table


def _cases(case: Case, weights: Weights) -> Iterator[tuple[str, Case]]:
    """Every other choice that changes something, and the case with it: the same case where the weights are certain."""
    about, scores = case.about, case.scores
    if "scores" in drawn(case, weights):
        for shared in (0.0, 0.25, 0.5):
            if shared != (about.shared_error or 0.0):
                name = f"errors shared at {shared:g}" if shared else "errors independent"
                yield name, replace(case, about=replace(about, shared_error=shared))
        kinds = set(judged(case)["kind"]) - {"fixed"}
        if kinds != {"normal"}:  # whose low and high are percentiles anyway
            other, name = ("ends", "ranges as ends") if about.ranges == "5-95" else ("5-95", "ranges as 5-95 %")
            yield name, replace(case, about=replace(about, ranges=other))
        yield "ranges half as wide again", replace(case, scores=_wider(case))
        if kinds != {"uniform"}:
            flat = scores["distribution"].where(scores["distribution"] == "fixed", "uniform")
            yield "scores uniform", replace(case, scores=scores.assign(distribution=flat))
        if weights.vary:
            yield CERTAIN, case
    if (case.criteria["shape"] != "").any():
        yield "value functions straight", replace(case, criteria=case.criteria.assign(shape=""))


def _wider(case: Case) -> pd.DataFrame:
    """The scores with low and high half as far again from likely, within the anchors."""
    scores = case.scores
    anchors = case.criteria.loc[scores.index.get_level_values("criterion"), ["worst", "best"]].to_numpy(dtype=float)
    likely, ends = scores["likely"], (anchors.min(axis=1), anchors.max(axis=1))
    return scores.assign(**{end: np.clip(likely + 1.5 * (scores[end] - likely), *ends) for end in ("low", "high")})
