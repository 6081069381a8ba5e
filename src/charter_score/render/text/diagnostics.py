"""Diagnostics as lines of text: `path:line:column: error[code] message`, and the way out."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from charter_score.diagnostics import Diagnostic
from charter_score.render.text.layout import Line, Span, Style, span

MOST_SHOWN = 20
"""Diagnostics shown of one file; JSON holds all."""


def problem_lines(diagnostics: Iterable[Diagnostic]) -> Iterator[Line]:
    """The diagnostics as lines, at most 20 a file, then how many more there are."""
    for path, group in groupby(diagnostics, key=lambda one: one.path):
        found = list(group)
        for one in found[:MOST_SHOWN]:
            yield from _lines(one)
        if len(found) > MOST_SHOWN:
            yield (span(path), Span(f": and {len(found) - MOST_SHOWN} more"))


def _lines(one: Diagnostic) -> Iterator[Line]:
    where = f":{one.location.line}:{one.location.column}" if one.location else ""
    style = Style.BAD if one.is_error else Style.WARN
    yield (
        span(f"{one.path}{where}: "),
        Span(f"{one.severity.value}[{one.code}]", style),
        span(f" {one.message}"),
    )
    if one.hint:
        yield (Span("    hint: ", Style.FAINT), span(one.hint))
