"""What a rubric says in words."""

from charter_score import facts
from documents import rubric_from

RUBRIC = """
id: small
version: "2"
title: Calls
organisation: A council
bands: [{name: Low}, {name: Good, from: 70}, {name: Best, above: 90.5}]
sections:
  - id: open
    title: Opening
    criteria:
      - id: tone
        title: Tone
        levels: {good: 2, poor: 0}
        looks_like: {n/a: Nobody spoke., POOR: Cold.}
        comment: when_missed
        not_applicable: needs_comment
        applies_when: {channel: [phone, visit], topic: tax}
"""


def test_each_fact_in_words() -> None:
    """Titles, bounds, conditions and demands read as one sentence or a few words."""
    rubric = rubric_from(RUBRIC)
    (criterion,) = rubric.sections[0].criteria
    assert facts.edition(rubric) == "A council: Calls (2)"
    assert [bound for _, bound in facts.bands(rubric)] == ["above 90.5%", "from 70%", "below that"]
    assert facts.condition(criterion.applies_when) == "channel is phone or visit and topic is tax"
    assert facts.condition({}) == ""
    assert facts.on_na(criterion) == "n/a needs a comment"
    assert facts.on_comment(criterion) == "a rating that misses it or loses points needs a comment"


def test_ratings_come_in_the_order_of_the_rubric() -> None:
    """However the looks are ordered and spelled; n/a has no points of its own, hidden ones none."""
    rubric = rubric_from(RUBRIC)
    (criterion,) = rubric.sections[0].criteria
    assert [tuple(rating) for rating in facts.ratings(rubric, criterion)] == [
        ("good", 2, "", "good"),
        ("poor", 0, "Cold.", "poor"),
        ("n/a", None, "Nobody spoke.", "n/a"),
    ]
    hidden = rubric_from(RUBRIC.replace("title: Calls", "title: Calls\nhide_points: true"))
    assert {rating.worth for rating in facts.ratings(hidden, criterion)} == {""}


def test_what_every_miss_asks_is_said_once_only_where_all_ask() -> None:
    """One criterion that asks for nothing, or none at all that asks, and nothing is alike."""
    for asking, alike in (((True, True), True), ((True, False), False), ((False, False), False)):
        criteria = ", ".join(
            f"{{id: c{number}, title: C, comment: {'when_missed' if asks else 'optional'}}}"
            for number, asks in enumerate(asking)
        )
        sections = f"[{{id: s, title: S, criteria: [{criteria}]}}]"
        rubric = rubric_from(f"{{id: r, version: '1', title: R, sections: {sections}}}")
        assert bool(facts.asks_alike(rubric)) is alike


LANGUAGE = """
id: cy
version: "1"
title: Galwadau
words: {met: [Cyflawnwyd], n/a: [Amherthnasol]}
tags: {compliance: Compliance}
causes: {habit: Out of habit, tools: No tools}
unit: service
sections:
  - id: s
    title: S
    weight: 2
    at_least: 50
    criteria:
      - {id: plain, title: P, tags: [compliance], comment: always}
      - {id: range, title: R, range: {from: 1, to: 5}, critical: {up_to: "2"},
         comment: {up_to: "3"}, looks_like: {"5": Perfect.}}
combine: section_weights
"""


def test_facts_of_the_language() -> None:
    """Words, ranges, limits, minimums, tags, causes and units, each in a few words."""
    rubric = rubric_from(LANGUAGE)
    plain, numbers = rubric.sections[0].criteria
    assert [rating.word for rating in facts.ratings(rubric, plain)] == [
        "Cyflawnwyd",
        "not met",
        "Amherthnasol",
    ]
    assert [(rating.word, rating.rating) for rating in facts.ratings(rubric, numbers)] == [
        ("a number from 1 to 5", ""),
        ("5", "5"),
        ("Amherthnasol", "n/a"),
    ]
    assert facts.weighted_title(rubric.sections[0]) == "S (weight 2, at least 50%)"
    assert facts.critical_mark(numbers) == "critical up to 2"
    assert facts.critical(numbers) == "critical: 2, or what is worth no more, fails the review"
    assert facts.on_comment(plain) == "every rating needs a comment"
    assert facts.on_comment(numbers) == "3, or what is worth no more, needs a comment"
    assert facts.tags(rubric, plain) == "Compliance"
    assert facts.causes(rubric) == "Out of habit, No tools"
    assert facts.unit(rubric) == "service"
    assert facts.critical_rule(rubric) == (
        "Missing a critical criterion or a section below its minimum puts the review in the lowest "
        "band."
    )
