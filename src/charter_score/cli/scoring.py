"""What `score` does once its words are understood: score, render, write, say the verdict."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from charter_score.cli.formats import Format, Target, refuse_inputs, targets
from charter_score.cli.terminal import Color, show, tell, tell_problems, width
from charter_score.errors import ExitCode, NotWrittenError
from charter_score.outcome import Failed, Outcome, Scored, Skipped
from charter_score.pipeline import Job, Scoring
from charter_score.render import words
from charter_score.render.layout import Line, Span, Style, span
from charter_score.summary import Summary, summarise


@dataclass(frozen=True, slots=True)
class ScoreRequest:
    """Everything that `score` can be asked for."""

    paths: Sequence[str]
    format: Format | None = None
    outputs: Sequence[str] = ()
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    color: Color = Color.AUTO
    quiet: bool = False
    verbose: bool = False
    include_names: bool = False
    no_comments: bool = False


@dataclass(slots=True)
class Batch:
    """What a run came to."""

    outcomes: list[Outcome]
    summary: Summary
    notes: list[str] = field(default_factory=list)

    @property
    def scored(self) -> list[Scored]:
        """The reviews that were scored."""
        return [one for one in self.outcomes if isinstance(one, Scored)]


def run_score(request: ScoreRequest) -> ExitCode:
    """Score what was asked for and write it everywhere it was wanted.

    Raises:
        UsageError: before any work, where the request cannot be meant.
        NotWrittenError: where an output could not be written; the others were.
    """
    wanted = targets(request.format, request.outputs)
    scoring = Scoring(
        Job(request.paths, request.rubric, request.rubrics, comments=not request.no_comments)
    )
    refuse_inputs(wanted, scoring.inputs)
    outcomes = list(scoring.outcomes())
    batch = Batch(outcomes, summarise(outcomes), scoring.notes(verbose=request.verbose))
    _tell_what_is_wrong(batch, request)
    lost: list[NotWrittenError] = []
    for target in wanted:
        try:
            _write(batch, target, request)
        except NotWrittenError as wrong:
            lost.append(wrong)
    code = verdict(batch)
    _tell_verdict(batch, code, request, silent_output=wanted[0].path is not None)
    if lost:
        raise NotWrittenError("; ".join(str(one) for one in lost))
    return code


def verdict(batch: Batch) -> ExitCode:
    """The exit code that the work earned."""
    if batch.summary.failed or not batch.outcomes:
        return ExitCode.NOT_SCORED
    return ExitCode.OK


def _tell_what_is_wrong(batch: Batch, request: ScoreRequest) -> None:
    """Every diagnostic to standard error; with --quiet only those of failures."""
    found = [
        diagnostic
        for one in batch.outcomes
        for diagnostic in (one.diagnostics if isinstance(one, Failed) else one.warnings)
        if diagnostic.is_error or not request.quiet
    ]
    tell_problems(found, request.color)


def _write(batch: Batch, target: Target, request: ScoreRequest) -> None:
    chosen = target.format or (Format.FULL if len(batch.outcomes) == 1 else Format.CONCISE)
    if target.path is None:
        if chosen in (Format.FULL, Format.CONCISE):
            show(_lines(batch, chosen, width(), request), request.color)
        else:
            from charter_score.writing import write_standard_output

            write_standard_output(_document(batch, chosen))
        return
    from charter_score.render.terminal import plain
    from charter_score.source.files import shown_path
    from charter_score.writing import write_file

    if chosen in (Format.FULL, Format.CONCISE):
        text = plain(_lines(batch, chosen, 80, request))
    else:
        text = _document(batch, chosen)
    write_file(target.path, text.encode("utf-8"), shown_path(target.path))


def _document(batch: Batch, chosen: Format) -> str:
    from charter_score import wire

    write = wire.results_json if chosen is Format.JSON else wire.results_json_lines
    return "".join(write(batch.outcomes, batch.summary))


def _lines(batch: Batch, chosen: Format, columns: int, request: ScoreRequest) -> list[Line]:
    if chosen is Format.CONCISE:
        from charter_score.render.concise import concise

        return concise(batch.outcomes, batch.summary, columns, names=request.include_names)
    from charter_score.render.full import full

    lines: list[Line] = []
    for one in batch.scored:
        if lines:
            lines += [(), (Span("─" * min(columns, 80), Style.FAINT),), ()]
        lines += full(one, columns, comments=not request.no_comments)
    return lines


def _tell_verdict(
    batch: Batch, code: ExitCode, request: ScoreRequest, *, silent_output: bool
) -> None:
    """What standard error says last: drafts, what was left out, and why the exit code is not 0."""
    lines: list[Line] = []
    if not request.quiet:
        lines += [
            (span(f"{one.path}: {one.reason}, not scored"),)
            for one in batch.outcomes
            if isinstance(one, Skipped)
        ]
        lines += [(span(note, Style.FAINT),) for note in batch.notes]
        if silent_output:
            lines.append((span(_one_line(batch.summary)),))
    if not batch.outcomes:
        lines.append((Span("Exit 3: no review was found.", Style.BAD),))
    elif code is ExitCode.NOT_SCORED:
        failed = words.count(batch.summary.failed, "input")
        lines.append((Span(f"Exit 3: {failed} could not be scored.", Style.BAD),))
    tell(lines, request.color)


def _one_line(summary: Summary) -> str:
    parts = [f"{words.count(summary.reviews, 'review')}: {summary.scored} scored"]
    if summary.failed:
        parts.append(f"{summary.failed} could not be scored")
    if summary.skipped:
        parts.append(f"{summary.skipped} skipped")
    return ", ".join(parts)
