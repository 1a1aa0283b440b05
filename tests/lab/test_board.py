# SPDX-License-Identifier: Apache-2.0
"""The weight board: Python is the truth, the browser says the same, and what is set is kept."""

from __future__ import annotations

import asyncio
import base64
import itertools
import json
import multiprocessing
import os
import re
import shutil
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import (
    Case,
    ExportError,
    WeightsError,
    break_points,
    export_html,
    load_case,
    rank,
    replay,
    smaa,
    study,
    swing,
    weight_range,
)
from aukus_mcda.analysis import Study
from aukus_mcda.case.writing import affirm
from aukus_mcda.lab.board import SCRIPT, DrawnSteps, WeightBoard, drawn_values, judged_sets
from aukus_mcda.lab.store import SAVED, saved_weights, store_of, weights_from, work_folder
from aukus_mcda.perspectives import breaches_of
from aukus_mcda.ranking import competing
from aukus_mcda.story import ANNEX, STORY, exhibit
from aukus_mcda.text import joined, titled
from tools.lint_words import lint

HOSTILE = (
    "<script>document.title='broken'</script>",
    '"><img src=x onerror="document.title=\'broken\'">',
    "\u202eright to left\u202c \u05e9\u05dc\u05d5\u05dd",
    "x" * 200,
    "\U0001f600 </script><!-- & ' \" ${1} `",
)


@pytest.fixture
def board(case: Case, tmp_path: Path) -> WeightBoard:
    return WeightBoard(case, "baseline", work=tmp_path / "work")


def changed(board: WeightBoard, session: str = "test", **points: float) -> None:
    """What the browser sends after a change."""
    count, now = len(board.changes), {**board.points, **points}
    at = f"2026-01-01T00:{len(session):02d}:00.{count:03d}Z"
    entry = {
        "id": f"{session}:{count}", "at": at, "said": "test", "points": now,
        "profile": board.profile, "base": board.stored["version"],
    }  # fmt: skip
    with board.hold_trait_notifications():
        board.points = now
        board.changes = [*board.changes, entry]


def hostile_case() -> Case:
    """A case whose every name is out to do harm."""
    criteria = pd.DataFrame({
        "id": ["c0", "c1", "c2", "c3"], "parent": ["", "", "c1", "c1"], "name": HOSTILE[:4], "question": HOSTILE[1],
        "direction": ["max", "", "min", "max"], "worst": ["0", "", "10", "0"], "best": ["10", "", "0", "10"],
        "worst_means": [HOSTILE[0], "", HOSTILE[1], HOSTILE[2]], "best_means": [HOSTILE[4], "", HOSTILE[3], HOSTILE[0]],
    })  # fmt: skip
    options = pd.DataFrame({"id": [f"o{i}" for i in range(5)], "name": HOSTILE, "short": HOSTILE})
    rng = np.random.default_rng(3)
    rows = [(o, c, *np.sort(rng.uniform(0, 10, 3))) for o in options["id"] for c in ("c0", "c2", "c3")]
    scores = pd.DataFrame(rows, columns=["option", "criterion", "low", "likely", "high"])
    about = {"title": HOSTILE[0], "marking": HOSTILE[1], "disclaimer": HOSTILE[4]}
    return Case.from_frames(criteria=criteria, scores=scores, options=options, about=about)


# ---- Python ---------------------------------------------------------------------------------------------------------


def test_a_board_begins_with_the_profile_and_its_ranges(case: Case, board: WeightBoard) -> None:
    profile = case.profile("baseline")
    pd.testing.assert_series_equal(board.weights.values, profile.values)
    pd.testing.assert_frame_equal(board.weights.point_range, profile.point_range)
    assert list(board.ranking.table.index) == list(rank(case, "baseline").table.index)
    assert "ranks first" in repr(board)


def test_what_is_changed_is_saved_logged_and_picked_up(case: Case, board: WeightBoard, tmp_path: Path) -> None:
    work = tmp_path / "work"
    assert saved_weights(case, work) is None
    changed(board, escalation=100.0)
    changed(board, det_picture=12.5)
    assert board.acknowledged == "test:1" and board.fault == ""
    expected = case.profile("baseline").change({"escalation": 100, "det_picture": 12.5})
    for kept in (board.weights, saved_weights(case, work), WeightBoard(case, work=work).weights):
        pd.testing.assert_series_equal(kept.values, expected.values, check_exact=True)
        pd.testing.assert_frame_equal(kept.point_range, expected.point_range)
        assert kept.anchors == case.anchors_digest
    replayed = replay(work / "board.jsonl")
    assert replayed.skipped == ()
    pd.testing.assert_series_equal(replayed.weights.values, expected.values, check_exact=True)
    assert len((work / "board.jsonl").read_text(encoding="utf-8").splitlines()) == 3
    for fresh in (WeightBoard(case, "baseline", work=work), WeightBoard(case, work=work, resume=False)):
        assert (fresh.shown, fresh.tried) == ("baseline", case.profile("baseline").points.to_dict())
        pd.testing.assert_series_equal(fresh.weights.values, expected.values)


def test_two_boards_of_one_kernel_show_the_same_weights(case: Case, board: WeightBoard, tmp_path: Path) -> None:
    other = WeightBoard(case, "tokyo", work=tmp_path / "work")
    assert other.weights.name == "tokyo" and other.shown == " "
    changed(board, escalation=100.0)
    assert other.points == board.points and other.profile == "baseline" and other.stored == board.stored
    changed(other, escalation=90.0)
    assert board.points["escalation"] == board.weights.points["escalation"] == 90
    assert saved_weights(case, tmp_path / "work").points["escalation"] == 90
    other.close()
    changed(board, escalation=80.0)
    assert other.points["escalation"] == 90


def test_a_change_of_older_weights_is_not_written_until_somebody_chooses(
    case: Case, board: WeightBoard, tmp_path: Path
) -> None:
    changed(board, escalation=100.0)
    stale = dict(board.stored)
    file = tmp_path / "work" / "weights.json"
    beside = json.loads(file.read_text(encoding="utf-8"))
    beside["points"]["escalation"], beside["by"] = 55, "another page"
    file.write_text(json.dumps(beside), encoding="utf-8")
    assert board.weights.points["escalation"] == 55, "the board's weights are those saved, whoever saved them"
    board.stored = stale
    changed(board, session="late", escalation=70.0)
    assert board.clash == "late:1" and board.acknowledged == "test:0" and board.fault == ""
    assert board.points["escalation"] == board.weights.points["escalation"] == 55
    kept = board.changes[-1] | {"base": board.stored["version"]}
    board.changes = [kept]
    assert board.clash == "" and board.acknowledged == "late:1" and board.weights.points["escalation"] == 70
    board.changes = [kept | {"id": "later:0", "base": "never seen"}]
    assert board.clash == "", "what is as it stands already needs no question"
    board.changes = [kept | {"id": "older:0", "at": "2026-01-01T00:04:00.000Z", "base": "", "points": {}}]
    assert board.clash == "" and board.weights.points["escalation"] == 70, "it was written down before"


def test_the_kernels_loop_looks_at_the_files_while_a_page_shows_them(
    case: Case, board: WeightBoard, tmp_path: Path, monkeypatch: Any
) -> None:
    monkeypatch.setattr("aukus_mcda.lab.store.LOOK_EVERY", 0.01)
    changed(board, escalation=100.0)
    file = tmp_path / "work" / "weights.json"

    async def a_kernel() -> None:
        board._handle_custom_msg({"views": 1}, [])
        other = json.loads(file.read_text(encoding="utf-8"))
        other["points"]["escalation"] = 12
        file.write_text(json.dumps(other), encoding="utf-8")
        async with asyncio.timeout(10):
            while board.points["escalation"] != 12:
                await asyncio.sleep(0.01)
        board._handle_custom_msg({"views": -1}, [])
        async with asyncio.timeout(10):
            while board.store._timer is not None:
                await asyncio.sleep(0.01)

    asyncio.run(a_kernel())


def test_a_change_that_is_sent_twice_is_written_once(board: WeightBoard, tmp_path: Path) -> None:
    changed(board, escalation=100.0)
    board.changes = [*board.changes, {**board.changes[0], "id": "test:1"}]
    assert len((tmp_path / "work" / "board.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_the_folder_is_beside_the_notebook_and_named_for_the_case(case: Case, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    changed(WeightBoard(case), escalation=100.0)
    assert (tmp_path / "work" / "aukus_plus_two" / "weights.json").exists()
    strange = Case.from_frames(
        criteria=pd.DataFrame({"id": ["a"], "direction": ["max"], "worst": [0], "best": [1]}),
        scores=pd.DataFrame({"option": ["A"], "criterion": ["a"], "likely": [1]}),
    )
    assert work_folder(strange.about.id).parent == Path("work")
    assert work_folder("con").name.startswith("con_")  # a device of Windows


def test_weights_for_other_anchors_another_tree_or_damaged_ones_are_refused(
    case: Case, board: WeightBoard, folder: Path, tmp_path: Path
) -> None:
    changed(board, escalation=100.0)
    work, path = tmp_path / "work", folder / "criteria.csv"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("Each navy sees only", "Every navy sees only"), encoding="utf-8")
    affirm(folder)
    for load in (saved_weights, WeightBoard):
        with pytest.raises(WeightsError, match=r"other anchors.*resume=False"):
            load(load_case(folder), work=work)
    assert WeightBoard(load_case(folder), work=work, resume=False).weights.name == "baseline"
    kept = json.loads((work / "weights.json").read_text(encoding="utf-8"))
    kept["parents"]["det_picture"] = "escalation"
    (work / "weights.json").write_text(json.dumps(kept), encoding="utf-8")
    with pytest.raises(WeightsError, match="another value tree"):
        WeightBoard(case, work=work)
    kept["parents"], kept["points"]["escalation"] = case.criteria["parent"].to_dict(), -1
    (work / "weights.json").write_text(json.dumps(kept), encoding="utf-8-sig")
    with pytest.raises(WeightsError, match=r"weights\.json cannot be used: .*escalation has -1"):
        saved_weights(case, work)
    (work / "weights.json").write_text(json.dumps(kept).replace("-1", "1" * 400), encoding="utf-8")
    with pytest.raises(WeightsError, match=r"weights\.json cannot be used: .*escalation has inf"):
        saved_weights(case, work)
    twice = json.dumps(kept).replace('"profile"', '"profile": "", "profile"')
    damaged = {
        twice: "stands twice",
        "{": "breaks off",
        "null": "an entry that is missing",
        "[" * 100_000: "breaks off",
    }
    for text, reason in damaged.items():
        (work / "weights.json").write_text(text, encoding="utf-8")
        with pytest.raises(WeightsError, match=rf"cannot be read \(.*{reason}"):
            saved_weights(case, work)


def test_what_cannot_be_written_is_said_on_the_board_and_written_later(case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    board = WeightBoard(case, "baseline", work=tmp_path / "file")
    changed(board, escalation=100.0)
    assert "cannot be made" in board.fault and board.acknowledged == ""
    (tmp_path / "file").unlink()
    changed(board, escalation=90.0)
    assert board.fault == "" and board.acknowledged == "test:1"
    assert len((tmp_path / "file" / "board.jsonl").read_text(encoding="utf-8").splitlines()) == 3


def test_a_folder_that_is_taken_away_is_made_again_with_a_whole_log(
    case: Case, board: WeightBoard, tmp_path: Path
) -> None:
    changed(board, escalation=100.0)
    shutil.rmtree(tmp_path / "work")
    changed(board, escalation=90.0)
    assert board.fault == "" and board.acknowledged == "test:1"
    assert replay(tmp_path / "work" / "board.jsonl").weights.points["escalation"] == 90


def keep_writing(where: str, worth: float) -> None:
    case = load_case("aukus_plus_two")
    board = WeightBoard(case, "baseline", work=where, draws=1)
    for _ in range(20):
        changed(board, session=f"page {worth}", **dict.fromkeys(case.leaves, worth))
        for _ in range(1_000):
            if not board.clash:
                break
            # Whose weights are to stand was asked: ours.
            board.changes = [*board.changes[:-1], board.changes[-1] | {"base": board.stored["version"]}]
        assert not board.clash
        worth += 1


def test_two_notebooks_at_once_leave_both_files_whole(case: Case, tmp_path: Path) -> None:
    other = multiprocessing.get_context("spawn").Process(target=keep_writing, args=(str(tmp_path), 100.0))
    other.start()
    while not (tmp_path / "board.jsonl").exists():
        assert other.is_alive()
        time.sleep(0.01)
    keep_writing(str(tmp_path), 50.0)
    other.join()
    assert other.exitcode == 0
    lines = (tmp_path / "board.jsonl").read_text(encoding="utf-8").splitlines()
    assert len(lines) == 42 and all(json.loads(line) for line in lines)
    assert replay(tmp_path / "board.jsonl").skipped == ()
    leaves = {saved_weights(case, tmp_path).points[leaf] for leaf in case.leaves}
    assert leaves in ({119.0}, {69.0})


def test_a_file_that_differs_in_its_content_alone_is_seen(tmp_path: Path) -> None:
    file = tmp_path / SAVED
    file.write_text("one", encoding="utf-8")
    store, first = store_of(tmp_path), file.stat()
    before = store.stamp
    file.write_text("two", encoding="utf-8")
    os.utime(file, ns=(first.st_atime_ns, first.st_mtime_ns))
    store.look()
    assert store.stamp != before


def test_the_draws_are_those_of_smaa(case: Case) -> None:
    drawn = drawn_values(case, 500, seed=7)
    assert drawn.steps.shape == (10, 18, 500)
    weights, table = case.profile("tokyo").values, competing(case)
    drawn_weights = judged_draws(case, case.profile("tokyo").points.to_dict(), drawn_points(case, "tokyo", 500, 7))
    for given, row in (
        ("tokyo", weights[table.columns].to_numpy()),
        (weight_range(case.profile("tokyo")), drawn_weights),
    ):
        found = smaa(case, given, draws=500, seed=7).rank_acceptability[1][table.index]
        np.testing.assert_allclose(lead_shares(numbers(drawn), row), found, atol=1.1 / 500)
    assert drawn_values(case.__class__(**{**vars_of(case), "scores": certain(case)}), 500, 7).steps.shape == (10, 18, 0)


class DrawnPoints(NamedTuple):
    """Swing points as judged, by node; the nodes whose points vary; and draws of those, ``(u, n)``."""

    points: dict[str, float]
    nodes: list[str]
    draws: DrawnSteps


def drawn_points(case: Case, profile: str, draws: int, seed: int) -> DrawnPoints:
    """A profile's swing points as the browser gets them."""
    (judged,), raw = judged_sets(case, {profile: case.profile(profile)}, draws, seed)
    steps = np.frombuffer(raw, dtype=np.uint16).reshape(-1, draws)
    assert judged["id"] == profile
    drawn = DrawnSteps(np.array(judged["low"]), np.array(judged["step"]), steps)
    return DrawnPoints(judged["points"], judged["nodes"], drawn)


def judged_draws(case: Case, points: dict[str, float], judged: DrawnPoints) -> np.ndarray:
    """Draws of leaf weights ``(n, k)``, in the order of ids: points that stand as judged vary, by the definition."""
    draws = numbers(judged.draws)
    frame = pd.DataFrame(dict.fromkeys(points, 0.0), index=range(draws.shape[1])) + pd.Series(points)
    for node, drawn in zip(judged.nodes, draws, strict=True):
        if points[node] == judged.points[node]:
            frame[node] = drawn
    return leaf_weights(case, frame).to_numpy()


def numbers(drawn: DrawnSteps) -> np.ndarray:
    """What draws stand for, as the browser reads them."""
    return drawn.low[..., None] + drawn.step[..., None] * drawn.steps


def lead_shares(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """The share of draws ``(m, k, n)`` of values in which each option leads, under one set of weights or one a draw."""
    scores = np.einsum("mkn,nk->nm", values, np.broadcast_to(weights, (values.shape[2], values.shape[1])))
    ahead = scores >= scores.max(axis=1, keepdims=True) - 1e-9
    return np.asarray((ahead / ahead.sum(axis=1, keepdims=True)).mean(axis=0))


def vars_of(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.__dataclass_fields__}


def certain(case: Case) -> pd.DataFrame:
    return case.scores.assign(low=case.scores["likely"], high=case.scores["likely"])


@pytest.mark.parametrize("draws", [0, 8_193, 2.5, True])
def test_draws_out_of_range_are_refused(case: Case, draws: Any) -> None:
    with pytest.raises(WeightsError, match="draws"):
        WeightBoard(case, "baseline", draws=draws)


def test_any_weights_can_be_put_on_the_board(case: Case) -> None:
    points = {leaf: 10.0 + place for place, leaf in enumerate(case.leaves)}
    flat = case.weights(points)
    made = swing(case.tree_points(flat), parents=case.criteria["parent"])
    pd.testing.assert_series_equal(made.values, flat.values, check_names=False, rtol=1e-12)
    board = WeightBoard(case, flat)
    pd.testing.assert_series_equal(board.weights.values, flat.values, check_names=False, rtol=1e-12)


def test_a_page_that_cannot_be_written_is_an_export_error(board: WeightBoard, tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        board.export_html(tmp_path)


# ---- the browser's sums ---------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sums(browser: Any, case: Case) -> Iterator[Any]:
    """A blank page with the board's functions as ``sums`` and a board's data."""
    page, board = browser.new_page(), WeightBoard(case, "baseline")
    page.evaluate(
        """async ([script, data, draws]) => {
            window.sums = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
            window.data = data;
            window.groups = sums.siblings(data.nodes);
            const bytes = Uint8Array.from(atob(draws), (letter) => letter.charCodeAt(0));
            window.drawn = sums.decodeDraws(new DataView(bytes.buffer), data);
        }""",
        [SCRIPT, board.data, base64.b64encode(board.draws).decode()],
    )
    yield page
    page.close()


def random_points(case: Case, count: int) -> list[dict[str, float]]:
    """Points of which one in twenty is 0, but never all of some siblings."""
    rng, tree = np.random.default_rng(11), case.criteria["parent"]
    drawn = rng.exponential(40, (count, len(tree))).round(3) * (rng.random((count, len(tree))) > 0.05)
    points = pd.DataFrame(drawn, columns=tree.index)
    usable = (points.T.groupby(tree).sum() > 0).all()
    return points[usable].to_dict("records")


def leaf_weights(case: Case, points: list[dict[str, float]] | pd.DataFrame) -> pd.DataFrame:
    """Weights by the definition, all at once: shares among siblings, multiplied down each branch."""
    frame = pd.DataFrame(points)
    shares = (frame.T / frame.T.groupby(case.criteria["parent"]).transform("sum")).T
    return pd.DataFrame({leaf: shares[list(case.branch_of(leaf))].prod(axis=1) for leaf in sorted(case.leaves)})


def test_browser_and_python_agree_to_nine_digits_on_a_thousand_weights(case: Case, sums: Any) -> None:
    points = random_points(case, 1_100)[:1_000]
    assert len(points) == 1_000
    table, drawn = competing(case), numbers(drawn_values(case, 2_000, 0))
    weights = leaf_weights(case, points)[table.columns].to_numpy()
    told = sums.evaluate(
        """(all) => JSON.stringify(all.map((points) => {
            const made = sums.compute(data, groups, points, new Set(), drawn);
            return [made.row, made.scores, made.leads, made.intervals];
        }))""",  # as text: so many numbers take long one by one
        points,
    )
    browsers = [np.array(column) for column in zip(*json.loads(told), strict=True)]
    for one, other in zip(browsers[:2], [weights, weights @ table.to_numpy().T], strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-9)
    for row, leads, intervals in zip(weights, *browsers[2:], strict=True):
        np.testing.assert_allclose(leads, lead_shares(drawn, row), rtol=0, atol=1e-9)
        ends = np.quantile(np.einsum("ikn,k->in", drawn, row), [0.05, 0.95], axis=1).T
        np.testing.assert_allclose(intervals, ends, rtol=0, atol=1e-9)
    for given, row, scores in zip(points[:20], *browsers[:2], strict=False):
        ranked = rank(case, given)
        np.testing.assert_allclose(row, ranked.weights.values[table.columns], rtol=0, atol=1e-9)
        np.testing.assert_allclose(scores, ranked.table["score"][table.index], rtol=0, atol=1e-9)


def test_browser_and_python_draw_the_same_weights(case: Case, sums: Any) -> None:
    rng, values = np.random.default_rng(2), numbers(drawn_values(case, 2_000, 0))
    for profile in ("baseline", "washington"):
        judged = drawn_points(case, profile, 2_000, 0)
        assert len(judged.nodes) == 22
        for changes in (0, 1, 5, 21, 22):
            points = dict(judged.points)
            for node in rng.choice(list(points), changes, replace=False):
                points[node] = float(rng.integers(1, 50)) + 0.5
            told = sums.evaluate(
                """([points, profile]) => {
                    const found = sums.compute(data, groups, points, new Set(), drawn, profile);
                    const judged = drawn.judged.get(profile), varying = sums.standing(points, judged);
                    const weights = sums.drawnWeights(data, groups, points, varying, drawn, judged);
                    return JSON.stringify([weights.map((row) => [...row]), found.leads, found.varying, found.settled]);
                }""",
                [points, profile],
            )
            weights, leads, varying, settled = json.loads(told)
            assert (varying, settled) == (changes < 22, changes > 0)
            truth = judged_draws(case, points, judged)
            np.testing.assert_allclose(np.array(weights).T, truth, rtol=0, atol=1e-9)
            np.testing.assert_allclose(leads, lead_shares(values, truth), rtol=0, atol=1e-9)
            kept = weights_from(case, points, profile).point_range
            assert (kept is not None) == varying
            if kept is not None:
                vary = kept.index[kept["low"] < kept["high"]]
                assert set(vary) == {node for node in judged.nodes if points[node] == judged.points[node]}


def test_numbers_are_rounded_as_python_writes_them(sums: Any) -> None:
    rng = np.random.default_rng(5)
    numbers = [
        31.25,
        31.75,
        0.5,
        1.5,
        2.5,
        99.95,
        0.25,
        0.0,
        100.0,
        *rng.uniform(0, 100, 300),
        *rng.integers(0, 400, 99) / 4,
    ]
    shown = sums.evaluate(
        "(all) => all.map((number) => [sums.rounded(number, 1), sums.rounded(number, 0)])", list(map(float, numbers))
    )
    assert shown == [[f"{number:.1f}", f"{number:.0f}"] for number in numbers]


def nearest_breaks(case: Case, points: dict[str, float], root: str) -> tuple[float, str, float, str]:
    """The leader's break points on either side of a top criterion's share, by Python."""
    found = break_points(case, points, root)
    found = found[found["kind"] == "leader"]
    below, above = found[found["share"] < found["current"]], found[found["share"] > found["current"]]
    low = (below["share"].iloc[-1], below["below"].iloc[-1]) if len(below) else (0.0, "")
    high = (above["share"].iloc[0], above["above"].iloc[0]) if len(above) else (1.0, "")
    return (*low, *high)


def test_flips_at_the_top_of_the_tree_are_pythons_break_points(case: Case, sums: Any) -> None:
    cases = [case.profile(name).points.to_dict() for name in case.profiles]
    cases += [{name: number + 1 for name, number in points.items()} for points in random_points(case, 12)]
    ids = list(competing(case).index)
    for points in cases:
        flips = sums.evaluate("(points) => sums.compute(data, groups, points, new Set(), drawn).flips", points)
        for root in case.roots:
            low, below, high, above = nearest_breaks(case, points, root)
            flip = flips[root]
            assert (flip["low"], flip["high"]) == pytest.approx((low, high), abs=1e-9)
            assert [ids[i] if i >= 0 else "" for i in (flip["below"], flip["above"])] == [below, above]


def test_flips_keep_locked_weights_and_are_where_python_changes_the_leader(case: Case, sums: Any) -> None:
    parents, ids = case.criteria["parent"], list(competing(case).index)
    seen = 0
    for points, locked in zip(random_points(case, 6), (["escalation"], ["det_denial", "esc_korea"]) * 3, strict=True):
        points = {name: number + 1 for name, number in points.items()}
        made = sums.evaluate(
            """([points, locked]) => {
                const held = new Set(locked), found = sums.compute(data, groups, points, held, drawn), sides = [];
                for (const [parent, ids] of groups) for (const id of ids) {
                    const flip = found.flips[id];
                    if (!flip) continue;
                    for (const [to, who, way] of [[flip.low, flip.below, -1], [flip.high, flip.above, 1]]) {
                        if (who < 0) continue;
                        for (const step of [-1e-6, 1e-6]) {
                            const moved = sums.moveShare(found.shares, ids, id, to + way * step, held);
                            sides.push({ id, parent, who: step > 0 ? who : found.order[0],
                                         shares: found.shares, points: { ...points, ...sums.pointsOf(moved) } });
                        }
                    }
                }
                return sides;
            }""",
            [points, locked],
        )
        for side in made[:24]:
            weights = swing(side["points"], parents=parents)
            scores = competing(case) @ weights.values
            assert scores.idxmax() == ids[side["who"]]
            shares = weights.details["branches"]["share"]
            for name in locked:
                assert shares[name] == pytest.approx(side["shares"][name], abs=1e-9)
                assert side["id"] != name
            seen += 1
    assert seen > 40


# ---- the page -------------------------------------------------------------------------------------------------------


class Opened:
    """An exported board in a page, and what the page complained of or asked for."""

    def __init__(self, browser: Any, path: Path, **context: Any) -> None:
        self.page = browser.new_context(**({"viewport": {"width": 1280, "height": 900}} | context)).new_page()
        self.page.set_default_timeout(10_000)
        self.trouble: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(path.as_uri())
        self.page.wait_for_selector(".awb[data-order]")

    @property
    def order(self) -> list[str]:
        return self.page.get_attribute(".awb", "data-order").split(" ")

    def number(self, node: str) -> float:
        return float(self.box(node).input_value())

    def box(self, node: str) -> Any:
        return self.page.locator(f'[data-node="{node}"] input[type="number"]')

    def slider(self, node: str) -> Any:
        return self.page.locator(f'[data-node="{node}"] input[type="range"]')

    def type(self, node: str, number: str) -> None:
        self.box(node).fill(number)
        self.box(node).press("Enter")

    def drag(self, node: str, *places: float) -> None:
        at = self.slider(node).bounding_box()
        y = at["y"] + at["height"] / 2
        self.page.mouse.move(at["x"] + 8 + self.number(node) / 100 * (at["width"] - 16), y)
        self.page.mouse.down()
        for place in places:
            self.page.mouse.move(at["x"] + 8 + place * (at["width"] - 16), y, steps=4)
        self.page.mouse.up()

    def press(self, act: str) -> None:
        self.page.click(f'[data-act="{act}"]')


@pytest.fixture(scope="module")
def exported(case: Case, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return WeightBoard(case, "baseline").export_html(tmp_path_factory.mktemp("board") / "board.html")


@pytest.fixture
def opened(browser: Any, exported: Path) -> Iterator[Opened]:
    made = Opened(browser, exported)
    yield made
    assert made.trouble == [] and made.requests == [exported.as_uri()]
    made.page.context.close()


def expected(case: Case, opened: Opened, **shares: float) -> list[str]:
    """Python's ranking for shares of the top criteria."""
    points = case.profile("baseline").points.to_dict() | shares
    return list(rank(case, points).ranked.index)


def top(case: Case, opened: Opened) -> dict[str, float]:
    return {root: opened.number(root) for root in case.roots}


def test_the_page_is_one_small_file_with_a_strict_policy(exported: Path) -> None:
    text = exported.read_text(encoding="utf-8")
    assert len(text) < 1_950_000
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)[1]
    assert re.fullmatch(
        r"default-src 'none'; script-src 'sha256-\S{44}'; style-src 'sha256-\S{44}'; "
        r"img-src data:; base-uri 'none'; form-action 'none'",
        policy,
    )
    assert "PUBLIC SOURCES ONLY" in text and "/tmp" not in text
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_a_drag_moves_the_others_in_proportion_and_back_loses_nothing(case: Case, opened: Opened) -> None:
    before, first = top(case, opened), opened.order
    opened.drag("deterrence", 0.9)
    moved = top(case, opened)
    assert sum(moved.values()) == pytest.approx(100, abs=0.2) and moved["deterrence"] > 85
    points = case.profile("baseline").points
    ratio = points["escalation"] / points["acceptability"]
    assert moved["escalation"] / moved["acceptability"] == pytest.approx(ratio, abs=0.06)
    assert opened.order == expected(case, opened, **moved) != first
    assert "Leader changed" in opened.page.inner_text(".awb-badge.awb-on")
    opened.press("undo")
    assert top(case, opened) == before and opened.order == first
    opened.drag("deterrence", 1.1, 0.5)
    through = top(case, opened)
    assert through["escalation"] / through["acceptability"] == pytest.approx(ratio, abs=0.01)
    opened.type("deterrence", "100")
    assert opened.number("escalation") == 0
    opened.type("deterrence", "40")
    after = top(case, opened)
    assert after["escalation"] / after["acceptability"] == pytest.approx(ratio, abs=0.01)


def test_the_file_says_that_it_saves_nothing(opened: Opened) -> None:
    assert "is not saved" in opened.page.inner_text(".awb-head .awb-status")
    assert not opened.page.is_visible("[data-act=sets]") and not opened.page.is_visible("[data-act=copy]")


def test_a_typed_number_counts_and_nonsense_does_not(case: Case, opened: Opened) -> None:
    opened.type("escalation", "62.5")
    assert opened.number("escalation") == 62.5
    assert opened.order == expected(case, opened, **top(case, opened))
    for nonsense in ("250", "-5"):
        opened.type("escalation", nonsense)
        assert opened.number("escalation") == 62.5
        said = opened.page.inner_text("[data-live=messages]")
        assert said == f"A weight lies between 0 and 100, so {nonsense} changes nothing."
    opened.slider("deterrence").press("ArrowRight")
    assert opened.page.inner_text("[data-live=messages]") == "", "what was said of an earlier change is gone"
    opened.slider("deterrence").press("ArrowLeft")
    opened.type("escalation", "62.5")
    opened.type("escalation", "")
    assert opened.number("escalation") == 62.5
    assert "Type a number" in opened.page.inner_text("[data-live=messages]")


def test_the_keyboard_does_all_of_it(case: Case, opened: Opened) -> None:
    slider = opened.slider("escalation")
    slider.focus()
    begins = int(slider.input_value())
    for key in ("ArrowRight", "ArrowUp", "PageUp", "ArrowLeft"):
        slider.press(key)
    after = begins + 1 + 1 + 10 - 1
    assert opened.number("escalation") == after
    assert slider.get_attribute("aria-valuetext") == f"{after} of 100"
    assert opened.order == expected(case, opened, **top(case, opened))
    slider.press("Control+z")
    assert opened.number("escalation") == after + 1
    slider.press("Control+Shift+z")
    assert opened.number("escalation") == after
    slider.press("End")
    slider.press("Home")
    assert opened.number("escalation") == 0
    opened.page.keyboard.press("Tab")
    assert opened.page.evaluate("document.activeElement.type") == "number"
    outline = opened.page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"


def test_keys_pressed_on_the_board_do_not_reach_the_notebook(opened: Opened) -> None:
    opened.page.evaluate(
        "window.keys = []; document.addEventListener('keydown', (event) => window.keys.push(event.key))"
    )
    opened.slider("escalation").press("ArrowRight")
    assert opened.page.evaluate("window.keys") == []


def test_a_locked_weight_stays_and_says_what_it_leaves(case: Case, opened: Opened) -> None:
    before = top(case, opened)
    opened.page.locator('[data-node="escalation"] [data-act="lock"]').click()
    assert not opened.slider("escalation").is_enabled()
    opened.drag("deterrence", 0.6)
    moved = top(case, opened)
    assert moved["escalation"] == before["escalation"] and moved["deterrence"] == pytest.approx(60, abs=1)
    opened.type("deterrence", "95")
    assert opened.number("deterrence") == pytest.approx(100 - before["escalation"], abs=0.1)
    assert "leave at most" in opened.page.inner_text("[data-live=messages]")
    for root in ("interoperability", "acceptability"):
        opened.page.locator(f'[data-node="{root}"] [data-act="lock"]').click()
    assert not opened.slider("deterrence").is_enabled()
    assert opened.page.locator('[data-node="escalation"] [data-act="lock"]').get_attribute("aria-pressed") == "true"


def test_profiles_reset_undo_and_redo(case: Case, opened: Opened) -> None:
    opened.page.select_option("[data-act=profile]", "tokyo")
    assert opened.order == list(rank(case, "tokyo").ranked.index)
    opened.type("deterrence", "80")
    assert opened.page.is_visible(".awb-changed")
    opened.press("reset")
    assert opened.order == list(rank(case, "tokyo").ranked.index) and not opened.page.is_visible(".awb-changed")
    opened.press("undo")
    assert opened.number("deterrence") == 80
    opened.press("undo")
    opened.press("undo")
    assert opened.order == list(rank(case, "baseline").ranked.index)
    assert opened.page.input_value("[data-act=profile]") == "baseline"
    opened.press("redo")
    assert opened.order == list(rank(case, "tokyo").ranked.index)
    opened.type("deterrence", "70")
    assert not opened.page.is_enabled('[data-act="redo"]')  # what was taken back is gone once something else is done
    opened.slider("deterrence").press("Control+y")
    assert opened.number("deterrence") == 70


def test_weights_of_another_name_stand_as_given_among_the_profiles(browser: Any, case: Case, tmp_path: Path) -> None:
    mine = replace(case.profile("tokyo"), name="mine")
    board = WeightBoard(case, mine, work=tmp_path)
    assert board.weights.name == "mine"
    opened = Opened(browser, board.export_html(tmp_path / "board.html"))
    assert opened.page.locator("[data-act=profile] option:checked").inner_text() == "As given"
    opened.page.context.close()


def test_a_profile_that_moves_a_locked_weight_says_so(case: Case, opened: Opened) -> None:
    opened.page.locator('[data-node="deterrence"] [data-act="lock"]').click()
    opened.page.select_option("[data-act=profile]", "tokyo")
    assert opened.order == list(rank(case, "tokyo").ranked.index)
    assert "locked ones too" in opened.page.inner_text("[data-live=messages]")


def test_a_figure_stands_in_the_middle_of_its_segment(browser: Any, tmp_path: Path) -> None:
    case = small_case({"A": (10, 10), "B": (2, 5), "C": (0.8, 9)})
    opened = Opened(browser, WeightBoard(case, work=tmp_path).export_html(tmp_path / "board.html"))
    opened.type("c0", "100")
    places = opened.page.eval_on_selector_all(
        ".awb-whole",
        """(bars) => bars.map((bar) => {
            const text = document.createRange(), whole = bar.getBoundingClientRect();
            text.selectNodeContents(bar.firstChild);
            const at = text.getBoundingClientRect();
            return [Number(bar.textContent), (100 * ((at.left + at.right) / 2 - whole.left)) / whole.width];
        })""",
    )
    assert sorted(number for number, _ in places) == [8, 20, 100]
    for number, middle in places:
        assert middle == pytest.approx(number / 2, abs=0.2)
    opened.page.context.close()


def test_leaves_open_on_demand_and_say_what_their_swing_is(case: Case, opened: Opened) -> None:
    assert opened.page.locator('[data-node="det_denial"]').count() == 0
    opened.page.locator('[data-node="deterrence"] [data-act="more"]').click()
    opened.type("det_denial", "90")
    leaves = [leaf for leaf in case.leaves if case.root_of(leaf) == "deterrence"]
    assert sum(opened.number(leaf) for leaf in leaves) == pytest.approx(100, abs=0.3)
    said = opened.page.inner_text('[data-node="det_denial"] .awb-swing')
    for end in ("worst_means", "best_means"):
        assert case.criteria.at["det_denial", end].rstrip(".") in said
    assert "is worth 90 of 100 within Deterrence value" in said
    shares = {leaf: opened.number(leaf) for leaf in leaves}
    assert opened.order == expected(case, opened, **shares)


def test_what_the_sentence_on_the_nearest_flip_says_comes_true(case: Case, opened: Opened) -> None:
    for profile in case.profiles:
        opened.page.select_option("[data-act=profile]", profile)
        challenger = opened.page.inner_text(".awb-flip b >> nth=0")
        opened.page.click(".awb-link")
        assert case.options.at[opened.order[0], "short"] == challenger
        assert opened.page.inner_text(".awb-answer").startswith(f"{challenger} ranks first")


def test_how_often_each_leads_is_shown_and_hedged(case: Case, opened: Opened) -> None:
    shown = opened.page.inner_text(".awb-often").replace("\u00a0", " ")
    found = smaa(case, weight_range(case.profile("baseline")), draws=2_000, seed=0).rank_acceptability[1]
    assert f"It leads in {100 * found.max():.0f} % of 2,000 trials of the uncertain scores and swing points; " in shown
    assert "Changed" not in shown
    for option, share in found.items():
        text = opened.page.inner_text(f'[data-option="{option}"] .awb-share').replace("\u00a0", " ")
        assert text == (f"{100 * share:.0f} %" if share == 0 or share >= 0.005 else "<1 %")
    opened.page.locator('[data-node="deterrence"] [data-act="more"]').click()
    for selector in (".awb-head", ".awb-weights", ".awb-ranking"):
        for line in opened.page.inner_text(selector).splitlines():
            assert lint(line) == []


def test_the_ranking_comes_first_and_how_often_each_leads_soon_after(case: Case, opened: Opened) -> None:
    order, waited, leads = opened.page.evaluate(
        """() => new Promise((done) => {
            const board = document.querySelector(".awb"), bars = board.querySelector(".awb-bars");
            const slider = board.querySelector("[data-node=deterrence] input[type=range]"), before = bars.dataset.leads;
            slider.value = 70;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            const first = [board.dataset.order, bars.dataset.leads === before];
            const then = new MutationObserver(() => done([...first, bars.dataset.leads]));
            then.observe(bars, { attributeFilter: ["data-leads"] });
        })"""
    )
    weights = top(case, opened) | {leaf: case.profile("baseline").points[leaf] for leaf in case.leaves}
    assert waited and order.split(" ") == opened.order == list(rank(case, weights).ranked.index)
    judged = drawn_points(case, "baseline", 2_000, 0)
    found = lead_shares(numbers(drawn_values(case, 2_000, 0)), judged_draws(case, weights, judged))
    assert [float(each) for each in leads.split(" ")] == pytest.approx(list(found), abs=3e-3)
    assert opened.number("deterrence") == 70
    said = opened.page.inner_text(".awb-often").replace("\u00a0", " ")
    assert f"{100 * found.max():.0f} %" in said and said.endswith("Changed weights are taken as certain.")


@pytest.mark.parametrize("uncertain", [False, True], ids=["points alone", "points and scores"])
def test_weights_given_keep_their_ranges_until_they_are_changed(browser: Any, tmp_path: Path, uncertain: bool) -> None:
    spread = 3 * uncertain
    case = Case.from_frames(
        criteria=pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame({
            "option": list("AABB"), "criterion": list("xyxy"), "likely": [7, 4, 4, 7],
            "low": np.array([7, 4, 4, 7]) - spread, "high": np.array([7, 4, 4, 7]) + spread,
        }),
    )  # fmt: skip
    given = swing({"x": 100, "y": 90}, low={"y": 60}, high={"y": 120}, anchors=case.anchors_digest)
    board = WeightBoard(case, given, work=tmp_path)
    opened = Opened(browser, board.export_html(tmp_path / "board.html"))
    found = smaa(case, weight_range(given), draws=2_000).rank_acceptability[1]
    assert opened.page.inner_text('[data-option="A"] .awb-share').replace("\u00a0", " ") == f"{100 * found['A']:.0f} %"
    what = "scores and swing points" if uncertain else "swing points"
    said = opened.page.inner_text(".awb-often").replace("\u00a0", " ")
    assert said.startswith(f"It leads in {100 * found['A']:.0f} % of 2,000 trials of the uncertain {what}; B in ")
    opened.type("x", "60")
    said = opened.page.inner_text(".awb-often").replace("\u00a0", " ")
    if uncertain:
        assert said.startswith("Under these weights it leads in ") and "trials of the uncertain scores" in said
    else:
        assert said.endswith("cannot be said.") and opened.page.inner_text('[data-option="A"] .awb-share') == ""
    assert opened.trouble == []
    opened.page.context.close()


def test_a_leader_that_capitals_would_refuse_is_said_to_be(case: Case, opened: Opened) -> None:
    assert opened.page.inner_text(".awb-refused") == ""
    opened.type("deterrence", "60")
    ranking = rank(case, top(case, opened) | {leaf: case.profile("baseline").points[leaf] for leaf in case.leaves})
    assert ranking.leaders == (opened.order[0],)
    shown = opened.page.inner_text(".awb-refused")
    breaches = breaches_of(case).query("option == @opened.order[0]")["profile"]
    who = joined(titled(each) for each in dict.fromkeys(breaches))
    lines = f"breaches red lines recorded for {who}, which no weight makes good."
    assert shown == f"{case.options.at[opened.order[0], 'short']} {lines}" and not lint(shown)


def test_a_screen_reader_finds_names_values_and_two_live_regions(case: Case, opened: Opened) -> None:
    for root in case.roots:
        name = case.criteria.at[root, "name"]
        assert opened.page.get_by_role("slider", name=f"Weight of {name}", exact=True).count() == 1
        assert opened.page.get_by_role("spinbutton", name=f"Weight of {name}, of 100").count() == 1
        assert opened.page.get_by_role("button", name=f"Lock the weight of {name}").count() == 1
    opened.drag("deterrence", 0.9)
    opened.page.locator("[data-live=ranking]", has_text="ranks first").wait_for(state="attached")
    assert opened.page.inner_text("[data-live=messages]") == ""
    opened.page.wait_for_function(
        "order => [...document.querySelectorAll('.awb-bar')].map((row) => row.dataset.option).join(' ') === order",
        arg=" ".join(opened.order),
    )


def test_a_board_of_eleven_options_fits_the_screen_that_jupyterlab_leaves(
    browser: Any, case: Case, tmp_path: Path
) -> None:
    board = WeightBoard(replace(case, screens=case.screens.assign(passes="yes")), work=tmp_path)
    opened = Opened(browser, board.export_html(tmp_path / "board.html"), viewport={"width": 848, "height": 670})
    opened.page.select_option("[data-act=beside]", "tokyo")
    opened.type("deterrence", "60")
    assert len(opened.order) == 11 and opened.page.inner_text(".awb-refused")
    assert opened.page.locator(".awb").bounding_box()["height"] <= 670
    opened.page.context.close()


@pytest.mark.parametrize("width", [1280, 640, 400])
def test_nothing_is_cut_off_or_overlaps(browser: Any, exported: Path, width: int) -> None:
    opened = Opened(browser, exported, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    opened.page.locator('[data-node="deterrence"] [data-act="more"]').click()
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width
    tops = opened.page.eval_on_selector_all(
        ".awb-bar", "(rows) => rows.map((row) => [row.getBoundingClientRect().top, row.getBoundingClientRect().bottom])"
    )
    tops.sort()
    assert all(above[1] <= below[0] + 1 for above, below in itertools.pairwise(tops))
    assert opened.page.evaluate("getComputedStyle(document.querySelector('.awb-bar')).transitionDuration") == "0s"
    opened.page.context.close()


def test_hostile_names_are_shown_as_text_and_break_nothing(browser: Any, tmp_path: Path) -> None:
    case = hostile_case()
    board = WeightBoard(case, work=tmp_path / "work")
    opened = Opened(browser, board.export_html(tmp_path / "hostile.html"))
    page = opened.page
    assert page.title() == HOSTILE[0]
    assert page.locator("img").count() == 0 and page.locator(".awb script").count() == 0
    for name in HOSTILE:
        assert page.locator(".awb-bar .awb-option").get_by_text(name, exact=True).count() == 1
    assert opened.order == list(rank(case, board.weights).ranked.index)
    page.locator('[data-node="c1"] [data-act="more"]').click()
    opened.drag("c0", 0.9)
    opened.type("c2", "75")
    assert opened.number("c2") == 75
    page.locator('[data-node="c2"] [data-act="lock"]').click()
    assert page.get_attribute("[data-live=messages] b", "dir") == "auto"
    assert page.inner_text("[data-live=messages]") == f"{HOSTILE[2]} locked."
    assert page.title() == HOSTILE[0] and opened.trouble == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.get_attribute(".awb-bar .awb-option", "dir") == "auto"
    page.context.close()


def small_case(scores: dict[str, tuple[float, ...]], criteria: int = 2, *, ids: Sequence[str] = ()) -> Case:
    """Options with scores on a few flat criteria, and nothing else: no names, no ranges, no profiles."""
    ids = ids or [f"c{i}" for i in range(criteria)]
    frame = pd.DataFrame({"id": ids, "direction": "max", "worst": 0, "best": 10})
    rows = [(option, c, value) for option, values in scores.items() for c, value in zip(ids, values, strict=True)]
    return Case.from_frames(criteria=frame, scores=pd.DataFrame(rows, columns=["option", "criterion", "likely"]))


@pytest.mark.parametrize(
    ("case", "says"),
    [
        (small_case({"A": (8, 2), "B": (5, 7)}), "B ranks first with 60.0 of 100, 10.0 points ahead of A."),
        (
            small_case({"A": (6.077,), "B": (5.944,)}, 1),
            "A ranks first with 60.8 of 100, 1.3 points (unrounded) ahead of B.",
        ),
        (small_case({"A": (8, 2), "B": (2, 8)}), "A and B rank first together with 50.0 of 100."),
        (small_case({"A": (8, 2)}), "A is the only option that is ranked; it scores 50.0 of 100."),
        (
            small_case({"A": (8,), "B": (7.9996,)}, 1),
            "A ranks first with 80.0 of 100, less than 0.1 points ahead of B.",
        ),
    ],
    ids=["two", "two that are rounded apart", "tie", "one option", "one criterion"],
)
def test_small_cases_without_names_ranges_or_profiles(browser: Any, tmp_path: Path, case: Case, says: str) -> None:
    board = WeightBoard(case, work=tmp_path)
    opened = Opened(browser, board.export_html(tmp_path / "board.html"))
    assert opened.page.inner_text(".awb-answer") == says
    assert opened.page.locator("[data-act=profile] option:checked").inner_text() == "Baseline"
    if "together" in says:
        assert "leader" not in opened.page.inner_text('[data-node="c0"] .awb-swing')
        assert not opened.page.is_visible(".awb-link")
    assert "cannot be said" in opened.page.inner_text(".awb-often")
    assert opened.order == list(board.ranking.ranked.index)
    if len(case.leaves) == 2:
        opened.type("c0", "75")
        assert opened.order == list(rank(case, {"c0": 75, "c1": 25}).ranked.index)
        assert opened.number("c1") == 25
    else:
        assert "stands alone" in opened.page.inner_text('[data-node="c0"] .awb-swing')
    assert opened.trouble == []
    opened.page.context.close()


@pytest.mark.parametrize("ids", [("constructor", "toString"), ("__proto__", "a,b")])
def test_ids_that_every_object_knows_are_ids_like_others(browser: Any, tmp_path: Path, ids: tuple[str, str]) -> None:
    case = small_case({"A": (8, 2), "B": (5, 7)}, ids=ids)
    opened = Opened(browser, WeightBoard(case, work=tmp_path).export_html(tmp_path / "board.html"))
    opened.type(ids[0], "75")
    assert opened.number(ids[1]) == 25
    assert opened.order == list(rank(case, {ids[0]: 75, ids[1]: 25}).ranked.index) == ["A", "B"]
    assert opened.trouble == []
    opened.page.context.close()


def test_weights_that_others_have_none_of_are_given_back_in_equal_parts(browser: Any, tmp_path: Path) -> None:
    case = small_case({"A": (8, 2, 5), "B": (5, 7, 6)}, 3)
    board = WeightBoard(case, {"c0": 100, "c1": 0, "c2": 0}, work=tmp_path)
    opened = Opened(browser, board.export_html(tmp_path / "board.html"))
    assert "leader" not in opened.page.inner_text('[data-node="c0"] .awb-swing')  # no proportions to keep, no limit
    assert not opened.page.is_enabled('[data-act="reset"]')
    opened.type("c0", "40")
    assert (opened.number("c1"), opened.number("c2")) == (30, 30)
    opened.page.locator('[data-node="c2"] [data-act="lock"]').click()
    opened.press("reset")
    assert opened.number("c0") == 100 and opened.slider("c2").is_enabled(), "no weight is locked any more"
    opened.page.context.close()


def deep_case() -> Case:
    """Forty leaves on the third level of the tree."""
    tree = {f"r{i}": "" for i in range(4)} | {f"r{i}m{j}": f"r{i}" for i in range(4) for j in range(2)}
    leaves = {f"{middle}l{k}": middle for middle in list(tree)[4:] for k in range(5)}
    criteria = pd.DataFrame(
        [(c, parent, *(("max", "0", "10") if c in leaves else ("", "", ""))) for c, parent in (tree | leaves).items()],
        columns=["id", "parent", "direction", "worst", "best"],
    )
    rng = np.random.default_rng(1)
    rows = [(option, leaf, *np.sort(rng.uniform(0, 10, 3))) for option in "ABCDEF" for leaf in leaves]
    return Case.from_frames(
        criteria=criteria, scores=pd.DataFrame(rows, columns=["option", "criterion", "low", "likely", "high"])
    )


def test_forty_leaves_on_three_levels_open_within_one_another(browser: Any, tmp_path: Path) -> None:
    case = deep_case()
    board = WeightBoard(case, work=tmp_path)
    opened = Opened(browser, board.export_html(tmp_path / "board.html"))
    for node in ("r1", "r1m0"):
        opened.page.locator(f'[data-node="{node}"] [data-act="more"]').click()
    for node in ("r1m0l2", "r1m0", "r1"):
        opened.type(node, "80")
    points = dict.fromkeys(case.criteria.index, 100.0)
    for node, others in (("r1m0l2", 4), ("r1m0", 1), ("r1", 3)):
        siblings = case.criteria.index[case.criteria["parent"] == case.criteria.at[node, "parent"]]
        points |= dict.fromkeys(siblings, 100 * 20 / 80 / others) | {node: 100.0}
    ranking = rank(case, points)
    assert opened.order == list(ranking.ranked.index) != list(board.ranking.ranked.index)
    assert "is worth 80 of 100 within r1m0, 51.2" in opened.page.inner_text('[data-node="r1m0l2"] .awb-swing')
    said = "() => document.querySelector('[data-option=A] .awb-score').textContent"
    assert float(opened.page.evaluate(said)) == pytest.approx(ranking.table.at["A", "score"], abs=0.05)
    opened.page.locator('[data-node="r1"] [data-act="more"]').click()
    assert opened.trouble == []
    opened.page.context.close()


@pytest.fixture
def views(browser: Any, case: Case, tmp_path: Path) -> Iterator[Any]:
    """One board shown twice on a page, as a notebook can: both views share a model that tells of every change."""
    board, page = WeightBoard(case, "baseline", work=tmp_path), browser.new_page()
    page.set_default_timeout(10_000)
    page.evaluate(
        """async ([script, state, draws]) => {
            const file = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
            const { default: widget } = await import(file);
            state.draws = new DataView(Uint8Array.from(atob(draws), (letter) => letter.charCodeAt(0)).buffer);
            const hears = {};
            window.model = {
                get: (key) => state[key],
                set(key, value) {
                    if (JSON.stringify(state[key]) === JSON.stringify(value)) return;
                    state[key] = value;
                    for (const act of hears[`change:${key}`] ?? []) act();
                },
                on: (what, act) => (hears[what] ??= []).push(act),
                off() {},
                save_changes() {},
            };
            document.body.innerHTML = "<div id=one></div><div id=two></div>";
            for (const el of document.body.children) widget.render({ model, el });
        }""",
        [
            SCRIPT,
            {
                name: getattr(board, name)
                for name in (
                    "data",
                    "points",
                    "profile",
                    "stored",
                    "shown",
                    "tried",
                    "locked",
                    "acknowledged",
                    "fault",
                    "clash",
                )
            },
            base64.b64encode(board.draws).decode(),
        ],
    )
    yield page
    page.close()


def test_two_views_of_one_board_show_the_same_weights_profile_and_locks(views: Any) -> None:
    one, two = (views.locator(f"#{name} .awb") for name in ("one", "two"))
    one.locator("[data-act=profile]").select_option("tokyo")
    two.locator("[data-act=profile] option:checked", has_text="Tokyo").wait_for(state="attached")
    assert two.get_attribute("data-order") == one.get_attribute("data-order")
    assert not two.locator(".awb-changed").is_visible()
    one.locator('[data-node="escalation"] [data-act="lock"]').click()
    assert two.locator('[data-node="escalation"] input[type=range]').is_disabled()
    two.locator('[data-node="escalation"] [data-act="lock"]').click()
    assert one.locator('[data-node="escalation"] input[type=range]').is_enabled()


def test_weights_set_in_python_are_where_a_key_goes_on_from(views: Any, case: Case) -> None:
    slider = views.locator('#one [data-node="deterrence"] input[type=range]')
    slider.press("ArrowRight")
    points = case.profile("tokyo").points.to_dict()
    views.wait_for_function("model.get('changes')?.length")
    views.evaluate(
        """(points) => {
            model.set("acknowledged", model.get("changes").at(-1).id);
            model.set("points", points);
        }""",
        points,
    )
    slider.press("ArrowRight")
    shares = [
        float(views.locator(f'#one [data-node="{root}"] input[type=number]').input_value())
        for root in ("escalation", "acceptability")
    ]
    assert shares[0] / shares[1] == pytest.approx(points["escalation"] / points["acceptability"], rel=0.01)


@pytest.mark.parametrize("theme", [None, "true", "false"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_rails_and_bands_are_seen_under_forced_colours(
    browser: Any, exported: Path, scheme: str, theme: str | None
) -> None:
    opened = Opened(browser, exported, forced_colors="active", color_scheme=scheme)
    if theme:
        opened.page.evaluate("(theme) => document.body.setAttribute('data-jp-theme-light', theme)", theme)
    canvas, ink = (
        ("rgb(255, 255, 255)", "rgb(0, 0, 0)") if scheme == "light" else ("rgb(0, 0, 0)", "rgb(255, 255, 255)")
    )
    rail, band = (
        opened.page.eval_on_selector(at, f"(each) => getComputedStyle(each).{what}")
        for at, what in ((".awb-rail", "backgroundColor"), (".awb-band", "backgroundImage"))
    )
    assert rail not in (canvas, "rgba(0, 0, 0, 0)") and ink in band
    opened.page.context.close()


# ---- a study as one file --------------------------------------------------------------------------------------------


def test_a_study_in_one_file_moves_opens_its_evidence_and_fetches_nothing(
    browser: Any, tested: Study, case: Case, tmp_path: Path
) -> None:
    path = export_html(tested, tmp_path / "study.html", audience="uk")
    assert path.stat().st_size < 2_600_000
    assert path.read_bytes() == export_html(tested, tmp_path / "again.html", audience="uk").read_bytes()
    opened = Opened(browser, path, offline=True)
    page = opened.page
    for name in (*STORY, *ANNEX):
        told = exhibit(tested, name, "uk")
        assert told is None or page.get_by_role("heading", name=told.title, exact=True).count() == 1
    opened.type("deterrence", "0")
    assert opened.order == expected(case, opened, deterrence=0)
    option, leaf = tested.ranking.leaders[0], case.leaves[0]
    at = f"score-{list(case.options.index).index(option)}-0"
    reason = page.locator(f"#{at}")
    assert not reason.is_visible()
    page.click(f"a[href='#{at}']")
    text, score = reason.inner_text(), case.scores.loc[(option, leaf)]
    assert score["rationale"] in text and case.criteria.at[leaf, "name"] in text
    for item in score["evidence"]:
        claim = case.evidence.loc[item]
        grade = f"{case.sources.at[claim['source'], 'reliability']}{claim['credibility']}"
        assert claim["claim"] in text and grade in text
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert opened.trouble == [] and [url for url in opened.requests if not url.startswith("data:")] == [path.as_uri()]
    page.emulate_media(media="print")
    assert not page.locator("nav").is_visible() and page.locator("#part-ranking").is_visible()
    page.context.close()


def test_hostile_names_run_nothing_in_a_study_sent_as_one_file(browser: Any, tmp_path: Path) -> None:
    case = hostile_case()
    result = study(case, dict.fromkeys(case.leaves, 100), draws=200)
    opened = Opened(browser, export_html(result, tmp_path / "study.html"))
    page = opened.page
    assert page.title() == HOSTILE[0] and page.locator("#part-scores img, #part-scores script").count() == 0
    assert page.locator("img:not([src^='data:image/png'])").count() == 0 and page.locator("script").count() == 2
    heads = page.locator("#part-scores tbody th")
    assert {heads.nth(row).inner_text() for row in range(heads.count())} == set(result.case.options["short"])
    assert opened.trouble == []
    page.context.close()


def test_a_study_that_ranks_nothing_is_sent_without_a_board(browser: Any, tmp_path: Path) -> None:
    case = small_case({"A": (8, 2), "B": (5, 7)})
    screens = pd.DataFrame({"option": ["A", "B"], "screen": "law", "passes": "no", "reason": "r", "evidence": [(), ()]})
    alike = dict.fromkeys(case.leaves, 100)
    out = study(replace(case, screens=screens.set_index(["option", "screen"])), alike, draws=100)
    page = browser.new_context().new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(export_html(out, tmp_path / "study.html").as_uri())
    assert page.get_by_role("heading", name="No option passes the screens").count() == 1
    assert page.locator(".awb").count() == 0 and trouble == []
    page.context.close()
