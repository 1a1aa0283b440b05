# SPDX-License-Identifier: Apache-2.0
"""The files: slides, workbook, page and the brief of them all, each stamped with what it was made from.

Written to a temporary name and moved into place; the same inputs give the same bytes.
The names it hands out stand in ``__init__.pyi``; each is loaded when it is first used, as the libraries are heavy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
