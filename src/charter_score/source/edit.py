"""Changing one value in the text of a YAML document, and nothing else of it.

A file that a person wrote stays theirs: comments, blank lines, quotes and the order of keys are
kept byte for byte, because the text itself is edited at the places that libyaml's events name, and
never written anew from values. After each edit the new text is read again: unless it gives exactly
the old values with that one change, the edit is refused and nobody's file is touched.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from charter_score.diagnostics import Route
from charter_score.errors import DocumentError
from charter_score.forms.yaml_scalars import key_scalar, quoted, scalar
from charter_score.scalars import Null, Scalar, Value
from charter_score.source.document import key_text
from charter_score.source.yaml_reader import parse_yaml, plain_scalar

WIDEST_LINE = 80
"""A mapping that fits into this many columns is written on one line, between braces."""

_STEP = 2  # spaces of indentation that a new level gets

_LINE_BREAK = re.compile("\r\n?|\n")
_LAST_BREAK = re.compile(r"(?:\r\n?|\n)\Z")
_BLOCK_SIGN = re.compile(r"[|>][-+0-9]*")
_COLON = re.compile(r"[ \t]*:")


class Word(str):
    """Text that is written without quotes where YAML allows: a rating, a name, a date.

    Any other text stands between double quotes, so that a person can go on writing in it.
    """

    __slots__ = ()


class NotEditableError(Exception):
    """The text cannot be changed here without touching more of it; it is as it was."""

    def __init__(self, route: Route) -> None:
        super().__init__("this part of the file is written in a way that cannot be edited safely")
        self.route = route


def set_value(text: str, route: Route, value: Value, after: Sequence[str] = ()) -> str:
    """The text with the value at a route set: replaced where it stands, or put in.

    A missing key goes behind the last of its siblings that `after` names, or else behind the last
    of all; keys on the way to it are made. Where a comment line keeps its place (`# advisor:`, with
    nothing or … behind it), the `#` is taken away instead, as a person would. An item can be put
    behind the last of a list. Of a collection that is replaced whole, the comments go with it.

    Raises:
        NotEditableError: where the value cannot be set without touching more than it.
        DocumentError: where the text is none that the reader takes.
    """
    before = _values(text)
    try:
        expected = _with(before, route, value)
        if len(route) == 1:
            taken_up = _take_up(text, str(route[0]), value)
            if taken_up is not None and _reads_as(taken_up, expected):
                return taken_up
        edited = _set(text, route, value, frozenset(map(key_text, after)))
    except _CannotError:
        raise NotEditableError(route) from None
    return _proved(edited, expected, route)


def remove(text: str, route: Route) -> str:
    """The text without the key or item at a route, and the comment behind it on its line.

    Raises:
        NotEditableError: where it does not exist, is the only one there, or cannot be taken out
            alone.
        DocumentError: where the text is none that the reader takes.
    """
    before = _values(text)
    try:
        edited = _remove(text, route)
        expected = _without(before, route)
    except _CannotError:
        raise NotEditableError(route) from None
    return _proved(edited, expected, route)


def _proved(edited: str, expected: Value, route: Route) -> str:
    if not _reads_as(edited, expected):
        raise NotEditableError(route)
    return edited


def _reads_as(edited: str, expected: Value) -> bool:
    """Whether a text reads as exactly these values: the proof that goes with every edit."""
    try:
        return _same(_values(edited), expected)
    except DocumentError:
        return False


# ── Values ────────────────────────────────────────────────────────────────────────────────────────


class _CannotError(Exception):
    """This edit has no place in the text."""


def _values(text: str) -> Value:
    return parse_yaml(text, "", note_places=False).value


def _same(one: Value, other: Value) -> bool:
    """Whether two values are alike to the letter, what each word is read as included."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return type(one) is type(other) and one == other


def _as_read(value: Value) -> Value:
    """A value as it comes back from the reader."""
    if isinstance(value, dict):
        return {key_text(key): _as_read(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_as_read(inner) for inner in value]
    return value if isinstance(value, Scalar) else str(value)


def _with(before: Value, route: Route, value: Value) -> Value:
    """The values with one of them changed; what lies beside the route is not copied."""
    if not route:
        return _as_read(value)
    step, rest = route[0], route[1:]
    if isinstance(step, int):
        if not isinstance(before, list) or step > len(before):
            raise _CannotError
        inner: Value = before[step] if step < len(before) else {}
        return [*before[:step], _with(inner, rest, value), *before[step + 1 :]]
    if not isinstance(before, dict):
        before = {}  # nothing stood there, as the edit has found
    key = key_text(step)
    return {**before, key: _with(before.get(key, {}), rest, value)}


def _without(before: Value, route: Route) -> Value:
    step, rest = route[0], route[1:]
    if isinstance(before, list) and isinstance(step, int):
        here = [_without(before[step], rest)] if rest else []
        return [*before[:step], *here, *before[step + 1 :]]
    if not isinstance(before, dict):
        raise _CannotError
    key = key_text(str(step))
    if rest:
        return {**before, key: _without(before[key], rest)}
    return {name: value for name, value in before.items() if name != key}


# ── Places ────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Node:
    """A value in the text: from where to where, and how it is written.

    `end` of what is written in block style is that of the last word in it. `column` (from 0) is
    the one at which the entries of a block collection begin.
    """

    start: int
    end: int
    column: int
    head: int | None = None  # where the sign of a `|` or `>` text ends, which a comment may follow
    is_flow: bool = False
    entries: "list[_Entry] | None" = None

    @property
    def is_block(self) -> bool:
        """Whether this is a collection of lines, not one between brackets."""
        return self.entries is not None and not self.is_flow

    @property
    def is_empty_scalar(self) -> bool:
        """Whether nothing at all is written here."""
        return self.entries is None and self.start == self.end

    def entry(self, step: str | int) -> "_Entry | None":
        """The entry of a key, or of a place in a list."""
        if self.entries is None:
            return None
        wanted = key_text(step) if isinstance(step, str) else step
        return next((one for one in self.entries if one.step == wanted), None)


@dataclass(slots=True)
class _Entry:
    """A key with its value, or an item of a list, which has no key."""

    step: str | int
    key: _Node | None
    value: _Node

    @property
    def begins(self) -> int:
        """Where the key begins, or the item."""
        return self.value.start if self.key is None else self.key.start


_ENDS = frozenset([yaml.MappingEndEvent, yaml.SequenceEndEvent])
_OF_VALUES = _ENDS | {yaml.ScalarEvent, yaml.MappingStartEvent, yaml.SequenceStartEvent}


def _tree(text: str) -> _Node:
    """The places of everything in a text that the reader has taken: no aliases, not too deep."""
    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    parsed: Iterator[Any] = yaml.parse(text, Loader=loader)
    events = (event for event in parsed if type(event) in _OF_VALUES)
    return _node(text, next(events), events)


def _node(text: str, event: Any, events: Iterator[Any]) -> _Node:
    """The places of one value and of all in it; what it is made of follows among the events."""
    start, column = event.start_mark.index, event.start_mark.column
    kind = type(event)
    if kind is yaml.ScalarEvent:
        end = event.end_mark.index
        if event.style not in ("|", ">"):
            return _Node(start, end, column)
        found = _BLOCK_SIGN.match(text, start)
        head = found.end() if found else start
        return _Node(start, _end_of_block_scalar(text, start, end), column, head)
    entries: list[_Entry] = []
    while type(first := next(events)) not in _ENDS:
        if kind is yaml.MappingStartEvent:
            key, value = _node(text, first, events), _node(text, next(events), events)
            entries.append(_Entry(key_text(first.value), key, value))
        else:
            entries.append(_Entry(len(entries), None, _node(text, first, events)))
    is_flow = bool(event.flow_style)
    end = first.end_mark.index if is_flow else entries[-1].value.end
    return _Node(start, end, column, is_flow=is_flow, entries=entries)


def _end_of_block_scalar(text: str, start: int, end: int) -> int:
    """Where the last line of a `|` or `>` text ends; the blank lines behind it are not its own."""
    whole = text[start:end]
    sign = _BLOCK_SIGN.match(whole)
    if sign is None or "+" not in sign[0]:
        return start + len(whole.rstrip())
    broken = _LAST_BREAK.search(whole)  # `|+` keeps them: they are
    return start + broken.start() if broken else end


def _line_end(text: str, at: int) -> int:
    """Where the line ends on which a place stands, before its line break."""
    found = _LINE_BREAK.search(text, at)
    return found.start() if found else len(text)


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _line_break(text: str) -> str:
    """The line break that the text uses."""
    found = _LINE_BREAK.search(text)
    return found[0] if found else "\n"


def _colon(text: str, entry: _Entry) -> int:
    """Behind the colon of a key, or the dash of an item."""
    if entry.key is None:
        return text.rfind("-", 0, entry.value.start) + 1
    found = _COLON.match(text, entry.key.end)
    if found is None:  # `? key`, with the value on a line of its own
        raise _CannotError
    return found.end()


# ── Edits ─────────────────────────────────────────────────────────────────────────────────────────


def _set(text: str, route: Route, value: Value, after: frozenset[str]) -> str:
    holder = _Entry("", None, _tree(text))
    parent: _Node | None = None
    for depth, step in enumerate(route):
        found = holder.value.entry(step)
        if found is None:
            return _put_in(text, parent, holder, route[depth:], value, after)
        parent, holder = holder.value, found
    if parent is None:
        raise _CannotError  # the whole document
    return _replace(text, parent, holder, value)


def _put_in(
    text: str,
    parent: _Node | None,
    holder: _Entry,
    route: Route,
    value: Value,
    after: frozenset[str],
) -> str:
    """Put an entry into the value of `holder`, which has none at the first step of the route."""
    step = route[0]
    for name in reversed(route[1:]):
        if isinstance(name, int):
            raise _CannotError
        value = _Lines({name: value})
    container = holder.value
    is_list = isinstance(step, int)
    if is_list and step != len(container.entries or ()):
        raise _CannotError
    if container.is_flow and (container.entries or parent is None or parent.is_flow):
        if (text[container.start] == "[") != is_list:
            raise _CannotError
        written = _flow(value) if is_list else f"{key_scalar(str(step))}: {_flow(value)}"
        if not container.entries:
            return _spliced(text, container.start + 1, container.start + 1, written)
        last = container.entries[-1].value.end
        return _spliced(text, last, last, f", {written}")
    if container.is_block:
        siblings = container.entries or []
        if (siblings[0].key is None) != is_list:
            raise _CannotError
        named = [one for one in siblings if one.step in after]
        lines = _written(None if is_list else str(step), value, container.column)
        return _put_lines(text, (named or siblings)[-1].value.end, lines)
    if parent is None or not (
        container.is_empty_scalar or container.is_flow or _is_null(text, container)
    ):
        raise _CannotError
    return _replace(text, parent, holder, [value] if is_list else _Lines({str(step): value}))


def _take_up(text: str, key: str, value: Value) -> str | None:
    """The text with a key in the place of the one comment line at the margin that stands for it."""
    pattern = rf'^# ?{re.escape(key_scalar(key))}:(?: *"?…"?)?(?P<note> +#[^\r\n]*)?(?=\r?$)'
    found = list(re.finditer(pattern, text, re.MULTILINE))
    if len(found) != 1:
        return None
    first, *rest = _written(key, value, 0)
    lines = _line_break(text).join([first + (found[0]["note"] or ""), *rest])
    return _spliced(text, found[0].start(), found[0].end(), lines)


def _is_null(text: str, node: _Node) -> bool:
    return node.entries is None and isinstance(plain_scalar(text[node.start : node.end]), Null)


def _put_lines(text: str, behind: int, lines: Iterable[str]) -> str:
    """Put lines below the one on which a place stands."""
    end = _line_end(text, behind)
    return _spliced(text, end, end, "".join(_line_break(text) + line for line in lines))


def _replace(text: str, parent: _Node, entry: _Entry, value: Value) -> str:
    old = entry.value
    if parent.is_flow:
        return _replace_in_flow(text, entry, value)
    if entry.key is None:  # an item stays behind its dash
        lines = [f"- {_flow(value)}"]
    else:
        lines = _written(str(entry.step), value, parent.column)
    head, rest = lines[0], lines[1:]
    colon = _colon(text, entry)
    inline = "" if rest else _behind_colon(head, entry)
    remark = "" if old.head is None else text[old.head : _line_end(text, old.start)]
    if inline and not old.is_block and not old.is_empty_scalar:
        return _spliced(text, old.start, old.end, inline + remark)
    # First nothing stands behind the colon but a comment, then the new value does.
    if old.is_block:
        first = _line_end(text, colon)
        text = _spliced(text, first if first < old.start else colon, old.end, "")
    elif not old.is_empty_scalar:
        text = _spliced(text, colon, old.end, remark)
    if rest:
        return _put_lines(text, colon, rest)
    return _spliced(text, colon, colon, f" {inline}" if inline else "")


def _behind_colon(line: str, entry: _Entry) -> str:
    """The value of an entry that is written on one line."""
    line = line.lstrip(" ")
    head = "-" if entry.key is None else f"{key_scalar(str(entry.step))}:"
    return line[len(head) :].strip(" ")


def _replace_in_flow(text: str, entry: _Entry, value: Value) -> str:
    old, written = entry.value, _flow(value)
    if old.is_empty_scalar and entry.key is not None:
        between = text[entry.key.end : old.start]
        if ":" not in between:
            written = f": {written}"
        elif text[old.start - 1] == ":":
            written = f" {written}"
    return _spliced(text, old.start, old.end, written)


def _remove(text: str, route: Route) -> str:
    parent: _Node | None = None
    node = _tree(text)
    found: _Entry | None = None
    for step in route:
        found = node.entry(step)
        if found is None:
            raise _CannotError
        parent, node = node, found.value
    if parent is None or found is None or not parent.entries or len(parent.entries) == 1:
        raise _CannotError
    if parent.is_flow:
        place = parent.entries.index(found)
        if place:
            return _spliced(text, parent.entries[place - 1].value.end, found.value.end, "")
        return _spliced(text, found.begins, parent.entries[1].begins, "")
    start = _line_start(text, found.begins)
    if text[start : found.begins].strip(" ") != ("-" if found.key is None else ""):
        raise _CannotError  # it shares its line with something else
    end = _line_end(text, found.value.end)
    broken = _LINE_BREAK.match(text, end)
    return _spliced(text, start, broken.end() if broken else end, "")


def _spliced(text: str, start: int, end: int, new: str) -> str:
    return text[:start] + new + text[end:]


# ── Writing ───────────────────────────────────────────────────────────────────────────────────────


class _Lines(dict[str, Value]):
    """A mapping that is written as lines, however short it is."""

    __slots__ = ()


def _written(key: str | None, value: Value, column: int) -> list[str]:
    """An entry as lines in block style: a key with its value, or an item where there is no key."""
    head = " " * column + ("-" if key is None else f"{key_scalar(key)}:")
    if isinstance(value, str | Scalar):
        return [f"{head} {scalar_text(value)}".rstrip(" ")]
    one_line = f"{head} {_flow(value)}"
    if not value:
        return [one_line]
    if key is None:
        if not isinstance(value, dict) or len(one_line) <= WIDEST_LINE:
            return [one_line]
        entries = [_written(name, inner, column + _STEP) for name, inner in value.items()]
        first, *rest = (line for lines in entries for line in lines)
        return [f"{head} {first.lstrip(' ')}", *rest]
    if isinstance(value, list):
        items = (_written(None, item, column + _STEP) for item in value)
        return [head, *(line for lines in items for line in lines)]
    if not isinstance(value, _Lines) and len(one_line) <= WIDEST_LINE:
        return [one_line]
    below = (_written(name, inner, column + _STEP) for name, inner in value.items())
    return [head, *(line for lines in below for line in lines)]


def _flow(value: Value) -> str:
    """A value on one line."""
    if isinstance(value, dict):
        pairs = (f"{key_scalar(key)}: {_flow(inner)}" for key, inner in value.items())
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar_text(value)


def scalar_text(value: str | Scalar) -> str:
    """A single value as it is written: a `Word` plain where it can be, other text in quotes."""
    if isinstance(value, Scalar):
        return value.text
    return scalar(value) if isinstance(value, Word) else quoted(value)
