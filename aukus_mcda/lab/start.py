"""Where an analyst begins: a new case to fill in, and JupyterLab with the notebooks."""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import socket
import tempfile
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pandas as pd

from ..case import ABOUT, TABLES, shipped
from ..errors import AukusMcdaError, ExportError

FIRST_NOTEBOOK = "00_start_here.ipynb"
LAB_CONFIG = Path(__file__).parent / "config"
"""Settings for JupyterLab: its question whether to fetch news is answered no."""
_SHIPPED_CASE = re.compile(r'^( *"where[^=]* = )\\"aukus_plus_two\\"', re.MULTILINE)


def new_case(folder: str | Path, *, workbook: bool = False) -> Path:
    """A case to fill in, with an invented example in every table, and notebooks that read it.

    Parameters
    ----------
    folder : str or Path
        Made by this; its name becomes the case's id.
    workbook : bool
        One ``case.xlsx`` with a sheet for each table instead of CSV files.

    Returns
    -------
    Path
        What `load_case` reads: the folder, or the workbook in it.

    Raises
    ------
    ExportError
        When the folder is there already and holds something, its name cannot be an id,
        or it cannot be written.
    """
    folder = Path(folder).resolve()
    if not ABOUT["id"].holds(folder.name):
        raise ExportError(f"{folder.name!r} cannot be a case's id: use letters, digits, - and _ for the folder's name.")
    with _made_whole(folder) as beside:
        example = shipped() / "data" / "starter"
        about = (example / "case.toml").read_text(encoding="utf-8").replace('"my_case"', json.dumps(folder.name))
        if workbook:
            _write_workbook(example, about, beside / "case.xlsx")
        else:
            shutil.copytree(example, beside, dirs_exist_ok=True)
            (beside / "case.toml").write_text(about, encoding="utf-8")
        _copy_notebooks(beside / "notebooks", where="../case.xlsx" if workbook else "..")
    return folder / "case.xlsx" if workbook else folder


def working_notebooks(folder: str | Path) -> Path:
    """The folder ``notebooks`` in a working folder, filled from the shipped ones unless it is there.

    Raises
    ------
    ExportError
        When it cannot be written.
    """
    notebooks = Path(folder).resolve() / "notebooks"
    if not (notebooks / FIRST_NOTEBOOK).is_file():
        with _made_whole(notebooks) as beside:
            _copy_notebooks(beside, where="aukus_plus_two")
    return notebooks


def open_lab(folder: str | Path, *, port: int = 8888, browser: bool = True) -> None:
    """JupyterLab at the first notebook, on this machine only, with a token, fetching nothing.

    Returns when it is shut down.

    Raises
    ------
    AukusMcdaError
        When JupyterLab is not installed.
    ExportError
        When the notebooks cannot be written.
    """
    try:
        from jupyterlab.labapp import LabApp
    except ImportError:
        raise AukusMcdaError('JupyterLab is not installed: pip install "aukus-mcda[lab]".') from None
    notebooks, port, token = working_notebooks(folder), free_port(port), secrets.token_hex(24)
    # Jupyter does not print a token it was given.
    print(f"JupyterLab: http://127.0.0.1:{port}/lab/tree/{notebooks.name}/{FIRST_NOTEBOOK}?token={token}", flush=True)
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(
        filter(None, (str(LAB_CONFIG), os.environ.get("JUPYTER_CONFIG_PATH", "")))
    )
    LabApp.launch_instance(lab_arguments(notebooks, port=port, token=token, browser=browser))


def free_port(first: int) -> int:
    """The first port from ``first`` on that nothing on this machine listens at.

    Raises
    ------
    AukusMcdaError
        When there is none among fifty.
    """
    for port in range(first, min(first + 50, 65_536)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AukusMcdaError(f"No port from {first} on is free. Name another with --port.")


def lab_arguments(notebooks: Path, *, port: int, token: str, browser: bool) -> list[str]:
    """What JupyterLab is started with. Arguments outrank whatever a configuration file says."""
    return [
        f"--ServerApp.root_dir={notebooks.parent}",
        f"--LabApp.default_url=/lab/tree/{notebooks.name}/{FIRST_NOTEBOOK}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.allow_remote_access=False",
        "--ServerApp.allow_root=True",  # in a container there is often nobody else
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={browser}",
        f"--IdentityProvider.token={token}",
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
    ]


@contextmanager
def _made_whole(folder: Path) -> Iterator[Path]:
    """A temporary folder beside ``folder`` that becomes it when the block ends well."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise ExportError(f"{folder} is there already and not empty. Nothing was changed; choose another name.")
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as room:
            beside = Path(room) / folder.name
            beside.mkdir()
            yield beside
            if folder.is_dir():
                folder.rmdir()
            beside.rename(folder)
    except OSError as error:
        raise ExportError(f"Cannot write {folder}: {error.strerror or error}. Choose another folder.") from error


def _copy_notebooks(folder: Path, where: str) -> None:
    folder.mkdir(exist_ok=True)
    for notebook in sorted((shipped() / "notebooks").glob("*.ipynb")):
        text = notebook.read_text(encoding="utf-8")
        pointed = _SHIPPED_CASE.sub(lambda line: f'{line[1]}\\"{where}\\"', text)
        (folder / notebook.name).write_text(pointed, encoding="utf-8")


def _write_workbook(example: Path, about: str, path: Path) -> None:
    """The example's files as sheets: what each column expects stands in a note on its heading."""
    settings = tomllib.loads(about)
    settings["authors"] = ";".join(settings["authors"])
    case = pd.DataFrame(settings.items(), columns=["key", "value"])
    sheets = {"case": case.assign(**{"what is expected": [ABOUT[key].expected for key in settings]})}
    for name in TABLES:
        folder = example / "seeds" if name in ("sources", "evidence") else example
        sheets[name] = pd.read_csv(folder / f"{name}.csv").convert_dtypes()
    with pd.ExcelWriter(path, engine="openpyxl") as book:
        for name, table in sheets.items():
            table.to_excel(book, sheet_name=name, index=False, freeze_panes=(1, 0))
            _lay_out(book.sheets[name], {column: rule.expected for column, rule in TABLES.get(name, {}).items()})


def _lay_out(sheet: Any, notes: dict[str, str]) -> None:
    from openpyxl.comments import Comment
    from openpyxl.styles import Alignment, Font, PatternFill

    for head, *cells in sheet.iter_cols():
        head.font, head.fill = Font(bold=True), PatternFill("solid", fgColor="DDE5EE")
        if head.value in notes:
            head.comment = Comment(f"Expected: {notes[head.value]}.", "aukus-mcda", width=260, height=80)
        longest = max(len(str(cell.value or "")) for cell in (head, *cells))
        sheet.column_dimensions[head.column_letter].width = min(max(longest, 9), 48) + 2
        for cell in cells:
            cell.alignment = Alignment(wrap_text=True, vertical="top")
