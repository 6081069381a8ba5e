"""What is told where a command changes YAML files only, and was given something else."""

import os
import shlex
from collections.abc import Sequence

from charter_score.errors import UsageError

WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods")
"""Endings of spreadsheets, in which a form may be saved."""

_KINDS = {".json": "JSON", **dict.fromkeys(WORKBOOK_ENDINGS, "a spreadsheet")}


def refuse_what_is_no_yaml(
    path: str, command: str, rubrics: Sequence[str] = (), words: Sequence[str] = ()
) -> None:
    """Refuse a form or a JSON review, naming the commands that lead on.

    `words` is what else the command was given, to be typed again.

    Raises:
        UsageError: for such a file.
    """
    stem, ending = os.path.splitext(path)
    kind = _KINDS.get(ending.lower())
    if kind is None:
        return
    target = _free(stem)
    if not os.path.lexists(path):
        raise UsageError(
            f"{command} works on YAML files, and this is the name of {kind}",
            f"for example {target}",
        )
    folders = [word for folder in rubrics for word in ("--rubrics", folder)]
    first = shlex.join(["charter-score", "new", "--from", path, "-o", target, *folders])
    then = shlex.join(["charter-score", command, target, *words, *folders])
    raise UsageError(
        f"{command} works on YAML files, where one answer is changed and all else is kept, and "
        f"this is {kind}",
        f"{first} makes one of it, then {then}",
    )


def _free(stem: str) -> str:
    """A name for a YAML file at which nothing stands yet."""
    names = (f"{stem}.yaml", *(f"{stem}-{number}.yaml" for number in range(2, 1_000)))
    return next((name for name in names if not os.path.lexists(name)), names[0])
