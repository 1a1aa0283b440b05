# SPDX-License-Identifier: Apache-2.0
"""Capitals: what each one's weights say, where they part, their red lines, and what agreement would take.

The scores are the same for all; capitals differ in their weights and their red lines. A red
line is never weighed against anything: an option that breaches it is shown as breaching,
whatever its score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations

import numpy as np
import pandas as pd

from ..case import Case, uncertain_values
from ..errors import MethodError, WeightsError, is_number, label_faults, listed, refuse
from ..guard import Draws, Numbers, Seed, guarded
from ..ranking import Ranking, competing, rank, rank_agreement
from ..uncertainty import Acceptability, Cluster, Source, drawn, score_draws, smaa_each, total
from ..weights import TIE, Array, Weights, best_margins, chunk_rng, down_branches, nearest_leads, weight_range
from .scenarios import regret

AUTHORS = "baseline"
"""The profile that is the authors' own view: shown beside the capitals, and no capital."""
SHUFFLED = 1_000_000
"""Ranks shuffled at a time, so that memory does not grow with the number of shuffles."""
LIFT = 1e-6
"""Value points that an option which can only tie is lifted by where the solver finds no room for it."""


@dataclass(frozen=True, eq=False)
class RedLines:
    """Every option against every red line.

    Attributes
    ----------
    table : DataFrame
        By profile, criterion and option: least_value; value, of the likely scores, 0-100;
        breaches; probability of a breach under the uncertain scores; standard_error of it,
        0 where the probability is exact; screened; reason and evidence of the line.
        What is screened out has no probability.
    options : DataFrame
        By option: breached_by, the profiles whose lines it breaches at the likely scores;
        acceptable, when there is none and no screen is failed; probability of breaching
        at least one line of anyone; standard_error.
    """

    table: pd.DataFrame
    options: pd.DataFrame


@dataclass(frozen=True, eq=False)
class Capitals:
    """The capitals of a case, one by one and together.

    Attributes
    ----------
    names : tuple of str
        The profiles that count as capitals, in the case's order.
    rankings : mapping of str to Ranking
        By every profile of the case and every capital.
    acceptability : mapping of str to Acceptability
        The same, under the uncertain scores and that profile's own low-high swing points.
    agreement : Concordance
        Kendall's W of the capitals' ranks, and its tests.
    distances : DataFrame
        By (one, other): weights, half the sum of absolute differences, the share of
        the weight that is placed elsewhere; tau_b, Kendall's, of the ranks.
    disagreement : DataFrame
        Pairs x leaves, in value points; a row adds up to how far the two capitals' scores
        differ over all options, see `capitals`.
    red_lines : RedLines
    shifts : Shifts
        The smallest change of all capitals' weights that makes each option everyone's leader.
    regrets : DataFrame
        Options x capitals, and worst: points behind each capital's own leader.
    seed, draws : int
    """

    names: tuple[str, ...]
    rankings: Mapping[str, Ranking]
    acceptability: Mapping[str, Acceptability]
    agreement: Concordance
    distances: pd.DataFrame
    disagreement: pd.DataFrame
    red_lines: RedLines
    shifts: Shifts
    regrets: pd.DataFrame
    seed: int
    draws: int

    @property
    def ranks(self) -> pd.DataFrame:
        """Ranks, options x profiles; blank for what is screened out."""
        return pd.DataFrame({name: ranking.table["rank"].sort_index() for name, ranking in self.rankings.items()})

    @property
    def compromise(self) -> tuple[str, ...]:
        """The options with the least worst regret across capitals, red lines or no."""
        return _least_worst(self.regrets)

    @property
    def compromise_within_lines(self) -> tuple[str, ...]:
        """The same among the options that breach nobody's line; empty when there is none."""
        return _least_worst(self.regrets[self.red_lines.options["acceptable"].loc[self.regrets.index]])

    @guarded(WeightsError)
    def disagreement_by_root(self, case: Case) -> pd.DataFrame:
        """``disagreement`` added up over each branch at the top of the tree: pairs x roots."""
        roots = {leaf: case.root_of(leaf) for leaf in self.disagreement}
        return self.disagreement.T.groupby(roots, sort=False).sum().T[list(case.roots)]


@guarded(WeightsError)
def capitals(
    case: Case,
    *,
    profiles: Sequence[str] | None = None,
    draws: Draws = 100_000,
    seed: Seed = 0,
    cluster: Cluster | None = None,
) -> Capitals:
    """Rank a case under every capital's weights, and say where they part and what agreement would take.

    Parameters
    ----------
    case : Case
    profiles : sequence of str, optional
        Which weight profiles are capitals. Without it all are, but for `baseline`, the
        authors' own, unless that would leave fewer than two.
    draws, seed : int
        For all that is drawn at random; the scores are drawn once for all profiles.
    cluster : distributed.Client, optional
        Draw there.

    Returns
    -------
    Capitals
        Rankings by capital, where they agree and part, red lines, and what it would take to agree.

    Raises
    ------
    MethodError
        With fewer than two capitals, or fewer than two options that pass the screens.
    WeightsError
        When a profile is unknown or named twice, or draws or seed are not such numbers.
    AukusMcdaError
        When the case is not loaded.

    Notes
    -----
    Two capitals a and b weigh the same values, so the score of option x differs by
    d(x) = sum over leaves j of (w_aj - w_bj) v_j(x). Over all n options, only differences
    between options matter, so d is taken from its mean:
    c(x) = d(x) - mean d. ``disagreement`` splits D = sqrt(mean c^2): leaf j has
    (w_aj - w_bj) mean(c v_j) / D, which adds up to D. A part below 0 draws the two together.

    Examples
    --------
    >>> from aukus_mcda import capitals, load_case
    >>> found = capitals(load_case("aukus_plus_two"), draws=5_000)
    >>> found.names
    ('washington', 'canberra', 'london', 'tokyo', 'seoul')
    >>> 0 < found.agreement.w < 1, len(found.distances)
    (True, 10)
    """
    names = _names(case, profiles)
    weights = {name: case.profile(name) for name in dict.fromkeys((*case.profiles, *names))}
    rankings = {name: rank(case, given) for name, given in weights.items()}
    ranked = sorted(case.competing)
    if len(ranked) < 2:
        raise MethodError(f"Capitals are compared on two options or more that pass the screens, not {len(ranked)}.")
    values = competing(case)
    both = pd.concat({name: rankings[name].table.loc[ranked, ["rank", "score"]] for name in names}, axis=1)
    ranks, scores = (both.xs(column, axis=1, level=1).astype(float) for column in ("rank", "score"))
    own = {name: weights[name] for name in names}
    regrets = regret(scores)
    ranges = {name: weight_range(each) for name, each in weights.items() if drawn(case, each)}
    return Capitals(
        names=names,
        rankings=rankings,
        acceptability=smaa_each(case, ranges, draws=draws, seed=seed, cluster=cluster),
        agreement=kendall_w(ranks, seed=seed),
        distances=_distances(ranks, own),
        disagreement=_parted(values, own)[list(case.leaves)],
        red_lines=red_lines(case, draws=draws, seed=seed, cluster=cluster),
        shifts=smallest_shifts(values, own),
        regrets=regrets.table.assign(worst=regrets.greatest).sort_values("worst", kind="stable").rename_axis("option"),
        seed=seed,
        draws=draws,
    )


def _least_worst(table: pd.DataFrame) -> tuple[str, ...]:
    """The options with the least worst regret; more than one only when they tie."""
    return tuple(table.index[table["worst"] <= table["worst"].min() + TIE]) if len(table) else ()


def _names(case: Case, profiles: Sequence[str] | None) -> tuple[str, ...]:
    """Which profiles are capitals: not those that the analyst added, unless they are named."""
    others = [name for name in case.given_profiles if name != AUTHORS]
    names = tuple((others if len(others) > 1 else case.given_profiles) if profiles is None else profiles)
    refuse(label_faults(names, repeated="Profiles named more than once: {}."))
    if len(names) < 2:
        there = f"there is {listed(names) or 'none'}. Add the others' swing points to weights.csv"
        raise MethodError(f"A comparison of capitals needs at least two weight profiles; {there}.")
    return names


def _distances(ranks: pd.DataFrame, weights: Mapping[str, Weights]) -> pd.DataFrame:
    """How far apart each two capitals are, in weights and in ranks."""
    rows = {
        (one, other): {
            "weights": float((weights[one].values - weights[other].values).abs().sum()) / 2,
            "tau_b": rank_agreement(ranks[one], ranks[other]).kendall_tau_b,
        }
        for one, other in combinations(weights, 2)
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(["one", "other"])


def _parted(values: pd.DataFrame, weights: Mapping[str, Weights]) -> pd.DataFrame:
    """``disagreement`` of each two capitals; see `capitals` for the derivation."""
    leaves = values.columns
    grid = values.to_numpy(dtype=float)
    spread = grid - grid.mean(axis=0)
    overall = {}
    for pair in combinations(weights, 2):
        ours, theirs = (weights[name].values[leaves].to_numpy(dtype=float) for name in pair)
        apart = ours - theirs
        centred = spread @ apart
        size = float(np.sqrt((centred**2).mean()))
        overall[pair] = apart * (centred @ spread) / len(grid) / size if size > TIE else 0 * apart
    return pd.DataFrame(overall, index=leaves).T.rename_axis(["one", "other"])


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
    competing = sorted(case.competing)
    probability, error = _chances(case, competing, draws, seed, cluster)

    table = against_lines(case)
    breaching = table.index[table["breaches"]].to_frame(index=False).groupby("option")["profile"].unique()
    by_option = pd.DataFrame(index=case.options.index.rename("option"))
    breached_by = {option: tuple(breaching.get(option, ())) for option in by_option.index}
    by_option["breached_by"] = pd.Series(breached_by, dtype=object)
    by_option["acceptable"] = ~by_option["breached_by"].astype(bool) & by_option.index.isin(competing)
    for name, numbers in (("probability", probability), ("standard_error", error)):
        *of_lines, of_any = pd.DataFrame(numbers, index=competing).reindex(by_option.index).to_numpy().T
        table[name], by_option[name] = np.ravel(of_lines), of_any
    table["screened"] = ~table.index.isin(competing, level="option")
    columns = "least_value value breaches probability standard_error screened reason evidence"
    return RedLines(table[columns.split()], by_option)


def breaches_of(case: Case) -> pd.DataFrame:
    """Which options breach which lines at the likely scores, what is screened out too.

    Returns
    -------
    DataFrame
        option, profile, criterion, value, least_value, reason; by line, options in the case's order.
    """
    columns = ["option", "profile", "criterion", "value", "least_value", "reason"]
    return against_lines(case).query("breaches").reset_index()[columns]


def against_lines(case: Case) -> pd.DataFrame:
    """Every option against every line, at the likely scores and at the low ends, by profile, criterion and option."""
    leaves = sorted(case.leaves)
    shares = _line_shares(case, leaves)
    options = case.options.index
    rows = case.redlines[["least_value", "reason", "evidence"]].reset_index()
    table = rows.merge(pd.DataFrame({"option": options}), how="cross").set_index(["profile", "criterion", "option"])
    for name, values in (("value", case.values), ("low", case.value_range[0])):
        table[name] = np.einsum("ik,lk->il", values.loc[options, leaves].to_numpy(dtype=float), shares).T.ravel()
    table["breaches"] = table["value"] < table["least_value"] - TIE
    return table


def _line_shares(case: Case, leaves: list[str]) -> Array:
    """Shares of the leaves in what each line is about: of a leaf itself, or down the branch by the profile's points."""
    lines = [(case.profile(profile), criterion) for profile, criterion in case.redlines.index]
    shares = [down_branches(weights.shares, weights.parents, leaves, criterion) for weights, criterion in lines]
    return np.reshape(np.array(shares, dtype=float), (len(lines), len(leaves)))


def _breaches(source: Source, shares: Array, least: Array, chunk: int, size: int) -> Array:
    """Reducer: in how many draws each option breaches each line and, in the last column, any line."""
    counts = np.zeros((source.scores.shape[0], len(least) + 1))
    for option, values in enumerate(source.block(chunk, size)):
        under = np.einsum("lk,kn->ln", shares, values) < least[:, None] - TIE
        counts[option] = [*under.sum(axis=1), under.any(axis=0).sum()]
    return counts


def _chances(case: Case, options: list[str], draws: int, seed: int, cluster: Cluster | None) -> tuple[Array, Array]:
    """Probabilities of a breach of each line and of any line, and their errors, options x lines + 1.

    Exact on leaves, counted on branches; any breach is counted as soon as one line is, or errors are shared.
    """
    shares, least = _line_shares(case, sorted(case.leaves)), case.redlines["least_value"].to_numpy(dtype=float)
    used = np.flatnonzero(shares.any(axis=0))
    leaves, shares = [sorted(case.leaves)[leaf] for leaf in used], shares[:, used]
    believed = uncertain_values(case).loc[options, leaves]

    def under(leaf: str, level: float) -> Array:
        return np.array([value.beyond(level, above=False)[0] for value in believed[leaf]])

    single = (shares > 0).sum(axis=1) == 1
    about = pd.Series(least[single], index=[leaves[line.argmax()] for line in shares[single]])
    strictest = about.groupby(level=0, sort=False).max()
    independent = len(strictest) < 2 or not case.about.shared_error
    exact = np.append(single, single.all() and independent)
    chance, error = np.zeros((2, len(options), len(exact)))
    if not exact.all():
        source = Source(score_draws(case, options, leaves), (), seed)  # of no more than lines are about
        chance = total(partial(_breaches, source, shares, least), draws, cluster=cluster) / draws
        error = np.where(exact, 0.0, np.sqrt(chance * (1 - chance) / draws))
    for line, (leaf, level) in zip(np.flatnonzero(single), about.items(), strict=True):
        chance[:, line] = under(leaf, level)
    if exact[-1]:
        chance[:, -1] = 1 - np.prod([1 - under(leaf, level) for leaf, level in strictest.items()], axis=0)
    return chance, error


@dataclass(frozen=True)
class Concordance:
    """Kendall's W and how surprising it would be if each judge ranked at random.

    Attributes
    ----------
    w : float
        1 when all judges rank alike, 0 when their rank sums do not differ. NaN
        when every judge ties every item.
    chi2, df, p : float, int, float
        Friedman's statistic m (n - 1) W, its degrees of freedom n - 1, and its p-value: with up to seven
        judges or items a poor guide (Siegel and Castellan).
    p_permutation : float
        The share of random shufflings of each judge's ranks that agree at least as
        well, the ranks given counted among them.
    """

    w: float
    chi2: float
    df: int
    p: float
    p_permutation: float


@guarded(MethodError)
def kendall_w(ranks: Numbers, *, permutations: Draws = 10_000, seed: Seed = 0) -> Concordance:
    """Kendall's W corrected for ties, with Friedman's chi-square test and a permutation test.

    Parameters
    ----------
    ranks : DataFrame or array, shape (n, m)
        Items x judges; equal ranks are averaged within a judge first.
    permutations : int
        Random shufflings for the permutation test.
    seed : int
        0 or more.

    Returns
    -------
    Concordance
        W from 0 to 1, and how often chance agrees as well.

    Raises
    ------
    MethodError
        With fewer than two items or judges, or a rank that is missing or not a number.

    Notes
    -----
    W = 12 S / (m^2 (n^3 - n) - m T), S the sum of squared deviations of the n rank
    sums from their mean, T the sum of t^3 - t over every judge's groups of t ties.

    References
    ----------
    Kendall and Babington Smith (1939), doi:10.1214/aoms/1177732186; Friedman (1937),
    doi:10.1080/01621459.1937.10503522.

    Examples
    --------
    >>> from aukus_mcda import kendall_w
    >>> found = kendall_w([[1, 1, 2], [2, 2, 1], [3, 3, 3]])
    >>> round(found.w, 4), found.df
    (0.7778, 2)
    """
    from scipy.special import chdtrc

    ranked = _ranks(ranks)
    n, m = ranked.shape
    ties = sum((counts**3 - counts).sum() for counts in (np.unique(row, return_counts=True)[1] for row in ranked.T))
    s = float(_spread(ranked))
    possible = (m**2 * (n**3 - n) - m * ties) / 12
    w = float(s / possible) if possible > 0 else float("nan")
    as_good, step, rng = 1, max(1, SHUFFLED // ranked.size), chunk_rng(seed, 0)
    for start in range(0, permutations, step):
        shuffled = rng.permuted(np.broadcast_to(ranked, (min(step, permutations - start), n, m)), axis=1)
        as_good += int((_spread(shuffled) >= s - 1e-9).sum())
    chi2 = m * (n - 1) * w
    return Concordance(w, chi2, n - 1, float(chdtrc(n - 1, chi2)), as_good / (permutations + 1))


def _ranks(ranks: Numbers) -> Array:
    """Average ranks within each judge, shape (n, m)."""
    cells = np.array(ranks, dtype=object)
    if cells.ndim != 2:
        raise MethodError("Give the ranks as a table, items x judges, a rank in every cell.")
    frame = ranks if isinstance(ranks, pd.DataFrame) else pd.DataFrame(cells)
    if min(frame.shape) < 2:
        size = f"{len(frame)} items and {frame.shape[1]} judges"
        raise MethodError(f"Agreement needs at least two items and two judges; there are {size}.")
    unusable = np.argwhere(~np.vectorize(is_number, otypes=[bool])(cells).T)
    bad = [f"{frame.index[item]} by {frame.columns[judge]}" for judge, item in unusable]
    faults = [*label_faults(frame.index), *label_faults(frame.columns)]
    if bad:
        faults.append(f"Every rank must be a finite number; missing or unusable: {', '.join(bad[:6])}.")
    refuse(faults, MethodError)
    return np.asarray(frame.astype(float).rank().to_numpy(dtype=float))


def _spread(ranked: Array) -> Array:
    """Sum of squared deviations of the rank sums from their mean, for tables ``(..., n, m)``."""
    sums = ranked.sum(axis=-1)
    return np.asarray(((sums - sums.mean(axis=-1, keepdims=True)) ** 2).sum(axis=-1))


@dataclass(frozen=True, eq=False)
class Shifts:
    """The least change of weights after which each option is everyone's leader.

    Attributes
    ----------
    table : DataFrame
        Options x capitals, and ``total`` over the capitals: the share of its weight, 0 to
        1, that each capital would have to move from some leaves to others (half the sum
        of absolute changes). 0 where the option leads already; NaN where it leads under no
        weights at all. Least total first.
    margin : Series
        By option: the greatest lead it can have under any weights, in value points; below 0
        it never leads. Infinite when all options have the same values.
    weights : dict of str to DataFrame
        By option that can lead: capitals x leaves, the weights after the shift.
    """

    table: pd.DataFrame
    margin: pd.Series
    weights: Mapping[str, pd.DataFrame]


def smallest_shifts(values: pd.DataFrame, weights: Mapping[str, Weights]) -> Shifts:
    """For each option, the nearest weights of every capital under which it ranks first.

    Parameters
    ----------
    values : DataFrame
        Values 0-100, options x leaves, of the options that compete.
    weights : mapping of str to Weights
        By capital.

    Notes
    -----
    No weight of one capital appears in another's conditions, so the least total is the
    sum of the capitals' own least changes: a linear program each, with the L1 length of
    the change as its cost. Where several shifts are equally small, one of them is given.
    An option that can tie for the lead and no more counts as able to lead; it is then level
    with the best within 1e-5 of a value point.
    """
    grid, leaves = values.to_numpy(dtype=float), list(values.columns)
    now = np.array([own.values[leaves] for own in weights.values()], dtype=float)
    free = np.empty((0, len(leaves))), np.empty(0)  # no constraint on the weights but that they are weights
    margins = best_margins(grid, *free)
    able = margins.best >= -TIE
    after = np.tile(now, (len(grid), 1, 1))
    for capital, own in enumerate(now):
        scores = grid @ own
        behind = able & (scores < scores.max() - TIE)
        clear = np.flatnonzero(behind & (margins.best > LIFT))
        after[clear, capital] = nearest_leads(grid, own, clear.tolist(), "l1", *free)
        for place in np.flatnonzero(behind).tolist():
            near = after[place, capital] if place in clear else _nearest_tie(grid, own, place)
            after[place, capital] = _ahead(grid, place, near, margins.weights[place])
    moved = np.where(able[:, None], np.abs(after - now).sum(axis=2) / 2, np.nan)
    table = pd.DataFrame(moved, index=values.index, columns=list(weights))
    table["total"] = table.sum(axis=1, skipna=False)
    rows, columns = pd.Index(weights, name="capital"), pd.Index(leaves, name="criterion")
    return Shifts(
        table=table.sort_values("total", kind="stable").rename_axis(index="option"),
        margin=pd.Series(margins.best, index=values.index, name="margin").rename_axis("option"),
        weights={values.index[n]: pd.DataFrame(after[n], rows, columns) for n in np.flatnonzero(able)},
    )


def _nearest_tie(grid: Array, now: Array, place: int) -> Array:
    """The nearest weights for an option that can do no more than tie: its weights leave the solver no room."""
    free = np.empty((0, grid.shape[1])), np.empty(0)
    try:
        return np.asarray(nearest_leads(grid, now, [place], "l1", *free)[0])
    except WeightsError:
        lifted = grid.copy()
        lifted[place] += LIFT
        near = nearest_leads(lifted, now, [place], "l1", *free)[0]
        near = np.where(near < LIFT, 0.0, near)
        return np.asarray(near / near.sum())


def _ahead(grid: Array, option: int, near: Array, best: Array) -> Array:
    """Weights at which the solver's rounding no longer leaves the option behind: a breath towards its best ones."""
    scores = grid @ near
    behind = float(scores.max() - scores[option])
    others = np.delete(grid, option, axis=0) @ best
    lead = float(grid[option] @ best - others.max())
    if behind <= 0 or lead <= 0:
        return near
    share = min(1.0, 2 * behind / (behind + lead))
    return np.asarray((1 - share) * near + share * best)
