"""Blocks dealt onto slides: side by side, one above the other, and on as few slides as they need."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

from .blocks import GAP, Block, Table
from .native_charts import Bars
from .templates import Look

Page = list[tuple[Block, float]]
"""What stands in one column of one slide, each block with the points of height it takes."""


class Arrangement(NamedTuple):
    """Where everything goes: pages by column, blocks across the foot of the first, or pages after all of them."""

    columns: list[list[Page]]
    foot: Page
    foot_tall: float
    after: list[Page]
    whole: bool

    @property
    def slides(self) -> int:
        """How many slides it takes."""
        return max(map(len, self.columns)) + len(self.after)


def arranged(
    columns: Sequence[Sequence[Block]],
    widths: Sequence[float],
    below: Sequence[Block],
    width: float,
    tall: float,
    look: Look,
) -> Arrangement:
    """The arrangement on the fewest slides; of several the one that leaves out and shrinks the least.

    Parameters
    ----------
    columns : sequences of Block
        Each from top to bottom, ``widths`` inches wide.
    below : sequence of Block
        Across ``width`` inches at the foot of the first slide, or after it when too tall for that.
    tall : float
        Points of height of a slide.
    """
    best, seen = None, []
    for whole, shrink in product((True, False), ("nothing", "tables", "everything")):
        blocks = [[_shrunk(block, shrink) for block in _kept(column, whole)] for column in columns]
        foot = [part.compact() for part in _kept(below, whole)]
        if (blocks, foot) in seen:
            continue
        seen.append((blocks, foot))
        tried = _tried(blocks, widths, foot, width, tall, look, whole)
        if best is None or tried.slides < best.slides:
            best = tried
        if best.slides == 1:
            break
    assert best is not None
    return best


def _tried(
    columns: Sequence[Sequence[Block]],
    widths: Sequence[float],
    below: Sequence[Block],
    width: float,
    tall: float,
    look: Look,
    whole: bool,
) -> Arrangement:
    feet = [(each, each.height(width, look)) for each in below]
    foot = sum(each + 2 * GAP for _, each in feet)
    beside = foot < 0.45 * tall
    room = tall - (foot if beside else 0)
    flows = [flow(column, across, room, look) for column, across in zip(columns, widths, strict=True)]
    return Arrangement(flows, feet if beside else [], foot, [] if beside else flow(below, width, tall, look), whole)


def _kept(blocks: Sequence[Block], whole: bool) -> list[Block]:
    """All of the blocks, or them without what can be left to the speaker."""
    return [part for block in blocks for part in (block.full() if whole else block.lean())]


def _shrunk(block: Block, what: str) -> Block:
    return block.compact() if what == "everything" or (what == "tables" and isinstance(block, Table)) else block


def flow(blocks: Sequence[Block], width: float, tall: float, look: Look) -> list[Page]:
    """Blocks dealt onto pages of a height in points."""
    pages: list[Page] = []
    todo = list(blocks)
    while todo:
        page: Page = []
        room = tall
        while todo:
            block = todo[0]
            given = room
            if isinstance(block, Bars):  # a chart takes all that the blocks after it leave
                after = sum(each.compact().height(width, look) + 2 * GAP for each in todo[1:])
                given = max(room - after, min(room, block.height(width, look)))
            piece, rest = block.take(width, given, look)
            if piece is None and page:
                break
            if piece is None:
                piece, rest = block.broken(width, given, look)
            needed = given if isinstance(piece, Bars) else piece.height(width, look)
            page.append((piece, needed))
            room -= needed + 2 * GAP
            todo = [*([rest] if rest is not None else []), *todo[1:]]
            if rest is not None:
                break
        pages.append(page)
    return pages
