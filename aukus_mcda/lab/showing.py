"""What a notebook says: findings as headings, sentences, lists; names in them are text, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|$~&])")


def heading(finding: str) -> None:
    """A finding as the heading of what follows it."""
    _show(f"## {escaped(finding)}")


def answer(sentence: str) -> None:
    """The answer to the notebook's question."""
    _show(f"**{escaped(sentence)}**")


def say(*sentences: str) -> None:
    """Sentences as one paragraph; blank ones are left out."""
    _show(" ".join(escaped(sentence) for sentence in sentences if sentence))


def bullets(sentences: Iterable[str]) -> None:
    """Sentences as a list; blank ones are left out, and "None." stands where nothing is left."""
    _show("\n".join(f"- {escaped(sentence)}" for sentence in sentences if sentence) or "None.")


def provenance(entries: Mapping[str, str]) -> None:
    """What the results were made from, on one line."""
    _show("*" + "; ".join(f"{escaped(what)}: {escaped(said)}" for what, said in entries.items()) + "*")


def escaped(text: str) -> str:
    r"""Text whose characters Markdown would read as markup stand for themselves; line breaks become blanks.

    Examples
    --------
    >>> escaped("a_b <b>")
    'a\\_b \\<b\\>'
    """
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _show(markdown: str) -> None:
    from IPython.display import Markdown, display

    display(Markdown(markdown.replace(" %", "\N{NO-BREAK SPACE}%")))
