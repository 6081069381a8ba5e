"""The shapes a single value of a document can have: text, id, number, percentage, a choice.

A shape reads what a reader of documents hands on (`scalars`) and gives the value that the models
hold, or raises `MisshapenError` with a stable code. Pydantic calls the shapes through
`__get_pydantic_core_schema__`; the quick way for plainly right documents (`source.recognise`) calls
the very same `read`. So there is one place that says what, say, points may look like.

Nothing here imports pydantic until pydantic asks.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from charter_score.diagnostics import did_you_mean
from charter_score.limits import LONGEST_NUMBER
from charter_score.scalars import Boolean, Null, Number

if TYPE_CHECKING:
    from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
    from pydantic_core import CoreSchema

T = TypeVar("T")

_DECIMAL = re.compile(r"(?=.)([0-9]*)(?:\.([0-9]+))?")
_SLUG = re.compile(r"[a-z0-9]+(?:[-_][a-z0-9]+)*")
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DEVICE_NAMES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)


class MisshapenError(ValueError):
    """A value that does not have the shape wanted. The message never repeats the value."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class Shape(Generic[T]):
    """How one kind of value is read, and how the published JSON Schema describes it."""

    __slots__ = ("json_schema", "read")

    def __init__(self, read: Callable[[object], T], json_schema: Mapping[str, Any]) -> None:
        self.read = read
        self.json_schema = json_schema

    def __get_pydantic_core_schema__(
        self, _source: object, _handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        from pydantic_core import PydanticCustomError, core_schema

        def read(value: object) -> T:
            try:
                return self.read(value)
            except MisshapenError as wrong:
                # In the context, not the template: pydantic would read braces in the text.
                raise PydanticCustomError("misshapen", "{message}", _context_of(wrong)) from wrong

        return core_schema.no_info_plain_validator_function(read)

    def __get_pydantic_json_schema__(
        self, _schema: "CoreSchema", _handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        return dict(self.json_schema)


def _context_of(wrong: MisshapenError) -> dict[str, Any]:
    return {"code": wrong.code, "message": wrong.message, "hint": wrong.hint}


class OrText:
    """Marks a field that takes a mapping or list, or one plain word standing for it.

    `from_text` makes the value from the word, so `tone: met` and `tone: {rating: met}` are one;
    `otherwise` is the type of the long form.
    """

    __slots__ = ("from_text", "otherwise", "text_schema")

    def __init__(
        self,
        from_text: Callable[[str], object],
        otherwise: object,
        text_schema: Mapping[str, Any] | None = None,
    ) -> None:
        self.from_text = from_text
        self.otherwise = otherwise
        self.text_schema = dict(text_schema or {"type": "string"})

    def __get_pydantic_core_schema__(
        self, _source: object, handler: "GetCoreSchemaHandler"
    ) -> "CoreSchema":
        from pydantic_core import PydanticCustomError, core_schema

        def read(value: object, inner: Callable[[object], object]) -> object:
            if not isinstance(value, str):
                return inner(value)
            try:
                return self.from_text(value)
            except MisshapenError as wrong:
                raise PydanticCustomError("misshapen", "{message}", _context_of(wrong)) from wrong

        inner_schema = handler.generate_schema(self.otherwise)
        return core_schema.no_info_wrap_validator_function(read, inner_schema)

    def __get_pydantic_json_schema__(
        self, schema: "CoreSchema", handler: "GetJsonSchemaHandler"
    ) -> dict[str, Any]:
        return {"anyOf": [self.text_schema, handler(schema)]}


def kind_of(value: object) -> str:
    """What a value is, in the words of the person who wrote it."""
    if isinstance(value, Null):
        return "nothing"
    if isinstance(value, Boolean):
        return "true or false"
    if isinstance(value, Number):
        return "a number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list"


def _not(wanted: str, value: object) -> MisshapenError:
    return MisshapenError("wrong-type", f"{wanted} is wanted here, and this is {kind_of(value)}")


def read_text(value: object) -> str:
    """Text that says something.

    Raises:
        MisshapenError: `quote-it` for what the core schema takes for a number, true, false or null;
            `empty` for blank text; `wrong-type` for a mapping or list.
    """
    if type(value) is str:
        if value and not value.isspace():
            return value
        raise MisshapenError("empty", "there is no text here", "write it, or take the line out")
    if isinstance(value, Null) and not value:
        raise MisshapenError("empty", "there is no text here", "write it, or take the line out")
    if isinstance(value, str):
        read_as = "null" if isinstance(value, Null) else kind_of(value)
        raise MisshapenError(
            "quote-it",
            f"text is wanted here, and without quotes this is {read_as}",
            "quote it: put it between double quotes",
        )
    wrong = _not("text", value)
    if isinstance(value, Mapping):
        wrong.hint = "a `: ` splits a text: put the text between double quotes"
    raise wrong


def read_any_text(value: object) -> str:
    """The text of any scalar just as it was written: `00123`, `no` and `true` are their letters."""
    if isinstance(value, str):
        return str(value)
    raise _not("a single value", value)


def read_name(value: object) -> str:
    """The text of any scalar, but not blank (the id of a review)."""
    text = read_any_text(value)
    if not text.strip():
        raise MisshapenError("empty", "there is no text here", "write it, or take the line out")
    return text


def read_slug(value: object) -> str:
    """An id: small letters and digits in groups joined by `-` or `_`, at most 64 characters.

    Raises:
        MisshapenError: `bad-id`, also for the device names of Windows, since ids become file names.
    """
    text = read_text(value)
    if len(text) > 64 or not _SLUG.fullmatch(text):
        raise MisshapenError(
            "bad-id",
            "this is not an id: an id has small letters and digits, joined by - or _, "
            "and at most 64 characters",
            "for example `next-steps`",
        )
    if text in _DEVICE_NAMES:
        raise MisshapenError("bad-id", "this id is a device name on Windows", "choose another word")
    return text


def read_decimal(value: object) -> Fraction:
    """A plain decimal such as `12`, `0.5` or `.5`, exactly, never through a float.

    Raises:
        MisshapenError: `bad-number` for anything else: quotes, a sign, an exponent, an underscore,
            infinity, or more than 24 characters.
    """
    if type(value) is Number and len(value) <= LONGEST_NUMBER:
        found = _DECIMAL.fullmatch(value)
        if found:
            whole, part = found[1], found[2] or ""
            return Fraction(int(whole + part), 10 ** len(part))
    if isinstance(value, str) and not isinstance(value, Null | Boolean):
        quoted = type(value) is str and _DECIMAL.fullmatch(value.strip()) is not None
        raise MisshapenError(
            "bad-number",
            "a plain number is wanted here: digits, and a decimal point if needed, "
            f"{LONGEST_NUMBER} characters at most",
            "take the quotes off" if quoted and value else "for example 2 or 0.5, without a sign",
        )
    raise _not("a number", value)


def read_percent(value: object) -> Fraction:
    """A percentage from 0 to 100, as a share from 0 to 1.

    Raises:
        MisshapenError: `bad-number`, or `out-of-range`.
    """
    percent = read_decimal(value)
    if percent > 100:
        raise MisshapenError("out-of-range", "a percentage is at most 100")
    return percent / 100


def read_flag(value: object) -> bool:
    """`true` or `false`.

    Raises:
        MisshapenError: `wrong-type` for anything else, `yes` and `no` included.
    """
    if isinstance(value, Boolean):
        return value.casefold() == "true"
    wrong = _not("true or false", value)
    wrong.hint = "write true or false, without quotes"
    raise wrong


def read_language(value: object) -> str:
    """A language tag in the form of BCP 47, such as `en`, `cy` or `mi-NZ`."""
    text = read_text(value)
    if not _LANGUAGE.fullmatch(text):
        raise MisshapenError(
            "bad-language", "this is not a language tag", "for example en or mi-NZ"
        )
    return text


@lru_cache(maxsize=4096)
def is_date(text: str) -> bool:
    """Whether a text is a day of the calendar in the form 2016-05-04 (ISO 8601)."""
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


E_ = TypeVar("E_", bound=Enum)


def choice(kind: type[E_]) -> Shape[E_]:
    """A shape that takes one of an enumeration's words."""
    words = {str(member.value): member for member in kind}

    def read(value: object) -> E_:
        if isinstance(value, str) and not (isinstance(value, Null) and not value):
            found = words.get(str(value))
            if found is not None:
                return found
            allowed = ", ".join(words)
            raise MisshapenError(
                "unknown-word",
                f"this is none of the words that can stand here: {allowed}",
                did_you_mean(value, words),
            )
        raise _not("one of " + ", ".join(words), value)

    return Shape(read, {"type": "string", "enum": list(words)})


TEXT = Shape(read_text, {"type": "string", "pattern": r"\S"})
ANY_TEXT = Shape(read_any_text, {"type": ["string", "number", "boolean", "null"]})
NAME = Shape(read_name, {"type": ["string", "number", "boolean", "null"]})
SLUG = Shape(
    read_slug,
    {"type": "string", "pattern": "^[a-z0-9]+([-_][a-z0-9]+)*$", "maxLength": 64},
)
DECIMAL = Shape(read_decimal, {"type": "number", "minimum": 0})
PERCENT = Shape(read_percent, {"type": "number", "minimum": 0, "maximum": 100})
FLAG = Shape(read_flag, {"type": "boolean"})
LANGUAGE = Shape(
    read_language, {"type": "string", "pattern": "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"}
)
