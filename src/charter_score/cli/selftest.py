"""The command `selftest`: proves on one rubric what scoring promises."""

from typing import Annotated

import typer

from charter_score.cli.commands import Command
from charter_score.cli.loading import loaded_rubric
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Options,
    RubricFolders,
    View,
    ViewOption,
    rubric_ids,
)
from charter_score.cli.terminal import Color, show
from charter_score.errors import ExitCode, UsageError
from charter_score.library import Library
from charter_score.outputs import print_text


class SelftestOptions(Options):
    """Everything that `selftest` can be asked for."""

    rubric: Annotated[
        Name,
        typer.Argument(
            metavar="RUBRIC", help="Its id, id@version or path.", autocompletion=rubric_ids
        ),
    ]
    output_format: ViewOption = View.FULL
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_selftest(options: SelftestOptions) -> ExitCode:
    """Try on one rubric what the engine promises: 0 where all held, 1 where something broke.

    Raises:
        UsageError: where no such rubric is known, or it is too large to be tried.
    """
    rubric = loaded_rubric(options.rubric, Library(folders=options.rubrics), options.color)
    if rubric is None:
        return ExitCode.NOT_SCORED
    from charter_score.render.rubric.selftest import proofs, proofs_json
    from charter_score.selftest.run import MOST_CRITERIA, TooLargeError, selftest

    try:
        proved = selftest(rubric.rubric)
    except TooLargeError:
        raise UsageError(
            f"this rubric has more than {MOST_CRITERIA} criteria, too many for selftest",
            "a form that people fill in has about 25",
        ) from None
    if options.output_format is View.JSON:
        print_text(proofs_json(proved, rubric.path, rubric.sha256))
    else:
        show(proofs(proved, rubric.path, rubric.sha256), options.color)
    return ExitCode.OK if proved.held else ExitCode.GATE_FAILED


COMMAND = Command(
    SelftestOptions,
    run_selftest,
    help="""Prove what scoring promises on a rubric, as evidence for staff and auditors.

    Exit codes: 0 everything held, 1 something did not, 2 used wrongly, 3 the rubric has errors.
    """,
    short_help="Prove what scoring promises on a rubric of yours.",
    epilog="Example: charter-score selftest plymouth-quality-monitoring",
)
