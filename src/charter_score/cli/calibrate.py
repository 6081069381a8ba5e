"""The command `calibrate`: how far the reviewers of the same contacts agree."""

from collections import Counter
from typing import assert_never

from charter_score.calibration.findings import Calibration, calibration_of
from charter_score.calibration.reviews import ContactReviews
from charter_score.cli.agreed import Shown, refuse_by_agreement
from charter_score.cli.commands import Command
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Options,
    Paths,
    Quiet,
    RubricFolders,
    Since,
    Until,
    UsualRubric,
    Verbose,
    Where,
)
from charter_score.cli.report_views import (
    IncludeComments,
    IncludeNames,
    NoComments,
    Outputs,
    ReportFormat,
    ReportView,
    deliver,
    refuse_read,
    report_targets,
)
from charter_score.cli.settings import OWN_FILE, SHARED_FILE
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.diagnostics import Diagnostic
from charter_score.errors import ExitCode, UsageError
from charter_score.filters import ReviewFilter
from charter_score.outcome import Failed, Skipped
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import count
from charter_score.stats.student import FEWEST_VALUES


class CalibrateOptions(Options):
    """Everything that `calibrate` can be asked for."""

    paths: Paths = ()
    output_format: ReportFormat = None
    outputs: Outputs = ()
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    where: Where = ()
    since: Since = None
    until: Until = None
    include_names: IncludeNames = False
    include_comments: IncludeComments = False
    no_comments: NoComments = False
    color: ColorOption = Color.AUTO
    quiet: Quiet = False
    verbose: Verbose = False
    debug: Debug = False


def run_calibrate(options: CalibrateOptions) -> ExitCode:
    """Compare the reviews of the same contacts, and show it everywhere it was wanted.

    Raises:
        UsageError: before any work, where the options cannot be meant.
        NotWrittenError: where an output could not be written.
    """
    targets = report_targets(options.output_format, options.outputs, tuple(ReportView))
    agreed = refuse_by_agreement(_shown_in(view, options) for _, view in targets)
    if options.since and options.until and options.until < options.since:
        raise UsageError("--until is before --since", "the first day comes with --since")
    chosen = ReviewFilter(options.where, options.since, options.until)
    scoring = Scoring(
        Job(options.paths, options.rubric, options.rubrics, filter=chosen, drafts=True)
    )
    read = (options.rubric, OWN_FILE, SHARED_FILE, options.settings_file)
    refuse_read(targets, options.paths, [name for name in read if name is not None])
    reviews = ContactReviews()
    counts: Counter[type] = Counter()
    told: set[Diagnostic] = set()
    for outcome in scoring.outcomes():
        counts[type(outcome)] += 1
        reviews.add(outcome)
        found = outcome.diagnostics if isinstance(outcome, Failed) else outcome.warnings
        # What is wrong with a rubric comes with each of its reviews, and is told once.
        new = [one for one in found if one not in told and (one.is_error or not options.quiet)]
        told.update(new)
        tell_problems(new, options.color)
    rounds, aside = reviews.rounds()
    fewest = FEWEST_VALUES
    if agreed is not None and agreed.people is not None:
        fewest = max(fewest, agreed.people.least)
    calibrations = [calibration_of(one, fewest) for one in rounds]

    def made(view: ReportView) -> object:
        comments = not options.no_comments
        shown = {"names": options.include_names, "comments": options.include_comments and comments}
        match view:
            case ReportView.FULL:
                from charter_score.render.calibration.terminal import calibration_lines

                return calibration_lines(calibrations, aside, everything=options.verbose, **shown)
            case ReportView.MARKDOWN:
                from charter_score.render.calibration.markdown import calibration_markdown

                return calibration_markdown(calibrations, aside, **shown)
            case ReportView.HTML:
                from charter_score.render.calibration.page import calibration_page

                return calibration_page(calibrations, aside, **shown)
            case ReportView.JSON:
                from charter_score.render.calibration.document import calibration_json

                return calibration_json(
                    calibrations,
                    aside,
                    comments=comments,
                    failed=counts[Failed],
                    skipped=counts[Skipped],
                )
            case ReportView.XLSX:
                from charter_score.render.calibration.document import calibration_sheets
                from charter_score.render.sheets import workbook

                return workbook(calibration_sheets(calibrations, comments=comments))
            case _:
                assert_never(view)

    deliver(targets, made, options.color)
    return _verdict(options, calibrations, counts)


def _shown_in(view: ReportView, options: CalibrateOptions) -> Shown:
    """What an output in a view would hold."""
    is_public = view not in (ReportView.JSON, ReportView.XLSX)
    return Shown(
        view.value,
        names=not is_public or options.include_names,
        comments=not options.no_comments and (not is_public or options.include_comments),
    )


def _verdict(
    options: CalibrateOptions, calibrations: list[Calibration], counts: "Counter[type]"
) -> ExitCode:
    """What standard error says last, and the exit code that goes with it."""
    if (skipped := counts[Skipped]) and not options.quiet:
        tell([Line(f"{count(skipped, 'review')} not scored: drafts or void")], options.color)
    if not calibrations:
        told = "Exit 3: no contact has reviews that could be compared. Give reviews of one contact "
        told += "the same interaction.reference, and each its reviewer."
        tell([Line(told, "bad")], options.color)
        return ExitCode.NOT_SCORED
    if failed := counts[Failed]:
        told = f"Exit 3: {count(failed, 'review')} could not be scored and is not compared."
        tell([Line(told, "bad")], options.color)
        return ExitCode.NOT_SCORED
    return ExitCode.OK


COMMAND = Command(
    CalibrateOptions,
    run_calibrate,
    help="""Compare reviews of the same contact (interaction.reference) by several reviewers.

    Percent agreement, AC1 and alpha with their intervals, criterion by criterion, the most
    disputed first; each reviewer's scores beside the others'; and who said what, to talk over.
    """,
    short_help="Compare reviewers who reviewed the same contacts.",
    epilog="Example: charter-score calibrate examples/calibration/ -o talk.html",
    needs_paths=True,
)
