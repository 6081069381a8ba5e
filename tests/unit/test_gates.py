"""Gates: what passes, what fails, and that what is said of it is true."""

import pickle
from collections.abc import Iterable
from fractions import Fraction

import pytest

from batches import summarise
from charter_score.diagnostics import Diagnostic
from charter_score.gates import (
    AMBIGUOUS,
    FELL,
    MISSING,
    NOTHING_EXPECTED,
    Baseline,
    Conclusion,
    EarlierReview,
    Gate,
    GateFindings,
    Gates,
    Reason,
    Verdict,
    Violation,
    conclusion_of,
)
from charter_score.gates import BELOW as BELOW_EXPECTATION
from charter_score.gates import CRITICAL as MISSED_CRITICAL
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
        ([review("x")], True, "the one review judged is not below its rubric's expectation"),
        ([BELOW], False, "the one review judged is below its rubric's expectation"),
        ([BELOW, review("x"), BELOW], False, "2 of 3 are below their rubric's expectation"),
        ([CRITICAL], False, "the one review judged missed a critical criterion"),
        ([UNSAID], False, "the one review judged has a rubric that states no expectation"),
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


FINE_TEXT = """
id: fine
version: "1"
title: R
sections:
  - id: s
    title: S
    criteria: [{id: a, title: A, points: 4996}, {id: b, title: B, points: 2000},
               {id: c, title: C, points: 3004}]
"""
FINE = rubric_from(f"{FINE_TEXT}\nexpected: 70\nbands: {BANDS}")
BARE = rubric_from(FINE_TEXT)


@pytest.mark.parametrize(
    ("gates", "outcome", "reason", "detail"),
    [
        (Gates(expected=True), BELOW, BELOW_EXPECTATION, "20%, expected 70% or above"),
        (
            Gates(expected=True),
            review("x", c="not met", by=FINE),
            BELOW_EXPECTATION,
            "69.96%, expected 70% or above",
        ),
        (Gates(expected=True), CRITICAL, MISSED_CRITICAL, "a critical criterion was missed"),
        (Gates(expected=True), UNSAID, NOTHING_EXPECTED, "r@2 states no `expected`"),
        (
            Gates(fail_under=Fraction(80, 100)),
            review("x", b="not met", c="not met", by=FINE),
            Reason(Gate.SHARE, "is under 80%", "are under 80%", "is not under 80%"),
            "49.96%, under 80%",
        ),
        (
            Gates(fail_under=Fraction(70, 100)),
            review("x", c="not met", by=BARE),
            Reason(Gate.SHARE, "is under 70%", "are under 70%", "is not under 70%"),
            "69.96%, under 70%",
        ),
        (
            Gates(max_not_applicable=Fraction(3333, 10_000)),
            review("x", a="n/a", by=FINE),
            Reason(
                Gate.NOT_APPLICABLE,
                "has more than 33.33% of its criteria n/a",
                "have more than 33.33% of their criteria n/a",
                "does not have more than 33.33% of its criteria n/a",
            ),
            "1 of 3 criteria n/a, 33.333%, more than 33.33%",
        ),
    ],
)
def test_what_a_gate_has_against_a_review(
    gates: Gates, outcome: Scored, reason: Reason, detail: str
) -> None:
    """Its file, the reason, and figures that bear the verdict out however close they are."""
    violation = Violation(reason, outcome.path, detail, outcome.path)
    alone = judged(gates, [outcome])
    assert alone == Verdict(reason.gate, False, f"the one review judged {reason.one}", (violation,))
    twice = judged(gates, [outcome, outcome])
    assert twice.text == f"2 of 2 {reason.several}"


@pytest.mark.parametrize(
    ("bound", "passed", "said"),
    [
        ("85", False, "fine@1 has a mean of 84.98%; r@1 has a mean of 100%, wanted 85% or above"),
        ("60", True, "fine@1 has a mean of 85%; r@1 has a mean of 100%, wanted 60% or above"),
        (
            "84.98",
            True,
            "fine@1 has a mean of 84.98%; r@1 has a mean of 100%, wanted 84.98% or above",
        ),
    ],
)
def test_mean(bound: str, passed: bool, said: str) -> None:
    """The mean of each rubric is judged by itself; at the bound passes."""
    reviews = [review("x", by=FINE), review("y", c="not met", by=FINE), review("z")]
    gates = Gates(fail_under_mean=Fraction(bound) / 100)
    assert judged(gates, reviews) == Verdict(Gate.MEAN, passed, said)


@pytest.mark.parametrize(
    ("gates", "gate"),
    [
        (Gates(expected=True), Gate.EXPECTATION),
        (Gates(fail_under=Fraction(1)), Gate.SHARE),
        (Gates(fail_under_mean=Fraction(1)), Gate.MEAN),
        (Gates(max_not_applicable=Fraction(0)), Gate.NOT_APPLICABLE),
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
    gates: Gates, gate: Gate, outcomes: list[Outcome], passed: bool, text: str
) -> None:
    """Where nothing was found a gate fails; where drafts are all, it says it judged nothing."""
    assert judged(gates, outcomes) == Verdict(gate, passed, text)


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


def test_the_same_is_found_however_a_batch_is_shared_out() -> None:
    """Reviews looked at in one process or in several, in order, come to the same findings."""
    gates = Gates(expected=True, baseline=Baseline([]))
    outcomes: list[Outcome] = [DRAFT, BELOW, review("x"), PRACTICE, UNSAID, UNSCORED]
    alone = gates.findings()
    for outcome in outcomes:
        alone.add(outcome)
    assert (alone.judged, len(alone.violations), len(alone.current)) == (3, 2, 3)
    assert alone.absent == {"d": "is now a draft", "c": "is now for calibration"}
    for cut in range(len(outcomes)):
        first, second = gates.findings(), gates.findings()
        for number, outcome in enumerate(outcomes):
            (first if number < cut else second).add(outcome)
        first.combine(second)
        assert first == alone


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
    assert verdict == Verdict(
        Gate.EARLIER_RUN,
        passed=False,
        text="the one earlier review fell a band",
        violations=(Violation(FELL, "x.yaml", "fell from High to Low", "x.yaml"),),
    )


def test_a_band_that_the_rubric_does_not_have() -> None:
    """Results of the earlier run that were edited are not taken for right."""
    verdict = compared([earlier("x", "Best", 95)], [review("x")])
    assert not verdict.passed
    assert whys(verdict) == [("x.yaml", "Best is no band of its rubric")]


def test_reviews_without_a_band() -> None:
    """Where there is no band, then or now, none can fall; the mean is compared all the same."""
    plain = rubric(bands="[]")
    now = review("x", a="not met", by=plain)
    assert compared([earlier("x", None, 95)], [now]).passed
    assert compared([earlier("x", None, 95)], [review("x")]).passed
    verdict = compared([earlier("x", None, 95)], [now], tolerance=0)
    assert verdict.text == "the mean of r@1 fell from 95% to 20%"


def test_only_a_mean_fell() -> None:
    """Where no review fell a band, none is spoken of: only the mean."""
    before = [earlier("x", "High", 100)]
    now = [review("x", b="not met")]
    verdict = compared(before, now, tolerance=9)
    assert not verdict.passed
    assert verdict.text == "the mean of r@1 fell from 100% to 90%"
    assert compared(before, now, tolerance=10).passed


def test_a_mean_that_fell_by_very_little() -> None:
    """What is said of a fall shows one: two means that round to the same get more decimals."""
    name = ("x", "fine@1")
    before = EarlierReview(name, "x.yaml", "Mid", Fraction(7004, 10_000), "0", "0")
    verdict = compared([before], [review("x", c="not met", by=FINE)], tolerance=0)
    assert verdict.text == "the mean of fine@1 fell from 70.04% to 69.96%"


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
    assert verdict.text.startswith("the one earlier review is not among the scored reviews")


def test_a_review_that_is_scored_with_another_rubric() -> None:
    """A review by another rubric, or another version of it, is no like: it fails, and says so."""
    verdict = compared([earlier("x", "Mid", 60)], [review("x", by=rubric(version="2"))])
    assert whys(verdict) == [("x", "is now scored with r@2 (r@1)")]
    assert verdict.text == "the one earlier review was scored with another rubric; 1 new"


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
    now = [review("x", rubric_sha256="1"), review("y", a="not met", c="not met", by=other)]
    verdict = compared(before, now, tolerance=0)
    assert whys(verdict) == [("y.yaml", "fell from High to Low")]
    assert "r@1 is not the rubric of the earlier run" in verdict.text
    assert "the mean of r@2 fell from 100% to 10%" in verdict.text


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


def test_every_review_that_moved_is_counted() -> None:
    """Those of the same id and those of the same bytes; one that is gone does not hide there."""
    before = [earlier(name, "High", 95, sha256=name) for name in ("a", "b", "p", "q", "z")]
    now = [review(name, path=f"new/{name}.yaml") for name in ("a", "b")]
    now += [review(f"new {name}", path=f"new/{name}.yaml", sha256=name) for name in ("p", "q")]
    assert compared(before, now) == Verdict(
        Gate.EARLIER_RUN,
        passed=False,
        text="1 of 5 earlier reviews is not among the scored reviews; 4 moved",
        violations=(Violation(MISSING, "z", "is not among the scored reviews (r@1)"),),
    )


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
        why = (
            "has its id in common with another review, and its path is not the one it had: "
            "give each an id of its own"
        )
        assert not verdict.passed
        assert set(verdict.violations) == {Violation(AMBIGUOUS, "x.yaml", why, "x.yaml")}
    assert "2 of 2 earlier reviews cannot be told from others of the same id" in (
        compared(twice, [review("x")]).text
    )


def test_every_review_of_an_id_counts_in_the_mean() -> None:
    """The earlier mean is over all reviews, those of one id too."""
    before = [earlier("x", "Low", 20, path="a"), earlier("x", "High", 100, path="b")]
    assert Baseline(before).means() == {"r@1": Fraction(60, 100)}
    alike = earlier("y", "Low", 20)
    assert Baseline([*before, alike, alike]).means() == {"r@1": Fraction(40, 100)}
