"""The story on slides: the answer, the options, the ranking, why, how sure, what would change it, and an annex."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from numbers import Integral
from pathlib import Path
from types import MappingProxyType

from ..analysis import Study
from ..case import Case, replacing
from ..errors import ExportError
from ..guard import FilePath, guarded
from ..story import ANNEX, STORY, case_date, divider, exhibit_named
from .deck import Deck, check_template
from .stamps import stamp
from .templates import SIZES, blank_deck, open_template

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
    names, chosen, case = _checked(study.case, template, audience, size, slides, top)
    deck = Deck(
        marking=case.about.marking,
        footer=tuple(f"{day} Illustrative.".strip() for day in (case_date(case), case_date(case, short=True), "")),
        presentation=blank_deck(size) if template is None else open_template(template),
        chosen=tuple(study.ranking.ranked.index[:chosen]) if isinstance(chosen, int) else chosen,
    )
    annexed: dict[str, int] = {}
    for name in names:
        exhibit = exhibit_named(name, study, case, deck)
        if exhibit is None:
            continue
        if name in ANNEX:
            annexed[name] = len(deck.presentation.slides)
        if name == "cover":
            deck.cover(exhibit)
        else:
            deck.page(exhibit)
    if slides is None and annexed:  # only now is it known what the annex holds
        deck.page(divider(list(annexed)))
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
    _checked(case, template, audience, size, slides, top)


def _checked(
    case: Case,
    template: FilePath | None,
    audience: str | None,
    size: str,
    slides: str | Sequence[str] | None,
    top: int | str | Sequence[str] | None,
) -> tuple[tuple[str, ...], int | tuple[str, ...] | None, Case]:
    """The names of the slides, how many options from the top or which ones, and the case as the audience reads it."""
    names = _several("slide", slides, (*STORY, *ANNEX)) if slides is not None else (*STORY, *ANNEX)
    if isinstance(top, int | Integral):
        if int(top) < 1:
            raise ExportError(f"At least one option must be shown, not {top}.")
        chosen: int | tuple[str, ...] | None = int(top)
    else:
        chosen = None if top is None else _several("option", top, tuple(case.options.index))
    if audience is not None:  # only the yardstick differs
        _known("audience", audience, AUDIENCES)
        case = replace(case, about=replace(case.about, yardstick=AUDIENCES[audience]))
    _known("size", size, SIZES)
    if template is not None:
        check_template(template)
    return names, chosen, case


def _known(what: str, name: str, names: Mapping[str, object]) -> None:
    if name not in names:
        raise ExportError(f"No {what} is named {name!r}; there are {', '.join(names)}.")


def _several(what: str, names: str | Sequence[str], known: Sequence[str]) -> tuple[str, ...]:
    """One name or several, each once; unknown ones are refused with a list of those there are."""
    asked = tuple(dict.fromkeys([names] if isinstance(names, str) else names))
    unknown = [name for name in asked if name not in known]
    if unknown or not asked:
        called = "has the id" if what == "option" else "is named"
        fault = f"No {what} {called} {', '.join(map(repr, unknown))}" if unknown else f"No {what} was chosen"
        raise ExportError(f"{fault}; there are {', '.join(map(str, known))}.")
    return asked
