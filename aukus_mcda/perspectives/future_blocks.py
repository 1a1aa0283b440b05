"""Draws of scores in several futures at once, from the same random numbers, and who ranks where in them.

A draw stands for one state of knowledge: the quantile at which each score lies within
its own range. A future moves the range, so what differs between the futures of a draw
is the future alone. The case as judged gets the very scores that `smaa` draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..case import BrokenLine, Case, judged
from ..ranking import Ranking
from ..uncertainty import (
    BLOCK,
    Batch,
    Block,
    Counts,
    Judged,
    ScoreDraws,
    Source,
    SourceReducer,
    count_ranks,
    possible_weights,
    score_draws,
)
from ..weights import TIE, Array, weight_range
from .scenarios import in_future, reweighted, weight_factors

RIVALS = 3
"""Options next to the leader whose scores a failure rule may name."""


class Input(NamedTuple):
    """Something that is drawn: a criterion's ``weight``, or the ``score`` of an option on a leaf."""

    kind: str
    criterion: str
    option: str = ""


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
    lines : tuple of BrokenLine
        By leaf, from raw scores to values 0-100.
    """

    judged: ScoreDraws
    likely: Array
    moved: tuple[tuple[tuple[Moved, ...], ...], ...]
    changed: tuple[tuple[NDArray[np.intp], ...], ...]
    lines: tuple[BrokenLine, ...]

    @property
    def certain(self) -> bool:
        """Whether no score varies, in any future."""
        return self.judged.certain

    @property
    def shape(self) -> tuple[int, ...]:
        """How many options and leaves there are."""
        return self.likely.shape[1:]

    def draw(
        self, rng: np.random.Generator, option: int, draws: int
    ) -> tuple[Array, list[tuple[NDArray[np.intp], Array]]]:
        """One option's raw scores as judged ``(k, n)``; for each future, the leaves it moves and their raw scores."""
        base = np.repeat(self.judged.likely[option][:, None], draws, axis=1)
        numbers = self.judged.numbers(self.judged.draw(rng, option, np.empty((len(self.lines), draws))), option)
        for batch, drawn in zip(self.judged.batches[option], numbers, strict=True):
            used = drawn.copy()
            batch.value(used)
            base[batch.rows] = used
        futures = []
        for future, changed in enumerate(self.changed):
            rows = changed[option]
            raw = np.repeat(self.likely[future, option, rows][:, None], draws, axis=1)
            for each in self.moved[future][option]:
                used = numbers[each.source][each.rows]
                each.batch.value(used)
                raw[np.searchsorted(rows, each.batch.rows)] = used
            futures.append((rows, raw))
        return base, futures


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
    lines = tuple(BrokenLine.through(*case.value_function(leaf).corners) for leaf in leaves)
    first = replace(drawn, likely=likely[0], batches=tuple(raw))
    return FutureDraws(first, likely, tuple(moved), tuple(changed), lines)


def _range(row: dict[str, float]) -> tuple[float, float, float]:
    return row["low"], row["likely"], row["high"]


def _rows(
    table: dict[tuple[str, str], dict[str, float]], option: str, leaves: Sequence[str], rows: NDArray[np.intp]
) -> list[Judged]:
    """``(leaf, low, likely, high)`` of an option on some leaves."""
    return [(int(leaf), *_range(table[option, leaves[leaf]])) for leaf in rows]


class Sample(NamedTuple):
    """Where a failure rule is sought: the leader's lead ``(F, n)``, the inputs ``(i, n)``, the best other."""

    lead: Array
    inputs: Array
    rival: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class FutureCounts(SourceReducer):
    """Reducer: in every future ranks ``(F, m, m)``, who is ``within (F, m)`` the margin, and the first chunk's sample.

    ``order`` has today's leader first.
    """

    scores: FutureDraws
    case: Case
    futures: list[str]
    options: list[str]
    leaves: list[str]
    order: list[int]
    factors: list[dict[str, float]]
    margin: float

    @classmethod
    def of(cls, case: Case, today: Ranking, futures: list[str], margin: float, seed: int) -> FutureCounts:
        """For the ranked options of a case."""
        options, leaves = sorted(today.ranked.index), sorted(case.leaves)
        scores = future_draws(case, [in_future(case, future) for future in futures], options, leaves)
        return cls(
            source=Source(scores.judged, (possible_weights(case, weight_range(today.weights)).sampler(leaves),), seed),
            scores=scores,
            case=case,
            futures=futures,
            options=options,
            leaves=leaves,
            order=[options.index(option) for option in today.ranked.index],
            factors=[weight_factors(case, future) for future in futures],
            margin=margin,
        )

    @property
    def inputs(self) -> list[Input]:
        """What a failure rule may name: every criterion's weight; scores of the leader and the next options."""
        scored = [self.options[place] for place in self.order[: 1 + RIVALS]]
        weights = [Input("weight", criterion) for criterion in self.case.criteria.index]
        return weights + [Input("score", leaf, option) for option in scored for leaf in self.leaves]

    def __call__(self, chunk: int, size: int) -> Counts:
        """Of the first ``size`` draws of a chunk."""
        m, every = len(self.options), len(self.futures)
        counts = Counts(ranks=np.zeros((every, m, m)), within=np.zeros((every, m)), sample=[])
        for block in self.source.blocks(chunk, size):
            then = [reweighted(block.weights[0], self.case, self.leaves, factors) for factors in self.factors]
            values, scores = np.empty((len(self.leaves), BLOCK)), np.empty((every, m, block.size))
            near = {}
            for option in range(m):
                raw_scores, moved = self.scores.draw(block.rng, option, BLOCK)
                for line, row, out in zip(self.scores.lines, raw_scores, values, strict=True):
                    line.fill(row, out)
                for future, (rows, raw) in enumerate(moved):
                    usual = values[rows]
                    for leaf, row in zip(rows, raw, strict=True):
                        self.scores.lines[leaf].fill(row, values[leaf])
                    np.einsum("jn,jn->n", values[:, : block.size], then[future], out=scores[future, option])
                    values[rows] = usual
                if chunk == 0 and option in self.order[: 1 + RIVALS]:
                    near[option] = raw_scores[:, : block.size]
            counts["ranks"] += [count_ranks(each)["ranks"] for each in scores]
            counts["within"] += (scores >= scores.max(axis=1, keepdims=True) - self.margin - TIE).sum(axis=2)
            if chunk == 0:
                counts["sample"].append(self._sample(scores, block, near))
        return counts

    def _sample(self, scores: Array, block: Block, raw: dict[int, Array]) -> Sample:
        leader, *others = self.order
        best = np.array(others)[scores[:, others].argmax(axis=1)]
        lead = scores[:, leader] - scores[:, others].max(axis=1)
        row = dict(zip(self.leaves, block.weights[0], strict=True))
        beneath = {
            criterion: [leaf for leaf in self.leaves if criterion in self.case.branch_of(leaf)]
            for criterion in self.case.criteria.index
        }
        shares = [np.sum([row[leaf] for leaf in beneath[criterion]], axis=0) for criterion in self.case.criteria.index]
        scored = [raw[option] for option in self.order[: 1 + RIVALS]]
        return Sample(lead, np.vstack([*shares, *scored]), best)
