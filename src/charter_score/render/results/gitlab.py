"""A batch as a GitLab Code Quality report: what was missed, on the line where it was rated.

What a gate fails is an issue too: of its review, or of the first input where it is the batch, since
every issue has to have a place.

Source: GitLab documentation, Code Quality report format (a list of issues with description,
check_name, fingerprint, severity and location).
"""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from charter_score.diagnostics import Severity
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import findings
from charter_score.render.results.verdicts import Failure, failures
from charter_score.render.text.diagnostics import message_text
from charter_score.wire.encoding import encode


class Issue(NamedTuple):
    """One issue.

    `mark` is what stays the same where only the lines move; the fingerprint is made of it.
    """

    description: str
    check: str
    path: str
    line: int
    severity: str
    mark: str


class Issues(NamedTuple):
    """The issues of the input at a path."""

    path: str
    found: list[Issue]


class GitLab:
    """`gitlab`: issues given out as they come."""

    def __init__(self, *, names: bool, comments: bool) -> None:
        self._names = names
        self._comments = comments
        self._any = False
        self._path = ""
        self._first_path: str | None = None
        self._nth = 0

    def piece(self, outcome: Outcome) -> Issues:
        """The issues of one input."""
        return Issues(outcome.path, list(self._issues(outcome)))

    def _issues(self, outcome: Outcome) -> Iterator[Issue]:
        if isinstance(outcome, Scored):
            advisor = outcome.result.review.advisor
            who = f"{advisor}: " if self._names and advisor else ""
            for one in findings(outcome, comments=self._comments):
                yield Issue(
                    f"{who}{one.title}: {one.text}",
                    f"charter-score/{one.kind.value}",
                    outcome.path,
                    one.line,
                    "critical" if one.critical else "minor",
                    one.route,
                )
        elif isinstance(outcome, Failed):
            seen: Counter[tuple[str, str, str]] = Counter()
            for problem in outcome.diagnostics:
                said = (problem.path, problem.code, problem.message)
                seen[said] += 1
                yield Issue(
                    message_text(problem),
                    f"charter-score/{problem.code}",
                    problem.path,
                    problem.location.line if problem.location else 1,
                    "blocker" if problem.severity is Severity.ERROR else "info",
                    f"{problem.message}\0{seen[said]}",
                )

    def begin(self) -> str:
        """The opening bracket."""
        return "["

    def add(self, piece: Issues) -> str:
        """The issues themselves."""
        # Outcomes come in order of path, so those that share one (files outside the current
        # folder are shown by their names) come one after the other.
        self._nth = self._nth + 1 if piece.path == self._path else 1
        self._path = piece.path
        if self._first_path is None:
            self._first_path = piece.path
        return "".join(self._listed(issue, f"{piece.path}\0{self._nth}") for issue in piece.found)

    def _listed(self, issue: Issue, source: str) -> str:
        before = ",\n " if self._any else "\n "
        self._any = True
        return before + _text(issue, source)

    def end(self, closing: Closing) -> Iterator[str]:
        """What gates fail, and the closing bracket."""
        first_path = self._first_path or "."
        seen: Counter[Failure] = Counter()
        for failure in failures(closing.verdicts):
            same = failure._replace(text="")  # figures change, and it is the same failure
            seen[same] += 1
            source = f"{failure.option}\0{seen[same]}"
            yield self._listed(_gate_issue(failure, failure.path or first_path), source)
        yield "\n]\n" if self._any else "]\n"


def _gate_issue(failure: Failure, path: str) -> Issue:
    description = f"{failure.option} fails: {failure.text}"
    return Issue(description, "charter-score/gate", path, 1, "blocker", failure.mark)


def _text(issue: Issue, source: str) -> str:
    """One issue; its fingerprint stays the same while source, check and mark do."""
    mark = f"{source}\0{issue.path}\0{issue.check}\0{issue.mark}"
    return encode(
        {
            "description": issue.description,
            "check_name": issue.check,
            "fingerprint": sha256(mark.encode("utf-8", "backslashreplace")).hexdigest(),
            "severity": issue.severity,
            "location": {"path": issue.path, "lines": {"begin": issue.line}},
        }
    )
