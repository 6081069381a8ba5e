"""The Code Quality report, held to the fields that GitLab documents.

Source: GitLab documentation, Code Quality, "Code Quality report format".
"""

import json
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import hostile
from batches import batch, rendered
from charter_score.diagnostics import Diagnostic, Location, Severity
from charter_score.gates import Gates
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.results.gitlab import GitLab
from charter_score.render.text.hostile import with_breaks

Issue = dict[str, Any]


def report(
    outcomes: list[Outcome],
    *,
    names: bool = False,
    comments: bool = False,
    gates: Gates | None = None,
) -> list[Issue]:
    """The issues, each held to the documented fields."""
    renderer = GitLab(names=names, comments=comments)
    found: list[Issue] = json.loads(rendered(renderer, outcomes, gates=gates))
    assert isinstance(found, list)
    for issue in found:
        assert set(issue) == {"description", "check_name", "fingerprint", "severity", "location"}
        assert issue["description"]
        assert re.fullmatch("charter-score/[a-z-]+", issue["check_name"])
        assert re.fullmatch("[0-9a-f]{64}", issue["fingerprint"])
        assert issue["severity"] in ("info", "minor", "major", "critical", "blocker")
        assert set(issue["location"]) == {"path", "lines"}
        assert not issue["location"]["path"].startswith(("./", "/"))
        assert set(issue["location"]["lines"]) == {"begin"}
        assert type(issue["location"]["lines"]["begin"]) is int
        assert issue["location"]["lines"]["begin"] >= 1
    prints = [issue["fingerprint"] for issue in found]
    assert len(set(prints)) == len(prints)
    return found


@pytest.fixture(name="outcomes")
def _outcomes(tmp_path: Path) -> list[Outcome]:
    return batch(tmp_path)


def test_every_need_and_problem_is_an_issue(outcomes: list[Outcome]) -> None:
    """Needs are minor, critical ones critical, problems of inputs blockers, each on its line."""
    found = report(outcomes)
    assert len(found) == 3 + 1 + 1 + 1 + 4
    by_path = {(one["location"]["path"], one["location"]["lines"]["begin"]): one for one in found}
    critical = by_path["c-critical.yaml", 4]
    assert critical["check_name"] == "charter-score/critical"
    assert critical["severity"] == "critical"
    assert critical["description"] == "Identity check: not met, 0 of 1 point"
    assert by_path["b-low.yaml", 5]["severity"] == "minor"
    assert {o["severity"] for o in found if o["location"]["path"] == "g-unrated.yaml"} == {
        "blocker"
    }


def test_what_a_gate_fails_is_an_issue(outcomes: list[Outcome]) -> None:
    """The report carries the verdict: on the review, or on the first input for the batch."""
    reviews: list[Outcome] = [one for one in outcomes if isinstance(one, Scored)]
    gates = Gates(expected=True, fail_under_mean=Fraction(9, 10))
    found = [one for one in report(reviews, gates=gates) if one["check_name"].endswith("/gate")]
    assert [(one["severity"], one["location"]["path"], one["description"]) for one in found] == [
        ("blocker", "b-low.yaml", "--gate fails: 42.9%, expected 70% or above"),
        ("blocker", "c-critical.yaml", "--gate fails: a critical criterion was missed"),
        (
            "blocker",
            "a-high.yaml",
            "--fail-under-mean fails: small@1 has a mean of 74.3%, wanted 90% or above",
        ),
    ]
    assert report(reviews[:1], gates=Gates(expected=True)) == []


def test_a_batch_without_issues_is_an_empty_list(outcomes: list[Outcome]) -> None:
    """Nothing to point at is a report too."""
    assert report([]) == []
    assert report([one for one in outcomes if isinstance(one, Scored) and one.id == "a-high"]) == []


def test_fingerprints_stay_where_lines_move(outcomes: list[Outcome]) -> None:
    """GitLab compares branches by fingerprint: a line more at the top makes nothing new."""
    moved: list[Outcome] = []
    for one in outcomes:
        if isinstance(one, Scored):
            moved.append(one._replace(lines={key: n + 7 for key, n in one.lines.items()}))
        elif isinstance(one, Failed):
            lower = [
                d._replace(location=Location(d.location.line + 7, 1) if d.location else None)
                for d in one.diagnostics
            ]
            moved.append(Failed(one.path, tuple(lower)))
        else:
            moved.append(one)
    before, after = report(outcomes), report(moved)
    assert [one["fingerprint"] for one in before] == [one["fingerprint"] for one in after]
    assert before != after


def test_fingerprints_differ_where_inputs_do(outcomes: list[Outcome]) -> None:
    """Files that are shown by one name, and problems told in the same words, are not one."""
    low = next(one for one in outcomes if isinstance(one, Scored) and one.id == "b-low")
    twice = Diagnostic("unrated", "this has no rating", "x.yaml", Location(1, 1))
    again = twice._replace(location=Location(2, 1))
    elsewhere = twice._replace(path="rubric.yaml", severity=Severity.WARNING)
    failed = Failed("x.yaml", (twice, again, elsewhere))
    found = report([low, low, low, failed, failed])
    assert len(found) == 3 * 3 + 2 * 3
    assert {one["severity"] for one in found} == {"minor", "blocker", "info"}


@pytest.mark.parametrize("names", [True, False])
@pytest.mark.parametrize("comments", [True, False])
def test_hostile_text_comes_back(names: bool, comments: bool) -> None:
    """The report is ASCII, and every text comes back to the last letter."""
    outcomes = hostile.outcomes()
    data = rendered(GitLab(names=names, comments=comments), outcomes)
    assert data.isascii()
    assert not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]", data)
    marks = set()
    for issue in report(outcomes, names=names, comments=comments):
        for text in (issue["description"], issue["location"]["path"]):
            for mark in hostile.MARK.finditer(text):
                whole = hostile.HOSTILE.replace("FIELD", mark[0])
                assert whole in text or with_breaks(whole) in text
                marks.add(mark[0][6:-4])
    assert marks >= {"path", "title-tone", "title-identity", "failed-path", "message", "hint"}
    assert ("advisor" in marks) is names
    assert ("comment-tone" in marks) is comments
    assert not marks & {"reviewer", "who", "notes", "because-tone", "evidence-tone"}
