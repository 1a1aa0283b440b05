# SPDX-License-Identifier: Apache-2.0
"""The command line: brief, check, verify, new, affirm, ask, collect and lab."""

from __future__ import annotations

import gc
import io
import os
import re
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from . import __version__
from .case import MADE_OUT, Case, affirm, clock, findings_on, input_files, load_case, own_files, prescribed, work_folder
from .errors import AukusMcdaError, CaseError, ExportError, escaped
from .own_table import read_table
from .panel import panel_digest
from .ranking import Ranking, rank
from .story import rank_labels, understood
from .weights import Weights

if TYPE_CHECKING:
    from .analysis import Study

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Compare options on weighted criteria, show how fragile the comparison is, and export it to slides.",
)

MOST_PRINTED = 5
"""Options of the ranking that the terminal shows without --full."""
CASE: dict[str, Any] = {"metavar": "CASE", "help": "A case folder, an .xlsx workbook, or a shipped case's name."}
AS_OF_DAY = typer.Option(None, metavar="DATE", help="Rank with the judgements made by this day, YYYY-MM-DD.")
OWN_FOLDER = typer.Option(None, metavar="DIR", help="With the analyst's own scores and weights that this folder holds.")


def _whole(text: str) -> int:
    """A number without a fraction; what a library says of another is in words of its own."""
    try:
        return int(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a whole number.") from None


def _version(wanted: bool) -> None:
    if wanted:
        _say(f"aukus-mcda {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version."),
) -> None:
    """Options that stand before the command."""
    prescribed()  # refused here: libraries that come later fail on it in their own words


@app.command()
def brief(
    case: str = typer.Argument("aukus_plus_two", **CASE),
    weights: str | None = typer.Option(
        None, metavar="PROFILE", help="Whose weights; those saved in --own, baseline, or the first."
    ),
    out: Path = typer.Option(Path("out"), metavar="DIR", help="Results go into a folder of the case's name in here."),
    as_of: str | None = AS_OF_DAY,
    own: Path | None = OWN_FOLDER,
    since: str | None = typer.Option(None, metavar="DAY", help="Tell what has changed since this day, YYYY-MM-DD."),
    template: Path | None = typer.Option(None, metavar="FILE", help="Slides look like this .pptx or .potx."),
    size: str | None = typer.Option(None, help="Without a template: 16:9 (the default), 4:3 or 10x5.625."),
    audience: str | None = typer.Option(None, help="Whose words for likelihood are used: us or uk."),
    slides: str | None = typer.Option(None, metavar="NAMES", help="Which slides, with commas between."),
    annex: bool = typer.Option(False, "--annex", help="Add the tables behind the story to the slides."),
    full: bool = typer.Option(False, "--full", help="Print every finding and table, not the answer alone."),
) -> None:
    """Rank a case's options and write ranking, contributions, slides, workbook, one-page brief and manifest."""
    if template is not None and size is not None:
        raise ExportError("A template brings its own size: give either --template or --size.")
    from .export.slides import check_choices  # slides and figures load only when they are wanted

    blocked = [each for each in (out, *out.parents) if each.exists() and not each.is_dir()]
    if blocked:
        raise ExportError(f"Cannot write into {out}: {blocked[0]} is a file. Choose another folder.")
    names = None if slides is None else [each.strip() for each in slides.split(",") if each.strip()]
    given = {"template": template, "size": size, "audience": audience, "slides": names, "annex": annex}
    chosen: dict[str, Any] = {name: choice for name, choice in given.items() if choice is not None}
    check_choices(**chosen)
    with _console(stderr=True).status("Reading the case") as status:
        checked = load_case(case, as_of=as_of, own=own or False)
        ranking = rank(checked, _weights_of(checked, own) if weights is None else weights)
        if since is not None:
            from .perspectives import vintages

            vintages(checked, since, weights=ranking.weights)  # a day it refuses is told before anything is printed
        _print_ranking(ranking, checked, None if full else MOST_PRINTED)
        from .analysis import study
        from .export.brief_files import FILES, require_same_anchors, write_brief

        folder = out / checked.about.id
        require_same_anchors(checked, folder)
        judged = own if own and panel_digest(own) else False
        result = study(checked, ranking.weights, progress=status.update, since=since, panel=judged)
        due = findings_on(result.findings, checked.about, clock().date())["finding"][len(result.findings) :]
        _say(*_answer(result, audience, full), *due)
        arguments = ["aukus-mcda", *sys.argv[1:]]
        inputs = input_files(case, own)
        written = write_brief(result, folder, inputs=inputs, command=arguments, progress=status.update, slides=chosen)
    _say(f"Written to {folder}: {', '.join(path.name for path in written)}", stderr=True)
    for name, path in zip(FILES, written, strict=True):
        if path.name != name:
            _say(f"{name} is not as it was made, so it stays as it is; the new one is {path.name}.", stderr=True)


def _weights_of(case: Case, own: Path | None) -> Weights:
    """The weights where nobody names a profile: the analyst's own, as in notebooks, or what the case begins with."""
    if own is None:
        return case.profile(case.first_profile)
    from .lab.store import weights_to_begin_with  # what stands behind a board is loaded only for what one saved

    return weights_to_begin_with(case, own)


def _print_ranking(ranking: Ranking, case: Case, most: int | None) -> None:
    """The first options with their scores, on the screen before the long tests begin."""
    shown = ranking.ranked.head(most)
    rows = {"Rank": rank_labels(ranking)[shown.index], "Option": case.options["short"][shown.index]}
    frame = pd.DataFrame(rows).assign(Score=shown["score"].map("{:.1f}".format))
    _print_table(_console(), frame, right=("Score",))
    if len(ranking.ranked) > len(shown):
        _say(f"{len(ranking.ranked) - len(shown)} more follow; --full prints them.")


def _answer(result: Study, audience: str | None, full: bool) -> Iterator[str]:
    """The answer, how sure it is and what would change it, line by line; in full, every exhibit of deck and annex."""
    from .layout import Shown
    from .story import ANNEX, STORY, exhibit, exhibits, first_in_trials, whose

    if full:
        for _, each in exhibits(result, audience, (*STORY, *ANNEX)):
            yield f"\n{Shown(each)!r}"
    else:
        answer, changing = (exhibit(result, name, audience) for name in ("recommendation", "conditions"))
        assert answer is not None
        yield from filter(None, (answer.title, answer.subtitle, first_in_trials(result)))
        for _, news in exhibits(result, audience, ("since", "panel")):
            yield from (line for line in (f"{news.title}.", news.subtitle) if line not in answer.subtitle)
        if changing is not None:
            sentences = [f"- {sentence}" for sentence in changing.of(str)]
            yield from (f"{changing.title}{':' if sentences else '.'}", *sentences)
    yield whose(result)


@app.command()
def check(case: str = typer.Argument("aukus_plus_two", **CASE), as_of: str | None = AS_OF_DAY) -> None:
    """Check a case: print every fault and exit with 2, or print the findings and exit with 0."""
    try:
        checked = load_case(case, as_of=as_of)
    except CaseError as error:
        _print_faults(_console(), error)
        raise typer.Exit(2) from None
    findings = findings_on(checked.findings, checked.about, clock().date())
    _say(f"{checked.about.title}: no faults, {len(findings)} findings.")
    if len(findings):
        _print_table(_console(), findings)


@app.command("verify")
def verify_file(
    file: Path = typer.Argument(..., metavar="FILE", help="A deck, workbook or one-page brief."),
    case: str | None = typer.Option(
        None, metavar="CASE", help="The case it should be made from; else the one it names."
    ),
    as_of: str | None = AS_OF_DAY,
    own: Path | None = OWN_FOLDER,
    seed: int = typer.Option(0, parser=_whole, metavar="NUMBER", help="The seed it should be made with."),
) -> None:
    """Say whether a file was made from a case as it stands: exit 0 if so, 1 if not, 2 when nobody can tell."""
    from .export.stamps import case_named_in, verify

    def read(own: Path | None) -> Case:
        return case_named_in(file, as_of, own) if case is None else load_case(case, as_of=as_of, own=own or False)

    checked = read(own)
    result = verify(file, checked, seed=seed, panel=own)
    if result.same:
        _say(f"{file} was made from {checked.about.id} as it stands, and every part of it is as written.")
        return
    # What the analyst set may lie here, or in the working folder at home; not beside a file.
    places = (place / work_folder(checked.about.id) for place in (Path(), _working_folder() / "notebooks"))
    for folder in () if own else filter(own_files, places):
        if verify(file, read(folder), seed=seed, panel=folder).same:
            _say(f"{file} was made from {checked.about.id} with what you set in {folder}; every part is as written.")
            return
    count = len(result.differences)
    _say(f"{file} is not what {checked.about.id} gives as it stands: {count} difference{'s'[: count != 1]}.")
    _print_table(_console(), result.differences)
    if not result.as_written:
        _say("The file was edited, or saved again by another program.")
    if own is None and (changed := result.made_from.get("changed by the analyst")):
        _say(f"It was made with the analyst's own changes: {changed} Name their folder with --own.")
    if own is None and "panel" in result.made_from:
        _say("It was made with a panel of judges: name the folder of their answers with --own.")
    raise typer.Exit(1)


def _working_folder() -> Path:
    """Where the notebooks lie unless another folder is named."""
    return Path.home() / "aukus-mcda"


@app.command()
def new(
    folder: Path = typer.Argument(..., metavar="DIR", help="The folder to make; its name becomes the case's id."),
    xlsx: bool = typer.Option(False, "--xlsx", help="One workbook instead of CSV files."),
    table: Path | None = typer.Option(
        None, "--from", metavar="TABLE", help="Your options by criteria: .xlsx, .ods, .csv or text."
    ),
    sheet: str | None = typer.Option(None, help="The sheet of TABLE; the first that holds something."),
    cells: str | None = typer.Option(None, "--range", metavar="CELLS", help="Its part, such as B3:F12."),
    dry_run: bool = typer.Option(False, "--dry-run", help="Only say what TABLE holds."),
) -> None:
    """Make a new case with an example in every table, or from a table of yours, and notebooks that read it."""
    from .lab.start import new_case

    if table is None and (sheet, cells, dry_run) != (None, None, False):
        raise ExportError("--sheet, --range and --dry-run belong to --from: name the table.")
    case = None if table is None else read_table(table, sheet=sheet, cells=cells)
    path = None if dry_run else new_case(folder, workbook=xlsx, case=case)  # or refuse, before all else is told
    if case is not None:
        _say(*understood(case))
        assumed = case.findings.loc[case.findings["code"].isin(MADE_OUT), "finding"]
        if len(assumed):
            _say("\nWhat had to be assumed, a finding on the case until it is confirmed:", *("- " + assumed))
        _say("")
    if path is None:
        _say("Nothing was written.")
        return
    begin = "Its rows are an invented example: put yours in their place" if case is None else "Confirm what was assumed"
    # The lines are there to be pasted into a shell.
    where = f'"{folder}"' if os.name == "nt" else shlex.quote(str(folder))
    _say(
        f"Made {path}. {begin}, then",
        f"  aukus-mcda check {where}",
        f"  aukus-mcda affirm {where}  # when your weights are judged for your anchors",
        f"  aukus-mcda brief {where}",
        f"  aukus-mcda lab {where}",
    )


@app.command("affirm")
def affirm_case(case: str = typer.Argument(..., metavar="CASE", help="A case folder or an .xlsx workbook.")) -> None:
    """Record that the weights are judged for the anchors as they stand, and say which anchors are not as they were."""
    _say(*affirm(case))


def _with_panel(case: str, own: Path | None) -> tuple[Case, Path]:
    """A case, with the analyst's own changes where there are any yet, and the folder that holds its panel."""
    checked = load_case(case, own=own if own and own_files(own) else False)
    return checked, work_folder(checked.about.id, own)


@app.command()
def ask(
    case: str = typer.Argument(..., **CASE),
    judge: list[str] | None = typer.Option(None, metavar="NAME", help="A judge's role or name; give it once for each."),
    scores: list[str] | None = typer.Option(
        None, metavar="CRITERION", help="Ask for the scores beneath it; else for all."
    ),
    weights: bool = typer.Option(False, "--weights", help="Ask for swing weights too."),
    only_weights: bool = typer.Option(False, "--only-weights", help="Ask for swing weights alone."),
    again: bool = typer.Option(
        False, "--again", help="A further round: only what is worth discussing, with what others said."
    ),
    own: Path | None = OWN_FOLDER,
    out: Path = typer.Option(Path("questions"), metavar="DIR", help="The pages go into this folder."),
) -> None:
    """Write a page of questions for each judge, to be answered without a network and sent back."""
    from .lab.asking import write_questions

    checked, folder = _with_panel(case, own)
    if not judge and not again:
        raise ExportError("Name each judge: --judge 'Role A' --judge 'Role B'.")
    asked = [] if only_weights else scores
    weighed = weights or only_weights
    written = write_questions(checked, out, judge or [], scores=asked, weights=weighed, panel=folder, again=again)
    _say(*(f"Written {path}" for path in written))
    if not written:
        _say(
            "No questions were written: no score in dispute could change whom a judge puts first, or nobody moved in "
            "the last round on those that could. Weights are asked again with --weights."
        )


@app.command("collect")
def collect_answers(
    case: str = typer.Argument(..., **CASE),
    files: list[Path] | None = typer.Argument(None, metavar="ANSWERS", help="The files that judges sent."),
    own: Path | None = OWN_FOLDER,
    reveal: bool = typer.Option(
        False, "--reveal", help="Close the round for good, then show who would put what first."
    ),
    early: bool = typer.Option(False, "--early", help="With --reveal: though some who were asked have not answered."),
) -> None:
    """Check the answers of judges and add them to the panel; totals are shown after it is closed, and not before."""
    from .analysis import study
    from .panel import close_panel, collect, due_answers

    checked, folder = _with_panel(case, own)
    _say(*collect(checked, folder, files or []))
    if reveal:
        due = due_answers(checked, folder)
        if due and not early:
            raise ExportError(
                f"The round stays open: after closing, answers of {'; '.join(due)} would be refused. "
                "To close without them: --reveal --early."
            )
        weights = _weights_of(checked, own)  # or refuse, before the round is closed for good
        closed = close_panel(checked, folder)
        _say(f"Closed at {closed['at']} on {len(closed['answers'])} files of answers.")
        result = study(checked, weights, panel=folder)
        rounds = ["panel rounds"] if result.panel is not None and len(result.panel.moved) else []
        _say(f"\n{result.show('panel', 'panel scores', *rounds)!r}")


@app.command()
def lab(
    folder: Path | None = typer.Argument(
        None, metavar="DIR", help="The working folder; the notebooks are put there. aukus-mcda at home."
    ),
    port: int = typer.Option(8888, parser=_whole, metavar="NUMBER", help="The port to try first."),
    browser: bool = typer.Option(True, help="Open a browser."),
) -> None:
    """Open JupyterLab at the first notebook, on this machine only."""
    from .lab.start import open_lab

    open_lab(folder or _working_folder(), port=port, browser=browser)


def _say(*lines: str, stderr: bool = False) -> None:
    """Print lines; here and in `_print_table` is all that reaches a terminal, and nothing that it would obey."""
    for line in lines:
        _print(f"{escaped(line)}\n", stderr)


def _print(text: str, stderr: bool) -> None:
    """Print, or print into nothing once nobody reads, as behind ``| head``: the files are made all the same."""
    try:
        typer.echo(text, nl=False, err=stderr)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), (sys.stderr if stderr else sys.stdout).fileno())


def _console(stderr: bool = False) -> Console:
    """A console; a pipe or file gets lines long enough for the tables."""
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=160)


def _print_faults(console: Console, error: CaseError) -> None:
    _say(str(error).split("\n")[0], stderr=console.stderr)
    _print_table(console, error.faults)


def _print_table(console: Console, frame: pd.DataFrame, right: tuple[str, ...] = ()) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in frame.columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in frame.astype(str).itertuples(index=False):
        table.add_row(*(Text(escaped(cell)) for cell in row))
    with console.capture() as printed:
        console.print(table)
    _print(printed.get(), console.stderr)


def main() -> None:
    """Run the command line; our own errors are printed plainly and end with exit code 2."""
    gc.set_threshold(100_000)  # a run is short: searching for cycles again and again took a tenth of it
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name must not fail on an old terminal
    try:
        if any(re.fullmatch(r"(--[\w-]+=)?\s*", each) for each in sys.argv[1:]):  # a path would be the folder one is in
            raise AukusMcdaError("An argument is blank. Name what is meant, or leave it out; a dot is the folder here.")
        app()
    except CaseError as error:
        _print_faults(_console(stderr=True), error)
        sys.exit(2)
    except (AukusMcdaError, OSError) as error:
        _say(str(error), stderr=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
