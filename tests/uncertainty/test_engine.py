# SPDX-License-Identifier: Apache-2.0
"""The engine adds up what reducers count: in order, in line where threads cannot start, once for several weights."""

from __future__ import annotations

import threading

import numpy as np
import pandas as pd
import pytest
from test_acceptability import UNCERTAIN, same

from aukus_mcda import any_weights, around, smaa, stress, swing
from aukus_mcda.uncertainty import Counts, run, smaa_each, total
from aukus_mcda.weights import CHUNK

EVEN = swing(dict.fromkeys(UNCERTAIN.leaves, 1))


def sizes_seen(chunk: int, size: int) -> Counts:
    return Counts(draws=size, chunks=[chunk], last=np.array([size]))


def test_counts_add_up_in_the_order_of_the_chunks():
    heard: list[float] = []
    counts = total(sizes_seen, 3 * CHUNK + 5, threads=3, progress=heard.append)
    assert counts["draws"] == 3 * CHUNK + 5 and counts["chunks"] == [0, 1, 2, 3]
    assert counts["last"].tolist() == [3 * CHUNK + 5]
    assert heard == sorted(heard) and heard[-1] == 1


def test_counts_of_counts_add_up_and_take_over_what_is_new():
    counts = Counts(a=1, b=Counts(c=np.array([1.0])))
    counts += Counts(a=2, b=Counts(c=np.array([2.0]), d=[3]))
    assert counts["a"] == 3 and counts["b"]["c"].tolist() == [3] and counts["b"]["d"] == [3]


def test_where_threads_cannot_start_the_same_is_counted_in_line(monkeypatch: pytest.MonkeyPatch):
    here = smaa(UNCERTAIN, any_weights(), draws=20_000, threads=2)

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert same(here, smaa(UNCERTAIN, any_weights(), draws=20_000, threads=2))


def test_no_more_chunks_are_under_way_than_may_be():
    class Large:
        under_way = most = 0

        def __call__(self, chunk: int, size: int) -> int:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            self.under_way -= 1
            return size

    reducer = Large()
    assert sum(run(reducer, ((chunk, 1) for chunk in range(20)), threads=8, at_once=1)) == 20 and reducer.most == 1


def test_several_weights_share_the_scores_and_get_what_each_gets_alone():
    weights = {"any": any_weights(), "near": around(EVEN, 0.1), "even": EVEN}
    together = smaa_each(UNCERTAIN, weights, draws=20_000, seed=3)
    assert list(together) == list(weights) and smaa_each(UNCERTAIN, {}, draws=10, seed=0) == {}
    for name, given in weights.items():
        assert same(together[name], smaa(UNCERTAIN, given, draws=20_000, seed=3))


def test_other_ways_are_drawn_a_fifth_as_often_beyond_so_many_and_the_case_as_stated_in_full(case, monkeypatch):
    every, fifth = (stress(case, draws=draws) for draws in (5_000, 1_000))
    for most, same_as in ((500, fifth), (1_000, fifth), (5_000, every)):
        monkeypatch.setattr("aukus_mcda.uncertainty.rank_acceptability.OTHER_WAYS", most)
        table = stress(case, draws=5_000)
        pd.testing.assert_frame_equal(table.iloc[:1], every.iloc[:1], check_exact=True)
        pd.testing.assert_frame_equal(table.iloc[1:], same_as.iloc[1:], check_exact=True)
