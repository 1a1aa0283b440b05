"""What a weight space is told: leaves, groups, bounds and constraints, each checked once and with a plain error."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import pandas as pd

from ..errors import WeightsError, is_number, listed, shown

Constraint: TypeAlias = tuple[Mapping[str, float], str, float]
"""Terms, sense and bound: ``({"deterrence": 1, "escalation": -2}, ">=", 0)``."""


def leaf_names(leaves: Iterable[str]) -> list[str]:
    """The leaves as a list, each named once.

    Raises
    ------
    WeightsError
        When they are no list, there is none, or one is named twice.
    """
    if isinstance(leaves, str) or not isinstance(leaves, Iterable):
        raise WeightsError(f"Give the leaves as a list of criterion ids, not {shown(leaves)}.")
    names = list(leaves)
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise WeightsError(f"{listed(repeated)} named more than once.")
    if not names:
        raise WeightsError("No criteria are named.")
    return names


def as_group(given: Any) -> tuple[str, ...]:
    """The criteria of one place in an order: one named alone, or several in a list."""
    group = (given,) if isinstance(given, str) else tuple(given) if isinstance(given, Iterable) else ()
    if not group or not all(isinstance(name, str) for name in group):
        raise WeightsError(f"Each place in the order is a criterion id or a list of some, not {shown(given)}.")
    return group


def must_match(said: list[str], leaves: list[str]) -> None:
    """Raise a `WeightsError` that lists what is missing and what is unknown, unless a space is for these leaves."""
    missing, unknown = sorted(set(leaves) - set(said)), sorted(set(said) - set(leaves))
    if missing or unknown:
        raise WeightsError(
            "The weight space must be for the leaves of the tree: "
            f"missing {listed(missing) or 'none'}; unknown {listed(unknown) or 'none'}."
        )


def as_bounds(given: Mapping[str, float] | pd.Series | None, what: str) -> dict[str, float]:
    """Low or high bounds by criterion, each a number from 0 to 1; a criterion left out has none."""
    if given is None:
        return {}
    if not isinstance(given, Mapping | pd.Series):
        raise WeightsError(f"Give the {what} bounds as a mapping or Series keyed by criterion id.")
    if len(set(given.keys())) < len(given):
        raise WeightsError(f"A criterion has more than one {what} bound.")
    bounds = {str(name): finite(bound, f"the {what} bound of {name}") for name, bound in given.items()}
    outside = [f"{name} {shown(bound)}" for name, bound in bounds.items() if not 0 <= bound <= 1]
    if outside:
        raise WeightsError(f"{what.capitalize()} bounds must be from 0 to 1: {listed(outside)}.")
    return bounds


FORM = '({"deterrence": 1, "escalation": -2}, ">=", 0)'


def as_constraint(given: Any) -> Constraint:
    """One constraint with its numbers checked."""
    try:
        terms, sense, bound = given
        pairs = dict(terms.items())
    except (AttributeError, TypeError, ValueError):
        raise WeightsError(f"A constraint has the form {FORM}, not {shown(given)}.") from None
    if len(pairs) < len(terms):
        raise WeightsError(f"A constraint names a criterion more than once: {shown(given)}.")
    if not isinstance(sense, str) or sense not in (">=", "<=", "=="):
        raise WeightsError(f"A constraint's sense is >=, <= or ==, not {shown(sense)}: {shown(given)}.")
    checked = {str(name): finite(factor, f"the factor of {name} in {shown(given)}") for name, factor in pairs.items()}
    if not any(checked.values()):
        raise WeightsError(f"A constraint needs a criterion with a factor other than 0: {shown(given)}.")
    return checked, sense, finite(bound, f"the bound in {shown(given)}")


def finite(given: Any, what: str) -> float:
    """A finite number, or a `WeightsError` that says ``what`` must be one."""
    if not is_number(given):
        raise WeightsError(f"{what[0].upper()}{what[1:]} must be a finite number: {shown(given)}.")
    return float(given)


def sum_of(terms: Mapping[str, float]) -> str:
    """The left side of a constraint in words: ``reach - 2 cost``."""
    said = ""
    for name, factor in terms.items():
        if factor:
            times = "" if abs(factor) == 1 else f"{abs(factor):g} "
            sign = "-" if factor < 0 else "+"
            said += f" {sign} {times}{name}" if said else f"{'-' if factor < 0 else ''}{times}{name}"
    return said
