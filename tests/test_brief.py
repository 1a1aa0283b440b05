"""The command line: one command makes the brief, faults are plain, and nothing is lost."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from pptx import Presentation

from aukus_mcda import ExportError, load_case, rank, study
from aukus_mcda.brief import write_brief
from aukus_mcda.files import replacing
from aukus_mcda.reading import input_files

MADE = {"ranking.csv", "contributions.csv", "slides.pptx", "manifest.json"}


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aukus_mcda.cli", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    cwd = tmp_path_factory.mktemp("analyst")
    done = run("brief", cwd=cwd)
    assert done.returncode == 0, done.stderr
    return cwd / "out" / "aukus_plus_two", done


def test_brief_writes_its_four_files_and_prints_the_ranking(made: tuple) -> None:
    folder, done = made
    assert {path.name for path in folder.iterdir()} == MADE
    ranking = rank(load_case("aukus_plus_two"))
    for row in ranking.ranked.itertuples():
        assert re.search(rf"^{row.rank}\s+{re.escape(row.name)}\s+{row.score:.1f}\b", done.stdout, re.MULTILINE)
    assert "Screened out: Sharing of nuclear propulsion technology." in done.stdout
    assert "Illustrative judgements" in done.stdout
    assert "Traceback" not in done.stderr


def test_the_exported_ranking_is_unrounded_and_whole(made: tuple) -> None:
    folder, _ = made
    exported = pd.read_csv(folder / "ranking.csv")
    assert list(exported.columns) == ["option", "name", "score", "rank", "screened", "reason"]
    table = rank(load_case("aukus_plus_two")).table
    assert exported["score"].tolist() == table["score"].tolist()
    parts = pd.read_csv(folder / "contributions.csv", index_col="option")
    assert parts.drop(columns="score").sum(axis=1).sub(parts["score"]).abs().max() < 1e-9


def test_the_manifest_names_every_input_and_what_made_it(made: tuple) -> None:
    folder, _ = made
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert {"case.toml", "scores.csv", "seeds/evidence.csv", "seeds/sources.csv"} <= manifest["inputs"].keys()
    for name, digest in manifest["inputs"].items():
        assert hashlib.sha256(input_files("aukus_plus_two")[name].read_bytes()).hexdigest() == digest
    assert manifest["provenance"]["case digest (SHA-256)"] == load_case("aukus_plus_two").digest
    assert {"command", "made", "seed"} <= manifest.keys()
    assert {"numpy", "pandas", "aukus-mcda", "python"} <= manifest["provenance"].keys()


def test_a_rerun_gives_the_same_ranking_to_the_byte(made: tuple) -> None:
    folder, _ = made
    before = {name: (folder / name).read_bytes() for name in ("ranking.csv", "contributions.csv")}
    assert run("brief", cwd=folder.parent.parent).returncode == 0
    assert {name: (folder / name).read_bytes() for name in before} == before


def test_weights_date_and_folder_can_be_chosen(tmp_path: Path) -> None:
    done = run("brief", "aukus_plus_two", "--weights", "seoul", "--as-of", "2023-06-30", "--out", "there", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    exported = pd.read_csv(tmp_path / "there" / "aukus_plus_two" / "ranking.csv", index_col="option")
    expected = rank(load_case("aukus_plus_two", as_of="2023-06-30"), "seoul").table["score"]
    pd.testing.assert_series_equal(exported["score"], expected, check_exact=True)


def test_a_brief_that_fails_leaves_the_earlier_files_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = study(load_case("aukus_plus_two"))
    write_brief(result, tmp_path)
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    monkeypatch.setattr("aukus_mcda.deck.Deck.save", lambda deck, path: path.write_bytes(b"half") and 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_brief(result, tmp_path)
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_brief_killed_at_any_moment_leaves_whole_files(tmp_path: Path) -> None:
    assert run("brief", cwd=tmp_path).returncode == 0
    folder = tmp_path / "out" / "aukus_plus_two"
    ranking = (folder / "ranking.csv").read_bytes()
    command = [sys.executable, "-m", "aukus_mcda.cli", "brief"]
    for tenths in range(4, 28, 3):
        process = subprocess.Popen(
            command,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(tenths / 10)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert (folder / "ranking.csv").read_bytes() == ranking
        assert len(Presentation(str(folder / "slides.pptx")).slides) > 5
        json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("command", [[], ["brief"], ["check"]])
def test_help_says_what_everything_is_for(command: list[str], tmp_path: Path) -> None:
    done = run(*command, "--help", cwd=tmp_path)
    assert done.returncode == 0
    wanted = {"brief": ["--weights", "--out", "--as-of", "CASE"], "check": ["CASE", "--as-of"]}
    for word in wanted.get("".join(command), ["brief", "check", "--version"]):
        assert word in done.stdout


def test_check_lists_every_fault_as_a_table_and_exits_with_2(folder: Path, tmp_path: Path) -> None:
    (folder / "weights.csv").write_bytes(b"")
    text = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    text[1] = text[1].replace("status_quo", "statusquo", 1)
    (folder / "scores.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    done = run("check", folder, cwd=tmp_path)
    assert done.returncode == 2 and done.stderr == ""
    assert re.search(r"file +row +column +found +expected +remedy", done.stdout)
    assert re.search(r"weights\.csv +an empty file", done.stdout)
    assert re.search(r"scores\.csv +2 +option +'statusquo' .*Did you mean status_quo\?", done.stdout)


def test_check_passes_the_shipped_case(tmp_path: Path) -> None:
    done = run("check", "aukus_plus_two", cwd=tmp_path)
    assert done.returncode == 0 and "no faults, 3 findings" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [["brief", "nowhere"], ["check", "nowhere"], ["brief", "--weights", "paris"], ["brief", "--as-of", "soon"]],
)
def test_errors_are_plain_and_exit_with_2(arguments: list[str], tmp_path: Path) -> None:
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where the folder should be")
    done = run("brief", cwd=tmp_path)
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
