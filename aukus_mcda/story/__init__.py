# SPDX-License-Identifier: Apache-2.0
"""Exhibits made from results, one module a subject, which every medium draws.

Nothing here computes a result or knows a medium:
slides, workbook, page, notebook and terminal show the same.
"""

from ..form import MOST_LETTERS, Chart, Column, Exhibit, Kind, Piece, Table, Tone
from .about_case import GRADES
from .about_sureness import NO_RANGE
from .overview import (
    ANNEX,
    AUDIENCES,
    CHOICES,
    EXHIBITS,
    MORE_TABLES,
    ON_SCREEN,
    STORY,
    audience_faults,
    built,
    exhibit,
    exhibits,
    nothing_on,
)
from .words import (
    first_in_trials,
    judged_by,
    not_varied,
    own_changes,
    own_changes_listed,
    rank_labels,
    spelt,
    understood,
    weights_of,
    what_was_drawn,
    who_leads,
    whose,
)
