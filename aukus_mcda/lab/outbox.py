"""What the browser reports, taken once each: a widget loses no change while the kernel is busy or away."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import anywidget
import traitlets

from ..errors import AukusMcdaError, ExportError


def read_together(*names: str) -> str:
    """Files beside this one as one text: a widget has one script and one style sheet."""
    return "\n".join((Path(__file__).parent / name).read_text(encoding="utf-8") for name in names)


class Reporting(anywidget.AnyWidget):  # type: ignore[misc]
    """A widget whose browser side keeps each change until it is told that Python has it; see outbox.js."""

    changes = traitlets.List().tag(sync=True)
    acknowledged = traitlets.Unicode().tag(sync=True)
    fault = traitlets.Unicode().tag(sync=True)

    def __init__(self, **state: Any) -> None:
        self._taken: set[str] = set()
        super().__init__(**state)
        self.observe(self._record, "changes")

    def _take(self, entry: dict[str, Any]) -> None:
        """Write one change down."""
        raise NotImplementedError

    def _record(self, change: Any) -> None:
        """Write down what is new, and tell the browser up to where it is safe, or what is wrong."""
        fault, safe = "", ""
        for entry in change["new"]:
            try:
                if entry["id"] not in self._taken:
                    self._take(entry)
            except ExportError as error:  # the browser sends it again
                fault = str(error)
                break
            except AukusMcdaError as error:  # sending it again would not help
                fault = str(error)
            safe = entry["id"]
            self._taken.add(safe)
        self.fault = fault
        self.acknowledged = safe or self.acknowledged
