"""How far two rankings of the same options agree."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..errors import MethodError, is_number
from ..guard import guarded


class Agreement(NamedTuple):
    """How alike two rankings are; see `rank_agreement`."""

    weighted_spearman: float
    ws: float
    kendall_tau_b: float
    same_leader: bool


@guarded(MethodError)
def rank_agreement(reference: pd.Series, other: pd.Series) -> Agreement:
    """How far two rankings of the same options agree; 1 is the same order.

    Parameters
    ----------
    reference, other : Series
        Ranks by option, 1 is best. Equal ranks are averaged first. WS is not
        symmetric: the reference says where the top is. tau-b is NaN when either
        ranking ties all options.

    Raises
    ------
    MethodError
        When they are no Series of numbers, or do not rank the same options, or
        fewer than two.

    References
    ----------
    Pinto da Costa and Soares (2005), doi:10.1111/j.1467-842X.2005.00413.x; Salabun
    and Urbaniak (2020), doi:10.1007/978-3-030-50417-5_47; Kendall (1945),
    doi:10.1093/biomet/33.3.239.

    Examples
    --------
    >>> first = pd.Series({"A": 1, "B": 2, "C": 3, "D": 4, "E": 5})
    >>> rank_agreement(first, first[["A", "C", "B", "D", "E"]].set_axis(first.index)).ws.round(4)
    np.float64(0.8542)
    """
    for ranked in (reference, other):
        if not isinstance(ranked, pd.Series) or not all(map(is_number, ranked)):
            raise MethodError("Give each ranking as a Series of ranks by option, every rank a finite number.")
    repeated = reference.index.has_duplicates or other.index.has_duplicates
    if len(reference) < 2 or set(reference.index) != set(other.index) or repeated:
        raise MethodError("Two rankings must rank the same options, at least two.")
    x = reference.astype(float).rank().to_numpy(dtype=float)
    y = other.astype(float).loc[reference.index].rank().to_numpy(dtype=float)
    n, gap = len(x), np.abs(x - y)
    up, over = (np.sign(ranked[:, None] - ranked[None, :]) for ranked in (x, y))
    untied = np.sqrt(float((up**2).sum()) * float((over**2).sum()))
    return Agreement(
        weighted_spearman=1 - 6 * (gap**2 * (2 * n - x - y + 2)).sum() / (n**4 + n**3 - n**2 - n),
        ws=1 - (2.0**-x * gap / np.maximum(np.abs(1 - x), np.abs(n - x))).sum(),
        kendall_tau_b=float((up * over).sum()) / untied if untied else float("nan"),
        same_leader=bool(((x == x.min()) == (y == y.min())).all()),
    )
