"""How far several judges rank alike: Kendall's coefficient of concordance, and its tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import MethodError, is_number
from ..guard import Draws, Numbers, Seed, guarded
from .weight_sets import chunk_rng, whole

FEW = 7
"""With so few judges or items, chi-square is a poor guide: read the permutation test (Siegel and Castellan)."""

CELLS = 1_000_000
"""Ranks shuffled at a time, so that memory does not grow with the number of shuffles."""


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
        Friedman's statistic m (n - 1) W, its degrees of freedom n - 1, and its p-value.
    p_permutation : float
        The share of random shufflings of each judge's ranks that agree at least as
        well, the ranks given counted among them.
    permutations : int
    judges, items : int
    tied : bool
        Whether any judge gave two items one rank.
    """

    w: float
    s: float
    chi2: float
    df: int
    p: float
    p_permutation: float
    permutations: int
    judges: int
    items: int
    tied: bool

    @property
    def note(self) -> str:
        """Which of the two tests to read, and what neither shows."""
        few = self.judges <= FEW or self.items <= FEW
        read = "read the permutation test: chi-square needs more judges or items" if few else "both tests serve"
        return (
            f"{self.judges} judges, {self.items} items: {read}. The tests take judges to rank independently; "
            "the same scores stand behind all of them here, so agreement is partly built in."
        )


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
        With fewer than two items or judges, or a rank that is missing or no number.

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
    ranked = _ranks(ranks)
    n, m = ranked.shape
    groups = [np.unique(column, return_counts=True)[1].astype(float) for column in ranked.T]
    ties = sum(float((sizes**3 - sizes).sum()) for sizes in groups)
    whole_spread = (m**2 * (n**3 - n) - m * ties) / 12
    s = float(_spread(ranked[None])[0])
    shuffles = whole(permutations, "The number of permutations", 1)
    as_good, done, step = 1, 0, max(1, CELLS // ranked.size)
    rng = chunk_rng(seed, 0)
    while done < shuffles:
        count = min(step, shuffles - done)
        shuffled = rng.permuted(np.broadcast_to(ranked, (count, n, m)), axis=1)
        as_good += int((_spread(shuffled) >= s - 1e-9).sum())
        done += count
    w = s / whole_spread if whole_spread > 0 else float("nan")
    chi2 = m * (n - 1) * w
    return Concordance(
        w=w,
        s=s,
        chi2=chi2,
        df=n - 1,
        p=_chi2_tail(chi2, n - 1),
        p_permutation=as_good / (shuffles + 1),
        permutations=shuffles,
        judges=m,
        items=n,
        tied=ties > 0,
    )


def _ranks(given: Numbers) -> NDArray[np.float64]:
    """Average ranks within each judge, shape (n, m)."""
    cells = np.array(given, dtype=object)
    if cells.ndim != 2:
        raise MethodError("Give the ranks as a table, items x judges, a rank in every cell.")
    frame = given if isinstance(given, pd.DataFrame) else pd.DataFrame(cells)
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


def _spread(ranked: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum of squared deviations of the rank sums from their mean, for each of several tables (p, n, m)."""
    sums = ranked.sum(axis=2)
    return np.asarray(((sums - sums.mean(axis=1, keepdims=True)) ** 2).sum(axis=1))


def _chi2_tail(statistic: float, df: int) -> float:
    from scipy.special import chdtrc

    return float(chdtrc(df, statistic))
