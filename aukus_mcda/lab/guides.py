"""Guided elicitation: one plain question a screen, every answer logged as it is given.

The browser asks and shows (`guide.js` and a module a method), Python weighs: the
weights of a guide are the replay of its log. See docs/guides.md.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, ClassVar

import anywidget
import pandas as pd
import traitlets

from ..case import Case
from ..errors import AukusMcdaError, ExportError, WeightsError, listed
from ..guard import FilePath, guarded
from ..ranking import require_case
from ..weights import ANSWERS, LIMIT, RANDOM_INDEX, THRESHOLDS, ElicitationLog, Weights, replay
from .board import STYLE
from .branch import beneath, grafted
from .payload import nodes
from .store import Store, folder_name, judged_of, saved_weights, work_folder

HERE = Path(__file__).parent


def _script(*names: str) -> str:
    return "\n".join(
        (HERE / name).read_text(encoding="utf-8") for name in ("words.js", "page.js", "outbox.js", "guide.js", *names)
    )


@guarded(WeightsError)
class Guide(anywidget.AnyWidget):  # type: ignore[misc]
    """What the three guides share; use `SwingGuide`, `PairwiseGuide` or `BestWorstGuide`."""

    method: ClassVar[str] = ""
    _css = STYLE + (HERE / "guide.css").read_text(encoding="utf-8")
    data = traitlets.Dict().tag(sync=True)
    answers = traitlets.List().tag(sync=True)
    changes = traitlets.List().tag(sync=True)
    acknowledged = traitlets.Unicode().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        case: Case,
        parent: str = "",
        *,
        work: FilePath | None = None,
        resume: bool = True,
    ) -> None:
        require_case(case)
        folder = work_folder(case, work)
        self.case, self.parent, self.store = case, parent, Store(case, folder)
        self.parents = beneath(case, parent)
        self.path = folder / f"{self.method}{parent and '-' + folder_name(parent)}.jsonl"
        self._handled: set[str] = set()
        kept = self._logged() if resume else []
        self._started = bool(kept)
        super().__init__(data=self._shown(folder, kept, resume), answers=kept, result=self._outcome())
        self.observe(self._record, "changes")

    @property
    def weights(self) -> Weights:
        """The weights the answers so far amount to: the replay of the log.

        Over all leaves, or those beneath ``parent``.

        Raises
        ------
        WeightsError
            While answers are missing, saying which.
        """
        found = replay(self.path) if self._started else None
        if found is None or found.weights is None:
            raise WeightsError(
                f"These weights are not finished. {found.unfinished if found else 'No question has been answered.'}"
            )
        return found.weights

    def __repr__(self) -> str:
        """What to read where the widget cannot be drawn."""
        return f"{type(self).__name__} of {self.case.about.title}. Run the cell to use it."

    @property
    def _settings(self) -> dict[str, Any]:
        return {"parents": self.parents, "anchors": self.case.anchors_digest}

    def _logged(self) -> list[dict[str, Any]]:
        """The answers in the log, if they are about these criteria between these anchors."""
        if not self.path.exists():
            return []
        start, *answers = replay(self.path).answers or ({},)
        return answers if start.get("settings") == self._settings and start.get("method") == self.method else []

    def _shown(self, folder: Path, kept: list[dict[str, Any]], resume: bool) -> dict[str, Any]:
        place = f"{self.path.resolve()}|{self._settings}"
        return {
            "title": self.case.about.title,
            "marking": self.case.about.marking,
            "folder": folder.as_posix(),
            "store": hashlib.sha256(place.encode()).hexdigest()[:16],
            "saved": max((str(answer.get("at", "")) for answer in kept), default=""),
            "resume": resume,
            "nodes": nodes(self.case, self.parents),
            "within": nodes(self.case, {self.parent: ""})[0]["name"] if self.parent else "",
            "random_index": {str(n): index for n, index in RANDOM_INDEX.items()},
            "limit": LIMIT,
            "thresholds": {str(n): THRESHOLDS[n].to_dict() for n in THRESHOLDS.columns},
        }

    def _record(self, change: Any) -> None:
        """Log what the browser reports, once each, and say up to where it is safe."""
        fresh = [entry for entry in change["new"] if entry["id"] not in self._handled]
        self.fault = ""
        for entry in fresh:
            try:
                self._take(entry)
            except ExportError as error:  # the browser keeps it, and sends it again
                self.fault = str(error)
                break
            except AukusMcdaError as error:  # it will never do
                self.fault = str(error)
            self._handled.add(entry["id"])
            self.acknowledged = entry["id"]
        if fresh:
            self.answers = self._logged() if self._started else []
            self.result = self._outcome()

    def _take(self, entry: dict[str, Any]) -> None:
        """One answer into the log; ``finish`` puts the weights where the next notebook finds them."""
        kind, answer = entry["kind"], entry["answer"]
        if kind == "finish":
            self._save(self.weights)
            return
        if kind not in ANSWERS[self.method]:
            raise WeightsError(f"This guide does not ask for {kind!s:.40}.")
        named = [answer[name] for name in ("criterion", "a", "b") if name in answer]
        strange = [str(name) for name in named if name not in self.parents]
        if strange:
            raise WeightsError(f"No criterion called {listed(strange)} here.")
        log = ElicitationLog(self.path)
        if not self._started or not self.path.exists():
            self._begin(log)
        log.append(kind, at=str(entry["at"]), **answer)

    def _begin(self, log: ElicitationLog) -> None:
        """The line that says what the answers after it are about."""
        try:
            self.store.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(f"The folder {self.store.folder} cannot be made: {error.strerror}.") from error
        log.append("start", method=self.method, settings=self._settings)
        self._started = True

    def _outcome(self) -> dict[str, Any]:
        """What the last screen shows: the weights, or why there are none yet."""
        try:
            made = self.weights
        except AukusMcdaError as error:
            return {"why": str(error)}
        ends = {word: None if end is None else end.to_dict() for word, end in (("low", made.low), ("high", made.high))}
        return {"weights": made.values.to_dict(), "findings": list(made.findings), **ends}

    def _save(self, made: Weights) -> None:
        """Save as the board does; a guide to one branch leaves the weights of the others as they are."""
        if self.parent:
            made = grafted(self.case, made, saved_weights(self.case, self.store.folder))
        self.store.save(made.points.to_dict(), "", judged=judged_of(made))


class SwingGuide(Guide):
    """Swing weights, asked step by step: the biggest swing, the others beside it, a check at the end.

    Parameters
    ----------
    case : Case
    parent : str
        Ask only about the criteria beneath this one; all if not given.
    work : str or Path, optional
        The folder to log and save in; ``work/<case id>`` if not given.
    resume : bool
        False: begin afresh, whatever the log holds.

    Raises
    ------
    WeightsError
        When ``parent`` is no criterion of the case, or has none beneath it.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> guide = SwingGuide(load_case("aukus_plus_two"), work="no_such_folder")
    >>> guide.path.as_posix()
    'no_such_folder/swing.jsonl'
    """

    method = "swing"
    _esm = _script("swing_guide.js")

    def _begin(self, log: ElicitationLog) -> None:
        super()._begin(log)
        groups = pd.Series(self.parents)
        for only in groups[~groups.duplicated(keep=False)].index:  # nothing to compare it with
            log.append("points", criterion=only, points=100.0)


class PairwiseGuide(Guide):
    """AHP, pair by pair on Saaty's scale, with the consistency ratio live; parameters as for `SwingGuide`.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> PairwiseGuide(load_case("aukus_plus_two"), work="no_such_folder").method
    'ahp'
    """

    method = "ahp"
    _esm = _script("pairwise_guide.js")


class BestWorstGuide(Guide):
    """The best-worst method, with the input-based consistency ratio live; parameters as for `SwingGuide`.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> BestWorstGuide(load_case("aukus_plus_two"), work="no_such_folder").method
    'bwm'
    """

    method = "bwm"
    _esm = _script("best_worst_guide.js")
