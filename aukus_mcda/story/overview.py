# SPDX-License-Identifier: Apache-2.0
"""What a study shows, in order: the exhibits of the story, those of the annex, and further tables."""

from __future__ import annotations

import datetime as dt
import inspect
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..case import Case
from ..errors import ExportError, listed, refuse
from ..form import Exhibit
from ..perspectives import not_combined
from . import (
    about_answer,
    about_capitals,
    about_case,
    about_futures,
    about_opponents,
    about_packages,
    about_ranking,
    about_sureness,
)

if TYPE_CHECKING:
    from ..analysis import Study

Builder = Callable[..., Exhibit | None]
"""Asks by the names of its arguments for what it needs of a study or its case; no exhibit where one is not there."""

STORY: Mapping[str, Builder] = {
    "cover": about_answer.cover,
    "recommendation": about_answer.recommendation,
    "since": about_futures.since_last_time,
    "ranking": about_ranking.scores_and_shares,
    "own weights": about_answer.own_weights,
    "own scores": about_answer.own_scores,
    "reasons": about_ranking.reasons,
    "sureness": about_sureness.sureness,
    "capitals": about_capitals.ranks_compared,
    "panel": about_capitals.judges_compared,
    "changes": about_sureness.changes,
    "futures": about_futures.ranks_in_futures,
    "packages": about_packages.timeline,
    "assumptions": about_case.assumptions_to_watch,
}
"""By name, what builds an exhibit; it gives None where the study has nothing on its subject."""

ANNEX: Mapping[str, Builder] = {
    "options": about_case.options_described,
    "scales": about_case.scales_described,
    "scale in question": about_case.scale_in_question,
    "weights": about_sureness.weights_in_force,
    "whole ranking": about_ranking.whole_ranking,
    "methods": about_ranking.other_methods,
    "doubt": about_futures.sources_of_doubt,
    "to find out": about_sureness.to_find_out,
    "rivals": about_opponents.rivals_that_could_win,
    "premortem": about_opponents.premortem,
    "answers": about_opponents.answers_of_others,
    "red lines": about_capitals.red_lines_drawn,
    "panel scores": about_capitals.cells_to_discuss,
    "panel rounds": about_capitals.moved_between_rounds,
    "panel weights": about_capitals.judges_weights,
    "panel futures": about_capitals.judges_in_futures,
    "panel doubt": about_capitals.doubt_between_judges,
    "good packages": about_packages.good_packages,
    "as proposed": about_packages.as_proposed,
    "signposts": about_futures.signposts_to_watch,
    "all assumptions": about_case.all_assumptions,
    "findings": about_case.findings_for_review,
    "provenance": about_case.made_from,
}
"""The tables behind the story, for the back of a deck."""
MORE_TABLES: Mapping[str, Builder] = {
    "conditions": about_answer.conditions,
    "values": about_case.values_of_scores,
    "overlaps": about_opponents.criteria_that_may_overlap,
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
"""What is too long for slides: for the workbook and the notebooks."""
ON_SCREEN: Mapping[str, Builder] = {
    "answer": about_answer.answer,
    "made from": about_case.made_from_in_a_line,
    "order alone": about_ranking.by_order_alone,
    "beaten": about_ranking.beaten_everywhere,
    "dominated": about_ranking.at_both_ends,
    "left out": about_ranking.without_a_criterion,
    "synergies": about_packages.gains_and_overlaps,
}
"""What a notebook shows beside all the others; no file has them."""
NO_FUTURES = "The case does not describe enough to say how the options fare in other futures."
PROFILES_WEIGHTS = "These are a profile's weights. Set your own, and this shows what differs."
NO_PANEL = "No panel of judges was asked and closed: aukus-mcda ask, aukus-mcda collect, then collect --reveal."
NO_PROPOSALS = "The case holds no package that somebody proposes (proposals.csv)."
NO_STATUS_QUO = "The case names no status quo, from which the points of a package are counted."
NO_OTHERS = "There are not enough options or sets of weights to compare."
Offer = Callable[[Any], list[tuple[str, Any]]]
"""What of a study can be chosen: names, each with what it stands for."""


def _options(study: Study) -> list[tuple[str, Any]]:
    return [(study.case.options.at[each, "short"], each) for each in study.ranking.table.index]


def _leaves(study: Study) -> list[tuple[str, Any]]:
    return [(study.case.criteria.at[each, "name"], each) for each in study.case.leaves]


def _weights_that_move(study: Study) -> list[tuple[str, Any]]:
    free = [] if study.fragility is None else study.fragility.stability.query("note == ''").index
    return [(study.case.criteria.at[each, "name"], each) for each in free]


def _futures(study: Study) -> list[tuple[str, Any]]:
    return [] if study.futures is None else [(name, each) for each, name in study.futures.names.items()][1:]


def _earlier_days(study: Study) -> list[tuple[str, Any]]:
    return [(f"{dt.date.fromisoformat(day):%d %b %Y}".lstrip("0"), day) for day in study.earlier_days]


def _rivals(study: Study) -> list[tuple[str, Any]]:
    return [(study.case.options.at[each, "short"], each) for each in study.wins]


def _efforts(study: Study) -> list[tuple[str, Any]]:
    return [] if study.packages is None else [(f"{each:g}", each) for each in study.packages.frontier["effort"]][::-1]


CHOICES: Mapping[str, tuple[dict[str, Offer], Builder]] = {
    "score": ({"Option": _options, "Criterion": _leaves}, about_case.one_score),
    "scores": ({"Option": _options}, about_case.scores_of_one),
    "weight": ({"Weight of": _weights_that_move}, about_ranking.along_one_weight),
    "future": ({"Future": _futures}, about_futures.one_future),
    "date": ({"Since": _earlier_days}, about_futures.since_a_day),
    "rival": ({"Should win": _rivals}, about_opponents.one_rival),
    "effort": ({"Effort": _efforts}, about_packages.at_effort),
}
"""Exhibits of what somebody picks: by name, what is offered under which label, and what builds the exhibit of it."""
EXHIBITS: Mapping[str, Builder] = {**STORY, **ANNEX, **MORE_TABLES}
"""All of them, by name."""
AUDIENCES: Mapping[str, str] = {"us": "icd203", "uk": "phia"}
"""The yardstick that each audience reads likelihood by."""


def audience_faults(audience: str | None) -> list[str]:
    """What is wrong with an audience that is not among `AUDIENCES`; nothing where none is named."""
    known = audience is None or audience in AUDIENCES
    return [] if known else [f"No audience is named {audience!r}; there are {listed(AUDIENCES)}."]


def exhibit(study: Study, name: str, audience: str | None = None) -> Exhibit | None:
    """An exhibit of a study by its name; None where the study has nothing on its subject.

    Parameters
    ----------
    study : Study
    name : str
        One of `STORY`, `ANNEX`, `MORE_TABLES` or `ON_SCREEN`.
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
    builders = {**EXHIBITS, **ON_SCREEN}
    if name not in builders:
        raise ExportError(f"No exhibit is named {name!r}; there are {listed(builders)}.")
    refuse(audience_faults(audience), ExportError)
    case, yardstick = study.case, AUDIENCES.get(audience or "", study.case.about.yardstick)
    if (name, yardstick) not in study.exhibits:
        if yardstick != case.about.yardstick:
            case = replace(case, about=replace(case.about, yardstick=yardstick))
        study.exhibits[name, yardstick] = built(builders[name], study, case)
    return study.exhibits[name, yardstick]


def built(builder: Builder, study: Study, case: Case, *picked: Any) -> Exhibit | None:
    """An exhibit of a study, and of what was picked of it; None where what the builder asks for is none or empty."""
    asked = list(inspect.signature(builder).parameters)
    given = {"study": study, "case": case}
    names = asked[: len(asked) - len(picked)]
    needed = [given.get(name) or getattr(study if hasattr(study, name) else case, name) for name in names]
    empty = (each is None or (hasattr(each, "__len__") and not len(each)) for each in needed)
    return None if any(empty) else builder(*needed, *picked)


def nothing_on(name: str, study: Study) -> Exhibit | None:
    """A line in the place of an exhibit that a study has not, with the reason where it is known.

    One reason that is behind several of them is given once, by the first that is asked for; None by the others.
    """
    case, nothing = study.case, f"This study has nothing on {name}."
    reasons = {
        **dict.fromkeys(("packages", "good packages", "effort", "synergies"), not_combined(case)),
        **dict.fromkeys(("futures", "regrets", "futures by weights", "signposts", "future"), NO_FUTURES),
        **dict.fromkeys(("capitals", "where they part", "agreement"), NO_OTHERS),
        **dict.fromkeys(("two dates", "date"), "No score was judged on an earlier day."),
        **dict.fromkeys(("assumptions", "all assumptions"), "The case names no assumptions (assumptions.csv)."),
        "sources": "The case cites no evidence (seeds/evidence.csv).",
        "overlaps": "No criterion is said to serve another (means_to), nor a score to depend on one.",
        "since": "Give the day of your last meeting, study(case, since=...), and this shows what has changed since.",
        "red lines": about_capitals.NO_RED_LINES,
        **({} if study.panel else {name: NO_PANEL for name in EXHIBITS if name.startswith("panel")}),
        "answers": "The case does not judge how others would answer (responses.csv).",
        "as proposed": NO_PROPOSALS if case.proposals.empty else not_combined(case) or NO_STATUS_QUO,
        "premortem": "Fewer than two options are ranked, so none leads.",
        "own weights": PROFILES_WEIGHTS if study.ranking.weights.name in case.profiles else NO_OTHERS,
    }
    reason = reasons.get(name) or nothing
    return Exhibit("", blocks=[reason]) if study.lacking.setdefault(reason, name) == name else None


def exhibits(study: Study, audience: str | None = None, names: Iterable[str] = STORY) -> Iterator[tuple[str, Exhibit]]:
    """Exhibits by name and in order, the story if no others are named; what a study has nothing on is left out."""
    for name in names:
        shown = exhibit(study, name, audience)
        if shown is not None:
            yield name, shown
