"""A batch as a spreadsheet: reviews, a summary, groups and criteria, numbers as numbers.

Text is always written as a string, so nothing a person wrote can become a formula. Needs the extra
`excel` (XlsxWriter).
"""

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from charter_score import facts
from charter_score.compiled import bounds_of
from charter_score.field_types import is_date
from charter_score.figures import JSON_DECIMALS, Figure, percent_text, rounded_text
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import reason
from charter_score.render.results.overview import (
    TOO_FEW,
    GroupFigure,
    Grouping,
    GroupRow,
    Overview,
    chosen,
    groups,
    overview,
)
from charter_score.render.results.review_page import review_page
from charter_score.render.results.review_rows import Kind as PageKind
from charter_score.render.results.review_rows import Row as PageRow
from charter_score.render.results.review_rows import review_rows
from charter_score.render.results.table import (
    CRITERION_COLUMNS,
    NUMBER_READ_FIRST,
    Cell,
    Columns,
    Day,
    Percentage,
    ReviewRow,
    criterion_rows,
    review_row,
)
from charter_score.render.sheets import (
    LONGEST_CELL,
    MOST_ROWS,
    begun,
    cut,
    lines_in,
    needs_excel,
    plain_text,
    row_height,
)
from charter_score.render.text.diagnostics import place_text
from charter_score.render.text.hostile import visible
from charter_score.render.text.phrases import count
from charter_score.summary import RubricSummary, Summary, mean_of, quantile

MOST_COLUMNS = 16_384
"""What a sheet can hold."""
WIDEST = 48
_A4 = 9
_PERCENT = '0.0#########"%"'
"""Every decimal that a figure has: a share just under a bound must not look as if it were on it."""
_PAGES = "&C&A&RPage &P of &N"
"""What stands at the foot of every page: the sheet's name, and which page of how many."""
_PAGE_WIDTHS, _TO_SIGN = (34, 62, 22), 3
"""Columns of the page of one review, and lines of room to sign in."""
_FIRST_DAY = "1900-03"
"""Spreadsheets do not agree on days before."""
_TABLE = "Table Style Light 1"
_LONGEST_NAME, _LONGEST_TITLE = 31, 200
"""Characters of the name of a sheet, and of a heading of a table (which may have 255)."""
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\]")
_CRITERIA_READ_FIRST = (
    "id",
    "advisor",
    "team",
    "date",
    "channel",
    "section_title",
    "criterion_title",
    "rating",
    "earned",
    "available",
    "comment",
)
"""Columns of criteria that a person reads, in that order."""

Unscored = tuple[str, str, str]
"""Path, what became of it, why."""


class Rows(NamedTuple):
    """The rows of one scored review; `page` is all of it as a sheet to hand out, if wanted."""

    review: ReviewRow
    criteria: list[tuple[Cell, ...]]
    page: tuple[PageRow, ...] = ()


class Workbook:
    """`xlsx`: waits for all, then writes the workbook at once.

    With `page` there is one review, and its first sheet is the page made for its advisor.

    Raises:
        UsageError: where the extra is not installed.
    """

    def __init__(self, *, page: bool = False) -> None:
        needs_excel()
        self._reviews: list[ReviewRow] = []
        self._columns = Columns()
        self._criteria: list[tuple[Cell, ...]] = []
        self._unscored: list[Unscored] = []
        self._is_alone = page
        self._page: tuple[PageRow, ...] = ()

    def piece(self, outcome: Outcome) -> Rows | Unscored:
        """The rows of one input."""
        match outcome:
            case Scored():
                page = tuple(review_rows(review_page(outcome))) if self._is_alone else ()
                return Rows(review_row(outcome), criterion_rows(outcome), page)
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
            self._page = piece.page
        else:
            self._unscored.append(piece)
        return b""

    def end(self, closing: Closing) -> Iterator[bytes]:
        """The workbook."""
        stream = io.BytesIO()
        book = begun(stream)
        sheets = _Sheets(book)
        if self._page:
            sheets.page(self._page)
        left_out = self._columns.settle(MOST_COLUMNS)
        sheets.reviews(self._columns, self._reviews)
        summary = sheets.added("Summary")
        for grouping in groups(closing.summary, names=True):
            sheets.groups(grouping)
        sheets.criteria(self._criteria)
        sheets.summary(summary, closing.summary, self._unscored, left_out)
        book.close()
        yield stream.getvalue()


class _Sheets:
    """The sheets of a workbook, with the formats they share.

    Text is marked as text (`quote_prefix`), so that it stays text when somebody edits the cell.
    """

    def __init__(self, book: Any) -> None:
        self._book = book
        self._names: set[str] = set()
        self._cut = 0
        text = {"valign": "top", "align": "left", "indent": 1, "quote_prefix": True}
        self._head = book.add_format(
            {
                "bold": True,
                "bg_color": "#1F3A4D",
                "font_color": "#FFFFFF",
                **text,
            }
        )
        self._number_head = book.add_format(
            {
                "bold": True,
                "bg_color": "#1F3A4D",
                "font_color": "#FFFFFF",
                **text,
                "align": "right",
            }
        )
        self._title = book.add_format({**text, "bold": True, "font_size": 13})
        self._text = book.add_format(text)
        self._long = book.add_format({**text, "text_wrap": True})
        heading = {**text, "bold": True, "bottom": 1, "valign": "bottom"}
        self._page_heading = book.add_format(heading)
        self._to_sign = book.add_format({**text, "bottom": 1, "valign": "bottom"})
        self._plain = book.add_format({"valign": "top"})
        self._day = book.add_format({"valign": "top", "align": "left", "num_format": "yyyy-mm-dd"})
        self._month = book.add_format({"valign": "top", "align": "left", "num_format": "yyyy-mm"})
        self._percentage = book.add_format({"valign": "top", "num_format": _PERCENT})
        number = {"valign": "top", "align": "left", "indent": 1}
        self._percent = book.add_format({**number, "num_format": _PERCENT})
        self._count = book.add_format(number)
        self._of = book.add_format({**number, "num_format": '"of "0'})
        self._good = book.add_format({"bg_color": "#DDEFE0"})
        self._bad = book.add_format({"bg_color": "#F6DAD6"})
        self._warn = book.add_format({"bg_color": "#FBEBC8"})

    def added(self, name: str) -> Any:
        """A sheet of a name, or of one like it that a sheet can have and none has yet."""
        wanted = sheet_name(name)
        number = 1
        while wanted.casefold() in self._names:
            number += 1
            wanted = f"{sheet_name(name, _LONGEST_NAME - len(str(number)) - 1)} {number}"
        self._names.add(wanted.casefold())
        return self._book.add_worksheet(wanted)

    def page(self, rows: Sequence[PageRow]) -> None:
        """One review on an A4 page, made to be handed to its advisor."""
        sheet = self.added("Review")
        for column, width in enumerate(_PAGE_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_margins(left=0.5, right=0.5, top=0.5, bottom=0.6)
        sheet.set_footer(_PAGES)
        for line, row in enumerate(rows):
            look = {
                PageKind.TITLE: self._title,
                PageKind.HEADING: self._page_heading,
                PageKind.LINE: self._long,
                PageKind.TO_SIGN: self._to_sign,
            }[row.kind]
            cells = (row.label, row.text, row.aside)
            height = _TO_SIGN if row.kind is PageKind.TO_SIGN else 1
            for column, (text, width) in enumerate(zip(cells, _PAGE_WIDTHS, strict=True)):
                sheet.write_string(line, column, self._fitting(text), look)
                if row.kind is PageKind.LINE:
                    height = max(height, lines_in(text, width))
            sheet.set_row(line, row_height(height, 4 if look is self._title else 0))

    def reviews(self, columns: Columns, rows: Sequence[ReviewRow]) -> None:
        """One row a review; below expected, n/a and little observed stand out, in words too."""
        order = columns.in_reading_order()
        titles = [columns.titles[place] for place in order]
        cells = [columns.cells(row) for row in rows]
        table = [[row[place] for place in order] for row in cells]
        for sheet, last in self._tables("Reviews", titles, table, printed=NUMBER_READ_FIRST):
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
            for column in (titles.index("percent"), *map(order.index, columns.sections)):
                sheet.conditional_format(1, column, last, column, bar)

    def criteria(self, rows: Sequence[Sequence[Cell]]) -> None:
        """One row a criterion; lost points and n/a stand out."""
        others = [name for name in CRITERION_COLUMNS if name not in _CRITERIA_READ_FIRST]
        titles = [*_CRITERIA_READ_FIRST, *others]
        order = [CRITERION_COLUMNS.index(name) for name in titles]
        table = [[row[place] for place in order] for row in rows]
        rating, earned, available = map(titles.index, ("rating", "earned", "available"))
        printed = len(_CRITERIA_READ_FIRST)
        for sheet, last in self._tables("Criteria", titles, table, printed=printed):
            _mark(sheet, last, rating, f"{_cell(earned)}<{_cell(available)}", self._bad)
            _mark(sheet, last, rating, '{}="n/a"', self._warn)

    def groups(self, grouping: Grouping) -> None:
        """Groups as a table of the spreadsheet, with figures to sort and to draw."""
        if not grouping.rows:
            return
        heads = [*grouping.by, *grouping.heads[len(grouping.by) :]]
        titles = _told_apart([*heads, *map(_figure_title, GroupFigure), "Note"])
        table = [
            [
                *(_group_value(*pair) for pair in zip(heads, row.values, strict=True)),
                *(_group_figure(row, figure) for figure in GroupFigure),
                None if row.shows_mean else TOO_FEW,
            ]
            for row in grouping.rows
        ]
        for _ in self._tables(grouping.title, titles, table, is_table=True):
            pass

    def summary(
        self, sheet: Any, summary: Summary, unscored: Sequence[Unscored], left_out: int
    ) -> None:
        """What the reviews of each rubric say together, and what could not be scored."""
        sheet.set_column(0, 0, 44)
        sheet.set_column(1, 2, 40)
        sheet.set_paper(_A4)
        sheet.fit_to_pages(1, 0)
        sheet.set_footer(_PAGES)
        line = 0
        if told := chosen(summary, names=True):
            sheet.write_string(line, 0, "Chosen", self._text)
            sheet.write_string(line, 1, self._fitting(told), self._text)
            line += 2
        for one, said in zip(summary.in_order(), overview(summary), strict=True):
            title = f"{one.rubric.title} ({one.rubric.name})"
            sheet.write_string(line, 0, self._fitting(title), self._title)
            for label, value, of in _lines(one, said):
                line += 1
                if of is not None:
                    sheet.write_number(line, 2, of, self._of)
                sheet.write_string(line, 0, self._fitting(label), self._text)
                if isinstance(value, Figure):
                    sheet.write_number(line, 1, float(value), self._percent)
                elif isinstance(value, int):
                    sheet.write_number(line, 1, value, self._count)
                else:
                    sheet.write_string(line, 1, self._fitting(value), self._text)
            line += 2
        if unscored:
            sheet.write_string(line, 0, "Without a score", self._title)
            line += 1
        room = max(0, MOST_ROWS - line - 4)
        for row in unscored[:room]:
            for column, text in enumerate(row):
                sheet.write_string(line, column, self._fitting(text), self._long)
            line += 1
        if len(unscored) > room:
            sheet.write_string(line, 0, f"and {len(unscored) - room} more")
            line += 1
        if left_out:
            told = f"{count(left_out, 'column')} left out: a sheet holds {MOST_COLUMNS}"
            sheet.write_string(line, 0, told)
            line += 1
        if self._cut:
            told = f"{count(self._cut, 'text')} cut: a cell holds {LONGEST_CELL:,} characters; "
            sheet.write_string(line, 0, told + "csv and json hold all of it")
            line += 1
        sheet.write_string(line + 1, 0, "One part of the picture. A person decides.", self._text)

    def _tables(
        self,
        name: str,
        columns: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        *,
        printed: int | None = None,
        is_table: bool = False,
    ) -> Iterator[tuple[Any, int]]:
        """A table on as many sheets as its rows need, each with the place of its last row.

        On paper are the first columns, as many as are `printed`, and the first rows, which the foot
        of a page says.
        `is_table` makes it a table that the spreadsheet knows as one.
        """
        most = MOST_ROWS - 1
        for number, start in enumerate(range(0, max(len(rows), 1), most), 1):
            part = rows[start : start + most]
            sheet = self.added(name if number == 1 else f"{name} {number}")
            self._table(sheet, columns, part, is_table=is_table)
            last = max(len(part), 1)
            _set_up_pages(sheet, last, len(columns), printed or len(columns))
            yield sheet, last

    def _table(
        self, sheet: Any, columns: Sequence[str], rows: Sequence[Sequence[Cell]], *, is_table: bool
    ) -> None:
        last, right = max(len(rows), 1), len(columns) - 1
        heads = [self._fitting(title) for title in columns]
        if is_table:
            titles = [{"header": head, "header_format": self._head} for head in heads]
            sheet.add_table(0, 0, last, right, {"columns": titles, "style": _TABLE})
        else:
            sheet.autofilter(0, 0, last, right)
        widths = [len(title) + 4 for title in columns]
        numeric = {
            column for row in rows for column, cell in enumerate(row) if isinstance(cell, Figure)
        }
        for column, head in enumerate(heads):
            look = self._number_head if column in numeric else self._head
            sheet.write_string(0, column, head, look)
        for line, row in enumerate(rows, 1):
            height = 1
            for column, cell in enumerate(row):
                self._write(sheet, line, column, cell)
                if cell is not None:
                    widths[column] = max(widths[column], len(str(cell)) + 2)
                    height = max(height, lines_in(str(cell), WIDEST))
            if height > 1:
                sheet.set_row(line, row_height(height))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST))
        sheet.freeze_panes(1, 1)
        # What a review wrote stays text, so no cell needs a mark that it looks like a number.
        sheet.ignore_errors({"number_stored_as_text": _area(last, right)})

    def _fitting(self, text: str) -> str:
        """A text as a cell holds it; one that had to be cut is counted."""
        plain = plain_text(text)
        shown = cut(plain)
        self._cut += shown != plain
        return shown

    def _write(self, sheet: Any, line: int, column: int, cell: Cell) -> None:
        if cell is None:
            return
        if isinstance(cell, bool):
            # As text: LibreOffice takes truth values for formulas, and 7.4 crashes when it prints
            # such a cell under a rule for colours.
            sheet.write_string(line, column, str(cell).lower(), self._text)
        elif isinstance(cell, Figure):
            # A spreadsheet holds floats; what decided anything was exact before.
            look = self._percentage if isinstance(cell, Percentage) else self._plain
            sheet.write_number(line, column, float(cell), look)
        elif isinstance(cell, Month) and cell >= _FIRST_DAY:
            sheet.write_datetime(line, column, date.fromisoformat(f"{cell}-01"), self._month)
        elif isinstance(cell, Day) and cell >= _FIRST_DAY:
            sheet.write_datetime(line, column, date.fromisoformat(cell), self._day)
        else:
            look = self._long if lines_in(cell, WIDEST) > 1 else self._text
            sheet.write_string(line, column, self._fitting(cell), look)


class Month(str):
    """A month as text: `2016-05`."""

    __slots__ = ()


def _figure_title(figure: GroupFigure) -> str:
    """The heading of a column of figures, where no `of` stands beside them."""
    return "Meet what is expected" if figure is GroupFigure.MEETS else figure.value


def _group_value(field: str, value: str) -> Cell:
    """A value of a group: a day or a month as such, so that it is in its place on an axis."""
    if field == "date" and is_date(value):
        return Day(value)
    if field == "month" and is_date(f"{value}-01"):
        return Month(value)
    return value


def _group_figure(row: GroupRow, figure: GroupFigure) -> Figure | None:
    """A figure of a group as a number."""
    value = row.value(figure)
    if value is None:
        return None
    if isinstance(value, int):
        return Figure(value)
    if figure is GroupFigure.ADDED:
        return Figure(rounded_text(value * 100, JSON_DECIMALS))
    kept = () if figure.is_of_means else bounds_of(row.summary.rubric)
    return Percentage(percent_text(value, JSON_DECIMALS, kept))


def _told_apart(titles: Iterable[str]) -> list[str]:
    """Headings as a table takes them: in a line, not too long, and no two alike, case aside."""
    apart: dict[str, str] = {}
    for title in titles:
        plain = " ".join(title.split())[:_LONGEST_TITLE] or "–"
        number = 1
        heading = plain
        while heading.casefold() in apart:
            number += 1
            heading = f"{plain} {number}"
        apart[heading.casefold()] = heading
    return list(apart.values())


def sheet_name(name: str, most: int = _LONGEST_NAME) -> str:
    """A name that a sheet can have."""
    plain = _NOT_IN_NAMES.sub(" ", " ".join(visible(name).split()))
    units = plain.encode("utf-16-le")[: 2 * most]
    return units.decode("utf-16-le", "ignore").strip(" '")


_MOST_PRINTED = 1_000
"""Rows of a table on paper, some 13 pages: nobody reads more there, and 400 reviews took 101."""


def _set_up_pages(sheet: Any, last: int, columns: int, printed: int) -> None:
    """Have a table printed on pages as wide as it is, with its head on each.

    What is left off the paper stands in the foot of each page.
    """
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    lines = min(last, _MOST_PRINTED)
    cut = [f"{printed} of {columns} columns"] if printed < columns else []
    if lines < last:
        cut.append(f"{lines:,} of {last:,} rows")
    foot = _PAGES
    if cut:
        sheet.print_area(0, 0, lines, printed - 1)
        foot = f"&LThe first {' and '.join(cut)}; the sheet has the others{_PAGES}"
    sheet.set_footer(foot)


def _area(last: int, right: int) -> str:
    """The cells of a table as a spreadsheet names them."""
    from xlsxwriter.utility import xl_range

    area: str = xl_range(0, 0, last, right)
    return area


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


def _lines(one: RubricSummary, said: Overview) -> Iterator[tuple[str, str | int, int | None]]:
    """A rubric's summary as label and value, a `Figure` is a percentage; and of how many it is."""
    for label, value in _about_all(one, said):
        yield label, value, None
    for title, tallies in said.tallies:
        yield title, "", None
        for tally in tallies:
            yield f"    {tally.title}", tally.number, tally.of
    if said.praised:
        yield "Thank for", f"{said.praised.title} ({said.praised.told})", None


def _about_all(one: RubricSummary, said: Overview) -> Iterator[tuple[str, str | int]]:
    """What a rubric's summary says of all its reviews."""
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
