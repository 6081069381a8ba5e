"""Frames of a notebook (pandas, Polars, PyArrow, DuckDB, …) as tables, by way of Narwhals."""

import math
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from charter_score.source.tables.cells import Cell
from charter_score.source.tables.grid import About, Grid, Row


def frame_grid(frame: Any, shown: str) -> Grid:
    """A frame as a table: its columns are the headings, its first row is row 1.

    Raises:
        TypeError: where it is no frame that Narwhals knows.
    """
    is_relation = type(frame).__module__.partition(".")[0].strip("_") == "duckdb"
    if not is_relation:
        import narwhals as nw

        frame = nw.from_native(frame)
    names = list(frame.columns)

    def rows() -> Iterator[Row]:
        yield Row(0, names)
        for number, cells in enumerate(_rows_of(frame, is_relation=is_relation), start=1):
            yield Row(number, [_cell(cell) for cell in cells])

    return Grid(About(shown), rows)


def _rows_of(frame: Any, *, is_relation: bool) -> Iterator[Any]:
    """The rows of a frame; Narwhals gives those of DuckDB's relations out by Arrow only."""
    if is_relation:
        return iter(frame.fetchall())
    whole = frame.collect() if hasattr(frame, "collect") else frame
    return iter(whole.iter_rows())


def _cell(value: Any) -> Cell:
    """A value of a frame as a cell; what is missing, not a number or not a time is blank."""
    match value:
        case None:
            return None
        case bool() | str():
            return value
        case float():
            return None if math.isnan(value) else value
        case int():
            return value if abs(value) < 1 << 53 else str(value)
        case Decimal():
            return format(value.normalize(), "f")
        case datetime() | date() | time() | timedelta():
            return value if value == value else None  # noqa: PLR0124 - NaT is not itself
        case list() | tuple():
            return "; ".join("" if part is None else str(part) for part in value)
        case _:
            item = getattr(value, "item", None)
            return _cell(item()) if callable(item) else str(value)
