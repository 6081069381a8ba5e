"""Many outcomes as one summary."""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from batches import summarise
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.rubric import Rubric
from charter_score.summary import RubricSummary, Summary, as_people_sort, mean_of, quantile
from charter_score.wire.encoding import summary_document
from documents import review_from, rubric_from, scored
from effort import examples

TEXT = """
id: {id}
version: "1"
title: R
expected: 75
bands: [{{name: Low}}, {{name: Middle, from: 50}}, {{name: High, from: 90}}]
sections:
  - id: s
    title: S
    criteria:
      - {{id: a, title: A, points: 2}}
      - {{id: b, title: B, points: 1}}
      - {{id: c, title: C, points: 1, critical: true}}
      - {{id: z, title: Z, points: 0}}
"""
ONE = rubric_from(TEXT.format(id="one"))
OTHER = rubric_from(TEXT.format(id="other"))
KEY = ("one", "1")


def test_groups_stand_as_people_sort() -> None:
    """Numbers by size, letters whatever their case and accents, a prefix before what it begins."""
    names = ["Advisor 10", "advisor 2", "Éva", "Eve", "eva", "Zoë", "Advisor", "Advisor 02"]
    assert sorted(names, key=as_people_sort) == [
        "Advisor", "Advisor 02", "advisor 2", "Advisor 10", "eva", "Éva", "Eve", "Zoë",
    ]  # fmt: skip
    assert as_people_sort("9" * 10_000 + "a") > as_people_sort("8" * 10_000 + "a")


def outcome(a: str, b: str, c: str, *, rubric: Rubric = ONE, more: str = "") -> Scored:
    """A scored review with these ratings."""
    review = review_from(f"{more}\nratings: {{s: {{a: {a}, b: {b}, c: {c}, z: not met}}}}")
    return Scored("r.yaml", "r", "0", "0", scored(rubric, review))


EVERYTHING_MET = outcome("met", "met", "met")
HALF_MET = outcome("not met", "met", "met")
MEETS_BY_NA = outcome("n/a", "not met", "met")
AS_EXPECTED = outcome("met", "not met", "met")
RESTS_ON_NA = outcome("n/a", "not met", "n/a")
CRITICAL = outcome("met", "met", "not met")
LITTLE = outcome("n/a", "met", "n/a")
OPEN = outcome("met", "met", "met", more="disputes: [{section: s, criterion: a, says: n/a}]")
CALIBRATION = outcome("not met", "not met", "not met", more="status: calibration")
ELSEWHERE = outcome("not met", "not met", "met", rubric=OTHER)
FAILED = Failed("f.yaml", ())
SKIPPED = Skipped("d.yaml", "d", "draft")
ALL: list[Outcome] = [
    EVERYTHING_MET,
    HALF_MET,
    MEETS_BY_NA,
    AS_EXPECTED,
    RESTS_ON_NA,
    CRITICAL,
    LITTLE,
    OPEN,
    CALIBRATION,
    ELSEWHERE,
    FAILED,
    SKIPPED,
]


def combined(parts: Iterable[Summary]) -> Summary:
    """Summaries taken into one, which leaves each as it was."""
    whole = Summary()
    for part in parts:
        whole.combine(deepcopy(part))
    return whole


def test_counts() -> None:
    """Everything found is scored, failed or skipped, and calibrations are counted apart."""
    summary = summarise(ALL)
    assert (summary.reviews, summary.scored, summary.failed, summary.skipped) == (12, 10, 1, 1)
    assert summary.calibration == 1


def test_summary_of_a_rubric() -> None:
    """A rubric's summary counts each of its reviews under everything that holds for it."""
    one = summarise(ALL).rubrics[KEY]
    assert one.reviews == 8
    assert one.shares == Counter({Fraction(1): 3, Fraction(3, 4): 4, Fraction(1, 2): 1})
    assert one.observed_shares == Counter(
        {Fraction(1): 3, Fraction(3, 4): 2, Fraction(1, 2): 2, Fraction(0): 1}
    )
    assert one.bands == Counter({"Low": 1, "Middle": 4, "High": 3})
    assert (one.meets_expected, one.below_expected) == (6, 2)
    assert one.meets_only_by_not_applicable == 2
    assert one.rests_on_not_applicable == 1
    assert one.little_observed == 2
    assert one.critical == 1
    assert one.provisional == 1


def test_counts_of_each_criterion() -> None:
    """A criterion with points is counted as observed, missed or n/a; one without is not."""
    one = summarise(ALL).rubrics[KEY].by_criterion()
    assert one.observed == Counter({("s", "a"): 5, ("s", "b"): 8, ("s", "c"): 6})
    assert one.missed == Counter({("s", "a"): 1, ("s", "b"): 3, ("s", "c"): 1})
    assert one.not_applicable == Counter({("s", "a"): 3, ("s", "c"): 2})


def test_calibration_is_left_out() -> None:
    """A calibration counts as found, as scored and as calibration, and nowhere else."""
    without = summarise([EVERYTHING_MET])
    summary = summarise([EVERYTHING_MET, CALIBRATION])
    assert (summary.reviews, summary.scored, summary.calibration) == (2, 2, 1)
    assert summary.rubrics == without.rubrics
    assert summary_document(summary)["mean_percent"] == "100"


def test_only_calibrations() -> None:
    """A batch of nothing but calibrations has no mean and no rubric to speak of."""
    document = summary_document(summarise([CALIBRATION]))
    assert (document["scored"], document["calibration"]) == (1, 1)
    assert document["mean_percent"] is None
    assert document["rubrics"] == []
    assert document["below_expected"] == document["critical"] == 0


def test_rubrics_are_never_mixed() -> None:
    """Reviews of two rubrics have a mean each, none together, and bands counted by name."""
    document = summary_document(summarise([HALF_MET, EVERYTHING_MET, ELSEWHERE]))
    assert document["mean_percent"] is None
    assert document["bands"] == {"Low": 1, "Middle": 1, "High": 1}
    assert document["below_expected"] == 2
    assert [
        (one["id"], one["reviews"], one["mean_percent"], one["bands"])
        for one in document["rubrics"]
    ] == [
        ("one", 2, "75", {"Low": 0, "Middle": 1, "High": 1}),
        ("other", 1, "25", {"Low": 1, "Middle": 0, "High": 0}),
    ]


def test_versions_are_never_mixed() -> None:
    """Two versions of one rubric are two rubrics, in order of id and version."""
    second = rubric_from(TEXT.format(id="one").replace('"1"', '"2"'))
    summary = summarise([outcome("met", "met", "met", rubric=second), HALF_MET])
    assert [(one.rubric.version, mean_of(one.shares)) for one in summary.in_order()] == [
        ("1", Fraction(1, 2)),
        ("2", Fraction(1)),
    ]


@pytest.mark.parametrize("cut", range(len(ALL) + 1))
def test_combine_two_parts(cut: int) -> None:
    """The summary of a whole is that of its two parts combined, wherever it is cut."""
    assert combined([summarise(ALL[:cut]), summarise(ALL[cut:])]) == summarise(ALL)


def test_combine_in_any_order() -> None:
    """Parts may be combined in any order."""
    parts = [summarise(ALL[:3]), summarise(ALL[3:7]), summarise(ALL[7:])]
    for order in permutations(parts):
        assert combined(order) == summarise(ALL)


@given(st.lists(st.sampled_from(ALL), max_size=12), st.data())
@settings(max_examples=examples(100))
def test_combine_is_associative(outcomes: list[Outcome], data: st.DataObject) -> None:
    """(a + b) + c is a + (b + c), and both are the summary of all."""
    first = data.draw(st.integers(0, len(outcomes)))
    second = data.draw(st.integers(first, len(outcomes)))
    a, b, c = (
        summarise(part) for part in (outcomes[:first], outcomes[first:second], outcomes[second:])
    )
    left = combined([combined([a, b]), c])
    right = combined([a, combined([b, c])])
    assert left == right == summarise(outcomes)


def test_empty_summary_changes_nothing() -> None:
    """An empty summary, combined from either side, changes nothing."""
    assert combined([Summary(), summarise(ALL), Summary()]) == summarise(ALL)


def test_combine_leaves_the_other_as_it_was() -> None:
    """A summary that was taken into another is itself unchanged by what follows."""
    part = summarise([HALF_MET])
    whole = Summary()
    whole.combine(part)
    whole.combine(summarise([EVERYTHING_MET]))
    assert part == summarise([HALF_MET])


def test_combine_rubric_summaries() -> None:
    """A rubric's summary combined with another of it counts the reviews of both."""
    one, two, both = RubricSummary(ONE), RubricSummary(ONE), RubricSummary(ONE)
    one.add(HALF_MET)
    two.add(CRITICAL)
    for scored_one in (HALF_MET, CRITICAL):
        both.add(scored_one)
    one.combine(two)
    assert one == both


# Groups.


def all_met(fields: str, *, rubric: Rubric = ONE) -> Scored:
    """A scored review in which everything was met, with these fields of its own."""
    return outcome("met", "met", "met", rubric=rubric, more=fields)


ANN = all_met("advisor: Ann\nteam: South\ninteraction: {date: 2016-05-04, topic: [move, tax]}")
BOB = all_met("advisor: Bob\nteam: South\ninteraction: {date: 2016-05-31, topic: tax}")
CAT = all_met("advisor: Cat\nteam: North\ninteraction: {date: 2016-11-01}", rubric=OTHER)
NOBODY = all_met("reviewer: Dan")
PRACTICE = all_met("advisor: Ann\nteam: South\nstatus: calibration")
PEOPLE = [ANN, BOB, CAT, NOBODY, PRACTICE]
FIELDS = ("advisor", "reviewer", "team", "rubric", "month", "topic", "team,topic")


def grouped(outcomes: Iterable[Outcome]) -> Summary:
    """The summary of some outcomes, with groups by every kind of field."""
    summary = Summary(by=FIELDS)
    for one in outcomes:
        summary.add(one)
    return summary


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("advisor", [("Ann", "one", 1), ("Bob", "one", 1), ("Cat", "other", 1), (None, "one", 1)]),
        ("reviewer", [("Dan", "one", 1), (None, "one", 2), (None, "other", 1)]),
        ("team", [("North", "other", 1), ("South", "one", 2), (None, "one", 1)]),
        ("rubric", [("one@1", "one", 3), ("other@1", "other", 1)]),
        ("month", [("2016-05", "one", 2), ("2016-11", "other", 1), (None, "one", 1)]),
        ("topic", [("move", "one", 1), ("tax", "one", 2), (None, "one", 1), (None, "other", 1)]),
    ],
)
def test_groups(by: str, expected: list[tuple[str | None, str, int]]) -> None:
    """Reviews are grouped by value and rubric, those without a value last, no calibration."""
    found = grouped(PEOPLE).groups_in_order(by)
    assert [(*group.values, group.rubric[0], one.reviews) for group, one in found] == expected


def test_groups_cross() -> None:
    """Fields with a comma between them have a group for each combination that there is."""
    found = grouped(PEOPLE).groups_in_order("team,topic")
    assert [(group.values, group.rubric[0], one.reviews) for group, one in found] == [
        (("North", None), "other", 1),
        (("South", "move"), "one", 1),
        (("South", "tax"), "one", 2),
        ((None, None), "one", 1),
    ]
    assert Summary(by=("tean,topic",)).ungrouped() == []
    summary = Summary(by=("tean,topic",))
    summary.add(ANN)
    assert summary.ungrouped() == ["tean"]


LETTERS = "\u00c9mile", "E\u0301MILE", " \u00e9mile ", "\u00c9MILE"
SPELT = [all_met(f"advisor: '{name}'\ninteraction: {{topic: '{name}'}}") for name in LETTERS]


@pytest.mark.parametrize("by", ["advisor", "topic"])
def test_spellings_of_one_value_are_one_group(by: str) -> None:
    """Case, spaces around and Unicode form set nobody apart; the smallest spelling is shown."""
    [(group, one)] = grouped(SPELT).groups_in_order(by)
    assert (*group.values, one.reviews) == ("\u00c9MILE", 4)
    [(group, one)] = grouped(SPELT[2:3]).groups_in_order(by)
    assert (*group.values, one.reviews) == ("\u00e9mile", 1)


@pytest.mark.parametrize("topics", ["[Tax, tax]", "[tax, Tax]"])
def test_two_spellings_in_one_review(topics: str) -> None:
    """A review that spells a value in two ways is once in its group, under the smaller."""
    [(group, one)] = grouped([all_met(f"interaction: {{topic: {topics}}}")]).groups_in_order(
        "topic"
    )
    assert (*group.values, one.reviews) == ("Tax", 1)


def test_spellings_are_the_same_in_any_order() -> None:
    """Which part of a batch met which spelling changes nothing."""
    for order in permutations(SPELT):
        whole = Summary(by=FIELDS)
        for one in order:
            whole.combine(grouped([one]))
        assert whole == grouped(SPELT)


def test_rubrics_are_never_one_group() -> None:
    """Two versions that differ in case alone are two rubrics, and each keeps its name."""
    texts = [TEXT.format(id="one").replace('"1"', f'"{version}"') for version in ("a", "A")]
    reviews = [outcome("met", "met", "met", rubric=rubric_from(text)) for text in texts]
    found = grouped(reviews).groups_in_order("rubric")
    assert [(*group.values, one.reviews) for group, one in found] == [("one@A", 1), ("one@a", 1)]


def test_fields_that_no_review_gives() -> None:
    """What was asked for and is nowhere is told from what some review gives."""
    summary = Summary(by=("advisor", "tean", "topic"))
    assert summary.ungrouped() == []
    for part in (ANN, NOBODY):
        more = Summary(by=summary.by)
        more.add(part)
        summary.combine(more)
    assert summary.ungrouped() == ["tean"]
    assert sorted(summary.fields) == [
        *("advisor", "date", "month", "reviewer", "rubric", "team", "topic")
    ]


def test_groups_combine() -> None:
    """The groups of a whole are those of its parts combined, in any order."""
    parts = [grouped(PEOPLE[:1]), grouped(PEOPLE[1:3]), grouped(PEOPLE[3:])]
    for order in permutations(parts):
        whole = Summary(by=FIELDS)
        for part in order:
            whole.combine(part)
        assert whole == grouped(PEOPLE)
    assert parts == [grouped(PEOPLE[:1]), grouped(PEOPLE[1:3]), grouped(PEOPLE[3:])]


def test_review_is_once_in_a_group() -> None:
    """A review that gives a value twice, or two days of one month, is once in the group."""
    twice = all_met("interaction: {topic: [tax, tax], date: [2016-05-04, 2016-05-09]}")
    summary = grouped([twice])
    for by in ("topic", "month"):
        [(_, one)] = summary.groups_in_order(by)
        assert one.reviews == 1


def test_mean_is_of_exact_shares() -> None:
    """The mean is of the exact shares, each as often as it occurs, and none of none."""
    assert mean_of(Counter({Fraction(1, 3): 2, Fraction(1, 6): 1})) == Fraction(5, 18)
    assert mean_of(Counter()) is None


@pytest.mark.parametrize(
    ("part", "share"),
    [
        ("0", "0.2"),
        ("1/4", "0.35"),
        ("1/2", "0.5"),
        ("3/4", "0.65"),
        ("1", "0.8"),
    ],
)
def test_quantiles_of_four(part: str, share: str) -> None:
    """Of 20, 40, 60 and 80% the quartiles are 35, 50 and 65% (Hyndman and Fan, definition 7)."""
    shares = Counter(Fraction(percent, 100) for percent in (80, 20, 60, 40))
    assert quantile(shares, Fraction(part)) == Fraction(share)


@pytest.mark.parametrize(("part", "share"), [("1/4", "0.7"), ("1/2", "0.9"), ("3/4", "0.9")])
def test_quantiles_count_repeats(part: str, share: str) -> None:
    """A share that occurs more often counts as often: of 5, 7, 9, 9 and 10 tenths."""
    shares = Counter({Fraction(9, 10): 2, Fraction(1): 1, Fraction(1, 2): 1, Fraction(7, 10): 1})
    assert quantile(shares, Fraction(part)) == Fraction(share)


def test_quantiles_of_one_and_of_none() -> None:
    """Every quantile of one share is that share, and of none there is none."""
    for part in (Fraction(0), Fraction(1, 4), Fraction(1, 2), Fraction(1)):
        assert quantile(Counter({Fraction(2, 3): 1}), part) == Fraction(2, 3)
        assert quantile(Counter(), part) is None


@given(st.lists(st.fractions(0, 1, max_denominator=20), min_size=1, max_size=15))
def test_median_is_the_usual_one(shares: list[Fraction]) -> None:
    """The quantile at one half is the middle share, or the mean of the two in the middle."""
    ordered = sorted(shares)
    middle = len(ordered) // 2
    usual = ordered[middle] if len(ordered) % 2 else (ordered[middle - 1] + ordered[middle]) / 2
    assert quantile(Counter(shares), Fraction(1, 2)) == usual
