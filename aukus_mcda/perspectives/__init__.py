"""Other points of view: capitals, red lines, futures, all causes of doubt at once, packages, earlier dates.

Each takes a case and weights and gives a frozen result with tables;
what is drawn is drawn as in `uncertainty`.
"""

from .agreement import kendall_w
from .attribution import FACTORS, Joint, joint
from .between_dates import Vintages, vintages
from .by_capital import AUTHORS, Capitals, breaches_of, capitals
from .in_futures import Futures, Threshold, futures
from .package_choice import (
    BORDERLINE,
    CORE,
    EXTERIOR,
    LEFT_OUT,
    PHASES,
    UNKNOWN,
    Packages,
    half_effort,
    not_combined,
    packages,
)
from .scenarios import AS_JUDGED, future_names, leaders_by_profile, leads_in, regret

__all__ = [
    "AS_JUDGED",
    "AUTHORS",
    "BORDERLINE",
    "CORE",
    "EXTERIOR",
    "FACTORS",
    "LEFT_OUT",
    "PHASES",
    "UNKNOWN",
    "Capitals",
    "Futures",
    "Joint",
    "Packages",
    "Threshold",
    "Vintages",
    "breaches_of",
    "capitals",
    "future_names",
    "futures",
    "half_effort",
    "joint",
    "kendall_w",
    "leaders_by_profile",
    "leads_in",
    "not_combined",
    "packages",
    "regret",
    "vintages",
]
