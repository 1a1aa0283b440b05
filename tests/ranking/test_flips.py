# SPDX-License-Identifier: Apache-2.0
"""Flips, options that never lead and preference, against grids, random weights and the ranking itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_ranking import case_from, problems

from aukus_mcda import AukusMcdaError, Case, Weights, WeightsError, any_weights, around, between, ordered, rank, swing
from aukus_mcda.ranking import competing, flips
from aukus_mcda.ranking.flips import Flip, constraints, nearest_flip, never_leads, preference
from aukus_mcda.weights import Sampler, WeightSet, draw_weights
from aukus_mcda.weights.programs import best_margins, least_advantages, nearest_leads

NORMS = {"l1": 1, "l2": 2}
EXACT = 1e-9


def length(changes: np.ndarray, norm: str) -> np.ndarray:
    return np.linalg.norm(changes, ord=NORMS[norm], axis=-1)


def towards(one: pd.Series, other: np.ndarray, part: float) -> Weights:
    return Weights((1 - part) * one + part * pd.Series(other, index=sorted(one.index)), "moved")


def gap_to_lead(values: pd.DataFrame, flip: Flip, option: str) -> float:
    """How far an option is behind the best of the others at a flip's weights."""
    score = values @ flip.weights[values.columns]
    return float(score.max() - score[option])


@given(problems(), st.sampled_from(["l1", "l2"]))
@settings(max_examples=15)
def test_a_hair_beyond_the_flip_the_leader_changes_and_a_hair_short_it_does_not(problem: tuple, norm: str) -> None:
    values, points = problem
    case, weights = case_from(values), swing(points)
    flip, now = nearest_flip(case, weights, norm=norm), rank(case, weights)
    assert flip.leader == min(now.leaders) and flip.norm == norm
    assert set(flip.table.index) == set(values.index) - {flip.leader}
    margins = best_margins(competing(case).to_numpy(), *constraints(None, sorted(case.leaves)))
    if not flip.challenger:
        assert np.isinf(flip.distance) and flip.weights.isna().all() and (flip.table["reason"] != "").all()
        return
    assert flip.weights.sum() == pytest.approx(1, abs=1e-12) and (flip.weights >= 0).all()
    assert flip.distance == pytest.approx(float(length(flip.changes.to_numpy(), norm)), abs=EXACT)
    assert flip.distance == flip.table["distance"].min() or flip.distance <= flip.table["distance"].min() + EXACT
    assert gap_to_lead(values, flip, flip.challenger) < 1e-7  # points of 100
    assert gap_to_lead(values, flip, flip.leader) < 1e-7
    best = margins.weights[sorted(values.index).index(flip.challenger)]
    if margins.best[sorted(values.index).index(flip.challenger)] > 1e-3:
        beyond = rank(case, towards(flip.weights, best, 1e-3))
        assert flip.challenger in beyond.leaders and flip.leader not in beyond.leaders
    if flip.distance > 1e-6:
        short = rank(case, towards(flip.weights, weights.values.sort_index().to_numpy(), 1e-3))
        assert flip.leader in short.leaders


@given(problems(), st.sampled_from(["l1", "l2"]), st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_no_random_weights_at_which_a_challenger_leads_are_nearer(problem: tuple, norm: str, seed: int) -> None:
    values, points = problem
    case, weights = case_from(values), swing(points)
    flip = nearest_flip(case, weights, norm=norm)
    now = weights.values[values.columns].to_numpy()
    drawn = np.random.default_rng(seed).dirichlet(np.ones(len(now)), 2000)
    drawn = np.vstack([drawn, now + 0.1 * (drawn - now), np.eye(len(now))])
    score, distances = drawn @ values.to_numpy().T, length(drawn - now, norm)
    for place, option in enumerate(values.index):
        if option in flip.table.index:
            ahead = score[:, place] > np.delete(score, place, axis=1).max(axis=1) + 1e-7
            assert (distances[ahead] >= flip.table.at[option, "distance"] - EXACT).all()
    lost = score[:, values.index.get_loc(flip.leader)] < score.max(axis=1) - 1e-7
    assert (distances[lost] >= flip.distance - EXACT).all()


@given(problems())
@settings(max_examples=15)
def test_the_two_norms_agree_on_who_can_lead_and_bound_each_other(problem: tuple) -> None:
    values, points = problem
    case = case_from(values)
    one, two = (nearest_flip(case, swing(points), norm=norm).table["distance"].sort_index() for norm in ("l1", "l2"))
    assert (np.isinf(one) == np.isinf(two)).all()
    finite = np.isfinite(one)
    assert (two[finite] <= one[finite] + EXACT).all()
    assert (one[finite] <= np.sqrt(values.shape[1]) * two[finite] + EXACT).all()


def reference_l2(values: np.ndarray, now: np.ndarray, challenger: int) -> float:
    """The projection by trying every set of active constraints: exact, and only for small problems."""
    n, k = values.shape
    rivals = [i for i in range(n) if i != challenger and np.abs(values[i] - values[challenger]).max() > 1e-9]
    rows = np.vstack([(values[challenger] - values[rivals]) / 100, np.eye(k)])
    best = np.inf
    for chosen in range(2 ** len(rows)):
        active = np.vstack([rows[[bool(chosen >> bit & 1) for bit in range(len(rows))]], np.ones(k)])
        want = np.r_[np.zeros(len(active) - 1), 1.0]
        point = now + np.linalg.pinv(active) @ (want - active @ now)
        if np.abs(active @ point - want).max() < 1e-11 and (rows @ point >= -1e-11).all():
            best = min(best, float(np.linalg.norm(point - now)))
    return best


@given(problems())
@settings(max_examples=15)
def test_the_euclidean_flip_is_the_projection_found_by_trying_all_active_sets(problem: tuple) -> None:
    values, points = problem
    values = values.iloc[:4, :4]
    case, weights = case_from(values), swing({key: points[key] for key in values})
    table = nearest_flip(case, weights, norm="l2").table
    now = weights.values[values.columns].to_numpy()
    for option, distance in table["distance"].items():
        if np.isfinite(distance):
            found = reference_l2(values.to_numpy(), now, values.index.get_loc(option))
            assert distance == pytest.approx(found, abs=EXACT)


@pytest.mark.parametrize("norm", ["l1", "l2"])
@pytest.mark.parametrize("seed", range(3))
def test_a_fine_grid_of_three_weights_finds_the_same_flips(norm: str, seed: int) -> None:
    rng, steps = np.random.default_rng(seed), 400
    values = pd.DataFrame(rng.uniform(0, 100, (5, 3)), index=list("ABCDE"), columns=list("xyz"))
    first, second = np.meshgrid(np.arange(steps + 1), np.arange(steps + 1))
    kept = first + second <= steps
    grid = np.c_[first[kept], second[kept], steps - first[kept] - second[kept]] / steps
    score, weights = grid @ values.to_numpy().T, swing({"x": 40, "y": 35, "z": 25})
    flip = nearest_flip(case_from(values), weights, norm=norm)
    distances = length(grid - weights.values.to_numpy(), norm)
    for option, distance in flip.table["distance"].items():
        leads = score.argmax(axis=1) == values.index.get_loc(option)
        assert leads.any() == np.isfinite(distance) or best_on_a_sliver(values, option)
        if leads.any():
            assert distance - EXACT <= distances[leads].min() <= distance + 6 / steps


def best_on_a_sliver(values: pd.DataFrame, option: str) -> bool:
    """Whether an option leads on too small a patch of weights for the grid to meet."""
    best = best_margins(values.to_numpy(), np.empty((0, 3)), np.empty(0)).best
    return bool(0 < best[values.index.get_loc(option)] < 1)


def test_two_criteria_by_hand() -> None:
    case = case_from(pd.DataFrame([[100.0, 0], [0, 100], [60, 60]], index=["A", "B", "C"], columns=["x", "y"]))
    flip = nearest_flip(case, {"x": 80, "y": 20})
    assert (flip.leader, flip.challenger) == ("A", "C")
    assert flip.weights.to_dict() == pytest.approx({"x": 0.6, "y": 0.4}) and flip.distance == pytest.approx(0.4)
    other = nearest_flip(case, {"x": 80, "y": 20}, "B", norm="l2")
    assert other.weights["x"] == pytest.approx(0.4) and other.distance == pytest.approx(0.4 * 2**0.5)
    bounded = nearest_flip(case, {"x": 80, "y": 20}, space={"x": (0.5, 1)}).table
    assert bounded.loc["B", "distance"] == np.inf and "points behind" in bounded.loc["B", "reason"]
    assert bounded.loc["C", "distance"] == pytest.approx(0.4)


def test_a_criterion_gives_no_more_weight_than_it_has() -> None:
    """Moving x to z gains 12 a unit, y to z 7: x gives all of its 0.1, then y gives (4.8 - 1.2) / 7."""
    case = case_from(pd.DataFrame([[50.0, 50, 50], [40, 45, 52]], index=["A", "C"], columns=["x", "y", "z"]))
    flip = nearest_flip(case, {"x": 10, "y": 80, "z": 10})
    assert flip.weights.to_dict() == pytest.approx({"x": 0, "y": 0.8 - 3.6 / 7, "z": 0.2 + 3.6 / 7}, abs=EXACT)
    assert flip.distance == pytest.approx(2 * (0.1 + 3.6 / 7), abs=EXACT)


@given(problems(), st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_within_bounds_flips_stay_within_and_are_no_nearer(problem: tuple, seed: int) -> None:
    values, points = problem
    case, weights = case_from(values), swing(points)
    spread = np.random.default_rng(seed).uniform(0, 0.5, len(weights.values))
    space = {
        leaf: (max(0.0, weight - width), min(1.0, weight + width))
        for (leaf, weight), width in zip(weights.values.items(), spread, strict=True)
    }
    for norm in ("l1", "l2"):
        free, kept = nearest_flip(case, weights, norm=norm), nearest_flip(case, weights, norm=norm, space=space)
        assert (kept.table["distance"] >= free.table["distance"][kept.table.index] - EXACT).all()
        if kept.challenger:
            assert all(space[leaf][0] - EXACT <= w <= space[leaf][1] + EXACT for leaf, w in kept.weights.items())
            assert gap_to_lead(values, kept, kept.challenger) < 1e-7


@given(problems())
@settings(max_examples=15)
def test_an_option_that_never_leads_is_beaten_by_its_mixture_on_every_leaf(problem: tuple) -> None:
    values, _ = problem
    case = case_from(values)
    never = never_leads(case)
    for option, row in never.iterrows():
        mixture = row.drop("margin")
        assert mixture.sum() == pytest.approx(1, abs=EXACT) and (mixture >= 0).all() and mixture[option] == 0
        better = mixture.to_numpy(dtype=float) @ values.loc[mixture.index].to_numpy() - values.loc[option].to_numpy()
        assert (better >= -row["margin"] - 1e-7).all()
    for option, by in rank(case, dict.fromkeys(case.leaves, 50.0)).dominated.itertuples(index=False):
        assert option in never.index, by
    corners = values.to_numpy().argmax(axis=0)
    for leaf, place in enumerate(corners):
        if (np.delete(values.to_numpy()[:, leaf], place) < values.iat[place, leaf] - 1e-6).all():
            assert values.index[place] not in never.index


def test_an_option_never_leads_though_no_single_one_dominates_it() -> None:
    case = case_from(pd.DataFrame([[100.0, 0], [0, 100], [40, 40]], index=["A", "B", "C"], columns=["x", "y"]))
    assert rank(case, {"x": 50, "y": 50}).dominated.empty
    (row,) = never_leads(case).itertuples()
    assert (row.Index, row.A, row.B, row.C) == ("C", 0.5, 0.5, 0) and row.margin == pytest.approx(-10)
    assert never_leads(case, space=["x", "y"]).index.tolist() == ["B", "C"]
    with_flip = nearest_flip(case, {"x": 80, "y": 20}, "C")
    assert with_flip.challenger == "C" and with_flip.distance == np.inf and with_flip.weights.isna().all()
    assert with_flip.table.at["C", "reason"] == "at best 10 points behind, whatever the weights"


def test_to_tie_at_best_is_not_to_lead() -> None:
    case = case_from(pd.DataFrame([[100.0, 50], [100, 20]], index=["A", "B"], columns=["x", "y"]))
    assert never_leads(case).loc["B", "margin"] == pytest.approx(0, abs=EXACT)
    assert nearest_flip(case, {"x": 50, "y": 50}).challenger == ""


def test_copies_do_not_count_against_each_other() -> None:
    values = pd.DataFrame([[90.0, 10], [90, 10], [20, 60]], index=["A", "A2", "B"], columns=["x", "y"])
    assert never_leads(case_from(values)).empty
    flip = nearest_flip(case_from(values), {"x": 100, "y": 100})
    assert (flip.leader, flip.challenger) == ("A", "B")
    assert flip.table.at["A2", "reason"] == "the same values as A"
    back = nearest_flip(case_from(values), {"x": 20, "y": 100})
    assert (back.leader, back.challenger) == ("B", "A")


def test_options_that_tie_for_the_lead_are_at_no_distance() -> None:
    case = case_from(pd.DataFrame([[100.0, 0], [0, 100]], index=["A", "B"], columns=["x", "y"]))
    even = {"x": 50, "y": 50}
    for challenger, leader in ((None, "A"), ("B", "A"), ("A", "B")):
        flip = nearest_flip(case, even, challenger)
        assert flip.leader == leader and flip.distance == pytest.approx(0, abs=EXACT)


def test_one_option_has_no_flip() -> None:
    case = case_from(pd.DataFrame([[90.0, 10]], index=["A"], columns=["x", "y"]))
    flip = nearest_flip(case, {"x": 100, "y": 100})
    assert flip.leader == "A" and flip.challenger == "" and flip.distance == np.inf and flip.table.empty
    assert never_leads(case).empty and preference(case).necessary.all(axis=None)


@given(problems(), st.randoms(use_true_random=False))
@settings(max_examples=15)
def test_permuting_rows_and_columns_changes_nothing(problem: tuple, random) -> None:  # type: ignore[no-untyped-def]
    values, points = problem
    options, leaves = list(values.index), list(values.columns)
    random.shuffle(options)
    random.shuffle(leaves)
    one, two = case_from(values), case_from(values.loc[options, leaves])
    weights, again = swing(points), swing({key: points[key] for key in leaves})
    for norm in ("l1", "l2"):
        first, second = nearest_flip(one, weights, norm=norm), nearest_flip(two, again, norm=norm)
        assert (first.challenger, first.distance) == (second.challenger, second.distance)
        pd.testing.assert_series_equal(first.weights, second.weights[first.weights.index], check_exact=True)
        pd.testing.assert_frame_equal(first.table, second.table, check_exact=True)
    pd.testing.assert_frame_equal(never_leads(one), never_leads(two), check_exact=True)
    pd.testing.assert_frame_equal(preference(one).least, preference(two).least, check_exact=True)


@given(problems(), st.integers(0, 2**32 - 1))
@settings(max_examples=15)
def test_preference_holds_for_all_weights_drawn_and_its_least_is_reached(problem: tuple, seed: int) -> None:
    values, _ = problem
    case, leaves = case_from(values), sorted(values.columns)
    drawn = np.random.default_rng(seed).dirichlet(np.ones(len(leaves)), 200)
    corners = np.tril(np.ones((len(leaves), len(leaves)))) / np.arange(1, len(leaves) + 1)[:, None]
    for space, weights, ends in ((None, drawn, np.eye(len(leaves))), (leaves, -np.sort(-drawn, axis=1), corners)):
        found = preference(case, space=space)
        by_id = values.sort_index()[leaves].to_numpy()
        assert found.least.index.tolist() == sorted(values.index)
        for part, exact in ((weights, False), (ends, True)):
            gaps = part @ (by_id[:, None, :] - by_id[None, :, :]).transpose(0, 2, 1)
            least = gaps.min(axis=1)
            assert (found.least.to_numpy() <= least + 1e-7).all()
            assert not exact or np.allclose(found.least.to_numpy(), least, atol=1e-7)
        assert (found.necessary <= found.possible).all(axis=None)
        assert np.diag(found.necessary).all()
        assert (found.necessary.to_numpy() | found.possible.T.to_numpy()).all()


def test_dominance_is_necessary_preference(case: Case) -> None:
    necessary = preference(case).necessary
    for option, by in rank(case).dominated.itertuples(index=False):
        assert necessary.loc[by, option]


@dataclass
class Half(WeightSet):
    """A set of weights that the library does not know."""

    leaf: str

    def sampler(self, leaves: Iterable[str]) -> Sampler:
        """Not drawn from here."""
        raise NotImplementedError

    def inequalities(self, leaves: Iterable[str]) -> tuple[np.ndarray, np.ndarray]:
        return -np.array([[float(leaf == self.leaf) for leaf in leaves]]), np.array([-0.5])


def test_any_space_that_gives_inequalities_will_do() -> None:
    case = case_from(pd.DataFrame([[100.0, 0], [0, 100]], index=["A", "B"], columns=["x", "y"]))
    assert never_leads(case, space=Half("x")).index.tolist() == ["B"]
    assert preference(case, space=Half("x")).necessary.loc["A", "B"]
    assert Half("x").extremes(["x", "y"]).corners.tolist() == [[0.5, 0.5], [1, 0]]


def test_all_weights_are_a_space_and_a_spread_about_a_centre_bounds_none(case: Case) -> None:
    assert preference(case, space=any_weights()).least.equals(preference(case).least)
    with pytest.raises(WeightsError, match=r"around\(\) spreads over all weights and bounds none"):
        preference(case, space=around(case.profile("baseline"), 0.03))


def test_the_shipped_case(case: Case) -> None:
    weights = case.profile("baseline")
    for norm in ("l1", "l2"):
        flip = nearest_flip(case, weights, norm=norm)
        assert set(flip.table.index) == set(rank(case).ranked.index) - {flip.leader}
        values = case.values.drop(index=case.screened.index)
        assert gap_to_lead(values, flip, flip.challenger) < 1e-9 and gap_to_lead(values, flip, flip.leader) < 1e-9
        for challenger, row in flip.table.iterrows():
            own = nearest_flip(case, weights, challenger, norm=norm)
            assert own.distance == pytest.approx(row["distance"], abs=EXACT)
            assert own.challenger == challenger and gap_to_lead(values, own, challenger) < 1e-9


def test_many_options_are_solved_in_batches() -> None:
    rng = np.random.default_rng(4)
    values, now = rng.uniform(0, 100, (60, 8)), np.full(8, 1 / 8)
    free = np.empty((0, 8)), np.empty(0)
    best = best_margins(values, *free)
    able = [int(place) for place in np.flatnonzero(best.best > 1e-6)]
    assert 2 < len(able) < 60
    for norm in ("l1", "l2"):
        for place, found in zip(able, nearest_leads(values, now, able, norm, *free), strict=True):
            assert (values @ found).max() - values[place] @ found < 1e-7
    assert least_advantages(values, *free).shape == (60, 60)


def test_a_degenerate_least_distance_problem_is_solved() -> None:
    """Scores in quarters, weights of 0: here `scipy.optimize.nnls` 1.17 reports success with a wrong answer."""
    rows = [
        "40303221103",
        "32303414332",
        "34342130222",
        "32333032122",
        "14004014312",
        "32213441421",
        "02432121112",
        "14434141433",
        "31222242230",
        "24331402142",
    ]
    values = 25.0 * np.array([[int(digit) for digit in row] for row in rows])
    now = np.zeros(11)
    now[4:7] = 0.20454274492803984, 0.4118711989087963, 0.38358605616316394
    free = np.empty((0, 11)), np.empty(0)
    (nearest,) = nearest_leads(values, now, [8], "l2", *free)
    assert (values @ nearest).max() - values[8] @ nearest < 1e-9
    (other,) = nearest_leads(values, now, [8], "l1", *free)
    assert (now - nearest) @ (other - nearest) < 1e-9  # as for any projection on a convex set


@given(problems(), st.sampled_from(["l1", "l2"]))
@settings(max_examples=15)
def test_no_challenger_is_nearer_than_its_least_change(problem: tuple, norm: str) -> None:
    values, points = problem
    case, weights = case_from(values), swing(points)
    flip, grid = nearest_flip(case, weights, norm=norm), competing(case)
    now, leader = weights.values[grid.columns].to_numpy(), grid.index.get_loc(flip.leader)
    least = pd.Series(flips.least_changes(grid.to_numpy(), now, leader, norm), index=grid.index)[flip.table.index]
    assert (least <= flip.table["distance"] + EXACT).all()
    if flip.challenger and (flip.table["reason"] == "").all():
        assert flip.distance == pytest.approx(least.min(), abs=1e-7) or norm == "l2"  # by l2, weights below 0 count


@given(problems(), st.sampled_from(["l1", "l2"]))
@settings(max_examples=15)
def test_in_a_case_of_many_options_the_nearest_flip_is_the_same(problem: tuple, norm: str) -> None:
    values, points = problem
    case, weights = case_from(values), swing(points)
    full = nearest_flip(case, weights, norm=norm)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flips, "MOST_SETTLED", 0)
        few = nearest_flip(case, weights, norm=norm)
        assert (few.leader, few.challenger) == (full.leader, full.challenger)
        assert few.distance == pytest.approx(full.distance, abs=EXACT)
        if few.challenger:  # by l1 several weights may be equally near
            assert gap_to_lead(values, few, few.challenger) < 1e-7
        both = few.table.join(full.table.add_suffix("_full"))
        settled = both["distance"].notna()
        assert both["distance"][settled].to_numpy() == pytest.approx(
            both["distance_full"][settled].to_numpy(), abs=EXACT
        )
        for _, row in both[~settled].iterrows():
            assert "not worked out" in row["reason"]
            assert row["distance_full"] >= float(row["reason"].split()[2]) * (1 - 1e-2)
        able = [option for option in full.table.index if option not in rank(case, weights).leaders]
        for option in able[:2]:
            one = nearest_flip(case, weights, option, norm=norm)
            assert one.challenger == option
            assert one.distance == pytest.approx(full.table.at[option, "distance"], abs=EXACT)


def test_more_options_than_can_be_compared_are_refused_with_the_way_out(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flips, "MOST_COMPARED", 10 * 10 * 18)
    assert preference(case).least.shape == (10, 10) and never_leads(case).empty
    with pytest.raises(AukusMcdaError, match=r"10 options on 18 leaves are too many .*rank\(\)"):
        preference(case, space=list(case.leaves))
    monkeypatch.setattr(flips, "MOST_COMPARED", 1000)
    with pytest.raises(AukusMcdaError, match="too many to compare"):
        never_leads(case)


def test_a_least_distance_problem_that_scipys_quick_solver_gets_wrong_is_solved() -> None:
    values = 25.0 * np.array([[int(digit) for digit in row] for row in ("1100230033", "4244022404", "0401201342")])
    now = np.eye(10)[8]
    (nearest,) = nearest_leads(values, now, [0], "l2", np.empty((0, 10)), np.empty(0))
    assert (values @ nearest).max() - values[0] @ nearest < 1e-9
    assert np.linalg.norm(nearest - now) == pytest.approx(reference_l2(values, now, 0), abs=EXACT)


REFUSED = [
    (lambda case: nearest_flip(case, "baseline", "moon_base"), AukusMcdaError, "'moon_base' is not an option. Those"),
    (
        lambda case: nearest_flip(case, "baseline", "nuclear_sharing"),
        AukusMcdaError,
        "'nuclear_sharing' fails a screen",
    ),
    (lambda case: nearest_flip(case, "baseline", norm="max"), AukusMcdaError, "norm must be 'l1' or 'l2', not 'max'"),  # type: ignore[arg-type]
    (lambda case: nearest_flip(case, "paris"), WeightsError, "No weight profile"),
    (lambda case: nearest_flip(case, "baseline", space={"det_denial": (0.9, 1)}), WeightsError, "lie outside"),
    (lambda case: never_leads(case, space={"det_denial": (0.9, 1), "esc_korea": (0.9, 1)}), WeightsError, "loosen"),
    (lambda case: preference(case, space={"det_denial": (0.9, 1), "esc_korea": (0.9, 1)}), WeightsError, "loosen"),
    (lambda case: preference(case, space={"war": (0, 1)}), WeightsError, "No leaf called war. There are: acc_canberra"),
    (lambda case: preference(case, space=["war"]), WeightsError, "No leaf called war"),
    (lambda case: preference(case, space=["esc_korea", "esc_korea"]), WeightsError, "named more than once"),
    (lambda case: preference(case, space={"esc_korea": (0.5, 0.2)}), WeightsError, "Low bounds above high"),
    (lambda case: preference(case, space={"esc_korea": (0.5,)}), WeightsError, "esc_korea needs two bounds"),
    (lambda case: preference(case, space={"esc_korea": 0.5}), WeightsError, "it holds 0.5"),  # type: ignore[dict-item]
    (lambda case: preference(case, space="esc_korea"), WeightsError, "not 'esc_korea'"),
]


@pytest.mark.parametrize(("call", "error", "said"), REFUSED)
def test_what_cannot_be_answered_is_refused(case: Case, call, error: type, said: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(error, match=said):
        call(case)


def test_a_challenger_that_leads_alone_is_refused(case: Case) -> None:
    (leader,) = rank(case, "baseline").leaders
    with pytest.raises(AukusMcdaError, match=f"{leader} leads already"):
        nearest_flip(case, "baseline", leader)


def test_nothing_to_compare_is_said(case: Case) -> None:
    none_left = replace(case, options=case.options.loc[list(case.screened.index)])
    with pytest.raises(AukusMcdaError, match="Every option fails a screen"):
        never_leads(none_left)


def test_weight_spaces_say_what_they_know_as_inequalities(case: Case) -> None:
    leaves = list(case.leaves)
    order = [leaves[:2], *leaves[2:]]
    for space in (ordered(order), between({leaves[0]: 0.1}, {leaves[1]: 0.2})):
        a, b = constraints(space, leaves)
        for row in draw_weights(space, leaves, 50):
            assert (a @ row <= b + 1e-9).all()
    by_order = preference(case, space=ordered(leaves))
    assert by_order.necessary.equals(preference(case, space=leaves).necessary)
