"""Regret: what an option gives up, in each future, beside the best that could have been chosen there."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import MethodError
from ..guard import guarded
from ..weights import TIE


@dataclass(frozen=True, eq=False)
class Regret:
    """Regrets, and the two rules of choice that need no probabilities.

    Attributes
    ----------
    table : DataFrame
        Options x futures, in the payoffs' unit; 0 for the best in a future.
    greatest, least : Series
        By option: the greatest regret, and the least payoff, over all futures.
    minimax_regret, maximin : tuple
        The options with the smallest greatest regret, and with the greatest least
        payoff; several only when they tie.
    """

    table: pd.DataFrame
    greatest: pd.Series
    least: pd.Series
    minimax_regret: tuple[Hashable, ...]
    maximin: tuple[Hashable, ...]


@guarded(MethodError)
def regret(payoffs: pd.DataFrame) -> Regret:
    """What each option gives up in each future, and who gives up least at worst.

    Minimax regret depends on the options compared: dropping one that is never chosen
    can change whom it picks. Maximin does not.

    Parameters
    ----------
    payoffs : DataFrame
        Options x futures, more is better, all in one unit.

    Returns
    -------
    Regret

    Raises
    ------
    MethodError
        When there is no option or no future, a label is repeated, or a payoff is
        missing or no finite number.

    References
    ----------
    Savage (1951), doi:10.1080/01621459.1951.10500768.

    Examples
    --------
    >>> payoffs = pd.DataFrame({"fall": [-4, -2, 3], "level": [4, 3, 2], "rise": [12, 8, 1]},
    ...                        index=["stocks", "bonds", "money market"])
    >>> found = regret(payoffs)
    >>> found.greatest.to_dict(), found.minimax_regret, found.maximin
    ({'stocks': 7.0, 'bonds': 5.0, 'money market': 11.0}, ('bonds',), ('money market',))
    """
    if not isinstance(payoffs, pd.DataFrame) or payoffs.empty:
        raise MethodError("Give the payoffs as a DataFrame, options x futures, with at least one of each.")
    if payoffs.index.has_duplicates or payoffs.columns.has_duplicates:
        raise MethodError("Every option and every future must have a label of its own.")
    numbers = payoffs.apply(pd.to_numeric, errors="coerce").astype(float)
    if not np.isfinite(numbers.to_numpy()).all():
        bad = [f"{payoffs.index[i]} in {payoffs.columns[j]}" for i, j in np.argwhere(~np.isfinite(numbers.to_numpy()))]
        raise MethodError(f"Every payoff must be a finite number; missing or unusable: {', '.join(bad[:6])}.")
    table = numbers.max() - numbers
    greatest, least = table.max(axis=1), numbers.min(axis=1)
    return Regret(
        table=table,
        greatest=greatest.rename("greatest_regret"),
        least=least.rename("least"),
        minimax_regret=tuple(greatest.index[greatest <= greatest.min() + TIE]),
        maximin=tuple(least.index[least >= least.max() - TIE]),
    )
