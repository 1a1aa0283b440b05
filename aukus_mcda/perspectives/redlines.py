"""Red lines: the least value each capital accepts on a criterion, and which options may fall short of it.

A line is never weighed against anything: an option that breaches it is shown as
breaching, whatever its score.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..case import Case, uncertain_values
from ..uncertainty import BLOCK, score_draws, sizes
from ..weights import CHUNK, SCORES, TIE, Array, by_siblings, chunk_rng, shares_of, whole

COLUMNS = (
    "least_value",
    "value",
    "breaches",
    "probability",
    "standard_error",
    "exact",
    "screened",
    "reason",
    "evidence",
)


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


def red_lines(case: Case, *, draws: int = 100_000, seed: int = 0) -> RedLines:
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

    Raises
    ------
    WeightsError
        When draws or seed are no such numbers.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> found = red_lines(load_case("aukus_plus_two"), draws=2_000)
    >>> bool(found.table["probability"].dropna().between(0, 1).all())
    True
    """
    whole(draws, "The number of draws", 1)
    whole(seed, "The seed", 0)
    leaves = sorted(case.leaves)
    shares, values = _of_lines(case, leaves)
    competing = sorted(case.options.index.difference(case.screened.index))
    chances = _chances(case, competing, leaves, shares, draws, seed)
    table = _table(case, competing, values, shares, chances)
    return RedLines(table, _options(case, competing, table, chances))


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


class _Chances(NamedTuple):
    """Probabilities of a breach and their errors, options x lines, and of any breach at all, by option."""

    each: Array
    each_error: Array
    some: Array
    some_error: Array


def _table(case: Case, competing: list[str], values: Array, shares: Array, chances: _Chances) -> pd.DataFrame:
    """Every option against every line; ``values`` of what each line is about, options x lines."""
    parts = []
    for place, ((profile, criterion), line) in enumerate(case.redlines.iterrows()):
        part = pd.DataFrame({"option": case.options.index, "value": values[:, place]})
        part.insert(0, "criterion", criterion)
        part.insert(0, "profile", profile)
        part["least_value"] = line["least_value"]
        part["breaches"] = part["value"] < line["least_value"] - TIE
        part["probability"] = part["option"].map(dict(zip(competing, chances.each[:, place], strict=True)))
        part["standard_error"] = part["option"].map(dict(zip(competing, chances.each_error[:, place], strict=True)))
        part["exact"] = _single(shares)[place]
        part["screened"] = ~part["option"].isin(competing)
        part["reason"] = line["reason"]
        part["evidence"] = pd.Series([line["evidence"]] * len(part), dtype=object)
        parts.append(part)
    empty = pd.DataFrame(columns=["profile", "criterion", "option", *COLUMNS])
    table = pd.concat(parts, ignore_index=True) if parts else empty
    return table.set_index(["profile", "criterion", "option"])[list(COLUMNS)].astype(
        {"breaches": bool, "exact": bool, "screened": bool, "probability": float, "standard_error": float}
    )


def _options(case: Case, competing: list[str], table: pd.DataFrame, chances: _Chances) -> pd.DataFrame:
    """By option, who refuses it at the likely scores, and how probable it is that anyone would."""
    breaching = table[table["breaches"]].reset_index()
    by = {option: tuple(dict.fromkeys(part["profile"])) for option, part in breaching.groupby("option")}
    options = pd.DataFrame(index=case.options.index.rename("option"))
    options["breached_by"] = pd.Series({option: by.get(option, ()) for option in options.index}, dtype=object)
    options["acceptable"] = [not by.get(option) and option in competing for option in options.index]
    options["probability"] = pd.Series(chances.some, index=competing, dtype=float)
    options["standard_error"] = pd.Series(chances.some_error, index=competing, dtype=float)
    options["exact"] = bool(table["exact"].all())
    return options


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


def _single(shares: Array) -> NDArray[np.bool_]:
    """Which lines are about one leaf alone."""
    return np.asarray((shares > 0).sum(axis=1) == 1)


def _chances(case: Case, options: list[str], leaves: list[str], shares: Array, draws: int, seed: int) -> _Chances:
    """Exact on leaves, counted on branches; any breach is counted as soon as one line is, or errors are shared."""
    least, single = case.redlines["least_value"].to_numpy(dtype=float), _single(shares)
    chance, error = np.zeros((2, len(options), len(least)))
    believed = uncertain_values(case).loc[options, leaves].to_numpy()
    strictest: dict[int, float] = {}
    for line in np.flatnonzero(single):
        leaf = int(shares[line].argmax())
        chance[:, line] = [row[leaf].beyond(least[line], above=False)[0] for row in believed]
        strictest[leaf] = max(strictest.get(leaf, 0.0), least[line])
    clear = np.ones(len(options))
    for leaf, level in strictest.items():
        clear *= [1 - row[leaf].beyond(level, above=False)[0] for row in believed]
    if single.all() and (len(strictest) < 2 or not case.about.shared_error):  # the product holds for independent errors
        return _Chances(chance, error, 1 - clear, np.zeros(len(options)))
    each, some = (counted / draws for counted in _counted(case, options, leaves, shares, least, draws, seed))
    chance[:, ~single] = each[:, ~single]
    error[:, ~single] = _error(each, draws)[:, ~single]
    return _Chances(chance, error, some, _error(some, draws))


def _error(share: Array, draws: int) -> Array:
    """Standard errors of shares of draws."""
    return np.asarray(np.sqrt(share * (1 - share) / draws))


def _counted(
    case: Case, options: list[str], leaves: list[str], shares: Array, least: Array, draws: int, seed: int
) -> tuple[Array, Array]:
    """In how many draws each option breaches each line, and any line."""
    made = score_draws(case, options, leaves)
    each, some = np.zeros((len(options), len(least))), np.zeros(len(options))
    values = np.empty((len(leaves), BLOCK))
    for chunk, count in sizes(draws):
        rng = chunk_rng(seed, chunk, SCORES)  # the very draws that `smaa` ranks
        for start in range(0, CHUNK, BLOCK):
            kept = min(BLOCK, count - start)
            if kept <= 0:
                break
            for option in range(len(options)):
                made.fill(rng, option, values)
                under = np.einsum("lk,kn->ln", shares, values[:, :kept]) < least[:, None] - TIE
                each[option] += under.sum(axis=1)
                some[option] += under.any(axis=0).sum()
    return each, some
