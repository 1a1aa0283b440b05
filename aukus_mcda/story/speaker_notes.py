"""Notes for the speaker: the reasoning behind a slide and the ids of the evidence it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pandas as pd

from ..case import Case
from ..errors import shown
from ..ranking import Ranking
from ..text import titled

MOST_JUDGEMENTS = 6
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


def why_scored(case: Case, pairs: Iterable[tuple[str, str]]) -> list[str]:
    """Why options were scored as they were: score, range, reason and evidence of the first (option, leaf) pairs."""
    lines = []
    for option, leaf in list(dict.fromkeys(pairs))[:MOST_JUDGEMENTS]:
        row = case.scores.loc[(option, leaf)]
        spread = f" ({shown(row['low'])} to {shown(row['high'])})" if row["low"] < row["high"] else ""
        place = f"{case.options.at[option, 'short']} on {case.criteria.at[leaf, 'name']}"
        reason = row["rationale"] or "No reason is recorded."
        lines.append(f"{place}, judged {shown(row['likely'])}{spread}: {reason}{cited(row['evidence'])}")
    return lines


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


def why_weighed(case: Case, criteria: Iterable[str], profiles: Iterable[str]) -> list[str]:
    """Why criteria were given their weight, by profile."""
    pairs = [(profile, criterion) for profile in profiles for criterion in criteria]
    rows = case.points.loc[[pair for pair in pairs if pair in case.points.index]]
    return [
        f"{titled(profile)} on {case.criteria.at[criterion, 'name']}, {shown(row['likely'])} swing points: "
        f"{row['rationale'] or 'No reason is recorded.'}{cited(row['evidence'])}"
        for (profile, criterion), row in rows.iterrows()
    ]


def how_meant(case: Case, options: Iterable[str]) -> list[str]:
    """How each option is meant to work, with its evidence."""
    return [
        f"{row['short']}: {row['mechanism'] or row['description'] or 'Not described.'}{cited(row['evidence'])}"
        for _, row in case.options.loc[list(options)].iterrows()
    ]


def reasons_of(table: pd.DataFrame, reason: str, start: str) -> list[str]:
    """The reasons of a table's rows, each behind what names the row, with their evidence."""
    return [f"{row[start]}: {row[reason]}{cited(row['evidence'])}" for _, row in table.iterrows() if row[reason]]
