# SPDX-License-Identifier: Apache-2.0
"""Cross-check methods reproduce their papers, follow labels, and refuse what they cannot use."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst
from scored import scored

from aukus_mcda import Case, rank
from aukus_mcda.errors import AukusMcdaError, MethodError
from aukus_mcda.ranking.methods import (
    FAMILIES,
    METHODS,
    Grid,
    Problem,
    _run,
    _stretched,
    compare_methods,
    compromise,
    method_scores,
    problem,
    rank_agreement,
    vikor_regrets,
)


def table(matrix: Any, columns: list[str] | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(np.asarray(matrix, dtype=float))
    frame.index = [f"A{i + 1}" for i in range(len(frame))]
    frame.columns = columns or [f"c{j + 1}" for j in range(frame.shape[1])]
    return frame


def task(matrix: Any, weights: Any, types: Any, bounds: Any = None) -> Problem:
    """A published matrix, weights and types (1 or -1) as a problem; scales as seen where none are declared."""
    frame = table(matrix)
    if bounds is None:
        bounds = np.column_stack([frame.min() - 1, frame.max() + 1])
    x, w, sign, ends = frame.to_numpy(), *(np.asarray(each, dtype=float) for each in (weights, types, bounds))
    return Problem(Grid(x, w / w.sum(), sign, ends), frame.index, frame.columns)


def posed(frame: pd.DataFrame, points: dict[str, float], directions: dict[str, str], bounds: Any = None) -> Problem:
    """The problem of a case with the frame as its likely scores."""
    case = case_of(frame, directions=directions, bounds=bounds)
    return problem(case, case.weights(points))


def case_of(
    frame: pd.DataFrame,
    worst: float = 0,
    best: float = 10,
    direction: str = "max",
    directions: dict[str, str] | None = None,
    bounds: dict[str, tuple[float, float]] | None = None,
    **more: Any,
) -> Case:
    """A case on one declared scale for all criteria, or on one for each."""
    long = frame.rename_axis("option").reset_index().melt("option", var_name="criterion", value_name="likely")
    criteria = pd.DataFrame({"id": list(frame), "direction": direction, "worst": worst, "best": best})
    if directions is not None:
        criteria["direction"] = criteria["id"].map(directions)
        ends = [sorted((bounds or {}).get(name, (0, 10))) for name in frame]
        turned = (criteria["direction"] == "min").to_numpy()
        criteria["worst"] = [high if down else low for (low, high), down in zip(ends, turned, strict=True)]
        criteria["best"] = [low if down else high for (low, high), down in zip(ends, turned, strict=True)]
    return scored(criteria=criteria, scores=long, **more)


# Published examples


def test_hwang_and_yoon_topsis_in_tzeng_and_huang_2011(published: dict) -> None:
    entry = published["topsis-tzeng-huang2011"]
    found = method_scores("topsis_vector", task(entry["matrix"], entry["weights"], entry["types"]))
    assert found.tolist() == pytest.approx(entry["expected"]["closeness"], abs=entry["tol"])
    assert found.rank(ascending=False).tolist() == entry["expected"]["rank"]


def test_opricovic_and_tzeng_2004_topsis_and_its_other_winner_by_vector_normalisation(published: dict) -> None:
    entry = published["topsis-opricovic-tzeng2004"]
    given = task(entry["matrix"], entry["weights"], entry["types"])
    minmax, vector = method_scores("topsis_minmax", given), method_scores("topsis_vector", given)
    assert minmax.tolist() == pytest.approx(entry["expected"]["closeness"], abs=5e-4)
    assert vector.tolist() == pytest.approx([0.762, 0.722, 0.238], abs=5e-4)
    assert (minmax.idxmax(), vector.idxmax()) == ("A2", "A1")


def test_opricovic_and_tzeng_2004_vikor(published: dict) -> None:
    entry = published["vikor-ot2004"]
    expected = entry["expected"]
    assert entry["v"] == 0.5
    for matrix in (entry["matrix"], [[6, 2.0], [7, 2.75], [10, 3.5]]):
        given = task(matrix, entry["weights"], entry["types"])
        for numbers, name in zip(vikor_regrets(given.grid), "SRQ", strict=True):
            assert numbers.tolist() == pytest.approx(expected[name], abs=1e-12)
        assert compromise(given) == (True, True, tuple(expected["compromise"]))


def test_papathanasiou_and_ploskas_2018_vikor() -> None:
    matrix = [[8, 7, 2, 1], [5, 3, 7, 5], [7, 5, 6, 4], [9, 9, 7, 3], [11, 10, 3, 7], [6, 9, 5, 4]]
    total, greatest, _ = vikor_regrets(task(matrix, [0.4, 0.3, 0.1, 0.2], [1, 1, 1, 1]).grid)
    mix = 0.625 * _stretched(total) + 0.375 * _stretched(greatest)
    assert mix.tolist() == pytest.approx([0.640, 1, 0.693, 0.271, 0, 0.694], abs=5.1e-4)


@pytest.mark.parametrize(
    ("points", "expected", "chosen"),
    [
        ([1] * 8, [0.991, 1.0, 0.473, 0.670, 0.0, 0.578], {"A5"}),
        ([2] * 4 + [1] * 4, [1.0, 0.533, 0.552, 0.563, 0.0, 0.686], {"A5"}),
        ([1] * 4 + [2] * 4, [0.684, 1.0, 0.147, 0.554, 0.041, 0.191], {"A3", "A5", "A6"}),
        ([1] * 4 + [3.2] * 4, [0.668, 1.0, 0.051, 0.588, 0.058, 0.078], {"A3", "A5", "A6"}),
    ],
)
def test_opricovic_and_tzeng_2007_vikor_of_hydropower_under_four_sets_of_weights(
    points: list[float], expected: list[float], chosen: set[str]
) -> None:
    matrix = [
        [4184.3, 2914.0, 407.2, 251.0, 195, 244, 15, 2.41],
        [5211.9, 3630.0, 501.7, 308.3, 282, 346, 21, 1.41],
        [5021.3, 3920.5, 504.0, 278.6, 12, 56, 3, 4.42],
        [5566.1, 3957.9, 559.5, 335.3, 167, 268, 16, 3.36],
        [5060.5, 3293.5, 514.1, 284.2, 69, 90, 7, 4.04],
        [4317.9, 2925.9, 432.8, 239.3, 12, 55, 3, 4.36],
    ]
    given = task(matrix, points, [1, -1, 1, 1, -1, -1, -1, 1])
    assert vikor_regrets(given.grid)[2].tolist() == pytest.approx(expected, abs=5.1e-4)
    assert set(compromise(given)[2]) == chosen


def test_tus_and_aytac_adali_2019_waspas_by_weights_of_the_data() -> None:
    matrix = np.array(
        [[5000, 3, 3, 4, 3, 2], [680, 5, 3, 2, 2, 1], [2000, 3, 2, 3, 4, 3], [600, 4, 3, 1, 2, 2], [800, 2, 4, 3, 3, 4]]
    )
    spread = (matrix - matrix.min(axis=0)) / np.ptp(matrix, axis=0)  # CRITIC as they do: costs are not turned round
    weights = spread.std(axis=0, ddof=1) * (1 - np.corrcoef(spread.T)).sum(axis=0)
    found = method_scores("waspas", task(matrix, weights, [-1, 1, 1, 1, 1, 1]))
    assert found.tolist() == pytest.approx([0.5622, 0.6575, 0.6192, 0.6409, 0.722], abs=5e-4)


def test_ersoy_2021_edas() -> None:
    matrix = [
        [256, 8, 41, 1.6, 1.77, 7347.16],
        [256, 8, 32, 1.0, 1.8, 6919.99],
        [256, 8, 53, 1.6, 1.9, 8400],
        [256, 8, 41, 1.0, 1.75, 6808.9],
        [512, 8, 35, 1.6, 1.7, 8479.99],
        [256, 4, 35, 1.6, 1.7, 7499.99],
    ]
    found = method_scores("edas", task(matrix, [0.405, 0.221, 0.134, 0.199, 0.007, 0.034], [1, 1, 1, 1, -1, -1]))
    assert found.tolist() == pytest.approx([0.414, 0.130, 0.461, 0.212, 0.944, 0.043], abs=5.1e-4)


def test_dezert_and_others_2020_spotis(published: dict) -> None:
    first, second, third = published["spotis-dezert2020"]["cases"]
    for entry in (first, second):
        given = task(entry["matrix"], entry["weights"], entry["types"], entry["bounds"])
        assert method_scores("spotis", given).tolist() == pytest.approx(entry["score"], abs=1e-4)
    hoped_for = _run("SPOTIS", given.grid, second["bounds"], third["expected_solution_point"])
    assert hoped_for.tolist() == pytest.approx(third["score"], abs=1e-4)


def test_cables_lamata_and_verdegay_2016_rim() -> None:
    matrix = [[30, 0, 2, 3, 3, 2], [40, 9, 1, 3, 2, 2], [25, 0, 3, 1, 3, 2], [27, 0, 5, 3, 3, 1], [45, 15, 2, 2, 3, 4]]
    bounds = [(23, 60), (0, 15), (0, 10), (1, 3), (1, 3), (1, 5)]
    given = task(matrix, [0.2262, 0.2143, 0.1786, 0.1429, 0.1190, 0.1190], [1] * 6, bounds)
    ideal = [(30, 35), (10, 15), (0, 0), (3, 3), (3, 3), (4, 5)]
    found = _run("RIM", given.grid, np.array(bounds), ideal)
    assert found.tolist() == pytest.approx([0.5866, 0.7558, 0.3716, 0.4666, 0.7401], abs=6e-5)


def test_pamucar_and_cirovic_2015_mabac() -> None:
    matrix = [
        [22600, 3800, 2, 5, 1.06, 3.00, 3.5, 2.8, 24.5, 6.5],
        [19500, 4200, 3, 2, 0.95, 3.00, 3.4, 2.2, 24, 7.0],
        [21700, 4000, 1, 3, 1.25, 3.20, 3.3, 2.5, 24.5, 7.3],
        [20600, 3800, 2, 5, 1.05, 3.25, 3.2, 2.0, 22.5, 11.0],
        [22500, 3800, 4, 3, 1.35, 3.20, 3.7, 2.1, 23, 6.3],
        [23250, 4210, 3, 5, 1.45, 3.60, 3.5, 2.8, 23.5, 7.0],
        [20300, 3850, 2, 5, 0.90, 3.25, 3.0, 2.6, 21.5, 6.0],
    ]
    weights = [0.146, 0.144, 0.119, 0.121, 0.115, 0.101, 0.088, 0.068, 0.050, 0.048]
    found = method_scores("mabac", task(matrix, weights, [-1, 1, 1, 1, -1, -1, 1, 1, 1, 1]))
    assert found.tolist() == pytest.approx([0.0826, 0.2183, -0.0488, 0.0246, -0.0704, 0.0465, 0.0464], abs=6e-5)


def test_yazdani_and_others_2019_cocoso() -> None:
    matrix = [
        [60, 0.4, 2540, 500, 990],
        [6.35, 0.15, 1016, 3000, 1041],
        [6.8, 0.1, 1727.2, 1500, 1676],
        [10, 0.2, 1000, 2000, 965],
        [2.5, 0.1, 560, 500, 915],
        [4.5, 0.08, 1016, 350, 508],
        [3, 0.1, 1778, 1000, 920],
    ]
    found = method_scores("cocoso", task(matrix, [0.036, 0.192, 0.326, 0.326, 0.12], [1, -1, 1, 1, 1]))
    assert found.tolist() == pytest.approx([2.041, 2.788, 2.882, 2.416, 1.299, 1.443, 2.519], abs=6e-4)


def test_keshavarz_ghorabaee_and_others_2015_edas() -> None:
    matrix = [
        [3873, 39.55, 0.27, 0.87, 150, 0.07, 12, 2130],
        [5067, 67.26, 0.23, 0.23, 40, 0.02, 21, 2200],
        [2213, 24.69, 0.08, 0.17, 200, 0.04, 35, 570],
        [6243, 132, 0.07, 0.25, 100, 0.04, 16, 100],
        [8312, 460.47, 0.05, 0.21, 25, 0.1, 25, 200],
    ]
    weights = [0.131, 0.113, 0.126, 0.125, 0.126, 0.129, 0.132, 0.117]
    found = method_scores("edas", task(matrix, weights, [-1, -1, -1, 1, 1, -1, 1, 1]))
    assert found.tolist() == pytest.approx([0.841, 0.632, 0.883, 0.457, 0.104], abs=6e-4)


def test_stevic_and_others_2020_marcos() -> None:
    matrix = [
        [660, 1000, 1600, 18, 1200],
        [800, 1000, 1600, 24, 900],
        [980, 1000, 2500, 24, 900],
        [920, 1500, 1600, 24, 900],
        [1380, 1500, 1500, 24, 1150],
        [1230, 1000, 1600, 24, 1150],
        [680, 1500, 1600, 18, 1100],
        [960, 2000, 1600, 12, 1150],
    ]
    found = method_scores("marcos", task(matrix, [0.1061, 0.3476, 0.3330, 0.1185, 0.0949], [-1, 1, 1, 1, 1]))
    expected = [0.5649, 0.5543, 0.6410, 0.6174, 0.6016, 0.5453, 0.6282, 0.6543]
    assert found.tolist() == pytest.approx(expected, abs=1.1e-4)  # the published weights sum to 1.0001


def test_belton_and_gear_1983_a_copy_does_not_reverse_the_additive_model(published: dict) -> None:
    entry = published["ahp-rank-reversal-belton-gear1983"]
    found = {}
    for scores, expected in (("scores3", "expected3"), ("add_copy_of_B", "expected4")):
        frame = pd.DataFrame(entry[scores], index=list("ABCD")[: len(entry[scores]["c1"])])
        distributive = (frame / frame.sum()).mean(axis=1)
        assert distributive.to_dict() == pytest.approx(entry[expected], abs=6e-5)
        found[scores] = (
            distributive["A"] > distributive["B"],
            rank(case_of(frame), dict.fromkeys(frame, 1)).table.loc[list("ABC"), "score"],
        )
    assert found["scores3"][0] != found["add_copy_of_B"][0]
    pd.testing.assert_series_equal(found["scores3"][1], found["add_copy_of_B"][1])


def test_salabun_and_urbaniak_2020_ws_punishes_a_swap_at_the_top_more() -> None:
    best_first = pd.Series([1, 2, 3, 4, 5], index=list("ABCDE"))
    low = rank_agreement(best_first, pd.Series([1, 2, 3, 5, 4], index=list("ABCDE")))
    top = rank_agreement(best_first, pd.Series([2, 1, 3, 4, 5], index=list("ABCDE")))
    assert low.ws == pytest.approx(1 - 2**-4 / 3 - 2**-5 / 4, abs=1e-12)
    assert top.ws == pytest.approx(1 - 2**-1 / 4 - 2**-2 / 3, abs=1e-12)
    assert top.ws < low.ws
    assert top.weighted_spearman < low.weighted_spearman
    assert top.kendall_tau_b == low.kendall_tau_b == pytest.approx(0.8)
    assert (top.same_leader, low.same_leader) == (False, True)


# Against the formulas as their papers give them


@given(st.integers(0, 10**6))
@settings(max_examples=40, deadline=None)
def test_scores_are_those_of_the_formulas_as_published(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, k = int(rng.integers(3, 7)), int(rng.integers(2, 6))
    x, w, sign = rng.uniform(1, 9, (n, k)), rng.dirichlet(np.ones(k)), rng.choice([-1, 1], k)
    given = task(x, w, sign, np.column_stack([np.zeros(k), np.full(k, 10.0)]))
    w, good = given.grid.w, sign * x
    unit = (good - good.min(axis=0)) / np.ptp(good, axis=0)
    near = np.where(sign > 0, x, 10 - x) / 10
    total, greatest = (w * (1 - unit)).sum(axis=1), (w * (1 - unit)).max(axis=1)
    ahead = (w * np.sign(good[:, None] - good[None, :])).sum(axis=(1, 2)) / (n - 1)
    expected = {
        "topsis_minmax": closeness(w * unit),
        "topsis_vector": closeness(w * good / np.sqrt((x**2).sum(axis=0))),
        "vikor": (stretched(total) + stretched(greatest)) / 2,
        "promethee_ii": ahead,
        "spotis": (w * (1 - near)).sum(axis=1),
        "rim": closeness(w * near, np.zeros(k), w),
    }
    for name, by_hand in expected.items():
        np.testing.assert_allclose(method_scores(name, given), by_hand, rtol=0, atol=1e-12, err_msg=name)


def closeness(weighted: np.ndarray, worst: Any = None, best: Any = None) -> np.ndarray:
    """The distance from the worst as a share of those from the worst and the best; both as seen, if not given."""
    ends = (weighted.min(axis=0) if worst is None else worst, weighted.max(axis=0) if best is None else best)
    from_worst, from_best = (np.sqrt(((weighted - end) ** 2).sum(axis=1)) for end in ends)
    return from_worst / (from_worst + from_best)


def stretched(numbers: np.ndarray) -> np.ndarray:
    return (numbers - numbers.min()) / np.ptp(numbers)


# Labels, ties, flat criteria

grids = npst.arrays(
    float, st.tuples(st.integers(2, 6), st.integers(1, 4)), elements=st.integers(1, 9).map(float)
).filter(lambda x: bool((np.ptp(x, axis=0) > 0).any()))


@given(grids, st.randoms(use_true_random=False))
@settings(max_examples=30, deadline=None)
def test_scores_follow_labels_to_the_bit(x: np.ndarray, random: Any) -> None:
    frame = table(x)
    weights = {name: random.random() + 0.1 for name in frame}
    directions = {name: random.choice(["max", "min"]) for name in frame}
    bounds = dict.fromkeys(frame, (0, 10))
    rows, columns = random.sample(list(frame.index), len(frame)), random.sample(list(frame), frame.shape[1])
    straight = posed(frame, weights, directions, bounds)
    mixed = posed(frame.loc[rows, columns], {key: weights[key] for key in columns}, directions, bounds)
    for name in METHODS:
        try:
            found = method_scores(name, straight)
        except MethodError as reason:
            assert name == "cocoso" and "divides by 0" in str(reason)
            continue
        pd.testing.assert_series_equal(method_scores(name, mixed), found, check_exact=True)


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if not method.least])
def test_a_cost_is_a_gain_with_its_sign_turned(name: str) -> None:
    frame = table([[8, 3, 5], [2, 9, 6], [6, 6, 4], [5, 7, 2]])
    turned, weights = frame.assign(c2=-frame["c2"]), {"c1": 3, "c2": 2, "c3": 1}
    bounds = {"c1": (0, 10), "c2": (0, 10), "c3": (0, 10)}
    cost = method_scores(name, posed(frame, weights, {"c1": "max", "c2": "min", "c3": "max"}, bounds))
    gain = method_scores(name, posed(turned, weights, dict.fromkeys(frame, "max"), bounds | {"c2": (0, -10)}))
    pd.testing.assert_series_equal(cost, gain)


@given(grids)
@settings(max_examples=15, deadline=None)
def test_equal_options_share_a_rank(x: np.ndarray) -> None:
    frame = table(np.vstack([x, x[:1] * (1 + 1e-15)]))
    found = compare_methods(case_of(frame), dict.fromkeys(frame, 1))
    assert (found.ranks.loc["A1"] == found.ranks.loc[frame.index[-1]]).all()


@pytest.mark.parametrize("name", METHODS)
def test_a_criterion_all_agree_on_changes_no_order(name: str) -> None:
    frame = table([[8, 3, 5], [2, 9, 5], [6, 6, 5]])
    some = frame[["c1", "c2"]]
    orders = [
        method_scores(
            name, posed(each, dict.fromkeys(each, 1), dict.fromkeys(each, "max"), dict.fromkeys(each, (0, 10)))
        )
        .round(9)
        .rank()
        .tolist()
        for each in (frame, some)
    ]
    if name != "rim":  # its distances bend, so a shared distance from the ideal can matter
        assert orders[0] == orders[1]
    zero = frame.assign(c3=0.0)
    if METHODS[name].least != "above 0":
        bounds = dict.fromkeys(frame, (0, 10))
        found = method_scores(name, posed(zero, dict.fromkeys(frame, 1), dict.fromkeys(frame, "max"), bounds))
        assert np.isfinite(found).all()


def test_a_criterion_of_no_weight_is_left_out() -> None:
    frame = table([[8, 3, -1], [2, 9, 5], [6, 6, 0]])
    weights = {"c1": 1, "c2": 2, "c3": 0}
    found = method_scores("waspas", posed(frame, weights, dict.fromkeys(frame, "max"), {"c3": (-1, 5)}))
    without = method_scores("waspas", posed(frame[["c1", "c2"]], {"c1": 1, "c2": 2}, {"c1": "max", "c2": "max"}))
    pd.testing.assert_series_equal(found, without)


def test_vikor_keeps_all_that_are_close_or_the_two_when_the_leader_is_unstable() -> None:
    given = task([[8, 8], [8.1, 7.9], [7.9, 8.1], [1, 9], [9, 1]], [0.5, 0.5], [1, 1])
    (clear, _, chosen), mix = compromise(given), pd.Series(vikor_regrets(given.grid)[2], index=given.options)
    assert not clear
    assert set(chosen) == {"A1", "A2", "A3"}
    assert mix[list(chosen)].is_monotonic_increasing
    assert compromise(task([[5], [3]], [1], [1])) == (True, True, ("A1",))


# What cannot be used


def test_all_the_weight_on_a_criterion_all_agree_on() -> None:
    frame = table([[5, 1], [5, 2]])
    with pytest.raises(MethodError, match=r"nothing to rank by"):
        method_scores("vikor", posed(frame, {"c1": 1, "c2": 0}, {"c1": "max", "c2": "max"}))


def test_one_option_has_nothing_to_be_compared_with() -> None:
    with pytest.raises(MethodError, match="two options that pass every screen; there are 1"):
        method_scores("vikor", posed(table([[5, 1]]), {"c1": 1, "c2": 1}, {"c1": "max", "c2": "max"}))


# Comparing methods on a case


def test_compare_shows_every_method_or_says_why_not(case: Case) -> None:
    found = compare_methods(case, "baseline")
    assert found.ranks.columns[0] == "additive"
    assert list(found.scores) == list(found.agreement.index) == list(found.better.index) == list(METHODS)
    assert found.ranks["additive"].to_dict() == rank(case, "baseline").ranked["rank"].to_dict()
    assert found.ranks.notna().all().all()
    assert set(case.screened.index).isdisjoint(found.ranks.index)
    assert found.better.to_dict() == {name: method.better for name, method in METHODS.items()}
    assert {"copras", "aroman", "comet"} <= set(found.refused.index)
    assert set(found.refused.index).isdisjoint(METHODS)
    for name in METHODS:
        upward = found.scores[name] if found.better[name] == "higher" else -found.scores[name]
        assert found.ranks.loc[upward.idxmax(), name] == 1


def test_a_refused_method_asked_for_is_named_with_its_reason(case: Case) -> None:
    found = compare_methods(case, "baseline", ["copras", "spotis", "aras"])
    assert list(found.scores) == ["spotis"]
    assert list(found.refused.index) == ["copras", "aras"]
    assert "dominated option higher in" in found.refused["copras"]
    assert compare_methods(case, "baseline", "aroman").scores.empty
    with pytest.raises(MethodError, match=r"No method called topsis\. There are: spotis, .*wsm"):
        compare_methods(case, "baseline", ["topsis"])


def test_zeros_refuse_the_methods_that_divide_by_scores() -> None:
    frame = table([[0, 8], [5, 5], [7, 1]], ["reach", "ease"])
    found = compare_methods(case_of(frame), {"reach": 1, "ease": 1})
    assert {"waspas", "marcos"} <= set(found.refused.index)
    assert "above 0: A1 on reach (0)" in found.refused["waspas"]
    assert "edas" in found.scores


def test_cocoso_is_refused_when_an_option_is_worst_on_everything() -> None:
    frame = table([[1, 1], [5, 5], [7, 6]])
    found = compare_methods(case_of(frame), {"c1": 1, "c2": 1})
    assert "divides by 0" in found.refused["cocoso"]
    assert found.ranks.loc["A3"].eq(1).all()


def test_a_flat_criterion_changes_nothing_and_too_few_options_are_said() -> None:
    frame = table([[1, 5], [6, 5], [7, 5]])
    assert compare_methods(case_of(frame), {"c1": 1, "c2": 1}).ranks.loc["A3"].eq(1).all()
    with pytest.raises(MethodError, match="two options"):
        compare_methods(case_of(frame.iloc[:1]), {"c1": 1, "c2": 1})
    with pytest.raises(MethodError, match="nothing to rank by"):
        compare_methods(case_of(frame), {"c1": 0, "c2": 1})


def test_methods_with_declared_anchors_keep_their_order_when_options_come_and_go(case: Case) -> None:
    given = problem(case, case.profile("baseline"))
    for name in ("spotis", "rim"):
        full = method_scores(name, given)
        for place, gone in enumerate(given.options):
            grid = replace(given.grid, x=np.delete(given.grid.x, place, axis=0))
            fewer = method_scores(name, Problem(grid, given.options.drop(gone), given.criteria))
            pd.testing.assert_series_equal(fewer, full.drop(gone), check_exact=False, rtol=1e-12)


@given(grids)
@settings(max_examples=15, deadline=None)
def test_spotis_is_the_additive_model_when_value_functions_are_straight(x: np.ndarray) -> None:
    frame = table(x)
    found = compare_methods(case_of(frame, worst=10, best=0, direction="min"), dict.fromkeys(frame, 2), ["spotis"])
    assert (found.ranks["additive"] == found.ranks["spotis"]).all()
    assert found.agreement.loc["spotis", "same_leader"]


def test_agreement_of_rankings_that_tie_or_do_not_match() -> None:
    ties = pd.Series([1, 1, 1], index=list("ABC"))
    assert np.isnan(rank_agreement(ties, pd.Series([1, 2, 3], index=list("ABC"))).kendall_tau_b)
    assert rank_agreement(ties, ties).ws == 1
    with pytest.raises(MethodError, match="same options"):
        rank_agreement(ties, ties.iloc[:2])


def test_pymcdm_is_imported_only_when_a_method_runs() -> None:
    code = "import sys, aukus_mcda.ranking.methods; sys.exit('pymcdm' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


# Numbers too great or small to square, weights too great to add


@pytest.mark.parametrize("factor", [1e200, 1e307, 1e-170, 1e-320])
@pytest.mark.parametrize("name", METHODS)
def test_huge_and_tiny_scores_are_ranked_like_those_of_common_size(name: str, factor: float) -> None:
    x, scale = np.array([[8.0, 7], [2, 3], [6, 9]]), np.array([[0.0, 10]] * 2)
    straight = method_scores(name, task(x, [2, 1], [1, -1], scale))
    scaled = method_scores(name, task(x * factor, [2, 1], [1, -1], scale * factor))
    assert scaled.to_numpy() == pytest.approx(straight.to_numpy(), rel=2e-3)  # 1e-320 has three digits


def test_scores_at_both_ends_of_what_a_float_holds() -> None:
    most = 1.7e308
    given = task([[most, 1], [-most, 2], [0, 3]], [1, 1], [1, 1], [(-most, most), (0, 4)])
    for name in ("topsis_vector", "topsis_minmax", "vikor", "promethee_ii", "mabac"):  # no case has such anchors
        assert np.isfinite(method_scores(name, given)).all()


def test_no_score_is_not_a_number_without_an_error() -> None:
    with pytest.raises(MethodError, match=r"topsis divides by 0 .* no score for A2"):
        task([[8, 3], [2, 9], [6, 6]], [1, 1], [1, -1]).series(np.array([0.0, np.nan, 1.0]), "topsis")


@pytest.mark.parametrize("little", [1e-10, 1e-200])
def test_a_great_weight_on_what_all_agree_on_hides_no_difference(little: float) -> None:
    given = task([[1, 5], [2, 5], [3, 5]], [little, 1], [1, 1])
    assert vikor_regrets(given.grid)[2].tolist() == [1, 0.5, 0]
    assert compromise(given) == (True, True, ("A3",))
    for name in ("topsis_vector", "topsis_minmax"):
        assert method_scores(name, given).tolist() == pytest.approx([0, 0.5, 1])


# VIKOR's own conditions


def test_vikor_leads_by_its_own_first_place_whatever_its_compromise_set(case: Case) -> None:
    words = {True: "holds", False: "fails"}
    for profile in case.profiles:
        found = compare_methods(case, profile)
        leaders, first = set(found.ranks.index[found.ranks["additive"] == 1]), found.scores["vikor"].idxmin()
        assert found.agreement.loc["vikor", "same_leader"] == (leaders == {first})
        assert ("vikor" in found.families.at["distance to an ideal", "apart"]) == (leaders != {first})
        clear, stable, chosen = compromise(problem(case, case.profile(profile)))
        (note,) = (note for note in found.notes if note.startswith("vikor: "))
        if not (clear and stable):
            assert f"C1 (a clear lead) {words[clear]}, C2 (best by S or R too) {words[stable]}" in note
        assert set(found.compromise) == set(chosen) and all(option in note for option in chosen)


def test_vikor_disagrees_when_its_set_lacks_the_leader_and_is_not_shown_unless_asked_for(case: Case) -> None:
    frame = table([[9, 0, 10], [5, 3, 7], [6, 2, 3], [7, 6, 5], [3, 8, 4]])
    found = compare_methods(case_of(frame), dict.fromkeys(frame, 1), ["vikor"])
    assert found.ranks.loc["A1", "additive"] == 1
    assert found.compromise == ("A4", "A2")
    assert not found.agreement.loc["vikor", "same_leader"]
    without = compare_methods(case, "baseline", ["spotis"])
    assert without.compromise == ()
    assert not any(note.startswith("vikor") for note in without.notes)


# Families


def test_every_method_has_one_family_and_stands_beside_its_kin() -> None:
    families = [method.family for method in METHODS.values()]
    assert list(dict.fromkeys(families)) == list(FAMILIES)
    assert sorted(families, key=FAMILIES.index) == families


def test_the_leader_leads_in_a_family_when_all_of_its_methods_put_it_first(case: Case) -> None:
    for profile in case.profiles:
        found = compare_methods(case, profile)
        first = {name: set(ranks.index[ranks == 1]) for name, ranks in found.ranks.items()}
        led = {
            family: all(first[name] == first["additive"] for name, method in METHODS.items() if method.family == family)
            for family in FAMILIES
        }
        assert found.families["leads"].to_dict() == led
        assert found.leads_in == (sum(list(led.values())[1:]), 3)


def test_a_family_is_judged_by_the_methods_that_can_and_its_own_is_not_counted(case: Case) -> None:
    below = table([[-9, 9], [2, 3], [6, 6]])
    found = compare_methods(case_of(below, worst=-10, best=10), {"c1": 1, "c2": 1})
    assert set(found.refused.index) >= {"edas", "waspas", "marcos"}
    assert found.families.at["ratios and products", "methods"] == ("cocoso",)
    fewer = compare_methods(case, "baseline", ["spotis", "mabac", "promethee_ii", "copras"])
    assert list(fewer.families.index) == ["additive", "outranking"] and fewer.leads_in == (1, 1)
    assert compare_methods(case, "baseline", ["mabac"]).leads_in is None
    assert compare_methods(case, "baseline", ["copras"]).leads_in is None
    assert compare_methods(case, "baseline", []).families.empty


def test_sharing_the_first_place_with_another_option_is_not_leading() -> None:
    found = compare_methods(case_of(table([[9, 1], [1, 2]])), {"c1": 1, "c2": 1}, ["promethee_ii"])
    assert found.ranks["additive"].tolist() == [1, 2] and found.ranks["promethee_ii"].tolist() == [1, 1]
    assert found.leads_in == (0, 1)


# Wrong kinds of input


def test_the_name_of_a_case_is_not_a_case() -> None:
    for call in (compare_methods, rank):
        with pytest.raises(AukusMcdaError, match=r"load it first: load_case\('aukus_plus_two'\)"):
            call("aukus_plus_two")  # type: ignore[operator]


@pytest.mark.parametrize("methods", [5, [5], [["vikor"]], [None]])
def test_methods_are_asked_for_by_name(case: Case, methods: Any) -> None:
    with pytest.raises(MethodError, match=r"No method called|methods must be text"):
        compare_methods(case, methods=methods)


@pytest.mark.parametrize("wrong", [None, [1, 2, 3], [1, float("nan"), 2], ["1", "2", "3"], [True, False, True]])
def test_rankings_are_series_of_numbers(wrong: Any) -> None:
    right = pd.Series([1, 2, 3], index=list("ABC"))
    bad = wrong if wrong is None or wrong == [1, 2, 3] else pd.Series(wrong, index=list("ABC"))
    for both in ((right, bad), (bad, right), (bad, bad)):
        with pytest.raises(MethodError, match="a Series"):
            rank_agreement(*both)
    with pytest.raises(MethodError, match="same options"):
        rank_agreement(right, pd.Series([1, 2, 3, 3], index=list("ABCC")))


def test_cocoso_names_the_option_that_is_worst_on_everything() -> None:
    with pytest.raises(MethodError, match=r"worst on every criterion that varies: A1\.$"):
        method_scores("cocoso", task([[1, 1], [5, 5], [7, 6]], [1, 1], [1, 1]))
