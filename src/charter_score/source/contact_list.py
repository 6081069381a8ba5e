"""A list of contacts to draw from: a CSV file or a sheet, one contact a row under headings."""

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple

from charter_score.diagnostics import START, Diagnostic, Location, did_you_mean
from charter_score.errors import DocumentError
from charter_score.rubric import same_value
from charter_score.samples.drawing import ADVISOR, REFERENCE, ListedContact, plain_reference
from charter_score.source import kinds
from charter_score.source.document import decode
from charter_score.source.files import AnyPath, read_bytes, shown_path

MOST_CONTACTS = 200_000
MOST_COLUMNS = 200
_DELIMITERS = ",;\t"


class _Cells(NamedTuple):
    """A row of a list, and where it stands."""

    row: int
    texts: list[str]


def contacts_of(
    path: AnyPath, reference: str | None = None, advisor: str | None = None
) -> list[ListedContact]:
    """The contacts of a list; `reference` and `advisor` name columns that are called otherwise.

    Raises:
        DocumentError: with everything that is wrong with it; nothing is drawn from a part of it.
    """
    shown = shown_path(path)
    data = read_bytes(path, shown)
    sheet = None
    if kinds.is_workbook(shown):
        sheet, rows = _sheet(data, shown)
    else:
        rows = _csv(decode(data, shown))
    return _List(shown, sheet).contacts(rows, {REFERENCE: reference, ADVISOR: advisor})


def _csv(text: str) -> Iterator[_Cells]:
    """The rows of a text; what parts its cells is what its first line has most of."""
    first = text.partition("\n")[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    while True:
        line = reader.line_num + 1
        try:
            texts = next(reader, None)
        except csv.Error:
            yield _Cells(line, [])
            continue
        if texts is None:
            return
        yield _Cells(line, texts)


def _sheet(data: bytes, shown: str) -> tuple[str, Iterator[_Cells]]:
    from charter_score.source.workbooks import open_workbook, sheet_too_large

    sheets = [sheet for sheet in open_workbook(data, shown) if sheet.has_cells and sheet.rows]
    if not sheets:
        raise DocumentError([Diagnostic("empty-document", "the workbook is empty", shown)])
    sheet = sheets[0]
    if not sheet.fits(MOST_CONTACTS + 1, MOST_COLUMNS):
        raise DocumentError([sheet_too_large(sheet, MOST_CONTACTS + 1, MOST_COLUMNS)])
    rows = (_Cells(row, list(map(_text, cells))) for row, cells in enumerate(sheet.read(), 1))
    return sheet.name, rows


def _text(cell: object) -> str:
    """What a cell says, as a person would type it: `417` and never `417.0`."""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ", "minutes")
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, time):
        return cell.isoformat("minutes")
    if isinstance(cell, timedelta):
        return str(int(cell.total_seconds()))
    return str(cell)


class _List:
    """A list that is read, with what is wrong in it."""

    def __init__(self, shown: str, sheet: str | None) -> None:
        self._shown = shown
        self._sheet = sheet
        self._wrong: list[Diagnostic] = []

    def _note(
        self, code: str, message: str, row: int, column: int = 0, hint: str | None = None
    ) -> None:
        place = Location(row, column + 1)
        self._wrong.append(Diagnostic(code, message, self._shown, place, hint, sheet=self._sheet))

    def contacts(self, rows: Iterator[_Cells], named: dict[str, str | None]) -> list[ListedContact]:
        """The contacts below the headings.

        Raises:
            DocumentError: with everything that is wrong.
        """
        heads = next((row for row in rows if any(text.strip() for text in row.texts)), None)
        if heads is None:
            raise DocumentError(
                [Diagnostic("empty-document", "there is no row in it", self._shown, START)]
            )
        names = self._names(heads, named)
        found: list[ListedContact] = []
        if REFERENCE in names:
            rows_of: dict[str, int] = {}
            for row in rows:
                contact = self._contact(row, names, rows_of)
                if contact is not None:
                    found.append(contact)
                if len(found) > MOST_CONTACTS:
                    self._note("too-many", f"more than {MOST_CONTACTS:,} contacts", row.row)
                    break
        if not found and not self._wrong:
            self._note("empty-document", "there is no contact below the headings", heads.row)
        if self._wrong:
            raise DocumentError(self._wrong)
        return found

    def _names(self, heads: _Cells, named: dict[str, str | None]) -> list[str]:
        """The headings, those that a command names by what they stand for."""
        names = [same_value(text) for text in heads.texts]
        for meaning, heading in named.items():
            if heading is None:
                continue
            if same_value(heading) not in names:
                self._note(
                    "missing-column",
                    f"no column is called as --{meaning} says",
                    heads.row,
                    hint=did_you_mean(heading, [name for name in names if name]),
                )
                continue
            if meaning in names and same_value(heading) != meaning:
                names[names.index(meaning)] = ""
            names[names.index(same_value(heading))] = meaning
        for at, name in enumerate(names):
            if name and name in names[:at]:
                self._note(
                    "duplicate-column", "an earlier column has the same heading", heads.row, at
                )
        if REFERENCE not in names and not self._wrong:
            self._note(
                "missing-column",
                "no column is called `reference`",
                heads.row,
                hint="name the column that tells contacts apart with --reference COLUMN",
            )
        return names

    def _contact(
        self, row: _Cells, names: Sequence[str], rows_of: dict[str, int]
    ) -> ListedContact | None:
        """The contact of a row; None of a blank row, or of one that is wrong."""
        if not any(text.strip() for text in row.texts):
            return None
        if any(text.strip() for text in row.texts[len(names) :]):
            self._note("row-too-long", "there are more cells than headings", row.row, len(names))
            return None
        fields = {name: text.strip() for name, text in zip(names, row.texts, strict=False) if name}
        reference = plain_reference(fields.pop(REFERENCE, ""))
        at = list(names).index(REFERENCE)
        if not reference or "\n" in reference:
            self._note(
                "no-reference",
                "this contact has no reference on one line",
                row.row,
                at,
                "every contact needs its own, or it could not be drawn",
            )
            return None
        if reference in rows_of:
            self._note(
                "duplicate-reference",
                f"row {rows_of[reference]} has the same reference",
                row.row,
                at,
                "take one of the two out: a contact twice in the list is drawn twice as often",
            )
            return None
        rows_of[reference] = row.row
        return ListedContact(reference, fields)
