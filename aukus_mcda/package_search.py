"""Beyond 20 options: non-dominated packages by integer programs, and which options are surely core or exterior.

A package that is worth the most in a draw is non-dominated: where another is worth as
much at a point inside all that is possible, and no less anywhere, the two are worth
the same everywhere. So every package found is non-dominated, but those that are best in no
draw are missed. An option that some found packages hold and others do not is surely
borderline.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from .combinations import Rules
from .package_dominance import dominates
from .package_draws import PackageDraws
from .package_programs import Program
from .package_values import Array, Members, Worth
from .weight_sets import WeightSet

SAME = 1e-5
"""Values closer than this, in points, are equal: the solver is no finer."""

SOLVED = 300
"""The most draws for which a program is solved."""


def searched(
    rules: Rules, worth: Worth, weights: WeightSet, middle: Array, drawn: PackageDraws, draws: int, seed: int,
    progress: Callable[[float], object],
) -> tuple[Members, Array, Members, int, bool]:  # fmt: skip
    """Packages best in a draw ``(p, n)``, in which share, which options are settled, draws, and whether that is all.

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
    alone = np.array(
        [not dominates(good, np.repeat(row[None], len(good), axis=0), worth, weights).any() for row in good]
    )
    held = good[alone].mean(axis=0)
    return good[alone], counts[alone] / made, (held > 0) & (held < 1), made, False


def _settled(program: Program, gains: Array, worth: Worth) -> tuple[Members, Array, Members, int, bool]:
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
    return good, np.full(len(good), 1 / len(good)), np.ones(len(best), dtype=bool), 1, len(good) == 1
