"""The study as a workbook whose ranking follows when a reader changes a weight or a score."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ..analysis import Study
from ..case import replacing
from ..errors import ExportError
from ..guard import FilePath, guarded
from . import beyond_sheets as beyond
from . import live_sheets as live
from . import told_sheets as told
from .sheets import Book
from .stamps import stamp

Sheet = Callable[[Book, Study], None]

WRITTEN: tuple[Sheet, ...] = (
    live.scores,
    live.weights,
    live.values,
    live.contributions,
    live.ranking,
    live.order_beside_weights,
    told.acceptability,
    told.sensitivity,
    told.profiles,
    beyond.capitals,
    beyond.futures,
    beyond.uncertainty,
    beyond.packages,
    told.findings,
    told.inputs,
    told.evidence,
    told.sources,
    told.provenance,
)
"""A function a sheet, in the order in which their formulas need each other."""
SHOWN = (
    "ranking",
    "weights",
    "values",
    "contributions",
    "acceptability",
    "sensitivity",
    "profiles",
    "capitals",
    "futures",
    "uncertainty",
    "packages",
    "findings",
    "inputs",
    "scores",
    "evidence",
    "sources",
    "provenance",
)
"""The sheets in the order a reader wants them; one with nothing to show is left out."""


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
    for sheet in WRITTEN:
        sheet(book, study)
    book.file._sheets.sort(key=lambda sheet: SHOWN.index(sheet.title))
    book.file.active = 0
    book.file.calculation.fullCalcOnLoad = True
    book.file.properties.title, book.file.properties.creator = study.case.about.title, "aukus-mcda"
    with replacing(Path(path)) as beside:
        book.file.save(beside)
        stamp(beside, study, change=book.fill_results)
    return Path(path)
