"""Documents checked by pydantic: everything that is wrong with the values of one, in our words."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from charter_score.diagnostics import At, Problem, Route, Suggestions, meant, taken
from charter_score.field_types import (
    LANGUAGE_PATTERN,
    LONGEST_SLUG,
    SAYS_SOMETHING,
    Model,
    kind_of,
    not_text,
)
from charter_score.mapping import MAPPING_SCHEMA, TableMapping
from charter_score.review import Action, Dispute, Rated, Review, WholeSection, no_rating
from charter_score.rubric import Band, Criterion, FieldRule, Range, Rubric, Section, UpTo, Words
from charter_score.scalars import Boolean, Null, Number, Scalar, Value

M = TypeVar("M", Rubric, Review, TableMapping)
_MOST_PASSES = 8
"""How often a document is mended: keys of keys may be misspelt, no deeper than its models go."""


@dataclass(frozen=True, slots=True)
class Validated(Generic[M]):
    """A document's model, everything that is wrong with its values, and its misspelt keys.

    Where there are problems the model is what is left without the wrong parts, so that the checks
    across documents can still report the rest; None where nothing is left. What may not be missing
    is stood in for: `wrong` has the routes of all that the model does not have from the document. A
    misspelt key counts as the field that it was taken for: `misspelt` has the route of that field,
    and the key in the document. All routes are the model's.
    """

    model: M | None
    problems: Sequence[Problem]
    wrong: frozenset[Route]
    misspelt: Mapping[Route, str]

    def in_document(self, problem: Problem) -> Problem:
        """A problem of the model as one of the document, with the keys that stand there."""
        return problem._replace(route=_written_as(problem.route, self.misspelt))

    def everything(self, more: Iterable[Problem]) -> list[Problem]:
        """All problems as those of the document; `more` are what checks of the model found.

        Whether a misspelt key may stand where it stands is asked once it is spelt right.
        """
        more = [problem for problem in more if problem.route not in self.misspelt]
        return [self.in_document(problem) for problem in (*self.problems, *more)]


def validate(kind: type[M], value: Value) -> tuple[M | None, list[Problem]]:
    """A model, and everything that is wrong with the values of the document; see `Validated`."""
    checked = validated(kind, value)
    return checked.model, [checked.in_document(problem) for problem in checked.problems]


def validated(kind: type[M], value: Value) -> Validated[M]:
    """A model, and everything that is wrong with the values."""
    left = value
    problems: list[Problem] = []
    wrong: set[Route] = set()
    misspelt: dict[Route, str] = {}
    suggestions = Suggestions()
    for _ in range(_MOST_PASSES):
        details: list[ErrorDetails] = []
        try:
            return Validated(_validated(kind, left), problems, frozenset(wrong), misspelt)
        except ValidationError as refused:
            details += _details(refused, left)
        near = _near_fields(kind, details, suggestions)
        meant_for = _meant_for(left, near)
        for detail in details:
            route: Route = detail["loc"]
            if detail["type"] == "missing" and route in meant_for:
                continue
            wrong.add(route)
            # Of another kind than the field that it was taken for, a key may be another's.
            if route not in misspelt:
                problems.append(_problem(kind, left, detail, near))
        if () in wrong:
            break
        left = _mended(kind, left if left is not value else _copy(value), details, meant_for)
        misspelt |= meant_for
    return Validated(None, problems, frozenset(wrong), misspelt)


def _details(refused: ValidationError, value: Value) -> list[ErrorDetails]:
    return [
        detail
        for detail in refused.errors(include_url=False, include_input=False)
        # Pydantic also calls a list too short whose items are wrong.
        if detail["type"] != "too_short" or not _at(value, detail["loc"])
    ]


def _written_as(route: Route, misspelt: Mapping[Route, str]) -> Route:
    """A route with the keys that stand in the document."""
    if not misspelt:
        return route
    return tuple(misspelt.get(route[: depth + 1], step) for depth, step in enumerate(route))


def _validated(kind: type[M], value: Any) -> M:
    # In a document a field has the document's name only: `from`, never `from_`.
    return kind.model_validate(value, by_alias=True, by_name=False)


def _problem(
    kind: type[Rubric | Review | TableMapping],
    value: Value,
    detail: ErrorDetails,
    near: Mapping[Route, str],
) -> Problem:
    """What pydantic found, in the words of whoever wrote the document."""
    route = detail["loc"]
    match detail["type"]:
        case "misshapen":
            context = detail["ctx"]
            return Problem(context["code"], context["message"], route, hint=context["hint"])
        case "missing":
            name = str(route[-1])
            return Problem("missing-field", f"`{name}` is missing here", route, At.KEY)
        case "extra_forbidden":
            return _unknown_field(kind, value, route, near.get(route))
        case "too_short":
            return _empty_list(route)
        case "string_type" if kind is Rubric and _id_of_numbers(value, route):
            return _wrong_id(value, route)
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
            return _wrong_id(value, route)
        case "literal_error":
            message = "this is not the schema of this document"
            return Problem("unknown-word", message, route, hint=f"write `schema: {MAPPING_SCHEMA}`")
        case "tuple_type" if route[:1] == ("interaction",):
            return _wrong_type("one value, or a list of values,", value, route)
        case "tuple_type":
            return _wrong_type("a list", value, route, _IN_BRACKETS)
        case _ if not route:
            return _not_that_document(kind)
        case _ if route[:1] == ("ratings",) and len(route) == _RATING_DEPTH:
            return _wrong_rating(value, route)
        case _ if route[:1] == ("ratings",) and len(route) == _RATING_DEPTH - 1:
            wrong = _wrong_type("a mapping (`key: value`)", value, route)
            return wrong if wrong.hint else wrong._replace(hint=_RATE_ONE_BY_ONE)
        case _:
            return _wrong_type("a mapping (`key: value`)", value, route)


def _wrong_id(value: Value, route: Route) -> Problem:
    return Problem(
        "bad-id",
        "this is not an id: an id has small letters and digits, joined by - or _, "
        f"and at most {LONGEST_SLUG} characters",
        route,
        hint=f"for example `{_id_of_numbers(value, route) or 'next-steps'}`",
    )


def _id_of_numbers(value: Value, route: Route) -> str | None:
    """An id of the numbers that an id such as 1.1.1 is made of; None where it is another."""
    text = str(_at(value, route))
    if route[-1:] != ("id",) or len(text) > LONGEST_SLUG or not _NUMBERED.fullmatch(text):
        return None
    return "-".join(_NUMBER.findall(text))


_NUMBERED = re.compile(r"[^\w]*[0-9]+(?:[. ][0-9]+)+[^\w]*")
_NUMBER = re.compile("[0-9]+")
_WITH_TEXTS = (Rated, Action, Dispute, Criterion, Band)
"""What is often written between { } with a text in it."""
_RATE_ONE_BY_ONE = "rate its criteria under it, or write n/a for all of the section"
_RATING_DEPTH = len(("ratings", "section", "criterion"))


def _near_fields(
    kind: type[Rubric | Review | TableMapping],
    details: Iterable[ErrorDetails],
    suggestions: Suggestions,
) -> dict[Route, str]:
    """The known field nearest to each unknown one, where one is near."""
    unknown = [detail["loc"] for detail in details if detail["type"] == "extra_forbidden"]
    near = {
        route: suggestions.nearest(str(route[-1]), _known_fields(kind, route)) for route in unknown
    }
    return {route: field for route, field in near.items() if field is not None}


def _meant_for(value: Value, near: Mapping[Route, str]) -> dict[Route, str]:
    """The fields that misspelt keys are taken for, since they are not there too, with each key."""
    return {
        (*route[:-1], field): str(route[-1])
        for route, field in near.items()
        if field not in _at(value, route[:-1])
    }


def _known_fields(kind: type[Rubric | Review | TableMapping], route: Route) -> list[str]:
    fields = _model_at(kind, route[:-1]).model_fields
    return [field.alias or name for name, field in fields.items()]


def _unknown_field(
    kind: type[Rubric | Review | TableMapping], value: Value, route: Route, near: str | None
) -> Problem:
    is_free = near not in _at(value, route[:-1])
    known = _known_fields(kind, route)
    # A comma in a text without quotes inside { } makes a key of the rest, with nothing behind it.
    is_rest_of_text = (
        isinstance(_at(value, route), Null) and _model_at(kind, route[:-1]) in _WITH_TEXTS
    )
    if near is not None:
        hint = meant(near) if is_free else taken(near)
    elif is_rest_of_text:
        hint = "quote the text: inside { } a comma ends it"
    else:
        hint = f"known here: {', '.join(known)}"
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


def _not_that_document(kind: type[Rubric | Review | TableMapping]) -> Problem:
    if kind is Rubric:
        return Problem(
            "wrong-type",
            "this is not a rubric: a rubric has lines such as `id: …`, `version: …`, `sections:`",
            (),
        )
    if kind is TableMapping:
        return Problem(
            "wrong-type",
            "this is not a mapping: it begins with `schema: charter-score/mapping/v1`",
            (),
        )
    return Problem(
        "wrong-type", "this is not a review: a review has lines such as `rubric: …`, `ratings:`", ()
    )


_IN_BRACKETS = "put it between [ and ]"


def _wrong_type(wanted: str, value: Value, route: Route, hint: str | None = None) -> Problem:
    actual = _at(value, route)
    if isinstance(actual, Null) and not actual.text:
        return Problem(
            "empty",
            f"{wanted} is wanted here, and there is nothing",
            route,
            At.KEY,
            "write it, or take the line out",
        )
    message = f"{wanted} is wanted here, and this is {kind_of(actual)}"
    return Problem("wrong-type", message, route, hint=hint if isinstance(actual, str) else None)


def _model_at(kind: type[Rubric | Review | TableMapping], route: Route) -> type[Model]:
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


def _mended(
    kind: type[Rubric | Review | TableMapping],
    left: Any,
    details: list[ErrorDetails],
    meant_for: Mapping[Route, str],
) -> Any:
    """The values without their wrong parts, changed in place.

    A misspelt key becomes the field that it was meant for. What may not be missing, and an item of
    a list whose places must stay, is stood in for by something that no check takes for another's.
    """
    fields = {(*route[:-1], key): route[-1] for route, key in meant_for.items()}
    for detail in sorted(details, key=lambda detail: len(detail["loc"]), reverse=True):
        route = detail["loc"]
        try:
            if detail["type"] == "extra_forbidden":
                container = _at(left, route[:-1])
                written = container.pop(route[-1])
                if route in fields:
                    container[fields[route]] = written
            elif route not in meant_for:
                _replace(kind, left, route)
        except (KeyError, IndexError, TypeError):
            continue  # went with a wrong part that held it
    return left


def _replace(kind: type[Rubric | Review | TableMapping], left: Any, route: Route) -> None:
    """Take a wrong part out, and put in what stands for it where something must stand there."""
    container = _at(left, route[:-1])
    is_whole = route[:1] == ("ratings",) and len(route) == _RATING_DEPTH and "rating" in container
    stand_in = None if is_whole and route[-1] != "rating" else _stand_in(kind, route)
    if stand_in is not None:
        container[route[-1]] = stand_in
    elif isinstance(container, list):
        _replace(kind, left, route[:-1])
    else:
        container.pop(route[-1], None)


def _stand_in(kind: type[Rubric | Review | TableMapping], route: Route) -> Value | None:
    """What stands for a wrong part; None for what can be left out."""
    match route:
        case ("ratings",):
            return {}
        case ("ratings", _, _):
            return Null()
        case ("ratings", _, _, "comment" | "evidence"):
            return _name(route)
        case ("ratings", _) | ("fields", *_):
            return None
        case ("scales", _, _) | (*_, "levels", _):
            return Number("1")
        case (*_, "looks_like", _) | (*_, "applies_when", _, int()):
            return _name(route)
        case ("bands", _, "from" | "above"):
            return Number("0")  # in no other band's way
        case ("sections", *_, "points" | "weight"):
            return Number("1")
        case (*_, "range", "to"):
            return Number("1000000")  # above whatever stands in `from`
        case (("tags" | "causes"), _):
            return _name(route)  # criteria and reviews may name it
        case ("done_well" | "could_be_better", int()) | ("interaction", _, int()):
            return _name(route)
        case (("sections" | "bands" | "actions" | "disputes"), int()) | (*_, "criteria", int()):
            return _whole(kind, route)
        case (*_, str(name)):
            model = _model_at(kind, route[:-1])
            field = next((one for key, one in model.model_fields.items() if key == name), None)
            if field is None or not field.is_required():
                return None
            if name in ("sections", "criteria"):
                return [_whole(kind, (*route, 0))]
            return _name(route)
        case _:
            return None


def _whole(kind: type[Rubric | Review | TableMapping], route: Route) -> Value:
    """An item of a list, of nothing but what it must have."""
    return {
        name: _stand_in(kind, (*route, name)) or _name((*route, name))
        for name, field in _model_at(kind, route).model_fields.items()
        if field.is_required()
    }


def _name(route: Route) -> str:
    """A text and an id that is the only one of its kind."""
    return "-".join(["left-out", *(str(step) for step in route if isinstance(step, int))])


def _copy(value: Value) -> Value:
    """The values in mappings and lists of their own."""
    if isinstance(value, dict):
        return {key: _copy(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_copy(inner) for inner in value]
    return value
