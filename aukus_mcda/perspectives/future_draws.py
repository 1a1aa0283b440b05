"""Draws of scores in several futures at once, from the same random numbers.

A draw stands for one state of knowledge: the quantile at which each score lies within
its own range. A future moves the range, so what differs between the futures of a draw
is the future alone. Drawn as in `simulation`, by the same seed: the case as judged gets
the very scores that `smaa` draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..case import BrokenLine, Case, judged
from ..uncertainty import Batch, Judged, ScoreDraws, score_draws
from ..weights import Array


class Moved(NamedTuple):
    """Scores of one option that a future has moved: a ``batch`` made of some ``rows`` of a judged batch's numbers."""

    source: int
    rows: NDArray[np.intp]
    batch: Batch


@dataclass(frozen=True, eq=False)
class FutureDraws:
    """How raw scores are drawn in each future.

    Attributes
    ----------
    judged : ScoreDraws
        Scores as judged, in their own units.
    likely : array (F, m, k)
        Likely scores by future, option and leaf.
    moved : tuple of tuple of tuple of Moved
        By future and option, the uncertain scores that are not as judged.
    changed : tuple of tuple of array of int
        By future and option, the leaves whose scores are not as judged.
    """

    judged: ScoreDraws
    likely: Array
    moved: tuple[tuple[tuple[Moved, ...], ...], ...]
    changed: tuple[tuple[NDArray[np.intp], ...], ...]

    @property
    def certain(self) -> bool:
        """Whether no score varies, in any future."""
        return self.judged.certain

    @property
    def shape(self) -> tuple[int, ...]:
        """How many options there are, and the futures and leaves of each."""
        futures, options, leaves = self.likely.shape
        return options, futures, leaves

    def fill(self, rng: np.random.Generator, option: int, out: Array, errors: Array | None = None) -> None:
        """Fill ``out (F, k, n)`` with one option's raw scores in every future; ``out[0]`` is as judged."""
        out[0] = self.judged.likely[option][:, None]
        numbers = self.judged.numbers(rng, option, out.shape[2])
        for batch, drawn in zip(self.judged.batches[option], numbers, strict=True):
            used = drawn.copy()
            batch.value(used)
            out[0][batch.rows] = used
        for future in range(1, len(out)):
            out[future] = out[0]
            rows = self.changed[future][option]
            out[future][rows] = self.likely[future, option, rows][:, None]
            for each in self.moved[future][option]:
                used = numbers[each.source][each.rows]
                each.batch.value(used)
                out[future][each.batch.rows] = used


def future_draws(
    case: Case, futures: Sequence[Case], options: Sequence[str], leaves: Sequence[str], *, certain: bool = False
) -> FutureDraws:
    """How a case's scores are drawn in each of its futures.

    Parameters
    ----------
    case : Case
        As judged: the first of ``futures``.
    futures : sequence of Case
        From `scenarios.in_future`.
    options, leaves : sequence of str
        Rows and columns, in the order wanted.
    certain : bool
        Leave all scores at their likely values.
    """
    scales = [
        (ends := np.sort(case.criteria.loc[leaf, ["worst", "best"]].to_numpy(dtype=float)), ends) for leaf in leaves
    ]
    drawn = score_draws(case, options, leaves, certain=certain)
    tables = [judged(each).to_dict("index") for each in futures]
    raw = [
        tuple(Batch.of(b.kind, _rows(tables[0], option, leaves, b.rows), scales, shared=b.shared) for b in batches)
        for option, batches in zip(options, drawn.batches, strict=True)
    ]
    likely = np.array([[[table[option, leaf]["likely"] for leaf in leaves] for option in options] for table in tables])
    moved, changed = [], []
    for table in tables:
        by_option, touched = [], []
        for option, batches in zip(options, raw, strict=True):
            differs = [_range(table[option, leaf]) != _range(tables[0][option, leaf]) for leaf in leaves]
            touched.append(np.flatnonzero(differs))
            parts = []
            for source, batch in enumerate(batches):
                rows = [
                    row
                    for row, leaf in enumerate(batch.rows)
                    if differs[leaf] and table[option, leaves[leaf]]["low"] < table[option, leaves[leaf]]["high"]
                ]
                if rows:
                    ranges = _rows(table, option, leaves, batch.rows[rows])
                    part = Batch.of(batch.kind, ranges, scales, shared=batch.shared)
                    parts.append(Moved(source, np.array(rows), part))
            by_option.append(tuple(parts))
        moved.append(tuple(by_option))
        changed.append(tuple(touched))
    return FutureDraws(replace(drawn, likely=likely[0], batches=tuple(raw)), likely, tuple(moved), tuple(changed))


@dataclass(frozen=True, eq=False)
class ValueLines:
    """Raw scores to values 0-100, leaf by leaf, along broken lines.

    Attributes
    ----------
    lines : tuple of BrokenLine
        By leaf.
    """

    lines: tuple[BrokenLine, ...]

    @classmethod
    def of(cls, case: Case, leaves: Sequence[str]) -> ValueLines:
        """The value functions of a case's leaves."""
        return cls(tuple(BrokenLine.through(*case.value_function(leaf).corners) for leaf in leaves))

    def __call__(self, raw: Array, out: Array) -> None:
        """Values of ``raw (..., k, n)`` into ``out``, of the same shape."""
        for leaf, line in enumerate(self.lines):
            line.fill(raw[..., leaf, :], out[..., leaf, :])


def _range(row: dict[str, float]) -> tuple[float, float, float]:
    return row["low"], row["likely"], row["high"]


def _rows(
    table: dict[tuple[str, str], dict[str, float]], option: str, leaves: Sequence[str], rows: NDArray[np.intp]
) -> list[Judged]:
    """``(leaf, low, likely, high)`` of an option on some leaves."""
    return [(int(leaf), *_range(table[option, leaves[leaf]])) for leaf in rows]
