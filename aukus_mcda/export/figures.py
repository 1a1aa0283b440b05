"""Figures of results for notebooks: results in, Axes out. They compute nothing."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError, listed
from ..guard import Count, OrEndless, guarded, table_with
from ..perspectives import Capitals
from ..ranking import Ranking
from ..story import by_root, gained, palette, rank_labels
from ..text import titled
from ..uncertainty import Acceptability

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Intervals: TypeAlias = Annotated[pd.DataFrame, table_with(("current", "low", "high"), "stability")]
Information: TypeAlias = Annotated[pd.DataFrame, table_with(("option", "criterion", "value"), "information_value")]
Effects: TypeAlias = Annotated[pd.DataFrame, table_with(("varied", "share", "main", "total"), "joint")]
Frontier: TypeAlias = Annotated[pd.DataFrame, table_with(("effort", "value", "options"), "packages")]
CoreShares: TypeAlias = Annotated[pd.DataFrame, table_with(("core_index", "share", "standard_error"), "packages")]


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
    ranked = _require_known(ranking.ranked.index, case.options.index, "options")
    ax = _axes(ax, len(ranked))
    scores = ranking.ranked["score"]
    rows = range(len(ranked))
    ax.barh(rows, scores, height=0.8, color=_colours(case, ranked))
    label = "Score (0-100)"
    if acceptability is not None:
        label += "; line: 90 % of the draws"
        interval = acceptability.interval.loc[ranked]
        for colour, wide in (("white", 4), (palette.INK, 1.5)):  # a white edge shows the line on a dark bar too
            ax.hlines(rows, interval["low"], interval["high"], color=colour, linewidth=wide)
    return _bars(ax, _ranked_labels(ranking, case), label)


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
    ranked = _require_known(ranking.ranked.index, case.options.index, "options")
    ax = _axes(ax, len(ranked))
    parts = by_root(ranking.contributions.loc[ranked], case)
    ends = parts.cumsum(axis=1)
    rows = range(len(ranked))
    for root, colour in palette.criterion_colours(case).items():
        start = ends[root] - parts[root]
        ax.barh(rows, parts[root], left=start, color=colour, label=_plain(gained(case, root)), edgecolor="white")
    ax.legend(loc="upper center", bbox_to_anchor=(0.5, 1.12), ncols=4, frameon=False)
    return _bars(ax, _ranked_labels(ranking, case), "Value points")


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
        From `sweep`: share x options.
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

    _require_known(scores.columns, case.options.index, "options")
    _require_known([criterion], case.criteria.index, "criteria")
    ax = _axes(ax, 10)
    colours = palette.option_colours(case)
    for option in scores.columns:
        ax.plot(100 * scores.index, scores[option], color=colours[option], linewidth=1.8)
    ends = scores.iloc[-1].sort_values()
    steps = 3.2 * np.arange(len(ends))
    spaced = np.maximum.accumulate(ends.to_numpy() - steps) + steps
    for option, height in zip(ends.index, spaced, strict=True):
        ax.annotate(
            _plain(case.options.at[option, "short"]),
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
    name = _plain(case.criteria.at[criterion, "name"])
    ax.set(xlim=(0, 100), xlabel=f"Weight of {name}, %; dotted: now; dots: the leader changes", ylabel="Score")
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
    values = case.values
    ax = _axes(ax, len(values) + 5)
    label = "Value (0 worst, 100 best)"
    look = {"annot": values.shape[1] <= 24, "annot_kws": {"size": 8}, "cbar": True, "cbar_kws": {"label": label}}
    _heatmap(ax, values, case.options["short"], case.criteria["name"], cmap="BrBG", **look)
    ax.tick_params(axis="x", rotation=40)
    for tick in ax.get_xticklabels():
        tick.set_horizontalalignment("right")
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
    if not case.profiles:
        raise AukusMcdaError("The case has no weight profiles to draw.")
    weights = pd.DataFrame({name: case.profile(name).values for name in case.profiles})
    roots = by_root(weights.T, case).T
    titles = {name: titled(name) for name in case.profiles}
    ax = _axes(ax, len(roots) + 2)
    return _heatmap(ax, 100 * roots, case.criteria["name"], titles, xlabel="Weight in per cent")


@guarded(AukusMcdaError)
def plot_acceptability(rank_acceptability: pd.DataFrame, case: Case, *, ax: Axes | None = None) -> Axes:
    """How often each option takes each rank, as a heatmap with the shares written in.

    Parameters
    ----------
    rank_acceptability : DataFrame
        From `acceptability`: options x ranks, shares of draws.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    _require_known(rank_acceptability.index, case.options.index, "options")
    ordered = rank_acceptability.sort_values(list(rank_acceptability.columns), ascending=False)
    ax = _axes(ax, len(ordered))
    return _heatmap(ax, 100 * ordered, case.options["short"], xlabel="Rank; per cent of draws")


@guarded(AukusMcdaError)
def plot_stability(intervals: Intervals, case: Case, *, ax: Axes | None = None) -> Axes:
    """How far each weight can move before the leader changes; the narrowest on top.

    Parameters
    ----------
    intervals : DataFrame
        From `stability`: by criterion, current, low and high shares.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    _require_known(intervals.index, case.criteria.index, "criteria")
    known = 100 * intervals[["current", "low", "high"]].dropna(subset=["low", "high"])
    order = (known["high"] - known["low"]).sort_values(kind="stable").index
    shown = known.loc[order]
    ax = _axes(ax, len(shown))
    rows = range(len(shown))
    ax.hlines(rows, shown["low"], shown["high"], color=palette.BRIGHT[0], linewidth=7, alpha=0.55)
    ax.plot(shown["current"], rows, "|", color=palette.INK, markersize=14, markeredgewidth=2)
    return _bars(ax, case.criteria["name"][order], "Weight, %; bar: the leader stays; mark: now")


@guarded(AukusMcdaError)
def plot_information(values: Information, case: Case, *, top: Count = 12, ax: Axes | None = None) -> Axes:
    """What knowing each score perfectly would be worth for the choice; the most first.

    Parameters
    ----------
    values : DataFrame
        From `information_value`.
    case : Case
    top : int
        How many rows to show.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    _require_known(values["option"], case.options.index, "options")
    _require_known(values["criterion"], case.criteria.index, "criteria")
    shown = values[values["value"] > 0].nlargest(top, "value", keep="first")
    ax = _axes(ax, max(len(shown), 1))
    if shown.empty:
        ax.text(0.5, 0.5, "No single score, known perfectly, would change the choice.", ha="center", va="center")
        ax.set_axis_off()
        return ax
    ax.barh(range(len(shown)), shown["value"], color=palette.BRIGHT[0])
    labels = shown["option"].map(case.options["short"]) + ": " + shown["criterion"].map(case.criteria["name"])
    return _bars(ax, labels, "Expected gain from knowing it, value points", limits=None)


@guarded(AukusMcdaError)
def plot_bump(capitals: Capitals, case: Case, *, ax: Axes | None = None) -> Axes:
    """The rank of every option in every capital, a line an option; hollow where it breaches that capital's red line.

    Parameters
    ----------
    capitals : Capitals
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    _require_known(capitals.ranks.index, case.options.index, "options")
    ranks = capitals.ranks[list(capitals.names)].dropna().astype(float)
    ax = _axes(ax, len(ranks) + 2)
    colours, short = palette.option_colours(case), case.options["short"]
    places = list(range(len(capitals.names)))
    for option in ranks.index[ranks.mean(axis=1).argsort(kind="stable")]:
        line: dict[str, Any] = {"color": colours[option], "linewidth": 2.5, "markersize": 9}
        ax.plot(places, ranks.loc[option], "o-", **line)
        refusing = capitals.red_lines.options.at[option, "breached_by"]
        breached = [place for place, name in enumerate(capitals.names) if name in refusing]
        ax.plot(breached, ranks.loc[option].iloc[breached], "o", **line, mfc="white", mew=2.5)
    for name, at, side in ((capitals.names[0], -0.12, "right"), (capitals.names[-1], places[-1] + 0.12, "left")):
        for rank, options in ranks.groupby(name, sort=False).groups.items():
            ax.text(at, rank, _plain(", ".join(short[options])), ha=side, va="center", color=palette.INK)
    ax.set_xticks(places, [_plain(titled(name)) for name in capitals.names])
    ax.set(xlim=(-0.2, places[-1] + 0.2), ylabel="")
    ax.invert_yaxis()
    ax.yaxis.set_visible(False)
    _labels_on_top(ax, "Best on top. Hollow: breaches a red line of that capital at the likely scores")
    sns.despine(ax=ax, left=True, bottom=True)
    return ax


@guarded(AukusMcdaError)
def plot_disagreement(capitals: Capitals, case: Case, *, ax: Axes | None = None) -> Axes:
    """Where each two capitals part: points of disagreement by criterion, the furthest apart on top.

    Parameters
    ----------
    capitals : Capitals
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    parts = capitals.disagreement_by_root(case)
    totals = parts.sum(axis=1).sort_values(ascending=False, kind="stable")
    names = {pair: f"{titled(pair[0])} and {titled(pair[1])}: {total:.1f}" for pair, total in totals.items()}
    ax = _axes(ax, len(parts) + 2)
    label = "Points of score (0-100) by which the two differ over the options; rows add up"
    shown = parts.loc[totals.index]
    written = shown.map(lambda number: f"{number:.1f}".replace("-0.0", "0.0"))
    return _heatmap(ax, shown, names, case.criteria["name"], xlabel=label, annot=written.to_numpy(), fmt="", vmax=None)


@guarded(AukusMcdaError)
def plot_regret(regret: pd.DataFrame, names: pd.Series, case: Case, *, ax: Axes | None = None) -> Axes:
    """What each option gives up in each future, as a heatmap; the smallest greatest regret on top.

    Parameters
    ----------
    regret : DataFrame
        From `futures`: ``.regret``, options x futures, value points.
    names : Series
        Readable names of the futures.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    _require_known(regret.index, case.options.index, "options")
    _require_known(regret.columns, names.index, "futures")
    shown = regret.loc[regret.max(axis=1).sort_values(kind="stable").index]
    ax = _axes(ax, 0, inches=(2.6 + 1.05 * shown.shape[1], 1.6 + 0.42 * len(shown)))
    darkest = max(1.0, 1.3 * float(shown.to_numpy().max()))
    wrapped = {future: "\n".join(textwrap.wrap(name, 14)) for future, name in names.items()}
    _heatmap(ax, shown, case.options["short"], wrapped, fmt=".1f", vmax=darkest, xticklabels=True, yticklabels=True)
    ax.tick_params(axis="x", labelsize=8)
    _labels_on_top(ax, "Value points given up beside the best option of each future (0.0: the best)")
    for row, colour in enumerate(_colours(case, shown.index)):
        ax.plot([-0.07, -0.07], [row + 0.08, row + 0.92], color=colour, linewidth=5, solid_capstyle="butt")
    ax.set(xlim=(-0.12, shown.shape[1]), ylim=(len(shown), 0))
    return ax


@guarded(AukusMcdaError)
def plot_attribution(effects: Effects, *, ax: Axes | None = None) -> Axes:
    """How much of the uncertainty about who leads each source makes, alone and with others.

    Parameters
    ----------
    effects : DataFrame
        From `joint`: ``.effects``; only the factors that were varied are shown.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    shown = 100 * effects.loc[effects["varied"]].drop(columns="varied").astype(float).clip(lower=0)
    shown = shown.sort_values("share", ascending=False, kind="stable")
    ax = _axes(ax, 0, inches=(9, 1.4 + 0.7 * len(shown)))
    rows = list(range(len(shown)))
    ax.barh(rows, shown["total"], color="#C9D8E6", height=0.62, label="with the others (total effect)")
    ax.barh(rows, shown["main"], color=palette.BRIGHT[0], height=0.62, label="by itself (main effect)")
    for shift, effect in ((0.14, "total"), (-0.14, "main")):
        places = [row + shift for row in rows]
        errors = 2 * shown[f"{effect}_error"]
        ax.errorbar(shown[effect], places, xerr=errors, fmt="none", color=palette.INK, linewidth=1)
    ax.plot(shown["share"], rows, "D", color=palette.INK, markersize=7, label="its share; the shares add up to 100 %")
    for row, share in zip(rows, shown["share"], strict=True):
        ax.annotate(f"{share:.0f} %", (share, row), (9, 0), textcoords="offset points", va="center", fontsize=10)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=3, frameon=False, fontsize=9)
    label = "Per cent of the uncertainty about who leads; lines: two standard errors"
    return _bars(ax, [str(factor).capitalize() for factor in shown.index], label)


@guarded(AukusMcdaError)
def plot_frontier(frontier: Frontier, case: Case, *, effort: OrEndless | None = None, ax: Axes | None = None) -> Axes:
    """The best value for each level of effort, and above each step the options of the best package.

    Parameters
    ----------
    frontier : DataFrame
        From `packages`: effort, value and options.
    case : Case
    effort : float, optional
        The limit; a dotted line, if it is finite.
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    import seaborn as sns

    held = [option for option in case.options.index if any(option in row for row in frontier["options"])]
    ax = _axes(ax, 10 + len(held) // 2)
    efforts, values = frontier["effort"], frontier["value"]
    ax.step(efforts, values, where="post", color=palette.INK, linewidth=1.8)
    ax.plot(efforts, values, "o", color=palette.INK, markersize=4)
    top, bottom = max(float(values.max()), 1.0), min(0.0, float(values.min()))
    height = 0.065 * top
    colours = palette.option_colours(case)
    for row, option in enumerate(reversed(held)):
        level = top + height * (row + 1.5)
        inside = efforts[[option in options for options in frontier["options"]]]
        ax.plot(efforts, [level] * len(efforts), ".", color=palette.SCREENED, markersize=3)
        ax.plot(inside, [level] * len(inside), "s", color=colours[option], markersize=6)
        ax.annotate(
            _plain(case.options.at[option, "short"]),
            (1, level),
            xycoords=("axes fraction", "data"),
            xytext=(6, 0),
            textcoords="offset points",
            va="center",
            fontsize=8.5,
            color=palette.INK,
            annotation_clip=False,
        )
    limit = math.inf if effort is None else effort
    if math.isfinite(limit):
        ax.axvline(limit, color=palette.INK, linestyle=":", linewidth=1.2)
    ax.set_yticks([tick for tick in ax.get_yticks() if 0 <= tick <= top])
    ax.set(xlabel="Effort; dotted: the limit" if math.isfinite(limit) else "Effort", ylabel="Best value, points")
    ax.set_ylim(bottom, top + height * (len(held) + 1.5))
    ax.spines["left"].set_bounds(bottom, top)
    sns.despine(ax=ax)
    return ax


@guarded(AukusMcdaError)
def plot_core(options: CoreShares, case: Case, *, ax: Axes | None = None) -> Axes:
    """In what share of the good packages each option is, and in what share of draws it is in the best.

    Parameters
    ----------
    options : DataFrame
        From `packages`: by option, core_index, share and standard_error.
    case : Case
    ax : Axes, optional
        Where to draw; a new figure otherwise.
    """
    _require_known(options.index, case.options.index, "options")
    shown = options.dropna(subset=["core_index"]).sort_values(["core_index", "share"], ascending=False, kind="stable")
    ax = _axes(ax, len(shown) + 1)
    rows = range(len(shown))
    ax.barh(rows, 100 * shown["core_index"], color=_colours(case, shown.index), height=0.62)
    look: dict[str, Any] = {"fmt": "D", "color": palette.INK, "markersize": 5, "linewidth": 1.2}
    errors = 196 * shown["standard_error"]
    ax.errorbar(100 * shown["share"], rows, xerr=errors, clip_on=False, zorder=3, **look)
    label = "Bar: % of the packages no other beats that hold it; diamond: % of draws in which the best package does"
    return _bars(ax, case.options["short"][shown.index], label)


def _heatmap(
    ax: Axes,
    table: pd.DataFrame,
    rows: Mapping[Any, str] | pd.Series,
    columns: Mapping[Any, str] | pd.Series | None = None,
    *,
    xlabel: str = "",
    **look: Any,
) -> Axes:
    """A table as shades from 0 to 100, with its rounded numbers written in, under the names of rows and columns."""
    import seaborn as sns

    usual = {"annot": True, "fmt": ".0f", "cmap": "Greys", "vmin": 0, "vmax": 100, "cbar": False, "linewidths": 0.5}
    named = table.set_axis([_plain(rows[row]) for row in table.index])
    if columns is not None:
        named = named.set_axis([_plain(columns[column]) for column in table.columns], axis="columns")
    sns.heatmap(named, ax=ax, **usual | look)
    ax.set(xlabel=xlabel, ylabel="")
    ax.tick_params(rotation=0)
    return ax


def _bars(ax: Axes, names: Iterable[str], xlabel: str, limits: tuple[float, float] | None = (0, 100)) -> Axes:
    """Rows under their names, the first on top."""
    import seaborn as sns

    labels = [_plain(name) for name in names]
    ax.set_yticks(range(len(labels)), labels)
    ax.invert_yaxis()
    ax.set(xlabel=xlabel, ylabel="", xlim=limits)
    sns.despine(ax=ax, left=True)
    return ax


def _labels_on_top(ax: Axes, xlabel: str) -> None:
    """The names of columns above them, what they show below."""
    ax.tick_params(length=0)
    ax.xaxis.tick_top()
    ax.set_xlabel(xlabel, labelpad=8)
    ax.xaxis.set_label_position("bottom")


def _ranked_labels(ranking: Ranking, case: Case) -> list[str]:
    """Rank and short name of the ranked options."""
    places = rank_labels(ranking)
    return [f"{places[option]}  {case.options.at[option, 'short']}" for option in ranking.ranked.index]


def _colours(case: Case, options: Iterable[str]) -> list[str]:
    colours = palette.option_colours(case)
    return [colours[option] for option in options]


def _plain(name: str) -> str:
    """A name as it stands: a ``$`` in it must not start a formula."""
    return name.replace("$", r"\$")


def _axes(ax: Axes | None, rows: int, inches: tuple[float, float] | None = None) -> Axes:
    """The axes given, or those of a new figure in the one theme, tall enough for so many rows."""
    import matplotlib.pyplot as plt
    import seaborn as sns
    from matplotlib.axes import Axes as Drawn
    from matplotlib.figure import Figure

    if ax is None:
        with sns.axes_style("ticks", {"text.color": palette.INK, "axes.labelcolor": palette.INK}):
            figure: Figure = plt.figure(figsize=inches or (9, 1 + 0.42 * rows), layout="constrained")
            return figure.add_subplot()
    if not isinstance(ax, Drawn):
        raise AukusMcdaError(f"ax must be the Axes of a matplotlib figure, not {type(ax).__name__}.")
    return ax


def _require_known(names: Iterable[Hashable], there: pd.Index, what: str) -> pd.Index:
    """The names, refused when they are not of this case: a result of another one, or no result at all."""
    every = pd.Index(list(names))
    unknown = [name for name in every if name not in there]
    if unknown or every.empty:
        raise AukusMcdaError(
            f"The figure needs {what} of the case: {listed(there, most=6)}; not {listed(unknown, most=6) or 'nothing'}."
        )
    return every
