# SPDX-License-Identifier: Apache-2.0
"""Where an analyst begins: a new case to fill in, and JupyterLab with the notebooks."""

from __future__ import annotations

import ast
import asyncio
import hashlib
import importlib
import json
import os
import re
import secrets
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..case import ABOUT, Case, folder_name, input_files, load_case, made_whole, shipped, write_whole
from ..case.writing import OTHER_FORMATS, write_case
from ..errors import AukusMcdaError, ExportError

FIRST_NOTEBOOK = "00_start_here.ipynb"
AT_ONCE = 2
"""Notebooks that are prepared side by side: more bring little."""
KEPT_IN = "aukus_mcda"
"""Where a notebook's metadata says which text was put there, and what its answers were made from."""
LAB_CONFIG = Path(__file__).parent / "config"
"""Settings for JupyterLab: its question whether to fetch news is answered no; widgets are saved with their notebook."""
LAB_EXTENSIONS = Path(__file__).parent / "extensions"
"""What has a notebook run that opens with answers made beforehand."""
TABLE = "sites.csv"
"""The table that the notebook on one's own case reads; it lies beside it."""
_SHIPPED_CASE = re.compile(r'^( *"where[^=]* = )\\"aukus_plus_two\\"', re.MULTILINE)


def new_case(folder: str | Path, *, workbook: bool = False, case: Case | None = None) -> Path:
    """A case to fill in, with an invented example in every table, and notebooks that read it.

    Parameters
    ----------
    folder : str or Path
        Made by this; its name becomes the case's id.
    workbook : bool
        One ``case.xlsx`` with a sheet for each table instead of CSV files.
    case : Case, optional
        To begin with in the place of the example.

    Returns
    -------
    Path
        What `load_case` reads: the folder, or the workbook in it.

    Raises
    ------
    ExportError
        When the folder is there already and holds something, its name cannot be an id or ends as a file's,
        or it cannot be written.
    """
    folder = Path(folder).resolve()
    if not ABOUT["id"].holds(folder.name):
        raise ExportError(f"{folder.name!r} cannot be a case's id: use letters, digits, - and _ for the folder's name.")
    if folder.suffix.lower() in (".xlsx", ".xml", *OTHER_FORMATS):
        raise ExportError(f"{folder.name} would be a folder, with notebooks in it. Name it without {folder.suffix}.")
    with made_whole(folder) as beside:
        example = shipped() / "data" / "starter"
        if workbook or case:
            whole = case or load_case(example)
            named = replace(whole, about=replace(whole.about, id=folder.name))
            write_case(named, beside / "case.xlsx" if workbook else beside, "4.0", at_last=folder)
        else:
            shutil.copytree(example, beside, dirs_exist_ok=True)
            about = (example / "case.toml").read_text(encoding="utf-8").replace('"my_case"', json.dumps(folder.name))
            (beside / "case.toml").write_text(about, encoding="utf-8")
        _lay(beside / "notebooks", where="../case.xlsx" if workbook else "..")
    return folder / "case.xlsx" if workbook else folder


def working_notebooks(folder: str | Path) -> Path:
    """The folder ``notebooks`` in a working folder, filled from the shipped ones unless it is there.

    Notebooks of an earlier version that nobody changed give way to the present ones; changed ones stay.

    Raises
    ------
    ExportError
        When it cannot be written, or holds the notebooks that all others are copied from.
    """
    notebooks = Path(folder).resolve() / "notebooks"
    if notebooks == (shipped() / "notebooks").resolve():
        raise ExportError(f"{notebooks} holds the notebooks that others are copied from. Choose another folder.")
    _lay(notebooks, where="aukus_plus_two")
    return notebooks


def prepare(notebook: Path) -> str:
    """Run a notebook where it lies, so that it opens with its answers, trusted; what was done, in a few words.

    One that somebody changed is left alone, and so is one whose case, judgements, weights and program are as they
    were when it was last run.
    """
    import nbformat
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError
    from nbformat.sign import NotebookNotary

    before = notebook.read_bytes()
    parts = _parts(notebook)
    mark, laid = parts.get("metadata", {}).get(KEPT_IN, {}), _digest(parts)
    untouched = _pointed(_shipped_notebooks().get(notebook.name, "{}"), _case_named_in(parts))
    if laid not in (mark.get("laid"), _digest(json.loads(untouched))):
        return "yours, left as it is"
    inputs = _inputs_of(parts, notebook.parent)
    if mark.get("ran") == inputs:
        return "up to date"
    began, book, fault = time.monotonic(), nbformat.reads(before.decode("utf-8"), as_version=4), ""
    how = {"timeout": None, "kernel_name": "python3", "store_widget_state": True, "shutdown_kernel": "immediate"}
    client = NotebookClient(book, resources={"metadata": {"path": str(notebook.parent)}}, **how)
    try:
        # A loop of its own, closed afterwards: the one that nbclient makes in a thread stays open.
        asyncio.run(client.async_execute(stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL))
    except CellExecutionError as error:  # the notebook itself says what is wrong
        fault = f"stopped: {error.ename}"
    if notebook.read_bytes() != before:
        return "yours by now, left as it is"
    book.metadata[KEPT_IN] = {"laid": laid, "ran": "" if fault else inputs}
    text = nbformat.writes(book)
    notary = NotebookNotary()
    notary.sign(nbformat.reads(text, as_version=4))
    notary.store.close()
    write_whole(notebook, text)
    return fault or f"ready after {time.monotonic() - began:.0f} s"


def prepare_all(notebooks: Iterator[Path]) -> None:
    """Prepare one notebook after the other, and say so on the terminal; several threads may share them."""
    for notebook in notebooks:
        try:
            outcome = prepare(notebook)
        except Exception as error:  # JupyterLab opens all the same, and there the notebook can be run
            outcome = f"not prepared ({type(error).__name__}: {error})"
        print(f"  {notebook.stem}: {outcome}\n", end="", flush=True)  # in one go, or two threads' lines may mingle


def open_lab(folder: str | Path, *, port: int = 8888, browser: bool = True) -> None:
    """JupyterLab at the first notebook, on this machine only, with a token, fetching nothing.

    The first notebook is run before it opens and the others behind it, two at a time. Returns when it is shut down.

    Raises
    ------
    ExportError
        When the notebooks cannot be written.
    """
    port, notebooks, token = free_port(port), working_notebooks(folder), secrets.token_hex(24)
    print(f"Preparing the notebooks in {notebooks}", flush=True)
    first, *others = (notebooks / name for name in _shipped_notebooks())
    for shared in ("nbclient", "nbformat.sign"):  # loaded by two threads at once, their parts would meet half made
        importlib.import_module(shared)
    beginning = threading.Thread(target=prepare_all, args=(iter([first]),))
    beginning.start()
    from jupyterlab.labapp import LabApp  # takes seconds, in which the first notebook is run

    beginning.join()
    # Jupyter does not print a token it was given; said before threads write between the words.
    print(f"JupyterLab: http://127.0.0.1:{port}/lab/tree/{notebooks.name}/{FIRST_NOTEBOOK}?token={token}", flush=True)
    waiting = iter(others)
    for _ in range(AT_ONCE):
        # A thread that ends with the program: closing JupyterLab does not wait for what nobody will read.
        threading.Thread(target=prepare_all, args=(waiting,), daemon=True).start()
    paths = str(LAB_CONFIG), os.environ.get("JUPYTER_CONFIG_PATH", "")
    os.environ["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, paths))
    LabApp.launch_instance(lab_arguments(notebooks, port=port, token=token, browser=browser))


def free_port(first: int) -> int:
    """The first port from ``first`` on that nothing on this machine listens at.

    Raises
    ------
    AukusMcdaError
        When there is none among fifty, or no port has this number.
    """
    if not 1 <= first <= 65_535:
        raise AukusMcdaError(f"A port is a number from 1 to 65535, not {first}. Name another with --port.")
    for port in range(first, min(first + 50, 65_536)):
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AukusMcdaError(f"No port from {first} on is free. Name another with --port.")


def lab_arguments(notebooks: Path, *, port: int, token: str, browser: bool) -> list[str]:
    """What JupyterLab is started with, root too: in a container there is often nobody else.

    Arguments outrank whatever a configuration file says. Each folder has a workspace of its own: in one of another
    folder the same paths would be other notebooks.
    """
    from jupyterlab.commands import get_workspaces_dir

    workspaces = Path(get_workspaces_dir()) / folder_name(str(notebooks.resolve()))
    return [
        f"--ServerApp.root_dir={notebooks.parent}",
        f"--LabApp.workspaces_dir={workspaces}",
        f"--LabApp.default_url=/lab/tree/{notebooks.name}/{FIRST_NOTEBOOK}",
        f"--ServerApp.port={port}",
        f"--ServerApp.open_browser={browser}",
        f"--IdentityProvider.token={token}",
        f"--LabApp.extra_labextensions_path={LAB_EXTENSIONS}",
        *(Path(__file__).parent / "lab_arguments.txt").read_text(encoding="utf-8").split(),
    ]


def _lay(notebooks: Path, where: str) -> None:
    """The shipped notebooks where they are missing, or old and untouched; about the first's case, else ``where``."""
    everywhere = _case_named_in(_parts(notebooks / FIRST_NOTEBOOK)) or where
    for name, shipped_text in _shipped_notebooks().items():
        path, parts = notebooks / name, _parts(notebooks / name)
        text = _pointed(shipped_text, _case_named_in(parts) or everywhere)
        laid = parts.get("metadata", {}).get(KEPT_IN, {}).get("laid")
        if not path.exists() or (laid == _digest(parts) != _digest(json.loads(text))):
            write_whole(path, text)
    if not (notebooks / TABLE).exists():
        shutil.copy(shipped() / "notebooks" / TABLE, notebooks)


def _shipped_notebooks() -> dict[str, str]:
    """The text of each shipped notebook by its name."""
    return {path.name: path.read_text(encoding="utf-8") for path in sorted((shipped() / "notebooks").glob("*.ipynb"))}


def _pointed(text: str, where: str) -> str:
    """A shipped notebook's text, with the case it reads in the place of the shipped one."""
    literal = json.dumps(json.dumps(where))[1:-1]  # a text of Python's within a text of JSON's
    return _SHIPPED_CASE.sub(lambda line: line[1] + literal, text)


def _parts(notebook: Path) -> dict[str, Any]:
    """What a notebook holds; nothing where it is missing or somebody put something else in its place."""
    try:
        parts: dict[str, Any] = json.loads(notebook.read_text(encoding="utf-8"))
        _digest(parts), parts.get("metadata", {}).get(KEPT_IN, {}).get("laid")
    except (OSError, ValueError, TypeError, KeyError, AttributeError):  # other JSON than a notebook's
        return {}
    return parts


def _digest(parts: dict[str, Any]) -> str:
    """Of the texts and the code of a notebook, without outputs."""
    cells = [[cell["cell_type"], "".join(cell["source"])] for cell in parts.get("cells", ())]
    return hashlib.sha256(json.dumps(cells).encode()).hexdigest()


def _case_named_in(parts: dict[str, Any]) -> str:
    """The case that a notebook reads; blank where it does not say."""
    code = "\n".join("".join(cell["source"]) for cell in parts.get("cells", ()))
    named = re.search(r"""^where = (r?(["']).*?\2)""", code, re.MULTILINE)
    try:
        return str(ast.literal_eval(named[1])) if named else ""
    except (SyntaxError, ValueError):
        return ""


def _inputs_of(parts: dict[str, Any], folder: Path) -> str:
    """Of all that a notebook's answers are made from: itself, the case, what is kept beside it, and this program."""
    case = folder / _case_named_in(parts)
    files = [*folder.glob("*.csv"), *(folder / "work").rglob("*.json"), *(folder / "work").rglob("*.csv")]
    with suppress(AukusMcdaError):
        files += input_files(case if case.exists() else case.name).values()
    whole = hashlib.sha256(_digest(parts).encode())
    # What lies beside the notebook counts by its name there: a folder that was moved or copied is up to date.
    for name, path in sorted((str(path).removeprefix(f"{folder}{os.sep}"), path) for path in files):
        whole.update(f"{name}\0".encode() + path.read_bytes())
    for path in sorted(Path(__file__).parent.parent.rglob("*.*")):
        if path.suffix != ".pyc":
            whole.update(f"{path}\0{path.stat().st_mtime_ns}".encode())
    return whole.hexdigest()
