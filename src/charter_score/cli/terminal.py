"""What the program knows of the terminal, and how text gets there."""

import os
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TextIO

from charter_score.diagnostics import Diagnostic, in_order
from charter_score.errors import NotWrittenError
from charter_score.render.text.console import Paint, coloured, for_encoding, plain
from charter_score.render.text.diagnostics import problem_lines
from charter_score.render.text.layout import WIDEST, Line
from charter_score.writing import write_standard_output


class Color(StrEnum):
    """When text is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def width() -> int:
    """The columns to fill: the terminal's (or COLUMNS), 80 at most and where there is none."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isdigit() and int(columns):
        return min(WIDEST, int(columns))
    if sys.stdout is None or not sys.stdout.isatty():
        return WIDEST
    import shutil

    return min(WIDEST, shutil.get_terminal_size((WIDEST, 24)).columns)


def show(lines: Iterable[Line], color: Color) -> None:
    """Put lines on standard output.

    Raises:
        NotWrittenError: where they cannot be written.
    """
    if sys.stdout is None:
        raise NotWrittenError("standard output is closed")
    write_standard_output(_text(lines, color, sys.stdout))


def tell(lines: Iterable[Line], color: Color) -> None:
    """Put lines on standard error; a lost standard error is no reason to fail."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(_text(lines, color, sys.stderr))
        sys.stderr.flush()
    except OSError:
        pass


def tell_problems(diagnostics: Iterable[Diagnostic], color: Color) -> None:
    """Put diagnostics on standard error, in order of place."""
    tell(problem_lines(in_order(diagnostics)), color)


def paint_for(color: Color, stream: TextIO) -> Paint:
    """How lines become text on a stream."""
    return coloured if _wants_colour(color, stream) else plain


def _text(lines: Iterable[Line], color: Color, stream: TextIO) -> str:
    return for_encoding(paint_for(color, stream)(lines), stream.encoding)


def _wants_colour(color: Color, stream: TextIO) -> bool:
    match color:
        case Color.ALWAYS:
            return True
        case Color.NEVER:
            return False
        case Color.AUTO:
            plainly = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
            return not plainly and stream.isatty()
