"""The command `sample`: draws the contacts to review next from a list."""

import os
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, assert_never

import typer
from pydantic import PlainValidator

from charter_score.cli.agreed import Shown, refuse_by_agreement
from charter_score.cli.commands import Command
from charter_score.cli.formats import Target, by_ending, refuse_inputs
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Flag,
    Name,
    Names,
    Options,
    Quiet,
    RubricFolders,
    Setting,
    Text,
    UsualRubric,
    format_option,
    one_of,
)
from charter_score.cli.terminal import Color, show, tell, tell_problems
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.field_types import MisshapenError, reported
from charter_score.outcome import Failed, Scored
from charter_score.outputs import print_text, write_text
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.rubric import same_value
from charter_score.samples.drawing import Request, Shortfall, draw
from charter_score.samples.earlier import Shortfalls
from charter_score.source.contact_list import contacts_of
from charter_score.source.files import shown_path


class SampleView(StrEnum):
    """What a sample is shown as; a record is YAML or JSON."""

    FULL = "full"
    YAML = "yaml"
    JSON = "json"


_FORMAT = {SampleView.FULL: "full", SampleView.YAML: "json", SampleView.JSON: "json"}
"""What an agreement calls the views: a record is one thing, as YAML or as JSON."""
ENDINGS = {".yaml": SampleView.YAML, ".yml": SampleView.YAML, ".json": SampleView.JSON}


def _how_many(word: object) -> int:
    text = str(word)
    if not isinstance(word, bool) and text.isascii() and text.isdigit() and len(text) <= 9:
        return int(text)
    raise MisshapenError("bad-number", "takes a whole number", "for example 3")


HowMany = Annotated[int, PlainValidator(reported(_how_many))]


class SampleOptions(Options):
    """Everything that `sample` can be asked for."""

    list: Annotated[
        Name,
        typer.Argument(metavar="FILE", help="The list: .csv or a workbook, one contact a row."),
    ]
    phrase: Annotated[
        Text | None,
        typer.Option(
            "--phrase",
            metavar="TEXT",
            help="The phrase, fixed and told before the list is known, so that nobody can choose.",
        ),
    ] = None
    per_advisor: Annotated[
        HowMany | None,
        typer.Option("--per-advisor", metavar="NUMBER", help="How many of each advisor."),
    ] = None
    number: Annotated[
        HowMany | None, typer.Option("--number", metavar="NUMBER", help="How many in all.")
    ] = None
    strata: Annotated[
        Names,
        typer.Option(
            "--strata",
            metavar="COLUMN",
            help="Share them among the values of a column (channel, hour, length) as the list has "
            "them; several with commas, or repeated.",
        ),
    ] = ()
    targeted: Annotated[
        Names,
        typer.Option(
            "--targeted",
            metavar="PATH",
            help="Draw extras by these reviews: three of an advisor of whom two or more of the "
            "last six fell short, two where one did; may be repeated.",
        ),
    ] = ()
    reference: Annotated[
        Name | None,
        typer.Option("--reference", metavar="COLUMN", help="The column that tells contacts apart."),
    ] = None
    advisor: Annotated[
        Name | None,
        typer.Option("--advisor", metavar="COLUMN", help="The column with the advisors."),
    ] = None
    output_format: Annotated[
        Annotated[SampleView, one_of(SampleView)] | None,
        format_option(SampleView, "How to show it; yaml and json are the record."),
    ] = None
    output: Annotated[
        Name | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write the record to a file."),
    ] = None
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    include_names: Annotated[
        Flag, typer.Option("--include-names", help="Show names in full."), Setting("include-names")
    ] = False
    color: ColorOption = Color.AUTO
    quiet: Quiet = False
    debug: Debug = False


def run_sample(options: SampleOptions) -> ExitCode:
    """Draw from a list and show what was drawn, or write its record.

    Raises:
        UsageError: where the options cannot be meant.
        NotWrittenError: where the record cannot be written.
    """
    request, view = _asked(options)
    has_names = view is not SampleView.FULL or options.include_names
    refuse_by_agreement([Shown(_FORMAT[view], names=has_names, comments=False)])
    path = None if options.output in (None, "-") else options.output
    if path is not None:
        refused = refuse_inputs([Target(path, None)], [options.list, *options.targeted], [])
        for wrong in refused.values():
            raise wrong
    try:
        contacts = contacts_of(options.list, options.reference, options.advisor)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        return ExitCode.NOT_SCORED
    known = {name for contact in contacts[:1] for name in contact.fields}
    _refuse_unknown(request, known)
    code = ExitCode.OK
    if options.targeted:
        shortfalls, code = _shortfalls(options)
        request = request._replace(shortfalls=shortfalls)
    sample = draw(contacts, request)
    name = os.path.basename(shown_path(options.list))
    from charter_score.render.sample import record_json, record_of, record_yaml, sample_lines

    match view:
        case SampleView.FULL:
            show(sample_lines(sample, name, names=options.include_names), options.color)
            return code
        case SampleView.YAML:
            text = record_yaml(record_of(sample, name))
        case SampleView.JSON:
            text = record_json(record_of(sample, name))
        case _:
            assert_never(view)
    if path is None:
        print_text(text)
    else:
        write_text(path, text, shown_path(path))
        if not options.quiet:
            drawn = sum(1 for _ in sample.drawn)
            tell([Line(f"{drawn} of {sample.contacts} contacts drawn")], options.color)
    return code


def _asked(options: SampleOptions) -> tuple[Request, SampleView]:
    """What is to be drawn, and what it is shown as.

    Raises:
        UsageError: where the options cannot be meant.
    """
    phrase = unicodedata.normalize("NFC", options.phrase or "").strip()
    if not phrase or "\n" in phrase or "\r" in phrase:
        raise UsageError(
            "sample needs --phrase TEXT, on one line",
            "fix it before the list is known, and tell it: the month's name and a word by lot",
        )
    if (options.per_advisor is None) == (options.number is None):
        raise UsageError("sample takes one of --per-advisor NUMBER and --number NUMBER")
    if options.targeted and options.per_advisor is None:
        raise UsageError("--targeted goes with --per-advisor", "extras are an advisor's own")
    named = [name.strip() for word in options.strata for name in word.split(",")]
    strata = tuple(dict.fromkeys(map(same_value, filter(None, named))))
    view = options.output_format
    if options.output not in (None, "-"):
        view = view or by_ending(options.output or "", ENDINGS)
        if view is SampleView.FULL:
            raise UsageError("a record is written as yaml or json", "say -f yaml")
    request = Request(phrase, options.per_advisor, options.number, strata)
    return request, view or SampleView.FULL


def _refuse_unknown(request: Request, known: set[str]) -> None:
    """Refuse a stratum that no column is called.

    Raises:
        UsageError: naming the option.
    """
    for name in request.strata:
        if name not in known and not (name == "hour" and "time" in known):
            raise UsageError(
                "--strata names a column that the list does not have",
                f"it has: {', '.join(sorted(known)) or 'none but the reference'}",
            )
    if request.per_advisor is not None and "advisor" not in known:
        raise UsageError(
            "--per-advisor needs a column `advisor`", "name the column with --advisor COLUMN"
        )


def _shortfalls(options: SampleOptions) -> tuple[Mapping[str, Shortfall], ExitCode]:
    """How often each advisor's last reviews fell short; 3 where a review could not be scored."""
    found = Shortfalls()
    code = ExitCode.OK
    for outcome in Scoring(Job(options.targeted, options.rubric, options.rubrics)).outcomes():
        if isinstance(outcome, Failed):
            tell_problems(outcome.diagnostics, options.color)
            code = ExitCode.NOT_SCORED
        elif isinstance(outcome, Scored):
            found.add(outcome)
    if found.without_day and not options.quiet:
        told = f"{found.without_day} reviews without a day, advisor or expectation do not count"
        tell([Line(told, "warn")], options.color)
    return found.by_advisor(), code


COMMAND = Command(
    SampleOptions,
    run_sample,
    help="""Draw the contacts to review next from a list, so that anybody can draw the same.

    The list's references and a phrase, which was fixed before, decide by their SHA-256; the record
    says how each contact was drawn.
    """,
    short_help="Draw the contacts to review next from a list.",
    epilog='Example: charter-score sample calls.csv --phrase "May, heron" --per-advisor 3 '
    "-o sample.yaml",
)
