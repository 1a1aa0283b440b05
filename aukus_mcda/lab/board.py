"""The widget: a case and weights in, the weights the analyst settles on out.

The browser computes what moves (`sums.js`), Python what counts: `WeightBoard.weights`
and everything made from them. See docs/board.md.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..case import Case
from ..errors import AukusMcdaError, WeightsError
from ..guard import Draws, FilePath, Seed, guarded
from ..ranking import Ranking, rank, require_case
from ..weights import Points, Weights, equal
from .board_file import write_html
from .payload import drawn_values, judged_points, payload, tree_points
from .store import Store, saved_weights, weights_from, work_folder

HERE = Path(__file__).parent
PARTS = ("sums.js", "words.js", "page.js", "bars.js", "outbox.js", "sync.js", "board.js")
SCRIPT = "\n".join((HERE / name).read_text(encoding="utf-8") for name in PARTS)
STYLE = (HERE / "board.css").read_text(encoding="utf-8")


@guarded(WeightsError)
class WeightBoard(anywidget.AnyWidget):  # type: ignore[misc]
    """Sliders for a case's swing weights, with the ranking and its fragility moving as they do.

    What is set is saved as it is set: the next board for the case, in this notebook
    or another, goes on from there.

    Parameters
    ----------
    case : Case
    profile : str, Weights, mapping or Series, optional
        Weights to begin with, as for `rank`. If not given: those saved for the
        case, else the profile ``baseline``, else the first profile, else equal ones.
    work : str or Path, optional
        The folder to save in; ``work/<case id>`` if not given.
    draws : int
        How many draws of the uncertain scores and swing points say how often each option leads.
    seed : int
        0 or more; the draws are those of `smaa` with the same seed.
    resume : bool
        False: do not look for saved weights.

    Raises
    ------
    WeightsError
        When the weights do not fit the case, or saved ones were judged for other anchors.
    AukusMcdaError
        When the case is not loaded, or every option fails a screen.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> board = WeightBoard(load_case("aukus_plus_two"), profile="baseline")
    >>> board.weights.name
    'baseline'
    """

    _esm = SCRIPT
    _css = STYLE
    data = traitlets.Dict().tag(sync=True)
    draws = traitlets.Bytes().tag(sync=True)
    points = traitlets.Dict().tag(sync=True)
    profile = traitlets.Unicode().tag(sync=True)
    locked = traitlets.List().tag(sync=True)
    changes = traitlets.List().tag(sync=True)
    acknowledged = traitlets.Unicode().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        case: Case,
        profile: Weights | str | Points | None = None,
        *,
        work: FilePath | None = None,
        draws: Draws = 2_000,
        seed: Seed = 0,
        resume: bool = True,
    ) -> None:
        require_case(case)
        folder = work_folder(case, work)
        start = _first(case, profile, folder if resume else None)
        name = start.name.removesuffix(", changed")
        begun = name if name in case.profiles else ""
        drawn = drawn_values(case, draws, seed)
        judged = judged_points(case, None if begun else start, draws, seed)
        self.case, self.store, self._start = case, Store(case, folder), start
        self._handled: set[str] = set()
        place = f"{folder.resolve()}|{case.anchors_digest}|{sorted(case.criteria['parent'].items())}"
        shown = payload(case, drawn, judged, draws) | {
            "seed": seed,
            "resume": resume and profile is None,
            "saved": self.store.saved_at,
            "folder": folder.as_posix(),
            "store": hashlib.sha256(place.encode()).hexdigest()[:16],
        }
        super().__init__(
            data=shown,
            draws=drawn.steps.tobytes() + b"".join(each.steps.tobytes() for each in judged.values()),
            points=tree_points(case, start).to_dict(),
            profile=begun,
        )
        self.observe(self._record, "changes")

    @property
    def weights(self) -> Weights:
        """The weights as they stand on the board.

        Criteria as in the profile, or in the weights begun with, keep their low and high points; changed ones lose
        theirs, which were judged around the old points.
        """
        return weights_from(self.case, self.points, self.profile, self._start)

    @property
    def ranking(self) -> Ranking:
        """`rank` under the weights as they stand."""
        return rank(self.case, self.weights)

    def export_html(self, path: FilePath) -> Path:
        """Write the board as one file that works by itself, without a kernel or a network.

        Parameters
        ----------
        path : str or Path
            Replaced in one move if it is there.

        Returns
        -------
        Path

        Raises
        ------
        ExportError
            When the file cannot be written.
        """
        state = {"points": self.points, "profile": self.profile, "locked": self.locked}
        return write_html(Path(path), self.data, self.draws, state, script=SCRIPT, style=STYLE)

    def __repr__(self) -> str:
        """What to read where the widget cannot be drawn."""
        leaders = " and ".join(self.case.options.at[option, "short"] for option in self.ranking.leaders)
        return f"The weight board of {self.case.about.title}; {leaders} ranks first. Run the cell to use it."

    def _record(self, change: Any) -> None:
        """Log and save what the browser reports, once each, and say up to where it is safe."""
        for entry in change["new"]:
            if entry["id"] in self._handled:
                continue
            try:
                self.store.record(entry["said"], entry["points"], entry["profile"], self._start)
            except AukusMcdaError as error:
                self.fault = str(error)
                return
            self._handled.add(entry["id"])
            self.fault = ""
        if change["new"]:
            self.acknowledged = change["new"][-1]["id"]


def _first(case: Case, given: Weights | str | Points | None, folder: Path | None) -> Weights:
    """The weights to begin with."""
    if given is not None:
        return case.weights(given)
    saved = None if folder is None else saved_weights(case, folder)
    if saved is not None:
        return saved
    if case.profiles:
        return case.profile("baseline" if "baseline" in case.profiles else case.profiles[0])
    return equal(case.leaves, anchors=case.anchors_digest)
