"""One focus, and whether it moved: by the rule, and by Fisher's test."""

from fractions import Fraction
from types import SimpleNamespace
from typing import Any

import pytest

from charter_score.report.focus import focus_of, moved
from charter_score.report.model import Of
from charter_score.report.records import Records, ReviewRecord
from months import made, small_rubric

RUBRIC = small_rubric()
TONE = ("welcome", "tone")
SUMMARY = ("close", "summary")


def records(*ratings: str, days: list[str] | None = None, **fields: Any) -> list[ReviewRecord]:
    """The record of one person, a review for each text of ratings."""
    kept = Records()
    for number, each in enumerate(ratings):
        day = days[number] if days else f"2016-05-{number + 1:02}"
        kept.add(made(RUBRIC, number, each, advisor="Ann", day=day, **fields))
    ((_, found),) = kept.people["ann"].rubrics.values()
    return found


def test_the_focus_is_what_cost_most_together() -> None:
    """Tone of two points missed twice costs more than a summary of one missed three times."""
    found = focus_of(RUBRIC, records("mxmxm", "mxmxm", "mmmxm"))
    assert found is not None
    assert (found.key, found.missed, found.share_lost) == (TONE, Of(2, 3), Fraction(4, 6))


def test_it_must_have_been_missed_twice() -> None:
    """One bad day is no focus."""
    assert focus_of(RUBRIC, records("mxmmm", "mmmmm")) is None
    found = focus_of(RUBRIC, records("mxmmm", "mmmxm", "mmmxm"))
    assert found is not None
    assert found.key == SUMMARY


def test_critical_comes_first() -> None:
    """A critical criterion that was missed, however little it costs."""
    found = focus_of(RUBRIC, records("mxxmm", "mxxmm", "mxmmm"))
    assert found is not None
    assert found.key == ("welcome", "identity")
    assert found.critical


def test_ties_go_by_the_rubrics_order() -> None:
    """Greeting before summary where both cost the same."""
    found = focus_of(RUBRIC, records("xmmxm", "xmmxm"))
    assert found is not None
    assert found.key == ("welcome", "greeting")


def test_two_of_the_latest_comments_stand_with_it() -> None:
    """The reviewer's own words, the latest first, no more than two."""
    found = focus_of(RUBRIC, records("mxmmm", "mxmmm", "mxmmm", comments={TONE: "Rushed."}))
    assert found is not None
    assert [(record.id, need.comment) for record, need in found.said] == [
        ("r0002", "Rushed."),
        ("r0001", "Rushed."),
    ]


def _agreed(found: list[ReviewRecord], day: str) -> list[ReviewRecord]:
    action: Any = SimpleNamespace(agreed=day)
    return [found[0]._replace(actions=(action,)), *found[1:]]


@pytest.mark.parametrize(
    ("before", "after", "better"),
    [(8, 0, True), (2, 1, False)],
)
def test_whether_it_moved_is_fishers_test(before: int, after: int, better: bool) -> None:
    """Only reviews after the day it was agreed, against those before; else too few to tell."""
    ratings = ["mxmmm"] * before + ["mmmmm"] * 2 + ["mxmmm"] * after + ["mmmmm"] * (8 - after)
    days = [f"2016-04-{n + 1:02}" for n in range(before + 2)]
    days += [f"2016-06-{n + 1:02}" for n in range(8)]
    change = moved(TONE, _agreed(records(*ratings, days=days), "2016-05-01"))
    assert change is not None
    assert change.before == Of(before, before + 2)
    assert change.after == Of(after, 8)
    assert change.is_better is better
    assert not change.is_worse


def test_without_an_agreed_day_nothing_is_asked() -> None:
    """The worst of many criteria improves by itself: no day, no comparison."""
    assert moved(TONE, records("mxmmm", "mxmmm", "mmmmm")) is None
