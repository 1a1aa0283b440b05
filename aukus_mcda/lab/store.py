# SPDX-License-Identifier: Apache-2.0
"""The analyst's weights in the working folder: those in force, sets with a name, a log of every change, the lock."""

from __future__ import annotations

import asyncio
import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple
from weakref import WeakValueDictionary

import numpy as np
import pandas as pd
import traitlets

from ..case import Case, own_rows_in, work_folder, write_own_rows, write_whole
from ..case.tables import KEPT_IDS, OWN_WEIGHTS, SET_NOTES, TABLES, alike, is_id
from ..errors import CaseError, ExportError, WeightsError, keys_once, unreadable
from ..guard import FilePath, first_bytes, guarded
from ..text import titled
from ..weights import ElicitationLog, Points, Weights, swing

SAVED, SETS, NOTES, LOG = OWN_WEIGHTS, "weights.csv", SET_NOTES, "board.jsonl"
"""The weights in force; sets with a name, as a case has them; who saved those and why, and the lock; every change."""
OWN_FILES = ("scores.csv", "shapes.csv")
"""What the analyst changed in a case but for its weights."""
SET_COLUMNS = list(TABLES["weights"])
LONGEST_NAME = 60
LOOK_EVERY = 0.5
"""Seconds between two looks at the files while something on a page shows them."""


class WeightStore(traitlets.HasTraits):  # type: ignore[misc]
    """The working folder of a case, as all boards and guides in this kernel see it.

    ``stamp`` changes when a file does, whoever wrote it: those who show the weights observe it.
    """

    stamp = traitlets.Tuple()

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder, self._views = folder, 0
        self._timer: asyncio.TimerHandle | None = None
        self.read: tuple[Case, str, Saved] | None = None
        self.log: tuple[dict[str, Any], ElicitationLog] | None = None
        self.look()

    def look(self) -> None:
        """See whether the files are still those last seen."""
        # Two files of one size, written within one tick of the clock, differ in what is in them alone.
        held = self.contents(SAVED, SETS, NOTES, *OWN_FILES)
        self.stamp = tuple((name, hashlib.sha256(text).digest()) for name, text in held.items())

    def contents(self, *names: str) -> dict[str, bytes]:
        """What is in those of some files that are there, by name."""
        held = {}
        for name in names:
            with suppress(OSError):
                held[name] = first_bytes(self.folder / name)
        return held

    def viewed(self, more: int) -> None:
        """A page shows a view more, or one less: while there is any, the kernel's own loop looks now and then."""
        self._views = max(self._views + more, 0)
        if self._views and self._timer is None:
            self._look_again()

    def _look_again(self) -> None:
        self._timer = None
        if self._views:
            self.look()
            with suppress(RuntimeError):  # without a loop there is no page either
                self._timer = asyncio.get_running_loop().call_later(LOOK_EVERY, self._look_again)


_STORES: WeakValueDictionary[Path, WeightStore] = WeakValueDictionary()


def store_of(folder: Path) -> WeightStore:
    """The one store of a folder in this kernel."""
    place = folder.resolve()
    if (store := _STORES.get(place)) is None:
        store = _STORES[place] = WeightStore(place)
    return store


class Saved(NamedTuple):
    """The weights in force, as the folder has them.

    Those that were not changed keep the low and high points of ``profile``, or of ``base`` where that is blank.
    """

    weights: Weights
    points: dict[str, float]
    profile: str
    base: Weights | None
    at: str
    by: str
    version: str


@guarded(WeightsError)
def saved_weights(case: Case, work: FilePath | None = None) -> Weights | None:
    """The weights last set on a board for this case, for use in any notebook.

    Parameters
    ----------
    case : Case
    work : str or Path, optional
        The folder they are kept in; ``work/<case id>`` if not given.

    Returns
    -------
    Weights or None
        None when no board has changed weights yet.

    Raises
    ------
    WeightsError
        When the file is damaged, or the weights were judged for other anchors or
        another value tree than this case's.

    Examples
    --------
    >>> from aukus_mcda import load_case, saved_weights
    >>> saved_weights(load_case("aukus_plus_two"), work="no_such_folder") is None
    True
    """
    saved = read_saved(case, work_folder(case.about.id, work))
    return None if saved is None else saved.weights


def read_saved(case: Case, folder: Path) -> Saved | None:
    """What `save_weights` wrote; None where nothing is.

    Raises
    ------
    WeightsError
        As `saved_weights`.
    """
    path = folder / SAVED
    if not path.exists():
        return None
    store = store_of(folder)
    try:
        text = first_bytes(path).decode("utf-8-sig")
        if store.read is not None and store.read[0] is case and store.read[1] == text:
            return store.read[2]
        saved = json.loads(text, object_pairs_hook=keys_once, parse_int=float)  # an int may be too long for one
        anchors, points, parents = saved["anchors"], dict(saved["points"]), dict(saved["parents"])
        profile, judged = str(saved["profile"]), dict(saved.get("judged", {}))
        ratios = {(a, b): times for a, b, times in judged.get("ratios", ())}
        at, by = str(saved.get("saved", "")), str(saved.get("by", ""))
    except (OSError, ValueError, TypeError, KeyError, RecursionError) as error:
        remedy = "Move the file away to begin afresh; the log beside it has every change."
        raise WeightsError(f"The saved weights in {path} cannot be read ({unreadable(error)}). {remedy}") from error
    if anchors != case.anchors_digest:
        wrong = "were judged for swings between other anchors than this case's; a swing's worth does not carry over"
        raise WeightsError(f"The weights saved in {path} {wrong}. Judge them again: WeightBoard(case, resume=False).")
    if parents != case.criteria["parent"].to_dict():
        wrong = "belong to another value tree than this case's"
        raise WeightsError(f"The weights saved in {path} {wrong}. Set them again: WeightBoard(case, resume=False).")
    known = {"points": points} | {name: judged[name] for name in ("points", "low", "high") if name in judged}
    try:
        base = swing_on(case, **known, ratios=ratios) if judged else None
        weights = weights_from(case, points, profile, base)
    except WeightsError as error:
        raise WeightsError(f"The weights saved in {path} cannot be used: {error}") from error
    version = hashlib.sha256(text.encode()).hexdigest()[:16]
    whole = Saved(weights, points, profile, base, at, by, version)
    store.read = (case, text, whole)
    return whole


@guarded(WeightsError)
def current_weights(case: Case, profile: str | None = None) -> Weights:
    """The weights to go by: those of the profile named; without one, the analyst's own or what the case begins with.

    Parameters
    ----------
    case : Case
    profile : str, optional
        If not given: the weights last set on a board or by a guide, else the profile ``baseline``, else the first
        profile.

    Returns
    -------
    Weights
        Over the leaves of the case, adding up to 1.

    Raises
    ------
    WeightsError
        When there is no such profile, or saved weights do not fit the case.

    Examples
    --------
    >>> from aukus_mcda import current_weights, load_case
    >>> current_weights(load_case("aukus_plus_two"), "tokyo").name
    'tokyo'
    """
    return case.profile(profile) if profile else weights_to_begin_with(case, work_folder(case.about.id))


def weights_to_begin_with(case: Case, folder: Path | None) -> Weights:
    """Those saved in the folder, else the profile ``baseline``, else the first profile."""
    saved = None if folder is None else saved_weights(case, folder)
    return case.profile(case.first_profile) if saved is None else saved


def swing_on(case: Case, points: Points, **judged: Any) -> Weights:
    """Swing weights on a case's value tree, between its anchors."""
    return swing(points, parents=case.criteria["parent"], anchors=case.anchors_digest, **judged)


def weights_from(case: Case, points: Mapping[str, float], profile: str = "", base: Weights | None = None) -> Weights:
    """Weights from swing points for the whole tree; unchanged criteria keep their low and high points.

    They are those of the profile, or of ``base``, the weights begun with, where there is no such profile.

    Raises
    ------
    WeightsError
        When criteria are missing or unknown, or points are not usable.
    """
    if profile in case.profiles:
        base = case.profile(profile)
    if base is None or set(base.points.index) != set(points):
        return swing_on(case, points)
    changed = {name: number for name, number in points.items() if base.points[name] != number}
    return base.change(changed) if changed else base


def save_weights(
    case: Case,
    folder: Path,
    points: Mapping[str, float],
    profile: str,
    base: Weights | None = None,
    *,
    by: str = "",
    change: str = "saved",
    at: str | None = None,
) -> None:
    """Put these points, and what was judged beside them, in the place of those saved before, and log the change.

    The file is replaced in one move: whoever writes last, it stays whole. One that this case cannot use is kept.

    Parameters
    ----------
    profile, base
        As in `Saved`.
    by : str
        The page that made the change: it may go on without being asked whether it knows what it replaces.
    change : str
        What was changed, for the log.
    at : str, optional
        When, ISO.

    Raises
    ------
    ExportError
        When the folder cannot be written to.
    """
    parents, path = case.criteria["parent"].to_dict(), folder / SAVED
    now = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    saved: dict[str, Any] = {"case": case.about.id, "anchors": case.anchors_digest, "profile": profile}
    saved |= {"points": dict(points), "parents": parents, "saved": now, "by": by}
    if base is not None and set(base.points.index) == set(points):
        ends = {} if base.point_range is None else base.point_range.to_dict()
        ratios = [[*pair, times] for pair, times in base.details.get("ratios", {}).items()]
        saved["judged"] = {"points": base.points.to_dict()} | ends | {"ratios": ratios}
    store, settings = store_of(folder), {"parents": parents, "anchors": case.anchors_digest}
    if store.log is None or store.log[0] != settings or not store.log[1].path.exists():  # it may have been moved away
        store.log = (settings, begun_log(folder / LOG, settings))
    try:
        read_saved(case, folder)
    except WeightsError:
        with suppress(OSError):
            path.rename(folder / f"weights-before-{now.replace(':', '')}.json")
    lock = None
    with suppress(WeightsError):  # notes that cannot be read are told where sets are shown
        lock = read_notes(folder)["locked"]
    write_whole(path, json.dumps(saved, indent=1, ensure_ascii=False))
    if lock:
        change = f"{change}, after the lock of {lock['at']} by {lock['who']}"
    store.log[1].append("profile", name=change, points=dict(points), **({} if at is None else {"at": at}))
    store.look()


def begun_log(path: Path, settings: Mapping[str, Any]) -> ElicitationLog:
    """A log of answers about a value tree; it begins with what need not be asked: what stands alone.

    Raises
    ------
    ExportError
        When its folder cannot be made.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ExportError(f"The folder {path.parent} cannot be made: {error.strerror}.") from error
    log = ElicitationLog(path)
    log.append("start", method="swing", settings=settings)
    groups = pd.Series(settings["parents"])
    for only in groups[~groups.duplicated(keep=False)].index:
        log.append("points", criterion=only, points=100.0)
    return log


def read_notes(folder: Path) -> dict[str, Any]:
    """Who saved each set, when and why, by name; and the lock, if there is one."""
    path = folder / NOTES
    try:
        text = first_bytes(path).decode("utf-8-sig") if path.exists() else "{}"
        notes = json.loads(text, object_pairs_hook=keys_once)
        lock, sets = notes.get("locked"), notes.get("sets", {})
        lock = {**lock, "at": str(lock["at"]), "who": str(lock["who"])} if lock else None
        return {"locked": lock, "sets": {name: dict(note) for name, note in sets.items()}}
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WeightsError(f"The notes on sets of weights in {path} cannot be read ({unreadable(error)}).") from error


def sets_of(case: Case, folder: Path) -> dict[str, Weights]:
    """The sets in a folder, by name; none where they were judged for other anchors than this case's.

    Raises
    ------
    WeightsError
        When their file cannot be read, or what it holds are no weights of this case.
    """
    notes, table = read_notes(folder), _table(folder)
    sets = {}
    for name, rows in table.groupby("profile", sort=False):
        if notes["sets"].get(name, {}).get("anchors", case.anchors_digest) != case.anchors_digest:
            continue
        try:
            points = rows.set_index("criterion")[["low", "likely", "high"]].replace("", np.nan).astype(float)
            ends = {end: points[end].dropna() for end in ("low", "high")}
            weights = swing_on(case, points["likely"], **ends)
        except (ValueError, WeightsError) as error:
            raise WeightsError(f"The set {name} in {folder / SETS} cannot be used: {error}") from error
        sets[str(name)] = replace(weights, name=str(name))
    return sets


def change_sets(case: Case, folder: Path, entry: Mapping[str, Any], weights: Weights) -> None:
    """Do what was asked of the sets: ``save`` these weights, ``rename``, ``delete``, ``restore``, ``lock``, ``unlock``.

    A set that was deleted is kept in the notes, so that it can be restored.

    Raises
    ------
    WeightsError
        When a name is taken, is that of a profile of the case, is not a name, or no set has it any more.
    ExportError
        When the folder cannot be written to.
    """
    kind, name, table, notes = entry["kind"], str(entry.get("name", "")).strip(), _table(folder), read_notes(folder)
    sets, now = notes["sets"], str(entry["at"])
    here, deleted = table["profile"] == name, sets.get(name, {}).get("deleted", [])
    if (kind in ("rename", "delete") and not here.any()) or (kind == "restore" and not (here.any() or deleted)):
        raise WeightsError(f"There is no set called {name} any more. Another notebook may have renamed or deleted it.")
    if kind == "save":
        _refuse(case, name, table, sets)
        sets[name] = {"author": entry["author"], "reason": entry["reason"], "at": now, "anchors": case.anchors_digest}
        table = pd.concat([table, _rows(case, name, weights, entry["reason"])])
    elif kind == "rename":
        new = str(entry["new"]).strip()
        _refuse(case, new, table[~here], sets)
        table, sets[new] = table.assign(profile=table["profile"].mask(here, new)), sets.pop(name, {})
    elif kind == "delete":
        sets[name] = sets.get(name, {}) | {"deleted": table[here].to_dict("records")}
        table = table[~here]
    elif kind == "restore":
        _refuse(case, name, table, {})
        table = pd.concat([table, pd.DataFrame(deleted, columns=SET_COLUMNS)])
    else:
        who, points = entry["author"], case.tree_points(weights).to_dict()
        notes["locked"] = {"at": now, "who": who, "points": points} if kind == "lock" else None
    # The notes first: they hold what was deleted, should the second file not be written.
    write_whole(folder / NOTES, json.dumps(notes, indent=1, ensure_ascii=False))
    write_own_rows(folder, "weights", table)
    store_of(folder).look()


def _table(folder: Path) -> pd.DataFrame:
    try:
        return own_rows_in(folder, "weights")
    except CaseError as error:
        raise WeightsError(f"The sets of weights in {folder / SETS} cannot be read. {error}") from None


def _rows(case: Case, name: str, weights: Weights, reason: str) -> pd.DataFrame:
    """A set as rows of a case's table; ends that no judgement gave are blank."""
    points = case.tree_points(weights)
    rows = pd.DataFrame({"profile": name, "criterion": points.index, "likely": points.to_numpy(), "rationale": reason})
    if weights.point_range is not None and set(weights.point_range.index) == set(points.index):
        rows = rows.assign(**{end: weights.point_range[end][points.index].to_numpy() for end in ("low", "high")})
    return rows.reindex(columns=SET_COLUMNS).astype(object).fillna("")


def _refuse(case: Case, name: str, table: pd.DataFrame, sets: Mapping[str, Any]) -> None:
    """Refuse a name that a reader could take for another's."""
    if not is_id(name) or len(name) > LONGEST_NAME:
        raise WeightsError(f"A set needs a name of at most {LONGEST_NAME} letters, without a semicolon.")
    if alike(name) in map(alike, [*case.given_profiles, *map(titled, case.given_profiles)]):
        raise WeightsError(f"{name} is a profile of the case, which stays as it is. Choose another name.")
    if alike(titled(name)) in map(alike, map(titled, ["My weights", *KEPT_IDS["weights"], *table["profile"]])):
        raise WeightsError(f"{name} cannot be used: weights or a column of results have it already. Choose another.")
    if "deleted" in sets.get(name, {}):
        raise WeightsError(f"A set called {name} was deleted and can be restored. Restore it, or choose another name.")
