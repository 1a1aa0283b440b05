"""Compare ways for AUKUS to engage Japan and the Republic of Korea, and show how sure the answer is.

Start with ``case = load_case("aukus_plus_two")`` and ``rank(case, "baseline").table``.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from .case import Case
from .errors import AukusMcdaError, CaseError, ExportError, MethodError, WeightsError
from .ranking import Ranking, rank
from .reading import load_case
from .study import Study, study
from .weights import Weights, equal, swing

if TYPE_CHECKING:
    from .best_worst import bwm
    from .compromise import rim, spotis, topsis, vikor
    from .concordance import rank_agreement
    from .draws import draw_weights
    from .elicitation import ElicitationLog, replay
    from .judges import combine
    from .methods import MethodComparison, compare_methods
    from .objective_weights import objective
    from .outranking import Preference, promethee
    from .pairwise import ahp
    from .rank_orders import rank_order
    from .slides import export_slides
    from .spaces import any_weights, around, between, ordered

__version__ = "0.1.0"

__all__ = [
    "AukusMcdaError",
    "Case",
    "CaseError",
    "ElicitationLog",
    "ExportError",
    "MethodComparison",
    "MethodError",
    "Preference",
    "Ranking",
    "Study",
    "Weights",
    "WeightsError",
    "ahp",
    "any_weights",
    "around",
    "between",
    "bwm",
    "combine",
    "compare_methods",
    "draw_weights",
    "equal",
    "export_slides",
    "load_case",
    "objective",
    "ordered",
    "promethee",
    "rank",
    "rank_agreement",
    "rank_order",
    "replay",
    "rim",
    "spotis",
    "study",
    "swing",
    "topsis",
    "vikor",
]

# Loaded when first used, so that importing the package stays quick.
_LATER = {
    "best_worst": ("bwm",),
    "compromise": ("rim", "spotis", "topsis", "vikor"),
    "concordance": ("rank_agreement",),
    "draws": ("draw_weights",),
    "elicitation": ("ElicitationLog", "replay"),
    "judges": ("combine",),
    "methods": ("MethodComparison", "compare_methods"),
    "objective_weights": ("objective",),
    "outranking": ("Preference", "promethee"),
    "pairwise": ("ahp",),
    "rank_orders": ("rank_order",),
    "slides": ("export_slides",),
    "spaces": ("any_weights", "around", "between", "ordered"),
}
_HOME = {name: module for module, names in _LATER.items() for name in names}


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f".{_HOME[name]}", __name__), name)


def __dir__() -> list[str]:
    return __all__
