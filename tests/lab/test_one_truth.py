# SPDX-License-Identifier: Apache-2.0
"""My weights as a person meets them: the same in every board, guide and notebook, never overwritten unasked."""

from __future__ import annotations

import csv
import json
import os
import signal
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lab import Lab

from aukus_mcda import Case, WeightBoard, load_case, rank
from aukus_mcda.lab import saved_weights

CELLS = (
    "import json\nfrom aukus_mcda import SwingGuide, WeightBoard, load_case\ncase = load_case('aukus_plus_two')",
    "board = WeightBoard(case)\nboard",
)
GUIDE = "guide = SwingGuide(case, 'deterrence')\nguide"
MINE = " "


def opened(lab: Lab, name: str, *cells: str) -> Any:
    page = lab.page()
    lab.open(page, lab.write(name, *cells))
    lab.run_well(page)
    page.wait_for_selector(".awb[data-order]")
    return page


@pytest.fixture(scope="module")
def page(lab: Lab) -> Any:
    """A notebook with a board and a guide."""
    return opened(lab, "one.ipynb", *CELLS, GUIDE)


@pytest.fixture(scope="module")
def other(lab: Lab) -> Any:
    """Another notebook, with a kernel of its own and two boards."""
    return opened(lab, "two.ipynb", *CELLS, "WeightBoard(case)")


def box(page: Any, node: str, board: int = 0) -> Any:
    return page.locator(".awb:not(.awg)").nth(board).locator(f'[data-node="{node}"] input[type="number"]')


def type_in(page: Any, node: str, number: str, board: int = 0) -> None:
    box(page, node, board).fill(number)
    box(page, node, board).press("Enter")


def shows(page: Any, node: str, number: str, board: int = 0) -> None:
    """Await that a board shows a number, without anything being run."""
    page.wait_for_function(
        """([node, number, board]) => document.querySelectorAll(".awb:not(.awg)")[board]
            .querySelector(`[data-node="${node}"] input[type=number]`).value === number""",
        arg=[node, number, board],
    )


def settled(page: Any) -> None:
    page.wait_for_function("[...document.querySelectorAll('.awb')].every((each) => each.dataset.pending === '0')")


def saved(lab: Lab, case: Case) -> Any:
    return saved_weights(case, lab.folder / "work" / "aukus_plus_two")


def answer_guide(page: Any) -> None:
    """Answer the questions about the deterrence branch, and save."""
    page.check('.awg input[type=radio][value="det_denial"]', force=True)
    page.click(".awg [data-act=next]")
    for number in (60, 50, 40):
        page.fill(".awg input[data-key=points]", str(number))
        page.click(".awg [data-act=next]")
    page.fill(".awg input[data-key=times]", "2")
    page.click(".awg [data-act=next]")
    page.click(".awg [data-act=next]")
    page.wait_for_function("!document.querySelector('.awg [data-act=next]').disabled")
    page.click(".awg [data-act=next]")
    page.locator(".awg-question", has_text="Your weights are saved.").wait_for()


def test_what_a_guide_saves_is_on_every_board_and_the_guide_keeps_showing_it(
    lab: Lab, page: Any, other: Any, case: Case
) -> None:
    for each in (page, other):
        each.locator('.awb:not(.awg) [data-node="deterrence"] [data-act="more"]').first.click()
    answer_guide(page)
    for each in (page, other):
        shows(each, "det_denial", "40.0")
        assert each.get_attribute(".awb:not(.awg)", "data-order") == " ".join(rank(case, saved(lab, case)).ranked.index)
    assert page.locator(".awg-weights li").count() == 4
    assert "Every board and notebook uses these weights" in page.inner_text(".awg > .awb-status")
    type_in(other, "deterrence", "40")
    shows(other, "deterrence", "40.0", 1)
    shows(page, "deterrence", "40.0")
    settled(other)
    assert "Saved in work/aukus_plus_two at" in other.locator(".awb-head .awb-status").first.inner_text()
    for each in (page, other):
        points = lab.ask(each, "print(json.dumps(board.weights.points.to_dict()))")
        assert points == saved(lab, case).points.to_dict()


def test_looking_at_seoul_leaves_my_weights_alone_until_they_are_copied(lab: Lab, page: Any, case: Case) -> None:
    before = saved(lab, case).points.to_dict()
    pick, seoul = page.locator("[data-act=profile]"), case.profile("seoul")
    pick.select_option("seoul")
    assert page.get_attribute(".awb:not(.awg)", "data-order") == " ".join(rank(case, "seoul").ranked.index)
    type_in(page, "deterrence", "77")
    status = page.locator(".awb-head .awb-status")
    assert status.inner_text() == "The weights of Seoul are shown. My weights stay as they are."
    pick.select_option(MINE)
    shows(page, "deterrence", "40.0")
    assert lab.ask(page, "print(json.dumps(board.weights.points.to_dict()))") == before
    pick.select_option("seoul")
    page.click("[data-act=copy]")
    settled(page)
    assert saved(lab, case).points.to_dict() == seoul.points.to_dict()
    page.locator("[data-act=undo]").focus()
    for _ in range(2):
        page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.dataset.act") == "undo", "the focus stays on the button"
    settled(page)
    pick.select_option(MINE)
    shows(page, "deterrence", "40.0")
    assert saved(lab, case).points.to_dict() == before


def test_a_set_is_named_compared_renamed_deleted_and_brought_back(lab: Lab, page: Any, case: Case) -> None:
    folder = lab.folder / "work" / "aukus_plus_two"
    page.click("[data-act=sets]")
    for key, text in (("name", "Ministry view"), ("author", "Ann"), ("reason", "After the workshop")):
        page.fill(f".awb-sets [data-key={key}]", text)
    page.click("[data-set=save]")
    page.locator(".awb-list li", has_text="Ann").wait_for()
    page.fill(".awb-sets [data-key=name]", "seoul")
    page.click("[data-set=save]")
    page.locator(".awb-wrong", has_text="seoul is a profile of the case").wait_for()
    own = load_case("aukus_plus_two", own=folder)
    assert own.own_profiles == ("Ministry view",)
    assert own.profile("Ministry view").points.to_dict() == saved(lab, case).points.to_dict()
    page.click("[data-set=duplicate]")
    page.locator('[data-id="Ministry view, copy"] [data-set=rename]').click()
    page.fill('input[data-name="Ministry view, copy"]', "Second thoughts")
    page.keyboard.press("Enter")
    page.locator('[data-id="Second thoughts"] [data-set=delete]').click()
    page.locator("[data-gone]").wait_for()
    assert load_case("aukus_plus_two", own=folder).own_profiles == ("Ministry view",)
    page.get_by_role("button", name="Bring back Second thoughts").click()
    page.locator('[data-id="Second thoughts"]').wait_for()
    assert [*load_case("aukus_plus_two", own=folder).own_profiles] == ["Ministry view", "Second thoughts"]
    page.keyboard.press("Escape")
    assert not page.is_visible(".awb-sets")
    page.select_option("[data-act=profile]", "Ministry view")
    page.select_option("[data-act=beside]", "tokyo")
    sentence = page.inner_text(".awb-difference")
    assert sentence.startswith("Ministry view beside Tokyo: ") and (" more" in sentence or " less" in sentence)
    for option, row in rank(case, "tokyo").ranked.iterrows():
        scores = page.locator(f'[data-option="{option}"] .awb-score')
        assert scores.get_attribute("title") == f"Tokyo: {row['score']:.1f}, rank {row['rank']}"
        assert scores.locator(".awb-other").inner_text() == f"{row['score']:.1f}"
    share = case.profile("tokyo").details["branches"]["share"]["deterrence"]
    assert page.inner_text('[data-node="deterrence"] .awb-other') == f"Tokyo {100 * share:.1f}"
    page.select_option("[data-act=profile]", MINE)


def test_changes_after_a_lock_are_written_down_as_such(lab: Lab, page: Any, case: Case) -> None:
    page.click("[data-act=sets]")
    page.click("[data-set=lock]")
    page.locator("[data-set=unlock]").wait_for()
    page.click("[data-act=sets]")
    page.locator(".awb-head .awb-status", has_text=" by Ann. Saved in").wait_for()
    page.click("[data-act=sets]")
    page.click("[data-set=note]")
    page.click("[data-act=sets]")
    settled(page)
    type_in(page, "escalation", "33")
    page.locator(".awb-head .awb-status", has_text="by Ann; changed after it.").wait_for()
    settled(page)
    log = (lab.folder / "work" / "aukus_plus_two" / "board.jsonl").read_text(encoding="utf-8").splitlines()
    noted, last = (json.loads(line)["name"] for line in log[-2:])
    assert noted.startswith("reason: After the workshop, after the lock of ")
    assert last.startswith("escalation to 33, after the lock of ") and last.endswith(" by Ann")
    with (lab.folder / "work" / "aukus_plus_two" / "weights.csv").open(encoding="utf-8", newline="") as file:
        assert {row["rationale"] for row in csv.DictReader(file)} == {"After the workshop"}


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a kernel cannot be held up here")
def test_a_change_of_older_weights_asks_whose_to_keep(lab: Lab, page: Any, other: Any, case: Case) -> None:
    kernel = lab.ask(other, "import os; print(os.getpid())")
    for kept, number, stands in (("keep", "60", "60.0"), ("yield", "70", "20.0")):
        shows(other, "deterrence", box(page, "deterrence").input_value())
        os.kill(kernel, signal.SIGSTOP)
        type_in(page, "deterrence", "20")
        settled(page)
        type_in(other, "deterrence", number)
        os.kill(kernel, signal.SIGCONT)
        other.locator(".awb-ask:visible").first.wait_for()
        assert saved(lab, case).details["branches"]["share"]["deterrence"] == pytest.approx(0.2)
        other.locator(f"[data-act={kept}]:visible").first.click()
        for each in (page, other):
            shows(each, "deterrence", stands)
        settled(other)
        assert saved(lab, case).details["branches"]["share"]["deterrence"] == pytest.approx(float(stands) / 100)
    other.locator("[data-act=undo]").first.click()
    shows(page, "deterrence", "70.0")


def test_a_kernel_killed_in_the_middle_of_a_drag_loses_nothing(lab: Lab, page: Any, case: Case) -> None:
    slider = page.locator('.awb:not(.awg) [data-node="deterrence"] input[type="range"]')
    slider.scroll_into_view_if_needed()
    at = slider.bounding_box()
    page.mouse.move(at["x"] + 8 + 0.6 * (at["width"] - 16), at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(at["x"] + 8 + 0.75 * (at["width"] - 16), at["y"] + at["height"] / 2, steps=4)
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    page.mouse.move(at["x"] + 8 + 0.9 * (at["width"] - 16), at["y"] + at["height"] / 2, steps=4)
    page.mouse.up()
    number = box(page, "deterrence").input_value()
    assert float(number) > 85
    page.locator(".awb-head .awb-status", has_text="Not saved yet").wait_for()
    lab.open(page, "one.ipynb")
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.startKernel(); }")
    lab.run_well(page)
    shows(page, "deterrence", number)
    settled(page)
    assert 100 * saved(lab, case).details["branches"]["share"]["deterrence"] == pytest.approx(float(number), abs=0.05)
    assert page.locator(".awg-weights").is_visible() or page.locator(".awg-question").is_visible()


def test_nothing_but_this_machine_was_asked(lab: Lab) -> None:
    assert lab.requests and lab.outside() == []


# ---- without a browser ----------------------------------------------------------------------------------------------


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
    notes.write_text("{", encoding="utf-8")
    assert "cannot be read" in WeightBoard(case, work=tmp_path).stored["fault"]
    notes.unlink()
    (tmp_path / "weights.csv").write_text("profile,criterion,likely\nmine,nothing,3\n", encoding="utf-8")
    other = WeightBoard(case, work=tmp_path)
    assert "The set mine" in other.stored["fault"] and other.fault == "", "My weights are saved all the same"
