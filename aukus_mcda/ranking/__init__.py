"""The ranking: the additive model, what one change or all together would do to it, exactly, and other methods.

Nothing here is drawn at random. `rank` gives scores, ranks and contributions;
other published methods are a second opinion, through pymcdm.

Throughout, ``case`` is a `Case`, and ``weights`` a `Weights`, a profile's name, or swing points by criterion
id; weights that do not fit the case are a `WeightsError`. Options that fail a screen do not compete.
"""

from .additive import Ranking, competing, rank, ranks, require_case
from .flips import Flip, nearest_flip, never_leads, preference
from .methods import METHODS, NOISE, MethodComparison, compare_methods, rank_agreement
from .objective_weights import objective
from .sensitivity import break_points, leave_one_out, stability, sweep, switch_points

__all__ = [
    "METHODS",
    "NOISE",
    "Flip",
    "MethodComparison",
    "Ranking",
    "break_points",
    "compare_methods",
    "competing",
    "leave_one_out",
    "nearest_flip",
    "never_leads",
    "objective",
    "preference",
    "rank",
    "rank_agreement",
    "ranks",
    "require_case",
    "stability",
    "sweep",
    "switch_points",
]
