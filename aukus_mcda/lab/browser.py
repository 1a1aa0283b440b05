# SPDX-License-Identifier: Apache-2.0
"""Between Python and the browser: what a widget sends once, what the browser reports; and pickers over an exhibit."""

from __future__ import annotations

import base64
import hashlib
import html
import json
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..analysis import Study
from ..case import Case, work_folder, write_whole
from ..errors import AukusMcdaError, ExportError, is_key, listed
from ..guard import FilePath, guarded
from ..layout import Shown
from ..layout.theme import criterion_colours
from ..story import CHOICES, built, nothing_on, own_changes, weights_of
from ..story.about_case import ends_described
from .store import OWN_FILES, SAVED, WeightStore, store_of


def read_together(*names: str) -> str:
    """Files beside this one as one text: a widget has one script and one style sheet."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)


def write_page(path: Path, title: str, body: str, state: object, script: str, style: str) -> Path:
    """Write a page that may run its own script and style and fetch nothing; ``state`` opens the board, None does not.

    The body is HTML whose texts are escaped already; texts in the state stay text, whatever they hold.
    """
    script, style = f"{script}\n{read_together('open_file.js')}", f"{style}\n{read_together('page.css')}"
    digests = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (script, style)]
    allowed = "script-src 'sha256-{}'; style-src 'sha256-{}'".format(*digests)
    policy = f"default-src 'none'; {allowed}; img-src data:; base-uri 'none'; form-action 'none'"
    # Nothing in the state can end the element it stands in.
    text = json.dumps(state, allow_nan=False).translate({ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&"})
    page = read_together("page.html").format(
        policy=policy, title=html.escape(title), style=style, body=body, state=text, script=script
    )
    write_whole(path, page)
    return path


SENT = 1.0
"""Seconds in which JupyterLab has sent all cells of a notebook that is run."""


class ClashError(Exception):
    """A change was made on weights that are no longer those in force."""


class Following(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget that follows the working folder of a case while a page shows it."""

    store: WeightStore

    def __init__(self, **state: Any) -> None:
        super().__init__(**state)
        self.store.observe(self._follow, "stamp")
        self.observe(self._leave, "comm")
        self.on_msg(self._hear)

    def _hear(self, _: Any, message: dict[str, Any], __: Any) -> None:
        self.store.viewed(message.get("views", 0))

    def _leave(self, change: Any) -> None:
        """A widget that is closed has no line to the browser, and follows nothing any more."""
        if change["new"] is None:
            with suppress(ValueError):
                self.store.unobserve(self._follow, "stamp")

    def _follow(self, _: object = None) -> None:
        """Show what the folder has by now; a widget that shows nothing of it does nothing."""


class Reporting(Following):
    """A widget whose browser side keeps each change until it is told that Python has it; see outbox.js.

    Python logs the change. A subclass says first where and what about, with `_log_to`.
    """

    data = traitlets.Dict().tag(sync=True)
    changes = traitlets.List().tag(sync=True)
    acknowledged = traitlets.Unicode().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)
    clash = traitlets.Unicode().tag(sync=True)
    refused = traitlets.Dict().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        self._taken: dict[str, str] = {}  # by id, why it was refused; blank where it was written down
        super().__init__(**state)
        self.observe(self._record, "changes")

    def __repr__(self) -> str:
        """What to read where the widget cannot be drawn."""
        return f"{type(self).__name__} of {self.case.about.title}. Run the cell to use it."

    def _log_to(self, case: Case, work: FilePath | None, name: str, parents: Mapping[str, str] | None = None) -> None:
        """Answers go to a file of this name, about this value tree, given as node to parent; the case's without one."""
        parents = dict(case.criteria["parent"] if parents is None else parents)
        self.case, self.folder = case, work_folder(case.about.id, work)
        self.path = self.folder / name
        self._settings: dict[str, Any] = {"parents": parents, "anchors": case.anchors_digest}
        self.store = store_of(self.folder)

    def _shared_data(self, saved: str = "", resume: bool = True) -> dict[str, Any]:
        """What the pages of all widgets need; ``saved`` is when something was last saved, ISO, or blank."""
        place, about = f"{self.path.resolve()}|{json.dumps(self._settings, sort_keys=True)}", self.case.about
        where = {"folder": self.folder.as_posix(), "store": hashlib.sha256(place.encode()).hexdigest()[:16]}
        shown = {"title": about.title, "marking": about.marking, "nodes": nodes(self.case, self._settings["parents"])}
        return shown | where | {"saved": saved, "resume": resume}

    def _take(self, entry: dict[str, Any]) -> None:
        """Write one change down.

        Raises
        ------
        ClashError
            When it was made on weights that somebody has replaced since.
        """
        raise NotImplementedError

    def _record(self, change: Any) -> None:
        """Write down what is new, and tell the browser up to where it is safe, or what is wrong."""
        fault, safe, clash = "", "", ""
        for entry in change["new"]:
            try:
                if entry["id"] not in self._taken:
                    self._take(entry)
                    self._taken[entry["id"]] = ""
            except ClashError:  # the browser asks whose weights to keep
                clash = entry["id"]
                break
            except ExportError as error:  # the browser sends it again
                fault = str(error)
                break
            except AukusMcdaError as error:  # sending it again would not help
                self._taken[entry["id"]] = fault = str(error)
            safe = entry["id"]
        self.fault, self.clash = fault, clash
        self.refused = {entry["id"]: why for entry in change["new"] if (why := self._taken.get(entry["id"]))}
        self.acknowledged = safe or self.acknowledged


def nodes(case: Case, parents: Mapping[str, str]) -> list[dict[str, Any]]:
    """What is shown of each criterion of a value tree, given as node to parent; of a leaf also what its ends are."""
    colours, scales = criterion_colours(case), ends_described(case)
    ends = dict(zip(scales.index, scales.to_numpy().tolist(), strict=True))
    table = case.criteria.loc[list(parents), ["name", "question", "worst_means", "best_means"]]
    table = table.rename(columns={"worst_means": "worst", "best_means": "best"}).assign(
        parent=parents,
        colour=[colours[case.root_of(node)] for node in parents],
        ends=[ends.get(node) for node in parents],
    )
    return list(table.rename_axis("id").reset_index().to_dict("records"))


class Opening(Following):
    """The line above a notebook's answer: whose weights it goes by, what the analyst changed, whether that is still so.

    Where the notebook was opened with answers made before, the page has it run, so that all in it can be used.
    """

    _esm = read_together("page.js", "opening.js")
    _css = read_together("board.css", "opening.css")
    line = traitlets.Unicode().tag(sync=True)
    stale = traitlets.Unicode().tag(sync=True)

    def __init__(self, study: Study, profile: str | None) -> None:
        line = " ".join(filter(None, (f"{weights_of(study)}.", own_changes(study.case))))
        self.store = store_of(work_folder(study.case.about.id))
        self._names = (*OWN_FILES, *(() if profile else (SAVED,)))
        self._made_from = self.store.contents(*self._names)
        super().__init__(line=line)

    def _hear(self, _: Any, message: dict[str, Any], __: Any) -> None:
        super()._hear(_, message, __)
        if message.get("awake"):
            self.send({"awake": True})

    def _follow(self, _: object = None) -> None:
        moved = self.store.contents(*self._names) != self._made_from
        self.stale = "Your weights or scores have changed since: run the notebook again." if moved else ""

    def __repr__(self) -> str:
        return str(self.line)


@guarded(AukusMcdaError)
def opening(study: Study, name: str, *more: str, profile: str | None = None) -> Shown:
    """A notebook's answer, below a line that says whose weights and scores it goes by.

    Parameters
    ----------
    study : Study
    name, *more : str
        Exhibits, as `Study.show` takes them.
    profile : str, optional
        The one asked for; without it the analyst's own weights count, and the line says when they have changed since.

    Returns
    -------
    Shown
        The line and the exhibits; the last line of a cell shows them.

    Raises
    ------
    ExportError
        When there is no such exhibit.

    Examples
    --------
    >>> from aukus_mcda import load_case, opening, study
    >>> opening(study(load_case("starter"), draws=2_000), "answer", profile="baseline").exhibit.badge[0]
    Baseline weights.
    'Verdict: sensitive'
    """
    from IPython import get_ipython
    from IPython.display import display

    shown = study.show(name, *more)
    if shell := get_ipython():
        shell.events.register("post_run_cell", _await_the_cells_behind)
    display(Opening(study, profile))
    return shown


def _await_the_cells_behind(ran: Any) -> None:
    """Tell of an error once the cells behind it have arrived: a kernel runs those that come later, with old results."""
    if not ran.success:  # ipykernel 7 does nothing with its own stop_on_error_timeout
        time.sleep(SENT)


@guarded(AukusMcdaError)
def choose(study: Study, name: str, *begin: Any) -> Any:
    """Something to pick, and below it what a study has on the thing picked, in a notebook.

    Parameters
    ----------
    study : Study
    name : str
        ``score``, ``scores``, ``weight``, ``future``, ``date`` or ``effort``.
    *begin
        Ids of what is picked to begin with; the first of each if not given.

    Returns
    -------
    VBox
        Lists to pick from above the exhibits; the last line of a cell shows it.

    Raises
    ------
    AukusMcdaError
        When there is nothing of that name to choose, or no such thing to begin with.

    Examples
    --------
    >>> from aukus_mcda import choose, load_case, study
    >>> "Better papers" in choose(study(load_case("starter"), draws=2_000), "weight").children[1].value
    True
    """
    from ipywidgets import HTML, Dropdown, HBox, VBox

    if name not in CHOICES:
        raise AukusMcdaError(f"There is no choice named {name!r}; there are {listed(CHOICES)}.")
    offers, build = CHOICES[name]
    offered = {label: offer(study) for label, offer in offers.items()}
    if not all(offered.values()):
        return Shown(*filter(None, [nothing_on(name, study)]))
    style = {"description_width": "initial"}
    pickers = [Dropdown(description=label, options=options, style=style) for label, options in offered.items()]
    for picker, id_ in zip(pickers, begin, strict=False):
        if not is_key(id_) or id_ not in dict(map(reversed, picker.options)):
            there = listed(dict(picker.options).values())
            raise AukusMcdaError(f"{picker.description} has no {id_!r}; there are {there}.")
        picker.value = id_
    shown, busy = HTML(), HTML()

    def show(change: Any = None) -> None:
        busy.value = "Working ..."
        parts = built(build, study, study.case, *(picker.value for picker in pickers))
        shown.value = Shown(*filter(None, [parts]))._repr_html_()
        busy.value = ""

    for picker in pickers:
        picker.observe(show, "value")
    show()
    return VBox([HBox([*pickers, busy]), shown])
