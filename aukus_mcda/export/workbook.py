"""The study as a workbook whose ranking follows a change, with sheets of what was put in and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from ..case import replacing
from ..errors import ExportError
from ..guard import FilePath, guarded
from ..story import EXHIBITS, Chart, Column, Exhibit, Table, exhibit
from ..text import joined
from .live_sheets import write_live_sheets
from .sheets import ANY, AS_DRAWN, AS_SCORE, Book
from .stamps import stamp

if TYPE_CHECKING:
    from ..analysis import Study

ON_OWN_SHEETS = ("cover", "provenance", "sources")
"""Exhibits that stand on sheets of their own kind."""
TAKEN = ("ranking", "weights", "values", "evidence")
"""Names of the sheets that calculate, and of the register."""
AS_EXPORTED = "Computed for the weights and scores as exported; it does not follow a change on the sheet weights."
FORMATS = {"score": AS_SCORE, "points": "+0.0;-0.0;0.0", "share": AS_DRAWN, "rank": "0", "count": "#,##0"}
"""How Excel writes the numbers of each kind of column."""


@guarded(ExportError)
def export_workbook(study: Study, path: FilePath) -> Path:
    """Write a study as an .xlsx whose ranking is computed by Excel itself, from its own sheets.

    Parameters
    ----------
    study : Study
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.

    Returns
    -------
    Path
        The file written; the same bytes for the same study.

    Raises
    ------
    ExportError
        When the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_workbook(study(load_case("aukus_plus_two"), draws=10_000), folder.name + "/workbook.xlsx").name
    'workbook.xlsx'
    >>> folder.cleanup()
    """
    book = Book(study.case.about.marking)
    book.file.remove(book.file.active)
    write_live_sheets(book, study)
    for name in EXHIBITS:
        shown = exhibit(study, name) if name not in ON_OWN_SHEETS else None
        if shown is not None and any(not isinstance(block, str) for block in shown.flat):
            _exhibit_sheet(book, f"{name} as exported" if name in TAKEN else name, shown)
    for write_sheet in (_inputs_sheet, _evidence_sheet, _sources_sheet, _provenance_sheet):
        write_sheet(book, study)
    # Formulas come after what they need; a reader wants the ranking first, and the scores with the other inputs.
    sheets = book.file.worksheets
    book.file.move_sheet("ranking", offset=-sheets.index(book.file["ranking"]))
    book.file.move_sheet("scores", offset=sheets.index(book.file["inputs"]) - 1)
    book.file.active = 0
    book.file.calculation.fullCalcOnLoad = True
    book.file.properties.title, book.file.properties.creator = study.case.about.title, "aukus-mcda"
    with replacing(Path(path)) as beside:
        book.file.save(beside)
        stamp(beside, study, change=book.fill_results)
    return Path(path)


def _exhibit_sheet(book: Book, name: str, shown: Exhibit) -> None:
    """An exhibit: its title and figures, its tables and the rows of its charts, how to read it, and its notes."""
    tables = [_columns(block) for block in shown.flat if not isinstance(block, str)]
    count = max(map(len, tables))
    longest = [
        max((len(text) for columns in tables if place < len(columns) for text in columns[place].texts), default=8)
        for place in range(count)
    ]
    widths = [min(max(12, length + 2), 60) for length in longest]
    page = book.page(name, shown.title, shown.subtitle, widths)
    page.remark(AS_EXPORTED)
    for columns in tables:
        headings = [column.heading or " " for column in columns]
        formats = [FORMATS.get(column.kind, ANY) for column in columns]
        rows = list(zip(*(column.cells for column in columns), strict=True))
        page.listing(" ", headings, rows, formats)
    for text in (*(block for block in shown.flat if isinstance(block, str)), shown.footnote, *shown.notes):
        if text:
            page.remark(text)


def _columns(block: Table | Chart) -> Sequence[Column]:
    """The columns of a table, or a chart's rows as one."""
    if isinstance(block, Table):
        return block.columns
    sides = {"From": block.low, block.axis: block.at, "To": block.high}
    numbers = [Column(heading, side, block.kind) for heading, side in sides.items() if len(side)]
    texts = {"Below": block.before, "Beyond": block.after}
    ends = [Column(heading, side) for heading, side in texts.items() if any(side)]
    return [Column("", block.labels), *numbers, *ends, *block.columns]


def _inputs_sheet(book: Book, study: Study) -> None:
    """The case, its options and criteria, screens and assumptions; scores and weights have their own sheets."""
    case, about = study.case, study.case.about
    note = "What was put in. Scores and swing points stand on sheets of their own."
    page = book.page("inputs", about.title, note, (30, 44, 50, 50, 46, 46, 10, 12, 44))
    page.facts(
        {
            "Question": about.question,
            "Decision maker": about.decision_maker,
            "As of": about.as_of.isoformat() if about.as_of else "latest judgements",
            "Authors": joined(about.authors) if about.authors else "",
            "Disclaimer": about.disclaimer,
        }
    )
    page.listing(
        "Options",
        [
            "Id",
            "Option",
            "What it means",
            "How it works",
            "Main risk",
            "What would lessen it",
            "Effort, of 10",
            "Months to effect",
            "Evidence",
        ],
        _labelled(case.options, "name description mechanism risk mitigation effort time_to_effect evidence"),
    )
    page.listing(
        "Criteria",
        ["Id", "Criterion", "Question", "Worth 0 means", "Worth 100 means", "Unit", "Worst", "Best", "Bent through"],
        _labelled(case.criteria, "name question worst_means best_means unit worst best shape"),
    )
    if len(case.screens):
        screens = case.screens.reset_index("screen")
        page.listing(
            "Screens: what fails one stays visible, with its reason, and is not ranked",
            ["Option", "Screen", "Why", "Evidence", "Passes"],
            _labelled(screens, "screen reason evidence passes"),
        )
    if len(case.assumptions):
        page.listing(
            "Assumptions",
            [
                "Id",
                "Assumption",
                "Sign that it fails",
                "What would make it hold",
                "If it fails",
                "Evidence",
                "Load-bearing",
                "Vulnerable",
            ],
            _labelled(case.assumptions, "statement signpost shaping hedge evidence load_bearing vulnerable"),
        )


def _evidence_sheet(book: Book, study: Study) -> None:
    """Every item of evidence known on the case's date."""
    evidence = study.case.evidence
    if evidence.empty:
        return
    page = book.page(
        "evidence",
        f"{len(evidence)} items of evidence from {evidence['source'].nunique()} public sources",
        "Credibility of the item: 1 (confirmed) to 5; 6 cannot be judged. The reliability of its source, on the sheet "
        "sources, is graded apart; the two are never averaged.",
        (30, 70, 26, 14, 12, 12, 14),
    )
    headings = ["Item", "Claim, in our words", "Source", "Where", "Happened", "Credibility", "Status"]
    page.listing("", headings, _labelled(evidence, "claim source where happened credibility status"))


def _sources_sheet(book: Book, study: Study) -> None:
    """The sources of the evidence, with their grades."""
    case = study.case
    used = case.sources[case.sources.index.isin(case.evidence["source"])]
    if used.empty:
        return
    page = book.page(
        "sources",
        f"{len(used)} public sources, graded for reliability",
        "A (completely reliable) to E; F cannot be judged. Addresses are given as recorded, as plain text.",
        (24, 44, 26, 12, 16, 11, 60, 40),
    )
    headings = ["Source", "Title", "Publisher", "Published", "Kind", "Reliability", "Note", "Address"]
    page.listing("", headings, _labelled(used, "title publisher published kind reliability note address"))


def _provenance_sheet(book: Book, study: Study) -> None:
    """What the file was made from, and how to check that nothing has changed since."""
    page = book.page(
        "provenance",
        "This workbook was made from the inputs named here and can be made again",
        "The command aukus-mcda verify with this file's name says whether the case has changed since and whether "
        "this file was saved again or edited.",
        (34, 120),
    )
    page.listing("", ["What", "Which"], study.provenance.items())


def _labelled(table: pd.DataFrame, columns: str) -> list[tuple[Any, ...]]:
    """Rows of some columns of a table, each after its label."""
    return list(table[columns.split()].itertuples(name=None))
