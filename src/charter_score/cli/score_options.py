"""The options of `score`, among them everything that a settings file can give."""

from fractions import Fraction
from typing import Annotated

import typer

from charter_score.cli.options import (
    ColorOption,
    Count,
    Debug,
    Fields,
    Flag,
    InHook,
    MappingOption,
    Name,
    Names,
    Options,
    OutputFormat,
    Paths,
    PseudonymsOption,
    Quiet,
    RubricFolders,
    Setting,
    Share,
    Since,
    Until,
    UsualRubric,
    Verbose,
    Version,
    Where,
    field_names,
)
from charter_score.cli.terminal import Color


class ScoreOptions(Options):
    """Everything that `score` can be asked for."""

    paths: Paths = ()
    output_format: OutputFormat = None
    outputs: Annotated[
        Names,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to a file whose ending chooses the format; may be repeated.",
        ),
    ] = ()
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    mapping: MappingOption = None
    jobs: Annotated[
        Count,
        typer.Option("--jobs", metavar="NUMBER", help="Processes to use; 0 is one for each core."),
        Setting("jobs"),
    ] = 0
    by: Annotated[
        Fields,
        typer.Option(
            "--by",
            metavar="FIELD",
            help="Group the summary by advisor, reviewer, team, rubric, channel, month or any "
            "interaction field; team,month crosses two; may be repeated.",
            autocompletion=field_names,
        ),
        Setting("by"),
    ] = ()
    where: Where = ()
    since: Since = None
    until: Until = None
    include_names: Annotated[
        Flag,
        typer.Option(
            "--include-names",
            help="Show names in concise, junit, github, gitlab, markdown and html too.",
        ),
        Setting("include-names"),
    ] = False
    include_comments: Annotated[
        Flag,
        typer.Option(
            "--include-comments",
            help="Show comments in junit, github, gitlab, markdown and html too.",
        ),
        Setting("include-comments"),
    ] = False
    long: Annotated[
        Flag, typer.Option("--long", help="One row a criterion in csv, not one a review.")
    ] = False
    no_comments: Annotated[
        Flag,
        typer.Option("--no-comments", help="Leave every free text out."),
        Setting("no-comments"),
    ] = False
    pseudonyms: PseudonymsOption = None
    no_bars: Annotated[
        Flag, typer.Option("--no-bars", help="Draw no bars, which a screen reader would read out.")
    ] = False
    gate: Annotated[
        Flag,
        typer.Option(
            "--gate", help="Fail (exit 1) where a review is below its rubric's expected score."
        ),
        Setting("gate"),
    ] = False
    fail_under: Annotated[
        Share | None,
        typer.Option("--fail-under", metavar="PCT", help="Fail where a review is under this."),
        Setting("fail-under"),
    ] = None
    fail_under_mean: Annotated[
        Share | None,
        typer.Option("--fail-under-mean", metavar="PCT", help="Fail where a mean is under this."),
        Setting("fail-under-mean"),
    ] = None
    max_not_applicable: Annotated[
        Share | None,
        typer.Option(
            "--max-not-applicable",
            metavar="PCT",
            help="Fail where more of a review's criteria are n/a.",
        ),
        Setting("max-not-applicable"),
    ] = None
    accountable: Annotated[
        Flag,
        typer.Option(
            "--accountable",
            help="Fail where it is open who judged, who decided, when or why.",
        ),
        Setting("accountable"),
    ] = False
    baseline: Annotated[
        Name | None,
        typer.Option(
            "--baseline",
            metavar="RESULTS",
            help="Fail where a review fell a band or is gone since these results (json), or a "
            "mean fell.",
        ),
    ] = None
    tolerance: Annotated[
        Share, typer.Option("--tolerance", metavar="POINTS", help="How far a mean may fall.")
    ] = Fraction(0)
    in_hook: InHook = False
    color: ColorOption = Color.AUTO
    quiet: Quiet = False
    verbose: Verbose = False
    version: Version = False
    debug: Debug = False
