"""A text as a YAML scalar that reads as that very text: plain where it can be, else in quotes.

For whoever writes YAML: templates, edits of a file, hints that show what to write.
"""

import json
import re

# Plain in YAML 1.1 as in 1.2, in block and in flow: letters first, no sign that could end it.
_PLAIN = re.compile(r"(?:\.{1,2}/)*[^\W\d_](?:[\w ./@()'-]*[\w.)'])?|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_PLAIN_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")
_PLAIN_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_JOINERS = frozenset("\u200c\u200d")  # Persian, Indic letters and emoji are written with them
_NO_TEXT = frozenset(["true", "false", "null", "yes", "no", "on", "off", "y", "n"])


def scalar(text: str) -> str:
    """A text as a YAML scalar that reads as text and nothing else."""
    if _PLAIN.fullmatch(text) and text.casefold() not in _NO_TEXT:
        return text
    return quoted(text)


def word_text(text: str) -> str:
    """A rating or a value of the interaction, which may look like a number: it is its letters."""
    return text if _PLAIN_NUMBER.fullmatch(text) else scalar(text)


def key_scalar(name: str) -> str:
    """A key, which is always text: so `on`, a key of disputes, needs no quotes."""
    return name if _PLAIN_KEY.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    """A text between double quotes; what cannot be seen, and joins nothing, stands as an escape."""
    return "".join(
        character if character.isprintable() or character in _JOINERS else _escape(character)
        for character in json.dumps(text, ensure_ascii=False)
    )


def _escape(character: str) -> str:
    code = ord(character)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"
