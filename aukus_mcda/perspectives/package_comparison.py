# SPDX-License-Identifier: Apache-2.0
"""Packages that no other beats: robust portfolio modelling, exactly where every package can be looked at.

One package dominates another when it is worth no less under all weights and scores
that are possible, and more under some. Where all packages are looked at, the non-dominated
ones are found in two steps, each exact:

1. Exchanges: if doing B in place of A is never worse and sometimes better, every
   package with A is dominated by the one with B instead, if that is allowed. All
   exchanges of up to three options are tried on all packages at once.
2. Each package that is left, the best first, is compared with those left: first at some extreme
   weights, as whoever dominates another is nowhere behind it there, then with the few that pass exactly.

Otherwise packages are sought that are best in a draw, by an integer program each. A package
that is worth the most in a draw is non-dominated: where another is worth as
much at a point inside all that is possible, and no less anywhere, the two are worth
the same everywhere. So every package found is non-dominated, but those that are best in no
draw are missed. An option that some of them hold and others do not is surely borderline.

References
----------
Liesiö, Mild and Salo (2007), doi:10.1016/j.ejor.2005.12.041; for interdependencies
between options (2008), *European Journal of Operational Research* 190, 679-695.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..errors import AukusMcdaError
from ..uncertainty import Cluster, Source, total
from ..weights import TIE, Array, Extremes
from .package_rules import Members, Rules, Worth

Gains: TypeAlias = Callable[[int, int], Array]
"""From a chunk, and how many of its draws count, to what `drawn_gains` gives."""

MOST_LEFT = 1 << 15
"""Packages that exchanges may leave; comparing more with each other would take minutes."""
CELLS = 4_000_000
"""Package values that are in memory at once."""
SAME = 1e-5
"""Values closer than this, in points, are equal: the solver is no finer."""
SOLVED = 300
"""The most draws for which a program is solved."""


@dataclass(frozen=True, eq=False)
class GoodPackages:
    """Packages that are non-dominated, and what is known of the options.

    Attributes
    ----------
    members : array (p, n), of bool
        The packages.
    best : array (p,)
        In which share of draws each is best.
    share : array (n,)
        In which share of draws each option is in the best package.
    proven : array (n,), of bool
        Options whose status no further package can change.
    draws : int
    complete : bool
        Whether ``members`` holds all there are.
    """

    members: Members
    best: Array
    share: Array
    proven: NDArray[np.bool_]
    draws: int
    complete: bool


def dominates(apart: Array, worth: Worth, weights: Extremes) -> NDArray[np.bool_]:
    """Whether packages dominate others, pair by pair, ``(p,)``; ``apart`` is the parts of the one less the other's."""
    least = worth.least(apart)
    dominating = np.asarray((least @ weights.corners.T >= -TIE).all(axis=1))
    most = worth.greatest(apart[dominating])
    sometimes = np.asarray((most @ weights.corners.T > TIE).any(axis=1))
    if not weights.complete:
        sometimes[~sometimes] = weights.greatest(most[~sometimes]) > TIE
    dominating[dominating] = sometimes
    dominating[dominating] = weights.never_negative(least[dominating])
    return dominating


def non_dominated(packages: Members, worth: Worth, weights: Extremes) -> Members | None:
    """Those of all allowed packages ``(p, n)`` that none of these dominates; None when too many are left to compare."""
    left = improved_away(packages, worth, weights)
    if len(left) > MOST_LEFT:
        return None
    parts = worth.parts(left).astype(float)
    values = parts @ worth.gains @ weights.corners.T
    columns = np.vstack([values.mean(axis=1), values.T])
    good = np.ones(len(left), dtype=bool)
    for best in np.argsort(-columns[0], kind="stable"):
        if not good[best]:
            continue
        behind = np.flatnonzero(good)
        for column in columns:
            behind = behind[column[behind] <= column[best] + TIE]
            if len(behind) == 1:  # itself
                break
        if len(behind) > 1:
            good[behind[dominates(parts[best] - parts[behind], worth, weights)]] = False
    return left[good]


def improved_away(packages: Members, worth: Worth, weights: Extremes) -> Members:
    """What is left of all allowed packages when those that an exchange would improve are gone.

    Options with synergies are not exchanged, as their worth hangs on the others.
    """
    count = packages.shape[1]
    alone = np.flatnonzero(~worth.together.any(axis=0)).tolist()
    sets = [chosen for size in range(3) for chosen in combinations(alone, size)]
    exchanges = [(out, into) for out in sets for into in sets if len(out + into) <= 3 and not set(out) & set(into)]
    without, having = (np.zeros((len(exchanges), count), dtype=bool) for _ in range(2))
    for row, (out, into) in enumerate(exchanges):
        without[row, list(out)] = True
        having[row, list(into)] = True
    better = dominates(worth.parts(having).astype(float) - worth.parts(without), worth, weights)

    left = codes = _codes(packages)
    allowed = np.zeros(1 << count, dtype=bool)
    allowed[codes] = True
    for out, into in zip(_codes(without[better]), _codes(having[better]), strict=True):
        improved = left & (out | into) == out
        improved[improved] = allowed[left[improved] ^ (out | into)]
        left = left[~improved]
    return packages[np.isin(codes, left)]


def drawn_gains(source: Source, rows: NDArray[np.intp], worth: Worth, chunk: int, size: int) -> Array:
    """Weighted values of the parts of packages over the baseline, parts x the first draws of a chunk.

    Parameters
    ----------
    source : Source
        Of all options that pass the screens, so that a seed means what it does in `smaa`.
    rows : array of int
        Which of these are in packages, and last which is the baseline, if it is an option.
    worth : Worth
        Values of another baseline and of the synergies, which do not vary.
    chunk, size : int
    """
    block = source.block(chunk, size)
    weights, scores = block.weights[0], block.weighted()[0]
    values = np.vstack([scores[rows], np.einsum("sj,jn->sn", worth.likely[len(rows) :], weights)])
    return np.vstack([values[:-1] - values[-1], np.einsum("sj,jn->sn", worth.extra, weights)])


def _best_shares(gains: Gains, packages: Array, chunk: int, size: int) -> Array:
    """Reducer: how often each package, as its parts ``(p, n + s)``, is worth the most; equals share a draw evenly."""
    counts, step, drawn = np.zeros(len(packages)), max(1, CELLS // len(packages)), gains(chunk, size)
    for start in range(0, size, step):
        values = packages @ drawn[:, start : start + step]
        best = values >= values.max(axis=0) - TIE
        counts += (best / best.sum(axis=0)).sum(axis=1)
    return counts


def compared(
    packages: Members,
    worth: Worth,
    weights: Extremes,
    gains: Gains,
    draws: int,
    *,
    beyond: bool,
    progress: Callable[[float], object],
    cluster: Cluster | None,
) -> GoodPackages | None:
    """All good packages among all allowed ones ``(p, n)``; None when too many are left to compare.

    A draw within the low-high ends is always won by a non-dominated package. Where draws go
    ``beyond`` them, up to the anchors, other packages compete too.
    """
    good = non_dominated(packages, worth, weights)
    if good is None:
        return None
    rivals = good
    if beyond:
        none, full = np.zeros_like(worth.likely), np.full_like(worth.likely, 100.0)
        rivals = improved_away(packages, replace(worth, low=none, high=full), weights)
    reducer = partial(_best_shares, gains, worth.parts(rivals).astype(float))
    shares = total(reducer, draws, progress=progress, cluster=cluster) / draws
    by_code = dict(zip(_codes(rivals), shares, strict=True))
    best = np.array([by_code.get(code, 0.0) for code in _codes(good)])
    every = np.ones(good.shape[1], dtype=bool)
    return GoodPackages(good, best, shares @ rivals, every, draws, complete=True)


def searched(
    rules: Rules, worth: Worth, weights: Extremes, gains: Gains, draws: int, progress: Callable[[float], object]
) -> GoodPackages:
    """Good packages that are best in a draw, where there are too many to look at each.

    With certain scores and weights a program settles each option: forbidding a core option,
    or forcing an exterior one, costs value.
    """
    if worth.certain and len(weights.corners) == 1:
        return _settled(rules, worth, worth.weighted(weights.corners[0]))
    draws, best = min(draws, SOLVED), []
    for drawn in gains(0, draws).T:
        best.append(best_by_program(rules, worth, drawn))
        progress(len(best) / draws)
    packages, counts = np.unique(np.vstack(best), axis=0, return_counts=True)
    # A draw of a score from beyond its ends can be won by a package that is dominated within them.
    parts = worth.parts(packages).astype(float)
    good = np.array([not dominates(parts - own, worth, weights).any() for own in parts])
    held = packages[good].mean(axis=0)
    shares = counts / draws
    proven = (held > 0) & (held < 1)
    return GoodPackages(packages[good], shares[good], shares @ packages, proven, draws, complete=False)


def best_by_program(rules: Rules, worth: Worth, gains: Array, fixed: tuple[int, bool] | None = None) -> Members:
    """The package ``(1, n)`` that is worth the most, to 1e-6 points, by integer program; ``(0, n)`` when there is none.

    Parameters
    ----------
    rules : Rules
    worth : Worth
    gains : array (n + s,)
        Weighted values of the parts over the baseline.
    fixed : tuple of (int, bool), optional
        An option, and whether it must be in the package.

    Raises
    ------
    AukusMcdaError
        When the solver gives up.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    options, synergies = rules.rows.shape[1], np.eye(len(gains))[len(rules.options) :]
    rows = [*np.vstack([rules.amounts, rules.rows]) @ np.eye(options, len(gains))]
    upper = [*rules.bounds, *rules.upper]
    for synergy, together in zip(synergies, worth.together, strict=True):  # it counts exactly when all are in
        needed = np.eye(options, len(gains))[together]
        rows += [*(synergy - needed), needed.sum(axis=0) - synergy]
        upper += [0.0] * len(needed) + [len(needed) - 1.0]
    low, high = np.zeros(len(gains)), np.ones(len(gains))
    if fixed is not None:
        low[fixed[0]] = high[fixed[0]] = fixed[1]
    constraints = LinearConstraint(rows, ub=upper) if rows else ()
    how = {"integrality": np.ones(len(gains)), "options": {"mip_rel_gap": 0.0}}
    solved = milp(-gains, bounds=Bounds(low, high), constraints=constraints, **how)
    if solved.status == 2:
        return np.empty((0, options), dtype=bool)
    if solved.x is None:
        raise AukusMcdaError(f"No best package could be found: {solved.message}")
    return np.asarray(solved.x[None, :options].round() == 1)


def _settled(rules: Rules, worth: Worth, gains: Array) -> GoodPackages:
    """The best package, and for each option one that is as good without it, or with it, if there is any."""
    best = best_by_program(rules, worth, gains)
    others = [best_by_program(rules, worth, gains, (option, not held)) for option, held in enumerate(best[0])]
    packages = np.unique(np.vstack([best, *others]), axis=0)
    value = worth.parts(packages) @ gains
    good = packages[value >= value.max() - SAME]
    shares = np.full(len(good), 1 / len(good))
    proven = np.ones(len(rules.options), dtype=bool)
    return GoodPackages(good, shares, shares @ good, proven, 1, complete=len(good) == 1)


def _codes(packages: Members) -> NDArray[np.int64]:
    """Packages as whole numbers, a bit for each option."""
    return np.asarray(packages @ (1 << np.arange(packages.shape[1], dtype=np.int64)))
