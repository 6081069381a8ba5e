"""The command `schema`: prints the JSON Schema of a document."""

from enum import StrEnum
from typing import Annotated

import typer

from charter_score.cli.commands import Command
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Options,
    RubricFolders,
    completions,
    one_of,
    rubric_ids,
)
from charter_score.cli.terminal import Color, tell_problems
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.library import Library, named_rubric
from charter_score.outputs import print_text


class SchemaName(StrEnum):
    """The documents that have a JSON Schema."""

    RUBRIC = "rubric"
    REVIEW = "review"
    RESULT = "result"


class SchemaOptions(Options):
    """Everything that `schema` can be asked for."""

    document: Annotated[
        Annotated[SchemaName, one_of(SchemaName)],
        typer.Argument(
            metavar="DOCUMENT",
            autocompletion=completions(SchemaName),
            help="Which document: rubric, review or result.",
        ),
    ]
    rubric: Annotated[
        Name | None,
        typer.Option(
            "--rubric",
            metavar="ID|PATH",
            help="The schema of reviews of this very rubric: its sections, criteria and words.",
            autocompletion=rubric_ids,
        ),
    ] = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_schema(options: SchemaOptions) -> ExitCode:
    """Print one JSON Schema: of a document, or of the reviews of one rubric.

    Raises:
        UsageError: where no such rubric is known, or another document than a review is asked for.
    """
    from charter_score.wire.schemas import schema_text

    if options.rubric is None:
        print_text(schema_text(options.document.value))
        return ExitCode.OK
    if options.document is not SchemaName.REVIEW:
        raise UsageError("--rubric goes with `schema review`")
    rubric = named_rubric(options.rubric, Library(folders=options.rubrics), "--rubric")
    if isinstance(rubric, DocumentError):
        tell_problems(rubric.diagnostics, options.color)
        return ExitCode.NOT_SCORED
    print_text(schema_text(options.document.value, rubric.rubric))
    return ExitCode.OK


COMMAND = Command(
    SchemaOptions,
    run_schema,
    help="Print the JSON Schema of a document, for editors and other programs.",
    short_help="Print the JSON Schema of a document.",
    epilog="Example: charter-score schema review > review.schema.json",
)
