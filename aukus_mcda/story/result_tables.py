"""Results as tables to read: the one place, with the exports, where numbers are rounded."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import shown
from ..ranking import METHODS, MethodComparison, Ranking
from ..text import joined, percent, titled
from ..uncertainty import Acceptability
from .wording import method_name


@dataclass(frozen=True, eq=False)
class Readable:
    """A table that a notebook shows in full: nothing cut off, text to the left, names escaped."""

    frame: pd.DataFrame

    def __repr__(self) -> str:
        if self.frame.empty:
            return "None."
        return str(self.frame.to_string())

    def _repr_html_(self) -> str:
        if self.frame.empty:
            return "<p>None.</p>"
        with pd.option_context("display.max_colwidth", None):
            html: str = self.frame.to_html(escape=True, border=0, justify="left")
        aligned = "text-align: left; white-space: normal; vertical-align: top"
        return html.replace("<td>", f'<td style="{aligned}">').replace("<th>", f'<th style="{aligned}">')


def readable(table: pd.DataFrame | pd.Series, case: Case | None = None) -> Readable:
    """A table or a row to be shown in full in a notebook, in words and with three digits of each number.

    Parameters
    ----------
    table : DataFrame or Series
    case : Case, optional
        Whose options, criteria, profiles and futures are shown by their names rather than by their ids.

    Examples
    --------
    >>> readable(pd.DataFrame({"name": ["<b>Bold</b> plan"]}))._repr_html_().count("&lt;b&gt;")
    1
    >>> readable(pd.DataFrame({"same_leader": [True], "kendall_tau": [0.8666], "error": [2e-5]}, index=["A"]))
      Same leader Kendall tau   Error
    A         yes       0.867  <0.001
    """
    frame = table if isinstance(table, pd.DataFrame) else table.to_frame("")
    names = {} if case is None else _names(case)
    shown = frame.astype(object).map(lambda cell: _in_words(cell, names))
    shown.columns = pd.Index([_heading(each, names) for each in frame.columns], name=_heading(frame.columns.name, {}))
    counted = frame.index.name is None and pd.api.types.is_integer_dtype(frame.index)
    labels = ["" if counted else names.get(each, each) if isinstance(each, str) else each for each in frame.index]
    heading = _heading(frame.index.name, {})
    shown.index = pd.Index(labels, name="" if heading in shown.columns else heading)  # no heading twice
    return Readable(shown)


def methods_table(comparison: MethodComparison, case: Case) -> pd.DataFrame:
    """Who leads by each cross-check method, family by family, and how alike its order is to the additive one.

    Examples
    --------
    >>> from aukus_mcda import compare_methods, load_case
    >>> case = load_case("aukus_plus_two")
    >>> methods_table(compare_methods(case, methods=["vikor", "mabac"]), case)[["Family", "Leads"]].values.tolist()
    [['additive', 'Maritime picture'], ['distance to an ideal', 'Experimentation']]
    """
    ranks = comparison.ranks
    leaders = {method: list(ranks.index[ranks[method] == 1]) for method in ranks}
    methods = [method for of_family in comparison.families["methods"] for method in of_family]
    return pd.DataFrame(
        {
            "Method": [method_name(method) for method in methods],
            "Family": [METHODS[method].family for method in methods],
            "Leads": [joined(case.options["short"][leaders[method]]) for method in methods],
            "Kendall tau-b": comparison.agreement.loc[methods, "kendall_tau_b"].to_list(),
            "Weighted Spearman": comparison.agreement.loc[methods, "weighted_spearman"].to_list(),
        }
    )


def _names(case: Case) -> dict[str, str]:
    """What each id of a case stands for, shortest names first."""
    futures = case.scenarios.drop_duplicates("scenario").set_index("scenario")["name"]
    return {
        **{profile: titled(profile) for profile in case.profiles},
        **futures,
        **case.criteria["name"],
        **case.options["short"],
    }


def _in_words(cell: object, names: Mapping[str, str]) -> object:
    """A cell for a reader: a name, yes, a dash for what is missing, a number to three digits or a thousandth."""
    if isinstance(cell, tuple | list | frozenset):
        return "; ".join(str(names.get(each, each)) for each in cell)
    if isinstance(cell, str):
        return names.get(cell, cell)
    if pd.isna(cell):
        return "\N{EN DASH}"
    if isinstance(cell, bool | np.bool_):
        return "yes" if cell else "no"
    if isinstance(cell, float | np.floating):
        number = float(cell)
        if 0 < abs(number) < 0.001:
            return "<0.001" if number > 0 else ">-0.001"
        return f"{number:,.0f}" if abs(number) >= 1000 else f"{float(f'{number:.3g}'):g}"
    return cell


def _heading(label: object, names: Mapping[str, str]) -> object:
    """A column's heading: ``same_leader`` as Same leader; what is written for a reader stays."""
    if not isinstance(label, str):
        return label
    words = label.replace("_", " ")
    return names.get(label, words[:1].upper() + words[1:])


def findings_table(findings: pd.DataFrame, case: Case) -> pd.DataFrame:
    """Findings for a reader, ``status_quo on det_picture`` and the like by the names of options and criteria.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> case = load_case("aukus_plus_two")
    >>> findings_table(case.findings, case)["Where"].iloc[1][:40]
    'Status quo on Shared maritime warning; S'
    """
    names = {**case.options["short"], **case.criteria["name"]}
    pair = re.compile(r"(\S+) on (\S+?)(?=;| and |$)")

    def named(place: str) -> str:
        return pair.sub(lambda match: " on ".join(str(names.get(each, each)) for each in match.groups()), place)

    return pd.DataFrame(
        {"Finding": findings["finding"], "Where": findings["place"].map(named), "Standard": findings["standard"]}
    )


INTERVAL_HEADING = "5\N{EN DASH}95\N{NO-BREAK SPACE}%"
"""Heading of the interval of drawn scores."""


def rank_labels(ranking: Ranking) -> pd.Series:
    """``1``, ``2=``, ``2=``, ``4`` by option; a dash for what is screened out."""
    rank = ranking.table["rank"]
    shared = rank.duplicated(keep=False) & rank.notna()
    labels = rank.astype("string").fillna("\N{EN DASH}").astype(object)
    return labels.where(~shared, labels + "=")


def ranking_table(ranking: Ranking, acceptability: Acceptability | None = None) -> pd.DataFrame:
    """The ranking for a reader: rank, option, score, and why an option is out.

    With the ``acceptability`` of the draws, also the interval that 90 per cent of an option's scores
    lie in, and the share of draws in which it ranks first.

    Examples
    --------
    >>> from aukus_mcda import load_case, rank
    >>> list(ranking_table(rank(load_case("aukus_plus_two"))).columns)
    ['Rank', 'Option', 'Score', 'Screened out because']
    """
    table = ranking.table
    columns = {
        "Rank": rank_labels(ranking),
        "Option": table["name"],
        "Score": table["score"].map("{:.1f}".format),
    }
    if acceptability is not None:
        columns[INTERVAL_HEADING] = interval_labels(acceptability).reindex(table.index, fill_value="")
        columns["Ranks first"] = acceptability.rank_acceptability[1].map(percent).reindex(table.index, fill_value="")
    return pd.DataFrame(columns | {"Screened out because": table["reason"]}, index=table.index)


def interval_labels(acceptability: Acceptability) -> pd.Series:
    """``55-63`` by option: the scores that 5 per cent of the draws lie below and above."""
    interval = acceptability.interval
    return pd.Series(
        [f"{low:.0f}\N{EN DASH}{high:.0f}" for low, high in interval.to_numpy()], index=interval.index, dtype=object
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
    leaves = pd.Series(case.leaves, index=pd.Index(case.leaves, name="criterion"))
    names = case.criteria["name"]
    return pd.DataFrame(
        {
            "Criterion": leaves.map(case.root_of).map(names),
            "Leaf": leaves.map(names),
            "Weight": leaves.map(100 * ranking.weights.values).map("{:.1f} %".format),
        }
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
    return shown(likely) if not low < high else f"{shown(likely)} ({shown(low)}\N{EN DASH}{shown(high)})"
