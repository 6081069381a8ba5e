"""The formats of `score`, and where each output goes."""

import os
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import NamedTuple, TypeVar, assert_never

from charter_score.cli.asked import Asked
from charter_score.errors import NotWrittenError, UsageError, all_of
from charter_score.render.results.batch import BatchRenderer
from charter_score.render.text.console import Screen
from charter_score.source.files import (
    STANDARD_INPUT,
    Input,
    is_among,
    is_file,
    is_standard_input,
    search,
    shown_path,
    slashed,
)

F_ = TypeVar("F_", bound=StrEnum)

ENVIRONMENT = "CHARTER_SCORE_OUTPUT_FORMAT"


class Format(StrEnum):
    """What results can be written as."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"
    JSON_LINES = "json-lines"
    CSV = "csv"
    XLSX = "xlsx"
    JUNIT = "junit"
    GITHUB = "github"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"
    HTML = "html"


ENDINGS = {
    ".json": Format.JSON,
    ".jsonl": Format.JSON_LINES,
    ".ndjson": Format.JSON_LINES,
    ".csv": Format.CSV,
    ".xlsx": Format.XLSX,
    ".xml": Format.JUNIT,
    ".md": Format.MARKDOWN,
    ".markdown": Format.MARKDOWN,
    ".html": Format.HTML,
    ".htm": Format.HTML,
}
"""The format that a file's ending chooses."""


class Target(NamedTuple):
    """One output: where it goes (None: standard output) and its format (None: by the number)."""

    path: str | None
    format: Format | None


POINTING = frozenset([Format.GITHUB, Format.GITLAB, Format.JUNIT])
"""Formats that point at the line of a criterion, for which every file is looked at again."""
PAINTED = frozenset([Format.FULL, Format.CONCISE])
"""Formats that are made for a terminal: nothing from a file acts in them, and colours are ours."""


class Look(NamedTuple):
    """How outputs are to look, and what they may show.

    `names` and `public_comments` are for formats that end up in public logs, which show neither
    unless asked to; without `comments` no format shows any. `room` is the bytes that Markdown may
    take, where it is to share a file with others. `asked` is what a command that is shown repeats.
    Without `bars` nothing is drawn of block characters. `is_file` is False of standard output and
    of pipes. `alone` is True of one review, which some formats make a page of.
    """

    screen: Screen = Screen()
    bars: bool = True
    names: bool = False
    public_comments: bool = False
    comments: bool = True
    long: bool = False
    room: int | None = None
    asked: Asked = Asked()
    is_file: bool = False
    alone: bool = False


def renderer(chosen: Format, look: Look) -> BatchRenderer:
    """The renderer of a format; the one place that knows them all."""
    match chosen:
        case Format.FULL:
            from charter_score.render.results.full import Full

            return Full(
                look.screen,
                bars=look.bars,
                comments=look.comments,
                explain=look.asked.explain,
            )
        case Format.CONCISE:
            from charter_score.render.results.concise import Concise

            return Concise(look.screen, bars=look.bars, names=look.names)
        case Format.JSON:
            from charter_score.render.results.json import JsonEnvelope

            return JsonEnvelope()
        case Format.JSON_LINES:
            from charter_score.render.results.json import JsonLines

            return JsonLines()
        case Format.CSV:
            from charter_score.render.results.csv import Csv, LongCsv

            return LongCsv(mark=look.is_file) if look.long else Csv(mark=look.is_file)
        case Format.XLSX:
            from charter_score.render.results.workbook import Workbook

            return Workbook(page=look.alone)
        case Format.JUNIT:
            from charter_score.render.results.junit import JUnit

            return JUnit(names=look.names, comments=look.public_comments)
        case Format.GITHUB:
            from charter_score.render.results.github import GitHub

            return GitHub(names=look.names, comments=look.public_comments)
        case Format.GITLAB:
            from charter_score.render.results.gitlab import GitLab

            return GitLab(names=look.names, comments=look.public_comments)
        case Format.MARKDOWN:
            from charter_score.render.results.markdown import Markdown

            return Markdown(
                names=look.names,
                comments=look.public_comments,
                room=look.room,
                page=look.alone,
            )
        case Format.HTML:
            from charter_score.render.results.page import HtmlReport, ReviewHtml

            if look.alone:
                return ReviewHtml(comments=look.comments)
            return HtmlReport(names=look.names, comments=look.public_comments)
        case _:
            assert_never(chosen)


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
    found, mistakes = [], list[UsageError]()
    for name in outputs:
        try:
            if name == "-":
                found.append(Target(None, _from_environment()))
            else:
                found.append(Target(name, wanted or by_ending(name, ENDINGS)))
        except UsageError as wrong:
            mistakes.append(wrong)
    if (wrong_all := all_of(mistakes)) is not None:
        raise wrong_all
    places = [os.path.realpath(one.path) if one.path else "-" for one in found]
    if len(set(places)) < len(places):
        raise UsageError("one file is named by -o twice")
    return found


def by_ending(name: str, formats: Mapping[str, F_]) -> F_:
    """The format that the ending of an output's name chooses, of those that there are.

    Raises:
        UsageError: where it chooses none.
    """
    ending = os.path.splitext(name)[1].lower()
    if ending in formats:
        return formats[ending]
    raise UsageError(
        f"-o {shown_path(name)}: its ending chooses no format",
        f"use one of {', '.join(formats)}, or say which with -f",
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


def refuse_inputs(
    outputs: Sequence[Target], paths: Sequence[str], also: Sequence[str]
) -> dict[Target, NotWrittenError]:
    """Refuse an output that would take the place of something read, before anything is touched.

    `also` names files that are read beside the paths. Results of an earlier run that lie in a
    folder of reviews are no input and may be replaced; a rubric or a review never is. Gives the
    outputs of which the system does not tell what they are, and why: those must not be written.

    Raises:
        UsageError: naming the file.
    """
    lost = {}
    for target in outputs:
        if target.path is None:
            continue
        try:
            why = _why_kept(target.path, paths, also)
        except OSError as wrong:
            reason = (wrong.strerror or "it cannot be looked at").lower()
            lost[target] = NotWrittenError(f"{slashed(target.path)}: {reason}")
            continue
        if why is not None:
            raise UsageError(f"-o {shown_path(target.path)} {why}; it was not touched")
    return lost


def _why_kept(path: str, paths: Sequence[str], also: Sequence[str]) -> str | None:
    """Why an output must not take the place of a file; None where it may.

    Raises:
        OSError: where it cannot be told.
    """
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    found = is_among(path, paths) or _linked_input(status, paths)
    if (
        any(is_file(name, status) for name in also)
        or (STANDARD_INPUT in paths and is_standard_input(path))
        or (found is not None and found.root is None)
    ):
        return "is also an input"
    from charter_score.source.reading import may_be_replaced

    if may_be_replaced(path, in_folder=found is not None):
        return None
    return "is also an input" if found is not None else "holds a rubric or a review"


def _linked_input(status: os.stat_result, paths: Sequence[str]) -> Input | None:
    """The input that is the same file under another name: by a hard link, or in another case.

    Raises:
        OSError: where it cannot be told.
    """
    for name in paths:
        if name != STANDARD_INPUT and not os.path.isdir(name) and is_file(name, status):
            return Input(shown_path(name), name)
    if status.st_nlink == 1:
        return None  # it has no other name, so no folder has to be searched
    inputs = (one for one in search(paths) if isinstance(one, Input) and one.path is not None)
    return next((one for one in inputs if is_file(one.path or "", status)), None)
