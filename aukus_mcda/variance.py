"""Where the uncertainty of a lead comes from: scores, criterion by criterion, and weights.

The difference of two options' scores is sum_j w_j d_j, with d_j the difference of
their values on criterion j. Scores and weights are independent, so its variance
splits exactly; SALib estimates the same shares from the model alone, as a check.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from .case import Case
from .distributions import uncertain_values
from .draws import chunk_rng, draw_weights
from .errors import MethodError
from .information import expected_scores
from .ranking import require_case
from .spaces import WeightSpace
from .weights import Points, Weights

DESIGN = 2
"""Stream of a seed that the quasi-random design takes, beside those of `draws`."""


def variance_shares(
    case: Case,
    weights: Weights | str | Points | WeightSpace = "baseline",
    pair: tuple[str, str] | None = None,
    *,
    by: Literal["criterion", "kind"] = "criterion",
    draws: int = 1024,
    seed: int = 0,
) -> pd.DataFrame:
    """Shares of the variance of one option's lead over another, by where it comes from.

    With m_j and s_j^2 the mean and variance of w_j, S its covariance matrix, and
    e_j and t_j^2 the mean and variance of d_j:

    - scores on j alone: m_j^2 t_j^2; with all they interact with: (m_j^2 + s_j^2) t_j^2;
    - weights alone: e'Se; with all they interact with: e'Se + sum_j s_j^2 t_j^2;
    - in all: e'Se + sum_j (m_j^2 + s_j^2) t_j^2.

    Under fixed weights, S is 0 and nothing interacts.

    Parameters
    ----------
    case : Case
    weights : Weights, str, mapping, Series or WeightSpace
        As for `rank`, or a space that weights are drawn from.
    pair : (str, str), optional
        The two options; without it the leader and the runner-up on expected scores
        (under a space, with its mean weights).
    by : {"criterion", "kind"}
        Scores of each criterion apart, or all together, against the weights.
    draws : int
        Size of the design, a power of 2; the model is run draws x (blocks + 2) times.
        As many weights are drawn from a space; its moments are taken from them.
    seed : int
        0 or more.

    Returns
    -------
    DataFrame
        By block, each criterion (or "scores") and then "weights" under a space:
        first_order and total_order, exact shares of the variance; sobol_first and
        sobol_total, SALib's estimates, with first_error and total_error, half their
        95% intervals. NaN when nothing is uncertain. ``.attrs`` has pair and standard_deviation.

    Raises
    ------
    MethodError
        When the pair is not two options that are ranked, ``by`` is something else,
        or ``draws`` is not a power of 2.
    WeightsError
        When the weights do not fit the case or the seed is out of range.

    References
    ----------
    Sobol (2001), doi:10.1016/S0378-4754(00)00270-6. Saltelli and others (2010),
    doi:10.1016/j.cpc.2009.09.018, whose estimators SALib uses.

    Examples
    --------
    >>> from aukus_mcda import around, load_case
    >>> case = load_case("aukus_plus_two")
    >>> shares = variance_shares(case, around(case.profile("baseline"), 0.02), by="kind")
    >>> list(shares.index), bool((shares["first_order"] - shares["sobol_first"]).abs().max() < 0.1)
    (['scores', 'weights'], True)
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 2 or draws & (draws - 1):
        raise MethodError(f"The number of draws must be a power of 2, as Sobol' sequences ask: {draws!r}.")
    if by not in ("criterion", "kind"):
        raise MethodError(f"Shares are by 'criterion' or by 'kind', not {by!r}.")
    require_case(case)
    values = uncertain_values(case)
    leaves = list(values.columns)
    if isinstance(weights, WeightSpace):
        pool = draw_weights(weights, leaves, draws, seed, threads=1)
    else:
        pool = case.weights(weights).values[leaves].to_numpy()[None, :]
    one, other = pair or _leader_and_runner_up(case, leaves, pool)
    if one == other or not {one, other} <= set(values.index):
        raise MethodError(f"A lead is between two different options that are ranked, not {one!r} and {other!r}.")
    believed = [(values.at[one, leaf], values.at[other, leaf]) for leaf in leaves]
    gap = np.array([a.mean - b.mean for a, b in believed])
    spread = np.array([a.variance + b.variance for a, b in believed])

    mean, squares = pool.mean(axis=0), (pool**2).mean(axis=0)
    from_weights = float((pool @ gap).var())
    alone = [*(mean**2 * spread), from_weights]
    in_all = [*(squares * spread), from_weights + float(((squares - mean**2) * spread).sum())]
    blocks = [*leaves, "weights"]
    if by == "kind":
        blocks = ["scores"] * len(leaves) + ["weights"]
    variance = sum(in_all[:-1]) + from_weights
    exact = pd.DataFrame({"first_order": alone, "total_order": in_all}, index=pd.Index(blocks, name="block"))
    table = exact.groupby("block", sort=False).sum() / (variance or np.nan)
    table[["sobol_first", "first_error", "sobol_total", "total_error"]] = np.nan
    if variance:

        def lead(design: NDArray[np.float64]) -> NDArray[np.float64]:
            """The difference for designs of shape (n, 2k + 1), each column uniform on 0-1."""
            used = pool[np.minimum((design[:, -1] * len(pool)).astype(int), len(pool) - 1)]
            total = np.zeros(len(design))
            for j, both in enumerate(believed):
                for sign, value, column in zip((1, -1), both, design.T[2 * j : 2 * j + 2], strict=True):
                    once, where = np.unique(column, return_inverse=True)
                    total += sign * used[:, j] * value.function(value.distribution.ppf(once))[where]
            return total

        groups = [block for block in blocks[:-1] for _ in range(2)] + blocks[-1:]
        table.iloc[:, 2:] = _sobol(lead, groups, draws, seed)
    if not isinstance(weights, WeightSpace):
        table = table.drop(index="weights")
    table.attrs = {"pair": (one, other), "standard_deviation": variance**0.5, "draws": draws, "seed": int(seed)}
    return table


def _sobol(lead, groups: list[str], draws: int, seed: int) -> NDArray[np.float64]:  # type: ignore[no-untyped-def]
    """SALib's first order, its error, total order and its error; a row per group, in order of appearance."""
    from SALib.analyze import sobol as analysis
    from SALib.sample import sobol as design

    problem = {
        "num_vars": len(groups),
        "names": [f"x{i}" for i in range(len(groups))],
        "bounds": [[0.0, 1.0]] * len(groups),
        "groups": groups,
    }
    rng = chunk_rng(seed, 0, DESIGN)
    runs = lead(design.sample(problem, draws, calc_second_order=False, seed=rng))
    # SALib takes a seed of 0 for none and would then draw from NumPy's global state.
    found = analysis.analyze(problem, runs, calc_second_order=False, seed=int(rng.integers(1, 2**32)))
    return np.array([found["S1"], found["S1_conf"], found["ST"], found["ST_conf"]]).T


def _leader_and_runner_up(case: Case, leaves: list[str], pool: NDArray[np.float64]) -> tuple[str, str]:
    mean = pd.Series(pool.mean(axis=0), index=leaves)
    ranked = expected_scores(case, 100 * mean / mean.max())
    if len(ranked) < 2:
        raise MethodError("There is only one option that is ranked: it leads nobody.")
    return ranked.index[0], ranked.index[1]
