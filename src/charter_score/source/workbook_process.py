"""The process that reads workbooks, so that the death of a native library costs one file.

Started by `source.workbooks`, which asks through standard input and is answered through standard
output: frames of eight bytes of length and as many bytes of JSON, behind a request to open one
with the workbook itself. It ends when its input does. A workbook is read within limits of memory
and time, where the system has them.
"""

import json
import os
import re
import signal
import struct
import sys
from collections.abc import Iterator
from contextlib import suppress
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from typing import IO, Any

MOST_MEMORY = 1 << 30
"""Bytes of address space; a workbook that asks for more ends the process."""
MOST_SECONDS = 60
"""Seconds of work for one request."""
MOST_PARQUET_MEMORY = "400MB"
"""What the library that reads Parquet files may take for itself."""
ROWS_AT_ONCE = 1_000
_LENGTH = struct.Struct(">Q")


def send(stream: IO[bytes], payload: bytes) -> None:
    """Write one frame."""
    stream.write(_LENGTH.pack(len(payload)))
    stream.write(payload)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one frame; None where the stream ends, in the middle of one too."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    payload = stream.read(length)
    return payload if len(payload) == length else None


class Reading:
    """The workbook that is open, and how far each of its sheets has been read."""

    def __init__(self) -> None:
        self._sheets: list[Any] = []
        self._rows: dict[int, tuple[int, Iterator[list[Any]]]] = {}

    def open(self, data: bytes) -> dict[str, Any]:
        """What the sheets of a workbook are, or why it cannot be read."""
        self._sheets = []
        self._rows = {}
        try:
            import python_calamine as library
        except ImportError:
            return {"wrong": "missing"}
        try:
            book = library.load_workbook(BytesIO(data))
            sheets = []
            for about in book.sheets_metadata:
                has_cells = about.typ == library.SheetTypeEnum.WorkSheet
                sheet = book.get_sheet_by_name(about.name) if has_cells else None
                self._sheets.append(sheet)
                row, column = (sheet.end if sheet is not None else None) or (-1, -1)
                sheets.append(
                    {
                        "name": about.name,
                        "has_cells": has_cells,
                        "is_hidden": about.visible != library.SheetVisibleEnum.Visible,
                        "rows": row + 1,
                        "columns": column + 1,
                    }
                )
        except library.PasswordError:
            return {"wrong": "password"}
        except BaseException as wrong:
            # The library's own errors, and a panic of its native code, which is no Exception.
            if not isinstance(wrong, Exception) and type(wrong).__name__ != "PanicException":
                raise
            return {"wrong": "damaged"}
        return {"sheets": sheets}

    def open_parquet(self, path: str) -> dict[str, Any]:
        """The same of a Parquet file, which is one sheet whose first row has the columns' names."""
        self._sheets = []
        self._rows = {}
        try:
            import duckdb as library
        except ImportError:
            return {"wrong": "missing"}
        try:
            sheet = ParquetSheet(library, path)
        except library.Error:
            return {"wrong": "damaged"}
        self._sheets = [sheet]
        about = {"name": "", "has_cells": True, "is_hidden": False}
        return {"sheets": [{**about, "rows": sheet.height + 1, "columns": len(sheet.names)}]}

    def rows(self, number: int, start: int, most: int) -> dict[str, Any]:
        """Some rows of a sheet, each from its first column on."""
        sheet = self._sheets[number]
        at, rows = self._rows.get(number, (-1, iter(())))
        if at != start:
            at, rows = 0, iter(sheet.iter_rows())
            while at < start:
                next(rows)
                at += 1
        before = [""] * (sheet.start or (0, 0))[1]
        taken = []
        for row in rows:
            taken.append([*before, *map(_plain, row)])
            if len(taken) == most:
                break
        self._rows[number] = (start + len(taken), rows)
        return {"rows": taken}


class ParquetSheet:
    """A Parquet file as the library of workbooks gives a sheet; rows come as they are asked."""

    start = (0, 0)

    def __init__(self, library: Any, path: str) -> None:
        # A pattern would name other files, and folders called `a=b` would add columns.
        self._path = re.sub(r"([*?\[])", r"[\1]", path)
        self._connection = library.connect(
            config={"threads": "1", "memory_limit": MOST_PARQUET_MEMORY}
        )
        self._connection.execute("SET TimeZone = 'UTC'")
        relation = f"read_parquet({_quoted(self._path)}, hive_partitioning = false)"
        query = f"DESCRIBE SELECT * FROM {relation}"  # noqa: S608 - every name is quoted
        described = self._connection.execute(query).fetchall()
        self.names = [str(name) for name, *_ in described]
        query = f"SELECT count(*) FROM {relation}"  # noqa: S608
        counted = self._connection.execute(query).fetchone()
        self.height: int = counted[0]
        # The nearest double of a short float has digits that nobody wrote.
        columns = ", ".join(
            f"CAST({name} AS VARCHAR)" if kind == "FLOAT" else name
            for name, kind in ((_quoted(name, '"'), kind) for name, kind, *_ in described)
        )
        self._query = f"SELECT {columns} FROM {relation}"  # noqa: S608

    def iter_rows(self) -> Iterator[list[Any]]:
        """The names of the columns, then each row."""
        yield list(self.names)
        found = self._connection.execute(self._query)
        while rows := found.fetchmany(ROWS_AT_ONCE):
            yield from map(list, rows)


def _quoted(name: str, mark: str = "'") -> str:
    return mark + name.replace(mark, 2 * mark) + mark


def _plain(cell: Any) -> Any:
    """A cell's value as JSON has it; days and times as a pair of kind and text."""
    match cell:
        case datetime():
            return ["datetime", cell.isoformat()]
        case date():
            return ["date", cell.isoformat()]
        case time():
            return ["time", cell.isoformat()]
        case timedelta():
            return ["duration", [cell.days, cell.seconds, cell.microseconds]]
        case Decimal():
            return ["text", format(cell.normalize(), "f")]
        case list() | tuple():
            return ["text", "; ".join("" if part is None else str(part) for part in cell)]
        case str() | bool() | int() | float() | None:
            return cell
        case _:
            return ["text", str(cell)]


def answer(reading: Reading, request: dict[str, Any], data: bytes) -> dict[str, Any]:
    """The answer to one request."""
    if request["do"] == "open":
        return reading.open(data)
    if request["do"] == "open-parquet":
        return reading.open_parquet(request["path"])
    return reading.rows(request["sheet"], request["start"], request["most"])


def _limit(*, first: bool) -> None:
    """Hold this process to its memory, and each request to its time."""
    try:
        import resource
    except ImportError:  # not on every system
        return
    wanted = {}
    if first:
        wanted = {resource.RLIMIT_AS: MOST_MEMORY, resource.RLIMIT_CORE: 0}
    used = resource.getrusage(resource.RUSAGE_SELF)
    wanted[resource.RLIMIT_CPU] = int(used.ru_utime + used.ru_stime) + MOST_SECONDS
    for kind, most in wanted.items():
        _, hard = resource.getrlimit(kind)
        with suppress(ValueError, OSError):  # some systems have the name and not the limit
            resource.setrlimit(
                kind, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
            )


def main() -> None:
    """Answer until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever asks ends this process
    requests, answers = sys.stdin.buffer, sys.stdout.buffer
    reading = Reading()
    first = True
    while (request := receive(requests)) is not None:
        asked = json.loads(request)
        data = receive(requests) if asked["do"] == "open" else b""
        if data is None:
            return
        _limit(first=first)
        first = False
        send(answers, json.dumps(answer(reading, asked, data)).encode())


if __name__ == "__main__":
    try:
        main()
    except BrokenPipeError:
        os._exit(0)  # whoever asked is gone, and there is nobody to tell
