"""The story on slides: the answer, the options, the ranking, why, how sure, what would change it, and an annex."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ..analysis import Study
from ..case import Case, replacing
from ..errors import ExportError
from ..guard import FilePath, guarded
from . import annex_slides, capital_slides, fragility_slides, future_slides, package_slides, ranking_slides
from .deck import Deck, check_template
from .house import SIZES, blank_deck
from .ranking_slides import Chosen, case_date
from .stamps import stamp
from .templates import open_template

Maker = Callable[[Deck, Study, Case, Chosen], None]


def _given(part: str, make: Callable[[Deck, Any, Case, Chosen], None]) -> Maker:
    """Slides on a part of the study, left out where the study has none."""

    def maker(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
        found = getattr(study, part)
        if found is not None:
            make(deck, found, case, chosen)

    return maker


def _alone(make: Callable[[Deck, Any, Case], None]) -> Callable[[Deck, Any, Case, Chosen], None]:
    """Slides that do not go through options, whichever were chosen."""
    return lambda deck, found, case, chosen: make(deck, found, case)


def _how_sure(deck: Deck, study: Study, case: Case, chosen: Chosen) -> None:
    if study.fragility is not None:
        fragility_slides.how_sure(deck, study.fragility, study.ranking, case, chosen)


STORY: MappingProxyType[str, Maker] = MappingProxyType(
    {
        "cover": ranking_slides.cover,
        "answer": ranking_slides.answer,
        "options": ranking_slides.at_a_glance,
        "criteria": ranking_slides.judged_how,
        "ranking": ranking_slides.ranked,
        "drivers": ranking_slides.drivers,
        "strengths": ranking_slides.strengths,
        "sureness": _how_sure,
        "other draws": _given("fragility", _alone(fragility_slides.in_other_ways)),
        "changes": _given("fragility", _alone(fragility_slides.what_would_change)),
        "methods": _given("fragility", _alone(fragility_slides.other_methods)),
        "capitals": _given("capitals", _alone(capital_slides.five_capitals)),
        "futures": _given("futures", future_slides.in_futures),
        "uncertainty": _given("joint", _alone(future_slides.comes_from)),
        "packages": _given("packages", package_slides.good_packages),
        "evidence": _given("fragility", _alone(fragility_slides.to_collect)),
        "risks": ranking_slides.risks,
    }
)
"""The slides of the story in their order, by name."""

ANNEX: MappingProxyType[str, Maker] = MappingProxyType(
    {
        "red lines": _given("capitals", _alone(capital_slides.red_lines)),
        "phases": _given("packages", _alone(package_slides.in_phases)),
        "signposts": _given("futures", _alone(future_slides.to_watch)),
        "whole ranking": annex_slides.whole_ranking,
        "descriptions": annex_slides.descriptions,
        "scales": annex_slides.scales,
        "assumptions": annex_slides.assumptions,
        "findings": annex_slides.findings,
        "sources": annex_slides.sources,
        "provenance": annex_slides.provenance,
    }
)
"""The tables behind the story, by name."""

AUDIENCES = MappingProxyType({"us": "icd203", "uk": "phia"})
"""The yardstick each audience reads likelihood by."""


@guarded(ExportError)
def export_slides(
    study: Study,
    path: FilePath,
    *,
    template: FilePath | None = None,
    audience: str | None = None,
    size: str = "16:9",
    slides: str | Sequence[str] | None = None,
    top: int | str | Sequence[str] | None = None,
) -> Path:
    """Write a study as a .pptx of native, editable text, tables and charts.

    Parameters
    ----------
    study : Study
    path : str or Path
        Where to write; an earlier file stays whole until the new one is.
    template : str or Path, optional
        A .pptx or .potx whose layouts, fonts and colours are used instead of the
        house look; slides in it are left out.
    audience : str, optional
        ``us`` (ICD 203) or ``uk`` (PHIA): whose words for likelihood are used.
        The case's own yardstick when not given.
    size : str
        Of the house look: ``16:9`` (13.333 by 7.5 inches), ``10x5.625`` or
        ``4:3`` (10 by 7.5). A template brings its own.
    slides : sequence of str, optional
        Which slides, by name, in the order given: the names in `STORY` and
        `ANNEX`. All when not given; what the study has nothing on is left out.
    top : int or sequence of str, optional
        How many options from the top, or which ones by id, the slides that go
        through options show. As many as fit when not given. The annex keeps all.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ExportError
        When the file cannot be written there, the template lacks a placeholder,
        or an audience, a size, a slide or an option is not known.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> made = study(load_case("aukus_plus_two"), draws=2_000)
    >>> export_slides(made, folder.name + "/slides.pptx", slides=["answer", "ranking"], top=5).name
    'slides.pptx'
    >>> folder.cleanup()
    """
    names = _names(slides)
    chosen = _options(study, top)
    case = _for_audience(study.case, audience)
    _known("size", size, SIZES)
    if template is not None:
        check_template(template)
    deck = Deck(
        marking=case.about.marking,
        footer=tuple(f"{said} Illustrative.".strip() for said in (case_date(case), case_date(case, short=True), "")),
        presentation=blank_deck(size) if template is None else open_template(template),
    )
    annexed: dict[str, int] = {}
    for name in names:
        start = len(deck.presentation.slides)
        (STORY | ANNEX)[name](deck, study, case, chosen)
        if name in ANNEX and len(deck.presentation.slides) > start:
            annexed[name] = start
    if slides is None and annexed:  # only now is it known what the annex holds
        annex_slides.divider(deck, list(annexed))
        deck.move_last(min(annexed.values()))
    with replacing(Path(path)) as beside:
        deck.save(beside)
        stamp(beside, study)
    return Path(path)


@guarded(ExportError)
def check_choices(
    case: Case,
    *,
    template: FilePath | None = None,
    audience: str | None = None,
    size: str = "16:9",
    slides: str | Sequence[str] | None = None,
    top: int | str | Sequence[str] | None = None,
) -> None:
    """Refuse, before an analysis is run, what `export_slides` would refuse after it.

    Raises
    ------
    ExportError
        As `export_slides`.

    Examples
    --------
    >>> from aukus_mcda import load_case
    >>> check_choices(load_case("aukus_plus_two"), size="3:2")
    Traceback (most recent call last):
    ...
    aukus_mcda.errors.ExportError: No size is named '3:2'; there are 16:9, 4:3, 10x5.625.
    """
    _names(slides)
    _top(case, top)
    _for_audience(case, audience)
    _known("size", size, SIZES)
    if template is not None:
        check_template(template)


def _known(what: str, name: str, names: Mapping[str, object]) -> None:
    if name not in names:
        raise ExportError(f"No {what} is named {name!r}; there are {', '.join(names)}.")


def _names(slides: str | Sequence[str] | None) -> tuple[str, ...]:
    """Names of slides, each once; unknown ones are refused with a list of those there are."""
    if slides is None:
        return (*STORY, *ANNEX)
    given = tuple(dict.fromkeys(_several(slides)))
    unknown = [name for name in given if name not in STORY and name not in ANNEX]
    if unknown or not given:
        said = f"No slide is named {', '.join(map(repr, unknown))}" if unknown else "No slide was chosen"
        raise ExportError(f"{said}; there are {', '.join((*STORY, *ANNEX))}.")
    return given


def _options(study: Study, top: int | str | Sequence[str] | None) -> Chosen:
    """Ids of the options to be shown; None for as many as fit."""
    asked = _top(study.case, top)
    return tuple(study.ranking.ranked.index[:asked]) if isinstance(asked, int) else asked


def _top(case: Case, top: int | str | Sequence[str] | None) -> int | Chosen:
    """How many options from the top are asked for, or which."""
    if top is None:
        return None
    if isinstance(top, int | Integral):
        if int(top) < 1:
            raise ExportError(f"At least one option must be shown, not {top}.")
        return int(top)
    given = _several(top)
    unknown = [option for option in given if option not in case.options.index]
    if unknown or not given:
        said = f"No option has the id {', '.join(map(repr, unknown))}" if unknown else "No option was chosen"
        raise ExportError(f"{said}; there are {', '.join(map(str, case.options.index))}.")
    return given


def _several(given: str | Sequence[str]) -> tuple[str, ...]:
    """One name or several."""
    return (given,) if isinstance(given, str) else tuple(given)


def _for_audience(case: Case, audience: str | None) -> Case:
    """The case as an audience reads it: only the yardstick differs."""
    if audience is None:
        return case
    _known("audience", audience, AUDIENCES)
    return replace(case, about=replace(case.about, yardstick=AUDIENCES[audience]))
