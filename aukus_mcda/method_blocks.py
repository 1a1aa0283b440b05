"""Cross-check methods on many draws at once, for the joint run.

The same formulas as in `methods`, written for arrays ``(m, k, n)`` of options, leaves and
draws; `tests/test_method_blocks.py` holds each to the published formula. Left out are
methods that compare all pairs (promethee_ii), that divide by scores, which in a draw may be
0 (waspas, marcos), and that have no score for an option worst on everything (cocoso).
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .problem import NOISE
from .ranking import TIE

Array = NDArray[np.float64]

BLOCK_METHODS = ("additive", "topsis_vector", "topsis_minmax", "vikor", "spotis", "rim", "mabac", "edas")
"""The methods by name; the additive model first."""


class Block:
    """One block of draws: what several methods need is worked out once.

    Parameters
    ----------
    raw : array (m, k, n)
        Scores in their criteria's units.
    values : array (m, k, n)
        Their values 0-100, for the additive model.
    weights : array (k, n)
        0 or more, adding up to 1 in each draw.
    worst, best : array (k,)
        The declared anchors.
    """

    def __init__(self, raw: Array, values: Array, weights: Array, worst: Array, best: Array) -> None:
        self.raw, self.values, self.weights = raw, values, weights
        self.worst, self.best = worst[:, None], best[:, None]
        self.sign = np.sign(best - worst)[:, None]

    @cached_property
    def _ends(self) -> tuple[Array, Array]:
        """Least and greatest score ``(k, n)`` of each leaf."""
        return self.raw.min(axis=0), self.raw.max(axis=0)

    @cached_property
    def varies(self) -> NDArray[np.bool_]:
        """Where a leaf tells any two options apart by more than noise ``(k, n)``."""
        low, high = self._ends
        return high - low > NOISE * np.maximum(np.abs(low), np.abs(high))

    @cached_property
    def unit(self) -> Array:
        """Scores from 0 at the worst of the options to 1 at the best ``(m, k, n)``; 1 where all agree."""
        low, high = self._ends
        start = np.where(self.sign > 0, low, high)
        scale = np.divide(self.sign, high - low, out=np.zeros_like(low), where=self.varies)
        found = self.raw - start
        found *= scale
        found += ~self.varies  # 0 there, since the scale is 0
        return found

    @cached_property
    def near(self) -> Array:
        """Scores from 0 at the declared worst to 1 at the declared best ``(m, k, n)``, along a straight line."""
        return np.asarray((self.raw - self.worst) / (self.best - self.worst))

    @cached_property
    def telling(self) -> Array:
        """Weights ``(k, n)``, 0 where all options agree."""
        return np.asarray(self.weights * self.varies)

    def scores(self, method: str) -> Array:
        """Scores ``(m, n)`` by one of `BLOCK_METHODS`, higher is better."""
        found: Array = getattr(self, f"_{method}")()
        return found

    def _additive(self) -> Array:
        return np.asarray(np.einsum("mkn,kn->mn", self.values, self.weights))

    def _topsis_vector(self) -> Array:
        length = np.sqrt(np.einsum("mkn,mkn->kn", self.raw, self.raw))
        scale = np.divide(self.sign * self.telling, length, out=np.zeros_like(length), where=length > 0)
        return _closeness(self.raw * scale)

    def _topsis_minmax(self) -> Array:
        squares = self.telling**2
        to_worst = np.sqrt(np.einsum("mkn,mkn,kn->mn", self.unit, self.unit, squares, optimize=False))
        short = 1 - self.unit  # the best of the options is 1 on every leaf, the worst 0
        to_best = np.sqrt(np.einsum("mkn,mkn,kn->mn", short, short, squares, optimize=False))
        return _ratio(to_worst, to_best + to_worst)

    def _vikor(self) -> Array:
        regret = (1 - self.unit) * self.weights
        return -0.5 * (_stretched(regret.sum(axis=1)) + _stretched(regret.max(axis=1)))

    def _spotis(self) -> Array:
        return np.asarray(np.einsum("mkn,kn->mn", self.near, self.weights) - 1)

    def _rim(self) -> Array:
        squares = self.weights**2
        away = 1 - self.near
        away = np.sqrt(np.einsum("mkn,mkn,kn->mn", away, away, squares, optimize=False))
        reached = np.sqrt(np.einsum("mkn,mkn,kn->mn", self.near, self.near, squares, optimize=False))
        return np.asarray(reached / (away + reached))

    def _mabac(self) -> Array:
        # The border is taken from the weighted scores (u + 1) w; its geometric mean is w times that of u + 1.
        border = (self.unit + 1).prod(axis=0) ** (1 / len(self.unit))
        level = np.einsum("kn,kn->n", 1 - border, self.telling)
        return np.asarray(np.einsum("mkn,kn->mn", self.unit, self.telling) + level)

    def _edas(self) -> Array:
        mean = self.raw.mean(axis=0)
        scale = np.divide(self.sign * self.telling, mean, out=np.zeros_like(mean), where=mean > 0)
        gain = (self.raw - mean) * scale
        above = np.maximum(gain, 0).sum(axis=1)
        below = above - gain.sum(axis=1)
        return (_ratio(above, above.max(axis=0)) + 1 - _ratio(below, below.max(axis=0))) / 2


def usable(anchors: NDArray[np.float64]) -> dict[str, str]:
    """Why a method cannot be used between these anchors ``(k, 2)``, by name; empty when all can."""
    below = bool((anchors < 0).any())
    return {"edas": "It divides by the mean score, and a scale of this case goes below 0."} if below else {}


def lead_shares(scores: Array) -> Array:
    """Who leads in each draw of ``scores (m, n)``: 1 for the leader, an equal share each where some tie.

    Examples
    --------
    >>> lead_shares(np.array([[3.0, 2.0], [1.0, 2.0], [0.0, 1.0]])).T.tolist()
    [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]
    """
    ahead = (scores >= scores.max(axis=0) - TIE).astype(float)
    return np.asarray(ahead / ahead.sum(axis=0))


def _closeness(weighted: Array) -> Array:
    """Distance from the worst of the options beside that from the best ``(m, n)``."""
    above = weighted - weighted.min(axis=0)
    to_worst = np.sqrt(np.einsum("mkn,mkn->mn", above, above))
    above -= above.max(axis=0)
    to_best = np.sqrt(np.einsum("mkn,mkn->mn", above, above))
    return _ratio(to_worst, to_best + to_worst)


def _stretched(numbers: Array) -> Array:
    """Numbers ``(m, n)``, 0 or more, from 0 at the least of a draw to 1 at the greatest; all 0 when they tie."""
    least, most = numbers.min(axis=0), numbers.max(axis=0)
    spread = most - least
    return np.asarray(np.divide(numbers - least, spread, out=np.zeros_like(numbers), where=spread > TIE * most))


def _ratio(part: Array, whole: Array) -> Array:
    """Part over whole, 0 where the whole is 0: then all options are alike."""
    return np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
