"""Delimited text: `.csv` and `.tsv`, with whatever parts the cells, one row at a time.

Source: RFC 4180, and what spreadsheet programs make of it (a byte order mark, `sep=;`, other
separators, cp1252).
"""

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from typing import IO

from charter_score.diagnostics import START, Diagnostic, Location, Severity
from charter_score.errors import DocumentError
from charter_score.limits import LONGEST_SCALAR, MOST_COLUMNS
from charter_score.mapping import Encoding
from charter_score.source.files import open_file
from charter_score.source.tables.grid import About, Grid, Places, Row

SEPARATORS = (",", ";", "\t", "|")
SAMPLE = 200_000
"""Bytes in which the separator is looked for."""
_LONGEST_ROW = 4_000_000
"""Characters of one row: what is longer has a quote that is never closed."""
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_MARK = b"\xef\xbb\xbf"

Open = Callable[[], IO[bytes]]
"""Opens the file at its beginning."""


def text_grid(shown: str, open_file: Open, separator: str, encoding: Encoding | None) -> Grid:
    """The rows of a text file whose cells are parted by `separator`."""
    about = About(shown, None, Places.TEXT, separator)
    return Grid(about, lambda: _rows(about, open_file, encoding), is_text=True)


def refuse_utf_16(beginning: bytes, shown: str) -> None:
    """Refuse a text in UTF-16, which spreadsheet programs call Unicode text.

    Raises:
        DocumentError: where it is one, by its mark or by its zeros.
    """
    if beginning.startswith(_UTF_16) or (
        b"\x00" in beginning[:200] and beginning[:200].count(b"\x00") * 3 > len(beginning[:200])
    ):
        raise DocumentError(
            [
                Diagnostic(
                    "utf-16",
                    "this is text in UTF-16, which is not read",
                    shown,
                    START,
                    "save it as `CSV UTF-8 (comma delimited)`, or as .xlsx",
                )
            ]
        )


def _rows(about: About, open_file: Open, encoding: Encoding | None) -> Iterator[Row]:
    with open_file() as stream:
        lines = _Lines(stream, about, encoding)
        reader = csv.reader(lines, delimiter=about.separator, strict=False)
        previous = csv.field_size_limit()
        while True:
            begin = lines.number + 1
            lines.record.clear()
            lines.wrong.clear()
            csv.field_size_limit(_LONGEST_ROW)
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error:
                raise DocumentError([_never_closed(about, begin)]) from None
            finally:
                csv.field_size_limit(previous)
            record = lines.record
            raw = record[0] if len(record) == 1 else "".join(record)
            wrong = tuple(lines.wrong)
            if begin == 1 and _is_separator_line(raw):
                continue
            if len(raw) > LONGEST_SCALAR and any(len(cell) > LONGEST_SCALAR for cell in cells):
                if len(record) > 1:
                    wrong += (_never_closed(about, begin),)
                else:
                    wrong += (_too_long(about, begin),)
                raw = raw[:1000]
                cells = ["" if len(cell) > LONGEST_SCALAR else cell for cell in cells]
            if len(cells) > MOST_COLUMNS:
                wrong += (_too_wide(about, begin),)
                cells = cells[:MOST_COLUMNS]
            yield Row(begin, cells, raw, wrong)


def _is_separator_line(raw: str) -> bool:
    """Whether a first line only tells a spreadsheet program what parts the cells."""
    return raw.lower().startswith("sep=") and len(raw.strip()) <= 5


class _Lines:
    """The lines of a text for the library, with those of the row that is being read."""

    def __init__(self, stream: IO[bytes], about: About, encoding: Encoding | None) -> None:
        self._stream = stream
        self._about = about
        self._encoding = encoding
        self._told = False
        self.number = 0
        self._length = 0
        self.record: list[str] = []
        self.wrong: list[Diagnostic] = []

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._stream.readline(_LONGEST_ROW)
        if not line:
            raise StopIteration
        self.number += 1
        if self.number == 1 and line.startswith(_MARK):
            line = line[len(_MARK) :]
        text = self._decoded(line)
        if text.endswith("\r\n"):
            text = text[:-2] + "\n"
        if not self.record:
            self._length = 0
        self._length += len(text)
        if self._length > _LONGEST_ROW:
            raise csv.Error("row too long")
        self.record.append(text)
        return text

    def _decoded(self, line: bytes) -> str:
        if self._encoding is Encoding.CP1252:
            return self._as_cp1252(line)
        try:
            return line.decode("utf-8")
        except UnicodeDecodeError as wrong:
            place = Location(self.number, len(line[: wrong.start].decode("utf-8")) + 1)
            if self._encoding is Encoding.UTF_8:
                self.wrong.append(self._not_utf8(place))
                return line.decode("utf-8", "replace")
            text = self._as_cp1252(line)
            if not self._told:
                self._told = True
                self.wrong.append(
                    Diagnostic(
                        "read-as-cp1252",
                        "from here on the file is not UTF-8; it is read as cp1252",
                        self._about.shown,
                        place,
                        "save it as CSV UTF-8, or write `encoding: cp1252` in a mapping",
                        Severity.WARNING,
                    )
                )
            return text

    def _as_cp1252(self, line: bytes) -> str:
        try:
            return line.decode("cp1252")
        except UnicodeDecodeError as wrong:
            self.wrong.append(self._not_utf8(Location(self.number, wrong.start + 1)))
            return line.decode("cp1252", "replace")

    def _not_utf8(self, place: Location) -> Diagnostic:
        return Diagnostic(
            "not-utf8",
            "this line is text neither in UTF-8 nor in cp1252"
            if self._encoding is not Encoding.UTF_8
            else "this line is not UTF-8 text",
            self._about.shown,
            place,
            "save the table with the encoding UTF-8",
        )


def _never_closed(about: About, line: int) -> Diagnostic:
    return about.diagnostic(
        "unclosed-quote",
        'a quote (") opens in this row and is not closed for very long: what follows is not read',
        Location(line, 1),
        'close it; a " inside a cell is written twice',
    )


def _too_long(about: About, line: int) -> Diagnostic:
    return about.diagnostic(
        "scalar-too-long",
        f"a cell of this row is longer than {LONGEST_SCALAR // 1024} KB",
        Location(line, 1),
        "shorten it",
    )


def _too_wide(about: About, line: int) -> Diagnostic:
    return about.diagnostic(
        "too-many",
        f"a row has at most {MOST_COLUMNS:,} cells",
        Location(line, 1),
        "take out the columns that nobody needs",
    )


def sample_of(open_file: Open) -> bytes:
    """The beginning of a file, up to the end of a line where there is one."""
    with open_file() as stream:
        sample = stream.read(SAMPLE)
    return sample if len(sample) < SAMPLE else sample[: sample.rfind(b"\n") + 1 or None]


def is_utf_8(path: str, shown: str) -> bool:
    """Whether every line of a text file is UTF-8."""
    with open_file(path, shown) as stream:
        while line := stream.readline(_LONGEST_ROW):
            try:
                line.decode("utf-8")
            except UnicodeDecodeError:
                return False
    return True


def first_rows(shown: str, sample: bytes, separator: str, most: int) -> Sequence[Row]:
    """The first rows of a text, as far as a sample of it goes."""
    grid = text_grid(shown, lambda: io.BytesIO(sample), separator, None)
    rows: list[Row] = []
    try:
        for row in grid.rows():
            rows.append(row)
            if len(rows) == most:
                break
    except DocumentError:
        pass
    return rows
