"""`schema review --structured-output`: a model's answer by it is a draft that can be read."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import programs
from charter_score.library import built_in_rubrics, load_rubric
from charter_score.review import Review
from charter_score.wire.structured import structured_schema
from documents import rubric_from

TAKEN = {"type", "description", "properties", "required", "additionalProperties", "enum"}
TAKEN |= {"items", "anyOf"}
"""Keywords that all providers of structured output take."""
RUBRICS = sorted(built_in_rubrics())


def schemas_in(schema: Any) -> Iterator[dict[str, Any]]:
    """A schema and every schema in it."""
    yield schema
    for one in schema.get("properties", {}).values():
        yield from schemas_in(one)
    for one in schema.get("anyOf", []):
        yield from schemas_in(one)
    if "items" in schema:
        yield from schemas_in(schema["items"])


def answer(schema: dict[str, Any], *, rating: int = 0) -> Any:
    """An answer that a model could give."""
    if "enum" in schema:
        return schema["enum"][min(rating, len(schema["enum"]) - 1)]
    if "anyOf" in schema:
        return None
    if schema["type"] == "object":
        return {key: answer(one, rating=rating) for key, one in schema["properties"].items()}
    return ["Kept calm."] if schema["type"] == "array" else "At 00:12."


@pytest.mark.parametrize("name", RUBRICS)
def test_only_what_every_provider_takes_is_used(name: str) -> None:
    """No conditions, patterns, references or defaults; every object closed and fully required."""
    schema = structured_schema(load_rubric(built_in_rubrics()[name]).rubric)
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["type"] == "object"
    for one in schemas_in(schema):
        assert one.keys() <= TAKEN
        if one.get("type") == "object":
            assert one["required"] == list(one["properties"])
            assert one["additionalProperties"] is False


@pytest.mark.parametrize(
    ("name", "rating"), [(name, number % 3) for number, name in enumerate(RUBRICS)]
)
def test_an_answer_is_a_draft_that_can_be_read(tmp_path: Path, name: str, rating: int) -> None:
    """What a model answers by the schema passes `check`, and has no score before a person."""
    done = programs.run("schema", "review", "--rubric", name, "--structured-output")
    assert done.returncode == 0
    schema = json.loads(done.stdout)
    draft = answer(schema, rating=rating)
    jsonschema.Draft202012Validator(schema).validate(draft)
    (tmp_path / "draft.json").write_text(json.dumps(draft))
    checked = programs.run("check", "draft.json", cwd=tmp_path)
    assert checked.returncode == 0, checked.stderr
    scored = programs.run("score", "draft.json", "-f", "json", cwd=tmp_path)
    assert json.loads(scored.stdout)["results"] == []
    assert ("drafted_by" in draft) is ("drafted_by" in Review.model_fields)


def test_what_applies_only_sometimes_may_be_left_out() -> None:
    """A criterion under a condition may be null, which is unrated."""
    path = built_in_rubrics()["texas-build-public-trust"]
    rubric = load_rubric(path).rubric
    schema = structured_schema(rubric)
    for section in rubric.sections:
        for criterion in section.criteria:
            found = schema["properties"]["ratings"]["properties"][section.id]["properties"]
            is_conditional = bool(section.applies_when or criterion.applies_when)
            assert ("anyOf" in found[criterion.id]) is is_conditional


@pytest.mark.parametrize(
    "words", [["review", "--structured-output"], ["rubric", "--structured-output", "--rubric", "x"]]
)
def test_it_goes_with_the_reviews_of_a_rubric(words: list[str]) -> None:
    """Without a rubric, or of another document, it is refused."""
    assert programs.run("schema", *words).returncode == 2


@pytest.mark.parametrize(("absent", "number"), [("allowed", 0), ("forbidden", None)])
def test_a_range_is_a_number_between_its_ends(absent: str, number: int | None) -> None:
    """A number of the range, and the word for n/a where it is allowed; nothing else."""
    rubric = rubric_from(
        f"""
        {{id: desk, version: "1", title: Desk, sections: [{{id: talk, title: Talk, criteria: [
          {{id: depth, title: Depth, not_applicable: {absent}, range: {{from: 0.5, to: 10}}}}]}}]}}
        """
    )
    sections = structured_schema(rubric)["properties"]["ratings"]["properties"]
    rating = sections["talk"]["properties"]["depth"]["properties"]["rating"]
    bounds = {"type": "number", "minimum": 0.5, "maximum": 10}
    assert (rating if number is None else rating["anyOf"][number]) == bounds
    taken = [one for one in (0.5, 7.25, 10, 0, 11, "n/a", "") if _is_taken(one, rating)]
    assert taken == [0.5, 7.25, 10, *(["n/a"] if absent == "allowed" else [])]


def _is_taken(value: object, schema: Any) -> bool:
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))
