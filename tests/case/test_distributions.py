# SPDX-License-Identifier: Apache-2.0
"""Distributions of scores: moments and tails in closed form, against scipy and plain integration."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import integrate, stats
from scored import KINDS

from aukus_mcda import Case
from aukus_mcda.case import judged, with_shape
from aukus_mcda.case.values import Z95, ScoreDistribution, UncertainValue, ValueFunction, expectation, uncertain_values

SCALES = (
    ValueFunction(0, 10),
    ValueFunction(10, 0),
    ValueFunction(0, 10, ((3, 15), (7, 70))),
    ValueFunction(10, 0, ((3, 85), (7, 20))),
    ValueFunction(0, 10, ((4, 40), (6, 40))),
)
ENDS = np.array([0.0, 10.0])
tenths = st.integers(0, 100).map(lambda n: n / 10)
scores_judged = st.lists(tenths, min_size=3, max_size=3).map(sorted)


def score(kind: str, low: float, likely: float, high: float) -> ScoreDistribution:
    return ScoreDistribution(kind, low, likely, high, 0, 10)


def reference(given: ScoreDistribution):
    """The distribution as scipy has it; the normal one before it is clipped."""
    low, likely, high = given.low, given.likely, given.high
    width, mode = high - low, (likely - low) / (high - low)
    return {
        "pert": stats.beta(1 + 4 * mode, 5 - 4 * mode, low, width),
        "triangular": stats.triang(mode, low, width),
        "uniform": stats.uniform(low, width),
        "normal": stats.norm(likely, width / (2 * Z95)),
    }[given.kind]


@given(st.sampled_from(KINDS), scores_judged)
def test_shares_moments_and_quantiles_are_those_of_scipy(kind, three):
    mine = score(kind, *three)
    if mine.fixed:
        return
    theirs = reference(mine)
    x = np.linspace(0, 9.999, 61)
    np.testing.assert_allclose(mine.cdf(x), theirs.cdf(x), rtol=0, atol=1e-12)
    p = np.linspace(0.001, 0.999, 41)
    np.testing.assert_allclose(mine.ppf(p), np.clip(theirs.ppf(p), 0, 10), rtol=0, atol=1e-9)
    if kind != "normal":
        assert expectation(mine, ENDS, ENDS) == pytest.approx(theirs.mean(), abs=1e-12)
        whole = UncertainValue(mine, ValueFunction(0, 10))
        assert whole.variance == pytest.approx(100 * theirs.var(), abs=1e-9)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("three", [(2, 3, 7), (2, 2, 7), (2, 7, 7), (0, 9.9999999, 10), (4, 4.5, 9)])
def test_partial_means_are_integrals(kind, three):
    mine, theirs = score(kind, *three), reference(score(kind, *three))
    for x in (1.0, 2.5, 3.0, 6.0, 9.5):
        inside = integrate.quad(lambda t: t * theirs.pdf(t), 0, x, points=three, epsabs=1e-13, limit=200)[0]
        share, moment, _ = mine.partial_moments(x)
        assert float(mine.low * share + (mine.high - mine.low) * moment) == pytest.approx(inside, abs=1e-9)


def test_a_normal_score_is_moved_to_the_anchor_it_passes():
    mine = score("normal", 0, 1, 6)
    deviation = 3 / Z95
    below, above = stats.norm(1, deviation).cdf([0, 10])
    assert float(mine.cdf(0)) == pytest.approx(below, abs=1e-15)
    assert float(mine.cdf(-1e-9)) == 0 and float(mine.cdf(10)) == 1
    inside = integrate.quad(lambda t: t * stats.norm(1, deviation).pdf(t), 0, 10, epsabs=1e-13)[0]
    assert expectation(mine, ENDS, ENDS) == pytest.approx(inside + 10 * (1 - above), abs=1e-9)


def test_low_to_high_is_the_fifth_to_the_ninety_fifth_percentile_of_a_normal_score():
    np.testing.assert_allclose(score("normal", 3, 5, 7).ppf([0.05, 0.5, 0.95]), [3, 5, 7], atol=1e-12)


@given(st.sampled_from((*KINDS, "fixed")), scores_judged, st.sampled_from(SCALES), st.floats(-5, 105))
def test_means_and_tails_of_values_are_those_of_fine_quantiles(kind, three, scale, level):
    value = UncertainValue(score(kind, *three), scale)
    shares = (np.arange(20_000) + 0.5) / 20_000
    drawn = scale(value.distribution.ppf(shares))
    assert value.mean == pytest.approx(drawn.mean(), abs=0.02)
    assert value.variance == pytest.approx(drawn.var(), abs=0.5)
    for above, over in ((True, drawn - level), (False, level - drawn)):
        probability, excess = value.beyond(level, above=above)
        assert excess == pytest.approx(np.maximum(over, 0).mean(), abs=0.02)
        if kind != "fixed" and three[0] < three[2]:
            assert probability == pytest.approx((over > 1e-12).mean(), abs=2e-4)


@given(st.sampled_from(KINDS), scores_judged, st.sampled_from(SCALES), st.floats(0, 100))
def test_excess_above_and_below_differ_by_the_mean(kind, three, scale, level):
    value = UncertainValue(score(kind, *three), scale)
    above, below = value.beyond(level)[1], value.beyond(level, above=False)[1]
    assert above - below == pytest.approx(value.mean - level, abs=1e-9)


def test_a_fixed_score_has_no_spread_whatever_its_range():
    value = UncertainValue(score("fixed", 2, 5, 8), ValueFunction(0, 10, ((5, 80),)))
    assert (value.mean, value.variance) == (80, 0)


def test_an_expectation_does_not_need_the_pieces_to_be_fine():
    mine, coarse = score("pert", 1, 2, 9), np.array([0.0, 10.0])
    fine = np.linspace(0, 10, 501)
    assert expectation(mine, coarse, coarse) == pytest.approx(expectation(mine, fine, fine), abs=1e-12)
    assert expectation(mine, coarse, coarse, 2) == pytest.approx(expectation(mine, fine, fine, 2), abs=1e-11)


def test_blank_is_pert_and_screened_options_are_left_out(case):
    values = uncertain_values(case)
    assert set(values.index) == set(case.options.index) - set(case.screened.index)
    kinds = {value.distribution.kind for value in values.to_numpy().ravel()}
    assert kinds <= {*KINDS, "fixed"}


@pytest.mark.parametrize("ranges", ["ends", "5-95"])
def test_an_unknown_score_may_lie_anywhere_on_its_scale_and_is_never_zero(ranges):
    frames = {
        "criteria": pd.DataFrame({"id": ["reach"], "direction": "min", "worst": 10, "best": 2, "shape": "4:50"}),
        "scores": pd.DataFrame(
            {"option": ["a", "b"], "criterion": "reach", "likely": [None, 4], "distribution": ["unknown", ""]}
        ),
    }
    case = Case.from_frames(**frames, about={"ranges": ranges})
    assert judged(case).loc[("a", "reach")].tolist() == ["uniform", 2, 6, 10]
    value = uncertain_values(case).at["a", "reach"]
    raw = np.random.default_rng(1).uniform(2, 10, 20_000)
    assert value.mean == pytest.approx(case.value_function("reach")(raw).mean(), abs=0.5)
    assert "score-unknown" in set(case.findings["code"])
    # A checked case that is changed and checked anew stays as it is.
    assert with_shape(case, "reach", "4:50").digest == case.digest
