# SPDX-License-Identifier: Apache-2.0
"""Stamps: a file says what it was made from, and verify names what has changed since, in the case or in the file."""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import docx
import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import ROOT, Command
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from thin_cases import small
from typer.testing import CliRunner

import aukus_mcda
from aukus_mcda import Case, ExportError, cli, export_html, export_slides, study
from aukus_mcda.analysis import Study
from aukus_mcda.case.writing import moment
from aukus_mcda.errors import AukusMcdaError, StampError
from aukus_mcda.export.page import export_one_page
from aukus_mcda.export.stamps import LENGTH, PIECE, SAME_WORDS, read_stamp, rows_of, verify
from aukus_mcda.export.workbook import export_workbook
from aukus_mcda.layout.office_parts import CONTENT_TYPES, CUSTOM, RELATIONS, custom_part, custom_properties, text_digest

EXPORTS = {"slides.pptx": export_slides, "workbook.xlsx": export_workbook, "one_page.docx": export_one_page}


@pytest.fixture(scope="module")
def files(tested: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("stamped")
    return {name: export(tested, folder / name) for name, export in EXPORTS.items()}


@pytest.fixture(scope="module")
def small_files(starter: Study, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The same of the case that a new one begins with, where any files will do."""
    folder = tmp_path_factory.mktemp("small")
    return {name: export(starter, folder / name) for name, export in EXPORTS.items()}


@pytest.fixture(params=list(EXPORTS))
def file(request: pytest.FixtureRequest, files: dict[str, Path]) -> Path:
    return files[request.param]


def changed(case: Case, table: str, key: Any, **cells: Any) -> Case:
    frame = getattr(case, table).copy()
    for column, value in cells.items():
        frame.loc[key, column] = value
    return replace(case, **{table: frame})


@pytest.mark.parametrize("export", [*EXPORTS.values(), export_html], ids=lambda each: each.__name__)
def test_a_file_is_not_written_under_the_suffix_of_another(export: Callable[..., Path], tmp_path: Path) -> None:
    tested = study(small(), draws=100)
    with pytest.raises(
        ExportError, match=r"path must be a path that ends in \.(pptx|xlsx|docx|html), or has no ending, not "
    ):
        export(tested, tmp_path / "notes.txt")
    assert not (tmp_path / "notes.txt").exists() and not tested.exhibits, "nothing was worked out for it"


def where(path: Path, case: Case, **more: Any) -> list[str]:
    found = verify(path, case, **more)
    assert found.same == found.differences.empty
    assert found.as_written or not found.same
    return found.differences["where"].tolist()


def with_parts(file: Path, path: Path, parts: dict[str, bytes | None]) -> Path:
    """The file with parts put in the place of its own, or beside them, or left out."""
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys((*old.namelist(), *parts)):
            part = parts[name] if name in parts else old.read(name)
            if part is not None:
                new.writestr(name, part)
    return path


def edited(path: Path, case: Case) -> dict[str, str]:
    """What a file is told to be where it was edited; the lists that a program writes anew on saving left out."""
    differences = verify(path, case).differences
    told = dict(zip(differences["where"], differences["is"], strict=True))
    return {place: now for place, now in told.items() if place not in (CONTENT_TYPES, RELATIONS)}


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
    monkeypatch.setattr("aukus_mcda.export.stamps.__version__", "9.9.9")
    assert where(file, case) == ["version"]


def test_an_entry_of_nought_is_not_one_that_is_missing(tmp_path: Path) -> None:
    path = export_one_page(study(small(), draws=1000), tmp_path / "page.docx")
    uncorrelated = replace(small(), about=replace(small().about, shared_error=0.0))
    told = verify(path, uncorrelated).differences
    assert told[["where", "was", "is"]].to_numpy().tolist() == [["case: shared_error", "", "0.0"]]


def test_another_seed_when_it_was_made_is_noticed(tmp_path: Path) -> None:
    path = export_slides(study(small(), draws=1000, seed=5), tmp_path / "slides.pptx")
    assert where(path, small()) == ["seed"] and where(path, small(), seed=5) == []


def test_the_order_of_rows_does_not_matter(file: Path, case: Case) -> None:
    assert where(file, replace(case, scores=case.scores.iloc[::-1], options=case.options.iloc[::-1])) == []


def chart(deck: Any) -> Any:
    """The first with bars, and the number of its slide."""
    shapes = ((n, shape) for n, slide in enumerate(deck.slides, 1) for shape in slide.shapes if shape.has_chart)
    return next((n, shape.chart) for n, shape in shapes if "BAR" in shape.chart.chart_type.name)


def other_number(deck: Any) -> str:
    number, native = chart(deck)
    plot, data = native.plots[0], CategoryChartData()
    data.categories = list(plot.categories)
    for series in plot.series:
        data.add_series(series.name, [value + (k == 0) for k, value in enumerate(series.values)])
    native.replace_data(data)
    return f"slide {number}: numbers behind the chart"


def other_category(deck: Any) -> str:
    number, native = chart(deck)
    node = next(native._chartSpace.iter("{*}cat")).find(".//{*}v")
    node.text = "Our favourite"
    return f"slide {number}: chart"


def other_title(deck: Any) -> str:
    deck.slides[2].shapes.title.text_frame.text = "All is well."
    return "slide 3"


def other_cell(deck: Any) -> str:
    number, table = next((n, s.table) for n, slide in enumerate(deck.slides, 1) for s in slide.shapes if s.has_table)
    table.cell(1, 1).text_frame.text = "Another option"
    return f"slide {number}"


def a_note(deck: Any) -> str:
    deck.slides[1].notes_slide.notes_text_frame.text = "Do not tell them."
    return "slide 2: notes"


def slide_out(deck: Any) -> str:
    slides = deck.slides._sldIdLst
    slides.remove(slides[4])
    return "ppt/presentation.xml"


@pytest.mark.parametrize("edit", [other_number, other_category, other_title, other_cell, a_note, slide_out])
def test_an_edit_by_hand_in_the_deck_is_named(
    edit: Callable[[Any], str], files: dict[str, Path], case: Case, tmp_path: Path
) -> None:
    deck = Presentation(str(files["slides.pptx"]))
    said = edit(deck)
    deck.save(tmp_path / "edited.pptx")
    told = edited(tmp_path / "edited.pptx", case)
    assert said in told and {place.partition(":")[0] for place in told} == {said.partition(":")[0]}


def test_an_edit_in_the_page_is_named(files: dict[str, Path], case: Case, tmp_path: Path) -> None:
    page = docx.Document(str(files["one_page.docx"]))
    page.paragraphs[1].runs[0].text = "Another option ranks first."
    page.save(str(tmp_path / "edited.docx"))
    assert edited(tmp_path / "edited.docx", case) == {"page": "changed"}


def test_an_edit_in_the_workbook_is_told_from_sheets_merely_saved_again(
    files: dict[str, Path], case: Case, tmp_path: Path
) -> None:
    book = openpyxl.load_workbook(files["workbook.xlsx"])
    book["findings"]["B6"].value = "Nothing to see."
    book.save(tmp_path / "edited.xlsx")
    told = edited(tmp_path / "edited.xlsx", case)
    assert told["sheet findings"] == "changed"
    same = [now == SAME_WORDS for place, now in told.items() if place.startswith("sheet ")]
    assert same == sorted(same), "what was edited comes first"
    assert told["sheet register"] == told["sheet sources"] == SAME_WORDS
    assert told["sheet ranking"] == "changed"  # openpyxl drops the results beside the formulas


def test_slides_that_changed_places_are_told_by_their_words(files: dict[str, Path], case: Case, tmp_path: Path) -> None:
    with zipfile.ZipFile(files["slides.pptx"]) as file:
        slides = {n: file.read(f"ppt/slides/slide{n}.xml") for n in (7, 8)}
    path = with_parts(
        files["slides.pptx"],
        tmp_path / "moved.pptx",
        {"ppt/slides/slide7.xml": slides[8], "ppt/slides/slide8.xml": slides[7]},
    )
    assert edited(path, case) == {
        "slide 7": "the words and numbers of slide 8",
        "slide 8": "the words and numbers of slide 7",
    }


def test_saving_again_by_libreoffice_is_told_and_the_words_are_the_same(
    small_files: dict[str, Path], starter: Study, office_programs: None, tmp_path: Path
) -> None:
    for name in ("slides.pptx", "workbook.xlsx"):
        command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to",
                   name.rpartition(".")[2], "--outdir", tmp_path, small_files[name]]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=180)
        assert not verify(tmp_path / name, starter.case).as_written
        told = edited(tmp_path / name, starter.case)
        pages = {place: now for place, now in told.items() if re.fullmatch(r"slide \d+(: chart)?|sheet [^:]+", place)}
        assert len(pages) > 13 and set(pages.values()) == {SAME_WORDS}


BOX = b"""<p:sp xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><p:nvSpPr><p:cNvPr id="901" name="x"/>
<p:cNvSpPr txBox="1"/><p:nvPr/></p:nvSpPr><p:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="12000000" cy="5000000"/>
</a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom><a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill></p:spPr>
<p:txBody><a:bodyPr/><a:p><a:r><a:t>Another ranks first. </a:t></a:r><a:fld id="{B6F15528-21DE-4FAA-801E-634DDDAF4B2B}"
type="slidenum"><a:t>2</a:t></a:fld></a:p></p:txBody></p:sp></p:spTree>"""
PICTURE = b'<a:blipFill><a:blip r:link="rId99"/></a:blipFill>'
WORDS = b"<w:r><w:t> Not so.</w:t></w:r>"
OUTSIDE = b"""<Relationship Id="rId99" TargetMode="External" Target="https://example.org/x"
Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/%s"/></Relationships>"""
NEW = b"", b"<x/>"
SLIDE, CHART, SHEET, PAGE = (
    "ppt/slides/slide2.xml", "ppt/charts/chart2.xml", "xl/worksheets/sheet1.xml", "word/document.xml"
)  # fmt: skip
TAMPERED = {
    "pptx": [
        (SLIDE, b"</p:spTree>", BOX, "slide 2"),
        (SLIDE, b"<p:sld ", b'<p:sld show="0" ', "slide 2"),
        (SLIDE, b'<a:off x="', b'<a:off x="9', "slide 2"),
        (SLIDE, rb'<a:ext cx="\d+" cy="\d+"/>', b'<a:ext cx="0" cy="0"/>', "slide 2"),
        (SLIDE, b"<a:solidFill>.*?</a:solidFill>", PICTURE, "slide 2"),
        ("ppt/slides/_rels/slide2.xml.rels", b"</Relationships>", OUTSIDE % b"image", "slide 2: links"),
        ("ppt/slides/_rels/slide2.xml.rels", b"</Relationships>", OUTSIDE % b"hyperlink", "slide 2: links"),
        ("ppt/comments/comment1.xml", *NEW, "ppt/comments/comment1.xml"),
        ("ppt/vbaProject.bin", *NEW, "ppt/vbaProject.bin"),
        ("ppt/slides/slide99.xml", *NEW, "ppt/slides/slide99.xml"),
        (CHART, b"</c:tx>", b'</c:tx><c:errBars><c:val><c:v>9</c:v></c:val></c:errBars>', "slide 5: chart"),
        (CHART, b"<c:scaling>", b'<c:scaling><c:max val="68"/><c:min val="54"/>', "slide 5: chart"),
        (CHART, b'<c:grouping val="\\w+"/>', b'<c:grouping val="percentStacked"/>', "slide 5: chart"),
        (CHART, b"<c:v>[0-9.]+</c:v>", b"<c:v>99</c:v>", "slide 5: chart"),
        ("ppt/embeddings/Microsoft_Excel_Sheet2.xlsx", b"PK", b"PX", "slide 5: numbers behind the chart"),
        ("ppt/slideLayouts/slideLayout6.xml", b"</p:spTree>", BOX, "ppt/slideLayouts/slideLayout6.xml"),
        ("ppt/slideMasters/slideMaster1.xml", b"</p:spTree>", BOX, "ppt/slideMasters/slideMaster1.xml"),
        ("ppt/theme/theme1.xml", b'val="1B2A41"', b'val="FFFFFF"', "ppt/theme/theme1.xml"),
    ],
    "docx": [
        (PAGE, b"</w:p>", b'<w:ins w:id="901" w:author="x">' + WORDS + b"</w:ins></w:p>", "page"),
        (PAGE, b"<w:t>", b'<w:delText xml:space="preserve">x</w:delText><w:t>', "page"),
        (PAGE, b"<w:t>", b"<w:rPr><w:vanish/></w:rPr><w:t>", "page"),
        (PAGE, b"</w:p>", b'<w:hyperlink r:id="rId99">' + WORDS + b"</w:hyperlink></w:p>", "page"),
        (PAGE, b"</w:p>", b"</w:p><w:sdt><w:sdtContent><w:p>" + WORDS + b"</w:p></w:sdtContent></w:sdt>", "page"),
        (PAGE, b"</w:p>", b'</w:p><w:altChunk r:id="rId99"/>', "page"),
        (PAGE, b"</w:tc>", b"<w:tbl><w:tr><w:tc><w:p>" + WORDS + b"</w:p></w:tc></w:tr></w:tbl><w:p/></w:tc>", "page"),
        (PAGE, b"<w:sectPr[^>]*>", b'<w:sectPr><w:headerReference w:type="first" r:id="rId99"/><w:titlePg/>', "page"),
        ("word/header1.xml", b"<w:t[^>]*>", b"<w:t>UN", "page: header"),
        ("word/header9.xml", *NEW, "word/header9.xml"),
        ("word/comments.xml", *NEW, "word/comments.xml"),
        ("word/media/image1.png", b"PNG", b"GNP", "page: picture"),
        ("word/_rels/document.xml.rels", b"</Relationships>", OUTSIDE % b"image", "page: links"),
        ("word/_rels/settings.xml.rels", b"", OUTSIDE % b"attachedTemplate", "word/_rels/settings.xml.rels"),
        ("word/settings.xml", b"</w:settings>", b'<w:attachedTemplate r:id="rId1"/></w:settings>', "word/settings.xml"),
        ("word/styles.xml", b"</w:rPr>", b"<w:vanish/></w:rPr>", "word/styles.xml"),
    ],
    "xlsx": [
        (SHEET, rb"</f><v>[^<]+</v>", b"</f><v>1</v>", "sheet start"),
        (SHEET, b'<row r="5"', b'<row r="5" hidden="1"', "sheet start"),
        (SHEET, b"<cols>", b'<cols><col min="2" max="2" hidden="1"/>', "sheet start"),
        (SHEET, b' s="\\d+"', b' s="0"', "sheet start"),
        (SHEET, b"</sheetData>", b'</sheetData><conditionalFormatting sqref="A1:Z99"/>', "sheet start"),
        (SHEET, b"</worksheet>", b'<legacyDrawing r:id="rId99"/></worksheet>', "sheet start"),
        ("xl/styles.xml", b'formatCode="[^"]*"', b'formatCode="&quot;99&quot;"', "xl/styles.xml"),
        ("xl/styles.xml", b"</styleSheet>", b"<dxfs/></styleSheet>", "xl/styles.xml"),
        ("xl/workbook.xml", b'state="visible"', b'state="veryHidden"', "xl/workbook.xml"),
        ("xl/comments/comment1.xml", *NEW, "xl/comments/comment1.xml"),
        ("xl/externalLinks/externalLink1.xml", *NEW, "xl/externalLinks/externalLink1.xml"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "part", "old", "new", "place"),
    [(kind, *change) for kind, changes in TAMPERED.items() for change in changes],
)
def test_tampering_with_any_part_is_named(
    kind: str, part: str, old: bytes, new: bytes, place: str, files: dict[str, Path], case: Case, tmp_path: Path
) -> None:
    (file,) = (path for name, path in files.items() if name.endswith(kind))
    with zipfile.ZipFile(file) as archive:
        was = archive.read(part) if part in archive.namelist() else b""
    now = re.sub(old, lambda _: new, was, count=1, flags=re.DOTALL)
    assert now != was
    assert where(with_parts(file, tmp_path / file.name, {part: now}), case) == [place]


def test_every_part_counts(file: Path, case: Case, tmp_path: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name != CUSTOM}
    changed = with_parts(file, tmp_path / "changed.zip", {name: part + b" " for name, part in parts.items()})
    assert len(where(changed, case)) == len(parts)
    fewer = verify(with_parts(file, tmp_path / "fewer.zip", dict.fromkeys([*parts][1:])), case).differences
    assert len(fewer) == len(parts) - 1 and set(fewer["what"]) == {"removed"}


def packed_again(file: Path, path: Path) -> list[str]:
    with_parts(file, path, {})
    return []


def something_before(file: Path, path: Path) -> list[str]:
    path.write_bytes(b"%PDF-1.7 " + file.read_bytes())
    return ["archive"]


def something_behind(file: Path, path: Path) -> list[str]:
    path.write_bytes(file.read_bytes() + b"more")
    return ["archive"]


def a_remark(file: Path, path: Path) -> list[str]:
    path.write_bytes(file.read_bytes())
    with zipfile.ZipFile(path, "a") as archive:
        archive.comment = b"a remark"
    return ["archive"]


def an_extra_field(file: Path, path: Path) -> list[str]:
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            entry = zipfile.ZipInfo(name)
            entry.extra = b"\xfe\xca\x02\x00xx" if name == CUSTOM else b""
            new.writestr(entry, old.read(name))
    return ["archive"]


def another_property(file: Path, path: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        part = archive.read(CUSTOM)
    with_parts(file, path, {CUSTOM: custom_part(custom_properties(part) | {"Status": "Approved"})})
    return [CUSTOM]


def a_stamp_twice(file: Path, path: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        part = archive.read(CUSTOM)
    with_parts(file, path, {CUSTOM: re.sub(b"(<property.*)</Properties>", rb"\1\1</Properties>", part)})
    return [CUSTOM]


def another_maker(file: Path, path: Path) -> list[str]:
    with zipfile.ZipFile(file) as archive:
        part = archive.read(CUSTOM)
    with_parts(file, path, {CUSTOM: part.replace(b"checked by", b"approved by")})
    return [CUSTOM]


@pytest.mark.parametrize(
    "change",
    [packed_again, something_before, something_behind, a_remark, an_extra_field, another_property, a_stamp_twice,
     another_maker],
)  # fmt: skip
def test_nothing_can_be_put_beside_the_parts_or_the_stamp(
    change: Callable[[Path, Path], list[str]], file: Path, case: Case, tmp_path: Path
) -> None:
    told = change(file, tmp_path / file.name)
    assert where(tmp_path / file.name, case) == told


def two_of_one_name(file: Path, path: Path) -> None:
    path.write_bytes(file.read_bytes())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("[Content_Types].xml", "<x/>")


def locked(file: Path, path: Path) -> None:
    raw = bytearray(file.read_bytes())
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(mark) + at] |= 1
    path.write_bytes(raw)


def otherwise_packed(file: Path, path: Path) -> None:
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as new:
        for name in old.namelist():
            new.writestr(name, old.read(name))


def larger_than_said(file: Path, path: Path) -> None:
    """A part that unpacks to 30 MB and says that it holds ten bytes."""
    with_parts(file, path, {"ppt/media/big.bin": b" " * 30_000_000})
    raw = bytearray(path.read_bytes())
    size = (30_000_000).to_bytes(4, "little")
    while size in raw:
        raw[raw.index(size) : raw.index(size) + 4] = (10).to_bytes(4, "little")
    path.write_bytes(raw)


@pytest.mark.parametrize("change", [two_of_one_name, locked, otherwise_packed, larger_than_said])
def test_an_archive_nobody_should_read_is_refused(
    change: Callable[[Path, Path], None], files: dict[str, Path], case: Case, tmp_path: Path
) -> None:
    change(files["one_page.docx"], tmp_path / "page.docx")
    with pytest.raises(StampError, match="not a deck"):
        verify(tmp_path / "page.docx", case)


def test_whatever_is_broken_is_our_own_error(tmp_path: Path) -> None:
    case = small()
    raw = export_one_page(study(case, draws=1000), tmp_path / "page.docx").read_bytes()
    random, told = np.random.default_rng(1), 0
    for _ in range(40):
        broken = bytearray(raw)
        for at in random.integers(0, len(raw), 3):
            broken[at] ^= 1 << random.integers(0, 8)
        (tmp_path / "broken.docx").write_bytes(broken)
        try:
            told += not verify(tmp_path / "broken.docx", case).same
        except StampError:
            told += 1
    assert told > 36  # all but bits of the archive that no reader looks at


def test_no_property_is_longer_than_office_keeps(file: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        properties = custom_properties(archive.read(CUSTOM))
    assert (
        max(map(len, properties.values())) <= 255 and len([name for name in properties if name.startswith(PIECE)]) > 1
    )
    assert max(len(text) for name, text in properties.items() if name.startswith(PIECE)) == LENGTH


def unstamped(path: Path) -> None:
    Presentation().save(str(path))


def half(path: Path, file: Path) -> None:
    path.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def damaged_stamp(path: Path, file: Path) -> None:
    with zipfile.ZipFile(file) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            raw = old.read(name)
            new.writestr(name, raw.replace(b'0001"><vt:lpwstr>', b'0001"><vt:lpwstr>AAAA') if "custom" in name else raw)


def stamped(said: bytes) -> bytes:
    """The part of a file that holds a stamp, perhaps one nobody would write."""
    packed = base64.b64encode(zlib.compress(said, 9)).decode()
    made_by = f"aukus-mcda {aukus_mcda.__version__}; checked by: aukus-mcda verify FILE"
    return custom_part({"Made by": made_by, f"{PIECE}0000": packed})


@pytest.mark.parametrize(
    "change",
    [
        lambda said: [1], lambda said: 5, lambda said: None, lambda said: {**said, "made_from": []},
        lambda said: {"format": 2},
        lambda said: {**said, "inputs": "x"}, lambda said: {**said, "parts": [[1]]},
        lambda said: {**said, "parts": {"a.xml": ["a", "b"]}}, lambda said: {**said, "parts": {"a.xml": "abc"}},
        lambda said: {**said, "inputs": {"scores": {"a": ["b"]}}},
        lambda said: {**said, "made_from": {**said["made_from"], "seed": None}},
    ],
)  # fmt: skip
def test_a_stamp_made_up_otherwise_is_a_plain_error(
    change: Callable[[dict], Any], files: dict[str, Path], case: Case, tmp_path: Path
) -> None:
    said = json.dumps(change(read_stamp(files["slides.pptx"]))).encode()
    path = with_parts(files["slides.pptx"], tmp_path / "forged.pptx", {CUSTOM: stamped(said)})
    with pytest.raises(StampError, match="damaged"):
        verify(path, case)


def test_a_file_made_to_fill_the_memory_is_refused(
    files: dict[str, Path], case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = b" " * 3_000_000
    part = with_parts(files["slides.pptx"], tmp_path / "part.pptx", {"ppt/media/big": big})
    said = json.dumps(read_stamp(files["slides.pptx"])).encode()
    filled = with_parts(files["slides.pptx"], tmp_path / "stamp.pptx", {CUSTOM: stamped(big + said)})
    assert where(part, case) == ["ppt/media/big"] and verify(filled, case).same
    monkeypatch.setattr("aukus_mcda.layout.office_parts.LARGEST", 2_500_000)
    monkeypatch.setattr("aukus_mcda.export.stamps.LARGEST_STAMP", 2_500_000)
    assert verify(files["slides.pptx"], case).same
    with pytest.raises(StampError, match="not a deck"):
        verify(part, case)
    with pytest.raises(StampError, match="damaged"):
        verify(filled, case)


def test_words_are_read_only_as_far_as_they_fit() -> None:
    cells = b"<x xmlns='y'>" + b"<c t='s'><v>0</v></c>" * 1000 + b"</x>"
    assert text_digest(cells, ["word"])
    assert text_digest(cells, ["w" * 1_000_000]) == ""
    assert text_digest(cells) == text_digest(b"<half") == text_digest(b"<x/>") == ""
    entity = b"<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/hostname'>]><x xmlns='y'><t>%s</t></x>"
    assert text_digest(entity % b"&e;") == text_digest(entity % b"&amp;e;")  # named, never opened


def renamed(file: Path, path: Path, name: str) -> Path:
    """The file, saying that it was made from a case of another name."""
    said = read_stamp(file)
    return with_parts(
        file, path, {CUSTOM: stamped(json.dumps({**said, "made_from": {**said["made_from"], "case": name}}).encode())}
    )


def asked(*arguments: str | Path) -> Any:
    return CliRunner().invoke(cli.app, ["verify", *map(str, arguments)])


def test_a_file_leads_to_no_case_outside_the_folder(
    files: dict[str, Path], folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    (here / "workbook.xlsx").write_bytes(b"private")
    opened: list[str] = []
    load = cli.load_case
    monkeypatch.setattr(cli, "load_case", lambda name, **more: opened.append(name) or load(name, **more))
    for name in (
        "../data/case",
        str(folder),
        f"{folder}/",
        "..",
        ".",
        "",
        "workbook.xlsx",
        "a\\b",
        "c:x",
        "a\0b",
        "~",
        "a/../case",
    ):
        done = asked(renamed(files["one_page.docx"], tmp_path / "page.docx", name))
        assert isinstance(done.exception, StampError) and "Name it with --case" in str(done.exception), name
    assert set(opened) <= {"~"}  # a name like another, of no folder here
    shutil.copytree(folder, here / "case")
    assert asked(renamed(files["one_page.docx"], tmp_path / "page.docx", "case")).exit_code == 0


def test_what_a_file_says_reaches_no_terminal_raw(files: dict[str, Path], tmp_path: Path) -> None:
    forged = with_parts(files["slides.pptx"], tmp_path / "forged.pptx", {"ppt/\x1b]0;x\x07\x9b31m.xml": b"<x/>"})
    done = asked(forged)
    assert done.exit_code == 1 and "ppt/\\u001b]0;x\\u0007\\u009b31m.xml" in done.output
    assert set(done.output).isdisjoint("\x1b\x07\x9b")
    assert "edited, or saved again" in done.output


@pytest.mark.parametrize("make", [half, damaged_stamp])
def test_a_damaged_file_is_a_plain_error(make: Callable[..., None], file: Path, case: Case, tmp_path: Path) -> None:
    path = tmp_path / file.name
    make(path, file)
    with pytest.raises(StampError, match=r"read|damaged"):
        verify(path, case)


def test_what_is_not_ours_is_a_plain_error(case: Case, tmp_path: Path) -> None:
    unstamped(tmp_path / "other.pptx")
    (tmp_path / "text.pptx").write_text("not a deck")
    for name, said in (
        ("other.pptx", "was not written by"),
        ("text.pptx", "not a deck.* or has a password"),
        ("none.pptx", "Cannot read"),
    ):
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


def test_the_command_says_it_plainly_and_its_exit_code_tells(
    files: dict[str, Path], folder: Path, command: Command, tmp_path: Path
) -> None:
    slides = files["slides.pptx"]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    process = [sys.executable, "-m", "aukus_mcda.cli", "verify", slides]
    done = subprocess.run(process, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0 and "as it stands" in done.stdout
    scores = pd.read_csv(folder / "scores.csv", dtype=str, keep_default_na=False)
    latest = scores.query("option == 'status_quo' and criterion == 'det_picture'")["as_of"].idxmax()
    scores.loc[latest, "likely"] = likely = f"{float(scores.at[latest, 'likely']) + 0.25:g}"
    scores.to_csv(folder / "scores.csv", index=False)
    done = command("verify", slides, "--case", folder)
    assert done.returncode == 1 and "1 difference." in done.stdout
    assert "scores: status_quo on det_picture" in done.stdout and f"likely {likely}" in done.stdout
    (tmp_path / "none.pptx").write_text("nothing")
    for wrong in (["none.pptx"], ["missing.pptx"], [slides, "--case", "nowhere"]):
        done = command("verify", *wrong)
        assert done.returncode == 2 and done.stderr.strip() and "Traceback" not in done.stderr


LATER = """
import pathlib, sys, time
tomorrow = time.time() + 86_400
time.time, time.localtime = lambda: tomorrow, lambda *_: time.gmtime(tomorrow)
from aukus_mcda import export_slides, load_case, study
from aukus_mcda.export.page import export_one_page
from aukus_mcda.export.workbook import export_workbook
made = study(load_case("starter"), draws=1000)
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
    name: str, small_files: dict[str, Path], later: dict[str, Path], starter: Study
) -> None:
    again, day = later[name], starter.case.about.as_of
    assert day is not None
    at, written = (day.year, day.month, day.day, 0, 0, 0), f"{day}T00:00:00Z".encode()
    assert again.read_bytes() == small_files[name].read_bytes()
    with zipfile.ZipFile(again) as file:
        assert {entry.date_time for entry in file.infolist()} == {at}
        assert file.read("docProps/core.xml").count(written) == 2
        for inner in (each for each in file.namelist() if each.endswith(".xlsx")):
            with file.open(inner) as embedded, zipfile.ZipFile(embedded) as behind:
                assert {entry.date_time for entry in behind.infolist()} == {at}
                assert written in behind.read("docProps/core.xml")


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
