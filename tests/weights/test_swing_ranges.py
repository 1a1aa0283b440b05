# SPDX-License-Identifier: Apache-2.0
"""Weights are drawn as they were judged: the points among siblings, at every level of the value tree."""

from __future__ import annotations

import csv
import tomllib
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special, stats
from scipy.optimize import linprog

from aukus_mcda import Case, WeightsError, capitals, futures, nearest_flip, preference, smaa
from aukus_mcda.weights.comparisons import bwm
from aukus_mcda.weights.other_ways import combine
from aukus_mcda.weights.swing_weights import Weights, swing
from aukus_mcda.weights.weight_sets import SwingRange, draw_weights, weight_range

Judged = tuple[pd.DataFrame, pd.Series]


@st.composite
def trees(draw: st.DrawFn, most: int = 9) -> Judged:
    """Low, likely and high points on a tree of random shape, and the parent of each node."""
    size = draw(st.integers(2, most))
    parents = {"n0": ""}
    for number in range(1, size):
        parents[f"n{number}"] = draw(st.sampled_from(["", *parents]))
    number = st.one_of(st.sampled_from([0.0, 50.0, 100.0]), st.floats(0.01, 100))
    points = {node: sorted(draw(st.tuples(number, number, number))) for node in parents}
    for node in parents:
        siblings = [other for other in parents if parents[other] == parents[node]]
        if not any(points[other][1] for other in siblings):
            points[node] = [0.0, 100.0, 100.0]
    frame = pd.DataFrame.from_dict(points, orient="index", columns=["low", "likely", "high"])
    return frame, pd.Series(parents)


def judged(points: pd.DataFrame, parents: pd.Series) -> Weights:
    return swing(points["likely"], parents=parents, low=points["low"], high=points["high"])


def shares(draws: np.ndarray, leaves: list[str], parents: pd.Series) -> dict[str, np.ndarray]:
    """Every node's weight, by adding up the leaves beneath it."""
    found = {node: np.zeros(len(draws)) for node in parents.index}
    for column, leaf in enumerate(leaves):
        node = leaf
        while node:
            found[node] = found[node] + draws[:, column]
            node = parents[node]
    return found


@given(trees(), st.integers(0, 3))
def test_draws_fit_the_answers_at_every_level(tree: Judged, seed: int) -> None:
    points, parents = tree
    space = SwingRange(points, parents)
    leaves = sorted(set(parents.index) - set(parents))
    draws = draw_weights(space, leaves, 400, seed=seed)
    assert draws.min() >= 0
    np.testing.assert_allclose(draws.sum(axis=1), 1, rtol=0, atol=1e-12)
    weight = shares(draws, leaves, parents)
    for i in parents.index:
        for j in parents.index[parents == parents[i]]:
            behind, ahead = points.at[j, "low"] * weight[i], points.at[i, "high"] * weight[j]
            assert (behind <= ahead + 1e-9).all(), (i, j)
    a, b = space.inequalities(leaves)
    assert (draws @ a.T <= b + 1e-12).all()
    whole = judged(points, parents)
    assert (draws >= whole.low[leaves].to_numpy() - 1e-12).all()
    assert (draws <= whole.high[leaves].to_numpy() + 1e-12).all()


@given(trees(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(tree: Judged, mixer: object) -> None:
    points, parents = tree
    leaves = sorted(set(parents.index) - set(parents))
    order = list(points.index)
    mixer.shuffle(order)  # type: ignore[attr-defined]
    here = draw_weights(SwingRange(points, parents), leaves, 50, seed=1)
    there = draw_weights(SwingRange(points.loc[order], parents[order[::-1]]), leaves, 50, seed=1)
    assert here.tobytes() == there.tobytes()


@settings(max_examples=15)
@given(trees(most=7), st.integers(0, 2**32 - 1))
def test_the_least_of_a_weighted_sum_is_that_of_a_linear_program(tree: Judged, seed: int) -> None:
    points, parents = tree
    space = SwingRange(points, parents)
    leaves = sorted(set(parents.index) - set(parents))
    a, b = space.inequalities(leaves)
    gains = np.random.default_rng(seed).normal(size=(4, len(leaves)))
    weights = space.extremes(leaves)
    for gain, least, greatest in zip(gains, weights.least(gains), weights.greatest(gains), strict=True):
        for sign, found in ((1, least), (-1, -greatest)):
            program = linprog(sign * gain, A_ub=a if len(a) else None, b_ub=b if len(b) else None,
                              A_eq=np.ones((1, len(leaves))), b_eq=[1])  # fmt: skip
            assert found == pytest.approx(program.fun, abs=1e-6)
    whole = judged(points, parents)
    assert weights.corners.min(axis=0) == pytest.approx(whole.low[leaves].to_numpy(), abs=1e-9)
    assert weights.corners.max(axis=0) == pytest.approx(whole.high[leaves].to_numpy(), abs=1e-9)
    assert (weights.corners @ a.T <= b + 1e-9).all()


def test_no_draw_puts_above_the_biggest_swing_what_never_was_above_it(case: Case) -> None:
    weights = swing({"a": 100, "b": 75, "c": 75}, low={"b": 50, "c": 50}, high={"b": 100, "c": 100})
    draws = draw_weights(weight_range(weights), ["a", "b", "c"], 100_000)
    assert (draws[:, 1:] <= draws[:, [0]] + 1e-15).all()
    assert (2 * draws[:, 1:] >= draws[:, [0]] - 1e-15).all()


def test_points_are_drawn_by_pert_at_every_level() -> None:
    """Beside a sibling whose points are certain, the ratio of weights is the ratio of points."""
    tree = {"gain": "", "risk": "", "war": "risk", "trade": "risk"}
    points = {"gain": 100, "risk": 80, "war": 100, "trade": 30}
    weights = swing(points, parents=tree, low={"risk": 50, "trade": 20}, high={"risk": 90, "trade": 70})
    gain, trade, war = draw_weights(weight_range(weights), ["gain", "trade", "war"], 50_000, seed=2).T
    for ratio, low, likely, high in (((war + trade) / gain, 50, 80, 90), (trade / war, 20, 30, 70)):
        mode = (likely - low) / (high - low)
        pert = stats.beta(1 + 4 * mode, 5 - 4 * mode, loc=low, scale=high - low)
        assert stats.kstest(100 * ratio, pert.cdf).pvalue > 0.001


def test_points_of_any_size_can_be_drawn() -> None:
    for scale in (1e-300, 1e306):
        weights = swing({"a": 100 * scale, "b": 50 * scale}, low={"b": 10 * scale}, high={"b": 100 * scale})
        draws = draw_weights(weight_range(weights), ["a", "b"], 1000)
        assert np.isfinite(draws).all() and (draws[:, 0] >= 0.5 - 1e-15).all()


def test_without_a_range_the_weights_are_what_they_are() -> None:
    for weights in (
        swing({"a": 100, "b": 50}),
        swing({"a": 100}, low={"a": 20}),
        bwm({"a": 1, "b": 2}, {"a": 2, "b": 1}),
    ):
        assert weight_range(weights) is weights


def test_judges_and_the_best_worst_method_are_drawn_the_same_way() -> None:
    judges = {"Ann": swing({"a": 100, "b": 50, "c": 20}), "Bo": swing({"a": 60, "b": 100, "c": 40})}
    both = combine(judges)
    draws = draw_weights(weight_range(both), ["a", "b", "c"], 20_000)
    for i, one in enumerate("abc"):
        for j, other in enumerate("abc"):
            assert (both.low[other] * draws[:, i] <= both.high[one] * draws[:, j] + 1e-12).all()
    assert draws.mean(axis=0) == pytest.approx(both.values.to_numpy(), abs=0.02)
    wide = bwm({"a": 1, "b": 3, "c": 2, "d": 8}, {"a": 8, "b": 4, "c": 5, "d": 1}, model="nonlinear")
    assert wide.vary
    assert draw_weights(weight_range(wide), list("abcd"), 1000).std(axis=0).max() > 0
    tree = {"top": "", "rest": "", "a": "top", "b": "top", "c": "top"}
    middle, low, high = ({**dict.fromkeys(tree, 1.0), **end} for end in (both.values, both.low, both.high))
    whole = swing(middle, parents=tree, low=low, high=high)
    inner = draw_weights(weight_range(whole), ["a", "b", "c", "rest"], 20_000)
    assert inner[:, 3] == pytest.approx(0.5, abs=1e-12)
    assert 2 * inner[:, :3] == pytest.approx(draws, abs=1e-12)  # the same draws, within their branch


def test_a_range_is_refused_for_another_tree_or_other_anchors(case: Case) -> None:
    space = weight_range(case.profile("baseline"))
    with pytest.raises(WeightsError, match=r"is about acc_canberra, .*, not among the leaves.*leaves out x"):
        space.sampler(["x"])
    other = replace(space, anchors="others")
    with pytest.raises(WeightsError, match="other anchors"):
        smaa(case, other, draws=10)


def test_flips_and_preferences_keep_to_the_range(case: Case) -> None:
    weights = case.profile("baseline")
    space = weight_range(weights)
    free, held = nearest_flip(case, weights), nearest_flip(case, weights, space=space)
    assert held.distance >= free.distance
    sums = shares(held.weights.to_numpy()[None], list(held.weights.index), weights.parents)
    ends = weights.point_range
    for i in weights.parents.index:
        for j in weights.parents.index[weights.parents == weights.parents[i]]:
            assert ends.at[j, "low"] * sums[i][0] <= ends.at[i, "high"] * sums[j][0] + 1e-6
    least = preference(case, space=space).least
    assert (least >= preference(case).least - 1e-9).all(axis=None)
    leaves = list(case.leaves)
    gains = case.values.loc[least.index, leaves].to_numpy()
    gaps = (gains[:, None] - gains[None]).reshape(-1, len(leaves))
    assert space.extremes(leaves).least(gaps) == pytest.approx(least.to_numpy().ravel(), abs=1e-6)


def test_capitals_and_futures_draw_weights_this_way(case: Case) -> None:
    share = smaa(case, weight_range(case.profile("baseline")), draws=1_000, seed=3).rank_acceptability[1]
    assert capitals(case, draws=1_000, seed=3).acceptability["baseline"].rank_acceptability[1].equals(share)
    today = futures(case, draws=1_000, seed=3).rank_acceptability["as_judged"][1]
    pd.testing.assert_series_equal(today.sort_index(), share[today.index].sort_index(), check_names=False)


# --- the leader's share, from the files alone ---------------------------------------------------------------------
# Nothing below calls the library: csv, NumPy and scipy read the shipped case and draw it anew.

FOLDER = ROOT / "data" / "aukus_plus_two"
GRID = np.linspace(0, 1, 2001)  # quantiles in between are read off it: quick, and far closer than the draws can tell


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def places_of(rng: np.random.Generator, options: int, leaves: int, draws: int, shared: float) -> np.ndarray:
    """How good each score is in its distribution, 0 to 1, shape (options, leaves, draws)."""
    common, own = rng.standard_normal((options, 1, draws)), rng.standard_normal((options, leaves, draws))
    return special.ndtr(np.sqrt(shared) * common + np.sqrt(1 - shared) * own)


@cache
def quantiles(a: float, b: float) -> np.ndarray:
    return stats.beta.ppf(GRID, a, b)


def pert(place: np.ndarray, low: float, likely: float, high: float) -> np.ndarray:
    if low == high:
        return np.full(len(place), likely)
    a, b = 1 + 4 * (likely - low) / (high - low), 1 + 4 * (high - likely) / (high - low)
    return low + (high - low) * np.interp(place, GRID, quantiles(a, b))


def share_from_the_files(profile: str, option: str, draws: int, seed: int, shared: float) -> float:
    """In what share of draws an option leads."""
    rng = np.random.default_rng(seed)
    criteria = {row["id"]: row for row in rows("criteria")}
    leaves = [name for name in criteria if all(row["parent"] != name for row in criteria.values())]
    screened = {row["option"] for row in rows("screens") if row["passes"] == "no"}
    options = [row["id"] for row in rows("options") if row["id"] not in screened]
    points = {
        row["criterion"]: pert(rng.random(draws), *(float(row[end]) for end in ("low", "likely", "high")))
        for row in rows("weights")
        if row["profile"] == profile
    }
    weights = {}
    for leaf in leaves:
        weight, node = np.ones(draws), leaf
        while node:
            parent = criteria[node]["parent"]
            weight = weight * points[node] / sum(points[name] for name in points if criteria[name]["parent"] == parent)
            node = parent
        weights[leaf] = weight
    judged = {(row["option"], row["criterion"]): row for row in rows("scores")}
    places = places_of(rng, len(options), len(leaves), draws, shared)
    totals = np.zeros((len(options), draws))
    for i, each in enumerate(options):
        for j, leaf in enumerate(leaves):
            row, scale = judged[each, leaf], criteria[leaf]
            bends = [tuple(map(float, bend.split(":"))) for bend in scale["shape"].split(";") if bend]
            xs, values = zip(
                *sorted([(float(scale["worst"]), 0.0), *bends, (float(scale["best"]), 100.0)]), strict=True
            )
            place = places[i, j] if scale["direction"] == "max" else 1 - places[i, j]
            score = pert(place, *(float(row[end]) for end in ("low", "likely", "high")))
            totals[i] += weights[leaf] * np.interp(score, xs, values)
    return float((totals.argmax(axis=0) == options.index(option)).mean())


@pytest.mark.parametrize("shared", [None, 0.0])
@pytest.mark.parametrize("profile", ["baseline", "washington"])
def test_the_leaders_share_is_that_of_the_files_alone(case: Case, profile: str, shared: float | None) -> None:
    """As the case states its shared errors, and with independent ones."""
    if shared is None:
        shared = tomllib.loads((FOLDER / "case.toml").read_text(encoding="utf-8"))["shared_error"]
    else:
        case = replace(case, about=replace(case.about, shared_error=shared))
    ours = smaa(case, weight_range(case.profile(profile)), draws=200_000, seed=1)
    draws = 30_000
    theirs = share_from_the_files(profile, str(ours.leader), draws, 5, shared)
    error = np.sqrt(theirs * (1 - theirs) * (1 / draws + 1 / ours.draws))
    assert abs(ours.leader_share - theirs) <= 3 * error
