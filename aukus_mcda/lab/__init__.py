# SPDX-License-Identifier: Apache-2.0
"""The place of work: the weight board, the guide and notebooks in JupyterLab.

JavaScript lies beside its Python; no other room knows JupyterLab.
The names it hands out stand in ``__init__.pyi``; each is loaded when it is first used, as the libraries are heavy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
