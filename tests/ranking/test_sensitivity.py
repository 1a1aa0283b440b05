# SPDX-License-Identifier: Apache-2.0
"""One-way sensitivity against a published break point, bisection on the ranking, and cases changed by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scored import scored
from test_ranking import NEAR, case_from, problems

from aukus_mcda import AukusMcdaError, Case, Weights, WeightsError, rank, swing
from aukus_mcda.case.values import ValueFunction
from aukus_mcda.ranking import sensitivity
from aukus_mcda.ranking.flips import nearest_flip, never_leads, preference
from aukus_mcda.ranking.sensitivity import break_points, leave_one_out, stability, sweep, switch_points
from aukus_mcda.uncertainty.information import evidence_value, information_value
from aukus_mcda.uncertainty.rank_acceptability import smaa

CLEAR = 1e-3  # lines that part by less than this have break points that no 1e-9 of score can place


def tree_case(values: pd.DataFrame, parents: dict[str, str]) -> Case:
    """A case on scales from 0 to 100 with the leaves of a frame under a tree."""
    branches = sorted({parent for parent in parents.values() if parent})
    criteria = pd.DataFrame({"id": values.columns, "direction": "max", "worst": 0.0, "best": 100.0})
    criteria = pd.concat([criteria, pd.DataFrame({"id": branches})], ignore_index=True)
    criteria["parent"] = [parents.get(name, "") for name in criteria["id"]]
    scores = values.rename_axis(index="option", columns="criterion").stack().rename("likely").reset_index()
    return scored(criteria=criteria, scores=scores)


def moved(weights: pd.Series, inside: list[str], share: float) -> Weights:
    """Weights with one node's share set, by the definition: proportions kept inside and outside."""
    held = weights.index.isin(inside)
    parts = weights.where(~held, share * weights / weights[held].sum())
    return Weights(parts.where(held, (1 - share) * weights / weights[~held].sum()), "moved")


@st.composite
def tree_problems(draw: st.DrawFn) -> tuple[Case, pd.DataFrame, Weights, dict[str, list[str]]]:
    """A case of 3-6 leaves, the first two under a branch, its weights, and the leaves of each node."""
    values, points = draw(problems())
    assume(values.shape[1] >= 3)
    branch = list(values.columns[:2])
    parents = dict.fromkeys(branch, "both") | {"both": ""}
    case = tree_case(values, parents)
    nodes = {leaf: [leaf] for leaf in values.columns} | {"both": branch}
    return case, values, case.weights(points | {"both": draw(st.floats(1, 100))}), nodes


@pytest.fixture
def office(published: dict) -> Case:
    entry = published["smart-goodwin-wright-office"]
    values = pd.DataFrame(entry["values"], index=entry["offices"], columns=entry["criteria"])
    turnover = dict.fromkeys(["closeness", "visibility", "image"], "turnover")
    return tree_case(values, turnover | dict.fromkeys(["size", "comfort", "parking"], "working_conditions"))


def test_goodwin_wright_weight_of_turnover_at_which_a_gives_way_to_e(published: dict, office: Case) -> None:
    """Goodwin and Wright, ch. 3: turnover is closeness, visibility and image; below 52.1 E is best."""
    entry = published["smart-goodwin-wright-office"]
    for column, expected, digits in (
        ("weights_rounded", "breakpoint_with_rounded_weights_pct", 2),
        ("swing_raw", "turnover_weight_breakpoint_A_E_pct", 1),
    ):
        points = dict(zip(entry["criteria"], entry[column], strict=True))
        found = break_points(office, points, "turnover")
        (leads,) = found[found["kind"] == "leader"].itertuples()
        assert (leads.below, leads.above) == ("E", "A")
        assert round(100 * leads.share, digits) == entry["expected"][expected]
        interval = stability(office, points).loc["turnover"]
        assert (interval["low"], interval["high"]) == (leads.share, 1) and interval["below"] == "E"


@given(tree_problems(), st.data())
@settings(max_examples=15)
def test_a_break_point_found_by_bisection_on_the_ranking_is_the_closed_form(
    problem: tuple, data: st.DataObject
) -> None:
    case, values, weights, nodes = problem
    node = data.draw(st.sampled_from(sorted(nodes)))
    one, other = data.draw(st.permutations(sorted(values.index)))[:2]

    def ahead(share: float) -> float:
        score = rank(case, moved(weights.values, nodes[node], share)).table["score"]
        return float(score[one] - score[other])

    found = break_points(case, weights, node)
    assert set(found["criterion"]) <= {node}
    pairs = found[found["kind"] == "pair"].set_index(["below", "above"])["share"]
    turns = ahead(0) > 1e-9 and ahead(1) < -1e-9
    assert ((one, other) in pairs.index) == turns
    if turns and ahead(0) - ahead(1) > CLEAR:
        low, high = 0.0, 1.0
        while high - low > 1e-10:
            middle = (low + high) / 2
            low, high = (middle, high) if ahead(middle) > 0 else (low, middle)
        assert pairs[one, other] == pytest.approx(low, abs=1e-9)


@given(tree_problems())
@settings(max_examples=15)
def test_the_leader_is_the_one_named_between_its_break_points(problem: tuple) -> None:
    case, _, weights, nodes = problem
    table = break_points(case, weights)
    assert (table["distance"] == (table["share"] - table["current"]).abs()).all()
    for node, inside in nodes.items():
        found = table[(table["criterion"] == node) & (table["kind"] == "leader")]
        cuts = [0.0, *found["share"], 1.0]
        assert (np.diff(cuts) > 0).all() and found["below"].tolist()[1:] == found["above"].tolist()[:-1]
        for place, (low, high) in enumerate(pairwise(cuts)):
            leaders = rank(case, moved(weights.values, inside, (low + high) / 2)).leaders
            if len(found):
                named = found["below"].iloc[0] if place == 0 else found["above"].iloc[place - 1]
                assert named.split(";") == sorted(leaders)
            else:
                assert sorted(leaders) == sorted(rank(case, moved(weights.values, inside, 0.123)).leaders)


@given(tree_problems())
@settings(max_examples=10)
def test_a_sweep_is_the_ranking_at_each_share(problem: tuple) -> None:
    case, _, weights, nodes = problem
    for node, inside in nodes.items():
        scores = sweep(case, weights, node, points=5)
        assert list(scores.index) == [0, 0.25, 0.5, 0.75, 1]
        for at in scores.index:
            expected = rank(case, moved(weights.values, inside, at)).table["score"]
            pd.testing.assert_series_equal(scores.loc[at], expected[scores.columns], **NEAR)


@given(tree_problems())
@settings(max_examples=10)
def test_within_the_stability_interval_nothing_changes_and_beyond_it_does(problem: tuple) -> None:
    case, _, weights, nodes = problem
    leader, order = stability(case, weights), stability(case, weights, keep="order")
    assert (leader["low"] <= order["low"]).all() and (order["high"] <= leader["high"]).all()
    now = rank(case, weights)
    for node, inside in nodes.items():
        for kept in ("leader", "order"):
            low, high, current = (leader if kept == "leader" else order).loc[node, ["low", "high", "current"]]
            assert 0 <= low <= current + 1e-12 and current <= high + 1e-12 <= 1 + 2e-12

            def holds(share: float, kept: str = kept, inside: list[str] = inside) -> bool:
                score = rank(case, moved(weights.values, inside, share)).table["score"][now.table.index]
                ahead = np.subtract.outer(score.to_numpy(), score.to_numpy())
                was = now.table["rank"].to_numpy()
                stands = (was == 1) if kept == "leader" else np.full(len(was), True)
                return bool((ahead[stands[:, None] & (was[:, None] <= was)] >= -1e-6).all())

            assert holds((low + high) / 2) and holds(low) and holds(high)
            for end, step in ((low, -0.05), (high, 0.05)):
                beyond = end + step
                if 0 < end < 1 and 0 <= beyond <= 1 and low < high:
                    gap = rank(case, moved(weights.values, inside, beyond)).table["score"]
                    side = (leader if kept == "leader" else order).loc[node, "below" if step < 0 else "above"]
                    if gap.nunique() == len(gap) and np.diff(np.sort(gap)).min() > 1e-4:
                        assert side and not holds(beyond)


def test_who_takes_over_just_outside_leads_there(case: Case) -> None:
    weights = case.profile("baseline")
    for node, row in stability(case, weights).iterrows():
        inside = [leaf for leaf in case.leaves if node in (leaf, case.root_of(leaf))]
        for end, step, name in ((row["low"], -1e-6, row["below"]), (row["high"], 1e-6, row["above"])):
            assert bool(name) == (0 < end < 1)
            if name:
                assert rank(case, moved(weights.values, inside, end + step)).leaders == (name,)
                assert rank(case, moved(weights.values, inside, end - step)).leaders == rank(case, weights).leaders


@given(tree_problems(), st.randoms(use_true_random=False))
@settings(max_examples=10)
def test_permuting_rows_and_columns_changes_nothing(problem: tuple, random) -> None:  # type: ignore[no-untyped-def]
    case, values, weights, _ = problem
    options, leaves = list(values.index), list(values.columns)
    random.shuffle(options)
    random.shuffle(leaves)
    parents = case.criteria["parent"].to_dict()
    other = tree_case(values.loc[options, leaves], parents)
    keys = ["criterion", "share", "kind", "below", "above"]
    one, two = (break_points(each, weights.points).sort_values(keys, ignore_index=True) for each in (case, other))
    pd.testing.assert_frame_equal(one, two, check_exact=True)
    for function in (stability, leave_one_out, switch_points):
        one, two = (function(each, weights.points).sort_index() for each in (case, other))
        pd.testing.assert_frame_equal(one, two, check_exact=True)


@given(tree_problems())
@settings(max_examples=10)
def test_leaving_one_out_is_the_ranking_with_its_weight_spread_over_the_rest(problem: tuple) -> None:
    case, _, weights, nodes = problem
    table, now = leave_one_out(case, weights), rank(case, weights)
    for node, inside in nodes.items():
        without = rank(case, moved(weights.values, inside, 0.0))
        assert table.at[node, "leader"].split(";") == sorted(without.leaders)
        assert table.at[node, "leader_changes"] == (sorted(without.leaders) != sorted(now.leaders))
        one, two = now.table["rank"].astype(float), without.table["rank"].astype(float)
        tau = one.corr(two[one.index], method="kendall") if min(one.nunique(), two.nunique()) > 1 else np.nan
        assert table.at[node, "kendall_tau"] == pytest.approx(tau, abs=1e-9, nan_ok=True)
        assert table.at[node, "order_changes"] == (one != two[one.index]).any()


def with_score(case: Case, option: str, leaf: str, raw: float) -> Case:
    scores = case.scores.copy()
    scores.loc[(option, leaf), ["low", "likely", "high"]] = raw
    return replace(case, scores=scores)


def test_switch_points_are_where_the_changed_case_is_ranked_otherwise(case: Case) -> None:
    weights, table = case.profile("baseline"), switch_points(case, "baseline")
    assert set(table.index) == {(option, leaf) for option in rank(case).ranked.index for leaf in case.leaves}
    leaders = rank(case, weights).leaders
    for (option, leaf), row in table.iloc[::4].iterrows():
        scale, tiny = case.criteria.loc[leaf], 1e-6
        towards = scale["worst"] if row["leads"] else scale["best"]
        if np.isnan(row["switch"]):
            assert rank(with_score(case, option, leaf, towards), weights).leaders == leaders
            assert row["new_leader"] == "" and not row["within_range"]
            continue
        step = np.sign(row["change"])
        assert row["change"] == row["switch"] - row["likely"]
        before = rank(with_score(case, option, leaf, row["switch"] - tiny * step), weights)
        after = rank(with_score(case, option, leaf, row["switch"] + tiny * step), weights)
        assert before.leaders == leaders and after.leaders == (row["new_leader"],)
        judged = case.scores.loc[(option, leaf)]
        assert row["within_range"] == (judged["low"] <= row["switch"] <= judged["high"])


def bent(likely: dict[str, float], low: float = 0, high: float = 10) -> Case:
    """Options on a falling scale with a flat middle, and on a plain one that ties them."""
    criteria = pd.DataFrame(
        {
            "id": ["cost", "reach"],
            "direction": ["min", "max"],
            "worst": [10, 0],
            "best": [0, 10],
            "shape": ["8:40;4:40", ""],
        }
    )
    scores = pd.DataFrame(
        [(option, "cost", low, value, high) for option, value in likely.items()]
        + [(option, "reach", 5, 5, 5) for option in likely],
        columns=["option", "criterion", "low", "likely", "high"],
    )
    return scored(criteria=criteria, scores=scores)


def test_a_switch_point_goes_through_the_bends_of_the_scale_to_the_far_end_of_a_flat() -> None:
    table = switch_points(bent({"A": 6, "B": 9}), {"cost": 100, "reach": 100})["switch"].unstack("criterion")
    assert table.loc["A", "cost"] == 9  # down to B's 20, past the flat
    assert table.loc["B", "cost"] == 4  # up to A's 40, and through the flat before it gets ahead
    assert table.loc["A", "reach"] == 3 and table.loc["B", "reach"] == 7


def test_a_switch_counts_as_within_range_only_between_low_and_high() -> None:
    assert switch_points(bent({"A": 6, "B": 9}), {"cost": 100, "reach": 100}).loc[("A", "cost"), "within_range"]
    case = bent({"A": 6, "B": 8.5}, low=5, high=8.7)
    assert switch_points(case, {"cost": 100, "reach": 100}).loc[("A", "cost"), "within_range"]
    ends = switch_points(bent({"A": 6, "B": 9}, low=4, high=9), {"cost": 100, "reach": 100})["within_range"]
    assert ends["A", "cost"] and ends["B", "cost"]  # at high, and at low
    case = bent({"A": 6, "B": 8.9}, low=5.5, high=8.9)
    assert not switch_points(case, {"cost": 100, "reach": 100}).loc[("B", "cost"), "within_range"]


def test_a_weightless_leaf_and_a_lone_option_have_no_switch_point() -> None:
    table = switch_points(bent({"A": 6, "B": 9}), {"cost": 100, "reach": 0})
    assert table["switch"].xs("reach", level="criterion").isna().all()
    assert switch_points(bent({"A": 6}), {"cost": 100, "reach": 50})["switch"].isna().all()


@given(st.lists(st.floats(0, 100), max_size=3), st.booleans(), st.floats(0, 100))
def test_the_inverse_of_a_value_function_gives_back_the_value(bends: list[float], rising: bool, value: float) -> None:
    raws = np.linspace(0, 10, len(bends) + 2)[1:-1]
    levels = sorted(bends, reverse=not rising)
    scale = (
        ValueFunction(0, 10, tuple(zip(raws, levels, strict=True)))
        if rising
        else ValueFunction(10, 0, tuple(zip(raws, levels, strict=True)))
    )
    better, worse = (float(scale.inverse(value, side=side)) for side in ("better", "worse"))
    assert abs(float(scale(better)) - value) < 1e-9 and abs(float(scale(worse)) - value) < 1e-9
    assert (better - worse) * (1 if rising else -1) >= -1e-9


def test_options_that_tie_now_and_part_leave_no_room() -> None:
    case = case_from(pd.DataFrame([[100.0, 0], [0, 100]], index=["A", "B"], columns=["x", "y"]))
    row = stability(case, {"x": 100, "y": 100}).loc["x"]
    assert row[["low", "high"]].tolist() == [0.5, 0.5] and (row["below"], row["above"]) == ("B", "A")
    assert switch_points(case, {"x": 100, "y": 100})["change"].abs().max() < 1e-9


def test_where_three_lines_meet_the_one_ahead_beyond_takes_over() -> None:
    case = case_from(pd.DataFrame([[0.0, 100], [50, 50], [100, 0]], index=["A", "B", "C"], columns=["x", "y"]))
    for points, side, end, other in (
        ({"x": 80, "y": 20}, "below", "low", "A"),
        ({"x": 20, "y": 80}, "above", "high", "C"),
    ):
        found = break_points(case, points, "x")
        (leads,) = found[found["kind"] == "leader"].itertuples()
        assert (leads.share, leads.below, leads.above) == (0.5, "A", "C") and len(found) == 4
        row = stability(case, points).loc["x"]
        assert row[end] == 0.5 and row[side] == other


def test_copies_are_named_together_and_never_part() -> None:
    values = pd.DataFrame([[90.0, 10], [90, 10], [20, 60]], index=["A", "A2", "B"], columns=["x", "y"])
    found = break_points(case_from(values), {"x": 100, "y": 100}, "x")
    leads = found[found["kind"] == "leader"].iloc[0]
    assert (leads["below"], leads["above"]) == ("B", "A;A2") and leads["share"] == pytest.approx(5 / 12)
    pairs = set(map(frozenset, found.loc[found["kind"] == "pair", ["below", "above"]].to_numpy()))
    assert pairs == {frozenset("AB"), frozenset(["A2", "B"])}
    assert stability(case_from(values), {"x": 100, "y": 100}).at["x", "low"] == pytest.approx(5 / 12)


def test_screened_options_do_not_compete(case: Case) -> None:
    out = set(case.screened.index)
    assert out and out.isdisjoint(sweep(case, "baseline", "escalation").columns)
    found = break_points(case, "baseline")
    assert out.isdisjoint(found["below"]) and out.isdisjoint(found["above"])
    assert out.isdisjoint(switch_points(case, "baseline").index.get_level_values("option"))


def test_one_option_is_stable_everywhere() -> None:
    case = case_from(pd.DataFrame([[90.0, 10]], index=["A"], columns=["x", "y"]))
    weights = {"x": 100, "y": 100}
    assert break_points(case, weights).empty
    assert (stability(case, weights)[["low", "high"]] == [0, 1]).all(axis=None)
    assert (stability(case, weights, keep="order")[["low", "high"]] == [0, 1]).all(axis=None)
    assert leave_one_out(case, weights)["kendall_tau"].isna().all()


def test_a_branch_without_weight_splits_it_as_its_points_do(office: Case) -> None:
    points = dict.fromkeys(office.criteria.index, 50.0) | {"closeness": 100.0, "turnover": 0.0}
    alone = rank(office, points | {"turnover": 100.0, "working_conditions": 0.0}).table["score"]
    scores = sweep(office, points, "turnover")
    pd.testing.assert_series_equal(scores.loc[1.0], alone[scores.columns], **NEAR)
    table = stability(office, points)
    assert table.at["turnover", "current"] == 0 and table.at["turnover", "note"] == ""
    assert "has all the weight" in table.at["working_conditions", "note"]
    assert table.loc["working_conditions", ["low", "high"]].isna().all()
    assert leave_one_out(office, points).loc["working_conditions", ["leader", "leader_changes"]].tolist() == ["", pd.NA]
    unsplit = replace(office.weights(points), points=pd.Series(dtype=float), parents=pd.Series(dtype=str))
    with pytest.raises(WeightsError, match="Every leaf of turnover has weight 0"):
        sweep(office, unsplit, "turnover")


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda case: sweep(case, "baseline", "war"), WeightsError, "No criterion called 'war'. There are: deterrence"),
        (lambda case: break_points(case, "baseline", "war"), WeightsError, "No criterion called 'war'"),
        (
            lambda case: sweep(case, "baseline", "escalation", points=1),
            AukusMcdaError,
            "points must be a whole number from 2",
        ),
        (lambda case: stability(case, "baseline", keep="all"), AukusMcdaError, "keep must be 'leader' or 'order'"),  # type: ignore[arg-type]
        (lambda case: stability(case, "paris"), WeightsError, "No weight profile"),
        (lambda case: sweep(case, "baseline", "escalation", points=2.5), AukusMcdaError, "a whole number"),  # type: ignore[arg-type]
        *(
            (lambda case, asked=asked: asked("aukus_plus_two"), AukusMcdaError, "not .*; load it first")
            for asked in (
                lambda case: break_points(case, "baseline"),
                lambda case: switch_points(case, "baseline"),
                lambda case: nearest_flip(case, "baseline"),
                never_leads,
                preference,
                smaa,
                information_value,
                evidence_value,
            )
        ),
    ],
)
def test_what_cannot_be_answered_is_refused(case: Case, call, error: type, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=said):
        call(case)


def test_nothing_to_compare_is_said() -> None:
    values = pd.DataFrame([[10.0]], index=["a"], columns=["x"])
    screens = pd.DataFrame({"option": ["a"], "screen": "law", "passes": "no", "reason": "Forbidden."})
    with pytest.raises(AukusMcdaError, match="Every option fails a screen"):
        break_points(case_from(values, screens=screens), {"x": 100})


def test_the_only_criterion_cannot_be_swept() -> None:
    case = case_from(pd.DataFrame([[10.0], [20.0]], index=["a", "b"], columns=["x"]))
    with pytest.raises(WeightsError, match="x has all the weight"):
        sweep(case, {"x": 100}, "x")
    assert break_points(case, {"x": 100}).empty and "all the weight" in stability(case, {"x": 100}).at["x", "note"]


def test_weights_made_otherwise_than_by_swing_will_do(case: Case) -> None:
    weights = swing(dict.fromkeys(case.leaves, 10.0))
    assert not break_points(case, weights, "escalation").empty


def test_the_leader_s_break_points_are_the_same_without_the_pairs(case: Case) -> None:
    both, alone = (break_points(case, "baseline", pairs=pairs) for pairs in (True, False))
    leads = both[both["kind"] == "leader"].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone, leads, check_exact=True)


def test_more_pairs_than_can_be_followed_are_refused_with_the_way_out(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sensitivity, "MOST_PAIRS", 45)  # what ten options make on one criterion
    assert not break_points(case, "baseline", "escalation").empty
    with pytest.raises(AukusMcdaError, match=r"10 options on 22 criteria make 990 pairs .*pairs=False"):
        break_points(case, "baseline")
    with pytest.raises(AukusMcdaError, match=r"at most 45 are followed\..*keep='leader'"):
        stability(case, "baseline", keep="order")
    assert not break_points(case, "baseline", pairs=False).empty and not stability(case, "baseline").empty
