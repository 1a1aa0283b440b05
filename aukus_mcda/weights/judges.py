"""Several judges' weights put together, and how far they lie apart."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import pandas as pd

from ..errors import WeightsError, keyed, listed, number_faults, refuse
from ..guard import guarded
from .swing_tree import shares_of
from .swing_weights import Points, Weights


@guarded(WeightsError)
def combine(judges: Mapping[str, Weights], *, importance: Points | None = None) -> Weights:
    """One set of weights from several judges: the weighted geometric mean, renormalised.

    Parameters
    ----------
    judges : mapping of str to Weights
        Each judge's weights, for the same leaves.
    importance : mapping or Series, optional
        How much each judge counts, 0 or more; all the same without it. A judge
        who counts 0 is left out of the mean and the range.

    Returns
    -------
    Weights
        ``.low`` and ``.high`` are the least and the greatest weight any judge
        gave each leaf, widened to hold the mean where scaling it to 1 takes it
        beyond them: `weight_range` draws between them. ``.details["judges"]`` is a DataFrame, judges x leaves.
        Findings name the leaf on which the judges differ most, every leaf that
        lies beyond what any judge said, every zero given by some judges only, for
        it makes the mean zero, and judges not tied to the others' anchors.
        ``.anchors`` are those all judges who count have, None if they do not.

    Raises
    ------
    WeightsError
        With every fault: no judges, leaves that differ, weights judged for
        other anchors, an importance missing, unknown, negative or zero for all,
        or zeros that leave no leaf any weight.

    References
    ----------
    Aczél and Saaty (1983), doi:10.1016/0022-2496(83)90028-7; Forman and Peniwati
    (1998), doi:10.1016/S0377-2217(97)00244-0.

    Examples
    --------
    >>> from aukus_mcda import swing
    >>> both = combine({"Ann": swing({"reach": 100, "cost": 25}), "Bo": swing({"reach": 25, "cost": 100})})
    >>> both.values.to_dict()
    {'reach': 0.5, 'cost': 0.5}
    >>> both.high.to_dict()
    {'reach': 0.8, 'cost': 0.8}
    """
    if not isinstance(judges, Mapping) or not judges:
        refuse(["Give the judges as a mapping from a judge's name to their Weights, with at least one in it."])
    strangers = [f"{judge} has {type(given).__name__}" for judge, given in judges.items() if type(given) is not Weights]
    refuse([f"Every judge needs Weights, as swing() and its like give: {listed(strangers)}."] if strangers else [])
    faults = _leaf_faults(judges) + _anchor_faults(judges)
    counts = _importance(judges, importance, faults)
    refuse(faults)

    counting = [judge for judge in judges if counts[judge] > 0]
    leaves = next(iter(judges.values())).values.index
    table = pd.DataFrame({judge: judges[judge].values for judge in counting}).loc[leaves]
    shares = shares_of(counts[counting].astype(float))
    means = pd.Series({leaf: _geometric(table.loc[leaf], shares) for leaf in leaves}, dtype=float)
    total = math.fsum(means)
    zeros = [
        f"{judge} gives {leaf} no weight, others do; the geometric mean makes it 0."
        for leaf in leaves
        for judge in counting
        if table.at[leaf, judge] == 0 and table.loc[leaf].any()
    ]
    refuse([*zeros, "No leaf has a weight from every judge, so the mean is 0 for all of them."] if total == 0 else [])
    values = (means / total).rename("weight")
    low, high = table.min(axis=1), table.max(axis=1)
    anchors, untied = _anchors({judge: judges[judge] for judge in counting})
    return Weights(
        values,
        "geometric mean of judges",
        low=low.clip(upper=values).rename("low"),
        high=high.clip(lower=values).rename("high"),
        details={"judges": table.T.rename_axis("judge"), "importance": shares},
        findings=(*zeros, *_furthest_apart(table), *_beyond(values, low, high), *untied),
        anchors=anchors,
    )


def _geometric(weights: pd.Series, shares: pd.Series) -> float:
    if (weights == 0).any():
        return 0.0
    return math.exp(math.fsum(shares[judge] * math.log(weight) for judge, weight in weights.items()))


def _furthest_apart(table: pd.DataFrame) -> list[str]:
    gap = table.max(axis=1) - table.min(axis=1)
    leaf = gap.idxmax()
    if gap[leaf] <= 1e-12:
        return []
    least, most = table.loc[leaf].idxmin(), table.loc[leaf].idxmax()
    return [
        f"The judges lie furthest apart on {leaf}: {table.at[leaf, least]:.3f} ({least}) "
        f"to {table.at[leaf, most]:.3f} ({most})."
    ]


def _beyond(values: pd.Series, low: pd.Series, high: pd.Series) -> list[str]:
    """A finding on leaves whose mean, scaled to 1, lies outside what any judge said."""
    over = [
        f"{leaf} ({values[leaf]:.3f}, judged {low[leaf]:.3f} to {high[leaf]:.3f})"
        for leaf in values.index
        if not low[leaf] - 1e-12 <= values[leaf] <= high[leaf] + 1e-12
    ]
    if not over:
        return []
    return [
        f"Scaled to add up to 1, the mean lies outside what any judge said on {listed(over)}; the range is widened to "
        "hold it. Talk about these before you use it."
    ]


def _anchors(judges: Mapping[str, Weights]) -> tuple[str | None, list[str]]:
    """The anchors all judges have, or None and a finding on those tied to none while others are."""
    tied = [given.anchors for given in judges.values() if given.anchors is not None]
    untied = [judge for judge, given in judges.items() if given.anchors is None]
    if not untied or not tied:
        return (tied[0] if tied else None), []
    return None, [
        f"{listed(untied)} judged swings between anchors that are not recorded, so the combined weights are tied to "
        "no case: make sure that all judged the same scales."
    ]


def _leaf_faults(judges: Mapping[str, Weights]) -> list[str]:
    every = list(dict.fromkeys(leaf for given in judges.values() for leaf in given.values.index))
    faults = []
    for judge, given in judges.items():
        missing = [leaf for leaf in every if leaf not in given.values.index]
        if missing:
            faults.append(f"{judge} has no weight for {listed(missing)}, which another judge weighs.")
    return faults


def _anchor_faults(judges: Mapping[str, Weights]) -> list[str]:
    groups: dict[str, list[Any]] = {}
    for judge, given in judges.items():
        if given.anchors is not None:
            groups.setdefault(given.anchors, []).append(judge)
    if len(groups) < 2:
        return []
    sides = " and ".join(listed(group) for group in groups.values())
    return [f"{sides} judged swings between different anchors; their weights cannot be combined."]


def _importance(judges: Mapping[str, Weights], importance: Points | None, faults: list[str]) -> pd.Series:
    if importance is None:
        return pd.Series(1.0, index=list(judges))
    counts = keyed(importance, "The judges' importance")
    faults += number_faults(counts, "The judges' importance")
    missing = [judge for judge in judges if judge not in counts.index]
    unknown = [judge for judge in counts.index if judge not in judges]
    faults += [f"No importance for {listed(missing)}."] if missing else []
    faults += [f"No judge called {listed(unknown)}."] if unknown else []
    if not faults and not counts.astype(float).any():
        faults.append("Every judge has importance 0; at least one must count.")
    return counts
