"""Small documents for tests, read by the real reader and free of errors."""

import json
from collections.abc import Iterable
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml

from charter_score.diagnostics import Problem, Severity
from charter_score.field_types import Model
from charter_score.linting.review_checks import review_problems
from charter_score.linting.rubric_checks import rubric_problems
from charter_score.outcome import Scored
from charter_score.result import ReviewResult
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.scalars import Value
from charter_score.scoring import score
from charter_score.source.reading import read_document
from charter_score.source.validation import validate
from charter_score.wire.encoding import ResultWriter
from random_documents import to_yaml

T = TypeVar("T", Rubric, Review)
M = TypeVar("M", bound=Model)


@cache
def read_by_pyyaml(path: Path) -> Any:
    """What a YAML file of the tests holds, by another reader than ours; nobody may change it."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_bytes(), loader)  # noqa: S506 - both loaders are safe


def values_from(text: str | bytes) -> Value:
    """The plain values of a YAML document, given as its text or as the bytes of its file."""
    data = text if isinstance(text, bytes) else text.encode()
    return read_document(data, "test.yaml").value


def rubric_from(yaml_text: str | bytes) -> Rubric:
    """A rubric without errors (it may have warnings)."""
    rubric = model_from(Rubric, values_from(yaml_text))
    assert not errors_of(rubric_problems(rubric)), yaml_text
    return rubric


def review_from(yaml_text: str | bytes) -> Review:
    """A review, not yet held against a rubric."""
    return model_from(Review, values_from(yaml_text))


def scored(rubric: Rubric, review: Review) -> ReviewResult:
    """The score of a review that has no errors in the light of its rubric."""
    assert not errors_of(review_problems(rubric, review))
    return score(rubric, review)


def scored_documents(rubric: dict[str, Any], review: dict[str, Any]) -> ReviewResult:
    """The score of two documents as `random_documents` makes them."""
    return scored(rubric_from(to_yaml(rubric)), review_from(to_yaml(review)))


def written(results: Iterable[ReviewResult]) -> list[dict[str, Any]]:
    """The JSON documents of some results, written as one batch; numbers as exact decimals."""
    writer = ResultWriter()
    return [
        json.loads(
            writer.result(Scored("test.yaml", "test", "0", "0", result)),
            parse_int=Decimal,
            parse_float=Decimal,
        )
        for result in results
    ]


def errors_of(problems: list[Problem]) -> list[Problem]:
    """The problems that keep a document from being scored."""
    return [problem for problem in problems if problem.severity is Severity.ERROR]


def model_from(kind: type[T], values: Value) -> T:
    """A model of values in which pydantic finds nothing wrong."""
    model, problems = validate(kind, values)
    assert model is not None, problems
    assert not problems
    return model


def with_changes(model: M, **changes: object) -> M:
    """A model with some of its fields changed, unchecked."""
    return model.model_copy(update=changes)
