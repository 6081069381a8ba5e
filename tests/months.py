"""Reviews made up for tests of reports: as many as wanted, of whom and when is wanted."""

from collections.abc import Iterable, Sequence
from typing import Any

from charter_score.outcome import Scored
from charter_score.report.counts import ReportCounts
from charter_score.review import Review
from charter_score.rubric import Rubric
from charter_score.scoring import score
from documents import rubric_from

RUBRIC = """
id: small
version: "1"
title: Small standard
organisation: Council
expected: 70
channel_costs: {phone: 2.83, visit: 8.62, online: 0.15}
bands: [{name: Low}, {name: Fair, from: 70}, {name: High, above: 90}]
sections:
  - id: welcome
    title: Welcome
    criteria:
      - {id: greeting, title: Greeting, advice: "Good morning."}
      - {id: tone, title: Tone of voice, points: 2, advice: Breathe.}
      - {id: identity, title: Identity check, points: 1, critical: true}
  - id: close
    title: Close
    criteria:
      - {id: summary, title: Summary, advice: Say it once more.}
      - {id: thanks, title: Thanks}
"""
CRITERIA = (
    *(("welcome", "greeting"), ("welcome", "tone"), ("welcome", "identity")),
    *(("close", "summary"), ("close", "thanks")),
)
"""The criteria in the rubric's order: a review's ratings are one letter each, `m`, `x` or `-`."""
_WORDS = {"m": "met", "x": "not met", "-": "n/a"}


def small_rubric() -> Rubric:
    """The rubric of these reviews."""
    return rubric_from(RUBRIC)


def made(rubric: Rubric, number: int, ratings: str, **fields: Any) -> Scored:
    """One scored review: its ratings as letters, `day`, `channel` and fields of a review."""
    rated: dict[str, dict[str, Any]] = {}
    for (section, criterion), letter in zip(CRITERIA, ratings, strict=True):
        rated.setdefault(section, {})[criterion] = {"rating": _WORDS[letter]}
    comments = fields.pop("comments", {})
    for (section, criterion), comment in comments.items():
        rated[section][criterion]["comment"] = comment
    interaction = {
        name: value for name in ("channel", "mood") if (value := fields.pop(name, None)) is not None
    }
    if (day := fields.pop("day", "2016-05-04")) is not None:
        interaction["date"] = day
    review = Review.model_validate(
        {"ratings": rated, "interaction": interaction, **fields, "id": f"r{number:04}"}
    )
    result = score(rubric, review)
    return Scored(f"reviews/r{number:04}.yaml", f"r{number:04}", "0" * 64, "1" * 64, result)


def several(rubric: Rubric, ratings: Sequence[str], **fields: Any) -> list[Scored]:
    """A review for each text of ratings, alike in everything else."""
    first = fields.pop("first", 1)
    return [made(rubric, first + at, each, **dict(fields)) for at, each in enumerate(ratings)]


def counted(outcomes: Iterable[Scored], **asked: Any) -> ReportCounts:
    """What a report collects of some reviews."""
    counts = ReportCounts(**asked)
    for outcome in outcomes:
        counts.add(outcome)
    return counts
