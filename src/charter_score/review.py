"""The review: one reviewer's ratings of one interaction against one rubric.

Frozen pydantic models like those of `rubric`; what a review leaves out is None or empty. Ratings
are the reviewer's own words here: what they mean depends on the rubric.
"""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Any, get_args

from pydantic import (
    AfterValidator,
    Field,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    PlainValidator,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import CoreSchema, core_schema

from charter_score.field_types import (
    ANY_SCALAR,
    FROM_LIST,
    READ_ONLY,
    AnyText,
    Day,
    LooseDay,
    MisshapenError,
    Model,
    Name,
    OptionalText,
    OrText,
    ReadOnly,
    Text,
    choice,
    day_of,
    read_any_text,
    read_name,
    reported,
)
from charter_score.rating import LONGEST_WORD, same_word
from charter_score.rubric import Interaction, same_value, values_of
from charter_score.scalars import Boolean, Null, Number, Scalar


class Status(StrEnum):
    """Whether a review is scored, and what its score counts for.

    Draft and void are only listed; calibration and an advisor's own view (self) are left out of
    what is said of a team.
    """

    FINAL = "final"
    DRAFT = "draft"
    VOID = "void"
    CALIBRATION = "calibration"
    SELF = "self"

    @property
    def is_scored(self) -> bool:
        """True where every criterion must be rated and the review gets a score."""
        return self in (Status.FINAL, Status.CALIBRATION, Status.SELF)


class Selection(StrEnum):
    """How the contact was chosen: one that was not left to chance says nothing of a team."""

    RANDOM = "random"
    TARGETED = "targeted"
    REQUESTED = "requested"


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
    if value is None or isinstance(value, Null):
        return None
    if isinstance(value, Boolean):
        raise no_rating()
    return read_name(value)


def no_rating() -> MisshapenError:
    """What is wrong with `true` or `false` where a rating is wanted."""
    return MisshapenError(
        "unknown-rating",
        "true and false are not ratings",
        "write met, not met or n/a, or one of the criterion's levels",
    )


_RATING_SCHEMA = {"type": ["string", "number", "null"]}
Word = Annotated[str | None, PlainValidator(reported(_read_rating)), WithJsonSchema(_RATING_SCHEMA)]
"""A rating as the reviewer wrote it."""


class Rated(Model):
    """One criterion as the reviewer rated it."""

    rating: Word = Field(
        default=None, description="met, not met or n/a, or one of the criterion's levels."
    )
    comment: OptionalText = Field(default=None, description="What the reviewer saw or heard.")
    evidence: OptionalText = Field(
        default=None, description="Where it can be found, such as a time in the recording."
    )
    causes: Annotated[tuple[Text, ...], FROM_LIST] = Field(
        default=(), description="Why it was missed: some of the rubric's causes."
    )


class WholeSection(Model):
    """A section rated in one go: n/a, for each of its criteria that applies."""

    rating: Word = Field(default=None, description="n/a, for the whole section.")
    comment: OptionalText = Field(
        default=None, description="Why nothing of it applied; it stands for each criterion."
    )

    @property
    def rated(self) -> Rated:
        """How each criterion of the section is rated by this."""
        return Rated(rating=self.rating, comment=self.comment)


_RATED_BY_WORD: dict[str, Rated] = {}
"""One object for all ratings of a word: a month of reviews says `met` ten thousand times."""
_MOST_WORDS = 4_096


class ShortForms:
    """Marks the ratings of a section, where a word stands for a rating with nothing beside it.

    All of a section's words are looked up in one go, since a call for each takes most of the time
    that checking a review takes. What is no rating stays, for pydantic to find it at its place. A
    word in place of the section, or a mapping with a `rating` (no criterion is called so), rates
    the whole section.
    """

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        each = handler.generate_schema(get_args(source)[1])
        return core_schema.no_info_wrap_validator_function(
            _each_or_whole,
            each,
            serialization=core_schema.wrap_serializer_function_ser_schema(_dumped, schema=each),
        )

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        each = dict(handler(schema))
        each["additionalProperties"] = {"anyOf": [_RATING_SCHEMA, each["additionalProperties"]]}
        whole = handler(WholeSection.__pydantic_core_schema__)
        return {"anyOf": [{"type": "string"}, whole, each]}


def _each_or_whole(section: Any, each: Callable[[Any], Any]) -> Any:
    """The ratings of a section, each word as the rating that it stands for; or its one rating."""
    if isinstance(section, dict):
        if "rating" in section:
            return WholeSection.model_validate(section, by_alias=True, by_name=False)
        words = _RATED_BY_WORD
        return ReadOnly(
            each(
                {
                    criterion: words.get(rating) or _rated(rating)
                    if type(rating) is str
                    else _rated(rating)
                    for criterion, rating in section.items()
                }
            )
        )
    if isinstance(section, WholeSection):
        return section
    if isinstance(section, str | Number) and str(section).strip():
        return WholeSection(rating=str(section))
    return each(section)


def _dumped(section: Any, each: Callable[[Any], Any]) -> Any:
    """A section's ratings in the plain values of a dump."""
    return section.model_dump() if isinstance(section, WholeSection) else each(section)


def _rated(word: Any) -> Any:
    """The rating that a word stands for; anything else as it is."""
    if isinstance(word, Boolean) or not isinstance(word, str | Scalar):
        return word
    if isinstance(word, Null):
        return Rated()
    text = str(word)
    if not text.strip():
        return word
    rating = Rated(rating=text)
    if len(_RATED_BY_WORD) < _MOST_WORDS and len(text) <= LONGEST_WORD:
        _RATED_BY_WORD[text] = rating
    return rating


class Action(Model):
    """Something agreed: what, who does it, by when."""

    what: Text = Field(description="What was agreed.")
    who: OptionalText = Field(default=None, description="Who does it.")
    by: OptionalText = Field(default=None, description="By when.")
    agreed: LooseDay | None = Field(default=None, description="The day it was agreed.")
    done: OptionalText = Field(default=None, description="What became of it, or the day.")


class Dispute(Model):
    """A challenge to one rating, or to the whole review: why, and how it was decided."""

    section: OptionalText = Field(
        default=None,
        description="The section of the disputed criterion; without both it is the whole review.",
    )
    criterion: OptionalText = Field(default=None, description="The disputed criterion.")
    says: Word = Field(default=None, description="The rating that it should have.")
    because: OptionalText = Field(default=None, description="Why.")
    on: LooseDay | None = Field(default=None, description="The day on which it was raised.")
    by: OptionalText = Field(default=None, description="Who raised it.")
    outcome: Annotated[DisputeOutcome, *choice(DisputeOutcome, same_word)] = Field(
        default=DisputeOutcome.OPEN, description="How it ended."
    )
    decided_by: OptionalText = Field(default=None, description="Who decided it.")
    decided_on: LooseDay | None = Field(default=None, description="The day of the decision.")
    reason: OptionalText = Field(default=None, description="Why it was decided so.")

    @property
    def is_over_all(self) -> bool:
        """Whether it is over the whole review."""
        return self.section is None and self.criterion is None


Ratings = Annotated[
    Mapping[str, Annotated[WholeSection | Mapping[str, Rated], ShortForms()]], READ_ONLY
]


def _with_day(interaction: Interaction) -> Interaction:
    """The interaction with its date as a day, also where a time stood behind it."""
    date = interaction.get("date")
    if date is None:
        return ReadOnly(interaction)
    day = day_of(date) if isinstance(date, str) else tuple(map(day_of, date))
    return ReadOnly({**interaction, "date": day})


FieldValue = Annotated[
    str | tuple[str, ...],
    OrText(read_any_text, Annotated[tuple[AnyText, ...], FROM_LIST], ANY_SCALAR),
]


class Review(Model):
    """One reviewer's ratings, with what was said about them since."""

    ratings: Ratings = Field(
        description="Section to criterion to rating, or section to n/a for all of it."
    )
    rubric: OptionalText = Field(
        default=None, description="What it is scored against: an id, id@version or a path."
    )
    id: Name | None = Field(
        default=None, description="The review's name; that of its file where it has none."
    )
    status: Annotated[Status, *choice(Status, same_word)] = Field(
        default=Status.FINAL, description="Whether it is scored, and what its score counts for."
    )
    reviewed: Day | None = Field(default=None, description="The day of the review.")
    selection: Annotated[Selection, *choice(Selection, same_word)] = Field(
        default=Selection.RANDOM, description="How the contact was chosen."
    )
    drafted_by: OptionalText = Field(
        default=None,
        description="A model that drafted it; without a reviewer it stays a draft.",
    )
    reason: OptionalText = Field(default=None, description="Why it is void.")
    retain_until: Day | None = Field(default=None, description="The day until which it is kept.")
    advisor: OptionalText = Field(default=None, description="Whose work is reviewed.")
    reviewer: OptionalText = Field(default=None, description="Who reviews it.")
    team: OptionalText = Field(default=None, description="The advisor's team.")
    interaction: Annotated[Mapping[str, FieldValue], AfterValidator(_with_day)] = Field(
        default_factory=ReadOnly,
        description="What is known of the interaction: date, channel, reference, and any other "
        "field.",
    )
    done_well: Annotated[tuple[Text, ...], FROM_LIST] = Field(
        default=(), description="What was done well, in the reviewer's own words."
    )
    could_be_better: Annotated[tuple[Text, ...], FROM_LIST] = Field(
        default=(), description="What could be better, in the reviewer's own words."
    )
    notes: OptionalText = Field(
        default=None, description="A paragraph for the coaching conversation."
    )
    actions: Annotated[tuple[Action, ...], FROM_LIST] = Field(
        default=(), description="What was agreed."
    )
    advisor_comment: OptionalText = Field(default=None, description="The advisor's own words.")
    acknowledged: Day | None = Field(
        default=None, description="The day on which the advisor saw the review."
    )
    disputes: Annotated[tuple[Dispute, ...], FROM_LIST] = Field(
        default=(), description="Challenges to ratings, in the order in which they were raised."
    )

    @model_validator(mode="before")
    @classmethod
    def _void_without_ratings(cls, values: Any) -> Any:
        """An abandoned contact has nothing to rate."""
        if isinstance(values, dict) and "ratings" not in values:
            status = values.get("status")
            if isinstance(status, str) and same_word(status) == Status.VOID.value:
                return {**values, "ratings": {}}
        return values

    @property
    def standing(self) -> Status:
        """The status that counts: what a model drafted is a draft until a reviewer stands."""
        is_unread = self.drafted_by is not None and self.reviewer is None
        return Status.DRAFT if is_unread and self.status.is_scored else self.status

    @property
    def is_scored(self) -> bool:
        """Whether every criterion must be rated and the review gets a score."""
        return self.standing.is_scored

    @property
    def is_overturned(self) -> bool:
        """Whether a dispute over the whole review was upheld; the last decided one counts."""
        decided = [one for one in self.disputes if one.is_over_all and one.outcome.is_decision]
        return bool(decided) and decided[-1].outcome is DisputeOutcome.UPHELD

    @property
    def contact(self) -> tuple[str, str] | None:
        """The contact and who reviewed it, as far as both are said; reviewed twice it counts twice.

        Calibration and an advisor's own view count nowhere.
        """
        references = values_of(self.interaction, "reference")
        if len(references) != 1 or self.reviewer is None or self.status is not Status.FINAL:
            return None
        return same_value(references[0]), same_value(self.reviewer)

    def rated(self, section: str, criterion: str) -> Rated | None:
        """How a criterion is rated, by itself or with its whole section; None where it is not."""
        given = self.ratings.get(section)
        if isinstance(given, WholeSection):
            return given.rated
        return None if given is None else given.get(criterion)


def without_comments(review: Review) -> Review:
    """The review without any free text; ratings, names, dates and outcomes stay."""
    ratings = {
        section: WholeSection(rating=given.rating)
        if isinstance(given, WholeSection)
        else ReadOnly(
            {
                criterion: Rated(rating=own.rating, causes=own.causes)
                for criterion, own in given.items()
            }
        )
        for section, given in review.ratings.items()
    }
    disputes = [
        dispute.model_copy(update={"because": None, "reason": None}) for dispute in review.disputes
    ]
    return review.model_copy(
        update={
            "ratings": ReadOnly(ratings),
            "disputes": tuple(disputes),
            "done_well": (),
            "could_be_better": (),
            "notes": None,
            "actions": (),
            "advisor_comment": None,
            "reason": None,
        }
    )
