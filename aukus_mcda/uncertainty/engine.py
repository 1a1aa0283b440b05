"""The one engine for everything drawn: chunks of draws from a seed, each reduced to counts that add up.

A *source* says what is drawn. Chunk i always has `CHUNK` draws and generators of its own, spawned from the seed by i,
one for the weights and one for the scores; its scores come in blocks of `BLOCK` draws, option by option.

A *reducer* is a callable that can be pickled: ``reducer(chunk, size)`` draws the first ``size`` draws of a chunk and
gives what it counted, something that adds up by ``+=``: an array, or `Counts`. What it gives must depend on nothing but
the seed, the chunk and the size. One whose chunks need much memory has ``at_once``: as many are under way at most.

`total` adds up what a reducer gives for every chunk, in the order of the chunks: so one thread, many, or a cluster give
the same bytes.
"""

from __future__ import annotations

import os
import pickle
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from ..weights import CHUNK, SCORES, Array, Sampler, chunk_rng, whole
from .drawing import ScoreDraws

BLOCK = 8_192
"""Draws that are in memory at once, a divisor of `CHUNK`. Like it, part of what a seed means."""

PARCEL = 8
"""Chunks that go to a worker of a cluster together."""

Reducer: TypeAlias = Callable[[int, int], Any]
"""From a chunk, and how many of its draws count, to what was counted."""


@runtime_checkable
class Cluster(Protocol):
    """What is asked of a `distributed.Client`."""

    def submit(self, task: Any, *args: Any, pure: bool) -> Any:
        """A future for a task done on some worker."""
        ...

    def nthreads(self) -> Any:
        """How many threads each worker has."""
        ...


class Counts(dict[Any, Any]):
    """Counts by name; ``+=`` adds numbers, arrays and counts within, joins lists, and takes over what is new."""

    def __iadd__(self, other: Counts) -> Counts:
        """Add what was counted of other draws."""
        for name, count in other.items():
            if name in self:
                self[name] += count
            else:
                self[name] = count
        return self


@dataclass(frozen=True, eq=False)
class Block:
    """Some draws of a chunk.

    Attributes
    ----------
    scores : ScoreDraws
    rng : Generator
        Where the scores are drawn from; so they are to be drawn once.
    start, size : int
        The first of the draws in the chunk, and how many there are.
    weights : tuple of array (k, n)
        By sampler of the source.
    """

    scores: ScoreDraws
    rng: np.random.Generator
    start: int
    size: int
    weights: tuple[Array, ...]

    def values(self, errors: Array | None = None) -> Iterator[Array]:
        """Values of one option after the other ``(k, n)``: each overwrites the last, and its ``errors``."""
        options, leaves = self.scores.shape
        out = np.empty((leaves, BLOCK))
        for option in range(options):
            self.scores.fill(self.rng, option, out, errors)
            yield out[:, : self.size]

    def grid(self) -> Array:
        """Values of all options at once ``(m, k, n)``."""
        out = np.empty((*self.scores.shape, BLOCK))
        for option, part in enumerate(out):
            self.scores.fill(self.rng, option, part)
        return out[..., : self.size]

    def weighted(self) -> Array:
        """Scores of the options under each set of weights ``(s, m, n)``."""
        scores = np.empty((len(self.weights), self.scores.shape[0], self.size))
        if self.scores.certain:
            for grid, weights in zip(scores, self.weights, strict=True):
                np.einsum("ij,jn->in", self.scores.likely, weights, out=grid)
            return scores
        for option, values in enumerate(self.values()):
            for grid, weights in zip(scores, self.weights, strict=True):
                np.einsum("jn,jn->n", values, weights, out=grid[option])
        return scores


@dataclass(frozen=True, eq=False)
class Source:
    """What is drawn, and from which seed; several samplers weigh the same scores."""

    scores: ScoreDraws
    samplers: tuple[Sampler, ...]
    seed: int

    def blocks(self, chunk: int, size: int) -> Iterator[Block]:
        """The first ``size`` draws of a chunk; each block's scores are to be taken before the next block."""
        weights = [np.empty((self.scores.shape[-1], CHUNK)) for _ in self.samplers]
        for sampler, out in zip(self.samplers, weights, strict=True):
            sampler(chunk_rng(self.seed, chunk), out)
        rng = chunk_rng(self.seed, chunk, SCORES)
        for start in range(0, size, BLOCK):
            count = min(BLOCK, size - start)
            yield Block(self.scores, rng, start, count, tuple(out[:, start : start + count] for out in weights))


@dataclass(frozen=True, eq=False)
class SourceReducer:
    """What the reducers of a source share."""

    source: Source

    @property
    def at_once(self) -> int:
        """Each chunk under way has its own block of scores."""
        return max(1, 2_500 // self.source.scores.shape[0])


def sizes(draws: int) -> Iterator[tuple[int, int]]:
    """(chunk, how many of its draws) for so many draws in all."""
    return ((chunk, min(CHUNK, draws - chunk * CHUNK)) for chunk in range(-(-draws // CHUNK)))


def total(
    reducer: Reducer,
    draws: int,
    *,
    threads: int | None = None,
    cluster: Cluster | None = None,
    progress: Callable[[float], object] | None = None,
) -> Any:
    """What a reducer counts in so many draws, all added up; ``progress`` is told which share of them is done."""
    counted: Any = None
    for chunk, part in enumerate(run(reducer, sizes(draws), threads=threads, cluster=cluster), start=1):
        if counted is None:
            counted = part
        else:
            counted += part
        if progress is not None:
            progress(min(1.0, chunk * CHUNK / draws))
    return counted


def run(
    reducer: Reducer,
    chunks: Iterable[tuple[int, int]],
    *,
    threads: int | None = None,
    cluster: Cluster | None = None,
) -> Iterator[Any]:
    """What a reducer gives for each chunk, in order; only a few are under way, so memory does not grow with them.

    Parameters
    ----------
    reducer : callable
    chunks : iterable of (chunk, size)
    threads : int, optional
        How many at most; as many as there are cores, if not given.
    cluster : distributed.Client, optional
        Send the chunks there. A chunk whose worker is lost is done again by another.
    """
    if cluster is not None:
        sent, rest = pickle.dumps(reducer), iter(chunks)
        parcels = iter(lambda: list(islice(rest, PARCEL)), [])
        jobs = (cluster.submit(_parcel, sent, parcel, pure=False) for parcel in parcels)
        for results in _in_order(jobs, 2 * max(1, sum(cluster.nthreads().values()))):
            yield from results
        return
    workers = os.cpu_count() or 1 if threads is None else whole(threads, "The number of threads", 1)
    workers = min(workers, getattr(reducer, "at_once", workers))
    if workers == 1 or not _threads_start():
        yield from (reducer(*each) for each in chunks)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from _in_order((pool.submit(reducer, *each) for each in chunks), 2 * workers)


def _threads_start() -> bool:
    """Whether this interpreter can start threads; one in a browser cannot."""
    try:
        threading.Thread(target=int).start()
    except RuntimeError:
        return False
    return True


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


def _parcel(sent: bytes, chunks: list[tuple[int, int]]) -> list[Any]:
    reducer = _received(sent)
    return [reducer(*each) for each in chunks]


@lru_cache(maxsize=2)
def _received(sent: bytes) -> Reducer:
    reducer: Reducer = pickle.loads(sent)
    return reducer
