"""Settings of the current folder: from `charter-score.toml`, or from `pyproject.toml`.

In `pyproject.toml` they stand in `[tool.charter-score]`. One file counts: where
`charter-score.toml` exists, `pyproject.toml` is not looked at. What the command line or the
environment says wins over both. The file lies in the current folder, so a path in it, relative to
the file, is relative to the current folder too.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from charter_score.cli.formats import Format
from charter_score.cli.terminal import Color
from charter_score.diagnostics import did_you_mean, listed
from charter_score.errors import DocumentError, UsageError
from charter_score.field_types import MisshapenError, read_percent
from charter_score.scalars import Number
from charter_score.source.files import SETTINGS, is_there, read_bytes

OWN_FILE = "charter-score.toml"
SHARED_FILE = "pyproject.toml"
TABLE = "charter-score"


class Settings(NamedTuple):
    """What the files of the current folder ask for; the defaults are those of `score`.

    A field is called as in `ScoreRequest`. Percentages are the text that the file has.
    """

    format: Format | None = None
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    by: Sequence[str] = ()
    jobs: int = 0
    gate: bool = False
    fail_under: str | None = None
    fail_under_mean: str | None = None
    max_not_applicable: str | None = None
    include_names: bool = False
    include_comments: bool = False
    no_comments: bool = False
    color: Color = Color.AUTO


def settings() -> Settings:
    """The settings of the current folder; the defaults where it has none.

    Raises:
        UsageError: where a settings file cannot be read or asks for something unknown.
    """
    for name in (OWN_FILE, SHARED_FILE):
        if not _is_there(name):
            continue
        data = _read(name)
        if name == SHARED_FILE and TABLE.encode() not in data:
            break  # somebody else's: not even parsed, which would cost more than one review
        values = _parsed(name, data)
        if name == SHARED_FILE:
            values = _table(name, _table(name, values, "tool"), TABLE)
        return _checked(name, values)
    return Settings()


def _is_there(name: str) -> bool:
    """Whether there is a settings file; one that cannot be looked at may hold a gate."""
    try:
        return is_there(name)
    except OSError as wrong:
        raise UsageError(f"{name}: {(wrong.strerror or 'it cannot be read').lower()}") from None


def _read(name: str) -> bytes:
    try:
        return read_bytes(name, name, SETTINGS)
    except DocumentError as wrong:
        problem = wrong.diagnostics[0]
        raise UsageError(f"{name}: {problem.message}", problem.hint) from None


def _parsed(name: str, data: bytes) -> dict[str, Any]:
    """The values of a TOML file; decimals stay the text they are, as `Number`."""
    import tomllib

    try:
        return tomllib.loads(data.decode("utf-8-sig"), parse_float=Number)
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise UsageError(f"{name}:{line}: this is not UTF-8") from None
    except RecursionError:
        raise UsageError(f"{name}: its values are nested too deeply") from None
    except ValueError as wrong:
        # TOMLDecodeError, or what `int` says of a number of thousands of digits.
        raise UsageError(_broken(name, data, str(wrong))) from None


def _broken(name: str, data: bytes, said: str) -> str:
    """What tomllib said, with the place in front; without what it quotes of the file."""
    import re

    reason, _, place = said.partition(" (at ")
    found = re.match(r"line (\d+), column (\d+)", place)
    where = f":{found[1]}:{found[2]}" if found else ""
    if place.startswith("end of document"):
        lines = data.rstrip().count(b"\n") + 1
        where = f":{lines}"
    quotes = "'" in reason or '"' in reason or not place
    why = "" if quotes else f": {reason[:1].lower()}{reason[1:]}"
    return f"{name}{where}: this is not valid TOML{why}"


def _table(name: str, values: dict[str, Any], key: str) -> dict[str, Any]:
    found = values.get(key, {})
    if not isinstance(found, dict):
        raise UsageError(f"{name}: `{key}` must be a table")
    return found


def _checked(name: str, values: dict[str, Any]) -> Settings:
    """The settings that a table holds, each of the right type."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"the settings are {listed(sorted(_KEYS), 'and')}"
            raise UsageError(f"{name}: there is no setting `{key[:40]}`", hint)
        field, read = _KEYS[key]
        try:
            found[field] = read(value)
        except _UnsuitableError as wrong:
            raise UsageError(f"{name}: `{key}` {wrong}", wrong.hint) from None
    return Settings(**found)


class _UnsuitableError(ValueError):
    """A value that a setting does not take; the message never repeats it."""

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.hint = hint


def _text(value: object) -> str:
    if isinstance(value, str) and value:
        return value
    raise _UnsuitableError("takes a text", 'in quotes: "…"')


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise _UnsuitableError("takes a list of texts", '["…", "…"]')
    return tuple(_text(one) for one in value)


def _folders(value: object) -> tuple[str, ...]:
    found = _texts(value)
    if not all(os.path.isdir(folder) for folder in found):
        raise _UnsuitableError(
            "names a folder that is not there", "a path is relative to this file"
        )
    return found


def _flag(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise _UnsuitableError("takes true or false")


def _number(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    raise _UnsuitableError("takes a whole number", "0 is one process for each core")


def _percentage(value: object) -> str:
    """A percentage as its text, whole or decimal, with or without quotes."""
    if isinstance(value, int | str) and not isinstance(value, bool):
        text = str(value).removesuffix("%")
        try:
            read_percent(Number(text))
        except MisshapenError:
            pass
        else:
            return text
    raise _UnsuitableError("takes a percentage from 0 to 100", "for example 70")


def _format(value: object) -> Format:
    if isinstance(value, str) and value in _FORMATS:
        return Format(value)
    near = did_you_mean(value, _FORMATS) if isinstance(value, str) else None
    raise _UnsuitableError("takes one of the formats", near or f"use one of {', '.join(_FORMATS)}")


def _color(value: object) -> Color:
    if not isinstance(value, str) or value not in list(Color):
        raise _UnsuitableError(f"takes {listed([one.value for one in Color])}")
    # The environment is heard before a file is.
    return Color.AUTO if os.environ.get("NO_COLOR") else Color(value)


_FORMATS = [one.value for one in Format]
_KEYS: dict[str, tuple[str, Callable[[object], object]]] = {
    "output-format": ("format", _format),
    "rubric": ("rubric", _text),
    "rubrics": ("rubrics", _folders),
    "by": ("by", _texts),
    "jobs": ("jobs", _number),
    "gate": ("gate", _flag),
    "fail-under": ("fail_under", _percentage),
    "fail-under-mean": ("fail_under_mean", _percentage),
    "max-not-applicable": ("max_not_applicable", _percentage),
    "include-names": ("include_names", _flag),
    "include-comments": ("include_comments", _flag),
    "no-comments": ("no_comments", _flag),
    "color": ("color", _color),
}
"""Each key of a settings file: the field it sets, and how its value is read."""
