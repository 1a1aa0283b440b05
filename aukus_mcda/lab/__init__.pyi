from .board import WeightBoard as WeightBoard
from .browser import choose as choose
from .browser import opening as opening
from .export_panel import ExportPanel as ExportPanel
from .export_panel import export_html as export_html
from .guides import SwingGuide as SwingGuide
from .guides import TradeOffCheck as TradeOffCheck
from .guides import ValueGuide as ValueGuide
from .score_sheet import ScoreSheet as ScoreSheet
from .start import new_case as new_case
from .start import open_lab as open_lab
from .store import current_weights as current_weights
from .store import saved_weights as saved_weights

__all__: list[str]
