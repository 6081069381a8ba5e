"""The sheets of a workbook, and a Parquet file, as tables."""

from collections.abc import Iterator, Sequence

from charter_score.diagnostics import Diagnostic, Location, Severity
from charter_score.source.tables.cells import Cell, is_blank
from charter_score.source.tables.grid import About, Area, Grid, Row
from charter_score.source.workbook_checks import OF_A_TABLE, SheetNotes, Unpacked
from charter_score.source.workbooks import Sheet, open_parquet, open_workbook


def workbook_grids(unpacked: Unpacked) -> list[Grid]:
    """The sheets that have cells, in their order.

    Raises:
        DocumentError: where the workbook as a whole cannot be read.
    """
    book = unpacked.checked(OF_A_TABLE)
    grids = []
    for sheet in open_workbook(book.data, unpacked.shown):
        if not sheet.has_cells:
            continue
        notes = book.notes.get(sheet.name, SheetNotes())
        wrong = {
            place: kind
            for place, kind in book.unread.get(sheet.name, {}).items()
            if kind == "error"
        }
        grid = _grid(sheet, About(sheet.shown, sheet.name), wrong)
        grid.merged = tuple(
            Area(first.line, last.line, first.column - 1, last.column - 1)
            for first, last in notes.merged
        )
        grid.hidden_row, grid.hidden_column = notes.hidden_row, notes.hidden_column
        grids.append(grid)
    return grids


def parquet_grid(path: str, shown: str) -> Grid:
    """A Parquet file; its rows are counted from 1, without the names of its columns.

    Raises:
        DocumentError: where it cannot be read.
    """
    sheet = open_parquet(path, shown)
    about = About(shown)

    def rows() -> Iterator[Row]:
        for number, cells in enumerate(sheet.read()):
            yield Row(number, cells)

    return Grid(about, rows)


def _grid(sheet: Sheet, about: About, wrong: dict[Location, str]) -> Grid:
    lines: dict[int, list[Location]] = {}
    for place in wrong:
        lines.setdefault(place.line, []).append(place)

    def rows() -> Iterator[Row]:
        for number, cells in enumerate(sheet.read(), start=1):
            if number in lines:
                yield _with_errors(about, number, cells, lines[number])
            else:
                yield Row(number, cells)

    return Grid(about, rows, is_hidden=sheet.is_hidden, wrong=wrong)


def _with_errors(about: About, number: int, given: Sequence[Cell], places: list[Location]) -> Row:
    """A row with errors of the program that saved it: such a cell is blank, and told."""
    cells = list(given)
    found: list[Diagnostic] = []
    for place in sorted(places):
        if place.column <= len(cells):
            cells[place.column - 1] = ""
            found.append(
                about.diagnostic(
                    "cell-error",
                    "the program that saved this has an error in the cell, which counts as blank",
                    place,
                    "write the cell anew; not applicable is n/a",
                    Severity.WARNING,
                )
            )
    return Row(number, cells, wrong=tuple(found))


def filled(grid: Grid, rows: Iterator[Row]) -> Iterator[Row]:
    """The rows with the value of each merged cell in all of its cells."""
    waiting = sorted(grid.merged)
    active: list[tuple[Area, Cell]] = []
    at = 0
    for row in rows:
        while at < len(waiting) and waiting[at].top <= row.number:
            area = waiting[at]
            if area.top == row.number and area.left < len(row.cells):
                active.append((area, row.cells[area.left]))
            at += 1
        active = [(area, value) for area, value in active if area.bottom >= row.number]
        if active:
            cells = list(row.cells)
            for area, value in active:
                for index in range(area.left, min(area.right + 1, area.left + 1_000)):
                    cells += [""] * (index + 1 - len(cells))
                    if is_blank(cells[index]):
                        cells[index] = value
            row = row._replace(cells=cells)  # noqa: PLW2901 - the same row, filled
        yield row
