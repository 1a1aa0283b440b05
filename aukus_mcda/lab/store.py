"""Weights kept in the analyst's working folder: the last ones set, and a log of every change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ..case import Case, replacing
from ..errors import WeightsError
from ..guard import FilePath, guarded
from ..weights import Weights, equal, swing

SAVED = "weights.json"


def work_folder(case: Case, work: str | Path | None = None) -> Path:
    """Where a case's weights are kept: ``work/<case id>`` in the folder of the notebook, unless said otherwise.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> work_folder(load_case("aukus_plus_two")).as_posix()
    'work/aukus_plus_two'
    """
    return Path("work") / folder_name(case.about.id) if work is None else Path(work)


def folder_name(name: str) -> str:
    """A case's id as the name of a folder, on any system."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:60]
    return plain if plain == name else f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


@guarded(WeightsError)
def saved_weights(case: Case, work: FilePath | None = None) -> Weights | None:
    """The weights last set on a board for this case, for use in any notebook.

    Parameters
    ----------
    case : Case
    work : str or Path, optional
        The folder they are kept in; ``work/<case id>`` if not given.

    Returns
    -------
    Weights or None
        None when no board has changed weights yet.

    Raises
    ------
    WeightsError
        When the file is damaged, or the weights were judged for other anchors or
        another value tree than this case's.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> saved_weights(load_case("aukus_plus_two"), work="no_such_folder") is None
    True
    """
    path = work_folder(case, work) / SAVED
    if not path.exists():
        return None
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        anchors, points, parents = saved["anchors"], dict(saved["points"]), dict(saved["parents"])
        profile, judged = str(saved["profile"]), dict(saved.get("judged", {}))
        ratios = {(a, b): times for a, b, times in judged.get("ratios", ())}
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise WeightsError(
            f"The saved weights in {path} cannot be read ({error}). Move the file away to begin afresh; "
            "the log beside it has every change."
        ) from error
    if anchors != case.anchors_digest:
        raise WeightsError(
            f"The weights saved in {path} were judged for swings between other anchors than this case's; "
            "a swing's worth does not carry over. Judge them again: WeightBoard(case, resume=False)."
        )
    if parents != case.criteria["parent"].to_dict():
        raise WeightsError(
            f"The weights saved in {path} belong to another value tree than this case's. "
            "Set them again: WeightBoard(case, resume=False)."
        )
    if not judged:
        return weights_from(case, points, profile)
    return swing(
        points,
        parents=case.criteria["parent"],
        low=judged.get("low"),
        high=judged.get("high"),
        ratios=ratios or None,
        anchors=case.anchors_digest,
    )


def weights_to_begin_with(case: Case, folder: Path | None) -> Weights:
    """Those saved in the folder, else the profile ``baseline``, else the first profile, else equal ones."""
    saved = None if folder is None else saved_weights(case, folder)
    if saved is not None:
        return saved
    named = [name for name in ("baseline", *case.profiles) if name in case.profiles]
    return case.profile(named[0]) if named else equal(case.leaves, anchors=case.anchors_digest)


def tree_points(case: Case, weights: Weights) -> pd.Series:
    """Swing points for every criterion, 100 for the biggest among siblings, that give these weights."""
    parents = case.criteria["parent"]
    if weights.points.index.equals(parents.index) and weights.parents.to_dict() == parents.to_dict():
        return weights.points.astype(float)
    share = pd.Series(0.0, index=parents.index)
    for leaf in case.leaves:
        share[list(case.branch_of(leaf))] += weights.values[leaf]
    most = share.groupby(parents).transform("max")
    return (100 * share / most).where(most > 0, 100.0)


def weights_from(case: Case, points: Mapping[str, float], profile: str = "", base: Weights | None = None) -> Weights:
    """Weights from swing points for the whole tree; unchanged criteria keep their low and high points.

    They are those of the profile, or of ``base``, the weights begun with, where there is no such profile.

    Raises
    ------
    WeightsError
        When criteria are missing or unknown, or points are not usable.
    """
    if profile in case.profiles:
        base = case.profile(profile)
    if base is None or set(base.points.index) != set(points):
        return swing(points, parents=case.criteria["parent"], anchors=case.anchors_digest)
    changed = {name: number for name, number in points.items() if base.points[name] != number}
    return base.change(changed) if changed else base


def save_weights(
    case: Case, folder: Path, points: Mapping[str, float], profile: str, judged: Weights | None = None
) -> None:
    """Put these points, and what was judged beside them, in the place of those saved before.

    The file is replaced in one move: whoever writes last, it stays whole.

    Raises
    ------
    ExportError
        When the folder cannot be written to.
    """
    saved = {
        "case": case.about.id,
        "anchors": case.anchors_digest,
        "profile": profile,
        "points": dict(points),
        "parents": case.criteria["parent"].to_dict(),
        "saved": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    if judged is not None:
        ends = {} if judged.point_range is None else judged.point_range.to_dict()
        saved["judged"] = ends | {
            "ratios": [[*pair, times] for pair, times in judged.details.get("ratios", {}).items()]
        }
    with replacing(folder / SAVED) as beside:
        beside.write_text(json.dumps(saved, indent=1, ensure_ascii=False), encoding="utf-8")


def saved_at(folder: Path) -> str:
    """When the weights that `saved_weights` gives were saved, ISO; blank where there are none."""
    path = folder / SAVED
    return str(json.loads(path.read_text(encoding="utf-8")).get("saved", "")) if path.exists() else ""
