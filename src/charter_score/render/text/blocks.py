"""What terminal views are built of: words in styles, texts that hang, labels with their texts."""

import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, JustifyMethod, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from charter_score.render.text.console import Line
from charter_score.render.text.hostile import visible_line, visible_lines

WIDEST_PROSE = 160
"""Columns that running text takes at most: longer lines are hard to read. Tables take what is."""
NARROWEST_TEXT = 32
"""Columns that a text beside its label wants, or else it stands below."""

NARROWEST_BODY = 40
"""Columns that a text wants to the left of an aside."""
_UNBOUNDED = 100_000
"""A width to measure in: rich never finds more than there is."""

Piece = str | tuple[str, str] | Text
"""A text, with a style or without, or one that has been made harmless already."""

Parts = list[RenderableType]
"""A view, or a part of one: what stands below each other."""


def words(*pieces: Piece, style: str = "") -> Text:
    """Pieces of text from anywhere in a row, made harmless and on one line."""
    parts: list[Any] = []
    for piece in pieces:
        if isinstance(piece, Text):
            parts.append(piece)
        elif isinstance(piece, str):
            parts.append(visible_line(piece))
        else:
            parts.append((visible_line(piece[0]), piece[1]))
    return Text.assemble(*parts, style=style, overflow="fold")


def prose(text: str, style: str = "") -> Text:
    """A free text from anywhere, made harmless, that breaks where its writer broke it."""
    return Text(visible_lines(text), style, overflow="fold")


def fixed(
    grid: Table,
    cells: Sequence[Text],
    *,
    justify: JustifyMethod = "left",
    least: int = 0,
    most: int = _UNBOUNDED,
) -> None:
    """Give a grid a column as wide as the widest of its cells, within limits."""
    width = max([least, *(cell.cell_len for cell in cells)])
    grid.add_column(justify=justify, width=min(width, most))


def spaced(*blocks: Sequence[RenderableType]) -> Parts:
    """Blocks with an empty line between each two; those that hold nothing are no blocks."""
    parts: Parts = []
    for block in blocks:
        if block:
            parts += [*([Text()] if parts else []), *block]
    return parts


def fitted(
    grid: Table, console: Console, options: ConsoleOptions, *, indent: int = 0, widest: int = 0
) -> RenderableType | None:
    """A grid as wide as it wants to be and there is room for; None where it had to break words.

    One column at most has a `ratio`, which takes what the others leave: a grid that rich has to
    make narrower by itself may end up too wide and be cut off.
    """
    room = min(options.max_width, widest or options.max_width) - indent
    unbounded = options.update(width=_UNBOUNDED)
    least = most = grid.padding[1] * (len(grid.columns) - 1)
    for column in grid.columns:
        sizes = [Measurement.get(console, unbounded, cell) for cell in column.cells]
        widest_cell = max(size.maximum for size in sizes)
        narrowest = max(size.minimum for size in sizes)
        least += column.width or max(narrowest, column.min_width or 0)
        most += column.width or max(widest_cell, column.min_width or 0)
    if least > room:
        return None
    grid.width = min(most, room)
    return Padding(grid, (0, 0, 0, indent), expand=False) if indent else grid


class Hanging:
    """A text behind a lead; its other lines hang below it, `hang` cells from the left.

    No word is ever cut off; only one that is longer than a line is broken.
    """

    def __init__(self, text: Text, lead: Piece | int = 0, hang: int | None = None) -> None:
        self.text = text
        self.lead = Text(" " * lead) if isinstance(lead, int) else words(lead)
        self.hang = self.lead.cell_len if hang is None else hang

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Its lines."""
        width = min(options.max_width, WIDEST_PROSE)
        first, rest = _first_line(self.text, console, width - self.lead.cell_len)
        yield from self.lead.render(console)
        yield from first.render(console, "\n")
        if rest is not None:
            indent = Segment(" " * self.hang)
            for line in rest.wrap(console, max(1, width - self.hang), overflow="fold"):
                yield indent
                yield from line.render(console, "\n")

    def __rich_measure__(self, console: Console, options: ConsoleOptions) -> Measurement:
        """As narrow as its longest word, as wide as its longest line."""
        taken = max(self.hang, self.lead.cell_len)
        least, most = Measurement.get(console, options, self.text)
        return Measurement(least + taken, most + taken).with_maximum(options.max_width)


def _first_line(text: Text, console: Console, width: int) -> tuple[Text, Text | None]:
    """The first line of a text at a width, and what does not stand on it."""
    first, *others = text.wrap(console, max(1, width), overflow="fold") or [Text()]
    if not others:
        return first, None
    plain, end = text.plain, len(first.plain)
    while plain[end].isspace() and plain[end] != "\n":
        end += 1
    return first, text[end + (plain[end] == "\n") :]


def quoted(text: str) -> Text:
    """A free text in quotation marks."""
    return words('"', prose(text), '"')


def heading(text: str) -> Hanging:
    """The title of a part."""
    return Hanging(words((text, "title")))


def item(text: Text, sign: str = "-", style: str = "") -> Hanging:
    """An entry of a list, behind its sign."""
    return Hanging(text, words("  ", (f"{sign} ", style)))


def entry(text: Text, indent: int = 2) -> Hanging:
    """An entry of a list without a sign: what does not fit goes on further in."""
    return Hanging(text, indent, indent + 2)


class WithAside:
    """A text with a short aside at the right edge of its first line; below it for want of room."""

    def __init__(self, text: Hanging, aside: Text) -> None:
        self.text = text
        self.aside = aside

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Both in a row, or one below the other."""
        width = min(options.max_width, WIDEST_PROSE)
        if self.aside.cell_len <= width // 3 and "\n" not in self.aside.plain:
            grid = Table.grid(padding=(0, 2, 0, 0))
            wanted = Measurement.get(console, options, self.text).maximum
            grid.add_column(ratio=1, min_width=min(wanted, NARROWEST_BODY))
            fixed(grid, [self.aside], justify="right")
            grid.add_row(self.text, self.aside)
            if fitted(grid, console, options, widest=width):
                grid.width = width
                yield grid
                return
        yield self.text
        yield Hanging(self.aside, self.text.hang)


def with_aside(text: Hanging, aside: Text | None) -> RenderableType:
    """A text with its aside, if there is one."""
    return text if aside is None else WithAside(text, aside)


class Labelled:
    """Labels with their texts in a column beside them; for want of room each text behind its label.

    `column` is what the labels take at least, so that several of these stand in line. `always` is
    for labels so short that there is room.
    """

    def __init__(
        self,
        rows: Sequence[tuple[Text, Text]],
        *,
        indent: int = 2,
        column: int = 0,
        gap: int = 2,
        always: bool = False,
    ) -> None:
        self.rows = rows
        self.indent = indent
        self.column = column
        self.gap = gap
        self.always = always

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """A grid, or the rows stacked."""
        longest = max([NARROWEST_TEXT, *(text.cell_len for _, text in self.rows)])
        grid = Table.grid(padding=(0, self.gap, 0, 0))
        fixed(grid, [label for label, _ in self.rows], least=self.column)
        grid.add_column(ratio=1, min_width=0 if self.always else min(longest, NARROWEST_TEXT))
        for label, text in self.rows:
            grid.add_row(label, text)
        view = fitted(grid, console, options, indent=self.indent, widest=WIDEST_PROSE)
        if view:
            yield view
        else:
            for label, text in self.rows:
                yield entry(Text.assemble(label, " ", text), self.indent)


class ToType:
    """A command to type behind what it is for; it is never broken, since it could not be copied."""

    def __init__(self, label: str, command: str) -> None:
        self.label = label
        self.command = command

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Both in a line, or in one each."""
        del console
        command = words((self.command, "strong"))
        if len(self.label) + 1 + command.cell_len <= options.max_width:
            yield words(f"{self.label} ", command)
        else:
            yield Line(self.label)
            yield Line(f"  {self.command}", "strong")


class CommandLines:
    """A command to type below what it is for, broken where a shell lets it be broken."""

    def __init__(self, command: Sequence[str]) -> None:
        self.command = command

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Its lines."""
        del console
        for line in command_lines(self.command, options.max_width):
            yield Line(line, "strong")


def command_lines(command: Sequence[str], width: int) -> Iterator[str]:
    """A command in lines that can be copied into a shell; no word is broken, however long."""
    program, *more = map(shlex.quote, command)
    line = f"  {program}"
    for word in more:
        if cell_len(line) + 1 + cell_len(word) + len(" \\") <= width:
            line += f" {word}"
        else:
            yield f"{line} \\"
            line = f"    {word}"
    yield line
