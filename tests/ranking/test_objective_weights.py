# SPDX-License-Identifier: Apache-2.0
"""Weights from the data: their papers' numbers, their guards, and the words that go with them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored import scored

from aukus_mcda import AukusMcdaError, Case, WeightsError, rank
from aukus_mcda.ranking.methods import DATA_RULES, DESCRIBES, objective


def case_of(matrix: list, directions: str | list = "max", **more: pd.DataFrame) -> Case:
    frame = pd.DataFrame(np.asarray(matrix, dtype=float))
    frame.columns = [f"c{j + 1}" for j in range(frame.shape[1])]
    frame.index = [f"A{i + 1}" for i in range(len(frame))]
    long = frame.rename_axis("option").reset_index().melt("option", var_name="criterion", value_name="likely")
    criteria = pd.DataFrame({"id": list(frame), "direction": directions})
    falling = (criteria["direction"] == "min").to_numpy()
    low, high = min(0.0, float(frame.min().min())), float(np.ceil(frame.max().max())) + 1
    criteria = criteria.assign(worst=np.where(falling, high, low), best=np.where(falling, low, high))
    return scored(criteria=criteria, scores=long, **more)


@pytest.mark.parametrize("rule", DATA_RULES)
def test_objective_weights_are_marked_as_no_preference(case: Case, rule: str) -> None:
    weights = objective(case, rule)
    assert weights.method == f"objective: {rule}"
    assert weights.findings[0] == DESCRIBES
    assert list(weights.values.index) == list(case.leaves)
    assert weights.values.sum() == pytest.approx(1, abs=1e-12)
    assert (weights.values >= 0).all()
    assert rank(case, weights).weights.method == weights.method


PUBLISHED = {
    "keshavarz_ghorabaee_and_others_2021": (  # doi:10.3390/sym13040525
        "merec",
        [[450, 8000, 54, 145], [10, 9100, 2, 160], [100, 8200, 31, 153], [220, 9300, 1, 162], [5, 8400, 23, 158]],
        ["max", "max", "min", "min"],
        [0.5752, 0.0141, 0.4016, 0.0091],
    ),
    "xu_2004": (  # doi:10.1016/S0377-2217(03)00146-2
        "entropy",
        [[30, 30, 38, 29], [19, 54, 86, 29], [19, 15, 85, 28.9], [68, 70, 60, 29]],
        "max",
        [0.4630, 0.3992, 0.1378, 0.0000],
    ),
    "zavadskas_and_podvezko_2016": (  # Int. J. of Information Technology & Decision Making 15(2)
        "entropy",
        [[3, 100, 10, 7], [2.5, 80, 8, 5], [1.8, 50, 20, 11], [2.2, 70, 12, 9]],
        ["min", "max", "min", "max"],
        [0.1146, 0.1981, 0.4185, 0.2689],
    ),
    "tus_and_aytac_adali_2019": (  # doi:10.1007/s12597-019-00371-6; its numbers follow when more is better on all
        "critic",
        [
            [5000, 3, 3, 4, 3, 2],
            [680, 5, 3, 2, 2, 1],
            [2000, 3, 2, 3, 4, 3],
            [600, 4, 3, 1, 2, 2],
            [800, 2, 4, 3, 3, 4],
        ],
        "max",
        [0.157, 0.249, 0.168, 0.121, 0.154, 0.151],
    ),
}


@pytest.mark.parametrize(("rule", "matrix", "directions", "expected"), PUBLISHED.values(), ids=PUBLISHED)
def test_published_weights(rule: str, matrix: list, directions: str | list, expected: list) -> None:
    digits = 3 if rule == "critic" else 4
    assert objective(case_of(matrix, directions), rule).values.round(digits).tolist() == expected


def test_entropy_and_standard_deviation_by_hand() -> None:
    case = case_of([[1, 2], [3, 2.5]])
    shares = np.array([[1 / 4, 2 / 4.5], [3 / 4, 2.5 / 4.5]])
    divergence = 1 + (shares * np.log(shares)).sum(axis=0) / np.log(2)
    assert objective(case).values.tolist() == pytest.approx((divergence / divergence.sum()).tolist(), abs=1e-12)
    assert objective(case, "std").values.tolist() == pytest.approx([0.5, 0.5])


def test_diakoulaki_and_others_1995_critic_counts_conflict_towards_the_best() -> None:
    """A cost scored the other way round is the same criterion, so the weights must be the same."""
    matrix = np.array([[8.0, 2, 5], [3, 9, 4], [6, 5, 1], [1, 7, 7]])
    turned = matrix.copy()
    turned[:, 1] = 10 - turned[:, 1]
    as_gain = objective(case_of(matrix.tolist()), "critic").values
    as_cost = objective(case_of(turned.tolist(), ["max", "min", "max"]), "critic").values
    pd.testing.assert_series_equal(as_gain, as_cost)
    unit = (matrix - matrix.min(axis=0)) / np.ptp(matrix, axis=0)
    spread = unit.std(axis=0, ddof=1) * (1 - np.corrcoef(unit, rowvar=False)).sum(axis=0)
    assert as_gain.tolist() == pytest.approx((spread / spread.sum()).tolist(), abs=1e-12)


@pytest.mark.parametrize("rule", DATA_RULES)
def test_a_criterion_all_agree_on_gets_no_weight_and_a_finding(rule: str) -> None:
    weights = objective(case_of([[1, 5, 3], [2, 5, 9], [4, 5, 2]]), rule)
    assert weights.values["c2"] == 0
    assert any("c2" in finding for finding in weights.findings)


@pytest.mark.parametrize("rule", ["entropy", "merec"])
@pytest.mark.parametrize("score", [0, -2])
def test_scores_without_a_logarithm_are_refused_by_name(rule: str, score: float) -> None:
    with pytest.raises(WeightsError, match=rf"{rule} divides by scores.*A2 on c1 \({score}\)"):
        objective(case_of([[1, 5], [score, 7], [4, 2]]), rule)


def test_what_no_rule_can_use() -> None:
    with pytest.raises(WeightsError, match=r"No rule called 'gut'; there are entropy, critic, merec, std\."):
        objective(case_of([[1, 5], [2, 7]]), "gut")
    with pytest.raises(WeightsError, match="two options"):
        objective(case_of([[1, 5]]))
    with pytest.raises(WeightsError, match="alike"):
        objective(case_of([[1, 5], [1, 5]]))
    with pytest.raises(WeightsError, match="perfect step"):
        objective(case_of([[1, 2], [2, 4], [3, 6]]), "critic")


def test_screened_options_do_not_count() -> None:
    matrix = [[1, 5], [2, 7], [4, 2], [9, 9]]
    options = ["A1", "A2", "A3", "A4"]
    out = pd.DataFrame({"option": options, "screen": "law", "passes": [*["yes"] * 3, "no"], "reason": "Barred."})
    with_screen, without = objective(case_of(matrix, screens=out)), objective(case_of(matrix[:3]))
    pd.testing.assert_series_equal(with_screen.values, without.values)


@given(st.integers(0, 10**6), st.sampled_from(sorted(DATA_RULES)))
@settings(max_examples=25, deadline=None)
def test_weights_are_shares_that_follow_their_labels(seed: int, rule: str) -> None:
    rng = np.random.default_rng(seed)
    matrix = rng.uniform(1, 9, (int(rng.integers(3, 7)), int(rng.integers(2, 6))))
    found = objective(case_of(matrix.tolist()), rule).values
    turned = objective(case_of(matrix[::-1, ::-1].tolist()), rule).values
    assert found.sum() == pytest.approx(1, abs=1e-12)
    assert (found >= 0).all()
    np.testing.assert_allclose(turned.to_numpy()[::-1], found.to_numpy(), atol=1e-12)


def test_the_wrong_kind_of_case_or_rule() -> None:
    with pytest.raises(AukusMcdaError, match=r"load it first: load_case\('aukus_plus_two'\)"):
        objective("aukus_plus_two")  # type: ignore[arg-type]
    with pytest.raises(WeightsError, match="rule must be text"):
        objective(case_of([[1, 2], [3, 1]]), ["entropy"])  # type: ignore[arg-type]


@pytest.mark.parametrize("rule", DATA_RULES)
def test_tiny_scores_are_weighed_like_those_of_common_size(rule: str) -> None:
    matrix = np.array([[8.0, 2, 5], [3, 9, 4], [6, 5, 1], [1, 7, 7]])
    pd.testing.assert_series_equal(
        objective(case_of((matrix * 2.0**-700).tolist()), rule).values, objective(case_of(matrix.tolist()), rule).values
    )
