# SPDX-License-Identifier: Apache-2.0
"""The guide to a value scale: halving finds the scale somebody has in mind, and the page asks what Python folds."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab import chromium
from widget_page import WidgetPage

from aukus_mcda import AukusMcdaError, Case, ValueGuide, load_case
from aukus_mcda.lab.guides import HALVED, midvalues

Answers = list[dict[str, Any]]

OVERLAPPING = """() => {
    const texts = [...document.querySelectorAll(".awv-picture text")]
        .map((text) => [text.textContent, text.getBoundingClientRect()]);
    return texts.flatMap(([one, a], at) => texts.slice(at + 1)
        .filter(([, b]) => a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom)
        .map(([two]) => [one, two]));
}"""


def answered(value_of: Callable[[float], float], worst: float, best: float) -> Answers:
    """What somebody with this value function answers to each question, asked as the guide asks."""
    answers: Answers = []
    for value, (below, above) in HALVED.items():
        scores = midvalues(answers, worst, best)
        start, end = low, high = scores[below], scores[above]
        for _ in range(2):
            middle = (low + high) / 2
            gain, rest = value_of(middle) - value_of(start), value_of(end) - value_of(middle)
            more = "same" if abs(gain - rest) < 1e-12 else "first" if gain > rest else "second"
            answers.append({"from": start, "middle": middle, "to": end, "more": more})
            if more == "same":
                break
            low, high = (low, middle) if more == "first" else (middle, high)
        assert value in midvalues(answers, worst, best)
    return answers


@given(
    ends=st.tuples(st.integers(-50, 50), st.integers(-50, 50)).filter(lambda ends: ends[0] != ends[1]),
    power=st.floats(0.2, 5),
)
def test_halving_finds_a_value_function_within_an_eighth_of_each_step(ends: tuple[int, int], power: float) -> None:
    worst, best = map(float, ends)
    value_of = lambda score: ((score - worst) / (best - worst)) ** power  # noqa: E731
    scores = midvalues(answered(value_of, worst, best), worst, best)
    for value, (below, above) in HALVED.items():
        wanted = (value_of(scores[below]) + value_of(scores[above])) / 2  # half way between what was found before
        exact = worst + (best - worst) * wanted ** (1 / power)
        assert abs(scores[value] - exact) <= abs(scores[above] - scores[below]) / 8 + 1e-9
    assert all(np.diff([scores[value] for value in sorted(scores)]) * (best - worst) > 0)


def told(guide: ValueGuide, kind: str, *answers: dict[str, Any]) -> str:
    fresh = [
        {"id": f"t:{len(guide.changes) + i}", "at": f"2026-11-29T00:00:00.{i:03d}Z", "kind": kind, "answer": answer}
        for i, answer in enumerate(answers)
    ]
    guide.changes = [*guide.changes, *fresh]
    return guide.fault


def test_answers_are_logged_folded_saved_with_a_reason_and_taken_up_again(case: Case, tmp_path: Path) -> None:
    guide = ValueGuide(case, "esc_coercion", work=tmp_path)
    answers = answered(lambda score: (10 - score) / 10, 10, 0)
    assert told(guide, "midvalue", *answers[:1]) == ""
    with pytest.raises(AukusMcdaError, match="2 of its points"):
        _ = guide.shape
    assert guide.case is case
    told(guide, "midvalue", *answers[1:])
    assert guide.shape == "" and guide.case.value_function("esc_coercion").bends == ()
    bent = {"from": 10, "middle": 5, "to": 0, "more": "second"}
    told(guide, "midvalue", bent)
    with pytest.raises(AukusMcdaError, match="3 of its points"):
        _ = guide.shape
    told(
        guide,
        "midvalue",
        bent | {"middle": 2.5, "more": "same"},
        {"from": 10, "middle": 6.25, "to": 2.5, "more": "same"},
    )
    told(guide, "midvalue", {"from": 2.5, "middle": 1.25, "to": 0, "more": "same"})
    assert guide.shape == "1.25:75;2.5:50;6.25:25"
    assert guide.case.values.at["status_quo", "esc_coercion"] != case.values.at["status_quo", "esc_coercion"]
    assert guide.case.anchors_digest == case.anchors_digest, "weights stay valid"
    assert "1.25:75;2.5:50;6.25:25" in guide.result["line"] and guide.result["line"].startswith(
        "esc_coercion,escalation,"
    )
    assert "needs a reason" in told(guide, "finish", {"reason": " ", "judged_by": "Ann"})
    for criterion in ("esc_coercion", "det_picture", "esc_coercion"):  # a second time in the place of the first
        other = ValueGuide(case, criterion, work=tmp_path)
        if criterion == "det_picture":
            told(other, "midvalue", *answered(lambda score: score, 0, 10))
        assert told(other, "finish", {"reason": "Small steps are absorbed.", "judged_by": "Ann"}) == ""
    kept = pd.read_csv(tmp_path / "shapes.csv", dtype=str, keep_default_na=False).set_index("criterion")
    (tmp_path / "shapes.csv").write_text("", encoding="utf-8")
    assert "an empty file" in told(other, "finish", {"reason": "Small steps are absorbed.", "judged_by": "Ann"})
    assert kept["shape"].to_dict() == {"det_picture": "", "esc_coercion": guide.shape}
    assert ValueGuide(case, "esc_coercion", work=tmp_path).shape == guide.shape
    assert ValueGuide(case, "esc_coercion", work=tmp_path, resume=False).answers == []
    with pytest.raises(AukusMcdaError, match="No scale called deterrence"):
        ValueGuide(case, "deterrence")


def test_the_page_asks_what_python_folds_and_shows_what_does_not_agree(case: Case, tmp_path: Path) -> None:
    with chromium() as browser:
        drawn = WidgetPage(browser.new_context(), ValueGuide(case, "esc_coercion", work=tmp_path), tmp_path)
        page, guide = drawn.page, drawn.widget
        steps = []
        for more in ("first", "second", "same", "second", "first", "second"):
            steps.append(page.get_attribute(".awv", "data-step"))
            page.check(f"input[value={more}]", force=True)
            page.click("[data-act=next]")
        drawn.settled()
        assert steps == ["50:1", "50:2", "25:1", "75:1", "75:2", "check"]
        assert "worth more than that" in page.inner_text(".awg-difference") and "ranks first" in page.inner_text(
            ".awv-leads"
        )
        scores = {f"{score:g} is worth {value}" for value, score in midvalues(guide.answers, 10, 0).items()}
        assert (
            set(page.get_attribute("svg", "aria-label").split(": ")[-1].split(". ")[-1].strip(".").split(", "))
            == scores
        )
        page.click("[data-act=next]")
        assert "Say in a sentence why" in page.inner_text(".awg-message")
        page.click("text=Ask me the lower quarter again")
        assert page.get_attribute(".awv", "data-step") == "25:1" and page.is_checked("input[value=same]")
        page.check("input[value=first]", force=True)
        page.click("[data-act=next]")
        assert page.get_attribute(".awv", "data-step") == "25:2"
        page.check("input[value=first]", force=True)
        page.click("[data-act=next]")
        while page.get_attribute(".awv", "data-step") != "finish":
            page.check("input[value=same]", force=True)
            page.click("[data-act=next]")
        drawn.settled()
        assert page.evaluate(OVERLAPPING) == []
        page.click("[data-act=next]")
        assert "Say in a sentence why" in page.inner_text(".awg-message")
        for key, text in (("reason", "Small steps are absorbed."), ("judged_by", "Ann")):
            page.fill(f"[data-key={key}]", text)
        (tmp_path / "shapes.csv").write_text("", encoding="utf-8")
        page.click("[data-act=next]")
        page.locator(".awb-status", has_text="an empty file").wait_for()
        assert page.inner_text("h2").startswith("This is the scale")
        (tmp_path / "shapes.csv").unlink()
        page.evaluate("window.stalled = true")
        page.click("[data-act=next]")
        assert page.inner_text("h2").startswith("This is the scale") and "Saved in" not in page.inner_text(
            ".awb-status"
        )
        page.evaluate("window.stalled = false; model.save_changes()")
        page.locator("h2", has_text="Your scale is saved.").wait_for()
        assert page.inner_text(".awg-message") == ""
        assert page.input_value("[data-key=reason]") == "Small steps are absorbed." and drawn.trouble == []
    lines = (tmp_path / "value-esc_coercion.jsonl").read_text("utf-8").splitlines()
    assert json.loads(lines[-1])["kind"] == "finish"
    assert load_case("aukus_plus_two").criteria.equals(case.criteria)
