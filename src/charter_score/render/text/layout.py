"""Words into lines of a given width, with a style for every piece.

Views are written as lines of spans; `terminal` turns them into plain text or, by rich, into
colours. Widths are in terminal cells. No word is ever cut off: what does not fit goes on below.
"""

import re
from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from charter_score.render.text.hostile import visible

WIDEST = 80
NARROWEST = 20
NARROW = 60
"""Below this, columns are stacked instead of set side by side."""


class Style(Enum):
    """What a piece of text is for; colour follows from it, and never carries it alone."""

    PLAIN = "plain"
    TITLE = "title"
    STRONG = "strong"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"
    FAINT = "faint"


class Span(NamedTuple):
    """A piece of text in one style."""

    text: str
    style: Style = Style.PLAIN


Line = tuple[Span, ...]
Words = str | Span | Sequence[str | Span]


# Letters of European languages, punctuation and the signs of our own views: one cell each.
_NARROW_ONLY = re.compile(
    "[ -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u2193\u2212\u2500-\u259f]*"
)


def cells(text: str) -> int:
    """How many terminal cells a text takes; wide characters take two, combining ones none."""
    if text.isascii() or _NARROW_ONLY.fullmatch(text):
        return len(text)
    from rich.cells import cell_len  # imported only for text that needs it

    return cell_len(text)


def span(text: str, style: Style = Style.PLAIN) -> Span:
    """A span of text from anywhere, made harmless."""
    return Span(visible(text), style)


def left(text: str, width: int) -> str:
    """Text filled up with spaces on its right."""
    return text + " " * (width - cells(text))


def right(text: str, width: int) -> str:
    """Text filled up with spaces on its left."""
    return " " * (width - cells(text)) + text


class Page:
    """Lines of one view at one width."""

    def __init__(self, width: int) -> None:
        self.width = max(NARROWEST, min(width, WIDEST))
        self.lines: list[Line] = []
        self._last_taken: Line = ()

    @property
    def is_narrow(self) -> bool:
        """Whether columns must be stacked."""
        return self.width < NARROW

    def blank(self) -> None:
        """An empty line, but never two in a row and none at the top."""
        if self.lines[-1] if self.lines else self._last_taken:
            self.lines.append(())

    def taken(self) -> list[Line]:
        """The lines so far, handed over; what is written next goes on after them."""
        lines = self.lines
        if lines:
            self._last_taken = lines[-1]
        self.lines = []
        return lines

    def heading(self, *words: str | Span) -> None:
        """The title of a part, set off by an empty line."""
        self.blank()
        self.write(*(word if isinstance(word, Span) else span(word, Style.TITLE) for word in words))

    def write(
        self, *words: str | Span, indent: int = 0, hang: int | None = None, end: Span | None = None
    ) -> None:
        """Words wrapped to the width.

        `indent` stands before the first line and `hang` before the others; `end` is set at the
        right edge of the first line where it is short and the page wide, else below the words.
        """
        spans = [word if isinstance(word, Span) else span(word) for word in words]
        hanging = indent if hang is None else hang
        if end is None or self.is_narrow or cells(end.text) > self.width // 3:
            self.lines += _wrap(spans, self.width, indent, hanging)
            if end is not None and hanging + cells(end.text) <= self.width:
                self.lines.append((Span(" " * hanging), end))
            elif end is not None:
                self.lines += _wrap([end], self.width, hanging, hanging)
            return
        first, *others = _wrap(spans, self.width - cells(end.text) - 2, indent, hanging)
        used = sum(cells(piece.text) for piece in (*first, end))
        self.lines += [(*first, Span(" " * (self.width - used)), end), *others]

    def paragraphs(self, text: str, indent: int = 0, style: Style = Style.PLAIN) -> None:
        """A longer text, its own line breaks kept."""
        for line in re.split("\r\n|\r|\n", text.strip()):
            self.write(span(line.replace("\t", " "), style), indent=indent)

    def row(self, line: Iterable[Span]) -> None:
        """A line that is already laid out, without spaces at its end."""
        pieces = [piece for piece in line if piece.text]
        while pieces and not pieces[-1].text.strip():
            pieces.pop()
        if pieces:
            pieces[-1] = Span(pieces[-1].text.rstrip(), pieces[-1].style)
        self.lines.append(tuple(pieces))


def _wrap(spans: Sequence[Span], width: int, indent: int, hang: int) -> list[Line]:
    """Break spans into lines at spaces; a word too long for any line is broken where it must."""
    lines: list[list[Span]] = []
    used = start = 0

    def begin(depth: int) -> None:
        nonlocal used, start
        lines.append([Span(" " * depth)] if depth else [])
        used = start = depth

    def put(text: str, style: Style) -> None:
        nonlocal used
        line = lines[-1]
        if line and line[-1].style is style and used > start:
            line[-1] = Span(line[-1].text + text, style)
        else:
            line.append(Span(text, style))
        used += cells(text)

    begin(indent)
    space = ""
    for text, style in spans:
        for piece in re.split(r"(\s+)", text):
            if not piece or piece.isspace():
                space = " " if piece and used > start else space
                continue
            if used > start and used + len(space) + cells(piece) > width:
                begin(hang)
                space = ""
            rest, space = space + piece, ""
            while cells(rest) > max(1, width - used) and len(rest) > 1:
                cut = _fitting(rest, max(1, width - used))
                put(rest[:cut], style)
                rest = rest[cut:]
                begin(hang)
            put(rest, style)
    return [tuple(line) for line in lines]


def _fitting(text: str, width: int) -> int:
    """How many characters of a text fit into a width, one at least."""
    size = 0
    for index, character in enumerate(text):
        size += cells(character)
        if size > width:
            return max(1, index)
    return len(text)
