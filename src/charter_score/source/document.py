"""A document as it was read: plain values, and the place of every key and value in its text.

Positions are looked up only when there is something to report, so reading keeps none: the first
look-up reads the text a second time and notes the place of everything.
"""

import re
import unicodedata
from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, Protocol

from charter_score.diagnostics import START, At, Diagnostic, Location, Problem, Route
from charter_score.errors import DocumentError
from charter_score.limits import LONGEST_KEY, LONGEST_SCALAR, MOST_BYTES
from charter_score.scalars import Null, Scalar, Value

# U+0085, U+2028 and U+2029 too: libyaml breaks lines there, so that what looks like one line to
# its reader would be two to the program.
_FORBIDDEN_RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_FORBIDDEN_IN_SCALAR = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LINE_BREAK = re.compile("\r\n?|\n")


class Place(NamedTuple):
    """Where a mapping's entry or a list's item stands; an item's key is the item itself."""

    key: Location
    value: Location


Places = dict[int, dict[str | int, Place]]
"""By `id()` of a container: the place of each of its entries."""


class Built(NamedTuple):
    """What a parser makes of a text: the value, where it begins, and the places if asked for."""

    value: Value
    start: Location
    places: Places


class Parser(Protocol):
    """A reader of one language."""

    def __call__(self, text: str, path: str, *, note_places: bool) -> Built:
        """Build the values of a text; `path` is named in errors.

        Raises:
            DocumentError: with everything that is wrong with the text.
        """


@dataclass(slots=True)
class Document:
    """Values of a document, and a way from a route to its line and column.

    In a workbook `sheet` is the sheet that it stands in; `part` names it among the documents of
    its file, where there are several. `diagnostics` is what its reader found wrong and could go on
    from, `unreadable` the routes that have no value for that reason.
    """

    path: str
    text: str
    value: Value
    parse: Parser | None
    noted: Built | None = field(default=None)
    """The places, from the beginning or once they were asked for."""
    sheet: str | None = None
    part: str | None = None
    diagnostics: tuple[Diagnostic, ...] = ()
    unreadable: frozenset[Route] = frozenset()
    _end: Location | None = field(default=None)

    def locate(self, route: Route, at: At = At.VALUE) -> Location:
        """The place of a route; of its nearest ancestor's key where the route does not exist."""
        noted = self.noted
        if noted is None:
            assert self.parse is not None  # noqa: S101 - one of the two is there
            noted = self.noted = self.parse(self.text, self.path, note_places=True)
        container: Value = noted.value
        here = Place(noted.start, noted.start)
        for step in route:
            if isinstance(container, str | Scalar):
                # The short form: one word stands for the mapping or list that the route means.
                break
            place = noted.places[id(container)].get(step)
            if place is None:
                return here.key
            here = place
            if isinstance(container, dict):
                container = container.get(str(step), Null())  # in a form: asked for, and blank
            elif isinstance(step, int):
                container = container[step]
        place_there = here.value if at is At.VALUE else here.key
        if not self.text:
            return place_there
        if self._end is None:
            self._end = end_of(self.text)
        return inside(place_there, self._end)

    def diagnostic(self, problem: Problem) -> Diagnostic:
        """A problem with its place in this document."""
        return Diagnostic(
            code=problem.code,
            message=problem.message,
            path=self.path,
            location=self.locate(problem.route, problem.at),
            hint=problem.hint,
            severity=problem.severity,
            sheet=self.sheet,
        )


def decode(data: bytes, path: str) -> str:
    """The text of a file: UTF-8, without its byte order mark, free of control characters.

    Raises:
        DocumentError: `too-large`, `not-utf8` or `control-character`, at the first place.
    """
    if len(data) > MOST_BYTES:
        raise DocumentError([too_large(path)])
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as wrong:
        before = data[: wrong.start].decode("utf-8").removeprefix("\ufeff")
        raise DocumentError(
            [
                Diagnostic(
                    "not-utf8",
                    "the file is not UTF-8 text from here on",
                    path,
                    end_of(before),
                    "save it with the encoding UTF-8",
                )
            ]
        ) from None
    text = text.removeprefix("\ufeff")
    if found := _FORBIDDEN_RAW.search(text):
        raise DocumentError(
            [
                Diagnostic(
                    "control-character",
                    f"the character U+{ord(found[0]):04X} may not stand in a document",
                    path,
                    end_of(text[: found.start()]),
                    "delete it; it is invisible in most editors",
                )
            ]
        )
    return text


def too_large(path: str) -> Diagnostic:
    """The diagnostic of a file over the size limit."""
    return Diagnostic(
        "too-large",
        f"the file is larger than {MOST_BYTES // 1_000_000} MB",
        path,
        START,
        "one file holds one review or one rubric",
    )


def key_text(text: str) -> str:
    """A key in the form in which two keys are equal: Unicode NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def scalar_problem(text: str) -> tuple[str, str, str] | None:
    """Code, message and hint of a scalar that is too long or holds a control character."""
    if len(text) > LONGEST_SCALAR or (
        len(text) * 4 > LONGEST_SCALAR and len(text.encode("utf-8", "replace")) > LONGEST_SCALAR
    ):
        return (
            "scalar-too-long",
            f"this text is longer than {LONGEST_SCALAR // 1024} KB",
            "shorten it",
        )
    if text.isprintable():
        return None
    if _SURROGATE.search(text):
        return (
            "lone-surrogate",
            "half of a character stands here: a surrogate without its partner",
            "write the character itself",
        )
    if found := _FORBIDDEN_IN_SCALAR.search(text):
        return (
            "control-character",
            f"this text holds the control character U+{ord(found[0]):04X}",
            "take the escape out",
        )
    return None


def key_problem(text: str) -> tuple[str, str, str] | None:
    """Code, message and hint of a key that is missing or too long."""
    if not text:
        return "empty-key", "a key is missing before the `:`", "write it, or take the line out"
    if len(text) > LONGEST_KEY:
        told = f"this key is longer than {LONGEST_KEY:,} characters"
        return "scalar-too-long", told, "a key is a short word"
    return None


def inside(place: Location, end: Location) -> Location:
    """A place moved to the end of the text where a parser puts it behind the last line."""
    return end if place.line > end.line and place.column == 1 else place


def end_of(text: str) -> Location:
    """The place behind the last character of a text; lines end at LF, CR or CRLF."""
    breaks = text.count("\n") + text.count("\r") - text.count("\r\n")
    last = max(text.rfind("\n"), text.rfind("\r"))
    return Location(breaks + 1, len(text) - last)


def offsets_of_lines(text: str) -> Sequence[int]:
    """Where each line of a text begins; lines end at LF, CR or CRLF."""
    # An array takes four bytes a line, a list forty, and there may be millions.
    return array("I", chain([0], (found.end() for found in _LINE_BREAK.finditer(text))))
