# SPDX-License-Identifier: Apache-2.0
"""What the README tells somebody to type does what it says there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def made(command: str, folder: Path) -> subprocess.Popen[str]:
    """A command of make started elsewhere, with what it would install taken as there."""
    there = [f"VENV={sys.prefix}", "-o", f"{sys.prefix}/.ready", "-f", ROOT / "Makefile"]
    home = {"HOME": str(folder), "JUPYTER_PLATFORM_DIRS": "1", "PYTHONPATH": str(ROOT), "BROWSER": "true"}
    target = command.removeprefix("make ")
    return subprocess.Popen(
        ["make", *there, target], cwd=folder, env=os.environ | home, stdout=subprocess.PIPE, text=True, process_group=0
    )


def brief(command: str, folder: Path) -> None:
    with made(command, folder) as run:
        assert "Maritime picture" in run.stdout.read()
    assert run.returncode == 0
    written = {path.name for path in (folder / "out" / "aukus_plus_two").iterdir()}
    assert {"slides.pptx", "workbook.xlsx", "one_page.docx"} <= written


def lab(command: str, folder: Path) -> None:
    server = made(command, folder)
    try:
        assert any(line.startswith("JupyterLab: http://127.0.0.1") for line in server.stdout)
        assert '"outputs": [\n' in (folder / "aukus-mcda" / "notebooks" / "00_start_here.ipynb").read_text("utf-8")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)
        server.stdout.close()


RUNS: dict[str, Callable[[str, Path], None]] = {"make brief": brief, "make lab": lab}


def test_every_command_of_the_readme_is_run_here() -> None:
    assert set(COMMANDS) == set(RUNS)
    assert len(README.splitlines()) < 120


@pytest.mark.parametrize("command", RUNS)
def test_a_command_of_the_readme_does_what_it_says(command: str, tmp_path: Path) -> None:
    RUNS[command](command, tmp_path)


def test_the_pictures_of_the_readme_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 2 and all((ROOT / path).stat().st_size < 1_000_000 for path in pictures)
