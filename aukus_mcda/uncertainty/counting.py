"""Count who ranks where, draw by draw: the array functions beneath `acceptability`.

Arrays of scores have shape ``(m, n)``, a row per option and a column per draw;
weights ``(k, n)``. Options within `TIE` of the best of their group are
equal, as in `ranking.ranks`, and share the ranks they take up evenly.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..weights import TIE, Array
from .engine import Counts

Ints = NDArray[np.int64]

COMPARED = 64
"""Up to so many options, all pairs are compared; beyond it, each draw is sorted."""


def count_ranks(scores: Array, weights: Array | None = None) -> Counts:
    """Count a block of draws: ``scores (m, n)``, under ``weights (k, n)`` where those that let an option lead matter.

    Returns
    -------
    Counts
        draws : int
        ranks : array (m, m)
            How often each option took each rank; a shared rank counts by its share.
        wins : array (m, m)
            How often the row's option was ahead of the column's, a tie counting half; left out for many options.
        sums : array (m, k)
            Sums of the weights under which each option led.
        products : array (m, k, k)
            Sums of the products of each two of these weights.
    """
    if weights is None:
        weights = np.empty((0, scores.shape[1]))
    if len(scores) > COMPARED:
        return _count_sorted(scores, weights)
    places, wins, near = compare(scores)
    if near.any():  # there, places by comparing do not hold
        tied, clear = np.flatnonzero(near), np.flatnonzero(~near)
        counts = _count_sorted(scores[:, tied], weights[:, tied])
        counts += count_ranks(scores[:, clear], weights[:, clear])
        return counts
    counts = _nothing(len(scores), len(weights))
    counts["draws"], counts["wins"] = scores.shape[1], wins.astype(float)
    for option, row in enumerate(places):
        counts["ranks"][option] = np.bincount(row, minlength=len(scores))
        _lead(counts, option, weights[:, np.flatnonzero(row == 0)])
    return counts


def _nothing(options: int, leaves: int) -> Counts:
    """No draws counted yet; pairs only of as many options as are compared."""
    sums, products = np.zeros((options, leaves)), np.zeros((options, leaves, leaves))
    counts = Counts(draws=0, ranks=np.zeros((options, options)), sums=sums, products=products)
    if options <= COMPARED:
        counts["wins"] = np.zeros((options, options))
    return counts


def _count_sorted(scores: Array, weights: Array) -> Counts:
    """As `count_ranks`, for any number of options, with ties."""
    count = len(scores)
    counts = _nothing(count, len(weights))
    counts["draws"] = scores.shape[1]
    for start in range(0, scores.shape[1], part := max(1, 250_000 // count)):
        first, last = groups(scores[:, start : start + part])
        alone = first == last
        codes = first + np.arange(count)[:, None] * count
        counts["ranks"] += np.bincount(codes[alone], minlength=count * count).reshape(count, count)
        shared, times = np.unique(
            np.stack([np.nonzero(~alone)[0], first[~alone], last[~alone]]), axis=1, return_counts=True
        )
        for (option, top, bottom), often in zip(shared.T, times, strict=True):
            counts["ranks"][option, top : bottom + 1] += often / (bottom + 1 - top)
        if "wins" in counts:
            for option, row in enumerate(first):
                counts["wins"][option] += (row < first).sum(axis=1) + (row == first).sum(axis=1) / 2
            counts["wins"][np.diag_indices(count)] = 0
        for option in np.flatnonzero((first == 0).any(axis=1)):
            ahead = np.flatnonzero(first[option] == 0)
            _lead(counts, int(option), weights[:, start + ahead], 1 / (1 + last[option, ahead]))
    return counts


def _lead(counts: Counts, option: int, weights: Array, share: Array | float = 1.0) -> None:
    """Count weights under which an option leads, alone or with an equal share each."""
    shared = weights * share
    counts["sums"][option] += shared.sum(axis=1)
    counts["products"][option] += np.einsum("jn,ln->jl", shared, weights)


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


def lead_shares(scores: Array) -> Array:
    """Who leads in each draw of ``scores (m, n)``: 1 for the leader, an equal share each where some tie.

    Examples
    --------
    >>> lead_shares(np.array([[3.0, 2.0], [1.0, 2.0], [0.0, 1.0]])).T.tolist()
    [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]
    """
    ahead = (scores >= scores.max(axis=0) - TIE).astype(float)
    return np.asarray(ahead / ahead.sum(axis=0))


def confirm(values: Array, central: Array) -> Array:
    """How often each option leads at its central weights ``(m, k)`` when values are ``(m, k, n)``, and its `slopes`.

    Shape ``(m, 1 + k)``; sums over the draws. The slopes only serve a standard error: a sixteenth of the draws is
    enough for them, and 512 where there are so many.
    """
    draws = values.shape[2]
    some = min(draws, max(512, draws // 16))
    sums = np.zeros((len(central), 1 + central.shape[1]))
    scores = np.empty((len(values), draws))
    for option in np.flatnonzero(~np.isnan(central[:, 0])).tolist():
        np.einsum("ijn,j->in", values, central[option], out=scores)
        gap = gaps(scores, option)
        sums[option, 0] = leads(scores, gap)
        sums[option, 1:] = slopes(gap[:some], scores[:, :some], values[:, :, :some], option) * (draws / some)
    return sums


def gaps(scores: Array, option: int) -> Array:
    """How far an option is ahead of the best of the others in each draw of ``scores (m, n)``, ``(n,)``."""
    others = np.maximum(scores[:option].max(axis=0, initial=-np.inf), scores[option + 1 :].max(axis=0, initial=-np.inf))
    return np.asarray(scores[option] - others)


def leads(scores: Array, gap: Array) -> float:
    """In how many draws of ``scores (m, n)`` an option with these `gaps` leads, a shared lead counting by its share."""
    near = scores[:, np.abs(gap) <= TIE]
    equals = np.count_nonzero(near >= near.max(axis=0, initial=-np.inf) - TIE, axis=0)
    return float(np.count_nonzero(gap > TIE) + (1 / equals).sum())


def slopes(gap: Array, scores: Array, values: Array, option: int) -> Array:
    """How many more of the draws the option leads in for each unit of weight, shape ``(k,)``.

    A draw tips where the option's gap to the best of the others is 0; how densely the
    gaps lie there, and what a weight does to them, is read off those within a
    bandwidth of it (1.06 standard deviations / n^(1/5)).

    Parameters
    ----------
    gap : array (n,)
        From `gaps`.
    scores : array (m, n)
        At the weights in question.
    values : array (m, k, n)
        What they were made of.
    option : int
    """
    count, leaves, draws = values.shape
    if count < 2:
        return np.zeros(leaves)
    reach = 1.06 * float(gap.std()) * draws**-0.2
    near = np.flatnonzero(np.abs(gap) < reach)
    if not len(near):
        return np.zeros(leaves)
    others = scores[:, near]
    others[option] = -np.inf
    rival = others.argmax(axis=0)
    return np.asarray((values[option][:, near] - values[rival, :, near].T).sum(axis=1) / (2 * reach))
