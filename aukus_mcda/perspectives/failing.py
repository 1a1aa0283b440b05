"""When today's leader fails: a short rule over futures, weights and scores, and how good a rule it is.

Scenario discovery in its simplest form. Of all rules "in these futures, when this is
above and that below", with at most two thresholds, the one is taken that is best on one
half of the draws by coverage and density together; both are then measured on the other
half, so that the search does not flatter its own find.

Best by the F-measure in which density counts twice what coverage does: with c the draws
rightly taken in, h all taken in and t all in which the leader fails, 1.25 c / (h + 0.25 t).
A reader is told when to worry, so worrying in vain is the worse fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from ..case import GREATEST

Cuts: TypeAlias = tuple[tuple[int, bool, float], ...]

STEPS = 19
"""Thresholds tried for an input: its 5th, 10th, ... 95th percentiles."""
INPUTS = 8
"""Inputs tried: those that go most closely with the lead."""
WORTH = 0.02
"""What one more threshold must add to the F-measure, to be worth reading."""


class Input(NamedTuple):
    """Something that is drawn: a criterion's ``weight``, or the ``score`` of an option on a leaf."""

    kind: str
    criterion: str
    option: str = ""


class Threshold(NamedTuple):
    """An input above, or below, a number: a share of the weight, or a score in its own unit, as judged today."""

    input: Input
    above: bool
    number: float


@dataclass(frozen=True)
class FailureRule:
    """When today's leader is not the best, in a line.

    Attributes
    ----------
    futures : tuple of str
        Those in which it holds; all of them when the future makes little difference.
    thresholds : tuple of Threshold
        None, one or two, all of which must hold.
    coverage : float
        Of the draws in which the leader fails, the share that the rule takes in.
    density : float
        Of the draws the rule takes in, the share in which the leader fails.
    base_rate : float
        The share of all futures x draws in which it fails: the density of no rule.
    draws : int
        Futures x draws that coverage and density were measured on.
    rivals : tuple of str
        Who is ahead of the leader where it fails, the most frequent first.
    """

    futures: tuple[str, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    coverage: float = float("nan")
    density: float = float("nan")
    base_rate: float = 0.0
    draws: int = 0
    rivals: tuple[str, ...] = field(default=())


def failure_rule(
    fails: NDArray[np.bool_],
    lead: NDArray[np.float64],
    inputs: Sequence[Input],
    drawn: NDArray[np.float64],
    futures: Sequence[str],
    shares: NDArray[np.float64],
) -> FailureRule:
    """The best short rule for when something fails.

    Parameters
    ----------
    fails : array of bool (F, n)
        Whether it fails, by future and draw.
    lead : array (F, n)
        By how much it does not; inputs are chosen by their correlation with it.
    inputs : sequence of Input
    drawn : array (i, n)
        What was drawn of each input; the same in every future.
    futures : sequence of str
    shares : array (F,)
        What each future counts; adds up to 1.

    Returns
    -------
    FailureRule
        Without coverage and density when it never fails.

    References
    ----------
    Friedman and Fisher (1999), doi:10.1023/A:1008894516817; Bryant and Lempert (2010),
    doi:10.1016/j.techfore.2009.08.002.
    """
    count = fails.shape[1]
    half = max(1, count // 2)
    seek, check = slice(0, half), slice(half, None) if count > 1 else slice(0, None)
    base = float(shares @ fails[:, check].mean(axis=1))
    measured = fails[:, check].size
    rates = fails[:, seek].mean(axis=1)
    if not (rates * shares).any():
        return FailureRule(base_rate=base, draws=measured)

    order = np.argsort(-rates, kind="stable")
    order = order[shares[order] > 0]
    chosen = _telling(lead, drawn, shares, seek)
    best: float = 0.0
    found: tuple[int, Cuts] = (len(order), ())
    for size in range(3):
        for group in combinations(chosen, size):
            quality, taken, cuts = _best_cuts(fails[:, seek], drawn[:, seek], group, order, shares)
            if quality > best + (WORTH if size else 0):
                best, found = quality, (taken, cuts)
    taken, cuts = found
    inside = np.ones(drawn[:, check].shape[1], dtype=bool)
    for row, above, number in cuts:
        inside &= drawn[row, check] > number if above else drawn[row, check] < number
    weight = np.zeros(len(shares))
    weight[order[:taken]] = shares[order[:taken]]
    caught = float(weight @ (fails[:, check] & inside).mean(axis=1))
    held, failed = float(weight.sum() * inside.mean()), base
    names = {int(position) for position in order[:taken]}
    return FailureRule(
        futures=tuple(name for position, name in enumerate(futures) if position in names),
        thresholds=tuple(Threshold(inputs[row], above, number) for row, above, number in cuts),
        coverage=caught / failed if failed else float("nan"),
        density=caught / held if held else float("nan"),
        base_rate=base,
        draws=measured,
    )


def _telling(
    lead: NDArray[np.float64], drawn: NDArray[np.float64], shares: NDArray[np.float64], seek: slice
) -> list[tuple[int, bool]]:
    """The inputs that go most closely with the lead, and whether more of them is what makes it fail."""
    y = np.einsum("f,fn->n", shares, lead[:, seek])
    x = drawn[:, seek]
    x = x / np.abs(x).max(axis=1, keepdims=True, initial=1 / GREATEST)  # the units of scores are what they like
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean()
    spread = np.sqrt((x**2).sum(axis=1) * (y**2).sum())
    with np.errstate(divide="ignore", invalid="ignore"):
        together = np.where(spread > 1e-12, np.einsum("in,n->i", x, y) / spread, 0.0)
    strongest = np.argsort(-np.abs(together), kind="stable")[:INPUTS]
    return [(int(row), bool(together[row] < 0)) for row in strongest if abs(together[row]) > 1e-9]


def _best_cuts(
    fails: NDArray[np.bool_],
    drawn: NDArray[np.float64],
    group: Sequence[tuple[int, bool]],
    order: NDArray[np.intp],
    shares: NDArray[np.float64],
) -> tuple[float, int, Cuts]:
    """The best thresholds of a group of inputs: F-measure, how many futures, and (row, above, number) each.

    Draws are counted in cells between percentiles once; sums of cells then give every rule.
    """
    cell = np.zeros(fails.shape[1], dtype=np.int64)
    sides = []
    for row, above in group:
        x = -drawn[row] if above else drawn[row]
        grid = np.unique(np.quantile(x, np.arange(1, STEPS + 1) / (STEPS + 1)))
        sides.append(grid)
        cell = cell * (len(grid) + 1) + np.searchsorted(grid, x, side="right")
    shape = tuple(len(grid) + 1 for grid in sides)
    size = int(np.prod(shape))
    every = np.bincount(cell, minlength=size).astype(float)
    failing = np.array([np.bincount(cell, fails[future], size) for future in order])
    held = np.multiply.outer(np.cumsum(shares[order]), every).reshape(-1, *shape)
    caught = np.cumsum(shares[order, None] * failing, axis=0).reshape(-1, *shape)
    for axis in range(1, len(shape) + 1):
        held, caught = held.cumsum(axis=axis), caught.cumsum(axis=axis)
    quality = 1.25 * caught / (held + 0.25 * caught.max())
    # A threshold at the far end of an input holds always: smaller groups have tried that.
    inner = (slice(None), *(slice(0, length - 1) for length in shape))
    if 0 in quality[inner].shape:
        return 0.0, 0, ()
    place = np.unravel_index(int(quality[inner].argmax()), quality[inner].shape)
    cuts = []
    for (row, above), grid, at in zip(group, sides, place[1:], strict=True):
        cuts.append((row, above, float(-grid[at] if above else grid[at])))
    return float(quality[inner][place]), int(place[0]) + 1, tuple(cuts)
