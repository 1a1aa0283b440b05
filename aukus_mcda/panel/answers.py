# SPDX-License-Identifier: Apache-2.0
"""The answers of a judge: what a file of them may hold, and the folder in which a panel's are kept.

A file comes from somebody's mail, so nothing in it is trusted: it is read strictly, and what it says is checked as any
table of scores and weights is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd

from ..case import TABLES, UNJUDGED, About, Case, Reading, as_text, case_from, clock, folder_name, replacing
from ..case.tables import add_own_rows, fault_at, is_id
from ..errors import CaseError, ExportError, Fault, shown
from ..weights import Weights

ANSWER_FORMAT = "aukus-mcda answers 1"
"""How a file of answers begins: its form, and the version of that."""
LONGEST_FILE = 1_000_000
"""Of a file of answers: some three hundred judgements with a long sentence each take a third of it."""
LONGEST_JUDGE, LONGEST_REASON = 60, 2000
"""Letters of a judge's name or role, and of a reason."""
ENTRIES: Mapping[str, type | tuple[type, ...]] = {
    "format": str, "case": str, "judge": str, "round": int, "at": str, "scores": list, "weights": dict,
}  # fmt: skip
"""What a file holds. ``case`` is the digest of the case that was asked about."""
ANSWERED = ("option", "criterion", "low", "likely", "high", "rationale", "cannot")
"""What an answer about one score may say; ``cannot`` stands in the place of the numbers."""
SCALES = ("id", "parent", "name", "direction", "unit", "worst", "best", "shape")
JUDGED = ("low", "likely", "high", "distribution", "rationale", "judged_by", "as_of")
"""Columns of criteria that answers are checked by, and of scores that they give."""
CLOSED = "closed.json"
"""When a panel was closed, and the digest of each file of answers on that day."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What one judge answered.

    Attributes
    ----------
    judge : str
        A name, role or pseudonym, as the judge chose.
    round : int
    at : str
        When the judge finished, ISO.
    scores : DataFrame of str
        Rows of the table of scores, one for each that was judged.
    cannot : tuple of (option, criterion)
        What the judge said that nobody in this place could judge.
    points : dict of str to float
        Swing points by criterion; empty where weights were not asked for.
    """

    judge: str
    round: int
    at: str
    scores: pd.DataFrame
    cannot: tuple[tuple[str, str], ...]
    points: dict[str, float]

    @property
    def profile(self) -> str:
        """What the judge's weights are called among the profiles of a case."""
        return f"{self.judge} (panel)"


def read_answers(path: Path, case: Case) -> Answers:
    """The answers in a file, to this case as it stands.

    Raises
    ------
    CaseError
        With every fault in them: the file, the judge's cell, and the remedy.
    """
    given, name = _read_strictly(path), path.name
    faults = list(_entry_faults(given, name, case))
    if faults:
        raise CaseError(faults)
    judged = [each for each in given["scores"] if not each.get("cannot")]
    labels = [f"{each['option']} on {each['criterion']}" for each in judged]
    rows = pd.DataFrame(judged, index=labels, columns=[*ANSWERED[:-1]], dtype=object)
    rows = rows.assign(judged_by=given["judge"], as_of=case.about.day or given["at"][:10])
    cannot = tuple((each["option"], each["criterion"]) for each in given["scores"] if each.get("cannot"))
    return Answers(given["judge"], given["round"], given["at"], as_text(rows), cannot, given["weights"])


def view_of(case: Case, answers: Answers, file: Path) -> Case:
    """The case as a judge sees it: with the judge's scores, and among the profiles the judge's weights.

    Raises
    ------
    CaseError
        With every fault that the answers bring in.
    """
    held = case.scores.reset_index()
    ends = held[["low", "likely", "high"]].mask(held["distribution"] == UNJUDGED)
    asked = {
        "options": case.options.reset_index()[["id"]],
        "criteria": case.criteria.reset_index()[list(SCALES)],
        "scores": held[[*JUDGED, "option", "criterion"]].assign(**ends),
        "weights": case.points.reset_index().assign(evidence=""),
    }
    # The rest of the case is checked already, and no answer touches it.
    reading = Reading(dict.fromkeys(("case", *asked), file.name), about=About(as_of=case.about.as_of))
    reading.tables = {name: as_text(table) for name, table in asked.items()}
    if len(answers.scores):
        add_own_rows(reading, "scores", answers.scores, file, moves=False)
    if answers.points:
        points = pd.DataFrame({"criterion": answers.points.keys(), "likely": answers.points.values()})
        add_own_rows(reading, "weights", as_text(points.assign(profile=answers.profile)), file)
    checked = case_from(reading)
    scores = checked.scores.loc[case.scores.index]
    return replace(case, scores=case.scores.assign(**scores[list(JUDGED)]), points=checked.points)


def panel_folder(folder: Path) -> Path:
    """Where the panel's answers lie in a case's working folder."""
    return folder / "panel"


def collect(case: Case, folder: Path, files: Iterable[Path]) -> list[str]:
    """Add answers to the panel of a case; what became of each file, in a sentence. With any fault nothing is written.

    A judge's second file of the same round takes the place of the first, which is kept beside it.

    Raises
    ------
    CaseError
        With every fault in every file.
    ExportError
        When the panel is closed, or the folder cannot be written.
    """
    panel, faults, good = panel_folder(folder), [], []
    for path in files:
        try:
            answers = read_answers(path, case)
            view_of(case, answers, path)
            good.append((path, answers))
        except CaseError as error:
            faults += [Fault(*row) for row in error.faults.itertuples(index=False)]
    if faults:
        raise CaseError(faults)
    closed = closed_panel(panel)
    for _, answers in good:
        if closed and answers.round <= closed["round"]:
            raise ExportError(
                f"The panel was closed at {closed['at']}: answers of round {answers.round} come too late."
            )
    sentences = []
    for path, answers in good:
        place, given = panel / f"round_{answers.round}" / f"{folder_name(answers.judge)}.json", path.read_bytes()
        before = place.read_bytes() if place.exists() else None
        if before == given:
            sentences.append(f"{path.name}: {answers.judge} is on the panel with these answers already.")
            continue
        if before is not None:
            earlier = panel / "replaced" / f"{place.parent.name}_{place.stem}_{_digest(before)[:8]}.json"
            _put(earlier, before)
        _put(place, given)
        count, of = len(answers.scores), len(answers.scores) + len(answers.cannot)
        what = f"{count} scores judged, {of - count} that cannot be" + (", and weights" if answers.points else "")
        again = " These take the place of earlier answers, which are kept." if before is not None else ""
        sentences.append(f"{path.name}: {answers.judge}, {what}.{again}")
    return sentences


def close_panel(folder: Path) -> dict[str, Any]:
    """Note the time and what every judge answered, before any total is shown; a panel that is closed stays as it is.

    Raises
    ------
    ExportError
        When no answers were collected, or the folder cannot be written.
    """
    panel = panel_folder(folder)
    files, closed = _files(panel), closed_panel(panel)
    if not files:
        raise ExportError(f"There are no answers in {panel}: collect some first.")
    if closed and closed["answers"].keys() == {path.relative_to(panel).as_posix() for path in files}:
        return closed
    latest = max(int(path.parent.name.removeprefix("round_")) for path in files)
    now = clock().isoformat(timespec="seconds")
    answers = {path.relative_to(panel).as_posix(): _digest(path.read_bytes()) for path in files}
    closed = {"at": now, "round": latest, "answers": answers}
    _put(panel / CLOSED, json.dumps(closed, indent=1).encode())
    return closed


def closed_panel(panel: Path) -> dict[str, Any]:
    """When a panel was closed and on what; empty while it is open."""
    try:
        return dict(json.loads((panel / CLOSED).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return {}


def panel_digest(folder: Path) -> str:
    """SHA-256 of what every judge of a closed panel answered; blank while it is open."""
    answers = closed_panel(panel_folder(folder)).get("answers")
    return _digest(json.dumps(answers, sort_keys=True).encode()) if answers else ""


def read_panel(case: Case, folder: Path) -> list[tuple[Answers, Case, Weights | None]]:
    """The judges of a panel that was closed, each with the case as this judge sees it and the judge's weights, if any.

    What a judge answered in a later round takes the place of what the same judge answered before.

    Raises
    ------
    CaseError
        When answers do not fit the case as it stands.
    ExportError
        When the panel is not closed, or is not as it was closed.
    """
    panel = panel_folder(folder)
    closed = closed_panel(panel)
    if not closed:
        raise ExportError(f"The panel in {panel} is open: close it with aukus-mcda collect CASE --reveal.")
    latest: dict[str, tuple[Answers, Path]] = {}
    for name, digest in closed["answers"].items():
        path = panel / name
        if not path.is_file() or _digest(path.read_bytes()) != digest:
            raise ExportError(f"{path} is not as it was when the panel was closed.")
        answers = read_answers(path, case)
        before = latest.get(answers.judge)
        if before is not None:
            answers = _later(before[0], answers)
        latest[answers.judge] = answers, path
    views = {judge: view_of(case, *each) for judge, each in latest.items()}
    return [
        (answers, views[judge], views[judge].profile(answers.profile) if answers.points else None)
        for judge, (answers, _) in latest.items()
    ]


def _later(first: Answers, second: Answers) -> Answers:
    """What a judge holds after two rounds."""
    if second.round < first.round:
        first, second = second, first
    kept = first.scores.drop(index=second.scores.index, errors="ignore")
    asked = {*zip(second.scores["option"], second.scores["criterion"], strict=True), *second.cannot}
    cannot = (*(each for each in first.cannot if each not in asked), *second.cannot)
    scores = pd.concat([kept, second.scores])
    return Answers(second.judge, second.round, second.at, scores, cannot, second.points or first.points)


def _files(panel: Path) -> list[Path]:
    return sorted(panel.glob("round_*/*.json"))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with replacing(path) as beside:
        beside.write_bytes(content)


def _read_strictly(path: Path) -> dict[str, Any]:
    """A file of JSON in which no key stands twice and every number is one."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) < len(pairs):
            raise ValueError("a key that stands twice")
        return dict(pairs)

    def refuse(word: str) -> None:
        raise ValueError(f"{word}, which is no number")

    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LONGEST_FILE + 1)
        if len(text) > LONGEST_FILE:
            raise ValueError(f"more than {LONGEST_FILE:,} signs")
        given = json.loads(text, object_pairs_hook=once, parse_constant=refuse)
    except (OSError, ValueError, RecursionError) as error:
        raise CaseError([fault_at(path.name, "", "", "no answers", error=f"{error!s:.80}")]) from None
    if not isinstance(given, dict) or given.get("format") != ANSWER_FORMAT:
        raise CaseError([fault_at(path.name, "", "format", "no answers", error="another form, or version")])
    return given


def _entry_faults(given: dict[str, Any], file: str, case: Case) -> Iterable[Fault]:
    """What is wrong with a file before its judgements are looked at as tables."""
    for name in given.keys() ^ ENTRIES.keys():
        yield fault_at(
            file, "", f"{name:.60}", "answer entry", found="no such entry" if name in ENTRIES else "an unknown entry"
        )
    for name in given.keys() & ENTRIES.keys():
        if not isinstance(given[name], ENTRIES[name]) or isinstance(given[name], bool):
            yield fault_at(file, "", name, "answer entry", found=shown(given[name]))
    if given.get("case") != case.digest:
        yield fault_at(file, "", "case", "other case", id=case.about.id)
    judge = given.get("judge")
    if isinstance(judge, str) and not (is_id(judge) and len(judge) <= LONGEST_JUDGE):
        yield fault_at(file, "", "judge", "no judge", found=shown(judge), most=LONGEST_JUDGE)
    if isinstance(given.get("round"), int) and not 1 <= given["round"] <= 99:
        yield fault_at(file, "", "round", "answer entry", found=shown(given["round"]))
    if not TABLES["scores"]["as_of"].holds(str(given.get("at"))[:10]):
        yield fault_at(file, "", "at", "answer entry", found=shown(given.get("at")))
    scores = given.get("scores")
    asked = set()
    for number, each in enumerate(scores if isinstance(scores, list) else (), start=1):
        faults = list(_answer_faults(each, number, file, case))
        yield from faults
        if not faults:
            cell = each["option"], each["criterion"]
            if cell in asked:
                yield fault_at(file, f"{cell[0]} on {cell[1]}", "", "twice")
            asked.add(cell)
    weights = given.get("weights")
    for name, points in weights.items() if isinstance(weights, dict) else ():
        if not isinstance(points, int | float) or isinstance(points, bool):
            yield fault_at(file, f"{name:.60}", "likely", "answer entry", found=shown(points))


def _answer_faults(each: Any, number: int, file: str, case: Case) -> Iterable[Fault]:
    """What is wrong with an answer about one score, whatever it says."""
    named = isinstance(each, dict) and all(isinstance(each.get(name), str) for name in ANSWERED[:2])
    if not named or not each.keys() <= {*ANSWERED}:
        yield fault_at(file, number, "scores", "answer entry", found=shown(each))
        return
    place = f"{each['option']!s:.40} on {each['criterion']!s:.40}"
    if (each["option"], each["criterion"]) not in case.scores.index:
        yield fault_at(file, place, "option", "no such score")
    numbers = [each.get(end) for end in ("low", "likely", "high")]
    for end, cell in zip(("low", "likely", "high"), numbers, strict=True):
        if cell is not None and (isinstance(cell, bool) or not isinstance(cell, int | float)):
            yield fault_at(file, place, end, "answer entry", found=shown(cell))
    if each.get("cannot") not in (None, False, True) or (
        each.get("cannot") and any(cell is not None for cell in numbers)
    ):
        yield fault_at(file, place, "cannot", "answer entry", found=shown(each.get("cannot")))
    reason = each.get("rationale", "")
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON:
        yield fault_at(file, place, "rationale", "long reason", most=LONGEST_REASON)
