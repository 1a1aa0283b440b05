"""Packages that no other beats: robust portfolio modelling, exactly.

One package dominates another when it is worth no less under all weights and
scores that are possible, and more under some. The non-dominated ones are found
in three steps, each exact:

1. Exchanges: if doing B in place of A is never worse and sometimes better, every
   package with A is dominated by the one with B instead, if that is allowed. All
   exchanges of up to two options for up to one, and one for two, are tried on all packages at once.
2. Sieve: whoever dominates another is worth no less at every corner of the weights
   that is known, with all scores likely, at their low and at their high ends. Sets
   of packages that are, a bit each, show which pairs are worth a closer look.
3. The pairs that are left are settled one by one.

References
----------
Liesiö, Mild and Salo (2007), doi:10.1016/j.ejor.2005.12.041; for interdependencies
between options (2008), *European Journal of Operational Research* 190, 679-695.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from ..weights import TIE, Array, Extremes, chunk_rng
from .combinations import EXHAUSTIVE, Masks, members_of
from .package_values import Members, Worth

MOST = 1 << 15
"""Packages that exchanges may leave; comparing more with each other would take minutes."""
BLOCK = 2_048
"""Packages in a block of the sieve, 64 to a word."""
QUERIES = 16_384
"""Packages that are sieved together."""
PAIRS = 20_000
"""Pairs that are settled together."""
MIXED = 128
"""Further points at which packages are compared, each with some options at their low ends and some at their high."""
BEGIN = 4 * BLOCK
"""Packages worth the most that the others meet first."""


def non_dominated(masks: Masks, worth: Worth, weights: Extremes) -> Masks | None:
    """The packages among all allowed ones that none of these dominates, ascending; None when too many are left.

    Parameters
    ----------
    masks : array (p,)
        Every allowed package, from `Rules.feasible`.
    worth : Worth
    weights : Extremes
    """
    left = improved_away(masks, worth, weights)
    if len(left) > MOST:
        return None
    if len(left) > BEGIN:
        value = worth.likely_of(members_of(left, worth.likely.shape[0])) @ weights.corners.mean(axis=0)
        best = np.sort(np.argsort(-value, kind="stable")[:BEGIN])
        left = left[~dominated_by(left, left[best], worth, weights)]
    return left[~dominated_by(left, left, worth, weights)]


def dominates(one: Members, other: Members, worth: Worth, weights: Extremes) -> NDArray[np.bool_]:
    """Whether packages ``(p, n)`` dominate others, pair by pair, ``(p,)``."""
    least = worth.least_gap(one, other)
    hopeful = np.flatnonzero((least @ weights.corners.T >= -TIE).all(axis=1))
    most = worth.greatest_gap(one[hopeful], other[hopeful])
    sometimes = np.asarray((most @ weights.corners.T > TIE).any(axis=1))
    if not weights.complete:
        sometimes[~sometimes] = weights.greatest(most[~sometimes]) > TIE
    hopeful = hopeful[sometimes]
    found = np.zeros(len(one), dtype=bool)
    found[hopeful] = weights.never_negative(least[hopeful])
    return found


def improved_away(masks: Masks, worth: Worth, weights: Extremes) -> Masks:
    """What is left of allowed packages when those that an exchange would improve are gone.

    Options with synergies are not exchanged, as their worth hangs on the others.
    """
    count = worth.likely.shape[0]
    if count > EXHAUSTIVE:
        return masks
    plain = [k for k in range(count) if not worth.together[:, k].any()]
    allowed = np.zeros(1 << count, dtype=bool)
    allowed[masks] = True
    left = masks
    for taken, given in _better_exchanges(plain, worth, weights):
        able = left & (taken | given) == taken
        able[able] = allowed[left[able] ^ (taken | given)]
        left = left[~able]
    return left


def _better_exchanges(plain: list[int], worth: Worth, weights: Extremes) -> list[tuple[int, int]]:
    """Pairs of sets of options, as bits: doing the second in place of the first is an improvement."""
    single = [(k,) for k in plain]
    double = list(combinations(plain, 2))
    sides: list[tuple[tuple[int, ...], tuple[int, ...]]] = [((), one) for one in single] + [(one, ()) for one in single]
    sides += [(a, b) for a in single for b in (*single, *double) if not set(a) & set(b)]
    sides += [(a, b) for a in double for b in single if not set(a) & set(b)]
    if not sides:
        return []
    before, after = (np.zeros((len(sides), worth.likely.shape[0]), dtype=bool) for _ in range(2))
    for row, (taken, given) in enumerate(sides):
        before[row, list(taken)] = True
        after[row, list(given)] = True
    found = dominates(after, before, worth, weights)
    bits = 1 << np.arange(worth.likely.shape[0])
    return [(int(before[row] @ bits), int(after[row] @ bits)) for row in np.flatnonzero(found)]


def dominated_by(masks: Masks, rivals: Masks, worth: Worth, weights: Extremes) -> NDArray[np.bool_]:
    """Which packages some of their rivals dominate, ``(p,)``."""
    count = worth.likely.shape[0]
    scenarios = _scenarios(worth, weights)

    def values(members: Members) -> Array:
        return np.asarray(np.hstack([members, worth.synergies(members)]) @ scenarios)

    rivals_in, beaten = members_of(rivals, count), np.zeros(len(masks), dtype=bool)
    for start in range(0, len(rivals), BLOCK):
        block = rivals_in[start : start + BLOCK]
        tables = _tables(values(block))
        for first in range(0, len(masks), QUERIES):
            rows = first + np.flatnonzero(~beaten[first : first + QUERIES])
            own = members_of(masks[rows], count)
            _settle(rows, own, block, _sieved(values(own), tables), worth, weights, beaten)
    return beaten


def _scenarios(worth: Worth, weights: Extremes) -> Array:
    """Weighted values of options, then of synergies, at corners of the weights and of the scores, ``(n + s, m)``."""
    cases = [(worth.likely, worth.base)]
    if not worth.certain:
        cases += [(worth.low, worth.base_low), (worth.high, worth.base_high)]
        cases += [(worth.low, worth.base_high), (worth.high, worth.base_low)]
    columns = [np.vstack([values - base, worth.extra]) @ weights.corners.T for values, base in cases]
    if not worth.certain:
        mixed = chunk_rng(0, 0).random((MIXED, worth.likely.shape[0] + 1, 1)) < 0.5
        for number, high in enumerate(mixed):
            values = np.where(high[:-1], worth.high, worth.low)
            base = worth.base_high if high[-1, 0] else worth.base_low
            corner = weights.corners[[number % len(weights.corners)]]
            columns.append(np.vstack([values - base, worth.extra]) @ corner.T)
    return np.hstack(columns)


def _tables(values: Array) -> list[tuple[Array, NDArray[np.uint64]]]:
    """For each column of ``(c, m)``: it in order, and from each place on the set of rows there, a bit each."""
    count = len(values)
    words = -(-count // 64)
    row = np.arange(count)
    single = np.zeros((count + 1, words), dtype=np.uint64)
    tables = []
    for column in values.T:
        order = np.argsort(column, kind="stable")
        single[:] = 0
        single[row, order // 64] = np.uint64(1) << (order % 64).astype(np.uint64)
        tables.append((column[order], np.bitwise_or.accumulate(single[::-1], axis=0)[::-1]))
    return tables


def _sieved(
    values: Array, tables: list[tuple[Array, NDArray[np.uint64]]]
) -> tuple[NDArray[np.intp], NDArray[np.uint64]]:
    """Rows of ``(p, m)`` that some row of a block is worth no less than in all columns, and the set of these."""
    rows = np.arange(len(values))
    alive = np.full((len(values), tables[0][1].shape[1]), ~np.uint64(0))
    for column, (ordered, sets) in enumerate(tables):
        alive &= sets[np.searchsorted(ordered, values[rows, column] - TIE)]
        some = alive.any(axis=1)
        rows, alive = rows[some], alive[some]
    return rows, alive


def _settle(
    rows: NDArray[np.intp],
    own: Members,
    block: Members,
    sieved: tuple[NDArray[np.intp], NDArray[np.uint64]],
    worth: Worth,
    weights: Extremes,
    beaten: NDArray[np.bool_],
) -> None:
    """Mark in ``beaten`` the packages that one of the block dominates, of the pairs that passed the sieve."""
    queries, sets = sieved
    step = max(1, PAIRS * 64 // BLOCK)
    for start in range(0, len(queries), step):
        part = sets[start : start + step]
        bits = np.unpackbits(part.view(np.uint8), axis=1, bitorder="little")[:, : len(block)]
        query, rival = np.nonzero(bits)
        for first in range(0, len(query), PAIRS):
            asked, met = queries[start + query[first : first + PAIRS]], rival[first : first + PAIRS]
            open_still = ~beaten[rows[asked]]
            asked, met = asked[open_still], met[open_still]
            found = dominates(block[met], own[asked], worth, weights)
            beaten[rows[asked[found]]] = True
