"""Slides on futures and attribution: native, within their edges, readable, and true to the results."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from pptx import Presentation
from pptx.util import Pt
from test_slides import crowded, sizes, small

from aukus_mcda import Case
from aukus_mcda.export import measuring
from aukus_mcda.export.deck import Deck
from aukus_mcda.perspectives.attribution import joint
from aukus_mcda.perspectives.in_futures import futures
from aukus_mcda.story import about_futures
from tools.lint_words import lint


def crowded_futures() -> Case:
    """Forty options with long and hostile names, five futures with names as long, assumptions beside them."""
    base = crowded()
    long = "A future with a name that goes on and on, " * 4
    rows = [{"scenario": f"f{k}", "name": f"{long}{k}", "option": "", "criterion": f"leaf {k}", "shift": k - 2.0,
             "evidence": "e"} for k in range(5)]  # fmt: skip
    assumed = [{"id": f"a{k}", "statement": long * 3, "load_bearing": "yes", "vulnerable": "yes", "signpost": long,
                "evidence": "e" if k else ""} for k in range(3)]  # fmt: skip
    source = {"id": ["s"], "title": "A source", "reliability": "B"}
    item = {"id": ["e"], "source": "s", "where": "p. 1", "known_from": "2020-01-01", "claim": "Something happened.",
            "credibility": "2", "status": "stands"}  # fmt: skip
    return Case.from_frames(
        criteria=base.criteria.reset_index(),
        scores=base.scores.reset_index()[["option", "criterion", "likely"]],
        options=base.options.reset_index()[["id", "name"]],
        weights=base.points.reset_index()[["profile", "criterion", "likely"]],
        scenarios=pd.DataFrame(rows),
        assumptions=pd.DataFrame(assumed),
        sources=pd.DataFrame(source),
        evidence=pd.DataFrame(item),
    )


@pytest.fixture(scope="module", params=["shipped", "shipped, washington", "crowded", "small"])
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, case: Case
) -> tuple[str, Case, Path]:
    name = request.param
    chosen = crowded_futures() if name == "crowded" else small() if name == "small" else case
    profile = "washington" if "washington" in name else "baseline"
    deck = Deck("TEST MARKING", "Illustrative.")
    found = futures(chosen, profile, draws=1_000)
    both = joint(chosen, profile, draws=1_000), joint(chosen, profile, draws=1_000, vary=["evidence"])
    exhibits = [
        about_futures.futures_compared(found, chosen, deck),
        about_futures.signposts_to_watch(found, chosen, deck),
        *(about_futures.sources_of_uncertainty(each, chosen, deck) for each in both),
    ]
    for exhibit in filter(None, exhibits):
        deck.page(exhibit)
    path = tmp_path_factory.mktemp("futures") / "slides.pptx"
    deck.save(path)
    return name, chosen, path


def shapes(path: Path) -> Iterator[tuple[int, object]]:
    for number, slide in enumerate(Presentation(str(path)).slides, start=1):
        for shape in slide.shapes:
            yield number, shape


def test_the_slides_there_are(made: tuple[str, Case, Path]) -> None:
    name, _, path = made
    titles = [slide.shapes.title.text_frame.text for slide in Presentation(str(path)).slides]
    if name == "shipped":
        assert "ranks first in all 7 futures" in titles[0] and "share evidence with 6 of 7 futures" in titles[1]
        assert "of the uncertainty about who leads comes from the evidence" in titles[-2]
    if name == "small":  # no futures and no assumptions: only the attribution
        assert len(titles) == 2


def test_the_table_holds_the_numbers_of_the_result(case: Case, made: tuple[str, Case, Path]) -> None:
    name, _, path = made
    if name != "shipped":
        return
    found = futures(case, "baseline", draws=1_000)
    table = next(shape.table for _, shape in shapes(path) if shape.has_table)  # type: ignore[attr-defined]
    first = [cell.text_frame.text for cell in table.rows[2].cells]
    option = found.summary["greatest_regret"].sort_values().index[1]
    assert first[0] == case.options.at[option, "short"]
    assert first[2:4] == [
        f"{found.summary['greatest_regret'][option]:.1f}",
        f"{found.summary['least_score'][option]:.1f}",
    ]


def test_charts_are_native_and_what_is_said_passes_the_linter(made: tuple[str, Case, Path]) -> None:
    name, chosen, path = made
    charts = [shape for _, shape in shapes(path) if getattr(shape, "has_chart", False)]
    assert charts or name != "shipped"
    assert not any(hasattr(shape, "image") for _, shape in shapes(path))
    if name != "crowded":
        for _, shape in shapes(path):
            if shape.has_text_frame:  # type: ignore[attr-defined]
                assert not lint(shape.text_frame.text, chosen.about.yardstick)  # type: ignore[attr-defined]


def test_nothing_leaves_the_slide_or_overlaps_or_overflows_or_is_small(made: tuple[str, Case, Path]) -> None:
    deck = Presentation(str(made[2]))
    for slide in deck.slides:
        filled = [shape for shape in slide.shapes if not shape.has_text_frame or shape.text_frame.text.strip()]
        for k, one in enumerate(filled):
            assert one.left >= 0 and one.top >= 0, one.name
            assert one.left + one.width <= deck.slide_width and one.top + one.height <= deck.slide_height, one.name
            for other in filled[k + 1 :]:
                apart = (
                    one.left + one.width <= other.left or other.left + other.width <= one.left
                    or one.top + one.height <= other.top or other.top + other.height <= one.top
                )  # fmt: skip
                assert apart, (slide.shapes.title.text_frame.text, one.name, other.name)
        for shape in filled:
            frames = []
            if shape.has_text_frame:
                frames = [(shape.text_frame, shape.width, shape.height, Pt(4))]
            elif shape.has_table:
                frames = [
                    (cell.text_frame, column.width - Pt(10), row.height, Pt(10))
                    for row in shape.table.rows
                    for cell, column in zip(row.cells, shape.table.columns, strict=True)
                ]
            for frame, width, height, pad in frames:
                if frame.text.strip() and not shape.name.startswith(("Slide Number", "Date", "Footer")):
                    used = sizes(frame) or {18.0}
                    assert min(used) >= 12, shape.name
                    tall = measuring.height(frame.text, width / 12700, max(used))
                    assert tall <= (height - pad) / 12700 + 0.5, (shape.name, frame.text[:60])
