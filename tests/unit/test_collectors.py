"""Collectors: a whole is its parts combined in order, wherever they were made."""

import pickle
from collections.abc import Sequence
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

import pytest

from batches import batch
from charter_score.collectors import Collected
from charter_score.diagnostics import START, Diagnostic, Severity
from charter_score.gates import Baseline, EarlierReview, Gates
from charter_score.outcome import Failed, LeftOut, Outcome, Scored
from charter_score.pipeline import Job

ODD = Diagnostic("odd", "odd", "rubric.yaml", START, None, Severity.WARNING)
EARLIER = EarlierReview(("x", "r@1"), "x", None, Fraction(1), "", "")
JOB = Job(
    (),
    by=("advisor", "advisor,month"),
    gates=Gates(expected=True, baseline=Baseline([EARLIER])),
)


@pytest.fixture(name="found")
def _found(tmp_path: Path) -> list[Outcome | LeftOut]:
    """Outcomes of every kind, some twice, with a warning of a rubric that several share."""
    outcomes = batch(tmp_path)
    warned = [one._replace(warnings=(ODD,)) if isinstance(one, Scored) else one for one in outcomes]
    return [
        *warned,
        LeftOut("results.json", "a rubric"),
        *outcomes[:3],
        LeftOut("rubric.yaml", "a rubric"),
    ]


def collected(parts: Sequence[Sequence[Outcome | LeftOut]]) -> Collected:
    """What a run collects of parts that other processes made."""
    whole = JOB.collected()
    for outcomes in parts:
        part = JOB.collected()
        for outcome in outcomes:
            part.add(outcome)
        whole.combine(pickle.loads(pickle.dumps(part)))  # noqa: S301 - our own
    return whole


def test_parts_combine_to_the_whole(found: list[Outcome | LeftOut]) -> None:
    """However a batch is cut, every collector ends up the same."""
    whole = collected([found])
    for size in range(1, len(found)):
        parts = [found[at : at + size] for at in range(0, len(found), size)]
        assert collected(parts) == whole, size


def test_everything_is_collected(found: list[Outcome | LeftOut]) -> None:
    """Each collector holds what it is there for, each warning once and in order of place."""
    whole = collected([found])
    scored = sum(isinstance(one, Scored) for one in found)
    failed = sum(isinstance(one, Failed) for one in found)
    assert (whole.summary.scored, whole.summary.failed) == (scored, failed)
    assert [one.path for one in whole.left_out.found] == ["results.json", "rubric.yaml"]
    assert [one.path for one in whole.skipped.found] == ["f-draft.yaml"]
    assert [(one.code, one.path) for one in whole.diagnostics.warnings()] == [
        ("duplicate-review-id", "a-high.yaml"),
        ("duplicate-review-id", "b-low.yaml"),
        ("duplicate-review-id", "c-critical.yaml"),
        ("odd", "rubric.yaml"),
    ]
    assert whole.gates.judged == sum(one.reviews for one in whole.summary.in_order())


def test_a_collector_has_two_ways_in() -> None:
    """A new count is a class with `add` and `combine`, and a field of the one list."""
    for one in fields(Collected):
        if one.name == "own":  # what only the command at hand has
            continue
        collector = type(getattr(Collected(), one.name))
        assert callable(collector.add)
        assert callable(collector.combine)
