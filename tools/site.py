# SPDX-License-Identifier: Apache-2.0
"""The site, built without a network: pages of ``docs/``, notebooks with their answers, pages written from the code.

``python -m tools.site`` writes ``build/site/html/index.html``; a warning is an error. Notebooks are run as
``aukus-mcda lab`` runs them, and only when they or what they rest on have changed. Where nothing has changed since the
site was built without a warning, it is left as it is.
"""

from __future__ import annotations

import gc
import hashlib
import importlib
import inspect
import os
import re
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from html import escape
from pathlib import Path
from typing import Any

import nbformat
import pandas as pd
import typer
from sphinx.cmd.build import build_main

import aukus_mcda
from aukus_mcda import WeightBoard, export_html, load_case, study
from aukus_mcda.case import tables
from aukus_mcda.cli import app
from aukus_mcda.lab.start import AT_ONCE, prepare_all, working_notebooks
from tools.diagrams import rooms_drawn

ROOT = Path(__file__).parent.parent
BUILD = ROOT / "build" / "site"
PAGES = {
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
    "CODE_OF_CONDUCT.md": "CODE_OF_CONDUCT.md",
    "SECURITY.md": "SECURITY.md",
    "LICENSE": "LICENSE",
    "benchmarks/README.md": "benchmarks.md",
    "seeds/README.md": "seeds.md",
    "notebooks/sites.csv": "notebooks/sites.csv",
    **{f"notebooks/{path.name}": f"notebooks/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")},
}
"""Files outside ``docs/`` that are pages too, or that pages hand out, and where they stand on the site."""
RESTS_ON = ("aukus_mcda", "data", "docs", "notebooks", "seeds", "tools")
"""The folders that the site is made from, beside the files that are pages too."""
WRITTEN = (
    "rooms.svg", "live-board.html", "live-study.html", "notebooks/index.md", "reference/api/index.md",
    "reference/command-line.md",
)  # fmt: skip
"""What is written from the code, beside the pages of ``docs/``."""
GROUPS = {
    "case": "Case",
    "own_table": "Case",
    "weights": "Weights",
    "ranking": "Ranking",
    "uncertainty": "How sure the ranking is",
    "perspectives": "Capitals, futures, packages",
    "analysis": "The whole study",
    "export": "Files",
    "lab": "In JupyterLab",
    "errors": "Errors",
}
"""Under which title the public names of a room are listed."""
WIDGET = "application/vnd.jupyter.widget-view+json"


def main() -> int:
    """Gather the pages and build them, unless they are as they were; give Sphinx's exit code."""
    gc.set_threshold(100_000)  # as the command line does: a fifth of the build was searching for cycles
    mark, inputs, source = BUILD / "html" / ".built-from", digest(), BUILD / "source"
    if mark.exists() and mark.read_text("utf-8") == inputs:
        return 0
    for folder in (source, BUILD / "doctrees", BUILD / "html"):
        shutil.rmtree(folder, ignore_errors=True)
    gather(source)
    notebooks(source / "notebooks", BUILD / "work")
    live(source / "live")
    api(source / "reference" / "api")
    (source / "reference" / "command-line.md").write_text(command_line(), "utf-8")
    (source / "reference" / "findings.txt").write_text(findings(), "utf-8")
    columns(source / "reference" / "columns")
    (source / "rooms.svg").write_text(rooms_drawn(), "utf-8")
    out = str(BUILD / "html")
    code = build_main(["-q", "-W", "--keep-going", "-j", "2", "-d", str(BUILD / "doctrees"), str(source), out])
    if code == 0:  # a warning is to be told each time
        mark.write_text(inputs, "utf-8")
    return code


def digest() -> str:
    """All that the site is made from, as one number: the files, and the locked versions of what builds it."""
    paths = [path for folder in RESTS_ON for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    made = hashlib.sha256(sys.version.encode())
    for path in sorted({*filter(Path.is_file, paths), *(ROOT / path for path in (*PAGES, "requirements.lock"))}):
        made.update(f"{path.relative_to(ROOT).as_posix()} {path.stat().st_size} ".encode() + path.read_bytes())
    return made.hexdigest()


def gather(source: Path) -> None:
    """Copy pages, with links between them led to where they stand on the site."""
    docs = ROOT / "docs"
    places = {path: source / path.relative_to(docs) for path in docs.rglob("*") if path.is_file()}
    places |= {ROOT / path: source / place for path, place in PAGES.items()}
    for path, place in places.items():
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".md":
            place.write_text(led(path.read_text("utf-8"), path, places), "utf-8")
        elif path.suffix != ".ipynb":
            shutil.copyfile(path, place)


def led(text: str, path: Path, places: dict[Path, Path]) -> str:
    """A page's text, its links to files led to their places."""

    def link(match: re.Match[str]) -> str:
        file, mark, anchor = match[1].partition("#")
        to = places.get(Path(os.path.normpath(path.parent / file)))
        if not file or to is None:
            return match[0]
        return f"]({Path(os.path.relpath(to, places[path].parent)).as_posix()}{mark}{anchor})"

    text = text.replace("\n\n```\n\n", "\n```\n\n")  # doctest needs the blank line, a reader does not
    return re.sub(r"\]\(([^)\s:]+)\)", link, text)


def notebooks(folder: Path, work: Path) -> None:
    """The notebooks with their answers, and a page that lists them; what needs a kernel is left out, and told."""
    ready = prepared(work)
    rows = []
    for path in sorted(ready.glob("*.ipynb")):
        book = nbformat.read(path, as_version=4)
        del book.metadata["widgets"]
        for cell in book.cells:
            if cell.cell_type == "code":
                still(cell)
            else:
                cell.source = re.sub(r"`docs/([\w/-]+\.md)`", r"[](../\1)", cell.source)
        nbformat.write(book, folder / path.name)
        rows.append(f"{path.stem}\n")
    title = "# The notebooks, with their answers\n\nYou want to read the analysis step by step, and install nothing.\n"
    alive = "Controls work only [in JupyterLab](../how-to/notebooks.md), but for the board, which works here too.\n"
    toc = f"```{{toctree}}\n:maxdepth: 1\n\n{''.join(rows)}```\n"
    (folder / "index.md").write_text(f"{title}\n{alive}\n{toc}", "utf-8")


def prepared(work: Path) -> Path:
    """The notebooks in a working folder, each run where it or what it rests on has changed."""
    ready = working_notebooks(work)
    waiting = iter(sorted(ready.glob("*.ipynb")))
    with ThreadPoolExecutor(AT_ONCE) as both:
        for done in [both.submit(prepare_all, waiting) for _ in range(AT_ONCE)]:
            done.result()
    return ready


def still(cell: Any) -> None:
    """A cell as a page shows it: folded code; in the place of a control its words, or the board, which works."""
    if cell.metadata.get("jupyter", {}).get("source_hidden"):
        cell.metadata["tags"] = ["hide-input"]
    for output in cell.outputs:
        if output.get("data", {}).pop(WIDGET, None):
            words = output.data["text/plain"]
            if words.startswith("The weight board of"):
                shown = '<iframe class="board" src="../live-board.html" title="The weight board"></iframe>'
            else:
                words = "Here JupyterLab has a list to pick from." if "children=" in words else words
                shown = f'<p class="in-lab">{escape(words)}</p>'
            output.data["text/html"] = shown


def live(folder: Path) -> None:
    """The board and the study of the shipped case, each a file that works by itself."""
    folder.mkdir()
    case = load_case("aukus_plus_two")
    WeightBoard(case, "baseline", work=folder / "none").export_html(folder / "live-board.html")
    export_html(study(case), folder / "live-study.html")


def api(folder: Path) -> None:
    """A page for each public name, one for each class that a public function takes or gives, and the list of all."""
    folder.mkdir()
    given = given_classes()
    for name in [*aukus_mcda.__all__, *given]:
        public = getattr(aukus_mcda, name, None) or given[name]
        kind, members = ("class", "   :members:\n") if inspect.isclass(public) else ("function", "")
        page = f"{name}\n{'=' * len(name)}\n\n.. auto{kind}:: aukus_mcda.{name}\n{members}"
        (folder / f"{name}.rst").write_text(page, "utf-8")
    groups: dict[str, dict[str, Any]] = {title: {} for title in GROUPS.values()}
    for name in aukus_mcda.__all__:
        public = getattr(aukus_mcda, name)
        groups[GROUPS[public.__module__.split(".")[1]]][name] = public
    groups["Results, and sets of weights"] = given
    claim = "You want to know what a function takes, gives and refuses. All come from the top:"
    index = [f"# Python\n\n{claim} `from aukus_mcda import rank`.\n"]
    pages = []
    for title, names in groups.items():
        rows = [f"| [`{name}`]({name}.rst) | {first_line(public)} |" for name, public in names.items()]
        table = "\n".join(["| name | is for |", "|---|---|", *rows, ""])
        index.append(f"## {title}\n\n{table}")
        pages.append(re.sub(r"\W+", "-", title.lower()))
        listed = "\n".join(names)
        toc = f"```{{toctree}}\n:hidden:\n\n{listed}\n```\n"
        (folder / f"{pages[-1]}.md").write_text(f"# {title}\n\n{table}\n{toc}", "utf-8")
    toc = "\n".join(["```{toctree}", ":hidden:", "", *pages, "```", ""])
    (folder / "index.md").write_text("\n".join([*index, toc]), "utf-8")


def given_classes() -> dict[str, type]:
    """The classes that public functions say they take or give and that are no public names themselves."""
    given = {}
    for function in filter(inspect.isfunction, (getattr(aukus_mcda, name) for name in aukus_mcda.__all__)):
        home = importlib.import_module(function.__module__)
        for name in re.findall(r"\w+", str(inspect.signature(function))):
            named = getattr(home, name, None)
            ours = inspect.isclass(named) and named.__module__.startswith("aukus_mcda")
            if ours and name not in {*aukus_mcda.__all__, "Cluster"}:  # which stands for Dask's client
                given[name] = named
    return dict(sorted(given.items()))


def first_line(public: Any) -> str:
    """What a name is for, in a cell of a table."""
    return (inspect.getdoc(public) or "").split("\n")[0].replace("``", "`").replace("|", "\\|")


def command_line() -> str:
    """Each command with its arguments and options, as ``--help`` has them."""
    group: Any = typer.main.get_command(app)
    lines = [
        "# Command line\n\nYou want to know which options a command has. `aukus-mcda COMMAND --help` prints the same.\n"
    ]
    for name, command in group.commands.items():
        arguments = [each for each in command.params if each.param_type_name == "argument"]
        usage = " ".join(each.metavar if each.required else f"[{each.metavar}]" for each in arguments)
        lines.append(f"## {name}\n\n{command.help}\n\n```sh\naukus-mcda {name} {usage} [OPTIONS]\n```\n")
        lines.append("| argument or option | is |\n|---|---|")
        for each in command.params:
            names = each.metavar if each in arguments else ", ".join([*each.opts, *each.secondary_opts])
            value = f" {each.metavar}" if each not in arguments and each.metavar else ""
            lines.append(f"| `{names}{value}` | {each.help} |")
        lines.append("")
    lines.append("Exit codes: 0 when all went well; 1 when `verify` finds a difference; 2 for a refusal.\n")
    return "\n".join(lines)


def columns(folder: Path) -> None:
    """For each file of a case: its columns, as ``columns.csv`` says them, and the first lines of an example."""
    folder.mkdir()
    path = Path(tables.__file__).with_name("columns.csv")
    for name, rows in pd.read_csv(path, dtype=str, keep_default_na=False).groupby("table", sort=False):
        heads, ends = ["entry", "means", "holds"], ""
        if name != "case":
            heads = ["column", "means", "holds", "may be blank"]
            example = next((ROOT / "data" / "starter").rglob(f"{name}.csv")).read_text("utf-8").splitlines()[:4]
            ends = "\n".join(["", "```text", *example, "```", ""])
        lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
        for _, row in rows.iterrows():
            rule = (tables.ABOUT if name == "case" else tables.TABLES[name])[row["column"]]
            mark = "**" if row["needed"] else ""
            cells = [f"{mark}`{row['column']}`{mark}", row["meaning"], holds(row["from"], row["column"], rule)]
            cells += [] if name == "case" else ["yes" if rule.holds("") else "no"]
            lines.append("| " + " | ".join(cells) + " |")
        (folder / f"{name}.txt").write_text("\n".join([*lines, ends]), "utf-8")


def holds(source: str, column: str, rule: tables.CellRule) -> str:
    """What a cell may hold, in few words."""
    table, _, key = source.partition(".")
    if rule.words:
        return ", ".join(f"`{word}`" for word in rule.words if word)
    if source and key != column:
        return f"ids of {table}, joined by `;`" if rule.kind == "ids" else f"an id of {table}"
    return re.split(": | without| up to|, or blank", rule.expected)[0]


def findings() -> str:
    """A table of what a finding says and whose practice it is; what a case may not state is one finding."""
    table = pd.read_csv(ROOT / "aukus_mcda" / "case" / "findings.csv", dtype=str, keep_default_na=False)
    by_code = table.groupby("code", sort=False).agg(lambda texts: "; ".join(dict.fromkeys(texts)))
    by_code.loc["not-stated", "finding"] = f"The case does not say: {by_code.at['not-stated', 'finding']}."
    rows = [f"| `{code}` | {row['finding']} | {row['standard']} |" for code, row in by_code.iterrows()]
    return "\n".join(["| code | says | standard |", "|---|---|---|", *rows, ""])


if __name__ == "__main__":
    sys.exit(main())
