"""What is told of a study, in order: exhibits of the story and of the annex, and sentences beyond the ranking."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..case import Case
from . import about_case, about_futures, about_ranking, about_sureness, capital_wording, package_wording, wording
from .exhibit import Exhibit, Room

if TYPE_CHECKING:
    from ..analysis import Study

Builder = Callable[[Any, Case, Room], Exhibit | None]

STORY: MappingProxyType[str, tuple[str, Builder]] = MappingProxyType(
    {
        "cover": ("", about_case.cover),
        "answer": ("", about_ranking.the_answer),
        "options": ("", about_ranking.at_a_glance),
        "criteria": ("", about_ranking.value_tree),
        "ranking": ("", about_ranking.scores_and_shares),
        "drivers": ("", about_ranking.drivers),
        "strengths": ("", about_ranking.strengths),
        "sureness": ("", about_sureness.sureness),
        "other draws": ("fragility", about_sureness.other_draws),
        "changes": ("fragility", about_sureness.changes),
        "methods": ("fragility", about_sureness.other_methods),
        "capitals": ("capitals", capital_wording.capitals_compared),
        "futures": ("futures", about_futures.futures_compared),
        "uncertainty": ("joint", about_futures.sources_of_uncertainty),
        "packages": ("packages", package_wording.good_packages),
        "evidence": ("fragility", about_sureness.evidence_to_collect),
        "risks": ("", about_case.critical_assumptions),
    }
)
"""By the name of an exhibit: the part of a study it is about, all of it when blank, and what builds it."""

ANNEX: MappingProxyType[str, tuple[str, Builder]] = MappingProxyType(
    {
        "red lines": ("capitals", capital_wording.red_lines_drawn),
        "phases": ("packages", package_wording.packages_in_phases),
        "signposts": ("futures", about_futures.signposts_to_watch),
        "whole ranking": ("", about_ranking.whole_ranking),
        "descriptions": ("", about_case.options_described),
        "scales": ("", about_case.scales_described),
        "assumptions": ("", about_case.all_assumptions),
        "findings": ("", about_case.findings_for_review),
        "sources": ("", about_case.sources_cited),
        "provenance": ("", about_case.made_from),
    }
)
"""The tables behind the story."""


def exhibit_named(name: str, study: Study, case: Case, room: Room) -> Exhibit | None:
    """An exhibit for a room; None where the study has nothing on its subject.

    The ``case`` is the study's own, its words for likelihood those of the audience.
    """
    part, build = (STORY | ANNEX)[name]
    subject = getattr(study, part) if part else study
    return None if subject is None else build(subject, case, room)


def in_words(study: Study) -> Iterator[str]:
    """A study as a terminal tells it beneath its ranking, a line each.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> from aukus_mcda.analysis import study
    >>> result = study(load_case("starter"), draws=2_000)
    >>> result.answer in list(in_words(result))
    True
    """
    case, tests = study.case, study.fragility
    for option, reason in case.screened.items():
        yield f"Screened out: {case.options.at[option, 'name']}. {reason}"
    yield from ("", study.answer, *study.statements)
    if tests is not None:
        sentences = (
            wording.drawn_otherwise(tests, case),
            wording.min_shift(tests, case),
            wording.methods_agree(tests, case),
            wording.methods_apart(tests, case),
            wording.to_collect(tests, case),
            wording.settling(tests.evidence),
        )
        yield from filter(None, sentences)
        yield from beyond(study)
        yield f"Verdict: {tests.verdict.word}. {tests.verdict.rule}"
        yield from (f"- {gap}" for gap in tests.verdict.gaps)
    if case.about.disclaimer:
        yield case.about.disclaimer


def beyond(study: Study) -> Iterator[str]:
    """The sentences on what a study shows beyond its ranking: capitals, futures, all together, packages, earlier days.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> from aukus_mcda.analysis import study
    >>> len(list(beyond(study(load_case("starter"), draws=2_000))))
    8
    """
    case = study.case
    if study.capitals is not None:
        yield from capital_wording.together(study.capitals, case)[:3]
    if study.futures is not None:
        yield about_futures.leads_in_futures(study.futures, case)
    if study.joint is not None:
        yield about_futures.comes_from(study.joint, case)
    if study.packages is not None:
        yield package_wording.in_good_packages(study.packages, case) + "."
        yield package_wording.limited(study.packages, case)
        yield package_wording.first_phase(study.packages, case) + "."
    if study.vintages is not None:
        yield from study.vintages.statements
