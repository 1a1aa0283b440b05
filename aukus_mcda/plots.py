"""Figures: results in, Axes out. They compute nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import palette
from .case import Case
from .ranking import Ranking
from .tables import by_root, rank_labels

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def plot_ranking(ranking: Ranking, case: Case, *, ax: Axes | None = None) -> Axes:
    """Scores of the ranked options as bars, best on top, with their low-high range.

    Parameters
    ----------
    ranking : Ranking
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    ranked = ranking.ranked
    ax = _axes(ax, len(ranked))
    colours = palette.option_colours(case)
    rows = list(range(len(ranked)))
    sns.barplot(
        x=ranked["score"].to_numpy(), y=rows, hue=rows, orient="h", legend=False, ax=ax,
        palette=[colours[option] for option in ranked.index],
    )  # fmt: skip
    ax.set_yticks(rows, _labels(ranking, case))
    ax.hlines(range(len(ranked)), ranked["least"], ranked["greatest"], color=palette.INK, linewidth=1.5)
    ax.set(xlim=(0, 100), xlabel="Score (0-100); line: all scores at their low or high ends", ylabel="")
    sns.despine(ax=ax, left=True)
    return ax


def plot_contributions(ranking: Ranking, case: Case, *, ax: Axes | None = None) -> Axes:
    """What each top criterion contributes to each score, stacked.

    Parameters
    ----------
    ranking : Ranking
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    ranked = ranking.ranked
    ax = _axes(ax, len(ranked))
    parts = by_root(ranking.contributions.loc[ranked.index], case)
    rows = list(range(len(ranked)))
    start = parts.iloc[:, 0] * 0
    for root, colour in palette.criterion_colours(case).items():
        name = _plain(case.criteria.at[root, "name"])
        ax.barh(rows, parts[root], left=start, color=colour, label=name, edgecolor="white")
        start = start + parts[root]
    ax.set_yticks(rows, _labels(ranking, case))
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), xlabel="Value points", ylabel="")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=4, frameon=False)
    sns.despine(ax=ax, left=True)
    return ax


def _labels(ranking: Ranking, case: Case) -> list[str]:
    """Rank and short name of the ranked options."""
    places = rank_labels(ranking)
    return [_plain(f"{places[option]}  {case.options.at[option, 'short']}") for option in ranking.ranked.index]


def _plain(name: str) -> str:
    """A name as it stands: a ``$`` in it must not start a formula."""
    return name.replace("$", r"\$")


def _axes(ax: Axes | None, rows: int) -> Axes:
    if ax is not None:
        return ax
    import matplotlib.pyplot as plt
    from matplotlib.figure import Figure

    figure: Figure = plt.subplots(figsize=(9, 1 + 0.42 * rows), layout="constrained")[0]
    return figure.axes[0]
