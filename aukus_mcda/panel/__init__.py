# SPDX-License-Identifier: Apache-2.0
"""A panel of judges: their answers checked and kept, what they think alike and apart, and the mixture of their views.

A judge's view is the case with the scores, and the weights, that the judge gave; nothing is averaged.
"""

from .answers import (
    ANSWER_FORMAT,
    LONGEST_JUDGE,
    close_panel,
    closed_rounds,
    collect,
    due_answers,
    note_asked,
    panel_digest,
    question_digest,
    require_choice,
)
from .mixture import Panel, mixture_of
