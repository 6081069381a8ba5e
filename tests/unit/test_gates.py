"""Gates: what passes, what fails, and that what is said of it is true."""

from collections.abc import Iterable
from fractions import Fraction

import pytest

from batches import summarise
from charter_score.gates import Baseline, Earlier, Gates, Judgement, Watched
from charter_score.outcome import Outcome, Scored, Skipped
from charter_score.rubric import Rubric
from documents import review_from, rubric_from, scored

TEXT = """
id: r
version: "{version}"
title: R
{expected}
bands: {bands}
sections:
  - id: s
    title: S
    criteria: [{{id: a, title: A, points: 8}}, {{id: b, title: B, points: 1}},
               {{id: c, title: C, critical: true}}]
"""
BANDS = "[{name: Low}, {name: Mid, from: 50}, {name: High, from: 90}]"


def rubric(bands: str = BANDS, *, expected: str = "expected: 70", version: str = "1") -> Rubric:
    return rubric_from(TEXT.format(bands=bands, expected=expected, version=version))


ONE = rubric()
RENAMED = rubric(BANDS.replace("Mid", "Middle"))


def review(
    name: str,
    a: str = "met",
    b: str = "met",
    c: str = "met",
    *,
    by: Rubric = ONE,
    path: str | None = None,
    more: str = "",
) -> Scored:
    """A scored review: 10 points, 8 of them on the first rating."""
    document = review_from(f"{more}\nratings: {{s: {{a: {a}, b: {b}, c: {c}}}}}")
    return Scored(path or f"{name}.yaml", name, "0", "0", scored(by, document))


def earlier(
    name: str,
    band: str | None,
    percent: int,
    *,
    path: str | None = None,
    critical_missed: bool = False,
) -> Earlier:
    """A review of the earlier run."""
    share = Fraction(percent, 100)
    return Earlier((name, "r@1"), path or f"{name}.yaml", band, share, critical_missed)


def judged(gates: Gates, outcomes: Iterable[Outcome]) -> Judgement:
    """The verdict of the one gate that was asked for."""
    outcomes = list(outcomes)
    watched = Watched()
    for one in outcomes:
        if isinstance(one, Scored):
            part = Watched()
            gates.watch(one, part)
            watched.combine(part)
    skipped = [one for one in outcomes if isinstance(one, Skipped)]
    (judgement,) = gates.judge(watched, summarise(outcomes), skipped)
    return judgement


def compared(
    before: Iterable[Earlier], now: Iterable[Outcome], *, tolerance: int = 100
) -> Judgement:
    """The verdict of a comparison in which a mean may fall freely, unless told otherwise."""
    return judged(Gates(baseline=Baseline(tuple(before), Fraction(tolerance, 100))), now)


def whys(judgement: Judgement) -> list[tuple[str, str]]:
    return [(one.path, one.why) for one in judgement.breaches]


# Each review.

BELOW = review("below", a="not met")
CRITICAL = review("critical", c="not met")
UNSAID = review("unsaid", by=rubric(expected="", version="2"))
HALF_NA = review("na", b="n/a", c="n/a")


@pytest.mark.parametrize(
    ("outcomes", "passed", "said"),
    [
        ([review("x")], True, "none of 1 is below its rubric's expectation"),
        ([BELOW], False, "1 of 1 is below its rubric's expectation"),
        ([BELOW, review("x"), BELOW], False, "2 of 3 are below their rubric's expectation"),
        ([CRITICAL], False, "1 of 1 missed a critical criterion"),
        ([UNSAID], False, "1 of 1 has a rubric that states no expectation"),
        (
            [UNSAID, BELOW, CRITICAL, UNSAID],
            False,
            "1 of 4 is below its rubric's expectation; 1 of 4 missed a critical criterion; "
            "2 of 4 have a rubric that states no expectation",
        ),
    ],
)
def test_expectation(outcomes: list[Outcome], passed: bool, said: str) -> None:
    """What a review has against it is counted under its own name."""
    judgement = judged(Gates(expected=True), outcomes)
    assert (judgement.passed, judgement.told) == (passed, said)
    good = [one for one in outcomes if isinstance(one, Scored) and one.id == "x"]
    assert len(judgement.breaches) == len(outcomes) - len(good)


@pytest.mark.parametrize(
    ("most", "passed", "said"),
    [
        (70, True, "none of 2 has more than 70% of its criteria n/a"),
        (50, False, "1 of 2 has more than 50% of its criteria n/a"),
        (0, False, "1 of 2 has more than 0% of its criteria n/a"),
    ],
)
def test_not_applicable(most: int, passed: bool, said: str) -> None:
    """At the bound passes, and both verdicts are sentences."""
    gates = Gates(max_not_applicable=Fraction(most, 100))
    judgement = judged(gates, [HALF_NA, review("x")])
    assert (judgement.passed, judgement.told) == (passed, said)


def test_share() -> None:
    """A share at the bound passes, one below it fails."""
    reviews = [review("x", b="not met"), BELOW]
    assert judged(Gates(fail_under=Fraction(20, 100)), reviews).told == "none of 2 is under 20%"
    failed = judged(Gates(fail_under=Fraction(90, 100)), reviews)
    assert (failed.passed, failed.told) == (False, "1 of 2 is under 90%")


@pytest.mark.parametrize(
    "gates",
    [
        Gates(expected=True),
        Gates(fail_under=Fraction(1)),
        Gates(fail_under_mean=Fraction(1)),
        Gates(max_not_applicable=Fraction(0)),
    ],
)
@pytest.mark.parametrize(
    "outcomes",
    [[], [Skipped("d.yaml", "d", "draft")], [review("c", a="not met", more="status: calibration")]],
    ids=["nothing", "draft", "calibration"],
)
def test_a_gate_that_saw_no_review_says_so(gates: Gates, outcomes: list[Outcome]) -> None:
    """Nothing to judge passes, and is not told as if something had been looked at."""
    judgement = judged(gates, outcomes)
    assert (judgement.passed, judgement.told) == (True, "there was no review to judge")


# The comparison with an earlier run.


def test_nothing_fell() -> None:
    """The same band again passes, and so does a higher one; what is new is counted."""
    before = [earlier("x", "Mid", 60), earlier("y", "High", 95)]
    judgement = compared(before, [review("x"), review("y", b="not met"), review("z")])
    assert judgement.passed
    assert judgement.told == (
        "none of 2 earlier reviews fell a band, and no mean fell too far; 1 new"
    )


def test_a_review_that_fell_a_band() -> None:
    """A band below the earlier one fails, and both are named."""
    judgement = compared([earlier("x", "High", 95)], [review("x", c="not met")])
    assert not judgement.passed
    assert whys(judgement) == [("x.yaml", "fell from High to Low")]
    assert judgement.told == "1 of 1 earlier review fell a band"


def test_only_a_mean_fell() -> None:
    """Where no review fell a band, none is spoken of: only the mean."""
    before = [earlier("x", "High", 100)]
    now = [review("x", b="not met")]
    judgement = compared(before, now, tolerance=9)
    assert not judgement.passed
    assert judgement.told == "the mean of r@1 fell from 100% to 90%"
    assert compared(before, now, tolerance=10).passed


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ([], "is not among the scored reviews (r@1)"),
        ([Skipped("x.yaml", "x", "draft")], "is now a draft (r@1)"),
        ([Skipped("x.yaml", "x", "void")], "is now void (r@1)"),
        ([review("x", more="status: calibration")], "is now for calibration (r@1)"),
        ([review("x", by=rubric(version="2"))], "is now scored against r@2 (r@1)"),
    ],
)
def test_a_review_that_is_not_scored_any_more(now: list[Outcome], why: str) -> None:
    """It fails, and where it is known what became of it, that is said."""
    judgement = compared([earlier("x", "Mid", 60)], now)
    assert not judgement.passed
    assert whys(judgement) == [("x", why)]
    assert judgement.told.startswith("1 of 1 earlier review is not among the scored reviews")


@pytest.mark.parametrize(
    ("before", "now", "why"),
    [
        (
            earlier("x", "Mid", 80),
            review("x", a="not met", by=RENAMED),
            "fell from 80% to 20%, by today's bands from Middle to Low (Mid is no band any more)",
        ),
        (
            earlier("x", "Mid", 80),
            review("x", c="not met", by=RENAMED),
            "fell from 80% to 90%, by today's bands from Middle to Low (Mid is no band any more)",
        ),
        (
            earlier("x", None, 80),
            review("x", a="not met", by=RENAMED),
            "fell from 80% to 20%, by today's bands from Middle to Low (it had no band)",
        ),
        (earlier("x", "Mid", 100), review("x", b="not met", by=RENAMED), None),
        (earlier("x", "Mid", 49), review("x", a="not met", by=RENAMED), None),
        (
            earlier("x", "Poor", 80, critical_missed=True),
            review("x", c="not met", by=RENAMED),
            None,
        ),
        (earlier("x", "Mid", 80), review("x", a="not met", by=rubric("[]")), None),
    ],
)
def test_a_band_that_is_not_named_any_more(before: Earlier, now: Scored, why: str | None) -> None:
    """The earlier share stands for its band of today, and it is said what was compared."""
    judgement = compared([before], [now])
    assert whys(judgement) == ([("x.yaml", why)] if why else [])
    assert judgement.passed is (why is None)


def test_reviews_of_one_id_are_told_apart_by_their_paths() -> None:
    """One that fell does not hide behind another of its id, in whichever order they come."""
    before = [earlier("x", "High", 95, path="a/x.yaml"), earlier("x", "Low", 20, path="b/x.yaml")]
    good, bad = review("x", path="b/x.yaml"), review("x", a="not met", path="a/x.yaml")
    for earlier_ones in (before, before[::-1]):
        for now in ([good, bad], [bad, good]):
            judgement = compared(earlier_ones, now)
            assert whys(judgement) == [("a/x.yaml", "fell from High to Low")]
            assert judgement.told == "1 of 2 earlier reviews fell a band"


def test_one_of_two_reviews_of_an_id_is_missed() -> None:
    """Where two reviews had one id and one is left, the other is not among them."""
    before = [earlier("x", "High", 95, path="a/x.yaml"), earlier("x", "High", 95, path="b/x.yaml")]
    judgement = compared(before, [review("x", path="b/x.yaml")])
    assert whys(judgement) == [("x", "is not among the scored reviews (r@1)")]
    assert judgement.told == "1 of 2 earlier reviews is not among the scored reviews"


def test_reviews_that_cannot_be_told_apart_fail() -> None:
    """Two reviews of one id and path, earlier or now: nothing is guessed about them."""
    once, twice = [earlier("x", "Low", 20)], [earlier("x", "Low", 20), earlier("x", "High", 95)]
    for before, now in ((twice, [review("x")]), (once, [review("x"), review("x")])):
        judgement = compared(before, now)
        assert not judgement.passed
        assert {why for _, why in whys(judgement)} == {
            "has its id and its path in common with another review: give each an id of its own"
        }
    assert "2 of 2 earlier reviews cannot be told from others of the same id" in (
        compared(twice, [review("x")]).told
    )


def test_every_review_of_an_id_counts_in_the_mean() -> None:
    """The earlier mean is over all reviews, those of one id too."""
    before = [earlier("x", "Low", 20, path="a"), earlier("x", "High", 100, path="b")]
    assert Baseline(before).means() == {"r@1": Fraction(60, 100)}
