"""What is told of a study, in order: the exhibits of the story, those of the annex, and further tables."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..case import Case
from ..errors import ExportError, listed
from . import about_answer, about_capitals, about_case, about_futures, about_packages, about_ranking, about_sureness
from .exhibit import Exhibit

if TYPE_CHECKING:
    from ..analysis import Study

Builder = Callable[[Any, Case], Exhibit | None]

STORY: MappingProxyType[str, Builder] = MappingProxyType(
    {
        "cover": about_answer.cover,
        "recommendation": about_answer.recommendation,
        "ranking": about_ranking.scores_and_shares,
        "own weights": about_answer.own_weights,
        "reasons": about_ranking.reasons,
        "sureness": about_sureness.sureness,
        "capitals": about_capitals.ranks_compared,
        "changes": about_sureness.changes,
        "futures": about_futures.ranks_in_futures,
        "packages": about_packages.timeline,
        "assumptions": about_case.assumptions_to_watch,
    }
)
"""By name, what builds an exhibit; it gives None where the study has nothing on its subject."""

ANNEX: MappingProxyType[str, Builder] = MappingProxyType(
    {
        "options": about_case.options_described,
        "scales": about_case.scales_described,
        "weights": about_sureness.weights_in_force,
        "whole ranking": about_ranking.whole_ranking,
        "methods": about_ranking.other_methods,
        "doubt": about_futures.sources_of_doubt,
        "to find out": about_sureness.to_find_out,
        "red lines": about_capitals.red_lines_drawn,
        "good packages": about_packages.good_packages,
        "signposts": about_futures.signposts_to_watch,
        "all assumptions": about_case.all_assumptions,
        "findings": about_case.findings_for_review,
        "provenance": about_case.made_from,
    }
)
"""The tables behind the story, for the back of a deck."""
TABLES: MappingProxyType[str, Builder] = MappingProxyType(
    {
        "values": about_case.values_of_scores,
        "least certain": about_case.least_certain,
        "profiles": about_case.profiles_compared,
        "points": about_sureness.points_given,
        "every rank": about_ranking.every_rank,
        "agreement": about_capitals.what_it_takes,
        "where they part": about_capitals.where_they_part,
        "regrets": about_futures.given_up,
        "futures by weights": about_futures.leaders_by_weights,
        "effort": about_packages.effort_frontier,
        "two dates": about_futures.two_dates,
        "evidence": about_case.evidence_base,
        "sources": about_case.sources_cited,
    }
)
"""What is too long for slides: for the workbook and the notebooks."""
EXHIBITS = MappingProxyType({**STORY, **ANNEX, **TABLES})
"""All of them, by name."""
AUDIENCES = MappingProxyType({"us": "icd203", "uk": "phia"})
"""The yardstick that each audience reads likelihood by."""


def exhibit(study: Study, name: str, audience: str | None = None) -> Exhibit | None:
    """An exhibit of a study by its name; None where the study has nothing on its subject.

    Parameters
    ----------
    study : Study
    name : str
        One of `STORY`, `ANNEX` or `TABLES`.
    audience : str, optional
        ``us`` (ICD 203) or ``uk`` (PHIA): whose words for likelihood are used; the case's own when not given.

    Raises
    ------
    ExportError
        When there is no such exhibit or audience.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> from aukus_mcda.analysis import study
    >>> exhibit(study(load_case("starter"), draws=2_000), "ranking").blocks[0].look
    'dots'
    """
    if name not in EXHIBITS:
        raise ExportError(f"No exhibit is named {name!r}; there are {listed(EXHIBITS)}.")
    case = study.case
    if audience is not None:
        if audience not in AUDIENCES:
            raise ExportError(f"No audience is named {audience!r}; there are {listed(AUDIENCES)}.")
        case = replace(case, about=replace(case.about, yardstick=AUDIENCES[audience]))
    return EXHIBITS[name](study, case)


def exhibits(study: Study, audience: str | None = None, names: Iterable[str] = STORY) -> Iterator[tuple[str, Exhibit]]:
    """Exhibits by name and in order, the story if no others are named; what a study has nothing on is left out."""
    for name in names:
        shown = exhibit(study, name, audience)
        if shown is not None:
            yield name, shown
