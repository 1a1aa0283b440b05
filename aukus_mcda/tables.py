"""Results as tables to read: the one place, with the exports, where numbers are rounded."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .case import Case
from .ranking import Ranking
from .wording import titled


@dataclass(frozen=True, eq=False)
class Readable:
    """A table that a notebook shows in full: nothing cut off, text to the left, names escaped."""

    frame: pd.DataFrame

    def __repr__(self) -> str:
        if self.frame.empty:
            return "None."
        return str(self.frame.to_string(na_rep="\N{EN DASH}"))

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return "<p>None.</p>"
        with pd.option_context("display.max_colwidth", None):
            # As objects, so that a missing rank is a dash like any other missing cell.
            shown = self.frame.astype(object).where(self.frame.notna(), "\N{EN DASH}")
            html: str = shown.to_html(escape=True, border=0, justify="left", float_format="{:g}".format)
        aligned = "text-align: left; white-space: normal; vertical-align: top"
        return html.replace("<td>", f'<td style="{aligned}">').replace("<th>", f'<th style="{aligned}">')


def readable(table: pd.DataFrame | pd.Series) -> Readable:
    """A table or a row to be shown in full in a notebook.

    Examples
    --------
    >>> readable(pd.DataFrame({"name": ["<b>Bold</b> plan"]}))._repr_html_().count("&lt;b&gt;")
    1
    """
    return Readable(table if isinstance(table, pd.DataFrame) else table.to_frame(""))


def rank_labels(ranking: Ranking) -> pd.Series:
    """``1``, ``2=``, ``2=``, ``4`` by option; a dash for what is screened out."""
    rank = ranking.table["rank"]
    shared = rank.duplicated(keep=False) & rank.notna()
    labels = rank.astype("string").fillna("\N{EN DASH}").astype(object)
    return labels.where(~shared, labels + "=")


def ranking_table(ranking: Ranking) -> pd.DataFrame:
    """The ranking for a reader: rank, option, score, range, and why an option is out.

    Examples
    --------
    >>> from aukus_mcda import load_case, rank
    >>> list(ranking_table(rank(load_case("aukus_plus_two"))).columns)
    ['Rank', 'Option', 'Score', 'Range', 'Screened out because']
    """
    table = ranking.table
    return pd.DataFrame(
        {
            "Rank": rank_labels(ranking),
            "Option": table["name"],
            "Score": [f"{score:.1f}" for score in table["score"]],
            "Range": [
                f"{low:.0f}\N{EN DASH}{high:.0f}" for low, high in zip(table["least"], table["greatest"], strict=True)
            ],
            "Screened out because": table["reason"],
        },
        index=table.index,
    )


def ranking_export(ranking: Ranking) -> pd.DataFrame:
    """The columns of ranking.csv, unrounded."""
    return ranking.table.reset_index()[["option", "name", "score", "rank", "screened", "reason"]]


def contributions_export(ranking: Ranking) -> pd.DataFrame:
    """The columns of contributions.csv: option, a column per leaf, and the score, unrounded."""
    return ranking.contributions.assign(score=ranking.table["score"]).reset_index()


def by_root(contributions: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Contributions added up over each branch: options x top criteria."""
    roots = {leaf: case.root_of(leaf) for leaf in contributions.columns}
    return contributions.T.groupby(roots, sort=False).sum().T[list(case.roots)]


def weights_table(ranking: Ranking, case: Case) -> pd.DataFrame:
    """Each leaf with the branch it is on and its weight in per cent."""
    leaves = list(case.leaves)
    names = case.criteria["name"]
    return pd.DataFrame(
        {
            "Criterion": [names[case.root_of(leaf)] for leaf in leaves],
            "Leaf": [names[leaf] for leaf in leaves],
            "Weight": [f"{100 * ranking.weights.values[leaf]:.1f} %" for leaf in leaves],
        },
        index=pd.Index(leaves, name="criterion"),
    )


def points_table(case: Case) -> pd.DataFrame:
    """Every profile's swing points with the reason for them, for a reader."""
    table = case.points.reset_index()
    return pd.DataFrame(
        {
            "Profile": table["profile"].map(titled),
            "Criterion": case.criteria["name"][table["criterion"]].to_list(),
            "Points": [_range(*row) for row in table[["low", "likely", "high"]].to_numpy()],
            "Why": table["rationale"],
        }
    )


def _range(low: float, likely: float, high: float) -> str:
    return f"{likely:g}" if not low < high else f"{likely:g} ({low:g}\N{EN DASH}{high:g})"
