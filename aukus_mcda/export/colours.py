"""The colours of the product: one accent, greys, one warning; and one a criterion where lines must be told apart.

Criteria have Paul Tol's *bright* qualitative scheme, which stays apart for colour-blind readers
(https://personal.sron.nl/~pault/).
"""

from __future__ import annotations

import colorsys

from ..case import Case
from ..story import Tone

ACCENT = "#1F5A99"
GREY = "#5F6B7A"
WARN = "#B04A0F"
INK = "#1B2A41"
FAINT = "#C9D1DB"
TONES: dict[Tone, str] = {"plain": INK, "accent": ACCENT, "grey": GREY, "warn": WARN}
BRIGHT = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")


def criterion_colours(case: Case) -> dict[str, str]:
    """A hex colour for each criterion at the top of the tree: the named ones, then evenly spaced hues."""
    more = len(case.roots) - len(BRIGHT)
    hues = (colorsys.hls_to_rgb(k / more, 0.45, 0.4) for k in range(max(more, 0)))
    others = ("#" + "".join(f"{round(255 * part):02X}" for part in hue) for hue in hues)
    return dict(zip(case.roots, (*BRIGHT, *others), strict=False))


def mixed(colour: str, share: float) -> str:
    """A colour mixed with white: the share of it that stays, 0 to 1.

    Examples
    --------
    >>> mixed("#000000", 1), mixed("#000000", 0)
    ('#000000', '#FFFFFF')
    """
    parts = (int(colour[k : k + 2], 16) for k in (1, 3, 5))
    return "#" + "".join(f"{round(255 - share * (255 - part)):02X}" for part in parts)


def shade(share: float, colour: str = ACCENT) -> str:
    """A fill from nearly white (0) to the full colour (1), without the middle, on which no text can be read well."""
    return mixed(colour, 0.04 + 1.12 * share if share < 0.5 else 0.9 + 0.2 * (share - 0.5))


def readable_on(colour: str) -> str:
    """Ink or white: whichever is easier to read on a colour (WCAG 2.2 contrast)."""
    return max((INK, "#FFFFFF"), key=lambda ink: contrast(ink, colour))


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, 1 to 21, as WCAG 2.2 defines it.

    Examples
    --------
    >>> round(contrast("#000000", "#FFFFFF"), 1)
    21.0
    """
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5))
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
