"""A package in phases: what takes effect now, next and later."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd

from ..case import Case
from ..errors import AukusMcdaError, is_number

PHASES = ("now", "next", "later")
UNKNOWN = "not judged"
HORIZONS = (24.0, 60.0)
"""Months by which what takes effect counts as now, and as next: two years and five."""


def phases(case: Case, options: Sequence[str], *, horizons: tuple[float, float] = HORIZONS) -> pd.DataFrame:
    """When each option of a package starts and takes effect.

    An option starts once all that it requires has taken effect, and takes effect
    ``time_to_effect`` months later. So no option is in an earlier phase than one it
    requires. Where a time is missing the phase is ``not judged``, also for all that
    waits for it.

    Parameters
    ----------
    case : Case
    options : sequence of str
        Those of the package. What they require and is not among them is taken to be there.
    horizons : tuple of float
        Months by which an option must take effect to count as now, and as next.

    Returns
    -------
    DataFrame
        By option, in order of effect: starts and effect (months from the decision), phase,
        waits_for (ids joined by ``;``) and effort.

    Raises
    ------
    AukusMcdaError
        When the horizons are not two rising numbers.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> phases(load_case("aukus_plus_two"), ["forward_laydown", "info_umbrella"])[["starts", "effect", "phase"]]
                     starts  effect  phase
    option
    info_umbrella       0.0    24.0    now
    forward_laydown    24.0    66.0  later
    """
    two = isinstance(horizons, Sequence) and len(horizons) == 2 and all(map(is_number, horizons))
    if not two or not 0 <= horizons[0] < horizons[1]:
        raise AukusMcdaError(f"Give two numbers of months as horizons, the shorter first: {horizons!r}.")
    months, requires = case.options["time_to_effect"], case.options["requires"]
    waits = {option: [name for name in requires[option] if name in set(options)] for option in options}
    effect: dict[str, float] = {}

    def starts(option: str) -> float:
        return max((done(name) for name in waits[option]), default=0.0, key=_unknown_last)

    def done(option: str) -> float:
        if option not in effect:
            effect[option] = starts(option) + months[option]
        return effect[option]

    rows = [
        (option, starts(option), done(option), _phase(done(option), horizons), ";".join(waits[option]))
        for option in options
    ]
    table = pd.DataFrame(rows, columns=["option", "starts", "effect", "phase", "waits_for"]).set_index("option")
    table["effort"] = case.options["effort"].reindex(table.index)
    return table.sort_values("effect", kind="stable")


def _unknown_last(month: float) -> float:
    return math.inf if math.isnan(month) else month


def _phase(month: float, horizons: tuple[float, float]) -> str:
    if math.isnan(month):
        return UNKNOWN
    return PHASES[sum(month > horizon for horizon in horizons)]
