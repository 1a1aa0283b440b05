"""What a workbook is made of: a marked page, safe text, listings, and formulas with their results."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pandas as pd
from lxml import etree
from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.formatting.rule import ColorScaleRule
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.workbook.defined_name import DefinedName

from . import measuring, theme
from .office_parts import Parts, xml_of

MOST_CHARACTERS = 32_767
"""Characters a cell can hold, counted as UTF-16 does."""
STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r")
CHARACTER = 5.25
"""Points to a character of column width."""
TALLEST = 409
"""Points a row can be high."""
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def _font(size: int = 10, bold: bool = False, color: str = theme.INK[1:]) -> Font:
    return Font(name="Arial", size=size, bold=bold, color=color)


PLAIN, BOLD, TITLE = _font(), _font(bold=True), _font(14, bold=True)
QUIET, TO_EDIT = _font(color="5B6675"), _font(bold=True, color="1F4E9E")
HEADER_FILL = PatternFill("solid", fgColor="E8ECF2")
EDIT_FILL = PatternFill("solid", fgColor="FFF3C4")
HAIRLINE = Border(bottom=Side(style="thin", color="D5DAE1"))
RULE = Border(bottom=Side(style="medium", color=theme.INK[1:]))
WRAPPED = Alignment(horizontal="left", wrap_text=True, vertical="top", indent=1)
FLUSH = Alignment(horizontal="left", wrap_text=True, vertical="top")
RIGHT = Alignment(horizontal="right", vertical="top")
AS_SCORE, AS_SHARE, AS_WEIGHT, ANY = "0.0", "0.0%", "0.00%", "General"
AS_DRAWN = '[=0]0.0%;[<0.0005]"below 0.1%";0.0%'
"""A share of draws: what is seldom is not shown as never."""


@dataclass
class Book:
    """A workbook being written, with what each of its formulas comes to by sheet and cell."""

    marking: str
    file: Any = field(default_factory=Workbook)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)

    def page(self, name: str, title: str, note: str, widths: Sequence[float], shown: int | None = None) -> BookPage:
        """A new sheet with the marking, a title and a note over its first columns, set up to be printed."""
        sheet = self.file.create_sheet(name)
        self.results[name] = {}
        for column, width in enumerate(widths, start=1):
            sheet.column_dimensions[get_column_letter(column)].width = width
        page = BookPage(self, sheet, shown or len(widths))
        for font, text in ((BOLD, self.marking), (TITLE, title), (QUIET, note)):
            if text:
                page.across(text, font)
        page.row += 1
        if self.marking:
            for place in (sheet.oddHeader.center, sheet.oddFooter.center):
                place.text = text_for(self.marking)[:80].replace("&", "&&")
        sheet.oddFooter.left.text, sheet.oddFooter.right.text = "&A", "&P of &N"
        sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", sheet.PAPERSIZE_A4
        sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
        sheet.sheet_properties.pageSetUpPr.fitToPage = True
        sheet.page_margins.left = sheet.page_margins.right = 0.4
        sheet.page_margins.top = sheet.page_margins.bottom = 0.7
        sheet.sheet_view.showGridLines = False
        return page

    def name(self, name: str, sheet: str, place: str) -> None:
        """A name for a range, so that a formula of the reader's own can say what it means."""
        self.file.defined_names[name] = DefinedName(name, attr_text=f"{quote_sheetname(sheet)}!{place}")

    def fill_results(self, parts: Parts) -> None:
        """Put beside every formula what it comes to, for programs that show a workbook without calculating."""
        for number, sheet in enumerate(self.file.worksheets, start=1):
            results = self.results[sheet.title]
            if not results:
                continue
            name = f"xl/worksheets/sheet{number}.xml"
            tree = etree.fromstring(parts[name])
            for cell in tree.iter(f"{_MAIN}c"):
                if cell.find(f"{_MAIN}f") is not None:
                    result = results[cell.get("r")]
                    if isinstance(result, str):
                        cell.set("t", "str")
                    cell.find(f"{_MAIN}v").text = result if isinstance(result, str) else repr(result)
            parts[name] = xml_of(tree)


@dataclass
class BookPage:
    """One sheet, written from top to bottom; ``row`` is the next free one."""

    book: Book
    sheet: Any
    columns: int
    row: int = 1

    def across(self, text: str, font: Font) -> None:
        """A line of text over the width of a screen, as tall as it needs."""
        wide, last = 0.0, 0
        while last < self.columns and (last == 0 or wide < 130):
            last += 1
            wide += self._width(last)
        self.merge(1, last)
        put(self.sheet.cell(self.row, 1), text, font=font).alignment = FLUSH
        lines = measuring.lines(text_for(text), wide * CHARACTER, font.size, bool(font.bold))
        self._set_height(lines * font.size * 1.3)
        self.row += 1

    def facts(self, facts: Mapping[str, str]) -> None:
        """A row each of a heading and the text to it, where there is one."""
        for what, text in facts.items():
            if text:
                put(self.sheet.cell(self.row, 1), what, font=BOLD)
                self.merge(2, 4)
                put(self.sheet.cell(self.row, 2), text)
                self.sheet.row_dimensions[self.row].height = 13 * (1 + len(text) // 130) + 2
                self.row += 1

    def merge(self, first: int, last: int) -> None:
        """One cell in place of the row's cells from column to column."""
        if last > first:
            self.sheet.merge_cells(start_row=self.row, end_row=self.row, start_column=first, end_column=last)

    def header(self, words: Sequence[str], left: int = 1, *, numbers: Container[str] = (), freeze: bool = False) -> int:
        """A row of column headings, those over ``numbers`` to the right; the row below it."""
        lines = 1
        for column, word in enumerate(words, start=left):
            cell = put(self.sheet.cell(self.row, column), word, font=BOLD)
            cell.fill, cell.border = HEADER_FILL, RULE
            right = word in numbers
            cell.alignment = Alignment("right" if right else "left", "bottom", wrap_text=True, indent=0 if right else 1)
            lines = max(lines, measuring.lines(text_for(word), self._room(column), 10, True))
        self._set_height(13 * lines, least=self.sheet.row_dimensions[self.row].height or 0)
        if freeze:
            self.sheet.freeze_panes = self.sheet.cell(self.row + 1, left + 1)
            self.sheet.print_title_rows = f"{self.row}:{self.row}"
        elif left == 1:
            # A second table would stand under the first one's headings, in print and on the screen.
            self.sheet._print_rows = None
            self.sheet.freeze_panes = "B2" if self.book.marking else "B1"
        self.row += 1
        return self.row

    def listing(
        self, title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]], formats: Sequence[str] = ()
    ) -> None:
        """A table of settled cells under its title, its numbers in these formats; untitled, its head stays in view."""
        if title:
            self.title(title)
        rows = list(rows)
        pairs = [pair for row in rows for pair in zip(headings, row, strict=True)]
        over_texts = {heading for heading, cell in pairs if isinstance(cell, str | tuple)}
        self.header(headings, numbers=set(headings) - over_texts, freeze=not title)
        formats = [*formats, *[ANY] * len(headings)][: len(headings)]
        for row in rows:
            for column, (cell, number_format) in enumerate(zip(row, formats, strict=True), start=1):
                put(self.sheet.cell(self.row, column), cell, number_format).border = HAIRLINE
            self.fit()
            self.row += 1

    def title(self, text: str) -> None:
        """A title in bold, after a free row."""
        self.row += 1
        self.across(text, BOLD)

    def remark(self, text: str) -> None:
        """A line beneath a table."""
        self.across(text, QUIET)

    def shade(self, first: int, columns: int) -> None:
        """Shade the shares from the row to the one written last, beside the labels: the more, the darker."""
        shade = ColorScaleRule("num", 0, "FFFFFF", None, None, None, "num", 1, theme.ACCENT.lstrip("#"))
        end = f"{get_column_letter(columns + 1)}{self.row - 1}"
        self.sheet.conditional_formatting.add(f"B{first}:{end}", shade)

    def fit(self) -> None:
        """Make the row as tall as its longest text needs; not every program does so by itself."""
        texts = [cell for cell in self.sheet[self.row] if isinstance(cell.value, str) and cell.data_type == "s"]
        lines = [measuring.lines(cell.value, self._room(cell.column), PLAIN.size) for cell in texts]
        self._set_height(13 * max([1, *lines]))

    def _width(self, column: int) -> float:
        width: float = self.sheet.column_dimensions[get_column_letter(column)].width
        return width

    def _room(self, column: int) -> float:
        """Points that a cell's text may be wide."""
        return self._width(column) * CHARACTER - 8

    def _set_height(self, points: float, least: float = 0) -> None:
        self.sheet.row_dimensions[self.row].height = max(least, min(points + 4, TALLEST))

    def live(
        self, row: int, column: int, formula: str, result: Any, number_format: str = ANY, *, font: Font = PLAIN
    ) -> str:
        """A formula, and what it comes to now; where it is, for other sheets."""
        cell = self.sheet.cell(row, column)
        cell.value = f"={formula}"
        self.book.results[self.sheet.title][cell.coordinate] = result
        _dress(cell, number_format, font, isinstance(result, str))
        cell.border = HAIRLINE
        return self._address(row, column)

    def editable(self, row: int, column: int, value: Any, number_format: str = ANY) -> str:
        """A cell the reader may change, marked as such; where it is."""
        cell = put(self.sheet.cell(row, column), value, number_format, font=TO_EDIT)
        cell.fill, cell.border = EDIT_FILL, HAIRLINE
        return self._address(row, column)

    def _address(self, row: int, column: int) -> str:
        """A cell as a formula on any sheet names it."""
        return f"{quote_sheetname(self.sheet.title)}!${get_column_letter(column)}${row}"


def put(cell: Any, value: Any, number_format: str = ANY, font: Font = PLAIN) -> Any:
    """Write a settled value: what is text stays text, whatever it starts with; what is missing stays blank."""
    if isinstance(value, tuple):
        value = "; ".join(value)
    if isinstance(value, str):
        cell.value = text_for(value)
        cell.data_type = "s"  # not a formula, not an error code
        if value.startswith(STARTS_FORMULA):
            cell.quotePrefix = True  # nor when a reader edits the cell and leaves it
    elif pd.notna(value):
        cell.value = value.item() if hasattr(value, "item") else value
    _dress(cell, number_format, font, isinstance(value, str))
    return cell


def _dress(cell: Any, number_format: str, font: Font, text: bool) -> None:
    cell.font, cell.alignment = font, WRAPPED if text else RIGHT
    if number_format != ANY:
        cell.number_format = number_format


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
