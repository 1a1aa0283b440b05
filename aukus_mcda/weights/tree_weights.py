"""One set of weights from the judgements of each group of siblings in the value tree."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from ..errors import WeightsError, listed, refuse
from ..guard import guarded
from .swing_tree import tree_faults
from .swing_weights import Weights, swing


@guarded(WeightsError)
def over_tree(
    parts: Mapping[str, Weights], parents: Mapping[str, str] | pd.Series, *, anchors: str | None = None
) -> Weights:
    """Weights of the leaves, from weights among siblings: a leaf's is the product down its branch.

    Parameters
    ----------
    parts : mapping
        Parent to the weights of its children, ``""`` for the top of the tree; of
        any method. A child without siblings needs none.
    parents : mapping or Series
        The parent of each criterion, ``""`` for a root.
    anchors : str, optional
        Digest of the anchors the swings were judged on.

    Returns
    -------
    Weights
        ``.points`` has the same judgements as swing points, 100 for the greatest
        of each group, and ``.point_range`` their ends when a part has any: weights
        are drawn between them, group by group. ``.consistency`` is the worst of the
        parts'; ``.details["consistency_ratios"]`` has each part's. The parts'
        findings say which part they are about.

    Raises
    ------
    WeightsError
        With every fault: a tree that is none, a group without weights, weights
        that name other criteria than their group.

    Examples
    --------
    >>> from aukus_mcda.weights.pairwise import ahp
    >>> tree = {"gain": "", "risk": "", "war": "risk", "trade": "risk"}
    >>> whole = over_tree({"": ahp({("gain", "risk"): 2}), "risk": ahp({("war", "trade"): 4})}, tree)
    >>> whole.values.round(3).to_dict()
    {'gain': 0.667, 'war': 0.267, 'trade': 0.067}
    """
    tree = pd.Series(parents, dtype=object)
    refuse(tree_faults(tree))
    judged = pd.DataFrame(100.0, index=tree.index, columns=["low", "likely", "high"])
    faults = []
    for parent, siblings in tree.groupby(tree, sort=False):
        part, names = parts.get(parent), siblings.index
        if part is None and len(names) == 1:
            continue
        if part is None:
            faults.append(f"No weights for {listed(names)}, {_where(parent)}.")
            continue
        missing = [name for name in names if name not in part.values.index]
        unknown = [name for name in part.values.index if name not in names]
        faults += [f"No weight for {listed(missing)}, {_where(parent)}."] if missing else []
        faults += [f"{listed(unknown)} is not {_where(parent)}."] if unknown else []
        if missing or unknown:
            continue
        points = (part if part.parents.eq("").all() else replace(part, point_range=None)).judged
        judged.loc[names] = 100 * (points / points["likely"].max()).loc[names]
    strange = [parent for parent in parts if parent not in set(tree)]
    refuse(faults + ([f"Nothing stands beneath {listed(strange)}."] if strange else []))

    ends = {word: judged[word] for word in ("low", "high") if any(part.low is not None for part in parts.values())}
    whole = swing(judged["likely"], parents=tree, **ends, anchors=anchors)
    ratios = {parent: part.consistency for parent, part in parts.items()}
    known = [ratio for ratio in ratios.values() if ratio is not None]
    methods = listed(dict.fromkeys(part.method for part in parts.values()))
    return replace(
        whole,
        method=methods if len(parts) == 1 else f"{methods} over a tree",
        consistency=max(known) if known else None,
        details={**whole.details, "consistency_ratios": ratios},
        findings=(
            *whole.findings,
            *(f"{parent or 'Top of the tree'}: {said}" for parent, part in parts.items() for said in part.findings),
        ),
    )


def _where(parent: str) -> str:
    return f"within {parent}" if parent else "at the top of the tree"
