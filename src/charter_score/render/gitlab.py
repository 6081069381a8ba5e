"""A batch as a GitLab Code Quality report: what was missed, on the line where it was rated.

Source: GitLab documentation, Code Quality report format (a list of issues with description,
check_name, fingerprint, severity and location).
"""

from collections.abc import Iterator
from hashlib import sha256

from charter_score.diagnostics import Severity
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.batch import Closing
from charter_score.render.findings import findings
from charter_score.wire import encode


class GitLab:
    """`gitlab`: issues given out as they come."""

    def __init__(self, *, comments: bool) -> None:
        self._comments = comments
        self._any = False

    def piece(self, outcome: Outcome) -> list[str]:
        """The issues of one input."""
        if isinstance(outcome, Scored):
            return [
                _issue(
                    f"{one.title}: {one.told}",
                    "charter-score/critical" if one.critical else "charter-score/not-met",
                    outcome.path,
                    one.line,
                    "critical" if one.critical else "minor",
                    one.route,
                )
                for one in findings(outcome, comments=self._comments)
            ]
        if isinstance(outcome, Failed):
            return [
                _issue(
                    one.message,
                    f"charter-score/{one.code}",
                    one.path,
                    one.location.line if one.location else 1,
                    "blocker" if one.severity is Severity.ERROR else "info",
                    f"{one.code}:{one.location}",
                )
                for one in outcome.diagnostics
            ]
        return []

    def begin(self) -> str:
        """The opening bracket."""
        return "["

    def add(self, piece: list[str]) -> str:
        """The issues themselves."""
        text = ""
        for issue in piece:
            text += (",\n " if self._any else "\n ") + issue
            self._any = True
        return text

    def end(self, closing: Closing) -> Iterator[str]:
        """The closing bracket."""
        del closing
        yield "\n]\n" if self._any else "]\n"


def _issue(description: str, check: str, path: str, line: int, severity: str, mark: str) -> str:
    """One issue; its fingerprint stays the same while path, check and place do."""
    return encode(
        {
            "description": description,
            "check_name": check,
            "fingerprint": sha256(f"{path}\0{check}\0{mark}".encode()).hexdigest(),
            "severity": severity,
            "location": {"path": path, "lines": {"begin": line}},
        }
    )
