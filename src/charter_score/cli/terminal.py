"""What the program knows of the terminal, and how text gets there."""

import os
import sys
from collections.abc import Iterable
from enum import StrEnum
from typing import TextIO

from charter_score.diagnostics import Diagnostic, in_order
from charter_score.errors import NotWrittenError
from charter_score.render.text.console import USUAL_WIDTH, Screen, View, for_encoding
from charter_score.render.text.diagnostics import problem_lines
from charter_score.writing import write_standard_output

WIDEST = 240
"""Columns that are used at most, however many there are."""


class Color(StrEnum):
    """When text is coloured."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def width() -> int:
    """The columns to fill: what COLUMNS says, else the terminal's, else 80."""
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and int(columns[:9]):
        return min(WIDEST, int(columns[:9]))
    if sys.stdout is None or not sys.stdout.isatty():
        return USUAL_WIDTH
    import shutil

    return min(WIDEST, shutil.get_terminal_size((USUAL_WIDTH, 24)).columns)


def has_bars() -> bool:
    """Whether bars of block characters are drawn: not where TERM says that they would not be."""
    return os.environ.get("TERM") != "dumb"


def show(view: View, color: Color) -> None:
    """Put a view on standard output.

    Raises:
        NotWrittenError: where it cannot be written.
    """
    if sys.stdout is None:
        raise NotWrittenError("standard output is closed")
    write_standard_output(_text(view, color, sys.stdout))


def tell(view: View, color: Color) -> None:
    """Put a view on standard error; a lost standard error is no reason to fail."""
    if sys.stderr is None:
        return
    try:
        sys.stderr.write(_text(view, color, sys.stderr))
        sys.stderr.flush()
    except OSError:
        pass


def tell_problems(diagnostics: Iterable[Diagnostic], color: Color) -> None:
    """Put diagnostics on standard error, in order of place."""
    tell(problem_lines(in_order(diagnostics)), color)


def screen_for(color: Color, stream: TextIO) -> Screen:
    """How views are printed on a stream."""
    return Screen(width(), _wants_colour(color, stream))


def _text(view: View, color: Color, stream: TextIO) -> str:
    return for_encoding(screen_for(color, stream).text(view), stream.encoding)


def _wants_colour(color: Color, stream: TextIO) -> bool:
    match color:
        case Color.ALWAYS:
            return True
        case Color.NEVER:
            return False
        case Color.AUTO:
            # The order of CPython's own: who wants none comes first, then who wants them anyway.
            if os.environ.get("NO_COLOR"):
                return False
            if any(os.environ.get(name, "") not in ("", "0") for name in _FORCING):
                return True
            return os.environ.get("TERM") != "dumb" and stream.isatty()


_FORCING = ("FORCE_COLOR", "CLICOLOR_FORCE")
