"""What `dispute` does: writes a dispute into a review's file, or how one was decided."""

import os
import shlex
from collections.abc import Mapping
from datetime import date
from typing import Annotated

import typer

from charter_score.cli import ways_out
from charter_score.cli.commands import Command
from charter_score.cli.dispute_window import refuse_too_late
from charter_score.cli.options import (
    ColorOption,
    Debug,
    Name,
    Options,
    RubricFolders,
    RubricOption,
    Text,
)
from charter_score.cli.terminal import Color, show, tell_problems
from charter_score.diagnostics import At, Problem, Route, did_you_mean
from charter_score.errors import DocumentError, ExitCode, UsageError
from charter_score.field_types import is_date
from charter_score.filling import dispute_view
from charter_score.filling.disputing import decided, open_dispute, raised, target_of
from charter_score.library import Library, LoadedReview, LoadedRubric, named_rubric, review_of
from charter_score.rating import same_word
from charter_score.render.text.blocks import Parts
from charter_score.result import ReviewResult
from charter_score.review import DisputeOutcome
from charter_score.scoring import NothingObservedError
from charter_score.source.document import Document, scalar_problem
from charter_score.source.edit import NotEditableError
from charter_score.source.files import STANDARD_INPUT, read_bytes, shown_path
from charter_score.source.reading import is_rubric, read_document
from charter_score.wire.ours import is_ours
from charter_score.writing import write_file

DECISIONS = tuple(one.value for one in DisputeOutcome if one is not DisputeOutcome.OPEN)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class DisputeOptions(Options):
    """Everything that `dispute` can be asked for; texts as they were typed."""

    path: Annotated[Name, typer.Argument(metavar="FILE", help="The review's file.")]
    criterion: Annotated[
        Name | None,
        typer.Argument(
            metavar="SECTION.CRITERION",
            help="The rating in question; without it, the whole review, or the open dispute.",
        ),
    ] = None
    says: Annotated[
        Text | None,
        typer.Option("--says", metavar="RATING", help="Raise: the rating that it should be."),
    ] = None
    because: Annotated[
        Text | None, typer.Option("--because", metavar="TEXT", help="Raise: why.")
    ] = None
    decide: Annotated[
        Text | None,
        typer.Option(
            "--decide",
            metavar="OUTCOME",
            help="Decide the open one: upheld, not upheld or withdrawn.",
        ),
    ] = None
    who: Annotated[
        Text | None, typer.Option("--who", metavar="NAME", help="Who raises it, or decides it.")
    ] = None
    reason: Annotated[
        Text | None, typer.Option("--reason", metavar="TEXT", help="Decide: why so.")
    ] = None
    on: Annotated[
        Text | None, typer.Option("--on", metavar="DAY", help="The day to write; today without it.")
    ] = None
    rubric: RubricOption = None
    rubrics: RubricFolders = ()
    color: ColorOption = Color.AUTO
    debug: Debug = False


def run_dispute(options: DisputeOptions, today: date | None = None) -> ExitCode:
    """Raise a dispute, or decide one; everything else of the file stays as it is.

    The file is replaced whole, and only by a text that reads as the same review with this change.

    Raises:
        UsageError: where the options cannot be meant, or the review has no such thing; nothing was
            changed.
        NotWrittenError: where the file cannot be written; it is as it was.
    """
    outcome = _outcome(options)
    day = _day(options, today or date.today())
    _refuse_what_is_no_text(options)
    _refuse_what_is_no_review(options)
    try:
        code = _File(options).change(outcome, day)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, options.color)
        code = ExitCode.NOT_SCORED
    return code


# ── What was asked for ────────────────────────────────────────────────────────────────────────────


def _outcome(options: DisputeOptions) -> DisputeOutcome | None:
    """How the dispute is to be decided; None where one is to be raised.

    Raises:
        UsageError: where the options do not go together.
    """
    command = f"charter-score dispute {shlex.quote(options.path)}"
    if options.decide is None:
        if options.reason is not None:
            raise UsageError("--reason goes with --decide", "why the rating is wrong is --because")
        if options.criterion is None and options.says is not None:
            raise UsageError(
                "--says needs the criterion that it speaks of",
                f"{command} SECTION.CRITERION --says RATING",
            )
        if options.says is None and (options.criterion is not None or options.because is None):
            name = options.criterion or "SECTION.CRITERION"
            raise UsageError(
                "say what the rating should be with --says, or how a dispute ended with --decide",
                f"{command} {shlex.quote(name)} --says RATING --because TEXT",
            )
        return None
    for option, value in (("--says", options.says), ("--because", options.because)):
        if value is not None:
            raise UsageError(
                f"{option} raises a dispute and --decide ends one",
                "why it was decided so is --reason",
            )
    words = {same_word(word): word for word in DECISIONS}
    word = words.get(same_word(options.decide))
    if word is None:
        *most, last = DECISIONS
        raise UsageError(
            f"--decide takes {', '.join(most)} or {last}", did_you_mean(options.decide, DECISIONS)
        )
    return DisputeOutcome(word)


def _day(options: DisputeOptions, today: date) -> str:
    if options.on is None:
        return today.isoformat()
    if not is_date(options.on):
        raise UsageError("--on takes a day as year-month-day", f"for example {today.isoformat()}")
    return options.on


def _refuse_what_is_no_text(options: DisputeOptions) -> None:
    for option, value in (
        ("--because", options.because),
        ("--who", options.who),
        ("--reason", options.reason),
    ):
        if value is None:
            continue
        if not value.strip():
            raise UsageError(f"{option}: there is nothing in it", "leave the option out")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise UsageError(f"{option} is no text", "is the terminal set to UTF-8?")
        if wrong := scalar_problem(value):
            raise UsageError(f"{option}: {wrong[1]}", wrong[2])


def _refuse_what_is_no_review(options: DisputeOptions) -> None:
    path = options.path
    if path == STANDARD_INPUT:
        raise UsageError("a dispute is written into a file", "for example review.yaml")
    if os.path.isdir(path):
        raise UsageError("dispute takes one review, not a folder", "name its file")
    texts = {
        "--says": options.says, "--because": options.because, "--decide": options.decide,
        "--who": options.who, "--reason": options.reason, "--on": options.on,
    }  # fmt: skip
    words = [options.criterion] if options.criterion is not None else []
    for option, value in texts.items():
        words += [option, value] if value is not None else []
    ways_out.refuse_what_is_no_yaml(path, "dispute", options.typed("rubrics"), words)


# ── The file ──────────────────────────────────────────────────────────────────────────────────────


class _File:
    """A review's file, read once, changed and written once.

    Raises:
        UsageError: where `--rubric` names nothing.
        DocumentError: with everything that is wrong with the review or its rubric.
    """

    def __init__(self, options: DisputeOptions) -> None:
        self._options = options
        self._shown = shown_path(options.path)
        self._library = Library(folders=options.rubrics)
        self._default = self._named_rubric()
        self._data = read_bytes(options.path, self._shown)
        self._document, self._loaded = self._read(self._data)

    def _named_rubric(self) -> LoadedRubric | None:
        if self._options.rubric is None:
            return None
        found = named_rubric(self._options.rubric, self._library, "--rubric")
        if isinstance(found, DocumentError):
            raise found
        self._library.add(found)
        return found

    def _read(self, data: bytes) -> tuple[Document, LoadedReview]:
        document = read_document(data, self._shown)
        if is_rubric(document.value) or is_ours(document.value):
            problem = Problem(
                "not-a-review", "this document is no review", (), hint="dispute takes a review"
            )
            raise DocumentError([document.diagnostic(problem)])
        folder = os.path.dirname(self._options.path)
        return document, review_of(document, self._library, folder, self._default)

    def change(self, outcome: DisputeOutcome | None, day: str) -> ExitCode:
        """Raise or decide, write the file, and tell what came of it."""
        options, review, rubric = self._options, self._loaded.review, self._loaded.rubric.rubric
        text = self._document.text
        if outcome is None:
            refuse_too_late(review, day)
        try:
            if outcome is None:
                target = target_of(rubric, options.criterion) if options.criterion else None
                told = {
                    "says": options.says, "because": options.because, "on": day, "by": options.who,
                }  # fmt: skip
                new = raised(text, rubric, review, target, _trimmed(told))
                name = target.name if target else None
            else:
                index, dispute = open_dispute(rubric, review, options.criterion, self._command())
                told = {
                    "outcome": outcome.value, "decided_by": options.who, "decided_on": day,
                    "reason": options.reason,
                }  # fmt: skip
                new = decided(text, index, _trimmed(told))
                name = f"{dispute.section}.{dispute.criterion}" if dispute.section else None
        except NotEditableError as wrong:
            raise DocumentError([self._document.diagnostic(_not_editable(wrong.route))]) from None
        mark = _BYTE_ORDER_MARK if self._data.startswith(_BYTE_ORDER_MARK) else b""
        data = mark + new.encode("utf-8")
        after = self._read(data)[1]
        write_file(options.path, data, self._shown)
        known = {(one.code, one.message) for one in self._loaded.warnings}
        tell_problems(
            [one for one in after.warnings if (one.code, one.message) not in known], options.color
        )
        show(self._told(outcome, name, after), options.color)
        return ExitCode.OK

    def _told(self, outcome: DisputeOutcome | None, name: str | None, after: LoadedReview) -> Parts:
        before, now = _result(self._loaded), _result(after)
        if outcome is not None:
            return dispute_view.decided(
                self._shown, name, outcome, self._lacking(outcome), before, now
            )
        decide = f"--decide {'|'.join(map(shlex.quote, DECISIONS))} --who NAME --reason TEXT"
        command = " ".join(part for part in (self._command(), name, decide) if part)
        return dispute_view.raised(self._shown, name, now, command)

    def _lacking(self, outcome: DisputeOutcome) -> list[str]:
        """What a decision should say and this one does not."""
        if not outcome.is_decision:
            return []
        asked = {"who decided (--who)": self._options.who, "why (--reason)": self._options.reason}
        return [what for what, given in asked.items() if given is None]

    def _command(self) -> str:
        """The command over the same file, to be typed as it is."""
        words = ["charter-score", "dispute", self._options.path]
        for folder in self._options.typed("rubrics"):
            words += ["--rubrics", folder]
        if self._options.rubric is not None:
            words += ["--rubric", self._options.rubric]
        return shlex.join(words)


def _trimmed(told: Mapping[str, str | None]) -> dict[str, str | None]:
    return {key: None if value is None else value.strip() for key, value in told.items()}


def _result(loaded: LoadedReview) -> ReviewResult | None:
    """The score of a review; None where it has none."""
    if not loaded.review.is_scored:
        return None
    try:
        return loaded.rubric.scorer.score(loaded.review)
    except NothingObservedError:
        return None


def _not_editable(route: Route) -> Problem:
    return Problem(
        "not-editable",
        "this is written in a way that cannot be changed without touching more of it",
        route,
        At.KEY,
        "write the dispute in an editor; charter-score schema review says how",
    )


COMMAND = Command(
    DisputeOptions,
    run_dispute,
    help="""Dispute a rating, or decide a dispute: written into the file, all else of it kept.

    The rating itself stays; the score follows the dispute once it is upheld.
    Exit codes: 0 written, 2 used wrongly or there is no such thing, 3 the review has errors,
    4 not written.
    """,
    short_help="Dispute a rating, or decide a dispute.",
    epilog="Example: charter-score dispute review.yaml welcome.greeting --says met "
    '--because "It is at 00:02."',
)
