"""How far several points of view rank alike, and the smallest shift of their weights after which they agree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import MethodError, WeightsError, is_number
from ..guard import Draws, Numbers, Seed, guarded
from ..weights import TIE, Array, Weights, best_margins, chunk_rng, nearest_leads

SHUFFLED = 1_000_000
"""Ranks shuffled at a time, so that memory does not grow with the number of shuffles."""
LIFT = 1e-6
"""Value points that an option which can only tie is lifted by where the solver finds no room for it."""


@dataclass(frozen=True)
class Concordance:
    """Kendall's W and how surprising it would be if each judge ranked at random.

    Attributes
    ----------
    w : float
        1 when all judges rank alike, 0 when their rank sums do not differ. NaN
        when every judge ties every item.
    s : float
        Sum of squared deviations of the rank sums from their mean.
    chi2, df, p : float, int, float
        Friedman's statistic m (n - 1) W, its degrees of freedom n - 1, and its p-value: with up to seven
        judges or items a poor guide (Siegel and Castellan).
    p_permutation : float
        The share of random shufflings of each judge's ranks that agree at least as
        well, the ranks given counted among them.
    permutations : int
    """

    w: float
    s: float
    chi2: float
    df: int
    p: float
    p_permutation: float
    permutations: int


@guarded(MethodError)
def kendall_w(ranks: Numbers, *, permutations: Draws = 10_000, seed: Seed = 0) -> Concordance:
    """Kendall's W corrected for ties, with Friedman's chi-square test and a permutation test.

    Parameters
    ----------
    ranks : DataFrame or array, shape (n, m)
        Items x judges; equal ranks are averaged within a judge first.
    permutations : int
        Random shufflings for the permutation test.
    seed : int
        0 or more.

    Returns
    -------
    Concordance

    Raises
    ------
    MethodError
        With fewer than two items or judges, or a rank that is missing or not a number.

    Notes
    -----
    W = 12 S / (m^2 (n^3 - n) - m T), S the sum of squared deviations of the n rank
    sums from their mean, T the sum of t^3 - t over every judge's groups of t ties.

    References
    ----------
    Kendall and Babington Smith (1939), doi:10.1214/aoms/1177732186; Friedman (1937),
    doi:10.1080/01621459.1937.10503522.

    Examples
    --------
    >>> found = kendall_w([[1, 1, 2], [2, 2, 1], [3, 3, 3]])
    >>> round(found.w, 4), found.df
    (0.7778, 2)
    """
    from scipy.special import chdtrc

    ranked = _ranks(ranks)
    n, m = ranked.shape
    ties = sum((counts**3 - counts).sum() for counts in (np.unique(row, return_counts=True)[1] for row in ranked.T))
    s = float(_spread(ranked))
    possible = (m**2 * (n**3 - n) - m * ties) / 12
    w = s / possible if possible > 0 else float("nan")
    as_good, step, rng = 1, max(1, SHUFFLED // ranked.size), chunk_rng(seed, 0)
    for start in range(0, permutations, step):
        shuffled = rng.permuted(np.broadcast_to(ranked, (min(step, permutations - start), n, m)), axis=1)
        as_good += int((_spread(shuffled) >= s - 1e-9).sum())
    return Concordance(
        w=float(w),
        s=s,
        chi2=m * (n - 1) * w,
        df=n - 1,
        p=float(chdtrc(n - 1, m * (n - 1) * w)),
        p_permutation=as_good / (permutations + 1),
        permutations=permutations,
    )


def _ranks(ranks: Numbers) -> Array:
    """Average ranks within each judge, shape (n, m)."""
    cells = np.array(ranks, dtype=object)
    if cells.ndim != 2:
        raise MethodError("Give the ranks as a table, items x judges, a rank in every cell.")
    frame = ranks if isinstance(ranks, pd.DataFrame) else pd.DataFrame(cells)
    if min(frame.shape) < 2:
        raise MethodError(
            f"Agreement needs at least two items and two judges; there are {len(frame)} items and "
            f"{frame.shape[1]} judges."
        )
    unusable = np.argwhere(~frame.map(is_number).to_numpy().T)
    bad = [f"{frame.index[item]} by {frame.columns[judge]}" for judge, item in unusable]
    if bad:
        raise MethodError(f"Every rank must be a finite number; missing or unusable: {', '.join(bad[:6])}.")
    return np.asarray(frame.astype(float).rank().to_numpy(dtype=float))


def _spread(ranked: Array) -> Array:
    """Sum of squared deviations of the rank sums from their mean, for tables ``(..., n, m)``."""
    sums = ranked.sum(axis=-1)
    return np.asarray(((sums - sums.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1))


@dataclass(frozen=True, eq=False)
class Shifts:
    """The least change of weights after which each option is everyone's leader.

    Attributes
    ----------
    table : DataFrame
        Options x capitals, and ``total`` over the capitals: the share of its weight, 0 to
        1, that each capital would have to move from some leaves to others (half the sum
        of absolute changes). 0 where the option leads already; NaN where it leads under no
        weights at all. Least total first.
    margin : Series
        By option: the greatest lead it can have under any weights, in value points; below 0
        it never leads. Infinite when all options have the same values.
    weights : dict of str to DataFrame
        By option that can lead: capitals x leaves, the weights after the shift.
    """

    table: pd.DataFrame
    margin: pd.Series
    weights: Mapping[str, pd.DataFrame]


def smallest_shifts(values: pd.DataFrame, weights: Mapping[str, Weights]) -> Shifts:
    """For each option, the nearest weights of every capital under which it ranks first.

    Parameters
    ----------
    values : DataFrame
        Values 0-100, options x leaves, of the options that compete.
    weights : mapping of str to Weights
        By capital.

    Notes
    -----
    No weight of one capital appears in another's conditions, so the least total is the
    sum of the capitals' own least changes: a linear program each, with the L1 length of
    the change as its cost. Where several shifts are equally small, one of them is given.
    An option that can tie for the lead and no more counts as able to lead; it is then level
    with the best within 1e-5 of a value point.
    """
    grid, leaves = values.to_numpy(dtype=float), list(values.columns)
    now = np.array([own.values[leaves] for own in weights.values()], dtype=float)
    free = np.empty((0, len(leaves))), np.empty(0)  # no constraint on the weights but that they are weights
    margins = best_margins(grid, *free)
    able = margins.best >= -TIE
    after = np.tile(now, (len(grid), 1, 1))
    for capital, own in enumerate(now):
        scores = grid @ own
        behind = able & (scores < scores.max() - TIE)
        clear = np.flatnonzero(behind & (margins.best > LIFT))
        after[clear, capital] = nearest_leads(grid, own, clear.tolist(), "l1", *free)
        for place in np.flatnonzero(behind).tolist():
            near = after[place, capital] if place in clear else _nearest_tie(grid, own, place)
            after[place, capital] = _ahead(grid, place, near, margins.weights[place])
    moved = np.where(able[:, None], np.abs(after - now).sum(axis=2) / 2, np.nan)
    table = pd.DataFrame(moved, index=values.index, columns=list(weights))
    table["total"] = table.sum(axis=1, skipna=False)
    rows, columns = pd.Index(weights, name="capital"), pd.Index(leaves, name="criterion")
    return Shifts(
        table=table.sort_values("total", kind="stable").rename_axis(index="option"),
        margin=pd.Series(margins.best, index=values.index, name="margin").rename_axis("option"),
        weights={values.index[n]: pd.DataFrame(after[n], rows, columns) for n in np.flatnonzero(able)},
    )


def _nearest_tie(grid: Array, now: Array, place: int) -> Array:
    """The nearest weights for an option that can do no more than tie: its weights leave the solver no room."""
    free = np.empty((0, grid.shape[1])), np.empty(0)
    try:
        return np.asarray(nearest_leads(grid, now, [place], "l1", *free)[0])
    except WeightsError:
        lifted = grid.copy()
        lifted[place] += LIFT
        near = nearest_leads(lifted, now, [place], "l1", *free)[0]
        near = np.where(near < LIFT, 0.0, near)
        return np.asarray(near / near.sum())


def _ahead(grid: Array, option: int, near: Array, best: Array) -> Array:
    """Weights at which the solver's rounding no longer leaves the option behind: a breath towards its best ones."""
    scores = grid @ near
    behind = float(scores.max() - scores[option])
    others = np.delete(grid, option, axis=0) @ best
    lead = float(grid[option] @ best - others.max())
    if behind <= 0 or lead <= 0:
        return near
    share = min(1.0, 2 * behind / (behind + lead))
    return np.asarray((1 - share) * near + share * best)
