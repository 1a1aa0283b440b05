"""The board as one file: no kernel, no network, and a policy that forbids everything it does not need."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..case import replacing

PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main id="board"></main>
<noscript><p>This page computes a ranking as you change weights, so it needs scripts to be allowed.</p></noscript>
<script type="application/json" id="given">{given}</script>
<script type="module">{script}</script>
</body>
</html>
"""
BODY = """
html { color-scheme: light dark; }
body { margin: 0; background: #ffffff; }
main { max-width: 1180px; margin: 0 auto; }
@media (prefers-color-scheme: dark) { body { background: #14181f; } }
"""
OPENING = '\nopenFile(JSON.parse(document.getElementById("given").textContent), document.getElementById("board"));\n'


def write_html(
    path: Path, data: Mapping[str, Any], draws: bytes, state: Mapping[str, Any], *, script: str, style: str
) -> Path:
    """Write the page; whatever the case's texts hold, the page holds them as text.

    Raises
    ------
    ExportError
        When the file cannot be written.
    """
    told = {name: value for name, value in data.items() if name not in ("folder", "store")}
    given = {"data": told, "draws": base64.b64encode(draws).decode(), **state}
    script, style = script + OPENING, style + BODY
    policy = (
        f"default-src 'none'; script-src '{_digest(script)}'; style-src '{_digest(style)}'; "
        "base-uri 'none'; form-action 'none'"
    )
    page = PAGE.format(
        policy=policy, title=html.escape(data["title"]), style=style, given=_embedded(given), script=script
    )
    with replacing(path) as beside:
        beside.write_text(page, encoding="utf-8", newline="\n")
    return path


def _digest(text: str) -> str:
    """The source expression that lets this text run, and no other."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def _embedded(given: Mapping[str, Any]) -> str:
    """JSON that cannot end the element it stands in."""
    text = json.dumps(given, ensure_ascii=True, allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
