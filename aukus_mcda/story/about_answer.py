"""The answer and what to do about it: the cover, the recommendation, and the analyst's own weights beside others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..case import Case
from ..perspectives import PHASES, Packages, breaches_of, leads_in
from ..text import joined, points, titled, weights_named
from .exhibit import Column, Exhibit, Table, Tone, titled_as, why_scored
from .words import (
    AUTHORS_OWN,
    ahead_by,
    case_date,
    counted,
    leaders,
    passed,
    short,
    stakeholders,
    verb,
    weight_of,
    weights_of,
    whose,
)

if TYPE_CHECKING:
    from ..analysis import Fragility, Study

Card = tuple[str, str, Tone]
"""A large number, what it counts, and whether that speaks for the answer."""
VERDICT_TONES: dict[str, Tone] = {"robust": "accent", "sensitive": "warn", "inconclusive": "warn"}


def cover(study: Study, case: Case) -> Exhibit:
    """What is decided, for whom, and whose weights and judgements these are."""
    about = case.about
    decides = f"For: {about.decision_maker}" if about.decision_maker else ""
    lines = [decides, f"{weights_of(study)}. {case_date(case)}".strip(), about.disclaimer]
    return Exhibit(about.title, about.question, lines, notes=[whose(study)])


def recommendation(study: Study, case: Case) -> Exhibit:
    """What to do, how sure that is, and what would change it, on one page."""
    ranking, tests = study.ranking, study.fragility
    if ranking.ranked.empty:
        return Exhibit("No option passes the screens", "There is nothing to rank.", [_aside(study, case)])
    steps = _steps(study, case)
    first = f"{leaders(ranking, case)} {verb(len(ranking.leaders), 'rank')} first"
    sentence = f"Of {counted(len(ranking.ranked), 'option')}, {first}."
    if tests is None:
        return Exhibit(_action(study, case), sentence, [steps], notes=_reasons(study, case))
    cards = [*_share(tests), *_stakeholders(study, case), *_futures(study), *_nearest(tests, case)]
    numbers, texts, tones = zip(*cards, strict=True) if cards else ((), (), ())
    table = Table([Column("", numbers), Column("", texts)], "Numbers behind the recommendation.", "cards", tones)
    word = tests.verdict.word
    return Exhibit(
        _action(study, case),
        f"{sentence} {_holds(tests)}",
        [table, steps] if cards else [steps],
        notes=[f"Verdict: {word}. {tests.verdict.rule}", *tests.verdict.gaps, *_reasons(study, case)],
        badge=(word.capitalize(), VERDICT_TONES[word]),
    )


def _holds(tests: Fragility) -> str:
    """How far the answer holds, in the word of the verdict."""
    word, (good, made) = tests.verdict.word, passed(tests.verdict)
    if word == "robust":
        return f"It passes {'all ' if made > 1 else ''}{counted(made, 'test')}: the answer is robust."
    if tests.verdict.code == "not-all-tested":
        every = len(tests.verdict.tests)
        return f"It passes {good} of {every} tests; {every - made} could not be made: the answer is {word}."
    return f"It passes {good} of {made} tests: the answer is {word}."


def _action(study: Study, case: Case) -> str:
    """What to do, as a title."""
    ranking, packages = study.ranking, study.packages
    first = leaders(ranking, case)
    if len(ranking.leaders) > 1:
        return titled_as(
            f"{first} lead together", f"{counted(len(ranking.leaders), 'option', sentence=True)} lead together"
        )
    lead, tests = ranking.leaders[0], study.fragility
    if lead in set(breaches_of(case)["option"]):
        return titled_as(f"{first} ranks first but crosses red lines", "The option that ranks first crosses red lines")
    if tests is not None and tests.verdict.code == "no-clear-leader":
        return titled_as(f"{first} is ahead, but not clearly", "No option leads clearly")
    if case.about.status_quo == lead:
        return titled_as(f"Keep to {first} for now", "Keep to what there is for now")
    now = [] if packages is None else _phase(packages, PHASES[0])
    if lead not in now or len(now) == 1:
        return titled_as(f"Start with {first}", "Start with the option that ranks first")
    others, by = [each for each in now if each != lead], packages.horizons[0] if packages else 0
    return titled_as(
        f"Start with {first}; add {short(case, others, None)}",
        f"Start with {first} and {counted(len(others), 'more step')} within {_span(by)}",
        f"Start with {first} and {counted(len(others), 'more step')}",
        f"Take {counted(len(now), 'step')} within {_span(by)}",
    )


def _span(months: float) -> str:
    years = months / 12
    return counted(int(years), "year") if years == int(years) else f"{months:g} months"


def _phase(packages: Packages, phase: str) -> list[str]:
    return list(packages.phases.index[packages.phases["phase"] == phase])


def _steps(study: Study, case: Case) -> Table:
    """What to do now, what to prepare, what to leave aside."""
    packages, ranked = study.packages, list(study.ranking.ranked.index)
    rows: list[tuple[str, str, Tone]] = []
    if packages is None or not len(packages.phases):
        rows.append(("First choice", short(case, study.ranking.leaders), "accent"))
        if behind := [each for each in ranked if each not in study.ranking.leaders]:
            rows.append(("Runner-up", short(case, behind[:1]), "grey"))
    else:
        soon, late = packages.horizons
        headings = {
            f"Do now (within {_span(soon)})": PHASES[0],
            f"Prepare (within {_span(late)})": PHASES[1],
            "Plan for later": PHASES[2],
        }
        for heading, phase in headings.items():
            if options := _phase(packages, phase):
                names = " \N{MIDDLE DOT} ".join(case.options["short"][options])
                rows.append((heading, names, "accent" if phase == PHASES[0] else "grey"))
    aside = [(heading, text, "warn") for heading, text in _left_aside(study, case)]
    headings_, texts, tones = zip(*rows, *aside, strict=True)
    return Table(
        [Column("", headings_), Column("", texts)],
        "What to do, what to prepare and what to leave aside.",
        "steps",
        tones,
    )


def _aside(study: Study, case: Case) -> Table:
    headings, texts = zip(*_left_aside(study, case), strict=True)
    return Table([Column("", headings), Column("", texts)], "What is left aside.", "steps", ["warn"] * len(texts))


def _left_aside(study: Study, case: Case) -> list[tuple[str, str]]:
    """Options that cross a red line at the likely scores, and those that were screened out."""
    breaches = breaches_of(case)
    crossing = [each for each in study.ranking.ranked.index if each in set(breaches["option"])]
    sentences = []
    if crossing:
        by = {each: breaches.loc[breaches["option"] == each, "profile"].nunique() for each in crossing}
        whom = f"of at least {counted(min(by.values()), case.about.stakeholder)}"
        each = "crosses" if len(crossing) == 1 else "each cross"
        sentences.append(f"{short(case, crossing)} {each} red lines {whom}.")
    if len(case.screened):
        out = list(case.screened.index)
        sentences.append(f"{short(case, out)}: screened out before the ranking.")
    return [("Leave aside", " ".join(sentences))] if sentences else []


def _share(tests: Fragility) -> list[Card]:
    if tests.acceptability is None:
        return []
    test = tests.verdict.tests[0]
    share = float(tests.acceptability.rank_acceptability.at[tests.flip.leader, 1])
    return [(f"{100 * share:.0f} in 100", "trials rank it first; a robust answer needs 80", _tone(test.passed))]


def _stakeholders(study: Study, case: Case) -> list[Card]:
    """How many of those who hold weights put the leader first, and who the nearest other is."""
    names, ranking = stakeholders(study), study.ranking
    if len(names) < 2:
        return []
    agree = [name for name in names if set(study.by_profile[name].leaders) & set(ranking.leaders)]
    text = f"{case.about.stakeholder}s put it first"
    apart = [name for name in names if name not in agree]
    if len(apart) == 1:
        other = study.by_profile[apart[0]]
        gap = float(other.table["score"].max() - other.table["score"][ranking.leaders[0]])
        text += f"; {titled(apart[0])} prefers {leaders(other, case)} by {points(gap)}"
    elif apart:
        text += f"; {joined(map(titled, apart), 3)} prefer others"
    return [(f"{len(agree)} of {len(names)}", text, _tone(not apart))]


def _futures(study: Study) -> list[Card]:
    counts = leads_in(study.case, study.ranking.weights)
    if counts is None:
        return []
    first, of = counts
    return [(f"{first} of {of}", f"{'future leaves' if of == 1 else 'futures leave'} it first", _tone(first == of))]


def _nearest(tests: Fragility, case: Case) -> list[Card]:
    """How much weight has to move for another option to lead, and where to."""
    flip = tests.flip
    if not flip.challenger or len(case.leaves) == 1 or not np.isfinite(flip.distance) or flip.distance == 0:
        return []
    moved = f"{50 * flip.distance:.0f}" if flip.distance >= 0.02 else "under 1"
    text = f"points of weight moved put {case.options.at[flip.challenger, 'short']} ahead"
    return [(f"{moved} in 100", text, _tone(tests.verdict.tests[2].passed))]


def _tone(good: bool | None) -> Tone:
    return "accent" if good else "warn"


def _reasons(study: Study, case: Case) -> list[str]:
    parts = study.ranking.contributions
    pairs = [(each, leaf) for each in study.ranking.leaders[:2] for leaf in parts.loc[each].nlargest(3).index]
    return ["What gives the leader most of its score:", *why_scored(case, pairs)]


def own_weights(study: Study, case: Case) -> Exhibit | None:
    """The analyst's own weights beside the authors'; None where a profile's are used."""
    ranking = study.ranking
    if ranking.weights.name in study.by_profile or not study.by_profile:
        return None
    beside = AUTHORS_OWN if AUTHORS_OWN in study.by_profile else next(iter(study.by_profile))
    other = study.by_profile[beside]
    roots = list(case.roots)
    own, theirs = ([weight_of(each, case, root) for root in roots] for each in (ranking, other))
    change = [100 * (mine - yours) for mine, yours in zip(own, theirs, strict=True)]
    table = Table(
        [
            Column("Criterion", case.criteria["name"][roots], share=3),
            Column("Your weight", own, "share"),
            Column(titled(beside), theirs, "share"),
            Column("Difference, points in 100", change, "points"),
        ],
        f"Your weights beside those of {titled(beside)}.",
    )
    first, gap = leaders(ranking, case), ahead_by(ranking)
    also = ", as the baseline does" if ranking.leaders == other.leaders and beside == AUTHORS_OWN else ""
    return Exhibit(
        titled_as(f"Your weights put {first} first{also}", "Your weights beside the baseline"),
        f"Under {weights_named(beside)} {leaders(other, case)} {verb(len(other.leaders), 'lead')}."
        + ("" if gap is None else f" By yours the lead is {points(gap)} of 100."),
        [table],
    )
