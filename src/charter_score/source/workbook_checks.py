"""What a stranger's workbook is looked through for before a library in native code may read it.

A workbook is an archive of XML (or of binary records), in which an innocent-looking number can ask
for all memory there is. So its parts are unpacked and checked first, and what is handed on is a
workbook of our own that holds nothing but what was checked. A workbook of before 2007 has no parts
to look at: there the limits of the process that reads it must do.
"""

import posixpath
import re
import struct
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from io import BytesIO
from types import MappingProxyType
from typing import NamedTuple, NoReturn
from xml.parsers import expat

from charter_score.diagnostics import Diagnostic, Location
from charter_score.errors import DocumentError
from charter_score.forms.cells import column_number
from charter_score.limits import MOST_BYTES, MOST_COLUMNS, MOST_TABLE_CELLS
from charter_score.source.document import too_large
from charter_score.source.kinds import OLE
from charter_score.source.workbook_scan import scanned
from charter_score.source.workbooks import refuse, refuse_password, too_far

MOST_UNPACKED = 20_000_000  # bytes, all parts together
MOST_PARTS = 500
MOST_ELEMENTS = 300_000
MOST_COUNTED = 1_000_000  # what an attribute may claim to count
MOST_MERGED = 10_000  # merged cells of a sheet that are looked at
_TRUE = ("1", "true")
_SCANNED = ("xl/worksheets/", "xl/sharedstrings", "xl/styles")

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_CELL = re.compile(r"([A-Za-z]{1,3})([1-9][0-9]{0,6})")
_AREA = re.compile(rf"{_CELL.pattern}(?::{_CELL.pattern})?")
_DIGITS = re.compile("[0-9]+")
_MOST_DIGITS = 9


class _Format(Enum):
    """A format of workbooks: the part that says so, and the parts that a reader needs."""

    EXCEL = (
        "xl/workbook.xml",
        r"\[content_types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedstrings|styles)\.xml"
        r"|xl/_rels/workbook\.xml\.rels|xl/worksheets/[^/]+\.xml",
    )
    BINARY = (
        "xl/workbook.bin",
        r"\[content_types\]\.xml|_rels/\.rels|xl/(?:workbook|sharedstrings|styles)\.bin"
        r"|xl/_rels/workbook\.bin\.rels|xl/worksheets/[^/]+\.bin",
    )
    OPEN_DOCUMENT = ("content.xml", r"mimetype|content\.xml|meta-inf/manifest\.xml")

    def __init__(self, book: str, needed: str) -> None:
        self.book = book
        self.needed = re.compile(needed, re.IGNORECASE)


_NOTES = re.compile(
    r"xl/(?:comments[^/]*|(?:threaded)?comments/[^/]*|drawings/[^/]+\.xml|media/[^/]*)"
    r"|pictures/[^/]*",
    re.IGNORECASE,
)


@dataclass(slots=True)
class SheetNotes:
    """What a sheet says beside its cells: what is not shown, and which cells are merged.

    A row or column is None where none is hidden; merged cells are the first and the last of them.
    """

    hidden_row: int | None = None
    hidden_column: int | None = None
    merged: list[tuple[Location, Location]] = field(default_factory=list)


class Workbook(NamedTuple):
    """A workbook that is safe to hand on.

    `unread` has, for each sheet by name, the cells whose value is not their own: row and column
    (from 1) to `formula` or `error`. `has_more` says whether there are notes on cells, text boxes
    or pictures, which no reader of cells would see. `notes` are the sheets', by name.
    """

    data: bytes
    unread: dict[str, dict[Location, str]]
    has_more: bool
    notes: Mapping[str, SheetNotes] = MappingProxyType({})


class Most(NamedTuple):
    """How much a workbook of some kind may hold."""

    rows: int
    columns: int
    cells: int = MOST_ELEMENTS
    elements: int = MOST_ELEMENTS
    counted: int = MOST_COUNTED
    hint: str = "delete it: a form ends far before"
    is_table: bool = False


OF_A_TABLE = Most(
    1_048_576,
    MOST_COLUMNS,
    MOST_TABLE_CELLS,
    4 * MOST_TABLE_CELLS,
    4 * MOST_TABLE_CELLS,
    "delete what stands far outside of the table, or save it as CSV",
    is_table=True,
)


@dataclass(frozen=True, slots=True)
class Unpacked:
    """A workbook whose parts are unpacked, within the limits of size, and not yet checked.

    Without a format it is one of before 2007, which has no parts.
    """

    data: bytes
    shown: str
    format: _Format | None
    parts: dict[str, bytes]
    has_more: bool

    def holds(self, text: str) -> bool:
        """Whether a text may stand in a cell."""
        if self.format is None:
            return True  # it may be in pieces
        sought = text.encode("utf-16-le" if self.format is _Format.BINARY else "utf-8")
        return any(sought in part for part in self.parts.values())

    def check(self, most_rows: int, most_columns: int) -> Workbook:
        """The same as `checked`, within some rows and columns."""
        return self.checked(Most(most_rows, most_columns))

    def checked(self, most: Most) -> Workbook:
        """A workbook made of the parts that were checked.

        Raises:
            DocumentError: `too-large`, `password-protected`, `not-a-workbook`, or
                `sheet-too-large` where a value stands outside the rows and columns allowed.
        """
        limits = _Limits(self.shown, most, most.elements)
        unread: dict[str, dict[Location, str]] = {}
        notes: dict[str, SheetNotes] = {}
        has_more = self.has_more
        match self.format:
            case None:
                return Workbook(self.data, unread, has_more, notes)
            case _Format.EXCEL:
                unread, notes = _checked_excel(self.parts, limits)
            case _Format.BINARY:
                unread = _checked_binary(self.parts, limits)
            case _Format.OPEN_DOCUMENT:
                for name, part in self.parts.items():
                    if name.endswith(".xml"):
                        content = _OpenDocument(limits)
                        content.check(part)
                        unread.update(content.unread)
                        notes.update(content.notes)
                        has_more = has_more or content.has_notes
        packed = BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, part in self.parts.items():
                archive.writestr(name, part)
        return Workbook(packed.getvalue(), unread, has_more, notes)


def unpack(
    data: bytes, shown: str, most_bytes: int = MOST_BYTES, most_unpacked: int = MOST_UNPACKED
) -> Unpacked:
    """The parts of a workbook that a reader needs, within the limits.

    Raises:
        DocumentError: `too-large`, `password-protected` or `not-a-workbook`.
    """
    if len(data) > most_bytes:
        raise DocumentError([too_large(shown)])
    if data.startswith(OLE):
        if _ENCRYPTED in data:
            refuse_password(shown)
        return Unpacked(data, shown, None, {}, has_more=False)
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = {one.filename.casefold() for one in archive.infolist()}
            kind = next((one for one in _Format if one.book in names), None)
            if kind is None:
                refuse("not-a-workbook", shown, "this is not a workbook", "is it the right file?")
            parts = _parts(archive, kind, shown, most_unpacked)
            return Unpacked(data, shown, kind, parts, any(map(_NOTES.fullmatch, names)))
    except DocumentError:
        raise
    except Exception:  # noqa: BLE001 - zipfile raises many kinds for what is no archive
        refuse("not-a-workbook", shown, "this is not a workbook", "is it the right file?")


def _parts(
    archive: zipfile.ZipFile, kind: _Format, shown: str, most_unpacked: int
) -> dict[str, bytes]:
    needed = [one for one in archive.infolist() if kind.needed.fullmatch(one.filename)]
    if len(needed) > MOST_PARTS:
        refuse("too-large", shown, f"this workbook has more than {MOST_PARTS} parts")
    if len({one.filename.casefold() for one in needed}) < len(needed):
        refuse("not-a-workbook", shown, "a part of this workbook is there twice")
    parts: dict[str, bytes] = {}
    left = most_unpacked
    for one in needed:
        if one.flag_bits & 1:
            refuse_password(shown)
        if one.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            refuse("not-a-workbook", shown, "this workbook is packed in an unusual way")
        with archive.open(one) as stream:
            parts[one.filename] = stream.read(left + 1)
        left -= len(parts[one.filename])
        if left < 0:
            refuse(
                "too-large",
                shown,
                f"this workbook unpacks to more than {most_unpacked // 1_000_000} MB",
            )
    return parts


@dataclass(slots=True)
class _Limits:
    """What a workbook may hold, and how much of it is left."""

    shown: str
    most: Most
    elements_left: int = MOST_ELEMENTS
    last_row: int = 1
    last_column: int = 1

    def begin(self) -> None:
        """A sheet begins: how far its cells reach is counted anew."""
        self.last_row = self.last_column = 1

    def count(self) -> None:
        """One more element or record was met."""
        self.elements_left -= 1
        if self.elements_left < 0:
            refuse("too-large", self.shown, "this workbook has too many cells")

    def value_at(self, row: int, column: int, sheet: str | None = None) -> None:
        """A value stands in a cell: the reader will make room for everything up to there."""
        self.last_row = max(self.last_row, row)
        self.last_column = max(self.last_column, column)
        most = self.most
        if row > most.rows or column > most.columns:
            place = Location(row, column)
            far = too_far(self.shown, sheet, place, most.rows, most.columns)
            raise DocumentError([far._replace(hint=most.hint)])
        if self.last_row * self.last_column > most.cells:
            raise DocumentError(
                [
                    Diagnostic(
                        "sheet-too-large",
                        f"a sheet may reach over {most.cells:,} cells, and this one has more",
                        self.shown,
                        Location(row, column),
                        most.hint,
                        sheet=sheet,
                    )
                ]
            )

    def damaged(self) -> NoReturn:
        """Refuse a part that says what it cannot mean."""
        refuse("not-a-workbook", self.shown, "a part of this workbook is damaged")

    def whole(self, text: str, most: int | None = None) -> int:
        """A number that an attribute claims, however many zeros stand before it."""
        most = self.most.counted if most is None else most
        text = text.strip()
        digits = text.lstrip("0")
        if not _DIGITS.fullmatch(text) or len(digits) > _MOST_DIGITS or int(digits or 0) > most:
            self.damaged()
        return int(digits or 0)


class _Part:
    """One part as the check goes through its XML."""

    def __init__(self, limits: _Limits) -> None:
        self.limits = limits

    def check(self, part: bytes) -> None:
        """Go through all of it.

        Raises:
            DocumentError: for what must not be handed on.
        """
        parser = expat.ParserCreate("UTF-8")
        parser.StartElementHandler = self._element
        parser.EndElementHandler = self.end
        parser.StartDoctypeDeclHandler = self._doctype
        parser.XmlDeclHandler = self._declaration
        try:
            part.decode("utf-8")  # what expat and the library must both take it for
            parser.Parse(part, True)  # noqa: FBT003 - the last piece
        except (expat.ExpatError, UnicodeDecodeError):
            self.limits.damaged()

    def _doctype(self, *told: object) -> None:
        del told
        refuse(
            "not-a-workbook", self.limits.shown, "this workbook declares entities, which is refused"
        )

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        del version, standalone
        if encoding is not None and encoding.casefold() != "utf-8":
            refuse("not-a-workbook", self.limits.shown, "a part of this workbook is not UTF-8")

    def _element(self, name: str, attributes: dict[str, str]) -> None:
        self.limits.count()
        self.start(name, attributes)

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""


class _Excel(_Part):
    """A part of an .xlsx or .xlsm workbook, or the relations of an .xlsb."""

    def __init__(self, limits: _Limits) -> None:
        super().__init__(limits)
        limits.begin()
        self.unread: dict[Location, str] = {}
        self.notes = SheetNotes()
        self.sheets: dict[str, str] = {}
        """In the workbook's own part: the relation of each sheet, by the sheet's name."""
        self.targets: dict[str, str] = {}
        """In the relations: where each leads."""
        self._in_cell = False
        self._here: Location | None = None
        """The cell that the check is in; None where it does not say which it is."""

    def scan(self, part: bytes) -> bool:
        """Go through a part of a table by its usual form; False where a parser has to.

        Where it seems too large too: a pattern counts cells without a value.

        Raises:
            DocumentError: for what must not be handed on.
        """
        found = scanned(part)
        most = self.limits.most
        if found is None or found.tags > self.limits.elements_left:
            return False
        columns = max(map(column_number, found.letters), default=1)
        if (
            found.last_row > most.rows
            or columns > most.columns
            or found.last_row * columns > most.cells
        ):
            return False
        for text in found.counts:
            self.limits.whole(text)
        for text in found.spans:
            for number in text.replace(":", " ").split():
                self.limits.whole(number)
        if not all(map(_AREA.fullmatch, found.dimensions)):
            self.limits.damaged()
        self.limits.elements_left -= found.tags
        for letters, row in found.errors:
            self.unread[Location(row, column_number(letters))] = "error"
        self.notes.hidden_row = found.hidden_row
        for attributes in found.columns:
            if attributes.get("hidden") in _TRUE and self.notes.hidden_column is None:
                self.notes.hidden_column = self.limits.whole(attributes.get("min", "1"))
        for area in found.merged:
            self._merged(area)
        return True

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Look at what an element counts, and at each cell."""
        for counted in ("count", "uniqueCount"):
            if counted in attributes:
                self.limits.whole(attributes[counted])
        match name.rpartition(":")[2]:
            case "c":
                self._cell(attributes)
            case "v" | "is" | "f" as kind if self._in_cell:
                self._content(kind)
            case "row":
                # More rows than there can be are not damage: a sheet ends where its values do.
                self.limits.whole(attributes.get("r", "1"), 1_048_576)
                for number in attributes.get("spans", "").replace(":", " ").split():
                    self.limits.whole(number)
                if attributes.get("hidden") in _TRUE and self.notes.hidden_row is None:
                    self.notes.hidden_row = self.limits.whole(attributes.get("r", "1"), 1_048_576)
            case "col" if attributes.get("hidden") in _TRUE and self.notes.hidden_column is None:
                self.notes.hidden_column = self.limits.whole(attributes.get("min", "1"))
            case "mergeCell":
                self._merged(attributes.get("ref", ""))
            case "dimension" if not _AREA.fullmatch(attributes.get("ref", "A1")):
                self.limits.damaged()
            case "sheet":
                relation = next((attributes[one] for one in attributes if one.endswith(":id")), "")
                self.sheets[attributes.get("name", "")] = relation
            case "Relationship":
                self.targets[attributes.get("Id", "")] = attributes.get("Target", "")

    def end(self, name: str) -> None:
        """A cell ends."""
        if name.rpartition(":")[2] == "c":
            self._in_cell = False

    def _merged(self, area: str) -> None:
        found = _AREA.fullmatch(area)
        if found is None or found[3] is None or len(self.notes.merged) >= MOST_MERGED:
            return
        first = Location(int(found[2]), column_number(found[1]))
        self.notes.merged.append((first, Location(int(found[4]), column_number(found[3]))))

    def _cell(self, attributes: dict[str, str]) -> None:
        self._in_cell = True
        self._here = None
        if found := _CELL.fullmatch(attributes.get("r", "")):
            self._here = Location(int(found[2]), column_number(found[1]))
            if attributes.get("t") == "e":
                self.unread[self._here] = "error"

    def _content(self, kind: str) -> None:
        """A cell has a value.

        Where a cell does not say which it is, the reader counts; nothing that people use saves so.
        """
        if self._here is None:
            refuse(
                "not-a-workbook",
                self.limits.shown,
                "a cell of this workbook does not say where it is",
            )
        self.limits.value_at(*self._here)
        if kind == "f":
            self.unread[self._here] = "formula"


def _checked_excel(
    parts: dict[str, bytes], limits: _Limits
) -> tuple[dict[str, dict[Location, str]], dict[str, SheetNotes]]:
    """The cells that cannot be read as they stand, and what else a sheet says, by its name."""
    checks: dict[str, _Excel] = {}
    for name, part in parts.items():
        check = checks[name.casefold()] = _Excel(limits)
        if not (limits.most.is_table and name.lower().startswith(_SCANNED) and check.scan(part)):
            check.check(part)
    book, relations = checks.get("xl/workbook.xml"), checks.get("xl/_rels/workbook.xml.rels")
    if book is None or relations is None:
        return {}, {}
    parts_of = _parts_of_sheets(book.sheets, relations.targets)
    found = {name: checks[part] for name, part in parts_of.items() if part in checks}
    return (
        {name: found[name].unread if name in found else {} for name in parts_of},
        {name: check.notes for name, check in found.items()},
    )


def _by_sheet(
    sheets: dict[str, str], targets: dict[str, str], unread: dict[str, dict[Location, str]]
) -> dict[str, dict[Location, str]]:
    """What was found in the part of each sheet, by the sheet's name."""
    parts_of = _parts_of_sheets(sheets, targets)
    return {name: unread.get(part, {}) for name, part in parts_of.items()}


def _parts_of_sheets(sheets: dict[str, str], targets: dict[str, str]) -> dict[str, str]:
    """The name of the part of each sheet, by the sheet's name."""
    found = {}
    for name, relation in sheets.items():
        target = targets.get(relation, "")
        path = target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target)
        found[name] = posixpath.normpath(path).casefold()
    return found


# Numbers of records in [MS-XLSB], 2.3.
_ROW, _FIRST_CELL, _CELL_ERROR, _FIRST_FORMULA, _FORMULA_ERROR = 0, 1, 3, 8, 11
_SHEET, _STRINGS = 156, 159


def _checked_binary(parts: dict[str, bytes], limits: _Limits) -> dict[str, dict[Location, str]]:
    """The same for an .xlsb workbook, whose parts are records instead of elements."""
    sheets: dict[str, str] = {}
    relations = _Excel(limits)
    unread: dict[str, dict[Location, str]] = {}
    for name, part in parts.items():
        path = name.casefold()
        if path == "xl/_rels/workbook.bin.rels":
            relations.check(part)
        elif not path.endswith(".bin"):
            _Excel(limits).check(part)
        elif path.startswith("xl/worksheets/"):
            unread[path] = _checked_records(part, limits)
        else:
            for kind, body in _records(part, limits):
                if kind == _STRINGS and (
                    len(body) < 8 or max(struct.unpack_from("<II", body)) > MOST_COUNTED
                ):
                    limits.damaged()
                if kind == _SHEET:
                    relation, end = _wide_text(body, 8, limits)
                    sheets[_wide_text(body, end, limits)[0]] = relation
    return _by_sheet(sheets, relations.targets, unread)


def _checked_records(part: bytes, limits: _Limits) -> dict[Location, str]:
    unread: dict[Location, str] = {}
    row = 0
    for kind, body in _records(part, limits):
        if _ROW <= kind <= _FORMULA_ERROR and len(body) < 4:
            limits.damaged()
        if kind == _ROW:
            (row,) = struct.unpack_from("<I", body)
        elif _FIRST_CELL < kind <= _FORMULA_ERROR:
            (column,) = struct.unpack_from("<I", body)
            here = Location(row + 1, column + 1)
            limits.value_at(*here)
            if kind >= _FIRST_FORMULA:
                unread[here] = "formula"
            elif kind == _CELL_ERROR:
                unread[here] = "error"
    return unread


def _records(part: bytes, limits: _Limits) -> Iterator[tuple[int, bytes]]:
    """The records of a binary part: number and body ([MS-XLSB], 2.1.4)."""
    at = 0
    while at < len(part):
        limits.count()
        kind, at = _variable(part, at, 2, limits)
        size, at = _variable(part, at, 4, limits)
        if at + size > len(part):
            limits.damaged()
        yield kind, part[at : at + size]
        at += size


def _variable(part: bytes, at: int, most: int, limits: _Limits) -> tuple[int, int]:
    """A number of seven bits a byte, and where it ends."""
    number = 0
    for index in range(most):
        if at >= len(part):
            limits.damaged()
        byte = part[at]
        at += 1
        number |= (byte & 0x7F) << (7 * index)
        if not byte & 0x80:
            break
    return number, at


def _wide_text(body: bytes, at: int, limits: _Limits) -> tuple[str, int]:
    """A text with its length before it, and where it ends."""
    if at + 4 > len(body):
        limits.damaged()
    (units,) = struct.unpack_from("<I", body, at)
    end = at + 4 + 2 * units
    if end > len(body):
        limits.damaged()
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _is_hidden(attributes: dict[str, str]) -> bool:
    """Whether a row or column is not shown: hidden by somebody, or by a filter."""
    return attributes.get("table:visibility") in ("collapse", "filter")


class _OpenDocument(_Part):
    """A part of an .ods workbook; cells and rows stand there in order, with how often each."""

    def __init__(self, limits: _Limits) -> None:
        super().__init__(limits)
        self.unread: dict[str, dict[Location, str]] = {}
        self.notes: dict[str, SheetNotes] = {}
        self._next_column = 1
        self.has_notes = False
        self._sheet = ""
        self._row = self._rows = self._column = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Count rows and cells, and look at each value."""
        match name:
            case "table:table":
                self._sheet = attributes.get("table:name", "")
                self.unread.setdefault(self._sheet, {})
                self.notes.setdefault(self._sheet, SheetNotes())
                self.limits.begin()
                self._next_column = 1
                self._row = self._rows = 0
            case "table:table-row":
                self._row += self._rows
                self._rows = self._repeated(attributes, "table:number-rows-repeated")
                self._column = 0
                notes = self.notes.setdefault(self._sheet, SheetNotes())
                if _is_hidden(attributes) and notes.hidden_row is None:
                    notes.hidden_row = self._row + 1
            case "table:table-column":
                notes = self.notes.setdefault(self._sheet, SheetNotes())
                if _is_hidden(attributes) and notes.hidden_column is None:
                    notes.hidden_column = self._next_column
                self._next_column += self._repeated(attributes, "table:number-columns-repeated")
            case "table:table-cell" | "table:covered-table-cell":
                self._cell(attributes)
            case "office:annotation":
                self.has_notes = True
            case "manifest:encryption-data":
                refuse_password(self.limits.shown)

    def _repeated(self, attributes: dict[str, str], name: str) -> int:
        return self.limits.whole(attributes.get(name, "1"), 1_048_576)

    def _cell(self, attributes: dict[str, str]) -> None:
        first = self._column + 1
        self._column += self._repeated(attributes, "table:number-columns-repeated")
        is_formula = "table:formula" in attributes
        wide = self._repeated(attributes, "table:number-columns-spanned")
        high = self._repeated(attributes, "table:number-rows-spanned")
        notes = self.notes.setdefault(self._sheet, SheetNotes())
        if wide * high > 1 and len(notes.merged) < MOST_MERGED:
            here = Location(self._row + 1, first)
            notes.merged.append((here, Location(self._row + high, first + wide - 1)))
        if not is_formula and "office:value-type" not in attributes:
            return
        self.limits.value_at(self._row + self._rows, self._column, self._sheet)
        is_error = attributes.get("calcext:value-type") == "error"
        if is_formula or is_error:
            for row in range(self._row + 1, self._row + self._rows + 1):
                for column in range(first, self._column + 1):
                    self.limits.count()
                    self.unread[self._sheet][Location(row, column)] = (
                        "error" if is_error and not is_formula else "formula"
                    )
