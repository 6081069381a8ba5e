"""The JSON Schemas of the three documents, generated from the models.

Valid under draft-07, which editors read, as well as 2020-12: only keywords that mean the same in
both are used, and definitions stand under `definitions`.
"""

import json
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from charter_score.documents import ResultsDocument
from charter_score.review import Review
from charter_score.rubric import Rubric

DRAFT = "http://json-schema.org/draft-07/schema#"
_DOCUMENTS: dict[str, tuple[Any, str]] = {
    "rubric": (Rubric, "rubric-v1"),
    "review": (Review, "review-v1"),
    "result": (ResultsDocument, "results-v1"),
}


class _Generate(GenerateJsonSchema):
    """Pydantic's schema without what only repeats the names of things."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        """No: a title made from the field's name tells nobody anything."""
        del schema
        return False


def json_schema(name: str) -> dict[str, Any]:
    """The JSON Schema of `rubric`, `review` or `result`."""
    kind, title = _DOCUMENTS[name]
    found = TypeAdapter(kind).json_schema(
        ref_template="#/definitions/{model}", schema_generator=_Generate
    )
    definitions = found.pop("$defs", {})
    schema = {"$schema": DRAFT, "$id": f"charter-score/{title}", **_tidy(found)}
    if definitions:
        schema["definitions"] = {key: _tidy(definitions[key]) for key in sorted(definitions)}
    return schema


def _tidy(schema: Any) -> Any:
    """A schema without defaults that say nothing (null, or empty)."""
    if isinstance(schema, dict):
        return {
            key: _tidy(value)
            for key, value in schema.items()
            if not (key == "default" and value in (None, "", [], {}))
        }
    if isinstance(schema, list):
        return [_tidy(one) for one in schema]
    return schema


def schema_text(name: str) -> str:
    """The JSON Schema as it is printed and published."""
    return json.dumps(json_schema(name), indent=2, ensure_ascii=False) + "\n"
