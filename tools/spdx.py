# SPDX-License-Identifier: Apache-2.0
"""The licence in the first line of every file of code.

``python -m tools.spdx`` writes it where it is missing; the test of the architecture asks for it.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
FOLDERS = ("aukus_mcda", "benchmarks", "docs", "notebooks", "tests", "tools")
LINE = "SPDX-License-Identifier: Apache-2.0"
COMMENTS = {".py": f"# {LINE}\n", ".js": f"// {LINE}\n", ".css": f"/* {LINE} */\n"}


def without() -> list[Path]:
    """Files of code that do not begin with the licence."""
    files = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in COMMENTS]
    return [path for path in files if not path.read_text("utf-8").startswith(COMMENTS[path.suffix])]


if __name__ == "__main__":
    for path in without():
        path.write_text(COMMENTS[path.suffix] + path.read_text("utf-8"), "utf-8")
