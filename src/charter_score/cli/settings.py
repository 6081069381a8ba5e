"""Settings from a file: `charter-score.toml`, or `pyproject.toml`.

They are looked for from the current folder upwards to the root of the repository (where `.git`
lies) or the home folder, whichever comes first; where neither lies above, in the current folder
alone, so that nothing acts that somebody put into a folder shared with others. The nearest folder
with settings counts, and one file of it: where `charter-score.toml` exists, `pyproject.toml` (in
which they stand in `[tool.charter-score]`) is not looked at. What the command line or the
environment says wins over both. A path in the file is relative to the file.
"""

import os
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from charter_score.cli.formats import Format
from charter_score.cli.terminal import Color
from charter_score.diagnostics import did_you_mean, listed
from charter_score.errors import DocumentError, UsageError
from charter_score.field_types import MisshapenError, read_percent
from charter_score.library import is_path
from charter_score.scalars import Number
from charter_score.source.files import SETTINGS, is_there, read_bytes

OWN_FILE = "charter-score.toml"
SHARED_FILE = "pyproject.toml"
TABLE = "charter-score"


class Settings(NamedTuple):
    """What a settings file asks for; the defaults are those of `score`.

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
    """The settings that count in the current folder; the defaults where there are none.

    Raises:
        UsageError: where a settings file cannot be read or asks for something unknown.
    """
    return find_settings()[0]


def find_settings() -> tuple[Settings, str | None]:
    """The same, and the file they stand in, by its path from the current folder.

    Raises:
        UsageError: where a settings file cannot be read or asks for something unknown.
    """
    for folder in _folders_upwards():
        for name in (OWN_FILE, SHARED_FILE):
            path = os.path.join(folder, name)
            if not _is_there(path):
                continue
            data = _read(path)
            if name == SHARED_FILE and TABLE.encode() not in data:
                break  # somebody else's: not even parsed, which would cost more than one review
            values = _parsed(path, data)
            if name == SHARED_FILE:
                values = _table(path, values, "tool")
                if TABLE not in values:
                    break
                values = _table(path, values, TABLE)
            return _checked(path, folder, values), path
    return Settings(), None


def _folders_upwards() -> list[str]:
    """The folders that may hold settings, the nearest first, each by its path from the current one.

    The current folder itself is empty text.
    """
    here = os.getcwd()
    home = os.path.realpath(os.path.expanduser("~"))
    folders = [""]
    folder = here
    while not (os.path.lexists(os.path.join(folder, ".git")) or os.path.realpath(folder) == home):
        above = os.path.dirname(folder)
        if above == folder:
            return [""]
        folder = above
        folders.append(os.path.join(os.pardir, folders[-1]) if folders[-1] else os.pardir)
    return folders


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


def _checked(name: str, folder: str, values: dict[str, Any]) -> Settings:
    """The settings that a table of a file in a folder holds, each of the right type."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if key not in _KEYS:
            hint = did_you_mean(key, _KEYS) or f"the settings are {listed(sorted(_KEYS), 'and')}"
            raise UsageError(f"{name}: there is no setting `{key[:40]}`", hint)
        field, read = _KEYS[key]
        try:
            found[field] = _from_folder(folder, field, read(value))
        except _UnsuitableError as wrong:
            raise UsageError(f"{name}: `{key}` {wrong}", wrong.hint) from None
    return Settings(**found)


def _from_folder(folder: str, field: str, value: Any) -> Any:
    """A setting as it is meant from the current folder: a path is relative to its file.

    Raises:
        _UnsuitableError: where it names a folder that is not there.
    """
    if field == "rubric" and folder:
        return os.path.join(folder, value) if is_path(value) else value
    if field == "rubrics":
        folders = tuple(os.path.join(folder, one) for one in value)
        if not all(map(os.path.isdir, folders)):
            hint = "a path is relative to this file"
            raise _UnsuitableError("names a folder that is not there", hint)
        return folders
    return value


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
    if isinstance(value, int | str | Number) and not isinstance(value, bool):
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
    "rubrics": ("rubrics", _texts),
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
