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
from .checks import Tables
from .tables import leaves_of

PLACES = 5
"""Places that a finding lists before it counts the rest."""

OLD = 90
"""Days without new evidence that are worth telling: a quarter, in which an official review usually reports once."""


GAO = "GAO Cost Estimating Guide, App. XI"
DCLG = "DCLG manual (2009)"
ICD = "ICD 203, standards 1 and 2"
HMT = "HMT and DESNZ, Use of MCDA in options appraisal (2024): swing weighting"
CONSISTENCY = "ICD 203, standard 7: explain change and consistency"

FINDINGS = {
    "few-options": ("Only {count} options are compared.", f"{GAO}, practice 8"),
    "no-status-quo": ("No option stands for changing nothing.", f"{GAO}, practice 10"),
    "not-exclusive": (
        "Not all options exclude each other: read the ranking as what to do first, not as a choice of one.",
        f"{GAO}, practice 8",
    ),
    "risk-without-mitigation": ("{name} names a risk and no mitigation.", f"{GAO}, practice 12"),
    "anchor-undescribed": ("The anchors of {name} are not described.", f"{DCLG}, 5.4.4.3 operationality"),
    "no-difference": (
        "All options score alike on {name}; keep it only with a reason.",
        f"{DCLG}, 5.4.4.2 redundancy",
    ),
    "scores-certain": (
        "The scores were taken as certain: none has a range to draw, so how sure the order is leaves them out.",
        "ICD 203, standard 2: uncertainties",
    ),
    "no-rationale": ("{count} scores have no rationale.", "ISPOR MCDA 2016, scoring"),
    "no-evidence": ("{count} scores cite no evidence.", "ICD 206, citation"),
    "contradicted-evidence": ("{count} scores cite what other evidence contradicts.", ICD),
    "overtaken-evidence": ("{count} scores cite what events have overtaken.", ICD),
    "weak-without-spread": ("{count} scores rest on weak evidence and have no low-high range.", ICD),
    "one-source": ("{count} of {cited} scores with evidence cite one source only.", ICD),
    "grade-unknown": (
        "{count} of {cited} scores with evidence cite nothing whose quality could be judged (graded F or 6).",
        "Admiralty code: F and 6 mean cannot be judged",
    ),
    "errors-independent": (
        "The case does not say how far the errors of one option's scores are shared (shared_error), so they are "
        "drawn as independent: scores by the same judges seldom are, and a lead then looks surer than it is.",
        "Clemen and Reilly 1999: dependence is judged, not left out",
    ),
    "anchors-unrecorded": (
        "The case does not record which anchors its weights were judged for, so a later change of an anchor "
        "would not be noticed: run aukus-mcda affirm on it.",
        HMT,
    ),
    "swing-not-anchored": ("No swing {where} has 100 points; the biggest should.", HMT),
    "evidence-old": (
        "The latest evidence is of {latest}, {days} days before the date of the case.",
        "ICD 203: analysis is timely",
    ),
    "older-judgements": (
        "{count} of {scores} scores were last judged before {last} and are taken to stand unchanged; the oldest is "
        "of {first}.",
        CONSISTENCY,
    ),
    "later-evidence": (
        "Rows that carry no date of their own rest on evidence from after {as_of} ({where}): they read as of today, "
        "and only the scores are of that day.",
        CONSISTENCY,
    ),
    "review-overdue": (
        "The case was to be reviewed by {review_by} (review_by), and that day has passed.",
        CONSISTENCY,
    ),
    "hidden-cells": (
        "The workbook hides cells that count like any other ({where}).",
        "Cabinet Office, Should Cost Modelling: Technical Build Guidance (2021), 4.8",
    ),
}
"""By code, what is found and the standard that asks for it."""


class Finding(NamedTuple):
    """One departure from good practice, and whose practice it is."""

    code: str
    place: str
    finding: str
    standard: str


def finding(code: str, place: str, **words: object) -> Finding:
    """The finding of a code, with what its sentence leaves open."""
    sentence, standard = FINDINGS[code]
    return Finding(code, place, sentence.format(**words), standard)


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
    findings = [*also, *(each for rule in rules for each in rule(tables, about))]
    if about.as_of:
        findings += [*_dates(tables, about.as_of), *_review_due(about, about.as_of)]
    return pd.DataFrame(findings, columns=list(Finding._fields), dtype=object)


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
    options = tables["options"]
    if len(options) < 3:
        yield finding("few-options", "options", count=len(options))
    if not about.status_quo:
        yield finding("no-status-quo", "options")
    open_options = options[~options["id"].isin({about.status_quo, *_screened(tables)})]
    if not one_to_choose(open_options.set_index("id")["excludes"]):
        yield finding("not-exclusive", "options")
    for option in options.query("risk != '' and mitigation == ''").to_dict("records"):
        yield finding("risk-without-mitigation", option["id"], name=option["name"])


def _screened(tables: Tables) -> set[str]:
    """The options that fail a screen."""
    return set(tables["screens"].query("passes == 'no'")["option"])


def _criteria(tables: Tables, about: About) -> Iterator[Finding]:
    criteria = tables["criteria"].set_index("id")
    compared = tables["scores"][~tables["scores"]["option"].isin(_screened(tables))]
    scores = compared.groupby("criterion")["likely"].nunique()
    for leaf in leaves_of(tables["criteria"]):
        name = criteria.at[leaf, "name"] or leaf
        if not (criteria.at[leaf, "worst_means"] and criteria.at[leaf, "best_means"]):
            yield finding("anchor-undescribed", leaf, name=name)
        if scores.get(leaf) == 1:
            yield finding("no-difference", leaf, name=name)


def _scores(tables: Tables, about: About) -> Iterator[Finding]:
    scores = tables["scores"]
    ranged = (scores["low"] < scores["high"]) & (scores["distribution"] != "fixed")
    if not ranged[~scores["option"].isin(_screened(tables))].any():
        yield finding("scores-certain", "scores")
    register = tables["evidence"].set_index("id").to_dict("index")
    reliability = tables["sources"].set_index("id")["reliability"].to_dict()
    places: dict[str, list[str]] = {code: [] for code in FINDINGS}
    with_evidence = 0
    for score in scores.to_dict("records"):
        cited = [register[item] for item in score["evidence"] if item in register]
        grades = [(item["credibility"], reliability.get(item["source"], "F")) for item in cited]
        statuses = {item["status"] for item in cited}
        # F and 6 mean that nobody could judge: no ground for a score without spread either.
        weak = bool(grades) and all(number in "456" or letter in "DEF" for number, letter in grades)
        holds = {
            "no-rationale": not score["rationale"],
            "no-evidence": not score["evidence"],
            "contradicted-evidence": "contradicted" in statuses,
            "overtaken-evidence": "overtaken" in statuses,
            "weak-without-spread": weak and score["low"] == score["high"],
            "one-source": len({item["source"] for item in cited}) == 1,
            "grade-unknown": bool(grades) and all(number == "6" or letter == "F" for number, letter in grades),
        }
        with_evidence += bool(cited)
        for code in filter(holds.get, holds):
            places[code].append(f"{score['option']} on {score['criterion']}")
    for code, where in places.items():
        if where:
            more = f" and {len(where) - PLACES} more" if len(where) > PLACES else ""
            yield finding(code, "; ".join(where[:PLACES]) + more, count=len(where), cited=with_evidence)
    if about.shared_error is None and ranged.any():
        yield finding("errors-independent", "scores")


def _weights(tables: Tables, about: About) -> Iterator[Finding]:
    if len(tables["weights"]) and not about.weights_judged_for:
        yield finding("anchors-unrecorded", "weights")
    parents = tables["criteria"].set_index("id")["parent"]
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        most = rows.set_index("criterion")["likely"].groupby(parents).max()
        for parent in most.index[most != 100]:
            where = f"under {parent}" if parent else "at the top of the tree"
            yield finding("swing-not-anchored", f"{profile}", where=where)


def _review_due(about: About, day: dt.date) -> Iterator[Finding]:
    if about.review_by and about.review_by < day:
        yield finding("review-overdue", "case", review_by=about.review_by)


def findings_on(findings: pd.DataFrame, about: About, day: dt.date) -> pd.DataFrame:
    """The findings with what holds on a day only, which no file may show: the same inputs give the same bytes."""
    due = pd.DataFrame(_review_due(about, day), columns=findings.columns, dtype=object)
    return pd.concat([findings, due], ignore_index=True).drop_duplicates()


def _dates(tables: Tables, as_of: dt.date) -> Iterator[Finding]:
    latest = tables["evidence"]["known_from"].max() if len(tables["evidence"]) else ""
    if latest and (days := (as_of - dt.date.fromisoformat(latest)).days) > OLD:
        yield finding("evidence-old", "evidence", latest=latest, days=days)
    judged = tables["scores"]["as_of"]
    last = judged.max()
    earlier = judged[(judged != "") & (judged < last)]
    if len(earlier):
        count = len(earlier)
        yield finding("older-judgements", "scores", count=count, scores=len(judged), last=last, first=earlier.min())
    known = set(tables["evidence"]["id"])
    late = {
        name: sum(not known.issuperset(cited) for cited in tables[name]["evidence"])
        for name in ("options", "weights", "screens", "scenarios", "assumptions", "redlines")
    }
    if any(late.values()):
        where = ", ".join(f"{count} in {name}" for name, count in late.items() if count)
        yield finding("later-evidence", "undated tables", as_of=as_of, where=where)
