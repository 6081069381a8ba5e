"""What `fill` does: asks criterion by criterion, and saves each answer into the review's file."""

import locale
import os
import re
import shlex
import sys
from collections.abc import Callable
from contextlib import suppress
from io import TextIOWrapper
from typing import Annotated

import typer

from charter_score.cli import typing_ahead, ways_out
from charter_score.cli.asked import Asked
from charter_score.cli.commands import Command
from charter_score.cli.options import ColorOption, Debug, Name, Options, RubricFolders, RubricOption
from charter_score.cli.terminal import Color, show, tell_problems
from charter_score.drafts import outlook_of
from charter_score.errors import DocumentError, ExitCode, NotWrittenError, UsageError
from charter_score.filling import view
from charter_score.filling.conversation import NOT_TEXT, Conversation, Ending
from charter_score.filling.sheet import YAML_ENDINGS, Sheet
from charter_score.library import Library, LoadedRubric, RubricReferenceError, is_path, named_rubric
from charter_score.render.text.phrases import where_it_can_end
from charter_score.rubric import Rubric
from charter_score.scoring import Scorer
from charter_score.source.edit import Word, scalar_text
from charter_score.source.files import STANDARD_INPUT, near_path, shown_path, slashed
from charter_score.writing import write_file, write_standard_output


class FillOptions(Options):
    """Everything that `fill` can be asked for."""

    path: Annotated[
        Name, typer.Argument(metavar="FILE", help="The review; a new one needs --rubric.")
    ]
    rubric: RubricOption = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_fill(options: FillOptions) -> ExitCode:
    """Ask for what is missing in a review, saving each answer; show the score once all is rated.

    Stopping early is no failure: the file holds a draft.

    Raises:
        UsageError: before any question, where the options cannot be meant.
        NotWrittenError: where an answer could not be saved; the file holds all before it.
    """
    _refuse_what_cannot_be_filled(options)
    read = line_reader()
    try:
        sheet = _sheet(options)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        return ExitCode.NOT_SCORED
    at = sheet.progress
    opening = view.opening(at.rubric, sheet.shown, at.rated(), len(at.places()))
    show(opening, options.color)
    if (own := sheet.other_rubric()) is not None:
        show(view.other_rubric(own), options.color)
    conversation = Conversation(sheet)
    interrupted = False
    try:
        converse(conversation, read, options.color)
    except KeyboardInterrupt:
        interrupted = True
        write_standard_output("\n")
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        show(view.not_saved(), options.color)
        return ExitCode.NOT_SCORED
    except NotWrittenError as wrong:
        raise NotWrittenError(
            f"{wrong}. The last answer was not saved; all before it were"
        ) from wrong
    if conversation.ending is Ending.FINISHED:
        return _show_score(options, sheet)
    _say_how_to_go_on(options, sheet)
    return ExitCode.INTERRUPTED if interrupted else ExitCode.OK


def converse(conversation: Conversation, read: Callable[[str], str], color: Color) -> None:
    """Ask and answer until there is nothing more to ask.

    `read` gives the line typed behind a prompt, or raises EOFError where there are no more.
    """
    while conversation.ending is None:
        show(conversation.question(), color)
        try:
            line = read(conversation.prompt)
        except EOFError:
            write_standard_output("\n")
            conversation.stop()
        except UnicodeDecodeError:
            show(view.hint(NOT_TEXT), color)
        else:
            show(conversation.answer(line), color)


def line_reader() -> Callable[[str], str]:
    """A function that reads one answer from standard input, and raises EOFError at its end.

    On a terminal a person can move about in the line, and lines that wait behind Enter, as after
    pasting, come with it. From a pipe or a file each line is an answer and is shown behind its
    prompt, so that what is printed reads like the conversation it was.

    Raises:
        UsageError: where standard input is closed.
    """
    if sys.stdin is None:
        raise UsageError("fill asks questions, and standard input is closed")
    if not sys.stdin.isatty():
        return _read_from_pipe
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(errors="surrogateescape")  # `answer_text` sees to the bytes
    edits = sys.stdout is not None and sys.stdout.isatty() and _can_edit_lines()
    read_line = _read_edited if edits else _read_typed

    def read(prompt: str) -> str:
        line = read_line(prompt)
        while waiting := _waiting():
            *whole, last = re.split("\r\n|\r|\n", waiting)
            line = "\n".join([line.rstrip("\r\n"), *whole])
            if not last:
                continue
            # The last line has no end yet: whoever types may go on with it, or press Enter.
            with suppress(EOFError):  # what was pasted is not lost
                last += read_line(prompt + _harmless(last))
            line = f"{line}\n{last}"
        return line

    return read


def _waiting() -> str:
    """What waits behind the line that was read; empty where nothing does."""
    typed = typing_ahead.waiting(sys.stdin.fileno())
    return typed if isinstance(typed, str) else answer_text(typed, sys.stdin.encoding)


def answer_text(typed: bytes, encoding: str) -> str:
    """The text that somebody typed: UTF-8 where it is that, else what the console is set to.

    Terminals send UTF-8 under whatever locale a program runs.

    Raises:
        UnicodeDecodeError: where it is neither.
    """
    try:
        return typed.decode("utf-8")
    except UnicodeDecodeError:
        return typed.decode(encoding)


def _can_edit_lines() -> bool:
    """Whether the line can be edited by the library that knows how, without harm to its letters.

    Under a locale that is not UTF-8 it drops or twists bytes of letters such as macrons.
    """
    if os.name != "posix":
        return True  # the console edits lines by itself, and gives text
    if locale.getencoding().replace("-", "").casefold() != "utf8":
        return False
    with suppress(ImportError):
        import readline  # input() makes use of it

        # Answers are about people: nothing is kept.
        if keep := getattr(readline, "set_auto_history", None):
            keep(False)  # noqa: FBT003 - as readline has it
    return True


def _read_edited(prompt: str) -> str:
    text = input(prompt)
    encoding, errors = sys.stdin.encoding, sys.stdin.errors or "strict"
    if os.name != "posix" or text.isascii():
        return text
    return answer_text(text.encode(encoding, errors), encoding)


def _read_typed(prompt: str) -> str:
    write_standard_output(prompt)
    line = sys.stdin.buffer.readline()
    if not line:
        raise EOFError
    return answer_text(line, sys.stdin.encoding)


def _read_from_pipe(prompt: str) -> str:
    try:
        text = _read_typed(prompt)
    except UnicodeDecodeError:
        write_standard_output("\n")
        raise
    write_standard_output(_harmless(text.strip()) + "\n")
    return text


def _harmless(text: str) -> str:
    """What was typed, as it can be shown."""
    from charter_score.render.text.console import for_encoding
    from charter_score.render.text.hostile import visible

    return for_encoding(visible(text), sys.stdout.encoding if sys.stdout else "utf-8")


# ── Before and after the conversation ─────────────────────────────────────────────────────────────


def _refuse_what_cannot_be_filled(options: FillOptions) -> None:
    """Raise UsageError for what is never a file to fill in."""
    path = options.path
    if path == STANDARD_INPUT:
        raise UsageError("fill saves every answer, so it needs a file", "for example review.yaml")
    if os.path.isdir(path):
        raise UsageError("fill takes one review, not a folder", "name its file")
    ways_out.refuse_what_is_no_yaml(path, "fill", options.typed("rubrics"))
    stem, ending = os.path.splitext(path)
    if not os.path.lexists(path) and ending.lower() not in YAML_ENDINGS:
        raise UsageError(
            "a new review needs a name that ends in .yaml", f"for example {shown_path(stem)}.yaml"
        )


def _sheet(options: FillOptions) -> Sheet:
    """The sheet of a review; a new one is begun where there is no such file.

    Raises:
        UsageError: where `--rubric` names nothing, or is missing for a new review.
        DocumentError: where the rubric or the review cannot be used.
        NotWrittenError: where a new file cannot be written.
    """
    path, library = options.path, Library(folders=options.rubrics)
    rubric: LoadedRubric | None = None
    if options.rubric is not None:
        found = named_rubric(options.rubric, library, "--rubric")
        if isinstance(found, DocumentError):
            raise found
        library.add(found)
        rubric = found
    if not os.path.lexists(path):
        if rubric is None or options.rubric is None:
            raise UsageError(
                f"there is no file {shown_path(path)} yet, and a new review needs a rubric",
                near_path(path) or "say which with --rubric ID; `charter-score rubrics` lists them",
            )
        reference = _reference(options.rubric, rubric.rubric, library, os.path.dirname(path))
        text = new_review(rubric.rubric, reference)
        write_file(path, text.encode("utf-8"), shown_path(path))
    return Sheet(path, library, rubric)


def _reference(name: str, rubric: Rubric, library: Library, folder: str) -> str:
    """How a review in a folder names the rubric that the command names.

    Raises:
        UsageError: where the review could not find it again.
    """
    if not is_path(name):
        return rubric.name
    try:
        relative = slashed(os.path.relpath(name, folder or os.curdir))
        reference = relative if relative.startswith("../") else f"./{relative}"
        # Where the command does not name the rubric again, only the folders given help.
        Library(folders=library.folders).find(reference, folder)
    except (RubricReferenceError, ValueError):  # ValueError: it lies on another drive
        raise UsageError(
            "the rubric lies outside of this folder, where the review would not find it again",
            "copy it here, or name its folder with --rubrics and the rubric by its id",
        ) from None
    return reference


def new_review(rubric: Rubric, reference: str) -> str:
    """The text of a review with nothing rated yet."""
    lines = [f"rubric: {scalar_text(Word(reference))}", "status: draft", "ratings:"]
    for section in rubric.sections:
        lines += [f"  {section.id}:", *(f"    {one.id}:" for one in section.criteria)]
    return "\n".join(lines) + "\n"


def _show_score(options: FillOptions, sheet: Sheet) -> ExitCode:
    """Score the finished file just as `score` does, and show it."""
    from charter_score.outcome import Failed, Scored
    from charter_score.pipeline import Job, Scoring
    from charter_score.render.results.full import full

    code = ExitCode.NOT_SCORED
    for outcome in Scoring(Job([options.path], options.rubric, options.rubrics)).outcomes():
        if isinstance(outcome, Scored):
            tell_problems(outcome.warnings, options.color)
            show(view.finished(sheet.shown), options.color)
            asked = Asked([options.path], options.rubric, options.typed("rubrics"))
            explain = asked.explain(outcome.path)
            show(full(outcome, explain=explain), options.color)
            code = ExitCode.OK
        elif isinstance(outcome, Failed):
            tell_problems(outcome.diagnostics, options.color)
    show(view.see_again(_command(options, "score", sheet)), options.color)
    return code


def _say_how_to_go_on(options: FillOptions, sheet: Sheet) -> None:
    progress = sheet.progress
    if progress.is_finished():
        lines = view.left_finished(sheet.shown, _command(options, "score", sheet))
    else:
        go_on = _command(options, "fill", sheet)
        rated, of = progress.rated(), len(progress.places())
        complete = rated == of and progress.so_far() is not None
        can_end = where_it_can_end(outlook_of(Scorer(progress.rubric), progress.review))
        lines = view.left_as_draft(
            sheet.shown, rated, of, go_on, is_complete=complete, can_end=can_end
        )
    show(lines, options.color)


def _command(options: FillOptions, name: str, sheet: Sheet) -> str:
    """A command over the same file, to be typed as it is."""
    parts = ["charter-score", name, slashed(options.path)]
    if options.rubric is not None and sheet.progress.review.rubric is None:
        parts += ["--rubric", slashed(options.rubric)]
    for folder in options.typed("rubrics"):
        parts += ["--rubrics", slashed(folder)]
    return shlex.join(parts)


COMMAND = Command(
    FillOptions,
    run_fill,
    help="""Fill in a review in the terminal, one criterion at a time.

    Every answer is saved at once; stop whenever you like, and the same command goes on there.
    Exit codes: 0 finished or stopped, 2 used wrongly, 3 the file cannot be filled in or scored,
    4 not saved, 130 interrupted (what was answered is saved).
    """,
    short_help="Fill in a review, question by question.",
    epilog="Example: charter-score fill review.yaml --rubric plymouth-quality-monitoring",
)
