"""Diagnostics as lines of text: `path:line:column: error[code] message`, and the way out."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING

from charter_score.diagnostics import Diagnostic
from charter_score.render.text.console import Line
from charter_score.render.text.hostile import visible

if TYPE_CHECKING:
    from rich.console import RenderableType

MOST_SHOWN = 20
"""Diagnostics shown of one file; JSON holds all."""


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

    where = f":{one.location.line}:{one.location.column}" if one.location else ""
    style = "bad" if one.is_error else "warn"
    yield Text.assemble(
        visible(f"{one.path}{where}: "),
        (f"{one.severity.value}[{one.code}]", style),
        visible(f" {one.message}"),
        no_wrap=True,
        overflow="ignore",
    )
    if one.hint:
        yield Text.assemble(
            ("    hint: ", "faint"), visible(one.hint), no_wrap=True, overflow="ignore"
        )
