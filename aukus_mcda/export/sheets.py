# SPDX-License-Identifier: Apache-2.0
"""What a workbook is made of: a marked page, safe text, tables, cells to change, and formulas with their results."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from copy import copy
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import pandas as pd
from lxml import etree
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import ColorScaleRule, DataBarRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Protection, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.datavalidation import DataValidation

from ..case import order_fonts
from ..layout import measuring, theme
from ..layout.office_parts import Parts, xml_of
from ..story import Column, Kind, Table

MOST_CHARACTERS = 32_767
"""Characters a cell can hold, counted as UTF-16 does."""
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CHARACTER = 5.25
"""Points to a character of column width."""
TALLEST = 409
"""Points a row can be high."""
NARROWEST, WIDEST, SCREEN = 12, 60, 130
"""Characters a column of an exhibit is wide, at least and at most, and a line of text at most."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@cache
def _font(size: int = 10, bold: bool = False, color: str = theme.INK) -> Font:
    return Font(name="Arial", size=size, bold=bold, color=color[1:])


@cache
def _fill(color: str) -> PatternFill:
    return PatternFill("solid", fgColor=color[1:])


NORMAL, BOLD, TITLE, QUIET = _font(), _font(bold=True), _font(14, bold=True), _font(color=theme.GREY)
HEADLINE, LINK, TO_EDIT = _font(16, True, theme.ACCENT), _font(color=theme.ACCENT), _font(bold=True, color=theme.ACCENT)
HEADER_FILL, EDIT_FILL = _fill("#E8ECF2"), _fill("#FFF3C4")
NO_LINE, HAIRLINE = Border(), Border(bottom=Side(style="thin", color="D5DAE1"))
RULE = Border(bottom=Side(style="medium", color=theme.INK[1:]))
EDIT_EDGE = Border(*[Side(style="thin", color="C9A227")] * 4)
WRAPPED = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
FLUSH = Alignment(horizontal="left", wrap_text=True, vertical="top")
OVER_TEXT = Alignment(horizontal="left", vertical="bottom", wrap_text=True, indent=1)
OVER_NUMBERS = Alignment(horizontal="right", vertical="bottom", wrap_text=True)
RIGHT, OPEN = Alignment(horizontal="right", vertical="top"), Protection(locked=False)
FORMATS = {
    "score": '0.0;"\N{MINUS SIGN}"0.0',
    "points": '+0.0;"\N{MINUS SIGN}"0.0;0.0',
    "correlation": '0.00;"\N{MINUS SIGN}"0.00',
    "share": '[=0]0.0 %;[<0.0005]"below 0.1 %";0.0 %',
    "rank": "0",
    "count": "#,##0",
    "text": "General",
}
"""How Excel writes each kind of column; a small share is not shown as none."""
DASH = "\N{EN DASH}"
"""In place of what cannot be computed, as something is missing."""
TABS = {
    "Change the yellow cells": "#E3B505",
    "Follow a change": theme.ACCENT,
    "Computed when exported": theme.MARKS["grey"],
    "Put in": theme.INK,
}
"""The kinds of sheets, and the colour of their tabs."""
YOURS, FOLLOWS, AS_EXPORTED, PUT_IN = TABS


@dataclass
class Book:
    """A workbook being written, with its pages by name."""

    marking: str
    file: Any = field(default_factory=Workbook)
    pages: dict[str, BookPage] = field(default_factory=dict)
    looks: dict[Any, Any] = field(default_factory=dict)

    def page(self, name: str, title: str, note: str, widths: Sequence[float], kind: str) -> BookPage:
        """A new sheet with the marking, a title and a note over its first columns, set up to be printed."""
        sheet = self.file.create_sheet(name)
        for column, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        page = self.pages[name] = BookPage(sheet, title, kind, self.looks)
        for font, text in ((BOLD, self.marking), (TITLE, title), (QUIET, note)):
            page.across(text, font)
        if self.marking:
            for place in (sheet.oddHeader.center, sheet.oddFooter.center):
                place.text = text_for(self.marking)[:80].replace("&", "&&")
        sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P of &N"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.sheet_properties.tabColor = TABS[kind][1:]
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top = sheet.page_margins.bottom = 0.7
        sheet.sheet_view.showGridLines = False
        sheet.protection.sheet = True  # against slips: without a password
        sheet.protection.formatColumns = sheet.protection.formatRows = sheet.protection.autoFilter = False
        return page

    def name(self, name: str, place: str) -> None:
        """A name for a range on a sheet, so that a formula says what it means."""
        self.file.defined_names[name] = DefinedName(name, attr_text=place)

    def freeze(self) -> None:
        """Keep in view the headings of each sheet's one table; of several, only the marking and the names."""
        for page in self.pages.values():
            rows = sorted(page.heads)
            page.sheet.freeze_panes = f"B{rows[0] + 1 if len(rows) == 1 else 2}"
            if len(rows) == 1:
                page.sheet.print_title_rows = f"{rows[0]}:{rows[0]}"

    def fill_results(self, parts: Parts) -> None:
        """Put beside every formula what it comes to, for programs that show a workbook without calculating."""
        for number, sheet in enumerate(self.file.worksheets, start=1):
            results = self.pages[sheet.title].results
            if results:
                name = f"xl/worksheets/sheet{number}.xml"
                tree = etree.fromstring(parts[name])
                for cell in tree.iter(f"{_MAIN}c"):
                    if cell.find(f"{_MAIN}f") is not None:
                        result = results[cell.get("r")]
                        if isinstance(result, str):
                            cell.set("t", "str")
                        cell.find(f"{_MAIN}v").text = result if isinstance(result, str) else repr(result)
                parts[name] = xml_of(tree)
        styles = etree.fromstring(parts["xl/styles.xml"])
        order_fonts(styles)
        parts["xl/styles.xml"] = xml_of(styles)


@dataclass
class BookPage:
    """One sheet, written from top to bottom; ``row`` is the next free one."""

    sheet: Any
    title: str
    kind: str
    looks: dict[Any, Any]
    """How cells of the workbook look that were written: openpyxl takes long to find a font or a border again."""
    row: int = 1
    heads: set[int] = field(default_factory=set)
    """The rows of column headings."""
    results: dict[str, Any] = field(default_factory=dict)
    """What each formula comes to, by cell."""

    def across(self, text: str, font: Font = QUIET, left: int = 1, formula: str = "") -> str:
        """A line of text over the width of a screen, as tall as it needs, or the formula that gives it; where it is."""
        if not text:
            return ""
        wide, last = self._width(left), left
        while last < len(self.sheet.column_dimensions) and wide < SCREEN:
            last += 1
            wide += self._width(last)
        if last > left:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=left, end_column=last)
        place = self.write(self.row, left, text, "text", font, formula)
        self.dress(self.sheet.cell(self.row, left), alignment=FLUSH, border=NO_LINE)
        lines = measuring.lines(text_for(text), wide * CHARACTER, font.size, bool(font.bold))
        self.sheet.row_dimensions[self.row].height = min(lines * font.size * 1.3 + 4, TALLEST)
        self.row += 1
        return place

    def header(self, words: Sequence[str], left: int = 1, *, numbers: Container[str]) -> int:
        """A row of column headings, those over ``numbers`` to the right; the row below it."""
        for column, word in enumerate(words, start=left):
            self.write(self.row, column, word, font=BOLD)
            side = OVER_NUMBERS if word in numbers else OVER_TEXT
            self.dress(self.sheet.cell(self.row, column), fill=HEADER_FILL, border=RULE, alignment=side)
        self.heads.add(self.row)
        self.row += 1
        return self.row

    def table(self, table: Table) -> int:
        """A table of settled cells, filled by their numbers where it is a heat table; its first row."""
        columns, kinds = table.columns, [column.kind for column in table.columns]
        headings = [column.heading for column in columns]
        over_numbers = {column.heading for column in columns if column.kind != "text"}
        first = self.header(headings, numbers=over_numbers) if any(headings) else self.row
        formats = [number_format(column.kind, column.cells) for column in columns]
        rows = zip(*(column.cells for column in columns), strict=True)
        _, *looks = theme.drawn_cells(table, theme.TONES.__getitem__)
        for values, drawn in zip(rows, looks, strict=True):
            for column, (value, look) in enumerate(zip(values, drawn, strict=True)):
                self.write(self.row, column + 1, value, kinds[column], _font(bold=look.bold, color=look.ink))
                cell = self.sheet.cell(self.row, column + 1)
                cell.number_format = formats[column]  # as many decimals in every row
                if look.ground:
                    self.dress(cell, fill=_fill(look.ground))
            self.row += 1
        if kinds.count("share") == 1 and table.look != "heat":
            self.bars(kinds.index("share") + 1, first, self.row - 1)
        return first

    def bars(self, column: int, first: int, last: int) -> None:
        """A bar in each cell of a column, as long as its number is beside the greatest."""
        letter = get_column_letter(column)
        rule = DataBarRule("num", 0, "max", None, color=theme.ON_DARK["accent"][1:])
        self.sheet.conditional_formatting.add(f"{letter}{first}:{letter}{last}", rule)

    def shade(self, cells: str) -> None:
        """Shade numbers from none to the greatest: the more, the darker."""
        colours = theme.PAPER[1:], None, None, None, "max", None, theme.ON_DARK["accent"][1:]
        self.sheet.conditional_formatting.add(cells, ColorScaleRule("num", 0, *colours))

    def write(
        self, row: int, column: int, value: Any, kind: Kind = "text", font: Font = NORMAL, formula: str = ""
    ) -> str:
        """A cell of a table in a row as tall as it needs, settled or what a formula comes to; where it is."""
        cell = self.sheet.cell(row, column)
        self.dress(cell, font=font, border=HAIRLINE, alignment=WRAPPED if kind == "text" else RIGHT)
        cell.number_format = number_format(kind, [value])
        put(cell, None if formula else value)
        if formula:
            cell.value = f"={formula}"
            self.results[cell.coordinate] = value if isinstance(value, str | int) else float(value)
        elif isinstance(value, str):
            room, line = self._width(column) * CHARACTER - 8, self.sheet.row_dimensions[row]
            tall = 13 * measuring.lines(cell.value, room, NORMAL.size, bool(font.bold)) + 4
            line.height = max(line.height or 0, min(tall, TALLEST))
        return f"{quote_sheetname(self.sheet.title)}!${get_column_letter(column)}${row}"

    def dress(self, cell: Any, **look: Any) -> None:
        """Set parts of how a cell looks; each is an object that lasts, and told from others by its identity."""
        key = bytes(cell._style or ()), *map(id, look.values())
        if key not in self.looks:
            for part, style in look.items():
                setattr(cell, part, style)
            self.looks[key] = copy(cell._style)
        cell._style = copy(self.looks[key])

    def editable(self, row: int, column: int, value: Any, check: DataValidation) -> str:
        """A cell the reader may change, marked as such, and what may be typed there; where it is."""
        place = self.write(row, column, value, "text" if check.type == "list" else "number", TO_EDIT)
        cell = self.sheet.cell(row, column)
        self.dress(cell, fill=EDIT_FILL, border=EDIT_EDGE, protection=OPEN)
        if not check.sqref:
            check.showErrorMessage = True
            self.sheet.add_data_validation(check)
        check.add(cell)
        return place

    def _width(self, column: int) -> float:
        width: float = self.sheet.column_dimensions[get_column_letter(column)].width
        return width


def number_format(kind: Kind, cells: Iterable[Any]) -> str:
    """How Excel writes a column; numbers of no other kind to three figures.

    Examples
    --------
    >>> number_format("count", [1200.0]), number_format("number", [0.1234, 2.0]), number_format("number", [9.0])
    ('#,##0', '0.000', '0')
    """
    if kind != "number":
        return FORMATS[kind]
    texts = Column("", cells, kind).texts
    decimals = max((len(text.partition(".")[2]) for text in texts), default=0)
    return FORMATS["text"] if any("e" in text for text in texts) else f"{0:.{decimals}f}"


def widths_of(tables: Sequence[Table]) -> list[int]:
    """How wide columns are that hold these tables one above the other, and further ones for lines of text."""
    longest: dict[int, int] = {}
    for table in tables:
        for place, column in enumerate(table.columns):
            words = [len(text) + 3 for text in (*column.heading.split(), *column.texts)]
            longest[place] = max([NARROWEST, longest.get(place, 0), *words])
    widths = [min(length, WIDEST) for length in longest.values()]
    return [*widths, *[NARROWEST] * ((SCREEN - sum(widths)) // NARROWEST)]


def condensed(rows: pd.DataFrame) -> tuple[Table, str]:
    """Rows of a case as a table without what is blank in all, and a line on the texts that are the same in all.

    Examples
    --------
    >>> table, same = condensed(pd.DataFrame({"id": ["a", "b"], "name": ["A", "B"], "judged_by": ["us", "us"]}))
    >>> [column.heading for column in table.columns], same
    (['Id', 'Name'], 'The same in every row: Judged by: us.')
    """
    columns, same = [], []
    for place, (name, given) in enumerate(rows.items()):
        cells = ["; ".join(cell) if isinstance(cell, tuple) else cell for cell in given]
        kind: Kind = "number" if pd.api.types.is_numeric_dtype(given) else "text"
        column = Column(str(name).replace("_", " ").capitalize(), cells, kind)
        first, *others = column.texts
        if place > 1 and kind == "text" and others and set(others) == {first}:
            same += [f"{column.heading}: {first}"] if first else []
        elif place < 2 or any(column.texts):
            columns.append(column)
    return Table(columns), f"The same in every row: {'; '.join(same)}." if same else ""


def put(cell: Any, value: Any) -> Any:
    """Write a settled value: what is text stays text, whatever it starts with; what is missing stays blank."""
    if isinstance(value, str):
        cell.value = text_for(value)
        cell.data_type = "s"  # not a formula, not an error code
        cell.quotePrefix = value.startswith(STARTS_FORMULA)  # nor when a reader edits the cell and leaves it
    elif pd.notna(value):
        cell.value = value.item() if hasattr(value, "item") else value
    return cell


def text_for(text: str) -> str:
    r"""Text as a cell can hold it: no control characters, and not too long.

    Examples
    --------
    >>> text_for("a\x00b"), len(text_for("long " * 10_000))
    ('ab', 32767)
    """
    clean: str = ILLEGAL_CHARACTERS_RE.sub("", text)
    units = clean.encode("utf-16-le", "replace")
    if len(units) <= 2 * MOST_CHARACTERS:
        return clean
    return units[: 2 * (MOST_CHARACTERS - 4)].decode("utf-16-le", "ignore") + " ..."
