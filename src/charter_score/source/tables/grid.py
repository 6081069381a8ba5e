"""Rows of a table as they stand in its file, and where each cell is.

A `Grid` is one sheet of a workbook, or all of any other file. Its `About` is what is needed later
to name a place or read a row, without the file.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic, Location, Severity
from charter_score.source.tables.cells import Cell
from charter_score.source.tables.positions import place_of_cell, place_of_key


class Row(NamedTuple):
    """One row: its number from 1 (in a text file the line), and its cells from the first column.

    `raw` is its text where columns are counted in a text; `wrong` what keeps it from being read.
    """

    number: int
    cells: Sequence[Cell]
    raw: str = ""
    wrong: tuple[Diagnostic, ...] = ()


class Area(NamedTuple):
    """Merged cells: the first and the last row (from 1) and column (from 0)."""

    top: int
    bottom: int
    left: int
    right: int


class Places(Enum):
    """What a place in a table is: a cell of a sheet, or a line and column of a text."""

    CELLS = "cells"
    TEXT = "text"
    KEYS = "keys"


@dataclass(frozen=True, slots=True)
class About:
    """What a table is called, and how places in it are named.

    `separator` parts the cells of a text file.
    """

    shown: str
    sheet: str | None = None
    places: Places = Places.CELLS
    separator: str = ","
    names: tuple[str, ...] = ()
    """In JSON lines the keys that are the columns."""

    def place(self, row: Row, index: int) -> Location:
        """The place of a cell; in a text where it begins, otherwise its row and column."""
        if self.places is Places.CELLS:
            return Location(row.number, index + 1)
        if self.places is Places.KEYS:
            name = self.names[index] if index < len(self.names) else ""
            return place_of_key(row.raw, row.number, name)
        return place_of_cell(row.raw, row.number, index, self.separator)

    def diagnostic(
        self,
        code: str,
        message: str,
        place: Location,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """Something wrong at a place of the table."""
        return Diagnostic(code, message, self.shown, place, hint, severity, self.sheet)


@dataclass(slots=True)
class Grid:
    """The rows of a table, which can be read several times, and what its file says of them."""

    about: About
    rows: Callable[[], Iterator[Row]]
    is_text: bool = False
    """Whether a row has exactly the cells that were written, as in delimited text."""
    is_hidden: bool = False
    merged: tuple[Area, ...] = ()
    hidden_row: int | None = None
    """The first row that is not shown; None where all are."""
    hidden_column: int | None = None
    wrong: dict[Location, str] = field(default_factory=dict)
    """The cells with an error of the program that saved the file: `error`, or `formula`."""

    @property
    def sheet(self) -> str | None:
        """The name of the sheet."""
        return self.about.sheet

    def place(self, row: Row, index: int) -> Location:
        """The place of a cell."""
        return self.about.place(row, index)

    def diagnostic(
        self,
        code: str,
        message: str,
        place: Location,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        """Something wrong at a place of the table."""
        return self.about.diagnostic(code, message, place, hint, severity)

    def reaches(self, row: int, index: int) -> bool:
        """Whether a merged cell of a row reaches a column."""
        return any(
            area.top <= row <= area.bottom and area.left <= index <= area.right
            for area in self.merged
        )
