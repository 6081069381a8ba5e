"""The models as Python code sees them: what they hold, and what they are written as."""

import json
from fractions import Fraction

from charter_score.review import Rated, Review
from charter_score.rubric import Band, Criterion, Rubric, Section

RUBRIC = Rubric(
    id="small",
    version="1",
    title="Small",
    expected=Fraction(141, 2),
    bands=(Band(name="low"), Band(name="middle", from_=50), Band(name="high", above=90)),
    scales={"grades": {"weak": 0, "good": Fraction(1, 2)}},
    sections=(
        Section(
            id="s",
            title="Section",
            criteria=(
                Criterion(id="scaled", title="Scaled", levels="grades"),
                Criterion(id="levelled", title="Levelled", levels={"poor": 0, "fine": 2}),
                Criterion(id="plain", title="Plain", applies_when={"channel": ("phone",)}),
            ),
        ),
    ),
)
REVIEW = Review(
    ratings={"s": {"plain": "met", "scaled": Rated(rating="n/a", comment="nothing to hear")}},
    interaction={"channel": "phone", "topics": ("bill", "move")},
)


def test_percentages_are_what_the_document_says() -> None:
    """`expected: 70.5` is 70.5, and a band from 50 begins at 50; shares are made elsewhere."""
    assert RUBRIC.expected == Fraction(141, 2)
    assert [band.bound for band in RUBRIC.bands] == [None, 50, 90]


def test_what_is_written_of_a_model_makes_an_equal_model() -> None:
    """What a model says, as Python values, by either name of its fields, is read as the same."""
    for by_alias in (False, True):
        dumped = RUBRIC.model_dump(exclude_defaults=True, by_alias=by_alias)
        assert Rubric.model_validate(dumped) == RUBRIC
    assert Review.model_validate(REVIEW.model_dump(exclude_defaults=True)) == REVIEW


def test_numbers_in_json_are_the_documents_numbers() -> None:
    """Neither fails nor warns, and gives 70.5 and 50, not fractions or floats of thirds."""
    written = json.loads(RUBRIC.model_dump_json(by_alias=True))
    assert written["expected"] == 70.5
    assert [(band["from"], band["above"]) for band in written["bands"]] == [
        (None, None), (50, None), (None, 90)
    ]  # fmt: skip
    assert written["scales"] == {"grades": {"weak": 0, "good": 0.5}}
    assert json.loads(REVIEW.model_dump_json())["ratings"]["s"]["plain"]["rating"] == "met"


def test_digits_that_no_float_has_are_not_lost_in_json() -> None:
    """A number with more digits than a float keeps is written as text."""
    exact = "0.12345678901234567891"
    criterion = Criterion(id="c", title="C", points=Fraction(exact))
    assert json.loads(criterion.model_dump_json())["points"] == exact
