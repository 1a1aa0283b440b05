"""How it is shown: slides, workbook, page and figures, each stamped with what it was made from.

Written to a temporary name and moved into place; the same inputs give the same bytes.
Other rooms get nothing from here; notebooks get figures, loaded when the first is drawn.
"""

import lazy_loader

FOR_NOTEBOOKS = {
    "capital_plots": ["plot_bump", "plot_disagreement"],
    "figures": [
        "plot_acceptability",
        "plot_contributions",
        "plot_information",
        "plot_profiles",
        "plot_ranking",
        "plot_stability",
        "plot_sweep",
        "plot_values",
    ],
    "future_plots": ["plot_attribution", "plot_regret"],
    "package_plots": ["plot_core", "plot_frontier"],
}
__getattr__, __dir__, __all__ = lazy_loader.attach(__name__, submod_attrs=FOR_NOTEBOOKS)
