# SPDX-License-Identifier: Apache-2.0
"""The table of examined methods is what the examination finds, and no method is left out."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from aukus_mcda.ranking.methods import METHODS, not_offered, pymcdm_part
from tools import preflight

ROOT = Path(__file__).parent.parent.parent


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return preflight.examined()


def test_the_document_page_and_the_table_are_what_the_command_writes(table: pd.DataFrame) -> None:
    stored = (ROOT / "aukus_mcda" / "ranking" / "methods_examined.csv").read_text(encoding="utf-8")
    assert stored == table.to_csv(lineterminator="\n")
    assert (ROOT / "docs" / "explanation" / "methods-examined.md").read_text(encoding="utf-8") == preflight.page(table)


def test_every_method_on_offer_passes_and_every_other_is_named(table: pd.DataFrame) -> None:
    offered = table.index[table["standing"] == "offered"]
    assert list(offered) == list(METHODS)
    assert (table.loc[offered, list(preflight.FAULTS)] == 0).all().all()
    assert (table.loc[["spotis", "rim"], list(preflight.REVERSALS)] == 0).all().all()
    classes = vars(pymcdm_part("methods")) | vars(pymcdm_part("methods.partial"))
    base = pymcdm_part("methods.mcda_method.MCDA_method")
    ranking = {name for name, kind in classes.items() if isinstance(kind, type) and issubclass(kind, base)}
    named = {runs.removeprefix("pymcdm ") for runs in table["runs"]} | set(preflight.OURS)
    assert ranking - {base.__name__} <= named
    assert set(not_offered()) == set(table.index) - set(METHODS)
    assert not table["reason"].str.contains("nobody has looked").any()


@pytest.mark.parametrize("name", ["copras", "aroman", "lopm", "probid", "sprobid"])
def test_methods_that_break_dominance_are_refused_with_the_count(table: pd.DataFrame, name: str) -> None:
    row = table.loc[name]
    assert row["standing"] == "refused"
    assert f"in {row['dominance']} of {preflight.PROBLEMS} problems" in row["reason"]


def test_copras_puts_a_dominated_option_first() -> None:
    x = np.array([[5.0, 1.0], [5.0, 9.0], [4.0, 5.0]])
    scores = pymcdm_part("methods.COPRAS")()(x, np.array([0.5, 0.5]), np.array([1, -1]), validation=False)
    assert scores.argmax() == 1


def test_the_examination_catches_each_fault() -> None:
    tests = list(preflight.trials(60))
    sound = preflight.examine(lambda grid: grid.unit @ (grid.w / grid.w.sum()), tests)
    assert not any(sound[fault] for fault in preflight.FAULTS)
    liked = preflight.examine(lambda grid: grid.x @ grid.w, tests)
    assert liked["dominance"] and liked["direction"]
    by_row = preflight.examine(lambda grid: np.arange(len(grid.x), dtype=float), tests)
    assert by_row["permutation"]
    bent = preflight.examine(lambda grid: (grid.unit**grid.w).sum(axis=1), tests)
    assert bent["rescaling"]
    none = preflight.examine(lambda grid: np.full(len(grid.x), np.nan), tests)
    assert none["unscored"] == len(tests)
