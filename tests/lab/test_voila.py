# SPDX-License-Identifier: Apache-2.0
"""The notebooks as pages without code, served by Voila: alive, and without a cell to be seen."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from lab import LOOPBACK, PATIENCE, ROOT, chromium

ICONS = "cdn.jsdelivr.net"
"""Where Voila's own page looks for its icons; it lacks them without a network, and no more than them."""


def served(folder: Path, notebook: str, port: int) -> subprocess.Popen[bytes]:
    settings = {
        name: str(folder.parent / name.lower())
        for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")
    }
    command = [sys.executable, "-m", "voila", notebook, "--no-browser", f"--port={port}", "--Voila.ip=127.0.0.1"]
    with (folder.parent / "voila.log").open("wb") as log:
        path = os.environ | settings | {"PYTHONPATH": str(ROOT)}
        return subprocess.Popen(command, cwd=folder, env=path, stdout=log, stderr=subprocess.STDOUT)


def test_a_notebook_is_a_page_without_code_whose_board_moves_and_saves(tmp_path: Path) -> None:
    folder = tmp_path / "notebooks"
    folder.mkdir()
    shutil.copy(ROOT / "notebooks" / "03_weights.ipynb", folder)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}/"
    server = served(folder, "03_weights.ipynb", port)
    try:
        with chromium() as browser:
            page: Any = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
            page.set_default_timeout(PATIENCE * 1000)
            asked: list[str] = []
            page.on("request", lambda request: asked.append(request.url))
            page.route("**/*", lambda route: route.continue_() if local(route.request.url) else route.abort())
            deadline = time.monotonic() + PATIENCE
            while server.poll() is None and not answers(port):
                assert time.monotonic() < deadline
                time.sleep(0.2)
            page.goto(address)
            slider = page.locator(".awb input[type=range]").first
            slider.wait_for()
            page.wait_for_function("!document.querySelector('#loading')?.checkVisibility()")
            text = page.inner_text("body")
            assert "Whose weights, and what do they say?" in text and "load_case" not in text
            assert page.locator(".jp-InputArea-editor, .jp-CodeMirrorEditor").count() == 0
            slider.focus()
            page.keyboard.press("ArrowLeft")
            saved = folder / "work" / "aukus_plus_two" / "weights.json"
            while not saved.exists() and time.monotonic() < deadline:
                page.wait_for_timeout(100)
            assert saved.exists(), "what is set on the page is kept beside the notebook"
            assert {urlsplit(url).hostname for url in asked if not local(url)} <= {ICONS}
    finally:
        server.terminate()
        try:
            server.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            server.kill()
            pytest.fail("Voila did not end")


def answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def local(url: str) -> bool:
    at = urlsplit(url)
    return at.scheme in ("data", "blob") or at.hostname in LOOPBACK
