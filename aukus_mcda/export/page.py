# SPDX-License-Identifier: Apache-2.0
"""The study on one page, for those who will not open slides."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor

from ..case import replacing
from ..errors import ExportError
from ..guard import FilePath, guarded
from ..layout import measuring, theme
from ..layout.figures import picture
from ..story import Chart, Exhibit, Table, exhibit, first_in_trials, whose
from .stamps import stamp

if TYPE_CHECKING:
    from ..analysis import Study

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height in millimetres."""
EDGE, TOP, BOTTOM = 18.0, 20.0, 24.0
"""Margins in millimetres; the first is left and right."""
TITLE_SIZE, HEADING_SIZE, TEXT_SIZE, SMALL_SIZE = 18, 12, 11, 9
"""Sizes in points."""
WHEN = 165
"""Points of width for what is done when."""
LEAST_PICTURE = 110
"""Points of height below which a chart is left out."""


@guarded(ExportError)
def export_one_page(study: Study, path: FilePath, *, paper: str = "a4", audience: str | None = None) -> Path:
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
    >>> from aukus_mcda import load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_one_page(study(load_case("aukus_plus_two"), draws=10_000), folder.name + "/one_page.docx").name
    'one_page.docx'
    >>> folder.cleanup()
    """
    if paper not in PAPERS:
        raise ExportError(f"No paper called {paper!r}. There are: {', '.join(PAPERS)}.")
    case = study.case
    answer, ranking, changing = (exhibit(study, name, audience) for name in ("recommendation", "ranking", "conditions"))
    assert answer is not None
    page = _Page(paper, case.about.marking, whose(study), _made_from(study))
    page.text(case.about.title, SMALL_SIZE, most=3, colour=theme.GREY)
    page.answer(answer)
    beneath = _beneath(study, changing)
    kept = sum(page.tall(text, TEXT_SIZE, most, 3) for _, texts in beneath for text, most in texts)
    kept += len(beneath) * page.tall("", HEADING_SIZE, 1, 8)
    if ranking is not None:
        page.ranking(ranking, first_in_trials(study), page.left - kept)
    for heading, texts in beneath:
        page.text(heading, HEADING_SIZE, style="Heading 2", most=1, bold=True, after=2, before=6)
        for text, most in texts:
            page.text(text, TEXT_SIZE, most=most, after=3)
    properties = page.document.core_properties
    properties.title, properties.author, properties.comments = case.about.title[:200], ", ".join(case.about.authors), ""
    properties.language = "en-GB"
    with replacing(Path(path)) as beside:
        page.document.save(str(beside))
        stamp(beside, study)
    return Path(path)


def _beneath(study: Study, changing: Exhibit | None) -> list[tuple[str, list[tuple[str, int]]]]:
    """The headings under the chart, and for each its sentences with the lines they may take."""
    options, leaders = study.case.options, study.ranking.leaders
    described = [(options.at[option, "short"], options.at[option, "description"]) for option in leaders[:2]]
    sections = [(f"What {name} means", [(text, 3)]) for name, text in described if text]
    if changing is not None:
        sections.append((changing.title, [(sentence, 2) for sentence in changing.of(str)]))
    return sections


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
        first, second = section.footer.paragraphs[0], section.footer.add_paragraph()
        for paragraph, text, most in ((first, weighed_by, 2), (second, made_from, 1)):
            clipped = measuring.clipped(text, self.wide, most * SMALL_SIZE * measuring.LINE, SMALL_SIZE)
            self._write(paragraph, clipped, SMALL_SIZE, theme.GREY, False)
        if marking:
            self._mark(section.footer.add_paragraph(), marking)

    def _mark(self, paragraph: Any, marking: str) -> None:
        self._write(paragraph, measuring.one_line(marking, self.wide, SMALL_SIZE), SMALL_SIZE, theme.INK, True)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def _write(self, paragraph: Any, text: str, size: float, colour: str, bold: bool) -> None:
        run = paragraph.add_run(text)
        run.font.size, run.font.bold, run.font.color.rgb = Pt(size), bold, RGBColor.from_string(colour[1:])
        # Scripts written from right to left have a size of their own.
        theirs = OxmlElement("w:szCs")
        theirs.set(qn("w:val"), str(round(2 * size)))
        run._r.get_or_add_rPr().find(qn("w:sz")).addnext(theirs)
        shape = paragraph.paragraph_format
        shape.space_before = shape.space_after = Pt(0)
        shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, Pt(size * measuring.LINE)

    def tall(self, text: str, size: float, most: int, after: float, bold: bool = False) -> float:
        """Height a text takes when it is cut to ``most`` lines."""
        return min(measuring.lines(text, self.wide, size, bold), most) * size * measuring.LINE + after

    def text(
        self,
        text: str,
        size: float,
        *,
        most: int,
        style: str = "Normal",
        bold: bool = False,
        colour: str = theme.INK,
        after: float = 0,
        before: float = 0,
    ) -> None:
        """A paragraph of at most so many lines."""
        paragraph = self.document.add_paragraph(style=style)
        clipped = measuring.clipped(text, self.wide, most * size * measuring.LINE, size, bold)
        self._write(paragraph, clipped, size, colour, bold)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
        self.left -= self.tall(text, size, most, after + before, bold)

    def answer(self, advice: Exhibit) -> None:
        """What to do, how far it holds, and when each step is due."""
        self.text(advice.title, TITLE_SIZE, style="Heading 1", most=3, bold=True, after=3, before=2)
        word, tone = advice.badge
        self.text(advice.subtitle, TEXT_SIZE, most=3, bold=bool(word), colour=theme.TONES[tone], after=6)
        for steps in (table for table in advice.of(Table) if table.look == "steps"):
            table = self.document.add_table(len(steps.rows), 2)
            table.autofit = False
            widths = (WHEN, self.wide - WHEN)
            for column, width in zip(table.columns, widths, strict=True):
                column.width = Pt(width)  # LibreOffice goes by the columns, Word by the cells
            for row, (cells, tone) in zip(table.rows, zip(steps.rows, steps.tones, strict=True), strict=True):
                lines = 1
                for cell, text, width in zip(row.cells, cells, widths, strict=True):
                    first = width == WHEN
                    cell.width = Pt(width)
                    clipped = measuring.clipped(text, width - 16, 3 * TEXT_SIZE * measuring.LINE, TEXT_SIZE, first)
                    colour = theme.TONES[tone] if first else theme.INK
                    self._write(cell.paragraphs[0], clipped, TEXT_SIZE, colour, first)
                    cell.paragraphs[0].paragraph_format.space_after = Pt(3)
                    lines = max(lines, measuring.lines(clipped, width - 16, TEXT_SIZE, first))
                self.left -= lines * TEXT_SIZE * measuring.LINE + 3

    def ranking(self, shown: Exhibit, shares: str, room: float) -> None:
        """The ranking as a picture under its finding, as large as the room allows, and how to read it."""
        texts = ((shares, TEXT_SIZE, 2, theme.INK), (shown.footnote, SMALL_SIZE, 3, theme.GREY))
        room -= self.tall(shown.title, HEADING_SIZE, 2, 10, True)
        room -= sum(self.tall(text, size, most, 3) for text, size, most, _ in texts if text)
        self.text(shown.title, HEADING_SIZE, style="Heading 2", most=2, bold=True, after=4, before=6)
        charts = shown.of(Chart)
        for chart in charts if room >= LEAST_PICTURE else ():
            run = self.document.add_paragraph().add_run()
            drawn = run.add_picture(io.BytesIO(picture(chart, width=self.wide / 72)), Pt(self.wide))
            part = min(1.0, room / drawn.height.pt)
            drawn.width, drawn.height = Pt(part * self.wide), Pt(part * drawn.height.pt)
            rows = zip(chart.labels, *(column.texts for column in chart.columns), strict=True)
            described = f"{chart.alt} {'; '.join(', '.join(row) for row in rows)}"
            for node in run._r.iter(qn("wp:docPr")):
                node.set("descr", measuring.printable(described)[:1000])
            self.left -= drawn.height.pt
        for text, size, most, colour in texts:
            if text:
                self.text(text, size, most=most, colour=colour, after=3)
