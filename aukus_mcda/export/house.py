"""The look of the slides when no template is given: one theme, three layouts, 16:9."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches

from ..story import palette

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Deck

FONT = "Arial"
KEPT = {"Title Slide": "Title", "Title Only": "Title only"}
SIZES = {"16:9": (13.333, 7.5), "4:3": (10.0, 7.5), "10x5.625": (10.0, 5.625)}
"""Width and height in inches, by the name of the size."""
COVER = (PP_PLACEHOLDER.CENTER_TITLE, PP_PLACEHOLDER.SUBTITLE)


def blank_deck(size: str = "16:9") -> Deck:
    """An empty presentation in the house look, its placeholders ready to be filled."""
    wide, tall = SIZES[size]
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(wide), Inches(tall)
    edge, foot = 0.045 * wide, tall - 0.42
    inner = wide - 2 * edge
    places = {
        PP_PLACEHOLDER.TITLE: (edge, 0.056 * tall, inner, max(0.88, 0.14 * tall)),
        PP_PLACEHOLDER.BODY: (edge, 0.23 * tall, inner, 0.66 * tall),
        PP_PLACEHOLDER.DATE: (edge, foot, 0.35 * inner, 0.26),
        PP_PLACEHOLDER.FOOTER: (wide / 2 - 0.14 * inner, foot, 0.28 * inner, 0.26),
        PP_PLACEHOLDER.SLIDE_NUMBER: (edge + 0.9 * inner, foot, 0.1 * inner, 0.26),
    }
    covers = {
        PP_PLACEHOLDER.CENTER_TITLE: (1.5 * edge, 0.22 * tall, wide - 3 * edge, 0.26 * tall),
        PP_PLACEHOLDER.SUBTITLE: (1.5 * edge, 0.5 * tall, wide - 3 * edge, 0.36 * tall),
    }
    master = deck.slide_master
    for layout in list(deck.slide_layouts):
        if layout.name not in KEPT:
            deck.slide_layouts.remove(layout)
    _paint(master.part.part_related_by(RELATIONSHIP_TYPE.THEME))
    _set_styles(master._element)
    for shape in master.placeholders:
        _place(shape, places[shape.placeholder_format.type])
    for layout in deck.slide_layouts:
        for shape in layout.placeholders:
            kind = shape.placeholder_format.type
            if layout.name == "Title Slide" and kind in covers:
                _place(shape, covers[kind])
            else:
                _inherit_place(shape)
        layout.name = KEPT[layout.name]
    _rule(master, Emu(0), Emu(0), Inches(0.012 * wide), deck.slide_height, palette.INK)
    _rule(master, Inches(edge), Inches(foot - 0.05), Inches(inner), Emu(9525), palette.FAINT)
    return deck


def _paint(theme: Any) -> None:
    """Our colours and font in the theme, so that whatever is added later matches."""
    tree = etree.fromstring(theme.blob)
    tree.set("name", "aukus-mcda")
    colours = dict(zip(("accent1", "accent2", "accent3", "accent4", "accent5", "accent6"), palette.BRIGHT, strict=True))
    colours |= {"dk1": palette.INK, "lt1": "#FFFFFF", "dk2": palette.INK, "lt2": "#F2F4F7"}
    for name, colour in colours.items():
        slot = tree.find(f".//{qn('a:clrScheme')}/{qn('a:' + name)}")
        slot.clear()
        etree.SubElement(slot, qn("a:srgbClr")).set("val", colour[1:])
    for latin in tree.iterfind(f".//{qn('a:fontScheme')}//{qn('a:latin')}"):
        latin.set("typeface", FONT)
    theme._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)


def _set_styles(master: Any) -> None:
    title = master.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    title.set("algn", "l")
    title.find(qn("a:defRPr")).set("sz", "2600")
    title.find(qn("a:defRPr")).set("b", "1")
    for level, size in enumerate((1800, 1600, 1400, 1400, 1400), start=1):
        style = master.find(f".//{qn('p:bodyStyle')}/{qn(f'a:lvl{level}pPr')}")
        style.find(qn("a:defRPr")).set("sz", str(size))
        if level == 1:
            style.set("marL", "0")
            style.set("indent", "0")
            for bullet in (qn("a:buFont"), qn("a:buChar")):
                style.remove(style.find(bullet))
            style.insert(1, etree.Element(qn("a:buNone")))
            style.find(f"{qn('a:spcBef')}/{qn('a:spcPct')}").set("val", "50000")


def _place(shape: Any, inches: tuple[float, float, float, float]) -> None:
    shape.left, shape.top, shape.width, shape.height = map(Inches, inches)
    frame = shape._element.find(f".//{qn('a:bodyPr')}")
    for name in ("lIns", "rIns", "tIns", "bIns"):
        frame.set(name, "0")
    if shape.placeholder_format.type in (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE):
        frame.set("anchor", "b")
    for style in shape._element.iterfind(f".//{qn('a:lstStyle')}/{qn('a:lvl1pPr')}"):
        if shape.placeholder_format.type in COVER:
            style.set("algn", "l")
        for fill in style.iterfind(f".//{qn('a:schemeClr')}"):
            for tint in list(fill):  # the default subtitle and footers are too pale to read from a distance
                fill.remove(tint)


def _inherit_place(shape: Any) -> None:
    own = shape._element.spPr.find(qn("a:xfrm"))
    if own is not None:
        shape._element.spPr.remove(own)


def _rule(master: Any, left: int, top: int, width: int, height: int, colour: str) -> None:
    """A plain filled bar on the master, behind everything."""
    from pptx.dml.color import RGBColor
    from pptx.enum.shapes import MSO_SHAPE
    from pptx.shapes.shapetree import SlideShapes

    # MasterShapes has no add_shape; SlideShapes over the same tree does, and draws the same XML.
    bar = SlideShapes(master._element.cSld.spTree, master).add_shape(MSO_SHAPE.RECTANGLE, left, top, width, height)
    bar.fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string(colour[1:])
    bar.line.fill.background()
    bar.shadow.inherit = False
    tree = master._element.cSld.spTree
    tree.remove(bar._element)
    tree.insert(2, bar._element)
