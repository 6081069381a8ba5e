"""Text from files is hostile: made visible before it reaches a person's terminal."""

import re
import unicodedata

_INVISIBLE = frozenset(["Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"])


def visible(text: str) -> str:
    r"""The text with every character that could act or hide shown as `\u001b`.

    Controls (C0, C1, DEL), line and paragraph separators, bidirectional and zero-width characters.
    """
    if text.isprintable():
        return text
    odd = [character for character in set(text) if not character.isprintable()]
    return text.translate({ord(character): _shown(character) for character in odd})


def _shown(character: str) -> str:
    if unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


_LAYOUT = re.compile("(\r?\n|\t)")


def visible_document(text: str) -> str:
    """A document that is shown on a terminal made visible, its line breaks and tabs kept."""
    if text.isprintable():
        return text
    return "".join(
        piece if number % 2 else visible(piece) for number, piece in enumerate(_LAYOUT.split(text))
    )


_BREAKS = "\n\r\x85\u2028\u2029"
"""Characters that break a line and do nothing else."""
_LINE_BREAK = re.compile(f"\r\n|[{_BREAKS}]")
_BETWEEN_LINES = re.compile(f' *[{_BREAKS}\t][ {_BREAKS}\t]*([,:;.)"]|$)?')


def lines_of(text: str) -> list[str]:
    """The lines of a free text as its writer broke it, whatever with; nothing hangs at an end."""
    if text.isprintable():
        return [text.strip()]
    return [line.replace("\t", " ").rstrip() for line in _LINE_BREAK.split(text.strip())]


def with_breaks(text: str) -> str:
    """A free text with its line breaks as line feeds, whatever its writer broke it with.

    For formats that have lines of their own; what else in it acts or hides is for them to show.
    """
    return text if text.isprintable() else _LINE_BREAK.sub("\n", text.strip())


def visible_lines(text: str) -> str:
    """A free text made visible, with its line breaks; a tab is a space, nothing hangs at the end.

    A name or a title has no lines of its own: for them it is `visible_line`.
    """
    return "\n".join(visible(line) for line in lines_of(text))


def visible_line(text: str) -> str:
    """A text made visible on one line: where it broke or had a tab, there is a space.

    A break at the end of a name that was put into a sentence leaves nothing behind.
    """
    if text.isprintable():
        return text
    return visible(_BETWEEN_LINES.sub(lambda found: " " if found[1] is None else found[1], text))


_COMMAND = re.compile(r"^[^\S\n]*::|##\[", re.MULTILINE)


def runner_commands(text: str) -> list[int]:
    """Where a space must go so that no line is a command to GitHub's runner.

    A command begins its line with two colons; one of the older kind has `##[` anywhere.
    """
    return [found.end() - 1 for found in _COMMAND.finditer(text)]


def without_commands(text: str) -> str:
    """Text of which no line is a command to GitHub's runner, which reads whatever is printed."""
    for place in reversed(runner_commands(text)):
        text = f"{text[:place]} {text[place:]}"
    return text
