# SPDX-License-Identifier: Apache-2.0
"""Every fault in a case is found at once and named by file, row and column."""

from __future__ import annotations

import ast
import csv
import re
import string
import time
import unicodedata
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import numpy as np
import openpyxl
import openpyxl.styles
import pandas as pd
import pytest
from conftest import ROOT
from mutations import as_workbook, run

from aukus_mcda import Case, CaseError, WeightsError, load_case, study
from aukus_mcda.case import affirm
from aukus_mcda.case.reading import input_files
from aukus_mcda.case.tables import ABOUT, TABLES, About

Break = Callable[[Path], None]


def path_of(folder: Path, file: str) -> Path:
    return folder.parent.parent / file if file.startswith("seeds/") else folder / file


def cell(file: str, row: int, column: str, text: str) -> Break:
    """Put a text into a cell; rows count as in a spreadsheet."""

    def act(folder: Path) -> None:
        path = path_of(folder, file)
        lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True)))
        lines[row - 1][lines[0].index(column)] = text
        with path.open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(lines)

    return act


def both(*breaks: Break) -> Break:
    def act(folder: Path) -> None:
        for each in breaks:
            each(folder)

    return act


def text(file: str, pattern: str, replacement: str) -> Break:
    def act(folder: Path) -> None:
        path = path_of(folder, file)
        old = path.read_text(encoding="utf-8")
        new, count = re.subn(pattern, replacement, old, count=1, flags=re.MULTILINE)
        assert count, f"{pattern} not found"
        path.write_text(new, encoding="utf-8")

    return act


def raw(file: str, change: Callable[[bytes], bytes]) -> Break:
    def act(folder: Path) -> None:
        path = path_of(folder, file)
        path.write_bytes(change(path.read_bytes()))

    return act


def again(file: str, row: int) -> Break:
    """Repeat a row at the end of the file."""
    return raw(file, lambda old: old + old.split(b"\n")[row - 1] + b"\n")


def without_column(file: str, column: str) -> Break:
    def act(folder: Path) -> None:
        path = path_of(folder, file)
        pd.read_csv(path, dtype=str, keep_default_na=False).drop(columns=column).to_csv(path, index=False)

    return act


def without_row(file: str, row: int) -> Break:
    return raw(file, lambda old: b"\n".join(old.split(b"\n")[: row - 1] + old.split(b"\n")[row:]))


def without_lines(file: str, start: bytes) -> Break:
    return raw(file, lambda old: b"\n".join(line for line in old.split(b"\n") if not line.startswith(start)))


def gone(file: str) -> Break:
    return lambda folder: path_of(folder, file).unlink()


def added(file: str, header: str, line: str) -> Break:
    return lambda folder: path_of(folder, file).write_text(f"{header}\n{line}\n", encoding="utf-8")


ANY = object()
REDLINES = ",".join(TABLES["redlines"])
SYNERGIES = ",".join(TABLES["synergies"])

# name: how it is broken, and the file, row and column that must be named
BROKEN: dict[str, tuple[Break, str, object, str]] = {
    "empty case.toml": (raw("case.toml", lambda old: b""), "case.toml", "", ""),
    "case.toml no day": (text("case.toml", "^title = .*$", "title = 2026-02-31"), "case.toml", 2, ""),
    "case.toml no TOML": (text("case.toml", "^title = .*$", "title = Ways"), "case.toml", 2, ""),
    "key unknown": (text("case.toml", "^question", "qestion"), "case.toml", 3, "qestion"),
    "as_of no date": (text("case.toml", "^as_of.*$", 'as_of = "December"'), "case.toml", 5, "as_of"),
    "as_of a number": (text("case.toml", "^as_of.*$", "as_of = 2025"), "case.toml", 5, "as_of"),
    "title blank": (text("case.toml", "^title.*$", 'title = " "'), "case.toml", 2, "title"),
    "title a date": (text("case.toml", "^title.*$", "title = 2025-01-01"), "case.toml", 2, "title"),
    "as_of a week": (text("case.toml", "^as_of.*$", 'as_of = "2025-W01-1"'), "case.toml", 5, "as_of"),
    "id that leads out of the folder": (text("case.toml", "^id.*$", 'id = "../evil"'), "case.toml", 1, "id"),
    "unknown yardstick": (text("case.toml", "icd203", "kent"), "case.toml", 8, "yardstick"),
    "unknown status quo": (text("case.toml", '"status_quo"', '"statusquo"'), "case.toml", 6, "status_quo"),
    "no criteria.csv": (gone("criteria.csv"), "criteria.csv", "", ""),
    "no scores.csv": (gone("scores.csv"), "scores.csv", "", ""),
    "no evidence.csv": (gone("seeds/evidence.csv"), "seeds/evidence.csv", "", ""),
    "empty file": (raw("weights.csv", lambda old: b""), "weights.csv", "", ""),
    "blank file": (raw("weights.csv", lambda old: b" \n\n"), "weights.csv", "", ""),
    "blank first line": (raw("options.csv", lambda old: b"\n" + old), "options.csv", 1, ""),
    "semicolons for commas": (raw("options.csv", lambda old: old.replace(b",", b";")), "options.csv", 1, ""),
    "sep= of another mark": (raw("options.csv", lambda old: b"sep=;\n" + old), "options.csv", 1, ""),
    "a title above the header": (raw("scores.csv", lambda old: b"Our scores\n,,\n" + old), "scores.csv", 1, ""),
    "a column without a name": (text("screens.csv", "^option,screen", "option,,screen"), "screens.csv", 1, "2"),
    "a cell as long as a book": (cell("options.csv", 4, "name", "x" * 200_000), "options.csv", 4, ""),
    "a zero byte": (cell("options.csv", 4, "name", "a\x00b"), "options.csv", 4, "name"),
    "header only": (raw("options.csv", lambda old: old.split(b"\n")[0]), "options.csv", "", "id"),
    "UTF-16": (raw("scores.csv", lambda old: old.decode().encode("utf-16")), "scores.csv", 1, ""),
    "Latin-1": (raw("options.csv", lambda old: old.replace(b"Early", b"\xc9arly", 1)), "options.csv", 3, ""),
    "unclosed quotation": (raw("options.csv", lambda old: old + b'"open'), "options.csv", 13, ""),
    "too many cells": (raw("screens.csv", lambda old: old + b"a,b,yes,c,,d\n"), "screens.csv", 24, ""),
    "too few cells": (raw("screens.csv", lambda old: old + b"a,b\n"), "screens.csv", 24, ""),
    "a cell under no name": (raw("screens.csv", lambda old: old + b"a,b,yes,c,,d,\n"), "screens.csv", 24, ""),
    "UTF-16 without a mark": (raw("scores.csv", lambda old: old.decode().encode("utf-16-le")), "scores.csv", 1, ""),
    "semicolons and quotation marks": (
        raw("screens.csv", lambda old: b'"option";"screen";"passes";"reason";"evidence"\n"a, b";x;yes;y;\n'),
        "screens.csv", 1, "",
    ),
    "wider than any table": (text("screens.csv", "^option", "," * 300 + "x,option"), "screens.csv", "", ""),
    "an error value in a text": (cell("options.csv", 4, "risk", "#REF!"), "options.csv", 4, "risk"),
    "an error value in an id": (cell("weights.csv", 4, "profile", "#N/A"), "weights.csv", 4, "profile"),
    "a cell too narrow": (cell("options.csv", 4, "description", "#####"), "options.csv", 4, "description"),
    "sign of the other control range": (cell("options.csv", 4, "name", "a\x9b31m"), "options.csv", 4, "name"),
    "escape in the title": (text("case.toml", "^title = .*$", 'title = "\\\\u009b2J"'), "case.toml", 2, "title"),
    "id with an invisible sign": (cell("options.csv", 4, "id", "incu\u200bbator"), "options.csv", 4, "id"),
    "id with a hard blank": (cell("options.csv", 4, "id", "in\u00a0cubator"), "options.csv", 4, "id"),
    "id that looks like another": (cell("options.csv", 4, "id", "Early_Dialogue"), "options.csv", 4, "id"),
    "id in wide letters": (cell("scores.csv", 2, "option", "\uff53tatus_quo"), "scores.csv", 2, "option"),
    "name in other letters": (
        both(cell("options.csv", 3, "name", "Stra\u00dfe  1"), cell("options.csv", 4, "name", "STRASSE\u200b 1 ")),
        "options.csv", 4, "name",
    ),
    "name is another's id": (
        both(cell("options.csv", 3, "short", ""),
             cell("options.csv", 4, "short", "EARLY dialogue on roles and expectations")),
        "options.csv", 4, "short",
    ),
    "criterion named as another": (cell("criteria.csv", 4, "name", "DETERRENCE value"), "criteria.csv", 4, "name"),
    "scenario with two names": (cell("scenarios.csv", 3, "name", "Another"), "scenarios.csv", 3, "name"),
    "two scenarios of one name": (
        both(*(cell("scenarios.csv", row, "scenario", "late") for row in (2, 3))), "scenarios.csv", 4, "scenario",
    ),
    "scenario in other capitals": (cell("scenarios.csv", 3, "scenario", "Coercion"), "scenarios.csv", 3, "scenario"),
    "scenario of the id as judged": (cell("scenarios.csv", 3, "scenario", "as_judged"), "scenarios.csv", 3, "scenario"),
    "scenario named as judged": (cell("scenarios.csv", 3, "name", "As judged"), "scenarios.csv", 3, "name"),
    "scenario that leaves siblings no weight": (
        raw("scenarios.csv", lambda old: old + b"".join(
            b"late,,,%s,,0,,\n" % each for each in (b"deterrence", b"escalation", b"interoperability", b"acceptability")
        )), "scenarios.csv", ANY, "weight_factor",
    ),
    "id of a criterion that results need": (cell("criteria.csv", 2, "id", "score"), "criteria.csv", 2, "id"),
    "id of an option that results need": (cell("options.csv", 4, "id", "margin"), "options.csv", 4, "id"),
    "id of a profile that results need": (cell("weights.csv", 2, "profile", "worst"), "weights.csv", 2, "profile"),
    "evidence cited twice in a cell": (
        cell("scores.csv", 2, "evidence", "ipmda-design;ipmda-design"), "scores.csv", 2, "evidence",
    ),
    "excluded twice": (cell("options.csv", 4, "excludes", "incubator;incubator"), "options.csv", 4, "excludes"),
    "scenario row twice": (again("scenarios.csv", 2), "scenarios.csv", ANY, "criterion"),
    "scenario factor twice": (again("scenarios.csv", 8), "scenarios.csv", ANY, "criterion"),
    "assumption twice": (again("assumptions.csv", 2), "assumptions.csv", ANY, "id"),
    "source twice": (again("seeds/sources.csv", 2), "seeds/sources.csv", ANY, "id"),
    "synergy turned round": (
        raw("synergies.csv", lambda old: old + b"maritime_picture;info_umbrella,det_picture,8,again,\n"),
        "synergies.csv", ANY, "criterion",
    ),
    "synergy beyond the scale": (cell("synergies.csv", 2, "value", "101"), "synergies.csv", 2, "value"),
    "screen row missing": (without_row("screens.csv", 2), "screens.csv", "", "option"),
    "screen unmentioned by most": (
        raw("screens.csv", lambda old: old + b"incubator,Licence_path2,yes,c,\n"), "screens.csv", "", "option",
    ),
    "number with a grouping sign": (cell("scores.csv", 2, "likely", "3_0"), "scores.csv", 2, "likely"),
    "number in wide digits": (cell("scores.csv", 2, "likely", "\uff13"), "scores.csv", 2, "likely"),
    "number in words": (cell("scores.csv", 2, "likely", "infinity"), "scores.csv", 2, "likely"),
    "shape with a grouping sign": (cell("criteria.csv", 3, "shape", "1_0:85"), "criteria.csv", 3, "shape"),
    "shape without a number": (cell("criteria.csv", 3, "shape", "nan:50"), "criteria.csv", 3, "shape"),
    "anchors too near for their size": (
        both(cell("criteria.csv", 3, "worst", "1000000000"), cell("criteria.csv", 3, "best", "1000000000.5")),
        "criteria.csv", 3, "best",
    ),
    "id of a Windows device": (text("case.toml", "^id.*$", 'id = "CoM1.case"'), "case.toml", 1, "id"),
    "id with a full stop at its end": (text("case.toml", "^id.*$", 'id = "case."'), "case.toml", 1, "id"),
    "id longer than a folder's name": (text("case.toml", "^id.*$", f'id = "{"x" * 300}"'), "case.toml", 1, "id"),
    "lists in lists": (text("case.toml", "^id.*$", f"id = {'[' * 30_000}"), "case.toml", "", ""),
    "a number of 5,000 digits": (text("case.toml", "^id.*$", f"id = {'1' * 5000}"), "case.toml", "", ""),
    "a case.toml as long as a book": (raw("case.toml", lambda old: old + b"# a book\n" * 9000), "case.toml", "", ""),
    "column missing": (text("scores.csv", "likely", "of_it"), "scores.csv", 1, "likely"),
    "column unknown": (text("scores.csv", "rationale", "notes"), "scores.csv", 1, "notes"),
    "column misspelt": (text("scores.csv", "rationale", "rationnale"), "scores.csv", 1, "rationnale"),
    "column twice": (text("options.csv", "^id,name,short", "id,name,name"), "options.csv", 1, "name"),
    "option id blank": (cell("options.csv", 3, "id", ""), "options.csv", 3, "id"),
    "option id twice": (cell("options.csv", 4, "id", "early_dialogue"), "options.csv", 4, "id"),
    "option id with a semicolon": (cell("options.csv", 4, "id", "a;b"), "options.csv", 4, "id"),
    "option name blank": (cell("options.csv", 4, "name", " "), "options.csv", 4, "name"),
    "option named as another": (cell("options.csv", 4, "short", "Early dialogue"), "options.csv", 4, "short"),
    "character no slide can hold": (cell("options.csv", 4, "name", "end\uffff"), "options.csv", 4, "name"),
    "control character": (cell("options.csv", 4, "name", "bell\a"), "options.csv", 4, "name"),
    "effort negative": (cell("options.csv", 5, "effort", "-1"), "options.csv", 5, "effort"),
    "effort with a unit": (cell("options.csv", 5, "effort", "3 years"), "options.csv", 5, "effort"),
    "requires unknown": (cell("options.csv", 8, "requires", "info_umbrela"), "options.csv", 8, "requires"),
    "requires with a comma": (cell("options.csv", 8, "requires", "a, b"), "options.csv", 8, "requires"),
    "requires itself": (cell("options.csv", 7, "requires", "info_umbrella"), "options.csv", 7, "requires"),
    "requires in a circle": (cell("options.csv", 7, "requires", "integrated_posture"), "options.csv", 7, "requires"),
    "excludes what it requires": (cell("options.csv", 8, "excludes", "info_umbrella"), "options.csv", 8, "excludes"),
    "option cites unknown evidence": (cell("options.csv", 3, "evidence", "L99-x"), "options.csv", 3, "evidence"),
    "criterion id twice": (cell("criteria.csv", 4, "id", "det_picture"), "criteria.csv", 4, "id"),
    "parent unknown": (cell("criteria.csv", 4, "parent", "deterence"), "criteria.csv", 4, "parent"),
    "parents in a circle": (cell("criteria.csv", 2, "parent", "det_picture"), "criteria.csv", 2, "parent"),
    "direction unknown": (cell("criteria.csv", 3, "direction", "up"), "criteria.csv", 3, "direction"),
    "leaf without direction": (cell("criteria.csv", 3, "direction", ""), "criteria.csv", 3, "direction"),
    "leaf without anchor": (cell("criteria.csv", 3, "worst", ""), "criteria.csv", 3, "worst"),
    "branch with an anchor": (cell("criteria.csv", 2, "best", "10"), "criteria.csv", 2, "best"),
    "anchors equal": (cell("criteria.csv", 3, "best", "0"), "criteria.csv", 3, "best"),
    "anchors too near to divide by": (cell("criteria.csv", 3, "best", "1e-310"), "criteria.csv", 3, "best"),
    "anchors against direction": (cell("criteria.csv", 3, "direction", "min"), "criteria.csv", 3, "best"),
    "anchor infinite": (cell("criteria.csv", 3, "best", "inf"), "criteria.csv", 3, "best"),
    "shape no pairs": (cell("criteria.csv", 3, "shape", "4-55"), "criteria.csv", 3, "shape"),
    "shape not monotone": (cell("criteria.csv", 3, "shape", "4:55;7:50"), "criteria.csv", 3, "shape"),
    "shape beyond anchors": (cell("criteria.csv", 3, "shape", "14:55"), "criteria.csv", 3, "shape"),
    "score not a number": (cell("scores.csv", 2, "likely", "high"), "scores.csv", 2, "likely"),
    "score blank": (cell("scores.csv", 2, "likely", ""), "scores.csv", 2, "likely"),
    "score unknown beside a number": (cell("scores.csv", 2, "distribution", "unknown"), "scores.csv", 2, "likely"),
    "score NaN": (cell("scores.csv", 2, "likely", "NaN"), "scores.csv", 2, "likely"),
    "score infinite": (cell("scores.csv", 2, "high", "inf"), "scores.csv", 2, "high"),
    "score with a decimal comma": (cell("scores.csv", 2, "likely", "3,5"), "scores.csv", 2, "likely"),
    "score beyond any scale": (cell("scores.csv", 2, "likely", "1e300"), "scores.csv", 2, "likely"),
    "score's date a week": (cell("scores.csv", 2, "as_of", "2025-W01-1"), "scores.csv", 2, "as_of"),
    "undated score from the future": (
        both(cell("scores.csv", 2, "as_of", ""), text("case.toml", "^as_of.*$", "as_of = 2023-08-17"),
             cell("scores.csv", 2, "evidence", "itar-126-7-final")),
        "scores.csv", 2, "evidence",
    ),
    "score beyond anchors": (cell("scores.csv", 2, "high", "11"), "scores.csv", 2, "high"),
    "low above likely": (cell("scores.csv", 2, "low", "9.5"), "scores.csv", 2, "low"),
    "likely above high": (
        both(cell("scores.csv", 2, "likely", "9"), cell("scores.csv", 2, "high", "8")), "scores.csv", 2, "high",
    ),
    "low without high": (cell("scores.csv", 2, "high", ""), "scores.csv", 2, "high"),
    "score for unknown option": (cell("scores.csv", 2, "option", "statusquo"), "scores.csv", 2, "option"),
    "score for unknown criterion": (cell("scores.csv", 2, "criterion", "det_pictures"), "scores.csv", 2, "criterion"),
    "score for a branch": (cell("scores.csv", 2, "criterion", "deterrence"), "scores.csv", 2, "criterion"),
    "score twice": (again("scores.csv", 2), "scores.csv", ANY, "criterion"),
    "score missing": (without_lines("scores.csv", b"status_quo,det_picture,"), "scores.csv", "", "likely"),
    "score's date impossible": (cell("scores.csv", 2, "as_of", "2023-06-31"), "scores.csv", 2, "as_of"),
    "distribution unknown": (cell("scores.csv", 2, "distribution", "beta"), "scores.csv", 2, "distribution"),
    "evidence unknown": (cell("scores.csv", 2, "evidence", "L01-aukus-pact;nowhere"), "scores.csv", 2, "evidence"),
    "evidence from the future": (cell("scores.csv", 2, "evidence", "itar-126-7-final"), "scores.csv", 2, "evidence"),
    "points negative": (cell("weights.csv", 2, "likely", "-5"), "weights.csv", 2, "likely"),
    "points above 100": (cell("weights.csv", 2, "high", "120"), "weights.csv", 2, "high"),
    "points out of order": (cell("weights.csv", 3, "low", "90"), "weights.csv", 3, "low"),
    "weight for unknown criterion": (cell("weights.csv", 2, "criterion", "war"), "weights.csv", 2, "criterion"),
    "weight twice": (again("weights.csv", 2), "weights.csv", ANY, "criterion"),
    "weight missing": (without_row("weights.csv", 3), "weights.csv", "", "criterion"),
    "weights all zero": (
        both(*(cell("weights.csv", row, column, "0") for row in range(2, 6) for column in ("low", "likely", "high"))),
        "weights.csv", 2, "likely",
    ),
    "screen for unknown option": (cell("screens.csv", 2, "option", "none"), "screens.csv", 2, "option"),
    "screen neither yes nor no": (cell("screens.csv", 2, "passes", "maybe"), "screens.csv", 2, "passes"),
    "screen without reason": (cell("screens.csv", 2, "reason", ""), "screens.csv", 2, "reason"),
    "screen twice": (again("screens.csv", 2), "screens.csv", ANY, "screen"),
    "scenario row without effect": (
        both(cell("scenarios.csv", 2, "shift", ""), cell("scenarios.csv", 2, "weight_factor", "")),
        "scenarios.csv", 2, "shift",
    ),
    "scenario on unknown criterion": (cell("scenarios.csv", 2, "criterion", "x"), "scenarios.csv", 2, "criterion"),
    "assumption not marked": (cell("assumptions.csv", 2, "load_bearing", ""), "assumptions.csv", 2, "load_bearing"),
    "entries misnamed": (lambda folder: (folder / "case.toml").rename(folder / "Case.toml"), "Case.toml", "", ""),
    **{
        f"a table's file named {name}": (
            lambda folder, old=old, name=name: (folder / old).rename(folder / name), name, "", "",
        )
        for name, old in {
            "screens.CSV": "screens.csv", "Screens.csv.txt": "screens.csv", "screens.tsv": "screens.csv",
            "scores.txt": "scores.csv", "case.toml.txt": "case.toml", "case.csv": "case.toml",
        }.items()
    },
    "a table's file misnamed": (added("redline.csv", REDLINES, "seoul,acc_seoul,40,x,"), "redline.csv", "", ""),
    "red line of unknown profile": (
        added("redlines.csv", REDLINES, "paris,acc_tokyo,40,because,"), "redlines.csv", 2, "profile",
    ),
    "red line of 130": (
        added("redlines.csv", REDLINES, "seoul,acc_tokyo,130,because,"), "redlines.csv", 2, "least_value",
    ),
    "red line on unknown criterion": (
        added("redlines.csv", REDLINES, "seoul,acc_soul,40,because,"), "redlines.csv", 2, "criterion",
    ),
    "red line without reason": (
        added("redlines.csv", REDLINES, "seoul,acc_seoul,40,,"), "redlines.csv", 2, "reason",
    ),
    "red line without evidence on record": (
        added("redlines.csv", REDLINES, "seoul,acc_seoul,40,because,nowhere"), "redlines.csv", 2, "evidence",
    ),
    "red line twice": (again("redlines.csv", 2), "redlines.csv", ANY, "criterion"),
    "synergy of one option": (
        added("synergies.csv", SYNERGIES, "incubator,det_picture,5,because,"), "synergies.csv", 2, "options",
    ),
    "answer of nobody": (cell("responses.csv", 2, "actor", ""), "responses.csv", 2, "actor"),
    "answer to an unknown option": (cell("responses.csv", 2, "option", "x"), "responses.csv", 2, "option"),
    "answer on unknown criterion": (cell("responses.csv", 2, "criterion", "x"), "responses.csv", 2, "criterion"),
    "answer twice": (again("responses.csv", 2), "responses.csv", ANY, "actor"),
    "answer by a day that is none": (cell("responses.csv", 2, "by", "soon"), "responses.csv", 2, "by"),
    "proposal of an unknown option": (cell("proposals.csv", 2, "options", "x"), "proposals.csv", 2, "options"),
    "proposal without a name": (cell("proposals.csv", 2, "name", ""), "proposals.csv", 2, "name"),
    "grade unknown": (cell("seeds/sources.csv", 2, "reliability", "G"), "seeds/sources.csv", 2, "reliability"),
    "credibility unknown": (cell("seeds/evidence.csv", 2, "credibility", "7"), "seeds/evidence.csv", 2, "credibility"),
    "evidence of unknown source": (cell("seeds/evidence.csv", 2, "source", "x"), "seeds/evidence.csv", 2, "source"),
    "known_from only a year": (
        cell("seeds/evidence.csv", 2, "known_from", "2021"), "seeds/evidence.csv", 2, "known_from",
    ),
    "evidence that sees itself": (
        cell("seeds/evidence.csv", 2, "see", "L01-aukus-pact"), "seeds/evidence.csv", 2, "see",
    ),
    "evidence overtaken by nothing": (
        both(cell("seeds/evidence.csv", 2, "status", "overtaken"), cell("seeds/evidence.csv", 2, "see", "")),
        "seeds/evidence.csv", 2, "see",
    ),
    "evidence id twice": (cell("seeds/evidence.csv", 3, "id", "L01-aukus-pact"), "seeds/evidence.csv", 3, "id"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_case_is_refused_and_the_place_is_named(name: str, folder: Path) -> None:
    break_it, file, row, column = BROKEN[name]
    break_it(folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    faults = caught.value.faults
    places = set(zip(faults["file"], faults["row"], faults["column"], strict=True))
    assert any(place[0] == file and (row is ANY or place[1] == row) and place[2] == column for place in places), (
        f"expected {(file, row, column)}, found {places}"
    )
    assert (faults[["found", "expected", "remedy"]] != "").all(axis=None)


UNCHANGED: dict[str, Break] = {
    "byte-order marks": both(
        *(raw(file, lambda old: b"\xef\xbb\xbf" + old) for file in ("scores.csv", "seeds/evidence.csv", "case.toml"))
    ),
    "a line for Excel": raw("scores.csv", lambda old: b"sep=,\r\n" + old),
    "a line for Excel and a mark": raw("screens.csv", lambda old: b'\xef\xbb\xbf"SEP=,",,,,\n' + old),
    "blank columns and rows at the end": raw(
        "weights.csv", lambda old: b"".join(line + b",,\n" for line in old.split(b"\n")) + b",,,,,,,, ,\n"
    ),
    "what macOS and Windows leave behind": lambda folder: [
        (folder / name).write_bytes(b"\x00\x05")
        for name in ("._scores.csv", "~$scores.csv", ".~lock.scores.csv#", ".DS_Store", "Thumbs.db", "desktop.ini")
    ],
    "notes and copies": lambda folder: [
        (folder / name).write_text("Ours.") for name in ("scores.csv~", "scores.md", "scores.txt", "notes.txt")
    ],
    "what is like a table that the case does not have": lambda folder: [
        (folder / "levels.tsv").mkdir(),
        *((folder / name).write_text("Ours.") for name in ("redlines.txt", "levels.txt", "resources.csv")),
    ],
    "letters taken apart": raw("criteria.csv", lambda old: unicodedata.normalize("NFD", old.decode()).encode()),
}


@pytest.mark.parametrize("name", UNCHANGED)
def test_what_spreadsheets_and_systems_leave_in_a_folder_changes_nothing(name: str, folder: Path, case: Case) -> None:
    UNCHANGED[name](folder)
    assert load_case(folder).digest == case.digest


def test_a_line_for_excel_says_what_stands_between_the_cells(folder: Path, case: Case) -> None:
    path = folder / "options.csv"
    lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True)))
    with path.open("w", encoding="utf-8", newline="") as out:
        out.write("sep=;\n")
        csv.writer(out, delimiter=";").writerows(lines)
    assert load_case(folder).digest == case.digest
    raw("options.csv", lambda old: old.replace(b"Early dialogue on", b"\x1b on", 1))(folder)
    with pytest.raises(CaseError, match=r"options.csv, row 3, column name"):  # Excel does not count the line
        load_case(folder)


def test_ids_in_composed_and_decomposed_letters_are_one(folder: Path) -> None:
    for path in [*folder.glob("*.csv"), folder / "case.toml"]:
        form = "NFD" if path.name in ("scores.csv", "case.toml") else "NFC"
        named = path.read_text(encoding="utf-8").replace("early_dialogue", "caf\u00e9")
        named = named.replace('"status_quo"', '"d\u00e9j\u00e0"').replace("status_quo,", "d\u00e9j\u00e0,")
        path.write_text(unicodedata.normalize(form, named), encoding="utf-8")
    weights = folder / "weights.csv"
    weights.write_text(weights.read_text("utf-8").replace("baseline", "s\u00e9oul"), "utf-8")
    case = load_case(folder)
    assert {"caf\u00e9", "d\u00e9j\u00e0"} <= set(case.options.index)
    assert case.profile("se\u0301oul").name == "s\u00e9oul"


def test_a_message_holds_no_sign_that_a_terminal_obeys(folder: Path) -> None:
    raw("options.csv", lambda old: b"\x1b[2J" + old)(folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    assert "\x1b" not in str(caught.value) and "\x1b[2Jid" in set(caught.value.faults["column"])


def test_an_id_that_only_looks_known_is_answered_with_the_cause(folder: Path) -> None:
    cell("scores.csv", 2, "option", "Status_Quo")(folder)
    with pytest.raises(CaseError, match="looks like status_quo but is written with other signs"):
        load_case(folder)


@pytest.mark.parametrize("file", [file for file in input_files("aukus_plus_two") if file.endswith(".csv")])
def test_a_column_twice_is_a_fault_in_every_table(file: str, folder: Path) -> None:
    path = path_of(folder, file)
    lines = list(csv.reader(path.read_text(encoding="utf-8").splitlines(keepends=True)))
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows([*line, *line] for line in lines)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    faults = caught.value.faults[["file", "row", "column"]].to_numpy().tolist()
    assert faults == [[file, 1, column] for column in sorted(lines[0])]


def test_a_column_twice_is_a_fault_in_a_workbook(folder: Path, tmp_path: Path) -> None:
    book = as_workbook(folder, folder.parent.parent / "seeds")
    for row in book["scores"].iter_rows(min_col=8, max_col=8):
        row[0].offset(column=4).value = row[0].value
    book.save(tmp_path / "case.xlsx")
    with pytest.raises(CaseError, match="sheet scores, row 1, column evidence: found a column named twice"):
        load_case(tmp_path / "case.xlsx")


@pytest.mark.parametrize("factor", [1e-24, 1e-9, 3e-10, 1e9, 5e12, 1e24])
def test_any_unit_is_as_good_as_another(factor: float) -> None:
    criteria = CRITERIA.assign(worst=[10 * factor], best=[0], direction=["min"])
    case = Case.from_frames(criteria=criteria, scores=SCORES.assign(likely=[3 * factor, 4 * factor]))
    assert case.values["x"].tolist() == pytest.approx([70, 60])


def test_two_numbers_never_read_the_same_in_a_fault() -> None:
    with pytest.raises(CaseError, match=r"found 10.00000000000001; expected between the anchors 0 and 10 of x"):
        Case.from_frames(criteria=CRITERIA, scores=SCORES.assign(likely=[10.00000000000001, 4]))
    with pytest.raises(CaseError, match=r"low 3.0000001 above likely 3 "):
        Case.from_frames(criteria=CRITERIA, scores=SCORES.assign(low=[3.0000001, 4], high=[5, 5]))


def test_thousands_of_unknown_ids_are_told_within_seconds() -> None:
    names = [f"option_{number}" for number in range(20_000)]
    scores = pd.DataFrame({"option": names, "criterion": "x", "likely": 1})
    start = time.perf_counter()
    with pytest.raises(CaseError):
        Case.from_frames(criteria=CRITERIA, scores=scores, options=pd.DataFrame({"id": ["a", "b"]}))
    assert time.perf_counter() - start < 15


def test_a_long_chain_of_options_and_many_screens_are_read_within_seconds() -> None:
    names = [f"option_{number}" for number in range(1000)]
    start = time.process_time()
    case = Case.from_frames(
        criteria=CRITERIA,
        scores=pd.DataFrame({"option": names, "criterion": "x", "likely": 1}),
        options=pd.DataFrame({"id": names, "requires": ["", *names[:-1]]}),
        screens=pd.DataFrame({"option": names * 40, "passes": "yes", "reason": "Allowed."}).assign(
            screen=[f"screen_{number}" for number in range(40) for _ in names]
        ),
    )
    assert len(case.competing) == 1000
    assert time.process_time() - start < 5


@pytest.mark.parametrize(
    "break_it",
    [
        cell("criteria.csv", 3, "best", "inf"),
        cell("criteria.csv", 3, "best", "0"),
        raw("weights.csv", lambda old: old.decode().encode("utf-16")),
        cell("weights.csv", 4, "profile", "Baseline"),
        raw("weights.csv", lambda old: old + b"".join(
            b"W" + line[1:] + b"\n" for line in old.split(b"\n") if line[:4] == b"wash"
        )),
        cell("screens.csv", 3, "screen", "no nuclear sharing"),
        raw("weights.csv", lambda old: old.replace(b"\nbaseline,", b"\nworst,")),
        text("scores.csv", "high", "hgih"),
        text("criteria.csv", "parent", "parnt"),
        without_column("scores.csv", "high"),
        both(cell("scores.csv", 2, "low", "9"), cell("scores.csv", 2, "high", "0")),
        text("scenarios.csv", "weight_factor", "weight factor"),
        raw("criteria.csv", lambda old: old.split(b"\n")[0]),
        *(both(gone(file), lambda folder, file=file: (folder / file).mkdir()) for file in ("screens.csv", "case.toml")),
        both(gone("case.toml"), lambda folder: (folder / "case.toml").symlink_to("nowhere.toml")),
        both(
            cell("seeds/evidence.csv", 2, "status", "overtaken"), cell("seeds/evidence.csv", 2, "see", "L01-aukus-pact")
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_once_is_a_single_fault(break_it: Break, folder: Path) -> None:
    break_it(folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    assert len(caught.value.faults) == 1 and "('" not in str(caught.value)


@pytest.mark.parametrize("step", [1, -1])
def test_a_tree_of_too_many_levels_is_refused_at_once(step: int) -> None:
    def tree(levels: int) -> pd.DataFrame:
        rows = [{"id": f"x{level}", "parent": f"x{level - 1}" * (level > 0)} for level in range(levels - 1)]
        return pd.DataFrame([*rows, CRITERIA.iloc[0].to_dict() | {"parent": rows[-1]["id"]}])[::step]

    start = time.process_time()
    with pytest.raises(CaseError, match="at most 100 levels"):
        Case.from_frames(criteria=tree(3000), scores=SCORES)
    assert time.process_time() - start < 5
    assert len(Case.from_frames(criteria=tree(100), scores=SCORES).branch_of("x")) == 100


def test_all_faults_are_reported_at_once(folder: Path) -> None:
    names = ["effort negative", "score NaN", "weight for unknown criterion", "grade unknown", "key unknown"]
    for name in names:
        BROKEN[name][0](folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    files = set(caught.value.faults["file"])
    assert {"options.csv", "scores.csv", "weights.csv", "seeds/sources.csv", "case.toml"} <= files


def test_a_misspelt_id_is_answered_with_the_nearest(folder: Path) -> None:
    BROKEN["score for unknown criterion"][0](folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    assert "Did you mean det_picture?" in set(caught.value.faults["remedy"])


def test_a_case_that_cites_evidence_needs_a_register(folder: Path) -> None:
    (folder.parent.parent / "seeds").rename(folder.parent.parent / "elsewhere")
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    assert caught.value.faults["file"].tolist() == ["seeds/evidence.csv"]


def test_an_unknown_case_lists_the_shipped_ones() -> None:
    with pytest.raises(CaseError, match="aukus_plus_two"):
        load_case("no_such_case")


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    path.write_text("option,score\n")
    with pytest.raises(CaseError, match="no workbook"):
        load_case(path)


def test_a_workbook_with_the_same_sheets_is_the_same_case(folder: Path, case: Case, tmp_path: Path) -> None:
    path = tmp_path / "case.xlsx"
    as_workbook(folder, folder.parent.parent / "seeds").save(path)
    read = load_case(path)
    assert read.digest == case.digest
    assert input_files(path) == {"case.xlsx": path}


def test_criteria_and_scores_are_a_case(tmp_path: Path) -> None:
    bare = tmp_path / "four_sites"
    bare.mkdir()
    CRITERIA.to_csv(bare / "criteria.csv", index=False)
    SCORES.to_csv(bare / "scores.csv", index=False)
    with pd.ExcelWriter(tmp_path / "four_sites.xlsx") as book:
        CRITERIA.to_excel(book, sheet_name="criteria", index=False)
        SCORES.to_excel(book, sheet_name="scores", index=False)
    about = {"id": "four_sites", "title": "four_sites"}
    cases = [load_case(bare), load_case(tmp_path / "four_sites.xlsx")]
    cases += [Case.from_frames(criteria=CRITERIA, scores=SCORES, about=about)]
    assert len({case.digest for case in cases}) == 1
    for case in cases:
        assert case.weights_assumed and case.profile("baseline").values.to_dict() == {"x": 1}
        assert list(case.findings["code"]) == [
            "not-stated",
            "few-options",
            "scores-certain",
            "weights-assumed",
        ]
    with pytest.raises(WeightsError, match="no weights to affirm"):
        affirm(bare)
    CRITERIA.rename(columns={"best": "bst"}).to_csv(bare / "criteria.csv", index=False)
    (bare / "case.toml").write_text('titel = "Four sites"', "utf-8")
    with pytest.raises(CaseError) as caught:
        load_case(bare)
    places = caught.value.faults.set_index(["file", "column"])["remedy"].to_dict()
    assert places == {
        ("case.toml", "titel"): "Rename it to title.", ("criteria.csv", "bst"): "Rename it to best.",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("break_it", "column", "remedy"),
    [
        (text("criteria.csv", "^id", "ID"), "ID", "Rename it to id."),
        (raw("case.toml", lambda old: old.decode().encode("utf-16")), "", "in a text editor."),
        (cell("criteria.csv", 3, "shape", "4;55"), "shape", "('' is not a plain number)"),
        (cell("criteria.csv", 3, "shape", "4:155"), "shape", "a value from 0 to 100"),
        (text("scores.csv", "likely", " Likely "), " Likely ", "Rename it to likely."),
        (text("case.toml", "^id", "ID"), "ID", "Rename it to id."),
        (text("case.toml", "^shared_error.*$", "shared_error = 2"), "shared_error", "number from 0 to 1 "),
        (text("case.toml", "^as_of.*$", 'as_of = "2026-02-31"'), "as_of", "a day that there is"),
        (cell("scores.csv", 2, "as_of", "31/02/2026"), "as_of", "a day that there is"),
        (cell("options.csv", 5, "effort", "-1"), "effort", "number from 0 to 1e12 "),
        (cell("options.csv", 5, "effort", "33000000000000"), "effort", "in a larger unit"),
        (cell("weights.csv", 2, "likely", "150"), "likely", "number from 0 to 100 "),
        (cell("synergies.csv", 2, "value", "101"), "value", "number from -100 to 100 "),
        (added("redlines.csv", REDLINES, "seoul,acc_tokyo,150,because,"), "least_value", "number from 0 to 100 "),
    ],
)
def test_a_remedy_fits_what_is_wrong(break_it: Break, column: str, remedy: str, folder: Path) -> None:
    break_it(folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    (found,) = caught.value.faults.set_index("column")["remedy"].items()
    assert found[0] == column and remedy in found[1]


ONCE: dict[str, tuple[Break, tuple[str, int | str, str]]] = {
    "an id of an option": (cell("options.csv", 4, "id", "early_\u200bdialogue"), ("options.csv", 4, "id")),
    "an id of a criterion": (cell("criteria.csv", 3, "id", "deterrence "), ("criteria.csv", 3, "id")),
    "an id of evidence": (cell("seeds/evidence.csv", 2, "id", ""), ("seeds/evidence.csv", 2, "id")),
    "an id in a score": (cell("scores.csv", 9, "option", "early dialog"), ("scores.csv", 9, "option")),
    "an option renamed": (cell("options.csv", 4, "id", "early"), ("options.csv", 9, "requires")),
    "a leaf renamed": (cell("criteria.csv", 3, "id", "picture"), ("criteria.csv", 13, "means_to")),
    "a branch renamed": (cell("criteria.csv", 2, "id", "deter"), ("criteria.csv", 3, "parent")),
    "evidence renamed": (cell("seeds/evidence.csv", 2, "id", "renamed"), ("seeds/evidence.csv", 74, "see")),
    "a leaf that is its own parent": (cell("criteria.csv", 3, "parent", "det_picture"), ("criteria.csv", 3, "parent")),
    "a branch that is its own parent": (cell("criteria.csv", 2, "parent", "deterrence"), ("criteria.csv", 2, "parent")),
    "a profile misspelt": (cell("weights.csv", 5, "profile", "baselne"), ("weights.csv", 5, "profile")),
    "a screen misspelt": (cell("screens.csv", 3, "screen", "no_nuclear_sharin"), ("screens.csv", 3, "screen")),
    "an id in points": (cell("weights.csv", 5, "criterion", " x"), ("weights.csv", 5, "criterion")),
    "a profile in points": (cell("weights.csv", 5, "profile", "a;b"), ("weights.csv", 5, "profile")),
    "an id on a screen": (cell("screens.csv", 2, "option", "nobody"), ("screens.csv", 2, "option")),
    "no name of a screen": (cell("screens.csv", 2, "screen", ""), ("screens.csv", 2, "screen")),
    "a factor": (cell("scenarios.csv", 2, "shift", "much"), ("scenarios.csv", 2, "shift")),
    "a high below both": (cell("scores.csv", 2, "high", "1"), ("scores.csv", 2, "high")),
    "a word for unknown": (
        both(
            *(cell("scores.csv", 5, end, "") for end in ("low", "likely", "high")),
            cell("scores.csv", 5, "distribution", "Unknown"),
        ),
        ("scores.csv", 5, "distribution"),
    ),
    "a short row": (raw("scores.csv", lambda old: old + b"early\n"), ("scores.csv", ANY, "")),
    **{
        f"the header row again in {name}": (
            raw(f"{name}.csv", lambda old: old + old.partition(b"\n")[0] + b"\n"), (f"{name}.csv", ANY, "")
        )
        for name in ("options", "criteria", "scores", "weights", "screens", "synergies")
    },
    "a comma without quotation marks": (
        text("screens.csv", "^([^,]*,[^,]*,yes,)", r"\1so, "), ("screens.csv", ANY, "")
    ),
    "a heading left blank": (raw("scores.csv", lambda old: old.replace(b"as_of", b"", 1)), ("scores.csv", 1, "11")),
    "no rows": (raw("scores.csv", lambda old: old.split(b"\n")[0]), ("scores.csv", "", "option")),
    "another name of a table": (
        lambda folder: (folder / "scores.csv").rename(folder / "Scores.CSV"), ("Scores.CSV", "", "")
    ),
    "another name of a table that is referred to": (
        lambda folder: (folder / "weights.csv").rename(folder / "weight.csv"), ("weight.csv", "", "")
    ),
    "a heading of full width": (
        raw("scores.csv", lambda old: old.replace(b"likely", "\uff4cikely".encode(), 1)),
        ("scores.csv", 1, "\uff4cikely"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONCE)
def test_a_fault_is_told_without_what_follows_from_it(name: str, folder: Path) -> None:
    break_it, place = ONCE[name]
    break_it(folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    (told,) = caught.value.faults[["file", "row", "column"]].itertuples(index=False, name=None)
    assert told == (place[0], told[1] if place[1] is ANY else place[1], place[2])


def test_an_id_that_many_rows_use_is_told_with_how_many(folder: Path) -> None:
    cell("options.csv", 3, "id", "early_dialog")(folder)
    tables = {name: (folder / f"{name}.csv").read_text("utf-8") for name in ("scores", "screens", "scenarios")}
    assert all("early_dialogue" in text for text in tables.values())
    with pytest.raises(
        CaseError, match=r"'early_dialogue', in \d\d rows of .*scores, screens, .*Did you mean early_dialog\?"
    ):
        load_case(folder)


def test_an_unknown_id_that_few_rows_use_is_told_with_each_of_them(folder: Path) -> None:
    cell("scores.csv", 5, "evidence", "e_nowhere")(folder)
    cell("screens.csv", 3, "evidence", "e_nowhere")(folder)
    with pytest.raises(CaseError, match=r"'e_nowhere', also in row 3 of screens") as caught:
        load_case(folder)
    assert caught.value.faults[["file", "row", "column"]].values.tolist() == [["scores.csv", 5, "evidence"]]


def test_what_is_missing_is_told_where_fewer_rows_are_at_fault(folder: Path) -> None:
    cell("scores.csv", 2, "option", "nobody")(folder)  # the one score of the status quo on det_picture, as row 3 is
    raw("scores.csv", lambda old: re.sub(b"(?m)^status_quo,det_(picture|denial).*\n", b"", old))(folder)
    with pytest.raises(CaseError, match="3 faults") as caught:
        load_case(folder)
    assert list(caught.value.faults["column"]) == ["option", "likely", "likely"]


def test_a_heading_that_was_never_computed_is_told_once(folder: Path, tmp_path: Path) -> None:
    book = as_workbook(folder, folder.parent.parent / "seeds")
    book["scores"]["C1"] = '="low"'
    book.save(tmp_path / "case.xlsx")
    with pytest.raises(CaseError, match=r"1 fault in .*\n.*scores, row 1, column C: found a formula without a stored"):
        load_case(tmp_path / "case.xlsx")


def test_a_line_break_that_excel_writes_out_is_read_as_it_is_shown(folder: Path, tmp_path: Path) -> None:
    book = as_workbook(folder, folder.parent.parent / "seeds")
    book["options"]["D3"] = "Talks_x000D_\nabout _x005F_x000D_"
    book.save(tmp_path / "case.xlsx")
    assert load_case(tmp_path / "case.xlsx").options["description"].iloc[1] == "Talks\nabout _x000D_"


def test_blank_headings_are_told_once(folder: Path) -> None:
    raw("levels.csv", lambda old: old.replace(b"\n", b",,,\n").replace(b",,,\n", b",,,remarks\n", 1))(folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    assert list(caught.value.faults["column"]) == ["4", "remarks"]


def test_what_is_in_the_place_of_a_missing_column_may_be_it(folder: Path) -> None:
    text("scores.csv", "likely", "value")(folder)
    with pytest.raises(CaseError) as caught:
        load_case(folder)
    assert caught.value.faults.set_index("column")["remedy"].to_dict() == {
        "value": "Rename it to likely.", "likely": "Add the column likely."
    }  # fmt: skip


def test_faults_in_a_workbook_name_sheet_row_and_column(folder: Path, tmp_path: Path) -> None:
    book = as_workbook(folder, folder.parent.parent / "seeds")
    book["scores"]["D3"] = "plenty"
    del book["screens"]
    del book["evidence"]
    book.create_sheet("Assumption")
    book["case"].append(["title", "Another"])
    last = book["case"].max_row
    book["case"].append([None, "A value of nothing"])
    book["options"].cell(row=40, column=30).fill = openpyxl.styles.PatternFill("solid")
    book.save(tmp_path / "case.xlsx")
    with pytest.raises(CaseError) as caught:
        load_case(tmp_path / "case.xlsx")
    places = set(caught.value.faults[["file", "row", "column"]].itertuples(index=False, name=None))
    assert places == {
        ("case.xlsx, sheet scores", 3, "likely"),
        ("case.xlsx, sheet evidence", "", ""), ("case.xlsx, sheet Assumption", "", ""),
        ("case.xlsx, sheet case", last, "title"), ("case.xlsx, sheet case", last + 1, ""),
    }  # fmt: skip


def test_an_earlier_date_takes_the_judgements_of_that_day(case: Case) -> None:
    earlier = load_case("aukus_plus_two", as_of="2023-08-17")
    assert set(earlier.scores["as_of"]) == {"2023-08-17"}
    assert case.scores["as_of"].max() == case.about.day > "2023-08-17"
    assert earlier.performance.shape == case.performance.shape
    assert (earlier.performance != case.performance).any(axis=None)
    assert set(earlier.evidence["known_from"].str[:4]) <= {str(year) for year in range(2000, 2024)}


def test_a_day_before_any_judgement_has_no_scores() -> None:
    with pytest.raises(CaseError, match=r"no score made by 2019-01-01.*Ask for 2023-08-17 or later"):
        load_case("aukus_plus_two", as_of="2019-01-01")


def test_where_some_scores_are_of_a_later_day_the_first_day_that_has_all_is_named() -> None:
    dated = SCORES.assign(as_of=["2024-03-01", "2024-05-01"])
    for as_of, found in (("2024-04-01", "no score for 2 on x by 2024-04-01"), ("2023-01-01", "no score made by 2023")):
        with pytest.raises(CaseError, match=f"{found}.*Ask for 2024-05-01 or later") as caught:
            Case.from_frames(criteria=CRITERIA, scores=dated, about={"as_of": as_of})
        assert len(caught.value.faults) == 1
    assert len(Case.from_frames(criteria=CRITERIA, scores=dated, about={"as_of": "2024-05-01"}).scores) == 2


def test_a_fixed_score_has_no_range() -> None:
    given = SCORES.assign(low=[1, 2], high=[5, 6], distribution="fixed")
    case = Case.from_frames(criteria=CRITERIA, scores=given)
    least, most = case.value_range
    assert least.equals(case.values) and most.equals(case.values)
    assert "scores-certain" in set(case.findings["code"])


def test_a_date_that_is_none_is_refused() -> None:
    with pytest.raises(CaseError, match="'soon'"):
        load_case("aukus_plus_two", as_of="soon")


def test_the_digest_ignores_order_and_sees_every_change(folder: Path, case: Case) -> None:
    scores = pd.read_csv(folder / "scores.csv", dtype=str, keep_default_na=False)
    scores.sample(frac=1, random_state=1)[list(reversed(scores.columns))].to_csv(folder / "scores.csv", index=False)
    assert load_case(folder).digest == case.digest
    scores.loc[scores.index[-1], "rationale"] += " Changed."
    scores.to_csv(folder / "scores.csv", index=False)
    assert load_case(folder).digest != case.digest


def test_a_damaged_workbook_is_refused_plainly(folder: Path, tmp_path: Path) -> None:
    as_workbook(folder, folder.parent.parent / "seeds").save(tmp_path / "whole.xlsx")
    with zipfile.ZipFile(tmp_path / "whole.xlsx") as whole, zipfile.ZipFile(tmp_path / "case.xlsx", "w") as damaged:
        for name in whole.namelist():
            held = whole.read(name)
            damaged.writestr(name, held[: len(held) // 2] if name.endswith("sheet4.xml") else held)
    with pytest.raises(CaseError, match="no workbook"):
        load_case(tmp_path / "case.xlsx")


def test_windows_line_ends_make_the_same_case(folder: Path, case: Case) -> None:
    for path in folder.glob("*.csv"):
        path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert load_case(folder).digest == case.digest


def test_a_folder_of_results_is_not_taken_for_the_shipped_case(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, case: Case
) -> None:
    (tmp_path / "aukus_plus_two").mkdir()
    monkeypatch.chdir(tmp_path)
    assert load_case("aukus_plus_two").digest == case.digest
    study(load_case("starter"), draws=100).export("aukus_plus_two/workbook.xlsx")
    assert load_case("aukus_plus_two").digest == case.digest


@pytest.mark.parametrize("name", [".", "case.xlsx", "CASE.XLSX", "table.xml"])
def test_a_folder_that_holds_a_case_goes_before_the_shipped_one_of_its_name(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = Case.from_frames(criteria=CRITERIA, scores=SCORES, about={"id": "mine"})
    mine.save(tmp_path / "starter" / name)
    monkeypatch.chdir(tmp_path)
    assert load_case("starter").about.id == "mine"


CRITERIA = pd.DataFrame({"id": ["x"], "direction": ["max"], "worst": [0], "best": [10]})
SCORES = pd.DataFrame({"option": [1, 2], "criterion": "x", "likely": [3, 4]})


def test_a_name_is_read_in_one_line_as_headings_have_it(tmp_path: Path) -> None:
    criteria = CRITERIA.assign(name="Reach\r\n in\u3000all")
    options = pd.DataFrame({"id": [1, 2], "name": ["Plan\nash", "Plan elm"], "description": "One.\nTwo."})
    case = Case.from_frames(criteria=criteria, scores=SCORES, options=options)
    for held in (case, load_case(case.save(tmp_path / "case.xlsx"))):
        assert list(held.options["name"]) == ["Plan ash", "Plan elm"] and held.options.at["1", "short"] == "Plan ash"
        assert (
            held.criteria.at["x", "name"] == "Reach in\u3000all" and held.options.at["1", "description"] == "One.\nTwo."
        )


@pytest.mark.parametrize(
    "entry", [{"shared_error": pd.NA}, {"authors": pd.Series(["A"])}, {"title": np.array(["A", "B"])}]
)
def test_an_entry_of_another_kind_is_a_fault(entry: dict[str, object]) -> None:
    with pytest.raises(CaseError, match=rf"1 fault in about:\n.*column {next(iter(entry))}"):
        Case.from_frames(criteria=CRITERIA, scores=SCORES, about=entry)


def test_frames_may_have_numbers_as_ids_and_any_index() -> None:
    case = Case.from_frames(criteria=CRITERIA, scores=SCORES.set_axis([7, 7]), about={"as_of": "2025-01-01"})
    assert case.values["x"].to_dict() == {"1": 30, "2": 40}
    nameless = Case.from_frames(criteria=CRITERIA, scores=SCORES.set_axis([np.nan, 1]))
    assert nameless.values["x"].to_dict() == {"1": 30, "2": 40}
    criteria = CRITERIA.assign(id=1)
    numbered = Case.from_frames(criteria=criteria, scores=SCORES.assign(criterion=1))
    assert numbered.weights({1: 50}).values.to_dict() == {"1": 1}


@pytest.mark.parametrize(
    ("frames", "place"),
    [
        ({"scores": pd.concat([SCORES, SCORES])}, ("scores", 2, "criterion")),
        ({"scores": SCORES.set_axis(["option", "criterion", "option"], axis=1)}, ("scores", 1, "option")),
        ({"scores": SCORES.set_axis(["a", "b"]).assign(likely=[1, None])}, ("scores", "b", "likely")),
        ({"scores": SCORES.assign(likely=[np.array([1, 2]), 2])}, ("scores", 0, "likely")),
        ({"scores": SCORES.assign(likely=pd.Series([[1], 2], dtype=object))}, ("scores", 0, "likely")),
        ({"scores": SCORES.assign(likely=pd.Series([Decimal("sNaN"), 2], dtype=object))}, ("scores", 0, "likely")),
        ({"scores": SCORES.assign(likely=pd.Series([10**5000, 2], dtype=object))}, ("scores", 0, "likely")),
        ({"scores": SCORES.assign(likely=pd.Series([CRITERIA, 2], dtype=object))}, ("scores", 0, "likely")),
        ({"scores": SCORES.set_axis([Decimal("sNaN"), "b"]).assign(likely=[1, None])}, ("scores", 1, "likely")),
        ({"about": {"foo": 1}}, ("about", "", "foo")),
        ({"about": {"as_of": "soon"}}, ("about", "", "as_of")),
        ({"about": {"title": 3}}, ("about", "", "title")),
        ({"colours": SCORES}, ("colours", "", "")),
    ],
)
def test_faults_in_frames_name_table_row_label_and_column(frames: dict, place: tuple) -> None:
    with pytest.raises(CaseError) as caught:
        Case.from_frames(**({"criteria": CRITERIA, "scores": SCORES} | frames))
    assert place in set(caught.value.faults[["file", "row", "column"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(("count", "workbook"), [(75, False), (10, True)])
def test_a_mutated_case_is_refused_or_scored_as_an_oracle_does(count: int, workbook: bool) -> None:
    results = list(run(range(count), workbook=workbook, only="starter"))
    assert [result for result in results if result[2] not in ("accepted", "refused")] == []
    assert {result[2] for result in results} == {"accepted", "refused"}


WORDED = ("case", "own_table", "panel")
"""Rooms whose faults and findings are worded in tables."""


def test_what_the_code_calls_a_fault_or_finding_has_words_and_all_that_stands_in_them_is_given() -> None:
    package, calls = ROOT / "aukus_mcda", 0
    faults = (
        pd.read_csv(package / "case" / "faults.csv", keep_default_na=False).set_index("fault").agg(" ".join, axis=1)
    )
    findings = pd.read_csv(package / "case" / "findings.csv", keep_default_na=False)
    findings = findings[findings["code"] != "not-stated"].set_index("code")["finding"]
    for path in (path for room in WORDED for path in (package / room).glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or any(each.arg is None for each in node.keywords):
                continue
            place, words = {"fault_at": (3, faults), "finding": (0, findings)}.get(
                getattr(node.func, "id", ""), (0, None)
            )
            if words is None or not isinstance(node.args[place], ast.Constant):
                continue
            calls, name = calls + 1, node.args[place].value
            wanted = {each.split("!")[0] for _, each, _, _ in string.Formatter().parse(words[name]) if each}
            assert wanted <= {"place", *(each.arg for each in node.keywords)}, (
                f"{path.name}, line {node.lineno}: {name}"
            )
    assert calls > 50


def test_the_tables_of_faults_and_findings_hold_nothing_that_the_code_does_not_name() -> None:
    package = ROOT / "aukus_mcda"
    code = "".join(path.read_text("utf-8") for room in WORDED for path in (package / room).glob("*.py"))
    code += "".join(f'"{status}-evidence"' for status in ("contradicted", "unsupported", "overtaken"))
    faults, findings = (
        pd.read_csv(package / "case" / name, keep_default_na=False) for name in ("faults.csv", "findings.csv")
    )
    names = [*faults["fault"], *findings.loc[findings["of"].isin(["", *vars(About())]), "code"].unique()]
    assert faults["fault"].is_unique and len(names) > 100
    assert list(ABOUT) == list(vars(About()))
    assert [name for name in names if f'"{name}"' not in code] == []


def test_names_left_blank_throughout_are_the_ids_and_one_alone_is_a_fault() -> None:
    criteria = pd.DataFrame({"id": ["cost", "reach"], "name": "", "direction": "max", "worst": 0, "best": 10})
    places = [("quay", "cost"), ("quay", "reach"), ("pier", "cost"), ("pier", "reach")]
    scores = pd.DataFrame(places, columns=["option", "criterion"]).assign(likely=[1, 2, 3, 4])
    case = Case.from_frames(criteria=criteria, scores=scores)
    assert case.criteria["name"].tolist() == ["cost", "reach"]
    with pytest.raises(CaseError, match="name") as caught:
        Case.from_frames(criteria=criteria.assign(name=["Cost", ""]), scores=scores)
    assert len(caught.value.faults) == 1
    levels = pd.DataFrame({"criterion": ["cost"], "level": [5], "means": [""]})
    with pytest.raises(CaseError, match="means"):
        Case.from_frames(criteria=criteria, scores=scores, levels=levels)
