"""What a notebook says and offers: findings as headings, sentences, lists, a button; names are text, never markup."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis import Study
from ..errors import AukusMcdaError

if TYPE_CHECKING:
    from ipywidgets import VBox

_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|$~&])")


def heading(finding: str) -> None:
    """A finding as the heading of what follows it."""
    _show(f"## {literal(finding)}")


def conclude(sentence: str) -> None:
    """The answer to the notebook's question."""
    _show(f"**{literal(sentence)}**")


def say(*sentences: str) -> None:
    """Sentences as one paragraph; blank ones are left out."""
    _show(" ".join(literal(sentence) for sentence in sentences if sentence))


def bullets(sentences: Iterable[str]) -> None:
    """Sentences as a list; blank ones are left out, and "None." stands where nothing is left."""
    _show("\n".join(f"- {literal(sentence)}" for sentence in sentences if sentence) or "None.")


def footnote(entries: Mapping[str, str]) -> None:
    """What the results were made from, on one line."""
    _show("*" + "; ".join(f"{literal(what)}: {literal(text)}" for what, text in entries.items()) + "*")


def literal(text: str) -> str:
    r"""Text whose characters Markdown would read as markup stand for themselves; line breaks become blanks.

    Examples
    --------
    >>> literal("a_b <b>")
    'a\\_b \\<b\\>'
    """
    return _MARKUP.sub(r"\\\1", " ".join(text.split()))


def _show(markdown: str) -> None:
    from IPython.display import Markdown, display

    display(Markdown(markdown.replace(" %", "\N{NO-BREAK SPACE}%")))


def export_button(study: Study, folder: str | Path = "out") -> VBox:
    """A button that writes a study's slides, workbook, one-page brief and tables to a folder.

    Parameters
    ----------
    study : Study
    folder : str or Path
        Made when it is not there; files of the same names are replaced whole.

    Returns
    -------
    ipywidgets.VBox
        The button, and a line that says what was written or what went wrong.
    """
    from ipywidgets import Button, Label, Layout, VBox

    button = Button(description="Write slides and workbook", button_style="primary", layout=Layout(width="18rem"))
    status = Label("Nothing is written yet.")

    def write(_: Any) -> None:
        from ..export.brief_files import FILES, write_brief

        button.disabled = True
        try:
            written = write_brief(study, folder, progress=lambda step: setattr(status, "value", f"{step} ..."))
            status.value = f"Written to {written.resolve()}: {', '.join(sorted(FILES))}"
        except AukusMcdaError as error:
            status.value = str(error)
        finally:
            button.disabled = False

    button.on_click(write)
    return VBox([button, status])
