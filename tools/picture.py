# SPDX-License-Identifier: Apache-2.0
"""The moving picture of the board in the README, made from screenshots of the site's board.

``python -m tools.picture`` writes ``docs/images/board.webp``; it needs ``make docs`` first, and Chromium.
"""

from __future__ import annotations

import io
import shutil

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from tools.site import BUILD, ROOT

STEPS = (("", 0), ("escalation", -1), ("escalation", -1), ("interoperability", 1), ("interoperability", 1))
"""Which slider is moved before a screenshot, and which way by ten points."""


def main() -> None:
    """Open the board, move sliders, take a screenshot after each."""
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto((BUILD / "html" / "live-board.html").as_uri())
        page.wait_for_selector(".awb[data-order]")
        first, *others = [shot(page, slider, way) for slider, way in STEPS]
        browser.close()
    out = ROOT / "docs" / "images" / "board.webp"
    first.save(out, save_all=True, append_images=others, duration=1800, loop=0, quality=82, method=6)


def shot(page: Page, slider: str, way: int) -> Image.Image:
    """The board as it stands after a slider was moved."""
    if slider:
        handle = page.locator(f'.awb [data-node="{slider}"] input[type="range"]').first
        handle.focus()
        page.keyboard.press("PageUp" if way > 0 else "PageDown")
        page.wait_for_timeout(800)
    return Image.open(io.BytesIO(page.screenshot())).crop((0, 0, 1280, 650))  # beneath it is nothing


if __name__ == "__main__":
    main()
