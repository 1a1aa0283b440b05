# SPDX-License-Identifier: Apache-2.0
"""The board where it is used: in JupyterLab, in a browser, with a kernel that can go away."""

from __future__ import annotations

from typing import Any

import pytest
from lab import Lab

from aukus_mcda import Case, rank
from aukus_mcda.lab import saved_weights

CELLS = (
    "import json\nfrom aukus_mcda import load_case\nfrom aukus_mcda.lab import WeightBoard",
    "case = load_case('aukus_plus_two')\nboard = WeightBoard(case)\nboard",
)
ORDER = "print(json.dumps([list(board.ranking.ranked.index), board.ranking.leaders[0], dict(board.points)]))"


@pytest.fixture(scope="module")
def page(lab: Lab) -> Any:
    page = lab.page()
    lab.open(page, lab.write("board.ipynb", *CELLS))
    lab.run_well(page)
    return page


def order(page: Any) -> list[str]:
    return page.get_attribute(".awb", "data-order").split(" ")


def settled(page: Any) -> None:
    """Await that Python has written down all changes."""
    page.wait_for_function("document.querySelector('.awb').dataset.pending === '0'")


def box(page: Any, node: str) -> Any:
    return page.locator(f'[data-node="{node}"] input[type="number"]')


def test_the_board_opens_with_the_ranking_that_python_gives(page: Any, case: Case) -> None:
    assert order(page) == list(rank(case, "baseline").ranked.index)


def test_dragging_typing_and_keys_change_the_ranking_to_what_python_says(lab: Lab, page: Any) -> None:
    slider = page.locator('[data-node="deterrence"] input[type="range"]')
    slider.scroll_into_view_if_needed()
    at = slider.bounding_box()
    before = order(page)
    page.mouse.move(at["x"] + 0.3 * at["width"], at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(at["x"] + 0.9 * at["width"], at["y"] + at["height"] / 2, steps=8)
    page.mouse.up()
    assert order(page) != before
    settled(page)
    assert lab.ask(page, ORDER)[0] == order(page)
    box(page, "escalation").fill("70")
    box(page, "escalation").press("Enter")
    settled(page)
    assert lab.ask(page, ORDER)[0] == order(page)
    number = float(box(page, "acceptability").input_value())
    page.locator('[data-node="acceptability"] input[type="range"]').focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
    assert float(box(page, "acceptability").input_value()) == pytest.approx(round(number) + 3)
    settled(page)
    assert lab.ask(page, ORDER)[0] == order(page)


def test_undo_reload_and_a_new_kernel_keep_the_weights(lab: Lab, page: Any, case: Case) -> None:
    shown = order(page)
    page.click('[data-act="undo"]')
    page.click('[data-act="redo"]')
    settled(page)
    assert order(page) == shown
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
    points = lab.ask(page, ORDER)[2]
    lab.open(page, "board.ipynb")
    page.wait_for_selector(".awb[data-order]")
    assert order(page) == shown
    lab.restart_kernel(page)
    box(page, "interoperability").fill("50")
    box(page, "interoperability").press("Enter")
    away = order(page)
    lab.run_well(page)
    page.wait_for_function("(wanted) => document.querySelector('.awb').dataset.order === wanted", arg=" ".join(away))
    settled(page)
    asked, _, now = lab.ask(page, ORDER)
    assert asked == away and now != points
    kept = saved_weights(case, lab.folder / "work" / "aukus_plus_two")
    assert kept is not None and list(rank(case, kept).ranked.index) == away


def test_a_busy_kernel_does_not_hold_up_the_board(lab: Lab, page: Any) -> None:
    page.evaluate(
        """() => {
            const { kernel } = window.jupyterapp.shell.currentWidget.sessionContext.session;
            window.busy = kernel.requestExecute({ code: "import time; time.sleep(3)" }).done;
        }"""
    )
    before = order(page)
    box(page, "deterrence").fill("2" if float(box(page, "deterrence").input_value()) > 30 else "85")
    box(page, "deterrence").press("Enter")
    shown = order(page)
    assert shown != before
    page.evaluate("async () => { await window.busy; }")
    settled(page)
    page.locator(".awb-status", has_text="Saved in work/aukus_plus_two").wait_for()
    assert lab.ask(page, ORDER)[0] == shown


def test_changes_made_while_the_kernel_was_gone_come_back_when_the_cell_runs_again(lab: Lab, page: Any) -> None:
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    box(page, "escalation").fill("55")
    box(page, "escalation").press("Enter")
    shown = order(page)
    assert float(box(page, "escalation").input_value()) == 55
    page.locator(".awb-status", has_text="Not saved yet").wait_for()
    lab.open(page, "board.ipynb")
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.startKernel(); }")
    lab.run_well(page)
    page.wait_for_function("(wanted) => document.querySelector('.awb')?.dataset.order === wanted", arg=" ".join(shown))
    settled(page)
    assert lab.ask(page, ORDER)[0] == shown


def test_a_guide_is_answered_by_keyboard_and_goes_on_after_a_new_kernel(lab: Lab, page: Any) -> None:
    made = "guide = SwingGuide(load_case('aukus_plus_two'), 'deterrence')\nguide"
    cells = ("import json\nfrom aukus_mcda import load_case\nfrom aukus_mcda.lab import SwingGuide", made)
    lab.open(page, lab.write("guide.ipynb", *cells), anew=False)
    lab.run_well(page)

    def answer(number: str) -> None:
        page.focus(".awg input[type=number] >> nth=-1" if "ratio" in step() else ".awg input[data-key=points]")
        page.keyboard.type(number)
        page.keyboard.press("Enter")

    def step() -> str:
        return page.get_attribute(".awg", "data-step")

    page.focus(".awg input[type=radio]")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    answer("60")
    page.wait_for_function("document.querySelector('.awg').dataset.pending === '0'")
    lab.restart_kernel(page)
    answer("50")
    assert page.get_attribute(".awg", "data-answered") == "3"
    lab.run_well(page)
    page.wait_for_function("document.querySelector('.awg').dataset.answered === '3'")
    answer("40")
    answer("2")
    page.click("[data-act=next]")
    page.wait_for_function("!document.querySelector('[data-act=next]').disabled")
    page.click("[data-act=next]")
    page.wait_for_function("document.querySelector('.awg').dataset.pending === '0'")
    points = lab.ask(page, "print(json.dumps(guide.weights.points.to_dict()))")
    assert points == {"det_picture": 60, "det_denial": 100, "det_resolve": 50, "det_assurance": 40}
    assert lab.ask(page, "print(json.dumps(guide.weights.consistency))") == pytest.approx(4 / 3)


def test_nothing_but_this_machine_was_asked(lab: Lab, page: Any) -> None:
    assert len(lab.requests) > 50
    assert lab.outside() == []
