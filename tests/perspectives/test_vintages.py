# SPDX-License-Identifier: Apache-2.0
"""Vintages: every point of change has its restated score, and what was not judged is never 0."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from functools import partial

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT
from thin_cases import thin

from aukus_mcda import AukusMcdaError, Case, WeightsError, load_case, rank, study
from aukus_mcda.analysis import Study
from aukus_mcda.cli import _answer
from aukus_mcda.form import Exhibit
from aukus_mcda.perspectives.between_dates import Vintages, vintages
from aukus_mcda.story import Chart, Table, exhibit
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


def test_the_sentences_name_the_movers(moved: Vintages) -> None:
    said = " ".join(moved.statements)
    assert not lint(said, "icd203")
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


def test_what_is_new_since_the_last_meeting_is_counted_again_from_the_files() -> None:
    """From the files of the case alone: evidence by its day, scores by theirs, values and weights by hand."""
    since, folder = "2025-12-30", ROOT / "data" / "aukus_plus_two"
    read = partial(pd.read_csv, dtype=str, keep_default_na=False)
    register, judged = read(ROOT / "seeds" / "evidence.csv").set_index("id"), read(folder / "scores.csv")
    criteria = read(folder / "criteria.csv").set_index("id")
    leaves = [each for each in criteria.index if each not in set(criteria["parent"])]
    in_force = {
        day: judged[judged["as_of"] <= day].sort_values("as_of", kind="stable").groupby(["option", "criterion"]).last()
        for day in (since, "2026-11-28")
    }
    then, now = in_force.values()
    result = vintages(load_case("aukus_plus_two"), since)
    new = [item for item, day in register["known_from"].items() if since < day <= "2026-11-28"]
    assert sorted(result.news.index) == sorted(new) != []
    for item in new:
        assert result.news.at[item, "scores"] == sum(item in cell.split(";") for cell in now["evidence"])
    assert len(result.restated) == (judged["as_of"] > since).sum()

    points = read(folder / "weights.csv").set_index(["profile", "criterion"]).loc["baseline", "likely"].astype(float)
    siblings = points.groupby(criteria["parent"]).transform("sum")
    share = points / siblings
    weight = {leaf: share[leaf] * share[criteria.at[leaf, "parent"]] for leaf in leaves}

    def score(table: pd.DataFrame, option: str) -> float:
        total = 0.0
        for leaf in leaves:
            scale = criteria.loc[leaf]
            bends = [tuple(map(float, pair.split(":"))) for pair in scale["shape"].split(";") if pair]
            line = sorted([(float(scale["worst"]), 0.0), *bends, (float(scale["best"]), 100.0)])
            total += weight[leaf] * np.interp(float(table.at[(option, leaf), "likely"]), *zip(*line, strict=True))
        return total

    for end, table in (("earlier", then), ("later", now)):
        again = pd.Series({option: score(table, option) for option in result.table.index})
        np.testing.assert_allclose(result.table[f"score_{end}"], again, atol=1e-9)
        ranked = again.drop("nuclear_sharing").rank(ascending=False)
        assert result.table[f"rank_{end}"].dropna().astype(float).to_dict() == ranked.to_dict()


def test_a_study_tells_what_has_changed_since_a_day(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("aukus_mcda.analysis.fragility", lambda *_, **__: None)
    result = study(case, since=dt.date(2025, 12, 30))
    shown, moved = exhibit(result, "since"), vintages(case, "2025-12-30")
    assert shown is not None and result.vintages is result.since and exhibit(result, "two dates") is None
    assert shown.subtitle.startswith(f"Since 30 Dec 2025: {len(moved.news)} new items of evidence; 198 scores judged")
    (chart,), ranked = shown.of(Chart), moved.table.dropna(subset=["rank_later"])
    lead = {end: ranked[f"score_{end}"].nlargest(2) for end in ("earlier", "later")}
    gaps = {end: f"{each.iloc[0] - each.iloc[1]:.1f}" for end, each in lead.items()}
    assert f"still leads: {gaps['later']} points ahead, {gaps['earlier']} then" in shown.title
    assert list(chart.at) == list(ranked["score_later"]) and list(chart.columns[-1].cells) == list(ranked["change"])
    moves = moved.restated.set_index(["option", "name"])["effect"]
    for option, change, text in zip(ranked.index, ranked["change"], chart.after, strict=True):
        name, points = text.rsplit(" ", 1)
        own = moves.loc[option] * np.sign(change)
        assert name == own.idxmax() and points[1:] == f"{abs(moves[option, name]):.1f}"
    assert "31 May 2027" in shown.of(Table)[-1].rows[0][0]
    assert result.provenance["compared with"] == "2025-12-30"
    answer = Exhibit("The answer", "What it rests on.")  # that of the study is slow to make
    result.exhibits.update({("recommendation", "icd203"): answer, ("conditions", "icd203"): None})
    printed = list(_answer(result, None, full=False))
    assert printed[:4] == [answer.title, answer.subtitle, f"{shown.title}.", shown.subtitle]


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-11-28", "The case speaks of 2026-11-28: give a day before that, not 2026-11-28."),
        ("2027-01-01", "The case speaks of 2026-11-28: give a day before that, not 2027-01-01."),
        ("2020-01-01", "the first judgements are of 2023-08-17."),
        ("last week", "'last week' is not a date: give a date like"),
    ],
)
def test_a_day_that_nothing_can_be_compared_with_is_refused_before_anything_is_drawn(
    case: Case, day: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aukus_mcda.analysis.fragility", lambda *_, **__: 1 / 0)
    with pytest.raises(AukusMcdaError, match=re.escape(said)):
        study(case, since=day)


def test_a_case_without_dates_says_that_it_has_none() -> None:
    with pytest.raises(AukusMcdaError, match="No score of this case has a date"):
        study(thin(), draws=100, since="2025-12-30")


def test_the_title_tells_who_leads_now_and_led_then() -> None:
    rows = [("a", "x", 5, OLD), ("a", "y", 5, OLD), ("b", "x", 4, OLD), ("b", "y", 5, OLD)]
    passed = exhibit(study(dated([*rows, ("a", "x", 3, NEW)]), "north", draws=100, since=OLD), "since")
    assert passed is not None and passed.title == "The lead passed to b" and passed.of(Table) == []
    still = exhibit(study(dated([*rows, ("a", "x", 6, NEW)]), "north", draws=100, since="2024-06-01"), "since")
    assert still is not None and still.title == "a still leads: 10.0 points ahead, 5.0 then"
    assert [chart.after for chart in still.of(Chart)] == [["x +5.0", ""]]
