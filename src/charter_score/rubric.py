"""The rubric: a standard of service as sections of criteria, with bands and an expected score.

Frozen pydantic models, built from documents and from Python code alike. They hold what the document
says, numbers and percentages as exact fractions; `compiled` says what that means to the arithmetic.
"""

import unicodedata
from collections.abc import Callable, Iterator, Mapping, Set
from enum import StrEnum
from fractions import Fraction
from typing import Annotated

from pydantic import AfterValidator, Field

from charter_score.field_types import (
    ANY_SCALAR,
    FROM_LIST,
    READ_ONLY,
    Amount,
    AnyText,
    Flag,
    Language,
    Model,
    OrText,
    Percentage,
    ReadOnly,
    Slug,
    Text,
    choice,
    not_text,
)
from charter_score.rating import (
    LONGEST_WORD,
    NOT_APPLICABLE_WORDS,
    RATING_WORDS,
    Policy,
    Rating,
    same_word,
)

Levels = Annotated[Mapping[str, Amount], READ_ONLY]
Interaction = Mapping[str, str | tuple[str, ...]]
CriterionKey = tuple[str, str]
"""Section id and criterion id."""


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
    if not isinstance(value, str) or not value.strip():
        raise not_text(value)
    return _in_nfc(value)


def _in_nfc(name: str) -> str:
    return name if len(name) > LONGEST_WORD else unicodedata.normalize("NFC", name)


def normal_value(text: str) -> str:
    """A value of an interaction field as it is shown for all that are equal: NFC, trimmed."""
    if text.isascii() or len(text) > LONGEST_WORD:
        return text.strip()
    return unicodedata.normalize("NFC", text).strip()


def same_value(text: str) -> str:
    """The form in which two values of an interaction field are equal: NFC, case aside, trimmed."""
    if text.isascii():
        return text.casefold().strip()
    if len(text) > LONGEST_WORD:
        return text.strip()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold()).strip()


def values_of(interaction: Interaction, name: str) -> tuple[str, ...]:
    """What a review says in one interaction field; empty where it says nothing."""
    value = interaction.get(name, ())
    values = (value,) if isinstance(value, str) else value
    return tuple(text for text in values if text.strip())


_AllowedValues = Annotated[tuple[AnyText, ...], FROM_LIST]
Condition = Annotated[
    Mapping[
        str,
        Annotated[tuple[str, ...], OrText(lambda word: (str(word),), _AllowedValues, ANY_SCALAR)],
    ],
    READ_ONLY,
]
"""Field of the interaction to the values that let it hold."""


def holds(condition: Mapping[str, tuple[str, ...]], interaction: Interaction) -> bool:
    """Whether every field of a condition holds: one of its values is enough, case aside."""
    return all(
        {same_value(value) for value in allowed}
        & {same_value(value) for value in values_of(interaction, name)}
        for name, allowed in condition.items()
    )


class Criterion(Model):
    """One thing that is judged."""

    id: Slug = Field(description="The criterion's name in files, unique in its section.")
    title: Text = Field(description="What is judged, in a few words.")
    guidance: Text = Field(default="", description="What a reviewer should hear or see.")
    advice: Text = Field(default="", description="What to practise when it was missed.")
    source: Text = Field(default="", description="Where the standard says so.")
    points: Amount | None = Field(
        default=None, description="What it can earn: 1 where nothing is said; 0 is advisory."
    )
    levels: Annotated[Levels | str, OrText(_scale_name, Levels)] | None = Field(
        default=None,
        description="Instead of points: each rating word with its points, or the name of one of "
        "the rubric's scales.",
    )
    looks_like: Annotated[Mapping[str, Text], READ_ONLY] = Field(
        default_factory=ReadOnly, description="What each rating looks like here, by rating word."
    )
    critical: Flag = Field(default=False, description="Whether missing it fails the whole review.")
    not_applicable: Annotated[Permission, *choice(Permission)] = Field(
        default=Permission.ALLOWED, description="Whether a reviewer may rate it n/a."
    )
    comment: Annotated[CommentRule, *choice(CommentRule)] = Field(
        default=CommentRule.OPTIONAL, description="When a reviewer must write a comment."
    )
    applies_when: Condition = Field(
        default_factory=ReadOnly,
        description="Fields of the interaction with the values they must have; where they have "
        "others, the criterion does not exist for the review.",
    )


class Section(Model):
    """A stage of the interaction, the unit of the breakdown."""

    id: Slug = Field(description="The section's name in files, unique in the rubric.")
    title: Text = Field(description="What the stage is called.")
    criteria: Annotated[tuple[Criterion, ...], FROM_LIST, Field(min_length=1)] = Field(
        description="The criteria that are judged here, at least one."
    )
    guidance: Text = Field(default="", description="What a reviewer should know of the stage.")
    weight: Amount | None = Field(
        default=None,
        description="What the section weighs in the total; on every section with "
        "`combine: section_weights`, on none without.",
    )
    applies_when: Condition = Field(
        default_factory=ReadOnly,
        description="Fields of the interaction with the values they must have; where they have "
        "others, the section does not exist for the review.",
    )


class Band(Model):
    """A named range of scores. The lowest has no bound, every other exactly one."""

    name: Text = Field(description="What reviews in this band are called.")
    meaning: Text = Field(default="", description="What the band says of a review.")
    from_: Percentage | None = Field(
        default=None, description="The percentage at which the band begins, itself included."
    )
    above: Percentage | None = Field(
        default=None, description="The percentage above which the band begins, itself not included."
    )

    @property
    def bound(self) -> Fraction | None:
        """The percentage at which the band begins, itself included or not; None for the lowest."""
        return self.from_ if self.from_ is not None else self.above


class FieldRule(Model):
    """What a rubric says of one interaction field: its values, and whether it must be given."""

    values: Annotated[tuple[AnyText, ...], FROM_LIST] = Field(
        default=(), description="The values it may have; any where none is listed."
    )
    required: Flag = Field(default=False, description="Whether a review must give it.")
    many: Flag = Field(default=False, description="Whether a review may give several values.")
    title: Text = Field(default="", description="What the field is called on forms.")


class Rubric(Model):
    """The standard: sections of criteria, bands, the expected score."""

    id: Slug = Field(description="The rubric's name in files and on the command line.")
    version: Text = Field(description="Which edition of the standard this is, in quotes.")
    title: Text = Field(description="What the standard is called.")
    sections: Annotated[tuple[Section, ...], FROM_LIST, Field(min_length=1)] = Field(
        description="The stages of the interaction, at least one."
    )
    organisation: Text = Field(default="", description="Whose standard it is.")
    description: Text = Field(default="", description="What it is for, and how it was read.")
    source: Text = Field(default="", description="The document that it was made from.")
    language: Language = Field(default="en", description="Its language, such as en or cy (BCP 47).")
    not_applicable: Annotated[Policy, *choice(Policy)] = Field(
        default=Policy.MET,
        description="What n/a counts as: met, excluded (left out of the sums) or not_met.",
    )
    rule_source: Text = Field(
        default="", description="The standard's own words for the rule on n/a, if it has any."
    )
    combine: Annotated[Combine, *choice(Combine)] = Field(
        default=Combine.POINTS,
        description="How sections make the total: by plain points, or by section_weights.",
    )
    expected: Percentage | None = Field(
        default=None, description="The percentage that a review should reach."
    )
    bands: Annotated[tuple[Band, ...], FROM_LIST] = Field(
        default=(), description="The bands that a score falls in, the lowest first."
    )
    on_critical: Annotated[OnCritical, *choice(OnCritical)] = Field(
        default=OnCritical.LOWEST_BAND,
        description="What a missed critical criterion does: lowest_band, or zero.",
    )
    scales: Annotated[Mapping[Annotated[str, AfterValidator(_in_nfc)], Levels], READ_ONLY] = Field(
        default_factory=ReadOnly, description="Levels that several criteria use, by name."
    )
    fields: Annotated[Mapping[str, FieldRule], READ_ONLY] = Field(
        default_factory=ReadOnly, description="The interaction fields that the rubric speaks of."
    )
    hide_points: Flag = Field(
        default=False, description="Whether forms and score sheets show no points, as for a quiz."
    )
    channel_costs: Annotated[Mapping[str, Amount], READ_ONLY] = Field(
        default_factory=ReadOnly, description="What one enquiry costs, by channel."
    )
    ignore: Annotated[Mapping[str, Text], READ_ONLY] = Field(
        default_factory=ReadOnly, description="Lints that are not to be reported: code and reason."
    )

    @property
    def name(self) -> str:
        """`id@version`, which names exactly one rubric."""
        return f"{self.id}@{self.version}"

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
                self.absent_words, Rating.NOT_APPLICABLE
            )
        return lambda word: words.get(same_word(word))

    @property
    def absent_words(self) -> Set[str]:
        """Every accepted spelling of n/a, in the form of `same_word`."""
        return NOT_APPLICABLE_WORDS

    def whole_section_rating(self, word: str) -> Rating | None:
        """What a reviewer's word means for a section in one go: n/a, or nothing."""
        is_absent = same_word(word) in self.absent_words
        return Rating.NOT_APPLICABLE if is_absent else None

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
        """Whether a rating misses the criterion: not met, or a level with the fewest points."""
        if rating == Rating.NOT_APPLICABLE:
            return False
        levels = self.levels_of(criterion)
        if levels is not None:
            return levels[rating] == min(levels.values())
        return rating == Rating.NOT_MET

    def needs_comment(self, criterion: Criterion, rating: str) -> bool:
        """Whether a reviewer must say why beside a rating (as `rating_reader` gives it).

        `when_missed` asks for a comment on what loses points, and on what misses the criterion
        whatever its points: a critical one of no points decides over a review all the same. Where
        all levels earn the same, none of them says anything that a comment could explain. n/a is
        neither, so `needs_comment` alone asks for one there.
        """
        if rating == Rating.NOT_APPLICABLE:
            return criterion.not_applicable is Permission.NEEDS_COMMENT
        if criterion.comment is not CommentRule.WHEN_MISSED:
            return False
        earned = self.earns(criterion, rating)
        loses = earned is not None and earned < self.points_of(criterion)
        levels = self.levels_of(criterion)
        differ = levels is None or len(set(levels.values())) > 1
        return loses or (differ and self.misses(criterion, rating))
