"""What a summary says in words, wherever it is shown."""

import pytest

from batches import summarise
from charter_score.filters import ReviewFilter
from charter_score.outcome import Scored
from charter_score.render.results.overview import GroupFigure, groups, lettered, overview
from charter_score.summary import Summary
from charter_score.wire.encoding import summary_document
from documents import review_from, rubric_from, scored

RUBRIC = rubric_from(
    'id: r\nversion: "1"\ntitle: R\nscales: {s: {"0": 0, "1": 1, "2": 2, "3": 3, "4": 4}}\n'
    "sections: [{id: s, title: S, criteria: [{id: a, title: A, levels: s}]}]"
)


def score_of(*levels: int) -> str:
    """The line on the score, of reviews at quarters of the points."""
    reviews = [review_from(f"ratings: {{s: {{a: {level}}}}}") for level in levels]
    outcomes = [Scored("r.yaml", "r", "0", "0", scored(RUBRIC, one)) for one in reviews]
    (one,) = overview(summarise(outcomes))
    return dict(one.facts)["Score"]


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        ((4,), "100% (1 review)"),
        ((1, 2, 3, 4), "mean 62.5%, median 62.5%, from 25% to 100% (4 reviews)"),
        (
            (0, 1, 2, 3, 4),
            "mean 50%, median 50%, half of them 25% to 75%, from 0% to 100% (5 reviews)",
        ),
        (
            (0, 4, 4, 4, 4),
            "mean 80%, median 100%, half of them 100% to 100%, from 0% to 100% (5 reviews)",
        ),
    ],
)
def test_quartiles_are_said_of_enough_reviews(levels: tuple[int, ...], said: str) -> None:
    """Of fewer reviews than can be compared, a middle half would be a guess."""
    assert score_of(*levels) == said


BOUNDED = rubric_from(
    'id: b\nversion: "1"\ntitle: B\nexpected: 70\nbands: [{name: Low}, {name: High, from: 70}]\n'
    "sections: [{id: s, title: S, criteria: [{id: a, title: A, points: 6996},"
    " {id: b, title: B, points: 3004}]}]"
)


@pytest.mark.parametrize("number", [1, 2, 5])
def test_the_middle_is_never_on_the_wrong_side_of_a_bound(number: int) -> None:
    """Where nobody reaches 70%, the median is not 70%, nor are the quartiles."""
    review = review_from("ratings: {s: {a: met, b: not met}}")
    outcomes = [Scored("r.yaml", "r", "0", "0", scored(BOUNDED, review))] * number
    (one,) = overview(summarise(outcomes))
    facts = dict(one.facts)
    of = "1 review" if number == 1 else f"{number} reviews"
    assert facts["Score"].removeprefix("all ") == f"69.96% ({of})"
    assert facts["Expected"] == ("not met" if number == 1 else f"0 of {number} meet it")


def test_the_middle_in_json_is_never_on_the_wrong_side_of_a_bound() -> None:
    """The same holds of the figures in JSON, which have one decimal more to begin with."""
    text = 'id: b\nversion: "1"\ntitle: B\nexpected: 70\nsections: [{id: s, title: S, criteria: ['
    criteria = "{id: a, title: A, points: 699999}, {id: b, title: B, points: 300001}]}]"
    review = review_from("ratings: {s: {a: met, b: not met}}")
    result = scored(rubric_from(text + criteria), review)
    (one,) = summary_document(summarise([Scored("r.yaml", "r", "0", "0", result)]))["rubrics"]
    assert one["mean_percent"] == "70"
    for name in ("median", "lower_quartile", "upper_quartile", "least", "most"):
        assert one[f"{name}_percent"] == "69.9999"  # type: ignore[literal-required]


GROUPED = rubric_from(
    'id: g\nversion: "1"\ntitle: G\nexpected: 60\n'
    "sections: [{id: s, title: S, criteria: [{id: a, title: A}, {id: b, title: B}]}]"
)


def grouped(*ratings: tuple[str, str, str]) -> Summary:
    """Reviews by advisor: the name and two ratings of each."""
    summary = Summary(by=("advisor",))
    for name, a, b in ratings:
        review = review_from(f"advisor: {name}\nratings: {{s: {{a: {a}, b: {b}}}}}")
        summary.add(Scored("r.yaml", "r", "0", "0", scored(GROUPED, review)))
    return summary


def test_hidden_people_get_letters() -> None:
    """A letter is nobody's pseudonym, as "advisor 7" may be, and it is said that names are hidden.

    Shown names need neither.
    """
    summary = grouped(("Advisor 26", "met", "met"), ("Advisor 3", "met", "met"))
    (hidden,) = groups(summary, names=False)
    assert [one.label for one in hidden.rows] == ["advisor A", "advisor B"]
    assert hidden.note == "Names are hidden; --include-names shows them."
    (shown,) = groups(summary, names=True)
    assert [one.label for one in shown.rows] == ["Advisor 3", "Advisor 26"]
    assert shown.note is None


@pytest.mark.parametrize(
    ("number", "letters"),
    [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (701, "ZZ"), (702, "AAA")],
)
def test_letters_go_on_after_z(number: int, letters: str) -> None:
    """As the columns of a spreadsheet do."""
    assert lettered(number) == letters


def test_letters_are_never_used_twice() -> None:
    """Each number has letters of its own."""
    assert len({lettered(number) for number in range(2_000)}) == 2_000


@pytest.mark.parametrize(
    ("ratings", "said"),
    [
        (
            [("met", "n/a")] + [("n/a", "not met")] * 4,
            "5 reviews, mean 60%, observed 20%, median 50%, from 50% to 100%, "
            "1 meets what is expected",
        ),
        (
            [("met", "met")] * 2 + [("met", "not met")] * 3,
            "5 reviews, mean 70%, observed 70%, median 50%, from 50% to 100%, "
            "2 meet what is expected",
        ),
        ([("met", "met")] * 4, "4 reviews, too few to compare"),
    ],
)
def test_groups_show_what_was_observed(ratings: list[tuple[str, str]], said: str) -> None:
    """Beside the mean, which n/a can flatter, stands the mean of what was observed."""
    (grouping,) = groups(grouped(*(("Ann", a, b) for a, b in ratings)), names=False)
    (row,) = grouping.rows
    assert row.told == said


def test_few_reviews_are_only_counted_but_in_the_record_of_one_person() -> None:
    """A small group shows no figure; one person's own record shows what it is, and no mean."""
    reviews = [("Ann", "met", "met"), ("Ann", "met", "not met")]
    (few,) = groups(grouped(*reviews), names=True)
    assert few.figures == (GroupFigure.REVIEWS,)
    assert few.few == "fewer than 5 reviews, too few to compare"
    summary = grouped(*reviews)
    summary.filter = ReviewFilter((("advisor", ("ANN ", "ann")),))
    (record,) = groups(summary, names=True)
    assert [(one.value, record.rows[0].text(one)) for one in record.figures] == [
        ("Reviews", "2"),
        ("Median", "75%"),
        ("Lowest", "50%"),
        ("Highest", "100%"),
        ("Expected", "1 of 2"),
    ]
    assert record.few == "fewer than 5 reviews, too few to compare"
    summary.filter = ReviewFilter((("advisor", ("Ann", "Ben")),))
    (several,) = groups(summary, names=True)
    assert several.figures == (GroupFigure.REVIEWS,)


def test_the_record_of_one_person_names_every_need() -> None:
    """What was missed once is named, and not the three most alone."""
    summary = grouped(("Ann", "not met", "met"))
    (hidden,) = overview(summary)
    assert hidden.tallies == ()
    assert hidden.praised is None
    summary.filter = ReviewFilter((("advisor", ("Ann",)),))
    (shown,) = overview(summary)
    assert shown.lists == (("Missed most (of those observed)", ("A: 1 of 1",)),)
    assert shown.thanks == "B (met in 1 of 1 observed)"
