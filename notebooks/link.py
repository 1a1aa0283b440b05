# SPDX-License-Identifier: Apache-2.0
"""Writes the links from each notebook to those before and after it.

Run ``python notebooks/link.py`` after one was added, renamed or taken away.
"""

import json
from pathlib import Path

MARK = "<!-- links -->"


def linked(folder: Path) -> dict[Path, str]:
    """Each notebook's text with a last cell that leads to its neighbours, or from the first one to all."""
    paths = sorted(folder.glob("*.ipynb"))
    books = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    titles = ["".join(book["cells"][0]["source"]).splitlines()[0].removeprefix("# ") for book in books]
    texts = {}
    for place, book in enumerate(books):
        cells = [cell for cell in book["cells"] if not "".join(cell["source"]).startswith(MARK)]
        ways = [("Before: ", place - 1)] if place else []
        ways += [("Next: ", place + 1)] if place + 1 < len(books) else []
        if place == 0:
            ways = [(f"{to}. ", to) for to in range(1, len(books))]
        lines = [MARK, *(f"\n{way}[{titles[to]}]({paths[to].name})" for way, to in ways)]
        source = "\n".join(lines).splitlines(keepends=True)
        cells.append({"cell_type": "markdown", "id": "links", "metadata": {}, "source": source})
        texts[paths[place]] = json.dumps(book | {"cells": cells}, indent=1, ensure_ascii=False) + "\n"
    return texts


if __name__ == "__main__":
    for path, text in linked(Path(__file__).parent).items():
        path.write_text(text, encoding="utf-8")
