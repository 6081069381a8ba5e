"""Result of one input: Scored, Failed or Skipped. There is no fourth, and nothing is lost."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from charter_score.diagnostics import Diagnostic
from charter_score.drafts import DraftOutlook
from charter_score.result import ReviewResult
from charter_score.rubric import CriterionKey


class Scored(NamedTuple):
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
    lines: Mapping[CriterionKey, int] = MappingProxyType({})


class Failed(NamedTuple):
    """An input that could not be scored, and everything that is wrong with it.

    `is_unlisted` is a folder that could not be listed, so nobody knows what is in it.
    """

    path: str
    diagnostics: tuple[Diagnostic, ...]
    is_unlisted: bool = False


DISPUTE_UPHELD = "dispute upheld"
"""Why a review is skipped that was overturned as a whole."""


class Skipped(NamedTuple):
    """A review that is not to be scored: a draft, void, or overturned by a dispute over all of it.

    `lacks_only_status` is True of a draft in which every criterion is rated; `because` is the
    reason that a void review gives; `outlook` says how far a draft is that is shown alone.
    """

    path: str
    id: str
    reason: str
    warnings: tuple[Diagnostic, ...] = ()
    lacks_only_status: bool = False
    because: str | None = None
    outlook: DraftOutlook | None = None


Outcome = Scored | Failed | Skipped


class Unchosen(NamedTuple):
    """What is kept of a review that a filter leaves out: the fields it gives, if it has a day."""

    fields: frozenset[str]
    has_day: bool


class LeftOut(NamedTuple):
    """An input that is not to be scored: a file of a folder that is no review, and what it is.

    Or a review that a filter leaves out, which is `unchosen`. No outcome: no output speaks of it,
    other than by counting what the filter left out.
    """

    path: str
    why: str
    unchosen: Unchosen | None = None
