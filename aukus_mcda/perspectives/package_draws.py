"""How often each package is the best, when scores and weights are drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..uncertainty import BLOCK, ScoreDraws, sizes
from ..weights import CHUNK, SCORES, TIE, Array, Sampler, chunk_rng
from .package_values import Members, Worth

CELLS = 4_000_000
"""Package values that are in memory at once."""


@dataclass(frozen=True, eq=False)
class PackageDraws:
    """Draws of what options, and synergies, are worth.

    Attributes
    ----------
    sampler : callable
        Fills ``(k, n)`` with weights.
    scores : ScoreDraws
        Of all options that pass the screens, so that a seed means what it does in `smaa`.
    rows : array of int
        Which of these can be in a package.
    base_row : int or None
        Which is the baseline; None when ``base`` holds its values.
    base, extra : array (k,) and (s, k)
        As in `Worth`.
    """

    sampler: Sampler
    scores: ScoreDraws
    rows: NDArray[np.intp]
    base_row: int | None
    base: Array
    extra: Array

    def blocks(self, draws: int, seed: int) -> Iterator[Array]:
        """Weighted values of options over the baseline, then of synergies, ``(n + s, draws in the block)``."""
        options, leaves = self.scores.likely.shape
        weights, values = np.empty((leaves, CHUNK)), np.empty((leaves, BLOCK))
        worth = np.empty((options, BLOCK))
        for chunk, size in sizes(draws):
            self.sampler(chunk_rng(seed, chunk), weights)
            rng = chunk_rng(seed, chunk, SCORES)
            for start in range(0, size, BLOCK):
                part = weights[:, start : start + BLOCK]
                if self.scores.certain:
                    np.einsum("ij,jn->in", self.scores.likely, part, out=worth)
                else:
                    for option in range(options):
                        self.scores.fill(rng, option, values)
                        np.einsum("jn,jn->n", values, part, out=worth[option])
                base = np.einsum("j,jn->n", self.base, part) if self.base_row is None else worth[self.base_row]
                drawn = np.vstack([worth[self.rows] - base, np.einsum("sj,jn->sn", self.extra, part)])
                yield drawn[:, : min(BLOCK, size - start)]


def shares_of_best(
    drawn: PackageDraws, members: Members, worth: Worth, draws: int, seed: int, progress: Callable[[float], object]
) -> Array:
    """In which share of draws each package ``(p, n)`` is worth the most of all, ``(p,)``; equals share it evenly."""
    held = np.hstack([members, worth.synergies(members)]).astype(float)
    shares, done = np.zeros(len(members)), 0
    step = max(1, CELLS // len(members))
    for block in drawn.blocks(draws, seed):
        for start in range(0, block.shape[1], step):
            values = held @ block[:, start : start + step]
            best = values >= values.max(axis=0) - TIE
            shares += (best / best.sum(axis=0)).sum(axis=1)
        done += block.shape[1]
        progress(done / draws)
    return shares / draws
