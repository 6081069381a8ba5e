"""The quick way from plain values to a model: it recognises what is plainly right, or says nothing.

Derived from the models' own annotations and shapes, so it has no rules and no messages of its own.
What it does not recognise goes to `validation`, where pydantic finds everything that is wrong. It
exists because importing pydantic takes longer than scoring a review (docs/decisions/0002), and a
test holds both ways equal on every document of the test suite.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Annotated, Any, TypeVar, get_args, get_origin

from charter_score.field_types import MisshapenError, OrText, Shape

T = TypeVar("T")
Read = Callable[[Any], Any]


class _NotPlainError(Exception):
    """This value is not plainly right."""


def recognise(kind: type[T], value: object) -> T | None:
    """The model that a document's values plainly are, or None for pydantic to explain."""
    annotated: Any = kind
    try:
        model: T = _reader_of(annotated)(value)
    except (_NotPlainError, MisshapenError):
        return None
    return model


@cache
def _reader_of(kind: Any) -> Read:
    """`_reader`, made once for each type."""
    return _reader(kind)


def _reader(kind: Any) -> Read:
    """A function that reads values of one annotated type."""
    if get_origin(kind) is Annotated:
        plain, *metadata = get_args(kind)
        for mark in metadata:
            if isinstance(mark, Shape):
                return mark.read
            if isinstance(mark, OrText):
                return _or_text(mark.from_text, _reader(mark.otherwise))
        return _reader(plain)
    if is_dataclass(kind):
        return _model(kind)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is tuple:
        return _tuple(_reader(arguments[0]))
    if origin is Mapping:
        return _mapping(_reader(arguments[1]))
    raise TypeError(f"no way to recognise {kind!r}")


def _or_text(from_text: Read, otherwise: Read) -> Read:
    return lambda value: from_text(value) if isinstance(value, str) else otherwise(value)


def _tuple(item: Read) -> Read:
    def read(value: Any) -> tuple[Any, ...]:
        if type(value) is not list:
            raise _NotPlainError
        return tuple([item(one) for one in value])

    return read


def _mapping(item: Read) -> Read:
    def read(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise _NotPlainError
        return {key: item(one) for key, one in value.items()}

    return read


def _model(kind: Any) -> Read:
    readers: dict[str, tuple[str, Read]] = {}
    required = set()
    for one in fields(kind):
        name = one.name.rstrip("_")
        readers[name] = (one.name, _reader(one.type))
        if one.default is MISSING and one.default_factory is MISSING:
            required.add(name)

    def read(value: Any) -> Any:
        if type(value) is not dict or not required <= value.keys():
            raise _NotPlainError
        given = {}
        for key, one in value.items():
            if key not in readers:
                raise _NotPlainError
            name, read_one = readers[key]
            given[name] = read_one(one)
        return kind(**given)

    return read
