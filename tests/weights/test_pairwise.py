# SPDX-License-Identifier: Apache-2.0
"""AHP and the best-worst method."""

from __future__ import annotations

import itertools
import math
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from aukus_mcda import WeightsError
from aukus_mcda.weights.comparisons import RANDOM_INDEX, THRESHOLDS, ahp, bwm, consistency_index

GAP = float("nan")


def square(rows: list[list[float]], labels: str | list[str] = "abcdefghijklmnopqrst") -> pd.DataFrame:
    names = list(labels)[: len(rows)]
    return pd.DataFrame(rows, index=names, columns=names)


some_weights = st.lists(st.floats(0.1, 10), min_size=2, max_size=7)
judgements = st.sampled_from([1 / 9, 1 / 7, 1 / 5, 1 / 3, 1 / 2, 1, 2, 3, 4, 5, 7, 9])


@st.composite
def matrices(draw: st.DrawFn, least: int = 3) -> pd.DataFrame:
    n = draw(st.integers(least, 6))
    full = np.eye(n)
    for i in range(n):
        for j in range(i + 1, n):
            full[i, j] = draw(judgements)
            full[j, i] = 1 / full[i, j]
    return square(full.tolist())


# Published examples


def test_saaty_2008_job_choice(published: dict) -> None:
    example = published["ahp-saaty2008-job"]
    matrix, expected = square(example["matrix"], example["items"]), example["expected"]
    weights = ahp(matrix)
    assert weights.values.tolist() == pytest.approx(expected["w"], abs=5e-4)
    assert weights.details["lambda_max"] == pytest.approx(expected["lambda_max"], abs=5e-5)
    assert weights.details["consistency_index"] == pytest.approx(expected["CI"], abs=5e-5)
    assert weights.consistency == pytest.approx(expected["CR"], abs=5e-5)
    assert ahp(matrix, "geometric").values.tolist() == pytest.approx(expected["geometric"], abs=5.1e-5)
    assert weights.findings == ()


def test_saaty_house_size(published: dict) -> None:
    example = published["ahp-house-size"]
    weights = ahp(square(example["matrix"]))
    assert weights.details["lambda_max"] == pytest.approx(example["expected"]["lambda_max"], abs=5e-4)
    assert weights.details["consistency_index"] == pytest.approx(example["expected"]["CI"], abs=5e-4)
    assert weights.consistency == pytest.approx(example["expected"]["CR"], abs=5e-4)
    assert "above 0.10" in weights.findings[0]


def test_bozoki_fulop_ronyai_2010_example_3() -> None:
    """One gap, with two ways round it: 0.730297 by triads and by the least eigenvalue, equal to 6 digits."""
    known = {("p", "i"): 5, ("p", "j"): 2, ("q", "i"): 3, ("q", "j"): 4}
    for p_to_q in (1, 3, 1 / 5):
        weights = ahp({**known, ("p", "q"): p_to_q})
        assert weights.details["completed"][("i", "j")] == pytest.approx(0.73029674334, abs=1e-8)
        assert "1 comparison not given" in weights.findings[0]


def test_rezaei_2016_example_1(published: dict) -> None:
    example = published["bwm-rezaei2016-ex1"]
    names = example["criteria"]
    answers = [dict(zip(names, example[side], strict=True)) for side in ("BO", "OW")]
    for model, xi in (("linear", "xi_L"), ("nonlinear", "xi")):
        weights = bwm(*answers, model)
        assert weights.values.tolist() == pytest.approx(example["expected"]["linear_w"], abs=5e-5)
        assert weights.consistency == pytest.approx(example["expected"][xi], abs=1e-9)
        assert weights.low is None
        assert weights.details["best"] == example["best"]


def test_rezaei_2015_nonlinear_model() -> None:
    """The weights that are quoted of the paper add up to 0.998."""
    weights = bwm({"a": 8, "b": 2, "c": 1}, {"a": 1, "b": 5, "c": 8}, "nonlinear")
    assert weights.values.tolist() == pytest.approx([0.071, 0.338, 0.589], abs=1e-3)
    assert weights.consistency == pytest.approx(0.26, abs=5e-3)


def test_rezaei_2015_consistency_index(published: dict) -> None:
    for a_bw, expected in published["bwm-ci-table"]["CI"].items():
        assert consistency_index(float(a_bw)) == pytest.approx(expected, abs=0.0051)


# AHP


@given(some_weights, st.sampled_from(["eigenvector", "geometric"]))
def test_consistent_comparisons_give_their_weights_back(raw: list[float], rule: str) -> None:
    true = np.array(raw) / sum(raw)
    weights = ahp(square((true[:, None] / true[None, :]).tolist()), rule)
    assert weights.values.tolist() == pytest.approx(true.tolist(), rel=1e-9)
    assert weights.consistency == pytest.approx(0, abs=1e-9)


@given(matrices(), st.sampled_from(["eigenvector", "geometric"]), st.randoms())
def test_ahp_weights_permute_with_their_labels(matrix: pd.DataFrame, rule: str, random) -> None:
    names = list(matrix)
    random.shuffle(names)
    weights, moved = ahp(matrix, rule), ahp(matrix.loc[names, names], rule)
    assert moved.values.to_dict() == weights.values.to_dict()
    assert moved.consistency == weights.consistency
    assert (weights.values > 0).all()
    assert math.fsum(weights.values) == pytest.approx(1, abs=1e-12)
    sideways = ahp(matrix[names], rule)  # columns in another order than rows
    assert sideways.values.to_dict() == weights.values.to_dict()


@given(matrices(), st.data())
@settings(max_examples=50)
def test_gaps_are_completed_with_the_least_eigenvalue(matrix: pd.DataFrame, data: st.DataObject) -> None:
    a, b = data.draw(st.sampled_from([("a", "b"), ("b", "c"), ("a", "c")]))
    holed = matrix.copy()
    holed.loc[a, b] = holed.loc[b, a] = GAP
    weights = ahp(holed)
    full = weights.details["matrix"]
    best = weights.details["lambda_max"]
    for factor in (0.5, 0.99, 1.01, 2):
        other = full.copy()
        other.loc[a, b] *= factor
        other.loc[b, a] /= factor
        assert np.linalg.eigvals(other.to_numpy()).real.max() >= best - 1e-9


@given(matrices())
@settings(max_examples=30)
def test_geometric_weights_of_gaps_fit_the_given_cells_best(matrix: pd.DataFrame) -> None:
    holed = matrix.copy()
    holed.loc["a", "b"] = holed.loc["b", "a"] = GAP
    logs = np.log(ahp(holed, "geometric").values)
    residual = np.log(holed) - np.subtract.outer(logs.to_numpy(), logs.to_numpy())
    assert residual.sum(axis=1).abs().max() < 1e-9  # the normal equations


def test_many_gaps_of_a_consistent_matrix_are_found_again() -> None:
    true = {"a": 0.4, "b": 0.3, "c": 0.2, "d": 0.07, "e": 0.03}
    chain = {(one, other): true[one] / true[other] for one, other in zip("abcd", "bcde", strict=True)}
    for rule in ("eigenvector", "geometric"):
        weights = ahp(chain, rule)
        assert weights.values.to_dict() == pytest.approx(true, rel=1e-6)
        assert "6 comparisons not given" in weights.findings[0]


def test_the_comparisons_that_disturb_most_are_named_with_what_would_fit() -> None:
    matrix = square([[1, 2, 4, 1 / 8], [0.5, 1, 2, 4], [0.25, 0.5, 1, 2], [8, 0.25, 0.5, 1]])
    weights = ahp(matrix)
    assert weights.consistency > 0.10
    fits = weights.values["d"] / weights.values["a"]
    assert f"d to a is 8, {fits:.3g} would fit" in weights.findings[0]
    assert weights.findings[0].count("would fit") == 3


def test_random_indices_and_beyond() -> None:
    assert RANDOM_INDEX[3] == 0.58
    assert len(RANDOM_INDEX) == 15
    names = [f"c{k:02}" for k in range(16)]
    weights = ahp(square(np.ones((16, 16)).tolist(), names))
    assert weights.consistency is None
    assert "end at 15 criteria" in weights.findings[0]
    assert ahp(square([[1]])).values.tolist() == [1]
    assert ahp({("a", "b"): 4}).consistency == 0


def test_rounded_reciprocals_are_read_as_exact_and_said_so() -> None:
    rounded = ahp(square([[1, 3, 7], [0.33, 1, 3], [0.14, 0.33, 1]]))
    exact = ahp({("a", "b"): 3, ("a", "c"): 7, ("b", "c"): 3})
    assert rounded.values.to_dict() == exact.values.to_dict()
    assert "b to a (0.33), c to a (0.14), c to b (0.33)" in rounded.findings[0]


BAD_COMPARISONS = {
    "zero": ({("a", "b"): 0}, ["a to b must be a number from 1e-06 to 1e+06, not 0"]),
    "zero in a matrix": (square([[1, 0], [0, 1]]), ["a to b", "b to a", "not 0"]),
    "negative": (square([[1, -2], [-0.5, 1]]), ["a to b", "not -2"]),
    "infinite": ({("a", "b"): math.inf}, ["not inf"]),
    "nan in a mapping": ({("a", "b"): GAP}, ["not nan"]),
    "text": ({("a", "b"): "3"}, ["not '3'"]),
    "not square": (
        pd.DataFrame([[1, 2, 3], [1, 2, 3]], index=["a", "b"], columns=["a", "b", "c"]),
        ["c only in the columns"],
    ),
    "labels differ": (
        pd.DataFrame(np.eye(2), index=["a", "b"], columns=["a", "z"]),
        ["b only in the rows", "z only in"],
    ),
    "labels repeat": (pd.DataFrame(np.ones((2, 2)), index=["a", "a"], columns=["a", "a"]), ["a repeated"]),
    "not reciprocal": (square([[1, 3, 2], [0.5, 1, 2], [0.5, 0.5, 1]]), ["a to b is 3 but b to a is 0.5"]),
    "both above one": ({("a", "b"): 3, ("b", "a"): 2}, ["a to b is 3 but b to a is 2"]),
    "diagonal": (square([[2, 3], [1 / 3, 1]]), ["a to itself must be 1, not 2"]),
    "not linked": ({("a", "b"): 2, ("c", "d"): 3}, ["groups: a, b; c, d"]),
    "not a pair": ({"a": 2}, ["it holds 'a'"]),
    "three": ({("a", "b", "c"): 2, ("a", "b"): 0}, ["between two criteria, (a, b); not ('a', 'b', 'c')", "not 0"]),
    "too far apart": (
        {("a", "b"): 1e300, ("b", "c"): 1e-7, ("c", "d"): 10**400},
        ["a to b must be a number from 1e-06 to 1e+06, not 1e+300", "not 1e-07", "not about 1e+400"],
    ),
    "too far down a chain": ({(f"c{k:02}", f"c{k + 1:02}"): 1e6 for k in range(20)}, ["c00 worth more than 1e+100"]),
    "blank": ({("a", ""): 2}, ["A blank id"]),
    "nan for an id": ({("a", GAP): 2}, ["nan is not an id"]),
    "nothing": ({}, ["square DataFrame"]),
    "an array": (np.eye(3), ["must be a DataFrame or a mapping"]),
    "all of it": (
        pd.DataFrame([[1, 0], [-1, 1]], index=["a", "b"], columns=["a", "z"]),
        ["b only in the rows", "z only in the columns", "a to z", "not 0", "b to a", "not -1"],
    ),
}


@pytest.mark.parametrize("said", BAD_COMPARISONS, ids=str)
def test_bad_comparisons_give_one_error_that_says_what_and_where(said: str) -> None:
    comparisons, parts = BAD_COMPARISONS[said]
    with pytest.raises(WeightsError) as caught:
        ahp(comparisons)
    for part in parts:
        assert part in str(caught.value)


def test_an_unknown_rule_is_refused() -> None:
    with pytest.raises(WeightsError, match="rule must be 'eigenvector' or 'geometric', not 'mean'"):
        ahp({("a", "b"): 0}, "mean")
    with pytest.raises(WeightsError, match="not a list"):
        ahp({("a", "b"): 2}, ["mean"])


def test_answers_beyond_nine_are_a_finding() -> None:
    assert "Beyond Saaty's 1-9 scale: b to a (12)" in ahp({("a", "b"): 1 / 12}).findings[-1]
    assert ahp({("a", "b"): 9}).findings == ()
    weights = bwm({"a": 1, "b": 2, "c": 12}, {"a": 12, "b": 6, "c": 1})
    assert "Beyond Saaty's 1-9 scale: a, c" in weights.findings[-1]


def test_the_widest_ratios_still_give_exact_weights() -> None:
    chain = dict.fromkeys(itertools.pairwise("abcdef"), 1000000.0)
    for rule in ("eigenvector", "geometric"):
        weights = ahp(chain, rule).values
        ratios = weights.to_numpy()[:-1] / weights.to_numpy()[1:]
        assert ratios.tolist() == pytest.approx([1e6] * 5, rel=1e-6)
    circle = ahp({("a", "b"): 1e6, ("b", "c"): 1e6, ("c", "a"): 1e6})
    assert circle.values.tolist() == pytest.approx([1 / 3] * 3)
    assert "CR 8.62e+05" in circle.findings[0]


# Best-worst


@st.composite
def best_worst_answers(draw: st.DrawFn) -> tuple[dict[str, float], dict[str, float]]:
    a_bw = draw(st.integers(2, 9))
    others = draw(st.lists(st.tuples(st.integers(2, 9), st.integers(2, 9)), max_size=5))
    names = [f"c{k}" for k in range(len(others))]
    to_others = {"best": 1, **{name: pair[0] for name, pair in zip(names, others, strict=True)}, "worst": a_bw}
    to_worst = {"best": a_bw, **{name: pair[1] for name, pair in zip(names, others, strict=True)}, "worst": 1}
    return to_others, to_worst


def departures(weights: pd.Series, a: dict, b: dict, model: str) -> float:
    best, worst = weights["best"], weights["worst"]
    if model == "linear":
        return max(max(abs(best - a[j] * weights[j]), abs(weights[j] - b[j] * worst)) for j in a)
    return max(max(abs(best / weights[j] - a[j]), abs(weights[j] / worst - b[j])) for j in a)


@given(st.lists(st.floats(1.01, 8.9), max_size=5), st.floats(9, 20), st.sampled_from(["linear", "nonlinear"]))
@settings(max_examples=50)
def test_consistent_best_worst_answers_give_their_weights_back(middle: list[float], top: float, model: str) -> None:
    raw = {"best": top, **{f"c{k}": value for k, value in enumerate(middle)}, "worst": 1.0}
    to_others = {name: 1.0 if name == "best" else top / value for name, value in raw.items()}
    weights = bwm(to_others, raw, model)
    total = math.fsum(raw.values())
    assert weights.values.to_dict() == pytest.approx({name: value / total for name, value in raw.items()}, abs=1e-8)
    assert weights.consistency == pytest.approx(0, abs=1e-8)
    assert weights.details["input_ratio"] == pytest.approx(0, abs=1e-9)


@given(best_worst_answers(), st.sampled_from(["linear", "nonlinear"]), st.randoms())
@settings(max_examples=60, deadline=None)
def test_best_worst_weights_are_weights_and_permute(answers, model: str, random) -> None:
    a, b = answers
    names = list(a)
    random.shuffle(names)
    weights = bwm(a, b, model)
    moved = bwm({name: a[name] for name in names}, pd.Series(b), model)
    assert moved.values.to_dict() == weights.values.to_dict()
    assert list(moved.values.index) == names
    assert (weights.values >= 0).all()
    assert math.fsum(weights.values) == pytest.approx(1, abs=1e-12)
    if weights.low is None:
        assert departures(weights.values, a, b, model) == pytest.approx(weights.consistency, abs=1e-6)
    else:
        assert (weights.low <= weights.high).all()


@given(best_worst_answers())
@settings(max_examples=25, deadline=None)
def test_nonlinear_optimum_and_intervals_agree_with_linear_programs(answers) -> None:
    """For a fixed xi the nonlinear constraints are linear: feasible just above xi, infeasible below."""
    a, b = answers
    weights = bwm(a, b, "nonlinear")
    names = list(a)
    best, worst = names.index("best"), names.index("worst")
    eye = np.eye(len(names))

    def solve(cost: np.ndarray, xi: float):
        rows = []
        for j, name in enumerate(names):
            for top, under, times in ((best, j, a[name]), (j, worst, b[name])):
                if top != under:
                    gap = eye[top] - times * eye[under]
                    rows += [gap - xi * eye[under], -gap - xi * eye[under]]
        return linprog(cost, A_ub=rows, b_ub=np.zeros(len(rows)), A_eq=[np.ones(len(names))], b_eq=[1], method="highs")

    xi = weights.consistency
    if xi > 1e-3:
        assert solve(np.zeros(len(names)), xi * 0.99).status == 2
    low, high = (weights.values, weights.values) if weights.low is None else (weights.low, weights.high)
    for j, name in enumerate(names):
        assert solve(eye[j], xi + 1e-6).fun == pytest.approx(low[name], abs=1e-4)
        assert -solve(-eye[j], xi + 1e-6).fun == pytest.approx(high[name], abs=1e-4)


def test_several_optima_give_intervals_and_a_finding() -> None:
    names = ["quality", "price", "comfort", "safety", "style"]
    answers = [dict(zip(names, row, strict=True)) for row in ([2, 1, 4, 3, 8], [4, 8, 4, 2, 1])]
    weights = bwm(*answers, "nonlinear")
    assert weights.consistency == pytest.approx(1, abs=1e-12)
    assert weights.details["output_ratio"] == pytest.approx(1 / consistency_index(8), abs=1e-12)
    middle = (weights.low + weights.high) / 2
    assert weights.values.to_dict() == pytest.approx((middle / middle.sum()).to_dict(), abs=1e-15)
    assert "ranges" in weights.findings[-1]
    assert bwm(*answers).low is None


def test_liang_brunelli_rezaei_2020_input_ratio_above_its_threshold_is_a_finding() -> None:
    weights = bwm({"a": 1, "b": 4, "c": 8}, {"a": 8, "b": 7, "c": 1})
    assert weights.details["input_ratio"] == pytest.approx(20 / 56, abs=1e-15)
    assert weights.details["threshold"] == THRESHOLDS.at[8, 3] == 0.1309
    assert "b disturbs it most" in weights.findings[0]
    assert bwm({"a": 1, "b": 1.5, "c": 2.5}, {"a": 2.5, "b": 2, "c": 1}).details["threshold"] is None


def test_all_answers_one_is_equal_weights_when_best_and_worst_are_named() -> None:
    ones = {"a": 1, "b": 1, "c": 1}
    for model in ("linear", "nonlinear"):
        weights = bwm(ones, ones, model, best="a", worst="b")
        assert weights.values.tolist() == pytest.approx([1 / 3] * 3, abs=1e-12)
        assert weights.details["input_ratio"] == 0


BO, OW = {"a": 1, "b": 2, "c": 6}, {"a": 6, "b": 3, "c": 1}
BAD_ANSWERS = {
    "best is worst": ((BO, {"a": 1, "b": 3, "c": 6}), {}, ["a cannot be both"]),
    "missing": ((BO, {"a": 6, "c": 1}), {}, ["compares b with the worst"]),
    "one too many": (({**BO, "z": 3}, OW), {}, ["compares z with the worst"]),
    "below one": (({**BO, "b": 0.5}, OW), {}, ["b has 0.5"]),
    "nan": (({**BO, "b": math.nan}, OW), {}, ["b has nan"]),
    "best not one": (({**BO, "a": 2}, OW), {}, ["No criterion has 1", "the best"]),
    "worst not one": ((BO, {**OW, "c": 2}), {}, ["No criterion has 1", "the worst"]),
    "named best not one": (({**BO, "a": 2}, OW), {"best": "a"}, ["a, compared with itself must be 1, not 2"]),
    "named best unknown": ((BO, OW), {"best": "z"}, ["z, has no answers"]),
    "several best": (({**BO, "b": 1}, OW), {}, ["a, b could each be the best"]),
    "two answers": ((BO, {**OW, "a": 7}), {}, ["6 and 7"]),
    "one criterion": (({"a": 1}, {"a": 1}), {}, ["at least two"]),
    "no answers": (({}, OW), {}, ["at least one"]),
    "model a list": ((BO, OW), {"model": ["linear"]}, ["not a list"]),
    "best a list": ((BO, OW), {"best": ["a"]}, ["best must be text"]),
    "too far": (({**BO, "b": 1e7}, OW), {}, ["1 to 1e+06: b has 10000000"]),
    "blank": (({**BO, "": 2}, {**OW, "": 2}), {}, ["A blank id"]),
    "model": ((BO, OW), {"model": "cubic"}, ["model must be 'linear' or 'nonlinear', not 'cubic'"]),
    "several faults": (({**BO, "b": -1}, {"a": 6, "c": 2}), {}, ["b has -1", "compares b", "the worst compared with"]),
}


@pytest.mark.parametrize("said", BAD_ANSWERS, ids=str)
def test_bad_best_worst_answers_give_one_error(said: str) -> None:
    args, kwargs, parts = BAD_ANSWERS[said]
    with pytest.raises(WeightsError) as caught:
        bwm(*args, **kwargs)
    for part in parts:
        assert part in str(caught.value)


def test_importing_does_not_load_scipy_optimize() -> None:
    code = "import sys, aukus_mcda.weights; sys.exit('scipy.optimize' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
