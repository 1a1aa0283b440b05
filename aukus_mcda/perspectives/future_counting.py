"""Who ranks where in every future, counted chunk by chunk: what `futures` rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..case import Case
from ..ranking import Ranking
from ..uncertainty import Block, Counts, Source, count_ranks
from ..weights import TIE, Array, Sampler, Weights, WeightSet, fill_point, weight_range
from .failing import Input
from .future_draws import ValueLines, future_draws
from .scenarios import in_future, reweighted, weight_factors

RIVALS = 3
"""Options next to the leader whose scores a failure rule may name."""


class Sample(NamedTuple):
    """Where a failure rule is sought: the leader's lead ``(F, n)``, the inputs ``(i, n)``, the best other."""

    lead: Array
    inputs: Array
    rival: NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class FutureCounts:
    """Reducer: in every future ranks ``(F, m, m)``, who is ``within (F, m)`` the margin, and the first chunk's sample.

    ``order`` has today's leader first.
    """

    source: Source
    case: Case
    futures: list[str]
    options: list[str]
    leaves: list[str]
    order: list[int]
    lines: ValueLines
    factors: list[dict[str, float]]
    margin: float

    @classmethod
    def of(cls, case: Case, today: Ranking, futures: list[str], margin: float, seed: int) -> FutureCounts:
        """For the ranked options of a case."""
        options, leaves = sorted(today.ranked.index), sorted(case.leaves)
        scores = future_draws(case, [in_future(case, future) for future in futures], options, leaves)
        return cls(
            source=Source(scores, (weight_sampler(today.weights, leaves),), seed),
            case=case,
            futures=futures,
            options=options,
            leaves=leaves,
            order=[options.index(option) for option in today.ranked.index],
            lines=ValueLines.of(case, leaves),
            factors=[weight_factors(case, future) for future in futures],
            margin=margin,
        )

    @property
    def inputs(self) -> list[Input]:
        """What a failure rule may name: every criterion's weight; scores of the leader and the next options."""
        told = [self.options[place] for place in self.order[: 1 + RIVALS]]
        weights = [Input("weight", criterion) for criterion in self.case.criteria.index]
        return weights + [Input("score", leaf, option) for option in told for leaf in self.leaves]

    def __call__(self, chunk: int, size: int) -> Counts:
        """Of the first ``size`` draws of a chunk."""
        m, k, every = len(self.options), len(self.leaves), len(self.futures)
        counts = Counts(ranks=np.zeros((every, m, m)), within=np.zeros((every, m)), sample=[])
        for block in self.source.blocks(chunk, size):
            then = [reweighted(block.weights[0], self.case, self.leaves, factors) for factors in self.factors]
            values, scores = np.empty((every, k, block.size)), np.empty((every, m, block.size))
            near = {}
            for option, raw in enumerate(block.values()):
                self.lines(raw, values)
                for future in range(every):
                    np.einsum("jn,jn->n", values[future], then[future], out=scores[future, option])
                if chunk == 0 and option in self.order[: 1 + RIVALS]:
                    near[option] = raw[0].copy()
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
        told = [raw[option] for option in self.order[: 1 + RIVALS]]
        return Sample(lead, np.vstack([*shares, *told]), best)


def weight_sampler(weights: Weights, leaves: list[str]) -> Sampler:
    """How weights are drawn: as they were judged, or always the same without a range."""
    space = weight_range(weights)
    if isinstance(space, WeightSet):
        return space.sampler(leaves)
    return partial(fill_point, point=space.values[leaves].to_numpy(dtype=float))
