# SPDX-License-Identifier: Apache-2.0
"""What knowing a score, or all that rest on some evidence, is worth; and where a lead's uncertainty comes from."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scored import CHANGED, KINDS, scored

from aukus_mcda import Case, WeightsError, load_case, rank
from aukus_mcda.case.values import uncertain_values
from aukus_mcda.uncertainty.information import (
    Beliefs,
    evidence_value,
    information_value,
    joint_information,
)

CRITERIA = pd.DataFrame(
    {
        "id": ["reach", "risk", "cost"],
        "direction": ["max", "min", "max"],
        "worst": [0, 10, 0],
        "best": [10, 0, 10],
        "shape": ["4:70", "", "3:15;7:70"],
    }
)
OPTIONS = ["A", "B", "C"]
WEIGHTS = {"reach": 100, "risk": 60, "cost": 40}

tenths = st.integers(0, 100).map(lambda n: n / 10)
three = st.lists(tenths, min_size=3, max_size=3).map(sorted)
judgements = st.lists(st.tuples(three, st.sampled_from(["", *KINDS, "fixed"])), min_size=9, max_size=9)


def made(judged, options=OPTIONS, criteria=CRITERIA) -> Case:
    places = [(option, leaf) for option in options for leaf in criteria["id"]]
    rows = [(*place, *numbers, kind) for place, (numbers, kind) in zip(places, judged, strict=True)]
    columns = ["option", "criterion", "low", "likely", "high", "distribution"]
    return scored(criteria=criteria, scores=pd.DataFrame(rows, columns=columns))


def straight(*rows) -> Case:
    """Two options on two straight 0-100 scales, uniform scores given as (low, high)."""
    criteria = pd.DataFrame({"id": ["reach", "cost"], "direction": "max", "worst": 0, "best": 100})
    return made([((low, (low + high) / 2, high), "uniform") for low, high in rows], ["A", "B"], criteria)


@given(judgements)
@settings(max_examples=5)
def test_a_case_given_other_scores_is_the_one_read_with_them(judged):
    case = made(judged)
    rows = case.scores.reset_index()[["option", "criterion", *CHANGED]]
    assert case.digest == Case.from_frames(criteria=CRITERIA, scores=rows).digest


def by_score(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index(["option", "criterion"]).sort_index()


HALVES = {"reach": 50, "cost": 50}
BY_HAND = straight((60, 60), (50, 50), (20, 80), (50, 50))


def test_a_case_worked_by_hand():
    # B trails by 5 points; its reach is above 60 in 20 of 60 points, by 10 on average, at half weight.
    table = by_score(information_value(BY_HAND, HALVES))
    row = table.loc[("B", "reach")]
    assert row["value"] == pytest.approx(10 * 0.5 / 3, abs=1e-12)
    assert row["probability"] == pytest.approx(1 / 3, abs=1e-12)
    assert (row["threshold"], row["switches_to"]) == (pytest.approx(60), "B")
    assert row["spread"] == pytest.approx(0.5 * 60 / np.sqrt(12))
    assert table.loc[("A", "reach"), ["threshold", "switches_to"]].tolist() == [pytest.approx(50), "B"]
    assert (table["value"].drop(("B", "reach")) == 0).all()


def test_knowing_the_leaders_score_lets_the_runner_up_in():
    table = by_score(information_value(straight((30, 90), (50, 50), (50, 50), (50, 50)), HALVES))
    row = table.loc[("A", "reach")]  # A falls behind when its reach is below 50
    assert row["value"] == pytest.approx(10 * 0.5 / 3, abs=1e-12)
    assert (row["threshold"], row["switches_to"]) == (pytest.approx(50), "B")


@given(judgements)
def test_a_value_is_never_negative_and_zero_when_nothing_can_change(judged):
    case = made(judged)
    table = information_value(case, WEIGHTS)
    assert (table["value"] >= 0).all() and table["probability"].between(0, 1).all()
    assert ((table["value"] > 0) <= (table["probability"] > 0)).all()
    assert (table.loc[table["threshold"].isna(), ["value", "probability"]] == 0).all(axis=None)
    assert ((table["switches_to"] == "") == table["threshold"].isna()).all()
    score = case.scores.loc[list(zip(table["option"], table["criterion"], strict=True))].reset_index()
    still = (score["low"] == score["high"]) | (score["distribution"] == "fixed")
    assert (table.loc[still, ["value", "probability", "spread"]] == 0).all(axis=None)
    outside = ~table["threshold"].between(score["low"], score["high"]) & (score["distribution"] != "normal")
    assert (table.loc[outside, "value"] < 1e-12).all()


@given(judgements)
@settings(max_examples=25)
def test_a_value_is_what_brute_force_finds(judged):
    case = made(judged)
    values = uncertain_values(case)
    share = case.weights(WEIGHTS).values
    expected = (values.map(lambda value: value.mean) * share).sum(axis=1)
    rng = np.random.default_rng(1)
    for row in information_value(case, WEIGHTS).itertuples():
        value = values.at[row.option, row.criterion]
        drawn = value.function(value.distribution.ppf(rng.random(20_000)))
        known = expected[row.option] + share[row.criterion] * (drawn - value.mean)
        best = np.maximum(known, expected.drop(row.option).max())
        chosen = known if expected.idxmax() == row.option else expected.max()
        gain = best - chosen  # has the mean of best - max E S, and a smaller error
        assert abs(gain.mean() - row.value) <= 4.5 * gain.std() / np.sqrt(20_000) + 1e-4


@given(judgements, st.permutations(OPTIONS), st.permutations(["reach", "risk", "cost"]))
@settings(max_examples=15)
def test_the_order_of_rows_does_not_count(judged, options, leaves):
    case = made(judged)
    scores = case.scores.reset_index()[["option", "criterion", "low", "likely", "high", "distribution"]]
    other = Case.from_frames(
        criteria=CRITERIA.set_index("id").loc[leaves].reset_index(),
        scores=scores.set_index(["option", "criterion"]).loc[[(o, c) for c in leaves for o in options]].reset_index(),
    )
    pd.testing.assert_frame_equal(information_value(case, WEIGHTS), information_value(other, WEIGHTS), check_exact=True)
    sets = {"all": list(case.scores.index), "A": [("A", "reach"), ("A", "risk")]}
    shuffled = {name: known[::-1] for name, known in sets.items()}
    one, two = (joint_information(Beliefs.of(c, WEIGHTS), s, draws=500) for c, s in ((case, sets), (other, shuffled)))
    pd.testing.assert_frame_equal(one, two, check_exact=True)


@given(st.lists(st.integers(1, 50), min_size=2, max_size=2, unique=True).map(sorted))
@settings(max_examples=20)
def test_a_wider_spread_about_one_mean_is_worth_more(halves):
    narrow, wide = (straight((60, 60), (50, 50), (50 - h, 50 + h), (50, 50)) for h in halves)
    values = [by_score(information_value(case, HALVES)).at[("B", "reach"), "value"] for case in (narrow, wide)]
    assert values[0] <= values[1] + 1e-12


@given(st.lists(st.integers(1, 100), min_size=2, max_size=2, unique=True).map(sorted))
@settings(max_examples=20)
def test_a_score_is_worth_more_the_heavier_its_criterion_when_means_there_are_equal(points):
    case = straight((50, 50), (60, 60), (20, 80), (50, 50))
    values = [
        by_score(information_value(case, {"reach": reach, "cost": 100})).at[("B", "reach"), "value"] for reach in points
    ]
    assert values[0] <= values[1] + 1e-12


@given(judgements)
@settings(max_examples=15)
def test_one_score_by_simulation_is_the_exact_value_and_no_more_than_a_set_with_it(judged):
    case = made(judged)
    exact = by_score(information_value(case, WEIGHTS))
    sets = {f"{option} {leaf}": [(option, leaf)] for option, leaf in exact.index}
    found = joint_information(Beliefs.of(case, WEIGHTS), sets | {"all": list(exact.index)}, draws=20_000, seed=3)
    for option, leaf in exact.index:
        row, wanted = found.loc[f"{option} {leaf}"], exact.loc[(option, leaf)]
        assert abs(row["value"] - wanted["value"]) <= 4.5 * row["standard_error"] + 1e-4
        assert abs(row["probability"] - wanted["probability"]) < 0.02
        assert wanted["value"] <= found.at["all", "value"] + 4.5 * found.at["all", "standard_error"] + 1e-4


def test_the_stated_error_is_the_spread_of_repeated_runs():
    known = {"all": [("B", "reach")]}
    runs = [
        joint_information(Beliefs.of(BY_HAND, HALVES), known, draws=200, seed=seed).loc["all"] for seed in range(40)
    ]
    seen = np.std([run["value"] for run in runs], ddof=1)
    assert 0.7 < seen / np.mean([run["standard_error"] for run in runs]) < 1.4


def test_knowing_everything_is_the_mean_of_the_best_score():
    case = made([((1, 5, 9), "uniform")] * 9)
    found = joint_information(Beliefs.of(case, WEIGHTS), {"all": list(case.scores.index)}, draws=100_000, seed=1).loc[
        "all"
    ]
    values, share = uncertain_values(case), case.weights(WEIGHTS).values
    rng = np.random.default_rng(8)
    total = sum(
        share[leaf] * np.array([values.at[o, leaf].function(rng.uniform(1, 9, 100_000)) for o in OPTIONS])
        for leaf in share.index
    )
    best = total.max(axis=0) - Beliefs.of(case, WEIGHTS).expected.max()
    assert abs(best.mean() - found["value"]) <= 4 * np.hypot(best.std() / np.sqrt(100_000), found["standard_error"])


def test_the_choice_is_by_expected_scores_whoever_leads_on_likely_ones():
    # Skewed: A's likely 6 hides a long tail down.
    criteria = pd.DataFrame({"id": ["reach"], "direction": ["max"], "worst": [0], "best": [10]})
    case = made([((0, 6, 6.5), ""), ((5, 5.5, 6), "")], ["A", "B"], criteria)
    expected = Beliefs.of(case, {"reach": 100}).expected
    assert list(expected.index) == ["B", "A"] and rank(case, {"reach": 100}).leaders == ("A",)
    assert expected["A"] == pytest.approx(10 * (0 + 4 * 6 + 6.5) / 6)
    assert information_value(case, {"reach": 100}).attrs["leader"] == "B"


def test_a_tie_goes_to_the_first_id_and_knowing_breaks_it():
    case = straight((40, 60), (50, 50), (40, 60), (50, 50))
    table = by_score(information_value(case, HALVES))
    for option in ("A", "B"):
        row = table.loc[(option, "reach")]
        assert row["switches_to"] == "B"
        assert row["probability"] == pytest.approx(0.5) and row["value"] == pytest.approx(0.5 * 2.5)


def test_one_option_alone_and_a_weight_of_nothing():
    criteria = pd.DataFrame({"id": ["reach", "cost"], "direction": "max", "worst": 0, "best": 100})
    alone = made([((0, 5, 9), ""), ((0, 5, 9), "")], ["A"], criteria)
    assert (information_value(alone, HALVES)["value"] == 0).all()
    table = by_score(information_value(straight((0, 90), (0, 90), (0, 80), (0, 80)), {"reach": 100, "cost": 0}))
    assert (table.loc[(slice(None), "cost"), "value"] == 0).all()
    assert (table.loc[(slice(None), "reach"), "value"] > 0).all()


def test_evidence_takes_the_scores_that_cite_it_together(case):
    found = evidence_value(case, draws=5_000, seed=4)
    cited = case.scores["evidence"].drop(index=list(case.screened.index), level="option").explode().dropna()
    assert set(found.index) == set(cited)
    assert found["scores"].to_dict() == cited.value_counts().to_dict()
    top = found.index[0]
    again = joint_information(
        Beliefs.of(case, "baseline"), {top: list(cited.index[cited == top])}, draws=20_000, seed=5
    ).loc[top]
    row = found.loc[top]
    assert abs(again["value"] - row["value"]) <= 4 * np.hypot(again["standard_error"], row["standard_error"])
    sources = evidence_value(case, by="source", draws=5_000, seed=4)
    assert set(sources.index) == set(case.register.loc[found.index, "source"])
    of = case.register["source"]
    for item, row in found.iterrows():
        whole = sources.loc[of[item]]
        assert row["value"] <= whole["value"] + 4 * np.hypot(row["standard_error"], whole["standard_error"])


def test_a_seed_gives_the_same_table_and_zero_is_a_seed(case):
    zero, seven = ([evidence_value(case, draws=17_000, seed=seed) for _ in range(2)] for seed in (0, 7))
    for first, second in (zero, seven):
        pd.testing.assert_frame_equal(first, second, check_exact=True)
    assert not seven[0].equals(zero[0])


@pytest.mark.parametrize(
    ("call", "error", "said"),
    [
        (lambda case: evidence_value(case, draws=1), WeightsError, "from 2 to"),
        (lambda case: evidence_value(case, draws=True), WeightsError, "draws"),
        (lambda case: evidence_value(case, seed=-1), WeightsError, "seed"),
        (lambda case: evidence_value(case, by="author"), WeightsError, "'author'"),
        (lambda case: information_value(case, "nobody"), WeightsError, "nobody"),
    ],
)
def test_what_makes_no_sense_is_refused(case, call, error, said):
    with pytest.raises(error, match=said):
        call(case)


def test_nothing_to_look_at_is_an_empty_table(case):
    assert joint_information(Beliefs.of(case, "baseline"), {}, draws=2).empty


def test_every_profile_of_the_shipped_case_can_be_read():
    case = load_case("aukus_plus_two")
    for profile in case.profiles:
        table = information_value(case, profile)
        assert len(table) == (len(case.options) - len(case.screened)) * len(case.leaves)
        assert table["value"].is_monotonic_decreasing
