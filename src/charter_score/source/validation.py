"""Documents checked by pydantic: everything that is wrong with the values of one, in our words."""

from copy import deepcopy
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ErrorDetails

from charter_score.diagnostics import At, Problem, Route, Suggestions
from charter_score.field_types import kind_of
from charter_score.review import Action, Dispute, Rated, Review
from charter_score.rubric import Band, Criterion, FieldRule, Rubric, Section
from charter_score.scalars import Null, Value

T = TypeVar("T", Rubric, Review)


def validate(kind: type[T], value: Value) -> tuple[T | None, list[Problem]]:
    """A model, or everything that is wrong with the values.

    Where there are problems the model is what is left without the wrong parts, so that the checks
    across documents can still report the rest; None where too little is left.
    """
    found, details = _validated(kind, value)
    if found is not None:
        return found, []
    suggestions = Suggestions()
    problems = [_problem(kind, value, detail, suggestions) for detail in details]
    return _what_is_left(kind, value, [detail["loc"] for detail in details]), problems


@cache
def adapter(kind: Any) -> TypeAdapter[Any]:
    """Pydantic's view of a model: validates it, and knows its JSON Schema."""
    return TypeAdapter(kind)


def _validated(kind: type[T], value: Value) -> tuple[T | None, list[ErrorDetails]]:
    annotated: Any = kind
    try:
        return adapter(annotated).validate_python(value), []
    except ValidationError as wrong:
        return None, wrong.errors(include_url=False, include_input=False)


def _problem(
    kind: type[Rubric] | type[Review],
    value: Value,
    detail: ErrorDetails,
    suggestions: Suggestions,
) -> Problem:
    route = detail["loc"]
    match detail["type"]:
        case "misshapen":
            context = detail["ctx"]
            return Problem(context["code"], context["message"], route, hint=context["hint"])
        case "missing":
            name = str(route[-1])
            return Problem("missing-field", f"`{name}` is missing here", route[:-1], At.KEY)
        case "unexpected_keyword_argument":
            known = [field.name.rstrip("_") for field in fields(_model_at(kind, route[:-1]))]
            hint = suggestions.near(str(route[-1]), known) or (
                "quote the text: inside { } a comma ends it"
                if _model_at(kind, route[:-1]) in (Rated, Action, Dispute, Criterion, Band)
                else f"known here: {', '.join(known)}"
            )
            return Problem("unknown-field", "this key is not known here", route, At.KEY, hint)
        case "tuple_type" if route[:1] == ("interaction",):
            return _wrong_type("one value, or a list of values,", value, route)
        case "tuple_type":
            return _wrong_type("a list", value, route)
        case _ if not route:
            return _not_that_document(kind)
        case _ if route[:1] == ("ratings",) and len(route) == _RATING_DEPTH:
            return _wrong_type("a rating (one word such as met)", value, route)
        case _:
            return _wrong_type("a mapping (`key: value`)", value, route)


_RATING_DEPTH = len(("ratings", "section", "criterion"))


def _not_that_document(kind: type[Rubric] | type[Review]) -> Problem:
    if kind is Rubric:
        return Problem(
            "wrong-type",
            "this is not a rubric: a rubric has lines such as `id: …`, `version: …`, `sections:`",
            (),
        )
    return Problem(
        "wrong-type", "this is not a review: a review has lines such as `rubric: …`, `ratings:`", ()
    )


def _wrong_type(wanted: str, value: Value, route: Route) -> Problem:
    found = _at(value, route)
    if isinstance(found, Null) and not found:
        return Problem(
            "empty",
            f"{wanted} is wanted here, and there is nothing",
            route,
            At.KEY,
            "write it, or take the line out",
        )
    return Problem("wrong-type", f"{wanted} is wanted here, and this is {kind_of(found)}", route)


def _model_at(kind: type[Rubric] | type[Review], route: Route) -> Any:
    """The type of the mapping at a route of a document."""
    match route:
        case ("ratings", *_):
            return Rated
        case ("actions", _):
            return Action
        case ("disputes", _):
            return Dispute
        case ("bands", _):
            return Band
        case ("fields", _):
            return FieldRule
        case ("sections", _):
            return Section
        case ("sections", _, "criteria", _):
            return Criterion
        case _:
            return kind


def _at(value: Any, route: Route) -> Any:
    for step in route:
        value = value[step]
    return value


def _what_is_left(kind: type[T], value: Value, wrong: list[Route]) -> T | None:
    """The model without its wrong parts; a wrong rating is left unrated."""
    left: Any = deepcopy(value)
    for route in sorted(wrong, key=len, reverse=True):
        try:
            if kind is Review and route[:1] == ("ratings",) and len(route) > 2:
                left["ratings"][route[1]][route[2]] = Null()
            else:
                _drop(left, route)
        except (KeyError, IndexError):
            continue  # went with a wrong part that held it
    return _validated(kind, left)[0]


def _drop(left: Any, route: Route) -> None:
    """Take a wrong part out; a list must keep its places, so a wrong item takes the list along."""
    while route and isinstance(_at(left, route[:-1]), list):
        route = route[:-1]
    if route:
        del _at(left, route[:-1])[route[-1]]
