"""Buttons for notebooks: what a call does, for those who would rather press."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..analysis import Study
from ..errors import AukusMcdaError

if TYPE_CHECKING:
    from ipywidgets import VBox


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
    said = Label("Nothing is written yet.")

    def write(_: Any) -> None:
        from ..export.brief_files import FILES, write_brief

        button.disabled = True
        try:
            made = write_brief(study, folder, progress=lambda step: setattr(said, "value", f"{step} ..."))
            said.value = f"Written to {made.resolve()}: {', '.join(sorted(FILES))}"
        except AukusMcdaError as error:
            said.value = str(error)
        finally:
            button.disabled = False

    button.on_click(write)
    return VBox([button, said])
