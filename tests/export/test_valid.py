# SPDX-License-Identifier: Apache-2.0
"""Slides, workbook and page have no fault of schema, whatever the case; of thin ones see `test_thin_cases`."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from pptx import Presentation
from thin_cases import crowd, crowded, small

from aukus_mcda import Case, load_case, study


def ten() -> Case:
    """Ten options on five leaves of two branches, with ranges, profiles, efforts and lines."""
    random = np.random.default_rng(11)
    options, leaves = [f"plan {k}" for k in range(10)], list("abcde")
    grid = pd.DataFrame(random.uniform(2, 8, (10, 5)), index=options, columns=leaves).round(1)
    scores = grid.rename_axis(index="option", columns="criterion").stack().rename("likely").reset_index()
    tree = pd.DataFrame({"id": ["x", "y", *leaves], "parent": ["", "", *"xxyyy"], "name": ["X", "Y", *leaves]})
    points = [(name, each, 60, 80, 100) for name in ("baseline", "mason") for each in tree["id"]]
    return Case.from_frames(
        criteria=tree.assign(
            direction=["", "", *["max"] * 5], worst=[None, None, *[0] * 5], best=[None, None, *[10] * 5]
        ),
        scores=scores.assign(low=scores["likely"] - 1, high=scores["likely"] + 1),
        options=pd.DataFrame({"id": options, "name": options, "effort": range(1, 11), "time_to_effect": 6}),
        weights=pd.DataFrame(points, columns=["profile", "criterion", "low", "likely", "high"]),
        redlines=pd.DataFrame({"profile": ["mason"], "criterion": "a", "least_value": 45, "reason": "r"}),
    )


def none_passes() -> Case:
    case = small()
    out = pd.DataFrame({"screen": "law", "passes": "no", "reason": "No.", "evidence": [()] * 3}, index=list("abc"))
    return replace(case, screens=out.set_index("screen", append=True).rename_axis(["option", "screen"]))


CASES: dict[str, Callable[[], Case]] = {
    "3 options, 2 leaves": small,
    "10 options": ten,
    "40 options, 40 leaves, long and right-to-left names": crowded,
    "40 leaves with ranges": lambda: crowd("Ein Kriterium mit Namen"),
    "starter": lambda: load_case("starter"),
    "all screened out": none_passes,
}


def check(files: list[Path], validated: Callable[[Path], list[str]]) -> None:
    with ThreadPoolExecutor(2) as pool:
        assert dict(zip(files, pool.map(validated, files), strict=True)) == {file: [] for file in files}


@pytest.mark.parametrize("name", CASES)
def test_the_validator_finds_nothing(name: str, validated: Callable[[Path], list[str]], tmp_path: Path) -> None:
    case = CASES[name]()
    result = study(case, "baseline" if case.profiles else dict.fromkeys(case.leaves, 100), draws=500)
    slides = result.export(tmp_path / "slides.pptx", annex=True)
    check([slides, *(result.export(tmp_path / name) for name in ("workbook.xlsx", "one_page.docx"))], validated)
    assert len(Presentation(str(slides)).slides) >= 5
