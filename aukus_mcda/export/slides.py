# SPDX-License-Identifier: Apache-2.0
"""The story on slides: the answer, how sure it is, what would change it; and, when wanted, the tables behind it."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ExportError, listed, refuse
from ..guard import FilePath, PptxPath, guarded
from ..layout.deck import Deck
from ..layout.templates import SIZES, UnfitError, blank_deck, open_template
from ..story import ANNEX, EXHIBITS, STORY, audience_faults, exhibits, whose
from .stamps import write_stamped

if TYPE_CHECKING:
    from ..analysis import Study


@guarded(ExportError)
def export_slides(
    study: Study,
    path: PptxPath,
    *,
    template: FilePath | None = None,
    audience: str | None = None,
    size: str = "16:9",
    annex: bool = False,
    slides: str | Sequence[str] | None = None,
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
    annex : bool
        Add the tables behind the story.
    slides : str or sequence of str, optional
        Which exhibits, by name, in the order given; a wrong one is told with all there are. The
        story when not given; what the study has nothing on is left out.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    ExportError
        When the file cannot be written there, no slide can be made on the template,
        or an audience, a size or a slide is not known.

    Examples
    --------
    >>> import tempfile
    >>> from aukus_mcda import export_slides, load_case, study
    >>> folder = tempfile.TemporaryDirectory()
    >>> result = study(load_case("starter"), draws=2_000)
    >>> export_slides(result, folder.name + "/slides.pptx", slides=["recommendation", "ranking"]).name
    'slides.pptx'
    >>> folder.cleanup()
    """
    names = check_choices(template=template, audience=audience, size=size, annex=annex, slides=slides)
    about = study.case.about
    deck = _deck(template, size, about.marking, whose(study))
    for name, shown in exhibits(study, audience, names):
        if name == "cover":
            deck.cover(shown)
        else:
            deck.page(shown, annex=name not in STORY)
    return write_stamped(path, study, lambda beside: deck.save(beside, about.title, ", ".join(about.authors)))


@guarded(ExportError)
def check_choices(
    *,
    template: FilePath | None = None,
    audience: str | None = None,
    size: str = "16:9",
    annex: bool = False,
    slides: str | Sequence[str] | None = None,
) -> tuple[str, ...]:
    """Refuse, before an analysis is run, what `export_slides` would refuse after it.

    Returns
    -------
    tuple of str
        The names of the exhibits that are wanted, in their order.

    Raises
    ------
    ExportError
        As `export_slides`.

    Examples
    --------
    >>> check_choices(slides=["cover", "ranking"])
    ('cover', 'ranking')
    >>> check_choices(size="3:2")
    Traceback (most recent call last):
    ...
    aukus_mcda.errors.ExportError: No size is named '3:2'; there are 16:9, 4:3, 10x5.625.
    """
    asked = tuple(dict.fromkeys([slides] if isinstance(slides, str) else slides or ()))
    unknown = [name for name in asked if name not in EXHIBITS]
    faults = [] if size in SIZES else [f"No size is named {size!r}; there are {listed(SIZES)}."]
    if unknown or (slides is not None and not asked):
        fault = f"No slide is named {listed(map(repr, unknown))}" if unknown else "No slide was chosen"
        faults.append(f"{fault}; there are {listed(EXHIBITS)}.")
    faults += audience_faults(audience)
    if template is not None:
        try:
            _deck(template, size, "", "")
        except ExportError as error:
            faults.append(str(error))
    refuse(faults, ExportError)
    story = asked or tuple(STORY)
    return (*story, *(name for name in ANNEX if annex and name not in story))


def _deck(template: FilePath | None, size: str, marking: str, foot: str) -> Deck:
    """An empty deck; whatever is wrong with a template while it is read or tried out is refused by its name."""
    if template is None:
        return Deck(blank_deck(size), marking, foot)
    try:
        return Deck(open_template(template), marking, foot)
    except FileNotFoundError as error:
        raise ExportError(f"There is no template {template}. Give the path of a .pptx or .potx file.") from error
    except ExportError as error:
        raise ExportError(f"{template}: {error}") from error
    except Exception as error:  # whatever the readers of a zip, of XML and of a presentation trip over
        own = isinstance(error, UnfitError | zipfile.BadZipFile)
        told = error.strerror if isinstance(error, OSError) else error if own else "a part of it is missing or damaged"
        raise ExportError(
            f"{template} cannot be opened as a template ({told}). "
            "Save it in PowerPoint as .pptx or .potx, without a password."
        ) from error
