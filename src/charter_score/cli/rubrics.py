"""The group `rubrics`: lists the known rubrics, shows one, and says what changed between two."""

from enum import StrEnum
from hashlib import sha256
from typing import Annotated, Any, assert_never

import typer

from charter_score.cli.commands import Command, CommandGroup, Group
from charter_score.cli.formats import by_ending
from charter_score.cli.loading import loaded_rubric
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Options,
    RubricFolders,
    View,
    ViewOption,
    format_option,
    one_of,
    rubric_ids,
)
from charter_score.cli.terminal import Color, show, tell_problems
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.library import Library, LoadedRubric
from charter_score.outputs import print_text, write_text
from charter_score.source.files import read_bytes, shown_path


class RubricView(StrEnum):
    """What one rubric can be shown as."""

    FULL = "full"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


ENDINGS = {
    ".txt": RubricView.FULL,
    ".json": RubricView.JSON,
    ".md": RubricView.MARKDOWN,
    ".markdown": RubricView.MARKDOWN,
    ".html": RubricView.HTML,
    ".htm": RubricView.HTML,
}
"""The view that a file's ending chooses."""


class ShowOptions(Options):
    """Everything that `rubrics` and `rubrics ID` can be asked for."""

    rubric: Annotated[
        Name | None,
        typer.Argument(
            metavar="RUBRIC",
            help="The id, id@version or path of the one to show; without it they are listed.",
            autocompletion=rubric_ids,
        ),
    ] = None
    output_format: Annotated[
        Annotated[RubricView, one_of(RubricView)] | None,
        format_option(
            RubricView, "json has the defaults filled in, html is a score sheet to print."
        ),
    ] = None
    output: Annotated[
        Name | None,
        typer.Option("--output", "-o", metavar="FILE", help="Write one rubric to a file."),
    ] = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


class DiffOptions(Options):
    """Everything that `rubrics diff` can be asked for."""

    old: Annotated[
        Name,
        typer.Argument(metavar="OLD", help="The rubric before.", autocompletion=rubric_ids),
    ]
    new: Annotated[
        Name,
        typer.Argument(metavar="NEW", help="The rubric after.", autocompletion=rubric_ids),
    ]
    output_format: ViewOption = View.FULL
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_show(options: ShowOptions) -> ExitCode:
    """Show one rubric, or list those that are known.

    Raises:
        UsageError: where no such rubric is known, the options do not go together, the ending of
            the output chooses no view, it is the rubric itself, or Jinja2 is missing for a score
            sheet.
        NotWrittenError: where it cannot be written.
    """
    library = Library(folders=options.rubrics)
    if options.rubric is None:
        return _list(library, options)
    path = None if options.output == "-" else options.output
    view = options.output_format or (RubricView.FULL if path is None else by_ending(path, ENDINGS))
    rubric = loaded_rubric(options.rubric, library, options.color)
    if rubric is None:
        return ExitCode.NOT_SCORED
    if path is not None:
        _refuse_rubric(path, rubric)
        write_text(path, _text(rubric, view), shown_path(path))
    elif view is RubricView.FULL:
        from charter_score.render.rubric.terminal import one_rubric

        show(one_rubric(rubric.rubric), options.color)
    else:
        print_text(_text(rubric, view))
    return ExitCode.OK


def _list(library: Library, options: ShowOptions) -> ExitCode:
    """List the known rubrics; what cannot be read among them is told, and makes the code 3."""
    view = options.output_format or RubricView.FULL
    if options.output is not None or view not in (RubricView.FULL, RubricView.JSON):
        raise UsageError("the list of rubrics is shown as full or json", "name one of them")
    known = library.all()
    good = [rubric.rubric for rubric in known if isinstance(rubric, LoadedRubric)]
    bad = [wrong for wrong in known if isinstance(wrong, DocumentError)]
    problems = [diagnostic for wrong in bad for diagnostic in wrong.diagnostics]
    tell_problems([*library.problems, *problems], options.color)
    if view is RubricView.JSON:
        from charter_score.wire.encoding import rubrics_json

        print_text(rubrics_json(good))
    else:
        from charter_score.render.rubric.terminal import rubric_list

        show(rubric_list(good), options.color)
    return ExitCode.NOT_SCORED if bad or library.problems else ExitCode.OK


def _text(rubric: LoadedRubric, view: RubricView) -> str:
    match view:
        case RubricView.FULL:
            from charter_score.render.rubric.terminal import one_rubric
            from charter_score.render.text.console import Screen

            return Screen().text(one_rubric(rubric.rubric))
        case RubricView.JSON:
            from charter_score.wire.encoding import rubric_json

            return rubric_json(rubric.rubric)
        case RubricView.MARKDOWN:
            from charter_score.render.rubric.markdown import rubric_markdown

            return rubric_markdown(rubric.rubric)
        case RubricView.HTML:
            from charter_score.render.rubric.score_sheet import score_sheet

            return score_sheet(rubric.rubric)
        case _:
            assert_never(view)


def _refuse_rubric(path: str, rubric: LoadedRubric) -> None:
    """Refuse to write over the rubric that is read, or over a copy of it."""
    try:
        digest = sha256(read_bytes(path, shown_path(path))).hexdigest()
    except DocumentError:
        return  # nothing that was read as a rubric; writing it says what else is wrong
    if digest == rubric.sha256:
        raise UsageError(f"-o {shown_path(path)} is the rubric itself; it was not touched")


def run_diff(options: DiffOptions) -> ExitCode:
    """Say what changed from one rubric to another, and whether their scores stay comparable.

    Whatever the answer, the comparison was made: the code is 0.

    Raises:
        UsageError: where one of them is not known.
    """
    library = Library(folders=options.rubrics)
    before = loaded_rubric(options.old, library, options.color)
    after = loaded_rubric(options.new, library, options.color)
    if before is None or after is None:
        return ExitCode.NOT_SCORED
    from charter_score.comparing.comparison import compare
    from charter_score.render.rubric.changes import changes_json, rubric_changes

    comparison = compare(before.rubric, after.rubric)
    if options.output_format is View.JSON:
        print_text(changes_json(comparison, before.sha256, after.sha256))
    else:
        show(rubric_changes(comparison), options.color)
    return ExitCode.OK


class RubricsCommands(CommandGroup):
    """The commands of `rubrics`; a first word that is none of them is what `show` is given.

    A rubric that is called like a command is shown by `rubrics show`.
    """

    headings = {"Commands": ("show", "diff", "impact")}  # noqa: RUF012 - nothing changes it

    def load(self, name: str) -> typer.Typer:
        """The app of one of the commands."""
        if name == "impact":
            from charter_score.cli import rubrics_impact

            return rubrics_impact.COMMAND.app()
        return (SHOW if name == "show" else DIFF).app()

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """The words of the command line, `show` before them where it is meant."""
        if not args or args[0] not in (*self.list_commands(ctx), *ctx.help_option_names):
            args = ["show", *args]
        return super().parse_args(ctx, args)

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write the options of `show`, then the commands, into the help."""
        options = self.get_command(ctx, "show")
        options.format_options(ctx, formatter)
        self.format_commands(ctx, formatter)


SHOW = Command(
    ShowOptions,
    run_show,
    help="List the rubrics that are known, or show one: its rule, its bands, every criterion.",
    short_help="List the known rubrics, or show one; `show` may be left out.",
    epilog="Example: charter-score rubrics plymouth-quality-monitoring",
)
DIFF = Command(
    DiffOptions,
    run_diff,
    help="Say what changed from one rubric to another, and whether scores stay comparable.",
    short_help="Say what changed between two, and whether scores stay comparable.",
    epilog="Example: charter-score rubrics diff old.yaml new.yaml",
)


COMMAND = Group(
    RubricsCommands,
    help="""List the rubrics that are known; show one; compare two.

    `rubrics diff OLD NEW` says what changed, and whether scores stay comparable; `rubrics impact
    OLD NEW PATH` what that would do to reviews.
    """,
    short_help="List the known rubrics, show one, or compare two.",
    epilog="Examples: charter-score rubrics plymouth-quality-monitoring; "
    "charter-score rubrics diff old.yaml new.yaml",
    usage="[RUBRIC | COMMAND [ARGS]...]",
)
