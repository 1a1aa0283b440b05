# SPDX-License-Identifier: Apache-2.0
"""Sets of weights and draws: exact where they say so, the same on any number of threads, refused with reasons."""

from __future__ import annotations

import itertools
import pickle
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from aukus_mcda import WeightsError, swing
from aukus_mcda.weights.sampling import CHUNK, SCORES, BoxSampler, box_sampler, chunk_rng, fill_from, hit_and_run
from aukus_mcda.weights.weight_sets import (
    LEAST_SPREAD,
    WeightSet,
    any_weights,
    around,
    between,
    draw_weights,
    ordered,
    weight_range,
)

LEAVES = [f"c{i}" for i in range(14)]
FOUR = LEAVES[:4]
CENTRE = {leaf: 100 - 6 * i for i, leaf in enumerate(LEAVES)}
DESCENDING = [({a: 1, b: -1}, ">=", 0) for a, b in itertools.pairwise(LEAVES)]
SPACES: dict[str, WeightSet] = {
    "any": any_weights(),
    "ordered": ordered(LEAVES),
    "ordered in groups": ordered([LEAVES[:5], LEAVES[5], LEAVES[6:8], *LEAVES[8:]]),
    "around": around(CENTRE, 0.03),
    "around, wide": around(CENTRE, 0.06),
    "the centre": around(CENTRE, 0),
    "low": between(dict.fromkeys(LEAVES, 0.03)),
    "high": between(None, dict.fromkeys(LEAVES, 0.08)),
    "as judged": weight_range(swing(dict.fromkeys(LEAVES, 80), low=dict.fromkeys(LEAVES[2:], 50))),
    "low and high": between(dict.fromkeys(LEAVES, 0.04), dict.fromkeys(LEAVES, 0.11)),
    "rejection": between({"c0": 0.1}, constraints=[({"c0": 1, "c1": -2}, ">=", 0), ({"c2": 1, "c3": 1}, "<=", 0.2)]),
    "hit and run": between(constraints=DESCENDING),
    "flat": between({"c2": 0.2}, constraints=[({"c0": 1, "c1": 1}, "==", 0.3), ({"c3": 1, "c4": -2}, "==", 0)]),
}


def close(draws: np.ndarray, mean: np.ndarray, errors: float = 5.0) -> bool:
    """Whether the mean of the draws agrees within so many standard errors."""
    return bool((np.abs(draws.mean(axis=0) - mean) <= errors * draws.std(axis=0) / np.sqrt(len(draws)) + 1e-12).all())


@pytest.mark.parametrize("name", SPACES)
def test_draws_are_weights_and_the_same_bytes_on_any_number_of_threads(name):
    space, count = SPACES[name], 3 * CHUNK + 5
    if name in ("hit and run", "flat"):
        count = CHUNK + 5
    one = draw_weights(space, LEAVES, count, seed=0, threads=1)
    assert one.shape == (count, 14)
    assert one.min() >= 0
    np.testing.assert_allclose(one.sum(axis=1), 1, rtol=0, atol=1e-12)
    for threads in (2, 8):
        assert draw_weights(space, LEAVES, count, seed=0, threads=threads).tobytes() == one.tobytes()


@pytest.mark.parametrize("name", [name for name in SPACES if name not in ("hit and run", "flat")])
def test_a_shorter_run_is_the_beginning_of_a_longer_one(name):
    long = draw_weights(SPACES[name], LEAVES, CHUNK + 700, seed=3)
    assert np.array_equal(draw_weights(SPACES[name], LEAVES, CHUNK + 1, seed=3), long[: CHUNK + 1])
    assert np.array_equal(draw_weights(SPACES[name], LEAVES, 10, seed=3), long[:10])


def test_a_chunk_can_be_drawn_by_itself():
    draws = draw_weights(any_weights(), FOUR, 2 * CHUNK + 9, seed=0)
    last = np.empty((4, CHUNK))
    any_weights().sampler(FOUR)(chunk_rng(0, 2), last)
    assert np.array_equal(last[:, :9].T, draws[2 * CHUNK :])


def test_seeds_streams_and_chunks_differ_and_zero_is_a_seed():
    firsts = [chunk_rng(*key).random() for key in ((0, 0), (1, 0), (0, 1), (0, 0, SCORES))]
    assert len(set(firsts)) == 4
    assert chunk_rng(0, 0).random() == firsts[0]


@pytest.mark.parametrize("name", SPACES)
def test_a_sampler_travels_to_another_process(name):
    sampler = SPACES[name].sampler(LEAVES)
    here, there = np.empty((14, 50)), np.empty((14, 50))
    sampler(np.random.default_rng(1), here)
    pickle.loads(pickle.dumps(sampler))(np.random.default_rng(1), there)
    assert np.array_equal(here, there)


@pytest.mark.parametrize("name", ["any", "ordered", "ordered in groups", "around", "around, wide", "the centre"])
def test_means_of_draws_are_the_known_ones(name):
    mean = SPACES[name].mean(LEAVES)
    assert mean is not None
    assert close(draw_weights(SPACES[name], LEAVES, 100_000, seed=1), mean.to_numpy())


def test_smaa_centroid_of_three_ordered_criteria():
    np.testing.assert_allclose(ordered(FOUR[:3]).mean(FOUR[:3]), [11 / 18, 5 / 18, 2 / 18], atol=1e-15)


@pytest.mark.parametrize("leaves", [2, 4, 14])
def test_any_weights_is_uniform_on_the_simplex(leaves):
    draws = draw_weights(any_weights(), LEAVES[:leaves], 100_000, seed=2)
    assert stats.kstest(draws[:, 0], stats.beta(1, leaves - 1).cdf).pvalue > 0.001
    trap = np.random.default_rng(2).random((100_000, leaves))
    trap /= trap.sum(axis=1, keepdims=True)
    assert stats.kstest(trap[:, 0], stats.beta(1, leaves - 1).cdf).pvalue < 1e-6


def test_ordered_is_uniform_as_sorting_would_make_it():
    draws = draw_weights(ordered([*FOUR[:1], FOUR[1:3], FOUR[3]]), FOUR, 100_000, seed=4)
    simplex = -np.sort(-np.random.default_rng(4).dirichlet(np.ones(4), 100_000), axis=1)
    swapped = simplex.copy()
    half = np.random.default_rng(5).random(100_000) < 0.5
    swapped[half, 1], swapped[half, 2] = simplex[half, 2], simplex[half, 1]
    for along in (*np.eye(4), [1, 2, -1, 0], [0, 1, -1, 0], [1, 0, 0, -3]):
        assert stats.ks_2samp(draws @ along, swapped @ along).pvalue > 0.001
    assert (draws[:, 0] >= draws[:, 1:3].max(axis=1)).all()
    assert (draws[:, 3] <= draws[:, 1:3].min(axis=1)).all()


@pytest.mark.parametrize("spread", [0.01, 0.03, 0.06])
def test_around_has_the_spread_it_says_and_dirichlet_margins(spread):
    space = around(CENTRE, spread)
    draws = draw_weights(space, LEAVES, 200_000, seed=6)
    assert np.sqrt(draws.var(axis=0).mean()) == pytest.approx(spread, rel=0.01)
    a = space.concentration * space.centre
    for leaf in (0, 13):
        margin = stats.beta(a.iloc[leaf], space.concentration - a.iloc[leaf])
        assert stats.kstest(draws[:, leaf], margin.cdf).pvalue > 0.001


def test_around_keeps_a_weight_of_zero_and_the_anchors():
    weights = swing({"a": 3, "b": 0, "c": 1})
    draws = draw_weights(around(weights, 0.1), ["b", "a", "c"], 5_000)
    assert (draws[:, 0] == 0).all()
    assert draws[:, 1:].std(axis=0) == pytest.approx([0.1, 0.1], rel=0.05)
    assert (draw_weights(around({"a": 1, "b": 0}, 0.2), ["a", "b"], 10) == [1, 0]).all()
    assert around(weights, 0.1).anchors is None


def by_rejection(low, high, rows, count, seed=11):
    """Uniform on the simplex, what breaks a bound or a row thrown away: slow and surely right."""
    rng, kept = np.random.default_rng(seed), []
    while sum(map(len, kept)) < count:
        w = rng.dirichlet(np.ones(len(low)), 200_000)
        good = ((w >= low) & (w <= high)).all(axis=1)
        for a, b in rows:
            good &= w @ np.asarray(a) >= b
        kept.append(w[good])
    return np.vstack(kept)[:count]


@pytest.mark.parametrize(
    ("low", "high"),
    [
        ([0.1, 0.2, 0, 0], [1, 1, 1, 1]),
        ([0, 0, 0, 0], [0.3, 0.4, 0.35, 0.3]),
        ([0.15, 0.15, 0.15, 0.15], [0.35, 0.35, 0.35, 0.35]),
        ([0.2, 0.1, 0.0, 0.05], [0.3, 0.5, 0.9, 0.1]),
        ([0.0, 0.0, 0.1, 0.2], [0.05, 0.6, 0.6, 0.6]),
        ([0.3, 0.2, 0.1, 0.1], [0.32, 0.6, 0.5, 0.16]),
        ([0.0, 0.3, 0.0, 0.0], [0.5, 0.5, 0.5, 0.5]),
    ],
)
def test_bounds_are_sampled_as_rejection_would(low, high):
    space = between(dict(zip(FOUR, low, strict=True)), dict(zip(FOUR, high, strict=True)))
    sampler = space.sampler(FOUR)
    assert isinstance(sampler, BoxSampler)
    right = by_rejection(np.array(low), np.array(high), [], 20_000)
    for each in (np.random.default_rng(1), np.random.default_rng(2)):
        out = np.empty((4, 20_000))
        sampler(each, out)
        assert (out >= np.array(low)[:, None]).all()
        assert (out <= np.array(high)[:, None]).all()
        for along in (*np.eye(4), [1, -1, 2, 0]):
            assert stats.ks_2samp(np.asarray(along) @ out, right @ along).pvalue > 0.0005


def test_every_way_to_sample_bounds_gives_the_same_distribution():
    low, high = np.array([0.1, 0.05, 0, 0.1, 0.02]), np.array([0.3, 0.4, 0.35, 0.2, 0.5])
    chosen = between(dict(enumerate_(low)), dict(enumerate_(high))).sampler(LEAVES[:5])
    right = by_rejection(low, high, [], 30_000)
    for loose in (1, 2, 3, 5):
        for tilt in (0.0, 3.0):
            sampler = BoxSampler(chosen.low, chosen.high, 1.0, 1 - chosen.low.sum(), tilt, chosen.order, loose)
            kept = sampler.propose(np.random.default_rng(loose), 300_000).T[:30_000]
            for along in np.eye(5):
                assert stats.ks_2samp(kept @ along, right @ along).pvalue > 0.0005


def enumerate_(bounds):
    return zip(LEAVES, bounds.tolist(), strict=False)


def test_symmetric_bounds_have_a_known_centroid():
    draws = draw_weights(SPACES["low and high"], LEAVES, 100_000, seed=7)
    assert close(draws, np.full(14, 1 / 14))


def test_hit_and_run_agrees_with_rejection():
    rows = [({"c0": 1, "c1": -1}, ">=", 0), ({"c1": 1, "c2": -1.5}, ">=", 0), ({"c0": 1, "c3": -2}, "<=", 0.1)]
    space = between({"c3": 0.05}, {"c0": 0.7}, constraints=rows)
    exact = space.sampler(FOUR)
    assert exact.func is fill_from
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aukus_mcda.weights.sampling.ACCEPTED", 2.0)
        chain = space.sampler(FOUR)
    assert chain.func is hit_and_run
    right = by_rejection(
        [0, 0, 0, 0.05], [0.7, 1, 1, 1], [([1, -1, 0, 0], 0), ([0, 1, -1.5, 0], 0), ([-1, 0, 0, 2], -0.1)], 40_000
    )
    for sampler in (exact, chain):
        out = np.empty((4, 40_000))
        sampler(np.random.default_rng(12), out)
        for along in (*np.eye(4), [1, -1, 0, 0], [0, 1, -1.5, 0]):
            assert stats.ks_2samp(np.asarray(along) @ out, right @ along).pvalue > 0.0005


def test_hit_and_run_finds_the_rank_order_centroid():
    assert SPACES["hit and run"].sampler(LEAVES).func is hit_and_run
    draws = draw_weights(SPACES["hit and run"], LEAVES, 100_000, seed=0)
    assert close(draws, ordered(LEAVES).mean(LEAVES).to_numpy())
    assert (np.diff(draws, axis=1) <= 1e-12).all()


def test_a_flat_space_is_sampled_within_its_equalities():
    draws = draw_weights(SPACES["flat"], LEAVES, 20_000, seed=0)
    np.testing.assert_allclose(draws[:, 0] + draws[:, 1], 0.3, atol=1e-12)
    np.testing.assert_allclose(draws[:, 3], 2 * draws[:, 4], atol=1e-12)
    assert stats.kstest(draws[::40, 0], stats.uniform(0, 0.3).cdf).pvalue > 0.001


@pytest.mark.parametrize(
    ("space", "point"),
    [
        (between({"a": 0.5, "b": 0.3, "c": 0.2}), [0.5, 0.3, 0.2]),
        (between({"a": 0.5, "b": 0.3}, {"a": 0.5, "b": 0.3}), [0.5, 0.3, 0.2]),
        (between(None, {"a": 0.5, "b": 0.3, "c": 0.2}), [0.5, 0.3, 0.2]),
        (between(constraints=[({"a": 1, "b": -2}, "==", 0), ({"c": 1}, "==", 0.1)]), [0.6, 0.3, 0.1]),
        (between(constraints=[({"a": 1, "b": -1}, ">=", 0), ({"b": 1, "a": -1}, ">=", 0), ({"c": 1}, "<=", 0)]),
         [0.5, 0.5, 0]),
    ],
)  # fmt: skip
def test_a_space_of_one_point_is_that_point(space, point):
    np.testing.assert_allclose(draw_weights(space, ["a", "b", "c"], 3), [point] * 3, atol=1e-9)


def test_one_criterion_has_all_the_weight():
    for space in (any_weights(), ordered(["a"]), around({"a": 5}, 0.1), between({"a": 0.2})):
        assert draw_weights(space, ["a"], 4).tolist() == [[1.0]] * 4


shares = st.lists(st.floats(0.001, 1), min_size=2, max_size=7).map(lambda given: np.array(given) / sum(given))


@settings(max_examples=40, deadline=None)
@given(shares, st.data())
def test_draws_keep_bounds_and_constraints(inside, data):
    names = LEAVES[: len(inside)]
    room = st.lists(st.one_of(st.just(0.0), st.floats(0, 0.5)), min_size=len(inside), max_size=len(inside))
    low = np.maximum(inside - data.draw(room), 0)
    high = np.minimum(inside + data.draw(room), 1)
    space = between(dict(zip(names, low, strict=True)), dict(zip(names, high, strict=True)))
    draws = draw_weights(space, names, 300, seed=data.draw(st.integers(0, 9)))
    assert (draws >= low - 1e-12).all()
    assert (draws <= high + 1e-12).all()
    np.testing.assert_allclose(draws.sum(axis=1), 1, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(shares, st.data())
def test_draws_keep_constraints_whatever_they_are(inside, data):
    names = LEAVES[: len(inside)]
    factors = st.lists(st.integers(-3, 3), min_size=len(inside), max_size=len(inside)).filter(any)
    rows = data.draw(st.lists(st.tuples(factors, st.sampled_from([0.0, 0.01, 0.2])), min_size=1, max_size=4))
    stated = [
        (dict(zip(names, factor, strict=True)), ">=", float(np.dot(factor, inside)) - slack) for factor, slack in rows
    ]
    draws = draw_weights(between(constraints=stated), names, 300)
    assert draws.min() >= 0
    np.testing.assert_allclose(draws.sum(axis=1), 1, atol=1e-12)
    for factor, (_, _, bound) in zip(rows, stated, strict=True):
        assert (draws @ factor[0] >= bound - 1e-8).all()


@settings(max_examples=30, deadline=None)
@given(st.permutations(range(6)), st.sampled_from(["any", "ordered", "around", "between", "constrained"]))
def test_what_a_draw_means_does_not_depend_on_the_order_of_the_leaves(order, kind):
    names = LEAVES[:6]
    space: WeightSet = {
        "any": any_weights(),
        "ordered": ordered([names[2], names[:2], *names[3:]]),
        "around": around({name: i + 1 for i, name in enumerate(names)}, 0.05),
        "between": between({"c1": 0.4}, {"c2": 0.1}),
        "constrained": between(constraints=[({"c1": 1, "c2": -2}, ">=", 0)]),
    }[kind]
    here = draw_weights(space, names, 5_000, seed=1)
    there = draw_weights(space, [names[i] for i in order], 5_000, seed=1)
    error = np.hypot(here.std(axis=0)[list(order)], there.std(axis=0)) / np.sqrt(5_000)
    assert (np.abs(here.mean(axis=0)[list(order)] - there.mean(axis=0)) <= 6 * error).all()


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: around({"a": 1, "b": 1}, -0.1), "spread must be 0 or more"),
        (lambda: around({"a": 1, "b": 1}, float("nan")), "spread must be a finite number"),
        (lambda: around({"a": 1, "b": 1}, 0.6), "too wide.*0.354 at most"),
        (lambda: around({"a": -1, "b": 1}, 0.1), "a has -1"),
        (lambda: around({"a": 1, "b": 1}, 0.1).sampler(["a", "c"]), "is about b, not.*leaves out c"),
        (lambda: ordered("abc"), "must be a list, each item text or a list of text, not"),
        (lambda: ordered([]), "at least one criterion"),
        (lambda: ordered(["a", ["b", "a"]]), "a named more than once"),
        (lambda: ordered(["a", "b"]).sampler(["a", "b", "c"]), "leaves out c"),
        (lambda: any_weights().sampler([]), "No criteria"),
        (lambda: any_weights().sampler(["a", "a"]), "a named more than once"),
        (lambda: between({"a": -0.1}), "Low bounds must be finite numbers, 0 to 1: a has -0.1"),
        (lambda: between({"a": 0.1}, {"b": 1.2}), "High bounds must be finite numbers, 0 to 1: b has 1.2"),
        (lambda: between({"a": float("nan")}), "Low bounds must be finite numbers, 0 to 1: a has nan"),
        (lambda: between({"a": "much", "b": 2}), "0 to 1: a has 'much', b has 2"),
        (lambda: between([0.1, 0.2]), "low must be a mapping"),
        (lambda: between(pd.Series([0.1, 0.2], index=["a", "a"])), "Low bounds: a named more than once"),
        (lambda: between({"a": 0.5}, {"a": 0.4}), "a 0.5 > 0.4"),
        (lambda: between({"a": -1}, {"b": 2}, constraints=[({"a": 0}, ">", 0)]), "Low.*High.*sense.*finite factors"),
        (lambda: between({"z": 0.1}).sampler(["a", "b"]), "on z. There are: a, b"),
        (lambda: between(constraints=[({"z": 1}, ">=", 0)]).sampler(["a", "b"]), "on z"),
        (lambda: between(constraints=["a > b"]), "it holds 'a > b'"),
        (lambda: between(constraints=[({"a": 1}, ">", 0)]), "sense is >=, <= or =="),
        (lambda: between(constraints=[({"a": 0}, ">=", 0)]), "at least one other than 0"),
        (lambda: between(constraints=[({"a": float("inf")}, ">=", 0)]), "needs finite factors.*'a'"),
        (lambda: draw_weights(any_weights(), ["a"], 0), "draws must be a whole number from 1 to 100,000,000, not 0"),
        (lambda: draw_weights(any_weights(), ["a"], 10, seed=-1), "seed must be a whole number, 0 or more, not -1"),
        (lambda: draw_weights(any_weights(), ["a"], 10, threads=0), "threads"),
    ],
)
def test_bad_input_is_one_error_that_says_what_and_where(make, says):
    with pytest.raises(WeightsError, match=says):
        make()


@pytest.mark.parametrize(
    ("space", "named", "innocent"),
    [
        (between({"a": 0.7, "b": 0.6, "c": 0.0}), ["a >= 0.7", "b >= 0.6"], ["c"]),
        (between(None, {"a": 0.3, "b": 0.3, "c": 0.3}), ["a <= 0.3", "b <= 0.3", "c <= 0.3"], []),
        (between({"a": 0.5}, {"b": 0.9}, constraints=[({"c": 1, "a": -1}, ">=", 0.1), ({"b": 1}, ">=", 0.01)]),
         ["a >= 0.5", "c - a >= 0.1"], ["b "]),
        (between(constraints=[({"a": 1, "b": -2}, ">=", 0), ({"b": 1, "c": -1}, ">=", 0), ({"c": 1, "a": -1}, ">=", 0),
                              ({"a": 1}, ">=", 0.1)]),
         ["a - 2 b >= 0", "b - c >= 0", "c - a >= 0"], []),
        (between(constraints=[({"a": 1}, "==", 0.4), ({"a": 2}, ">=", 1), ({"b": 1}, "<=", 0.5)]),
         ["a == 0.4", "2 a >= 1"], ["b"]),
    ],
)  # fmt: skip
def test_an_empty_space_names_the_constraints_in_conflict_and_no_other(space, named, innocent):
    with pytest.raises(WeightsError, match="No weights") as caught:
        space.sampler(["a", "b", "c"])
    listed = str(caught.value).split("these: ")[1]
    assert all(each in listed for each in named)
    assert not any(each in listed for each in innocent)


@pytest.mark.parametrize(("large", "small"), [(1e308, 1e308), (1e-170, 1e-170), (5e-324, 5e-324), (2, 2)])
def test_a_constraint_holds_whatever_the_size_of_its_coefficients(large, small):
    space = between(constraints=[({"a": large, "b": -small}, ">=", 0)])
    draws = draw_weights(space, ["a", "b", "c"], 2_000)
    assert (draws[:, 0] >= draws[:, 1]).all()
    np.testing.assert_allclose(draws.mean(axis=0), [1 / 2, 1 / 6, 1 / 3], atol=0.03)


def test_a_bound_no_weights_come_near_is_kept_by_all_or_none():
    nearly_nothing = {"a": 1e-300, "b": -1e-300}
    assert draw_weights(between(constraints=[(nearly_nothing, "<=", 1e300)]), ["a", "b"], 10).shape == (10, 2)
    with pytest.raises(WeightsError, match=r"keep all of these: 1e-300 a - 1e-300 b >= 1e\+300"):
        draw_weights(between(constraints=[(nearly_nothing, ">=", 1e300)]), ["a", "b"], 10)


@pytest.mark.parametrize("factor", [np.inf, np.nan, 0])
def test_coefficients_that_say_nothing_are_refused_by_name(factor):
    with pytest.raises(WeightsError, match=r"finite factors, at least one other than 0.*'a'"):
        between(constraints=[({"a": factor}, ">=", 0)])


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: draw_weights(swing({"a": 2, "b": 1}), ["a", "b"]), r"not a Weights: around\(weights, spread\)"),
        (lambda: draw_weights("any", ["a", "b"]), r"not 'any': .*any_weights\(\)"),
        (lambda: draw_weights(any_weights(), "abc"), "leaves must be a list of text, not 'abc'"),
        (lambda: draw_weights(any_weights(), None), "leaves must be a list of text, not None"),
        (lambda: ordered(None), "best_first must be a list.*, not None"),
        (lambda: ordered([1, 2]), "it holds 1"),
        (lambda: ordered([np.nan]), "it holds nan"),
        (lambda: ordered(["a", [["b"]]]), r"Place 2 must hold criterion ids, not \['b'\]"),
        (lambda: ordered(["a", []]), "Place 2 must hold criterion ids, not nothing"),
        (
            lambda: between(constraints=5),
            r"a list, each item \(a mapping from text to .*, text, a finite number\), not 5",
        ),
        (lambda: between(constraints={"a": 1}), "it holds 'a'"),
        (lambda: between(constraints=[(pd.Series([1, 2], ["a", "a"]), ">=", 0)]), "more than once"),
        (lambda: between({"a": "05"}), "a has '05'"),
        (lambda: between(None, {"a": "2"}), "a has '2'"),
        (lambda: between(constraints=[({"a": 1}, ">=", "0.5")]), "has the form.*'0.5'"),
        (lambda: between(constraints=[({"a": 1}, [">="], 0.5)]), "has the form"),
    ],
)
def test_what_is_no_space_or_no_list_is_refused_in_our_words(make, says):
    with pytest.raises(WeightsError, match=says):
        make()


def test_no_constraints_may_be_said_as_none():
    assert between({"a": 0.1}, constraints=None) == between({"a": 0.1})


@pytest.mark.parametrize("spread", [0, 1e-200, 0.9e-9])
def test_a_spread_too_small_to_matter_is_the_centre_itself(spread):
    assert np.ptp(draw_weights(around({"a": 1, "b": 2}, spread), ["a", "b"], 100), axis=0).tolist() == [0, 0]


def test_the_least_spread_that_counts_is_kept():
    draws = draw_weights(around({"a": 1, "b": 2}, LEAST_SPREAD), ["a", "b"], 10_000)
    np.testing.assert_allclose(draws.std(axis=0), LEAST_SPREAD, rtol=0.05)


@pytest.mark.parametrize("tilt", [0.0, 6.0])
@pytest.mark.parametrize("loose", [1, 2])
def test_weights_within_bounds_are_uniform_for_any_tilt_and_number_of_loose_leaves(tilt, loose):
    low, high = np.array([0.1, 0.05, 0.0, 0.2]), np.array([0.4, 0.3, 0.5, 0.45])
    found = box_sampler(low, high)
    out = np.empty((4, 40_000))
    replace(found, sign=1.0, total=1 - found.low.sum(), tilt=tilt, loose=loose)(np.random.default_rng(1), out)
    simplex = np.random.default_rng(2).dirichlet(np.ones(4), 2_000_000)
    kept = simplex[((simplex >= low) & (simplex <= high)).all(axis=1)].T
    np.testing.assert_allclose(out.sum(axis=0), 1)
    for mine, other in zip([*out, out[0] - out[2]], [*kept, kept[0] - kept[2]], strict=True):
        assert stats.ks_2samp(mine, other).pvalue > 1e-3
