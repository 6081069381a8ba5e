"""A report as one HTML page: no script, nothing fetched, every text escaped and isolated."""

from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from charter_score import __version__
from charter_score.render.html import environment
from charter_score.render.report.cells import NUMERIC, text
from charter_score.render.report.charts import can_draw, dots_for, drawn
from charter_score.report.model import (
    Block,
    Column,
    Dots,
    Heat,
    Kind,
    Report,
    Table,
    Value,
)
from charter_score.report.team import PERSON_DECIDES

if TYPE_CHECKING:
    from markupsafe import Markup

SHADES = 6
"""Steps of a heat table, from light (high) to dark (low)."""


LONGEST_WHOLE = 24
"""Characters of an id that is never broken."""


class CellView(NamedTuple):
    """A cell as it is shown; `heads` its row, `shade` is that of a heat table, 0 for none.

    `aside` is what stands small below it: an interval, or what the row's reviews carry. A day and
    a short id stay on one line.
    """

    text: str
    is_number: bool
    heads: bool
    shade: int = 0
    aside: str = ""
    stays_whole: bool = False


class TableView(NamedTuple):
    """A table as it is shown; folded ones stand under a picture that says the same."""

    id: str
    title: str
    columns: tuple[Column, ...]
    numeric: tuple[bool, ...]
    rows: tuple[tuple[CellView, ...], ...]
    is_folded: bool
    fold: str


class BlockView(NamedTuple):
    """A block as it is shown, its picture as SVG."""

    block: Block
    anchor: str
    svg: "Markup | None"
    caption: str
    tables: tuple[TableView, ...]


class PartView(NamedTuple):
    """A part with its blocks as they are shown."""

    part: Any
    blocks: tuple[BlockView, ...]


def report_html(report: Report) -> str:
    """The report as a page.

    Raises:
        UsageError: where the extra `report` is not installed.
    """
    parts = tuple(
        PartView(
            part,
            tuple(_block(block, f"p{number}-{block.id}") for block in part.blocks),
        )
        for number, part in enumerate(report.parts, 1)
    )
    page = (
        environment()
        .get_template("report.html")
        .render(
            report=report,
            parts=parts,
            decides=PERSON_DECIDES,
            version=__version__,
            without_charts=not can_draw() and any(_has_picture(view) for view in parts),
        )
    )
    return page + "\n"


def _has_picture(view: PartView) -> bool:
    return any(
        one.block.picture is not None and not isinstance(one.block.picture, Heat)
        for one in view.blocks
    )


def _block(block: Block, anchor: str) -> BlockView:
    from markupsafe import Markup

    svg = caption = None
    if block.picture is not None:
        svg = drawn(block.picture, f"{block.title} {block.description}")
        if svg is not None and isinstance(block.picture, Dots):
            each = dots_for(sum(number for _, number in block.picture.shares))
            caption = "Each dot is one review." if each == 1 else f"Each dot is {each} reviews."
    tables = tuple(
        _table(
            table,
            anchor,
            is_heat=isinstance(block.picture, Heat),
            is_folded=(svg is not None and table.id in _FOLDED) or table.id == "reviews",
        )
        for table in block.tables
    )
    # What was drawn holds shapes and escaped texts alone.
    drawing = None if svg is None else Markup(svg)  # noqa: S704
    return BlockView(block, anchor, drawing, caption or "", tables)


_FOLDED = frozenset(["trend", "scores", "funnel-team", "funnel-advisor", "record-trend"])
"""Tables that say what a picture shows."""


def _table(table: Table, anchor: str, *, is_heat: bool, is_folded: bool) -> TableView:
    aside = _aside(table)
    places = [place for place in range(len(table.columns)) if place not in aside.values()]
    columns = tuple(table.columns[place] for place in places)
    heads = _heads(table)

    def cell(row: tuple[Value, ...], place: int) -> CellView:
        value, column = row[place], table.columns[place]
        below = ""
        if place in aside and row[aside[place]] not in (None, ""):
            below = text(row[aside[place]], table.columns[aside[place]])
        return CellView(
            text(value, column, table.bounds),
            column.kind in NUMERIC,
            place < heads,
            _shade(value) if is_heat and column.kind is Kind.PERCENT else 0,
            below,
            _stays_whole(value, column),
        )

    return TableView(
        f"{anchor}-{table.id}",
        table.title,
        columns,
        tuple(column.kind in NUMERIC for column in columns),
        tuple(tuple(cell(row, place) for place in places) for row in table.rows),
        is_folded,
        f"{table.title}: {len(table.rows):,} rows" if is_folded else "",
    )


def _stays_whole(value: Value, column: Column) -> bool:
    """Whether a text is on one line however narrow its column."""
    if column.kind in (Kind.DAY, Kind.MONTH):
        return True
    return column.id == "id" and isinstance(value, str) and len(value) <= LONGEST_WHOLE


def _aside(table: Table) -> dict[int, int]:
    """Columns that stand small below another: an interval below its figure, a note at the head."""
    aside = {}
    for place, column in enumerate(table.columns):
        if column.kind is Kind.INTERVAL and place:
            aside[place - 1] = place
        elif column.id == "says" and place and table.columns[0].kind not in NUMERIC:
            aside[0] = place
    return aside


def _heads(table: Table) -> int:
    """How many columns from the first name a row: those before the first figure."""
    number = 0
    for column in table.columns:
        if column.kind in NUMERIC or number == 3:
            break
        number += 1
    return min(number, 1) if table.id == "reviews" or number > 2 else number


def _shade(value: Value) -> int:
    """The darker the lower: 1 from 95%, one more for every ten points below."""
    if not isinstance(value, Fraction):
        return 0
    steps = int((Fraction(105, 100) - value) * 10)
    return max(1, min(SHADES, steps + 1))
