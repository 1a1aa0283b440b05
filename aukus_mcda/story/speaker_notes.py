"""Notes for the speaker: the reasoning behind a slide and the ids of the evidence it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..case import Case
from ..errors import shown
from ..ranking import Ranking
from ..text import titled

FEW = 6
"""Judgements a speaker can be asked to have at hand for one slide."""


def cited(evidence: Iterable[str]) -> str:
    """Evidence ids in brackets, or blank.

    Examples
    --------
    >>> cited(("ipmda-design", "quad-members")), cited(())
    (' [ipmda-design; quad-members]', '')
    """
    ids = "; ".join(dict.fromkeys(evidence))
    return f" [{ids}]" if ids else ""


def judged(case: Case, pairs: Iterable[tuple[str, str]], most: int = FEW) -> list[str]:
    """Why options were scored as they were: score, range, reason and evidence of each (option, leaf)."""
    said = []
    for option, leaf in list(dict.fromkeys(pairs))[:most]:
        row = case.scores.loc[(option, leaf)]
        spread = f" ({shown(row['low'])} to {shown(row['high'])})" if row["low"] < row["high"] else ""
        place = f"{case.options.at[option, 'short']} on {case.criteria.at[leaf, 'name']}"
        reason = row["rationale"] or "No reason is recorded."
        said.append(f"{place}, judged {shown(row['likely'])}{spread}: {reason}{cited(row['evidence'])}")
    return said


def heaviest_parts(ranking: Ranking, options: Sequence[str], each: int = 2) -> list[tuple[str, str]]:
    """The leaves that give each option most of its score."""
    parts = ranking.contributions.loc[list(options)]
    return [(option, leaf) for option in options for leaf in parts.loc[option].nlargest(each).index]


def widest(case: Case, options: Sequence[str], each: int = 3) -> list[tuple[str, str]]:
    """The leaves on which each option's value is judged least sure; those without a range are not among them."""
    low, high = case.value_range
    spread = (high - low).loc[list(options)]
    ranged = {option: row[row > 0] for option, row in spread.iterrows()}
    return [(option, leaf) for option in options for leaf in ranged[option].nlargest(each).index]


def weighed(case: Case, criteria: Iterable[str], profiles: Iterable[str]) -> list[str]:
    """Why criteria were given their weight, by profile."""
    said = []
    for profile in profiles:
        for criterion in criteria:
            if (profile, criterion) in case.points.index:
                row = case.points.loc[(profile, criterion)]
                reason = row["rationale"] or "No reason is recorded."
                name = case.criteria.at[criterion, "name"]
                points = f"{shown(row['likely'])} swing points"
                said.append(f"{titled(profile)} on {name}, {points}: {reason}{cited(row['evidence'])}")
    return said


def described(case: Case, options: Iterable[str]) -> list[str]:
    """How each option is meant to work, with its evidence."""
    rows = ((case.options.at[each, "short"], case.options.loc[each]) for each in options)
    return [
        f"{short}: {row['mechanism'] or row['description'] or 'Not described.'}{cited(row['evidence'])}"
        for short, row in rows
    ]


def said_of(table: pd.DataFrame, reason: str, start: str) -> list[str]:
    """The reasons of a table's rows, each behind what names the row, with their evidence."""
    return [f"{row[start]}: {row[reason]}{cited(row['evidence'])}" for _, row in table.iterrows() if row[reason]]
