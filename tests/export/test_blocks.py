"""Texts and tables on slides: where lines break, and how wide columns are."""

from __future__ import annotations

import pytest
from pptx import Presentation

from aukus_mcda.export import measuring
from aukus_mcda.export.blocks import Table, Text
from aukus_mcda.export.house import FONT
from aukus_mcda.export.templates import find_layouts, look_of
from aukus_mcda.ranking.methods import METHODS
from aukus_mcda.story.wording import METHOD_NAMES

LOOK = look_of(find_layouts(Presentation()).content, FONT)
ASSUMPTION = ("It holds that every partner goes on paying for what it has begun.", "yes", "The budget papers cut it",
              "Publish what it yields", "Australia-Japan-Korea work goes on at a lower pace")  # fmt: skip


def table(**changed: object) -> Table:
    header = ("Assumption", "Load-bearing", "Sign that it fails", "What keeps it true", "What lessens the harm")
    return Table(header, (ASSUMPTION,) * 3, (3.0, 0.9, 2.4, 2.1, 2.1), "Assumptions.", sizes=(12,), **changed)  # type: ignore[arg-type]


def test_a_number_and_its_per_cent_sign_stay_on_one_line() -> None:
    assert Text(("In 79 % of draws.",), extra=()).paragraphs == ("In 79\N{NO-BREAK SPACE}% of draws.",)
    assert Table(("Share",), (("79 %",),), (1.0,), "Shares.").rows == (("79\N{NO-BREAK SPACE}%",),)
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
    columns = table()._columns(width, 12, LOOK)
    assert sum(columns) == pytest.approx(72 * width)
    if width == 8.0:  # room enough for the longest piece of every word
        rooms = table()._rooms(width, 12, LOOK)
        for column, room in enumerate(rooms):
            pieces = [piece for cell in (ASSUMPTION[column],) for word in cell.split() for piece in word.split("-")]
            assert all(measuring.width(piece, 12, False, LOOK.face) <= room for piece in pieces)


def test_columns_are_shared_out_so_that_the_table_is_low() -> None:
    width = 6.0
    even = table(fixed=True)
    assert table().height(width, LOOK) < even.height(width, LOOK)
    shares = table()._columns(width, 12, LOOK)
    assert shares[1] < shares[2], "a column of yes and no takes less room than sentences do"


def test_every_method_has_the_name_its_authors_gave_it() -> None:
    assert set(METHOD_NAMES) == {*METHODS, "additive"}
