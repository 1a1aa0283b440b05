# SPDX-License-Identifier: Apache-2.0
"""How exhibits are set on slides: nothing overflows, type can be read, charts are native, any template will do."""

from __future__ import annotations

import io
import re
import shutil
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import deck_templates
import hand_made
import numpy as np
import pytest
from lxml import etree
from openpyxl import load_workbook
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.oxml.ns import qn
from pptx.util import Pt

from aukus_mcda.errors import ExportError
from aukus_mcda.export.slides import check_choices
from aukus_mcda.layout import theme
from aukus_mcda.layout.charts import Plot, axis_step
from aukus_mcda.layout.deck import Deck
from aukus_mcda.layout.measuring import LINE
from aukus_mcda.layout.slide_tables import Font, TableGrid
from aukus_mcda.layout.templates import blank_deck, open_template
from aukus_mcda.story import Chart, Column, Exhibit, Table

FOOT = "Baseline weights. Illustrative judgements by the authors, to 30 Dec 2025; not the position of any government."
MARKING = "TEST MARKING"
CROWDS = {"3 options, 2 criteria": (3, 2), "10 options": (10, 5), "40 options, 40 criteria": (40, 40)}
SIZES = ("16:9", "4:3", "10x5.625")
TEMPLATES: dict[str, Callable[[Path], Path]] = {
    "python-pptx.pptx": lambda path: (Presentation().save(str(path)), path)[1],
    "corporate.potx": deck_templates.corporate,
    "dark.pptx": deck_templates.dark,
    "banner.pptx": deck_templates.banner,
    "overridden.pptx": deck_templates.overridden,
    "pictured.pptx": deck_templates.pictured,
    "untitled.pptx": deck_templates.untitled,
}


def written(path: Path, presentation: Any, rows: int, columns: int, *, annex: bool = False) -> Path:
    """A deck of every kind of exhibit."""
    deck = Deck(presentation, MARKING, FOOT)
    first, *others = hand_made.exhibits(rows, columns)
    if not annex:
        deck.cover(first)
    for each in others:
        deck.page(each, annex=annex)
    deck.save(path, "A title", "An author")
    return path


@pytest.fixture(scope="module")
def decks(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    @cache
    def of(size: str, crowd: str = "10 options", annex: bool = False) -> Path:
        return written(tmp_path_factory.mktemp("deck") / "d.pptx", blank_deck(size), *CROWDS[crowd], annex=annex)

    return of


@pytest.fixture(scope="module")
def on_template(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    @cache
    def of(name: str) -> Path:
        folder = tmp_path_factory.mktemp("deck")
        return written(folder / "d.pptx", open_template(TEMPLATES[name](folder / name)), *CROWDS["10 options"])

    return of


def every_size(test: Any) -> Any:
    marked = pytest.mark.parametrize("size", SIZES)(test)
    marked = pytest.mark.parametrize("crowd", CROWDS)(marked)
    return pytest.mark.parametrize("annex", [False, True], ids=["story", "annex"])(marked)


def runs(path: Path) -> Iterator[tuple[str, float, str]]:
    """Every piece of text with its size and colour, and what is nearest behind it."""
    for slide in Presentation(str(path)).slides:
        for run in slide._element.iter(qn("a:r"), qn("a:fld")):
            colour = run.find(f"{qn('a:rPr')}/{qn('a:solidFill')}/{qn('a:srgbClr')}")
            yield run.find(qn("a:t")).text, int(run.find(qn("a:rPr")).get("sz")) / 100, f"#{colour.get('val')}"


def fits(path: Path) -> None:
    """Nothing leaves a slide, reaches into its foot or lies over another thing but a chart on its table."""
    deck = Presentation(str(path))
    for number, slide in enumerate(deck.slides, start=1):
        boxes = [(each.name, each.left, each.top, each.left + each.width, each.top + each.height)
                 for each in slide.shapes if not each.name.startswith(("Panel", "Chart"))]  # fmt: skip
        for name, left, top, right, bottom in boxes:
            assert left >= 0 and top >= 0 and right <= deck.slide_width + 9 and bottom <= deck.slide_height + 9, name
        for one, other in combinations(boxes, 2):
            across = one[1] < other[3] - 12700 and other[1] < one[3] - 12700
            assert not (across and one[2] < other[4] - 12700 and other[2] < one[4] - 12700), (number, one, other)


@every_size
def test_nothing_overflows(decks: Callable[..., Path], size: str, crowd: str, annex: bool) -> None:
    fits(decks(size, crowd, annex))


@every_size
def test_no_text_is_smaller_than_can_be_read(decks: Callable[..., Path], size: str, crowd: str, annex: bool) -> None:
    path = decks(size, crowd, annex)
    least = 12 if annex else 14
    assert min(points for _, points, _ in runs(path)) >= least
    charts = [shape.chart for slide in Presentation(str(path)).slides for shape in slide.shapes if shape.has_chart]
    letters = [node for chart in charts for node in chart._chartSpace.iter(qn("a:defRPr"), qn("a:rPr"))]
    assert charts and all(int(each.get("sz", "9900")) >= 100 * least for each in letters)


@pytest.fixture(scope="module")
def printed(
    decks: Callable[..., Path], office_programs: None, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Path]:
    """A deck of each size as LibreOffice prints it to PDF, all in one go."""
    folder = tmp_path_factory.mktemp("printed")
    paths = {size: folder / f"{place}.pptx" for place, size in enumerate(SIZES)}
    for size, path in paths.items():
        shutil.copy(decks(size), path)
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, *paths.values()]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return {size: path.with_suffix(".pdf") for size, path in paths.items()}


@pytest.mark.parametrize("size", SIZES)
def test_no_text_is_taller_than_its_box_where_it_is_shown(
    size: str, decks: Callable[..., Path], printed: dict[str, Path], tmp_path: Path
) -> None:
    """Measured in the PDF that LibreOffice makes: on no page is a line of text below the foot."""
    command = ["pdftotext", "-bbox-layout", printed[size], tmp_path / "d.html"]
    subprocess.run(command, check=True, capture_output=True, timeout=60)
    pages = etree.parse(tmp_path / "d.html", etree.HTMLParser()).iter("page")
    slides = Presentation(str(decks(size))).slides
    for page, slide in zip(pages, slides, strict=True):
        foot = next(shape for shape in slide.shapes if shape.name == "Foot")
        lines = [("".join(line.itertext()).split(), float(line.get("ymax"))) for line in page.iter("line")]
        first = next(low for words, low in lines if words[:2] == ["Baseline", "weights."] and low > foot.top.pt)
        body = [words for words, low in lines if first - 14 < low < first - 0.5]
        assert not body, body


@pytest.mark.parametrize("name", TEMPLATES)
def test_any_template_will_do(name: str, on_template: Callable[[str], Path]) -> None:
    path = on_template(name)
    fits(path)
    assert min(points for _, points, _ in runs(path)) >= 14
    for slide in Presentation(str(path)).slides:
        assert slide.shapes.title.text_frame.text
        assert {"Foot", "Number", "Marking"} <= {shape.name for shape in slide.shapes}


@pytest.mark.parametrize(("name", "ground"), [("dark.pptx", "#0B1830"), ("banner.pptx", "#101010"),
                                              ("overridden.pptx", "#0B1830")])  # fmt: skip
def test_text_stands_out_from_a_dark_ground(name: str, ground: str, on_template: Callable[[str], Path]) -> None:
    """Outside cards, badges and filled cells, which have grounds of their own."""
    for slide in Presentation(str(on_template(name))).slides:
        for shape in slide.shapes:
            if not shape.name.startswith(("Card", "Verdict", "Table")):
                for colour in shape._element.iter(qn("a:rPr")):
                    value = colour.find(f"{qn('a:solidFill')}/{qn('a:srgbClr')}").get("val")
                    assert theme.contrast(f"#{value}", ground) >= 4.5, (shape.name, value)
        for cell in slide._element.iter(qn("a:tc")):
            fill = cell.find(f"{qn('a:tcPr')}/{qn('a:solidFill')}/{qn('a:srgbClr')}")
            behind = ground if fill is None else f"#{fill.get('val')}"
            for colour in cell.iter(qn("a:rPr")):
                value = colour.find(f"{qn('a:solidFill')}/{qn('a:srgbClr')}").get("val")
                assert theme.contrast(f"#{value}", behind) >= 4.5


def test_a_panel_lies_behind_text_only_where_the_ground_is_not_plain(on_template: Callable[[str], Path]) -> None:
    def panels(name: str) -> list[int]:
        slides = Presentation(str(on_template(name))).slides
        return [place for slide in slides for place, shape in enumerate(slide.shapes) if shape.name == "Panel"]

    assert set(panels("pictured.pptx")) == {0}, "behind all else"
    assert not panels("corporate.potx") and not panels("dark.pptx")


def test_titles_have_one_size_and_stand_at_the_top(decks: Callable[..., Path]) -> None:
    _, *slides = Presentation(str(decks("16:9"))).slides
    titles = [title for slide in slides if "WW" not in (title := slide.shapes.title).text_frame.text]
    assert [title.text_frame.text for title in titles][:3] == [hand_made.TITLE, hand_made.TITLE, "Weights can move"]
    sizes = {run.font.size.pt for title in titles for run in title.text_frame.paragraphs[0].runs}
    assert sizes == {26.0} and {title.top for title in titles} == {titles[0].top}
    assert {title.text_frame._txBody.bodyPr.get("anchor") for title in titles} == {"t"}


def test_what_does_not_fit_the_story_is_counted_and_goes_on_in_the_annex(decks: Callable[..., Path]) -> None:
    words = [text for text, _, _ in runs(decks("16:9", "40 options, 40 criteria"))]
    left_out = [count for text in words for count in re.findall(r"(\d+) more (?:rows|options) are not shown\.", text)]
    (columns,) = [int(count) for text in words for count in re.findall(r"(\d+) more columns are not shown\.", text)]
    shown = {text for text in words if text.startswith("Interoperability")}
    assert len(left_out) >= 5 and len(shown) + columns == 40
    annex = Presentation(str(decks("16:9", "40 options, 40 criteria", True)))
    titles = [slide.shapes.title.text_frame.text for slide in annex.slides]
    numbered = [re.fullmatch(r"W+ \((\d+) of (\d+)\)", title) for title in titles]
    pages = [match.groups() for match in numbered if match]
    assert [int(first) for first, _ in pages] == list(range(1, int(pages[0][1]) + 1))
    shown = {cell.text_frame.text for slide in annex.slides for shape in slide.shapes if shape.has_table
             for row in shape.table.rows for cell in row.cells}  # fmt: skip
    assert {name for name in hand_made.named(40) if len(name) < 30} <= shown
    assert {f"Interoperability {place}" for place in range(40)} <= shown


def test_each_block_that_is_shortened_counts_its_own_rows() -> None:
    deck = Deck(blank_deck("16:9"), "", "")
    one, other = (Table([Column("Option", [f"{name} {row}" for row in range(30)])]) for name in ("Plan", "Aim"))
    few = Table([Column("Option", ["All", "three", "rows"])])
    deck.page(Exhibit("Below one another", "", [one, other]))
    deck.page(Exhibit("Side by side", "", [(few, one)]))
    for slide, names in zip(deck.presentation.slides, (("Plan", "Aim"), ("Plan",)), strict=True):
        tables = [each for each in slide.shapes if each.has_table]
        counts = [each for each in slide.shapes if each.has_text_frame and "not shown" in each.text_frame.text]
        for name, count in zip(names, counts, strict=True):
            table = next(each for each in tables if each.table.cell(1, 0).text_frame.text == f"{name} 0")
            assert count.text_frame.text == f"{31 - len(table.table.rows)} more rows are not shown."
            assert abs(count.left - table.left) < Pt(1) and count.top >= table.top + table.height


def test_charts_are_native_and_can_be_edited(decks: Callable[..., Path]) -> None:
    deck = Presentation(str(decks("16:9")))
    charts = [shape.chart for slide in deck.slides for shape in slide.shapes if shape.has_chart]
    kinds = [chart.chart_type for chart in charts]
    assert kinds == [XL_CHART_TYPE.XY_SCATTER, *[XL_CHART_TYPE.BAR_STACKED] * 2]
    for chart in charts:
        sheet = load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob)).active
        assert sheet.max_row > len(list(chart.plots[0].series[0].values)) > 0
        ids = [node.get("val") for node in chart._chartSpace.iter(qn("c:axId"), qn("c:crossAx"))]
        assert ids and all(int(each) > 0 for each in ids)
    scores = charts[0].plots[0].series[-1]
    shown = len(charts[0].plots[0].series) - 1
    assert [float(node.text) for node in scores._element.find(qn("c:xVal")).iter(qn("c:v"))] == [
        60 - place / 2 for place in range(shown)
    ]
    before, left, now, right, _ = charts[1].plots[0].series
    assert before.values[0] == 0 and left.values[0] == pytest.approx(0.3, abs=0.01)
    assert left.values[0] + now.values[0] + right.values[0] == pytest.approx(0.55)
    assert now.values[1] == 0, "no mark where the number is missing"


def test_spans_stand_where_the_axis_has_them_though_it_does_not_begin_at_0(tmp_path: Path) -> None:
    deck = Deck(blank_deck("16:9"), "", "")
    deck.page(Exhibit("Then and now", "", [Chart("spans", ["A"], "Score", (40, 70), [60], [55], [60])]))
    (chart,) = (shape.chart for slide in deck.presentation.slides for shape in slide.shapes if shape.has_chart)
    ends = np.cumsum([series.values[0] for series in chart.plots[0].series])  # bars are stacked from 0, not from 40
    assert ends[0] == 55 and ends[3] == pytest.approx(60, abs=0.1) and ends[-1] == pytest.approx(70, abs=0.1)


def test_a_text_at_the_end_of_a_bar_ends_before_the_next_column() -> None:
    names = ["Confidence track"], ["Integrated posture"]
    chart = Chart("spans", ["Deterrence value"], "Share of all weight", (0, 1), [0.32], [0], [0.49],
                  [Column("Now", [0.32], "share")], before=names[0], after=names[1], kind="share")  # fmt: skip
    for width, size in ((520.0, 14), (652.0, 16), (652.0, 18), (880.0, 18)):
        font = Font(size, "Arial", theme.INK, theme.PAPER)
        place, axis = Plot(chart, width, font).places(0, 0)
        assert axis.left - font.width(*names[0], bold=False) >= place.left + 10
        ends = axis.left + 0.49 * axis.width + font.width(*names[1], bold=False)
        assert ends <= place.left + place.width - 10, width


def test_dots_stand_beside_their_rows(decks: Callable[..., Path]) -> None:
    slide = Presentation(str(decks("16:9"))).slides[2]
    chart, table = (next(each for each in slide.shapes if each.name == name) for name in ("Chart", "Table"))
    rows = [row.height for row in table.table.rows]
    assert len(set(rows[1:])) == 1, "rows are equally tall"
    inner = chart.chart._chartSpace.find(f".//{qn('c:manualLayout')}")
    share = float(inner.find(qn("c:h")).get("val"))
    assert abs(chart.top - table.top - rows[0]) < Pt(1) and abs(share * chart.height - sum(rows[1:])) < Pt(1)


def test_every_graphic_is_described_and_read_before_the_foot(decks: Callable[..., Path]) -> None:
    for slide in Presentation(str(decks("16:9"))).slides:
        names = [shape.name for shape in slide.shapes]
        assert names[-1] == "Number" and names.index("Foot") == len(names) - 2
        for shape in slide.shapes:
            if shape.has_chart or shape.has_table:
                assert shape._element.xpath(".//p:cNvPr/@descr")[0].strip()
        assert slide.shapes.title.text_frame.text and "slidenum" in slide.shapes[-1]._element.xml


def test_notes_are_the_exhibits(decks: Callable[..., Path]) -> None:
    first, second, third, *_ = Presentation(str(decks("16:9"))).slides
    assert first.notes_slide.notes_text_frame.text == "cover"
    assert second.notes_slide.notes_text_frame.text == "why\n[source]"
    assert not third.has_notes_slide


def test_right_to_left_text_runs_so(decks: Callable[..., Path]) -> None:
    paragraphs = [each for slide in Presentation(str(decks("16:9"))).slides for each in slide._element.iter(qn("a:p"))]
    begun = [each for each in paragraphs if "".join(each.itertext())[:1] in ("م", "צ", "ש")]
    assert len(begun) > 3 and all(each.find(qn("a:pPr")).get("rtl") == "1" for each in begun)


def test_heat_is_written_readably_on_every_fill(decks: Callable[..., Path]) -> None:
    filled = 0
    for slide in Presentation(str(decks("16:9"))).slides:
        for cell in slide._element.iter(qn("a:tc")):
            ground = cell.find(f"{qn('a:tcPr')}/{qn('a:solidFill')}/{qn('a:srgbClr')}")
            ink = cell.find(f".//{qn('a:rPr')}/{qn('a:solidFill')}/{qn('a:srgbClr')}")
            if ground is not None and ink is not None:
                filled += 1
                assert theme.contrast(f"#{ground.get('val')}", f"#{ink.get('val')}") >= 4.5
    assert filled > 20


def test_columns_of_heat_are_equally_wide_and_no_heading_is_higher_than_four_lines() -> None:
    headings = ["Cost", "Interoperability", "Deterrence of attacks on shipping and ports across all the seas there are"]
    ranks = [Column(heading, [1], "rank") for heading in headings]
    font = Font(14.0, "", theme.INK, theme.PAPER)
    grid = TableGrid(Table([Column("Site", ["Quay"]), *ranks], "heat"), 450, font)
    assert grid.columns[1:] == pytest.approx([grid.columns[1]] * 3)
    assert 3.5 * font.size * LINE < grid.heights[0] < 4.5 * font.size * LINE
    assert grid.table.columns[-1].heading.endswith(" ...")


def test_the_pages_of_one_table_have_one_size_of_type() -> None:
    deck = Deck(blank_deck("16:9"), "", "")
    rows = ["A word", *["A sentence that takes two lines or three of its column where it stands beside others."] * 14]
    table = Table([Column("Option", rows[:1] * len(rows)), *(Column(name, rows, share=2) for name in ("Why", "How"))])
    deck.page(Exhibit("Many", "", [table]), annex=True)
    sizes = [
        {int(run.get("sz")) for shape in slide.shapes if shape.has_table for run in shape._element.iter(qn("a:rPr"))}
        for slide in deck.presentation.slides
    ]
    assert len(sizes) > 1 and sizes == sizes[:1] * len(sizes)


@pytest.mark.parametrize("mark", ["\n", "\x85", "\u2028", "\x0b"])
def test_a_break_or_a_sign_that_xml_cannot_hold_harms_nothing(mark: str, tmp_path: Path) -> None:
    text = f"one{mark}two"
    deck = Deck(blank_deck(), text, text)
    table = Table([Column(text, [text]), Column(text, [1], "rank")], "heat")
    chart = Chart("bars", [text], text, (0, 10), at=[3], after=[text])
    for exhibit in (Exhibit(text, text, [table, text], text), Exhibit(text, "", [chart], badge=(text, "accent"))):
        deck.page(exhibit)
    deck.save(tmp_path / "d.pptx", text, text)
    words = [piece for piece, _, _ in runs(tmp_path / "d.pptx")]
    assert ("onetwo" if mark == "\x0b" else "one") in words


def test_nothing_of_python_pptx_is_left(decks: Callable[..., Path]) -> None:
    with zipfile.ZipFile(decks("16:9")) as file:
        names, whole = file.namelist(), b"".join(file.read(name) for name in file.namelist())
        core = file.read("docProps/core.xml")
        assert b'type="screen4x3"' not in file.read("ppt/presentation.xml")
    assert b"Steve Canny" not in whole and b"python-pptx" not in core
    assert b"A title" in core and b"An author" in core and b"<dc:language>en-GB" in core
    assert not [name for name in names if "thumbnail" in name or "printerSettings" in name]


def test_files_have_no_fault_of_schema(
    decks: Callable[..., Path], on_template: Callable[[str], Path], validated: Callable[[Path], list[str]]
) -> None:
    paths = [decks("16:9"), decks("4:3", "3 options, 2 criteria"), decks("16:9", "40 options, 40 criteria", True)]
    for path in [*paths, *map(on_template, TEMPLATES)]:
        assert validated(path) == []


def test_what_a_template_links_to_or_embeds_is_left_out(tmp_path: Path) -> None:
    template = deck_templates.linked(tmp_path / "linked.pptx")
    with zipfile.ZipFile(template) as file:
        before = b"".join(file.read(name) for name in file.namelist())
    assert b"example.org" in before and b"oleObject" in before
    path = written(tmp_path / "d.pptx", open_template(template), 3, 2)
    with zipfile.ZipFile(path) as file:
        after = b"".join(file.read(name) for name in file.namelist())
    assert b"example.org" not in after and b"oleObject" not in after


def test_slides_too_small_to_be_read_are_refused_by_name(tmp_path: Path) -> None:
    deck = Presentation()
    deck.slide_width, deck.slide_height = Pt(280), Pt(200)
    deck.save(str(tmp_path / "stamp.pptx"))
    with pytest.raises(ExportError, match=r"stamp\.pptx: Slides of 280 by 200 points are too small"):
        check_choices(template=tmp_path / "stamp.pptx")


@pytest.mark.parametrize("ends", [(40, 70), (0, 1), (0, 24), (30, 80), (48.5, 53.5)])
def test_an_axis_has_a_few_round_numbers(ends: tuple[float, float]) -> None:
    chart = Chart("dots", ["a"], "Score", ends)
    assert 2 <= (ends[1] - ends[0]) / axis_step(chart) <= 8
    assert (ends[1] - ends[0]) / axis_step(chart, 3) <= 3
