"""A table of figures beside titles, which becomes a list where there is no room for columns."""

from collections.abc import Sequence
from typing import NamedTuple

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from charter_score.render.text.blocks import (
    NARROWEST_TEXT,
    WIDEST_PROSE,
    Hanging,
    Parts,
    entry,
    fitted,
    fixed,
    words,
)


class FigureRow(NamedTuple):
    """A row: what it is about, its figures, and what stands below it."""

    title: Text
    figures: tuple[str, ...]
    below: Parts = []  # noqa: RUF012 - nothing changes it


class Figures:
    """Rows of figures under their heads; for want of room each row is its title and a list."""

    def __init__(self, title: str, heads: Sequence[str], rows: Sequence[FigureRow]) -> None:
        self.title = title
        self.heads = heads
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A grid, or the rows stacked."""
        grids = [self._grid(row) for row in (None, *self.rows)]
        width = min(options.max_width, WIDEST_PROSE)
        views = [fitted(grid, console, options, widest=width) for grid in grids]
        for grid in grids:
            grid.width = width
        if all(views):
            for row, view in zip((None, *self.rows), views, strict=True):
                if view is not None:
                    yield view
                yield from row.below if row is not None else ()
            return
        if self.title:
            yield Hanging(words((self.title, "title")))
        for row in self.rows:
            yield Hanging(row.title, 2, 4)
            told = [
                f"{head} {figure}" if head else figure
                for head, figure in zip(self.heads, row.figures, strict=True)
                if figure
            ]
            if told:
                yield Hanging(words(" · ".join(told)), 4)
            yield from row.below

    def _grid(self, row: FigureRow | None) -> Table:
        """One row, or the heads, with columns as wide as those of all rows."""
        grid = Table.grid(padding=(0, 2, 0, 0), expand=True)
        widest = max([NARROWEST_TEXT, *(one.title.cell_len + 2 for one in self.rows)])
        grid.add_column(ratio=1, min_width=min(widest, NARROWEST_TEXT))
        for at, head in enumerate(self.heads):
            cells = [words(head), *(words(one.figures[at]) for one in self.rows)]
            fixed(grid, cells, justify="right")
        if row is None:
            grid.add_row(words((self.title, "title")), *(words((h, "faint")) for h in self.heads))
        else:
            grid.add_row(entry(row.title), *map(words, row.figures))
        return grid
