"""The command `disputes`: what became of disputes, over many reviews."""

import os
from typing import assert_never

from charter_score.cli.agreed import Shown, refuse_by_agreement
from charter_score.cli.commands import Command
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Options,
    Paths,
    Quiet,
    RubricFolders,
    Until,
    UsualRubric,
)
from charter_score.cli.report_views import (
    IncludeNames,
    Outputs,
    ReportFormat,
    ReportView,
    deliver,
    refuse_read,
    report_targets,
)
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.diagnostics import Diagnostic
from charter_score.dispute_record import DisputeRecord
from charter_score.errors import DocumentError, ExitCode
from charter_score.filters import ReviewFilter
from charter_score.library import Library, LoadedRubric, checked_review, named_rubric
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import count
from charter_score.rubric import values_of
from charter_score.source.every_review import FoundReview, every_review
from charter_score.summary import FEWEST_TO_COMPARE

VIEWS = (ReportView.FULL, ReportView.MARKDOWN, ReportView.JSON)


class DisputesOptions(Options):
    """Everything that `disputes` can be asked for."""

    paths: Paths = ()
    output_format: ReportFormat = None
    outputs: Outputs = ()
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    until: Until = None
    include_names: IncludeNames = False
    color: ColorOption = Color.AUTO
    quiet: Quiet = False
    debug: Debug = False


def run_disputes(options: DisputesOptions) -> ExitCode:
    """Count what became of disputes: 0, or 3 where a review has errors or there is none.

    Raises:
        UsageError: where the options cannot be meant.
        NotWrittenError: where an output could not be written.
    """
    targets = report_targets(options.output_format, options.outputs, VIEWS)
    agreed = refuse_by_agreement(
        Shown(view.value, view is ReportView.JSON or options.include_names, comments=False)
        for _, view in targets
    )
    refuse_read(targets, options.paths, [] if options.rubric is None else [options.rubric])
    folders = [path for path in options.paths if os.path.isdir(path)]
    library = Library(folders=options.rubrics, roots=folders)
    default: LoadedRubric | None = None
    if options.rubric is not None:
        named = named_rubric(options.rubric, library, "--rubric")
        if isinstance(named, DocumentError):
            tell_problems(named.diagnostics, options.color)
            return ExitCode.NOT_SCORED
        default = named
        library.add(named)
    record, failed = DisputeRecord(), 0
    for found in every_review(options.paths):
        if isinstance(found, Diagnostic):
            problems = [found]
        else:
            problems = _take_in(found, record, library, default, options.until)
        failed += bool(problems)
        tell_problems(problems, options.color)
    fewest = FEWEST_TO_COMPARE
    if agreed is not None and agreed.people is not None:
        fewest = max(fewest, agreed.people.least)
    from charter_score.render.disputes import (
        DisputesView,
        dispute_lines,
        disputes_json,
        disputes_markdown,
    )

    view = DisputesView(record, options.until, names=options.include_names, fewest=fewest)

    def made(wanted: ReportView) -> object:
        match wanted:
            case ReportView.FULL:
                return dispute_lines(view)
            case ReportView.MARKDOWN:
                return disputes_markdown(view)
            case ReportView.JSON:
                return disputes_json(view, failed=failed)
            case ReportView.HTML | ReportView.XLSX:
                raise AssertionError(wanted)  # `report_targets` refused them
            case _:
                assert_never(wanted)

    deliver(targets, made, options.color)
    if failed:
        told = f"Exit 3: {count(failed, 'review')} could not be read, and counts nowhere."
        tell([Line(told, "bad")], options.color)
    elif not record.reviews:
        tell([Line("Exit 3: no review was found.", "bad")], options.color)
    return ExitCode.NOT_SCORED if failed or not record.reviews else ExitCode.OK


def _take_in(
    found: FoundReview,
    record: DisputeRecord,
    library: Library,
    default: LoadedRubric | None,
    until: str | None,
) -> list[Diagnostic]:
    """Take a review into the record, or say what is wrong with it."""
    folder = None if found.file.path is None else os.path.dirname(found.file.path)
    try:
        review, rubric, _ = checked_review(
            found.document, lambda review: library.rubric_for(review, folder, default)
        )
    except DocumentError as wrong:
        return list(wrong.diagnostics)
    if until is not None:
        chosen = ReviewFilter(until=until)
        if not chosen.takes(lambda name: values_of(review.interaction, name)):
            return []
    record.add(found.file.shown, found.id, review, rubric.rubric)
    return []


COMMAND = Command(
    DisputesOptions,
    run_disputes,
    help="""Say what became of disputes: how many were upheld, by criterion, reviewer and decider.

    And how long they took, which are open, and how it was by month. All statuses of reviews count.
    """,
    short_help="Say what became of disputes, over many reviews.",
    epilog="Example: charter-score disputes reviews/ -o disputes.md",
    needs_paths=True,
)
