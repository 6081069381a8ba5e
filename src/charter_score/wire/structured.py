"""The JSON Schema of one rubric's reviews in the small part of JSON Schema that models take.

Providers of language models hold an answer to a schema only where it keeps to a subset: objects
whose properties are all required and no others allowed, `enum`, `anyOf`, arrays, descriptions; no
conditions, patterns, references or defaults. The ends of a range are the only bounds.
What such an answer holds reads as a draft.
"""

import json
from typing import Any

from charter_score import facts
from charter_score.figures import decimal_text
from charter_score.rating import Rating
from charter_score.review import Status
from charter_score.rubric import Criterion, Permission, Rubric, Section

_TEXT = {"type": "string"}
_SAID = "What in the contact shows it, in a sentence; for n/a, why there was no opportunity."
_PLACE = "Where it is: a time in the recording, or the words."


def structured_text(rubric: Rubric) -> str:
    """The schema as it is printed."""
    return json.dumps(structured_schema(rubric), indent=2, ensure_ascii=False) + "\n"


def structured_schema(rubric: Rubric) -> dict[str, Any]:
    """The schema of a draft by a model: every criterion with a rating, a comment and a place.

    What applies only to some contacts may be null, which is unrated.
    """
    properties: dict[str, Any] = {
        "rubric": {"type": "string", "enum": [rubric.name]},
        "status": {"type": "string", "enum": [Status.DRAFT.value]},
    }
    properties |= {
        "drafted_by": {**_TEXT, "description": "The name of the model."},
        "ratings": _object(
            {section.id: _section(rubric, section) for section in rubric.sections},
            f"One entry for each section of: {facts.edition(rubric)}.",
        ),
        "done_well": {
            "type": "array",
            "items": _TEXT,
            "description": "What was done well, for the advisor.",
        },
        "could_be_better": {
            "type": "array",
            "items": _TEXT,
            "description": "What could be better, for the advisor.",
        },
    }
    rule = facts.rule(rubric)
    return _object(properties, f"A draft of a review, for a person to decide. {rule}.")


def _object(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    return {
        "type": "object",
        **({"description": description} if description else {}),
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def _section(rubric: Rubric, section: Section) -> dict[str, Any]:
    only = facts.only_when(section.applies_when)
    described = [section.title, only, section.guidance]
    return _object(
        {one.id: _criterion(rubric, section, one) for one in section.criteria},
        _joined(described),
    )


def _criterion(rubric: Rubric, section: Section, criterion: Criterion) -> dict[str, Any]:
    ratings = facts.ratings(rubric, criterion)
    looks = [f"{one.word}: {one.looks_like}" for one in ratings if one.looks_like]
    only = facts.only_when(criterion.applies_when)
    rated = _object(
        {
            "rating": _rating(rubric, criterion),
            "comment": {**_TEXT, "description": _SAID},
            "evidence": {**_TEXT, "description": _PLACE},
        },
        _joined([criterion.title, only, criterion.guidance, *looks]),
    )
    if section.applies_when or criterion.applies_when:
        return {"anyOf": [rated, {"type": "null"}]}
    return rated


def _rating(rubric: Rubric, criterion: Criterion) -> dict[str, Any]:
    """What a rating may be: one of the words, or a number of the range or the word for n/a."""
    numbers = criterion.range
    if numbers is None:
        return {"type": "string", "enum": list(rubric.shown_words(criterion))}
    number = {
        "type": "number",
        "minimum": json.loads(decimal_text(numbers.from_)),
        "maximum": json.loads(decimal_text(numbers.to)),
    }
    if criterion.not_applicable is Permission.FORBIDDEN:
        return number
    absent = rubric.shown(Rating.NOT_APPLICABLE.value)
    return {"anyOf": [number, {"type": "string", "enum": [absent]}]}


def _joined(parts: list[str]) -> str:
    return " ".join(
        part if part.endswith((".", "?", "!")) else f"{part}." for part in parts if part
    )
