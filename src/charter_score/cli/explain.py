"""The command `explain`: shows the arithmetic of one score, or what a diagnostic means."""

import os
from typing import Annotated

import typer

from charter_score.cli.commands import EXAMPLE, Command
from charter_score.cli.dispute_window import window_of
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Options,
    RubricFolders,
    UsualRubric,
)
from charter_score.cli.terminal import Color, show, tell, tell_problems
from charter_score.diagnostics import did_you_mean
from charter_score.errors import ExitCode, UsageError
from charter_score.field_types import is_slug
from charter_score.outcome import Failed, Scored, Skipped
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import not_scored
from charter_score.source.files import slashed
from charter_score.source.kinds import TEXT_ENDINGS


class ExplainOptions(Options):
    """Everything that `explain` can be asked for."""

    subject: Annotated[
        Name,
        typer.Argument(
            metavar="REVIEW|CODE",
            help="The file of one review, or -; or the code of a diagnostic, such as too-light.",
        ),
    ]
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_explain(options: ExplainOptions) -> ExitCode:
    """Say what a code means, or derive the score of one review.

    Raises:
        UsageError: where the path is a folder, there is no such code, or `--rubric` names nothing.
    """
    if is_slug(options.subject) and not os.path.lexists(options.subject):
        return _explain_code(options)
    return _explain_score(options)


def _explain_code(options: ExplainOptions) -> ExitCode:
    from charter_score.cli.codes import explanation, known_codes, with_examples

    codes = known_codes()
    if options.subject not in codes:
        raise UsageError(
            "this is neither a file nor the code of a diagnostic",
            did_you_mean(options.subject, codes) or "a code stands in a message: error[code]",
        )
    show(explanation(with_examples(codes[options.subject])), options.color)
    return ExitCode.OK


def _explain_score(options: ExplainOptions) -> ExitCode:
    if os.path.isdir(options.subject):
        raise UsageError("explain takes one review, not a folder", "name its file")
    from charter_score.render.results.explain import explain

    code = ExitCode.NOT_SCORED
    is_file = options.subject.lower().endswith(TEXT_ENDINGS)  # what `dispute` can write into
    file = slashed(options.subject) if is_file else None
    if file is not None and file.startswith("-"):
        file = f"./{file}"
    job = Job([options.subject], options.rubric, options.rubrics)
    for outcome in Scoring(job).outcomes():
        match outcome:
            case Scored():
                tell_problems(outcome.warnings, options.color)
                show(explain(outcome, file, window_of(outcome.result.review)), options.color)
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
    help="""Show the arithmetic of one score, line by line and exact, with the rule behind each.

    Given the code of a diagnostic, show what it means and how to mend it, with a bad and a good
    example where there is one.
    """,
    short_help="Show the arithmetic of one score, or what a diagnostic means.",
    epilog=f"To try it: {EXAMPLE}, then: charter-score explain example.yaml",
)
