"""Diagnostics as lines of text: `path:line:column: error[code] message`, and the way out.

In a workbook the place is a cell: `path:Sheet!F17`.
"""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from charter_score.diagnostics import Diagnostic
from charter_score.forms.cells import cell_name
from charter_score.render.text.console import Line
from charter_score.render.text.hostile import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_SHOWN = 20
"""Diagnostics shown of one file; JSON holds all."""


def place_text(one: Diagnostic) -> str:
    """The path of a diagnostic, and the place there; its text is as hostile as the path's."""
    if one.location is None:
        return one.path
    if one.sheet is not None:
        return f"{one.path}:{cell_text(one)}"
    return f"{one.path}:{one.location.line}:{one.location.column}"


def cell_text(one: Diagnostic) -> str:
    """The sheet and cell of a diagnostic of a workbook; empty for every other."""
    if one.sheet is None or one.location is None:
        return ""
    return f"{one.sheet}!{cell_name(one.location)}"


def message_text(one: Diagnostic) -> str:
    """Message and hint for a format that names the line, and can name no cell, itself."""
    cell = cell_text(one)
    return (f"{cell}: " if cell else "") + one.message + (f" ({one.hint})" if one.hint else "")


def problem_lines(diagnostics: Iterable[Diagnostic]) -> "Iterator[RenderableType]":
    """The diagnostics as lines, at most 20 a file, then how many more there are."""
    for path, group in groupby(diagnostics, key=lambda one: one.path):
        found = list(group)
        for one in found[:MOST_SHOWN]:
            yield from _lines(one)
        if len(found) > MOST_SHOWN:
            yield Line(f"{path}: and {len(found) - MOST_SHOWN} more")


def _lines(one: Diagnostic) -> "Iterator[RenderableType]":
    from rich.text import Text  # a run without diagnostics does not wait for it

    style = "bad" if one.is_error else "warn"
    yield Text.assemble(
        visible(f"{place_text(one)}: "),
        (f"{one.severity.value}[{one.code}]", style),
        visible(f" {one.message}"),
        no_wrap=True,
        overflow="ignore",
    )
    if one.hint:
        yield Text.assemble(
            ("    hint: ", "faint"), visible(one.hint), no_wrap=True, overflow="ignore"
        )
