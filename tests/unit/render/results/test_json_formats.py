"""The JSON formats, held to the published schema and to each other."""

import json
import random
from collections.abc import Iterator
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import hostile
from batches import batch, rendered, rendered_text
from charter_score.outcome import Outcome, Scored
from charter_score.render.results.json import JsonEnvelope, JsonLines
from charter_score.scoring import NothingObservedError
from documents import scored_documents
from effort import LONG
from random_documents import review as random_review
from random_documents import rubric as random_rubric

SCHEMA = Path(__file__).resolve().parents[4] / "schemas/results-v1.schema.json"
LISTS = {"result": "results", "failure": "failures", "skipped": "skipped", "warning": "warnings"}

ONLY_OF_WORKBOOKS = {"sheet"}
"""What stands in the results only where there is one; everything else always does."""


def closed(schema: Any) -> Any:
    """The schema with every field that it does not name forbidden.

    The published one is open, because fields may be added in later versions; what this version
    writes it names to the last.
    """
    if isinstance(schema, list):
        return [closed(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(one) for key, one in schema.items()}
    if "properties" in schema and schema.get("type") == "object":
        assert set(schema["properties"]) - set(schema["required"]) <= ONLY_OF_WORKBOOKS
        assert set(schema["required"]) <= set(schema["properties"])
        made["additionalProperties"] = False
    return made


@lru_cache(maxsize=1)
def published() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(SCHEMA.read_text(encoding="utf-8"))
    return found


def validator(kind: str | None = None) -> jsonschema.Draft7Validator:
    """For the envelope, or for one object of a kind; closed."""
    schema = closed(deepcopy(published()))
    if kind is not None:
        schema = {"definitions": schema["definitions"], **schema["definitions"][kind]}
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def lines_of(text: str) -> list[dict[str, Any]]:
    assert text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]


@lru_cache(maxsize=1)
def random_outcomes() -> list[Outcome]:
    """Scored random reviews."""
    number_of = 300 if LONG else 60
    rng = random.Random(20160504)
    found: list[Outcome] = []
    while len(found) < number_of:
        rubric = random_rubric(rng)
        for _ in range(3):
            try:
                result = scored_documents(rubric, random_review(rng, rubric))
            except NothingObservedError:
                continue
            number = f"{len(found):03}"
            found.append(Scored(f"{number}.yaml", number, "0" * 64, "f" * 64, result))
    return found[:number_of]


def test_the_closing_of_the_schema_closes_everything() -> None:
    """Every object that the schema describes by its fields is closed in these tests."""
    document = json.loads(rendered(JsonEnvelope(), hostile.outcomes(hostile.BRIEF)))
    check = validator()
    check.validate(document)

    def objects(value: Any) -> Iterator[dict[str, Any]]:
        if isinstance(value, dict):
            yield value
            for name, one in value.items():
                # Names of fields and bands are the reviews' and rubrics' own.
                yield from objects(one) if name not in ("interaction", "bands") else ()
        elif isinstance(value, list):
            for one in value:
                yield from objects(one)

    found = list(objects(document))
    assert len(found) > 50
    for one in found:
        one["surprise"] = "surprise"
        assert not check.is_valid(document), sorted(one)
        del one["surprise"]


def test_random_reviews_are_valid_in_every_field() -> None:
    """Random reviews, all that they write named in the schema, and nothing that it wants gone.

    So the text that `wire` puts together and the shapes of `documents` cannot drift apart.
    """
    document = json.loads(rendered(JsonEnvelope(), random_outcomes()))
    errors = [error.message for error in validator().iter_errors(document)]
    assert errors == []
    assert len(document["results"]) == len(random_outcomes())
    used = {one["combine"] for one in (result["rubric"] for result in document["results"])}
    assert used == {"points", "section_weights"}
    assert any(result["next_band"] for result in document["results"])
    assert any(
        c["disputed"] for r in document["results"] for s in r["sections"] for c in s["criteria"]
    )
    assert any(s["observed"] is None for r in document["results"] for s in r["sections"])


@pytest.mark.parametrize("source", ["random", "batch", "hostile", "nothing"])
def test_json_and_json_lines_hold_the_same_objects(source: str, tmp_path: Path) -> None:
    """The envelope's lists and the lines have the same objects, each kind in the same order."""
    outcomes = {
        "random": random_outcomes,
        "batch": lambda: batch(tmp_path),
        "hostile": hostile.outcomes,
        "nothing": list,
    }[source]()
    warnings = hostile.warnings() if source == "hostile" else []
    envelope = json.loads(rendered(JsonEnvelope(), outcomes, warnings))
    lines = lines_of(rendered_text(JsonLines(), outcomes, warnings))
    assert lines[-1] == envelope["summary"]
    for kind, name in LISTS.items():
        assert [one for one in lines if one["kind"] == kind] == envelope[name]
    assert len(lines) == 1 + sum(len(envelope[name]) for name in LISTS.values())


def test_lines_come_in_order_of_path(tmp_path: Path) -> None:
    """Results, failures and skipped together by path, then warnings, the summary last."""
    lines = lines_of(rendered_text(JsonLines(), batch(tmp_path), hostile.warnings(hostile.BRIEF)))
    assert [one["kind"] for one in lines] == [
        *["result"] * 5, "skipped", "failure", "result", "warning", "summary",
    ]  # fmt: skip
    paths = [one["path"] if "path" in one else one["review"]["path"] for one in lines[:-2]]
    assert paths == sorted(paths)


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        ("result", "ResultDocument"),
        ("failure", "FailureDocument"),
        ("skipped", "SkippedDocument"),
        ("warning", "WarningDocument"),
        ("summary", "SummaryDocument"),
    ],
)
def test_each_line_is_valid_alone(kind: str, definition: str) -> None:
    """Each object of json-lines is valid by the definition of its kind."""
    text = rendered_text(
        JsonLines(), hostile.outcomes(hostile.BRIEF), hostile.warnings(hostile.BRIEF)
    )
    lines = [one for one in lines_of(text) if one["kind"] == kind]
    assert lines
    for line in lines:
        validator(definition).validate(line)


@pytest.mark.parametrize("kind", [JsonEnvelope, JsonLines])
def test_hostile_text_comes_back(kind: type[JsonEnvelope] | type[JsonLines]) -> None:
    """ASCII, one object a line, no NaN, every text of a review back to the last letter."""
    text = rendered_text(kind(), hostile.outcomes(), hostile.warnings())
    assert text.isascii()
    assert text.replace("\n", "").isprintable()
    documents = lines_of(text) if kind is JsonLines else [json.loads(text, parse_constant=refuse)]
    found = set()

    def look(value: Any) -> None:
        if isinstance(value, dict):
            look(list(value) + list(value.values()))
        elif isinstance(value, list):
            for one in value:
                look(one)
        elif isinstance(value, str) and (mark := hostile.MARK.search(value)):
            assert hostile.HOSTILE.replace("FIELD", mark[0]) in value
            found.add(mark[0][6:-4])

    look(documents)
    assert found >= {
        *("path", "review-id", "advisor", "reviewer", "team", "channel", "interaction-name"),
        *("interaction-other", "done-well", "could-be-better", "notes", "what", "who", "by"),
        *("advisor-comment", "comment-greeting", "evidence-greeting"),
        *("because-disputed", "decided-by-disputed", "decided-on-disputed", "reason-disputed"),
        *("on-disputed", "title-tone", "advice-tone", "section-welcome", "level-middle"),
        *("scale-low", "band-low", "rubric-title", "version", "failed-path", "message", "hint"),
        *("skipped-path", "skipped-id", "warning-path", "warning-message", "warning-hint"),
    }


def refuse(constant: str) -> None:
    """NaN and the infinities are no JSON."""
    raise AssertionError(constant)
