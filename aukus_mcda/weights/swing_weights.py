"""Swing weights: what going from worst to best on each scale is worth.

Points are given among siblings of the value tree, 100 to the biggest swing; a
leaf's weight is the product of its branch's shares. All weights are keyed by
criterion id and add up to 1 over the leaves.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import pandas as pd

from ..errors import WeightsError, keyed, listed, number_faults, refuse, shown
from ..guard import OrEndless, guarded
from .swing_tree import (
    branches,
    by_siblings,
    down_branches,
    least_shares,
    most_shares,
    ratio_departure,
    ratio_faults,
    shares_of,
    splitting,
    tree_faults,
    untopped,
)

Points: TypeAlias = Mapping[str, float] | pd.Series
Ratios: TypeAlias = Mapping[tuple[str, str], float] | pd.Series


@guarded(WeightsError)
@dataclass(frozen=True, eq=False)
class Weights:
    """Weights of the leaves, and how they came about.

    Attributes
    ----------
    values : pandas.Series
        Weight per leaf, indexed by criterion id; non-negative, sums to 1.
    method : str
        How they were set, e.g. ``swing``.
    name : str
        The profile's name, or blank.
    points : pandas.Series
        The swing points the weights were made from, for every node of the tree;
        empty for other methods.
    parents : pandas.Series
        The parent of every node, ``""`` for a root.
    low, high : pandas.Series or None
        Least and greatest weight of each leaf that the answers allow; None when
        they say nothing of a range. They are bounds, each reached by itself; weights
        are drawn from what was judged, see `swing_ranges.weight_range`.
    point_range : pandas.DataFrame or None
        Low and high swing points per node, where they were given.
    consistency : float or None
        The method's own measure of consistency, where it has one.
    details : dict
        Further figures of the method, by name.
    findings : tuple of str
        What a reviewer should know about these weights.
    anchors : str or None
        Digest of the anchors the swings were judged on; weights are refused for
        a case whose anchors differ. None: not tied to a case.

    Examples
    --------
    >>> swing({"reach": 100, "cost": 25}).values.to_dict()
    {'reach': 0.8, 'cost': 0.2}
    """

    values: pd.Series
    method: str
    name: str = ""
    points: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    parents: pd.Series = field(default_factory=lambda: pd.Series(dtype=str))
    low: pd.Series | None = None
    high: pd.Series | None = None
    point_range: pd.DataFrame | None = None
    consistency: OrEndless | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    anchors: str | None = None

    @property
    def vary(self) -> bool:
        """Whether the answers allow other weights than these: low and high are given and differ."""
        return self.low is not None and self.high is not None and bool((self.high - self.low > 1e-9).any())

    @property
    def judged(self) -> pd.DataFrame:
        """Low, likely and high points by node; where no points have a range, the leaves' weights with their ends.

        Examples
        --------
        >>> swing({"reach": 100, "cost": 50}, low={"cost": 40}).judged.loc["cost"].to_dict()
        {'low': 40.0, 'likely': 50.0, 'high': 50.0}
        """
        if self.point_range is not None:
            return self.point_range.assign(likely=self.points)[["low", "likely", "high"]]
        likely = self.values
        low, high = (likely if end is None else end for end in (self.low, self.high))
        return pd.DataFrame({"low": low.clip(upper=likely), "likely": likely, "high": high.clip(lower=likely)})

    def change(self, points: Points) -> Weights:
        """The same weights with some swing points changed, the others kept.

        A changed criterion loses its low and high points; they were judged
        around the old ones.

        Parameters
        ----------
        points
            New swing points by criterion id, at any level of the tree.

        Raises
        ------
        WeightsError
            When a criterion is unknown, its points are not a number >= 0, or
            these weights were not made from swing points.

        Examples
        --------
        >>> two = swing({"deterrence": 100, "escalation": 50})
        >>> two.change({"escalation": 100}).values.to_dict()
        {'deterrence': 0.5, 'escalation': 0.5}
        """
        if self.points.empty:
            raise WeightsError(
                f"These weights come from {self.method}, not from swing points: there are none to change."
            )
        changed = keyed(points, "Swing points")
        faults = number_faults(changed, "Swing points")
        unknown = [name for name in changed.index if name not in self.points.index]
        if unknown:
            faults.append(f"No criterion called {listed(unknown)}. There are: {listed(self.points.index)}.")
        refuse(faults)
        merged = self.points.copy()
        merged.loc[changed.index] = changed.astype(float)
        kept = None if self.point_range is None else self.point_range.drop(index=changed.index)
        kept = None if kept is None or kept.empty else kept
        made = swing(
            merged,
            parents=self.parents,
            low=None if kept is None else kept["low"],
            high=None if kept is None else kept["high"],
            ratios=self.details.get("ratios"),
            anchors=self.anchors,
        )
        return replace(made, name=f"{self.name}, changed" if self.name else "")


@guarded(WeightsError)
def swing(
    points: Points,
    *,
    parents: Mapping[str, str] | pd.Series | None = None,
    low: Points | None = None,
    high: Points | None = None,
    ratios: Ratios | None = None,
    anchors: str | None = None,
) -> Weights:
    """Weights from swing points: a leaf's weight is the product of shares down its branch.

    Parameters
    ----------
    points : mapping or Series
        Points per criterion, 100 for the biggest swing among siblings; the others
        say what their swing is worth beside it.
    parents : mapping or Series, optional
        The parent of each criterion, ``""`` for a root. Without it all criteria
        are siblings.
    low, high : mapping or Series, optional
        Least and greatest points, for some or all criteria. The range of leaf
        weights they allow is in ``.low`` and ``.high``.
    ratios : mapping, optional
        Answers to control questions: ``(a, b)`` to how many times b's swing a's
        is worth, for siblings.
    anchors : str, optional
        Digest of the anchors the swings were judged on.

    Returns
    -------
    Weights
        ``.values`` over the leaves, summing to 1. With ``ratios``,
        ``.consistency`` is the factor by which the answer furthest from the
        points departs from them: 1 is perfect agreement, 1.5 half as much again.
        ``.details["branches"]`` sets each branch's share of weight beside its
        share of the leaves; a finding speaks up where, among siblings with
        unequal numbers of leaves, every share is within 0.05 of the other.

    Raises
    ------
    WeightsError
        With every fault: points missing, negative, not numbers, or all zero
        among siblings; a criterion or parent unknown, a tree that runs in a
        circle; low above points or high below; a ratio that is not above 0 or
        not between siblings.

    References
    ----------
    von Winterfeldt and Edwards (1986), *Decision Analysis and Behavioral Research*;
    Edwards and Barron (1994), doi:10.1006/obhd.1994.1087; splitting bias: Weber,
    Eisenführ and von Winterfeldt (1988), doi:10.1287/mnsc.34.4.431.

    Examples
    --------
    >>> swing({"reach": 100, "cost": 60, "time": 40}).values.to_dict()
    {'reach': 0.5, 'cost': 0.3, 'time': 0.2}
    >>> tree = {"gain": "", "risk": "", "war": "risk", "trade": "risk"}
    >>> swing({"gain": 100, "risk": 100, "war": 100, "trade": 25}, parents=tree).values.to_dict()
    {'gain': 0.5, 'war': 0.4, 'trade': 0.1}
    >>> swing({"reach": 100, "cost": 50}, ratios={("reach", "cost"): 3}).consistency
    1.5
    """
    given = keyed(points, "Swing points")
    faults = number_faults(given, "Swing points")
    tree = _tree(parents, given.index)
    missing = [name for name in tree.index if name not in given.index]
    unknown = [name for name in given.index if name not in tree.index]
    faults += [f"No swing points for {listed(missing)}."] if missing else []
    faults += [f"No criterion called {listed(unknown)}."] if unknown else []
    faults += tree_faults(tree)
    ends = {}
    for word, end in (("low", low), ("high", high)):
        if end is not None:
            ends[word] = keyed(end, f"The {word} points")
            faults += number_faults(ends[word], f"The {word} points")
            strange = [name for name in ends[word].index if name not in tree.index]
            faults += [f"The {word} points name {listed(strange)}, which is no criterion."] if strange else []
    asked = {} if ratios is None else ratios
    faults += ratio_faults(asked, tree)
    refuse(faults)

    given = given[tree.index].astype(float) + 0.0  # -0.0 becomes 0.0
    range_ = pd.DataFrame({word: ends.get(word, given).reindex(tree.index) for word in ("low", "high")}, dtype=float)
    range_ = range_.apply(lambda end: end.fillna(given)) + 0.0
    for name, low_end, high_end in range_.itertuples():
        if not low_end <= given[name] <= high_end:
            faults.append(f"{name} has {shown(given[name])} points, outside {shown(low_end)} to {shown(high_end)}.")
    for parent, siblings in given.groupby(tree, sort=False):
        if not siblings.any():
            where = f"under {parent}" if parent else "at the top of the tree"
            faults.append(f"All swing points {where} are 0; at least one swing must matter.")
    refuse(faults)

    leaves = [name for name in tree.index if name not in set(tree)]
    shares = by_siblings(shares_of, given, tree)
    weights = down_branches(shares, tree, leaves)
    weights /= math.fsum(weights)
    table = branches(shares, tree)
    consistency, said = ratio_departure(dict(asked.items()), given)
    return Weights(
        weights.rename("weight"),
        "swing",
        points=given,
        parents=tree,
        low=_end(least_shares, range_, tree, leaves).clip(upper=weights).rename("low") if ends else None,
        high=_end(most_shares, range_, tree, leaves).clip(lower=weights).rename("high") if ends else None,
        point_range=range_ if ends else None,
        consistency=consistency,
        details={"branches": table} | ({"ratios": dict(asked.items())} if len(asked) else {}),
        findings=(*untopped(given, tree), *splitting(table), *said),
        anchors=anchors,
    )


@guarded(WeightsError)
def equal(criteria: Iterable[str], *, anchors: str | None = None) -> Weights:
    """The same weight for every criterion.

    Raises
    ------
    WeightsError
        When there is no criterion, or one is named twice or is no id.

    Examples
    --------
    >>> equal(["reach", "cost"]).values.to_dict()
    {'reach': 0.5, 'cost': 0.5}
    """
    names = list(criteria)
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise WeightsError(f"{listed(sorted(repeated, key=str))} named more than once.")
    return replace(swing(dict.fromkeys(names, 100.0), anchors=anchors), method="equal")


def _end(rule: Callable[[Any], pd.Series], ends: pd.DataFrame, tree: pd.Series, leaves: list[str]) -> pd.Series:
    return down_branches(by_siblings(rule, ends, tree), tree, leaves)


def _tree(parents: Mapping[str, str] | pd.Series | None, names: pd.Index) -> pd.Series:
    if parents is None:
        return pd.Series("", index=names, dtype=object)
    if not isinstance(parents, Mapping | pd.Series):
        raise WeightsError("Give the parents as a mapping or Series keyed by criterion id.")
    return pd.Series(parents, dtype=object).fillna("")
