# SPDX-License-Identifier: Apache-2.0
"""The trade-off check asks where leaders part most evenly, tells plainly what an answer says, and knows its end."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lab import chromium
from widget_page import WidgetPage

from aukus_mcda import Case, TradeOffCheck, load_case, rank
from aukus_mcda.lab.store import save_weights
from aukus_mcda.ranking import doubt, leaders_along

LINES = st.lists(st.tuples(st.integers(-20, 20), st.integers(-20, 20)), min_size=1, max_size=7)


@given(LINES, st.integers(0, 99), st.integers(1, 100))
def test_the_highest_of_some_lines_is_found_stretch_by_stretch(
    lines: list[tuple[int, int]], low: int, wide: int
) -> None:
    start, slope = np.array(lines, dtype=float).T
    low, high = low / 100, min(low + wide, 100) / 100
    stretches = leaders_along(start, slope, low, high)
    assert stretches[0][0] == low and stretches[-1][1] == pytest.approx(high)
    assert all(one[1] == other[0] and one[2] != other[2] for one, other in pairwise(stretches))
    for at in np.linspace(low, high, 23):
        leader = next(each for begin, end, each in stretches if begin - 1e-12 <= at <= end + 1e-9)
        assert start[leader] + slope[leader] * at == pytest.approx((start + slope * at).max(), abs=1e-7)


def test_doubt_is_the_part_that_the_most_frequent_leader_does_not_lead_in() -> None:
    assert doubt([(0.2, 0.7, 1)]) == 0 and doubt([(0.5, 0.5, 1)]) == 0
    assert doubt([(0.0, 0.5, 1), (0.5, 0.6, 2), (0.6, 0.7, 1), (0.7, 1.0, 3)]) == pytest.approx(0.4)


def certain(case: Case, folder: Path, profile: str = "baseline") -> TradeOffCheck:
    """The check of weights that were set without ranges."""
    save_weights(case, folder, case.profile(profile).points.to_dict(), "")
    return TradeOffCheck(case, work=folder)


def trade(check: TradeOffCheck) -> dict[str, Any]:
    """The trade that is asked about, if it is one."""
    return check.question if "pair" in check.question else {}


def answered(check: TradeOffCheck, answer: str) -> str:
    asked = {name: part for name, part in check.question.items() if name != "doubt"}
    change = {"id": f"t:{len(check.changes)}", "at": "2026-11-29T00:00:00.000Z", "answer": asked | {"answer": answer}}
    check.changes = [*check.changes, change]
    return check.fault


def test_the_range_of_a_pair_is_as_judged_and_anything_where_nothing_was(case: Case) -> None:
    weights = case.profile("baseline")
    low, high = weights.point_range["low"], weights.point_range["high"]
    least, most = weights.share_range("escalation", "deterrence")
    assert least == low["escalation"] / (low["escalation"] + high["deterrence"])
    assert most == high["escalation"] / (high["escalation"] + low["deterrence"])
    assert case.weights(weights.points.to_dict()).share_range("escalation", "deterrence") == (0, 1)


def test_it_asks_the_pair_in_most_doubt_about_steps_of_equal_worth_and_stops(case: Case, tmp_path: Path) -> None:
    assert not trade(TradeOffCheck(case, work=tmp_path / "none")), "no two criteria, as judged, unseat the leader"
    check = certain(case, tmp_path)
    asked: list[tuple[str, str]] = []
    while question := trade(check):
        left = {pair: doubt(stretches) for pair, (_, stretches) in check._pairs.items() if pair not in asked}
        assert question["doubt"] == max(left.values()) > 0
        asked.append(tuple(question["pair"]))
        weights, worth = check._weights.values, case.value_function(question["give"])
        gone = 100 - float(worth(question["to"]))
        assert weights[question["give"]] * gone == pytest.approx(weights[question["gain"]] * 100)
        assert answered(check, "same") == ""
    assert asked and "could change who leads" in check.ending
    assert {each["remark"] for each in check.answered} == {"Your answer agrees with the weights."}
    again = TradeOffCheck(case, work=tmp_path)
    assert (trade(again), len(again.answered)) == ({}, len(asked)), "answers are kept"
    moved = case.profile("baseline").points.to_dict() | {"escalation": 10.0}
    save_weights(case, tmp_path, moved, "")
    other = TradeOffCheck(case, work=tmp_path)
    assert len(other.answered) < len(asked), "and count for the weights they were given beside"
    assert (again.question, again.answered) == (other.question, other.answered), "weights set elsewhere are followed"
    assert "does not ask" in answered(certain(case, tmp_path / "other"), "perhaps")


def test_what_an_answer_says_is_what_ranking_says(case: Case, tmp_path: Path) -> None:
    check = certain(case, tmp_path)
    asked = check.question
    answered(check, "no")
    told = check.answered[0]["remark"]
    assert asked["pair"] == ["deterrence", "escalation"] and asked["give"] == "det_denial"
    assert told.startswith(
        "The weights say otherwise: you find Deterrence value worth more beside Escalation risk than they have it. At "
    )
    points = check._weights.points.to_dict()
    shares = {root: points[root] / sum(points[each] for each in case.roots) for root in case.roots}
    both = shares["deterrence"] + shares["escalation"]
    (_, stretches) = check._pairs["deterrence", "escalation"]
    flip = next(begin for begin, _, _ in stretches if begin > asked["share"])
    for beyond, leader in ((flip - 1e-6, "Maritime picture"), (flip + 1e-6, "Integrated posture")):
        moved = shares | {"deterrence": both * beyond, "escalation": both * (1 - beyond)}
        found = rank(case, check._weights.points.to_dict() | {root: 100 * share for root, share in moved.items()})
        assert case.options.at[found.leaders[0], "short"] == leader
    assert "Integrated posture would lead" in told


def test_the_page_asks_shows_and_ends(case: Case, tmp_path: Path) -> None:
    check = certain(case, tmp_path)
    with chromium() as browser:
        drawn = WidgetPage(browser.new_context(), check, tmp_path)
        page: Any = drawn.page
        assert "Would you give up this step on Ability to deny a quick gain" in page.inner_text(".awg-question")
        page.click("[data-act=next]")
        assert "Choose one" in page.inner_text(".awg-message")
        count = 0
        while trade(check):
            page.check(f"input[value={'same' if count else 'no'}]", force=True)
            page.keyboard.press("Enter")
            count += 1
            page.wait_for_function(f"document.querySelector('.awt').dataset.answered === '{count}'")
        trades = count
        while check.question:
            assert "Two options are alike in all but" in page.inner_text(".awg-question")
            page.check(f"input[value={'depends' if count > trades else 'indifferent'}]", force=True)
            page.keyboard.press("Enter")
            count += 1
            page.wait_for_function(f"document.querySelector('.awt').dataset.answered === '{count}'")
        assert count - trades == 2 * len(case.doubtful_pairs)
        assert page.inner_text(".awg-question") == f"1 of {trades} answers does not agree with the weights."
        assert page.locator(".awt-differs").count() == 1 + count - trades
        page.get_by_role("button", name="Answer again").first.click()
        assert "Would you give up this step on Ability to deny a quick gain" in page.inner_text(".awg-question")
        page.check("input[value=same]", force=True)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Your answers agree with the weights.")
        page.get_by_role("button", name="Answer again").last.click()
        page.check("input[value=depends]", force=True)
        page.keyboard.press("Enter")
        page.wait_for_selector("text=Your answers agree with the weights.")
        assert page.locator(".awt li").count() == count and drawn.trouble == [], "the last answer to a question counts"
    own = load_case("aukus_plus_two", own=tmp_path).probes
    assert list(own["answer"]).count("indifferent") == 1 and list(own["answer"]).count("depends") == len(own) - 1


def test_an_answer_to_a_probe_replaces_the_cases_and_only_what_was_asked_is_taken(case: Case, tmp_path: Path) -> None:
    check = TradeOffCheck(case, work=tmp_path)
    assert check.question == {"criterion": "det_picture", "beside": "det_denial"}
    assert "does not ask" in answered(check, "perhaps")
    assert answered(check, "matters") == "" and check.question["beside"] == "det_picture"
    mine = load_case("aukus_plus_two", own=tmp_path)
    assert mine.probes.at[("det_picture", "det_denial"), "answer"] == "matters"
    assert case.probes.at[("det_picture", "det_denial"), "answer"] == "depends"
    assert len(mine.probes) == len(case.probes)
    assert TradeOffCheck(mine, work=tmp_path).question == check.question
