"""What `score` does once its words are understood: score, render, write, say the verdict."""

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, NamedTuple

from charter_score.cli.agreed import Agreed, Shown, refuse_by_agreement
from charter_score.cli.asked import Asked
from charter_score.cli.commands import EXAMPLE, Command
from charter_score.cli.formats import (
    PAINTED,
    POINTING,
    Format,
    Look,
    Target,
    refuse_inputs,
    renderer,
    targets,
)
from charter_score.cli.loading import pseudonyms_under
from charter_score.cli.progress import Progress
from charter_score.cli.score_options import ScoreOptions
from charter_score.cli.settings import OWN_FILE, SHARED_FILE
from charter_score.cli.terminal import (
    has_bars,
    screen_for,
    tell,
)
from charter_score.diagnostics import Diagnostic, did_you_mean
from charter_score.errors import CharterScoreError, ExitCode, NotWrittenError, UsageError
from charter_score.filters import ReviewFilter
from charter_score.gates import Baseline, Conclusion, Gates, Verdict, conclusion_of
from charter_score.outcome import LeftOut, Skipped
from charter_score.outputs import AppendedOutput, Output, is_terminal
from charter_score.pipeline import Job, Part, Scoring
from charter_score.render.results.batch import BatchRenderer, Closing
from charter_score.render.results.verdicts import filtered_out, not_scored, sentence
from charter_score.render.text import phrases
from charter_score.render.text.console import Line
from charter_score.render.text.diagnostics import MOST_SHOWN, OfOneFile, alike
from charter_score.render.text.phrases import count
from charter_score.summary import Summary

if TYPE_CHECKING:  # rich, which formats for other programs do without
    from charter_score.render.text.blocks import Parts

JOB_SUMMARY = "GITHUB_STEP_SUMMARY"
"""Where GitHub Actions says which file is shown as the summary of a step."""
MOST_JOB_SUMMARY = 1024 * 1024
"""Bytes that such a file may have, whatever wrote them; GitHub shows nothing of a larger one."""
STEP_OUTPUTS = "GITHUB_OUTPUT"
"""Where GitHub Actions says which file takes the outputs of a step."""


MOST_FIELDS = 12
"""Fields that standard error names where none of them was asked for."""
MOST_ALIKE = 5
"""Files in which a warning is told that says the same of each."""
MOST_SKIPPED = 5
"""Drafts and void reviews that standard error names one by one."""


_PUBLIC = frozenset(
    [Format.CONCISE, Format.JUNIT, Format.GITHUB, Format.GITLAB, Format.MARKDOWN, Format.HTML]
)
"""Formats that hold names and comments only where they are asked for."""


class InterruptedRunError(CharterScoreError):
    """Ctrl-C during a run. An error of ours: typer ends a KeyboardInterrupt without a word."""

    exit_code = ExitCode.INTERRUPTED

    def __init__(self, reviews: int) -> None:
        far = count(reviews, "review")
        super().__init__(f"interrupted after {far}; no file was left half written")


def run_score(options: ScoreOptions) -> ExitCode:
    """Score what was asked for and write it everywhere it was wanted.

    Raises:
        UsageError: before any work, where the options cannot be meant.
        NotWrittenError: where an output could not be written; the others were.
        InterruptedRunError: for Ctrl-C, with how far the run came.
    """
    if options.in_hook:
        _refuse_gates_on_a_whole(options)
    if options.verbose and options.settings_file is not None:
        tell([Line(f"settings: {options.settings_file}", "faint")], options.color)
    wanted = [
        # A settings file chooses where nothing nearer did: -f, an ending, the environment.
        target._replace(format=target.format or options.output_format)
        for target in targets(options.typed("output_format"), options.outputs)
    ]
    if any(target.format is Format.XLSX and is_terminal(target.path) for target in wanted):
        raise UsageError("xlsx is no text for a terminal", "write it to a file: -o results.xlsx")
    agreed = refuse_by_agreement(
        _shown_in(target.format, options) for target in wanted if target.format is not None
    )
    chosen = _filter(options)
    scoring = Scoring(
        Job(
            options.paths,
            options.rubric,
            options.rubrics,
            comments=not options.no_comments,
            lines=any(target.format in POINTING for target in wanted),
            by=options.by,
            filter=chosen,
            gates=_gates(options, chosen),
            part=options.in_hook,
            people=None if agreed is None else agreed.people,
            mapping=options.mapping,
            pseudonyms=pseudonyms_under(options.pseudonyms, options.color),
        )
    )
    also_read = [
        options.rubric,
        options.mapping,
        options.baseline,
        options.pseudonyms,
        OWN_FILE,
        SHARED_FILE,
        options.settings_file,
    ]
    also = [name for name in also_read if name is not None]
    refused = refuse_inputs(wanted, options.paths, also)
    with ExitStack() as stack:
        destinations = [
            _Destination(
                stack.enter_context(Output(target.path, refused.get(target))), target.format
            )
            for target in wanted
        ]
        destinations += _for_github(wanted)  # which begin nothing that would have to be undone
        run = _Run(options, scoring.job, destinations, agreed)
        stack.callback(run.progress.hide)
        try:
            for part in scoring.parts(run.choose, options.jobs):
                run.take(part)
        except KeyboardInterrupt as stopped:
            raise InterruptedRunError(run.summary.reviews) from stopped
        except BaseException as stopped:
            # For whoever tells of it: how far the run came.
            stopped.add_note(f"after {count(run.summary.reviews, 'review')}")
            raise
        run.close()
    lost = [one.output.lost for one in destinations if one.output.lost is not None]
    code = ExitCode.NOT_WRITTEN if lost else _EXIT_CODES[run.conclusion]
    _tell_verdict(run, code)
    if lost:
        raise NotWrittenError("; ".join(str(one) for one in lost))
    return code


def _shown_in(wanted: Format, options: ScoreOptions) -> Shown:
    """What an output in a format would hold."""
    is_public = wanted in _PUBLIC
    may_hold = wanted is not Format.CONCISE and (wanted is not Format.CSV or options.long)
    return Shown(
        wanted.value,
        names=not is_public or options.include_names,
        comments=may_hold
        and not options.no_comments
        and (not is_public or options.include_comments),
    )


def _refuse_gates_on_a_whole(options: ScoreOptions) -> None:
    """Refuse a gate that looks at all reviews together where only some are given.

    Raises:
        UsageError: naming the gate, and where it was asked for.
    """
    hint = "give it to the run that scores the whole folder"
    if options.fail_under_mean is not None:
        option = "--fail-under-mean"
        if "fail_under_mean" in options.from_settings:
            hint = f"take `fail-under-mean` out of {options.settings_file}, and give {option} to "
            hint += "the run that scores the whole folder"
    elif options.baseline is not None:
        option = "--baseline"
    else:
        return
    raise UsageError(
        f"{option} cannot be judged in a hook: a hook is given the files of one commit, and this "
        "gate is about all reviews together",
        hint,
    )


def _filter(options: ScoreOptions) -> ReviewFilter:
    """Which reviews count.

    Raises:
        UsageError: where no day can be in the span that is asked for.
    """
    since, until = options.since, options.until
    if since is not None and until is not None and until < since:
        raise UsageError("--until is before --since", "the first day comes with --since")
    return ReviewFilter(options.where, since, until)


def _gates(options: ScoreOptions, chosen: ReviewFilter) -> Gates:
    """The gates that were asked for.

    Raises:
        UsageError: where a percentage is none, a tolerance has nothing to go with, or the baseline
            cannot be read.
    """
    baseline = None
    if options.baseline is None:
        if options.tolerance:
            raise UsageError("--tolerance needs --baseline", "it says how far a mean may fall")
    else:
        from charter_score.source.earlier_results import earlier_reviews

        baseline = Baseline(earlier_reviews(options.baseline, chosen), options.tolerance)
    return Gates(
        expected=options.gate,
        fail_under=options.fail_under,
        fail_under_mean=options.fail_under_mean,
        max_not_applicable=options.max_not_applicable,
        accountable=options.accountable,
        baseline=baseline,
    )


class _Destination(NamedTuple):
    """An output, and what it is rendered by: a format, or a renderer that is no format of ours.

    Where neither is said, the number of reviews chooses the format.
    """

    output: Output
    format: Format | None = None
    renderer: BatchRenderer | None = None


def _for_github(wanted: Sequence[Target]) -> list[_Destination]:
    """The job summary and the outputs of the step, where GitHub gets annotations and takes them."""
    if all(target.format is not Format.GITHUB for target in wanted):
        return []
    from charter_score.render.results.github import StepOutputs

    found = []
    if path := os.environ.get(JOB_SUMMARY):
        name = f"the job summary ({JOB_SUMMARY})"
        summary = AppendedOutput(path, name, most=MOST_JOB_SUMMARY, between=b"\n")
        found.append(_Destination(summary, Format.MARKDOWN))
    if path := os.environ.get(STEP_OUTPUTS):
        outputs = AppendedOutput(path, f"the outputs of the step ({STEP_OUTPUTS})")
        found.append(_Destination(outputs, renderer=StepOutputs()))
    return found


class _Run:
    """A batch on its way through: what it came to so far."""

    def __init__(
        self,
        options: ScoreOptions,
        job: Job,
        destinations: Sequence[_Destination],
        agreed: Agreed | None = None,
    ) -> None:
        self.options = options
        self.agreed = agreed
        self.destinations = destinations
        self.verdicts: list[Verdict] = []
        self.conclusion = Conclusion.PASSED
        self.kept: list[str | None] = []
        self.collected = job.collected()
        self.progress = Progress(quiet=options.quiet)
        self.lists_skipped = False  # on standard output, and once is enough
        self._gates = job.gates
        self._alike: dict[tuple[str, ...], set[str]] = {}
        self._told = OfOneFile()

    @property
    def summary(self) -> Summary:
        """The counts so far."""
        return self.collected.summary

    def choose(self, number: int | None) -> Sequence[BatchRenderer]:
        """A renderer for each output; what was left open depends on the number of reviews."""
        usual = Format.FULL if number == 1 else Format.CONCISE
        renderers = []
        for output, wanted, own in self.destinations:
            chosen = wanted or usual
            if wanted is None and own is None and self.agreed is not None:
                self.agreed.refuse([_shown_in(chosen, self.options)])
            output.is_painted = chosen in PAINTED
            if chosen is Format.CONCISE and output.path is None:
                self.lists_skipped = True
            look = self._look(output)._replace(alone=number == 1)
            output.begin(own or renderer(chosen, look))
            if output.renderer is not None:
                renderers.append(output.renderer)
        return renderers

    def _look(self, output: Output) -> Look:
        options = self.options
        look = Look(
            names=options.include_names,
            public_comments=options.include_comments,
            comments=not options.no_comments,
            long=options.long,
            room=output.room,
            is_file=output.is_file,
            bars=not options.no_bars,
            asked=Asked(
                options.paths,
                options.rubric,
                options.rubrics,
                hidden=options.pseudonyms is not None,
            ),
        )
        if output.path is None and sys.stdout is not None:
            screen = screen_for(options.color, sys.stdout)
            look = look._replace(screen=screen, bars=look.bars and has_bars())
        return look

    def take(self, part: Part) -> None:
        """Pass a part on to every output, and tell what is wrong in it."""
        self.collected.combine(part.collected)
        quiet = self.options.quiet
        lines: Parts = []
        for new in self.collected.diagnostics.untold():
            # Each for itself: what is cut off a long list must not depend on where a part ends.
            lines += self._told.lines(
                [one for one in new if one.is_error or (not quiet and self._is_news(one))]
            )
        if lines:
            self.progress.hide()
            tell(lines, self.options.color)
        for destination, pieces in zip(self.destinations, part.pieces, strict=True):
            destination.output.add(pieces, self.progress.hide)
        self.progress.show(self.summary)

    def _is_news(self, warning: Diagnostic) -> bool:
        """Whether a warning is told; the same of many files is told of the first few."""
        kind = alike(warning)
        paths = self._alike.setdefault(kind, set())
        paths.add(warning.path)
        return self.options.verbose or len(paths) <= MOST_ALIKE

    def more_alike(self) -> Iterator[str]:
        """Of each kind of warning that was not told of every file, of how many more."""
        for (code, *_), paths in self._alike.items():
            if len(paths) > MOST_ALIKE and not self.options.verbose:
                more = count(len(paths) - MOST_ALIKE, "more file")
                yield f"warning[{code}]: the same in {more} (--verbose names each)"

    def close(self) -> None:
        """Every part has passed: end every output and put it in its place."""
        self.progress.hide()
        tell(list(self._told.rest()), self.options.color)
        left_out = self.collected.left_out.found or self.summary.filtered_out
        if self.summary.reviews or not (self.options.in_hook and left_out):
            self.verdicts = self._gates.verdicts(self.collected.gates, self.summary)
            self.conclusion = conclusion_of(self.summary, self.verdicts)
        if self.summary.is_blind:
            # A report of nothing must not take the place of one of something.
            self.kept = [one.output.path for one in self.destinations if one.output.keep_old()]
        closing = Closing(self.collected, self.verdicts, self.conclusion)
        for destination in self.destinations:
            destination.output.end(closing)


_EXIT_CODES = {
    Conclusion.PASSED: ExitCode.OK,
    Conclusion.FAILED: ExitCode.GATE_FAILED,
    Conclusion.NOT_SCORED: ExitCode.NOT_SCORED,
}


def _tell_verdict(run: _Run, code: ExitCode) -> None:
    """What standard error says last: drafts, what was left out, and how the exit code came."""
    options, summary = run.options, run.summary
    lines: list[Line] = []
    if not options.quiet:
        collected = run.collected
        lines += [Line(note, "warn") for note in run.more_alike()]
        if not run.lists_skipped:
            lines += _told_skipped(collected.skipped.found)
        lines += [Line(note, "faint") for note in _notes(collected.left_out.found, options)]
        lines += [Line(note, "warn") for note in _not_given(summary)]
        if told := filtered_out(summary):
            lines.append(Line(told))
        if run.destinations[0].output.path is not None:
            lines.append(Line(_one_line(summary)))
    for path in run.kept:
        lines.append(Line(f"{path} was left as it was: no folder could be listed."))
    if run.conclusion is Conclusion.NOT_SCORED and (why := not_scored(summary)):
        exit_3 = "Exit 3: " if code is ExitCode.NOT_SCORED else ""
        lines.append(Line(f"{exit_3}{why}", "bad"))
    for verdict in run.verdicts:
        lines += _told(verdict, run.conclusion, code, quiet=options.quiet)
    tell(lines, options.color)


def _told_skipped(skipped: Sequence[Skipped]) -> list[Line]:
    """Each review that is not to be scored, or how many where they are many."""
    if len(skipped) > MOST_SKIPPED:
        ready = phrases.only_status_missing(skipped)
        number = f"{count(len(skipped), 'review')} not scored: drafts or void"
        return [Line(f"{number}. {ready}" if ready else number)]
    return [Line(f"{review.path}: {phrases.not_scored(review)}") for review in skipped]


def _told(verdict: Verdict, conclusion: Conclusion, code: ExitCode, *, quiet: bool) -> list[Line]:
    """A gate's verdict, and the reviews that it names."""
    told = sentence(verdict, conclusion)
    if verdict.passed:
        return [] if quiet else [Line(told, "good")]
    exit_code = "Exit 1: " if code is ExitCode.GATE_FAILED else ""
    lines: list[Line] = [Line(f"{exit_code}{told}", "bad")]
    shown = verdict.violations[:MOST_SHOWN]
    lines += [Line(f"    {violation.name}: {violation.detail}") for violation in shown]
    if len(verdict.violations) > MOST_SHOWN:
        lines.append(Line(f"    and {len(verdict.violations) - MOST_SHOWN} more"))
    return lines


def _notes(left_out: Sequence[LeftOut], options: ScoreOptions) -> list[str]:
    """What to tell of files in folders that are no reviews and were left out."""
    if options.verbose:
        return [f"{one.path}: {one.why}, left out" for one in left_out]
    if not left_out:
        return []
    documents = count(len(left_out), "document")
    what = "not a review" if len(left_out) == 1 else "not reviews"
    return [f"{documents} left out: {what} (--verbose names each and says why)"]


def _not_given(summary: Summary) -> list[str]:
    """What to tell of fields that were asked for and no review gives: which ones there are."""
    names = sorted(summary.fields)
    known = ", ".join(names[:MOST_FIELDS])
    if len(names) > MOST_FIELDS:
        known += f" and {len(names) - MOST_FIELDS} more"
    asked = [("--by", field) for field in summary.ungrouped()]
    asked += [("--where", field) for field in summary.unmatched()]
    told = []
    for option, field in asked:
        near = did_you_mean(field, names)
        meant = f" ({near})" if near else ""
        told.append(f"{option} {field}: no review gives it; they give {known}{meant}")
    return told


def _one_line(summary: Summary) -> str:
    parts = [f"{count(summary.reviews, 'review')}: {summary.scored} scored"]
    if summary.failed:
        parts.append(f"{summary.failed} could not be scored")
    if summary.skipped:
        parts.append(f"{summary.skipped} skipped")
    return ", ".join(parts)


COMMAND = Command(
    ScoreOptions,
    run_score,
    help="""Score reviews: how each went, what was done well, what to develop.

    n/a counts as met unless the rubric says otherwise, and the observed score stands beside it.
    Exit codes: 0 all scored and every gate passed, 1 a gate failed, 2 used wrongly, 3 something
    could not be scored, 4 not written.
    """,
    short_help="Score reviews against their rubrics.",
    epilog=f"To try it: {EXAMPLE}, then: score example.yaml",
    needs_paths=True,
)
