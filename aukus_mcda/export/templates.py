"""The look of the slides: the house's own, or that of an organisation's template, emptied of its slides."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.shapes import MSO_SHAPE
from pptx.enum.shapes import PP_PLACEHOLDER as KIND
from pptx.exc import PythonPptxError
from pptx.opc.constants import CONTENT_TYPE, RELATIONSHIP_TYPE
from pptx.opc.package import XmlPart
from pptx.oxml.ns import qn
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Emu, Inches

from ..errors import ExportError
from .office_parts import LARGEST
from .theme import BRIGHT, INK

if TYPE_CHECKING:
    from pptx.presentation import Presentation as Opened

HOUSE_FONT = "Arial"
HOUSE_LAYOUTS = {"Title Slide": "Title", "Title Only": "Title only"}
"""Names of the layouts of python-pptx's own template that are used, and what they are called here."""
SIZES = {"16:9": (13.333, 7.5), "4:3": (10.0, 7.5), "10x5.625": (10.0, 5.625)}
"""Width and height in inches, by the name of the size."""
COVER = (KIND.CENTER_TITLE, KIND.SUBTITLE)


TITLES = (KIND.TITLE, KIND.CENTER_TITLE)
BODIES = (KIND.SUBTITLE, KIND.BODY, KIND.OBJECT)
FOOTERS = {KIND.FOOTER: "footer", KIND.SLIDE_NUMBER: "slide number", KIND.DATE: "date"}
STALE = ("extended-properties", "thumbnail", "viewProps", "presProps", "vbaProject")
"""What a file says about its old slides: their titles, a picture, the window they were last seen in; and its macros."""
OVERHANG = 0.01
"""The share of a slide by which a placeholder may reach over its edge."""
RGB = re.compile("[0-9a-fA-F]{6}")
SLOTS = {"tx1", "tx2", "bg1", "bg2", "dk1", "dk2", "lt1", "lt2", *(f"accent{number}" for number in range(1, 7))}
"""The colours of a theme that text can have."""
OPENED_AS = re.compile(
    rb"application/vnd\.(?:openxmlformats-officedocument\.presentationml|ms-powerpoint)\.[a-zA-Z.]*main\+xml"
)

MOST_XML = 32 * 1024 * 1024
"""Bytes of XML a template may hold: a tree takes many times the room of its text."""
SLIDE_SIDES = (914_400, 51_206_400)
"""The least and the greatest side of a slide: 1 and 56 inches."""
UNREADABLE = (
    OSError,
    EOFError,
    zlib.error,
    zipfile.BadZipFile,
    etree.LxmlError,
    PythonPptxError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""How the libraries that read a file fail on one that is not as they trust it to be."""


class Layouts(NamedTuple):
    """The two layouts the slides are made on: for the cover and for all others."""

    cover: Any
    content: Any


def blank_deck(size: str = "16:9") -> Opened:
    """An empty presentation in the house look, its placeholders ready to be filled."""
    wide, tall = SIZES[size]
    deck = Presentation()
    deck.slide_width, deck.slide_height = Inches(wide), Inches(tall)
    edge, foot = 0.045 * wide, tall - 0.42
    inner = wide - 2 * edge
    places = {
        KIND.TITLE: (edge, 0.056 * tall, inner, max(0.88, 0.14 * tall)),
        KIND.BODY: (edge, 0.23 * tall, inner, 0.66 * tall),
        KIND.DATE: (edge, foot, 0.35 * inner, 0.26),
        KIND.FOOTER: (wide / 2 - 0.14 * inner, foot, 0.28 * inner, 0.26),
        KIND.SLIDE_NUMBER: (edge + 0.9 * inner, foot, 0.1 * inner, 0.26),
    }
    covers = {
        KIND.CENTER_TITLE: (1.5 * edge, 0.22 * tall, wide - 3 * edge, 0.26 * tall),
        KIND.SUBTITLE: (1.5 * edge, 0.5 * tall, wide - 3 * edge, 0.36 * tall),
    }
    master = deck.slide_master
    for layout in list(deck.slide_layouts):
        if layout.name not in HOUSE_LAYOUTS:
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
        layout.name = HOUSE_LAYOUTS[layout.name]
    _rule(master, Emu(0), Emu(0), Inches(0.012 * wide), deck.slide_height, INK)
    return deck


def _paint(theme: Any) -> None:
    """Our colours and font in the theme, so that whatever is added later matches."""
    tree = etree.fromstring(theme.blob)
    tree.set("name", "aukus-mcda")
    colours = dict(zip(("accent1", "accent2", "accent3", "accent4", "accent5", "accent6"), BRIGHT, strict=True))
    colours |= {"dk1": INK, "lt1": "#FFFFFF", "dk2": INK, "lt2": "#F2F4F7"}
    for name, colour in colours.items():
        slot = tree.find(f".//{qn('a:clrScheme')}/{qn('a:' + name)}")
        slot.clear()
        etree.SubElement(slot, qn("a:srgbClr")).set("val", colour[1:])
    for latin in tree.iterfind(f".//{qn('a:fontScheme')}//{qn('a:latin')}"):
        latin.set("typeface", HOUSE_FONT)
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
    if shape.placeholder_format.type in (KIND.TITLE, KIND.CENTER_TITLE):
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
    # MasterShapes has no add_shape; SlideShapes over the same tree does, and draws the same XML.
    bar = SlideShapes(master._element.cSld.spTree, master).add_shape(MSO_SHAPE.RECTANGLE, left, top, width, height)
    bar.fill.solid()
    bar.fill.fore_color.rgb = RGBColor.from_string(colour[1:])
    bar.line.fill.background()
    bar.shadow.inherit = False
    tree = master._element.cSld.spTree
    tree.remove(bar._element)
    tree.insert(2, bar._element)


def open_template(path: str | Path) -> Opened:
    """A .pptx or .potx as an empty presentation: its slides and all that belongs to them are gone.

    Raises
    ------
    ExportError
        When there is no such file, or it cannot be read as a presentation.
    """
    if not isinstance(path, str | Path):
        raise ExportError(f"Give the path of a .pptx or .potx file as the template, not {path!r}.")
    with template_faults(path):
        deck = Presentation(_as_presentation(Path(path)))
        for part in deck.part.package.iter_parts():
            _require_plain(part)
        if not all(side and SLIDE_SIDES[0] <= side <= SLIDE_SIDES[1] for side in (deck.slide_width, deck.slide_height)):
            raise ValueError("a slide must be from 1 to 56 inches wide and high")
        for master in deck.slide_masters:
            _theme_of(master)
        _empty(deck)
        for part in deck.part.package.iter_parts():
            _require_whole(part)
    return deck


@contextmanager
def template_faults(path: str | Path) -> Iterator[None]:
    """Whatever is wrong with a template while it is read, or tried out, is a fault of the template.

    Raises
    ------
    ExportError
        Naming the file.
    """
    try:
        yield
    except FileNotFoundError as error:
        raise ExportError(f"There is no template {path}. Give the path of a .pptx or .potx file.") from error
    except ExportError as error:
        raise ExportError(f"{path}: {error}") from error
    except UNREADABLE as error:
        raise ExportError(
            f"{path} cannot be opened as a template ({error}). "
            "Save it in PowerPoint as .pptx or .potx, without a password."
        ) from error


def _as_presentation(path: Path) -> io.BytesIO:
    """The file's bytes with the content type of a presentation: python-pptx refuses that of a template."""
    copied = io.BytesIO()
    with zipfile.ZipFile(path) as template, zipfile.ZipFile(copied, "w") as written:
        sizes = {item.filename: item.file_size for item in template.infolist()}
        if sum(sizes.values()) > LARGEST or sum(sizes[name] for name in sizes if _is_xml(name)) > MOST_XML:
            raise zipfile.BadZipFile("it unpacks to more than any template holds")
        for item in template.infolist():
            blob = template.read(item)
            if item.filename == "[Content_Types].xml":
                blob = OPENED_AS.sub(CONTENT_TYPE.PML_PRESENTATION_MAIN.encode(), blob)
            written.writestr(item, blob)
    copied.seek(0)
    return copied


def _is_xml(name: str) -> bool:
    return name.lower().endswith((".xml", ".rels", ".vml"))


def _parsed(blob: bytes) -> Any:
    """A part's XML, its entities as they stand and nothing fetched for it."""
    return etree.fromstring(blob, etree.XMLParser(resolve_entities=False, no_network=True))


def _require_plain(part: Any) -> None:
    """Refuse a part that declares entities: no Office program does, and one can stand for any file of this machine."""
    if isinstance(part, XmlPart) or part.content_type.endswith("xml"):
        tree = part._element if isinstance(part, XmlPart) else _parsed(part.blob)
        if tree.getroottree().docinfo.doctype:
            raise ValueError(f"{part.partname} declares entities")


def _require_whole(part: Any) -> None:
    """Refuse what would be fetched from elsewhere when the slides are opened; a link waits until it is clicked."""
    for rel in part.rels.values():
        if rel.is_external and not rel.reltype.endswith("/hyperlink"):
            raise ValueError(f"{part.partname} shows what is not in it: {rel.target_ref}")


def _empty(deck: Opened) -> None:
    part, tree = deck.part, deck.part._element
    slides = tree.find(qn("p:sldIdLst"))
    for slide in [] if slides is None else list(slides):
        part.drop_rel(slide.get(qn("r:id")))
        slides.remove(slide)
    for shows in tree.findall(qn("p:custShowLst")):
        tree.remove(shows)
    for extension in tree.findall(f"{qn('p:extLst')}/{qn('p:ext')}"):
        if any(etree.QName(each).localname == "sectionLst" for each in extension):
            extension.getparent().remove(extension)
    # A part stays in the file as long as anything points to it.
    for owner in (part, part.package):
        rels = owner._rels
        for name in [name for name, rel in rels.items() if rel.reltype.rsplit("/", 1)[-1] in STALE]:
            rels.pop(name)


def find_layouts(deck: Opened) -> Layouts:
    """The layouts for the cover and for the other slides; whatever they lack, but a title, is drawn by us.

    Raises
    ------
    ExportError
        When no layout has a title.
    """
    titled = [layout for master in deck.slide_masters for layout in master.slide_layouts if _having(layout, TITLES)]
    if not titled:
        raise ExportError(
            "The template lacks a layout with a title placeholder that lies on the slide. Add one in PowerPoint under "
            "View, Slide Master, and save the template again."
        )
    content = min(titled, key=_clutter)
    covers = [layout for layout in titled if _having(layout, BODIES)] or titled
    own = [layout for layout in covers if layout.slide_master.part is content.slide_master.part]
    return Layouts(min(own or covers, key=_unlike_a_cover), content)


def check_template(path: str | Path) -> None:
    """Refuse a template on which no slides can be made.

    Raises
    ------
    ExportError
        Naming the template and what is wrong with it.
    """
    presentation = open_template(path)
    with template_faults(path):
        look_of(find_layouts(presentation).content)


def footer_of(layout: Any, kind: Any) -> Any:
    """The layout's placeholder of a kind, or its master's; None when neither has one."""
    return next(iter(_having(layout, (kind,))), None) or next(iter(_having(layout.slide_master, (kind,))), None)


def _having(holder: Any, kinds: Iterable[Any]) -> list[Any]:
    """Its placeholders of some kinds, but for those that have no place or none on the slide."""
    return [shape for shape in holder.placeholders if shape.placeholder_format.type in kinds and _on_slide(shape)]


def _on_slide(shape: Any) -> bool:
    if None in (shape.left, shape.top, shape.width, shape.height):
        return False
    slide = shape.part.package.presentation_part.presentation
    across, down = OVERHANG * slide.slide_width, OVERHANG * slide.slide_height
    right, bottom = shape.left + shape.width - slide.slide_width, shape.top + shape.height - slide.slide_height
    return bool(min(shape.left, -right) >= -across and min(shape.top, -bottom) >= -down)


def _clutter(layout: Any) -> tuple[bool, bool, int]:
    """How far a layout is from a title above an empty page."""
    title = _having(layout, TITLES)[0]
    # A title down the side of a slide, or in the middle of it, leaves no page below.
    low = title.top + title.height > 0.45 * layout.part.package.presentation_part.presentation.slide_height
    wanted = layout._element.get("type") in ("titleOnly", "obj")
    filled = sum(shape.placeholder_format.type not in (*TITLES, *FOOTERS) for shape in layout.placeholders)
    return low or title.placeholder_format.type == KIND.CENTER_TITLE, not wanted, filled


def _unlike_a_cover(layout: Any) -> tuple[bool, bool, int]:
    centred, subtitle = _having(layout, (KIND.CENTER_TITLE,)), _having(layout, (KIND.SUBTITLE,))
    return layout._element.get("type") != "title", not (centred or subtitle), len(list(layout.placeholders))


class Ink(NamedTuple):
    """A colour as the file names it: ``schemeClr`` and a slot of the theme, or ``srgbClr`` and RRGGBB."""

    kind: str
    value: str


class Look(NamedTuple):
    """What a master prescribes for text: colour, font, size of titles; and whether its slides are dark."""

    ink: Ink
    dark: bool
    face: str
    title_face: str
    title_size: float
    title_bold: bool
    capitals: bool


def look_of(layout: Any) -> Look:
    """The look of the slides on a layout; its font has no name when it is that of the house."""
    master = layout.slide_master
    styles = master._element.find(qn("p:txStyles"))
    body = _level(styles, "p:bodyStyle")
    ink = _ink(body)
    theme = _theme_of(master)
    override = colour_override(layout)
    colours = master._element.find(qn("p:clrMap")) if override is None else override
    slot = ink.value if colours is None else colours.get(ink.value, ink.value)
    rgb = ink.value if ink.kind == "srgbClr" else _slot(theme, slot)
    red, green, blue = (int(rgb[k : k + 2], 16) for k in (0, 2, 4))
    title = _level(styles, "p:titleStyle")
    return Look(
        ink=ink,
        dark=0.299 * red + 0.587 * green + 0.114 * blue > 140,
        face=_typeface(theme, "a:minorFont"),
        title_face=_typeface(theme, "a:majorFont"),
        title_size=int(title.get("sz") or 4400) / 100 if title is not None else 44,
        title_bold=title is not None and title.get("b") in ("1", "true"),
        capitals=title is not None and title.get("cap") == "all",
    )


def _theme_of(master: Any) -> Any:
    return _parsed(master.part.part_related_by(RELATIONSHIP_TYPE.THEME).blob)


def _typeface(theme: Any, name: str) -> str:
    latin = theme.find(f".//{qn(name)}/{qn('a:latin')}")
    face = "" if latin is None else latin.get("typeface", "")
    return "" if face == HOUSE_FONT else face


def _slot(theme: Any, slot: str) -> str:
    """The colour of a slot of the theme as RRGGBB; by the slot's name where the theme says it in another way."""
    colour = theme.find(f".//{qn('a:clrScheme')}/{qn('a:' + slot)}/*")
    value = "" if colour is None else colour.get("lastClr") or colour.get("val") or ""
    return value if RGB.fullmatch(value) else "FFFFFF" if slot.startswith("lt") else "000000"


def colour_override(layout: Any) -> Any:
    """The layout's own map of colours, in place of its master's; None when it keeps the master's."""
    return layout._element.find(f"{qn('p:clrMapOvr')}/{qn('a:overrideClrMapping')}")


def _level(styles: Any, name: str) -> Any:
    return None if styles is None else styles.find(f"{qn(name)}/{qn('a:lvl1pPr')}/{qn('a:defRPr')}")


def _ink(style: Any) -> Ink:
    """The colour of a text style; the theme's own text colour where it names none."""
    fill = None if style is None else style.find(f"{qn('a:solidFill')}/*")
    ink = Ink("", "") if fill is None else Ink(etree.QName(fill).localname, fill.get("val") or "")
    usable = {"schemeClr": ink.value in SLOTS, "srgbClr": bool(RGB.fullmatch(ink.value))}
    return ink if usable.get(ink.kind) else Ink("schemeClr", "tx1")
