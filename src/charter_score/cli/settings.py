"""Settings from a file: `charter-score.toml`, or `pyproject.toml`.

They are looked for from the current folder upwards to the root of the repository (where `.git`
lies) or the home folder, whichever comes first; where neither lies above, in the current folder
alone, so that nothing acts that somebody put into a folder shared with others. The nearest folder
with settings counts, and one file of it: where `charter-score.toml` exists, `pyproject.toml` (in
which they stand in `[tool.charter-score]`) is not looked at. What the command line or the
environment says wins over both. A path in the file is relative to the file.
"""

import os
from typing import Any

from charter_score.cli.options import FileValues, checked, setting_of
from charter_score.diagnostics import did_you_mean, listed
from charter_score.errors import DocumentError, UsageError, all_of
from charter_score.limits import MOST_DEPTH
from charter_score.scalars import Number
from charter_score.source.files import SETTINGS, is_there, read_bytes

OWN_FILE = "charter-score.toml"
SHARED_FILE = "pyproject.toml"
TABLE = "charter-score"


def find_settings() -> FileValues | None:
    """The settings that count in the current folder; None where there are none.

    Raises:
        UsageError: where a settings file cannot be read, or asks for something unknown or
            unsuitable, be it of an option that the command at hand does not have.
    """
    for folder in folders_upwards():
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
            settings = FileValues(path, values)
            _refuse_wrong(settings)
            return settings
    return None


def folders_upwards() -> list[str]:
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


_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DEEP_KEY = rf"(?<![\w-])(?:{_PART}[ \t]*+\.[ \t]*+){{{MOST_DEPTH}}}"
"""A key of very many parts, over which tomllib takes the square of their number."""


def _parsed(name: str, data: bytes) -> dict[str, Any]:
    """The values of a TOML file; decimals stay the text they are, as `Number`."""
    import re
    import tomllib

    try:
        text = data.decode("utf-8-sig")
        if not re.search(_DEEP_KEY, text):
            return tomllib.loads(text, parse_float=Number)
    except UnicodeDecodeError as wrong:
        line = data.count(b"\n", 0, wrong.start) + 1
        raise UsageError(f"{name}:{line}: this is not UTF-8") from None
    except RecursionError:
        pass
    except ValueError as wrong:
        # TOMLDecodeError, or what `int` says of a number of thousands of digits.
        raise UsageError(_broken(name, data, str(wrong))) from None
    raise UsageError(f"{name}: its values are nested too deeply")


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


def _refuse_wrong(settings: FileValues) -> None:
    """Refuse what a settings file asks for and `score`, which has every setting, does not take."""
    from charter_score.cli.score_options import ScoreOptions

    marks = (setting_of(ScoreOptions, field) for field in ScoreOptions.model_fields)
    keys = [mark.key for mark in marks if mark is not None]
    mistakes = []
    for key in settings.values:
        if key not in keys:
            hint = did_you_mean(key, keys) or f"the settings are {listed(sorted(keys), 'and')}"
            mistakes.append(UsageError(f"{settings.path}: there is no setting `{key[:40]}`", hint))
    try:
        checked(ScoreOptions, {}, settings)
    except UsageError as wrong:
        mistakes.append(wrong)
    if (wrong_all := all_of(mistakes)) is not None:
        raise wrong_all
