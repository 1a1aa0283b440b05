"""The weights set on a board, kept in the analyst's working folder: the last ones, and a log of every change."""

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
from ..weights import ElicitationLog, Weights, swing


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
        kept = json.loads(path.read_text(encoding="utf-8"))
        anchors, points, parents = kept["anchors"], dict(kept["points"]), dict(kept["parents"])
        profile = str(kept["profile"])
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
    return judged_from(case, points, kept["judged"]) if "judged" in kept else weights_from(case, points, profile)


def judged_of(made: Weights) -> dict[str, Any]:
    """What was judged beside the points: ranges, control answers, consistency, findings; see `judged_from`."""
    ends = {word: None if made.point_range is None else made.point_range[word].to_dict() for word in ("low", "high")}
    return {
        "method": made.method,
        "consistency": made.consistency,
        "findings": list(made.findings),
        "ratios": [[a, b, times] for (a, b), times in made.details.get("ratios", {}).items()],
        "details": {name: made.details[name] for name in ("consistency_ratios",) if name in made.details},
        **ends,
    }


def judged_from(case: Case, points: Mapping[str, float], judged: Mapping[str, Any]) -> Weights:
    """Weights saved with all that a guide found out: ranges, control answers, consistency, findings."""
    try:
        ratios = {(a, b): times for a, b, times in judged["ratios"]}
        made = swing(
            points,
            parents=case.criteria["parent"],
            low=judged["low"],
            high=judged["high"],
            ratios=ratios or None,
            anchors=case.anchors_digest,
        )
        details = {**made.details, **judged["details"]}
        return replace(
            made,
            method=judged["method"],
            consistency=judged["consistency"],
            details=details,
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
    made = pd.Series(points, dtype=float)
    if profile in case.profiles:
        base = case.profile(profile)
    if base is None or set(base.points.index) != set(made.index):
        return swing(made, parents=case.criteria["parent"], anchors=case.anchors_digest)
    changed = {name: number for name, number in made.items() if base.points.get(name) != number}
    return base.change(changed) if changed else base


class Store:
    """One case's working folder, shared by all boards and notebooks that use it.

    The weights are replaced in one move, the log grows by whole lines, each holding
    all points: whoever writes last, both files stay whole.

    Parameters
    ----------
    case : Case
    folder : Path
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
            When the points are no swing points for this case.
        """
        made = weights_from(self.case, points, profile, base)
        self._opened().append("profile", name=change, points=dict(points))
        self.save(points, profile, **({} if profile in self.case.profiles else {"judged": judged_of(made)}))

    def save(self, points: Mapping[str, float], profile: str, **more: Any) -> None:
        """Put these points, and what more was judged with them, in the place of those saved before."""
        kept: dict[str, Any] = {
            "case": self.case.about.id,
            "anchors": self.case.anchors_digest,
            "profile": profile,
            "points": dict(points),
            "parents": self.case.criteria["parent"].to_dict(),
            **more,
            "saved": dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        }
        with replacing(self.folder / "weights.json") as beside:
            beside.write_text(json.dumps(kept, indent=1, ensure_ascii=False), encoding="utf-8")

    @property
    def saved_at(self) -> str:
        """When weights were last saved, ISO, or blank."""
        try:
            return str(json.loads((self.folder / "weights.json").read_text(encoding="utf-8"))["saved"])
        except (OSError, ValueError, TypeError, KeyError, RecursionError):
            return ""

    def _opened(self) -> ElicitationLog:
        """The log, with a line that says what the answers after it are about."""
        if self._log is None or not self._log.path.exists():  # somebody may have moved the folder away
            try:
                self.folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise ExportError(f"The folder {self.folder} cannot be made: {error.strerror}.") from error
            log = ElicitationLog(self.folder / "board.jsonl")
            parents = self.case.criteria["parent"].to_dict()
            log.append("start", method="swing", settings={"parents": parents, "anchors": self.case.anchors_digest})
            self._log = log
        return self._log
