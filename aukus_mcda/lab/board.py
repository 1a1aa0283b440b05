"""The weight board: a case and weights in, the weights the analyst settles on out; and the board as a file.

The browser computes what moves (`sums.js`), Python what counts: `WeightBoard.weights`
and everything made from them. See docs/lab.md.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
from pathlib import Path
from typing import Any

import traitlets

from ..case import Case, replacing
from ..errors import WeightsError
from ..guard import Draws, FilePath, Seed, guarded
from ..ranking import Ranking, rank, require_case
from ..weights import Points, Weights
from .browser import Reporting, board_data, read_together
from .store import save_weights, saved_at, tree_points, weights_from, weights_to_begin_with, work_folder

SCRIPT = read_together("sums.js", "words.js", "page.js", "bars.js", "outbox.js", "board.js")


@guarded(WeightsError)
class WeightBoard(Reporting):
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
    _css = read_together("board.css")
    draws = traitlets.Bytes().tag(sync=True)
    points = traitlets.Dict().tag(sync=True)
    profile = traitlets.Unicode().tag(sync=True)
    locked = traitlets.List().tag(sync=True)

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
        start = weights_to_begin_with(case, folder if resume else None) if profile is None else case.weights(profile)
        name = start.name.removesuffix(", changed")
        begun = name if name in case.profiles else ""
        data, steps = board_data(case, None if begun else start, draws, seed)
        self._start = start
        self._log_in(folder / "board.jsonl", case, case.criteria["parent"].to_dict())
        resumed = resume and profile is None
        data |= self._place(saved_at(folder) if resumed else "", resumed) | {"seed": seed}
        super().__init__(data=data, draws=steps, points=tree_points(case, start).to_dict(), profile=begun)

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
        state = {
            "data": {name: value for name, value in self.data.items() if name not in ("folder", "store")},
            "draws": base64.b64encode(self.draws).decode(),
            "points": self.points,
            "profile": self.profile,
            "locked": self.locked,
        }
        with replacing(Path(path)) as beside:
            beside.write_text(_page(self.data["title"], state), encoding="utf-8", newline="\n")
        return Path(path)

    def __repr__(self) -> str:
        """What to read where the widget cannot be drawn."""
        leaders = " and ".join(self.case.options.at[option, "short"] for option in self.ranking.leaders)
        return f"The weight board of {self.case.about.title}; {leaders} ranks first. Run the cell to use it."

    def _take(self, entry: dict[str, Any]) -> None:
        points, profile = entry["points"], entry["profile"]
        weights = weights_from(self.case, points, profile, self._start)
        self._open_log().append("profile", name=entry["said"], points=points)
        save_weights(self.case, self.folder, points, profile, None if profile in self.case.profiles else weights)


OPENING = '\nopenFile(JSON.parse(document.getElementById("given").textContent), document.getElementById("board"));\n'


def _page(title: str, state: dict[str, Any]) -> str:
    """A page that may run its own script and style, nothing else; texts of the case stay text, whatever they hold."""
    script, style = SCRIPT + OPENING, read_together("board.css", "page.css")
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    # Nothing in the state can end the element it stands in.
    text = json.dumps(state, allow_nan=False).translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"})
    return read_together("page.html").format(
        policy=policy, title=html.escape(title), style=style, state=text, script=script
    )


def _digest(text: str) -> str:
    """The source expression that lets this text run, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
