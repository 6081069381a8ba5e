"""A filled form (`filling.form_writer`): from the bytes of a workbook to the values of reviews.

The values are those that a YAML review would have, so everything after this is the same; a place is
a row and a column of a sheet. Each sheet that is a form is a review.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NoReturn

from charter_score.diagnostics import START, Diagnostic, Location, Route, Severity
from charter_score.errors import DocumentError
from charter_score.forms.contract import (
    HEADING,
    LISTS,
    MARK,
    MARK_BEGINS,
    MOST_COLUMNS,
    MOST_ROWS,
    WORDS_SHEET,
    About,
    Role,
    RowKey,
    row_key,
)
from charter_score.scalars import Null, Value
from charter_score.source.document import (
    Built,
    Document,
    Place,
    Places,
    key_text,
    scalar_problem,
)
from charter_score.source.tables.cells import text_of
from charter_score.source.workbook_checks import Unpacked, Workbook, unpack
from charter_score.source.workbooks import Cell, Sheet, is_installed, open_workbook, sheet_too_large

_HINT = "`charter-score new RUBRIC -o form.xlsx` makes a form"
_ANSWERS = (Role.RATING, Role.COMMENT, Role.EVIDENCE)


def read_forms(data: bytes, shown: str) -> Iterator[Document | DocumentError]:
    """Each review of a workbook, or what keeps it from being read, in the order of the sheets.

    Raises:
        DocumentError: where the workbook as a whole cannot be read, or holds no form.
    """
    unpacked = unpack(data, shown)
    if not is_installed() and not unpacked.holds(MARK_BEGINS):
        raise _not_a_form(shown)  # nothing needs to be installed for knowing that
    book = _checked(unpacked)
    forms: list[tuple[Sheet, list[list[Cell]]]] = []
    warnings: list[Diagnostic] = [_more_than_cells(shown)] if book.has_more else []
    for sheet in open_workbook(book.data, shown):
        mark = _mark(sheet)
        if mark.startswith(MARK_BEGINS):
            # All at once: only one workbook is open at a time, and a form is not long.
            rows = list(sheet.read()) if sheet.fits(MOST_ROWS, MOST_COLUMNS) else []
            forms.append((sheet, rows))
        elif not _is_words(sheet) and (book.unread.get(sheet.name) or not _is_empty(sheet)):
            warnings.append(_not_read(sheet))
    if not forms:
        raise _not_a_form(shown)
    for sheet, rows in forms:
        reader = _Form(rows, book.unread.get(sheet.name, {}), sheet)
        reader.diagnostics += warnings
        warnings = []
        if sheet.is_hidden:
            reader.diagnostics.append(_hidden(sheet))
        try:
            yield reader.document(sheet.name if len(forms) > 1 else None)
        except DocumentError as wrong:
            yield wrong


def _checked(unpacked: Unpacked) -> Workbook:
    """The workbook without what could do harm.

    Raises:
        DocumentError: where it cannot be read; one that is too large and certainly no form is
            that, and not a form that is too large.
    """
    try:
        return unpacked.check(MOST_ROWS, MOST_COLUMNS)
    except DocumentError as wrong:
        is_large = wrong.diagnostics[0].code in ("too-large", "sheet-too-large")
        if is_large and not unpacked.holds(MARK_BEGINS):
            raise _not_a_form(unpacked.shown) from None
        raise


def _not_a_form(shown: str) -> DocumentError:
    return DocumentError(
        [Diagnostic("not-a-form", "this workbook is no form of charter-score", shown, START, _HINT)]
    )


def _mark(sheet: Sheet) -> str:
    """What the first cell says; empty where it is no text."""
    first = next(sheet.read(1), [])
    return first[0] if first and isinstance(first[0], str) else ""


def _is_words(sheet: Sheet) -> bool:
    """Whether a sheet is the form's own, with the words of its drop-downs."""
    return sheet.name == WORDS_SHEET and sheet.is_hidden


def _is_empty(sheet: Sheet) -> bool:
    return sheet.has_cells and not any(
        not isinstance(cell, str) or cell.strip() for row in sheet.read() for cell in row
    )


def _not_read(sheet: Sheet) -> Diagnostic:
    return Diagnostic(
        "sheet-not-read",
        "this sheet is no form, and is not read",
        sheet.shown,
        START,
        "whatever belongs to the review must stand in the form",
        Severity.WARNING,
        sheet.name,
    )


def _hidden(sheet: Sheet) -> Diagnostic:
    return Diagnostic(
        "hidden-sheet",
        "this sheet is hidden, and its review counts",
        sheet.shown,
        START,
        "show it, or delete it if it is an old copy",
        Severity.WARNING,
        sheet.name,
    )


def _more_than_cells(shown: str) -> Diagnostic:
    return Diagnostic(
        "only-cells-read",
        "this workbook has notes on cells, text boxes or pictures, which are not read",
        shown,
        START,
        "whatever belongs to the review must stand in a cell of the form",
        Severity.WARNING,
    )


class _Form:
    """Values and their places, built from the rows of a form."""

    def __init__(
        self, rows: Sequence[Sequence[Cell]], unread: dict[Location, str], sheet: Sheet
    ) -> None:
        self._rows = rows
        self._unread = unread
        self._sheet = sheet
        self.diagnostics: list[Diagnostic] = []
        self._unreadable: set[Route] = set()
        self._value: dict[str, Value] = {}
        self._places: Places = {id(self._value): {}}
        self._entries: dict[str, dict[str, Value]] = {}
        """The disputes by the numbers that their rows have."""
        self._columns: dict[Role, int] = {}

    def document(self, part: str | None) -> Document:
        """The review that the form holds; `part` names it where the workbook has several.

        Raises:
            DocumentError: where the sheet as a whole cannot be read.
        """
        if not self._sheet.fits(MOST_ROWS, MOST_COLUMNS):
            self._stop(sheet_too_large(self._sheet, MOST_ROWS, MOST_COLUMNS))
        names = self._rows[0]
        if names[0] != MARK:
            message = "this form was made by another version of charter-score"
            self._refuse("form-version", message, "read it with that version, or make a new form")
        roles = {role.value: role for role in Role}
        self._columns = {
            roles[name]: number
            for number, name in enumerate(names)
            if isinstance(name, str) and name in roles
        }
        if Role.RATING not in self._columns:
            self._refuse("not-a-form", "the first row of this form is damaged", _HINT)
        for number, row in enumerate(self._rows):
            if number:
                self._row(number, row)
        self._foreign_columns()
        # What is missing altogether is best said where the interaction begins.
        begin = self._places[id(self._value)].get("interaction")
        built = Built(self._value, begin.key if begin else START, self._places)
        return Document(
            self._sheet.shown,
            "",
            self._value,
            None,
            built,
            self._sheet.name,
            part,
            tuple(self.diagnostics),
            frozenset(self._unreadable),
        )

    def _refuse(self, code: str, message: str, hint: str) -> NoReturn:
        self._stop(
            Diagnostic(code, message, self._sheet.shown, START, hint, sheet=self._sheet.name)
        )

    def _stop(self, wrong: Diagnostic) -> NoReturn:
        raise DocumentError([wrong, *self.diagnostics])

    def _foreign_columns(self) -> None:
        """Warn of each column that somebody put beside those of the form and wrote into.

        A form made before its other columns had names does not say which are its own.
        """
        if Role.GUIDANCE not in self._columns:
            return
        own = {0, *self._columns.values()}
        warned: set[int] = set()
        for number, row in enumerate(self._rows):
            for column, cell in enumerate(row):
                if column in own or column in warned or text_of(cell) == "":
                    continue
                warned.add(column)
                self._warn_not_read(Location(number + 1, column + 1))

    def _warn_not_read(self, place: Location) -> None:
        self.diagnostics.append(
            Diagnostic(
                "cell-not-read",
                "something stands here, where the form asks for nothing",
                self._sheet.shown,
                place,
                "whatever belongs to the review must stand in an answer of the form",
                Severity.WARNING,
                self._sheet.name,
            )
        )

    def _row(self, number: int, row: Sequence[Cell]) -> None:
        text = row[0] if row and isinstance(row[0], str) else ""
        if text == HEADING:
            return
        match row_key(text):
            case RowKey(About.INTERACTION, name):
                self._field(key_text(name), number)
            case RowKey(About.REVIEW, name):
                self._about(name, number)
            case RowKey(About.DISPUTE, name):
                self._dispute(name, number)
            case RowKey(About.CRITERION, criterion, section):
                self._rating(section, criterion, number)
            case _:
                self._unknown_row(number)

    def _unknown_row(self, number: int) -> None:
        """An error where something stands in a row that asks for nothing."""
        for role in _ANSWERS:
            if role in self._columns and self._text(number, role, ()):
                self._problem(
                    "unknown-row",
                    "something stands here, but the row belongs to no question of the form",
                    number,
                    role,
                    "move it to a row of the form; the hidden first column names those",
                )
                return

    def _field(self, name: str, number: int) -> None:
        """A field of the interaction: one value, or a list where several rows have one."""
        text = self._only_text(number, ("interaction", name))
        fields = self._inside(self._value, "interaction", number)
        if not text:
            # Where it is missing, this is where it is to be given.
            here = self._at(number, Role.RATING)
            self._places[id(fields)].setdefault(name, Place(here, here))
            return
        before = fields.get(name)
        if before is None:
            self._put(fields, name, text, number)
        elif isinstance(before, list):
            self._append(before, text, number)
        else:
            place = self._places[id(fields)][name]
            several: list[Value] = [before]
            self._places[id(several)] = {0: place}
            fields[name] = several
            self._append(several, text, number)

    def _only_text(self, number: int, route: Route) -> str:
        """The answer in a row whose answer is one cell, over all columns of answers."""
        for role in (Role.COMMENT, Role.EVIDENCE):
            if role in self._columns and self._text(number, role, route):
                self._warn_not_read(self._at(number, role))
        return self._text(number, Role.RATING, route)

    def _about(self, name: str, number: int) -> None:
        text = self._only_text(number, (name,))
        if not text:
            return
        if name in LISTS:
            items = self._value.get(name)
            if not isinstance(items, list):
                items = []
                self._put(self._value, name, items, number)
                self._places[id(items)] = {}
            # Whoever writes several lines into one cell means several things.
            for line in text.split("\n"):
                if line.strip():
                    self._append(items, line.strip(), number)
        elif name in self._value:
            self._twice(number)
        else:
            self._put(self._value, name, text, number)

    def _rating(self, section: str, criterion: str, number: int) -> None:
        ratings = self._inside(self._value, "ratings", number)
        rated = self._inside(ratings, section, number)
        if criterion in rated:
            self._twice(number)
            return
        route = ("ratings", section, criterion)
        texts = {
            role: self._text(number, role, route)
            for role in (*_ANSWERS, Role.CAUSES)
            if role in self._columns
        }
        rating = texts.pop(Role.RATING) or Null()
        causes = texts.pop(Role.CAUSES, "")
        if not any(texts.values()) and not causes:
            self._put(rated, criterion, rating, number)
            return
        entry: dict[str, Value] = {}
        self._put(rated, criterion, entry, number)
        self._places[id(entry)] = {}
        self._put(entry, "rating", rating, number)
        for role, text in texts.items():
            if text:
                self._put(entry, role.value, text, number, role)
        if causes:
            ticked: list[Value] = []
            self._put(entry, Role.CAUSES.value, ticked, number, Role.CAUSES)
            self._places[id(ticked)] = {}
            for cause in re.split("[;\n]", causes):
                if cause.strip():
                    self._append(ticked, cause.strip(), number, Role.CAUSES)

    def _dispute(self, name: str, number: int) -> None:
        """One part of a dispute; `name` has its number among them and what it is."""
        place, _, part = name.partition(".")
        entry = self._entries.get(place)
        index = len(self._entries) if entry is None else list(self._entries).index(place)
        routes: list[Route] = [("disputes", index, part)]
        if part == "criterion":
            routes += [("disputes", index, "section")]
        text = self._only_text(number, routes[0])
        is_unreadable = routes[0] in self._unreadable
        if is_unreadable:
            self._unreadable.update(routes)
        if not text and not is_unreadable:
            return
        disputes = self._value.get("disputes")
        if not isinstance(disputes, list):
            disputes = []
            self._put(self._value, "disputes", disputes, number)
            self._places[id(disputes)] = {}
        if entry is None:
            entry = self._entries[place] = {}
            here = self._at(number, Role.RATING)
            self._places[id(disputes)][len(disputes)] = Place(here, here)
            self._places[id(entry)] = {}
            disputes.append(entry)
        if is_unreadable:
            return
        if part in entry:
            self._twice(number)
        elif part == "criterion":
            section, dot, criterion = text.partition(".")
            self._put(entry, "section", section, number)
            if dot:
                self._put(entry, "criterion", criterion, number)
        else:
            self._put(entry, part, text, number)

    def _inside(self, container: dict[str, Value], name: str, number: int) -> dict[str, Value]:
        """The mapping of a name, made where it is not there yet."""
        inner = container.get(name)
        if not isinstance(inner, dict):
            inner = {}
            self._put(container, name, inner, number)
            self._places[id(inner)] = {}
        return inner

    def _put(
        self,
        container: dict[str, Value],
        name: str,
        value: Value,
        row: int,
        role: Role = Role.RATING,
    ) -> None:
        container[name] = value
        here = self._at(row, role)
        self._places[id(container)][name] = Place(here, here)

    def _append(self, items: list[Value], text: str, number: int, role: Role = Role.RATING) -> None:
        here = self._at(number, role)
        self._places[id(items)][len(items)] = Place(here, here)
        items.append(text)

    def _text(self, number: int, role: Role, route: Route) -> str:
        """What a cell says, as the text that a YAML review would have; empty where it is blank.

        Where it cannot be read, what the row asks for (`route`) is noted as unreadable, so that it
        is not reported as missing too.
        """
        row, column = self._rows[number], self._columns[role]
        unread = self._unread.get(self._at(number, role))
        if unread is not None and route:
            self._unreadable.add(route)
        if unread == "formula":
            self._problem(
                "formula",
                "a formula stands here, and only what is written out is read",
                number,
                role,
                "write its result; text that begins with = goes behind an apostrophe: '=",
            )
            return ""
        if unread == "error":
            self._problem(
                "cell-error",
                "the program that saved this form has an error in this cell",
                number,
                role,
                "write the cell anew; not applicable is n/a",
            )
            return ""
        text = text_of(row[column]) if column < len(row) else ""
        if wrong := scalar_problem(text):
            code, message, hint = wrong
            self._problem(code, message, number, role, hint)
            if route:
                self._unreadable.add(route)
            return ""
        return text

    def _twice(self, number: int) -> None:
        self._problem(
            "duplicate-key",
            "this row asks for the same as a row above, perhaps as its copy",
            number,
            Role.RATING,
            "delete the one that is too many",
        )

    def _problem(self, code: str, message: str, number: int, role: Role, hint: str) -> None:
        self.diagnostics.append(
            Diagnostic(
                code,
                message,
                self._sheet.shown,
                self._at(number, role),
                hint,
                sheet=self._sheet.name,
            )
        )

    def _at(self, number: int, role: Role) -> Location:
        return Location(number + 1, self._columns[role] + 1)
