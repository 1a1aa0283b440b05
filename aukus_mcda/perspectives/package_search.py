"""Too many packages to compare each: those that are best in draws, by integer programs, and what they settle.

A package that is worth the most in a draw is non-dominated: where another is worth as
much at a point inside all that is possible, and no less anywhere, the two are worth
the same everywhere. So every package found is non-dominated, but those that are best in no
draw are missed. An option that some found packages hold and others do not is surely
borderline.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..weights import Array, Extremes
from .combinations import Rules
from .package_dominance import dominates
from .package_draws import PackageDraws
from .package_programs import Program
from .package_values import Members, Worth

SAME = 1e-5
"""Values closer than this, in points, are equal: the solver is no finer."""

SOLVED = 300
"""The most draws for which a program is solved."""


@dataclass(frozen=True, eq=False)
class Found:
    """Packages that are non-dominated, and what is known of the options.

    Attributes
    ----------
    good : array (p, n), of bool
        The packages.
    best : array (p,)
        In which share of draws each is best.
    share : array (n,)
        In which share of draws each option is in the best package.
    proven : array (n,), of bool
        Options whose status no further package can change.
    draws : int
    complete : bool
        Whether ``good`` is all there are.
    """

    good: Members
    best: Array
    share: Array
    proven: Members
    draws: int
    complete: bool


def searched(
    rules: Rules,
    worth: Worth,
    weights: Extremes,
    middle: Array,
    drawn: PackageDraws,
    draws: int,
    seed: int,
    progress: Callable[[float], object],
) -> Found:
    """Packages that are best in a draw.

    With certain scores and weights one program settles each option: forbidding a core option,
    or forcing an exterior one, costs value.
    """
    program = Program.of(rules, worth.together)
    if worth.certain and len(weights.corners) == 1:
        gains = np.concatenate([(worth.likely - worth.base) @ middle, worth.extra @ middle])
        return _settled(program, gains, worth)
    made, found = min(draws, SOLVED), []
    for block in drawn.blocks(made, seed):
        for column in block.T:
            found.append(program.must(column))
            progress(len(found) / made)
    good, counts = np.unique(np.array(found), axis=0, return_counts=True)
    # A draw of a score from beyond its ends can be won by a package that is dominated within them.
    alone = np.array(
        [not dominates(good, np.repeat(row[None], len(good), axis=0), worth, weights).any() for row in good]
    )
    held = good[alone].mean(axis=0)
    shares = counts / made
    return Found(good[alone], shares[alone], shares @ good, (held > 0) & (held < 1), made, complete=False)


def _settled(program: Program, gains: Array, worth: Worth) -> Found:
    """The best package, and for each option one that is as good without it, or with it, if there is any."""

    def value(members: Members) -> float:
        return float(np.concatenate([members, worth.synergies(members[None])[0]]) @ gains)

    best = program.must(gains)
    found = [best]
    for option, held in enumerate(best):
        other = program.best(gains, without=option) if held else program.best(gains, having=option)
        if other is not None and value(other) >= value(best) - SAME:
            found.append(other)
    good = np.unique(np.array(found), axis=0)
    shares = np.full(len(good), 1 / len(good))
    return Found(good, shares, shares @ good, np.ones(len(best), dtype=bool), 1, complete=len(good) == 1)
