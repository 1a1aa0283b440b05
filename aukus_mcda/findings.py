"""What a reviewer should know about a case: bad practice that does not stop the work.

Each finding has a code, a place, a sentence and the standard that asks for it.
They are shown in the notebooks and land on a slide.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from .checks import Tables, leaves_of


class Finding(NamedTuple):
    """One departure from good practice, and whose practice it is."""

    code: str
    place: str
    finding: str
    standard: str


def case_findings(tables: Tables, status_quo: str) -> pd.DataFrame:
    """Findings on a checked case.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Checked and typed, the scores of one vintage only.
    status_quo : str
        Id of the option that stands for no change, or blank.

    Returns
    -------
    DataFrame
        Columns code, place, finding, standard.
    """
    rules = (_options, _criteria, _scores, _weights)
    found = [finding for rule in rules for finding in rule(tables, status_quo)]
    return pd.DataFrame(found, columns=list(Finding._fields), dtype=object)


def _options(tables: Tables, status_quo: str) -> Iterator[Finding]:
    gao = "GAO Cost Estimating Guide, App. XI"
    options = tables["options"]
    if len(options) < 3:
        yield Finding("few-options", "options", f"Only {len(options)} options are compared.", f"{gao}, practice 8")
    if not status_quo:
        yield Finding("no-status-quo", "options", "No option stands for changing nothing.", f"{gao}, practice 10")
    pairs = len(options) * (len(options) - 1) / 2
    excluded = {frozenset((row["id"], other)) for _, row in options.iterrows() for other in row["excludes"]}
    if len(excluded) < pairs:
        yield Finding(
            "not-exclusive", "options",
            "The options can be combined: read the ranking as what to do first, not as a choice of one.",
            f"{gao}, practice 8",
        )  # fmt: skip
    for _, option in options.iterrows():
        if option["risk"] and not option["mitigation"]:
            yield Finding(
                "risk-without-mitigation", option["id"],
                f"{option['name']} names a risk and no mitigation.", f"{gao}, practice 12",
            )  # fmt: skip


def _criteria(tables: Tables, status_quo: str) -> Iterator[Finding]:
    criteria = tables["criteria"].set_index("id")
    failed = set(tables["screens"].query("passes == 'no'")["option"])
    compared = tables["scores"][~tables["scores"]["option"].isin(failed)]
    for leaf in leaves_of(tables["criteria"]):
        name = criteria.at[leaf, "name"] or leaf
        if not (criteria.at[leaf, "worst_means"] and criteria.at[leaf, "best_means"]):
            yield Finding(
                "anchor-undescribed", leaf, f"The anchors of {name} are not described.",
                "DCLG manual (2009), 5.4.4.3 operationality",
            )  # fmt: skip
        if compared.loc[compared["criterion"] == leaf, "likely"].nunique() == 1:
            yield Finding(
                "no-difference", leaf, f"All options score alike on {name}; keep it only with a reason.",
                "DCLG manual (2009), 5.4.4.2 redundancy",
            )  # fmt: skip


def _scores(tables: Tables, status_quo: str) -> Iterator[Finding]:
    icd = "ICD 203, standards 1 and 2"
    register = {item["id"]: item for item in tables["evidence"].to_dict("records")}
    reliability = dict(zip(tables["sources"]["id"], tables["sources"]["reliability"], strict=True))
    with_evidence = one_source = ungraded = 0
    for score in tables["scores"].to_dict("records"):
        place = f"{score['option']} on {score['criterion']}"
        cited = [register[item] for item in score["evidence"] if item in register]
        grades = [(item["credibility"], reliability.get(item["source"], "F")) for item in cited]
        if not score["rationale"]:
            yield Finding("no-rationale", place, "The score has no rationale.", "ISPOR MCDA 2016, scoring")
        if not score["evidence"]:
            yield Finding("no-evidence", place, "The score cites no evidence.", "ICD 206, citation")
        for status, what in (("contradicted", "other evidence contradicts"), ("overtaken", "events have overtaken")):
            unsound = [item["id"] for item in cited if item["status"] == status]
            if unsound:
                yield Finding(
                    f"{status}-evidence", place, f"The score cites {', '.join(unsound)}, which {what}.", icd
                )  # fmt: skip
        # F and 6 mean that nobody could judge: no ground for a score without spread either.
        if grades and score["low"] == score["high"] and all(one in "456" or a in "DEF" for one, a in grades):
            yield Finding(
                "weak-without-spread", place, "The evidence is weak and the score has no low-high range.", icd
            )  # fmt: skip
        with_evidence += bool(cited)
        one_source += len({item["source"] for item in cited}) == 1
        ungraded += bool(grades) and all(one == "6" or a == "F" for one, a in grades)
    if one_source:
        yield Finding(
            "one-source", "scores", f"{one_source} of {with_evidence} scores with evidence cite one source only.", icd
        )  # fmt: skip
    if ungraded:
        yield Finding(
            "grade-unknown", "scores",
            f"{ungraded} of {with_evidence} scores with evidence cite nothing whose quality could be judged (F or 6).",
            "Admiralty code: F and 6 mean cannot be judged",
        )  # fmt: skip


def _weights(tables: Tables, status_quo: str) -> Iterator[Finding]:
    parents = tables["criteria"].set_index("id")["parent"]
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        points = rows.set_index("criterion")["likely"]
        for parent, siblings in points.groupby(parents):
            if siblings.max() != 100:
                where = f"under {parent}" if parent else "at the top of the tree"
                yield Finding(
                    "swing-not-anchored", f"{profile}",
                    f"No swing {where} has 100 points; the biggest should.",
                    "DCLG manual (2009), 6.2 swing weighting",
                )  # fmt: skip
