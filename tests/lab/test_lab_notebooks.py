"""Every notebook where it is read: run in JupyterLab by the menu's command, with nothing asked of the network."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT
from lab import Lab, chromium
from pptx import Presentation

from aukus_mcda import load_case, rank

NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    folder = tmp_path_factory.mktemp("suite") / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    with chromium() as browser:
        made = Lab(folder, browser)
        try:
            yield made
        finally:
            made.close()


def opened(lab: Lab, path: Path) -> Any:
    page = lab.page()
    lab.open(page, path.name)
    lab.run_all(page, timeout=120)
    return page


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_without_an_error(lab: Lab, path: Path) -> None:
    page = opened(lab, path)
    if path.stem == "03_weights":
        order = page.locator(".awb[data-order]").first.get_attribute("data-order").split(" ")
        assert order == list(rank(load_case("aukus_plus_two"), "baseline").ranked.index)
    if path.stem == "09_export":
        deck = Presentation(str(lab.folder / "out" / "slides.pptx"))
        assert len(deck.slides) == 10
        assert (lab.folder / "out" / "workbook.xlsx").stat().st_size > 10_000
    page.context.close()


def test_nothing_was_asked_of_any_other_machine(lab: Lab) -> None:
    assert lab.requests and lab.outside() == []
