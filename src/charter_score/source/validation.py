"""Documents checked by pydantic: everything that is wrong with the values of one, in our words."""

from typing import Any, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from charter_score.diagnostics import At, Problem, Route, Suggestions
from charter_score.field_types import (
    LANGUAGE_PATTERN,
    LONGEST_SLUG,
    SAYS_SOMETHING,
    Model,
    kind_of,
    not_text,
)
from charter_score.review import Action, Dispute, Rated, Review, WholeSection, no_rating
from charter_score.rubric import Band, Criterion, FieldRule, Range, Rubric, Section, UpTo, Words
from charter_score.scalars import Boolean, Null, Scalar, Value

M = TypeVar("M", Rubric, Review)


def validate(kind: type[M], value: Value) -> tuple[M | None, list[Problem]]:
    """A model, or everything that is wrong with the values.

    Where there are problems the model is what is left without the wrong parts, so that the checks
    across documents can still report the rest; None where too little is left.
    """
    try:
        return _validated(kind, value), []
    except ValidationError as wrong:
        details = [
            detail
            for detail in wrong.errors(include_url=False, include_input=False)
            # Pydantic also calls a list too short whose items are wrong.
            if detail["type"] != "too_short" or not _at(value, detail["loc"])
        ]
    suggestions = Suggestions()
    problems = [_problem(kind, value, detail, suggestions) for detail in details]
    return _what_is_left(kind, value, details), problems


def _validated(kind: type[M], value: Any) -> M:
    # In a document a field has the document's name only: `from`, never `from_`.
    return kind.model_validate(value, by_alias=True, by_name=False)


def _problem(
    kind: type[Rubric | Review],
    value: Value,
    detail: ErrorDetails,
    suggestions: Suggestions,
) -> Problem:
    """What pydantic found, in the words of whoever wrote the document."""
    route = detail["loc"]
    match detail["type"]:
        case "misshapen":
            context = detail["ctx"]
            return Problem(context["code"], context["message"], route, hint=context["hint"])
        case "missing":
            name = str(route[-1])
            return Problem("missing-field", f"`{name}` is missing here", route[:-1], At.KEY)
        case "extra_forbidden":
            return _unknown_field(kind, value, route, suggestions)
        case "too_short":
            return _empty_list(route)
        case "string_type":
            return _wrong_text(value, route)
        case "string_pattern_mismatch" if detail["ctx"]["pattern"] == SAYS_SOMETHING:
            return _wrong_text(value, route)
        case "string_pattern_mismatch" if detail["ctx"]["pattern"] == LANGUAGE_PATTERN:
            message, hint = "this is not a language tag", "for example en or mi-NZ"
            return Problem("bad-language", message, route, hint=hint)
        case "string_pattern_mismatch" | "string_too_long":
            if _is_blank(value, route):
                return _wrong_text(value, route)
            return Problem(
                "bad-id",
                "this is not an id: an id has small letters and digits, joined by - or _, "
                f"and at most {LONGEST_SLUG} characters",
                route,
                hint="for example `next-steps`",
            )
        case "tuple_type" if route[:1] == ("interaction",):
            return _wrong_type("one value, or a list of values,", value, route)
        case "tuple_type":
            return _wrong_type("a list", value, route)
        case _ if not route:
            return _not_that_document(kind)
        case _ if route[:1] == ("ratings",) and len(route) == _RATING_DEPTH:
            return _wrong_rating(value, route)
        case _ if route[:1] == ("ratings",) and len(route) == _RATING_DEPTH - 1:
            wrong = _wrong_type("a mapping (`key: value`)", value, route)
            return wrong if wrong.hint else wrong._replace(hint=_RATE_ONE_BY_ONE)
        case _:
            return _wrong_type("a mapping (`key: value`)", value, route)


_WITH_TEXTS = (Rated, Action, Dispute, Criterion, Band)
"""What is often written between { } with a text in it."""
_RATE_ONE_BY_ONE = "rate its criteria under it, or write n/a for all of the section"
_RATING_DEPTH = len(("ratings", "section", "criterion"))


def _unknown_field(
    kind: type[Rubric | Review], value: Value, route: Route, suggestions: Suggestions
) -> Problem:
    model = _model_at(kind, route[:-1])
    known = [field.alias or name for name, field in model.model_fields.items()]
    # A comma in a text without quotes inside { } makes a key of the rest, with nothing behind it.
    is_rest_of_text = isinstance(_at(value, route), Null) and model in _WITH_TEXTS
    hint = suggestions.near(str(route[-1]), known) or (
        "quote the text: inside { } a comma ends it"
        if is_rest_of_text
        else f"known here: {', '.join(known)}"
    )
    return Problem("unknown-field", "this key is not known here", route, At.KEY, hint)


def _empty_list(route: Route) -> Problem:
    message = (
        "a rubric has at least one section"
        if route == ("sections",)
        else "a section has at least one criterion"
    )
    return Problem("empty-list", message, route, At.KEY)


def _wrong_text(value: Value, route: Route) -> Problem:
    wrong = not_text(_at(value, route))
    return Problem(wrong.code, wrong.message, route, hint=wrong.hint)


def _wrong_rating(value: Value, route: Route) -> Problem:
    """What is wrong with what stands for a rating and is no word."""
    rating = _at(value, route)
    if isinstance(rating, str | Boolean):
        wrong = no_rating() if isinstance(rating, Boolean) else not_text(rating)
        return Problem(wrong.code, wrong.message, route, hint=wrong.hint)
    return _wrong_type("a rating (one word such as met)", value, route)


def _is_blank(value: Value, route: Route) -> bool:
    text = _at(value, route)
    return isinstance(text, str) and not text.strip()


def _not_that_document(kind: type[Rubric | Review]) -> Problem:
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
    actual = _at(value, route)
    if isinstance(actual, Null) and not actual.text:
        return Problem(
            "empty",
            f"{wanted} is wanted here, and there is nothing",
            route,
            At.KEY,
            "write it, or take the line out",
        )
    return Problem("wrong-type", f"{wanted} is wanted here, and this is {kind_of(actual)}", route)


def _model_at(kind: type[Rubric | Review], route: Route) -> type[Model]:
    """The model of the mapping at a route of a document."""
    match route:
        case ("ratings", _):
            return WholeSection
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
        case ("words",):
            return Words
        case ("sections", _):
            return Section
        case ("sections", _, "criteria", _):
            return Criterion
        case ("sections", _, "criteria", _, "range"):
            return Range
        case ("sections", _, "criteria", _, "critical" | "comment"):
            return UpTo
        case _:
            return kind


def _at(value: Any, route: Route) -> Any:
    """The value at a route; a word that stands for a mapping or list is all that is in it."""
    for step in route:
        if isinstance(value, str | Scalar):
            break
        value = value[step]
    return value


def _what_is_left(kind: type[M], value: Value, details: list[ErrorDetails]) -> M | None:
    """The model without its wrong parts; a wrong rating is left unrated."""
    left: Any = _copy(value)
    for route in sorted((detail["loc"] for detail in details), key=len, reverse=True):
        try:
            if kind is Review and route[:1] == ("ratings",) and len(route) > 2:
                _unrate(left["ratings"][route[1]], route[2])
            else:
                _drop(left, route)
        except (KeyError, IndexError, TypeError):
            continue  # went with a wrong part that held it, or never was
    try:
        return _validated(kind, left)
    except ValidationError:
        return None


def _unrate(section: Any, key: str | int) -> None:
    """Take a wrong rating out of a section, or what is wrong beside the rating of all of it."""
    if "rating" in section and key != "rating":
        del section[key]
    else:
        section[key] = Null()


def _copy(value: Value) -> Value:
    """The values in mappings and lists of their own."""
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copy(inner) for inner in value]
    return value


def _drop(left: Any, route: Route) -> None:
    """Take a wrong part out; a list must keep its places, so a wrong item takes the list along."""
    while route and isinstance(_at(left, route[:-1]), list):
        route = route[:-1]
    if route:
        del _at(left, route[:-1])[route[-1]]
