# SPDX-License-Identifier: Apache-2.0
"""The look of the slides: the house's own, or that of an organisation's template, emptied of its slides."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.opc.package import XmlPart
from pptx.oxml.ns import qn
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Emu, Inches, Pt

from ..errors import ExportError
from .office_parts import CONTENT_TYPES, packed, parsed, unpack, xml_of
from .theme import BRIGHT, INK, PAPER

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Opened

HOUSE_FONT = "Arial"
HOUSE_LAYOUTS = ("Title Slide", "Title Only")
"""The layouts of python-pptx's own template that are used."""
BESIDE, TITLE_TALL = 0.045, 0.22
"""Of the width of a slide, left and right; of its height, for a title."""
SIZES = {"16:9": (13.333, 7.5), "4:3": (10.0, 7.5), "10x5.625": (10.0, 5.625)}
"""Width and height in inches, by the name of the size."""
TITLES = (KIND.TITLE, KIND.CENTER_TITLE)
STALE = ("extended-properties", "thumbnail", "viewProps", "presProps", "printerSettings", "vbaProject")
"""What a file says about its old slides: their titles, a picture, the window they were last seen in; and its macros."""
EMBEDDED = ("oleObject", "package", "control", "audio", "video", "media")
"""Parts that a program would open or play."""
HOLDERS = ("p:sp", "p:pic", "p:graphicFrame", "p:cxnSp", "p:controls", "p:bg", "p:timing")
"""What of a slide goes when the part that it shows does."""
RGB = re.compile("[0-9a-fA-F]{6}")
OPENED_AS = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.presentationml|ms-powerpoint)\.[a-zA-Z.]*main\+xml"
)
MOST_XML = 32 * 1024 * 1024
"""Bytes of XML a template may hold: a tree takes many times the room of its text."""
SLIDE_SIDES = (914_400, 51_206_400)
"""The least and the greatest side of a slide: 1 and 56 inches."""


class Place(NamedTuple):
    """A place on a slide, in points."""

    left: float
    top: float
    width: float
    height: float

    @property
    def bottom(self) -> float:
        """Where it ends."""
        return self.top + self.height

    def meets(self, other: Place) -> bool:
        """Whether any of it is in another."""
        across = self.left < other.left + other.width and other.left < self.left + self.width
        return across and self.top < other.bottom and other.top < self.bottom

    def within(self, other: Place) -> bool:
        """Whether all of it is in another, but for a point."""
        across = self.left >= other.left - 1 and self.left + self.width <= other.left + other.width + 1
        return across and self.top >= other.top - 1 and self.bottom <= other.bottom + 1


def blank_deck(size: str = "16:9") -> Opened:
    """An empty presentation in the house look."""
    wide, tall = SIZES[size]
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(wide), Inches(tall)
    _empty(deck)
    master = deck.slide_master
    for layout in list(deck.slide_layouts):
        if layout.name not in HOUSE_LAYOUTS:
            deck.slide_layouts.remove(layout)
    _paint(master.part.part_related_by(RELATIONSHIP_TYPE.THEME))
    cover, content = deck.slide_layouts
    for holder, top in ((master, 0.056), (cover, 0.25), (content, 0.0)):
        for shape in list(holder.placeholders):
            kind = shape.placeholder_format.type
            if kind not in (*TITLES, KIND.BODY):
                shape._element.getparent().remove(shape._element)
            elif top:
                shape.left, shape.top = Inches(BESIDE * wide), Inches((0.2 if kind == KIND.BODY else top) * tall)
                shape.width, shape.height = Inches((1 - 2 * BESIDE) * wide), Inches(TITLE_TALL * tall)
    title = master._element.find(f".//{qn('p:titleStyle')}/{qn('a:lvl1pPr')}")
    title.set("algn", "l")
    title.find(qn("a:defRPr")).set("b", "1")
    # MasterShapes has no add_shape; SlideShapes over the same tree does, and draws the same XML.
    tree = master._element.cSld.spTree
    edge = filled_box(SlideShapes(tree, master), Place(0, 0, 0.864 * wide, 72 * tall), INK, "Edge")
    tree.insert(2, edge._element)
    return deck


def filled_box(shapes: Any, box: Place, colour: str, name: str, shape: Any = MSO_SHAPE.RECTANGLE) -> Any:
    """A plain box of one colour."""
    drawn = shapes.add_shape(shape, *map(Pt, box))
    drawn.name, drawn.shadow.inherit = name, False
    drawn.fill.solid()
    drawn.fill.fore_color.rgb = RGBColor.from_string(colour[1:])
    drawn.line.fill.background()
    return drawn


def _paint(theme: Any) -> None:
    """Our colours and font in the theme, so that whatever is added later matches."""
    tree = etree.fromstring(theme.blob)
    tree.set("name", "aukus-mcda")
    colours = {f"accent{number}": colour for number, colour in enumerate(BRIGHT, start=1)}
    colours |= {"dk1": INK, "lt1": PAPER, "dk2": INK, "lt2": "#F2F4F7"}
    for name, colour in colours.items():
        slot = tree.find(f".//{qn('a:clrScheme')}/{qn('a:' + name)}")
        slot.clear()
        etree.SubElement(slot, qn("a:srgbClr")).set("val", colour[1:])
    for latin in tree.iterfind(f".//{qn('a:fontScheme')}//{qn('a:latin')}"):
        latin.set("typeface", HOUSE_FONT)
    theme._blob = xml_of(tree)


class UnfitError(ValueError):
    """What no template is or holds, in words of our own."""


def open_template(path: str | Path) -> Opened:
    """A .pptx or .potx as an empty presentation: its slides and all that belongs to them are gone.

    A file that is not one fails in as many ways as the libraries that read it have.
    """
    deck = Presentation(_as_presentation(Path(path)))
    if not all(side and SLIDE_SIDES[0] <= side <= SLIDE_SIDES[1] for side in (deck.slide_width, deck.slide_height)):
        raise UnfitError("a slide must be from 1 to 56 inches wide and high")
    for layout in deck.slide_layouts:
        for shape in layout.shapes:  # a number that is none fails here, before a slide needs it
            box_of(shape)
            str(shape.is_placeholder and shape.placeholder_format.idx)
    _empty(deck)
    str(deck.core_properties)  # made here where the file has none that can be found: there may be another
    parts = list(deck.part.package.iter_parts())
    if len({part.partname for part in parts}) < len(parts):
        raise UnfitError("two parts have one name")
    for part in parts:
        _require_plain(part)
        _take_out_what_is_elsewhere(part)
    return deck


def _as_presentation(path: Path) -> io.BytesIO:
    """The file's bytes with the content type of a presentation: python-pptx refuses that of a template."""
    parts = unpack(path.read_bytes())
    if sum(len(parts[name]) for name in parts if name.lower().endswith((".xml", ".rels", ".vml"))) > MOST_XML:
        raise UnfitError("it unpacks to more than any template holds")
    if not OPENED_AS.search(parts[CONTENT_TYPES]):
        raise UnfitError("it is no presentation")
    parts[CONTENT_TYPES] = OPENED_AS.sub(CONTENT_TYPE.PML_PRESENTATION_MAIN.encode(), parts[CONTENT_TYPES])
    return io.BytesIO(packed(parts, dt.datetime(1980, 1, 1)))


def _require_plain(part: Any) -> None:
    """Refuse a part that declares entities: no Office program does, and one can stand for any file of this machine."""
    if isinstance(part, XmlPart) or part.content_type.endswith("xml"):
        tree = part._element if isinstance(part, XmlPart) else parsed(part.blob)
        if tree.getroottree().docinfo.doctype:
            raise UnfitError(f"{part.partname} declares entities")


def _take_out_what_is_elsewhere(part: Any) -> None:
    """Links, and shapes that show what is not in the file or would be opened by another program, are left out."""
    for name, rel in list(part.rels.items()):
        if not rel.is_external and rel.reltype.rsplit("/", 1)[-1] not in EMBEDDED:
            continue
        if not isinstance(part, XmlPart):
            what = rel.target_ref if rel.is_external else rel.target_part.partname
            raise UnfitError(f"{part.partname} shows what is not in it: {what}")
        for node in [each for each in part._element.iter() if name in each.attrib.values()]:
            holders = list(node.iterancestors(*map(qn, HOLDERS)))
            gone = node if not holders or "hlink" in node.tag else holders[-1]
            if gone.getparent() is not None:
                gone.getparent().remove(gone)
        part.rels.pop(name)


def _empty(deck: Opened) -> None:
    """Take out the slides, and what speaks of them: shows, sections, and the `STALE`."""
    part, tree = deck.part, deck.part._element
    slides = tree.xpath("p:sldIdLst/p:sldId")
    for slide in slides:
        part.drop_rel(slide.get(qn("r:id")))
    sections = tree.xpath("p:extLst/p:ext[*[local-name()='sectionLst']]")
    for node in (*slides, *tree.findall(qn("p:custShowLst")), *sections):
        node.getparent().remove(node)
    tree.find(qn("p:sldSz")).attrib.pop("type", None)  # a name for another size than it may have now
    # A part stays in the file as long as anything points to it.
    for owner in (part, part.package):
        rels = owner._rels
        for name in [name for name, rel in rels.items() if rel.reltype.rsplit("/", 1)[-1] in STALE]:
            rels.pop(name)


class Look:
    """What slides of a deck look like: layouts, colours of text, fonts.

    Attributes
    ----------
    cover, content : layouts
        For the first slide, and for all others.
    ink, title_ink : str
        As the template has them.
    face : str
        Blank where it is the house's.
    capitals : bool
        Whether titles are written in them.

    Raises
    ------
    ExportError
        When there is no layout.
    """

    def __init__(self, deck: Opened) -> None:
        layouts = [layout for master in deck.slide_masters for layout in master.slide_layouts]
        if not layouts:
            raise ExportError(
                "The template has no layout. Add one with a title in PowerPoint under View, Slide Master."
            )

        def rank(layout: Any) -> tuple[bool, ...]:
            kind = layout._element.get("type")
            return kind != "title", not _has(layout, *TITLES), not _has(layout, KIND.SUBTITLE)

        self.content = min(
            layouts, key=lambda each: (not _has(each, *TITLES), each._element.get("type") != "titleOnly")
        )
        master = self.content.slide_master
        self.cover = min((layout for layout in layouts if layout.slide_master.part is master.part), key=rank)
        styles, theme = master._element.find(qn("p:txStyles")), _theme_of(master)
        title = _level(styles, "p:titleStyle")
        self.ink = _style_colour(_level(styles, "p:bodyStyle"), self.content)
        self.title_ink = _style_colour(title, self.content)
        self.face = _typeface(theme, "a:minorFont") or _typeface(theme, "a:majorFont")
        self.capitals = title is not None and title.get("cap") == "all"


def _has(layout: Any, *kinds: Any) -> bool:
    return any(shape.placeholder_format.type in kinds for shape in layout.placeholders)


def title_place(holders: Iterable[Any], deck: Opened, *, lowest: float, top: float) -> Place:
    """Where a layout, or its master, has the title, if it is wide and high enough; else a place of ours.

    ``lowest``, where a title may end, and ``top``, where ours begins, are shares of the height of a slide.
    """
    wide, tall = Emu(deck.slide_width).pt, Emu(deck.slide_height).pt
    edge = BESIDE * wide
    for shape in (shape for holder in holders for shape in holder.placeholders):
        box = box_of(shape)
        if shape.placeholder_format.type not in TITLES or box is None:
            continue
        if box.width >= 0.6 * wide and box.within(Place(0, 0, wide, lowest * tall)):
            left = max(box.left, edge)
            return Place(left, box.top, min(box.left + box.width, wide - edge) - left, box.height)
    return Place(edge, top * tall, wide - 2 * edge, TITLE_TALL * tall)


def art_of(layout: Any) -> list[Any]:
    """What a layout and its master draw themselves, from the back to the front."""
    shown = layout._element.get("showMasterSp") not in ("0", "false")
    shapes = [*(layout.slide_master.shapes if shown else ()), *layout.shapes]
    return [shape for shape in shapes if not shape.is_placeholder]


def box_of(shape: Any) -> Place | None:
    """Where a shape is; None when it has no place."""
    sides = (shape.left, shape.top, shape.width, shape.height)
    return None if None in sides else Place(*(Emu(side).pt for side in sides))


def ground_behind(layout: Any, place: Place) -> str | None:
    """The colour behind a place; None where there is a picture, a gradient, or more than one colour."""
    colour = _background(layout)
    for shape in art_of(layout):
        box = box_of(shape)
        if box is None or box.meets(place):
            fill = shape._element.find(f"{qn('p:spPr')}/{qn('a:solidFill')}/*")
            rectangle = shape._element.find(f"{qn('p:spPr')}/{qn('a:prstGeom')}[@prst='rect']") is not None
            covers = box is not None and rectangle and place.within(box)
            colour = _colour(fill, layout) if covers else None
    return colour


def _background(layout: Any) -> str | None:
    given = [each._element.cSld.find(qn("p:bg")) for each in (layout, layout.slide_master)]
    ground = next((each for each in given if each is not None), None)
    if ground is None:
        return _slot("bg1", layout)
    fill = ground.find(f"{qn('p:bgPr')}/{qn('a:solidFill')}/*")
    if fill is None and (named := ground.find(qn("p:bgRef"))) is not None:
        fills = _theme_of(layout.slide_master).find(f".//{qn('a:bgFillStyleLst')}")
        number = int(named.get("idx", "0")) - 1001
        plain = fills is not None and 0 <= number < len(fills) and fills[number].tag == qn("a:solidFill")
        fill = named[0] if plain and len(named) else None
    return _colour(fill, layout)


def _colour(node: Any, layout: Any) -> str | None:
    """A colour as RRGGBB with a sign before it; None where it is mixed."""
    if node is None or len(node):
        return None
    value = node.get("lastClr") or node.get("val") or ""
    return f"#{value.upper()}" if RGB.fullmatch(value) else _slot(value, layout)


def _slot(slot: str, layout: Any) -> str:
    """The colour of a slot of the theme; by the slot's name where the theme says it in another way."""
    override = colour_override(layout)
    mapped = layout.slide_master._element.find(qn("p:clrMap")) if override is None else override
    slot = slot if mapped is None else mapped.get(slot, slot)
    colour = (
        _theme_of(layout.slide_master).find(f".//{qn('a:clrScheme')}/{qn('a:' + slot)}/*") if slot.isalnum() else None
    )
    value = "" if colour is None else colour.get("lastClr") or colour.get("val") or ""
    return f"#{value.upper()}" if RGB.fullmatch(value) else PAPER if slot.startswith(("lt", "bg")) else "#000000"


def colour_override(layout: Any) -> Any:
    """The layout's own map of colours, in place of its master's; None when it keeps the master's."""
    return layout._element.find(f"{qn('p:clrMapOvr')}/{qn('a:overrideClrMapping')}")


def _theme_of(master: Any) -> Any:
    return parsed(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)


def _typeface(theme: Any, name: str) -> str:
    latin = theme.find(f".//{qn(name)}/{qn('a:latin')}")
    face = "" if latin is None else latin.get("typeface", "")
    return "" if face == HOUSE_FONT else face


def _level(styles: Any, name: str) -> Any:
    return None if styles is None else styles.find(f"{qn(name)}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}")


def _style_colour(style: Any, layout: Any) -> str:
    """The colour of a text style; the theme's own text colour where it names none."""
    fill = None if style is None else style.find(f"{qn('a:solidFill')}/*")
    return _colour(fill, layout) or _slot("tx1", layout)
