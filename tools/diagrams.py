# SPDX-License-Identifier: Apache-2.0
"""Two drawings made from the code: how a result travels, and which room imports which."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterable
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap
from typing import Any

import aukus_mcda

PACKAGE = Path(aukus_mcda.__file__).parent
ROW, TALL = 21, 42
"""How far apart lines stand in the two drawings."""


def svg(width: float, height: float, parts: Iterable[str]) -> str:
    """An SVG that takes the colour of the text around it."""
    arrow = '<marker id="arrow" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto">'
    arrow += '<path fill="currentColor" d="M0,0 8,4 0,8z"/></marker>'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" font-size="14">'
    style = '<g fill="currentColor" stroke="none" font-family="system-ui,sans-serif">'
    return f'<div class="diagram">{head}<defs>{arrow}</defs>{style}{"".join(parts)}</g></svg></div>\n'


def text(x: float, y: float, words: str, more: str = "") -> str:
    """Words at a place."""
    return f'<text x="{x}" y="{y}" {more}>{escape(words)}</text>'


def line(path: str) -> str:
    """An arrow along a path."""
    return f'<path d="{path}" fill="none" stroke="currentColor" opacity="0.55" marker-end="url(#arrow)"/>'


# ---- how a result travels -------------------------------------------------------------------------------------------


STEPS = {
    "case": "case", "own_table": "case", "weights": "weights", "ranking": "results", "uncertainty": "results",
    "perspectives": "results", "analysis": "study", "lab": "lab", "export": "files",
}  # fmt: skip
"""Which step of the flow a room's public names are, unless what they give says otherwise."""


def step(public: Callable[..., Any]) -> str:
    """Which step of the flow a public function or class is."""
    gives = "" if inspect.isclass(public) else str(inspect.signature(public).return_annotation)
    if gives == "Path":
        return "files"
    return "weights" if "Weights" in gives.split(" | ") else STEPS[public.__module__.split(".")[1]]


TITLES = {
    "case": ("Case", "tables, checked once"), "weights": ("Weights", "answers, or a set of possible ones"),
    "results": ("Results", "of a case and weights"), "study": ("Study", "all of them at once"),
    "lab": ("In JupyterLab", "seen and changed"), "files": ("Files", "to send"),
}  # fmt: skip
PLACES = {"case": (0, 0), "weights": (0, 1), "results": (330, 0), "study": (660, 0), "lab": (660, 1), "files": (660, 2)}


def flow() -> str:
    """From files and answers to a case and weights, to results, to a study, to files."""
    steps: dict[str, list[str]] = {name: [] for name in TITLES}
    for name in aukus_mcda.__all__:
        public = getattr(aukus_mcda, name)
        if not (inspect.isclass(public) and issubclass(public, Exception)):
            steps[step(public)].append(name)
    parts, tops, columns = [], {}, {0: 8, 330: 8, 660: 8}
    for name, (x, _) in PLACES.items():
        top, height = columns[x], 58 + ROW * len(steps[name])
        tops[name], columns[x] = (top, height), top + height + 26
        parts.append(
            f'<rect x="{x + 1}" y="{top}" width="238" height="{height}" rx="8" fill="currentColor" fill-opacity="0.05" '
            'stroke="currentColor" stroke-opacity="0.35"/>'
        )
        title, subtitle = TITLES[name]
        parts.append(text(x + 16, top + 25, title, 'font-weight="700" font-size="16"'))
        parts.append(text(x + 16, top + 44, subtitle, 'opacity="0.7" font-size="13"'))
        for place, each in enumerate(steps[name]):
            parts.append(text(x + 16, top + 68 + ROW * place, each, 'font-family="monospace" font-size="13.5"'))
    for name in ("case", "weights"):
        top, height = tops[name]
        y = top + min(height / 2, 40)
        parts.append(line(f"M240,{y} H326"))
    for name in ("study", "lab"):
        parts.append(line(f"M570,{tops[name][0] + 40} H656"))
    start = sum(tops["lab"])
    parts.append(line(f"M780,{start + 2} V{start + 22}"))
    return svg(900, max(columns.values()), parts)


# ---- which room imports which ---------------------------------------------------------------------------------------


def imports() -> dict[str, set[str]]:
    """By room, the rooms that its modules import when they run."""
    rooms: dict[str, set[str]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        place = path.relative_to(PACKAGE).parts
        room = place[0].removesuffix(".py")
        if room == "__init__":
            continue
        used = rooms.setdefault(room, set())
        tree = ast.parse(path.read_text("utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                node.body = []  # names for the type checker are not imported when it runs
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.level == len(place):
                names = [node.module] if node.module else [alias.name for alias in node.names]
                used |= {name.split(".")[0] for name in names}
    return {room: {each for each in used if each in rooms and each != room} for room, used in rooms.items()}


def heights(rooms: dict[str, set[str]]) -> dict[str, int]:
    """How many rooms stand beneath each, one upon the other."""
    height: dict[str, int] = {}

    def of(room: str) -> int:
        if room not in height:
            height[room] = 0
            height[room] = max((1 + of(each) for each in rooms[room]), default=0)
        return height[room]

    return {room: of(room) for room in rooms}


def purpose(room: str) -> str:
    """The first line of what a room says of itself."""
    path = PACKAGE / room / "__init__.py"
    source = (path if path.exists() else PACKAGE / f"{room}.py").read_text("utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").split("\n")[0]


def rooms_drawn() -> str:
    """The rooms from the ground up, each joined to those it imports and that no other of those imports."""
    rooms = imports()
    order = sorted(rooms, key=lambda room: (heights(rooms)[room], room))
    reach: dict[str, set[str]] = {}
    for room in order:
        reach[room] = rooms[room].union(*(reach[each] for each in rooms[room] if each in reach))
    at = {room: 26 + TALL * place for place, room in enumerate(order)}
    parts = []
    for room in order:
        y = at[room] - 4
        beneath = set().union(*(reach[each] for each in rooms[room]))
        for each in rooms[room] - beneath:
            middle = 150 - min(145, 12 + 11 * (order.index(room) - order.index(each)))
            parts.append(line(f"M156,{y} C{middle},{y} {middle},{at[each] - 4} 156,{at[each] - 4}"))
        parts.append(text(164, at[room], room, 'font-family="monospace" font-weight="700"'))
        for place, words in enumerate(wrap(purpose(room), 92)):
            parts.append(text(284, at[room] + 17 * place, words, 'opacity="0.85" font-size="13"'))
    assert all(at[one] < at[other] for one, other in pairwise(order))
    return svg(900, TALL * len(order) + 12, parts)
