"""The place of work: the weight board, guides and notebooks in JupyterLab.

JavaScript lies beside its Python; no other room knows JupyterLab.
Other rooms get nothing from here; notebooks get what they show, loaded when it is first used.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach(
    __name__,
    submod_attrs={
        "buttons": ["export_button"],
        "showing": ["answer", "bullets", "heading", "provenance", "say"],
    },
)
