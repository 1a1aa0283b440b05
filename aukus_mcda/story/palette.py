"""One colour an option and one a criterion, throughout the product.

The colours are Paul Tol's *muted* and *bright* qualitative schemes, which stay
apart for colour-blind readers (https://personal.sron.nl/~pault/).
"""

from __future__ import annotations

import colorsys

from ..case import Case

MUTED = (
    "#332288",
    "#44AA99",
    "#CC6677",
    "#117733",
    "#DDCC77",
    "#882255",
    "#88CCEE",
    "#999933",
    "#AA4499",
)
BRIGHT = ("#4477AA", "#EE6677", "#228833", "#CCBB44", "#66CCEE", "#AA3377")
UNCHANGED = "#777777"
SCREENED = "#DDDDDD"
INK = "#1B2A41"
FAINT = "#8A94A3"


def option_colours(case: Case) -> dict[str, str]:
    """A hex colour for each option: grey for the status quo, pale grey for what is screened out."""
    fixed = dict.fromkeys(case.screened.index, SCREENED)
    if case.about.status_quo:
        fixed[case.about.status_quo] = UNCHANGED
    coloured = [option for option in case.options.index if option not in fixed]
    return fixed | dict(zip(coloured, _series(MUTED, len(coloured)), strict=True))


def criterion_colours(case: Case) -> dict[str, str]:
    """A hex colour for each criterion at the top of the tree."""
    return dict(zip(case.roots, _series(BRIGHT, len(case.roots)), strict=True))


def _series(named: tuple[str, ...], count: int) -> list[str]:
    """The named colours, then as many evenly spaced hues as are still wanted."""
    more = count - len(named)
    hues = (colorsys.hls_to_rgb(k / more, 0.45, 0.4) for k in range(max(more, 0)))
    return [*named[:count], *("#" + "".join(f"{round(255 * c):02X}" for c in hue) for hue in hues)]
