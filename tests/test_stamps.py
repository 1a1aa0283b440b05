"""Stamps: a file says what it was made from, and verify names what has changed since, in the case or in the file."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT
from openpyxl.chart import BarChart
from openpyxl.comments import Comment
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.shapes import MSO_CONNECTOR
from test_slides import small

from aukus_mcda import Case, ExportError, contents, export_slides, study
from aukus_mcda.errors import AukusMcdaError, StampError
from aukus_mcda.one_page import export_one_page
from aukus_mcda.repacking import custom_properties, moment
from aukus_mcda.stamps import LENGTH, PART, read_stamp, rows_of, verify
from aukus_mcda.study import Study
from aukus_mcda.workbook import export_workbook

EXPORTS = {"slides.pptx": export_slides, "workbook.xlsx": export_workbook, "one_page.docx": export_one_page}


@pytest.fixture(scope="module")
def files(tested: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("stamped")
    return {name: export(tested, folder / name) for name, export in EXPORTS.items()}


@pytest.fixture(scope="module", autouse=True)
def read_once() -> Iterator[None]:
    """What a file shows is read once for as long as its bytes stay the same."""
    seen: dict[tuple[bytes, str], Any] = {}

    def once(path: Path, kind: str) -> Any:
        key = path.read_bytes(), kind
        if key not in seen:
            seen[key] = contents.shown(path, kind)
        return seen[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("aukus_mcda.stamps.shown", once)
        yield


@pytest.fixture(params=list(EXPORTS))
def file(request: pytest.FixtureRequest, files: dict[str, Path]) -> Path:
    return files[request.param]


def changed(case: Case, table: str, key: Any, **cells: Any) -> Case:
    frame = getattr(case, table).copy()
    for column, value in cells.items():
        frame.loc[key, column] = value
    return replace(case, **{table: frame})


def where(path: Path, case: Case, **more: Any) -> list[str]:
    found = verify(path, case, **more)
    assert found.same == found.differences.empty
    return found.differences["where"].tolist()


def test_a_file_just_made_is_the_same(file: Path, case: Case) -> None:
    assert where(file, case) == []
    made_from = verify(file, case).made_from
    assert made_from["digest"] == case.digest and made_from["seed"] == "0" and made_from["draws"] == "1000"


@pytest.mark.parametrize(
    ("table", "key", "cells", "said"),
    [
        ("scores", ("experimentation", "det_picture"), {"likely": 9.25}, "scores: experimentation on det_picture"),
        ("scores", ("experimentation", "det_picture"), {"rationale": "x"}, "scores: experimentation on det_picture"),
        ("points", ("seoul", "escalation"), {"likely": 11.0}, "weights: seoul on escalation"),
        ("register", "tf59-inaugurated", {"claim": "Another claim."}, "evidence: tf59-inaugurated"),
        ("options", "incubator", {"risk": "Another risk."}, "options: incubator"),
        ("criteria", "det_picture", {"shape": "5:50"}, "criteria: det_picture"),
        ("assumptions", "a_tech_deters", {"statement": "Otherwise."}, "assumptions: a_tech_deters"),
        ("sources", "pacnet", {"reliability": "A"}, "sources: pacnet"),
        ("scenarios", 0, {"shift": 2.5}, "scenarios: coercion on esc_coercion"),
    ],
)  # fmt: skip
def test_a_changed_input_is_named(table: str, key: Any, cells: dict, said: str, file: Path, case: Case) -> None:
    assert where(file, changed(case, table, key, **cells)) == [said]


def test_what_was_and_what_is_are_told(file: Path, case: Case) -> None:
    key = ("experimentation", "det_picture")
    row = case.scores.loc[key]
    (said,) = verify(file, changed(case, "scores", key, likely=9.25)).differences.to_dict("records")
    assert said["what"] == "changed" and said["was"] == f"low {row.low:g}, likely {row.likely:g}, high {row.high:g}"
    assert "likely 9.25" in said["is"]


def test_rows_added_and_taken_out_are_named(file: Path, case: Case) -> None:
    fewer = replace(case, assumptions=case.assumptions.drop(index="a_tech_deters"))
    found = verify(file, fewer).differences
    assert found[["what", "where"]].to_numpy().tolist() == [["removed", "assumptions: a_tech_deters"]]
    more = pd.concat([case.assumptions, case.assumptions.iloc[:1].rename(index={"a_tech_deters": "a_new"})])
    found = verify(file, replace(case, assumptions=more)).differences
    assert found[["what", "where"]].to_numpy().tolist() == [["added", "assumptions: a_new"]]


def test_settings_seed_and_version_are_compared(file: Path, case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    assert where(file, replace(case, about=replace(case.about, marking="SECRET"))) == ["case: marking"]
    assert where(file, case, seed=7) == ["seed"]
    monkeypatch.setattr("aukus_mcda.__version__", "9.9.9")
    assert where(file, case) == ["version"]


def test_another_seed_when_it_was_made_is_noticed(tmp_path: Path) -> None:
    path = export_slides(study(small(), draws=1000, seed=5), tmp_path / "slides.pptx")
    assert where(path, small()) == ["seed"] and where(path, small(), seed=5) == []


def test_the_order_of_rows_does_not_matter(file: Path, case: Case) -> None:
    assert where(file, replace(case, scores=case.scores.iloc[::-1], options=case.options.iloc[::-1])) == []


def chart(deck: Any) -> Any:
    return next((n, shape.chart) for n, slide in enumerate(deck.slides, 1) for shape in slide.shapes if shape.has_chart)


def other_number(deck: Any) -> str:
    number, native = chart(deck)
    plot, data = native.plots[0], CategoryChartData()
    data.categories = list(plot.categories)
    for series in plot.series:
        data.add_series(series.name, [value + (k == 0) for k, value in enumerate(series.values)])
    native.replace_data(data)
    return f"slide {number}: chart"


def other_category(deck: Any) -> str:
    number, native = chart(deck)
    node = next(native._chartSpace.iter("{*}cat")).find(".//{*}v")
    node.text = "Our favourite"
    return f"slide {number}: chart"


def other_title(deck: Any) -> str:
    deck.slides[2].shapes.title.text_frame.text = "All is well."
    return "slide 3: text"


def other_cell(deck: Any) -> str:
    number, table = next((n, s.table) for n, slide in enumerate(deck.slides, 1) for s in slide.shapes if s.has_table)
    table.cell(1, 1).text_frame.text = "Another option"
    return f"slide {number}: table"


def a_note(deck: Any) -> str:
    deck.slides[1].notes_slide.notes_text_frame.text = "Do not tell them."
    return "slide 2: notes"


def slide_out(deck: Any) -> str:
    slides = deck.slides._sldIdLst
    slides.remove(slides[4])
    return "slide 5"


def hidden(deck: Any) -> str:
    deck.slides[3]._element.set("show", "0")
    return "slide 4: hidden"


def a_line(deck: Any) -> str:
    deck.slides[3].shapes.add_connector(MSO_CONNECTOR.STRAIGHT, 0, 0, 9_000_000, 5_000_000)
    return "slide 4: other shape"


@pytest.mark.parametrize(
    "edit", [other_number, other_category, other_title, other_cell, a_note, slide_out, hidden, a_line]
)
def test_an_edit_by_hand_in_the_deck_is_named(
    edit: Callable[[Any], str], files: dict[str, Path], case: Case, tmp_path: Path
) -> None:
    deck = Presentation(str(files["slides.pptx"]))
    said = edit(deck)
    deck.save(tmp_path / "edited.pptx")
    assert where(tmp_path / "edited.pptx", case) == [said]


def test_an_edit_in_the_workbook_or_the_page_is_named(files: dict[str, Path], case: Case, tmp_path: Path) -> None:
    book = openpyxl.load_workbook(files["workbook.xlsx"])
    book["findings"]["B6"].value = "Nothing to see."
    book.save(tmp_path / "edited.xlsx")
    assert where(tmp_path / "edited.xlsx", case) == ["sheet findings: cells"]
    book = openpyxl.load_workbook(files["workbook.xlsx"])
    book["findings"].sheet_state = "hidden"
    book["ranking"]["A1"].comment = Comment("Not so.", "somebody")
    book["weights"].add_chart(BarChart())
    book.save(tmp_path / "edited.xlsx")
    said = ["sheet ranking: cells", "sheet weights: drawing", "sheet findings: hidden"]
    assert where(tmp_path / "edited.xlsx", case) == said
    page = docx.Document(str(files["one_page.docx"]))
    page.paragraphs[1].runs[0].text = "Another option ranks first."
    page.save(str(tmp_path / "edited.docx"))
    assert where(tmp_path / "edited.docx", case) == ["page: text"]


def test_saving_again_without_a_change_is_no_difference(files: dict[str, Path], case: Case, tmp_path: Path) -> None:
    Presentation(str(files["slides.pptx"])).save(tmp_path / "again.pptx")
    openpyxl.load_workbook(files["workbook.xlsx"]).save(tmp_path / "again.xlsx")
    docx.Document(str(files["one_page.docx"])).save(str(tmp_path / "again.docx"))
    for name, file in files.items():
        again = tmp_path / f"again{Path(name).suffix}"
        assert again.read_bytes() != file.read_bytes()
        assert where(again, case) == []


def test_saving_again_by_libreoffice_is_no_difference(
    files: dict[str, Path], case: Case, office_programs: None, tmp_path: Path
) -> None:
    for name in ("slides.pptx", "workbook.xlsx"):
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
                   name.rpartition(".")[2], "--outdir", tmp_path, files[name]]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        assert (tmp_path / name).read_bytes() != files[name].read_bytes()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl knows not all that LibreOffice writes
            assert where(tmp_path / name, case) == []


def test_no_property_is_longer_than_office_keeps(file: Path) -> None:
    properties = custom_properties(file)
    assert max(map(len, properties.values())) <= 255 and len([name for name in properties if name.startswith(PART)]) > 1
    assert max(len(text) for name, text in properties.items() if name.startswith(PART)) == LENGTH


def unstamped(path: Path) -> None:
    Presentation().save(str(path))


def half(path: Path, file: Path) -> None:
    path.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def damaged_stamp(path: Path, file: Path) -> None:
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, raw.replace(b'0001"><vt:lpwstr>', b'0001"><vt:lpwstr>AAAA') if "custom" in name else raw)


def damaged_part(path: Path, file: Path) -> None:
    broken = {"ppt/slides/slide1.xml", "xl/worksheets/sheet1.xml", "word/document.xml"}
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            new.writestr(name, b"<half" if name in broken else old.read(name))


def with_parts(file: Path, path: Path, **parts: bytes) -> Path:
    """The file with parts put in the place of its own, or beside them."""
    names = {name.replace("__", "/").replace("_xml", ".xml"): blob for name, blob in parts.items()}
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in names:
                new.writestr(name, old.read(name))
        for name, blob in names.items():
            new.writestr(name, blob)
    return path


def stamped(said: bytes) -> bytes:
    """The part of a file that holds a stamp, perhaps one nobody would write."""
    packed = base64.b64encode(zlib.compress(said, 9)).decode()
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"
    return f'<Properties xmlns="{kind}"><property name="{PART}0000"><v>{packed}</v></property></Properties>'.encode()


@pytest.mark.parametrize(
    "change",
    [
        lambda said: [1], lambda said: 5, lambda said: None, lambda said: {**said, "kind": 7},
        lambda said: {**said, "kind": "docx"}, lambda said: {**said, "made_from": []}, lambda said: {"format": 1},
        lambda said: {**said, "inputs": "x"}, lambda said: {**said, "shown": [[1]]},
        lambda said: {**said, "shown": [["slide 1", {"text": 5}]]},
        lambda said: {**said, "inputs": {"scores": {"a": ["b"]}}},
        lambda said: {**said, "made_from": {**said["made_from"], "seed": None}},
    ],
)  # fmt: skip
def test_a_stamp_made_up_otherwise_is_a_plain_error(
    change: Callable[[dict], Any], files: dict[str, Path], case: Case, tmp_path: Path
) -> None:
    said = json.dumps(change(read_stamp(files["slides.pptx"]))).encode()
    path = with_parts(files["slides.pptx"], tmp_path / "forged.pptx", docProps__custom_xml=stamped(said))
    with pytest.raises(StampError, match="damaged"):
        verify(path, case)


def test_a_file_made_to_fill_the_memory_is_refused(
    files: dict[str, Path], case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = b" " * 3_000_000
    part = with_parts(files["slides.pptx"], tmp_path / "part.pptx", ppt__media__big=big)
    said = json.dumps(read_stamp(files["slides.pptx"])).encode()
    filled = with_parts(files["slides.pptx"], tmp_path / "stamp.pptx", docProps__custom_xml=stamped(big + said))
    assert verify(part, case).same and verify(filled, case).same
    for limit in ("repacking", "stamps"):
        monkeypatch.setattr(f"aukus_mcda.{limit}.LARGEST", 2_500_000)
    assert verify(files["slides.pptx"], case).same
    with pytest.raises(StampError, match="no deck"):
        verify(part, case)
    with pytest.raises(StampError, match="damaged"):
        verify(filled, case)


@pytest.mark.parametrize("part", ["xl__vbaProject.bin", "xl__externalLinks__externalLink1_xml"])
def test_a_macro_or_a_link_put_in_is_noticed(part: str, file: Path, case: Case, tmp_path: Path) -> None:
    path = with_parts(file, tmp_path / file.name, **{part: b"<x/>"})
    assert where(path, case) == ["macros"]


@pytest.mark.parametrize("make", [half, damaged_stamp, damaged_part])
def test_a_damaged_file_is_a_plain_error(make: Callable[..., None], file: Path, case: Case, tmp_path: Path) -> None:
    path = tmp_path / file.name
    make(path, file)
    with pytest.raises(StampError, match=r"read|damaged"):
        verify(path, case)


def test_what_is_not_ours_is_a_plain_error(case: Case, tmp_path: Path) -> None:
    unstamped(tmp_path / "other.pptx")
    (tmp_path / "text.pptx").write_text("not a deck")
    for name, said in (("other.pptx", "was not written by"), ("text.pptx", "no deck"), ("none.pptx", "Cannot read")):
        with pytest.raises(StampError, match=said):
            verify(tmp_path / name, case)
    for wrong in (5, None, "a\0b.pptx"):
        with pytest.raises(StampError):
            verify(wrong, case)  # type: ignore[arg-type]
    with pytest.raises(AukusMcdaError, match="load it first"):
        verify(tmp_path / "other.pptx", "aukus_plus_two")  # type: ignore[arg-type]


def test_a_case_without_files_can_be_verified_too(tmp_path: Path) -> None:
    path = export_slides(study(small(), draws=1000), tmp_path / "slides.pptx")
    assert where(path, small()) == []
    assert "seed" in read_stamp(path)["made_from"]
    moved = small()
    assert where(path, changed(moved, "scores", ("a", "x"), likely=4.0, high=4.0)) == ["scores: a on x"]


def test_two_rows_with_one_key_both_count(case: Case) -> None:
    twice = pd.concat([case.scenarios, case.scenarios.iloc[:1], case.scenarios.iloc[:1]])
    assert len(rows_of(replace(case, scenarios=twice))["scenarios"]) == len(case.scenarios) + 2


def run(*arguments: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "aukus_mcda.cli", "verify", *map(str, arguments)]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True)


def test_the_command_says_it_plainly_and_its_exit_code_tells(
    files: dict[str, Path], folder: Path, tmp_path: Path
) -> None:
    slides = files["slides.pptx"]
    done = run(slides, cwd=tmp_path)
    assert done.returncode == 0 and "as it stands" in done.stdout
    text = (folder / "scores.csv").read_text(encoding="utf-8").splitlines()
    text[1] = text[1].replace("2.5,3,4", "2.5,3.5,4")
    (folder / "scores.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    done = run(slides, "--case", folder, cwd=tmp_path)
    assert done.returncode == 1 and "1 difference." in done.stdout
    assert "scores: status_quo on det_picture" in done.stdout and "likely 3.5" in done.stdout
    (tmp_path / "none.pptx").write_text("nothing")
    for wrong in (["none.pptx"], ["missing.pptx"], [slides, "--case", "nowhere"]):
        done = run(*wrong, cwd=tmp_path)
        assert done.returncode == 2 and done.stderr.strip() and "Traceback" not in done.stderr


LATER = """
import pathlib, sys, time
tomorrow = time.time() + 86_400
time.time, time.localtime = lambda: tomorrow, lambda *_: time.gmtime(tomorrow)
from aukus_mcda import export_slides, load_case, study
from aukus_mcda.one_page import export_one_page
from aukus_mcda.workbook import export_workbook
made = study(load_case("aukus_plus_two"), draws=1000)
for name, export in zip(sys.argv[1:], (export_slides, export_workbook, export_one_page)):
    export(made, pathlib.Path(name))
"""


@pytest.fixture(scope="module")
def later(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same study made and written again on another day, elsewhere, by a process that hashes otherwise."""
    paths = {name: tmp_path_factory.getbasetemp() / f"later_{name}" for name in EXPORTS}
    elsewhere = {"PYTHONHASHSEED": "77", "TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LATER, *map(str, paths.values())]
    subprocess.run(command, check=True, env=os.environ | elsewhere, capture_output=True, text=True)
    return paths


@pytest.mark.parametrize("name", list(EXPORTS))
def test_the_same_study_gives_the_same_bytes_at_any_time(
    name: str, files: dict[str, Path], later: dict[str, Path]
) -> None:
    again = later[name]
    assert again.read_bytes() == files[name].read_bytes()
    with zipfile.ZipFile(again) as file:
        assert {entry.date_time for entry in file.infolist()} == {(2025, 12, 30, 0, 0, 0)}
        assert file.read("docProps/core.xml").count(b"2025-12-30T00:00:00Z") == 2
        for inner in (each for each in file.namelist() if each.endswith(".xlsx")):
            with file.open(inner) as embedded, zipfile.ZipFile(embedded) as behind:
                assert {entry.date_time for entry in behind.infolist()} == {(2025, 12, 30, 0, 0, 0)}
                assert b"2025-12-30T00:00:00Z" in behind.read("docProps/core.xml")


def test_source_date_epoch_sets_every_time(
    tested: Study, files: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    path = export_slides(tested, tmp_path / "slides.pptx")
    assert path.read_bytes() != files["slides.pptx"].read_bytes()
    with zipfile.ZipFile(path) as file:
        assert {entry.date_time for entry in file.infolist()} == {(2023, 11, 14, 22, 13, 20)}
    assert where(path, tested.case) == []
    for wrong in ("soon", "", " 12", "-5", "1.5", "1e9", "\N{FULLWIDTH DIGIT NINE}", "4354819200", "9" * 30):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", wrong)
        with pytest.raises(ExportError, match="SOURCE_DATE_EPOCH"):
            moment(None)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert moment(None).year == 1980  # a zip knows no earlier time
