"""The command `explain`: shows the arithmetic of one score."""

import os
from typing import Annotated

import typer

from charter_score.cli.commands import EXAMPLE, Command
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Options,
    RubricFolders,
    UsualRubric,
)
from charter_score.cli.terminal import Color, show, tell, tell_problems
from charter_score.errors import ExitCode, UsageError
from charter_score.outcome import Failed, Scored, Skipped
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import not_scored


class ExplainOptions(Options):
    """Everything that `explain` can be asked for."""

    review: Annotated[Name, typer.Argument(metavar="REVIEW", help="The file of one review, or -.")]
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_explain(options: ExplainOptions) -> ExitCode:
    """Derive the score of one review.

    Raises:
        UsageError: where the path is a folder, or `--rubric` names nothing.
    """
    if os.path.isdir(options.review):
        raise UsageError("explain takes one review, not a folder", "name its file")
    from charter_score.render.results.explain import explain

    code = ExitCode.NOT_SCORED
    job = Job([options.review], options.rubric, options.rubrics)
    for outcome in Scoring(job).outcomes():
        match outcome:
            case Scored():
                tell_problems(outcome.warnings, options.color)
                show(explain(outcome), options.color)
                code = ExitCode.OK
            case Failed():
                tell_problems(outcome.diagnostics, options.color)
            case Skipped():
                tell([Line(f"{outcome.path}: {not_scored(outcome)}")], options.color)
                code = ExitCode.OK
    return code


COMMAND = Command(
    ExplainOptions,
    run_explain,
    help="Show the arithmetic of one score, line by line and exact, with the rule behind each "
    "line.",
    short_help="Show the arithmetic of one score.",
    epilog=f"To try it: {EXAMPLE}, then: charter-score explain example.yaml",
)
