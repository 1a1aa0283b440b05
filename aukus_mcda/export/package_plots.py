"""Figures of packages: results in, Axes out. They compute nothing."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, TypeAlias

import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError
from ..guard import Columns, OrEndless, guarded
from ..story import palette
from .figures import axes_for, plain, require_known

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Frontier: TypeAlias = Annotated[pd.DataFrame, Columns(("effort", "value", "options"), "packages")]
Core: TypeAlias = Annotated[pd.DataFrame, Columns(("core_index", "share", "standard_error"), "packages")]


@guarded(AukusMcdaError)
def plot_frontier(
    frontier: Frontier,
    case: Case,
    *,
    effort: OrEndless | None = None,
    ax: Axes | None = None,
) -> Axes:
    """The best value for each level of effort, and above each step the options of the best package.

    Parameters
    ----------
    frontier : DataFrame
        From `packages.Packages`: effort, value and options.
    case : Case
    effort : float, optional
        The limit; a dotted line, if it is finite.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    limit = math.inf if effort is None else effort
    held = [option for option in case.options.index if any(option in row for row in frontier["options"])]
    ax = axes_for(ax, 10 + len(held) // 2)
    colours = palette.option_colours(case)
    ax.step(frontier["effort"], frontier["value"], where="post", color=palette.INK, linewidth=1.8)
    ax.plot(frontier["effort"], frontier["value"], "o", color=palette.INK, markersize=4)
    top = max(float(frontier["value"].max()), 1.0)
    height = 0.065 * top
    for row, option in enumerate(reversed(held)):
        level = top + height * (row + 1.5)
        isin = [option in options for options in frontier["options"]]
        ax.plot(frontier["effort"], [level] * len(isin), ".", color=palette.SCREENED, markersize=3)
        ax.plot(frontier["effort"][isin], [level] * sum(isin), "s", color=colours[option], markersize=6)
        name = plain(case.options.at[option, "short"])
        ax.annotate(
            name,
            (1, level),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=palette.INK,
            annotation_clip=False,
        )
    if math.isfinite(limit):
        ax.axvline(limit, color=palette.INK, linestyle=":", linewidth=1.2)
    ticks = [tick for tick in ax.get_yticks() if 0 <= tick <= top]
    ax.set_yticks(ticks)
    ax.set(
        xlabel="Effort" + ("; dotted: the limit" if math.isfinite(limit) else ""),
        ylabel="Best value, points",
        ylim=(min(0.0, float(frontier["value"].min())), top + height * (len(held) + 1.5)),
    )
    ax.spines["left"].set_bounds(ax.get_ylim()[0], top)
    sns.despine(ax=ax)
    return ax


@guarded(AukusMcdaError)
def plot_core(
    options: Core,
    case: Case,
    *,
    ax: Axes | None = None,
) -> Axes:
    """In what share of the good packages each option is, and in what share of draws it is in the best.

    Parameters
    ----------
    options : DataFrame
        From `packages.Packages`: by option, core_index, share and standard_error.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    require_known(options.index, case.options.index, "options")
    shown = options.dropna(subset=["core_index"]).sort_values(["core_index", "share"], ascending=False, kind="stable")
    ax = axes_for(ax, len(shown) + 1)
    colours, rows = palette.option_colours(case), list(range(len(shown)))
    ax.barh(rows, 100 * shown["core_index"], color=[colours[option] for option in shown.index], height=0.62)
    ax.errorbar(
        100 * shown["share"],
        rows,
        xerr=196 * shown["standard_error"],
        fmt="D",
        color=palette.INK,
        markersize=5,
        linewidth=1.2,
        clip_on=False,
        zorder=3,
    )
    ax.set_yticks(rows, [plain(name) for name in case.options["short"][shown.index]])
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), ylabel="")
    ax.set_xlabel(
        "Bar: % of the packages no other beats that hold it; diamond: % of draws in which the best package does"
    )
    sns.despine(ax=ax, left=True)
    return ax
