"""Seeded draws in chunks: the same seed gives the same draws on one thread, many, or a cluster.

Chunk i always has `CHUNK` draws and its own generator, spawned from the seed by
i, so it can be drawn anywhere, in any order; a shorter run is the beginning of a
longer one. Every Monte Carlo in the package takes its random numbers from here.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from ..errors import WeightsError
from ..guard import Draws, Seed, Threads, guarded
from .space_terms import leaf_names
from .spaces import Sampler, WeightSpace

CHUNK = 16_384
"""Draws in a chunk. Part of what a seed means: another number gives other draws."""

MOST_NUMBERS = 100_000_000
"""Numbers given all at once: 0.8 GB."""

WEIGHTS, SCORES = 0, 1
"""Streams of one seed: weights do not change when scores are drawn too, nor scores with the weight space."""


def chunk_rng(seed: int, chunk: int, stream: int = WEIGHTS) -> np.random.Generator:
    """The generator of one chunk: ``SeedSequence(seed).spawn(...)[stream].spawn(...)[chunk]``.

    Raises
    ------
    WeightsError
        When the seed is not a whole number, 0 or more. 0 is a seed like any other.

    Examples
    --------
    >>> spawned = np.random.SeedSequence(7).spawn(1)[WEIGHTS].spawn(3)[2]
    >>> chunk_rng(7, 2).random() == np.random.default_rng(spawned).random()
    True
    """
    sequence = np.random.SeedSequence(whole(seed, "The seed", 0), spawn_key=(stream, chunk))
    return np.random.default_rng(sequence)


def weight_chunks(
    space: WeightSpace, leaves: Iterable[str], *, draws: int, seed: int = 0, first: int = 0
) -> Iterator[NDArray[np.float64]]:
    """Draws of weights, a chunk at a time: memory does not grow with their number.

    Parameters
    ----------
    space : WeightSpace
    leaves : iterable of str
        The criteria, in the order wanted of the columns.
    draws : int
        How many in all, counted from chunk 0; only the last chunk may be short.
    seed : int
        0 or more.
    first : int
        The chunk to begin with, for work that is shared out.

    Yields
    ------
    array, shape (CHUNK or fewer, k)
        The columns are contiguous, not the rows.

    Raises
    ------
    WeightsError
        When the space is none, does not fit the leaves or is empty, or a number is out of range.

    Examples
    --------
    >>> from aukus_mcda.weights.spaces import any_weights
    >>> [chunk.shape for chunk in weight_chunks(any_weights(), ["reach", "cost"], draws=20_000)]
    [(16384, 2), (3616, 2)]
    """
    names = leaf_names(leaves)
    sampler = _sampler(space, names)
    count = whole(draws, "The number of draws", 1)
    for chunk in range(first, -(-count // CHUNK)):
        out = np.empty((len(names), CHUNK))
        sampler(chunk_rng(seed, chunk), out)
        yield out[:, : count - chunk * CHUNK].T


@guarded(WeightsError)
def draw_weights(
    space: WeightSpace, leaves: Iterable[str], draws: Draws = 100_000, seed: Seed = 0, *, threads: Threads | None = None
) -> NDArray[np.float64]:
    """Draws of weights, all at once, by as many threads as there are cores.

    Parameters
    ----------
    space, leaves, draws, seed
        As in `weight_chunks`.
    threads : int, optional
        How many; the draws are the same for any number. By default one for each core,
        and one where more would not help.

    Returns
    -------
    array, shape (draws, k)
        Non-negative, rows adding up to 1. The columns are contiguous, not the rows.

    Raises
    ------
    WeightsError
        As in `weight_chunks`.

    Examples
    --------
    >>> from aukus_mcda.weights.spaces import around
    >>> draws = draw_weights(around({"reach": 60, "cost": 40}, spread=0.05), ["reach", "cost"], 10_000, seed=1)
    >>> draws.mean(axis=0).round(2).tolist(), draws.std(axis=0).round(3).tolist()
    ([0.6, 0.4], [0.05, 0.05])
    """
    names = leaf_names(leaves)
    sampler = _sampler(space, names)
    count = whole(draws, "The number of draws", 1)
    whole(seed, "The seed", 0)
    if count * len(names) > MOST_NUMBERS:
        raise WeightsError(
            f"{count:,} draws of {len(names)} weights do not fit in memory at once, {MOST_NUMBERS:,} numbers do: "
            "draws.weight_chunks gives them a chunk at a time."
        )
    out = np.empty((len(names), count))

    def fill(chunk: int) -> None:
        part = out[:, chunk * CHUNK : (chunk + 1) * CHUNK]
        whole = part if part.shape[1] == CHUNK else np.empty((len(names), CHUNK))
        sampler(chunk_rng(seed, chunk), whole)
        if whole is not part:
            part[:] = whole[:, : part.shape[1]]

    if threads is None:
        workers = getattr(sampler, "threads", os.cpu_count() or 1)
    else:
        workers = whole(threads, "The number of threads", 1)
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(fill, range(-(-count // CHUNK))))
    return out.T


def _sampler(space: WeightSpace, names: list[str]) -> Sampler:
    if not isinstance(space, WeightSpace):
        raise WeightsError(
            f"Draws come from a weight space, not {type(space).__name__}: around(weights, spread) scatters weights "
            "about a centre, any_weights() takes all there are."
        )
    return space.sampler(names)


def whole(given: int, what: str, least: int) -> int:
    """A whole number, ``least`` or more, or a `WeightsError` that says ``what`` must be one."""
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or given < least:
        raise WeightsError(f"{what} must be a whole number, {least} or more: {given!r}.")
    return int(given)
