# SPDX-License-Identifier: Apache-2.0
"""Capitals: each one's own view, where they part to the last point, and what is said and drawn of it."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aukus_mcda import AukusMcdaError, Case, MethodError, WeightsError, rank, smaa
from aukus_mcda.perspectives.by_capital import Capitals, capitals
from aukus_mcda.story.about_capitals import (
    by_stakeholder,
    how_alike,
    red_lines_drawn,
    refused_by_none,
    safest,
    what_it_takes,
)
from aukus_mcda.weights.weight_sets import weight_range
from tools.lint_words import lint


@pytest.fixture(scope="module")
def found(case: Case) -> Capitals:
    return capitals(case, draws=5_000, seed=4)


def made(grid: list[list[float]], points: dict[str, list[float]], **others: pd.DataFrame) -> Case:
    """Options o0, o1, ... on leaves x0, x1, ...; swing points by profile."""
    leaves = [f"x{k}" for k in range(len(grid[0]))]
    scores = [(f"o{n}", leaf, score) for n, row in enumerate(grid) for leaf, score in zip(leaves, row, strict=True)]
    weights = [(name, leaf, each) for name, row in points.items() for leaf, each in zip(leaves, row, strict=True)]
    return Case.from_frames(
        criteria=pd.DataFrame({"id": leaves, "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame(scores, columns=["option", "criterion", "likely"]),
        weights=pd.DataFrame(weights, columns=["profile", "criterion", "likely"]),
        **others,
    )


def scores_of(result: Capitals) -> pd.DataFrame:
    """Scores, options x profiles."""
    return pd.DataFrame({name: ranking.table["score"] for name, ranking in result.rankings.items()})


def told(result: Capitals, case: Case) -> str:
    """All that is written of it."""
    return " ".join([safest(result, case), how_alike(result), *refused_by_none(result), *by_stakeholder(result, case)])


def test_each_capital_has_its_own_ranking_and_its_own_range(case: Case, found: Capitals) -> None:
    assert found.names == ("washington", "canberra", "london", "tokyo", "seoul")
    assert list(found.rankings) == list(case.profiles)
    for name in case.profiles:
        assert found.rankings[name].table["score"].equals(rank(case, name).table["score"])
        own = smaa(case, weight_range(case.profile(name)), draws=5_000, seed=4)
        assert found.acceptability[name].rank_acceptability.equals(own.rank_acceptability)
    assert found.ranks.loc["nuclear_sharing"].isna().all() and scores_of(found).notna().all(axis=None)
    assert "nuclear_sharing" not in found.regrets.index and "nuclear_sharing" not in found.shifts.table.index


def test_the_disagreement_of_two_is_how_far_their_scores_differ(case: Case, found: Capitals) -> None:
    scores = scores_of(found).loc[found.regrets.index]
    for one, other in combinations(found.names, 2):
        apart = (scores[one] - scores[other]).to_numpy()
        assert found.disagreement.loc[(one, other)].sum() == pytest.approx(apart.std(), abs=1e-9)
    by_root = found.disagreement_by_root(case)
    np.testing.assert_allclose(by_root.sum(axis=1), found.disagreement.sum(axis=1), atol=1e-12)
    assert list(by_root.columns) == list(case.roots)


def test_distances_are_of_weights_and_of_ranks(case: Case, found: Capitals) -> None:
    from scipy.stats import kendalltau

    for (one, other), row in found.distances.iterrows():
        moved = (case.profile(one).values - case.profile(other).values).abs().sum() / 2
        assert row["weights"] == pytest.approx(moved)
        ranks = found.ranks[[one, other]].dropna().astype(int)
        assert row["tau_b"] == pytest.approx(kendalltau(ranks[one], ranks[other]).statistic)


def test_regrets_and_the_compromise(found: Capitals) -> None:
    scores = scores_of(found).loc[found.regrets.index, list(found.names)]
    by_hand = (scores.max() - scores).max(axis=1)
    pd.testing.assert_series_equal(found.regrets["worst"], by_hand, check_names=False)
    assert found.compromise == (by_hand.idxmin(),)
    within = by_hand[found.red_lines.options["acceptable"][by_hand.index]]
    assert found.compromise_within_lines == (within.idxmin(),)


def test_after_the_shift_every_capital_ranks_the_option_first(case: Case, found: Capitals) -> None:
    for option, after in found.shifts.weights.items():
        for name, row in after.iloc[:2].iterrows():
            shifted = replace(case.profile(name), values=row[list(case.leaves)])
            assert option in rank(case, shifted).leaders
    own = {name: found.rankings[name].leaders[0] for name in found.names}
    assert all(found.shifts.table.at[leader, name] == 0 for name, leader in own.items())


@settings(max_examples=10)
@given(
    st.lists(st.lists(st.integers(0, 10), min_size=3, max_size=3), min_size=2, max_size=5),
    st.lists(st.integers(1, 100), min_size=3, max_size=3),
    st.integers(2, 4),
)
def test_identical_profiles_have_w_1_and_need_no_shift(grid: list, points: list, count: int) -> None:
    case = made(grid, {f"p{n}": points for n in range(count)})
    found = capitals(case, draws=50)
    alike = found.ranks["p0"].nunique() == 1
    assert np.isnan(found.agreement.w) if alike else found.agreement.w == 1
    assert (found.distances["weights"] == 0).all()
    assert (found.disagreement == 0).all(axis=None)
    assert (found.shifts.table.loc[list(found.rankings["p0"].leaders), "total"] == 0).all()
    assert (found.regrets.loc[list(found.compromise), "worst"] == 0).all()
    assert not lint(told(found, case))


def test_the_baseline_counts_only_where_there_is_nobody_else() -> None:
    grid = [[1, 9], [9, 1]]
    three = made(grid, {"baseline": [100, 100], "north": [100, 20], "south": [20, 100]})
    assert capitals(three, draws=50).names == ("north", "south")
    assert list(capitals(three, draws=50).rankings) == ["baseline", "north", "south"]
    two = made(grid, {"baseline": [100, 100], "north": [100, 20]})
    assert capitals(two, draws=50).names == ("baseline", "north")
    assert capitals(three, profiles=["baseline", "south"], draws=50).names == ("baseline", "south")


def test_the_order_of_rows_changes_nothing(case: Case, found: Capitals) -> None:
    turned = replace(case, options=case.options[::-1], scores=case.scores[::-1])
    other = capitals(turned, draws=5_000, seed=4)
    pd.testing.assert_frame_equal(other.disagreement, found.disagreement)
    pd.testing.assert_frame_equal(other.regrets, found.regrets)
    pd.testing.assert_frame_equal(other.shifts.table, found.shifts.table)
    assert other.agreement == found.agreement


def test_what_cannot_be_compared_is_refused_plainly(case: Case) -> None:
    grid = [[1, 9], [9, 1]]
    with pytest.raises(MethodError, match="at least two weight profiles; there is only"):
        capitals(made(grid, {"only": [100, 20]}))
    with pytest.raises(MethodError, match="there is baseline"):
        capitals(Case.from_frames(
            criteria=pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10}),
            scores=pd.DataFrame({"option": ["a", "b"], "criterion": "x", "likely": [1, 2]}),
        ))  # fmt: skip
    with pytest.raises(MethodError, match="two options or more"):
        capitals(made([[1, 9]], {"north": [100, 20], "south": [20, 100]}))
    with pytest.raises(WeightsError, match="No weight profile called 'paris'"):
        capitals(case, profiles=["tokyo", "paris"])
    with pytest.raises(WeightsError, match="more than once"):
        capitals(case, profiles=["tokyo", "tokyo"])
    for unusable in ("tokyo", 3):
        with pytest.raises(WeightsError, match="profiles must be a list"):
            capitals(case, profiles=unusable)  # type: ignore[arg-type]
    with pytest.raises(AukusMcdaError, match="load_case"):
        capitals("aukus_plus_two")  # type: ignore[arg-type]


def test_an_option_that_never_leads_is_said_to(case: Case) -> None:
    lines = pd.DataFrame({"profile": ["north"], "criterion": ["x0"], "least_value": [50], "reason": ["r"]})
    never = made([[0, 10], [10, 0], [4, 4]], {"north": [100, 40], "south": [40, 100]}, redlines=lines)
    found = capitals(never, draws=50)
    assert found.shifts.table.loc["o2"].isna().all()
    exhibit = what_it_takes(never, found)
    assert "Under no weights could o2 lead" in exhibit.footnote
    assert refused_by_none(found) == [] and not lint(told(found, never))
    assert found.red_lines.options.query("acceptable").index.tolist() == ["o1"] and found.compromise_within_lines == (
        "o1",
    )


def test_a_criterion_that_parts_two_capitals_by_more_than_they_part_is_no_share_of_it() -> None:
    case = made([[10, 0, 4], [0, 9, 4]], {"north": [100, 60, 10], "south": [40, 10, 100]})
    found = capitals(case, draws=50)
    part = found.disagreement.loc[("north", "south")]
    assert part["x0"] > part.sum() + 1
    first = by_stakeholder(found, case)[0]
    assert "furthest from South, most over x0, which gets 58.8 % of its weight" in first and not lint(first)


def test_red_lines_that_nobody_drew_are_not_red_lines_that_nothing_crosses() -> None:
    profiles = {"north": [100, 40], "south": [40, 100]}
    assert refused_by_none(capitals(made([[6, 5], [5, 6]], profiles), draws=50)) == ["The case records no red lines."]
    low = pd.DataFrame({"profile": ["north"], "criterion": ["x0"], "least_value": [10], "reason": ["r"]})
    (sentence,) = refused_by_none(capitals(made([[6, 5], [5, 6]], profiles, redlines=low), draws=50))
    assert sentence == "No option crosses a red line at the likely scores."


def test_two_compromises_are_spoken_of_as_two() -> None:
    profiles = {"north": [100, 40], "south": [40, 100]}
    tied = made([[10, 0], [0, 10]], profiles)  # each leads in one capital, and is as far behind in the other
    found = capitals(tied, draws=50)
    assert found.compromise == ("o0", "o1")
    assert "The safest compromise is o0 and o1: no profile scores it more than 42.9 points" in safest(found, tied)
    lines = pd.DataFrame({"profile": ["north"], "criterion": ["x0"], "least_value": [50], "reason": ["r"]})
    lined = made([[10, 0], [0, 10]], profiles, redlines=lines)
    line = safest(capitals(lined, draws=50), lined)
    assert "but it crosses a red line of North; within all lines it is o0." in line and not lint(line)
    alike = made([[5, 5], [5, 5]], profiles)
    assert safest(capitals(alike, draws=50), alike).startswith("o0 and o1 lead for every profile")


def test_every_capital_is_told_its_own_view(case: Case, found: Capitals) -> None:
    for name, line in zip(found.names, by_stakeholder(found, case), strict=True):
        leader = case.options.at[found.rankings[name].leaders[0], "short"]
        assert line.startswith(f"{name.title()}: {leader} leads, first in ") and "; furthest from " in line
    assert not lint(told(found, case), case.about.yardstick)


def test_a_case_without_lines_has_no_exhibit_of_them() -> None:
    case = made([[1, 9], [9, 1]], {"north": [100, 20], "south": [20, 100]})
    found = capitals(case, draws=50)
    assert red_lines_drawn(case, found) is None
