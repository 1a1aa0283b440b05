"""Slides: native and editable, marked, within their edges, and readable when rendered."""

from __future__ import annotations

import re
import subprocess
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations, pairwise
from pathlib import Path

import deck_templates
import numpy as np
import pandas as pd
import pytest
from aukus_mcda.story.result_tables import by_root
from conftest import missing
from lxml import etree
from pptx import Presentation
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn
from pptx.util import Inches, Pt
from test_words_exported import deck_texts

from aukus_mcda import Case, ExportError, export_slides, rank, study
from aukus_mcda.analysis import Study
from aukus_mcda.case.case import About
from aukus_mcda.export import measuring
from aukus_mcda.export.page import export_one_page
from aukus_mcda.export.slides import ANNEX, AUDIENCES, STORY, check_choices
from aukus_mcda.export.templates import BODIES
from aukus_mcda.text import YARDSTICKS
from tools.lint_words import lint


def crowded() -> Case:
    """Forty options with names of 200 characters, forty leaves, hostile and right-to-left text."""
    random = np.random.default_rng(7)
    options = [f"option {k}" for k in range(40)]
    leaves = [f"leaf {k}" for k in range(40)]
    hostile = ['<script>alert("x")</script>', "=1+1", "שלום עולם", "سلام", "emoji \N{ROCKET}", "W" * 200]
    names = [f"{hostile[k % 6][:190]} {k}{' long name ' * 20}"[:200] for k in range(40)]
    criteria = pd.DataFrame(
        {
            "id": leaves,
            "direction": "max",
            "worst": 0,
            "best": 10,
            "name": names,
            "worst_means": names,
            "best_means": names,
        }
    )
    grid = pd.DataFrame(random.integers(0, 11, (40, 40)), index=options, columns=leaves)
    return Case.from_frames(
        criteria=criteria,
        scores=grid.rename_axis(index="option", columns="criterion").stack().rename("likely").reset_index(),
        options=pd.DataFrame({"id": options, "name": names, "description": names, "risk": names}),
        weights=pd.DataFrame({"profile": "baseline", "criterion": leaves, "likely": 100}),
        about={"title": names[5], "marking": "TEST MARKING", "question": names[0], "status_quo": "option 0"},
    )


def small() -> Case:
    """Three options on two leaves, nothing else said."""
    return Case.from_frames(
        criteria=pd.DataFrame({"id": ["x", "y"], "direction": "max", "worst": 0, "best": 10}),
        scores=pd.DataFrame({"option": list("aabbcc"), "criterion": list("xyxyxy"), "likely": [1, 2, 3, 3, 5, 0]}),
        weights=pd.DataFrame({"profile": "baseline", "criterion": ["x", "y"], "likely": [100, 100]}),
    )


LOOKS = {
    "shipped": {},
    "shipped in 4:3": {"size": "4:3"},
    "shipped in 10x5.625": {"size": "10x5.625"},
    "shipped in a corporate template": {"template": deck_templates.corporate},
    "shipped in a dark template": {"template": deck_templates.dark},
    "shipped on black in capitals": {"template": deck_templates.banner},
    "crowded": {},
    "crowded in 4:3": {"size": "4:3"},
    "small": {},
    "small in 10x5.625": {"size": "10x5.625"},
}


@pytest.fixture(scope="module")
def studies(tested: Study) -> Callable[[str], Study]:
    made = {"shipped": tested}

    def of(name: str) -> Study:
        if name not in made:
            made[name] = study({"crowded": crowded, "small": small}[name](), draws=1000)
        return made[name]

    return of


@pytest.fixture(scope="module")
def shipped(studies: Callable[[str], Study]) -> Study:
    return studies("shipped")


@pytest.fixture(scope="module", params=list(LOOKS))
def made(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, studies: Callable[[str], Study]
) -> tuple[Study, Path]:  # fmt: skip
    folder = tmp_path_factory.mktemp("deck")
    chosen = dict(LOOKS[request.param])
    if "template" in chosen:
        chosen["template"] = chosen["template"](folder / ("template.potx" if "corp" in request.param else "t.pptx"))
    result = studies(request.param.split()[0])
    return result, export_slides(result, folder / "slides.pptx", **chosen)


@cache
def opened(path: Path) -> object:
    return Presentation(str(path))


def shapes(path: Path) -> Iterator[tuple[int, object, object]]:
    deck = opened(path)
    for number, slide in enumerate(deck.slides, start=1):
        for shape in slide.shapes:
            yield number, shape, deck


def titles(path: Path) -> list[str]:
    return [slide.shapes.title.text_frame.text for slide in Presentation(str(path)).slides]


def test_titles_are_there_and_differ(made: tuple[Study, Path]) -> None:
    said = titles(made[1])
    assert len(set(said)) == len(said) and all(title.strip() for title in said)


def test_the_deck_tells_the_whole_story(shipped: Study, tmp_path: Path) -> None:
    said = titles(export_slides(shipped, tmp_path / "slides.pptx"))
    assert said[0] == shipped.case.about.title and said[1] == shipped.answer
    for told in (
        "options were compared", "screened out", "weighs most", "ranked options lie within", "over the status quo",
        "stands out most", "Maritime picture ranks first", "in 7 other ways", "of the weight moves",
        "families of methods", "compromise", "futures", "uncertainty about who leads", "best package",
        "is worth most for", "load-bearing", "red lines", "judged on 18", "reviewer", "public sources",
        "made from the inputs",
    ):  # fmt: skip
        assert any(told in title for title in said), told
    assert said.index("The annex holds the tables behind these findings.") == 17
    assert all(title.endswith(".") for title in said[1:])


def test_the_charts_are_native_and_hold_the_results(made: tuple[Study, Path]) -> None:
    result, path = made
    charts = [shape.chart for _, shape, _ in shapes(path) if shape.has_chart]
    kinds = [XL_CHART_TYPE.BAR_CLUSTERED, XL_CHART_TYPE.BAR_STACKED, XL_CHART_TYPE.BAR_STACKED]
    assert [chart.chart_type for chart in charts] == kinds[: len(charts)] and len(charts) >= 2
    ranked, stacked = (chart.plots[0] for chart in charts[:2])
    shown = result.ranking.ranked.head(len(ranked.series[0].values))
    assert len(shown) >= min(5, len(result.ranking.ranked))
    assert list(ranked.series[0].values) == shown["score"].tolist()
    bars = ranked.series[0]._element.find("{*}errBars")
    assert (bars is None) == (result.acceptability is None)
    if bars is not None:
        interval = result.acceptability.interval.loc[shown.index]
        for side, ends in (("minus", shown["score"] - interval["low"]), ("plus", interval["high"] - shown["score"])):
            held = [float(node.text) for node in bars.find(f"{{*}}{side}").iter("{*}v")]
            np.testing.assert_allclose(held, ends, atol=1e-9)
    shown = result.ranking.ranked.head(len(stacked.series[0].values))
    parts = by_root(result.ranking.contributions.loc[shown.index], result.case)
    totals = np.sum([series.values for series in stacked.series], axis=0)
    np.testing.assert_allclose(totals, shown["score"], atol=1e-9)
    if len(result.case.roots) > 8:
        assert [series.name for series in stacked.series][-1] == "The other 33" and len(stacked.series) == 8
        return
    for series, root in zip(stacked.series, result.case.roots, strict=True):
        assert list(series.values) == parts[root].tolist()
        name = result.case.criteria.at[root, "name"]
        name = "Escalation risk avoided" if root == "escalation" else name  # a longer segment must not read as a risk
        assert series.name == name or name.startswith(series.name.removesuffix(" ..."))


def test_every_option_is_in_a_native_table_with_its_score(made: tuple[Study, Path]) -> None:
    result, path = made
    rows = [
        [cell.text_frame.text for cell in row.cells]
        for _, shape, _ in shapes(path)
        if shape.has_table
        for row in shape.table.rows
    ]
    for option, row in result.ranking.ranked.iterrows():
        # A name that is cut has one blank between its words.
        names = [" ".join(name.split()) for name in (row["name"], result.case.options.at[option, "short"])]
        scored = [" ".join(cells[1].removesuffix(" ...").split()) for cells in rows if f"{row['score']:.1f}" in cells]
        assert any(name.startswith(said) for said in scored for name in names), option


def test_there_are_no_pictures(made: tuple[Study, Path]) -> None:
    assert not any(hasattr(shape, "image") for _, shape, _ in shapes(made[1]))


def test_every_slide_is_marked_dated_and_numbered(made: tuple[Study, Path]) -> None:
    result, path = made
    for slide in opened(path).slides:
        texts = [shape.text_frame.text for shape in slide.shapes if shape.has_text_frame]
        marking = result.case.about.marking
        assert not marking or texts.count(marking) == 2
        assert [text for text in texts if text.endswith("Illustrative.")]
        assert slide.notes_slide.notes_text_frame.text.strip()
        assert not any("1/27/13" in text for text in texts)
        assert 'type="slidenum"' in slide._element.xml


def test_no_shape_leaves_the_slide_and_none_overlap(made: tuple[Study, Path]) -> None:
    deck = opened(made[1])
    for slide in deck.slides:
        boxes = []
        for shape in slide.shapes:
            left, top, right, bottom = box = (shape.left, shape.top, shape.left + shape.width, shape.top + shape.height)
            assert left >= 0 and top >= 0 and right <= deck.slide_width and bottom <= deck.slide_height, shape.name
            if not shape.has_text_frame or shape.text_frame.text.strip():
                boxes.append((shape.name, box))
        for (one, (left, top, right, bottom)), (other, place) in combinations(boxes, 2):
            apart = right <= place[0] or place[2] <= left or bottom <= place[1] or place[3] <= top
            assert apart, (slide.shapes.title.text_frame.text, one, other)


def sizes(frame: object) -> set[float]:
    return {run.font.size.pt for paragraph in frame.paragraphs for run in paragraph.runs if run.font.size} | {
        paragraph.font.size.pt for paragraph in frame.paragraphs if paragraph.font.size
    }


def test_no_text_is_taller_than_its_box_or_smaller_than_12_points(made: tuple[Study, Path]) -> None:
    for number, shape, _ in shapes(made[1]):
        frames = []
        if shape.has_text_frame:
            frames = [(shape.text_frame, shape.width, shape.height, Pt(4))]
        elif shape.has_table:
            for row in shape.table.rows:
                for cell, column in zip(row.cells, shape.table.columns, strict=True):
                    frames.append((cell.text_frame, column.width - Pt(10), row.height, Pt(10)))
        for frame, width, height, pad in frames:
            if not frame.text.strip() or shape.name.startswith(("Slide Number", "Date", "Footer")):
                continue
            used = sizes(frame) or {18.0}
            assert min(used) >= 12, (number, shape.name)
            tall = measuring.height(frame.text, width / 12700, max(used))
            assert tall <= (height - pad) / 12700 + 0.5, (number, shape.name, frame.text[:60])


def test_no_placeholder_is_left_empty(made: tuple[Study, Path]) -> None:
    for number, shape, _ in shapes(made[1]):
        if shape.is_placeholder and shape.has_text_frame:
            assert shape.text_frame.text.strip() or "slidenum" in shape._element.xml, (number, shape.name)


def test_every_chart_and_table_is_described(made: tuple[Study, Path]) -> None:
    for number, shape, _ in shapes(made[1]):
        if shape.has_chart or shape.has_table:
            assert shape._element.xpath(".//p:cNvPr/@descr")[0].strip(), (number, shape.name)


def test_libreoffice_renders_every_slide(shipped: Study, office_programs: None, tmp_path: Path) -> None:
    path = export_slides(
        shipped,
        tmp_path / "slides.pptx",
        template=deck_templates.corporate(tmp_path / "template.potx"),
        slides=list(STORY),
    )
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", tmp_path, path]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    pages = subprocess.run(["pdfinfo", tmp_path / "slides.pdf"], check=True, capture_output=True, text=True).stdout
    assert f"Pages:           {len(Presentation(str(path)).slides)}" in pages
    assert "720 x 540 pts" in pages


def test_the_annex_lists_what_it_holds(studies: Callable[[str], Study], tmp_path: Path) -> None:
    path = export_slides(studies("small"), tmp_path / "slides.pptx")
    at = titles(path).index("The annex holds the tables behind these findings.")
    listed = [shape.text_frame.text for shape in opened(path).slides[at].shapes if shape.name.startswith("TextBox")]
    assert "Whole ranking\nFindings\nProvenance" in listed
    assert titles(path)[at + 1].startswith("All 3 options")


def test_nothing_of_a_templates_own_slides_is_left(shipped: Study, tmp_path: Path) -> None:
    template = deck_templates.corporate(tmp_path / "template.potx")
    path = export_slides(shipped, tmp_path / "slides.pptx", template=template, slides=["answer"])
    with zipfile.ZipFile(template) as old, zipfile.ZipFile(path) as new:
        assert any(deck_templates.SECRET.encode() in old.read(name) for name in old.namelist())
        assert not any(deck_templates.SECRET.encode() in new.read(name) for name in new.namelist())
        names = new.namelist()
        assert [name for name in names if name.startswith("ppt/slides/slide")] == ["ppt/slides/slide1.xml"]
        assert len([name for name in names if name.startswith("ppt/notesSlides/notesSlide")]) == 1
        assert b"sectionLst" not in new.read("ppt/presentation.xml")
        assert b"template.main" not in new.read("[Content_Types].xml")


def test_a_templates_fonts_and_colours_are_the_decks(shipped: Study, tmp_path: Path) -> None:
    template = deck_templates.dark(tmp_path / "template.pptx")
    deck = Presentation(str(export_slides(shipped, tmp_path / "slides.pptx", template=template)))
    assert (deck.slide_width, deck.slide_height) == (12192000, 6858000)
    for slide in deck.slides:
        texts = [shape._element for shape in slide.shapes if shape.has_text_frame or shape.has_table]
        assert {face for one in texts for face in one.xpath(".//a:latin/@typeface")} <= {"+mn-lt"}
        assert not [colour for one in texts for colour in one.xpath(".//a:srgbClr")]


def test_a_layouts_own_map_of_colours_is_the_slides(shipped: Study, tmp_path: Path) -> None:
    template = deck_templates.overridden(tmp_path / "template.pptx")
    path = export_slides(shipped, tmp_path / "slides.pptx", template=template, slides=["cover", "ranking"])
    deck = Presentation(str(path))
    for slide in deck.slides:
        (mapped,) = slide._element.find("{*}clrMapOvr")
        assert mapped.tag.endswith("overrideClrMapping") and mapped.get("tx1") == "lt1"
    chart = next(shape.chart for shape in deck.slides[1].shapes if shape.has_chart)
    outlines = chart._chartSpace.xpath("./c:chart//c:ser/c:dPt/c:spPr/a:ln/a:solidFill/a:schemeClr/@val")
    assert outlines and set(outlines) == {"tx1"}  # dark bars stand out from a dark slide


@pytest.mark.parametrize(("kind", "named"), [
    (PP_PLACEHOLDER.TITLE, "title"), (PP_PLACEHOLDER.FOOTER, "footer"), (PP_PLACEHOLDER.SLIDE_NUMBER, "slide number"),
    (PP_PLACEHOLDER.DATE, "date"), (PP_PLACEHOLDER.SUBTITLE, "subtitle"),
])  # fmt: skip
def test_a_placeholder_the_template_lacks_is_named(kind: object, named: str, shipped: Study, tmp_path: Path) -> None:
    deck = Presentation()
    gone = {PP_PLACEHOLDER.TITLE: (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.VERTICAL_TITLE),
            PP_PLACEHOLDER.SUBTITLE: BODIES}.get(kind, (kind,))  # fmt: skip
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in list(holder.placeholders):
            if shape.placeholder_format.type in gone:
                shape._element.getparent().remove(shape._element)
    deck.save(str(tmp_path / "template.pptx"))
    with pytest.raises(ExportError, match=rf"lacks .*{named}.*Slide Master"):
        export_slides(shipped, tmp_path / "slides.pptx", template=tmp_path / "template.pptx")
    assert not (tmp_path / "slides.pptx").exists()


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


def place(deck: object, kinds: tuple, **inches: float) -> None:
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in holder.placeholders:
            if shape.placeholder_format.type in kinds:
                for side in ("left", "top", "width", "height"):
                    setattr(shape, side, Inches(inches[side]))


HEADS = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
FEET = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.SLIDE_NUMBER)


@pytest.mark.parametrize("change", [
    lambda deck: without(deck, "{*}fontScheme"), lambda deck: without(deck, "{*}latin"), told_otherwise,
    lambda deck: without(deck, "{*}clrScheme"), lambda deck: without(deck, "{*}clrMap"),
    lambda deck: without(deck, "{*}txStyles"),
    lambda deck: place(deck, HEADS, left=-0.05, top=0.4, width=10.1, height=1),
])  # fmt: skip
def test_a_template_that_says_little_of_its_look_will_do(
    change: Callable[[object], None], studies: Callable[[str], Study], tmp_path: Path
) -> None:
    deck = Presentation()
    change(deck)
    deck.save(str(tmp_path / "template.pptx"))
    path = export_slides(
        studies("small"), tmp_path / "slides.pptx", template=tmp_path / "template.pptx", slides=["ranking"]
    )
    assert len(opened(path).slides) >= 1


@pytest.mark.parametrize(("change", "said"), [
    (lambda deck: place(deck, HEADS, left=0.5, top=0.5, width=9, height=0.1), "it needs 0.5"),
    (lambda deck: place(deck, HEADS, left=0.5, top=0, width=9, height=0.8), "it needs 0.5"),
    (lambda deck: place(deck, HEADS, left=-1, top=0.5, width=14, height=1), "title placeholder that lies on the slide"),
    (lambda deck: place(deck, FEET, left=1, top=9, width=2, height=0.3), "footer placeholder that lies on the slide"),
    (lambda deck: [shape._element.getparent().remove(shape._element) for shape in list(deck.slide_master.placeholders)],
     "footer placeholder that lies on the slide"),
    (lambda deck: deck_templates._widen(deck, 4 * 914400, 3 * 914400), "has 0.2 inches"),
])  # fmt: skip
def test_a_template_with_no_room_for_what_goes_on_it_is_refused_at_once(
    change: Callable[[object], None], said: str, shipped: Study, tmp_path: Path
) -> None:
    deck = Presentation()
    for layout in list(deck.slide_layouts):
        if layout.name not in ("Title Slide", "Title Only"):
            deck.slide_layouts.remove(layout)
    change(deck)
    deck.save(str(tmp_path / "template.pptx"))
    with pytest.raises(ExportError, match=said):
        check_choices(shipped.case, template=tmp_path / "template.pptx")


def test_a_template_brings_no_macros(shipped: Study, tmp_path: Path) -> None:
    deck = Presentation()
    kind = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"
    deck.part.relate_to(Part(PackURI("/ppt/vbaProject.bin"), "application/vnd.ms-office.vbaProject", deck.part.package,
                             b"code"), kind)  # fmt: skip
    deck.save(str(tmp_path / "template.pptm"))
    with zipfile.ZipFile(tmp_path / "template.pptm") as file:
        assert "ppt/vbaProject.bin" in file.namelist()
    path = export_slides(shipped, tmp_path / "slides.pptx", template=tmp_path / "template.pptm", slides=["answer"])
    with zipfile.ZipFile(path) as file:
        assert not [name for name in file.namelist() if "vba" in name.lower()]


def test_what_is_no_template_is_refused(shipped: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "text.pptx").write_text("no presentation")
    with pytest.raises(ExportError, match="cannot be opened as a template"):
        export_slides(shipped, tmp_path / "slides.pptx", template=tmp_path / "text.pptx")
    with pytest.raises(ExportError, match="There is no template"):
        export_slides(shipped, tmp_path / "slides.pptx", template=tmp_path / "none.potx")
    with pytest.raises(ExportError, match="template must be the path of a file"):
        export_slides(shipped, tmp_path / "slides.pptx", template=5)
    with pytest.raises(ExportError, match="cannot be opened as a template"):
        export_slides(shipped, tmp_path / "slides.pptx", template=tmp_path)
    template = deck_templates.dark(tmp_path / "t.pptx")
    for most in ("LARGEST", "MOST_XML"):
        with monkeypatch.context() as lowered, pytest.raises(ExportError, match="more than any template holds"):
            lowered.setattr(f"aukus_mcda.export.templates.{most}", 10_000)
            export_slides(shipped, tmp_path / "slides.pptx", template=template)


MASTER, MAIN, RELS = "ppt/slideMasters/slideMaster1.xml", "ppt/presentation.xml", "ppt/_rels/presentation.xml.rels"
ENTITY = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><p:sldMaster '
LINKED = (
    b'<Relationship Id="rId99" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" '
    b'Target="file:///etc/hostname" TargetMode="External"/></Relationships>'
)


@pytest.mark.parametrize(("part", "pattern", "change"), [
    (MASTER, rb'(<p:titleStyle>.*?) sz="\d+"', rb'\1 sz="abc"'),
    (MASTER, rb"<p:sldMaster ", ENTITY),
    (MASTER, rb"</p:sldMaster>", b""),
    (MASTER, rb"<p:clrMap [^>]*>", b"<p:clrMap"),
    (MASTER, rb"<p:sldMaster .*", b""),
    (MASTER, rb'(type="title".*?cx)="\d+"', rb'\1="wide"'),
    (MASTER, rb'<p:ph type="title"/>', b'<p:ph type="headline"/>'),
    (MAIN, rb"<p:sldSz [^>]*>", b""),
    (MAIN, rb'<p:sldSz cx="\d+"', b'<p:sldSz cx="0"'),
    (MAIN, rb'<p:sldSz cx="\d+"', b'<p:sldSz cx="abc"'),
    (MAIN, rb'<p:sldSz cx="\d+"', b'<p:sldSz cx="' + b"9" * 5000 + b'"'),
    (MAIN, rb"<p:sldMasterIdLst>.*?</p:sldMasterIdLst>", b""),
    (RELS, rb"<Relationship .*/>", b""),
    (RELS, rb"</Relationships>", LINKED),
    ("ppt/theme/theme1.xml", rb"<a:theme ", ENTITY.replace(b"p:sldMaster", b"a:theme")),
    ("[Content_Types].xml", rb"<Override [^>]*slideMaster1[^>]*>", b""),
])  # fmt: skip
def test_a_template_that_cannot_be_read_is_refused_by_name_before_anything_is_ranked(
    part: str, pattern: bytes, change: bytes, shipped: Study, tmp_path: Path
) -> None:
    whole, broken = deck_templates.dark(tmp_path / "whole.pptx"), tmp_path / "broken.pptx"
    check_choices(shipped.case, template=whole)
    with zipfile.ZipFile(whole) as given, zipfile.ZipFile(broken, "w") as written:
        for name in given.namelist():
            blob = given.read(name)
            if name == part:
                before, blob = blob, re.sub(pattern, change, blob, count=1, flags=re.DOTALL)
                assert blob != before
            written.writestr(name, blob)
    with pytest.raises(ExportError, match=r"broken\.pptx"):
        check_choices(shipped.case, template=broken)


@pytest.mark.parametrize(("asked", "said"), [
    ({"slides": ["answer", "moon"]}, "'moon'; there are cover, answer"), ({"slides": []}, "No slide was chosen"),
    ({"audience": "eu"}, "'eu'; there are us, uk"), ({"size": "3:2"}, "'3:2'; there are 16:9, 4:3, 10x5.625"),
    ({"top": ["moon"]}, "'moon'; there are status_quo"), ({"top": 0}, "At least one option"),
    ({"top": 2.5}, "top must be a whole number, text or a list"), ({"slides": 5}, "slides must be text or a list"),
    ({"top": [None]}, "it holds None"),
    ({"audience": []}, "audience must be text, not a list"), ({"size": None}, "size must be text, not None"),
])  # fmt: skip
def test_what_is_not_known_is_refused_with_what_there_is(
    asked: dict, said: str, shipped: Study, tmp_path: Path
) -> None:
    with pytest.raises(ExportError, match=re.escape(said)):
        export_slides(shipped, tmp_path / "slides.pptx", **asked)


def test_slides_are_chosen_by_name_and_in_order(shipped: Study, tmp_path: Path) -> None:
    every = titles(export_slides(shipped, tmp_path / "all.pptx"))
    few = titles(export_slides(shipped, tmp_path / "few.pptx", slides=["ranking", "cover", "findings"]))
    assert few[:2] == [every[4], every[0]] and "reviewer" in few[2] and len(few) == 3
    back = titles(export_slides(shipped, tmp_path / "back.pptx", slides=[*ANNEX, *STORY][::-1]))
    assert sorted([*back, "The annex holds the tables behind these findings."]) == sorted(every)
    assert "made from the inputs" in back[-len(every) :][-1] or "red lines" in back[-1]


@pytest.mark.parametrize("top", [5, ["status_quo", "info_umbrella"]])
def test_the_options_shown_are_those_asked_for(top: object, shipped: Study, tmp_path: Path) -> None:
    ranked = shipped.ranking.ranked.index
    asked = list(ranked[:5]) if top == 5 else top
    names = {shipped.case.options.at[option, "short"] for option in asked}
    others = set(shipped.case.options["short"]) - names
    pages = ["options", "ranking", "drivers", "sureness", "futures", "packages"]
    path = export_slides(shipped, tmp_path / "slides.pptx", top=top, slides=pages)
    for slide in Presentation(str(path)).slides:
        cells = set()
        for shape in slide.shapes:
            if shape.has_chart:
                cells |= {re.sub(r"^\d+=?  ", "", label) for label in shape.chart.plots[0].categories}
            if shape.has_table:
                cells |= {cell.text_frame.text for row in shape.table.rows for cell in row.cells}
        assert not cells & others and cells & names, slide.shapes.title.text_frame.text
    texts = [shape.text_frame.text for _, shape, _ in shapes(path) if shape.has_text_frame]
    assert sum("not shown here" in text for text in texts) >= 4


@pytest.mark.parametrize(("audience", "first", "other"), [("us", "ICD 203", "PHIA"), ("uk", "PHIA", "ICD 203")])
def test_each_audience_reads_its_own_yardstick(
    audience: str, first: str, other: str, shipped: Study, tmp_path: Path
) -> None:  # fmt: skip
    path = export_slides(shipped, tmp_path / "slides.pptx", audience=audience)
    texts = list(deck_texts(path))
    assert lint("\n\n".join(texts), AUDIENCES[audience]) == []
    words = [each.words for each in YARDSTICKS[AUDIENCES[audience]].terms]
    headers = [[cell.text_frame.text for cell in shape.table.rows[0].cells]
               for _, shape, _ in shapes(path) if shape.has_table]  # fmt: skip
    assert [first, *words] in headers
    assert not any(header[0] == other for header in headers)
    assert shipped.provenance["case digest (SHA-256)"] in texts


def test_what_is_worth_nothing_is_not_listed(studies: Callable[[str], Study], tmp_path: Path) -> None:
    case = small()
    narrow = case.scores.assign(high=case.scores["likely"] + 0.01)
    for result, start in (
        (studies("small"), "No score was given a range"),
        (study(replace(case, scores=narrow), draws=1000), "No single score"),
    ):
        assert not (result.fragility.information["value"] > 0).any()
        path = export_slides(result, tmp_path / "slides.pptx", slides=["evidence"])
        texts = [text for text in deck_texts(path) if text]
        assert texts[0].startswith(start)
    assert not [text for text in texts if "points" in text], texts


def test_right_to_left_text_is_marked_as_such(studies: Callable[[str], Study], tmp_path: Path) -> None:
    path = export_slides(studies("crowded"), tmp_path / "slides.pptx", slides=["descriptions"])
    found = [paragraph for _, shape, _ in shapes(path) for paragraph in shape._element.iter("{*}p")
             if "".join(paragraph.itertext()).startswith("\u05e9")]  # fmt: skip
    assert found and all(paragraph.find("{*}pPr").get("rtl") == "1" for paragraph in found)


@pytest.mark.parametrize("mark", ["\n", "\x85", "\u2028", "\u2029"])
def test_a_line_break_in_any_text_is_one_on_paper_too(mark: str, tmp_path: Path) -> None:
    case = small()
    said = f"one{mark}two"
    case = replace(
        case, about=replace(case.about, title=said, question=said, marking=said, disclaimer=said),
        options=case.options.assign(name=said + case.options.index, short=said + case.options.index),
        criteria=case.criteria.assign(name=said + case.criteria.index),
    )  # fmt: skip
    result = study(case, draws=500)
    path = export_slides(result, tmp_path / "slides.pptx")
    assert [each.text for each in opened(path).slides[0].shapes.title.text_frame.paragraphs] == ["one", "two"]
    assert export_one_page(result, tmp_path / "page.docx").exists()
    assert measuring.lines(said, 200, 12) == 2
    assert measuring.width(f"one{mark}longer", 12) == measuring.width("longer", 12)


def test_notes_cite_the_evidence_behind_a_slide(shipped: Study, tmp_path: Path) -> None:
    deck = Presentation(str(export_slides(shipped, tmp_path / "slides.pptx", slides=list(STORY))))
    said = [slide.notes_slide.notes_text_frame.text for slide in deck.slides]
    register = set(shipped.case.register.index)
    cited = [{item for group in re.findall(r"\[([^\]]+)\]", text) for item in group.split("; ")} for text in said]
    assert sum(bool(ids) for ids in cited) >= 14
    assert set().union(*cited) <= register


def test_shapes_of_a_slide_have_ids_of_their_own(shipped: Study, tmp_path: Path) -> None:
    path = export_slides(shipped, tmp_path / "slides.pptx", template=deck_templates.dark(tmp_path / "t.pptx"))
    for slide in Presentation(str(path)).slides:
        ids = [shape.shape_id for shape in slide.shapes]
        assert len(set(ids)) == len(ids)


def test_nothing_ranked_still_gives_a_deck(tmp_path: Path) -> None:
    case = small()
    screens = pd.DataFrame(
        {"screen": "law", "passes": "no", "reason": "Forbidden.", "evidence": [()] * 3}, index=list("abc")
    )
    screens = screens.set_index("screen", append=True).rename_axis(["option", "screen"])
    result = study(replace(case, screens=screens), draws=1000)
    assert "nothing to rank" in result.answer
    assert export_slides(result, tmp_path / "slides.pptx").exists()


def test_one_option_alone_and_a_tie_read_as_sentences() -> None:
    scores = pd.DataFrame({"option": list("ab"), "criterion": "x", "likely": [5, 5]})
    criteria = pd.DataFrame({"id": ["x"], "direction": "max", "worst": 0, "best": 10})
    tied = study(Case.from_frames(criteria=criteria, scores=scores), {"x": 1}, draws=1000)
    assert tied.answer == "a and b rank first together under the weights given."
    alone = study(Case.from_frames(criteria=criteria, scores=scores[:1]), {"x": 1})
    assert alone.answer == "a is the only option that passes the screens."


@pytest.mark.parametrize("size", [12, 20])
def test_measured_height_grows_with_the_text(size: int) -> None:
    heights = [measuring.height("word " * count, 200, size) for count in (1, 10, 50, 200)]
    assert all(a < b for a, b in pairwise(heights))


@pytest.mark.parametrize("weight", ["normal", "bold"])
def test_no_text_is_wider_or_taller_than_it_is_measured(weight: str, case: Case) -> None:
    font = measuring.installed("Liberation Sans", weight == "bold")  # as wide as Arial, letter by letter
    if font is None:
        missing("Liberation Sans")
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


def test_a_long_marking_and_long_labels_are_cut_to_their_line(studies: Callable[[str], Study], tmp_path: Path) -> None:
    case = small()
    long = "A NAME THAT GOES ON " * 10
    names = [f"{long}{option}" for option in case.options.index]
    changed = replace(
        case, about=replace(case.about, marking="RESTRICTED HANDLING " * 10),
        options=case.options.assign(name=names, short=names),
    )  # fmt: skip
    result = replace(studies("small"), case=changed, ranking=rank(changed, "baseline"))
    path = export_slides(result, tmp_path / "slides.pptx", slides=["ranking"])
    marked = 0
    for _, shape, _ in shapes(path):
        if shape.has_text_frame and shape.text_frame.text.startswith("RESTRICTED"):
            assert measuring.width(shape.text_frame.text, 12, True) <= shape.width.pt + 1
            marked += 1
        if shape.has_chart:
            for label in shape.chart.plots[0].categories:
                assert 0.2 * shape.width.pt < measuring.width(" ".join(label.split()), 12) <= 0.4 * shape.width.pt + 1
    assert marked == 2


def test_about_has_a_default_for_everything() -> None:
    assert About().yardstick == "icd203"
