# SPDX-License-Identifier: Apache-2.0
"""Weights from an order of importance alone, and from several judges."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Literal, TypeAlias

import numpy as np
import pandas as pd

from ..errors import WeightsError, keyed, label_faults, listed, number_faults, refuse, shown
from ..guard import guarded
from .swing_weights import Points, Weights, shares_of

OrderRule: TypeAlias = Literal["roc", "rs", "rr"]


@guarded(WeightsError)
def rank_order(
    best_first: Sequence[str | Iterable[str]], rule: OrderRule = "roc", *, anchors: str | None = None
) -> Weights:
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
    >>> from aukus_mcda import rank_order
    >>> rank_order(["reach", "cost"]).values.to_dict()
    {'reach': 0.75, 'cost': 0.25}
    >>> rank_order(["reach", ["cost", "time"], "risk"], rule="rs").values.to_dict()
    {'reach': 0.4, 'cost': 0.25, 'time': 0.25, 'risk': 0.1}
    """
    groups, faults = places_in(best_first)
    refuse(faults)
    places = iter(_place_weights(sum(map(len, groups)), rule))
    weights: dict[str, float] = {}
    for group in groups:
        weights |= dict.fromkeys(group, math.fsum(islice(places, len(group))) / len(group))
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


def places_in(best_first: Iterable[Any]) -> tuple[list[list[str]], list[str]]:
    """The criteria of each place in an order, and what is wrong with them; a set has no order of its own."""
    groups, faults = [], []
    for place, entry in enumerate(best_first, start=1):
        group = sorted(entry, key=str) if isinstance(entry, set | frozenset) else entry
        group = list(group) if isinstance(group, list | tuple) else [group]
        odd = [shown(name) for name in group if not isinstance(name, str)]
        if odd or not group:
            faults.append(f"Place {place} must hold criterion ids, not {listed(odd) or 'nothing'}.")
        groups.append(group)
    faults = faults or label_faults(name for group in groups for name in group)
    return groups, faults if groups else ["Give at least one criterion, the biggest swing first."]


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
    >>> from aukus_mcda import combine, swing
    >>> both = combine({"Ann": swing({"reach": 100, "cost": 25}), "Bo": swing({"reach": 25, "cost": 100})})
    >>> both.values.to_dict()
    {'reach': 0.5, 'cost': 0.5}
    >>> both.high.to_dict()
    {'reach': 0.8, 'cost': 0.8}
    """
    if not judges:
        raise WeightsError("Give the judges as a mapping from names to Weights, with at least one in it.")
    counts = pd.Series(1.0, index=list(judges))
    anchors = pd.Series({judge: weights.anchors for judge, weights in judges.items()}, dtype=object)
    faults = _judge_faults(judges, anchors)
    if importance is not None:
        counts = keyed(importance, "The judges' importance")
        faults += number_faults(counts, "The judges' importance")
        missing, unknown = "No importance for {}.", "No judge called {}."
        faults += label_faults(counts.index, judges, missing=missing, unknown=unknown, repeated="")
        if not faults and not counts.astype(float).any():
            faults.append("Every judge has importance 0; at least one must count.")
    refuse(faults)

    counts = counts[list(judges)].astype(float)
    counts = counts[counts > 0]
    leaves = next(iter(judges.values())).values.index
    table = pd.DataFrame({judge: judges[judge].values for judge in counts.index}).loc[leaves]
    shares = shares_of(counts)
    with np.errstate(divide="ignore"):  # the mean of a weight of 0 and others is 0
        means = np.exp((np.log(table) * shares).apply(math.fsum, axis=1))
    total = math.fsum(means)
    none = [(leaf, judge) for leaf in leaves for judge in table if table.at[leaf, judge] == 0 and table.loc[leaf].any()]
    zeros = [f"{judge} gives {leaf} no weight, others do; the geometric mean makes it 0." for leaf, judge in none]
    refuse([*zeros, "No leaf has a weight from every judge, so the mean is 0 for all of them."] if total == 0 else [])
    values = (means / total).rename("weight")
    low, high = table.min(axis=1), table.max(axis=1)
    anchors = anchors[counts.index]
    untied = anchors.index[anchors.isna()]
    findings = [*zeros, *_furthest_apart(table), *_outside(values, low, high)]
    if 0 < len(untied) < len(counts):
        tied = "so the combined weights are tied to no case: make sure that all judged the same scales."
        findings.append(f"{listed(untied)} judged swings between anchors that are not recorded, {tied}")
    return Weights(
        values,
        "geometric mean of judges",
        low=low.clip(upper=values).rename("low"),
        high=high.clip(lower=values).rename("high"),
        details={"judges": table.T.rename_axis("judge"), "importance": shares},
        findings=tuple(findings),
        anchors=None if len(untied) else anchors.iloc[0],
    )


def _judge_faults(judges: Mapping[str, Weights], anchors: pd.Series) -> list[str]:
    """Leaves that only some judges weigh, and swings judged between different anchors."""
    leaves = list(dict.fromkeys(leaf for weights in judges.values() for leaf in weights.values.index))
    faults = []
    for judge, weights in judges.items():
        missing = [leaf for leaf in leaves if leaf not in weights.values.index]
        faults += [f"{judge} has no weight for {listed(missing)}, which another judge weighs."] if missing else []
    sides = [listed(side.index) for _, side in anchors.groupby(anchors, sort=False)]
    apart = f"{' and '.join(sides)} judged swings between different anchors; their weights cannot be combined."
    return [*faults, apart] if len(sides) > 1 else faults


def _furthest_apart(table: pd.DataFrame) -> Iterator[str]:
    gap = table.max(axis=1) - table.min(axis=1)
    leaf = gap.idxmax()
    if gap[leaf] > 1e-12:
        judged = table.loc[leaf]
        ends = " to ".join(f"{judged[judge]:.3f} ({judge})" for judge in (judged.idxmin(), judged.idxmax()))
        yield f"The judges lie furthest apart on {leaf}: {ends}."


def _outside(values: pd.Series, low: pd.Series, high: pd.Series) -> Iterator[str]:
    """A finding on leaves whose mean, scaled to 1, lies outside what any judge said."""
    over = values.index[~values.between(low - 1e-12, high + 1e-12)]
    if len(over):
        leaves = listed(f"{leaf} ({values[leaf]:.3f}, judged {low[leaf]:.3f} to {high[leaf]:.3f})" for leaf in over)
        change = "the range is widened to hold it. Talk about these before you use it."
        yield f"Scaled to add up to 1, the mean lies outside what any judge said on {leaves}; {change}"
