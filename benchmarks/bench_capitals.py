# SPDX-License-Identifier: Apache-2.0
"""How long the comparison of capitals takes on the shipped case.

Run with ``python -m pytest benchmarks/bench_capitals.py``; needs pytest-benchmark.
"""

from __future__ import annotations

from typing import Any

from aukus_mcda import load_case
from aukus_mcda.perspectives.by_capital import capitals

TARGET = 4.0
"""Seconds for six profiles, at the default number of draws."""


def test_capitals_of_the_shipped_case(benchmark: Any) -> None:
    """Rankings, acceptability, red lines and shifts, all together."""
    case = load_case("aukus_plus_two")
    benchmark.pedantic(capitals, args=(case,), rounds=5, warmup_rounds=1)
    if benchmark.stats is not None:  # None when benchmarks are switched off
        assert benchmark.stats.stats.median < TARGET
