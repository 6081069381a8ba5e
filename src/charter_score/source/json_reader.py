"""JSON documents: the same values, limits, refusals and positions as `source.yaml` gives.

The standard library's parser keeps no positions, recurses, and lets a duplicate key win; so this
is a scanner of its own, one loop without recursion, with the library's routine for strings.

Source: RFC 8259.
"""

import re
from bisect import bisect_right
from collections.abc import Sequence
from contextlib import suppress
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]  # public, not in the stubs
from typing import Any, NoReturn

from charter_score.diagnostics import Location
from charter_score.limits import MOST_DEPTH, MOST_NODES
from charter_score.scalars import Boolean, Null, Number, Scalar, Value
from charter_score.source.builder import Builder, ReadingStoppedError
from charter_score.source.document import (
    Built,
    Place,
    offsets_of_lines,
)

_BLANK = re.compile(r"[ \t\r\n]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[A-Za-z]+")


def parse_json(text: str, path: str, *, note_places: bool) -> Built:
    """Build the values of a JSON text; a `document.Parser`.

    Raises:
        DocumentError: with every problem found. Syntax and the limits on depth and size end the
            reading at once, everything else is collected.
    """
    return _Builder(text, path, note_places=note_places).build()


class _Builder(Builder):
    _lines: Sequence[int] = ()

    def build(self) -> Built:
        built = None
        with suppress(ReadingStoppedError):
            built = self._build()
        return self._finished(built)

    def _build(self) -> Built:
        text = self._text
        at = self._skip(0)
        if at == len(text):
            self._stop_as_empty(0)
        begin = at
        container: Any = None
        stack: list[Any] = []
        key: str | None = None
        key_at = 0
        nodes = 0
        root: Value | None = None
        while True:
            # Here a value is wanted, or the end of a container that has just been opened.
            sign = text[at : at + 1]
            opened = sign in {"{", "["}
            value_at = at
            if opened:
                if len(stack) >= MOST_DEPTH:
                    self._stop_as_too_deep(at)
                value: Any = {} if sign == "{" else []
                at += 1
            else:
                value, at = self._scalar(at)
            nodes += 1
            if nodes > MOST_NODES:
                self._stop_as_too_large(value_at)
            if container is None:
                root = value
            elif key is not None:
                if self._note:
                    self._places[id(container)][key] = Place(self._at(key_at), self._at(value_at))
                container[key] = value
                key = None
            else:
                if self._note:
                    here = self._at(value_at)
                    self._places[id(container)][len(container)] = Place(here, here)
                container.append(value)
            at = self._skip(at)
            if opened:
                if self._note:
                    self._places[id(value)] = {}
                stack.append(container)
                container = value
                if text[at : at + 1] not in ("}", "]"):
                    if sign == "{":
                        key, key_at, at = self._entry(at, container)
                    continue
            # A value has ended: close what it ends, then a comma leads to the next.
            while container is not None:
                sign = text[at : at + 1]
                closing = "}" if isinstance(container, dict) else "]"
                if sign == closing:
                    container = stack.pop()
                    at = self._skip(at + 1)
                    continue
                if sign != ",":
                    self._syntax(f"a comma or `{closing}` is wanted here", at)
                at = self._skip(at + 1)
                if text[at : at + 1] == closing:
                    self._syntax(
                        "a comma stands before this and nothing after it", at, "take the comma out"
                    )
                if isinstance(container, dict):
                    key, key_at, at = self._entry(at, container)
                break
            if container is None:
                if at != len(text):
                    self._syntax("the document has ended before this", at)
                break
        if root is None:
            raise ReadingStoppedError
        return Built(root, self._at(begin), self._places)

    def _scalar(self, at: int) -> tuple[str | Scalar, int]:
        text = self._text
        if text[at : at + 1] == '"':
            return self._string(at)
        if found := _NUMBER.match(text, at):
            if found.end() - at > 65_536:
                self._check_scalar(found[0], at)
            return Number(found[0]), found.end()
        if found := _WORD.match(text, at):
            word = found[0]
            if word in ("true", "false"):
                return Boolean(word), found.end()
            if word == "null":
                return Null(word), found.end()
            return self._syntax("this word is no value of JSON", at, "put text in double quotes")
        return self._syntax("a value is wanted here", at)

    def _string(self, at: int, *, is_key: bool = False) -> tuple[str, int]:
        try:
            value, end = scanstring(self._text, at + 1, True)  # noqa: FBT003 - strict
        except JSONDecodeError as wrong:
            if wrong.msg.startswith("Unterminated"):
                self._syntax("this text is never closed", at, 'close it with `"`')
            if "control character" in wrong.msg:
                self._syntax(
                    "a line break or tab stands inside a text",
                    wrong.pos,
                    "close the text with a double quote, or write \\n",
                )
            self._syntax("this is no escape that JSON knows", wrong.pos, "double the backslash")
        if not value.isprintable() or (len(value) > 16_384 and not is_key):
            self._check_scalar(value, at)
        return value, end

    def _entry(self, at: int, container: dict[str, Value]) -> tuple[str, int, int]:
        """A key and the place of its value, past the colon."""
        if self._text[at : at + 1] != '"':
            self._syntax("a key between double quotes is wanted here", at)
        text, end = self._string(at, is_key=True)
        key = self._key(text, container, at)
        end = self._skip(end)
        if self._text[end : end + 1] != ":":
            self._syntax("a `:` is missing after this key", end)
        return key, at, self._skip(end + 1)

    def _skip(self, at: int) -> int:
        found = _BLANK.match(self._text, at)
        return found.end() if found else at

    def _at(self, spot: Any) -> Location:
        if not self._lines:
            self._lines = offsets_of_lines(self._text)
        line = bisect_right(self._lines, spot)
        return Location(line, spot - self._lines[line - 1] + 1)

    def _syntax(self, message: str, at: int, hint: str | None = None) -> NoReturn:
        self._stop("json-syntax", message, at, hint)
