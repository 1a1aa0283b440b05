"""Writing without losing: a new file takes the old one's place only when it is whole."""

from __future__ import annotations

import datetime as dt
import os
import re
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import ExportError


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


EARLIEST = dt.datetime(1980, 1, 1, tzinfo=dt.UTC)
"""A zip knows no time before this, nor one after 2107."""


LATEST = dt.datetime(2107, 12, 31, tzinfo=dt.UTC)


def prescribed() -> dt.datetime | None:
    """The time that ``SOURCE_DATE_EPOCH`` prescribes, or None when it is not set.

    Raises
    ------
    ExportError
        When it is set to anything but whole seconds from 1970 to 2107.
    """
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is None:
        return None
    if not re.fullmatch("[0-9]{1,10}", epoch) or int(epoch) > LATEST.timestamp():
        raise ExportError(
            f"SOURCE_DATE_EPOCH is {epoch!r}; it must be whole seconds since the start of 1970, "
            f"{LATEST.timestamp():.0f} at most, or not set at all."
        )
    return max(dt.datetime.fromtimestamp(int(epoch), dt.UTC), EARLIEST)


def clock() -> dt.datetime:
    """Now, or the moment that a build which must be repeatable prescribes."""
    return prescribed() or dt.datetime.now(dt.UTC)


def moment(as_of: dt.date | None) -> dt.datetime:
    """The time to write into files: ``SOURCE_DATE_EPOCH``, else the case's date, else the first day of 1980.

    Raises
    ------
    ExportError
        As `prescribed`.

    Examples
    --------
    >>> import datetime
    >>> moment(datetime.date(2025, 12, 30)).isoformat()
    '2025-12-30T00:00:00+00:00'
    """
    dated = dt.datetime.combine(as_of, dt.time(), dt.UTC) if as_of else EARLIEST
    return prescribed() or min(max(dated, EARLIEST), LATEST)
