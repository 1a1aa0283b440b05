"""The study on one page, for those who will not open slides."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pandas as pd
from docx import Document
from docx.enum.table import WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from ..analysis import Study
from ..case import replacing
from ..errors import ExportError
from ..guard import FilePath, guarded
from ..story import palette, rank_labels, wording
from ..text import joined, percent
from . import measuring
from .stamps import stamp

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""Width and height in millimetres."""
EDGE, TOP, BOTTOM = 18.0, 20.0, 24.0
"""Margins in millimetres; the first is left and right."""
TEXT_SIZE, SMALL_SIZE = 10, 9
ROW_HEIGHT = 19.0  # points
MOST_RANKED = 15
"""Options the table can hold beside everything else."""
WIDTHS = (34.0, 0.0, 42.0, 124.0, 66.0)
"""Points: rank, option (what is left), score, its range drawn, ranks first."""
QUIET_INK, LINE_INK = "#5B6675", "#D5DAE1"


@guarded(ExportError)
def export_one_page(study: Study, path: FilePath, *, paper: str = "a4") -> Path:
    """Write a study as a .docx of one page: answer, ranked options, how sure, what would change it, caveats.

    Parameters
    ----------
    study : Study
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.
    paper : str
        ``a4`` or ``letter``.

    Returns
    -------
    Path
        The file written; the same bytes for the same study.

    Raises
    ------
    ExportError
        When there is no such paper, or the file cannot be written there.

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
    page = _Page(paper, study.case.about.marking, _made_from(study))
    page.text(study.case.about.title, SMALL_SIZE, most=1, colour=palette.FAINT)
    page.text(study.answer, 15, most=3, bold=True, after=4)
    if study.case.about.question:
        page.text(study.case.about.question, SMALL_SIZE, most=3, colour=QUIET_INK, after=6)
    sections = _sections(study)
    # The table takes the room that the sentences, each clipped to its lines, leave.
    beneath = sum(page.tall(text, TEXT_SIZE, most, 4) for _, texts in sections for text, most in texts)
    beneath += len(sections) * page.tall("Heading", 11, 1, 8)
    if not study.ranking.ranked.empty:
        _ranked(page, study, page.left - beneath)
    for heading, texts in sections:
        page.text(heading, 11, most=1, bold=True, after=2, before=6)
        for text, most in texts:
            page.text(text, TEXT_SIZE, most=most, after=4)
    properties = page.document.core_properties
    properties.title, properties.author, properties.comments = study.case.about.title[:200], "aukus-mcda", ""
    with replacing(Path(path)) as beside:
        page.document.save(str(beside))
        stamp(beside, study)
    return Path(path)


def _sections(study: Study) -> list[tuple[str, list[tuple[str, int]]]]:
    """The headings under the table, and for each its sentences with the lines they may take."""
    case, tests, ranking = study.case, study.fragility, study.ranking
    sections = {}
    if tests is not None:
        sections["How sure"] = [
            (wording.how_sure(tests, ranking, case), 3),
            (wording.leads_more_often(tests, ranking, case), 3),
            (wording.refused(ranking, case), 3),
            (f"Verdict: {tests.verdict.word}. {' '.join(tests.verdict.failed) or tests.verdict.rule}", 3),
        ]
        sections["What would change it"] = [
            (_sentences(wording.profiles_agree(study.by_profile, case), wording.near_ties(study.by_profile)), 3),
            (wording.min_shift(tests, case), 3),
            (_sentences(wording.methods_agree(tests, case), wording.methods_apart(tests, case)), 3),
            (_sentences(wording.to_collect(tests, case), wording.settling(tests.evidence)), 3),
        ]
    count = len(study.findings)
    out = ranking.table["name"][ranking.table["screened"]]
    sections["Caveats"] = [
        (case.about.disclaimer or wording.ILLUSTRATIVE, 2),
        (wording.overlap(ranking, study.acceptability), 2),
        (f"Screened out and not ranked: {joined(out)}." if len(out) else "", 2),
        (f"Findings for a reviewer: {count}, listed in the workbook." if count else "", 1),
    ]
    return [(heading, [text for text in texts if text[0]]) for heading, texts in sections.items()]


def _sentences(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _made_from(study: Study) -> str:
    case, origin = study.case, study.provenance
    draws = f", {origin['draws']} draws" if "draws" in origin else ""
    cited = {item for cell in case.scores["evidence"] for item in cell}
    sources = case.evidence["source"][case.evidence.index.isin(cited)].nunique()
    return (
        f"{sources or 'No'} public source{'s'[: sources != 1]} cited. As of {origin['as of']}; "
        f"weights {origin['weights']}; seed {origin['seed']}{draws}; "
        f"case {case.digest[:12]}; aukus-mcda {origin['aukus-mcda']}."
    )


class _Page:
    """A document of one page; ``left`` is the height not yet taken, in points."""

    def __init__(self, paper: str, marking: str, made_from: str) -> None:
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
        style = self.document.styles["Normal"]
        style.font.name, style.font.size = "Arial", Pt(TEXT_SIZE)
        self._mark(section.header.paragraphs[0], marking)
        foot = section.footer.paragraphs[0]
        foot_text = measuring.clipped(made_from, self.wide, 2 * SMALL_SIZE * measuring.LINE, SMALL_SIZE)
        self._write(foot, foot_text, SMALL_SIZE, QUIET_INK, False)
        if marking:
            self._mark(section.footer.add_paragraph(), marking)

    def _mark(self, paragraph: Any, marking: str) -> None:
        self._write(paragraph, measuring.one_line(marking, self.wide, SMALL_SIZE), SMALL_SIZE, palette.INK, True)
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
        bold: bool = False,
        colour: str = palette.INK,
        after: float = 0,
        before: float = 0,
    ) -> None:
        """A paragraph of at most so many lines."""
        paragraph = self.document.add_paragraph()
        clipped = measuring.clipped(text, self.wide, most * size * measuring.LINE, size, bold)
        self._write(paragraph, clipped, size, colour, bold)
        paragraph.paragraph_format.space_before, paragraph.paragraph_format.space_after = Pt(before), Pt(after)
        self.left -= self.tall(text, size, most, after + before, bold)

    def cell(self, cell: Any, text: str, room: float, *, bold: bool = False, right: bool = False) -> None:
        """One line of text in a cell of the table."""
        paragraph = cell.paragraphs[0]
        self._write(paragraph, measuring.one_line(text, room, SMALL_SIZE), SMALL_SIZE, palette.INK, bold)
        paragraph.paragraph_format.space_before = Pt(3.5)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT if right else WD_ALIGN_PARAGRAPH.LEFT


def _ranked(page: _Page, study: Study, room: float) -> None:
    """The ranked options as a table, one column of which is a picture of their scores and ranges."""
    ranking, ranked = study.ranking, study.ranking.ranked
    firsts = None if study.acceptability is None else study.acceptability.rank_acceptability[1]
    notes = 2 * SMALL_SIZE * measuring.LINE + 6
    rows = int(min(MOST_RANKED, max(3, (room - notes - ROW_HEIGHT) // ROW_HEIGHT)))
    shown = ranked.head(rows if len(ranked) <= rows else rows - 1)
    widths = [width or page.wide - sum(WIDTHS) for width in WIDTHS]
    table = page.document.add_table(len(shown) + 1, len(widths))
    table.alignment, table.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for each, width in zip(table.columns, widths, strict=True):
        each.width = Pt(width)  # LibreOffice goes by the columns, Word by the cells
    for number, row in enumerate(table.rows):
        row.height, row.height_rule = Pt(ROW_HEIGHT), WD_ROW_HEIGHT_RULE.EXACTLY
        for column, (cell, width) in enumerate(zip(row.cells, widths, strict=True)):
            cell.width = Pt(width)
            _bare(cell, palette.INK if number == 0 else LINE_INK, left=0 if column == 3 and number else 4)
    header = ("Rank", "Option", "Score", "0 to 100", "" if firsts is None else "Ranks first")
    for column, word in enumerate(header):
        page.cell(table.cell(0, column), word, widths[column] * 1.2, bold=True, right=column in (2, 4))
    # Names in full where all have the room for it: one list does not mix two kinds of name.
    whole = all(measuring.width(name, SMALL_SIZE, True) <= 0.9 * (widths[1] - 8) for name in shown["name"])
    names, places = shown["name"] if whole else study.case.options["short"], rank_labels(ranking)
    for number, (option, score) in enumerate(shown["score"].items(), start=1):
        first = "" if firsts is None else percent(float(firsts[option]))
        leads = option in ranking.leaders
        for column, text in ((0, places[option]), (1, names[option]), (2, f"{score:.1f}"), (4, first)):
            page.cell(table.cell(number, column), text, widths[column] - 8, bold=leads, right=column in (2, 4))
    _draw(table.cell(1, 3).merge(table.cell(len(shown), 3)), study, shown["score"], widths[3])
    note = "Bar: score."
    if firsts is not None:
        varied = wording.drawn_as(study.case, ranking.weights)
        note = f"Line: 90 % of the draws. Ranks first: share of draws of {varied}; not the chance of being right."
    if len(ranked) > len(shown):
        note = f"... and {len(ranked) - len(shown)} more in the workbook. {note}"
    page.left -= (len(shown) + 1) * ROW_HEIGHT
    page.text(note, SMALL_SIZE, most=2, colour=QUIET_INK, before=3, after=3)


def _bare(cell: Any, colour: str, left: float) -> None:
    """A cell ruled beneath only, with no more room inside than we say."""
    line = f'<w:bottom w:val="single" w:sz="6" w:space="0" w:color="{colour[1:]}"/>'
    room = {"top": 0.0, "left": left, "bottom": 0.0, "right": left}
    margins = "".join(f'<w:{side} w:w="{int(20 * points)}" w:type="dxa"/>' for side, points in room.items())
    for name, inside in (("tcBorders", line), ("tcMar", margins)):
        cell._tc.get_or_add_tcPr().append(parse_xml(f"<w:{name} {nsdecls('w')}>{inside}</w:{name}>"))


def _draw(cell: Any, study: Study, scores: pd.Series, wide: float) -> None:
    """Bars and ranges, each as high as its row of the table; the rows name them, in whatever script."""
    tall = len(scores) * ROW_HEIGHT - 1
    paragraph = cell.paragraphs[0]
    for empty in cell.paragraphs[1:]:
        empty._p.getparent().remove(empty._p)
    paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(0)
    run = paragraph.add_run()
    run.add_picture(io.BytesIO(_picture(study, scores, wide, tall)), Pt(wide), Pt(tall))
    short = study.case.options["short"]
    texts = "; ".join(f"{short[option][:60]} {score:.1f}" for option, score in scores.items())
    for node in run._r.iter(qn("wp:docPr")):
        node.set("descr", f"Bars of the scores of the options in the table, from 0 to 100: {texts}."[:1000])


def _picture(study: Study, scores: pd.Series, wide: float, tall: float) -> bytes:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(wide / 72, tall / 72), dpi=300)
    axes = figure.add_axes((0.02, 0, 0.96, 1))
    colours = palette.option_colours(study.case)
    rows = list(range(len(scores)))
    axes.barh(rows, scores, height=0.5, color=[colours[option] for option in scores.index])
    if study.acceptability is not None:
        interval = study.acceptability.interval.loc[scores.index]
        for colour, line in (("white", 2.6), (palette.INK, 1.1)):  # seen on a dark bar too
            axes.hlines(rows, interval["low"], interval["high"], color=colour, linewidth=line)
    axes.set_xlim(0, 100)
    axes.set_ylim(len(scores) - 0.5, -0.5)
    axes.axvline(0, color=palette.FAINT, linewidth=0.8)
    axes.axvline(50, color=LINE_INK, linewidth=0.6, zorder=0)
    axes.set_axis_off()
    file = io.BytesIO()
    FigureCanvasAgg(figure).print_png(file)
    return file.getvalue()
