# SPDX-License-Identifier: Apache-2.0
"""SMAA of 12 options and 8 criteria, beside a loop over pymcdm's weighted sum that does the same.

Run with ``python -m pytest benchmarks/bench_smaa.py -s --benchmark-sort=name``. The time of one draw is in the column
``extra_info``; the printed lines give it too, with the processor time, which other work on the machine disturbs less.
"""

import gc
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest

from aukus_mcda import Case, any_weights
from aukus_mcda.uncertainty.rank_acceptability import smaa

DRAWS = 1_000_000


def uncertain_case(options, criteria):
    """Scores at random on scales from 0 to 10, low, likely and high drawn at random too."""
    rng = np.random.default_rng(0)
    numbers = np.sort(rng.uniform(0, 10, (options * criteria, 3)))
    names, leaves = [f"o{i}" for i in range(options)], [f"c{j}" for j in range(criteria)]
    scores = pd.DataFrame(numbers, columns=["low", "likely", "high"])
    scores["option"], scores["criterion"] = np.repeat(names, criteria), leaves * options
    return Case.from_frames(
        criteria=pd.DataFrame({"id": leaves, "direction": "max", "worst": 0, "best": 10}), scores=scores
    )


@pytest.fixture(scope="module")
def case():
    """The problem all but the last are timed on."""
    return uncertain_case(12, 8)


def timed(benchmark, work, draws, rounds=5):
    """Run it, and say what a draw costs."""
    work()
    before = time.process_time()
    benchmark.pedantic(work, rounds=rounds)
    cpu = (time.process_time() - before) / rounds / draws
    least, middle = (benchmark.stats.stats.min / draws, benchmark.stats.stats.median / draws)
    benchmark.extra_info["us a draw"] = round(least * 1e6, 3)
    print(f"\n{benchmark.name}: {least * 1e6:.2f} us a draw (median {middle * 1e6:.2f}, processor {cpu * 1e6:.2f})")


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("scores", ["uncertain", "fixed"])
def test_smaa(benchmark, case, scores, threads):
    """All indices, confidence factors too, which take a second pass over the scores."""
    timed(benchmark, lambda: smaa(case, any_weights(), draws=DRAWS, scores=scores, threads=threads).confidence, DRAWS)


@pytest.mark.parametrize("draws", [250_000, 500_000, 2_000_000])
def test_cost_is_linear_in_draws(benchmark, case, draws):
    """Compare with one another, and with the million above."""
    timed(benchmark, lambda: smaa(case, any_weights(), draws=draws, threads=2).confidence, draws, rounds=3)


def test_loop_over_pymcdm(benchmark, case):
    """PERT scores and uniform weights from NumPy, one weighted sum by pymcdm for each draw, ranks counted."""
    from pymcdm.helpers import rankdata
    from pymcdm.methods import WSM
    from pymcdm.normalizations import minmax_normalization

    draws, rng = 1_000, np.random.default_rng(0)
    low, likely, high = (case.scores[end].to_numpy().reshape(12, 8) for end in ("low", "likely", "high"))
    peak, types = (likely - low) / (high - low), np.ones(8)
    method = WSM(minmax_normalization)

    def work():
        counts = np.zeros((12, 12))
        for _ in range(draws):
            scores = low + (high - low) * rng.beta(1 + 4 * peak, 5 - 4 * peak)
            ranks = rankdata(method(scores, rng.dirichlet(np.ones(8)), types), reverse=True)
            counts[np.arange(12), ranks.astype(int) - 1] += 1

    timed(benchmark, work, draws)


MEMORY = """
import resource, sys, time
sys.path.insert(0, "benchmarks")
from bench_smaa import any_weights, smaa, uncertain_case
case = uncertain_case(1000, 20)
start = time.perf_counter()
smaa(case, any_weights(), draws=int(sys.argv[1]))
print((time.perf_counter() - start) / int(sys.argv[1]) * 1e6, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""


@pytest.mark.parametrize("draws", [65_536, 262_144])
def test_memory_of_1000_options_and_20_criteria(benchmark, draws):
    """Everything in a fresh process, the imports too."""
    gc.collect()
    command = [sys.executable, "-c", MEMORY, str(draws)]
    micro, memory = benchmark.pedantic(lambda: map(float, subprocess.check_output(command).split()), rounds=1)
    print(f"\n1000 x 20, {draws} draws: {micro:.0f} us a draw, {memory:.0f} MB at most")
    assert memory < 500
