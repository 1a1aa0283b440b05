from .figures import plot_acceptability as plot_acceptability
from .figures import plot_attribution as plot_attribution
from .figures import plot_bump as plot_bump
from .figures import plot_contributions as plot_contributions
from .figures import plot_core as plot_core
from .figures import plot_disagreement as plot_disagreement
from .figures import plot_frontier as plot_frontier
from .figures import plot_information as plot_information
from .figures import plot_profiles as plot_profiles
from .figures import plot_ranking as plot_ranking
from .figures import plot_regret as plot_regret
from .figures import plot_stability as plot_stability
from .figures import plot_sweep as plot_sweep
from .figures import plot_values as plot_values
from .page import export_one_page as export_one_page
from .slides import export_slides as export_slides
from .stamps import verify as verify
from .workbook import export_workbook as export_workbook

__all__: list[str]
