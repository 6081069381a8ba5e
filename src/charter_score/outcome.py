"""What became of one input: scored, failed or skipped. Nothing else can, and nothing is lost."""

from dataclasses import dataclass

from charter_score.diagnostics import Diagnostic
from charter_score.result import ReviewResult


@dataclass(frozen=True, slots=True)
class Scored:
    """A review that was scored.

    `id` is the review's own or its file's stem; the digests are SHA-256 of the files' bytes.
    """

    path: str
    id: str
    sha256: str
    rubric_sha256: str
    result: ReviewResult
    warnings: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Failed:
    """An input that could not be scored, and everything that is wrong with it."""

    path: str
    diagnostics: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class Skipped:
    """A review that is not to be scored: a draft, or void."""

    path: str
    id: str
    reason: str
    warnings: tuple[Diagnostic, ...] = ()


Outcome = Scored | Failed | Skipped
