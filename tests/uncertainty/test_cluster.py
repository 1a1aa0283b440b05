# SPDX-License-Identifier: Apache-2.0
"""The same bytes from a cluster of processes as from threads, even when a worker is killed on the way."""

from __future__ import annotations

import os
import signal
from dataclasses import replace

import distributed
import pandas as pd
import pytest
from test_acceptability import UNCERTAIN, same

from aukus_mcda import any_weights, capitals, evidence_value, futures, joint, load_case, packages, stress, study
from aukus_mcda.uncertainty.rank_acceptability import smaa
from aukus_mcda.weights.sampling import CHUNK

DRAWS = 100 * CHUNK + 3
SHARED = replace(UNCERTAIN, about=replace(UNCERTAIN.about, shared_error=0.5))


@pytest.fixture(scope="module")
def local():
    return smaa(SHARED, any_weights(), draws=DRAWS, seed=8, threads=2)


def test_one_thread_gives_the_same_bytes_as_two(local):
    assert same(local, smaa(SHARED, any_weights(), draws=DRAWS, seed=8, threads=1))


@pytest.fixture(scope="module")
def client():
    """Of two processes, each with an engine of its own."""
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, host="127.0.0.1", dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        yield client


def test_a_cluster_gives_the_same_bytes_and_loses_nothing_with_a_worker(local, client):
    assert same(local, smaa(SHARED, any_weights(), draws=DRAWS, seed=8, cluster=client))
    pids = list(client.run(os.getpid).values())
    killed: list[int] = []

    def kill_one(done: float) -> None:
        if done > 0.1 and not killed:
            killed.append(pids[0])
            os.kill(pids[0], signal.SIGKILL)

    again = smaa(SHARED, any_weights(), draws=DRAWS, seed=8, cluster=client, progress=kill_one)
    assert killed and same(local, again)
    client.wait_for_workers(2)
    assert killed[0] not in client.run(os.getpid).values()


def test_all_that_is_drawn_runs_on_a_cluster_with_the_same_bytes(client):
    case = load_case("starter")
    drawn = {
        "stress": lambda where: stress(case, draws=3_000, cluster=where),
        "evidence": lambda where: evidence_value(case, draws=3_000, cluster=where),
        "leads": lambda where: futures(case, draws=3_000, cluster=where).leads,
        "capitals": lambda where: capitals(load_case("aukus_plus_two"), draws=3_000, cluster=where).red_lines.table,
        "packages": lambda where: packages(case, effort=3, draws=3_000, cluster=where).options,
        "joint": lambda where: joint(case, draws=100_000, cluster=where).effects,
        "study": lambda where: study(case, draws=3_000, cluster=where).fragility.acceptability.rank_acceptability,
    }
    for name, table in drawn.items():
        pd.testing.assert_frame_equal(table(None), table(client), check_exact=True, obj=name)
