"""Workbooks in the formats that a form may be saved in, made from the cells of an .xlsx one.

Only what a reader looks at is written: names of sheets, texts and numbers, and for one cell a
formula or an error where a test wants it. .ods and .xlsb are written here, by their specifications
(OpenDocument 1.2, [MS-XLSB]); .xls by xlwt.
"""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from xml.sax.saxutils import escape, quoteattr

import openpyxl
import xlwt


@dataclass(frozen=True)
class Formula:
    """A cell with a formula; what it came to is a text."""

    value: str


@dataclass(frozen=True)
class Wrong:
    """A cell with an error."""


Content = str | float | Formula | Wrong | None
Grids = Mapping[str, Sequence[Sequence[Content]]]
"""The cells of each sheet."""


def grids(xlsx: bytes) -> dict[str, list[list[Content]]]:
    """The cells of an .xlsx workbook; what stands there of other types is text."""
    return {title: [list(row) for row in rows] for title, rows in _cells(xlsx).items()}


@cache
def _cells(xlsx: bytes) -> Grids:
    book = openpyxl.load_workbook(io.BytesIO(xlsx))
    return {
        sheet.title: [
            [
                value if value is None or isinstance(value, str | float) else str(value)
                for value in row
            ]
            for row in sheet.iter_rows(values_only=True)
        ]
        for sheet in book.worksheets
    }


def as_xls(sheets: Grids) -> bytes:
    """A workbook as Excel saved it before 2007. Formulas keep no value, errors are none."""
    book = xlwt.Workbook()
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                if isinstance(cell, Formula):
                    sheet.write(row, column, xlwt.Formula(f'"{cell.value}"'))
                elif isinstance(cell, Wrong):
                    sheet.row(row).set_cell_error(column, "#N/A")
                elif cell is not None:
                    sheet.write(row, column, cell)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"
_ODS_NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"))
)


def as_ods(sheets: Grids) -> bytes:
    """An OpenDocument workbook; behind the last cell the empty rest of the sheet, repeated."""
    tables = "".join(
        f"<table:table table:name={quoteattr(name)}>{''.join(map(_ods_row, rows))}"
        '<table:table-row table:number-rows-repeated="1000000">'
        '<table:table-cell table:number-columns-repeated="1000"/></table:table-row></table:table>'
        for name, rows in sheets.items()
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {_ODS_NAMES} '
        'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    manifest = (
        '<?xml version="1.0" encoding="UTF-8"?><manifest:manifest '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{_ODS_TYPE}"/>'
        "</manifest:manifest>"
    )
    return packed(
        {
            "mimetype": _ODS_TYPE.encode(),
            "content.xml": content.encode(),
            "META-INF/manifest.xml": manifest.encode(),
        }
    )


def _ods_row(cells: Sequence[Content]) -> str:
    return f"<table:table-row>{''.join(map(_ods_cell, cells))}</table:table-row>"


def _ods_cell(cell: Content) -> str:
    if cell is None:
        return "<table:table-cell/>"
    if isinstance(cell, float | int):
        return (
            f'<table:table-cell office:value-type="float" office:value="{cell}">'
            f"<text:p>{cell}</text:p></table:table-cell>"
        )
    more = ""
    if isinstance(cell, Formula):
        more = ' table:formula="of:=A1"'
    elif isinstance(cell, Wrong):
        more = ' calcext:value-type="error"'
    text = cell.value if isinstance(cell, Formula) else "#N/A" if isinstance(cell, Wrong) else cell
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in text.split("\n"))
    return f'<table:table-cell office:value-type="string"{more}>{lines}</table:table-cell>'


def as_xlsb(sheets: Grids) -> bytes:
    """A binary workbook of Excel."""
    parts = {
        "[Content_Types].xml": b'<?xml version="1.0" encoding="UTF-8"?><Types/>',
        "_rels/.rels": b'<?xml version="1.0" encoding="UTF-8"?><Relationships/>',
        "xl/workbook.bin": b"".join(
            [
                record(131),
                record(143),
                *(
                    record(156, struct.pack("<II", 0, number), wide(f"rId{number}"), wide(name))
                    for number, name in enumerate(sheets, 1)
                ),
                record(144),
                record(132),
            ]
        ),
    }
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    relations = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="worksheets/sheet{number}.bin"/>'
        for number in range(1, len(sheets) + 1)
    )
    parts["xl/_rels/workbook.bin.rels"] = (
        f'<?xml version="1.0" encoding="UTF-8"?><Relationships>{relations}</Relationships>'
    ).encode()
    for number, rows in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.bin"] = _binary_sheet(rows)
    return packed(parts)


def _binary_sheet(rows: Sequence[Sequence[Content]]) -> bytes:
    widest = max(map(len, rows), default=1)
    size = struct.pack("<IIII", 0, max(0, len(rows) - 1), 0, widest - 1)
    pieces = [record(129), record(148, size), record(145)]
    for row, cells in enumerate(rows):
        pieces.append(record(0, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0)))
        for column, cell in enumerate(cells):
            head = struct.pack("<II", column, 0)
            if isinstance(cell, str):
                pieces.append(record(6, head, wide(cell)))
            elif isinstance(cell, Formula):
                pieces.append(record(8, head, wide(cell.value), struct.pack("<HII", 0, 0, 0)))
            elif isinstance(cell, Wrong):
                pieces.append(record(3, head, b"\x2a"))
            elif cell is not None:
                pieces.append(record(5, head, struct.pack("<d", cell)))
    return b"".join([*pieces, record(146), record(130)])


def record(kind: int, *body: bytes) -> bytes:
    """A record of a binary workbook ([MS-XLSB], 2.1.4)."""
    whole = b"".join(body)
    return _variable(kind) + _variable(len(whole)) + whole


def _variable(number: int) -> bytes:
    pieces = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        pieces.append(low | (0x80 if number else 0))
        if not number:
            return bytes(pieces)


def wide(text: str) -> bytes:
    """A text with its length before it."""
    data = text.encode("utf-16-le")
    return struct.pack("<I", len(data) // 2) + data


def packed(parts: Mapping[str, bytes]) -> bytes:
    """An archive of parts."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return stream.getvalue()


FORMATS: dict[str, Callable[[Grids], bytes]] = {"ods": as_ods, "xls": as_xls, "xlsb": as_xlsb}
"""The formats beside .xlsx, by their endings."""
