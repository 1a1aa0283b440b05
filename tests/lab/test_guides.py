# SPDX-License-Identifier: Apache-2.0
"""Guided elicitation: what is answered is logged, what is logged is the weights, and the page says what Python says."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ROOT
from test_board import HOSTILE, hostile_case, small_case
from widget_page import GuidePage

from aukus_mcda import Case, Weights, WeightsError, load_case, rank, read_table, replay, swing
from aukus_mcda.case.writing import affirm
from aukus_mcda.lab import SwingGuide, WeightBoard, saved_weights
from aukus_mcda.lab.asking import write_questions
from aukus_mcda.lab.store import read_notes
from aukus_mcda.weights.log import ElicitationLog
from tools.lint_words import lint

TREE = {"gain": "", "risk": "", "war": "risk", "trade": "risk"}
FRESH = """
import json, sys
from aukus_mcda import replay
made = replay(sys.argv[1]).weights
print(json.dumps([made.values.map(float.hex).to_dict(), made.consistency, made.findings, made.anchors]))
"""


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    made = browser.new_context(viewport={"width": 1280, "height": 860})
    yield made
    made.close()


def told(guide: SwingGuide, *answers: dict[str, Any]) -> None:
    """What the browser sends."""
    at = f"2026-01-01T00:00:00.{len(guide.changes):03d}Z"
    fresh = [
        {"id": f"t:{len(guide.changes) + i}", "at": at, "kind": kind, "answer": answer}
        for i, (kind, answer) in enumerate((each.pop("kind"), each) for each in map(dict, answers))
    ]
    guide.changes = [*guide.changes, *fresh]


def swings(guide: SwingGuide, points: dict[str, float]) -> None:
    told(guide, *({"kind": "points", "criterion": name, "points": worth} for name, worth in points.items()))


def same(one: Weights, other: Weights) -> None:
    """Equal to the bit, ranges, consistency, findings and all."""
    pd.testing.assert_series_equal(one.values, other.values, check_exact=True)
    assert (one.method, one.consistency, one.findings, one.anchors) == (
        other.method, other.consistency, other.findings, other.anchors,
    )  # fmt: skip
    assert one.details.get("ratios") == other.details.get("ratios")
    assert one.details.get("consistency_ratios") == other.details.get("consistency_ratios")
    for end in ("low", "high"):
        ours, theirs = getattr(one, end), getattr(other, end)
        assert (ours is None) == (theirs is None)
        if ours is not None:
            pd.testing.assert_series_equal(ours, theirs, check_exact=True)


def replays_in_a_fresh_process(guide: SwingGuide) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", FRESH, str(guide.path)], capture_output=True, text=True, check=True, cwd=ROOT
    )
    values, consistency, findings, anchors = json.loads(ran.stdout)
    made = guide.weights
    assert values == made.values.map(float.hex).to_dict()
    assert (consistency, tuple(findings), anchors) == (made.consistency, made.findings, made.anchors)


# ---- answers folded into weights -------------------------------------------------------------------------------------


def test_a_new_biggest_swing_has_its_siblings_judged_anew(tmp_path: Path) -> None:
    log = ElicitationLog(tmp_path / "log.jsonl")
    log.append("start", method="swing", settings={"parents": TREE})
    log.append("biggest", criterion="gain")
    log.append("points", criterion="risk", points=40, low=30)
    log.append("ratio", a="gain", b="risk", times=3)
    log.append("biggest", criterion="war")
    log.append("points", criterion="trade", points=20)
    expected = {"gain": 100, "risk": 40, "war": 100, "trade": 20}
    made = swing(expected, parents=TREE, low={"risk": 30}, ratios={("gain", "risk"): 3})
    same(replay(log.path).weights, made)
    log.append("biggest", criterion="gain")  # the same again loses nothing
    same(replay(log.path).weights, made)
    log.append("biggest", criterion="risk")
    assert "No swing points for gain" in replay(log.path).unfinished
    log.append("points", criterion="gain", points=10)
    same(replay(log.path).weights, swing(expected | {"gain": 10, "risk": 100}, parents=TREE))


# ---- the widgets without a browser ----------------------------------------------------------------------------------


def answers_for(case: Case) -> dict[str, float]:
    return case.profile("tokyo").points.to_dict()


def test_answers_are_logged_weighed_saved_and_picked_up(case: Case, tmp_path: Path) -> None:
    guide = SwingGuide(case, work=tmp_path)
    with pytest.raises(WeightsError, match="No question has been answered"):
        _ = guide.weights
    swings(guide, {"deterrence": 100.0})
    with pytest.raises(WeightsError, match="No swing points for"):
        _ = guide.weights
    swings(guide, answers_for(case))
    told(guide, {"kind": "points", "criterion": "escalation", "points": 65, "low": 50, "high": 80})
    told(guide, {"kind": "ratio", "a": "deterrence", "b": "escalation", "times": 3}, {"kind": "finish"})
    expected = swing(
        answers_for(case), parents=case.criteria["parent"], low={"escalation": 50}, high={"escalation": 80},
        ratios={("deterrence", "escalation"): 3}, anchors=case.anchors_digest,
    )  # fmt: skip
    assert guide.fault == "" and guide.acknowledged == guide.changes[-1]["id"]
    for found in (guide.weights, saved_weights(case, tmp_path), SwingGuide(case, work=tmp_path).weights):
        same(found, expected)
    assert guide.result["weights"] == expected.values.to_dict()
    pd.testing.assert_series_equal(WeightBoard(case, work=tmp_path).weights.values, expected.values, check_exact=True)
    assert list(rank(case, guide.weights).ranked.index) == list(rank(case, expected).ranked.index)


def test_a_board_keeps_what_a_guide_found_out_and_loses_only_what_it_changes(case: Case, tmp_path: Path) -> None:
    guide = SwingGuide(case, work=tmp_path)
    swings(guide, answers_for(case))
    told(guide, {"kind": "points", "criterion": "escalation", "points": 65, "low": 50, "high": 80}, {"kind": "finish"})
    judged = guide.weights
    board = WeightBoard(case, work=tmp_path)
    same(board.weights, judged)
    points = dict(board.points) | {"interoperability": 33.0}
    entry = {"id": "a:1", "at": "2026-01-01T00:00:01.000Z", "said": "typed", "profile": board.profile}
    board.changes = [entry | {"points": points, "base": board.stored["version"]}]
    back = {**points, "interoperability": judged.points["interoperability"]}
    for changed in (board.weights, saved_weights(case, tmp_path)):
        assert changed.points["interoperability"] == 33
        kept = judged.point_range.drop(index="interoperability")
        pd.testing.assert_frame_equal(changed.point_range.loc[kept.index], kept, check_names=False)
    assert guide.kept["same"] is False
    board.changes = [entry | {"id": "a:2", "points": back, "base": board.stored["version"]}]
    same(board.weights, judged)  # the range was judged around these points
    assert guide.kept["same"] is True


def test_a_guide_goes_on_from_its_log_unless_told_not_to(case: Case, folder: Path, tmp_path: Path) -> None:
    work = tmp_path / "work"
    guide = SwingGuide(case, work=work)
    told(guide, {"kind": "biggest", "criterion": "deterrence"})
    again = SwingGuide(case, work=work)
    assert [answer["kind"] for answer in again.answers] == ["biggest"]
    assert again.data["saved"] == "2026-01-01T00:00:00.000Z"
    assert SwingGuide(case, work=work, resume=False).answers == []
    path = folder / "criteria.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("Each navy sees only", "Every navy sees only"), "utf-8")
    affirm(folder)
    moved = SwingGuide(load_case(folder), work=work)
    assert moved.answers == []  # judged between other ends
    told(moved, {"kind": "biggest", "criterion": "escalation"})
    assert [each["criterion"] for each in replay(moved.path).answers[1:]] == ["escalation"]


def test_one_branch_can_be_asked_alone_and_leaves_the_others_be(case: Case, tmp_path: Path) -> None:
    guide = SwingGuide(case, "deterrence", work=tmp_path)
    inside = {"det_picture": 10.0, "det_denial": 50.0, "det_resolve": 100.0, "det_assurance": 0.0}
    swings(guide, inside)
    told(guide, {"kind": "finish"})
    same(guide.weights, swing(inside, parents=dict.fromkeys(inside, ""), anchors=case.anchors_digest))
    kept, before = saved_weights(case, tmp_path), case.profile("baseline")
    assert kept.points.to_dict() == before.points.to_dict() | inside
    assert kept.point_range.loc["escalation"].to_dict() == before.point_range.loc["escalation"].to_dict()
    for bad, said in (("nothing", "No criterion called nothing"), ("det_picture", "has no criteria beneath")):
        with pytest.raises(WeightsError, match=said):
            SwingGuide(case, bad, work=tmp_path)


def test_a_control_answer_on_one_branch_stays_when_another_is_asked(case: Case, tmp_path: Path) -> None:
    for branch, times in (("escalation", 2), ("deterrence", 3), ("deterrence", 4)):
        guide = SwingGuide(case, branch, work=tmp_path, resume=False)
        leaves = [name for name, parent in case.criteria["parent"].items() if parent == branch]
        swings(guide, dict.fromkeys(leaves, 100.0))
        told(guide, {"kind": "ratio", "a": leaves[0], "b": leaves[1], "times": times}, {"kind": "finish"})
    assert saved_weights(case, tmp_path).details["ratios"] == {
        ("esc_coercion", "esc_greyzone"): 2, ("det_picture", "det_denial"): 4,
    }  # fmt: skip


def test_what_cannot_be_written_is_said_and_written_later(case: Case, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    guide = SwingGuide(case, work=tmp_path / "file")
    told(guide, {"kind": "biggest", "criterion": "deterrence"})
    assert "cannot be made" in guide.fault and guide.acknowledged == ""
    (tmp_path / "file").unlink()
    told(guide, {"kind": "points", "criterion": "escalation", "points": 40})
    assert guide.fault == "" and [each["kind"] for each in guide.answers] == ["biggest", "points"]


def test_a_log_that_is_taken_away_is_begun_again(case: Case, tmp_path: Path) -> None:
    guide = SwingGuide(case, "deterrence", work=tmp_path / "work")
    told(guide, {"kind": "biggest", "criterion": "det_denial"})
    shutil.rmtree(tmp_path / "work")
    told(guide, {"kind": "biggest", "criterion": "det_picture"})
    assert guide.fault == "" and [each["criterion"] for each in guide.answers] == ["det_picture"]


def test_an_answer_that_will_never_do_is_said_and_does_not_block_the_others(case: Case, tmp_path: Path) -> None:
    guide = SwingGuide(case, work=tmp_path)
    for bad, said in (
        ({"kind": "comparison", "a": "deterrence", "b": "escalation", "times": 3}, "does not ask for comparison"),
        ({"kind": "points", "criterion": "nothing", "points": 3}, "No criterion called nothing"),
        ({"kind": "points", "criterion": "deterrence", "points": -3}, "0 or more"),
        ({"kind": "finish"}, "not finished"),
    ):
        told(guide, bad)
        assert said in guide.fault and guide.acknowledged == guide.changes[-1]["id"]
    told(guide, {"kind": "biggest", "criterion": "deterrence"})
    assert guide.fault == "" and len(guide.answers) == 1


def test_a_log_written_by_hand_without_times_is_gone_on_from(case: Case, tmp_path: Path) -> None:
    guide = SwingGuide(case, "deterrence", work=tmp_path)
    told(guide, {"kind": "biggest", "criterion": "det_denial"})
    with guide.path.open("a", encoding="utf-8") as log:
        log.write('{"kind": "points", "criterion": "det_picture", "points": 50}\n')
    assert [each["kind"] for each in SwingGuide(case, "deterrence", work=tmp_path).answers] == ["biggest", "points"]


# ---- the pages ------------------------------------------------------------------------------------------------------


def small(case: Case, *roots: str) -> Case:
    """The shipped case with only some branches, and two leaves in each: fewer questions."""
    criteria = case.criteria.reset_index(names="id")
    leaves = [leaf for root in roots for leaf in [leaf for leaf in case.leaves if case.root_of(leaf) == root][:3]]
    criteria = criteria[criteria["id"].isin([*roots, *leaves])]
    scores = pd.DataFrame(
        [(o, leaf, 5) for o in ("A", "B") for leaf in leaves], columns=["option", "criterion", "likely"]
    )
    return Case.from_frames(criteria=criteria, scores=scores)


@pytest.fixture(scope="module")
def two(case: Case) -> Case:
    return small(case, "deterrence", "escalation")


def test_swing_by_mouse_end_to_end_and_nothing_is_lost_on_going_back(two: Case, context: Any, tmp_path: Path) -> None:
    made = GuidePage(context, SwingGuide(two, work=tmp_path), tmp_path)
    assert made.question == "Imagine all of these at their worst. Which one would you bring to its best first?"
    assert "Part 1 of 3: The main criteria, question 1 of 3" in made.page.inner_text(".awg-where")
    made.next()
    assert made.page.inner_text("[role=alert]") == "Choose one of them."
    made.choose("escalation")
    assert "step from worst to best on Escalation risk is worth 100" in made.question
    made.type(points=120)
    assert "0 to 100" in made.page.inner_text("[role=alert]")
    made.type(points=80, low=60, high=70)
    assert "between the low and the high" in made.page.inner_text("[role=alert]")
    made.page.fill('[data-key="high"]', "95")
    made.back()
    made.next()
    assert made.page.input_value('input[data-key="high"]') == "95"  # typed, not yet answered, kept
    made.next()
    assert "How many times" in made.question and "80" not in made.page.inner_text(".awg-body")  # not given away
    made.page.click('[data-times="2"]')
    made.next()
    assert made.question == "Your answers differ by a factor of 1.6."
    assert "Your answer would agree at 1.25 times" in made.page.inner_text(".awg-difference")
    assert "Deterrence value would agree at 50 points" in made.page.inner_text(".awg-difference")
    made.page.click('[data-again="points:deterrence"]')
    made.type(points=50, low=40)
    made.next()
    assert made.question == "Your answers agree with one another."
    made.back()
    made.back()
    assert made.page.input_value('input[data-key="points"]') == "50"
    made.back()
    made.choose("deterrence")
    assert made.page.input_value('input[data-key="points"]') == ""  # beside another, it is another question
    made.back()
    made.choose("escalation")
    assert made.page.input_value('input[data-key="points"]') == "50"  # the same question again
    made.next()
    made.type(times=2)
    made.next()
    for root in ("deterrence", "escalation"):
        leaves = [name for name, parent in two.criteria["parent"].items() if parent == root]
        made.choose(leaves[1])
        made.type(points=60)
        made.type(points=30)
        made.type(times=2)
        assert made.question == "Your answers agree with one another."
        made.next()
    assert made.step == "finish" and made.question == "These are the weights your answers give."
    made.settled()
    weights = made.widget.weights
    for leaf, weight in weights.values.items():
        assert f"{100 * weight:.1f}" in made.page.inner_text(f'[data-leaf="{leaf}"]')
    made.page.fill('[data-key="lock"]', "Ann")
    made.next()
    made.settled()
    made.page.wait_for_function("document.querySelector('.awg-body').innerText.includes('by Ann. A change after that')")
    assert read_notes(tmp_path)["locked"]["who"] == "Ann"
    assert read_notes(tmp_path)["locked"]["points"] == weights.points.to_dict()
    shown = made.page.inner_text(".awg-weights")
    assert made.question == "Your weights are saved." and not made.page.is_enabled("[data-act=next]")
    assert "Every board and notebook uses these weights" in made.page.inner_text(".awg > .awb-status")
    made.open()
    assert made.question == "Your weights are saved." and made.page.inner_text(".awg-weights") == shown
    assert weights.consistency == 1 and weights.point_range.loc["deterrence"].tolist() == [40, 95]
    same(saved_weights(two, tmp_path), weights)
    replays_in_a_fresh_process(made.widget)
    assert made.trouble == []


def test_a_scale_of_numbers_alone_shows_the_step_that_is_weighed(context: Any, tmp_path: Path) -> None:
    table = pd.DataFrame(
        {"Reach (km)": [1, 4], "Ease (0-10)": [3, 6], "Looks": ["poor", "good"]}, index=["Quay", "Pier"]
    )
    made = GuidePage(context, SwingGuide(read_table(table), work=tmp_path), tmp_path)
    ends = [text.replace("\n", " ") for text in made.page.locator(".awg-end").all_inner_texts()]
    assert ends == ["Worst 1 km", "Best 4 km", "Worst 0", "Best 10", "Worst poor", "Best good"]
    board = WeightBoard(read_table(table), work=tmp_path, draws=100)
    made.page.goto(board.export_html(tmp_path / "board.html").as_uri())
    assert "Going from 1 km to 4 km is worth" in made.page.inner_text(".awb")
    (path,) = write_questions(read_table(table), tmp_path, ["Ann"], weights=True)
    assert '["Reach", "1 km", "4 km"]' in path.read_text("utf-8")


def test_swing_by_keyboard_alone_and_the_keys_stay_in_the_guide(two: Case, context: Any, tmp_path: Path) -> None:
    made = GuidePage(context, SwingGuide(two, "deterrence", work=tmp_path), tmp_path)
    keys = made.page.keyboard
    keys.press("Tab")
    made.page.evaluate("document.addEventListener('keydown', (event) => (window.leaked = event.key))")
    for _ in range(2):
        keys.press("ArrowDown")
    keys.press("ArrowUp")
    keys.press("Enter")
    assert made.page.evaluate("document.activeElement.className") == "awg-question"  # read out, and Tab goes on from it
    keys.press("Tab")
    assert made.page.evaluate("document.activeElement.getAttribute('aria-label')").startswith(
        "Worth of Shared maritime"
    )
    for key in ("ArrowRight", "ArrowUp", "PageUp"):
        keys.press(key)
    assert made.page.evaluate("document.activeElement.getAttribute('aria-valuetext')") == "62 beside 100"
    keys.press("Enter")
    for key in ("Tab", "Tab", "Tab", "3", "1", "Enter"):
        keys.press(key)
    assert made.step.startswith("ratio:")
    made.page.focus("input[data-key=times]")
    for key in ("2", "Enter"):
        keys.press(key)
    assert made.question == "Your answers agree with one another."
    made.page.focus("[data-act=next]")
    keys.press("Enter")
    made.settled()
    made.page.focus("[data-act=next]")
    keys.press("Enter")
    made.settled()
    points = made.widget.weights.points.to_dict()
    assert points == {"det_picture": 62, "det_denial": 100, "det_resolve": 31}
    assert made.page.evaluate("window.leaked") is None and made.trouble == []


def test_a_busy_kernel_a_reload_and_a_new_kernel_lose_nothing(two: Case, context: Any, tmp_path: Path) -> None:
    made = GuidePage(context, SwingGuide(two, "deterrence", work=tmp_path), tmp_path)
    made.page.clock.install()
    made.open()
    made.choose("det_denial")
    made.settled()
    made.page.evaluate("window.stalled = true")
    made.type(points=70)
    made.type(points=35)
    assert made.step.startswith("ratio:") and len(made.widget.answers) == 1  # the guide goes on by itself
    made.page.clock.fast_forward(4_000)
    assert made.page.inner_text(".awg > .awb-status").startswith("Not saved yet")
    made.widget = SwingGuide(two, "deterrence", work=tmp_path)  # the kernel was restarted, the page opened again
    made.open()
    assert made.step.startswith("ratio:")
    made.settled()
    assert made.widget.weights.points.to_dict() == {"det_picture": 70, "det_denial": 100, "det_resolve": 35}
    kinds = [entry["kind"] for entry in replay(made.widget.path).answers]
    assert kinds == ["start", "biggest", "points", "points"]
    shelf = f"awg:{made.widget.data['store']}:left"
    made.widget = SwingGuide(two, "deterrence", work=tmp_path)
    left = [{"id": "x:1", "at": made.widget.data["saved"], "kind": "biggest", "answer": {"criterion": "det_picture"}}]
    made.page.evaluate("([shelf, left]) => localStorage.setItem(shelf, left)", [shelf, json.dumps(left)])
    made.open()  # what had been written down before the page went away is not written again
    made.settled()
    assert len(made.widget.path.read_text(encoding="utf-8").splitlines()) == 4
    made.widget = SwingGuide(two, "deterrence", work=tmp_path)
    left[0]["at"] = "2999-01-01T00:00:00.000Z"
    for end, kept in (("a", "{"), ("b", json.dumps(left)), ("c", '"')):  # what was kept badly does not hold up the rest
        made.page.evaluate("([shelf, kept]) => localStorage.setItem(shelf, kept)", [shelf.replace("left", end), kept])
    made.open()
    made.settled()
    assert made.widget.answers[-1]["criterion"] == "det_picture"
    assert made.page.evaluate("localStorage.length") == 0
    made.widget = SwingGuide(two, "deterrence", work=tmp_path, resume=False)
    made.page.evaluate("([shelf, kept]) => localStorage.setItem(shelf, kept)", [shelf, json.dumps(left)])
    made.open()
    assert made.step == "biggest:" and made.page.get_attribute(".awg", "data-answered") == "0"
    assert made.trouble == []


def test_hostile_names_are_text_and_every_screen_fits_and_reads_well(browser: Any, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 640, "height": 800}, color_scheme="dark")
    case = hostile_case()
    made = GuidePage(context, SwingGuide(case, work=tmp_path), tmp_path)
    seen = ""
    for _ in range(40):
        assert made.page.evaluate("document.documentElement.scrollWidth") <= 640
        seen += made.page.inner_text(".awg") + "\n"
        if made.step == "finish":
            break
        made.answer_anything(times=4)
    made.settled()
    assert made.step == "finish" and made.page.title() == "widget"
    assert made.page.locator("img, .awg script").count() == 0
    assert all(name in seen for name in HOSTILE[:3])
    made.next()
    made.settled()
    same(saved_weights(case, tmp_path), made.widget.weights)
    assert made.trouble == []
    context.close()


def test_ids_that_every_object_knows_are_asked_about_like_others(context: Any, tmp_path: Path) -> None:
    case = small_case({"A": (8, 2, 5), "B": (5, 7, 5)}, ids=("constructor", "toString", "__proto__"))
    made = GuidePage(context, SwingGuide(case, work=tmp_path), tmp_path)
    asked = []
    while made.step != "finish":
        assert made.step not in asked
        asked.append(made.step)
        made.answer_anything(times=4)
    made.settled()
    assert len(asked) == 5
    assert set(made.widget.weights.values.index) == set(case.leaves) and made.trouble == []


def test_a_single_criterion_leaves_nothing_to_ask(context: Any, tmp_path: Path) -> None:
    case = small_case({"A": (8,), "B": (5,)}, 1)
    made = GuidePage(context, SwingGuide(case, work=tmp_path), tmp_path)
    assert made.question == "No two criteria stand side by side here, so there is nothing to compare."
    assert not made.page.is_enabled("[data-act=next]") and made.trouble == []


def test_an_answer_in_the_log_that_will_never_do_is_said_at_the_end(two: Case, context: Any, tmp_path: Path) -> None:
    guide = SwingGuide(two, "deterrence", work=tmp_path)
    told(guide, {"kind": "biggest", "criterion": "det_denial"})
    with guide.path.open("a", encoding="utf-8") as log:
        log.write('{"at": "x", "kind": "points", "criterion": "nothing", "points": 50}\n')
    made = GuidePage(context, SwingGuide(two, "deterrence", work=tmp_path), tmp_path)
    for answer in ({"points": 70}, {"points": 35}, {"times": 2}):
        made.type(**answer)
    made.next()
    made.settled()
    assert made.step == "finish" and "No criterion called nothing" in made.page.inner_text(".awg-body")


def test_what_is_said_passes_the_linter_and_is_named_for_a_screen_reader(
    two: Case, context: Any, tmp_path: Path
) -> None:
    made = GuidePage(context, SwingGuide(two, work=tmp_path), tmp_path)
    for _ in range(6):
        for line in made.page.inner_text(".awg").splitlines():
            assert lint(line) == [], line
        nameless = made.page.evaluate(
            """() => [...document.querySelectorAll(".awg input, .awg button, [role=radiogroup], [role=progressbar]")]
                .filter((each) => !(each.getAttribute("aria-label") || each.textContent.trim() || each.closest("label")
                    || document.getElementById(each.getAttribute("aria-labelledby"))?.textContent))
                .map((each) => each.outerHTML)"""
        )
        assert nameless == []
        made.answer_anything(times=9)
