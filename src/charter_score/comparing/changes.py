"""What a comparison says: each change with the figures it touches, and what follows from all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from charter_score.rubric import CriterionKey, Rubric

Place = tuple[str, ...]
"""Ids from the outside in: none, a section, or a section and its criterion."""


class Figure(StrEnum):
    """What a change can touch. A share that is touched takes all the others with it."""

    SHARES = "shares"
    SECTION_SHARES = "section_shares"
    BANDS = "bands"
    BAND_NAMES = "band_names"
    EXPECTED = "expected"
    POINTS = "points"
    TAGS = "tags"
    REVIEWS = "reviews"
    """Not a figure of a score but which reviews are accepted as they are."""


class Kind(StrEnum):
    """What happened to something."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    MOVED = "moved"
    REORDERED = "reordered"
    REWORDED = "reworded"
    CHANGED = "changed"


class Verdict(StrEnum):
    """Whether scores of the two rubrics may stand side by side."""

    WORDING_ONLY = "wording only"
    COMPARABLE = "comparable"
    NOT_COMPARABLE = "not comparable"


class Step(StrEnum):
    """How large a step in the version the changes ask for, in the words of semantic versions."""

    PATCH = "patch or none"
    MINOR = "minor"
    MAJOR = "major"


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes:
        kind: What happened.
        what: To what: `section`, `criterion`, `band`, or the name of a field such as `points`.
        place: The section, or section and criterion, in the ids of the new rubric, of the old one
            for what was removed; empty for the rubric itself.
        title: What people call it: the title of the section or criterion, the name of the band or
            field; empty for the rubric itself.
        old: What stood there; None where nothing did.
        new: What stands there now.
        touches: The figures that can differ because of it.
    """

    kind: Kind
    what: str
    place: Place
    title: str
    old: str | None = None
    new: str | None = None
    touches: frozenset[Figure] = frozenset()


@dataclass(frozen=True, slots=True)
class Carry:
    """What a review of the old needs before the new accepts it; no share depends on how it is done.

    Attributes:
        renamed: Old place of a rating to its new one.
        dropped: Ratings that have no place any more.
        rate: Criteria to be rated anew, as far as they apply: none has points.
        comment: Criteria whose rating may now need a comment.
        fill: Fields of the interaction whose rules became stricter.
        respell: Words of a reviewer that the new does not read as the old did, to what to write.
    """

    renamed: Mapping[CriterionKey, CriterionKey] = field(default_factory=dict)
    dropped: tuple[CriterionKey, ...] = ()
    rate: tuple[CriterionKey, ...] = ()
    comment: tuple[CriterionKey, ...] = ()
    fill: tuple[str, ...] = ()
    respell: Mapping[str, str] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        """Whether reviews can stay as they are."""
        parts = (self.renamed, self.dropped, self.rate, self.comment, self.fill, self.respell)
        return not any(parts)


class Example(NamedTuple):
    """One review whose share differs: everything met but the two criteria that are named."""

    missed: str | None
    not_applicable: str | None
    old: Fraction
    new: Fraction


@dataclass(frozen=True, slots=True)
class RubricChanges:
    """Everything that differs between two rubrics, and what follows from it."""

    old: Rubric
    new: Rubric
    changes: tuple[Change, ...]
    carry: Carry
    example: Example | None

    @property
    def touched(self) -> frozenset[Figure]:
        """Every figure that can differ."""
        found = frozenset(figure for change in self.changes for figure in change.touches)
        return frozenset(Figure) if Figure.SHARES in found else found

    @property
    def verdict(self) -> Verdict:
        """Whether scores may stand side by side."""
        if Figure.SHARES in self.touched:
            return Verdict.NOT_COMPARABLE
        return Verdict.COMPARABLE if self.touched else Verdict.WORDING_ONLY

    @property
    def step(self) -> Step:
        """How large a step in the version this asks for."""
        match self.verdict:
            case Verdict.WORDING_ONLY:
                return Step.PATCH
            case Verdict.COMPARABLE:
                return Step.MINOR
            case Verdict.NOT_COMPARABLE:
                return Step.MAJOR

    @property
    def says_same_version(self) -> bool:
        """Whether the two differ and yet have one id and one version."""
        return bool(self.changes) and self.old.name == self.new.name
