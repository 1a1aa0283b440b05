# SPDX-License-Identifier: Apache-2.0
"""Swing weights, rank orders, several judges."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aukus_mcda import Case, Weights, WeightsError, equal, swing
from aukus_mcda.weights.other_ways import combine, rank_order

TREE = {"gain": "", "risk": "", "war": "risk", "trade": "risk", "loss": "war", "cost": "war"}
NODES = {"gain": 100.0, "risk": 80.0, "war": 100.0, "trade": 50.0, "loss": 100.0, "cost": 60.0}

amounts = st.floats(0, 1e6, allow_subnormal=False)
some_points = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=4), amounts, min_size=1, max_size=9).filter(
    lambda points: any(points.values())
)


def same_to_the_bit(one: pd.Series, other: pd.Series) -> bool:
    return one.to_dict() == other.to_dict() and list(one.index) == list(other.index)


# Published examples


def test_goodwin_wright_office_swing_weights(published: dict) -> None:
    example = published["smart-goodwin-wright-office"]
    weights = swing(dict(zip(example["criteria"], example["swing_raw"], strict=True)))
    assert weights.values.mul(100).tolist() == pytest.approx(example["weights_rounded"], abs=0.5)
    assert weights.findings == ()


@pytest.mark.parametrize("n", range(2, 7))
def test_barron_1992_rank_order_centroid(published: dict, n: int) -> None:
    expected = published["surrogate-weights"]["ROC"][str(n)]
    assert rank_order([f"c{k}" for k in range(n)]).values.tolist() == pytest.approx(expected, abs=5e-5)


@pytest.mark.parametrize("rule", ["rs", "rr"])
def test_stillwell_seaver_edwards_1981_rank_sum_and_reciprocal(published: dict, rule: str) -> None:
    expected = published["surrogate-weights"][rule.upper()]["4"]
    assert rank_order(list("abcd"), rule).values.tolist() == pytest.approx(expected, abs=0.005)


# Swing weights


@given(some_points)
def test_swing_weights_are_shares(points: dict[str, float]) -> None:
    values = swing(points).values
    assert (values >= 0).all()
    assert math.fsum(values) == pytest.approx(1, abs=1e-12)
    total = sum(map(Fraction, points.values()))
    for name, given_points in points.items():
        assert values[name] == pytest.approx(float(Fraction(given_points) / total), rel=1e-14, abs=1e-300)


@given(some_points, st.randoms())
def test_swing_weights_permute_with_their_labels(points: dict[str, float], random) -> None:
    names = list(points)
    random.shuffle(names)
    moved = swing({name: points[name] for name in names})
    assert moved.values.to_dict() == swing(points).values.to_dict()
    assert list(moved.values.index) == names


@given(st.permutations(list(TREE)), st.fixed_dictionaries({name: st.floats(1, 100) for name in TREE}))
def test_a_tree_permutes_with_its_labels(order: list[str], points: dict[str, float]) -> None:
    low = {name: value / 2 for name, value in points.items()}
    one = swing(points, parents=TREE, low=low)
    other = swing({name: points[name] for name in order}, parents={name: TREE[name] for name in order}, low=low)
    for part in ("values", "low", "high"):
        assert getattr(one, part).to_dict() == getattr(other, part).to_dict()
    assert math.fsum(one.values) == pytest.approx(1, abs=1e-12)


def test_a_leaf_weighs_the_product_down_its_branch_at_any_depth() -> None:
    weights = swing(NODES, parents=TREE)
    assert weights.values.to_dict() == pytest.approx(
        {"gain": 5 / 9, "trade": 4 / 27, "loss": 8 / 27 * 5 / 8, "cost": 8 / 27 * 3 / 8}, abs=1e-15
    )
    assert swing(dict.fromkeys("abc", 1e308), low={"a": 1}).values.tolist() == [1 / 3] * 3


def test_a_range_of_points_becomes_the_exact_range_of_weights() -> None:
    low, high = {"gain": 80.0, "war": 60.0, "cost": 30.0}, {"risk": 100.0, "cost": 90.0}
    weights = swing(NODES, parents=TREE, low=low, high=high)
    ends = [sorted({low.get(name, NODES[name]), NODES[name], high.get(name, NODES[name])}) for name in TREE]
    corners = [swing(dict(zip(TREE, corner, strict=True)), parents=TREE).values for corner in itertools.product(*ends)]
    every = pd.DataFrame(corners)
    assert weights.low.to_dict() == pytest.approx(every.min().to_dict(), abs=1e-14)
    assert weights.high.to_dict() == pytest.approx(every.max().to_dict(), abs=1e-14)
    assert weights.point_range.loc["cost"].to_dict() == {"low": 30.0, "high": 90.0}
    assert swing(NODES, parents=TREE).low is None


def test_ratio_answers_that_agree_have_consistency_one() -> None:
    weights = swing({"a": 100, "b": 50, "c": 20}, ratios={("a", "b"): 2, ("c", "b"): 0.4})
    assert weights.consistency == pytest.approx(1, abs=1e-12)
    assert weights.findings == ()
    assert swing({"a": 100}).consistency is None


def test_the_worst_ratio_answer_is_named() -> None:
    weights = swing({"a": 100, "b": 50, "c": 20}, ratios={("a", "b"): 1.9, ("b", "c"): 5})
    assert weights.consistency == pytest.approx(2)
    assert "b was said to be worth 5 times c" in weights.findings[0]
    assert swing({"a": 100, "b": 0}, ratios={("a", "b"): 3}).consistency == math.inf
    assert swing({"a": 100, "b": 50}, ratios=pd.Series({("b", "a"): 1.0})).consistency == 2


def test_siblings_without_100_points_are_a_finding() -> None:
    assert "None of war, trade has 100" in swing({**NODES, "war": 90}, parents=TREE).findings[0]
    assert swing({"only": 7}).findings == ()


def test_weights_that_follow_the_number_of_leaves_are_a_finding() -> None:
    tree = {"x": "", "y": "", **{f"x{k}": "x" for k in range(3)}, "y0": "y"}
    even = dict.fromkeys(tree, 100.0)
    follows = swing({**even, "y": 33}, parents=tree)
    assert "splitting bias" in follows.findings[0]
    assert follows.details["branches"].loc["x", "share_of_leaves"] == 0.75
    assert swing(even, parents=tree).findings == ()


def test_changed_points_lose_their_range_and_the_others_keep_theirs() -> None:
    start = swing({"a": 100, "b": 50, "c": 40}, low={"b": 40, "c": 30}, ratios={("a", "b"): 2}, anchors="x")
    changed = start.change({"b": 80})
    assert changed.point_range.loc["b"].tolist() == [80, 80]
    assert changed.point_range.loc["c"].tolist() == [30, 40]
    assert changed.consistency == pytest.approx(1.6)
    assert changed.anchors == "x"
    assert start.change({"a": 90, "b": 9, "c": 9}).low is None


def test_weights_made_otherwise_have_no_points_to_change() -> None:
    with pytest.raises(WeightsError, match=r"rank order \(roc\), not from swing points"):
        rank_order(["a", "b"]).change({"a": 1})


BAD_SWINGS = {
    "negative": (({"a": -1, "b": 2},), {}, ["a has -1"]),
    "not a number": (({"a": math.nan, "b": "2", "c": True},), {}, ["a has nan", "b has '2'", "c has True"]),
    "all zero": (({"a": 0, "b": 0},), {}, ["at the top of the tree are 0"]),
    "all zero in a branch": (({**NODES, "loss": 0, "cost": 0},), {"parents": TREE}, ["under war are 0"]),
    "none": (({},), {}, ["at least one"]),
    "a list": (([1, 2],), {}, ["must be a mapping", "not a list"]),
    "missing and unknown": (
        ({"gain": 1, "risk": 1, "war": 1, "trade": 1, "loss": 1, "peace": 1},),
        {"parents": TREE},
        ["No swing points for cost", "No criterion called peace"],
    ),
    "twice": ((pd.Series([1, 2], index=["a", "a"]),), {}, ["a named more than once"]),
    "parent unknown": (({"a": 1, "b": 2},), {"parents": {"a": "", "b": "z"}}, ["b has the parent z"]),
    "a circle": (({"a": 1, "b": 2},), {"parents": {"a": "b", "b": "a"}}, ["a is its own ancestor", "b is its own"]),
    "low above": (({"a": 10, "b": 5},), {"low": {"a": 20}, "high": {"b": 4}}, ["a has 10 points", "b has 5 points"]),
    "low unknown": (({"a": 10},), {"low": {"z": 2}}, ["low points name z"]),
    "low negative": (({"a": 10},), {"low": {"a": -2}}, ["a has -2"]),
    "ratio unknown": (({"a": 1, "b": 2},), {"ratios": {("a", "z"): 2}}, ["no criterion called z"]),
    "ratio of itself": (({"a": 1, "b": 2},), {"ratios": {("a", "a"): 1}}, ["a to itself"]),
    "ratio not a pair": (({"a": 1, "b": 2},), {"ratios": {"ab": 1}}, ["it holds 'ab'"]),
    "ratio zero": (({"a": 1, "b": 2},), {"ratios": {("a", "b"): 0}}, ["above 0, not 0"]),
    "ratio of cousins": ((NODES,), {"parents": TREE, "ratios": {("gain", "war"): 2}}, ["not siblings"]),
    "blank": (({"": 1, "b": 2},), {}, ["A blank id"]),
    "nan for an id": (({math.nan: 1, "b": 2},), {}, ["nan is not an id"]),
    "blank in the tree": (({"a": 1},), {"parents": {"a": "", "": ""}}, ["A blank id"]),
    "parent a list": (({"a": 1, "b": 2},), {"parents": {"a": ["b"], "b": ""}}, ["it holds a list for 'a'"]),
    "too long a number": (({"a": 10**400, "b": "x" * 400},), {}, ["a has about 1e+400, b has 'xxx", "xxx..."]),
    "several at once": (
        ({"a": -1, "b": 2},),
        {"low": {"z": 1}, "ratios": {("a", "b"): -3}},
        ["a has -1", "low points name z", "above 0, not -3"],
    ),
}


@pytest.mark.parametrize("said", BAD_SWINGS, ids=str)
def test_bad_swings_give_one_error_that_says_what_and_where(said: str) -> None:
    args, kwargs, parts = BAD_SWINGS[said]
    with pytest.raises(WeightsError) as caught:
        swing(*args, **kwargs)
    for part in parts:
        assert part in str(caught.value)


# Rank orders


@given(st.integers(1, 60))
def test_roc_is_the_centroid_of_the_ordered_weights(n: int) -> None:
    corners = [[Fraction(1, k)] * k + [Fraction(0)] * (n - k) for k in range(1, n + 1)]
    centroid = [float(sum(column) / n) for column in zip(*corners, strict=True)]
    assert rank_order([f"c{k}" for k in range(n)]).values.tolist() == pytest.approx(centroid, rel=1e-15)


@given(st.permutations("abcdef"), st.sampled_from(["roc", "rs", "rr"]), st.sets(st.integers(1, 5)))
def test_rank_orders_are_weights_in_order(order: list[str], rule: str, cuts: set[int]) -> None:
    edges = [0, *sorted(cuts), 6]
    groups = [order[i:j] for i, j in itertools.pairwise(edges)]
    weights = rank_order(groups, rule)
    assert math.fsum(weights.values) == pytest.approx(1, abs=1e-12)
    assert list(weights.values.index) == list(order)
    assert (np.diff(weights.values) <= 0).all()
    strict = rank_order(order, rule).values
    for group in groups:
        assert weights.values[group].tolist() == pytest.approx([strict[group].mean()] * len(group), rel=1e-14)
    assert len(weights.findings) == sum(len(group) > 1 for group in groups)


@pytest.mark.parametrize(
    ("order", "rule", "part"),
    [
        ([], "roc", "at least one"),
        ("abc", "roc", "not 'abc'"),
        (["a", "b", "a"], "roc", "a named more than once"),
        (["a", []], "roc", "Place 2 must hold criterion ids, not nothing"),
        (["a", ["b", ["c"]]], "roc", "Place 2 must hold"),
        (["a", None], "roc", "it holds None"),
        (["a", "b"], "best", "rule must be 'roc' or 'rs' or 'rr', not 'best'"),
        (7, "roc", "not 7"),
        (["a", ""], "roc", "A blank id"),
        (["a", "b"], ["roc"], "rule must be 'roc'"),
    ],
)
def test_bad_orders_are_refused(order, rule: str, part: str) -> None:
    with pytest.raises(WeightsError) as caught:
        rank_order(order, rule)
    assert part in str(caught.value)


def test_equal_weights() -> None:
    assert equal(["a", "b", "c", "d"]).values.tolist() == [0.25] * 4
    with pytest.raises(WeightsError, match="a named more than once"):
        equal(["a", "a"])
    for bad, part in ((5, "not 5"), ([["a"]], "it holds a list"), ([""], "blank id")):
        with pytest.raises(WeightsError) as caught:
            equal(bad)
        assert part in str(caught.value)


# Several judges


def test_judges_are_combined_by_the_weighted_geometric_mean() -> None:
    judges = {"ann": swing({"a": 100, "b": 25}), "bo": swing({"a": 60, "b": 100})}
    both = combine(judges, importance={"ann": 3, "bo": 1})
    raw = {leaf: judges["ann"].values[leaf] ** 0.75 * judges["bo"].values[leaf] ** 0.25 for leaf in "ab"}
    assert both.values.to_dict() == pytest.approx({leaf: raw[leaf] / sum(raw.values()) for leaf in raw}, rel=1e-14)
    assert both.low.to_dict() == {"a": 0.375, "b": 0.2}
    assert both.high.to_dict() == {"a": 0.8, "b": 0.625}
    assert "furthest apart on a: 0.375 (bo) to 0.800 (ann)" in both.findings[0]


@given(st.lists(st.lists(st.floats(1, 100), min_size=3, max_size=3), min_size=1, max_size=4), st.randoms())
def test_the_order_of_judges_does_not_count(points: list[list[float]], random) -> None:
    judges = {f"j{k}": swing(dict(zip("abc", row, strict=True))) for k, row in enumerate(points)}
    names = list(judges)
    random.shuffle(names)
    one, other = combine(judges), combine({name: judges[name] for name in names})
    assert one.values.to_dict() == other.values.to_dict()
    assert math.fsum(one.values) == pytest.approx(1, abs=1e-12)
    assert (one.low <= one.high).all()


def test_one_judges_zero_is_a_finding() -> None:
    both = combine({"ann": swing({"a": 100, "b": 0}), "bo": swing({"a": 50, "b": 100})})
    assert both.values.to_dict() == {"a": 1, "b": 0}
    assert both.findings[0].startswith("ann gives b no weight")
    left_out = combine(
        {"ann": swing({"a": 100, "b": 0}), "bo": swing({"a": 50, "b": 100})}, importance={"ann": 0, "bo": 1}
    )
    assert left_out.values["b"] == pytest.approx(2 / 3)


def test_the_range_holds_the_mean_even_where_no_judge_went() -> None:
    judges = {"ann": swing({"x": 40, "y": 59, "z": 1}), "bo": swing({"x": 40, "y": 1, "z": 59})}
    both = combine(judges)
    assert both.low.to_dict() == pytest.approx({"x": 0.4, "y": 0.01, "z": 0.01})
    assert both.high["x"] == both.values["x"] == pytest.approx(0.7225, abs=5e-5)
    assert "outside what any judge said on x (0.723, judged 0.400 to 0.400)" in both.findings[1]
    assert len(combine({"ann": judges["ann"]}).findings) == 0


@given(st.lists(st.lists(st.floats(0, 100), min_size=3, max_size=3), min_size=1, max_size=4))
def test_the_range_always_holds_the_mean(points: list[list[float]]) -> None:
    judges = {f"j{k}": swing({"a": row[0] + 1, "b": row[1], "c": row[2]}) for k, row in enumerate(points)}
    both = combine(judges)
    assert ((both.low <= both.values) & (both.values <= both.high)).all()


def test_huge_importance_does_not_overflow() -> None:
    judges = {"ann": swing({"a": 100, "b": 25}), "bo": swing({"a": 60, "b": 100})}
    huge = combine(judges, importance={"ann": 1e308, "bo": 1e308})
    assert huge.values.to_dict() == combine(judges).values.to_dict()


def test_minus_zero_points_become_zero() -> None:
    weights = swing({"a": 100, "b": -0.0}, low={"a": 50, "b": -0.0})
    for value in (weights.points["b"], weights.values["b"], weights.point_range.at["b", "low"]):
        assert math.copysign(1, value) == 1


ANN = swing({"a": 100, "b": 50}, anchors="one")
BAD_JUDGES = {
    "none": (({},), {}, ["at least one"]),
    "not weights": (({"ann": {"a": 1}},), {}, ["it holds a dict for 'ann'"]),
    "other leaves": (
        ({"ann": ANN, "bo": swing({"a": 1, "c": 1})},),
        {},
        ["ann has no weight for c", "bo has no weight for b"],
    ),
    "other anchors": (({"ann": ANN, "bo": swing({"a": 1, "b": 1}, anchors="two")},), {}, ["ann and bo judged swings"]),
    "importance": (
        ({"ann": ANN, "bo": ANN},),
        {"importance": {"ann": -1, "cy": 2}},
        ["ann has -1", "No importance for bo", "No judge called cy"],
    ),
    "nobody counts": (({"ann": ANN},), {"importance": {"ann": 0}}, ["importance 0"]),
    "nothing left": (({"ann": swing({"a": 1, "b": 0}), "bo": swing({"a": 0, "b": 1})},), {}, ["No leaf has"]),
}


@pytest.mark.parametrize("said", BAD_JUDGES, ids=str)
def test_bad_judges_give_one_error(said: str) -> None:
    args, kwargs, parts = BAD_JUDGES[said]
    with pytest.raises(WeightsError) as caught:
        combine(*args, **kwargs)
    for part in parts:
        assert part in str(caught.value)


# Anchors


def test_weights_for_other_anchors_are_refused_with_the_reason(case: Case) -> None:
    order = list(case.leaves)
    fits = rank_order(order, anchors=case.anchors_digest)
    assert case.weights(fits).values.to_dict() == fits.values.to_dict()
    with pytest.raises(WeightsError, match="other anchors than this case's"):
        case.weights(rank_order(order, anchors="another"))
    for values, told in (
        ([1.5, -0.5], f"{order[1]} has -0.5"), ([np.nan, 1], f"{order[0]} has nan"), ([0.5, 0.25], "add up to 0.75"),
    ):  # fmt: skip
        with pytest.raises(WeightsError, match=told):
            case.weights(Weights(pd.Series([*values, *[0] * (len(order) - 2)], order), "by hand"))
    with pytest.raises(WeightsError, match=f"{order[0]} named more than once"):
        case.weights(Weights(fits.values.rename({order[1]: order[0]}), "by hand"))
    assert combine({"ann": fits, "bo": equal(order, anchors=case.anchors_digest)}).anchors == case.anchors_digest
    both = combine({"ann": fits, "bo": equal(order)})
    assert both.anchors is None
    assert "bo judged swings between anchors that are not recorded" in both.findings[-1]
    assert combine({"bo": equal(order)}).findings == ()


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


def test_an_unknown_criterion_cannot_be_changed(case: Case) -> None:
    with pytest.raises(WeightsError, match="No criterion called war"):
        case.profile("baseline").change({"war": 3})
