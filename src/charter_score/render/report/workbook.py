"""A report as a workbook: a sheet for each table, numbers as numbers, and what is said of them.

Needs the extra `excel` (XlsxWriter). Text is always written as a string.
"""

import io
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from charter_score.figures import JSON_DECIMALS, rounded_text
from charter_score.render.report.cells import NUMERIC, document
from charter_score.render.results.workbook import sheet_name
from charter_score.render.sheets import begun, lines_in, plain_cell, row_height
from charter_score.report.model import Block, Column, Kind, Of, Report, Table, Value
from charter_score.report.team import PERSON_DECIDES
from charter_score.stats.intervals import Interval

_A4 = 9
_WIDEST = 60
_LABELS, _WORDS = 46, 90
"""Widths of the columns of the first sheet."""
_TITLES = 36
"""How many letters of a title, which are larger, go into the column of labels."""
_PERCENT = '0.0#########"%"'


class _Head(NamedTuple):
    """A column of a sheet: its heading, and whether it holds percentages."""

    title: str
    is_percent: bool
    is_number: bool


def report_workbook(report: Report) -> bytes:
    """The report as the bytes of a workbook.

    Raises:
        UsageError: where the extra is not installed.
    """
    stream = io.BytesIO()
    book = begun(stream)
    sheets = _Sheets(book)
    sheets.words(report)
    for part in report.parts:
        for block in part.blocks:
            for table in block.tables:
                sheets.table(table)
    book.close()
    return stream.getvalue()


class _Sheets:
    """The sheets of a workbook, and the formats they share."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        text = {"valign": "top", "text_wrap": True, "quote_prefix": True}
        self._text = book.add_format(text)
        self._title = book.add_format({**text, "bold": True, "font_size": 13})
        self._strong = book.add_format({**text, "bold": True})
        self._head = book.add_format(
            {**text, "bold": True, "bg_color": "#1F3A4D", "font_color": "#FFFFFF"}
        )
        self._number = book.add_format({"valign": "top"})
        self._percent = book.add_format({"valign": "top", "num_format": _PERCENT})

    def _added(self, name: str) -> Any:
        """A sheet of a name, or of one like it that is not taken yet."""
        wanted, number = sheet_name(name), 1
        while wanted.casefold() in self._names:
            number += 1
            wanted = f"{sheet_name(name, 27)} {number}"
        self._names.add(wanted.casefold())
        return self._book.add_worksheet(wanted)

    def words(self, report: Report) -> None:
        """The first sheet: everything that the report says in sentences."""
        sheet = self._added("Report")
        sheet.set_column(0, 0, _LABELS)
        sheet.set_column(1, 1, _WORDS)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        for line, (look, label, text) in enumerate(self._lines(report)):
            sheet.write_string(line, 0, plain_cell(label), look)
            sheet.write_string(line, 1, plain_cell(text), self._text)
            wide = _TITLES if look is self._title else _LABELS
            lines = max(lines_in(label, wide), lines_in(text, _WORDS))
            sheet.set_row(line, row_height(lines, 4 if look is self._title else 0))

    def _lines(self, report: Report) -> Iterator[tuple[Any, str, str]]:
        yield self._title, report.title, " ".join(report.scope)
        yield self._strong, "", PERSON_DECIDES
        for part in report.parts:
            yield self._title, part.standard, part.about
            for block in part.blocks:
                yield from self._block(block)
        yield self._title, "How every figure came about", ""
        yield from ((self._text, "", told) for told in report.method)

    def _block(self, block: Block) -> Iterator[tuple[Any, str, str]]:
        number = f" ({block.reviews} reviews)" if block.reviews else ""
        yield self._strong, block.title + number, "\n".join(block.sentences)
        for about, texts in block.quotes:
            yield self._text, about, "\n".join(texts)

    def table(self, table: Table) -> None:
        """One table as a sheet."""
        sheet = self._added(table.title)
        heads = [head for column in table.columns for head in _heads(column)]
        widths = [min(len(head.title) + 3, 24) for head in heads]
        for place, head in enumerate(heads):
            sheet.write_string(0, place, plain_cell(head.title), self._head)
        for line, row in enumerate(table.rows, 1):
            cells = [
                cell
                for value, column in zip(row, table.columns, strict=True)
                for cell in _cells(value, column, table)
            ]
            height = 1
            for place, cell in enumerate(cells):
                if cell is None:
                    continue
                if heads[place].is_number and not isinstance(cell, str):
                    look = self._percent if heads[place].is_percent else self._number
                    sheet.write_number(line, place, cell, look)
                else:
                    sheet.write_string(line, place, plain_cell(str(cell)), self._text)
                    widths[place] = max(widths[place], min(len(str(cell)) + 2, _WIDEST))
                    height = max(height, lines_in(str(cell), _WIDEST))
            if height > 1:
                sheet.set_row(line, row_height(height))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(table.rows), 1), len(heads) - 1)
        sheet.set_paper(_A4)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)


def _heads(column: Column) -> list[_Head]:
    """The columns of a sheet that hold a column of the report."""
    is_percent = column.kind in (Kind.PERCENT, Kind.SCORE)
    match column.kind:
        case Kind.OF:
            return [
                _Head(column.title, is_percent=False, is_number=True),
                _Head("of", is_percent=False, is_number=True),
            ]
        case Kind.INTERVAL:
            return [
                _Head(f"{column.title}: from", is_percent=True, is_number=True),
                _Head("to", is_percent=True, is_number=True),
            ]
        case _:
            return [_Head(column.title, is_percent, column.kind in NUMERIC)]


def _cells(value: Value, column: Column, table: Table) -> list[str | float | None]:
    """The cells of a sheet that hold a value; a spreadsheet holds floats, decided before."""
    if column.kind in (Kind.OF, Kind.INTERVAL):
        match value:
            case Of():
                return [value.k, value.n]
            case Interval():
                return [float(rounded_text(Fraction(end) * 100, JSON_DECIMALS)) for end in value]
            case _:
                return [None, None]
    if isinstance(value, Fraction | int):
        return [float(str(document(value, column, table.bounds)))]
    return [value if isinstance(value, str) else None]
