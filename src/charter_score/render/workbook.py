"""A batch as a spreadsheet: reviews, criteria and a summary, numbers as numbers.

Text is always written as a string, so nothing a person wrote can become a formula. Needs the extra
`excel` (XlsxWriter).
"""

import io
from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from charter_score.errors import UsageError
from charter_score.figures import Figure
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.batch import Closing
from charter_score.render.hostile import visible
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
from charter_score.render.words import plain_percent, rule
from charter_score.summary import RubricSummary, mean_of, quantile

LONGEST_CELL = 32_767
WIDEST = 48
_PERCENT_COLUMNS = ("percent", "observed_percent", "uplift")

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
        self._criteria: list[tuple[Cell, ...]] = []
        self._unscored: list[Unscored] = []

    def piece(self, outcome: Outcome) -> Rows | Unscored:
        """The rows of one input."""
        match outcome:
            case Scored():
                return Rows(review_row(outcome), criterion_rows(outcome))
            case Failed():
                first = outcome.diagnostics[0]
                return outcome.path, f"not scored: {first.code}", first.message
            case Skipped():
                return outcome.path, f"skipped: {outcome.reason}", ""

    def begin(self) -> bytes:
        """Nothing yet."""
        return b""

    def add(self, piece: Rows | Unscored) -> bytes:
        """Nothing yet; the rows wait."""
        if isinstance(piece, Rows):
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
        # No clock: the same reviews give the same bytes.
        book.set_properties({"title": "charter-score", "created": _EPOCH})
        sheets = _Sheets(book)
        sheets.reviews(self._reviews)
        sheets.criteria(self._criteria)
        sheets.summary(closing.summary.in_order(), self._unscored)
        book.close()
        yield stream.getvalue()


def _epoch() -> Any:
    from datetime import UTC, datetime

    return datetime(2016, 1, 1, tzinfo=UTC)


_EPOCH = _epoch()


class _Sheets:
    """The sheets of a workbook, with the formats they share."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._head = book.add_format(
            {"bold": True, "bg_color": "#1F3A4D", "font_color": "#FFFFFF", "valign": "top"}
        )
        self._title = book.add_format({"bold": True, "font_size": 13})
        self._text = book.add_format({"valign": "top"})
        self._wrapped = book.add_format({"valign": "top", "text_wrap": True})
        self._good = book.add_format({"bg_color": "#DDEFE0"})
        self._bad = book.add_format({"bg_color": "#F6DAD6"})
        self._warn = book.add_format({"bg_color": "#FBEBC8"})

    def reviews(self, rows: Sequence[ReviewRow]) -> None:
        """One row a review; below expected, n/a and little observed stand out, in words too."""
        fields = sorted({name for row in rows for name in row.fields})
        sections = list(dict.fromkeys(name for row in rows for name in row.sections))
        columns = [*REVIEW_COLUMNS, *KNOWN_FIELDS, *fields, *RESULT_COLUMNS, *sections]
        cells = [{**row.cells, **row.fields, **row.sections} for row in rows]
        sheet = self._sheet("Reviews", columns, [[row.get(c) for c in columns] for row in cells])
        last = max(len(rows), 1)
        for name, when, look in (
            ("meets_expected", False, self._bad),
            ("meets_expected", True, self._good),
            ("band_rests_on_not_applicable", True, self._warn),
            ("little_observed", True, self._warn),
        ):
            column = columns.index(name)
            sheet.conditional_format(
                1,
                column,
                last,
                column,
                {"type": "cell", "criteria": "==", "value": str(when).upper(), "format": look},
            )
        for name in ("percent", *sections):
            column = columns.index(name)
            bar = {"type": "data_bar", "bar_color": "#7FA8C9", "bar_solid": True, "min_type": "num",
                   "min_value": 0, "max_type": "num", "max_value": 100}  # fmt: skip
            sheet.conditional_format(1, column, last, column, bar)

    def criteria(self, rows: Sequence[tuple[Cell, ...]]) -> None:
        """One row a criterion."""
        sheet = self._sheet("Criteria", CRITERION_COLUMNS, rows)
        rating = CRITERION_COLUMNS.index("rating")
        for word, look in (("not met", self._bad), ("n/a", self._warn)):
            sheet.conditional_format(
                1,
                rating,
                max(len(rows), 1),
                rating,
                {"type": "cell", "criteria": "==", "value": f'"{word}"', "format": look},
            )

    def summary(self, rubrics: Sequence[RubricSummary], unscored: Sequence[Unscored]) -> None:
        """What the reviews of each rubric say together, and what could not be scored."""
        sheet = self._book.add_worksheet("Summary")
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 2, 40)
        line = 0
        for one in rubrics:
            sheet.write_string(
                line, 0, _safe(f"{one.rubric.title} ({one.rubric.name})"), self._title
            )
            line += 1
            for label, value in _lines(one):
                sheet.write_string(line, 0, _safe(label), self._text)
                if isinstance(value, int):
                    sheet.write_number(line, 1, value)
                else:
                    sheet.write_string(line, 1, _safe(value), self._text)
                line += 1
            line += 1
        if unscored:
            sheet.write_string(line, 0, "Without a score", self._title)
            line += 1
        for row in unscored:
            for column, text in enumerate(row):
                sheet.write_string(line, column, _safe(text), self._wrapped)
            line += 1

    def _sheet(self, name: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Any:
        sheet = self._book.add_worksheet(name)
        for column, title in enumerate(columns):
            sheet.write_string(0, column, _safe(title), self._head)
        widths = [len(title) + 4 for title in columns]
        for line, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                self._write(sheet, line, column, cell)
                widths[column] = max(widths[column], min(len(str(cell or "")) + 2, WIDEST))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(len(rows), 1), len(columns) - 1)
        return sheet

    def _write(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, bool):
            sheet.write_boolean(line, column, cell)
        elif isinstance(cell, Figure):
            # A spreadsheet holds floats; what decided anything was exact before.
            sheet.write_number(line, column, float(cell))
        else:
            sheet.write_string(line, column, _safe(cell), self._text)


def _lines(one: RubricSummary) -> Iterator[tuple[str, str | int]]:
    """A rubric's summary as label and value."""
    yield "rule", rule(one.rubric)
    yield "reviews", one.reviews
    for label, share in (
        ("mean", mean_of(one.shares)),
        ("median", quantile(one.shares, Fraction(1, 2))),
        ("lower quartile", quantile(one.shares, Fraction(1, 4))),
        ("upper quartile", quantile(one.shares, Fraction(3, 4))),
        ("mean of what was observed", mean_of(one.observed_shares)),
    ):
        if share is not None:
            yield label, plain_percent(share)
    for band in reversed(one.rubric.bands):
        yield f"band: {band.name}", one.bands[band.name]
    if one.rubric.expected is not None:
        yield "meet what is expected", one.meets_expected
        yield "of those only because of n/a", one.meets_only_by_not_applicable
        yield "below expected", one.below_expected
    yield "missed a critical criterion", one.critical
    yield "with an open dispute", one.provisional


def _safe(text: str) -> str:
    """Text as a cell holds it: nothing invisible, and no longer than a cell can be."""
    shown = visible(text.replace("\n", " ").replace("\t", " "))
    return shown if len(shown) <= LONGEST_CELL else shown[: LONGEST_CELL - 1] + "…"
