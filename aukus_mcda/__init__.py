"""Compare ways for AUKUS to engage Japan and the Republic of Korea, and show how sure the answer is.

Start with ``case = load_case("aukus_plus_two")`` and ``rank(case, "baseline").table``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .acceptability import Acceptability, acceptability, draws_for, smaa
from .capitals import Capitals, capitals
from .case import Case
from .errors import AukusMcdaError, CaseError, ExportError, MethodError, StampError, WeightsError
from .futures import Futures, futures
from .packages import Packages, packages
from .ranking import Ranking, rank
from .reading import load_case
from .regret import regret
from .study import Study, study
from .vintages import Vintages, vintages
from .weights import Weights, equal, swing

if TYPE_CHECKING:
    from .agreement import kendall_w
    from .attribution import Joint, joint
    from .best_worst import bwm
    from .board import BestWorstGuide, PairwiseGuide, SwingGuide, WeightBoard, saved_weights
    from .compromise import rim, spotis, topsis, vikor
    from .concordance import rank_agreement
    from .draws import draw_weights
    from .elicitation import ElicitationLog, replay
    from .flips import Flip, nearest_flip, never_leads, preference
    from .fragility import verdict
    from .information import evidence_value, information_value, joint_information
    from .judges import combine
    from .linting import lint
    from .methods import MethodComparison, compare_methods
    from .objective_weights import objective
    from .one_page import export_one_page
    from .outranking import Preference, promethee
    from .pairwise import ahp
    from .rank_orders import rank_order
    from .sensitivity import break_points, leaders_over, leave_one_out, stability, sweep, switch_points
    from .slides import export_slides
    from .spaces import any_weights, around, between, ordered
    from .stamps import Verification, verify
    from .swing_ranges import weight_range
    from .tree_weights import over_tree
    from .verdicts import Verdict
    from .ways_to_draw import stress
    from .workbook import export_workbook
    from .yardsticks import likelihood

__version__ = "0.1.0"

__all__ = [
    "Acceptability",
    "AukusMcdaError",
    "BestWorstGuide",
    "Capitals",
    "Case",
    "CaseError",
    "ElicitationLog",
    "ExportError",
    "Flip",
    "Futures",
    "Joint",
    "MethodComparison",
    "MethodError",
    "Packages",
    "PairwiseGuide",
    "Preference",
    "Ranking",
    "StampError",
    "Study",
    "SwingGuide",
    "Verdict",
    "Verification",
    "Vintages",
    "WeightBoard",
    "Weights",
    "WeightsError",
    "acceptability",
    "ahp",
    "any_weights",
    "around",
    "between",
    "break_points",
    "bwm",
    "capitals",
    "combine",
    "compare_methods",
    "draw_weights",
    "draws_for",
    "equal",
    "evidence_value",
    "export_one_page",
    "export_slides",
    "export_workbook",
    "futures",
    "information_value",
    "joint",
    "joint_information",
    "kendall_w",
    "leaders_over",
    "leave_one_out",
    "likelihood",
    "lint",
    "load_case",
    "nearest_flip",
    "never_leads",
    "objective",
    "ordered",
    "over_tree",
    "packages",
    "preference",
    "promethee",
    "rank",
    "rank_agreement",
    "rank_order",
    "regret",
    "replay",
    "rim",
    "saved_weights",
    "smaa",
    "spotis",
    "stability",
    "stress",
    "study",
    "sweep",
    "swing",
    "switch_points",
    "topsis",
    "verdict",
    "verify",
    "vikor",
    "vintages",
    "weight_range",
]

# Loaded when first used, so that importing the package stays quick. A function named as its module
# is imported above instead: loading the module later would put the module in its place.
_LATER = {
    "agreement": ("kendall_w",),
    "attribution": ("Joint", "joint"),
    "best_worst": ("bwm",),
    "board": ("BestWorstGuide", "PairwiseGuide", "SwingGuide", "WeightBoard", "saved_weights"),
    "compromise": ("rim", "spotis", "topsis", "vikor"),
    "concordance": ("rank_agreement",),
    "draws": ("draw_weights",),
    "flips": ("Flip", "nearest_flip", "never_leads", "preference"),
    "fragility": ("verdict",),
    "information": ("evidence_value", "information_value", "joint_information"),
    "linting": ("lint",),
    "sensitivity": ("break_points", "leaders_over", "leave_one_out", "stability", "sweep", "switch_points"),
    "tree_weights": ("over_tree",),
    "verdicts": ("Verdict",),
    "ways_to_draw": ("stress",),
    "yardsticks": ("likelihood",),
    "elicitation": ("ElicitationLog", "replay"),
    "judges": ("combine",),
    "methods": ("MethodComparison", "compare_methods"),
    "objective_weights": ("objective",),
    "outranking": ("Preference", "promethee"),
    "pairwise": ("ahp",),
    "rank_orders": ("rank_order",),
    "one_page": ("export_one_page",),
    "slides": ("export_slides",),
    "stamps": ("Verification", "verify"),
    "workbook": ("export_workbook",),
    "spaces": ("any_weights", "around", "between", "ordered"),
    "swing_ranges": ("weight_range",),
}
_HOME = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
