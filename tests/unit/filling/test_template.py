"""The review to fill in, the rubric to begin with, and the schema of one rubric's reviews."""

import json
import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import random_documents
from charter_score.filling.template import (
    asked_fields,
    review_template,
    rubric_template,
)
from charter_score.forms.yaml_scalars import quoted, scalar, word_text
from charter_score.library import Library, load_rubric, review_of, rubric_of
from charter_score.linting.review_checks import review_problems
from charter_score.review import Rated, Review, Status, WholeSection
from charter_score.rubric import Rubric
from charter_score.scalars import Boolean, Null, Number, Value
from charter_score.source.reading import read_document
from charter_score.wire.schemas import json_schema, review_schema
from documents import review_from, rubric_from, values_from, with_changes
from effort import examples
from random_documents import to_yaml

ROOT = Path(__file__).resolve().parents[3]
RUBRICS = [*sorted(ROOT.glob("rubrics/*.yaml")), ROOT / "examples/small/benefits-call.yaml"]
EXAMPLES = [
    path
    for path in sorted(ROOT.glob("examples/*/*.yaml"))
    if path not in RUBRICS and not path.name.endswith(".mapping.yaml")
]
EVERY_RUBRIC = pytest.mark.parametrize("path", RUBRICS, ids=lambda path: path.stem)
EVERY_EXAMPLE = pytest.mark.parametrize("path", EXAMPLES, ids=lambda p: f"{p.parent.name}/{p.stem}")

LEVELS = """\
id: levels
version: "1"
title: Levels
fields:
  channel: {title: How they came, values: [phone, visit], required: true}
  topic: {values: [bins, tax], many: true}
sections:
  - id: one
    title: One
    criteria:
      - id: answer
        title: Answer
        levels: {clear: 2, partly clear: 1, unclear: 0}
        looks_like: {clear: A friend would understand it.}
        comment: when_missed
      - {id: grade, title: Grade, levels: {"3": 3, "2": 2, "1": 0}, not_applicable: needs_comment}
  - id: two
    title: Two
    applies_when: {channel: phone}
    criteria:
      - {id: name, title: Own name, points: 0.5, applies_when: {topic: [bins, tax]}}
      - {id: check, title: Identity check, critical: true, not_applicable: forbidden}
"""

LEVELS_TEMPLATE = """\
# yaml-language-server: $schema=.levels.schema.json
# Levels (1)
#
# A review to fill in: write a rating behind each criterion, or, where you have
# more to say:
#   answer: {rating: clear, comment: "…", evidence: "00:04"}
# n/a counts as met: it is for what could not be shown this time.

rubric: levels@1
# A draft is not scored. When every criterion is rated, write final here.
status: draft
# Take the # away from what you use:
# id:  # this review's own name; the file's name otherwise
# advisor:  # whose work is reviewed
# reviewer:  # who reviews it
# team:  # where the advisor works
# reviewed:  # the day of the review

interaction:
  # year-month-day, for example 2016-05-04
  date:
  # How they came: phone | visit; required
  channel:
  reference:
  # bins | tax; several are written as a list, [one, another]
  topic:

ratings:

  # ----------------------------------------------------------------------------
  # One
  one:

    # 1. Answer
    #    clear (2 points): A friend would understand it.
    #    partly clear (1 point)
    #    unclear (0 points)
    #    n/a
    #    (a rating that misses it or loses points needs a comment)
    answer:

    # 2. Grade
    #    3 (3 points) | 2 (2 points) | 1 (0 points) | n/a
    #    (n/a needs a comment)
    grade:

  # ----------------------------------------------------------------------------
  # Two
  # (only when channel is phone)
  two:

    # 1. Own name (0.5 points)
    #    (only when topic is bins or tax)
    #    met | not met | n/a
    name:

    # 2. Identity check (1 point; critical: missing it fails the review)
    #    met | not met
    check:

# For the conversation with the advisor, in your own words:
# done_well:
#   - "…"
# could_be_better:
#   - "…"
# notes: "…"
# actions:
#   - {what: "…", who: "…", by: "…"}

# Where the advisor sees a rating otherwise (`charter-score dispute` writes it):
# disputes:
#   - {section: "…", criterion: "…", says: "…", because: "…"}
"""

AWKWARD = [
    *("plain", "two words", "n/a", "yes", "No", "null", "true", "~", "3", "00123", "1.0", "1e3"),
    *("0x1F", "2016-05-04", "12:30", "a: b", "a #b", "# a", "- a", "? a", "[a]", "{a}", "a, b"),
    *("*a", "&a", "!a", "%a", "@a", "`a`", "'a'", '"a"', "a\\b", "=1+1", " a ", "a\n b\n", "a\tb"),
    *("Ngāti Whātua", "日本", "e\u0301", "\u202eevil", "a\u2028b", "a\u200bb", "\ufeffa"),
    *("a\u00a0b", "😀 a", "a  b", "word " * 60, "word " * 60 + "end", "x" * 300, "./a.yaml"),
    *("a@1", "...", "---", "<<", "=", "|", ">", "-", "a:", ":a", "a#", "#"),
]


def rubric_at(path: Path) -> Rubric:
    return load_rubric(path).rubric


def random_pair(seed: int) -> tuple[Rubric, Review]:
    rng = random.Random(seed)
    document = random_documents.rubric(rng)
    review = review_from(to_yaml(random_documents.review(rng, document)))
    return rubric_from(to_yaml(document)), review


def said(review: Review, name: str) -> Review:
    """A review without what says nothing: blank fields, criteria without a rating or a word."""
    return with_changes(
        review,
        rubric=name,
        interaction={field: value for field, value in review.interaction.items() if value != ""},
        ratings={
            section: kept
            for section, rated in review.ratings.items()
            if (kept := rated if isinstance(rated, WholeSection) else _rated(rated))
        },
    )


def _rated(ratings: Mapping[str, Rated]) -> dict[str, Rated]:
    """The ratings of a section that say something."""
    return {name: own for name, own in ratings.items() if own != Rated()}


def comments_of(text: str) -> str:
    """Every word that stands in a comment."""
    return " ".join(
        " ".join(line.split("#", 1)[1].split()) for line in text.splitlines() if "#" in line
    )


def as_json(value: Value) -> Any:
    """A document's values as a JSON Schema validator would be given them."""
    match value:
        case dict():
            return {key: as_json(one) for key, one in value.items()}
        case list():
            return [as_json(one) for one in value]
        case Null():
            return None
        case Boolean():
            return value.text.casefold() == "true"
        case Number():
            try:
                return json.loads(value.text)
            except ValueError:
                return str(value)
        case str():
            return str(value)


def wrong(rubric: Rubric, review: str | Value) -> list[str]:
    """What the rubric's schema says is wrong with a review."""
    values = values_from(review) if isinstance(review, str) else review
    validator = jsonschema.Draft202012Validator(review_schema(rubric))
    return [error.message for error in validator.iter_errors(as_json(values))]


@EVERY_RUBRIC
def test_a_blank_review_is_a_draft_with_every_criterion_unrated(path: Path) -> None:
    """What is to be filled can be read at once: nothing is rated, and nothing else is wrong."""
    rubric = rubric_at(path)
    text = review_template(rubric, rubric.name, "s.json")
    review = review_from(text)
    assert review.status is Status.DRAFT
    assert review.rubric == rubric.name
    assert review.ratings == {
        section.id: {criterion.id: Rated() for criterion in section.criteria}
        for section in rubric.sections
    }
    assert {problem.code for problem in review_problems(rubric, review)} <= {"field-required"}


@EVERY_RUBRIC
def test_everything_to_know_stands_as_comments(path: Path) -> None:
    """Each criterion has its title, guidance, words and condition; no comment is over 80 wide."""
    rubric = rubric_at(path)
    text = review_template(rubric, rubric.name, "s.json")
    told = comments_of(text)
    for section, criterion in rubric.criteria():
        assert section.title in told
        assert criterion.title in told
        assert " ".join(criterion.guidance.split()) in told
        for word, looks in criterion.looks_like.items():
            assert word in told
            assert " ".join(looks.split()) in told
        for condition in (section.applies_when, criterion.applies_when):
            for name, values in condition.items():
                assert f"{name} is {' or '.join(values)}" in told
    for name, rule in rubric.fields.items():
        assert name in asked_fields(rubric)
        assert " | ".join(rule.values) in told
    assert max(map(len, text.splitlines())) <= 80
    if rubric.hide_points:
        assert "point" not in told.replace(rubric.title, "")


def test_a_small_template_is_what_it_should_be() -> None:
    """Words with their points and looks, conditions, what needs a comment: the whole text."""
    text = review_template(rubric_from(LEVELS), "levels@1", ".levels.schema.json")
    assert text == LEVELS_TEMPLATE


@EVERY_EXAMPLE
def test_a_filled_template_reads_as_the_same_review(path: Path) -> None:
    """A review written out with its guidance is the review it was."""
    library = Library(folders=[str(ROOT / "examples/small")])
    document = read_document(path.read_bytes(), str(path))
    loaded = review_of(document, library, str(path.parent), None)
    rubric = loaded.rubric.rubric
    text = review_template(rubric, rubric.name, "s.json", review=loaded.review)
    assert said(review_from(text), rubric.name) == said(loaded.review, rubric.name)
    assert max(map(len, text.splitlines())) <= 100


@settings(max_examples=examples(150))
@given(st.integers(0, 10**9))
def test_any_review_survives_being_written_out(seed: int) -> None:
    """Levels, disputes, lists of values, odd spellings: nothing is lost or changed."""
    rubric, review = random_pair(seed)
    text = review_template(rubric, rubric.name, "s.json", review=review)
    assert said(review_from(text), rubric.name) == said(review, rubric.name)


@pytest.mark.parametrize("text", AWKWARD)
def test_awkward_text_is_written_so_that_it_reads_as_itself(text: str) -> None:
    """Whatever stands in a comment or a name comes back to the letter, and as text."""
    rubric = rubric_from(LEVELS)
    review = Review(
        ratings={"one": {"answer": Rated(rating="clear", comment=text, evidence=text)}},
        rubric=rubric.name,
        advisor=text,
        notes=text,
        done_well=(text, text),
        interaction={"reference": text, "topic": (text, text)},
    )
    written = review_template(rubric, rubric.name, "s.json", review=review)
    assert said(review_from(written), rubric.name) == said(review, rubric.name)


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1))
def test_a_scalar_reads_as_its_text(text: str) -> None:
    """Plain or quoted, a scalar is its text; a rating's word may be read as a number's letters."""
    values = values_from(f"a: {scalar(text)}\nb: {word_text(text)}\nc: {quoted(text)}\n")
    assert isinstance(values, dict)
    assert {key: str(value) for key, value in values.items()} == dict.fromkeys("abc", text)
    assert type(values["a"]) is type(values["c"]) is str


def test_letters_that_join_stay_as_they_were_written() -> None:
    """Persian and emoji are read in a file as anywhere; what turns text around is shown."""
    assert quoted("می\u200cشود") == '"می\u200cشود"'
    assert quoted("👩\u200d🔧") == '"👩\u200d🔧"'
    assert quoted("a\u202eb\u200b") == '"a\\u202eb\\u200b"'


def test_a_hostile_rubric_cannot_leave_its_comments() -> None:
    """Line breaks and what acts or hides in a rubric's text stay inside the comment."""
    hostile = "x\\nrubric: other\\r\\nratings: {}\\u2028a: b\\u202e # \\u200b"
    text = LEVELS.replace("title: Answer", f'title: "{hostile}"')
    text = text.replace("title: One", f'title: "{hostile}"\n    guidance: "{hostile}"')
    text = text.replace("A friend would understand it.", f'"{hostile}"')
    text = text.replace("title: How they came", f'title: "{hostile}"')
    rubric = rubric_from(text.replace("title: Levels", f'title: "{hostile}"'))
    written = review_template(rubric, rubric.name, "s.json")
    assert review_from(written).ratings.keys() == {"one", "two"}
    assert all(one.isprintable() for one in written if one != "\n")


def test_fields_of_conditions_are_asked_for_too() -> None:
    """A field that only a condition names is asked for, with its values as suggestions."""
    rubric = rubric_from(
        LEVELS.replace("applies_when: {channel: phone}", "applies_when: {mood: [sad, glad]}")
    )
    asked = asked_fields(rubric)
    assert list(asked) == ["date", "channel", "reference", "topic", "mood"]
    assert asked["mood"].values == ("sad", "glad")
    assert not asked["mood"].closed
    assert asked["topic"].many
    assert asked["channel"].required


def test_the_rubric_to_begin_with_is_without_fault() -> None:
    """A new rubric has no error and no warning, fits its schema, and a review can be made of it."""
    text = rubric_template("our-calls", ".rubric-v1.schema.json")
    loaded = rubric_of(read_document(text.encode(), "our-calls.yaml"), "")
    assert loaded.warnings == ()
    assert loaded.rubric.id == "our-calls"
    jsonschema.Draft7Validator(json_schema("rubric")).validate(as_json(values_from(text)))
    review_from(review_template(loaded.rubric, loaded.rubric.name, "s.json"))


@EVERY_RUBRIC
def test_the_schema_of_a_rubric_is_valid_in_both_drafts(path: Path) -> None:
    """Editors read draft-07; other programs 2020-12. A blank draft is right by both."""
    rubric = rubric_at(path)
    schema = review_schema(rubric)
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft202012Validator.check_schema(schema)
    blank = as_json(values_from(review_template(rubric, rubric.name, "s.json")))
    jsonschema.Draft7Validator(schema).validate(blank)
    jsonschema.Draft202012Validator(schema).validate(blank)
    assert list(schema["properties"]["ratings"]["properties"]) == [
        section.id for section in rubric.sections
    ]


@EVERY_EXAMPLE
def test_the_schema_takes_every_example(path: Path) -> None:
    """Each example is right by the schema of its own rubric, in both drafts."""
    library = Library(folders=[str(ROOT / "examples/small")])
    document = read_document(path.read_bytes(), str(path))
    rubric = review_of(document, library, str(path.parent), None).rubric.rubric
    schema, review = review_schema(rubric), as_json(document.value)
    for draft in (jsonschema.Draft7Validator, jsonschema.Draft202012Validator):
        assert list(draft(schema).iter_errors(review)) == []


@settings(max_examples=examples(60))
@example(43715244)
@given(st.integers(0, 10**9))
def test_the_schema_takes_whatever_can_be_scored(seed: int) -> None:
    """Any spelling of a rating, any case of a value: what the program takes, the schema takes."""
    rng = random.Random(seed)
    document = random_documents.rubric(rng)
    review = to_yaml(random_documents.review(rng, document))
    assert wrong(rubric_from(to_yaml(document)), review) == []


RIGHT = """\
interaction: {channel: phone, topic: [bins]}
ratings:
  one: {answer: clear, grade: 3}
  two: {check: met}
"""


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ("answer: clear", "answer: clera"),
        ("answer: clear", "answer: met"),
        ("answer: clear", "answr: clear"),
        ("answer: clear", "answer: unclear"),  # loses points, so it needs a comment
        ("answer: clear", "answer: {rating: unclear}"),
        ("answer: clear", "answer: {rating: clear, coment: x}"),
        ("answer: clear", "answer: {rating: clear, comment: }"),
        ("answer: clear", "answer: [clear]"),
        ("answer: clear", "answer: true"),
        ("answer: clear, ", ""),
        ("answer: clear", "answer: null"),
        ("answer: clear", "answer: {comment: only words}"),
        ("grade: 3", "grade: 4"),
        ("grade: 3", "grade: n/a"),  # needs a comment
        ("grade: 3", "grade: {rating: NA}"),
        ("check: met", "check: n/a"),
        ("check: met", "chekc: met"),
        ("  two:", "  too:"),
        ("  one: {answer: clear, grade: 3}\n", ""),
        ("channel: phone", "channel: letter"),
        ("channel: phone, ", ""),
        ("channel: phone", "channel: "),
        ("channel: phone", "channel: [phone, visit]"),
        ("channel: phone", "channel: phone, date: 4 May"),
        ("topic: [bins]", "topic: [bins, sport]"),
        ("interaction:", "interactoin:"),
    ],
)
def test_the_schema_refuses_what_the_rubric_does_not_know(change: str, by: str) -> None:
    """Wrong words, unknown names, missing ratings and comments are all seen by the editor."""
    rubric = rubric_from(LEVELS)
    assert wrong(rubric, RIGHT) == []
    assert change in RIGHT
    assert wrong(rubric, RIGHT.replace(change, by)) != []


@pytest.mark.parametrize(
    ("change", "by"),
    [
        ("answer: clear", "answer: {rating: ' Partly-CLEAR ', comment: why}"),
        ("answer: clear", "answer: Clear"),
        ("answer: clear", "answer: {rating: unclear, comment: why}"),
        ("grade: 3", 'grade: "3"'),
        ("grade: 3", "grade: {rating: not_applicable, comment: why}"),
        ("check: met", "check: YES"),
        ("  two: {check: met}\n", ""),  # applies only to some: `check` knows to which
        ("channel: phone", "channel: ' PHONE'"),
        ("channel: phone", "channel: [phone]"),
        ("topic: [bins]", "topic: tax, mood: glad, first: true, age: 7"),
        ("ratings:", "status: calibration\nratings:"),
    ],
)
def test_the_schema_takes_other_ways_to_write_it(change: str, by: str) -> None:
    """Spellings, long forms and what is conditional are no faults."""
    rubric = rubric_from(LEVELS)
    assert change in RIGHT
    assert wrong(rubric, RIGHT.replace(change, by)) == []


@pytest.mark.parametrize("status", ["draft", "void"])
def test_a_draft_may_lack_anything_but_not_say_what_is_wrong(status: str) -> None:
    """While a review is being filled the editor only marks what is there and wrong."""
    rubric = rubric_from(LEVELS)
    assert wrong(rubric, f"status: {status}\nratings: {{}}\n") == []
    assert wrong(rubric, f"status: {status}\nratings: {{one: {{answer: }}}}\n") == []
    assert wrong(rubric, f"status: {status}\nratings: {{one: {{answer: good}}}}\n") != []


def test_a_schema_speaks_of_its_own_rubric() -> None:
    """Titles, guidance and conditions are there for the editor to show; its id is its own."""
    schema = review_schema(rubric_from(LEVELS))
    assert schema["$id"] == "charter-score/review-v1/levels@1"
    section = schema["properties"]["ratings"]["properties"]["two"]
    assert section["title"] == "Two"
    assert section["description"] == "Only when channel is phone."
    criterion = section["allOf"][0]["anyOf"][0]["properties"]["name"]
    assert criterion["title"] == "Own name"
    assert criterion["description"].startswith("Only when topic is bins or tax.")
    assert "$id" in review_schema(rubric_from(LEVELS.replace('version: "1"', 'version: "1 #ä"')))


def test_a_rubric_that_hides_its_points_hides_them_everywhere() -> None:
    """Neither the template nor the schema of a quiz tells what an answer is worth."""
    rubric = rubric_from(LEVELS.replace("title: Levels", "title: Levels\nhide_points: true"))
    assert "point" not in review_template(rubric, rubric.name, "s.json").replace("loses points", "")
    described = json.dumps(review_schema(rubric)["properties"]["ratings"])
    assert "(2)" not in described
    assert "(2)" in json.dumps(review_schema(rubric_from(LEVELS))["properties"]["ratings"])
