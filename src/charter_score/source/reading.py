"""From bytes to documents: one way in for every file, and what kind of document it looks like."""

import os
from collections.abc import Iterator

from charter_score.diagnostics import START, Diagnostic
from charter_score.errors import DocumentError
from charter_score.limits import MOST_TABLE_BYTES, MOST_TABLE_UNPACKED
from charter_score.scalars import Value
from charter_score.source import kinds
from charter_score.source.document import Document, decode
from charter_score.source.files import (
    STANDARD_INPUT,
    AnyPath,
    read_beginning,
    read_bytes,
    shown_path,
)
from charter_score.wire.ours import is_output


def read_documents(data: bytes, shown: str) -> Iterator[Document | DocumentError]:
    """Each document that a file holds, in its order, or what is wrong with it.

    What makes the whole file unreadable is an error in the place of its documents; nothing is
    raised. A text is one document, JSON or YAML; a workbook has one in each sheet that is a form.
    """
    if (kind := kinds.no_document(shown) or kinds.not_text(data, shown)) is not None:
        yield DocumentError([kinds.unsupported(kind, shown)])
        return
    try:
        if kinds.is_workbook(shown):
            from charter_score.source.form_reader import read_forms

            yield from read_forms(data, shown)
        else:
            yield _text_document(data, shown)
    except DocumentError as wrong:
        yield wrong


def holds_no_form(data: bytes, shown: str) -> bool:
    """Whether a workbook certainly has no form in it, so that it may hold tables.

    What is no workbook at all, or a damaged one, is for the reader of forms to say.
    """
    if kinds.not_text(data, shown) is not None:
        return False
    from charter_score.forms.contract import MARK_BEGINS
    from charter_score.source.form_reader import read_forms
    from charter_score.source.workbook_checks import unpack

    try:
        unpacked = unpack(data, shown, MOST_TABLE_BYTES, MOST_TABLE_UNPACKED)
    except DocumentError:
        return False
    if unpacked.format is not None:
        return not unpacked.holds(MARK_BEGINS)
    first: Document | DocumentError | None
    try:
        first = next(read_forms(data, shown), None)  # an old one does not say before it is read
    except DocumentError as wrong:
        first = wrong
    if not isinstance(first, DocumentError):
        return False
    return first.diagnostics[0].code == "not-a-form" and first.diagnostics[0].sheet is None


def read_document(data: bytes, shown: str) -> Document:
    """The one document that a file holds.

    Raises:
        DocumentError: with everything that is wrong with it, or because there are several.
    """
    first, *more = read_documents(data, shown)
    if more:
        raise DocumentError(
            [
                Diagnostic(
                    "several-reviews",
                    "this workbook holds several reviews, and one is wanted here",
                    shown,
                    START,
                    "move the other sheets into workbooks of their own",
                )
            ]
        )
    if isinstance(first, DocumentError):
        raise first
    return first


def _text_document(data: bytes, shown: str) -> Document:
    """The values of a text: JSON where its name says so, YAML otherwise.

    Standard input has no name, so there a text that begins with `{` is tried as JSON first.

    Raises:
        DocumentError: with everything that is wrong with the text.
    """
    text = decode(data, shown)
    if shown.lower().endswith(".json"):
        return _json(text, shown)
    if shown == "-" and text.lstrip().startswith("{"):
        try:
            return _json(text, shown)
        except DocumentError:
            pass
    from charter_score.source.yaml_reader import parse_yaml

    return Document(shown, text, parse_yaml(text, shown, note_places=False).value, parse_yaml)


def _json(text: str, shown: str) -> Document:
    from charter_score.source.json_reader import parse_json

    return Document(shown, text, parse_json(text, shown, note_places=False).value, parse_json)


def is_rubric(value: Value) -> bool:
    """Whether a document looks like a rubric rather than a review."""
    return isinstance(value, dict) and "sections" in value and "ratings" not in value


def may_be_rubric(value: Value) -> bool:
    """Whether a document was perhaps meant as a rubric, though it has no sections."""
    return isinstance(value, dict) and "ratings" not in value and not _MARKS.isdisjoint(value)


_MARKS = frozenset(["sections", "section", "criteria", "bands", "version", "title"])


def may_be_replaced(path: AnyPath, *, in_folder: bool) -> bool:
    """Whether an output may take the place of an existing file: not of a rubric or a review.

    In a folder of reviews a broken document is a review too, until somebody mends it.
    """
    shown = shown_path(path)
    try:
        if begins_as_output(path, shown):
            return True
        if kinds.is_table(shown) or kinds.is_workbook(shown):
            from charter_score.source.tables.reading import Holds, what_it_holds

            match what_it_holds(os.fspath(path), shown):
                case Holds.OURS:
                    return True
                case Holds.REVIEWS:
                    return False
                case Holds.ANYTHING:
                    pass  # whatever its name is, it may hold a rubric or a review
        data = read_bytes(path, shown)
    except DocumentError:
        return not in_folder
    documents = list(read_documents(data, shown))
    if any(isinstance(document, DocumentError) for document in documents):
        # A link may have another ending than what it leads to: what lies there decides.
        documents += read_documents(data, _name_by_content(data))
    return all(_may_be_replaced(document, in_folder) for document in documents)


def _name_by_content(data: bytes) -> str:
    """A name that a file with these bytes could have, whatever it is called."""
    if data.startswith(kinds.OLE):
        return "-.xls"
    if not data.startswith(kinds.ZIP):
        return STANDARD_INPUT
    return "-.ods" if data[30:38] == b"mimetype" else "-.xlsx"


def _may_be_replaced(document: Document | DocumentError, in_folder: bool) -> bool:  # noqa: FBT001
    if isinstance(document, DocumentError):
        return not in_folder or document.diagnostics[0].code == "not-a-form"
    value = document.value
    if is_output(value):
        return True
    return not in_folder and not (isinstance(value, dict) and _PARTS.intersection(value))


def begins_as_output(path: AnyPath, shown: str) -> bool:
    """Whether a file begins as our results do, which may be larger than any review.

    Raises:
        DocumentError: where it cannot be read.
    """
    return read_beginning(path, shown, len(_OUR_BEGINNING)) == _OUR_BEGINNING


_OUR_BEGINNING = b'{"schema": "charter-score/'
_PARTS = frozenset(["ratings", "sections"])
