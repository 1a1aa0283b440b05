"""What is said: sentences and tables made from results, one module a subject, one colour an option.

Nothing here computes a result or knows a medium:
slides, workbook, page, notebook and terminal say the same.
"""

from .capital_wording import first_share, together
from .overview import beyond
from .palette import criterion_colours
from .result_tables import (
    INTERVAL,
    by_root,
    contributions_export,
    findings_table,
    interval_labels,
    methods_table,
    rank_labels,
    ranking_export,
    ranking_table,
)
from .speaker_notes import cited, described, heaviest_parts, judged, listed, notes, numeral, said_of, weighed, widest
from .wording import gained, method_name

__all__ = [
    "INTERVAL",
    "beyond",
    "by_root",
    "cited",
    "contributions_export",
    "criterion_colours",
    "described",
    "findings_table",
    "first_share",
    "gained",
    "heaviest_parts",
    "interval_labels",
    "judged",
    "listed",
    "method_name",
    "methods_table",
    "notes",
    "numeral",
    "rank_labels",
    "ranking_export",
    "ranking_table",
    "said_of",
    "together",
    "weighed",
    "widest",
]
