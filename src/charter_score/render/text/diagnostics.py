"""Diagnostics as lines of text: `path:line:column: error[code] message`, and the way out.

In a workbook the place is a cell: `path:Sheet!F17`.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
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
    """The diagnostics as lines, at most 20 a file, then how many more there are.

    A warning that says the same of several places of a file is said once.
    """
    for path, group in groupby(diagnostics, key=lambda one: one.path):
        kinds = _kinds(group)
        for kind in kinds[:MOST_SHOWN]:
            yield from _lines(kind)
        if left := sum(len(kind) for kind in kinds[MOST_SHOWN:]):
            yield Line(f"{path}: and {left} more")


class OfOneFile:
    """The diagnostics of a run, input by input, of which a file with many reviews has many.

    What is shown of one file in all is as much as of one review; then how many more there are.
    """

    def __init__(self) -> None:
        self._path: str | None = None
        self._shown = 0
        self._left = 0

    def lines(self, diagnostics: Sequence[Diagnostic]) -> "Iterator[RenderableType]":
        """The diagnostics of the next input as lines."""
        for path, group in groupby(diagnostics, key=lambda one: one.path):
            if path != self._path:
                yield from self.rest()
                self._path = path
            kinds = _kinds(group)
            room = max(MOST_SHOWN - self._shown, 0)
            for kind in kinds[:room]:
                yield from _lines(kind)
            self._shown += len(kinds[:room])
            self._left += sum(len(kind) for kind in kinds[room:])

    def rest(self) -> "Iterator[RenderableType]":
        """How many more there are of the last file."""
        if self._left:
            yield Line(f"{self._path}: and {self._left} more")
        self._path, self._shown, self._left = None, 0, 0


def alike(one: Diagnostic) -> tuple[str, ...]:
    """What two warnings that say the same of different places have in common."""
    return (one.code, _NAMED.sub("", one.message), one.hint or "")


_NAMED = re.compile(r"\b[a-z0-9_-]+\.[a-z0-9_-]+\b")
"""`section.criterion` in a message."""


def _kinds(diagnostics: Iterable[Diagnostic]) -> list[list[Diagnostic]]:
    """Diagnostics of one file: each error by itself, warnings that are alike together."""
    kinds: list[list[Diagnostic]] = []
    known: dict[tuple[str, ...], list[Diagnostic]] = {}
    for one in diagnostics:
        if not one.is_error and alike(one) in known:
            known[alike(one)].append(one)
            continue
        kinds.append([one])
        if not one.is_error:
            known[alike(one)] = kinds[-1]
    return kinds


def _also(others: Sequence[Diagnostic]) -> str:
    """Where else a warning holds: the lines, or the cells."""
    places = [
        cell_text(one) or str(one.location.line) for one in others if one.location is not None
    ]
    places = list(dict.fromkeys(places))
    left = f" and {len(places) - MOST_SHOWN} more" if len(places) > MOST_SHOWN else ""
    where = f": {'cell' if others[0].sheet else 'line'} {', '.join(places[:MOST_SHOWN])}{left}"
    return f"    {len(others)} more like it{where if places else ''}"


def _lines(kind: Sequence[Diagnostic]) -> "Iterator[RenderableType]":
    from rich.text import Text  # a run without diagnostics does not wait for it

    one, *others = kind
    style = "bad" if one.is_error else "warn"
    yield Text.assemble(
        visible(f"{place_text(one)}: "),
        (f"{one.severity.value}[{one.code}]", style),
        visible(f" {one.message}"),
        no_wrap=True,
        overflow="ignore",
    )
    if others:
        yield Line(_also(others), "faint")
    if one.hint:
        yield Text.assemble(
            ("    hint: ", "faint"), visible(one.hint), no_wrap=True, overflow="ignore"
        )
