# SPDX-License-Identifier: Apache-2.0
"""The widgets where they are used: in JupyterLab, in a browser, with a kernel that can go away.

One server and one browser serve all of it: to start them, and to fetch JupyterLab, takes longer than most of the tests.
"""

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
from test_score_sheet import STARTER, changed_by

from aukus_mcda import Case, load_case, rank
from aukus_mcda.lab import saved_weights

CELLS = (
    "import json\nfrom aukus_mcda import SwingGuide, WeightBoard, load_case\ncase = load_case('aukus_plus_two')",
    "board = WeightBoard(case)\nboard",
)
GUIDE = "guide = SwingGuide(case, 'deterrence')\nguide"
ORDER = "print(json.dumps([list(board.ranking.ranked.index), board.ranking.leaders[0], dict(board.points)]))"
MINE = " "


def run(lab: Lab, page: Any, name: str, *cells: str, anew: bool = False) -> Any:
    """A page with a notebook that was run; unless ``anew``, in the place of those that it shows."""
    if not anew:
        lab.close_notebooks(page)
    lab.open(page, lab.write(name, *cells), anew=anew)
    lab.run_well(page)
    return page


@pytest.fixture(scope="module")
def page(lab: Lab) -> Any:
    """A notebook with a board, in whose place others are opened in the same JupyterLab."""
    return run(lab, lab.page(), "board.ipynb", *CELLS, anew=True)


def order(page: Any) -> list[str]:
    return page.get_attribute(".awb", "data-order").split(" ")


def settled(page: Any) -> None:
    """Await that Python has written down all changes."""
    page.wait_for_function(
        """() => {
            const boards = [...document.querySelectorAll(".awb")];
            return boards.length > 0 && boards.every((each) => each.dataset.pending === "0");
        }"""
    )


def box(page: Any, node: str, board: int = 0) -> Any:
    return page.locator(".awb:not(.awg)").nth(board).locator(f'[data-node="{node}"] input[type="number"]')


def type_in(page: Any, node: str, number: str, board: int = 0) -> None:
    box(page, node, board).fill(number)
    box(page, node, board).press("Enter")


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
    type_in(page, "escalation", "70")
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
    type_in(page, "interoperability", "50")
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
            const code = "import pathlib, time\\nwhile not pathlib.Path('go').exists(): time.sleep(0.01)";
            window.busy = kernel.requestExecute({ code }).done;
        }"""
    )
    before = order(page)
    box(page, "deterrence").fill("2" if float(box(page, "deterrence").input_value()) > 30 else "85")
    box(page, "deterrence").press("Enter")
    shown = order(page)
    assert shown != before and page.get_attribute(".awb", "data-pending") != "0"
    (lab.folder / "go").touch()
    page.evaluate("async () => { await window.busy; }")
    settled(page)
    page.locator(".awb-status", has_text="Saved in work/aukus_plus_two").wait_for()
    assert lab.ask(page, ORDER)[0] == shown


def test_changes_made_while_the_kernel_was_gone_come_back_when_the_cell_runs_again(lab: Lab, page: Any) -> None:
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    type_in(page, "escalation", "55")
    shown = order(page)
    assert float(box(page, "escalation").input_value()) == 55
    page.locator(".awb-status", has_text="Not saved yet").wait_for()
    assert page.locator(".awb-head").first.evaluate("(head) => head.scrollWidth <= head.clientWidth"), "nothing is cut"
    lab.open(page, "board.ipynb")
    page.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.startKernel(); }")
    lab.run_well(page)
    page.wait_for_function("(wanted) => document.querySelector('.awb')?.dataset.order === wanted", arg=" ".join(shown))
    settled(page)
    assert lab.ask(page, ORDER)[0] == shown


def test_a_guide_is_answered_by_keyboard_and_goes_on_after_a_new_kernel(lab: Lab, page: Any) -> None:
    run(lab, page, "guide.ipynb", CELLS[0], GUIDE)

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


# ---- my weights are the same in every board, guide and notebook, and never overwritten unasked -----------------------

TRUTH = "truth"
"""The folder of these notebooks: what others have saved is not there."""


@pytest.fixture(scope="module")
def one(lab: Lab, page: Any) -> Any:
    """A notebook with a board and a guide."""
    (lab.folder / TRUTH).mkdir()
    return run(lab, page, f"{TRUTH}/one.ipynb", *CELLS, GUIDE)


@pytest.fixture(scope="module")
def other(one: Any, lab: Lab) -> Any:
    """Another notebook, with a kernel of its own and two boards."""
    return run(lab, lab.page(), f"{TRUTH}/two.ipynb", *CELLS, "WeightBoard(case)", anew=True)


def shows(page: Any, node: str, number: str, board: int = 0) -> None:
    """Await that a board shows a number, without anything being run."""
    page.wait_for_function(
        """([node, number, board]) => document.querySelectorAll(".awb:not(.awg)")[board]
            .querySelector(`[data-node="${node}"] input[type=number]`).value === number""",
        arg=[node, number, board],
    )


def work_of(lab: Lab) -> Path:
    return lab.folder / TRUTH / "work" / "aukus_plus_two"


def saved(lab: Lab, case: Case) -> Any:
    return saved_weights(case, work_of(lab))


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
    lab: Lab, one: Any, other: Any, case: Case
) -> None:
    for each in (one, other):
        each.locator('.awb:not(.awg) [data-node="deterrence"] [data-act="more"]').first.click()
    answer_guide(one)
    for each in (one, other):
        shows(each, "det_denial", "40.0")
        assert each.get_attribute(".awb:not(.awg)", "data-order") == " ".join(rank(case, saved(lab, case)).ranked.index)
    assert one.locator(".awg-weights li").count() == 4
    assert "Every board and notebook uses these weights" in one.inner_text(".awg > .awb-status")
    type_in(other, "deterrence", "40")
    shows(other, "deterrence", "40.0", 1)
    shows(one, "deterrence", "40.0")
    settled(other)
    assert "Saved in work/aukus_plus_two at" in other.locator(".awb-head .awb-status").first.inner_text()
    for each in (one, other):
        points = lab.ask(each, "print(json.dumps(board.weights.points.to_dict()))")
        assert points == saved(lab, case).points.to_dict()


def test_looking_at_seoul_leaves_my_weights_alone_until_they_are_copied(lab: Lab, one: Any, case: Case) -> None:
    before = saved(lab, case).points.to_dict()
    pick, seoul = one.locator("[data-act=profile]"), case.profile("seoul")
    pick.select_option("seoul")
    assert one.get_attribute(".awb:not(.awg)", "data-order") == " ".join(rank(case, "seoul").ranked.index)
    type_in(one, "deterrence", "77")
    status = one.locator(".awb-head .awb-status")
    assert status.inner_text() == "The weights of Seoul are shown. My weights stay as they are."
    pick.select_option(MINE)
    shows(one, "deterrence", "40.0")
    assert lab.ask(one, "print(json.dumps(board.weights.points.to_dict()))") == before
    pick.select_option("seoul")
    one.click("[data-act=copy]")
    settled(one)
    assert saved(lab, case).points.to_dict() == seoul.points.to_dict()
    one.locator("[data-act=undo]").focus()
    for _ in range(2):
        one.keyboard.press("Enter")
    assert one.evaluate("document.activeElement.dataset.act") == "undo", "the focus stays on the button"
    settled(one)
    pick.select_option(MINE)
    shows(one, "deterrence", "40.0")
    assert saved(lab, case).points.to_dict() == before


def test_a_set_is_named_compared_renamed_deleted_and_brought_back(lab: Lab, one: Any, case: Case) -> None:
    folder = work_of(lab)
    one.click("[data-act=sets]")
    for key, text in (("name", "Ministry view"), ("author", "Ann"), ("reason", "After the workshop")):
        one.fill(f".awb-sets [data-key={key}]", text)
    one.click("[data-set=save]")
    one.locator(".awb-list li", has_text="Ann").wait_for()
    one.fill(".awb-sets [data-key=name]", "seoul")
    one.click("[data-set=save]")
    one.locator(".awb-wrong", has_text="seoul is a profile of the case").wait_for()
    own = load_case("aukus_plus_two", own=folder)
    assert own.own_profiles == ("Ministry view",)
    assert own.profile("Ministry view").points.to_dict() == saved(lab, case).points.to_dict()
    one.click("[data-set=duplicate]")
    one.locator('[data-id="Ministry view, copy"] [data-set=rename]').click()
    one.fill('input[data-name="Ministry view, copy"]', "Second thoughts")
    one.keyboard.press("Enter")
    one.locator('[data-id="Second thoughts"] [data-set=delete]').click()
    one.locator("[data-gone]").wait_for()
    assert load_case("aukus_plus_two", own=folder).own_profiles == ("Ministry view",)
    one.get_by_role("button", name="Bring back Second thoughts").click()
    one.locator('[data-id="Second thoughts"]').wait_for()
    assert [*load_case("aukus_plus_two", own=folder).own_profiles] == ["Ministry view", "Second thoughts"]
    one.keyboard.press("Escape")
    assert not one.is_visible(".awb-sets")
    one.select_option("[data-act=profile]", "Ministry view")
    one.select_option("[data-act=beside]", "tokyo")
    sentence = one.inner_text(".awb-difference")
    assert sentence.startswith("Ministry view beside Tokyo: ") and (" more" in sentence or " less" in sentence)
    for option, row in rank(case, "tokyo").ranked.iterrows():
        scores = one.locator(f'[data-option="{option}"] .awb-score')
        assert scores.get_attribute("title") == f"Tokyo: {row['score']:.1f}, rank {row['rank']}"
        assert scores.locator(".awb-other").inner_text() == f"{row['score']:.1f}"
    share = case.profile("tokyo").details["branches"]["share"]["deterrence"]
    assert one.inner_text('[data-node="deterrence"] .awb-other') == f"Tokyo {100 * share:.1f}"
    one.select_option("[data-act=profile]", MINE)


def test_changes_after_a_lock_are_written_down_as_such(lab: Lab, one: Any, case: Case) -> None:
    one.click("[data-act=sets]")
    one.click("[data-set=lock]")
    one.locator("[data-set=unlock]").wait_for()
    one.click("[data-act=sets]")
    one.locator(".awb-head .awb-status", has_text=" by Ann. Saved in").wait_for()
    one.click("[data-act=sets]")
    one.click("[data-set=note]")
    one.click("[data-act=sets]")
    settled(one)
    type_in(one, "escalation", "33")
    one.locator(".awb-head .awb-status", has_text="by Ann; changed after it.").wait_for()
    settled(one)
    log = (work_of(lab) / "board.jsonl").read_text(encoding="utf-8").splitlines()
    noted, last = (json.loads(line)["name"] for line in log[-2:])
    assert noted.startswith("reason: After the workshop, after the lock of ")
    assert last.startswith("escalation to 33, after the lock of ") and last.endswith(" by Ann")
    with (work_of(lab) / "weights.csv").open(encoding="utf-8", newline="") as file:
        assert {row["rationale"] for row in csv.DictReader(file)} == {"After the workshop"}


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="a kernel cannot be held up here")
def test_a_change_of_older_weights_asks_whose_to_keep(lab: Lab, one: Any, other: Any, case: Case) -> None:
    kernel = lab.ask(other, "import os; print(os.getpid())")
    for kept, number, stands in (("keep", "60", "60.0"), ("yield", "70", "20.0")):
        shows(other, "deterrence", box(one, "deterrence").input_value())
        os.kill(kernel, signal.SIGSTOP)
        type_in(one, "deterrence", "20")
        settled(one)
        type_in(other, "deterrence", number)
        os.kill(kernel, signal.SIGCONT)
        other.locator(".awb-ask:visible").first.wait_for()
        assert saved(lab, case).details["branches"]["share"]["deterrence"] == pytest.approx(0.2)
        other.locator(f"[data-act={kept}]:visible").first.click()
        for each in (one, other):
            shows(each, "deterrence", stands)
        settled(other)
        assert saved(lab, case).details["branches"]["share"]["deterrence"] == pytest.approx(float(stands) / 100)
    other.locator("[data-act=undo]").first.click()
    shows(one, "deterrence", "70.0")


def test_a_kernel_killed_in_the_middle_of_a_drag_loses_nothing(lab: Lab, one: Any, case: Case) -> None:
    slider = one.locator('.awb:not(.awg) [data-node="deterrence"] input[type="range"]')
    slider.scroll_into_view_if_needed()
    at = slider.bounding_box()
    one.mouse.move(at["x"] + 8 + 0.6 * (at["width"] - 16), at["y"] + at["height"] / 2)
    one.mouse.down()
    one.mouse.move(at["x"] + 8 + 0.75 * (at["width"] - 16), at["y"] + at["height"] / 2, steps=4)
    one.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.shutdown(); }")
    one.mouse.move(at["x"] + 8 + 0.9 * (at["width"] - 16), at["y"] + at["height"] / 2, steps=4)
    one.mouse.up()
    number = box(one, "deterrence").input_value()
    assert float(number) > 85
    one.locator(".awb-head .awb-status", has_text="Not saved yet").wait_for()
    lab.open(one, f"{TRUTH}/one.ipynb")
    one.evaluate("async () => { await window.jupyterapp.shell.currentWidget.sessionContext.startKernel(); }")
    lab.run_well(one)
    shows(one, "deterrence", number)
    settled(one)
    assert 100 * saved(lab, case).details["branches"]["share"]["deterrence"] == pytest.approx(float(number), abs=0.05)
    assert one.locator(".awg-weights").is_visible() or one.locator(".awg-question").is_visible()


# ---- scores and value scales -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def in_lab(lab: Lab, page: Any) -> Any:
    """A notebook with a sheet of scores; the others are opened in the same JupyterLab, as from its list of files."""
    shows = "sheet = ScoreSheet(load_case('starter'))\nsheet"
    return run(lab, page, "sheet.ipynb", "import json\nfrom aukus_mcda import ScoreSheet, load_case", shows)


def test_in_jupyterlab_a_score_is_changed_undone_and_read_by_another_notebook(lab: Lab, in_lab: Any) -> None:
    page = in_lab
    settled = lambda: page.wait_for_function("document.querySelector('.aws').dataset.pending === '0'")  # noqa: E731
    order = lambda: page.get_attribute(".aws", "data-order")  # noqa: E731
    asked = "print(json.dumps([' '.join(sheet.ranking.ranked.index), len(sheet.case.own_scores)]))"
    before = order()
    assert lab.ask(page, asked) == [before, 0]
    last = before.split(" ")[-1]
    for leaf in STARTER.leaves:
        page.click(f'button[data-option="{last}"][data-criterion="{leaf}"]')
        changed_by(page, STARTER.criteria.at[leaf, "best"], "Proven in the trial.")
        page.fill("[data-field=judged_by]", "Ann")
        page.keyboard.press("Enter")
    settled()
    assert order().split(" ")[0] == last
    assert lab.ask(page, asked) == [order(), len(STARTER.leaves)]
    page.keyboard.press("Control+z")
    settled()
    assert lab.ask(page, asked)[1] == len(STARTER.leaves) - 1
    page.click("[data-act=redo]")
    settled()
    page.evaluate("async () => { await window.jupyterapp.commands.execute('docmanager:save'); }")
    leads = order()
    shows = "s = study(load_case('starter', own=True), draws=2_000)\ns.show('findings')"
    lab.open(page, lab.write("other.ipynb", "import json\nfrom aukus_mcda import load_case, study", shows), anew=False)
    lab.run_well(page)
    ranked, feet = lab.ask(
        page, "print(json.dumps([' '.join(s.ranking.ranked.index), s.provenance['changed by the analyst']]))"
    )
    assert ranked == leads and feet.count("Ann, ") == len(STARTER.leaves)


def test_in_jupyterlab_a_value_scale_is_found_by_keyboard(lab: Lab, in_lab: Any) -> None:
    page = in_lab
    shows = "guide = ValueGuide(load_case('aukus_plus_two'), 'int_data')\nguide"
    lab.open(
        page, lab.write("scale.ipynb", "import json\nfrom aukus_mcda import ValueGuide, load_case", shows), anew=False
    )
    lab.run_well(page)
    page.focus(".awv input[type=radio]")
    for down in (0, 1, 2, 1, 1, 2):  # first, second; same; second, second; the check: same
        page.keyboard.press("Space")
        for _ in range(down):
            page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
    page.wait_for_function("document.querySelector('.awv').dataset.step === 'finish'")
    page.wait_for_selector(".awv-line")
    page.focus("[data-key=reason]")
    page.keyboard.type("The first links close the widest gaps.")
    page.keyboard.press("Tab")
    page.keyboard.type("Ann")
    page.keyboard.press("Enter")
    page.locator(".awb-status", has_text="Saved in work/aukus_plus_two/shapes.csv").wait_for()
    shape, bent = lab.ask(page, "print(json.dumps([guide.shape, guide.case.criteria.at['int_data', 'shape']]))")
    assert shape == bent == "1.875:25;3.75:50;9.21875:75"
    kept = pd.read_csv(lab.folder / "work" / "aukus_plus_two" / "shapes.csv").to_dict("records")
    assert [(each["shape"], each["judged_by"]) for each in kept] == [(shape, "Ann")]


def test_cells_behind_an_error_do_not_show_what_an_earlier_run_gave(lab: Lab, page: Any) -> None:
    begin = "from aukus_mcda import WeightBoard, load_case, opening, study\nwhere = 'starter'"
    read = "s = study(load_case(where), draws=1000)\nopening(s, 'answer')"
    boards = ["WeightBoard(s.case)", "s.show('ranking')"] * 4
    run(lab, page, "stale.ipynb", begin, read, *boards)
    counts = page.evaluate(
        """async () => {
            const { content } = jupyterapp.shell.currentWidget;
            const first = content.widgets[0].model.sharedModel;
            first.setSource(first.getSource().replace("starter", "nowhere"));
            await jupyterapp.commands.execute("notebook:run-all-cells");
            await new Promise((resolve) => setTimeout(resolve, 3000));
            return content.widgets.map(({ model }) => model.executionCount);
        }"""
    )
    assert all(counts[:2]) and not any(counts[2:])


def test_nothing_but_this_machine_was_asked(lab: Lab, page: Any) -> None:
    assert len(lab.requests) > 50
    assert lab.outside() == []
