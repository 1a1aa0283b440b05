"""What a deck, workbook or brief says of where it came from, and whether that still holds.

The stamp is written into the file's custom properties, which the usual programs keep when they save it
again. It is a record, not a signature: whoever means to deceive can write another.
"""

from __future__ import annotations

import base64
import json
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
from lxml import etree

from .case import Case
from .contents import Shown, digest, shown
from .errors import StampError
from .guard import FilePath, Seed, guarded
from .ranking import require_case
from .repacking import LARGEST, Parts, custom_properties, moment, repack
from .study import Study

FORMAT = 1
PART = "aukus-mcda stamp "
LENGTH = 240
"""Characters a property holds: Office programs cut what is longer than 255."""
_AS_NAMED = (
    "options", "criteria", "scores", "screens", "scenarios", "assumptions", "redlines", "synergies", "sources",
)  # fmt: skip
TABLES = {name: name for name in _AS_NAMED} | {"weights": "points", "evidence": "register"}
"""The tables of a case, and what a `Case` calls them."""
TOLD = ("low", "likely", "high", "shift", "weight_factor", "least_value", "value", "worst", "best", "passes")
"""Columns a stamp holds as they are; the rest of a row is a digest."""
KEYS = {"scenarios": ("scenario", "option", "criterion"), "synergies": ("options", "criterion")}

Rows = dict[str, dict[str, list[str]]]


class Difference(NamedTuple):
    """One thing that is not as it was when the file was made."""

    what: str
    where: str
    was: str
    now: str


@dataclass(frozen=True, eq=False)
class Verification:
    """Whether a file was made from a case as it stands, and shows what it showed then.

    Attributes
    ----------
    same : bool
    differences : DataFrame
        Columns what (changed, added, removed), where (such as ``scores: a on reach`` or
        ``slide 4: chart``), was, is. Empty when ``same``.
    made_from : mapping of str to str
        What the file says of itself: case, digest, as of, weights, seed, draws, version.
    """

    same: bool
    differences: pd.DataFrame
    made_from: Mapping[str, str]


def stamp(path: Path, kind: str, study: Study, change: Callable[[Parts], None] = lambda parts: None) -> None:
    """Stamp a file just written, in place, and give it the same bytes for the same study.

    Parameters
    ----------
    path : Path
        A file nobody else reads yet: see `files.replacing`.
    kind : str
        ``pptx``, ``xlsx`` or ``docx``.
    study : Study
    change : callable
        As for `repacking.repack`.
    """
    made = moment(study.case.about.as_of)
    said = {
        "format": FORMAT,
        "kind": kind,
        "made_from": _made_from(study),
        "inputs": rows_of(study.case),
        "shown": shown(path, kind),
    }
    packed = base64.b64encode(zlib.compress(json.dumps(said).encode(), 9)).decode()
    pieces = [packed[start : start + LENGTH] for start in range(0, len(packed), LENGTH)]
    properties = {"Made by": f"aukus-mcda {_version()}; checked by: aukus-mcda verify FILE"}
    properties |= {f"{PART}{number:04d}": piece for number, piece in enumerate(pieces)}
    repack(path, made, properties, change)


def _made_from(study: Study) -> dict[str, str]:
    case, weights = study.case, study.ranking.weights
    points = weights.points if len(weights.points) else weights.values
    return {
        "case": case.about.id,
        "digest": case.digest,
        "as of": case.about.as_of.isoformat() if case.about.as_of else "",
        "weights": " ".join(filter(None, (weights.name, f"({weights.method})"))),
        "points": "; ".join(f"{name} {float(value)!r}" for name, value in points.items()),
        "seed": str(study.seed),
        "draws": str(study.draws) if study.acceptability else "0",
        "version": _version(),
    }


def _version() -> str:
    from . import __version__

    return str(__version__)


def rows_of(case: Case) -> Rows:
    """Every row of a case by table and id: its numbers as text, and a digest of the rest.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> rows_of(load_case("aukus_plus_two"))["scores"]["status_quo on det_picture"][0]
    'low 2.5, likely 3, high 4'
    """
    rows: Rows = {"case": {}}
    for key, value in vars(case.about).items():
        said = "; ".join(value) if isinstance(value, tuple) else str(value or "")
        rows["case"][key] = [said if len(said) <= 60 else f"{said[:56]} ...", digest(said)]
    for table, attribute in TABLES.items():
        rows[table] = {}
        for key, told, rest in _rows(getattr(case, attribute), KEYS.get(table, ())):
            again = 2
            while key in rows[table]:
                key, again = f"{key.removesuffix(f' ({again - 1})')} ({again})", again + 1
            rows[table][key] = [told, rest]
    return rows


def _rows(frame: pd.DataFrame, key: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    indexed = frame.set_index(list(key)) if key else frame
    columns = sorted(indexed.columns)
    for label, row in zip(indexed.index, indexed[columns].to_dict("records"), strict=True):
        parts = [";".join(part) if isinstance(part, tuple) else str(part) for part in _listed(label)]
        told = ", ".join(f"{name} {_text(row[name])}" for name in TOLD if name in row and _text(row[name]))
        rest = digest([repr(value) for name, value in row.items() if name not in TOLD])
        yield " on ".join(filter(None, parts)), told, rest


def _listed(label: Any) -> tuple[Any, ...]:
    return label if isinstance(label, tuple) else (label,)


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.15g}"
    return str(value)


def read_stamp(path: str | Path) -> dict[str, Any]:
    """What a file says it was made from and showed.

    Raises
    ------
    StampError
        When it cannot be read, carries no stamp, or a newer one than this version knows.
    """
    if not isinstance(path, str | Path):
        raise StampError(f"Give the path of a file, not {path!r}.")
    path = Path(path)
    try:
        properties = custom_properties(path)
    except OSError as error:
        raise StampError(f"Cannot read {path}: {error.strerror or error}.") from None
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, NotImplementedError, etree.XMLSyntaxError):
        raise StampError(f"{path} is no deck, workbook or document that can be read.") from None
    pieces = [properties[name] for name in sorted(properties) if name.startswith(PART)]
    if not pieces:
        raise StampError(f"{path} does not say what it was made from: it was not written by aukus-mcda.")
    try:
        unpacked = zlib.decompressobj().decompress(base64.b64decode("".join(pieces), validate=True), LARGEST)
        said: dict[str, Any] = json.loads(unpacked)
        known = said["format"] == FORMAT
        if known:
            _require_form(said)
    except (ValueError, TypeError, KeyError, zlib.error, RecursionError):
        raise StampError(f"What {path} says of how it was made is damaged.") from None
    if not known:
        raise StampError(f"{path} was written by another version of aukus-mcda, whose stamp this one cannot read.")
    return said


def _require_form(said: Mapping[str, Any]) -> None:
    """Raise a ValueError, TypeError or KeyError when a stamp is not made up as `stamp` makes it."""
    texts = [said["kind"], *(said["made_from"][name] for name in ("case", "digest", "seed", "version"))]
    texts += [text for rows in _items(said["inputs"]) for row in _items(rows) for text in row]
    texts += [place for place, kinds in said["shown"]]
    texts += [text for _, kinds in said["shown"] for text in _items(kinds)]
    pairs = all(len(row) == 2 for rows in _items(said["inputs"]) for row in _items(rows))
    if not pairs or not all(isinstance(text, str) for text in texts):
        raise ValueError


def _items(held: Mapping[str, Any]) -> Iterable[Any]:
    if not isinstance(held, dict):
        raise TypeError
    return held.values()


@guarded(StampError)
def verify(path: FilePath, case: Case, *, seed: Seed = 0) -> Verification:
    """Whether a file was made from a case as it stands, by this version, and shows what it showed then.

    Parameters
    ----------
    path : str or Path
        A deck, workbook or one-page brief written by this package.
    case : Case
    seed : int
        The seed it should have been made with.

    Returns
    -------
    Verification

    Raises
    ------
    StampError
        When the file cannot be read or does not say what it was made from.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import load_case, study
    >>> from aukus_mcda.workbook import export_workbook
    >>> case, folder = load_case("aukus_plus_two"), tempfile.TemporaryDirectory()
    >>> path = export_workbook(study(case, draws=10_000), folder.name + "/workbook.xlsx")
    >>> verify(path, case).same
    True
    >>> verify(path, case, seed=7).differences.loc[0, ["where", "was", "is"]].tolist()
    ['seed', '0', '7']
    >>> folder.cleanup()
    """
    require_case(case)
    said = read_stamp(path)
    path = Path(path)
    try:
        on_it = shown(path, said["kind"])
    except Exception as error:  # whatever the reader of a damaged file trips over
        raise StampError(f"{path} is damaged and cannot be read ({type(error).__name__}).") from None
    made_from = said["made_from"]
    found = list(_changed_rows(said["inputs"], rows_of(case)))
    if not found and made_from["digest"] != case.digest:
        found.append(Difference("changed", "case", made_from["digest"][:12], case.digest[:12]))
    for what, is_now in (("seed", str(seed)), ("version", _version())):
        if made_from[what] != is_now:
            found.append(Difference("changed", what, made_from[what], is_now))
    found += _changed_places([(place, kinds) for place, kinds in said["shown"]], on_it)
    table = pd.DataFrame(found, columns=list(Difference._fields), dtype=object).rename(columns={"now": "is"})
    return Verification(not found, table, made_from)


def _changed_rows(was: Rows, now: Rows) -> Iterator[Difference]:
    for table in dict.fromkeys((*was, *now)):
        before, after = was.get(table, {}), now.get(table, {})
        for key in dict.fromkeys((*before, *after)):
            where = f"{table}: {key}"
            if key not in after:
                yield Difference("removed", where, before[key][0], "")
            elif key not in before:
                yield Difference("added", where, "", after[key][0])
            elif before[key] != after[key]:
                told_then, told = before[key][0], after[key][0]
                if told_then == told:
                    told_then, told = "the text as it was", "another text"
                yield Difference("changed", where, told_then, told)


def _changed_places(was: Shown, now: Shown) -> Iterator[Difference]:
    """Slides or sheets are matched by what they show, so that one taken out does not mark all behind it."""
    marks = [[json.dumps(kinds, sort_keys=True) for _, kinds in places] for places in (was, now)]
    if [place for place, _ in was] == [place for place, _ in now]:
        steps = [("replace", k, k + 1, k, k + 1) for k in range(len(was)) if marks[0][k] != marks[1][k]]
    else:
        steps = [
            step
            for step in SequenceMatcher(None, marks[0], marks[1], autojunk=False).get_opcodes()
            if step[0] != "equal"
        ]
    for _, start, end, start_now, end_now in steps:
        paired = min(end - start, end_now - start_now)
        for k in range(paired):
            (_, before), (place, after) = was[start + k], now[start_now + k]
            for kind in dict.fromkeys((*before, *after)):
                if before.get(kind) != after.get(kind):
                    was_there, is_there = ("none", "as made")[kind in before], ("none", "edited")[kind in after]
                    yield Difference("changed", f"{place}: {kind}", was_there, is_there)
        for place, _ in was[start + paired : end]:
            yield Difference("removed", place, "", "")
        for place, _ in now[start_now + paired : end_now]:
            yield Difference("added", place, "", "")
