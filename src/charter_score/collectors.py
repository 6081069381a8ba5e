"""Collectors: everything that is counted or kept over a run, in one list.

A collector takes in one outcome after the other (`add`) where reviews are scored, in any process,
and then those of the parts that follow, in order (`combine`). There is no other way in. A new count
is a class like these and a line in `Collected`; whatever ends a run (outputs, gates, the command
line) finds it there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from charter_score.diagnostics import START, Diagnostic, Severity, in_order
from charter_score.gates import GateFindings, Gates
from charter_score.outcome import Failed, LeftOut, Outcome, Skipped
from charter_score.summary import Summary


class Collector(Protocol):
    """Something that is collected over a run: small, and picklable."""

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in one outcome."""

    def combine(self, later: Any) -> None:
        """Take in a collector of the same kind that saw what comes next; it stays as it was."""


@dataclass(slots=True)
class Warnings:
    """Collector: the warnings of what did not fail, each once, as they come."""

    found: list[Diagnostic] = field(default_factory=list)
    _known: set[Diagnostic] = field(default_factory=set)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in the warnings of one outcome."""
        if not isinstance(outcome, Failed | LeftOut):
            for warning in outcome.warnings:
                self._take(warning)

    def combine(self, later: "Warnings") -> None:
        """Take in later warnings."""
        for warning in later.found:
            self._take(warning)

    def _take(self, warning: Diagnostic) -> None:
        if warning not in self._known:
            self._known.add(warning)
            self.found.append(warning)


@dataclass(slots=True)
class RepeatedIds:
    """Collector: a warning for each review whose id an earlier one has.

    The ids of one part are kept until it is combined; of everything before, a number for each id.
    """

    ids: list[tuple[str, str]] = field(default_factory=list)
    warnings: Warnings = field(default_factory=Warnings)
    _seen: set[int] = field(default_factory=set)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in the id of one review."""
        if not isinstance(outcome, Failed | LeftOut):
            self.ids.append((outcome.id, outcome.path))

    def combine(self, later: "RepeatedIds") -> None:
        """Hold later ids against all before."""
        self._compare(self.ids)
        self.ids = []
        self._compare(later.ids)

    def _compare(self, ids: list[tuple[str, str]]) -> None:
        for name, path in ids:
            number = hash(name)
            if number in self._seen:
                self.warnings.combine(Warnings([_repeated(path)]))
            self._seen.add(number)


def _repeated(path: str) -> Diagnostic:
    return Diagnostic(
        "duplicate-review-id",
        "an earlier review of this run has the same id",
        path,
        START,
        "give each review an id of its own",
        Severity.WARNING,
    )


@dataclass(slots=True)
class SkippedReviews:
    """Collector: the drafts and void reviews."""

    found: list[Skipped] = field(default_factory=list)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in one outcome."""
        if isinstance(outcome, Skipped):
            self.found.append(outcome)

    def combine(self, later: "SkippedReviews") -> None:
        """Take in later ones."""
        self.found += later.found


@dataclass(slots=True)
class LeftOutPaths:
    """Collector: the documents of folders that are no reviews."""

    paths: list[str] = field(default_factory=list)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in one outcome."""
        if isinstance(outcome, LeftOut):
            self.paths.append(outcome.path)

    def combine(self, later: "LeftOutPaths") -> None:
        """Take in later ones."""
        self.paths += later.paths


@dataclass(slots=True)
class Collected:
    """Every collector of a run: the one list of them, and itself one."""

    summary: Summary = field(default_factory=Summary)
    gates: GateFindings = field(default_factory=Gates().findings)
    warnings: Warnings = field(default_factory=Warnings)
    repeated_ids: RepeatedIds = field(default_factory=RepeatedIds)
    skipped: SkippedReviews = field(default_factory=SkippedReviews)
    left_out: LeftOutPaths = field(default_factory=LeftOutPaths)

    def _each(self) -> Iterator[Collector]:
        for one in fields(self):
            yield getattr(self, one.name)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Let every collector take in one outcome."""
        for collector in self._each():
            collector.add(outcome)

    def combine(self, later: "Collected") -> None:
        """Let every collector take in what its like saw later."""
        for own, other in zip(self._each(), later._each(), strict=True):
            own.combine(other)

    def all_warnings(self) -> tuple[Diagnostic, ...]:
        """The warnings of reviews and of the run as a whole, by path and place."""
        every = [*self.warnings.found, *self.repeated_ids.warnings.found]
        return in_order(dict.fromkeys(every))
