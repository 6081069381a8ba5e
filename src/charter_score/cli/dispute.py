"""What `dispute` does: writes a dispute into a review's file, or how one was decided."""

import os
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from charter_score.cli import ways_out
from charter_score.cli.settings import settings
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


@dataclass(frozen=True, slots=True)
class DisputeRequest:
    """Everything that `dispute` can be asked for; texts as they were typed."""

    path: str
    criterion: str | None = None
    says: str | None = None
    because: str | None = None
    decide: str | None = None
    who: str | None = None
    reason: str | None = None
    on: str | None = None
    rubric: str | None = None
    rubrics: Sequence[str] = ()
    color: Color = Color.AUTO


def run_dispute(request: DisputeRequest, today: date | None = None) -> ExitCode:
    """Raise a dispute, or decide one; everything else of the file stays as it is.

    The file is replaced whole, and only by a text that reads as the same review with this change.

    Raises:
        UsageError: where the request cannot be meant, or the review has no such thing; nothing was
            changed.
        NotWrittenError: where the file cannot be written; it is as it was.
    """
    outcome = _outcome(request)
    day = _day(request, today or date.today())
    _refuse_what_is_no_text(request)
    _refuse_what_is_no_review(request)
    try:
        code = _File(request).change(outcome, day)
    except DocumentError as wrong:
        tell_problems(wrong.diagnostics, request.color)
        code = ExitCode.NOT_SCORED
    return code


# ── What was asked for ────────────────────────────────────────────────────────────────────────────


def _outcome(request: DisputeRequest) -> DisputeOutcome | None:
    """How the dispute is to be decided; None where one is to be raised.

    Raises:
        UsageError: where the options do not go together.
    """
    command = f"charter-score dispute {shlex.quote(request.path)}"
    if request.decide is None:
        if request.reason is not None:
            raise UsageError("--reason goes with --decide", "why the rating is wrong is --because")
        if request.criterion is None and request.says is not None:
            raise UsageError(
                "--says needs the criterion that it speaks of",
                f"{command} SECTION.CRITERION --says RATING",
            )
        if request.says is None and (request.criterion is not None or request.because is None):
            name = request.criterion or "SECTION.CRITERION"
            raise UsageError(
                "say what the rating should be with --says, or how a dispute ended with --decide",
                f"{command} {shlex.quote(name)} --says RATING --because TEXT",
            )
        return None
    for option, value in (("--says", request.says), ("--because", request.because)):
        if value is not None:
            raise UsageError(
                f"{option} raises a dispute and --decide ends one",
                "why it was decided so is --reason",
            )
    words = {same_word(word): word for word in DECISIONS}
    word = words.get(same_word(request.decide))
    if word is None:
        *most, last = DECISIONS
        raise UsageError(
            f"--decide takes {', '.join(most)} or {last}", did_you_mean(request.decide, DECISIONS)
        )
    return DisputeOutcome(word)


def _day(request: DisputeRequest, today: date) -> str:
    if request.on is None:
        return today.isoformat()
    if not is_date(request.on):
        raise UsageError("--on takes a day as year-month-day", f"for example {today.isoformat()}")
    return request.on


def _refuse_what_is_no_text(request: DisputeRequest) -> None:
    for option, value in (
        ("--because", request.because),
        ("--who", request.who),
        ("--reason", request.reason),
    ):
        if value is None:
            continue
        if not value.strip():
            raise UsageError(f"{option}: there is nothing in it", "leave the option out")
        if any("\ud800" <= character <= "\udfff" for character in value):
            raise UsageError(f"{option} is no text", "is the terminal set to UTF-8?")
        if wrong := scalar_problem(value):
            raise UsageError(f"{option}: {wrong[1]}", wrong[2])


def _refuse_what_is_no_review(request: DisputeRequest) -> None:
    path = request.path
    if path == STANDARD_INPUT:
        raise UsageError("a dispute is written into a file", "for example review.yaml")
    if os.path.isdir(path):
        raise UsageError("dispute takes one review, not a folder", "name its file")
    options = {
        "--says": request.says, "--because": request.because, "--decide": request.decide,
        "--who": request.who, "--reason": request.reason, "--on": request.on,
    }  # fmt: skip
    words = [request.criterion] if request.criterion is not None else []
    for option, value in options.items():
        words += [option, value] if value is not None else []
    ways_out.refuse_what_is_no_yaml(path, "dispute", request.rubrics, words)


# ── The file ──────────────────────────────────────────────────────────────────────────────────────


class _File:
    """A review's file, read once, changed and written once.

    Raises:
        UsageError: where `--rubric` names nothing.
        DocumentError: with everything that is wrong with the review or its rubric.
    """

    def __init__(self, request: DisputeRequest) -> None:
        self._request = request
        self._shown = shown_path(request.path)
        self._library = Library(folders=request.rubrics or settings().rubrics)
        self._default = self._named_rubric()
        self._data = read_bytes(request.path, self._shown)
        self._document, self._loaded = self._read(self._data)

    def _named_rubric(self) -> LoadedRubric | None:
        if self._request.rubric is None:
            return None
        found = named_rubric(self._request.rubric, self._library, "--rubric")
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
        folder = os.path.dirname(self._request.path)
        return document, review_of(document, self._library, folder, self._default)

    def change(self, outcome: DisputeOutcome | None, day: str) -> ExitCode:
        """Raise or decide, write the file, and tell what came of it."""
        request, review, rubric = self._request, self._loaded.review, self._loaded.rubric.rubric
        text = self._document.text
        try:
            if outcome is None:
                target = target_of(rubric, request.criterion) if request.criterion else None
                told = {
                    "says": request.says, "because": request.because, "on": day, "by": request.who,
                }  # fmt: skip
                new = raised(text, rubric, review, target, _trimmed(told))
                name = target.name if target else None
            else:
                index, dispute = open_dispute(rubric, review, request.criterion, self._command())
                told = {
                    "outcome": outcome.value, "decided_by": request.who, "decided_on": day,
                    "reason": request.reason,
                }  # fmt: skip
                new = decided(text, index, _trimmed(told))
                name = f"{dispute.section}.{dispute.criterion}" if dispute.section else None
        except NotEditableError as wrong:
            raise DocumentError([self._document.diagnostic(_not_editable(wrong.route))]) from None
        mark = _BYTE_ORDER_MARK if self._data.startswith(_BYTE_ORDER_MARK) else b""
        data = mark + new.encode("utf-8")
        after = self._read(data)[1]
        write_file(request.path, data, self._shown)
        known = {(one.code, one.message) for one in self._loaded.warnings}
        tell_problems(
            [one for one in after.warnings if (one.code, one.message) not in known], request.color
        )
        show(self._told(outcome, name, after), request.color)
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
        asked = {"who decided (--who)": self._request.who, "why (--reason)": self._request.reason}
        return [what for what, given in asked.items() if given is None]

    def _command(self) -> str:
        """The command over the same file, to be typed as it is."""
        words = ["charter-score", "dispute", self._request.path]
        for folder in self._request.rubrics:
            words += ["--rubrics", folder]
        if self._request.rubric is not None:
            words += ["--rubric", self._request.rubric]
        return shlex.join(words)


def _trimmed(told: Mapping[str, str | None]) -> dict[str, str | None]:
    return {key: None if value is None else value.strip() for key, value in told.items()}


def _result(loaded: LoadedReview) -> ReviewResult | None:
    """The score of a review; None where it has none."""
    if not loaded.review.status.is_scored:
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
