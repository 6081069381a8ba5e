"""Tables as documents: which files are tables, what is read of them, and in what pieces.

A table comes in `TablePart`s of a few reviews, which any process can make documents of: reading is
one stream, everything behind it is shared.
"""

import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, field
from enum import Enum
from hashlib import sha256
from itertools import islice
from typing import IO, NamedTuple

from charter_score.diagnostics import START, Diagnostic, Location, Problem, Route, Severity
from charter_score.errors import DocumentError
from charter_score.limits import MOST_TABLE_BYTES, MOST_TABLE_UNPACKED
from charter_score.mapping import Merged, Shape, TableMapping
from charter_score.rating import same_word
from charter_score.rubric import Rubric
from charter_score.source import kinds
from charter_score.source.document import Built, Document
from charter_score.source.files import Limit, digest_of, open_file, read_bytes
from charter_score.source.tables import json_lines
from charter_score.source.tables.building import Review
from charter_score.source.tables.cells import is_blank, is_number, text_of
from charter_score.source.tables.delimited import (
    SEPARATORS,
    first_rows,
    refuse_utf_16,
    sample_of,
    text_grid,
)
from charter_score.source.tables.grid import About, Grid, Row
from charter_score.source.tables.headings import (
    FIELD,
    OF_THE_INTERACTION,
    RATING,
    REVIEW_COLUMNS,
    Headings,
)
from charter_score.source.tables.layout import (
    MOST_ABOVE,
    Layout,
    Scored,
    find_layout,
    layout_problems,
)
from charter_score.source.tables.long import LongReader, gathered
from charter_score.source.tables.wide import WideReader

TABLE = Limit(MOST_TABLE_BYTES, "save it as CSV or Parquet, which are read row by row")
"""Workbooks that hold a table."""
REVIEWS_IN_A_PART = 32
ROWS_IN_A_SAMPLE = MOST_ABOVE + 10

RubricFor = Callable[[str | None], Rubric | None]
"""The rubric of a reference; of None the one that the command names. None where there is none."""


class NotATableError(DocumentError):
    """No heading of a table is known, or none of the rubrics that could tell.

    `is_ours` where charter-score wrote it.
    """

    def __init__(self, diagnostic: Diagnostic, *, is_ours: bool = False) -> None:
        super().__init__([diagnostic])
        self.is_ours = is_ours


class Asked(NamedTuple):
    """How tables are to be read: the mapping, if there is one, and where rubrics are found."""

    mapping: TableMapping | None
    rubric_for: RubricFor
    why_not: Callable[[str], Problem | None] = lambda _reference: None
    """Why a reference that a table names leads to no rubric."""


@dataclass(frozen=True, slots=True)
class TablePart:
    """A few reviews of a table as rows: one each, or in a long table one for each rating.

    `lines` are whole reviews of JSON lines. `notes` are what is told of the table as a whole.
    """

    about: About
    layout: Layout | None
    mapping: TableMapping | None
    reviews: Sequence[Sequence[Row]] = ()
    lines: Sequence[json_lines.Line] = ()
    notes: tuple[Diagnostic, ...] = ()

    def documents(self, rubric_for: RubricFor) -> Iterator[Document | DocumentError]:
        """The reviews, each as the values of a document, or what keeps one from being read."""
        notes = self.notes
        for line in self.lines:
            if line.wrong:
                yield DocumentError([*line.wrong, *notes])
            else:
                document = json_lines.document_of(self.about.shown, line)
                document.diagnostics = notes
                yield document
            notes = ()
        if self.layout is None:
            return
        maker = _Maker(self, self.layout, rubric_for)
        for rows in self.reviews:
            yield maker.document(rows, notes)
            notes = ()


class _Row(Document):
    """A review of a table: the way out of what is wrong with it is another column or cell."""

    def diagnostic(self, problem: Problem) -> Diagnostic:
        """A problem with its place, and what to do in a table."""
        match problem.code, problem.route:
            case "comment-missing", ("ratings", section, criterion):
                hint = f"say what you saw or heard in a column `{section}.{criterion}.comment`, "
                problem = problem._replace(hint=hint + "or `comment` where a row is a rating")
            case "missing-field", ():
                hint = (
                    "add a column `rubric`, or use --rubric ID (charter-score rubrics lists them)"
                )
                problem = problem._replace(hint=hint)
            case "field-required", ("interaction", name):
                column = name if name in OF_THE_INTERACTION else f"{FIELD}{name}"
                message = f"the rubric wants `{name}` of every review: the column `{column}`"
                problem = problem._replace(message=message)
            case "unknown-rating", _ if problem.hint is None:
                hint = "a mapping says what a table's own words mean (`words`)"
                problem = problem._replace(hint=hint)
            case "condition-field-missing", _:
                hint = "add a column for it, or declare it under the rubric's `fields`"
                problem = problem._replace(hint=hint)
            case _:
                pass
        return super().diagnostic(problem)


class _Maker:
    """Makes documents of rows."""

    def __init__(self, part: TablePart, layout: Layout, rubric_for: RubricFor) -> None:
        self._part = part
        self._layout = layout
        self._wide = self._long = None
        if layout.shape is Shape.WIDE:
            self._wide = WideReader(part.about, layout, part.mapping)
        else:
            self._long = LongReader(part.about, layout, part.mapping)
        self._rubric_for = rubric_for
        self._ratings = frozenset(column.at for column in layout.columns if column.target.is_rating)
        self._ids = layout.at("id")
        self._rubric_column = layout.at("rubric")

    def document(
        self, rows: Sequence[Row], notes: tuple[Diagnostic, ...]
    ) -> Document | DocumentError:
        """The review of some rows."""
        wrong = tuple(diagnostic for row in rows for diagnostic in row.wrong)
        if self._wide is not None and (
            told := _no_review(self._part.about, rows[0], self._ids, self._ratings)
        ):
            return DocumentError([*wrong, *notes, told])
        rubric = self._rubric(rows)
        review = self._review(rows, rubric, note=False)
        about = self._part.about

        def parse(text: str, path: str, *, note_places: bool) -> Built:
            del text, path
            built = self._review(rows, rubric, note=note_places).built
            assert built is not None  # noqa: S101 - places are asked for
            return built

        hidden: frozenset[Route] = review.unreadable
        if any(diagnostic.is_error for diagnostic in wrong):
            hidden |= {()}  # nothing else of the row can be relied on
        where = str(rows[0].number)
        return _Row(
            about.shown,
            "",
            review.value,
            parse,
            sheet=about.sheet,
            part=where if about.sheet is None else f"{about.sheet} {where}",
            diagnostics=(*notes, *wrong, *review.diagnostics),
            unreadable=hidden,
        )

    def _review(self, rows: Sequence[Row], rubric: Rubric | None, *, note: bool) -> Review:
        if self._wide is not None:
            return self._wide.review(rows[0], rubric, note=note)
        assert self._long is not None  # noqa: S101 - one of the two
        return self._long.review(rows, rubric, note=note)

    def _rubric(self, rows: Sequence[Row]) -> Rubric | None:
        reference = ""
        if self._rubric_column is not None:
            reference = next(
                (
                    text
                    for row in rows
                    if self._rubric_column < len(row.cells)
                    and (text := text_of(row.cells[self._rubric_column]))
                ),
                "",
            )
        mapping = self._part.mapping
        return self._rubric_for(reference or (mapping.rubric if mapping else None) or None)


TOTAL = re.compile(
    r"(?:(?:grand|sub|team|monthly|overall)[ -]?)?"
    r"(?:totals?|sums?|averages?|avg|means?|medians?|counts?|overall|minimum|maximum|min|max)"
    r"(?: .{0,30})?[:=]?",
    re.IGNORECASE,
)
"""What the first cell says of a row that adds up others."""


def _label(row: Row) -> str:
    """The first text of a row."""
    return next((text for cell in row.cells if (text := text_of(cell))), "")


def _no_review(about: About, row: Row, ids: int | None, ratings: Set[int]) -> Diagnostic | None:
    """What a row is instead of a review: a sum over others, or a note; None of every other."""
    given = islice((index for index, cell in enumerate(row.cells) if not is_blank(cell)), 2)
    first, second = next(given, None), next(given, None)
    if first is None:
        return None
    label = text_of(row.cells[first])
    if TOTAL.match(label) and TOTAL.fullmatch(label):
        name = text_of(row.cells[ids]) if ids is not None and ids < len(row.cells) else ""
        if name in ("", label):  # one with an id says it where the id is
            return about.diagnostic(
                "totals-row",
                "this row adds up others, and is no review",
                about.place(row, first),
                "leave it out with `leave_out` in a mapping; a review has an id before such a word",
            )
    if second is None and first not in ratings and not row.wrong:
        return about.diagnostic(
            "no-review",
            "nothing but this stands in the row, so it is no review, or nothing of it is rated",
            about.place(row, first),
            "leave a note out with `leave_out` or `end` in a mapping; a review has ratings",
        )
    return None


# ── Files ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Table:
    """One file with tables; `digest` is that of its bytes."""

    shown: str
    path: str | None
    asked: Asked
    data: bytes | None = None
    """The bytes of a workbook, which were read already."""
    _digest: str = field(default="")

    @property
    def digest(self) -> str:
        """SHA-256 of the file's bytes."""
        if not self._digest:
            if self.data is not None:
                self._digest = sha256(self.data).hexdigest()
            else:
                assert self.path is not None  # noqa: S101 - standard input is no table
                self._digest = digest_of(self.path, self.shown)
        return self._digest

    def parts(self) -> Iterator[TablePart | DocumentError]:
        """The reviews of the file, a few at a time, and what keeps some from being read.

        Raises:
            NotATableError: where it holds no table of reviews.
            DocumentError: where the file cannot be read, or not on.
        """
        name = self.shown.lower()
        if name.endswith(kinds.WORKBOOK_ENDINGS):
            yield from self._workbook()
        elif name.endswith(".jsonl"):
            yield from self._json_lines()
        else:
            yield from parts_of(self.any_grid(), self.asked)

    def any_grid(self) -> Grid:
        """The rows of a file that is one table, whatever its headings are.

        Raises:
            DocumentError: where it cannot be read.
        """
        if self.shown.lower().endswith(".jsonl"):
            lines = json_lines.lines_of(self.shown, self._open)
            first = next((line.value for line in lines if line.value is not None), "")
            return json_lines.json_grid(self.shown, self._open, json_lines.names_of(first))
        if self.shown.lower().endswith(".parquet"):
            assert self.path is not None  # noqa: S101 - standard input is no table
            from charter_score.source.tables.workbook import parquet_grid

            # What is no regular file is refused here; the library opens it by its path.
            with open_file(self.path, self.shown):
                pass
            return parquet_grid(os.path.abspath(self.path), self.shown)
        return self.text_grid()

    def _open(self) -> IO[bytes]:
        assert self.path is not None  # noqa: S101 - standard input is no table
        return open_file(self.path, self.shown)

    def text_grid(self) -> Grid:
        """A delimited text, parted by what makes most of its headings known.

        Raises:
            DocumentError: where the text is not read at all.
        """
        sample = sample_of(self._open)
        refuse_utf_16(sample, self.shown)
        mapping = self.asked.mapping
        separator = None if mapping is None else mapping.separator
        if separator is None or len(separator) != 1:
            separator = _separator(self.shown, sample, self.asked)
        encoding = None if mapping is None else mapping.encoding
        return text_grid(self.shown, self._open, separator, encoding)

    def _workbook(self) -> Iterator[TablePart | DocumentError]:
        grids = self.grids()
        if self.asked.mapping is not None and self.asked.mapping.sheets:
            wanted = set(self.asked.mapping.sheets)
            missing = wanted - {grid.sheet for grid in grids}
            grids = [grid for grid in grids if grid.sheet in wanted]
            if missing and not grids:
                raise DocumentError(
                    [
                        Diagnostic(
                            "unknown-sheet",
                            "the workbook has none of the sheets that the mapping names",
                            self.shown,
                            START,
                            "`sheets` names them as their tabs do",
                        )
                    ]
                )
        yield from _sheets(self.shown, grids, self.asked)

    def grids(self) -> list[Grid]:
        """The sheets of a workbook.

        Raises:
            DocumentError: where it cannot be read.
        """
        from charter_score.source.tables.workbook import workbook_grids
        from charter_score.source.workbook_checks import unpack

        if self.data is None:
            self.data = read_bytes(self.path, self.shown, TABLE)
        return workbook_grids(unpack(self.data, self.shown, MOST_TABLE_BYTES, MOST_TABLE_UNPACKED))

    def _json_lines(self) -> Iterator[TablePart | DocumentError]:
        lines = json_lines.lines_of(self.shown, self._open)
        first = next((line for line in lines if line.value is not None), None)
        if first is None:
            raise DocumentError(
                [Diagnostic("empty-table", "no line of this file can be read", self.shown, START)]
            )
        value = first.value
        about = About(self.shown)
        if json_lines.is_output_line(value):
            raise NotATableError(_ours(self.shown), is_ours=True)
        if isinstance(value, dict) and ("ratings" in value or value.get("status") == "void"):
            every = json_lines.lines_of(self.shown, self._open)
            while lines_of_part := list(islice(every, REVIEWS_IN_A_PART)):
                yield TablePart(about, None, None, lines=lines_of_part)
            return
        names = json_lines.names_of(value)
        grid = json_lines.json_grid(self.shown, self._open, names)
        yield from parts_of(grid, self.asked)


def _separator(shown: str, sample: bytes, asked: Asked) -> str:
    """What parts the cells: what makes most headings known, or parts most of the first rows."""
    told = re.match(rb"(?:\xef\xbb\xbf)?sep=(.)\r?\n", sample, re.IGNORECASE)
    if told:
        return told[1].decode("latin-1")
    best = (0, 0, ",")
    for place, separator in enumerate(SEPARATORS):
        rows = first_rows(shown, sample, separator, ROWS_IN_A_SAMPLE)
        known = 0
        try:
            for headings in _headings(rows, asked):
                layout = find_layout(_grid_of(rows), rows, headings)
                known = max(known, 0 if layout is None else layout.known)
        except Scored:
            return separator
        widest = max((len(row.cells) for row in rows), default=0)
        if (known, widest if widest > 1 else 0) > best[:2]:
            best = (known, widest, separator)
        del place
    return best[2]


def _grid_of(rows: Sequence[Row]) -> Grid:
    return Grid(About(""), lambda: iter(rows))


def _headings(rows: Sequence[Row], asked: Asked) -> Iterator[Headings]:
    """The headings to look for: of the rubric that the first rows name, or that is named for them.

    Without any rubric there are none.
    """
    mapping = asked.mapping
    references: list[str | None] = [None if mapping is None else mapping.rubric]
    own = _named_in_rows(rows, asked)
    if own is not None:
        references.insert(0, own)
    for reference in references:
        rubric = asked.rubric_for(reference)
        if rubric is not None:
            yield Headings(rubric, mapping)
            return


def _named_in_rows(rows: Sequence[Row], asked: Asked) -> str | None:
    """The rubric that the first row names which has one, under the heading `rubric`."""
    headings = Headings(None, asked.mapping)
    for place, row in enumerate(rows):
        for index, cell in enumerate(row.cells):
            if isinstance(cell, str) and str(headings.target(cell.strip()) or "") == "rubric":
                for later in rows[place + 1 :]:
                    if index < len(later.cells) and (text := text_of(later.cells[index])):
                        return text
    return None


def _ours(shown: str) -> Diagnostic:
    return Diagnostic(
        "not-a-review",
        "this is a table that charter-score wrote, not one of reviews",
        shown,
        START,
        "name the table that was scored",
    )


def _unknown(shown: str, asked: Asked) -> NotATableError:
    mapping = asked.mapping
    if mapping is None and asked.rubric_for(None) is None:
        return NotATableError(
            Diagnostic(
                "unknown-table",
                "no rubric is named for this table, which its headings would be those of",
                shown,
                START,
                "use --rubric ID (`charter-score rubrics` lists them), or a column `rubric`",
            )
        )
    rubric = asked.rubric_for(None if mapping is None else mapping.rubric)
    reference = rubric.id if rubric is not None else "ID"
    hint = f"`charter-score map {shown} --rubric {reference}` proposes a mapping for it"
    if mapping is not None:
        hint = "look whether the mapping is that of this table: it names headings that are not here"
    return NotATableError(
        Diagnostic(
            "unknown-table",
            "no headings are known here, so this is no table of reviews",
            shown,
            START,
            hint,
        )
    )


def parts_of(grid: Grid, asked: Asked) -> Iterator[TablePart | DocumentError]:
    """The reviews of a file that is one table."""
    reader = _Reader.of(grid, asked)
    if reader is None:
        raise _unknown(grid.about.shown, asked)
    number = 0
    for part in reader.parts():
        number += 1
        yield part
    if not number:
        yield DocumentError([_empty(grid.about.shown, reader)])


def _empty(shown: str, reader: "_Reader") -> Diagnostic:
    return Diagnostic(
        "empty-table",
        "there are headings, and no review below them",
        shown,
        reader.grid.place(reader.header[0], 0),
        "is it the right file?",
        sheet=reader.grid.sheet,
    )


def _sheets(shown: str, grids: Sequence[Grid], asked: Asked) -> Iterator[TablePart | DocumentError]:
    """The reviews of every sheet with known headings."""
    readers: list[_Reader] = []
    notes: list[Diagnostic] = []
    for grid in grids:
        reader = _Reader.of(grid, asked)
        if reader is not None:
            readers.append(reader)
        elif not _is_empty(grid) and not (asked.mapping and asked.mapping.sheets):
            notes.append(
                grid.diagnostic(
                    "sheet-not-read",
                    "no headings are known on this sheet, and it is not read",
                    START,
                    "`sheets` in a mapping says which sheets are read",
                    Severity.WARNING,
                )
            )
    if not readers:
        raise _unknown(shown, asked)
    notes += _hidden(readers)
    number = 0
    for reader in readers:
        for part in reader.parts():
            number += 1
            yield _with_notes(part, notes)
            notes = []
    if not number:
        yield DocumentError([_empty(shown, readers[0]), *notes])


def _with_notes(
    part: TablePart | DocumentError, notes: Sequence[Diagnostic]
) -> TablePart | DocumentError:
    if not notes:
        return part
    if isinstance(part, DocumentError):
        return DocumentError([*part.diagnostics, *notes])
    return TablePart(
        part.about, part.layout, part.mapping, part.reviews, part.lines, (*notes, *part.notes)
    )


def _hidden(readers: Iterable["_Reader"]) -> Iterator[Diagnostic]:
    """One warning where something that is read is not shown."""
    for reader in readers:
        grid = reader.grid
        what, place = [], START
        if grid.hidden_column is not None:
            what.append("columns")
            place = Location(reader.header[-1].number, grid.hidden_column)
        if grid.hidden_row is not None:
            what.insert(0, "rows")
            place = Location(grid.hidden_row, 1)
        if grid.is_hidden:
            what.append("a whole sheet")
        if what:
            yield grid.diagnostic(
                "hidden-read",
                f"{' and '.join(what)} of this workbook are hidden, and are read as all others"
                if what != ["a whole sheet"]
                else "this sheet is hidden, and is read as all others",
                place,
                "show them and look; a mapping leaves out what is no review",
                Severity.WARNING,
            )
            return


def _is_empty(grid: Grid) -> bool:
    return not any(not is_blank(cell) for row in grid.rows() for cell in row.cells)


class _Reader:
    """Reads the reviews of one table."""

    def __init__(
        self, grid: Grid, asked: Asked, headings: Headings, layout: Layout, header: Sequence[Row]
    ) -> None:
        self.grid = grid
        self.header = header
        self.layout = layout
        self._asked = asked
        self._headings = headings
        mapping = asked.mapping
        self._labels = {same_word(text) for text in mapping.leave_out} if mapping else set()
        self._end = same_word(mapping.end) if mapping and mapping.end else None
        names = set(mapping.needs) if mapping else set()
        self._needed = [index for index, target in layout.columns if str(target) in names]
        self._id = layout.at("id")
        self._numbers: list[Location] = []
        self._has_text_ids = False

    @classmethod
    def of(cls, grid: Grid, asked: Asked) -> "_Reader | None":
        """A reader of a table; None where no headings are known.

        Raises:
            NotATableError: where charter-score wrote it.
        """
        sample = list(islice(grid.rows(), ROWS_IN_A_SAMPLE))
        found: _Reader | None = None
        try:
            if asked.rubric_for(None) is None:  # it may be ours all the same
                find_layout(grid, sample, Headings(None, asked.mapping))
            for headings in _headings(sample, asked):
                layout = find_layout(grid, sample, headings)
                if layout is not None:
                    header = [row for row in sample if row.number in layout.header]
                    found = cls(grid, asked, headings, layout, header)
        except Scored:
            raise NotATableError(_ours(grid.about.shown), is_ours=True) from None
        if found is None:
            _refuse_lost_rubric(grid, sample, asked)
        return found

    def parts(self) -> Iterator[TablePart | DocumentError]:
        """The reviews, a few at a time; one error where the headings do not allow for any."""
        problems = layout_problems(self.grid, self.layout, self._headings, self.header)
        if any(problem.is_error for problem in problems):
            yield DocumentError(problems)
            return
        notes = (*problems, *self._merged())
        reviews = (
            ([row] for row in self._rows()) if self.layout.shape is Shape.WIDE else self._gathered()
        )
        waiting: TablePart | None = None
        while several := list(islice(reviews, REVIEWS_IN_A_PART)):
            if waiting is not None:
                yield waiting
            waiting = TablePart(
                self.grid.about, self._slim(), self._asked.mapping, several, notes=tuple(notes)
            )
            notes = ()
        if waiting is not None:
            yield _with_notes(waiting, [*self._number_ids()])

    def _slim(self) -> Layout:
        """The layout without what only finding it needed."""
        return self.layout

    def _gathered(self) -> Iterator[Sequence[Row]]:
        assert self._id is not None  # noqa: S101 - a long table without one is refused
        return gathered(self._rows(), self._id)

    def _rows(self) -> Iterator[Row]:
        """The rows below the headings that are no blank, left out, or behind the end."""
        rows = self.grid.rows()
        mapping = self._asked.mapping
        if mapping is not None and mapping.merged is Merged.ALL and self.grid.merged:
            from charter_score.source.tables.workbook import filled

            rows = filled(self.grid, rows)
        last = self.layout.header[-1]
        width, is_text = self.layout.width, self.grid.is_text
        is_long = self.layout.shape is Shape.LONG
        checks_labels = bool(self._labels) or self._end is not None
        unread = self._unread()
        for row in rows:
            if row.number <= last:
                continue
            cells = row.cells
            if not row.wrong and all(map(is_blank, cells)):
                continue
            if checks_labels:
                label = same_word(_label(row))
                if label == self._end:
                    return
                if label in self._labels:
                    continue
            if self._needed and any(
                index >= len(cells) or is_blank(cells[index]) for index in self._needed
            ):
                continue
            wrong: list[Diagnostic] = []
            if is_text and len(cells) != width:
                wrong += self._width(row)
            if unread or len(cells) > width:
                wrong += self._not_read(row, unread)
            if is_long and (
                self._id is None or self._id >= len(cells) or is_blank(cells[self._id])
            ):
                wrong.append(
                    self.grid.diagnostic(
                        "missing-id",
                        "this row does not say whose rating it is",
                        self.grid.place(row, self._id or 0),
                        "every row of a table with a row a rating has the review's id",
                    )
                )
            self._look_at_id(row)
            yield row._replace(wrong=(*row.wrong, *wrong)) if wrong else row

    def _width(self, row: Row) -> Iterator[Diagnostic]:
        """What is wrong with a row of a text that has not as many cells as there are headings."""
        width = self.layout.width
        if len(row.cells) < width:
            yield self.grid.diagnostic(
                "short-row",
                f"this row has {len(row.cells)} cells, and there are {width} headings",
                self.grid.place(row, max(len(row.cells) - 1, 0)),
                "a cell may be missing in the middle; a blank one is written too",
            )
        elif any(not is_blank(cell) for cell in row.cells[width:]):
            yield self.grid.diagnostic(
                "long-row",
                f"this row has {len(row.cells)} cells, and there are {width} headings",
                self.grid.place(row, width),
                "a text with a separator in it stands between quotes",
            )

    def _unread(self) -> frozenset[int]:
        """The columns between others that have no heading at all."""
        read = {index for index, _ in self.layout.columns} | self.layout.ignored
        read |= {index for index, _ in self.layout.unknown}
        return frozenset(range(self.layout.width)) - read

    def _not_read(self, row: Row, unread: frozenset[int]) -> Iterator[Diagnostic]:
        for index, cell in enumerate(row.cells):
            beyond = index >= self.layout.width and not self.grid.is_text
            if (index in unread or beyond) and not is_blank(cell):
                yield self.grid.diagnostic(
                    "cell-not-read",
                    "something stands here, under no heading, and is not read",
                    self.grid.place(row, index),
                    "give the column a heading, or leave it out with `ignore` in a mapping",
                    Severity.WARNING,
                )

    def _look_at_id(self, row: Row) -> None:
        if self._id is None or self._id >= len(row.cells):
            return
        cell = row.cells[self._id]
        if is_number(cell):
            if len(self._numbers) < _MOST_NUMBERS:
                self._numbers.append(self.grid.place(row, self._id))
        elif not self._has_text_ids and isinstance(cell, str) and cell.strip():
            self._has_text_ids = True

    def _number_ids(self) -> Iterator[Diagnostic]:
        """Ids that are numbers where others are text: zeros in front of them may be lost."""
        if not self._has_text_ids:
            return
        for place in self._numbers:
            yield self.grid.diagnostic(
                "number-as-id",
                "this id is a number where others are text: zeros in front of it may be lost",
                place,
                "format the column as text, and write the id anew",
                Severity.WARNING,
            )

    def _merged(self) -> Iterator[Diagnostic]:
        mapping = self._asked.mapping
        if mapping is not None and mapping.merged is Merged.ALL:
            return
        for area in self.grid.merged:
            if area.top > self.layout.header[-1]:
                yield self.grid.diagnostic(
                    "merged-cell",
                    "a cell is merged with others here: its value counts in the first, the others "
                    "are blank",
                    Location(area.top, area.left + 1),
                    "write it into each, or say `merged: all` in a mapping",
                    Severity.WARNING,
                )


_MOST_NUMBERS = 100


def _refuse_lost_rubric(grid: Grid, sample: Sequence[Row], asked: Asked) -> None:
    """Refuse a table of reviews that names a rubric which is not to be had.

    Raises:
        DocumentError: with why it is not.
    """
    mapping = asked.mapping
    reference = _named_in_rows(sample, asked) or (mapping.rubric if mapping else None)
    problem = None if reference is None else asked.why_not(reference)
    if problem is None or not (mapping is not None or _looks_like_reviews(grid)):
        return
    raise DocumentError(
        [grid.diagnostic(problem.code, problem.message, START, problem.hint, problem.severity)]
    )


class Holds(Enum):
    """What a table may be to somebody who wants to write in its place."""

    OURS = "ours"
    REVIEWS = "reviews"
    ANYTHING = "anything"


def what_it_holds(path: str, shown: str) -> Holds:
    """Whether a file is a table that charter-score wrote, or looks like one of reviews."""
    table = Table(shown, path, Asked(None, lambda _reference: None))
    try:
        next(table.parts(), None)
    except NotATableError as wrong:
        if wrong.is_ours:
            return Holds.OURS
    except DocumentError:
        return Holds.ANYTHING
    else:
        return Holds.REVIEWS  # JSON lines with whole reviews
    try:
        grids = table.grids() if kinds.is_workbook(shown) else [table.any_grid()]
        return Holds.REVIEWS if any(map(_looks_like_reviews, grids)) else Holds.ANYTHING
    except DocumentError:
        return Holds.ANYTHING


def _looks_like_reviews(grid: Grid) -> bool:
    """Whether headings are those of reviews by some rubric, whichever it is."""
    headings = Headings(None, None)
    for row in islice(grid.rows(), ROWS_IN_A_SAMPLE):
        targets = [target for cell in row.cells if (target := headings.target(text_of(cell)))]
        names = {str(target) for target in targets}
        if {"criterion", RATING} <= names:
            return True
        if any(target.is_rating for target in targets) and names & set(REVIEW_COLUMNS):
            return True
    return False
