"""What real scorecards say beyond two words: each feature from the text to the result."""

import json
import random
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction
from itertools import combinations
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import random_documents
from charter_score.diagnostics import Problem
from charter_score.linting.review_checks import review_problems
from charter_score.outcome import Scored
from charter_score.rating import Policy
from charter_score.result import Need, ReviewResult
from charter_score.review import Rated, Review, Status, WholeSection, without_comments
from charter_score.rubric import Criterion, OnCritical, Rubric, Section
from charter_score.scoring import NothingObservedError, score
from charter_score.source.validation import validate
from charter_score.summary import Summary
from charter_score.wire.encoding import summary_document
from charter_score.wire.schemas import review_schema
from documents import (
    errors_of,
    review_from,
    rubric_from,
    scored,
    values_from,
    with_changes,
    written,
)
from effort import examples


def rubric(text: str) -> Rubric:
    """A rubric from its settings and sections."""
    return rubric_from(f'id: r\nversion: "1"\ntitle: R\n{text}')


def result(against: Rubric, text: str) -> ReviewResult:
    """The result of a review without errors."""
    return scored(against, review_from(text))


def document(found: ReviewResult) -> dict[str, Any]:
    """The JSON of a result."""
    return written([found])[0]


def problems(against: Rubric, text: str) -> list[tuple[str, str]]:
    """The code of each error of a review, and its hint."""
    return [(one.code, one.hint or "") for one in errors(against, text)]


def errors(against: Rubric, text: str) -> list[Problem]:
    """The errors of a review in the light of its rubric."""
    return errors_of(review_problems(against, review_from(text)))


def fits(against: Rubric, review: object) -> bool:
    """Whether a review fits the schema that an editor is given for this rubric."""
    schema = review_schema(against)
    return jsonschema.Draft7Validator(schema).is_valid(review)  # type: ignore[no-untyped-call]


# A section rated n/a in one go.

TWO_SECTIONS = rubric(
    "not_applicable: excluded\n"
    "sections:\n"
    "  - {id: talk, title: Talk, criteria: [{id: a, title: A}, {id: b, title: B}]}\n"
    "  - {id: hold, title: Hold, criteria: [{id: asked, title: Asked}, {id: short, title: Short}]}"
)
TALK = "talk: {a: met, b: not met}"


@pytest.mark.parametrize(
    "hold", ["n/a", "NA", "not applicable", '{rating: n/a, comment: "nobody had to wait"}']
)
def test_section_is_rated_not_applicable_in_one_go(hold: str) -> None:
    """It is what each of its criteria rated n/a would be, the comment beside each of them."""
    found = result(TWO_SECTIONS, f"ratings: {{{TALK}, hold: {hold}}}")
    comment = "nobody had to wait" if "comment" in hold else None
    each = f"{{rating: n/a, comment: {comment}}}" if comment else "n/a"
    one_by_one = result(
        TWO_SECTIONS, f"ratings: {{{TALK}, hold: {{asked: {each}, short: {each}}}}}"
    )
    assert document(found) == document(one_by_one)
    assert [one.rated.comment for one in found.sections[1].criteria] == [comment, comment]


@pytest.mark.parametrize("word", ["met", "not met", "7", "nothing"])
def test_section_is_rated_with_nothing_else(word: str) -> None:
    """`hold: met` is an error: a score is made of criteria."""
    assert problems(TWO_SECTIONS, f"ratings: {{{TALK}, hold: {word}}}") == [
        ("unknown-rating", "rate its criteria one by one")
    ]


def test_section_that_holds_a_forbidding_criterion_cannot_be_rated_so() -> None:
    """A criterion of it that applies and forbids n/a is an error there, and is named."""
    against = rubric(
        "sections:\n"
        "  - {id: talk, title: Talk, criteria: [{id: a, title: A}]}\n"
        "  - id: hold\n"
        "    title: Hold\n"
        "    criteria:\n"
        "      - {id: asked, title: Asked, not_applicable: forbidden}\n"
        "      - {id: by_phone, title: P, not_applicable: forbidden, applies_when: {on: phone}}\n"
        "      - {id: short, title: Short}"
    )
    (one,) = errors(against, "ratings: {talk: {a: met}, hold: n/a}")
    assert (one.code, one.route) == ("na-forbidden", ("ratings", "hold", "rating"))
    assert "asked always applies" in one.message
    assert not fits(against, {"rubric": "r@1", "ratings": {"talk": {"a": "met"}, "hold": "n/a"}})


def test_section_that_does_not_apply_must_not_be_rated() -> None:
    """Neither one by one nor in one go; while a draft lacks the field it may."""
    against = rubric(
        "fields: {on: {values: [phone, desk]}}\n"
        "sections:\n"
        "  - {id: talk, title: Talk, criteria: [{id: a, title: A}]}\n"
        "  - {id: hold, title: Hold, applies_when: {on: phone}, criteria: [{id: b, title: B}]}"
    )
    ratings = "ratings: {talk: {a: met}, hold: n/a}"
    assert [code for code, _ in problems(against, f"interaction: {{on: desk}}\n{ratings}")] == [
        "does-not-apply"
    ]
    assert problems(against, f"interaction: {{on: phone}}\n{ratings}") == []
    assert problems(against, f"status: draft\n{ratings}") == []


def test_comment_that_any_criterion_wants_is_wanted_of_the_section() -> None:
    """`needs_comment` of one criterion is served by the comment of the section."""
    against = rubric(
        "sections:\n"
        "  - {id: talk, title: Talk, criteria: [{id: a, title: A}]}\n"
        "  - {id: hold, title: H, criteria: [{id: b, title: B, not_applicable: needs_comment}]}"
    )
    bare = {"talk": {"a": "met"}, "hold": "n/a"}
    told = {"talk": {"a": "met"}, "hold": {"rating": "n/a", "comment": "no wait"}}
    assert [code for code, _ in problems(against, f"ratings: {json.dumps(bare)}")] == [
        "comment-missing"
    ]
    assert problems(against, f"ratings: {json.dumps(told)}") == []
    assert [fits(against, {"ratings": one}) for one in (bare, told)] == [False, True]


def test_schema_takes_a_section_in_one_go() -> None:
    """An editor that knows the rubric takes n/a for a section, and no other word."""
    talk = {"a": "met", "b": "not met"}
    for hold, fitting in (
        ("n/a", True),
        ({"rating": "n/a", "comment": "no wait"}, True),
        ("met", False),
        ({"rating": "n/a", "evidence": "00:04"}, False),
        ({"rating": None}, False),
        ({"asked": "met"}, False),
    ):
        assert fits(TWO_SECTIONS, {"ratings": {"talk": talk, "hold": hold}}) is fitting, hold


def test_without_comments_keeps_the_rating_of_a_section() -> None:
    """What is left of it is n/a."""
    review = review_from("ratings: {hold: {rating: n/a, comment: private}}")
    assert without_comments(review).ratings == {"hold": WholeSection(rating="n/a")}
    assert Review.model_validate(review.model_dump(mode="json")) == review


# Levels as parts of the points, levels that earn more or take away, and numbers.


def one_criterion(fields: str, settings: str = "") -> Rubric:
    """A rubric of a plain criterion of 10 points and one with these fields."""
    return rubric(
        f"{settings}\nsections: [{{id: s, title: S, criteria: ["
        f"{{id: plain, title: Plain, points: 10}}, {{id: c, title: C, {fields}}}]}}]"
    )


def earned(against: Rubric, rating: str, plain: str = "met") -> tuple[Fraction, Fraction, Fraction]:
    """What a rating of the second criterion makes of the score: points and share."""
    found = result(against, f"ratings: {{s: {{plain: {plain}, c: {rating}}}}}")
    return found.score.earned, found.score.available, found.share


def test_parts_are_parts_of_any_points() -> None:
    """One scale serves criteria of any weight; without points they are parts of 1."""
    scale = "scales: {part: {yes: 100%, half: 50%, no: 0%}}"
    assert earned(one_criterion("points: 3, levels: part", scale), "half")[0] == Fraction(23, 2)
    assert earned(one_criterion("levels: part", scale), "half")[:2] == (Fraction(21, 2), 11)
    below = one_criterion("points: 4, levels: {a: 150%, b: 100%, c: -25%}")
    assert [earned(below, word)[0] for word in "abc"] == [16, 14, 9]


def test_bonus_earns_what_is_not_available() -> None:
    """It lifts the sum and never the share above 1; it is no need, and hides no miss."""
    against = one_criterion("points: 0, levels: {praised: 2, no: 0}")
    assert earned(against, "praised") == (12, 10, 1)
    assert earned(against, "no") == (10, 10, 1)
    assert earned(against, "praised", "not met") == (2, 10, Fraction(1, 5))
    found = result(against, "ratings: {s: {plain: met, c: no}}")
    assert found.needs == ()
    assert [one.section.id for one in found.strengths] == ["s"]


def test_deduction_takes_away_and_is_a_need() -> None:
    """It may leave less than nothing in the sum, and never a share below 0."""
    against = one_criterion("points: 0, levels: {none: 0, slip: -3, rude: -20}")
    assert earned(against, "slip") == (7, 10, Fraction(7, 10))
    assert earned(against, "rude") == (-10, 10, 0)
    found = result(against, "ratings: {s: {plain: met, c: slip}}")
    assert [(need.route, need.points_lost) for need in found.needs] == [("s.c", 3)]


def test_deduction_under_section_weights() -> None:
    """A section stands below 0 inside the total; its own share is shown as 0."""
    against = rubric(
        "combine: section_weights\n"
        "sections:\n"
        "  - {id: a, title: A, weight: 50, criteria: [{id: x, title: X, points: 2}]}\n"
        "  - id: b\n"
        "    title: B\n"
        "    weight: 50\n"
        "    criteria:\n"
        "      - {id: y, title: Y, points: 2}\n"
        "      - {id: z, title: Z, points: 0, levels: {none: 0, rude: -3}}"
    )
    found = result(against, "ratings: {a: {x: met}, b: {y: met, z: rude}}")
    assert found.share == Fraction(1, 2) * 1 + Fraction(1, 2) * Fraction(-1, 2)
    assert (found.sections[1].score.earned, found.sections[1].score.share) == (-1, 0)


def test_deduction_is_in_the_observed_score_too() -> None:
    """What was seen and taken away counts, though nothing could be earned by it."""
    found = result(
        one_criterion("points: 0, levels: {none: 0, slip: -3}"),
        "ratings: {s: {plain: met, c: slip}}",
    )
    assert (found.observed.score.earned, found.observed.criteria) == (7, 1)


def test_not_applicable_never_earns_a_bonus() -> None:
    """n/a counts as the level called met, and as the points at most."""
    assert earned(one_criterion("points: 1, levels: {met: 3, no: 0}"), "n/a")[0] == 11
    assert earned(one_criterion("points: 2, levels: {best: 2, met: 1, no: 0}"), "n/a")[0] == 11
    assert earned(one_criterion("points: 2, levels: {best: 100%, met: 25%}"), "n/a")[0] == Fraction(
        21, 2
    )
    assert earned(one_criterion("points: 2, levels: {yes: 1, no: 0}"), "n/a")[0] == 12


@pytest.mark.parametrize(
    ("fields", "word", "points", "rating"),
    [
        ("range: {to: 10}", "7", Fraction(7), "7"),
        ("range: {to: 10}", "07.50", Fraction(15, 2), "7.5"),
        ("range: {from: 1, to: 3}, points: 2", "1", Fraction(2, 3), "1"),
        ("range: {to: 3}", "0", Fraction(0), "0"),
        ("range: {to: 3}", '" 3 "', Fraction(3), "3"),
    ],
)
def test_number_earns_its_part_of_the_highest(
    fields: str, word: str, points: Fraction, rating: str
) -> None:
    """Scaled to the points where the criterion states them; the worst of 1 to 3 still earns ⅓."""
    against = one_criterion(fields)
    assert earned(against, word)[0] == 10 + points
    found = result(against, f"ratings: {{s: {{plain: met, c: {word}}}}}")
    row = document(found)["sections"][0]["criteria"][1]
    assert row["rating"] == rating
    assert row["earned"] == round(Decimal(points.numerator) / points.denominator, 6)


@pytest.mark.parametrize("word", ["11", "-1", "met", "1e1", "seven", "7%"])
def test_number_out_of_its_range_is_no_rating(word: str) -> None:
    """The message says from where to where."""
    (one,) = errors(one_criterion("range: {to: 10}"), f"ratings: {{s: {{plain: met, c: {word}}}}}")
    assert one.code == "unknown-rating"
    assert "a number from 0 to 10 or n/a" in one.message


# Critical, and comments, up to a level.


def test_critical_up_to_a_level() -> None:
    """That level and every one that is worth no more misses the criterion."""
    against = one_criterion(
        "critical: {up_to: Weak}, levels: {good: 3, fair: 2, weak: 1, none: 0}",
        "bands: [{name: Low}, {name: High, from: 50}]",
    )
    for word, missed in (("good", False), ("fair", False), ("weak", True), ("none", True)):
        found = result(against, f"ratings: {{s: {{plain: met, c: {word}}}}}")
        assert (bool(found.critical_missed), found.band and found.band.name) == (
            missed,
            "Low" if missed else "High",
        )
        assert document(found)["sections"][0]["criteria"][1]["critical"] is True


def test_part_tells_ratings_without_points_apart() -> None:
    """A critical criterion of 0 points can be missed, and passed."""
    against = one_criterion("points: 0, critical: true, levels: {yes: 100%, half: 50%, no: 0%}")
    for word, missed in (("yes", False), ("half", False), ("no", True)):
        found = result(against, f"ratings: {{s: {{plain: met, c: {word}}}}}")
        assert bool(found.critical_missed) is missed


def test_number_up_to_which_a_comment_is_wanted() -> None:
    """Up to 4 of 10 with a comment, 4.5 without."""
    against = one_criterion("range: {to: 10}, comment: {up_to: 4}")
    assert problems(against, "ratings: {s: {plain: met, c: 4.5}}") == []
    assert [code for code, _ in problems(against, "ratings: {s: {plain: met, c: 4}}")] == [
        "comment-missing"
    ]
    assert problems(against, "ratings: {s: {plain: met, c: n/a}}") == []


def test_schema_takes_every_number_of_a_range() -> None:
    """From the lowest to the highest, between whole ones too, with a comment where one is due."""
    against = one_criterion("range: {from: 1, to: 10}, comment: {up_to: 4}")
    for word, fitting in (
        (4.5, True),
        (10, True),
        (11, False),
        (4, False),
        (0, False),
        ("n/a", True),
    ):
        assert fits(against, {"ratings": {"s": {"plain": "met", "c": word}}}) is fitting, word
    told = {"rating": 1.5, "comment": "Hardly audible"}
    assert fits(against, {"ratings": {"s": {"plain": "met", "c": told}}})


def test_comment_is_always_wanted() -> None:
    """Of the best rating and of n/a too."""
    against = one_criterion("comment: always")
    for word in ("met", "not met", "n/a"):
        assert [code for code, _ in problems(against, f"ratings: {{s: {{plain: met, c: {word}}}}}")]
        told = f"ratings: {{s: {{plain: met, c: {{rating: {word}, comment: Heard it}}}}}}"
        assert problems(against, told) == []
    assert not fits(against, {"ratings": {"s": {"plain": "met", "c": "met"}}})


def test_comment_that_is_due_is_no_error_yet_in_a_draft() -> None:
    """Nor in a void review."""
    against = one_criterion("comment: always")
    for status in ("draft", "void"):
        assert problems(against, f"status: {status}\nratings: {{s: {{c: met}}}}") == []


# A section's minimum.

MINIMUM = rubric(
    "expected: 50\n"
    "bands: [{name: Low}, {name: Middle, from: 50}, {name: High, above: 90}]\n"
    "sections:\n"
    "  - {id: a, title: A, criteria: [{id: x, title: X, points: 8}]}\n"
    "  - id: b\n"
    "    title: B\n"
    "    at_least: 66.67\n"
    "    criteria: [{id: p, title: P}, {id: q, title: Q}, {id: r, title: R}]"
)


def test_section_below_its_minimum_fails_the_review() -> None:
    """Lowest band, expectation not met; the share stays, and the way up lifts the section first."""
    found = result(MINIMUM, "ratings: {a: {x: met}, b: {p: met, q: met, r: not met}}")
    row = document(found)
    assert (found.share, found.band and found.band.name) == (Fraction(10, 11), "Low")
    assert (row["below_section_minimum"], row["meets_expected"]) == (["b"], False)
    assert row["next_band"] == {"name": "High", "needs": ["b.r"], "percent": 100}
    assert str(row["sections"][1]["score"]["percent"]) == "66.667"  # never 66.67


def test_minimum_of_a_section_without_a_share_does_not_fail() -> None:
    """Where n/a left all of it out there is nothing to be below."""
    against = with_changes(MINIMUM, not_applicable=Policy.EXCLUDED)
    found = result(against, "ratings: {a: {x: met}, b: n/a}")
    assert (found.below_section_minimum, found.meets_expected) == ((), True)


def test_observed_band_judges_the_minimum_by_what_was_observed() -> None:
    """n/a lifts the section over its minimum: the band rests on it."""
    found = result(MINIMUM, "ratings: {a: {x: met}, b: {p: n/a, q: n/a, r: not met}}")
    lifted = with_changes(MINIMUM, sections=(MINIMUM.sections[0], half(MINIMUM.sections[1])))
    assert found.below_section_minimum  # 2 of 3 are still below
    found = result(lifted, "ratings: {a: {x: met}, b: {p: n/a, q: n/a, r: not met}}")
    assert (found.band and found.band.name, found.band_observed and found.band_observed.name) == (
        "High",
        "Low",
    )
    assert found.band_rests_on_not_applicable


def half(section: Section) -> Section:
    """The section with a minimum of one half."""
    return with_changes(section, at_least=Fraction(50))


def test_all_of_a_section_not_applicable_fails_its_minimum_where_that_counts_as_missed() -> None:
    """The policy `not_met` says so."""
    against = with_changes(MINIMUM, not_applicable=Policy.NOT_MET)
    assert result(against, "ratings: {a: {x: met}, b: n/a}").below_section_minimum


def test_minimum_sets_the_score_to_zero_where_a_critical_miss_would() -> None:
    """Each of the two scores by its own share of the section; tags are not touched."""
    against = with_changes(
        MINIMUM,
        on_critical=OnCritical.ZERO,
        sections=(MINIMUM.sections[0], half(MINIMUM.sections[1])),
    )
    found = result(against, "ratings: {a: {x: met}, b: {p: n/a, q: n/a, r: not met}}")
    assert (found.share, found.observed_share) == (Fraction(10, 11), 0)


@given(st.integers(min_value=0, max_value=2**32 - 1))
@settings(max_examples=examples(60))
def test_next_band_takes_the_fewest_needs(seed: int) -> None:
    """No smaller set of needs that holds the critical ones leads above the present band."""
    rng = random.Random(seed)
    text = random_documents.rubric(rng)
    against = rubric_from(random_documents.to_yaml(text))
    review = review_from(random_documents.to_yaml(random_documents.review(rng, text)))
    review = with_changes(review, disputes=())
    try:
        found = scored(against, review)
    except NothingObservedError:
        return
    if found.next_band is None or len(found.needs) > 9 or has_extras(found):
        return
    must = [need for need in found.needs if need.result.critical_missed]
    others = [need for need in found.needs if not need.result.critical_missed]
    taken = len(found.next_band.needs) - len(must)
    place = {band.name: number for number, band in enumerate(against.bands)}
    assert found.band is not None
    present = place[found.band.name]
    for size in range(taken + 1):
        lead_up = [
            chosen
            for chosen in combinations(others, size)
            if (then := improved(found, (*must, *chosen))).band is not None
            and place[then.band.name] > present
        ]
        assert bool(lead_up) is (size == taken), size


def has_extras(found: ReviewResult) -> bool:
    """Whether some criterion has no rating that earns just its points."""
    return any(best(found.rubric, need.result.criterion) is None for need in found.needs)


def best(against: Rubric, criterion: Criterion) -> str | None:
    """The rating that earns all the points of a criterion and no more."""
    words = (word for word in against.rating_words(criterion) if word != "n/a")
    full = against.points_of(criterion)
    return next(
        (
            w
            for w in words
            if against.earns(criterion, w) == full and not against.misses(criterion, w)
        ),
        None,
    )


def improved(found: ReviewResult, needs: Iterable[Need]) -> ReviewResult:
    """The review with these needs met."""
    ratings: dict[str, dict[str, Rated]] = {
        section.section.id: {
            one.criterion.id: Rated(rating=one.worth.rating) for one in section.criteria
        }
        for section in found.sections
    }
    for need in needs:
        criterion = need.result.criterion
        ratings[need.section.id][criterion.id] = Rated(rating=best(found.rubric, criterion))
    return score(found.rubric, with_changes(found.review, ratings=ratings))


# Tags, causes, words.


def test_tags_have_totals_across_sections() -> None:
    """Plain sums whatever the weights; a tag none of whose criteria apply is left out."""
    against = rubric(
        "combine: section_weights\n"
        "tags: {compliance: Compliance critical, customer: Customer, none: None}\n"
        "sections:\n"
        "  - id: a\n"
        "    title: A\n"
        "    weight: 90\n"
        "    criteria:\n"
        "      - {id: x, title: X, points: 2, tags: [compliance, customer]}\n"
        "      - {id: y, title: Y, applies_when: {by: phone}, tags: [none]}\n"
        "  - {id: b, title: B, weight: 10, criteria: [{id: z, title: Z, tags: [compliance]}]}"
    )
    found = document(result(against, "ratings: {a: {x: not met}, b: {z: n/a}}"))
    compliance, customer = found["tags"]
    assert (compliance["id"], compliance["title"]) == ("compliance", "Compliance critical")
    assert compliance["score"] == {
        "earned": 1,
        "available": 3,
        "share": "1/3",
        "percent": Decimal("33.33"),
    }
    assert (compliance["observed"]["share"], compliance["missed"], compliance["criteria"]) == (
        "0/1",
        1,
        2,
    )
    assert customer["criteria"] == 1


def test_causes_stand_beside_the_rating() -> None:
    """In the order written, in JSON, and counted over reviews."""
    against = one_criterion("comment: optional", "causes: {habit: Habit, haste: Haste}")
    found = result(against, "ratings: {s: {plain: met, c: {rating: no, causes: [haste, habit]}}}")
    assert document(found)["sections"][0]["criteria"][1]["causes"] == ["haste", "habit"]
    summary = Summary()
    for _ in range(2):
        summary.add(Scored("a.yaml", "a", "", "", found))
    (counted,) = summary_document(summary)["rubrics"]
    assert counted["causes"] == {"habit": 2, "haste": 2}


WELSH = "words: {met: [Cyflawnwyd, Do], not met: [Heb ei gyflawni, Na], n/a: [Amherthnasol]}"


def test_own_words_for_the_ratings() -> None:
    """They and the three canonical ones are read, no others: Welsh Na means no."""
    against = one_criterion("levels: {cyflawnwyd: 2, da: 3}, points: 3", WELSH)
    assert against.shown_words(against.sections[0].criteria[0]) == (
        "Cyflawnwyd",
        "Heb ei gyflawni",
        "Amherthnasol",
    )
    for word, rating in (("na", "not met"), ("DO", "met"), ("amherthnasol", "n/a"), ("n/a", "n/a")):
        found = result(against, f"ratings: {{s: {{plain: {word}, c: da}}}}")
        assert document(found)["sections"][0]["criteria"][0]["rating"] == rating
    for word in ("yes", "no", "not applicable"):
        (one,) = errors(against, f"ratings: {{s: {{plain: {word}, c: da}}}}")
        assert (one.code, "Cyflawnwyd" in one.message) == ("unknown-rating", True)
    # n/a counts as the level that is called as `words` call met
    assert earned(against, "amherthnasol")[0] == 12
    assert fits(against, {"ratings": {"s": {"plain": "Na", "c": "da"}}})
    assert not fits(against, {"ratings": {"s": {"plain": "yes", "c": "da"}}})


# What a review says of itself.


DESK = one_criterion("points: 1")
RATED = "ratings: {s: {plain: met, c: met}}"


def warnings(text: str) -> list[str]:
    """The codes of what a review is warned of."""
    return [one.code for one in review_problems(DESK, review_from(text))]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("advisor: Kim\nreviewer: ' kim'", ["same-person"]),
        ("advisor: Kim\nreviewer: kim\nstatus: self", []),
        ("advisor: Kim\nreviewer: Lee", []),
        ("status: void", ["void-without-reason"]),
        ("status: void\nreason: line broke", []),
        ("interaction: {date: 2026-03-04}\nreviewed: 2026-03-03", ["days-out-of-order"]),
        ("interaction: {date: 2026-03-04}\nreviewed: 2026-03-04 09:15", []),
        (
            "reviewer: Lee\nreviewed: 2026-03-05\ndisputes: [{outcome: upheld, decided_by: Lee, "
            "on: 2026-03-04, decided_on: 2026-03-06, reason: R}]",
            ["same-person", "days-out-of-order"],
        ),
        ("disputes: [{outcome: not upheld, decided_by: Lee}]", ["decision-incomplete"]),
        ("disputes: [{outcome: open}]", []),
    ],
)
def test_review_can_be_answered_for(text: str, codes: list[str]) -> None:
    """Who judged, who decided, in which order and why: each a warning of its own code."""
    assert warnings(f"{text}\n{RATED}") == codes


def test_void_review_needs_no_ratings() -> None:
    """An abandoned call has none; any other review must have them."""
    assert review_from("status: Void\nreason: line broke").ratings == {}
    _, wrong = validate(Review, values_from("status: draft"))
    assert [one.code for one in wrong] == ["missing-field"]


def test_model_drafts_until_a_reviewer_stands() -> None:
    """What a model drafted is a draft, whatever its status says."""
    drafted = review_from(f"drafted_by: some model\n{RATED}")
    assert (drafted.standing, drafted.is_scored) == (Status.DRAFT, False)
    assert review_from(f"drafted_by: some model\nreviewer: Lee\n{RATED}").is_scored


def test_dispute_over_the_whole_review() -> None:
    """Open it makes the score provisional; upheld the review has none; the last decided counts."""
    found = result(DESK, f"{RATED}\ndisputes: [{{because: not my call}}]")
    assert (found.provisional, found.outlooks) == (True, ())
    for decisions, overturned in (
        (["upheld"], True),
        (["upheld", "not upheld"], False),
        (["not upheld", "upheld", "open"], True),
        (["withdrawn"], False),
    ):
        disputes = ", ".join(f"{{outcome: {one}}}" for one in decisions)
        assert review_from(f"{RATED}\ndisputes: [{disputes}]").is_overturned is overturned


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("status: self", "self"),
        ("status: calibration\nselection: targeted", "calibration"),
        ("selection: Targeted", "targeted"),
        ("selection: requested", "requested"),
    ],
)
def test_review_that_says_nothing_of_a_team_is_counted_apart(fields: str, kind: str) -> None:
    """Scored, counted under its kind, and in nothing else of the summary."""
    summary = Summary()
    summary.add(Scored("a.yaml", "a", "", "", result(DESK, f"{fields}\n{RATED}")))
    counted = summary_document(summary)
    kinds = ("calibration", "self", "targeted", "requested")
    assert {one: counted[one] for one in kinds} == {one: int(one == kind) for one in kinds}  # type: ignore[literal-required]
    assert (counted["scored"], counted["rubrics"], counted["mean_percent"]) == (1, [], None)
