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
    assert facts.on_miss(criterion) == "a rating that misses it or loses points needs a comment"


def test_ratings_come_in_the_order_of_the_rubric() -> None:
    """However the looks are ordered and spelled; n/a has no points of its own, hidden ones none."""
    rubric = rubric_from(RUBRIC)
    (criterion,) = rubric.sections[0].criteria
    assert [tuple(rating) for rating in facts.ratings(rubric, criterion)] == [
        ("good", 2, ""),
        ("poor", 0, "Cold."),
        ("n/a", None, "Nobody spoke."),
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
        assert facts.asks_alike_on_miss(rubric) is alike
