"""What a reviewer should know about a case: bad practice that does not stop the work.

Each finding has a code, a place, a sentence and the standard that asks for it.
They are shown in the notebooks and land on a slide.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from ..text import joined
from .checks import Tables
from .tables import UNJUDGED, About, Reading, leaves_of

PLACES = 5
"""Places that a finding lists before it counts the rest."""

OLD = 90
"""Days without new evidence that are worth telling: a quarter, in which an official review usually reports once."""

GAO = "GAO Cost Estimating Guide, App. XI"
DCLG = "DCLG manual (2009)"
ICD = "ICD 203, standards 1 and 2"
HMT = "HMT and DESNZ, Use of MCDA in options appraisal (2024): swing weighting"
ABP = "RAND, Assumption-Based Planning (Dewar and others, 1993)"
CONSISTENCY = "ICD 203, standard 7: explain change and consistency"
MISSING = "Jiménez, Mateos and Ríos-Insua 2009, Omega 37: a missing score has the range of its scale"
OPERATIONALITY = f"{DCLG}, 5.4.4.3 operationality"
RATIONALE = "ISPOR MCDA 2016, scoring"
REVIEWED = f"{GAO}, practice 21"
CITATION = "ICD 206, citation"
CONTEXT = f"{DCLG}, step 1: the decision context"
DATA_LOG = "AQuA Book (2025): data log"
ADMIRALTY = "Admiralty code: F and 6 mean cannot be judged"

WEIGHTS_ASSUMED = "weights-assumed"
"""The code of the finding on a case that gives no weights."""
SET_ASIDE = "set-aside"
"""The code of the finding on what the analyst judged between other anchors."""
OF_FILES = ("hidden-cells", "left-out", "not-carried")
"""The codes of findings on the files that a case was read from, which stay when a score or a scale is changed."""
OTHER_ANCHORS = "This set of weights, or bend of a scale, was judged between other anchors, and is left out."


class Finding(NamedTuple):
    """One departure from good practice, and whose practice it is."""

    code: str
    place: str
    finding: str
    standard: str


def case_findings(tables: Tables, about: About, reading: Reading) -> pd.DataFrame:
    """Findings on a checked case.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Checked and typed, the scores of one vintage only.
        The register is as it was known on that day.
    about : About
    reading : Reading
        What the tables were read from: what was hidden, set aside, assumed or left out there.

    Returns
    -------
    DataFrame
        Columns code, place, finding, standard.
    """
    out = tables["screens"].loc[tables["screens"]["passes"] == "no", "option"]
    compared = tables["scores"][~tables["scores"]["option"].isin(out)]
    findings = [
        *_hidden("; ".join(reading.hidden)),
        *(Finding(*note) for note in reading.notes),
        *_not_stated(tables, about),
        *_options(tables["options"], about, screened=set(out)),
        *_assumed(tables["criteria"], reading.mark_taken),
        *_criteria(tables["criteria"], compared),
        *_scores(tables, about, compared),
        *_dependencies(tables, out=set(out)),
        *_weights(tables, about, assumed=reading.weights_assumed),
        *(Finding(SET_ASIDE, name, OTHER_ANCHORS, HMT) for name in sorted(reading.set_aside)),
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


def _not_stated(tables: Tables, about: About) -> Iterator[Finding]:
    """What a reader will ask for and the case leaves out altogether, in one finding."""
    absent = {
        "the question": (about.question, CONTEXT),
        "who decides": (about.decision_maker, CONTEXT),
        "who judged": (about.authors, CONTEXT),
        "of which day it is": (about.as_of, CONSISTENCY),
        "when it is to be reviewed": (about.review_by, CONSISTENCY),
        "who reviewed it independently": (about.reviewer, REVIEWED),
        "what interests its reviewer has": (about.reviewer_interests or not about.reviewer, REVIEWED),
        "when it was reviewed": (about.reviewed_on or not about.reviewer, REVIEWED),
        "what the review found": (about.review_result or not about.reviewer, REVIEWED),
        "which option changes nothing": (about.status_quo, f"{GAO}, practice 10"),
        "what the ends of its scales mean": (_described(tables["criteria"], by_words=False).any(), OPERATIONALITY),
        "the reasons for its scores": ((tables["scores"]["rationale"] != "").any(), RATIONALE),
        "the evidence for its scores": (tables["scores"]["evidence"].map(len).any(), CITATION),
        "its assumptions": (len(tables["assumptions"]), "ICD 203, standard 3: assumptions"),
        "what could go wrong with its options": ((tables["options"]["risk"] != "").any(), f"{GAO}, practice 12"),
        "what rules an option out": (len(tables["screens"]), f"{GAO}, practice 11"),
    }
    wanting = {what: standard for what, (stated, standard) in absent.items() if not stated}
    if wanting:
        sentence = f"The case does not say {joined(list(wanting))}: a reader will ask."
        yield Finding("not-stated", "case", sentence, "; ".join(dict.fromkeys(wanting.values())))


def _described(criteria: pd.DataFrame, *, by_words: bool = True) -> pd.Series:
    """Which leaves have both ends of their scale described, by id; its own words may count for that."""
    leaves = criteria.set_index("id").loc[leaves_of(criteria)]
    words = leaves["assumed"].map(lambda assumed: "levels" in assumed)
    return (leaves["worst_means"] != "") & (leaves["best_means"] != "") & (by_words | ~words)


def _options(options: pd.DataFrame, about: About, *, screened: set[str]) -> Iterator[Finding]:
    if len(options) < 3:
        yield Finding("few-options", "options", f"Only {len(options)} options are compared.", f"{GAO}, practice 8")
    open_options = options[~options["id"].isin({about.status_quo, *screened})]
    stated = options[["requires", "excludes"]].map(len).any(axis=None)  # a plain table says nothing of it
    if stated and not one_to_choose(open_options.set_index("id")["excludes"]):
        sentence = "Not all options exclude each other: read the ranking as what to do first, not as a choice of one."
        yield Finding("not-exclusive", "options", sentence, f"{GAO}, practice 8")
    silent = options[(options["risk"] == "") & ~options["id"].isin(screened)]
    if len(silent) and options["risk"].any():
        sentence = f"No main risk is stated of {joined(silent['name'], PLACES)}."
        yield Finding("no-risk", "; ".join(silent["id"]), sentence, f"{GAO}, practice 12")
    for option in options[(options["risk"] != "") & (options["mitigation"] == "")].to_dict("records"):
        sentence = f"{option['name']} names a risk and no mitigation."
        yield Finding("risk-without-mitigation", option["id"], sentence, f"{GAO}, practice 12")


def _dependencies(tables: Tables, out: set[str]) -> Iterator[Finding]:
    """What an option that competes depends on, and no future takes away."""
    assumptions = tables["assumptions"].set_index("id")
    untested = assumptions.index[assumptions["broken_in"].map(len) == 0]
    options = tables["options"]
    depends = options[~options["id"].isin(out)].explode("depends_on")
    for name, options_that_do in depends[depends["depends_on"].isin(untested)].groupby("depends_on", sort=False)[
        "name"
    ]:
        statement = assumptions.at[name, "statement"]
        sentence = f"No future tests an assumption behind {joined(options_that_do)}: {statement}"
        yield Finding("untested-dependency", str(name), sentence, ABP)


ASSUMED = {
    "direction": ("direction-assumed", "Which way {names} better was assumed. Confirm it", HMT),
    "worst": (
        "anchors-assumed",
        "The ends of the scale of {names_of} are the limits of the scores, rounded: weights are hard to defend until "
        "somebody declares the anchors. Declare them",
        HMT,
    ),
    "levels": ("levels-as-numbers", "Words on {names_of} became numbers, in equal steps. Confirm it, or bend it", HMT),
    "likely": ("likely-assumed", "Of ranges alone, on {names_of}, the middle counts as likely. Confirm it", MISSING),
    "weight": ("weight-assumed", "What {names} worth was made out of other values in the file. Confirm it", HMT),
    "decimals": (
        "decimal-mark-assumed",
        "Nothing shows the decimal mark of {names_of}{mark_taken}. Check the scores",
        DATA_LOG,
    ),
}
"""By what was assumed of a scale: the code of the finding, what it says, and whose practice it is."""
MADE_OUT = ("left-out", *(code for code, *_ in ASSUMED.values()), "score-unknown", WEIGHTS_ASSUMED)
"""The codes of the findings on what a table that was read does not state."""


def _assumed(criteria: pd.DataFrame, mark_taken: str) -> Iterator[Finding]:
    """What was assumed of scales when a table was read, and nobody has confirmed."""
    for what, (code, sentence, standard) in ASSUMED.items():
        at_fault = criteria["assumed"].map(
            lambda words, what=what: what in words or (what == "worst" and "best" in words)
        )
        names = list(criteria["name"][at_fault].where(criteria["name"] != "", criteria["id"]))
        if names:
            named = joined(names)  # each is to be confirmed
            are = "is" if len(names) == 1 else "are"
            words = sentence.format(names=f"{named} {are}", names_of=named, mark_taken=mark_taken)
            settled = "worst and best" if what == "worst" else what
            words += f", then take {settled} out of the column assumed of criteria."
            yield Finding(code, "; ".join(criteria["id"][at_fault]), words, standard)


def _criteria(criteria: pd.DataFrame, compared: pd.DataFrame) -> Iterator[Finding]:
    described, somebody_did = _described(criteria), _described(criteria, by_words=False).any()
    different_scores = compared.groupby("criterion")["likely"].nunique()
    for leaf, scale in criteria.set_index("id").loc[leaves_of(criteria)].iterrows():
        name = scale["name"] or leaf
        if somebody_did and not described[leaf]:
            sentence = f"The anchors of {name} are not described."
            yield Finding("anchor-undescribed", str(leaf), sentence, OPERATIONALITY)
        if different_scores.get(leaf) == 1:
            sentence = f"All options score alike on {name}; keep it only with a reason."
            yield Finding("no-difference", str(leaf), sentence, f"{DCLG}, 5.4.4.2 redundancy")


def _scores(tables: Tables, about: About, compared: pd.DataFrame) -> Iterator[Finding]:
    if not (compared["low"] < compared["high"]).any():
        sentence = (
            "The scores were taken as certain: none has a range to draw, so how sure the order is leaves them out."
        )
        yield Finding("scores-certain", "scores", sentence, "ICD 203, standard 2: uncertainties")
    unknown = compared[compared["distribution"] == UNJUDGED]
    if len(unknown):
        are = "is" if len(unknown) == 1 else "are"
        sentence = (
            f"{len(unknown)} of {len(compared)} scores {are} unknown: an option without one can be placed no better "
            "than between its ranks with the score at its worst and at its best; draws use the whole scale."
        )
        yield Finding("score-unknown", _places(unknown), sentence, MISSING)
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
    reliability = dict(zip(tables["sources"]["id"], tables["sources"]["reliability"], strict=True))
    grades = register["source"].map(lambda source: reliability.get(source) or "F")
    register = register[["source", "credibility", "status", "role"]].assign(reliability=grades)
    cited = scores[["evidence"]].explode("evidence").join(register, on="evidence", how="inner")
    with_evidence = scores.index.isin(cited.index)
    # F and 6 mean that nobody could judge: no ground for a score without spread either.
    sound = cited["credibility"].isin([*"123"]) & cited["reliability"].isin([*"ABC"])
    graded = (cited["credibility"] != "6") & (cited["reliability"] != "F")
    sources = cited.groupby(level=0)["source"]
    alone = sources.first()[sources.nunique() == 1]
    titles = tables["sources"].set_index("id")["title"]
    mostly = "".join(
        f"; for {count} it is {titles.get(source) or source}" for source, count in alone.value_counts().head(1).items()
    )

    def cites(rows: pd.Series) -> pd.Series:
        return pd.Series(scores.index.isin(cited.index[rows]), index=scores.index)

    of_cited = f"of {with_evidence.sum()} scores with evidence cite"
    weak_and_certain = with_evidence & ~cites(sound) & (scores["low"] == scores["high"])
    contradicted, overtaken, unsupported = (
        cites(cited["status"] == status) for status in ("contradicted", "overtaken", "unsupported")
    )
    # Where the whole case is without, one finding says so.
    unreasoned, uncited = scores["rationale"] == "", scores["evidence"].map(len) == 0
    ungraded = with_evidence & ~cites(graded)
    for code, at_fault, sentence, standard in (
        ("no-rationale", unreasoned & ~unreasoned.all(), "scores have no rationale", RATIONALE),
        ("no-evidence", uncited & ~uncited.all(), "scores cite no evidence", CITATION),
        ("contradicted-evidence", contradicted, "scores cite what other evidence contradicts", ICD),
        ("unsupported-evidence", unsupported, "scores cite a claim for which no source was found", ICD),
        ("overtaken-evidence", overtaken, "scores cite what events have overtaken", ICD),
        ("weak-without-spread", weak_and_certain, "scores rest on weak evidence and have no low-high range", ICD),
        ("one-source", scores.index.isin(alone.index), f"{of_cited} one source only{mostly}", ICD),
        ("arguments-alone", with_evidence & ~cites(cited["role"] != "argument"), f"{of_cited} arguments alone", ICD),
        ("grade-unknown", ungraded, f"{of_cited} nothing whose quality could be judged (graded F or 6)", ADMIRALTY),
    ):
        if at_fault.any():
            yield Finding(code, _places(scores[at_fault]), f"{at_fault.sum()} {sentence}.", standard)


def _places(scores: pd.DataFrame) -> str:
    """Where scores stand; of many the first few."""
    places = scores["option"] + " on " + scores["criterion"]
    return "; ".join(places[:PLACES]) + (f" and {len(places) - PLACES} more" if len(places) > PLACES else "")


def _weights(tables: Tables, about: About, *, assumed: bool) -> Iterator[Finding]:
    if assumed:
        sentence = (
            "The case gives no weights, so every swing counts the same, which nobody judged: "
            "write swing points for each criterion into the table weights."
        )
        yield Finding(WEIGHTS_ASSUMED, "weights", sentence, HMT)
    elif len(tables["weights"]) and not about.weights_judged_for:
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
    undated = ("options", "weights", "screens", "scenarios", "assumptions", "redlines", "responses")
    late = {name: sum(not known.issuperset(cited) for cited in tables[name]["evidence"]) for name in undated}
    where = ", ".join(f"{count} in {name}" for name, count in late.items() if count)
    if where:
        sentence = (
            f"Rows that carry no date of their own rest on evidence from after {as_of} ({where}): they read as of "
            "today, and only the scores are of that day."
        )
        yield Finding("later-evidence", "undated tables", sentence, CONSISTENCY)
