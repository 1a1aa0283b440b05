"""What it would take to agree: the smallest shift of weights that makes an option everyone's leader."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..errors import WeightsError
from ..weights import TIE, Array, Weights, best_margins, nearest_leads

LIFT = 1e-6
"""Value points that an option which can only tie is lifted by where the solver finds no room for it."""


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
    margins = best_margins(grid, *_free(grid))
    able = [place for place, best in enumerate(margins.best) if best >= -TIE]
    after: dict[str, dict[str, Array]] = {values.index[place]: {} for place in able}
    for capital, given in weights.items():
        now = given.values[leaves].to_numpy(dtype=float)
        scores = grid @ now
        behind = [place for place in able if scores[place] < scores.max() - TIE]
        found = _nearest(grid, now, behind, margins.best)
        for place in able:
            near = _ahead(grid, place, found[place], margins.weights[place]) if place in found else now
            after[values.index[place]][capital] = near
    table = pd.DataFrame(np.nan, index=values.index, columns=list(weights))
    for option, by_capital in after.items():
        for capital, near in by_capital.items():
            now = weights[capital].values[leaves].to_numpy(dtype=float)
            table.at[option, capital] = np.abs(near - now).sum() / 2
    table["total"] = table.sum(axis=1, skipna=False)
    shifted = {
        option: pd.DataFrame(by_capital, index=pd.Index(leaves, name="criterion")).T.rename_axis("capital")
        for option, by_capital in after.items()
    }
    return Shifts(
        table=table.sort_values("total", kind="stable").rename_axis(index="option"),
        margin=pd.Series(margins.best, index=values.index, name="margin").rename_axis("option"),
        weights=shifted,
    )


def _free(grid: Array) -> tuple[Array, Array]:
    """No constraint on the weights but that they are weights."""
    return np.empty((0, grid.shape[1])), np.empty(0)


def _nearest(grid: Array, now: Array, behind: list[int], margins: Array) -> dict[int, Array]:
    """The nearest weights at which each option is level with the best, by its place."""
    clear = [place for place in behind if margins[place] > LIFT]
    found = dict(zip(clear, nearest_leads(grid, now, clear, "l1", *_free(grid)), strict=True)) if clear else {}
    for place in behind:
        if place not in found:
            found[place] = _nearest_tie(grid, now, place)
    return found


def _nearest_tie(grid: Array, now: Array, place: int) -> Array:
    """The same for an option that can do no more than tie: its weights leave the solver no room."""
    try:
        return np.asarray(nearest_leads(grid, now, [place], "l1", *_free(grid))[0])
    except WeightsError:
        lifted = grid.copy()
        lifted[place] += LIFT
        near = nearest_leads(lifted, now, [place], "l1", *_free(grid))[0]
        near = np.where(near < LIFT, 0.0, near)
        return np.asarray(near / near.sum())


def _ahead(grid: Array, option: int, near: Array, best: Array) -> Array:
    """Weights at which the solver's rounding no longer leaves the option behind: a breath towards its best ones."""

    def lag(weights: Array) -> float:
        scores = grid @ weights
        return float(scores.max() - scores[option])

    behind = lag(near)
    others = np.delete(grid, option, axis=0) @ best
    lead = float(grid[option] @ best - others.max())
    if behind <= 0 or lead <= 0:
        return near
    share = min(1.0, 2 * behind / (behind + lead))
    return np.asarray((1 - share) * near + share * best)
