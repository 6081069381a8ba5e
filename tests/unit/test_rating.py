"""The rating words, and what each of them earns under each policy."""

import unicodedata
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from charter_score.rating import (
    NOT_APPLICABLE_WORDS,
    RATING_WORDS,
    Policy,
    Rating,
    same_word,
)
from charter_score.rubric import Criterion, Rubric
from documents import rubric_from

LEVELS_OF_MANY_KINDS = """
id: r
version: "1"
title: R
scales:
  grades: {A: 4, B: 2, C: 0}
sections:
  - id: s
    title: S
    criteria:
      - {id: plain, title: T, points: 3}
      - {id: with_met, title: T, levels: {exceeded: 3, Met: 2, not met: 0}}
      - {id: without_met, title: T, levels: {good: 3, Très bien: 5, poor: 1}}
      - {id: graded, title: T, levels: grades}
      - {id: always, title: T, points: 3, not_applicable: forbidden}
"""


@pytest.fixture(scope="module")
def rubric() -> Rubric:
    """A rubric with a criterion of every kind."""
    return rubric_from(LEVELS_OF_MANY_KINDS)


def criterion(rubric: Rubric, name: str) -> Criterion:
    """One of its criteria."""
    return next(one for _, one in rubric.criteria() if one.id == name)


@pytest.mark.parametrize("policy", Policy)
def test_met_earns_everything(policy: Policy) -> None:
    """Met earns all that is available, whatever n/a counts as."""
    assert Rating.MET.earns(Fraction(5, 2), policy) == Fraction(5, 2)


@pytest.mark.parametrize("policy", Policy)
def test_not_met_earns_nothing(policy: Policy) -> None:
    """Not met earns nothing, whatever n/a counts as."""
    assert Rating.NOT_MET.earns(Fraction(5, 2), policy) == 0


@pytest.mark.parametrize(
    ("policy", "earned"),
    [(Policy.MET, Fraction(5, 2)), (Policy.NOT_MET, Fraction(0)), (Policy.EXCLUDED, None)],
)
def test_not_applicable_earns_by_policy(policy: Policy, earned: Fraction | None) -> None:
    """N/a earns everything under met, nothing under not_met, and is no part under excluded."""
    assert Rating.NOT_APPLICABLE.earns(Fraction(5, 2), policy) == earned


@pytest.mark.parametrize(
    ("spelling", "rating"),
    [
        ("met", Rating.MET),
        ("Met", Rating.MET),
        ("  MET ", Rating.MET),
        ("yes", Rating.MET),
        ("YES", Rating.MET),
        ("not met", Rating.NOT_MET),
        ("Not-Met", Rating.NOT_MET),
        ("not_met", Rating.NOT_MET),
        ("NOT \t -_  MET", Rating.NOT_MET),
        ("no", Rating.NOT_MET),
        ("No", Rating.NOT_MET),
        ("n/a", Rating.NOT_APPLICABLE),
        ("N/A", Rating.NOT_APPLICABLE),
        ("na", Rating.NOT_APPLICABLE),
        ("Not applicable", Rating.NOT_APPLICABLE),
        ("not-applicable", Rating.NOT_APPLICABLE),
    ],
)
def test_spellings_of_the_three_ratings(rubric: Rubric, spelling: str, rating: Rating) -> None:
    """The three ratings are read in every spelling that formats.md names."""
    assert rubric.rating_reader(criterion(rubric, "plain"))(spelling) is rating


@pytest.mark.parametrize(
    "word", ["", " ", "notmet", "n / a", "true", "false", "null", "y", "1", "partly met", "meets"]
)
def test_other_words_are_no_ratings(rubric: Rubric, word: str) -> None:
    """No other word is taken for one of the three ratings."""
    assert rubric.rating_reader(criterion(rubric, "plain"))(word) is None


@pytest.mark.parametrize(
    ("name", "spelling", "level"),
    [
        ("with_met", "MET", "Met"),
        ("with_met", "not_met", "not met"),
        ("without_met", "TRÈS-BIEN", "Très bien"),
        ("without_met", unicodedata.normalize("NFD", "très bien"), "Très bien"),
        ("graded", "a", "A"),
    ],
)
def test_levels_keep_the_rubrics_spelling(
    rubric: Rubric, name: str, spelling: str, level: str
) -> None:
    """A level is read in any spelling and given back in the rubric's own."""
    assert rubric.rating_reader(criterion(rubric, name))(spelling) == level


@pytest.mark.parametrize(("name", "word"), [("with_met", "yes"), ("without_met", "met")])
def test_levels_replace_the_three_ratings(rubric: Rubric, name: str, word: str) -> None:
    """With levels, only the levels' own words and n/a are ratings."""
    read = rubric.rating_reader(criterion(rubric, name))
    assert read(word) is None
    assert read("Not Applicable") is Rating.NOT_APPLICABLE


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("plain", ("met", "not met", "n/a")),
        ("graded", ("A", "B", "C", "n/a")),
        ("always", ("met", "not met")),
    ],
)
def test_words_to_choose_from(rubric: Rubric, name: str, words: tuple[str, ...]) -> None:
    """A reviewer chooses among the rubric's words in its order, n/a last where it is allowed."""
    assert rubric.rating_words(criterion(rubric, name)) == words


@pytest.mark.parametrize(
    ("name", "rating", "missed"),
    [
        ("plain", "not met", True),
        ("plain", "met", False),
        ("plain", "n/a", False),
        ("with_met", "not met", True),
        ("with_met", "Met", False),
        ("without_met", "poor", True),
        ("without_met", "good", False),
        ("graded", "C", True),
        ("graded", "n/a", False),
    ],
)
def test_what_misses(rubric: Rubric, name: str, rating: str, *, missed: bool) -> None:
    """Not met and a level of the fewest points miss a criterion; n/a never does."""
    assert rubric.misses(criterion(rubric, name), rating) is missed


@given(st.text(alphabet="aÀé ßﬁ-_\t Kº", max_size=12))
def test_same_word_is_settled(word: str) -> None:
    """The form in which words are compared is its own form, in NFC and NFD, in any case."""
    form = same_word(word)
    assert same_word(form) == form
    assert same_word(unicodedata.normalize("NFD", word)) == form
    assert same_word(f" _{word}- ") == form
    assert same_word(word.replace(" ", "_-")) == form


def test_spellings_are_stored_in_that_form() -> None:
    """Every accepted spelling stands in the form in which words are compared."""
    assert all(same_word(word) == word for word in RATING_WORDS)
    assert set(NOT_APPLICABLE_WORDS) == {"n/a", "na", "not applicable"}


def test_only_texts_longer_than_any_word_stay_as_they_are() -> None:
    """A word of 1,024 characters is folded like any other; a longer text is left alone."""
    assert same_word("A" * 1_024) == "a" * 1_024
    assert same_word("A" * 1_025) == "A" * 1_025
