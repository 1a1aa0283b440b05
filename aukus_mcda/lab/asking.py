# SPDX-License-Identifier: Apache-2.0
"""The questions to a judge: a page that works by itself, asks for scores and swings, and ends in a file to send."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..case import Case, folder_name, is_id
from ..errors import ExportError, shown
from ..panel import ANSWER_FORMAT, LONGEST_JUDGE, mixture_of
from ..story import spelt
from .browser import read_together, write_page


def write_questions(
    case: Case,
    folder: Path,
    judges: Sequence[str],
    *,
    scores: Sequence[str] | None = None,
    weights: bool = False,
    panel: Path | None = None,
) -> Iterator[Path]:
    """Write a page of questions for each judge, which works by itself and ends in a file of answers.

    No page shows a total, a rank, or what the case's own authors judged.

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
        The working folder of a panel that was closed: ask once more, about what is worth discussing, and show each
        judge what that judge and, without names, the others said.

    Raises
    ------
    ExportError
        When a judge's name is no name, nothing is left to ask, or a page cannot be written.
    """
    unfit = [judge for judge in judges if not is_id(judge) or len(judge) > LONGEST_JUDGE]
    if unfit:
        raise ExportError(f"A judge needs a name or role of at most {LONGEST_JUDGE} letters, not {shown(unfit[0])}.")
    asked = (
        None if scores is None else {leaf for each in scores for leaf in case.leaves if each in case.branch_of(leaf)}
    )
    cells = [each for each in case.scores.index if asked is None or each[1] in asked]
    said: dict[tuple[str, str], dict[str, dict[str, Any]]] = {}
    number = 1
    if panel is not None:
        result = mixture_of(case, panel, case.profile(case.profiles[0]), draws=2_000, seed=0)
        number = 1 + max(each.round for each in result.judges)
        cells = [each for each in result.cells.index[result.cells["decides"]] if each in cells]
        for answers in result.judges:
            for row in answers.scores.to_dict("records"):
                said.setdefault((row["option"], row["criterion"]), {})[answers.judge] = row
    groups = _swings(case) if weights else []
    if not cells and not groups:
        raise ExportError("No score in dispute could change whom a judge puts first: there is nothing left to ask.")
    for judge in dict.fromkeys(judges):
        name = folder_name(judge)
        state = {
            "format": ANSWER_FORMAT,
            "case": case.digest,
            "judge": judge,
            "round": number,
            "file": f"answers_{name}.json",
            **{entry: getattr(case.about, entry) for entry in ("title", "marking", "question")},
            "options": case.options[["name", "description"]].to_dict("index"),
            "scales": [
                _scale_asked(case, leaf, judge, cells, said)
                for leaf in case.leaves
                if leaf in dict(map(reversed, cells))
            ],
            "groups": groups,
        }
        script = read_together("page.js", "asking.js")
        path = folder / f"questions_{name}.html"
        yield write_page(path, case.about.title, '<div id="board"></div>', state, script, read_together("asking.css"))


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
    return {
        "id": leaf,
        **{name: scale[name] for name in ("name", "question", "unit")},
        "excludes": spelt(scale["excludes_meaning"], case),
        "least": min(scale["worst"], scale["best"]),
        "greatest": max(scale["worst"], scale["best"]),
        "more": scale["direction"] == "max",
        "levels": [[score, means] for score, means in case.levels_of(leaf).items()],
        "evidence": [
            {"claim": row["claim"], "source": row["title"], "grade": f"{row['reliability']}{row['credibility']}"}
            for _, row in items.iterrows()
        ],
        "cells": [_cell_asked(option, judge, said.get((option, leaf), {})) for option, each in cells if each == leaf],
    }


def _cell_asked(option: str, judge: str, said: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """An option to be judged; in a later round with what this judge said, and what the others did, without names."""
    if not said:
        return {"option": option}
    own = (
        {name: said[judge][name] for name in ("low", "likely", "high") if said[judge][name]} if judge in said else None
    )
    return {
        "option": option,
        "own": None
        if own is None
        else {name: float(score) for name, score in own.items()} | {"rationale": said[judge]["rationale"]},
        "others": sorted(float(row["likely"]) for row in said.values()),
        "reasons": sorted(row["rationale"] for other, row in said.items() if other != judge and row["rationale"]),
    }


def _swings(case: Case) -> list[dict[str, Any]]:
    """The steps among siblings that are weighed against each other, from the top of the tree down."""
    criteria, parents = case.criteria, dict.fromkeys(case.criteria["parent"])
    return [
        {
            "name": criteria.at[parent, "name"] if parent else "",
            "criteria": [
                {"id": each, "name": row["name"], "worst": row["worst_means"], "best": row["best_means"]}
                for each, row in criteria[criteria["parent"] == parent].iterrows()
            ],
        }
        for parent in parents
    ]
