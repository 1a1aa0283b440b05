"""The answer and what to do about it: cover, recommendation, own weights and scores beside others."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from ..case import Case
from ..form import (
    Column,
    Exhibit,
    Table,
    Tone,
    titled_as,
    why_scored,
)
from ..perspectives import PHASES, UNKNOWN, Packages, breaches_of, future_names, rank_in
from ..text import joined, points, titled, weights_named
from ..uncertainty import LEAD
from .about_case import to_watch
from .about_sureness import badge, flip_words
from .words import (
    AUTHORS_OWN,
    ahead_by,
    case_date,
    counted,
    evidence_covered,
    judged_before,
    leaders,
    of_100,
    passed,
    short,
    span,
    stakeholders,
    verb,
    weight_of,
    weights_of,
    what_is_unknown,
    whose,
)

if TYPE_CHECKING:
    from ..analysis import Fragility, Study

Card = tuple[str, str, Tone]
"""A large number, what it counts, and whether that speaks for the answer."""
Step = tuple[str, str, Tone]
"""A heading, what belongs under it, and what it is to the reader."""
MOST_CONDITIONS = 4
"""What would change the answer, where it is said in a few lines."""


def cover(study: Study, case: Case) -> Exhibit:
    """What is decided, for whom, and whose weights and judgements these are."""
    about = case.about
    decides = f"For: {about.decision_maker}" if about.decision_maker else ""
    lines = [decides, f"{weights_of(study)}. {case_date(case)}".strip(), evidence_covered(case), about.disclaimer]
    return Exhibit(about.title, about.question, lines, notes=[whose(study)])


def recommendation(study: Study, case: Case) -> Exhibit:
    """What to do, how sure that is, and what would change it, on one page."""
    ranking, tests = study.ranking, study.fragility
    if ranking.ranked.empty:
        return Exhibit(
            "No option passes the screens",
            "There is nothing to rank.",
            [_step_table(_left_aside(study, case), "What is left aside.")],
        )
    steps = _steps(study, case)
    first = f"{leaders(ranking, case)} {verb(len(ranking.leaders), 'rank')} first"
    sentence = f"Of {counted(len(ranking.ranked), 'option')}, {first}."
    if tests is None:
        return Exhibit(_action(study, case), sentence, [steps], notes=_reasons(study, case))
    cards = list(_cards(study, case, tests))
    numbers, texts, tones = zip(*cards, strict=True) if cards else ((), (), ())
    table = Table([Column("", numbers), Column("", texts)], "Numbers behind the recommendation.", "cards", tones)
    word = tests.verdict.word
    return Exhibit(
        _action(study, case),
        f"{sentence} {_holds(tests)}",
        [table, steps] if cards else [steps],
        notes=[f"Verdict: {word}. {tests.verdict.rule}", *tests.verdict.gaps, *_reasons(study, case)],
        badge=badge(tests),
    )


def answer(study: Study, case: Case) -> Exhibit:
    """What comes first, what was asked, and how far that holds: the first lines of a notebook."""
    advice = recommendation(study, case)
    return Exhibit(advice.title, case.about.question or case.about.title, [advice.subtitle], badge=advice.badge)


def conditions(study: Study, case: Case) -> Exhibit | None:
    """What would change the answer, in a few sentences; None where nothing is compared."""
    tests = study.fragility
    if tests is None:
        return None
    title, path = flip_words(tests, case)
    watched, dissent = to_watch(study, case), _dissent(study, case)
    ranks = study.ranking.unplaced
    open_at_the_top = ((ranks["best_rank"] == 1) & (ranks["worst_rank"] > 1)).any()
    sentences = [
        f"{title}. {path}" if tests.flip.challenger else "",
        what_is_unknown(study.ranking, case) if open_at_the_top else "",
        f"{dissent[0].upper()}{dissent[1:]}." if dissent else "",
        _elsewhere(study, case),
        f"Look again if this fails: {watched['statement'].iloc[0]}" if len(watched) else "",
    ]
    shown = list(filter(None, sentences))[:MOST_CONDITIONS]
    if not shown:
        return Exhibit("Nothing tested changes the leader")
    return Exhibit(f"{counted(len(shown), 'thing', sentence=True)} could change it", blocks=shown)


def _elsewhere(study: Study, case: Case) -> str:
    """In which future another option leads, and which; or in how many; or blank."""
    first, weights = set(study.ranking.leaders), study.ranking.weights
    rankings = [(name, rank_in(case, weights, str(future))) for future, name in future_names(case).items()]
    apart = [(name, ranking) for name, ranking in rankings if not first <= set(ranking.leaders)]
    if len(apart) == 1:
        name, ranking = apart[0]
        return f"In one future {leaders(ranking, case)} {verb(len(ranking.leaders), 'lead')} instead: {name}."
    return f"In {counted(len(apart), 'future')} another option leads." if apart else ""


def _holds(tests: Fragility) -> str:
    """How far the answer holds, in the word of the verdict."""
    word, (good, made) = tests.verdict.word, passed(tests.verdict)
    if word == "robust":
        return f"It passes {'all ' if made > 1 else ''}{counted(made, 'test')}: the answer is robust."
    if tests.verdict.code == "not-all-tested":
        missing = len(tests.verdict.tests) - made
        return f"It passes {good} of {made} tests, but {missing} more could not be made: the answer is {word}."
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
        f"Start with {first} and {counted(len(others), 'more step')} within {span(by)}",
        f"Start with {first} and {counted(len(others), 'more step')}",
        f"Take {counted(len(now), 'step')} within {span(by)}",
    )


def _phase(packages: Packages, phase: str) -> list[str]:
    """The options of the best package in a phase; none that crosses a red line is recommended."""
    crossing = set(packages.breaches["option"])
    return [each for each in packages.phases.index[packages.phases["phase"] == phase] if each not in crossing]


def _steps(study: Study, case: Case) -> Table:
    """What to do now, what to prepare, what to leave aside."""
    packages, ranked = study.packages, list(study.ranking.ranked.index)
    rows: list[Step] = []
    if packages is None or not len(packages.phases):
        rows.append(("First choice", short(case, study.ranking.leaders), "accent"))
        if behind := [each for each in ranked if each not in study.ranking.leaders]:
            rows.append(("Runner-up", short(case, behind[:1]), "grey"))
    else:
        soon, late = packages.horizons
        headings = {
            f"Do now (within {span(soon)})": PHASES[0],
            f"Prepare (within {span(late)})": PHASES[1],
            "Plan for later": PHASES[2],
            "Time to effect not judged": UNKNOWN,
        }
        for heading, phase in headings.items():
            if options := sorted(_phase(packages, phase), key=lambda each: ranked.index(each)):
                names = " \N{MIDDLE DOT} ".join(case.options["short"][options])
                rows.append((heading, names, "accent" if phase == PHASES[0] else "grey"))
    return _step_table(rows + _left_aside(study, case), "What to do, what to prepare and what to leave aside.")


def _step_table(rows: list[Step], alt: str) -> Table:
    headings, texts, tones = zip(*rows, strict=True)
    return Table([Column("", headings), Column("", texts)], alt, "steps", tones)


def _left_aside(study: Study, case: Case) -> list[Step]:
    """Options that cross a red line at the likely scores, and those that were screened out."""
    breaches = breaches_of(case)
    crossing = [each for each in study.ranking.ranked.index if each in set(breaches["option"])]
    sentences = []
    if crossing:
        by = {each: breaches.loc[breaches["option"] == each, "profile"].nunique() for each in crossing}
        whom = f"for at least {counted(min(by.values()), case.about.stakeholder)}"
        each = "crosses" if len(crossing) == 1 else "each cross"
        sentences.append(f"{short(case, crossing)} {each} red lines that we drew {whom}.")
    if len(case.screened):
        out = list(case.screened.index)
        sentences.append(f"{short(case, out)}: screened out before the ranking.")
    return [("Leave aside", " ".join(sentences), "warn")] if sentences else []


def _cards(study: Study, case: Case, tests: Fragility) -> Iterator[Card]:
    """How many trials, holders of weights and futures put the leader first, and what else would lead, and when."""
    found, flip, ranking = tests.verdict.tests, tests.flip, study.ranking
    if tests.acceptability is not None:
        share = float(tests.acceptability.rank_acceptability.at[flip.leader, 1])
        needed = f"trials rank it first; a robust answer needs {100 * LEAD:.0f}"
        yield of_100(share), needed, _tone(found["share"].passed)
    names = stakeholders(study)
    if len(names) > 1:
        agree = [name for name in names if set(study.by_profile[name].leaders) & set(ranking.leaders)]
        text = "; ".join(filter(None, (f"{case.about.stakeholder}s put it first", _dissent(study, case))))
        yield f"{len(agree)} of {len(names)}", text, _tone(len(agree) == len(names))
    if tests.futures is not None:
        first, of = tests.futures
        text = f"{'future leaves' if of == 1 else 'futures leave'} it first"
        yield f"{first} of {of}", text, _tone(found["futures"].passed)
    if flip.challenger and len(case.leaves) > 1 and np.isfinite(flip.distance) and flip.distance != 0:
        moved = f"{50 * flip.distance:.0f}" if flip.distance >= 0.02 else "under 1"
        text = f"points of weight, moved, put {case.options.at[flip.challenger, 'short']} ahead"
        yield f"{moved} of 100", text, _tone(found["weights"].passed)


def _dissent(study: Study, case: Case) -> str:
    """Who of those that hold weights put another option first, as a clause; or blank."""
    first = set(study.ranking.leaders)
    apart = [name for name in stakeholders(study) if not first & set(study.by_profile[name].leaders)]
    if len(apart) != 1:
        return f"by the weights of {joined(map(titled, apart), 3)}, as we read them, others lead" if apart else ""
    other = study.by_profile[apart[0]]
    gap = float(other.table["score"].max() - other.table["score"][study.ranking.leaders[0]])
    lead = f"{leaders(other, case)} {verb(len(other.leaders), 'lead')}"
    return f"by {titled(apart[0])}'s weights, as we read them, {lead} by {points(gap)}"


def _tone(good: bool | None) -> Tone:
    return "grey" if good is None else "accent" if good else "warn"


def _reasons(study: Study, case: Case) -> list[str]:
    parts = study.ranking.contributions
    pairs = [(each, leaf) for each in study.ranking.leaders[:2] for leaf in parts.loc[each].nlargest(3).index]
    return ["What gives the leader most of its score:", *why_scored(case, pairs)]


def own_weights(study: Study, case: Case) -> Exhibit | None:
    """The analyst's own weights beside the authors'; None where a profile's are used."""
    ranking = study.ranking
    if ranking.weights.name in study.by_profile or not study.by_profile or ranking.ranked.empty:
        return None
    beside = AUTHORS_OWN if AUTHORS_OWN in study.by_profile else next(iter(study.by_profile))
    other = study.by_profile[beside]
    roots = list(case.roots)
    mine, theirs = ([weight_of(each, case, root) for root in roots] for each in (ranking, other))
    change = [100 * (one - other) for one, other in zip(mine, theirs, strict=True)]
    table = Table(
        [
            Column("Criterion", case.criteria["name"][roots], share=3),
            Column("The analyst", mine, "share"),
            Column(titled(beside), theirs, "share"),
            Column("Difference, points in 100", change, "points"),
        ],
        f"The analyst's weights beside those of {titled(beside)}.",
    )
    first, gap = leaders(ranking, case), ahead_by(ranking)
    also = ", as the baseline does" if ranking.leaders == other.leaders and beside == AUTHORS_OWN else ""
    return Exhibit(
        titled_as(f"The analyst's weights put {first} first{also}", "The analyst's weights beside others"),
        f"Under {weights_named(beside)} {leaders(other, case)} {verb(len(other.leaders), 'lead')}."
        + (f" By the analyst's the lead is {points(gap)} of 100." if gap else ""),
        [table],
    )


def own_scores(study: Study, case: Case) -> Exhibit | None:
    """The scores that the analyst changed, as they were and why; None without any."""
    if not case.own_scores:
        return None
    rows = case.scores.loc[list(case.own_scores)]
    table = Table(
        [
            Column("Score of", [case.options.at[option, "short"] for option, _ in rows.index], share=2),
            Column("On", [case.criteria.at[leaf, "name"] for _, leaf in rows.index], share=2.5),
            Column("Was", [judged_before(case, *place) for place in rows.index], "number", 0.7),
            Column("Is", list(rows["likely"]), "number", 0.7),
            Column("Why", list(rows["rationale"]), share=5),
            Column("Judged by", list(rows["judged_by"]), share=1.5),
        ],
        "Scores that the analyst changed.",
    )
    count = len(rows)
    title = f"{counted(count, 'score', sentence=True)} {verb(count, 'are')} the analyst's own"
    return Exhibit(title, "All others are the case's.", [table])
