# SPDX-License-Identifier: Apache-2.0
"""The ranking: the additive model, what one change or all together would do to it, exactly, and other methods.

Nothing here is drawn at random. `rank` gives scores, ranks and contributions;
other published methods are a second opinion, through pymcdm.

Throughout, ``case`` is a `Case`, and ``weights`` a `Weights`, a profile's name, or swing points by criterion
id; weights that do not fit the case are a `WeightsError`. Options that fail a screen do not compete.
"""

from .additive import Ranking, competing, competitors, rank, ranks
from .flips import Flip, nearest_flip, never_leads, preference
from .methods import METHODS, NOISE, MethodComparison, compare_methods, objective, rank_agreement
from .sensitivity import Stretch, break_points, doubt, leaders_along, leave_one_out, stability, sweep, switch_points
