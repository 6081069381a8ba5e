"""A team's report: no figure says more than its reviews carry, and every one is right."""

import pickle
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from charter_score.filters import ReviewFilter
from charter_score.outcome import Scored
from charter_score.report.counts import ReportCounts
from charter_score.report.model import Block, Funnel, Heat, Kind, Of, Report, Table, Trend
from charter_score.report.team import Asked, Found, team_report
from charter_score.stats.intervals import Interval
from months import counted, made, several, small_rubric

RUBRIC = small_rubric()


NAMED = Asked(names=True)


def report(outcomes: list[Scored], asked: Asked = NAMED, **more: Any) -> Report:
    """The report of some reviews."""
    counts = counted(outcomes, by=asked.by, **more)
    found = Found(len(outcomes), len(outcomes), 0, 0, 0)
    return team_report(counts, asked, found)


def blocks(whole: Report) -> dict[str, Block]:
    """The blocks of the report's one part, by their ids."""
    (part,) = whole.parts
    return {block.id: block for block in part.blocks}


def tables(whole: Report) -> dict[str, Table]:
    """Every table of the report's one part, by its id."""
    return {table.id: table for block in blocks(whole).values() for table in block.tables}


def rows(table: Table) -> list[dict[str, Any]]:
    """The rows of a table with their columns' keys."""
    keys = [column.id for column in table.columns]
    return [dict(zip(keys, row, strict=True)) for row in table.rows]


def test_a_group_of_four_is_only_counted() -> None:
    """1 to 4 reviews: counts, and that they are too few; no mean, interval, median or rank."""
    outcomes = several(RUBRIC, ["mmmmm"] * 4, advisor="Ann", team="A")
    outcomes += several(RUBRIC, ["mxmmm"] * 6, advisor="Ben", team="A", first=5)
    ann, ben = rows(tables(report(outcomes))["by-advisor"])
    assert (ann["advisor"], ann["reviews"], ann["says"]) == ("Ann", 4, "too few to compare")
    assert ann["meets_expected"] == Of(4, 4)
    kept = ("mean", "mean_interval", "median", "least", "most", "observed_mean", "uplift")
    assert [ann.get(name) for name in (*kept, "meets_expected_interval")] == [None] * 8
    assert ben["says"] == "for coaching, not for comparison"
    assert ben["mean"] == Fraction(4, 6)


GROUPS = st.lists(
    st.tuples(st.sampled_from(["Ann", "Ben", "Cy"]), st.sampled_from(["A", "B"]),
              st.sampled_from(["2016-03-01", "2016-04-01", "2016-05-01"]),
              st.text("mx-", min_size=5, max_size=5)),
    min_size=1, max_size=40,
)  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(GROUPS)
def test_no_figure_says_more_than_its_reviews_carry(drawn: list[tuple[str, str, str, str]]) -> None:
    """Whatever the reviews: below five no mean or interval, below twenty no standing, anywhere."""
    outcomes = [
        made(RUBRIC, number, ratings, advisor=advisor, team=team, day=day)
        for number, (advisor, team, day, ratings) in enumerate(drawn)
        if "m" in ratings or "x" in ratings
    ]
    if not outcomes:
        return
    whole = report(outcomes)
    for block in blocks(whole).values():
        for table in block.tables:
            for row in rows(table):
                _hold(row, table)
        if isinstance(block.picture, Funnel):
            assert all(point.met.n >= 20 for point in block.picture.points)
        if isinstance(block.picture, Trend):
            assert all(row["reviews"] >= 5 for row in rows(block.tables[0]))


def _hold(row: dict[str, Any], table: Table) -> None:
    number = row.get("reviews")
    if isinstance(number, int) and number < 5 and table.id not in ("scores", "sample"):
        percents = [
            row[column.id]
            for column in table.columns
            if column.kind in (Kind.PERCENT, Kind.SCORE, Kind.INTERVAL, Kind.DIFFERENCE)
        ]
        assert percents == [None] * len(percents)
    if row.get("says") in ("worth a talk", "worth learning from", "as expected of the whole"):
        assert (number or row["meets_expected"].n) >= 20
    for key, value in row.items():
        if isinstance(value, Interval):
            of = row.get(key.removesuffix("_interval"))
            assert not isinstance(of, Of) or of.n >= 5


def test_a_heat_table_has_no_cell_of_few() -> None:
    """Sections of a month with fewer than five reviews stay blank."""
    outcomes = several(RUBRIC, ["mmmmm"] * 5, day="2016-04-01")
    outcomes += several(RUBRIC, ["xxmxx"] * 4, day="2016-05-01", first=9)
    picture = blocks(report(outcomes))["heat"].picture
    assert isinstance(picture, Heat)
    assert picture.columns == ("Apr 2016", "May 2016")
    assert picture.shares == ((1, None), (1, None))


def test_criteria_are_k_of_n_observed() -> None:
    """n/a is left out of n; the interval is Wilson's."""
    outcomes = several(RUBRIC, ["mmmmm", "xmmmm", "-mmmm", "-mmmm", "xmmm-", "mmmmm", "xmmmm"])
    whole = report(outcomes)
    first = rows(tables(whole)["criteria"])[0]
    assert first["criterion"] == "Greeting (Welcome 1)"
    assert first["met"] == Of(2, 5)
    assert first["not_applicable"] == Of(2, 7)
    assert rows(tables(whole)["needs"])[0]["missed"] == Of(3, 5)
    assert rows(tables(whole)["needs"])[0]["advice"] == "Good morning."
    assert "Greeting: missed in 3 of 5 reviews in which it was observed." in (
        blocks(whole)["needs"].sentences
    )


def test_what_to_develop_is_in_order_of_what_it_costs_and_critical_first() -> None:
    """One critical miss comes before many others; then the largest share lost together."""
    outcomes = several(RUBRIC, ["mxmmm", "mxmxm", "mmmxm", "mmmxx", "mmxmm", "mmmmm"])
    order = [row["criterion"] for row in rows(tables(report(outcomes))["needs"])]
    assert order == [
        "Identity check (Welcome 3)",
        "Tone of voice (Welcome 2)",
        "Summary (Close 1)",
        "Thanks (Close 2)",
    ]


def test_who_is_compared_and_by_what() -> None:
    """Twenty reviews or more stand to the whole by exact tails, and are labelled in their team."""
    outcomes = []
    for place, (team, good) in enumerate((("A", 24), ("B", 13), ("C", 22))):
        ratings = ["mmmmm"] * good + ["mxmmx"] * (24 - good)
        outcomes += several(RUBRIC, ratings, team=team, first=place * 100)
    block = blocks(report(outcomes))["funnel-team"]
    said = {row["team"]: row["says"] for row in rows(block.tables[0])}
    assert said == {
        "A": "worth learning from",
        "B": "worth a talk",
        "C": "as expected of the whole",
    }
    assert isinstance(block.picture, Funnel)
    assert [point.label for point in block.picture.points] == ["A", "B", None]
    groups = {row["team"]: row["says"] for row in rows(tables(report(outcomes))["by-team"])}
    assert groups == said


def _of_two_advisors(reviewers: tuple[str, ...]) -> list[Scored]:
    outcomes = []
    for place, advisor in enumerate(("Ann", "Ben")):
        for number in range(24):
            fields = {"advisor": advisor, "reviewer": reviewers[number % len(reviewers)]}
            ratings = "mxmmx" if advisor == "Ben" and number % 2 else "mmmmm"
            outcomes.append(made(RUBRIC, place * 100 + number, ratings, team="A", **fields))
    return outcomes


def test_people_are_not_compared_where_one_reviewer_rules() -> None:
    """More than half of somebody's reviews by one reviewer: no funnel, a word, and no standing."""
    one = report(_of_two_advisors(("R", "R", "S")))
    block = blocks(one)["funnel-advisor"]
    assert block.picture is None
    assert "charter-score calibrate" in block.sentences[0]
    assert all(not row.get("says") for row in rows(tables(one)["by-advisor"]))
    several_of_them = report(_of_two_advisors(("R", "S")))
    assert isinstance(blocks(several_of_them)["funnel-advisor"].picture, Funnel)


def test_people_in_a_funnel_are_labelled_only_inside_their_team() -> None:
    """A page about one team, with names: the points outside have a name; else none has."""
    outcomes = _of_two_advisors(("R", "S"))
    for where, names, wanted in (
        ((("team", ("A",)),), True, ["Ann", "Ben"]),
        ((("team", ("A",)),), False, [None, None]),
        ((), True, [None, None]),
    ):
        asked = Asked(names=names, chosen=ReviewFilter(where))
        picture = blocks(report(outcomes, asked))["funnel-advisor"].picture
        assert isinstance(picture, Funnel)
        assert [point.label for point in picture.points] == wanted


def test_people_are_letters_unless_names_are_asked_for() -> None:
    """No name in any text of the report; the same person is the same letter in every table."""
    outcomes = _of_two_advisors(("Rob", "Sue"))
    hidden = report(outcomes, Asked())
    texts = repr(hidden)
    assert not any(f"'{name}'" in texts for name in ("Ann", "Ben", "Rob", "Sue"))
    by_advisor = [row["advisor"] for row in rows(tables(hidden)["by-advisor"])]
    assert by_advisor == ["advisor A", "advisor B"]
    assert {row["advisor"] for row in rows(tables(hidden)["reviews"])} == set(by_advisor)
    assert "whom" not in tables(hidden)
    assert "whom" in tables(report(outcomes))


def test_practice_enters_no_figure() -> None:
    """Calibration reviews are told of and counted nowhere else."""
    outcomes = several(RUBRIC, ["mmmmm"] * 5)
    outcomes += several(RUBRIC, ["xxxxx"] * 3, status="calibration", first=50)
    whole = report(outcomes)
    assert whole.reviews == 5
    assert "Not in any figure: 3 calibration." in whole.scope
    assert rows(tables(whole)["whole"])[0]["mean"] == 1


def test_the_window_is_six_months_up_to_the_last_contact() -> None:
    """Older reviews are in the trend and in no count; `--since` says another span."""
    outcomes = []
    for month in range(1, 13):
        outcomes += several(RUBRIC, ["mmmmm"] * 5, day=f"2016-{month:02}-10", first=month * 10)
    whole = report(outcomes)
    assert (whole.reviews, whole.since, whole.until) == (30, "2016-07-01", "2016-12-10")
    trend = blocks(whole)["trend"].picture
    assert isinstance(trend, Trend)
    assert len(trend.labels) == 12
    asked = Asked(chosen=ReviewFilter(since="2016-01-01"))
    assert report(outcomes, asked).reviews == 60


def test_a_month_that_stands_out_is_told_in_a_sentence() -> None:
    """A point outside the limits, with the month's name and on which side."""
    outcomes = []
    for month in range(1, 13):
        ratings = ["mmmmm"] * 4 + ["mmmmx" if month % 2 else "mmmxx"]
        if month == 12:
            ratings = ["xxmxx"] * 5
        outcomes += several(RUBRIC, ratings, day=f"2016-{month:02}-10", first=month * 10)
    told = " ".join(blocks(report(outcomes))["trend"].sentences)
    assert "Dec 2016 is below what is usual: ask what was different." in told


def test_two_versions_are_never_averaged() -> None:
    """One part for each rubric and version."""
    from documents import rubric_from
    from months import RUBRIC as TEXT

    other = rubric_from(TEXT.replace('version: "1"', 'version: "2"'))
    outcomes = several(RUBRIC, ["mmmmm"] * 5) + several(other, ["xxmxx"] * 5, first=9)
    whole = report(outcomes)
    assert [part.rubric.version for part in whole.parts] == ["1", "2"]
    assert [part.reviews for part in whole.parts] == [5, 5]


@settings(max_examples=20, deadline=None)
@given(GROUPS, st.integers(0, 40))
def test_parts_make_the_same_report(drawn: list[tuple[str, str, str, str]], cut: int) -> None:
    """However the reviews were shared out between processes."""
    outcomes = [
        made(RUBRIC, number, ratings, advisor=advisor, team=team, day=day)
        for number, (advisor, team, day, ratings) in enumerate(drawn)
        if set(ratings) != {"-"}
    ]
    whole = counted(outcomes, counts_together=True)
    first = pickle.loads(pickle.dumps(counted(outcomes[:cut], counts_together=True)))  # noqa: S301
    first.combine(pickle.loads(pickle.dumps(counted(outcomes[cut:], counts_together=True))))  # noqa: S301
    found = Found(len(outcomes), len(outcomes), 0, 0, 0)
    assert team_report(first, Asked(), found) == team_report(whole, Asked(), found)


def _public(outcomes: list[Scored], by: tuple[str, ...] = ()) -> Report:
    return report(outcomes, Asked(public=True, by=by), counts_together=True)


def test_a_public_page_has_no_people_and_no_small_group() -> None:
    """Team C of two goes, and with it the next smallest; no advisor, reviewer or review."""
    outcomes = several(RUBRIC, ["mmmmm"] * 9, team="A", advisor="Ann", reviewer="Rob")
    outcomes += several(RUBRIC, ["mmmmm"] * 6, team="B", advisor="Ben", first=20)
    outcomes += several(RUBRIC, ["mmmmm"] * 2, team="C", advisor="Cy", first=40)
    whole = _public(outcomes)
    found = tables(whole)
    assert [row["team"] for row in rows(found["by-team"])] == ["A"]
    assert not {"by-advisor", "by-reviewer", "reviewers", "reviews", "whom", "plan"} & set(found)
    assert not any(name in repr(whole) for name in ("Ann", "Ben", "Rob", "r0001"))
    told = blocks(whole)["by-team"].sentences
    assert "Small groups are left out, with others that would give them away." in told


def test_a_public_page_of_few_says_nothing_of_them() -> None:
    """Four reviews in all are no public page."""
    (part,) = _public(several(RUBRIC, ["mmxmm"] * 4)).parts
    assert part.reviews == 0
    assert [block.id for block in part.blocks] == ["in-short"]


def _figures(found: Report) -> Iterator[Any]:
    for part in found.parts:
        for block in part.blocks:
            for table in block.tables:
                yield from (value for row in table.rows for value in row)


def test_an_empty_report_is_one() -> None:
    """No review: no part, and nothing made up."""
    empty = team_report(ReportCounts(), Asked(), Found(0, 0, 0, 0, 0))
    assert empty.parts == ()
    assert empty.scope[0] == "0 reviews."
    assert list(_figures(empty)) == []


@pytest.mark.parametrize(("number", "reached"), [(1, Of(2, 6)), (2, Of(1, 6))])
def test_a_plan_is_held_month_by_month(number: int, reached: Of) -> None:
    """`--each`: how many of the months had as many reviews as planned."""
    outcomes = several(RUBRIC, ["mmmmm"] * 2, advisor="Ann", day="2016-05-01")
    outcomes += several(RUBRIC, ["mmmmm"], advisor="Ann", day="2016-04-01", first=7)
    (row,) = rows(tables(report(outcomes, Asked(names=True, each=number)))["plan"])
    assert row["reached"] == reached


def test_waits_are_days_between_events() -> None:
    """From the contact to the day the advisor saw it; what is out of order counts nowhere."""
    outcomes = [
        made(RUBRIC, number, "mmmmm", day="2016-05-04", acknowledged=f"2016-05-{4 + number:02}")
        for number in range(7)
    ]
    outcomes.append(made(RUBRIC, 9, "mmmmm", day="2016-05-04", acknowledged="2016-05-01"))
    whole = report(outcomes)
    (row,) = rows(tables(whole)["days"])
    assert row["wait"] == "from contact to seen by the advisor"
    assert (row["number"], row["median"]) == (7, 3)
    assert "1 pair of days out of order counted nowhere." in blocks(whole)["days"].sentences


def test_scores_stand_beside_the_customers_answer() -> None:
    """`--beside`: a group for each answer, with what it can carry and a word of caution."""
    outcomes = several(RUBRIC, ["mmmmm"] * 6, mood="good")
    outcomes += several(RUBRIC, ["xxmmm"] * 5, mood="poor", first=20)
    whole = report(outcomes, Asked(by=("mood",), beside="mood"))
    good, poor = rows(tables(whole)["beside"])
    assert (good["mood"], good["mean"], poor["mean"]) == ("good", 1, Fraction(1, 2))
    assert "by-mood" not in tables(whole)
