"""The value tree under swing points: shares down its branches, and what a reviewer should know of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from ..errors import is_key, is_number, label_faults, listed, shown

CLOSE = 0.05
"""Shares of weight and of leaves this near to each other suggest that counting leaves set the weights."""


def tree_faults(tree: pd.Series) -> list[str]:
    """What keeps ``tree`` (node to parent, ``""`` for a root) from being a tree."""
    repeated = tree.index[tree.index.duplicated()].unique()
    if len(repeated):
        return [f"{listed(repeated)} has more than one parent."]
    odd = [
        f"{node} has the parent {shown(parent)}, which is no id." for node, parent in tree.items() if not is_key(parent)
    ]
    if odd or label_faults(tree.index):
        return odd + label_faults(tree.index)
    faults = [
        f"{node} has the parent {parent}, which is no criterion."
        for node, parent in tree.items()
        if parent and parent not in tree.index
    ]
    for node in tree.index:
        seen, above = {node}, tree[node]
        while above in tree.index and above not in seen:
            seen.add(above)
            above = tree[above]
        if above == node:
            faults.append(f"{node} is its own ancestor.")
    return faults


def ratio_faults(ratios: Any, tree: pd.Series) -> list[str]:
    """What is wrong with ratio answers ``(a, b) -> times``, given node to parent."""
    if not isinstance(ratios, Mapping | pd.Series):
        return ["Give the ratios as a mapping from (a, b) to how many times b's swing a's is worth."]
    faults = []
    for pair, times in ratios.items():
        if not isinstance(pair, tuple) or len(pair) != 2:
            faults.append(f"A ratio is about two criteria, (a, b); {shown(pair)} is not.")
            continue
        unknown = [name for name in pair if name not in tree.index]
        if unknown:
            faults.append(f"The ratio of {pair[0]} to {pair[1]}: no criterion called {listed(unknown)}.")
        elif pair[0] == pair[1]:
            faults.append(f"The ratio of {pair[0]} to itself says nothing.")
        elif tree.index.is_unique and tree[pair[0]] != tree[pair[1]]:
            faults.append(f"The ratio of {pair[0]} to {pair[1]}: they are not siblings in the tree.")
        if not is_number(times) or times <= 0:
            faults.append(f"The ratio of {pair[0]} to {pair[1]} must be a finite number above 0, not {shown(times)}.")
    return faults


def ratio_departure(ratios: Mapping[tuple[str, str], float], points: pd.Series) -> tuple[float | None, list[str]]:
    """The greatest factor between a ratio answer and the points, and a finding on it.

    Examples
    --------
    >>> ratio_departure({("reach", "cost"): 4.0}, pd.Series({"reach": 100.0, "cost": 50.0}))[0]
    2.0
    """
    if not ratios:
        return None, []
    factors = {}
    for (a, b), times in ratios.items():
        if points[a] > 0 and points[b] > 0:
            one = float(times) * (points[b] / points[a])
            factors[a, b] = max(one, 1 / one)
        else:
            factors[a, b] = math.inf
    worst = max(sorted(factors, key=str), key=lambda pair: factors[pair])
    if factors[worst] <= 1 + 1e-9:
        return float(factors[worst]), []
    a, b = worst
    return float(factors[worst]), [
        f"The ratio answers depart from the swing points by up to a factor of {factors[worst]:.3g}: {a} was said to be "
        f"worth {ratios[worst]:.3g} times {b}, while their points are {points[a]:g} and {points[b]:g}."
    ]


def untopped(points: pd.Series, tree: pd.Series) -> list[str]:
    """Findings on siblings none of which has the 100 points of the biggest swing."""
    return [
        f"None of {listed(siblings.index)} has 100 points: the biggest swing among siblings should, and "
        "the others be judged against it."
        for _, siblings in points.groupby(tree, sort=False)
        if len(siblings) > 1 and siblings.max() != 100
    ]


def branches(shares: pd.Series, tree: pd.Series) -> pd.DataFrame:
    """Each node's share of its siblings' weight beside its share of their leaves.

    Returns
    -------
    DataFrame
        By node: parent, leaves (how many), share, share_of_leaves.
    """
    leaves = pd.Series(0, index=tree.index)
    for leaf in tree.index.difference(pd.Index(tree.unique())):
        node = leaf
        while node:
            leaves[node] += 1
            node = tree[node]
    table = pd.DataFrame({"parent": tree, "leaves": leaves, "share": shares})
    table["share_of_leaves"] = leaves / leaves.groupby(tree).transform("sum")
    return table.rename_axis("criterion")


def splitting(table: pd.DataFrame) -> list[str]:
    """Findings on branches whose weights follow the number of their leaves."""
    found = []
    for _, siblings in table.groupby("parent", sort=False):
        close = (siblings["share"] - siblings["share_of_leaves"]).abs().max() <= CLOSE
        if siblings["leaves"].nunique() > 1 and close:
            found.append(
                f"The weights of {listed(siblings.index)} follow the number of their leaves "
                f"({listed(siblings['leaves'])}): a sign of splitting bias. Ask for the branches' "
                "swings again without showing their leaves (Weber, Eisenführ and von Winterfeldt 1988)."
            )
    return found


def shares_of(points: pd.Series) -> pd.Series:
    """The share of each sibling in their points.

    Examples
    --------
    >>> shares_of(pd.Series({"reach": 100.0, "cost": 60.0, "time": 40.0})).to_dict()
    {'reach': 0.5, 'cost': 0.3, 'time': 0.2}
    """
    scaled = _scaled(points)
    return scaled / math.fsum(scaled)


def least_shares(ends: pd.DataFrame) -> pd.Series:
    """The share of each sibling with its own points ``low`` and the others' ``high``."""
    ends = _scaled(ends)
    return pd.Series({name: _share(ends.at[name, "low"], ends["high"].drop(name), 1.0) for name in ends.index})


def most_shares(ends: pd.DataFrame) -> pd.Series:
    """The share of each sibling with its own points ``high`` and the others' ``low``."""
    ends = _scaled(ends)
    return pd.Series({name: _share(ends.at[name, "high"], ends["low"].drop(name), 0.0) for name in ends.index})


def _scaled(points: Any) -> Any:
    """Points over a power of two, so that no sum overflows and no bit changes."""
    return np.ldexp(points, -math.frexp(points.to_numpy().max())[1])


def _share(own: float, others: pd.Series, neither: float) -> float:
    total = math.fsum([own, *others])
    return own / total if total else neither


def by_siblings(rule: Callable[[Any], pd.Series], points: pd.Series | pd.DataFrame, tree: pd.Series) -> pd.Series:
    """A rule applied to each group of siblings, put together again."""
    return pd.concat([rule(siblings) for _, siblings in points.groupby(tree, sort=False)])[tree.index]


def down_branches(shares: pd.Series, tree: pd.Series, leaves: Iterable[str]) -> pd.Series:
    """The product of the shares from the root down to each leaf."""

    def down(node: str) -> float:
        return down(tree[node]) * float(shares[node]) if node else 1.0

    return pd.Series({leaf: down(leaf) for leaf in leaves}, dtype=float)
