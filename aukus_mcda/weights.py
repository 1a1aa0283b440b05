"""Swing weights: what going from worst to best on each scale is worth.

Points are given among siblings of the value tree, 100 to the biggest swing; a
leaf's weight is the product of its branch's shares. All weights are keyed by
criterion id and add up to 1 over the leaves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

import pandas as pd

from .errors import WeightsError

Points: TypeAlias = Mapping[str, float] | pd.Series


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
        The swing points the weights were made from, for every node of the tree.
    parents : pandas.Series
        The parent of every node, ``""`` for a root.
    consistency : float or None
        The method's own measure of consistency, where it has one.
    findings : tuple of str
        What a reviewer should know about these weights.
    anchors : str or None
        Digest of the anchors the swings were judged on; weights are refused for
        a case whose anchors differ. None: not tied to a case.
    """

    values: pd.Series
    method: str
    name: str = ""
    points: pd.Series = field(default_factory=lambda: pd.Series(dtype=float))
    parents: pd.Series = field(default_factory=lambda: pd.Series(dtype=str))
    consistency: float | None = None
    findings: tuple[str, ...] = ()
    anchors: str | None = None

    def change(self, points: Points) -> Weights:
        """The same weights with some swing points changed, the others kept.

        Parameters
        ----------
        points
            New swing points by criterion id, at any level of the tree.

        Raises
        ------
        WeightsError
            When a criterion is unknown or its points are not a number >= 0.

        Examples
        --------
        >>> two = swing({"deterrence": 100, "escalation": 50})
        >>> two.change({"escalation": 100}).values.to_dict()
        {'deterrence': 0.5, 'escalation': 0.5}
        """
        changed = _checked(points)
        unknown = [name for name in changed.index if name not in self.points.index]
        if unknown:
            raise WeightsError(f"No criterion called {_listed(unknown)}. There are: {_listed(self.points.index)}.")
        merged = self.points.copy()
        merged.loc[changed.index] = changed
        label = f"{self.name}, changed" if self.name else ""
        made = swing(merged, parents=self.parents)
        return replace(made, name=label, anchors=self.anchors)


def swing(points: Points, *, parents: Mapping[str, str] | pd.Series | None = None) -> Weights:
    """Weights from swing points: a leaf's weight is the product of shares down its branch.

    Parameters
    ----------
    points : mapping or Series
        Points per criterion, 100 for the biggest swing among siblings; the others
        say what their swing is worth beside it.
    parents : mapping or Series, optional
        The parent of each criterion, ``""`` for a root. Without it all criteria
        are siblings.

    Returns
    -------
    Weights
        ``.values`` over the leaves, summing to 1.

    Raises
    ------
    WeightsError
        When points are missing, negative, not numbers, or all zero among siblings.

    References
    ----------
    von Winterfeldt and Edwards (1986), *Decision Analysis and Behavioral Research*;
    Edwards and Barron (1994), doi:10.1006/obhd.1994.1087.

    Examples
    --------
    >>> swing({"reach": 100, "cost": 60, "time": 40}).values.to_dict()
    {'reach': 0.5, 'cost': 0.3, 'time': 0.2}
    >>> tree = {"gain": "", "risk": "", "war": "risk", "trade": "risk"}
    >>> swing({"gain": 100, "risk": 100, "war": 100, "trade": 25}, parents=tree).values.to_dict()
    {'gain': 0.5, 'war': 0.4, 'trade': 0.1}
    """
    given = _checked(points)
    if parents is None:
        parents = dict.fromkeys(given.index, "")
    tree = pd.Series(parents, dtype=str)
    missing = [name for name in tree.index if name not in given.index]
    unknown = [name for name in given.index if name not in tree.index]
    if missing or unknown:
        said = [f"No swing points for {_listed(missing)}."] if missing else []
        said += [f"No criterion called {_listed(unknown)}."] if unknown else []
        raise WeightsError(" ".join(said))
    given = given[tree.index]
    share = pd.Series(0.0, index=tree.index)
    for parent, siblings in given.groupby(tree, sort=False):
        total = math.fsum(siblings)
        if total == 0:
            where = f"under {parent}" if parent else "at the top of the tree"
            raise WeightsError(f"All swing points {where} are 0; at least one swing must matter.")
        share[siblings.index] = siblings / total
    leaves = [name for name in tree.index if name not in set(tree)]
    weights = pd.Series({leaf: _down_branch(leaf, tree, share) for leaf in leaves}, dtype=float)
    weights /= math.fsum(weights)
    return Weights(weights.rename("weight"), "swing", points=given, parents=tree)


def equal(criteria: Iterable[str]) -> Weights:
    """The same weight for every criterion.

    Raises
    ------
    WeightsError
        When there is no criterion or one is named twice.

    Examples
    --------
    >>> equal(["reach", "cost"]).values.to_dict()
    {'reach': 0.5, 'cost': 0.5}
    """
    names = list(criteria)
    repeated = {name for name in names if names.count(name) > 1}
    if repeated:
        raise WeightsError(f"{_listed(sorted(repeated))} named more than once.")
    return replace(swing(dict.fromkeys(names, 100.0)), method="equal")


def _down_branch(leaf: str, parents: pd.Series, share: pd.Series) -> float:
    product, node = 1.0, leaf
    while node:
        product *= share[node]
        node = parents[node]
    return product


def _checked(points: Points) -> pd.Series:
    if not isinstance(points, Mapping | pd.Series) or len(points) == 0:
        raise WeightsError("Give swing points as a mapping or Series keyed by criterion id.")
    series = pd.Series(points)
    repeated = series.index[series.index.duplicated()]
    if len(repeated):
        raise WeightsError(f"{_listed(repeated.unique())} named more than once.")
    bad = {name: value for name, value in series.items() if not _is_points(value)}
    if bad:
        said = ", ".join(f"{name} has {value!r}" for name, value in bad.items())
        raise WeightsError(f"Swing points must be finite numbers, 0 or more: {said}.")
    return series.astype(float)


def _is_points(value: Any) -> bool:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return False
    return math.isfinite(number) and number >= 0 and not isinstance(value, str | bool)


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(map(str, names))
