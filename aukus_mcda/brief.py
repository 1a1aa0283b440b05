"""The brief: a study written to a folder, with a manifest of what it was made from."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any

from .files import replacing
from .one_page import export_one_page
from .repacking import moment
from .slides import export_slides
from .study import Study
from .tables import contributions_export, ranking_export
from .workbook import export_workbook

FILES = ("ranking.csv", "contributions.csv", "slides.pptx", "workbook.xlsx", "one_page.docx", "manifest.json")

Progress = Callable[[str], None]


def write_brief(
    study: Study, folder: str | Path, *, inputs: Mapping[str, Path] = MappingProxyType({}), command: Sequence[str] = (),
    progress: Progress = lambda step: None, slides: Mapping[str, Any] = MappingProxyType({}),
) -> Path:  # fmt: skip
    """Write the ranking and contributions, slides, workbook, one-page brief and a manifest to a folder.

    Parameters
    ----------
    study : Study
    folder : str or Path
        Made when it is not there; files of the same names are replaced whole.
    inputs : mapping of str to Path
        The files the case was read from; their digests go into the manifest.
    command : sequence of str
        What was typed, for the manifest.
    progress : callable, optional
        Told what is being written.
    slides : mapping, optional
        Further arguments of `export_slides`: template, audience, size, slides, top.

    Raises
    ------
    ExportError
        When a file cannot be written.
    """
    folder = Path(folder)
    for name, table in (
        ("ranking.csv", ranking_export(study.ranking)),
        ("contributions.csv", contributions_export(study.ranking)),
    ):
        progress(f"Writing {name}")
        with replacing(folder / name) as beside:
            table.to_csv(beside, index=False, lineterminator="\n")
    for name, export in (
        ("slides.pptx", lambda study, path: export_slides(study, path, **slides)),
        ("workbook.xlsx", export_workbook),
        ("one_page.docx", export_one_page),
    ):
        progress(f"Writing {name}")
        export(study, folder / name)
    progress("Writing manifest.json")
    # A clock reading, unless a moment is prescribed: a build that must be repeatable sets it.
    made = moment(None) if os.environ.get("SOURCE_DATE_EPOCH") else dt.datetime.now(dt.UTC)
    manifest = {
        "command": list(command),
        "made": made.isoformat(timespec="seconds"),
        "seed": study.seed,
        "provenance": study.provenance,
        "inputs": {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in inputs.items()},
    }
    with replacing(folder / "manifest.json") as beside:
        beside.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    return folder
