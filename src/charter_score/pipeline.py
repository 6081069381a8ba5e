"""Where everything joins: find, read, check, score and make the pieces of every output."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from charter_score.diagnostics import START, At, Diagnostic, Problem, Severity, in_order
from charter_score.errors import DocumentError, UsageError
from charter_score.gates import Gates, Watched
from charter_score.library import (
    Library,
    LoadedReview,
    LoadedRubric,
    named_rubric,
    review_of,
    rubric_of,
)
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.render.results.batch import BatchRenderer
from charter_score.review import Review, without_comments
from charter_score.scoring import NothingObservedError
from charter_score.source.document import Document
from charter_score.source.files import STANDARD_INPUT, Input, read_bytes, search, shown_path
from charter_score.source.kinds import unread, unsupported
from charter_score.source.reading import is_rubric, may_be_rubric, read_documents
from charter_score.summary import Summary
from charter_score.wire.ours import is_ours, is_output

NO_GATES = Gates()
FEW = 64
"""Inputs below which a batch is scored as one, here, before its outputs are chosen."""


class Job(NamedTuple):
    """What to score and against what: the paths, `--rubric`, the `--rubrics` folders.

    Without `comments` every free text is taken out of a review once it has been checked; with
    `lines` each result knows the lines of its criteria. `by` names the fields that the summary is
    grouped by.
    """

    paths: Sequence[str]
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    comments: bool = True
    lines: bool = False
    by: tuple[str, ...] = ()
    gates: Gates = NO_GATES


class LeftOut(NamedTuple):
    """A file of a folder that is no review, and what it is instead."""

    path: str
    why: str


@dataclass(slots=True)
class Part:
    """What some inputs of a batch came to, small enough to be handed between processes.

    `pieces` holds a list for each renderer. `problems` are the diagnostics of what failed and the
    warnings of what did not; `ids` the id and path of each review, in order.
    """

    pieces: list[list[Any]] = field(default_factory=list)
    summary: Summary = field(default_factory=Summary)
    problems: list[Diagnostic] = field(default_factory=list)
    warnings: list[Diagnostic] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    ids: list[tuple[str, str]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    watched: Watched = field(default_factory=Watched)

    def add(
        self, outcome: Outcome | LeftOut, renderers: Sequence[BatchRenderer], gates: Gates
    ) -> None:
        """Count one outcome in, make every renderer's piece of it, let the gates look at it."""
        if isinstance(outcome, LeftOut):
            self.left_out.append(outcome)
            return
        self.summary.add(outcome)
        for pieces, renderer in zip(self.pieces, renderers, strict=True):
            pieces.append(renderer.piece(outcome))
        if isinstance(outcome, Failed):
            self.problems.extend(outcome.diagnostics)
            return
        self.warnings.extend(outcome.warnings)
        self.ids.append((outcome.id, outcome.path))
        if isinstance(outcome, Skipped):
            self.skipped.append(outcome)
        else:
            gates.watch(outcome, self.watched)


class Scoring:
    """One run over some paths.

    Making it settles what the command names, so a wrong command is refused before any work.

    Raises:
        UsageError: where `--rubric` or `--rubrics` names nothing.
    """

    def __init__(self, job: Job) -> None:
        for folder in job.rubrics:
            if not os.path.isdir(folder):
                raise UsageError(f"--rubrics: there is no folder {shown_path(folder)}")
        self._job = job
        self._library = Library(
            folders=job.rubrics,
            roots=[path for path in job.paths if path != "-" and os.path.isdir(path)],
        )
        self._standard_input: bytes | DocumentError | None = None
        self._default: LoadedRubric | DocumentError | None = None
        if job.rubric is not None:
            self._default = named_rubric(job.rubric, self._library, "--rubric")
            if isinstance(self._default, LoadedRubric):
                self._library.add(self._default)

    @property
    def gates(self) -> Gates:
        """The gates of the job."""
        return self._job.gates

    def outcomes(self) -> Iterator[Outcome]:
        """What became of each input, in order of path; what could not be found is among them."""
        for one in search(self._job.paths):
            for outcome in self.outcomes_of(one):
                if not isinstance(outcome, LeftOut):
                    yield outcome

    def parts(
        self, choose: Callable[[int | None], Sequence[BatchRenderer]], jobs: int
    ) -> Iterator[Part]:
        """The whole batch in order, in parts.

        `choose` gives the renderers; it is told how many outcomes there are where they are few,
        and None where there are many. `jobs` processes share the work, one for each core where it
        is 0.

        Raises:
            WorkerDefectError: for a defect of ours in a worker.
        """
        inputs = search(self._job.paths)
        first = list(islice(inputs, FEW))
        if len(first) < FEW:
            outcomes = [outcome for one in first for outcome in self.outcomes_of(one)]
            renderers = choose(sum(not isinstance(one, LeftOut) for one in outcomes))
            yield _part(outcomes, renderers, self._job)
            return
        from itertools import chain

        from charter_score.workers import default_jobs
        from charter_score.workers import in_order as over_processes

        renderers = choose(None)
        if STANDARD_INPUT in self._job.paths:
            self._standard_input = _read_standard_input()  # which no other process has
        yield from over_processes(
            partial(self._part_of, renderers=renderers),
            chain(first, inputs),
            jobs or default_jobs(),
            partial(_part_lost, renderers=renderers, job=self._job),
        )

    def _part_of(
        self, inputs: Sequence[Input | Diagnostic], renderers: Sequence[BatchRenderer]
    ) -> Part:
        outcomes = (outcome for one in inputs for outcome in self.outcomes_of(one))
        return _part(outcomes, renderers, self._job)

    def checked(self) -> Iterator[tuple[str, bool, Sequence[Diagnostic]]]:
        """Each input with everything wrong with it, rubrics among them; nothing is kept.

        Gives the path, whether it could be read at all, and the diagnostics.
        """
        for one in search(self._job.paths):
            if isinstance(one, Diagnostic):
                yield one.path, False, [one]
                continue
            if (known := _known_by_name(one)) is not None:
                if isinstance(known, Failed):
                    yield one.shown, True, known.diagnostics
                continue
            try:
                data = self._read(one)
            except DocumentError as wrong:
                yield one.shown, False, wrong.diagnostics
                continue
            yield one.shown, True, self._check(one, data)

    def _check(self, one: Input, data: bytes) -> Sequence[Diagnostic]:
        digest = sha256(data).hexdigest()
        diagnostics: list[Diagnostic] = []
        for document in read_documents(data, one.shown):
            if isinstance(document, DocumentError):
                if one.root is None or not _is_no_form(document):
                    diagnostics += document.diagnostics
            elif may_be_rubric(document.value):
                diagnostics += _checked_rubric(document, digest)
            else:
                outcome = self._outcome_of(one, digest, document)
                if isinstance(outcome, Failed):
                    diagnostics += outcome.diagnostics
                elif not isinstance(outcome, LeftOut):
                    diagnostics += outcome.warnings
        return diagnostics

    def outcomes_of(self, one: Input | Diagnostic) -> Iterator[Outcome | LeftOut]:
        """What became of each document of one input, or of what stood in its place."""
        if isinstance(one, Diagnostic):
            yield Failed(one.path, (one,))
            return
        if (known := _known_by_name(one)) is not None:
            yield known
            return
        try:
            data = self._read(one)
        except DocumentError as wrong:
            yield Failed(one.shown, wrong.diagnostics)
            return
        digest = sha256(data).hexdigest()
        for document in read_documents(data, one.shown):
            if not isinstance(document, DocumentError):
                yield self._outcome_of(one, digest, document)
            elif one.root is not None and _is_no_form(document):
                # A workbook of somebody's in a folder of reviews.
                yield LeftOut(one.shown, "a workbook that is no form")
            else:
                yield Failed(one.shown, document.diagnostics)

    def _read(self, one: Input) -> bytes:
        if one.path is not None or self._standard_input is None:
            return read_bytes(one.path, one.shown)
        if isinstance(self._standard_input, DocumentError):
            raise self._standard_input
        return self._standard_input

    def _outcome_of(self, one: Input, digest: str, document: Document) -> Outcome | LeftOut:
        """What became of one document; `digest` is that of the whole file."""
        rubric = is_rubric(document.value)
        if not self._is_alone(one) and (is_output(document.value) or rubric):
            why = "a rubric" if rubric else "written by charter-score"
            return LeftOut(one.shown, why)
        if is_ours(document.value) or rubric:
            return Failed(one.shown, (document.diagnostic(_not_a_review(rubric=rubric)),))
        folder = os.path.dirname(one.path) if one.path is not None else None
        try:
            loaded = review_of(document, self._library, folder, self._default_rubric(one))
            try:
                scored = self._score(one, document.part, loaded, digest)
            except NothingObservedError:
                nothing = document.diagnostic(_nothing_observed())
                return Failed(one.shown, in_order((nothing, *loaded.warnings)))
        except DocumentError as wrong:
            return Failed(one.shown, wrong.diagnostics)
        if self._job.lines and isinstance(scored, Scored):
            return scored._replace(lines=_lines(document, loaded.review))
        return scored

    def _is_alone(self, one: Input) -> bool:
        """Whether an input is the one thing that was named, and not found or named among others."""
        name = STANDARD_INPUT if one.path is None else one.path
        return list(self._job.paths) == [name]

    def _default_rubric(self, one: Input) -> LoadedRubric | None:
        """The rubric for a review that names none; an invalid one fails the review."""
        if not isinstance(self._default, DocumentError):
            return self._default
        raise DocumentError(
            [
                Diagnostic(
                    "invalid-rubric", "the rubric that --rubric names has errors", one.shown
                ),
                *self._default.diagnostics,
            ]
        )

    def _score(
        self, one: Input, part: str | None, loaded: LoadedReview, digest: str
    ) -> Scored | Skipped:
        review, rubric = loaded.review, loaded.rubric
        name = review.id or (f"{one.stem} {part}" if part else one.stem)
        warnings = loaded.warnings
        if rubric.warnings:
            warnings = in_order((*warnings, *rubric.warnings))
        if not review.status.is_scored:
            return Skipped(one.shown, name, review.status.value, warnings)
        if not self._job.comments:
            review = without_comments(review)
        result = rubric.scorer.score(review)
        return Scored(one.shown, name, digest, rubric.sha256, result, warnings)


def _read_standard_input() -> bytes | DocumentError:
    try:
        return read_bytes(None, STANDARD_INPUT)
    except DocumentError as wrong:
        return wrong


def _lines(document: Document, review: Review) -> dict[tuple[str, str], int]:
    """The line of each rated criterion."""
    return {
        (section, criterion): document.locate(("ratings", section, criterion), At.KEY).line
        for section, ratings in review.ratings.items()
        for criterion in ratings
    }


def _part(
    outcomes: Iterable[Outcome | LeftOut], renderers: Sequence[BatchRenderer], job: Job
) -> Part:
    part = Part(pieces=[[] for _ in renderers], summary=Summary(by=job.by))
    for outcome in outcomes:
        part.add(outcome, renderers, job.gates)
    return part


def _part_lost(one: Input | Diagnostic, renderers: Sequence[BatchRenderer], job: Job) -> Part:
    """What is told of an input over which its worker process died."""
    path = one.path if isinstance(one, Diagnostic) else one.shown
    died = Diagnostic(
        "worker-died",
        "the process that read this file died",
        path,
        hint="score it alone; if it dies again, please report it",
    )
    return _part([Failed(path, (died,))], renderers, job)


class RepeatedIds:
    """Watches for reviews of one id over a whole batch, holding a number for each id seen."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def warnings(self, ids: Sequence[tuple[str, str]]) -> Iterator[Diagnostic]:
        """A warning for each review whose id an earlier one has."""
        for name, path in ids:
            number = hash(name)
            if number in self._seen:
                yield Diagnostic(
                    "duplicate-review-id",
                    "an earlier review of this run has the same id",
                    path,
                    START,
                    "give each review an id of its own",
                    Severity.WARNING,
                )
            self._seen.add(number)


def _known_by_name(one: Input) -> LeftOut | Failed | None:
    """What becomes of a file that its name says cannot be read; None for every other input."""
    kind = unread(one.shown)
    if kind is None:
        return None
    if one.root is not None:
        return LeftOut(one.shown, kind.title)
    return Failed(one.shown, (unsupported(kind, one.shown),))


def _is_no_form(wrong: DocumentError) -> bool:
    """Whether a workbook has no form in it, not even a damaged one, which would have a sheet."""
    first = wrong.diagnostics[0]
    return first.code == "not-a-form" and first.sheet is None


def _checked_rubric(document: Document, digest: str) -> Sequence[Diagnostic]:
    """Everything wrong with a rubric, and the advice that only `check` gives."""
    from charter_score.linting.advice import advice, without_ignored

    try:
        loaded = rubric_of(document, digest)
    except DocumentError as wrong:
        return wrong.diagnostics
    given = without_ignored(loaded.rubric, advice(loaded.rubric))
    return in_order((*loaded.warnings, *map(document.diagnostic, given)))


def _not_a_review(*, rubric: bool) -> Problem:
    if rubric:
        return Problem(
            "not-a-review",
            "this is a rubric, not a review",
            (),
            hint="`charter-score check` checks it; name a review to score",
        )
    return Problem("not-a-review", "this is a document that charter-score wrote, not a review", ())


def _nothing_observed() -> Problem:
    return Problem(
        "nothing-observed",
        "every criterion with points is n/a, so there is nothing to score",
        ("ratings",),
        hint="review another interaction, or set `status: void`",
    )
