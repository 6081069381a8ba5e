"""A batch as workflow commands of GitHub Actions: annotations on the lines of what was missed.

GitHub shows ten annotations of a kind (error, warning, notice) in a step, so ten of each are given:
what makes the step red first (inputs that could not be scored, reviews that a gate fails), then
critical criteria, then the rest; the job summary (`markdown`) has everything. Text from files never
begins a line and never holds `::` or `##[`, so it can never be a command.

Source: GitHub documentation, Workflow commands for GitHub Actions; for `##[`, which acts in the
middle of a line too, actions/runner, ActionCommand.cs. For the outputs of a step: Setting an output
parameter.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import IntEnum
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.figures import JSON_DECIMALS, rounded_text
from charter_score.outcome import Failed, Outcome, Scored
from charter_score.render.results.batch import Closing
from charter_score.render.results.findings import findings, reason, titled
from charter_score.render.results.overview import chosen
from charter_score.render.results.verdicts import Failure, failures
from charter_score.render.text.diagnostics import message_text
from charter_score.render.text.hostile import visible
from charter_score.render.text.phrases import count
from charter_score.summary import mean_of

MOST = 10
"""Annotations of a kind that GitHub shows in a step."""
MOST_MISSING = 10
"""Things missing in one review that its annotation goes through."""
_MISSING = frozenset(["unrated", "comment-missing", "field-required"])
"""Codes that say that something has still to be filled in."""

_BESIDE_A_COLON = re.compile("(?:^|(?<=:))(?=:)")


class Rank(IntEnum):
    """Which annotations are given first where there are too many of a kind."""

    WHY_NOT_SCORED = 0
    GATE = 1
    CRITICAL = 2
    MORE_WHY_NOT_SCORED = 3
    NEED = 4


class Annotation(NamedTuple):
    """One line, how soon it is wanted, and which kind it is (error, warning or notice)."""

    rank: Rank
    kind: str
    text: str


class Annotations(NamedTuple):
    """The annotations of one input that may be given, and how many it has in all."""

    kept: list[Annotation]
    number: int


class GitHub:
    """`github`: at most ten annotations of a kind, then how the batch went."""

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
                place = _place(outcome.path, one.line, 1)
                line = _command(kind, place, f"{name}: {one.title}", one.text)
                yield Annotation(Rank.CRITICAL if one.critical else Rank.NEED, kind, line)
        elif isinstance(outcome, Failed):
            first = reason(outcome)
            for group in _grouped(outcome.diagnostics):
                rank = Rank.WHY_NOT_SCORED if first in group else Rank.MORE_WHY_NOT_SCORED
                yield Annotation(rank, group[0].severity.value, _problem(group))

    def begin(self) -> str:
        """Nothing."""
        return ""

    def add(self, piece: Annotations) -> str:
        """Nothing yet: what comes later may be graver. No more than ten of a kind are kept."""
        self._kept = _first([*self._kept, *piece.kept])
        self._number += piece.number
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """The annotations, how many more there are, and how the batch went."""
        failed = [Annotation(Rank.GATE, "error", _gate(one)) for one in failures(closing.verdicts)]
        kept = _first([*self._kept, *failed])
        number = self._number + len(failed)
        yield from (one.text for one in kept)
        if number > len(kept):
            yield (
                f"charter-score: {len(kept)} of {number} findings are shown here; "
                "the job summary (-f markdown) goes through every review\n"
            )
        summary = closing.summary
        if told := chosen(summary, names=self._names):
            yield f"charter-score: chosen: {_escaped(told)}\n"
        skipped = f", {summary.skipped} skipped" if summary.skipped else ""
        yield (
            f"charter-score: {count(summary.reviews, 'review')}, {summary.scored} scored, "
            f"{summary.failed} could not be scored{skipped}\n"
        )


class StepOutputs:
    """The outputs of a step: what later steps of a workflow can use of a batch.

    Only figures and words of ours: no text from a file could set another output.
    """

    def piece(self, outcome: Outcome) -> None:
        """Nothing: the end says it all."""

    def begin(self) -> str:
        """Nothing."""
        return ""

    def add(self, piece: None) -> str:
        """Nothing."""
        del piece
        return ""

    def end(self, closing: Closing) -> Iterator[str]:
        """One line an output; `mean` is empty where there is no one mean."""
        summary = closing.summary
        rubrics = summary.in_order()
        mean = mean_of(rubrics[0].shares) if len(rubrics) == 1 else None
        yield f"scored={summary.scored}\n"
        yield f"failed={summary.failed}\n"
        yield f"mean={'' if mean is None else rounded_text(mean * 100, JSON_DECIMALS)}\n"
        yield f"verdict={closing.conclusion.value}\n"


def _first(found: Iterable[Annotation]) -> list[Annotation]:
    """Those to give, ten of each kind, in order of rank and, within one, of reviews."""
    given: Counter[str] = Counter()
    first = []
    for one in sorted(found, key=lambda one: one.rank):
        given[one.kind] += 1
        if given[one.kind] <= MOST:
            first.append(one)
    return first


def _grouped(diagnostics: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """The problems of an input, all that is missing in it as one."""
    groups: list[list[Diagnostic]] = []
    missing: list[Diagnostic] = []
    for one in diagnostics:
        if one.code not in _MISSING:
            groups.append([one])
            continue
        if not missing:
            groups.append(missing)
        missing.append(one)
    return groups


def _problem(group: Sequence[Diagnostic]) -> str:
    """One problem, or everything that is missing, where the first of it is missing."""
    first = group[0]
    line, column = first.location or (1, 1)
    # One alone says how, too.
    shown = [one if len(group) == 1 else one._replace(hint=None) for one in group[:MOST_MISSING]]
    texts = [message_text(one) for one in shown]
    if len(group) > MOST_MISSING:
        texts.append(f"and {len(group) - MOST_MISSING} more")
    title = first.code if len(group) == 1 else f"{len(group)} things are missing"
    place = _place(first.path, line, column)
    return _command(first.severity.value, place, title, "\n".join(texts))


def _gate(failure: Failure) -> str:
    """What a gate fails: on the review, or on nothing where it is the batch."""
    place = _place(failure.path, 1, 1) if failure.path is not None else ""
    return _command("error", place, f"{failure.option} fails", failure.text)


def _place(path: str, line: int, column: int) -> str:
    """Properties of a command that say where it belongs."""
    return f"file={_property(path)},line={line},col={column},"


def _command(kind: str, place: str, title: str, text: str) -> str:
    return f"::{kind} {place}title={_property(title)}::{_data(text)}\n"


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
