"""Kinds of files: what a name and the first bytes say a file is, and whether it can be read."""

from typing import NamedTuple

from charter_score.diagnostics import START, Diagnostic

TEXT_ENDINGS = (".yaml", ".yml", ".json")
WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
TABLE_ENDINGS = (".csv", ".tsv", ".jsonl", ".parquet")
"""Files that can only be tables; a workbook can be one, or a form."""
READ_ENDINGS = (*TEXT_ENDINGS, *WORKBOOK_ENDINGS, *TABLE_ENDINGS)


class Unread(NamedTuple):
    """A kind of file that cannot be read, and what to do instead."""

    title: str
    way_out: str


_FORM = "`charter-score new RUBRIC -o form.xlsx` makes a form to fill in"
_TABLE = Unread("a table", "one document is wanted here; `score` and `check` read tables")
_SPREADSHEET = Unread("a spreadsheet", "save it as .xlsx or .ods: a filled form is read from those")
_PROSE = Unread("a text document", f"documents are not read; {_FORM}")
_PDF = Unread("a PDF document", f"documents are not read; {_FORM}")
_PACKED = Unread(
    "a workbook or another packed file",
    "give a workbook its own ending (.xlsx, .ods): a filled form is read from those",
)
_PAGE = Unread(
    "a web page", "open a form in a browser and save the review there: that file is read"
)

_UNREAD = {
    **dict.fromkeys(
        (".numbers", ".fods", ".ots", ".xlt", ".xltx", ".xltm", ".gsheet"), _SPREADSHEET
    ),
    **dict.fromkeys((".doc", ".docx", ".docm", ".odt", ".rtf", ".pages", ".gdoc"), _PROSE),
    ".pdf": _PDF,
}
UNREAD_ENDINGS = tuple(_UNREAD)
"""Endings of what somebody may have meant as a review, though it cannot be read."""

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a workbook or document of before 2007 begins."""
ZIP = b"PK\x03\x04"
_BEGINNINGS = {
    b"%PDF-": _PDF,
    b"{\\rtf": _PROSE,
    b"<!DOCTYPE html": _PAGE,
    OLE: _PACKED,
    ZIP: _PACKED,
}


def is_workbook(name: str) -> bool:
    """Whether a file's name says that it is a workbook."""
    return name.lower().endswith(WORKBOOK_ENDINGS)


def is_table(name: str) -> bool:
    """Whether a file's name says that it can only be a table."""
    return name.lower().endswith(TABLE_ENDINGS)


def unread(name: str) -> Unread | None:
    """The kind of a file that cannot be read, by its name; None for every other."""
    _, dot, ending = name.rpartition(".")
    return _UNREAD.get(f".{ending.lower()}") if dot else None


def no_document(name: str) -> Unread | None:
    """The kind of a file that is no single document, by its name; None for every other."""
    return _TABLE if is_table(name) else unread(name)


def not_text(data: bytes, name: str) -> Unread | None:
    """What a file is that is to be read as text and begins as something else; None if it is not.

    A workbook may begin as one, not as a document of another kind.
    """
    if not data.startswith(tuple(_BEGINNINGS)):
        return None
    kind = next(kind for begin, kind in _BEGINNINGS.items() if data.startswith(begin))
    return None if kind is _PACKED and is_workbook(name) else kind


def unsupported(kind: Unread, shown: str) -> Diagnostic:
    """The diagnostic of a file that was named and cannot be read."""
    return Diagnostic(
        "unsupported-file", f"this is {kind.title}, which is not read", shown, START, kind.way_out
    )
