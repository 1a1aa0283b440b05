# SPDX-License-Identifier: Apache-2.0
"""Terms for probabilities: the published tables, their boundaries, and where there is no term."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aukus_mcda.case.tables import ABOUT
from aukus_mcda.story import AUDIENCES
from aukus_mcda.text import YARDSTICKS, Term, likelihood, terms_around

ICD203, PHIA = YARDSTICKS["icd203"], YARDSTICKS["phia"]
PHIA_GAPS = [(0.05, 0.10), (0.20, 0.25), (0.35, 0.40), (0.75, 0.80), (0.90, 0.95)]


def term(probability: float, yardstick: str = "icd203", *, standard_error: float = 0.0) -> Term | None:
    """The one term that a probability has, 0 and 1 having none."""
    lower, upper = terms_around(probability, yardstick, standard_error=standard_error)
    return lower if lower == upper and 0 < probability < 1 else None


def words(probability: float, yardstick: str) -> str | None:
    found = term(probability, yardstick)
    return found.words if found else None


@pytest.mark.parametrize(
    ("probability", "american", "british"),
    [
        (0.50, "roughly even chance", None),
        (0.22, "unlikely", None),
        (0.15, "very unlikely", "highly unlikely"),
        (0.78, "likely", None),
        (0.03, "almost no chance", "remote chance"),
        (0.30, "unlikely", "unlikely"),
        (0.49, "roughly even chance", "realistic possibility"),
        (0.85, "very likely", "highly likely"),
        (0.97, "almost certain", "almost certain"),
        (0.995, None, "almost certain"),
        (0.005, None, "remote chance"),
        (0, None, None),
        (1, None, None),
    ],
)
def test_the_two_yardsticks_part_where_their_tables_do(
    probability: float, american: str | None, british: str | None
) -> None:
    assert (words(probability, "icd203"), words(probability, "phia")) == (american, british)


def test_the_tables_are_as_published() -> None:
    assert [(each.words, each.shown, each.synonym) for each in ICD203.terms] == [
        ("almost no chance", "1-5", "remote"),
        ("very unlikely", "5-20", "highly improbable"),
        ("unlikely", "20-45", "improbable"),
        ("roughly even chance", "45-55", "roughly even odds"),
        ("likely", "55-80", "probable"),
        ("very likely", "80-95", "highly probable"),
        ("almost certain", "95-99", "nearly certain"),
    ]
    assert [each.label for each in PHIA.terms] == [
        "remote chance (>0-≈5 %)",
        "highly unlikely (≈10-≈20 %)",
        "unlikely (≈25-≈35 %)",
        "realistic possibility (≈40-<50 %)",
        "likely (≈55-≈75 %)",
        "highly likely (≈80-≈90 %)",
        "almost certain (≈95-<100 %)",
    ]
    assert [(each.name, each.date) for each in YARDSTICKS.values()] == [
        ("ICD 203", "2015-01-02"), ("PHIA", "2025-03-24"),
    ]  # fmt: skip
    assert "higher term" in ICD203.tie_rule and "gap" in PHIA.tie_rule


@pytest.mark.parametrize("above", range(1, 7))
def test_a_boundary_of_icd_203_belongs_to_the_term_above(above: int) -> None:
    at = ICD203.terms[above].low
    assert at == ICD203.terms[above - 1].high
    assert term(at) == term(at + 1e-15) == term(at - 1e-15) == term(at + 1e-9) == ICD203.terms[above]
    assert term(at - 1e-9) == ICD203.terms[above - 1]


def test_every_yardstick_is_that_of_an_audience() -> None:
    assert set(AUDIENCES.values()) == set(YARDSTICKS)


def test_icd_203_ends_with_its_table() -> None:
    assert term(0.01) == ICD203.terms[0] and term(0.99) == ICD203.terms[-1]
    assert term(math.nextafter(0.01, 0) - 1e-9) is None and term(0.99 + 1e-9) is None


@pytest.mark.parametrize("each", PHIA.terms, ids=lambda each: each.words)
def test_the_ends_of_phia_terms(each: object) -> None:
    assert (term(each.low, "phia") == each) == (each.low > 0)
    assert (term(each.high, "phia") == each) == (each.high not in (0.5, 1))
    assert term(each.low + 1e-9, "phia") == term(each.high - 1e-9, "phia") == each
    assert term(each.low - 1e-9, "phia") is None if each.low else True
    assert term(each.high + 1e-9, "phia") is None if each.high < 1 else True


@given(st.floats(0, 1))
def test_every_probability_has_one_term_or_the_stated_none(probability: float) -> None:
    inside = [each for each in ICD203.terms if each.starts_by(probability) and each.lasts_to(probability)]
    found = term(probability)
    assert len(inside) <= 1
    assert (found is None) == (probability < 0.01 - 1e-12 or probability > 0.99 + 1e-12)
    gap = any(low + 1e-12 < probability < high - 1e-12 for low, high in PHIA_GAPS)
    gap |= 0.5 - 1e-12 < probability < 0.55 - 1e-12
    assert (term(probability, "phia") is None) == (gap or probability in (0, 1))


@given(st.floats(0, 1), st.sampled_from(sorted(YARDSTICKS)))
def test_without_a_term_the_nearest_two_are_named(probability: float, yardstick: str) -> None:
    lower, upper = terms_around(probability, yardstick)
    terms = YARDSTICKS[yardstick].terms
    if lower and upper and lower != upper:
        assert terms.index(upper) == terms.index(lower) + 1
        assert lower.high <= probability <= upper.low
    assert lower or upper


@pytest.mark.parametrize(
    ("probability", "error", "yardstick", "between"),
    [
        (0.79, 0.01, "icd203", ("likely", "very likely")),
        (0.80, 0.001, "icd203", ("likely", "very likely")),
        (0.82, 0.009, "icd203", ("very likely", "very likely")),
        (0.50, 0.06, "icd203", ("unlikely", "likely")),
        (0.985, 0.004, "icd203", ("almost certain", None)),
        (0.012, 0.002, "icd203", (None, "almost no chance")),
        (0.01, 0.5, "phia", ("remote chance", "almost certain")),
        (0.81, 0.01, "phia", ("likely", "highly likely")),
        (0.999, 0.01, "phia", ("almost certain", "almost certain")),
        (0.77, 0.001, "phia", ("likely", "highly likely")),
    ],
)
def test_an_error_that_straddles_a_boundary_picks_no_term(
    probability: float, error: float, yardstick: str, between: tuple
) -> None:
    found = terms_around(probability, yardstick, standard_error=error)
    assert tuple(each and each.words for each in found) == between
    picked = term(probability, yardstick, standard_error=error)
    assert (picked.words if picked else None) == (between[0] if between[0] == between[1] else None)


@pytest.mark.parametrize(
    ("probability", "keywords", "words"),
    [
        (0.58, {}, "likely (58 %)"),
        (0.79, {"yardstick": "phia"}, "likely to highly likely (79 %)"),
        (0, {}, ""),
        (1, {"yardstick": "phia"}, ""),
        (0.995, {}, ""),
        (0.00002, {}, ""),
        (0.37, {"yardstick": "phia", "standard_error": 0.001}, "unlikely to realistic possibility (37 %)"),
        (0.79996, {"standard_error": 0.002}, "likely to very likely (79.996 %)"),
        (0.00002, {"yardstick": "phia"}, "remote chance (0.002 %)"),
        (0.7996, {}, "likely (79.96 %)"),
    ],
)
def test_between_two_terms_both_are_told_and_no_boundary_is_rounded_over(
    probability: float, keywords: dict, words: str
) -> None:
    assert likelihood(probability, **keywords) == words


def test_a_case_may_ask_for_these_yardsticks_and_no_other() -> None:
    assert all(ABOUT["yardstick"].holds(name) for name in YARDSTICKS)
    assert not any(ABOUT["yardstick"].holds(name) for name in ("kent", "ICD203", ""))
