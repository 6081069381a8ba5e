"""The formats of `score`, and where each output goes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from charter_score.errors import UsageError
from charter_score.source.files import STANDARD_INPUT, Input, shown_path

ENVIRONMENT = "CHARTER_SCORE_OUTPUT_FORMAT"


class Format(StrEnum):
    """What results can be written as."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSON_LINES = "json-lines"


ENDINGS = {
    ".json": Format.JSON,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
}
"""The format that a file's ending chooses."""


@dataclass(frozen=True, slots=True)
class Target:
    """One output: where it goes (None: standard output) and its format (None: by the number)."""

    path: Path | None
    format: Format | None


def targets(wanted: Format | None, outputs: Sequence[str]) -> list[Target]:
    """Where the results go and as what.

    One `-o`: `-f` wins over its ending; several: the endings decide. An ending wins over the
    environment.

    Raises:
        UsageError: for `-f` with several outputs, an unknown ending, one file named twice, or a
            format in the environment that does not exist.
    """
    if wanted is not None and len(outputs) > 1:
        raise UsageError(
            "-f goes with one output", "with several -o the endings choose their formats"
        )
    if not outputs:
        return [Target(None, wanted or _from_environment())]
    if len(outputs) == 1 and outputs[0] == "-":
        return [Target(None, wanted or _from_environment())]
    found = []
    for name in outputs:
        if name == "-":
            found.append(Target(None, _from_environment()))
        else:
            found.append(Target(Path(name), wanted or _by_ending(name)))
    places = [os.path.realpath(one.path) if one.path else "-" for one in found]
    if len(set(places)) < len(places):
        raise UsageError("one file is named by -o twice")
    return found


def _by_ending(name: str) -> Format:
    ending = os.path.splitext(name)[1].lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    raise UsageError(
        f"-o {shown_path(Path(name))}: its ending chooses no format",
        f"use one of {', '.join(ENDINGS)}, or say which with -f",
    )


def _from_environment() -> Format | None:
    name = os.environ.get(ENVIRONMENT)
    if not name:
        return None
    try:
        return Format(name)
    except ValueError:
        known = ", ".join(one.value for one in Format)
        raise UsageError(f"{ENVIRONMENT} names no format", f"use one of {known}") from None


def refuse_inputs(outputs: Sequence[Target], inputs: Sequence[Input]) -> None:
    """Refuse an output that is also an input, before anything is touched.

    Results of an earlier run that lie in a folder of reviews are no input and may be replaced.

    Raises:
        UsageError: naming the file.
    """
    from charter_score.source.load import is_our_file

    for target in outputs:
        if target.path is None or not target.path.exists():
            continue
        for one in inputs:
            if one.path is None or one.shown == STANDARD_INPUT or not one.path.exists():
                continue
            if os.path.samefile(one.path, target.path) and not (
                one.root is not None and is_our_file(one.path)
            ):
                raise UsageError(
                    f"-o {shown_path(target.path)} is also an input; it was not touched"
                )
