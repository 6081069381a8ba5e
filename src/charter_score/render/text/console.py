"""Lines as the text that goes out: plain, or in colours by rich."""

from collections.abc import Callable, Iterable

from charter_score.render.text.hostile import runner_commands
from charter_score.render.text.layout import Line, Span, Style

Paint = Callable[[Iterable[Line]], str]
"""Lines to text: `plain` or `coloured`."""

_COLOURS = {
    Style.PLAIN: "",
    Style.TITLE: "bold",
    Style.STRONG: "bold",
    Style.GOOD: "green",
    Style.WARN: "bold yellow",
    Style.BAD: "bold red",
    Style.FAINT: "dim",
}


def plain(lines: Iterable[Line]) -> str:
    """Lines as plain text."""
    return "".join(
        "".join(piece.text for piece in _harmless(line)).rstrip() + "\n" for line in lines
    )


def _harmless(line: Line) -> Line:
    """A line that is no command to GitHub's runner, which reads whatever a step prints."""
    places = runner_commands("".join(piece.text for piece in line))
    if not places:
        return line
    pieces = []
    end = sum(len(piece.text) for piece in line)
    for piece in reversed(line):
        end -= len(piece.text)
        text = piece.text
        for place in reversed(places):
            if end <= place < end + len(piece.text):
                text = f"{text[: place - end]} {text[place - end :]}"
        pieces.append(Span(text, piece.style))
    return tuple(reversed(pieces))


def coloured(lines: Iterable[Line]) -> str:
    """Lines as text with the terminal's colour codes.

    Every piece is a `rich.text.Text`, never markup, so no text from a file can set a style.
    """
    from io import StringIO

    from rich.console import Console
    from rich.text import Text

    console = Console(
        file=StringIO(),
        force_terminal=True,
        color_system="standard",
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=True,
        legacy_windows=False,
    )
    with console.capture() as capture:
        for line in lines:
            text = Text.assemble(
                *((piece.text, _COLOURS[piece.style]) for piece in _harmless(line))
            )
            text.rstrip()
            console.print(text, soft_wrap=True)
    return capture.get()


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
