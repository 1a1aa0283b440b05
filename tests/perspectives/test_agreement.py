# SPDX-License-Identifier: Apache-2.0
"""Kendall's W against a textbook, SciPy's Friedman test, and every permutation of a small table."""

from __future__ import annotations

from itertools import permutations, product

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from aukus_mcda.errors import MethodError
from aukus_mcda.perspectives.by_capital import kendall_w

tables = st.integers(3, 8).flatmap(
    lambda n: st.integers(3, 6).flatmap(
        lambda m: st.lists(st.lists(st.integers(1, 6), min_size=m, max_size=m), min_size=n, max_size=n)
    )
)


def test_siegel_castellan(published: dict[str, dict]) -> None:
    entry = published["kendall-w-siegel-castellan"]
    found, expected = kendall_w(entry["ranks_items_by_judge"]), entry["expected"]
    assert found.df == expected["df"]
    assert found.w == pytest.approx(expected["W"], abs=5e-5)
    assert found.w == pytest.approx(12 * 248 / (9 * (512 - 8)), rel=1e-14)
    assert found.chi2 == pytest.approx(expected["chi2"], abs=5e-5)
    assert found.p == pytest.approx(expected["p"], abs=5e-6)
    # Ranks as `rank` gives them: whole numbers that may be missing.
    assert kendall_w(pd.DataFrame(entry["ranks_items_by_judge"], dtype="Int64")) == found


@given(tables)
def test_friedmans_statistic_with_ties_is_scipys(table: list[list[int]]) -> None:
    grid = np.array(table, dtype=float)
    found = kendall_w(grid, permutations=1)
    if all(len(set(column)) == 1 for column in grid.T):
        assert np.isnan(found.w) and np.isnan(found.p)
        return
    theirs = stats.friedmanchisquare(*grid)  # one argument an item
    assert found.chi2 == pytest.approx(theirs.statistic, abs=1e-9)
    assert found.p == pytest.approx(theirs.pvalue, abs=1e-9)
    assert -1e-12 <= found.w <= 1 + 1e-12


@given(st.lists(st.integers(1, 9), min_size=2, max_size=9), st.integers(2, 6))
def test_judges_who_rank_alike_have_w_1(ranks: list[int], judges: int) -> None:
    found = kendall_w(np.tile(np.array(ranks, dtype=float)[:, None], judges), permutations=1)
    assert np.isnan(found.w) if len(set(ranks)) == 1 else found.w == 1


def test_the_permutation_test_counts_what_all_permutations_would() -> None:
    given_ranks = np.array([[1, 2, 1], [2, 1, 3], [3, 3, 2]], dtype=float)
    sums = [np.array(each).sum(axis=0).var() for each in product(permutations([1.0, 2.0, 3.0]), repeat=3)]
    exact = np.mean(np.array(sums) >= given_ranks.sum(axis=1).var() - 1e-12)
    found = kendall_w(given_ranks, permutations=40_000, seed=3)
    assert found.p_permutation == pytest.approx(exact, abs=4 * np.sqrt(exact * (1 - exact) / 40_000))
    assert found == kendall_w(given_ranks, permutations=40_000, seed=3)


def test_the_order_of_items_and_judges_does_not_count() -> None:
    table = pd.DataFrame([[1, 3, 2], [2, 1, 1], [3, 2, 3], [4, 4, 4]], columns=list("xyz"))
    assert kendall_w(table.iloc[::-1, ::-1]).w == kendall_w(table).w


@pytest.mark.parametrize(
    ("ranks", "said"),
    [
        ([[1, 2]], "1 items and 2 judges"),
        ([[1], [2]], "2 items and 1 judges"),
        ([[1, 2], [2, None]], "finite number"),
        ([[1, 2], [2, "x"]], "finite number"),
        (object(), "ranks must be a DataFrame, an array, or a list"),
        ([[1, 2], [3]], "table"),
        (pd.DataFrame([[1, None], [2, 1]], index=["i", "j"], columns=["a", "a"]), r"missing or unusable: i by a\.$"),
        (pd.DataFrame([[1, 2], [2, 1]], index=["a", "a"]), "a named more than once"),
        (pd.DataFrame([[1, 2], [2, 1]], columns=["x", "x"]), "x named more than once"),
    ],
)
def test_what_cannot_be_compared_is_refused(ranks: object, said: str) -> None:
    with pytest.raises(MethodError, match=said):
        kendall_w(ranks)  # type: ignore[arg-type]


def test_permutations_must_be_a_number() -> None:
    with pytest.raises(MethodError, match="permutations must be a whole number"):
        kendall_w([[1, 2], [2, 1]], permutations=0)
