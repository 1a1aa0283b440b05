"""What is expected of an option's score once some of its scores are known, when their errors are shared.

Errors are standard normal, with correlation r within an option. Given the errors z of n of them, each
other one is normal with mean r sum(z) / (1 + (n - 1) r) and variance 1 - r^2 n / (1 + (n - 1) r). Every
expectation is a sum over a grid of errors, weighted by the normal probability of the cell around each.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from ..case import Case, UncertainValue
from ..weights import Array

GRID = np.linspace(-6, 6, 401)
"""Errors at which values are worked out."""


@lru_cache(maxsize=256)
def _smoothing(scale: float, deviation: float) -> Array:
    """Probabilities of the cells around `GRID`, errors being normal: a row for each mean ``scale * GRID``."""
    from scipy.special import ndtr

    edges = np.r_[-np.inf, (GRID[1:] + GRID[:-1]) / 2, np.inf]
    below = ndtr((edges - scale * GRID[:, None]) / max(deviation, 1e-9))
    return np.asarray(np.diff(below, axis=1))


def raw_at(value: UncertainValue, errors: ArrayLike) -> Array:
    """The raw scores that errors stand for: the greater the error, the more the score is worth."""
    from scipy.special import ndtr

    _, values = value.function.corners
    sign = 1 if values[-1] > values[0] else -1
    return value.distribution.ppf(ndtr(sign * np.asarray(errors)))


CHANCE = _smoothing(0.0, 1.0)[0]
"""Probability of the cell around each point of `GRID`."""


class SharedErrors:
    """One option's weighted values along `GRID`, and what some of them say of the others.

    Parameters
    ----------
    values : Series of `UncertainValue`
        By leaf.
    share : Series
        The leaves' weights.
    correlation : float
        Of the errors, 0 to 1.
    """

    def __init__(self, values: pd.Series, share: pd.Series, correlation: float) -> None:
        self.correlation = correlation
        self.worth = {leaf: share[leaf] * value.function(raw_at(value, GRID)) for leaf, value in values.items()}
        self.mean = math.fsum(share[leaf] * value.mean for leaf, value in values.items())
        self._off = self.mean - float(CHANCE @ sum(self.worth.values(), np.zeros(len(GRID))))

    def pull(self, known: int) -> float:
        """What the errors of so many known scores, added up, are multiplied by for the mean of the others."""
        return self.correlation / (1 + (known - 1) * self.correlation)

    def others(self, known: list[str]) -> Array:
        """The expected part of the other leaves, for each mean of their errors on `GRID`."""
        variance = 1 - len(known) * self.correlation * self.pull(len(known))
        unknown = [worth for leaf, worth in self.worth.items() if leaf not in known]
        expected = _smoothing(1.0, math.sqrt(max(variance, 0.0))) @ sum(unknown, np.zeros(len(GRID)))
        return np.asarray(expected + self._off)

    def expected(self, leaf: str) -> Array:
        """The option's expected score when the error of one leaf is known, on `GRID`."""
        return np.asarray(self.worth[leaf] + np.interp(self.correlation * GRID, GRID, self.others([leaf])))

    @property
    def covariance(self) -> float:
        """What the variance of the option's score has beyond the variances of its parts."""
        smooth = _smoothing(math.sqrt(self.correlation), math.sqrt(1 - self.correlation))
        at_common = np.array([smooth @ worth for worth in self.worth.values()])
        return _variance(at_common.sum(axis=0)) - sum(map(_variance, at_common))


def _variance(row: Array) -> float:
    return float(CHANCE @ row**2 - (CHANCE @ row) ** 2)


def shared_errors(case: Case, values: pd.DataFrame, share: pd.Series) -> dict[str, SharedErrors]:
    """`SharedErrors` of each option of `distributions.uncertain_values`; none where errors are independent."""
    shared = case.about.shared_error
    return {option: SharedErrors(row, share, shared) for option, row in values.iterrows()} if shared else {}
