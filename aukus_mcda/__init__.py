# SPDX-License-Identifier: Apache-2.0
"""Compare ways for AUKUS to engage Japan and the Republic of Korea, and show how sure the answer is.

Start with ``case = load_case("aukus_plus_two")`` and ``rank(case, "baseline").table``.
The public names stand, once each, in ``__init__.pyi``; each is loaded when it is first used.
"""

import lazy_loader

__version__ = "0.1.0"

__getattr__, __dir__, __all__ = lazy_loader.attach_stub(__name__, __file__)
