"""A guide in a page of its own with Python behind it: a stand-in for JupyterLab that can be made to stall."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from aukus_mcda.lab import SwingGuide

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>guide</title><style>%(style)s
html { color-scheme: light dark; } body { margin: 0; }</style><main id="here"></main>
<script type="application/json" id="given">%(given)s</script>
<script type="module">%(script)s
const state = JSON.parse(document.getElementById("given").textContent), hears = {};
const model = {
  get: (key) => state[key],
  set(key, value) { state[key] = value; },
  on(what, act) { (hears[what] ??= []).push(act); },
  off() {},
  async save_changes() {
    if (window.stalled) return;
    const told = await window.toPython(state.changes);
    Object.assign(state, told);
    for (const key of Object.keys(told)) for (const act of hears[`change:${key}`] ?? []) act();
  },
};
window.guideModel = model;
widget.render({ model, el: document.getElementById("here") });
</script></html>"""


class GuidePage:
    """A guide drawn by Chromium, its answers going to the Python widget as they would in a notebook."""

    def __init__(self, context: Any, guide: SwingGuide, folder: Path) -> None:
        self.guide, self.trouble = guide, []
        self.path = folder / "guide.html"
        self.page = context.new_page()
        self.page.set_default_timeout(5_000)
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.expose_function("toPython", self._tell)
        self.open()

    def open(self) -> None:
        given = json.dumps(self._state()).replace("<", "\\u003c")
        script = self.guide._esm.replace("export default {", "const widget = {")
        self.path.write_text(PAGE % {"style": self.guide._css, "given": given, "script": script}, encoding="utf-8")
        self.page.goto(self.path.as_uri())
        self.page.wait_for_selector(".awg[data-step]")

    def _state(self) -> dict[str, Any]:
        names = ("data", "answers", "acknowledged", "fault", "result")
        return {name: getattr(self.guide, name) for name in names} | {"changes": []}

    def _tell(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        self.guide.changes = changes
        return {name: value for name, value in self._state().items() if name not in ("data", "changes")}

    @property
    def step(self) -> str:
        return self.page.get_attribute(".awg", "data-step")

    @property
    def question(self) -> str:
        return self.page.inner_text(".awg-question")

    def next(self) -> None:
        self.page.click("[data-act=next]")

    def back(self) -> None:
        self.page.click("[data-act=back]")

    def choose(self, value: Any) -> None:
        self.page.check(f'input[type=radio][value="{value}"]', force=True)
        self.next()

    def type(self, **numbers: float) -> None:
        for key, number in numbers.items():
            self.page.fill(f'input[type=number][data-key="{key}"]', str(number))
        self.next()

    def answer_anything(self, *, times: float) -> None:
        """Answer whatever is asked, and go on."""
        if self.page.locator("input[type=radio]").count():
            self.page.locator("input[type=radio]").first.check(force=True)
        for key, number in (("points", 60), ("times", times)):
            if self.page.locator(f"input[data-key={key}]").count():
                self.page.fill(f"input[data-key={key}]", str(number))
        self.next()

    def settled(self) -> None:
        self.page.wait_for_function("document.querySelector('.awg').dataset.pending === '0'")
