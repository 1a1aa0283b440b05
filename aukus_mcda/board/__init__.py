"""The weight board: sliders for the value tree, the ranking and its fragility moving with them, in a notebook."""

from .board import WeightBoard
from .store import saved_weights

__all__ = ["WeightBoard", "saved_weights"]
