# SPDX-License-Identifier: Apache-2.0
"""A million draws over 14 leaves beside NumPy's own exponentials of the same shape.

Run with ``python -m pytest benchmarks/bench_draws.py --benchmark-sort=name``.
"""

import itertools

import numpy as np
import pytest

from aukus_mcda.weights.swing_weights import swing
from aukus_mcda.weights.weight_sets import any_weights, around, between, draw_weights, ordered, weight_range

DRAWS = 1_000_000
LEAVES = [f"c{i}" for i in range(14)]
POINTS = {leaf: 100 - 6 * i for i, leaf in enumerate(LEAVES)}
SHARES = {leaf: points / sum(POINTS.values()) for leaf, points in POINTS.items()}
SPACES = {
    "any_weights": any_weights(),
    "ordered": ordered(LEAVES),
    "ordered, two groups": ordered([LEAVES[:7], LEAVES[7:]]),
    "around, spread 0.02": around(POINTS, 0.02),
    "around, spread 0.05": around(POINTS, 0.05),
    "around, spread 0.1": around(POINTS, 0.1),
    "as judged": weight_range(
        swing(POINTS, low={leaf: 0.7 * each for leaf, each in POINTS.items()}, high=dict.fromkeys(LEAVES, 100))
    ),
    "between, least 0.03": between(dict.fromkeys(LEAVES, 0.03)),
    "between, most 0.2": between(None, dict.fromkeys(LEAVES, 0.2)),
    "between, 0.04 to 0.11": between(dict.fromkeys(LEAVES, 0.04), dict.fromkeys(LEAVES, 0.11)),
    "between, 30% either way": between(
        {leaf: 0.7 * share for leaf, share in SHARES.items()}, {leaf: 1.3 * share for leaf, share in SHARES.items()}
    ),
}
CHAIN = between(constraints=[({a: 1, b: -1.5}, ">=", 0) for a, b in itertools.pairwise(LEAVES)])


def test_numpy_exponentials(benchmark):
    """The yardstick: nothing but the random numbers, no weights made of them."""
    benchmark(lambda: np.random.default_rng(0).standard_exponential((DRAWS, len(LEAVES))))


@pytest.mark.parametrize("threads", [1, None], ids=["one", "default"])
@pytest.mark.parametrize("name", SPACES)
def test_space(benchmark, name, threads):
    """Every space that is sampled exactly."""
    benchmark(draw_weights, SPACES[name], LEAVES, DRAWS, threads=threads)


def test_hit_and_run_a_tenth_of_the_draws(benchmark):
    """A strongly constrained space."""
    benchmark.pedantic(draw_weights, (CHAIN, LEAVES, DRAWS // 10), rounds=1)
