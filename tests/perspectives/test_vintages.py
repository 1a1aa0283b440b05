"""Vintages: every point of change has its restated score, and what was not judged is never 0."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import AukusMcdaError, Case, WeightsError, load_case, rank
from aukus_mcda.analysis import Study
from aukus_mcda.perspectives.between_dates import Vintages, vintages
from tools.lint_words import lint


@pytest.fixture(scope="module")
def moved(case: Case) -> Vintages:
    return vintages(case, "2023-08-17", dt.date(2025, 12, 30))


def dated(rows: list[tuple]) -> Case:
    scores = pd.DataFrame(rows, columns=["option", "criterion", "likely", "as_of"])
    return Case.from_frames(
        criteria=pd.DataFrame({"id": ["x", "y"], "direction": ["max", "min"], "worst": [0, 10], "best": [10, 0]}),
        scores=scores,
        weights=pd.DataFrame({"profile": "north", "criterion": ["x", "y"], "likely": [100, 100]}),
    )


OLD, NEW = "2024-01-01", "2025-01-01"


def test_each_end_is_the_ranking_of_the_case_on_that_day(moved: Vintages) -> None:
    for end, day in (("earlier", "2023-08-17"), ("later", "2025-12-30")):
        then = rank(load_case("aukus_plus_two", as_of=day), "baseline").table
        pd.testing.assert_series_equal(
            moved.table[f"score_{end}"].sort_index(), then["score"].sort_index(), check_names=False
        )
        assert moved.table[f"rank_{end}"].sort_index().equals(then["rank"].sort_index().rename(f"rank_{end}"))
    assert moved.table["rank_later"].isna().sum() == 1
    assert moved.table.index.tolist() == moved.rankings[1].table.index.tolist()


def test_the_effects_of_an_options_restated_scores_add_up_to_its_change(case: Case) -> None:
    for name in case.profiles:
        found = vintages(case, "2023-08-17", "2025-12-30", weights=name)
        effects = found.restated.groupby("option")["effect"].sum().reindex(found.table.index).fillna(0.0)
        np.testing.assert_allclose(effects, found.table["change"], atol=1e-9)
    assert found.restated["effect"].abs().is_monotonic_decreasing


def test_a_restated_score_says_what_it_was_and_on_what_evidence(case: Case, moved: Vintages) -> None:
    assert len(moved.restated) == (case.history["as_of"] == "2025-12-30").sum()
    row = moved.restated.set_index(["option", "criterion"]).loc[("integrated_posture", "acc_washington")]
    assert (row["likely_earlier"], row["likely_later"], row["judged"]) == (6.5, 5.0, "2025-12-30")
    assert row["cited_anew"] == ("us-aukus-review-2025",) and "L28-biden-priority" in row["dropped"]
    assert (
        row["effect"] == pytest.approx(row["weight"] * (row["value_later"] - row["value_earlier"])) and not row["first"]
    )
    before = case.scores_on("2023-08-17")["evidence"]
    kept = 0
    for _, row in moved.restated.iterrows():
        cited = before[row["option"], row["criterion"]]
        assert set(row["cited_anew"]) == set(row["evidence"]) - set(cited)
        assert set(row["dropped"]) == set(cited) - set(row["evidence"])
        kept += len(set(cited) & set(row["evidence"]))
    assert kept > 0
    known = case.register["known_from"]
    assert all(known[item] <= row["judged"] for _, row in moved.restated.iterrows() for item in row["evidence"])


def test_a_case_loaded_for_an_earlier_day_knows_the_same(moved: Vintages) -> None:
    early = vintages(load_case("aukus_plus_two", as_of="2023-08-17"), "2023-08-17", "2025-12-30")
    pd.testing.assert_frame_equal(early.table, moved.table)


def test_a_score_that_was_not_yet_judged_is_missing_and_never_0() -> None:
    case = dated(
        [("a", "x", 5, OLD), ("a", "y", 5, OLD), ("b", "x", 4, OLD), ("b", "y", 3, NEW), ("a", "x", 7, NEW),
         ("c", "x", 1, OLD), ("c", "y", 9, OLD)]
    )  # fmt: skip
    found = vintages(case, OLD, NEW, weights="north")
    row = found.table.loc["b"]
    assert np.isnan(row["score_earlier"]) and row["rank_earlier"] is pd.NA and np.isnan(row["change"])
    assert row["missing_earlier"] == ("y",) and row["missing_later"] == ()
    assert found.table.loc["a", ["score_earlier", "score_later"]].tolist() == pytest.approx([50, 60])
    first = found.restated.set_index(["option", "criterion"]).loc[("b", "y")]
    assert first["first"] and np.isnan(first["effect"]) and np.isnan(first["likely_earlier"])
    assert found.table.loc[["a", "c"], "rank_earlier"].tolist() == [1, 2]
    said = " ".join(found.statements)
    assert "not yet judged" in said and not lint(said)


def test_when_nothing_was_judged_anew_nothing_moves(case: Case) -> None:
    found = vintages(case, "2024-01-01", "2024-12-31")
    assert (found.table["change"] == 0).all() and found.restated.empty
    assert found.statements[-1] == "No score was judged anew in between."


def test_the_sentences_name_the_leaders_and_the_movers(moved: Vintages) -> None:
    said = " ".join(moved.statements)
    assert not lint(said, "icd203")
    first, last = (found.table["score"].idxmax() for found in moved.rankings)
    assert first == last, "the sentence below is of a leader that stayed"
    assert f"{moved.table.at[first, 'short']} leads both on 17 August 2023" in said
    changed = moved.table.loc[moved.table["rank_later"].notna(), "change"]
    assert f"{moved.table.at[changed.idxmax(), 'short']} gained most, {changed.max():.1f} points" in said
    assert f"{moved.table.at[changed.idxmin(), 'short']} lost most" in said


def test_the_digest_of_a_case_does_not_know_judgements_that_are_not_in_force() -> None:
    rows = [("a", "x", 5, OLD), ("a", "y", 5, OLD), ("a", "x", 7, NEW)]
    other = [("a", "x", 6, OLD), *rows[1:]]
    assert dated(rows).digest == dated(other).digest


@pytest.mark.parametrize(
    ("days", "said"),
    [
        (("2025-12-30", "2023-08-17"), "must come before"),
        (("2023-08-17", "2023-08-17"), "must come before"),
        (("June", "2025-12-30"), "'June' is not a date"),
        ((2023, "2025-12-30"), "earlier must be text or a date"),
        (("2020-01-01", "2025-12-30"), "first judgements are of 2023-08-17"),
    ],
)
def test_dates_that_cannot_be_compared_are_refused(case: Case, days: tuple, said: str) -> None:
    with pytest.raises(AukusMcdaError, match=said):
        vintages(case, *days)


def test_altered_scores_and_unknown_weights_are_refused(case: Case) -> None:
    altered = replace(case, scores=case.scores.assign(likely=case.scores["likely"] + 0.01))
    with pytest.raises(AukusMcdaError, match="altered"):
        vintages(altered, "2023-08-17", "2025-12-30")
    with pytest.raises(WeightsError, match="paris"):
        vintages(case, "2023-08-17", "2025-12-30", weights="paris")
    with pytest.raises(AukusMcdaError, match="load_case"):
        vintages("aukus_plus_two", "2023-08-17", "2025-12-30")  # type: ignore[arg-type]


def test_a_study_compares_its_day_with_the_first_on_which_all_was_judged(case: Case) -> None:
    def of_study(case: Case, profile: str = "baseline") -> Vintages | None:
        return Study(case, rank(case, profile), by_profile={}, fragility=None, draws=1, seed=0).vintages

    made, expected = of_study(case, "tokyo"), vintages(case, "2023-08-17", case.last_judged, weights="tokyo")
    assert made is not None
    pd.testing.assert_frame_equal(made.table, expected.table)
    assert of_study(load_case("starter")) is None  # one score alone was judged before
    assert of_study(load_case("aukus_plus_two", as_of="2023-08-17")) is None
