"""A batch as workflow commands of GitHub Actions: annotations on the lines of what was missed.

GitHub shows ten annotations of a kind in a step, so ten are given: those of inputs that could not
be scored first, then critical criteria, then the rest; the job summary (`markdown`) has everything.
Text from files never begins a line and never holds `::` or `##[`, so it can never be a command.

Source: GitHub documentation, Workflow commands for GitHub Actions; for `##[`, which acts in the
middle of a line too, actions/runner, ActionCommand.cs.
"""

import re
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import findings, reason, titled
from charter_score.render.text.diagnostics import message_text
from charter_score.render.text.hostile import visible
from charter_score.render.text.phrases import count

MOST = 10

_BESIDE_A_COLON = re.compile("(?:^|(?<=:))(?=:)")


class Rank(IntEnum):
    """Which annotations are given first where there are too many."""

    WHY_NOT_SCORED = 0
    CRITICAL = 1
    MORE_WHY_NOT_SCORED = 2
    NEED = 3


class Annotation(NamedTuple):
    """One line, and how soon it is wanted."""

    rank: Rank
    text: str


class Annotations(NamedTuple):
    """The annotations of one input that may be given, and how many it has in all."""

    kept: list[Annotation]
    number: int


class GitHub:
    """`github`: at most ten annotations, then how the batch went."""

    def __init__(self, *, names: bool, comments: bool) -> None:
        self._names = names
        self._comments = comments
        self._kept: list[Annotation] = []
        self._number = 0

    def piece(self, outcome: Outcome) -> Annotations:
        """The annotations of one input; no more than can be given."""
        found = list(self._annotations(outcome))
        return Annotations(_first(found), len(found))

    def _annotations(self, outcome: Outcome) -> Iterator[Annotation]:
        if isinstance(outcome, Scored):
            name = titled(outcome, names=self._names)
            for one in findings(outcome, comments=self._comments):
                kind = "error" if one.critical else "warning"
                line = _command(kind, outcome.path, one.line, 1, f"{name}: {one.title}", one.text)
                yield Annotation(Rank.CRITICAL if one.critical else Rank.NEED, line)
        elif isinstance(outcome, Failed):
            first = reason(outcome)
            for problem in outcome.diagnostics:
                rank = Rank.WHY_NOT_SCORED if problem is first else Rank.MORE_WHY_NOT_SCORED
                yield Annotation(rank, _problem(problem))

    def begin(self) -> str:
        """Nothing."""
        return ""

    def add(self, piece: Annotations) -> str:
        """Nothing yet: what comes later may be graver. No more than ten are kept."""
        self._kept = _first([*self._kept, *piece.kept])
        self._number += piece.number
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """The annotations, how many more there are, and how the batch went."""
        yield from (one.text for one in self._kept)
        if self._number > len(self._kept):
            yield (
                f"charter-score: {len(self._kept)} of {self._number} findings are shown here; "
                "the job summary (-f markdown) goes through every review\n"
            )
        summary = closing.summary
        skipped = f", {summary.skipped} skipped" if summary.skipped else ""
        yield (
            f"charter-score: {count(summary.reviews, 'review')}, {summary.scored} scored, "
            f"{summary.failed} could not be scored{skipped}\n"
        )


def _first(found: list[Annotation]) -> list[Annotation]:
    """The ten to give, in order of rank and, within one, of reviews."""
    return sorted(found, key=lambda one: one.rank)[:MOST]


def _problem(one: Diagnostic) -> str:
    line, column = one.location or (1, 1)
    text = message_text(one)
    return _command(one.severity.value, one.path, line, column, one.code, text)


def _command(kind: str, path: str, line: int, column: int, title: str, text: str) -> str:
    return (
        f"::{kind} file={_property(path)},line={line},col={column},title={_property(title)}"
        f"::{_data(text)}\n"
    )


def _escaped(text: str) -> str:
    """Percent signs and line breaks escaped, nothing invisible, no old kind of command."""
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(escaped).replace("##[", "## [")


def _data(text: str) -> str:
    """Text as a command's data, in which two colons never meet."""
    return _BESIDE_A_COLON.sub(" ", _escaped(text))


def _property(text: str) -> str:
    """Text as a command's property: commas and colons escaped too."""
    return _escaped(text).replace(":", "%3A").replace(",", "%2C")
