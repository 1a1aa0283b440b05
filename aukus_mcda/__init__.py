"""Compare ways for AUKUS to engage Japan and the Republic of Korea, and show how sure the answer is.

Start with ``case = load_case("aukus_plus_two")`` and ``rank(case, "baseline").table``.
"""

from typing import TYPE_CHECKING, Any

from .case import Case
from .errors import AukusMcdaError, CaseError, ExportError, WeightsError
from .ranking import Ranking, rank
from .reading import load_case
from .study import Study, study
from .weights import Weights, equal, swing

if TYPE_CHECKING:
    from .slides import export_slides

__version__ = "0.1.0"

__all__ = [
    "AukusMcdaError",
    "Case",
    "CaseError",
    "ExportError",
    "Ranking",
    "Study",
    "Weights",
    "WeightsError",
    "equal",
    "export_slides",
    "load_case",
    "rank",
    "study",
    "swing",
]


def __getattr__(name: str) -> Any:
    """Load what needs python-pptx only when it is used: importing the package stays quick."""
    if name == "export_slides":
        from .slides import export_slides

        return export_slides
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
