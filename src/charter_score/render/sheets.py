"""Plain tables as the sheets of a workbook: text stays text, our figures are numbers.

Needs the extra `excel` (XlsxWriter).
"""

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from charter_score.errors import UsageError
from charter_score.figures import Figure
from charter_score.forms.contract import NO_XML

_MADE = datetime(2016, 1, 1, tzinfo=UTC)
"""No clock: the same reviews give the same bytes."""
LONGEST_CELL = 32_767
"""UTF-16 units that a cell can hold."""
MOST_ROWS = 1_048_575
"""Rows below the head of a sheet."""

Cell = str | None
"""A `Figure` is written as a number, any other text as text."""


class Sheet(NamedTuple):
    """One sheet: its name, its heads with their widths, its rows."""

    name: str
    heads: tuple[tuple[str, int], ...]
    rows: Sequence[Sequence[Cell]]


def workbook(sheets: Sequence[Sheet]) -> bytes:
    """The sheets as the bytes of a workbook.

    Raises:
        UsageError: where the extra is not installed, or a sheet has more rows than one can hold.
    """
    try:
        import xlsxwriter
    except ImportError:
        raise UsageError(
            "the format xlsx needs an extra", "pip install 'charter-score[excel]'"
        ) from None
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(
        stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "charter-score", "created": _MADE})
    text = {"valign": "top", "text_wrap": True, "quote_prefix": True}
    head = book.add_format({**text, "bold": True, "bg_color": "#1F3A4D", "font_color": "#FFFFFF"})
    plain, number = book.add_format(text), book.add_format({"valign": "top"})
    for sheet in sheets:
        if len(sheet.rows) > MOST_ROWS:
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
                    page.write_string(below, at, _legal(cell), plain)
    book.close()
    return stream.getvalue()


def _legal(text: str) -> str:
    """Text that XML can hold, cut where a cell ends."""
    text = NO_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    encoded = text.encode("utf-16-le", "replace")
    if len(encoded) <= 2 * LONGEST_CELL:
        return text
    return encoded[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
