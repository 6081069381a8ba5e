"""Small documents of our own (an agreement, a sample's record), validated by their models."""

from hashlib import sha256
from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from charter_score.diagnostics import At, Problem, Route, did_you_mean
from charter_score.errors import DocumentError
from charter_score.field_types import Model, kind_of, not_text
from charter_score.scalars import Value
from charter_score.source.document import Document
from charter_score.source.files import AnyPath, read_bytes, shown_path
from charter_score.source.reading import read_document

M = TypeVar("M", bound=Model)


def read_small(kind: type[M], path: AnyPath) -> tuple[M, str]:
    """The document at a path, and the SHA-256 of its bytes.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    shown = shown_path(path)
    data = read_bytes(path, shown)
    return small_model(kind, read_document(data, shown)), sha256(data).hexdigest()


def small_model(kind: type[M], document: Document) -> M:
    """The model of a document.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    try:
        return kind.model_validate(document.value, by_alias=True, by_name=False)
    except ValidationError as refused:
        details = refused.errors(include_url=False, include_input=False)
    raise DocumentError(
        [document.diagnostic(_problem(kind, document.value, detail)) for detail in details]
    )


def _problem(kind: type[Model], value: Value, detail: ErrorDetails) -> Problem:
    route: Route = detail["loc"]
    match detail["type"]:
        case "misshapen":
            context = detail["ctx"]
            return Problem(context["code"], context["message"], route, hint=context["hint"])
        case "missing":
            return Problem("missing-field", f"`{route[-1]}` is missing here", route, At.KEY)
        case "extra_forbidden":
            known = [name.rstrip("_") for name in _model_at(kind, route[:-1]).model_fields]
            hint = did_you_mean(str(route[-1]), known) or f"known here: {', '.join(known)}"
            return Problem("unknown-field", "there is no such field here", route, At.KEY, hint)
        case "string_type" | "string_pattern_mismatch":
            wrong = not_text(_at(value, route))
            return Problem(wrong.code, wrong.message, route, hint=wrong.hint)
        case "literal_error":
            words = detail["ctx"]["expected"].replace("'", "`")
            return Problem("unknown-word", f"{words} is wanted here", route)
        case "tuple_type":
            return Problem(
                "wrong-type", f"a list is wanted here, and this is {_kind(value, route)}", route
            )
        case _:
            told = f"a mapping is wanted here, and this is {_kind(value, route)}"
            return Problem("wrong-type", told, route)


def _kind(value: Value, route: Route) -> str:
    return kind_of(_at(value, route))


def _at(value: Value, route: Route) -> object:
    found: Any = value
    for step in route:
        found = found[step]
    return found


def _model_at(kind: type[Model], route: Route) -> type[Model]:
    """The model whose fields stand at a route; the places in lists and mappings are no fields."""
    for step in route:
        if not isinstance(step, str):
            continue
        field = next((f for n, f in kind.model_fields.items() if n.rstrip("_") == step), None)
        if field is None:
            continue
        inner = _model_in(field.annotation)
        kind = inner or kind
    return kind


def _model_in(annotation: object) -> type[Model] | None:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        if (found := _model_in(part)) is not None:
            return found
    return None
