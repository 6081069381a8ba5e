"""The commands as typer knows them: options, help with examples, shell completion.

Each command parses, calls, renders and ends with an exit code; what it needs is imported when it
runs.
"""

from enum import StrEnum
from typing import Annotated

import typer

from charter_score import __version__
from charter_score.cli.formats import ENVIRONMENT, Format
from charter_score.cli.terminal import Color
from charter_score.cli.words import choices, completions, named, one_of, whole_number
from charter_score.errors import ExitCode

EXAMPLE = "charter-score new --example plymouth-quality-monitoring -o example.yaml"
"""How to come by something to try, wherever the program was installed from."""

app = typer.Typer(
    name="charter-score",
    help="Scores customer-service reviews against a rubric, exactly and honestly.",
    epilog=f"Start with: {EXAMPLE}, then: score example.yaml",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
score_app = typer.Typer(
    name="score",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"charter-score {__version__}")
        raise typer.Exit


def _rubric_ids(incomplete: str) -> list[str]:
    """Completions for a rubric: the ids of the built-in ones."""
    from charter_score.library import built_in_rubrics

    return [name for name in built_in_rubrics() if name.startswith(incomplete)]


Version = Annotated[
    bool,
    typer.Option("--version", callback=_version, is_eager=True, help="Show the version and exit."),
]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show the traceback of a defect in charter-score.")
]
RubricOption = Annotated[
    str | None,
    typer.Option(
        "--rubric",
        parser=named("--rubric"),
        metavar="ID|PATH",
        help="The rubric for reviews that name none.",
        autocompletion=_rubric_ids,
    ),
]
RubricsOption = Annotated[
    list[str] | None,
    typer.Option(
        "--rubrics",
        parser=named("--rubrics"),
        metavar="FOLDER",
        help="Where more rubrics are looked for; may be repeated.",
    ),
]
ColorOption = Annotated[
    Color,
    typer.Option(
        "--color",
        parser=one_of("--color", Color),
        metavar=choices(Color),
        autocompletion=completions(Color),
        help="When to use colours; words and signs say it too.",
    ),
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Errors only on standard error.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Name every file left out.")]
InHook = Annotated[
    bool,
    typer.Option(
        "--in-hook",
        help="The paths are the files of a commit: leave out what is no review, and refuse gates "
        "on all reviews together.",
    ),
]
Paths = Annotated[
    list[str] | None,
    typer.Argument(
        parser=named("PATH"),
        metavar="PATH",
        help="Files, folders, globs, or - for standard input.",
        show_default=False,
    ),
]


@app.callback()
def _callback(*, version: Version = False) -> None:
    del version


@app.command(
    "score",
    short_help="Score reviews against their rubrics.",
    epilog=f"To try it: {EXAMPLE}, then: score example.yaml",
)
@score_app.command(
    short_help="Score reviews against their rubrics.",
    epilog=f"To try it: {EXAMPLE}, then: score example.yaml",
)
def score(
    context: typer.Context,
    paths: Paths = None,
    *,
    output_format: Annotated[
        Format | None,
        typer.Option(
            "--output-format",
            "-f",
            parser=one_of("--output-format", Format),
            metavar=choices(Format),
            autocompletion=completions(Format),
            help="How to write the results; full for one review, concise for several. "
            f"{ENVIRONMENT} sets a default.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            "-o",
            parser=named("-o"),
            metavar="FILE",
            help="Write to a file whose ending chooses the format; may be repeated.",
        ),
    ] = None,
    rubric: RubricOption = None,
    rubrics: RubricsOption = None,
    jobs: Annotated[
        int,
        typer.Option(
            "--jobs",
            parser=whole_number("--jobs", "0 is one process for each core"),
            metavar="NUMBER",
            help="Processes to use; 0 is one for each core.",
        ),
    ] = 0,
    by: Annotated[
        list[str] | None,
        typer.Option(
            "--by",
            metavar="FIELD",
            help="Group the summary by advisor, reviewer, team, rubric, channel, month or any "
            "interaction field; team,month crosses two; may be repeated.",
        ),
    ] = None,
    include_names: Annotated[
        bool,
        typer.Option(
            "--include-names",
            help="Show names in concise, junit, github, gitlab, markdown and html too.",
        ),
    ] = False,
    include_comments: Annotated[
        bool,
        typer.Option(
            "--include-comments",
            help="Show comments in junit, github, gitlab, markdown and html too.",
        ),
    ] = False,
    long: Annotated[
        bool, typer.Option("--long", help="One row a criterion in csv, not one a review.")
    ] = False,
    no_comments: Annotated[
        bool, typer.Option("--no-comments", help="Leave every free text out.")
    ] = False,
    no_bars: Annotated[
        bool, typer.Option("--no-bars", help="Draw no bars, which a screen reader would read out.")
    ] = False,
    gate: Annotated[
        bool,
        typer.Option(
            "--gate", help="Fail (exit 1) where a review is below its rubric's expected score."
        ),
    ] = False,
    fail_under: Annotated[
        str | None,
        typer.Option("--fail-under", metavar="PCT", help="Fail where a review is under this."),
    ] = None,
    fail_under_mean: Annotated[
        str | None,
        typer.Option("--fail-under-mean", metavar="PCT", help="Fail where a mean is under this."),
    ] = None,
    max_not_applicable: Annotated[
        str | None,
        typer.Option(
            "--max-not-applicable",
            metavar="PCT",
            help="Fail where more of a review's criteria are n/a.",
        ),
    ] = None,
    baseline: Annotated[
        str | None,
        typer.Option(
            "--baseline",
            parser=named("--baseline"),
            metavar="RESULTS",
            help="Fail where a review fell a band or is gone since these results (json), or a "
            "mean fell.",
        ),
    ] = None,
    tolerance: Annotated[
        str,
        typer.Option("--tolerance", metavar="POINTS", help="How far a mean may fall."),
    ] = "0",
    in_hook: InHook = False,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
    version: Version = False,
    debug: Debug = False,
) -> None:
    """Score reviews: how each went, what was done well, what to develop.

    n/a counts as met unless the rubric says otherwise, and the observed score stands beside it.
    Exit codes: 0 all scored and every gate passed, 1 a gate failed, 2 used wrongly, 3 something
    could not be scored, 4 not written.
    """
    del version, debug
    if not paths:
        _short_help(context)
    from charter_score.cli.score import ScoreRequest, run_score

    raise typer.Exit(
        run_score(
            ScoreRequest(
                paths=paths or (),
                format=output_format,
                outputs=output or (),
                rubric=rubric,
                rubrics=rubrics or (),
                jobs=jobs,
                color=color,
                quiet=quiet,
                verbose=verbose,
                include_names=include_names,
                include_comments=include_comments,
                by=by or (),
                long=long,
                no_comments=no_comments,
                no_bars=no_bars,
                gate=gate,
                fail_under=fail_under,
                fail_under_mean=fail_under_mean,
                max_not_applicable=max_not_applicable,
                baseline=baseline,
                tolerance=tolerance,
                in_hook=in_hook,
                given=_given(context),
            )
        )
    )


def _given(context: typer.Context) -> frozenset[str]:
    """The names of the settings that stand on the command line; the others are defaults."""
    from charter_score.cli.settings import Settings

    sources = {name: context.get_parameter_source(name) for name in Settings._fields}
    return frozenset(
        name
        for name, source in sources.items()
        if source is not None and source.name == "COMMANDLINE"
    )


def _short_help(context: typer.Context) -> None:
    """What a command says that was given nothing to work on."""
    name = context.command_path
    typer.echo(f"{name} needs the path of a review or a folder of them.", err=True)
    typer.echo(f"To try it:  {EXAMPLE}", err=True)
    typer.echo(f"and then:   {name} example.yaml", err=True)
    typer.echo(f"{name} --help tells more.", err=True)
    raise typer.Exit(ExitCode.USAGE)


@app.command(
    "check",
    short_help="Check rubrics and reviews without scoring.",
    epilog="Example: charter-score check reviews/ my-standard.yaml",
)
def check(
    context: typer.Context,
    paths: Paths = None,
    *,
    strict: Annotated[
        bool, typer.Option("--strict", help="Warnings fail the check as errors do.")
    ] = False,
    rubric: RubricOption = None,
    rubrics: RubricsOption = None,
    in_hook: InHook = False,
    color: ColorOption = Color.AUTO,
    quiet: Quiet = False,
    verbose: Verbose = False,
    debug: Debug = False,
) -> None:
    """Check rubrics and reviews: everything that is wrong, with its line and a way out.

    Silent when all is well. Exit codes: 0 nothing wrong, 1 an error (with --strict also a
    warning), 2 used wrongly, 3 nothing could be read.
    """
    del debug
    if not paths:
        _short_help(context)
    from charter_score.cli.check import CheckRequest, run_check

    raise typer.Exit(
        run_check(
            CheckRequest(
                paths or (), rubric, rubrics or (), color, strict, quiet, verbose, in_hook=in_hook
            )
        )
    )


@app.command(
    "explain",
    short_help="Show the arithmetic of one score.",
    epilog=f"To try it: {EXAMPLE}, then: charter-score explain example.yaml",
)
def explain(
    review: Annotated[
        str,
        typer.Argument(
            parser=named("REVIEW"), metavar="REVIEW", help="The file of one review, or -."
        ),
    ],
    *,
    rubric: RubricOption = None,
    rubrics: RubricsOption = None,
    color: ColorOption = Color.AUTO,
    debug: Debug = False,
) -> None:
    """Show the arithmetic of one score, line by line and exact, with the rule behind each line."""
    del debug
    from charter_score.cli.showing import run_explain

    raise typer.Exit(run_explain(review, rubric, rubrics or (), color))


@app.command(
    "new",
    short_help="Begin a review to fill in, or a rubric.",
    epilog="Example: charter-score new plymouth-quality-monitoring -o call.yaml",
)
def new(
    rubric: Annotated[
        str | None,
        typer.Argument(
            parser=named("RUBRIC"),
            metavar="RUBRIC",
            help="The id, id@version or path of the rubric to review by.",
            autocompletion=_rubric_ids,
            show_default=False,
        ),
    ] = None,
    *,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            parser=named("-o"),
            metavar="FILE",
            help="Write to a file: .yaml with a schema for your editor beside it, or .xlsx, a form "
            "with drop-downs.",
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--from",
            parser=named("--from"),
            metavar="FILE",
            help="Write the review that a form or a review file holds.",
        ),
    ] = None,
    example: Annotated[
        bool, typer.Option("--example", help="Make up a complete review by the rubric, to try.")
    ] = False,
    rubric_template: Annotated[
        bool, typer.Option("--rubric-template", help="Begin a rubric of your own.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there already.")
    ] = False,
    folders: RubricsOption = None,
    color: ColorOption = Color.AUTO,
    debug: Debug = False,
) -> None:
    """Begin a review: every criterion with its guidance, to fill in an editor or a spreadsheet.

    Exit codes: 0 written, 2 used wrongly or a file is in the way, 3 the rubric or the document
    has errors, 4 not written.
    """
    del debug
    from charter_score.cli.new import NewRequest, run_new

    raise typer.Exit(
        run_new(
            NewRequest(
                rubric, output, source, rubric_template, force, folders or (), color, example
            )
        )
    )


@app.command(
    "fill",
    short_help="Fill in a review, question by question.",
    epilog="Example: charter-score fill review.yaml --rubric plymouth-quality-monitoring",
)
def fill(
    file: Annotated[
        str,
        typer.Argument(
            parser=named("FILE"), metavar="FILE", help="The review; a new one needs --rubric."
        ),
    ],
    *,
    rubric: RubricOption = None,
    rubrics: RubricsOption = None,
    color: ColorOption = Color.AUTO,
    debug: Debug = False,
) -> None:
    """Fill in a review in the terminal, one criterion at a time.

    Every answer is saved at once; stop whenever you like, and the same command goes on there.
    Exit codes: 0 finished or stopped, 2 used wrongly, 3 the file cannot be filled in or scored,
    4 not saved, 130 interrupted (what was answered is saved).
    """
    del debug
    from charter_score.cli.fill import FillRequest, run_fill

    raise typer.Exit(run_fill(FillRequest(file, rubric, rubrics or (), color)))


@app.command(
    "dispute",
    short_help="Dispute a rating, or decide a dispute.",
    epilog="Example: charter-score dispute review.yaml welcome.greeting --says met "
    '--because "It is at 00:02."',
)
def dispute(
    file: Annotated[
        str, typer.Argument(parser=named("FILE"), metavar="FILE", help="The review's file.")
    ],
    criterion: Annotated[
        str | None,
        typer.Argument(
            parser=named("SECTION.CRITERION"),
            metavar="SECTION.CRITERION",
            help="The rating in question; without it, the whole review, or the open dispute.",
            show_default=False,
        ),
    ] = None,
    *,
    says: Annotated[
        str | None,
        typer.Option("--says", metavar="RATING", help="Raise: the rating that it should be."),
    ] = None,
    because: Annotated[
        str | None, typer.Option("--because", metavar="TEXT", help="Raise: why.")
    ] = None,
    decide: Annotated[
        str | None,
        typer.Option(
            "--decide",
            metavar="OUTCOME",
            help="Decide the open one: upheld, not upheld or withdrawn.",
        ),
    ] = None,
    who: Annotated[
        str | None, typer.Option("--who", metavar="NAME", help="Who raises it, or decides it.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option("--reason", metavar="TEXT", help="Decide: why so.")
    ] = None,
    on: Annotated[
        str | None,
        typer.Option("--on", metavar="DAY", help="The day to write; today without it."),
    ] = None,
    rubric: RubricOption = None,
    rubrics: RubricsOption = None,
    color: ColorOption = Color.AUTO,
    debug: Debug = False,
) -> None:
    """Dispute a rating, or decide a dispute: written into the file, all else of it kept.

    The rating itself stays; the score follows the dispute once it is upheld.
    Exit codes: 0 written, 2 used wrongly or there is no such thing, 3 the review has errors,
    4 not written.
    """
    del debug
    from charter_score.cli.dispute import DisputeRequest, run_dispute

    raise typer.Exit(
        run_dispute(
            DisputeRequest(
                file,
                criterion,
                says,
                because,
                decide,
                who,
                reason,
                on,
                rubric,
                rubrics or (),
                color,
            )
        )
    )


class SelftestFormat(StrEnum):
    """What a proof can be shown as."""

    FULL = "full"
    JSON = "json"


class RubricFormat(StrEnum):
    """What rubrics can be shown as."""

    FULL = "full"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


@app.command(
    "rubrics",
    short_help="List the known rubrics, show one, or compare two.",
    epilog="Examples: charter-score rubrics plymouth-quality-monitoring; "
    "charter-score rubrics diff old.yaml new.yaml",
)
def rubrics(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            parser=named("RUBRIC"),
            metavar="RUBRIC | diff OLD NEW",
            help="The id, id@version or path of the one to show; or what changed between two.",
            autocompletion=_rubric_ids,
            show_default=False,
        ),
    ] = None,
    *,
    output_format: Annotated[
        RubricFormat | None,
        typer.Option(
            "--output-format",
            "-f",
            parser=one_of("--output-format", RubricFormat),
            metavar=choices(RubricFormat),
            autocompletion=completions(RubricFormat),
            help="json has the defaults filled in, html is a score sheet to print.",
            show_default=False,
        ),
    ] = None,
    output: Annotated[
        str | None,
        typer.Option(
            "--output",
            "-o",
            parser=named("-o"),
            metavar="FILE",
            help="Write one rubric to a file.",
        ),
    ] = None,
    folders: RubricsOption = None,
    color: ColorOption = Color.AUTO,
    debug: Debug = False,
) -> None:
    """List the rubrics that are known; show one: its rule, its bands, every criterion.

    `rubrics diff OLD NEW` says what changed, and whether scores stay comparable.
    """
    del debug
    from charter_score.cli.rubric_tools import run_rubrics

    raise typer.Exit(run_rubrics(names or (), folders or (), color, output_format, output))


@app.command(
    "selftest",
    short_help="Prove what scoring promises on a rubric of yours.",
    epilog="Example: charter-score selftest plymouth-quality-monitoring",
)
def selftest(
    rubric: Annotated[
        str,
        typer.Argument(
            parser=named("RUBRIC"),
            metavar="RUBRIC",
            help="Its id, id@version or path.",
            autocompletion=_rubric_ids,
        ),
    ],
    *,
    output_format: Annotated[
        SelftestFormat,
        typer.Option(
            "--output-format",
            "-f",
            parser=one_of("--output-format", SelftestFormat),
            metavar=choices(SelftestFormat),
            autocompletion=completions(SelftestFormat),
            help="How to show it.",
        ),
    ] = SelftestFormat.FULL,
    folders: RubricsOption = None,
    color: ColorOption = Color.AUTO,
    debug: Debug = False,
) -> None:
    """Prove what scoring promises on a rubric, as evidence for staff and auditors.

    Exit codes: 0 everything held, 1 something did not, 2 used wrongly, 3 the rubric has errors.
    """
    del debug
    from charter_score.cli.rubric_tools import run_selftest

    as_json = output_format is SelftestFormat.JSON
    raise typer.Exit(run_selftest(rubric, folders or (), color, as_json=as_json))


class SchemaName(StrEnum):
    """The documents that have a JSON Schema."""

    RUBRIC = "rubric"
    REVIEW = "review"
    RESULT = "result"


@app.command(
    "schema",
    short_help="Print the JSON Schema of a document.",
    epilog="Example: charter-score schema review > review.schema.json",
)
def schema(
    document: Annotated[
        SchemaName,
        typer.Argument(
            parser=one_of("DOCUMENT", SchemaName),
            metavar="DOCUMENT",
            autocompletion=completions(SchemaName),
            help="Which document: rubric, review or result.",
        ),
    ],
    *,
    rubric: Annotated[
        str | None,
        typer.Option(
            "--rubric",
            parser=named("--rubric"),
            metavar="ID|PATH",
            help="The schema of reviews of this very rubric: its sections, criteria and words.",
            autocompletion=_rubric_ids,
        ),
    ] = None,
    folders: RubricsOption = None,
    color: ColorOption = Color.AUTO,
    debug: Debug = False,
) -> None:
    """Print the JSON Schema of a document, for editors and other programs."""
    del debug
    from charter_score.cli.showing import run_schema

    raise typer.Exit(run_schema(document.value, rubric, folders or (), color))
