"""Weights from an order of importance alone: rank order centroid, rank sum, reciprocal."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import pandas as pd

from ..errors import WeightsError, is_one_of, listed, refuse, shown
from ..guard import guarded
from .swing_weights import Weights

RULES = ("roc", "rs", "rr")


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
    repeated = sorted({name for name in names if names.count(name) > 1}, key=str)
    faults = [f"{listed(repeated)} named more than once."] if repeated else []
    faults += [] if names else ["Give at least one criterion, the biggest swing first."]
    faults += [] if is_one_of(rule, RULES) else [f"No rule called {shown(rule)}. There are: {listed(RULES)}."]
    refuse(faults)
    places, start = _place_weights(len(names), rule), 0
    weights: dict[str, float] = {}
    for group in groups:
        weights |= dict.fromkeys(group, math.fsum(places[start : start + len(group)]) / len(group))
        start += len(group)
    ties = [group for group in groups if len(group) > 1]
    said = tuple(f"{listed(group)} tie and share the average weight of their places." for group in ties)
    return Weights(
        pd.Series(weights, name="weight", dtype=float), f"rank order ({rule})", findings=said, anchors=anchors
    )


def _place_weights(n: int, rule: str) -> list[float]:
    """Weights of shape ``(n,)``, the first place first; they add up to 1."""
    if rule == "roc":
        return [math.fsum(1 / i for i in range(k, n + 1)) / n for k in range(1, n + 1)]
    raw = [n + 1.0 - k if rule == "rs" else 1 / k for k in range(1, n + 1)]
    total = math.fsum(raw)
    return [weight / total for weight in raw]


def _groups(best_first: Any) -> list[list[Any]]:
    groups, faults = [], []
    for place, entry in enumerate(best_first, start=1):
        group = list(entry) if isinstance(entry, list | tuple | set | frozenset) else [entry]
        if isinstance(entry, set | frozenset):
            group.sort(key=str)
        if not group:
            faults.append(f"Place {place} is empty.")
        bad = [name for name in group if not isinstance(name, str) or not name.strip()]
        if bad:
            said = ["a blank id" if isinstance(name, str) else shown(name) for name in bad]
            faults.append(f"Place {place} must hold criterion ids, not {listed(said)}.")
        groups.append(group)
    refuse(faults)
    return groups
