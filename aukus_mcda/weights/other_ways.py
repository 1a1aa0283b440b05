"""Weights from an order of importance alone, and from several judges."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pandas as pd

from ..errors import WeightsError, is_one_of, keyed, label_faults, listed, number_faults, refuse, shown
from ..guard import guarded
from .swing_weights import Points, Weights, shares_of

ORDER_RULES = ("roc", "rs", "rr")


@guarded(WeightsError)
def rank_order(best_first: Sequence[str | Iterable[str]], rule: str = "roc", *, anchors: str | None = None) -> Weights:
    """Weights from the order of the swings, the biggest first.

    Parameters
    ----------
    best_first : iterable
        Criterion ids, the biggest swing first. Those that tie stand in a list of
        their own: ``["a", ["b", "c"], "d"]``; each gets the average of the
        weights of the places they share.
    rule : {"roc", "rs", "rr"}
        Of n places, the k-th weighs: ``roc``, rank order centroid, the mean of
        1/k, ..., 1/n with a zero for each place before (the average of all
        weights in that order); ``rs``, rank sum, in proportion to n + 1 - k;
        ``rr``, reciprocal, in proportion to 1/k.
    anchors : str, optional
        Digest of the anchors the swings were judged on.

    Returns
    -------
    Weights
        In the order given; a finding names the ties.

    Raises
    ------
    WeightsError
        When there is no criterion, one is named twice or left blank, a group is
        empty or holds another group, or the rule is unknown.

    References
    ----------
    Barron and Barrett (1996), doi:10.1287/mnsc.42.11.1515; Stillwell, Seaver and
    Edwards (1981), doi:10.1016/0030-5073(81)90015-5.

    Examples
    --------
    >>> rank_order(["reach", "cost"]).values.to_dict()
    {'reach': 0.75, 'cost': 0.25}
    >>> rank_order(["reach", ["cost", "time"], "risk"], rule="rs").values.to_dict()
    {'reach': 0.4, 'cost': 0.25, 'time': 0.25, 'risk': 0.1}
    """
    groups = _groups(best_first)
    names = [name for group in groups for name in group]
    faults = label_faults(names)
    faults += [] if names else ["Give at least one criterion, the biggest swing first."]
    faults += (
        [] if is_one_of(rule, ORDER_RULES) else [f"No rule called {shown(rule)}. There are: {listed(ORDER_RULES)}."]
    )
    refuse(faults)
    places, start = _place_weights(len(names), rule), 0
    weights: dict[str, float] = {}
    for group in groups:
        weights |= dict.fromkeys(group, math.fsum(places[start : start + len(group)]) / len(group))
        start += len(group)
    ties = [f"{listed(group)} tie and share the average weight of their places." for group in groups if len(group) > 1]
    values = pd.Series(weights, name="weight", dtype=float)
    return Weights(values, f"rank order ({rule})", findings=tuple(ties), anchors=anchors)


def _place_weights(n: int, rule: str) -> list[float]:
    """Weights of shape (n,), the first place first; they add up to 1."""
    if rule == "roc":
        return [math.fsum(1 / i for i in range(k, n + 1)) / n for k in range(1, n + 1)]
    raw = [n + 1.0 - k if rule == "rs" else 1 / k for k in range(1, n + 1)]
    total = math.fsum(raw)
    return [weight / total for weight in raw]


def _groups(best_first: Any) -> list[list[str]]:
    """The criteria of each place; a set has no order of its own."""
    groups, faults = [], []
    for place, entry in enumerate(best_first, start=1):
        group = list(entry) if isinstance(entry, list | tuple | set | frozenset) else [entry]
        group = sorted(group, key=str) if isinstance(entry, set | frozenset) else group
        faults += [] if group else [f"Place {place} is empty."]
        odd = ["a blank id" if isinstance(name, str) else shown(name) for name in group if not _is_id(name)]
        faults += [f"Place {place} must hold criterion ids, not {listed(odd)}."] if odd else []
        groups.append(group)
    refuse(faults)
    return groups


def _is_id(name: Any) -> bool:
    return isinstance(name, str) and bool(name.strip())


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
        beyond them: `weight_range` draws between them. ``.details["judges"]`` is
        a DataFrame, judges x leaves.
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
    if not judges:
        raise WeightsError(
            "Give the judges as a mapping from a judge's name to their Weights, with at least one in it."
        )
    counts = pd.Series(1.0, index=list(judges))
    faults = _judge_faults(judges)
    if importance is not None:
        counts = keyed(importance, "The judges' importance")
        faults += number_faults(counts, "The judges' importance")
        faults += label_faults(
            counts.index, judges, missing="No importance for {}.", unknown="No judge called {}.", repeated=""
        )
        if not faults and not counts.astype(float).any():
            faults.append("Every judge has importance 0; at least one must count.")
    refuse(faults)

    counting = {judge: weights for judge, weights in judges.items() if counts[judge] > 0}
    leaves = next(iter(judges.values())).values.index
    table = pd.DataFrame({judge: weights.values for judge, weights in counting.items()}).loc[leaves]
    shares = shares_of(counts[list(counting)].astype(float))
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
    anchors, untied = _common_anchors(counting)
    return Weights(
        values,
        "geometric mean of judges",
        low=low.clip(upper=values).rename("low"),
        high=high.clip(lower=values).rename("high"),
        details={"judges": table.T.rename_axis("judge"), "importance": shares},
        findings=(*zeros, *_furthest_apart(table), *_outside(values, low, high), *untied),
        anchors=anchors,
    )


def _judge_faults(judges: Mapping[str, Weights]) -> list[str]:
    """Leaves that only some judges weigh, and swings judged between different anchors."""
    leaves = list(dict.fromkeys(leaf for weights in judges.values() for leaf in weights.values.index))
    faults = []
    by_anchors: dict[str, list[str]] = {}
    for judge, weights in judges.items():
        missing = [leaf for leaf in leaves if leaf not in weights.values.index]
        faults += [f"{judge} has no weight for {listed(missing)}, which another judge weighs."] if missing else []
        if weights.anchors is not None:
            by_anchors.setdefault(weights.anchors, []).append(judge)
    if len(by_anchors) > 1:
        sides = " and ".join(map(listed, by_anchors.values()))
        faults.append(f"{sides} judged swings between different anchors; their weights cannot be combined.")
    return faults


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


def _outside(values: pd.Series, low: pd.Series, high: pd.Series) -> list[str]:
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


def _common_anchors(judges: Mapping[str, Weights]) -> tuple[str | None, list[str]]:
    """The anchors all judges have, or None and a finding on those tied to none while others are."""
    tied = [weights.anchors for weights in judges.values() if weights.anchors is not None]
    untied = [judge for judge, weights in judges.items() if weights.anchors is None]
    if not untied or not tied:
        return (tied[0] if tied else None), []
    return None, [
        f"{listed(untied)} judged swings between anchors that are not recorded, so the combined weights are tied to "
        "no case: make sure that all judged the same scales."
    ]
