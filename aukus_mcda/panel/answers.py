# SPDX-License-Identifier: Apache-2.0
"""The answers of a judge: what a file of them may hold, and the folder in which a panel's are kept.

A file comes from somebody's mail, so nothing in it is trusted: it is read strictly, and what it says is checked as any
table of scores and weights is.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..case import Case, Reading, as_text, checked_tables, clock, filled, write_whole
from ..case.tables import PANEL, fault_at, is_id, is_text
from ..case.values import ANCHORS
from ..errors import CaseError, ExportError, Fault, MethodError, is_number, keys_once, listed, shown, unreadable
from ..guard import first_bytes
from ..weights import Weights

ANSWER_FORMAT = "aukus-mcda answers 1"
"""How a file of answers begins: its form, and the version of that."""
LONGEST_FILE = 1_000_000
"""Bytes of a file of answers: some three hundred judgements with a long sentence each take a third of it."""
LONGEST_JUDGE, LONGEST_REASON = 60, 2000
"""Letters of a judge's name or role, and of a reason."""
_ANSWER_FILE = re.compile(r"round_\d{1,2}/[\w-]+\.json", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)  # so that later ones sort later
ANSWERED = ("option", "criterion", "low", "likely", "high", "rationale", "cannot")
"""What an answer about one score may say; ``cannot`` stands in the place of the numbers."""
SHOWN = ["parent", "name", "question", "excludes_meaning", *ANCHORS]
SCALES = ("id", "parent", "name", "direction", "unit", "worst", "best", "shape")
JUDGED = ("low", "likely", "high", "distribution", "rationale", "judged_by", "as_of")
"""Columns of criteria that a judge is shown, that answers are checked by; and of scores that they give."""
ASKED = "asked_{}.txt"
"""By round: who was asked, a name a line."""
CLOSED = "closed_{}.json"
"""By round: when the panel was closed, and the digest of each file of answers of that round. Never written again."""


@dataclass(frozen=True, eq=False)
class Answers:
    """What one judge answered.

    Attributes
    ----------
    file : str
        Where it was read, for faults.
    judge : str
        A name, role or pseudonym, as the judge chose.
    round : int
    at : str
        When the judge finished, ISO.
    scores : DataFrame of str
        Rows of the table of scores, one for each that was judged.
    cannot : dict of (option, criterion) to str
        What the judge could not judge, and why.
    points : dict of str to float
        Swing points by criterion; empty where weights were not asked for.
    """

    file: str
    judge: str
    round: int
    at: str
    scores: pd.DataFrame
    cannot: dict[tuple[str, str], str]
    points: dict[str, float]

    @property
    def profile(self) -> str:
        """What the judge's weights are called among the profiles of a case."""
        return f"{self.judge} (panel)"

    @property
    def cells(self) -> pd.MultiIndex:
        """The scores that were judged, by option and criterion."""
        return pd.MultiIndex.from_frame(self.scores[["option", "criterion"]])


def read_answers(content: bytes, name: str, case: Case) -> Answers:
    """The answers in a file of this name, to this case as it stands.

    Raises
    ------
    CaseError
        With every fault in them: the file, the judge's cell, and the remedy.
    """
    given = _read_strictly(content, name)
    faults = _faults_in(given, name, case)
    if faults:
        raise CaseError(faults)
    return _answers_of(given, name)


def _answers_of(given: Mapping[str, Any], name: str) -> Answers:
    """What a judge answered, where nothing is wrong with any entry."""
    table = pd.DataFrame(given["scores"], columns=list(ANSWERED), dtype=object)
    unable, texts = table["cannot"].eq(True), as_text(table.drop(columns="cannot"))
    cells = [texts["option"], texts["criterion"]]
    rows = texts.set_axis(cells[0] + " on " + cells[1])[~unable.to_numpy()]
    rows = rows.assign(judged_by=given["judge"], as_of=given["at"][:10])
    cannot = texts.set_index(cells)["rationale"][unable.to_numpy()].to_dict()
    return Answers(name, given["judge"], given["round"], given["at"], rows, cannot, given["weights"])


def view_of(case: Case, answers: Answers) -> Case:
    """The case as a judge sees it: with the judge's scores, and among the profiles the judge's weights.

    Raises
    ------
    CaseError
        With every fault that the answers bring in.
    """
    points = pd.DataFrame({"criterion": answers.points.keys(), "likely": answers.points.values()}, dtype=object)
    points = as_text(points.assign(profile=answers.profile))
    points = points.set_axis([f"points for {name:.60}" for name in answers.points])
    # The rest of the case is checked already, and no answer touches it. Whatever the day, a judge's answer counts.
    reading = Reading(dict.fromkeys(("case", "criteria", "scores", "weights"), answers.file))
    reading.tables = {"criteria": as_text(case.criteria.reset_index()[list(SCALES)]), "scores": answers.scores}
    if answers.points:
        reading.tables["weights"] = points
    checked = {name: filled(table) for name, table in checked_tables(reading).items() if name in ("scores", "weights")}
    judged = checked["scores"].set_index(["option", "criterion"])[list(JUDGED)]
    scores = case.scores.copy()
    scores.loc[judged.index, list(JUDGED)] = judged
    own = checked["weights"].set_index(case.points.index.names)
    return replace(case, scores=scores, points=pd.concat([case.points, own]))


def panel_folder(folder: Path) -> Path:
    """Where the panel's answers lie in a case's working folder."""
    return folder / PANEL


def question_digest(case: Case) -> str:
    """SHA-256 of what a judge is asked about: the options, and the scales with their levels.

    Scores, weights and bends of the analyst's own, and the day of the case, change no question.
    """
    tables = (case.options[["name", "description"]], case.criteria[SHOWN], case.levels["means"])
    return _digest("\n".join(table.sort_index().to_json(double_precision=15) for table in tables).encode())


def asked_judges(folder: Path, number: int) -> list[str]:
    """Who was asked in a round; nobody where the list is not kept.

    Raises
    ------
    ExportError
        When the list cannot be read: somebody may have added a name by hand.
    """
    place = panel_folder(folder) / ASKED.format(number)
    try:
        lines = first_bytes(place).decode("utf-8-sig").splitlines() if place.exists() else []
    except (OSError, UnicodeDecodeError):
        raise ExportError(f"{place} cannot be read: save it as UTF-8 text, a name on each line.") from None
    return list(dict.fromkeys(filter(None, map(str.strip, lines))))


def note_asked(folder: Path, number: int, judges: Iterable[str]) -> None:
    """Keep who is asked in a round, beside those asked before."""
    names = dict.fromkeys([*asked_judges(folder, number), *judges])
    write_whole(panel_folder(folder) / ASKED.format(number), "".join(f"{name}\n" for name in names).encode())


def collect(case: Case, folder: Path, files: Iterable[Path]) -> list[str]:
    """Add answers to the panel of a case; what became of each, and who has answered. With any fault nothing is written.

    Of two files of one judge in a round the one that was finished later counts, and the other is kept beside it.

    Raises
    ------
    CaseError
        With every fault in every file.
    ExportError
        When answers are of another round than the one that is open, or the folder cannot be written.
    """
    panel, faults, good = panel_folder(folder), [], []
    for path in files:
        try:
            content = first_bytes(path, LONGEST_FILE + 1)
            answers = read_answers(content, path.name, case)
            view_of(case, answers)
            good.append((path.name, content, answers))
        except OSError as error:
            words = {"reason": error.strerror, "expected": "a file of answers"}
            faults.append(fault_at(path.name, "", "", "closed file", **words))
        except CaseError as error:
            faults += [fault._replace(remedy="Send it back to the judge.") for fault in _faults_of(error)]
    if faults:
        raise CaseError(faults)
    open_round = 1 + len(closed_rounds(folder))
    wanted = asked_judges(folder, open_round)
    closed = open_round > 1 and not wanted
    state = f"Round {open_round - 1} is closed, and nobody was asked again" if closed else f"Round {open_round} is open"
    for name, _, answers in good:
        if answers.round != open_round:
            late = "come too late" if answers.round < open_round else "were not asked for yet"
            raise ExportError(f"{name}: answers of round {answers.round} {late}. {state}.")
        if wanted and answers.judge not in wanted:
            raise ExportError(
                f"{name}: {shown(answers.judge)} was not asked in round {open_round}; {listed(wanted)} were."
            )
    kept = [_kept(panel, case, *each) for each in good]
    there = _answered(case, folder)
    if closed and not there:
        return [*kept, f"{state}."]
    due = due_answers(case, folder)
    told = f"Round {open_round} has the answers of {'; '.join(there) or 'nobody yet'}, in {panel}."
    return [*kept, f"{told} Asked, and not in yet: {'; '.join(due)}." if due else told]


def due_answers(case: Case, folder: Path) -> list[str]:
    """Who was asked in the open round and has not answered; nobody where none has."""
    asked, there = asked_judges(folder, 1 + len(closed_rounds(folder))), _answered(case, folder)
    return [name for name in asked if there and name not in there]


def _answered(case: Case, folder: Path) -> dict[str, Path]:
    """The files of answers of the open round, by judge; others that may lie there are passed over."""
    panel = panel_folder(folder)
    number = 1 + len(closed_rounds(folder))
    there = {}
    for path in sorted((panel / f"round_{number}").glob("*.json")):
        if path.is_file() and _ANSWER_FILE.fullmatch(path.relative_to(panel).as_posix()):
            answers = read_answers(path.read_bytes(), path.name, case)
            if path == _place(panel, answers) and answers.round == number:
                there[answers.judge] = path
    return there


def _place(panel: Path, answers: Answers) -> Path:
    """Where a judge's answers lie: under no name that differs from another's by case alone, or is kept by a system."""
    plain = re.sub(r"[^a-z0-9]+", "_", answers.judge.lower())[:40]
    return panel / f"round_{answers.round}" / f"{plain}_{_digest(answers.judge.encode())[:8]}.json"


def _kept(panel: Path, case: Case, name: str, content: bytes, answers: Answers) -> str:
    """Put a judge's answers where they belong, and say so."""
    place = _place(panel, answers)
    before = place.read_bytes() if place.exists() else None
    if before == content:
        return f"{name}: {answers.judge} is on the panel with these answers already."
    count, some = len(answers.scores), ", and weights" if answers.points else ""
    what = f"{count} score{'s' if count != 1 else ''} judged, {len(answers.cannot)} that cannot be{some}"
    if before is None:
        write_whole(place, content)
        return f"{name}: {answers.judge}, {what}."
    newer = answers.at > read_answers(before, place.name, case).at
    older = before if newer else content
    write_whole(panel / "replaced" / f"{place.parent.name}_{place.stem}_{_digest(older)[:8]}.json", older)
    if not newer:
        return (
            f"{name}: older than the answers of {answers.judge} on the panel, which stay. These are kept beside them."
        )
    write_whole(place, content)
    return f"{name}: {answers.judge}, {what}. These take the place of earlier answers, which are kept."


def close_panel(case: Case, folder: Path) -> dict[str, Any]:
    """Note the time and what every judge answered in the open round, before any total of it is shown.

    Without answers since, the last closing stands.

    Raises
    ------
    ExportError
        When no answers were collected, a record cannot be read, or the folder cannot be written.
    CaseError
        When answers do not fit the case as it stands.
    MethodError
        When fewer than two options are ranked.
    """
    require_choice(case)
    panel, closed, files = panel_folder(folder), closed_rounds(folder), _answered(case, folder).values()
    if not files and closed:
        return closed[-1]
    if not files:
        raise ExportError(f"There are no answers in {panel}: collect some first.")
    answers = {path.relative_to(panel).as_posix(): _digest(path.read_bytes()) for path in files}
    record = {"at": clock().isoformat(timespec="seconds"), "answers": answers}
    write_whole(panel / CLOSED.format(1 + len(closed)), json.dumps(record, indent=1).encode())
    return record


def require_choice(case: Case) -> None:
    """Raise a `MethodError` where fewer than two options are ranked: a panel has nothing to choose between."""
    if len(case.competing) < 2:
        raise MethodError("A panel has nothing to choose between: fewer than two options are ranked.")


def closed_rounds(folder: Path) -> list[dict[str, Any]]:
    """When each round was closed and on what, the first first; empty while the panel is open.

    Raises
    ------
    ExportError
        When a record cannot be read.
    """
    panel = panel_folder(folder)
    records: list[dict[str, Any]] = []
    while (path := panel / CLOSED.format(len(records) + 1)).exists():
        with suppress(OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            record = json.loads(first_bytes(path).decode("utf-8-sig"), object_pairs_hook=keys_once)
            names = record["answers"].keys()
            if isinstance(record["at"], str) and names and all(map(_ANSWER_FILE.fullmatch, names)):
                records.append(record)
                continue
        raise ExportError(f"{path} cannot be read as the record of a closed round.")
    return records


def panel_digest(folder: Path) -> str:
    """SHA-256 of what every judge of a closed panel answered, as the files stand; blank while it is open."""
    panel = panel_folder(folder)
    records = [{name: _digest(_held(panel / name)) for name in each["answers"]} for each in closed_rounds(folder)]
    return _digest(json.dumps(records, sort_keys=True).encode()) if records else ""


def _held(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


def closed_answers(case: Case, folder: Path) -> list[Answers]:
    """Every file of answers of the rounds that were closed, the first round first.

    Raises
    ------
    CaseError
        When answers do not fit the case as it stands.
    ExportError
        When the panel is not closed, or is not as it was closed.
    """
    panel, closed = panel_folder(folder), closed_rounds(folder)
    if not closed:
        raise ExportError(f"The panel in {panel} is open: close it with aukus-mcda collect CASE --reveal.")
    answers = []
    for name, digest in (each for record in closed for each in record["answers"].items()):
        content = _held(panel / name)
        if _digest(content) != digest:
            raise ExportError(f"{panel / name} is not as it was when the panel was closed.")
        answers.append(read_answers(content, name, case))
    return answers


def members_of(case: Case, answers: Iterable[Answers]) -> list[tuple[Answers, Case, Weights | None]]:
    """The judges of a panel, each with the case as this judge sees it and the judge's weights, if any.

    What a judge answered in a later round takes the place of what the same judge answered before.

    Raises
    ------
    CaseError
        When answers do not fit the case as it stands.
    """
    latest: dict[str, Answers] = {}
    for each in answers:
        latest[each.judge] = _later(latest[each.judge], each) if each.judge in latest else each
    views = [(each, view_of(case, each)) for each in latest.values()]
    return [(each, view, view.profile(each.profile) if each.points else None) for each, view in views]


def answered_again(answers: Iterable[Answers]) -> pd.DataFrame:
    """What judges answered anew in a later round; weights are left out.

    Returns
    -------
    DataFrame
        By round, judge, option and criterion: the likely score ``before`` and ``after``, NaN where the judge could not
        say, whether the judge ``moved``, in the range too, and ``why``.
    """
    held: dict[tuple[str, ...], Sequence[float]] = {}
    rows: dict[tuple[Any, ...], tuple[float, float, bool, str]] = {}
    for each in answers:
        numbers = filled(each.scores[["likely", "low", "high"]].replace("", math.nan).astype(float)).values.tolist()
        now = dict(zip(each.cells, zip(numbers, each.scores["rationale"], strict=True), strict=True))
        now |= {cell: ([math.nan] * 3, why) for cell, why in each.cannot.items()}
        for cell, (score, why) in now.items():
            before = held.get((each.judge, *cell))
            if before is not None:
                same = np.array_equal(before, score, equal_nan=True)
                rows[each.round, each.judge, *cell] = before[0], score[0], not same, why
            held[each.judge, *cell] = score
    index = pd.MultiIndex.from_tuples(rows, names=["round", "judge", "option", "criterion"])
    return pd.DataFrame(rows.values(), index, ["before", "after", "moved", "why"])


def _later(first: Answers, second: Answers) -> Answers:
    """What a judge holds after a further round."""
    asked = {*second.cells, *second.cannot}
    held = [cell not in asked for cell in first.cells]
    cannot = {cell: why for cell, why in first.cannot.items() if cell not in asked} | second.cannot
    scores = pd.concat([first.scores[held], second.scores])
    return replace(second, scores=scores, cannot=cannot, points=second.points or first.points)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _read_strictly(content: bytes, name: str) -> dict[str, Any]:
    """A file of JSON in which no key stands twice and every number is one."""

    def refuse(word: str) -> None:
        raise ValueError(f"{word}, which is not a number")

    try:
        if len(content) > LONGEST_FILE:
            raise ValueError(f"more than {LONGEST_FILE:,} bytes")
        given = json.loads(content.decode("utf-8-sig"), object_pairs_hook=keys_once, parse_constant=refuse)
    except (ValueError, RecursionError) as error:
        raise CaseError([fault_at(name, "", "", "no answers", error=unreadable(error))]) from None
    if not isinstance(given, dict) or given.get("format") != ANSWER_FORMAT:
        raise CaseError([fault_at(name, "", "format", "no answers", error="another form, or version")])
    return given


def _is_moment(entry: Any) -> bool:
    """Whether answers can have been finished then: a clock may be a day off, but no file may outlast all others."""
    latest = dt.datetime.now(dt.UTC) + dt.timedelta(days=1)
    with suppress(ValueError):  # a day that there is not
        return bool(_MOMENT.fullmatch(str(entry))) and dt.datetime.fromisoformat(entry) < latest
    return False


ENTRIES: Mapping[str, Callable[[Any], bool]] = {
    "format": lambda entry: entry == ANSWER_FORMAT,
    "case": lambda entry: isinstance(entry, str),
    "judge": lambda entry: isinstance(entry, str),
    "round": lambda entry: type(entry) is int and 1 <= entry <= 99,
    "at": _is_moment,
    "scores": lambda entry: isinstance(entry, list),
    "weights": lambda entry: isinstance(entry, dict),
}
"""What a file holds, and whether an entry can be that. ``case`` is the digest of the questions: `question_digest`."""


def _faults_in(given: dict[str, Any], file: str, case: Case) -> list[Fault]:
    """All that is wrong with a file: with its entries, and with the judgements that can be read whatever else is."""
    unfit = dict.fromkeys(given.keys() - ENTRIES, "an unknown entry")
    wrong = [name for name, fits in ENTRIES.items() if not fits(given.get(name))]
    unfit |= {name: shown(given[name]) if name in given else "no such entry" for name in wrong}
    faults = [fault_at(file, "", f"{name:.60}", "answer entry", found=found) for name, found in unfit.items()]
    if given.get("case") != question_digest(case):
        return [*faults, fault_at(file, "", "case", "other case", id=case.about.id)]
    if "judge" not in unfit and (not is_id(given["judge"]) or len(given["judge"]) > LONGEST_JUDGE):
        faults.append(fault_at(file, "", "judge", "no judge", found=shown(given["judge"]), most=LONGEST_JUDGE))
    if {"scores", "weights"} & unfit.keys():
        return faults
    scores, weights = given["scores"], given["weights"]
    once: dict[tuple[str, str], Any] = {}
    for number, each in enumerate(scores, start=1):
        own = list(_answer_faults(each, number, file, case))
        faults += own
        if not own:
            cell = each["option"], each["criterion"]
            if cell in once:
                faults.append(fault_at(file, f"{cell[0]} on {cell[1]}", "", "twice"))
            once[cell] = each
    silent = not weights and len(once) == len(scores) and all(each.get("cannot") for each in scores)
    if silent and given.get("round") == 1:
        faults.append(fault_at(file, "", "scores", "nothing judged"))
    odd = [name for name, points in weights.items() if not is_number(points)]
    faults += [fault_at(file, f"{name:.60}", "likely", "answer entry", found=shown(weights[name])) for name in odd]
    if faults:
        points = {} if odd else weights
        sound = {"judge": "judge", "round": 1, "at": "2000-01-01", "scores": [*once.values()], "weights": points}
        try:
            view_of(case, _answers_of(sound, file))
        except CaseError as error:
            faults += _faults_of(error)
    return faults


def _faults_of(error: CaseError) -> list[Fault]:
    return [Fault(*row) for row in error.faults.itertuples(index=False)]


def _answer_faults(each: Any, number: int, file: str, case: Case) -> Iterable[Fault]:
    """What is wrong with an answer about one score, whatever it says."""
    named = isinstance(each, dict) and all(isinstance(each.get(name), str) for name in ANSWERED[:2])
    if not named or not each.keys() <= {*ANSWERED}:
        yield fault_at(file, number, "scores", "answer entry", found=shown(each))
        return
    place = f"{each['option']!s:.40} on {each['criterion']!s:.40}"
    if (each["option"], each["criterion"]) not in case.scores.index:
        yield fault_at(file, place, "option", "no such score")
    unable, reason = each.get("cannot"), each.get("rationale", "")
    numbers = {end: each[end] for end in ("low", "likely", "high") if each.get(end) is not None}
    odd = {end: cell for end, cell in numbers.items() if not is_number(cell)}
    if unable not in (None, False, True) or (unable and numbers):
        odd["cannot"] = unable
    if not isinstance(reason, str) or len(reason) > LONGEST_REASON or not (reason.strip() or unable):
        yield fault_at(file, place, "rationale", "long reason", most=LONGEST_REASON)
    elif not is_text(reason):
        odd["rationale"] = reason
    for name, cell in odd.items():
        yield fault_at(file, place, name, "answer entry", found=shown(cell))
