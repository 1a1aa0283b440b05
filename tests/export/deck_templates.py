# SPDX-License-Identifier: Apache-2.0
"""Templates as organisations have them, made from python-pptx's own: other fonts, colours, sizes and footers."""

from __future__ import annotations

import zipfile
from pathlib import Path

from lxml import etree
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.opc.package import Part
from pptx.opc.packuri import PackURI
from pptx.oxml.ns import qn
from pptx.shapes.shapetree import SlideShapes
from pptx.util import Emu

SECRET = "An old slide nobody should see"
MAIN = "application/vnd.openxmlformats-officedocument.presentationml.{}.main+xml"


def corporate(path: Path) -> Path:
    """A .potx, 4:3, in Georgia and Verdana, purple and gold, with two old slides and a section of them."""
    deck = Presentation()
    _theme(deck, {"dk1": "2B1B3D", "dk2": "5A2A82", "lt2": "F3EEDC", "accent1": "5A2A82"}, "Georgia", "Verdana")
    for text in (SECRET, "Another"):
        slide = deck.slides.add_slide(deck.slide_layouts[1])
        slide.shapes.title.text_frame.text = text
        slide.notes_slide.notes_text_frame.text = text
    listed = "".join(f'<p14:sldId id="{each.get("id")}"/>' for each in deck.part._element.find(qn("p:sldIdLst")))
    office = "http://schemas.microsoft.com/office/powerpoint/2010/main"
    section = (
        '<p14:section name="Old" id="{6A1B0F3E-0000-4000-8000-000000000001}">'
        f"<p14:sldIdLst>{listed}</p14:sldIdLst></p14:section>"
    )
    extension = etree.fromstring(
        f'<p:extLst xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" xmlns:p14="{office}">'
        f'<p:ext uri="{{521415D9-36F7-43E2-AB2F-B90AF26B5E84}}"><p14:sectionLst>{section}</p14:sectionLst>'
        "</p:ext></p:extLst>"
    )
    deck.part._element.append(extension)
    deck.save(path.with_suffix(".pptx"))
    with zipfile.ZipFile(path.with_suffix(".pptx")) as given, zipfile.ZipFile(path, "w") as written:
        for item in given.infolist():
            blob = given.read(item)
            if item.filename == "[Content_Types].xml":
                blob = blob.replace(MAIN.format("presentation").encode(), MAIN.format("template").encode())
            written.writestr(item, blob)
    return path


def dark(path: Path) -> Path:
    """A .pptx, 13.333 by 7.5 inches: white text on a night-blue background by the master's colour map."""
    deck = Presentation()
    _widen(deck, 12192000, 6858000)
    _theme(deck, {"dk1": "0B1830", "accent1": "F2A900"}, "Trebuchet MS", "DejaVu Serif")
    colours = deck.slide_master._element.find(qn("p:clrMap"))
    for slot, name in (("bg1", "dk1"), ("tx1", "lt1"), ("bg2", "dk2"), ("tx2", "lt2")):
        colours.set(slot, name)
    deck.save(path)
    return path


def banner(path: Path) -> Path:
    """A .pptx, 10 by 5.625 inches: black filled slides, text coloured in the styles alone, titles in capitals."""
    deck = Presentation()
    _widen(deck, 9144000, 5143500)
    for layout in deck.slide_layouts:
        fill = layout.background.fill
        fill.solid()
        fill.fore_color.rgb = RGBColor(0x10, 0x10, 0x10)
    for style in deck.slide_master._element.find(qn("p:txStyles")).iter(qn("a:defRPr")):
        for colour in style.findall(f"{qn('a:solidFill')}/*"):
            parent = colour.getparent()
            parent.remove(colour)
            etree.SubElement(parent, qn("a:srgbClr"), val="FFF8E7")
    title = deck.slide_master._element.find(f".//{qn('p:titleStyle')}//{qn('a:defRPr')}")
    title.set("cap", "all")
    deck.save(path)
    return path


def overridden(path: Path) -> Path:
    """A .pptx whose layouts, not its master, map text to white and the background to night blue."""
    deck = Presentation()
    _widen(deck, 12192000, 6858000)
    _theme(deck, {"dk1": "0B1830"}, "Arial", "Arial")
    colours = {**deck.slide_master._element.find(qn("p:clrMap")).attrib}
    colours |= {"bg1": "dk1", "tx1": "lt1", "bg2": "dk2", "tx2": "lt2"}
    for layout in deck.slide_layouts:
        mapped = layout._element.find(qn("p:clrMapOvr"))
        mapped[:] = [etree.Element(qn("a:overrideClrMapping"), colours)]
    deck.save(path)
    return path


def pictured(path: Path) -> Path:
    """A .pptx whose master has a gradient behind all and a bright box across half of it."""
    deck = Presentation()
    master = deck.slide_master
    box = SlideShapes(master._element.cSld.spTree, master).add_shape(1, 0, 0, deck.slide_width // 2, deck.slide_height)
    box.fill.gradient()
    deck.save(path)
    return path


def untitled(path: Path) -> Path:
    """A .pptx with no placeholder anywhere."""
    deck = Presentation()
    for holder in (deck.slide_master, *deck.slide_layouts):
        for shape in list(holder.placeholders):
            shape._element.getparent().remove(shape._element)
    deck.save(path)
    return path


def linked(path: Path) -> Path:
    """A .pptx whose master links to a picture and a page elsewhere and holds an object of another program."""
    deck = Presentation()
    master = deck.slide_master
    part, tree = master.part, master._element.cSld.spTree
    image = part.relate_to("https://example.org/picture.png", RELATIONSHIP_TYPE.IMAGE, is_external=True)
    page = part.relate_to("https://example.org/page", RELATIONSHIP_TYPE.HYPERLINK, is_external=True)
    held = Part(PackURI("/ppt/embeddings/oleObject1.bin"), "application/vnd.openxmlformats-officedocument.oleObject",
                part.package, b"code")  # fmt: skip
    held_at = part.relate_to(held, RELATIONSHIP_TYPE.OLE_OBJECT)
    shapes = SlideShapes(tree, master)
    picture = shapes.add_shape(1, 0, 0, 100, 100)
    picture.fill.solid()
    fill = picture._element.spPr.find(qn("a:solidFill"))
    blip = etree.SubElement(etree.Element(qn("a:blipFill")), qn("a:blip"), {qn("r:link"): image})
    fill.getparent().replace(fill, blip.getparent())
    etree.SubElement(master.placeholders[0]._element.nvSpPr.cNvPr, qn("a:hlinkClick"), {qn("r:id"): page})
    frame = shapes.add_table(1, 1, 0, 0, 100, 100)._element
    data = frame.find(f".//{qn('a:graphicData')}")
    data.clear()
    data.set("uri", "http://schemas.openxmlformats.org/presentationml/2006/ole")
    etree.SubElement(data, qn("p:oleObj"), {qn("r:id"): held_at, "progId": "Package"})
    deck.save(path)
    return path


def _widen(deck: object, wide: int, tall: int) -> None:
    """Another size of slide, everything on master and layouts in proportion."""
    across, down = wide / deck.slide_width, tall / deck.slide_height
    deck.slide_width, deck.slide_height = Emu(wide), Emu(tall)
    for holder in (deck.slide_master, *deck.slide_layouts):
        for place in holder._element.iter(qn("a:xfrm")):
            for node, across_name, down_name in (
                (place.find(qn("a:off")), "x", "y"),
                (place.find(qn("a:ext")), "cx", "cy"),
            ):
                if node is not None:
                    node.set(across_name, str(int(int(node.get(across_name)) * across)))
                    node.set(down_name, str(int(int(node.get(down_name)) * down)))


def _theme(deck: object, colours: dict[str, str], heading: str, body: str) -> None:
    part = deck.slide_master.part.part_related_by(RELATIONSHIP_TYPE.THEME)
    tree = etree.fromstring(part.blob)
    for name, colour in colours.items():
        slot = tree.find(f".//{qn('a:clrScheme')}/{qn('a:' + name)}")
        slot.clear()
        etree.SubElement(slot, qn("a:srgbClr")).set("val", colour)
    for kind, face in (("majorFont", heading), ("minorFont", body)):
        tree.find(f".//{qn('a:' + kind)}/{qn('a:latin')}").set("typeface", face)
    part._blob = etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True)
