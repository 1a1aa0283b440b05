"""Red lines: the least value each capital accepts on a criterion, and which options may fall short of it.

A line is never weighed against anything: an option that breaches it is shown as
breaching, whatever its score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case, uncertain_values
from ..uncertainty import Cluster, Source, score_draws, total
from ..weights import TIE, Array, by_siblings, shares_of, whole


@dataclass(frozen=True, eq=False)
class RedLines:
    """Every option against every red line.

    Attributes
    ----------
    table : DataFrame
        By profile, criterion and option: least_value; value, of the likely scores, 0-100;
        breaches; probability of a breach under the uncertain scores; standard_error of it,
        0 where the probability is exact; exact; screened; reason and evidence of the line.
        What is screened out has no probability.
    options : DataFrame
        By option: breached_by, the profiles whose lines it breaches at the likely scores;
        acceptable, when there is none and no screen is failed; probability of breaching
        at least one line of anyone; standard_error; exact.
    """

    table: pd.DataFrame
    options: pd.DataFrame

    @property
    def acceptable(self) -> tuple[str, ...]:
        """The options that breach nobody's line at the likely scores."""
        return tuple(self.options.index[self.options["acceptable"]])


def red_lines(case: Case, *, draws: int = 100_000, seed: int = 0, cluster: Cluster | None = None) -> RedLines:
    """Which options breach which capital's red lines, and with what probability.

    A line on a leaf is about that leaf's value, 0-100 (for a risk, 100 is the least risk).
    A line on a branch is about the mean of the values beneath it, weighted by that
    capital's own likely weights; its uncertainty is in the scores alone.

    Parameters
    ----------
    case : Case
        Its ``redlines`` may be empty; then every option that passes the screens is acceptable.
    draws : int
        For lines on branches; lines on leaves need none, their probability is exact.
    seed : int
        0 or more.
    cluster : distributed.Client, optional

    Raises
    ------
    WeightsError
        When draws or seed are not such numbers.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> found = red_lines(load_case("aukus_plus_two"), draws=2_000)
    >>> bool(found.table["probability"].dropna().between(0, 1).all())
    True
    """
    whole(draws, "The number of draws", 1)
    whole(seed, "The seed", 0)
    leaves, options = sorted(case.leaves), case.options.index
    shares, values = _of_lines(case, leaves)
    competing = sorted(options.difference(case.screened.index))
    reducer = _Breaches(
        Source(score_draws(case, competing, leaves), (), seed),
        shares,
        case.redlines["least_value"].to_numpy(dtype=float),
    )
    probability, error, exact = _chances(case, competing, leaves, reducer, draws, cluster)

    def by_line(columns: Array) -> Array:
        """What competing options x lines have, for all options, line by line."""
        return np.ravel(pd.DataFrame(columns, index=competing).reindex(options).to_numpy().T)

    index = [(profile, criterion, option) for profile, criterion in case.redlines.index for option in options]
    table = pd.DataFrame(
        {"least_value": np.repeat(reducer.least, len(options)), "value": values.T.ravel()},
        index=pd.MultiIndex.from_tuples(index, names=["profile", "criterion", "option"]),
    )
    table["breaches"] = table["value"] < table["least_value"] - TIE
    table["probability"], table["standard_error"] = by_line(probability[:, :-1]), by_line(error[:, :-1])
    table["exact"] = np.repeat(exact[:-1], len(options))
    table["screened"] = ~table.index.isin(competing, level="option")
    for column in ("reason", "evidence"):
        table[column] = case.redlines[column].repeat(len(options)).to_numpy()

    breaching = table.index[table["breaches"]].to_frame(index=False).groupby("option")["profile"].unique()
    by_option = pd.DataFrame(index=options.rename("option"))
    by_option["breached_by"] = pd.Series({option: tuple(breaching.get(option, ())) for option in options}, dtype=object)
    by_option["acceptable"] = ~by_option["breached_by"].astype(bool) & options.isin(competing)
    by_option["probability"] = pd.Series(probability[:, -1], index=competing)
    by_option["standard_error"] = pd.Series(error[:, -1], index=competing)
    by_option["exact"] = bool(exact[:-1].all())
    return RedLines(table, by_option)


def breaches_of(case: Case) -> pd.DataFrame:
    """Which options breach which lines at the likely scores, what is screened out too.

    Returns
    -------
    DataFrame
        option, profile, criterion, value, least_value, reason; by line, options in the case's order.
    """
    _, values = _of_lines(case, sorted(case.leaves))
    rows = [
        (option, profile, criterion, value, line["least_value"], line["reason"])
        for ((profile, criterion), line), column in zip(case.redlines.iterrows(), values.T, strict=True)
        for option, value in zip(case.options.index, column, strict=True)
        if value < line["least_value"] - TIE
    ]
    return pd.DataFrame(rows, columns=["option", "profile", "criterion", "value", "least_value", "reason"])


def _of_lines(case: Case, leaves: list[str]) -> tuple[Array, Array]:
    """What each line is about: shares of the leaves, lines x leaves; likely values, options x lines."""
    lines = list(case.redlines.index)
    shares = np.array([_shares(case, *line)[leaves] for line in lines]).reshape(len(lines), len(leaves))
    values = case.values.loc[case.options.index, leaves].to_numpy(dtype=float)
    return shares, np.einsum("ik,lk->il", values, shares)


def _shares(case: Case, profile: str, criterion: str) -> pd.Series:
    """Shares of the leaves in what a line is about: 1 for a leaf, down the branch by the profile's points."""
    if criterion in case.leaves:
        return pd.Series({leaf: float(leaf == criterion) for leaf in case.leaves})
    weights = case.profile(profile)
    parents = weights.parents
    local = by_siblings(shares_of, weights.points, parents)

    def part(node: str) -> float:
        if node == criterion:
            return 1.0
        return float(local[node]) * part(parents[node]) if node else 0.0

    return pd.Series({leaf: part(leaf) for leaf in case.leaves})


@dataclass(frozen=True, eq=False)
class _Breaches:
    """Reducer: in how many draws each option breaches each line and, in the last column, any line."""

    source: Source
    shares: Array
    least: Array

    def __call__(self, chunk: int, size: int) -> Array:
        counts = np.zeros((self.source.scores.shape[0], len(self.least) + 1))
        for block in self.source.blocks(chunk, size):  # the very draws that `smaa` ranks
            for option, values in enumerate(block.values()):
                under = np.einsum("lk,kn->ln", self.shares, values) < self.least[:, None] - TIE
                counts[option] += [*under.sum(axis=1), under.any(axis=0).sum()]
        return counts


def _chances(
    case: Case, options: list[str], leaves: list[str], reducer: _Breaches, draws: int, cluster: Cluster | None
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Probabilities of a breach of each line and of any line, their errors, options x lines + 1, and which are exact.

    Exact on leaves, counted on branches; any breach is counted as soon as one line is, or errors are shared.
    """
    believed = uncertain_values(case).loc[options, leaves]

    def under(leaf: str, level: float) -> Array:
        return np.array([value.beyond(level, above=False)[0] for value in believed[leaf]])

    single = (reducer.shares > 0).sum(axis=1) == 1
    about = pd.Series(reducer.least[single], index=[leaves[line.argmax()] for line in reducer.shares[single]])
    strictest = about.groupby(level=0, sort=False).max()
    independent = len(strictest) < 2 or not case.about.shared_error
    exact = np.append(single, single.all() and independent)
    chance, error = np.zeros((2, len(options), len(exact)))
    if not exact.all():
        chance = total(reducer, draws, cluster=cluster) / draws
        error = np.where(exact, 0.0, np.sqrt(chance * (1 - chance) / draws))
    for line, (leaf, level) in zip(np.flatnonzero(single), about.items(), strict=True):
        chance[:, line] = under(leaf, level)
    if exact[-1]:
        clear = np.ones(len(options))
        for leaf, level in strictest.items():
            clear *= 1 - under(leaf, level)
        chance[:, -1] = 1 - clear
    return chance, error, exact
