# SPDX-License-Identifier: Apache-2.0
"""A study on slides: the story on ten, its results in native charts, refusals, the look of hostile templates."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import deck_templates
import numpy as np
import openpyxl
import pandas as pd
import pytest
from conftest import missing
from lxml import etree
from matplotlib.font_manager import FontProperties, findfont
from PIL import ImageFont
from pptx import Presentation
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn

from aukus_mcda import Case, ExportError, export_slides, study
from aukus_mcda.analysis import Study
from aukus_mcda.export.slides import check_choices
from aukus_mcda.layout import measuring, theme
from aukus_mcda.layout.slide_tables import Font, cut_to
from aukus_mcda.layout.templates import SIZES
from aukus_mcda.story import ANNEX, MOST_LETTERS, STORY, Chart, Column, Table, exhibit

FEW_WORDS = 90
"""Of body text on a slide of the story."""


@cache
def opened(path: Path) -> Presentation:
    return Presentation(str(path))


@pytest.fixture(scope="module")
def decks(tested: Study, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Path]:
    @cache
    def of(**choices: object) -> Path:
        return export_slides(tested, tmp_path_factory.mktemp("deck") / "slides.pptx", **choices)

    return of


def titles(path: Path) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in opened(path).slides]


def test_the_story_takes_ten_slides_most_with_a_picture(decks: Callable[..., Path], tested: Study) -> None:
    path = decks()
    told = [exhibit(tested, name) for name in STORY]
    assert titles(path) == [each.title for each in told if each is not None] and len(titles(path)) == 10
    assert len(set(titles(path))) == 10 and all(len(title) <= MOST_LETTERS for title in titles(path)[1:])
    filled = f".//{qn('a:tcPr')}/{qn('a:solidFill')}"
    slides = list(opened(path).slides)
    pictured = [
        each for each in slides if any(shape.has_chart for shape in each.shapes) or each._element.findall(filled)
    ]
    assert len(pictured) >= 7
    assert not [shape for slide in opened(path).slides for shape in slide.shapes if hasattr(shape, "image")]


def test_a_slide_of_the_story_has_few_words(decks: Callable[..., Path], tested: Study) -> None:
    """Besides the title, the figures below it and the foot."""
    aside = ("Title", "Marking", "Foot", "Number", "Table", "Verdict")
    subtitles = [each.subtitle for each in (exhibit(tested, name) for name in STORY) if each is not None]
    for slide in opened(decks()).slides:
        texts = [shape.text_frame.text for shape in slide.shapes
                 if shape.has_text_frame and not shape.name.startswith(aside)
                 and shape.text_frame.text not in subtitles]  # fmt: skip
        words = [word for text in texts for word in text.split() if word != "\N{MIDDLE DOT}"]
        assert len(words) <= FEW_WORDS, slide.shapes.title.text_frame.text


def test_the_second_slide_says_in_full_what_its_leading_option_is(decks: Callable[..., Path], tested: Study) -> None:
    texts = [shape.text_frame.text for shape in opened(decks()).slides[1].shapes if shape.has_text_frame]
    short, name = tested.case.options.loc[tested.ranking.leaders[0], ["short", "name"]]
    assert short in texts[0] and name != short and any(name in text for text in texts)


def cells(path: Path) -> list[str]:
    """What stands in the tables of a deck."""
    tables = [shape.table for slide in opened(path).slides for shape in slide.shapes if shape.has_table]
    return [cell.text_frame.text for table in tables for row in table.rows for cell in row.cells]


@pytest.mark.parametrize("size", SIZES)
def test_every_test_of_the_verdict_is_shown_on_slides_of_every_size(
    size: str, decks: Callable[..., Path], tested: Study
) -> None:
    shown, told = cells(decks(size=size, slides="sureness")), exhibit(tested, "sureness")
    assert told is not None
    tests, ways = told.flat[0], told.flat[1]
    assert isinstance(tests, Table) and isinstance(ways, Chart)
    assert {name for name, *_ in tests.rows} | set(ways.labels) <= set(shown)
    assert shown.count("failed") == [row[-1] for row in tests.rows].count("failed") > 0


@pytest.mark.parametrize("size", SIZES)
def test_options_missing_from_the_futures_are_counted_once(
    size: str, decks: Callable[..., Path], tested: Study
) -> None:
    path = decks(size=size, slides="futures")
    texts = [shape.text_frame.text for shape in opened(path).slides[0].shapes if shape.has_text_frame]
    counts = [text for told in texts for text in re.findall(r"\d+ more options are not shown\.", told)]
    options = tested.case.options["short"][tested.ranking.ranked.index]
    assert counts == [f"{len(set(options) - set(cells(path)))} more options are not shown."]


def test_every_slide_is_marked_and_says_whose_it_is(decks: Callable[..., Path], tested: Study) -> None:
    day = tested.case.about.as_of
    assert day is not None
    for slide in opened(decks(annex=True)).slides:
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        assert texts.count(tested.case.about.marking) == 2
        (foot,) = [shape.text_frame.text for shape in slide.shapes if shape.name == "Foot"]
        assert foot.startswith("Baseline weights. ") and foot.endswith(f"Judged to {day.day} {day:%b %Y}.")
        assert 'type="slidenum"' in slide._element.xml


def test_the_dots_are_the_scores_and_their_lines_the_ranges(decks: Callable[..., Path], tested: Study) -> None:
    slide = opened(decks()).slides[2]
    *lines, dots = next(shape.chart for shape in slide.shapes if shape.has_chart).plots[0].series
    across = [
        [float(node.text) for node in each._element.find(qn("c:xVal")).iter(qn("c:v"))] for each in (*lines, dots)
    ]
    ranked = tested.ranking.ranked
    np.testing.assert_allclose(across[-1], ranked["score"])
    interval = tested.acceptability.interval.loc[ranked.index]
    np.testing.assert_allclose([(each[0], each[-1]) for each in across[:-1]], interval[["low", "high"]])


def test_weights_of_ones_own_have_a_slide(case: Case, tmp_path: Path) -> None:
    own = study(case, dict.fromkeys(case.leaves, 1), draws=500)
    names = titles(export_slides(own, tmp_path / "slides.pptx"))
    assert len(names) == 11 and names[3].startswith("The analyst's weights")


def test_slides_are_chosen_by_name_and_in_order(decks: Callable[..., Path]) -> None:
    every = titles(decks())
    assert titles(decks(slides=("ranking", "cover"))) == [every[2], every[0]]
    annexed = titles(decks(annex=True))
    assert annexed[:10] == every and len(annexed) > 10 + len(ANNEX) / 2
    assert any(re.search(r"\(2 of \d+\)$", title) for title in annexed)
    assert len(titles(decks(slides="values"))) > 1, "what is wide or long goes on over slides"


def test_an_audience_reads_its_own_yardstick(decks: Callable[..., Path]) -> None:
    for audience, yardstick in (("us", "ICD 203"), ("uk", "PHIA")):
        texts = [shape.text_frame.text for slide in opened(decks(audience=audience, slides="sureness")).slides
                 for shape in slide.shapes if shape.has_text_frame]  # fmt: skip
        assert any(f" %) on the {yardstick} scale." in text for text in texts)


@pytest.mark.parametrize(("asked", "fault"), [
    ({"slides": ["ranking", "moon"]}, "'moon'; there are cover"), ({"slides": []}, "No slide was chosen"),
    ({"audience": "eu"}, "'eu'; there are us"), ({"size": "3:2"}, "'3:2'; there are 16:9, 4:3"),
    ({"slides": 5}, "slides must be text or a list"), ({"audience": []}, "audience must be text, not a list"),
    ({"size": None}, "size must be text, not None"), ({"template": 5}, "template must be the path of a file"),
])  # fmt: skip
def test_what_is_not_known_is_refused_with_what_there_is(
    asked: dict, fault: str, tested: Study, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=re.escape(fault)):
        export_slides(tested, tmp_path / "slides.pptx", **asked)
    with pytest.raises(ExportError, match=re.escape(fault)):
        check_choices(**asked)


def test_nothing_ranked_still_gives_a_deck(starter: Study, tmp_path: Path) -> None:
    case = starter.case
    screens = pd.DataFrame({"passes": "no", "reason": "Forbidden.", "evidence": [()] * len(case.options)})
    screens.index = pd.MultiIndex.from_product([case.options.index, ["law"]], names=["option", "screen"])
    result = study(replace(case, screens=screens), draws=200)
    assert "No option passes the screens" in titles(export_slides(result, tmp_path / "slides.pptx", annex=True))


def test_the_shipped_decks_have_no_fault_of_schema(
    decks: Callable[..., Path], validated: Callable[[Path], list[str]]
) -> None:
    for path in (decks(annex=True), decks(size="4:3"), decks(size="10x5.625")):
        assert validated(path) == []


def test_the_same_study_has_the_same_bytes(decks: Callable[..., Path], tested: Study, tmp_path: Path) -> None:
    assert export_slides(tested, tmp_path / "slides.pptx").read_bytes() == decks().read_bytes()


def test_nothing_of_a_templates_own_slides_is_left(tested: Study, tmp_path: Path) -> None:
    template = deck_templates.corporate(tmp_path / "template.potx")
    path = export_slides(tested, tmp_path / "slides.pptx", template=template, slides="ranking")
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(path) as new:
        assert any(deck_templates.SECRET.encode() in old.read(name) for name in old.namelist())
        assert not any(deck_templates.SECRET.encode() in new.read(name) for name in new.namelist())
        names = new.namelist()
        assert [name for name in names if name.startswith("ppt/slides/slide")] == ["ppt/slides/slide1.xml"]
        assert b"sectionLst" not in new.read("ppt/presentation.xml")
        assert b"template.main" not in new.read("[Content_Types].xml")


def test_a_layouts_own_map_of_colours_is_the_slides(tested: Study, tmp_path: Path) -> None:
    template = deck_templates.overridden(tmp_path / "template.pptx")
    path = export_slides(tested, tmp_path / "slides.pptx", template=template, slides=["cover", "ranking"])
    for slide in opened(path).slides:
        (mapped,) = slide._element.find("{*}clrMapOvr")
        assert mapped.tag.endswith("overrideClrMapping") and mapped.get("tx1") == "lt1"


def in_theme(deck: object, change: Callable[[object], None]) -> None:
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    tree = etree.fromstring(part.blob)
    change(tree)
    part._blob = etree.tostring(tree)


def without(deck: object, *names: str) -> None:
    """Parts of a theme, or of the master, taken out."""
    master = deck.slide_master._element
    for name in names:
        in_theme(deck, lambda tree, name=name: [each.getparent().remove(each) for each in tree.findall(f".//{name}")])
        for each in master.findall(name):
            master.remove(each)


def told_otherwise(deck: object) -> None:
    """The text colour by the name a program gives it, and by none at all."""

    def change(tree: object) -> None:
        slot = tree.find(".//{*}dk1")
        slot[:] = [etree.Element(qn("a:sysClr"), val="windowText")]

    in_theme(deck, change)
    for colour in deck.slide_master._element.find(qn("p:txStyles")).findall(".//{*}solidFill/*"):
        colour.set("val", "phClr")


@pytest.mark.parametrize("change", [
    lambda deck: without(deck, "{*}fontScheme"), lambda deck: without(deck, "{*}latin"), told_otherwise,
    lambda deck: without(deck, "{*}clrScheme"), lambda deck: without(deck, "{*}clrMap"),
    lambda deck: without(deck, "{*}txStyles"), lambda deck: without(deck, "{*}bgFillStyleLst"),
])  # fmt: skip
def test_a_template_that_says_little_of_its_look_will_do(
    change: Callable[[object], None], starter: Study, tmp_path: Path
) -> None:
    deck = Presentation()
    change(deck)
    deck.save(str(tmp_path / "template.pptx"))
    template = tmp_path / "template.pptx"
    path = export_slides(starter, tmp_path / "slides.pptx", template=template, slides=["cover", "ranking"])
    assert len(opened(path).slides) == 2


def test_a_template_brings_no_macros(starter: Study, tmp_path: Path) -> None:
    deck = Presentation()
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    deck.part.relate_to(Part(PackURI("/ppt/vbaProject.bin"), "application/vnd.ms-office.vbaProject", deck.part.package,
                             b"code"), kind)  # fmt: skip
    deck.save(str(tmp_path / "template.pptm"))
    with zipfile.ZipFile(tmp_path / "template.pptm") as file:
        assert "ppt/vbaProject.bin" in file.namelist()
    path = export_slides(starter, tmp_path / "slides.pptx", template=tmp_path / "template.pptm", slides="ranking")
    with zipfile.ZipFile(path) as file:
        assert not [name for name in file.namelist() if "vba" in name.lower()]


def test_what_is_no_template_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.pptx").write_text("no presentation")
    with pytest.raises(ExportError, match=r"cannot be opened as a template \(It is not an Office file, or breaks off"):
        check_choices(template=tmp_path / "text.pptx")
    (tmp_path / "locked.pptx").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(ExportError, match="It has a password or a sensitivity label"):
        check_choices(template=tmp_path / "locked.pptx")
    openpyxl.Workbook().save(tmp_path / "book.pptx")
    with pytest.raises(ExportError, match="it is no presentation"):
        check_choices(template=tmp_path / "book.pptx")
    with pytest.raises(ExportError, match="There is no template"):
        check_choices(template=tmp_path / "none.potx")
    with pytest.raises(ExportError, match=r"cannot be opened as a template \(Is a directory\)"):
        check_choices(template=tmp_path)
    template = deck_templates.dark(tmp_path / "t.pptx")
    with zipfile.ZipFile(template) as file:
        parts = {name: file.read(name) for name in file.namelist()}
    for name, change in (
        ("ppt/presentation.xml", (b'cx="', b'cx="abc')), ("ppt/slideMasters/slideMaster1.xml", (b">", b"")),
        ("_rels/.rels", (b"officeDocument", b"none")),
    ):  # fmt: skip
        with zipfile.ZipFile(tmp_path / "damaged.pptx", "w") as file:
            for each, part in parts.items():
                file.writestr(each, part.replace(*change, 1) if each == name else part)
        with pytest.raises(ExportError, match=r"damaged\.pptx cannot .*\(a part of it is missing or damaged\)"):
            check_choices(template=tmp_path / "damaged.pptx")
    for most in ("office_parts.LARGEST", "templates.MOST_XML"):
        with monkeypatch.context() as lowered, pytest.raises(ExportError, match="unpacks to more than"):
            lowered.setattr(f"aukus_mcda.layout.{most}", 10_000)
            check_choices(template=template)


LAYOUT = "ppt/slideLayouts/slideLayout1.xml"
MASTER, MAIN, RELS = "ppt/slideMasters/slideMaster1.xml", "ppt/presentation.xml", "ppt/_rels/presentation.xml.rels"
ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><p:sldMaster '


@pytest.mark.parametrize(("part", "pattern", "change"), [
    (MASTER, rb"<p:sldMaster ", ENTITY),
    (MASTER, rb"</p:sldMaster>", b""),
    (MASTER, rb"<p:clrMap [^>]*>", b"<p:clrMap"),
    (MASTER, rb"<p:sldMaster .*", b""),
    (MASTER, rb'(type="title".*?cx)="\d+"', rb'\1="wide"'),
    (MASTER, rb'<p:ph type="title"/>', b'<p:ph type="headline"/>'),
    (LAYOUT, rb'(<p:ph .*?<a:off x)="\d+"', rb'\1="abc"'),
    (LAYOUT, rb'idx="\d+"', b'idx="first"'),
    (MAIN, rb"<p:sldSz [^>]*>", b""),
    (MAIN, rb'<p:sldSz cx="\d+"', b'<p:sldSz cx="0"'),
    (MAIN, rb'<p:sldSz cx="\d+"', b'<p:sldSz cx="abc"'),
    (MAIN, rb'<p:sldSz cx="\d+"', b'<p:sldSz cx="' + b"9" * 5000 + b'"'),
    (MAIN, rb"<p:sldMasterIdLst>.*?</p:sldMasterIdLst>", b""),
    (RELS, rb"<Relationship .*/>", b""),
    ("_rels/.rels", rb'"[^"]*/core-properties"', b'"abc"'),
    ("ppt/theme/theme1.xml", rb"<a:theme ", ENTITY.replace(b"p:sldMaster", b"a:theme")),
    ("[Content_Types].xml", rb"<Override [^>]*slideMaster1[^>]*>", b""),
])  # fmt: skip
def test_a_template_that_cannot_be_read_is_refused_by_name_before_anything_is_ranked(
    part: str, pattern: bytes, change: bytes, tmp_path: Path
) -> None:
    whole, broken = deck_templates.dark(tmp_path / "whole.pptx"), tmp_path / "broken.pptx"
    check_choices(template=whole)
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(broken, "w") as copied:
        for name in given.namelist():
            blob = given.read(name)
            if name == part:
                before, blob = blob, re.sub(pattern, change, blob, count=1, flags=re.DOTALL)
                assert blob != before
            copied.writestr(name, blob)
    with pytest.raises(ExportError, match=r"broken\.pptx"):
        check_choices(template=broken)
    with pytest.raises(ExportError, match=r"No slide is named 'answer'.*No audience is named 'eu'.*broken\.pptx"):
        check_choices(template=broken, slides="answer", audience="eu")


@pytest.mark.parametrize("size", [12, 20])
def test_measured_height_grows_with_the_text(size: int) -> None:
    heights = [measuring.height("word " * count, 200, size) for count in (1, 10, 50, 200)]
    assert all(a < b for a, b in pairwise(heights))


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_no_text_is_wider_or_taller_than_it_is_measured(weight: str, case: Case) -> None:
    try:  # as wide as Arial, letter by letter
        path = findfont(FontProperties(family="Liberation Sans", weight=weight), fallback_to_default=False)
    except ValueError:
        missing("Liberation Sans")
    font = ImageFont.truetype(path, 100)
    texts = {cell for frame in (case.options, case.criteria, case.evidence, case.scores)
             for cell in frame.to_numpy().ravel() if isinstance(cell, str) and cell}  # fmt: skip
    bold = weight == "bold"
    assert not [
        text for text in texts if len(text) > 20 and measuring.width(text, 100, bold) > 1.05 * font.getlength(text)
    ]
    texts |= {chr(code) * 30 for code in (*range(33, 127), 0x2013, 0x2014)} | {text.upper() for text in texts}
    texts |= {"É" * 9, "Ç" * 9, "Å" * 9}
    assert len(texts) > 500
    too_wide = [text for text in texts if measuring.width(text, 100, weight == "bold") < 0.998 * font.getlength(text)]
    assert not too_wide
    assert sum(font.getmetrics()) <= 100 * measuring.LINE


def test_long_names_that_begin_alike_are_cut_in_the_middle() -> None:
    begun = "Establish a joint undersea surveillance coordination centre for the three states in"
    names = [
        f"1  {begun} Perth",
        "2  Expand the exercises to include regular trilateral experimentation at sea",
        f"10  {begun} Darwin",
    ]
    cut = cut_to(Column("", names), 220, Font(14, "", theme.INK, theme.PAPER), 2, bold=True).texts
    assert cut[1].startswith("2  Expand the exercises") and cut[1].endswith(" ...")
    assert cut[0].startswith("1  Establish a joint") and cut[0].endswith("states in Perth")
    assert cut[2].startswith("10  Establish a joint") and cut[2].endswith("states in Darwin")
