"""Figures: results in, Axes out. They compute nothing."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, Annotated, TypeAlias

import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError, listed
from ..guard import Columns, Count, guarded
from ..ranking import Ranking
from ..story import by_root, gained, palette, rank_labels
from ..text import titled
from ..uncertainty import Acceptability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Intervals: TypeAlias = Annotated[pd.DataFrame, Columns(("current", "low", "high"), "stability")]
Leaders: TypeAlias = Annotated[pd.DataFrame, Columns(("leader",), "leaders_over")]
Worth: TypeAlias = Annotated[pd.DataFrame, Columns(("option", "criterion", "value"), "information_value")]


@guarded(AukusMcdaError)
def plot_ranking(
    ranking: Ranking, case: Case, acceptability: Acceptability | None = None, *, ax: Axes | None = None
) -> Axes:
    """Scores of the ranked options as bars, best on top, with the interval that 90 per cent of the draws lie in.

    Parameters
    ----------
    ranking : Ranking
    case : Case
    acceptability : Acceptability, optional
        Of the draws; without it no interval is drawn.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    require_known(ranking.ranked.index, case.options.index, "options")
    ranked = ranking.ranked
    ax = axes_for(ax, len(ranked))
    colours = palette.option_colours(case)
    rows = list(range(len(ranked)))
    sns.barplot(
        x=ranked["score"].to_numpy(),
        y=rows,
        hue=rows,
        orient="h",
        legend=False,
        ax=ax,
        palette=[colours[option] for option in ranked.index],
    )
    ax.set_yticks(rows, _labels(ranking, case))
    told = "Score (0-100)"
    if acceptability is not None:
        told += "; line: 90 % of the draws"
        interval = acceptability.interval.loc[ranked.index]
        for colour, wide in (("white", 4), (palette.INK, 1.5)):  # a white edge shows the line on a dark bar too
            ax.hlines(rows, interval["low"], interval["high"], color=colour, linewidth=wide)
    ax.set(xlim=(0, 100), xlabel=told, ylabel="")
    sns.despine(ax=ax, left=True)
    return ax


@guarded(AukusMcdaError)
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

    require_known(ranking.ranked.index, case.options.index, "options")
    ranked = ranking.ranked
    ax = axes_for(ax, len(ranked))
    parts = by_root(ranking.contributions.loc[ranked.index], case)
    rows = list(range(len(ranked)))
    start = parts.iloc[:, 0] * 0
    for root, colour in palette.criterion_colours(case).items():
        name = plain(gained(case, root))
        ax.barh(rows, parts[root], left=start, color=colour, label=name, edgecolor="white")
        start = start + parts[root]
    ax.set_yticks(rows, _labels(ranking, case))
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), xlabel="Value points", ylabel="")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=4, frameon=False)
    sns.despine(ax=ax, left=True)
    return ax


@guarded(AukusMcdaError)
def plot_sweep(
    scores: pd.DataFrame,
    case: Case,
    criterion: str,
    *,
    current: float,
    breaks: Sequence[float] = (),
    ax: Axes | None = None,
) -> Axes:
    """Scores of all options as one criterion's share of the weight goes from 0 to 1.

    Parameters
    ----------
    scores : DataFrame
        From `sensitivity.sweep`: share x options.
    case : Case
    criterion : str
        What was swept.
    current : float
        Its share now; a dotted line.
    breaks : sequence of float
        Shares at which the leader changes; marked on the leading line.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import numpy as np
    import seaborn as sns

    require_known(scores.columns, case.options.index, "options")
    require_known([criterion], case.criteria.index, "criteria")
    ax = axes_for(ax, 10)
    colours = palette.option_colours(case)
    for option in scores.columns:
        ax.plot(100 * scores.index, scores[option], color=colours[option], linewidth=1.8)
    ends = scores.iloc[-1].sort_values()
    spaced = np.maximum.accumulate(ends.to_numpy() - 3.2 * np.arange(len(ends))) + 3.2 * np.arange(len(ends))
    for option, height in zip(ends.index, spaced, strict=True):
        ax.annotate(
            plain(case.options.at[option, "short"]),
            (100, ends[option]),
            (104, height),
            color=palette.INK,
            va="center",
            fontsize=8,
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "relpos": (0, 0.5), "color": colours[option]},
        )
    ax.axvline(100 * current, color=palette.INK, linestyle=":", linewidth=1.2)
    best = scores.max(axis=1)
    ax.plot([100 * share for share in breaks], np.interp(breaks, best.index, best), "o", color=palette.INK)
    name = case.criteria.at[criterion, "name"]
    ax.set(xlim=(0, 100), xlabel=f"Weight of {plain(name)}, %; dotted: now; dots: the leader changes", ylabel="Score")
    sns.despine(ax=ax)
    return ax


@guarded(AukusMcdaError)
def plot_values(case: Case, *, ax: Axes | None = None) -> Axes:
    """The value 0-100 of every option on every leaf, as a heatmap with the values written in.

    Parameters
    ----------
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    values = case.values
    ax = axes_for(ax, len(values) + 5)
    named = values.set_axis([plain(name) for name in case.options["short"][values.index]])
    named = named.set_axis([plain(name) for name in case.criteria["name"][values.columns]], axis="columns")
    written = values.shape[1] <= 24
    sns.heatmap(
        named,
        annot=named.round().astype(int) if written else False,
        fmt="d",
        cmap="BrBG",
        vmin=0,
        vmax=100,
        cbar_kws={"label": "Value (0 worst, 100 best)"},
        linewidths=0.5,
        annot_kws={"size": 8},
        ax=ax,
    )
    ax.set(xlabel="", ylabel="")
    ax.tick_params(axis="x", rotation=40)
    for label in ax.get_xticklabels():
        label.set_horizontalalignment("right")
    return ax


@guarded(AukusMcdaError)
def plot_profiles(case: Case, *, ax: Axes | None = None) -> Axes:
    """The weight of each criterion at the top of the tree under each profile, as a heatmap in per cent.

    Parameters
    ----------
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    if not case.profiles:
        raise AukusMcdaError("The case has no weight profiles to draw.")
    shares = pd.DataFrame({name: case.profile(name).values for name in case.profiles})
    roots = shares.groupby({leaf: case.root_of(leaf) for leaf in case.leaves}, sort=False).sum().loc[list(case.roots)]
    named = 100 * roots.set_axis([plain(name) for name in case.criteria["name"][roots.index]])
    ax = axes_for(ax, len(named) + 2)
    sns.heatmap(
        named.set_axis([plain(titled(name)) for name in named.columns], axis="columns"),
        annot=True,
        fmt=".0f",
        cmap="Greys",
        vmin=0,
        vmax=100,
        cbar=False,
        linewidths=0.5,
        ax=ax,
    )
    ax.set(xlabel="Weight in per cent", ylabel="")
    ax.tick_params(axis="y", rotation=0)
    return ax


@guarded(AukusMcdaError)
def plot_acceptability(rank_acceptability: pd.DataFrame, case: Case, *, ax: Axes | None = None) -> Axes:
    """How often each option takes each rank, as a heatmap with the shares written in.

    Parameters
    ----------
    rank_acceptability : DataFrame
        From `acceptability.Acceptability`: options x ranks, shares of draws.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    require_known(rank_acceptability.index, case.options.index, "options")
    ordered = rank_acceptability.sort_values(list(rank_acceptability.columns), ascending=False)
    ax = axes_for(ax, len(ordered))
    percent = 100 * ordered.set_axis([plain(name) for name in case.options["short"][ordered.index]])
    sns.heatmap(
        percent,
        annot=percent.round().astype(int),
        fmt="d",
        cmap="Greys",
        vmin=0,
        vmax=100,
        cbar=False,
        linewidths=0.5,
        ax=ax,
    )
    ax.set(xlabel="Rank; per cent of draws", ylabel="")
    ax.tick_params(axis="y", rotation=0)
    return ax


@guarded(AukusMcdaError)
def plot_stability(
    intervals: Intervals,
    case: Case,
    *,
    ax: Axes | None = None,
) -> Axes:
    """How far each weight can move before the leader changes; the narrowest on top.

    Parameters
    ----------
    intervals : DataFrame
        From `sensitivity.stability`: by criterion, current, low and high shares.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    require_known(intervals.index, case.criteria.index, "criteria")
    known = intervals.dropna(subset=["low", "high"])
    room = (known["high"] - known["low"]).sort_values(kind="stable").index
    ordered = 100 * known.loc[room, ["current", "low", "high"]]
    ax = axes_for(ax, len(ordered))
    rows = list(range(len(ordered)))
    ax.hlines(rows, ordered["low"], ordered["high"], color=palette.BRIGHT[0], linewidth=7, alpha=0.55)
    ax.plot(ordered["current"], rows, "|", color=palette.INK, markersize=14, markeredgewidth=2)
    ax.set_yticks(rows, [plain(name) for name in case.criteria["name"][ordered.index]])
    ax.invert_yaxis()
    ax.set(xlim=(0, 100), xlabel="Weight, %; bar: the leader stays; mark: now", ylabel="")
    sns.despine(ax=ax, left=True)
    return ax


@guarded(AukusMcdaError)
def plot_leaders(leaders: Leaders, case: Case, *, ax: Axes | None = None) -> Axes:
    """A triangle of who leads as three criteria share their weight between them.

    Parameters
    ----------
    leaders : DataFrame
        From `sensitivity.leaders_over`: three columns of shares named by criterion,
        and leader.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    three = [column for column in leaders.columns if column != "leader"]
    require_known(three, case.criteria.index, "criteria")
    require_known(leaders["leader"], case.options.index, "options")
    ax = axes_for(ax, 11)
    colours = palette.option_colours(case)
    first, second, third = three
    for option, at in leaders.groupby("leader", sort=False):
        whole = at[first] + at[second] + at[third]
        across, up = (at[second] + at[third] / 2) / whole, at[third] / whole * 3**0.5 / 2
        name = plain(case.options.at[option, "short"])
        ax.scatter(across, up, color=colours[option], s=14, marker="s", linewidths=0, label=name)
    corners = {first: (0, -0.05), second: (1, -0.05), third: (0.5, 3**0.5 / 2 + 0.04)}
    for criterion, place in corners.items():
        ax.annotate(plain(case.criteria.at[criterion, "name"]), place, ha="center", va="center", fontsize=9)
    ax.legend(loc="upper right", frameon=False, title="Leads", markerscale=2)
    ax.set(xlim=(-0.15, 1.15), ylim=(-0.1, 1.0), aspect="equal")
    ax.axis("off")
    return ax


@guarded(AukusMcdaError)
def plot_information(
    values: Worth,
    case: Case,
    *,
    top: Count = 12,
    ax: Axes | None = None,
) -> Axes:
    """What knowing each score perfectly would be worth for the choice; the most first.

    Parameters
    ----------
    values : DataFrame
        From `information.information_value`.
    case : Case
    top : int
        How many rows to show.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    require_known(values["option"], case.options.index, "options")
    require_known(values["criterion"], case.criteria.index, "criteria")
    shown = values[values["value"] > 0].nlargest(top, "value", keep="first")
    ax = axes_for(ax, max(len(shown), 1))
    if shown.empty:
        ax.text(0.5, 0.5, "No single score, known perfectly, would change the choice.", ha="center", va="center")
        ax.set_axis_off()
        return ax
    rows = list(range(len(shown)))
    ax.barh(rows, shown["value"], color=palette.BRIGHT[0])
    options, names = case.options["short"], case.criteria["name"]
    labels = [f"{options[row.option]}: {names[row.criterion]}" for row in shown.itertuples()]
    ax.set_yticks(rows, [plain(label) for label in labels])
    ax.invert_yaxis()
    ax.set(xlabel="Expected gain from knowing it, value points", ylabel="")
    sns.despine(ax=ax, left=True)
    return ax


def _labels(ranking: Ranking, case: Case) -> list[str]:
    """Rank and short name of the ranked options."""
    places = rank_labels(ranking)
    return [plain(f"{places[option]}  {case.options.at[option, 'short']}") for option in ranking.ranked.index]


def plain(name: str) -> str:
    """A name as it stands: a ``$`` in it must not start a formula."""
    return name.replace("$", r"\$")


def axes_for(ax: Axes | None, rows: int) -> Axes:
    """The axes given, or those of a new figure tall enough for so many rows."""
    return axes_of_size(ax, (9, 1 + 0.42 * rows))


def axes_of_size(ax: Axes | None, inches: tuple[float, float]) -> Axes:
    """The axes given, or those of a new figure of this width and height."""
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes as Drawn
    from matplotlib.figure import Figure

    if ax is None:
        figure: Figure = plt.subplots(figsize=inches, layout="constrained")[0]
        return figure.axes[0]
    if not isinstance(ax, Drawn):
        raise AukusMcdaError(f"ax must be the Axes of a matplotlib figure, not {type(ax).__name__}.")
    return ax


def require_known(names: Iterable[Hashable], there: pd.Index, what: str) -> None:
    """Refuse to draw what is not of this case: a result of another one, or no result at all."""
    every = list(names)
    unknown = [name for name in every if name not in there]
    if unknown or not every:
        raise AukusMcdaError(
            f"The figure needs {what} of the case: {listed(there, most=6)}; not {listed(unknown, most=6) or 'nothing'}."
        )
