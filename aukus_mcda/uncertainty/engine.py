# SPDX-License-Identifier: Apache-2.0
"""The one engine for everything drawn: chunks of draws from a seed, each reduced to counts that add up.

A *source* says what is drawn. Chunk i always has `CHUNK` draws, or the source's own width, and generators of its own,
spawned from the seed by i, one for the weights and one for the scores; its scores come in blocks of `BLOCK` draws,
option by option.

A *reducer* is a callable that can be pickled: ``reducer(chunk, size)`` draws the first ``size`` draws of a chunk and
gives what it counted, something that adds up by ``+=``: an array, or `Counts`. What it gives must depend on nothing but
the seed, the chunk and the size. One whose chunks need much memory has ``at_once``: as many are under way at most.

`total` adds up what a reducer gives for every chunk, in the order of the chunks: so one thread, many, or a cluster give
the same bytes.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from ..weights import CHUNK, SCORES, Array, Sampler, chunk_rng
from .drawing import BLOCK, ScoreDraws

MOST_SCORES = 80_000_000
"""Scores in memory at once, of all chunks under way: 0.64 GB."""

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
class Source:
    """What is drawn, and from which seed.

    Attributes
    ----------
    scores : ScoreDraws
    samplers : tuple of Sampler
        Several weigh the same scores.
    seed : int
    width : int
        Draws in a chunk, where fewer than `CHUNK` are wanted of many sources.
    """

    scores: ScoreDraws
    samplers: tuple[Sampler, ...]
    seed: int
    width: int = CHUNK

    @property
    def at_a_time(self) -> int:
        """Draws that are in memory at once."""
        return min(BLOCK, self.width)

    def blocks(self, chunk: int, size: int) -> Iterator[Block]:
        """The first ``size`` draws of a chunk; each block's scores are to be taken before the next block."""
        weights = [np.empty((self.scores.shape[-1], self.width)) for _ in self.samplers]
        for sampler, out in zip(self.samplers, weights, strict=True):
            sampler(chunk_rng(self.seed, chunk), out)
        rng = chunk_rng(self.seed, chunk, SCORES)
        for start in range(0, size, BLOCK):
            count = min(BLOCK, size - start)
            yield Block(self, rng, start, count, tuple(out[:, start : start + count] for out in weights))


@dataclass(frozen=True, eq=False)
class Block:
    """Some draws of a chunk; its scores are to be drawn before those of the next.

    Attributes
    ----------
    source : Source
    rng : Generator
        Where the random numbers of scores come from.
    start, size : int
        The first of the draws in the chunk, and how many there are.
    weights : tuple of array (k, n)
        By sampler of the source.
    """

    source: Source
    rng: np.random.Generator
    start: int
    size: int
    weights: tuple[Array, ...]

    @cached_property
    def _begins(self) -> Mapping[str, Any]:
        """Where the source's own scores begin in the random numbers."""
        return self.rng.bit_generator.state

    def __iter__(self) -> Iterator[Array]:
        """Values of one option after the other ``(k, n)``; asked again, the same."""
        return self.values()

    def values(self, errors: Array | None = None) -> Iterator[Array]:
        """The same, each group of options in the place of the last, and so are its ``errors (g k, n)``."""
        self.rng.bit_generator.state = self._begins
        scores = self.source.scores
        (options, leaves), together = scores.shape, scores.together
        room, out = (np.empty((together * leaves, draws)) for draws in (self.source.at_a_time, self.size))
        for group, first in enumerate(range(0, options, together)):
            scores.values(scores.draw(self.rng, group, room), group, out, errors)
            yield from out.reshape(together, leaves, -1)[: options - first]

    def weighted(self) -> Array:
        """Scores of the options under each of the source's samplers ``(s, m, n)``."""
        table = self.source.scores
        scores = np.empty((len(self.weights), table.shape[0], self.size))
        if table.certain:
            for grid, weights in zip(scores, self.weights, strict=True):
                np.einsum("ij,jn->in", table.likely, weights, out=grid)
            return scores
        for option, values in enumerate(self):
            for grid, weights in zip(scores, self.weights, strict=True):
                np.einsum("jn,jn->n", values, weights, out=grid[option])
        return scores


@dataclass(frozen=True, eq=False)
class SourceReducer:
    """What the reducers of a source share."""

    source: Source

    @property
    def at_once(self) -> int:
        """Each chunk under way has a block of scores for every way to draw them."""
        return max(1, MOST_SCORES // (BLOCK * self.source.scores.shape[0] * max(1, len(self.source.samplers))))


def total(
    reducer: Reducer,
    draws: int,
    *,
    progress: Callable[[float], object] | None = None,
    enough: Callable[[Any], bool] = lambda counted: False,
    **where: Any,
) -> Any:
    """What a reducer counts in so many draws, all added up, or in fewer, as soon as what was counted is ``enough``.

    ``progress`` is told which share of them is done; ``where`` are the threads or the cluster, see `run`.
    """
    counted: Any = None
    report = progress or (lambda done: None)
    sizes = ((start // CHUNK, min(CHUNK, draws - start)) for start in range(0, draws, CHUNK))
    for chunk, part in enumerate(run(reducer, sizes, **where), start=1):
        if counted is None:
            counted = part
        else:
            counted += part
        report(min(1.0, chunk * CHUNK / draws))
        if enough(counted):
            break
    report(1.0)
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
        rest = iter(chunks)
        parcels = iter(lambda: list(islice(rest, PARCEL)), [])
        jobs = (cluster.submit(_counted, reducer, parcel, pure=False) for parcel in parcels)
        for results in _in_order(jobs, 2 * max(1, sum(cluster.nthreads().values()))):
            yield from results
        return
    workers = threads or os.cpu_count() or 1
    workers = min(workers, getattr(reducer, "at_once", workers))
    if workers == 1 or not _threads_start():
        yield from (reducer(*each) for each in chunks)
        return
    with ThreadPoolExecutor(workers) as pool:
        yield from _in_order((pool.submit(reducer, *each) for each in chunks), workers)


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


def _counted(reducer: Reducer, chunks: list[tuple[int, int]]) -> list[Any]:
    return [reducer(*each) for each in chunks]
