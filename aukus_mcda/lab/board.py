# SPDX-License-Identifier: Apache-2.0
"""The weight board: a case and weights in, the weights the analyst settles on out; and the board as a file.

The browser computes what moves (`sums.js`), Python what counts: `WeightBoard.weights`
and everything made from them. See docs/how-to/change-weights.md.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import traitlets
from numpy.typing import NDArray

from ..case import Case
from ..errors import WeightsError
from ..guard import Draws, FilePath, HtmlPath, Seed, guarded
from ..perspectives import breaches_of
from ..ranking import Ranking, competing, rank
from ..text import titled
from ..uncertainty import source_of
from ..weights import CHUNK, PART, Array, GivenWeights, SwingRange, Weights, chunk_rng, weight_range
from . import store
from .browser import ClashError, Reporting, read_together, write_page
from .score_sheet import reasons_behind

SCRIPT = read_together("sums.js", "words.js", "page.js", "reasons.js", "bars.js", "outbox.js", "sets.js", "board.js")
STYLE = read_together("board.css", "reasons.css")
PLACE = '<main id="board"></main>'
"""Where a page puts the board."""
ABOUT_SETS = ("save", "rename", "delete", "restore")
"""Changes that leave My weights alone."""
MINE, GIVEN = " ", ""
"""My weights, and those the board was given that have no name: no profile can be called so."""


@guarded(WeightsError)
class WeightBoard(Reporting):
    """Sliders for a case's swing weights, with the ranking and its fragility moving as they do.

    The board shows *My weights*, or those of anybody else. What is set in My weights is saved as it is set, and every
    other board for the case shows it at once. The weights of others can be looked at and tried out: they change
    nothing until they are copied to My weights.

    Parameters
    ----------
    case : Case
    profile : str, Weights, mapping or Series, optional
        Whose weights to show first, as for `rank`; My weights if not given. Where none are saved for the case, My
        weights begin with these, else with the profile ``baseline``, else the first profile, else equal ones.
    work : str or Path, optional
        The folder to save in; ``work/<case id>`` if not given.
    draws : int
        How many draws of the uncertain scores and swing points say how often each option leads.
    seed : int
        0 or more; the draws are those of `smaa` with the same seed.
    resume : bool
        False: show the weights a case begins with, even where some are saved.

    Raises
    ------
    WeightsError
        When the weights do not fit the case, or saved ones were judged for other anchors.
    AukusMcdaError
        When the case is not loaded, or every option fails a screen.

    Examples
    --------
    >>> from aukus_mcda import WeightBoard, load_case
    >>> board = WeightBoard(load_case("aukus_plus_two"), profile="baseline", work="no_such_folder")
    >>> board.weights.name
    'baseline'
    """

    _esm = SCRIPT
    _css = STYLE
    draws = traitlets.Bytes().tag(sync=True)
    points = traitlets.Dict().tag(sync=True)
    profile = traitlets.Unicode().tag(sync=True)
    stored = traitlets.Dict().tag(sync=True)
    stored_draws = traitlets.Bytes().tag(sync=True)
    shown = traitlets.Unicode(MINE).tag(sync=True)
    tried = traitlets.Dict().tag(sync=True)
    locked = traitlets.List().tag(sync=True)

    def __init__(
        self,
        case: Case,
        profile: GivenWeights | None = None,
        *,
        work: FilePath | None = None,
        draws: Draws = 2_000,
        seed: Seed = 0,
        resume: bool = True,
    ) -> None:
        begin = store.weights_to_begin_with(case, None) if profile is None else case.weights(profile)
        name = begin.name.removesuffix(", changed")
        self._begin, self._begun = begin, name if name in case.given_profiles else GIVEN
        self._log_to(case, work, store.LOG)
        self._changed = self.store.contents(*store.OWN_FILES)
        try:
            saved = store.read_saved(case, self.folder)
        except WeightsError:
            if resume and profile is None:
                raise
            saved = None
        data, steps = board_data(case, None if self._begun else begin, draws, seed)
        points = case.tree_points(begin).to_dict()
        looks = saved is not None and (profile is not None or not resume)
        data |= self._shared_data() | {"seed": seed, "reasons": reasons_behind(case, case.scores.reset_index())}
        tried = {"shown": self._begun, "tried": points} if looks else {}
        super().__init__(data=data, draws=steps, points=points, profile=self._begun, **tried)
        self._follow()

    @property
    def weights(self) -> Weights:
        """My weights: those saved for the case, else those the board began with.

        Criteria that were not changed keep their low and high points; changed ones lose theirs, which were judged
        around the old points.
        """
        saved = self._saved()
        return self._begin if saved is None else saved.weights

    @property
    def ranking(self) -> Ranking:
        """`rank` under My weights."""
        return rank(self.case, self.weights)

    def export_html(self, path: HtmlPath) -> Path:
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
        return write_page(Path(path), self.data["title"], PLACE, self.alone, SCRIPT, STYLE)

    @property
    def alone(self) -> dict[str, Any]:
        """All that the board shows, for a page that opens it without Python, where all weights are only tried out."""
        mine = self.shown == MINE
        whose = self.profile if mine else self.shown
        sets = {name: self.case.profile(name) for name in self.case.own_profiles}  # others stay in the working folder
        data = {name: value for name, value in self.data.items() if name not in ("folder", "store")}
        data["profiles"] = [*data["profiles"], *_listed(self.case, sets)]
        if whose not in [GIVEN, *(each["id"] for each in data["profiles"])]:
            saved = self._saved()
            base = saved.base if whose == MINE and saved else store.sets_of(self.case, self.folder).get(whose)
            given = self.points if base is None else self.case.tree_points(base).to_dict()
            data["given"], whose = given, GIVEN
            sets |= {} if base is None else {GIVEN: base}
        judged, steps = judged_sets(self.case, sets, self.data["draws"], self.data["seed"])
        data["judged"] = [*data["judged"], *judged]
        drawn, tried = base64.b64encode(self.draws + steps).decode(), self.points if mine else self.tried
        return {"data": data, "draws": drawn, "shown": whose, "tried": tried, "locked": self.locked}

    def __repr__(self) -> str:
        """What to read where the widget cannot be drawn."""
        leaders = " and ".join(self.case.options.at[option, "short"] for option in self.ranking.leaders)
        return f"The weight board of {self.case.about.title}; {leaders} ranks first. Run the cell to use it."

    def _saved(self) -> store.Saved | None:
        """What is saved, if it is for this case."""
        try:
            return store.read_saved(self.case, self.folder)
        except WeightsError:
            return None

    def _follow(self, _: object = None) -> None:
        """Show what the folder has: My weights, and the sets with a name."""
        saved = self._saved()
        bases = {MINE: saved.base} if saved and saved.base is not None else {}
        try:
            sets, notes, fault = store.sets_of(self.case, self.folder), store.read_notes(self.folder), ""
        except WeightsError as error:
            sets, notes, fault = {}, {"sets": {}, "locked": None}, str(error)
        if self.store.contents(*store.OWN_FILES) != self._changed:
            fault = f"{fault} A score or a scale was changed since: run the notebook again to see it here.".strip()
        judged, steps = judged_sets(self.case, bases | sets, self.data["draws"], self.data["seed"])
        blank = {"author": "", "reason": "", "at": ""}
        listed = [blank | notes["sets"].get(each["id"], {}) | each for each in _listed(self.case, sets)]
        deleted = [name for name, note in notes["sets"].items() if "deleted" in note and name not in sets]
        stored = {"judged": judged, "sets": listed, "deleted": deleted, "locked": notes["locked"]}
        stored |= {"version": "", "at": "", "base": None, "fault": fault}
        with self.hold_trait_notifications():
            if saved is not None:
                base = None if saved.base is None else self.case.tree_points(saved.base).to_dict()
                stored |= {"version": saved.version, "at": saved.at, "base": base}
                self.points, self.profile = saved.points, saved.profile or MINE
            self.stored_draws = steps  # first: the page reads the draws when it hears of what is stored
            self.stored = stored

    def _hear(self, _: Any, message: dict[str, Any], __: Any) -> None:
        super()._hear(_, message, __)
        if message.get("theirs"):
            self._follow()
            self.send_state(["points", "profile"])

    def _take(self, entry: dict[str, Any]) -> None:
        self.store.look()
        saved, session = self._saved(), entry["id"].rpartition(":")[0]
        kind = entry.get("kind", "")
        moves = kind not in ABOUT_SETS and saved is not None and entry["points"] != saved.points
        if moves and saved and entry.get("base", "") != saved.version and session != saved.by:
            if self.path.exists() and f'"{entry["at"]}"' in self.path.read_text("utf-8"):
                return  # it was written down, though the browser was never told
            self.store.look()  # whose weights to keep is asked about those that are there now
            raise ClashError
        profile, base = entry["profile"], None if saved is None else saved.base
        if profile in (MINE, GIVEN):
            base, profile = base if profile == MINE else self._begin, ""
        elif profile not in [each["id"] for each in self.data["profiles"]]:
            base, profile = store.sets_of(self.case, self.folder).get(profile), ""
        weights = store.weights_from(self.case, entry["points"], profile, base)
        if kind not in ABOUT_SETS:
            when = {"change": entry["said"], "at": entry["at"]}
            store.save_weights(self.case, self.folder, entry["points"], profile, base, by=session, **when)
        if kind:
            store.change_sets(self.case, self.folder, entry, weights)


def _listed(case: Case, sets: Mapping[str, Weights], called: Callable[[str], str] = str) -> list[dict[str, Any]]:
    """Sets of weights as the board lists them; those of an analyst are called as they were named."""
    points = {name: case.tree_points(each).to_dict() for name, each in sets.items()}
    return [{"id": name, "title": called(name), "points": each} for name, each in points.items()]


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
    if draws > CHUNK:
        raise WeightsError(f"The board takes at most {CHUNK:,} draws, not {draws:,}: smaa takes as many as you like.")
    source = source_of(case, [], seed=seed)
    if source.scores.certain:
        nothing = np.zeros(source.scores.shape)
        return DrawnSteps(nothing, nothing, np.empty((*nothing.shape, 0), dtype=np.uint16))
    return in_steps(np.array([values.copy() for values in source.block(0, draws)]))


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
    profiles = {name: case.profile(name) for name in case.given_profiles}
    judged, varying = judged_sets(case, profiles | ({} if given is None else {"": given}), draws, seed)
    # No line is on a weight set here, so who refuses an option is settled beforehand.
    by_option = breached.groupby("option")["profile"].unique()
    refused = {option: [*map(titled, by_option.get(option, ()))] for option in values.index}
    options = case.options[["name", "short"]]
    data = {
        "disclaimer": case.about.disclaimer,
        "leaves": list(values.columns),
        "options": [{"id": id_, **options.loc[id_].to_dict(), "refused": refused[id_]} for id_ in values.index],
        "values": values.to_numpy(dtype=float).tolist(),
        "screened": [{"short": options.at[id_, "short"], "reason": reason} for id_, reason in case.screened.items()],
        "profiles": _listed(case, profiles, titled),
        "given": None if given is None else case.tree_points(given).to_dict(),
        "draws": draws,
        "uncertain": bool(drawn.steps.size),
        "judged": judged,
        "low": drawn.low.tolist(),
        "step": drawn.step.tolist(),
    }
    return data, drawn.steps.tobytes() + varying


def judged_sets(case: Case, sets: Mapping[str, Weights], draws: int, seed: int) -> tuple[list[Any], bytes]:
    """For sets of weights whose points vary: the points, and how to read the draws that `smaa` makes with this seed.

    Points that lie alike between their ends are drawn alike in all sets: such a row is sent once, and ``back`` says how
    many rows before the next it stands, 0 for the next itself.
    """
    judged, rows = [], dict[bytes, int]()
    for name, weights in sets.items():
        space = weight_range(weights)
        if not isinstance(space, SwingRange) or set(weights.points.index) != set(case.criteria.index):
            continue
        siblings, rng = space.siblings(weights.values.index), chunk_rng(seed, 0)
        units = np.hstack([siblings.units(rng, PART) for _ in range(0, draws, PART)])[:, :draws]
        vary = [siblings.nodes[node] for node in siblings.uncertain]
        low, high = (space.points.loc[vary, end].to_numpy(dtype=float) for end in ("low", "high"))
        drawn, width = in_steps(units), high - low
        back = [len(rows) - rows.setdefault(row.tobytes(), len(rows)) for row in drawn.steps]
        ends = {"low": (low + width * drawn.low).tolist(), "step": (width * drawn.step).tolist(), "back": back}
        judged.append({"id": name, "points": weights.points.astype(float).to_dict(), "nodes": vary, **ends})
    return judged, b"".join(rows)
