"""The same look through a part of a workbook as `workbook_checks` takes, for parts of millions.

An XML parser that calls Python for each element takes most of the time that a spreadsheet of 20,000
rows takes. What Excel, LibreOffice and the libraries write has one form for cells and rows, which a
pattern can find. A part in any other form (prefixes, comments, entities, other quotes, attributes
in another order) is not judged here, and goes through the parser. So what this overlooks is never
handed on, and what it counts is at least what is there.
"""

import re
from typing import NamedTuple

_ELSEWHERE = re.compile(rb"<!|<[^\s<>/!?]*:(?:c|row|col|mergeCell|dimension|f|v|is)[\s/>]")
"""What is not judged here: declarations, comments, CDATA, and elements with a prefix."""
_ENCODING = re.compile(rb"""<\?xml[^>]*encoding\s*=\s*["']([^"']*)""")
_CELL_LETTERS = re.compile(rb'<c r="([A-Z]{1,3})[1-9]')
_CELL_NUMBERS = re.compile(rb'<c r="[A-Z]{1,3}([1-9][0-9]{0,6})"')
_ROW_NUMBERS = re.compile(rb'<row r="([1-9][0-9]{0,6})"')
_ERRORS = re.compile(rb'<c r="([A-Z]{1,3})([1-9][0-9]{0,6})"[^>]*\st="e"')
_HIDDEN_ROW = re.compile(rb'<row r="([1-9][0-9]{0,6})"[^>]*\shidden="(?:1|true)"')
_COLUMNS = re.compile(rb"<col\s[^>]*>")
_MERGED = re.compile(rb"<mergeCell\s[^>]*>")
_ATTRIBUTE = re.compile(rb"""([A-Za-z]+)\s*=\s*["']([^"']*)["']""")
_COUNTS = re.compile(rb"""(?:uniqueC|c)ount\s*=\s*["']([^"']*)["']""")
_SPANS = re.compile(rb"""spans\s*=\s*["']([^"']*)["']""")
_DIMENSION = re.compile(rb"""<dimension\s+ref\s*=\s*["']([^"']*)["']""")


class Scan(NamedTuple):
    """What a part says, as text: how far its cells reach, what it counts, what is beside the cells.

    `tags` is how many begin or end; `cells` are the cells with an error.
    """

    tags: int
    last_row: int
    letters: frozenset[str]
    counts: frozenset[str]
    spans: frozenset[str]
    dimensions: tuple[str, ...]
    errors: tuple[tuple[str, int], ...]
    hidden_row: int | None
    columns: tuple[dict[str, str], ...]
    merged: tuple[str, ...]


def scanned(part: bytes) -> Scan | None:
    """What a part says; None where it has a form that only a parser can judge."""
    if _ELSEWHERE.search(part):
        return None
    encoding = _ENCODING.match(part)
    if encoding is not None and encoding[1].lower() != b"utf-8":
        return None
    try:
        part.decode("utf-8")
    except UnicodeDecodeError:
        return None
    numbers = _CELL_NUMBERS.findall(part)
    rows = _ROW_NUMBERS.findall(part)
    if len(numbers) != _begun(b"<c", part) or len(rows) != _begun(b"<row", part):
        return None
    hidden = _HIDDEN_ROW.search(part)
    return Scan(
        part.count(b"<"),
        max(map(int, {*numbers, *rows}), default=1),
        frozenset(letters.decode() for letters in set(_CELL_LETTERS.findall(part))),
        frozenset(text.decode() for text in set(_COUNTS.findall(part))),
        frozenset(text.decode() for text in set(_SPANS.findall(part))),
        tuple(text.decode() for text in _DIMENSION.findall(part)),
        tuple((found[1].decode(), int(found[2])) for found in _ERRORS.finditer(part))
        if b't="e"' in part
        else (),
        None if hidden is None else int(hidden[1]),
        tuple(_attributes(found[0]) for found in _COLUMNS.finditer(part)),
        tuple(_attributes(found[0]).get("ref", "") for found in _MERGED.finditer(part)),
    )


def _begun(tag: bytes, part: bytes) -> int:
    """How often an element begins, whatever stands behind its name."""
    return sum(part.count(tag + behind) for behind in (b" ", b">", b"/", b"\n", b"\t", b"\r"))


def _attributes(tag: bytes) -> dict[str, str]:
    return {name.decode(): value.decode() for name, value in _ATTRIBUTE.findall(tag)}
