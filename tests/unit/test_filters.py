"""Which reviews a filter takes, of what they give for each field."""

from functools import partial

import pytest

from charter_score.filters import NO_FILTER, ReviewFilter, field_values, fields_given
from documents import review_from, rubric_from

RUBRIC = rubric_from(
    'id: r\nversion: "1"\ntitle: R\nsections: [{id: s, title: S, criteria: [{id: a, title: A}]}]'
)
REVIEW = review_from(
    "advisor: Zoë Hill\nteam: Council Tax\n"
    "interaction: {date: 2016-05-04, channel: [phone, chat], reference: '007'}\n"
    "ratings: {s: {a: met}}"
)
BARE = review_from("ratings: {s: {a: met}}")


def takes(chosen: ReviewFilter, review: object = REVIEW) -> bool:
    return chosen.takes(partial(field_values, review, RUBRIC))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("where", "taken"),
    [
        ((("team", ("Council Tax",)),), True),
        ((("team", (" council tax ",)),), True),
        ((("advisor", ("ZOE\u0308 HILL",)),), True),
        ((("team", ("Parking", "Council Tax")),), True),
        ((("team", ("Parking",)),), False),
        ((("team", ("Council Tax",)), ("channel", ("chat",))), True),
        ((("team", ("Council Tax",)), ("channel", ("e-mail",))), False),
        ((("reference", ("7",)),), False),
        ((("month", ("2016-05",)),), True),
        ((("date", ("2016-05-04",)),), True),
        ((("rubric", ("r",)),), True),
        ((("rubric", ("r@1",)),), True),
        ((("rubric", ("r@2",)),), False),
        ((("nothing", ("x",)),), False),
    ],
)
def test_one_field_is_any_of_its_values_and_different_fields_are_all(
    where: tuple[tuple[str, tuple[str, ...]], ...], taken: bool
) -> None:
    """Values are one whatever their case, spaces around them and Unicode form."""
    assert takes(ReviewFilter(where)) is taken
    assert takes(ReviewFilter(where), BARE) is (taken and where[0][0] == "rubric")


@pytest.mark.parametrize(
    ("since", "until", "taken"),
    [
        ("2016-05-04", None, True),
        (None, "2016-05-04", True),
        ("2016-05-04", "2016-05-04", True),
        ("2016-05-05", None, False),
        (None, "2016-05-03", False),
    ],
)
def test_days_are_those_of_the_contact_and_both_count(
    since: str | None, until: str | None, taken: bool
) -> None:
    """A review without a day is in no span."""
    assert takes(ReviewFilter((), since, until)) is taken
    assert not takes(ReviewFilter((), since, until), BARE)


def test_the_empty_filter_takes_all() -> None:
    """Nothing asked for leaves nothing out."""
    assert NO_FILTER.is_empty
    assert not NO_FILTER.options
    assert takes(NO_FILTER)
    assert takes(NO_FILTER, BARE)


def test_one_person_is_one_name_however_often() -> None:
    """The record of one person is theirs alone."""
    assert ReviewFilter((("advisor", ("Ann", "ANN ")),)).advisor is not None
    assert ReviewFilter((("advisor", ("Ann", "Ben")),)).advisor is None
    assert ReviewFilter((("reviewer", ("Ann",)),)).advisor is None


def test_what_a_review_gives() -> None:
    """The fields by which it could be chosen, so that a mistyped one can be told."""
    assert fields_given(REVIEW) == {
        *("advisor", "team", "rubric", "date", "month", "channel", "reference")
    }
    assert fields_given(BARE) == {"rubric"}
