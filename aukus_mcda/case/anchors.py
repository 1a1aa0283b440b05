"""Which scales the swing weights of a case were judged for: a short digest of each, in one line."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

import pandas as pd

ANCHORS = ["direction", "unit", "worst", "best", "worst_means", "best_means"]
"""The two ends of a swing, as a judge is shown them. A bend between them does not change what the swing is worth."""


def anchor_digests(scales: pd.DataFrame) -> dict[str, str]:
    """Eight hexadecimal digits that stand for the anchors of each scale.

    Parameters
    ----------
    scales : DataFrame
        The leaves of a value tree by id, numbers as numbers.
    """
    rows = scales[ANCHORS].astype(object).map(repr)
    return {
        str(leaf): hashlib.sha256(json.dumps(row).encode()).hexdigest()[:8]
        for leaf, row in zip(rows.index, rows.to_numpy().tolist(), strict=True)
    }


def judged_line(digests: Mapping[str, str]) -> str:
    """The entry ``weights_judged_for`` of a case that records these digests.

    Examples
    --------
    >>> judged_line({"reach": "0f3a21bc", "net cost": "77e0d1aa"})
    'reach 0f3a21bc;net cost 77e0d1aa'
    """
    return ";".join(f"{leaf} {digest}" for leaf, digest in digests.items())


def changed_scales(line: str, digests: Mapping[str, str]) -> dict[str, str]:
    """How scales differ from those an entry ``weights_judged_for`` records: ``changed``, ``new`` or ``gone``, by id.

    Examples
    --------
    >>> changed_scales("reach 0f3a21bc;net cost 77e0d1aa", {"reach": "0f3a21bc", "delay": "a4c01b7e"})
    {'delay': 'new', 'net cost': 'gone'}
    """
    recorded = {leaf: digest for leaf, _, digest in (part.rpartition(" ") for part in line.split(";") if part)}
    now = {leaf: "changed" if leaf in recorded else "new" for leaf in digests if recorded.get(leaf) != digests[leaf]}
    return now | {leaf: "gone" for leaf in recorded if leaf not in digests}
