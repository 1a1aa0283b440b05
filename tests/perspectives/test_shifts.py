# SPDX-License-Identifier: Apache-2.0
"""Shifts that are feasible, least, and nothing where nothing is needed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aukus_mcda import swing
from aukus_mcda.perspectives.by_capital import smallest_shifts


def test_two_leaves_by_hand() -> None:
    values = pd.DataFrame({"x": [100.0, 0.0, 40.0], "y": [0.0, 100.0, 40.0]}, index=["a", "b", "never"])
    found = smallest_shifts(values, {"one": swing({"x": 70, "y": 30}), "two": swing({"x": 20, "y": 80})})
    assert found.table.loc["a"].to_dict() == pytest.approx({"one": 0.0, "two": 0.3, "total": 0.3})
    assert found.table.loc["b"].to_dict() == pytest.approx({"one": 0.2, "two": 0.0, "total": 0.2})
    assert found.table.loc["never"].isna().all() and "never" not in found.weights
    assert found.margin["never"] == pytest.approx(-10)
    assert found.table.index.tolist() == ["b", "a", "never"]
    assert found.weights["a"].loc["two"].tolist() == pytest.approx([0.5, 0.5])


grids = st.integers(2, 6).flatmap(
    lambda n: st.integers(2, 5).flatmap(
        lambda k: st.tuples(
            st.lists(st.lists(st.integers(0, 10), min_size=k, max_size=k), min_size=n, max_size=n),
            st.lists(st.lists(st.integers(0, 9), min_size=k, max_size=k).filter(any), min_size=2, max_size=3),
        )
    )
)


@settings(max_examples=60)
@given(grids)
def test_after_the_shift_the_option_leads_and_no_nearer_weights_would_do(drawn: tuple[list, list]) -> None:
    grid, points = drawn
    leaves = [f"leaf{k}" for k in range(len(grid[0]))]
    values = pd.DataFrame(np.array(grid) * 10.0, index=[f"o{n}" for n in range(len(grid))], columns=leaves)
    weights = {f"p{n}": swing(dict(zip(leaves, given, strict=True))) for n, given in enumerate(points)}
    found = smallest_shifts(values, weights)
    some = np.random.default_rng(0).dirichlet(np.full(len(leaves), 0.5), 3000)
    scores = some @ values.to_numpy().T
    for option, row in found.table.iterrows():
        place = values.index.get_loc(option)
        leading = some[scores[:, place] >= scores.max(axis=1)]
        if row.isna().all():
            assert not len(leading) and found.margin[option] < 0
            continue
        for name, given_weights in weights.items():
            after = found.weights[option].loc[name]
            assert after.sum() == pytest.approx(1) and (after >= 0).all()
            now = values @ after
            assert now.max() - now[option] <= 1e-9 or found.margin[option] < 1e-6
            assert now.max() - now[option] <= 1e-6
            before = given_weights.values[leaves]
            assert row[name] == pytest.approx((after - before).abs().sum() / 2, abs=1e-12)
            score = values @ before
            if score[option] >= score.max() - 1e-9:
                assert row[name] == 0
            if len(leading):
                assert row[name] <= np.abs(leading - before.to_numpy()).sum(axis=1).min() / 2 + 1e-7
        assert row["total"] == pytest.approx(row.drop("total").sum())


def test_rounding_leaves_no_option_behind_after_its_shift() -> None:
    """Options that differ by next to nothing, or can only tie, are where a solver's tolerance shows."""
    random, lagged = np.random.default_rng(1), 0.0
    for _ in range(60):
        n, k = random.integers(3, 13), random.integers(3, 19)
        grid = random.integers(0, 5, (n, k)) * 25.0 + random.random((n, k)) * 1e-6
        values = pd.DataFrame(grid, columns=[f"l{place}" for place in range(k)])
        points = [dict(zip(values.columns, random.random(k), strict=True)) for _ in range(2)]
        found = smallest_shifts(values, {f"p{place}": swing(given) for place, given in enumerate(points)})
        for option, after in found.weights.items():
            for _, row in after.iterrows():
                scores = grid @ row.to_numpy()
                lag = scores.max() - scores[int(option)]
                assert lag <= (1e-9 if found.margin[option] > 1e-6 else 1e-5)
                lagged = max(lagged, lag)
    assert lagged > 0


def test_an_option_that_can_only_tie_leads_where_it_ties() -> None:
    values = pd.DataFrame({"x": [100.0, 100.0], "y": [0.0, 100.0]}, index=["a", "b"])
    found = smallest_shifts(values, {"one": swing({"x": 60, "y": 40}), "two": swing({"x": 100, "y": 0})})
    assert found.table.loc["a"].to_dict() == pytest.approx({"one": 0.4, "two": 0.0, "total": 0.4})
    assert found.margin["a"] == pytest.approx(0)


def test_options_all_alike_lead_together() -> None:
    values = pd.DataFrame({"x": [5.0, 5.0], "y": [1.0, 1.0]}, index=["a", "b"])
    found = smallest_shifts(values, {"one": swing({"x": 1, "y": 1}), "two": swing({"x": 1, "y": 2})})
    assert (found.table == 0).all(axis=None)
