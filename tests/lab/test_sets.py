# SPDX-License-Identifier: Apache-2.0
"""Sets of weights: kept under a name with their ranges, deleted and brought back, left out where they no longer fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from aukus_mcda import Case, WeightBoard, load_case
from aukus_mcda.lab import saved_weights

MINE = " "


def asked(board: WeightBoard, kind: str, **fields: Any) -> None:
    """What the panel of the board sends."""
    count = len(board.changes)
    entry = {
        "id": f"panel:{count}", "at": f"2026-01-01T00:00:00.{count:03d}Z", "kind": kind, "said": kind,
        "points": board.points, "profile": board.profile, "base": board.stored["version"],
        "author": "Ann", "reason": "",
    }  # fmt: skip
    board.changes = [*board.changes, entry | fields]


def test_a_set_keeps_its_ranges_and_can_become_my_weights(case: Case, tmp_path: Path) -> None:
    board = WeightBoard(case, "tokyo", work=tmp_path)
    asked(board, "save", name="Mine then", profile="seoul", points=case.profile("seoul").points.to_dict())
    seoul = case.profile("seoul")
    own = load_case("aukus_plus_two", own=tmp_path).profile("Mine then")
    pd.testing.assert_frame_equal(own.point_range, seoul.point_range)
    assert [each["title"] for each in board.stored["sets"]] == ["Mine then"] and saved_weights(case, tmp_path) is None
    assert {each["id"] for each in board.stored["judged"]} == {"Mine then"}
    asked(board, "", profile="Mine then", points=seoul.points.to_dict())
    asked(board, "delete", name="Mine then")
    assert board.stored["sets"] == [] and board.stored["deleted"] == ["Mine then"]
    for weights in (board.weights, WeightBoard(case, work=tmp_path).weights):
        pd.testing.assert_frame_equal(weights.point_range, seoul.point_range, check_names=False)
    assert (board.profile, [each["id"] for each in board.stored["judged"]]) == (MINE, [MINE])
    asked(board, "restore", name="Mine then")
    assert [each["id"] for each in board.stored["sets"]] == ["Mine then"]


def test_a_set_without_ranges_is_read_like_any_other(case: Case, tmp_path: Path) -> None:
    points = dict.fromkeys(case.criteria.index, 100.0)
    board = WeightBoard(case, points, work=tmp_path)
    asked(board, "save", name="All alike", points=points)
    assert [each["points"] for each in board.stored["sets"]] == [points] and board.stored["fault"] == ""


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Seoul", "a profile of the case"), ("NEW  set", "already"), ("my weights", "already"), ("new_set", "already"),
        ("worst", "already"), ("", "needs a name"), ("a;b", "needs a name"), ("x" * 61, "needs a name"),
    ],
)  # fmt: skip
def test_a_name_that_others_have_is_refused_in_words(case: Case, tmp_path: Path, name: str, words: str) -> None:
    board = WeightBoard(case, work=tmp_path)
    asked(board, "save", name="new set")
    asked(board, "save", name=name)
    assert words in board.fault and board.acknowledged == board.changes[-1]["id"]
    assert load_case("aukus_plus_two", own=tmp_path).own_profiles == ("new set",)


def test_what_another_notebook_has_deleted_is_deleted_once_and_comes_back_whole(case: Case, tmp_path: Path) -> None:
    boards = [WeightBoard(case, work=tmp_path) for _ in range(2)]
    asked(boards[0], "save", name="new set", points=case.profile("seoul").points.to_dict(), profile="seoul")
    own = load_case("aukus_plus_two", own=tmp_path).profile("new set").points.to_dict()
    asked(boards[0], "delete", name="new set")
    for late in ({"kind": "delete"}, {"kind": "rename", "new": "other"}):
        asked(boards[1], **late, name="new set")
        assert boards[1].fault.startswith("There is no set called new set any more")
    assert boards[1].stored["deleted"] == ["new set"]
    asked(boards[1], "restore", name="new set")
    assert load_case("aukus_plus_two", own=tmp_path).profile("new set").points.to_dict() == own
    asked(boards[0], "rename", name="new set", new="other")
    asked(boards[1], "restore", name="new set")
    assert boards[1].fault.startswith("There is no set called new set any more")


def test_sets_for_other_anchors_are_left_out_and_damaged_ones_are_told(case: Case, tmp_path: Path) -> None:
    board = WeightBoard(case, work=tmp_path)
    asked(board, "save", name="new set")
    notes = tmp_path / "sets.json"
    notes.write_text(notes.read_text(encoding="utf-8").replace(case.anchors_digest, "other"), encoding="utf-8")
    board.store.look()
    assert board.stored["sets"] == [] and board.fault == ""
    for damaged in (
        "{",
        '{"sets": {"new set": null}}',
        '{"sets": {"a": 1}}',
        '{"locked": {"who": "A"}}',
        '{"locked": [1]}',
    ):
        notes.write_text(damaged, encoding="utf-8")
        assert "cannot be read" in WeightBoard(case, work=tmp_path).stored["fault"]
    notes.unlink()
    (tmp_path / "weights.csv").write_text("profile,criterion,likely\nmine,nothing,3\n", encoding="utf-8")
    other = WeightBoard(case, work=tmp_path)
    assert "The set mine" in other.stored["fault"] and other.fault == "", "My weights are saved all the same"
