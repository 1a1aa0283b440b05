from .board import WeightBoard as WeightBoard
from .notebook import bullets as bullets
from .notebook import conclude as conclude
from .notebook import export_button as export_button
from .notebook import footnote as footnote
from .notebook import heading as heading
from .notebook import say as say
from .start import new_case as new_case
from .start import open_lab as open_lab
from .store import saved_weights as saved_weights
from .swing_guide import SwingGuide as SwingGuide

__all__: list[str]
