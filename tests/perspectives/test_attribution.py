# SPDX-License-Identifier: Apache-2.0
"""Attribution: exact where it can be worked out by hand or by enumeration, and as the theory says elsewhere."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, MethodError, WeightsError, any_weights, compare_methods
from aukus_mcda.errors import AukusMcdaError
from aukus_mcda.form import Exhibit
from aukus_mcda.perspectives.attribution import FACTORS, SUBSETS, Joint, joint
from aukus_mcda.perspectives.in_futures import futures
from aukus_mcda.perspectives.scenarios import future_names, in_future, weights_in
from aukus_mcda.story.about_futures import sources_of_doubt
from tools.lint_words import lint


@pytest.fixture(scope="module")
def found(case: Case) -> Joint:
    return joint(case, draws=330_000, seed=2)


def made(scores: list[tuple], scenarios: list[tuple] = (), leaves: tuple[str, ...] = ("x",)) -> Case:  # type: ignore[assignment]
    return Case.from_frames(
        criteria=pd.DataFrame({"id": leaves, "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame(scores, columns=["option", "criterion", "low", "likely", "high"])
        .assign(distribution="uniform"),
        scenarios=pd.DataFrame(scenarios, columns=["scenario", "option", "criterion", "shift"]),
    )  # fmt: skip


SHIFTED = ([("a", "x", 2, 4, 6), ("b", "x", 5, 5, 5)], [("f", "a", "x", 2)])
"""a leads when its quantile is above 3/4, in the future above 1/4."""


def exact(known: dict[frozenset[str], float]) -> pd.DataFrame:
    """Main and total effects and Shapley shares from the variance known with each set of factors, by definition."""
    factors = sorted(max(known, key=len))
    whole = known[frozenset(factors)]
    rows = {}
    for factor in factors:
        share = 0.0
        orders = list(permutations(factors))
        for order in orders:
            before = frozenset(order[: order.index(factor)])
            share += (known[before | {factor}] - known[before]) / len(orders)
        rows[factor] = (known[frozenset({factor})], whole - known[frozenset(factors) - {factor}], share)
    return pd.DataFrame(rows, index=["main", "total", "share"]).T / whole


def near(found: Joint, expected: pd.DataFrame, errors: float = 4.5) -> None:
    for factor, row in expected.iterrows():
        for name, number in row.items():
            error = found.effects.at[factor, f"{name}_error"]
            assert abs(found.effects.at[factor, name] - number) <= errors * error + 1e-9, (factor, name)


def shown(result: Joint, case: Case) -> Exhibit:
    """What a study would show of it."""
    return sources_of_doubt(case, result)


def test_evidence_and_future_by_hand() -> None:
    case = made(*SHIFTED)
    found = joint(case, any_weights(), draws=400_000, vary=["evidence", "future"], seed=1)
    near(
        found,
        pd.DataFrame({"main": [0.5, 0.25], "total": [0.75, 0.5], "share": [0.625, 0.375]}, ["evidence", "future"]),
    )
    assert found.uncertainty == pytest.approx(0.5, abs=0.01)
    assert found.together == pytest.approx(0.25, abs=0.02)
    assert found.by_future.loc["a"].tolist() == pytest.approx([0.25, 0.75], abs=0.01)


def test_evidence_and_preferences_against_a_grid() -> None:
    case = made(
        [("a", "x", 0, 5, 10), ("a", "y", 0, 0, 0), ("b", "x", 0, 0, 0), ("b", "y", 0, 3, 6)], leaves=("x", "y")
    )
    found = joint(case, any_weights(), draws=600_000, vary=["evidence", "preferences"], seed=4)
    u = (np.arange(60) + 0.5) / 60
    x, y, w = np.meshgrid(10 * u, 6 * u, (np.arange(400) + 0.5) / 400, indexing="ij")
    leads = (w * x > (1 - w) * y).astype(float)
    every = frozenset({"evidence", "preferences"})
    known = {frozenset(): 0.0, every: leads.var()}
    known[frozenset({"evidence"})] = leads.mean(axis=2).var()
    known[frozenset({"preferences"})] = leads.mean(axis=(0, 1)).var()
    expected = exact(known)
    for factor in every:
        for name in ("main", "total", "share"):
            assert found.effects.at[factor, name] == pytest.approx(
                expected.at[factor, name], abs=4.5 * found.effects.at[factor, f"{name}_error"] + 0.003
            )


def test_method_and_future_are_what_going_through_all_of_them_gives(case: Case) -> None:
    found = joint(case, "washington", vary=["method", "future"])
    leads = []
    for future in future_names(case).index:
        told = compare_methods(in_future(case, future), weights_in(case, "washington", future), found.methods[1:])
        ahead = (told.ranks == 1).astype(float)
        leads.append((ahead / ahead.sum()).loc[sorted(ahead.index), list(found.methods)].T.to_numpy())
    y = np.array(leads)  # futures, methods, options
    mean = y.mean(axis=(0, 1))
    variance = {
        frozenset(): 0.0,
        frozenset({"method"}): ((y.mean(axis=0) - mean) ** 2).sum(axis=1).mean(),
        frozenset({"future"}): ((y.mean(axis=1) - mean) ** 2).sum(axis=1).mean(),
        frozenset({"method", "future"}): ((y - mean) ** 2).sum(axis=2).mean(),
    }
    expected = exact(variance)
    shown = found.effects.loc[expected.index, ["main", "total", "share"]]
    pd.testing.assert_frame_equal(shown.astype(float), expected, check_names=False, atol=1e-9)
    assert found.uncertainty == pytest.approx(variance[frozenset({"method", "future"})], abs=1e-9)
    assert (found.effects[["main_error", "total_error", "share_error"]] < 1e-9).all().all()


def test_effects_sum_as_the_theory_says(found: Joint) -> None:
    effects = found.effects
    assert effects["varied"].all()
    assert effects["share"].sum() == pytest.approx(1, abs=1e-9)
    error = (effects["main_error"] ** 2 + effects["total_error"] ** 2) ** 0.5
    assert (effects["total"] - effects["main"] > -4 * error).all()
    assert effects["main"].sum() <= 1 + 4 * effects["main_error"].sum()
    assert effects["total"].sum() >= 1 - 4 * effects["total_error"].sum()
    assert (effects["share"] > effects["main"]).all() and (effects["share"] < effects["total"]).all()
    assert found.together == pytest.approx(1 - effects["main"].sum())
    assert found.leads.sum() == pytest.approx(1) and found.by_method.sum().tolist() == pytest.approx([1] * 4)


@pytest.mark.parametrize("factor", FACTORS)
def test_a_factor_held_fixed_has_no_effect_at_all(case: Case, factor: str) -> None:
    found = joint(case, draws=70_000, vary=[each for each in FACTORS if each != factor])
    assert found.effects.loc[factor, ["main", "main_error", "total", "total_error", "share"]].tolist() == [0.0] * 5
    assert not found.effects.at[factor, "varied"]
    assert found.effects["share"].sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("factor", ["evidence", "preferences", "method"])
def test_a_factor_that_varies_alone_has_all_of_it(case: Case, factor: str) -> None:
    found = joint(case, "tokyo", draws=60_000, vary=[factor])
    assert found.effects.loc[factor, ["main", "total", "share"]].tolist() == pytest.approx([1] * 3, abs=1e-9)
    assert found.effects.loc[factor, "main_error"] < 1e-9 and found.together == pytest.approx(0, abs=1e-9)


def test_standard_errors_are_as_large_as_the_scatter_between_seeds() -> None:
    case = made(*SHIFTED)
    runs = [joint(case, any_weights(), draws=60_000, vary=["evidence", "future"], seed=seed) for seed in range(30)]
    for name in ("main", "total", "share"):
        numbers = [run.effects.at["evidence", name] for run in runs]
        stated = np.mean([run.effects.at["evidence", f"{name}_error"] for run in runs])
        assert 0.6 < np.std(numbers, ddof=1) / stated < 1.6, name


def test_the_additive_model_alone_leads_as_often_as_in_the_futures(case: Case, found: Joint) -> None:
    known = futures(case, draws=40_000, seed=9).leads
    mine = joint(case, draws=400_000, vary=["evidence", "preferences", "future"], seed=5).by_future
    assert (mine.loc[known.index, known.columns] - known).abs().to_numpy().max() < 0.02


def test_the_same_seed_gives_the_same_and_another_does_not(case: Case, found: Joint) -> None:
    again = joint(case, draws=330_000, seed=2)
    pd.testing.assert_frame_equal(again.effects, found.effects, check_exact=True)
    assert not joint(case, draws=330_000, seed=3).effects.equals(found.effects)


def test_profiles_count_the_same_when_preferences_are_those_of_all(case: Case) -> None:
    found = joint(case, draws=200_000, vary=["preferences"], preferences="profiles")
    alone = [joint(case, name, draws=40_000, vary=["preferences"]).leads for name in case.profiles]
    assert (found.leads - sum(alone) / len(alone)).abs().max() < 0.03


def test_chances_weigh_the_futures() -> None:
    case = made(*SHIFTED)
    found = joint(case, any_weights(), draws=200_000, vary=["evidence", "future"], chances={"as_judged": 0.0, "f": 1.0})
    assert found.leads["a"] == pytest.approx(0.75, abs=0.01)
    assert found.effects.at["future", "total"] == 0 and found.effects.at["evidence", "main"] == pytest.approx(1)


def test_nothing_uncertain_is_attributed_to_nothing() -> None:
    case = made([("a", "x", 6, 6, 6), ("b", "x", 5, 5, 5)])
    found = joint(case, any_weights(), draws=1_000)
    assert found.uncertainty == 0 and not found.effects[["main", "total", "share"]].to_numpy().any()
    assert shown(found, case).title == "One option leads in every combination tried"
    tied = joint(made([("a", "x", 6, 6, 6), ("b", "x", 6, 6, 6)]), any_weights(), draws=1_000)
    assert tied.leads.tolist() == [0.5, 0.5] and tied.uncertainty == 0


def test_a_method_that_cannot_be_used_is_named() -> None:
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": ["x"], "direction": "max", "worst": -5, "best": 5}),
        scores=pd.DataFrame(
            {"option": ["a", "b"], "criterion": "x", "low": [-1, -2], "likely": [0, 0], "high": [1, 2]}
        ),
    )
    found = joint(case, {"x": 1}, draws=1_000)
    assert "edas" not in found.methods and "below 0" in found.left_out["edas"]


@pytest.mark.parametrize(
    ("told", "error", "match"),
    [
        ({"vary": ["weather"]}, MethodError, "No factor called weather"),
        ({"vary": 3}, WeightsError, "vary must be text or a list"),
        ({"preferences": "everyone"}, WeightsError, "'own' or 'profiles'"),
        ({"preferences": "profiles"}, MethodError, "no weight profiles"),
        ({"draws": 0}, WeightsError, "draws"),
        ({"seed": -1}, WeightsError, "seed"),
        ({"weights": "paris"}, WeightsError, "No weight profile"),
        ({"chances": {"as_judged": 1}}, MethodError, "No chance for f"),
    ],
)
def test_what_cannot_be_used_is_refused(told: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        joint(made(*SHIFTED), **({"weights": any_weights()} | told))


def test_one_option_or_no_case_is_refused() -> None:
    with pytest.raises(MethodError, match="two options"):
        joint(made([("a", "x", 1, 1, 1)]), {"x": 1})
    with pytest.raises(AukusMcdaError, match="load it first"):
        joint("aukus_plus_two")  # type: ignore[arg-type]


def test_what_is_shown_sums_up_the_shares_and_passes_the_linter(case: Case, found: Joint) -> None:
    assert shown(found, case).title == "Most of the doubt about who leads is evidence"
    even = replace(found, effects=found.effects.assign(share=[0.3, 0.4, 0.2, 0.1]))
    assert shown(even, case).title == "The largest part of the doubt about who leads is whose weights"
    most = joint(case, "washington", vary=["method", "future"])
    count = case.scenarios["scenario"].nunique() + 1
    assert shown(most, case).title == "Most of the doubt about who leads is method"
    assert f"combinations of 4 methods and {count} futures, today's among them." in shown(most, case).footnote
    only = joint(case, "washington", draws=1_000, vary="method")
    assert shown(only, case).title == "Only method could be varied"
    for result in (found, most, only):
        each = shown(result, case)
        assert not lint(" ".join([each.title, each.subtitle, each.footnote, *each.notes]), case.about.yardstick)


def test_subsets_cover_all_combinations() -> None:
    assert len(SUBSETS) == 15 and set(SUBSETS) == {c for k in range(1, 5) for c in combinations(FACTORS, k)}
