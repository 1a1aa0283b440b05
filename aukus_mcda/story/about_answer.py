# SPDX-License-Identifier: Apache-2.0
"""The answer and what to do about it: cover, recommendation, own weights and scores beside others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..case import Case
from ..form import Column, Exhibit, Most, Row, Table, Tone, titled_as, why_scored
from ..perspectives import AS_JUDGED, PHASES, Packages, breaches_of, future_names
from ..ranking import Ranking
from ..text import FEW, joined, points, titled, weights_named
from . import words
from .about_capitals import camps_told
from .about_case import to_watch
from .about_packages import excluding
from .about_sureness import amount_moved, badge, flip_words, verdict_told

if TYPE_CHECKING:
    from ..analysis import Fragility, Study


def cover(study: Study, case: Case) -> Exhibit:
    """What is decided, for whom, and whose weights and judgements these are."""
    about = case.about
    decides = f"For: {about.decision_maker}" if about.decision_maker else ""
    weighed = f"{words.weights_of(study)}. {words.case_date(case)}".strip()
    lines = [decides, weighed, words.evidence_covered(case)]
    return Exhibit(about.title, about.question, lines)


def recommendation(study: Study, case: Case, ranking: Ranking) -> Exhibit:
    """What to do, how sure that is, and what would change it, on one page."""
    tests, aside = study.fragility, _left_aside(study, case)
    if ranking.ranked.empty:
        table = Table.by_rows(aside, look="steps")
        return Exhibit("No option passes the screens", "There is nothing to rank.", [table])
    steps = Table.by_rows([*_steps(study, case), *aside], look="steps")
    leaders = words.quoted(case.options["name"][[*ranking.leaders]], FEW)  # in full: short names may say little
    among, unknown = f"Of {words.counted(len(ranking.ranked), 'option')}", words.open_at_the_top(ranking, case)
    title, first = _action(study, case), f"{among}, {leaders} {words.verb(len(ranking.leaders), 'rank')} first."
    if tests is None:
        return Exhibit(title, f"{first} {unknown}".rstrip(), [steps], notes=_reasons(ranking, case))
    subtitle = " ".join(filter(None, (first, _holds(tests), unknown, _split(study, case))))
    blocks, notes = [Table.by_rows(_cards(study, case, tests), look="cards"), steps], verdict_told(tests)
    return Exhibit(title, subtitle, blocks, notes=[*notes, *_reasons(ranking, case)], badge=badge(tests))


def answer(study: Study, case: Case, ranking: Ranking) -> Exhibit:
    """What comes first, what was asked, and how far that holds: the first lines of a notebook."""
    advice = recommendation(study, case, ranking)
    return Exhibit(advice.title, case.about.question or case.about.title, [advice.subtitle], badge=advice.badge)


def conditions(study: Study, case: Case, fragility: Fragility) -> Exhibit:
    """What would change the answer, in a few sentences."""
    title, path = flip_words(fragility, case)
    watched, apart = to_watch(study, case), (_dissent(study, case), _elsewhere(case, fragility))
    many = words.counted(len(watched), "assumption")
    fails = f"one of {many} fails, for example" if len(watched) > 1 else "this fails"
    sentences = [
        _split(study, case),
        f"{title}. {path}" if fragility.flip.challenger else "",
        *(f"{each[0].upper()}{each[1:]}." for each in apart if each),
        *(f"Look again if {fails}: {each}" for each in watched["statement"][:1]),
    ]
    shown = list(filter(None, sentences))[: Most.CONDITIONS]
    none = "No single change that was tested puts another first"
    return Exhibit("What could change it" if shown else none, blocks=shown)


def _split(study: Study, case: Case) -> str:
    """What the judges of a panel put first, unless all put first what leads; or blank."""
    if study.panel is None or list(study.panel.camps) == list(study.ranking.leaders):
        return ""
    return f"{camps_told(study.panel, case)}."


def _elsewhere(case: Case, tests: Fragility) -> str:
    """In which future another option leads, and which, as a clause; or in how many; or blank."""
    apart = _led_by_others(case, tests)
    if len(apart) == 1:
        ((name, ranking),) = apart
        return f"in one future {words.leading(ranking, case)} instead: {name}"
    return f"in {words.counted(len(apart), 'future')} another option leads" if apart else ""


def _led_by_others(case: Case, tests: Fragility) -> list[tuple[str, Ranking]]:
    """The futures in which today's leaders do not lead, and the ranking there."""
    names, first = future_names(case), set(tests.in_futures[AS_JUDGED].leaders)
    rankings = tests.in_futures.items()
    return [(names[future], ranking) for future, ranking in rankings if not first <= set(ranking.leaders)]


def _holds(tests: Fragility) -> str:
    """How far the answer holds, in the word of the verdict."""
    good, untested = words.passed(tests.verdict)
    also = f", but {untested} more could not be made" if untested else ""
    passes = "It passes" if len(tests.in_futures[AS_JUDGED].leaders) == 1 else "They pass"
    return f"{passes} {good}{also}: the answer is {tests.verdict.word}."


def _action(study: Study, case: Case) -> str:
    """What to do, as a title."""
    ranking, packages, tests = study.ranking, study.packages, study.fragility
    first, lead, count = words.leaders(ranking, case), ranking.leaders[0], len(ranking.leaders)
    if count > 1:
        return titled_as(*(f"{who} lead together" for who in (first, words.counted(count, "option", sentence=True))))
    verdict = "" if tests is None else tests.verdict.code
    crossed = int((breaches_of(case)["option"] == lead).sum())
    if crossed:
        but = "crosses a red line" if crossed == 1 else "crosses red lines"
        return titled_as(f"{first} ranks first but {but}", f"The option that ranks first {but}")
    now = [] if packages is None else _phase(packages, PHASES[0])
    if verdict == "no-clear-leader":
        ahead = f"{first} is ahead, but not clearly"
        steps = f"Start with {words.counted(len(now), 'step')}; {ahead}" if lead in now and len(now) > 1 else ahead
        return titled_as(steps, ahead, "No option leads clearly")
    if verdict == "not-all-tested":
        return titled_as(f"{first} ranks first, as far as this was tested", "One option leads, as far as was tested")
    if case.about.status_quo == lead:
        return titled_as(f"Keep to {first} for now", "Keep to what there is for now")
    if packages is not None and not packages.phases.empty and lead not in now:
        return _lead_later(packages, case, lead, now)
    if packages is None or len(now) <= 1:
        return titled_as(f"Start with {first}", "Start with the option that ranks first")
    others, within = [each for each in now if each != lead], f"within {words.span(packages.horizons[0])}"
    more = f"Start with {first} and {words.counted(len(others), 'more step')}"
    every = f"Start with {first}; add {words.short(case, others, None)}"
    return titled_as(every, f"{more} {within}", more, f"Take {words.counted(len(now), 'step')} {within}")


def _lead_later(packages: Packages, case: Case, lead: str, now: list[str]) -> str:
    """What to do, as a title, where the option that ranks first takes effect later, or is in no package."""
    first, phase = words.short(case, [lead]), packages.phases["phase"].get(lead)
    if phase is None:
        short = f"{first} ranks first, but is not in the best package"
        return titled_as(short, "The option that ranks first is not in the best package")
    if phase == PHASES[3] or not now:  # when it takes effect nobody has judged, or nothing does so sooner
        verb = "Start with" if phase == PHASES[3] else "Prepare"
        return titled_as(f"{verb} {first}", f"{verb} the option that ranks first")
    steps = (words.short(case, now, None), words.counted(len(now), "other step"))
    wordings = (f"Start with {each}; {first} follows" for each in steps)
    return titled_as(*wordings, "Start with other steps; the option that ranks first follows")


def _phase(packages: Packages, phase: str) -> list[str]:
    """The options of the best package in a phase; none that crosses a red line is recommended."""
    crossing = set(packages.breaches["option"])
    return [each for each in packages.phases.index[packages.phases["phase"] == phase] if each not in crossing]


def _steps(study: Study, case: Case) -> Iterator[Row]:
    """What to do now, and what to prepare."""
    packages, ranked, first = study.packages, list(study.ranking.ranked.index), study.ranking.leaders
    if packages is None or packages.phases.empty:
        yield "First choice", joined(case.options["name"][list(first)], FEW), "accent"  # in full, as above
        if behind := [each for each in ranked if each not in first]:
            rank = study.ranking.table["rank"]
            second = [each for each in behind if rank[each] == rank[behind[0]]]
            yield f"Runner{'s' if len(second) > 1 else ''}-up", joined(case.options["name"][second], FEW), "grey"
        return
    soon, late = map(words.span, packages.horizons)
    headings = f"Do now (within {soon})", f"Prepare (within {late})", "Plan for later", "Time to effect not judged"
    for heading, phase in zip(headings, PHASES, strict=True):
        if options := sorted(_phase(packages, phase), key=ranked.index):
            names = " \N{MIDDLE DOT} ".join(case.options["short"][options])
            yield heading, names, "accent" if phase == PHASES[0] else "grey"


def _left_aside(study: Study, case: Case) -> list[Row]:
    """Options that cross a red line at the likely scores, were screened out, or exclude what is taken."""
    breaches, out = breaches_of(case), case.screened.index
    by = breaches.groupby("option")["profile"].nunique()
    crossing = [each for each in study.ranking.ranked.index if each in by.index]
    names, sentences = words.short(case, crossing), []
    if len(crossing) == 1:
        whose = breaches["profile"][breaches["option"] == crossing[0]].map(titled)
        lines = f"red line{'s' if len(whose) > 1 else ''} for {joined(whose.unique())}"
        sentences = [f"{names} crosses the authors' {lines}."]
    elif crossing:
        whom = words.counted(int(by[crossing].min()), case.about.stakeholder)
        sentences = [f"{names} each cross the authors' red lines for at least {whom}."]
    sentences += [f"{words.short(case, out)} {words.verb(len(out), 'fail')} the authors' screens."] if len(out) else []
    if study.packages is not None:
        clauses = list(excluding(case, study.packages, study.ranking).items())[: Most.REASONS]
        sentences += [f"{words.short(case, [each])} {clause}." for each, clause in clauses]
    return [("Leave aside", " ".join(sentences), "warn")] if sentences else []


def _cards(study: Study, case: Case, tests: Fragility) -> Iterator[Row]:
    """How many trials, holders of weights and futures put the leader first, and what else would lead, and when."""
    made, flip, ranking = tests.verdict.tests, tests.flip, study.ranking
    if (share := made["share"]).seen:
        yield share.seen, f"trials rank it first; a robust answer needs {share.least}", _tone(share.passed)
    names = words.stakeholders(study)
    if len(names) > 1:
        firsts = [study.by_profile[name].leaders for name in names]  # a shared lead does not count, as in the test
        agree, level = firsts.count(ranking.leaders), sum(bool({*each} & {*ranking.leaders}) for each in firsts)
        put = f"{case.about.stakeholder}s put it first{' alone' if level > agree else ''}"
        text = "; ".join(filter(None, (put, _dissent(study, case))))
        yield f"{agree} of {len(names)}", text, _tone(agree == len(names))
    if tests.futures is not None:
        first, of = tests.futures
        there = [words.leaders(each, case) for _, each in _led_by_others(case, tests)]
        instead = f"; in one {there[0]} leads" if len(there) == 1 < of else ""
        text = f"{'future leaves' if of == 1 else 'futures leave'} it first{instead}"
        yield f"{first} of {of}", text, _tone(made["futures"].passed)
    if flip.challenger and len(case.leaves) > 1 and np.isfinite(flip.distance) and flip.distance != 0:
        text = f"of weight in 100, moved, put {case.options.at[flip.challenger, 'short']} ahead"
        yield amount_moved(flip), text, _tone(made["weights"].passed)


def _dissent(study: Study, case: Case) -> str:
    """Who of those that hold weights put another option first, as a clause; or blank."""
    first = set(study.ranking.leaders)
    apart = [name for name in words.stakeholders(study) if not first & set(study.by_profile[name].leaders)]
    by = "as we read" if words.read_by_us(case) else "by"
    if len(apart) != 1:
        others = {study.by_profile[name].leaders: words.leading(study.by_profile[name], case) for name in apart}
        lead = "others lead" if len(others) > 1 else "".join(others.values())
        return f"{by} the weights of {joined(map(titled, apart), 3)}, {lead}" if apart else ""
    other = study.by_profile[apart[0]]
    gap = float(other.table["score"].max() - other.table["score"][study.ranking.leaders[0]])
    scores = f"{words.leaders(other, case)} {words.verb(len(other.leaders), 'score')} {points(gap)} more"
    return f"{by} {titled(apart[0])}'s weights, {scores}"


def _tone(good: bool | None) -> Tone:
    return "grey" if good is None else "accent" if good else "warn"


def _reasons(ranking: Ranking, case: Case) -> list[str]:
    parts = ranking.contributions
    pairs = [(each, leaf) for each in ranking.leaders[:2] for leaf in parts.loc[each].nlargest(3).index]
    return ["What gives the leader most of its score:", *why_scored(case, pairs)]


def own_weights(case: Case, ranking: Ranking, by_profile: Mapping[str, Ranking]) -> Exhibit | None:
    """The analyst's own weights beside the authors'; None where a profile's are used."""
    if ranking.weights.name in by_profile or ranking.ranked.empty:
        return None
    beside = words.AUTHORS_OWN if words.AUTHORS_OWN in by_profile else next(iter(by_profile))
    other, roots = by_profile[beside], list(case.roots)
    mine, theirs = (pd.Series([words.weight_of(each, case, root) for root in roots]) for each in (ranking, other))
    table = Table.of(
        Column("Criterion", case.criteria["name"][roots], share=3),
        Column("The analyst", mine, "share"),
        Column(titled(beside), theirs, "share"),
        Column("Difference, points in 100", 100 * (mine - theirs), "points"),
    )
    first, gap = words.leaders(ranking, case), words.ahead_by(ranking)
    also = ", as the baseline does" if ranking.leaders == other.leaders and beside == words.AUTHORS_OWN else ""
    title = titled_as(f"The analyst's weights put {first} first{also}", "The analyst's weights beside others")
    theirs_put = f"Under {weights_named(beside)} {words.leading(other, case)}."
    ours_put = f" By the analyst's own, the lead is {points(gap)}." if gap else ""
    return Exhibit(title, theirs_put + ours_put, [table])


def own_scores(case: Case, own_scores: tuple[tuple[str, str], ...]) -> Exhibit:
    """The scores that the analyst changed, as they were and why."""
    rows, (options, leaves) = case.scores.loc[list(own_scores)], zip(*own_scores, strict=True)
    table = Table.of(
        Column("Score of", case.options["short"][list(options)], share=2),
        Column("On", case.criteria["name"][list(leaves)], share=2.5),
        Column("Was", [words.judged_before(case, *place) for place in rows.index], "number", 0.7),
        Column("Is", rows["likely"], "number", 0.7),
        Column("Why", rows["rationale"], share=5),
        Column("Judged by", rows["judged_by"], share=1.5),
    )
    title = f"{words.counted(len(rows), 'score', sentence=True)} {words.verb(len(rows), 'are')} the analyst's own"
    return Exhibit(title, "All others are the case's.", [table])
