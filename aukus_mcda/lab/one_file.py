# SPDX-License-Identifier: Apache-2.0
"""A study as one file to send: its exhibits, the live weight board, and behind every score its reason and evidence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path

from ..analysis import Study
from ..case import Case
from ..errors import ExportError, shown
from ..guard import FilePath, guarded
from ..layout import html_of
from ..story import ANNEX, STORY, as_judged, exhibits, whose
from .board import PLACE, SCRIPT, WeightBoard
from .browser import read_together, write_page

STYLED = re.compile(r' style="([^"]*)"')
"""No text of a case can hold one: its quotation marks are escaped."""


@guarded(ExportError)
def export_html(study: Study, path: FilePath, *, audience: str | None = None) -> Path:
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
    >>> from aukus_mcda import load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> export_html(study(load_case("starter"), draws=2_000), folder.name + "/study.html").name
    'study.html'
    >>> folder.cleanup()
    """
    case = study.case
    ranked = not study.ranking.ranked.empty
    board = WeightBoard(case, study.ranking.weights, resume=False, seed=study.seed) if ranked else None
    story, annex = (
        {name: html_of(each) for name, each in exhibits(study, audience, names)} for names in (STORY, ANNEX)
    )
    live = {"weight board": PLACE} if board else {}
    sections = {**story, **live, "scores": "".join(_scores(case)), **annex}
    links = "".join(f'<a href="#{_anchor(name)}">{name.capitalize()}</a>' for name in sections)
    marking = f'<p class="marking" dir="auto">{escape(case.about.marking)}</p>' if case.about.marking else ""
    parts = [f'<section id="{_anchor(name)}">{html}</section>' for name, html in sections.items()]
    foot = f'<footer dir="auto">{escape(whose(study))}</footer>'
    body, style = _with_classes("".join((marking, f"<nav>{links}</nav>", *parts, foot, marking)))
    sheets = f"{read_together('board.css', 'reasons.css', 'one_file.css')}\n{style}"
    return write_page(Path(path), case.about.title, body, board.alone if board else None, SCRIPT, sheets)


def _anchor(name: str) -> str:
    return f"part-{name.replace(' ', '-')}"


def _with_classes(html: str) -> tuple[str, str]:
    """The same with classes for styles, and these as a sheet: the page allows no style that its sheet does not hold."""
    looks = {look: f"look-{number}" for number, look in enumerate(dict.fromkeys(STYLED.findall(html)))}
    plain = STYLED.sub(lambda match: f' data-look="{looks[match[1]]}"', html)
    return plain, "\n".join(f'[data-look="{name}"]{{{look}}}' for look, name in looks.items())


def _scores(case: Case) -> Iterator[str]:
    """A table of all likely scores, each a link to why it was judged so; the reasons, one shown at a time."""
    leaves, likely = list(case.leaves), case.scores["likely"]
    yield '<h2>Scores as judged</h2><p>Choose a score to see its reason and its evidence.</p><div class="wide"><table>'
    heads = "".join(f'<th scope="col" dir="auto">{escape(case.criteria.at[leaf, "name"])}</th>' for leaf in leaves)
    yield f"<thead><tr><th></th>{heads}</tr></thead><tbody>"
    for row, option in enumerate(case.options.index):
        cells = "".join(
            f'<td><a href="#score-{row}-{column}">{shown(likely[option, leaf])}</a></td>'
            for column, leaf in enumerate(leaves)
        )
        yield f'<tr><th scope="row" dir="auto">{escape(case.options.at[option, "short"])}</th>{cells}</tr>'
    yield "</tbody></table></div>"
    for row, option in enumerate(case.options.index):
        for column, leaf in enumerate(leaves):
            reason = _reason(case, option, leaf)
            yield f'<article id="score-{row}-{column}" class="reason" tabindex="-1">{reason}</article>'


def _reason(case: Case, option: str, leaf: str) -> str:
    """Why an option was scored so on a leaf: the range, the reason, and each item of evidence with its grades."""
    score, criterion = case.scores.loc[(option, leaf)], case.criteria.loc[leaf]
    judged, reason = as_judged(score)
    ends = f"0 stands for: {criterion['worst_means']} 100 for: {criterion['best_means']}"
    texts = [
        f"Judged {judged} on a scale from {shown(criterion['worst'])} to {shown(criterion['best'])}.",
        ends if criterion["worst_means"] and criterion["best_means"] else "",
        reason,
    ]
    for item in score["evidence"]:
        claim = case.evidence.loc[item]
        source = case.sources.loc[claim["source"]]
        grade = f"source graded {source['reliability']}, item graded {claim['credibility']}"
        texts.append(f"{claim['claim']} {source['title']}, {source['publisher']}, {source['published']}; {grade}.")
    heading = f"{case.options.at[option, 'short']}: {criterion['name']}"
    paragraphs = "".join(f'<p dir="auto">{escape(text)}</p>' for text in texts if text)
    return f'<h3 dir="auto">{escape(heading)}</h3>{paragraphs}'
