"""The ranking: the additive model, what one change or all together would do to it, exactly, and other methods.

Nothing here is drawn at random. `rank` gives scores, ranks and contributions;
other published methods are a second opinion, through pymcdm.
"""

from .additive import Ranking, rank, ranks, require_case
from .concordance import rank_agreement
from .flips import Flip, nearest_flip, never_leads, preference
from .methods import METHODS, MethodComparison, compare_methods
from .objective_weights import objective
from .problem import NOISE
from .sensitivity import break_points, leave_one_out, stability, sweep, switch_points
from .shares import competing

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
