# SPDX-License-Identifier: Apache-2.0
"""The least error that lets another option lead: closed forms, and nothing less is enough."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aukus_mcda import Case, WeightsError, draw_weights, swing, weight_range
from aukus_mcda.perspectives import AS_JUDGED, wins

LEAVES, OPTIONS = ("reach", "cost"), ("A", "B", "C")


def made(numbers: np.ndarray, scenarios: pd.DataFrame | None = None) -> Case:
    """Three options on two straight scales of 0 to 10 from ``(option, leaf, low-likely-high)``."""
    index = pd.MultiIndex.from_product([OPTIONS, LEAVES], names=["option", "criterion"])
    scores = pd.DataFrame(numbers.reshape(6, 3), index, columns=["low", "likely", "high"]).reset_index()
    criteria = pd.DataFrame({"id": LEAVES, "direction": ["max", "min"], "worst": [0, 10], "best": [10, 0]})
    others = {} if scenarios is None else {"scenarios": scenarios}
    return Case.from_frames(criteria=criteria, scores=scores, **others)


judgements = st.lists(st.floats(0, 10), min_size=18, max_size=18).map(
    lambda numbers: np.sort(np.round(numbers, 3).reshape(6, 3), axis=1)
)


@given(judgements, st.floats(0.1, 0.9))
def test_under_certain_weights_the_part_is_the_gap_over_what_the_ranges_allow(
    numbers: np.ndarray, share: float
) -> None:
    case, weights = made(numbers), {"reach": 100 * share, "cost": 100 * (1 - share)}
    w = np.array([share, 1 - share])
    low, likely, high = numbers.reshape(3, 2, 3).transpose(2, 0, 1) * 10
    (least, most), value = (low, high), likely.copy()
    least[:, 1], most[:, 1], value[:, 1] = 100 - high[:, 1], 100 - low[:, 1].copy(), 100 - likely[:, 1]
    score, worst, best = (each @ w for each in (value, least, most))
    for option, win in wins(case, weights).items():
        place = OPTIONS.index(option)
        needed = []
        for other in {0, 1, 2} - {place}:
            gap, room = score[other] - score[place], best[place] - score[place] + score[other] - worst[other]
            same = np.allclose(value[other], value[place])
            needed.append(0 if gap <= 0 or same else gap / room if room > 0 else np.inf)
        expected = max(needed)
        if expected <= 1 - 1e-6:
            assert win.part == pytest.approx(expected, abs=1e-5)
            assert win.future == AS_JUDGED and win.as_judged == win.part
        elif expected > 1 + 1e-6:
            assert win.part == np.inf and win.future == "" and win.moves.empty


def test_with_less_error_no_weights_are_enough_and_the_gains_add_up(case: Case) -> None:
    weights = case.profile("baseline")
    given_ends = weights.judged
    values, (least, greatest) = case.values, case.value_range
    for option, win in list(wins(case, weights).items())[:4]:
        part = 0.999 * win.as_judged
        points = {
            end: given_ends["likely"] + part * (given_ends[end] - given_ends["likely"]) for end in ("low", "high")
        }
        narrower = swing(given_ends["likely"], parents=weights.parents, **points)
        drawn = draw_weights(weight_range(narrower), list(case.leaves), 2_000)
        ends = least.copy()
        ends.loc[option] = greatest.loc[option]
        moved = (values + part * (ends - values)).loc[list(case.competing), list(case.leaves)]
        scores = pd.DataFrame(moved.to_numpy() @ np.asarray(drawn).T, index=moved.index)
        assert (scores.drop(index=option).max() > scores.loc[option]).all()
        assert win.part <= win.as_judged
        tops, weighed = win.moves[win.moves["option"] == ""], win.moves[win.moves["option"] != ""]
        assert set(tops["criterion"]) <= set(case.roots) and set(weighed["option"]) <= {option, "maritime_picture"}


def test_a_future_in_which_it_leads_needs_no_error_and_a_weight_may_be_what_changes() -> None:
    numbers = np.array([[6, 6, 6], [5, 5, 5], [5, 5, 5], [5, 5, 5], [1, 1, 1], [9, 9, 9]], dtype=float)
    shifted = pd.DataFrame({"scenario": "storm", "option": "A", "criterion": "reach", "shift": [-2.0]})
    heavier = pd.DataFrame({"scenario": "storm", "option": "", "criterion": "cost", "weight_factor": [0.0]})
    won = wins(made(numbers, shifted), {"reach": 50, "cost": 50})
    assert (won["B"].part, won["B"].future, won["B"].as_judged) == (0, "storm", np.inf)
    assert won["C"].part == np.inf
    assert wins(made(numbers, heavier), {"reach": 50, "cost": 50})["B"].part == np.inf
    ranged = swing({"reach": 50, "cost": 100}, low={"reach": 0}, high={"reach": 100})
    cheaper = np.array([[6, 6, 6], [5, 5, 5], [5, 5, 5], [4.2, 4.2, 4.2], [1, 1, 1], [9, 9, 9]], dtype=float)
    win = wins(made(cheaper), ranged)["A"]
    # A is 10 ahead on reach and 8 behind on cost: it leads once reach has 80 points beside the 100 of cost.
    assert win.part == pytest.approx((80 - 50) / 50, abs=1e-5)
    assert list(win.moves["criterion"]) == ["reach", "cost"] and win.moves["option"].eq("").all()
    assert win.moves["then"].tolist() == pytest.approx([8 / 18, 10 / 18], abs=1e-5)


def test_what_is_shown_of_rivals_names_every_one(tested) -> None:
    shown = str(tested.show("rivals"))
    assert all(tested.case.options.at[option, "short"] in shown for option in tested.wins)
    assert any(tested.case.options.at[option, "short"] in shown.splitlines()[0] for option in tested.wins)


def test_ranges_without_points_are_refused_before_anything_is_sought(case: Case) -> None:
    weights = replace(case.profile(case.profiles[0]), points=pd.Series(dtype=float))
    with pytest.raises(WeightsError, match=r"a range and no points for \w+"):
        wins(case, weights)
