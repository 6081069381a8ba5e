"""What `check` does: read everything, say what is wrong, score nothing."""

from typing import Annotated

import typer

from charter_score.cli.commands import Command
from charter_score.cli.options import (
    ColorOption,
    Day,
    Debug,
    Flag,
    InHook,
    MappingOption,
    Options,
    Paths,
    Quiet,
    RubricFolders,
    UsualRubric,
    Verbose,
)
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.diagnostics import Diagnostic
from charter_score.errors import ExitCode, UsageError
from charter_score.pipeline import Job, Scoring
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import count


class CheckOptions(Options):
    """Everything that `check` can be asked for."""

    paths: Paths = ()
    strict: Annotated[
        Flag, typer.Option("--strict", help="Warnings fail the check as errors do.")
    ] = False
    expired: Annotated[
        Flag,
        typer.Option(
            "--expired",
            help="List the reviews that should be deleted, by `retain_until` or the agreement.",
        ),
    ] = False
    until: Annotated[
        Day | None,
        typer.Option(
            "--until", metavar="DAY", help="With --expired: as of this day, not of today."
        ),
    ] = None
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    mapping: MappingOption = None
    in_hook: InHook = False
    color: ColorOption = Color.AUTO
    quiet: Quiet = False
    verbose: Verbose = False
    debug: Debug = False


def run_check(options: CheckOptions) -> ExitCode:
    """Check documents and tell what is wrong with them on standard error.

    Raises:
        UsageError: where `--rubric` names nothing, or `--until` has nothing to go with.
    """
    if options.expired:
        from charter_score.cli.expired import list_expired

        return list_expired(options.paths, options.until, options.color)
    if options.until is not None:
        raise UsageError("--until goes with --expired", "it says by which day")
    scoring = Scoring(
        Job(
            options.paths,
            options.rubric,
            options.rubrics,
            part=options.in_hook,
            mapping=options.mapping,
        )
    )
    found: list[Diagnostic] = []
    left_out: list[str] = []
    read = 0
    for checked in scoring.checked():
        read += checked.is_read
        found.extend(checked.diagnostics)
        if checked.is_left_out:
            left_out.append(checked.path)
    errors = sum(one.is_error for one in found)
    tell_problems((one for one in found if one.is_error or not options.quiet), options.color)
    if not read:
        if not found:
            tell([Line("Exit 3: there was nothing to check.", "bad")], options.color)
        return ExitCode.NOT_SCORED
    if options.verbose:
        if options.settings_file is not None:
            tell([Line(f"settings: {options.settings_file}")], options.color)
        notes = [f"{path}: neither a review nor a rubric, left out" for path in left_out]
        tell([Line(note, "faint") for note in notes], options.color)
        tell([Line(f"{count(read - len(left_out), 'document')} checked")], options.color)
    warnings = len(found) - errors
    return ExitCode.GATE_FAILED if errors or (options.strict and warnings) else ExitCode.OK


COMMAND = Command(
    CheckOptions,
    run_check,
    help="""Check rubrics and reviews: everything that is wrong, with its line and a way out.

    Silent when all is well. Exit codes: 0 nothing wrong, 1 an error (with --strict also a
    warning; with --expired a review that should be deleted), 2 used wrongly, 3 nothing could be
    read.
    """,
    short_help="Check rubrics and reviews without scoring.",
    epilog="Example: charter-score check reviews/ my-standard.yaml",
    needs_paths=True,
)
