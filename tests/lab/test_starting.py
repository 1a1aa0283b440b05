# SPDX-License-Identifier: Apache-2.0
"""A new case reads without faults and points its notebooks at itself; JupyterLab starts closed to others."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pandas as pd
import pytest

from aukus_mcda import ExportError, load_case, rank, read_table
from aukus_mcda.case import folder_name
from aukus_mcda.errors import AukusMcdaError
from aukus_mcda.lab import start
from aukus_mcda.lab.start import FIRST_NOTEBOOK, free_port, lab_arguments, new_case, working_notebooks

SHIPPED = sorted((Path(__file__).parent.parent.parent / "notebooks").glob("*.ipynb"))


@pytest.fixture(params=[False, True], ids=["folder", "workbook"])
def made(request, tmp_path):
    return new_case(tmp_path / "sea_lanes", workbook=request.param)


def test_a_new_case_has_its_folders_name_an_example_in_every_table_and_no_faults(made):
    case = load_case(made)
    assert case.about.id == "sea_lanes" and case.about.marking == "EXAMPLE"
    tables = (case.options, case.criteria, case.scores, case.screens, case.scenarios, case.assumptions)
    assert all(len(table) for table in (*tables, case.redlines, case.synergies, case.evidence, case.sources))
    assert len(case.profiles) == 2 and rank(case, "baseline").ranked["score"].is_unique


def test_folder_and_workbook_are_the_same_case(tmp_path):
    folder = load_case(new_case(tmp_path / "a" / "same"))
    workbook = load_case(new_case(tmp_path / "b" / "same", workbook=True))
    assert folder.digest == workbook.digest


def test_every_notebook_of_a_new_case_reads_that_case(made):
    root = made if made.is_dir() else made.parent
    notebooks = sorted((root / "notebooks").glob("*.ipynb"))
    assert [each.name for each in notebooks] == [each.name for each in SHIPPED]
    for notebook in notebooks:
        code = "\n".join("".join(cell["source"]) for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"])
        places = re.findall(r'^ *(?:where|table)[^=]* = "([^"]+)"', code, re.MULTILINE)
        table = notebook.parent / "sites.csv"
        assert [(notebook.parent / place).resolve() for place in places] == [table if "10_" in notebook.name else made]
        assert '"aukus_plus_two"' not in code and table.is_file()


def test_what_is_there_is_never_overwritten(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("keep")
    with pytest.raises(ExportError, match=r"not empty\. Nothing was changed"):
        new_case(tmp_path / "mine")
    assert [each.name for each in tmp_path.rglob("*")] == ["mine", "notes.txt"]
    (tmp_path / "empty").mkdir()
    assert load_case(new_case(tmp_path / "empty")).about.id == "empty"


@pytest.mark.parametrize("place", ["ferry", "cases/ferry"])
@pytest.mark.parametrize("workbook", [False, True])
def test_a_new_case_beneath_the_register_of_another_has_none_of_it(tmp_path, place, workbook):
    shutil.copytree(SHIPPED[0].parent.parent / "seeds", tmp_path / "seeds")
    table = read_table(pd.DataFrame({"Cost": [1, 2]}, index=["Quay", "Pier"]))
    case = load_case(new_case(tmp_path / place, workbook=workbook, case=table))
    elsewhere = load_case(new_case(tmp_path / "far" / "from" / "it" / "ferry", case=table))
    assert case.register.empty and case.digest == elsewhere.digest


@pytest.mark.parametrize("name", ["a:b", "a;b", ".hidden"])
def test_a_name_that_cannot_be_an_id_is_refused(tmp_path, name):
    with pytest.raises(ExportError, match="cannot be a case's id"):
        new_case(tmp_path / name)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["book.xlsx", "Book.XLSX", "case.xml", "sites.csv"])
@pytest.mark.parametrize("workbook", [False, True])
def test_a_folder_that_would_pass_for_a_file_is_refused(tmp_path, name, workbook):
    with pytest.raises(ExportError, match=r"Name it without \.(?i:xlsx|xml|csv)"):
        new_case(tmp_path / name, workbook=workbook)
    assert not list(tmp_path.iterdir())


def test_working_notebooks_are_copied_once_and_then_left_alone_whatever_somebody_put_there(tmp_path):
    first = working_notebooks(tmp_path) / FIRST_NOTEBOOK
    assert first.read_text(encoding="utf-8") == SHIPPED[0].read_text(encoding="utf-8")
    others = ("[1]", "7", '{"cells": null}', '{"cells": [1]}', '{"cells": [{"source": 1}]}')
    for text in ("mine", *others, '{"metadata": null}', '{"metadata": {"aukus_mcda": 1}}'):
        first.write_text(text, encoding="utf-8")
        assert working_notebooks(tmp_path) == first.parent and first.read_text(encoding="utf-8") == text
        assert start.prepare(first) == "yours, left as it is"


def test_the_shipped_notebooks_themselves_are_never_served(tmp_path):
    with pytest.raises(ExportError, match="copied from"):
        working_notebooks(SHIPPED[0].parent.parent)
    notebooks = working_notebooks(tmp_path)
    assert [path.name for path in notebooks.iterdir() if path.suffix != ".ipynb"] == ["sites.csv"]


def test_the_table_beside_the_notebooks_is_the_analysts_own(tmp_path):
    table = working_notebooks(tmp_path) / "sites.csv"
    tour = json.loads((table.parent / SHIPPED[-1].name).read_text(encoding="utf-8"))
    before = start._inputs_of(tour, table.parent)
    table.write_text(table.read_text(encoding="utf-8").replace("?", "130"), encoding="utf-8")
    changed = table.read_bytes()
    assert start._inputs_of(tour, table.parent) != before
    working_notebooks(tmp_path)
    assert table.read_bytes() == changed
    table.unlink()
    assert b"?" in (working_notebooks(tmp_path) / "sites.csv").read_bytes()


def test_an_untouched_notebook_of_an_earlier_version_gives_way_to_the_present_one(tmp_path):
    made = new_case(tmp_path / "sea") / "notebooks" / SHIPPED[3].name
    new = made.read_text(encoding="utf-8")
    old = json.loads(new)
    old["cells"][0]["source"] = ["# As it was"]
    mine = json.dumps(old)
    old["metadata"]["aukus_mcda"] = {"laid": start._digest(old)}
    for text, expected in ((mine, mine), (json.dumps(old), new)):
        made.write_text(text, encoding="utf-8")
        working_notebooks(tmp_path / "sea")
        assert made.read_text(encoding="utf-8") == expected


def test_arguments_keep_jupyterlab_on_this_machine_and_silent(tmp_path):
    said = lab_arguments(tmp_path / "notebooks", port=8888, token="secret", browser=True)
    for needed in (
        "--ServerApp.ip=127.0.0.1", "--IdentityProvider.token=secret", "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.extension_manager=readonly",
    ):  # fmt: skip
        assert needed in said


def test_the_tabs_of_one_folder_are_not_restored_in_another(tmp_path, monkeypatch):
    monkeypatch.setenv("JUPYTERLAB_WORKSPACES_DIR", str(tmp_path / "tabs"))
    folders = [tmp_path / name / "notebooks" for name in ("a", "a/b", "a_b", "\N{HANGUL SYLLABLE HAN}")]
    kept = [each for folder in folders for each in lab_arguments(folder, port=1, token="", browser=False)
            if each.startswith(f"--LabApp.workspaces_dir={tmp_path / 'tabs'}{os.sep}")]  # fmt: skip
    assert len({*kept}) == len(folders)
    assert kept[0] in lab_arguments(tmp_path / "a" / ".." / "a" / "notebooks", port=2, token="x", browser=True)


def test_a_taken_port_is_passed_over():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert port < free_port(port) < port + 50
    with pytest.raises(AukusMcdaError, match="--port"):
        free_port(70_000)


def test_jupyterlab_opens_at_the_first_notebook_and_wants_its_token(prepared, tmp_path):
    shutil.copytree(prepared, tmp_path / "work" / "notebooks")  # what it does in an empty folder, the README's test has
    # A configuration file that opens the server to everyone must not be obeyed.
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "jupyter_server_config.py").write_text("c.IdentityProvider.token = ''\nc.ServerApp.ip = '*'")
    home = {"HOME": str(tmp_path), "JUPYTER_CONFIG_DIR": str(tmp_path / "config"), "JUPYTER_PLATFORM_DIRS": "1"}
    command = [sys.executable, "-m", "aukus_mcda.cli", "lab", str(tmp_path / "work"), "--no-browser"]
    with (tmp_path / "log").open("w") as log:
        lab = subprocess.Popen(command, env=os.environ | home, stdout=subprocess.PIPE, stderr=log, text=True)
    try:
        said = next(line for line in lab.stdout if line.startswith("JupyterLab: "))
        address, token = re.match(r"JupyterLab: (http://127\.0\.0\.1:\d+)/lab/tree/\S+\?token=(\w{48})$", said).groups()
        assert status(f"{address}/api/contents/notebooks/{FIRST_NOTEBOOK}?token={token}") == 200
        assert status(f"{address}/api/contents/notebooks/{FIRST_NOTEBOOK}") == 403
        tabs = b'{"data": {}, "metadata": {"id": "default"}}'
        written = urllib.request.Request(f"{address}/lab/api/workspaces/default?token={token}", tabs, method="PUT")
        urllib.request.urlopen(written, timeout=10).close()
        (kept,) = (tmp_path / "config").rglob("*.jupyterlab-workspace")
        assert kept.parent.name.endswith(folder_name(str(tmp_path / "work" / "notebooks")))
        assert not [*(tmp_path / "work").rglob("*.jupyterlab-workspace")]
    finally:
        lab.send_signal(signal.SIGTERM)
        lab.wait(20)
        lab.stdout.close()


def status(address: str) -> int:
    """The status of an answer; the server is given a while to come up."""
    for _ in range(150):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            error.close()
            return error.code
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"nothing answers at {address}")
