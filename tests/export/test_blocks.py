"""Texts and tables on slides: where lines break, and how wide columns are."""

from __future__ import annotations

import pytest
from aukus_mcda.story.wording import METHOD_NAMES
from pptx import Presentation

from aukus_mcda.export import measuring
from aukus_mcda.export.blocks import SetTable
from aukus_mcda.export.templates import find_layouts, look_of
from aukus_mcda.ranking.methods import METHODS
from aukus_mcda.story.exhibit import Column, Table, Text

LOOK = look_of(find_layouts(Presentation()).content)
ASSUMPTION = ("It holds that every partner goes on paying for what it has begun.", "yes", "The budget papers cut it",
              "Publish what it yields", "Australia-Japan-Korea work goes on at a lower pace")  # fmt: skip


def table(width: float = 8.0, **changed: object) -> SetTable:
    headings = ("Assumption", "Load-bearing", "Sign that it fails", "What keeps it true", "What lessens the harm")
    cells = zip(headings, (3.0, 0.9, 2.4, 2.1, 2.1), ASSUMPTION, strict=True)
    columns = [Column(heading, share, [cell] * 3) for heading, share, cell in cells]
    return SetTable(Table(columns, "Assumptions.", sizes=(12,)), width, LOOK, **changed)  # type: ignore[arg-type]


def test_a_number_and_its_per_cent_sign_stay_on_one_line() -> None:
    assert Text(["In 79 % of draws."]).paragraphs == ("In 79\N{NO-BREAK SPACE}% of draws.",)
    assert Table([Column("Share", 1.0, ["79 %"])], "Shares.").rows == [("79\N{NO-BREAK SPACE}%",)]
    room = measuring.width("above 79", 12) + 1
    assert measuring.lines("above 79 %", room, 12) == 2
    # Broken before the number, not before the sign; a sign by itself would fit beside "above".
    assert measuring.lines("above 7\N{NO-BREAK SPACE}%", measuring.width("above 7", 12) + 1, 12) == 2
    assert measuring.one_line("below 1\N{NO-BREAK SPACE}%", measuring.width("below 1 %", 12) + 1, 12).endswith("%")


def test_a_word_too_wide_for_its_line_is_broken_at_its_hyphens() -> None:
    room = measuring.width("Australia-", 12) + 1
    assert measuring.lines("Australia-Japan", room, 12) == 2
    assert measuring.lines("Australia-Japan", measuring.width("Australia-Japan", 12) + 1, 12) == 1


@pytest.mark.parametrize("width", [4.0, 6.0, 8.0])
def test_columns_fill_the_width_and_hold_their_words(width: float) -> None:
    grid = table(width).grid(12)
    assert sum(grid.columns) == pytest.approx(72 * width)
    if width == 8.0:  # room enough for the longest piece of every word
        for cell, room in zip(ASSUMPTION, grid.rooms, strict=True):
            pieces = [piece for word in cell.split() for piece in word.split("-")]
            assert all(measuring.width(piece, 12, False, LOOK.face) <= room for piece in pieces)


def test_columns_are_shared_out_so_that_the_table_is_low() -> None:
    assert table(6.0).height() < table(6.0, fixed=True).height()
    columns = table(6.0).grid(12).columns
    assert columns[1] < columns[2], "a column of yes and no takes less room than sentences do"


def test_every_method_has_the_name_its_authors_gave_it() -> None:
    assert set(METHOD_NAMES) == {*METHODS, "additive"}
