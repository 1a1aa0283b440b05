# SPDX-License-Identifier: Apache-2.0
"""Packages of 20 options on 14 leaves, every one of 2^20 looked at, and of 40 options with a limit.

Run with ``python -m pytest benchmarks/bench_packages.py -s --benchmark-sort=name``.
"""

import resource

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, any_weights, between, ordered
from aukus_mcda.perspectives.package_choice import packages


def random_case(options, leaves, spread):
    """Scores at random on scales from 0 to 10, low and high up to ``spread`` either way."""
    rng = np.random.default_rng(0)
    likely, apart = rng.uniform(0, 10, options * leaves), spread * rng.random(options * leaves)
    ids, names = [f"o{i}" for i in range(options)], [f"c{j}" for j in range(leaves)]
    scores = pd.DataFrame(
        {"low": np.clip(likely - apart, 0, 10), "likely": likely, "high": np.clip(likely + apart, 0, 10)}
    )
    scores["option"], scores["criterion"] = np.repeat(ids, leaves), names * options
    return Case.from_frames(
        criteria=pd.DataFrame({"id": names, "direction": "max", "worst": 0, "best": 10}),
        scores=scores,
        options=pd.DataFrame({"id": ids, "effort": rng.integers(1, 10, options).astype(float)}),
    )


def half(case):
    """Half of what all options take."""
    return case.options["effort"].sum() / 2


NAMES = [f"c{j}" for j in range(14)]
SPACES = {
    "point": dict.fromkeys(NAMES, 1),
    "ordered": ordered(NAMES),
    "around a tenth": between(dict.fromkeys(NAMES, 0.9 / 14), dict.fromkeys(NAMES, 1.1 / 14)),
    "a third either way": between(dict.fromkeys(NAMES, 0.67 / 14), dict.fromkeys(NAMES, 1.33 / 14)),
    "any": any_weights(),
}


@pytest.mark.parametrize("spread", [0, 0.1, 1])
@pytest.mark.parametrize("space", SPACES)
def test_twenty_options(benchmark, space, spread):
    """All 2^20 packages, 200 draws."""
    case = random_case(20, 14, spread)
    found = benchmark.pedantic(lambda: packages(case, SPACES[space], effort=half(case), draws=200), rounds=1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"\n{space}, spread {spread}: {benchmark.stats.stats.min:.1f} s, {len(found.nondominated)} non-dominated, "
          f"{memory:.2f} GB at most so far")  # fmt: skip


def test_forty_options(benchmark):
    """By integer programs."""
    case = random_case(40, 14, 1)
    found = benchmark.pedantic(lambda: packages(case, any_weights(), effort=half(case)), rounds=1)
    print(f"\n40 options: {benchmark.stats.stats.min:.1f} s, {found.draws} draws, {len(found.nondominated)} found")
