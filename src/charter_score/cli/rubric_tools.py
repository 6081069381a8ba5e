"""What `rubrics diff`, `rubrics ID -f …` and `selftest` do: work on rubrics, score no review."""

import os
from collections.abc import Sequence
from enum import StrEnum
from hashlib import sha256
from typing import assert_never

from charter_score.cli.settings import settings
from charter_score.cli.terminal import Color, show, tell_problems
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.library import Library, LoadedRubric, named_rubric
from charter_score.outputs import print_text
from charter_score.source.files import read_bytes, shown_path
from charter_score.writing import write_file, write_standard_output


class RubricView(StrEnum):
    """What one rubric can be shown as."""

    FULL = "full"
    JSON = "json"
    MARKDOWN = "markdown"
    HTML = "html"


ENDINGS = {
    ".txt": RubricView.FULL,
    ".json": RubricView.JSON,
    ".md": RubricView.MARKDOWN,
    ".markdown": RubricView.MARKDOWN,
    ".html": RubricView.HTML,
    ".htm": RubricView.HTML,
}
"""The view that a file's ending chooses."""


def run_rubric_view(
    rubric: str,
    folders: Sequence[str],
    color: Color,
    view: RubricView | None = None,
    output: str | None = None,
) -> ExitCode:
    """Show one rubric, or write it to a file; `view` wins over the file's ending.

    Raises:
        UsageError: where no such rubric is known, the ending chooses no view, the file is the
            rubric itself, or Jinja2 is missing for a score sheet.
        NotWrittenError: where it cannot be written.
    """
    path = None if output == "-" else output
    chosen = view or (RubricView.FULL if path is None else _by_ending(path))
    found = _named(rubric, folders, color)
    if found is None:
        return ExitCode.NOT_SCORED
    if path is None and chosen is RubricView.FULL:
        from charter_score.render.rubric.terminal import one_rubric

        show(one_rubric(found.rubric), color)
        return ExitCode.OK
    if path is not None:
        _refuse_rubric(path, found)
    text = _text(found, chosen)
    if path is None:
        print_text(text)
    else:
        write_file(path, text.encode("utf-8"), shown_path(path))
    return ExitCode.OK


def _text(found: LoadedRubric, chosen: RubricView) -> str:
    match chosen:
        case RubricView.FULL:
            from charter_score.render.rubric.terminal import one_rubric
            from charter_score.render.text.console import Screen

            return Screen().text(one_rubric(found.rubric))
        case RubricView.JSON:
            from charter_score.wire.encoding import rubric_json

            return rubric_json(found.rubric)
        case RubricView.MARKDOWN:
            from charter_score.render.rubric.markdown import rubric_markdown

            return rubric_markdown(found.rubric)
        case RubricView.HTML:
            from charter_score.render.rubric.score_sheet import score_sheet

            return score_sheet(found.rubric)
        case _:
            assert_never(chosen)


def _by_ending(path: str) -> RubricView:
    ending = os.path.splitext(path)[1].lower()
    if ending in ENDINGS:
        return ENDINGS[ending]
    raise UsageError(
        f"-o {shown_path(path)}: its ending chooses no format",
        f"use one of {', '.join(ENDINGS)}, or say which with -f",
    )


def _refuse_rubric(path: str, found: LoadedRubric) -> None:
    """Refuse to write over the rubric that is read, or over a copy of it."""
    try:
        digest = sha256(read_bytes(path, shown_path(path))).hexdigest()
    except DocumentError:
        return  # nothing that was read as a rubric; writing it says what else is wrong
    if digest == found.sha256:
        raise UsageError(f"-o {shown_path(path)} is the rubric itself; it was not touched")


def run_rubric_diff(
    old: str, new: str, folders: Sequence[str], color: Color, *, as_json: bool
) -> ExitCode:
    """Say what changed from one rubric to another, and whether their scores stay comparable.

    Whatever the answer, the comparison was made: the code is 0.

    Raises:
        UsageError: where one of them is not known.
    """
    library = Library(folders=folders or settings().rubrics)
    before = _loaded(old, library, color)
    after = _loaded(new, library, color)
    if before is None or after is None:
        return ExitCode.NOT_SCORED
    from charter_score.comparing.comparison import compare

    found = compare(before.rubric, after.rubric)
    if as_json:
        from charter_score.render.rubric.changes import changes_json

        write_standard_output(changes_json(found, before.sha256, after.sha256))
    else:
        from charter_score.render.rubric.changes import rubric_changes

        show(rubric_changes(found), color)
    return ExitCode.OK


def run_selftest(rubric: str, folders: Sequence[str], color: Color, *, as_json: bool) -> ExitCode:
    """Try on one rubric what the engine promises: 0 where all held, 1 where something broke.

    Raises:
        UsageError: where no such rubric is known, or it is too large to be tried.
    """
    found = _named(rubric, folders, color)
    if found is None:
        return ExitCode.NOT_SCORED
    from charter_score.selftest.run import MOST_CRITERIA, TooLargeError, selftest

    try:
        proved = selftest(found.rubric)
    except TooLargeError:
        raise UsageError(
            f"this rubric has more than {MOST_CRITERIA} criteria, too many for selftest",
            "a form that people fill in has about 25",
        ) from None
    if as_json:
        from charter_score.render.rubric.selftest import proofs_json

        write_standard_output(proofs_json(proved, found.path, found.sha256))
    else:
        from charter_score.render.rubric.selftest import proofs

        show(proofs(proved, found.path, found.sha256), color)
    return ExitCode.OK if proved.held else ExitCode.GATE_FAILED


def _named(rubric: str, folders: Sequence[str], color: Color) -> LoadedRubric | None:
    return _loaded(rubric, Library(folders=folders or settings().rubrics), color)


def _loaded(rubric: str, library: Library, color: Color) -> LoadedRubric | None:
    """A rubric with its warnings told, or None with everything told that is wrong with it."""
    found = named_rubric(rubric, library)
    if isinstance(found, DocumentError):
        tell_problems(found.diagnostics, color)
        return None
    tell_problems(found.warnings, color)
    return found


def run_rubrics(
    names: Sequence[str],
    folders: Sequence[str],
    color: Color,
    view: str | None,
    output: str | None,
) -> ExitCode:
    """List the known rubrics, show one, or with `diff OLD NEW` compare two.

    Raises:
        UsageError: where the words are none of these, or a rubric is not known.
    """
    chosen = None if view is None else RubricView(view)
    match list(names):
        case []:
            from charter_score.cli.showing import run_rubric_list

            if output is not None or chosen in (RubricView.MARKDOWN, RubricView.HTML):
                raise UsageError("the list of rubrics is shown as full or json", "name one of them")
            return run_rubric_list(folders, color, as_json=chosen is RubricView.JSON)
        case ["diff", old, new]:
            if output is not None or chosen in (RubricView.MARKDOWN, RubricView.HTML):
                raise UsageError("rubrics diff gives full or json, on standard output")
            return run_rubric_diff(old, new, folders, color, as_json=chosen is RubricView.JSON)
        case [rubric]:
            return run_rubric_view(rubric, folders, color, chosen, output)
        case _:
            raise UsageError("name one rubric, or `diff OLD NEW`")
