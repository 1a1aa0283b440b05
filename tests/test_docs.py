# SPDX-License-Identifier: Apache-2.0
"""Links and mentions of pages lead somewhere: from the documents, the notebooks, the code and the case."""

from __future__ import annotations

import ast
import builtins
import doctest
import inspect
import re
from pathlib import Path

import pytest
from conftest import ROOT

import aukus_mcda
from aukus_mcda.case.tables import TABLES
from aukus_mcda.story import EXHIBITS, ON_SCREEN
from tools.site import WRITTEN

PAGES = sorted(
    [
        *ROOT.glob("*.md"),
        *(path for folder in ("docs", "benchmarks", "seeds") for path in (ROOT / folder).rglob("*.md")),
    ]
)
LINK = re.compile(r"\]\(([^)\s]+)\)")
MENTION = re.compile(r"\bdocs/[\w./-]+\.md")


def anchors(page: Path) -> set[str]:
    """What a link may name after ``#``: each heading, as GitHub writes it."""
    headings = re.findall(r"^#+ (.+)$", page.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading_that_are_there(page: Path) -> None:
    dead = []
    for target in LINK.findall(page.read_text("utf-8")):
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        written = there in {ROOT / "docs" / name for name in WRITTEN}  # with the site, whose test follows the link
        if "://" not in target and not written and not (there.exists() and (not anchor or anchor in anchors(there))):
            dead.append(target)
    assert dead == []


def test_every_page_that_is_mentioned_is_there() -> None:
    files = [ROOT / "README.md", *(ROOT / "data").rglob("*.toml")]
    files += [
        *(ROOT / "notebooks").glob("*.ipynb"),
        *(ROOT / "tools").glob("*.py"),
        *(ROOT / "aukus_mcda").rglob("*.py"),
    ]
    dead = {
        mention
        for path in files
        for mention in MENTION.findall(path.read_text("utf-8"))
        if not (ROOT / mention).exists()
    }
    assert dead == set()


def test_every_module_that_a_page_names_is_there() -> None:
    text = "\n".join(page.read_text("utf-8") for page in (ROOT / "docs").rglob("*.md"))
    modules = set(re.findall(r"`((?:\w+/)?\w+\.pyi?)`", text))
    assert {
        module for module in modules if not any((ROOT / top / module).exists() for top in ("", "aukus_mcda"))
    } == set()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_an_example_imports_from_the_top_or_from_a_room(page: Path) -> None:
    assert re.findall(r"(?:from|import) aukus_mcda\.\w+\.[\w.]+", page.read_text("utf-8")) == []


def test_an_example_of_a_public_name_runs_when_it_is_copied_alone() -> None:
    """What it uses it imports or makes: the tests that run it have all names of its module beside it."""
    not_there: dict[str, set[str]] = {}
    for public in aukus_mcda.__all__:
        thing = getattr(aukus_mcda, public)
        for doc in doctest.DocTestFinder(recurse=inspect.isclass(thing)).find(thing, public, globs={}):
            nodes = list(ast.walk(ast.parse("".join(example.source for example in doc.examples))))
            names = [node for node in nodes if isinstance(node, ast.Name)]
            bound = {name.id for name in names if not isinstance(name.ctx, ast.Load)} | set(dir(builtins))
            bound |= {(node.asname or node.name).split(".")[0] for node in nodes if isinstance(node, ast.alias)}
            bound |= {node.arg for node in nodes if isinstance(node, ast.arg)}
            bound |= {node.name for node in nodes if isinstance(node, ast.ExceptHandler) and node.name}
            lost = {name.id for name in names} - bound
            not_there |= {doc.name: lost} if lost else {}
    assert not_there == {}


def test_every_test_finding_and_exhibit_that_the_page_on_standards_names_is_there() -> None:
    page = (ROOT / "docs" / "reference" / "standards.md").read_text("utf-8")
    tests = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", page)
    lost = [
        name for file, name in tests if not re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE)
    ]
    code = "".join((ROOT / "aukus_mcda" / file).read_text("utf-8") for file in ("case/findings.csv", "analysis.py"))
    for kind, there in (
        ("finding|code", set(re.findall(r'(?m)^[\w-]+(?=,)|(?<=")[\w-]+(?=")', code))),
        ("exhibit", {*EXHIBITS, *ON_SCREEN}),
    ):
        cells = re.findall(rf"(?:{kind})s? ((?:`[\w -]+`(?:, | and )?)+)", page)
        names = {name for cell in cells for name in re.findall("`([^`]+)`", cell)}
        assert len(names) > 15
        lost += sorted(names - there)
    assert len(tests) > 50 and lost == []
    assert [len(re.findall(r"^\| \d", part, re.MULTILINE)) for part in page.split("\n## ")[1:4]] == [32, 22, 8]


def test_the_page_on_the_files_of_a_case_has_each_of_them() -> None:
    page = (ROOT / "docs" / "reference" / "case-format.md").read_text("utf-8")
    assert sorted(re.findall(r"{include} columns/(\w+)\.txt", page)) == sorted(["case", *TABLES])


def test_the_page_on_notebooks_lists_every_one() -> None:
    page = (ROOT / "docs" / "how-to" / "notebooks.md").read_text("utf-8")
    there = sorted(path.stem[:2] for path in (ROOT / "notebooks").glob("*.ipynb"))
    assert re.findall(r"^\| (\d\d) ", page, re.MULTILINE) == there
