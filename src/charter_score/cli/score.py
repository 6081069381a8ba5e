"""What `score` does once its words are understood: score, render, write, say the verdict."""

import os
import sys
from collections.abc import Callable, Iterable, Sequence, Set
from contextlib import ExitStack
from fractions import Fraction
from typing import Any, NamedTuple

from charter_score.cli.asked import Asked
from charter_score.cli.formats import (
    POINTING,
    Format,
    Look,
    Target,
    refuse_inputs,
    renderer,
    targets,
)
from charter_score.cli.progress import Progress
from charter_score.cli.settings import OWN_FILE, SHARED_FILE, Settings, settings
from charter_score.cli.terminal import Color, paint_for, tell, tell_problems, width
from charter_score.diagnostics import Diagnostic
from charter_score.errors import CharterScoreError, ExitCode, NotWrittenError, UsageError
from charter_score.field_types import MisshapenError, read_percent
from charter_score.gates import Baseline, Gates, Judgement, Watched
from charter_score.outcome import Skipped
from charter_score.pipeline import Job, LeftOut, Part, RepeatedIds, Scoring
from charter_score.render.results.batch import BatchRenderer, Closing
from charter_score.render.text.console import for_encoding
from charter_score.render.text.diagnostics import MOST_SHOWN
from charter_score.render.text.layout import Line, Span, Style, span
from charter_score.render.text.phrases import count
from charter_score.scalars import Number
from charter_score.summary import Summary
from charter_score.writing import NEW_FILE_MODE, Replacement, write_standard_output

JOB_SUMMARY = "GITHUB_STEP_SUMMARY"
"""Where GitHub Actions says which file is shown as the summary of a step."""
MOST_JOB_SUMMARY = 1024 * 1024
"""Bytes that such a file may have, whatever wrote them; GitHub shows nothing of a larger one."""


MOST_FIELDS = 12
"""Fields that standard error names where none of them was asked for."""
MOST_SKIPPED = 5
"""Drafts and void reviews that standard error names one by one."""


class ScoreRequest(NamedTuple):
    """Everything that `score` can be asked for.

    `given` names what the command line said that a settings file can say too.
    """

    paths: Sequence[str]
    format: Format | None = None
    outputs: Sequence[str] = ()
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    jobs: int = 0
    color: Color = Color.AUTO
    quiet: bool = False
    verbose: bool = False
    by: Sequence[str] = ()
    long: bool = False
    include_names: bool = False
    include_comments: bool = False
    no_comments: bool = False
    gate: bool = False
    fail_under: str | None = None
    fail_under_mean: str | None = None
    max_not_applicable: str | None = None
    baseline: str | None = None
    tolerance: str = "0"
    given: Set[str] = frozenset()


class InterruptedRunError(CharterScoreError):
    """Ctrl-C during a run. An error of ours: typer ends a KeyboardInterrupt without a word."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self, reviews: int) -> None:
        far = count(reviews, "review")
        super().__init__(f"interrupted after {far}; no file was left half written")


def run_score(request: ScoreRequest) -> ExitCode:
    """Score what was asked for and write it everywhere it was wanted.

    Raises:
        UsageError: before any work, where the request cannot be meant.
        NotWrittenError: where an output could not be written; the others were.
        InterruptedRunError: for Ctrl-C, with how far the run came.
    """
    found = settings()
    request = _with_settings(request, found)
    _refuse_blank_fields(request.by)
    wanted = [
        # What nothing nearer has chosen: neither -f nor an ending nor the environment.
        target._replace(format=target.format or found.format)
        for target in targets(request.format, request.outputs)
    ]
    scoring = Scoring(
        Job(
            request.paths,
            request.rubric,
            request.rubrics,
            comments=not request.no_comments,
            lines=any(target.format in POINTING for target in wanted),
            by=tuple(dict.fromkeys(request.by)),
            gates=_gates(request),
        )
    )
    refuse_inputs(wanted, request.paths, _also_read(request))
    with ExitStack() as stack:
        outputs = [stack.enter_context(_Output(target)) for target in wanted]
        outputs += [stack.enter_context(one) for one in _job_summary(wanted)]
        run = _Run(request, outputs)
        stack.callback(run.progress.hide)
        try:
            for part in scoring.parts(run.choose, request.jobs):
                run.take(part)
        except KeyboardInterrupt as stopped:
            raise InterruptedRunError(run.summary.reviews) from stopped
        except BaseException as stopped:
            # For whoever tells of it: how far the run came.
            stopped.add_note(f"after {count(run.summary.reviews, 'review')}")
            raise
        run.close()
    judgements = scoring.gates.judge(run.watched, run.summary, run.skipped)
    lost = [output.lost for output in outputs if output.lost is not None]
    code = ExitCode.NOT_WRITTEN if lost else _verdict(run.summary, judgements)
    _tell_verdict(run, judgements, code)
    if lost:
        raise NotWrittenError("; ".join(str(one) for one in lost))
    return code


def _also_read(request: ScoreRequest) -> list[str]:
    """The files that are read beside the reviews and what they name."""
    named = [one for one in (request.rubric, request.baseline) if one is not None]
    return [*named, OWN_FILE, SHARED_FILE]


def _with_settings(request: ScoreRequest, found: Settings) -> ScoreRequest:
    """The request with the settings for whatever the command line did not say.

    Not the format: what the environment says, or the ending of an output, comes before a file.
    """
    more = {
        name: value
        for name, value in found._asdict().items()
        if name != "format" and name not in request.given
    }
    return request._replace(**more)


def _refuse_blank_fields(by: Sequence[str]) -> None:
    """See that every `--by` names something.

    Raises:
        UsageError: where one is blank.
    """
    if not all(name.strip() for name in by):
        raise UsageError("--by takes the name of a field", "for example team, channel or month")


def _gates(request: ScoreRequest) -> Gates:
    """The gates that were asked for.

    Raises:
        UsageError: where a percentage is none, a tolerance has nothing to go with, or the baseline
            cannot be read.
    """
    baseline = None
    if request.baseline is None:
        if request.tolerance != ScoreRequest._field_defaults["tolerance"]:
            raise UsageError("--tolerance needs --baseline", "it says how far a mean may fall")
    else:
        from charter_score.source.earlier_results import earlier_reviews

        tolerance = _percentage("--tolerance", request.tolerance)
        baseline = Baseline(earlier_reviews(request.baseline), tolerance or Fraction(0))
    return Gates(
        expected=request.gate,
        fail_under=_percentage("--fail-under", request.fail_under),
        fail_under_mean=_percentage("--fail-under-mean", request.fail_under_mean),
        max_not_applicable=_percentage("--max-not-applicable", request.max_not_applicable),
        baseline=baseline,
    )


def _percentage(option: str, text: str | None) -> Fraction | None:
    if text is None:
        return None
    try:
        return read_percent(Number(text.removesuffix("%")))
    except MisshapenError:
        raise UsageError(f"{option} takes a percentage from 0 to 100", "for example 70") from None


class _Output:
    """One place that results go to. After a fault it takes nothing more and remembers why."""

    def __init__(self, target: Target) -> None:
        self.target = target
        self.renderer: BatchRenderer | None = None
        self.lost: NotWrittenError | None = None
        self._file: Replacement | _Appended | None = None
        if target.path is not None:
            self._try(self._open)

    def _open(self) -> None:
        path = self.target.path or ""
        self._file = Replacement(path, path)

    def _try(self, write: Callable[[], None]) -> None:
        if self.lost is None:
            try:
                write()
            except NotWrittenError as wrong:
                self.lost = wrong
            except OSError as wrong:
                why = (wrong.strerror or "it cannot be written").lower()
                where = self.target.path or "standard output"
                self.lost = NotWrittenError(f"{where}: a temporary file was needed: {why}")

    def write(self, text: str | bytes) -> None:
        """Add to the output."""
        if not text:
            return
        file = self._file
        if file is not None:
            data = text if isinstance(text, bytes) else text.encode("utf-8")
            self._try(lambda: file.write(data))
        elif self.target.path is None:
            self._try(lambda: write_standard_output(_for_stdout(text)))

    def add(self, pieces: Sequence[Any], hide: Callable[[], None]) -> None:
        """Write what the renderer gives for pieces; `hide` what the terminal shows meanwhile."""
        renderer = self.renderer
        if renderer is None or self.lost is not None:
            return
        texts: list[str | bytes] = []
        self._try(lambda: texts.extend(renderer.add(piece) for piece in pieces))
        text = _joined(texts)
        if text and self.target.path is None:
            hide()
        self.write(text)

    def end(self, closing: Closing) -> None:
        """Write how the renderer ends, and put the output in its place: it is whole."""
        renderer = self.renderer
        if renderer is not None:
            self._try(lambda: self._write_all(renderer.end(closing)))
        self.commit()

    def _write_all(self, texts: Iterable[str | bytes]) -> None:
        for text in texts:
            self.write(text)

    def commit(self) -> None:
        """The output is whole: put it in its place."""
        if self._file is not None:
            self._try(self._file.commit)

    def __enter__(self) -> "_Output":
        return self

    def __exit__(self, *problem: object) -> None:
        if self._file is not None:
            self._file.__exit__(*problem)


class _JobSummary(_Output):
    """The summary of a GitHub Actions step, for which the format `github` has no room itself."""

    def _open(self) -> None:
        self._file = _Appended(self.target.path or "")

    @property
    def room(self) -> int:
        """The bytes that others left of it."""
        taken = self._file.size if isinstance(self._file, _Appended) else 0
        return max(0, MOST_JOB_SUMMARY - taken)


class _Appended:
    """Data added to the end of a file in one go, once all of it is there."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.size = os.path.getsize(path) if os.path.isfile(path) else 0
        self._data = b"\n" if self.size else b""

    def write(self, data: bytes) -> None:
        """Keep data to be added."""
        self._data += data

    def commit(self) -> None:
        """Add everything.

        Raises:
            NotWrittenError: where the file takes nothing.
        """
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
        try:
            with open(os.open(self._path, flags, NEW_FILE_MODE), "ab") as file:
                file.write(self._data)
        except OSError as wrong:
            why = (wrong.strerror or "it cannot be written").lower()
            raise NotWrittenError(f"the job summary ({JOB_SUMMARY}): {why}") from wrong

    def __exit__(self, *_: object) -> None:
        """Nothing was begun that would have to be undone."""


def _job_summary(targets: Sequence[Target]) -> list[_JobSummary]:
    """The job summary, where annotations are wanted and GitHub says where it goes."""
    path = os.environ.get(JOB_SUMMARY)
    if not path or all(target.format is not Format.GITHUB for target in targets):
        return []
    return [_JobSummary(Target(path, Format.MARKDOWN))]


class _Run:
    """A batch on its way through: what it came to so far."""

    def __init__(self, request: ScoreRequest, outputs: Sequence[_Output]) -> None:
        self.request = request
        self.outputs = outputs
        self.summary = Summary(by=tuple(dict.fromkeys(request.by)))
        self.skipped: list[Skipped] = []
        self.left_out: list[LeftOut] = []
        self.watched = Watched()
        self.progress = Progress(quiet=request.quiet)
        self._warnings: dict[Diagnostic, None] = {}
        self._ids = RepeatedIds()

    def choose(self, number: int | None) -> Sequence[BatchRenderer]:
        """A renderer for each output; what was left open depends on the number of reviews."""
        usual = Format.FULL if number == 1 else Format.CONCISE
        renderers = []
        for output in self.outputs:
            look = self._look(output.target)
            if isinstance(output, _JobSummary):
                look = look._replace(room=output.room)
            output.renderer = renderer(output.target.format or usual, look)
            output.write(output.renderer.begin())
            renderers.append(output.renderer)
        return renderers

    def _look(self, target: Target) -> Look:
        request = self.request
        look = Look(
            names=request.include_names,
            public_comments=request.include_comments,
            comments=not request.no_comments,
            long=request.long,
            asked=Asked(request.paths, request.rubric, request.rubrics),
        )
        if target.path is None and sys.stdout is not None:
            look = look._replace(width=width(), paint=paint_for(request.color, sys.stdout))
        return look

    def take(self, part: Part) -> None:
        """Pass a part on to every output, and tell what is wrong in it."""
        self.summary.combine(part.summary)
        warnings = [*part.warnings, *self._ids.warnings(part.ids)]
        new = [one for one in dict.fromkeys(warnings) if one not in self._warnings]
        self._warnings.update(dict.fromkeys(new))
        self.skipped += part.skipped
        self.left_out += part.left_out
        self.watched.combine(part.watched)
        told = part.problems if self.request.quiet else [*part.problems, *new]
        if told:
            self.progress.hide()
        tell_problems(
            [one for one in told if one.is_error or not self.request.quiet], self.request.color
        )
        for output, pieces in zip(self.outputs, part.pieces, strict=True):
            output.add(pieces, self.progress.hide)
        self.progress.show(self.summary)

    def close(self) -> None:
        """Every part has passed: end every output and put it in its place."""
        self.progress.hide()
        closing = Closing(self.summary, list(self._warnings))
        for output in self.outputs:
            output.end(closing)


def _for_stdout(text: str | bytes) -> str | bytes:
    """Text in characters that standard output can carry."""
    if isinstance(text, bytes) or sys.stdout is None:
        return text
    return for_encoding(text, sys.stdout.encoding)


def _joined(texts: Sequence[str | bytes]) -> str | bytes:
    if texts and isinstance(texts[0], bytes):
        return b"".join(text for text in texts if isinstance(text, bytes))
    return "".join(text for text in texts if isinstance(text, str))


def _verdict(summary: Summary, judgements: Sequence[Judgement]) -> ExitCode:
    """The exit code that the work earned."""
    if summary.failed or not summary.reviews:
        return ExitCode.NOT_SCORED
    return ExitCode.OK if all(one.passed for one in judgements) else ExitCode.GATE_FAILED


def _tell_verdict(run: _Run, judgements: Sequence[Judgement], code: ExitCode) -> None:
    """What standard error says last: drafts, what was left out, and how the exit code came."""
    request, summary = run.request, run.summary
    lines: list[Line] = []
    if not request.quiet:
        lines += _told_skipped(run.skipped)
        lines += [(span(note, Style.FAINT),) for note in _notes(run.left_out, request)]
        lines += [(span(note, Style.WARN),) for note in _ungrouped(summary)]
        if run.outputs[0].target.path is not None:
            lines.append((span(_one_line(summary)),))
    exit_3 = "Exit 3: " if code is ExitCode.NOT_SCORED else ""
    if not summary.reviews:
        lines.append((Span(f"{exit_3}no review was found.", Style.BAD),))
    elif summary.failed:
        failed = count(summary.failed, "input")
        lines.append((Span(f"{exit_3}{failed} could not be scored.", Style.BAD),))
    for judgement in judgements:
        lines += _told(judgement, code, quiet=request.quiet)
    tell(lines, request.color)


def _told_skipped(skipped: Sequence[Skipped]) -> list[Line]:
    """Each review that is not to be scored, or how many where they are many."""
    if len(skipped) > MOST_SKIPPED:
        return [(span(f"{count(len(skipped), 'review')} not scored: drafts or void"),)]
    return [(span(f"{one.path}: {one.reason}, not scored"),) for one in skipped]


def _told(judgement: Judgement, code: ExitCode, *, quiet: bool) -> list[Line]:
    """A gate's verdict, and the reviews that it names."""
    if judgement.passed:
        said = f"{judgement.gate} passes: {judgement.told}."
        return [] if quiet else [(span(said, Style.GOOD),)]
    fails = "also fails" if code is ExitCode.NOT_SCORED else "fails"
    exit_code = "Exit 1: " if code is ExitCode.GATE_FAILED else ""
    lines: list[Line] = [
        (span(f"{exit_code}{judgement.gate} {fails}: {judgement.told}.", Style.BAD),)
    ]
    shown = judgement.breaches[:MOST_SHOWN]
    lines += [(span(f"    {breach.path}: {breach.why}"),) for breach in shown]
    if len(judgement.breaches) > MOST_SHOWN:
        lines.append((span(f"    and {len(judgement.breaches) - MOST_SHOWN} more"),))
    return lines


def _notes(left_out: Sequence[LeftOut], request: ScoreRequest) -> list[str]:
    """What to tell of files in folders that are no reviews and were left out."""
    if request.verbose:
        return [f"{one.path}: {one.why}, left out" for one in left_out]
    if not left_out:
        return []
    documents = count(len(left_out), "document")
    return [f"{documents} left out: not reviews (--verbose names each and says why)"]


def _ungrouped(summary: Summary) -> list[str]:
    """What to tell of fields asked for with `--by` that no review gives: which ones there are."""
    names = sorted(summary.fields)
    known = ", ".join(names[:MOST_FIELDS])
    if len(names) > MOST_FIELDS:
        known += f" and {len(names) - MOST_FIELDS} more"
    return [f"--by {by}: no review gives it; they give {known}" for by in summary.ungrouped()]


def _one_line(summary: Summary) -> str:
    parts = [f"{count(summary.reviews, 'review')}: {summary.scored} scored"]
    if summary.failed:
        parts.append(f"{summary.failed} could not be scored")
    if summary.skipped:
        parts.append(f"{summary.skipped} skipped")
    return ", ".join(parts)
