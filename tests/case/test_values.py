# SPDX-License-Identifier: Apache-2.0
"""Value functions: anchored, monotone, silent about nothing."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aukus_mcda import Case
from aukus_mcda.case.values import ValueFunction, parse_bends

ANCHORS = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


@st.composite
def functions(draw: st.DrawFn) -> ValueFunction:
    worst = draw(ANCHORS)
    best = draw(ANCHORS.filter(lambda x: abs(x - worst) > 1))
    count = draw(st.integers(0, 4))
    shares = sorted(draw(st.sets(st.integers(1, 99), min_size=count, max_size=count)))
    values = sorted(draw(st.lists(st.floats(0, 100), min_size=count, max_size=count)))
    bends = [(worst + (best - worst) * share / 100, value) for share, value in zip(shares, values, strict=True)]
    return ValueFunction(worst, best, tuple(bends))


@given(functions())
def test_worst_is_0_and_best_is_100(value: ValueFunction) -> None:
    assert value([value.worst, value.best]).tolist() == [0, 100]


@given(functions(), st.lists(st.floats(0, 1), min_size=2, max_size=20))
def test_a_better_score_is_never_worth_less(value: ValueFunction, shares: list[float]) -> None:
    low, high = sorted((value.worst, value.best))
    raw = np.clip(np.sort([value.worst + (value.best - value.worst) * share for share in shares]), low, high)
    steps = np.diff(value(raw)) * (1 if value.best > value.worst else -1)
    assert (steps >= -1e-9).all()
    assert ((value(raw) >= 0) & (value(raw) <= 100)).all()


def test_a_straight_line_by_default() -> None:
    assert ValueFunction(2, 4)([2, 2.5, 4]).tolist() == [0, 25, 100]


def test_a_bend_is_passed_through_whichever_way_is_better() -> None:
    assert ValueFunction(10, 0, ((3, 85), (7, 20)))([10, 7, 5, 3, 0]).tolist() == [0, 20, 52.5, 85, 100]


def test_missing_stays_missing() -> None:
    assert math.isnan(ValueFunction(0, 1)([math.nan])[0])


@pytest.mark.parametrize("raw", [-0.1, 10.1, math.inf])
def test_a_score_beyond_the_anchors_has_no_value(raw: float) -> None:
    with pytest.raises(ValueError, match="outside the anchors 0 and 10"):
        ValueFunction(0, 10)(raw)


@pytest.mark.parametrize(
    "scale",
    [
        (1, 1, ()),
        (0, math.inf, ()),
        (0, 10, ((12, 50),)),
        (0, 10, ((5, 50), (5, 60))),
        (0, 10, ((3, 60), (6, 40))),
        (0, 10, ((3, 120),)),
        (0, 10, ((0, 50),)),
    ],
)
def test_a_scale_that_contradicts_itself_is_refused(scale: tuple) -> None:
    with pytest.raises(ValueError):
        ValueFunction(*scale)


@pytest.mark.parametrize("text", ["3", "3:4:5", "a:b", "3,20"])
def test_a_shape_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_bends(text)


def test_a_table_that_a_case_gave_can_be_changed_without_changing_the_case(case: Case) -> None:
    for table in (case.values, case.performance, *case.value_range):
        table.iloc[:] = -1.0
    assert (case.values >= 0).all(axis=None) and (case.performance != -1).all(axis=None)
    assert (case.value_range[0] >= 0).all(axis=None)
