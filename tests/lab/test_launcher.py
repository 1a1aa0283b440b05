# SPDX-License-Identifier: Apache-2.0
"""The launcher of JupyterLab has a tile that opens the first notebook."""

from __future__ import annotations

import shutil

from conftest import ROOT
from lab import PATIENCE, Lab


def test_the_tile_opens_the_first_notebook(lab: Lab) -> None:
    folder = lab.folder / "notebooks"
    folder.mkdir()
    shutil.copy(ROOT / "notebooks" / "00_start_here.ipynb", folder)
    page = lab.page()
    page.goto(f"{lab.address}/lab?token={lab.token}")
    tile = page.locator(".jp-LauncherCard", has_text="Compare options")
    tile.wait_for(timeout=1000 * PATIENCE)
    page.screenshot(path=lab.folder.parent / "launcher.png")
    tile.click()
    page.wait_for_selector(".jp-NotebookPanel:not(.lm-mod-hidden)", timeout=1000 * PATIENCE)
    assert page.evaluate("jupyterapp.shell.currentWidget.context.path") == "notebooks/00_start_here.ipynb"
    assert lab.outside() == []
