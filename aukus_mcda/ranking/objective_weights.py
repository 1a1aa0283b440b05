# SPDX-License-Identifier: Apache-2.0
"""Weights computed from the scores alone: they describe the data, not a preference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pandas as pd

from ..case import Case
from ..errors import MethodError, WeightsError, listed
from ..guard import guarded
from ..weights import TIE, Array, Weights, equal
from .methods import MOST_NAMES, Grid, Problem, problem, pymcdm_part

DESCRIBES = "The weights describe the data, not a preference: they say where options differ, not what matters."


DATA_RULES = {
    "entropy": "entropy_weights",
    "critic": "critic_weights",
    "merec": "merec_weights",
    "std": "standard_deviation_weights",
}
"""The rules by name, and pymcdm's function for each."""

ON_RATIOS = ("entropy", "merec")
"""Rules that take logarithms of raw scores; the others measure spread on the range that is seen."""


@guarded(WeightsError)
def objective(case: Case, rule: str = "entropy") -> Weights:
    """Weights from how the options' scores vary; a description, never a preference.

    Parameters
    ----------
    case : Case
        Its likely scores are used, without screened options.
    rule : {"entropy", "critic", "merec", "std"}
        ``entropy``: how unevenly a criterion's raw scores are shared out.
        ``critic``: spread on the range seen times how little it goes with other
        criteria. ``merec``: what leaving the criterion out changes. ``std``: the
        spread alone.

    Returns
    -------
    Weights
        ``.method`` is ``objective: <rule>``; a criterion all options agree on has weight 0.

    Raises
    ------
    AukusMcdaError
        When the case is not loaded.
    WeightsError
        When the rule is unknown; when entropy or merec, which take logarithms,
        meet a score of 0 or less; when nothing varies, or critic finds every
        criterion in perfect step with every other.

    References
    ----------
    Entropy: Hwang and Yoon (1981), doi:10.1007/978-3-642-48318-9. CRITIC and
    standard deviation: Diakoulaki, Mavrotas and Papayannakis (1995),
    doi:10.1016/0305-0548(94)00059-H. MEREC: Keshavarz-Ghorabaee et al. (2021),
    doi:10.3390/sym13040525.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> weights = objective(load_case("aukus_plus_two"), "critic")
    >>> weights.method, float(round(weights.values.sum(), 12))
    ('objective: critic', 1.0)
    """
    if rule not in DATA_RULES:
        raise WeightsError(f"No rule called {rule!r}; there are {listed(DATA_RULES)}.")
    try:
        aligned = problem(case, equal(case.leaves))
        if rule in ON_RATIOS:
            aligned.require_positive(rule)
    except MethodError as reason:
        raise WeightsError(str(reason)) from None
    points = pd.Series(100 * _shares(aligned.grid, rule), index=aligned.criteria)
    weights = case.weights(points[list(case.leaves)])
    return replace(weights, method=f"objective: {rule}", findings=(DESCRIBES, *_findings(aligned, rule)))


def _shares(grid: Grid, rule: str) -> Array:
    """Weights ``(k,)`` by a rule; 0 where all options agree."""
    weigh = pymcdm_part(f"weights.{DATA_RULES[rule]}")
    share = np.zeros(len(grid.w))
    if rule in ON_RATIOS:
        share[grid.varies] = weigh(grid.even, types=grid.sign.astype(int))[grid.varies]
    else:
        unit = grid.unit[:, grid.varies]  # towards the best: pymcdm's CRITIC does not know directions
        if rule == "critic" and np.corrcoef(unit, rowvar=False).min() > 1 - TIE:
            raise WeightsError(
                "critic finds every criterion in perfect step with every other: all weights would be 0/0."
            )
        share[grid.varies] = weigh(unit)
    if not np.isfinite(share).all() or not share.max() > 0:
        raise WeightsError(f"{rule} divides by 0 on these scores: it gives no weights.")
    return np.asarray(share.clip(min=0) / share.clip(min=0).sum())


def _findings(aligned: Problem, rule: str) -> Iterator[str]:
    flat = aligned.criteria[~aligned.grid.varies]
    if len(flat):
        where = listed(flat, MOST_NAMES)
        yield f"All options score alike on {where}, so the weight is 0 whatever the criterion is worth."
    if rule in ON_RATIOS:
        yield f"{rule} reads raw scores as ratios: on a scale whose 0 is not a true zero its weights mean little."
    else:
        yield f"{rule} measures spread on the range of these options, not on the declared anchors."
