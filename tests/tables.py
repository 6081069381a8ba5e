"""The same reviews as tables of every kind a reader takes, for tests.

A review is the plain dict that its YAML would load to, as `random_documents` makes them.
"""

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import openpyxl

import spreadsheets

Document = Mapping[str, Any]
Cells = list[list[str]]
OWN = ("id", "rubric", "status", "advisor", "reviewer", "team", "notes")
KNOWN = ("date", "channel", "reference")
PARTS = ("comment", "evidence", "causes")


def criteria(rubric: Document) -> list[tuple[str, str]]:
    """The criteria of a rubric by section and id."""
    return [
        (section["id"], criterion["id"])
        for section in rubric["sections"]
        for criterion in section["criteria"]
    ]


def _fields(reviews: Sequence[Document]) -> list[str]:
    names = {name: None for review in reviews for name in review.get("interaction", {})}
    return [*KNOWN, *(name for name in names if name not in KNOWN)]


def _text(value: Any) -> str:
    return "; ".join(map(str, value)) if isinstance(value, list) else str(value)


def _about(review: Document, fields: Sequence[str]) -> list[str]:
    interaction = review.get("interaction", {})
    return [
        *(_text(review.get(name, "")) for name in OWN),
        *(_text(interaction.get(name, "")) for name in fields),
    ]


def _heading(field: str) -> str:
    return field if field in KNOWN else f"field.{field}"


def _rated(review: Document, section: str, criterion: str) -> dict[str, str]:
    given = review["ratings"].get(section, {}).get(criterion, "")
    if not isinstance(given, dict):
        return {"rating": str(given)}
    return {name: _text(value) for name, value in given.items()}


def wide(rubric: Document, reviews: Sequence[Document]) -> Cells:
    """A row a review."""
    fields = _fields(reviews)
    keys = criteria(rubric)
    heads = [
        f"{section}.{criterion}{more}"
        for section, criterion in keys
        for more in ("", *(f".{part}" for part in PARTS))
    ]
    rows = [[*OWN, *map(_heading, fields), *heads]]
    for review in reviews:
        row = _about(review, fields)
        for section, criterion in keys:
            rated = _rated(review, section, criterion)
            row += [str(rated.get(name, "") or "") for name in ("rating", *PARTS)]
        rows.append(row)
    return rows


def long(rubric: Document, reviews: Sequence[Document]) -> Cells:
    """A row a rating; what is said of the review stands in each of its rows."""
    fields = _fields(reviews)
    rows = [[*OWN, *map(_heading, fields), "section", "criterion", "rating", *PARTS]]
    for review in reviews:
        for section, criterion in criteria(rubric):
            rated = _rated(review, section, criterion)
            cells = [str(rated.get(name, "") or "") for name in ("rating", *PARTS)]
            rows.append([*_about(review, fields), section, criterion, *cells])
    return rows


def as_csv(cells: Sequence[Sequence[str]], separator: str = ",") -> bytes:
    """Delimited text, as a spreadsheet program saves it."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=separator).writerows(cells)
    return b"\xef\xbb\xbf" + stream.getvalue().encode()


def as_tsv(cells: Sequence[Sequence[str]]) -> bytes:
    """The same with tabs."""
    return as_csv(cells, "\t")


def as_json_lines(cells: Sequence[Sequence[str]]) -> bytes:
    """An object a row."""
    head, *rows = cells
    lines = [json.dumps(dict(zip(head, row, strict=True)), ensure_ascii=False) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def as_xlsx(cells: Sequence[Sequence[Any]], title: str = "May") -> bytes:
    """A workbook of one sheet, every cell as text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = title
    for number, row in enumerate(cells, start=1):
        for column, cell in enumerate(row, start=1):
            if cell != "":
                sheet.cell(number, column, cell).data_type = (
                    "s" if isinstance(cell, str) else sheet.cell(number, column, cell).data_type
                )
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def as_ods(cells: Sequence[Sequence[Any]]) -> bytes:
    """The same as OpenDocument."""
    return spreadsheets.as_ods({"May": [[cell or None for cell in row] for row in cells]})


def as_xls(cells: Sequence[Sequence[Any]]) -> bytes:
    """The same as before 2007."""
    return spreadsheets.as_xls({"May": [[cell or None for cell in row] for row in cells]})


def as_parquet(cells: Sequence[Sequence[str]]) -> bytes:
    """A Parquet file, every column as text."""
    import tempfile

    import duckdb

    head, *rows = cells
    columns = ", ".join(f'"{name}" VARCHAR' for name in head)
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE t ({columns})")
        marks = ", ".join("?" * len(head))
        connection.executemany(
            f"INSERT INTO t VALUES ({marks})",  # noqa: S608 - marks alone
            [[cell or None for cell in row] for row in rows],
        )
        path = Path(folder) / "t.parquet"
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
        return path.read_bytes()


WRITERS: dict[str, Callable[[Sequence[Sequence[str]]], bytes]] = {
    "csv": as_csv,
    "tsv": as_tsv,
    "jsonl": as_json_lines,
    "xlsx": as_xlsx,
    "ods": as_ods,
    "xls": as_xls,
    "parquet": as_parquet,
}
