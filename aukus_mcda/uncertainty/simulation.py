"""Run chunks of draws on threads or on a cluster, and give back what was counted, in the order of the chunks.

A chunk's counts depend on the seed and the chunk alone, and they are added up in
order: so the result is the same wherever and by however many they were made.
"""

from __future__ import annotations

import os
import pickle
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol, runtime_checkable

import numpy as np

from ..weights import CHUNK, SCORES, Array, Sampler, chunk_rng, whole
from .counting import Tally, leads, slopes
from .drawing import ScoreDraws

BLOCK = 8_192
"""Draws that are in memory at once, a divisor of `CHUNK`. Like it, part of what a seed means."""

PARCEL = 8
"""Chunks that go to a worker of a cluster together."""


@dataclass(frozen=True, eq=False)
class Simulation:
    """Everything a chunk needs; it can be pickled.

    Attributes
    ----------
    sampler : callable
        Fills an array ``(k, n)`` with weights, see `WeightSpace.sampler`.
    scores : ScoreDraws
    seed : int
    kept : int
        Draws of each chunk whose scores are kept for their quantiles.
    """

    sampler: Sampler
    scores: ScoreDraws
    seed: int
    kept: int = 0

    def count(self, chunk: int, draws: int) -> Tally:
        """Who ranks where in the first ``draws`` draws of a chunk."""
        options, leaves = self.scores.likely.shape
        weights = np.empty((leaves, CHUNK))
        self.sampler(chunk_rng(self.seed, chunk), weights)
        rng = chunk_rng(self.seed, chunk, SCORES)
        tally, scores, values = Tally.empty(options, leaves), np.empty((options, BLOCK)), np.empty((leaves, BLOCK))
        for start in range(0, draws, BLOCK):
            part = weights[:, start : start + BLOCK]
            if self.scores.certain:
                np.einsum("ij,jn->in", self.scores.likely, part, out=scores)
            else:
                for option in range(options):
                    self.scores.fill(rng, option, values)
                    np.einsum("jn,jn->n", values, part, out=scores[option])
            count = min(BLOCK, draws - start)
            tally.count(scores[:, :count], part[:, :count])
            if start < self.kept:
                tally.sample.append(scores[:, : min(count, self.kept - start)].copy())
        return tally

    def confirm(self, chunk: int, draws: int, central: Array) -> Array:
        """`confirmed` for the draws of a chunk's scores."""
        options, leaves = self.scores.likely.shape
        rng = chunk_rng(self.seed, chunk, SCORES)
        values, counts = np.empty((options, leaves, BLOCK)), np.zeros((options, 1 + leaves))
        for start in range(0, draws, BLOCK):
            for option in range(options):
                self.scores.fill(rng, option, values[option])
            counts += confirmed(values[:, :, : draws - start], central)
        return counts


def confirmed(values: Array, central: Array) -> Array:
    """How often each option leads at its central weights ``(m, k)`` when values are ``(m, k, n)``, and its `slopes`.

    Shape ``(m, 1 + k)``; sums over the draws. The slopes only serve a standard error: a sixteenth of the draws is
    enough for them, and 512 where there are so many.
    """
    draws = values.shape[2]
    some = min(draws, max(512, draws // 16))
    found = np.zeros((len(central), 1 + central.shape[1]))
    for option in np.flatnonzero(~np.isnan(central[:, 0])):
        scores = np.einsum("ijn,j->in", values, central[option])
        found[option, 0] = leads(scores, int(option))
        found[option, 1:] = slopes(scores[:, :some], values[:, :, :some], int(option)) * (draws / some)
    return found


@runtime_checkable
class Cluster(Protocol):
    """What is asked of a `distributed.Client`."""

    def submit(self, task: Any, *args: Any, pure: bool) -> Any:
        """A future for a task done on some worker."""
        ...

    def nthreads(self) -> Any:
        """How many threads each worker has."""
        ...


def sizes(draws: int) -> Iterator[tuple[int, int]]:
    """(chunk, how many of its draws) for so many draws in all."""
    return ((chunk, min(CHUNK, draws - chunk * CHUNK)) for chunk in range(-(-draws // CHUNK)))


def run(
    simulation: Simulation,
    task: str,
    chunks: Iterable[tuple[int, int]],
    *extra: Any,
    threads: int | None = None,
    cluster: Cluster | None = None,
) -> Iterator[Any]:
    """What ``simulation.<task>(chunk, draws, *extra)`` gives for each chunk, in order.

    Only a few chunks are under way at a time, so memory does not grow with their number.

    Parameters
    ----------
    simulation : Simulation
    task : str
        ``count`` or ``confirm``.
    chunks : iterable of (chunk, draws)
    *extra
        Further arguments of the task.
    threads : int, optional
        How many at most; as many as there are cores, if not given.
    cluster : distributed.Client, optional
        Send the chunks there. A chunk whose worker is lost is done again by another.
    """
    if cluster is None:
        workers = os.cpu_count() or 1 if threads is None else whole(threads, "The number of threads", 1)
        workers = max(1, min(workers, 2_500 // len(simulation.scores.likely)))  # each has its own block of scores
        with ThreadPoolExecutor(workers) as pool:
            yield from _in_order(
                (pool.submit(getattr(simulation, task), *each, *extra) for each in chunks), 2 * workers
            )
        return
    sent, rest = pickle.dumps(simulation), iter(chunks)
    parcels = iter(lambda: list(islice(rest, PARCEL)), [])
    jobs = (cluster.submit(_parcel, sent, task, parcel, extra, pure=False) for parcel in parcels)
    for results in _in_order(jobs, 2 * max(1, sum(cluster.nthreads().values()))):
        yield from results


def _in_order(jobs: Iterable[Any], ahead: int) -> Iterator[Any]:
    """Results of futures in the order of their making, with at most ``ahead`` not yet asked for."""
    waiting: deque[Any] = deque()
    try:
        for job in jobs:
            waiting.append(job)
            if len(waiting) > ahead:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for job in waiting:
            job.cancel()


def _parcel(sent: bytes, task: str, chunks: list[tuple[int, int]], extra: tuple[Any, ...]) -> list[Any]:
    simulation = _received(sent)
    return [getattr(simulation, task)(*each, *extra) for each in chunks]


@lru_cache(maxsize=2)
def _received(sent: bytes) -> Simulation:
    found: Simulation = pickle.loads(sent)
    return found
