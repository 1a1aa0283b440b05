# SPDX-License-Identifier: Apache-2.0
"""How long the exact analyses of the shipped case take.

Run with ``python -m pytest benchmarks/bench_sensitivity.py``; needs pytest-benchmark.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, load_case
from aukus_mcda.ranking.flips import nearest_flip, never_leads, preference
from aukus_mcda.ranking.sensitivity import break_points, leave_one_out, stability, switch_points
from aukus_mcda.weights.programs import best_margins, nearest_leads

TARGET = 0.050
"""Seconds for break points, stability intervals and the nearest flip of the shipped case, together."""


@pytest.fixture(scope="module")
def case() -> Case:
    """The shipped case."""
    return load_case("aukus_plus_two")


def test_break_points_stability_and_nearest_flip_together(benchmark: Any, case: Case) -> None:
    """The three together, against the target."""
    weights = case.profile("baseline")

    def together() -> None:
        break_points(case, weights)
        stability(case, weights)
        nearest_flip(case, weights)

    benchmark(together)
    if benchmark.stats is not None:  # None when benchmarks are switched off
        assert benchmark.stats.stats.median < TARGET


FUNCTIONS = [break_points, stability, leave_one_out, switch_points, nearest_flip]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_each_analysis(benchmark: Any, case: Case, function: Any) -> None:
    """Each analysis of the shipped case."""
    benchmark(function, case, case.profile("baseline"))


def test_nearest_flip_euclidean(benchmark: Any, case: Case) -> None:
    """The nearest flip by length instead of sum."""
    benchmark(nearest_flip, case, case.profile("baseline"), norm="l2")


def test_never_leads(benchmark: Any, case: Case) -> None:
    """Options that never lead."""
    benchmark(never_leads, case)


@pytest.mark.parametrize("space", [None, "ordered"])
def test_preference(benchmark: Any, case: Case, space: str | None) -> None:
    """Preference, in closed form and by linear programs."""
    benchmark(preference, case, space=None if space is None else list(case.leaves))


@pytest.mark.parametrize("norm", ["l1", "l2"])
def test_flips_of_100_options_on_20_criteria(benchmark: Any, norm: str) -> None:
    """Larger than any case of policy options."""
    values, none = np.random.default_rng(0).uniform(0, 100, (100, 20)), (np.empty((0, 20)), np.empty(0))

    def flips() -> None:
        able = np.flatnonzero(best_margins(values, *none).best > 1e-9)
        nearest_leads(values, np.full(20, 0.05), able.tolist(), norm, *none)

    benchmark.pedantic(flips, rounds=1)


@pytest.fixture(scope="module")
def large() -> Case:
    """2,000 options on 50 criteria, as no case of policy options has."""
    rng = np.random.default_rng(0)
    options, criteria = [f"o{place:04}" for place in range(2000)], [f"c{place:02}" for place in range(50)]
    values = pd.DataFrame(rng.uniform(0, 100, (2000, 50)), index=options, columns=criteria)
    scales = pd.DataFrame({"id": criteria, "direction": "max", "worst": 0, "best": 100})
    scores = values.rename_axis(index="option", columns="criterion").stack().rename("likely").reset_index()
    return Case.from_frames(criteria=scales, scores=scores)


LEADERS = {
    "break points": partial(break_points, pairs=False),
    "stability": stability,
    "nearest flip": nearest_flip,
    "nearest flip, l2": partial(nearest_flip, norm="l2"),
}


@pytest.mark.parametrize("name", LEADERS)
def test_what_changes_the_leader_of_2000_options_on_50_criteria(benchmark: Any, large: Case, name: str) -> None:
    """At most 30 seconds and 2 GB, all together."""
    weights = large.weights(dict.fromkeys(large.leaves, 100.0))
    benchmark.pedantic(LEADERS[name], args=(large, weights), rounds=1)
