# SPDX-License-Identifier: Apache-2.0
"""The flow goes one way, the public names are what they say, and importing stays quick."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import yaml
from conftest import ROOT
from numpydoc.validate import validate

import aukus_mcda
from tools.spdx import without

PACKAGE = ROOT / "aukus_mcda"
FLOW = (
    ("errors", "guard"),
    ("text", "written"),
    ("weights",),
    ("case",),
    ("own_table",),
    *[(room,) for room in ("ranking", "uncertainty", "perspectives", "panel", "form", "story", "layout", "export")],
    ("analysis",),
    *[(room,) for room in ("lab", "cli")],
)
"""The rooms, and the modules beside them, from the ground up: each imports only from those before it."""
STAND_FIRST = {room: place for place, rooms in enumerate(FLOW) for room in rooms}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")


def imported(path: Path) -> set[str]:
    """Dotted names, from the package's top, of what a file imports of ours, wherever in the file it does."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            node.body = []  # names for the type checker are not imported when it runs
    here = path.relative_to(PACKAGE).parts[:-1]
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level:
            above = here[: len(here) - node.level + 1]
            names |= {".".join(filter(None, (*above, node.module, alias.name))) for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == "aukus_mcda":
            names.add((node.module or "").removeprefix("aukus_mcda").removeprefix(".") or "cli")
        elif isinstance(node, ast.Import):
            names |= {alias.name.removeprefix("aukus_mcda.") for alias in node.names if "aukus_mcda" in alias.name}
    return names


def test_every_module_stands_in_a_room() -> None:
    tops = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in FILES}
    assert tops == set(STAND_FIRST)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_from_the_rooms_before_its_own(path: Path) -> None:
    room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
    rooms = {name.split(".")[0] for name in imported(path)} - {"__version__"}
    assert {other for other in rooms if STAND_FIRST[other] > STAND_FIRST[room]} == set()


def defined(tree: ast.Module) -> list[str]:
    """The public functions, classes and constants at the top of a module."""
    names = []
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names += [each.id for target in targets for each in ast.walk(target) if isinstance(each, ast.Name)]
    return [name for name in names if not name.startswith("_")]


def code_lines(text: str) -> int:
    """Lines that are not blank, not a comment alone and not part of a docstring."""
    lines = text.splitlines()
    counted = {number for number, line in enumerate(lines, 1) if line.strip() and not line.lstrip().startswith("#")}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            counted -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(counted)


SOURCES = {path: path.read_text("utf-8") for path in FILES}
DEFINED = {path: defined(ast.parse(text)) for path, text in SOURCES.items()}


def test_no_two_modules_define_the_same_public_name_and_no_function_has_its_modules_name() -> None:
    homes: dict[str, list[str]] = {}
    for path, names in DEFINED.items():
        for name in set(names):
            homes.setdefault(name, []).append(path.relative_to(PACKAGE).as_posix())
    assert {name: paths for name, paths in homes.items() if len(paths) > 1} == {}
    assert homes.keys() & {path.stem for path in FILES} == set()


# Seventy files are the aim.
MOST_FILES = 94


def test_the_house_only_gets_smaller() -> None:
    rooms: dict[Path, int] = {}
    for path in FILES:
        if path.parent != PACKAGE and path.name != "__init__.py":
            rooms[path.parent] = rooms.get(path.parent, 0) + 1
    assert {room.name: modules for room, modules in rooms.items() if modules > 10} == {}
    lines = {path.relative_to(PACKAGE).as_posix(): code_lines(text) for path, text in SOURCES.items()}
    assert {path: count for path, count in lines.items() if count > 350} == {}
    assert len(FILES) + 1 <= MOST_FILES


def test_only_one_module_may_import_pymcdm() -> None:
    loads = re.compile(r'^ *(import|from) pymcdm\b|"pymcdm\.', re.MULTILINE)
    loading = {path.stem for path in PACKAGE.rglob("*.py") if loads.search(path.read_text(encoding="utf-8"))}
    assert loading == {"methods"}


STUB = re.findall(r"^from \.(\S+) import (\w+) as (\w+)$", (PACKAGE / "__init__.pyi").read_text("utf-8"), re.MULTILINE)
"""Where each public name comes from, and the name, as the list of public names has them."""


def test_the_public_names_are_few_sorted_by_room_and_there_once_each() -> None:
    names = [name for _, name, _ in STUB]
    assert sorted(STUB, key=lambda row: (row[0], row[1][0].islower(), row[1])) == STUB
    assert all(name == same for _, name, same in STUB)
    assert sorted(names) == sorted(set(names)) == aukus_mcda.__all__
    assert len(names) <= 65
    assert {room for room, _, _ in STUB} <= set(STAND_FIRST), "a public name comes from a room, not from a module in it"
    with pytest.raises(AttributeError, match="attribute nothing"):
        aukus_mcda.nothing  # noqa: B018


ASKED = {"GL08", "SS01", "PR01", "PR02", "PR03", "PR04", "RT01", "RT03", "EX01"}
"""Of numpydoc's checks: a summary, every parameter with its type, what is given and what that is, an example."""


@pytest.mark.filterwarnings("ignore:Widget.:DeprecationWarning")  # numpydoc reads what ipywidgets would no longer have
@pytest.mark.parametrize("name", aukus_mcda.__all__)
def test_a_public_name_says_what_it_takes_and_gives_and_shows_how(name: str) -> None:
    asked = ASKED - {"PR01"} if name in ("Case", "Weights") else ASKED  # nobody makes them; their attributes are told
    faults = [fault for fault in validate(f"aukus_mcda.{name}")["errors"] if fault[0] in asked]
    assert faults == []


def seconds(statement: str) -> float:
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", statement], check=True)
    return time.perf_counter() - start


def test_importing_the_package_takes_at_most_one_and_a_half_times_pandas() -> None:
    pairs = [(seconds("import aukus_mcda"), seconds("import pandas")) for _ in range(5)]
    ours, theirs = (min(column) for column in zip(*pairs, strict=True))
    assert ours <= 1.5 * theirs


def test_no_path_of_a_machine_and_no_package_index_is_committed() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock and "--index" not in lock and "--find-links" not in lock
    pinned = [line for line in lock.splitlines() if line and not line.startswith((" ", "#"))]
    assert pinned and all("==" in line for line in pinned)
    assert lock.count("--hash=sha256:") >= len(pinned)


def test_every_file_of_code_names_its_licence_in_its_first_line() -> None:
    assert without() == [], "run python -m tools.spdx"


def test_address_version_and_citation_are_the_same_wherever_they_stand() -> None:
    urls = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["urls"]
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text("utf-8"))
    zenodo = json.loads((ROOT / ".zenodo.json").read_text("utf-8"))
    assert citation["repository-code"] == urls["Repository"]
    assert all(url.startswith(urls["Repository"]) for url in urls.values())
    for page in ("README.md", "CONTRIBUTING.md", "docs/tutorial/first-ranking.md"):
        assert f"git clone {urls['Repository']}" in (ROOT / page).read_text("utf-8"), page
    assert f"]({urls['Issues']})" in (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    for page, line in (
        ("recipe/meta.yaml", '{% set version = "VERSION" %}'),
        ("CITATION.cff", "version: VERSION"),
        ("CHANGELOG.md", "## VERSION - "),
    ):
        version = line.replace("VERSION", aukus_mcda.__version__)
        assert re.search(f"^{re.escape(version)}", (ROOT / page).read_text("utf-8"), re.MULTILINE), page
    for one, other in (
        ("title", "title"),
        ("description", "abstract"),
        ("license", "license"),
        ("keywords", "keywords"),
    ):
        assert zenodo[one] == citation[other], one  # where both are there, Zenodo reads its own alone
    assert zenodo["creators"] == citation["authors"]
