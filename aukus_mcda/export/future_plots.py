"""Figures of the futures and of the joint run: results in, Axes out. They compute nothing."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Annotated, TypeAlias

import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError
from ..guard import Columns, guarded
from ..story import palette
from .figures import axes_of_size, plain, require_known

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Effects: TypeAlias = Annotated[pd.DataFrame, Columns(("varied", "share", "main", "total"), "joint")]

FACTOR_NAMES = {"evidence": "Evidence", "preferences": "Preferences", "method": "Method", "future": "Future"}


@guarded(AukusMcdaError)
def plot_regret(regret: pd.DataFrame, names: pd.Series, case: Case, *, ax: Axes | None = None) -> Axes:
    """What each option gives up in each future, as a heatmap; the smallest greatest regret on top.

    Parameters
    ----------
    regret : DataFrame
        From `futures.Futures`: ``.regret``, options x futures, value points.
    names : Series
        Readable names of the futures.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    require_known(regret.index, case.options.index, "options")
    require_known(regret.columns, names.index, "futures")
    order = regret.max(axis=1).sort_values(kind="stable").index
    shown = regret.loc[order]
    ax = axes_of_size(ax, (2.6 + 1.05 * shown.shape[1], 1.6 + 0.42 * len(shown)))
    darkest = max(1.0, 1.3 * float(shown.to_numpy().max()))
    sns.heatmap(
        shown.to_numpy(), annot=True, fmt=".1f", cmap="Greys", vmin=0, vmax=darkest, cbar=False, linewidths=0.5, ax=ax
    )
    ax.set_yticks([row + 0.5 for row in range(len(order))], [plain(name) for name in case.options["short"][order]])
    wrapped = ["\n".join(textwrap.wrap(plain(names[future]), 14)) for future in shown.columns]
    ax.set_xticks([column + 0.5 for column in range(len(wrapped))], wrapped, fontsize=8)
    ax.tick_params(axis="both", rotation=0, length=0)
    ax.xaxis.tick_top()
    ax.set(xlabel="Value points given up beside the best option of each future (0.0: the best)", ylabel="")
    ax.xaxis.set_label_position("bottom")
    for row, option in enumerate(order):
        colour = palette.option_colours(case)[option]
        ax.add_line(_mark(row, colour))
    ax.set_xlim(-0.12, shown.shape[1])
    return ax


@guarded(AukusMcdaError)
def plot_attribution(effects: Effects, *, ax: Axes | None = None) -> Axes:
    """How much of the uncertainty about who leads each source makes, alone and with others.

    Parameters
    ----------
    effects : DataFrame
        From `attribution.Joint`: ``.effects``; only the factors that were varied are shown.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    shown = 100 * effects.loc[effects["varied"]].drop(columns="varied").astype(float).clip(lower=0)
    shown = shown.sort_values("share", ascending=False, kind="stable")
    ax = axes_of_size(ax, (9, 1.4 + 0.7 * len(shown)))
    rows = list(range(len(shown)))
    ax.barh(rows, shown["total"], color="#C9D8E6", height=0.62, label="with the others (total effect)")
    ax.barh(rows, shown["main"], color=palette.BRIGHT[0], height=0.62, label="by itself (main effect)")
    for shift, column in ((0.14, "total"), (-0.14, "main")):
        places = [row + shift for row in rows]
        ax.errorbar(
            shown[column], places, xerr=2 * shown[f"{column}_error"], fmt="none", color=palette.INK, linewidth=1
        )
    ax.plot(shown["share"], rows, "D", color=palette.INK, markersize=7, label="its share; the shares add up to 100 %")
    for row, share in zip(rows, shown["share"], strict=True):
        ax.annotate(f"{share:.0f} %", (share, row), (9, 0), textcoords="offset points", va="center", fontsize=10)
    ax.set_yticks(rows, [FACTOR_NAMES[factor] for factor in shown.index])
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), xlabel="Per cent of the uncertainty about who leads; lines: two standard errors", ylabel="")
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=9)
    sns.despine(ax=ax, left=True)
    return ax


def _mark(row: int, colour: str):  # type: ignore[no-untyped-def]
    """A stroke in the option's colour at the left of its row."""
    from matplotlib.lines import Line2D

    return Line2D([-0.07, -0.07], [row + 0.08, row + 0.92], color=colour, linewidth=5, solid_capstyle="butt")
