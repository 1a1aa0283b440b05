# SPDX-License-Identifier: Apache-2.0
"""Futures: each is a case of its own, the draws agree with SMAA, the rule finds what was put there."""

from __future__ import annotations

import gc
import weakref
from dataclasses import replace
from itertools import combinations
from types import SimpleNamespace

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings

from aukus_mcda import Case, MethodError, WeightsError, rank, smaa, study
from aukus_mcda.errors import AukusMcdaError
from aukus_mcda.form import Exhibit
from aukus_mcda.perspectives.in_futures import Futures, Input, failure_rule, futures
from aukus_mcda.perspectives.scenarios import (
    AS_JUDGED,
    future_names,
    futures_led,
    in_future,
    rank_in,
    rankings_in,
    regret,
    reweighted,
    weights_in,
)
from aukus_mcda.story.about_futures import given_up, ranks_in_futures, regrets, signposts_to_watch
from aukus_mcda.story.overview import Builder, built
from aukus_mcda.weights.weight_sets import any_weights, draw_weights, weight_range
from tools.lint_words import lint

CRITERIA = pd.DataFrame(
    {"id": ["up", "x", "y", "z"], "parent": ["", "up", "up", ""], "direction": ["", "max", "min", "max"],
     "worst": [None, 0, 10, 0], "best": [None, 10, 0, 5]}
)  # fmt: skip
POINTS = {"up": 100, "x": 100, "y": 40, "z": 60}


def made(scenarios: list[tuple], scores: list[tuple] | None = None, **others: pd.DataFrame) -> Case:
    """Two options on three leaves, with scenarios of (scenario, option, criterion, shift, weight_factor)."""
    given = scores or [
        ("a", "x", 6, 7, 9), ("a", "y", 1, 2, 4), ("a", "z", 1, 3, 4),
        ("b", "x", 2, 4, 5), ("b", "y", 3, 3, 3), ("b", "z", 3, 4, 5),
    ]  # fmt: skip
    table = pd.DataFrame(scenarios, columns=["scenario", "option", "criterion", "shift", "weight_factor"])
    return Case.from_frames(
        criteria=CRITERIA,
        scores=pd.DataFrame(given, columns=["option", "criterion", "low", "likely", "high"]),
        weights=pd.DataFrame({"profile": "only", "criterion": list(POINTS), "likely": list(POINTS.values()),
                              "low": [80, 70, 10, 30], "high": [100, 100, 80, 100]}),
        scenarios=table, **others,
    )  # fmt: skip


@pytest.fixture(scope="module")
def found(case: Case) -> Futures:
    return futures(case, draws=20_000, seed=3)


def shown(exhibit: Builder, result: Futures, case: Case) -> Exhibit | None:
    """An exhibit of futures as a study would make it."""
    return built(exhibit, SimpleNamespace(futures=result, ranking=result.rankings[AS_JUDGED]), case)  # type: ignore[arg-type]


def test_shifts_add_up_and_end_at_the_anchors() -> None:
    case = made(
        [("f", "a", "x", 2, None), ("f", "", "x", 1.5, None), ("f", "b", "y", -9, None), ("g", "a", "z", 1, None)]
    )
    moved = in_future(case, "f").scores
    assert moved.loc[("a", "x"), ["low", "likely", "high"]].tolist() == [9.5, 10, 10]
    assert moved.loc[("b", "x"), ["low", "likely", "high"]].tolist() == [3.5, 5.5, 6.5]
    assert moved.loc[("b", "y"), ["low", "likely", "high"]].tolist() == [0, 0, 0]
    assert moved.loc[("a", "z")].equals(case.scores.loc[("a", "z")])
    assert in_future(case, AS_JUDGED) is case
    assert in_future(case, "f").digest != case.digest


def test_every_future_of_the_shipped_case_is_what_its_rows_say(case: Case) -> None:
    for name in future_names(case).index[1:]:
        rows = case.scenarios[case.scenarios["scenario"] == name]
        expected = case.performance.copy()
        for row in rows[rows["shift"].notna()].itertuples():
            who = [row.option] if row.option else list(expected.index)
            expected.loc[who, row.criterion] += row.shift
        pd.testing.assert_frame_equal(in_future(case, name).performance, expected.clip(0, 10))
        points = case.points.loc["tokyo", "likely"].copy()
        for row in rows[rows["weight_factor"].notna()].itertuples():
            points[row.criterion] *= row.weight_factor
        then = case.weights(points.to_dict()).values
        moved = weights_in(case, "tokyo", name).values
        pd.testing.assert_series_equal(moved[then.index], then, check_names=False, rtol=1e-12)


def test_a_factor_moves_weight_among_siblings_only_and_keeps_proportions_below() -> None:
    case = made([("f", "", "up", None, 2), ("g", "", "x", None, 0.625), ("g", "", "x", None, 0.4)])
    now = case.profile("only").values
    then = weights_in(case, "only", "f").values
    assert then["z"] == pytest.approx(60 / 260) and then["x"] / then["y"] == pytest.approx(now["x"] / now["y"])
    then = weights_in(case, "only", "g").values
    assert then["z"] == pytest.approx(now["z"]) and then["x"] / then["y"] == pytest.approx(25 / 40)


@settings(max_examples=15)
@given(st.lists(st.floats(0, 3), min_size=4, max_size=4), st.integers(0, 99))
def test_drawn_weights_are_reweighted_as_swing_points_are(factors: list[float], seed: int) -> None:
    case = made([])
    given_factors = dict(zip(POINTS, factors, strict=True))
    drawn = draw_weights(any_weights(), ["x", "y", "z"], 3, seed)
    for row in drawn:
        points = {"up": row[0] + row[1], "x": row[0], "y": row[1], "z": row[2]}
        moved = {name: points[name] * given_factors[name] for name in points}
        if not (moved["up"] or moved["z"]) or not (moved["x"] or moved["y"]):
            with pytest.raises(MethodError, match="takes all weight"):
                reweighted(row[:, None], case, ["x", "y", "z"], given_factors)
            continue
        expected = case.weights(moved).values[["x", "y", "z"]].to_numpy()
        found = reweighted(row[:, None], case, ["x", "y", "z"], given_factors)[:, 0]
        np.testing.assert_allclose(found, expected, atol=1e-12)


def test_the_order_of_rows_changes_nothing(case: Case) -> None:
    turned = replace(case, scenarios=case.scenarios.iloc[::-1].reset_index(drop=True), scores=case.scores.iloc[::-1])
    for name in future_names(case).index:
        one, other = rank_in(case, "seoul", name), rank_in(turned, "seoul", name)
        pd.testing.assert_series_equal(one.table["score"].sort_index(), other.table["score"].sort_index())


def test_tables_are_the_rankings_of_each_future(case: Case, found: Futures) -> None:
    for name in found.names.index:
        ranking = rank(in_future(case, name), weights_in(case, "baseline", name))
        pd.testing.assert_series_equal(
            found.scores[name], ranking.table.loc[found.scores.index, "score"], check_names=False
        )
    again = regret(found.scores)
    pd.testing.assert_frame_equal(again.table, found.regret)
    led = [found.scores[name].idxmax() == found.leader for name in found.names.index if name != AS_JUDGED]
    assert (
        found.leads_in == futures_led(rankings_in(case, "baseline")) == (sum(led), case.scenarios["scenario"].nunique())
    )
    assert (found.summary["greatest_regret"] == again.greatest).all()


def test_as_judged_is_what_smaa_finds_and_a_future_what_smaa_finds_in_its_case(case: Case, found: Futures) -> None:
    known = smaa(case, weight_range(case.profile("baseline")), draws=20_000, seed=3).rank_acceptability
    pd.testing.assert_frame_equal(found.rank_acceptability[AS_JUDGED].loc[known.index], known, rtol=0, atol=1e-12)
    certain = replace(case.profile("baseline"), low=None, high=None)
    fixed = futures(case, certain, draws=20_000, seed=3)
    for name in ("relapse", "sea_crisis"):
        then = smaa(in_future(case, name), weights_in(case, certain, name), draws=30_000, seed=8).rank_acceptability
        far = (fixed.rank_acceptability[name].loc[then.index] - then).abs().to_numpy().max()
        assert far < 5 * 0.5 * (1 / 20_000 + 1 / 30_000) ** 0.5


def test_the_same_seed_gives_the_same_and_another_does_not(case: Case, found: Futures) -> None:
    again, other = futures(case, draws=20_000, seed=3), futures(case, draws=20_000, seed=4)
    pd.testing.assert_frame_equal(again.within, found.within, check_exact=True)
    assert again.failure == found.failure
    assert not other.within.equals(found.within)


def test_the_margin_runs_from_leading_to_everything(case: Case) -> None:
    none, all_in = futures(case, draws=2_000, margin=0), futures(case, draws=2_000, margin=100)
    np.testing.assert_allclose(none.within, none.leads, atol=1e-12)  # no ties in continuous draws
    assert (all_in.within == 1).all().all()
    np.testing.assert_allclose(none.leads.sum(), 1)


def test_chances_are_shown_and_count_and_nothing_is_assumed_without(case: Case) -> None:
    names = future_names(case).index
    chances = dict.fromkeys(names, 0.0) | {"relapse": 0.75, "benign": 0.25}
    given_chances = futures(case, draws=2_000, chances=chances)
    without = futures(case, draws=2_000)
    assert "expected_regret" not in without.summary
    expected = 0.75 * without.regret["relapse"] + 0.25 * without.regret["benign"]
    pd.testing.assert_series_equal(given_chances.summary["expected_regret"], expected, check_names=False)
    leads = 0.75 * without.leads["relapse"] + 0.25 * without.leads["benign"]
    pd.testing.assert_series_equal(given_chances.summary["leads"], leads, check_names=False)
    pd.testing.assert_series_equal(given_chances.summary["greatest_regret"], without.summary["greatest_regret"])


@pytest.mark.parametrize(
    ("chances", "match"),
    [
        ({"f": 1.0}, "No chance for as_judged"),
        ({"as_judged": 0.5, "f": 0.5, "g": 0.0}, "No future called g"),
        ({"as_judged": 0.6, "f": 0.5}, "add up to 1.1"),
        ({"as_judged": 1.5, "f": -0.5}, "0 to 1: as_judged has 1.5, f has -0.5"),
        ({"as_judged": "half", "f": 0.5}, "0 to 1: as_judged has 'half'"),
        ([0.5, 0.5], "mapping"),
    ],
)
def test_chances_that_cannot_be_used_are_refused(chances: object, match: str) -> None:
    with pytest.raises(AukusMcdaError, match=match):
        futures(made([("f", "", "x", 1, None)]), "only", draws=100, chances=chances)  # type: ignore[arg-type]


def test_what_is_wrong_is_said_plainly(case: Case) -> None:
    with pytest.raises(AukusMcdaError, match="load it first"):
        futures("aukus_plus_two")  # type: ignore[arg-type]
    with pytest.raises(MethodError, match="No future called 'war'"):
        in_future(case, "war")
    with pytest.raises(MethodError, match="The case has no scenarios"):
        in_future(made([]), "war")
    with pytest.raises(MethodError, match="takes all weight from"):
        futures(made([("f", "", "x", None, 0)]), POINTS | {"y": 0})
    for margin in (-1, float("nan"), float("inf"), "2"):
        with pytest.raises((MethodError, WeightsError), match="margin"):
            futures(case, margin=margin)  # type: ignore[arg-type]
    for wrong in ({"draws": 0}, {"seed": -1}):
        with pytest.raises(WeightsError):
            futures(case, **wrong)
    alone = made([], [("a", "x", 1, 1, 1), ("a", "y", 1, 1, 1), ("a", "z", 1, 1, 1)])
    with pytest.raises(MethodError, match="at least two"):
        futures(alone, "only")


def test_a_case_without_scenarios_has_one_future_and_no_test_of_the_leader() -> None:
    case = made([])
    found = futures(case, "only", draws=500)
    assert (
        list(found.scores) == [AS_JUDGED] and found.leads_in is None and futures_led(rankings_in(case, "only")) is None
    )
    assert found.signposts.empty and built(ranks_in_futures, study(case, "only", draws=20), case) is None


def test_points_without_range_and_scores_without_spread_leave_only_the_futures() -> None:
    certain = [(option, leaf, likely, likely, likely) for option, leaf, likely in
               [("a", "x", 7), ("a", "y", 2), ("a", "z", 3), ("b", "x", 6), ("b", "y", 3), ("b", "z", 4)]]  # fmt: skip
    case = made([("f", "a", "x", -6, None), ("g", "", "x", 1, None)], certain)
    found = futures(case, {"x": 2, "y": 1, "z": 1}, draws=400)
    assert found.leader == "a" and found.leads_in == (1, 2)
    assert found.leads.loc["a"].tolist() == [1, 0, 1]
    rule = found.failure
    assert rule.futures == ("f",) and rule.thresholds == () and (rule.coverage, rule.density) == (1, 1)
    assert rule.base_rate == pytest.approx(1 / 3) and rule.rivals == ("b",)
    exhibit = shown(ranks_in_futures, found, case)
    assert exhibit is not None and "trials" not in " ".join(exhibit.notes)


def test_a_tie_today_is_led_by_the_first_and_broken_in_a_future() -> None:
    same = [(option, leaf, 5, 5, 5) if leaf != "z" else (option, leaf, 3, 3, 3) for option in "ab" for leaf in "xyz"]
    found = futures(made([("f", "b", "x", 1, None)], same), "only", draws=200)
    assert found.leader == "a" and found.leads_in == (0, 1)
    assert found.leads.loc["a"].tolist() == [0.5, 0]
    assert found.failure.futures == ("f",)  # a shared lead is no failure


def test_signposts_are_linked_by_what_breaks_them_or_shared_evidence_and_by_nothing_else(
    case: Case, found: Futures
) -> None:
    links = found.signposts
    expected = {}
    for future, rows in case.scenarios.groupby("scenario"):
        cited = {item for ids in rows["evidence"] for item in ids}
        for name, assumption in case.assumptions.iterrows():
            shared = cited & set(assumption["evidence"])
            if shared or future in assumption["broken_in"]:
                expected[future, name] = shared
    linked = links[links["assumption"] != ""].set_index(["future", "assumption"])["evidence"]
    assert {key: set(filter(None, cell.split(";"))) for key, cell in linked.items()} == expected
    assert set(links["future"]) == set(found.names.index) - {AS_JUDGED}
    critical = case.assumptions[(case.assumptions[["load_bearing", "vulnerable"]] == "yes").all(axis=1)].index
    assert set(found.unlinked) == set(critical) - set(links["assumption"])


def test_the_rule_finds_the_threshold_and_the_future_that_were_put_there() -> None:
    rng = np.random.default_rng(5)
    drawn = rng.random((6, 8_000))
    fails = np.zeros((3, 8_000), dtype=bool)
    fails[1] = (drawn[2] > 0.7) & (drawn[4] < 0.5)
    lead = np.where(fails, -1.0, 1.0)
    inputs = [Input("weight", f"c{k}") for k in range(6)]
    rule = failure_rule(fails, lead, inputs, drawn, ["f0", "f1", "f2"], np.full(3, 1 / 3))
    assert rule.futures == ("f1",)
    cuts = {each.input.criterion: each for each in rule.thresholds}
    assert set(cuts) == {"c2", "c4"} and cuts["c2"].above and not cuts["c4"].above
    assert cuts["c2"].number == pytest.approx(0.7, abs=0.02) and cuts["c4"].number == pytest.approx(0.5, abs=0.02)
    assert rule.coverage > 0.9 and rule.density > 0.9
    inside = (drawn[2, 4_000:] > cuts["c2"].number) & (drawn[4, 4_000:] < cuts["c4"].number)
    assert rule.density == pytest.approx(fails[1, 4_000:][inside].mean())
    assert rule.coverage == pytest.approx((fails[1, 4_000:] & inside).sum() / fails[1, 4_000:].sum())
    assert rule.base_rate == pytest.approx(fails[:, 4_000:].mean())


def test_no_rule_of_two_thresholds_beats_the_one_that_is_found() -> None:
    rng = np.random.default_rng(9)
    drawn = rng.random((4, 4_000))
    lead = rng.normal(size=(2, 4_000)) + np.array([[0.5], [1.0]]) + drawn[0] - 2 * drawn[3] + drawn[1]
    fails = lead < 0
    rule = failure_rule(fails, lead, [Input("weight", f"c{k}") for k in range(4)], drawn, ["f", "g"], np.full(2, 0.5))

    def quality(taken: list[int], inside: np.ndarray) -> float:
        caught = (fails[taken, :2_000] & inside).sum()
        return 1.25 * caught / (len(taken) * inside.sum() + 0.25 * fails[:, :2_000].sum() + 1e-300)

    def holds(number: float, above: bool, row: int) -> np.ndarray:
        return drawn[row, :2_000] > number if above else drawn[row, :2_000] < number

    mine = np.ones(2_000, dtype=bool)
    for each in rule.thresholds:
        mine &= holds(each.number, each.above, int(each.input.criterion[1]))
    own = quality([["f", "g"].index(name) for name in rule.futures], mine)
    grid = np.arange(1, 20) / 20
    for a, b in combinations(range(4), 2):
        for one in grid:
            for two in grid:
                sides = [(a, np.quantile(drawn[a, :2_000], one)), (b, np.quantile(drawn[b, :2_000], two))]
                inside = np.logical_and(*(holds(at, row == 3, row) for row, at in sides))
                assert max(quality([0], inside), quality([0, 1], inside)) <= own + 0.02 * 2 + 1e-9


def test_a_leader_that_never_fails_has_no_rule() -> None:
    rule = failure_rule(np.zeros((2, 50), dtype=bool), np.ones((2, 50)), [Input("weight", "c")], np.ones((1, 50)),
                        ["f", "g"], np.full(2, 0.5))  # fmt: skip
    assert rule.futures == () and rule.base_rate == 0


def test_what_is_shown_passes_the_linter_for_every_profile(case: Case) -> None:
    for profile in case.profiles:
        found = futures(case, profile, draws=3_000)
        for exhibit in (ranks_in_futures, given_up, signposts_to_watch):
            each = shown(exhibit, found, case)
            assert each is not None
            assert not lint(" ".join([each.title, each.subtitle, each.footnote, *each.notes]), case.about.yardstick)


def test_what_announces_a_future_is_counted_by_future(case: Case) -> None:
    one = replace(case, assumptions=case.assumptions.loc[["a_quad_works"]])
    exhibit = shown(signposts_to_watch, futures(one, draws=50), one)
    count = case.scenarios["scenario"].nunique()
    assert exhibit is not None and exhibit.title == f"One of {count} futures has a sign"
    rows = {row[0]: row[1] for row in exhibit.flat[0].rows if row[0]}  # type: ignore[union-attr]
    assert rows["Confidence-building succeeds"] == "No assumption is at stake."
    assert rows["The Quad stalls or India declines"] == case.assumptions.at["a_quad_works", "statement"]
    bare = made([("f", "b", "z", -1, None)])
    assert shown(signposts_to_watch, futures(bare, "only", draws=50), bare) is None


def test_two_that_tie_for_the_least_regret_are_spoken_of_as_two() -> None:
    same = [(option, leaf, 5, 5, 5) for option in "ab" for leaf in "xyz"]
    case = made([("f", "", "z", -1, None)], same)
    assert regrets(futures(case, "only", draws=50), case).startswith("a and b give up nothing in any future")


def test_within_counts_to_the_margin_and_not_past_it() -> None:
    certain = [(option, "z", likely, likely, likely) for option, likely in [("a", 4.0), ("b", 3.9), ("c", 3.85)]]
    certain += [(option, leaf, 5, 5, 5) for option in "abc" for leaf in "xy"]
    case = made([("f", "b", "z", -1, None)], certain)
    found = futures(case, {"x": 0, "y": 0, "z": 1}, draws=100, margin=2.5)
    assert found.scores[AS_JUDGED].tolist() == pytest.approx([80, 78, 77])
    assert found.within.loc[["a", "b", "c"], AS_JUDGED].tolist() == [1, 1, 0]
    assert found.within.loc["b", "f"] == 0 and found.summary.at["b", "within"] == 0.5
    assert futures(case, {"x": 0, "y": 0, "z": 1}, draws=100, margin=2).within.at["b", AS_JUDGED] == 1  # to the point


def test_the_order_of_options_and_criteria_changes_no_draw(case: Case) -> None:
    turned = replace(case, options=case.options.iloc[::-1], criteria=case.criteria.iloc[::-1])
    one, other = futures(case, draws=1_500, seed=6), futures(turned, draws=1_500, seed=6)
    pd.testing.assert_frame_equal(other.leads.loc[one.leads.index], one.leads, check_exact=True)
    assert other.failure.rivals[:2] == one.failure.rivals[:2] and other.failure.base_rate == one.failure.base_rate


def test_a_case_in_its_futures_is_kept_only_as_long_as_the_case_itself(case: Case) -> None:
    own = replace(case)
    future = future_names(own).index[1]
    assert in_future(own, future) is in_future(own, future)
    held = weakref.ref(in_future(own, future)), weakref.ref(own)
    del own
    gc.collect()
    assert [each() for each in held] == [None, None]
