# SPDX-License-Identifier: Apache-2.0
"""Regret, minimax regret and maximin: published, by brute force, and refused when a payoff is missing."""

from __future__ import annotations

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from aukus_mcda.errors import MethodError
from aukus_mcda.perspectives.scenarios import regret

payoffs = hnp.arrays(float, st.tuples(st.integers(1, 6), st.integers(1, 5)), elements=st.integers(-50, 50).map(float))


def frame(cells: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(cells, [f"o{i}" for i in range(len(cells))], [f"f{j}" for j in range(cells.shape[1])])


def test_minimax_regret_of_the_published_investment(published: dict[str, dict]) -> None:
    entry = published["minimax-regret-wiki"]
    table = pd.DataFrame(entry["payoffs"]).T
    found = regret(table)
    expected = {name.replace("_", " "): worst for name, worst in entry["expected"]["max_regret"].items()}
    assert found.greatest.to_dict() == expected
    assert found.minimax_regret == (entry["expected"]["choice"],)
    assert found.maximin == ("money market",)


def test_the_mixed_choice_of_the_published_investment_is_found_as_an_option(published: dict[str, dict]) -> None:
    entry = published["minimax-regret-wiki"]
    table = pd.DataFrame(entry["payoffs"]).T.astype(float)
    mixed = 0.611 * table.loc["stocks"] + 0.389 * table.loc["money market"]
    found = regret(pd.concat([table, mixed.to_frame("mixed").T]))
    assert found.greatest["mixed"] == pytest.approx(entry["expected"]["mixed_61_1_38_9"], abs=0.005)
    assert found.minimax_regret == ("mixed",)


@given(payoffs)
def test_against_loops(cells: np.ndarray) -> None:
    found = regret(frame(cells))
    worst = [max(max(cells[k, j] for k in range(len(cells))) - cells[i, j] for j in range(cells.shape[1]))
             for i in range(len(cells))]  # fmt: skip
    assert found.greatest.tolist() == worst
    assert set(found.minimax_regret) == {f"o{i}" for i, each in enumerate(worst) if each == min(worst)}
    least = cells.min(axis=1)
    assert set(found.maximin) == {f"o{i}" for i, each in enumerate(least) if each == max(least)}


@given(payoffs, st.integers(-20, 20))
def test_what_is_good_for_all_in_a_future_is_regretted_by_none(cells: np.ndarray, more: int) -> None:
    moved = cells.copy()
    moved[:, 0] += more
    pd.testing.assert_frame_equal(regret(frame(moved)).table, regret(frame(cells)).table)
    assert (regret(frame(cells)).table.min() == 0).all()


@given(payoffs)
def test_an_option_that_is_everywhere_worse_is_never_chosen(cells: np.ndarray) -> None:
    table = frame(cells)
    table.loc["worse"] = table.iloc[0] - 1
    found = regret(table)
    assert "worse" not in found.minimax_regret + found.maximin


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (pd.DataFrame(), "at least one of each"),
        ([[1, 2]], "must be a DataFrame"),
        (pd.DataFrame([[1, np.nan]], ["a"], ["x", "y"]), "a in y"),
        (pd.DataFrame([["much", 1]], ["a"], ["x", "y"]), "a in x"),
        (pd.DataFrame([["3", 1]], ["a"], ["x", "y"]), "a in x"),
        (pd.DataFrame([[True, 1]], ["a"], ["x", "y"]), "a in x"),
        (pd.DataFrame([[1 + 0j, 1]], ["a"], ["x", "y"]), "a in x"),
        (pd.DataFrame({"x": [pd.Timestamp(2026, 1, 1)], "y": [pd.Timedelta(1)]}, ["a"]), "a in x, a in y"),
        (pd.DataFrame([[1], [2]], ["a", "a"], ["x"]), "label of its own"),
        (pd.DataFrame([[1, 2]], ["a"], ["x", "x"]), "label of its own"),
    ],
)
def test_payoffs_that_cannot_be_used_are_refused(table: object, said: str) -> None:
    with pytest.raises(MethodError, match=said):
        regret(table)  # type: ignore[arg-type]
