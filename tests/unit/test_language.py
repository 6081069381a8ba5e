"""What real scorecards say and two-word ratings cannot: each feature from the text to the result."""

import json
from typing import Any

import jsonschema
import pytest

from charter_score.diagnostics import Problem
from charter_score.linting.review_checks import review_problems
from charter_score.result import ReviewResult
from charter_score.review import Review, WholeSection, without_comments
from charter_score.rubric import Rubric
from charter_score.wire.schemas import review_schema
from documents import errors_of, review_from, rubric_from, scored, written


def rubric(text: str) -> Rubric:
    """A rubric from its settings and sections."""
    return rubric_from(f'id: r\nversion: "1"\ntitle: R\n{text}')


def result(against: Rubric, text: str) -> ReviewResult:
    """The result of a review without errors."""
    return scored(against, review_from(text))


def document(found: ReviewResult) -> dict[str, Any]:
    """The JSON of a result."""
    return written([found])[0]


def problems(against: Rubric, text: str) -> list[tuple[str, str]]:
    """The code of each error of a review, and its hint."""
    return [(one.code, one.hint or "") for one in errors(against, text)]


def errors(against: Rubric, text: str) -> list[Problem]:
    """The errors of a review in the light of its rubric."""
    return errors_of(review_problems(against, review_from(text)))


def fits(against: Rubric, review: object) -> bool:
    """Whether a review fits the schema that an editor is given for this rubric."""
    schema = review_schema(against)
    return jsonschema.Draft7Validator(schema).is_valid(review)  # type: ignore[no-untyped-call]


# A section rated n/a in one go.

TWO_SECTIONS = rubric(
    "not_applicable: excluded\n"
    "sections:\n"
    "  - {id: talk, title: Talk, criteria: [{id: a, title: A}, {id: b, title: B}]}\n"
    "  - {id: hold, title: Hold, criteria: [{id: asked, title: Asked}, {id: short, title: Short}]}"
)
TALK = "talk: {a: met, b: not met}"


@pytest.mark.parametrize(
    "hold", ["n/a", "NA", "not applicable", '{rating: n/a, comment: "nobody had to wait"}']
)
def test_section_is_rated_not_applicable_in_one_go(hold: str) -> None:
    """It is what each of its criteria rated n/a would be, the comment beside each of them."""
    found = result(TWO_SECTIONS, f"ratings: {{{TALK}, hold: {hold}}}")
    comment = "nobody had to wait" if "comment" in hold else None
    each = f"{{rating: n/a, comment: {comment}}}" if comment else "n/a"
    one_by_one = result(
        TWO_SECTIONS, f"ratings: {{{TALK}, hold: {{asked: {each}, short: {each}}}}}"
    )
    assert document(found) == document(one_by_one)
    assert [one.rated.comment for one in found.sections[1].criteria] == [comment, comment]


@pytest.mark.parametrize("word", ["met", "not met", "7", "nothing"])
def test_section_is_rated_with_nothing_else(word: str) -> None:
    """`hold: met` is an error: a score is made of criteria."""
    assert problems(TWO_SECTIONS, f"ratings: {{{TALK}, hold: {word}}}") == [
        ("unknown-rating", "rate its criteria one by one")
    ]


def test_section_that_holds_a_forbidding_criterion_cannot_be_rated_so() -> None:
    """A criterion of it that applies and forbids n/a is an error there, and is named."""
    against = rubric(
        "sections:\n"
        "  - {id: talk, title: Talk, criteria: [{id: a, title: A}]}\n"
        "  - id: hold\n"
        "    title: Hold\n"
        "    criteria:\n"
        "      - {id: asked, title: Asked, not_applicable: forbidden}\n"
        "      - {id: by_phone, title: P, not_applicable: forbidden, applies_when: {on: phone}}\n"
        "      - {id: short, title: Short}"
    )
    (one,) = errors(against, "ratings: {talk: {a: met}, hold: n/a}")
    assert (one.code, one.route) == ("na-forbidden", ("ratings", "hold", "rating"))
    assert "asked always applies" in one.message
    assert not fits(against, {"rubric": "r@1", "ratings": {"talk": {"a": "met"}, "hold": "n/a"}})


def test_section_that_does_not_apply_must_not_be_rated() -> None:
    """Neither one by one nor in one go; while a draft lacks the field it may."""
    against = rubric(
        "fields: {on: {values: [phone, desk]}}\n"
        "sections:\n"
        "  - {id: talk, title: Talk, criteria: [{id: a, title: A}]}\n"
        "  - {id: hold, title: Hold, applies_when: {on: phone}, criteria: [{id: b, title: B}]}"
    )
    ratings = "ratings: {talk: {a: met}, hold: n/a}"
    assert [code for code, _ in problems(against, f"interaction: {{on: desk}}\n{ratings}")] == [
        "does-not-apply"
    ]
    assert problems(against, f"interaction: {{on: phone}}\n{ratings}") == []
    assert problems(against, f"status: draft\n{ratings}") == []


def test_comment_that_any_criterion_wants_is_wanted_of_the_section() -> None:
    """`needs_comment` of one criterion is served by the comment of the section."""
    against = rubric(
        "sections:\n"
        "  - {id: talk, title: Talk, criteria: [{id: a, title: A}]}\n"
        "  - {id: hold, title: H, criteria: [{id: b, title: B, not_applicable: needs_comment}]}"
    )
    bare = {"talk": {"a": "met"}, "hold": "n/a"}
    told = {"talk": {"a": "met"}, "hold": {"rating": "n/a", "comment": "no wait"}}
    assert [code for code, _ in problems(against, f"ratings: {json.dumps(bare)}")] == [
        "comment-missing"
    ]
    assert problems(against, f"ratings: {json.dumps(told)}") == []
    assert [fits(against, {"ratings": one}) for one in (bare, told)] == [False, True]


def test_schema_takes_a_section_in_one_go() -> None:
    """An editor that knows the rubric takes n/a for a section, and no other word."""
    talk = {"a": "met", "b": "not met"}
    for hold, fitting in (
        ("n/a", True),
        ({"rating": "n/a", "comment": "no wait"}, True),
        ("met", False),
        ({"rating": "n/a", "evidence": "00:04"}, False),
        ({"rating": None}, False),
        ({"asked": "met"}, False),
    ):
        assert fits(TWO_SECTIONS, {"ratings": {"talk": talk, "hold": hold}}) is fitting, hold


def test_without_comments_keeps_the_rating_of_a_section() -> None:
    """What is left of it is n/a."""
    review = review_from("ratings: {hold: {rating: n/a, comment: private}}")
    assert without_comments(review).ratings == {"hold": WholeSection(rating="n/a")}
    assert Review.model_validate(review.model_dump(mode="json")) == review
