"""One branch of a case's value tree by itself, and its weights put back among the others."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from ..case import Case
from ..errors import WeightsError, listed
from ..weights import Weights, equal, swing
from .payload import tree_points


def beneath(case: Case, parent: str) -> dict[str, str]:
    """Node to parent for the part of the value tree beneath a criterion, whose children become roots."""
    if parent and parent not in case.criteria.index:
        raise WeightsError(f"No criterion called {parent}. There are: {listed(case.criteria.index)}.")
    tree = case.criteria["parent"]
    found = {node: "" if above == parent else above for node, above in tree.items() if _is_beneath(tree, node, parent)}
    if not found:
        raise WeightsError(f"{parent} has no criteria beneath it to compare.")
    return found


def _is_beneath(tree: pd.Series, node: str, parent: str) -> bool:
    above = tree[node]
    return bool(above == parent) or (above != "" and _is_beneath(tree, above, parent))


def grafted(case: Case, made: Weights, kept: Weights | None) -> Weights:
    """A branch's weights put into the case's: those saved, else the profile ``baseline``, the first one, or equal."""
    if kept is None and case.profiles:
        kept = case.profile("baseline" if "baseline" in case.profiles else case.profiles[0])
    kept = equal(case.leaves, anchors=case.anchors_digest) if kept is None else kept
    points, inside = tree_points(case, kept), made.points.index
    points[inside] = made.points[inside]
    ends = {}
    for word in ("low", "high"):
        before = points if kept.point_range is None else kept.point_range[word].reindex(points.index)
        ends[word] = before.fillna(points)
        ends[word][inside] = (made.points if made.point_range is None else made.point_range[word])[inside]
    apart = {pair: times for pair, times in kept.details.get("ratios", {}).items() if pair[0] not in inside}
    ratios = apart | dict(made.details.get("ratios", {}))
    whole = swing(
        points,
        parents=case.criteria["parent"],
        low=ends["low"],
        high=ends["high"],
        ratios=ratios or None,
        anchors=case.anchors_digest,
    )
    if made.method == "swing":
        return whole
    return replace(
        whole, method=f"{kept.method}, a branch by {made.method}", findings=(*whole.findings, *made.findings)
    )
