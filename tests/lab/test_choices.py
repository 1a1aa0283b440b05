# SPDX-License-Identifier: Apache-2.0
"""Something to pick, and at once what a study has on it; where there is nothing to pick, a line says so."""

from __future__ import annotations

import html
import time
from dataclasses import replace
from pathlib import Path

import pytest
from thin_cases import small

from aukus_mcda import AukusMcdaError, Case, ExportPanel, break_points, choose, load_case, study
from aukus_mcda.analysis import Study
from aukus_mcda.layout import Shown
from aukus_mcda.story import CHOICES


@pytest.fixture(scope="module")
def shipped(case: Case) -> Study:
    return study(case, draws=1_000)


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_picked_is_shown_within_a_tenth_of_a_second(shipped: Study, name: str) -> None:
    pickers, shown = choose(shipped, name).children
    *picks, busy = pickers.children
    said: list[str] = []
    busy.observe(lambda change: said.append(change["new"]), "value")
    seen, took = {shown.value}, []
    for _, id_ in picks[0].options[1:4]:
        began = time.thread_time()
        picks[0].value = id_
        took.append(time.thread_time() - began)
        seen.add(shown.value)
    assert len(seen) == len(took) + 1 and said == ["Working ...", ""] * len(took)
    assert min(took, default=0) < 0.1


def test_a_choice_begins_where_it_is_told_to(shipped: Study) -> None:
    chosen = html.unescape(choose(shipped, "score", "early_dialogue", "esc_korea").children[1].value)
    row = shipped.case.scores.loc[("early_dialogue", "esc_korea")]
    assert "Early dialogue on " in chosen and row["rationale"] in chosen
    assert all(shipped.case.evidence.at[item, "claim"] in chosen for item in row["evidence"])
    with pytest.raises(AukusMcdaError, match="Weight of has no 'cost'"):
        choose(shipped, "weight", "cost")
    with pytest.raises(AukusMcdaError, match="no choice named 'colour'"):
        choose(shipped, "colour")


def test_the_leader_along_a_weight_is_the_one_of_break_points(shipped: Study) -> None:
    shown = choose(shipped, "weight", "esc_korea").children[1].value
    for share in break_points(shipped.case, shipped.ranking.weights, "esc_korea", pairs=False)["share"]:
        assert f"from {100 * share:.0f} % " in shown


def test_where_there_is_nothing_to_pick_a_line_says_so() -> None:
    thin = study(small(), draws=100)
    for name in ("future", "date", "effort"):
        assert isinstance(choose(thin, name), Shown)
    assert "cites no evidence" in choose(thin, "score").children[1].value


def test_the_export_panel_opens_though_saved_weights_cannot_be_read(
    starter: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work" / "my_case").mkdir(parents=True)
    (tmp_path / "work" / "my_case" / "weights.json").write_text("{", "utf-8")
    panel = ExportPanel(starter)
    assert "cannot be read" in panel.fault and "My weights" not in panel.choices["sets"] and panel.choices["sets"]


def test_a_file_is_named_after_a_set_of_weights_in_any_script(tmp_path: Path) -> None:
    points = load_case("starter").points.loc["baseline"].reset_index().assign(profile="한국 우선", rationale="So.")
    points.drop(columns="evidence").to_csv(tmp_path / "weights.csv", index=False)
    panel = ExportPanel(study(load_case("starter", own=tmp_path), draws=1000), tmp_path)
    panel._make(["one_page"], ["한국 우선"], "us")
    assert (tmp_path / "one_page_한국_우선.docx").is_file()


def test_what_a_study_lacks_is_explained_once_and_by_the_same_exhibit_again() -> None:
    thin = study(replace(small(), points=small().points.iloc[:0]), {"x": 100, "y": 50}, draws=100)
    assert "not enough options or sets" in repr(thin.show("own weights"))
    said = [repr(thin.show(name)) for name in ("futures", "regrets", "futures")]
    assert said[0] == said[2] != "" == said[1] and choose(thin, "future").exhibits == ()
