# SPDX-License-Identifier: Apache-2.0
"""What a panel thinks: the mixture of its judges' views, how far they agree, and which cells are worth discussing.

Each draw takes one judge's whole view, scores and weights, so errors are shared as people share them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import MethodError
from ..perspectives import kendall_w
from ..ranking import Ranking, competing, rank
from ..uncertainty import Acceptability, Cluster, acceptability_of_mixture
from ..weights import TIE, Array, Weights
from .answers import Answers, closed_rounds, panel_digest, panel_folder, read_panel


@dataclass(frozen=True, eq=False)
class Panel:
    """The views of several judges, and what follows from all of them.

    Attributes
    ----------
    judges : tuple of Answers
    rankings : mapping of str to Ranking
        By judge, on the likely scores.
    acceptability : Acceptability
        Of the mixture: each draw takes one judge's whole view, each judge as often.
    leads : DataFrame
        Options x judges: the share of draws of this judge's view in which the option ranks first.
    between : float
        The share of the doubt about who leads that lies between judges, not within any judge's own ranges: 0 to 1.
    cells : DataFrame
        By option and criterion that two judges or more judged: ``least`` and ``greatest`` likely score, ``apart`` in
        value points, ``moves`` in points of the option's total, ``worth`` in points that a judge gains by choosing
        anew once persuaded by another judge of this cell alone, on average over all pairs, and ``decides``, whether
        any judge would then put another option first. The most worth comes first.
    agreement : float
        The intraclass correlation ICC(2,1) of the judges' values, of all that everybody judged, on whatever scale; NaN
        where that is less than two judges or cells.
    concordance : float
        Kendall's W of their rankings; NaN with one judge or option.
    closed : str
        When the panel was closed, ISO.
    digest : str
        SHA-256 of what every judge answered.
    """

    judges: tuple[Answers, ...]
    rankings: Mapping[str, Ranking]
    acceptability: Acceptability
    leads: pd.DataFrame
    between: float
    cells: pd.DataFrame
    agreement: float
    concordance: float
    closed: str
    digest: str

    @property
    def camps(self) -> dict[str, list[str]]:
        """The judges by what ranks first most often in their views, the largest camp first."""
        camps: dict[str, list[str]] = {}
        for judge, option in self.leads.idxmax().items():
            camps.setdefault(str(option), []).append(str(judge))
        return dict(sorted(camps.items(), key=lambda camp: -len(camp[1])))


def mixture_of(
    case: Case, folder: Path, weights: Weights, *, draws: int, seed: int, cluster: Cluster | None = None
) -> Panel:
    """The panel in a working folder, each judge with the weights given where the judge gave none.

    Raises
    ------
    CaseError, ExportError
        As `read_panel`.
    MethodError
        When fewer than two options are ranked.
    """
    members = read_panel(case, folder)
    if len(case.competing) < 2:
        raise MethodError("A panel has nothing to choose between: fewer than two options are ranked.")
    judges = tuple(answers for answers, _, _ in members)
    names = [answers.judge for answers in judges]
    views = [(view, weights if own is None else own) for _, view, own in members]
    rankings = {name: rank(view, own) for name, (view, own) in zip(names, views, strict=True)}
    mixture, shares = acceptability_of_mixture(case, views, draws=draws, seed=seed, cluster=cluster)
    leads = pd.DataFrame(dict(zip(names, shares, strict=True)))
    ranks = pd.DataFrame({name: ranking.ranked["rank"] for name, ranking in rankings.items()})
    return Panel(
        judges=judges,
        rankings=rankings,
        acceptability=mixture,
        leads=leads,
        between=between_judges(leads),
        cells=cells_in_dispute(judges, views),
        agreement=intraclass(_judged_by_all(judges, views)),
        concordance=kendall_w(ranks.astype(float)).w if len(names) > 1 else float("nan"),
        closed=closed_rounds(panel_folder(folder))[-1]["at"],
        digest=panel_digest(folder),
    )


def between_judges(leads: pd.DataFrame) -> float:
    """The part of the variance of who leads that lies between judges, by the law of total variance.

    Examples
    --------
    >>> between_judges(pd.DataFrame({"Ann": [1.0, 0.0], "Ben": [0.0, 1.0]}))  # each is sure, of another option
    1.0
    >>> between_judges(pd.DataFrame({"Ann": [0.5, 0.5], "Ben": [0.5, 0.5]}))
    0.0
    """
    whole = leads.mean(axis=1)
    doubt = float((whole * (1 - whole)).sum())
    return float(leads.var(axis=1, ddof=0).sum()) / doubt if doubt > TIE else 0.0


def intraclass(values: pd.DataFrame) -> float:
    """The intraclass correlation ICC(2,1) of targets x judges: how far one judge's value stands for any judge's.

    References
    ----------
    Shrout and Fleiss (1979), *Psychological Bulletin* 86, 420-428, doi:10.1037/0033-2909.86.2.420.
    """
    targets, judges = values.shape
    grid = values.to_numpy(dtype=float)
    if min(targets, judges) < 2 or np.ptp(grid) <= TIE * np.abs(grid).max():
        return float("nan")
    whole = grid - grid.mean()
    of_targets = judges * (whole.mean(axis=1) ** 2).sum() / (targets - 1)
    of_judges = targets * (whole.mean(axis=0) ** 2).sum() / (judges - 1)
    rest = (whole - whole.mean(axis=1)[:, None] - whole.mean(axis=0)) ** 2
    residual = rest.sum() / ((targets - 1) * (judges - 1))
    below = of_targets + (judges - 1) * residual + judges * (of_judges - residual) / targets
    return float((of_targets - residual) / below) if below > 0 else float("nan")


def _own_cells(answers: Answers) -> pd.MultiIndex:
    return pd.MultiIndex.from_frame(answers.scores[["option", "criterion"]])


def _judged_by_all(judges: Sequence[Answers], views: Sequence[tuple[Case, Weights]]) -> pd.DataFrame:
    """Values 0-100 of the cells that every judge of scores judged, by judge."""
    values = {
        answers.judge: view.values.stack()[_own_cells(answers)]
        for answers, (view, _) in zip(judges, views, strict=True)
        if len(answers.scores)
    }
    return pd.DataFrame(values).dropna()


def cells_in_dispute(judges: Sequence[Answers], views: Sequence[tuple[Case, Weights]]) -> pd.DataFrame:
    """By cell how far judges are apart, and what settling it would be worth; see `Panel`."""
    tables = [competing(view) for view, _ in views]
    options, leaves = tables[0].index, tables[0].columns
    grid = np.array([table.to_numpy() for table in tables])
    shares = np.array([own.values[leaves].to_numpy() for _, own in views])
    scores = np.einsum("jol,jl->jo", grid, shares)
    likely = {
        each.judge: view.scores["likely"][_own_cells(each)] for each, (view, _) in zip(judges, views, strict=True)
    }
    raw = pd.DataFrame(likely)
    rows: dict[tuple[str, str], list[object]] = {}
    for option, leaf in raw.index[raw.notna().sum(axis=1) > 1]:
        if option not in options:
            continue
        i, j = options.get_loc(option), leaves.get_loc(leaf)
        said = raw.loc[(option, leaf)]
        those = said.notna().to_numpy()
        values, share = grid[those, i, j], shares[those, j]
        gain = _gain(scores[those], i, share[:, None] * (values - values[:, None]))
        mean = float(gain.sum()) / (len(values) * (len(values) - 1))  # nobody persuades oneself
        apart = float(np.ptp(values))
        moves = apart * float(share.mean())
        rows[option, leaf] = [said.min(), said.max(), apart, moves, mean, bool((gain > TIE).any())]
    columns = ["least", "greatest", "apart", "moves", "worth", "decides"]
    table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
    table.index = pd.MultiIndex.from_tuples(table.index, names=["option", "criterion"])
    return table.sort_values(["worth", "moves"], ascending=False, kind="stable")


def _gain(scores: Array, option: int, shift: Array) -> Array:
    """Points gained by choosing anew when one option's total moves by ``shift (j, n)`` from ``scores (j, m)``."""
    moved, others = scores[:, [option]] + shift, np.delete(scores, option, axis=1).max(axis=1)[:, None]
    held = np.where(scores[:, [option]] >= others, moved, others)
    return np.asarray(np.maximum(moved, others) - held)
