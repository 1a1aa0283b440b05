# SPDX-License-Identifier: Apache-2.0
"""What a reviewer should know about a case: bad practice that does not stop the work.

Each finding has a code, a place, a sentence and the standard that asks for it: the last two are in ``findings.csv``.
They are shown in the notebooks and land on a slide.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from ..text import joined
from .checks import Tables
from .tables import UNJUDGED, About, Reading, leaves_of, rows_beside

PLACES = 5
"""Places that a finding lists before it counts the rest."""

PERCENTAGE = re.compile(r"%|\bper ?cent|\bpercentage", re.IGNORECASE)
"""Units in which a score is a part of something."""

OLD = 90
"""Days without new evidence that are worth telling: a quarter, in which an official review usually reports once."""

_ROWS = rows_beside("findings.csv")
_SENTENCES = {row["code"]: (row["finding"], row["standard"]) for row in _ROWS}
_NOT_STATED = [row for row in _ROWS if row["code"] == "not-stated"]
ASSUMED = {row["of"]: row["code"] for row in _ROWS if row["of"] and row["code"] != "not-stated"}
"""By what was assumed of a scale, the code of the finding on it."""

PROBED = {
    "matters": "{one} is wanted wherever {other} stands",
    "depends": "What {one} is worth hangs on {other}, which a sum cannot show: join them, or set a least level",
    "indifferent": "{one} counts for nothing where {other} is settled: join them, or take it out",
    "": "Nobody was asked whether {one} still counts where {other} is settled",
}
"""By the answer to a probe, or blank: what it tells of the criterion asked about and of the one that was settled."""

WEIGHTS_ASSUMED = "weights-assumed"
"""The code of the finding on a case that gives no weights."""
SET_ASIDE = "set-aside"
"""The code of the finding on what the analyst judged between other anchors."""
OF_FILES = ("hidden-cells", "left-out", "not-carried")
"""The codes of findings on the files that a case was read from, which stay when a score or a scale is changed."""
MADE_OUT = ("hidden-cells", "left-out", *ASSUMED.values(), "score-unknown", WEIGHTS_ASSUMED)
"""The codes of the findings on what a table that was read does not state."""


class Finding(NamedTuple):
    """One departure from good practice, and whose practice it is."""

    code: str
    place: str
    finding: str
    standard: str


def finding(code: str, place: str, **words: Any) -> Finding:
    """A finding of ``findings.csv`` at a place, with these words in its sentence."""
    sentence, standard = _SENTENCES[code]
    return Finding(code, place, sentence.format(place=place, **words), standard)


def case_findings(tables: Tables, about: About, reading: Reading, later: pd.DataFrame) -> pd.DataFrame:
    """Findings on a checked case.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        Checked and typed, the scores of one vintage only.
        The register is as it was known on that day.
    about : About
    reading : Reading
        What the tables were read from: what was hidden, set aside, assumed or left out there.
    later : DataFrame
        Scores judged after the day that the case is of.

    Returns
    -------
    DataFrame
        Columns code, place, finding, standard.
    """
    out = tables["screens"].loc[tables["screens"]["passes"] == "no", "option"]
    compared = tables["scores"][~tables["scores"]["option"].isin(out)]
    findings = [
        *(finding(code, "; ".join(reading.notes[code])) for code in OF_FILES if reading.notes[code]),
        *_not_stated(tables, about),
        *_options(tables["options"], about, screened=set(out)),
        *_assumed(tables["criteria"], reading.mark_taken),
        *_criteria(tables["criteria"], compared),
        *_scores(tables, about, compared),
        *_independence(tables),
        *_dependencies(tables, out=set(out)),
        *_weights(tables, about, assumed=reading.weights_assumed),
        *(finding(SET_ASIDE, name) for name in sorted({*reading.notes[SET_ASIDE]})),
    ]
    if about.as_of:
        findings += [*_dates(tables, about.as_of), *_review_due(about, about.as_of)]
    if len(later):
        findings.append(finding("later-scores", _places(later), count=len(later), day=about.day))
    return pd.DataFrame(findings, columns=list(Finding._fields), dtype=object)


def findings_on(findings: pd.DataFrame, about: About, day: dt.date) -> pd.DataFrame:
    """The findings with what holds on a day only, which no file may show: the same inputs give the same bytes."""
    due = [*_review_due(about, day)]
    for done in ("as_of", "reviewed_on", "register_searched"):
        if (at := getattr(about, done)) and at > day:
            due.append(finding("day-to-come", "case", day=at, entry=done))
    today = pd.DataFrame(due, columns=findings.columns, dtype=object)
    return pd.concat([findings, today], ignore_index=True).drop_duplicates()


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


def _not_stated(tables: Tables, about: About) -> Iterator[Finding]:
    """What a reader will ask for and the case leaves out altogether, in one finding."""
    stated: dict[str, Any] = vars(about) | {
        "ends": _described(tables["criteria"], by_words=False),
        "rationale": (tables["scores"]["rationale"] != "").any(),
        "evidence": tables["scores"]["evidence"].map(len).any(),
        "assumptions": len(tables["assumptions"]),
        "risk": (tables["options"]["risk"] != "").any(),
        "screens": len(tables["screens"]),
        "cost_unit": about.cost_unit or tables["options"]["cost_likely"].isna().all(),
    }
    if not about.reviewer:  # of a review that was not made nobody asks for more
        stated |= dict.fromkeys(("reviewer_interests", "reviewed_on", "review_result"), True)
    wanting = [row for row in _NOT_STATED if not stated[row["of"]]]
    if wanting:
        sentence = f"The case does not say {joined(row['finding'] for row in wanting)}: a reader will ask."
        yield Finding("not-stated", "case", sentence, "; ".join(dict.fromkeys(row["standard"] for row in wanting)))


def _described(criteria: pd.DataFrame, *, by_words: bool = True) -> set[str]:
    """The leaves that have both ends of their scale described; its own words may count for that."""
    columns = (criteria[column] for column in ("id", "worst_means", "best_means", "assumed"))
    ends = zip(*columns, strict=True)
    sound = {name for name, worst, best, assumed in ends if worst and best and (by_words or "levels" not in assumed)}
    return sound.intersection(leaves_of(criteria))


def _options(options: pd.DataFrame, about: About, *, screened: set[str]) -> Iterator[Finding]:
    if len(options) < 3:
        yield finding("few-options", "options", count=len(options))
    open_options = options[~options["id"].isin({about.status_quo, *screened})]
    stated = any(options["requires"]) or any(options["excludes"])  # a plain table says nothing of it
    if stated and not one_to_choose(open_options.set_index("id")["excludes"]):
        yield finding("not-exclusive", "options")
    silent = options[(options["risk"] == "") & ~options["id"].isin(screened)]
    if len(silent) and options["risk"].any():
        yield finding("no-risk", "; ".join(silent["id"]), names=joined(silent["name"], PLACES))
    unmet = options.loc[(options["risk"] != "") & (options["mitigation"] == ""), ["id", "name"]]
    for option, name in unmet.itertuples(index=False, name=None):
        yield finding("risk-without-mitigation", option, name=name)


def _dependencies(tables: Tables, out: set[str]) -> Iterator[Finding]:
    """What an option that competes depends on, and no future takes away."""
    if tables["assumptions"].empty:
        return
    assumptions = tables["assumptions"].set_index("id")
    statements = assumptions["statement"][assumptions["broken_in"].map(len) == 0]
    depends = tables["options"].loc[~tables["options"]["id"].isin(out), ["name", "depends_on"]].explode("depends_on")
    untested = depends[depends["depends_on"].isin(statements.index)]
    for name, options in untested.groupby("depends_on", sort=False)["name"]:
        yield finding("untested-dependency", str(name), names=joined(options), statement=statements[name])


def _assumed(criteria: pd.DataFrame, mark_taken: str) -> Iterator[Finding]:
    """What was assumed of scales when a table was read, and nobody has confirmed."""
    named = criteria["name"].where(criteria["name"] != "", criteria["id"])
    for what, code in ASSUMED.items():
        settled = ("worst", "best") if what == "worst" else (what,)
        at_fault = criteria["assumed"].map(set(settled).intersection).map(bool)
        if at_fault.any():
            names = joined(named[at_fault])  # each is to be confirmed
            words = {"names": names, "names_are": f"{names} {'is' if at_fault.sum() == 1 else 'are'}"}
            place = "; ".join(criteria["id"][at_fault])
            yield finding(code, place, settled=" and ".join(settled), mark_taken=mark_taken, **words)


def _criteria(criteria: pd.DataFrame, compared: pd.DataFrame) -> Iterator[Finding]:
    described, somebody_did = _described(criteria), _described(criteria, by_words=False)
    different_scores = compared.groupby("criterion")["likely"].nunique()
    unknown = set(compared.loc[compared["distribution"] == UNJUDGED, "criterion"])
    scales = criteria.set_index("id")[["name", "unit", "base"]].loc[leaves_of(criteria)]
    for leaf, name, unit, base in scales.itertuples(name=None):
        if somebody_did and leaf not in described:
            yield finding("anchor-undescribed", leaf, name=name or leaf)
        if PERCENTAGE.search(unit) and not base:
            yield finding("base-unstated", leaf, name=name or leaf, unit=unit)
        if different_scores.get(leaf) == 1 and leaf not in unknown:
            yield finding("no-difference", leaf, name=name or leaf)


def doubtful_pairs(criteria: pd.DataFrame, scores: pd.DataFrame) -> dict[tuple[str, str], str]:
    """Pairs of criteria, by id, whose sum may mislead, and why: one serves the other, or is scored by the other."""
    if not any(criteria["means_to"]) and not any(scores["depends_on"]):
        return {}
    name = dict(zip(criteria["id"], criteria["name"], strict=True))
    means = [(one, end) for one, ends in zip(name, criteria["means_to"], strict=True) for end in ends]
    pairs = {(one, end): f"{name[one]} serves {name[end]} as a means" for one, end in means}
    depends = zip(scores["criterion"], scores["depends_on"], strict=True)
    for (one, other), count in Counter((one, other) for one, others in depends for other in others).items():
        scored = f"{count} score{'' if count == 1 else 's'} on {name[one]} could not be judged without {name[other]}"
        pair = (other, one) if (other, one) in pairs else (one, other)
        pairs[pair] = "; ".join(filter(None, (pairs.get(pair), scored)))
    return pairs


def probed(answer: str, one: str, other: str) -> str:
    """What an answer to a probe, or that there is none, tells of the criterion asked about and the one settled."""
    return PROBED[answer].format(one=one, other=other)


def _independence(tables: Tables) -> Iterator[Finding]:
    """Pairs of criteria of which one may count twice, or may be worth more or less by where the other stands."""
    criteria, probes = tables["criteria"], tables["probes"]
    answers = dict(zip(zip(probes["criterion"], probes["beside"], strict=True), probes["answer"], strict=True))
    name = dict(zip(criteria["id"], criteria["name"], strict=True))
    for (one, other), why in doubtful_pairs(criteria, tables["scores"]).items():
        ways = [(one, other), (other, one)]
        clauses = [probed(answers.get(way, ""), *map(name.__getitem__, way)) for way in ways]
        if all(answers.get(way) == "matters" for way in ways):
            clauses = ["Asked both ways, each is wanted wherever the other stands"]
        yield finding("preference-dependence", f"{one}; {other}", clauses=". ".join((why, *clauses)))


def _scores(tables: Tables, about: About, compared: pd.DataFrame) -> Iterator[Finding]:
    if len(compared) and not (compared["low"] < compared["high"]).any():
        yield finding("scores-certain", "scores")
    unknown = compared[compared["distribution"] == UNJUDGED]
    if len(unknown):
        are = "is" if len(unknown) == 1 else "are"
        yield finding("score-unknown", _places(unknown), count=len(unknown), of=len(compared), are=are)
    yield from _grounds(tables)
    if about.shared_error is None and (tables["scores"]["low"] < tables["scores"]["high"]).any():
        yield finding("errors-independent", "scores")


def _grounds(tables: Tables) -> Iterator[Finding]:
    """What scores rest on: a reason, and evidence of some quality."""
    scores, evidence = tables["scores"], tables["evidence"][["id", "source", "credibility", "status", "role"]]
    register = {item.id: item for item in evidence.itertuples(index=False)}
    cited = [[register[each] for each in items if each in register] for items in scores["evidence"]]
    reliability = dict(zip(tables["sources"]["id"], tables["sources"]["reliability"], strict=True))

    def where(holds: Callable[[list[Any]], bool]) -> pd.Series:
        return pd.Series([holds(items) for items in cited], scores.index, dtype=bool)

    def cites(holds: Callable[[Any, str], bool]) -> pd.Series:
        return where(lambda items: any(holds(item, reliability.get(item.source) or "F") for item in items))

    with_evidence = where(bool)
    # F and 6 mean that nobody could judge: no ground for a score without spread either.
    sound = cites(lambda item, grade: item.credibility in [*"123"] and grade in [*"ABC"])
    graded = cites(lambda item, grade: item.credibility != "6" and grade != "F")
    titles = dict(zip(tables["sources"]["id"], tables["sources"]["title"], strict=True))
    sources = ({item.source for item in items} for items in cited)
    most = Counter(source for each in sources if len(each) == 1 for source in each).most_common(1)
    mostly = "".join(f"; for {count} it is {titles.get(source) or source}" for source, count in most)
    # Where the whole case is without, one finding says so.
    unreasoned, uncited = scores["rationale"] == "", scores["evidence"].map(len) == 0
    at_fault = {
        "no-rationale": unreasoned & ~unreasoned.all(),
        "no-evidence": uncited & ~uncited.all(),
        "contradicted-evidence": cites(lambda item, _: item.status == "contradicted"),
        "unsupported-evidence": cites(lambda item, _: item.status == "unsupported"),
        "overtaken-evidence": cites(lambda item, _: item.status == "overtaken"),
        "weak-without-spread": with_evidence & ~sound & (scores["low"] == scores["high"]),
        "one-source": where(lambda items: len({item.source for item in items}) == 1),
        "arguments-alone": with_evidence & ~cites(lambda item, _: item.role != "argument"),
        "grade-unknown": with_evidence & ~graded,
    }
    for code, rows in at_fault.items():
        if rows.any():
            yield finding(code, _places(scores[rows]), count=rows.sum(), cited=with_evidence.sum(), mostly=mostly)


def _places(scores: pd.DataFrame) -> str:
    """Where scores stand; of many the first few."""
    places = scores["option"] + " on " + scores["criterion"]
    return "; ".join(places[:PLACES]) + (f" and {len(places) - PLACES} more" if len(places) > PLACES else "")


def _weights(tables: Tables, about: About, *, assumed: bool) -> Iterator[Finding]:
    if assumed:
        yield finding(WEIGHTS_ASSUMED, "weights")
    elif len(tables["weights"]) and not about.weights_judged_for:
        yield finding("anchors-unrecorded", "weights")
    beneath = tables["weights"]["criterion"].map(tables["criteria"].set_index("id")["parent"])
    for profile, rows in tables["weights"].groupby("profile", sort=False):
        for parent in sorted({*beneath[rows.index]} - {*beneath[rows.index[rows["likely"] == 100]]}):
            where = f"under {parent}" if parent else "at the top of the tree"
            yield finding("swing-not-anchored", str(profile), where=where)


def _review_due(about: About, day: dt.date) -> Iterator[Finding]:
    if about.review_by and about.review_by < day:
        yield finding("review-overdue", "case", day=about.review_by)


def _dates(tables: Tables, as_of: dt.date) -> Iterator[Finding]:
    latest = max(tables["evidence"]["known_from"], default="")
    days = (as_of - dt.date.fromisoformat(latest)).days if latest else 0
    if days > OLD:
        yield finding("evidence-old", "evidence", latest=latest, days=days)
    judged = tables["scores"]["as_of"]
    earlier = judged[(judged != "") & (judged < judged.max())]
    if len(earlier):
        words = {"latest": judged.max(), "oldest": earlier.min()}
        yield finding("older-judgements", "scores", count=len(earlier), of=len(judged), **words)
    known = set(tables["evidence"]["id"])
    undated = ("options", "weights", "screens", "scenarios", "assumptions", "redlines", "responses")
    late = {name: sum(not known.issuperset(cited) for cited in tables[name]["evidence"]) for name in undated}
    where = ", ".join(f"{count} in {name}" for name, count in late.items() if count)
    if where:
        yield finding("later-evidence", "undated tables", day=as_of, where=where)
