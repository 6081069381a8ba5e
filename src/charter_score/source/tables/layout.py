"""Where a table's headings stand, and what each of its columns holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic, Location, Severity, Suggestions
from charter_score.forms.cells import column_name, column_number
from charter_score.mapping import Shape
from charter_score.source.tables.cells import text_of
from charter_score.source.tables.grid import Grid, Row
from charter_score.source.tables.headings import (
    RATING,
    Headings,
    Target,
    Use,
    is_scored_table,
    target_of,
)

MOST_ABOVE = 50
"""Rows in which the headings are looked for."""


class Column(NamedTuple):
    """A column that is read: its place from 0, and what it holds."""

    at: int
    target: Target


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of one table hold.

    `header` has the rows of the headings, `width` the cells that the last of them has.
    """

    shape: Shape
    header: tuple[int, ...]
    columns: tuple[Column, ...]
    width: int
    unknown: tuple[tuple[int, str], ...] = ()
    """Columns with a heading that is not known."""
    ignored: frozenset[int] = frozenset()
    headings: tuple[str, ...] = ()
    problems: list[Diagnostic] = field(default_factory=list)

    def at(self, name: str) -> int | None:
        """The place of the column that holds something, by its name in a mapping."""
        return next((column.at for column in self.columns if str(column.target) == name), None)

    @property
    def known(self) -> int:
        """How many headings are known."""
        return len(self.columns)


class Scored(Exception):  # noqa: N818 - no error: what a table may be
    """The table is one that charter-score wrote."""


def find_layout(grid: Grid, sample: Sequence[Row], headings: Headings) -> Layout | None:
    """The layout of a table, from its first rows; None where no headings are known.

    Raises:
        Scored: where the headings are those of a table that charter-score wrote.
    """
    texts = [[text_of(cell) for cell in row.cells] for row in sample]
    for cells in texts:
        if is_scored_table(frozenset(text.strip("\ufeff'") for text in cells)):
            raise Scored
    wanted = () if headings.mapping is None else headings.mapping.header
    best: Layout | None = None
    for place, row in enumerate(sample[:MOST_ABOVE]):
        if wanted and row.number != wanted[-1]:
            continue
        candidates = []
        if len(wanted) != 2:
            candidates.append(_one_line(row, texts[place], headings))
        above = _above(sample, texts, place)
        if (
            above is not None
            and len(wanted) != 1
            and (not wanted or sample[above].number == wanted[0])
        ):
            candidates.append(
                _two_lines(grid, (sample[above], row), (texts[above], texts[place]), headings)
            )
        for candidate in candidates:
            if _is_table(candidate, headings) and (best is None or candidate.known > best.known):
                best = candidate
    return best


def _above(sample: Sequence[Row], texts: Sequence[Sequence[str]], place: int) -> int | None:
    """The row with something in it that stands directly above another."""
    before = place - 1
    if before >= 0 and sample[before].number == sample[place].number - 1 and any(texts[before]):
        return before
    return None


def _is_table(layout: Layout, headings: Headings) -> bool:
    """Whether enough headings are known for a table of reviews."""
    if layout.shape is Shape.LONG:
        long = {column.target.name for column in layout.columns if column.target.use is Use.LONG}
        return {"criterion", RATING} <= long
    ratings = [column for column in layout.columns if column.target.is_rating]
    whole = any(column.target.use is Use.SECTION for column in layout.columns)
    if headings.mapping is not None:
        return bool(ratings) or whole
    total = sum(1 for _ in headings.criteria())
    by_id = [
        column
        for column in ratings
        if column.at < len(layout.headings) and "." in layout.headings[column.at]
    ]
    return bool(by_id) or len(ratings) >= min(2, total) > 0


def _one_line(row: Row, texts: Sequence[str], headings: Headings) -> Layout:
    return _layout(
        (row.number,), texts, [headings.target(text) if text else None for text in texts], headings
    )


def _two_lines(
    grid: Grid,
    rows: tuple[Row, Row],
    texts: tuple[Sequence[str], Sequence[str]],
    headings: Headings,
) -> Layout:
    """The layout of two lines of headings, of which the upper may stand over several columns."""
    upper, lower = texts
    width = max(len(upper), len(lower))
    over = ""
    named, targets = [], []
    for index in range(width):
        above = upper[index] if index < len(upper) else ""
        below = lower[index] if index < len(lower) else ""
        over = above or over
        # Only where something stands below does a heading reach beyond its own column.
        reached = over if below or grid.reaches(rows[0].number, index) else above
        named.append(f"{reached} / {below}" if reached and below else reached or below)
        target = headings.below(reached, below) if reached or below else None
        if target is None and below and above != reached:
            target = headings.target(below)
        targets.append(target)
    return _layout((rows[0].number, rows[1].number), named, targets, headings)


def _layout(
    header: tuple[int, ...],
    names: Sequence[str],
    targets: list[Target | None],
    headings: Headings,
) -> Layout:
    mapping = headings.mapping
    ignored = set()
    if mapping is not None:
        for letters, text in mapping.letters.items():
            index = column_number(letters) - 1 if letters.isascii() and letters.isalpha() else -1
            if 0 <= index < MOST_LETTERS and (
                target := target_of(text, mapping.shape, headings.rubric)
            ):
                targets += [None] * (index + 1 - len(targets))
                targets[index] = target
        for letters in mapping.ignore:
            if letters.isascii() and letters.isalpha() and letters.isupper() and len(letters) <= 3:
                index = column_number(letters) - 1
                if index < len(targets) and (index >= len(names) or names[index] != letters):
                    targets[index] = None
                    ignored.add(index)
    columns = [Column(index, target) for index, target in enumerate(targets) if target is not None]
    ignored |= {column.at for column in columns if column.target.use is Use.IGNORED}
    columns = [column for column in columns if column.target.use is not Use.IGNORED]
    is_long = mapping is not None and mapping.shape is Shape.LONG
    if mapping is None or mapping.shape is None:
        long = {column.target.name for column in columns if column.target.use is Use.LONG}
        is_long = {"criterion", RATING} <= long
    kinds = (Use.CRITERION, Use.SECTION) if is_long else (Use.LONG,)
    columns = [column for column in columns if column.target.use not in kinds]
    read = {column.at for column in columns} | ignored
    unknown = [(index, name) for index, name in enumerate(names) if name and index not in read]
    return Layout(
        Shape.LONG if is_long else Shape.WIDE,
        header,
        tuple(columns),
        len(names),
        tuple(unknown),
        frozenset(ignored),
        tuple(names),
    )


MOST_LETTERS = 20_000


def layout_problems(
    grid: Grid, layout: Layout, headings: Headings, header: Sequence[Row]
) -> list[Diagnostic]:
    """What is wrong with the headings of a table, in its rows, and which columns are not read."""
    problems = [*_double(grid, layout, header), *_unknown(grid, layout, headings, header)]
    problems += _missing(grid, layout, headings, header[0])
    return problems


def heading_place(grid: Grid, header: Sequence[Row], index: int) -> Location:
    """Where the heading of a column stands, of one line or of two."""
    for row in reversed(header):
        if index < len(row.cells) and text_of(row.cells[index]):
            return grid.place(row, index)
    return grid.place(header[-1], index)


def _double(grid: Grid, layout: Layout, header: Sequence[Row]) -> Iterable[Diagnostic]:
    first: dict[Target, int] = {}
    for index, target in layout.columns:
        if target in first:
            yield grid.diagnostic(
                "duplicate-column",
                f"this column holds `{target}`, as column {column_name(first[target] + 1)} does",
                heading_place(grid, header, index),
                "keep one of the two, or say in a mapping which one is read",
            )
        first.setdefault(target, index)


def _unknown(
    grid: Grid, layout: Layout, headings: Headings, header: Sequence[Row]
) -> Iterable[Diagnostic]:
    suggestions = Suggestions()
    held = {str(column.target) for column in layout.columns}
    for index, name in layout.unknown:
        near = headings.near(name, suggestions)
        place = heading_place(grid, header, index)
        if (
            headings.rubric is not None
            and layout.shape is Shape.WIDE
            and headings.looks_like_criterion(name)
        ):
            yield grid.diagnostic(
                "unknown-column",
                "the rubric has no such criterion",
                place,
                f"did you mean `{near}`?" if near else "`charter-score rubrics ID` lists them",
            )
            continue
        hint = f"did you mean `{near}`?" if near and near not in held else None
        yield grid.diagnostic(
            "column-not-read",
            "this column is not read: its heading is not known",
            place,
            hint or "a mapping says what it holds, or that it is left out (`ignore`)",
            Severity.WARNING,
        )


def _missing(grid: Grid, layout: Layout, headings: Headings, header: Row) -> Iterable[Diagnostic]:
    """What no row can have without a column for it."""
    held = {column.target for column in layout.columns}
    names = {str(target) for target in held}
    place = grid.place(header, 0)
    if layout.shape is Shape.LONG:
        if "id" not in names:
            yield grid.diagnostic(
                "missing-column",
                "a table with a row a rating needs a column `id`, which says whose rating it is",
                place,
                "add the column, or name it in a mapping",
            )
        return
    if "rubric" in names:
        return  # rows may be of several rubrics: each of them says what it lacks
    whole = {target.section for target in held if target.use is Use.SECTION}
    for section, criterion in headings.criteria():
        if section.applies_when or criterion.applies_when or section.id in whole:
            continue
        if Target(Use.CRITERION, RATING, section.id, criterion.id) not in held:
            yield grid.diagnostic(
                "missing-column",
                f"no column holds `{section.id}.{criterion.id}`",
                place,
                "its heading is this or its title; `charter-score map` finds what is near",
            )
