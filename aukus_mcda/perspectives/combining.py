"""Who leads in combinations of scores, weights, method and future: what `attribution.joint` rests on."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np

from ..case import Case
from ..weights import SCORES, WEIGHTS, Array, Sampler, chunk_rng, fill_point
from .future_draws import FutureDraws, ValueLines
from .method_blocks import Block, lead_shares
from .scenarios import reweighted

FACTORS = ("evidence", "preferences", "method", "future")
"""What can vary: the uncertain scores; the weights; the way of ranking; the scenario."""

Subset: TypeAlias = tuple[str, ...]
SUBSETS: tuple[Subset, ...] = tuple(subset for size in range(1, 5) for subset in combinations(FACTORS, size))
"""Sets of factors that may be known together."""

ROWS = 128
"""Draws of evidence and preferences in a batch, or up to 16 times as many where they meet few methods and futures.
Like `draws.CHUNK`, part of what a seed means."""

_OTHER = 16
"""Added to a stream for the second, independent draw of the same factor."""


@dataclass(frozen=True, eq=False)
class Leaders:
    """Who leads in the combinations of some draws with every method and future.

    Attributes
    ----------
    all : array (F, M, m, n)
        1 for the leader.
    by_method, by_future : array (M, m, n), (F, m, n)
        Averaged over futures, and over methods.
    overall : array (m, n)
        Averaged over both.
    mean : array (F, M, m)
        Averaged over draws.
    shares : array (F,)
        What each future counts; each method counts the same.
    """

    all: Array
    by_method: Array
    by_future: Array
    overall: Array
    mean: Array
    shares: Array

    @classmethod
    def of(cls, leads: Array, shares: Array) -> Leaders:
        """With the averages of ``leads (F, M, m, n)``."""
        by_future = leads.mean(axis=1)
        by_method = np.einsum("fmin,f->min", leads, shares)
        return cls(leads, by_method, by_future, by_method.mean(axis=0), leads.mean(axis=3), shares)

    def product(self, other: Leaders, subset: Subset) -> float:
        """Mean over draws of the product with another's, method and future being the same where in ``subset``."""
        _, methods, _, draws = self.all.shape
        q: list[float] = self.shares.tolist()
        found: float
        if "method" in subset and "future" in subset:
            found = sum(map(operator.mul, q, map(_dot, self.all, other.all))) / methods
        elif "method" in subset:
            found = _dot(self.by_method, other.by_method) / methods
        elif "future" in subset:
            found = sum(map(operator.mul, q, map(_dot, self.by_future, other.by_future)))
        else:
            found = _dot(self.overall, other.overall)
        return found / int(draws)

    def gain(self, other: Leaders, subset: Subset) -> float:
        """As `product` of the means over draws, less that of the means over all."""
        one, two = (Leaders.of(each.mean[..., None], each.shares) for each in (self, other))
        return one.product(two, subset) - one.product(two, ())


@dataclass(frozen=True, eq=False)
class Found:
    """Of one batch: the variance known with each of `SUBSETS`, and ``leads (F, M, m)``."""

    known: Array
    leads: Array


@dataclass(frozen=True, eq=False)
class Combining:
    """Everything a batch of combinations needs."""

    case: Case
    options: list[str]
    leaves: list[str]
    methods: list[str]
    futures: list[str]
    shares: Array
    samplers: list[Sampler]
    scores: FutureDraws
    lines: ValueLines
    factors: list[dict[str, float]]
    anchors: Array
    seed: int

    @property
    def varied(self) -> dict[str, bool]:
        """Whether each factor varies at all."""
        fixed = len(self.samplers) == 1 and getattr(self.samplers[0], "func", None) is fill_point
        return {
            "evidence": not self.scores.certain,
            "preferences": not fixed,
            "method": len(self.methods) > 1,
            "future": int((self.shares > 0).sum()) > 1,
        }

    @property
    def drawn(self) -> bool:
        """Whether anything is drawn at random."""
        return self.varied["evidence"] or self.varied["preferences"]

    @property
    def rows(self) -> int:
        """Draws in a batch."""
        if not self.drawn:
            return 1
        return ROWS * min(16, max(1, 64 // (len(self.methods) * len(self.futures))))

    @property
    def size(self) -> int:
        """Combinations in a batch."""
        varied = self.varied
        twice = (1 + varied["evidence"]) * (1 + varied["preferences"])
        return self.rows * twice * len(self.methods) * len(self.futures)

    def batch(self, number: int) -> Found:
        """Who leads in a batch, and the products from which the effects are made."""
        varied = self.varied
        evidence = [self._raw(number, SCORES)]
        preferences = [self._weights(number, WEIGHTS)]
        if varied["evidence"]:
            evidence.append(self._raw(number, SCORES + _OTHER))
        if varied["preferences"]:
            preferences.append(self._weights(number, WEIGHTS + _OTHER))
        cells = [[Leaders.of(self._leaders(x, w), self.shares) for w in preferences] for x in evidence]
        (a, b), (c, d) = [[cells[i % len(cells)][j % len(preferences)] for j in (0, 1)] for i in (0, 1)]
        pairs = {
            (): ((a, d), (b, c)),
            ("evidence",): ((a, b), (c, d)),
            ("preferences",): ((a, c), (b, d)),
            ("evidence", "preferences"): ((a, a), (b, b), (c, c), (d, d)),
        }
        apart = np.mean([one.product(other, ()) for one, other in pairs[()]])
        known = np.zeros(len(SUBSETS))
        for position, subset in enumerate(SUBSETS):
            drawn = tuple(factor for factor in subset if factor in FACTORS[:2])
            if drawn:
                known[position] = np.mean([one.product(other, subset) for one, other in pairs[drawn]]) - apart
            else:  # the means of a batch are independent too, and their products vary less
                known[position] = np.mean([one.gain(other, subset) for one, other in pairs[()]])
        return Found(known, np.mean([each.mean for each in (a, b, c, d)], axis=0))

    def _raw(self, number: int, stream: int) -> Array:
        """Raw scores ``(F, m, k, n)``."""
        rng = chunk_rng(self.seed, number, stream)
        raw = np.empty((len(self.futures), len(self.options), len(self.leaves), self.rows))
        for option in range(len(self.options)):
            self.scores.fill(rng, option, raw[:, option])
        return raw

    def _weights(self, number: int, stream: int) -> Array:
        """Weights as judged ``(k, n)``; of several samplers, one at random for each draw."""
        rng = chunk_rng(self.seed, number, stream)
        out = np.empty((len(self.leaves), self.rows))
        self.samplers[0](rng, out)
        if len(self.samplers) > 1:
            whose = rng.integers(len(self.samplers), size=self.rows)
            for position, sampler in enumerate(self.samplers[1:], start=1):
                other = np.empty_like(out)
                sampler(rng, other)
                np.copyto(out, other, where=whose == position)
        return out

    def _leaders(self, raw: Array, weights: Array) -> Array:
        """Who leads ``(F, M, m, n)``."""
        worst, best = self.anchors.T
        out = np.empty((len(self.futures), len(self.methods), len(self.options), self.rows))
        values = np.empty(raw.shape[1:])
        for future, factors in enumerate(self.factors):
            self.lines(raw[future], values)
            block = Block(raw[future], values, reweighted(weights, self.case, self.leaves, factors), worst, best)
            for number, method in enumerate(self.methods):
                out[future, number] = lead_shares(block.scores(method))
        return out


def _dot(one: Array, other: Array) -> float:
    """The sum of products of all elements, added up by NumPy and not by BLAS."""
    return float(np.einsum("i,i->", one.ravel(), other.ravel()))
