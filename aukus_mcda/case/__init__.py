# SPDX-License-Identifier: Apache-2.0
"""The case: tables read and checked once, every fault at once, values on the anchors a criterion declares.

A `Case` is frozen and keyed by the ids of its rows; nothing past this room checks shapes again.
It is read from a folder, a workbook or frames, and what is bad practice in it is a finding.
"""

from .case import Case, case_from, filled
from .checks import checked_tables
from .findings import MADE_OUT, findings_on, one_to_choose, probed
from .reading import PIECE, called, input_files, load_case, own_rows_in, shipped, with_own_scores, with_shape
from .tables import ABOUT, RESOURCE, TABLES, UNJUDGED, Reading, as_text, folder_name, is_id, own_files, work_folder
from .values import Z95, BrokenLine, UncertainValue, judged, judged_ends, rounded_limits, uncertain_values
from .writing import affirm, clock, made_whole, moment, order_fonts, prescribed, replacing, write_own_rows, write_whole
