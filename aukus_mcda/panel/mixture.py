# SPDX-License-Identifier: Apache-2.0
"""What a panel thinks: the mixture of its judges' views, how far they agree, and which cells are worth discussing.

Each draw takes one judge's whole view, scores and weights, so errors are shared as people share them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from ..case import Case
from ..perspectives import futures, joint, kendall_w
from ..ranking import Ranking, competing, rank
from ..uncertainty import Acceptability, Cluster, acceptability_of_mixture, information_value
from ..weights import TIE, Array, Weights
from .answers import Answers, answered_again, closed_answers, closed_rounds, members_of, panel_digest, require_choice

View: TypeAlias = tuple[Case, Weights]
"""The case as a judge sees it, and the weights that go with it."""


@dataclass(frozen=True, eq=False)
class Panel:
    """The views of several judges, and what follows from all of them; what takes long is worked out when asked for.

    Attributes
    ----------
    case : Case
    judges : tuple of Answers
        What each answered last.
    views : mapping of str to (Case, Weights)
        By judge.
    moved : DataFrame
        What was asked again; see `answered_again`.
    closed : str
        When the panel was closed, ISO.
    digest : str
        SHA-256 of what every judge answered.
    draws, seed : int
        For all that is drawn of it.
    cluster : distributed.Client or None
        Where it is drawn.
    """

    case: Case
    judges: tuple[Answers, ...]
    views: Mapping[str, View]
    moved: pd.DataFrame
    closed: str
    digest: str
    draws: int
    seed: int
    cluster: Cluster | None = None

    @cached_property
    def _drawn_as(self) -> dict[str, View]:
        return different(self.views)

    @cached_property
    def _mixture(self) -> tuple[Acceptability, list[pd.Series]]:
        held = Counter(self._drawn_as.values())
        return acceptability_of_mixture(self.case, held, draws=self.draws, seed=self.seed, cluster=self.cluster)

    @property
    def acceptability(self) -> Acceptability:
        """Of the mixture: each draw takes one judge's whole view, each judge as often."""
        return self._mixture[0]

    @cached_property
    def leads(self) -> pd.DataFrame:
        """Options x judges: the share of draws of this judge's view in which the option ranks first."""
        led = dict(zip(dict.fromkeys(self._drawn_as.values()), self._mixture[1], strict=True))
        return pd.DataFrame({judge: led[self._drawn_as[judge]] for judge in self.views})

    @property
    def camps(self) -> dict[str, list[str]]:
        """The judges by what ranks first most often in their views, the largest camp first."""
        camps: dict[str, list[str]] = {}
        for judge, option in self.leads.idxmax().items():
            camps.setdefault(str(option), []).append(str(judge))
        return dict(sorted(camps.items(), key=lambda camp: -len(camp[1])))

    @cached_property
    def rankings(self) -> dict[str, Ranking]:
        """By judge, on the likely scores."""
        return {judge: rank(*view) for judge, view in self.views.items()}

    @cached_property
    def between(self) -> float:
        """The share of the doubt about who leads that lies between judges, not within a judge's own ranges: 0 to 1."""
        return between_judges(self.leads)

    @cached_property
    def cells(self) -> pd.DataFrame:
        """How far judges are apart on each score, and what settling it would be worth; see `cells_in_dispute`."""
        return cells_in_dispute(self.judges, list(self.views.values()))

    @cached_property
    def resting(self) -> set[tuple[str, str]]:
        """The scores on which nobody moved when all who judged them were last asked again."""
        judged = Counter(cell for each in self.judges for cell in (*each.cells, *each.cannot))
        rounds = self.moved["moved"].groupby(["option", "criterion", "round"]).agg(["any", "size"])
        last = rounds.groupby(["option", "criterion"]).last().itertuples()
        return {cell for cell, anybody, count in last if not anybody and count >= judged[cell]}

    @cached_property
    def agreement(self) -> float:
        """The intraclass correlation ICC(2,1) of the judges' values, of all that everybody judged, on whatever scale.

        NaN where that is less than two judges or cells.
        """
        values = {
            each.judge: self.views[each.judge][0].values.stack()[each.cells] for each in self.judges if len(each.scores)
        }
        return intraclass(pd.DataFrame(values).dropna())

    @cached_property
    def concordance(self) -> float:
        """Kendall's W of their rankings; NaN with one judge or option."""
        ranks = pd.DataFrame({judge: ranking.ranked["rank"] for judge, ranking in self.rankings.items()})
        return kendall_w(ranks.astype(float)).w if len(self.judges) > 1 else float("nan")

    @cached_property
    def _drawn(self) -> list[tuple[View, float, dict[str, Any]]]:
        """Views that differ, with the share of judges who hold them, and how they are drawn."""
        draws, how = self.acceptability.draws, {"seed": self.seed, "cluster": self.cluster}
        held = Counter(self._drawn_as.values())
        shares = {view: count / len(self.views) for view, count in held.items()}
        return [(view, share, how | {"draws": math.ceil(draws * share)}) for view, share in shares.items()]

    @cached_property
    def in_futures(self) -> pd.DataFrame | None:
        """Options x futures: the share of draws, each of one judge's whole view, in which an option ranks first.

        None for a case without futures.
        """
        if next(iter(self.views.values()))[0].scenarios.empty:
            return None
        leads = [futures(*view, **how).leads * share for view, share, how in self._drawn]
        return sum(leads[1:], leads[0])

    @cached_property
    def doubt(self) -> pd.Series:
        """The shares of the doubt about who leads, by source, that lie between judges and within their views; 0 to 1.

        What lies between is the variance, from judge to judge, of how often each option leads over all combinations of
        a judge's scores, weights, methods and futures; what lies within is shared out as by `joint`.
        """
        runs = [joint(*view, **how) for view, _, how in self._drawn]
        shares = np.array([share for _, share, _ in self._drawn])
        leads = pd.DataFrame([each.leads for each in runs])
        within = pd.DataFrame([each.uncertainty * each.effects["share"] for each in runs])
        doubt = pd.Series({"judges": float(shares @ ((leads - shares @ leads) ** 2).sum(axis=1))})
        doubt = pd.concat([doubt, shares @ within])
        return doubt / doubt.sum() if doubt.sum() > TIE else doubt * 0

    @cached_property
    def information(self) -> pd.Series:
        """By option and criterion, what knowing a score is worth to a judge, in value points, on average over judges.

        Each judge reckons by the ranges that this judge gave; what persuasion is worth stands in ``cells``.
        """
        tables = [information_value(*view).set_index(["option", "criterion"]) for view, _, _ in self._drawn]
        worth = [table["value"] * share for table, (_, share, _) in zip(tables, self._drawn, strict=True)]
        return sum(worth[1:], worth[0]).sort_values(ascending=False, kind="stable")

    @cached_property
    def settling(self) -> float:
        """What knowing whose view is right is worth beside choosing by all of them, in points of the likely scores."""
        scores = pd.DataFrame({judge: ranking.ranked["score"] for judge, ranking in self.rankings.items()})
        return float(scores.max().mean() - scores.mean(axis=1).max())


def mixture_of(
    case: Case, folder: Path, weights: Weights, *, draws: int = 1, seed: int = 0, cluster: Cluster | None = None
) -> Panel:
    """The panel in a working folder, each judge with the weights given where the judge gave none.

    Raises
    ------
    CaseError, ExportError
        As `closed_answers`.
    MethodError
        When fewer than two options are ranked.
    """
    require_choice(case)
    history = closed_answers(case, folder)
    members = members_of(case, history)
    views = {answers.judge: (view, weights if own is None else own) for answers, view, own in members}
    judges, closed = tuple(answers for answers, _, _ in members), closed_rounds(folder)[-1]["at"]
    return Panel(case, judges, views, answered_again(history), closed, panel_digest(folder), draws, seed, cluster)


def different(views: Mapping[str, View]) -> dict[str, View]:
    """By judge a view, the same where theirs are drawn alike; in an order that does not go by the names of judges."""
    drawn_as = {judge: _drawn_as(*view) for judge, view in views.items()}
    first = {columns: views[judge] for judge, columns in reversed(drawn_as.items())}
    return {judge: first[drawn_as[judge]] for judge in sorted(views, key=lambda judge: drawn_as[judge])}


def _drawn_as(view: Case, weights: Weights) -> tuple[bytes | tuple[str, ...], ...]:
    """What of a view is drawn."""
    numbers = (view.scores[["low", "likely", "high"]], weights.values, weights.point_range)
    columns = tuple(b"" if each is None else each.to_numpy(dtype=float).tobytes() for each in numbers)
    return *columns, tuple(view.scores["distribution"])


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


def cells_in_dispute(judges: Sequence[Answers], views: Sequence[View]) -> pd.DataFrame:
    """How far judges are apart on each score, and what settling it would be worth, the most worth first.

    Returns
    -------
    DataFrame
        By option and criterion that two judges or more judged: ``least`` and ``greatest`` likely score, ``apart`` in
        value points, ``moves`` in points of the option's total, ``worth`` in points that a judge gains by choosing
        anew once persuaded by another judge of this cell alone, on average over all pairs, and ``decides``, whether
        any judge would then put another option first.
    """
    tables = [competing(view) for view, _ in views]
    options, leaves = tables[0].index, tables[0].columns
    grid = np.array([table.to_numpy() for table in tables])
    shares = np.array([own.values[leaves].to_numpy() for _, own in views])
    scores = np.einsum("jol,jl->jo", grid, shares)
    likely = {each.judge: view.scores["likely"][each.cells] for each, (view, _) in zip(judges, views, strict=True)}
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
