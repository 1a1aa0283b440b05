"""Raw scores to 0-100 values, on the anchors a criterion declares.

The value of a score is measured between the *declared* worst and best, never
between the worst and best that happen to be among the options, so adding or
dropping an option cannot change what the others are worth.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

GREATEST = 1e30
"""No raw score is beyond this, nor are two anchors nearer than its inverse: products of scores stay finite."""

NEAREST = 1e-9
"""Anchors nearer than this part of their size are one: their difference would lose all precision."""

_NUMBER = re.compile(r"\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True)
class ValueFunction:
    """Piecewise-linear value of a raw score: 0 at ``worst``, 100 at ``best``.

    Parameters
    ----------
    worst, best : float
        The anchors, in the criterion's unit. ``worst > best`` where less is better.
    bends : tuple of (raw, value), optional
        Points between the anchors through which the function passes; a straight
        line when empty.

    Raises
    ------
    ValueError
        When the anchors coincide, or a bend lies outside them or makes a better
        score worth less.

    References
    ----------
    Belton and Stewart (2002), *Multiple Criteria Decision Analysis*, ch. 5,
    doi:10.1007/978-1-4615-1495-4.

    Examples
    --------
    >>> risk = ValueFunction(worst=10, best=0)
    >>> risk([10, 7.5, 0]).tolist()
    [0.0, 25.0, 100.0]
    >>> quick_gains = ValueFunction(worst=0, best=10, bends=((4, 70),))
    >>> float(quick_gains(7))
    85.0
    """

    worst: float
    best: float
    bends: tuple[tuple[float, float], ...] = ()

    def __post_init__(self) -> None:
        if not (np.isfinite(self.worst) and np.isfinite(self.best)) or self.worst == self.best:
            raise ValueError("worst and best must be two different finite numbers")
        raw, value = self.corners
        rising = 1 if self.best > self.worst else -1
        if {raw[0], raw[-1]} != {self.worst, self.best} or np.any(np.diff(raw) <= 0):
            raise ValueError("each bend must lie between worst and best, no two at the same score")
        if not np.all(np.diff(value) * rising >= 0):
            raise ValueError("a better score must never be worth less")

    @property
    def corners(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Raw scores, increasing, and their values: what `numpy.interp` wants."""
        corners = sorted([(self.worst, 0.0), *self.bends, (self.best, 100.0)])
        raw, value = np.array(corners, dtype=float).T
        return raw, value

    def __call__(self, raw: ArrayLike, *, outside: str = "error") -> NDArray[np.float64]:
        """Values of raw scores of any shape; NaN stays NaN.

        Parameters
        ----------
        raw : array
            In the criterion's unit.
        outside : str
            What becomes of a score beyond the anchors: ``error``; ``clip``, the value of
            the nearer anchor; ``extend``, the line next to it carried on, below 0 or above 100.

        Raises
        ------
        ValueError
            When a score lies outside the anchors, where the scale says nothing, unless told otherwise.

        Examples
        --------
        >>> ValueFunction(worst=0, best=10)([-1, 12], outside="extend").tolist()
        [-10.0, 120.0]
        """
        if outside not in ("error", "clip", "extend"):
            raise ValueError(f"outside is error, clip or extend, not {outside!r}")
        scores = np.asarray(raw, dtype=float)
        corners, values = self.corners
        if outside == "error" and np.any((scores < corners[0]) | (scores > corners[-1])):
            worst, best = (repr(float(end)).removesuffix(".0") for end in (self.worst, self.best))
            raise ValueError(f"a score lies outside the anchors {worst} and {best}")
        inside = np.asarray(np.interp(scores, corners, values))
        if outside == "extend":
            slopes = np.diff(values) / np.diff(corners)
            inside += np.minimum(scores - corners[0], 0) * slopes[0] + np.maximum(scores - corners[-1], 0) * slopes[-1]
        return inside

    def inverse(self, value: ArrayLike, *, side: Literal["better", "worse"] = "better") -> NDArray[np.float64]:
        """Raw scores worth these values, of any shape; NaN for values outside 0-100.

        Where a stretch of scores is worth the same, its better or worse end. A value
        within 1e-9 of a corner's is the corner's.

        Examples
        --------
        >>> ValueFunction(worst=10, best=0).inverse([0, 25, 110]).tolist()
        [10.0, 7.5, nan]
        """
        raw, worth = self.corners
        if self.best < self.worst:
            raw, worth = raw[::-1], worth[::-1]
        values = np.asarray(value, dtype=float)
        corner = worth[np.abs(values[..., None] - worth).argmin(axis=-1)]
        values = np.where(np.abs(values - corner) <= 1e-9, corner, values)
        found = np.interp(values, worth, raw) if side == "better" else np.interp(-values, -worth[::-1], raw[::-1])
        return np.where((values < 0) | (values > 100), np.nan, found)


def parse_bends(shape: str) -> tuple[tuple[float, float], ...]:
    """Read the ``shape`` cell of criteria.csv: ``raw:value`` pairs joined by ``;``.

    Raises
    ------
    ValueError
        When the text has another form.

    Examples
    --------
    >>> parse_bends("3:20; 7:80")
    ((3.0, 20.0), (7.0, 80.0))
    >>> parse_bends("")
    ()
    """
    pairs = (pair.split(":") for pair in shape.split(";") if pair.strip())
    return tuple((number(raw), number(value)) for raw, value in pairs)


def number(text: str) -> float:
    """The finite number that a text holds: plain digits, a point, an exponent, and nothing else.

    Raises
    ------
    ValueError
        When the text has another form. Python alone would read ``1_0`` and ``infinity`` too.

    Examples
    --------
    >>> number("-2.5e3")
    -2500.0
    """
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(text)):
        raise ValueError(f"{text!r} is not a plain number")
    return float(text)
