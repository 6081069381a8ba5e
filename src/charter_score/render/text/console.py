"""The one console that prints every terminal view, plain or in colours, and the styles it knows."""

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from charter_score.render.text.hostile import runner_commands, visible

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.segment import Segment
    from rich.style import Style
    from rich.text import Text

View: TypeAlias = "Iterable[RenderableType]"
"""What stands on a terminal: renderables, printed one below the other."""

STYLES = {
    "title": "bold",
    "strong": "bold",
    "good": "color(29)",
    "warn": "bold color(163)",
    "bad": "bold color(131)",
    "faint": "color(243)",
}
"""What a piece of text is for, and how that looks; a style never says anything alone.

The colours are of the fixed part of the 256, the few that have a contrast of 4.5 on black and on
white. None of the 16 that a terminal's palette decides has both.
"""

USUAL_WIDTH = 80
"""Columns where there is no terminal to ask."""
NARROWEST = 20
"""Columns that a view takes at least."""


class Line(NamedTuple):
    """One line that is never broken, whatever the width, for what is copied or searched for."""

    text: str
    style: str = ""

    def __rich__(self) -> "Text":
        from rich.text import Text

        return Text(visible(self.text), self.style, no_wrap=True, overflow="ignore")


class Screen(NamedTuple):
    """Where a view is printed: the columns there are, and whether colours are wanted."""

    width: int = USUAL_WIDTH
    coloured: bool = False

    def text(self, view: View) -> str:
        """A view as the text that goes out, without blanks at the end of a line.

        Plain or coloured, it is the same text but for the codes.
        """
        view = list(view)
        if not view:
            return ""
        from rich.console import Group
        from rich.segment import Segment

        console = _console(max(NARROWEST, self.width))
        lines = Segment.split_lines(console.render(Group(*view)))
        return "".join(f"{self._line(line)}\n" for line in lines)

    def _line(self, segments: "Iterable[Segment]") -> str:
        """One line, as no command to GitHub's runner, which reads whatever a step prints."""
        pieces = [(one.text, one.style) for one in segments if not one.control]
        plain = "".join(text for text, _ in pieces)
        commands = runner_commands(plain)
        if not (commands or self.coloured):
            return plain.rstrip()
        written, at, end = "", 0, len(plain.rstrip())
        for piece, style in pieces:
            text = piece[: max(0, end - at)]
            for place in reversed(commands):
                if at <= place < at + len(text):
                    text = f"{text[: place - at]} {text[place - at :]}"
            at += len(piece)
            written += self.painted(text, style) if style and self.coloured else text
        return written

    def painted(self, text: str, style: "Style | str") -> str:
        """Text of ours in a style, as it goes out; for rows that are too many for renderables."""
        if not self.coloured:
            return text
        from rich.color import ColorSystem

        found = _console(self.width).get_style(style)
        return found.render(text, color_system=ColorSystem.EIGHT_BIT)


@lru_cache(maxsize=8)
def _console(width: int) -> "Console":
    """The console at a width. It looks at nothing around it, and writes nowhere by itself."""
    from io import StringIO

    from rich.console import Console
    from rich.theme import Theme

    return Console(
        file=StringIO(),
        width=width,
        color_system="256",
        force_terminal=True,
        force_jupyter=False,
        force_interactive=False,
        legacy_windows=False,
        no_color=False,
        highlight=False,
        markup=False,
        emoji=False,
        theme=Theme(STYLES),
        _environ={},
    )


def for_encoding(text: str, encoding: str | None) -> str:
    """The text in characters that an encoding has, signs of ours by their ASCII stand-ins."""
    try:
        text.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        signs = str.maketrans(
            {"█": "#", "░": "-", "·": ".", "−": "-", "–": "-", "×": "x", "─": "-"}
        )
        name = encoding if encoding and encoding.isascii() else "ascii"
        return text.translate(signs).encode(name, "backslashreplace").decode(name)
    return text
