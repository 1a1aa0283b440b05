# SPDX-License-Identifier: Apache-2.0
"""A widget in a page of its own with Python behind it, quicker to start than JupyterLab."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>widget</title><style>%(style)s
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
window.model = model;
shown.render({ model, el: document.getElementById("here") });
</script></html>"""


class WidgetPage:
    """A reporting widget drawn by Chromium; what is changed goes to Python as it would in a notebook."""

    def __init__(self, context: Any, widget: Any, folder: Path) -> None:
        self.widget, self.trouble = widget, []
        self.path = folder / f"{type(widget).__name__}.html"
        self.page = context.new_page()
        self.page.set_default_timeout(5_000)
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.expose_function("toPython", self._tell)
        self.open()

    def open(self) -> None:
        given = json.dumps(self._state() | {"data": self.widget.data, "changes": []}).replace("<", "\\u003c")
        script = self.widget._esm.replace("export default ", "const shown = ")
        self.path.write_text(PAGE % {"style": self.widget._css, "given": given, "script": script}, encoding="utf-8")
        self.page.goto(self.path.as_uri())
        self.page.wait_for_selector(".awb")

    def _state(self) -> dict[str, Any]:
        own = {"data", "changes", "layout", "tabbable", "tooltip", "comm"}
        names = [name for name in self.widget.traits(sync=True) if not name.startswith("_") and name not in own]
        return {name: getattr(self.widget, name) for name in names}

    def _tell(self, changes: list[dict[str, Any]]) -> dict[str, Any]:
        self.widget.changes = changes
        return self._state()

    def settled(self) -> None:
        """Await that Python has taken all changes."""
        self.page.wait_for_function("document.querySelector('.awb').dataset.pending === '0'")


class GuidePage(WidgetPage):
    """A guide, answered as a person does."""

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
