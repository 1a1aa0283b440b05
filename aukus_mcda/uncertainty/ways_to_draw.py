# SPDX-License-Identifier: Apache-2.0
"""How far the answer hangs on the way that errors, ranges and weights are drawn."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from ..case import Case, judged
from ..errors import MethodError, WeightsError
from ..guard import Draws, Seed, guarded
from ..ranking import Ranking, rank
from ..weights import Points, Weights, weight_range
from .drawing import drawn, score_draws
from .engine import Cluster
from .rank_acceptability import Acceptability, simulated, source_of

AS_STATED, CERTAIN = "as stated", "weights certain"

LARGE = 5_000
"""Scores of a case beyond which the other ways are drawn a fifth as often: each costs as much as the case as stated."""


@guarded(WeightsError)
def stress(
    case: Case,
    weights: Weights | str | Points = "baseline",
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
        Of each row; all rows rest on the same random numbers. In a case of more than `LARGE` scores, all rows
        but the first rest on the first fifth of the draws.
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
    >>> from aukus_mcda import load_case
    >>> table = stress(load_case("aukus_plus_two"), draws=20_000)
    >>> table.index[0], table.index[-1], bool((table["leader_share"] > table["runner_up_share"]).all())
    ('as stated', 'value functions straight', True)
    """
    ranking = rank(case, weights)
    if len(ranking.ranked) < 2:
        raise MethodError("How often an option leads is a question for two options or more that pass the screens.")
    return drawn_in_every_way(case, ranking, draws=draws, seed=seed, cluster=cluster)[1]


def drawn_in_every_way(
    case: Case, ranking: Ranking, *, draws: int, seed: int, cluster: Cluster | None = None
) -> tuple[Acceptability | None, pd.DataFrame]:
    """What `smaa` gives as the case is stated, and the table of `stress`; all ways are drawn together.

    None, and no rows, when neither scores nor weights have a range.
    """
    leader, options, leaves = ranking.leaders[0], sorted(ranking.ranked.index), sorted(case.leaves)
    stated, rows, fewer = None, {}, draws
    if drawn(case, ranking.weights):
        certain = replace(ranking.weights, low=None, high=None, point_range=None)
        cases = dict(_cases(case, ranking.weights))
        others = {choice: changed for choice, changed in cases.items() if changed is not case}
        sets = [ranking.weights, certain] if CERTAIN in cases else [ranking.weights]
        source = source_of(case, list(map(weight_range, sets)), seed=seed)
        ways = replace(source, others=tuple(score_draws(other, options, leaves) for other in others.values()))
        if source.scores.likely.size > LARGE:
            fewer = max(1, draws // 5)
        (stated, *sure), leads = simulated(case, ways, fewer, cluster=cluster)
        if fewer < draws:
            (stated,), _ = simulated(case, replace(source, samplers=source.samplers[:1]), draws, cluster=cluster)
        by_choice = dict(zip(others, leads, strict=True))
        by_choice |= {choice: sure[0].rank_acceptability[1] for choice in cases if choice not in others}
        rows = {AS_STATED: stated.rank_acceptability[1]} | {choice: by_choice[choice] for choice in cases}
    shares = pd.DataFrame(
        {choice: pd.Series(row, index=options) for choice, row in rows.items()}, index=options, dtype=float
    ).T.rename_axis("choice")
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
