"""Weights kept in the analyst's working folder: the last ones set, and a log of every change."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..case import Case, replacing
from ..errors import ExportError, WeightsError, is_number, listed
from ..guard import FilePath, guarded
from ..weights import ElicitationLog, Weights, equal, swing


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
    path = work_folder(case, work) / "weights.json"
    if not path.exists():
        return None
    try:
        saved = json.loads(path.read_text(encoding="utf-8"))
        anchors, points, parents = saved["anchors"], dict(saved["points"]), dict(saved["parents"])
        profile = str(saved["profile"])
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
    return _judged_from(case, points, saved["judged"]) if "judged" in saved else weights_from(case, points, profile)


def weights_to_begin_with(case: Case, folder: Path | None) -> Weights:
    """Those saved in the folder, else the profile ``baseline``, else the first profile, else equal ones."""
    saved = None if folder is None else saved_weights(case, folder)
    if saved is not None:
        return saved
    if case.profiles:
        return case.profile("baseline" if "baseline" in case.profiles else case.profiles[0])
    return equal(case.leaves, anchors=case.anchors_digest)


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


def _judged_of(weights: Weights) -> dict[str, Any]:
    """What was judged beside the points: ranges, control answers, consistency, findings."""
    ends = {} if weights.point_range is None else weights.point_range.to_dict()
    return {
        "method": weights.method,
        "consistency": weights.consistency,
        "findings": list(weights.findings),
        "ratios": [[a, b, times] for (a, b), times in weights.details.get("ratios", {}).items()],
        "details": {name: weights.details[name] for name in ("consistency_ratios",) if name in weights.details},
        "low": ends.get("low"),
        "high": ends.get("high"),
    }


def _judged_from(case: Case, points: Mapping[str, float], judged: Mapping[str, Any]) -> Weights:
    """Weights with all that `_judged_of` saved beside their points."""
    try:
        weights = swing(
            points,
            parents=case.criteria["parent"],
            low=judged["low"],
            high=judged["high"],
            ratios={(a, b): times for a, b, times in judged["ratios"]} or None,
            anchors=case.anchors_digest,
        )
        return replace(
            weights,
            method=judged["method"],
            consistency=judged["consistency"],
            details={**weights.details, **judged["details"]},
            findings=tuple(judged["findings"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise WeightsError(
            f"The saved judgements cannot be read ({error}). The log beside them has every answer."
        ) from error


def weights_from(case: Case, points: Mapping[str, float], profile: str = "", base: Weights | None = None) -> Weights:
    """Weights from swing points for the whole tree; unchanged criteria keep their low and high points.

    They are those of the profile, or of ``base``, the weights begun with, where there is no such profile.

    Raises
    ------
    WeightsError
        When criteria are missing or unknown, or points are not usable.
    """
    wrong = [name for name, number in points.items() if not is_number(number) or number < 0]
    if wrong:
        raise WeightsError(f"Swing points must be finite numbers, 0 or more: look at {listed(wrong)}.")
    if profile in case.profiles:
        base = case.profile(profile)
    if base is None or set(base.points.index) != set(points):
        return swing(pd.Series(points, dtype=float), parents=case.criteria["parent"], anchors=case.anchors_digest)
    changed = {name: number for name, number in points.items() if base.points[name] != number}
    return base.change(changed) if changed else base


def begun_log(path: Path, case: Case, parents: Mapping[str, str]) -> ElicitationLog:
    """A log whose first line says what the answers after it are about.

    Raises
    ------
    ExportError
        When its folder cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"The folder {path.parent} cannot be made: {error.strerror}.") from error
    log = ElicitationLog(path)
    log.append("start", method="swing", settings={"parents": dict(parents), "anchors": case.anchors_digest})
    return log


class Store:
    """One case's working folder, shared by all boards and notebooks that use it.

    The weights are replaced in one move, the log grows by whole lines, each holding
    all points: whoever writes last, both files stay whole.
    """

    def __init__(self, case: Case, folder: Path) -> None:
        self.case, self.folder = case, folder
        self._log: ElicitationLog | None = None

    def record(self, change: str, points: Mapping[str, float], profile: str, base: Weights | None = None) -> None:
        """Log one change and save the weights it led to, from ``base`` where they come from no profile.

        Raises
        ------
        ExportError
            When the folder cannot be written to.
        WeightsError
            When the points are not swing points for this case.
        """
        weights = weights_from(self.case, points, profile, base)
        if self._log is None or not self._log.path.exists():  # somebody may have moved the folder away
            self._log = begun_log(self.folder / "board.jsonl", self.case, self.case.criteria["parent"])
        self._log.append("profile", name=change, points=dict(points))
        self.save(points, profile, None if profile in self.case.profiles else weights)

    def save(self, points: Mapping[str, float], profile: str, judged: Weights | None = None) -> None:
        """Put these points, and what was judged beside them, in the place of those saved before."""
        saved = {
            "case": self.case.about.id,
            "anchors": self.case.anchors_digest,
            "profile": profile,
            "points": dict(points),
            "parents": self.case.criteria["parent"].to_dict(),
            **({} if judged is None else {"judged": _judged_of(judged)}),
            "saved": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        with replacing(self.folder / "weights.json") as beside:
            beside.write_text(json.dumps(saved, indent=1, ensure_ascii=False), encoding="utf-8")

    @property
    def saved_at(self) -> str:
        """When weights were last saved, ISO, or blank."""
        try:
            return str(json.loads((self.folder / "weights.json").read_text(encoding="utf-8"))["saved"])
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return ""
