# SPDX-License-Identifier: Apache-2.0
"""How long the joint run and the futures of the shipped case take.

Run with ``python -m pytest benchmarks/bench_joint.py``; needs pytest-benchmark.
"""

from __future__ import annotations

from typing import Any

import pytest

from aukus_mcda import Case, load_case
from aukus_mcda.perspectives.attribution import joint
from aukus_mcda.perspectives.in_futures import futures

TARGET = 5.0
"""Seconds for a million combinations of scores, weights, method and future."""


@pytest.fixture(scope="module")
def case() -> Case:
    """The shipped case."""
    return load_case("aukus_plus_two")


@pytest.mark.parametrize("preferences", ["own", "profiles"])
def test_a_million_combinations(benchmark: Any, case: Case, preferences: str) -> None:
    """The joint run, against the target."""
    found = benchmark.pedantic(joint, (case,), {"preferences": preferences}, rounds=5, warmup_rounds=1)
    assert found.draws >= 1_000_000
    if benchmark.stats is not None:  # None when benchmarks are switched off
        assert benchmark.stats.stats.min < TARGET


def test_futures_of_100_000_draws(benchmark: Any, case: Case) -> None:
    """Every future with uncertain scores and weights, and the failure rule."""
    benchmark.pedantic(futures, (case,), rounds=5, warmup_rounds=1)
