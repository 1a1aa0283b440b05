# SPDX-License-Identifier: Apache-2.0
"""The log of answers, and its replay."""

from __future__ import annotations

import json
import math
import threading
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aukus_mcda import ExportError, Weights, WeightsError, swing
from aukus_mcda.weights.log import ElicitationLog, replay
from aukus_mcda.weights.other_ways import rank_order

ids = st.text(min_size=1, max_size=5).filter(str.strip)
TREE = {"gain": "", "risk": "", "war": "risk", "trade": "risk"}


@pytest.fixture
def log(tmp_path: Path) -> ElicitationLog:
    return ElicitationLog(tmp_path / "answers.jsonl")


def same(one: Weights, other: Weights) -> None:
    """Equal to the bit, ranges, consistency, findings and all."""
    assert one.values.to_dict() == other.values.to_dict()
    assert (one.method, one.consistency, one.findings, one.anchors) == (
        other.method, other.consistency, other.findings, other.anchors,
    )  # fmt: skip
    for end in ("low", "high"):
        ours, theirs = (None if side is None else side.to_dict() for side in (getattr(one, end), getattr(other, end)))
        assert ours == theirs


def answer_a_tree(log: ElicitationLog) -> Weights:
    log.append("start", method="swing", settings={"parents": TREE, "anchors": "abc", "name": "ann"})
    for criterion, points in (("gain", 100), ("risk", 70.1), ("war", 100), ("trade", 33.3)):
        log.append("points", criterion=criterion, points=points)
    log.append("points", criterion="risk", points=np.float64(0.1 + 0.2), low=0.1, high=50)
    log.append("ratio", a="gain", b="risk", times=300)
    return swing(
        {"gain": 100, "risk": 0.1 + 0.2, "war": 100, "trade": 33.3},
        parents=TREE, low={"risk": 0.1}, high={"risk": 50}, ratios={("gain", "risk"): 300}, anchors="abc",
    )  # fmt: skip


def test_swing_answers_replay_to_the_bit(log: ElicitationLog) -> None:
    expected = answer_a_tree(log)
    log.path.write_bytes(b"\xef\xbb\xbf" + log.path.read_bytes())  # as an editor may save it
    replayed = replay(log.path)
    same(replayed.weights, expected)
    assert replayed.weights.name == "ann"
    assert replayed.skipped == ()
    assert replayed.unfinished == ""
    assert all("at" in answer for answer in replayed.answers)


@given(points=st.dictionaries(ids, st.floats(1e-3, 1e9), min_size=1, max_size=6))
@settings(max_examples=40, deadline=None)
def test_any_points_replay_to_the_bit(tmp_path_factory: pytest.TempPathFactory, points: dict[str, float]) -> None:
    log = ElicitationLog(tmp_path_factory.mktemp("log") / "log.jsonl")
    log.append("start", method="swing")
    for criterion, given_points in points.items():
        log.append("points", criterion=criterion, points=given_points)
    same(replay(log.path).weights, swing(points))


def test_an_order_replays(log: ElicitationLog) -> None:
    log.append("start", method="rank_order", settings={"rule": "rr"})
    log.append("order", best_first=["a", "b", "c"])
    log.append("order", best_first=["b", ["a", "c"]])
    same(replay(log.path).weights, rank_order(["b", ["a", "c"]], "rr"))


def test_a_log_by_another_method_says_so(log: ElicitationLog) -> None:
    log.path.write_text('{"kind": "start", "method": "ahp"}\n')
    log.append("points", criterion="a", points=100)
    replayed = replay(log.path)
    assert replayed.weights is None and "not 'ahp'" in replayed.unfinished


def test_a_profile_replaces_all_points(log: ElicitationLog) -> None:
    log.append("start", method="swing")
    log.append("points", criterion="a", points=7, low=1)
    log.append("profile", name="baseline", points=pd.Series({"a": 100.0, "b": 50.0}))
    log.append("points", criterion="b", points=25)
    same(replay(log.path).weights, swing({"a": 100, "b": 25}))


def test_undo_takes_back_answers_and_resets(log: ElicitationLog) -> None:
    log.append("start", method="swing")
    log.append("undo")
    log.append("points", criterion="a", points=100)
    log.append("points", criterion="b", points=50)
    log.append("reset")
    assert replay(log.path).weights is None
    log.append("undo")
    log.append("points", criterion="b", points=10)
    log.append("undo")
    replayed = replay(log.path)
    same(replayed.weights, swing({"a": 100, "b": 50}))
    assert [(skip.line, skip.reason) for skip in replayed.skipped] == [(2, "there is no answer to take back")]


def test_a_new_start_begins_afresh(log: ElicitationLog) -> None:
    answer_a_tree(log)
    log.append("start", method="rank_order")
    assert replay(log.path).weights is None
    log.append("order", best_first=["x", "y"])
    same(replay(log.path).weights, rank_order(["x", "y"]))


def test_a_log_cut_at_any_byte_replays(log: ElicitationLog) -> None:
    answer_a_tree(log)
    whole = log.path.read_bytes()
    starts = [0, *(place + 1 for place, byte in enumerate(whole) if byte == ord("\n"))]
    for cut in range(len(whole)):
        log.path.write_bytes(whole[:cut])
        replayed = replay(log.path)
        torn = cut not in starts and cut + 1 not in starts
        assert [skip.reason for skip in replayed.skipped] == (["the line is cut short"] if torn else [])
        assert (replayed.weights is None) == bool(replayed.unfinished)
        complete = sum(1 for place in starts[1:] if cut >= place - 1)
        assert len(replayed.answers) == complete


def test_an_answer_after_a_torn_line_is_not_lost(log: ElicitationLog) -> None:
    answer_a_tree(log)
    torn = log.path.read_bytes()[:-10]
    log.path.write_bytes(torn)
    log.append("points", criterion="gain", points=60)
    replayed = replay(log.path)
    assert replayed.weights.points["gain"] == 60
    assert [(skip.line, skip.reason) for skip in replayed.skipped] == [(7, "the line cannot be read")]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"\xff\xfe", "cannot be read"),
        (b'{"kind": "points", "criterion": "gain", "points": 5, "points": 90}', "cannot be read"),
        (b"[1, 2]", "object with a kind"),
        (b'{"kind": "mood"}', "No kind of answer called 'mood'"),
        (b'{"kind": "points", "criterion": "gain"}', "points needs points"),
        (b'{"kind": "points", "criterion": ["gain"], "points": 3}', "criterion must be text, not a list"),
        (b'{"kind": "points", "criterion": "gain", "points": NaN}', "not nan"),
        (b'{"kind": "points", "criterion": "gain", "points": 3, "mood": 1}', "points has no mood"),
        (b'{"kind": "order", "best_first": ["a"]}', "swing does not ask for order"),
        (b'{"kind": "start", "method": "guess"}', "method must be 'swing' or 'rank_order', not 'guess'"),
        (b'{"kind": "start", "method": []}', "method must be 'swing' or 'rank_order', not a list"),
        (b'{"kind": "start", "method": "swing", "settings": {"rule": "x"}}', "no setting called rule"),
        (b'{"kind": "start", "method": "swing", "settings": {"parents": {"a": []}}}', "parents must be"),
        (
            b'{"kind": "start", "method": "rank_order", "settings": {"rule": []}}',
            "rule must be 'roc' or 'rs' or 'rr', not a list",
        ),
    ],
)
def test_a_damaged_line_is_skipped_and_named(log: ElicitationLog, line: bytes, reason: str) -> None:
    expected = answer_a_tree(log)
    lines = log.path.read_bytes().split(b"\n")
    lines.insert(3, line)
    log.path.write_bytes(b"\n".join(lines))
    replayed = replay(log.path)
    same(replayed.weights, expected)
    assert [skip.line for skip in replayed.skipped] == [4]
    assert reason in replayed.skipped[0].reason


def test_without_a_start_there_are_no_weights(log: ElicitationLog) -> None:
    log.append("points", criterion="a", points=100)
    replayed = replay(log.path)
    assert replayed.weights is None
    assert "which method" in replayed.unfinished
    assert replayed.skipped[0].line == 1


def test_answers_that_do_not_make_weights_yet_say_what_is_missing(log: ElicitationLog) -> None:
    log.append("start", method="swing", settings={"parents": TREE})
    log.append("points", criterion="gain", points=100)
    assert "No swing points for risk, war, trade" in replay(log.path).unfinished


@pytest.mark.parametrize(
    ("kind", "answer", "part"),
    [
        ("mood", {}, "No kind of answer called 'mood'"),
        ("points", {"criterion": "a"}, "points needs points"),
        ("points", {"criterion": "a", "points": math.nan}, "points must be a finite number, 0 or more, not nan"),
        ("points", {"criterion": "a", "points": object()}, "cannot be written down: <object"),
        ("points", {"criterion": "a", "points": Fraction(1, 3)}, "cannot be written down"),
        (
            "points",
            {"criterion": "a", "points": -1, "high": "9"},
            "points must be a finite number, 0 or more, not -1. high must be a finite number, 0 or more, not '9'",
        ),
        ("points", {"criterion": "a", "points": 5, "low": 6}, "a has 5 points, outside 6 to 5"),
        ("points", {"criterion": " ", "points": 5}, "A blank id"),
        ("profile", {"name": "x", "points": {"a": -2}}, "a has -2"),
        ("profile", {"name": "x", "points": [1]}, "points must be a mapping"),
        ("ratio", {"a": "x", "b": "y", "times": 0}, "above 0, not 0"),
        ("ratio", {"a": "x", "b": "x", "times": 2}, "x to itself"),
        ("comparison", {"a": "x", "b": "y", "times": 3}, "No kind of answer called 'comparison'"),
        ("ratio", {"a": "x", "b": "y", "times": 10**400}, "not about 1e+400"),
        ("order", {"best_first": ["a", "a"]}, "a named more than once"),
        ("order", {"best_first": 3}, "not 3"),
        ("start", {"method": "rank_order", "settings": {"rule": "best"}}, "not 'best'"),
        ("start", {"method": "guess"}, "method must be"),
    ],
)
def test_a_bad_answer_is_refused_before_it_is_written(log: ElicitationLog, kind: str, answer: dict, part: str) -> None:
    with pytest.raises(WeightsError) as caught:
        log.append(kind, **answer)
    assert part in str(caught.value)
    assert not log.path.exists()


def test_an_answer_the_method_does_not_ask_for_is_refused(log: ElicitationLog) -> None:
    log.append("start", method="swing")
    other = ElicitationLog(log.path)
    for one in (log, other):
        with pytest.raises(WeightsError, match="swing does not ask for order"):
            one.append("order", best_first=["a", "b"])
    log.append("start", method="rank_order")
    other.append("order", best_first=["a", "b"])  # the other writer's start is seen
    assert len(log.path.read_bytes().splitlines()) == 3
    same(replay(log.path).weights, rank_order(["a", "b"]))


def test_a_bad_number_in_a_file_is_skipped_and_named(log: ElicitationLog) -> None:
    expected = answer_a_tree(log)
    with log.path.open("ab") as file:
        file.write(b'{"kind": "points", "criterion": "gain", "points": -4}\n')
    replayed = replay(log.path)
    same(replayed.weights, expected)
    assert "not -4" in replayed.skipped[0].reason


def test_a_ratio_asked_again_the_other_way_round_replaces_the_first(log: ElicitationLog) -> None:
    log.append("start", method="swing")
    log.append("profile", name="x", points={"a": 100, "b": 50})
    log.append("ratio", a="a", b="b", times=8)
    log.append("ratio", a="b", b="a", times=0.5)
    same(replay(log.path).weights, swing({"a": 100, "b": 50}, ratios={("b", "a"): 0.5}))
    assert replay(log.path).weights.consistency == 1


def test_what_is_no_path_is_refused() -> None:
    for bad in (5, None):
        with pytest.raises(WeightsError, match=f"not {bad}"):
            ElicitationLog(bad)
        with pytest.raises(WeightsError, match=f"not {bad}"):
            replay(bad)


def test_writers_do_not_interleave(log: ElicitationLog) -> None:
    log.append("start", method="swing")
    names = [f"criterion_{k}" for k in range(4)]

    def answer(name: str) -> None:
        own = ElicitationLog(log.path)
        for points in range(1, 26):
            own.append("points", criterion=name, points=points)

    threads = [threading.Thread(target=answer, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    lines = log.path.read_text().split("\n")  # an empty line may stand before one: see `append_line`
    assert len([json.loads(line) for line in lines if line]) == 101
    replayed = replay(log.path)
    assert len(replayed.answers) == 101
    assert not replayed.skipped
    assert replayed.weights.values.tolist() == [0.25] * 4


def test_a_place_that_cannot_be_written_or_read_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match="could not be written"):
        ElicitationLog(tmp_path / "file" / "log.jsonl").append("undo")
    with pytest.raises(WeightsError, match="cannot be read"):
        replay(tmp_path / "nothing.jsonl")
