"""The views of commands that speak of several reviews together, and where each of them goes."""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated

import typer

from charter_score.cli.formats import Target, by_ending, refuse_inputs
from charter_score.cli.options import Flag, Names, Setting, format_option, one_of
from charter_score.cli.terminal import Color, show
from charter_score.errors import NotWrittenError, UsageError
from charter_score.outputs import is_terminal, print_text, write_text
from charter_score.source.files import shown_path
from charter_score.writing import write_file


class ReportView(StrEnum):
    """What such a command can be shown as."""

    FULL = "full"
    JSON = "json"
    XLSX = "xlsx"
    MARKDOWN = "markdown"
    HTML = "html"


ENDINGS = {
    ".txt": ReportView.FULL,
    ".json": ReportView.JSON,
    ".xlsx": ReportView.XLSX,
    ".md": ReportView.MARKDOWN,
    ".markdown": ReportView.MARKDOWN,
    ".html": ReportView.HTML,
    ".htm": ReportView.HTML,
}
"""The view that a file's ending chooses."""

ReportFormat = Annotated[
    Annotated[ReportView, one_of(ReportView)] | None,
    format_option(ReportView, "How to show it; full on a terminal."),
]
Outputs = Annotated[
    Names,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Write to a file whose ending chooses the format; may be repeated.",
    ),
]
IncludeNames = Annotated[
    Flag,
    typer.Option("--include-names", help="Show names in full, markdown and html too."),
    Setting("include-names"),
]
IncludeComments = Annotated[
    Flag,
    typer.Option("--include-comments", help="Show comments in full, markdown and html too."),
    Setting("include-comments"),
]
NoComments = Annotated[
    Flag,
    typer.Option("--no-comments", help="Leave every free text out."),
    Setting("no-comments"),
]


def report_targets(
    wanted: ReportView | None, outputs: Sequence[str], views: Sequence[ReportView]
) -> list[tuple[str | None, ReportView]]:
    """Where each view goes (None: standard output), of those that a command has.

    Raises:
        UsageError: where an ending chooses none, or `-f` goes with several outputs.
    """
    if wanted is not None and len(outputs) > 1:
        raise UsageError(
            "-f goes with one output", "with several -o the endings choose their formats"
        )
    endings = {ending: view for ending, view in ENDINGS.items() if view in views}
    targets: list[tuple[str | None, ReportView]] = [
        (None, wanted or ReportView.FULL)
        if name == "-"
        else (name, wanted or by_ending(name, endings))
        for name in outputs or ["-"]
    ]
    for path, view in targets:
        if view not in views:
            known = ", ".join(one.value for one in views)
            raise UsageError(f"this is not shown as {view.value}", f"use one of {known}")
        if view is ReportView.XLSX and is_terminal(path):
            raise UsageError("xlsx is no text for a terminal", "write it to a file: -o FILE.xlsx")
    return targets


def refuse_read(
    targets: Sequence[tuple[str | None, ReportView]], paths: Sequence[str], also: Sequence[str]
) -> None:
    """Refuse an output that would take the place of something read.

    Raises:
        UsageError: naming the file.
        NotWrittenError: where the system does not tell what stands there.
    """
    lost = refuse_inputs([Target(path, None) for path, _ in targets], paths, also)
    for wrong in lost.values():
        raise wrong


def deliver(
    targets: Sequence[tuple[str | None, ReportView]],
    made: Callable[[ReportView], object],
    color: Color,
) -> None:
    """Make each view and put it in its place: lines for a terminal, text, or bytes.

    Raises:
        NotWrittenError: where one could not be written; the others were.
    """
    lost = []
    for path, view in targets:
        document = made(view)
        try:
            _put(path, document, color)
        except NotWrittenError as wrong:
            lost.append(wrong)
    if lost:
        raise NotWrittenError("; ".join(map(str, lost)))


def _put(path: str | None, document: object, color: Color) -> None:
    if isinstance(document, list):
        if path is None:
            show(document, color)
            return
        from charter_score.render.text.console import Screen

        document = Screen().text(document)
    if isinstance(document, bytes):
        if path is None:
            print_text(document)
        else:
            write_file(path, document, shown_path(path))
    elif path is None:
        print_text(str(document))
    else:
        write_text(path, str(document), shown_path(path))
