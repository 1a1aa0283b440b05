"""What a reviewer should know about a case: bad practice that does not stop the work.

Each finding has a code, a place, a sentence and the standard that asks for it.
They are shown in the notebooks and land on a slide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import combinations
from typing import NamedTuple

import pandas as pd

from .about import About
from .checks import Tables, leaves_of

SHOWN = 5
"""Places that a finding lists before it counts the rest."""

OLD = 90
"""Days without new evidence that are worth telling: a quarter, in which an official review usually reports once."""


class Finding(NamedTuple):
    """One departure from good practice, and whose practice it is."""

    code: str
    place: str
    finding: str
    standard: str


def case_findings(tables: Tables, about: About, *, also: tuple[Finding, ...] = ()) -> pd.DataFrame:
    """Findings on a checked case.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Checked and typed, the scores of one vintage only.
        The register is as it was known on that day.
    about : About
    also : tuple of Finding
        What was found while the files were read.

    Returns
    -------
    DataFrame
        Columns code, place, finding, standard.
    """
    rules = (_options, _criteria, _scores, _weights)
    found = [*also, *(finding for rule in rules for finding in rule(tables, about))]
    if about.as_of:
        found += [*_dates(tables, about.as_of), *review_due(about, about.as_of)]
    return pd.DataFrame(found, columns=list(Finding._fields), dtype=object)


def one_to_choose(excludes: pd.Series) -> bool:
    """Whether each two options exclude each other: by option, the ids it excludes; one of a pair may say it for both.

    Examples
    --------
    >>> one_to_choose(pd.Series({"a": ("b", "c"), "b": (), "c": ("b",)}))
    True
    """
    ids = list(excludes.index)
    return all(one in excludes[other] or other in excludes[one] for one, other in combinations(ids, 2))


def _options(tables: Tables, about: About) -> Iterator[Finding]:
    gao = "GAO Cost Estimating Guide, App. XI"
    options = tables["options"]
    if len(options) < 3:
        yield Finding("few-options", "options", f"Only {len(options)} options are compared.", f"{gao}, practice 8")
    if not about.status_quo:
        yield Finding("no-status-quo", "options", "No option stands for changing nothing.", f"{gao}, practice 10")
    out = {about.status_quo, *tables["screens"].query("passes == 'no'")["option"]}
    open_options = options[~options["id"].isin(out)]
    if not one_to_choose(open_options.set_index("id")["excludes"]):
        yield Finding(
            "not-exclusive",
            "options",
            "Not all options exclude each other: read the ranking as what to do first, not as a choice of one.",
            f"{gao}, practice 8",
        )
    for _, option in options.iterrows():
        if option["risk"] and not option["mitigation"]:
            yield Finding(
                "risk-without-mitigation",
                option["id"],
                f"{option['name']} names a risk and no mitigation.",
                f"{gao}, practice 12",
            )


def _criteria(tables: Tables, about: About) -> Iterator[Finding]:
    criteria = tables["criteria"].set_index("id")
    failed = set(tables["screens"].query("passes == 'no'")["option"])
    compared = tables["scores"][~tables["scores"]["option"].isin(failed)]
    for leaf in leaves_of(tables["criteria"]):
        name = criteria.at[leaf, "name"] or leaf
        if not (criteria.at[leaf, "worst_means"] and criteria.at[leaf, "best_means"]):
            yield Finding(
                "anchor-undescribed",
                leaf,
                f"The anchors of {name} are not described.",
                "DCLG manual (2009), 5.4.4.3 operationality",
            )
        if compared.loc[compared["criterion"] == leaf, "likely"].nunique() == 1:
            yield Finding(
                "no-difference",
                leaf,
                f"All options score alike on {name}; keep it only with a reason.",
                "DCLG manual (2009), 5.4.4.2 redundancy",
            )


def _scores(tables: Tables, about: About) -> Iterator[Finding]:
    icd = "ICD 203, standards 1 and 2"
    register = {item["id"]: item for item in tables["evidence"].to_dict("records")}
    reliability = dict(zip(tables["sources"]["id"], tables["sources"]["reliability"], strict=True))
    places: dict[str, list[str]] = {}
    with_evidence = 0
    for score in tables["scores"].to_dict("records"):
        cited = [register[item] for item in score["evidence"] if item in register]
        grades = [(item["credibility"], reliability.get(item["source"], "F")) for item in cited]
        statuses = {item["status"] for item in cited}
        # F and 6 mean that nobody could judge: no ground for a score without spread either.
        weak = bool(grades) and all(number in "456" or letter in "DEF" for number, letter in grades)
        said = {
            "no-rationale": not score["rationale"],
            "no-evidence": not score["evidence"],
            "contradicted-evidence": "contradicted" in statuses,
            "overtaken-evidence": "overtaken" in statuses,
            "weak-without-spread": weak and score["low"] == score["high"],
            "one-source": len({item["source"] for item in cited}) == 1,
            "grade-unknown": bool(grades) and all(number == "6" or letter == "F" for number, letter in grades),
        }
        with_evidence += bool(cited)
        for code in (code for code, holds in said.items() if holds):
            places.setdefault(code, []).append(f"{score['option']} on {score['criterion']}")
    of = f"of {with_evidence} scores with evidence"
    wording = {
        "no-rationale": ("{n} scores have no rationale.", "ISPOR MCDA 2016, scoring"),
        "no-evidence": ("{n} scores cite no evidence.", "ICD 206, citation"),
        "contradicted-evidence": ("{n} scores cite what other evidence contradicts.", icd),
        "overtaken-evidence": ("{n} scores cite what events have overtaken.", icd),
        "weak-without-spread": ("{n} scores rest on weak evidence and have no low-high range.", icd),
        "one-source": ("{n} " + of + " cite one source only.", icd),
        "grade-unknown": (
            "{n} " + of + " cite nothing whose quality could be judged (graded F or 6).",
            "Admiralty code: F and 6 mean cannot be judged",
        ),
    }
    compared = ~tables["scores"]["option"].isin(tables["screens"].query("passes == 'no'")["option"])
    ranged = (tables["scores"]["low"] < tables["scores"]["high"]) & (tables["scores"]["distribution"] != "fixed")
    if not ranged[compared].any():
        yield Finding(
            "scores-certain",
            "scores",
            "The scores were taken as certain: none has a range to draw, so how sure the order is leaves them out.",
            "ICD 203, standard 2: uncertainties",
        )
    for code, (sentence, standard) in wording.items():
        if code in places:
            where = places[code]
            more = f" and {len(where) - SHOWN} more" if len(where) > SHOWN else ""
            yield Finding(code, "; ".join(where[:SHOWN]) + more, sentence.format(n=len(where)), standard)
    if about.shared_error is None and ranged.any():
        yield Finding(
            "errors-independent",
            "scores",
            "The case does not say how far the errors of one option's scores are shared (shared_error), so they are "
            "drawn as independent: scores by the same judges seldom are, and a lead then looks surer than it is.",
            "Clemen and Reilly 1999: dependence is judged, not left out",
        )


def _weights(tables: Tables, about: About) -> Iterator[Finding]:
    hmt = "HMT and DESNZ, Use of MCDA in options appraisal (2024): swing weighting"
    if len(tables["weights"]) and not about.weights_judged_for:
        yield Finding(
            "anchors-unrecorded",
            "weights",
            "The case does not record which anchors its weights were judged for, so a later change of an anchor "
            "would not be noticed: run aukus-mcda affirm on it.",
            hmt,
        )
    parents = tables["criteria"].set_index("id")["parent"]
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        points = rows.set_index("criterion")["likely"]
        for parent, siblings in points.groupby(parents):
            if siblings.max() != 100:
                where = f"under {parent}" if parent else "at the top of the tree"
                yield Finding(
                    "swing-not-anchored",
                    f"{profile}",
                    f"No swing {where} has 100 points; the biggest should.",
                    hmt,
                )


def review_due(about: About, day: dt.date) -> Iterator[Finding]:
    """A finding when the review that a case sets itself was due before a day."""
    if about.review_by and about.review_by < day:
        yield Finding(
            "review-overdue",
            "case",
            f"The case was to be reviewed by {about.review_by} (review_by), and that day has passed.",
            "ICD 203, standard 7: explain change and consistency",
        )


def _dates(tables: Tables, as_of: dt.date) -> Iterator[Finding]:
    latest = tables["evidence"]["known_from"].max() if len(tables["evidence"]) else ""
    if latest and (days := (as_of - dt.date.fromisoformat(latest)).days) > OLD:
        yield Finding(
            "evidence-old",
            "evidence",
            f"The latest evidence is of {latest}, {days} days before the date of the case.",
            "ICD 203: analysis is timely",
        )
    scores = tables["scores"]
    older = scores.loc[scores["as_of"] != "", "as_of"]
    earlier = older[older < older.max()]
    if len(earlier):
        yield Finding(
            "older-judgements",
            "scores",
            f"{len(earlier)} of {len(scores)} scores were last judged before {older.max()} and are taken to stand "
            f"unchanged; the oldest is of {earlier.min()}.",
            "ICD 203, standard 7: explain change and consistency",
        )
    known = set(tables["evidence"]["id"])
    late = {
        name: sum(not known.issuperset(cited) for cited in tables[name]["evidence"])
        for name in ("options", "weights", "screens", "scenarios", "assumptions", "redlines")
    }
    if any(late.values()):
        where = ", ".join(f"{count} in {name}" for name, count in late.items() if count)
        yield Finding(
            "later-evidence",
            "undated tables",
            f"Rows that carry no date of their own rest on evidence from after {as_of} ({where}): they read as "
            "of today, and only the scores are of that day.",
            "ICD 203, standard 7: explain change and consistency",
        )
