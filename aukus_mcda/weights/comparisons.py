"""Pairwise comparisons read into one square table, every cell and pair checked."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from ..errors import is_missing, is_number, label_faults, listed, refuse, shown

LEAST_TIMES, MOST_TIMES = 1e-6, 1e6
"""No swing is judged to be worth less, or more, times another: an answer beyond these is a slip of the pen."""

SAATY = 9
"""The top of the scale on which pairs are compared (Saaty 1977)."""

ROUNDED = 0.005
"""The most a reciprocal below 1 may be off for being written to two decimals or more (0.33 for 1/3)."""


def read_comparisons(comparisons: Any, faults: list[str]) -> tuple[pd.DataFrame, list[str]]:
    """Comparisons as a reciprocal table with NaN for what was not asked, and findings.

    Parameters
    ----------
    comparisons : DataFrame or mapping
        As for `ahp`.
    faults : list of str
        Faults found before; those found here join them.

    Returns
    -------
    DataFrame, list of str
        Square, criteria on both axes, 1 on the diagonal; and what to say about it.

    Raises
    ------
    WeightsError
        With every fault.

    Examples
    --------
    >>> read_comparisons({("reach", "cost"): 4}, [])[0]
           reach  cost
    reach   1.00   4.0
    cost    0.25   1.0
    """
    if isinstance(comparisons, pd.DataFrame):
        labels, cells = _from_table(comparisons, faults)
    elif isinstance(comparisons, Mapping | pd.Series) and len(comparisons):
        labels, cells = _from_pairs(comparisons, faults)
    else:
        refuse(
            [*faults, "Give the comparisons as a square DataFrame with the criteria on both axes, or as (a, b): times."]
        )
    unnamed = label_faults(labels)
    if unnamed:
        refuse([*faults, *unnamed])
    good = {}
    for (a, b), times in cells.items():
        if not is_number(times) or times <= 0:
            faults.append(f"{a} to {b} must be a finite number above 0, not {shown(times)}.")
        elif not LEAST_TIMES <= times <= MOST_TIMES:
            faults.append(f"{a} to {b} must lie between {LEAST_TIMES:g} and {MOST_TIMES:g}, not {shown(times)}.")
        elif a == b and times != 1:
            faults.append(f"{a} to itself must be 1, not {shown(times)}.")
        else:
            good[a, b] = float(times)
    table = pd.DataFrame(np.nan, index=labels, columns=labels)
    rounded = []
    for i, a in enumerate(labels):
        table.at[a, a] = 1.0
        for b in labels[i + 1 :]:
            there, back = good.get((a, b)), good.get((b, a))
            if there is not None and back is not None and not math.isclose(there * back, 1, rel_tol=1e-9):
                if not _reciprocal(there, back):
                    faults.append(
                        f"{a} to {b} is {shown(there)} but {b} to {a} is {shown(back)}; one must be 1 / the other."
                    )
                rounded.append(f"{b} to {a} ({back:g})" if back < there else f"{a} to {b} ({there:g})")
            if there is None or (back is not None and back > there):  # of two, the one that was not rounded
                there = None if back is None else 1 / back
                table.at[a, b], table.at[b, a] = (np.nan, np.nan) if there is None else (there, back)
            else:
                table.at[a, b], table.at[b, a] = there, 1 / there
    refuse(faults)
    return table, [f"Rounded reciprocals were read as exact ones: {listed(rounded)}."] if rounded else []


def _from_table(table: pd.DataFrame, faults: list[str]) -> tuple[list[Any], dict[tuple[Any, Any], Any]]:
    rows, columns = table.index, table.columns
    sides = (("rows", rows), ("columns", columns))
    odd = [
        f"{listed(side[side.duplicated()].unique())} repeated in the {word}."
        for word, side in sides
        if side.has_duplicates
    ]
    if not len(rows) or len(rows) != len(columns):
        odd.append(f"The matrix must be square, not {len(rows)} x {len(columns)}.")
    for word, one, other in (("rows", rows, columns), ("columns", columns, rows)):
        extra = [name for name in one if name not in other]
        odd += [f"{listed(extra)} only in the {word}; both axes must name the same criteria."] if extra else []
    plain = table.astype(object)
    cells = {
        (a, b): plain.iat[i, j]
        for i, a in enumerate(rows)
        for j, b in enumerate(columns)
        if not is_missing(plain.iat[i, j])
    }
    if odd:
        for (a, b), times in cells.items():
            if not is_number(times) or times <= 0:
                odd.append(f"{a} to {b} must be a finite number above 0, not {shown(times)}.")
        refuse([*faults, *odd])
    return list(rows), cells


def _from_pairs(pairs: Any, faults: list[str]) -> tuple[list[Any], dict[tuple[Any, Any], Any]]:
    cells = dict(pairs.items())
    odd = [pair for pair in cells if not isinstance(pair, tuple) or len(pair) != 2]
    if odd:
        faults.append(f"A comparison is between two criteria, (a, b); not {listed(map(shown, odd))}.")
    cells = {pair: times for pair, times in cells.items() if pair not in odd}
    return list(dict.fromkeys(name for pair in cells for name in pair)), cells


def _reciprocal(one: float, other: float) -> bool:
    """Whether the smaller is 1 / the greater, rounded to the decimals it is written with."""
    small, great = sorted((one, other))
    digits = Decimal(repr(small)).as_tuple().exponent
    unit = 10.0 ** int(digits)
    return small < 1 < great and abs(small - 1 / great) <= min(unit / 2, ROUNDED) * (1 + 1e-9)
