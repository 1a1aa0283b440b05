"""The case: tables read and checked once, every fault at once, values on the anchors a criterion declares.

A `Case` is frozen and keyed by the ids of its rows; nothing past this room checks shapes again.
It is read from a folder, a workbook or frames, and what is bad practice in it is a finding.
"""

from .case import Case
from .findings import findings_on, one_to_choose
from .reading import input_files, load_case, shipped
from .tables import ABOUT, DATE, FILE_ID, GREATEST, RESOURCE, TABLES
from .values import Z95, BrokenLine, UncertainValue, judged, uncertain_values
from .writing import affirm, clock, moment, prescribed, replacing

__all__ = [
    "ABOUT",
    "DATE",
    "FILE_ID",
    "GREATEST",
    "RESOURCE",
    "TABLES",
    "Z95",
    "BrokenLine",
    "Case",
    "UncertainValue",
    "affirm",
    "clock",
    "findings_on",
    "input_files",
    "judged",
    "load_case",
    "moment",
    "one_to_choose",
    "prescribed",
    "replacing",
    "shipped",
    "uncertain_values",
]
