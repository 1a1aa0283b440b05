"""The weight board: sliders for the value tree, the ranking and its fragility moving with them, in a notebook."""

from .board import WeightBoard
from .guides import BestWorstGuide, PairwiseGuide, SwingGuide
from .store import saved_weights

__all__ = ["BestWorstGuide", "PairwiseGuide", "SwingGuide", "WeightBoard", "saved_weights"]
