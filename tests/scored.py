# SPDX-License-Identifier: Apache-2.0
"""Cases that differ in their scores alone, read and checked once: a property's examples spend their time on it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from aukus_mcda import Case
from aukus_mcda.case.tables import TABLES
from aukus_mcda.uncertainty import ScoreDraws

KINDS = sorted({*TABLES["scores"]["distribution"].words} - {"", "fixed", "unknown"})
"""Distributions that vary: what is tested of each is tested of one that is added too."""

CHANGED = ["low", "likely", "high", "distribution"]
READ: dict[str, Case] = {}


def scored(*, criteria: pd.DataFrame, scores: pd.DataFrame, **more: Any) -> Case:
    """What `Case.from_frames` makes, but for the findings: they are those of the first case with all else the same."""
    tables = {"criteria": criteria, "scores": scores[scores.columns.difference(CHANGED)], **more}
    texts = {name: each.to_dict("list") if isinstance(each, pd.DataFrame) else each for name, each in tables.items()}
    key = repr((texts, [*scores]))
    if scores["likely"].isna().any() or key not in READ:
        READ[key] = Case.from_frames(criteria=criteria, scores=scores, **more)
        return READ[key]
    case, likely, changed = READ[key], scores["likely"].to_numpy(dtype=float), {}
    kinds = scores["distribution"].astype(str).to_numpy() if "distribution" in scores else ""
    for end in ("low", "high"):
        numbers = scores[end].to_numpy(dtype=float) if end in scores else likely
        changed[end] = np.where((kinds == "fixed") | np.isnan(numbers), likely, numbers)
    ends = criteria.set_index("id")[["worst", "best"]].astype(float).loc[list(scores["criterion"])].to_numpy()
    inside = ends.min(axis=1) <= changed["low"], changed["low"] <= likely, likely <= changed["high"]
    assert np.all([*inside, changed["high"] <= ends.max(axis=1)]), "scores that reading the case would refuse"
    changed |= {"likely": likely, "distribution": kinds}
    return replace(case, scores=case.scores.assign(**changed), history=case.history.assign(**changed))


def fill(draws: ScoreDraws, rng: np.random.Generator, group: int, out: np.ndarray) -> None:
    """Fill ``out (g k, n)`` with the next draws of a group's values."""
    draws.values(draws.draw(rng, group, np.empty(out.shape)), group, out)
