"""What every workbook of ours has in common, and plain tables as the sheets of one.

Text stays text, our figures are numbers, no clock shows. Needs the extra `excel` (XlsxWriter).
"""

import io
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from charter_score.errors import UsageError
from charter_score.figures import Figure
from charter_score.forms.contract import NO_XML
from charter_score.render.text.hostile import visible

LONGEST_CELL = 32_767
"""UTF-16 units that a cell can hold."""
MOST_ROWS = 1_048_576
"""Rows that a sheet can hold, its head included."""
_MADE = datetime(2016, 1, 1, tzinfo=UTC)
"""No clock: the same reviews give the same bytes."""
_LINE, _TALLEST = 15, 409
"""Points of a line of text, and of the tallest row that there can be."""
_BREAK = re.compile("\r\n?")

Cell = str | None
"""A `Figure` is written as a number, any other text as text."""


class Sheet(NamedTuple):
    """One sheet: its name, its heads with their widths, its rows."""

    name: str
    heads: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[Cell]]


def needs_excel() -> None:
    """See that workbooks can be written here, before any work is done.

    Raises:
        UsageError: where the extra is not installed.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError(
            "the format xlsx needs an extra", "pip install 'charter-score[excel]'"
        ) from None
    del xlsxwriter


def begun(stream: io.BytesIO) -> Any:
    """An empty XlsxWriter workbook that a stream will hold: no text becomes a formula or a link.

    Raises:
        UsageError: where the extra is not installed.
    """
    needs_excel()
    import xlsxwriter

    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "charter-score", "created": _MADE})
    return book


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as the bytes of a workbook.

    Raises:
        UsageError: where the extra is not installed, or a sheet has more rows than one can hold.
    """
    stream = io.BytesIO()
    book = begun(stream)
    text = {"valign": "top", "text_wrap": True, "quote_prefix": True}
    head = book.add_format({**text, "bold": True, "bg_color": "#1F3A4D", "font_color": "#FFFFFF"})
    plain, number = book.add_format(text), book.add_format({"valign": "top"})
    for sheet in sheets:
        if len(sheet.rows) >= MOST_ROWS:
            raise UsageError("there are more rows than a sheet can hold", "take -f json")
        page = book.add_worksheet(sheet.name)
        page.freeze_panes(1, 1)
        page.set_landscape()
        page.repeat_rows(0)
        page.fit_to_pages(1, 0)
        for at, (name, width) in enumerate(sheet.heads):
            page.set_column(at, at, width)
            page.write_string(0, at, name, head)
        for below, row in enumerate(sheet.rows, 1):
            for at, cell in enumerate(row):
                if isinstance(cell, Figure):
                    page.write_number(below, at, float(cell), number)
                elif cell is not None:
                    page.write_string(below, at, plain_cell(cell), plain)
            # A sheet that no program laid out yet shows each row one line high.
            taken = (
                lines_in(cell, width)
                for cell, (_, width) in zip(row, sheet.heads, strict=True)
                if cell is not None
            )
            page.set_row(below, row_height(max(taken, default=1)))
    book.close()
    return stream.getvalue()


def lines_in(text: str, width: int) -> int:
    """How many lines a text takes in a column so wide, about."""
    return sum(1 + len(line) // max(1, width - 3) for line in text.splitlines()) or 1


def row_height(lines: int, more: int = 0) -> int:
    """The height in points of a row that shows so many lines, and some points more."""
    return min(_LINE * lines + more, _TALLEST)


def plain_text(text: str) -> str:
    r"""Text as a sheet can hold it: as it was written.

    Joiners and marks of direction belong to what somebody wrote; only what a sheet cannot hold is
    shown as `\u001b` instead.
    """
    return NO_XML.sub(lambda found: visible(found[0]), _BREAK.sub("\n", text))


def plain_cell(text: str) -> str:
    """Text as a cell holds it."""
    return cut(plain_text(text))


def cut(text: str) -> str:
    """Text no longer than a cell can be."""
    if 2 * len(text) <= LONGEST_CELL:
        return text
    units = text.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return text
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
