"""The command `map`: proposes a mapping for a table whose headings are its own."""

import os
import shlex
from typing import Annotated

import typer

from charter_score.cli.commands import Command
from charter_score.cli.loading import loaded_rubric
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Flag,
    Name,
    Options,
    RubricFolders,
    UsualRubric,
)
from charter_score.cli.terminal import Color, tell, tell_problems
from charter_score.diagnostics import START, Diagnostic, listed
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.filling.mapping_proposal import Proposal, mapping_text, propose
from charter_score.library import Library, is_path
from charter_score.mapping import Encoding
from charter_score.outputs import print_text
from charter_score.render.text.console import Line
from charter_score.render.text.phrases import count
from charter_score.source.files import shown_path, slashed
from charter_score.source.kinds import READ_ENDINGS, TEXT_ENDINGS, is_table, is_workbook
from charter_score.source.mapping_file import ENDING
from charter_score.source.tables.delimited import is_utf_8
from charter_score.source.tables.grid import Grid
from charter_score.source.tables.reading import Asked, Table
from charter_score.writing import write_file


class MapOptions(Options):
    """Everything that `map` can be asked for."""

    file: Annotated[
        Name, typer.Argument(metavar="FILE", help="A table: .csv, .tsv, .xlsx, .xls, .ods, …")
    ]
    rubric: UsualRubric = None
    rubrics: RubricFolders = ()
    output: Annotated[
        Name | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help=f"Where the mapping goes; NAME{ENDING} beside the table is found by itself.",
        ),
    ] = None
    force: Annotated[Flag, typer.Option("--force", help="Replace the file if it is there.")] = False
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_map(options: MapOptions) -> ExitCode:
    """Propose a mapping, and tell what could not be placed.

    Raises:
        UsageError: where no rubric is named, or the output is there already.
    """
    shown = shown_path(options.file)
    if not (is_table(shown) or is_workbook(shown)):
        tables = [ending for ending in READ_ENDINGS if ending not in TEXT_ENDINGS]
        raise UsageError(f"{shown} is no table: a table ends in {listed(tables)}")
    if options.rubric is None:
        raise UsageError(
            "map needs --rubric ID: the columns are looked for that it asks for",
            "`charter-score rubrics` lists them",
        )
    output = None if options.output in (None, "-") else options.output
    if output is not None and os.path.lexists(output) and not options.force:
        raise UsageError(
            f"-o {shown_path(output)} is there already; it was not touched",
            "choose another name, or replace it with --force",
        )
    if output is not None and not output.lower().endswith((".yaml", ".yml")):
        raise UsageError(f"-o {shown_path(output)}: a mapping is written as .yaml")
    rubric = loaded_rubric(
        options.rubric, Library(folders=options.rubrics), options.color, "--rubric"
    )
    if rubric is None:
        return ExitCode.NOT_SCORED
    table = Table(shown, options.file, Asked(None, lambda _reference: rubric.rubric))
    try:
        grids = table.grids() if is_workbook(shown) else [table.any_grid()]
        proposal = propose(grids, rubric.rubric)
        if proposal is None:
            raise DocumentError([_nothing(shown)])  # noqa: TRY301 - told as what else is wrong
        _about_the_file(proposal, grids[0], options.file, shown)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        return ExitCode.NOT_SCORED
    reference = rubric.rubric.name
    if is_path(options.rubric):
        folder = os.path.dirname(output if output is not None else options.file)
        reference = slashed(os.path.relpath(options.rubric, folder or os.curdir))
        reference = reference if "/" in reference else f"./{reference}"
    text = mapping_text(proposal, reference, os.path.basename(shown))
    if output is None:
        print_text(text)
    else:
        write_file(output, text.encode(), shown_path(output))
    tell(_told(proposal, options, output), options.color)
    return ExitCode.OK


def _nothing(shown: str) -> Diagnostic:
    return Diagnostic(
        "unknown-table",
        "nothing here looks like a heading of this rubric: an id or a title of its criteria",
        shown,
        START,
        "name the columns' headings after the rubric's, which `charter-score rubrics ID` shows",
    )


def _about_the_file(proposal: Proposal, grid: Grid, path: str, shown: str) -> None:
    """What a text file needs to have said of it."""
    if not grid.is_text:
        return
    if grid.about.separator != ",":
        proposal.separator = grid.about.separator
    if not is_utf_8(path, shown):
        proposal.encoding = Encoding.CP1252.value


def _told(proposal: Proposal, options: MapOptions, output: str | None) -> list[Line]:
    """What standard error says of a proposal."""
    certain = len(proposal.columns) + len(proposal.letters)
    guessed = sum(guess for *_, guess in (*proposal.columns, *proposal.letters))
    lines = [
        Line(
            f"{count(certain, 'column')} placed"
            + (f", {guessed} of them only by likeness" if guessed else ", all as they are written")
            + "."
        )
    ]
    if proposal.proposed:
        entries = "1 line is" if proposal.proposed == 1 else f"{proposal.proposed} lines are"
        lines.append(Line(f"{entries} marked as a proposal: look whether it is so.", "warn"))
    if proposal.unplaced:
        cells = listed([cell for _, cell in proposal.unplaced], "and")
        lines.append(Line(f"Not placed, and not read: {cells}.", "warn"))
    if proposal.missing:
        lines.append(Line(f"No column for {listed(proposal.missing, 'and')}.", "bad"))
    unknown = [cell for word, cell in proposal.cells_of_words.items() if not proposal.words[word]]
    if unknown:
        cells = listed(unknown, "and")
        lines.append(
            Line(f"Words that are no ratings, for `words` in the mapping: {cells}.", "bad")
        )
    if output is not None:
        beside = os.path.splitext(options.file)[0] + ENDING
        words = ["charter-score", "score", options.file]
        if os.path.abspath(beside) != os.path.abspath(output):
            words += ["--mapping", output]
        words += [word for folder in options.typed("rubrics") for word in ("--rubrics", folder)]
        lines.append(Line(f"{shown_path(output)}: look at it. Then: {shlex.join(words)}"))
    return lines


COMMAND = Command(
    MapOptions,
    run_map,
    help="""Propose a mapping for a table whose headings are its own.

    What only looks alike is marked as a proposal, what could not be placed is named. Exit codes: 0
    proposed, 2 used wrongly, 3 nothing could be read or placed, 4 not written.
    """,
    short_help="Propose how a spreadsheet of your own is read.",
    epilog="Example: charter-score map team.xlsx --rubric plymouth-quality-monitoring "
    "-o team.mapping.yaml",
)
