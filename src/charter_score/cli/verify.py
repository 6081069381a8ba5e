"""The command `verify`: recomputes a results file and says what differs."""

import os
from typing import Annotated

import typer

from charter_score.cli.commands import Command
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Names,
    Options,
    RubricFolders,
    UsualRubric,
    View,
    ViewOption,
)
from charter_score.cli.terminal import Color, show, tell_problems
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.library import Library, LoadedRubric, named_rubric
from charter_score.outputs import print_text
from charter_score.source.files import near_path, shown_path
from charter_score.source.recorded_results import recorded_results
from charter_score.verifying import Verifier


class VerifyOptions(Options):
    """Everything that `verify` can be asked for."""

    results: Annotated[
        Name,
        typer.Argument(metavar="RESULTS", help="Results that `score` wrote, json or json-lines."),
    ]
    paths: Annotated[
        Names,
        typer.Argument(
            metavar="PATH",
            help="Where the reviews lie, if not where they were; what is there and not in the "
            "results is told.",
        ),
    ] = ()
    output_format: ViewOption = View.FULL
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_verify(options: VerifyOptions) -> ExitCode:
    """Recompute a results file: 0 the same, 1 something differs, 3 something cannot be found.

    Raises:
        UsageError: where `--rubric` or `--rubrics` names nothing.
    """
    for folder in options.rubrics:
        if not os.path.isdir(folder):
            raise UsageError(
                f"--rubrics: there is no folder {shown_path(folder)}", near_path(folder)
            )
    try:
        recorded = recorded_results(options.results)
        folders = [path for path in options.paths if os.path.isdir(path)]
        base = os.path.dirname(options.results)
        library = Library(folders=options.rubrics, roots=[*folders, *([base] if base else [])])
        default: LoadedRubric | None = None
        if options.rubric is not None:
            named = named_rubric(options.rubric, library, "--rubric")
            if isinstance(named, DocumentError):
                raise named
            default = named
            library.add(named)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        return ExitCode.NOT_SCORED
    found = Verifier(recorded, base, library, default, options.paths).verify()
    from charter_score.render.verification import verification_json, verification_lines

    if options.output_format is View.JSON:
        print_text(verification_json(found))
    else:
        show(verification_lines(found), options.color)
    if found.lacks:
        return ExitCode.NOT_SCORED
    return ExitCode.GATE_FAILED if found.differs else ExitCode.OK


COMMAND = Command(
    VerifyOptions,
    run_verify,
    help="""Recompute results from the reviews and rubrics by their digests, and say what differs.

    Offline. Exit codes: 0 all is as recorded, 1 a review, a rubric, a rating or a figure differs,
    3 a review or rubric cannot be found.
    """,
    short_help="Recompute results, and say what differs.",
    epilog="Example: charter-score verify results.json reviews/",
)
