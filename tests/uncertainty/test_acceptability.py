# SPDX-License-Identifier: Apache-2.0
"""SMAA against exact and published results, under properties that must hold, and with its own error measured."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scored import KINDS, fill, scored

from aukus_mcda import AukusMcdaError, Case, WeightsError, any_weights, around, ordered, rank, swing
from aukus_mcda.case.values import BrokenLine, ValueFunction
from aukus_mcda.uncertainty import engine, rank_acceptability
from aukus_mcda.uncertainty.counting import compare, confirm, groups
from aukus_mcda.uncertainty.drawing import Batch, score_draws
from aukus_mcda.uncertainty.rank_acceptability import Acceptability, acceptability, smaa
from aukus_mcda.weights.sampling import CHUNK, FEW_DRAWS, KEPT_MODES, fill_pert

FRAMES = ("rank_acceptability", "central_weights", "confidence", "pairwise", "entropy", "interval")


def made(values, *, spread=None, kind="", options=None, leaves=None, **tables) -> Case:
    """A case with these values as scores on scales from 0 to 100, and a spread to either side."""
    grid = np.asarray(values, dtype=float)
    options = options or [f"o{i}" for i in range(len(grid))]
    leaves = leaves or [f"c{j}" for j in range(grid.shape[1])]
    rows = pd.DataFrame(
        [(o, c, grid[i, j]) for i, o in enumerate(options) for j, c in enumerate(leaves)],
        columns=["option", "criterion", "likely"],
    )
    if spread is not None:
        rows["low"], rows["high"] = (rows["likely"] - spread).clip(0), (rows["likely"] + spread).clip(upper=100)
        rows["distribution"] = kind
    criteria = pd.DataFrame({"id": leaves, "direction": "max", "worst": 0, "best": 100})
    return scored(criteria=criteria, scores=rows, **tables)


def same(a: Acceptability, b: Acceptability) -> bool:
    """The same bytes in every frame."""
    both = [(getattr(a, name), getattr(b, name)) for name in FRAMES]
    both += [(a.standard_error[name], b.standard_error[name]) for name in a.standard_error]
    both.append((a.confidence_error, b.confidence_error))
    return a.draws == b.draws and all(x.to_numpy().tobytes() == y.to_numpy().tobytes() for x, y in both)


def close(found, expected, error, errors=4.0) -> bool:
    return bool((np.abs(np.asarray(found) - np.asarray(expected)) <= errors * np.asarray(error) + 1e-12).all())


UNCERTAIN = made(np.random.default_rng(5).uniform(20, 80, (5, 3)), spread=15)


def test_identity_matrices_have_their_exact_results(published):
    two, three, in_order = published["smaa-exact"]["cases"]
    found = smaa(made(100 * np.eye(2)), any_weights(), draws=100_000, seed=2)
    error = found.standard_error
    assert close(found.rank_acceptability[1], two["RA"], error["rank_acceptability"][1])
    assert close(found.central_weights, two["cw"], error["central_weights"])

    found = smaa(made(100 * np.eye(3)), any_weights(), draws=200_000, seed=3)
    error = found.standard_error
    assert close(found.rank_acceptability[1], three["RA_first"], error["rank_acceptability"][1])
    assert close(found.central_weights.loc["o0"], three["cw_first"], error["central_weights"].loc["o0"])
    assert (found.confidence == 1).all()

    found = smaa(made(100 * np.eye(3)), ordered(["c0", "c1", "c2"]), draws=100_000)
    assert found.rank_acceptability[1].tolist() == in_order["RA"]
    assert close(
        found.central_weights.loc["o0"], in_order["centroid"], found.standard_error["central_weights"].loc["o0"]
    )


def test_a_dominated_option_has_no_central_weights_and_no_confidence(published):
    assert "dominates" in published["smaa-edge"]["cases"][0]
    found = smaa(made([[80, 60, 70], [50, 40, 20]]), any_weights(), draws=50_000)
    assert found.rank_acceptability.to_numpy().tolist() == [[1, 0], [0, 1]]
    assert close(found.central_weights.loc["o0"], 1 / 3, found.standard_error["central_weights"].loc["o0"])
    assert found.central_weights.loc["o1"].isna().all()
    assert found.confidence["o0"] == 1 and np.isnan(found.confidence["o1"])


def test_pairwise_winning_from_given_samples(published):
    assert "pwi(a1,a2)=.9" in published["smaa-edge"]["cases"][1]
    values = np.tile([[[2.0], [1.0]]], (10, 1, 1))
    values[7] = [[1], [2]]
    found = acceptability(values, np.ones((10, 1)), options=["a1", "a2"], leaves=["c"])
    assert found.pairwise.to_numpy().tolist() == [[0, 0.9], [0.1, 0]]
    assert found.confidence.tolist() == [0.9, 0.1]
    assert found.draws == 10 and found.seed is None


def test_partial_value_functions_inside_and_outside_the_anchors(published):
    entry = published["smaa-pvf"]
    worth = ValueFunction(100, 50, bends=((75, 80), (90, 50)))
    line = BrokenLine.through(*worth.corners)
    for raw, value in entry["cases"].items():
        assert worth(float(raw)) / 100 == pytest.approx(value)
    for raw, value in entry["clip"].items():
        assert worth(np.clip(float(raw), 50, 100)) / 100 == pytest.approx(value)
        with pytest.raises(ValueError, match="outside the anchors"):
            worth(float(raw))
    for raw, value in entry["interpolate"].items():
        extended = np.array([float(raw)])
        line.fill(extended.copy(), extended)
        assert extended[0] / 100 == pytest.approx(value)


grids = st.integers(1, 6).flatmap(
    lambda m: st.integers(1, 4).flatmap(
        lambda k: st.lists(st.lists(st.integers(0, 10), min_size=k, max_size=k), min_size=m, max_size=m)
    )
)


@settings(max_examples=25)
@given(grid=grids, spread=st.sampled_from([None, 20]), seed=st.integers(0, 5))
def test_properties_of_the_shares(grid, spread, seed):
    case = made(10 * np.array(grid), spread=spread)
    found = smaa(case, any_weights(), draws=400, seed=seed, threads=1)
    count = len(grid)
    np.testing.assert_allclose(found.rank_acceptability.sum(axis=0), 1, atol=1e-9)
    np.testing.assert_allclose(found.rank_acceptability.sum(axis=1), 1, atol=1e-9)
    np.testing.assert_allclose(found.pairwise + found.pairwise.T, 1 - np.eye(count), atol=1e-12)
    led = found.rank_acceptability[1] > 0
    assert (found.central_weights.notna().all(axis=1) == led).all()
    np.testing.assert_allclose(found.central_weights[led].sum(axis=1), 1, atol=1e-9)
    assert (found.confidence.notna() == led).all()
    assert found.entropy.between(-1e-12, np.log2(count) + 1e-9).all()
    if spread is None:
        beaten = np.array([[all(a < b for a, b in zip(x, y, strict=True)) for y in grid] for x in grid]).any(axis=1)
        assert not led[beaten].any()
    order = np.random.default_rng(seed).permutation(count)
    across = np.random.default_rng(seed).permutation(len(grid[0]))
    turned = made(
        10 * np.array(grid)[order][:, across],
        spread=spread,
        options=[f"o{i}" for i in order],
        leaves=[f"c{j}" for j in across],
    )
    again = smaa(turned, any_weights(), draws=400, seed=seed, threads=2)
    for name in FRAMES:
        here, there = getattr(found, name), getattr(again, name)
        there = there.loc[here.index]
        there = there[here.columns] if isinstance(here, pd.DataFrame) else there
        assert here.equals(there)


@settings(max_examples=25)
@given(grid=grids)
def test_certain_scores_and_weights_give_the_ranking(grid):
    case = made(10 * np.array(grid), spread=10)
    points = {leaf: 100 - 20 * place for place, leaf in enumerate(case.leaves)}
    found = smaa(case, points, draws=50, scores="fixed")
    ranking = rank(case, points)
    for option, place in ranking.table["rank"].items():
        equals = int((ranking.table["rank"] == place).sum())
        row = found.rank_acceptability.loc[option]
        assert row[row > 0].index.tolist() == list(range(place, place + equals))
        np.testing.assert_allclose(row[row > 0], 1 / equals)
    assert found.central_weights.notna().all(axis=1).tolist() == [
        option in ranking.leaders for option in case.options.index
    ]


def test_equals_share_ranks_pairs_and_leads():
    case = made([[50, 50], [50, 50], [90, 0], [0, 90]])
    found = smaa(case, any_weights(), draws=20_000)
    shares = found.rank_acceptability
    assert shares.loc["o0"].equals(shares.loc["o1"])
    assert found.pairwise.loc["o0", "o1"] == 0.5
    assert found.confidence["o0"] == 0.5
    assert found.central_weights.loc["o0"].equals(found.central_weights.loc["o1"])
    scores = np.array([[1.0, 1.0], [1.0, 1.0 + 5e-10], [1.0 + 2e-9, 1.0 + 9e-10], [0.0, 2.0]])
    first, last = groups(scores)
    assert first.T.tolist() == [[1, 1, 0, 3], [1, 1, 1, 0]]
    assert last.T.tolist() == [[2, 2, 0, 3], [3, 3, 3, 0]]
    scores = np.array([[1.0, 3.0, 0.0], [1.0, 2.0, 5.0]])
    assert confirm(scores[:, None], 3, np.ones((2, 1)))[:, 0].tolist() == [1.5, 1.5]


def test_sorting_and_comparing_count_the_same(monkeypatch):
    scores = np.random.default_rng(1).normal(size=(9, 3_000))
    places, wins, near = compare(scores)
    first, last = groups(scores)
    assert not near.any() and (places == first).all() and (first == last).all()
    assert all(wins[i, j] == (scores[i] > scores[j]).sum() for i in range(9) for j in range(9))
    small = smaa(UNCERTAIN, any_weights(), draws=20_000)
    monkeypatch.setattr("aukus_mcda.uncertainty.counting.COMPARED", 3)
    large = smaa(UNCERTAIN, any_weights(), draws=20_000)
    assert large.rank_acceptability.equals(small.rank_acceptability)
    np.testing.assert_allclose(large.central_weights, small.central_weights)
    assert large.pairwise is None and large.confidence is None


@pytest.mark.parametrize("scores", ["uncertain", "fixed"])
def test_the_same_bytes_on_any_number_of_threads(case, scores, monkeypatch):
    one = smaa(case, any_weights(), draws=3 * CHUNK + 77, seed=0, threads=1, scores=scores)
    for threads in (2, 5):
        assert same(one, smaa(case, any_weights(), draws=3 * CHUNK + 77, seed=0, threads=threads, scores=scores))
    assert not same(one, smaa(case, any_weights(), draws=3 * CHUNK + 77, seed=1, scores=scores))
    assert one.digest == case.digest and one.seed == 0


def test_arrays_drawn_elsewhere_give_what_the_simulation_gives():
    leaves, options = list(UNCERTAIN.leaves), list(UNCERTAIN.options.index)
    spread = score_draws(UNCERTAIN, options, leaves)
    weights, values, out = np.empty((3, CHUNK)), np.empty((CHUNK, 5, 3)), np.empty((3, CHUNK))
    any_weights().sampler(leaves)(engine.chunk_rng(4, 0), weights)
    rng = engine.chunk_rng(4, 0, engine.SCORES)
    for i in range(5):
        fill(spread, rng, i, out)
        values[:, i] = out.T
    here = acceptability(values, weights.T, options=options, leaves=leaves)
    there = smaa(UNCERTAIN, any_weights(), draws=CHUNK, seed=4)
    for name in FRAMES:
        np.testing.assert_allclose(getattr(here, name), getattr(there, name), atol=1e-9)


def test_tolerance_stops_as_soon_as_it_can_and_says_when():
    found = smaa(UNCERTAIN, any_weights(), tolerance=0.002, draws=5)
    assert found.draws % CHUNK == 0
    assert found.standard_error["rank_acceptability"].to_numpy().max() <= 0.002
    before = smaa(UNCERTAIN, any_weights(), draws=found.draws - CHUNK)
    assert before.standard_error["rank_acceptability"].to_numpy().max() > 0.002
    assert same(found, smaa(UNCERTAIN, any_weights(), draws=found.draws, threads=1))


@pytest.mark.parametrize("confirmed", [2_000, 400])
def test_stated_errors_are_the_spread_of_repeated_runs(confirmed, monkeypatch):
    """Those of confidence factors too where they rest on fewer draws than the ranks, here a fifth."""
    monkeypatch.setattr(rank_acceptability, "CONFIRMED", confirmed)
    runs = [smaa(UNCERTAIN, any_weights(), draws=2_000, seed=seed) for seed in range(30)]
    errors = [run.standard_error | {"confidence": run.confidence_error} for run in runs]
    for name in errors[0]:
        found = np.array([getattr(run, name).to_numpy(dtype=float) for run in runs])
        stated = np.mean([error[name].to_numpy(dtype=float) for error in errors], axis=0)
        spread = found.std(axis=0, ddof=1)
        told = (stated > 0.002) & np.isfinite(spread)
        ratio = spread[told] / stated[told]
        assert told.any() and ratio.min() > 0.5 and ratio.max() < 1.6, name
        assert 0.8 < np.sqrt(np.mean(ratio**2)) < 1.15, name
    counts = [run.confidence.dropna() * confirmed for run in runs]
    assert all(np.allclose(each, each.round(), atol=1e-9) for each in counts)


def test_the_error_of_a_confidence_holds_for_an_option_that_seldom_leads():
    """Its central weights come from few draws, and most of the error comes from them."""
    rng, leaves = np.random.default_rng(5), ["c0", "c1", "c2"]
    rows = [(f"o{i}", leaf, *np.sort(rng.uniform(0, 100, 3))) for i in range(3) for leaf in leaves]
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": leaves, "direction": "max", "worst": 0, "best": 100}),
        scores=pd.DataFrame(rows, columns=["option", "criterion", "low", "likely", "high"]),
    )
    runs = [smaa(case, any_weights(), draws=4_000, seed=seed) for seed in range(60)]
    rare = min(runs[0].rank_acceptability.index, key=lambda option: runs[0].rank_acceptability.at[option, 1])
    assert 0.02 < runs[0].rank_acceptability.at[rare, 1] < 0.1
    seen = np.std([run.confidence[rare] for run in runs], ddof=1)
    stated = np.mean([run.confidence_error[rare] for run in runs])
    share = runs[0].confidence[rare]
    assert 0.75 < seen / stated < 1.3
    assert seen > 1.5 * np.sqrt(share * (1 - share) / 4_000)


def test_progress_climbs_to_one():
    heard: list[float] = []
    smaa(UNCERTAIN, any_weights(), draws=5 * CHUNK, progress=heard.append)
    assert heard == sorted(heard) and heard[-1] == 1 and len(heard) > 5


def test_screened_options_do_not_compete():
    out = pd.DataFrame(
        {"option": ["o0", "o1", "o2"], "screen": "law", "passes": ["yes", "no", "yes"], "reason": "barred"}
    )
    found = smaa(made([[10, 20], [90, 90], [20, 10]], screens=out), any_weights(), draws=5_000)
    assert found.rank_acceptability.shape == (2, 2) and "o1" not in found.pairwise
    out = pd.DataFrame({"option": ["o0", "o1"], "screen": "law", "passes": "no", "reason": "barred"})
    with pytest.raises(AukusMcdaError, match="Every option fails a screen"):
        smaa(made([[10, 20], [90, 90]], screens=out), any_weights())


def test_a_profile_around_it_and_points_are_all_weights(case):
    sure = smaa(case, "baseline", draws=5_000)
    near = smaa(case, around(case.profile("baseline"), 0.001), draws=5_000)
    assert close(sure.rank_acceptability, near.rank_acceptability, 0.02, 1)
    leads = sure.central_weights.dropna()
    np.testing.assert_allclose(leads, np.tile(case.profile("baseline").values[leads.columns], (len(leads), 1)))
    np.testing.assert_allclose(sure.confidence.dropna(), sure.rank_acceptability[1][leads.index])


# Draws of scores


@pytest.mark.parametrize("peak", [0, 0.003, 0.25, 1 / 3, 0.5, 0.77, 0.996, 1])
def test_pert_quantiles_are_those_of_scipy_within_a_six_hundredth_of_a_value_point(peak):
    u = np.concatenate([np.geomspace(2.0**-32, 0.5, 2_000)[:-1], np.linspace(0.001, 0.999, 2_001)])
    lower = np.where(u < 0.5, u, u - 1)  # as the table takes it: the distance from either end
    out = (lower + 0.5)[None]
    fill_pert(out, (peak,))
    exact = stats.beta(1 + 4 * peak, 5 - 4 * peak).ppf(((lower + 0.5) - 0.5) % 1)
    assert 100 * np.abs(out[0] - exact).max() < 1.6e-3
    top = np.geomspace(2.0**-32, 0.5, 2_000)[:-1]
    out = (0.5 - top)[None]
    fill_pert(out, (peak,))
    assert 100 * np.abs(out[0] - stats.beta(1 + 4 * peak, 5 - 4 * peak).isf(0.5 - (0.5 - top))).max() < 1.6e-3


def test_few_draws_look_up_in_the_tables_that_many_draws_have_of_their_own():
    """Also where there are more modes than are kept, and where those of one batch are a part of those kept."""
    modes = np.linspace(0, 1, KEPT_MODES + 100)
    many = np.random.default_rng(0).random((len(modes), FEW_DRAWS))
    many[:, 0] = 0  # the one number that lies beyond all cells
    few = many[:, :3].copy()
    parts = [part.copy() for part in np.array_split(few, 40)]
    fill_pert(many, tuple(modes))
    fill_pert(few, tuple(modes))
    for part, own in zip(parts, np.array_split(modes, 40), strict=True):
        fill_pert(part, tuple(own))
    np.testing.assert_array_equal(few, many[:, :3])
    np.testing.assert_array_equal(np.vstack(parts), few)
    np.testing.assert_allclose(many[:, 0], stats.beta.ppf(0.5, 1 + 4 * modes, 5 - 4 * modes), atol=2e-5)


def judged_as(kind, ends, worth):
    """How one score is drawn."""
    raw, values = worth.corners
    return Batch.of(kind, np.array([0]), np.array(ends)[:, None], (raw[None], values[None]))


LAWS = {
    "pert": stats.beta(1 + 4 * 0.3, 5 - 4 * 0.3, 20, 50),
    "triangular": stats.triang(0.3, 20, 50),
    "uniform": stats.uniform(20, 50),
    "normal": stats.norm(35, 50 / 3.289707),
}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_its_distribution_through_the_value_function(kind):
    law = LAWS[kind]
    straight = judged_as(kind, (20.0, 35.0, 70.0), ValueFunction(0, 100))
    bent = ValueFunction(100, 0, bends=((30, 90), (60, 50)))
    turned = judged_as(kind, (20.0, 35.0, 70.0), bent)
    rng = np.random.default_rng(9)
    raw = (rng.standard_normal if straight.from_normal else rng.random)((1, 100_000))
    value = raw.copy()
    for batch, out in ((straight, raw), (turned, value)):
        batch.value(out)
    if kind == "normal":  # what falls beyond an anchor is put on it
        assert (raw == 0).mean() == pytest.approx(law.cdf(0), abs=0.002)
        raw[raw == 0] = law.ppf(law.cdf(0) * np.random.default_rng(2).random((raw == 0).sum()))
        value = value[raw > 0]
    assert stats.kstest(raw[0], law.cdf).pvalue > 0.001
    assert raw.max() <= 100
    raw = raw[raw > 0] if kind == "normal" else raw
    np.testing.assert_allclose(value, bent(raw), atol=1e-9)


@pytest.mark.parametrize("kind", ["uniform", "normal"])
@pytest.mark.parametrize("shared", [None, 0.4])
def test_value_functions_with_none_to_three_bends_are_drawn_side_by_side(kind, shared):
    shapes = ["", "20:50;40:70;60:85", "40:65", "30:10;60:50", "", "70:20"]
    leaves, ends = [f"c{place}" for place in range(6)], {"low": 10, "likely": 45, "high": 80, "distribution": kind}
    anchors = {"worst": [0, 0, 0, 0, 100, 0], "best": [100, 100, 100, 100, 0, 100]}
    direction = ["max", "max", "max", "max", "min", "max"]
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": leaves, "direction": direction, "shape": shapes, **anchors}),
        scores=pd.DataFrame(
            [{"option": option, "criterion": leaf, **ends} for option in ("a", "b") for leaf in leaves]
        ),
        about={"shared_error": shared} if shared else {},
    )
    straight = Case.from_frames(
        criteria=case.criteria.reset_index(names="id").assign(shape=""),
        scores=case.scores.reset_index(),
        about={"shared_error": shared} if shared else {},
    )
    bent, plain = np.empty((2, len(leaves), 2_000))
    for each, out in ((case, bent), (straight, plain)):
        fill(score_draws(each, ["a", "b"], leaves), np.random.default_rng(4), 1, out)
    for leaf, values, along in zip(leaves, bent, plain, strict=True):
        raw = 100 - along if leaf == "c4" else along
        np.testing.assert_allclose(values, case.value_function(leaf)(raw), atol=1e-9)
    assert not np.isnan(smaa(case, draws=2_000).rank_acceptability).any(axis=None)


def test_low_and_high_of_a_normal_score_are_its_5th_and_95th_percentiles():
    batch = judged_as("normal", (40.0, 50.0, 60.0), ValueFunction(0, 100))
    out = np.random.default_rng(1).standard_normal((1, 200_000))
    batch.value(out)
    assert np.quantile(out, [0.05, 0.95]) == pytest.approx([40, 60], abs=0.1)


def test_scores_without_spread_and_fixed_ones_do_not_move():
    case = made([[30, 60], [50, 50]], spread=10, kind="fixed")
    assert score_draws(case, ["o0", "o1"], ["c0", "c1"]).certain
    assert score_draws(made([[30, 60]]), ["o0"], ["c0", "c1"]).certain
    rows = made([[30, 60], [50, 50]], spread=10).scores.reset_index()
    rows["distribution"] = ["fixed", "triangular", "", "uniform"]
    mixed = Case.from_frames(criteria=case.criteria.reset_index(), scores=rows)
    drawn, out = score_draws(mixed, ["o0", "o1"], ["c0", "c1"]), np.empty((2, 1_000))
    fill(drawn, np.random.default_rng(0), 0, out)
    assert (out[0] == 30).all() and 50 <= out[1].min() < out[1].max() <= 70
    assert [[batch.kind for batch in each] for each in drawn.batches] == [["triangular"], ["pert", "uniform"]]


@pytest.mark.parametrize(
    ("call", "says"),
    [
        (lambda: smaa(UNCERTAIN, any_weights(), draws=0), "draws must be a whole number from 1 to 100,000,000"),
        (lambda: smaa(UNCERTAIN, any_weights(), seed=-1), "seed"),
        (lambda: smaa(UNCERTAIN, any_weights(), threads=0), "threads"),
        (lambda: smaa(UNCERTAIN, any_weights(), tolerance=0), "tolerance must lie between 5e-05 and 1"),
        (
            lambda: smaa(UNCERTAIN, any_weights(), scores="likely"),
            "scores must be 'uncertain' or 'fixed', not 'likely'",
        ),
        (lambda: smaa(UNCERTAIN, {"c0": 1}), "unset|missing|No swing points"),
        (lambda: smaa(UNCERTAIN, around(swing({"c0": 1, "c1": 1, "c2": 1}, anchors="others"), 0.01)), "other anchors"),
        (lambda: acceptability(np.eye(2), np.ones((3, 3))), "differ in draws or leaves"),
        (lambda: acceptability(np.ones((4, 2, 2)), np.ones((3, 2))), "differ in draws or leaves"),
        (lambda: acceptability(np.ones(2), np.ones((3, 2))), "Values have shape"),
        (lambda: acceptability(np.eye(2), [["0.5", "0.5"]]), "weights must be an array of numbers"),
        (lambda: acceptability(np.eye(2) > 0, [[0.5, 0.5]]), "values must be an array of numbers"),
        (lambda: acceptability(pd.DataFrame([["1", "2"]]), [[0.5, 0.5]]), "values must be an array of numbers"),
        (lambda: acceptability(np.eye(2), pd.Series([0.5, True], dtype=object)), "weights must be an array of numbers"),
        (lambda: acceptability(np.empty((0, 2, 2)), np.empty((0, 2))), "Values have shape"),
        (lambda: acceptability([[1, np.nan]], np.ones((3, 2))), "missing or infinite"),
        (lambda: acceptability(np.eye(2), np.ones((3, 2)), options=["a", "a"]), "2 different labels of options"),
        (
            lambda: acceptability(pd.DataFrame(np.eye(2), ["x", "y"]), np.ones((3, 2)), options=["a", "b"]),
            r"The table has x, y, not a, b\. No label for x, y\.",
        ),
        (
            lambda: acceptability(np.eye(2), pd.DataFrame(np.ones((3, 2)), columns=["x", "y"]), leaves=["a", "b"]),
            r"The table has x, y, not a, b\. No label for x, y\.",
        ),
        (lambda: acceptability(np.eye(2), [[1.5, -0.5]]), "below 0"),
        (lambda: acceptability([[1], [1, 2]], np.ones((3, 2))), "an array of numbers"),
        (lambda: smaa(UNCERTAIN, any_weights(), draws=10**12), "from 1 to 100,000,000, not 1000000000000"),
        (lambda: smaa(UNCERTAIN, any_weights(), tolerance=1e-9), "tolerance must lie between"),
        (lambda: smaa(UNCERTAIN, any_weights(), cluster=3), "cluster must be"),
    ],
)
def test_bad_input_is_refused_with_the_reason(call, says):
    with pytest.raises(WeightsError, match=says):
        call()


def test_frames_of_draws_are_matched_by_label():
    values = pd.DataFrame([[90.0, 10.0], [20.0, 70.0]], index=["A", "B"], columns=["reach", "cost"])
    weights = pd.DataFrame({"cost": [0.9, 0.2, 0.1], "reach": [0.1, 0.8, 0.9]})
    found = acceptability(values, weights)
    assert found.rank_acceptability.loc["A"].round(9).tolist() == [round(2 / 3, 9), round(1 / 3, 9)]
    assert found.central_weights.loc["B"].to_dict() == {"reach": 0.1, "cost": 0.9}
    deep = acceptability(np.repeat(values[["cost", "reach"]].to_numpy()[None], 3, axis=0), weights)
    assert deep.central_weights.columns.tolist() == ["cost", "reach"]
    numbered = acceptability(pd.DataFrame(values.to_numpy()), weights[values.columns].to_numpy(), options=["A", "B"])
    assert numbered.rank_acceptability.equals(found.rank_acceptability)
    turned = acceptability(values, weights, options=["B", "A"], leaves=["cost", "reach"])
    assert turned.rank_acceptability.index.tolist() == ["B", "A"]
    assert turned.rank_acceptability.loc["A"].equals(found.rank_acceptability.loc["A"])
    assert turned.central_weights.loc["B"].to_dict() == {"reach": 0.1, "cost": 0.9}
    assert np.allclose(deep.rank_acceptability, found.rank_acceptability)
    with pytest.raises(WeightsError, match="The table has price, reach, not cost"):
        acceptability(values, weights.rename(columns={"cost": "price"}))


def test_results_can_be_kept_in_a_file_before_confidence_is_asked_for() -> None:
    values = np.random.default_rng(1).random((500, 3, 2))
    for found in (smaa(UNCERTAIN, any_weights(), draws=1_000), acceptability(values, [0.3, 0.7])):
        again = pickle.loads(pickle.dumps(found))
        pd.testing.assert_series_equal(again.confidence, found.confidence)


def test_one_set_of_weights_stands_for_all_draws() -> None:
    values = np.random.default_rng(1).random((500, 3, 2))
    several = acceptability(values, np.tile([0.3, 0.7], (500, 1)), leaves=["a", "b"])
    named = pd.Series({"b": 0.7, "a": 0.3})
    for weights in ([0.3, 0.7], [[0.3, 0.7]], named):
        one = acceptability(values, weights, leaves=["a", "b"])
        pd.testing.assert_frame_equal(one.rank_acceptability, several.rank_acceptability)
        assert one.draws == 500
