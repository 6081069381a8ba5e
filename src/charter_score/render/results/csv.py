"""Scored reviews as CSV (RFC 4180), safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula gets a `'` in front; our own figures stay as they
are. Spreadsheets do not agree on what separates cells (some take `;`), so the same holds behind
whatever could begin another cell, and text with any separator in it is quoted.

Source: OWASP, CSV Injection.
"""

import re
from collections.abc import Iterable, Iterator

from charter_score.figures import Figure
from charter_score.outcome import Outcome, Scored
from charter_score.render.results.batch import Closing
from charter_score.render.results.table import (
    CRITERION_COLUMNS,
    Cell,
    Columns,
    ReviewRow,
    Row,
    Waiting,
    criterion_rows,
    review_row,
)

# What a formula begins with, after spaces and what is invisible: = + - @, their full-width forms.
_SIGN = "[=+\\-@＝＋－＠]"
_UNSEEN = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u2060\ufeff"
_FORMULA = re.compile(
    rf"^(?=[\t\r\n]|[\s{_UNSEEN}]*{_SIGN})|(?<=[;\t\r\n])(?=(?:[^\S\t\r\n]|[{_UNSEEN}])*{_SIGN})"
)
_QUOTED = re.compile(r'[",;\t\r\n|\u0085\u2028\u2029]')


def cell_text(cell: Cell) -> str:
    """A cell as CSV has it: numbers plain, `true` and `false`, hostile text defused."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return str(cell) if isinstance(cell, Figure) else _FORMULA.sub("'", cell)


def line_of(cells: Iterable[str]) -> str:
    """One line of CSV."""
    return ",".join(_quoted(cell) for cell in cells) + "\r\n"


def _quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"' if _QUOTED.search(cell) else cell


def _texts(cells: Row) -> Row:
    return {name: cell_text(cell) for name, cell in cells.items()}


MARK = "\ufeff"
"""Byte order mark: without it a spreadsheet takes the UTF-8 of a file for another encoding."""


class LongCsv:
    """`csv --long`: one row a criterion, given out as it comes; a file begins with a `mark`."""

    def __init__(self, *, mark: bool = False) -> None:
        self._mark = MARK if mark else ""

    def piece(self, outcome: Outcome) -> str:
        """The rows of a scored review."""
        if not isinstance(outcome, Scored):
            return ""
        return "".join(line_of(map(cell_text, row)) for row in criterion_rows(outcome))

    def begin(self) -> str:
        """The head."""
        return self._mark + line_of(CRITERION_COLUMNS)

    def add(self, piece: str) -> str:
        """The rows themselves."""
        return piece

    def end(self, closing: Closing) -> Iterator[str]:
        """Nothing."""
        del closing
        return iter(())


class Csv:
    """`csv`: one row a review; a file begins with a `mark`.

    Which columns there are is known only at the end (reviews have fields of their own, rubrics
    sections of their own), so rows wait in a temporary file rather than in memory.
    """

    def __init__(self, *, mark: bool = False) -> None:
        self._mark = MARK if mark else ""
        self._rows = Waiting()
        self._columns = Columns()

    def piece(self, outcome: Outcome) -> ReviewRow | None:
        """The row of a scored review, its cells as CSV has them."""
        if not isinstance(outcome, Scored):
            return None
        row = review_row(outcome)
        return ReviewRow(_texts(row.cells), _texts(row.fields), _texts(row.sections))

    def begin(self) -> str:
        """Nothing yet, but for the mark."""
        return self._mark

    def add(self, piece: ReviewRow | None) -> str:
        """Nothing yet; the row waits."""
        if piece is not None:
            self._columns.take_in(piece)
            self._rows.add(piece)
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """The head, then every row."""
        del closing
        self._columns.settle()
        yield line_of(map(cell_text, self._columns.titles))
        for row in self._rows.taken_out():
            yield line_of(str(cell or "") for cell in self._columns.cells(ReviewRow(*row)))
