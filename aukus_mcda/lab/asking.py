# SPDX-License-Identifier: Apache-2.0
"""The questions to a judge: a page that works by itself, asks for scores and swings, and ends in a file to send."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..case import Case, is_id
from ..errors import ExportError, listed, shown
from ..panel import ANSWER_FORMAT, LONGEST_JUDGE, closed_rounds, mixture_of, note_asked, question_digest, require_choice
from ..story import spelt
from ..story.about_case import ends_described
from ..story.words import leaves_under
from .browser import read_together, write_page


def write_questions(
    case: Case,
    folder: Path,
    judges: Sequence[str],
    *,
    scores: Sequence[str] | None = None,
    weights: bool = False,
    panel: Path | None = None,
    again: bool = False,
) -> list[Path]:
    """Write a page of questions for each judge, which works by itself and ends in a file of answers.

    None is written where no score in dispute could change whom a judge puts first, or nobody moved in the last round
    on those that could. No page shows a total, a rank, or what the case's own authors judged.

    Parameters
    ----------
    case : Case
    folder : Path
        Where the pages go.
    judges : sequence of str
        A name, role or pseudonym each.
    scores : sequence of str, optional
        The criteria to ask about, with all beneath them; all if not given.
    weights : bool
        Ask for swing points too.
    panel : Path, optional
        The working folder in which the answers are collected; who was asked is noted there.
    again : bool
        Ask the judges of a panel that was closed, all of them if none is named, once more about what is worth
        discussing, and show each what that judge and, without names, the others said.

    Raises
    ------
    CaseError, ExportError
        As `mixture_of`; when a judge's name cannot be used, a judge is not on the panel, there is no such
        criterion, the panel was closed, or a page cannot be written.
    MethodError
        When fewer than two options are ranked.
    """
    require_choice(case)
    unfit = [judge for judge in judges if not is_id(judge) or len(judge) > LONGEST_JUDGE]
    if unfit:
        raise ExportError(f"A judge needs a name or role of at most {LONGEST_JUDGE} letters, not {shown(unfit[0])}.")
    unknown = [each for each in scores or () if each not in case.criteria.index]
    if unknown:
        raise ExportError(f"No criterion called {listed(unknown)}. There are: {listed(case.criteria.index)}.")
    asked = case.leaves if scores is None else {leaf for leaf in case.leaves if {*case.branch_of(leaf)} & {*scores}}
    cells = [each for each in case.scores.index if each[0] in case.competing and each[1] in asked]
    said: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    points: dict[str, dict[str, float]] = {}
    number = 1 + (0 if panel is None else len(closed_rounds(panel)))
    if panel is not None and again:
        held = mixture_of(case, panel, case.profile(case.first_profile))
        there = list(held.views)
        strange = [judge for judge in judges if judge not in there]
        if strange:
            raise ExportError(f"Not on the panel: {listed(strange)}. On it are: {listed(there)}.")
        judges = judges or there
        for answers in held.judges:
            for row in answers.scores.to_dict("records"):
                said.setdefault((row["option"], row["criterion"]), {})[answers.judge] = row
            for cell, why in answers.cannot.items():
                said.setdefault(cell, {})[answers.judge] = {"cannot": True, "rationale": why}
        points = {answers.judge: answers.points for answers in held.judges}
        dispute = held.cells.index[held.cells["decides"]]
        cells = [each for each in dispute if each in cells and each not in held.resting]
    elif number > 1:
        raise ExportError(f"The panel was closed after round {number - 1}: ask again with --again.")
    groups = _swings(case) if weights else []
    if not cells and not groups:
        return []
    leaves = [leaf for leaf in case.leaves if any(leaf == each for _, each in cells)]
    questions = hashlib.sha256(json.dumps([cells, groups]).encode()).hexdigest()[:16]
    asked_of, script, style = question_digest(case), read_together("page.js", "asking.js"), read_together("asking.css")
    paths = []
    plain = {judge: re.sub(r"[^\w-]+", "_", judge).strip("_") for judge in judges}  # letters of any script stay
    for judge in plain:
        alone = plain[judge] and list(map(str.lower, plain.values())).count(plain[judge].lower()) == 1
        name = plain[judge] if alone else f"{plain[judge]}_{hashlib.sha256(judge.encode()).hexdigest()[:8]}"
        name += f"_round_{number}" if number > 1 else ""
        state = {
            "format": ANSWER_FORMAT,
            "case": asked_of,
            "shelf": f"{judge}:{number}:{questions}",
            "judge": judge,
            "round": number,
            "file": f"answers_{name}.json",
            **{entry: getattr(case.about, entry) for entry in ("title", "marking", "question")},
            "options": case.options[["name", "description"]].to_dict("index"),
            "scales": [_scale_asked(case, leaf, judge, cells, said) for leaf in leaves],
            "groups": groups,
            "points": points.get(judge, {}),
        }
        path = folder / f"questions_{name}.html"
        paths.append(write_page(path, case.about.title, '<div id="board"></div>', state, script, style))
    if panel is not None:
        note_asked(panel, number, judges)
    return paths


def _scale_asked(
    case: Case,
    leaf: str,
    judge: str,
    cells: Sequence[tuple[str, str]],
    said: Mapping[tuple[str, str], Mapping[str, Mapping[str, Any]]],
) -> dict[str, Any]:
    """A scale with its levels, the evidence there is on it, and the options that a judge is asked about."""
    scale = case.criteria.loc[leaf]
    cited = dict.fromkeys(case.scores["evidence"].xs(leaf, level="criterion").explode().dropna())
    items = case.evidence.loc[list(cited)].join(case.sources[["title", "reliability"]], on="source")
    unsaid = {scale["worst"]: "the worst considered", scale["best"]: "the best considered"}
    return {
        "id": leaf,
        **{name: scale[name] for name in ("name", "question", "unit")},
        "excludes": spelt(scale["excludes_meaning"], case),
        "least": min(scale["worst"], scale["best"]),
        "greatest": max(scale["worst"], scale["best"]),
        "more": bool(scale["direction"] == "max"),
        "levels": [[score, means or unsaid[score]] for score, means in case.levels_of(leaf).items()],
        "evidence": [
            {"claim": row["claim"], "source": row["title"], "grade": f"{row['reliability']}{row['credibility']}"}
            for _, row in items.iterrows()
        ],
        "cells": [_cell_asked(option, judge, said.get((option, leaf), {})) for option, each in cells if each == leaf],
    }


def _cell_asked(option: str, judge: str, said: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An option to be judged; in a later round with what this judge said, and what all did, without names."""
    if not said:
        return {"option": option}
    own = dict(said.get(judge, {}))
    scored = {other: row for other, row in said.items() if "likely" in row}
    reasons = [(float(row["likely"]), row["rationale"]) for other, row in scored.items() if other != judge]
    unable = [row["rationale"] for other, row in said.items() if other not in scored and other != judge]
    numbers = {name: float(own[name]) for name in ("low", "likely", "high") if own.get(name)}
    return {
        "option": option,
        "own": numbers | {name: own[name] for name in ("rationale", "cannot") if name in own},
        "panel": sorted(float(row["likely"]) for row in scored.values()),
        "reasons": [f"{shown(likely)}: {reason}" for likely, reason in sorted(reasons) if reason]
        + [f"Cannot judge: {reason}" for reason in sorted(unable) if reason],
    }


def _swings(case: Case) -> list[dict[str, Any]]:
    """The steps among siblings that are weighed against each other, the top of the tree last, once all are known."""
    criteria = case.criteria
    scales = criteria[["name"]].join(ends_described(case), how="inner")  # with the worst and the best end of each
    return [
        {
            "name": criteria.at[parent, "name"] if parent else "",
            "criteria": [
                {
                    "id": each,
                    "name": criteria.at[each, "name"],
                    "steps": scales.loc[leaves_under(case, each)].to_numpy().tolist(),
                }
                for each in children
            ],
        }
        for parent, children in reversed(criteria.groupby("parent", sort=False).groups.items())
    ]
