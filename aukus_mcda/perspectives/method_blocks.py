"""One cross-check method of each family on many draws at once, for the joint run.

The same formulas as in `methods`, written for arrays ``(m, k, n)`` of options, leaves and
draws; `tests/test_method_blocks.py` holds each to the published formula. ``docs/perspectives.md``
says why these stand for their families.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..ranking import NOISE
from ..weights import Array

BLOCK_METHODS = ("additive", "rim", "promethee_ii", "edas")
"""The methods by name, one for each of `methods.FAMILIES` and in that order."""

STEP = 12
"""Decimals of a place on its scale, 0 to 1, beyond which two scores are the same."""


class MethodBlock:
    """The scores of one block of draws: what several methods, and several weights, need is worked out once.

    Parameters
    ----------
    raw : array (m, k, n)
        Scores in their criteria's units.
    values : array (m, k, n)
        Their values 0-100, for the additive model.
    worst, best : array (k,)
        The declared anchors.
    """

    def __init__(self, raw: Array, values: Array, worst: Array, best: Array) -> None:
        self.raw, self.values = raw, values
        self.worst, self.best = worst[:, None], best[:, None]
        self.sign = np.sign(best - worst)[:, None]

    @cached_property
    def varies(self) -> NDArray[np.bool_]:
        """Where a leaf tells any two options apart by more than noise ``(k, n)``."""
        low, high = self.raw.min(axis=0), self.raw.max(axis=0)
        return np.asarray(high - low > NOISE * np.maximum(np.abs(low), np.abs(high)))

    @cached_property
    def near(self) -> Array:
        """Scores from 0 at the declared worst to 1 at the declared best ``(m, k, n)``, along a straight line."""
        return np.asarray((self.raw - self.worst) / (self.best - self.worst))

    @cached_property
    def beaten(self) -> NDArray[np.int32]:
        """Options that each option beats on a leaf, less those that beat it there ``(m, k, n)``."""
        near = np.round(self.near, STEP)
        beaten = np.zeros(near.shape, dtype=np.int32)
        for option in near:
            beaten += near > option
            beaten -= near < option
        return beaten

    def scores(self, method: str, weights: Array) -> Array:
        """Scores ``(m, n)`` by one of `BLOCK_METHODS`, higher is better; ``weights (k, n)`` add up to 1."""
        scores: Array = getattr(self, f"_{method}")(weights)
        return scores

    def _additive(self, weights: Array) -> Array:
        return np.asarray(np.einsum("mkn,kn->mn", self.values, weights))

    def _rim(self, weights: Array) -> Array:
        squares, away = weights**2, 1 - self.near
        away = np.sqrt(np.einsum("mkn,mkn,kn->mn", away, away, squares, optimize=False))
        reached = np.sqrt(np.einsum("mkn,mkn,kn->mn", self.near, self.near, squares, optimize=False))
        return np.asarray(reached / (away + reached))

    def _promethee_ii(self, weights: Array) -> Array:
        return np.asarray(np.einsum("mkn,kn->mn", self.beaten, weights) / (len(self.beaten) - 1))

    def _edas(self, weights: Array) -> Array:
        mean = self.raw.mean(axis=0)
        scale = np.divide(self.sign * weights * self.varies, mean, out=np.zeros_like(mean), where=mean > 0)
        gain = (self.raw - mean) * scale
        above = np.maximum(gain, 0).sum(axis=1)
        below = above - gain.sum(axis=1)
        return (_ratio(above, above.max(axis=0)) + 1 - _ratio(below, below.max(axis=0))) / 2


def usable(anchors: NDArray[np.float64]) -> dict[str, str]:
    """Why a method cannot be used between these anchors ``(k, 2)``, by name; empty when all can."""
    below = bool((anchors < 0).any())
    return {"edas": "It divides by the mean score, and a scale of this case goes below 0."} if below else {}


def _ratio(part: Array, whole: Array) -> Array:
    """Part over whole, 0 where the whole is 0: then all options are alike."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
