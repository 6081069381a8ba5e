"""The models as documents and Python code build them: strict, frozen, forgiving where said so."""

import copy
import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from charter_score.review import DisputeOutcome, Rated, Review, Status
from charter_score.rubric import Band, Criterion, Rubric, Section
from documents import review_from, rubric_from

SMALL: dict[str, Any] = {
    "id": "small",
    "version": "1",
    "title": "Small",
    "sections": [{"id": "s", "title": "S", "criteria": [{"id": "a", "title": "A"}]}],
}


def test_python_builds_the_model_that_a_document_does() -> None:
    """The same words give equal models, whether they come from YAML or from Python code."""
    text = (
        "{id: small, version: '1', title: Small, expected: 70, "
        "bands: [{name: Low}, {name: High, from: 70}], "
        "sections: [{id: s, title: S, criteria: [{id: a, title: A, points: 0.5}]}]}"
    )
    built = Rubric(
        id="small",
        version="1",
        title="Small",
        expected=70,  # type: ignore[arg-type]  # any exact number may be given
        bands=(Band(name="Low"), Band(name="High", from_=Decimal(70))),  # type: ignore[arg-type]
        sections=(
            Section(
                id="s",
                title="S",
                criteria=(Criterion(id="a", title="A", points=Fraction(1, 2)),),
            ),
        ),
    )
    assert built == rubric_from(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", 5),
        ("id", "Not An Id"),
        ("id", "con"),
        ("version", 1),
        ("title", ""),
        ("title", "  "),
        ("expected", 0.7),
        ("expected", True),
        ("expected", 101),
        ("expected", -1),
        ("expected", Decimal("NaN")),
        ("hide_points", "yes"),
        ("language", "English, please"),
        ("sections", []),
        ("sections", ()),
        ("unknown", "x"),
        ("from_", "x"),
    ],
)
def test_what_python_may_not_give(field: str, value: object) -> None:
    """Nothing is converted that could be meant otherwise: no number as text, no float, no bool."""
    with pytest.raises(ValidationError) as wrong:
        Rubric.model_validate({**SMALL, field: value})
    assert wrong.value.errors()[0]["loc"][0] == field


def test_a_model_stays_as_it_was_checked() -> None:
    """Neither a field nor a mapping inside can be changed; copies and pickles are equal."""
    review = review_from("{ratings: {s: {a: met}}, interaction: {channel: phone}}")
    with pytest.raises(ValidationError):
        review.status = Status.VOID  # type: ignore[misc]
    for mapping in (review.ratings, review.ratings["s"], review.interaction):
        with pytest.raises(TypeError):
            mapping["b"] = Rated()  # type: ignore[index]
        with pytest.raises(TypeError):
            mapping.clear()  # type: ignore[attr-defined]
    assert pickle.loads(pickle.dumps(review)) == review  # noqa: S301 - our own
    assert copy.deepcopy(review) == review


@pytest.mark.parametrize("word", ["Final", " FINAL ", "final"])
def test_statuses_are_read_as_forgivingly_as_ratings(word: str) -> None:
    """Case and outer blanks do not count: a list in a spreadsheet lets them through."""
    assert review_from(f"{{status: '{word}', ratings: {{}}}}").status is Status.FINAL


@pytest.mark.parametrize("word", ["Not Upheld", "not_upheld", " NOT-UPHELD "])
def test_outcomes_are_read_as_forgivingly_as_ratings(word: str) -> None:
    """Space, `-` and `_` are one."""
    text = f"{{section: s, criterion: a, says: met, outcome: '{word}'}}"
    (dispute,) = review_from(f"{{ratings: {{}}, disputes: [{text}]}}").disputes
    assert dispute.outcome is DisputeOutcome.NOT_UPHELD


@pytest.mark.parametrize(
    "written",
    [
        "2026-03-04",
        "2026-03-04 09:15",
        "2026-03-04T09:15:00Z",
        "2026-03-04T23:59:59.5+13:00",
        "2026-03-04 9:15:00",
    ],
)
def test_a_time_behind_a_date_is_cut_off(written: str) -> None:
    """The day is taken as it stands and never shifted, whatever the zone says."""
    review = review_from(f"{{ratings: {{}}, interaction: {{date: '{written}'}}}}")
    assert review.interaction["date"] == "2026-03-04"


@pytest.mark.parametrize(
    "written", ["2026-03-04 afternoon", "4 March 2026 09:15", "2026-3-4 09:15"]
)
def test_other_text_in_a_date_stays(written: str) -> None:
    """What is no day with a time is left for the checks to find."""
    review = review_from(f"{{ratings: {{}}, interaction: {{date: '{written}'}}}}")
    assert review.interaction["date"] == written


def test_words_stand_for_ratings() -> None:
    """A word alone is a rating with nothing beside it; nothing at all is unrated."""
    review = review_from("{ratings: {s: {a: met, b: {rating: met}, c: , d: 4}}}")
    assert review.ratings["s"] == {
        "a": Rated(rating="met"),
        "b": Rated(rating="met"),
        "c": Rated(),
        "d": Rated(rating="4"),
    }
    assert Review(ratings={"s": {"a": "met"}}) == Review(  # type: ignore[dict-item]
        ratings={"s": {"a": Rated(rating="met")}}
    )
