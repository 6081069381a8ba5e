"""The exit codes, and the few exceptions that carry one."""

import errno
import os
from collections.abc import Iterable, Iterator
from enum import IntEnum
from typing import ClassVar

from charter_score.diagnostics import Diagnostic, in_order


class ExitCode(IntEnum):
    """What the process says to its caller. Public: scripts and CI rely on the numbers."""

    OK = 0
    GATE_FAILED = 1
    USAGE = 2
    NOT_SCORED = 3
    NOT_WRITTEN = 4
    DEFECT = 70
    INTERRUPTED = 130
    TERMINATED = 143


class CharterScoreError(Exception):
    """Anything that charter-score itself says no to; knows its exit code."""

    exit_code: ClassVar[ExitCode]


class UsageError(CharterScoreError):
    """The command was used wrongly; `hint` says how it is meant.

    `others` are the further mistakes of the same command, each told as this one is.
    """

    exit_code = ExitCode.USAGE

    def __init__(
        self, message: str, hint: str | None = None, others: Iterable["UsageError"] = ()
    ) -> None:
        super().__init__(message)
        self.hint = hint
        self.others = tuple(others)

    def each(self) -> Iterator["UsageError"]:
        """This mistake and all others, each alone."""
        yield UsageError(str(self), self.hint)
        for other in self.others:
            yield from other.each()


def all_of(mistakes: Iterable[UsageError]) -> UsageError | None:
    """Several mistakes as one error, each of them once; None where there is none."""
    each = {(str(one), one.hint): one for mistake in mistakes for one in mistake.each()}
    if not each:
        return None
    first, *others = each.values()
    return UsageError(str(first), first.hint, others)


class DocumentError(CharterScoreError):
    """A document cannot be used: carries everything that is wrong with it, in order."""

    exit_code = ExitCode.NOT_SCORED

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = in_order(diagnostics)
        more = f" (and {len(self.diagnostics) - 1} more)" if len(self.diagnostics) > 1 else ""
        super().__init__("".join(map(str, self.diagnostics[:1])) + more)


class NotWrittenError(CharterScoreError):
    """An output could not be written; what stood there before still does."""

    exit_code = ExitCode.NOT_WRITTEN


_NOT_MAPPED = "failed to map segment from shared object"
_SHORTAGES = (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN)


def shortage(fault: BaseException) -> str | None:
    """What the system has run out of, where that is why a call failed: memory, files, processes.

    None for any other fault.
    """
    if isinstance(fault, MemoryError):
        return "there is not enough memory"
    if isinstance(fault, OSError) and fault.errno in _SHORTAGES:
        return os.strerror(fault.errno).lower()
    # An extension module is opened by the system's linker, which gives a text and no number.
    if isinstance(fault, ImportError):
        text = str(fault)
        if os.strerror(errno.EMFILE) in text:
            return os.strerror(errno.EMFILE).lower()
        # Behind a colon would stand another reason, such as a file system that lets nothing run.
        if os.strerror(errno.ENOMEM).lower() in text.lower() or text.endswith(_NOT_MAPPED):
            return "there is not enough memory"
    return None
