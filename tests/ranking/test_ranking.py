# SPDX-License-Identifier: Apache-2.0
"""The additive model against published totals, the files themselves, and its own axioms."""

from __future__ import annotations

import csv
from dataclasses import replace

import numpy as np
import pandas as pd
import pymcdm.methods
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st
from scored import scored

from aukus_mcda import Case, WeightsError, equal, load_case, rank, swing
from aukus_mcda.ranking.additive import dominated, ranks

NEAR: dict = {"atol": 1e-9, "rtol": 0, "check_names": False, "check_index_type": False}


def case_from(values: pd.DataFrame, **more: pd.DataFrame) -> Case:
    """A case on scales from 0 to 100, from a frame of options x criteria; a value that is missing is unknown."""
    criteria = pd.DataFrame({"id": values.columns, "direction": "max", "worst": 0, "best": 100})
    scores = values.rename_axis(index="option", columns="criterion").stack().rename("likely").reset_index()
    scores["distribution"] = np.where(scores["likely"].isna(), "unknown", "")
    return scored(criteria=criteria, scores=scores, **more)


@st.composite
def problems(draw: st.DrawFn) -> tuple[pd.DataFrame, dict[str, float]]:
    """Values of 2-7 options on 1-6 criteria, and swing points; ties are common."""
    options = [f"o{k}" for k in range(draw(st.integers(2, 7)))]
    criteria = [f"c{k}" for k in range(draw(st.integers(1, 6)))]
    number = st.one_of(st.integers(0, 4).map(lambda k: 25.0 * k), st.floats(0, 100))
    grid = [[draw(number) for _ in criteria] for _ in options]
    points = {criterion: draw(st.floats(1, 100)) for criterion in criteria}
    return pd.DataFrame(grid, index=options, columns=criteria), points


def test_goodwin_wright_office_location(published: dict) -> None:
    """Goodwin and Wright, Decision Analysis for Management Judgment, ch. 3: the office example."""
    office = published["smart-goodwin-wright-office"]
    values = pd.DataFrame(office["values"], index=office["offices"], columns=office["criteria"])
    case = case_from(values)
    points = dict(zip(office["criteria"], office["swing_raw"], strict=True))
    weights = swing(points)
    assert (100 * weights.values).round().astype(int).tolist() == office["weights_rounded"]
    rounded = rank(case, swing(dict(zip(office["criteria"], office["weights_rounded"], strict=True))))
    expected = pd.Series(office["expected"]["totals"], index=office["offices"])
    pd.testing.assert_series_equal(rounded.table["score"].reindex(expected.index), expected, **NEAR)
    assert rank(case, weights).table.index.tolist() == expected.sort_values(ascending=False).index.tolist()


def test_a_ranking_shows_its_scores_and_ranks() -> None:
    ranking = rank(load_case("aukus_plus_two"))
    lines = repr(ranking).splitlines()
    assert lines[0].split() == ["score", "rank"] and lines[2].split()[::2] == [ranking.table.index[0], "1"]


def test_the_ranking_is_the_weighted_sum_of_the_files_themselves() -> None:
    """Ten lines over the CSV files alone, without the library, give every score to 1e-9."""

    def rows(name: str) -> list[dict[str, str]]:
        path = ROOT / "data" / "aukus_plus_two" / f"{name}.csv"
        return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))

    scores = {(row["option"], row["criterion"]): float(row["likely"]) for row in rows("scores")}  # later rows win
    points = {row["criterion"]: float(row["likely"]) for row in rows("weights") if row["profile"] == "baseline"}
    criteria = {row["id"]: row for row in rows("criteria")}
    total: dict[str, float] = {}
    for (option, leaf), raw in scores.items():
        row, weight, node = criteria[leaf], 1.0, leaf
        while node:
            parent = criteria[node]["parent"]
            weight *= points[node] / sum(points[each] for each in criteria if criteria[each]["parent"] == parent)
            node = parent
        bends = [tuple(map(float, pair.split(":"))) for pair in row["shape"].split(";") if pair]
        corners = sorted([(float(row["worst"]), 0.0), *bends, (float(row["best"]), 100.0)])
        total[option] = total.get(option, 0) + weight * np.interp(raw, *zip(*corners, strict=True))
    got = rank(load_case("aukus_plus_two"), "baseline").table["score"]
    pd.testing.assert_series_equal(got.sort_index(), pd.Series(total).sort_index(), **NEAR)


@given(problems())
def test_scores_agree_with_pymcdm_weighted_sum(problem: tuple) -> None:
    values, points = problem
    weights = swing(points)
    theirs = pymcdm.methods.WSM(lambda column, cost=False: column)(
        values.to_numpy(), weights.values[values.columns].to_numpy(), np.ones(values.shape[1]), validation=False
    )
    ours = rank(case_from(values), weights).table["score"][values.index]
    np.testing.assert_allclose(ours, theirs, atol=1e-9)


@given(problems(), st.randoms(use_true_random=False))
def test_permuting_rows_and_columns_changes_nothing(problem: tuple, random) -> None:  # type: ignore[no-untyped-def]
    values, points = problem
    first = rank(case_from(values), swing(points))
    options, criteria = list(values.index), list(values.columns)
    random.shuffle(options)
    random.shuffle(criteria)
    second = rank(case_from(values.loc[options, criteria]), swing({key: points[key] for key in sorted(points)}))
    pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
    pd.testing.assert_frame_equal(
        first.contributions, second.contributions[first.contributions.columns], check_exact=True
    )
    pd.testing.assert_frame_equal(first.dominated, second.dominated)


@given(problems(), st.data())
def test_a_copy_more_or_an_option_less_leaves_the_other_scores(problem: tuple, data: st.DataObject) -> None:
    values, points = problem
    chosen = data.draw(st.sampled_from(list(values.index)))
    before = rank(case_from(values), swing(points)).table["score"]
    copied = pd.concat([values, values.loc[[chosen]].rename(index={chosen: "copy"})])
    after = rank(case_from(copied), swing(points)).table
    pd.testing.assert_series_equal(after["score"][before.index], before, check_exact=True)
    assert after.at["copy", "rank"] == after.at[chosen, "rank"]
    fewer = rank(case_from(values.drop(index=chosen)), swing(points)).table["score"]
    pd.testing.assert_series_equal(fewer, before[fewer.index], check_exact=True)


@given(problems())
def test_contributions_add_up_to_the_score(problem: tuple) -> None:
    values, points = problem
    ranking = rank(case_from(values), swing(points))
    np.testing.assert_allclose(ranking.contributions.sum(axis=1), ranking.table["score"], atol=1e-9)


@given(problems())
def test_a_dominated_option_never_ranks_above_what_dominates_it(problem: tuple) -> None:
    values, points = problem
    ranking = rank(case_from(values), swing(points))
    for option, by in ranking.dominated.itertuples(index=False):
        assert (values.loc[by] >= values.loc[option] - 1e-9).all() and (values.loc[by] > values.loc[option]).any()
        assert ranking.table.at[by, "rank"] <= ranking.table.at[option, "rank"]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12))
def test_ranks_count_how_many_are_better(scores: list[int]) -> None:
    array = np.array(scores, dtype=float)
    assert ranks(array).tolist() == [1 + int((array > own).sum()) for own in array]


@given(st.lists(st.integers(0, 5), min_size=1, max_size=12), st.randoms(use_true_random=False))
@settings(max_examples=50)
def test_noise_below_the_tolerance_does_not_break_a_tie(scores: list[int], random) -> None:  # type: ignore[no-untyped-def]
    noisy = np.array([score + random.uniform(0, 9e-10) for score in scores])
    assert ranks(noisy).tolist() == ranks(np.array(scores, dtype=float)).tolist()


def test_dominance_needs_a_real_difference() -> None:
    values = pd.DataFrame([[1.0, 2.0], [1.0, 2.0 + 1e-12]], index=["a", "b"], columns=["x", "y"])
    assert dominated(values, values.isna()).empty


def test_a_screened_option_stays_in_view_without_a_rank(case: Case) -> None:
    table = rank(case).table
    assert table.index[-1] == "nuclear_sharing"
    row = table.loc["nuclear_sharing"]
    assert row["screened"] and row["rank"] is pd.NA and row["reason"] == case.screened["nuclear_sharing"] != ""
    assert table["rank"].dropna().tolist() == list(range(1, 11))
    assert "nuclear_sharing" not in set(rank(case).dominated.to_numpy().ravel())


def test_an_option_that_every_screen_stops_leaves_nothing_to_rank() -> None:
    values = pd.DataFrame([[10.0], [20.0]], index=["a", "b"], columns=["x"])
    screens = pd.DataFrame({"option": ["a", "b"], "screen": "law", "passes": "no", "reason": "Forbidden."})
    ranking = rank(case_from(values, screens=screens), {"x": 100})
    assert ranking.ranked.empty and ranking.leaders == () and ranking.dominated.empty


def test_least_and_greatest_bracket_the_score(case: Case) -> None:
    table = rank(case).table
    assert (table["least"] <= table["score"]).all() and (table["score"] <= table["greatest"]).all()
    assert (table["least"] < table["greatest"]).any()


def test_weights_may_be_a_profile_points_for_leaves_or_for_the_tree(case: Case) -> None:
    points = case.points.loc["seoul"]["likely"]
    by_name = rank(case, "seoul").table["score"]
    pd.testing.assert_series_equal(rank(case, points).table["score"], by_name, check_exact=True)
    pd.testing.assert_series_equal(rank(case, points.to_dict()).table["score"], by_name, check_exact=True)
    flat = rank(case, equal(case.leaves)).weights.values
    assert flat.nunique() == 1 and flat.sum() == pytest.approx(1, abs=1e-12)


@pytest.mark.parametrize(
    ("weights", "said"),
    [
        ("paris", "No weight profile called 'paris'. There are: baseline, washington"),
        ({"deterrence": 100}, "keep the rest: case.profile"),
        ({"det_pictures": 100}, "det_picture"),
        (equal(["det_picture", "war"]), "unknown war"),
        (swing({"x": 1}), "unknown x"),
    ],
)
def test_weights_that_do_not_fit_are_refused_with_the_way_out(case: Case, weights: object, said: str) -> None:
    with pytest.raises(WeightsError, match=said.replace("(", r"\(")):
        rank(case, weights)  # type: ignore[arg-type]


def test_weights_for_other_anchors_are_refused(case: Case) -> None:
    weights = case.profile("baseline")
    assert weights.anchors == case.anchors_digest
    criteria = case.criteria.copy()
    criteria.loc["det_picture", "best_means"] = "Something else."
    with pytest.raises(WeightsError, match="other anchors"):
        rank(replace(case, criteria=criteria), weights)


@given(problems(), st.data())
def test_an_option_with_unknown_scores_lies_between_its_worst_and_its_best(problem: tuple, data: st.DataObject) -> None:
    values, points = problem
    cells = [(option, leaf) for option in values.index for leaf in values.columns]
    unknown = data.draw(st.sets(st.sampled_from(cells), min_size=1, max_size=3))
    blank = values.astype(object)
    for option, leaf in unknown:
        blank.at[option, leaf] = None
    ranking = rank(case_from(blank), swing(points))
    assert set(ranking.unplaced.index) == {option for option, _ in unknown}
    for option, bounds in ranking.unplaced.iterrows():
        assert {(option, leaf) for leaf in bounds["unknown"]} == {cell for cell in unknown if cell[0] == option}
    filled = values.copy()
    for option, leaf in sorted(unknown):
        filled.at[option, leaf] = data.draw(st.sampled_from([0.0, 40.0, 100.0]))
    table = rank(case_from(filled), swing(points)).table
    for option, bounds in ranking.unplaced.iterrows():
        assert bounds["least"] - 1e-9 <= table.at[option, "score"] <= bounds["greatest"] + 1e-9
        assert bounds["best_rank"] <= table.at[option, "rank"] <= bounds["worst_rank"]
    for option, by in ranking.dominated.itertuples(index=False):
        assert table.at[by, "rank"] <= table.at[option, "rank"]
