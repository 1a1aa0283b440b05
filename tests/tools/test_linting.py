# SPDX-License-Identifier: Apache-2.0
"""The linter of words: faults are found, and honest sentences are left alone."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aukus_mcda import AukusMcdaError
from aukus_mcda.text import YARDSTICKS, likelihood
from tools.lint_words import lint, sentences

CLEAN = [
    "It is likely that confidence low enough to worry Seoul would follow.",
    "The flank is at 50 to 50 miles; 50-500 ships are likely.",
    "",
    "It is very likely (80-95%) that Maritime picture ranks first.",
    "It is likely that talks start. We have high confidence in this.",
    "It is likely that talks start in the U.S. We have high confidence in this.",
    "It is likely (55\N{EN DASH}80 %) that talks start.\n\nConfidence: high.",
    "- It is likely that talks start\n- High confidence in the sources",
    "# It is likely that talks start\nHigh confidence rests on three sources.",
    "| very likely | high confidence |",
    "There is almost no chance (01-05%) that it fails.",
    "The likely scores alone do not settle the order.",
    "Every score has a low, a likely and a high number; moderate confidence in all.",
    "low <= likely <= high, with low confidence",
    "likely",
    "An open clash is less likely; low confidence in the report.",
    "Seoul is the most likely partner, and moderate confidence is enough.",
    "It is VERY LIKELY, or very-likely, to pass.",
    "How likely is that? Moderate confidence.",
    'ICD 203 never puts "likely" beside "high confidence" in one sentence.',
    "Do not write `highly likely` where the audience reads “roughly even chance” or very unlikely.",
    "It is highly probable that talks start and improbable that they end.",
    "It is likely or probable (≈55-≈75%) that talks start, and highly likely that they last.",
    "It is very likely to rain and probable that it stops. Both rows' terms give the same degree of probability.",
    "The confidence-building track is likely to help; high confidence factors do not change this.",
    "High confidence-building value makes this likely.",
    "Sites on remote islands are very likely to be chosen.",
    "This may help, and it could be done well.",
    "The option leads in 99.5% of the draws.",
    "There is roughly even chance. E.g. Seoul could go either way (see Fig. 2). We have moderate confidence.",
]
FAULTS = [
    ("Confidence low: it is unlikely that talks start.", ["confidence"]),
    ("It is likely (confidence moderate) that talks start.", ["confidence"]),
    ("There is a 50-50 chance that talks start.", ["hedge"]),
    ("The odds are fifty-fifty.", ["hedge"]),
    ("It is likely, with high confidence, that talks start.", ["confidence"]),
    ("We assess with moderate to high confidence that it will very likely pass.", ["confidence"]),
    ("We judge with low-confidence reports that it is unlikely.", ["confidence"]),
    ("It is **very** likely (high _confidence_) that talks start.", ["confidence"]),
    ("Our confidence in the sources is low, but it is almost certain to pass.", ["confidence"]),
    ("Analytical Confidence Rating: moderate; a realistic possibility remains.", ["confidence"]),
    ("It is probable (e.g. In Seoul) that it passes, and our confidence is high.", ["confidence"]),
    ("It is likely that the U.S. Congress agrees,\nand we have high confidence in that.", ["confidence"]),
    ("It probably costs 3.5 points, said Dr. Kim with high confidence.", ["confidence"]),
    ("It will most likely pass, and we say so with high confidence.", ["confidence"]),
    ("It almost certainly passes; we are highly confident.", ["confidence"]),
    ("It is very likely to rain and probable that it stops.", ["mixed"]),
    ("It is highly likely that A leads.\n\nIt is very likely that B follows.", ["mixed"]),
    ("There is a roughly even chance of A and a realistic possibility of B.", ["mixed"]),
    ("There is a remote chance of A and almost no chance of B.", ["mixed"]),
    ("It is nearly certain that A leads and almost certain that B does not.", ["mixed"]),
    ("It is likely (55-80%) that A leads and unlikely (≈25-≈35%) that B does.", ["mixed"]),
    ("It is highly likely that A leads and very unlikely that B does: the same degree of probability.", ["mixed"]),
    ("The chance is remote and a lead is very likely.", ["mixed"]),
    ("It is very likely (60-80%) that A leads.", ["range"]),
    ("It could well lead.", ["hedge"]),
    ("It may possibly lead.", ["hedge"]),
    ("It is quite likely that it leads.", ["hedge"]),
    ("It is virtually certain to lead.", ["hedge"]),
    ("There is a good chance that it leads.", ["hedge"]),
    ("More likely than not it leads.", ["hedge"]),
]


@pytest.mark.parametrize("text", CLEAN)
def test_an_honest_text_is_left_alone(text: str) -> None:
    assert lint(text) == []


@pytest.mark.parametrize(("text", "rules"), FAULTS)
def test_a_fault_is_found_once(text: str, rules: list[str]) -> None:
    found = lint(text)
    assert [problem.rule for problem in found] == rules
    assert all(problem.found and problem.remedy for problem in found)


def test_the_audience_s_yardstick_rules_out_the_others() -> None:
    said = "It is highly probable that A leads."
    assert lint(said) == lint(said, "icd203") == []
    assert [problem.rule for problem in lint(said, "phia")] == ["mixed"]
    assert [problem.rule for problem in lint("It is highly likely that A leads.", "icd203")] == ["mixed"]
    rows = f"{said} It is very likely to last. The terms mean the same range of probability."
    assert lint(rows, "icd203") == [] and [problem.rule for problem in lint(rows, "phia")] == ["mixed"]
    with pytest.raises(AukusMcdaError, match="kent"):
        lint("", "kent")


@pytest.mark.parametrize("yardstick", YARDSTICKS)
@given(share=st.floats(0, 1), error=st.floats(0, 0.1))
def test_every_sentence_we_make_is_clean(yardstick: str, share: float, error: float) -> None:
    words = likelihood(share, yardstick, standard_error=error)
    sentence = f"If these judgements hold, a lead for A counts as {words} on the {YARDSTICKS[yardstick].name} scale."
    assert lint(sentence, yardstick) == []


@pytest.mark.parametrize("part", ["low ", "likely ", "A. ", "\t ", "e.g. ", '"', "(", "*", "| ", "confidence in "])
def test_a_long_text_is_read_in_a_moment(part: str) -> None:
    began = time.perf_counter()
    lint(part * 20_000)
    assert time.perf_counter() - began < 5


def test_sentences_end_where_a_reader_ends_them() -> None:
    text = "The U.S. and U.K. met (cf. App. B). It rose by 0.5 points, i.e. 3%, vs. Japan.[1] So it goes? Yes!"
    text += "\n\n1. One\n2. Two"
    assert sentences(text) == [
        "The U.S. and U.K. met (cf. App. B).", "It rose by 0.5 points, i.e. 3%, vs. Japan.[1]", "So it goes?", "Yes!",
        "One", "Two",
    ]  # fmt: skip
