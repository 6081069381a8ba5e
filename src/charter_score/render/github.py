"""A batch as workflow commands of GitHub Actions: annotations on the lines of what was missed.

GitHub shows ten annotations of a step, so ten are given and the rest is counted; the job summary
(`markdown`) has everything. Text from files never begins a line, so it can never be a command.

Source: GitHub documentation, Workflow commands for GitHub Actions.
"""

from collections.abc import Iterator

from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.batch import Closing
from charter_score.render.findings import findings
from charter_score.render.hostile import visible

MOST = 10


class GitHub:
    """`github`: at most ten annotations, those of inputs that could not be scored first to come."""

    def __init__(self, *, comments: bool) -> None:
        self._comments = comments
        self._given = 0
        self._more = 0

    def piece(self, outcome: Outcome) -> list[str]:
        """The annotations of one input; no more than can be shown, and how many were left."""
        if isinstance(outcome, Scored):
            return [
                _annotation(
                    "error" if one.critical else "warning",
                    outcome.path,
                    one.line,
                    1,
                    f"{outcome.id}: {one.title}",
                    one.told,
                )
                for one in findings(outcome, comments=self._comments)
            ]
        if isinstance(outcome, Failed):
            return [
                _annotation(
                    one.severity.value,
                    one.path,
                    one.location.line if one.location else 1,
                    one.location.column if one.location else 1,
                    one.code,
                    one.message + (f" ({one.hint})" if one.hint else ""),
                )
                for one in outcome.diagnostics
            ]
        return []

    def begin(self) -> str:
        """Nothing."""
        return ""

    def add(self, piece: list[str]) -> str:
        """The annotations, as long as there are no more than ten."""
        given = piece[: MOST - self._given]
        self._given += len(given)
        self._more += len(piece) - len(given)
        return "".join(given)

    def end(self, closing: Closing) -> Iterator[str]:
        """How many more there are, and how the batch went."""
        if self._more:
            yield f"charter-score: {self._more} more in the job summary\n"
        summary = closing.summary
        yield (
            f"charter-score: {summary.reviews} reviews, {summary.scored} scored, "
            f"{summary.failed} not scored\n"
        )


def _annotation(kind: str, path: str, line: int, column: int, title: str, text: str) -> str:
    return (
        f"::{kind} file={_property(path)},line={line},col={column},title={_property(title)}"
        f"::{_data(text)}\n"
    )


def _data(text: str) -> str:
    """Text as a command's data: percent signs and line breaks escaped, nothing invisible."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(escaped).replace("##[", "## [")


def _property(text: str) -> str:
    """Text as a command's property: commas and colons escaped too."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
