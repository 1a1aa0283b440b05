# SPDX-License-Identifier: Apache-2.0
"""Which blocks fit a slide, in which size of type, and what of them is left: counted, or for the next slide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby
from typing import Any, NamedTuple, TypeAlias

from ..form import Column, rest_of
from ..story import Chart, Piece, Table
from . import theme
from .charts import Plot
from .measuring import LINE
from .slide_tables import Cards, Font, Laid, Sentence, Steps, TableGrid, cut_to, in_widths, is_whole

Blocks: TypeAlias = Piece | tuple[Piece, ...]

BETWEEN, ABOVE_TEXT, COLUMN_GAP = 10.0, 2.0, 28.0
"""Points between blocks, before a sentence, and between blocks side by side."""
LEAST_ROW = 22.0
"""Points of height of a row beside a mark, or filled by heat."""
FEWER_LINES, CUT = (6, 4, 3, 2), ("cards", "steps", "dots", "spans", "bars")
"""Lines of text that cards and steps keep where there is little room, and looks whose texts are cut before rows go."""


class Page(NamedTuple):
    """What stands on a slide from top to bottom, the points of its type, and what is left for the next slide."""

    blocks: list[Blocks]
    size: float
    rest: list[Blocks]


@dataclass(frozen=True)
class Fitting:
    """How blocks fit a width in points, in the font and the colour of a deck."""

    width: float
    face: str
    ink: str

    def parted(self, blocks: Sequence[Blocks], least: float, *, annex: bool) -> list[Blocks]:
        """Blocks one by one where they are not wide enough side by side; tables too wide for their words, in parts."""
        todo: list[Blocks] = []
        for block in blocks:
            beside = isinstance(block, tuple) and not annex and self.whole(block, least)
            for each in [block] if beside or not isinstance(block, tuple) else block:
                parts: list[Any] = in_widths(each, self.width, self.font(least)) if isinstance(each, Table) else [each]
                left_out = sum(column.kind != "text" for part in parts[1:] for column in part.columns)
                todo += parts if annex or not left_out else [parts[0], rest_of(left_out, parts[0].across)]
        return [block for block in todo if block]

    def font(self, size: float, ground: str = theme.PAPER) -> Font:
        """The deck's font in a size, in a colour that is read on a ground."""
        return Font(size, self.face, theme.seen_on(ground, self.ink), ground)

    def column(self, columns: int = 1) -> float:
        """Points of width of one of several blocks side by side."""
        return (self.width - COLUMN_GAP * (columns - 1)) / columns

    def lay(
        self, block: Blocks, size: float, row: float = LEAST_ROW, ground: str = theme.PAPER, columns: int = 1
    ) -> Laid:
        """A block laid out across the slide, or in one of several columns; the tallest of those side by side."""
        if isinstance(block, tuple):
            return max((self.lay(each, size, row, ground, len(block)) for each in block), key=lambda laid: laid.height)
        font, width = self.font(size, ground), self.column(columns)
        if isinstance(block, str):
            return Sentence(block, width, font)
        if isinstance(block, Chart):
            return Plot(block, width, font, row)
        if block.look in ("cards", "steps"):
            return (Cards if block.look == "cards" else Steps)(block, width, font)
        return TableGrid(block, width, font, row if block.look == "heat" or columns > 1 else 0.0)

    def fits(self, blocks: Iterable[Blocks], size: float, room: float) -> bool:
        """Whether blocks one beneath the other take no more points of height; those beyond are not laid out."""
        heights = (self.lay(block, size).height + gap_above(block) for block in blocks)
        return all(total - BETWEEN <= room for total in accumulate(heights))

    def whole(self, block: Blocks, size: float) -> bool:
        """Whether there is width enough for its words."""
        parts = block if isinstance(block, tuple) else (block,)
        font, wide = self.font(size), self.column(len(parts))
        tables = all(is_whole(each, wide, font) for each in parts if isinstance(each, Table))
        return tables and all(Plot(each, wide, font).whole for each in parts if isinstance(each, Chart))

    def dealt(self, blocks: list[Blocks], room: float, sizes: Sequence[float], *, annex: bool) -> Page:
        """All blocks on a slide in the largest type in which they fit; else as many as do in the least.

        In the annex the rest goes on over the next slides; in the story the last rows are left out and counted.
        """
        for size in sizes:
            if self.fits(blocks, size, room) and all(self.whole(block, size) for block in blocks):
                return Page(blocks, size, [])
        return self._begun(blocks, room, size) if annex else Page(self._shortened(blocks, room, size), size, [])

    def _shortened(self, blocks: Sequence[Blocks], room: float, size: float) -> list[Blocks]:
        """Blocks with shorter texts, then without last rows, counted below each, then without the last blocks."""
        kept = list(blocks)
        for most in FEWER_LINES:
            if not self.fits(kept, size, room):
                kept = [self._cut(each, size, most) if getattr(each, "look", "") in CUT else each for each in blocks]
        while not self.fits(shown := list(told_together(with_rest(kept, blocks))), size, room):
            cuttable = [place for place, block in enumerate(kept) if rows_in_block(block) > 1]
            if cuttable:
                place = max(cuttable, key=lambda each: self.lay(kept[each], size).height)
                kept[place] = part_of(kept[place], 0, rows_in_block(kept[place]) - 1)
            elif len(kept) > 1:
                kept.pop()
            else:
                return [self._clipped(kept[0], size, room)]
        return shown

    def _begun(self, blocks: Sequence[Blocks], room: float, size: float) -> Page:
        """As many blocks as fit a slide, the last perhaps as far as a row, and what is left for the next."""
        page, todo = list[Blocks](), list(blocks)
        while todo and (laid := self.lay(todo[0], size)).height <= room:
            page.append(todo.pop(0))
            room -= laid.height + BETWEEN
        if not todo:
            return Page(page, size, [])
        count, rows = laid.rows_in(room), rows_in_block(todo[0])
        if count and rows > 1:
            count -= rows - count == 1 and count > 2  # no row is left alone
            page.append(part_of(todo[0], 0, count))
            todo[0] = part_of(todo[0], count, rows)
        elif not page:
            page.append(self._clipped(part_of(todo[0], 0, 1), size, room))
            todo[:1] = [part_of(todo[0], 1, rows)] if rows > 1 else []
        return Page(page, size, todo)

    def _clipped(self, block: Blocks, size: float, room: float) -> Blocks:
        """The words of a block that is too tall by itself, cut to a height."""
        around = 60 if isinstance(block, Table) and block.look == "cards" else 16
        return self._cut(block, size, (room - self.lay(block, size).heights[0] - around) / (size * LINE))

    def _cut(self, block: Blocks, size: float, lines: float) -> Blocks:
        """A block with each of its texts cut to so many lines, the labels of a chart to one."""
        if isinstance(block, tuple):
            return block
        laid, font = self.lay(block, size), self.font(size)
        if isinstance(block, Chart):
            return replace(block, labels=cut_to(Column("", block.labels), laid.rooms[0], font, 1, bold=True).texts)
        if isinstance(block, str):
            return font.clipped(block, laid.width, lines * size * LINE, bold=False)
        rooms = [*laid.rooms, *[laid.rooms[-1]] * len(block.columns)]
        pairs = enumerate(zip(block.columns, rooms, strict=False))
        columns = [cut_to(column, room, font, lines, bold=not place) for place, (column, room) in pairs]
        return replace(block, columns=columns)


def rows_in_block(block: Blocks) -> int:
    """How many rows a block can be cut into."""
    if isinstance(block, tuple):
        return max(map(rows_in_block, block))
    return 1 if isinstance(block, str) or block.look == "cards" else len(block)


def with_rest(kept: Sequence[Any], whole: Sequence[Any]) -> Iterator[Any]:
    """Each block, and beneath it how many of its own rows are left out; beneath blocks side by side, of each."""
    for block, before in zip(kept, whole, strict=False):
        yield block
        parts = zip(block, before, strict=True) if isinstance(block, tuple) else [(block, before)]
        lines = [rest_of(rows_in_block(one) - rows_in_block(other), getattr(one, "down", "")) for other, one in parts]
        if any(lines):
            yield tuple(lines) if isinstance(block, tuple) else lines[0]


def told_together(blocks: Iterable[Any]) -> Iterator[Any]:
    """Blocks in which sentences that follow one another are one paragraph."""
    for sentences, group in groupby(blocks, lambda block: isinstance(block, str)):
        together = list(group)
        yield from [" ".join(together)] if sentences else together


def gap_above(block: Blocks) -> float:
    """Points above a block."""
    return ABOVE_TEXT if isinstance(block, str) else BETWEEN


def grows(block: Blocks) -> bool:
    """Whether a block takes what room is left."""
    parts = block if isinstance(block, tuple) else (block,)
    return any(isinstance(each, Chart) or (isinstance(each, Table) and each.look == "heat") for each in parts)


def part_of(block: Blocks, start: int, stop: int) -> Any:
    """Some rows of a block; of blocks side by side, each without what it does not have."""
    rows = slice(start, stop)
    if isinstance(block, tuple):
        return tuple(part_of(each, start, stop) for each in block)
    if isinstance(block, str):
        return block
    names = ("tones",) if isinstance(block, Table) else ("labels", "at", "low", "high", "tones", "before", "after")
    columns = [replace(column, cells=list(column.cells)[rows]) for column in block.columns]
    return replace(block, columns=columns, **{name: getattr(block, name)[rows] for name in names})
