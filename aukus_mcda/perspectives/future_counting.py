"""Who ranks where in every future, counted chunk by chunk: what `futures` rests on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..case import Case
from ..ranking import Ranking
from ..uncertainty import BLOCK, Tally
from ..weights import CHUNK, SCORES, TIE, Sampler, Weights, WeightSpace, chunk_rng, fill_point, weight_range
from .failing import Input
from .future_draws import FutureDraws, ValueLines, future_draws
from .scenarios import in_future, reweighted, weight_factors

RIVALS = 3
"""Options next to the leader whose scores a failure rule may name."""


class Sample(NamedTuple):
    """Where a failure rule is sought: the leader's lead ``(F, n)``, the inputs ``(i, n)``, the best other."""

    lead: NDArray[np.float64]
    inputs: NDArray[np.float64]
    rival: NDArray[np.intp]


@dataclass
class Counts:
    """What has been counted of some draws: a tally by future, ``within (F, m)``, the first chunk's sample."""

    tallies: list[Tally]
    within: NDArray[np.float64]
    sample: Sample | None

    def add(self, other: Counts) -> None:
        """Add what was counted of other draws."""
        self.within += other.within
        self.sample = self.sample or other.sample
        for mine, theirs in zip(self.tallies, other.tallies, strict=True):
            mine.add(theirs)


@dataclass(frozen=True, eq=False)
class Drawing:
    """Everything a chunk of draws needs."""

    case: Case
    futures: list[str]
    options: list[str]
    leaves: list[str]
    order: list[int]
    sampler: Sampler
    scores: FutureDraws
    lines: ValueLines
    factors: list[dict[str, float]]
    margin: float
    seed: int

    @classmethod
    def of(cls, case: Case, today: Ranking, futures: list[str], margin: float, seed: int) -> Drawing:
        """For the ranked options of a case; ``order`` has today's leader first."""
        options, leaves = sorted(today.ranked.index), sorted(case.leaves)
        return cls(
            case=case,
            futures=futures,
            options=options,
            leaves=leaves,
            order=[options.index(option) for option in today.ranked.index],
            sampler=weight_sampler(today.weights, leaves),
            scores=future_draws(case, [in_future(case, future) for future in futures], options, leaves),
            lines=ValueLines.of(case, leaves),
            factors=[weight_factors(case, future) for future in futures],
            margin=margin,
            seed=seed,
        )

    @property
    def inputs(self) -> list[Input]:
        """What a failure rule may name: every criterion's weight; scores of the leader and the next options."""
        told = [self.options[place] for place in self.order[: 1 + RIVALS]]
        weights = [Input("weight", criterion) for criterion in self.case.criteria.index]
        return weights + [Input("score", leaf, option) for option in told for leaf in self.leaves]

    def nothing(self) -> Counts:
        """No draws counted yet."""
        m, k = len(self.options), len(self.leaves)
        return Counts([Tally.empty(m, k) for _ in self.futures], np.zeros((len(self.futures), m)), None)

    def count(self, chunk: int, draws: int) -> Counts:
        """Who ranks where in the first ``draws`` draws of a chunk, in every future."""
        m, k, every = len(self.options), len(self.leaves), len(self.futures)
        found = self.nothing()
        weights = np.empty((k, CHUNK))
        self.sampler(chunk_rng(self.seed, chunk), weights)
        rng = chunk_rng(self.seed, chunk, SCORES)
        samples = []
        raw, values, scores = np.empty((every, k, BLOCK)), np.empty((every, k, BLOCK)), np.empty((every, m, BLOCK))
        for start in range(0, draws, BLOCK):
            part = weights[:, start : start + BLOCK]
            then = [reweighted(part, self.case, self.leaves, factors) for factors in self.factors]
            kept = {}
            for option in range(m):
                self.scores.fill(rng, option, raw)
                self.lines(raw, values)
                for future in range(every):
                    np.einsum("jn,jn->n", values[future], then[future], out=scores[future, option])
                if chunk == 0 and option in self.order[: 1 + RIVALS]:
                    kept[option] = raw[0].copy()
            size = min(BLOCK, draws - start)
            for future, tally in enumerate(found.tallies):
                tally.count(scores[future][:, :size], then[future][:, :size])
            best = scores[:, :, :size].max(axis=1, keepdims=True)
            found.within += (scores[:, :, :size] >= best - self.margin - TIE).sum(axis=2)
            if chunk == 0:
                samples.append(self._sample(scores[:, :, :size], part[:, :size], kept, size))
        if samples:
            found.sample = Sample(*(np.concatenate(pieces, axis=1) for pieces in zip(*samples, strict=True)))
        return found

    def _sample(
        self, scores: NDArray[np.float64], weights: NDArray[np.float64], raw: dict[int, NDArray[np.float64]], size: int
    ) -> Sample:
        leader, *others = self.order
        best = np.array(others)[scores[:, others].argmax(axis=1)]
        lead = scores[:, leader] - scores[:, others].max(axis=1)
        row = {leaf: weights[number] for number, leaf in enumerate(self.leaves)}
        beneath = {
            criterion: [leaf for leaf in self.leaves if criterion in self.case.branch_of(leaf)]
            for criterion in self.case.criteria.index
        }
        shares = [np.sum([row[leaf] for leaf in beneath[criterion]], axis=0) for criterion in self.case.criteria.index]
        told = [raw[option][:, :size] for option in self.order[: 1 + RIVALS]]
        return Sample(lead, np.vstack([*shares, *told]), best)


def weight_sampler(weights: Weights, leaves: list[str]) -> Sampler:
    """How weights are drawn: as they were judged, or always the same without a range."""
    space = weight_range(weights)
    if isinstance(space, WeightSpace):
        return space.sampler(leaves)
    return partial(fill_point, point=space.values[leaves].to_numpy(dtype=float))
