# SPDX-License-Identifier: Apache-2.0
"""Sets of weights with a name, kept in the working folder in the columns of a case's own table, and the lock.

Who saved a set, when and why, and when My weights were locked, stands beside them in ``sets.json``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..case import Case, own_rows_in, replacing, write_own_rows
from ..case.tables import TABLES, alike, is_id
from ..errors import CaseError, WeightsError
from ..text import titled
from ..weights import Weights
from .store import NOTES, SETS, read_notes, store_of, swing_on, tree_points

SET_COLUMNS = list(TABLES["weights"])
LONGEST_NAME = 60


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
        When a name is taken, is that of a profile of the case, or is not a name.
    ExportError
        When the folder cannot be written to.
    """
    kind, name, table, notes = entry["kind"], str(entry.get("name", "")).strip(), _table(folder), read_notes(folder)
    sets, now = notes["sets"], str(entry["at"])
    here = table["profile"] == name
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
        table = pd.concat([table, pd.DataFrame(sets.get(name, {}).get("deleted", []), columns=SET_COLUMNS)])
    else:
        who, points = entry["author"], tree_points(case, weights).to_dict()
        notes["locked"] = {"at": now, "who": who, "points": points} if kind == "lock" else None
    # The notes first: they hold what was deleted, should the second file not be written.
    with replacing(folder / NOTES) as beside:
        beside.write_text(json.dumps(notes, indent=1, ensure_ascii=False), encoding="utf-8")
    write_own_rows(folder, "weights", table)
    store_of(folder).look()


def _table(folder: Path) -> pd.DataFrame:
    try:
        return own_rows_in(folder, "weights")
    except CaseError as error:
        raise WeightsError(f"The sets of weights in {folder / SETS} cannot be read. {error}") from None


def _rows(case: Case, name: str, weights: Weights, reason: str) -> pd.DataFrame:
    """A set as rows of a case's table; ends that no judgement gave are blank."""
    points = tree_points(case, weights)
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
    if alike(name) in map(alike, ["My weights", *table["profile"]]):
        raise WeightsError(f"There are weights called {name} already. Choose another name.")
    if "deleted" in sets.get(name, {}):
        raise WeightsError(f"A set called {name} was deleted and can be restored. Restore it, or choose another name.")
