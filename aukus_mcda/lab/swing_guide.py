# SPDX-License-Identifier: Apache-2.0
"""The guide to swing weights: one plain question a screen, every answer logged as it is given.

The browser asks and shows (`guide.js`, `swing_guide.js`), Python weighs: the
weights of a guide are the replay of its log. See docs/how-to/change-weights.md.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
import traitlets

from ..case import Case, folder_name
from ..errors import AukusMcdaError, WeightsError, listed
from ..guard import FilePath, guarded
from ..story.words import spelt
from ..weights import ANSWERS, ElicitationLog, Weights, replay
from . import store
from .browser import Reporting, nodes, read_together


@guarded(WeightsError)
class SwingGuide(Reporting):
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
        When ``parent`` is not a criterion of the case, or has none beneath it.

    Examples
    --------
    >>> from aukus_mcda import SwingGuide, load_case
    >>> guide = SwingGuide(load_case("aukus_plus_two"), work="no_such_folder")
    >>> guide.path.as_posix()
    'no_such_folder/swing.jsonl'
    """

    _esm = read_together("words.js", "page.js", "outbox.js", "guide.js", "swing_guide.js")
    _css = read_together("board.css", "swing_guide.css")
    answers = traitlets.List().tag(sync=True)
    result = traitlets.Dict().tag(sync=True)
    kept = traitlets.Dict().tag(sync=True)

    def __init__(self, case: Case, parent: str = "", *, work: FilePath | None = None, resume: bool = True) -> None:
        self.parent, parents = parent, _beneath(case, parent)
        self._log_to(case, work, f"swing{parent and '-' + folder_name(parent)}.jsonl", parents)
        answers = self._logged() if resume else []
        self._log = ElicitationLog(self.path) if answers else None
        data = self._shared_data(max((str(answer.get("at", "")) for answer in answers), default=""), resume)
        data |= {"nodes": nodes(case, parents), "within": case.criteria.at[parent, "name"] if parent else ""}
        super().__init__(data=data, answers=answers, result=self._result())
        self._follow()

    @property
    def weights(self) -> Weights:
        """The weights the answers so far amount to: the replay of the log.

        Over all leaves, or those beneath ``parent``.

        Raises
        ------
        WeightsError
            While answers are missing, saying which.
        """
        logged = replay(self.path) if self._log else None
        if logged is None or logged.weights is None:
            why = logged.unfinished if logged else "No question has been answered."
            raise WeightsError(f"These weights are not finished. {why}")
        return logged.weights

    def _logged(self) -> list[dict[str, Any]]:
        """The answers in the log, if they are about these criteria between these anchors."""
        if not self.path.exists():
            return []
        start, *answers = replay(self.path).answers or ({},)
        return answers if start.get("settings") == self._settings and start.get("method") == "swing" else []

    def _record(self, change: Any) -> None:
        super()._record(change)
        if change["new"]:
            self.answers = self._logged() if self._log else []
            self.result = self._result()
            self._follow()

    def _take(self, entry: dict[str, Any]) -> None:
        """One answer into the log; ``finish`` puts the weights where the next notebook finds them, locked if asked."""
        kind, answer = entry["kind"], entry["answer"]
        if kind == "finish":
            weights = self._whole()
            change = f"answers to the guide{self.parent and ' on '}{self.parent}"
            points, by = weights.points.to_dict(), entry["id"].rpartition(":")[0]
            store.save_weights(self.case, self.folder, points, "", weights, by=by, change=change, at=str(entry["at"]))
            if answer.get("lock"):
                lock = {"kind": "lock", "author": str(answer["lock"]), "at": entry["at"]}
                store.change_sets(self.case, self.folder, lock, weights)
            return
        if kind not in ANSWERS["swing"]:
            raise WeightsError(f"This guide does not ask for {kind!s:.40}.")
        named = [answer[name] for name in ("criterion", "a", "b") if name in answer]
        strange = [str(name) for name in named if name not in self._settings["parents"]]
        if strange:
            raise WeightsError(f"No criterion called {listed(strange)} here.")
        if self._log is None or not self.path.exists():  # somebody may have moved the folder away
            self._log = store.begun_log(self.path, self._settings)
        self._log.append(kind, at=str(entry["at"]), **answer)

    def _whole(self) -> Weights:
        """The weights of the whole tree: other branches than the one asked about stay as they are."""
        weights = self.weights
        if self.parent:
            weights = _grafted(self.case, weights, store.weights_to_begin_with(self.case, self.folder))
        return weights

    def _follow(self, _: object = None) -> None:
        """When My weights were saved, and whether they are those that the answers give."""
        try:
            saved, answered = store.read_saved(self.case, self.folder), self._whole()
        except WeightsError:
            self.kept = {}
            return
        same = saved is not None and saved.points == answered.points.to_dict()
        lock = store.read_notes(self.folder)["locked"]
        self.kept = {} if saved is None else {"at": saved.at, "same": same, "lock": lock}

    def _result(self) -> dict[str, Any]:
        """What the last screen shows: the weights, or why there are none yet."""
        try:
            weights = self.weights
        except AukusMcdaError as error:
            return {"why": spelt(str(error), self.case)}
        both = {"low": weights.low, "high": weights.high}
        ends = {name: None if end is None else end.to_dict() for name, end in both.items()}
        findings = [spelt(finding, self.case) for finding in weights.findings]
        return {"weights": weights.values.to_dict(), "findings": findings, **ends}


def _beneath(case: Case, parent: str) -> dict[str, str]:
    """Node to parent for the part of the value tree beneath a criterion, whose children become roots."""
    tree = case.criteria["parent"]
    if parent and parent not in tree.index:
        raise WeightsError(f"No criterion called {parent}. There are: {listed(tree.index)}.")
    inside = {node: above for node, above in tree.items() if not parent or parent in case.branch_of(node)[1:]}
    if not inside:
        raise WeightsError(f"{parent} has no criteria beneath it to compare.")
    return {node: "" if above == parent else above for node, above in inside.items()}


def _grafted(case: Case, branch: Weights, whole: Weights) -> Weights:
    """A branch's weights in the place of those that the whole tree had there."""
    points = branch.points.combine_first(store.tree_points(case, whole)).reindex(case.criteria.index)
    others = {pair: times for pair, times in whole.details.get("ratios", {}).items() if pair[0] not in branch.points}
    ends = pd.DataFrame({"low": points, "high": points})
    for weights, criteria in ((whole, points.index.difference(branch.points.index)), (branch, branch.points.index)):
        if weights.point_range is not None:
            ends.update(weights.point_range.reindex(criteria))
    return store.swing_on(case, points, **ends, ratios={**others, **branch.details.get("ratios", {})})
