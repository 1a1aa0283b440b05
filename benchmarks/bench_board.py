# SPDX-License-Identifier: Apache-2.0
"""From a slider's event to the painted new ranking, in JupyterLab: the board beside conventional sliders and a figure.

``python benchmarks/bench_board.py`` needs Chromium. Both designs run on the shipped case, each in a notebook of its
own, and are dragged with the mouse; the clock runs from the slider's event to the frame that shows the new ranking.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "lab"))
from lab import Lab, jupyterlab

CHANGES = 60
BOARD = (
    "from aukus_mcda import WeightBoard, load_case\ncase = load_case('aukus_plus_two')",
    "WeightBoard(case)",
    "WeightBoard(case)",  # a second one, which follows the first
)
SLIDERS = (
    "import ipywidgets as w, matplotlib.pyplot as plt, seaborn as sns\n"
    "from IPython.display import display\nfrom aukus_mcda import load_case, rank\n"
    "case = load_case('aukus_plus_two'); base = case.profile('baseline')",
    "out = w.Output()\n"
    "sliders = {root: w.FloatSlider(base.points[root], min=0, max=100, step=1, description=root)"
    " for root in case.roots}\n"
    "def redraw(_=None):\n"
    "    ranked = rank(case, base.change({root: each.value for root, each in sliders.items()})).ranked\n"
    "    with out:\n        out.clear_output(wait=True)\n"
    "        fig, ax = plt.subplots(figsize=(7, 3.5))\n"
    "        sns.barplot(x=ranked['score'], y=ranked['name'], ax=ax)\n        plt.show()\n"
    "for each in sliders.values():\n    each.observe(redraw, 'value')\n"
    "redraw(); display(w.VBox([*sliders.values(), out]))",
)
# A frame is painted once a task posted from an animation frame runs; of high priority, lest other work come in between.
CLOCK = """([kind, names]) => {
    window.times = Object.fromEntries(names.map((name) => [name, []]));
    window.began = 0;
    window.addEventListener(kind, () => {
        if (window.began) return;
        window.began = performance.now();
        window.awaited = new Set(names);
    }, true);
    window.stop = (name) => requestAnimationFrame(() => scheduler.postTask(() => {
        if (window.began && window.awaited.delete(name)) window.times[name].push(performance.now() - window.began);
        if (!window.awaited?.size) window.began = 0;
    }, { priority: "user-blocking" }));
}"""
WATCH_BOARD = """() => {
    const board = window.jupyterapp.shell.currentWidget.node.querySelector(".awb");
    const watch = (node, attribute, name) => new MutationObserver(() => window.stop(name))
        .observe(node, { attributes: true, attributeFilter: [attribute] });
    watch(board, "data-order", "ranking");
    watch(board.querySelector(".awb-bars"), "data-leads", "leads");
}"""
WATCH_FIGURE = """() => new MutationObserver((seen) => {
    const image = seen.flatMap((each) => [each.target, ...each.addedNodes])
        .map((node) => (node.tagName === "IMG" ? node : node.querySelector?.(".jp-RenderedImage img"))).find(Boolean);
    if (image?.src) image.decode().catch(() => null).then(() => window.stop("ranking"));
}).observe(window.jupyterapp.shell.currentWidget.node, {
    childList: true, subtree: true, attributes: true, attributeFilter: ["src"],
})"""


SEEN = """() => new Promise((done) => {
    const late = performance.now() + 2000;
    const look = () => {
        if (!window.began || performance.now() > late) { window.began = 0; done(); } else setTimeout(look, 20);
    };
    look();
})"""


def measure(
    lab: Lab, name: str, cells: tuple[str, ...], slider: str, event: str, watch: str, shown: list[str]
) -> dict[str, np.ndarray]:
    """Milliseconds from each event of a slider to the frame that shows each of ``shown``."""
    page = lab.page()
    lab.open(page, lab.write(name, *cells))
    lab.run_well(page)
    page.locator(slider).first.wait_for()
    page.wait_for_timeout(2_000)
    at = page.locator(slider).first.bounding_box()
    middle, height = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.click(middle, height)
    page.wait_for_timeout(1_000)
    # A longer sentence above the sliders may have moved them.
    at = page.locator(slider).first.bounding_box()
    middle, height = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(middle, height)
    page.mouse.down()
    page.wait_for_timeout(1_000)
    page.evaluate(CLOCK, [event, shown])
    page.evaluate(watch)
    for change in range(2 * CHANGES):
        # To and fro, four pixels and so a step or more at a time.
        page.mouse.move(middle - 40 + 4 * abs((change + 1) % 20 - 10), height)
        # A step too small to show gives the same picture, and so none: it is left out.
        page.wait_for_timeout(50)
        page.evaluate(SEEN)
        if page.evaluate("window.times.ranking.length") >= CHANGES:
            break
    page.mouse.up()
    times: Any = page.evaluate("window.times")
    page.context.close()
    return {each: np.array(times[each][:CHANGES]) for each in shown}


def computing(lab: Lab) -> np.ndarray:
    """Milliseconds that one change takes to compute and to put on the page, before it is painted."""
    page = lab.page()
    lab.open(page, "board.ipynb")
    lab.run_well(page)
    page.locator(".awb-range").first.wait_for()
    times = page.evaluate(
        """() => [...Array(60).keys()].map((step) => {
            const slider = document.querySelector(".awb-range"), from = performance.now();
            slider.value = 20 + (step % 30);
            slider.dispatchEvent(new Event("input", { bubbles: true }));
            return performance.now() - from;
        })"""
    )
    page.context.close()
    return np.array(times)


def main() -> None:
    """Print both designs side by side."""
    folder = Path(tempfile.mkdtemp()) / "notebooks"
    folder.mkdir()
    with jupyterlab(folder) as lab:
        board = measure(lab, "board.ipynb", BOARD, ".awb-range", "input", WATCH_BOARD, ["ranking", "leads"])
        alone = computing(lab)
        figure = measure(lab, "sliders.ipynb", SLIDERS, ".noUi-base", "pointermove", WATCH_FIGURE, ["ranking"])
    print(f"{CHANGES} changes, milliseconds from slider event to painted ranking: median, 95th percentile, greatest")
    for label, times in (
        ("the board: ranking", board["ranking"]),
        ("  of which computing and changing the page", alone),
        ("the board: and how often each option leads", board["leads"]),
        ("ipywidgets sliders, seaborn in an Output", figure["ranking"]),
    ):
        figures = (np.median(times), np.percentile(times, 95), times.max())
        print(f"{label:45s}", *(f"{each:7.1f}" for each in figures), f" ({len(times)} seen)")


if __name__ == "__main__":
    main()
