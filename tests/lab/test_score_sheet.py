# SPDX-License-Identifier: Apache-2.0
"""The score sheet: a score is changed with a reason, seen at once, undone, never lost, and read elsewhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_board import hostile_case
from widget_page import WidgetPage

from aukus_mcda import AukusMcdaError, Case, ScoreSheet, WeightBoard, export_html, load_case, rank, read_table, study
from aukus_mcda.lab.store import save_weights

STARTER = load_case("starter")
CELL = (STARTER.options.index[1], STARTER.leaves[0])
TODAY = "2026-11-29"


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(int(pd.Timestamp(TODAY).timestamp())))


def row(likely: float, *, cell: tuple[str, str] = CELL, **cells: Any) -> dict[str, str]:
    return {
        "option": cell[0], "criterion": cell[1], "low": "", "likely": str(likely), "high": "", "distribution": "",
        "rationale": "Seen since.", "evidence": "", "judged_by": "Ann", "as_of": "",
    } | cells  # fmt: skip


def told(sheet: ScoreSheet, was: list[dict[str, str]], rows: list[dict[str, str]], cell: tuple[str, str] = CELL) -> str:
    """What the browser sends, and the fault that Python finds in it."""
    change = {"id": f"t:{len(sheet.changes)}", "at": f"{TODAY}T00:00:00.000Z", "option": cell[0], "criterion": cell[1]}
    sheet.changes = [*sheet.changes, change | {"was": was, "rows": rows}]
    return sheet.fault


def log(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (folder / "scores.jsonl").read_text("utf-8").splitlines()]


def test_a_change_is_a_judgement_of_today_that_other_notebooks_read_and_undo_takes_it_back(tmp_path: Path) -> None:
    sheet = ScoreSheet(STARTER, work=tmp_path)
    assert told(sheet, [], [row(2)]) == ""
    held = sheet.judgements
    assert [(each["likely"], each["as_of"], each["judged_by"]) for each in held] == [("2", TODAY, "Ann")]
    read = load_case("starter", own=tmp_path)
    assert read.own_scores == sheet.case.own_scores == (CELL,) and read.digest == sheet.case.digest
    assert read.scores.loc[CELL, ["low", "likely", "high"]].tolist() == [2, 2, 2]
    assert sheet.ranking.table.equals(rank(read, "baseline").table)
    assert told(sheet, held, [row(3)]) == "", "one row a score a day"
    assert [each["likely"] for each in sheet.judgements] == ["3"]
    assert ScoreSheet(STARTER, work=tmp_path).case.digest == sheet.case.digest
    assert told(sheet, sheet.judgements, held) == "" and sheet.judgements == held
    assert told(sheet, held, []) == ""
    assert sheet.case.digest == STARTER.digest and load_case("starter", own=tmp_path).own_scores == ()
    assert [line["written"] for line in log(tmp_path)] == [True] * 4, "the log has all that was ever done"


def test_a_change_made_on_an_older_state_is_told_and_logged_and_not_written(tmp_path: Path) -> None:
    one, other = ScoreSheet(STARTER, work=tmp_path), ScoreSheet(STARTER, work=tmp_path)
    told(one, [], [row(2)])
    elsewhere = (STARTER.options.index[2], STARTER.leaves[0])
    assert told(other, [], [row(4, cell=elsewhere)], elsewhere) == "", "another score is in nobody's way"
    assert told(other, [], [row(7, judged_by="Ben")]) == (
        "Meanwhile this score was changed to 2 by Ann: Seen since. "
        "Yours is not written: save it again to put it in the place of theirs."
    )
    assert {(each["likely"], each["judged_by"]) for each in other.judgements} == {("2", "Ann"), ("4", "Ann")}
    assert log(tmp_path)[-1]["written"] is False and log(tmp_path)[-1]["rows"][0]["likely"] == "7"
    mine = [each for each in other.judgements if each["option"] == CELL[0]]
    assert told(other, mine, [row(7, judged_by="Ben")]) == ""
    assert other.case.scores.at[CELL, "likely"] == 7
    assert told(one, mine, [row(7, judged_by="Ben")]) == "", "what was written and not heard of is no conflict"


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (row(11), "Not changed: found 11; expected between the anchors 0 and 10 of"),
        (row("much"), "Not changed: found 'much'; expected a finite number"),  # type: ignore[arg-type]
        (row(5, low="6", high="7"), "low <= likely <= high"),
        (row(5, rationale="  "), "A change needs a reason"),
        (row(5, judged_by=""), "the name of whoever makes it"),
    ],
)
def test_what_cannot_be_a_score_is_refused_in_words(change: dict[str, str], fault: str, tmp_path: Path) -> None:
    sheet = ScoreSheet(STARTER, work=tmp_path)
    assert fault in told(sheet, [], [change])
    assert sheet.judgements == [] and sheet.case.digest == STARTER.digest and not (tmp_path / "scores.csv").exists()
    assert log(tmp_path)[-1]["written"] is False and log(tmp_path)[-1]["rows"][0]["likely"] == change["likely"]
    assert "no score of nobody" in told(sheet, [], [], ("nobody", CELL[1]))


def test_of_several_changes_that_come_together_each_has_its_own_answer(tmp_path: Path) -> None:
    sheet = ScoreSheet(STARTER, work=tmp_path)
    elsewhere = (STARTER.options.index[2], STARTER.leaves[0])
    sheet.changes = [
        {"id": f"t:{i}", "at": f"{TODAY}T00:00:00.{i:03d}Z", "option": cell[0], "criterion": cell[1], "was": [],
         "rows": [row(likely, cell=cell)]}
        for i, (likely, cell) in enumerate([(99, CELL), (4, elsewhere)])
    ]  # fmt: skip
    assert sheet.acknowledged == "t:1" and sheet.refused == {"t:0": sheet.fault}
    assert [each["likely"] for each in sheet.judgements] == ["4"]
    sheet.changes = [sheet.changes[0]]
    assert "t:0" in sheet.refused, "sent again, it is refused still"


def test_weights_set_on_a_board_reach_the_sheet(tmp_path: Path) -> None:
    sheet, board = ScoreSheet(STARTER, work=tmp_path), WeightBoard(STARTER, work=tmp_path, draws=1)
    points = dict.fromkeys(board.points, 1.0) | {STARTER.leaves[0]: 100.0}
    save_weights(STARTER, tmp_path, points, "")
    assert sheet.weighed["weights"] == board.weights.values.to_dict() == sheet._weights.values.to_dict()
    assert sheet.ranking.table.equals(board.ranking.table)
    followed = sheet.weighed["weights"]
    (tmp_path / "weights.json").write_text("{", encoding="utf-8")
    sheet.store.look()
    assert sheet.weighed["weights"] == followed, "damaged ones leave the last in force"


def test_a_file_made_by_hand_in_any_order_can_be_changed(tmp_path: Path) -> None:
    days = pd.Series(["2026-11-03", "2026-11-01", "2026-11-02"])
    pd.DataFrame([row(5, as_of=day) for day in days]).to_csv(tmp_path / "scores.csv", index=False)
    sheet = ScoreSheet(STARTER, work=tmp_path)
    assert [each["as_of"] for each in sheet.judgements] == sorted(days)
    assert told(sheet, sheet.judgements, [*sheet.judgements, row(7)]) == ""
    assert [each["as_of"] for each in sheet.judgements] == [*sorted(days), TODAY]
    assert sheet.case.scores.at[CELL, "likely"] == 7


def test_a_case_judged_today_or_loaded_with_its_changes_can_be_changed(tmp_path: Path) -> None:
    of_today = Case.from_frames(
        criteria=pd.DataFrame({"id": ["reach"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame({"option": ["a", "b"], "criterion": "reach", "likely": [3, 4], "as_of": TODAY}),
        about={"as_of": TODAY},
    )
    sheet = ScoreSheet(of_today, work=tmp_path / "today")
    assert told(sheet, [], [row(9, cell=("a", "reach"))], ("a", "reach")) == ""
    assert sheet.ranking.leaders == ("a",) and of_today.scores.at[("a", "reach"), "likely"] == 3
    told(ScoreSheet(STARTER, work=tmp_path), [], [row(2)])
    again = ScoreSheet(load_case("starter", own=tmp_path), work=tmp_path)
    assert told(again, again.judgements, []) == "" and again.case.own_scores == ()
    assert again.case.scores.equals(STARTER.scores)
    with pytest.raises(AukusMcdaError, match="load the case without as_of"):
        ScoreSheet(load_case("aukus_plus_two", as_of="2023-08-17"), work=tmp_path)


@settings(max_examples=6)
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.none() | st.integers(0, 40)), max_size=6))
def test_whatever_is_changed_and_taken_back_the_file_gives_the_sheets_case(
    tmp_path_factory: pytest.TempPathFactory, changes: list[tuple[int, int, int | None]]
) -> None:
    folder, expected = tmp_path_factory.mktemp("own"), {}
    sheet = ScoreSheet(STARTER, work=folder)
    for option, leaf, quarter in changes:
        cell = (STARTER.options.index[option], STARTER.leaves[leaf])
        ends = sorted(STARTER.criteria.loc[cell[1], ["worst", "best"]].astype(float))
        likely = None if quarter is None else ends[0] + (ends[1] - ends[0]) * quarter / 40
        was = [each for each in sheet.judgements if (each["option"], each["criterion"]) == cell]
        assert told(sheet, was, [] if likely is None else [row(likely, cell=cell)], cell) == ""
        expected = {key: number for key, number in {**expected, cell: likely}.items() if number is not None}
    read = load_case("starter", own=folder)
    assert read.digest == sheet.case.digest and set(read.own_scores) == set(expected)
    assert {cell: read.scores.at[cell, "likely"] for cell in expected} == expected


# ---- in the browser --------------------------------------------------------------------------------------------------


@pytest.fixture
def context(browser: Any) -> Iterator[Any]:
    made = browser.new_context(viewport={"width": 1280, "height": 800})
    yield made
    made.close()


def changed_by(page: Any, likely: float, reason: str) -> None:
    for field, text in (("low", ""), ("likely", str(likely)), ("high", ""), ("rationale", reason)):
        page.fill(f"[data-field={field}]", text)


def test_a_scale_that_was_changed_is_told_beside_the_scores(context: Any, tmp_path: Path) -> None:
    page = WidgetPage(
        context, ScoreSheet(replace(STARTER, own_shapes=STARTER.leaves[:1]), work=tmp_path), tmp_path
    ).page
    assert "All scores are those of the case. One scale changed by the analyst." in page.inner_text(".aws")


def test_the_page_ranks_as_python_does_says_what_is_wrong_and_keeps_what_was_refused(
    case: Case, context: Any, tmp_path: Path
) -> None:
    sheet = ScoreSheet(case, work=tmp_path)
    drawn = WidgetPage(context, sheet, tmp_path)
    page = drawn.page
    order = lambda: page.get_attribute(".aws", "data-order").split(" ")  # noqa: E731
    assert order() == list(sheet.ranking.ranked.index) and page.locator(".aws-cell button").count() == 11 * 18
    page.click('button[data-option="status_quo"][data-criterion="det_denial"]')
    page.keyboard.press("ArrowRight")
    assert page.get_attribute(".aws", "data-at") == "status_quo det_resolve"
    score = case.scores.loc[("status_quo", "det_resolve")]
    story = page.inner_text(".aws-story")
    assert score["rationale"] in story and all(case.evidence.at[item, "claim"] in story for item in score["evidence"])
    assert all(means in story for means in case.levels_of("det_resolve"))
    assert page.evaluate("document.documentElement.scrollHeight") <= 800, (
        "eleven options on eighteen scales, one screen"
    )
    page.keyboard.press("Enter")
    page.keyboard.type("11")
    assert "11 lies beyond this scale, which goes from 0 to 10" in page.inner_text(".aws-fault")
    changed_by(page, 10, "")
    for leaf in ("det_picture", "det_denial"):  # moved at once, before anything is saved; a draft waits where it is
        page.click(f'button[data-option="status_quo"][data-criterion="{leaf}"]')
        changed_by(page, 10, "Try.")
    page.fill("[data-field=judged_by]", "Ann")
    page.keyboard.press("Enter")
    drawn.settled()
    assert order() == list(rank(sheet.case, "baseline").ranked.index) and len(sheet.case.own_scores) == 1
    assert page.locator(".aws-draft").count() == 2 and case.scores.at[("status_quo", "det_denial"), "evidence"]
    assert sheet.case.scores.at[("status_quo", "det_denial"), "evidence"] == (), "evidence is cited when it is ticked"
    page.click('button[data-option="status_quo"][data-criterion="det_picture"]')
    assert page.input_value("[data-field=likely]") == "10"
    page.fill("[data-field=rationale]", "")
    page.click("[data-act=save]")
    assert "without a reason" in page.inner_text(".aws-fault")
    cell = ("status_quo", "det_picture")
    assert told(ScoreSheet(case, work=tmp_path), [], [row(6, cell=cell, judged_by="Ben")], cell) == ""
    page.fill("[data-field=rationale]", "Mine.")
    page.check("[data-field=evidence]")
    page.click("[data-act=save]")
    page.locator(".aws-fault", has_text="Meanwhile this score was changed to 6 by Ben").wait_for()
    assert page.input_value("[data-field=likely]") == "10" and page.input_value("[data-field=rationale]") == "Mine."
    page.click("[data-act=save]")
    drawn.settled()
    assert sheet.case.scores.at[cell, "evidence"] == case.scores.at[cell, "evidence"]
    assert sheet.case.scores.at[cell, "likely"] == 10 and page.get_attribute(".aws", "data-changed") == "2"
    undo = page.locator("[data-act=undo]")
    for key, likely in (("Enter", 6), ("Control+y", 10)):
        undo.press(key)
        drawn.settled()
        assert sheet.case.scores.at[cell, "likely"] == likely
        assert page.evaluate("document.activeElement.dataset.act") == "undo", "the focus stays on the button"
    page.select_option("[data-pick=criterion]", "escalation")
    assert page.locator(".aws-head:visible").count() == 4
    page.select_option("[data-pick=option]", "experimentation")
    assert page.locator(".aws-cell button:visible").count() == 4
    page.evaluate(
        """(title) => document.dispatchEvent(new CustomEvent("aukus-score", { detail: {
            title, option: "maritime_picture", criterion: "acceptability" } }))""",
        case.about.title,
    )
    assert page.get_attribute(".aws", "data-at").endswith(" acc_tokyo")
    assert drawn.trouble == []


def test_what_was_typed_while_the_kernel_was_away_and_is_refused_is_a_draft_again(context: Any, tmp_path: Path) -> None:
    sheet = ScoreSheet(STARTER, work=tmp_path)
    drawn = WidgetPage(context, sheet, tmp_path)
    page, elsewhere = drawn.page, (STARTER.options.index[2], STARTER.leaves[0])
    page.evaluate("window.stalled = true")
    for (option, criterion), likely in ((CELL, 7), (elsewhere, 6)):
        page.click(f'button[data-option="{option}"][data-criterion="{criterion}"]')
        changed_by(page, likely, "Mine.")
        page.fill("[data-field=judged_by]", "Ann")
        page.click("[data-act=save]")
    told(ScoreSheet(STARTER, work=tmp_path), [], [row(2, judged_by="Ben")])
    drawn.open()
    drawn.settled()
    page.wait_for_selector(".aws-draft")
    page.click(f'button[data-option="{CELL[0]}"][data-criterion="{CELL[1]}"]')
    assert "Meanwhile this score was changed to 2 by Ben" in page.inner_text(".aws-fault")
    assert page.input_value("[data-field=likely]") == "7" and page.input_value("[data-field=rationale]") == "Mine."
    assert page.locator(".aws-draft").count() == 1 and sheet.case.scores.at[elsewhere, "likely"] == 6, "one of the two"
    assert drawn.trouble == []


def test_texts_of_a_case_stay_text(context: Any, tmp_path: Path) -> None:
    drawn = WidgetPage(context, ScoreSheet(hostile_case(), work=tmp_path), tmp_path)
    assert drawn.page.locator(".aws script, .aws img").count() == 0 and drawn.trouble == []


def test_an_unknown_score_is_shown_as_such_until_somebody_judges_it(context: Any, tmp_path: Path) -> None:
    case = read_table(pd.DataFrame({"Reach (km)": [1, 4], "Ease (0-10)": ["?", 6]}, index=["Quay", "Pier"]))
    sheet = ScoreSheet(case, work=tmp_path)
    drawn = WidgetPage(context, sheet, tmp_path)
    cell = drawn.page.locator('button[data-option="Quay"][data-criterion="Ease"]')
    cell.click()
    assert cell.inner_text() == "?"
    story = drawn.page.inner_text(".aws-story")
    assert "not known (anything from 0 to 10; 5 stands in)" in story and "No judge is recorded." in story
    assert drawn.page.input_value("[data-field=likely]") == "", "nothing is put into anybody's mouth"
    changed_by(drawn.page, 7, "Seen since.")
    assert cell.inner_text() == "70"
    drawn.page.fill("[data-field=judged_by]", "Ann")
    drawn.page.click("[data-act=save]")
    drawn.settled()
    assert sheet.case.unknown.sum().sum() == 0 and cell.inner_text() == "70"
    board = WeightBoard(case, work=tmp_path, draws=100)
    page = context.new_page()
    page.goto(board.export_html(tmp_path / "board.html").as_uri())
    page.locator('.awb-bar[data-option="Quay"] .awb-option').press("Enter")
    assert "Ease, not known (anything from 0 to 10; 5 stands in)" in page.inner_text(".awr-why")
    html = export_html(study(case, draws=2_000), tmp_path / "study.html").read_text("utf-8")
    assert '<a href="#score-0-1">?</a>' in html


def test_from_a_bar_of_a_board_two_clicks_lead_to_the_sentence_and_the_source(
    case: Case, context: Any, tmp_path: Path
) -> None:
    board = WeightBoard(case, profile="baseline", work=tmp_path, draws=100)
    page = context.new_page()
    page.goto(board.export_html(tmp_path / "board.html").as_uri())
    bar = page.locator('.awb-bar[data-option="maritime_picture"]')
    at = bar.locator(".awb-whole").bounding_box()
    page.mouse.click(at["x"] + 2, at["y"] + at["height"] / 2)
    score = case.scores.loc[("maritime_picture", "det_picture")]
    assert score["rationale"] in page.inner_text(".awr-why") and page.locator(".awr-one").count() == 4
    page.click(".awr-why summary >> nth=0")
    source = case.evidence.at[score["evidence"][0], "source"]
    assert case.sources.at[source, "title"] in page.inner_text(".awr-one >> nth=0")
    bar.locator(".awb-option").press("Enter")
    page.locator(".awr-one").nth(17).wait_for()  # drawn with the next frame
    assert page.locator(".awr-one").count() == 18
