"""The quick way from values to models, held equal to pydantic's."""

import random
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import random_documents
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.scalars import Boolean, Null, Number, Value
from charter_score.source.load import is_rubric
from charter_score.source.recognise import recognise
from charter_score.source.validation import validate
from documents import values_from
from effort import examples
from random_documents import to_yaml

Kind = type[Rubric] | type[Review]
Container = dict[str, Value] | list[Value]

SEEDS = st.integers(min_value=0, max_value=2**32 - 1)
REPOSITORY = Path(__file__).parents[2]
FILES = sorted(
    path for folder in ("rubrics", "examples") for path in (REPOSITORY / folder).rglob("*.yaml")
)

SCALARS: tuple[str, ...] = (
    *(
        "",
        " ",
        "\n",
        "text",
        "met",
        "n/a",
        "en",
        "points",
        "zero",
        "open",
        "a b",
        "2016-05-04",
        "1",
    ),
    *("x" * 65, "con", "a--b", "Très", "true", "0.5", ".5", "quality"),
    *map(Number, ("0", "1", "00", "-1", "+1", "1.", ".5", "1e3", "0x1F", "0o7", ".inf", ".nan")),
    *map(Number, ("100", "100.0", "100.01", "1_0", "9" * 24, "9" * 25, "0." + "3" * 22)),
    *map(Boolean, ("true", "True", "FALSE", "false")),
    *map(Null, ("", "~", "null", "NULL")),
)
KEYS = (
    *("id", "title", "points", "levels", "rating", "comment", "values", "from", "from_", "above"),
    *("weight", "applies_when", "ratings", "sections", "rubric", "kw", "", "id_", "self", "1"),
)


def typed(value: Any) -> Any:
    """A value with the types of all its parts, for to Python `Number("1") == "1"`."""
    if is_dataclass(value) and not isinstance(value, type):
        return type(value), [typed(getattr(value, one.name)) for one in fields(value)]
    if isinstance(value, dict):
        return type(value), [(typed(key), typed(one)) for key, one in value.items()]
    if isinstance(value, tuple | list):
        return type(value), [typed(one) for one in value]
    return type(value), value


def hold(kind: Kind, value: Value) -> bool:
    """Hold both ways against each other; whether the value was recognised."""
    before = typed(value)
    quick = recognise(kind, value)
    careful, problems = validate(Rubric, value) if kind is Rubric else validate(Review, value)
    assert typed(value) == before, "the values themselves were changed"
    assert (quick is None) == bool(problems)
    if quick is not None:
        assert typed(quick) == typed(careful)
    return quick is not None


# Mutations.


def containers(value: Value) -> Iterator[Container]:
    """Every mapping and list in a value that has something in it."""
    if isinstance(value, dict | list) and value:
        yield value
        for one in value.values() if isinstance(value, dict) else value:
            yield from containers(one)


def places(container: Any) -> list[Any]:
    """The keys of a mapping, the indices of a list."""
    return list(container) if isinstance(container, dict) else list(range(len(container)))


def anything(rng: random.Random, depth: int = 0) -> Value:
    """A scalar of any kind, a mapping or a list."""
    kind = rng.random()
    if depth > 1 or kind < 0.7:
        return rng.choice(SCALARS)
    if kind < 0.85:
        return [anything(rng, depth + 1) for _ in range(rng.randint(0, 2))]
    return {rng.choice(KEYS): anything(rng, depth + 1) for _ in range(rng.randint(0, 2))}


def mutate(rng: random.Random, document: Value) -> None:
    """Delete, replace, add or repeat one part of a document, in place."""
    filled: list[Any] = list(containers(document))
    if not filled:
        return  # an earlier mutation left nothing
    container = rng.choice(filled)
    place = rng.choice(places(container))
    match rng.choice(("delete", "replace", "replace", "replace", "add", "repeat")):
        case "delete":
            del container[place]
        case "replace":
            container[place] = anything(rng)
        case "repeat":
            other = rng.choice(filled)
            container[place] = deepcopy(other[rng.choice(places(other))])
        case "add" if isinstance(container, dict):
            container[rng.choice(KEYS)] = anything(rng)
        case _:
            container.append(anything(rng))


def some_document(rng: random.Random) -> tuple[Kind, Value]:
    """The values of a random rubric, or of a review with everything that a review may hold."""
    rubric = random_documents.rubric(rng)
    if rng.random() < 0.5:
        rubric |= {"language": "cy", "hide_points": True, "ignore": {"code": "reason"}}
        rubric |= {"channel_costs": {"phone": "2.83"}, "rule_source": "Page 2"}
        return Rubric, plain_numbers(values_from(to_yaml(rubric)))
    review = random_documents.review(rng, rubric)
    review |= {"done_well": ["Calm"], "could_be_better": ["Silences"], "notes": "One paragraph"}
    review |= {"actions": [{"what": "Practise", "who": "A", "by": "2016-06-01"}]}
    review |= {"advisor_comment": "Fair", "acknowledged": "2016-05-06", "team": "Council Tax"}
    return Review, values_from(to_yaml(review))


def plain_numbers(rubric: Value) -> Value:
    """The same rubric with its costs as numbers, which `to_yaml` does not know of."""
    assert isinstance(rubric, dict)
    rubric["channel_costs"] = {"phone": Number("2.83")}
    return rubric


@given(SEEDS)
@settings(max_examples=examples(150))
def test_right_documents_are_recognised(seed: int) -> None:
    """A random document without problems is recognised, as what pydantic makes of it."""
    assert hold(*some_document(random.Random(seed)))


@given(SEEDS)
@settings(max_examples=examples(1500))
def test_mutated_documents_are_read_alike(seed: int) -> None:
    """With parts deleted, replaced or added, a document is what pydantic makes of it, or None."""
    rng = random.Random(seed)
    kind, document = some_document(rng)
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        mutate(rng, document)
    hold(kind, document)


@pytest.mark.parametrize("kind", [Rubric, Review])
@given(seed=SEEDS)
@settings(max_examples=examples(100))
def test_anything_is_read_alike(kind: Kind, seed: int) -> None:
    """Any value whatever is no model to either way, or the same model to both."""
    hold(kind, anything(random.Random(seed)))


@pytest.mark.parametrize("scalar", SCALARS, ids=lambda one: f"{type(one).__name__} {one:.9}")
def test_every_scalar_is_read_alike(scalar: str) -> None:
    """Each kind of scalar, at each place of each model in turn, is read alike by both ways."""
    models: list[tuple[Kind, str]] = [(Rubric, FULL_RUBRIC), (Review, FULL_REVIEW)]
    for kind, text in models:
        whole = values_from(text)
        for number, container in enumerate(containers(whole)):
            for place in places(container):
                document = deepcopy(whole)
                changed: Any = list(containers(document))[number]
                changed[place] = scalar
                hold(kind, document)


FULL_RUBRIC = """
id: r
version: "1"
title: R
organisation: O
description: D
source: S
language: mi-NZ
not_applicable: excluded
rule_source: Page 2
combine: section_weights
expected: 70
bands: [{name: Low, meaning: M}, {name: Middle, from: 50}, {name: High, above: 90.5}]
on_critical: zero
scales: {grades: {A: 2, "5": 0.5}}
fields: {channel: {values: [phone, 5], required: true, many: false, title: Channel}}
hide_points: true
channel_costs: {phone: 2.83}
ignore: {code: reason}
sections:
  - id: s
    title: S
    guidance: G
    weight: 12.5
    applies_when: {channel: phone}
    criteria:
      - {id: a, title: A, guidance: G, advice: V, source: P, points: 1, looks_like: {met: L}}
      - {id: b, title: B, levels: grades, critical: true, not_applicable: forbidden}
      - {id: c, title: C, levels: {A: 1, B: 0}, comment: when_missed}
      - {id: d, title: D, applies_when: {channel: [phone, 5]}}
"""
FULL_REVIEW = """
rubric: r@1
id: 00123
status: calibration
advisor: A
reviewer: R
team: T
interaction: {date: 2016-05-04, channel: phone, topic: [billing, 5], empty: , yes: true}
ratings:
  s: {a: met, b: 5, c: {rating: not met, comment: C, evidence: E}, d: }
done_well: [D]
could_be_better: [C]
notes: N
actions: [{what: W, who: A, by: 2016-06-01}]
advisor_comment: C
acknowledged: 2016-05-06
disputes:
  - {section: s, criterion: a, says: not met, because: B, on: 2016-05-06, outcome: upheld,
     decided_by: D, decided_on: 2016-05-07, reason: R}
"""


@pytest.mark.parametrize(("kind", "text"), [(Rubric, FULL_RUBRIC), (Review, FULL_REVIEW)])
def test_every_field_is_recognised(kind: Kind, text: str) -> None:
    """Documents that use every field of every model are recognised."""
    document = values_from(text)
    assert isinstance(document, dict)
    assert set(document) == {one.name for one in fields(kind)}
    assert hold(kind, document)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(REPOSITORY)))
def test_documents_of_the_repository_are_recognised(path: Path) -> None:
    """Every rubric and example in the repository is recognised, as what pydantic makes of it."""
    value = values_from(path.read_bytes())
    assert hold(Rubric if is_rubric(value) else Review, value)


def test_the_repository_has_documents() -> None:
    """The rubrics and the examples are where this test looks for them."""
    assert len(FILES) > 6
