# SPDX-License-Identifier: Apache-2.0
"""A drawing made from the code: which room imports which."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from html import escape
from itertools import pairwise
from pathlib import Path
from textwrap import wrap

import aukus_mcda

PACKAGE = Path(aukus_mcda.__file__).parent
TALL = 42
"""How far apart rooms stand in the drawing."""


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
