"""YAML documents: one pass over libyaml's events, iterative, with every limit and refusal in it.

PyYAML's loaders are not enough for input by strangers: they crash on deep nesting, expand aliases
and merge keys without end, drop duplicate keys silently, and read `no` as false (docs/safety.md).
So this module takes only PyYAML's parser and builds the values itself: every scalar stays its
text, and its type says what the core schema of YAML 1.2 reads it as.
"""

import re
from typing import Any, NoReturn

import yaml
from yaml.parser import ParserError
from yaml.scanner import ScannerError

from charter_score.diagnostics import START, Location
from charter_score.limits import LONGEST_KEY, LONGEST_SCALAR, MOST_DEPTH, MOST_NODES
from charter_score.scalars import Boolean, Null, Number, Scalar, Value
from charter_score.source.builder import Builder, ReadingStoppedError
from charter_score.source.document import (
    Built,
    Place,
    end_of,
    inside,
)

# YAML 1.2.2, section 10.3.2. Anything that none of these matches is text.
_NULL = frozenset(["", "~", "null", "Null", "NULL"])
_BOOLEAN = frozenset(["true", "True", "TRUE", "false", "False", "FALSE"])
_NUMBER = re.compile(
    r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+"
    r"|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
    r"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)"
)
_MAY_BE_OTHER = frozenset("-+.0123456789~nNtTfF")

# What libyaml says, in words that help: (a part of its message, ours, the way out).
_SYNTAX = (
    (
        "mapping values are not allowed",
        "a `:` stands where only text can",
        "quote the text, or check that the line before has its `: `",
    ),
    ("could not find expected ':'", "a `:` is missing after this key", "write `key: value`"),
    ("cannot start any token", "no value can begin with this character", "quote the text"),
    ("found character that cannot start", "no value can begin with this character", "quote it"),
    ("unexpected end of stream", "a quote or bracket is opened and never closed", "close it"),
    ("expected hexdecimal number", "this is no escape that YAML knows", "double the backslash"),
    ("invalid Unicode character", "this escape is no character", "double the backslash"),
    ("found unknown escape character", "this is no escape that YAML knows", "double the backslash"),
    (
        "did not find expected ',' or ']'",
        "this list is not closed, or a comma is missing",
        "close it with `]`",
    ),
    (
        "while parsing a flow node",
        "a bracket is opened here and never closed",
        "close it",
    ),
    (
        "while scanning an alias",
        "a text cannot begin with `*`",
        "put the text between double quotes",
    ),
    (
        "while scanning an anchor",
        "a text cannot begin with `&`",
        "put the text between double quotes",
    ),
    (
        "while scanning a block scalar",
        "a `|` or `>` stands alone before a text on lines of its own",
        "put the text between double quotes",
    ),
    (
        "did not find expected ',' or '}'",
        "something inside the { } ends it too early",
        "put the text between double quotes; check the commas and the closing `}`",
    ),
    (
        "did not find expected key",
        "a key is wanted here",
        "check the indentation, and the quotes of the line before",
    ),
    (
        "did not find expected '-' indicator",
        "a list item is wanted here",
        "begin the line with `- `, as deep as the item before",
    ),
    ("block sequence entries are not allowed", "a list cannot begin here", "begin a new line"),
    ("invalid leading UTF-8", "the file is not UTF-8 text", "save it with the encoding UTF-8"),
)
# Possessive (`+` behind another sign): a CRLF is never tried as two line ends, which would double
# the time with every line of comment.
_DIRECTIVE = re.compile(r"(?:[ \t]*+(?:#[^\r\n]*+)?(?:\r\n?+|\n))*+%")
# From the start of each word only: from each `!` it would take the square of a row of them.
_ESCAPED_TAG = re.compile(r"(?<!\S)[^\s!]*(![^\s%]*%)")
_TABS = "a tab stands where YAML wants spaces"


def parse_yaml(text: str, path: str, *, note_places: bool) -> Built:
    """Build the values of a YAML text; a `document.Parser`.

    Raises:
        DocumentError: with every problem found. Syntax and the limits on depth and size end the
            reading at once, everything else is collected.
    """
    return _Builder(text, path, note_places=note_places).build()


_SHORT = LONGEST_SCALAR // 4
"""A text of fewer characters than this is within the limit in any encoding."""

_SCALAR = yaml.ScalarEvent
_MAPPING_START, _MAPPING_END = yaml.MappingStartEvent, yaml.MappingEndEvent
_SEQUENCE_START, _SEQUENCE_END = yaml.SequenceStartEvent, yaml.SequenceEndEvent


_MOST_LOOKS = 3
"""How often the text before an error is read again: a cut may leave a quote open, then a key."""

_OF_A_CUT = frozenset(["empty-document", "empty-key"])
"""Problems that a text may have only because its end was cut off."""


class _Builder(Builder):
    """Builds values from events. One loop, no recursion: depth costs a list item, not a frame."""

    _end: Location | None = None

    def build(self) -> Built:
        built = None
        parser: Any = None
        try:
            self._refuse_directives(0)
            parser = _parser(self._text)
            built = self._build(self._text, parser)
        except ReadingStoppedError:
            pass
        except UnicodeDecodeError:
            # PyYAML decodes the escapes of a tag itself.
            found = _ESCAPED_TAG.search(self._text)
            start = found.start(1) if found else 0
            if not self._stopped_before(start):
                self._refuse_tag(_place_of(self._text, start))
        except (ValueError, OverflowError):
            # PyYAML's own parser, where libyaml is missing, on escapes of impossible characters.
            mark = parser.get_mark()
            if not self._stopped_before(mark.index):
                self._problem("yaml-syntax", "this is no escape that YAML knows", _place(mark))
        except ScannerError as wrong:
            if not self._stopped_before(_first_index(wrong)):
                self._syntax(wrong)
        except yaml.MarkedYAMLError as wrong:
            self._syntax(wrong)
        except yaml.YAMLError:
            self._problem("yaml-syntax", "this is not YAML", START)
        return self._finished(built)

    def _stopped_before(self, end: int) -> bool:
        """Add what is wrong before a scanner's error; true where the reading ends there.

        A limit ends it, or an error of the grammar.

        Scanners look up to 1,024 characters ahead before they give the first token of a line,
        since all of it could be a key. So their error may come before the events of the text in
        front of it, and what we have to say about those would depend on how far a scanner looks
        and on its own limits, which differ from one libyaml to the next.
        """
        for _ in range(_MOST_LOOKS):
            earlier = _Builder(self._text, self._path, note_places=False)
            stopped = False
            cut_open_at = end
            before = self._text[:end]
            try:
                earlier._build(before, _parser(before))
            except ReadingStoppedError:
                stopped = earlier._problems[-1].code not in _OF_A_CUT
            except ScannerError as wrong:
                cut_open_at = _first_index(wrong)
            except ParserError as wrong:
                # At the end of the text it is only a list or mapping that was cut.
                if wrong.problem_mark and wrong.problem_mark.index < len(before.rstrip()):
                    earlier._syntax(wrong)
                    stopped = True
            except (ValueError, OverflowError, yaml.YAMLError):
                pass
            known = set(self._problems)
            self._problems += [
                problem
                for problem in earlier._problems
                if problem not in known and problem.code not in _OF_A_CUT
            ]
            if stopped or cut_open_at >= end:
                return stopped
            end = cut_open_at
        return False

    def _build(self, text_of_all: str, parser: Any) -> Built:
        # What a short look at the whole text rules out need not be asked of every event: without
        # these signs there are no anchors or tags, without a backslash no escape, and a value
        # takes at least a character.
        may_have_properties = "&" in text_of_all or "!" in text_of_all
        may_have_bad_scalars = "\\" in text_of_all or len(text_of_all) * 4 > LONGEST_SCALAR
        may_have_many_nodes = len(text_of_all) >= MOST_NODES
        scalar, mapping_start, sequence_start = _SCALAR, _MAPPING_START, _SEQUENCE_START
        get_event = parser.get_event
        stack: list[Any] = []
        container: Any = None  # the dict or list being filled; None before the root
        in_mapping = False
        root: Value | None = None
        start = START
        nodes = 0
        while True:
            event = get_event()
            kind = type(event)
            key: str | None = None
            key_event = event
            if in_mapping and kind is not _MAPPING_END:
                if kind is not scalar:
                    self._refuse_key(event)
                if may_have_properties:
                    self._refuse_properties(event)
                text = event.value
                if (
                    text.isascii()
                    and len(text) <= LONGEST_KEY
                    and text not in container
                    and text not in ("", "<<")
                ):
                    key = text
                else:
                    if text == "<<" and not event.style:
                        self._problem(
                            "merge-key", "merge keys are not read", event, "write the entries out"
                        )
                    key = self._key(text, container, event)
                if may_have_bad_scalars and not text.isprintable():
                    self._check_scalar(text, event)
                event = get_event()
                kind = type(event)
            if kind is scalar:
                if may_have_properties:
                    self._refuse_properties(event)
                text = event.value
                if may_have_bad_scalars and not (text.isprintable() and len(text) < _SHORT):
                    self._check_scalar(text, event)
                value: Any = text if event.style else plain_scalar(text)
            elif kind is mapping_start or kind is sequence_start:
                if may_have_properties:
                    self._refuse_properties(event)
                if len(stack) >= MOST_DEPTH:
                    self._stop_as_too_deep(event)
                value = {} if kind is mapping_start else []
            elif kind is _MAPPING_END or kind is _SEQUENCE_END:
                container = stack.pop()
                in_mapping = type(container) is dict
                continue
            elif kind is yaml.AliasEvent:
                self._refuse_alias(event)
                value = Null()
            elif kind is yaml.DocumentEndEvent:
                if event.explicit:
                    self._refuse_directives(event.end_mark.index)
                continue
            elif kind is yaml.DocumentStartEvent:
                if root is not None:
                    self._stop("several-documents", "a second document begins here", event)
                continue
            elif kind is yaml.StreamEndEvent:
                break
            else:  # the start of the stream
                continue

            if may_have_many_nodes:
                nodes += 1
                if nodes > MOST_NODES:
                    self._stop_as_too_large(event)
            if container is None:
                root = value
                start = _place(event.start_mark)
            elif key is not None:
                if self._note:
                    self._places[id(container)][key] = Place(
                        _place(key_event.start_mark), _place(event.start_mark)
                    )
                container[key] = value
            else:
                if self._note:
                    here = _place(event.start_mark)
                    self._places[id(container)][len(container)] = Place(here, here)
                container.append(value)
            if kind is mapping_start or kind is sequence_start:
                if self._note:
                    self._places[id(value)] = {}
                stack.append(container)
                container = value
                in_mapping = kind is mapping_start
        if root is None or (type(root) is Null and not root.text and not self._problems):
            self._stop_as_empty(START)
        return Built(root, start, self._places)

    def _refuse_key(self, event: Any) -> NoReturn:
        if type(event) is yaml.AliasEvent:
            self._refuse_alias(event)
            raise ReadingStoppedError
        self._refuse_properties(event)
        self._stop("key-not-text", "a key must be a single word or text", event)

    def _refuse_properties(self, event: Any) -> None:
        if event.anchor is not None:
            self._problem(
                "anchor",
                "anchors are not read: a `&` that begins a value names it",
                event,
                "take it out, or quote a text that begins with `&`",
            )
        if event.tag is not None:
            self._refuse_tag(event)

    def _refuse_alias(self, event: Any) -> None:
        self._problem(
            "alias",
            "aliases are not read: a `*` that begins a value refers to another place",
            event,
            "write the value out, or quote a text that begins with `*`",
        )

    def _refuse_tag(self, where: Any) -> None:
        self._problem(
            "tag",
            "tags are not read: a `!` that begins a value gives it a type",
            where,
            "take it out, or quote a text that begins with `!`",
        )

    def _refuse_directives(self, at: int) -> None:
        """Stop at a directive, before libyaml reads it: many of them take it very long."""
        found = _DIRECTIVE.match(self._text, at)
        if found:
            self._problem(
                "directive",
                "directives are not read",
                _place_of(self._text, found.end() - 1),
                "take the line that begins with `%` out",
            )
            raise ReadingStoppedError

    def _syntax(self, wrong: yaml.MarkedYAMLError) -> None:
        said = " ".join(part for part in (wrong.problem, wrong.context) if part)
        mark = wrong.problem_mark or wrong.context_mark
        if "unexpected end of stream" in said and wrong.context_mark is not None:
            mark = wrong.context_mark  # where the quote opens, not where the file ends
        where = _place(mark) if mark is not None else START
        line = self._text.splitlines()[where.line - 1 : where.line]
        before = line[0][: where.column].partition("\t") if line else ("", "", "")
        at_mark = line[0][where.column - 1 : where.column] if line else ""
        if at_mark == "\t" or (before[1] and not before[0].strip()):
            self._problem("yaml-syntax", _TABS, where, "indent with spaces")
            return
        for part, message, hint in _SYNTAX:
            if part in said:
                self._problem("yaml-syntax", message, where, hint)
                return
        self._problem(
            "yaml-syntax", "this cannot be read as YAML", where, "check quotes and indentation"
        )

    def _at(self, spot: Any) -> Location:
        where = spot if isinstance(spot, Location) else _place(spot.start_mark)
        if self._end is None:
            self._end = end_of(self._text)
        return inside(where, self._end)


def plain_scalar(text: str) -> str | Scalar:
    """A plain scalar as the core schema of YAML 1.2 reads it: text, Number, Boolean or Null."""
    if text and text[0] not in _MAY_BE_OTHER:
        return text
    if text in _NULL:
        return Null(text)
    if text in _BOOLEAN:
        return Boolean(text)
    if _NUMBER.fullmatch(text):
        return Number(text)
    return text


def _parser(text: str) -> Any:
    """Libyaml's parser, or PyYAML's own where the C extension is missing."""
    if yaml.__with_libyaml__:
        return yaml.cyaml.CParser(text)  # type: ignore[attr-defined]  # not in the stubs
    return yaml.Loader(text)


def _first_index(wrong: ScannerError) -> int:
    """Where the token begins in which a scanner found an error."""
    marks = (wrong.context_mark, wrong.problem_mark)
    return min((mark.index for mark in marks if mark is not None), default=0)


def _place_of(text: str, offset: int) -> Location:
    """The place of a character of a text."""
    return end_of(text[:offset])


def _place(mark: Any) -> Location:
    return Location(mark.line + 1, mark.column + 1)
