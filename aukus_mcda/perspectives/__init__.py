# SPDX-License-Identifier: Apache-2.0
"""Other points of view: capitals, red lines, futures, all causes of doubt at once, packages, earlier dates.

Each takes a case and weights and gives a frozen result with tables;
what is drawn is drawn as in `uncertainty`.
"""

from .attribution import Joint, joint
from .between_dates import Vintages, vintages
from .by_capital import Capitals, against_lines, breaches_of, capitals, kendall_w
from .in_futures import Futures, Threshold, futures
from .package_choice import BORDERLINE, CORE, EXTERIOR, LEFT_OUT, PHASES, Packages, half_effort, not_combined, packages
from .scenarios import AS_JUDGED, future_names, futures_led, leaders_by_profile, rank_in, rankings_in, regret
from .winning import Win, wins
