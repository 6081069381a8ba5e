"""Workbooks of strangers, read in a process of their own (`source.workbook_process`).

The process is started with the first workbook and stays for the next ones; where it dies or takes
too long over one, that one fails and the next gets a new process.
"""

import atexit
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from importlib.util import find_spec
from typing import Any, NoReturn

from charter_score.diagnostics import START, Diagnostic, Location
from charter_score.errors import DocumentError
from charter_score.source import workbook_process

MOST_SECONDS = 2.0 * workbook_process.MOST_SECONDS
"""Seconds that one answer may take by the clock; the process itself counts its own work."""
ROWS_AT_ONCE = 1_000
COMMAND = ("-P", workbook_process.__file__)
"""Without -P the current folder could bring modules of its own."""

Cell = str | float | bool | date | datetime | time | timedelta
"""What a cell holds: a float for every number, empty text for nothing."""


class ReaderDiedError(Exception):
    """The process died, or had to be ended; `stalled` where it took too long."""

    def __init__(self, *, stalled: bool) -> None:
        super().__init__("the process that reads workbooks died")
        self.stalled = stalled


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of the workbook that was opened last.

    `rows` and `columns` say how far its cells reach. A chart has no cells.
    """

    name: str
    has_cells: bool
    is_hidden: bool
    rows: int
    columns: int
    shown: str
    number: int
    opened: "_Opened"

    def fits(self, most_rows: int, most_columns: int) -> bool:
        """Whether no cell with a value lies outside some rows and columns."""
        return self.rows <= most_rows and self.columns <= most_columns

    def read(self, most: int | None = None) -> Iterator[list[Cell]]:
        """The rows from the top, fetched as they are asked for.

        Raises:
            DocumentError: where the process dies over them.
        """
        end = self.rows if most is None else min(most, self.rows)
        start = 0
        while self.has_cells and start < end:
            wanted = min(ROWS_AT_ONCE, end - start)
            request = {"do": "rows", "sheet": self.number, "start": start, "most": wanted}
            if not _is_open(self.opened):
                _open(self.opened, self.shown)  # another was opened in between
            rows = _answer(request, None, self.shown)["rows"]
            if not rows:
                return
            for row in rows:
                yield [_cell(value) for value in row]
            start += len(rows)


def sheet_too_large(sheet: Sheet, most_rows: int, most_columns: int) -> Diagnostic:
    """The diagnostic of a sheet that does not fit."""
    last = Location(sheet.rows, sheet.columns)
    return too_far(sheet.shown, sheet.name, last, most_rows, most_columns)


def too_far(
    shown: str, sheet: str | None, place: Location, most_rows: int, most_columns: int
) -> Diagnostic:
    """The diagnostic of a value that stands too far down or to the right."""
    return Diagnostic(
        "sheet-too-large",
        f"a value stands outside the first {most_rows:,} rows and {most_columns} columns",
        shown,
        place,
        "delete it: a form ends far before",
        sheet=sheet,
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Opened:
    """A file that was opened, so that it can be opened again: a workbook, or a Parquet file."""

    request: dict[str, Any]
    data: bytes | None


def open_workbook(data: bytes, shown: str) -> list[Sheet]:
    """The sheets of a workbook, in their order.

    Only one file is open at a time: reading on in an earlier one opens it again.

    Raises:
        DocumentError: where it cannot be read, or where what reads it is not installed.
    """
    if not is_installed():
        _refuse_missing(shown)
    return _sheets(_Opened({"do": "open"}, data), shown)


def open_parquet(path: str, shown: str) -> Sheet:
    """A Parquet file as a sheet, whose first row has the names of its columns.

    Raises:
        DocumentError: where it cannot be read, or where what reads it is not installed.
    """
    if not is_installed(PARQUET):
        _refuse_missing(shown, "tables", "a Parquet file")
    (sheet,) = _sheets(_Opened({"do": "open-parquet", "path": path}, None), shown)
    return sheet


def _sheets(opened: _Opened, shown: str) -> list[Sheet]:
    return [
        Sheet(**about, shown=shown, number=number, opened=opened)
        for number, about in enumerate(_open(opened, shown)["sheets"])
    ]


def _open(opened: _Opened, shown: str) -> dict[str, Any]:
    """What the process says of a file that it opens.

    Raises:
        DocumentError: where it cannot.
    """
    global _last_opened  # noqa: PLW0603 - what the one process has open
    is_workbook = opened.data is not None
    answer = _answer(opened.request, opened.data, shown)
    wrong = answer.get("wrong")
    if wrong == "missing":
        _refuse_missing(shown, *(() if is_workbook else ("tables", "a Parquet file")))
    if wrong == "password":
        refuse_password(shown)
    if wrong is not None and not is_workbook:
        refuse("not-parquet", shown, "this is no Parquet file that can be read", "write it anew")
    if wrong is not None:
        refuse("not-a-workbook", shown, "this workbook cannot be read", "save it anew as .xlsx")
    _last_opened = opened
    return answer


def _is_open(opened: _Opened) -> bool:
    """Whether a file is the one that this process's reader has open."""
    return _last_opened is opened and _reader is not None and _reader.owner == os.getpid()


WORKBOOKS, PARQUET = "python_calamine", "duckdb"
"""The libraries that read workbooks, and Parquet files."""


def is_installed(library: str = WORKBOOKS) -> bool:
    """Whether the library that reads workbooks is there."""
    return find_spec(library) is not None


def _refuse_missing(shown: str, extra: str = "excel", what: str = "a workbook") -> NoReturn:
    raise DocumentError(
        [
            Diagnostic(
                "missing-extra",
                f"reading {what} needs an extra that is not installed",
                shown,
                hint=f"pip install 'charter-score[{extra}]'",
            )
        ]
    )


def refuse_password(shown: str) -> NoReturn:
    """Refuse a workbook that only opens with a password."""
    refuse(
        "password-protected",
        shown,
        "this workbook is protected by a password",
        "save it without one",
    )


def refuse(code: str, shown: str, message: str, hint: str | None = None) -> NoReturn:
    """Refuse a whole workbook."""
    raise DocumentError([Diagnostic(code, message, shown, START, hint)])


def _cell(value: Any) -> Cell:
    """A cell's value from its JSON."""
    match value:
        case ["datetime", text]:
            return datetime.fromisoformat(text)
        case ["date", text]:
            return date.fromisoformat(text)
        case ["time", text]:
            return time.fromisoformat(text)
        case ["duration", [days, seconds, microseconds]]:
            return timedelta(days, seconds, microseconds)
        case ["text", text]:
            return str(text)
        case str() | bool() | float():
            return value
        case int():
            return float(value) if abs(value) < _EXACT else str(value)
        case _:
            return ""


_EXACT = 1 << 53
"""Up to here a float is every whole number; a larger one of a Parquet file is its digits."""


class _Reader:
    """The process, and the one conversation with it."""

    def __init__(self) -> None:
        self.owner = os.getpid()
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module
            [sys.executable or "", *COMMAND],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # where a panic would write, and a stranger's text with it
        )

    def ask(self, request: dict[str, Any], data: bytes | None) -> dict[str, Any]:
        """The answer to one request.

        Raises:
            ReaderDiedError: where there is none.
        """
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None  # noqa: S101 - both are pipes
        assert answers is not None  # noqa: S101
        # Waiting for a pipe with an end of time works nowhere the same way; ending what writes
        # into it does.
        ended = threading.Event()

        def end() -> None:
            ended.set()
            self._process.kill()

        timer = threading.Timer(MOST_SECONDS, end)
        with suppress(RuntimeError):  # no thread to be had: the process has limits of its own
            timer.start()
        try:
            workbook_process.send(requests, json.dumps(request).encode())
            if data is not None:
                workbook_process.send(requests, data)
            payload = workbook_process.receive(answers)
        except OSError:
            payload = None
        finally:
            timer.cancel()
            if timer.ident is not None:
                timer.join()
        if payload is None:
            raise ReaderDiedError(stalled=ended.is_set())
        answer: dict[str, Any] = json.loads(payload)
        return answer

    def stop(self) -> None:
        """End the process, from the one that started it."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):  # what was still to be written has nobody to go to
                    stream.close()
        self._process.wait()


_reader: _Reader | None = None
_last_opened: _Opened | None = None
"""What the process has open; none once it was ended."""
_inherited: list[_Reader] = []
"""What a fork found: a conversation of its parent's, kept so that nothing ends it from here."""


def _answer(request: dict[str, Any], data: bytes | None, shown: str) -> dict[str, Any]:
    """The answer of this process's reader, started where it is not there yet."""
    global _reader  # noqa: PLW0603 - one for each process, as long as it lives
    if _reader is not None and _reader.owner != os.getpid():
        _inherited.append(_reader)
        _reader = None
    if _reader is None:
        try:
            _reader = _Reader()
        except OSError as wrong:
            why = (wrong.strerror or "it is refused").lower()
            message = f"the process that reads workbooks cannot be started: {why}"
            raise DocumentError([Diagnostic("unreadable", message, shown)]) from None
        atexit.register(_reader.stop)
    try:
        return _reader.ask(request, data)
    except ReaderDiedError as died:
        stop()
        what = "took too long" if died.stalled else "died"
        refuse(
            "reader-died",
            shown,
            f"the process that reads workbooks {what} over this one",
            "open it in a spreadsheet program and save it anew as .xlsx",
        )
    except BaseException:
        stop()  # interrupted in the middle of an answer that the next request would take for its
        raise


def stop() -> None:
    """End the process that reads workbooks, if there is one; the next workbook gets a new one."""
    global _reader, _last_opened  # noqa: PLW0603
    _last_opened = None
    if _reader is not None:
        atexit.unregister(_reader.stop)
        _reader.stop()
        _reader = None
