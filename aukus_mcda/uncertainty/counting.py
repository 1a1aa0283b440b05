# SPDX-License-Identifier: Apache-2.0
"""Count who ranks where, draw by draw: the array functions beneath `acceptability`.

Arrays of scores have shape ``(m, n)``, a row per option and a column per draw;
weights ``(k, n)``. Options within `TIE` of the best of their group are
equal, as in `ranking.ranks`, and share the ranks they take up evenly.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ..weights import TIE, Array
from .engine import Counts

Ints = NDArray[np.int64]

COMPARED = 64
"""Up to so many options, all pairs are compared; beyond it, each draw is sorted."""

SORTED = 250_000
"""Scores that are sorted at once, to stay in the processor's cache."""


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
    options, draws = scores.shape
    weights = np.empty((0, draws)) if weights is None else weights
    leaves = len(weights)
    places, wins, tied = compare(scores) if options <= COMPARED else sort_places(scores)
    counts = Counts(draws=draws, ranks=np.zeros((options, options)))
    counts |= {"sums": np.zeros((options, leaves)), "products": np.zeros((options, leaves, leaves))}
    if tied.any():  # there, places and wins do not hold
        clear = ~tied
        _count_tied(counts, scores[:, tied], weights[:, tied])
        places, weights = places[:, clear], weights[:, clear]
        wins = None if wins is None else compare(scores[:, clear])[1]
    if wins is not None:
        counts += Counts(wins=wins)
    for option, row in enumerate(places):
        counts["ranks"][option] += np.bincount(row, minlength=options)
        ahead = np.flatnonzero(row == 0)
        if len(ahead):
            _lead(counts, option, weights.take(ahead, axis=1))
    return counts


def _count_tied(counts: Counts, scores: Array, weights: Array) -> None:
    """Count draws in which options tie."""
    options, draws = scores.shape
    for start in range(0, draws, part := max(1, SORTED // options)):
        first, last = groups(scores[:, start : start + part])
        equals, codes = 1 + last - first, first + options * np.arange(options)[:, None]
        for many in np.unique(equals).tolist():
            share = np.bincount(codes[equals == many], minlength=options**2).reshape(options, options) / many
            for place in range(many):
                counts["ranks"][:, place:] += share[:, : options - place]
        for option in np.flatnonzero((first == 0).any(axis=1)).tolist():
            ahead = np.flatnonzero(first[option] == 0)
            _lead(counts, option, weights[:, start + ahead], 1 / equals[option, ahead])
        if options <= COMPARED:
            wins = np.array([(row < first).sum(axis=1) + (row == first).sum(axis=1) / 2 for row in first])
            np.fill_diagonal(wins, 0)
            counts["wins"] = wins + counts.get("wins", 0)


def _lead(counts: Counts, option: int, weights: Array, share: Array | float = 1.0) -> None:
    """Count weights under which an option leads, alone or with an equal share each."""
    if weights.size:
        shared = weights * share
        counts["sums"][option] += shared.sum(axis=1)
        counts["products"][option] += np.einsum("jn,ln->jl", shared, weights)


def compare(scores: Array) -> tuple[NDArray[np.integer], Array | None, NDArray[np.bool_]]:
    """Places by comparing all pairs, as if there were no ties.

    Parameters
    ----------
    scores : array (m, n)
        At most `COMPARED` options.

    Returns
    -------
    places : array (m, n)
        How many options are ahead.
    wins : array of float (m, m)
        In how many draws the row's option is ahead of the column's.
    near : array (n,)
        In which draws two options are within `TIE`: there the rest does not hold.
    """
    count, draws = scores.shape
    places = np.repeat(np.arange(count, dtype=np.int8)[:, None], draws, axis=1)
    wins = np.zeros((count, count), dtype=np.int64)
    near = np.zeros(draws, dtype=bool)
    gaps = np.empty_like(scores)
    for i in range(count - 1):
        gap = np.subtract(scores[i], scores[i + 1 :], out=gaps[i + 1 :])
        behind, not_ahead = gap < -TIE, gap <= TIE
        ones = behind.view(np.int8)
        places[i] += np.add.reduce(ones, axis=0, dtype=np.int8)
        places[i + 1 :] -= ones
        wins[i + 1 :, i] = [np.count_nonzero(row) for row in behind]
        if wins[i + 1 :, i].sum() < np.count_nonzero(not_ahead):
            near |= (behind != not_ahead).any(axis=0)
    wins += np.triu(draws - wins.T, 1)
    return places, wins.astype(float), near


def sort_places(scores: Array) -> tuple[NDArray[np.integer], None, NDArray[np.bool_]]:
    """As `compare`, for any number of options, but without the pairs."""
    count, draws = scores.shape
    places, tied = np.empty((count, draws), dtype=np.int16), np.empty(draws, dtype=bool)
    for start in range(0, draws, part := max(1, SORTED // count)):
        now = slice(start, start + part)
        down = np.ascontiguousarray(-scores[:, now].T)
        order = np.argsort(down, axis=1)
        rising = np.take_along_axis(down, order, axis=1)
        tied[now] = (np.diff(rising, axis=1) <= TIE).any(axis=1)
        placed = np.empty(order.shape, dtype=np.int16)
        np.put_along_axis(placed, order, np.arange(count, dtype=np.int16)[None], axis=1)
        places[:, now] = placed.T
    return places, None, tied


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
    order = np.argsort(-scores, axis=0)  # which of two equals comes first changes nothing below
    down = np.take_along_axis(-scores, order, axis=0)
    first, last = places = np.zeros((2, *order.shape), dtype=np.int64)
    top = down[0].copy()
    for place in range(1, len(down)):
        new = down[place] - top > TIE
        np.copyto(top, down[place], where=new)
        first[place] = np.where(new, place, first[place - 1])
    last[-1] = len(down) - 1
    for place in range(len(down) - 2, -1, -1):
        last[place] = np.where(first[place + 1] == first[place], last[place + 1], place)
    placed = np.empty_like(places)
    np.put_along_axis(placed, order[None], places, axis=1)
    return placed[0], placed[1]


def lead_shares(scores: Array) -> Array:
    """Who leads in each draw of ``scores (m, n)``: 1 for the leader, an equal share each where some tie.

    Examples
    --------
    >>> lead_shares(np.array([[3.0, 2.0], [1.0, 2.0], [0.0, 1.0]])).T.tolist()
    [[1.0, 0.0, 0.0], [0.5, 0.5, 0.0]]
    """
    ahead = (scores >= scores.max(axis=0) - TIE).astype(float)
    return np.asarray(ahead / ahead.sum(axis=0))


def confirm(values: Iterable[Array], draws: int, central: Array) -> Array:
    """How often each option leads at its central weights ``(m, k)``, and its `slopes`: sums over draws ``(m, 1 + k)``.

    ``values`` are those of one option after the other, ``(k, draws)``, and come twice if asked twice. The slopes only
    serve a standard error: a sixteenth of the draws is enough for them, and 512 where there are so many.
    """
    options, leaves = central.shape
    leading = np.flatnonzero(~np.isnan(central[:, 0]))
    weights, some = central[leading], min(draws, max(512, draws // 16))
    scores, mine, best = np.empty((3, len(leading), draws))
    best[:] = -np.inf
    others, first = np.empty((options, len(leading), some)), np.empty((options, leaves, some))
    for option, part in enumerate(values):
        np.einsum("jn,wj->wn", part, weights, out=scores)
        own = leading == option
        mine[own], scores[own] = scores[own], -np.inf  # so that the others are left
        np.maximum(best, scores, out=best)
        others[option], first[option] = scores[:, :some], part[:, :some]
    gaps = mine - best
    sums = np.zeros((options, 1 + leaves))
    sums[leading, 0] = np.count_nonzero(gaps > TIE, axis=1) + _tied(weights, values, gaps, best)
    for option, gap, rivals in zip(leading.tolist(), gaps, others.swapaxes(0, 1), strict=True):
        sums[option, 1:] = slopes(gap[:some], rivals[:, :some], first, option) * (draws / some)
    return sums


def _tied(weights: Array, values: Iterable[Array], gaps: Array, best: Array) -> Array:
    """Shares of first places that are tied, by option that leads, ``(w,)``: they are few, and their scores not kept."""
    near = np.abs(gaps) <= TIE
    draws = np.flatnonzero(near.any(axis=0))
    if not len(draws):
        return np.zeros(len(weights))
    level = np.maximum(best, best + gaps)[:, draws] - TIE
    equals = sum((np.einsum("jn,wj->wn", part[:, draws], weights) >= level).astype(int) for part in values)
    return np.asarray((near[:, draws] / np.maximum(1, equals)).sum(axis=1))


def slopes(gap: Array, others: Array, values: Array, option: int) -> Array:
    """How many more of the draws the option leads in for each unit of weight, shape ``(k,)``.

    A draw tips where the option's gap to the best of the others is 0; how densely the
    gaps lie there, and what a weight does to them, is read off those within a
    bandwidth of it (1.06 standard deviations / n^(1/5)).

    Parameters
    ----------
    gap : array (n,)
        How far the option is ahead of the best of the others.
    others : array (m, n)
        Scores of the others at the weights in question; the option's own is below all.
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
    rival = others[:, near].argmax(axis=0)
    return np.asarray((values[option][:, near] - values[rival, :, near].T).sum(axis=1) / (2 * reach))
