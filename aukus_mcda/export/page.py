# SPDX-License-Identifier: Apache-2.0
"""The study on one page in Word, for those who will not open slides."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ..errors import ExportError
from ..guard import DocxPath, guarded
from ..layout import measuring, theme
from ..layout.charts import picture
from ..story import Chart, Exhibit, Table, exhibit, first_in_trials, whose
from .stamps import write_stamped

if TYPE_CHECKING:
    from ..analysis import Study

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height in millimetres."""
EDGE, TOP, BOTTOM = 18.0, 20.0, 24.0
"""Margins in millimetres; the first is left and right."""
WHEN = 165
"""Points of width for what is done when."""
LEAST_PICTURE = 110
"""Points of height below which a chart is left out."""


class Setting(NamedTuple):
    """How a paragraph is set: its size, the lines it may take, and the points after and before it."""

    size: float
    most: int
    after: float = 3
    before: float = 0
    bold: bool = False
    colour: str = theme.INK
    style: str = "Normal"

    def tall(self, text: str, wide: float) -> float:
        """Points of height of a text, of so many points of width."""
        lines = min(measuring.lines(text, wide, self.size, self.bold), self.most)
        return lines * self.size * measuring.LINE + self.after + self.before


TITLE_LINE = Setting(18, 3, before=2, bold=True, style="Heading 1")
HEADING_LINE = Setting(12, 2, after=4, before=6, bold=True, style="Heading 2")
BODY_TEXT, SMALL_TEXT = Setting(11, 3), Setting(9, 1, after=0, colour=theme.GREY)


@guarded(ExportError)
def export_one_page(study: Study, path: DocxPath, *, paper: str = "a4", audience: str | None = None) -> Path:
    """Write a study as a .docx of one page: what to do, the ranking as a chart, how sure, what would change it.

    Parameters
    ----------
    study : Study
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.
    paper : str
        ``a4`` or ``letter``.
    audience : str, optional
        ``us`` or ``uk``: whose words for likelihood are used; the case's own when not given.

    Returns
    -------
    Path
        The file written; the same bytes for the same study.

    Raises
    ------
    ExportError
        When there is no such paper or audience, or the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import export_one_page, load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_one_page(study(load_case("starter"), draws=2_000), folder.name + "/one_page.docx").name
    'one_page.docx'
    >>> folder.cleanup()
    """
    if paper not in PAPERS:
        raise ExportError(f"No paper called {paper!r}. There are: {', '.join(PAPERS)}.")
    case = study.case
    answer, ranking, changing = (exhibit(study, name, audience) for name in ("recommendation", "ranking", "conditions"))
    assert answer is not None
    page = _Page(paper, case.about.marking, whose(study), _made_from(study))
    page.text(case.about.title, SMALL_TEXT._replace(most=3))
    page.answer(answer)
    beneath = list(_beneath(study, changing))
    if ranking is not None:
        kept = sum(setting.tall(text, page.wide) for text, setting in beneath)
        page.ranking(ranking, first_in_trials(study), page.left - kept)
    for text, setting in beneath:
        page.text(text, setting)
    properties = page.document.core_properties
    properties.title, properties.author, properties.comments = case.about.title[:200], ", ".join(case.about.authors), ""
    properties.language = "en-GB"
    return write_stamped(path, study, page.document.save)


def _beneath(study: Study, changing: Exhibit | None) -> Iterator[tuple[str, Setting]]:
    """What stands under the chart: what the leaders mean, and what would change the answer."""
    options, heading = study.case.options, HEADING_LINE._replace(most=1, after=2)
    for option in study.ranking.leaders[:2]:
        if described := options.at[option, "description"]:
            yield f"What {options.at[option, 'short']} means", heading
            yield described, BODY_TEXT
    if changing is not None:
        yield changing.title, heading
        yield from ((sentence, BODY_TEXT._replace(most=2)) for sentence in changing.of(str))


def _made_from(study: Study) -> str:
    origin = study.provenance
    draws = f", {origin['draws']} trials" if "draws" in origin else ""
    return f"Seed {origin['seed']}{draws}; case {study.case.digest[:12]}; aukus-mcda {origin['aukus-mcda']}."


class _Page:
    """A document of one page; ``left`` is the height not yet taken, in points."""

    def __init__(self, paper: str, marking: str, weighed_by: str, made_from: str) -> None:
        self.document = Document()
        section = self.document.sections[0]
        wide, tall = PAPERS[paper]
        section.page_width, section.page_height = Mm(wide), Mm(tall)
        section.left_margin = section.right_margin = Mm(EDGE)
        section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
        section.header_distance = section.footer_distance = Mm(9)
        self.wide = (wide - 2 * EDGE) * 72 / 25.4
        # A line is kept for the empty paragraph that Word wants after a table, and for fonts set taller.
        self.left = (tall - TOP - BOTTOM) * 72 / 25.4 - 24
        for name in ("Normal", "Heading 1", "Heading 2"):
            style = self.document.styles[name]
            style.font.name, style.font.italic = "Arial", False
            fonts = style.element.rPr.rFonts
            for theirs in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
                fonts.attrib.pop(qn(f"w:{theirs}"), None)
        self._mark(section.header.paragraphs[0], marking)
        self._write(section.footer.paragraphs[0], weighed_by, SMALL_TEXT._replace(most=2))
        self._write(section.footer.add_paragraph(), made_from, SMALL_TEXT)
        if marking:
            self._mark(section.footer.add_paragraph(), marking)

    def _mark(self, paragraph: Any, marking: str) -> None:
        self._write(paragraph, marking, SMALL_TEXT._replace(bold=True, colour=theme.INK))
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _write(self, paragraph: Any, text: str, setting: Setting, wide: float = 0.0) -> float:
        """Write a text into a paragraph, cut to the lines it may take; its height."""
        wide, size, bold = wide or self.wide, setting.size, setting.bold
        run = paragraph.add_run(measuring.clipped(text, wide, setting.most * size * measuring.LINE, size, bold))
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(setting.colour[1:])
        # Scripts written from right to left have a size of their own.
        theirs = OxmlElement("w:szCs")
        theirs.set(qn("w:val"), str(round(2 * size)))
        run._r.get_or_add_rPr().find(qn("w:sz")).addnext(theirs)
        shape = paragraph.paragraph_format
        shape.space_before, shape.space_after = Pt(setting.before), Pt(setting.after)
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * measuring.LINE)
        return setting.tall(text, wide)

    def text(self, text: str, setting: Setting) -> None:
        """A paragraph."""
        self.left -= self._write(self.document.add_paragraph(style=setting.style), text, setting)

    def answer(self, advice: Exhibit) -> None:
        """What to do, how far it holds, and when each step is due."""
        self.text(advice.title, TITLE_LINE)
        word, tone = advice.badge
        self.text(advice.subtitle, BODY_TEXT._replace(after=6, bold=bool(word), colour=theme.TONES[tone]))
        for steps in (table for table in advice.of(Table) if table.look == "steps"):
            table = self.document.add_table(len(steps), 2)
            table.autofit = False
            widths = (WHEN, self.wide - WHEN)
            for column, width in zip(table.columns, widths, strict=True):
                column.width = Pt(width)  # LibreOffice goes by the columns, Word by the cells
            for row, texts, tone in zip(table.rows, steps.rows, steps.tones, strict=True):
                settings = (BODY_TEXT._replace(bold=True, colour=theme.TONES[tone]), BODY_TEXT)
                taken = []
                for cell, text, width, setting in zip(row.cells, texts, widths, settings, strict=True):
                    cell.width = Pt(width)
                    taken.append(self._write(cell.paragraphs[0], text, setting, width - 16))
                self.left -= max(taken)

    def ranking(self, shown: Exhibit, shares: str, room: float) -> None:
        """The ranking as a picture under its finding, as large as the room allows, and how to read it."""
        texts = [(shares, BODY_TEXT._replace(most=2)), (shown.footnote, SMALL_TEXT._replace(most=3, after=3))]
        texts = [(text, setting) for text, setting in texts if text]
        room -= sum(setting.tall(text, self.wide) for text, setting in [(shown.title, HEADING_LINE), *texts])
        self.text(shown.title, HEADING_LINE)
        for chart in shown.of(Chart) if room >= LEAST_PICTURE else ():
            run = self.document.add_paragraph().add_run()
            drawn = run.add_picture(io.BytesIO(picture(chart, width=self.wide / 72)), Pt(self.wide))
            part = min(1.0, room / drawn.height.pt)
            drawn.width, drawn.height = Pt(part * self.wide), Pt(part * drawn.height.pt)
            for side in ("distT", "distB", "distL", "distR"):  # or LibreOffice sets it in
                drawn._inline.set(side, "0")
            for node in run._r.iter(qn("wp:docPr")):
                node.set("descr", measuring.printable(chart.alt)[:1000])
            self.left -= drawn.height.pt
        for text, setting in texts:
            self.text(text, setting)
