# SPDX-License-Identifier: Apache-2.0
"""The built wheel holds everything: installed by itself, it makes the brief from any folder."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

import aukus_mcda


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the sdist and the wheel."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-d", folder]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return next(dist.glob("*.whl"))


def test_the_parts_are_fit_to_be_published(dist: Path) -> None:
    parts = sorted(dist.iterdir())
    assert [path.suffix for path in parts] == [".whl", ".gz"]
    for check in (["twine", "check", "--strict", *parts], ["validate_pyproject", ROOT / "pyproject.toml"]):
        done = subprocess.run([sys.executable, "-m", *check], capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_sdist_holds_what_builds_tests_and_documents_it(dist: Path) -> None:
    with tarfile.open(next(dist.glob("*.tar.gz"))) as archive:
        held = {name.partition("/")[2] for name in archive.getnames()}
    assert held >= {
        "pyproject.toml", "README.md", "LICENSE", "CITATION.cff", "CONTRIBUTING.md", "requirements.lock", "Makefile",
        "docs/conf.py", "tools/site.py", "tests/conftest.py", "notebooks/00_start_here.ipynb", "seeds/evidence.csv",
    }  # fmt: skip


def test_the_wheel_holds_case_register_and_notebooks(wheel: Path) -> None:
    held = set(zipfile.ZipFile(wheel).namelist())
    for folder in ("data", "seeds", "notebooks"):
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and ".ipynb_checkpoints" not in path.parts:
                assert f"aukus_mcda/shipped/{path.relative_to(ROOT).as_posix()}" in held
    assert "aukus_mcda/py.typed" in held
    for path in (ROOT / "aukus_mcda").rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            assert path.relative_to(ROOT).as_posix() in held
    assert not any("tests/" in name for name in held)
    about = zipfile.ZipFile(wheel)
    metadata = about.read(next(name for name in held if name.endswith("/METADATA"))).decode()
    assert "Project-URL: Documentation, " in metadata and "Requires-Dist: jupyterlab" in metadata
    commands = about.read(next(name for name in held if name.endswith("/entry_points.txt"))).decode()
    assert "\naukus-mcda = " in commands and "\njupyter-aukus-mcda = " in commands


def test_the_installed_wheel_makes_the_brief_in_any_folder(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", "--target", site, wheel]
    subprocess.run(install, check=True, capture_output=True)
    somewhere = tmp_path / "somewhere else"
    somewhere.mkdir()
    environment = os.environ | {"PYTHONPATH": str(site)}
    where = subprocess.run(
        [sys.executable, "-c", "import aukus_mcda; print(aukus_mcda.__file__)"],
        cwd=somewhere, env=environment, check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert where.stdout.startswith(str(site))
    done = subprocess.run(
        [sys.executable, "-m", "aukus_mcda.cli", "brief", "starter"],
        cwd=somewhere,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert (somewhere / "out" / "my_case" / "slides.pptx").stat().st_size > 50_000
    for command in (["check"], ["new", "my_case"], ["lab", "--help"]):
        ran = [sys.executable, "-m", "aukus_mcda.cli", *command]
        subprocess.run(ran, cwd=somewhere, env=environment, check=True, capture_output=True)
    found = {"PATH": os.pathsep.join([str(site / "bin"), environment["PATH"]])}
    jupyter = [sys.executable, "-m", "jupyter", "aukus-mcda", "--version"]
    version = subprocess.run(jupyter, env=environment | found, check=True, capture_output=True, text=True)
    assert version.stdout == f"aukus-mcda {aukus_mcda.__version__}\n"
