"""Where everything joins: find, read, check, score and make the pieces of every output."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from charter_score.collectors import Collected
from charter_score.diagnostics import At, Diagnostic, Problem, in_order
from charter_score.errors import DocumentError, UsageError
from charter_score.gates import Gates
from charter_score.outcome import Failed, LeftOut, Outcome, Scored, Skipped
from charter_score.render.results.batch import BatchRenderer
from charter_score.review import Review, without_comments
from charter_score.scoring import NothingObservedError
from charter_score.source.document import Document
from charter_score.source.files import STANDARD_INPUT, Input, read_bytes, search, shown_path
from charter_score.source.load import (
    Library,
    LoadedReview,
    LoadedRubric,
    is_ours,
    is_output,
    is_rubric,
    may_be_rubric,
    named_rubric,
    read_document,
    review_of,
    rubric_of,
)
from charter_score.summary import Summary

NO_GATES = Gates()
FEW = 64
"""Inputs below which a batch is scored as one, here, before its outputs are chosen."""


class Job(NamedTuple):
    """What to score and against what: the paths, `--rubric`, the `--rubrics` folders.

    Without `comments` every free text is taken out of a review once it has been checked; with
    `lines` each result knows the lines of its criteria. `by` names the fields that the summary is
    grouped by. Where the paths are a `part` of what lies in a folder, as a hook is given them, a
    rubric or results of ours among them are left out as they are in a folder.
    """

    paths: Sequence[str]
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    comments: bool = True
    lines: bool = False
    by: tuple[str, ...] = ()
    gates: Gates = NO_GATES
    part: bool = False

    def collected(self) -> Collected:
        """Every collector, before anything was seen."""
        return Collected(summary=Summary(by=self.by), gates=self.gates.findings())


class Checked(NamedTuple):
    """Result of checking one input: what is wrong with it, or that it is no review nor rubric."""

    path: str
    diagnostics: Sequence[Diagnostic]
    is_read: bool = True
    is_left_out: bool = False


@dataclass(slots=True)
class Part:
    """What some inputs of a batch came to, small enough to be handed between processes.

    `pieces` holds a list for each renderer. `problems` are the diagnostics of what failed, which
    are told as they come and kept by no collector.
    """

    pieces: list[list[Any]]
    collected: Collected
    problems: list[Diagnostic] = field(default_factory=list)

    def add(self, outcome: Outcome | LeftOut, renderers: Sequence[BatchRenderer]) -> None:
        """Collect one outcome, and make every renderer's piece of it."""
        self.collected.add(outcome)
        if isinstance(outcome, LeftOut):
            return
        for pieces, renderer in zip(self.pieces, renderers, strict=True):
            pieces.append(renderer.piece(outcome))
        if isinstance(outcome, Failed):
            self.problems.extend(outcome.diagnostics)


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
    def job(self) -> Job:
        """What is scored, and against what."""
        return self._job

    def outcomes(self) -> Iterator[Outcome]:
        """What became of each input, in order of path; what could not be found is among them."""
        for one in search(self._job.paths):
            outcome = self.outcome(one)
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
            outcomes = [self.outcome(one) for one in first]
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
        return _part((self.outcome(one) for one in inputs), renderers, self._job)

    def checked(self) -> Iterator["Checked"]:
        """Each input with everything wrong with it, rubrics among them; nothing is kept."""
        for one in search(self._job.paths):
            if isinstance(one, Diagnostic):
                yield Checked(one.path, [one], is_read=False)
                continue
            try:
                data = self._read(one)
            except DocumentError as wrong:
                yield Checked(one.shown, wrong.diagnostics, is_read=False)
                continue
            yield self._check(one, data)

    def _check(self, one: Input, data: bytes) -> "Checked":
        try:
            document = read_document(data, one.shown)
            if not self._is_alone(one) and is_output(document.value):
                return Checked(one.shown, (), is_left_out=True)
            if may_be_rubric(document.value) and not is_ours(document.value):
                return Checked(one.shown, _checked_rubric(document, sha256(data).hexdigest()))
            outcome = self._outcome_of(one, data, document)
        except DocumentError as wrong:
            if _is_somebodys_workbook(one, wrong):
                return Checked(one.shown, (), is_left_out=True)
            return Checked(one.shown, wrong.diagnostics)
        if isinstance(outcome, LeftOut):
            return Checked(one.shown, (), is_left_out=True)
        found = outcome.diagnostics if isinstance(outcome, Failed) else outcome.warnings
        return Checked(one.shown, found)

    def outcome(self, one: Input | Diagnostic) -> Outcome | LeftOut:
        """What became of one input, or of what stood in its place."""
        if isinstance(one, Diagnostic):
            return Failed(one.path, (one,), is_unlisted=one.code == "unreadable")
        try:
            data = self._read(one)
            return self._outcome_of(one, data, read_document(data, one.shown))
        except DocumentError as wrong:
            if _is_somebodys_workbook(one, wrong):
                return LeftOut(one.shown)
            return Failed(one.shown, wrong.diagnostics)

    def _read(self, one: Input) -> bytes:
        if one.path is not None or self._standard_input is None:
            return read_bytes(one.path, one.shown)
        if isinstance(self._standard_input, DocumentError):
            raise self._standard_input
        return self._standard_input

    def _outcome_of(self, one: Input, data: bytes, document: Document) -> Outcome | LeftOut:
        if not self._is_alone(one) and (is_output(document.value) or is_rubric(document.value)):
            return LeftOut(one.shown)
        if is_ours(document.value) or is_rubric(document.value):
            problem = _not_a_review(rubric=is_rubric(document.value))
            return Failed(one.shown, (document.diagnostic(problem),))
        folder = os.path.dirname(one.path) if one.path is not None else None
        loaded = review_of(document, self._library, folder, self._default_rubric(one))
        try:
            scored = self._score(one, loaded, sha256(data).hexdigest())
        except NothingObservedError:
            nothing = document.diagnostic(_nothing_observed())
            return Failed(one.shown, in_order((nothing, *loaded.warnings)))
        if self._job.lines and isinstance(scored, Scored):
            return scored._replace(lines=_lines(document, loaded.review))
        return scored

    def _is_alone(self, one: Input) -> bool:
        """Whether an input is the one thing that was named, and not found or named among others."""
        if self._job.part:
            return False
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

    def _score(self, one: Input, loaded: LoadedReview, digest: str) -> Scored | Skipped:
        review, rubric = loaded.review, loaded.rubric
        name = review.id or one.stem
        warnings = loaded.warnings
        if rubric.warnings:
            warnings = in_order((*warnings, *rubric.warnings))
        if not review.status.is_scored:
            return Skipped(one.shown, name, review.status.value, warnings)
        if not self._job.comments:
            review = without_comments(review)
        result = rubric.scorer.score(review)
        return Scored(one.shown, name, digest, rubric.sha256, result, warnings)


def _is_somebodys_workbook(one: Input, wrong: DocumentError) -> bool:
    """Whether an input is a workbook that lies in a folder of reviews and is no form."""
    return one.root is not None and wrong.diagnostics[0].code == "not-a-form"


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
    part = Part([[] for _ in renderers], job.collected())
    for outcome in outcomes:
        part.add(outcome, renderers)
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


def _checked_rubric(document: Document, digest: str) -> Sequence[Diagnostic]:
    """The warnings of a rubric, and the advice that only `check` gives.

    Raises:
        DocumentError: with everything that is wrong with it.
    """
    from charter_score.linting.advice import advice, without_ignored

    loaded = rubric_of(document, digest)
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
