"""Gates: what passes, what fails, and that what is said of it is true."""

import pickle
from collections.abc import Iterable
from fractions import Fraction

import pytest

from batches import summarise
from charter_score.diagnostics import Diagnostic
from charter_score.gates import (
    Baseline,
    Conclusion,
    EarlierReview,
    GateFindings,
    Gates,
    Verdict,
    conclusion_of,
)
from charter_score.outcome import Failed, Outcome, Scored, Skipped
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


def review(
    name: str,
    a: str = "met",
    b: str = "met",
    c: str = "met",
    *,
    by: Rubric = ONE,
    path: str | None = None,
    more: str = "",
    sha256: str = "0",
    rubric_sha256: str = "0",
) -> Scored:
    """A scored review: 10 points, 8 of them on the first rating."""
    document = review_from(f"{more}\nratings: {{s: {{a: {a}, b: {b}, c: {c}}}}}")
    result = scored(by, document)
    return Scored(path or f"{name}.yaml", name, sha256, rubric_sha256, result)


def earlier(
    name: str,
    band: str | None,
    percent: int,
    *,
    path: str | None = None,
    sha256: str = "0",
    rubric_sha256: str = "0",
) -> EarlierReview:
    """A review of the earlier run."""
    share = Fraction(percent, 100)
    return EarlierReview((name, "r@1"), path or f"{name}.yaml", band, share, sha256, rubric_sha256)


def judged(gates: Gates, outcomes: Iterable[Outcome]) -> Verdict:
    """The verdict of the one gate that was asked for; findings pass through pickle, as in a run."""
    outcomes = list(outcomes)
    findings = gates.findings()
    for one in outcomes:
        part = gates.findings()
        part.add(one)
        findings.combine(pickle.loads(pickle.dumps(part)))  # noqa: S301 - our own
    (verdict,) = gates.verdicts(findings, summarise(outcomes))
    return verdict


def compared(
    before: Iterable[EarlierReview], now: Iterable[Outcome], *, tolerance: int = 100
) -> Verdict:
    """The verdict of a comparison in which a mean may fall freely, unless told otherwise."""
    return judged(Gates(baseline=Baseline(tuple(before), Fraction(tolerance, 100))), now)


def whys(verdict: Verdict) -> list[tuple[str, str]]:
    return [(one.name, one.detail) for one in verdict.violations]


# Each review.

BELOW = review("below", a="not met")
CRITICAL = review("critical", c="not met")
UNSAID = review("unsaid", by=rubric(expected="", version="2"))
HALF_NA = review("na", b="n/a", c="n/a")
DRAFT = Skipped("d.yaml", "d", "draft")
PRACTICE = review("c", a="not met", more="status: calibration")
UNSCORED = Failed("f.yaml", (Diagnostic("unrated", "s.a has no rating", "f.yaml"),))


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
    verdict = judged(Gates(expected=True), outcomes)
    assert (verdict.passed, verdict.text) == (passed, said)
    good = [one for one in outcomes if isinstance(one, Scored) and one.id == "x"]
    assert len(verdict.violations) == len(outcomes) - len(good)


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
    verdict = judged(gates, [HALF_NA, review("x")])
    assert (verdict.passed, verdict.text) == (passed, said)


def test_share() -> None:
    """A share at the bound passes, one below it fails."""
    reviews = [review("x", b="not met"), BELOW]
    assert judged(Gates(fail_under=Fraction(20, 100)), reviews).text == "none of 2 is under 20%"
    failed = judged(Gates(fail_under=Fraction(90, 100)), reviews)
    assert (failed.passed, failed.text) == (False, "1 of 2 is under 90%")


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
    ("outcomes", "passed", "text"),
    [
        ([], False, "no review was found"),
        ([UNSCORED], False, "no review could be judged"),
        ([UNSCORED, DRAFT], False, "no review could be judged"),
        ([DRAFT], True, "it judged nothing: 1 draft or void"),
        ([DRAFT, DRAFT], True, "it judged nothing: 2 drafts or void"),
        ([PRACTICE], True, "it judged nothing: 1 for calibration"),
        ([DRAFT, PRACTICE], True, "it judged nothing: 1 draft or void, 1 for calibration"),
    ],
)
def test_a_gate_that_saw_no_review_says_so(
    gates: Gates, outcomes: list[Outcome], passed: bool, text: str
) -> None:
    """Where nothing was found a gate fails; where drafts are all, it says it judged nothing."""
    verdict = judged(gates, outcomes)
    assert (verdict.passed, verdict.text) == (passed, text)


def test_what_could_not_be_scored_weighs_more_than_a_gate() -> None:
    """How a run ends follows from its worst part, and nothing found is no success."""
    failing = judged(Gates(expected=True), [BELOW])
    assert conclusion_of(summarise([BELOW]), [failing]) is Conclusion.FAILED
    assert conclusion_of(summarise([BELOW]), []) is Conclusion.PASSED
    assert conclusion_of(summarise([BELOW, UNSCORED]), [failing]) is Conclusion.NOT_SCORED
    assert conclusion_of(summarise([]), []) is Conclusion.NOT_SCORED
    assert conclusion_of(summarise([DRAFT]), []) is Conclusion.PASSED


def test_the_earlier_run_does_not_travel_with_the_findings() -> None:
    """What is handed between processes does not grow with the results that are compared with."""
    gates = Gates(baseline=Baseline([earlier(f"r{n}", "Mid", 60) for n in range(1000)]))
    assert len(pickle.dumps(gates.findings())) < 1000
    assert gates.findings() == GateFindings(Gates(), compares=True)


# The comparison with an earlier run.


def test_nothing_fell() -> None:
    """The same band again passes, and so does a higher one; what is new is counted."""
    before = [earlier("x", "Mid", 60), earlier("y", "High", 95)]
    verdict = compared(before, [review("x"), review("y", b="not met"), review("z")])
    assert verdict.passed
    assert verdict.text == (
        "none of 2 earlier reviews fell a band, and no mean fell too far; 1 new"
    )


def test_a_review_that_fell_a_band() -> None:
    """A band below the earlier one fails, and both are named."""
    verdict = compared([earlier("x", "High", 95)], [review("x", c="not met")])
    assert not verdict.passed
    assert whys(verdict) == [("x.yaml", "fell from High to Low")]
    assert verdict.text == "1 of 1 earlier review fell a band"


def test_only_a_mean_fell() -> None:
    """Where no review fell a band, none is spoken of: only the mean."""
    before = [earlier("x", "High", 100)]
    now = [review("x", b="not met")]
    verdict = compared(before, now, tolerance=9)
    assert not verdict.passed
    assert verdict.text == "the mean of r@1 fell from 100% to 90%"
    assert compared(before, now, tolerance=10).passed


@pytest.mark.parametrize(
    ("now", "why"),
    [
        ([], "is not among the scored reviews (r@1)"),
        ([Skipped("x.yaml", "x", "draft")], "is now a draft (r@1)"),
        ([Skipped("x.yaml", "x", "void")], "is now void (r@1)"),
        ([review("x", more="status: calibration")], "is now for calibration (r@1)"),
    ],
)
def test_a_review_that_is_not_scored_any_more(now: list[Outcome], why: str) -> None:
    """It fails, and where it is known what became of it, that is said."""
    verdict = compared([earlier("x", "Mid", 60)], now)
    assert not verdict.passed
    assert whys(verdict) == [("x", why)]
    assert verdict.text.startswith("1 of 1 earlier review is not among the scored reviews")


def test_a_review_that_is_scored_with_another_rubric() -> None:
    """A review by another rubric, or another version of it, is no like: it fails, and says so."""
    verdict = compared([earlier("x", "Mid", 60)], [review("x", by=rubric(version="2"))])
    assert whys(verdict) == [("x", "is now scored with r@2 (r@1)")]
    assert verdict.text == "1 of 1 earlier review was scored with another rubric; 1 new"


@pytest.mark.parametrize(
    "now",
    [
        [review("x", rubric_sha256="1")],
        [review("x", a="not met", rubric_sha256="1"), review("y", rubric_sha256="1")],
    ],
)
def test_a_rubric_that_changed_is_not_compared(now: list[Outcome]) -> None:
    """One version with other bytes than then is another rubric: the gate fails and says why."""
    verdict = compared([earlier("x", "High", 95)], now, tolerance=0)
    assert not verdict.passed
    assert verdict.text == (
        "r@1 is not the rubric of the earlier run, its file changed, so nothing scored by it is "
        "compared: keep new results"
    )
    assert whys(verdict) == []


def test_one_changed_rubric_does_not_hide_another() -> None:
    """Reviews by a rubric that is as it was are compared beside one that is not."""
    other = rubric(version="2")
    before = [
        earlier("x", "High", 95),
        EarlierReview(("y", "r@2"), "y.yaml", "High", Fraction(1), "0", "0"),
    ]
    verdict = compared(before, [review("x", rubric_sha256="1"), review("y", c="not met", by=other)])
    assert whys(verdict) == [("y.yaml", "fell from High to Low")]
    assert "r@1 is not the rubric of the earlier run" in verdict.text


def test_a_review_that_moved_is_the_same_review() -> None:
    """One id is compared wherever it lies; one called after its file is known by its bytes."""
    before = [earlier("x", "High", 95, sha256="a"), earlier("y", "High", 95, sha256="b")]
    now = [
        review("x", path="2026/x.yaml", sha256="changed"),
        review("renamed", path="2026/renamed.yaml", sha256="b"),
    ]
    verdict = compared(before, now)
    assert (verdict.passed, verdict.text) == (
        True,
        "none of 2 earlier reviews fell a band, and no mean fell too far; 2 moved",
    )
    fell = compared(before, [review("x", c="not met", path="2026/x.yaml"), now[1]])
    assert whys(fell) == [("2026/x.yaml", "fell from High to Low")]


def test_reviews_of_one_id_that_moved_are_told_apart_by_their_bytes() -> None:
    """Nothing is guessed: two that were both moved and changed cannot be told, and it is said."""
    before = [
        earlier("x", "High", 95, path="a/x.yaml", sha256="a"),
        earlier("x", "Low", 20, path="b/x.yaml", sha256="b"),
    ]
    moved = [
        review("x", path="new/a/x.yaml", sha256="a"),
        review("x", a="not met", path="new/b/x.yaml", sha256="b"),
    ]
    assert compared(before, moved).passed
    changed = [moved[0], moved[1]._replace(sha256="c")]
    verdict = compared(before, [one._replace(sha256=f"{n}") for n, one in enumerate(changed)])
    assert not verdict.passed
    assert verdict.text == "2 of 2 earlier reviews cannot be told from others of the same id"
    assert {detail for _, detail in whys(verdict)} == {
        "has its id in common with another review, and its path is not the one it had: "
        "give each an id of its own"
    }


def test_reviews_of_one_id_are_told_apart_by_their_paths() -> None:
    """One that fell does not hide behind another of its id, in whichever order they come."""
    before = [earlier("x", "High", 95, path="a/x.yaml"), earlier("x", "Low", 20, path="b/x.yaml")]
    good, bad = review("x", path="b/x.yaml"), review("x", a="not met", path="a/x.yaml")
    for earlier_ones in (before, before[::-1]):
        for now in ([good, bad], [bad, good]):
            verdict = compared(earlier_ones, now)
            assert whys(verdict) == [("a/x.yaml", "fell from High to Low")]
            assert verdict.text == "1 of 2 earlier reviews fell a band"


def test_one_of_two_reviews_of_an_id_is_missed() -> None:
    """Where two reviews had one id and one is left, the other is not among them."""
    before = [earlier("x", "High", 95, path="a/x.yaml"), earlier("x", "High", 95, path="b/x.yaml")]
    verdict = compared(before, [review("x", path="b/x.yaml")])
    assert whys(verdict) == [("x", "is not among the scored reviews (r@1)")]
    assert verdict.text == "1 of 2 earlier reviews is not among the scored reviews"


def test_reviews_that_cannot_be_told_apart_fail() -> None:
    """Two reviews of one id and path, earlier or now: nothing is guessed about them."""
    once, twice = [earlier("x", "Low", 20)], [earlier("x", "Low", 20), earlier("x", "High", 95)]
    for before, now in ((twice, [review("x")]), (once, [review("x"), review("x")])):
        verdict = compared(before, now)
        assert not verdict.passed
        assert {why for _, why in whys(verdict)} == {
            "has its id in common with another review, and its path is not the one it had: "
            "give each an id of its own"
        }
    assert "2 of 2 earlier reviews cannot be told from others of the same id" in (
        compared(twice, [review("x")]).text
    )


def test_every_review_of_an_id_counts_in_the_mean() -> None:
    """The earlier mean is over all reviews, those of one id too."""
    before = [earlier("x", "Low", 20, path="a"), earlier("x", "High", 100, path="b")]
    assert Baseline(before).means() == {"r@1": Fraction(60, 100)}
