from .board import WeightBoard as WeightBoard
from .start import new_case as new_case
from .start import open_lab as open_lab
from .store import saved_weights as saved_weights
from .swing_guide import SwingGuide as SwingGuide

__all__: list[str]
