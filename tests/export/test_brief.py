# SPDX-License-Identifier: Apache-2.0
"""The command line: one command makes the brief, faults are plain, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import deck_templates
import pandas as pd
import pytest
from click.testing import Result
from conftest import ROOT, Command
from pptx import Presentation
from test_words_exported import MIXING, OFFENDING, linted
from thin_cases import thin
from typer.testing import CliRunner

from aukus_mcda import Case, ExportError, WeightsError, cli, load_case, rank, study, verify
from aukus_mcda.analysis import Study
from aukus_mcda.case.reading import input_files
from aukus_mcda.case.writing import replacing
from aukus_mcda.cli import MOST_PRINTED
from aukus_mcda.errors import escaped
from aukus_mcda.export.brief_files import FILES, write_brief
from aukus_mcda.lab.store import save_weights, saved_weights
from aukus_mcda.layout.office_parts import unpack
from aukus_mcda.story import ANNEX, STORY, exhibits

MADE = set(FILES)


def test_brief_writes_its_files_and_prints_the_answer_in_a_few_lines(briefed: tuple, case: Case) -> None:
    folder, done = briefed
    assert {path.name for path in folder.iterdir()} == MADE
    ranked, lines = rank(case).ranked, done.stdout.splitlines()
    for option, row in ranked.head(MOST_PRINTED).iterrows():
        name = re.escape(case.options.at[option, "short"])
        assert re.search(rf"^{row['rank']}\s+{name}\s+{row['score']:.1f}$", done.stdout, re.MULTILINE)
    assert f"{len(ranked) - MOST_PRINTED} more follow; --full prints them." in lines
    (answer,) = (line for line in lines if line.startswith("Of ten options, "))
    assert lines[lines.index(answer) - 1], "what to do stands above it"
    first = case.options.at[ranked.index[0], "name"]
    assert answer.startswith(
        f"Of ten options, \N{LEFT DOUBLE QUOTATION MARK}{first}\N{RIGHT DOUBLE QUOTATION MARK} ranks"
    )
    assert re.search(r" (robust|sensitive|inconclusive)\.$", answer)
    assert lines[-6] == "What could change it:" and all(line.startswith("- ") for line in lines[-5:-1])
    assert lines[-1].startswith("Baseline weights. This informs a decision and does not make one. Illustrative")
    assert len(lines) <= 16 and len(done.stdout.split()) <= 200
    assert "Traceback" not in done.stderr


def test_the_ranking_is_on_the_screen_before_the_tests_begin(tmp_path: Path) -> None:
    """Within two seconds of the processor, or on a slow or busy machine four times what pandas takes to load."""

    def ran(code: str) -> str:
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        return subprocess.run(
            [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True
        ).stdout

    pandas = float(ran("import time, pandas; print(time.process_time())"))
    *ranking, seconds = ran(RANKED_FIRST).splitlines()
    assert any(re.match("1 ", line) for line in ranking)
    assert float(seconds) < max(2, 4 * pandas)


def test_in_full_every_finding_of_deck_and_annex_is_printed(
    quick: Callable[..., Result], tested: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", lambda *_, **__: tested)
    monkeypatch.setattr("aukus_mcda.export.brief_files.write_brief", lambda *_, **__: list(map(Path, FILES)))
    done = quick("brief", "--full")
    assert done.exit_code == 0, done.output
    for _, told in exhibits(tested, None, (*STORY, *ANNEX)):
        assert escaped(told.title) in done.output
    assert not re.search(r"more follow", done.output)


def test_the_exported_ranking_is_unrounded_and_whole(briefed: tuple) -> None:
    folder, _ = briefed
    exported = pd.read_csv(folder / "ranking.csv")
    assert list(exported.columns) == ["option", "name", "score", "rank", "screened", "reason"]
    assert (folder / "ranking.csv").read_bytes().startswith(b"\xef\xbb\xbfoption,")  # or Excel takes it for Latin text
    table = rank(load_case("aukus_plus_two")).table
    assert exported["score"].tolist() == table["score"].tolist()
    parts = pd.read_csv(folder / "contributions.csv", index_col="option")
    assert parts.drop(columns="score").sum(axis=1).sub(parts["score"]).abs().max() < 1e-9


def test_the_manifest_names_every_input_and_what_made_it(briefed: tuple) -> None:
    folder, _ = briefed
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {"case.toml", "scores.csv", "seeds/evidence.csv", "seeds/sources.csv"} <= manifest["inputs"].keys()
    for name, digest in manifest["inputs"].items():
        assert hashlib.sha256(input_files("aukus_plus_two")[name].read_bytes()).hexdigest() == digest
    assert manifest["provenance"]["case digest (SHA-256)"] == load_case("aukus_plus_two").digest
    assert {"command", "made", "seed"} <= manifest.keys()
    assert {"numpy", "pandas", "openpyxl", "python-pptx", "python-docx", "aukus-mcda", "python"} <= manifest[
        "provenance"
    ].keys()


def test_what_the_brief_prints_is_clean(briefed: tuple, case: Case) -> None:
    lines = [re.sub(r" {2,}", "\n\n", line) for line in briefed[1].stdout.splitlines()]
    assert linted(iter(lines), case.about.yardstick) == []
    assert [problem.rule for problem in linted(iter([*lines, OFFENDING]), "icd203")] == ["confidence"]
    assert [problem.rule for problem in linted(iter([*lines, MIXING]), "icd203")] == ["mixed"]


RANKED_FIRST = """
import time
from aukus_mcda import cli
print_ranking = cli._print_ranking
def timed(*arguments):
    print_ranking(*arguments)
    print(time.process_time(), flush=True)
    raise SystemExit
cli._print_ranking = timed
cli.app(["brief"])
"""


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """The command in this process, in an empty folder, on few draws."""
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", partial(study, draws=1000))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str | Path) -> Result:
        return CliRunner().invoke(cli.app, [str(argument) for argument in arguments])

    return command


def test_a_rerun_gives_the_same_ranking_to_the_byte(quick: Callable[..., Result], tmp_path: Path) -> None:
    seen = []
    for _ in range(2):
        assert quick("brief", "starter").exit_code == 0
        folder = tmp_path / "out" / "my_case"
        assert {path.name for path in folder.iterdir()} == MADE
        seen.append([(folder / name).read_bytes() for name in sorted(MADE - {"manifest.json"})])
    assert seen[0] == seen[1]


OFFICE = ("slides.pptx", "workbook.xlsx", "one_page.docx")


@pytest.mark.parametrize("names", [OFFICE[:1], OFFICE[1:]])
def test_a_file_that_somebody_edited_stays_and_the_new_one_is_beside_it(
    quick: Callable[..., Result], starter: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, names: tuple
) -> None:
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", lambda *_, **__: starter)
    folder = tmp_path / "out" / "my_case"
    assert quick("brief", "starter", "--slides", "ranking").exit_code == 0
    for name in names:
        parts = unpack((folder / name).read_bytes())
        with zipfile.ZipFile(folder / name, "w") as archive:
            for part, content in parts.items():
                archive.writestr(part, content.replace(b"Exchange", b"Barter"))
    by_hand = {name: (folder / name).read_bytes() for name in names}
    others = {name: name.replace(".", "-2.") for name in names}
    for _ in range(2):  # what was made beside it is replaced in its turn
        done = quick("brief", "starter", "--slides", "ranking")
        told = [f"{name} is not as it was made, so it stays as it is; the new one is {others[name]}." for name in names]
        assert [line for line in done.output.splitlines() if "not as it was made" in line] == told
        assert {name: (folder / name).read_bytes() for name in names} == by_hand
        assert {path.name for path in folder.iterdir()} == MADE | {*others.values()}
    for other in others.values():
        assert verify(folder / other, load_case("starter")).same


def test_weights_saved_by_a_board_count_in_a_brief_with_what_is_ones_own(
    quick: Callable[..., Result], tmp_path: Path
) -> None:
    case, work, made = load_case("starter"), tmp_path / "work" / "my_case", tmp_path / "out" / "my_case"
    save_weights(case, work, case.profile("baseline").points.to_dict() | {case.leaves[0]: 1.0}, "baseline")
    done = quick("brief", "starter", "--own", work)
    assert done.exit_code == 0 and done.output.count("The analyst's own weights.") == 1, done.output
    scores = [rank(case, weights).table["score"].to_list() for weights in (saved_weights(case, work), "baseline")]
    assert pd.read_csv(made / "ranking.csv")["score"].to_list() == scores[0] != scores[1]
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["inputs"]["own/weights.json"] == hashlib.sha256((work / "weights.json").read_bytes()).hexdigest()
    assert manifest["provenance"]["weights"].startswith("baseline, changed")
    for name in OFFICE:
        assert b"own weights" in b"".join(unpack((made / name).read_bytes()).values())
        assert quick("verify", made / name, "--case", "starter", "--own", work).exit_code == 0
    others = quick("brief", "starter", "--own", work, "--weights", "baseline", "--slides", "ranking")
    assert "\nBaseline weights." in others.output and "own weights." not in others.output
    kept = (work / "weights.json").read_text(encoding="utf-8")
    (work / "weights.json").write_text(kept.replace(case.anchors_digest, "of another day"), encoding="utf-8")
    refused = quick("brief", "starter", "--own", work)
    assert isinstance(refused.exception, WeightsError) and "other anchors" in str(refused.exception)


def test_weights_date_and_folder_can_be_chosen(quick: Callable[..., Result], tmp_path: Path) -> None:
    chosen = ("--weights", "treasury", "--as-of", "2026-06-30", "--out", "there", "--slides", "ranking")
    done = quick("brief", "starter", *chosen)
    assert done.exit_code == 0, done.output
    manifest = json.loads((tmp_path / "there" / "my_case" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["provenance"]["case digest (SHA-256)"] == load_case("starter", as_of="2026-06-30").digest
    exported = pd.read_csv(tmp_path / "there" / "my_case" / "ranking.csv", index_col="option")
    expected = rank(load_case("starter", as_of="2026-06-30"), "treasury").table["score"]
    pd.testing.assert_series_equal(exported["score"], expected, check_exact=True)


def test_no_text_in_a_csv_file_runs_in_a_spreadsheet_and_every_number_stays_one(tmp_path: Path) -> None:
    names = ["=1+2", "+7", "@SUM(A1)", "\t=1", " -9", "\uff1d1+3", "\ufe63 2", "桜の会", "해안 감시", "a-b = c"]
    ids = ["-a", "b", "c", "d", "e", "f", "g", "h", "i", "j"]
    case = Case.from_frames(
        options=pd.DataFrame({"id": ids, "name": names}),
        criteria=pd.DataFrame({"id": ["=x", "y"], "direction": "max", "worst": -10, "best": 10}),
        scores=pd.DataFrame(
            {"option": [each for each in ids for _ in "xy"], "criterion": ["=x", "y"] * 10, "likely": range(-10, 10)}
        ),
        weights=pd.DataFrame({"profile": "baseline", "criterion": ["=x", "y"], "likely": [100, 50]}),
        screens=pd.DataFrame(
            {"option": ids, "screen": "law", "passes": ["yes", "no", *["yes"] * 8], "reason": "-- not lawful"}
        ),
    )
    made = study(case, draws=1000)
    folder = write_brief(made, tmp_path, slides={"slides": ["ranking"]})[0].parent
    ranking, parts = (pd.read_csv(folder / name, index_col="option") for name in ("ranking.csv", "contributions.csv"))
    expected = made.ranking.table
    kept = {"\N{CJK UNIFIED IDEOGRAPH-685C}の会", "해안 감시", "a-b = c"}
    assert {row.name: row["name"] for _, row in ranking.iterrows()} == {
        {"-a": "'-a"}.get(key, key): name if name in kept else f"'{name.strip()}"
        for key, name in zip(ids, names, strict=True)
    }  # fmt: skip
    assert ranking.at["b", "reason"] == "'-- not lawful" and list(parts) == ["'=x", "y", "score"]
    assert ranking["score"].tolist() == expected["score"].tolist()
    text = (folder / "ranking.csv").read_text(encoding="utf-8-sig")
    assert not re.search(r'(^|,)"?\s*[=+@\uff1d\ufe63]', text, re.MULTILINE)


def test_template_slides_and_annex_can_be_chosen(
    quick: Callable[..., Result], starter: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", lambda *_, **__: starter)
    template = deck_templates.dark(tmp_path / "template.pptx")
    chosen = ("--slides", "whole ranking, ranking", "--audience", "uk")
    assert quick("brief", "starter", *chosen, "--template", template).exit_code == 0
    deck = Presentation(str(tmp_path / "out" / "my_case" / "slides.pptx"))
    assert deck.slide_width == 12192000 and len(deck.slides) == 2
    assert quick("brief", "starter", "--slides", "ranking", "--size", "4:3", "--annex").exit_code == 0
    deck = Presentation(str(tmp_path / "out" / "my_case" / "slides.pptx"))
    assert (deck.slide_width, deck.slide_height) == (9144000, 6858000) and len(deck.slides) > 10


@pytest.mark.parametrize(("wrong", "said"), [
    (("--template", "none.potx"), "There is no template none.potx"), (("--size", "3:2"), "there are 16:9, 4:3"),
    (("--template", "."), "cannot be opened as a template"), (("--audience", "eu"), "there are us, uk"),
    (("--template", "x.pptx", "--size", "4:3"), "either --template or --size"),
    (("--out", __file__), "is a file. Choose another folder."),
    (("--slides", "ranking,moon"), "'moon'; there are cover"), (("--slides", ","), "No slide was chosen"),
])  # fmt: skip
def test_a_choice_that_is_not_known_is_refused_before_anything_is_made(
    wrong: tuple[str, ...], said: str, quick: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", lambda *_, **__: 1 / 0)
    done = quick("brief", "starter", *wrong)
    assert isinstance(done.exception, ExportError) and said in str(done.exception)
    assert done.output == "" and not (tmp_path / "out").exists()


@pytest.mark.parametrize("wrong", ["abc", "", "-5", "1.5", "9" * 20])
def test_a_moment_that_is_no_number_is_refused_before_anything_is_made(
    wrong: str, quick: Callable[..., Result], starter: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", lambda *_, **__: 1 / 0)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
    done = quick("brief", "starter")
    assert isinstance(done.exception, ExportError) and f"SOURCE_DATE_EPOCH is {wrong!r}" in str(done.exception)
    for act in (partial(write_brief, starter, tmp_path / "out"), partial(study, starter.case)):
        with pytest.raises(ExportError, match="SOURCE_DATE_EPOCH"):
            act()
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("folder", ["shed", "my cases/shed", "R&D (Q1) $5's"])
def test_what_to_do_with_a_new_case_can_be_pasted_into_a_shell(quick: Callable[..., Result], folder: str) -> None:
    lines = quick("new", folder).stdout.splitlines()
    commands = [shlex.split(line, comments=True) for line in lines if line.startswith("  ")]
    assert commands == [["aukus-mcda", command, folder] for command in ("check", "affirm", "brief", "lab")]


def test_anchors_that_changed_since_the_last_run_are_refused_with_the_same_weights(
    quick: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quick("new", "shed").exit_code == 0
    toml, criteria, weights = (tmp_path / "shed" / name for name in ("case.toml", "criteria.csv", "weights.csv"))
    toml.write_text(re.sub("weights_judged_for.*\n", "", toml.read_text("utf-8")), "utf-8")
    assert quick("brief", "shed", "--slides", "ranking").exit_code == 0
    criteria.write_text(criteria.read_text("utf-8").replace(",400,0,", ",450,0,"), "utf-8")
    monkeypatch.setattr(sys.modules["aukus_mcda.analysis"], "study", lambda *_, **__: 1 / 0)
    for _ in range(2):
        done = quick("brief", "shed")
        assert isinstance(done.exception, WeightsError) and "judged for other anchors of cost:" in str(done.exception)
    judged = weights.read_text("utf-8")
    weights.write_text(re.sub(r",cost,\d+,\d+,\d+", ",cost,60,80,100", judged), "utf-8")
    assert isinstance(quick("brief", "shed").exception, ZeroDivisionError)  # judged again
    weights.write_text(judged, "utf-8")
    assert quick("affirm", "shed").exit_code == 0
    assert isinstance(quick("brief", "shed").exception, ZeroDivisionError)
    (tmp_path / "out" / "shed" / "manifest.json").write_text("[]", "utf-8")
    toml.write_text(re.sub("weights_judged_for.*\n", "", toml.read_text("utf-8")), "utf-8")
    assert isinstance(quick("brief", "shed").exception, ZeroDivisionError)  # a last run that does not say


def test_a_day_that_cannot_be_compared_with_is_refused_before_anything_is_printed(quick: Callable[..., Result]) -> None:
    done = quick("brief", "starter", "--since", "2030-01-01")
    assert "give a day before that" in str(done.exception) and done.output == ""


def test_a_review_that_is_due_today_is_told_and_changes_no_file(
    quick: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = []
    for moment, due in (("1700000000", False), ("2000000000", True)):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", moment)
        shown = quick("check", "starter")
        assert ("review-overdue" in shown.output) == due
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    for day in (dt.datetime(2026, 6, 1, tzinfo=dt.UTC), dt.datetime(2033, 6, 1, tzinfo=dt.UTC)):
        monkeypatch.setattr(cli, "clock", lambda day=day: day)
        done = quick("brief", "starter", "--slides", "ranking")
        assert ("2027-01-31 (review_by), and that day has passed" in done.output) == (day.year == 2033)
        folder = tmp_path / "out" / "my_case"
        seen.append([(folder / name).read_bytes() for name in sorted(MADE - {"manifest.json"})])
    assert seen[0] == seen[1]


def test_a_brief_that_fails_leaves_the_earlier_files_whole(
    starter: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_brief(starter, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def half(path: Path, content: bytes) -> None:
        with path.open("wb") as stream:
            stream.write(content[:99])
        raise ZeroDivisionError

    monkeypatch.setattr(Path, "write_bytes", half)
    with pytest.raises(ZeroDivisionError):
        write_brief(starter, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


@pytest.fixture
def shed(tmp_path: Path) -> Path:
    """A case with little in it, quickly told, and a name that not every terminal can show."""
    return thin(columns={"name": ["Plan 桜", "Plan elm", "Plan fir"]}).save(tmp_path / "shed")


KILLED = """
import os, pathlib, signal, sys
from aukus_mcda import cli, load_case, study
from aukus_mcda.export.brief_files import write_brief
for path in write_brief(study(load_case("shed"), draws=1000, seed=1), "old"):
    if path.suffix in (".csv", ".json"):
        path.write_text(f"old {path.name}")
made = study(load_case("shed"), draws=1000)
write_brief(made, "whole")  # what a study tells is worked out once, and not by each child
sys.modules["aukus_mcda.analysis"].study = lambda *_, **__: made
left = [0]
def dying(act):
    def once(*arguments, **more):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return act(*arguments, **more)
    return once
def half(path, content):
    write(path, content[: len(content) // 2])
    dying(write)(path, content)
write = pathlib.Path.write_bytes
pathlib.Path.replace = dying(pathlib.Path.replace)
folder = pathlib.Path("out/shed")
folder.mkdir(parents=True)
for step in range(11):
    for name in sys.argv[1].split():
        (folder / name).write_bytes(pathlib.Path("old", name).read_bytes())
    child = os.fork()
    if not child:
        left[0], sys.argv, pathlib.Path.write_bytes = step, ["aukus-mcda", "brief", "shed"], half
        try:
            cli.main()
        except SystemExit as ended:
            os._exit(ended.code or 0)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    for path in folder.iterdir():
        if path.name in sys.argv[1].split():
            path.rename(pathlib.Path(f"{step} {path.name}"))
        else:
            path.unlink()
    print(code, flush=True)  # or the next child says it again
"""


@pytest.mark.parametrize(
    "arguments", [["brief", "starter", "--out", ""], ["new", " "], ["lab", ""], ["check", "--as-of="]]
)
def test_a_blank_argument_is_refused(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["aukus-mcda", *arguments])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2 and capsys.readouterr().err.startswith("An argument is blank.")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start as a copy")
def test_a_brief_killed_at_any_step_leaves_each_file_old_or_new_and_whole(shed: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED, " ".join(FILES)]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    codes = [int(line) for line in done.stdout.splitlines() if line.lstrip("-").isdecimal()]
    seen, old = [], {name: (tmp_path / "old" / name).read_bytes() for name in MADE}
    for step, code in enumerate(codes):
        left = {name: tmp_path / f"{step} {name}" for name in MADE}
        new = {name for name, path in left.items() if path.read_bytes() != old[name]}
        seen.append((code, len(new)))
        if "slides.pptx" in new:
            assert len(Presentation(str(left["slides.pptx"])).slides) > 5
        if "manifest.json" in new:
            json.loads(left["manifest.json"].read_text(encoding="utf-8"))
        if "ranking.csv" in new:
            assert len(pd.read_csv(left["ranking.csv"])) == 3
    killed = -signal.SIGKILL
    whole = [0, 1, 2, 2, 3, 3, 4, 4, 5, 5]  # a table dies once, half of another file and then a whole one
    assert seen == [*((killed, count) for count in whole), (0, 6)]


KILLED_AT_RANDOM = """
import os, pathlib, random, signal, time
import pandas as pd
from aukus_mcda import Case, export_slides, study
from aukus_mcda.export.page import export_one_page
from aukus_mcda.export.workbook import export_workbook
case = Case.from_frames(
    criteria=pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10}),
    scores=pd.DataFrame({"option": list("aabbcc"), "criterion": list("xyxyxy"), "likely": [1, 2, 3, 3, 5, 0]}),
    weights=pd.DataFrame({"profile": "baseline", "criterion": ["x", "y"], "likely": [100, 100]}),
)
old_study, new_study = study(case, draws=1000, seed=1), study(case, draws=1000)
random.seed(7)
folder = pathlib.Path("here")
folder.mkdir()
for kind, export in {"pptx": export_slides, "xlsx": export_workbook, "docx": export_one_page}.items():
    path = folder / f"file.{kind}"
    export(old_study, path)
    old = path.read_bytes()
    export(new_study, path)
    new = path.read_bytes()
    assert old != new
    start = time.perf_counter()
    export(new_study, path)  # what a study tells is worked out once, so only the second time is how long a child takes
    took = time.perf_counter() - start
    seen = {"old": 0, "new": 0, "killed": 0}
    for _ in range(12):
        path.write_bytes(old)
        child = os.fork()
        if not child:
            export(new_study, path)
            os._exit(0)
        time.sleep(random.uniform(0, took))
        os.kill(child, signal.SIGKILL)
        seen["killed"] += os.waitpid(child, 0)[1] == signal.SIGKILL
        there = path.read_bytes()
        seen["old" if there == old else "new" if there == new else "broken"] += 1  # a broken one is a KeyError
    print(seen["old"], seen["new"], seen["killed"])
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that start as a copy")
def test_an_export_killed_at_a_random_moment_leaves_the_old_file_or_the_new_one(tmp_path: Path) -> None:
    command = [sys.executable, "-c", KILLED_AT_RANDOM]
    done = subprocess.run(
        command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr  # a file half written would have ended the run
    for line in done.stdout.splitlines():
        old, new, killed = map(int, line.split())
        assert old + new == 12 and killed >= 5 and old >= 3
    assert len(done.stdout.splitlines()) == 3


def test_the_manifest_says_when_unless_a_moment_is_prescribed(
    starter: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    folders = [write_brief(starter, tmp_path / name)[0].parent for name in "ab"]
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in folders)
    assert first == second and first.keys() == MADE
    assert json.loads(first["manifest.json"])["made"] == "2023-11-14T22:13:20+00:00"


def test_a_new_file_is_moved_into_place_and_not_written_over(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("one")
    with path.open() as reading:
        with replacing(path) as beside:
            beside.write_text("two")
        assert reading.read() == "one"  # whoever has the old file open keeps it whole
    assert path.read_text() == "two"


def test_what_a_killed_run_left_is_cleared_when_it_is_old(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".slides-abcdefgh.pptx", ".slides-ijklmnop.pptx", ".mine.pptx"))
    for path in (old, young, other):
        path.write_text("left")
    os.utime(old, (0, 0))
    gone = tmp_path / ".slides-qrstuvwx.pptx"  # as one that is listed, and which another run has just put in its place
    gone.symlink_to(tmp_path / "nowhere")
    with replacing(tmp_path / "slides.pptx") as beside:
        beside.write_text("new")
    assert {path.name for path in tmp_path.iterdir()} == {young.name, other.name, gone.name, "slides.pptx"}


@pytest.mark.parametrize("name", [[], ["brief"], ["check"], ["verify"]])
def test_help_says_what_everything_is_for(name: list[str], command: Command) -> None:
    done = command(*name, "--help")
    assert done.returncode == 0
    wanted = {
        "brief": [
            "--weights",
            "--out",
            "--as-of",
            "--template",
            "--size",
            "--slides",
            "--annex",
            "--audience",
            "--full",
            "CASE",
        ],
        "check": ["CASE", "--as-of"],
        "verify": ["FILE", "--case"],
    }
    for word in wanted.get("".join(name), ["brief", "check", "verify", "--version"]):
        assert word in done.stdout


def test_check_lists_every_fault_as_a_table_and_exits_with_2(folder: Path, command: Command) -> None:
    (folder / "weights.csv").write_bytes(b"")
    text = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    text[1] = text[1].replace("status_quo", "statusquo", 1)
    (folder / "scores.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    done = command("check", folder)
    assert done.returncode == 2 and done.stderr == ""
    assert re.search(r"file +row +column +found +expected +remedy", done.stdout)
    assert re.search(r"weights\.csv +an empty file", done.stdout)
    assert re.search(r"scores\.csv +2 +option +'statusquo' .*Did you mean status_quo\?", done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [["check", "case"], ["brief", "case"], ["verify", "x\x1b[2J.pptx"], ["check", "no\x9b31m\u202esuch"],
     ["brief", "starter", "--weights", "a\x1b]0;b\x07"]],
)  # fmt: skip
def test_nothing_that_a_terminal_obeys_is_printed(arguments: list[str], command: Command, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "data" / "starter", tmp_path / "case")
    for file, old, new in (
        ("options.csv", "id,name", "\x1b[2Jid,name"), ("screens.csv", "handling", "hand\u009b31mling"),
        ("case.toml", "# Replace", '"\\u001b[31mkey" = "x"\n# Replace'),
    ):  # fmt: skip
        path = tmp_path / "case" / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    done = command(*arguments)
    shown = done.stdout + done.stderr
    assert done.returncode == 2 and shown.strip()
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", shown)
    if arguments[0] == "check" and "case" in arguments:
        assert "options.csv" in shown and "case.toml" in shown and "screens.csv" in shown


def test_check_passes_the_shipped_case(command: Command) -> None:
    done = command("check", "aukus_plus_two")
    assert done.returncode == 0 and re.search(r"no faults, \d findings", done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [["brief", "nowhere"], ["check", "nowhere"], ["brief", "--weights", "paris"], ["brief", "--as-of", "soon"]],
)
def test_errors_are_plain_and_exit_with_2(arguments: list[str], command: Command, tmp_path: Path) -> None:
    done = command(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_faults_are_counted_without_saying_that_the_case_has_them(command: Command) -> None:
    done = command("check", "starter", "--as-of", "31/02/2026")
    assert done.returncode == 2 and re.match("1 fault in as_of:\n", done.stdout)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "options.csv"], "a file that is no workbook, or a damaged one"),
        (["check", "options.csv"], "Name the folder of a case in CSV files"),
        (["verify", "slides.pptx", "--seed", "x"], "'x' is not a whole number."),
        (["verify", "slides.pptx", "--seed", "1.5"], "'1.5' is not a whole number."),
        (["lab", "--port", "x"], "'x' is not a whole number."),
        (["lab", "--port", "99999999"], "A port is a number from 1 to 65535, not 99999999."),
        (["lab", "--port", "0"], "A port is a number from 1 to 65535, not 0."),
    ],
)
def test_what_is_wrong_is_told_in_words_of_ours(
    arguments: list[str], words: str, command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    shutil.copy(ROOT / "data" / "starter" / "options.csv", tmp_path)
    done = command(*arguments)
    shown = " ".join((done.stdout + done.stderr).split())
    assert {path.name for path in tmp_path.iterdir()} == {"options.csv"}
    assert done.returncode == 2 and words in shown and not re.search("BadZip|Input should|parse", shown)


def test_results_beside_the_command_do_not_become_the_case(briefed: tuple, command: Command, tmp_path: Path) -> None:
    shutil.copytree(briefed[0], tmp_path / "aukus_plus_two")
    done = command("check", "aukus_plus_two")
    assert done.returncode == 0 and "no faults" in done.stdout, done.stdout + done.stderr


def test_a_terminal_that_cannot_show_a_name_does_not_fail(shed: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "aukus_mcda.cli", "brief", shed, "--slides", "ranking"]
    assert subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True).returncode == 0


@pytest.mark.parametrize("with_errors", [False, True])
def test_the_files_are_made_though_nobody_reads_what_is_printed(with_errors: bool, shed: Path, tmp_path: Path) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-m", "aukus_mcda.cli", "brief", shed, "--slides", "ranking", "--full"]
    streams = {"stdout": writing, "stderr": writing if with_errors else subprocess.PIPE}
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"PYTHONPATH": str(ROOT)}, **streams)
    os.close(writing)
    assert done.returncode == 0 and b"Traceback" not in (done.stderr or b"")
    assert {path.name for path in (tmp_path / "out" / "shed").iterdir()} == MADE


def test_a_name_too_long_for_a_file_is_a_plain_error(command: Command) -> None:
    done = command("check", "a" * 300)
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(command: Command, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    done = command("brief", "starter")
    assert done.returncode == 2 and "Cannot write" in done.stderr and "Traceback" not in done.stderr


def test_a_file_takes_its_place_only_when_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "file.txt"
    with replacing(path) as beside:
        beside.write_text("one")
        assert not path.exists()
    assert path.read_text() == "one"
    with pytest.raises(ExportError, match="Cannot write"), replacing(path) as beside:
        raise PermissionError(13, "Permission denied")
    assert path.read_text() == "one" and [each.name for each in path.parent.iterdir()] == ["file.txt"]
