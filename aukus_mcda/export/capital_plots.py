"""Figures of the comparison of capitals: results in, Axes out. They compute nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError
from ..guard import guarded
from ..perspectives import Capitals
from ..story import palette
from ..text import titled
from .figures import axes_for, plain, require_known

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@guarded(AukusMcdaError)
def plot_bump(found: Capitals, case: Case, *, ax: Axes | None = None) -> Axes:
    """The rank of every option in every capital, a line an option; hollow where it breaches that capital's red line.

    Parameters
    ----------
    found : Capitals
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    require_known(found.ranks.index, case.options.index, "options")
    ranks = found.ranks[list(found.names)].dropna().astype(float)
    ax = axes_for(ax, len(ranks) + 2)
    colours = palette.option_colours(case)
    columns = list(range(len(found.names)))
    last: dict[float, list[str]] = {}
    first: dict[float, list[str]] = {}
    for option in ranks.index[ranks.mean(axis=1).argsort(kind="stable")]:
        ax.plot(columns, ranks.loc[option], "o-", color=colours[option], linewidth=2.5, markersize=9)
        refusing = found.red_lines.options.at[option, "breached_by"]
        breached = [place for place, name in enumerate(found.names) if name in refusing]
        ax.plot(
            breached,
            ranks.loc[option].iloc[breached],
            "o",
            color="white",
            markeredgecolor=colours[option],
            markeredgewidth=2.5,
            markersize=9,
        )
        name = plain(case.options.at[option, "short"])
        first.setdefault(ranks.at[option, found.names[0]], []).append(name)
        last.setdefault(ranks.at[option, found.names[-1]], []).append(name)
    for ends, at, side in ((first, -0.12, "right"), (last, columns[-1] + 0.12, "left")):
        for place, names in ends.items():
            ax.text(at, place, ", ".join(names), ha=side, va="center", color=palette.INK)
    ax.set_xticks(columns, [plain(titled(name)) for name in found.names])
    ax.set_yticks(range(1, len(ranks) + 1))
    ax.invert_yaxis()
    ax.tick_params(length=0)
    ax.set(xlim=(-0.2, columns[-1] + 0.2), ylabel="")
    ax.yaxis.set_visible(False)
    ax.xaxis.tick_top()
    ax.set_xlabel("Best on top. Hollow: breaches a red line of that capital at the likely scores", labelpad=8)
    ax.xaxis.set_label_position("bottom")
    sns.despine(ax=ax, left=True, bottom=True)
    return ax


@guarded(AukusMcdaError)
def plot_disagreement(found: Capitals, case: Case, *, ax: Axes | None = None) -> Axes:
    """Where each two capitals part: points of disagreement by criterion, the furthest apart on top.

    Parameters
    ----------
    found : Capitals
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    parts = found.disagreement_by_root(case)
    totals = parts.sum(axis=1).sort_values(ascending=False, kind="stable")
    shown = parts.loc[totals.index]
    labels = [f"{titled(one)} and {titled(other)}: {totals[one, other]:.1f}" for one, other in shown.index]
    shown = pd.DataFrame(
        shown.to_numpy(),
        index=[plain(label) for label in labels],
        columns=[plain(case.criteria.at[root, "name"]) for root in shown],
    )
    said = shown.map(lambda number: f"{number:.1f}".replace("-0.0", "0.0"))
    ax = axes_for(ax, len(shown) + 2)
    sns.heatmap(shown, annot=said, fmt="", cmap="Greys", vmin=0, cbar=False, linewidths=0.5, ax=ax)
    ax.set(xlabel="Points of score (0-100) by which the two differ over the options; rows add up", ylabel="")
    ax.tick_params(axis="y", rotation=0)
    ax.tick_params(axis="x", rotation=0)
    return ax
