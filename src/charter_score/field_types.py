"""The kinds of values that a document can have: text, id, number, percentage, a choice.

Pydantic checks plain text by itself. Where the rule is ours (a number without a float, an id that
is no device name) a function here reads what a reader of documents hands on (`scalars`), or what
Python code gives, and raises `MisshapenError` with a stable code.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from functools import lru_cache
from typing import Annotated, Any, NoReturn, TypeVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainSerializer,
    PlainValidator,
    SerializationInfo,
    Strict,
    StringConstraints,
    WithJsonSchema,
)
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from charter_score.diagnostics import did_you_mean
from charter_score.figures import decimal_text, figure_text
from charter_score.limits import LONGEST_NUMBER
from charter_score.scalars import Boolean, Null, Number, Scalar

K = TypeVar("K")
V = TypeVar("V")

SAYS_SOMETHING = r"\S"
SLUG_PATTERN = "^[a-z0-9]+([-_][a-z0-9]+)*$"
LANGUAGE_PATTERN = "^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$"
LONGEST_SLUG = 64

_DECIMAL = re.compile(r"(?=.)([0-9]*)(?:\.([0-9]+))?")
_LEVEL = re.compile(r"(-?)([0-9]*(?:\.[0-9]+)?(?<=[0-9]))(%?)")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DATE_AND_TIME = re.compile(
    r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})[T ]\s*[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]+)?)?"
    r"\s*(?:Z|[+-][0-9]{2}(?::?[0-9]{2})?)?\s*",
    re.IGNORECASE,
)
_DEVICE_NAMES = frozenset(
    ["con", "prn", "aux", "nul"] + [f"{port}{n}" for port in ("com", "lpt") for n in range(10)]
)


class MisshapenError(ValueError):
    """A value that is not of the kind wanted. The message never repeats the value."""

    def __init__(self, code: str, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint


class ReadOnly(dict[K, V]):
    """A mapping inside a frozen model: a dict that refuses to change."""

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("a mapping of a frozen model cannot be changed")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[object, ...]:
        # The usual way to unpickle or copy a dict puts its items in one by one.
        return ReadOnly, (dict(self),)


class Model(BaseModel):
    """What every part of a document is: frozen, strict, and without unknown fields.

    A field that is called like a word of Python's has an underscore behind it here (`from_`) and
    none in a document. Sequences are tuples, mappings refuse to change.
    """

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        alias_generator=lambda name: name.rstrip("_"),
        validate_by_name=True,
        validate_by_alias=True,
    )


def reported(read: Callable[[Any], V]) -> Callable[[Any], V]:
    """A reading function as pydantic wants it: what is wrong as an error of pydantic's."""

    def read_or_report(value: Any) -> V:
        try:
            return read(value)
        except MisshapenError as wrong:
            # In the context, not the template: pydantic would read braces in the text.
            context = {"code": wrong.code, "message": wrong.message, "hint": wrong.hint}
            raise PydanticCustomError("misshapen", "{message}", context) from wrong

    return read_or_report


class OrText:
    """Marks a field that takes a mapping or list, or one plain word standing for it.

    `from_text` makes the value from the word, so `tone: met` and `tone: {rating: met}` are one;
    `otherwise` is the type of the long form. With pydantic's own union each error would come twice.
    `text_schema` describes the word in the published JSON Schema.
    """

    __slots__ = ("from_text", "otherwise", "text_schema")

    def __init__(
        self,
        from_text: Callable[[Any], object],
        otherwise: object,
        text_schema: Mapping[str, Any] | None = None,
    ) -> None:
        self.from_text = reported(from_text)
        self.otherwise = otherwise
        self.text_schema = dict(text_schema or {"type": "string"})

    def __get_pydantic_core_schema__(
        self, _source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        from_text = self.from_text

        def read(value: object, inner: Callable[[object], object]) -> object:
            return from_text(value) if isinstance(value, str | Scalar | bool) else inner(value)

        def write(value: object, inner: Callable[[object], object]) -> object:
            return value if isinstance(value, str | bool) else inner(value)

        long_form = handler.generate_schema(self.otherwise)
        return core_schema.no_info_wrap_validator_function(
            read,
            long_form,
            serialization=core_schema.wrap_serializer_function_ser_schema(write, schema=long_form),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
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


def not_text(value: object) -> MisshapenError:
    """What is wrong with a value that stands where text is wanted.

    `empty` for blank text and for nothing, `quote-it` for what the core schema takes for a number,
    true, false or null, `wrong-type` for a mapping or list.
    """
    if isinstance(value, str) or (isinstance(value, Null) and not value.text):
        return MisshapenError("empty", "there is no text here", "write it, or take the line out")
    if isinstance(value, Scalar):
        read_as = "null" if isinstance(value, Null) else kind_of(value)
        return MisshapenError(
            "quote-it",
            f"text is wanted here, and without quotes this is {read_as}",
            "quote it: put it between double quotes",
        )
    wrong = _not("text", value)
    if isinstance(value, Mapping):
        wrong.hint = "a `: ` splits a text: put the text between double quotes"
    return wrong


def read_any_text(value: object) -> str:
    """The text of any scalar just as it was written: `00123`, `no` and `true` are their letters."""
    if isinstance(value, str | Scalar):
        return str(value)
    raise _not("a single value", value)


def read_name(value: object) -> str:
    """The text of any scalar, but not blank (the id of a review)."""
    text = read_any_text(value)
    if not text.strip():
        raise MisshapenError("empty", "there is no text here", "write it, or take the line out")
    return text


def is_slug(text: str) -> bool:
    """Whether a text can be an id."""
    fits = len(text) <= LONGEST_SLUG and re.fullmatch(SLUG_PATTERN, text) is not None
    return fits and text not in _DEVICE_NAMES


def _no_device(slug: str) -> str:
    """An id that can be a file's name everywhere."""
    if slug in _DEVICE_NAMES:
        raise MisshapenError("bad-id", "this id is a device name on Windows", "choose another word")
    return slug


def read_decimal(value: object) -> Fraction:
    """A plain decimal such as `12`, `0.5` or `.5`, exactly, never through a float.

    Python code may give an `int`, a `Decimal` or a `Fraction`.

    Raises:
        MisshapenError: `bad-number` for anything else: quotes, a sign, an exponent, an underscore,
            infinity, a float, or more than 24 characters.
    """
    if isinstance(value, Number) and len(value.text) <= LONGEST_NUMBER:
        found = _DECIMAL.fullmatch(value.text)
        if found:
            whole, part = found[1], found[2] or ""
            return Fraction(int(whole + part), 10 ** len(part))
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        exact = Fraction(value) if not isinstance(value, Decimal) or value.is_finite() else None
        if exact is not None and exact >= 0:
            return exact
    if isinstance(value, str | Number | int | float | Decimal | Fraction):
        quoted = isinstance(value, str) and _DECIMAL.fullmatch(value.strip()) is not None
        raise MisshapenError(
            "bad-number",
            "a plain number is wanted here: digits, and a decimal point if needed, "
            f"{LONGEST_NUMBER} characters at most",
            "take the quotes off" if quoted and value else "for example 2 or 0.5, without a sign",
        )
    raise _not("a number", value)


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a criterion's points, as a level may be worth: `50%` is one half of them."""

    share: Fraction

    def __str__(self) -> str:
        return f"{figure_text(self.share * 100)}%"


def read_level(value: object) -> Fraction | Part:
    """What a level is worth: a plain decimal, or a part such as `50%`; either may be negative.

    Raises:
        MisshapenError: `bad-number` for anything else.
    """
    if isinstance(value, Part):
        return value
    if isinstance(value, str | Number):
        found = _LEVEL.fullmatch(str(value).strip())
        if found and len(found[2]) <= LONGEST_NUMBER and isinstance(value, str) == bool(found[3]):
            amount = read_decimal(Number(found[2])) * (-1 if found[1] else 1)
            return Part(amount / 100) if found[3] else amount
    if isinstance(value, int | Decimal | Fraction) and not isinstance(value, bool):
        exact = Fraction(value) if not isinstance(value, Decimal) or value.is_finite() else None
        if exact is not None:
            return exact
    if isinstance(value, str | Number | int | float | Decimal | Fraction):
        raise MisshapenError(
            "bad-number",
            "points are wanted here, or a part of them such as 50%: a plain number, with a minus "
            f"where it takes points away, {LONGEST_NUMBER} characters at most",
            "for example 2, -1 or 50%",
        )
    raise _not("a number, or a part such as 50%", value)


def _level_written(value: Fraction | Part, info: SerializationInfo) -> object:
    return str(value) if isinstance(value, Part) else _written(value, info)


def read_percent(value: object) -> Fraction:
    """A percentage from 0 to 100, as the number that it is.

    Raises:
        MisshapenError: `bad-number`, or `out-of-range`.
    """
    percent = read_decimal(value)
    if percent > 100:
        raise MisshapenError("out-of-range", "a percentage is at most 100")
    return percent


def read_flag(value: object) -> bool:
    """`true` or `false`.

    Raises:
        MisshapenError: `wrong-type` for anything else, `yes` and `no` included.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, Boolean):
        return value.text.casefold() == "true"
    wrong = _not("true or false", value)
    wrong.hint = "write true or false, without quotes"
    raise wrong


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


@lru_cache(maxsize=4096)
def day_of(text: str) -> str:
    """A day with a time behind it as the day, the time cut off and never shifted; other text as is.

    Call lists and spreadsheets give `2016-05-04 09:15` or `2016-05-04T09:15:00Z`.
    """
    found = _DATE_AND_TIME.fullmatch(text)
    return found[1] if found else text


def read_day(value: str) -> str:
    """A day of the calendar, also where a time stands behind it.

    Raises:
        MisshapenError: `bad-date`.
    """
    day = day_of(value)
    if not is_date(day):
        raise MisshapenError(
            "bad-date",
            "this is not a day of the calendar",
            "write year-month-day, for example 2016-05-04",
        )
    return day


E_ = TypeVar("E_", bound=Enum)


def word_reader(kind: type[E_], form: Callable[[str], str] = str) -> Callable[[object], E_]:
    """A function that reads one of an enumeration's words; `form` makes spellings alike."""
    words = {form(str(member.value)): member for member in kind}

    def read(value: object) -> E_:
        if isinstance(value, str):
            member = words.get(form(value))
            if member is not None:
                return member
        if isinstance(value, str | Number | Boolean) or (isinstance(value, Null) and value.text):
            allowed = ", ".join(words)
            raise MisshapenError(
                "unknown-word",
                f"this is none of the words that can stand here: {allowed}",
                did_you_mean(str(value), words),
            )
        raise _not("one of " + ", ".join(words), value)

    return read


def choice(
    kind: type[E_], form: Callable[[str], str] = str
) -> tuple[PlainValidator, PlainSerializer, WithJsonSchema]:
    """How one of an enumeration's words is read and written; `form` makes spellings alike."""
    return (
        PlainValidator(reported(word_reader(kind, form))),
        # Of its own accord pydantic writes the value first and then warns that it is no member.
        PlainSerializer(lambda member: str(member.value), return_type=str, when_used="json"),
        WithJsonSchema({"type": "string", "enum": [str(member.value) for member in kind]}),
    )


ANY_SCALAR = {"type": ["string", "number", "boolean", "null"]}


def _written(value: Fraction, info: SerializationInfo) -> int | float | Decimal | str:
    """A number as a document may give it back: an `int`, else in Python a `Decimal`.

    In JSON a number where that has the same digits. Text for the rest: digits that no float has,
    and what no decimal can write (Python code may give a third), which no document can give back.
    """
    if value.denominator == 1:
        return value.numerator
    try:
        exact = decimal_text(value)
    except ValueError:
        return str(value)
    if not info.mode_is_json():
        return Decimal(exact)
    nearest = float(exact)
    return nearest if Decimal(repr(nearest)) == Decimal(exact) else exact


_WRITTEN = PlainSerializer(_written, return_type=Any, when_used="unless-none")

Text = Annotated[str, StringConstraints(pattern=SAYS_SOMETHING)]
OptionalText = Text | None
Day = Annotated[Text, AfterValidator(reported(read_day))]
LooseDay = Annotated[Text, AfterValidator(day_of)]
AnyText = Annotated[str, BeforeValidator(reported(read_any_text)), WithJsonSchema(ANY_SCALAR)]
Name = Annotated[str, BeforeValidator(reported(read_name)), WithJsonSchema(ANY_SCALAR)]
Slug = Annotated[
    str,
    StringConstraints(pattern=SLUG_PATTERN, max_length=LONGEST_SLUG),
    AfterValidator(reported(_no_device)),
]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE_PATTERN)]
Amount = Annotated[
    Fraction,
    PlainValidator(reported(read_decimal)),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0}),
]
LevelWorth = Annotated[
    Fraction | Part,
    PlainValidator(reported(read_level)),
    PlainSerializer(_level_written, return_type=Any),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "string", "pattern": r"^\s*-?([0-9]+(\.[0-9]+)?|\.[0-9]+)%\s*$"},
            ]
        }
    ),
]
Percentage = Annotated[
    Fraction,
    PlainValidator(reported(read_percent)),
    _WRITTEN,
    WithJsonSchema({"type": "number", "minimum": 0, "maximum": 100}),
]
Flag = Annotated[bool, PlainValidator(reported(read_flag)), WithJsonSchema({"type": "boolean"})]

FROM_LIST = Strict(strict=False)
"""Marks a tuple, which documents and Python code alike may give as a list."""
READ_ONLY = AfterValidator(ReadOnly)
"""Marks a mapping, so that it stays as it was checked."""
