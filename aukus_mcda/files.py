"""Writing without losing: a new file takes the old one's place only when it is whole."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .errors import ExportError


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file beside ``path`` that becomes it when the block ends well.

    Raises
    ------
    ExportError
        When the folder cannot be written to, or the old file is in use.
    """
    beside: Path | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _clear_leftovers(path)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=path.suffix, dir=path.parent)
        os.close(handle)
        beside = Path(name)
        yield beside
        beside.chmod(0o666 & ~_umask())
        beside.replace(path)
    except OSError as error:
        raise ExportError(
            f"Cannot write {path}: {error.strerror or error}. "
            "Close the file if it is open elsewhere, or choose another folder."
        ) from error
    finally:
        if beside is not None:
            beside.unlink(missing_ok=True)


def _clear_leftovers(path: Path) -> None:
    """Remove what a killed run left beside ``path``, once it is too old to be another run's."""
    for leftover in path.parent.glob(f".{path.stem}-????????{path.suffix}"):
        if time.time() - leftover.stat().st_mtime > 3600:
            leftover.unlink(missing_ok=True)


def _umask() -> int:
    """The process's mask; it can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
