# SPDX-License-Identifier: Apache-2.0
"""The study as a workbook: a start whose answer follows the weights, a sheet an exhibit, what was put in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from openpyxl.utils import quote_sheetname
from openpyxl.worksheet.hyperlink import Hyperlink

from ..case import TABLES
from ..errors import ExportError
from ..guard import XlsxPath, guarded
from ..story import EXHIBITS, GRADES, Chart, Column, Exhibit, Table, exhibits
from ..text import joined
from .live_sheets import write_live_sheets
from .sheets import AS_EXPORTED, BOLD, FLUSH, LINK, NORMAL, PUT_IN, TABS, Book, condensed, put, widths_of
from .stamps import write_stamped

if TYPE_CHECKING:
    from ..analysis import Study

ELSEWHERE = ("cover", "values", "sources")
"""Exhibits that the start, a sheet that calculates, and the whole list of sources stand in place of."""
TAKEN = ("ranking", "weights")
"""Names of the sheets that calculate."""
WHAT_TO_CHANGE = (
    "Yellow cells are yours to change; the rest is protected against slips, without a password.",
    "Choose above whose weights count. Give points of your own on the sheet weights, likely scores on scores.",
    "Whether the case has changed since, or this file was saved again: aukus-mcda verify, with this file's name.",
)
IN_THE_CASE = tuple(name for name in TABLES if name not in ("scores", "weights", "sources", "evidence"))


@guarded(ExportError)
def export_workbook(study: Study, path: XlsxPath, *, audience: str | None = None) -> Path:
    """Write a study as an .xlsx whose ranking is computed by Excel itself, from its own sheets.

    Parameters
    ----------
    study : Study
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.
    audience : str, optional
        ``us`` or ``uk``: whose words for likelihood are used; the case's own when not given.

    Returns
    -------
    Path
        The file written; the same bytes for the same study.

    Raises
    ------
    ExportError
        When there is no such audience, or the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import export_workbook, load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_workbook(study(load_case("starter"), draws=2_000), folder.name + "/workbook.xlsx").name
    'workbook.xlsx'
    >>> folder.cleanup()
    """
    book = Book(study.case.about.marking)
    book.file.remove(book.file.active)
    write_live_sheets(book, study)
    names = [name for name in EXHIBITS if name not in ELSEWHERE]
    for name, shown in exhibits(study, audience, names):
        if any(not isinstance(block, str) for block in shown.flat):
            _exhibit_sheet(book, f"{name} as exported" if name in TAKEN else name, shown, AS_EXPORTED)
    for name, shown in _put_in(study):
        _exhibit_sheet(book, name, shown, PUT_IN)
    _contents(book)
    book.freeze()
    book.file.calculation.fullCalcOnLoad = True
    book.file.properties.title, book.file.properties.creator = study.case.about.title, "aukus-mcda"
    return write_stamped(path, study, book.file.save, book.fill_results)


def _contents(book: Book) -> None:
    """At the end of the start: what to change and where, and each sheet with what it shows."""
    page = book.pages["start"]
    page.across("What to change, and where", BOLD)
    for text in WHAT_TO_CHANGE:
        page.across(text)
    for kind in TABS:
        page.row += 1
        page.across(kind, BOLD)
        for name, other in book.pages.items():
            if other.kind == kind and other is not page:
                link = put(page.sheet.cell(page.row, 2), name)
                link.font, link.alignment = LINK, FLUSH
                link.hyperlink = Hyperlink(ref=link.coordinate, location=f"{quote_sheetname(name)}!A1")
                page.across(other.title, NORMAL, left=3)


def _exhibit_sheet(book: Book, name: str, shown: Exhibit, kind: str) -> None:
    """An exhibit: its title and figures, its tables and the rows of its charts, how to read it, and its notes."""
    blocks = [block if isinstance(block, str) else _table(block) for block in shown.flat]
    widths = widths_of([block for block in blocks if isinstance(block, Table)])
    page = book.page(name, shown.title, shown.subtitle, widths, kind)
    if kind == AS_EXPORTED:
        page.across("Computed for the weights and scores as exported; it does not follow a change.")
    for block in blocks:
        page.row += 1
        if isinstance(block, str):
            page.across(block, BOLD if kind == PUT_IN else NORMAL)
        else:
            page.table(block)
    page.row += 1
    for text in (shown.footnote, *shown.notes):
        page.across(text)


def _table(block: Table | Chart) -> Table:
    """A table as it is; the rows of a chart as one, without an end that is the same in all or is there already."""
    if isinstance(block, Table):
        return block
    there = [list(column.cells) for column in block.columns]
    ranged = len(set(block.low)) > 1
    last = "To" if ranged else block.axis
    sides = ("From", block.low if ranged else ()), (block.axis, block.at), (last, block.high)
    numbers = [Column(heading, side, block.kind) for heading, side in sides if len(side) and list(side) not in there]
    ends = [Column(each, side) for each, side in {"Below": block.before, "Beyond": block.after}.items() if any(side)]
    return Table([Column("", block.labels), *numbers, *ends, *block.columns], tones=block.tones)


def _put_in(study: Study) -> Iterator[tuple[str, Exhibit]]:
    """The tables of the case, every item of evidence known on its date, and the sources of these, as in its files."""
    case, about = study.case, study.case.about
    facts = {
        key: joined(value) if isinstance(value, tuple) else str(value) for key, value in vars(about).items() if value
    }
    blocks: list[str | Table] = [Table([Column("Entry", list(facts)), Column("Is", list(facts.values()))])]
    for name in IN_THE_CASE:
        rows = getattr(case, name)
        if len(rows):
            table, same = condensed(rows.reset_index())
            blocks += [name.capitalize(), same, table]
    yield "inputs", Exhibit(about.title, "As in the case's files; the scores stand on a sheet of their own.", blocks)
    sources = case.sources[case.sources.index.isin(case.evidence["source"])]
    for name, rows in (("register", case.evidence), ("sources", sources)):
        if len(rows):
            table, same = condensed(rows.reset_index())
            title = f"{len(case.evidence)} items of evidence from {len(sources)} public sources"
            yield name, Exhibit(title, GRADES, [same, table])
