"""Packages in words, figures and slides: without fault, within their edges, and saying what was found."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from aukus_mcda.story.package_wording import good_packages, packages_in_phases
from pptx.util import Pt

from aukus_mcda import Case, any_weights, weight_range
from aukus_mcda.export import measuring
from aukus_mcda.export.deck import Deck
from aukus_mcda.export.figures import plot_core, plot_frontier
from aukus_mcda.perspectives.package_choice import Packages, half_effort, packages
from aukus_mcda.story import package_wording as wording
from aukus_mcda.story import palette
from tools.lint_words import lint


def crowded() -> Case:
    """Eighteen options with long hostile names, a chain of requirements, and times that go beyond every horizon."""
    random = np.random.default_rng(3)
    ids, leaves = [f"o{k:02}" for k in range(18)], ["x", "y"]
    hostile = ['<script>alert("x")</script> $', "=1+1", "שלום עולם", "W" * 80]
    names = [f"{hostile[k % 4]} {k}{' long name' * 12}" for k in range(18)]
    return Case.from_frames(
        criteria=pd.DataFrame({"id": leaves, "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame(
            {"option": ids * 2, "criterion": ["x"] * 18 + ["y"] * 18, "likely": random.integers(0, 11, 36)}
        ),
        options=pd.DataFrame(
            {
                "id": ids, "name": names, "effort": random.integers(1, 9, 18),
                "time_to_effect": [*random.integers(1, 90, 17), ""],
                "requires": ["", *(ids[k - 1] if k % 3 else "" for k in range(1, 18))],
            }
        ),
        about={"marking": "TEST MARKING"},
    )  # fmt: skip


def bare() -> Case:
    """Two options, nothing else said."""
    return Case.from_frames(
        criteria=pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame({"option": ["a", "b"], "criterion": "x", "likely": [1, 2]}),
    )


@pytest.fixture(scope="module")
def shipped(case: Case) -> Packages:
    return packages(case, weight_range(case.profile("baseline")), effort=20, draws=2_000)


@pytest.fixture(scope="module", params=["shipped", "crowded", "bare"])
def made(request: pytest.FixtureRequest, case: Case) -> tuple[Packages, Case]:
    if request.param == "shipped":
        return packages(case, weight_range(case.profile("baseline")), effort=20, draws=500), case
    if request.param == "crowded":
        return packages(crowded(), any_weights(), effort=45, draws=500), crowded()
    return packages(bare(), any_weights(), effort=math.inf, draws=50), bare()


def said(found: Packages, case: Case) -> list[str]:
    told = (wording.in_good_packages, wording.best_package, wording.how_many, wording.first_phase)
    more = (wording.unknown_times, wording.breaching)
    return [*(tell(found, case) for tell in told + more), wording.binding(found)]


def test_the_words_have_no_fault(made: tuple[Packages, Case]) -> None:
    found, case = made
    for sentence in said(found, case):
        assert lint(sentence) == []


def test_the_words_say_what_was_found(shipped: Packages, case: Case) -> None:
    often = shipped.options.index[shipped.options["share"] >= 0.95]
    lead = wording.in_good_packages(shipped, case)
    assert len(often) and all(case.options.at[option, "short"] in lead for option in often)
    assert "in the best package within an effort of 20 in at least" in lead
    assert f"{shipped.value:.1f} points over the status quo" in wording.best_package(shipped, case)
    assert wording.binding(shipped).startswith(
        "The limit of 20 on effort keeps better packages out: one more unit would ad"
    )
    half = "The limit, 20, is half of the effort of all options: an assumption, set by nobody."
    assert wording.limited(shipped, case) == half
    assert wording.limited(packages(case, effort=19, scores="fixed", draws=10), case) == ""
    effort = case.options["effort"].where(case.options.index != "incubator", 60)
    dear = replace(case, options=case.options.assign(effort=effort))
    told = wording.limited(packages(dear, effort=half_effort(dear), scores="fixed", draws=10), dear)
    assert told.endswith("set by nobody; Tech incubator takes more and can be in none.")
    assert wording.how_many(shipped, case).startswith(f"{len(shipped.nondominated)} packages are beaten by no other")
    now = shipped.phases.index[shipped.phases["phase"] == "now"]
    first = wording.first_phase(shipped, case)
    assert all(case.options.at[option, "short"] in first for option in now) and first.startswith(
        "Of the best package, "
    )


def test_core_options_are_said_to_be_in_every_good_package(case: Case) -> None:
    found = packages(case, effort=20, scores="fixed", draws=10)
    assert "in the only package" in wording.in_good_packages(found, case)
    assert wording.in_good_packages(found, case).endswith("within an effort of 20")
    held = packages(case, any_weights(), effort=30, include=["integrated_posture"], draws=500)
    assert "Integrated posture are in every good package" in wording.in_good_packages(held, case)
    excluded = "Confidence track and Assurance first are in none of them."  # the posture excludes both
    assert excluded in wording.how_many(held, case)


def test_nothing_worth_doing_is_said_plainly(case: Case) -> None:
    found = packages(case, effort=0, draws=50)
    assert found.best == () and found.phases.empty
    assert "no package is worth more than doing nothing" in wording.best_package(found, case)
    assert wording.first_phase(found, case) == "There is no package to put in phases"
    assert packages_in_phases(found, case, Deck("", "Illustrative.")).columns
    plot_frontier(found.frontier, case, effort=0)


def test_breaches_in_the_best_package_are_told(shipped: Packages, case: Case) -> None:
    rows = pd.DataFrame({"option": ["info_umbrella", "forward_laydown"]})
    told = wording.breaching(replace(shipped, breaches=rows), case)
    assert "Information umbrella" in told and "Forward laydown" not in told


def test_the_frontier_is_drawn_as_it_is(shipped: Packages, case: Case) -> None:
    ax = plot_frontier(shipped.frontier, case, effort=shipped.effort)
    line = ax.lines[0]
    assert line.get_xdata().tolist() == shipped.frontier["effort"].tolist()
    assert line.get_ydata().tolist() == shipped.frontier["value"].tolist()
    colours = {each.get_color() for each in ax.lines if each.get_marker() == "s"}
    held = {option for row in shipped.frontier["options"] for option in row}
    assert colours == {palette.option_colours(case)[option] for option in held}


def test_the_core_bars_have_the_options_colours(shipped: Packages, case: Case) -> None:
    ax = plot_core(shipped.options, case)
    widths = [round(bar.get_width(), 9) for bar in ax.patches]
    assert widths == sorted((round(100 * share, 9) for share in shipped.core_index), reverse=True)
    assert len(ax.patches) == len(shipped.core_index)


def test_the_slides_keep_within_their_edges(made: tuple[Packages, Case]) -> None:
    found, case = made
    deck = Deck("TEST MARKING", "As of today. Illustrative.")
    deck.page(good_packages(found, case, deck))
    deck.page(packages_in_phases(found, case, deck))
    for slide in deck.presentation.slides:
        assert slide.shapes.title.text_frame.text.endswith((".", "..."))
        filled = [shape for shape in slide.shapes if not shape.has_text_frame or shape.text_frame.text.strip()]
        for k, one in enumerate(filled):
            assert one.left >= 0 and one.left + one.width <= deck.presentation.slide_width
            assert one.top >= 0 and one.top + one.height <= deck.presentation.slide_height
            for other in filled[k + 1 :]:
                assert (
                    one.left + one.width <= other.left or other.left + other.width <= one.left
                    or one.top + one.height <= other.top or other.top + other.height <= one.top
                ), (one.name, other.name)  # fmt: skip
            if one.has_text_frame and not one.name.startswith(("Slide Number", "Date", "Footer", "Title")):
                sizes = {run.font.size.pt for part in one.text_frame.paragraphs for run in part.runs if run.font.size}
                if sizes:
                    assert min(sizes) >= 12
                    tall = measuring.height(one.text_frame.text, one.width / 12700, max(sizes))
                    assert tall <= (one.height + Pt(4)) / 12700


def test_the_slides_hold_the_results(shipped: Packages, case: Case) -> None:
    deck = Deck("", "Illustrative.")
    deck.page(good_packages(shipped, case, deck))
    deck.page(packages_in_phases(shipped, case, deck))
    tables = [
        [[cell.text_frame.text for cell in row.cells] for row in shape.table.rows]
        for slide in deck.presentation.slides
        for shape in slide.shapes
        if shape.has_table
    ]
    for option in shipped.core_index.index:
        assert any(row[0] == case.options.at[option, "short"] for row in tables[0])
    assert [row[1] for row in tables[1][1:]] == case.options["short"][list(shipped.phases.index)].tolist()
