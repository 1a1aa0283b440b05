# SPDX-License-Identifier: Apache-2.0
"""The slides of the shipped case, the study already made: the story of 16 and the whole deck.

Run with ``python -m pytest benchmarks/bench_slides.py -s --benchmark-sort=name``.
"""

import pytest

from aukus_mcda import export_slides, load_case, study
from aukus_mcda.export.slides import STORY


@pytest.fixture(scope="module")
def made():
    """A study with every part of it made."""
    result = study(load_case("aukus_plus_two"), draws=20_000)
    for part in ("capitals", "futures", "joint", "packages"):
        getattr(result, part)
    return result


@pytest.mark.parametrize("slides", [list(STORY), None], ids=["story", "all"])
def test_slides(benchmark, made, slides, tmp_path):
    """Seconds a deck takes; the aim is 3 for 16 slides."""
    benchmark.pedantic(
        export_slides, args=(made, tmp_path / "slides.pptx"), kwargs={"slides": slides}, rounds=5, warmup_rounds=1
    )
