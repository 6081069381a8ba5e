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
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character.isprintable() or unicodedata.category(character) not in _INVISIBLE:
        return character
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


_COMMAND = re.compile(r"^\s*::|##\[", re.MULTILINE)


def harmless_to_runners(text: str) -> str:
    """Lines of which none is a command to GitHub's runner, which reads both streams of a step.

    A command begins its line with two colons, an older one has `##[` anywhere; a space parts them.
    """
    return _COMMAND.sub(lambda found: found[0][:-1] + " " + found[0][-1], text)
