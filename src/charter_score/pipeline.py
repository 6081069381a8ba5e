"""Where everything joins: find, read, check, score and make the pieces of every output."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Any, NamedTuple

from charter_score.collectors import Collected, Collector
from charter_score.diagnostics import At, Diagnostic, Problem, in_order
from charter_score.errors import DocumentError, UsageError, all_of, shortage
from charter_score.filters import NO_FILTER, ReviewFilter, field_values, fields_given
from charter_score.gates import Gates
from charter_score.library import (
    Library,
    LoadedReview,
    LoadedRubric,
    named_rubric,
    review_of,
    rubric_of,
)
from charter_score.outcome import Failed, LeftOut, Outcome, Scored, Skipped, Unchosen
from charter_score.pseudonyms import Pseudonyms
from charter_score.render.results.batch import BatchRenderer
from charter_score.review import Review, without_comments
from charter_score.scoring import NothingObservedError
from charter_score.source.document import Document
from charter_score.source.files import (
    STANDARD_INPUT,
    Input,
    near_path,
    read_bytes,
    search,
    shown_path,
)
from charter_score.source.kinds import unread, unsupported
from charter_score.source.reading import begins_as_output, is_rubric, may_be_rubric, read_documents
from charter_score.summary import Summary
from charter_score.wire.ours import is_ours, is_output

NO_GATES = Gates()
FEW = 64
"""Inputs below which a batch is scored as one, here, before its outputs are chosen."""


class Job(NamedTuple):
    """What a run is asked for: the paths, `--rubric`, the `--rubrics` folders.

    Without `comments` every free text is taken out of a review once it has been checked; with
    `lines` each result knows the lines of its criteria. `by` names the fields that the summary is
    grouped by, `filter` says which reviews count. Where the paths are a `part` of what lies in a
    folder, as a hook is given them, a rubric or results of ours among them are left out as they are
    in a folder. With `results` a file of ours that is named is read as the reviews that it records.
    `own` makes the collectors that only the command at hand has. With `pseudonyms` no
    name, id or path leaves the place where a review is scored.
    """

    paths: Sequence[str]
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    comments: bool = True
    lines: bool = False
    by: tuple[str, ...] = ()
    filter: ReviewFilter = NO_FILTER
    gates: Gates = NO_GATES
    part: bool = False
    results: bool = False
    own: Callable[[], tuple[Collector, ...]] = tuple
    pseudonyms: Pseudonyms | None = None

    def collected(self) -> Collected:
        """Every collector, before anything was seen."""
        hidden = self.pseudonyms
        chosen = self.filter if hidden is None else hidden.chosen(self.filter)
        summary = Summary(by=self.by, filter=chosen)
        return Collected(summary=summary, gates=self.gates.findings(), own=self.own())


class Checked(NamedTuple):
    """Result of checking one input: what is wrong with it, or that it is no review nor rubric."""

    path: str
    diagnostics: Sequence[Diagnostic]
    is_read: bool = True
    is_left_out: bool = False


@dataclass(slots=True)
class Part:
    """Results of some inputs of a batch, small enough to be handed between processes.

    `pieces` holds a list for each renderer.
    """

    pieces: list[list[Any]]
    collected: Collected

    def add(self, outcome: Outcome | LeftOut, renderers: Sequence[BatchRenderer]) -> None:
        """Collect one outcome, and make every renderer's piece of it."""
        self.collected.add(outcome)
        if isinstance(outcome, LeftOut):
            return
        for pieces, renderer in zip(self.pieces, renderers, strict=True):
            pieces.append(renderer.piece(outcome))


class Scoring:
    """One run over some paths.

    Making it settles what the command names, so a wrong command is refused before any work.

    Raises:
        UsageError: where `--rubric` or `--rubrics` names nothing.
    """

    def __init__(self, job: Job) -> None:
        mistakes = [
            UsageError(f"--rubrics: there is no folder {shown_path(folder)}", near_path(folder))
            for folder in job.rubrics
            if not os.path.isdir(folder)
        ]
        self._job = job
        self._library = Library(
            folders=[folder for folder in job.rubrics if os.path.isdir(folder)],
            roots=[path for path in job.paths if path != "-" and os.path.isdir(path)],
        )
        self._standard_input: bytes | DocumentError | None = None
        self._default: LoadedRubric | DocumentError | None = None
        if job.rubric is not None:
            try:
                self._default = named_rubric(job.rubric, self._library, "--rubric")
            except UsageError as wrong:
                mistakes.append(wrong)
        if (all_wrong := all_of(mistakes)) is not None:
            raise all_wrong
        if isinstance(self._default, LoadedRubric):
            self._library.add(self._default)

    @property
    def job(self) -> Job:
        """What is scored, and against what."""
        return self._job

    def outcomes(self) -> Iterator[Outcome]:
        """The result of each review, in order of path; what could not be found is among them."""
        for entry in search(self._job.paths):
            for outcome in self.outcomes_of(entry):
                if not isinstance(outcome, LeftOut):
                    yield outcome

    def parts(
        self, choose: Callable[[int | None], Sequence[BatchRenderer]], jobs: int
    ) -> Iterator[Part]:
        """The whole batch in order, in parts.

        `choose` gives the renderers; it is told how many outcomes there are where they are few,
        and None where there are many. `jobs` processes share the work, one for each core where it
        is 0, and never more than help.

        Raises:
            WorkerDefectError: for a defect of ours in a worker.
        """
        inputs = search(self._job.paths)
        first = list(islice(inputs, FEW))
        if len(first) < FEW:
            outcomes = [outcome for entry in first for outcome in self.outcomes_of(entry)]
            renderers = choose(sum(not isinstance(outcome, LeftOut) for outcome in outcomes))
            yield _part(outcomes, renderers, self._job)
            return
        from itertools import chain

        from charter_score.workers import in_order as over_processes
        from charter_score.workers import worker_count

        renderers = choose(None)
        if STANDARD_INPUT in self._job.paths:
            self._standard_input = _read_standard_input()  # which no other process has
        yield from over_processes(
            partial(self._part_of, renderers=renderers),
            chain(first, inputs),
            worker_count(jobs),
            partial(_part_lost, renderers=renderers, job=self._job),
        )

    def _part_of(
        self, inputs: Sequence[Input | Diagnostic], renderers: Sequence[BatchRenderer]
    ) -> Part:
        outcomes = (outcome for entry in inputs for outcome in self.outcomes_of(entry))
        return _part(outcomes, renderers, self._job)

    def checked(self) -> Iterator["Checked"]:
        """Each input with everything wrong with it, rubrics among them; nothing is kept."""
        for entry in search(self._job.paths):
            if isinstance(entry, Diagnostic):
                yield Checked(entry.path, [entry], is_read=False)
                continue
            if (known := _known_by_name(entry)) is not None:
                if isinstance(known, Failed):
                    yield Checked(entry.shown, known.diagnostics)
                else:
                    yield Checked(entry.shown, (), is_left_out=True)
                continue
            try:
                data = self._read(entry)
            except DocumentError as wrong:
                yield Checked(entry.shown, wrong.diagnostics, is_read=False)
                continue
            try:
                yield self._check(entry, data)
            except Exception as fault:
                if (why := shortage(fault)) is None:
                    raise
                problem = Diagnostic("unreadable", why, entry.shown)
                yield Checked(entry.shown, [problem], is_read=False)

    def _check(self, file: Input, data: bytes) -> Checked:
        digest = sha256(data).hexdigest()
        diagnostics: list[Diagnostic] = []
        is_left_out = True
        for document in read_documents(data, file.shown):
            if isinstance(document, DocumentError):
                if file.root is not None and _is_no_form(document):
                    continue
                diagnostics += document.diagnostics
            elif not self._is_alone(file) and is_output(document.value):
                continue
            elif may_be_rubric(document.value):
                diagnostics += _checked_rubric(document, digest)
            else:
                outcome = self._outcome_of(file, digest, document)
                if isinstance(outcome, LeftOut):
                    continue
                diagnostics += (
                    outcome.diagnostics if isinstance(outcome, Failed) else outcome.warnings
                )
            is_left_out = False
        return Checked(file.shown, diagnostics, is_left_out=is_left_out)

    def outcomes_of(self, one: Input | Diagnostic) -> Iterator[Outcome | LeftOut]:
        """What became of each document of one input, or of what stood in its place."""
        if self._job.pseudonyms is None:
            yield from self._named_outcomes_of(one)
        else:
            yield from map(self._job.pseudonyms.outcome, self._named_outcomes_of(one))

    def _named_outcomes_of(self, one: Input | Diagnostic) -> Iterator[Outcome | LeftOut]:
        if isinstance(one, Diagnostic):
            yield Failed(one.path, (one,), is_unlisted=one.code == "unreadable")
            return
        try:
            yield from self._documents_of(one)
        except Exception as fault:
            if (why := shortage(fault)) is None:
                raise
            yield Failed(one.shown, (Diagnostic("unreadable", why, one.shown),))

    def _documents_of(self, one: Input) -> Iterator[Outcome | LeftOut]:
        if (known := _known_by_name(one)) is not None:
            yield known
            return
        if self._job.results and one.root is None and one.path is not None:
            from charter_score.source.recorded import holds_results

            if holds_results(one.path, one.shown):
                yield from self._recorded_in(one)
                return
        try:
            data = self._read(one)
        except DocumentError as wrong:
            if wrong.diagnostics[0].code == "too-large" and self._is_output(one):
                yield LeftOut(one.shown, "written by charter-score")
            else:
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

    def _recorded_in(self, file: Input) -> Iterator[Outcome | LeftOut]:
        """What became of each review that a results file records: scored anew, or as it says."""
        from charter_score.source.recorded import RecordedReview, recorded_outcomes

        for recorded in recorded_outcomes(file.path or "", file.shown):
            if not isinstance(recorded, RecordedReview):
                yield recorded
                continue
            entry = file._replace(shown=recorded.path)
            outcome = self._outcome_of(entry, recorded.sha256, recorded.document)
            if isinstance(outcome, Scored) and outcome.result.share != recorded.share:
                differs = Diagnostic(
                    "differs-from-results",
                    "scored anew, this review has another score than the results record",
                    recorded.path,
                    hint="its rubric has changed since; score the review itself",
                )
                outcome = Failed(recorded.path, (differs,))
            yield outcome

    def _is_output(self, file: Input) -> bool:
        """Whether an input among others is too large for a review since it holds our results."""
        if file.path is None or self._is_alone(file):
            return False
        try:
            return begins_as_output(file.path, file.shown)
        except DocumentError:
            return False

    def _read(self, file: Input) -> bytes:
        if file.path is not None or self._standard_input is None:
            return read_bytes(file.path, file.shown)
        if isinstance(self._standard_input, DocumentError):
            raise self._standard_input
        return self._standard_input

    def _outcome_of(self, file: Input, digest: str, document: Document) -> Outcome | LeftOut:
        """The result of one document; `digest` is that of the whole file."""
        rubric = is_rubric(document.value)
        if not self._is_alone(file) and (is_output(document.value) or rubric):
            why = "a rubric" if rubric else "written by charter-score"
            return LeftOut(file.shown, why)
        if is_ours(document.value) or rubric:
            return Failed(file.shown, (document.diagnostic(not_a_review(rubric=rubric)),))
        folder = os.path.dirname(file.path) if file.path is not None else None
        try:
            loaded = review_of(document, self._library, folder, self._default_rubric(file))
            if (unchosen := _unchosen(loaded, self._job.filter)) is not None:
                return LeftOut(file.shown, "left out by the filter", unchosen)
            try:
                scored = self._score(file, document.part, loaded, digest)
            except NothingObservedError:
                nothing = document.diagnostic(nothing_observed())
                return Failed(file.shown, in_order((nothing, *loaded.warnings)))
        except DocumentError as wrong:
            return Failed(file.shown, wrong.diagnostics)
        if self._job.lines and isinstance(scored, Scored):
            return scored._replace(lines=_lines(document, loaded.review))
        return scored

    def _is_alone(self, file: Input) -> bool:
        """Whether an input is the one thing that was named, and not found or named among others."""
        if self._job.part:
            return False
        name = STANDARD_INPUT if file.path is None else file.path
        return list(self._job.paths) == [name]

    def _default_rubric(self, file: Input) -> LoadedRubric | None:
        """The rubric for a review that names none; an invalid one fails the review."""
        if not isinstance(self._default, DocumentError):
            return self._default
        raise DocumentError(
            [
                Diagnostic(
                    "invalid-rubric", "the rubric that --rubric names has errors", file.shown
                ),
                *self._default.diagnostics,
            ]
        )

    def _score(
        self, file: Input, part: str | None, loaded: LoadedReview, digest: str
    ) -> Scored | Skipped:
        review, rubric = loaded.review, loaded.rubric
        name = review.id or (f"{file.stem} {part}" if part else file.stem)
        warnings = loaded.warnings
        if rubric.warnings:
            warnings = in_order((*warnings, *rubric.warnings))
        if not review.status.is_scored:
            is_ready = _lacks_only_status(review, rubric)
            return Skipped(file.shown, name, review.status.value, warnings, is_ready)
        if not self._job.comments:
            review = without_comments(review)
        if self._job.pseudonyms is not None:
            review = self._job.pseudonyms.review(review)
        result = rubric.scorer.score(review)
        return Scored(file.shown, name, digest, rubric.sha256, result, warnings)


def _unchosen(loaded: LoadedReview, chosen: ReviewFilter) -> Unchosen | None:
    """What is kept of a review that a filter leaves out; None of one that counts."""
    review, rubric = loaded.review, loaded.rubric.rubric
    if chosen.is_empty or chosen.takes(partial(field_values, review, rubric)):
        return None
    return Unchosen(fields_given(review), bool(field_values(review, rubric, "date")))


def _lacks_only_status(review: Review, rubric: LoadedRubric) -> bool:
    """Whether a review is a draft that would be scored if only its status said so."""
    if not rubric.linter.lacks_only_status(review):
        return False
    try:
        rubric.scorer.score(review)
    except NothingObservedError:
        return False
    return True


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


def _part_lost(entry: Input | Diagnostic, renderers: Sequence[BatchRenderer], job: Job) -> Part:
    """Result of an input over which its worker process died: it failed."""
    path = entry.path if isinstance(entry, Diagnostic) else entry.shown
    died = Diagnostic(
        "worker-died",
        "the process that read this file died",
        path,
        hint="score it alone; if it dies again, please report it",
    )
    failed: Outcome | LeftOut = Failed(path, (died,))
    if job.pseudonyms is not None:
        failed = job.pseudonyms.outcome(failed)
    return _part([failed], renderers, job)


def _known_by_name(file: Input) -> LeftOut | Failed | None:
    """Result of a file that its name says cannot be read; None for every other input."""
    kind = unread(file.shown)
    if kind is None:
        return None
    if file.root is not None:
        return LeftOut(file.shown, kind.title)
    return Failed(file.shown, (unsupported(kind, file.shown),))


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


def not_a_review(*, rubric: bool) -> Problem:
    """What is wrong with a rubric, or with an output of ours, where a review is wanted."""
    if rubric:
        return Problem(
            "not-a-review",
            "this is a rubric, not a review",
            (),
            hint="`charter-score check` checks it; name a review to score",
        )
    return Problem("not-a-review", "this is a document that charter-score wrote, not a review", ())


def nothing_observed() -> Problem:
    """What is wrong with a review in which every criterion with points is n/a."""
    return Problem(
        "nothing-observed",
        "every criterion with points is n/a, so there is nothing to score",
        ("ratings",),
        hint="review another interaction, or set `status: void`",
    )
