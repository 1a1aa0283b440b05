# SPDX-License-Identifier: Apache-2.0
"""A panel of fifty judges beside one judge: the shipped case, each judge's scores moved a little, weights of their own.

Run with ``python -m pytest benchmarks/bench_panel.py -s``. Both are timed in turns, round by round, so that other work
on the machine disturbs them alike; the printed line gives the median of each and of their ratio.
"""

import statistics
import time
from dataclasses import replace

import numpy as np
import pytest

from aukus_mcda import load_case, smaa, swing, weight_range
from aukus_mcda.uncertainty import acceptability_of_mixture

JUDGES, DRAWS, ROUNDS = 50, 100_000, 15


def panel(case):
    """Each judge's view of the case, and weights without a range, as answers to `ask` give them."""
    rng = np.random.default_rng(1)
    ends, points = ["low", "likely", "high"], case.profile("baseline").points
    for _ in range(JUDGES):
        anchors = case.criteria.loc[case.scores.index.get_level_values("criterion"), ["worst", "best"]].to_numpy(float)
        least, most = anchors.min(axis=1)[:, None], anchors.max(axis=1)[:, None]
        moved = case.scores[ends].to_numpy() + rng.normal(0, 0.1, (len(anchors), 1)) * (most - least)
        own = (points + rng.normal(0, 8, len(points))).clip(1, 100)
        weights = swing(own, parents=case.criteria["parent"], anchors=case.anchors_digest)
        yield (
            replace(case, scores=case.scores.assign(**dict(zip(ends, np.clip(moved, least, most).T, strict=True)))),
            weights,
        )


@pytest.mark.parametrize("shared", [0.25, 0.0])
def test_fifty_judges_beside_one(shared):
    """The aim is 1.5 times the time of one judge."""
    case = load_case("aukus_plus_two")
    case = replace(case, about=replace(case.about, shared_error=shared))
    views, one, many = dict.fromkeys(panel(case), 1), [], []
    for _ in range(ROUNDS):
        for took, work in (
            (one, lambda: smaa(case, weight_range(case.profile("baseline")), draws=DRAWS)),
            (many, lambda: acceptability_of_mixture(case, views, draws=DRAWS, seed=0)),
        ):
            begun = time.perf_counter()
            work()
            took.append(time.perf_counter() - begun)
    ratio = statistics.median(b / a for a, b in zip(one[2:], many[2:], strict=True))
    times = f"one {statistics.median(one):.3f} s, fifty {statistics.median(many):.3f} s, {ratio:.2f} times"
    print(f"\nerrors shared at {shared}: {times}")
