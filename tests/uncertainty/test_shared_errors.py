# SPDX-License-Identifier: Apache-2.0
"""Errors shared by an option's scores, and what low and high mean: what is drawn, and what knowing a score is worth."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scored import KINDS, fill, scored

from aukus_mcda import Case, information_value, smaa
from aukus_mcda.case.values import ScoreDistribution, expectation, judged
from aukus_mcda.uncertainty.drawing import score_draws
from aukus_mcda.uncertainty.information import Beliefs, joint_information
from aukus_mcda.weights import CHUNK

CRITERIA = pd.DataFrame(
    {
        "id": [f"{kind}_{way}" for kind in KINDS for way in ("max", "min")],
        "direction": ["max", "min"] * len(KINDS),
        "worst": [0, 100] * len(KINDS),
        "best": [100, 0] * len(KINDS),
    }
)
LIKELY = {"A": (30, 40, 55), "B": (35, 50, 60), "C": (42, 48, 49)}


def made(shared: float | None, ranges: str = "ends", options=LIKELY, shape: str = "") -> Case:
    rows = [
        (option, leaf, *three, leaf.split("_")[0])
        for option, three in options.items()
        for leaf in CRITERIA["id"]
    ]  # fmt: skip
    scores = pd.DataFrame(rows, columns=["option", "criterion", "low", "likely", "high", "distribution"])
    about = {"ranges": ranges} | ({} if shared is None else {"shared_error": shared})
    return scored(criteria=CRITERIA.assign(shape=shape), scores=scores, about=about)


def drawn(case: Case, draws: int = 60_000, seed: int = 3, at_a_time: int | None = None) -> np.ndarray:
    """Values ``(m, k, n)`` as they are drawn; those of several options may be worked out together."""
    options, rng = list(case.options.index), np.random.default_rng(seed)
    machine = score_draws(case, options, list(case.leaves), draws=at_a_time)
    assert machine.together == (min(len(options), 4) if at_a_time else 1)
    out = np.empty((len(machine.batches), machine.together * len(case.leaves), draws))
    for group, part in enumerate(out):
        fill(machine, rng, group, part)
    return out.reshape(-1, len(case.leaves), draws)[: len(options)]


def law(kind: str, low: float, likely: float, high: float):
    width = high - low
    mode = (likely - low) / width
    return {
        "pert": stats.beta(1 + 4 * mode, 5 - 4 * mode, low, width),
        "triangular": stats.triang(mode, low, width),
        "uniform": stats.uniform(low, width),
        "normal": stats.norm(likely, width / (2 * stats.norm.ppf(0.95))),
    }[kind]


@pytest.mark.parametrize("at_a_time", [None, CHUNK])
@pytest.mark.parametrize("shared", [None, 0.25, 0.5, 1.0])
def test_each_score_keeps_its_own_distribution(shared, at_a_time):
    case = made(shared)
    values = drawn(case, at_a_time=at_a_time)
    for place, option in enumerate(case.options.index):
        for leaf, row in zip(case.leaves, values[place], strict=True):
            raw = row if leaf.endswith("max") else 100 - row
            assert stats.kstest(raw, law(leaf.split("_")[0], *LIKELY[option]).cdf).pvalue > 1e-4


@pytest.mark.parametrize("at_a_time", [None, CHUNK])
def test_errors_are_shared_within_an_option_on_every_scale_and_not_between_options(at_a_time):
    values = drawn(made(0.5), draws=100_000, at_a_time=at_a_time)
    ranks = stats.rankdata(values.reshape(-1, values.shape[2]), axis=1)
    correlation = np.corrcoef(ranks).reshape(3, 8, 3, 8)
    pairs = np.triu_indices(8, 1)
    for one in range(3):
        within = correlation[one, :, one][pairs]
        assert np.abs(within - 0.5).max() < 0.03 and abs(within.mean() - 0.5) < 0.02
        for other in {0, 1, 2} - {one}:
            assert np.abs(correlation[one, :, other]).max() < 0.02
    apart = np.corrcoef(drawn(made(0.0), at_a_time=at_a_time)[0])
    assert np.abs(apart[pairs]).max() < 0.02


@pytest.mark.parametrize("shared", [None, 0.25])
def test_options_worked_out_together_are_drawn_as_each_by_itself(shared):
    """Five options of four kinds of score, some of them certain, in groups of four, of which the last is not full."""
    case = made(shared, options={name: (30 + place, 40 + place, 55) for place, name in enumerate("ABCDE")})
    kinds = case.scores["distribution"].to_numpy(dtype=object, copy=True)
    kinds[[0, 9, 10, *range(16, 24)]] = "fixed"
    case = replace(case, scores=case.scores.assign(distribution=kinds))
    np.testing.assert_array_equal(drawn(case, 5_000), drawn(case, 5_000, at_a_time=CHUNK))


def test_a_case_that_is_silent_draws_the_same_as_one_that_shares_nothing():
    np.testing.assert_array_equal(drawn(made(None), 5_000), drawn(made(0.0), 5_000))


@settings(max_examples=40)
@given(
    st.sampled_from(KINDS),
    st.lists(st.integers(0, 100), min_size=3, max_size=3, unique=True).map(sorted),
    st.sampled_from([0, 1, 2]),
)
def test_ranges_of_5_to_95_per_cent_put_a_twentieth_beyond_either_end(kind, three, skew):
    low, likely, high = three
    likely = (low, likely, high)[skew] if kind != "normal" else (low + high) / 2
    scores = pd.DataFrame(
        [("A", "x", low, likely, high, kind)], columns=["option", "criterion", "low", "likely", "high", "distribution"]
    )
    criteria = pd.DataFrame({"id": ["x"], "direction": "max", "worst": [-1000], "best": [1000]})
    row = judged(Case.from_frames(criteria=criteria, scores=scores, about={"ranges": "5-95"})).iloc[0]
    distribution = ScoreDistribution(*row, -1000, 1000)
    assert distribution.cdf([low, high]).tolist() == pytest.approx([0.05, 0.95], abs=1e-4)
    if kind != "uniform":
        assert distribution.likely == likely


def test_what_lies_beyond_an_anchor_is_put_on_it():
    case = made(0.25, "5-95", {"A": (0, 10, 90), "B": (5, 50, 100)})
    values = drawn(case)
    values = np.round(values, 9)
    assert values.min() == 0 and values.max() == 100
    ends = np.array([0.0, 100.0])
    for place, option in enumerate(case.options.index):
        for leaf, row in zip(case.leaves, values[place], strict=True):
            raw = row if leaf.endswith("max") else 100 - row
            distribution = ScoreDistribution(*judged(case).loc[(option, leaf)], 0, 100)
            assert (raw == 0).mean() == pytest.approx(distribution.cdf(0), abs=0.004)
            assert raw.mean() == pytest.approx(expectation(distribution, ends, ends), abs=4 * raw.std() / 240)
            inside = raw[(raw > 0) & (raw < 100)]
            before, after = distribution.cdf([0, 100 - 1e-6])
            share = stats.rankdata(inside) / (len(inside) + 1)
            np.testing.assert_allclose((distribution.cdf(inside) - before) / (after - before), share, atol=0.02)


@pytest.mark.parametrize("shared", [0.25, 0.6])
def test_the_expected_score_is_the_mean_of_its_draws(shared):
    case = made(shared, shape="40:65")
    weights = {leaf: 20.0 + 10 * place for place, leaf in enumerate(case.leaves)}
    share = case.weights(weights).values[list(case.leaves)].to_numpy()
    totals = np.einsum("ikn,k->in", drawn(case, 200_000), share)
    expected = Beliefs.of(case, weights).expected[list(case.options.index)]
    np.testing.assert_allclose(totals.mean(axis=1), expected, atol=0.05)


@pytest.mark.parametrize("shared", [0.25, 0.7])
def test_knowing_a_score_is_worth_what_a_nested_simulation_says(shared):
    """Errors given one of them are drawn anew, and the choice made on the average: no formula of ours."""
    case = made(shared)
    leaves, options = list(case.leaves), list(case.options.index)
    share = 1 / len(leaves)
    table = information_value(case, dict.fromkeys(leaves, 100)).set_index(["option", "criterion"])
    means = {
        option: sum(share * value(leaf, law(leaf.split("_")[0], *LIKELY[option]).mean()) for leaf in leaves)
        for option in options
    }
    best = max(means.values())
    rng, outer, inner = np.random.default_rng(8), 800, 500
    known = rng.standard_normal(outer)
    grid = np.linspace(0, 1, 2_001)[1:-1]
    for option, leaf in [("A", "pert_max"), ("C", "triangular_min"), ("B", "uniform_min")]:
        common = shared * known[:, None] + np.sqrt(shared - shared**2) * rng.standard_normal((outer, inner))
        # given the known error, the common part sqrt(r) f has mean r z and variance r (1 - r)
        total = np.zeros(outer)
        for other in leaves:
            distribution = law(other.split("_")[0], *LIKELY[option])
            if other == leaf:
                error = known[:, None]
            else:
                error = common + np.sqrt(1 - shared) * rng.standard_normal((outer, inner))
            place = stats.norm.cdf(error if other.endswith("max") else -error)
            total += share * value(other, np.interp(place, grid, distribution.ppf(grid))).mean(axis=1)
        rival = max(mean for name, mean in means.items() if name != option)
        gain = np.maximum(total, rival) - best
        error_of = gain.std() / np.sqrt(outer)
        assert table.loc[(option, leaf), "value"] == pytest.approx(gain.mean(), abs=4 * error_of + 0.01)


def value(leaf: str, raw):
    return raw if leaf.endswith("max") else 100 - raw


def test_knowing_several_scores_is_worth_more_than_one_and_all_are_worth_what_the_draws_say():
    case = made(0.4)
    weights = dict.fromkeys(case.leaves, 100)
    every = [(option, leaf) for option in case.options.index for leaf in case.leaves]
    one = information_value(case, weights).set_index(["option", "criterion"]).loc[every[0], "value"]
    sets = {"one": every[:1], "two": every[:2], "option": every[:8], "all": every}
    table = joint_information(Beliefs.of(case, weights), sets, draws=60_000)
    error = table["standard_error"]
    assert table.at["one", "value"] == pytest.approx(one, abs=4 * error["one"])
    assert table["value"].is_monotonic_increasing
    totals = drawn(case, 200_000).mean(axis=1)
    everything = totals.max(axis=0).mean() - totals.mean(axis=1).max()
    assert table.at["all", "value"] == pytest.approx(everything, abs=5 * error["all"])


def test_a_score_of_no_weight_tells_of_the_others_alone_and_in_a_set():
    case = made(0.5)
    leaves = list(case.leaves)
    weights = dict.fromkeys(leaves, 100) | {leaves[0]: 0}
    alone = information_value(case, weights).set_index(["option", "criterion"]).loc[("A", leaves[0])]
    found = joint_information(Beliefs.of(case, weights), {"one": [("A", leaves[0])]}, draws=40_000).loc["one"]
    assert alone["value"] > 0
    assert found["value"] == pytest.approx(alone["value"], abs=4 * found["standard_error"])


def test_the_smallest_of_shared_errors_changes_nothing_but_the_draws():
    silent, least = made(None), made(1e-12)
    weights = dict.fromkeys(silent.leaves, 100)
    expected = (Beliefs.of(case, weights).expected for case in (silent, least))
    pd.testing.assert_series_equal(*expected, check_exact=False, atol=1e-3)
    one, other = (
        information_value(case, weights).set_index(["option", "criterion"])["value"] for case in (silent, least)
    )
    np.testing.assert_allclose(one, other[one.index], atol=1e-3)


def test_the_more_errors_are_shared_the_less_sure_is_a_leader_of_many_criteria(case):
    shares = [
        smaa(replace(case, about=replace(case.about, shared_error=shared)), draws=30_000).leader_share
        for shared in (0.0, 0.1, 0.25, 0.5)
    ]
    assert shares == sorted(shares, reverse=True)
