"""Scored reviews as CSV (RFC 4180), safe to open in a spreadsheet.

A text that a spreadsheet would take for a formula gets a `'` in front; our own figures stay as they
are. Source: OWASP, CSV Injection.
"""

import csv
import io
import json
import re
import tempfile
from collections.abc import Iterator
from typing import IO

from charter_score.figures import Figure
from charter_score.outcome import Outcome, Scored
from charter_score.render.batch import Closing
from charter_score.render.table import (
    CRITERION_COLUMNS,
    KNOWN_FIELDS,
    RESULT_COLUMNS,
    REVIEW_COLUMNS,
    Cell,
    ReviewRow,
    criterion_rows,
    review_row,
)

# After spaces: = + - @ and their full-width forms; and what makes a new cell or line.
_FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]|[\t\r\n]")
_SPOOLED = 4_000_000


def cell_text(cell: Cell) -> str:
    """A cell as CSV has it: numbers plain, `true` and `false`, hostile text defused."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, Figure) or not _FORMULA.match(cell):
        return str(cell)
    return "'" + cell


def line_of(cells: list[str]) -> str:
    """One line of CSV."""
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


class LongCsv:
    """`csv --long`: one row a criterion, given out as it comes."""

    def piece(self, outcome: Outcome) -> str:
        """The rows of a scored review."""
        if not isinstance(outcome, Scored):
            return ""
        return "".join(line_of([cell_text(one) for one in row]) for row in criterion_rows(outcome))

    def begin(self) -> str:
        """The head."""
        return line_of(list(CRITERION_COLUMNS))

    def add(self, piece: str) -> str:
        """The rows themselves."""
        return piece

    def end(self, closing: Closing) -> Iterator[str]:
        """Nothing."""
        del closing
        return iter(())


class Csv:
    """`csv`: one row a review.

    Which columns there are is known only at the end (reviews have fields of their own, rubrics
    sections of their own), so rows wait in a temporary file rather than in memory.
    """

    def __init__(self) -> None:
        self._rows: IO[str] | None = None
        self._fields: dict[str, None] = {}
        self._sections: dict[str, None] = {}

    def piece(self, outcome: Outcome) -> ReviewRow | None:
        """The row of a scored review."""
        return review_row(outcome) if isinstance(outcome, Scored) else None

    def begin(self) -> str:
        """Nothing yet."""
        return ""

    def add(self, piece: ReviewRow | None) -> str:
        """Nothing yet; the row waits."""
        if piece is None:
            return ""
        if self._rows is None:
            self._rows = tempfile.SpooledTemporaryFile(  # noqa: SIM115 - closed at the end
                _SPOOLED, mode="w+", encoding="utf-8", newline="\n"
            )
        self._fields.update(dict.fromkeys(piece.fields))
        self._sections.update(dict.fromkeys(piece.sections))
        row = {**piece.cells, **piece.fields, **piece.sections}
        json.dump({name: cell_text(cell) for name, cell in row.items()}, self._rows)
        self._rows.write("\n")
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """The head, then every row."""
        del closing
        columns = [*REVIEW_COLUMNS, *KNOWN_FIELDS, *sorted(self._fields), *RESULT_COLUMNS]
        columns += self._sections
        yield line_of([cell_text(name) for name in columns])
        if self._rows is None:
            return
        self._rows.seek(0)
        for line in self._rows:
            row = json.loads(line)
            yield line_of([row.get(name, "") for name in columns])
        self._rows.close()
