"""Pseudonyms: keyed, one for a name however it is written, and in the place of every name."""

import re

from hypothesis import given
from hypothesis import strategies as st

from charter_score.diagnostics import Diagnostic
from charter_score.filters import ReviewFilter
from charter_score.outcome import Failed, LeftOut, Skipped
from charter_score.pseudonyms import Pseudonyms
from documents import review_from

ONE, OTHER = Pseudonyms(b"1" * 32), Pseudonyms(b"2" * 32)


@given(st.text())
def test_a_pseudonym_gives_nothing_away_but_that_it_is_the_same(name: str) -> None:
    """`P-` and ten characters; another key, another pseudonym."""
    assert re.fullmatch("P-[A-Z2-7]{10}", ONE.of_name(name))
    assert ONE.of_name(name) == ONE.of_name(name)
    assert ONE.of_name(name) != OTHER.of_name(name)


def test_one_name_has_one_pseudonym() -> None:
    """Case, spaces around it and the form of its accents aside."""
    assert (
        len(
            {ONE.of_name(name) for name in ("Zoé Hill", " zoé hill", "ZOÉ HILL ", "Zoe\u0301 Hill")}
        )
        == 1
    )
    assert ONE.of_name("Ann") != ONE.of_name("Anne")


def test_paths_that_differ_in_case_are_two() -> None:
    """An id or a path is no name: nothing of it is forgiven."""
    assert ONE.of_text("A.yaml") != ONE.of_text("a.yaml")


def test_every_name_of_a_review_is_replaced_and_its_words_stay() -> None:
    """Advisor, reviewer, who, by, decided_by, id and reference; team, day and comments stay."""
    review = review_from(
        "id: NAME\nadvisor: NAME\nreviewer: NAME\nteam: Parking\n"
        "interaction: {reference: NAME, date: 2016-05-04}\n"
        "actions: [{what: Listen, who: NAME}]\n"
        "ratings: {s: {a: {rating: met, comment: Well}}}\n"
        "disputes: [{section: s, criterion: a, says: met, by: NAME, decided_by: NAME,\n"
        "  outcome: upheld, reason: Heard}]\n"
    )
    hidden = ONE.review(review)
    assert "NAME" not in repr(hidden)
    assert hidden.team == "Parking"
    assert hidden.interaction["date"] == "2016-05-04"
    assert hidden.disputes[0].reason == "Heard"
    assert hidden.ratings == review.ratings


def test_no_outcome_keeps_a_path() -> None:
    """What failed or was skipped neither, nor the warnings about it."""
    wrong = Diagnostic("unrated", "a has no rating", "ann/x.yaml")
    for outcome in (
        Failed("ann/x.yaml", (wrong,)),
        Skipped("ann/x.yaml", "ann", "draft", (wrong,)),
    ):
        assert "ann" not in repr(ONE.outcome(outcome))
    left_out = LeftOut("ann/x.txt", "a picture")
    assert ONE.outcome(left_out) is left_out  # no output speaks of it


def test_a_filter_is_shown_with_pseudonyms() -> None:
    """Whom the report was asked for is a name too; a team is none."""
    chosen = ReviewFilter((("advisor", ("Ann",)), ("team", ("Parking",))))
    assert ONE.chosen(chosen).where == (("advisor", (ONE.of_name("Ann"),)), ("team", ("Parking",)))
