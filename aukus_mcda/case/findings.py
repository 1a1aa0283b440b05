"""What a reviewer should know about a case: bad practice that does not stop the work.

Each finding has a code, a place, a sentence and the standard that asks for it.
They are shown in the notebooks and land on a slide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from .checks import Tables
from .tables import About, leaves_of

PLACES = 5
"""Places that a finding lists before it counts the rest."""

OLD = 90
"""Days without new evidence that are worth telling: a quarter, in which an official review usually reports once."""

GAO = "GAO Cost Estimating Guide, App. XI"
DCLG = "DCLG manual (2009)"
ICD = "ICD 203, standards 1 and 2"
HMT = "HMT and DESNZ, Use of MCDA in options appraisal (2024): swing weighting"
CONSISTENCY = "ICD 203, standard 7: explain change and consistency"


class Finding(NamedTuple):
    """One departure from good practice, and whose practice it is."""

    code: str
    place: str
    finding: str
    standard: str


def case_findings(tables: Tables, about: About, *, hidden: str = "") -> pd.DataFrame:
    """Findings on a checked case.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Checked and typed, the scores of one vintage only.
        The register is as it was known on that day.
    about : About
    hidden : str
        Where a workbook hides cells.

    Returns
    -------
    DataFrame
        Columns code, place, finding, standard.
    """
    out = tables["screens"].loc[tables["screens"]["passes"] == "no", "option"]
    compared = tables["scores"][~tables["scores"]["option"].isin(out)]
    findings = [
        *_hidden(hidden),
        *_options(tables["options"], about, screened=set(out)),
        *_criteria(tables["criteria"], compared),
        *_scores(tables, about, compared),
        *_weights(tables, about),
    ]
    if about.as_of:
        findings += [*_dates(tables, about.as_of), *_review_due(about, about.as_of)]
    return pd.DataFrame(findings, columns=list(Finding._fields), dtype=object)


def findings_on(findings: pd.DataFrame, about: About, day: dt.date) -> pd.DataFrame:
    """The findings with what holds on a day only, which no file may show: the same inputs give the same bytes."""
    due = pd.DataFrame(_review_due(about, day), columns=findings.columns, dtype=object)
    return pd.concat([findings, due], ignore_index=True).drop_duplicates()


def one_to_choose(excludes: pd.Series) -> bool:
    """Whether each two options exclude each other: by option, the ids it excludes; one of a pair may say it for both.

    Examples
    --------
    >>> one_to_choose(pd.Series({"a": ("b", "c"), "b": (), "c": ("b",)}))
    True
    """
    count = len(excludes)
    pairs = {frozenset((one, other)) for one, out in excludes.items() for other in out if other in excludes.index}
    return len(pairs) == count * (count - 1) // 2


def _hidden(hidden: str) -> Iterator[Finding]:
    if hidden:
        sentence = f"The workbook hides cells that count like any other ({hidden})."
        standard = "Cabinet Office, Should Cost Modelling: Technical Build Guidance (2021), 4.8"
        yield Finding("hidden-cells", hidden, sentence, standard)


def _options(options: pd.DataFrame, about: About, *, screened: set[str]) -> Iterator[Finding]:
    if len(options) < 3:
        yield Finding("few-options", "options", f"Only {len(options)} options are compared.", f"{GAO}, practice 8")
    if not about.status_quo:
        yield Finding("no-status-quo", "options", "No option stands for changing nothing.", f"{GAO}, practice 10")
    open_options = options[~options["id"].isin({about.status_quo, *screened})]
    if not one_to_choose(open_options.set_index("id")["excludes"]):
        sentence = "Not all options exclude each other: read the ranking as what to do first, not as a choice of one."
        yield Finding("not-exclusive", "options", sentence, f"{GAO}, practice 8")
    for option in options[(options["risk"] != "") & (options["mitigation"] == "")].to_dict("records"):
        sentence = f"{option['name']} names a risk and no mitigation."
        yield Finding("risk-without-mitigation", option["id"], sentence, f"{GAO}, practice 12")


def _criteria(criteria: pd.DataFrame, compared: pd.DataFrame) -> Iterator[Finding]:
    different_scores = compared.groupby("criterion")["likely"].nunique()
    for leaf, scale in criteria.set_index("id").loc[leaves_of(criteria)].iterrows():
        name = scale["name"] or leaf
        if not (scale["worst_means"] and scale["best_means"]):
            sentence = f"The anchors of {name} are not described."
            yield Finding("anchor-undescribed", str(leaf), sentence, f"{DCLG}, 5.4.4.3 operationality")
        if different_scores.get(leaf) == 1:
            sentence = f"All options score alike on {name}; keep it only with a reason."
            yield Finding("no-difference", str(leaf), sentence, f"{DCLG}, 5.4.4.2 redundancy")


def _scores(tables: Tables, about: About, compared: pd.DataFrame) -> Iterator[Finding]:
    if not (compared["low"] < compared["high"]).any():
        sentence = (
            "The scores were taken as certain: none has a range to draw, so how sure the order is leaves them out."
        )
        yield Finding("scores-certain", "scores", sentence, "ICD 203, standard 2: uncertainties")
    yield from _grounds(tables)
    if about.shared_error is None and (tables["scores"]["low"] < tables["scores"]["high"]).any():
        sentence = (
            "The case does not say how far the errors of one option's scores are shared (shared_error), so they are "
            "drawn as independent: scores by the same judges seldom are, and a lead then looks surer than it is."
        )
        standard = "Clemen and Reilly 1999: dependence is judged, not left out"
        yield Finding("errors-independent", "scores", sentence, standard)


def _grounds(tables: Tables) -> Iterator[Finding]:
    """What scores rest on: a reason, and evidence of some quality."""
    scores, register = tables["scores"], tables["evidence"].set_index("id")
    grades = register["source"].map(tables["sources"].set_index("id")["reliability"]).fillna("F")
    register = register[["source", "credibility", "status"]].assign(reliability=grades)
    cited = scores[["evidence"]].explode("evidence").join(register, on="evidence", how="inner")
    with_evidence = scores.index.isin(cited.index)
    # F and 6 mean that nobody could judge: no ground for a score without spread either.
    sound = cited["credibility"].isin([*"123"]) & cited["reliability"].isin([*"ABC"])
    graded = (cited["credibility"] != "6") & (cited["reliability"] != "F")
    sources = cited.groupby(level=0)["source"].nunique()

    def cites(rows: pd.Series) -> pd.Series:
        return pd.Series(scores.index.isin(cited.index[rows]), index=scores.index)

    of_cited = f"of {with_evidence.sum()} scores with evidence cite"
    weak_and_certain = with_evidence & ~cites(sound) & (scores["low"] == scores["high"])
    for code, at_fault, sentence, standard in (
        ("no-rationale", scores["rationale"] == "", "scores have no rationale", "ISPOR MCDA 2016, scoring"),
        ("no-evidence", scores["evidence"].map(len) == 0, "scores cite no evidence", "ICD 206, citation"),
        (
            "contradicted-evidence",
            cites(cited["status"] == "contradicted"),
            "scores cite what other evidence contradicts",
            ICD,
        ),
        ("overtaken-evidence", cites(cited["status"] == "overtaken"), "scores cite what events have overtaken", ICD),
        ("weak-without-spread", weak_and_certain, "scores rest on weak evidence and have no low-high range", ICD),
        ("one-source", scores.index.isin(sources.index[sources == 1]), f"{of_cited} one source only", ICD),
        (
            "grade-unknown",
            with_evidence & ~cites(graded),
            f"{of_cited} nothing whose quality could be judged (graded F or 6)",
            "Admiralty code: F and 6 mean cannot be judged",
        ),
    ):
        places = (scores["option"] + " on " + scores["criterion"])[at_fault]
        if len(places):
            more = f" and {len(places) - PLACES} more" if len(places) > PLACES else ""
            yield Finding(code, "; ".join(places[:PLACES]) + more, f"{len(places)} {sentence}.", standard)


def _weights(tables: Tables, about: About) -> Iterator[Finding]:
    if len(tables["weights"]) and not about.weights_judged_for:
        sentence = (
            "The case does not record which anchors its weights were judged for, so a later change of an anchor "
            "would not be noticed: run aukus-mcda affirm on it."
        )
        yield Finding("anchors-unrecorded", "weights", sentence, HMT)
    parents = tables["criteria"].set_index("id")["parent"]
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        most = rows.set_index("criterion")["likely"].groupby(parents).max()
        for parent in most.index[most != 100]:
            where = f"under {parent}" if parent else "at the top of the tree"
            sentence = f"No swing {where} has 100 points; the biggest should."
            yield Finding("swing-not-anchored", str(profile), sentence, HMT)


def _review_due(about: About, day: dt.date) -> Iterator[Finding]:
    if about.review_by and about.review_by < day:
        sentence = f"The case was to be reviewed by {about.review_by} (review_by), and that day has passed."
        yield Finding("review-overdue", "case", sentence, CONSISTENCY)


def _dates(tables: Tables, as_of: dt.date) -> Iterator[Finding]:
    latest = max(tables["evidence"]["known_from"], default="")
    days = (as_of - dt.date.fromisoformat(latest)).days if latest else 0
    if days > OLD:
        sentence = f"The latest evidence is of {latest}, {days} days before the date of the case."
        yield Finding("evidence-old", "evidence", sentence, "ICD 203: analysis is timely")
    judged = tables["scores"]["as_of"]
    earlier = judged[(judged != "") & (judged < judged.max())]
    if len(earlier):
        sentence = (
            f"{len(earlier)} of {len(judged)} scores were last judged before {judged.max()} and are taken to stand "
            f"unchanged; the oldest is of {earlier.min()}."
        )
        yield Finding("older-judgements", "scores", sentence, CONSISTENCY)
    known = set(tables["evidence"]["id"])
    undated = ("options", "weights", "screens", "scenarios", "assumptions", "redlines")
    late = {name: sum(not known.issuperset(cited) for cited in tables[name]["evidence"]) for name in undated}
    where = ", ".join(f"{count} in {name}" for name, count in late.items() if count)
    if where:
        sentence = (
            f"Rows that carry no date of their own rest on evidence from after {as_of} ({where}): they read as of "
            "today, and only the scores are of that day."
        )
        yield Finding("later-evidence", "undated tables", sentence, CONSISTENCY)
