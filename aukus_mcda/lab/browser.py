"""Between Python and the browser: what a widget sends once, and what the browser reports, each change taken once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import anywidget
import numpy as np
import pandas as pd
import traitlets
from numpy.typing import NDArray

from ..case import Case
from ..errors import AukusMcdaError, ExportError, WeightsError
from ..perspectives import breaches_of
from ..ranking import competing
from ..story import criterion_colours
from ..text import titled
from ..uncertainty import BLOCK, score_draws
from ..weights import PART, SCORES, Array, ElicitationLog, SwingRange, Weights, chunk_rng, weight_range, whole
from .store import tree_points


def read_together(*names: str) -> str:
    """Files beside this one as one text: a widget has one script and one style sheet."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)


class Reporting(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget whose browser side keeps each change until it is told that Python has it; see outbox.js.

    Python logs the change. A subclass says first what about, with `_log_in`.
    """

    data = traitlets.Dict().tag(sync=True)
    changes = traitlets.List().tag(sync=True)
    acknowledged = traitlets.Unicode().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        self._taken: set[str] = set()
        super().__init__(**state)
        self.observe(self._record, "changes")

    def _log_in(self, path: Path, case: Case, parents: dict[str, str]) -> None:
        """Answers go to this file, and are about this value tree of a case, given as node to parent."""
        self.case, self.path, self.folder = case, path, path.parent
        self._settings = {"parents": parents, "anchors": case.anchors_digest}
        self._log: ElicitationLog | None = None

    def _place(self, saved: str, resume: bool) -> dict[str, Any]:
        """What the browser needs to know of this: ``saved`` is when something was last, ISO, or blank."""
        place = f"{self.path.resolve()}|{json.dumps(self._settings, sort_keys=True)}"
        return {
            "title": self.case.about.title,
            "marking": self.case.about.marking,
            "folder": self.folder.as_posix(),
            "store": hashlib.sha256(place.encode()).hexdigest()[:16],
            "saved": saved,
            "resume": resume,
        }

    def _open_log(self) -> ElicitationLog:
        """The log; a new one begins with what need not be asked, as there is nothing to compare it with.

        Raises
        ------
        ExportError
            When its folder cannot be made.
        """
        if self._log is not None and self.path.exists():  # somebody may have moved the folder away
            return self._log
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExportError(f"The folder {self.folder} cannot be made: {error.strerror}.") from error
        self._log = ElicitationLog(self.path)
        self._log.append("start", method="swing", settings=self._settings)
        groups = pd.Series(self._settings["parents"])
        for only in groups[~groups.duplicated(keep=False)].index:
            self._log.append("points", criterion=only, points=100.0)
        return self._log

    def _take(self, entry: dict[str, Any]) -> None:
        """Write one change down."""
        raise NotImplementedError

    def _record(self, change: Any) -> None:
        """Write down what is new, and tell the browser up to where it is safe, or what is wrong."""
        fault, safe = "", ""
        for entry in change["new"]:
            try:
                if entry["id"] not in self._taken:
                    self._take(entry)
            except ExportError as error:  # the browser sends it again
                fault = str(error)
                break
            except AukusMcdaError as error:  # sending it again would not help
                fault = str(error)
            safe = entry["id"]
            self._taken.add(safe)
        self.fault = fault
        self.acknowledged = safe or self.acknowledged


class DrawnSteps(NamedTuple):
    """Draws as the browser gets them, along the last axis: ``low + step * steps``, steps from 0 to 65,535."""

    low: Array
    step: Array
    steps: NDArray[np.uint16]


def in_steps(draws: Array) -> DrawnSteps:
    """Draws in 16-bit steps between the least and the greatest of each row."""
    low, high = draws.min(axis=-1), draws.max(axis=-1)
    step = (high - low) / np.iinfo(np.uint16).max
    apart = np.where(step > 0, step, 1.0)
    return DrawnSteps(low, step, np.rint((draws - low[..., None]) / apart[..., None]).astype(np.uint16))


def drawn_values(case: Case, draws: int, seed: int) -> DrawnSteps:
    """The first ``draws`` draws of scores that `smaa` makes with this seed, ``(m, k, n)``; without spread ``n = 0``.

    Raises
    ------
    WeightsError
        When ``draws`` is not a whole number from 1 to 8,192, or the seed not one from 0.
    AukusMcdaError
        When every option fails a screen.
    """
    count = whole(draws, "The number of draws", 1)
    if count > BLOCK:
        raise WeightsError(f"The board takes at most {BLOCK:,} draws, not {count:,}: smaa takes as many as you like.")
    table = competing(case)
    made, rng = score_draws(case, list(table.index), list(table.columns)), chunk_rng(seed, 0, SCORES)
    if made.certain:
        nothing = np.zeros(table.shape)
        return DrawnSteps(nothing, nothing, np.empty((*table.shape, 0), dtype=np.uint16))
    values, block = np.empty((*table.shape, count)), np.empty((table.shape[1], BLOCK))
    for option in range(len(table)):
        made.fill(rng, option, block)
        values[option] = block[:, :count]
    return in_steps(values)


class DrawnPoints(NamedTuple):
    """Swing points as judged, by node; the nodes whose points vary; and draws of those, ``(u, n)``."""

    points: dict[str, float]
    nodes: list[str]
    draws: DrawnSteps


def drawn_points(weights: Weights, draws: int, seed: int) -> DrawnPoints | None:
    """The first ``draws`` draws of swing points that `smaa` makes with this seed; None where none varies."""
    space = weight_range(weights)
    if not isinstance(space, SwingRange):
        return None
    siblings, rng = space.siblings(weights.values.index), chunk_rng(seed, 0)
    units = np.hstack([siblings.units(rng, PART) for _ in range(0, draws, PART)])[:, :draws]
    nodes = [siblings.nodes[node] for node in siblings.uncertain]
    low, high = (space.points.loc[nodes, [end]].to_numpy(dtype=float) for end in ("low", "high"))
    return DrawnPoints(weights.points.astype(float).to_dict(), nodes, in_steps(low + (high - low) * units))


def nodes(case: Case, parents: Mapping[str, str]) -> list[dict[str, str]]:
    """What is shown of each criterion of a value tree, given as node to parent."""
    colours = criterion_colours(case)
    table = case.criteria.loc[list(parents), ["name", "question", "worst_means", "best_means"]]
    table = table.rename(columns={"worst_means": "worst", "best_means": "best"}).assign(
        parent=parents, colour=[colours[case.root_of(node)] for node in parents]
    )
    return list(table.rename_axis("id").reset_index().to_dict("records"))


def board_data(case: Case, given: Weights | None, draws: int, seed: int) -> tuple[dict[str, Any], bytes]:
    """Everything the board shows but the weights, and the steps of the draws that it needs.

    The draws are those of scores, then those of the swing points of each profile and, under a blank name, of weights
    given that belong to none. As in `weights_from`, weights that were not made from points of this tree have no ranges
    to keep.

    Raises
    ------
    WeightsError, AukusMcdaError
        As `drawn_values`; see `competing`.
    """
    drawn, values, breached = drawn_values(case, draws, seed), competing(case), breaches_of(case)
    bases = {name: case.profile(name) for name in case.profiles} | ({} if given is None else {"": given})
    own = {name: base for name, base in bases.items() if set(base.points.index) == set(case.criteria.index)}
    judged = {name: drawn_points(base, draws, seed) for name, base in own.items()}
    varying = {name: points for name, points in judged.items() if points is not None}
    # No line is on a weight set here, so who refuses an option is settled beforehand.
    refused = {
        option: [titled(profile) for profile in dict.fromkeys(breached.loc[breached["option"] == option, "profile"])]
        for option in values.index
    }
    options = case.options[["name", "short"]]
    data = {
        "disclaimer": case.about.disclaimer,
        "nodes": nodes(case, case.criteria["parent"].to_dict()),
        "leaves": list(values.columns),
        "options": [{"id": id_, **options.loc[id_].to_dict(), "refused": refused[id_]} for id_ in values.index],
        "values": values.to_numpy(dtype=float).tolist(),
        "screened": [{"short": options.at[id_, "short"], "reason": reason} for id_, reason in case.screened.items()],
        "profiles": [
            {"id": name, "title": titled(name), "points": tree_points(case, case.profile(name)).to_dict()}
            for name in case.profiles
        ],
        "draws": draws if drawn.steps.size or varying else 0,
        "uncertain": bool(drawn.steps.size),
        "judged": {
            name: {"points": points, "nodes": moving, "low": steps.low.tolist(), "step": steps.step.tolist()}
            for name, (points, moving, steps) in varying.items()
        },
        "low": drawn.low.tolist(),
        "step": drawn.step.tolist(),
    }
    return data, b"".join(steps.tobytes() for steps in (drawn.steps, *(each.draws.steps for each in varying.values())))
