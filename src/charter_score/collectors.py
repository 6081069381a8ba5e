"""Collectors: everything that is counted or kept over a run, in one list.

A collector takes in one outcome after the other (`add`) where reviews are scored, in any process,
and then those of the parts that follow, in order (`combine`). There is no other way in. A new count
is a class like these and a line in `Collected`; whatever ends a run (outputs, gates, the command
line) finds it there.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from hashlib import sha256
from typing import Any, NamedTuple, Protocol

from charter_score.diagnostics import START, Diagnostic, Severity, in_order
from charter_score.gates import GateFindings, Gates
from charter_score.outcome import Failed, LeftOut, Outcome, Scored, Skipped
from charter_score.review import Status
from charter_score.summary import Summary


class Collector(Protocol):
    """Something that is collected over a run: small, and picklable."""

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in one outcome."""

    def combine(self, later: Any) -> None:
        """Take in a collector of the same kind that saw what comes next; it stays as it was."""


class Noted(NamedTuple):
    """The diagnostics of one input and of its rubric; `id` is None where the input failed.

    `contact` says of which contact, by whom and against what it is, where it says so.
    """

    path: str
    id: str | None
    diagnostics: tuple[Diagnostic, ...]
    contact: str | None = None


def _own_id(outcome: Scored | Skipped) -> str:
    """The id that no other review of a run should have.

    Calibration reviews, and an advisor's own view, are of one contact and may share its id: those
    of two people are two.
    """
    if not isinstance(outcome, Scored):
        return outcome.id
    review = outcome.result.review
    match review.status:
        case Status.CALIBRATION:
            return f"{outcome.id}\0{review.reviewer or outcome.path}"
        case Status.SELF:
            return f"{outcome.id}\0\0{review.advisor or outcome.path}"
        case _:
            return outcome.id


def _contact(outcome: Scored | Skipped) -> str | None:
    """Contact, reviewer and rubric of a review that counts."""
    if not isinstance(outcome, Scored) or (contact := outcome.result.review.contact) is None:
        return None
    return "\0".join((*contact, outcome.result.rubric.id))


@dataclass(slots=True)
class RunDiagnostics:
    """Collector: everything that is wrong, input by input, with the ids that an earlier review has.

    What it gives depends on the inputs and their order alone, not on the parts they came in.
    """

    noted: list[Noted] = field(default_factory=list)
    """The inputs of this part that were not held against those before yet."""
    _ids: set[str | bytes] = field(default_factory=set)
    _contacts: set[str | bytes] = field(default_factory=set)
    _warnings: dict[Diagnostic, None] = field(default_factory=dict)
    _elsewhere: set[Diagnostic] = field(default_factory=set)
    _untold: list[tuple[Diagnostic, ...]] = field(default_factory=list)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in the diagnostics of one outcome."""
        if isinstance(outcome, Failed):
            self.noted.append(Noted(outcome.path, None, tuple(outcome.diagnostics)))
        elif not isinstance(outcome, LeftOut):
            noted = Noted(
                outcome.path, _own_id(outcome), tuple(outcome.warnings), _contact(outcome)
            )
            self.noted.append(noted)

    def combine(self, later: "RunDiagnostics") -> None:
        """Hold later inputs against all before."""
        self.noted += later.noted

    def warnings(self) -> tuple[Diagnostic, ...]:
        """Every warning of what did not fail, in order of path and place."""
        self._settle()
        return in_order(self._warnings)

    def untold(self) -> list[tuple[Diagnostic, ...]]:
        """For each input what was not given before, in order of path and place."""
        self._settle()
        untold, self._untold = self._untold, []
        return untold

    def _settle(self) -> None:
        for noted in self.noted:
            if new := self._new(noted):
                self._untold.append(new)
        self.noted = []

    def _new(self, noted: Noted) -> tuple[Diagnostic, ...]:
        """The diagnostics of an input that no input before had.

        Those of a rubric come with the first input that names it.
        """
        if noted.id is None:
            new = [
                diagnostic for diagnostic in noted.diagnostics if diagnostic not in self._elsewhere
            ]
            self._elsewhere.update(
                diagnostic for diagnostic in new if diagnostic.path != noted.path
            )
            return in_order(new)
        repeated = [_repeated(noted.path)] if _is_in(self._ids, noted.id) else []
        if noted.contact is not None and _is_in(self._contacts, noted.contact):
            repeated.append(_reviewed_twice(noted.path))
        if not (repeated or noted.diagnostics):
            return ()
        all_of_it = in_order((*noted.diagnostics, *repeated))
        new = [diagnostic for diagnostic in all_of_it if diagnostic not in self._warnings]
        self._warnings.update(dict.fromkeys(new))
        return tuple(new)


def _is_in(known: set[str | bytes], name: str) -> bool:
    """Whether an earlier review has this name; it has one from now on."""
    # Of a long one its fingerprint, so that a million of them do not fill the memory.
    kept = name if len(name) <= _LONGEST_KEPT else _fingerprint(name)
    before = len(known)
    known.add(kept)
    return len(known) == before


_LONGEST_KEPT = 64
"""Characters up to which a review's id is kept as it is."""


def _fingerprint(name: str) -> bytes:
    return sha256(name.encode("utf-8", "surrogatepass")).digest()


def _repeated(path: str) -> Diagnostic:
    return Diagnostic(
        "duplicate-review-id",
        "an earlier review of this run has the same id",
        path,
        START,
        "give each review an id of its own",
        Severity.WARNING,
    )


def _reviewed_twice(path: str) -> Diagnostic:
    return Diagnostic(
        "reviewed-twice",
        "an earlier review of this run is of the same contact, by the same reviewer against the "
        "same rubric, so the contact counts twice",
        path,
        START,
        "keep one of them, or give the other `status: calibration`",
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
class LeftOutFiles:
    """Collector: the files of folders that are no reviews; what a filter left out is none."""

    found: list[LeftOut] = field(default_factory=list)

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Take in one outcome."""
        if isinstance(outcome, LeftOut) and outcome.unchosen is None:
            self.found.append(outcome)

    def combine(self, later: "LeftOutFiles") -> None:
        """Take in later ones."""
        self.found += later.found


@dataclass(slots=True)
class Collected:
    """Every collector of a run: the one list of them, and itself one.

    `own` are those that only one command has.
    """

    summary: Summary = field(default_factory=Summary)
    gates: GateFindings = field(default_factory=Gates().findings)
    diagnostics: RunDiagnostics = field(default_factory=RunDiagnostics)
    skipped: SkippedReviews = field(default_factory=SkippedReviews)
    left_out: LeftOutFiles = field(default_factory=LeftOutFiles)
    own: tuple[Collector, ...] = ()

    def _each(self) -> Iterator[Collector]:
        for attribute in fields(self):
            if attribute.name != "own":
                yield getattr(self, attribute.name)
        yield from self.own

    def add(self, outcome: Outcome | LeftOut) -> None:
        """Let every collector take in one outcome."""
        for collector in self._each():
            collector.add(outcome)

    def combine(self, later: "Collected") -> None:
        """Let every collector take in what its like saw later."""
        for own, other in zip(self._each(), later._each(), strict=True):
            own.combine(other)
