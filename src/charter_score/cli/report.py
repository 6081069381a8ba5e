"""The command `report`: what many reviews say, as a page to talk about."""

import os
from enum import StrEnum
from typing import Annotated, Any, assert_never

import typer

from charter_score.cli.agreed import Shown as ShownByCommand
from charter_score.cli.agreed import refuse_by_agreement
from charter_score.cli.commands import Command
from charter_score.cli.formats import Target, by_ending, refuse_inputs
from charter_score.cli.loading import pseudonyms_under
from charter_score.cli.options import (
    ColorOption,
    Count,
    Debug,
    Fields,
    Flag,
    Name,
    Options,
    Paths,
    PseudonymsOption,
    Quiet,
    RubricFolders,
    Setting,
    Since,
    Until,
    UsualRubric,
    Verbose,
    Where,
    field_names,
    format_option,
    one_of,
)
from charter_score.cli.progress import Progress
from charter_score.cli.terminal import Color, tell
from charter_score.collectors import Collected
from charter_score.errors import ExitCode, UsageError
from charter_score.filters import ReviewFilter
from charter_score.outputs import is_terminal, print_text, write_text
from charter_score.pipeline import Job, Scoring
from charter_score.render.results.verdicts import not_scored
from charter_score.render.text.console import Line
from charter_score.render.text.diagnostics import problem_lines
from charter_score.report.counts import ReportCounts
from charter_score.report.model import Report
from charter_score.report.records import Records
from charter_score.report.team import PEOPLE, Asked, Found, team_report
from charter_score.report.window import window_of
from charter_score.rubric import same_value
from charter_score.source.files import shown_path
from charter_score.summary import FewestOfPeople


class ReportFormat(StrEnum):
    """What a report can be written as."""

    HTML = "html"
    MARKDOWN = "markdown"
    JSON = "json"
    XLSX = "xlsx"


ENDINGS = {
    ".html": ReportFormat.HTML,
    ".htm": ReportFormat.HTML,
    ".md": ReportFormat.MARKDOWN,
    ".markdown": ReportFormat.MARKDOWN,
    ".json": ReportFormat.JSON,
    ".xlsx": ReportFormat.XLSX,
}


PUBLIC_LOGS = (ReportFormat.MARKDOWN, ReportFormat.JSON)
"""Formats that end up where many read, and so hold no names or comments unasked."""
LISTS_EACH = "charter-score score PATH -o reviews.csv"
"""The command that lists reviews, where no path or name is to be told."""


class ReportOptions(Options):
    """Everything that `report` can be asked for."""

    paths: Paths = ()
    output_format: Annotated[
        Annotated[ReportFormat, one_of(ReportFormat)] | None,
        format_option(ReportFormat, "How to write the report; html unless -o says otherwise."),
    ] = None
    output: Annotated[
        Name | None,
        typer.Option(
            "--output", "-o", metavar="FILE", help="Write to a file; its ending chooses the format."
        ),
    ] = None
    by: Annotated[
        Fields,
        typer.Option(
            "--by",
            metavar="FIELD",
            help="Group by another field as well; team,channel crosses two; may be repeated.",
            autocompletion=field_names,
        ),
        Setting("by"),
    ] = ()
    beside: Annotated[
        Name | None,
        typer.Option(
            "--beside",
            metavar="FIELD",
            help="The scores by the customer's own answer, which this field holds.",
        ),
    ] = None
    advisor: Annotated[
        Name | None,
        typer.Option(
            "--advisor",
            metavar="NAME",
            help="One person's page: the record, one focus, next steps.",
        ),
    ] = None
    each_advisor: Annotated[
        Flag,
        typer.Option("--each-advisor", help="A page for each advisor, into the folder of -o."),
    ] = False
    each: Annotated[
        Count | None,
        typer.Option(
            "--each", metavar="NUMBER", help="Reviews planned for each advisor and month."
        ),
    ] = None
    volumes: Annotated[
        Name | None,
        typer.Option(
            "--volumes",
            metavar="FILE",
            help="How many contacts there were by channel (yaml, json).",
        ),
    ] = None
    where: Where = ()
    since: Since = None
    until: Until = None
    include_names: Annotated[
        Flag,
        typer.Option("--include-names", help="Show names; without it people stand as letters."),
        Setting("include-names"),
    ] = False
    include_comments: Annotated[
        Flag,
        typer.Option(
            "--include-comments", help="Show comments on a person's page in markdown and json too."
        ),
        Setting("include-comments"),
    ] = False
    no_comments: Annotated[
        Flag,
        typer.Option("--no-comments", help="Leave every free text out."),
        Setting("no-comments"),
    ] = False
    pseudonyms: PseudonymsOption = None
    public: Annotated[
        Flag,
        typer.Option(
            "--public",
            help="For everybody: no people, no free text, no small group nor what would give one "
            "away; --pseudonyms goes with it.",
        ),
    ] = False
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    jobs: Annotated[
        Count,
        typer.Option("--jobs", metavar="NUMBER", help="Processes to use; 0 is one for each core."),
        Setting("jobs"),
    ] = 0
    color: ColorOption = Color.AUTO
    quiet: Quiet = False
    verbose: Verbose = False
    debug: Debug = False


def run_report(options: ReportOptions) -> ExitCode:
    """Read the reviews, count, and write the report.

    Raises:
        UsageError: before any work, where the options cannot be meant.
        NotWrittenError: where the report could not be written.
    """
    _refuse(options)
    agreed = refuse_by_agreement([_shown(options)])
    people = None if agreed is None else agreed.people
    chosen = _chosen(options)
    pseudonyms = pseudonyms_under(options.pseudonyms, options.color)
    job = Job(
        options.paths,
        options.rubric,
        options.rubrics,
        filter=chosen,
        pseudonyms=pseudonyms,
        comments=not options.no_comments,
        results=True,
        people=people,
    )
    if options.advisor is not None or options.each_advisor:
        return run_people(options, job)
    format_ = format_of(options)
    asked = _asked(options, chosen if pseudonyms is None else pseudonyms.chosen(chosen), people)
    job = job._replace(own=_Counts(asked.by, together=asked.public), comments=False)
    refuse_input(options, options.output)
    collected = collected_over(job, options)
    (counts,) = collected.own
    if not isinstance(counts, ReportCounts):
        raise TypeError(counts)
    summary = collected.summary
    found = Found(
        summary.reviews, summary.scored, summary.failed, summary.skipped, summary.filtered_out
    )
    write_report(team_report(counts, asked, found), format_, options.output)
    return ended(collected, options)


def _shown(options: ReportOptions) -> ShownByCommand:
    """What the report would hold of names and free text, for the agreement to allow."""
    is_personal = options.advisor is not None or options.each_advisor
    format_ = _format_of_each(options) if options.each_advisor else format_of(options)
    is_public_log = format_ in PUBLIC_LOGS
    has_names = options.include_names or (is_personal and not is_public_log)
    return ShownByCommand(
        format_.value,
        names=has_names and options.pseudonyms is None and not options.public,
        comments=is_personal
        and not options.no_comments
        and (options.include_comments or not is_public_log),
    )


def _refuse(options: ReportOptions) -> None:
    """Refuse options that cannot go together.

    Raises:
        UsageError: naming them.
    """
    is_personal = options.advisor is not None or options.each_advisor
    if options.public and options.pseudonyms is None:
        raise UsageError("--public needs --pseudonyms", "--pseudonyms KEYFILE makes a key")
    if options.public and is_personal:
        raise UsageError("a person's page is not for the public", "leave --public out")
    if options.advisor is not None and options.each_advisor:
        raise UsageError("--advisor and --each-advisor do not go together", "use one of them")
    if options.each_advisor and options.output in (None, "-"):
        raise UsageError("--each-advisor needs a folder", "name one with -o FOLDER")
    if is_personal and (
        options.by or options.beside or options.volumes or options.each is not None
    ):
        raise UsageError(
            "--by, --beside, --volumes and --each are about several people",
            "leave them out for a person's page",
        )
    if options.each == 0:
        raise UsageError("--each takes a number from 1 on", "for example 4")


def refuse_input(options: ReportOptions, output: str | None) -> None:
    """Refuse an output that would take the place of something read.

    Raises:
        UsageError: naming the file.
        NotWrittenError: where it cannot be told what it is.
    """
    also = (options.rubric, options.volumes, options.pseudonyms)
    lost = refuse_inputs(
        [Target(None if output == "-" else output, None)],
        options.paths,
        [name for name in also if name is not None],
    )
    for wrong in lost.values():
        raise wrong


class _Counts:
    """Makes the collector of a report; picklable, since workers make their own."""

    def __init__(self, by: tuple[str, ...], *, together: bool) -> None:
        self.by = by
        self.together = together

    def __call__(self) -> tuple[ReportCounts]:
        return (ReportCounts(self.by, self.together),)


def collected_over(job: Job, options: Any) -> Collected:
    """Everything that a run over some paths collects, with what is wrong told on the way.

    Raises:
        CharterScoreError: for Ctrl-C, with how far the run came.
    """
    scoring = Scoring(job)
    collected = job.collected()
    progress = Progress(quiet=options.quiet)
    try:
        for part in scoring.parts(lambda _: (), options.jobs):
            collected.combine(part.collected)
            told = [
                line
                for new in collected.diagnostics.untold()
                for line in problem_lines(one for one in new if one.is_error or not options.quiet)
            ]
            if told:
                progress.hide()
                tell(told, options.color)
            progress.show(collected.summary)
    except KeyboardInterrupt as stopped:
        from charter_score.cli.score import InterruptedRunError

        raise InterruptedRunError(collected.summary.reviews) from stopped
    finally:
        progress.hide()
    return collected


# ── Pages of single people ────────────────────────────────────────────────────────────────────────


class _PersonRecords:
    """Makes the collector of people's records; picklable, since workers make their own."""

    def __init__(self, wanted: str | None) -> None:
        self.wanted = wanted

    def __call__(self) -> tuple[Records]:
        return (Records(self.wanted),)


def run_people(options: ReportOptions, job: Job) -> ExitCode:
    """Write the page of one advisor, or one for each into a folder.

    Raises:
        UsageError: where nobody of the name has a review, or a page would replace an input.
        NotWrittenError: where a page could not be written.
    """
    from charter_score.report.person import Shown, person_report

    format_ = format_of(options) if options.advisor is not None else _format_of_each(options)
    wanted = None
    if options.advisor is not None:
        refuse_input(options, options.output)
        name = options.advisor
        wanted = same_value(name if job.pseudonyms is None else job.pseudonyms.of_name(name))
    collected = collected_over(job._replace(own=_PersonRecords(wanted)), options)
    (records,) = collected.own
    if not isinstance(records, Records):
        raise TypeError(records)
    if wanted is not None and wanted not in records.people:
        raise UsageError(
            "--advisor: no review is of anybody with this name",
            "case and spaces around it aside it must be the whole name, as reviews have it",
        )
    window = window_of(job.filter, records.first_day, records.last_day)
    is_public_log = format_ in PUBLIC_LOGS
    shown = Shown(
        names=options.include_names,
        comments=not options.no_comments and (options.include_comments or not is_public_log),
        people=job.people,
    )
    hides_name = is_public_log and not options.include_names
    for place, (_, person) in enumerate(sorted(records.people.items())):
        title = "The reviews of one advisor" if hides_name else None
        report = person_report(person, window, shown, title=title)
        if options.advisor is not None:
            write_report(report, format_, options.output)
            break
        os.makedirs(options.output or "", exist_ok=True)
        path = os.path.join(options.output or "", file_name(person.name, place, format_))
        refuse_input(options, path)
        write_report(report, format_, path)
    return ended(collected, options)


def _format_of_each(options: ReportOptions) -> ReportFormat:
    """How each page is written: html unless -f says otherwise."""
    chosen = options.output_format or ReportFormat.HTML
    _needs_extra(chosen)
    return chosen


_SUFFIXES = {
    ReportFormat.HTML: "html",
    ReportFormat.MARKDOWN: "md",
    ReportFormat.JSON: "json",
    ReportFormat.XLSX: "xlsx",
}


def file_name(name: str, place: int, format_: ReportFormat) -> str:
    """The name of a person's file: letters and digits of theirs, and a number that keeps it alone.

    Nothing of a name leads out of the folder, and a pseudonym gives nothing away.
    """
    plain = "".join(sign if sign.isalnum() else "-" for sign in name.casefold())[:40]
    stem = "-".join(part for part in plain.split("-") if part) or "advisor"
    return f"{stem}-{place + 1:03}.{_SUFFIXES[format_]}"


# ── One way in, one way out ───────────────────────────────────────────────────────────────────────


def format_of(options: ReportOptions) -> ReportFormat:
    """How the report is written.

    Raises:
        UsageError: for an unknown ending, or a workbook on a terminal.
    """
    chosen = options.output_format
    if chosen is None:
        chosen = ReportFormat.HTML
        if options.output not in (None, "-"):
            chosen = by_ending(options.output or "", ENDINGS)
    if chosen is ReportFormat.XLSX and options.output in (None, "-") and is_terminal():
        raise UsageError("xlsx is no text for a terminal", "write it to a file: -o report.xlsx")
    _needs_extra(chosen)
    return chosen


def _needs_extra(chosen: ReportFormat) -> None:
    """Refuse a format whose extra is not installed, before any review is read.

    Raises:
        UsageError: naming the extra.
    """
    if chosen is ReportFormat.HTML:
        from charter_score.render.html import environment

        environment()
    elif chosen is ReportFormat.XLSX:
        from charter_score.render.results.workbook import Workbook

        Workbook()


def _chosen(options: ReportOptions) -> ReviewFilter:
    """Which reviews count.

    Raises:
        UsageError: where no day can be in the span that is asked for.
    """
    since, until = options.since, options.until
    if since is not None and until is not None and until < since:
        raise UsageError("--until is before --since", "the first day comes with --since")
    return ReviewFilter(options.where, since, until)


def _asked(options: ReportOptions, chosen: ReviewFilter, people: FewestOfPeople | None) -> Asked:
    """What the report is asked for.

    Raises:
        UsageError: where the volumes cannot be read.
    """
    volumes = None
    if options.volumes is not None:
        from charter_score.source.volumes import read_volumes

        volumes = read_volumes(options.volumes)
    by = tuple(dict.fromkeys([*options.by, *([options.beside] if options.beside else [])]))
    return Asked(
        names=options.include_names and not options.public,
        public=options.public,
        by=by,
        chosen=chosen,
        each=options.each,
        volumes=volumes,
        beside=options.beside,
        command=LISTS_EACH if options.pseudonyms or options.public else _listing(options),
        people=people,
    )


def _listing(options: ReportOptions) -> str:
    """The command that lists the reviews of a report."""
    import shlex

    words = ["charter-score", "score", *options.paths]
    for field, values in options.where:
        if field in PEOPLE and not options.include_names:
            return LISTS_EACH
        words += [word for value in values for word in ("--where", f"{field}={value}")]
    words += ["--since", options.since] if options.since else []
    words += ["--until", options.until] if options.until else []
    return shlex.join([*words, "-o", "reviews.csv"])


def write_report(report: Report, format_: ReportFormat, path: str | None) -> None:
    """Write a report to a file, or to standard output.

    Raises:
        NotWrittenError: where it cannot be written.
    """
    text = _text(report, format_)
    if path is None or path == "-":
        print_text(text)
    else:
        write_text(path, text, shown_path(path))


def _text(report: Report, format_: ReportFormat) -> str | bytes:
    match format_:
        case ReportFormat.HTML:
            from charter_score.render.report.html import report_html

            return report_html(report)
        case ReportFormat.MARKDOWN:
            from charter_score.render.report.markdown import report_markdown

            return report_markdown(report)
        case ReportFormat.JSON:
            from charter_score.render.report.json import report_json

            return report_json(report)
        case ReportFormat.XLSX:
            from charter_score.render.report.workbook import report_workbook

            return report_workbook(report)
        case _:
            assert_never(format_)


def ended(collected: Collected, options: ReportOptions) -> ExitCode:
    """The exit code, and why it is not 0."""
    summary = collected.summary
    if why := not_scored(summary):
        tell([Line(f"Exit 3: {why}", "bad")], options.color)
        return ExitCode.NOT_SCORED
    return ExitCode.OK


COMMAND = Command(
    ReportOptions,
    run_report,
    help="""What many reviews say, as a page to talk about: by team, channel, section, criterion
    and month, with what the numbers can carry.

    Means, shares and trends come with their number of reviews and an interval; groups of fewer than
    five are not compared, and there is no league table. Exit codes: 0 all scored, 2 used wrongly,
    3 something could not be scored, 4 not written.
    """,
    short_help="What many reviews say, as a page to talk about.",
    epilog="Example: charter-score report reviews/ -o report.html",
    needs_paths=True,
)
