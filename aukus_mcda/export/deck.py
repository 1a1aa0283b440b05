"""A presentation being written: every slide titled, marked, numbered and annotated, its blocks laid out to fit.

Blocks are dealt onto slides side by side, one above the other, and on as few slides as they need.
"""

from __future__ import annotations

import copy
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.enum.text import PP_ALIGN
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from ..errors import ExportError
from ..story import SMALLEST, Bars, Content, Exhibit, Table, Text
from . import measuring
from .blocks import GAP, SetTable, SetText, Setting, fill_frame, printable
from .native_charts import SetBars, room_for_bars
from .templates import (
    BODIES,
    FOOTERS,
    TITLES,
    Layouts,
    Look,
    blank_deck,
    colour_override,
    find_layouts,
    footer_of,
    look_of,
    open_template,
    template_faults,
)

TITLE_SIZES = (36, 32, 28, 26, 24, 22, 20, 18, 16, 14, 12)
ON_CONTENT = 24
"""No title but the cover's is larger, in points."""
TOP_MARKING = (0.06, 0.26)
"""Top and height in inches of the marking above the title."""
BELOW_MARKING = Inches(sum(TOP_MARKING) + 0.02)
MOST_LETTERS = 195
"""Of a title; the rest of a longer one is left to the notes."""
ROWS_A_SLIDE = 14
"""Options that a table of a slide shows where others are left out."""
BETWEEN = 0.35
"""Inches between columns."""
LEAST_TITLE = 0.5
"""Inches of height without which two lines of a title cannot be read."""
LEAST_AREA = (6.0, 2.5)
"""Inches of width and height without which no slide can be read."""
SET_AS: dict[type, Any] = {Text: SetText, Table: SetTable, Bars: SetBars}
"""How each kind of block is set and drawn."""

Stack = list[tuple[Setting, float]]
"""What stands in one column of one slide, each block with the points of height it takes."""
Placed = tuple[Setting, float, float, float]
"""A block, the inches from the left and from the top at which it stands, and the points of height it takes."""


class Area(NamedTuple):
    """Where a slide's blocks go, in inches."""

    left: float
    top: float
    width: float
    bottom: float

    @property
    def tall(self) -> float:
        """Its height in points."""
        return 72 * (self.bottom - self.top)


@dataclass
class Deck:
    """A presentation being written, every slide with its marking, footer and number.

    Attributes
    ----------
    marking : str
        At the top and the bottom of every slide.
    footer : str or sequence of str
        At the foot of every slide; of several the first that fits its place.
    presentation : Presentation
        Empty, in the house look or from a template.
    chosen : sequence of str, optional
        Ids of the options to be shown; as many as fit when not given.
    """

    marking: str
    footer: str | Sequence[str]
    presentation: Any = field(default_factory=blank_deck)
    chosen: Sequence[str] | None = None
    layouts: Layouts = field(init=False)
    look: Look = field(init=False)
    area: Area = field(init=False)
    titles: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self.layouts = find_layouts(self.presentation)
        self.look = look_of(self.layouts.content)
        self.area = self._area()

    @property
    def narrow(self) -> bool:
        """Whether slides have so little width that what is second in importance is left to the speaker."""
        return self.area.width < 10

    @property
    def low(self) -> bool:
        """Whether they have so little height."""
        return self.area.tall <= 300

    def fit(self, table: Table, of: int, *, foot: Sequence[Content] = (), share: float = 1.0) -> Table:
        """The rows of a table of options, of which there are ``of``, that one slide can hold above ``foot``."""
        tall = self.area.tall - sum(self._set(block).height() + 2 * GAP for block in versions(foot, whole=False))
        width = self._width(share, columns=2 if share < 1 else 1)
        kept = SetTable(table.part(0, ROWS_A_SLIDE), width, self.look).first(tall)
        if len(kept.rows) < of:  # the line on the rest may take room too
            kept = SetTable(kept, width, self.look).first(tall - SMALLEST * measuring.LINE - GAP)
        return kept

    def bars(self, note: Text) -> int:
        """How many bars can be read above a note."""
        return room_for_bars(self.area.tall - self._set(note).height() - 40)

    def _area(self) -> Area:
        """What the title and the footers of the layout leave free."""
        layout, tall = self.layouts.content, self.presentation.slide_height
        title = next(shape for shape in layout.placeholders if shape.placeholder_format.type in TITLES)
        inset = _inset(title)
        for each in (self.layouts.cover, layout):
            self._require_room_for_titles(each)
        feet = [foot for foot in (footer_of(layout, kind) for kind in FOOTERS) if foot.top is not None]
        floor = min([foot.top for foot in feet if foot.top > tall / 2], default=int(0.95 * tall))
        heads = [foot.top + foot.height for foot in feet if foot.top <= tall / 2]
        top = max(title.top + title.height, Inches(sum(TOP_MARKING)), *heads) + int(0.025 * tall)
        area = Area(
            Emu(title.left).inches + inset,
            Emu(top).inches,
            Emu(title.width).inches - 2 * inset,
            Emu(floor).inches - 0.1,
        )
        if area.width < LEAST_AREA[0] or area.bottom - area.top < LEAST_AREA[1]:
            raise ExportError(
                f"The layout {layout.name!r} leaves {area.width:.1f} by {max(0, area.bottom - area.top):.1f} inches "
                f"below its title; slides need {LEAST_AREA[0]:g} by {LEAST_AREA[1]:g}. "
                "Add a layout with a title across the top and an empty page below it."
            )
        return area

    def _require_room_for_titles(self, layout: Any) -> None:
        place = next(shape for shape in layout.placeholders if shape.placeholder_format.type in TITLES)
        floor = max(place.top, BELOW_MARKING)
        tall = Emu(place.top + place.height - floor).inches - 2 * _inset(place, "tIns")
        if tall < LEAST_TITLE:
            raise ExportError(
                f"The title of the layout {layout.name!r} has {max(0.0, tall):.1f} inches of height below the marking; "
                f"it needs {LEAST_TITLE:g}. Make its placeholder taller in the template."
            )

    def cover(self, exhibit: Exhibit) -> None:
        """The first slide: a title, and the lines of a text below it."""
        slide = self._add(self.layouts.cover, exhibit.title, exhibit.notes)
        lines = [line for block in exhibit.columns[0] if isinstance(block, Text) for line in block.paragraphs]
        box = next(shape for shape in slide.placeholders if shape.placeholder_format.type in BODIES)
        _clear(slide, but=box)
        room = box.width.pt - 2 * 72 * _inset(box)
        text, face, around = "\n".join(lines), self.look.face, 8 + 2 * GAP * len(lines)
        if measuring.height(text, room, 16, face=face) > box.height.pt - around:  # down to the footers, if need be
            place = (box.left, box.top, box.width, max(box.height, Inches(self.area.bottom) - box.top))
            box.left, box.top, box.width, box.height = place
        tall = box.height.pt - around
        size = measuring.fitted(text, room, tall, (20, 18, 16, 14, 12), face=face) or SMALLEST
        fill_frame(box.text_frame, measuring.clipped(text, room, tall, size, face=face).split("\n"), size, self.look)

    def _slide(self, title: str, notes: str, part: str) -> Any:
        """A new slide; its title, with ``part`` behind it, is fitted to its place, never below 12 points."""
        slide = self._add(self.layouts.content, title, notes, part, ON_CONTENT)
        _clear(slide)
        return slide

    def _add(self, layout: Any, title: str, notes: str, part: str = "", most: float = 99) -> Any:
        slide = self.presentation.slides.add_slide(layout)
        override = colour_override(layout)
        if override is not None:  # a slide does not inherit it
            mapped = slide._element.find(qn("p:clrMapOvr"))
            mapped[:] = [copy.deepcopy(override)]
        if len(title + part) > MOST_LETTERS:
            notes, title = f"{title}\n{notes}", measuring.shortened(title, MOST_LETTERS - len(part) - len(" ..."))
        heading, face, bold = slide.shapes.title, self.look.title_face, self.look.title_bold
        if heading.top < BELOW_MARKING:  # the marking stands above every title
            place = (heading.left, BELOW_MARKING, heading.width, heading.height - (BELOW_MARKING - heading.top))
            heading.left, heading.top, heading.width, heading.height = place
        room = heading.width.pt - 2 * 72 * _inset(heading)
        tall = heading.height.pt - 4 - 2 * 72 * _inset(heading, "tIns")
        written = str.upper if self.look.capitals else str
        allowed = tuple(size for size in TITLE_SIZES if size <= min(most, self.look.title_size))
        size = measuring.fitted(written(title + part), room, tall, allowed, bold, face) or SMALLEST
        numbered = _numbered(title, part)
        if measuring.height(written(numbered), room, size, bold, face) > tall:
            rest = tall - (size * measuring.LINE if part else 0)
            numbered = _numbered(measuring.clipped(written(title), room, rest, size, bold, face), part)
            notes = f"{title}\n{notes}"
        whole, count = numbered, 1
        while numbered in self.titles:
            count += 1
            numbered = f"{whole} ({count})"
            if measuring.height(written(numbered), room, size, bold, face) > tall:
                short = measuring.clipped(whole, room, tall - size * measuring.LINE, size, bold, face)
                numbered = f"{short} ({count})"
        self.titles.add(numbered)
        heading.text_frame.text = printable(numbered)
        heading.text_frame.paragraphs[0].font.size = Pt(size)
        if notes:
            slide.notes_slide.notes_text_frame.text = printable(notes)
        self._footers(slide, layout)
        return slide

    def _footers(self, slide: Any, layout: Any) -> None:
        # PowerPoint shows footers only when the slide itself holds them.
        footers = (self.footer,) if isinstance(self.footer, str) else tuple(self.footer)
        texts = {KIND.DATE: footers, KIND.FOOTER: (self.marking,)}
        face = self.look.face
        numbers = {shape.placeholder_format.idx for shape in slide.placeholders}
        for kind in FOOTERS:
            if kind in texts and not any(texts[kind]):
                continue
            element = copy.deepcopy(footer_of(layout, kind)._element)
            slide.shapes._spTree.append(element)
            placed = next(shape for shape in slide.placeholders if shape._element is element)
            if placed.placeholder_format.idx in numbers:  # a master's own placeholder counts otherwise than a layout's
                element.nvSpPr.nvPr.find("./{*}ph").set("idx", str(max(numbers) + 1))
            numbers.add(placed.placeholder_format.idx)
            element.nvSpPr.cNvPr.set("id", str(max(shape.shape_id for shape in slide.shapes) + 1))
            if kind not in texts:
                continue
            room = placed.width.pt - 2 * 72 * _inset(placed)
            fitting = (each for each in texts[kind] if measuring.width(each, SMALLEST, True, face) <= room)
            text, strong = next(fitting, texts[kind][-1]), kind == KIND.FOOTER
            placed.text_frame.text = measuring.one_line(text, room, SMALLEST, strong, face)
            run = placed.text_frame.paragraphs[0].runs[0]
            # LibreOffice forgets the theme's font in a footer unless the run names it.
            run.font.name, run.font.size, run.font.bold = "+mn-lt", Pt(SMALLEST), strong
        if not self.marking:
            return
        left, width = self.area.left, self.area.width
        box = slide.shapes.add_textbox(*map(Inches, (left, TOP_MARKING[0], width, TOP_MARKING[1])))
        box.name = "Marking"
        frame = box.text_frame
        frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
        text = measuring.one_line(self.marking, 72 * width, SMALLEST, True, face)
        fill_frame(frame, (text,), SMALLEST, self.look, bold=True)
        frame.paragraphs[0].alignment = PP_ALIGN.CENTER

    def _set(self, block: Content, width: float | None = None) -> Setting:
        """A block at a width in inches, or across the slide."""
        setting: Setting = SET_AS[type(block)](block, width or self.area.width, self.look)
        return setting

    def _width(self, share: float, columns: int) -> float:
        """Inches of width of a column with a share of the slide."""
        return share * (self.area.width - (columns - 1) * BETWEEN)

    def page(self, exhibit: Exhibit) -> None:
        """An exhibit on as many slides as it needs, its title and notes on each, but for the slide's number."""
        slides, whole = self._arranged(exhibit)
        notes = exhibit.notes
        if not whole:
            blocks = [block for column in (*exhibit.columns, exhibit.below) for block in column]
            notes = "\n".join([notes, *(line for block in blocks if isinstance(block, Text) for line in block.extra)])
        for number, placed in enumerate(slides, start=1):
            slide = self._slide(exhibit.title, notes, f" ({number} of {len(slides)})" if len(slides) > 1 else "")
            for setting, left, top, tall in placed:
                setting.draw(slide, left, top, tall)

    def _arranged(self, exhibit: Exhibit) -> tuple[list[list[Placed]], bool]:
        """The fewest slides; of several ways the one that leaves out and shrinks the least, and whether all is there.

        Blocks below stand at the foot of the first slide, or after all columns when too tall for that.
        """
        best, whole_best, seen = None, True, []
        for whole, small in product((True, False), ((), (Table,), (Table, Text))):
            columns = [versions(column, whole, small) for column in exhibit.columns]
            below = versions(exhibit.below, whole, (Table, Text))
            if (columns, below) in seen or not (whole or any(columns)):  # no slide is left with nothing on it
                continue
            seen.append((columns, below))
            slides = self._dealt(columns, exhibit.shares or [1.0] * len(columns), below)
            if best is None or len(slides) < len(best):
                best, whole_best = slides, whole
            if len(best) == 1:
                break
        assert best is not None
        return best, whole_best

    def _dealt(
        self, columns: Sequence[Sequence[Content]], shares: Sequence[float], below: Sequence[Content]
    ) -> list[list[Placed]]:
        feet = [self._set(block) for block in below]
        foot = sum(each.height() + 2 * GAP for each in feet)
        beside = foot < 0.45 * self.area.tall
        slides: list[list[Placed]] = [[]]
        left = self.area.left
        for column, share in zip(columns, shares, strict=True):
            width = self._width(share / sum(shares), len(shares))
            stacks = flow([self._set(block, width) for block in column], self.area.tall - (foot if beside else 0))
            slides += [[] for _ in stacks[len(slides) :]]
            for slide, stack in zip(slides, stacks, strict=False):
                slide += stacked(stack, left, self.area.top)
            left += width + BETWEEN
        if beside:
            top = self.area.bottom - (foot - 2 * GAP) / 72
            slides[0] += stacked([(each, each.height()) for each in feet], self.area.left, top)
        else:
            slides += [stacked(stack, self.area.left, self.area.top) for stack in flow(feet, self.area.tall)]
        return slides

    def move_last(self, place: int) -> None:
        """Put the last slide where it belongs, counted from 0."""
        slides = self.presentation.part._element.sldIdLst
        slides.insert(place, slides[-1])

    def save(self, path: Any) -> None:
        """Write the file, its parts numbered in the order of the slides, as other programs number them."""
        for number, slide in enumerate(self.presentation.slides, start=1):
            slide.part.partname = PackURI(f"/ppt/slides/slide{number}.xml")
            if slide.has_notes_slide:
                slide.notes_slide.part.partname = PackURI(f"/ppt/notesSlides/notesSlide{number}.xml")
        self.presentation.save(path)


def versions(blocks: Sequence[Content], whole: bool, small: tuple[type, ...] = ()) -> list[Content]:
    """All of the blocks, or them without what can be left to the speaker; some kinds in their smallest type."""
    versions: list[Content] = []
    for block in blocks:
        if isinstance(block, Text):
            block = replace(block, paragraphs=(*block.paragraphs, *(block.extra if whole else ())), extra=())
            if not block.paragraphs:
                continue
        elif isinstance(block, Table) and block.spare and not whole:
            continue
        if not isinstance(block, Bars) and isinstance(block, small):
            block = replace(block, sizes=block.sizes[-1:])
        versions.append(block)
    return versions


def stacked(stack: Stack, left: float, top: float) -> list[Placed]:
    """Blocks one above the other, from a place in inches on."""
    placed = []
    for setting, tall in stack:
        placed.append((setting, left, top, tall))
        top += (tall + 2 * GAP) / 72
    return placed


def flow(blocks: Sequence[Setting], tall: float) -> list[Stack]:
    """Blocks dealt onto pages of a height in points."""
    pages: list[Stack] = []
    todo = list(blocks)
    while todo:
        page: Stack = []
        room = tall
        while todo:
            block, *later = todo
            most = room
            if isinstance(block, SetBars):  # a chart takes all that the blocks after it leave
                after = sum(each.height() + 2 * GAP for each in later)
                most = max(room - after, min(room, block.height()))
            piece, rest = block.take(most, alone=not page)
            if piece is None:
                break
            needed = most if isinstance(piece, SetBars) else piece.height()
            page.append((piece, needed))
            room -= needed + 2 * GAP
            todo = later if rest is None else [rest, *later]
            if rest is not None:
                break
        pages.append(page)
    return pages


def check_template(path: str | Path) -> None:
    """Refuse a template on which slides cannot be made: a cover and a slide are tried on it, and thrown away.

    Raises
    ------
    ExportError
        Naming the template and what is wrong with it.
    """
    presentation = open_template(path)
    with template_faults(path):
        deck = Deck("Marking", "Footer", presentation)
        exhibit = Exhibit("Title", "Notes", [[Text(["Text"])]])
        deck.cover(exhibit)
        deck.page(exhibit)
        deck.save(io.BytesIO())


def _clear(slide: Any, but: Any = None) -> None:
    """Take away the placeholders that are not filled."""
    for shape in list(slide.placeholders):
        if shape.placeholder_format.type not in (*TITLES, *FOOTERS) and (but is None or shape.shape_id != but.shape_id):
            shape._element.getparent().remove(shape._element)


def _numbered(title: str, part: str) -> str:
    """A title with its part, before the stop it ends with."""
    stop = next((stop for stop in (" ...", ".") if title.endswith(stop)), "")
    return title.removesuffix(stop) + part + stop


def _inset(shape: Any, side: str = "lIns") -> float:
    """Inches between a placeholder's edge and its text, its layout's or master's where it says nothing itself."""
    while shape is not None:
        body = shape._element.find(".//{*}bodyPr")
        if body is not None and body.get(side):
            return float(Emu(int(body.get(side))).inches)
        shape = getattr(shape, "_base_placeholder", None)
    return 0.1 if side == "lIns" else 0.05
