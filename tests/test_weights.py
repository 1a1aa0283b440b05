"""Swing weights: shares down the tree, by label, and nothing guessed."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aukus_mcda import Case, WeightsError, equal, swing

POINTS = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=3), st.floats(0.01, 100), min_size=1, max_size=9)


@given(POINTS)
def test_weights_are_shares_of_the_points(points: dict[str, float]) -> None:
    values = swing(points).values
    assert (values >= 0).all() and math.fsum(values) == pytest.approx(1, abs=1e-12)
    for name, given_points in points.items():
        assert values[name] == pytest.approx(given_points / math.fsum(points.values()), rel=1e-12)


@given(POINTS)
def test_weights_move_with_their_labels(points: dict[str, float]) -> None:
    backwards = dict(reversed(list(points.items())))
    pd.testing.assert_series_equal(
        swing(points).values.sort_index(), swing(backwards).values.sort_index(), check_exact=True
    )


@given(st.floats(1, 100), st.floats(1, 100), st.floats(1, 100))
def test_a_leaf_weighs_the_product_down_its_branch(branch: float, leaf: float, sibling: float) -> None:
    tree = {"a": "", "b": "", "b1": "b", "b2": "b"}
    values = swing({"a": 100, "b": branch, "b1": leaf, "b2": sibling}, parents=tree).values
    assert list(values.index) == ["a", "b1", "b2"]
    assert values["b1"] == pytest.approx(branch / (100 + branch) * leaf / (leaf + sibling), rel=1e-12)


def test_equal_weights() -> None:
    weights = equal(["a", "b", "c", "d"])
    assert weights.values.tolist() == [0.25] * 4 and weights.method == "equal"


def test_changing_points_keeps_the_rest(case: Case) -> None:
    before = case.profile("baseline")
    after = before.change({"escalation": 10})
    roots = [after.values[[leaf for leaf in case.leaves if case.root_of(leaf) == root]].sum() for root in case.roots]
    points = before.points[list(case.roots)].copy()
    points["escalation"] = 10
    assert roots == pytest.approx((points / points.sum()).tolist(), abs=1e-12)
    assert after.name == "baseline, changed" and after.anchors == case.anchors_digest
    inside = before.values["esc_korea"] / before.values["esc_coercion"]
    assert after.values["esc_korea"] / after.values["esc_coercion"] == pytest.approx(inside, rel=1e-12)


TREE = {"a": "", "b": "", "b1": "b", "b2": "b"}


@pytest.mark.parametrize(
    ("points", "parents", "said"),
    [
        ({}, None, "keyed by criterion"),
        ([1, 2], None, "keyed by criterion"),
        ({"a": -1, "b": 2}, None, "a has -1"),
        ({"a": math.nan}, None, "a has nan"),
        ({"a": math.inf}, None, "a has inf"),
        ({"a": "ten", "b": None}, None, "a has 'ten', b has nan"),
        ({"a": True}, None, "a has True"),
        ({"a": 0, "b": 0}, None, "at the top of the tree are 0"),
        (pd.Series([1, 2], index=["a", "a"]), None, "a named more than once"),
        ({"a": 1, "b": 1, "b1": 1}, TREE, "No swing points for b2"),
        ({"a": 1, "b": 1, "b1": 1, "b2": 1, "c": 1}, TREE, "No criterion called c"),
        ({"a": 1, "b": 1, "b1": 0, "b2": 0}, TREE, "under b are 0"),
    ],
)
def test_bad_points_are_refused_by_name(points: object, parents: dict | None, said: str) -> None:
    with pytest.raises(WeightsError, match=said):
        swing(points, parents=parents)  # type: ignore[arg-type]


def test_an_unknown_criterion_cannot_be_changed(case: Case) -> None:
    with pytest.raises(WeightsError, match="No criterion called war"):
        case.profile("baseline").change({"war": 3})


@pytest.mark.parametrize("criteria", [[], ["a", "a"]])
def test_equal_weights_need_distinct_criteria(criteria: list[str]) -> None:
    with pytest.raises(WeightsError):
        equal(criteria)
