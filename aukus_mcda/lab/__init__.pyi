from .board import WeightBoard as WeightBoard
from .buttons import export_button as export_button
from .guides import SwingGuide as SwingGuide
from .showing import answer as answer
from .showing import bullets as bullets
from .showing import heading as heading
from .showing import provenance as provenance
from .showing import say as say
from .start import new_case as new_case
from .start import open_lab as open_lab
from .store import saved_weights as saved_weights

__all__: list[str]
