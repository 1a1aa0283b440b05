# SPDX-License-Identifier: Apache-2.0
"""The one engine for everything drawn: chunks of draws from a seed, each reduced to counts that add up.

A *source* says what is drawn. Chunk i always has `CHUNK` draws, or the source's own width, and generators of its own,
spawned from the seed by i, one for the weights and one for the scores, which come option by option.

A *reducer* is a callable that can be pickled: ``reducer(chunk, size)`` draws the first ``size`` draws of a chunk and
gives what it counted, something that adds up by ``+``: an array, or `Counts`. What it gives must depend on nothing but
the seed, the chunk and the size.

`total` adds up what a reducer gives for every chunk, in the order of the chunks: so one thread, many, or a cluster give
the same bytes.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Any, Protocol, TypeAlias, runtime_checkable

import numpy as np

from ..weights import CHUNK, SCORES, Array, Sampler, chunk_rng
from .drawing import Drawn, ScoreDraws

MOST_SCORES = 80_000_000
"""Scores in memory at once, of all chunks under way: 0.64 GB."""

PARCEL = 16
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
    """Counts by name; ``+`` adds numbers, arrays and counts within, joins lists, and takes over what is new."""

    def __add__(self, other: Counts) -> Counts:
        """These counts and those of other draws."""
        return Counts(self | {name: self[name] + count if name in self else count for name, count in other.items()})


@dataclass(frozen=True, eq=False)
class Source:
    """What is drawn, and from which seed.

    Attributes
    ----------
    scores : ScoreDraws
    samplers : tuple of Sampler
        Several weigh the same scores.
    seed : int
    others : tuple of ScoreDraws
        Other ways to draw the scores, as many options at a time, under the first sampler. All that draw the same kinds
        of random numbers are made of the same numbers, as if each were drawn alone from the seed.
    width : int
        Draws in a chunk, where fewer than `CHUNK` are wanted of many sources.
    """

    scores: ScoreDraws
    samplers: tuple[Sampler, ...]
    seed: int
    others: tuple[ScoreDraws, ...] = ()
    width: int = CHUNK

    @property
    def ways(self) -> list[tuple[ScoreDraws, int]]:
        """The scores under each sampler, by its place, then the others under the first."""
        return [(self.scores, place) for place in range(len(self.samplers))] + [(other, 0) for other in self.others]

    @property
    def at_once(self) -> int:
        """How many chunks may be under way: each has a block of scores for every way to draw them."""
        return max(1, MOST_SCORES // (CHUNK * self.scores.shape[0] * max(1, len(self.ways))))

    def block(self, chunk: int, size: int) -> Block:
        """The first ``size`` draws of a chunk."""
        weights = [np.empty((self.scores.shape[-1], self.width)) for _ in self.samplers]
        for sampler, out in zip(self.samplers, weights, strict=True):
            sampler(chunk_rng(self.seed, chunk), out)
        return Block(self, chunk, size, tuple(out[:, :size] for out in weights))


@dataclass(frozen=True, eq=False)
class Block:
    """The first draws of a chunk.

    Attributes
    ----------
    source : Source
    chunk, size : int
        Which chunk, and how many of its draws.
    weights : tuple of array (k, n)
        By sampler of the source.
    """

    source: Source
    chunk: int
    size: int
    weights: tuple[Array, ...]

    def rng(self) -> np.random.Generator:
        """Where the scores are drawn from, at the first of them."""
        return chunk_rng(self.source.seed, self.chunk, SCORES)

    def __iter__(self) -> Iterator[Array]:
        """Values of one option after the other ``(k, n)``."""
        return self.values()

    def values(self, errors: Array | None = None) -> Iterator[Array]:
        """The same, each group of options in the place of the last, and so are its ``errors (g k, n)``."""
        scores, rng = self.source.scores, self.rng()
        (options, leaves), together = scores.shape, scores.together
        out = np.empty((together * leaves, self.size))
        room = self._room(out)
        for group, first in enumerate(range(0, options, together)):
            scores.values(scores.draw(rng, group, room), group, out, errors)
            yield from out.reshape(together, leaves, -1)[: options - first]

    def weighted(self) -> Array:
        """Scores of the options in each of the source's ways ``(s, m, n)``."""
        ways = self.source.ways
        (options, leaves), together = self.source.scores.shape, self.source.scores.together
        scores, values = np.empty((len(ways), options, self.size)), np.empty((together * leaves, self.size))
        for grid, (table, sampler) in zip(scores, ways, strict=True):
            if table.certain:
                np.einsum("ij,jn->in", table.likely, self.weights[sampler], out=grid)
        streams = {table.stream for table, _ in ways}
        rngs = {stream: self.rng() for stream in streams}
        rooms = {stream: self._room(values, ways=len(ways)) for stream in streams}
        for group, first in enumerate(range(0, options, together)):
            drawn: dict[str, Drawn] = {}
            filled: ScoreDraws | None = None
            for grid, (table, sampler) in zip(scores, ways, strict=True):
                if table.certain:
                    continue
                if table.stream not in drawn:
                    drawn[table.stream] = table.draw(rngs[table.stream], group, rooms[table.stream])
                if table is not filled:
                    table.values(drawn[table.stream], group, values)
                    filled = table
                by_option = values.reshape(together, leaves, -1)
                for value, score in zip(by_option, grid[first : first + together], strict=False):
                    np.einsum("jn,jn->n", value, self.weights[sampler], out=score)
        return scores

    def _room(self, values: Array, *, ways: int = 1) -> Array:
        """Where a group's random numbers are drawn: where its values go, if all become values, once, as they lie."""
        if ways == 1 and self.size == self.source.width and self.source.scores.unmixed:
            return values
        return np.empty((len(values), self.source.width))


def total(
    reducer: Reducer,
    draws: int,
    *,
    progress: Callable[[float], object] | None = None,
    enough: Callable[[Any], bool] = lambda counted: False,
    **where: Any,
) -> Any:
    """What a reducer counts in so many draws, all added up, or in fewer, as soon as what was counted is ``enough``.

    ``progress`` is told which share of them is done; ``where`` are the threads and the cluster, see `run`.
    """
    counted: Any = None
    report = progress or (lambda done: None)
    sizes = ((start // CHUNK, min(CHUNK, draws - start)) for start in range(0, draws, CHUNK))
    for chunk, part in enumerate(run(reducer, sizes, **where), start=1):
        counted = part if counted is None else counted + part
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
    at_once: int | None = None,
    cluster: Cluster | None = None,
) -> Iterator[Any]:
    """What a reducer gives for each chunk, in order; only a few are under way, so memory does not grow with them.

    Parameters
    ----------
    reducer : callable
    chunks : iterable of (chunk, size)
    threads : int, optional
        How many at most; as many as there are cores, if not given.
    at_once : int, optional
        How many chunks may be under way here, where they need much memory; see `Source.at_once`.
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
    workers = workers if at_once is None else min(workers, at_once)
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
