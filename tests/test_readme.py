# SPDX-License-Identifier: Apache-2.0
"""What the README tells somebody to type does what it says there."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from pathlib import Path

from conftest import MAKE, ROOT

README = (ROOT / "README.md").read_text("utf-8")
COMMANDS = [
    line.partition("#")[0].strip()
    for block in re.findall(r"^```sh\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
    for line in block.splitlines()
]


def test_every_command_of_the_readme_is_run_here() -> None:
    assert set(COMMANDS) == {"make brief", "make lab"}
    assert len(README.splitlines()) < 120


def test_make_brief_does_what_the_readme_says(briefed: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, done = briefed
    assert "Maritime picture" in done.stdout
    assert {"slides.pptx", "workbook.xlsx", "one_page.docx"} <= {path.name for path in folder.iterdir()}


def test_make_lab_does_what_the_readme_says(tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path), "JUPYTER_PLATFORM_DIRS": "1", "PYTHONPATH": str(ROOT), "BROWSER": "true"}
    server = subprocess.Popen(
        [*MAKE, "lab"], cwd=tmp_path, env=os.environ | home, stdout=subprocess.PIPE, text=True, process_group=0
    )
    try:
        assert any(line.startswith("JupyterLab: http://127.0.0.1") for line in server.stdout)
        assert '"outputs": [\n' in (tmp_path / "aukus-mcda" / "notebooks" / "00_start_here.ipynb").read_text("utf-8")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(60)
        server.stdout.close()


def test_the_pictures_of_the_readme_are_there_and_small() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", README)
    assert len(pictures) == 2 and all((ROOT / path).stat().st_size < 1_000_000 for path in pictures)
