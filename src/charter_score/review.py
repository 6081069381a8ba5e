"""The review: one reviewer's ratings of one interaction against one rubric.

Frozen dataclasses like those of `rubric`; what a review leaves out is None or empty. Ratings are
the reviewer's own words here: what they mean depends on the rubric.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, Any, ClassVar

from charter_score import field_types
from charter_score.field_types import MisshapenError, OrText, Shape
from charter_score.rubric import FORBID_UNKNOWN, OptionalText, Text
from charter_score.scalars import Boolean, Null


class Status(StrEnum):
    """Whether a review is scored: final and calibration are, draft and void are only listed."""

    FINAL = "final"
    DRAFT = "draft"
    VOID = "void"
    CALIBRATION = "calibration"

    @property
    def is_scored(self) -> bool:
        """True where every criterion must be rated and the review gets a score."""
        return self in (Status.FINAL, Status.CALIBRATION)


class DisputeOutcome(StrEnum):
    """How a dispute ended. A withdrawn one decides nothing: it is as if it had not been made."""

    OPEN = "open"
    UPHELD = "upheld"
    NOT_UPHELD = "not upheld"
    WITHDRAWN = "withdrawn"

    @property
    def is_decision(self) -> bool:
        """True where somebody decided over the rating."""
        return self in (DisputeOutcome.UPHELD, DisputeOutcome.NOT_UPHELD)


def _read_rating(value: object) -> str | None:
    """The reviewer's word; None where nothing was written, which is unrated and never n/a."""
    if isinstance(value, Null):
        return None
    if isinstance(value, Boolean):
        raise MisshapenError(
            "unknown-rating",
            "true and false are not ratings",
            "write met, not met or n/a, or one of the criterion's levels",
        )
    return field_types.read_name(value)


RATING = Shape(_read_rating, {"type": ["string", "number", "null"]})


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One criterion as the reviewer rated it; `rating` None is unrated."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    rating: Annotated[str | None, RATING] = None
    comment: OptionalText = None
    evidence: OptionalText = None


def rated(word: object) -> Rated:
    """The short form of a rating: only its word."""
    return _rated(word) if type(word) is str else Rated(rating=RATING.read(word))


@lru_cache(maxsize=4096)
def _rated(word: str) -> Rated:
    """One object for all ratings of a word: a month of reviews says `met` ten thousand times."""
    return Rated(rating=RATING.read(word))


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something agreed: what, who does it, by when."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    what: Text
    who: OptionalText = None
    by: OptionalText = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute:
    """A challenge to one rating: what it should say, why, and how it was decided."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    section: Text
    criterion: Text
    says: Annotated[str | None, RATING]
    because: OptionalText = None
    on: OptionalText = None
    by: OptionalText = None
    outcome: Annotated[DisputeOutcome, field_types.choice(DisputeOutcome)] = DisputeOutcome.OPEN
    decided_by: OptionalText = None
    decided_on: OptionalText = None
    reason: OptionalText = None


Ratings = Mapping[str, Mapping[str, Annotated[Rated, OrText(rated, Rated, RATING.json_schema)]]]
FieldValue = Annotated[
    str | tuple[str, ...],
    OrText(
        field_types.read_any_text,
        tuple[Annotated[str, field_types.ANY_TEXT], ...],
        field_types.ANY_TEXT.json_schema,
    ),
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """One reviewer's ratings, with what was said about them since.

    `ratings` goes from section to criterion to the rating; `disputes` stay beside the ratings, in
    the order they were raised.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    ratings: Ratings
    rubric: OptionalText = None
    id: Annotated[str | None, field_types.NAME] = None
    status: Annotated[Status, field_types.choice(Status)] = Status.FINAL
    advisor: OptionalText = None
    reviewer: OptionalText = None
    team: OptionalText = None
    interaction: Mapping[str, FieldValue] = field(default_factory=dict)
    done_well: tuple[Text, ...] = ()
    could_be_better: tuple[Text, ...] = ()
    notes: OptionalText = None
    actions: tuple[Action, ...] = ()
    advisor_comment: OptionalText = None
    acknowledged: OptionalText = None
    disputes: tuple[Dispute, ...] = ()


def without_comments(review: Review) -> Review:
    """The review without any free text; ratings, names, dates and outcomes stay."""
    return replace(
        review,
        ratings={
            section: {criterion: Rated(rating=own.rating) for criterion, own in ratings.items()}
            for section, ratings in review.ratings.items()
        },
        disputes=tuple(replace(one, because=None, reason=None) for one in review.disputes),
        done_well=(),
        could_be_better=(),
        notes=None,
        actions=(),
        advisor_comment=None,
    )
