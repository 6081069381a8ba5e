"""The rubric: a standard of service as sections of criteria, with bands and an expected score.

The types are frozen standard-library dataclasses; `source.validation` hands them to pydantic, which
builds them from a document, finds everything that is wrong, and publishes their JSON Schema. They
import no pydantic themselves, so that `score review.yaml` need not wait for it
(docs/decisions/0002).

Numbers are exact fractions from the text; percentages are shares from 0 to 1.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, ClassVar

from charter_score import field_types
from charter_score.field_types import OrText
from charter_score.rating import (
    LONGEST_WORD,
    NOT_APPLICABLE_WORDS,
    RATING_WORDS,
    Policy,
    Rating,
    same_word,
)

Text = Annotated[str, field_types.TEXT]
OptionalText = Annotated[str | None, field_types.TEXT]
Slug = Annotated[str, field_types.SLUG]
Decimal = Annotated[Fraction, field_types.DECIMAL]
Flag = Annotated[bool, field_types.FLAG]
Levels = Mapping[str, Decimal]
Interaction = Mapping[str, str | tuple[str, ...]]
CriterionKey = tuple[str, str]
"""Section id and criterion id."""

FORBID_UNKNOWN: dict[str, Any] = {
    "extra": "forbid",
    # `from` is a word of Python's: the field is `from_`, the document says `from`.
    "alias_generator": lambda name: name.rstrip("_"),
}
"""Pydantic's configuration for every type that a document is read into."""


class Combine(StrEnum):
    """How sections make the total: by plain points, or by the weight of each section."""

    POINTS = "points"
    SECTION_WEIGHTS = "section_weights"


class OnCritical(StrEnum):
    """What missing a critical criterion does to the review."""

    LOWEST_BAND = "lowest_band"
    ZERO = "zero"


class Permission(StrEnum):
    """Whether a reviewer may rate a criterion n/a."""

    ALLOWED = "allowed"
    NEEDS_COMMENT = "needs_comment"
    FORBIDDEN = "forbidden"


class CommentRule(StrEnum):
    """When a reviewer must write a comment."""

    OPTIONAL = "optional"
    WHEN_MISSED = "when_missed"


def _scale_name(value: object) -> str:
    """The name of a scale, in the form of the keys of `scales`: Unicode NFC."""
    import unicodedata

    text = field_types.read_text(value)
    return text if len(text) > LONGEST_WORD else unicodedata.normalize("NFC", text)


def normal_value(text: str) -> str:
    """A value of an interaction field as it is shown for all that are equal: NFC, trimmed."""
    if text.isascii() or len(text) > LONGEST_WORD:
        return text.strip()
    import unicodedata

    return unicodedata.normalize("NFC", text).strip()


def same_value(text: str) -> str:
    """The form in which two values of an interaction field are equal: NFC, case aside, trimmed."""
    if text.isascii():
        return text.casefold().strip()
    if len(text) > LONGEST_WORD:
        return text.strip()
    import unicodedata

    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


def values_of(interaction: Interaction, name: str) -> tuple[str, ...]:
    """What a review says in one interaction field; empty where it says nothing."""
    value = interaction.get(name, ())
    values = (value,) if isinstance(value, str) else value
    return tuple(text for text in values if text.strip())


Condition = Annotated[
    Mapping[
        str,
        Annotated[
            tuple[str, ...],
            OrText(
                lambda text: (str(text),),
                tuple[Annotated[str, field_types.ANY_TEXT], ...],
                field_types.ANY_TEXT.json_schema,
            ),
        ],
    ],
    "field of the interaction -> the values that let it hold",
]


def holds(condition: Mapping[str, tuple[str, ...]], interaction: Interaction) -> bool:
    """Whether every field of a condition holds: one of its values is enough, case aside."""
    return all(
        {same_value(value) for value in allowed}
        & {same_value(value) for value in values_of(interaction, name)}
        for name, allowed in condition.items()
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One thing that is judged.

    Attributes:
        id: Unique in its section.
        title: What is judged, in a few words.
        guidance: What a reviewer should hear or see.
        advice: What to practise when it was missed.
        source: Where the standard says so.
        points: What it can earn; None stands for 1, or for the highest of its levels.
        levels: Rating word to points instead of `points`, or the name of one of the rubric's
            scales.
        looks_like: Rating word to what it looks like here.
        critical: Missing it fails the review.
        not_applicable: Whether it may be rated n/a.
        comment: When a comment must be written.
        applies_when: Where this does not hold, the criterion does not exist for the review.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    id: Slug
    title: Text
    guidance: Text = ""
    advice: Text = ""
    source: Text = ""
    points: Annotated[Fraction | None, field_types.DECIMAL] = None
    levels: Annotated[Levels | str | None, OrText(_scale_name, Levels)] = None
    looks_like: Mapping[str, Text] = field(default_factory=dict)
    critical: Flag = False
    not_applicable: Annotated[Permission, field_types.choice(Permission)] = Permission.ALLOWED
    comment: Annotated[CommentRule, field_types.choice(CommentRule)] = CommentRule.OPTIONAL
    applies_when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A stage of the interaction, the unit of the breakdown.

    `weight` is given exactly when the rubric combines by `section_weights`.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    id: Slug
    title: Text
    criteria: tuple[Criterion, ...]
    guidance: Text = ""
    weight: Annotated[Fraction | None, field_types.DECIMAL] = None
    applies_when: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """A named range of shares: `from` belongs to it, `above` does not; the lowest has neither."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    name: Text
    meaning: Text = ""
    from_: Annotated[Fraction | None, field_types.PERCENT] = None
    above: Annotated[Fraction | None, field_types.PERCENT] = None

    def holds(self, share: Fraction) -> bool:
        """Whether an exact share reaches this band's bound."""
        if self.from_ is not None:
            return share >= self.from_
        return self.above is None or share > self.above

    @property
    def bound(self) -> Fraction | None:
        """The share at which the band begins, itself included or not; None for the lowest."""
        return self.from_ if self.from_ is not None else self.above


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRule:
    """What a rubric says of one interaction field: its values, and whether it must be given."""

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    values: tuple[Annotated[str, field_types.ANY_TEXT], ...] = ()
    required: Flag = False
    many: Flag = False
    title: Text = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rubric:
    """The standard: sections of criteria, bands, the expected score.

    `not_applicable` is the policy for n/a (met unless the standard says otherwise) and
    `rule_source` the standard's own words for it. `bands` go from the lowest up; `expected` is a
    share. `fields` are the interaction fields that the rubric speaks of.
    """

    __pydantic_config__: ClassVar[dict[str, Any]] = FORBID_UNKNOWN

    id: Slug
    version: Text
    title: Text
    sections: tuple[Section, ...]
    organisation: Text = ""
    description: Text = ""
    source: Text = ""
    language: Annotated[str, field_types.LANGUAGE] = "en"
    not_applicable: Annotated[Policy, field_types.choice(Policy)] = Policy.MET
    rule_source: Text = ""
    combine: Annotated[Combine, field_types.choice(Combine)] = Combine.POINTS
    expected: Annotated[Fraction | None, field_types.PERCENT] = None
    bands: tuple[Band, ...] = ()
    on_critical: Annotated[OnCritical, field_types.choice(OnCritical)] = OnCritical.LOWEST_BAND
    scales: Mapping[str, Levels] = field(default_factory=dict)
    fields: Mapping[str, FieldRule] = field(default_factory=dict)
    hide_points: Flag = False
    channel_costs: Mapping[str, Decimal] = field(default_factory=dict)
    ignore: Mapping[str, Text] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """`id@version`, which names exactly one rubric."""
        return f"{self.id}@{self.version}"

    @property
    def bounds(self) -> tuple[Fraction, ...]:
        """Every share that a printed percentage must not contradict: bands' bounds, expected."""
        marks = {band.bound for band in self.bands} | {self.expected}
        return tuple(sorted(mark for mark in marks if mark is not None))

    def criteria(self) -> Iterator[tuple[Section, Criterion]]:
        """Every criterion with its section, in the rubric's order."""
        for section in self.sections:
            for criterion in section.criteria:
                yield section, criterion

    def levels_of(self, criterion: Criterion) -> Levels | None:
        """A criterion's levels, looked up among the scales where it only names one."""
        if isinstance(criterion.levels, str):
            return self.scales[criterion.levels]
        return criterion.levels

    def points_of(self, criterion: Criterion) -> Fraction:
        """The points available: its own, the highest of its levels, or 1 where it says nothing."""
        levels = self.levels_of(criterion)
        if levels is not None:
            return max(levels.values())
        return Fraction(1) if criterion.points is None else criterion.points

    def rating_reader(self, criterion: Criterion) -> Callable[[str], str | None]:
        """A function from a reviewer's word to the rating it means here, or None.

        Without levels the answer is a `Rating`; with levels it is the level in the rubric's own
        spelling or `Rating.NOT_APPLICABLE`, and no other word counts.
        """
        levels = self.levels_of(criterion)
        if levels is None:
            words: Mapping[str, str] = RATING_WORDS
        else:
            words = {same_word(level): level for level in levels} | dict.fromkeys(
                NOT_APPLICABLE_WORDS, Rating.NOT_APPLICABLE
            )
        return lambda word: words.get(same_word(word))

    def rating_words(self, criterion: Criterion) -> tuple[str, ...]:
        """The words a reviewer chooses from, in the rubric's order, n/a last where allowed."""
        levels = self.levels_of(criterion)
        words = tuple(levels) if levels is not None else (Rating.MET.value, Rating.NOT_MET.value)
        if criterion.not_applicable is Permission.FORBIDDEN:
            return words
        return (*words, Rating.NOT_APPLICABLE.value)

    def earns(self, criterion: Criterion, rating: str) -> Fraction | None:
        """The points of a rating (as `rating_reader` gives it); None where it leaves the sums."""
        levels = self.levels_of(criterion)
        if levels is not None and rating != Rating.NOT_APPLICABLE:
            return levels[rating]
        full = self.points_of(criterion)
        if levels is not None:
            full = next((levels[level] for level in levels if same_word(level) == "met"), full)
        return Rating(rating).earns(full, self.not_applicable)

    def misses(self, criterion: Criterion, rating: str) -> bool:
        """Whether a rating misses the criterion: not met, or a level with the fewest points.

        Where all levels earn the same, none of them does.
        """
        if rating == Rating.NOT_APPLICABLE:
            return False
        levels = self.levels_of(criterion)
        if levels is not None:
            return levels[rating] == min(levels.values()) < max(levels.values())
        return rating == Rating.NOT_MET

    def needs_comment(self, criterion: Criterion, rating: str) -> bool:
        """Whether a reviewer must say why beside a rating (as `rating_reader` gives it).

        `when_missed` asks for a comment on what loses points, and on what misses the criterion
        whatever its points: a critical one of no points decides over a review all the same. n/a is
        neither, so `needs_comment` alone asks for one there.
        """
        if rating == Rating.NOT_APPLICABLE:
            return criterion.not_applicable is Permission.NEEDS_COMMENT
        if criterion.comment is not CommentRule.WHEN_MISSED:
            return False
        earned = self.earns(criterion, rating)
        loses = earned is not None and earned < self.points_of(criterion)
        return loses or self.misses(criterion, rating)
