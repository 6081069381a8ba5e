"""How the words of the command line are read, so that what they refuse is said in our own words.

Each of these makes a `parser` for an option or argument of typer's.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeVar

from charter_score.errors import UsageError

E = TypeVar("E", bound=StrEnum)


def one_of(option: str, kind: type[E]) -> Callable[[str], E]:
    """Reads one of the values of an enumeration."""

    def read(word: str) -> E:
        if word in list(kind):
            return kind(word)
        from charter_score.diagnostics import did_you_mean

        *most, last = (one.value for one in kind)
        raise UsageError(
            f"{option} takes {', '.join(most)} or {last}",
            did_you_mean(word, [one.value for one in kind]),
        )

    return read


def choices(kind: type[StrEnum]) -> str:
    """The values of an enumeration as a help text shows them."""
    return f"[{'|'.join(one.value for one in kind)}]"


def completions(kind: type[StrEnum]) -> Callable[[str], list[str]]:
    """Completes the values of an enumeration."""

    def complete(incomplete: str) -> list[str]:
        return [one.value for one in kind if one.value.startswith(incomplete)]

    return complete


def whole_number(option: str, hint: str) -> Callable[[str], int]:
    """Reads a whole number that is not negative."""

    def read(word: str | int) -> int:
        text = str(word)
        if text.isascii() and text.isdigit() and len(text) <= 9:
            return int(text)
        raise UsageError(f"{option} takes a whole number", hint)

    return read


def named(what: str) -> Callable[[str], str]:
    """Reads the name of a file, folder or rubric, which is never empty."""

    def read(word: str) -> str:
        if not word:
            raise UsageError(f"{what}: the name is empty", "a variable of the shell may be empty")
        return word

    return read
