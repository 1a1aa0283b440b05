# SPDX-License-Identifier: Apache-2.0
"""A presentation being written: exhibits laid out on slides so that everything fits, in type that can be read."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.text import MSO_ANCHOR, MSO_AUTO_SIZE, PP_ALIGN
from pptx.opc.packuri import PackURI
from pptx.oxml import parse_xml
from pptx.oxml.ns import nsdecls, qn
from pptx.util import Emu, Pt

from ..errors import ExportError
from ..story import Exhibit, Tone
from . import measuring, templates, theme
from .fitting import BETWEEN, COLUMN_GAP, LEAST_ROW, Fitting, Page, gap_above, grows, rows_in_block
from .measuring import printable
from .slide_tables import add_text, frame_of, write
from .templates import Place, filled_box

TITLE_SIZES, LOW_SLIDE = (26, 24, 22, 20, 18, 16), 450.0
"""Of titles; the first three, and a marking at the foot too, where slides are at least so many points high."""
COVER_SIZES = (36, 32, 28, 24, 20, 18, 16)
STORY_SIZES, ANNEX_SIZES = (18.0, 16.0, 14.0), (14.0, 12.0)
EVENLY = (0.5, 0.6, 0.7, 0.8, 0.9)
"""Shares of the room on a slide tried for what takes several, least first."""
MOST_BETWEEN, MOST_ROW = 30.0, 60.0
"""Points between blocks, and of height of a row, where there is much room."""
BADGE = 28.0
STRIP = 20.0
"""Points of height of the marking, above and below."""
NUMBER_WIDE = 44.0
"""Points of width of a slide's number."""
LEAST_AREA = (380.0, 170.0)
"""Points of width and height without which no exhibit can be read."""


class Deck:
    """A presentation being written.

    Parameters
    ----------
    presentation : Presentation
        Empty, in the house look or from a template.
    marking : str
        At the top and at the foot of every slide.
    foot : str
        Whose weights and judgements these are.

    Attributes
    ----------
    look : Look
        The layouts and what they look like.
    size : (float, float)
        Width and height of a slide in points.
    low : bool
        Whether slides have so little height that what can be smaller is.
    subtitle : float
        Points of type of a subtitle.
    title : Place
        Where titles go, below the marking; how tall they are depends on their words.
    art : list of Place
        Where the template itself draws something.
    foot_top : float
        Where the foot ends: above the marking, and above what the template draws at the edge.
    fitting : Fitting
        How blocks fit the width below a title.
    """

    def __init__(self, presentation: Any, marking: str, foot: str) -> None:
        self.presentation, self.marking, self.foot = presentation, marking, foot
        self.look = templates.Look(presentation)
        self.size = Emu(presentation.slide_width).pt, Emu(presentation.slide_height).pt
        self.low = self.size[1] < LOW_SLIDE
        self.subtitle = 14.0 if self.low else 16.0
        content = self.look.content
        place = templates.title_place([content, content.slide_master], presentation, lowest=0.35, top=0.056)
        top = max(place.top, STRIP + 4)
        self.title = place._replace(top=top, height=place.bottom - top)
        self.art = [box for box in map(templates.box_of, templates.art_of(content)) if box is not None]
        floor = self.size[1] - (STRIP if marking and not self.low else 6)
        self.foot_top = min([floor, *(box.top for box in self.art if box.top > 0.9 * self.size[1])])
        self.fitting = Fitting(self.title.width, self.look.face, self.look.ink)
        if self.title.width < LEAST_AREA[0] or self.body("", STORY_SIZES[-1]).height < LEAST_AREA[1]:
            raise ExportError(
                f"Slides of {self.size[0]:.0f} by {self.size[1]:.0f} points are too small: exhibits need "
                f"{LEAST_AREA[0]:.0f} by {LEAST_AREA[1]:.0f} below the title."
            )

    def body(self, title: str, size: float) -> Place:
        """What the title, the foot and the template's own band behind the title leave free."""
        bands = [box.bottom for box in self.art if box.meets(self.title) and box.bottom < 0.35 * self.size[1]]
        top = max([self.title.top + self._title_fit(title)[1], *bands]) + 6
        return Place(self.title.left, top, self.title.width, self.foot_top - self._foot_height(size) - top)

    def cover(self, exhibit: Exhibit) -> None:
        """The first slide: a title, the question, and the lines below it."""
        held = templates.title_place([self.look.cover], self.presentation, lowest=0.62, top=0.24)
        top = max(held.top, STRIP + 4)
        size, tall = self._title_fit(exhibit.title, COVER_SIZES, held.width, max(held.bottom - top, 80.0))
        box = held._replace(top=top, height=tall)
        body = Place(box.left, box.bottom + 34, box.width, self.foot_top - self._foot_height(14.0) - box.bottom - 36)
        slide, grounds = self._started(self.look.cover, [box, body])
        title_ground, ground = grounds
        self._set_title(slide, exhibit.title, box, size, title_ground)
        rule = Place(box.left, box.bottom + 14, 64, 4)
        filled_box(slide.shapes, rule, theme.seen_on(ground, theme.ACCENT, "accent", least=3), "Rule")
        top, lines = body.top, "\n".join(exhibit.of(str))
        texts: tuple[tuple[str, float, Tone], ...] = (exhibit.subtitle, 18.0, "plain"), (lines, 14.0, "grey")
        for text, letters, tone in texts:
            font = self.fitting.font(letters, ground)
            place = Place(body.left, top, body.width, min(font.height(text, body.width) + 14, body.bottom - top))
            if place.height > 24:
                words = font.clipped(text, place.width, place.height - 6, bold=False)
                add_text(slide, words, place, font, font.tone(tone))
            top += place.height
        self._finish(slide, exhibit, grounds, 14.0)

    def page(self, exhibit: Exhibit, *, annex: bool = False) -> None:
        """An exhibit on one slide; in the annex, or where no row may be left out, on as many as it needs."""
        fitting, sizes = self.fitting, ANNEX_SIZES if annex else STORY_SIZES
        least = sizes[-1]
        blocks = fitting.parted(exhibit.blocks, least, annex=annex)

        def height(title: str) -> float:
            return self.body(title, least).height - self._foot_note(exhibit, least)

        if exhibit.whole and not fitting.fits(blocks, least, height(exhibit.title) - self._head(exhibit)):
            annex, blocks = True, fitting.parted(exhibit.blocks, least, annex=True)
        tall = height(exhibit.title + (" (88 of 88)" if annex else ""))

        def dealt(full: float) -> list[Page]:
            """The slides it takes when each is filled so far."""
            pages, todo = list[Page](), blocks
            while todo or not pages:
                room = tall if pages else tall - self._head(exhibit)
                pages.append(fitting.dealt(todo, room * full, sizes, annex=annex))
                todo = pages[-1].rest
            return pages

        pages = dealt(1.0)
        if len(pages) > 1:
            tallest = max(row for block in blocks for row in fitting.lay(block, least).heights)
            tried = (dealt(full) for full in EVENLY if tallest < full * (tall - self._head(exhibit)) / 2)
            # Rather than a last slide with a row or two.
            pages = next((evenly for evenly in tried if len(evenly) == len(pages)), pages)
        size = min(page.size for page in pages)
        for number, page in enumerate(pages, start=1):
            title = f"{exhibit.title} ({number} of {len(pages)})" if len(pages) > 1 else exhibit.title
            self._draw_page(exhibit, title, page._replace(size=size), least, first=number == 1)

    def _draw_page(self, exhibit: Exhibit, title: str, page: Page, least: float, *, first: bool) -> None:
        body, fitting, (blocks, size, _) = self.body(title, least), self.fitting, page
        letters, tall = self._title_fit(title)
        heading = self.title._replace(height=tall)
        slide, grounds = self._started(self.look.content, [heading, body])
        title_ground, ground = grounds
        self._set_title(slide, title, heading, letters, title_ground)
        top, grey = body.top, self.fitting.font(self.subtitle, ground)
        if first:
            self._badge(slide, exhibit, body)
            if exhibit.subtitle:
                box = Place(body.left, top, self._subtitle_width(exhibit), self._head(exhibit) - BETWEEN)
                add_text(slide, exhibit.subtitle, box, grey, grey.tone("grey"))
            top += self._head(exhibit)
        bottom = body.bottom - self._foot_note(exhibit, least)
        spare = max(0.0, bottom - top - sum(fitting.lay(block, size).height + gap_above(block) for block in blocks))
        growing = sum(rows_in_block(block) for block in blocks if grows(block))
        row = min(LEAST_ROW + spare / growing, MOST_ROW) if growing else LEAST_ROW
        apart = 0.0 if growing else min(spare / max(len(blocks), 1), MOST_BETWEEN - BETWEEN)
        top -= BETWEEN
        for block in blocks:
            parts = block if isinstance(block, tuple) else (block,)
            top += gap_above(block) + apart
            laid = [fitting.lay(each, size, row, ground, len(parts)) for each in parts]
            for place, each in enumerate(laid):
                each.draw(slide, body.left + place * (fitting.column(len(parts)) + COLUMN_GAP), top)
            top += max(each.height for each in laid)
        if exhibit.footnote:
            font = self.fitting.font(least, ground)
            box = Place(body.left, bottom, body.width, self._foot_note(exhibit, least))
            add_text(slide, exhibit.footnote, box, font, font.tone("grey"))
        self._finish(slide, exhibit, grounds, least)

    def _head(self, exhibit: Exhibit) -> float:
        """Points of height of the subtitle and the badge beside it."""
        tall = self.fitting.font(self.subtitle).height(exhibit.subtitle, self._subtitle_width(exhibit))
        return max(tall + 6 if tall else 0.0, BADGE if exhibit.badge[0] else -BETWEEN) + BETWEEN

    def _subtitle_width(self, exhibit: Exhibit) -> float:
        word = exhibit.badge[0]
        return self.title.width - (self.fitting.font(14.0).width(word) + 26 + COLUMN_GAP if word else 0.0)

    def _foot_note(self, exhibit: Exhibit, size: float) -> float:
        return self.fitting.font(size).height(exhibit.footnote, self.title.width) + 6 if exhibit.footnote else 0.0

    def _foot_height(self, size: float) -> float:
        return self.fitting.font(size).height(self.foot, self.title.width - NUMBER_WIDE) + 6

    def _badge(self, slide: Any, exhibit: Exhibit, body: Place) -> None:
        """The word of the verdict, in a corner below the title."""
        word, tone = exhibit.badge
        if word:
            wide = self.fitting.font(14.0).width(word) + 26
            place = Place(body.left + body.width - wide, body.top, wide, BADGE)
            badge = filled_box(slide.shapes, place, theme.TONES[tone], "Verdict", MSO_SHAPE.ROUNDED_RECTANGLE)
            write(frame_of(badge, anchor=MSO_ANCHOR.MIDDLE), word, 14.0, theme.PAPER, bold=True, align=PP_ALIGN.CENTER)

    def _title_fit(
        self, title: str, sizes: Sequence[int] = (), width: float = 0.0, tall: float = 0.0
    ) -> tuple[int, float]:
        """The largest type in which a title takes two lines at most, or fits a height; and the height it takes."""
        written = printable(title.upper() if self.look.capitals else title)
        for size in sizes or TITLE_SIZES[3 if self.low else 0 :]:
            needed = measuring.height(written, (width or self.title.width) - 2, size, True, self.look.face) + 6
            if needed <= (tall or 2 * size * measuring.LINE + 6):
                break
        return size, needed

    def _set_title(self, slide: Any, title: str, box: Place, size: int, ground: str) -> None:
        """The title at the top of its place, in a placeholder even where the layout has none."""
        heading = slide.shapes.title
        if heading is None:
            heading = slide.shapes.add_textbox(0, 0, 0, 0)
            heading._element.nvSpPr.nvPr.append(parse_xml(f'<p:ph {nsdecls("p")} type="title"/>'))
        heading.left, heading.top, heading.width, heading.height = map(Pt, box)
        frame = frame_of(heading)
        frame.auto_size = MSO_AUTO_SIZE.NONE
        frame._txBody.bodyPr.set("anchorCtr", "0")
        write(frame, title, size, theme.seen_on(ground, self.look.title_ink), bold=True)

    def _started(self, layout: Any, boxes: Sequence[Place]) -> tuple[Any, list[str]]:
        """A new slide, and the ground of the title and of the body; a panel lies behind both where it is not plain."""
        slide = self.presentation.slides.add_slide(layout)
        override = templates.colour_override(layout)
        if override is not None:  # a slide does not inherit it
            slide._element.find(qn("p:clrMapOvr"))[:] = [copy.deepcopy(override)]
        for shape in list(slide.placeholders):
            if shape.placeholder_format.type not in templates.TITLES:
                shape._element.getparent().remove(shape._element)
        title, body = boxes
        left, wide = min(title.left, self.title.left), max(title.width, self.title.width)
        above = Place(left, 2.0, wide, title.bottom - 2)
        below = Place(left, body.top, wide, self.size[1] - 2 - body.top)
        grounds = [templates.ground_behind(layout, place) for place in (above, below)]
        panels = [place for place, ground in zip((above, below), grounds, strict=True) if ground is None]
        if panels:
            top, bottom = panels[0].top, panels[-1].bottom
            panel = Place(left - 10, top, wide + 20, bottom - top)
            drawn = filled_box(slide.shapes, panel, theme.PAPER, "Panel")
            drawn._element.nvSpPr.cNvPr.append(_decorative())
            slide.shapes._spTree.insert(2, drawn._element)
        return slide, [ground or theme.PAPER for ground in grounds]

    def _finish(self, slide: Any, exhibit: Exhibit, grounds: Sequence[str], size: float) -> None:
        """The marking, the foot and the number, read after the content; and the notes."""
        wide = self.title.width
        tops = (3.0, self.size[1] - STRIP - 1)[: 1 if self.low else 2] if self.marking else ()
        for top, name, ground in zip(tops, ("Marking", "Marking at the foot"), grounds, strict=False):
            box, font = Place(self.title.left, top, wide, STRIP), self.fitting.font(size, ground)
            text = font.clipped(self.marking, wide, STRIP)
            add_text(slide, text, box, font, bold=True, align=PP_ALIGN.CENTER).name = name
        font, tall = self.fitting.font(size, grounds[1]), self._foot_height(size)
        foot = Place(self.title.left, self.foot_top - tall, wide - NUMBER_WIDE, tall)
        add_text(slide, self.foot, foot, font, font.tone("grey")).name = "Foot"
        place = foot._replace(left=foot.left + foot.width, width=NUMBER_WIDE)
        count = str(len(self.presentation.slides))
        number = add_text(slide, count, place, font, font.tone("grey"), align=PP_ALIGN.RIGHT)
        number.name = "Number"
        (run,) = number._element.iter(qn("a:r"))
        run.tag = qn("a:fld")  # the number that the slide has, also when slides change places
        run.set("id", "{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}")
        run.set("type", "slidenum")
        if exhibit.notes:
            slide.notes_slide.notes_text_frame.text = printable("\n".join(exhibit.notes))

    def save(self, path: Any, title: str, authors: str) -> None:
        """Write the file, its parts numbered in the order of the slides, as other programs number them."""
        about = self.presentation.core_properties
        about.title, about.author, about.language = printable(title)[:255], printable(authors)[:255], "en-GB"
        about.last_modified_by = about.comments = ""
        for number, slide in enumerate(self.presentation.slides, start=1):
            held = [slide]
            if slide.has_notes_slide:
                held.append(slide.notes_slide)
                slide.notes_slide.part.partname = PackURI(f"/ppt/notesSlides/notesSlide{number}.xml")
            for each in held:
                for letters in each._element.iter(qn("a:rPr"), qn("a:endParaRPr")):
                    letters.set("lang", "en-GB")
        self.presentation.save(path)


def _decorative() -> Any:
    """What tells those who read aloud that a shape says nothing."""
    office = "http://schemas.microsoft.com/office/drawing/2017/decorative"
    return parse_xml(
        f'<a:extLst {nsdecls("a")}><a:ext uri="{{C183D7F6-B498-43B3-948B-1728B52AA6E4}}">'
        f'<d:decorative xmlns:d="{office}" val="1"/></a:ext></a:extLst>'
    )
