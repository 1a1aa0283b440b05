"""The command line: brief, check, verify, new, affirm and lab."""

from __future__ import annotations

import io
import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import pandas as pd
import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from . import __version__
from .case import affirm, clock, findings_on, input_files, load_case, prescribed
from .errors import AukusMcdaError, CaseError, ExportError, escaped

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Compare options on weighted criteria, show how fragile the comparison is, and export it to slides.",
)

CaseArgument = Annotated[
    str, typer.Argument(metavar="CASE", help="A case folder, an .xlsx workbook, or a shipped case's name.")
]
AsOf = Annotated[
    str | None, typer.Option(metavar="DATE", help="Rank with the judgements made by this day, YYYY-MM-DD.")
]


def _version(wanted: bool) -> None:
    if wanted:
        _say(f"aukus-mcda {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options that stand before the command."""
    prescribed()  # refused here: libraries that come later fail on it in their own words


@app.command()
def brief(
    case: CaseArgument = "aukus_plus_two",
    weights: Annotated[
        str | None, typer.Option(metavar="PROFILE", help="Whose weights; baseline, or the first.")
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="DIR", help="Results go into a folder of the case's name in here.")
    ] = Path("out"),
    as_of: AsOf = None,
    template: Annotated[Path | None, typer.Option(metavar="FILE", help="Slides look like this .pptx or .potx.")] = None,
    size: Annotated[str | None, typer.Option(help="Without a template: 16:9 (the default), 4:3 or 10x5.625.")] = None,
    audience: Annotated[str | None, typer.Option(help="Whose words for likelihood the slides use: us or uk.")] = None,
    slides: Annotated[str | None, typer.Option(metavar="NAMES", help="Which slides, with commas between.")] = None,
    top: Annotated[str | None, typer.Option(metavar="N", help="How many options on slides, or their ids.")] = None,
) -> None:
    """Rank a case's options and write ranking, contributions, slides, workbook, one-page brief and manifest."""
    progress = _console(stderr=True)
    with progress.status("Reading the case") as status:
        checked = load_case(case, as_of=as_of)
        chosen = _chosen(template, size, audience, slides, top)
        status.update("Ranking")
        from .analysis import study  # slides and figures load only when they are wanted
        from .export.brief_files import FILES, require_same_anchors, write_brief
        from .export.slides import check_choices
        from .story import in_words, ranking_table

        check_choices(checked, **chosen)
        require_same_anchors(checked, out / checked.about.id)
        profile = weights or ("baseline" if "baseline" in checked.profiles else checked.profiles[0])
        result = study(checked, profile, progress=status.update)
        folder = write_brief(
            result,
            out / checked.about.id,
            inputs=input_files(case),
            command=["aukus-mcda", *sys.argv[1:]],
            progress=status.update,
            slides=chosen,
        )
    shown = ranking_table(result.ranking, result.acceptability).drop(columns="Screened out because")
    _print_table(_console(), shown, right=tuple(shown.columns[2:]))
    for line in in_words(result):
        _say(line)
    findings = findings_on(result.findings, checked.about, clock().date())
    if len(findings):
        _say("For a reviewer to know:")
        for finding in findings["finding"]:
            _say(f"- {finding}")
    _say(f"Written to {folder}: {', '.join(FILES)}", stderr=True)


def _chosen(
    template: Path | None, size: str | None, audience: str | None, slides: str | None, top: str | None
) -> dict[str, Any]:
    """The arguments of `export_slides` that were given."""
    if template is not None and size is not None:
        raise ExportError("A template brings its own size: give either --template or --size.")
    choices: dict[str, Any] = {"template": template, "size": size, "audience": audience, "slides": slides, "top": top}
    for name in ("slides", "top"):
        if choices[name] is not None:
            choices[name] = [each.strip() for each in choices[name].split(",") if each.strip()]
    with suppress(TypeError, ValueError):  # anything but a number is a list of ids
        choices["top"] = int(top)  # type: ignore[arg-type]
    return {name: choice for name, choice in choices.items() if choice is not None}


@app.command()
def check(case: CaseArgument = "aukus_plus_two", as_of: AsOf = None) -> None:
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
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A deck, workbook or one-page brief.")],
    case: Annotated[
        str | None, typer.Option(metavar="CASE", help="The case it should be made from; else the one it names.")
    ] = None,
    as_of: AsOf = None,
    seed: Annotated[int, typer.Option(help="The seed it should be made with.")] = 0,
) -> None:
    """Say whether a file was made from a case as it stands: exit 0 if so, 1 if not, 2 when nobody can tell."""
    from .export.stamps import case_named_in, verify

    checked = load_case(case, as_of=as_of) if case is not None else case_named_in(file, as_of)
    result = verify(file, checked, seed=seed)
    if result.same:
        _say(f"{file} was made from {checked.about.id} as it stands, and every part of it is as written.")
        return
    count = len(result.differences)
    _say(f"{file} is not what {checked.about.id} gives as it stands: {count} difference{'s'[: count != 1]}.")
    _print_table(_console(), result.differences)
    if not result.as_written:
        _say("The file was edited, or saved again by another program.")
    raise typer.Exit(1)


@app.command()
def new(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; its name becomes the case's id.")],
    xlsx: Annotated[bool, typer.Option("--xlsx", help="One workbook instead of CSV files.")] = False,
) -> None:
    """Make a new case with an example in every table, and notebooks that read it."""
    from .lab.start import new_case

    path = new_case(folder, workbook=xlsx)
    where = folder / path.name if xlsx else folder
    _say(
        f"Made {path}. Its rows are an invented example: put yours in their place, then\n"
        f"  aukus-mcda affirm {where}  (when your weights are judged for your anchors)\n"
        f"  aukus-mcda check {where}\n"
        f"  aukus-mcda lab {folder}"
    )


@app.command("affirm")
def affirm_case(
    case: Annotated[str, typer.Argument(metavar="CASE", help="A case folder or an .xlsx workbook.")],
) -> None:
    """Record that the weights are judged for the anchors as they stand, and say which anchors are not as they were."""
    for sentence in affirm(case).sentences:
        _say(sentence)


@app.command()
def lab(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The working folder; the notebooks are put there.")] = (
        Path()
    ),
    port: Annotated[int, typer.Option(help="The port to try first.")] = 8888,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = True,
) -> None:
    """Open JupyterLab at the first notebook, on this machine only."""
    from .lab.start import open_lab

    open_lab(folder, port=port, browser=browser)


def _say(text: str, *, stderr: bool = False) -> None:
    """Print text; here and in `_print_table` is all that reaches a terminal, and nothing that it would obey."""
    typer.echo(escaped(text), err=stderr)


def _console(stderr: bool = False) -> Console:
    """A console; a pipe or file gets lines long enough for the tables."""
    console = Console(stderr=stderr, highlight=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=160)


def _print_faults(console: Console, error: CaseError) -> None:
    count = len(error.faults)
    _say(f"{count} fault{'s' if count != 1 else ''} in the case:", stderr=console.stderr)
    _print_table(console, error.faults)


def _print_table(console: Console, frame: pd.DataFrame, right: tuple[str, ...] = ()) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in frame.columns:
        table.add_column(column, justify="right" if column in right else "left", overflow="fold")
    for row in frame.astype(str).itertuples(index=False):
        table.add_row(*(Text(escaped(cell)) for cell in row))
    console.print(table)


def main() -> None:
    """Run the command line; our own errors are printed plainly and end with exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a name must not fail on an old terminal
    try:
        app()
    except CaseError as error:
        _print_faults(_console(stderr=True), error)
        sys.exit(2)
    except (AukusMcdaError, OSError) as error:
        _say(str(error), stderr=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
