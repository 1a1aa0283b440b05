# SPDX-License-Identifier: Apache-2.0
"""How an exhibit looks: colours, measures, and slides, pictures and HTML drawn by them.

The files that hold them are made in `export`; the parts of an Office file, which both know, are here.
The names it hands out stand in ``__init__.pyi``; each is loaded when it is first used, as the libraries are heavy.
"""

import lazy_loader

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
