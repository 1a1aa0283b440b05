# SPDX-License-Identifier: Apache-2.0
"""The brief: a study written to a folder, with a manifest of what it was made from."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ..case import Case, clock, replacing, write_whole
from ..errors import WeightsError
from ..guard import first_bytes
from .stamps import as_exported, beside_edited

if TYPE_CHECKING:
    from ..analysis import Progress, Study

FILES = ("ranking.csv", "contributions.csv", "slides.pptx", "workbook.xlsx", "one_page.docx", "manifest.json")

_FORMULA = re.compile(r"\s*[=+@-]|[\t\r\n]")
"""How a text begins that a spreadsheet would run; full-width signs are made plain ones first."""


def write_brief(
    study: Study,
    folder: str | Path,
    *,
    inputs: Mapping[str, Path] = MappingProxyType({}),
    command: Sequence[str] = (),
    progress: Progress = lambda step: None,
    slides: Mapping[str, Any] = MappingProxyType({}),
) -> list[Path]:
    """Write the ranking and contributions, slides, workbook, one-page brief and a manifest to a folder.

    Parameters
    ----------
    study : Study
    folder : str or Path
        Created when it is not there; files of the same names are replaced whole. Slides, a workbook or a page that
        somebody edited stay as they are, and the new one gets another name: ``slides-2.pptx``.
    inputs : mapping of str to Path
        The files the case was read from; their digests go into the manifest.
    command : sequence of str
        What was typed, for the manifest.
    progress : callable, optional
        Told what is being written.
    slides : mapping, optional
        Further arguments of `export_slides`; the audience is that of all files.

    Returns
    -------
    list of Path
        The files written, in the order of `FILES`.

    Raises
    ------
    ExportError
        When a file cannot be written.
    WeightsError
        As `require_same_anchors`.
    """
    folder = Path(folder)
    now = clock()
    require_same_anchors(study.case, folder)
    ranks, parts = study.ranking.table, study.ranking.contributions.assign(score=study.ranking.table["score"])
    columns = ["option", "name", "score", "rank", "screened", "reason"]
    for name, table in (("ranking.csv", ranks.reset_index()[columns]), ("contributions.csv", parts.reset_index())):
        progress(f"Writing {name}")
        with replacing(folder / name) as beside:
            # Excel takes a file for UTF-8 only when it begins with a byte-order mark.
            table = table.map(_plain_text).rename(columns=_plain_text)
            table.to_csv(beside, index=False, lineterminator="\n", encoding="utf-8-sig")
    same, ours, written = {"audience": slides.get("audience")}, partial(as_exported, case=study.case), list[Path]()
    for name, choices in {"slides.pptx": slides, "workbook.xlsx": same, "one_page.docx": same}.items():
        progress(f"Writing {name}")
        written.append(study.export(beside_edited(folder / name, ours), **choices))
    progress("Writing manifest.json")
    manifest = {
        "command": list(command),
        "made": now.isoformat(timespec="seconds"),
        "seed": study.seed,
        "provenance": study.provenance,
        "judged_for": _judged_for(study.case),
        "inputs": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in inputs.items()},
    }
    write_whole(folder / "manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False) + "\n")
    return [*(folder / name for name in FILES[:2]), *written, folder / FILES[-1]]


def require_same_anchors(case: Case, folder: Path) -> None:
    """Raise when a case that does not record what its weights were judged for has other anchors than at the last run.

    Parameters
    ----------
    case : Case
    folder : Path
        Where the last results are, if there are any.

    Raises
    ------
    WeightsError
        When anchors of a scale have changed since, and its swing points in some profile have not.
    """
    if case.about.weights_judged_for:
        return
    try:
        last = dict(json.loads(first_bytes(folder / "manifest.json"))["judged_for"])
    except (OSError, ValueError, TypeError, KeyError, RecursionError):  # no last run, or none that says
        return
    now = _judged_for(case)
    changed = dict.fromkeys(row.split("; ")[1] for row, anchors in now.items() if last.get(row, anchors) != anchors)
    if changed:
        raise WeightsError(
            f"The weights were judged for other anchors of {', '.join(changed)}: those have changed since the results "
            f"in {folder} were made, and the swing points have not. Put the anchors back; or judge the swings again, "
            "then run aukus-mcda affirm on the case."
        )


def _judged_for(case: Case) -> dict[str, str]:
    """Each profile's swing points for each leaf, and a digest of the anchors they were used with."""
    points = case.points[case.points.index.isin(case.leaves, level="criterion")]
    return {
        f"{profile}; {leaf}; {row.low!r} to {row.high!r}, likely {row.likely!r}": case.scale_digests[leaf]
        for (profile, leaf), row in points.iterrows()
    }


def _plain_text(cell: object) -> object:
    """With an apostrophe before a text that a spreadsheet would run; numbers stay numbers."""
    runs = isinstance(cell, str) and _FORMULA.match(unicodedata.normalize("NFKC", cell))
    return f"'{cell}" if runs else cell
