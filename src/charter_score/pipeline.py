"""Where everything joins: find, read, check and score. The only place that knows all of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

from charter_score.diagnostics import START, Diagnostic, Problem, Severity, in_order
from charter_score.errors import DocumentError
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.review import without_comments
from charter_score.scoring import NothingObservedError
from charter_score.source.document import Document
from charter_score.source.files import Input, find_inputs, read_bytes
from charter_score.source.load import (
    Library,
    LoadedReview,
    LoadedRubric,
    is_ours,
    is_rubric,
    named_rubric,
    read_document,
    review_of,
    rubric_of,
)


@dataclass(frozen=True, slots=True)
class Job:
    """What to score and against what: the paths, `--rubric`, the `--rubrics` folders.

    Without `comments` every free text is taken out of a review once it has been checked.
    """

    paths: Sequence[str]
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    comments: bool = True


class Scoring:
    """One run over some paths.

    Making it settles what the command names, so a wrong command is refused before any work.

    Raises:
        UsageError: where `--rubric` names nothing.
    """

    def __init__(self, job: Job) -> None:
        self._job = job
        self._left_out: list[str] = []
        self._library = Library(
            folders=[Path(folder) for folder in job.rubrics],
            roots=[Path(path) for path in job.paths if path != "-" and Path(path).is_dir()],
        )
        self.inputs, self._problems = find_inputs(job.paths)
        self._default: LoadedRubric | DocumentError | None = None
        if job.rubric is not None:
            self._default = named_rubric(job.rubric, self._library)
            if isinstance(self._default, LoadedRubric):
                self._library.add(self._default)

    def outcomes(self) -> Iterator[Outcome]:
        """What became of each input, in order of path; failures to find one among them."""
        lost = [Failed(problem.path, (problem,)) for problem in in_order(self._problems)]
        first_of: dict[str, str] = {}
        for one in self.inputs:
            while lost and lost[0].path <= one.shown:
                yield lost.pop(0)
            outcome = self._outcome(one)
            if outcome is not None:
                yield _with_repeated_id(outcome, first_of)
        yield from lost

    def checked(self) -> Iterator[tuple[str, bool, Sequence[Diagnostic]]]:
        """Each input with everything wrong with it, rubrics among them; nothing is kept.

        Gives the path, whether it could be read at all, and the diagnostics.
        """
        for problem in in_order(self._problems):
            yield problem.path, False, [problem]
        for one in self.inputs:
            try:
                data = read_bytes(one.path, one.shown)
            except DocumentError as wrong:
                yield one.shown, False, wrong.diagnostics
                continue
            yield one.shown, True, self._check(one, data)

    def _check(self, one: Input, data: bytes) -> Sequence[Diagnostic]:
        try:
            document = read_document(data, one.shown)
            if is_rubric(document.value):
                return rubric_of(document, sha256(data).hexdigest()).warnings
            outcome = self._outcome(one)
        except DocumentError as wrong:
            return wrong.diagnostics
        if outcome is None:
            return ()
        return outcome.diagnostics if isinstance(outcome, Failed) else outcome.warnings

    def notes(self, *, verbose: bool) -> list[str]:
        """What to tell of documents in folders that are no reviews and were left out."""
        if verbose:
            return [f"{path}: not a review, left out" for path in self._left_out]
        if not self._left_out:
            return []
        number = len(self._left_out)
        documents = "document" if number == 1 else "documents"
        return [f"{number} {documents} left out: rubrics or results (--verbose names them)"]

    def _outcome(self, one: Input) -> Outcome | None:
        """What became of one input; None for a document of a folder that is no review."""
        try:
            data = read_bytes(one.path, one.shown)
            document = read_document(data, one.shown)
            if is_ours(document.value) or is_rubric(document.value):
                return self._no_review(one, document)
            folder = one.path.parent if one.path is not None else None
            loaded = review_of(document, self._library, folder, self._default_rubric(one))
            try:
                return self._score(one, loaded, sha256(data).hexdigest())
            except NothingObservedError:
                nothing = document.diagnostic(_nothing_observed())
                return Failed(one.shown, in_order((nothing, *loaded.warnings)))
        except DocumentError as wrong:
            return Failed(one.shown, wrong.diagnostics)

    def _no_review(self, one: Input, document: Document) -> Failed | None:
        if one.root is not None:
            self._left_out.append(one.shown)
            return None
        problem = _not_a_review(rubric=is_rubric(document.value))
        return Failed(one.shown, (document.diagnostic(problem),))

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
        warnings = in_order((*loaded.warnings, *rubric.warnings))
        if not review.status.is_scored:
            return Skipped(one.shown, name, review.status.value, warnings)
        if not self._job.comments:
            review = without_comments(review)
        result = rubric.scorer.score(review)
        return Scored(one.shown, name, digest, rubric.sha256, result, warnings)


def _with_repeated_id(outcome: Outcome, first_of: dict[str, str]) -> Outcome:
    """The outcome, with a warning where an earlier review has its id; `first_of` goes id → path."""
    if isinstance(outcome, Failed):
        return outcome
    first = first_of.setdefault(outcome.id, outcome.path)
    if first == outcome.path:
        return outcome
    repeated = Diagnostic(
        "duplicate-review-id",
        f"another review has this id: {first}",
        outcome.path,
        START,
        "give each review an id of its own",
        Severity.WARNING,
    )
    return replace(outcome, warnings=in_order((*outcome.warnings, repeated)))


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
