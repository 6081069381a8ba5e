"""Where everything joins: find, read, check, score and make the pieces of every output."""

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from charter_score.collectors import Collected, Collector
from charter_score.diagnostics import At, Diagnostic, Problem, in_order
from charter_score.drafts import outlook_of
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
from charter_score.outcome import (
    DISPUTE_UPHELD,
    Failed,
    LeftOut,
    Outcome,
    Scored,
    Skipped,
    Unchosen,
)
from charter_score.pseudonyms import Pseudonyms
from charter_score.render.results.batch import BatchRenderer
from charter_score.review import Review, Status, without_comments
from charter_score.rubric import CriterionKey, Rubric
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
from charter_score.source.kinds import is_table, is_workbook, unread, unsupported
from charter_score.source.reading import begins_as_output, is_rubric, may_be_rubric, read_documents
from charter_score.summary import FewestOfPeople, Summary
from charter_score.wire.ours import is_agreement, is_mapping, is_ours, is_output

if TYPE_CHECKING:  # reading tables, which a review alone does without
    from charter_score.source.mapping_file import LoadedMapping
    from charter_score.source.tables.grid import Grid
    from charter_score.source.tables.reading import TablePart

NO_GATES = Gates()
LARGE = 250_000
"""Bytes of a table above which it is read in one process and scored in pieces in all."""
_NO_TABLE = "a table whose headings are not known"
_NO_FORM = "a workbook that is no form and no table of reviews"
FEW = 64
"""Inputs below which a batch is scored as one, here, before its outputs are chosen."""


class Job(NamedTuple):
    """What a run is asked for: the paths, `--rubric`, the `--rubrics` folders.

    Without `comments` every free text is taken out of a review once it has been checked; with
    `lines` each result knows the lines of its criteria. `by` names the fields that the summary is
    grouped by, `filter` says which reviews count. Where the paths are a `part` of what lies in a
    folder, as a hook is given them, a rubric or results of ours among them are left out as they are
    in a folder. With `drafts` a draft in which everything is rated is scored too, for a comparison
    with the review that came of it. `people` is what was agreed about figures of persons.
    With `results` a file of ours that is named is read as the reviews that it records.
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
    drafts: bool = False
    people: FewestOfPeople | None = None
    mapping: str | None = None
    results: bool = False
    own: Callable[[], tuple[Collector, ...]] = tuple
    pseudonyms: Pseudonyms | None = None

    def collected(self) -> Collected:
        """Every collector, before anything was seen."""
        hidden = self.pseudonyms
        chosen = self.filter if hidden is None else hidden.chosen(self.filter)
        summary = Summary(by=self.by, filter=chosen, people=self.people)
        return Collected(summary=summary, gates=self.gates.findings(), own=self.own())


class TableWork(NamedTuple):
    """A piece of a table that is to be scored; `digest` is that of the whole file."""

    file: Input
    digest: str
    part: "TablePart"


Work = Input | Diagnostic | TableWork | Failed | LeftOut
"""What a worker is handed: something to read, or what stands in its place."""


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

    Making it settles what the command names, so a wrong command is refused before any work. Python
    code may give the rubric itself in place of its name (`default`).

    Raises:
        UsageError: where `--rubric` or `--rubrics` names nothing.
    """

    def __init__(self, job: Job, default: LoadedRubric | None = None) -> None:
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
        self._default: LoadedRubric | DocumentError | None = default
        if job.rubric is not None:
            try:
                self._default = named_rubric(job.rubric, self._library, "--rubric")
            except UsageError as wrong:
                mistakes.append(wrong)
        self._mapping: LoadedMapping | DocumentError | None = None
        self._mappings: dict[str, LoadedMapping] = {}
        if job.mapping is not None:
            try:
                self._mapping = _named_mapping(job.mapping)
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
        inputs = self._work(search(self._job.paths))
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

    def _work(self, inputs: Iterable[Input | Diagnostic]) -> Iterator[Work]:
        """The inputs; a large table in pieces, which are read here and scored in any process."""
        for entry in inputs:
            if isinstance(entry, Input) and self._is_large_table(entry):
                yield from self._table_work(entry)
            else:
                yield entry

    def _is_large_table(self, entry: Input) -> bool:
        if entry.path is None or not (is_table(entry.shown) or is_workbook(entry.shown)):
            return False
        if self._records_results(entry):
            return False
        try:
            return os.stat(entry.path).st_size > LARGE
        except OSError:
            return False  # reading it says why

    def _table_work(self, entry: Input) -> Iterator[Work]:
        """A large table in pieces, or the file itself where it is something else."""
        try:
            for made in self._tables(entry):
                yield entry if made is None else made
        except Exception as fault:
            if (why := shortage(fault)) is None:
                raise
            yield Failed(entry.shown, (Diagnostic("unreadable", why, entry.shown),))

    def _tables(self, entry: Input) -> Iterator["TableWork | Failed | LeftOut | None"]:
        """The pieces of a file with tables; None alone for a workbook that may be a form."""
        from charter_score.source.tables.reading import Asked, NotATableError, Table

        try:
            data = None
            if is_workbook(entry.shown):
                data = self._workbook_of_tables(entry)
                if data is None:
                    yield None
                    return
            mapping = self._mapping_for(entry)
            model = None if mapping is None else mapping.from_folder(_folder(entry))
            rubric_for = self._rubric_finder(entry)
            why_not = partial(self._library.why_not, folder=_folder(entry))
            rubric = None if model is None else rubric_for(model.rubric)
            if mapping is not None and rubric is not None and (wrong := mapping.problems(rubric)):
                raise DocumentError(wrong)  # noqa: TRY301 - answered below as all others are
            table = Table(entry.shown, entry.path, Asked(model, rubric_for, why_not), data)
            digest = None
            for part in table.parts():
                digest = digest or table.digest
                if isinstance(part, DocumentError):
                    yield Failed(entry.shown, part.diagnostics)
                else:
                    yield TableWork(entry, digest, part)
        except NotATableError as unknown:
            if unknown.is_ours and not self._is_alone(entry):
                yield LeftOut(entry.shown, "written by charter-score")
            elif entry.root is not None:
                yield LeftOut(entry.shown, _NO_TABLE if is_table(entry.shown) else _NO_FORM)
            else:
                yield Failed(entry.shown, unknown.diagnostics)
        except DocumentError as unread:
            yield Failed(entry.shown, unread.diagnostics)

    def outcomes_of_grid(self, grid: "Grid", mapping: str | None) -> Iterator[Outcome]:
        """What became of each row of a table that is no file; `mapping` is the path of one."""
        from charter_score.source.mapping_file import load_mapping
        from charter_score.source.tables.reading import Asked, parts_of

        file = Input(grid.about.shown, grid.about.shown)
        try:
            loaded = None if mapping is None else load_mapping(mapping)
            asked = Asked(
                None if loaded is None else loaded.from_folder(None), self._rubric_finder(file)
            )
            for part in parts_of(grid, asked):
                if isinstance(part, DocumentError):
                    yield Failed(file.shown, part.diagnostics)
                    continue
                for outcome in self._outcomes_of_rows(TableWork(file, "", part)):
                    if not isinstance(outcome, LeftOut):
                        yield outcome
        except DocumentError as wrong:
            yield Failed(file.shown, wrong.diagnostics)

    def _workbook_of_tables(self, entry: Input) -> bytes | None:
        """The bytes of a workbook that is no form; None of one that is, or may be damaged.

        Raises:
            DocumentError: where it cannot be read.
        """
        from charter_score.source.reading import holds_no_form
        from charter_score.source.tables.reading import TABLE

        data = read_bytes(entry.path, entry.shown, TABLE)
        return data if holds_no_form(data, entry.shown) else None

    def _mapping_for(self, entry: Input) -> "LoadedMapping | None":
        """The mapping of a table: the one that the command names, or the one beside it.

        Raises:
            DocumentError: where it has errors.
        """
        from charter_score.source.mapping_file import load_mapping, mapping_beside

        if isinstance(self._mapping, DocumentError):
            raise self._mapping
        if self._mapping is not None or entry.path is None:
            return self._mapping
        beside = mapping_beside(entry.path)
        if beside is None:
            return None
        if beside not in self._mappings:
            self._mappings[beside] = load_mapping(beside)
        return self._mappings[beside]

    def _rubric_finder(self, entry: Input) -> Callable[[str | None], Rubric | None]:
        """Finds the rubrics that a table names; None for what leads nowhere: its rows say so."""
        folder = _folder(entry)

        def find(reference: str | None) -> Rubric | None:
            if reference is None:
                default = self._default
                return default.rubric if isinstance(default, LoadedRubric) else None
            loaded = self._library.known(reference, folder)
            return None if loaded is None else loaded.rubric

        return find

    def _part_of(self, inputs: Sequence[Work], renderers: Sequence[BatchRenderer]) -> Part:
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
            if (table := self._checked_table(entry)) is not None:
                yield table
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

    def _checked_table(self, entry: Input) -> Checked | None:
        """A table with everything wrong with it; None of what is none."""
        if entry.path is None or not (is_table(entry.shown) or is_workbook(entry.shown)):
            return None
        diagnostics: list[Diagnostic] = []
        is_left_out = True
        for made in self._table_work(entry):
            if made is entry:
                return None
            for outcome in self.outcomes_of(made):
                if not isinstance(outcome, LeftOut):
                    is_left_out = False
                    diagnostics += (
                        outcome.diagnostics if isinstance(outcome, Failed) else outcome.warnings
                    )
        return Checked(entry.shown, in_order(diagnostics), is_left_out=is_left_out)

    def _check(self, file: Input, data: bytes) -> Checked:
        digest = sha256(data).hexdigest()
        diagnostics: list[Diagnostic] = []
        is_left_out = True
        for document in read_documents(data, file.shown):
            if isinstance(document, DocumentError):
                if file.root is not None and _is_no_form(document):
                    continue
                diagnostics += document.diagnostics
            elif is_agreement(document.value):
                diagnostics += _checked_agreement(document)
            elif is_mapping(document.value):
                diagnostics += _checked_mapping(document)
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

    def outcomes_of(self, one: Work) -> Iterator[Outcome | LeftOut]:
        """What became of each document of one input, or of what stood in its place."""
        if self._job.pseudonyms is None:
            yield from self._named_outcomes_of(one)
        else:
            yield from map(self._job.pseudonyms.outcome, self._named_outcomes_of(one))

    def _named_outcomes_of(self, one: Work) -> Iterator[Outcome | LeftOut]:
        if isinstance(one, Failed | LeftOut):
            yield one
            return
        if isinstance(one, TableWork):
            yield from self._outcomes_of_rows(one)
            return
        if isinstance(one, Diagnostic):
            yield Failed(one.path, (one,), is_unlisted=one.code == "unreadable")
            return
        try:
            yield from self._documents_of(one)
        except Exception as fault:
            if (why := shortage(fault)) is None:
                raise
            yield Failed(one.shown, (Diagnostic("unreadable", why, one.shown),))

    def _outcomes_of_rows(self, work: "TableWork") -> Iterator[Outcome | LeftOut]:
        """What became of each review in a piece of a table."""
        if isinstance(self._default, DocumentError):
            yield Failed(work.file.shown, self._invalid_default(work.file).diagnostics)
            return
        for document in work.part.documents(self._rubric_finder(work.file)):
            if isinstance(document, DocumentError):
                yield Failed(work.file.shown, document.diagnostics)
            else:
                yield self._outcome_of(work.file, work.digest, document)

    def _documents_of(self, one: Input) -> Iterator[Outcome | LeftOut]:
        if (known := _known_by_name(one)) is not None:
            yield known
            return
        if self._records_results(one):
            yield from self._recorded_in(one)
            return
        if one.path is not None and (is_table(one.shown) or is_workbook(one.shown)):
            for made in self._tables(one):
                if made is None:
                    break
                yield from self._named_outcomes_of(made)
            else:
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

    def _records_results(self, entry: Input) -> bool:
        """Whether a named file is one of results, and is to be read as what it records."""
        if not self._job.results or entry.root is not None or entry.path is None:
            return False
        from charter_score.source.recorded import holds_results

        return holds_results(entry.path, entry.shown)

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
            if is_mapping(document.value):
                why = "a mapping"
            return LeftOut(file.shown, why)
        if is_ours(document.value) or rubric:
            wrong_kind = not_a_review(rubric=rubric)
            if is_mapping(document.value):
                wrong_kind = wrong_kind._replace(message="this is a mapping, not a review")
            return Failed(file.shown, (document.diagnostic(wrong_kind),))
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
            return scored._replace(lines=_lines(document, loaded.review, loaded.rubric.rubric))
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
        raise self._invalid_default(file)

    def _invalid_default(self, file: Input) -> DocumentError:
        told = Diagnostic("invalid-rubric", "the rubric that --rubric names has errors", file.shown)
        assert isinstance(self._default, DocumentError)  # noqa: S101 - asked for nothing else
        return DocumentError([told, *self._default.diagnostics])

    def _score(
        self, file: Input, part: str | None, loaded: LoadedReview, digest: str
    ) -> Scored | Skipped:
        review, rubric = loaded.review, loaded.rubric
        name = review.id or (f"{file.stem} {part}" if part else file.stem)
        warnings = loaded.warnings
        if rubric.warnings:
            warnings = in_order((*warnings, *rubric.warnings))
        if not review.is_scored:
            is_complete = _is_complete_draft(review, rubric)
            is_ready = is_complete and review.status is Status.DRAFT
            if not (is_complete and self._job.drafts):
                reason = review.reason if self._job.comments else None
                because = reason if review.status is Status.VOID else None
                outlook = None
                if review.standing is Status.DRAFT and not is_ready and self._is_alone(file):
                    outlook = outlook_of(rubric.scorer, review)
                standing = review.standing.value
                return Skipped(file.shown, name, standing, warnings, is_ready, because, outlook)
        if review.is_overturned:
            return Skipped(file.shown, name, DISPUTE_UPHELD, warnings)
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


def _is_complete_draft(review: Review, rubric: LoadedRubric) -> bool:
    """Whether a review is a draft, a model's too, that would be scored as a person's final one."""
    if not rubric.linter.is_complete_draft(review):
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


def _lines(document: Document, review: Review, rubric: Rubric) -> dict[CriterionKey, int]:
    """The line of each rated criterion; that of its section where it is rated with all of it."""
    return {
        (section.id, criterion.id): document.locate(
            ("ratings", section.id, criterion.id), At.KEY
        ).line
        for section, criterion in rubric.criteria()
        if review.rated(section.id, criterion.id) is not None
    }


def _part(
    outcomes: Iterable[Outcome | LeftOut], renderers: Sequence[BatchRenderer], job: Job
) -> Part:
    part = Part([[] for _ in renderers], job.collected())
    for outcome in outcomes:
        part.add(outcome, renderers)
    return part


def _folder(file: Input) -> str | None:
    """The folder that a file lies in; None for standard input."""
    return os.path.dirname(file.path) if file.path is not None else None


def _named_mapping(path: str) -> "LoadedMapping | DocumentError":
    """The mapping that the command names, or everything that is wrong with it.

    Raises:
        UsageError: where there is no such file.
    """
    from charter_score.source.mapping_file import load_mapping

    if not os.path.lexists(path):
        raise UsageError(f"--mapping: there is no file {shown_path(path)}", near_path(path))
    try:
        return load_mapping(path)
    except DocumentError as wrong:
        return wrong


def _part_lost(entry: Work, renderers: Sequence[BatchRenderer], job: Job) -> Part:
    """Result of an input over which its worker process died: it failed."""
    if isinstance(entry, TableWork):
        entry = entry.file
    path = entry.shown if isinstance(entry, Input) else entry.path
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


def _checked_mapping(document: Document) -> Sequence[Diagnostic]:
    """Everything wrong with a mapping."""
    from charter_score.source.mapping_file import mapping_of

    try:
        mapping_of(document)
    except DocumentError as wrong:
        return wrong.diagnostics
    return ()


def _checked_rubric(document: Document, digest: str) -> Sequence[Diagnostic]:
    """Everything wrong with a rubric, and the advice that only `check` gives."""
    from charter_score.linting.advice import advice, without_ignored

    try:
        loaded = rubric_of(document, digest)
    except DocumentError as wrong:
        return wrong.diagnostics
    given = without_ignored(loaded.rubric, advice(loaded.rubric))
    return in_order((*loaded.warnings, *map(document.diagnostic, given)))


def _checked_agreement(document: Document) -> Sequence[Diagnostic]:
    """Everything wrong with an agreement as code."""
    from charter_score.agreement import Agreement
    from charter_score.source.small_documents import small_model

    try:
        small_model(Agreement, document)
    except DocumentError as wrong:
        return wrong.diagnostics
    return ()


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
