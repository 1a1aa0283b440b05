# SPDX-License-Identifier: Apache-2.0
"""What an analyst keeps beside a case: scores, sets of weights and bends of scales, laid over it when it is read.

They lie in ``work/<case id>`` as ``scores.csv`` and ``weights.csv``, in the columns of the case's own tables, and
``shapes.csv``. A score there is a later judgement of the same score, a set of weights one more profile, a shape stands
for that of its criterion. The case's files stay as they are.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd

from .tables import ABOUT, Reading

SET_NOTES = "sets.json"
"""Beside them: who saved each set of weights, when, why, and between which anchors."""
OWN_TABLES = ("scores", "weights", "shapes", "probes")
"""The files that an analyst can keep; shapes are no table of a case, and answers to probes replace the case's."""
SHAPE_COLUMNS = ("criterion", "shape", "reason", "judged_by", "as_of", "anchors")


def work_folder(case_id: str, work: str | Path | None = None) -> Path:
    """Where what is set for a case is kept: ``work/<case id>`` beside the notebook, unless another is given.

    Examples
    --------
    >>> work_folder("aukus_plus_two").as_posix()
    'work/aukus_plus_two'
    """
    return Path("work") / folder_name(case_id) if work is None else Path(work)


def folder_name(name: str) -> str:
    """A case's id as the name of a folder, on any system."""
    plain = re.sub(r"[^A-Za-z0-9_-]+", "_", name)[:60]
    return plain if plain == name else f"{plain}_{hashlib.sha256(name.encode()).hexdigest()[:8]}"


def add_own_rows(reading: Reading, name: str, table: pd.DataFrame, path: Path, *, moves: bool = True) -> None:
    """Add rows of the analyst's own to a table that was read; a fault in one names their file.

    Of two judgements of one score on one day the analyst's own counts. With ``moves`` a case that is as of a day
    becomes as of the latest of them, or else they would not count; what the case judges after its day still does not.
    """
    table.index = pd.Index([f"{row} of {path}" for row in table.index], dtype=object)
    reading.own[name], held = table, reading.tables.get(name, pd.DataFrame())
    if name == "scores":
        dated = ABOUT["as_of"]
        for row in table.index[table.get("as_of", pd.Series("", table.index)) == ""]:  # else the oldest, never in force
            reading.fault(name, row, "as_of", "no day", date=dated.expected)
        if moves and reading.about.as_of and "as_of" in table:
            day = reading.about.day
            held = held[[not (dated.holds(each) and each > day) for each in held.get("as_of", [""] * len(held))]]
            own_days = [dt.date.fromisoformat(each) for each in table["as_of"] if each and dated.holds(each)]
            reading.about = replace(reading.about, as_of=max([reading.about.as_of, *own_days]))
    if name == "probes" and len(held):
        pair = ["criterion", "beside"]
        held = held[~held[pair].apply(tuple, axis=1).isin(table[pair].apply(tuple, axis=1))]
    reading.tables[name] = pd.concat([held, table]).fillna("")


def put_own_shapes(reading: Reading, table: pd.DataFrame, digests: Mapping[str, str], path: Path) -> None:
    """Put the bends of scales in the place of the case's; those found between other anchors are set aside."""
    criteria, put = reading.tables["criteria"], []
    criteria = criteria if "shape" in criteria else criteria.assign(shape="")
    for row, cells in table.iterrows():
        id_, rows = cells["criterion"], criteria.index[criteria["id"] == cells["criterion"]]
        if not len(rows):
            reading.fault("shapes", row, "criterion", "no criterion", id=id_)
        elif cells.get("anchors", "") not in ("", digests.get(id_)):
            reading.set_aside.add(id_)
        else:
            criteria.loc[rows, "shape"] = cells["shape"]
            criteria = criteria.rename(index={rows[0]: f"{row} of {path}"})
            put.append(id_)
    reading.tables["criteria"], reading.own["shapes"] = criteria, pd.DataFrame({"criterion": put})
