# SPDX-License-Identifier: Apache-2.0
"""Files without code: the export panel, to download and verify them; and a study as one HTML file to send.

Nothing is written that was not asked for, and a file that somebody edited is left as it is.
See docs/how-to/notebooks.md.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..analysis import Study, study
from ..case import folder_name
from ..errors import AukusMcdaError, ExportError, WeightsError, shown
from ..export.stamps import Verification, as_exported, beside_edited, origin_of, verify
from ..guard import FilePath, HtmlPath, guarded
from ..layout import html_of
from ..story import ANNEX, AUDIENCES, STORY, exhibits, own_changes, spelt, whose
from ..story.about_case import one_score
from ..text import markup, titled
from ..weights import Weights
from .board import PLACE, SCRIPT, WeightBoard
from .browser import read_together, write_page
from .store import saved_weights

EXPORTS = {
    "slides": ("Slides (PowerPoint)", ".pptx"),
    "workbook": ("Workbook (Excel)", ".xlsx"),
    "one_page": ("One page (Word)", ".docx"),
    "study": ("One file to send (HTML)", ".html"),
}
"""What can be made: the name of each file, how the panel calls it, and its suffix."""
MY_WEIGHTS = "My weights"


@guarded(ExportError)
class ExportPanel(anywidget.AnyWidget):  # type: ignore[misc]
    """Choose files and whose weights; they are made when asked for, each with a link to download it.

    A file that is there already is replaced by the new one if it is as it was exported from this case; if not, it is
    left as it is.

    Parameters
    ----------
    study : Study
        Its weights are chosen to begin with; others of the case are studied on as many draws.
    folder : str or Path
        Where files are written: a folder of the case's id in ``out``, beside the notebook, if not given.

    Examples
    --------
    >>> from aukus_mcda import ExportPanel, load_case, study
    >>> panel = ExportPanel(study(load_case("starter"), draws=2_000), "no_such_folder")
    >>> panel.files
    []
    """

    _esm = read_together("page.js", "export_panel.js")
    _css = read_together("board.css", "export_panel.css")
    choices = traitlets.Dict().tag(sync=True)
    files = traitlets.List().tag(sync=True)
    doing = traitlets.Unicode().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)

    def __init__(self, study: Study, folder: FilePath | None = None) -> None:
        self.case = study.case
        self.folder = Path("out", self.case.about.id) if folder is None else Path(folder)
        name = study.ranking.weights.name
        own, fault = None, ""
        try:
            own = saved_weights(study.case)
        except WeightsError as error:  # files can be made for all other weights
            fault = str(error)
        mine = own is not None and own.values.equals(study.ranking.weights.values)
        first = titled(name) if name in study.by_profile else MY_WEIGHTS if mine else "As given"
        self._weights: dict[str, Weights] = {first: study.ranking.weights}
        self._weights |= {titled(each): study.case.profile(each) for each in study.case.profiles}
        if own is not None:
            self._weights.setdefault(MY_WEIGHTS, own)
        self._study, self._studies, self._digests = study, {first: study}, dict[Path, str]()
        choices = {
            "files": {file: label for file, (label, _) in EXPORTS.items()},
            "sets": list(self._weights),
            "audiences": {name: f"{name.upper()} words for likelihood" for name in AUDIENCES},
            "audience": next(name for name, yardstick in AUDIENCES.items() if yardstick == study.case.about.yardstick),
        }
        super().__init__(choices=choices, fault=fault)
        self.on_msg(self._answer)

    def _answer(self, _: Any, asked: dict[str, Any], __: Any) -> None:
        """What the browser asks for: files, the bytes of one, or whether one is as it was exported."""
        self.fault = ""
        try:
            if asked["ask"] == "make":
                self._make(asked["files"], asked["sets"], asked["audience"], annex=bool(asked["annex"]))
            elif asked["ask"] == "download":
                self.send({"name": Path(asked["path"]).name}, [self._path_of(asked["path"]).read_bytes()])
            else:
                self._list(asked["path"], state=self._state(self._path_of(asked["path"])))
        except (AukusMcdaError, OSError) as error:
            self.fault = str(error)
        finally:
            self.doing = ""

    def _make(self, files: list[str], sets: list[str], audience: str, *, annex: bool = False) -> None:
        """Write the files; those of all but the first set of weights have its name in theirs.

        Raises
        ------
        ExportError
            When nothing, or something unknown, was chosen, or a file cannot be written.
        """
        if not files or not sets or not (set(files) <= set(EXPORTS) and set(sets) <= set(self._weights)):
            raise ExportError("Choose at least one file and whose weights it uses, of those listed.")
        for name in sets:
            if name not in self._studies:
                self.doing = f"Studying the ranking under {name}"
                draws, seed, tell = self._study.draws, self._study.seed, partial(self.set_trait, "doing")
                weights = self._weights[name]
                self._studies[name] = study(self.case, weights, draws=draws, seed=seed, progress=tell)
            for file in files:
                self.doing = f"Writing {EXPORTS[file][0]}, {name}"
                self._write(file, name, audience, annex)

    def _write(self, file: str, name: str, audience: str, annex: bool) -> None:
        result = self._studies[name]
        ending = "" if result is self._study else f"_{folder_name(name.lower().replace(' ', '_'))}"
        label, suffix = EXPORTS[file]
        kept = self.folder / f"{file}{ending}{suffix}"
        path = beside_edited(kept, self._ours)
        self.folder.mkdir(parents=True, exist_ok=True)
        news = []
        if path != kept:
            news.append(f"{kept.name} is not as it was exported from this case, so it was left as it is.")
            self.files = [each | {"state": ""} if each["path"] == kept.as_posix() else each for each in self.files]
        elif path.suffix != ".html" and path.exists():
            news += self._changed(verify(path, self.case, seed=self._study.seed), result)
        if file == "study":
            export_html(result, path, audience=audience)
        else:
            result.export(path, audience=audience, **({"annex": annex} if file == "slides" else {}))
        self._digests[path] = hashlib.sha256(path.read_bytes()).hexdigest()
        self._list(path.as_posix(), label=label, set=name, size=path.stat().st_size, news=news, state="", kind=file)

    def _ours(self, path: Path) -> bool:
        """Whether nobody else wrote a file; an HTML page has no stamp, so one is ours that was made here."""
        if path.suffix != ".html":
            return as_exported(path, self.case)
        return path.is_file() and self._digests.get(path) == hashlib.sha256(path.read_bytes()).hexdigest()

    def _list(self, path: str, **facts: Any) -> None:
        """Put what is known of a file on top of the list."""
        known = next((each for each in self.files if each["path"] == path), {"path": path, "name": Path(path).name})
        self.files = [known | facts, *(each for each in self.files if each["path"] != path)]

    def _path_of(self, path: str) -> Path:
        """A file of the list: the browser is given no other."""
        if path not in {each["path"] for each in self.files}:
            raise ExportError(f"{path} was not exported here.")
        return Path(path)

    def _changed(self, before: Verification, result: Study) -> Iterator[str]:
        """What is not as it was at the last export, a sentence each."""
        if before.made_from.get("points") != origin_of(result)["points"]:
            yield "Since the last export the weights have changed."
        for row in before.differences.itertuples(index=False, name=None):
            what, where, was, is_now = map(str, row)
            moved = f" from {was} to {is_now}" if was and is_now else ""
            yield f"Since the last export: {spelt(where, self.case)} {what}{moved}."

    def _state(self, path: Path) -> str:
        """Whether a file is as it was exported from the case as it stands, in a sentence."""
        result = verify(path, self.case, seed=self._study.seed)
        if result.same:
            changed = f" {own_changes(self.case)}" if self.case.own_scores or self.case.own_shapes else ""
            return f"Verified: made from the case as it stands here, and every part is as written.{changed}"
        first = result.differences.iloc[0]
        count = len(result.differences)
        more = f", and {count - 1} more" if count > 1 else ""
        return f"Not as exported: {spelt(first['where'], self.case)} {first['what']}{more}."


STYLED = re.compile(r' style="([^"]*)"')
"""No text of a case can hold one: its quotation marks are escaped."""


@guarded(ExportError)
def export_html(study: Study, path: HtmlPath, *, audience: str | None = None) -> Path:
    """Write a study as one page that works by itself: no kernel, no network, nothing fetched.

    It has the exhibits of the story and the annex, the weight board, and a table of all scores: a click on one shows
    why it was judged so, on what evidence, and how that is graded.

    Parameters
    ----------
    study : Study
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.
    audience : str, optional
        ``us`` or ``uk``: whose words for likelihood are used; the case's own when not given.

    Returns
    -------
    Path
        The file written; the same bytes for the same study.

    Raises
    ------
    ExportError
        When there is no such audience, or the file cannot be written there.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import export_html, load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_html(study(load_case("starter"), draws=2_000), folder.name + "/study.html").name
    'study.html'
    >>> folder.cleanup()
    """
    case = study.case
    ranked = not study.ranking.ranked.empty
    board = WeightBoard(case, study.ranking.weights, resume=False, seed=study.seed) if ranked else None
    story, annex = ({name: html_of(each) for name, each in exhibits(study, audience, part)} for part in (STORY, ANNEX))
    sections = {**story, **({"weight board": PLACE} if board else {}), "scores": None, **annex}

    def reason(option: str, leaf: str) -> str:
        score = one_score(case, option, leaf)
        return html_of(replace(score, blocks=score.blocks[:2]))  # what levels mean stands among the scales

    parts = {"case": case, "sections": sections, "shown": shown, "reason": reason, "foot": whose(study)}
    body, style = _with_classes(markup("lab/one_file.html").render(parts))
    sheets = f"{read_together('board.css', 'reasons.css', 'one_file.css')}\n{style}"
    return write_page(Path(path), case.about.title, body, board.alone if board else None, SCRIPT, sheets)


def _with_classes(html: str) -> tuple[str, str]:
    """The same with classes for styles, and these as a sheet: the page allows no style that its sheet does not hold."""
    looks = {look: number for number, look in enumerate(dict.fromkeys(STYLED.findall(html)))}
    plain = STYLED.sub(lambda match: f' data-look="{looks[match[1]]}"', html)
    return plain, "\n".join(f'[data-look="{name}"]{{{look}}}' for look, name in looks.items())
