"""What became of one input: scored, failed or skipped. Nothing else can, and nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from charter_score.diagnostics import Diagnostic
from charter_score.result import ReviewResult


@dataclass(frozen=True, slots=True)
class Scored:
    """A review that was scored.

    `id` is the review's own or its file's stem; the digests are SHA-256 of the files' bytes.
    `lines` has the line of each rated criterion (by section and criterion), where an output wants
    to point there.
    """

    path: str
    id: str
    sha256: str
    rubric_sha256: str
    result: ReviewResult
    warnings: tuple[Diagnostic, ...] = ()
    lines: Mapping[tuple[str, str], int] = field(default_factory=dict)


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
