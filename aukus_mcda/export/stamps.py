# SPDX-License-Identifier: Apache-2.0
"""What a deck, workbook or brief says of where it came from, and whether that still holds.

The stamp is written into the file's custom properties, which the usual programs keep when they save it
again. It holds a digest of every other part. It is a record, not a signature: a forger can write another.
"""

from __future__ import annotations

import base64
import io
import json
import re
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from lxml import etree

from .. import __version__
from ..case import ABOUT, PIECE, TABLES, Case, load_case, moment, write_whole
from ..errors import AukusMcdaError, StampError
from ..guard import FilePath, Seed, first_bytes, guarded
from ..layout import office_parts
from ..layout.office_parts import CUSTOM, LARGEST, Parts, digest, part_digest, text_digest
from ..panel import panel_digest
from ..story import own_changes

if TYPE_CHECKING:
    from ..analysis import Study

FORMAT = 2
LENGTH = 240
"""Characters a property holds: Office programs cut what is longer than 255."""
LARGEST_STAMP = LARGEST // 16
"""Bytes a stamp may take, packed or not, before it is taken for one made to fill the memory."""
STAMPED = {name: name for name in TABLES} | {"weights": "points", "evidence": "register"}
"""The tables of a case, and what a `Case` calls them."""
AS_THEY_ARE = ("low", "likely", "high", "shift", "weight_factor", "least_value", "value", "worst", "best", "passes")
"""Columns a stamp holds as they are; the rest of a row is a digest."""
AS_WRITTEN, SAME_WORDS = "as written", "the same words and numbers, otherwise changed"
LABELS = {"scenarios": ("scenario", "option", "criterion"), "synergies": ("options", "criterion")}
"""The columns that name a row of the tables without labels."""

StampedRows = dict[str, dict[str, list[str]]]
Record = dict[str, list[str]]
"""For each part by name: where a reader meets it, its digest, and that of its text."""
Difference = tuple[str, str, str, str]
"""One thing that is not as it was when the file was made: what became of it, where it is, what it was and is."""


@dataclass(frozen=True, eq=False)
class Verification:
    """Whether a file was made from a case as it stands, and is as it was written then.

    Attributes
    ----------
    same : bool
    as_written : bool
        Whether every part of the file is, byte for byte, as it was written, and there is nothing else in it.
    differences : DataFrame
        Columns what (changed, added, removed), where (such as ``scores: a on reach`` or
        ``slide 4: chart``), was, is. Empty when ``same``.
    made_from : mapping of str to str
        What the file says of itself: case, digest, as of, weights, seed, draws, version.
    """

    same: bool
    as_written: bool
    differences: pd.DataFrame
    made_from: Mapping[str, str]


def write_stamped(
    path: FilePath,
    study: Study,
    save: Callable[[Any], object],
    change: Callable[[Parts], None] | None = None,
) -> Path:
    """Write a file of a study with its stamp, and the same bytes for the same study.

    Parameters
    ----------
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.
    study : Study
    save : callable
        Writes the file into a buffer that it is given.
    change : callable, optional
        Changes the parts first.

    Returns
    -------
    Path
        The file written.
    """
    day = moment(study.case.about.as_of)
    origin = {"format": FORMAT, "made_from": origin_of(study), "inputs": rows_of(study.case)}

    def properties(parts: Parts) -> dict[str, str]:
        where = office_parts.places(parts)
        record = {name: [where[name], part_digest(part), text_digest(part)] for name, part in parts.items()}
        packed = base64.b64encode(zlib.compress(json.dumps(origin | {"parts": record}).encode(), 9)).decode()
        pieces = [packed[start : start + LENGTH] for start in range(0, len(packed), LENGTH)]
        return dict(zip(_names(len(pieces)), [_made_by(__version__), *pieces], strict=True))

    whole = io.BytesIO()  # a library that writes to a full disk says so in words of its own
    save(whole)
    write_whole(Path(path), office_parts.repacked(whole.getvalue(), day, properties, change))
    return Path(path)


def _names(pieces: int) -> list[str]:
    """The custom properties of a stamp."""
    return ["Made by", *(f"{PIECE}{number:04d}" for number in range(pieces))]


def _made_by(version: str) -> str:
    return f"aukus-mcda {version}; checked by: aukus-mcda verify FILE"


def origin_of(study: Study) -> dict[str, str]:
    """What a file of a study says that it was made from."""
    case, weights = study.case, study.ranking.weights
    points = weights.points if len(weights.points) else weights.values
    changed = f"{own_changes(case)} {'Sets of weights were added.' if case.own_profiles else ''}".strip()
    return {
        "case": case.about.id,
        "digest": case.digest,
        "as of": case.about.day,
        "weights": " ".join(filter(None, (weights.name, f"({weights.method})"))),
        "points": "; ".join(f"{name} {float(value)!r}" for name, value in points.items()),
        "seed": str(study.seed),
        "draws": str(study.draws) if study.acceptability else "0",
        "version": __version__,
        **({"changed by the analyst": changed} if changed else {}),
        **({} if study.panel is None else {"panel": study.panel.digest}),
    }


@lru_cache(maxsize=1)
def rows_of(case: Case) -> StampedRows:
    """Every row of a case by table and id: its numbers as text, and a digest of the rest; kept for further files.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> rows_of(load_case("aukus_plus_two"))["scores"]["status_quo on det_picture"][0]
    'low 2.5, likely 3.5, high 4.5'
    """
    rows: StampedRows = {"case": {}}
    for key, value in vars(case.about).items():
        text = "; ".join(value) if isinstance(value, tuple) else "" if value is None else str(value)
        rows["case"][key] = [text if len(text) <= 60 else f"{text[:56]} ...", digest(text)]
    for table, attribute in STAMPED.items():
        rows[table] = {}
        for name, numbers, rest in _rows(getattr(case, attribute), LABELS.get(table, ())):
            key, number = name, 1
            while key in rows[table]:
                number += 1
                key = f"{name} ({number})"
            rows[table][key] = [numbers, rest]
    return rows


def _rows(table: pd.DataFrame, labels: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    indexed = table.set_index(list(labels)) if labels else table
    columns = sorted(indexed.columns)
    for label, row in zip(indexed.index, indexed[columns].to_dict("records"), strict=True):
        parts = label if isinstance(label, tuple) else (label,)
        names = [";".join(part) if isinstance(part, tuple) else str(part) for part in parts]
        texts = {name: _text(row[name]) for name in AS_THEY_ARE if name in row}
        numbers = ", ".join(f"{name} {text}" for name, text in texts.items() if text)
        rest = digest([repr(value) for name, value in row.items() if name not in AS_THEY_ARE])
        yield " on ".join(filter(None, names)), numbers, rest


def _text(value: Any) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.15g}"
    return str(value)


def read_stamp(path: str | Path) -> dict[str, Any]:
    """What a file says it was made from and of which parts.

    Raises
    ------
    StampError
        When it cannot be read, carries no stamp, or one of another version.
    """
    return _stamp_in(_opened(path)[0], path)


def case_named_in(path: Path, as_of: str | None = None, own: Path | None = None) -> Case:
    """A shipped case or one in the folder we are in: a file from elsewhere must not lead us anywhere else."""
    named = read_stamp(path)["made_from"]["case"]
    try:
        if ABOUT["id"].holds(named) and (Path(named).is_dir() or not Path(named).exists()):
            return load_case(named, as_of=as_of, own=own or False)
        reason = "Only a shipped case or a folder in this one is looked for."
    except (AukusMcdaError, OSError) as error:
        reason = str(error)
    raise StampError(
        f"{path} was made from a case called {named!r}, which cannot be loaded from here. "
        f"Name it with --case.\n{reason}"
    )


def _opened(path: str | Path) -> tuple[Parts, bool]:
    """The parts of a file, and whether it holds nothing else."""
    try:
        raw = first_bytes(path, LARGEST + 1)
        return office_parts.unpack(raw), office_parts.holds_only_parts(raw)
    except OSError as error:
        raise StampError(f"Cannot read {path}: {error.strerror or error}.") from None
    except Exception:  # whatever the reader of a damaged or hostile archive trips over
        raise StampError(
            f"{path} is not a deck, workbook or document that can be read, or has a password; "
            "other files carry no stamp."
        ) from None


def _stamp_in(parts: Parts, path: str | Path) -> dict[str, Any]:
    damaged = StampError(f"What {path} says of how it was made is damaged.")
    if len(parts.get(CUSTOM, b"")) > LARGEST_STAMP:
        raise damaged
    try:
        properties = office_parts.custom_properties(parts[CUSTOM]) if CUSTOM in parts else {}
    except etree.XMLSyntaxError:
        raise damaged from None
    count = sum(name.startswith(PIECE) for name in properties)
    if not count:
        raise StampError(f"{path} does not say what it was made from: it was not written by aukus-mcda.")
    try:
        packed = "".join(properties[name] for name in _names(count)[1:])
        unpacking = zlib.decompressobj()
        unpacked = unpacking.decompress(base64.b64decode(packed, validate=True), LARGEST_STAMP)
        if not unpacking.eof or unpacking.unused_data:
            raise damaged
        origin: dict[str, Any] = json.loads(unpacked)
        if origin["format"] != FORMAT:
            raise StampError(f"{path} was written by another version of aukus-mcda, whose stamp this one cannot read.")
        _require_form(origin)
    except (ValueError, TypeError, KeyError, AttributeError, zlib.error, RecursionError):
        raise damaged from None
    return origin


def _require_form(origin: Mapping[str, Any]) -> None:
    """Raise a ValueError, TypeError, KeyError or AttributeError when a stamp is not made up as ours are."""
    lists = [([origin["made_from"][name] for name in ("case", "digest", "seed", "version")], 4)]
    lists += [(row, 2) for table in origin["inputs"].values() for row in table.values()]
    lists += [(part, 3) for part in origin["parts"].values()]
    for texts, length in lists:
        if not isinstance(texts, list) or [type(text) for text in texts] != [str] * length:
            raise ValueError


@guarded(StampError)
def verify(path: FilePath, case: Case, *, seed: Seed = 0, panel: FilePath | None = None) -> Verification:
    """Whether a file was made from a case as it stands, by this version, and is as it was written then.

    Parameters
    ----------
    path : str or Path
        A deck, workbook or one-page brief written by this package.
    case : Case
    seed : int
        The seed it should have been made with.
    panel : str or Path, optional
        The working folder that holds the panel it should have been made with.

    Returns
    -------
    Verification
        ``same``, and what differs, a row each.

    Raises
    ------
    StampError
        When the file cannot be read or does not say what it was made from.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import load_case, study, verify
    >>> from aukus_mcda.export.workbook import export_workbook
    >>> case, folder = load_case("starter"), tempfile.TemporaryDirectory()
    >>> path = export_workbook(study(case, draws=2_000), folder.name + "/workbook.xlsx")
    >>> verify(path, case).same
    True
    >>> verify(path, case, seed=7).differences.loc[0, ["where", "was", "is"]].tolist()
    ['seed', '0', '7']
    >>> folder.cleanup()
    """
    parts, nothing_else = _opened(path)
    origin = _stamp_in(parts, path)
    made_from = origin["made_from"]
    differences = list(_changed_rows(origin["inputs"], rows_of(case)))
    if not differences and made_from["digest"] != case.digest:
        differences.append(("changed", "case", made_from["digest"][:12], case.digest[:12]))
    as_it_stands = {"seed": str(seed), "version": __version__}
    if "panel" in made_from:
        as_it_stands["panel"] = (panel_digest(Path(panel)) if panel is not None else "") or "none given"
    for what, is_now in as_it_stands.items():
        if (was := made_from[what]) != is_now:
            differences.append(("changed", what, was[:12], is_now[:12]))
    in_file = sorted(_changed_parts(origin["parts"], parts), key=_in_order)
    if not _is_stamp_alone(parts[CUSTOM], made_from["version"]):
        in_file.append(("changed", CUSTOM, AS_WRITTEN, "changed"))
    if not nothing_else:
        in_file.append(("changed", "archive", AS_WRITTEN, "packed by another program"))
    differences += in_file
    table = pd.DataFrame(differences, columns=["what", "where", "was", "is"], dtype=object)
    return Verification(not differences, not in_file, table, made_from)


def as_exported(path: Path, case: Case) -> bool:
    """Whether a file was made from some state of this case and nobody has edited it since."""
    try:
        before = verify(path, case)
    except StampError:
        return False
    return before.as_written and before.made_from["case"] == case.about.id


def beside_edited(path: Path, ours: Callable[[Path], bool]) -> Path:
    """Where a new file may go: in the place of one of ours, and else beside what lies there, with a number."""
    place, number = path, 2
    while place.exists() and not ours(place):
        place, number = path.with_stem(f"{path.stem}-{number}"), number + 1
    return place


def _is_stamp_alone(part: bytes, version: str) -> bool:
    properties = office_parts.custom_properties(part)
    own = list(properties) == _names(len(properties) - 1) and properties["Made by"] == _made_by(version)
    return own and office_parts.custom_part(properties) == part


def _in_order(difference: Difference) -> tuple[bool, bool, str]:
    """Slide 2 before slide 10, words and numbers that differ before those that do not, parts with only a name last."""
    _, where, _, is_now = difference
    return (
        not set("/[").isdisjoint(where),
        is_now == SAME_WORDS,
        re.sub(r"\d{1,9}", lambda number: number[0].zfill(9), where),
    )


def _changed_rows(was: StampedRows, now: StampedRows) -> Iterator[Difference]:
    for table in dict.fromkeys((*was, *now)):
        before, after = was.get(table, {}), now.get(table, {})
        for key in dict.fromkeys((*before, *after)):
            then, is_now, what = before.get(key), after.get(key), "changed"
            if then is None or is_now is None:
                what = "added" if then is None else "removed"
            elif then != is_now and then[0] == is_now[0]:
                then, is_now = ["the text as it was"], ["another text"]
            if then != is_now:
                yield (what, f"{table}: {key}", (then or [""])[0], (is_now or [""])[0])


def _changed_parts(was: Record, now: Parts) -> Iterator[Difference]:
    """A part is as written when its bytes are; its words are compared only to say more of one that is not."""
    strings = office_parts.shared_strings(now)
    text_of = {text: place for place, _, text in was.values() if text}
    for name in dict.fromkeys((*was, *now)):
        if name not in now:
            yield ("removed", was[name][0], "", "")
        elif name not in was and name != CUSTOM:
            yield ("added", name, "", "")
        elif name in was and part_digest(now[name]) != was[name][1]:
            place, _, text_then = was[name]
            text = text_digest(now[name], strings)
            is_now = f"the words and numbers of {text_of[text]}" if text in text_of else "changed"
            yield ("changed", place, AS_WRITTEN, SAME_WORDS if text and text == text_then else is_now)
