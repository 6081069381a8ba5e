"""One concrete example, or a few, for each step of the arithmetic in design/scoring.md."""

from fractions import Fraction

import pytest

from charter_score.result import CriterionResult, ReviewResult, Score, SectionResult
from charter_score.review import Rated
from charter_score.rubric import Rubric
from charter_score.scoring import NothingObservedError, Scorer, score
from documents import review_from, rubric_from, scored, written

FOUR = (
    "sections: [{id: s, title: S, criteria: ["
    "{id: a, title: A}, {id: b, title: B}, {id: c, title: C}, {id: d, title: D}]}]"
)
BANDS = "bands: [{name: Low}, {name: Middle, from: 50}, {name: High, above: 90}]\n"


def rubric(text: str) -> Rubric:
    """A rubric from its settings and sections."""
    return rubric_from(f'id: r\nversion: "1"\ntitle: R\n{text}')


def result(text: str, ratings: str, more: str = "") -> ReviewResult:
    """The result of a rubric (settings and sections) and a review (ratings, and more fields)."""
    return scored(rubric(text), review_from(f"{more}\nratings: {ratings}\n"))


def section(found: ReviewResult, name: str) -> SectionResult:
    """One section of a result."""
    return next(one for one in found.sections if one.section.id == name)


def criterion(found: ReviewResult, name: str) -> CriterionResult:
    """One criterion of a result."""
    everything = [one for section in found.sections for one in section.criteria]
    return next(one for one in everything if one.criterion.id == name)


def names(found: ReviewResult) -> tuple[str | None, str | None]:
    """The band and the observed band."""
    return (
        found.band.name if found.band else None,
        found.band_observed.name if found.band_observed else None,
    )


def points(score: Score) -> tuple[Fraction, Fraction]:
    """The points earned and available."""
    return score.earned, score.available


def of(earned: float | Fraction, available: float | Fraction) -> tuple[Fraction, Fraction]:
    """The points that a test expects."""
    return Fraction(earned), Fraction(available)


# 1. What does not apply is left out.

CONDITIONS = """
fields: {channel: {values: [phone, e-mail, Visit]}, topic: {many: true}}
sections:
  - id: always
    title: A
    criteria: [{id: a, title: A}, {id: held, title: H, applies_when: {channel: phone}}]
  - id: sometimes
    title: S
    applies_when: {channel: [phone, visit], topic: [Move]}
    criteria: [{id: b, title: B}, {id: c, title: C}]
"""


def test_criterion_that_does_not_apply() -> None:
    """A criterion whose condition does not hold counts nowhere and is not in the result."""
    found = result(CONDITIONS, "{always: {a: met}}", "interaction: {channel: e-mail}")
    assert [one.criterion.id for one in section(found, "always").criteria] == ["a"]
    assert points(found.score) == of(1, 1)
    assert found.observed.of == 1


def test_section_that_does_not_apply() -> None:
    """A section whose condition does not hold is left out of the result."""
    found = result(CONDITIONS, "{always: {a: met, held: met}}", "interaction: {channel: phone}")
    assert [one.section.id for one in found.sections] == ["always"]
    assert points(found.score) == of(2, 2)


@pytest.mark.parametrize(
    "interaction", ["{channel: VISIT, topic: move}", "{channel: ' visit ', topic: [billing, MOVE]}"]
)
def test_condition_that_holds(interaction: str) -> None:
    """Every field must hold, one of its values is enough, and case and blanks do not count."""
    found = result(
        CONDITIONS,
        "{always: {a: met}, sometimes: {b: met, c: not met}}",
        f"interaction: {interaction}",
    )
    assert found.share == Fraction(2, 3)


@pytest.mark.parametrize("interaction", ["{channel: visit}", "{channel: visit, topic: billing}"])
def test_condition_that_holds_in_part(interaction: str) -> None:
    """One field that does not hold, or that the review lacks, is enough to leave a section out."""
    found = result(CONDITIONS, "{always: {a: met}}", f"interaction: {interaction}")
    assert found.score.available == 1


def test_section_without_a_criterion_that_applies() -> None:
    """A section none of whose criteria apply is left out, and its weight with it."""
    found = result(
        """
combine: section_weights
fields: {channel: {values: [phone, e-mail]}}
sections:
  - {id: s, title: S, weight: 1, criteria: [{id: a, title: A}, {id: b, title: B}]}
  - id: t
    title: T
    weight: 9
    criteria: [{id: a, title: A, applies_when: {channel: phone}}]
""",
        "{s: {a: met, b: not met}}",
        "interaction: {channel: e-mail}",
    )
    assert [one.section.id for one in found.sections] == ["s"]
    assert found.share == Fraction(1, 2)


# 2. What a rating earns.

POINTS = """
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, points: 2}
      - {id: b, title: B, points: .5}
      - {id: c, title: C}
"""


@pytest.mark.parametrize(
    ("policy", "earned", "available", "share"),
    [
        ("met", Fraction("2.5"), Fraction("3.5"), Fraction(5, 7)),
        ("not_met", Fraction("0.5"), Fraction("3.5"), Fraction(1, 7)),
        ("excluded", Fraction("0.5"), Fraction("1.5"), Fraction(1, 3)),
    ],
)
def test_policies_for_not_applicable(
    policy: str, earned: Fraction, available: Fraction, share: Fraction
) -> None:
    """N/a earns all points under met, none under not_met, and leaves both sums under excluded."""
    found = result(f"not_applicable: {policy}\n{POINTS}", "{s: {a: n/a, b: met, c: not met}}")
    assert points(found.score) == (earned, available)
    assert found.share == share
    assert found.observed_share == Fraction(1, 3)


def test_not_applicable_is_met_by_default() -> None:
    """A rubric that says nothing of n/a counts it as met."""
    found = result(POINTS, "{s: {a: n/a, b: met, c: not met}}")
    assert found.share == Fraction(5, 7)


LEVELS = """
scales: {grades: {A: 4, B: 2, C: 1}}
sections:
  - id: s
    title: S
    criteria:
      - {id: named, title: N, levels: {exceeded: 3, MET: 2, not met: 0}}
      - {id: highest, title: H, levels: {poor: 0.5, good: 2.5}}
      - {id: scale, title: C, levels: grades}
      - {id: plain, title: P}
"""


@pytest.mark.parametrize(
    ("ratings", "earned"),
    [
        ("named: exceeded, highest: good, scale: A", 9 + Fraction("1.5")),
        ("named: met, highest: poor, scale: B", Fraction("5.5")),
        ("named: not-met, highest: poor, scale: c", Fraction("2.5")),
    ],
)
def test_levels_earn_their_points(ratings: str, earned: Fraction) -> None:
    """A level earns its own points of the highest level's."""
    found = result(LEVELS, f"{{s: {{{ratings}, plain: met}}}}")
    assert found.score.earned == earned
    assert found.score.available == Fraction("10.5")


@pytest.mark.parametrize(
    ("policy", "named", "highest", "scale"),
    [
        ("met", (2, 3), (Fraction("2.5"), Fraction("2.5")), (4, 4)),
        ("not_met", (0, 3), (0, Fraction("2.5")), (0, 4)),
        ("excluded", (0, 0), (0, 0), (0, 0)),
    ],
)
def test_not_applicable_with_levels(
    policy: str,
    named: tuple[int, int],
    highest: tuple[Fraction, Fraction],
    scale: tuple[int, int],
) -> None:
    """Under met, n/a earns the level named met if there is one, else the highest."""
    found = result(
        f"not_applicable: {policy}\n{LEVELS}",
        "{s: {named: n/a, highest: n/a, scale: n/a, plain: met}}",
    )
    for name, (earned, available) in (("named", named), ("highest", highest), ("scale", scale)):
        mark = criterion(found, name).worth
        assert (mark.earned, mark.available) == (earned, available), name
    assert found.observed.score.share == 1


def test_levels_between_whole_points() -> None:
    """A level's points are exact where they are finer than the highest level's."""
    found = result(
        "sections: [{id: s, title: S, criteria: [{id: a, title: A, "
        "levels: {met: 1, partly met: 0.3, barely met: .05, not met: 0}}, {id: b, title: B}]}]",
        "{s: {a: partly met, b: met}}",
    )
    assert found.score.earned == Fraction("1.3")
    assert found.share == Fraction(13, 20)


def test_original_spelling_of_a_level() -> None:
    """The result gives a level in the rubric's spelling, however the reviewer wrote it."""
    found = result(LEVELS, "{s: {named: Met, highest: GOOD, scale: b, plain: YES}}")
    assert [one.worth.rating for one in section(found, "s").criteria] == ["MET", "good", "B", "met"]


# 3. and 4. Sections and total.

TWO_SECTIONS = """
sections:
  - {id: s, title: S, WEIGHT criteria: [{id: a, title: A}, {id: b, title: B}]}
  - {id: t, title: T, WEIGHT criteria: [{id: a, title: A, points: 8}]}
"""
BY_POINTS = TWO_SECTIONS.replace("WEIGHT", "")
BY_WEIGHTS = "combine: section_weights" + TWO_SECTIONS.replace("WEIGHT", "weight: 3,", 1).replace(
    "WEIGHT", "weight: 1,"
)


def test_section_share() -> None:
    """A section's share is what it earned of what it had."""
    found = result(BY_POINTS, "{s: {a: met, b: not met}, t: {a: met}}")
    assert [one.score.share for one in found.sections] == [Fraction(1, 2), 1]


def test_total_by_points() -> None:
    """By points the total is everything earned of everything available."""
    found = result(BY_POINTS, "{s: {a: met, b: not met}, t: {a: met}}")
    assert found.share == Fraction(9, 10)


def test_total_by_section_weights() -> None:
    """By section weights the total is the weighted mean of the sections' shares."""
    found = result(BY_WEIGHTS, "{s: {a: met, b: not met}, t: {a: met}}")
    assert found.share == Fraction(3 * 1, 4 * 2) + Fraction(1, 4)
    assert points(found.score) == of(9, 10)


def test_section_share_of_nothing() -> None:
    """A section that has no points left has no share, and its weight does not count."""
    found = result(
        f"not_applicable: excluded\n{BY_WEIGHTS}", "{s: {a: met, b: not met}, t: {a: n/a}}"
    )
    assert section(found, "t").score.share is None
    assert section(found, "t").nothing_observed
    assert found.share == Fraction(1, 2)


def test_weights_need_no_sum() -> None:
    """Weights are taken in proportion: they need not come to 100."""
    text = BY_WEIGHTS.replace("weight: 3", "weight: 0.3").replace("weight: 1", "weight: 0.1")
    ratings = "{s: {a: met, b: not met}, t: {a: not met}}"
    assert result(text, ratings).share == result(BY_WEIGHTS, ratings).share == Fraction(3, 8)


# 5. What was observed.


@pytest.mark.parametrize("policy", ["met", "not_met", "excluded"])
def test_observed_share_leaves_not_applicable_out(policy: str) -> None:
    """The observed share is over what was rated other than n/a, whatever the policy."""
    found = result(
        f"not_applicable: {policy}\n{BY_WEIGHTS}", "{s: {a: met, b: not met}, t: {a: n/a}}"
    )
    assert found.observed_share == Fraction(1, 2)
    assert (found.observed.criteria, found.observed.of, found.observed.not_applicable) == (2, 3, 1)
    assert found.observed.score.available == 2


@pytest.mark.parametrize(
    ("policy", "ratings", "bands"),
    [
        ("met", "{a: not met, b: not met, c: met, d: n/a}", ("Middle", "Low")),
        ("not_met", "{a: met, b: not met, c: n/a, d: n/a}", ("Low", "Middle")),
    ],
)
def test_band_rests_on_not_applicable(policy: str, ratings: str, bands: tuple[str, str]) -> None:
    """The band rests on n/a where the observed share has another one, lower or higher."""
    found = result(f"not_applicable: {policy}\n{BANDS}{FOUR}", f"{{s: {ratings}}}")
    assert names(found) == bands
    assert found.band_rests_on_not_applicable


def test_band_does_not_rest_on_not_applicable() -> None:
    """Where both shares fall in one band, the band does not rest on n/a, whatever the uplift."""
    found = result(BANDS + BY_POINTS, "{s: {a: met, b: not met}, t: {a: n/a}}")
    assert found.uplift == Fraction(9, 10) - Fraction(1, 2)
    assert names(found) == ("Middle", "Middle")
    assert not found.band_rests_on_not_applicable


def test_advisory_criteria_are_not_observed() -> None:
    """A criterion of no points is in the result, but in no sum and no count."""
    found = result(
        "sections: [{id: s, title: S, criteria: ["
        "{id: a, title: A}, {id: z, title: Z, points: 0}, {id: y, title: Y, points: 0}]}]",
        "{s: {a: met, z: not met, y: n/a}}",
    )
    assert criterion(found, "z").worth.rating == "not met"
    assert (found.observed.criteria, found.observed.of, found.observed.not_applicable) == (1, 1, 0)
    assert found.share == 1
    assert found.needs == ()


@pytest.mark.parametrize("ratings", ["{s: {a: n/a, z: n/a}}", "{s: {a: n/a, z: met}}"])
def test_nothing_observed(ratings: str) -> None:
    """A review in which no criterion with points was observed has no score."""
    text = (
        "sections: [{id: s, title: S, criteria: [{id: a, title: A}, {id: z, title: Z, points: 0}]}]"
    )
    with pytest.raises(NothingObservedError):
        result(text, ratings)


def test_unchecked_review_is_refused() -> None:
    """A review that was not checked, with a rating missing or unknown, never gets a score."""
    one = rubric(BY_POINTS)
    for more in ("", ", b: perhaps", ", b: ", ", b: {comment: Hm.}"):
        with pytest.raises(KeyError):
            score(one, review_from(f"ratings: {{s: {{a: met{more}}}, t: {{a: met}}}}"))
    with pytest.raises(KeyError):
        score(one, review_from("ratings: {t: {a: met}}"))


# 6. Bands.


@pytest.mark.parametrize(
    ("earned", "band"),
    [
        (0, "Low"),
        (4999, "Low"),
        (5000, "Middle"),
        (5001, "Middle"),
        (9000, "Middle"),
        (9001, "High"),
        (10_000, "High"),
    ],
)
def test_bounds_of_bands(earned: int, band: str) -> None:
    """`from` belongs to its band, `above` to the one below."""
    found = result(
        f"{BANDS}sections: [{{id: s, title: S, criteria: ["
        f"{{id: a, title: A, points: {earned}}}, "
        f"{{id: b, title: B, points: {10_000 - earned}}}]}}]",
        "{s: {a: met, b: not met}}",
    )
    assert names(found) == (band, band)


def test_without_bands() -> None:
    """Without bands there is no band and no way up, and nothing rests on n/a."""
    found = result(BY_POINTS, "{s: {a: n/a, b: not met}, t: {a: met}}")
    assert names(found) == (None, None)
    assert found.next_band is None
    assert not found.band_rests_on_not_applicable


@pytest.mark.parametrize(
    ("expected", "meets"), [("89.99", True), ("90", True), ("90.01", False), (None, None)]
)
def test_meets_expected(expected: str | None, *, meets: bool | None) -> None:
    """What is expected is met at the exact share or above, and is unknown where nothing is."""
    settings = f"expected: {expected}\n" if expected else ""
    found = result(settings + BY_POINTS, "{s: {a: met, b: not met}, t: {a: met}}")
    assert found.share == Fraction(9, 10)
    assert found.meets_expected is meets


# 7. Sections have no band.


def test_section_has_no_band() -> None:
    """A section has its points and its share, and nothing in it speaks of a band."""
    found = result(BANDS + BY_POINTS, "{s: {a: met, b: not met}, t: {a: met}}")
    [document] = written([found])
    for one in document["sections"]:
        assert not [key for key in one if "band" in key or "expected" in key]


# 8. Critical criteria.

CRITICAL = """
sections:
  - id: s
    title: S
    criteria:
      - {id: c, title: C, critical: true, points: 1, not_applicable: allowed}
      - {id: d, title: D, points: 8}
      - {id: e, title: E, points: 1}
"""


def test_critical_missed_is_the_lowest_band() -> None:
    """A critical criterion that was missed: the lowest band, observed too, and not as expected."""
    found = result(f"expected: 0\n{BANDS}{CRITICAL}", "{s: {c: not met, d: met, e: met}}")
    assert names(found) == ("Low", "Low")
    assert found.meets_expected is False
    assert [one.id for _, one in found.critical_missed] == ["c"]


def test_critical_missed_leaves_the_shares() -> None:
    """By default the shares stay as they are, and the sections are not touched."""
    found = result(BANDS + CRITICAL, "{s: {c: not met, d: met, e: n/a}}")
    assert (found.share, found.observed_share) == (Fraction(9, 10), Fraction(8, 9))
    assert section(found, "s").score.share == Fraction(9, 10)


def test_critical_missed_may_zero_the_shares() -> None:
    """With `on_critical: zero` both shares are 0; the sections and the points stay."""
    found = result(f"on_critical: zero\n{BANDS}{CRITICAL}", "{s: {c: not met, d: met, e: n/a}}")
    assert found.share == found.observed_share == found.uplift == 0
    assert found.share_by_points == Fraction(9, 10)
    assert found.score.share == found.observed.score.share == 0
    assert points(found.score) == of(9, 10)
    assert section(found, "s").score.share == Fraction(9, 10)


def test_critical_zero_without_bands() -> None:
    """Without bands and an expected score, a missed critical criterion still is not as expected."""
    found = result(f"on_critical: zero\n{CRITICAL}", "{s: {c: not met, d: met, e: met}}")
    assert found.share == 0
    assert found.band is None
    assert found.meets_expected is False


@pytest.mark.parametrize("word", ["met", "n/a"])
def test_critical_that_was_not_missed(word: str) -> None:
    """Met or n/a, a critical criterion changes nothing."""
    found = result(
        f"on_critical: zero\n{BANDS}{CRITICAL}", f"{{s: {{c: {word}, d: met, e: not met}}}}"
    )
    assert found.share == Fraction(9, 10)
    assert names(found)[0] == "Middle"
    assert found.critical_missed == ()


@pytest.mark.parametrize("policy", ["met", "not_met", "excluded"])
def test_not_applicable_never_misses(policy: str) -> None:
    """N/a never misses a critical criterion, even where it counts as not met."""
    found = result(f"not_applicable: {policy}\n{BANDS}{CRITICAL}", "{s: {c: n/a, d: met, e: met}}")
    assert found.critical_missed == ()
    assert names(found) == (("Middle" if policy == "not_met" else "High"), "High")


@pytest.mark.parametrize(
    ("word", "missed"), [("poor", True), ("weak", True), ("fair", False), ("good", False)]
)
def test_critical_with_levels(word: str, *, missed: bool) -> None:
    """With levels, every level of the fewest points misses a critical criterion, 0 or not."""
    found = result(
        f"{BANDS}sections: [{{id: s, title: S, criteria: [{{id: c, title: C, critical: true, "
        "levels: {poor: 1, weak: 1.0, fair: 2, good: 3}}]}]",
        f"{{s: {{c: {word}}}}}",
    )
    assert bool(found.critical_missed) is missed


def test_critical_without_points() -> None:
    """A critical criterion of no points fails the review all the same, and is a need."""
    found = result(
        BANDS + CRITICAL.replace("points: 1, not", "points: 0, not"),
        "{s: {c: not met, d: met, e: met}}",
    )
    assert found.share == 1
    assert names(found) == ("Low", "Low")
    [need] = found.needs
    assert need.route == "s.c"
    assert need.points_lost == need.share_lost == 0


def test_critical_without_points_in_a_section_of_which_nothing_counts() -> None:
    """Where a section has nothing available, a critical criterion missed in it is still a need."""
    found = result(
        f"""
combine: section_weights
not_applicable: excluded
{BANDS}
sections:
  - id: s
    title: S
    weight: 60
    criteria:
      - {{id: c, title: C, critical: true, points: 0}}
      - {{id: d, title: D, not_applicable: allowed}}
  - {{id: t, title: T, weight: 40, criteria: [{{id: a, title: A}}]}}
""",
        "{s: {c: not met, d: n/a}, t: {a: met}}",
    )
    assert found.share == 1
    assert names(found) == ("Low", "Low")
    [need] = found.needs
    assert need.points_lost == need.share_lost == 0


# Little observed.


@pytest.mark.parametrize(
    ("policy", "seen", "unseen", "little"),
    [
        ("met", "5", "5", False),
        ("met", "4.99", "5.01", True),
        ("met", "5.01", "4.99", False),
        ("not_met", "5", "5", False),
        ("not_met", "4.99", "5.01", True),
        ("excluded", "5", "5", False),
        ("excluded", "4.99", "5.01", True),
    ],
)
def test_little_observed(policy: str, seen: str, unseen: str, *, little: bool) -> None:
    """Little was observed below half of the points that apply; exactly half is not little."""
    found = result(
        f"not_applicable: {policy}\nsections: [{{id: s, title: S, criteria: ["
        f"{{id: a, title: A, points: {seen}}}, {{id: b, title: B, points: {unseen}}}]}}]",
        "{s: {a: not met, b: n/a}}",
    )
    assert found.little_observed is little


def test_little_observed_is_of_what_applies() -> None:
    """Points that do not apply count on neither side of half."""
    text = """
fields: {channel: {values: [phone, e-mail]}}
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, points: 1}
      - {id: b, title: B, points: 1}
      - {id: c, title: C, points: 98, applies_when: {channel: phone}}
"""
    assert not result(text, "{s: {a: met, b: n/a}}").little_observed


# 9. Development needs.


def test_needs_by_the_share_they_lost() -> None:
    """Needs go by the part of the score they lost, ties in the rubric's order."""
    found = result(
        """
sections:
  - id: s
    title: S
    criteria: [{id: a, title: A}, {id: b, title: B, points: 5}, {id: c, title: C}]
  - id: t
    title: T
    criteria: [{id: a, title: A, levels: {good: 4, fair: 3, bad: 0}}, {id: b, title: B}]
""",
        "{s: {a: not met, b: not met, c: met}, t: {a: fair, b: n/a}}",
    )
    assert [(need.route, need.points_lost, need.share_lost) for need in found.needs] == [
        ("s.b", Fraction(5), Fraction(5, 12)),
        ("s.a", Fraction(1), Fraction(1, 12)),
        ("t.a", Fraction(1), Fraction(1, 12)),
    ]


def test_needs_under_section_weights() -> None:
    """Under section weights a need lost its section's weight, in the part of its points."""
    found = result(BY_WEIGHTS, "{s: {a: not met, b: met}, t: {a: not met}}")
    assert [(need.route, need.share_lost) for need in found.needs] == [
        ("s.a", Fraction(3, 8)),
        ("t.a", Fraction(1, 4)),
    ]
    assert sum(need.share_lost for need in found.needs) == 1 - found.share


def test_critical_needs_first() -> None:
    """Critical needs come first, however little they lost."""
    found = result(BANDS + CRITICAL, "{s: {c: not met, d: not met, e: not met}}")
    assert [need.route for need in found.needs] == ["s.c", "s.d", "s.e"]


@pytest.mark.parametrize(
    ("policy", "needs"), [("met", []), ("excluded", []), ("not_met", ["s.d", "s.e"])]
)
def test_not_applicable_that_lost_points_is_a_need(policy: str, needs: list[str]) -> None:
    """N/a is a need only where it loses points, and the need says n/a."""
    found = result(f"not_applicable: {policy}\n{CRITICAL}", "{s: {c: met, d: n/a, e: n/a}}")
    assert [need.route for need in found.needs] == needs
    assert {need.result.worth.rating for need in found.needs} <= {"n/a"}


def test_not_applicable_below_the_highest_level_is_a_need() -> None:
    """N/a that counts as the level named met, below the highest, lost the points between."""
    found = result(LEVELS, "{s: {named: n/a, highest: good, scale: A, plain: met}}")
    assert [(need.route, need.points_lost) for need in found.needs] == [("s.named", Fraction(1))]


# 10. The next band.


def way_up(found: ReviewResult) -> tuple[str, list[str], Fraction] | None:
    """The next band's name, the needs that lead there, the share then."""
    if found.next_band is None:
        return None
    return (
        found.next_band.band.name,
        [need.route for need in found.next_band.needs],
        found.next_band.share,
    )


TEN = """
sections:
  - id: s
    title: S
    criteria:
      - {id: c0, title: C, points: 1}
      - {id: c1, title: C, points: 1}
      - {id: c2, title: C, points: 3}
      - {id: c3, title: C, points: 1}
      - {id: c4, title: C, points: 4}
"""


def test_next_band_takes_the_fewest_needs() -> None:
    """The way up takes the needs that lost most, only as many as it needs."""
    found = result(BANDS + TEN, "{s: {c0: not met, c1: not met, c2: not met, c3: met, c4: met}}")
    assert found.share == Fraction(5, 10)
    assert way_up(found) == ("High", ["s.c2", "s.c0", "s.c1"], Fraction(1))


def test_next_band_at_its_bound() -> None:
    """A bound with `from` is reached at its share; one with `above` only beyond it."""
    found = result(
        BANDS + TEN, "{s: {c0: met, c1: not met, c2: not met, c3: not met, c4: not met}}"
    )
    assert way_up(found) == ("Middle", ["s.c4"], Fraction(5, 10))
    found = result(BANDS + TEN, "{s: {c0: met, c1: not met, c2: not met, c3: met, c4: met}}")
    assert way_up(found) == ("High", ["s.c2", "s.c1"], Fraction(1))


def test_next_band_names_the_band_that_is_reached() -> None:
    """A need may lead over a whole band: named is the band in which the share then falls."""
    found = result(
        f"{BANDS}sections: [{{id: s, title: S, criteria: [{{id: a, title: A}}]}}]", "{s: {a: no}}"
    )
    assert way_up(found) == ("High", ["s.a"], Fraction(1))


def test_next_band_in_the_top_band() -> None:
    """In the top band there is no way up, even with points lost."""
    found = result(
        f"{BANDS}sections: [{{id: s, title: S, criteria: ["
        "{id: a, title: A, points: 99}, {id: b, title: B}]}]",
        "{s: {a: met, b: not met}}",
    )
    assert names(found)[0] == "High"
    assert found.needs
    assert found.next_band is None


def test_next_band_takes_every_critical_need() -> None:
    """Every critical criterion that was missed comes first, then other needs as they lost."""
    text = """
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, points: 10}
      - {id: b, title: B, points: 10}
      - {id: c, title: C, points: 1, critical: true, not_applicable: forbidden}
      - {id: d, title: D, points: 2, critical: true, not_applicable: forbidden}
      - {id: e, title: E, points: 0, critical: true, not_applicable: forbidden}
"""
    everything = "{s: {a: not met, b: not met, c: not met, d: not met, e: not met}}"
    assert way_up(result(BANDS + text, everything)) == (
        "Middle",
        ["s.d", "s.c", "s.e", "s.a"],
        Fraction(13, 23),
    )


def test_next_band_takes_a_need_once() -> None:
    """A critical need that lost the most is taken once, and then the others."""
    text = """
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, points: 3}
      - {id: b, title: B, points: 3}
      - {id: c, title: C, points: 4, critical: true, not_applicable: forbidden}
"""
    found = result(BANDS + text, "{s: {a: not met, b: not met, c: not met}}")
    assert way_up(found) == ("Middle", ["s.c", "s.a"], Fraction(7, 10))


def test_next_band_takes_critical_needs_beyond_the_bound() -> None:
    """Every critical need is taken, also where the first would reach the band by its points."""
    text = """
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, points: 5}
      - {id: c, title: C, points: 3, critical: true, not_applicable: forbidden}
      - {id: d, title: D, points: 2, critical: true, not_applicable: forbidden}
"""
    found = result(BANDS + text, "{s: {a: met, c: not met, d: not met}}")
    assert way_up(found) == ("High", ["s.c", "s.d"], Fraction(1))


@pytest.mark.parametrize("on_critical", ["lowest_band", "zero"])
def test_next_band_where_only_a_critical_criterion_holds_it_down(on_critical: str) -> None:
    """Where the points suffice, the critical criterion alone is the way up, by its real share."""
    found = result(
        f"on_critical: {on_critical}\n{BANDS}{CRITICAL}", "{s: {c: not met, d: met, e: not met}}"
    )
    assert way_up(found) == ("Middle", ["s.c"], Fraction(9, 10))


def test_next_band_counts_a_middling_critical_level_among_the_others() -> None:
    """A critical criterion that lost points without being missed is taken as any other need."""
    text = """
sections:
  - id: s
    title: S
    criteria:
      - {id: a, title: A, points: 4}
      - {id: c, title: C, critical: true, levels: {good: 2, fair: 1, bad: 0}}
"""
    assert way_up(result(BANDS + text, "{s: {a: not met, c: fair}}")) == (
        "Middle",
        ["s.a"],
        Fraction(5, 6),
    )


def test_next_band_by_section_weights() -> None:
    """Under section weights the way up is by weighted shares."""
    found = result(BANDS + BY_WEIGHTS, "{s: {a: not met, b: not met}, t: {a: not met}}")
    assert way_up(found) == ("Middle", ["s.a", "s.b"], Fraction(3, 4))


def test_next_band_where_sections_have_the_same_points() -> None:
    """Under section weights, the same points lost elsewhere make another share."""
    text = """
combine: section_weights
sections:
  - {id: s, title: S, weight: 9, criteria: [{id: a, title: A}, {id: b, title: B}]}
  - {id: t, title: T, weight: 1, criteria: [{id: a, title: A}, {id: b, title: B}]}
"""
    one = rubric(BANDS + text)
    scorer = Scorer(one)
    for ratings, share, way in (
        ("{s: {a: met, b: not met}, t: {a: met, b: met}}", 11, ("High", ["s.b"], Fraction(1))),
        ("{s: {a: met, b: met}, t: {a: met, b: not met}}", 19, None),
    ):
        found = scorer.score(review_from(f"ratings: {ratings}"))
        assert found.share == Fraction(share, 20)
        assert way_up(found) == way


# 11. Strengths.


def test_strengths() -> None:
    """A strength is a section with something observed and no need, in the rubric's order.

    An advisory criterion that was not met keeps its section from being one; n/a does not.
    """
    found = result(
        """
sections:
  - {id: s, title: S, criteria: [{id: a, title: A}, {id: b, title: B}]}
  - {id: unseen, title: U, criteria: [{id: a, title: A}]}
  - {id: needy, title: N, criteria: [{id: a, title: A}, {id: b, title: B}]}
  - {id: t, title: T, criteria: [{id: a, title: A}, {id: z, title: Z, points: 0}]}
  - {id: u, title: U, criteria: [{id: a, title: A}, {id: z, title: Z, points: 0}]}
""",
        "{t: {a: met, z: n/a}, u: {a: met, z: no}, s: {a: met, b: n/a}, unseen: {a: n/a},"
        " needy: {a: met, b: no}}",
    )
    assert [
        (one.section.id, one.observed.criteria, one.observed.of) for one in found.strengths
    ] == [("s", 1, 2), ("t", 1, 1)]


def test_section_with_only_a_critical_need_is_no_strength() -> None:
    """A section whose one need is critical and without points is no strength."""
    found = result(
        BANDS + CRITICAL.replace("points: 1, not", "points: 0, not"),
        "{s: {c: not met, d: met, e: met}}",
    )
    assert found.strengths == ()


# Disputes.


def disputed(*disputes: str, word: str = "not met") -> ReviewResult:
    """The result of two criteria, a rated so and b met, with disputes over a (says, outcome)."""
    listed = "".join(
        f"  - {{section: s, criterion: a, says: {says}, outcome: {outcome}}}\n"
        for says, _, outcome in (one.partition(": ") for one in disputes)
    )
    more = f"disputes:\n{listed}" if disputes else ""
    return result(
        BANDS + FOUR,
        f"{{s: {{a: {word}, b: met, c: met, d: met}}}}",
        more,
    )


@pytest.mark.parametrize(
    ("disputes", "rating", "deciding", "provisional"),
    [
        ([], "not met", None, False),
        (["met: open"], "not met", "open", True),
        (["met: upheld"], "met", "upheld", False),
        (["met: not upheld"], "not met", "not upheld", False),
        (["met: withdrawn"], "not met", None, False),
        (["met: upheld", "met: withdrawn"], "met", "upheld", False),
        (["met: withdrawn", "n/a: open"], "not met", "open", True),
        (["met: upheld", "n/a: open"], "met", "upheld", True),
        (["n/a: open", "met: upheld"], "met", "upheld", True),
        (["met: upheld", "n/a: not upheld"], "not met", "not upheld", False),
        (["met: not upheld", "n/a: upheld"], "n/a", "upheld", False),
        (["met: upheld", "n/a: upheld"], "n/a", "upheld", False),
        (["met: upheld", "not met: upheld"], "not met", "upheld", False),
        (["met: open", "n/a: open"], "not met", "open", True),
    ],
)
def test_sequences_of_disputes(
    disputes: list[str], rating: str, deciding: str | None, *, provisional: bool
) -> None:
    """The last decided dispute counts, an upheld one changes the rating, an open one is said."""
    found = disputed(*disputes)
    one = criterion(found, "a")
    assert one.worth.rating == rating
    assert one.original == "not met"
    assert (one.dispute and one.dispute.outcome.value) == deciding
    assert found.provisional is provisional
    assert found.share == (Fraction(3, 4) if rating == "not met" else 1)


def test_last_open_dispute_is_shown() -> None:
    """While none is decided, the last open dispute stands beside the rating."""
    assert criterion(disputed("met: open", "n/a: open"), "a").says == "n/a"


def test_upheld_dispute_to_the_worse() -> None:
    """An upheld dispute may lower a score too."""
    found = disputed("not met: upheld", word="met")
    assert found.share == Fraction(3, 4)
    assert criterion(found, "a").original == "met"


def test_upheld_dispute_over_a_critical_criterion() -> None:
    """An upheld dispute over a critical criterion takes the miss back."""
    found = result(
        BANDS + CRITICAL,
        "{s: {c: not met, d: met, e: met}}",
        "disputes: [{section: s, criterion: c, says: met, outcome: upheld}]",
    )
    assert found.critical_missed == ()
    assert names(found) == ("High", "High")


def test_comment_stays_the_reviewers_own() -> None:
    """Where a dispute was upheld, the reviewer's own rating and comment are still there."""
    found = result(
        BANDS + CRITICAL,
        "{s: {c: {rating: No, comment: Heard nothing}, d: met, e: met}}",
        "disputes: [{section: s, criterion: c, says: met, outcome: upheld}]",
    )
    own = criterion(found, "c").rated
    assert (own.rating, own.comment) == ("No", "Heard nothing")


def test_comment_and_evidence_stay_with_the_rating() -> None:
    """What a reviewer wrote beside a rating is in the result, a comment or evidence alone too."""
    found = result(
        BY_POINTS,
        "{s: {a: {rating: met, comment: Warm}, b: {rating: no, evidence: '00:04'}}, t: {a: met}}",
    )
    assert [(one.rated.comment, one.rated.evidence) for one in section(found, "s").criteria] == [
        ("Warm", None),
        (None, "00:04"),
    ]
    assert found.needs[0].result.rated.evidence == "00:04"
    assert section(found, "t").criteria[0].rated == Rated(rating="met")
    assert [one.original for one in section(found, "s").criteria] == ["met", "not met"]


def test_outlook_of_each_open_dispute() -> None:
    """Every open dispute says what the review would be if it were upheld, by itself."""
    found = result(
        BANDS + BY_POINTS,
        "{s: {a: not met, b: not met}, t: {a: not met}}",
        """
disputes:
  - {section: t, criterion: a, says: met, outcome: open}
  - {section: s, criterion: a, says: met, outcome: upheld}
  - {section: s, criterion: a, says: n/a, outcome: open}
  - {section: s, criterion: b, says: met, outcome: withdrawn}
""",
    )
    assert found.share == Fraction(1, 10)
    assert [
        (one.dispute.section, one.share, one.band and one.band.name, one.observed)
        for one in found.outlooks
    ] == [
        ("t", Fraction(9, 10), "Middle", Fraction(9, 10)),
        ("s", Fraction(1, 10), "Low", Fraction(0)),
    ]


def test_outlook_of_a_band_that_rests_on_not_applicable() -> None:
    """An outlook says both bands: the one that counts, and the one of what was observed."""
    found = result(
        BANDS + FOUR,
        "{s: {a: not met, b: n/a, c: not met, d: n/a}}",
        "disputes: [{section: s, criterion: a, says: n/a}]",
    )
    (outlook,) = found.outlooks
    assert (outlook.share, outlook.observed) == (Fraction(3, 4), 0)
    assert outlook.band is not None
    assert outlook.band_observed is not None
    assert (outlook.band.name, outlook.band_observed.name) == ("Middle", "Low")


def test_outlook_in_which_nothing_is_left() -> None:
    """A dispute that would leave nothing observed has an outlook without a score."""
    found = result(
        "sections: [{id: s, title: S, criteria: [{id: a, title: A}]}]",
        "{s: {a: not met}}",
        "disputes: [{section: s, criterion: a, says: n/a}]",
    )
    assert found.provisional
    (dispute,) = found.review.disputes
    assert [(one.dispute, one.share, one.observed) for one in found.outlooks] == [
        (dispute, None, None)
    ]


# One scorer for many reviews.


def test_scorer_keeps_nothing_between_reviews() -> None:
    """A rubric made ready once scores every review as if it were the first."""
    one = rubric(BANDS + CRITICAL)
    scorer = Scorer(one)
    texts = [
        f"ratings: {{s: {{c: {c}, d: {d}, e: n/a}}}}"
        for c in ("met", "not met", "n/a")
        for d in ("met", "not met")
    ]
    for text in [*texts, *reversed(texts)]:
        review = review_from(text)
        assert scorer.score(review) == score(one, review)
