"""What is told: exhibits made from results, one module a subject, which every medium draws.

Nothing here computes a result or knows a medium:
slides, workbook, page, notebook and terminal show the same.
"""

from .about_ranking import contributions_export, ranking_export
from .exhibit import MOST_LETTERS, Block, Chart, Column, Exhibit, Kind, Table, Tone
from .overview import ANNEX, AUDIENCES, EXHIBITS, STORY, TABLES, exhibit, exhibits
from .words import ILLUSTRATIVE, case_date, not_varied, rank_labels, what_was_drawn, who_leads, whose

__all__ = [
    "ANNEX",
    "AUDIENCES",
    "EXHIBITS",
    "ILLUSTRATIVE",
    "MOST_LETTERS",
    "STORY",
    "TABLES",
    "Block",
    "Chart",
    "Column",
    "Exhibit",
    "Kind",
    "Table",
    "Tone",
    "case_date",
    "contributions_export",
    "exhibit",
    "exhibits",
    "not_varied",
    "rank_labels",
    "ranking_export",
    "what_was_drawn",
    "who_leads",
    "whose",
]
