# SPDX-License-Identifier: Apache-2.0
"""Verdicts: each rule decides where it should, and a test not made never helps."""

from __future__ import annotations

import doctest
import math

import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from aukus_mcda.uncertainty.verdicts import VERDICT_RULES, Share, verdict_from
from tools.lint_words import lint

PASSING = {
    "lead": Share(0.86, 0.001),
    "runner_up": Share(0.08, 0.001),
    "flip_distance": 0.31,
    "families": (2, 3),
    "futures": (7, 7),
    "agreeing": {"tokyo": True},
    "ahead": {"errors independent": 0.7, "ranges as 5-95 %": 0.2},
}


@pytest.mark.parametrize(
    ("changed", "word", "code"),
    [
        ({}, "robust", "all-passed"),
        ({"flip_distance": math.inf}, "robust", "all-passed"),
        ({"lead": Share(0.802, 0.001)}, "robust", "all-passed"),
        ({"flip_distance": 0.2, "futures": (4, 5)}, "robust", "all-passed"),
        ({"flip_distance": (0.6 - 0.5) + (0.5 - 0.4)}, "robust", "all-passed"),  # 0.2 but for rounding
        ({"lead": Share(0.82 - 2 * 0.005, 0.005)}, "robust", "all-passed"),  # so is 0.81 - 0.01
        ({"lead": Share(0.801, 0.001)}, "sensitive", "test-failed"),
        ({"lead": Share(0.60, 0.001)}, "sensitive", "test-failed"),
        ({"flip_distance": 0.199}, "sensitive", "test-failed"),
        ({"futures": (5, 7)}, "sensitive", "test-failed"),
        ({"families": (1, 2)}, "sensitive", "test-failed"),
        ({"agreeing": {"tokyo": True, "seoul": False}}, "sensitive", "test-failed"),
        ({"ahead": {"weights certain": 0.3, "scores uniform": 0.0}}, "sensitive", "test-failed"),
        ({"ahead": {}}, "inconclusive", "not-all-tested"),
        ({"agreeing": {"seoul": False}, "lead": None}, "sensitive", "test-failed"),
        ({"lead": Share(0.45, 0.001)}, "inconclusive", "no-clear-leader"),
        ({"lead": Share(0.30, 0.001)}, "inconclusive", "no-clear-leader"),
        ({"lead": Share(0.48, 0.001), "runner_up": Share(0.477, 0.001)}, "inconclusive", "no-clear-leader"),
        ({"lead": Share(0.46, 0.001), "runner_up": Share(0.5, 0.001)}, "inconclusive", "no-clear-leader"),
        ({"flip_distance": 0}, "inconclusive", "no-clear-leader"),
        ({"families": (0, 0)}, "inconclusive", "not-all-tested"),
        *(({name: None}, "inconclusive", "not-all-tested") for name in PASSING),
    ],
)
def test_the_first_rule_that_fits_decides(changed: dict, word: str, code: str) -> None:
    found = verdict_from(**(PASSING | changed))
    assert (found.word, found.code, found.rule) == (word, code, VERDICT_RULES[code])
    assert found.rule.lower().startswith(word) and found.rule in str(found)
    assert (found.unmet == ()) == (word == "robust")


def test_what_was_not_tested_is_said() -> None:
    found = verdict_from()
    assert (found.word, found.code, found.reasons) == ("inconclusive", "not-all-tested", ())
    assert len(found.unmet) == len(PASSING) and all(said.startswith("Not tested: ") for said in found.unmet)


def test_every_finding_is_a_sentence_with_its_number() -> None:
    found = verdict_from(**(PASSING | {"agreeing": {"tokyo": False, "seoul": False}, "lead": Share(0.7123, 0.0014)}))
    assert found.reasons == (
        "The leader leads in 71.2 of 100 trials (standard error 0.14). Margin: 9.1 points short.",
        "The runner-up leads in 8.0 of 100 trials (standard error 0.10). Margin: 62.8 points to spare.",
        "The leader changes when 15.5 of 100 points of weight move (a distance of 0.310). Margin: 5.5 points to spare.",
        "It leads in 7 of 7 futures. Margin: 1 to spare.",
        "It leads in 2 of 3 other families of methods. Margin: none.",
        "Another option leads, or shares the lead, under Seoul and Tokyo. Margin: 2 short.",
        "It leads most often in 2 of 2 other ways to draw errors, ranges and weights. Margin: 20.0 points to spare "
        "(ranges as 5-95 %).",
    )
    assert found.unmet == (
        "A robust leader leads in at least 80 of 100 trials with 2 standard errors taken off.",
        "A robust leader leads under every profile.",
    )


shares = st.builds(Share, st.floats(0, 1), st.floats(0, 0.05))
counts = st.integers(1, 9).flatmap(lambda count: st.tuples(st.integers(0, count), st.just(count)))
tests = st.fixed_dictionaries(
    {
        "lead": st.none() | shares,
        "runner_up": st.none() | shares,
        "flip_distance": st.none() | st.floats(0, 2) | st.just(math.inf),
        "families": st.none() | counts,
        "futures": st.none() | counts,
        "agreeing": st.none() | st.dictionaries(st.sampled_from(["seoul", "tokyo"]), st.booleans()),
        "ahead": st.none() | st.dictionaries(st.sampled_from(["weights certain", "scores uniform"]), st.floats(-1, 1)),
    }
)


@given(tests)
def test_one_word_is_always_given_and_it_reads_clean(numbers: dict) -> None:
    found = verdict_from(**numbers)
    assert (found.word == "robust") == (found.unmet == ()) or found.code == "no-clear-leader"
    assert lint(str(found)) == []


@given(tests, st.sampled_from(sorted(PASSING)))
def test_leaving_a_test_out_never_makes_a_leader_robust(numbers: dict, name: str) -> None:
    assert verdict_from(**(numbers | {name: None})).word != "robust"


def test_the_documentation_says_the_rules_of_the_code_and_has_examples() -> None:
    text = (ROOT / "docs" / "explanation" / "words.md").read_text(encoding="utf-8")
    assert len(doctest.DocTestParser().get_examples(text)) >= 3  # which are run as all examples in docs/ are
    page = " ".join(text.split())
    for rule in VERDICT_RULES.values():
        assert rule in page


@pytest.mark.parametrize(
    ("share", "said"), [(0.7998, "less than 0.1 points short"), (0.8002, "less than 0.1 points to")]
)
def test_a_margin_too_small_to_print_still_says_on_which_side_it_lies(share, said):
    found = verdict_from(Share(share, 0.0), Share(0.1, 0.0))
    assert f"Margin: {said}" in found.reasons[0]


@pytest.mark.parametrize(
    ("distance", "seen"),
    [(0, "0.0 points"), (0.0004, "under 0.1 points"), (0.002, "0.1 points"), (0.078, "3.9 points")],
)
def test_weight_that_hardly_moves_is_not_called_none(distance: float, seen: str) -> None:
    test = verdict_from(**(PASSING | {"flip_distance": distance})).tests["weights"]
    assert test.seen == seen
    assert seen.removesuffix(" points") in test.finding or not distance
