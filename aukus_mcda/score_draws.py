"""Draws of uncertain scores: from low, likely and high to values, a block of draws at a time.

Every kind but PERT is drawn exactly; see `pert` for how far that can be off.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from .case import Case
from .distributions import Z95
from .pert import fill_pert

Array = NDArray[np.float64]
Scale: TypeAlias = tuple[Array, Array]

NORMAL_WIDTH = 2 * Z95
"""Standard deviations from the 5th percentile of a normal distribution to the 95th."""


@dataclass(frozen=True, eq=False)
class Batch:
    """One option's values that have the same kind of distribution, drawn together.

    Standard numbers x are drawn, and a broken line gives their values.

    Attributes
    ----------
    kind : str
        ``pert``, ``triangular`` and ``uniform`` have x from 0 to 1; a ``normal`` one is standard.
    rows : array of int (r,)
        The leaves.
    peaks : tuple of float
        The mode of each x, for ``pert`` and ``triangular``.
    ends : array (2, r, 1)
        x at the anchors, the lesser first; only a normal x can go beyond.
    start, slope : array (r, 1)
        The value is ``start + slope * x``, up to the first bend.
    bends : tuple of (row in the batch, x, turn)
        Where the slope changes, and by how much.
    """

    kind: str
    rows: NDArray[np.intp]
    peaks: tuple[float, ...]
    ends: Array
    start: Array
    slope: Array
    bends: tuple[tuple[int, float, float], ...]

    @classmethod
    def of(cls, kind: str, judged: Sequence[tuple[int, float, float, float]], scales: Sequence[Scale]) -> Batch:
        """From ``(leaf, low, likely, high)`` each, and the corners of the leaves' value functions."""
        peaks, ends, lines, bends = [], [], [], []
        for row, (leaf, low, likely, high) in enumerate(judged):
            corners, values = scales[leaf]
            zero, unit = (likely, (high - low) / NORMAL_WIDTH) if kind == "normal" else (low, high - low)
            x = (corners - zero) / unit
            slopes = np.diff(values) / np.diff(x)
            peaks.append((likely - low) / (high - low))
            ends.append((x[0], x[-1]))
            lines.append((values[0] - slopes[0] * x[0], slopes[0]))
            bends += [(row, float(at), float(turn)) for at, turn in zip(x[1:-1], np.diff(slopes), strict=True)]
        start, slope = np.array(lines).T[:, :, None]
        rows = np.array([leaf for leaf, *_ in judged])
        return cls(kind, rows, tuple(peaks), np.array(ends).T[:, :, None], start, slope, tuple(bends))

    def draw(self, rng: np.random.Generator, out: Array) -> None:
        """Fill ``out (r, n)``, contiguous, with values."""
        self.numbers(rng, out)
        self.value(out)

    def numbers(self, rng: np.random.Generator, out: Array) -> None:
        """Fill ``out (r, n)``, contiguous, with the random numbers that values are made of."""
        if self.kind == "normal":
            rng.standard_normal(out=out)
        else:
            rng.random(out=out)

    def value(self, out: Array) -> None:
        """Random numbers ``out (r, n)`` to values, in place."""
        if self.kind == "normal":
            np.clip(out, *self.ends, out=out)
        if self.kind == "pert":
            fill_pert(out, self.peaks)
        elif self.kind == "triangular":
            for row, peak in zip(out, self.peaks, strict=True):
                fill_triangular(row, peak)
        added = [(row, np.maximum(out[row] - at, 0) * turn) for row, at, turn in self.bends]
        out *= self.slope
        out += self.start
        for row, more in added:
            out[row] += more


@dataclass(frozen=True, eq=False)
class ScoreDraws:
    """Draws of the values of every option on every leaf.

    Attributes
    ----------
    likely : array (m, k)
        Values 0-100 of the likely scores: what a score without spread always is.
    batches : tuple of tuple of Batch
        For each option its uncertain values, in the order they are drawn.
    """

    likely: Array
    batches: tuple[tuple[Batch, ...], ...]

    @property
    def certain(self) -> bool:
        """Whether no value varies."""
        return not any(self.batches)

    def fill(self, rng: np.random.Generator, option: int, out: Array) -> None:
        """Fill ``out (k, n)``, contiguous, with one option's values, drawn where they are uncertain."""
        for batch in self.batches[option]:
            if len(batch.rows) == len(out):
                return batch.draw(rng, out)
        out[:] = self.likely[option][:, None]
        for batch in self.batches[option]:
            drawn = np.empty((len(batch.rows), out.shape[1]))
            batch.draw(rng, drawn)
            out[batch.rows] = drawn
        return None


def score_draws(case: Case, options: Sequence[str], leaves: Sequence[str], *, certain: bool = False) -> ScoreDraws:
    """How a case's scores are drawn.

    A blank distribution is PERT. Low and high are the ends of PERT, triangular and
    uniform scores; of a normal one they are the 5th and 95th percentiles: its mean is
    the likely score, its standard deviation (high - low) / 3.29, and what falls beyond
    an anchor is put on it. A score with low equal to high, or ``fixed``, is certain.

    Parameters
    ----------
    case : Case
    options, leaves : sequence of str
        Rows and columns, in the order wanted.
    certain : bool
        Leave all scores at their likely values.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> drawn = score_draws(load_case("aukus_plus_two"), ["status_quo"], ["det_picture", "det_denial"])
    >>> [(batch.kind, len(batch.rows)) for batch in drawn.batches[0]]
    [('pert', 2)]
    """
    split = case.scores[["distribution", "low", "likely", "high"]].to_dict("split")
    rows = dict(zip(split["index"], split["data"], strict=True))
    scales = [case.value_function(leaf).corners for leaf in leaves]
    batches = []
    for option in options:
        judged: dict[str, list[tuple[int, float, float, float]]] = {}
        for j, leaf in enumerate(leaves):
            kind, low, likely, high = rows[option, leaf]
            if not certain and kind != "fixed" and low < high:
                judged.setdefault(kind or "pert", []).append((j, low, likely, high))
        batches.append(tuple(Batch.of(kind, judged[kind], scales) for kind in sorted(judged)))
    return ScoreDraws(case.values.loc[list(options), list(leaves)].to_numpy(dtype=float), tuple(batches))


def fill_triangular(out: Array, peak: float) -> None:
    """Uniform numbers to triangular ones on [0, 1] with the mode at ``peak``, in place, by the exact inverse."""
    left = out < peak
    rising = np.sqrt(out * peak)
    np.subtract(1, out, out=out)
    out *= 1 - peak
    np.sqrt(out, out=out)
    np.subtract(1, out, out=out)
    np.copyto(out, rising, where=left)
