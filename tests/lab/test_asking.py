# SPDX-License-Identifier: Apache-2.0
"""A judge answers by keyboard alone, on a page that asks nothing of any network and shows no total."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from lab import chromium
from typer.testing import CliRunner

from aukus_mcda import Case, cli, load_case, read_table, study
from aukus_mcda.lab.asking import write_questions
from aukus_mcda.panel import close_panel, collect

FIELD = """() => {
    const at = document.activeElement, label = at.closest("label")?.innerText ?? "";
    return { type: at.type ?? "", label, cell: at.closest("fieldset")?.querySelector("legend").innerText ?? "" };
}"""

KEPT = "Object.values(localStorage).join()"

ENDS = {"Least": -1, "Most likely": 0, "Greatest": 1}


@pytest.fixture(scope="module")
def starter() -> Case:
    return load_case("starter")


class Judge:
    """Somebody who knows the Tab key, and has an answer to everything."""

    def __init__(self, page: Any, likely: float) -> None:
        self.page, self.likely = page, likely

    def write(self, text: str) -> None:
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def screen(self) -> str:
        return str(self.page.inner_text("h2"))

    def answer(self) -> None:
        """Fill in one screen and go on."""
        name, page = self.screen(), self.page
        self.middle = 5 if "Quality" in name or "Ease" in name else 20 if "Speed" in name else 200
        points = iter(["100", *["40"] * 20])
        for _ in range(400):
            page.keyboard.press("Tab")
            at = page.evaluate(FIELD)
            if at["label"].startswith("Points"):
                self.write(next(points))
            elif at["label"].strip() in ENDS:
                self.write(f"{self.middle + self.likely + ENDS[at['label'].strip()]:g}")
            elif at["type"] == "text":
                self.write("As far as I can see.")
            elif at["type"] == "checkbox" and at["cell"].startswith("New tools"):
                page.keyboard.press("Space")
            elif at["type"] == "submit":
                page.keyboard.press("Enter")
                break
        assert self.screen() != name, page.inner_text(".asked-message")


def test_ends_without_words_are_called_the_worst_and_the_best(tmp_path: Path) -> None:
    case = read_table(pd.DataFrame({"Cost (EUR, min)": [12, 30]}, index=["Quay", "Pier"]))
    (page,) = write_questions(case, tmp_path, ["Role A"])
    text = page.read_text("utf-8")
    assert "the worst considered" in text and "the best considered" in text


def test_a_judge_answers_by_keyboard_closes_the_page_goes_on_and_saves(starter: Case, tmp_path: Path) -> None:
    judges = ["Role A", "Role B", "Role C", "Role D", "Role E"]
    pages = list(write_questions(starter, tmp_path, judges, weights=True))
    files, sizes = [], [path.stat().st_size for path in pages]
    assert max(sizes) < 500_000
    with chromium() as browser:
        for number, path in enumerate(pages[:2]):  # the other three answer much as these do
            context = browser.new_context(viewport={"width": 1280, "height": 800}, offline=True, accept_downloads=True)
            page: Any = context.new_page()
            trouble: list[str] = []
            page.on("pageerror", lambda error, trouble=trouble: trouble.append(str(error)))
            page.on("console", lambda said, trouble=trouble: said.type == "error" and trouble.append(said.text))
            page.goto(path.as_uri())
            page.keyboard.press("Enter") if number else refused(page)
            judge = Judge(page, likely=number - 2)
            for _ in range(3):
                judge.answer()
            before, kept = judge.screen(), page.evaluate(KEPT)
            again = context.new_page()
            again.goto(path.as_uri())
            again.wait_for_function(f"kept => {KEPT} === kept", arg=kept)  # the browser passes it on in its own time
            page.close()
            page = again
            page.reload()
            judge = Judge(page, likely=number - 2)
            assert judge.screen() == before, "it goes on where it was closed"
            while judge.screen() != "Your answers":
                judge.answer()
            assert {"Quality: 100", "Speed: 40"} <= {*page.inner_text("main, [role=main]").split("\n")}, "steps too"
            with page.expect_download() as download:
                page.keyboard.press("Tab")
                while page.evaluate(FIELD)["type"] != "submit":
                    page.keyboard.press("Tab")
                page.keyboard.press("Enter")
            file = tmp_path / download.value.suggested_filename
            download.value.save_as(file)
            files.append(file)
            assert trouble == []
            context.close()
    for number, judge in enumerate(judges[2:]):
        answers = json.loads(files[number % 2].read_text("utf-8")) | {"judge": judge}
        scores = [
            each | {end: each[end] + number for end in ("low", "likely", "high") if end in each}
            for each in answers["scores"]
        ]
        files.append(tmp_path / f"{judge}.json")
        files[-1].write_text(json.dumps(answers | {"scores": scores}), "utf-8")
    collect(starter, tmp_path / "work", files)
    close_panel(starter, tmp_path / "work")
    result = study(starter, draws=200, panel=tmp_path / "work")
    assert result.panel is not None and [each.judge for each in result.panel.judges] == judges
    assert all(("new_tools", leaf) in result.panel.judges[0].cannot for leaf in starter.leaves)
    assert "12 of 16 scores" in repr(result.show("panel")), "nobody is asked about an option that fails a screen"
    assert len(result.panel.judges[0].scores) == 12 and set(result.panel.judges[0].points) == {*starter.criteria.index}
    path = result.export(tmp_path / "deck.pptx")
    assert path.is_file()
    words = CliRunner().invoke(cli.app, ["collect", "starter", "--own", str(tmp_path / "work"), "--reveal"]).output
    assert "judges" in words


def refused(page: Any) -> None:
    """What is left out is named, and the keys go where it is wanting."""
    page.click("[type=submit]")
    assert "give the most likely score, or say that you cannot judge it" in page.inner_text("[role=alert]")
    assert page.evaluate(FIELD)["label"].startswith("Most likely")
    page.keyboard.type("1000")
    page.click("[type=submit]")
    assert "write a number from 0 to 10" in page.inner_text("[role=alert]")
    page.keyboard.press("Control+A")
    page.keyboard.type("1,500")
    page.keyboard.press("Tab")
    assert "write a number from 0 to 10" in page.inner_text("[role=alert]"), "told as soon as the field is left"
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("\uff12,5")
    assert page.inner_text("[role=alert]") == "" and page.evaluate("document.activeElement.ariaInvalid") is None
    stored = page.evaluate(KEPT)
    assert '"likely":2.5' in stored, "a comma is a decimal mark, and digits of full width are digits"
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.focus("h2")


def test_hostile_names_are_text_on_the_page_and_in_its_file(tmp_path: Path) -> None:
    evil = "</script><script>window.ran = 1</script>"
    case = Case.from_frames(
        criteria=pd.DataFrame(
            {
                "id": ["a"],
                "name": [evil],
                "direction": "max",
                "worst": 0,
                "best": 10,
                "worst_means": evil,
                "best_means": "x",
            }
        ),
        scores=pd.DataFrame({"option": ["one", "__proto__"], "criterion": "a", "likely": [1, 2]}),
        about={"title": evil, "question": evil},
    )
    (path,) = write_questions(case, tmp_path, [f"J {evil}"])
    with chromium() as browser:
        page: Any = browser.new_context(offline=True).new_page()
        page.goto(path.as_uri())
        assert page.evaluate("window.ran") is None and page.inner_text("h2") == evil
        for field in page.locator(".asked-field input").all():
            field.fill("5")
        page.keyboard.press("Enter")
        assert page.inner_text("h2") == evil, "Enter in a field does not leave the page"
        page.click("[type=submit]")
        with page.expect_download() as download:
            page.click("[type=submit]")
        given = json.loads(Path(download.value.path()).read_text("utf-8"))
    assert [each["option"] for each in given["scores"]] == ["one", "__proto__"]
    assert {each["likely"] for each in given["scores"]} == {5} and given["judge"] == f"J {evil}"
