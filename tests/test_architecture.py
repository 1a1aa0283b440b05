"""The flow goes one way, the public names are what they say, and importing stays quick."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import ROOT

import aukus_mcda

# A module imports only from those before it.
FLOW = (
    "errors", "values", "answers",
    "swing_tree", "weights", "rank_orders", "judges", "comparisons", "pairwise", "best_worst", "tree_weights",
    "entries", "folds", "elicitation",
    "gammas", "sampling", "polytope", "space_terms", "spaces", "draws",
    "schemas", "about", "checks", "findings", "case", "distributions", "reading", "ranking",
    "shares", "sensitivity", "programs", "flips", "information", "variance",
    "score_draws", "counting", "simulation", "acceptability",
    "scenarios", "regret", "future_draws", "failing", "future_counting", "futures",
    "redlines", "combinations", "weight_sets", "package_values", "package_dominance", "package_draws",
    "package_programs", "package_search", "package_tradeoffs", "phases", "packages",
    "problem", "outranking", "compromise", "concordance", "methods", "objective_weights",
    "method_blocks", "combining", "attribution",
    "palette", "yardsticks", "linting", "wording", "verdicts", "tables", "plots", "describing", "showing",
    "future_wording", "future_plots", "package_wording", "package_plots",
    "files", "repacking", "contents", "preflight", "fragility",
    "agreement", "consensus", "capitals", "capital_wording", "capital_plots", "vintages",
    "measuring", "house", "templates", "blocks", "native_charts", "layout", "deck",
    "study", "stamps", "sheets", "live_sheets", "told_sheets", "beyond_sheets", "workbook", "one_page",
    "beyond", "speaking", "fragility_slides", "capital_slides", "future_slides",
    "package_slides", "ranking_slides", "annex_slides", "slides", "starting", "brief", "buttons", "cli",
)  # fmt: skip

PACKAGE = ROOT / "aukus_mcda"
MODULES = sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__")


def imported(path: Path) -> set[str]:
    """Names of our own modules that a file imports, wherever in the file it does."""
    found = set()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for block in [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]:
        block.body = []  # names for the type checker are not imported when it runs
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.level == 1:
            found |= {node.module} if node.module else {alias.name for alias in node.names}
    return {name.split(".")[0] for name in found}


def test_every_module_has_its_place_in_the_flow() -> None:
    assert sorted(FLOW) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_a_module_imports_only_from_those_before_it(module: str) -> None:
    later = set(FLOW[FLOW.index(module) :])
    assert imported(PACKAGE / f"{module}.py") & later == set()


def test_only_one_module_may_import_pymcdm() -> None:
    loads = re.compile(r'^ *(import|from) pymcdm\b|"pymcdm\.', re.MULTILINE)
    loading = {path.stem for path in PACKAGE.rglob("*.py") if loads.search(path.read_text(encoding="utf-8"))}
    assert loading == {"methods"}


def test_the_public_names_are_sorted_and_there() -> None:
    assert aukus_mcda.__all__ == sorted(aukus_mcda.__all__)
    for name in aukus_mcda.__all__:
        assert getattr(aukus_mcda, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        aukus_mcda.nothing  # noqa: B018


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
