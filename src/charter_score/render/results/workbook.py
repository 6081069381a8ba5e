"""A batch as a spreadsheet: reviews, criteria and a summary, numbers as numbers.

Text is always written as a string, so nothing a person wrote can become a formula. Needs the extra
`excel` (XlsxWriter).
"""

import io
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any, NamedTuple

from charter_score import facts
from charter_score.compiled import bounds_of
from charter_score.errors import UsageError
from charter_score.figures import JSON_DECIMALS, Figure, percent_text
from charter_score.forms.contract import NO_XML
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import reason
from charter_score.render.results.overview import Overview, groups, overview
from charter_score.render.results.table import (
    CRITERION_COLUMNS,
    Cell,
    Columns,
    ReviewRow,
    criterion_rows,
    review_row,
)
from charter_score.render.text.diagnostics import place_text
from charter_score.render.text.hostile import visible
from charter_score.render.text.phrases import count
from charter_score.summary import RubricSummary, Summary, mean_of, quantile

LONGEST_CELL = 32_767
"""UTF-16 units that a cell can hold."""
MOST_ROWS, MOST_COLUMNS = 1_048_576, 16_384
"""What a sheet can hold, its head included."""
WIDEST = 48
_A4 = 9
_PERCENT = '0.0#########"%"'
"""Every decimal that a figure has: a share just under a bound must not look as if it were on it."""
_LINE, _TALLEST = 15, 409
"""Points of a line of text, and of the tallest row that there can be."""
_BREAK = re.compile("\r\n?")
_MADE = datetime(2016, 1, 1, tzinfo=UTC)
"""No clock: the same reviews give the same bytes."""

Unscored = tuple[str, str, str]
"""Path, what became of it, why."""


class Rows(NamedTuple):
    """The rows of one scored review."""

    review: ReviewRow
    criteria: list[tuple[Cell, ...]]


class Workbook:
    """`xlsx`: waits for all, then writes the workbook at once.

    Raises:
        UsageError: where the extra is not installed.
    """

    def __init__(self) -> None:
        try:
            import xlsxwriter
        except ImportError:
            raise UsageError(
                "the format xlsx needs an extra", "pip install 'charter-score[excel]'"
            ) from None
        del xlsxwriter
        self._reviews: list[ReviewRow] = []
        self._columns = Columns()
        self._criteria: list[tuple[Cell, ...]] = []
        self._unscored: list[Unscored] = []

    def piece(self, outcome: Outcome) -> Rows | Unscored:
        """The rows of one input."""
        match outcome:
            case Scored():
                return Rows(review_row(outcome), criterion_rows(outcome))
            case Failed():
                first = reason(outcome)
                more = len(outcome.diagnostics) - 1
                return (
                    place_text(first._replace(path=outcome.path)),
                    f"not scored: {first.code}",
                    first.message + (f" (and {more} more)" if more else ""),
                )
            case Skipped():
                return outcome.path, f"skipped: {outcome.reason}", ""

    def begin(self) -> bytes:
        """Nothing yet."""
        return b""

    def add(self, piece: Rows | Unscored) -> bytes:
        """Nothing yet; the rows wait."""
        if isinstance(piece, Rows):
            self._columns.take_in(piece.review)
            self._reviews.append(piece.review)
            self._criteria.extend(piece.criteria)
        else:
            self._unscored.append(piece)
        return b""

    def end(self, closing: Closing) -> Iterator[bytes]:
        """The workbook."""
        import xlsxwriter

        stream = io.BytesIO()
        book = xlsxwriter.Workbook(
            stream, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        )
        book.set_properties({"title": "charter-score", "created": _MADE})
        sheets = _Sheets(book)
        left_out = self._columns.settle(MOST_COLUMNS)
        sheets.reviews(self._columns, self._reviews)
        sheets.criteria(self._criteria)
        sheets.summary(closing.summary, self._unscored, left_out)
        book.close()
        yield stream.getvalue()


class _Sheets:
    """The sheets of a workbook, with the formats they share.

    Text is marked as text (`quote_prefix`), so that it stays text when somebody edits the cell.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        text = {"valign": "top", "align": "left", "indent": 1, "quote_prefix": True}
        self._head = book.add_format(
            {
                "bold": True,
                "bg_color": "#1F3A4D",
                "font_color": "#FFFFFF",
                **text,
            }
        )
        self._title = book.add_format({**text, "bold": True, "font_size": 13})
        self._text = book.add_format(text)
        self._long = book.add_format({**text, "text_wrap": True})
        self._plain = book.add_format({"valign": "top"})
        self._percent = book.add_format({"valign": "top", "align": "left", "num_format": _PERCENT})
        self._count = book.add_format({"valign": "top", "align": "left"})
        self._good = book.add_format({"bg_color": "#DDEFE0"})
        self._bad = book.add_format({"bg_color": "#F6DAD6"})
        self._warn = book.add_format({"bg_color": "#FBEBC8"})

    def reviews(self, columns: Columns, rows: Sequence[ReviewRow]) -> None:
        """One row a review; below expected, n/a and little observed stand out, in words too."""
        titles = columns.titles
        for sheet, last in self._tables("Reviews", titles, [columns.cells(row) for row in rows]):
            for name, when, look in (
                ("meets_expected", '{}="false"', self._bad),
                ("meets_expected", '{}="true"', self._good),
                ("band_rests_on_not_applicable", '{}="true"', self._warn),
                ("little_observed", '{}="true"', self._warn),
                ("critical_missed", "LEN({})>0", self._bad),
            ):
                _mark(sheet, last, titles.index(name), when, look)
            bar = {"type": "data_bar", "bar_color": "#7FA8C9", "bar_solid": True, "min_type": "num",
                   "min_value": 0, "max_type": "num", "max_value": 100}  # fmt: skip
            for column in (titles.index("percent"), *columns.sections):
                sheet.conditional_format(1, column, last, column, bar)

    def criteria(self, rows: Sequence[Sequence[Cell]]) -> None:
        """One row a criterion; lost points and n/a stand out."""
        rating, earned, available = map(CRITERION_COLUMNS.index, ("rating", "earned", "available"))
        for sheet, last in self._tables("Criteria", CRITERION_COLUMNS, rows):
            sheet.fit_to_pages(1, 0)
            _mark(sheet, last, rating, f"{_cell(earned)}<{_cell(available)}", self._bad)
            _mark(sheet, last, rating, '{}="n/a"', self._warn)

    def summary(self, summary: Summary, unscored: Sequence[Unscored], left_out: int) -> None:
        """What the reviews of each rubric say together, and what could not be scored."""
        sheet = self._book.add_worksheet("Summary")
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 2, 40)
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        line = 0
        for one, said in zip(summary.in_order(), overview(summary), strict=True):
            title = f"{one.rubric.title} ({one.rubric.name})"
            sheet.write_string(line, 0, _safe(title), self._title)
            for label, value in _lines(one, said):
                line += 1
                sheet.write_string(line, 0, _safe(label), self._text)
                if isinstance(value, Figure):
                    sheet.write_number(line, 1, float(value), self._percent)
                elif isinstance(value, int):
                    sheet.write_number(line, 1, value, self._count)
                else:
                    sheet.write_string(line, 1, _safe(value), self._text)
            line += 2
        for title, lines, _ in groups(summary, names=True):
            sheet.write_string(line, 0, _safe(title), self._title)
            for group in lines[: MOST_ROWS // 16]:
                line += 1
                sheet.write_string(line, 0, _safe(group.label), self._text)
                sheet.write_string(line, 1, _safe(group.told), self._text)
            if len(lines) > MOST_ROWS // 16:
                line += 1
                sheet.write_string(line, 0, f"and {len(lines) - MOST_ROWS // 16} more")
            line += 2
        if unscored:
            sheet.write_string(line, 0, "Without a score", self._title)
            line += 1
        room = max(0, MOST_ROWS - line - 4)
        for row in unscored[:room]:
            for column, text in enumerate(row):
                sheet.write_string(line, column, _safe(text), self._long)
            line += 1
        if len(unscored) > room:
            sheet.write_string(line, 0, f"and {len(unscored) - room} more")
            line += 1
        if left_out:
            told = f"{count(left_out, 'column')} left out: a sheet holds {MOST_COLUMNS}"
            sheet.write_string(line, 0, told)
        sheet.write_string(line + 1, 0, "One part of the picture. A person decides.", self._text)

    def _tables(
        self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]
    ) -> Iterator[tuple[Any, int]]:
        """A table on as many sheets as its rows need, each with the place of its last row."""
        most = MOST_ROWS - 1
        for number, start in enumerate(range(0, max(len(rows), 1), most), 1):
            part = rows[start : start + most]
            sheet = self._book.add_worksheet(name if number == 1 else f"{name} {number}")
            self._table(sheet, columns, part)
            yield sheet, max(len(part), 1)

    def _table(self, sheet: Any, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> None:
        widths = [len(title) + 4 for title in columns]
        for column, title in enumerate(columns):
            sheet.write_string(0, column, _safe(title), self._head)
        for line, row in enumerate(rows, 1):
            height = 1
            for column, cell in enumerate(row):
                self._write(sheet, line, column, cell)
                if cell is not None:
                    widths[column] = max(widths[column], len(str(cell)) + 2)
                    height = max(height, _lines_of(str(cell)))
            if height > 1:
                sheet.set_row(line, min(_LINE * height, _TALLEST))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST))
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0)

    def _write(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, bool):
            # As text: LibreOffice takes truth values for formulas, and 7.4 crashes when it prints
            # such a cell under a rule for colours.
            sheet.write_string(line, column, str(cell).lower(), self._text)
        elif isinstance(cell, Figure):
            # A spreadsheet holds floats; what decided anything was exact before.
            sheet.write_number(line, column, float(cell), self._plain)
        else:
            look = self._long if _lines_of(cell) > 1 else self._text
            sheet.write_string(line, column, _safe(cell), look)


def _cell(column: int) -> str:
    """A cell of row 2 as a rule names it that is to hold for every row."""
    from xlsxwriter.utility import xl_col_to_name

    return f"${xl_col_to_name(column)}2"


def _mark(sheet: Any, last: int, column: int, when: str, look: Any) -> None:
    """Have cells of a column stand out where a rule holds; `{}` in it is the cell itself."""
    criteria = "=" + when.replace("{}", _cell(column))
    sheet.conditional_format(
        1, column, last, column, {"type": "formula", "criteria": criteria, "format": look}
    )


def _lines(one: RubricSummary, said: Overview) -> Iterator[tuple[str, str | int]]:
    """A rubric's summary as label and value; a `Figure` is a percentage."""
    yield "rule", facts.rule(one.rubric)
    yield "reviews", one.reviews
    bounds = bounds_of(one.rubric)
    for label, share, kept in (
        ("mean", mean_of(one.shares), ()),
        ("median", quantile(one.shares, Fraction(1, 2)), bounds),
        ("lower quartile", quantile(one.shares, Fraction(1, 4)), bounds),
        ("upper quartile", quantile(one.shares, Fraction(3, 4)), bounds),
        ("mean of what was observed", mean_of(one.observed_shares), ()),
    ):
        if share is not None:
            yield label, Figure(percent_text(share, JSON_DECIMALS, kept))
    for band, number in said.bands:
        yield f"band: {band}", number
    if one.rubric.expected is not None:
        yield "meet what is expected", one.meets_expected
        yield "of those only because of n/a", one.meets_only_by_not_applicable
        yield "below expected", one.below_expected
    yield "missed a critical criterion", one.critical
    yield "with an open dispute", one.provisional
    for title, tallies in said.tallies:
        yield title, ""
        for tally in tallies:
            yield f"    {tally.title}", tally.told
    if said.praised:
        yield "Thank for", f"{said.praised.title} ({said.praised.told})"


def _lines_of(text: str) -> int:
    """How many lines a text takes in the widest column, about."""
    if len(text) < WIDEST and "\n" not in text:
        return 1
    return sum(1 + len(line) // (WIDEST - 4) for line in text.splitlines())


def _safe(text: str) -> str:
    r"""Text as a cell holds it: as it was written, and no longer than a cell can be.

    Joiners and marks of direction belong to what somebody wrote; only what a sheet cannot hold is
    shown as `\u001b` instead.
    """
    shown = NO_XML.sub(lambda found: visible(found[0]), _BREAK.sub("\n", text))
    if 2 * len(shown) <= LONGEST_CELL:
        return shown
    units = shown.encode("utf-16-le")
    if len(units) <= 2 * LONGEST_CELL:
        return shown
    return units[: 2 * (LONGEST_CELL - 1)].decode("utf-16-le", "ignore") + "…"
