"""A filled form (`render.form`): from the bytes of a workbook to the values of a review.

The values are those that a YAML review would have, so everything after this is the same; a place is
a row and a column of the sheet. A workbook is a stranger's archive of XML, read by a library in
native code that an innocent-looking number can make ask for all memory there is, which no caller
could catch. So `checked_workbook` unpacks and checks the parts first and hands on a workbook of its
own, which holds nothing but what was checked.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat

from charter_score.diagnostics import START, Diagnostic, Location
from charter_score.errors import DocumentError
from charter_score.limits import MOST_BYTES
from charter_score.scalars import Null, Value
from charter_score.source.document import (
    Built,
    Document,
    Place,
    Places,
    key_text,
    scalar_problem,
    too_large,
)

MARKER = "charter-score/form/"
VERSION = "v1"
HEADING = "heading:"
LISTS = ("done_well", "could_be_better")

MOST_UNPACKED = 20_000_000  # bytes, all parts together
MOST_PARTS = 100
MOST_SHEETS = 20
MOST_ELEMENTS = 300_000
MOST_COUNTED = 1_000_000  # what an attribute may claim to count
MOST_ROWS = 10_000
MOST_COLUMNS = 100

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_NEEDED = re.compile(
    r"\[content_types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedstrings|styles)\.xml"
    r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/]+\.xml",
    re.IGNORECASE,
)
_CELL = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_HINT = "`charter-score new RUBRIC -o form.xlsx` makes a form"

Cell = str | float | bool | date | datetime | time | timedelta
"""What the library gives for a cell: a float for every number, empty text for nothing."""


def read_form(data: bytes, shown: str) -> Document:
    """The review that a form holds, as values with their places.

    Raises:
        DocumentError: with everything that is wrong with the workbook or the cells of the form.
    """
    try:
        import python_calamine
    except ImportError:
        raise DocumentError(
            [
                Diagnostic(
                    "missing-extra",
                    "reading a workbook needs an extra that is not installed",
                    shown,
                    hint="pip install 'charter-score[excel]'",
                )
            ]
        ) from None
    workbook = checked_workbook(data, shown, MOST_ROWS, MOST_COLUMNS)
    name, rows = _sheet(python_calamine, workbook.data, shown)
    built = _Form(rows, workbook.unread.get(name, {}), shown).build()

    def parse(text: str, path: str, *, note_places: bool) -> Built:
        """What was read already: a form has no text to read again."""
        del text, path, note_places
        return built

    return Document(shown, "", built.value, parse)


class Workbook(NamedTuple):
    """A workbook that is safe to open.

    `unread` has, for each sheet by name, the cells whose value is not their own: row and column
    (from 1) to `formula` or `error`.
    """

    data: bytes
    unread: dict[str, dict[Location, str]]


def checked_workbook(data: bytes, shown: str, most_rows: int, most_columns: int) -> Workbook:
    """A workbook made of the checked parts of a stranger's.

    Raises:
        DocumentError: `too-large`, `password-protected`, `not-a-workbook`, or `sheet-too-large`
            where a value stands outside the rows and columns allowed.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError([too_large(shown)])
    parts = _unpacked(data, shown)
    checks = {}
    budget = MOST_ELEMENTS
    for name, part in parts.items():
        checks[name] = _Part(shown, budget, most_rows, most_columns).check(part)
        budget -= checks[name].elements
    packed = BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return Workbook(packed.getvalue(), _by_sheet(checks))


def _unpacked(data: bytes, shown: str) -> dict[str, bytes]:
    """The parts that a reader needs, by name, unpacked within the limits."""
    if data.startswith(_OLE):
        if _ENCRYPTED in data:
            _refuse(
                "password-protected",
                shown,
                "this workbook is protected by a password",
                "save it without one",
            )
        _refuse("not-a-workbook", shown, "this is a workbook of before 2007", "save it as .xlsx")
    parts: dict[str, bytes] = {}
    left = MOST_UNPACKED
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            needed = [one for one in archive.infolist() if _NEEDED.fullmatch(one.filename)]
            if len(needed) > MOST_PARTS:
                _refuse("not-a-workbook", shown, "this workbook has too many parts")
            for one in needed:
                if one.filename.casefold() in map(str.casefold, parts):
                    _refuse("not-a-workbook", shown, "a part of this workbook is there twice")
                if one.flag_bits & 1:
                    _refuse("password-protected", shown, "this workbook is protected by a password")
                if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                    _refuse("not-a-workbook", shown, "this workbook is packed in an unusual way")
                with archive.open(one) as stream:
                    parts[one.filename] = stream.read(left + 1)
                left -= len(parts[one.filename])
                if left < 0:
                    _refuse(
                        "too-large",
                        shown,
                        f"this workbook unpacks to more than {MOST_UNPACKED // 1_000_000} MB",
                    )
    except DocumentError:
        raise
    except Exception:  # noqa: BLE001 - zipfile raises many kinds for what is no archive
        _refuse("not-a-workbook", shown, "this is not a workbook", "is it the right file?")
    return parts


def _refuse(code: str, shown: str, message: str, hint: str | None = None) -> NoReturn:
    raise DocumentError([Diagnostic(code, message, shown, START, hint)])


@dataclass(slots=True)
class _Part:
    """One part of a workbook as the check goes through its XML."""

    shown: str
    most_elements: int
    most_rows: int
    most_columns: int
    elements: int = 0
    unread: dict[Location, str] = field(default_factory=dict)
    sheets: dict[str, str] = field(default_factory=dict)
    """In the workbook's own part: the relation of each sheet, by the sheet's name."""
    targets: dict[str, str] = field(default_factory=dict)
    """In the relations: where each leads."""
    _in_cell: bool = False
    _here: Location | None = None
    """The cell that the check is in; None where it does not say which it is."""

    def check(self, part: bytes) -> "_Part":
        parser = expat.ParserCreate("UTF-8")
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.XmlDeclHandler = self._declaration
        try:
            part.decode("utf-8")  # what expat and the library must both take it for
            parser.Parse(part, True)  # noqa: FBT003 - the last piece
        except (expat.ExpatError, UnicodeDecodeError):
            _refuse("not-a-workbook", self.shown, "a part of this workbook is damaged")
        return self

    def _doctype(self, *told: object) -> None:
        del told
        _refuse("not-a-workbook", self.shown, "this workbook declares entities, which is refused")

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding is not None and encoding.casefold() != "utf-8":
            _refuse("not-a-workbook", self.shown, "a part of this workbook is not UTF-8")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self.elements += 1
        if self.elements > self.most_elements:
            _refuse("too-large", self.shown, "this workbook has too many cells")
        for counted in ("count", "uniqueCount"):
            claimed = attributes.get(counted, "0").strip()
            if not claimed.isascii() or not claimed.isdigit() or int(claimed[:20]) > MOST_COUNTED:
                _refuse("not-a-workbook", self.shown, "a part of this workbook is damaged")
        match name.rpartition(":")[2]:
            case "c":
                self._cell(attributes)
            case "v" | "is" | "f" as kind if self._in_cell:
                self._content(kind)
            case "sheet":
                relation = next((attributes[one] for one in attributes if one.endswith(":id")), "")
                self.sheets[attributes.get("name", "")] = relation
            case "Relationship":
                self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] == "c":
            self._in_cell = False

    def _cell(self, attributes: dict[str, str]) -> None:
        self._in_cell = True
        self._here = None
        if found := _CELL.fullmatch(attributes.get("r", "")):
            column = 0
            for letter in found[1].upper():
                column = column * 26 + ord(letter) - ord("A") + 1
            self._here = Location(int(found[2]), column)
            if attributes.get("t") == "e":
                self.unread[self._here] = "error"

    def _content(self, kind: str) -> None:
        """A cell has a value: the reader will make room for everything up to here.

        Where a cell does not say which it is, the reader counts; nothing that people use saves so.
        """
        if self._here is None:
            _refuse(
                "not-a-workbook", self.shown, "a cell of this workbook does not say where it is"
            )
        row, column = self._here
        if row > self.most_rows or column > self.most_columns:
            raise DocumentError(
                [
                    Diagnostic(
                        "sheet-too-large",
                        f"a value stands outside the first {self.most_rows:,} rows and "
                        f"{self.most_columns} columns",
                        self.shown,
                        self._here,
                        "delete it: a form ends far before",
                    )
                ]
            )
        if kind == "f":
            self.unread[self._here] = "formula"


def _by_sheet(checks: dict[str, _Part]) -> dict[str, dict[Location, str]]:
    """The cells that cannot be read as they stand, by the name of their sheet."""
    parts = {name.casefold(): check for name, check in checks.items()}
    book, relations = parts.get("xl/workbook.xml"), parts.get("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return {}
    found = {}
    for name, relation in book.sheets.items():
        target = relations.targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        part = parts.get(posixpath.normpath(path).casefold())
        found[name] = part.unread if part else {}
    return found


def _sheet(library: Any, data: bytes, shown: str) -> tuple[str, list[list[Cell]]]:
    """The name and the rows of the sheet that is a form."""
    version = ""
    for name, rows in _sheets(library, data, shown):
        mark = rows[0][0] if rows and rows[0] else ""
        if isinstance(mark, str) and mark.startswith(MARKER):
            if mark == MARKER + VERSION:
                return name, rows
            version = mark
    if version:
        _refuse(
            "form-version",
            shown,
            "this form was made by another version of charter-score",
            "read it with that version, or make a new form",
        )
    raise DocumentError(
        [Diagnostic("not-a-form", "this workbook is no form of charter-score", shown, START, _HINT)]
    )


def _sheets(library: Any, data: bytes, shown: str) -> Iterator[tuple[str, list[list[Cell]]]]:
    """The first sheets with their rows; of a sheet that cannot be a form only the first."""
    try:
        book = library.load_workbook(BytesIO(data))
        for sheet in book.sheets_metadata[:MOST_SHEETS]:
            if sheet.typ == library.SheetTypeEnum.WorkSheet:
                found = book.get_sheet_by_name(sheet.name)
                rows = found.to_python(skip_empty_area=False, nrows=1)
                if rows and rows[0] and str(rows[0][0]).startswith(MARKER):
                    rows = found.to_python(skip_empty_area=False)
                yield sheet.name, rows
    except GeneratorExit:
        raise
    except BaseException as wrong:
        # The library's own errors, and a panic of its native code, which is no Exception.
        if not isinstance(wrong, Exception) and type(wrong).__name__ != "PanicException":
            raise
        _refuse("not-a-workbook", shown, "this workbook cannot be read", "save it anew as .xlsx")


class _Form:
    """Values and their places, built from the rows of a form."""

    def __init__(
        self, rows: Sequence[Sequence[Cell]], unread: dict[Location, str], shown: str
    ) -> None:
        self._rows = rows
        self._unread = unread
        self._shown = shown
        self._problems: list[Diagnostic] = []
        self._value: dict[str, Value] = {}
        self._places: Places = {id(self._value): {}}
        self._entries: dict[str, dict[str, Value]] = {}
        """The disputes by the numbers that their rows have."""
        self._columns = {
            cell: number
            for number, cell in enumerate(rows[0])
            if isinstance(cell, str) and cell in ("rating", "comment", "evidence")
        }

    def build(self) -> Built:
        """The review that the form holds.

        Raises:
            DocumentError: with everything that is wrong with its cells.
        """
        if "rating" not in self._columns:
            _refuse("not-a-form", self._shown, "the first row of this form is damaged", _HINT)
        for number, row in enumerate(self._rows):
            if number:
                self._row(number, row)
        if self._problems:
            raise DocumentError(self._problems)
        # What is missing altogether is best said where the interaction begins.
        begin = self._places[id(self._value)].get("interaction")
        return Built(self._value, begin.key if begin else START, self._places)

    def _row(self, number: int, row: Sequence[Cell]) -> None:
        key = row[0] if row and isinstance(row[0], str) else ""
        if key == HEADING:
            return
        kind, colon, name = key.partition(":")
        section, dot, criterion = key.partition(".")
        if colon and name and kind == "interaction":
            self._field(key_text(name), number)
        elif colon and name and kind == "review":
            self._about(name, number)
        elif colon and kind == "dispute":
            self._dispute(name, number)
        elif dot and section and criterion and not colon:
            self._rating(section, criterion, number)
        else:
            for role in self._columns:
                if self._text(number, role):
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
        text = self._text(number, "rating")
        fields = self._inside(self._value, "interaction", number)
        if not text:
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

    def _about(self, name: str, number: int) -> None:
        text = self._text(number, "rating")
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
        told = {role: self._text(number, role) for role in self._columns}
        rating = told.pop("rating") or Null()
        if not any(told.values()):
            self._put(rated, criterion, rating, number)
            return
        entry: dict[str, Value] = {}
        self._put(rated, criterion, entry, number)
        self._places[id(entry)] = {}
        self._put(entry, "rating", rating, number)
        for role, text in told.items():
            if text:
                self._put(entry, role, text, number, role)

    def _dispute(self, name: str, number: int) -> None:
        """One part of a dispute; `name` has its number among them and what it is."""
        text = self._text(number, "rating")
        place, _, part = name.partition(".")
        if not text:
            return
        disputes = self._value.get("disputes")
        if not isinstance(disputes, list):
            disputes = []
            self._put(self._value, "disputes", disputes, number)
            self._places[id(disputes)] = {}
        entry = self._entries.get(place)
        if entry is None:
            entry = self._entries[place] = {}
            here = self._at(number, "rating")
            self._places[id(disputes)][len(disputes)] = Place(here, here)
            self._places[id(entry)] = {}
            disputes.append(entry)
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
        self, container: dict[str, Value], name: str, value: Value, row: int, role: str = "rating"
    ) -> None:
        container[name] = value
        here = self._at(row, role)
        self._places[id(container)][name] = Place(here, here)

    def _append(self, items: list[Value], text: str, number: int) -> None:
        here = self._at(number, "rating")
        self._places[id(items)][len(items)] = Place(here, here)
        items.append(text)

    def _text(self, number: int, role: str) -> str:
        """What a cell says, as the text that a YAML review would have; empty where it is blank."""
        row, column = self._rows[number], self._columns[role]
        unread = self._unread.get(self._at(number, role))
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
        text = _text_of(row[column]) if column < len(row) else ""
        if wrong := scalar_problem(text):
            code, message, hint = wrong
            self._problem(code, message, number, role, hint)
        return text

    def _twice(self, number: int) -> None:
        self._problem(
            "duplicate-key",
            "this row asks for the same as a row above, perhaps as its copy",
            number,
            "rating",
            "delete the one that is too many",
        )

    def _problem(self, code: str, message: str, number: int, role: str, hint: str) -> None:
        self._problems.append(Diagnostic(code, message, self._shown, self._at(number, role), hint))

    def _at(self, number: int, role: str) -> Location:
        return Location(number + 1, self._columns[role] + 1)


def _text_of(cell: Cell) -> str:
    """A cell's text as a person would write it: 4 and not 4.0, days and times in ISO's form."""
    match cell:
        case bool():
            return "true" if cell else "false"
        case str():
            return cell.replace("\r\n", "\n").replace("\r", "\n").strip()
        case int():
            return str(cell)
        case float():
            return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
        case datetime():
            day = cell.date().isoformat()
            return day if cell.time() == time() else f"{day} {_time_text(cell.time())}"
        case date():
            return cell.isoformat()
        case time():
            return _time_text(cell)
        case timedelta():
            seconds = round(cell.total_seconds())
            return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"


def _time_text(moment: time) -> str:
    """Hours and minutes, and seconds where there are any: a sheet keeps them as a fraction."""
    whole = datetime.combine(date(2000, 1, 1), moment) + timedelta(milliseconds=500)
    return whole.strftime("%H:%M:%S" if whole.second else "%H:%M")
