"""Count who ranks where, draw by draw: the array functions beneath `acceptability`.

Arrays of scores have shape ``(m, n)``, a row per option and a column per draw;
weights ``(k, n)``. Options within `ranking.TIE` of the best of their group are
equal, as in `ranking.ranks`, and share the ranks they take up evenly.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..weights import TIE, Array

Ints = NDArray[np.int64]

COMPARED = 64
"""Up to so many options, all pairs are compared; beyond it, each draw is sorted."""


@dataclass
class Tally:
    """What has been counted so far; two tallies of different draws add up.

    Attributes
    ----------
    draws : int
    ranks : array (m, m)
        How often each option took each rank; a shared rank counts by its share.
    wins : array (m, m) or None
        How often the row's option was ahead of the column's, a tie counting half.
    sums : array (m, k)
        Sums of the weights under which each option led.
    products : array (m, k, k)
        Sums of the products of each two of these weights.
    sample : list of array (m, n)
        Scores of some of the draws, kept for their quantiles.
    """

    draws: int
    ranks: Array
    wins: Array | None
    sums: Array
    products: Array
    sample: list[Array] = field(default_factory=list)

    @classmethod
    def empty(cls, options: int, leaves: int) -> Tally:
        """Nothing counted yet; pairs only for as many options as are compared."""
        wins = np.zeros((options, options)) if options <= COMPARED else None
        sums, products = np.zeros((options, leaves)), np.zeros((options, leaves, leaves))
        return cls(0, np.zeros((options, options)), wins, sums, products)

    def add(self, other: Tally) -> None:
        """Add another's counts."""
        self.draws += other.draws
        self.ranks += other.ranks
        self.sums += other.sums
        self.products += other.products
        self.sample += other.sample
        if self.wins is not None and other.wins is not None:
            self.wins += other.wins

    def count(self, scores: Array, weights: Array) -> None:
        """Count a block of draws: ``scores (m, n)`` under ``weights (k, n)``."""
        self.draws += scores.shape[1]
        if self.wins is None:
            self._sort(scores, weights)
            return
        places, wins, near = compare(scores)
        if near.any():
            tied = np.flatnonzero(near)
            self._sort(scores[:, tied], weights[:, tied])
            clear = np.flatnonzero(~near)
            scores, weights = scores[:, clear], weights[:, clear]
            places, wins, _ = compare(scores)
        self.wins += wins
        for option, row in enumerate(places):
            self.ranks[option] += np.bincount(row, minlength=len(scores))
            self._lead(option, weights[:, np.flatnonzero(row == 0)])

    def _sort(self, scores: Array, weights: Array) -> None:
        """As `count`, for any number of options, with ties."""
        count = len(scores)
        for start in range(0, scores.shape[1], part := max(1, 250_000 // count)):
            first, last = groups(scores[:, start : start + part])
            alone = first == last
            codes = first + np.arange(count)[:, None] * count
            self.ranks += np.bincount(codes[alone], minlength=count * count).reshape(count, count)
            shared, times = np.unique(
                np.stack([np.nonzero(~alone)[0], first[~alone], last[~alone]]), axis=1, return_counts=True
            )
            for (option, top, bottom), often in zip(shared.T, times, strict=True):
                self.ranks[option, top : bottom + 1] += often / (bottom + 1 - top)
            if self.wins is not None:
                for option, row in enumerate(first):
                    self.wins[option] += (row < first).sum(axis=1) + (row == first).sum(axis=1) / 2
                self.wins[np.diag_indices(count)] = 0
            for option in np.flatnonzero((first == 0).any(axis=1)):
                ahead = np.flatnonzero(first[option] == 0)
                self._lead(int(option), weights[:, start + ahead], 1 / (1 + last[option, ahead]))

    def _lead(self, option: int, weights: Array, share: Array | float = 1.0) -> None:
        shared = weights * share
        self.sums[option] += shared.sum(axis=1)
        self.products[option] += np.einsum("jn,ln->jl", shared, weights)


def compare(scores: Array) -> tuple[NDArray[np.int8], Ints, NDArray[np.bool_]]:
    """Places by comparing all pairs, as if there were no ties.

    Parameters
    ----------
    scores : array (m, n)
        At most `COMPARED` options.

    Returns
    -------
    places : array (m, n)
        How many options are ahead.
    wins : array (m, m)
        In how many draws the row's option is ahead of the column's.
    near : array (n,)
        In which draws two options are within `TIE`: there the rest does not hold.
    """
    count, draws = scores.shape
    places = np.repeat(np.arange(count, dtype=np.int8)[:, None], draws, axis=1)
    wins = np.zeros((count, count), dtype=np.int64)
    closest = np.full(draws, np.inf)
    gaps = np.empty_like(scores)
    for i in range(count - 1):
        gap = np.subtract(scores[i], scores[i + 1 :], out=gaps[i + 1 :])
        behind = gap < 0
        ones = behind.view(np.int8)
        places[i] += np.add.reduce(ones, axis=0, dtype=np.int8)
        places[i + 1 :] -= ones
        wins[i + 1 :, i] = [np.count_nonzero(row) for row in behind]
        np.abs(gap, out=gap)
        np.minimum(closest, np.minimum.reduce(gap, axis=0), out=closest)
    wins += np.triu(draws - wins.T, 1)
    return places, wins, closest <= TIE


def groups(scores: Array) -> tuple[Ints, Ints]:
    """First and last place, counted from 0, of the group of equals each option is in, draw by draw.

    Parameters
    ----------
    scores : array (m, n)

    Returns
    -------
    first, last : array (m, n)

    Examples
    --------
    >>> first, last = groups(np.array([[40.0], [70.0], [70.0 - 1e-12], [10.0]]))
    >>> first.T.tolist(), last.T.tolist()
    ([[2, 0, 0, 3]], [[2, 1, 1, 3]])
    """
    down = np.negative(scores.T)
    order = np.argsort(down, axis=1)  # which of two equals comes first changes nothing below
    down = np.ascontiguousarray(np.take_along_axis(down, order, axis=1).T)
    first = np.repeat(np.arange(len(down))[:, None], down.shape[1], axis=1)
    last = first.copy()
    tied = np.flatnonzero((np.diff(down, axis=0) <= TIE).any(axis=0))
    first[:, tied], last[:, tied] = _shared(down[:, tied])
    placed = np.empty_like(first), np.empty_like(last)
    for out, found in zip(placed, (first, last), strict=True):
        np.put_along_axis(out, order.T, found, axis=0)
    return placed


def _shared(down: Array) -> tuple[Ints, Ints]:
    """First and last place of each group of equals in rising columns ``(m, n)``."""
    first = np.zeros(down.shape, dtype=np.int64)
    top = down[0].copy()
    for place in range(1, len(down)):
        new = down[place] - top > TIE
        np.copyto(top, down[place], where=new)
        first[place] = np.where(new, place, first[place - 1])
    last = np.empty_like(first)
    last[-1] = len(down) - 1
    for place in range(len(down) - 2, -1, -1):
        last[place] = np.where(first[place + 1] == first[place], last[place + 1], place)
    return first, last


def leads(scores: Array, option: int) -> float:
    """In how many draws of ``scores (m, n)`` the option leads, a shared lead counting by its share."""
    least = scores.max(axis=0) - TIE
    ahead = np.flatnonzero(scores[option] >= least)
    equals = np.count_nonzero(scores[:, ahead] >= least[ahead], axis=0)
    return float((np.bincount(equals) / np.maximum(np.arange(equals.max(initial=0) + 1), 1)).sum())


def slopes(scores: Array, values: Array, option: int) -> Array:
    """How many more of the draws the option leads in for each unit of weight, shape ``(k,)``.

    A draw tips where the option's gap to the best of the others is 0; how densely the
    gaps lie there, and what a weight does to them, is read off those within a
    bandwidth of it (1.06 standard deviations / n^(1/5)).

    Parameters
    ----------
    scores : array (m, n)
        At the weights in question.
    values : array (m, k, n)
        What they were made of.
    option : int
    """
    count, leaves, draws = values.shape
    if count < 2:
        return np.zeros(leaves)
    others = scores.copy()
    others[option] = -np.inf
    rival = others.argmax(axis=0)
    gap = scores[option] - others.max(axis=0)
    reach = 1.06 * float(gap.std()) * draws**-0.2
    near = np.flatnonzero(np.abs(gap) < reach)
    if not len(near):
        return np.zeros(leaves)
    return np.asarray((values[option][:, near] - values[rival[near], :, near].T).sum(axis=1) / (2 * reach))
